"""Scenarios side by side: the change of each payer, and the parts that it is made of."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from itertools import chain, combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import write_tables
from naive import World
from random_worlds import COUNTIES, TREE, YEARS, random_leaf, random_split, text, write_standard

import fiscal_model as fm
from fiscal_model.analysis.decompose import GROUPS, shapley
from fiscal_model.cli import main
from fiscal_model.inputs.read import load_inputs
from fiscal_model.run import simulated
from fiscal_model.scenario.read import load_scenario

Tables = Callable[..., Path]
Write = Callable[..., Path]
NINE_TO_ONE = {
    "item": 11,
    "split": {"central": 9, "rest": 1, "of_rest": {"region": 3, "prefecture": 7}},
}
BUS = {
    "lines": [
        {
            "item": 11,
            "line": "school_bus",
            "name": "校车补助",
            "beneficiary": "bus_pupil",
            "per": "年",
            "accrual": "calendar_year",
            "rates": [{"rate": 500, "from": 2021, "source": "试点方案"}],
        },
    ],
    "beneficiaries": {"bus_pupil": {"zh": "乘校车学生", "en": "bus pupils", "unit": "人"}},
}


@pytest.fixture
def pupils(tables: Tables) -> Path:
    """100 primary pupils in Changji, 100 in Kashgar City with a base amount of 5,000."""
    return tables(
        beneficiaries=[
            ["primary_pupil", "652301", 2023, 100],
            ["primary_pupil", "653101", 2023, 100],
        ],
        bases_2015=[[11, "653101", 5000]],
    )


# Side by side


@pytest.mark.smoke
def test_a_change_is_given_in_yuan_and_percent(pupils: Path, scenario: Write) -> None:
    """Of 65,000 in Changji central pays 52,000; at 9:1 it pays 58,500, an eighth more. The region
    had 3,900 of the rest and has half as much.
    """
    found = (
        fm.compare("as_written", scenario({"splits": [NINE_TO_ONE]}), inputs=pupils)
        .by("item", "place", "payer")
        .loc[11]
    )
    assert found.loc[("652301", "central")].tolist() == pytest.approx([52_000, 58_500, 6_500, 12.5])
    assert found.loc[("652301", "region")].tolist() == pytest.approx([3_900, 1_950, -1_950, -50])


def test_names_stand_in_the_place_of_codes(pupils: Path, scenario: Write) -> None:
    """Central's 52,000 of 65,000 in Changji City, and 58,500 at 9:1."""
    compared = fm.compare("as_written", scenario({"splits": [NINE_TO_ONE]}), inputs=pupils)
    table = compared.by("item", "place", "payer", "year", lang="zh")
    assert list(table.index.names) == ["服务项目", "地区", "承担主体", "年份"]
    assert list(table.columns) == ["原情景", "新情景", "差额", "幅度（%）"]
    row = table.loc[("第11项 义务教育阶段免除学杂费", "昌吉市", "中央", 2023)]
    assert row["差额"] == pytest.approx(6_500)
    assert compared.to_dataframe("place", lang="en").loc["Changji City", "split"] == pytest.approx(
        0
    )
    assert list(compared.stacked(by=["payer"], lang="zh").columns) == ["分担办法"]


def test_several_scenarios_stand_below_one_another_against_the_first(
    pupils: Path, scenario: Write
) -> None:
    """Central: 104,000 of 130,000; at 9:1 117,000; at 720 yuan 115,200."""
    split = scenario({"splits": [NINE_TO_ONE]}, "nine")
    rate = scenario({"rates": [{"line": "pubfund_primary", "from": 2022, "rate": 720}]}, "rate")
    found = fm.compare("as_written", split, rate, inputs=pupils)
    table = found.by("payer")
    assert table.loc[("nine", "central")].tolist() == pytest.approx(
        [104_000, 117_000, 13_000, 12.5]
    )
    assert table.loc[("rate", "central"), "change"] == pytest.approx(11_200)
    parts = found.parts("payer")
    assert parts.loc[("nine", "central")].to_dict() == pytest.approx({"rates": 0, "split": 13_000})
    assert parts.loc[("rate", "central")].to_dict() == pytest.approx({"rates": 11_200, "split": 0})


def test_many_scenarios_and_payers_are_one_table_and_one_chart(
    pupils: Path, scenario: Write
) -> None:
    """Central 104,000, 117,000 and 115,200 as above. The cost is 2 × 65,000 and textbooks of 2 ×
    10,500, at 720 yuan 2 × 72,000: 151,000 and 165,000. At 9:1 the region has 1,950 less in Changji
    and in Kashgar, where 4,550 are due and no longer more than the base amount, 1,950 for 3,900 +
    4,100; prefecture and county 4,550 less, and 450 less.
    """
    split = scenario({"splits": [NINE_TO_ONE]}, "nine")
    rate = scenario({"rates": [{"line": "pubfund_primary", "from": 2022, "rate": 720}]}, "rate")
    found = fm.compare("as_written", split, rate, inputs=pupils)
    table = found.overview()
    assert list(table.index) == ["as_written", "nine", "rate"]
    assert list(table.columns) == ["central", "region", "prefecture", "sum"]
    assert table["central"].tolist() == pytest.approx([104_000, 117_000, 115_200])
    assert table["sum"].tolist() == pytest.approx([151_000, 151_000, 165_000])
    changes = (table.loc["nine"] - table.loc["as_written"]).tolist()
    assert changes == pytest.approx([13_000, -8_000, -5_000, 0])
    two = fm.compare("as_written", split, inputs=pupils).overview(lang="zh", unit="wan")
    assert two.loc["标准原文"].tolist()[::3] == pytest.approx([10.4, 15.1])
    assert list(two.columns) == ["中央", "自治区本级", "地县", "合计"]
    assert two.attrs == {"account": "general", "unit": "万元"}
    rising = [
        round(bar.get_height(), 2)
        for each in found.plot.scenarios().ax.containers
        for bar in each
        if each.get_label() == "central" and bar.get_height()
    ]
    assert rising == [13_000, 11_200]
    alone = fm.compare("as_written", split, inputs=pupils).plot.scenarios(unit="yuan")
    assert [each.get_text() for each in alone.ax.get_xticklabels()] == [found.titles[1].zh]
    assert "元" in alone.ax.get_ylabel()


