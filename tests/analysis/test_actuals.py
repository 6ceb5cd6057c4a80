"""Budgets, execution and final accounts beside what was projected."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import fiscal_model as fm

Tables = Callable[..., Path]
PUPILS = [["primary_pupil", "652301", 2023, 100], ["primary_pupil", "652302", 2023, 200]]


def test_a_final_account_stands_beside_the_sum_of_all_below_the_place(tables: Tables) -> None:
    """Changji City and Fukang have 300 pupils at 650 yuan: central's part in the prefecture is 8:2
    of 195,000, 156,000.

    The final account has 150,000: 6,000 less, so that the projection is 4% above it; the budget had
    160,000, 2.5% above the projection.
    """
    data = tables(
        beneficiaries=PUPILS,
        actuals=[
            [11, "652300", 2023, "central", "final", 150_000],
            [11, "652300", 2023, "central", "budget", 160_000],
        ],
    )
    row = fm.simulate("as_written", data).beside_actuals().loc[(11, "652300", 2023, "central")]
    assert row[["projected", "budget", "final"]].tolist() == pytest.approx(
        [156_000, 160_000, 150_000]
    )
    assert row[["less_budget", "less_budget_percent"]].tolist() == pytest.approx([-4_000, -2.5])
    assert row[["less_final", "less_final_percent"]].tolist() == pytest.approx([6_000, 4])
    assert np.isnan(row["executed"])
    assert np.isnan(row["less_executed"])
    assert row["note"] == ""


def test_prefecture_and_county_are_pooled_where_local_shares_divide_them(tables: Tables) -> None:
    """Of 65,000 in Changji City the ratio leaves prefecture and county 9,100; the county bears 60%,
    5,460. In Fukang (130,000) nothing is divided.
    """
    data = tables(
        beneficiaries=PUPILS,
        local_split=[["", "652301", 0.6]],
        actuals=[
            [11, place, 2023, payer, "final", 1]
            for place in ("652301", "652302", "652300")
            for payer in ("prefecture", "county_level", "prefecture_level")
        ],
    )
    found = fm.simulate("as_written", data).beside_actuals("en")
    pooled, county, level = (
        found["projected"].xs(payer, level="payer").droplevel(["item", "year"])
        for payer in ("prefecture", "county_level", "prefecture_level")
    )
    assert pooled.to_dict() == pytest.approx({"652300": 27_300, "652301": 9_100, "652302": 18_200})
    assert county["652301"] == pytest.approx(5_460)
    assert level["652301"] == pytest.approx(3_640)
    assert county[["652300", "652302"]].isna().all()
    assert "not divided" in found.loc[(11, "652302", 2023, "county_level"), "note"]


def test_a_county_whose_prefecture_is_costed_as_a_whole_has_no_projection_and_a_note(
    tables: Tables,
) -> None:
    data = tables(
        beneficiaries=[["primary_pupil", "652300", 2023, 300]],
        actuals=[
            [11, "652301", 2023, "central", "final", 5],
            [11, "652300", 2023, "central", "final", 0],
        ],
    )
    found = fm.simulate("as_written", data).beside_actuals()
    county, prefecture = (found.loc[(11, place, 2023, "central")] for place in ("652301", "652300"))
    assert np.isnan(county["projected"])
    assert np.isnan(county["less_final"])
    assert "昌吉回族自治州（652300）整体测算" in county["note"]
    assert prefecture["less_final"] == pytest.approx(156_000)
    assert np.isnan(prefecture["less_final_percent"])


def test_what_is_not_costed_or_not_simulated_is_missing_and_what_nobody_pays_is_zero(
    tables: Tables,
) -> None:
    """A payer that the split does not name bears nothing; an item without data or a year not
    simulated has no figure.
    """
    rows = [
        [11, "652301", 2023, "social"],
        [11, "652301", 2022, "central"],
        [13, "652301", 2023, "central"],
        [11, "650200", 2023, "central"],
    ]
    data = tables(beneficiaries=PUPILS, actuals=[[*row, "executed", 10] for row in rows])
    found = fm.simulate("as_written", data, years=2023).beside_actuals("en")
    assert found.loc[(11, "652301", 2023, "social"), "projected"] == 0
    assert found["projected"].isna().sum() == 3
    assert found.loc[(11, "652301", 2022, "central"), "note"] == "2022 is not simulated"
    assert (
        found.loc[(13, "652301", 2023, "central"), "note"]
        == found.loc[(11, "650200", 2023, "central"), "note"]
        == "not costed"
    )


def test_a_cost_that_is_not_shared_out_is_said_beside_the_projection(tables: Tables) -> None:
    """Item 54 names the levels and no ratio; 10 people at 100 yuan a month are 12,000. Central's 0
    is no forecast, and the note says how much is open.
    """
    data = tables(
        beneficiaries=[["dibao_urban_person", "652301", 2023, 10]],
        rates=[["dibao_urban", "652301", 2023, 100]],
        actuals=[[54, "652301", 2023, "central", "final", 800]],
    )
    row = fm.simulate("as_written", data).beside_actuals("en").loc[(54, "652301", 2023, "central")]
    assert row["projected"] == 0
    assert row["note"] == "besides, 12,000.00 yuan are unallocated"


def test_without_actuals_there_is_no_row(tables: Tables) -> None:
    assert fm.simulate("as_written", tables(beneficiaries=PUPILS)).beside_actuals().empty
