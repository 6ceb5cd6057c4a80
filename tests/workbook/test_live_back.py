"""An edited report is read back: collected from it are the inputs of the run with its edits, and
what was edited is listed as it was written and as it is.
"""

from __future__ import annotations

import copy
import random
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from edited_workbooks import CHANGJI, FUKANG, PUPILS, WORLDS, Edit, World, edits, tables_of, totals
from spreadsheet import place_of

import fiscal_model as fm
from fiscal_model.workbook.model import model_of
from fiscal_model.workbook.report import write_by_prefecture
from fiscal_model.workbook.rounding import Printed

SCENARIO_ONLY = ("参数", "规则", "限额")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, fm.Budget]]:
    """A report of every world, in a folder of its own."""
    home, out = tmp_path_factory.mktemp("live"), {}
    for name, world in WORLDS.items():
        budget = world.budget(home / name)
        (home / name / "back").mkdir()
        budget.to_excel(home / name / "back" / "report.xlsx")
        out[name] = home / name, budget
    return out


def again(home: Path, folder: Path, back: Path | None = None) -> tuple[fm.Collected, fm.Budget]:
    """What is collected, and the same scenario on it."""
    scenario = home / "trial.yaml"
    found = fm.collect(back or home / "back", folder / "all.xlsx", scenario=scenario)
    return found, fm.simulate(scenario, folder / "all.xlsx")


@pytest.mark.parametrize("name", WORLDS)
def test_a_report_that_nobody_edited_gives_the_inputs_of_the_run(
    written: dict[str, tuple[Path, fm.Budget]], tmp_path: Path, name: str
) -> None:
    home, budget = written[name]
    found, after = again(home, tmp_path)
    assert found.changes.empty
    assert totals(after) == totals(budget)
    assert after.inputs.digest == budget.inputs.digest


@pytest.mark.parametrize("name", WORLDS)
def test_edits_are_listed_and_those_of_inputs_are_taken(
    written: dict[str, tuple[Path, fm.Budget]], tmp_path: Path, name: str
) -> None:
    """What the scenario file would have to say is listed only; the engine on the collected inputs
    finds what it finds on inputs in which the same cells were edited by hand.
    """
    home, budget = written[name]
    rng = random.Random(name)
    model = model_of(budget)
    every = list(edits(budget, model, tables_of(model), rng))
    chosen = rng.sample(every, min(6, len(every)))
    world, by_hand = WORLDS[name], copy.deepcopy(WORLDS[name])
    book = openpyxl.load_workbook(home / "back" / "report.xlsx")
    expected = {}
    for each in chosen:
        cell = book[each.sheet][each.cell]
        expected[each.sheet, each.cell] = (cell.value, each.value)
        cell.value = each.value
        if is_input(each, world):
            each.change(by_hand)
    (tmp_path / "back").mkdir()
    book.save(tmp_path / "back" / "report.xlsx")
    found, after = again(home, tmp_path, tmp_path / "back")
    listed = {
        (sheet, cell): (was, now)
        for sheet, cell, was, now in found.changes[["sheet", "cell", "was", "is"]].itertuples(
            index=False
        )
    }
    assert listed.keys() == expected.keys()
    for key, (was, now) in listed.items():
        assert same(was, expected[key][0])
        assert same(now, expected[key][1])
    effects = found.changes.set_index(["sheet", "cell"])["effect"]
    for each in chosen:
        taken = is_input(each, world) or is_rate(each)
        assert ("收下" in effects[each.sheet, each.cell]) == taken
    if not any(map(is_rate, chosen)):
        assert totals(after) == pytest.approx(totals(by_hand.budget(tmp_path / "by_hand")))


def is_input(edit: Edit, world: World) -> bool:
    """Whether an edit is one of the input tables."""
    trial = copy.deepcopy(world)
    edit.change(trial)
    return trial.tables != world.tables


def is_rate(edit: Edit) -> bool:
    """Whether it is one of the yearly rates, which the edits of the worlds put into the scenario."""
    trial = World({})
    try:
        edit.change(trial)
    except KeyError:
        return False
    return "rates" in trial.scenario


def same(shown: str, value: Any) -> bool:
    try:
        return abs(float(shown) - float(value)) < 1e-6
    except (TypeError, ValueError):
        return shown == str(value or "")


def report_of(tmp_path: Path, world: World) -> tuple[Path, Any]:
    """A report in a folder, and the workbook to edit."""
    budget = world.budget(tmp_path / "world")
    (tmp_path / "world" / "back").mkdir()
    path = tmp_path / "world" / "back" / "report.xlsx"
    budget.to_excel(path)
    return path, openpyxl.load_workbook(path)


def cell_of(book: Any, name: str, place: str, year: int) -> Any:
    """The cell of a count on the sheet of counts and rates."""
    sheet = book["人数与标准"]
    head = next(row for row in sheet.iter_rows() if any(cell.value == year for cell in row))
    column = next(cell.column for cell in head if cell.value == year)
    row = next(
        r
        for r in sheet.iter_rows()
        if name in [c.value for c in r] and place in [c.value for c in r]
    )
    return sheet.cell(row[0].row, column)