def test_budgets_that_are_there_are_taken_as_they_are(pupils: Path, scenario: Write) -> None:
    before, after = (
        fm.simulate(each, pupils) for each in ("as_written", scenario({"splits": [NINE_TO_ONE]}))
    )
    found = fm.compare(before, after)
    assert found.budgets == (before, after)
    named = fm.compare(before, scenario({"splits": [NINE_TO_ONE]}))
    pd.testing.assert_frame_equal(found.to_dataframe(), named.to_dataframe())


def test_scenarios_of_one_name_are_told_apart(pupils: Path) -> None:
    found = fm.compare("as_written", "as_written", "as_written", inputs=pupils)
    assert found.by("payer").index.unique("scenario").tolist() == [
        "as_written (2)",
        "as_written (3)",
    ]


def test_percent_of_nothing_is_missing_and_what_is_not_costed_counts_as_nothing(
    pupils: Path, scenario: Write
) -> None:
    """Nobody is fed under the text; a meal rate of 1,000 for pupils of a new line costs 100,000
    where nothing was costed before.
    """
    meals = {
        "item": 14,
        "line": "tea",
        "name": "课间奶",
        "beneficiary": "primary_pupil",
        "per": "年",
        "accrual": "calendar_year",
    }
    new = {"new": {"lines": [{**meals, "rates": [{"rate": 10, "from": 2021, "source": "方案"}]}]}}
    found = fm.compare("as_written", scenario(new), inputs=pupils).by("item")
    assert np.isnan(found.loc[14, "a"])
    assert found.loc[14, ["b", "change"]].tolist() == [2_000, 2_000]
    assert np.isnan(found.loc[14, "percent"])
    assert found.loc[10].isna().all()


def test_a_scenario_compared_with_itself_changes_nothing(pupils: Path) -> None:
    found = fm.compare("as_written", "as_written", inputs=pupils)
    assert found.groups == ()
    assert not found.by("payer", "year")["change"].any()


def test_years_are_those_that_all_cover(pupils: Path, scenario: Write) -> None:
    late = scenario({"horizon": 2030, "projection": "hold"}, "late")
    assert fm.compare("as_written", late, inputs=pupils).years == (2023,)
    assert fm.compare(late, late, inputs=pupils, years=(2024, 2025)).years == (2024, 2025)


# Per head and against means


def test_per_head_uses_the_people_of_the_place_or_the_sum_of_its_parts(
    tables: Tables, scenario: Write
) -> None:
    """65,000 yuan each year for 100 pupils in Toli: 1,000 people are 65 yuan a head, from 2023 on
    1,300 are 50. At 9:1 central pays 58,500 of it.

    Tacheng as a prefecture has no figure of its own and lacks some of its parts', so what is shown
    (Toli) counts alone.
    """
    data = tables(
        beneficiaries=[["primary_pupil", "654224", year, 100] for year in (2022, 2023, 2024)],
        population=[
            ["654224", 2021, "male", "0-9", 400],
            ["654224", 2021, "male", "10+", 100],
            ["654224", 2021, "女", "0+", 500],
            ["654224", 2023, "both", "0+", 1300],
        ],
    )
    found = fm.compare("as_written", scenario({"splits": [NINE_TO_ONE]}), inputs=data)
    assert found.per_head("place", "item", "year").xs(11, level="item")[
        "a"
    ].tolist() == pytest.approx([65, 50, 50])
    central = found.per_head("year", "payer").xs("central", level="payer")
    assert central["b"].tolist() == pytest.approx([58.5, 45, 45])
    assert central["percent"].tolist() == pytest.approx([12.5] * 3)
    assert found.per_head("item", "prefecture").loc[(11, "654200"), "a"] == pytest.approx(
        3 * 65_000 / 3_600
    )
    assert found.per_head("payer").loc["central", "b"] == pytest.approx(3 * 58_500 / 3_600)


