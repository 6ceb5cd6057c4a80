"""The commands, as an analyst runs them: exit codes, files, messages, and nothing written when
something is wrong.
"""

from __future__ import annotations

import csv
import json
import math
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import xarray as xr

import fiscal_model as fm
from fiscal_model.cli import main
from fiscal_model.inputs.tables import TABLES
from fiscal_model.text import width

COLUMNS = ["scenario", "year", "item", "line", "place", "payer", "amount"]
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
CODE = re.compile("FM-[a-z-]+ ")
Tables = Callable[..., Path]
Call = Callable[..., tuple[int, str, str]]


def run(*arguments: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own."""
    command = [sys.executable, "-m", "fiscal_model", *map(str, arguments)]
    return subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture
def rooms(tables: Tables) -> Path:
    """Ten farm reading rooms in Changji City in 2023: 20,000 yuan, unallocated."""
    return tables(beneficiaries=[["reading_room", "昌吉市", 2023, 10]])


@pytest.fixture
def pupils(tables: Tables) -> Path:
    """1,000 primary pupils in Changji City: 650,000 yuan at 8:2, 3:7, and 105,000 for textbooks at
    9:1.
    """
    return tables(beneficiaries=[["primary_pupil", "昌吉市", 2023, 1000]])


PUPILS = {"central": 520_000.0, "region": 39_000.0 + 94_500, "prefecture": 91_000.0 + 10_500}


def printed(sheet: Any) -> list[dict[str, Any]]:
    """The rows of a printed table by their headings (of two rows of headings the lower), without
    those of plain text.
    """
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    top = next(
        n
        for n, row in enumerate(rows)
        if "年份" in row or "账目" in row or "Year" in row or "Account" in row
    )
    heads = (
        [below or above for above, below in zip(rows[top], rows[top + 1], strict=True)]
        if rows[top + 1][0] is None
        else rows[top]
    )
    return [
        dict(zip(heads, row, strict=True)) for row in rows[top + 1 :] if row[2] not in (None, "")
    ]


SHARES = ("中央", "自治区本级", "地县", "基金及其他", "未明确分担")


# report


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which ``fiscal-model report`` ran without arguments."""
    folder = tmp_path_factory.mktemp("report")
    done = run("report", cwd=folder)
    assert done.returncode == 0
    told = re.findall(r"FM-(\S+)", done.stderr)
    assert told == ["age-bands-spread-evenly", "series-follow-population", "rates-known-until"]
    assert "fiscal-report.xlsx" in done.stdout
    return folder


@pytest.fixture(scope="module")
def sheets(report: Path) -> Iterator[Any]:
    """Its workbook, with the stored values of its formulas."""
    book = openpyxl.load_workbook(report / "fiscal-report.xlsx", data_only=True)
    yield book
    book.close()


@pytest.fixture(scope="module")
def baseline() -> fm.Budget:
    """What the workbook shows."""
    return fm.simulate()


def test_report_without_arguments_writes_one_workbook(report: Path) -> None:
    assert [path.name for path in report.iterdir()] == ["fiscal-report.xlsx"]


def test_the_workbook_has_a_sheet_for_every_item_and_table(
    sheets: Any, baseline: fm.Budget
) -> None:
    costed = baseline.by("item", account="all").dropna().index
    assert len(costed) >= 20
    front = ["封面", "目录", "分级次分年", "分项目", "分地区", "分地区分年", "多年汇总", "图表"]
    front += ["参数", "人数与标准"]
    back = ["计算", "规则", "限额", "台账", "依据与缺口", "对照", "检查"]
    back += ["情景变更", "修改记录", "底稿"]
    assert sheets.sheetnames == [*front, *(f"第{n}项" for n in costed), *back]
    rows = [row[0] for row in sheets["台账"].iter_rows(values_only=True) if isinstance(row[0], int)]
    assert rows == list(range(1, 81))


def test_every_sheet_says_that_the_embedded_data_are_illustrative(sheets: Any) -> None:
    assert sheets.worksheets[-1].sheet_state == "veryHidden"
    for sheet in sheets.worksheets[:-1]:
        top = " ".join(
            str(cell)
            for row in sheet.iter_rows(max_row=3, values_only=True)
            for cell in row
            if cell
        )
        assert "示例数据" in top, sheet.title
        assert "示例数据" in sheet.oddHeader.right.text, sheet.title


def test_the_workbook_shows_the_totals_of_the_simulation(sheets: Any, baseline: fm.Budget) -> None:
    labels = {
        "general": "一般公共预算",
        "insurance": "社会保险基金支出",
        "contributions": "社会保险缴费",
    }
    by_account = baseline.by("account", "year") / 10_000
    for account, label in labels.items():
        by_year = by_account.loc[account].tolist()
        for name, column in (("分项目", "项目"), ("分地区", "行别")):
            rows = [
                row
                for row in printed(sheets[name])
                if row[column] == "合计" and row["账目"] == label
            ]
            assert [row["年份"] for row in rows] == list(baseline.years)
            assert [row["资金需求"] for row in rows] == pytest.approx(by_year, rel=1e-9)
        total = next(
            row
            for row in printed(sheets["分级次分年"])
            if row["承担主体"] == "合计" and row["账目"] == label
        )
        assert [total[year] for year in baseline.years] == pytest.approx(by_year, rel=1e-9)
        for row in printed(sheets["多年汇总"]):
            if row["名称"] == "合计" and row["账目"] == label:
                assert [row[year] for year in baseline.years] == pytest.approx(by_year, rel=1e-9)


def test_in_the_workbook_the_payers_of_every_row_add_up_to_its_cost(sheets: Any) -> None:
    checked = 0
    for name in sheets.sheetnames:
        if name in ("分项目", "分地区") or re.fullmatch(r"第\d+项", name):
            for row in printed(sheets[name]):
                if isinstance(row["资金需求"], int | float) and isinstance(row["年份"], int):
                    assert sum(row[share] for share in SHARES) == pytest.approx(
                        row["资金需求"], rel=1e-9, abs=1e-6
                    ), (name, row)
                    checked += 1
    assert checked > 5000


def test_the_item_sheets_add_up_to_the_simulation(sheets: Any, baseline: fm.Budget) -> None:
    costs = baseline.by("item", "year", account="all") / 10_000
    for number in costs.dropna(how="all").index:
        found = dict.fromkeys(baseline.years, 0.0)
        for row in printed(sheets[f"第{number}项"]):
            if row["地区"] == "合计":
                found[row["年份"]] += row["资金需求"]
        assert found == pytest.approx(costs.loc[number].to_dict(), rel=1e-9)


def test_no_cell_of_the_workbook_is_an_error(sheets: Any) -> None:
    assert {cell.data_type for sheet in sheets for row in sheet.iter_rows() for cell in row} <= {
        "n",
        "s",
    }


def test_every_check_of_the_workbook_is_passed(sheets: Any) -> None:
    results = {
        row[0]: row[3]
        for row in sheets["检查"].iter_rows(min_row=4, values_only=True)
        if isinstance(row[3], str)
    }
    assert results.pop("测算后的输入") == "未改动"
    assert "不符" not in results.values()
    assert list(results.values()).count("通过") > 25
    assert "通过" in [
        row[1] for row in sheets["封面"].iter_rows(values_only=True) if row[0] == "总检查"
    ]


@pytest.mark.smoke
def test_report_on_own_data_shows_hand_computed_figures_and_no_notice(
    call: Call, home: Path, pupils: Path
) -> None:
    code, out, err = call("report", "as_written", "--inputs", pupils, "-o", "own.xlsx")
    assert (code, err) == (0, "")
    book = openpyxl.load_workbook(home / "own.xlsx", data_only=True)
    paid = {
        row["承担主体"]: row[2023]
        for row in printed(book["分级次分年"])
        if row[2023] and row["承担主体"] != "尾差"
    }
    assert paid == {"中央": 52, "自治区本级": 13.35, "地县": 10.15, "合计": 75.5}
    assert not any(
        "示例" in str(cell)
        for sheet in book
        for row in sheet.iter_rows(values_only=True)
        for cell in row
    )
    assert "一般公共预算：\n  中央：2023年 52.00\n" in out


def test_an_uncosted_item_is_named_without_a_row_and_zero_is_shown_by_zero(
    call: Call, home: Path, tables: Tables
) -> None:
    data = tables(beneficiaries=[["reading_room", "昌吉市", 2023, 0]])
    assert call("report", "as_written", "--inputs", data, "-o", "own.xlsx")[0] == 0
    sheet = openpyxl.load_workbook(home / "own.xlsx", data_only=True)["分项目"]
    rows = {row["服务项目"]: row for row in printed(sheet)}
    assert {rows["第77项 读书看报"][name] for name in ("资金需求", *SHARES)} == {0}
    assert "第48项 老年人福利补贴" not in rows
    told = next(str(row[0]) for row in sheet.values if "各表未列的项目" in str(row[0]))
    assert "48–60" in told  # 61 is costed in another item


def test_text_of_the_analyst_never_becomes_a_formula(
    call: Call, home: Path, tables: Tables
) -> None:
    data = tables(beneficiaries=[["reading_room", "昌吉市", 2023, 10]])
    (data / "beneficiaries.csv").write_text(
        "beneficiary,place,year,count,source,note\nreading_room,昌吉市,2023,10,=1+1,@SUM(A1)\n",
        encoding="utf-8",
    )
    (home / "s.yaml").write_text("name: '=2+2'\ntitle: '=3+3'\n", encoding="utf-8")
    assert call("report", "./s.yaml", "--inputs", data, "-o", "own.xlsx")[0] == 0
    cells = [
        cell
        for sheet in openpyxl.load_workbook(home / "own.xlsx")
        for row in sheet.iter_rows()
        for cell in row
    ]
    ours = {cell.value for cell in cells if cell.data_type == "f"}
    assert not ours & {"=1+1", "=2+2", "=3+3", "@SUM(A1)"}
    told = "用户数据：=1+1、@SUM(A1)"
    assert any(cell.value == told and cell.data_type == "s" for cell in cells)
    assert any("=3+3" in str(cell.value) and cell.data_type == "s" for cell in cells)


def test_several_scenarios_are_set_side_by_side(call: Call, home: Path, pupils: Path) -> None:
    code, out, _ = call(
        "report", "as_written", "baseline", "--inputs", pupils, "--years", "2023", "-o", "two.xlsx"
    )
    assert code == 0
    rows = printed(openpyxl.load_workbook(home / "two.xlsx", data_only=True)["情景对比"])
    drawn = [row["资金需求"] for row in rows if str(row["情景"]).startswith("2023 ")]
    assert drawn == [75.5, 82.5]  # below the table, for the chart: a row a scenario
    # baseline has 720 yuan from spring 2023, and central pays the national textbooks: 105,000.
    general = {row["情景"]: [row[name] for name in ("资金需求", *SHARES)] for row in rows}
    assert general["标准原文"] == [75.5, 52, 13.35, 10.15, 0, 0]
    assert general["基准情景"] == [82.5, 68.1, 4.32, 10.08, 0, 0]
    assert general["差额"] == pytest.approx([7, 16.1, -9.03, -0.07, 0, 0])
    live = openpyxl.load_workbook(home / "two.xlsx")["情景对比"]
    assert [live.cell(row, 4).data_type for row in (8, 9, 10)] == ["f", "n", "f"]
    assert "标准原文" in out
    assert "基准情景" in out


def test_scenarios_side_by_side_may_each_add_something_of_their_own(
    call: Call, home: Path, tables: Tables
) -> None:
    """10 bus pupils at 500 yuan beside 10 reading rooms at 2,000: 20,000 as written, 25,000 with
    the line, 2.5 万元; and compare finds the same.
    """
    (home / "care.yaml").write_text(CARE, encoding="utf-8")
    (home / "boat.yaml").write_text(
        CARE.replace("school_bus", "school_boat").replace("rate: 500", "rate: 700"),
        encoding="utf-8",
    )
    rows = [
        ["reading_room", "昌吉市", 2023, 10],
        ["bus_pupil", "昌吉市", 2023, 10],
        ["bus_pupil", "阜康市", 2023, ""],
    ]
    data = tables(beneficiaries=rows)
    scenarios = ("as_written", "care.yaml", "boat.yaml")
    code, out, err = call("report", *scenarios, "--inputs", data, "-o", "r.xlsx")
    assert (code, err.count("未填数值，视为未提供")) == (0, 1)
    rows = printed(openpyxl.load_workbook(home / "r.xlsx", data_only=True)["情景对比"])
    assert [row["资金需求"] for row in rows if row["情景"] != "差额"][:3] == [2, 2.5, 2.7]
    code, out, _ = call("compare", *scenarios, "--inputs", data, "--by", "line")
    assert code == 0
    assert "school_boat" in out


def test_two_meanings_of_one_code_cannot_stand_side_by_side(
    call: Call, home: Path, tables: Tables
) -> None:
    (home / "care.yaml").write_text(CARE, encoding="utf-8")
    (home / "dear.yaml").write_text(CARE.replace("rate: 500", "rate: 700"), encoding="utf-8")
    data = tables(beneficiaries=[["bus_pupil", "昌吉市", 2023, 10]])
    for command in (("report", "-o", "r.xlsx"), ("compare",)):
        code, out, err = call(*command, "care.yaml", "dear.yaml", "--inputs", data)
        assert (code, out) == (1, "")
        assert "school_bus" in err
    assert not (home / "r.xlsx").exists()


def test_the_edition_to_be_printed_is_written_by_prefecture_in_the_unit_asked_for(
    call: Call, home: Path
) -> None:
    part = ("--places", "653100,653200", "--items", "10-14", "--years", "2023")
    how = ("--print", "--unit", "元", "--decimals", "0", "--split-by", "prefecture")
    assert call("report", *part, *how, "-o", "p.xlsx")[0] == 0
    written = sorted(home.glob("*.xlsx"))
    assert [path.name for path in written] == ["p-653100-喀什地区.xlsx", "p-653200-和田地区.xlsx"]
    for path, place in zip(written, ("喀什地区", "和田地区"), strict=True):
        book = openpyxl.load_workbook(path)
        assert "计算" not in book.sheetnames
        assert book["分项目"]["A2"].value == f"{place}2023年分项目测算表"
        assert book["分项目"]["A4"].value.startswith("单位：元 ")
        found = {row[0]: row[1] for row in book["封面"].iter_rows(max_col=2, values_only=True)}
        assert found["总检查"] == "通过"


def test_the_english_report_is_english(call: Call, home: Path) -> None:
    code, out, _ = call("report", "--lang", "en", "--years", "2023", "-o", "en.xlsx")
    assert code == 0
    assert not CHINESE.search(out)
    book = openpyxl.load_workbook(home / "en.xlsx")
    assert all(name.isascii() for name in book.sheetnames)
    assert book.sheetnames[:4] == ["Cover", "Contents", "By payer", "By item"]
    assert "illustrative" in book["Cover"]["A3"].value
    row = printed(book["By item"])[0]
    assert list(row)[7:] == [
        "Cost",
        "Central",
        "Region",
        "Prefecture and county",
        "Funds and others",
        "Unallocated",
    ]
    formulas = {
        cell.value
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }
    assert not [formula for formula in formulas if CHINESE.search(formula)]


def test_the_same_date_gives_the_same_bytes(
    call: Call, home: Path, pupils: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one.xlsx", "two.xlsx"):
        assert (
            call("report", "as_written", "--inputs", pupils, "--date", "2024-01-31", "-o", name)[0]
            == 0
        )
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1706659200")  # 2024-01-31 in UTC
    assert call("report", "as_written", "--inputs", pupils, "-o", "three.xlsx")[0] == 0
    assert (
        call("report", "as_written", "--inputs", pupils, "--date", "2024-02-01", "-o", "four.xlsx")[
            0
        ]
        == 0
    )
    one, two, three, four = (
        (home / f"{name}.xlsx").read_bytes() for name in ("one", "two", "three", "four")
    )
    assert one == two == three
    assert one != four


def test_two_processes_with_one_source_date_write_the_same_bytes(home: Path, pupils: Path) -> None:
    for name, seed in (("one.xlsx", "1"), ("two.xlsx", "2")):
        arguments = ("report", "as_written", "--inputs", pupils, "-o", name)
        assert run(*arguments, cwd=home, SOURCE_DATE_EPOCH="0", PYTHONHASHSEED=seed).returncode == 0
    assert (home / "one.xlsx").read_bytes() == (home / "two.xlsx").read_bytes()
    assert "1970-01-01" in openpyxl.load_workbook(home / "one.xlsx")["封面"]["B7"].value


def test_the_date_is_printed(call: Call, home: Path, rooms: Path) -> None:
    assert (
        call("report", "as_written", "--inputs", rooms, "--date", "1999-12-31", "-o", "own.xlsx")[0]
        == 0
    )
    book = openpyxl.load_workbook(home / "own.xlsx")
    assert "1999-12-31" in book["分项目"]["A4"].value
    # not the hour of the run, or the bytes would change with it
    assert book.properties.created.date() == date(1999, 12, 31)


def test_a_source_date_that_is_no_number_is_refused(
    call: Call, home: Path, rooms: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    code, _, err = call("report", "as_written", "--inputs", rooms)
    assert code == 1
    assert "yesterday" in err
    assert list(home.iterdir()) == []


def test_a_source_date_beyond_all_calendars_is_refused(
    call: Call, home: Path, rooms: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "99999999999999999999")
    assert call("report", "as_written", "--inputs", rooms)[0] == 1
    assert list(home.iterdir()) == []


def test_a_report_on_data_that_cost_nothing_is_refused(
    call: Call, home: Path, tables: Tables
) -> None:
    data = tables(amounts=[["grant:45:central", "昌吉市", 2023, 100]])
    code, _, err = call("report", "as_written", "--inputs", data)
    assert code == 1
    assert "没有一项可以测算" in err
    assert list(home.iterdir()) == []


NOTHING = {
    "counts without a rate": (
        {"beneficiaries": [["orphan", "昌吉市", 2023, 10]]},
        "2023",
        "有人数而缺少补助标准",
    ),
    "a grant to nothing": (
        {"amounts": [["grant:45:central", "昌吉市", 2023, 100]]},
        "2023",
        "数据中没有任何支出项的人数或金额",
    ),
}


@pytest.mark.parametrize(("rows", "year", "why"), NOTHING.values(), ids=NOTHING)
def test_what_costs_nothing_is_said_by_every_command(
    call: Call, home: Path, tables: Tables, rows: dict[str, Any], year: str, why: str
) -> None:
    """Figures are written with no row and a warning; documents, which would show nothing, are not
    written.
    """
    given = ("as_written", "--inputs", tables(**rows))
    code, _, err = call("run", *given, "--years", year, "-o", "out.csv")
    assert (code, (home / "out.csv").read_text("utf-8")) == (0, ",".join(COLUMNS) + "\n")
    assert f"as_written: FM-nothing-costed 没有一项可以测算：{why}" in err
    code, out, err = call("compare", "as_written", *given, "--years", year)
    assert (code, out.splitlines()[1:], why in err) == (
        0,
        ["一般公共预算：", "没有一项可以测算"],
        True,
    )
    for command in (("report", *given, "--years", year), ("allotment", *given, "--year", year)):
        code, out, err = call(*command, "-o", "out.xlsx")
        assert (code, out, why in err) == (1, "", True)
        assert "未写出工作簿" in err
    assert not (home / "out.xlsx").exists()


@pytest.mark.parametrize(
    "command", ["run", "report", "compare", "brief", "allotment", "readings", "sensitivity"]
)
def test_a_year_before_the_data_is_refused_by_every_command(
    call: Call, home: Path, rooms: Path, command: str
) -> None:
    years = ("--year", "2022") if command == "allotment" else ("--years", "2022")
    other = ("as_written",) if command == "compare" else ()
    target = {
        "run": "out.csv",
        "report": "out.xlsx",
        "allotment": "out.xlsx",
        "brief": "out.html",
    }.get(command, "table.csv")
    code, out, err = call(command, "as_written", *other, "--inputs", rooms, *years, "-o", target)
    assert (code, out) == (1, "")
    assert "所要的 2022 年早于数据的第一年 2023" in err
    assert list(home.iterdir()) == []


GAP = [["reading_room", "昌吉市", year, 10] for year in (2021, 2023)]
"""Rooms of two years, and none of the year between."""


def test_money_paid_in_a_year_without_data_is_still_shown(
    call: Call, home: Path, tables: Tables
) -> None:
    data = tables(beneficiaries=GAP, advances=[[77, "昌吉市", 2022, "central", "甲", 5]])
    code, out, err = call(
        "allotment", "as_written", "--inputs", data, "--year", "2022", "-o", "out.xlsx"
    )
    assert code == 0
    assert "5.00" in out
    assert "2022 年" in err


def test_what_is_all_zero_is_said_to_be_zero(call: Call, home: Path, tables: Tables) -> None:
    given = ("as_written", "--inputs", tables(beneficiaries=[["reading_room", "昌吉市", 2023, 0]]))
    zero = "as_written: FM-costs-all-zero 已测算的金额全部为零"
    for command in (
        ("run", "-o", "out.csv"),
        ("report", "-o", "out.xlsx"),
        ("allotment", "--year", "2023", "-o", "due.xlsx"),
    ):
        code, _, err = call(command[0], *given, *command[1:])
        assert (code, zero in err) == (0, True), command
    code, out, err = call("compare", "as_written", *given)
    assert (code, out.splitlines()[1:], zero in err) == (
        0,
        ["一般公共预算：", "金额全部为零"],
        True,
    )


@pytest.mark.parametrize("name", ["封面", "分级次分年", "分项目", "分地区"])
def test_a_year_without_data_has_no_total_of_zero(
    call: Call, home: Path, tables: Tables, name: str
) -> None:
    assert (
        call(
            "report",
            "as_written",
            "--inputs",
            tables(beneficiaries=GAP),
            "--years",
            "2021-2023",
            "-o",
            "own.xlsx",
        )[0]
        == 0
    )
    sheet = openpyxl.load_workbook(home / "own.xlsx", data_only=True)[name]
    totals = [
        cell
        for row in sheet.iter_rows(values_only=True)
        if "合计" in row
        for cell in row
        if cell == 0
    ]
    assert "—" in {
        cell for row in sheet.iter_rows(values_only=True) if "合计" in row for cell in row
    }
    # what is zero stands in the year with data: four columns of payers, or the payers of the cover
    # and the table by payer
    assert not totals or name in ("分项目", "分地区")
    for row in sheet.iter_rows(values_only=True):
        if "合计" in row and 2022 in row:
            assert 0 not in row


def test_one_workbook_a_prefecture(call: Call, home: Path, tables: Tables) -> None:
    data = tables(
        beneficiaries=[
            ["reading_room", "昌吉市", 2023, 10],
            ["reading_room", "阜康市", 2023, 5],
            ["reading_room", "喀什市", 2023, 7],
        ]
    )
    assert (
        call(
            "report", "as_written", "--inputs", data, "--split-by", "prefecture", "-o", "own.xlsx"
        )[0]
        == 0
    )
    assert sorted(path.name for path in home.iterdir()) == [
        "own-652300-昌吉回族自治州.xlsx",
        "own-653100-喀什地区.xlsx",
    ]
    book = openpyxl.load_workbook(home / "own-652300-昌吉回族自治州.xlsx", data_only=True)
    places = {row["地区"]: row["资金需求"] for row in printed(book["分地区"])}
    assert places == {"合计": 3, "昌吉回族自治州": 3, "昌吉市": 2, "阜康市": 1, "尾差": 0}
    assert not any(
        "喀什市" in str(cell)
        for sheet in book
        for row in sheet.iter_rows(values_only=True)
        for cell in row
        if sheet.title not in ("规则", "依据与缺口")
    )


def test_an_archive_of_plain_numbers(call: Call, home: Path, pupils: Path) -> None:
    for arguments in (["--values"], []):
        assert (
            call(
                "report",
                "as_written",
                "--inputs",
                pupils,
                *arguments,
                "-o",
                f"own{len(arguments)}.xlsx",
            )[0]
            == 0
        )
    plain, live = (openpyxl.load_workbook(home / f"own{n}.xlsx") for n in (1, 0))
    assert [*plain.sheetnames, "底稿"] == live.sheetnames
    assert not [
        cell
        for sheet in plain
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    assert printed(plain["分级次分年"])[0][2023] == 52
    assert printed(live["分级次分年"])[0][2023].startswith("=SUMIFS(")


def test_the_summary_says_nothing_of_nan(call: Call, tables: Tables) -> None:
    code, out, _ = call(
        "report", "as_written", "--inputs", tables(beneficiaries=GAP), "--years", "2022-2023"
    )
    assert code == 0
    assert "nan" not in out


# run


@pytest.fixture(scope="module")
def tidy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which ``run baseline`` wrote all three formats for 2022 to 2023."""
    folder = tmp_path_factory.mktemp("tidy")
    for suffix in ("csv", "parquet", "nc"):
        main(["run", "baseline", "--years", "2022-2023", "-o", str(folder / f"out.{suffix}")])
    return folder


def test_run_writes_exactly_the_tidy_columns(tidy: Path) -> None:
    assert (tidy / "out.csv").read_bytes().splitlines()[0].decode() == ",".join(COLUMNS)
    assert list(pd.read_parquet(tidy / "out.parquet").columns) == COLUMNS


def test_run_writes_codes_and_plain_numbers(tidy: Path) -> None:
    with (tidy / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["scenario"] for row in rows} == {"baseline"}
    assert {row["year"] for row in rows} == {"2022", "2023"}
    assert {row["payer"] for row in rows} <= {
        "central",
        "region",
        "prefecture",
        "fund",
        "individual",
        "unallocated",
    }
    assert all(len(row["place"]) == 6 and row["place"].isdigit() for row in rows)
    assert all(1 <= int(row["item"]) <= 80 for row in rows)
    assert all(math.isfinite(float(row["amount"])) and float(row["amount"]) > 0 for row in rows)


def test_the_three_formats_hold_the_same_figures_as_the_simulation(tidy: Path) -> None:
    budget = fm.simulate("baseline", years=range(2022, 2024))
    key = ["year", "item", "line", "place", "payer"]
    expected = budget.to_dataframe().set_index(key)["amount"].sort_index()
    from_csv = (
        pd.read_csv(tidy / "out.csv", dtype={"place": str}).set_index(key)["amount"].sort_index()
    )
    from_parquet = pd.read_parquet(tidy / "out.parquet").set_index(key)["amount"].sort_index()
    with xr.open_dataset(tidy / "out.nc", engine="h5netcdf") as dataset:
        assert dataset.attrs["scenario"].startswith("baseline")
        frame = dataset["amount"].to_dataframe().reset_index()
    from_netcdf = frame[frame["amount"] > 0].set_index(key)["amount"].sort_index()
    for found in (from_csv, from_parquet, from_netcdf):
        assert found.index.tolist() == expected.index.tolist()
        assert found.tolist() == expected.tolist()


def test_run_gives_hand_computed_figures(call: Call, home: Path, pupils: Path) -> None:
    assert call("run", "as_written", "--inputs", pupils, "-o", "out.csv") == (
        0,
        "已写出 out.csv（代码，单位元）\n",
        "",
    )
    frame = pd.read_csv(home / "out.csv")
    assert frame.groupby("payer")["amount"].sum().to_dict() == PUPILS


def test_amounts_are_written_without_rounding(call: Call, home: Path, tables: Tables) -> None:
    # One kindergarten child outside the south: the region's 916 fall on the meals by 1450/2670.
    assert (
        call(
            "run",
            "as_written",
            "--inputs",
            tables(beneficiaries=[["preschool_child", "昌吉市", 2023, 1]]),
            "-o",
            "out.csv",
        )[0]
        == 0
    )
    frame = pd.read_csv(home / "out.csv")
    meals = frame[(frame["line"] == "preschool_meals") & (frame["payer"] == "region")][
        "amount"
    ].item()
    assert meals == pytest.approx(916 * 1450 / 2670, rel=1e-15)


@pytest.mark.parametrize(
    ("written", "years"),
    [("2014", [2014]), ("2022-2024", [2022, 2023, 2024]), ("2023-2023", [2023])],
)
def test_years_are_one_year_or_a_range(
    call: Call, home: Path, tables: Tables, written: str, years: list[int]
) -> None:
    data = tables(
        amounts=[["hiv_followup", "昌吉市", year, 5] for year in (2014, 2022, 2023, 2024)]
    )
    assert call("run", "as_written", "--inputs", data, "--years", written, "-o", "out.csv")[0] == 0
    assert pd.read_csv(home / "out.csv")["year"].tolist() == years


def test_a_year_beyond_the_data_names_beneficiary_place_and_year(
    call: Call, home: Path, rooms: Path
) -> None:
    code, _, err = call("run", "as_written", "--inputs", rooms, "--years", "2024", "-o", "out.csv")
    assert code == 1
    assert all(word in err for word in ("reading_room", "昌吉市", "2024"))
    assert list(home.iterdir()) == []


def test_many_series_that_end_too_early_are_told_in_a_dozen_lines(call: Call) -> None:
    """Hundreds of cells of the embedded data do not reach 2040: a line a series, with its places
    counted, and the rest in the last line.
    """
    code, _, err = call("run", "as_written", "--years", "2039-2040", "-o", "out.csv")
    lines = err.splitlines()
    assert code == 1
    assert len(lines) <= 24  # beneficiaries and amounts
    assert (
        "FM-projection-missing 受益对象 小学生（primary_pupil）没有 2039–2040 年的数据（乌鲁木齐市、克拉玛依市、"
        "吐鲁番市等 14 个地区）" in err
    )
    assert re.search(r"\nFM-more-projections-missing 另有 \d+ 种受益对象", err)


def test_the_suffix_may_be_in_capitals(call: Call, home: Path, rooms: Path) -> None:
    assert call("run", "as_written", "--inputs", rooms, "-o", "OUT.CSV")[0] == 0
    assert (home / "OUT.CSV").exists()


def test_the_output_has_the_rights_of_an_ordinary_file(call: Call, home: Path, rooms: Path) -> None:
    (home / "plain").touch()
    assert call("run", "as_written", "--inputs", rooms, "-o", "out.csv")[0] == 0
    assert (home / "out.csv").stat().st_mode == (home / "plain").stat().st_mode


def test_an_existing_output_is_replaced_when_all_is_well(
    call: Call, home: Path, rooms: Path
) -> None:
    (home / "out.csv").write_text("old", encoding="utf-8")
    assert call("run", "as_written", "--inputs", rooms, "-o", "out.csv")[0] == 0
    assert (home / "out.csv").read_text(encoding="utf-8").startswith("scenario,")
    assert [path.name for path in home.iterdir()] == ["out.csv"]


def test_warnings_go_to_stderr_and_the_output_is_written(
    call: Call, home: Path, tables: Tables
) -> None:
    data = tables(
        beneficiaries=[["primary_pupil", "昌吉市", 2023, 10], ["grade1_pupil", "昌吉市", 2023, 11]]
    )
    code, out, err = call("run", "as_written", "--inputs", data, "-o", "out.csv", "--lang", "en")
    assert (code, out) == (0, "wrote out.csv (codes, yuan)\n")
    assert "beneficiaries.csv:3:4" in err
    assert (home / "out.csv").exists()


# items


def test_items_lists_every_item_on_a_line(call: Call, baseline: fm.Budget) -> None:
    code, out, err = call("items")
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()] == [
        f"第{number}项" for number in baseline.standard.items
    ]


def test_items_of_one_number_shows_its_rates_split_readings_and_basis(call: Call) -> None:
    code, out, _ = call("items", "11")
    assert code == 0
    assert all(
        word in out
        for word in (
            "第11项",
            "650",
            "850",
            "6000",
            "8 : 2",
            "3 : 7",
            "11a",
            "lesser_of",
            "fixed",
            "2015年基数",
        )
    )
    assert "\n第12项" not in out


@pytest.mark.parametrize("number", [None, "11"])
def test_items_as_json_is_a_list_of_one_object_an_item(
    call: Call, baseline: fm.Budget, number: str | None
) -> None:
    code, out, _ = call("items", *([number] if number else []), "--json")
    assert code == 0
    items = json.loads(out)
    assert [item["item"] for item in items] == ([11] if number else list(baseline.standard.items))
    eleven = next(item for item in items if item["item"] == 11)
    assert {line["line"]: line["rates"][0]["rate"] for line in eleven["lines"]} == {
        "pubfund_primary": 650,
        "pubfund_junior": 850,
        "pubfund_boarder_add": 200,
        "pubfund_special": 6000,
        "pubfund_primary_small_school": 650,
        "pubfund_junior_small_school": 850,
    }
    assert eleven["readings"][0]["reading"] == "11a"
    assert eleven["readings"][0]["default"] == "lesser_of"


def test_an_item_that_does_not_exist_is_refused(call: Call) -> None:
    code, out, err = call("items", "81")
    assert (code, out) == (1, "")
    assert "81" in err


CARE = """
name: care
title: 托育与校车
new:
  beneficiaries:
    bus_pupil: {zh: 乘校车学生, en: bus pupils, unit: {zh: 人, en: persons}}
    toddler: {zh: 入托婴幼儿, en: toddlers in care, unit: {zh: 人, en: persons}}
  lines:
    - {item: 11, line: school_bus, name: 校车补助, beneficiary: bus_pupil, per: 元/人·年, accrual: calendar_year, rates: [{rate: 500}]}
  items:
    - item: 81
      name: {zh: 托育服务, en: Child care}
      section: 1
      responsibility: quantified
      lines: [{line: care, name: 托位补助, beneficiary: toddler, per: 元/人·年, accrual: calendar_year, rates: [{rate: 1000}]}]
      split: {region: 5, prefecture: 5}
"""


def test_items_with_a_scenario_shows_what_it_adds(call: Call, home: Path) -> None:
    """The line of item 11 in its place, item 81 at the end, and a list of all that is new; without
    the scenario neither.
    """
    (home / "care.yaml").write_text(CARE, encoding="utf-8")
    plain, (code, out, err) = call("items")[1], call("items", "--scenario", "care.yaml")
    assert (code, err) == (0, "")
    listed, added = out.split("\n\n")
    assert [
        (n + 1, new)
        for n, (old, new) in enumerate(zip(plain.splitlines(), listed.splitlines(), strict=False))
        if old != new
    ] == [(11, plain.splitlines()[10] + "、500 元/人·年")]
    assert listed.splitlines()[80:] == ["第81项 托育服务 · 分担比例已明确 · 1000 元/人·年"]
    assert added.splitlines() == [
        "新增服务项目：第81项 托育服务",
        "新增支出项：校车补助 (school_bus) · 第11项",
        "新增支出项：托位补助 (care) · 第81项",
        "新增受益对象：乘校车学生 (bus_pupil) · 人",
        "新增受益对象：入托婴幼儿 (toddler) · 人",
    ]
    eleven = call("items", "11", "--scenario", "care.yaml", "--lang", "en")[1]
    assert "Added beneficiary: bus pupils (bus_pupil) · persons" in eleven
    assert "toddler" not in eleven
    (found,) = json.loads(call("items", "81", "--scenario", "care.yaml", "--json")[1])
    assert found["lines"][0]["beneficiary"] == "toddler"
    assert list(found["ledger"]) == ["care"]


def test_items_with_a_scenario_that_adds_nothing_is_the_catalogue(call: Call) -> None:
    assert call("items", "--scenario", "baseline")[1] == call("items")[1]


# explain


EXPLAINED = [
    (10, "653100"),
    (11, "653100"),
    (12, "650100"),
    (13, "652300"),
    (14, "653200"),
    (29, "650100"),
    (45, "650000"),
    (60, "652900"),
]


@pytest.mark.parametrize(("item", "place"), EXPLAINED)
def test_the_figures_of_explain_recompute(call: Call, item: int, place: str) -> None:
    code, out, err = call(
        "explain", "--item", str(item), "--place", place, "--year", "2023", "--json"
    )
    assert (code, err) == (0, "")
    data = json.loads(out, parse_constant=pytest.fail)
    lines = [line for each in data["places"] for line in each["lines"] if line["costed"]]
    assert lines
    for line in lines:
        unit = line["rate"]["unit_cost"] if "rate" in line else 1.0
        assert line["quantity"]["value"] * unit == pytest.approx(line["cost"], rel=1e-12)
        assert sum(line["amounts"].values()) == pytest.approx(line["cost"], rel=1e-12)
        assert sum(line["by_rule"].values()) == pytest.approx(line["cost"], rel=1e-12)
        if "rate" in line:
            rate = sum(part["rate"] * part["share_of_year"] for part in line["rate"]["parts"])
            assert rate * line["rate"]["times"] * line["rate"]["counted"] == pytest.approx(
                unit, rel=1e-12
            )
    assert sum(line["cost"] for line in lines) == pytest.approx(data["cost"], rel=1e-12)
    assert sum(data["amounts"].values()) == pytest.approx(data["cost"], rel=1e-12)
    budget = fm.simulate()
    prefecture = [
        code
        for code in budget.places
        if code == place or place in budget.standard.places.ancestors(code)
    ]
    table = budget.by("place", "item", "year", account=data["account"])
    assert data["cost"] == pytest.approx(table.loc[prefecture, (item, 2023)].sum(), rel=1e-12)


def test_explain_shows_the_way_from_the_count_to_the_payers(call: Call, tables: Tables) -> None:
    # 喀什市: 1,000 pupils, 650,000; the prefecture's 7/10 of the region's 130,000 are 91,000, its
    # base amount 60,000.
    data = tables(
        beneficiaries=[["primary_pupil", "喀什市", 2023, 1000]], bases_2015=[[11, "喀什市", 60000]]
    )
    code, out, _ = call(
        "explain",
        "--item",
        "11",
        "--place",
        "喀什市",
        "--year",
        "2023",
        "--scenario",
        "as_written",
        "--inputs",
        data,
    )
    assert code == 0
    for words in (
        "650,000",
        "520,000",
        "91,000",
        "60,000",
        "31,000",
        "beneficiaries.csv:2:4",
        "bases_2015.csv:2:3",
        "lesser_of",
        "650 元",
    ):
        assert words in out, words


def test_explain_names_the_entry_that_set_a_rate(call: Call, home: Path, rooms: Path) -> None:
    (home / "s.yaml").write_text(
        "name: s\nrates:\n  - {line: farm_reading_room, rate: 2500, source: 新办法}\n",
        encoding="utf-8",
    )
    code, out, _ = call(
        "explain",
        "--item",
        "77",
        "--place",
        "652301",
        "--year",
        "2023",
        "--scenario",
        "./s.yaml",
        "--inputs",
        rooms,
    )
    assert code == 0
    assert "s.yaml:3:5" in out
    assert "新办法" in out
    assert "25,000" in out


def test_explain_of_one_payer_shows_that_payer(call: Call, pupils: Path) -> None:
    arguments = (
        "explain",
        "--item",
        "11",
        "--place",
        "652301",
        "--year",
        "2023",
        "--scenario",
        "as_written",
        "--inputs",
        pupils,
    )
    code, out, _ = call(*arguments, "--payer", "region", "--json")
    assert code == 0
    assert json.loads(out)["amounts"] == {"region": 39_000}


def test_explain_of_prefecture_and_county_shows_them_together_and_apart(
    call: Call, tables: Tables
) -> None:
    """1,000 pupils: 91,000 for prefecture and county, a quarter of it the county's; 100 in a city
    without a share: 9,100, not divided.
    """
    rows = [["primary_pupil", "昌吉市", 2023, 1000], ["primary_pupil", "阜康市", 2023, 100]]
    data = tables(beneficiaries=rows, local_split=[[11, "昌吉市", 0.25]])
    asked = (
        "explain",
        "--item",
        "11",
        "--year",
        "2023",
        "--scenario",
        "as_written",
        "--inputs",
        data,
        "--payer",
        "prefecture",
        "--place",
    )
    found = json.loads(call(*asked, "652301", "--json")[1])
    assert (found["amounts"], found["divided"]) == (
        {"prefecture": 91_000},
        {"prefecture_level": 68_250, "county_level": 22_750},
    )
    assert call(*asked, "652301")[1].splitlines()[-3:] == [
        "  地县：91,000",
        "    地（州、市）本级：68,250",
        "    县（市、区）级：22,750",
    ]
    found = json.loads(call(*asked, "652300", "--json")[1])
    assert (found["amounts"], found["divided"]) == (
        {"prefecture": 100_100},
        {"prefecture_level": 68_250, "county_level": 22_750},
    )
    assert fm.simulate("as_written", data).explain(11, "阜康市", 2023, "prefecture").data[
        "amounts"
    ] == {"prefecture": 9_100}


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"--item": "91"}, "91"),
        ({"--place": "喀什氏"}, "喀什市"),
        ({"--year": "2031"}, "2031"),
        ({"--payer": "nobody"}, "nobody"),
        ({"--place": "653101"}, "653100"),
    ],
)
def test_explain_refuses_what_the_budget_does_not_hold(
    call: Call, changed: dict[str, str], word: str
) -> None:
    arguments = {"--item": "11", "--place": "653100", "--year": "2023"} | changed
    code, out, err = call("explain", *(word for pair in arguments.items() for word in pair))
    assert (code, out) == (1, "")
    assert word in err


# check


def test_check_of_good_data_and_a_good_scenario_says_so(
    call: Call, home: Path, rooms: Path
) -> None:
    (home / "s.yaml").write_text(
        "name: s\nrates: [{line: farm_reading_room, rate: 2500}]\n", encoding="utf-8"
    )
    code, out, err = call("check", rooms, "s.yaml")
    assert (code, err) == (0, "")
    assert str(rooms) in out
    assert "s.yaml" in out


def test_check_names_the_faults_of_every_path_at_once(
    call: Call, home: Path, tables: Tables
) -> None:
    one = tables(
        beneficiaries=[["reading_rom", "昌吉市", 2023, 10], ["reading_room", "昌吉市", 1989, -1]]
    )
    two = tables(amounts=[["hiv_followup", "石河子市", 2023, 10]])
    (home / "s.yaml").write_text(
        "name: s\nrates:\n  - {line: nothing, rate: 5}\n", encoding="utf-8"
    )
    (home / "t.yaml").write_text(
        "name: t\nrates:\n  - {line: farm_reading_room, rate: 2000}\n", encoding="utf-8"
    )
    code, out, err = call("check", one, two, "s.yaml", "t.yaml", home / "none")
    assert (code, out) == (1, "")
    wanted = [f"{one}/beneficiaries.csv:{at}" for at in ("2:1", "3:3", "3:4")]
    wanted += [f"{two}/amounts.csv:2:2", "s.yaml:3:12", "t.yaml:3:5", str(home / "none")]
    for where in wanted:
        assert f"{where}: " in err
    assert len([line for line in err.splitlines() if not line.startswith("提示：")]) == len(wanted)


def test_check_holds_the_inputs_against_the_scenario(
    call: Call, home: Path, tables: Tables
) -> None:
    data = tables(beneficiaries=[["primary_pupil", "喀什市", 2023, 10]])
    (home / "s.yaml").write_text(
        "name: s\nbeneficiaries:\n  - {beneficiary: reading_room, factor: 2}\n", encoding="utf-8"
    )
    code, _, err = call("check", data, "s.yaml")
    assert code == 1
    assert "s.yaml:3:5" in err
    assert "653101" in err  # the missing base amount


def test_check_prints_warnings_and_passes(call: Call, tables: Tables) -> None:
    data = tables(
        beneficiaries=[["primary_pupil", "昌吉市", 2023, 10], ["grade1_pupil", "昌吉市", 2023, 11]]
    )
    code, _, err = call("check", data)
    assert code == 0
    assert "beneficiaries.csv:3:4" in err


# Faults: exit 1, no traceback, nothing written


def bad_folder(home: Path) -> list[str]:
    (home / "data").mkdir()
    (home / "data" / "beneficiaries.csv").write_text(
        "beneficiary,place,year,count\nreading_room,652301,2023,-1\n", encoding="utf-8"
    )
    return ["baseline", "--inputs", "data"]


def bad_workbook(home: Path) -> list[str]:
    (home / "data.xlsx").write_bytes(b"PK\x03\x04 and nothing else")
    return ["baseline", "--inputs", "data.xlsx"]


def bad_scenario(home: Path) -> list[str]:
    (home / "s.yaml").write_text("name: [\n", encoding="utf-8")
    return ["./s.yaml"]


def idle_scenario(home: Path) -> list[str]:
    (home / "s.yaml").write_text(
        "name: s\nrates: [{line: farm_reading_room, rate: 2000}]\n", encoding="utf-8"
    )
    return ["./s.yaml"]


FAULTS: dict[str, Callable[[Path], Sequence[str]]] = {
    "a bad cell": bad_folder,
    "no workbook": bad_workbook,
    "no YAML": bad_scenario,
    "an idle entry": idle_scenario,
    "an unknown scenario": lambda home: ["base"],
    "no such scenario file": lambda home: ["none.yaml"],
    "no such inputs": lambda home: ["baseline", "--inputs", "none"],
    "empty inputs": lambda home: ["baseline", "--inputs", "."],
    "years beyond the data": lambda home: ["as_written", "--years", "2022-2040"],
}


@pytest.mark.parametrize("command", ["run", "report"])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_on_a_fault_nothing_is_written_or_overwritten(
    call: Call, home: Path, command: str, fault: Callable[[Path], Sequence[str]]
) -> None:
    arguments = fault(home)
    target = home / ("out.csv" if command == "run" else "out.xlsx")
    target.write_text("old", encoding="utf-8")
    before = {path.name for path in home.iterdir()}
    code, out, err = call(command, *arguments, "-o", target)
    assert (code, out) == (1, "")
    assert err
    assert "Traceback" not in err
    assert target.read_text(encoding="utf-8") == "old"
    assert {path.name for path in home.iterdir()} == before
    target.unlink()
    assert call(command, *arguments, "-o", target)[0] == 1
    assert {path.name for path in home.iterdir()} == before - {target.name}


@pytest.mark.parametrize("fault", ["a bad cell", "no YAML", "an unknown scenario"])
def test_a_process_that_meets_a_fault_exits_1_without_a_traceback(home: Path, fault: str) -> None:
    arguments = FAULTS[fault](home)
    before = {path.name for path in home.iterdir()}
    done = run("report", *arguments, cwd=home)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr
    assert {path.name for path in home.iterdir()} == before


def test_an_unknown_scenario_is_answered_with_the_nearest(call: Call) -> None:
    code, _, err = call("report", "base_line")
    assert code == 1
    assert "baseline" in err


@pytest.mark.parametrize(
    ("command", "name"),
    [("run", "out.csv"), ("run", "out.parquet"), ("run", "out.nc"), ("report", "out.xlsx")],
)
@pytest.mark.parametrize(
    "kind", ["missing folder", "file as folder", "a folder", "a pseudo folder"]
)
def test_an_output_that_cannot_be_written_is_a_fault(
    call: Call, home: Path, rooms: Path, command: str, name: str, kind: str
) -> None:
    (home / "file").write_text("old", encoding="utf-8")
    (home / name).mkdir()
    target = {
        "missing folder": home / "none" / name,
        "file as folder": home / "file" / name,
        "a folder": home / name,
        "a pseudo folder": Path("/proc") / name,
    }
    before = sorted(path.name for path in home.iterdir())
    code, out, err = call(command, "as_written", "--inputs", rooms, "-o", target[kind])
    assert (code, out) == (1, "")
    assert str(target[kind]) in err
    assert "Traceback" not in err
    assert sorted(path.name for path in home.iterdir()) == before


def test_an_unwritable_folder_is_a_fault(
    call: Call, home: Path, rooms: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkstemp", denied)
    code, _, err = call("run", "as_written", "--inputs", rooms, "-o", "out.csv")
    assert code == 1
    assert "out.csv" in err
    assert list(home.iterdir()) == []


def test_an_output_that_is_open_elsewhere_is_a_fault(
    call: Call, home: Path, rooms: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    (home / "out.xlsx").write_text("old", encoding="utf-8")
    monkeypatch.setattr(Path, "replace", locked)
    code, _, err = call("report", "as_written", "--inputs", rooms, "-o", "out.xlsx")
    assert code == 1
    assert "out.xlsx" in err
    assert (home / "out.xlsx").read_text(encoding="utf-8") == "old"
    assert [path.name for path in home.iterdir()] == ["out.xlsx"]


def test_an_interrupted_run_leaves_nothing_behind(
    call: Call, home: Path, rooms: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    (home / "out.csv").write_text("old", encoding="utf-8")
    monkeypatch.setattr(fm.Budget, "rows", interrupted)
    with pytest.raises(KeyboardInterrupt):
        call("run", "as_written", "--inputs", rooms, "-o", "out.csv")
    assert [path.name for path in home.iterdir()] == ["out.csv"]
    assert (home / "out.csv").read_text(encoding="utf-8") == "old"


@pytest.mark.parametrize(
    ("command", "name"), [("run", "out.csv"), ("run", "out.parquet"), ("report", "out.xlsx")]
)
def test_a_full_disk_is_a_fault(home: Path, command: str, name: str) -> None:
    (home / name).write_text("old", encoding="utf-8")
    limited = [
        "sh",
        "-c",
        'ulimit -f 8; exec "$@"',
        "sh",
        sys.executable,
        "-B",
        "-m",
        "fiscal_model",
        command,
        "baseline",
        "--years",
        "2023",
        "-o",
        name,
    ]
    done = subprocess.run(
        limited, cwd=home, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert [path.name for path in home.iterdir()] == [name]
    assert (home / name).read_text(encoding="utf-8") == "old"
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("option", ["-o", "--inputs"])
def test_a_path_that_is_too_long_is_a_fault(
    call: Call, home: Path, rooms: Path, option: str
) -> None:
    name = "x" * 300 + ".csv"
    arguments = (
        ["-o", name, "--inputs", str(rooms)]
        if option == "-o"
        else ["-o", "out.csv", "--inputs", name]
    )
    code, _, err = call("run", "as_written", *arguments)
    assert code == 1
    assert name in err


# Languages


ENGLISH_FAULTS = [
    ["run", "nothing", "-o", "out.csv"],
    ["run", "baseline", "--inputs", "none", "-o", "out.csv"],
    ["run", "as_written", "--years", "2040", "-o", "out.csv"],
    ["run", "baseline", "-o", "none/out.csv"],
    ["explain", "--item", "91", "--place", "653100", "--year", "2023"],
    ["explain", "--item", "11", "--place", "653101", "--year", "2023"],
    ["explain", "--item", "11", "--place", "653100", "--year", "2050"],
    ["items", "81"],
    ["check", "none.yaml", "none"],
]


@pytest.mark.parametrize("arguments", ENGLISH_FAULTS, ids=" ".join)
def test_lang_en_switches_the_messages(call: Call, arguments: list[str]) -> None:
    code, _, chinese = call(*arguments)
    assert code == 1
    assert CHINESE.search(chinese)
    for place in (
        ["--lang", "en", *arguments],
        [*arguments, "--lang", "en"],
        [*arguments, "--lang=en"],
    ):
        code, _, english = call(*place)
        assert code == 1
        assert english
        assert not CHINESE.search(english)


def test_lang_en_switches_the_warnings(call: Call, tables: Tables) -> None:
    data = tables(
        beneficiaries=[["primary_pupil", "652301", 2023, 10], ["grade1_pupil", "652301", 2023, 11]]
    )
    code, _, err = call("check", data, "--lang", "en")
    assert code == 0
    assert "grade1_pupil" in err or "primary_pupil" in err
    assert not CHINESE.search(err)


@pytest.mark.parametrize("item", ["11", "45", "60"])
def test_lang_en_explains_in_english(call: Call, item: str) -> None:
    code, out, _ = call(
        "explain", "--item", item, "--place", "653100", "--year", "2023", "--lang", "en"
    )
    assert code == 0
    assert out.startswith(f"Item {item}: ")
    assert "Kashgar (653100)" in out
    # what is cited stays Chinese
    assert not any(word in out for word in ("情景", "合计", "数量", "按规则", "注意"))


COMMANDS = (
    "report",
    "run",
    "compare",
    "brief",
    "confront",
    "explain",
    "items",
    "list",
    "template",
    "collect",
    "check",
    "audit",
    "allotment",
    "readings",
    "ledger",
    "sensitivity",
    "solve",
    "lab",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_english_help_is_english(call: Call, command: str) -> None:
    code, out, _ = call(command, "--help", "--lang", "en")
    assert code == 0
    assert not CHINESE.search(out)


def test_splits_in_english_cite_at_most_a_phrase(call: Call, baseline: fm.Budget) -> None:
    """Names of funds and of the fields of the standard are English; Chinese stands in quotation
    marks, or in a question that quotes it.
    """
    for item in baseline.standard.items:
        _, out, _ = call("items", str(item), "--lang", "en")
        rules = (
            out.partition("\nResponsibility: ")[2]
            .partition("\nNote: ")[0]
            .partition("\nDocuments cited")[0]
        )
        assert not CHINESE.search(re.sub("“.*?”|\\(含提高标准的250元\\)", "", rules)), item
    _, out, _ = call(
        "explain", "--item", "29", "--place", "653100", "--year", "2023", "--lang", "en"
    )
    assert "split: paid by the unemployment insurance fund" in out
    assert "responsibility “从失业保险基金中列支”" in out


def test_english_output_has_no_chinese_commas(call: Call) -> None:
    _, out, _ = call(
        "explain", "--item", "11", "--place", "650100", "--year", "2023", "--lang", "en"
    )
    by_rule, *_ = [line for line in out.splitlines() if line.strip().startswith("by rule")]
    assert not CHINESE.search(by_rule)


def test_an_unknown_language_is_malformed(call: Call) -> None:
    assert call("items", "--lang", "fr")[0] == 2


def test_an_option_that_is_accepted_acts(call: Call) -> None:
    code, out, _ = call("items", "11", "--lan", "en")
    assert code == 2 or out.startswith("Item 11")


# Malformed command lines


MALFORMED = [
    [],
    ["nothing"],
    ["run"],
    ["run", "baseline"],
    ["run", "-o", "out.csv"],
    ["run", "baseline", "-o", "out.txt"],
    ["run", "baseline", "-o", "out.xlsx"],
    ["run", "baseline", "-o", "out"],
    ["run", "baseline", "as_written", "-o", "out.csv"],
    ["run", "baseline", "-o", "out.csv", "--years"],
    ["run", "baseline", "-o", "out.csv", "--years", "2030-2022"],
    ["run", "baseline", "-o", "out.csv", "--years", "1989-2022"],
    ["run", "baseline", "-o", "out.csv", "--years", "22"],
    ["run", "baseline", "-o", "out.csv", "--years", "2022,2023"],
    ["run", "baseline", "-o", "out.csv", "--nothing"],
    ["report", "-o", "out.csv"],
    ["report", "--date", "31.01.2024"],
    ["report", "--date", "2024-02-30"],
    ["items", "14-10"],
    ["items", "11", "12"],
    ["explain", "--item", "11", "--place", "653100"],
    ["explain", "--item", "11", "--place", "653100", "--year", "soon"],
    ["check"],
    *(
        ["allotment", "--year", "2024", "-o", "out.xlsx", "--advance", share]
        for share in ("0", "110%", "abc", "-5%", "90", "")
    ),
    ["allotment", "--year", "2024", "-o", "out.xlsx", "--quarters", "--actual", "fact"],
]


@pytest.mark.parametrize("arguments", MALFORMED, ids=" ".join)
def test_a_malformed_command_line_exits_2_and_writes_nothing(
    call: Call, home: Path, arguments: list[str]
) -> None:
    code, out, err = call(*arguments)
    assert (code, out) == (2, "")
    usage, said = err.split("错误：")
    assert usage.startswith("用法：fiscal-model")
    assert CHINESE.search(said)
    assert not re.search(
        "usage|argument|invalid|choose|required|expected|value|unrecognized|[a-z] /",
        CODE.sub("", said).replace("/--", ""),
    )
    code, out, english = call("--lang", "en", *arguments)
    assert (code, out) == (2, "")
    assert english.startswith("usage: fiscal-model")
    assert not CHINESE.search(english)
    assert list(home.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["reprt"],
            "FM-command-unknown 不认识的命令“reprt”，最接近的是“report”；可用：report、run、",
        ),
        (["run"], "FM-arguments-missing 缺少参数：情景、-o/--output"),
        (
            ["run", "baseline", "-o", "out.xls"],
            "-o/--output: FM-output-ending 输出文件名应以 .csv 或 .parquet 或 .nc 结尾：out.xls",
        ),
        (
            ["explain", "--item", "11", "--place", "653100", "--year", "今年"],
            "--year: FM-not-a-year-range “今年”不是年份",
        ),
        (["items", "11", "--jsn"], "FM-arguments-unknown 不认识的参数：--jsn，最接近的是“--json”"),
        (
            ["report", "--unit", "亿"],
            "--unit: FM-choice-unknown 不能是“亿”，最接近的是“亿元”；可用：元、万元、亿元、",
        ),
        (["report", "--values=3"], "--values: FM-argument-takes-no-value 不带取值，请去掉“3”"),
        (["report", "--years"], "--years: FM-argument-without-value 后面缺少取值"),
        (
            ["sensitivity", "--spread", "十分之一"],
            "--spread: FM-cell-not-number “十分之一”不是数字",
        ),
        (
            ["allotment", "--year", "2024", "-o", "x.xlsx", "--advance", "90"],
            "--advance: FM-advance-not-share 提前下达的比例应大于 0、不超过 100%（90），如 90% 或 0.9",
        ),
        (
            ["allotment", "--year", "2024", "-o", "x.xlsx", "--advance", "-5%"],
            "--advance: FM-advance-not-share 提前下达的比例应大于 0、不超过 100%（-5%），如 90%",
        ),
        (
            ["template", "--items", "14-10", "-o", "x.xlsx"],
            "--items: FM-items-span-backwards “14-10”的起止颠倒了，应写 10-14 或 11,20-22",
        ),
    ],
)
def test_what_is_malformed_is_said_in_chinese(call: Call, arguments: list[str], said: str) -> None:
    code, _, err = call(*arguments)
    assert code == 2
    assert f"错误：{said}" in err


IDLE: dict[str, tuple[list[str], str]] = {
    "a unit without plain numbers": (["report", "--unit", "元"], "--values"),
    "the usual unit without plain numbers": (["report", "--unit", "万元"], "--values"),
    "decimals without plain numbers": (["report", "--decimals", "0"], "--values"),
    "rounding without plain numbers": (["report", "--half-up"], "--values"),
    "all three": (["report", "--half-up", "--unit=yi", "--decimals=1"], "--values"),
    "two editions": (["report", "--print", "--values"], "--print"),
    "decimals of fen": (
        ["allotment", "--year", "2024", "-o", "a.xlsx", "--decimals", "3"],
        "--unit",
    ),
    "decimals of yuan": (
        ["allotment", "--year", "2024", "-o", "a.xlsx", "--unit", "元", "--decimals", "2"],
        "--unit",
    ),
    "years twice": (
        ["run", "baseline", "-o", "a.csv", "--years", "2023", "--years", "2024"],
        "--years",
    ),
    "an output twice": (["run", "baseline", "-o", "a.csv", "--output", "b.csv"], "-o/--output"),
    "places twice": (
        [
            "solve",
            "baseline",
            "--vary",
            "base:11",
            "--payer",
            "region",
            "--year",
            "2026",
            "--ceiling",
            "1",
            "--where",
            "653100",
            "--where",
            "653200",
        ],
        "--where",
    ),
    "a dimension twice": (
        ["compare", "as_written", "baseline", "--by", "item", "--by", "payer"],
        "--by",
    ),
}


@pytest.mark.parametrize(("arguments", "named"), IDLE.values(), ids=IDLE)
def test_an_option_that_would_do_nothing_is_refused(
    arguments: list[str], named: str, call: Call, home: Path
) -> None:
    """What to add or to leave out is said, in the language; nothing is written."""
    code, out, err = call(*arguments)
    assert (code, out) == (2, "")
    said = err.split("错误：")[1]
    assert named in said
    assert CHINESE.search(said)
    code, out, english = call("--lang", "en", *arguments)
    assert (code, out) == (2, "")
    assert named in english.split("error: ")[1]
    assert not CHINESE.search(english.replace("元", ""))
    assert list(home.iterdir()) == []


def test_all_idle_options_are_named_at_once(call: Call) -> None:
    _, _, err = call("report", "--half-up", "--unit", "元", "--decimals", "1")
    assert all(f"{option} 只用于数值版" in err for option in ("--half-up", "--unit", "--decimals"))


def test_two_languages_are_refused(call: Call) -> None:
    code, _, err = call("--lang", "en", "items", "11", "--lang", "zh")
    assert (code, "two languages" in err) == (2, True)


COMMANDS = [
    "",
    "report",
    "run",
    "explain",
    "compare",
    "brief",
    "confront",
    "readings",
    "items",
    "list",
    "check",
    "audit",
    "sensitivity",
    "solve",
    "template",
    "collect",
    "lab",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_chinese_and_aligned(call: Call, command: str) -> None:
    """No line is wider than a terminal of 80, and no word of argparse is left."""
    code, out, _ = call(*command.split(), "--help")
    assert code == 0
    assert out.startswith("用法：fiscal-model")
    assert "选项：\n  -h, --help" in out
    assert not re.search("usage|options:|arguments|show|exit|[A-Z]{4,}", out.replace("JSON", ""))
    after_usage = out.split("\n\n", 1)[1].splitlines()
    assert max(width(line) for line in after_usage) <= 80
    english = call("--lang", "en", *command.split(), "--help")[1]
    assert not CHINESE.search(english.replace("1亿", ""))


def test_a_place_may_be_named_as_in_the_data(call: Call) -> None:
    """新疆 and 新疆维吾尔自治区 are one place; 喀什 could be two."""
    short, full = (
        call("explain", "--item", "77", "--place", place, "--year", "2023")[1]
        for place in ("新疆", "650000")
    )
    assert short == full
    code, _, err = call("explain", "--item", "77", "--place", "喀什", "--year", "2023")
    assert code == 1
    assert "喀什地区 653100、喀什市 653101" in err


def test_a_payer_may_be_named_in_chinese(call: Call, pupils: Path) -> None:
    arguments = (
        "explain",
        "--item",
        "11",
        "--place",
        "652301",
        "--year",
        "2023",
        "--scenario",
        "as_written",
        "--inputs",
        pupils,
    )
    assert call(*arguments, "--payer", "自治区本级") == call(*arguments, "--payer", "region")
    assert call(*arguments, "--payer", "自治区") == call(*arguments, "--payer", "region")
    assert "central 中央、region 自治区本级" in call(*arguments, "--payer", "财政部")[2]


def test_plain_numbers_in_a_hundred_million_yuan(call: Call, home: Path, tables: Tables) -> None:
    """1,000,000 pupils at 650: 650 million yuan, of which central bears 520 and, for textbooks,
    94.5.
    """
    data = tables(beneficiaries=[["primary_pupil", "昌吉市", 2023, 1_000_000]])
    assert (
        call(
            "report", "as_written", "--inputs", data, "--values", "--unit", "亿元", "-o", "own.xlsx"
        )[0]
        == 0
    )
    book = openpyxl.load_workbook(home / "own.xlsx")
    paid = {row["承担主体"]: row[2023] for row in printed(book["分级次分年"]) if row[2023]}
    assert paid["中央"] == 5.2
    assert "亿元" in str(book["分级次分年"]["A4"].value)


@pytest.mark.smoke
@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["report", "--help"], ["explain", "--help", "--lang", "en"]],
    ids=" ".join,
)
def test_help_and_version_exit_0(call: Call, arguments: list[str]) -> None:
    code, out, err = call(*arguments)
    assert (code, err) == (0, "")
    assert out


def test_a_process_with_a_malformed_command_line_exits_2(home: Path) -> None:
    done = run("run", "baseline", cwd=home)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_reader_that_stops_reading_is_no_error(home: Path) -> None:
    script = f"{sys.executable} -m fiscal_model items --json | head -c 1"
    done = subprocess.run(
        ["sh", "-c", script],
        cwd=home,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.stdout == "["
    assert "Traceback" not in done.stderr
    assert "Error" not in done.stderr


def test_output_is_utf_8_whatever_the_locale_says(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "fiscal_model", "items", "11"],
        cwd=home,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"},
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode("utf-8").startswith("第11项")


def test_every_input_table_of_the_design_is_known() -> None:
    assert set(TABLES) == {
        "beneficiaries",
        "rates",
        "amounts",
        "bases_2015",
        "minimum_wage",
        "local_split",
        "population",
        "vital_rates",
        "fiscal_capacity",
        "advances",
        "actuals",
        "overlaps",
        "functions",
    }


def test_a_report_never_replaces_its_own_inputs(call: Call, home: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "beneficiaries"
    for row in (["beneficiary", "place", "year", "count"], ["reading_room", "昌吉市", 2023, 10]):
        book.active.append(row)
    book.save(home / "mine.xlsx")
    before = (home / "mine.xlsx").read_bytes()
    assert call("report", "as_written", "--inputs", "mine.xlsx", "-o", "mine.xlsx")[0] == 1
    assert (home / "mine.xlsx").read_bytes() == before


def test_allotment_and_settlement_from_the_command_line(
    tmp_path: Path, tables: Tables, capsys: pytest.CaptureFixture[str]
) -> None:
    """100 pupils: the region owes 3,900 of item 11 and 9,450 of item 12, 13,350 in all, and paid
    3,000; prefecture and county bear 9,100 and 1,050.

    With 110 pupils in fact the region owes a tenth more: 1,335.
    """
    plan = tables(
        beneficiaries=[["primary_pupil", "昌吉市", 2024, 100]],
        advances=[[11, "昌吉市", 2024, "region", "新财教〔2024〕1号", 3000]],
    )
    fact = tables(beneficiaries=[["primary_pupil", "昌吉市", 2024, 110]])
    words = [
        "allotment",
        "as_written",
        "--year",
        "2024",
        "--inputs",
        str(plan),
        "-o",
        str(tmp_path / "a.xlsx"),
    ]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "自治区本级 · 应下达 13,350.00、已下达 3,000.00、本次下达 10,350.00、结转 0.00\n" in said
    assert "地县 · 应安排 10,150.00、已安排 0.00（由本级预算安排，不由上级下达）\n" in said
    assert said.endswith(f"已写出 {tmp_path / 'a.xlsx'}\n")
    assert main([*words, "--actual", str(fact)]) == 0
    assert "应补 1,335.00、应扣 0.00" in capsys.readouterr().out
    assert main([*words, "--unit", "万元", "--decimals", "4", "--lang", "en"]) == 0
    assert (
        "Region · To be allotted 1.3350, Paid so far 0.3000, This instalment 1.0350,"
        " Carried over 0.0000\n" in capsys.readouterr().out
    )
    assert (tmp_path / "a.xlsx").exists()
