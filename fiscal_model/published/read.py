"""Reads tables of published figures: that of a standard, and an analyst's own of the same columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from fiscal_model.errors import Fault, Faults, fault
from fiscal_model.files import NOTHING, Read
from fiscal_model.inputs.delimited import read_delimited
from fiscal_model.inputs.frames import grid_of
from fiscal_model.inputs.headings import DEEPEST, headings_of, with_headings
from fiscal_model.inputs.model import Rows
from fiscal_model.inputs.raw import Grid
from fiscal_model.inputs.read import no_double_rows, typed
from fiscal_model.inputs.source import WORKBOOKS
from fiscal_model.published.table import TABLE, Published, cell_readers, lines_of
from fiscal_model.standard.printed import FILE, english, is_shipped
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import Text

Printed = str | Path | Any
"""A CSV file, a workbook, or a frame of these columns."""


class Table(NamedTuple):
    """Published figures, what is to be said of how they were read, and the files they came from."""

    rows: tuple[Published, ...]
    notes: tuple[Fault, ...]
    read: Read


def published(source: Printed | None, standard: Standard) -> Table:
    """The published figures of a source, those of the standard when None.

    Raises:
        FiscalModelError: with every fault found, each with its cell; or the standard has none.

    """
    if source is not None:
        return _read(source, standard, {}, Faults())
    if standard.folder is None or not is_shipped(standard):
        raise fault("", "published-none", standard=standard.code)
    found = _read(standard.folder / FILE, standard, english(standard), Faults())
    return found._replace(read=NOTHING)


def _read(source: Printed, standard: Standard, words: Mapping[str, str], faults: Faults) -> Table:
    path = Path(source) if isinstance(source, str | Path) else None
    grid = _grid(path, faults) if path else grid_of(TABLE.name, source)
    raw = with_headings(TABLE, grid, faults) if grid else None
    faults.raise_if_any()
    if raw is None:
        raise fault(str(path or TABLE.name), "published-no-table", table=TABLE.both)
    rows = typed(raw, cell_readers(standard), standard, faults)
    no_double_rows(rows, standard, faults)
    found = [_row(rows, n, standard, words, faults) for n in range(len(rows))]
    faults.raise_if_any()
    return Table(tuple(found), tuple(faults.notes), Read.of(path) if path else NOTHING)


def _grid(path: Path, faults: Faults) -> Grid | None:
    """The cells of a CSV file, or of the sheet of a workbook that is the table: by its name, else
    by its headings.
    """
    if not path.exists():
        raise fault(str(path), "inputs-not-there")
    if path.suffix.lower() not in WORKBOOKS:
        return read_delimited(path, str(path), (TABLE,), faults)
    from fiscal_model.inputs.workbook import read_workbook

    grids = list(read_workbook(path, str(path), faults))
    named = [grid for grid in grids if grid.sheet in (TABLE.name, *TABLE.label)]
    return next(iter(named or sorted(filter(_named, grids), key=_named, reverse=True)), None)


def _named(grid: Grid) -> int:
    """How many columns of the table the headings of a sheet name; none where they are too few."""
    filled = [row for row in grid.rows if any(cell is not None for cell in row)][:DEEPEST]
    found = headings_of(TABLE).find(filled).named if filled else 0
    return found if found > 2 else 0


def _row(
    rows: Rows, n: int, standard: Standard, words: Mapping[str, str], faults: Faults
) -> Published:
    """A row as a record; what is wrong with its cells together is told."""
    cell = {name: values[n] for name, values in rows.columns.items()}
    items: Sequence[int] = cell["item"] or ()
    line = cell["line"]
    if line and items and standard.lines[line].item not in items:
        own = standard.lines[line].item
        faults.add(rows.at(n, "line"), "published-line-of-other-item", line=line, item=own)
    figure, digits = cell["figure"], cell["digits"]
    if figure != round(figure, digits):
        faults.add(rows.at(n, "digits"), "published-digits-too-few", figure=figure, digits=digits)
    for number in items:
        if paid := standard.items[number].paid_in:
            faults.add(rows.at(n, "item"), "item-costed-in-another", item=number, carrier=paid.item)
    of = (standard.lines[line].item,) if line else tuple(items)

    def said(name: str) -> Text:
        text = rows.note(n, name)
        return Text(text, words.get(text, text))

    found = Published(
        cell["id"],
        cell["figure"],
        cell["unit"],
        cell["digits"],
        cell["stage"],
        cell["payer"] or (),
        of,
        line,
        cell["place"] or standard.places.root,
        cell["year"],
        cell["counts"] if cell["counts"] != "" else None,
        said("document"),
        cell["seen"],
        said("note"),
        lines_of(of, line, standard),
    )
    if found.counts is not None:
        _check_counts(found, rows, n, standard, faults)
    return found


def _check_counts(row: Published, rows: Rows, n: int, standard: Standard, faults: Faults) -> None:
    """Counts are of one beneficiary, whom every line of the figure counts; those printed with a sum
    of several items are of nobody in particular.
    """
    counted = {line.beneficiary for line in row.lines}
    if not row.is_money:
        faults.add(rows.at(n, "counts"), "published-counts-of-persons")
    elif not row.several and (len(counted) != 1 or None in counted):
        names = Text(
            *(
                "、".join(line.name.zh for line in row.lines),
                ", ".join(line.code for line in row.lines),
            )
        )
        faults.add(rows.at(n, "counts"), "published-counts-of-several", lines=names)