def test_each_budget_is_set_against_the_people_that_it_projected(
    tables: Tables, scenario: Write
) -> None:
    """100 pupils, 65,000 yuan, among 1,000 people in 2023. A tenth of all die: 900 people in 2024,
    90 pupils, 58,500 yuan, 65 a head as before.

    Where the pupils are held nothing is projected: 65,000 yuan in 2024 over the 1,000 supplied, 65.
    If a fifth die: 52,000 over 800, 65 as well; over both years 117,000 over 1,800.
    """
    data = tables(
        beneficiaries=[["primary_pupil", "652301", 2023, 100]],
        population=[
            ["652301", 2023, sex, age, 250] for sex in ("male", "female") for age in ("0", "1+")
        ],
        vital_rates=[
            ["mortality", "", 2023, "both", "0+", 0.1],
            ["fertility", "", 2023, "female", "0+", 0],
        ],
    )
    held = scenario({"horizon": 2024, "projection": "hold"}, "held")
    follows = {
        "extends": "held",
        "beneficiaries": [{"beneficiary": "primary_pupil", "cohort": {"ages": "0+"}}],
    }
    moved = scenario(follows, "moved")
    worse = scenario(
        {
            **follows,
            "extends": "held",
            "vital_rates": [{"rate": "mortality", "from": 2024, "value": 0.2}],
        },
        "worse",
    )
    found = fm.compare(held, moved, worse, inputs=data)
    yuan, head = found.by("year", "item"), found.per_head("year", "item")
    for name, total in (("moved", 58_500), ("worse", 52_000)):
        assert yuan.loc[(name, 2024, 11), ["a", "b"]].tolist() == pytest.approx([65_000, total])
        assert head.loc[(name, 2024, 11), ["a", "b"]].tolist() == pytest.approx([65, 65])
    assert found.per_head("item").loc[("worse", 11), "b"] == pytest.approx(117_000 / 1_800)


def test_a_place_without_people_of_its_own_is_the_sum_of_its_parts_or_unknown(
    tables: Tables,
) -> None:
    """Karamay's four districts have 10, 20, 30 and 40 people; Hami has no figure at all, and the
    two together are unknown.
    """
    districts = ("650202", "650203", "650204", "650205")
    data = tables(
        beneficiaries=[
            ["primary_pupil", "650200", 2023, 10],
            ["primary_pupil", "650500", 2023, 10],
        ],
        population=[[code, 2023, "both", "0+", 10 * n] for n, code in enumerate(districts, 1)],
    )
    found = fm.compare("as_written", "as_written", inputs=data)
    assert found.per_head("item", "place").loc[11, "a"].tolist() == pytest.approx(
        [65, np.nan], nan_ok=True
    )
    assert found.per_head("item").loc[11].isna().all()


@pytest.mark.parametrize(
    "dimensions",
    [
        ("year", "place"),
        ("place", "year"),
        ("year", "prefecture", "place"),
        ("place", "payer", "year", "prefecture"),
    ],
)
def test_people_stand_beside_their_own_place_and_year_whatever_the_order(
    dimensions: tuple[str, ...], tables: Tables
) -> None:
    """1,000 people and 10 more each year in Changji City, 2,000 in Hami's Yizhou: each cell is
    divided by its own.
    """
    data = tables(
        beneficiaries=[
            ["primary_pupil", place, year, 100]
            for place in ("652301", "650502")
            for year in (2021, 2022, 2023)
        ],
        population=[
            *(
                ["652301", year, "both", "0+", 1000 + 10 * (year - 2021)]
                for year in (2021, 2022, 2023)
            ),
            ["650502", 2021, "both", "0+", 2000],
        ],
    )
    found = fm.compare("as_written", "as_written", inputs=data)
    head, yuan = found.per_head(*dimensions)["a"], found.by(*dimensions)["a"]
    people = yuan.div(head).dropna().reset_index(name="people")
    expected = [
        2000 if row.place == "650502" else 1000 + 10 * (row.year - 2021)
        for row in people.itertuples()
    ]
    assert len(expected) >= 6
    assert people["people"].tolist() == pytest.approx(expected)


@pytest.mark.parametrize(
    "rows",
    [
        [["both", "0-9", 5], ["both", "5+", 5]],
        [["both", "0-9", 5], ["both", "11+", 5]],
        [["both", "6+", 5]],
        [["both", "0+", 5], ["male", "0+", 5]],
    ],
)
def test_people_that_make_no_total_are_refused(rows: list[list[Any]], tables: Tables) -> None:
    data = tables(
        beneficiaries=[["primary_pupil", "652301", 2023, 10]],
        population=[["652301", 2023, *row] for row in rows],
    )
    with pytest.raises(fm.FiscalModelError, match=r"population\.csv:\d+"):
        fm.compare("as_written", "as_written", inputs=data).per_head("place")


def test_one_sex_alone_is_no_total_and_nothing_known_is_said(tables: Tables) -> None:
    data = tables(
        beneficiaries=[["primary_pupil", "652301", 2023, 10]],
        population=[["652301", 2023, "male", "0+", 5]],
    )
    found = fm.compare("as_written", "as_written", inputs=data)
    with pytest.raises(fm.FiscalModelError, match="2023 年的 population"):
        found.per_head("place")
    with pytest.raises(fm.FiscalModelError, match="2023 年的 fiscal_capacity"):
        found.against("capacity", "place")


