"""The Python interface: what is public, and how results are shaped."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import chain, permutations
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
import xarray as xr

import fiscal_model as fm
from fiscal_model.results.dimensions import AXES, summed
from fiscal_model.results.result import cut, only
from fiscal_model.workbook.rounding import Printed

Tables = Callable[..., Path]
COLUMNS = ["scenario", "year", "item", "line", "place", "payer", "amount"]


@pytest.fixture(scope="module")
def embedded() -> fm.Budget:
    """The baseline on the embedded data."""
    return fm.simulate()


@pytest.fixture
def small(tables: Tables) -> fm.Budget:
    """Two years of Changji City (library rooms), the second without any; and pupils in two places
    in the second year.

    2022: 10 rooms, 20,000 unallocated. 2023: 0 rooms; 1,000 pupils in Changji City and 100 in Korla
    at 650 and 105 yuan.
    """
    data = tables(
        beneficiaries=[
            ["reading_room", "昌吉市", 2022, 10],
            ["reading_room", "昌吉市", 2023, 0],
            ["primary_pupil", "昌吉市", 2023, 1000],
            ["primary_pupil", "库尔勒市", 2023, 100],
        ]
    )
    return fm.simulate("as_written", data)


# What is public


@pytest.mark.smoke
def test_the_public_names_are_exactly_these() -> None:
    assert fm.__all__ == [
        "Budget",
        "FiscalModelError",
        "__version__",
        "allotment",
        "apply",
        "beneficiaries",
        "brief",
        "collect",
        "compare",
        "confront",
        "explain",
        "explore",
        "groups",
        "implied",
        "items",
        "ledger",
        "lines",
        "payers",
        "places",
        "read_results",
        "reading_spread",
        "scenarios",
        "sensitivity",
        "set_language",
        "settlement",
        "simulate",
        "solve",
        "tables",
        "template",
    ]
    assert dir(fm) == sorted(fm.__all__)


@pytest.mark.parametrize("name", fm.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(fm, name)


def test_another_name_is_not_there() -> None:
    with pytest.raises(AttributeError, match="nothing"):
        fm.nothing  # noqa: B018


def test_simulate_needs_no_argument(embedded: fm.Budget) -> None:
    assert isinstance(embedded, fm.Budget)
    assert embedded.scenario.name == "baseline"
    assert embedded.years == tuple(range(2021, 2031))


@pytest.mark.parametrize("years", [2022, [2022], (2022,), range(2022, 2023)], ids=repr)
def test_years_are_a_year_or_a_sequence(years: int | Sequence[int], tables: Tables) -> None:
    data = tables(
        amounts=[["hiv_followup", "昌吉市", 2022, 5], ["hiv_followup", "昌吉市", 2023, 7]]
    )
    assert fm.simulate("as_written", data, years).by("year").to_dict() == {2022: 5}


def test_paths_may_be_text_or_path(tmp_path: Path, tables: Tables) -> None:
    data = tables(amounts=[["hiv_followup", "昌吉市", 2022, 5]])
    scenario = tmp_path / "s.yaml"
    scenario.write_text("name: s\n", encoding="utf-8")
    assert (
        fm.simulate(str(scenario), str(data))
        .to_dataframe()
        .equals(fm.simulate(scenario, data).to_dataframe())
    )


def test_a_year_that_is_asked_for_twice_is_counted_once(tables: Tables) -> None:
    data = tables(amounts=[["hiv_followup", "昌吉市", 2022, 5]])
    try:
        budget = fm.simulate("as_written", data, [2022, 2022])
    except fm.FiscalModelError:
        return
    assert budget.cost.sum() == 5


@pytest.mark.parametrize("year", [0, 1989, 2101])
def test_a_year_outside_1990_to_2100_is_refused(tables: Tables, year: int) -> None:
    data = tables(amounts=[["hiv_followup", "昌吉市", 2022, 5]])
    with pytest.raises(fm.FiscalModelError):
        fm.simulate("baseline", data, year)


def test_an_error_carries_every_fault_with_its_place_in_both_languages(tables: Tables) -> None:
    data = tables(beneficiaries=[["reading_rom", "昌吉市", 1989, 10]])
    with pytest.raises(fm.FiscalModelError) as caught:
        fm.simulate("as_written", data)
    error = caught.value
    assert [fault.where for fault in error.faults] == [
        f"{data}/beneficiaries.csv:2:1",
        f"{data}/beneficiaries.csv:2:3",
    ]
    assert str(error) == error.text("zh")
    assert [line.split(": ")[0] for line in error.text("en").splitlines()] == [
        fault.where for fault in error.faults
    ]


# Budget.by


def test_the_first_dimension_stands_in_rows(small: fm.Budget) -> None:
    table = small.by("payer", "year")
    assert (table.index.name, table.columns.name) == ("payer", "year")
    assert tuple(table.index) == small.payers
    assert list(table.columns) == [2022, 2023]
    assert small.by("year", "payer").equals(table.T)


def test_one_dimension_gives_a_series(small: fm.Budget) -> None:
    series = small.by("year")
    assert isinstance(series, pd.Series)
    assert (series.index.name, series.name) == ("year", "amount")
    assert series.to_dict() == {2022: 20_000, 2023: 1100 * 755}


def test_three_dimensions_give_two_levels_of_columns(small: fm.Budget) -> None:
    table = small.by("item", "year", "payer")
    assert table.columns.names == ["year", "payer"]
    assert table.shape == (
        sum(bool(item.lines) for item in small.standard.items.values()),
        2 * len(small.payers),
    )
    assert table.loc[11, (2023, "prefecture")] == 1100 * 91
    assert table.loc[77, (2022, "unallocated")] == 20_000


def test_by_gathers_lines_into_items_and_places_into_prefectures(small: fm.Budget) -> None:
    assert small.by("line", "year").loc["textbook_primary", 2023] == 1100 * 105
    assert small.by("item", "year").loc[12, 2023] == 1100 * 105
    assert small.by("prefecture", "year")[2023].to_dict() == {"652300": 755_000, "652800": 75_500}
    assert small.by("place", "year")[2023].to_dict() == {"652301": 755_000, "652801": 75_500}


@pytest.mark.parametrize(
    "dimensions",
    [
        ("payer",),
        ("payer", "year"),
        ("item", "prefecture"),
        ("place", "line", "payer"),
        ("year", "item", "place", "payer"),
    ],
)
def test_every_table_adds_up_to_the_whole(embedded: fm.Budget, dimensions: tuple[str, ...]) -> None:
    table = embedded.by(*dimensions, account="all")
    assert float(np.nansum(table.to_numpy())) == pytest.approx(
        float(embedded.cost.sum()), rel=1e-12
    )
    assert table.to_numpy().dtype == np.float64


def test_what_is_not_costed_is_missing_and_what_costs_nothing_is_zero(small: fm.Budget) -> None:
    table = small.by("item", "year")
    assert table.loc[77].to_dict() == {2022: 20_000, 2023: 0}
    assert table.loc[11].isna().to_dict() == {2022: True, 2023: False}
    assert table.loc[48].isna().all()
    assert small.by("place", "year").loc["652801"].isna().to_dict() == {2022: True, 2023: False}
    assert small.by("payer", "item").loc["central", 77] == 0
    assert math.isnan(small.by("payer", "item").loc["central", 48])


@pytest.mark.parametrize(
    ("dimensions", "word"),
    [
        ((), "payer"),
        (("payr",), "payer"),
        (("scenario",), "scenario"),
        (("year", "year"), "year"),
        (("",), ""),
    ],
)
def test_unknown_or_repeated_dimensions_are_refused(
    small: fm.Budget, dimensions: tuple[str, ...], word: str
) -> None:
    with pytest.raises(fm.FiscalModelError) as caught:
        small.by(*dimensions)
    assert word in str(caught.value)


def test_what_by_returns_is_the_callers_own(small: fm.Budget) -> None:
    table = small.by("payer", "year")
    table.loc[:, :] = -1.0
    assert small.by("year")[2022] == 20_000


def test_names_stand_in_the_place_of_codes(small: fm.Budget) -> None:
    table = small.by("payer", "year", lang="zh")
    assert (table.index.name, table.columns.name) == ("承担主体", "年份")
    assert table.loc["中央", 2023] == 1100 * 520
    places = small.by("place", lang="en")
    assert (places.name, places["Korla City"]) == ("amount", 100 * 755)
    lines = small.by("line", "item", lang="zh")
    assert lines.to_numpy().shape == small.by("line", "item").shape
    assert lines.index.is_unique
    assert lines.columns.is_unique


@pytest.mark.parametrize(
    ("unit", "yuan", "named"),
    [
        (None, 1, "yuan"),
        ("元", 1, "元"),
        ("万元", 1e4, "万元"),
        ("wan", 1e4, "wan"),
        ("亿元", 1e8, "亿元"),
        ("亿", 1e8, "亿"),
    ],
)
def test_a_table_is_in_the_unit_asked_for_and_says_so(
    small: fm.Budget, unit: str | None, yuan: float, named: str
) -> None:
    """2023: 1,100 pupils at 755 yuan; 20,000 yuan for rooms the year before."""
    table = small.by("year", unit=unit)
    assert table.to_dict() == pytest.approx({2022: 20_000 / yuan, 2023: 830_500 / yuan})
    assert table.attrs == {"account": "general", "unit": named}
    assert small.by("payer", "year", unit=unit).loc["unallocated", 2022] == 20_000 / yuan
    assert small.allocated("year", unit=unit).attrs["unit"] == named


def test_a_table_of_names_names_its_unit_in_their_language(small: fm.Budget) -> None:
    assert small.by("year", lang="zh").attrs["unit"] == "元"
    assert small.by("year", lang="en", unit="万元").attrs["unit"] == "10,000 yuan"
    with pytest.raises(fm.FiscalModelError, match="万元"):
        small.by("year", unit="美元")


def test_a_comparison_is_in_the_unit_asked_for(small: fm.Budget) -> None:
    """Percents stay, and the parts add up to the change."""
    compared = small.compare("baseline")
    yuan, wan = compared.by("payer", "year"), compared.by("payer", "year", unit="万元")
    for column in ("a", "b", "change"):
        assert wan[column].to_numpy() == pytest.approx(yuan[column].to_numpy() / 1e4, nan_ok=True)
    assert wan["percent"].equals(yuan["percent"])
    whole = compared.to_dataframe("payer", unit="万元", lang="zh")
    assert whole.attrs == {"account": "general", "unit": "万元"}
    parts = compared.parts("payer", unit="万元")
    assert np.nansum(parts.to_numpy()) == pytest.approx(np.nansum(wan["change"]), abs=1e-6)
    assert compared.stacked(by=("payer",), unit="wan").attrs["unit"] == "wan"


# Budget.sel


def test_a_selection_holds_what_is_named_and_nothing_else(small: fm.Budget) -> None:
    """Item 11 in Changji City, 2023: 1,000 pupils at 650 yuan, 80% central, of the rest 30% region
    and 70% prefecture and county.
    """
    part = small.sel(item=11, place="昌吉市", year=2023)
    assert part.by("payer").dropna().loc[lambda paid: paid > 0].to_dict() == {
        "central": 520_000,
        "region": 39_000,
        "prefecture": 91_000,
    }
    assert (part.places, part.years, {line.item for line in part.lines}) == (
        ("652301",),
        (2023,),
        {11},
    )
    assert part.unallocated == 0
    assert small.sel(item=77).unallocated == 20_000
    assert small.sel(payer="central").unallocated == 0
    assert list(part.by("payer").index) == ["central", "region", "prefecture", "unallocated"]
    assert list(small.sel(payer="fund").by("payer").index) == ["fund"]


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ({"place": "昌吉回族自治州"}, 20_000 + 755_000),
        ({"place": "652300"}, 20_000 + 755_000),
        ({"place": ["Changji City", "652801"]}, 20_000 + 755_000 + 75_500),
        ({"place": "新疆维吾尔自治区"}, 20_000 + 755_000 + 75_500),
        ({"prefecture": "652800"}, 75_500),
        ({"year": range(2022, 2024)}, 20_000 + 755_000 + 75_500),
        ({"year": np.array([2022])}, 20_000),
        ({"year": "2022-2023"}, 20_000 + 755_000 + 75_500),
        ({"year": "2023年"}, 755_000 + 75_500),
        ({"year": slice(2022, 2023)}, 20_000 + 755_000 + 75_500),
        ({"year": slice(None, 2022)}, 20_000),
        ({"year": slice("2023", None)}, 755_000 + 75_500),
        ({"item": slice(10, 12)}, 1100 * 755),
        ({"item": slice("第12项", None)}, 20_000 + 1100 * 105),
        ({"item": range(10, 14)}, 1100 * 755),
        ({"item": [77], "account": "一般公共预算"}, 20_000),
        ({"line": ["textbook_primary"]}, 1100 * 105),
        ({"payer": "地县", "item": 11}, 1100 * 91),
        ({"payer": ["region", "prefecture"], "item": 11}, 1100 * 130),
        ({"domain": 9}, 20_000),
    ],
    ids=str,
)
def test_labels_are_codes_names_groups_or_several(
    small: fm.Budget, named: dict[str, Any], expected: float
) -> None:
    part = small.sel(**named)
    assert np.nansum(part.by("year").to_numpy()) == expected
    assert part.to_dataframe()["amount"].sum() == pytest.approx(expected, rel=1e-12)
    assert float(np.nansum(part.dataset["amount"].to_numpy())) == pytest.approx(expected, rel=1e-12)


def test_a_place_group_stands_for_its_members(embedded: fm.Budget) -> None:
    south = embedded.sel(place="south4").by("prefecture", "year")
    assert list(south.index) == ["652900", "653000", "653100", "653200"]
    assert south.equals(embedded.by("prefecture", "year").loc[south.index])


def test_parts_of_a_budget_add_up_to_it(embedded: fm.Budget) -> None:
    """Payers and places that stand for others as well (prefecture and county; a prefecture with
    county data) are asked for once.
    """
    above = embedded.standard.places.ancestors
    for dimension in AXES:
        labels = [label for label in dict.fromkeys(embedded.labels[dimension]) if label != ""]
        if dimension == "place":
            labels = [code for code in labels if not any(each in labels for each in above(code))]
        if dimension == "function":
            continue
        parts = [
            embedded.sel(**{dimension: label})
            for label in labels
            if label not in ("prefecture_level", "county_level")
        ]
        assert sum(float(part.amounts.sum()) for part in parts) == pytest.approx(
            float(embedded.cost.sum()), rel=1e-12
        ), dimension


def test_a_selection_of_a_selection_is_the_selection_of_both(embedded: fm.Budget) -> None:
    twice = embedded.sel(item=range(10, 15)).sel(place="喀什地区", payer="central")
    once = embedded.sel(item=range(10, 15), place="653100", payer="central")
    assert twice.to_dataframe().equals(once.to_dataframe())
    assert once.dataset["cost"].equals(
        embedded.dataset["cost"].sel(line=list(once.labels["line"]), place=["653100"])
    )


def test_a_selection_says_what_it_is(small: fm.Budget) -> None:
    part = small.sel(item=11, place="昌吉市", year=2023)
    assert "第11项" in repr(part).splitlines()[0]
    assert "昌吉市" in repr(part).splitlines()[0]
    assert "中央：2023年 52.00" in repr(part)
    assert "items 11–12" in small.sel(item=[11, 12]).summary("en")
    assert "52.00" in part.html("en")
    assert "Changji City" in part.html("en")


def test_prefecture_and_county_are_one_payer_to_ask_for(tables: Tables) -> None:
    """91,000 yuan of item 11, a quarter of it the county's."""
    data = tables(
        beneficiaries=[["primary_pupil", "昌吉市", 2023, 1000]], local_split=[[11, "昌吉市", 0.25]]
    )
    part = fm.simulate("as_written", data).sel(item=11, payer="prefecture")
    assert part.by("payer").to_dict() == {
        "prefecture": 0,
        "prefecture_level": 68_250,
        "county_level": 22_750,
    }
    assert part.cost.sum() == 650_000


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ({"item": 99}, ["没有第99项；应为 1–80"]),
        ({"item": 61}, ["第61项没有自己的支出项", "第54项"]),
        ({"place": "昌吉"}, ["昌吉市"]),
        ({"place": "653100"}, ["数据中没有地区“653100”"]),
        ({"payer": "centrl"}, ["central"]),
        ({"year": 2031}, ["2031", "2022、2023"]),
        ({"year": "2022-2031"}, ["没有测算 2031 年"]),
        ({"line": "reading_room"}, ["不认识的支出项“reading_room”", "fiscal-model list lines"]),
        ({"account": "insurance", "item": 11}, ["没有同时符合所选服务项目、账目的数据"]),
        ({"item": [98, 99], "payer": "x"}, ["98", "99", "承担主体“x”"]),
        ({"item": []}, ["服务项目"]),
    ],
    ids=str,
)
def test_a_label_that_is_not_there_is_refused_with_those_that_are(
    small: fm.Budget, named: dict[str, Any], words: list[str]
) -> None:
    with pytest.raises(fm.FiscalModelError) as caught:
        small.sel(**named)
    assert all(word in str(caught.value) for word in words)


