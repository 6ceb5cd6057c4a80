"""Applying a scenario: the log holds every cell that differs, no cell before a start, and nothing
twice.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from random_worlds import random_world, worlds, written

import fiscal_model as fm
from fiscal_model.engine.applied import Applied
from fiscal_model.scenario.read import shipped_scenarios

Tables = Callable[..., Path]
Cell = tuple[str, str, str, int]
KINDS = {"rates": "line", "splits": "line", "bases": "item", "beneficiaries": "beneficiary"}
PEOPLE = {
    "population": [
        ["昌吉市", 2023, sex, age, 100]
        for sex in ("male", "female")
        for age in ("0-79", "80-89", "90+")
    ],
    "vital_rates": [
        ["mortality", "", 2023, "both", "0+", 0.1],
        ["fertility", "", 2023, "female", "15-49", 0.05],
    ],
}
INPUTS: dict[str, dict[str, list[list[Any]]]] = {
    "counts": {
        "beneficiaries": [["age_80_89", "昌吉市", 2023, 100], ["age_80_89", "喀什地区", 2024, 5]]
    },
    "amounts": {
        "amounts": [
            ["hiv_followup", "喀什地区", 2023, 1000],
            ["grant:7:central", "喀什地区", 2023, 10],
        ]
    },
    "base amounts": {
        "beneficiaries": [["primary_pupil", "喀什市", 2023, 100]],
        "bases_2015": [[11, "喀什市", 500]],
    },
    "local rates and wages": {
        "beneficiaries": [
            ["unemployment_benefit_month", "昌吉市", 2023, 9],
            ["disability_living_recipient", "喀什市", 2023, 9],
        ],
        "rates": [["disability_living", "喀什市", 2023, 100]],
        "minimum_wage": [["昌吉市", 2023, 1500]],
    },
    "people": {"beneficiaries": [["age_80_89", "昌吉市", 2023, 100]], **PEOPLE},
}


def table(applied: Applied, kind: str) -> dict[Cell, Any]:
    """A table as value by cell; a base amount with its part above."""
    rows = applied.table(kind).to_numpy().tolist()
    return {(kind, str(name), place, int(year)): tuple(value) for name, place, year, *value in rows}


def cells(applied: Applied) -> dict[Cell, Any]:
    return {cell: value for kind in KINDS for cell, value in table(applied, kind).items()}


def same(one: Applied, two: Applied) -> None:
    for kind in KINDS:
        pd.testing.assert_frame_equal(one.table(kind), two.table(kind), check_exact=True)


def of_top(applied: Applied) -> int:
    return sum(change.scenario is applied.scenario for change in applied.log.changes)


# An empty scenario


@pytest.mark.parametrize("rows", INPUTS.values(), ids=INPUTS)
def test_an_empty_scenario_changes_no_cell(
    tables: Tables, scenario: Callable[..., Path], rows: dict[str, Any]
) -> None:
    data = tables(**rows)
    empty = fm.apply(scenario({}), data)
    assert len(empty.log) == 0
    same(fm.apply("as_written", data), empty)


def test_an_empty_scenario_changes_no_cell_of_the_embedded_data(
    scenario: Callable[..., Path],
) -> None:
    empty = fm.apply(scenario({"extends": "baseline"}), years=[2025, 2030])
    assert of_top(empty) == 0
    same(fm.apply("baseline", years=[2025, 2030]), empty)


def world_of(rng: random.Random) -> Any:
    """A random world whose lowest scenario holds every series, so that the others can be asked for
    any year.
    """
    world = random_world(rng)
    world.scenarios = [{"projection": "hold"}, *world.scenarios]
    return world


# Twice


@pytest.mark.parametrize("name", [name for name in shipped_scenarios() if name != "as_written"])
def test_a_shipped_scenario_applied_twice_is_applied_once(tmp_path: Path, name: str) -> None:
    """A copy under another name extends the shipped one; its own entries then change nothing (a
    copy of baseline stands above the inputs).
    """
    from fiscal_model.scenario.read import shipped_folder

    text = (shipped_folder() / f"{name}.yaml").read_text(encoding="utf-8")
    kept = [line for line in text.splitlines() if not line.startswith(("name:", "extends:"))]
    (tmp_path / "copy.yaml").write_text(
        "\n".join([f"name: copy\nextends: {name}", *kept]), encoding="utf-8"
    )
    # inherited entries are not judged
    (tmp_path / "again.yaml").write_text("name: again\nextends: copy\n", encoding="utf-8")
    once, twice = (
        fm.apply(name, years=[2026, 2028]),
        fm.apply(tmp_path / "again.yaml", years=[2026, 2028]),
    )
    same(once, twice)
    copied = [
        each
        for each in twice.log.changes
        if each.scenario.name == "copy" and each.kind != "vital_rates"
    ]
    assert copied == []


def _twice(folder: Path) -> tuple[Applied, Applied]:
    """The random scenario, and the same extended by a copy of itself."""
    once = folder / "s1.yaml"
    (folder / "copy.yaml").write_text(
        once.read_text().replace('"s1"', '"copy"').replace('"extends": "s0"', '"extends": "s1"')
    )
    (folder / "again.yaml").write_text('{"name": "again", "standard": "tiny", "extends": "copy"}')
    (folder / "top.yaml").write_text('{"name": "top", "standard": "tiny", "extends": "s1"}')
    years = range(2021, 2024)
    return fm.apply(folder / "top.yaml", folder / "inputs", years), fm.apply(
        folder / "again.yaml", folder / "inputs", years
    )


@given(worlds)
def test_a_random_scenario_applied_twice_is_applied_once(rng: random.Random) -> None:
    world = world_of(rng)
    world.scenarios = world.scenarios[:2]
    if len(world.scenarios) < 2 or not world.counts:
        return
    with written(world) as (path, _):
        once, twice = _twice(path.parent)
        same(once, twice)
        assert not [each for each in twice.log.changes if each.scenario.name in ("copy", "again")]


# Before a start


@given(worlds)
def test_no_cell_before_the_earliest_start_changes(rng: random.Random) -> None:
    world = world_of(rng)
    world.scenarios = world.scenarios[:2]
    top = world.scenarios[-1]
    entries = [
        entry
        for kind in ("rates", "splits", "beneficiaries", "groups", "bases")
        for entry in top.get(kind, [])
    ]
    if not entries or not world.counts:
        return
    first = min(int(str(entry.get("from", 0))[:4]) for entry in entries)
    with written(world) as (path, inputs):
        log = fm.apply(path, inputs, range(2021, 2026)).log.to_dataframe()
    assert not (
        log[log["scenario"] == "s1"]["year"] < first
    ).any()  # the scenario above it chooses a reading, which is not dated


# The log is complete


@given(worlds)
def test_the_log_of_a_scenario_is_every_cell_that_differs_from_the_one_below(
    rng: random.Random,
) -> None:
    world = world_of(rng)
    if len(world.scenarios) < 2 or not world.counts:
        return
    with written(world) as (path, inputs):
        number = len(world.scenarios) - 1
        above = fm.apply(_inheriting(path.parent, number), inputs, range(2021, 2026))
        below = fm.apply(_empty(path.parent, number), inputs, range(2021, 2026))
        was, now = cells(below), cells(above)
        log = above.log.to_dataframe()
        log = log[(log["scenario"] == f"s{number}") & log["kind"].isin(KINDS)]
        listed = {
            (kind, name, place, int(year))
            for kind, name, place, year in log[["kind", "name", "place", "year"]].itertuples(
                index=False
            )
        }
        assert listed == {cell for cell in {*was, *now} if was.get(cell) != now.get(cell)}


def test_a_base_amount_that_a_scenario_states_stands_in_the_table(
    tables: Tables, scenario: Callable[..., Path]
) -> None:
    path = scenario({"bases": [{"item": 11, "where": "喀什市", "amount": 700}]})
    applied = fm.apply(path, tables(beneficiaries=[["primary_pupil", "喀什市", 2023, 10]]))
    assert applied.table("bases").to_numpy().tolist() == [[11, "653101", 2023, 700, 0]]


def _inheriting(folder: Path, number: int) -> Path:
    """An empty scenario over the random one, so that its entries are inherited and not judged."""
    (folder / "top.yaml").write_text(
        f'{{"name": "top", "standard": "tiny", "extends": "s{number}"}}'
    )
    return folder / "top.yaml"


def _empty(folder: Path, number: int) -> Path:
    """An empty scenario over the one that the random scenario extends."""
    (folder / "base.yaml").write_text(
        f'{{"name": "base", "standard": "tiny", "extends": "s{number - 1}"}}'
    )
    return folder / "base.yaml"


def test_the_log_names_the_entry_and_its_values(
    tables: Tables, scenario: Callable[..., Path]
) -> None:
    """80 to 89: 50 a month, 600 a year; 60 from 2024 (720) and 70 in Changji City from 2025 (840);
    100 persons doubled from 2025.
    """
    path = scenario(
        {
            "rates": [
                {"line": "age_80_89", "from": 2024, "rate": 60, "source": "甲"},
                {
                    "line": "age_80_89",
                    "where": "昌吉市",
                    "from": 2025,
                    "rate": 70,
                    "basis": "assumption",
                },
            ],
            "splits": [{"item": 48, "where": "昌吉市", "from": 2025, "split": {"full": "region"}}],
            "beneficiaries": [
                {"beneficiary": "age_80_89", "where": "昌吉市", "from": 2025, "factor": 2}
            ],
        }
    )
    people = [
        ["age_80_89", place, year, 100]
        for place in ("昌吉市", "阜康市")
        for year in (2023, 2024, 2025)
    ]
    log = fm.apply(path, tables(beneficiaries=people), range(2023, 2026)).log
    found = {
        (each.kind, each.place, each.year): (each.before, each.after, each.entry)
        for each in log.changes
    }
    entries = fm.simulate(path, tables(beneficiaries=people), 2025).scenario
    at = {entry.at for entry in entries.entries}
    assert {entry.at for _, _, entry in found.values() if entry} == at
    of_rates = {
        (place, year): (before, after, entry.span)
        for (kind, place, year), (before, after, entry) in found.items()
        if kind == "rates" and entry
    }
    assert of_rates == {
        ("652301", 2024): (600, 720, "2024–"),
        ("652301", 2025): (600, 840, "2025–"),
        ("652302", 2024): (600, 720, "2024–"),
        ("652302", 2025): (600, 720, "2024–"),
    }
    assert found["beneficiaries", "652301", 2025][:2] == (100, 200)
    assert [key[1:] for key in found if key[0] == "beneficiaries"] == [("652301", 2025)]
    # Item 48's split holds for every line of it, of which the log tells each.
    frame = log.to_dataframe()
    assert set(frame[frame["kind"] == "splits"]["name"]) == {
        line.code for line in log.applied.standard.items[48].lines
    }
    assert set(frame[frame["kind"] == "splits"]["place"]) == {"652301"}
    assert frame[frame["kind"] == "rates"]["source"].tolist().count("甲") == 3


def test_the_log_names_members_bases_readings_and_new_lines(
    tables: Tables, scenario: Callable[..., Path]
) -> None:
    path = scenario(
        {
            "readings": {"11a": "fixed"},
            "new": {
                "lines": [{"item": 11, "line": "bus", "name": "校车", "accrual": "calendar_year"}]
            },
            "groups": [{"group": "south4", "add": "652800", "from": 2024}],
            "bases": [{"item": 11, "where": "库尔勒市", "from": 2024, "amount": 700}],
        }
    )
    data = tables(beneficiaries=[["primary_pupil", "库尔勒市", year, 10] for year in (2023, 2024)])
    log = fm.apply(path, data).log.to_dataframe()
    assert log[log["kind"] == "readings"][["name", "before", "after"]].to_numpy().tolist() == [
        ["11a", "lesser_of", "fixed"]
    ]
    assert log[log["kind"] == "lines"]["name"].tolist() == ["bus"]
    members = log[log["kind"] == "groups"]
    assert {
        (name, place, int(year))
        for name, place, year in members[["name", "place", "year"]].to_numpy()
    } == {("south4", "652800", 2024)}
    bases = log[log["kind"] == "bases"]
    assert bases[["name", "place", "year", "after"]].to_numpy().tolist() == [
        ["11", "652801", 2024, 700]
    ]
    assert bases["before"].isna().all()


def test_every_cell_of_the_log_but_a_reading_names_what_did_it(
    tables: Tables, scenario: Callable[..., Path]
) -> None:
    """A new line with its rate and its counts, a split that follows a place into a group, and a
    rate that stays behind when it leaves one.
    """
    path = scenario("""