def test_burdens_against_revenue_and_capacity(tables: Tables, scenario: Write) -> None:
    """Of 65,000 in Changji prefecture and county pay 9,100, divided 3,640 to 5,460: together 9.1%
    of a revenue of 100,000 and half of it at 9:1.

    The region pays 3,900, 0.39% of its own 1,000,000. Central's means are not here. The capacity of
    200,000 dates from 2022.
    """
    data = tables(
        beneficiaries=[["primary_pupil", "652301", 2023, 100]],
        fiscal_capacity=[
            ["652301", 2022, "", 200_000],
            ["652301", 2023, 100_000, ""],
            ["650000", 2023, 10**6, ""],
        ],
        local_split=[["", "", 0.6]],
    )
    found = fm.compare("as_written", scenario({"splits": [NINE_TO_ONE]}), inputs=data)
    revenue = found.against("revenue", "item", "payer", "place").loc[11].xs("652301", level="place")
    assert revenue.loc["prefecture"].tolist() == pytest.approx([9.1, 4.55, -4.55])
    assert revenue.loc["region"].tolist() == pytest.approx([0.39, 0.195, -0.195])
    assert revenue.loc["central"].isna().all()
    assert "county_level" not in revenue.index
    assert found.against("capacity", "place", "item").loc[("652301", 11)].tolist() == pytest.approx(
        [4.55, 2.275, -2.275]
    )
    assert found.against("revenue", "year", "prefecture", "item").loc[
        (2023, "652300", 11), "a"
    ] == pytest.approx(9.1)
    split = found.by("item", "payer").loc[11].loc[["prefecture_level", "county_level"], "a"]
    assert split.tolist() == pytest.approx([3_640, 5_460])


def test_a_row_above_and_rows_below_are_never_added(tables: Tables) -> None:
    """Karamay has 1,000 of its own, whatever its districts have; Turpan's three parts have 100
    each. 9,100 yuan in each.
    """
    rows = [
        ["650200", 2023, 1000, ""],
        *([code, 2023, 100, ""] for code in ("650202", "650203", "650402", "650421", "650422")),
    ]
    data = tables(
        beneficiaries=[
            ["primary_pupil", "650200", 2023, 100],
            ["primary_pupil", "650400", 2023, 100],
        ],
        fiscal_capacity=[*rows, ["650000", 2023, 7, ""]],
    )
    found = fm.compare("as_written", "as_written", inputs=data)
    assert found.against("revenue", "item", "place").loc[11, "a"].tolist() == pytest.approx(
        [910, 9_100 / 3]
    )
    assert found.against("revenue", "year", "item").loc[(2023, 11), "a"] == pytest.approx(
        1_820_000 / 1_300
    )


# What the change comes from


def test_rate_and_split_share_the_change_half_way_between_their_orders(
    tables: Tables, scenario: Write
) -> None:
    """Central pays 52,000 of 65,000; at 720 yuan and 9:1 it is 64,800 of 72,000, 12,800 more.

    The rate alone brings 5,600, after the split 6,300: on average 5,950. The split alone brings
    6,500, after the rate 7,200: 6,850.
    """
    data = tables(beneficiaries=[["primary_pupil", "652301", 2023, 100]])
    reform = scenario(
        {"rates": [{"line": "pubfund_primary", "from": 2022, "rate": 720}], "splits": [NINE_TO_ONE]}
    )
    comparison = fm.compare("as_written", reform, inputs=data)
    found = comparison.to_dataframe().loc[("central", 2023)]
    assert found[["rates", "split"]].tolist() == pytest.approx([5_950, 6_850])
    assert (found["a"], found["b"], found["change"]) == pytest.approx((52_000, 64_800, 12_800))
    assert found["percent"] == pytest.approx(12_800 / 520)
    assert comparison.stacked("rates", "split").loc[("central", 2023)].to_dict() == pytest.approx(
        {"rates": 5_600, "split": 7_200}
    )
    assert comparison.stacked("split").loc[("central", 2023)].to_dict() == pytest.approx(
        {"split": 6_500, "rates": 6_300}
    )


def test_what_one_payer_gains_another_loses_when_the_cost_stays(
    pupils: Path, scenario: Write
) -> None:
    """9:1 with no base amount restated: central has 6,500 more of each 65,000, in the south too."""
    found = fm.compare(
        "as_written", scenario({"splits": [NINE_TO_ONE]}), inputs=pupils
    ).to_dataframe()
    assert found["change"].sum() == pytest.approx(0, abs=1e-6)
    assert found.loc[("central", 2023), "split"] == pytest.approx(13_000)


@pytest.mark.parametrize(
    ("entry", "region"),
    [
        ({"factor": 1.2}, -1_000),
        ({"amount": 4_000}, 1_000),
        ({"abolish": "true"}, -4_100),
        ({"growth": 0.1, "from": 2022}, -1_050),
    ],
)
def test_the_base_amount_is_raised_replaced_indexed_or_abolished(
    entry: dict[str, Any], region: float, pupils: Path, scenario: Write
) -> None:
    """The ratio asks 9,100 of 65,000 (14%); the base of 5,000 becomes 6,000, 4,000, no limit, or
    5,000 × 1.1² = 6,050 in the second year.
    """
    found = fm.compare(
        "as_written", scenario({"bases": [{"item": 11, "where": "south4", **entry}]}), inputs=pupils
    )
    assert found.groups == ("base",)
    frame = found.to_dataframe()
    assert frame.loc[("region", 2023), "base"] == pytest.approx(region)
    assert frame.loc[("prefecture", 2023), "base"] == pytest.approx(-region)