def test_a_budget_compares_itself_with_other_scenarios(embedded: fm.Budget) -> None:
    found = embedded.compare("end_2015_base", "central_9_1")
    assert found.names == ("baseline", "end_2015_base", "central_9_1")
    assert found.by("payer").equals(
        fm.compare("baseline", "end_2015_base", "central_9_1").by("payer")
    )


# Parts


def test_a_part_is_of_its_budget_and_copies_no_rule(embedded: fm.Budget) -> None:
    part = embedded.sel(item=11, year=range(2023, 2026)).sel(place="喀什地区")
    assert isinstance(part, fm.Budget)
    assert part.program is embedded.program
    assert part.whole.amounts is embedded.amounts
    assert embedded.whole is embedded
    assert part.warnings == embedded.warnings
    assert (cut(part, embedded.quantity) == part.quantity).all()
    below = embedded.standard.places.below("653100")
    assert only(embedded, [*part.places, "none"]).places == part.places
    assert set(part.places) <= set(below)


def test_a_part_explains_as_the_whole_does(embedded: fm.Budget) -> None:
    part = embedded.sel(item=11, place="喀什地区", year=[2024, 2025])
    whole = embedded.explain(11, "喀什地区", 2025)
    assert part.explain("第11项", 653100, "2025").data == whole.data
    assert part.explain(11, 653100, 2025).text("en") == whole.text("en")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ((12, "喀什地区", 2025), "没有服务项目“12”"),
        ((11, "和田地区", 2025), "653200"),
        ((11, "喀什地区", 2026), "2026"),
        ((11, "喀什地区", 2025, "fund"), "fund"),
    ],
    ids=str,
)
def test_a_part_explains_nothing_beyond_it(
    embedded: fm.Budget, asked: tuple[Any, ...], words: str
) -> None:
    part = embedded.sel(item=11, place="喀什地区", year=[2024, 2025])
    with pytest.raises(fm.FiscalModelError, match=words):
        part.explain(*asked)


