"""The input workbook: what it holds, and that what is filled in is what is read."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

import fiscal_model as fm
from fiscal_model.cli import main
from fiscal_model.inputs.model import Inputs
from fiscal_model.inputs.read import read_inputs
from fiscal_model.inputs.tables import NOTES, TABLES
from fiscal_model.standard.payers import PAYERS
from fiscal_model.standard.read import load_standard

SOFFICE = shutil.which("soffice")
SHEETS = {table.label.zh: table for table in TABLES.values()} | dict(TABLES)
Written = dict[tuple[Any, ...], float]
BUS = """
name: bus
new:
  beneficiaries: {bus_pupil: {zh: 乘校车学生, en: bus pupils, unit: 人}}
  items:
    - item: 81
      name: 校车
      section: 1
      responsibility: quantified
      lines: [{line: bus, name: 校车补助, beneficiary: bus_pupil, per: 元/人·年, accrual: calendar_year, rates: [{rate: 500}]}]
      split: {full: region}
"""


@pytest.fixture
def call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """A command in an empty folder: exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            code = main(list(arguments))
        except SystemExit as leaving:
            code = leaving.code  # type: ignore[assignment]
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return call


def filled(path: Path) -> dict[str, Written]:
    """Fills every prepared row with a number of its own; what was written, by table and the words
    of the row.
    """
    book = openpyxl.load_workbook(path)
    written: dict[str, Written] = {}
    for sheet in book.worksheets[1:-1]:
        table = SHEETS[sheet.title]
        keys = len(table.key)
        for row in range(2, sheet.max_row + 1):
            words = tuple(sheet.cell(row, column).value for column in range(1, keys + 1))
            if not any(words):
                continue
            value = row * 7 if table.columns[keys].kind == "count" else row * 1000.25
            sheet.cell(row, keys + 1).value = value
            written.setdefault(table.name, {})[words] = value
    book.save(path)
    return written


def read_back(inputs: Inputs, lang: str) -> dict[str, Written]:
    """The same from what was read: places and beneficiaries by their names."""
    standard = load_standard()

    def word(kind: str, value: Any) -> Any:
        zh = lang == "zh"
        if kind == "place":
            return standard.places.by_code[value].name[not zh]
        if kind == "beneficiary":
            return standard.beneficiaries[value].name[not zh]
        if kind == "item":
            return f"{value} {standard.items[value].name[not zh]}"
        if kind.endswith("_line") and value in standard.lines:
            return standard.lines[value].name[not zh]
        return value

    out: dict[str, Written] = {}
    for name, rows in inputs.tables.items():
        table = TABLES[name]
        for row in range(len(rows)):
            words = tuple(
                word(column.kind, rows.columns[column.name][row])
                for column in table.columns[: len(table.key)]
            )
            out.setdefault(name, {})[words] = rows.columns[table.columns[len(table.key)].name][row]
    return out


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_filled_in_is_what_is_read(tmp_path: Path, lang: str) -> None:
    path = tmp_path / "mine.xlsx"
    fm.template(path, range(10, 15), ["south4", "昌吉市"], (2024, 2025), lang=lang)  # type: ignore[arg-type]
    written = filled(path)
    inputs = read_inputs(path, load_standard())
    assert set(written) == {"beneficiaries", "amounts", "bases_2015"}
    assert read_back(inputs, lang) == written
    assert inputs.warnings == () or all(
        "beneficiaries" in warning.where or "受益对象" in warning.where
        for warning in inputs.warnings
    )
    budget = fm.simulate("as_written", path)
    assert budget.years == (2024, 2025)
    assert set(budget.places) == {"652900", "653000", "653100", "653200", "652301"}


