"""What there is to name: the lists hold what the standard, the shipped scenarios and the input
tables hold, and every code in them is understood.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import fiscal_model as fm
from fiscal_model.cli import main
from fiscal_model.inputs.tables import TABLES
from fiscal_model.listing import LISTS
from fiscal_model.scenario.read import shipped_scenarios
from fiscal_model.standard.read import load_standard

LISTED: dict[str, Callable[..., pd.DataFrame]] = {
    "scenarios": fm.scenarios,
    "items": fm.items,
    "lines": fm.lines,
    "beneficiaries": fm.beneficiaries,
    "places": fm.places,
    "groups": fm.groups,
    "payers": fm.payers,
    "tables": fm.tables,
}


@pytest.mark.smoke
def test_every_code_is_listed_once_with_both_names() -> None:
    standard = load_standard()
    expected: dict[str, list[Any]] = {
        "scenarios": shipped_scenarios(),
        "items": list(standard.items),
        "lines": list(standard.lines),
        "beneficiaries": list(standard.beneficiaries),
        "places": list(standard.places.by_code),
        "groups": list(standard.places.groups),
        "payers": list(standard.payers),
    }
    for what, codes in expected.items():
        table = LISTED[what]()
        assert table.iloc[:, 0].tolist() == codes, what
        assert (table["name_zh"].str.len() > 0).all()
        assert (table["name_en"].str.len() > 0).all()
    assert LISTED.keys() == LISTS.keys()


def test_units_stand_beside_lines_and_beneficiaries() -> None:
    """A rate of a line is paid per pupil and year; an amount is supplied in yuan."""
    lines = fm.lines().set_index("line")
    assert lines.loc["pubfund_primary", ["item", "unit_zh", "beneficiary"]].tolist() == [
        11,
        "元/人·年",
        "primary_pupil",
    ]
    assert lines.loc["hiv_followup", ["unit_zh", "unit_en", "beneficiary"]].tolist() == [
        "元",
        "yuan",
        "",
    ]
    assert (lines["unit_zh"].str.len() > 0).all()
    rooms = fm.beneficiaries().set_index("beneficiary").loc["reading_room"]
    assert (rooms["unit_zh"], rooms["items"], rooms["lines"]) == ("间", "77", "farm_reading_room")


def test_the_columns_of_every_input_table_are_listed() -> None:
    table = fm.tables()
    for name, columns in table.groupby("table")["column"]:
        own = [each.name for each in TABLES[str(name)].columns]
        assert columns.tolist() == [*own, "source", "note", "basis"]
    counts = table[(table["table"] == "beneficiaries") & table["needed"]]
    assert counts["column"].tolist() == ["beneficiary", "place", "year", "count"]
    assert set(table.loc[table["column"] == "amount", "unit_zh"]) == {"元"}


@pytest.mark.parametrize(
    ("what", "word", "codes"),
    [
        ("items", "营养", [14]),
        ("items", "NUTRITION", [14]),
        ("places", "喀什", ["653100", "653101"]),
        ("payers", "用人单位", ["employer"]),
        ("groups", "南疆", ["south4", "south3"]),
        ("scenarios", "9_1", ["central_9_1"]),
    ],
)
def test_a_word_leaves_what_holds_it(what: str, word: str, codes: list[Any]) -> None:
    assert LISTED[what](word).iloc[:, 0].tolist() == codes


def test_all_below_a_place_are_found_by_its_code() -> None:
    """Kashgar has 11 counties, a city, and from 2026 on Cenling County; itself comes first."""
    below = fm.places("653100")
    assert below["place"].str.startswith("6531").all()
    assert len(below) == 14


def test_a_word_that_nothing_holds_is_told() -> None:
    with pytest.raises(fm.FiscalModelError, match="FM-list-without"):
        fm.items("zzz")


@pytest.mark.parametrize("what", LISTS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_command_lists_what_python_does(
    what: str, lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line an entry below the headings; JSON holds the same rows."""
    table = LISTED[what]()
    assert main(["list", what, "--lang", lang]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1 + len(table)
    for line, code, name in zip(lines[1:], table.iloc[:, 0], table[f"name_{lang}"], strict=True):
        assert line.startswith(f"{code} ")
        assert name in line
    assert main(["list", what, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [list(row) for row in found] == [list(table.columns)] * len(table)
    assert [next(iter(row.values())) for row in found] == table.iloc[:, 0].tolist()


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        (["places", "喀什"], 0, "653100  喀什地区"),
        (["受益对象", "老年", "--lang", "zh"], 0, "老年"),
        (["item", "11"], 0, "11 "),
        (["nothing"], 1, "FM-name-unknown"),
        (["items", "zzz"], 1, "FM-list-without"),
    ],
)
def test_the_command_takes_names_and_a_word(
    arguments: list[str], exit_code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["list", *arguments]) == exit_code
    captured = capsys.readouterr()
    assert said in captured.out + captured.err


def test_what_a_scenario_adds_is_listed(
    scenario: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    name = {"zh": "护理员", "en": "carer"}
    unit = {"unit": {"zh": "人", "en": "persons"}}
    path = scenario({"new": {"beneficiaries": {"carer": {**name, **unit}}}})
    assert main(["list", "beneficiaries", "carer", "--scenario", str(path)]) == 0
    assert "护理员" in capsys.readouterr().out
