"""Inputs given as frames are read as files of the same content are, and faults name table, row and
column.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from random_worlds import random_world, worlds, written
from told_worlds import world as tables_of_world

import fiscal_model as fm
from fiscal_model.inputs.read import read_inputs
from fiscal_model.standard.read import load_standard

Tables = Callable[..., Path]
PUPILS = pd.DataFrame(
    {
        "beneficiary": ["primary_pupil", "primary_pupil", "reading_room"],
        "place": ["昌吉市", 652801, "652300"],
        "year": [2022, 2022, 2022],
        "count": [1000, 100, 10],
    }
)


def faults(inputs: Any) -> list[str]:
    """The faults of inputs in English, or none."""
    try:
        read_inputs(inputs, load_standard())
    except fm.FiscalModelError as error:
        return error.text("en").splitlines()
    return []


def digest(inputs: Any) -> str:
    """What tells data apart, whatever they are read from."""
    return read_inputs(inputs, load_standard()).digest


@pytest.mark.smoke
def test_frames_are_the_inputs(tables: Tables) -> None:
    """1,100 pupils at 650 and 105 yuan; 10 rooms at 2,000 yuan."""
    budget = fm.simulate("as_written", {"beneficiaries": PUPILS})
    assert budget.by("item").dropna().to_dict() == {11: 715_000, 12: 115_500, 77: 20_000}
    assert budget.inputs.title.zh == "Python 中给出的数据"
    folder = tables(beneficiaries=PUPILS.astype(str).to_numpy().tolist())
    assert budget.inputs.digest == digest(folder)
    assert PUPILS.shape == (3, 4)


@given(worlds)
def test_random_frames_come_to_what_their_files_come_to(rng: Any) -> None:
    with written(random_world(rng)) as (path, folder):
        frames = {file.stem: pd.read_csv(file, dtype=object) for file in folder.glob("*.csv")}
        results: list[Any] = []
        for inputs in (folder, frames):
            try:
                results.append(fm.simulate(path, inputs).to_dataframe().to_dict("list"))
            except fm.FiscalModelError as error:
                results.append(sorted(each.message.code for each in error.faults))
        assert results[0] == results[1]


@pytest.mark.parametrize("seed", range(20))
def test_every_table_may_be_a_frame(seed: int, tmp_path: Path) -> None:
    """Whatever type pandas finds for a column of a file, the same is read; by code or Chinese
    name of the table, and of the columns.
    """
    from conftest import write_tables

    folder = write_tables(tmp_path / "data", tables_of_world(seed))
    frames = {file.stem: pd.read_csv(file) for file in folder.glob("*.csv")}
    assert digest(frames) == digest(folder)
    labels = fm.tables()
    chinese = dict(zip(labels["table"], labels["name_zh"], strict=True))
    headings = {
        name: dict(zip(group["column"], group["heading_zh"], strict=True))
        for name, group in labels.groupby("table")
    }
    named = {chinese[name]: frame.rename(columns=headings[name]) for name, frame in frames.items()}
    assert digest(named) == digest(folder)


@pytest.mark.parametrize(
    "made",
    [
        pd.DataFrame.copy,
        lambda frame: frame.set_index(["beneficiary", "place", "year"]),
        lambda frame: frame.set_index(["beneficiary", "place", "year"])["count"],
        lambda frame: frame.astype({"count": "Int64", "beneficiary": "category"}),
        lambda frame: frame.astype({"count": np.float32}),
        lambda frame: frame.assign(source=[None, np.nan, pd.NA], note=pd.NaT),
        lambda frame: frame.rename(columns={"count": "人数"}),
        lambda frame: frame.assign(year=pd.Timestamp("2022-01-01")),
        lambda frame: frame.sample(frac=1, random_state=1),
        lambda frame: type("Polars", (), {"to_pandas": lambda self: frame})(),
        lambda frame: type(
            "Other",
            (),
            {"__dataframe__": lambda self, **_: frame.astype({"place": str}).__dataframe__()},
        )(),
    ],
)
def test_a_frame_of_any_make_is_read(made: Callable[[pd.DataFrame], Any]) -> None:
    if not hasattr(PUPILS, "__dataframe__"):
        pytest.skip("this pandas has no interchange")
    assert digest({"beneficiaries": made(PUPILS)}) == digest({"beneficiaries": PUPILS})


def test_an_arrow_table_is_read() -> None:
    arrow = pytest.importorskip("pyarrow")
    table = arrow.Table.from_pandas(PUPILS.astype({"place": str}))
    assert digest({"beneficiaries": table}) == digest({"beneficiaries": PUPILS})


def test_what_makes_a_frame_pandas_may_be_missing() -> None:
    def to_pandas(self: object) -> None:
        raise ModuleNotFoundError("No module named 'pyarrow'", name="pyarrow")

    (line,) = faults({"beneficiaries": type("Polars", (), {"to_pandas": to_pandas})()})
    assert line.startswith("beneficiaries: FM-frame-library-missing")
    assert "pyarrow" in line


def test_every_fault_names_table_row_and_column() -> None:
    """A row is called by its whole number in the index; where that is no name for one row, it is
    counted from 0.
    """
    wrong = PUPILS.astype({"count": object}).assign(colour="red")
    wrong.index = pd.Index([10, 20, 30])
    wrong.loc[20, "count"] = "many"
    wrong.loc[30, "place"] = "昌吉是"
    wheres = [line.split(": ")[0] for line in faults({"beneficiaries": wrong})]
    assert wheres == ["beneficiaries.colour", "beneficiaries[20].count", "beneficiaries[30].place"]
    twice = pd.concat([PUPILS, PUPILS.iloc[:1]])
    (line,) = faults({"beneficiaries": twice})
    assert line.startswith("beneficiaries[3].beneficiary: FM-row-twice repeats row 0 ")
    named = PUPILS.set_index(pd.Index(list("abc"))).assign(count=-1)
    assert faults({"beneficiaries": named})[0].startswith("beneficiaries[0].count: ")


def test_a_fault_of_a_simulation_names_the_row(tables: Tables) -> None:
    """Kashgar is in the south, where item 11 needs a base amount."""
    south = PUPILS.assign(place=["昌吉市", "喀什地区", "652300"])
    with pytest.raises(fm.FiscalModelError) as caught:
        fm.simulate("as_written", {"beneficiaries": south})
    assert [each.where for each in caught.value.faults] == ["beneficiaries[1].place"]


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({}, "no-data-at-all"),
        ({"beneficiaries": PUPILS.iloc[:0]}, "no-data-at-all"),
        ({"beneficiaries": pd.DataFrame()}, "table-empty"),
        ({"beneficiares": PUPILS}, "table-unknown"),
        ({"anything": PUPILS}, "table-unknown"),
        ({"beneficiaries": PUPILS, "受益对象人数": PUPILS}, "table-twice"),
        ({"beneficiaries": PUPILS.drop(columns="count")}, "column-missing"),
        ({"beneficiaries": 3}, "frame-expected"),
        ({"beneficiaries": [1, 2]}, "frame-expected"),
        ({"beneficiaries": PUPILS.assign(count=[[1], {}, True])}, "cell-not-number"),
        (PUPILS, "inputs-of-other-kind"),
        ([PUPILS], "inputs-of-other-kind"),
        (3, "inputs-of-other-kind"),
        ([], "inputs-not-named"),
    ],
)
def test_what_is_no_input_is_told(inputs: Any, code: str) -> None:
    assert any(f"FM-{code}" in line for line in faults(inputs))


def test_frames_and_files_make_one_data_set(tables: Tables) -> None:
    """Rooms from the file, pupils from the frame; a row of both is refused with both places."""
    folder = tables(beneficiaries=[["reading_room", "652300", 2022, 10]])
    both = [folder, {"beneficiaries": PUPILS.iloc[:2]}]
    assert digest(both) == digest({"beneficiaries": PUPILS})
    (line,) = faults([folder, {"beneficiaries": PUPILS}])
    assert line.startswith("beneficiaries[2].beneficiary: FM-row-twice")
    assert f"{folder}/beneficiaries.csv:2:1" in line
    budget = fm.simulate("as_written", both)
    with pytest.raises(fm.FiscalModelError, match="FM-output-over-input"):
        budget.to_csv(folder / "beneficiaries.csv")


def test_a_unit_in_the_name_or_beside_the_frame_counts() -> None:
    """8.5万元 of an amount is 85,000 yuan."""
    yuan = pd.DataFrame(
        {"line": ["hiv_followup"], "place": ["昌吉市"], "year": [2022], "amount": [85_000.0]}
    )
    wan = yuan.assign(amount=8.5)
    attached = wan.copy()
    attached.attrs["unit"] = "万元"
    for frames in (
        {"amounts（万元）": wan},
        {"amounts": wan.rename(columns={"amount": "amount（万元）"})},
        {"amounts": attached},
    ):
        assert digest(frames) == digest({"amounts": yuan})


def test_whatever_takes_inputs_takes_frames(tmp_path: Path) -> None:
    frames = {"beneficiaries": PUPILS}
    found = fm.compare("as_written", "baseline", inputs=frames, years=2022)
    assert found.by("item", account="all").loc[77, "a"] == 20_000
    assert fm.explain(77, "昌吉州", 2022, inputs=frames, scenario="as_written").data
    assert fm.ledger("as_written", frames).counts()
    budget = fm.simulate("as_written", frames, 2022)
    budget.to_excel(tmp_path / "report.xlsx")
    settled = fm.settlement(fm.allotment(budget, 2022), fm.simulate("as_written", frames, 2022))
    assert settled.summary("en")


def test_csv_cells_are_the_cells_of_a_frame(tmp_path: Path) -> None:
    """What a person sees in a file stands in the frame: nothing is rewritten on the way."""
    file = tmp_path / "beneficiaries.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([list(PUPILS), *PUPILS.to_numpy().tolist()])
    assert digest({"beneficiaries": pd.read_csv(file, dtype=str)}) == digest(tmp_path)


def test_a_wide_frame_names_its_cells_as_a_long_one_does() -> None:
    """Years across: what is wrong stands in row 0 under 2023, how it is read at the first year."""
    wide = pd.DataFrame({"受益对象": ["小学生"], "地区": ["昌吉市"], "2022": [1000], "2023": ["x"]})
    with pytest.raises(fm.FiscalModelError, match=r"beneficiaries\[0\]\.2023: FM-cell-not-number"):
        fm.simulate("as_written", {"beneficiaries": wide})
    wide["2023"] = [1100]
    budget = fm.simulate("as_written", {"beneficiaries": wide})
    assert {each.where for each in budget.warnings} == {"beneficiaries.2022"}
