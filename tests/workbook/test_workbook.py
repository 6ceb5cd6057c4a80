"""The report workbook goes on calculating: recalculated by LibreOffice, and after random edits
still what the engine finds.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from edited_workbooks import (
    CHANGJI,
    DATE,
    KASHGAR,
    QUICK,
    SHUFU,
    WORLDS,
    Edited,
    agree,
    edited,
    live_totals,
    tables_of,
    totals,
    verdict,
)
from openpyxl.formula import Tokenizer
from spreadsheet import (
    column_number,
    differing,
    needs_office,
    read,
    recalculated,
    relative,
)

import fiscal_model as fm
from fiscal_model.errors import FiscalModelError
from fiscal_model.results.result import only
from fiscal_model.workbook.model import model_of
from fiscal_model.workbook.report import write_by_prefecture, write_report
from fiscal_model.workbook.rounding import Printed, closing


@pytest.fixture(scope="module")
def budgets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, fm.Budget]:
    folder = tmp_path_factory.mktemp("worlds")
    return {name: world.budget(folder / name) for name, world in WORLDS.items()}


@pytest.fixture(scope="module")
def books(
    budgets: dict[str, fm.Budget], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("books")
    for name, budget in budgets.items():
        write_report(budget, folder / f"{name}.xlsx", "zh", DATE)
    return {name: folder / f"{name}.xlsx" for name in budgets}


@pytest.fixture(scope="module")
def parts(budgets: dict[str, fm.Budget], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Workbooks by prefecture of a grant that a region-wide sum governs."""
    return list(
        write_by_prefecture(
            budgets["grants"], tmp_path_factory.mktemp("parts") / "part.xlsx", "zh", DATE
        )
    )


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("embedded") / "2023.xlsx"
    write_report(
        fm.simulate("baseline", years=2023),
        path,
        "zh",
        DATE,
        [fm.simulate("as_written", years=2023)],
    )
    return path


@pytest.fixture(scope="module")
def opened(books: dict[str, Path], embedded: Path) -> dict[str, Any]:
    """Every workbook as openpyxl reads it."""
    return {path.stem: openpyxl.load_workbook(path) for path in (*books.values(), embedded)}


@dataclass
class Refereed:
    """Workbooks as written and as LibreOffice recalculates them, and the edited ones."""

    pairs: dict[str, tuple[Path, Path]]
    edited: list[tuple[Edited, Path]]


def referee(whole: dict[str, Path], changed: list[Edited], folder: Path) -> Refereed:
    """Recalculates all in one run."""
    found = recalculated([*whole.values(), *(each.path for each in changed)], folder)
    return Refereed(
        dict(zip(whole, zip(whole.values(), found, strict=False), strict=True)),
        list(zip(changed, found[len(whole) :], strict=True)),
    )


