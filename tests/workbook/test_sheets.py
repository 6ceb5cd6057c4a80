"""What stands on the sheets of a workbook: words, units and parts, rows for what is not costed, and
room for every text.
"""

from __future__ import annotations

import re
import zipfile
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from edited_workbooks import CHANGJI, DATE, WORLDS, World
from openpyxl.utils import get_column_letter

import fiscal_model as fm
from fiscal_model.analysis.statement_blocks import TITLES
from fiscal_model.errors import FiscalModelError
from fiscal_model.inputs.tables import TABLES, TEMPLATE_SHEETS
from fiscal_model.results.sources import SURE
from fiscal_model.scenario.entries import RateEntry, SplitEntry
from fiscal_model.standard.payers import PAYERS
from fiscal_model.standard.read import load_standard
from fiscal_model.text import width
from fiscal_model.vocabulary import LANGS, Text
from fiscal_model.workbook.context import NAMES, distinct
from fiscal_model.workbook.report import part_paths, write_by_prefecture, write_report
from fiscal_model.workbook.rounding import Printed
from fiscal_model.workbook.sheet import Book, lines_of

HALF_OPEN = World(
    {
        "beneficiaries": [["age_80_89", CHANGJI, 2023, 1000], ["reading_room", CHANGJI, 2023, 300]],
        "amounts": [["injury_benefits_fund", CHANGJI, 2023, 600_000]],
    },
    {"splits": [{"item": 77, "split": {"region": 1}}]},
)
"""Item 48: 1,000 × 50 × 12 = 600,000 unallocated; item 77: 300 × 2,000 = 600,000 of the region; a
fund pays 600,000 in an account of its own.
"""


