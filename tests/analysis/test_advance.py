"""An allotment as it is paid: a share told ahead in whole yuan, what was paid too much carried over,
and documents one by one.
Item 77 is divided 8:2 between the centre and the region here, so that every yuan of it is allotted.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from conftest import write_tables

import fiscal_model as fm
from fiscal_model.analysis.statement import Statement

Tables = Callable[..., Path]
A, B = "652301", "652302"
SHARED = {
    "name": "shared",
    "extends": "as_written",
    "splits": [{"item": 77, "split": {"central": 8, "region": 2}}],
}
TWO = [
    ["reading_room_activities", A, 2024, 1_000_001],
    ["reading_room_activities", B, 2024, 500_000],
]
OVER_PAID = [
    [77, B, 2024, "central", "新财教〔2023〕90号", 300_000],
    [77, B, 2024, "central", "新财教〔2024〕5号", 180_000],
    [77, B, 2024, "region", "新财教〔2023〕90号", 120_000],
]
"""600,000 for B, where 500,000 are due."""


@pytest.fixture
def allot(tables: Tables) -> Callable[..., Statement]:
    """The allotment of input tables."""

    def run(
        advance: float | str | None = None, unit: float | None = None, **rows: Any
    ) -> Statement:
        return fm.allotment(fm.simulate(SHARED, tables(**rows), 2024), 2024, unit, advance=advance)

    return run


def of_place(found: Statement, place: str) -> dict[str, float]:
    return {str(name): float(yuan) for name, yuan in found.totals("place").loc[place].items()}


def test_a_share_is_told_ahead_in_whole_yuan_that_close_on_the_total_of_the_item(
    allot: Callable[..., Statement],
) -> None:
    """A is due 1,000,001: 90% are 900,000.9. With B's 450,000 it is 1,350,000.9 that are told, in
    whole yuan 1,350,001: A's rows add up to 900,001 = 720,001 + 180,000 (720,000.64 and 180,000.16
    before any rounding).
    """
    found = allot("90%", amounts=TWO, advances=OVER_PAID)
    frame = found.frame.set_index(["place", "payer"])["ahead"]
    assert frame.to_dict() == {
        (A, "central"): 720_001,
        (A, "region"): 180_000,
        (B, "central"): 360_000,
        (B, "region"): 90_000,
    }
    assert found.totals("item").loc[77, "ahead"] == 1_350_001
    assert (found.unit, found.shown.decimals) == (1.0, 0)
    assert "90%" in found.summary("zh")
    assert "in whole yuan" in found.summary("en")


@pytest.mark.parametrize(
    ("advance", "pays", "carried"),
    [(None, 1_000_001, 100_000), ("100%", 1_000_001, 100_000), (0.9, 900_001, 150_000)],
)
def test_what_one_place_got_too_much_is_carried_over_and_taken_from_no_other(
    advance: float | str | None, pays: float, carried: float, allot: Callable[..., Statement]
) -> None:
    """B is due 500,000, 450,000 of it ahead, and got 600,000: nothing is paid, the rest is carried
    over. What is paid in all is A's alone.
    """
    found = allot(advance, amounts=TWO, advances=OVER_PAID)
    assert (of_place(found, A)["instalment"], of_place(found, A)["carried"]) == (pays, 0)
    assert (of_place(found, B)["instalment"], of_place(found, B)["carried"]) == (0, carried)
    total = found.totals("item").loc[77]
    assert (total["instalment"], total["carried"]) == (pays, carried)
    assert set(found.frame.loc[found.frame["place"] == B, "note"]) == {"over"}
    assert found.matrix("zh").loc["合计", ("合计", "小计")] == pays
    assert found.matrix("zh").loc["合计", ("结转", "小计")] == carried


def test_one_payer_is_not_made_smaller_for_another_of_the_same_place(
    allot: Callable[..., Statement],
) -> None:
    """Of B's 450,000 the centre owes 360,000 and sent 480,000: 120,000 are carried over. The region
    owes 90,000 and sent nothing: it pays 90,000.
    """
    found = allot(0.9, amounts=TWO, advances=OVER_PAID[:2])
    assert (of_place(found, B)["instalment"], of_place(found, B)["carried"]) == (90_000, 120_000)


def test_in_wan_an_advance_closes_at_the_last_decimal(tables: Tables) -> None:
    """Of 1,000,001 and 500,000 in multiples of 100 yuan, 1,500,000 in all, 90% are 1,350,000."""
    budget = fm.simulate(SHARED, tables(amounts=TWO), 2024)
    found = fm.allotment(budget, 2024, 100, wan=True, advance=0.9)
    assert found.totals("item").loc[77, "ahead"] == 1_350_000
    assert found.matrix("zh").loc["合计", ("合计", "小计")] == 135


@pytest.mark.parametrize("advance", [0, 1.1, "110%", "abc", "-5%", "90", -0.1, float("nan"), True])
def test_what_is_no_share_is_refused_with_what_would_be_right(
    advance: Any, allot: Callable[..., Statement]
) -> None:
    with pytest.raises(fm.FiscalModelError, match=r"90% 或 0\.9"):
        allot(advance, amounts=TWO)


def test_an_advance_is_never_told_in_parts_of_a_yuan(allot: Callable[..., Statement]) -> None:
    with pytest.raises(fm.FiscalModelError, match="整元"):
        allot(0.9, 0.01, amounts=TWO)


# Documents one by one


def test_every_document_is_told_with_its_sum_and_what_is_left(
    allot: Callable[..., Statement],
) -> None:
    """B got 300,000 and 180,000 of the centre's 400,000: 480,000, of which 80,000 are carried over.
    One document is told in the row itself.
    """
    found = allot(amounts=TWO, advances=OVER_PAID)
    payments = found.payments
    assert payments["document"].tolist() == [each[4] for each in OVER_PAID]
    assert payments["amount"].tolist() == [300_000, 180_000, 120_000]
    printed = found.printed("zh")
    mine = printed[printed["地区"].str.endswith("阜康市")]
    columns = ["kind", "承担主体", "应下达", "已下达", "本次下达", "结转", "文号"]
    assert [tuple(row) for row in mine[columns].fillna(-1).itertuples(index=False)] == [
        ("within", "中央", 400_000, 480_000, 0, 80_000, f"{OVER_PAID[0][4]}、{OVER_PAID[1][4]}"),
        ("document", "中央", -1, 300_000, -1, -1, OVER_PAID[0][4]),
        ("document", "中央", -1, 180_000, -1, -1, OVER_PAID[1][4]),
        ("within", "自治区本级", 100_000, 120_000, 0, 20_000, OVER_PAID[0][4]),
    ]
    assert "300,000.00 · 新财教〔2023〕90号" in found.text("zh")


def test_documents_of_counties_that_are_pooled_say_where_they_were_paid_to(
    allot: Callable[..., Statement],
) -> None:
    """昌吉州 is due 80% of 1,500,001 from the centre and got 50,000 for itself, 7 for A."""
    found = allot(
        amounts=TWO,
        advances=[
            [77, "652300", 2024, "central", "甲", 50_000],
            [77, A, 2024, "central", "乙", 7],
        ],
    )
    payments = found.payments
    assert set(payments["place"]) == {"652300"}
    assert payments["paid_to"].tolist() == ["652300", A]
    printed = found.printed("zh")
    told = printed[printed["kind"] == "document"]
    assert told["地区"].tolist() == ["其中：昌吉回族自治州", "其中：昌吉市"]
    assert told["已下达"].tolist() == [50_000, 7]


def test_a_settlement_after_an_advance_pays_the_rest(tables: Tables) -> None:
    """A is due 1,000,001 in fact as planned; 900,001 were told ahead: 100,000 are missing. B got
    600,000 for 500,000: 100,000 are deducted. The advance to A is told as the plan's instalment.
    """
    budget = fm.simulate(SHARED, tables(amounts=TWO, advances=OVER_PAID), 2024)
    plan = fm.allotment(budget, 2024, advance=0.9)
    found = fm.settlement(plan, budget)
    assert (of_place(found, A)["allotted"], of_place(found, A)["supplement"]) == (900_001, 100_000)
    assert (of_place(found, B)["allotted"], of_place(found, B)["deduction"]) == (600_000, 100_000)
    assert found.payments.groupby("place")["amount"].sum().to_dict() == {A: 900_001, B: 600_000}
    assert "提前下达 90%" in found.text("zh")


def test_a_settlement_tells_documents_and_the_instalment_of_the_plan(tables: Tables) -> None:
    """The centre's 800,000.80 for A were 300,000 in advance and the plan's 500,000.80."""
    rows = {"amounts": TWO, "advances": [[77, A, 2024, "central", "甲", 300_000]]}
    budget = fm.simulate(SHARED, tables(**rows), 2024)
    printed = fm.settlement(fm.allotment(budget, 2024), budget).printed("zh")
    told = printed[printed["kind"] == "document"]
    assert told[["已下达", "文号"]].to_numpy().tolist() == [
        [300_000, "甲"],
        [500_000.80, "原分配表本次下达"],
    ]


# By quarters


def quarters_of(found: Statement, item: int, payer: str) -> list[float]:
    """What the year and its quarters hold for A."""
    rows = found.quarters().frame.set_index(["item", "place", "payer"])
    names = ["due" if found.advance is None else "ahead", "first", "second", "third", "fourth"]
    return [float(yuan) for yuan in rows.loc[(item, A, payer), names]]


def test_school_money_falls_to_quarters_by_the_ten_school_months(
    allot: Callable[..., Statement],
) -> None:
    """520 yuan for each of 1,000 pupils from the centre; January and March, April to June, July and
    September, October to December are 2, 3, 2 and 3 tenths.
    """
    found = allot(unit=1, beneficiaries=[["primary_pupil", A, 2024, 1_000]])
    assert quarters_of(found, 11, "central") == [520_000, 104_000, 156_000, 104_000, 156_000]


def test_what_has_no_month_in_its_rule_falls_evenly_and_says_so(
    allot: Callable[..., Statement],
) -> None:
    """800,001 from the centre are 200,000.25 a quarter: three of 200,000 and one of 200,001."""
    found = allot(unit=1, amounts=TWO).quarters()
    year, *each = quarters_of(found, 77, "central")
    assert (year, sorted(each)) == (800_001, [200_000, 200_000, 200_000, 200_001])
    assert set(found.frame["note"]) == {"calendar_year"}
    assert "平均（假设）" in found.text("zh")
    assert "(assumed)" in found.text("en")


@pytest.mark.parametrize(
    ("last", "found"),
    [
        ("2025", [9_000, 1_500, 1_500, 3_000, 3_000]),
        ("2024-09", [7_500, 1_500, 1_500, 3_000, 1_500]),
    ],
)
def test_a_rate_that_holds_for_some_months_moves_their_quarters(
    last: str, found: list[float], tables: Tables
) -> None:
    """10 people of 80 at 50 yuan a month from the region are 1,500 a quarter; 100 from July on are
    3,000, through September for one quarter only.
    """
    scenario: dict[str, Any] = {
        "name": "paid by the region",
        "extends": "as_written",
        "splits": [{"item": 48, "split": {"region": 1}}],
        "rates": [{"line": "age_80_89", "from": "2024-07", "to": last, "rate": 100}],
    }
    budget = fm.simulate(scenario, tables(beneficiaries=[["age_80_89", A, 2024, 10]]), 2024)
    assert quarters_of(fm.allotment(budget, 2024, 1), 48, "region") == found


def test_quarters_are_of_an_allotment_in_whole_yuan(allot: Callable[..., Statement]) -> None:
    found = allot(amounts=TWO)
    with pytest.raises(fm.FiscalModelError, match="整元"):
        found.quarters()
    with pytest.raises(fm.FiscalModelError, match="清算表"):
        fm.settlement(found, found.budget).quarters()  # type: ignore[arg-type]


# Random tables


def random_statement(seed: int, folder: Path) -> tuple[Statement, float]:
    """Amounts and payments of a few counties in odd amounts, and a share."""
    rng = np.random.default_rng(seed)
    places = [A, B, "652323", "652701", "652722", "650200"]
    given = [place for place in places if rng.random() < 0.8] or places[:1]
    lines = ("reading_room_activities", "local_textbooks")
    amounts = [
        [line, place, 2024, round(float(rng.random() * 10 ** rng.integers(1, 8)), 2)]
        for line in lines
        for place in given
    ]
    paid_to = [*given, "652300"] if {A, B} & {*given} and seed % 2 else given
    advances = [
        [77, place, 2024, payer, document, round(float(rng.random() * 10 ** rng.integers(1, 8)), 2)]
        for place in paid_to
        for payer in ("central", "region")
        for document in ("提前下达", "第二批")
        if rng.random() < 0.5
    ]
    rows = {"amounts": amounts} | ({"advances": advances} if advances else {})
    share = float(rng.integers(1, 1001)) / 1000
    budget = fm.simulate(SHARED, write_tables(folder / "data", rows), 2024)
    return fm.allotment(budget, 2024, advance=share), share


def identity_holds(table: pd.DataFrame, due: str) -> bool:
    """Due less what was paid is what is paid now less what is carried over."""
    left = table[due] - table["advanced"]
    return bool((left == table["instalment"] - table["carried"]).all())


@pytest.mark.parametrize("seed", range(20))
def test_random_advances_close_and_nothing_is_paid_back(seed: int, tmp_path: Path) -> None:
    """Whatever is due and paid: whole yuan, the total of an item is its rounded share, each row is
    within a yuan of its own, nothing below zero, and no surplus in what others get.
    """
    found, share = random_statement(seed, tmp_path)
    frame = found.counted
    money = frame[list(found.money)].to_numpy()
    assert (money == np.rint(money)).all()
    assert (money >= 0).all()
    assert (abs(frame["ahead"] - frame["due"] * share) < 1).all()
    for table in (frame, *(found.totals(by) for by in ("item", "place", "payer"))):
        assert identity_holds(table, "ahead")
    items = found.totals("item")
    exact = [int(due) * round(share * 1000) for due in items["due"]]
    assert items["ahead"].tolist() == [(each + 500) // 1000 for each in exact]
    assert not (frame["instalment"].gt(0) & frame["carried"].gt(0)).any()
    positive = (frame["ahead"] - frame["advanced"]).clip(lower=0)
    assert found.matrix("zh").loc["合计", ("合计", "小计")] == positive.sum()
    paid = found.payments.groupby(["item", "place", "payer"])["amount"].sum()
    told = found.frame.set_index(["item", "place", "payer"])["advanced"]
    assert paid.to_dict() == told[told > 0].to_dict() | dict.fromkeys(paid[paid == 0].index, 0)


@pytest.mark.parametrize("seed", range(20))
def test_random_quarters_close_on_the_year(seed: int, tmp_path: Path) -> None:
    """No line has a month here: every row and total is a quarter, to less than a yuan, and the four
    are the year.
    """
    found = random_statement(seed, tmp_path)[0].quarters()
    for table in (found.frame, found.totals("item", "payer"), found.totals("item")):
        parts = table[["first", "second", "third", "fourth"]]
        assert (parts.sum(axis=1) == table["ahead"]).all()
        assert (abs(parts.sub(table["ahead"] / 4, axis=0)) < 1).all(axis=None)


@pytest.mark.parametrize("seed", [0, 1])
def test_the_workbook_says_what_python_says(seed: int, tmp_path: Path) -> None:
    """Every cell of the first three sheets, and a note wherever something is carried over."""
    found, _ = random_statement(seed, tmp_path)
    found.to_excel(tmp_path / "a.xlsx", "zh", "2024-05-01")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    grids = (found.matrix("zh"), found.printed_totals("zh"))
    main, by_place, rows_sheet, *_ = (each for each in book if each.title != "目录")
    for sheet, grid in zip((main, by_place), grids, strict=True):
        rows = list(sheet.iter_rows(values_only=True))
        top = next(n for n, row in enumerate(rows) if row[0] == "合计")
        assert [
            [np.nan if value == "—" else value for value in row[1:]]
            for row in rows[top : top + len(grid)]
        ] == pytest.approx(grid.to_numpy(), nan_ok=True)
    sheet, printed = rows_sheet, found.printed("zh")
    heads = next(row for row in sheet.iter_rows() if row[0].value == "项目代码")
    at = {cell.value: cell.column for cell in heads}
    for n, row in enumerate(printed.to_dict("records"), heads[0].row + 1):
        for name in ("应提前下达", "本次下达", "结转"):
            shown = sheet.cell(n, at[name]).value
            assert (shown == "—") if row[name] != row[name] else (shown == row[name])
        note = sheet.cell(n, at["本次下达"]).comment
        assert (note is not None) == (row["结转"] > 0)
        assert note is None or note.text == f"结转 {row['结转']:,.0f} 元"


# The main sheet


def test_the_main_sheet_marks_who_is_carried_over_and_names_codes_and_functions(
    tmp_path: Path, allot: Callable[..., Statement]
) -> None:
    """B gets nothing from the centre and 100,000 − 0 from the region: one mark in its row of item
    77, of 80,000.
    """
    found = allot(amounts=TWO, advances=OVER_PAID[:2], functions=[[77, "", "2070199 其他文化支出"]])
    found.to_excel(tmp_path / "a.xlsx", "zh", "2024-05-01")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    cells = {cell.value: cell for row in sheet.iter_rows() for cell in row if cell.value}
    head = next(value for value in cells if str(value).startswith("第77项"))
    assert head.splitlines()[1:] == ["项目代码：77", "支出功能分类科目：2070199 其他文化支出"]
    (row,) = [row for row in sheet.iter_rows() if str(row[0].value).endswith("阜康市")]
    central, region, total = row[7:10]
    assert (central.value, region.value, total.value) == (0, 100_000, 100_000)
    assert (central.comment.text, region.comment) == ("结转 80,000.00 元", None)
    assert central.fill.fgColor.rgb != region.fill.fgColor.rgb
    assert any(str(value).startswith("橙色格") for value in cells)


def test_without_a_surplus_nothing_is_marked(
    tmp_path: Path, allot: Callable[..., Statement]
) -> None:
    allot(amounts=TWO).to_excel(tmp_path / "a.xlsx", "zh", "2024-05-01")
    for sheet in openpyxl.load_workbook(tmp_path / "a.xlsx"):
        assert not any(cell.comment for row in sheet.iter_rows() for cell in row)
        assert not any(
            str(cell.value).startswith("橙色格") for row in sheet.iter_rows() for cell in row
        )