def test_from_the_template_to_the_report_and_back_by_pandas_the_figures_are_the_budgets(
    tmp_path: Path,
) -> None:
    """Template, filled in, simulated, reported; the report's tables by payer and by item, read by
    pandas, are the sums of the Budget in 10,000 yuan.
    """
    path, report = tmp_path / "mine.xlsx", tmp_path / "report.xlsx"
    fm.template(path, range(10, 15), ["south4", "昌吉市"], (2024, 2025))
    filled(path)
    budget = fm.simulate("as_written", path)
    budget.to_excel(report)
    payers = pd.read_excel(report, sheet_name="分级次分年", header=None)
    head = next(n for n, row in payers.iterrows() if row[0] == "账目")
    table = payers.loc[head + 1 :].set_index(2)  # type: ignore[operator]
    years = {
        int(value): column
        for column, value in payers.loc[head].items()
        if isinstance(value, int | float) and value == value
    }
    found = {
        (payer, year): table.loc[PAYERS[payer].name.zh, column]
        for payer in ("central", "region", "prefecture")
        for year, column in years.items()
    }
    by_payer = budget.by("payer", "year")
    assert {key: value * 10_000 for key, value in found.items()} == pytest.approx(
        {(p, y): by_payer.loc[p, y] for p, y in found}
    )
    items = pd.read_excel(report, sheet_name="分项目", header=None)
    rows = items[
        items[3].isin(range(10, 15)) & items[7].map(lambda value: isinstance(value, int | float))
    ]
    by_item = budget.by("item", "year")
    costs = {(int(row[3]), int(row[2])): row[7] * 10_000 for _, row in rows.iterrows()}
    assert costs == pytest.approx({(i, y): by_item.loc[i, y] for i, y in costs})
    assert len(costs) == 10


def test_every_word_of_the_workbook_of_all_items_is_read(tmp_path: Path) -> None:
    for lang in ("zh", "en"):
        path = tmp_path / f"{lang}.xlsx"
        fm.template(path, places="昌吉市", years=2024, lang=lang)
        written = filled(path)
        inputs = read_inputs(path, load_standard())
        assert {name: len(rows) for name, rows in inputs.tables.items() if len(rows)} == {
            name: len(rows) for name, rows in written.items()
        }
        assert all("读作" not in warning.message.to("zh") for warning in inputs.warnings)
        standard = load_standard()
        assert set(inputs.counts.series) == {
            b for b in standard.beneficiaries if b not in only_elsewhere(standard)
        }


def only_elsewhere(standard: Any) -> set[str]:
    """Beneficiaries whose lines are expected only in places where 昌吉市 is not."""
    where = standard.places.index["652301"]
    lines = [line for line in standard.lines.values() if line.beneficiary]
    here = {
        line.beneficiary
        for line in lines
        if not line.expected_in or standard.places.mask([line.expected_in])[where]
    }
    return {line.beneficiary for line in lines} - here


def test_a_row_that_is_not_filled_in_is_not_supplied(tmp_path: Path) -> None:
    path = tmp_path / "mine.xlsx"
    fm.template(path, 77, "昌吉市", (2023, 2024))
    book = openpyxl.load_workbook(path)
    sheet = book["受益对象人数"]
    assert [sheet.cell(row, 1).value for row in (2, 3)] == ["农家书屋", "农家书屋"]
    sheet["D3"] = 0
    book.save(path)
    inputs = read_inputs(path, load_standard())
    assert (inputs.counts.year_at.tolist(), inputs.counts.value.tolist()) == ([2024], [0.0])
    assert inputs.tables["beneficiaries"].tally.unfilled == 1
    assert any(
        "未填数值" in warning.message.to("zh") and warning.where.endswith("A2")
        for warning in inputs.warnings
    )