def test_the_explanation_of_a_line_leaves_out_the_others(tables: Tables) -> None:
    """Item 11 has a line for primary and one for junior secondary pupils: 1,000 × 650 yuan and 10 ×
    850.
    """
    data = tables(
        beneficiaries=[
            ["primary_pupil", "昌吉市", 2023, 1000],
            ["junior_pupil", "昌吉市", 2023, 10],
        ]
    )
    budget = fm.simulate("as_written", data)
    assert budget.explain(11, "昌吉市", 2023).data["cost"] == 658_500
    assert budget.sel(line="pubfund_primary").explain(11, "昌吉市", 2023).data["cost"] == 650_000


def test_a_part_shows_the_ledger_of_its_items(embedded: fm.Budget) -> None:
    whole = embedded.ledger.to_dataframe()
    part = embedded.sel(item=range(10, 15)).ledger.to_dataframe()
    assert list(part.index) == [10, 11, 12, 13, 14]
    assert list(part.index) == [10, 11, 12, 13, 14]
    assert part.drop(columns="paid_in").equals(whole.loc[10:14].drop(columns="paid_in"))
    assert "昌吉" in embedded.sel(item=11, place="昌吉州").ledger.text().splitlines()[0]
    region = embedded.sel(item=77, payer="region").ledger
    assert region.to_dataframe()["unallocated"].tolist() == [0]