def test_the_membership_of_a_group_counts_as_split(pupils: Path, scenario: Write) -> None:
    """Kashgar leaves the south: no base of 5,000 any more, its part is 9,100 and the region's 4,100
    less.
    """
    found = fm.compare(
        "as_written",
        scenario({"groups": [{"group": "south4", "remove": "653100", "from": 2023}]}),
        inputs=pupils,
    )
    assert found.groups == ("split",)
    assert found.parts("place", "payer").loc[("653101", "prefecture"), "split"] == pytest.approx(
        4_100
    )


def test_new_lines_are_a_group_of_their_own_with_all_that_is_said_of_them(
    tables: Tables, scenario: Write
) -> None:
    """40 bus pupils at 500 yuan, 600 by an entry: 24,000, of which central 19,200 and at 9:1
    21,600. 65,000 for pupils at 8:2 and 9:1: 52,000, 58,500.

    The line alone brings 19,200, after the split 21,600: 20,400. The split brings 6,500 without it
    and 8,900 with it: 7,700.
    """
    data = tables(
        beneficiaries=[["primary_pupil", "652301", 2023, 100], ["bus_pupil", "652301", 2023, 40]]
    )
    bus = {
        "new": BUS,
        "rates": [{"line": "school_bus", "from": 2023, "rate": 600}],
        "splits": [NINE_TO_ONE],
    }
    found = fm.compare("as_written", scenario(bus), inputs=data)
    assert found.groups == ("split", "lines")
    central = found.to_dataframe("payer").loc["central"]
    assert central[["a", "b", "split", "lines"]].tolist() == pytest.approx(
        [52_000, 80_100, 7_700, 20_400]
    )
    back = fm.compare(scenario(bus), "as_written", inputs=data).to_dataframe("payer").loc["central"]
    assert back[["split", "lines"]].tolist() == pytest.approx([-7_700, -20_400])


def test_two_scenarios_may_add_different_lines_but_not_two_things_by_one_code(
    tables: Tables, scenario: Write
) -> None:
    data = tables(
        beneficiaries=[["primary_pupil", "652301", 2023, 100], ["bus_pupil", "652301", 2023, 40]]
    )
    line = BUS["lines"][0]  # type: ignore[index]
    boats = {"lines": [{**line, "line": "school_boat"}], "beneficiaries": BUS["beneficiaries"]}
    one, two = scenario({"new": BUS}, "one"), scenario({"new": boats}, "two")
    assert fm.compare(one, two, inputs=data).by("line").loc[
        ["school_bus", "school_boat"], "change"
    ].tolist() == [-20_000, 20_000]
    dearer = {
        "lines": [{**line, "rates": [{"rate": 700, "from": 2021, "source": "x"}]}],
        "beneficiaries": BUS["beneficiaries"],
    }
    with pytest.raises(fm.FiscalModelError, match="school_bus"):
        fm.compare(one, scenario({"new": dearer}, "three"), inputs=data)


def test_growth_counts_as_beneficiaries_and_years_before_it_have_no_part(
    tables: Tables, scenario: Write
) -> None:
    """100 pupils, 110 from 2024 on: central bears 5,200 more; before that exactly nothing, though
    the rate changes in 2023.
    """
    data = tables(beneficiaries=[["primary_pupil", "652301", 2022, 100]])
    held = scenario({"horizon": 2024, "projection": "hold"}, "held")
    rate = {"line": "pubfund_primary", "from": 2023, "rate": 720}
    grown = {
        "extends": "held",
        "rates": [rate],
        "beneficiaries": [{"beneficiary": "primary_pupil", "growth": 0.1, "from": 2024}],
    }
    parts = (
        fm.compare(held, scenario(grown, "grown"), inputs=data)
        .parts("year", "payer")
        .xs("central", level="payer")
    )
    assert parts["beneficiaries"].iloc[:2].tolist() == [0, 0]
    assert parts.loc[2024].to_dict() == pytest.approx(
        {"beneficiaries": 8 * (650 + 720) / 2, "rates": 5_600 * 1.05}
    )
    assert parts.loc[2022, "rates"] == 0


def test_ragged_data_are_taken_apart_too(tables: Tables, scenario: Write) -> None:
    """Changji has pupils in 2023 and 2024, Kashgar in 2023 only, and nothing is said of 2024: it is
    not costed in any mixture either.
    """
    data = tables(
        beneficiaries=[
            ["primary_pupil", "652301", 2023, 100],
            ["primary_pupil", "652301", 2024, 100],
            ["primary_pupil", "653101", 2023, 100],
        ],
        bases_2015=[[11, "653101", 5000]],
    )
    reform = scenario(
        {"rates": [{"line": "pubfund_primary", "from": 2022, "rate": 720}], "splits": [NINE_TO_ONE]}
    )
    found = fm.compare("as_written", reform, inputs=data).to_dataframe("year", "place")
    assert found.loc[(2024, "653101")].isna().all()
    assert found[["rates", "split"]].sum(axis=1).to_numpy() == pytest.approx(
        np.nan_to_num(found["change"])
    )


