"""People find their way in a workbook and print it: contents, ways back, titles, signatures, the
edition to be printed, and the chart of scenarios.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from edited_workbooks import CHANGJI, DATE, KASHGAR
from openpyxl.utils import get_column_letter, range_boundaries
from spreadsheet import OFFICE, needs_office

import fiscal_model as fm
from fiscal_model.text import width
from fiscal_model.workbook.context import ABOUT, NAMES
from fiscal_model.workbook.figures import Money
from fiscal_model.workbook.report import write_by_prefecture, write_report
from fiscal_model.workbook.rounding import Printed

Books = dict[str, Any]
LIVE_SHEETS = {"参数", "人数与标准", "规则", "限额", "计算"}


@pytest.fixture(scope="module")
def base() -> fm.Budget:
    return fm.simulate("baseline", years=(2023, 2024))


@pytest.fixture(scope="module")
def books(base: fm.Budget, tmp_path_factory: pytest.TempPathFactory) -> Books:
    """Every edition, opened."""
    folder = tmp_path_factory.mktemp("books")
    reform = fm.simulate("central_9_1", years=(2023, 2024))
    part = base.sel(place=["653100"])
    editions: dict[str, dict[str, Any]] = {
        "live": {"others": [reform]},
        "values": {"values": Printed()},
        "half_up": {"values": Printed(closed=False)},
        "print": {"short": True},
    }
    for name, more in editions.items():
        for lang in ("zh", "en"):
            write_report(part, folder / f"{name}_{lang}.xlsx", lang, DATE, **more)  # type: ignore[arg-type]
    some = base.sel(place=["653100", "653200"], item=[11, 48])
    write_by_prefecture(some, folder / "split.xlsx", "zh", DATE, values=Printed(), short=True)
    fm.allotment(base, 2024).to_excel(folder / "allotment.xlsx", "zh", DATE)
    return {path.stem: openpyxl.load_workbook(path) for path in folder.glob("*.xlsx")}


def seen(book: Any) -> list[Any]:
    return [sheet for sheet in book if sheet.sheet_state == "visible"]


def words(sheet: Any) -> list[str]:
    return [str(value) for row in sheet.values for value in row if value not in (None, "")]


def links_of(sheet: Any) -> dict[str, str]:
    """Where the cells of a sheet lead to."""
    cells = (cell for row in sheet.iter_rows() for cell in row if cell.hyperlink)
    return {cell.coordinate: cell.hyperlink.location for cell in cells}


# the way in and back


def test_the_contents_stand_second_and_lead_to_every_sheet(books: Books) -> None:
    assert len(books) == 4 * 2 + 2 + 1
    for name, book in books.items():
        others = [sheet.title for sheet in seen(book) if sheet.title not in ("目录", "Contents")]
        contents = book.worksheets[1]
        assert contents.title in ("目录", "Contents"), name
        links = links_of(contents)
        assert list(links.values()) == [f"'{other}'!A1" for other in others], name
        assert [contents[cell].value for cell in links] == others, name
        told = [contents.cell(contents[cell].row, 3).value for cell in links]
        assert all(told), name


def test_every_other_sheet_leads_back_from_the_first_row_which_is_not_printed(
    books: Books,
) -> None:
    for name, book in books.items():
        front = book.worksheets[1].title
        for sheet in seen(book):
            if sheet.title == front:
                continue
            ((name_of_cell, target),) = links_of(sheet).items()
            assert target == f"'{front}'!A1"
            cell = sheet[name_of_cell]
            assert cell.row == 1, (name, sheet.title)
            assert cell.value in ("返回目录", "Back to contents")
            folded = [
                column
                for each in sheet.column_dimensions.values()
                if each.hidden
                for column in range(each.min, each.max + 1)
            ]
            assert cell.column == next(n for n in range(1, 99) if n not in folded)
            left, top, right, bottom = range_boundaries(sheet.print_area.split("!")[-1])
            assert (left, top) == (1, 2), (name, sheet.title)
            last = max(c.row for row in sheet.iter_rows() for c in row if c.value not in (None, ""))
            assert bottom >= last, (name, sheet.title)
            assert right == sheet.max_column, (name, sheet.title)


def test_what_stays_in_view_holds_the_way_back_and_is_printed_without_it(books: Books) -> None:
    for sheet in seen(books["live_zh"]):
        if sheet.print_title_rows:
            assert sheet.print_title_rows.startswith("$2:"), sheet.title
            assert sheet.freeze_panes
            assert int(re.sub(r"\D", "", sheet.freeze_panes)) > 3


@pytest.mark.parametrize(("lang", "most"), [("zh", 16), ("en", 18)])
def test_names_of_sheets_are_short_and_each_is_told(lang: Any, most: int) -> None:
    """Eight Chinese characters are sixteen columns."""
    assert not [name for each in NAMES.values() if width(name := each.to(lang)) > most]
    assert set(ABOUT) == set(NAMES) - {"contents"}


# titles and signatures


@pytest.mark.parametrize("edition", ["live", "values", "half_up", "print"])
def test_titles_say_of_which_place_and_years_the_figures_are(books: Books, edition: str) -> None:
    for sheet in seen(books[f"{edition}_zh"]):
        title = str(sheet["A2"].value)
        assert title == "目录" or title.startswith("喀什地区2023–2024年"), title
    for sheet in seen(books[f"{edition}_en"]):
        title = str(sheet["A2"].value)
        assert title == "Contents" or title.endswith(": Kashgar, 2023–2024"), title


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([(CHANGJI, 2023)], "昌吉市2023年"),
        ([("652300", 2023)], "昌吉回族自治州2023年"),
        ([(CHANGJI, 2023), ("652302", 2023)], "昌吉回族自治州2023年"),
        ([(CHANGJI, 2021), (KASHGAR, 2023)], "昌吉市、喀什市2021、2023年"),
        (
            [(each, 2023) for each in ("650100", "650200", "650400", "650500")],
            "乌鲁木齐市、克拉玛依市、吐鲁番市等4个地区2023年",
        ),
        ([("650000", 2023)], "新疆维吾尔自治区2023年"),
    ],
    ids=str,
)
def test_a_title_names_the_places_that_are_costed(
    rows: Sequence[tuple[str, int]], title: str, tables: Callable[..., Path], tmp_path: Path
) -> None:
    data = tables(beneficiaries=[["reading_room", place, year, 3] for place, year in rows])
    fm.simulate("as_written", data).to_excel(tmp_path / "r.xlsx", "zh", DATE)
    book = openpyxl.load_workbook(tmp_path / "r.xlsx", read_only=True)
    assert book["分项目"]["A2"].value == f"{title}分项目测算表"


def test_every_sheet_but_those_of_formulas_is_signed_once(books: Books) -> None:
    for name, book in books.items():
        for sheet in seen(book):
            told = words(sheet)
            signed = sum("单位负责人" in each or "Head of unit" in each for each in told)
            if name.endswith("_zh") or name == "allotment":
                assert signed == (sheet.title not in {*LIVE_SHEETS, "目录"}), (name, sheet.title)
                if signed:
                    assert all(each in told[-1] for each in ("审核：", "复核：", "制表：")), name


# what has no row


def test_no_row_of_a_summary_is_dashes_alone(books: Books) -> None:
    for name in ("分级次分年", "分项目", "分地区", "多年汇总"):
        for row in books["values_zh"][name].iter_rows(min_row=6, values_only=True):
            assert "—" not in row, (name, row)


def test_every_payer_of_an_account_has_its_years(books: Books, base: fm.Budget) -> None:
    """Of Kashgar: in wan, what each payer bears, as the tidy results have it."""
    rows = list(books["values_zh"]["多年汇总"].values)
    start = rows.index(next(row for row in rows if row[0] == "社会保险缴费：按承担主体"))
    assert rows[start + 1][2] == "合计"
    assert rows[start + 2][2] == "个人"
    paid = base.sel(place=["653100"]).by("payer", "year", account="contributions") / 10_000
    assert rows[start + 2][3:5] == pytest.approx(paid.loc["individual"].tolist(), abs=0.01)


# the edition to be printed


def pages(paths: Sequence[Path], folder: Path) -> list[int]:
    """How many pages LibreOffice prints of each workbook."""
    command = [str(OFFICE), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    convert = ["--norestore", "--convert-to", "pdf", "--outdir", str(folder), *map(str, paths)]
    done = subprocess.run([*command, *convert], capture_output=True, timeout=300, check=False)
    found = [folder / f"{path.stem}.pdf" for path in paths]
    assert all(path.exists() for path in found), done.stderr
    return [len(re.findall(rb"/Type\s*/Page\b", path.read_bytes())) for path in found]


@needs_office
def test_a_prefecture_and_a_year_are_printed_on_twelve_pages_at_most(
    base: fm.Budget, tmp_path: Path
) -> None:
    """A page a sheet at least, and none beyond what is told: none is lost, none is empty."""
    one, paths = base.sel(place=["653100"], year=[2024]), []
    for lang in ("zh", "en"):
        paths.append(tmp_path / f"{lang}.xlsx")
        one.to_excel(paths[-1], lang, DATE, print_edition=True)  # type: ignore[arg-type]
    sheets = [len(openpyxl.load_workbook(path, read_only=True).sheetnames) for path in paths]
    for found, least in zip(pages(paths, tmp_path), sheets, strict=True):
        assert least <= found <= 12


def test_what_is_printed_are_plain_numbers_of_the_main_tables(books: Books) -> None:
    book = books["print_zh"]
    assert book.sheetnames == [
        "封面",
        "目录",
        "分级次分年",
        "分项目",
        "分地区",
        "多年汇总",
        "未明确分担",
        "假设",
        "检查",
    ]
    assert not [c for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"]
    assert {sheet.page_setup.paperSize for sheet in book} == {9}  # A4
    whole = books["values_zh"]
    for name in ("分级次分年", "分项目", "分地区", "多年汇总"):
        assert list(book[name].values) == list(whole[name].values), name
    assert any(each.startswith("打印版") for each in words(book["封面"]))


def test_one_year_alone_needs_no_table_over_the_years(base: fm.Budget, tmp_path: Path) -> None:
    one = base.sel(place=["653100"], year=[2024], item=[11, 48])
    one.to_excel(tmp_path / "r.xlsx", "zh", DATE, print_edition=True)
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert "多年汇总" not in book.sheetnames
    rows = [row for row in book["未明确分担"].values if isinstance(row[1], int)]
    assert [row[1] for row in rows] == [48]  # the text names no ratio for it


def test_what_is_unallocated_is_told_by_item_and_adds_up(
    tables: Callable[..., Path], tmp_path: Path
) -> None:
    """1,000 aged 80 to 89 at 50 yuan and twelve months are 600,000, 60 wan, that nobody is named to
    pay; 300 reading rooms at 2,000 are as many: all of both, so 120 of 120.
    """
    rows = [["age_80_89", CHANGJI, 2023, 1000], ["reading_room", CHANGJI, 2023, 300]]
    data = tables(beneficiaries=rows)
    fm.simulate("as_written", data).to_excel(tmp_path / "r.xlsx", "zh", DATE, print_edition=True)
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    found = {row[1]: row[3:6] for row in book["未明确分担"].values if row[0] == "一般公共预算"}
    assert found == {"合计": (120, 120, 1), 48: (60, 60, 1), 77: (60, 60, 1)}
    assert "未明确分担各项之和等于合计" in words(book["检查"])


def test_where_everything_has_a_payer_it_says_so(
    tables: Callable[..., Path], tmp_path: Path
) -> None:
    data = tables(beneficiaries=[["primary_pupil", CHANGJI, 2023, 10]])
    fm.simulate("as_written", data).to_excel(tmp_path / "r.xlsx", "zh", DATE, print_edition=True)
    told = words(openpyxl.load_workbook(tmp_path / "r.xlsx")["未明确分担"])
    assert "没有未明确分担的金额。" in told


def test_what_is_assumed_is_of_the_items_that_are_shown(base: fm.Budget, tmp_path: Path) -> None:
    """Of item 48 nothing but the counts of the old is assumed, for Kashgar; a pupil is in none."""
    part = base.sel(place=["653100"], item=[48])
    part.to_excel(tmp_path / "r.xlsx", "zh", DATE, print_edition=True)
    rows = list(openpyxl.load_workbook(tmp_path / "r.xlsx")["假设"].iter_rows(min_row=5))
    told = [str(row[1].value) for row in rows if row[0].value == "数据"]
    assert any("老年人" in each for each in told)
    assert not [each for each in told if "学生" in each]
    assert all("假设" in str(row[3].value) for row in rows if row[0].value == "数据")


def test_a_page_to_be_printed_that_is_wrong_fails_the_check_of_the_cover(
    tables: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A unit and a half more of what is unallocated of item 48 alone."""
    rows = [["age_80_89", CHANGJI, 2023, 1000], ["reading_room", CHANGJI, 2023, 300]]
    budget, right = fm.simulate("as_written", tables(beneficiaries=rows)), Money.at

    def verdict() -> str:
        budget.to_excel(tmp_path / "r.xlsx", "zh", DATE, print_edition=True)
        book = openpyxl.load_workbook(tmp_path / "r.xlsx", read_only=True)
        return next(str(row[1]) for row in book["封面"].values if row[0] == "总检查")

    assert verdict() == "通过"

    def wrong(self: Money, *at: object) -> Any:
        found = right(self, *at)
        return found + np.array([0, 0, 0, 0, 0, 0.015]) if at[2:] == ("item", 48) else found

    monkeypatch.setattr(Money, "at", wrong)
    assert verdict() == "不符"


# the chart of scenarios


def test_the_chart_of_scenarios_draws_what_the_table_above_it_says(books: Books) -> None:
    sheet = books["live_zh"]["情景对比"]
    (chart,) = sheet._charts
    assert [len(series.val.numRef.f) > 0 for series in chart.series] == [True] * 5
    rows = {row[0].value: row for row in sheet.iter_rows() if row[0].value}
    (line,) = {series.cat.strRef.f.split("!")[1].replace("$", "") for series in chart.series}
    drawn = [cell.value for (cell,) in sheet[line]]
    titles = ("基准情景", "2026年起义务教育公用经费中央承担九成")
    assert drawn == [f"{year} {title}" for year in (2023, 2024) for title in titles]
    for label in drawn:
        row = rows[label]
        reference = re.fullmatch(r"=\$?([A-Z]+)\$?(\d+)", str(row[3].value))
        assert reference, row[3].value
        named = [sheet.cell(int(reference[2]), column).value for column in (1, 2, 3)]
        assert label == f"{named[2]} {named[0]}"
        assert reference[1] == get_column_letter(4)
        assert named[1] == row[1].value == "一般公共预算"