def test_what_a_part_lacks_is_listed(small: fm.Budget) -> None:
    part = small.sel(item=11, place="昌吉市")
    assert ("pubfund_primary", "652301", (2022,)) in part.not_costed()
    assert {line for line, *_ in part.not_costed()} <= {line.code for line in part.lines}


def test_a_part_settles_to_the_rows_of_the_whole(embedded: fm.Budget) -> None:
    rows = embedded.settle(year=2025)
    part = embedded.sel(item=[11, 12], place="喀什地区", payer=["central", "region"]).settle(
        year=2025
    )
    wanted = rows[
        rows["item"].isin([11, 12])
        & rows["place"].isin(embedded.sel(place="喀什地区").places)
        & rows["payer"].isin(["central", "region"])
    ]
    assert len(part)
    assert part.equals(wanted.reset_index(drop=True))


def test_a_part_compares_what_it_holds(embedded: fm.Budget) -> None:
    """Also against a payer that bears something of it only in the other scenario."""
    wanted = embedded.compare("central_9_1").by("item", "prefecture", "payer", "year")
    part = embedded.sel(item=[11, 12], place=["喀什地区", "和田地区"])
    found = part.compare("central_9_1")
    table = found.by("item", "prefecture", "payer", "year")
    assert table.equals(wanted.loc[table.index])
    assert {*table.index.get_level_values("prefecture")} == {"653100", "653200"}
    assert {*table.index.get_level_values("item")} == {11, 12}
    assert "第11–12项" in found.text().splitlines()[0]
    with pytest.raises(fm.FiscalModelError, match="没有共同的数据"):
        part.compare(embedded.sel(item=13))
    central = embedded.sel(item=11, payer="central").compare("central_9_1").by("payer")
    assert list(central.index) == ["central"]