def test_a_base_amount_that_a_scenario_brings_in_goes_with_its_split(
    pupils: Path, scenario: Write
) -> None:
    """Item 12 knows no base amount. A split that has one and the amount itself mean nothing apart:
    9,000 of 9,000 × 10% ... limited to 100.
    """
    split = {
        "base_amount": "prefecture",
        "increases": "region",
        "due": {"region": 1, "prefecture": 1},
    }
    reform = {
        "splits": [{"item": 12, "split": split}],
        "bases": [{"item": 12, "amount": 100}],
        "readings": {"11a": "fixed"},
    }
    found = fm.compare("as_written", scenario(reform), inputs=pupils)
    assert found.groups == ("split", "readings")
    assert found.by("item", "payer").loc[(12, "prefecture"), "b"] == pytest.approx(200)
    assert np.nansum(found.parts("item").to_numpy()) == pytest.approx(0, abs=1e-6)


def test_scenarios_that_cannot_be_mixed_are_compared_and_not_taken_apart(
    tables: Tables, scenario: Write
) -> None:
    """Kashgar is counted as a whole. One scenario takes a county out of the south, the other pays
    rooms of the south more: both at once cannot be.
    """
    data = tables(beneficiaries=[["reading_room", "653100", 2023, 10]])
    one = scenario({"groups": [{"group": "south4", "remove": "653101", "from": 2023}]}, "one")
    two = scenario(
        {"rates": [{"line": "farm_reading_room", "where": "south4", "from": 2023, "rate": 9_000}]},
        "two",
    )
    found = fm.compare(one, two, inputs=data)
    assert found.by("year")["change"].item() > 0
    with pytest.raises(fm.FiscalModelError, match=r"无法分解(.|\n)*补助标准不同"):
        found.parts()
    assert "无法分解" in found.text("zh")


def test_what_scenarios_share_is_what_each_has_alone() -> None:
    """Budgets that are made side by side are those that are made one by one."""
    names = ("baseline", "central_9_1", "index_2015_base", "public_health_yearly")
    found = fm.compare(*names, years=(2023, 2027, 2030))
    for name, budget in zip(names, found.budgets, strict=True):
        assert np.array_equal(budget.amounts, fm.simulate(name, years=(2023, 2027, 2030)).amounts)


# Properties


POOL: dict[str, list[dict[str, Any]]] = {
    "rates": [
        {"line": "pubfund_primary", "from": "2022-spring", "rate": 720},
        {"line": "textbook_primary", "where": "653101", "rate": 110},
        {"line": "textbook_primary", "from": 2022, "rate": 90},
    ],
    "splits": [NINE_TO_ONE, {"line": "textbook_primary", "split": {"region": 1, "prefecture": 1}}],
    "bases": [
        {"item": 11, "where": "south4", "factor": 0.5},
        {"item": 11, "where": "653100", "from": 2023, "growth": 0.2},
    ],
    "beneficiaries": [
        {"beneficiary": "primary_pupil", "where": "653101", "factor": 1.3},
        {"beneficiary": "primary_pupil", "factor": 0.9},
    ],
}


def random_scenario(rng: random.Random) -> dict[str, Any]:
    out: dict[str, Any] = {
        kind: rng.sample(entries, rng.randint(0, len(entries))) for kind, entries in POOL.items()
    }
    if any("split" in entry and entry.get("item") == 11 for entry in out["splits"]):
        out["bases"] = []  # the new split has no base amount: an entry for it would change nothing
    out["readings"] = {
        "11a": rng.choice(("lesser_of", "fixed")),
        "12a": rng.choice(("all_books", "local_books_only")),
    }
    return {kind: entries for kind, entries in out.items() if entries}


@pytest.mark.parametrize("seed", range(12))
def test_the_order_of_entries_in_the_files_does_not_matter(
    seed: int, pupils: Path, scenario: Write
) -> None:
    rng = random.Random(seed)
    one, two = random_scenario(rng), random_scenario(rng)
    found = fm.compare(scenario(one, "one"), scenario(two, "two"), inputs=pupils)
    turned = {
        kind: entries[::-1] if isinstance(entries, list) else entries
        for kind, entries in two.items()
    }
    again = fm.compare(scenario(one, "one"), scenario(turned, "two"), inputs=pupils)
    assert again.groups == found.groups
    pd.testing.assert_frame_equal(
        again.to_dataframe("item", "payer", "place"), found.to_dataframe("item", "payer", "place")
    )


def tiny_world(rng: random.Random) -> World:
    """A random item with four lines in four counties and three years, everything supplied."""
    lines = {
        "one": {
            "beneficiary": "pupil",
            "accrual": "school_months",
            "rates": [{"from": "2021", "rate": str(rng.randint(1, 900))}],
        },
        "two": {
            "beneficiary": "pupil",
            "accrual": "calendar_year",
            "rates": [{"from": "2021", "rate": str(rng.randint(1, 900))}],
        },
        "three": {
            "beneficiary": "elder",
            "times": 12,
            "accrual": "calendar_months",
            "rates": [{"from": "2021", "rate": "7.5"}],
        },
        "four": {"accrual": "calendar_year", "condition": "odd"},
    }
    world = World(dict(TREE), {"south": ["910000"]}, lines, random_split(rng, True), {})
    cells = [(place, year) for place in COUNTIES for year in YEARS]
    for place, year in cells:
        world.counts |= {
            (name, place, year): rng.choice((0, 1, 7, 1000, 123456)) for name in ("pupil", "elder")
        }
        world.amounts["four", place, year] = rng.randint(0, 10**7)
        world.amounts |= {
            (f"grant:1:{payer}", place, year): rng.choice((0, 1000, 5 * 10**5))
            for payer in ("central", "region")
        }
    world.bases = {place: rng.choice((0, 100, 10**4, 10**6)) for place in COUNTIES}
    return world


