"""Tables as people keep them: wide ones, places in two columns, sheets of any name."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from fiscal_model.errors import Fault, FiscalModelError
from fiscal_model.inputs.model import Inputs
from fiscal_model.inputs.read import load_inputs
from fiscal_model.standard.read import load_standard
from tests.inputs.county_workbooks import SHAPES, CountyWorkbook, county_workbook

SEEDS = range(40)
FIGURES = {"beneficiaries": ("beneficiary", "count"), "amounts": ("line", "amount")}


def read(path: Path) -> Inputs:
    return load_inputs(path, load_standard())


def figures(inputs: Inputs, table: str) -> dict[tuple[str, str, int], tuple[float, str]]:
    """The figures of a table by series, place and year, with their addresses."""
    rows = inputs.tables[table]
    series, figure = FIGURES[table]
    keys = zip(*(rows.columns[name] for name in (series, "place", "year")), strict=True)
    return {
        key: (rows.columns[figure][row], rows.at(row, figure)) for row, key in enumerate(keys)
    }


def cells(faults: tuple[Fault, ...], path: Path) -> set[str]:
    return {fault.where.removeprefix(f"{path}!") for fault in faults}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_county_workbook_is_read_right_or_refused_at_the_cell(seed: int, tmp_path: Path) -> None:
    """Every figure is the one that was written, with its own cell; rows found are rows used,
    refused and told.
    """
    book = county_workbook(seed)
    path = book.save(tmp_path / "上报.xlsx")
    if not book.wrong:
        inputs = read(path)
        found = {
            key: (value, where.removeprefix(f"{path}!"))
            for key, (value, where) in figures(inputs, book.table).items()
        }
        assert found == book.right
        tally = inputs.tables[book.table].tally
        assert (tally.used, tally.refused, tally.skipped) == (book.used, 0, book.told)
        return
    with pytest.raises(FiscalModelError) as error:
        read(path)
    of_shape = {"wide-table-unclear"}
    named = tuple(each for each in error.value.faults if each.message.code not in of_shape)
    assert cells(named, path) == book.refused
    assert all(value is not None for value in book.right.values())
