"""Allotment and settlement: what is due against what documents paid, in cases that can be checked
by hand.
A primary pupil's public funds (item 11) are 650 yuan a year: central 520, region 39, prefecture and
county 91. Textbooks (item 12) are 105 yuan: region 94.50, prefecture and county 10.50.
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
from fiscal_model.analysis.statement_rows import NOTES, PARTS

Tables = Callable[..., Path]
FIRST, SECOND = "新财教〔2023〕90号", "新财教〔2024〕5号"
CITY = [["primary_pupil", "昌吉市", 2024, 1000]]
TWO_CITIES = [*CITY, ["primary_pupil", "阜康市", 2024, 100]]


@pytest.fixture
def allot(tables: Tables) -> Callable[..., Statement]:
    """The allotment of 2024 for input tables, by the text alone."""

    def run(**rows: Any) -> Statement:
        return fm.allotment(fm.simulate("as_written", tables(**rows), 2024), 2024)

    return run


@pytest.fixture
def settle(tables: Tables, allot: Callable[..., Statement]) -> Callable[..., Statement]:
    """The settlement of planned against actual input tables."""

    def run(planned: dict[str, Any], actual: dict[str, Any]) -> Statement:
        return fm.settlement(allot(**planned), fm.simulate("as_written", tables(**actual), 2024))

    return run


def row(statement: Statement, item: int, place: str, payer: str) -> dict[str, Any]:
    """The one row of a cell, what is missing as None."""
    frame = statement.frame
    found = frame[(frame["item"] == item) & (frame["place"] == place) & (frame["payer"] == payer)]
    assert len(found) == 1
    return {
        name: None if value != value else value for name, value in found.iloc[0].to_dict().items()
    }


def cells(statement: Statement) -> set[tuple[int, str, str]]:
    frame = statement.frame
    return set(zip(frame["item"], frame["place"], frame["payer"], strict=True))


# 资金分配表


def test_what_a_place_bears_itself_is_not_allotted_to_it(allot: Callable[..., Statement]) -> None:
    """1,000 pupils: of item 11 the centre and the region allot 520,000 + 39,000, of item 12 94,500:
    653,500; 地县 set aside 91,000 + 10,500 = 101,500.
    """
    found = allot(beneficiaries=CITY)
    own = row(found, 11, "652301", "prefecture")
    assert (own["due"], own["instalment"], own["note"]) == (91_000, None, "own")
    assert found.totals("place").loc["652301"].to_dict() == {
        "due": 653_500,
        "advanced": 0,
        "instalment": 653_500,
        "carried": 0,
    }
    assert list(found.totals("payer").index) == ["central", "region"]
    assert found.own["due"].sum() == 101_500
    assert found.other.empty
    printed = found.printed("zh", "own")
    # prefecture, city, subtotal; payer, total
    assert printed["应安排"].tolist() == [
        *[91_000] * 3,
        *[10_500] * 3,
        101_500,
        101_500,
    ]
    assert "应下达" not in printed
    assert "地县 · 应安排 101,500.00、已安排 0.00（由本级预算安排，不由上级下达）" in found.summary(
        "zh"
    )
    assert "合计 · 应下达 653,500.00" in found.summary("zh")
    assert "from the places' own budgets: not allotted" in found.summary("en")


def test_what_is_paid_stands_in_one_part_only_and_the_parts_add_up_to_the_cost() -> None:
    """Whoever pays, on the embedded data: every yuan of the general public budget is allotted, set
    aside or stands apart.
    """
    budget = fm.simulate(years=2024)
    plan = fm.allotment(budget, 2024)
    general = budget.settle(year=2024)
    general = general[
        general["line"].map(lambda code: budget.standard.lines[code].account == "general")
    ]
    assert sum(units(plan.rows(part)["due"]) for part in PARTS) == general["units"].sum()
    assert sum(len(plan.rows(part)) for part in PARTS) == len(plan.frame)
    assert set(plan.counted["payer"]) == {"central", "region"}
    assert set(plan.own["payer"]) == {"prefecture"}
    assert not set(plan.other["payer"]) & {"prefecture", "prefecture_level", "county_level"}


def test_this_instalment_is_what_is_due_less_what_two_documents_advanced(
    allot: Callable[..., Statement],
) -> None:
    """昌吉市 1,000 pupils: central owes 520,000; 300,000 and 100,000 are advanced, 120,000 are
    left. The region's 39,000 are still to come.
    """
    found = allot(
        beneficiaries=CITY,
        advances=[
            [11, "昌吉市", 2024, "中央", FIRST, 300_000],
            [11, "昌吉市", 2024, "中央", SECOND, 100_000],
        ],
    )
    central = row(found, 11, "652301", "central")
    assert (central["due"], central["advanced"], central["instalment"]) == (
        520_000,
        400_000,
        120_000,
    )
    assert central["documents"] == f"{FIRST}、{SECOND}"
    region = row(found, 11, "652301", "region")
    assert (region["due"], region["advanced"], region["instalment"], region["documents"]) == (
        39_000,
        0,
        39_000,
        "",
    )


def test_what_was_paid_too_much_is_carried_over_and_noted(
    allot: Callable[..., Statement],
) -> None:
    """600,000 against 520,000: nothing is paid, 80,000 are carried over. The region's row is not
    made smaller for it.
    """
    found = allot(beneficiaries=CITY, advances=[[11, "昌吉市", 2024, "中央", FIRST, 600_000]])
    central = row(found, 11, "652301", "central")
    assert (central["instalment"], central["carried"], central["note"]) == (0, 80_000, "over")
    assert row(found, 11, "652301", "region")["instalment"] == 39_000
    assert "结转下次抵扣" in found.text("zh")
    assert "carried over" in found.text("en")


def test_a_document_of_another_year_is_left_alone(allot: Callable[..., Statement]) -> None:
    found = allot(
        beneficiaries=CITY,
        advances=[
            [11, "昌吉市", 2023, "中央", "旧号", 7],
            [11, "昌吉市", 2024, "中央", FIRST, 20_000],
        ],
    )
    central = row(found, 11, "652301", "central")
    assert (central["advanced"], central["instalment"], central["documents"]) == (
        20_000,
        500_000,
        FIRST,
    )


def test_an_advance_to_a_prefecture_stands_against_the_sum_of_its_counties(
    allot: Callable[..., Statement],
) -> None:
    """昌吉市 520,000 and 阜康市 52,000 are 572,000 of 昌吉州, which got 300,000; 20,000 more went
    to 昌吉市 itself: 252,000 are left.

    Item 12 was paid to nobody and stays by county.
    """
    found = allot(
        beneficiaries=TWO_CITIES,
        advances=[
            [11, "昌吉回族自治州", 2024, "中央", FIRST, 300_000],
            [11, "昌吉市", 2024, "中央", SECOND, 20_000],
        ],
    )
    central = row(found, 11, "652300", "central")
    assert (central["due"], central["advanced"], central["instalment"]) == (
        572_000,
        320_000,
        252_000,
    )
    assert (central["documents"], central["note"]) == (f"{FIRST}、{SECOND}", "places_pooled")
    assert {place for item, place, _ in cells(found) if item == 11} == {"652300"}
    assert {place for item, place, _ in cells(found) if item == 12} == {"652301", "652302"}
    assert found.totals("payer").loc["central"].to_dict() == {
        "due": 572_000,
        "advanced": 320_000,
        "instalment": 252_000,
        "carried": 0,
    }


def test_an_advance_to_the_region_stands_against_the_sum_of_all_places(
    allot: Callable[..., Statement],
) -> None:
    """1,100 pupils of two cities and 200 of 喀什地区, 1,300 in all: 676,000 from the centre, of
    which 76,000 were sent to the region.
    """
    found = allot(
        beneficiaries=[*TWO_CITIES, ["primary_pupil", "喀什地区", 2024, 200]],
        bases_2015=[[11, "喀什地区", 10**6]],
        advances=[
            [11, "650000", 2024, "中央", FIRST, 76_000],
            [11, "喀什地区", 2024, "地县", SECOND, 1],
        ],
    )
    central = row(found, 11, "650000", "central")
    assert (central["due"], central["instalment"]) == (676_000, 600_000)
    assert {place for item, place, _ in cells(found) if item == 11} == {"650000"}
    printed = found.printed_totals("zh")
    # item 12 stays by place
    assert printed.index[:3].tolist() == [
        "合计",
        "新疆维吾尔自治区（未分地区）",
        "昌吉回族自治州",
    ]
    assert printed.loc["新疆维吾尔自治区（未分地区）", ("本次下达", "中央")] == 600_000


def test_advances_to_parts_of_a_place_that_is_budgeted_as_a_whole_are_refused_all_at_once(
    tables: Tables,
) -> None:
    """喀什市 and 疏附县 lie in 喀什地区, whose pupils are counted together. A row of another year
    is no fault of this one.
    """
    data = tables(
        beneficiaries=[["primary_pupil", "喀什地区", 2024, 100]],
        bases_2015=[[11, "喀什地区", 10**6]],
        advances=[
            [11, "喀什市", 2024, "中央", FIRST, 1],
            [11, "疏附县", 2023, "中央", FIRST, 1],
            [11, "疏附县", 2024, "中央", FIRST, 1],
            [11, "喀什地区", 2024, "中央", FIRST, 1],
        ],
    )
    with pytest.raises(fm.FiscalModelError) as caught:
        fm.allotment(fm.simulate("as_written", data), 2024)
    assert [fault.where for fault in caught.value.faults] == [
        f"{data}/advances.csv:2:2",
        f"{data}/advances.csv:4:2",
    ]
    assert all("653100" in line for line in str(caught.value).splitlines())
    assert "Kashgar" in caught.value.text("en")


def test_money_that_nothing_is_due_for_is_listed_with_its_reason_and_in_no_total(
    allot: Callable[..., Statement],
) -> None:
    """Funds pay nothing of item 12; item 48 has no data; item 12's split names no centre; item 77
    has no ratio; item 4 is a fund's.
    """
    found = allot(
        beneficiaries=[*CITY, ["reading_room", "昌吉市", 2024, 3]],
        advances=[
            [12, "昌吉市", 2024, "基金", "甲", 7],
            [48, "昌吉市", 2024, "中央", "乙", 8],
            [12, "昌吉市", 2024, "中央", "丙", 9],
            [77, "昌吉市", 2024, "中央", "丁", 10],
            [4, "昌吉市", 2024, "中央", "戊", 11],
            [11, "阜康市", 2024, "中央", "己", 12],
        ],
    )
    reasons = {
        (12, "652301", "fund"): (7, "no_share"),
        (48, "652301", "central"): (8, "not_costed"),
        (12, "652301", "central"): (9, "no_share"),
        (77, "652301", "central"): (10, "open"),
        (4, "652301", "central"): (11, "not_general"),
        (11, "652302", "central"): (12, "not_costed"),
    }
    for cell, (advanced, reason) in reasons.items():
        told = row(found, *cell)
        assert (told["due"], told["advanced"], told["instalment"], told["note"]) == (
            None,
            advanced,
            None,
            reason,
        )
        assert NOTES[reason].zh in found.text("zh")
    assert found.totals("payer")["advanced"].sum() == 0


def test_a_cost_that_nobody_bears_yet_is_due_and_not_allotted(
    allot: Callable[..., Statement],
) -> None:
    """3 reading rooms at 2,000 yuan without a ratio: 6,000 unallocated, with no instalment."""
    found = allot(beneficiaries=[*CITY, ["reading_room", "昌吉市", 2024, 3]])
    open_row = row(found, 77, "652301", "unallocated")
    assert (open_row["due"], open_row["instalment"], open_row["note"]) == (
        6_000,
        None,
        "unallocated",
    )
    assert "unallocated" not in found.totals("payer").index


def test_an_item_paid_in_another_says_so(allot: Callable[..., Statement]) -> None:
    standard = fm.simulate("as_written").standard
    number = next(item.number for item in standard.items.values() if item.paid_in)
    found = allot(beneficiaries=CITY, advances=[[number, "昌吉市", 2024, "中央", "甲", 7]])
    assert row(found, number, "652301", "central")["note"] == "paid_in"


def test_a_payer_of_the_item_that_owes_nothing_here_has_a_due_of_zero(
    allot: Callable[..., Statement],
) -> None:
    """A base amount of 0 in 喀什地区: prefecture and county owe nothing there. No pupil in 昌吉市:
    5 from the centre are 5 too much.
    """
    found = allot(
        beneficiaries=[
            ["primary_pupil", "喀什地区", 2024, 100],
            ["primary_pupil", "昌吉市", 2024, 0],
        ],
        bases_2015=[[11, "喀什地区", 0]],
        advances=[
            [11, "喀什地区", 2024, "地县", FIRST, 5],
            [11, "昌吉市", 2024, "中央", SECOND, 5],
        ],
    )
    local, central = row(found, 11, "653100", "prefecture"), row(found, 11, "652301", "central")
    assert (local["due"], local["advanced"], local["instalment"], local["note"]) == (
        0,
        5,
        None,
        "own",
    )
    assert [central[name] for name in ("due", "instalment", "carried", "note")] == [0, 0, 5, "over"]


def test_an_advance_of_prefecture_and_county_stands_against_both_levels_pooled(
    allot: Callable[..., Statement],
) -> None:
    """91,000 are divided 68,250 and 22,750; 50,000 were set aside by both together. Item 12 stays
    divided: 7,875 and 2,625.
    """
    found = allot(
        beneficiaries=CITY,
        local_split=[["", "昌吉市", 0.25]],
        advances=[[11, "昌吉市", 2024, "地县", FIRST, 50_000]],
    )
    local = row(found, 11, "652301", "prefecture")
    assert (local["due"], local["advanced"], local["note"]) == (91_000, 50_000, "own levels_pooled")
    assert {payer for item, _, payer in cells(found) if item == 11} == {
        "central",
        "region",
        "prefecture",
    }
    assert row(found, 12, "652301", "prefecture_level")["due"] == 7_875
    assert row(found, 12, "652301", "county_level")["due"] == 2_625


def test_an_advance_of_one_local_level_stands_against_a_budget_that_does_not_divide_them(
    allot: Callable[..., Statement],
) -> None:
    found = allot(beneficiaries=CITY, advances=[[11, "昌吉市", 2024, "county_level", FIRST, 1_000]])
    local = row(found, 11, "652301", "prefecture")
    assert (local["due"], local["advanced"], local["note"]) == (91_000, 1_000, "own levels_pooled")


def test_an_advance_of_one_local_level_stands_against_its_own_due_where_they_are_divided(
    allot: Callable[..., Statement],
) -> None:
    found = allot(
        beneficiaries=CITY,
        local_split=[[11, "昌吉市", 0.25]],
        advances=[[11, "昌吉市", 2024, "county_level", FIRST, 750]],
    )
    county, prefecture = (
        row(found, 11, "652301", payer) for payer in ("county_level", "prefecture_level")
    )
    assert [county[name] for name in ("due", "advanced", "note")] == [22_750, 750, "own"]
    assert [prefecture[name] for name in ("due", "advanced", "note")] == [68_250, 0, "own"]


def test_a_year_that_is_not_budgeted_is_refused(tables: Tables) -> None:
    with pytest.raises(fm.FiscalModelError, match="2031"):
        fm.allotment(fm.simulate("as_written", tables(beneficiaries=CITY)), 2031)


def test_advances_and_actuals_are_no_longer_said_to_be_unused(tables: Tables) -> None:
    data = tables(
        beneficiaries=CITY,
        advances=[[11, "昌吉市", 2024, "中央", FIRST, 1]],
        actuals=[[11, "昌吉市", 2024, "中央", "决算", 1]],
    )
    assert fm.simulate("as_written", data).warnings == ()


# 清算表


@pytest.mark.parametrize(
    ("pupils", "advanced", "allotted", "supplement", "deduction"),
    [
        # 525,200 are due, 300,000 and the instalment of 220,000 were paid
        (
            1010,
            300_000,
            520_000,
            5_200,
            0,
        ),
        (900, 300_000, 520_000, 0, 52_000),  # 468,000 are due
        (1000, 300_000, 520_000, 0, 0),
        (1010, 600_000, 600_000, 0, 74_800),  # more was advanced than was ever due
        (1200, 600_000, 600_000, 24_000, 0),  # 624,000 are due after all
    ],
)
def test_settlement_pays_what_is_missing_and_deducts_what_is_too_much(
    pupils: int,
    advanced: int,
    allotted: int,
    supplement: int,
    deduction: int,
    settle: Callable[..., Statement],
) -> None:
    """1,000 pupils were planned: 520,000 from the centre."""
    found = settle(
        {"beneficiaries": CITY, "advances": [[11, "昌吉市", 2024, "中央", FIRST, advanced]]},
        {"beneficiaries": [["primary_pupil", "昌吉市", 2024, pupils]]},
    )
    central = row(found, 11, "652301", "central")
    assert (central["planned"], central["due_actual"]) == (520_000, pupils * 520)
    assert (central["allotted"], central["supplement"], central["deduction"]) == (
        allotted,
        supplement,
        deduction,
    )
    assert central["documents"] == FIRST
    assert "原分配表" in found.text("zh")


def test_what_a_place_bears_itself_is_neither_paid_nor_taken_back(
    settle: Callable[..., Statement],
) -> None:
    """1,010 pupils in fact: 91,910 to be set aside, where 91,000 were planned and 20,000 set aside.
    Upper levels owe 1% of 653,500 more: 6,535.
    """
    found = settle(
        {"beneficiaries": CITY, "advances": [[11, "昌吉市", 2024, "地县", FIRST, 20_000]]},
        {"beneficiaries": [["primary_pupil", "昌吉市", 2024, 1010]]},
    )
    own = row(found, 11, "652301", "prefecture")
    assert [own[name] for name in ("planned", "due_actual", "allotted", "note")] == [
        91_000,
        91_910,
        20_000,
        "own",
    ]
    assert (own["supplement"], own["deduction"]) == (None, None)
    assert found.totals("place").loc["652301", ["supplement", "deduction"]].tolist() == [6_535, 0]
    printed = found.printed("zh", "own")
    assert {"按实际数应安排", "已安排"} < set(printed)
    assert not {"应补", "应扣", "已下达"} & set(printed)


def test_documents_that_the_plan_did_not_know_are_the_record_of_what_was_allotted(
    settle: Callable[..., Statement],
) -> None:
    """300,000 in advance and 200,000 later are 500,000 of 525,200 due: 25,200 are missing. The
    region's 39,390 were never paid.
    """
    found = settle(
        {"beneficiaries": CITY, "advances": [[11, "昌吉市", 2024, "中央", FIRST, 300_000]]},
        {
            "beneficiaries": [["primary_pupil", "昌吉市", 2024, 1010]],
            "advances": [[11, "昌吉市", 2024, "中央", SECOND, 200_000]],
        },
    )
    central, region = row(found, 11, "652301", "central"), row(found, 11, "652301", "region")
    assert (central["allotted"], central["supplement"], central["documents"]) == (
        500_000,
        25_200,
        f"{FIRST}、{SECOND}",
    )
    assert (region["allotted"], region["supplement"]) == (0, 39_390)
    assert "登记的全部文号" in found.text("zh")


def test_a_document_that_both_sides_list_counts_once_with_the_later_amount(
    settle: Callable[..., Statement],
) -> None:
    """The advance was 300,000 in the plan and 310,000 in the end, and 200,000 followed: 510,000."""
    found = settle(
        {"beneficiaries": CITY, "advances": [[11, "昌吉市", 2024, "中央", FIRST, 300_000]]},
        {
            "beneficiaries": CITY,
            "advances": [
                [11, "昌吉市", 2024, "中央", FIRST, 310_000],
                [11, "昌吉市", 2024, "中央", SECOND, 200_000],
            ],
        },
    )
    central = row(found, 11, "652301", "central")
    assert (central["allotted"], central["supplement"]) == (510_000, 10_000)


@pytest.mark.parametrize("planned_by_county", [True, False])
def test_plan_and_outcome_meet_at_the_prefecture_where_one_of_them_is_by_county(
    planned_by_county: bool, settle: Callable[..., Statement]
) -> None:
    """1,100 pupils on one side, 1,120 on the other, 20 × 520 = 10,400 apart."""
    counties = [
        ["primary_pupil", "昌吉市", 2024, 1000],
        ["primary_pupil", "阜康市", 2024, 100 if planned_by_county else 120],
    ]
    whole = [["primary_pupil", "昌吉回族自治州", 2024, 1120 if planned_by_county else 1100]]
    planned, actual = (counties, whole) if planned_by_county else (whole, counties)
    central = row(
        settle({"beneficiaries": planned}, {"beneficiaries": actual}), 11, "652300", "central"
    )
    assert (central["planned"], central["due_actual"]) == (572_000, 582_400)
    assert (central["allotted"], central["supplement"], central["note"]) == (
        572_000,
        10_400,
        "places_pooled",
    )


MIXED = [["primary_pupil", "昌吉回族自治州", 2024, 1100], ["junior_pupil", "昌吉市", 2024, 100]]
"""Primary pupils by prefecture, 572,000 from the centre; junior pupils by county, 850 yuan, 680
from the centre: 68,000.
"""


def test_what_both_sides_know_by_prefecture_and_by_county_stays_apart(
    settle: Callable[..., Statement],
) -> None:
    """20 primary pupils more in 昌吉州: 10,400. Nothing more for 昌吉市."""
    found = settle(
        {"beneficiaries": MIXED},
        {"beneficiaries": [["primary_pupil", "昌吉回族自治州", 2024, 1120], MIXED[1]]},
    )
    whole, city = (row(found, 11, place, "central") for place in ("652300", "652301"))
    assert (whole["allotted"], whole["supplement"], whole["note"]) == (572_000, 10_400, "")
    assert (city["allotted"], city["supplement"], city["note"]) == (68_000, 0, "")


def test_an_advance_to_a_prefecture_stands_against_its_own_due_and_that_of_its_counties(
    allot: Callable[..., Statement],
) -> None:
    """572,000 + 68,000 − 100,000 = 540,000."""
    found = allot(
        beneficiaries=MIXED, advances=[[11, "昌吉回族自治州", 2024, "中央", FIRST, 100_000]]
    )
    assert row(found, 11, "652300", "central")["instalment"] == 540_000
    assert {place for item, place, _ in cells(found) if item == 11} == {"652300"}


def test_what_was_pooled_in_the_plan_is_pooled_in_the_settlement_with_its_documents(
    settle: Callable[..., Statement],
) -> None:
    """昌吉州 got 300,000 of the 572,000 of its cities, 昌吉市 another 20,000; both in the row of
    the prefecture, as is the local level's 1.
    """
    advances = [
        [11, "昌吉回族自治州", 2024, "中央", FIRST, 300_000],
        [11, "昌吉市", 2024, "中央", SECOND, 20_000],
        [11, "昌吉市", 2024, "county_level", "丙", 1],
    ]
    found = settle(
        {"beneficiaries": TWO_CITIES, "advances": advances}, {"beneficiaries": TWO_CITIES}
    )
    central = row(found, 11, "652300", "central")
    assert (central["allotted"], central["supplement"], central["deduction"]) == (572_000, 0, 0)
    assert central["documents"] == f"{FIRST}、{SECOND}"
    assert row(found, 11, "652300", "prefecture")["documents"] == "丙"
    assert {place for item, place, _ in cells(found) if item == 11} == {"652300"}


def test_money_allotted_for_what_is_not_costed_in_the_end_has_no_due(
    settle: Callable[..., Statement],
) -> None:
    found = settle({"beneficiaries": TWO_CITIES}, {"beneficiaries": CITY})
    central = row(found, 11, "652302", "central")
    assert (central["due_actual"], central["allotted"], central["supplement"], central["note"]) == (
        None,
        52_000,
        None,
        "not_costed",
    )


def test_what_nobody_bears_yet_is_not_taken_as_allotted(settle: Callable[..., Statement]) -> None:
    rooms = {"beneficiaries": [["reading_room", "昌吉市", 2024, 3]]}
    told = row(settle(rooms, rooms), 77, "652301", "unallocated")
    assert (told["planned"], told["due_actual"], told["allotted"], told["supplement"]) == (
        6_000,
        6_000,
        0,
        None,
    )


def test_what_was_spent_is_the_final_account_before_what_was_executed(
    settle: Callable[..., Statement],
) -> None:
    """It stands beside and changes nothing; a budgeted amount is not spent."""
    actuals = [
        [11, "昌吉市", 2024, "中央", "执行", 500_000],
        [11, "昌吉市", 2024, "中央", "决算", 510_000],
        [11, "昌吉市", 2024, "自治区本级", "执行", 38_000],
        [11, "昌吉市", 2024, "地县", "预算", 91_000],
        [11, "昌吉市", 2023, "中央", "决算", 1],
    ]
    found = settle({"beneficiaries": CITY}, {"beneficiaries": CITY, "actuals": actuals})
    assert [
        row(found, 11, "652301", payer)["spent"] for payer in ("central", "region", "prefecture")
    ] == [510_000, 38_000, None]
    assert found.totals("payer")["supplement"].sum() == 0


def test_a_later_document_for_a_part_of_a_whole_is_refused_at_its_row(
    settle: Callable[..., Statement],
) -> None:
    whole = [["primary_pupil", "昌吉回族自治州", 2024, 1100]]
    with pytest.raises(fm.FiscalModelError, match=r"advances\.csv:2:2"):
        settle(
            {"beneficiaries": whole},
            {"beneficiaries": whole, "advances": [[11, "昌吉市", 2024, "中央", SECOND, 5]]},
        )


# One document, however it is written


WRITTEN = [
    "新财教〔2022〕150号",
    "新财教[2022]150号",
    "新财教（2022）150号",
    "新财教(2022)150号",
    "新财教【2022】150号",
    "新财教［２０２２］１５０号",
    "新财教 〔2022〕 150 号",
    "　新财教〔2022〕150号  ",
    "新财教〔2022〕第150号",
    "新财教〔2022年〕150號",
    "新财教﹝2022﹞0150号",
]


@pytest.mark.parametrize("written", WRITTEN[1:])
def test_a_document_is_one_however_it_is_written(
    written: str, allot: Callable[..., Statement]
) -> None:
    """Two instalments, 100,000 and 50,000: 150,000 of one document."""
    found = allot(
        beneficiaries=CITY,
        advances=[
            [11, "昌吉市", 2024, "中央", written, 100_000],
            [11, "昌吉市", 2024, "中央", WRITTEN[0], 50_000],
        ],
    )
    central = row(found, 11, "652301", "central")
    assert (central["advanced"], central["documents"]) == (150_000, WRITTEN[0])


@pytest.mark.parametrize(
    "other",
    [
        "新财教〔2022〕151号",
        "新财社〔2022〕150号",
        "新财教〔2023〕150号",
        "新财教〔2022〕15号",
        "新财教〔2022〕150号-1",
    ],
)
def test_another_number_is_another_document(other: str, allot: Callable[..., Statement]) -> None:
    found = allot(
        beneficiaries=CITY,
        advances=[[11, "昌吉市", 2024, "中央", each, 5] for each in (WRITTEN[0], other)],
    )
    assert row(found, 11, "652301", "central")["documents"] == f"{WRITTEN[0]}、{other}"


@pytest.mark.parametrize("written", WRITTEN)
def test_the_same_payment_twice_is_a_fault_that_names_both_rows(
    written: str, tables: Tables
) -> None:
    advances = [
        [11, "昌吉市", 2024, "中央", WRITTEN[0], 5],
        [11, "昌吉市", 2024, "中央", "D2", 5],
        [11, "652301", 2024, "central", written, 5.0],
    ]
    data = tables(beneficiaries=CITY, advances=advances)
    with pytest.raises(fm.FiscalModelError) as caught:
        fm.simulate("as_written", data)
    (fault,) = caught.value.faults
    assert fault.where == f"{data}/advances.csv:4:1"
    assert "第 2 行" in fault.message.to("zh")
    assert "row 2" in fault.message.to("en")


@pytest.mark.parametrize(
    ("one", "other"), [("Batch 1", "batch１"), ("预拨 第一批", "预拨第一批"), ("D1", " d1 ")]
)
def test_other_words_are_one_document_whatever_blanks_widths_and_capitals(
    one: str, other: str, tables: Tables
) -> None:
    with pytest.raises(fm.FiscalModelError, match="第 2 行"):
        fm.simulate(
            "as_written",
            tables(
                beneficiaries=CITY,
                advances=[[11, "昌吉市", 2024, "中央", each, 5] for each in (one, other)],
            ),
        )


def test_how_a_document_was_read_is_noted(tables: Tables) -> None:
    budget = fm.simulate(
        "as_written",
        tables(beneficiaries=CITY, advances=[[11, "昌吉市", 2024, "中央", WRITTEN[1], 5]]),
    )
    assert [each.message.to("zh") for each in budget.warnings] == [
        f"“{WRITTEN[1]}”读作 {WRITTEN[0]}：按文号的规范写法"
    ]


def test_documents_stand_apart_by_the_mark_of_the_language(allot: Callable[..., Statement]) -> None:
    found = allot(
        beneficiaries=CITY,
        advances=[[11, "昌吉市", 2024, "中央", each, 5] for each in (FIRST, SECOND)],
    )
    assert f"{FIRST}、{SECOND}" in found.text("zh")
    assert f"{FIRST}, {SECOND}" in found.text("en")
    assert "、" not in found.text("en")


# What plan and actual inputs tell of one document: (plan, actual, allotted in all, supplement of
# the centre in all). 1,100 pupils: 572,000 are due.

WHOLE_TOLD = [[11, "昌吉州", 2024, "中央", "D1", 300_000]]
PARTS_TOLD = [
    [11, "昌吉市", 2024, "中央", "D1", 200_000],
    [11, "阜康市", 2024, "中央", "d 1", 100_000],
]
RECORDS: dict[str, tuple[list[Any], list[Any], int]] = {
    "the prefecture in the plan, its counties in fact": (WHOLE_TOLD, PARTS_TOLD, 300_000),
    "counties in the plan, the prefecture in fact": (PARTS_TOLD, WHOLE_TOLD, 300_000),
    "the same, with another document": (
        WHOLE_TOLD,
        [*PARTS_TOLD, [11, "昌吉市", 2024, "中央", "D2", 7]],
        300_007,
    ),
    "the prefecture and a county, in fact two counties": (
        [*WHOLE_TOLD, [11, "昌吉市", 2024, "中央", "D1", 50_000]],
        [[11, "昌吉市", 2024, "中央", "D1", 250_000], [11, "阜康市", 2024, "中央", "D1", 100_000]],
        350_000,
    ),
    "a corrected amount": (
        [[11, "昌吉市", 2024, "中央", "D1", 600_000]],
        [[11, "昌吉市", 2024, "中央", "D1", 500_000]],
        500_000,
    ),
    "a corrected amount, the number in another way": (
        [[11, "昌吉市", 2024, "中央", WRITTEN[0], 600_000]],
        [[11, "昌吉市", 2024, "中央", WRITTEN[2], 500_000]],
        500_000,
    ),
    "corrected for one of two places": (
        PARTS_TOLD,
        [[11, "昌吉市", 2024, "中央", "D1", 250_000]],
        350_000,
    ),
    "two instalments of one document, then a third": (
        [[11, "昌吉市", 2024, "中央", "D1", 100], [11, "昌吉市", 2024, "中央", "D1", 20]],
        [[11, "昌吉市", 2024, "中央", "D1", each] for each in (100, 20, 3)],
        123,
    ),
    "in the plan only, another in fact only": (
        WHOLE_TOLD,
        [[11, "昌吉市", 2024, "中央", "D2", 7]],
        300_007,
    ),
    "several items, in fact one of them": (
        [[11, "昌吉市", 2024, "region", "D1", 5], [12, "昌吉市", 2024, "region", "D1", 50]],
        [[11, "昌吉市", 2024, "region", "D1", 6]],
        56,
    ),
    "several items in fact, in the plan one of them": (
        [[11, "昌吉市", 2024, "region", "D1", 5]],
        [[11, "昌吉市", 2024, "region", "D1", 5], [12, "昌吉市", 2024, "region", "D1", 50]],
        55,
    ),
    "both levels in the plan, each in fact": (
        [[11, "昌吉市", 2024, "地县", "D1", 5]],
        [
            [11, "昌吉市", 2024, "prefecture_level", "D1", 3],
            [11, "昌吉市", 2024, "county_level", "D1", 2],
        ],
        5,
    ),
    "another payer and another amount: two payments": (
        [[11, "昌吉市", 2024, "中央", "D1", 5]],
        [[11, "昌吉市", 2024, "region", "D1", 6]],
        11,
    ),
    "another year stands for itself": (
        [[11, "昌吉市", 2024, "中央", "D1", 5]],
        [[11, "昌吉市", 2023, "中央", "D1", 4], [11, "昌吉市", 2024, "中央", "D2", 1]],
        6,
    ),
}


@pytest.mark.parametrize(("planned", "actual", "allotted"), RECORDS.values(), ids=RECORDS)
def test_a_document_that_both_sides_tell_counts_once(
    planned: list[Any], actual: list[Any], allotted: int, settle: Callable[..., Statement]
) -> None:
    found = settle(
        {"beneficiaries": TWO_CITIES, "advances": planned},
        {"beneficiaries": TWO_CITIES, "advances": actual},
    )
    assert found.frame["allotted"].sum() == allotted
    assert "登记的全部文号" in found.text("zh")


def test_a_document_told_in_parts_pays_the_parts(settle: Callable[..., Statement]) -> None:
    """昌吉市 got 200,000 of 520,000, 阜康市 100,000 of 52,000: 320,000 more for the one, 48,000
    back from the other.
    """
    found = settle(
        {"beneficiaries": TWO_CITIES, "advances": WHOLE_TOLD},
        {"beneficiaries": TWO_CITIES, "advances": PARTS_TOLD},
    )
    central = found.totals("payer").loc["central"]
    assert (central["allotted"], central["supplement"] - central["deduction"]) == (300_000, 272_000)


def test_documents_that_both_sides_tell_alike_leave_the_plan_carried_out(
    settle: Callable[..., Statement],
) -> None:
    """300,000 in advance and the instalment of 272,000."""
    told = {"beneficiaries": TWO_CITIES, "advances": WHOLE_TOLD}
    found = settle(told, told)
    assert found.totals("payer").loc["central", "allotted"] == 572_000
    assert "原分配表" in found.text("zh")
    assert found.corrected == ()


def test_a_corrected_amount_is_told(settle: Callable[..., Statement]) -> None:
    found = settle(
        {"beneficiaries": CITY, "advances": [[11, "昌吉市", 2024, "中央", "D1", 600_000]]},
        {"beneficiaries": CITY, "advances": [[11, "昌吉市", 2024, "中央", "D1", 500_000]]},
    )
    assert (
        "D1（第11项）：原分配表 600,000.00 元，实际数据 500,000.00 元，按实际数据计算"
        in found.summary("zh")
    )
    assert (
        "D1 (item 11): 600,000.00 yuan in the plan, 500,000.00 yuan in the actual inputs, which"
        " count" in found.summary("en")
    )
    central = row(found, 11, "652301", "central")
    assert (central["allotted"], central["supplement"]) == (500_000, 20_000)


@pytest.mark.parametrize(
    "slip", [[11, "昌吉市", 2024, "region", "D1", 5], [11, "昌吉市", 2023, "中央", "D1", 5]]
)
def test_one_payment_under_two_payers_or_years_is_a_fault_that_names_both(
    slip: list[Any], tables: Tables, allot: Callable[..., Statement]
) -> None:
    plan = tables(beneficiaries=CITY, advances=[[11, "昌吉市", 2024, "中央", "D1", 5]])
    fact = tables(beneficiaries=CITY, advances=[slip])
    with pytest.raises(fm.FiscalModelError) as caught:
        fm.settlement(
            fm.allotment(fm.simulate("as_written", plan, 2024), 2024),
            fm.simulate("as_written", fact, 2024),
        )
    (fault,) = caught.value.faults
    assert fault.where == f"{fact}/advances.csv:2:2"
    for lang in ("zh", "en"):
        assert f"{plan}/advances.csv:2:2" in fault.message.to(lang)


def test_the_same_amount_for_two_payers_or_years_is_no_fault_where_both_are_listed(
    settle: Callable[..., Statement],
) -> None:
    first = [11, "昌吉市", 2024, "中央", "D1", 5]
    found = settle(
        {"beneficiaries": CITY, "advances": [first]},
        {
            "beneficiaries": CITY,
            "advances": [
                first,
                [11, "昌吉市", 2024, "region", "D1", 5],
                [11, "昌吉市", 2023, "中央", "D1", 5],
            ],
        },
    )
    assert found.frame["allotted"].sum() == 10


def test_a_place_that_the_actual_numbers_lack_is_told_with_what_it_was_due(
    settle: Callable[..., Statement],
) -> None:
    """阜康市's 100 pupils: 52,000 and 3,900 of item 11, 9,450 of item 12 from the region: 65,350.
    Also where a payment pools it with 昌吉市.
    """
    for advances in ({}, {"advances": WHOLE_TOLD}):
        found = settle({"beneficiaries": TWO_CITIES, **advances}, {"beneficiaries": CITY})
        (each,) = found.missing
        assert (each.place, each.items, each.planned) == ("652302", (11, 12), 65_350_00)
        assert (
            "实际数据中没有阜康市（652302）的第11–12项：原测算应下达 65,350.00 元，不计入合计"
            in found.summary("zh")
        )
        assert (
            "the actual numbers lack Fukang City (652302), items 11–12: 65,350.00 yuan were to be"
            " allotted" in found.summary("en")
        )


def test_a_single_item_that_the_actual_numbers_lack_is_told(
    settle: Callable[..., Statement],
) -> None:
    """10 more people of 80 to 89 years in the plan only (item 48)."""
    found = settle(
        {"beneficiaries": [*CITY, ["age_80_89", "昌吉市", 2024, 10]]}, {"beneficiaries": CITY}
    )
    (each,) = found.missing
    assert (each.place, each.items) == ("652301", (48,))


@pytest.mark.parametrize(
    "actual",
    [
        [["primary_pupil", "昌吉州", 2024, 1100]],
        TWO_CITIES,
        [["primary_pupil", "昌吉市", 2024, 0], TWO_CITIES[1]],
    ],
)
def test_a_place_that_is_counted_in_another_way_is_not_missing(
    actual: list[Any], settle: Callable[..., Statement]
) -> None:
    found = settle({"beneficiaries": TWO_CITIES}, {"beneficiaries": actual})
    assert found.missing == ()
    assert "实际数据中没有" not in found.text("zh")


def test_many_missing_places_are_told_in_twenty_lines(settle: Callable[..., Statement]) -> None:
    standard = fm.simulate("as_written").standard
    places = [
        code
        for code in standard.places.codes
        if standard.places.leaves(code) == (code,) and not standard.places.by_code[code].elsewhere
    ]
    counts = [["age_80_89", place, 2024, 10] for place in places[:31]]
    found = settle({"beneficiaries": counts}, {"beneficiaries": counts[:1]})
    told = [line for line in found.summary("zh").splitlines() if line.startswith("实际数据中没有")]
    assert (len(told), found.summary("zh").splitlines()[-1]) == (20, "另有 10 条同类提示")


def test_a_document_by_county_stands_against_a_prefecture_that_is_counted_as_a_whole(
    settle: Callable[..., Statement],
) -> None:
    """1,100 pupils of 昌吉州: 572,000 are due. The plan told 300,000 for it, the actual inputs the
    same by county: 272,000 are missing.
    """
    whole = [["primary_pupil", "昌吉州", 2024, 1100]]
    found = settle(
        {"beneficiaries": whole, "advances": WHOLE_TOLD},
        {"beneficiaries": whole, "advances": PARTS_TOLD},
    )
    central = row(found, 11, "652300", "central")
    assert (central["allotted"], central["supplement"], central["documents"]) == (
        300_000,
        272_000,
        "D1",
    )


# Whole tables


@pytest.fixture(scope="module")
def advanced(tmp_path_factory: pytest.TempPathFactory) -> list[Statement]:
    """Allotment and settlement of six places and four items, a third of one's local part at its
    counties, advances of odd amounts, in 分 and in 万元.
    """
    rng = np.random.default_rng(11)
    names = ["primary_pupil", "age_80_89", "reading_room"]
    places = ["652301", "652302", "650200", "652700", "652801", "654200"]
    budgets = []
    for share in (1.0, 0.97):
        counts = [
            [name, place, 2024, int(rng.integers(100, 9_000) * share)]
            for name in names
            for place in places
        ]
        advances = [
            [11, place, 2024, "中央", f"{place}号", round(float(rng.random()) * 1e6, 2)]
            for place in places
        ]
        rows = {
            "beneficiaries": counts,
            "advances": advances,
            "local_split": [["", "650200", 1 / 3]],
        }
        budgets.append(
            fm.simulate(
                "as_written", write_tables(tmp_path_factory.mktemp("inputs") / "data", rows), 2024
            )
        )
    plans = [fm.allotment(budgets[0], 2024, unit) for unit in (0.01, 10_000)]
    return [*plans, *(fm.settlement(plan, budgets[1]) for plan in plans)]


def test_every_row_adds_up_and_so_does_every_total(advanced: list[Statement]) -> None:
    for statement in advanced:
        frame, unit = statement.counted, statement.unit
        whole = {
            name: np.rint(frame[name].to_numpy() / unit)
            for name in statement.money
            if name != "spent"
        }
        for name, units in whole.items():
            known = frame[name].notna().to_numpy()
            assert units[known] * unit == pytest.approx(
                frame[name].to_numpy()[known], abs=unit * 1e-6
            )
        if "instalment" in whole:
            left = whole["instalment"] - whole["carried"]
            assert (whole["due"] - whole["advanced"] == left).all()
        else:
            assert (
                whole["due_actual"] - whole["allotted"] == whole["supplement"] - whole["deduction"]
            ).all()
        for dimensions in (["item"], ["place"], ["payer"], ["place", "payer"]):
            totals = statement.totals(*dimensions)
            for name in whole:
                assert np.rint(totals[name].to_numpy() / unit).sum() == np.nansum(whole[name])


def test_dues_are_near_the_unrounded_ones(advanced: list[Statement]) -> None:
    """In 万元 no item's total of a level is a unit from the model's."""
    plan = advanced[1]
    unrounded = plan.budget.by("item", "payer", "year")
    for (item, payer), due in plan.totals("item", "payer")["due"].items():
        assert abs(due - unrounded.loc[item, (payer, 2024)]) < 10_000


WHERE = {
    "652300": ["652301", "652302", "652323"],
    "652700": ["652701", "652722"],
    "654200": ["654201", "654202"],
}


def random_tables(rng: Any, split: bool) -> dict[str, Any]:
    """Beneficiaries by prefecture or by county as it falls, and payments to the region, prefectures
    and counties with pupils.
    """
    counts = list[list[Any]]()
    for name in ("primary_pupil", "junior_pupil", "reading_room"):
        for prefecture, counties in WHERE.items():
            chosen = rng.choice([0, 1, 2])
            named = [[], [prefecture], counties[: rng.integers(1, 4)]][chosen]
            counts += [[name, place, 2024, int(rng.integers(0, 5_000))] for place in named]
    if not any(count[0] == "primary_pupil" for count in counts):
        counts.append(["primary_pupil", "650200", 2024, 7])
    known = {place for name, place, _, _ in counts if name != "reading_room"}
    places = [place for place in [*WHERE, "650000", "650200", *sorted(known)] if rng.random() < 0.3]
    payers = ["central", "region", "prefecture", "prefecture_level", "county_level", "fund"]
    cells = {
        (
            int(rng.choice([11, 12, 48])),
            place,
            2024,
            str(rng.choice(payers)),
            str(rng.choice(["甲", "乙"])),
        )
        for place in places * 2
    }
    advances = [
        [*cell, round(float(rng.random() * 10 ** rng.integers(2, 8)), 2)] for cell in sorted(cells)
    ]
    local = [["", str(rng.choice(list(WHERE))), 0.3], [11, "650000", 0.6]] if split else []
    return {
        "beneficiaries": counts,
        "advances": advances or [[11, "650200", 2024, "central", "甲", 0]],
    } | ({"local_split": local} if local else {})


def units(amounts: Any) -> int:
    """Yuan as whole 分."""
    return int(np.rint(np.nansum(np.asarray(amounts, float)) * 100))


@pytest.mark.parametrize("seed", range(25))
def test_nothing_is_lost_or_counted_twice(seed: int, tables: Tables) -> None:
    """Whatever is pooled: dues add up to the settled budget, advances to their table, and the
    settlement holds both and what was allotted.
    """
    rng = np.random.default_rng(seed)
    supplied = [random_tables(rng, bool(seed % 2)) for _ in range(2)]
    if seed % 3:
        supplied[1].pop("advances")
    budgets = [fm.simulate("as_written", tables(**rows), 2024) for rows in supplied]
    plan = fm.allotment(budgets[0], 2024)
    found = fm.settlement(plan, budgets[1])
    general = [budget.settle(year=2024) for budget in budgets]
    dues = [
        int(
            frame.loc[
                frame["line"].map(
                    lambda code: plan.budget.standard.lines[code].account == "general"
                ),
                "units",
            ].sum()
        )
        for frame in general
    ]
    for statement in (plan, found):
        assert not statement.frame.duplicated(["item", "place", "payer"]).any()
    assert units(plan.frame["due"]) == dues[0] == units(found.frame["planned"])
    assert units(found.frame["due_actual"]) == dues[1]
    assert units(plan.frame["advanced"]) == units([each[-1] for each in supplied[0]["advances"]])
    if not seed % 3:
        known, told = (
            {tuple(each[:-1]): each[-1] for each in rows["advances"]} for rows in supplied
        )
        if told != {key: known.get(key) for key in told}:
            kept = {
                key: amount
                for key, amount in known.items()
                if not any(told_again(key, other, known, told) for other in told)
            }
            assert units(found.frame["allotted"]) == units([*told.values(), *kept.values()])
    else:
        frame = plan.frame
        paid_out = frame["instalment"].clip(lower=0)
        assert units(found.frame["allotted"]) == units(frame["advanced"]) + units(paid_out)


def told_again(key: tuple[Any, ...], other: tuple[Any, ...], known: Any, told: Any) -> bool:
    """Whether the actual row ``other`` is the planned one, or holds it or a part of it and has no
    row of its own in the plan.
    """
    above = {county: ["650000", top] for top, counties in WHERE.items() for county in counties} | {
        top: ["650000"] for top in WHERE
    }
    above |= {"650200": ["650000"]}
    places = (
        key[1] == other[1] or key[1] in above.get(other[1], []) or other[1] in above.get(key[1], [])
    )
    local = {"prefecture", "prefecture_level"}, {"prefecture", "county_level"}
    payers = key[3] == other[3] or {key[3], other[3]} in local
    alike = key[0] == other[0] and key[4] == other[4] and places and payers
    return key == other or (alike and key not in told and other not in known)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_printed_tables_add_up_from_their_rows(advanced: list[Statement], lang: Any) -> None:
    for statement in advanced:
        assert len(statement.other)
        for part in PARTS:
            printed = statement.printed(lang, part)
            first = printed.columns[printed.dtypes == np.float64][0]
            total = {"zh": "合计", "en": "Total"}[lang]
            grand = printed[printed["kind"] == "total"][first].sum()
            assert grand * statement.shown.unit == pytest.approx(
                statement.rows(part)[statement.money[0]].sum()
            )
            assert printed[printed["kind"] == "row"][first].sum() == pytest.approx(grand)
            subtotals = printed[printed["kind"] == "subtotal"]
            by_payer = subtotals.iloc[:, 2] == total
            assert subtotals[~by_payer][first].sum() == pytest.approx(grand)
            assert subtotals[by_payer][first].sum() == pytest.approx(grand)


def test_places_by_items_and_by_columns_add_up_both_ways(advanced: list[Statement]) -> None:
    """Rows of prefectures (no indent) make the total row, the centre and the region their sum,
    items the first group; to the last decimal.
    """
    for statement in advanced:
        for grid in (statement.matrix("zh"), statement.printed_totals("zh")):
            whole = np.rint(grid.fillna(0) * 10.0**statement.shown.decimals)
            outer = whole[~whole.index.str.startswith(("　", "合计"))]
            assert (outer.sum() == whole.loc["合计"]).all()
            assert (
                whole.xs("中央", axis=1, level=1) + whole.xs("自治区本级", axis=1, level=1)
                == whole.xs("小计", axis=1, level=1)
            ).all(axis=None)
        matrix = np.rint(statement.matrix("zh").fillna(0) * 10.0**statement.shown.decimals)
        assert (
            matrix["合计"][["中央", "小计", "自治区本级"]]
            == matrix.drop(columns=["合计", "结转"], level=0, errors="ignore")
            .T.groupby(level=1)
            .sum()
            .T
        ).all(axis=None)
        paid = sum(statement.counted[name].sum() * sign for name, sign in statement.result.items())
        assert statement.matrix("zh").loc[
            "合计", ("合计", "小计")
        ] * statement.shown.unit == pytest.approx(paid)


def test_tables_in_wan_close_at_their_last_decimal(tables: Tables) -> None:
    """11 pupils in each of three cities: the centre owes 5,720 each, 17,160 in all: 1.716 is 1.72
    万元, so two cities get 0.57 and one 0.58.
    """
    cities = [["primary_pupil", city, 2024, 11] for city in ("昌吉市", "阜康市", "呼图壁县")]
    found = fm.allotment(
        fm.simulate("as_written", tables(beneficiaries=cities), 2024), 2024, 100, wan=True
    )
    assert found.shown.decimals == 2
    central = found.matrix("zh")[("第11项 义务教育阶段免除学杂费", "中央")]
    assert central["合计"] == 1.72
    assert sorted(central.iloc[2:]) == [0.57, 0.57, 0.58]
    assert found.summary("zh").startswith("资金分配表 (万元)")


def test_counties_stand_below_their_prefecture_and_inside_it(
    allot: Callable[..., Statement],
) -> None:
    """A primary pupil of 昌吉州 as a whole brings 520 yuan from the centre, a junior pupil of its
    cities 680: 52,000 and 6,800 + 13,600; 30 × 680 = 20,400.
    """
    counts = [
        ["primary_pupil", "昌吉回族自治州", 2024, 100],
        ["junior_pupil", "昌吉市", 2024, 10],
        ["junior_pupil", "阜康市", 2024, 20],
    ]
    found = allot(beneficiaries=[*counts, ["junior_pupil", "库尔勒市", 2024, 30]])
    item = "第11项 义务教育阶段免除学杂费"
    central = found.matrix("zh")[(item, "中央")]
    assert central.index.tolist() == [
        "合计",
        "昌吉回族自治州",
        "　其中：昌吉市",
        "　　　　阜康市",
        "巴音郭楞蒙古自治州",
        "　库尔勒市",
    ]
    assert central.tolist() == [92_800, 72_400, 6_800, 13_600, 20_400, 20_400]
    detail = found.printed("zh")
    mine = detail[(detail["服务项目"] == item) & (detail["承担主体"] == "中央")]
    assert list(zip(mine["kind"], mine["地区"], mine["本次下达"], strict=True)) == list(
        zip(
            ["row", "within", "within", "row", "within"],
            central.index[1:],
            central[1:],
            strict=True,
        )
    )
    assert found.totals("item", "payer").loc[(11, "central"), "due"] == 92_800


def test_the_workbook_holds_the_printed_tables_as_plain_numbers(
    tmp_path: Path, advanced: list[Statement]
) -> None:
    for statement in advanced[1:3]:
        statement.to_excel(tmp_path / "a.xlsx", date="2024-05-01")
        statement.to_excel(tmp_path / "b.xlsx", date="2024-05-01")
        assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
        book, title = openpyxl.load_workbook(tmp_path / "a.xlsx"), statement.title.zh
        assert book.sheetnames == [
            title,
            "目录",
            f"{title}（分地区）",
            f"{title}（明细）",
            "地县应安排",
            "其他不下达资金",
        ]
        for sheet, printed in zip(
            book.worksheets[3:], (statement.printed("zh", part) for part in PARTS), strict=True
        ):
            assert below(sheet, list(printed.columns[1:]), len(printed)) == [
                shown(values[1:]) for values in printed.itertuples(index=False)
            ]
        for sheet, grid in zip(
            [sheet for sheet in book.worksheets[:3] if sheet.title != "目录"],
            (statement.matrix("zh"), statement.printed_totals("zh")),
            strict=True,
        ):
            heads = [None, *grid.columns.get_level_values(1)]
            assert below(sheet, heads, len(grid)) == [shown(values) for values in grid.itertuples()]


def shown(values: Any) -> list[Any]:
    """A row as a sheet shows it."""
    return ["—" if value != value else value or None for value in values]


def below(sheet: Any, heads: list[Any], count: int) -> list[list[Any]]:
    """The rows below a row of headings."""
    rows = [list(values) for values in sheet.iter_rows(values_only=True)]
    top = rows.index(heads) + 1
    return [[value or None for value in values] for values in rows[top : top + count]]


def test_a_wide_table_is_printed_on_several_sheets_with_places_and_title_on_each(
    tmp_path: Path,
) -> None:
    fm.allotment(fm.simulate(years=2024), 2024, 100, wan=True).to_excel(
        tmp_path / "a.xlsx", date="2024-05-01"
    )
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    breaks = [each.id for each in sheet.col_breaks.brk]
    assert breaks
    assert all(each % 3 == 1 for each in breaks)  # never between the levels of one item
    assert (sheet.print_title_cols, sheet.page_setup.paperSize, sheet.page_setup.orientation) == (
        "$A:$A",
        8,
        "landscape",
    )
    titles = [sheet.cell(2, column).value for column in (1, *(each + 1 for each in breaks))]
    assert titles == ["资金分配表"] * len(titles)
    assert "&P" in sheet.oddFooter.center.text


def test_a_document_that_looks_like_a_formula_stays_a_text(
    tmp_path: Path, allot: Callable[..., Statement]
) -> None:
    found = allot(beneficiaries=CITY, advances=[[11, "昌吉市", 2024, "中央", "=1+1", 5]])
    found.to_excel(tmp_path / "a.xlsx", lang="en", date="2024-05-01")
    values = [
        cell
        for line in openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[3].iter_rows()
        for cell in line
        if cell.value == "=1+1"
    ]
    assert [cell.data_type for cell in values] == ["s"]


def test_a_table_on_embedded_data_says_that_they_are_illustrative() -> None:
    found = fm.allotment(fm.simulate(years=2024), 2024)
    assert "示例数据" in found.text("zh")
    assert "illustrative" in found.text("en")


def test_totals_stand_in_the_order_of_all_tables(advanced: list[Statement]) -> None:
    """Levels from the centre down, whichever row comes first; counties where their prefecture
    stands.
    """
    assert list(advanced[0].totals("payer").index) == ["central", "region"]
    assert list(advanced[0].totals("place").index) == [
        "650200",
        "652301",
        "652302",
        "652700",
        "652801",
        "654200",
    ]


def test_a_year_without_a_cost_has_an_empty_table(tables: Tables, tmp_path: Path) -> None:
    found = fm.allotment(
        fm.simulate("as_written", tables(beneficiaries=[["primary_pupil", "昌吉市", 2024, 0]])),
        2024,
    )
    assert found.frame.empty
    assert found.totals("place", "payer").empty
    found.to_excel(tmp_path / "a.xlsx", date="2024-05-01")
    assert found.printed("zh")["kind"].tolist() == ["total"]


def test_totals_are_by_the_dimensions_of_the_table(advanced: list[Statement]) -> None:
    with pytest.raises(fm.FiscalModelError, match="payer"):
        advanced[0].totals("year")
    assert isinstance(advanced[0].totals("item"), pd.DataFrame)