name: trial
extends: under
readings: {11a: fixed}
new:
  beneficiaries: {bus_pupil: {zh: 乘校车学生, en: bus pupils, unit: 人}}
  lines:
    - {item: 12, line: bus, name: 校车, beneficiary: bus_pupil, per: 元, accrual: calendar_year, rates: [{rate: 500, source: 甲}]}
groups:
  - {group: south4, add: 652800, from: 2024}
  - {group: south4, remove: 653200, from: 2024}
bases:
  - {item: 11, where: 库尔勒市, from: 2024, amount: 700}
""")
    scenario("name: under\nrates:\n  - {line: age_80_89, where: south4, rate: 60}\n", "under")
    rows = [
        [name, place, 2024, 10]
        for place in ("库尔勒市", "和田市")
        for name in ("primary_pupil", "age_80_89", "bus_pupil")
    ]
    log = fm.apply(
        path, tables(beneficiaries=rows, bases_2015=[[11, "和田市", 9]])
    ).log.to_dataframe()
    mine = log[log["scenario"] == "trial"]
    assert set(mine.loc[mine["entry"] == "", "kind"]) == {"readings"}
    at = {
        (kind, name, place): entry.removeprefix(f"{path}:")
        for kind, name, place, entry in mine[["kind", "name", "place", "entry"]].to_numpy()
    }
    assert {
        at["lines", "bus", ""],
        at["rates", "bus", "652801"],
        at["beneficiaries", "bus_pupil", "653201"],
    } == {"8:7"}
    assert {at["groups", "south4", "652800"], at["splits", "pubfund_primary", "652801"]} == {"10:5"}
    assert {at["groups", "south4", "653200"], at["splits", "pubfund_primary", "653201"]} == {"11:5"}
    bus = mine[mine["name"] == "bus"]
    assert (set(bus["basis"]), set(bus["source"])) == ({"user"}, {"甲"})


def test_equal_changes_of_several_years_and_places_stand_in_one_row(
    tables: Tables, scenario: Callable[..., Path]
) -> None:
    path = scenario({"rates": [{"line": "age_80_89", "from": 2024, "rate": 60}]})
    data = tables(
        beneficiaries=[
            ["age_80_89", place, year, 100]
            for place in ("昌吉市", "阜康市")
            for year in (2023, 2024, 2025)
        ]
    )
    (merged,) = fm.apply(path, data).log.merged()
    assert merged.years == (2024, 2025)
    assert merged.places == ["652301", "652302"]


def test_the_report_holds_the_log(
    tables: Tables, scenario: Callable[..., Path], tmp_path: Path
) -> None:
    """The sheet 情景变更 names the line, the years, both values and the source."""
    import openpyxl

    path = scenario(
        {"rates": [{"line": "age_80_89", "from": 2024, "rate": 60, "source": "甲号文"}]}
    )
    data = tables(beneficiaries=[["age_80_89", "昌吉市", year, 100] for year in (2023, 2024)])
    fm.simulate(path, data).to_excel(tmp_path / "r.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx")["情景变更"]
    (row,) = [[cell.value for cell in row] for row in sheet.iter_rows() if row[0].value == "trial"]
    assert "age_80_89" in row[2]
    assert row[4:7] == ["2024", 600, 720]
    assert "trial.yaml" in row[7]
    assert "甲号文" in row[8]
