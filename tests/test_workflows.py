"""An analyst's year, by its commands: what is asked, collected, reported, put to the leadership,
planned, paid and settled. Every figure is worked out from a few pupils.

A primary pupil is 650 yuan a year of public funds (item 11): central 520, region 39, prefecture and
county 91. Textbooks (item 12) are 105 yuan: region 94.50, prefecture and county 10.50.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pandas as pd
import pytest
import yaml
from conftest import write_tables

Call = Callable[..., tuple[int, str, str]]
Run = Callable[..., str]


@pytest.fixture
def run(call: Call) -> Run:
    """A command that does what it should; what it says on stdout and stderr."""

    def run(*arguments: str) -> str:
        code, out, err = call(*arguments)
        assert code == 0, err
        return out + err

    return run


def pupils(name: str, **counts: float) -> str:
    """A folder of inputs: primary pupils of counties, by ``COUNTY_YEAR``."""
    rows = [["primary_pupil", *key.split("_"), count] for key, count in counts.items()]
    write_tables(Path(name), {"beneficiaries": rows})
    return name


def reform(name: str, **content: Any) -> str:
    """A scenario file on top of the text."""
    path = Path(f"{name}.yaml")
    path.write_text(
        yaml.safe_dump({"name": name, "extends": "as_written", **content}, allow_unicode=True),
        encoding="utf-8",
    )
    return str(path)


def rows_of(path: str, sheet: str) -> list[list[Any]]:
    """The rows of a sheet of a workbook, without what is empty."""
    cells = openpyxl.load_workbook(path, data_only=True)[sheet].iter_rows(values_only=True)
    return [[cell for cell in row if cell is not None] for row in cells]


def row(rows: Iterable[Sequence[Any]], *starts: Any) -> list[Any]:
    """The one row that begins with some cells, after them."""
    (found,) = (list(each) for each in rows if tuple(each[: len(starts)]) == starts)
    return found[len(starts) :]


def paid(path: str, **chosen: Any) -> dict[str, float]:
    """Yuan by payer of some rows of tidy results."""
    frame = pd.read_csv(path, dtype={"place": str})
    for column, value in chosen.items():
        frame = frame[frame[column] == value]
    sums = frame.groupby("payer")["amount"].sum()
    return {payer: yuan for payer, yuan in sums.items() if yuan}


def test_workbooks_are_sent_down_filled_in_collected_and_reported(run: Run) -> None:
    """6,000 pupils of Turpan and 500 of Hami are 4,225,000 yuan of public funds: 3,380,000, 253,500
    and 591,500; textbooks 682,500: 614,250 and 68,250.
    """
    asked = ("--items", "11,12", "--places", "吐鲁番市,哈密市", "--years", "2026")
    run("template", "--split-by", "prefecture", *asked, "-o", "sent")
    filled = {"高昌区": 1000, "鄯善县": 2000, "托克逊县": 3000, "伊州区": 500}
    Path("back").mkdir()
    for path in Path("sent").iterdir():
        book = openpyxl.load_workbook(path)
        for cells in book["受益对象人数"].iter_rows(min_row=2):
            if cells[0].value == "小学生" and cells[1].value in filled:
                cells[4].value = filled[cells[1].value]
        book.save(Path("back") / path.name)
    run("collect", "back", "--template", "sent", "-o", "all.xlsx")
    run("check", "all.xlsx")
    run("run", "as_written", "--inputs", "all.xlsx", "-o", "all.csv")
    public_funds = {"central": 3_380_000, "region": 253_500, "prefecture": 591_500}
    assert paid("all.csv", item=11) == public_funds
    assert paid("all.csv", item=12) == {"region": 614_250, "prefecture": 68_250}
    run("report", "as_written", "--inputs", "all.xlsx", "--values", "-o", "report.xlsx")
    by_place = rows_of("report.xlsx", "分地区")
    assert row(by_place, 2026, "650400")[3] == 453  # 6,000 × 755 yuan
    assert row(by_place, 2026, "650500")[3] == 37.75  # 500 × 755 yuan


def test_tables_as_counties_keep_them_become_figures(run: Run) -> None:
    """A title over merged cells with the year and ten thousands of persons, a line of sums and a
    note below: 3,000 primary pupils at 650 yuan, 1,300 junior ones at 850.
    """
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in (
        ["吐鲁番市2026年在校学生情况表（单位：万人）"],
        ["序号", "县（市）", "小学在校生", "初中在校生"],
        [1, "高昌区", 0.1, 0.05],
        [2, "鄯善县", 0.2, 0.08],
        ["", "合计", 0.3, 0.13],
        ["注：不含成人教育。"],
    ):
        sheet.append(cells)
    sheet.merge_cells("A1:D1")
    book.save("county.xlsx")
    told = run("check", "county.xlsx")
    assert "合计" in told
    run("run", "as_written", "--inputs", "county.xlsx", "-o", "county.csv")
    primary = paid("county.csv", line="pubfund_primary")
    junior = paid("county.csv", line="pubfund_junior")
    assert sum(primary.values()) == 3_000 * 650
    assert sum(junior.values()) == 1_300 * 850


def test_three_reforms_go_to_the_leadership_on_one_page(run: Run) -> None:
    """1,000 pupils. Central nine tenths: +65,000, −19,500, −45,500 yuan. At 750 yuan: +80,000,
    +6,000, +14,000. The region bears all beside the centre: +91,000, −91,000.
    """
    data = pupils("data", 高昌区_2026=1000)
    rest = {"region": 3, "prefecture": 7}
    reforms = (
        reform("nine", splits=[{"item": 11, "split": {"central": 9, "rest": 1, "of_rest": rest}}]),
        reform("more", rates=[{"line": "pubfund_primary", "from": 2026, "rate": 750}]),
        reform("region_all", splits=[{"item": 11, "split": {"central": 8, "region": 2}}]),
    )
    run("brief", "as_written", *reforms, "--inputs", data, "-o", "brief.docx")
    page = docx.Document("brief.docx")
    (table,) = page.tables
    figures = {cell.text for line in table.rows for cell in line.cells}
    changes = {"+6.50", "-1.95", "-4.55", "+8.00", "+0.60", "+1.40", "+9.10", "-9.10"}
    assert {each.replace("-", "−") for each in changes} <= {
        each.replace("-", "−") for each in figures
    }
    assert len(page.inline_shapes) == 1
    run("brief", "as_written", *reforms, "--inputs", data, "-o", "brief.html", "--lang", "en")
    assert Path("brief.html").read_text(encoding="utf-8").count("<table") == 1


def test_a_plan_of_three_years_by_prefecture(run: Run) -> None:
    """1,000 pupils, a tenth more each year: 650,000, 715,000 and 786,500 yuan of public funds, of
    which the centre pays 520,000, 572,000 and 629,200.
    """
    data = pupils("data", 高昌区_2026=1000, 伊州区_2026=100)
    growth = {"beneficiary": "primary_pupil", "where": "吐鲁番市", "growth": "10%"}
    plan = reform("plan", horizon=2028, projection="hold", beneficiaries=[growth])
    cut = ("--items", "11", "--places", "吐鲁番市", "--years", "2026-2028")
    run("report", plan, "--inputs", data, *cut, "--values", "-o", "plan.xlsx")
    found = rows_of("plan.xlsx", "分地区分年")
    turpan = ("一般公共预算", "650400", "吐鲁番市", "小计")
    *years, whole, second, third = row(found, *turpan, 2, "中央")
    assert (years, whole) == ([52, 57.2, 62.92], 172.12)
    assert (second, third) == pytest.approx((0.1, 0.1))
    assert not any("伊州区" in each or "哈密市" in each for each in found)
    run("run", plan, "--inputs", data, *cut, "-o", "plan.csv")
    assert sum(paid("plan.csv", year=2028).values()) == pytest.approx(786_500, abs=0.005)
    assert paid("plan.csv", place="650502") == {}


def test_money_is_paid_ahead_then_in_full_and_settled(run: Run) -> None:
    """1,000 pupils: due from the centre 520,000 and from the region 133,500 yuan. Nine tenths ahead
    are 468,000 and 120,150; the rest 52,000 and 13,350. With 900 pupils in the end the centre paid
    52,000 and the region 13,350 too much, which are to be paid back.
    """
    planned = pupils("planned", 高昌区_2026=1000)
    year = ("allotment", "as_written", "--year", "2026", "--inputs", planned)
    run(*year, "--advance", "90%", "-o", "ahead.xlsx")
    assert row(rows_of("ahead.xlsx", "资金分配表"), "合计")[:3] == [468_000, 120_150, 588_150]
    told = [
        [item, "高昌区", 2026, payer, "新财教〔2025〕90号", amount]
        for item, payer, amount in (
            (11, "中央", 468_000),
            (11, "自治区本级", 35_100),
            (12, "自治区本级", 85_050),
        )
    ]
    columns = ["item", "place", "year", "payer", "document", "amount"]
    pd.DataFrame(told, columns=columns).to_csv("planned/advances.csv", index=False)
    run(*year, "-o", "rest.xlsx")
    assert row(rows_of("rest.xlsx", "资金分配表"), "合计")[:3] == [52_000, 13_350, 65_350]
    actual = pupils("actual", 高昌区_2026=900)
    run(*year, "--actual", actual, "-o", "settled.xlsx")
    (main, *_) = openpyxl.load_workbook("settled.xlsx").sheetnames
    settled = row(rows_of("settled.xlsx", main), "合计")
    assert settled[:3] == [-52_000, -13_350, -65_350]


def test_two_vintages_of_counts_and_the_file_of_last_month(run: Run) -> None:
    """200 pupils more in one county: 130,000 and 21,000 yuan, 104,000 from the centre; 100 fewer in
    another: −65,000 and −10,500.
    """
    old = pupils("old", 高昌区_2026=1000, 鄯善县_2026=500)
    new = pupils("new", 高昌区_2026=1200, 鄯善县_2026=400)
    run("run", "as_written", "--inputs", old, "-o", "last-month.csv")
    both = ("--inputs", old, "--against-inputs", new)
    run("compare", "as_written", "as_written", *both, "--cells", "cells.csv", "-o", "change.csv")
    cells = pd.read_csv("cells.csv")
    assert sorted(cells["yuan"]) == [-75_500, 151_000]
    run("run", "as_written", "--inputs", new, "-o", "this-month.csv")
    told = run("compare", "last-month.csv", "this-month.csv")
    for line in ("78.00 → 83.20，+5.20", "20.03 → 21.36，+1.34", "15.23 → 16.24，+1.02"):
        assert line in told  # 1,500 and 1,600 pupils at 520, 133.50 and 101.50 yuan


def test_nothing_of_the_year_is_left_half_written(run: Run, call: Call) -> None:
    """A fault in the data of one county stops every output, and says where."""
    pupils("data", 高昌区_2026=1000)
    Path("data/beneficiaries.csv").write_text(
        "beneficiary,place,year,count\nprimary_pupil,高昌区,2026,约1200\n", encoding="utf-8"
    )
    for command, output in (
        (("report",), "r.xlsx"),
        (("run", "as_written"), "r.csv"),
        (("brief", "as_written"), "r.docx"),
        (("allotment", "as_written", "--year", "2026"), "a.xlsx"),
    ):
        code, out, err = call(*command, "--inputs", "data", "-o", output)
        assert (code, out) == (1, "")
        assert "beneficiaries.csv:2:4" in err
        assert not Path(output).exists()


def test_pages_of_a_note_hold_no_link_to_elsewhere(run: Run) -> None:
    """What is handed out opens without a network."""
    data = pupils("data", 高昌区_2026=1000)
    run("brief", "as_written", "--inputs", data, "-o", "note.docx")
    with zipfile.ZipFile("note.docx") as package:
        for name in package.namelist():
            if name.endswith(".rels"):
                assert b'TargetMode="External"' not in package.read(name)