def test_actuals_stand_beside_a_part_where_it_holds_all_that_they_name(tables: Tables) -> None:
    data = tables(
        beneficiaries=[["primary_pupil", place, 2023, 100] for place in ("652301", "652302")],
        actuals=[
            [item, place, 2023, payer, "final", 1]
            for item, payer in ((11, "central"), (11, "region"), (12, "central"))
            for place in ("652300", "652301")
        ],
    )
    budget = fm.simulate("as_written", data)
    whole, part = budget.beside_actuals(), budget.sel(item=11, place="昌吉市")
    assert list(part.beside_actuals().index) == [
        (11, "652301", 2023, "central"),
        (11, "652301", 2023, "region"),
    ]
    assert part.beside_actuals().equals(whole.loc[part.beside_actuals().index])
    central = budget.sel(payer="central").beside_actuals()
    assert central.equals(whole.xs("central", level="payer", drop_level=False))


def test_the_base_amounts_of_a_part_are_drawn(embedded: fm.Budget) -> None:
    part = embedded.sel(item=11, place="喀什地区", year=range(2023, 2026))
    chart = part.plot.base_amounts()
    assert "第11项" in chart.figure.get_suptitle()
    with pytest.raises(fm.FiscalModelError):
        part.plot.base_amounts(12)


@pytest.mark.parametrize(
    "named",
    [{"item": [11, 48]}, {"place": "南疆四地州"}, {"year": [2022, 2025], "item": 11}],
    ids=str,
)
def test_a_part_writes_its_workbook(
    embedded: fm.Budget, tmp_path: Path, named: dict[str, Any]
) -> None:
    """Its checks hold every figure against the engine; its ledger adds up to the part."""
    part = embedded.sel(**named)
    for name, values in (("live", None), ("plain", Printed(decimals=0))):
        path = tmp_path / f"{name}.xlsx"
        part.to_excel(path, "en", "2024-01-31", values)
        book = openpyxl.load_workbook(path, data_only=True, read_only=True)
        cells = [cell for row in book["Checks"].values for cell in row]
        assert "passed" in cells
        assert "FAILED" not in cells
        rows = [row for row in book["Ledger"].values if isinstance(row[0], int)]
        items = {line.item for line in part.lines}  # a part by place has those without lines too
        assert {row[0] for row in rows} == (items if "item" in named else {*part.standard.items})
        costs = [row[3] for row in rows if row[6] == "general public budget"]
        wanted = float(np.nansum(part.by("year").to_numpy())) / 1e4
        assert sum(costs) == pytest.approx(wanted, abs=1e-3 if values is None else 10 * len(rows))
        book.close()