def tiny_scenario(rng: random.Random) -> dict[str, Any]:
    """Changes of some kinds, so that two of them differ in any set of groups."""
    wheres: list[Any] = ["south", "910000", ["910101", "920102"], "920101"]
    line = {
        "item": 1,
        "line": "five",
        "name": "五",
        "condition": "odd",
        "beneficiary": "elder",
        "per": "年",
        "accrual": "calendar_year",
    }
    kinds: dict[str, Any] = {
        "rates": [
            {
                "line": code,
                "where": rng.choice(wheres),
                "from": rng.choice((2021, 2022)),
                "rate": rng.randint(1, 900),
            }
            for code in ("one", "three")
        ],
        "splits": [
            {
                "item": 1,
                "where": rng.choice(wheres),
                "from": rng.choice((2021, 2023)),
                "split": random_split(rng, True),
            },
            {"line": "three", "split": random_leaf(rng, True)},
        ],
        "groups": [{"group": "south", "add": rng.choice(("920101", "920000")), "from": 2022}],
        "bases": [
            {
                "item": 1,
                "where": rng.choice(wheres),
                **rng.choice(
                    (
                        {"factor": 3},
                        {"abolish": "true"},
                        {"amount": 777},
                        {"from": 2022, "phase_out": 4},
                    )
                ),
            }
        ],
        "beneficiaries": [
            {
                "beneficiary": rng.choice(("pupil", "elder")),
                "where": rng.choice(wheres),
                "factor": rng.choice((0, 0.5, 2)),
            }
        ],
        "readings": {"1a": "no"},
        "new": {"lines": [{**line, "rates": [{"rate": 11, "from": 2021, "source": "s"}]}]},
    }
    return {kind: entries for kind, entries in kinds.items() if rng.random() < 0.22}


@pytest.mark.parametrize("seed", range(25))
def test_parts_add_up_to_the_cent_in_forty_random_pairs(seed: int, tmp_path: Path) -> None:
    """Order-free and stacked, by payer, line, place and year; a group that does not differ has no
    part, and the way back is the way there.
    """
    rng = random.Random(seed)
    world = tiny_world(rng)
    write_standard(tmp_path / "tiny", world)
    grants = {"amounts": [(*key, amount) for key, amount in world.amounts.items()]}
    write_tables(
        tmp_path / "inputs",
        {
            **grants,
            "beneficiaries": [(*key, count) for key, count in world.counts.items()],
            "bases_2015": [(1, place, base) for place, base in world.bases.items()],
        },
    )
    budgets = []
    for n in range(10):
        path = tmp_path / f"s{n}.yaml"
        path.write_text(
            json.dumps(text({"name": f"s{n}", "standard": "tiny", **tiny_scenario(rng)}))
        )
        loaded, standard = load_scenario(path)
        budgets.append(
            fm.Budget.of(simulated(standard, loaded, load_inputs(tmp_path / "inputs", standard)))
        )
    for n, (a, b) in enumerate(rng.sample(list(combinations(budgets, 2)), 40)):
        found = fm.compare(a, b)
        pair = found.decompositions[0]
        change = found.axes.fit(b)[0] - found.axes.fit(a)[0]
        for parts in (pair.parts, pair.stacked(rng.sample(list(GROUPS), 3))):
            assert set(parts) == set(found.groups)
            assert np.allclose(
                sum(parts.values(), np.zeros(change.shape)), change, rtol=0, atol=0.005
            )
        if n % 8 == 0:
            back = fm.compare(b, a).decompositions[0].parts
            assert all(
                np.allclose(back[group], -part, rtol=0, atol=0.005)
                for group, part in pair.parts.items()
            )


@pytest.mark.parametrize("seed", range(200))
def test_shapley_values_add_up_and_ignore_the_order_of_groups(seed: int) -> None:
    rng = np.random.default_rng(seed)
    groups = tuple("abcde"[: rng.integers(1, 6)])
    subsets = list(
        chain.from_iterable(combinations(groups, size) for size in range(len(groups) + 1))
    )
    worth = {subset: rng.integers(0, 10**9, 3) / 7 for subset in subsets}
    parts = shapley(groups, worth.__getitem__)
    assert np.sum(parts, axis=0) == pytest.approx(worth[groups] - worth[()], abs=0.005)
    turned = groups[::-1]
    same = shapley(
        turned,
        {
            tuple(g for g in turned if g in subset): value for subset, value in worth.items()
        }.__getitem__,
    )
    assert np.array(same[::-1]) == pytest.approx(np.array(parts), abs=1e-6)


# The command