def test_a_template_for_a_scenario_asks_for_what_it_adds(
    call: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    """14 and 21 bus pupils at 500 yuan: 7,000 and 10,500; the standard alone does not know them."""
    (tmp_path / "bus.yaml").write_text(BUS, encoding="utf-8")
    asked = ["--items", "81", "--places", "昌吉市", "--years", "2023-2024"]
    assert call("template", "-o", "mine.xlsx", *asked)[0] == 1
    assert call("template", "-o", "mine.xlsx", *asked, "--scenario", "bus.yaml")[0] == 0
    guide = openpyxl.load_workbook("mine.xlsx").worksheets[0]
    assert any("bus.yaml" in str(cell.value) for row in guide.iter_rows() for cell in row)
    assert filled(tmp_path / "mine.xlsx")["beneficiaries"] == {
        ("乘校车学生", "昌吉市", 2023): 14,
        ("乘校车学生", "昌吉市", 2024): 21,
    }
    assert call("check", "mine.xlsx", "bus.yaml")[0] == 0
    assert fm.simulate("bus.yaml", "mine.xlsx").by("year").tolist() == [7_000, 10_500]


def test_an_empty_template_is_no_data_and_says_so(
    call: Callable[..., tuple[int, str, str]],
) -> None:
    assert call("template", "-o", "empty.xlsx", "--items", "10-14", "--years", "2024")[0] == 0
    code, _, err = call("check", "empty.xlsx")
    assert code == 1
    assert "没有数据" in err
    assert "Traceback" not in err


def test_same_date_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        fm.template(tmp_path / f"{name}.xlsx", 11, "653100", 2024, date="2024-05-01")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    fm.template(tmp_path / "c.xlsx", 11, "653100", 2024, date="2024-05-02")
    assert (tmp_path / "a.xlsx").read_bytes() != (tmp_path / "c.xlsx").read_bytes()


@pytest.mark.parametrize(
    ("items", "wanted", "unwanted"),
    [
        ([77], {"受益对象人数"}, {"2015年基数", "最低工资", "地方补助标准", "重复享受"}),
        ([11], {"受益对象人数", "2015年基数"}, {"最低工资", "地方补助标准"}),
        ([29], {"受益对象人数", "最低工资"}, {"2015年基数"}),
        ([48], {"受益对象人数", "重复享受", "地方补助标准"}, {"2015年基数"}),
    ],
)
def test_only_the_tables_that_the_items_need(
    tmp_path: Path, items: list[int], wanted: set[str], unwanted: set[str]
) -> None:
    fm.template(tmp_path / "t.xlsx", items)
    names = openpyxl.load_workbook(tmp_path / "t.xlsx").sheetnames
    assert wanted <= set(names)
    assert not unwanted & set(names)
    assert (names[0], names[-1]) == ("填表说明", "下拉选项")


def test_lists_limits_and_page_set_up(tmp_path: Path) -> None:
    fm.template(tmp_path / "t.xlsx", 11, "653100", 2024)
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    sheet = book["受益对象人数"]
    assert [cell.value for cell in sheet[1]] == [
        "受益对象",
        "地区",
        "年份",
        "人数（人、户、个等）",
        "来源",
        "备注",
        "依据",
    ]
    rules = {str(each.sqref).split(":")[0]: each for each in sheet.data_validations.dataValidation}
    assert [rules[cell].type for cell in ("A2", "B2", "C2", "D2", "G2")] == [
        "list",
        "list",
        "whole",
        "whole",
        "list",
    ]
    assert (rules["C2"].formula1, rules["C2"].formula2) == ("1990", "2100")
    assert (rules["D2"].operator, rules["D2"].formula1) == ("greaterThanOrEqual", "0")
    assert rules["B2"].formula1 == "place_list"
    places = book.defined_names["place_list"].attr_text.replace("'", "")
    first, last = places.split("!")[1].replace("$", "").split(":")
    listed = [row[0].value for row in book["下拉选项"][f"{first}:{last}"]]
    standard = load_standard()
    assert set(listed) == {
        place.name.zh for place in standard.places.by_code.values() if not place.elsewhere
    }
    assert sheet.freeze_panes == "A2"
    assert sheet.print_title_rows in ("1:1", "$1:$1")
    share = book["地县分担"].data_validations.dataValidation[2]
    assert (share.type, share.operator or "between", share.formula1, share.formula2) == (
        "decimal",
        "between",
        "0",
        "1",
    )
    widths = {column: sheet.column_dimensions[column].width for column in "ABCD"}
    assert all(widths[column] >= 2 * len(str(sheet[f"{column}1"].value)) for column in "ABCD")


def test_no_cell_of_the_template_is_a_formula_and_the_example_is_no_datum(tmp_path: Path) -> None:
    fm.template(tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    assert all(sheet.max_row == 1 for sheet in book.worksheets[1:-1])
    assert "示例" in str([row[0].value for row in book.worksheets[0].iter_rows()])


def test_every_heading_is_known_to_the_reader_in_both_languages(tmp_path: Path) -> None:
    for lang in ("zh", "en"):
        fm.template(tmp_path / f"{lang}.xlsx", lang=lang)
        book = openpyxl.load_workbook(tmp_path / f"{lang}.xlsx")
        book["受益对象人数" if lang == "zh" else "beneficiaries"].append(
            ["reading_room", "昌吉市", 2024, 5]
        )
        book.save(tmp_path / f"{lang}.xlsx")
        inputs = read_inputs(tmp_path / f"{lang}.xlsx", load_standard())
        assert set(inputs.tables) == set(TABLES)
        for name, rows in inputs.tables.items():
            assert set(rows.raw.columns) == {
                column.name for column in (*TABLES[name].columns, *NOTES)
            }
            assert all(unit.times == 1 and not unit.period for unit in rows.raw.units.values())


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--items", "90"], "90"),
        (["--places", "喀什"], "喀什市"),
        (["--places", "石河子市"], "兵团"),
        (["--places", "喀什地区,喀什市"], "重复计算"),
        (["--places", "nowhere"], "nowhere"),
        (["--items", "ten"], "不认识的服务项目“ten”"),
    ],
)
def test_what_cannot_be_prepared_is_a_fault_and_nothing_is_written(
    call: Callable[..., tuple[int, str, str]], tmp_path: Path, arguments: list[str], word: str
) -> None:
    code, out, err = call("template", "-o", "t.xlsx", *arguments)
    assert (code, out) == (1, "")
    assert word in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["--items", ","],
        ["--items", "14-10"],
        ["--years", "soon"],
        ["--places", ","],
        ["-o", "t.csv"],
    ],
)
def test_a_malformed_template_command_exits_2(
    call: Callable[..., tuple[int, str, str]], arguments: list[str]
) -> None:
    code, _, err = call("template", "-o", "t.xlsx", *arguments)
    assert code == 2
    assert err.startswith("用法：")


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_libreoffice_saves_the_workbook_as_xlsx_and_csv_and_all_read_alike(tmp_path: Path) -> None:
    path = tmp_path / "mine.xlsx"
    fm.template(path, [11, 13, 29], ["喀什地区", "昌吉市"], (2024, 2025))
    written = filled(path)
    again, texts = tmp_path / "again", tmp_path / "texts"
    convert(path, "xlsx", again)
    convert(
        path, "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1", texts
    )
    for file in texts.glob("*.csv"):
        file.rename(texts / file.name.removeprefix("mine-"))
    assert sum(map(len, written.values())) > 30
    for source in (path, again / "mine.xlsx", texts):
        inputs = read_inputs(source, load_standard())
        assert read_back(inputs, "zh") == written, source


def convert(path: Path, to: str, folder: Path) -> None:
    assert SOFFICE
    profile = f"-env:UserInstallation=file://{path.parent}/profile"
    command = [
        SOFFICE,
        profile,
        "--headless",
        "--convert-to",
        to,
        "--outdir",
        str(folder),
        str(path),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=180)
    assert done.returncode == 0, done.stderr