@pytest.mark.parametrize("named", [{"payer": "region"}, {"line": "pubfund_primary"}], ids=str)
def test_a_workbook_of_a_part_has_whole_items_and_every_payer(
    embedded: fm.Budget, tmp_path: Path, named: dict[str, Any]
) -> None:
    with pytest.raises(fm.FiscalModelError, match="只能按项目、地区或年份选取"):
        embedded.sel(**named).to_excel(tmp_path / "part.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_money_is_allotted_by_a_whole_simulation(small: fm.Budget) -> None:
    with pytest.raises(fm.FiscalModelError, match="不能用其中一部分"):
        fm.allotment(small.sel(item=11), 2023)


# The dataset


def test_the_dataset_has_labelled_dimensions(embedded: fm.Budget) -> None:
    dataset = embedded.dataset
    assert dataset["amount"].dims == ("line", "place", "year", "payer")
    for name in ("cost", "quantity", "unit_cost", "costed"):
        assert dataset[name].dims == ("line", "place", "year")
    assert dataset["item"].dims == ("line",)
    assert dataset["prefecture"].dims == ("place",)
    assert list(dataset.indexes) == ["line", "place", "year", "payer"]
    assert dataset["item"].sel(line="pubfund_primary").item() == 11
    assert dataset["prefecture"].sel(place="652927").item() == "652900"


def test_every_figure_is_a_float64(embedded: fm.Budget) -> None:
    kinds = {name: variable.dtype for name, variable in embedded.dataset.variables.items()}
    assert {name for name, kind in kinds.items() if kind == np.float64} == {
        "amount",
        "cost",
        "quantity",
        "unit_cost",
    }
    assert not [name for name, kind in kinds.items() if kind.kind == "f" and kind != np.float64]
    assert kinds["costed"] == np.bool_
    assert kinds["year"] == np.int64
    assert kinds["item"] == np.int64
    assert embedded.amounts.dtype == embedded.cost.dtype == np.float64
    assert embedded.to_dataframe()["amount"].dtype == np.float64


def test_in_the_dataset_payers_add_up_to_cost_and_cost_is_quantity_times_unit_cost(
    embedded: fm.Budget,
) -> None:
    dataset = embedded.dataset
    costed = dataset["costed"].to_numpy()
    paid = dataset["amount"].sum("payer").to_numpy()[costed]
    cost = dataset["cost"].to_numpy()[costed]
    assert paid == pytest.approx(cost, rel=1e-12)
    assert (dataset["quantity"] * dataset["unit_cost"]).to_numpy()[costed] == pytest.approx(
        cost, rel=1e-9
    )
    assert np.isnan(dataset["amount"].to_numpy()[~costed]).all()
    assert np.isnan(dataset["cost"].to_numpy()[~costed]).all()
    assert not np.isnan(dataset["amount"].to_numpy()[costed]).any()


def test_the_dataset_tells_zero_from_missing(small: fm.Budget) -> None:
    rooms = small.dataset["quantity"].sel(line="farm_reading_room")
    assert rooms.sel(place="652301").to_numpy().tolist() == [10, 0]
    assert np.isnan(rooms.sel(place="652801")).all()


# Tidy results


def test_tidy_results_are_codes_and_yuan(small: fm.Budget) -> None:
    rows = {tuple(row) for row in small.to_dataframe().to_numpy().tolist()}
    assert list(small.to_dataframe().columns) == COLUMNS
    assert rows == {
        ("as_written", 2022, 77, "farm_reading_room", "652301", "unallocated", 20_000.0),
        ("as_written", 2023, 11, "pubfund_primary", "652301", "central", 520_000.0),
        ("as_written", 2023, 11, "pubfund_primary", "652301", "region", 39_000.0),
        ("as_written", 2023, 11, "pubfund_primary", "652301", "prefecture", 91_000.0),
        ("as_written", 2023, 11, "pubfund_primary", "652801", "central", 52_000.0),
        ("as_written", 2023, 11, "pubfund_primary", "652801", "region", 3_900.0),
        ("as_written", 2023, 11, "pubfund_primary", "652801", "prefecture", 9_100.0),
        ("as_written", 2023, 12, "textbook_primary", "652301", "region", 94_500.0),
        ("as_written", 2023, 12, "textbook_primary", "652301", "prefecture", 10_500.0),
        ("as_written", 2023, 12, "textbook_primary", "652801", "region", 9_450.0),
        ("as_written", 2023, 12, "textbook_primary", "652801", "prefecture", 1_050.0),
    }


def test_tidy_results_hold_each_cell_once(embedded: fm.Budget) -> None:
    frame = embedded.to_dataframe()
    assert not frame.duplicated(COLUMNS[:-1]).any()
    assert frame["amount"].sum() == pytest.approx(float(embedded.cost.sum()), rel=1e-12)


def test_tidy_results_of_nothing_have_the_columns(tables: Tables) -> None:
    budget = fm.simulate("as_written", tables(beneficiaries=[["reading_room", "昌吉市", 2023, 0]]))
    frame = budget.to_dataframe()
    assert list(frame.columns) == COLUMNS
    assert len(frame) == 0


def test_county_shares_divide_the_local_payer(tables: Tables) -> None:
    data = tables(
        beneficiaries=[["primary_pupil", "昌吉市", 2023, 1000]], local_split=[[11, "昌吉市", 0.25]]
    )
    frame = fm.simulate("as_written", data).to_dataframe()
    paid = frame[frame["item"] == 11].set_index("payer")["amount"].to_dict()
    assert paid == {
        "central": 520_000,
        "region": 39_000,
        "prefecture_level": 91_000 * 0.75,
        "county_level": 91_000 * 0.25,
    }
    assert frame[frame["item"] == 12].set_index("payer")["amount"].to_dict() == {
        "region": 94_500,
        "prefecture": 10_500,
    }


def test_files_hold_what_the_budget_holds(small: fm.Budget, tmp_path: Path) -> None:
    small.to_csv(tmp_path / "a.csv")
    small.to_parquet(tmp_path / "a.parquet")
    small.to_netcdf(tmp_path / "a.nc")
    frame = small.to_dataframe()
    read = pd.read_csv(tmp_path / "a.csv", dtype={"place": str})
    pd.testing.assert_frame_equal(read, frame, check_dtype=False)
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "a.parquet"), frame, check_dtype=False)
    with xr.open_dataset(tmp_path / "a.nc", engine="h5netcdf") as dataset:
        assert float(dataset["amount"].sum()) == frame["amount"].sum()
        assert dataset.attrs["scenario"] == "as_written"


# Provenance


def test_provenance_says_what_a_budget_was_made_from(embedded: fm.Budget, small: fm.Budget) -> None:
    assert embedded.provenance["model"] == f"fiscal-model {fm.__version__}"
    assert embedded.provenance["standard"] == "xinjiang_2021"
    assert embedded.provenance["scenario"] == "baseline < as_written"
    assert embedded.provenance["illustrative"] == "yes"
    assert small.provenance["scenario"] == "as_written"
    assert small.provenance["inputs"] == "inputs1"
    assert small.provenance["illustrative"] == "no"
    assert len(small.provenance["inputs_digest"]) == 64
    assert small.dataset.attrs == small.provenance


def test_results_and_messages_speak_the_language_that_is_set(small: fm.Budget) -> None:
    fm.set_language("en")
    try:
        assert repr(small).startswith("The standard as written")
        assert small._repr_html_() == small.html("en")
        assert "Central" in small.html()
        assert "中央" in small.html("zh")
        with pytest.raises(fm.FiscalModelError, match="there is no item 99: items are 1–80"):
            small.sel(item=99)
    finally:
        fm.set_language("zh")
    assert repr(small).startswith("标准原文")