@pytest.fixture(scope="module")
def refereed(
    budgets: dict[str, fm.Budget],
    books: dict[str, Path],
    parts: list[Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Refereed:
    folder = tmp_path_factory.mktemp("edited")
    changed = [edited(name, books[name], budgets[name], folder, 1, 5) for name in QUICK]
    whole = {**{name: books[name] for name in QUICK}, parts[0].stem: parts[0]}
    return referee(whole, changed, tmp_path_factory.mktemp("office") / "out")


# formulas


@needs_office
@pytest.mark.parametrize("name", QUICK)
def test_every_formula_comes_to_its_stored_value(refereed: Refereed, name: str) -> None:
    holds(*refereed.pairs[name])


def holds(stored: Path, found: Path, least: int = 100) -> None:
    """Every formula of a fresh workbook comes to its stored value, and its checks are passed."""
    cells = read(found)
    checked, bad = differing(read(stored), cells)
    assert bad[:10] == []
    assert checked > least
    assert verdict(cells, "总检查") == "通过"
    assert verdict(cells, "测算后的输入") == "未改动"


@needs_office
def test_a_workbook_of_a_prefecture_counts_on_what_the_others_hold_against_a_common_sum(
    refereed: Refereed, parts: list[Path]
) -> None:
    assert len(parts) == 2
    holds(*refereed.pairs[parts[0].stem])


def follows(each: Edited, path: Path) -> None:
    """An edited workbook agrees with the engine and knows that it was edited."""
    cells = read(path)
    assert agree(live_totals(cells, each.model, each.layout), totals(each.after))[:5] == [], (
        path.name
    )
    assert verdict(cells, "总检查") == "通过", path.name
    assert verdict(cells, "测算后的输入") == "已改动", path.name


@needs_office
def test_after_random_edits_the_workbook_agrees_with_the_engine(refereed: Refereed) -> None:
    assert sum(each.count for each, _ in refereed.edited) >= 30
    for each, path in refereed.edited:
        follows(each, path)


@pytest.mark.slow
@needs_office
def test_every_formula_of_the_default_report_and_of_the_other_worlds(
    books: dict[str, Path], parts: list[Path], embedded: Path, tmp_path: Path
) -> None:
    path = tmp_path / "report.xlsx"
    write_report(fm.simulate(), path, "zh", DATE)
    whole = {
        **{name: books[name] for name in WORLDS if name not in QUICK},
        "part": parts[1],
        "embedded": embedded,
        "report": path,
    }
    for name, pair in referee(whole, [], tmp_path / "out").pairs.items():
        holds(*pair, least={"embedded": 20_000, "report": 200_000}.get(name, 100))


@pytest.mark.slow
@needs_office
def test_many_random_edits(
    budgets: dict[str, fm.Budget], books: dict[str, Path], tmp_path: Path
) -> None:
    changed = [
        edited(name, books[name], budgets[name], tmp_path, seed, 12)
        for name in WORLDS
        for seed in range(2, 6)
    ]
    for each, path in referee({}, changed, tmp_path / "out").edited:
        follows(each, path)


# what formulas look like

VOLATILE = re.compile(r"\b(OFFSET|INDIRECT|NOW|TODAY|RAND|RANDBETWEEN|CELL|INFO)\(")


def test_formulas_hold_no_constant_but_the_unit_and_are_not_volatile(
    books: dict[str, Path], embedded: Path
) -> None:
    seen = set()
    for path in (*books.values(), embedded):
        for cells in read(path).values():
            for formula in (formula for formula, _ in cells.values() if formula is not None):
                shape = re.sub(
                    r"\d+",
                    lambda match: (
                        "1" if match.start() and formula[match.start() - 1].isalpha() else match[0]  # noqa: B023
                    ),
                    formula,
                )
                if shape in seen:
                    continue
                seen.add(shape)
                assert not VOLATILE.search(formula), formula
                assert "[" not in formula, formula
                constants = {
                    token.value
                    for token in Tokenizer("=" + formula).items
                    if token.type == "OPERAND" and token.subtype == "NUMBER"
                }
                assert constants <= {"0", "1", "10000"}, formula
    assert len(seen) > 500


def test_one_pattern_fills_each_block(opened: dict[str, Any]) -> None:
    """A block is a run of formulas down a column in one format; the list of checks is none: every
    check is a formula of its own.
    """
    runs = 0
    for name, book in opened.items():
        for sheet in book:
            if sheet.title == "检查":
                continue
            for column in sheet.iter_cols():
                before: tuple[Any, str] | None = None
                for cell in column:
                    pattern = (
                        relative(str(cell.value), cell.coordinate) if cell.data_type == "f" else ""
                    )
                    now = (
                        (cell.style_id, pattern)
                        if "R" in pattern and pattern != cell.value
                        else None
                    )
                    if now and before and now[0] == before[0]:
                        assert now[1] == before[1], (name, sheet.title, cell.coordinate, cell.value)
                        runs += 1
                    before = now
    assert runs > 10_000


ACROSS = {"分级次分年": 4, "分项目": 8, "分地区": 6, "多年汇总": 4}


def test_one_pattern_runs_across_a_row_of_a_printed_table(opened: dict[str, Any]) -> None:
    checked = 0
    for sheet in opened["2023"]:
        first = ACROSS.get(sheet.title) or (9 if re.fullmatch(r"第\d+项", sheet.title) else 0)
        last = (
            sheet.max_column - 1 if sheet.title in ("分级次分年", "多年汇总") else sheet.max_column
        )
        for row in sheet.iter_rows(min_col=first, max_col=last) if first else ():
            patterns = {
                relative(str(cell.value), cell.coordinate) for cell in row if cell.data_type == "f"
            }
            assert len(patterns) <= 1, (sheet.title, row[0].coordinate)
            checked += len(patterns)
    assert checked > 500


def test_nothing_but_the_record_is_hidden_and_every_name_leads_to_a_cell(
    opened: dict[str, Any],
) -> None:
    """Sheet 底稿 says what was written, for whoever collects an edited report; it has no figure of
    its own.
    """
    for book in opened.values():
        assert [sheet.title for sheet in book if sheet.sheet_state != "visible"] == ["底稿"]
        assert {"master_check", "as_run", "display_digits", "tolerance"} <= set(book.defined_names)
        for name, defined in book.defined_names.items():
            for sheet, cell in defined.destinations:
                assert book[sheet][cell.replace("$", "")].value is not None, name
    names = set(opened["base"].defined_names)
    assert {"reading_11a", "base_11_653100", "times_pubfund_primary"} <= names


def test_readings_are_chosen_from_a_list(opened: dict[str, Any]) -> None:
    sheet = opened["base"]["参数"]
    lists = [each for each in sheet.data_validations.dataValidation if each.type == "list"]
    assert (
        len(lists) == sum(name.startswith("reading_") for name in opened["base"].defined_names) >= 5
    )
    for each in lists:
        source = each.formula1.replace("$", "").lstrip("=")
        assert sheet[str(each.sqref)].value in [
            option.value for row in sheet[source] for option in row
        ]


# hand arithmetic


def test_the_weights_stand_as_they_are_written(opened: dict[str, Any]) -> None:
    """8:2, then the 2 as 3:7 (item 11, outside the south)."""
    sheet = opened["shares"]["参数"]
    heading = next(
        row for row in sheet.iter_rows() if row[0].value == "分担号" and row[3].value == "层次"
    )
    at = {str(cell.value): cell.column for cell in heading if cell.value}
    rows = [row for row in sheet.iter_rows(min_row=heading[0].row + 1) if row[1].value == 11]
    first, rest = rows[0], rows[1]
    assert (first[at["中央"] - 1].value, first[at["其余（下一层再分）"] - 1].value) == (8, 2)
    assert (rest[at["自治区本级"] - 1].value, rest[at["地县"] - 1].value) == (3, 7)


def test_the_closing_difference_is_what_rounding_leaves() -> None:
    """Three thirds of 100 show as 33.33 each, 99.99 together: 0.01 is left. Halves go away from
    zero: 2.675 and 2.675 show 5.36 beside 5.35.
    """
    assert closing(np.array([100.0]), np.full((3, 1), 100 / 3)).tolist() == [0.01]
    assert closing(np.array([5.35]), np.array([[2.675], [2.675]])).tolist() == [-0.01]


# plain numbers


@pytest.mark.parametrize(
    "edition", [Printed(), Printed(unit=1, decimals=0), Printed(decimals=4, closed=False)], ids=str
)
def test_the_edition_of_plain_numbers_shows_the_same_rounded_and_holds_no_formula(
    edition: Printed, budgets: dict[str, fm.Budget], books: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / "values.xlsx"
    write_report(budgets["county_shares"], path, "zh", DATE, values=edition)
    values, live = read(path), read(books["county_shares"])
    assert list(values) == [name for name in live if name != "底稿"]
    assert not [
        name for cells in values.values() for name, (formula, _) in cells.items() if formula
    ]
    times, step = 10_000 / edition.unit, 10.0**-edition.decimals
    for sheet in ("分级次分年", "分项目", "分地区"):
        for name, (formula, value) in live[sheet].items():
            if formula and "ROUND" not in formula and isinstance(value, float):
                found = values[sheet][name][1]
                assert isinstance(found, float)
                # the sum of all years is that of the figures shown
                assert abs(found - value * times) < step * 1.000001, (
                    sheet,
                    name,
                )


def test_the_tables_of_plain_numbers_add_up_to_the_cent(
    budgets: dict[str, fm.Budget], tmp_path: Path
) -> None:
    """Cost is the sum of its columns in every row, and each total that of the prefectures below it;
    figures rounded alone would be off here and there.
    """
    path = tmp_path / "values.xlsx"
    fm.simulate("baseline", years=(2023, 2024)).to_excel(path, values=Printed())
    book = openpyxl.load_workbook(path, read_only=True)
    sums = 0
    for name in [name for name in book.sheetnames if name.startswith("第")]:
        total: list[Decimal] = []
        below = [Decimal(0)] * 6
        for row in book[name].iter_rows(values_only=True):
            if (
                len(row) < 14
                or not isinstance(row[8], int | float)
                or row[4] == "尾差（合计与小计分别取整）"
            ):
                continue
            money = [Decimal(str(value)) for value in row[8:14]]
            assert money[0] == sum(money[1:]), (name, row)
            if row[4] == "合计":
                assert not total or total == below, name
                total, below = money, [Decimal(0)] * 6
                sums += 1
            elif row[5] == "小计":
                below = [a + b for a, b in zip(below, money, strict=True)]
        assert total == below, name
    book.close()
    assert sums > 40


# one workbook a prefecture


def test_the_workbooks_of_the_prefectures_add_up_to_the_whole(
    budgets: dict[str, fm.Budget], tmp_path: Path
) -> None:
    budget = budgets["base"]
    paths = write_by_prefecture(budget, tmp_path / "part.xlsx", "zh", DATE)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "part-652300-昌吉回族自治州.xlsx",
        "part-653100-喀什地区.xlsx",
    ]
    found: dict[Any, float] = defaultdict(float)
    for path, places in zip(paths, ([CHANGJI], [KASHGAR, SHUFU]), strict=True):
        model = model_of(only(budget, places))
        part = live_totals(read(path), model, tables_of(model))
        assert {key[1] for key in part} == set(places)
        for key, amount in part.items():
            found[key] += amount
    assert agree(found, totals(budget)) == []


def test_the_workbooks_of_the_prefectures_are_all_written_or_none(
    budgets: dict[str, fm.Budget], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tmp_path / "part-652300-昌吉回族自治州.xlsx"
    before.write_text("old", encoding="utf-8")
    move = Path.replace

    def locked(self: Path, target: Path) -> Path:
        if "653100" in target.name and target.suffix == ".xlsx" and not target.name.startswith("."):
            raise PermissionError(13, "Permission denied")
        return move(self, target)

    monkeypatch.setattr(Path, "replace", locked)
    with pytest.raises(FiscalModelError) as caught:
        write_by_prefecture(budgets["base"], tmp_path / "part.xlsx", "zh", DATE)
    assert "653100" in str(caught.value)
    assert "关闭后重试" in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == [before.name]
    assert before.read_text(encoding="utf-8") == "old"


def test_column_numbers_are_those_of_a_spreadsheet() -> None:
    assert [column_number(name) for name in ("A", "Z", "AA", "XFD")] == [1, 26, 27, 16384]