def test_a_rate_is_taken_from_its_year_on_until_the_next(tmp_path: Path) -> None:
    """1,000 pupils in 2022 and 2,000 in 2023; the textbook money of 2022 is edited to 100 yuan:
    100,000 yuan in 2022, and 2023 is as it was.
    """
    world = World(
        {
            "beneficiaries": [
                ["primary_pupil", CHANGJI, 2022, 1000],
                ["primary_pupil", CHANGJI, 2023, 2000],
            ]
        }
    )
    path, book = report_of(tmp_path, world)
    sheet = book["人数与标准"]
    line = fm.simulate("as_written", path.parents[1] / "inputs").standard.lines["textbook_primary"]
    rows = [r for r in sheet.iter_rows() if line.name.zh in [c.value for c in r]]
    rates = next(r for r in rows if r[7].data_type == "n" and r[7].fill.fgColor.rgb == "FFFFF2CC")
    rates[7].value = 100
    book.save(path)
    found, after = again(tmp_path / "world", tmp_path)
    assert list(found.changes["is"]) == ["100"]
    before = fm.simulate("as_written", path.parents[1] / "inputs")

    def cost(budget: fm.Budget, year: int) -> float:
        return float(budget.sel(line="textbook_primary", year=year).by("year").sum())

    assert cost(after, 2022) == 100_000
    assert cost(after, 2023) == cost(before, 2023)


def test_a_projected_count_is_taken_only_where_it_was_edited(tmp_path: Path) -> None:
    """The counts of 2023 are held to 2025. An edit of 2025 is an input of 2025; 2024, which nobody
    edited, is none, and follows 2023 as before.
    """
    path, book = report_of(tmp_path, WORLDS["held"])
    cell = cell_of(book, "小学生", CHANGJI, 2025)
    cell.value = 4321
    book.save(path)
    found, after = again(tmp_path / "world", tmp_path)
    assert list(found.changes["was"]) == ["公式"]
    assert list(found.changes["is"]) == ["4321"]
    rows = after.inputs.tables["beneficiaries"].columns
    mine = {
        year: count
        for name, place, year, count in zip(
            rows["beneficiary"], rows["place"], rows["year"], rows["count"], strict=True
        )
        if (name, place) == (PUPILS[0], CHANGJI)
    }
    given = {
        row[2]: row[3]
        for row in WORLDS["held"].tables["beneficiaries"]
        if row[:2] == [PUPILS[0], CHANGJI]
    }
    assert mine == {**given, 2025: 4321}


def test_an_emptied_count_is_no_input_any_more(tmp_path: Path) -> None:
    path, book = report_of(tmp_path, WORLDS["shares"])
    cell_of(book, "小学生", FUKANG, 2023).value = None
    book.save(path)
    found, after = again(tmp_path / "world", tmp_path)
    assert list(found.changes["effect"]) == ["已清空：不再作为输入"]
    assert (
        len(after.inputs.tables["beneficiaries"])
        == len(WORLDS["shares"].tables["beneficiaries"]) - 1
    )


def test_a_bad_edit_is_refused_at_its_cell(tmp_path: Path) -> None:
    path, book = report_of(tmp_path, WORLDS["shares"])
    cell = cell_of(book, "小学生", FUKANG, 2023)
    cell.value = "约三千"
    book.save(path)
    with pytest.raises(fm.FiscalModelError) as refused:
        again(tmp_path / "world", tmp_path)
    assert [f.where for f in refused.value.faults] == [f"{path}!人数与标准!{cell.coordinate}"]
    assert not (tmp_path / "all.xlsx").exists()


def test_rows_that_were_moved_are_refused(tmp_path: Path) -> None:
    """Below an inserted row no cell is what it was written as: nothing could be told."""
    path, book = report_of(tmp_path, WORLDS["shares"])
    row, _ = place_of(cell_of(book, "小学生", FUKANG, 2023).coordinate)
    book["人数与标准"].insert_rows(row)
    book.save(path)
    with pytest.raises(fm.FiscalModelError) as refused:
        again(tmp_path / "world", tmp_path)
    assert [f.message.code for f in refused.value.faults] == ["collect-report-moved"]


def test_reports_of_prefectures_give_the_inputs_of_the_whole(tmp_path: Path) -> None:
    """What several of them hold alike, a wage of the region say, is taken once."""
    world = copy.deepcopy(WORLDS["places"])
    world.tables["minimum_wage"] = [["650000", 2021, 1500]]
    budget = world.budget(tmp_path / "world")
    (tmp_path / "back").mkdir()
    parts = write_by_prefecture(budget, tmp_path / "back" / "report.xlsx")
    assert len(parts) == 2
    _, after = again(tmp_path / "world", tmp_path, tmp_path / "back")
    assert after.inputs.digest == budget.inputs.digest


def test_illustrative_figures_are_told(tmp_path: Path) -> None:
    (tmp_path / "back").mkdir()
    fm.simulate("baseline", years=2024).sel(item=[11]).to_excel(tmp_path / "back" / "r.xlsx")
    found = fm.collect(tmp_path / "back", tmp_path / "all.xlsx")
    assert [f.message.code for f in found.warnings] == ["collect-illustrative"]


def test_a_report_of_plain_numbers_holds_no_inputs(tmp_path: Path) -> None:
    (tmp_path / "back").mkdir()
    budget = WORLDS["shares"].budget(tmp_path / "world")
    budget.to_excel(tmp_path / "back" / "r.xlsx", values=Printed())
    with pytest.raises(fm.FiscalModelError):
        fm.collect(tmp_path / "back", tmp_path / "all.xlsx")
    assert not (tmp_path / "all.xlsx").exists()