@pytest.mark.parametrize(
    "ask",
    [lambda b: b.html("fr"), lambda b: b.by("payer", lang="fr"), lambda b: fm.set_language("fr")],
)
def test_there_are_two_languages(small: fm.Budget, ask: Callable[[Any], Any]) -> None:
    with pytest.raises(fm.FiscalModelError, match=r"没有语言“fr”；可用：zh, en"):
        ask(small)


def test_years_may_be_a_text_and_none_is_no_year(tables: Tables) -> None:
    data = tables(
        amounts=[["hiv_followup", "昌吉市", 2022, 5], ["hiv_followup", "昌吉市", 2023, 7]]
    )
    assert fm.simulate("as_written", data, "2022-2023").years == (2022, 2023)
    for wrong in ([], "2022,2023", 2022.5):
        with pytest.raises(fm.FiscalModelError):
            fm.simulate("as_written", data, wrong)  # type: ignore[arg-type]


def test_the_same_data_have_the_same_digest_wherever_they_stand(tables: Tables) -> None:
    rows = [["reading_room", "昌吉市", 2023, 10]]
    digests = {
        fm.simulate("as_written", tables(beneficiaries=rows)).provenance["inputs_digest"]
        for _ in range(2)
    }
    assert len(digests) == 1
    other = tables(beneficiaries=[["reading_room", "昌吉市", 2023, 11]])
    assert fm.simulate("as_written", other).provenance["inputs_digest"] not in digests


def test_a_simulation_repeats_to_the_last_bit(embedded: fm.Budget) -> None:
    assert fm.simulate().to_dataframe().equals(embedded.to_dataframe())


def test_every_embedded_row_says_how_it_was_made(embedded: fm.Budget) -> None:
    for name, rows in embedded.inputs.tables.items():
        assert all(
            rows.note(n, "basis") in ("reference", "assumption") for n in range(len(rows))
        ), name
        assert all(rows.note(n, "source") or rows.note(n, "note") for n in range(len(rows))), name


def test_the_embedded_data_cover_the_14_prefectures(embedded: fm.Budget) -> None:
    prefectures = [
        code
        for code, place in embedded.standard.places.by_code.items()
        if place.kind == "prefecture" and not place.elsewhere
    ]
    assert len(prefectures) == 14
    costs = embedded.by("prefecture", "year")
    assert set(costs.index) == set(prefectures)
    assert (costs > 0).all().all()


# Explain


def line_of(budget: fm.Budget, item: int, place: str, year: int, line: str) -> dict[str, Any]:
    (steps,) = budget.explain(item, place, year).data["places"]
    return next(each for each in steps["lines"] if each["line"] == line)


def test_explain_of_a_prefecture_gathers_its_counties(tables: Tables) -> None:
    data = tables(
        beneficiaries=[["reading_room", "昌吉市", 2023, 10], ["reading_room", "阜康市", 2023, 5]]
    )
    explained = fm.simulate("as_written", data).explain(77, "昌吉回族自治州", 2023)
    assert explained.data["cost"] == 15 * 2000
    assert [each["place"] for each in explained.data["places"]] == ["652301", "652302"]


@pytest.mark.parametrize(
    ("item", "place", "year", "payer", "word"),
    [
        (81, "652301", 2023, None, "1–80"),
        (77, "652301", 2024, None, "2024"),
        (77, "昌吉", 2023, None, "昌吉市"),
        (77, "652399", 2023, None, "652399"),
        (77, "653100", 2023, None, "653100"),
        (77, "652301", 2023, "nobody", "unallocated"),
    ],
)
def test_explain_refuses_what_the_budget_does_not_hold(
    small: fm.Budget, item: int, place: str, year: int, payer: str | None, word: str
) -> None:
    with pytest.raises(fm.FiscalModelError) as caught:
        small.explain(item, place, year, payer)
    assert word in str(caught.value)


def test_explain_of_a_county_whose_prefecture_is_given_says_so(tables: Tables) -> None:
    budget = fm.simulate(
        "as_written", tables(beneficiaries=[["reading_room", "昌吉回族自治州", 2023, 10]])
    )
    with pytest.raises(fm.FiscalModelError, match="昌吉回族自治州"):
        budget.explain(77, "昌吉市", 2023)


def test_explain_says_what_is_missing(small: fm.Budget, tables: Tables) -> None:
    assert line_of(small, 48, "652301", 2023, "age_80_89")["missing"] == "count"
    assert line_of(small, 39, "652301", 2023, "hiv_followup")["missing"] == "amount"
    budget = fm.simulate(
        "as_written", tables(beneficiaries=[["disability_living_recipient", "昌吉市", 2023, 5]])
    )
    assert line_of(budget, 60, "652301", 2023, "disability_living")["missing"] == "rate"


def test_explain_never_calls_a_supplied_zero_missing(tables: Tables) -> None:
    budget = fm.simulate(
        "as_written", tables(beneficiaries=[["disability_living_recipient", "昌吉市", 2023, 0]])
    )
    assert line_of(budget, 60, "652301", 2023, "disability_living")["missing"] == "rate"


def test_explain_says_that_a_figure_is_projected_and_from_which_row(tables: Tables) -> None:
    data = tables(beneficiaries=[["reading_room", "昌吉市", 2023, 10]])
    quantity = line_of(fm.simulate("baseline", data), 77, "652301", 2025, "farm_reading_room")[
        "quantity"
    ]
    assert (
        quantity["how"],
        quantity["supplied_year"],
        quantity["supplied"],
        quantity["value"],
    ) == ("projected", 2023, 10, 10)
    assert quantity["at"] == f"{data}/beneficiaries.csv:2:4"