@pytest.fixture(scope="module")
def budget(tmp_path_factory: pytest.TempPathFactory) -> fm.Budget:
    return HALF_OPEN.budget(tmp_path_factory.mktemp("half_open") / "world")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The embedded data in one year beside another scenario, and a world with a table of every
    kind, in both languages.
    """
    folder = tmp_path_factory.mktemp("sheets")
    base, other = fm.simulate("baseline", years=2023), fm.simulate("as_written", years=2023)
    kinds = WORLDS["overlaps"].budget(folder / "overlaps")
    for lang in ("zh", "en"):
        write_report(base, folder / f"{lang}.xlsx", lang, DATE, [other])  # type: ignore[arg-type]
        write_report(kinds, folder / f"kinds_{lang}.xlsx", lang, DATE)  # type: ignore[arg-type]
    return {path.stem: path for path in folder.glob("*.xlsx")}


@pytest.fixture(scope="module")
def books(files: dict[str, Path]) -> dict[str, Any]:
    """Without the record of the inputs, which nobody sees."""
    found = {name: openpyxl.load_workbook(path) for name, path in files.items()}
    for book in found.values():
        for sheet in [sheet for sheet in book if sheet.sheet_state == "veryHidden"]:
            book.remove(sheet)
    return found


def pairs(path: Path, sheet: str) -> dict[Any, Any]:
    """The first two columns of a sheet."""
    return {
        row[0].value: row[1].value
        for row in openpyxl.load_workbook(path)[sheet].iter_rows(max_col=2)
    }


# figures with their units and accounts


@pytest.mark.parametrize(
    ("edition", "zh", "en"),
    [
        (None, "2023 年（万元）：第48项 老年人福利补贴 60.00", "In 2023 (10,000 yuan): Item 48"),
        (
            Printed(unit=1),
            "2023 年（元）：第48项 老年人福利补贴 600,000.00",
            "In 2023 (yuan): Item 48",
        ),
    ],
    ids=["10,000 yuan", "yuan"],
)
def test_the_cover_says_what_is_unallocated_in_the_unit_of_the_edition_and_as_a_part_of_its_account(
    edition: Printed | None, zh: str, en: str, budget: fm.Budget, tmp_path: Path
) -> None:
    """600,000 of 1,200,000 yuan of the general public budget is half; the 600,000 of the fund stand
    in another account.
    """
    write_report(budget, tmp_path / "zh.xlsx", "zh", DATE, values=edition)
    write_report(budget, tmp_path / "en.xlsx", "en", DATE, values=edition)
    assert (
        pairs(tmp_path / "zh.xlsx", "封面")["未明确分担（测算时）"]
        == f"占一般公共预算的 50.0%。{zh}"
    )
    assert pairs(tmp_path / "en.xlsx", "Cover")["Unallocated (at the run)"].startswith(
        f"50.0% of the general public budget. {en}"
    )


def test_a_notebook_shows_what_is_unallocated_as_a_part_of_its_account(budget: fm.Budget) -> None:
    """As above; 60.00 万元 of 120.00."""
    assert "未明确分担（各年合计，万元）：60.00，占一般公共预算的 50%" in budget.html("zh")
    assert (
        "Unallocated (over all years, 10,000 yuan): 60.00, 50% of the general public budget"
        in budget.html("en")
    )


def test_the_basis_of_an_account_leaves_out_what_stands_in_others(budget: fm.Budget) -> None:
    """The rates are the standard's, the counts and the split of item 77 the user's, so all of both
    accounts rests on the user.
    """
    assert [
        (each.name.en, each.cost, each.unallocated, each.basis) for each in budget.ledger.accounts
    ] == [
        ("general public budget", 1_200_000, 600_000, {"user": 1.0}),
        ("social insurance fund, benefits", 600_000, 0, {"user": 1.0}),
    ]


def test_one_item_is_not_items(budget: fm.Budget, tmp_path: Path) -> None:
    write_report(budget, tmp_path / "r.xlsx", "en", DATE)
    words = pairs(tmp_path / "r.xlsx", "Cover")
    assert words["costed, split open"] == "1 item: 48"
    assert re.match(r"\d+ items: ", words["not costed (no data)"])
    assert words["Inputs since the run"] == "=as_run"


@pytest.mark.parametrize("name", ["zh", "kinds_zh"])
def test_every_item_has_a_row_where_it_is_costed_or_is_named_as_one_without(
    books: dict[str, Any], name: str
) -> None:
    """No item vanishes: it has figures, or stands in the one sentence with the reason."""
    sheet = list(books[name]["分项目"].iter_rows(min_row=5, values_only=True))
    rows = [row for row in sheet if isinstance(row[3], int) and row[2] == 2023]
    (told,) = (row[0] for row in sheet if str(row[0]).startswith("各表未列的项目："))
    named: set[int] = set()
    for words in told.split("：", 1)[1].split("；"):
        reason = re.fullmatch(r"第([\d、–]+)项(未测算（缺数据）|在第\d+项中测算)", words)
        assert reason, words
        for part in reason[1].split("、"):
            first, _, last = part.partition("–")
            named |= {*range(int(first), int(last or first) + 1)}
    listed = {row[3] for row in rows}
    assert not listed & named
    assert listed | named == set(load_standard().items)
    assert not [row for row in rows if set(row[7:13]) == {"—"}]


def test_an_item_that_nobody_asked_for_is_told_apart_from_one_without_data(
    budget: fm.Budget, tmp_path: Path
) -> None:
    """Items 48 and 77 are costed in the world, 77 is not asked for; nor is any but 10 and 48."""
    budget.sel(item=[10, 48]).to_excel(tmp_path / "r.xlsx", "zh", DATE)
    rows = [row for row in openpyxl.load_workbook(tmp_path / "r.xlsx")["分项目"].values if row[0]]
    assert ("各表未列的项目：第10项未测算（缺数据）；第1–9、11–47、49–80项不在所选项目内",) in [
        row[:1] for row in rows
    ]


# room


@pytest.mark.parametrize("name", ["zh", "en", "kinds_zh", "kinds_en"])
def test_no_text_is_cut(books: dict[str, Any], name: str) -> None:
    """A text that breaks has a row for as many lines as its length needs at least; one that does
    not break has an empty cell beside it.
    """
    seen = 0
    for sheet in books[name]:
        widths = {
            n: each.width
            for each in sheet.column_dimensions.values()
            for n in range(each.min, each.max + 1)
        }
        merged = {
            cell
            for each in sheet.merged_cells.ranges
            for row in sheet[each.coord]
            for cell in (each.coordinate for each in row)
        }
        for row in sheet.iter_rows():
            for cell, beside in zip(row, [*row[1:], None], strict=True):
                if (
                    not isinstance(cell.value, str)
                    or not cell.value
                    or cell.data_type == "f"
                    or cell.coordinate in merged
                ):
                    continue
                lines = max(1, -(-width(cell.value) // round(widths[cell.column] * 1.1)))
                if cell.alignment.wrap_text:
                    assert (sheet.row_dimensions[cell.row].height or 17) >= min(12 * lines, 400), (
                        sheet.title,
                        cell.coordinate,
                        cell.value,
                    )
                    seen += lines > 1
                elif lines > 1:
                    assert beside is None or beside.value in (None, ""), (
                        sheet.title,
                        cell.coordinate,
                        cell.value,
                    )
    assert seen > 20


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("General public budget", 22, 1),  # 21 letters
        ("General public budget", 16, 2),  # General public / budget
        ("General public budget", 8, 3),
        ("一般公共预算", 13, 1),
        ("一般公共预算", 12, 2),  # 11.6 columns of room: five characters
        ("a\nb", 10, 2),
        ("unemployment_benefit_month", 14, 2),  # 26 letters without a space
        ("", 10, 1),
    ],
)
def test_lines_of_a_text_in_a_column(text: str, columns: float, lines: int) -> None:
    """A column of 20 has room for 20: letters are a little smaller than its digits, and the edges
    stay free; words stay whole, Chinese breaks anywhere.
    """
    assert lines_of(text, columns) == lines


@pytest.mark.parametrize(
    ("sheet", "columns"),
    [("分项目", "AB"), ("第11项", "AB"), ("分级次分年", "B"), ("分地区分年", "EF")],
)
def test_columns_that_only_formulas_need_are_folded_away(
    books: dict[str, Any], sheet: str, columns: str
) -> None:
    folded = {
        name: each for name, each in books["zh"][sheet].column_dimensions.items() if each.hidden
    }
    spans = "".join(
        get_column_letter(n) for each in folded.values() for n in range(each.min, each.max + 1)
    )
    assert spans == columns
    assert {each.outlineLevel for each in folded.values()} == {1}


# names


def test_the_sources_name_what_entries_and_tables_are(books: dict[str, Any]) -> None:
    """By the names of tables and of kinds of entry, never by codes."""
    for lang in LANGS:
        sheet = books[lang][NAMES["sources"].to(lang)]
        names = {sure.name.to(lang) for sure in SURE.values()}
        rows = sheet.iter_rows(max_col=3, values_only=True)
        used = [str(row[2]) for row in rows if row[0] in names]
        for name in ("beneficiaries", "population", "bases_2015"):
            assert any(TABLES[name].label.to(lang) in each for each in used), name
        for kind in (RateEntry, SplitEntry):
            assert any(each.startswith(kind.label.to(lang)) for each in used)
        rates = TABLES["vital_rates"].label.to(lang)  # these have no other name than their code
        assert [each for each in used if "_" in each and rates not in each] == []


def test_the_calculation_names_beneficiaries(books: dict[str, Any]) -> None:
    for lang, sheet in (("zh", "计算"), ("en", "Calculation")):
        names = {each.name.to(lang) for each in load_standard().beneficiaries.values()}  # type: ignore[arg-type]
        assert {row[7] for row in books[lang][sheet].iter_rows(min_row=9, values_only=True)} - {
            "",
            None,
        } <= names


def test_names_that_formulas_look_up_are_told_apart() -> None:
    """A spreadsheet takes capitals and small letters for the same."""
    assert distinct({"a": "Pupil", "b": "pupil", "c": "Room"}) == {
        "a": "Pupil (a)",
        "b": "pupil (b)",
        "c": "Room",
    }


@pytest.mark.parametrize("sheet", ["参数", "人数与标准", "规则"])
def test_tables_of_a_sheet_are_numbered_without_gaps(books: dict[str, Any], sheet: str) -> None:
    for name in ("zh", "kinds_zh"):
        found = [
            match[1]
            for row in books[name][sheet].iter_rows(max_col=1)
            if (match := re.match(r"([一二三四五六七八九十])、", str(row[0].value)))
        ]
        assert found == list("一二三四五六七八九十")[: len(found)]
        assert len(found) >= 3


def test_charts_have_the_colours_of_the_plots(files: dict[str, Path]) -> None:
    with zipfile.ZipFile(files["zh"]) as file:
        charts = [
            file.read(name).decode()
            for name in file.namelist()
            if re.match(r"xl/charts/chart\d+\.xml", name)
        ]
    assert len(charts) == 3
    for chart in charts:
        for payer in ("central", "region", "prefecture", "unallocated"):
            assert PAYERS[payer].colour.removeprefix("#") in chart


# where a workbook is written to


@pytest.mark.parametrize(
    "write", [write_report, write_by_prefecture], ids=["whole", "by prefecture"]
)
def test_a_workbook_is_written_to_an_xlsx_file_only(
    write: Any, budget: fm.Budget, tmp_path: Path
) -> None:
    with pytest.raises(FiscalModelError, match=r"应写到 \.xlsx 文件"):
        write(budget, tmp_path / "x.csv")
    assert list(tmp_path.iterdir()) == []


# names of sheets and files


@pytest.fixture(scope="module")
def statements(tmp_path_factory: pytest.TempPathFactory) -> dict[str, fm.Statement]:
    """An allotment and a settlement of the embedded data, with rows in every part."""
    budget = fm.simulate(years=2024)
    plan = fm.allotment(budget, 2024)
    return {"allotment": plan, "settlement": fm.settlement(plan, budget)}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_name_of_a_sheet_is_cut(
    lang: Any, files: dict[str, Path], statements: dict[str, fm.Statement], tmp_path: Path
) -> None:
    """Every sheet of every workbook has the whole words that are meant, within what a spreadsheet
    program allows.
    """
    base = fm.simulate("baseline", years=2023)
    write_report(base, tmp_path / "values.xlsx", lang, DATE, values=Printed())
    write_by_prefecture(base, tmp_path / "part.xlsx", lang, DATE)
    fm.template(tmp_path / "template.xlsx", lang=lang, date=DATE)
    intended = {name.to(lang) for name in NAMES.values()} | {
        Text(f"第{n}项", f"Item {n}").to(lang) for n in base.standard.items
    }
    intended |= {name.to(lang) for name in (*TITLES.values(), *TEMPLATE_SHEETS)}
    intended |= {table.label.zh if lang == "zh" else name for name, table in TABLES.items()}
    for name, statement in statements.items():
        statement.to_excel(tmp_path / f"{name}.xlsx", lang, DATE)
        title = statement.title.to(lang)
        intended |= {
            title,
            *(
                title + part.to(lang)
                for part in (Text("（分地区）", ", by place"), Text("（明细）", ", all rows"))
            ),
        }
    written = [files[lang], files[f"kinds_{lang}"], *tmp_path.glob("*.xlsx")]
    assert len(written) == 2 + 4 + 14
    found = {
        name for path in written for name in openpyxl.load_workbook(path, read_only=True).sheetnames
    }
    assert found <= intended
    assert not [name for name in found if len(name) > 31 or re.search(r"[\[\]:*?/\\]|^'|'$", name)]
    assert TITLES["own"].to(lang) in found
    assert TITLES["other"].to(lang) in found


def test_a_name_that_no_sheet_can_have_is_not_changed_in_silence() -> None:
    with pytest.raises(xlsxwriter.exceptions.XlsxWriterException):
        Book(BytesIO(), "en", datetime(2024, 1, 1), live=True).sheet(
            "A name of more than thirty-one letters", "", (9,)
        )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_name_of_a_file_of_a_place_is_cut(lang: Any) -> None:
    """The whole name of every place; what a file system forbids is in none of them."""
    standard = load_standard()
    paths = part_paths(Path("x") / "split.xlsx", standard, lang, standard.places.codes)
    assert len(paths) == len(standard.places.codes)
    for path, code in zip(paths, standard.places.codes, strict=True):
        assert path == Path("x") / f"split-{code}-{standard.places.label(code).to(lang)}.xlsx"
    assert (
        {path.name for path in paths} >= {"split-654000-Ili (directly administered part).xlsx"}
        if lang == "en"
        else True
    )


@pytest.mark.parametrize("name", ["en", "kinds_en"])
def test_no_cell_in_english_holds_a_chinese_comma(name: str, books: dict[str, Any]) -> None:
    """But in words of the standard that are quoted."""
    for sheet in books[name]:
        for row in sheet.iter_rows(values_only=True):
            for value in row:
                assert "、" not in re.sub("“[^”]*”|《[^》]*》", "", str(value or "")), (
                    sheet.title,
                    value,
                )