def test_the_command_says_how_much_and_why(
    tmp_path: Path, scenario: Write, pupils: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "change.csv"
    reform = scenario({"splits": [NINE_TO_ONE]})
    assert (
        main(
            [
                "compare",
                "as_written",
                str(reform),
                "--inputs",
                str(pupils),
                "-o",
                str(out),
                "--lang",
                "en",
            ]
        )
        == 0
    )
    assert "split +1.30" in capsys.readouterr().out
    assert out.read_text().splitlines()[0] == "payer,payer_name,year,a,b,change,percent,split"


def test_the_command_shows_several_scenarios_a_table_and_an_order(
    tmp_path: Path, scenario: Write, pupils: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """At 720 yuan first the rate brings central 1.12 of 10,000 yuan and then 9:1 1.44; without an
    order they are 1.19 and 1.37.
    """
    out = tmp_path / "change.csv"
    split = scenario({"splits": [NINE_TO_ONE]}, "nine")
    both = scenario(
        {
            "extends": "nine",
            "title": "两项",
            "rates": [{"line": "pubfund_primary", "from": 2022, "rate": 720}],
        },
        "both",
    )
    words = [
        "compare",
        "as_written",
        str(split),
        str(both),
        "--inputs",
        str(pupils),
        "--by",
        "place,payer",
        "-o",
        str(out),
    ]
    assert main([*words, "--order", "rates,split"]) == 0
    shown = capsys.readouterr().out
    assert "标准原文 → nine · 2023年（万元）" in shown
    assert "中央：10.40 → 12.96，+2.56（+24.6%）［补助标准 +1.12、分担办法 +1.44］" in shown
    assert "653101 喀什市" in shown
    first, second, *_ = out.read_text(encoding="utf-8-sig").splitlines()
    assert first == "scenario,place,place_name,payer,payer_name,a,b,change,percent,rates,split"
    assert second.split(",")[1:5] == ["652301", "昌吉市", "central", "中央"]
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")  # by which a spreadsheet knows UTF-8
    assert main(words) == 0
    assert "［补助标准 +1.19、分担办法 +1.37］" in capsys.readouterr().out


def test_dimensions_by_their_chinese_names(
    pupils: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["compare", "as_written", "as_written", "--inputs", str(pupils), "--by"]
    shown = []
    for by in ("prefecture,payer", "地（州、市）、承担主体"):
        assert main([*command, by]) == 0
        shown.append(capsys.readouterr().out)
    assert shown[0] == shown[1]
    assert "653100 喀什地区" in shown[0]
    assert main([*command, "承担"]) == 1
    assert "最接近的是“承担主体”（payer）；可用：payer 承担主体、" in capsys.readouterr().err


def test_years_are_said_to_be_added_up() -> None:
    title = str(fm.compare("as_written", "baseline", years=(2022, 2023)))
    assert "2022–2023年合计（万元）" in title.splitlines()[0]


def test_a_table_that_names_no_payer_keeps_the_accounts_apart(
    pupils: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        main(
            [
                "compare",
                "as_written",
                "as_written",
                "--inputs",
                str(pupils),
                "--by",
                "item",
                "--lang",
                "en",
            ]
        )
        == 0
    )
    assert "general public budget  Item 11: " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--by", "plase"], "place"),
        (["--order", "rate"], "rates"),
        (["--order", "rates,rates"], "rates"),
    ],
)
def test_a_dimension_or_group_that_does_not_exist_is_refused(
    more: list[str], said: str, tmp_path: Path, pupils: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "change.csv"
    assert (
        main(
            ["compare", "as_written", "as_written", "--inputs", str(pupils), "-o", str(out), *more]
        )
        == 1
    )
    assert said in capsys.readouterr().err
    assert not out.exists()


def test_what_cannot_be_compared_is_refused(
    pupils: Path, tables: Tables, scenario: Write, tmp_path: Path
) -> None:
    other = tables(beneficiaries=[["primary_pupil", "652301", 2023, 7]])
    cases: list[tuple[Callable[[], object], str]] = [
        (lambda: fm.compare("as_written", inputs=pupils), "两个情景"),
        (
            lambda: fm.compare(
                fm.simulate("as_written", pupils),
                fm.simulate("as_written", other),
                inputs=other,
            ),
            "inputs",
        ),
        (
            lambda: fm.compare(
                "as_written",
                fm.simulate("as_written", other),
                inputs=pupils,
                against_inputs=other,
            ),
            "against_inputs",
        ),
        (
            lambda: fm.compare("as_written", "as_written", inputs=pupils).against(
                "income", "place"
            ),
            "revenue",
        ),
        (lambda: fm.compare("as_written", "as_written", inputs=pupils).by(), "维度"),
        (
            lambda: fm.compare("no_such", scenario("name: x\nrates: 3", "broken"), inputs=pupils),
            r"no_such(.|\n)*broken\.yaml",
        ),
    ]
    for attempt, said in cases:
        with pytest.raises(fm.FiscalModelError, match=said):
            attempt()
    world = tiny_world(random.Random(1))
    write_standard(tmp_path / "tiny", world)
    with pytest.raises(fm.FiscalModelError, match=r"xinjiang_2021、tiny"):
        fm.compare("as_written", scenario({"standard": "tiny"}, "elsewhere"), inputs=pupils)


def test_scenarios_without_a_common_year_are_refused(pupils: Path, scenario: Write) -> None:
    one, two = (
        scenario({"years": year, "projection": "hold"}, f"y{year}") for year in (2025, 2026)
    )
    with pytest.raises(fm.FiscalModelError, match="共同的年份"):
        fm.compare(one, two, inputs=pupils)