def test_explain_prints_itself_in_chinese_and_english(small: fm.Budget) -> None:
    explained = small.explain(11, "昌吉市", 2023)
    assert repr(explained) == explained.text("zh")
    for words in ("650,000", "520,000", "39,000", "91,000"):
        assert words in explained.text("zh")
        assert words in explained.text("en")
    assert "Changji City" in explained.text("en")


# Warnings and what is not costed


def test_what_is_not_costed_is_listed(small: fm.Budget) -> None:
    gaps = {(line, place): years for line, place, years in small.not_costed()}
    assert gaps["farm_reading_room", "652801"] == (2022, 2023)
    assert gaps["pubfund_primary", "652301"] == (2022,)
    assert gaps["family_reward", ""] == (2022, 2023)
    assert ("farm_reading_room", "652301") not in gaps


def test_a_fixed_sum_per_head_is_not_said_to_exceed_a_cost_that_nobody_knows(
    tables: Tables,
) -> None:
    # The rates hold from 2021 on: 1450 + 1100 + 120 = 2670 yuan a child, more than the region's
    # 2154 or 916.
    data = tables(
        beneficiaries=[
            ["preschool_child", place, year, 100]
            for place in ("昌吉市", "喀什市")
            for year in (2020, 2021)
        ]
    )
    warnings = [warning.message.en for warning in fm.simulate("as_written", data).warnings]
    assert not [warning for warning in warnings if "2154" in warning or "916" in warning]


def test_the_embedded_data_raise_no_warning_but_how_counts_go_on(embedded: fm.Budget) -> None:
    told = {each.message.code for each in embedded.warnings}
    assert told <= {"age-bands-spread-evenly", "series-follow-population", "rates-known-until"}


def test_a_budget_prints_its_totals(small: fm.Budget) -> None:
    assert "标准原文" in repr(small)
    assert "The standard as written" in small.summary("en")


def test_to_excel_mirrors_the_report(small: fm.Budget, tmp_path: Path) -> None:
    small.to_excel(tmp_path / "one.xlsx", date="2024-01-31")
    small.to_excel(str(tmp_path / "two.xlsx"), lang="zh", date="2024-01-31")
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


@pytest.mark.parametrize("writer", ["to_csv", "to_parquet", "to_netcdf", "to_excel"])
def test_writers_refuse_a_missing_folder(small: fm.Budget, tmp_path: Path, writer: str) -> None:
    with pytest.raises(fm.FiscalModelError):
        getattr(small, writer)(tmp_path / "none" / "out.bin")
    assert list(tmp_path.glob("none")) == []


def test_years_may_be_any_integers_and_no_fractions(tables: Tables) -> None:
    data = tables(amounts=[["hiv_followup", "昌吉市", 2022, 5]])
    assert fm.simulate("as_written", data, np.int64(2022)).years == (2022,)
    assert fm.simulate("as_written", data, range(2022, 2023)).years == (2022,)
    with pytest.raises(fm.FiscalModelError):
        fm.simulate("as_written", data, [2022.0])  # type: ignore[list-item]


def test_sums_by_any_dimensions_in_any_order_are_those_of_a_plain_loop() -> None:
    """Two dimensions may gather one axis: what no position has in common is 0."""
    labels: dict[str, tuple[Any, ...]] = {
        "payer": ("a", "b"),
        "line": ("l1", "l2", "l3"),
        "item": (1, 2, 1),
        "account": ("g", "i", "g"),
        "place": ("p", "q", "r"),
        "prefecture": ("P", "Q", "P"),
        "year": (1, 2),
    }
    values = np.random.default_rng(0).integers(0, 100, (2, 3, 3, 2)).astype(float)
    for dimensions in chain.from_iterable(permutations(labels, size) for size in (1, 2, 3)):
        found, sums = summed(values, labels, dimensions)
        expected = np.zeros([len(each) for each in found])
        for cell in np.ndindex(values.shape):
            expected[
                tuple(
                    found[n].index(labels[name][cell[AXES[name]]])
                    for n, name in enumerate(dimensions)
                )
            ] += values[cell]
        assert (sums == expected).all(), dimensions


# Names that are rooms too


def test_explain_and_ledger_are_functions_whatever_was_imported(small: fm.Budget) -> None:
    import fiscal_model.explain  # noqa: F401
    from fiscal_model.explain import explain as inner

    assert callable(fm.explain)
    assert callable(fm.ledger)
    assert inner(small, 77, "昌吉市", 2022).data == small.explain(77, "昌吉市", 2022).data


def test_explain_and_ledger_are_those_of_the_budget(tables: Tables) -> None:
    data = tables(beneficiaries=[["reading_room", "昌吉市", 2022, 10]])
    budget = fm.simulate("as_written", data)
    asked = fm.explain(77, "昌吉市", 2022, scenario="as_written", inputs=data)
    assert asked.text() == budget.explain(77, "昌吉市", 2022).text()
    assert fm.ledger("as_written", data, 2022).to_dataframe().equals(budget.ledger.to_dataframe())


def test_a_slice_of_what_has_no_order_is_refused(small: fm.Budget) -> None:
    for named in ({"place": slice("a", "b")}, {"year": slice(2022, 2023, 2)}):
        with pytest.raises(fm.FiscalModelError, match="FM-slice-not-of-years"):
            small.sel(**named)
    with pytest.raises(fm.FiscalModelError, match="FM-nothing-for-label"):
        small.sel(year=slice(2030, 2040))
    with pytest.raises(fm.FiscalModelError, match="FM-not-a-year-range"):
        small.sel(year=slice("soon", None))
