"""Charts show what results hold: heights, units, colours, gaps and words, on a machine without any
Chinese font.
"""

from __future__ import annotations

import logging
import math
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
import pytest
from build_font import characters, words
from conftest import write_tables
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.ft2font import FT2Font
from matplotlib.text import Text as Words
from matplotlib.ticker import MultipleLocator

import fiscal_model as fm
from fiscal_model.charts import base_amounts, change, flow, fonts, payers, spread, tiles
from fiscal_model.charts.axes import Chart
from fiscal_model.charts.chart import Caption
from fiscal_model.charts.of_results import (
    ComparisonPlot,
    ConfrontationPlot,
    SensitivityPlot,
    about,
)
from fiscal_model.charts.style import WAN, YI, lightness, number, tick, unit_for, wrapped
from fiscal_model.published.confront import confront
from fiscal_model.published.read import published
from fiscal_model.scenario.read import load_scenario, shipped_scenarios
from fiscal_model.standard.payers import PAYERS
from fiscal_model.standard.read import SHIPPED, load_standard
from fiscal_model.text import width
from fiscal_model.vocabulary import LANGS, UNALLOCATED, Lang, Text

COLOURS = {code: payer.colour for code, payer in PAYERS.items()}
CAPTION = Caption("支出", ("新疆", "2022年"), "zh")
GROUPS = {"rates": Text("补助标准", "unit rates"), "split": Text("分担办法", "split")}


@pytest.fixture(scope="module")
def embedded() -> fm.Budget:
    """The baseline on the embedded data."""
    return fm.simulate()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> fm.Budget:
    """Two years of two places with a base amount, and an insurance fund in the second year only.

    Changji City 2022: 10 rooms are 20,000 yuan unallocated; 1,000 pupils at 650 are 8:2 to the
    centre, the 2 as 3:7: 520,000, 39,000 and 91,000. Their textbooks at 105 are 94,500 to the
    region and 10,500 to prefecture and county.
    Kashgar: 1,000 pupils, then 2,000. Due from prefecture and county 91,000, then 182,000; the base
    amount is 100,000. Textbooks 10,500, then 21,000.
    """
    data = write_tables(
        tmp_path_factory.mktemp("charts") / "inputs",
        {
            "beneficiaries": [
                ["reading_room", "昌吉市", 2022, 10],
                ["primary_pupil", "昌吉市", 2022, 1000],
                ["primary_pupil", "喀什地区", 2022, 1000],
                ["primary_pupil", "喀什地区", 2023, 2000],
            ],
            "amounts": [["injury_benefits_fund", "昌吉市", 2023, 50_000]],
            "bases_2015": [[11, "喀什地区", 100_000]],
        },
    )
    return fm.simulate("as_written", data)


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine on which only matplotlib's own faces and the shipped one are found."""
    own = Path(matplotlib.get_data_path())

    def forget() -> None:
        fonts.families.cache_clear()
        fontManager._findfont_cached.cache_clear()  # type: ignore[attr-defined]

    with monkeypatch.context() as patch:
        patch.setattr(
            fontManager,
            "ttflist",
            [each for each in fontManager.ttflist if Path(each.fname).is_relative_to(own)],
        )
        forget()
        yield
    forget()


@dataclass(frozen=True)
class Compared:
    """A comparison made of frames: the small budget with itself, where unit rates add 30,000 yuan
    and the split takes 10,000 away.
    """

    budget: fm.Budget

    @property
    def budgets(self) -> tuple[fm.Budget, ...]:
        return (self.budget, self.budget)

    @property
    def names(self) -> tuple[str, ...]:
        return ("as_written", "reform")

    @property
    def titles(self) -> tuple[Text, ...]:
        return (self.budget.called, self.budget.called)

    @property
    def years(self) -> tuple[int, ...]:
        return self.budget.years

    def by(self, *dimensions: str, account: str | None = None) -> pd.DataFrame:
        amounts = self._index(dimensions)
        table = pd.DataFrame({"a": amounts, "b": amounts + 20_000})
        table.attrs["account"] = account or "general"
        return table

    def parts(self, *dimensions: str, account: str | None = None) -> pd.DataFrame:
        amounts = self._index(dimensions)
        return pd.DataFrame({"rates": amounts * 0 + 30_000, "split": amounts * 0 - 10_000})

    def stacked(self, *order: str, by: Sequence[str], account: str | None = None) -> pd.DataFrame:
        return self.parts(*by)[list(order)]

    def _index(self, dimensions: Sequence[str]) -> pd.Series[float]:
        table = self.budget.by(*dimensions)
        return table.stack() if isinstance(table, pd.DataFrame) else table


def sensitivity(budget: fm.Budget) -> Any:
    """Two assumptions: one moves by 40,000 yuan either way, one (a reading) only upwards."""
    moved = [
        (
            "学生人均公用经费标准（小学、初中和特殊教育学校）",
            "Public funds per pupil",
            "585元",
            "715元",
            (-40_000.0, 40_000.0),
        ),
        ("口径11a", "Reading 11a", "lesser_of", "fixed", (0.0, 9_000.0)),
    ]
    bars = [
        SimpleNamespace(
            label=Text(zh, en),
            shown=(Text(low, low), Text(high, high)),
            changes=lambda payer, both=both: both,
        )
        for zh, en, low, high, both in moved
    ]
    return SimpleNamespace(base=budget, account="general", ranked=lambda payer, top: bars[:top])


def drawn(budget: fm.Budget, lang: Lang) -> dict[str, Chart]:
    """Every chart there is."""
    years, rising = budget.years, np.linspace(1e9, 2e9, len(budget.years))
    caption = Caption(
        "负担的不确定性" if lang == "zh" else "Uncertainty", about(budget, lang), lang
    )
    plot = budget.plot
    return {
        "payers": plot.payers(lang=lang),
        "contributions": plot.payers("contributions", lang),
        "prefectures": plot.prefectures(years[-1], lang=lang),
        "tiles": plot.tiles(years[-1], lang=lang),
        "flow": plot.flow(years[-1], lang=lang),
        "base amounts": plot.base_amounts(lang=lang),
        "waterfall": ComparisonPlot(Compared(budget), GROUPS).waterfall(lang=lang),
        "tornado": SensitivityPlot(sensitivity(budget)).tornado(lang=lang),
        "printed": ConfrontationPlot(confront(budget, published(None, budget.standard))).printed(
            lang
        ),
        "fan": spread.fan(
            "region", years, {0.1: rising * 0.8, 0.5: rising, 0.9: rising * 1.3}, caption
        ),
    }


def heights(chart: Chart, ax: int = 0) -> dict[str, list[float]]:
    """The bars' heights in yuan by their label."""
    return {
        str(each.get_label()): [round(float(bar.get_height()), 4) for bar in each]
        for each in chart.panels[ax].containers
    }  # type: ignore[attr-defined]


def said(chart: Chart) -> list[str]:
    """Every text of a chart."""
    return [
        each.get_text()
        for each in chart.figure.findobj(Words)
        if isinstance(each, Words) and each.get_text()
    ]


# Figures


@pytest.mark.smoke
def test_bars_by_year_are_the_budget(small: fm.Budget) -> None:
    """Prefecture and county in 2022: 91,000 + 10,500 in Changji and as much in Kashgar; in 2023 the
    base amount of 100,000 and 21,000.
    """
    chart = small.plot.payers()
    assert heights(chart)["prefecture"] == [203_000, 121_000]
    assert heights(chart)["unallocated"] == [20_000, 0]
    table = small.by("payer", "year")
    assert heights(chart) == {
        payer: table.loc[payer].round(4).to_list()
        for payer in ("central", "region", "prefecture", "unallocated")
    }


def test_a_stack_begins_where_the_one_below_ends(small: fm.Budget) -> None:
    """2022: 1,040,000 from the centre, so the region begins there; on top of all stand the costs of
    1,530,000.
    """
    bars = {str(each.get_label()): each[0] for each in small.plot.payers().ax.containers}  # type: ignore[attr-defined,index]
    assert bars["region"].get_y() == 1_040_000
    assert (
        bars["unallocated"].get_y() + bars["unallocated"].get_height()
        == small.by("year")[2022]
        == 1_530_000
    )


def test_bars_by_prefecture_are_the_budget_and_the_largest_stands_on_top(small: fm.Budget) -> None:
    """2022: Changji costs 755,000 + 20,000, Kashgar 755,000; in 2023 only Kashgar is costed in the
    general public budget.
    """
    chart = small.plot.prefectures(2022)
    widths = {
        str(each.get_label()): [round(float(bar.get_width()), 4) for bar in each]
        for each in chart.ax.containers
    }  # type: ignore[attr-defined]
    assert [each.get_text() for each in chart.ax.get_yticklabels()] == [
        "昌吉回族自治州",
        "喀什地区",
    ]
    assert widths["unallocated"] == [20_000, 0]
    assert widths["prefecture"] == [101_500, 101_500]
    assert np.sum(list(widths.values()), axis=0).tolist() == [775_000, 755_000]


def test_a_tile_holds_its_prefecture(small: fm.Budget) -> None:
    """Widths are in proportion: Changji's whole bar to Kashgar's as 775 to 755."""
    bars = [each for each in small.plot.tiles(2022).ax.patches if ":" in str(each.get_label())]
    wide: dict[str, float] = {}
    for bar in bars:
        code = str(bar.get_label()).split(":")[0]
        wide[code] = wide.get(code, 0.0) + bar.get_width()  # type: ignore[attr-defined]
    assert set(wide) == {"652300", "653100"}
    assert wide["652300"] / wide["653100"] == pytest.approx(775 / 755)


def test_bands_flow_from_items_to_payers(small: fm.Budget) -> None:
    """2022: item 11 is 1,300,000 yuan, item 12 210,000 and item 77 20,000; with one item alone the
    others are 230,000.
    """
    chart = small.plot.flow(2022, largest=1)
    wide = {}
    for band in chart.ax.patches:
        if ":" in str(band.get_label()):
            vertices = band.get_path().vertices
            wide[str(band.get_label())] = vertices[7][1] - vertices[0][1]
    assert wide == pytest.approx(
        {
            "0:central": 1_040_000,
            "0:region": 78_000,
            "0:prefecture": 182_000,
            "1:region": 189_000,
            "1:prefecture": 21_000,
            "1:unallocated": 20_000,
        }
    )
    assert any(text.startswith("其余2项") for text in said(chart))


def test_bands_fill_the_bar_of_their_payer(small: fm.Budget) -> None:
    """From its top to its bottom, each where the one before ends."""
    patches = small.plot.flow(2022).ax.patches
    for payer in ("central", "region", "prefecture"):
        bar = next(each for each in patches if each.get_label() == payer)
        bands = [
            each.get_path().vertices
            for each in patches
            if str(each.get_label()).endswith(f":{payer}")
        ]
        edges = [bar.get_y(), *(vertices[4][1] for vertices in bands)]  # type: ignore[attr-defined]
        assert [vertices[3][1] for vertices in bands] == pytest.approx(edges[:-1])
        assert edges[-1] == pytest.approx(bar.get_y() + bar.get_height())  # type: ignore[attr-defined]


def test_base_amounts_are_set_against_the_share_due(small: fm.Budget) -> None:
    """Kashgar: 91,000 due and paid in 2022; 182,000 due in 2023, of which 100,000 are paid and the
    region takes 82,000.
    """
    chart = small.plot.base_amounts()
    assert [ax.get_title(loc="left") for ax in chart.panels] == ["喀什地区"]
    assert heights(chart) == {"prefecture": [91_000, 100_000], "region": [0, 82_000]}
    assert lines_at(chart) == [100_000, 100_000]


def lines_at(chart: Chart) -> list[float]:
    """Where the base amounts are drawn."""
    lines = next(each for each in chart.ax.collections if each.get_label() == "base")
    return [float(segment[0][1]) for segment in lines.get_segments() if len(segment)]  # type: ignore[attr-defined]


def test_a_base_amount_that_ended_has_no_line(tmp_path: Path, small: fm.Budget) -> None:
    """From 2023 on the region takes nothing: prefecture and county pay all of the 182,000."""
    reform = tmp_path / "end.yaml"
    reform.write_text(
        "name: end\nextends: as_written\nbases:\n  - {item: 11, where: south4, from: 2023, abolish:"
        " true}\n",
        encoding="utf-8",
    )
    chart = ended(small, reform).plot.base_amounts(11)
    assert heights(chart) == {"prefecture": [91_000, 182_000], "region": [0, 0]}
    assert lines_at(chart) == [100_000]


def ended(budget: fm.Budget, reform: Path) -> fm.Budget:
    """The same data under another scenario."""
    from fiscal_model.run import result_of

    scenario, standard = load_scenario(reform)
    return fm.Budget.of(result_of(standard, scenario, budget.inputs))


def test_the_change_by_year_stands_around_zero() -> None:
    """2022: the centre +50,000, the region −20,000 and the prefecture −30,000: nothing in all.
    2023: +10,000. 2024 cannot be compared.
    """
    table = pd.DataFrame(
        [[50_000, 10_000, np.nan], [-20_000, 0, np.nan], [-30_000, 0, np.nan]],
        index=list(PAYERS.levels),
        columns=[2022, 2023, 2024],
        dtype=float,
    )
    chart = change.by_year(table, CAPTION)
    bars = {
        (str(each.get_label()), bar.get_x() + 0.36): bar
        for each in chart.ax.containers
        for bar in each
        if bar.get_height()
    }  # type: ignore[attr-defined]
    found = {
        (payer, round(year)): (bar.get_y(), bar.get_height()) for (payer, year), bar in bars.items()
    }
    assert found == {
        ("central", 2022): (0, 50_000),
        ("central", 2023): (0, 10_000),
        ("region", 2022): (0, -20_000),
        ("prefecture", 2022): (-20_000, -30_000),
    }
    (marks,) = chart.ax.get_lines()[:1]
    assert np.array(marks.get_xydata()).tolist() == [[2022, 0], [2023, 10_000]]
    assert {"0", "+1.00", "无可比", "合计"} <= set(said(chart))


def test_the_change_by_scenario_has_a_bar_each_in_the_unit_asked_for() -> None:
    """One option moves 200 million yuan from the region to the centre, the other saves the region
    50 million: 20,000 and 5,000 in 万元, which 亿元 would be chosen for.
    """
    table = pd.DataFrame(
        [[200e6, 0], [-200e6, -50e6]], index=["central", "region"], columns=["a", "b"], dtype=float
    )
    chart = change.by_scenario(table, ["方案一", "方案二"], CAPTION, unit=WAN)
    bars = [
        (str(each.get_label()), round(bar.get_x() + 0.36), bar.get_height())
        for each in chart.ax.containers
        for bar in each
        if bar.get_height()
    ]  # type: ignore[attr-defined]
    assert sorted(bars) == [
        ("central", 0, 200e6),
        ("region", 0, -200e6),
        ("region", 1, -50e6),
    ]
    assert {"方案一", "方案二", "0", "−5,000", "万元"} <= set(said(chart))


def test_labels_over_bars_are_left_out_where_they_would_touch() -> None:
    """Ten years of nine figures are as wide as a picture of 12 inches, not as one of 6."""
    years = list(range(2021, 2031))
    table = pd.DataFrame(3.25e10, index=["central"], columns=years, dtype=float)
    wide, narrow = Figure(figsize=(12, 4)), Figure(figsize=(6, 4))
    for figure, shown in ((wide, 10), (narrow, 0)):
        chart = payers.by_year(table, CAPTION, figure.add_subplot(), WAN)
        assert said(chart).count("3,250,000") == shown


@pytest.mark.parametrize(("value", "words"), [(0.0, "没有变化"), (np.nan, "没有可比的年份")])
def test_no_change_is_not_the_same_as_nothing_to_compare(value: float, words: str) -> None:
    assert words in said(
        change.by_year(
            pd.DataFrame(value, index=list(PAYERS.levels), columns=[2022, 2023]), CAPTION
        )
    )


def test_a_waterfall_leads_from_one_scenario_to_the_other(small: fm.Budget) -> None:
    """The region pays 267,000 in 2022: 39,000 and 94,500 in each place. Rates add 30,000, the split
    takes 10,000: 287,000.
    """
    chart = ComparisonPlot(Compared(small), GROUPS).waterfall("region", 2022)
    ends, rates, split = chart.ax.containers
    assert [bar.get_height() for bar in ends] == [267_000, 287_000]  # type: ignore[attr-defined]
    assert (rates[0].get_y(), rates[0].get_height()) == (267_000, 30_000)  # type: ignore[index]
    assert (split[0].get_y(), split[0].get_height()) == (297_000, -10_000)  # type: ignore[index]
    labels = [each.get_text() for each in chart.ax.get_xticklabels()]
    assert labels[1:3] == ["补助标准", "分担办法"]
    stacked = ComparisonPlot(Compared(small), GROUPS).waterfall(
        "region", 2022, order=("split", "rates")
    )
    assert [each.get_text() for each in stacked.ax.get_xticklabels()][1:3] == [
        "分担办法",
        "补助标准",
    ]


def test_a_cut_axis_says_so() -> None:
    """A change of 1 in 1,000 would not be seen from zero; one of half would."""
    for part, cut in ((1e5, True), (5e7, False)):
        chart = change.waterfall("region", ("甲", "乙"), 1e8, ["补助标准"], [part], CAPTION)
        assert (chart.ax.get_ylim()[0] > 0) == cut
        assert ("不从零开始" in chart.ax.get_ylabel()) == cut


def test_a_waterfall_may_go_below_zero() -> None:
    chart = change.waterfall("region", ("甲", "乙"), 10.0, ["a", "b"], [-30.0, 5.0], CAPTION)
    low, high = chart.ax.get_ylim()
    assert low < -20
    assert high > 10


def test_a_tornado_shows_both_ends(small: fm.Budget) -> None:
    chart = SensitivityPlot(sensitivity(small)).tornado("region")
    low, high = chart.ax.containers
    assert [bar.get_width() for bar in low] == [-40_000, 0]  # type: ignore[attr-defined]
    assert [bar.get_width() for bar in high] == [40_000, 9_000]  # type: ignore[attr-defined]
    assert "715元（+4.00）" in said(chart)
    assert "lesser_of（0）" in said(chart)
    assert len(SensitivityPlot(sensitivity(small)).tornado("region", top=1).ax.get_yticks()) == 1


def test_a_fan_lies_between_the_lowest_and_the_highest_scenario(small: fm.Budget) -> None:
    """The region in 2022: 78,000 of item 11 and 189,000 of item 12; one scenario has 20,000 more.
    Their median is 10,000 more.
    """
    chart = ComparisonPlot(Compared(small), GROUPS).fan("region", lang="en")
    region = small.by("payer", "year").loc["region"].to_numpy()
    (band,) = (each for each in chart.ax.collections if each.get_label() == "lowest to highest")
    edges = {(float(x), round(float(y), 2)) for x, y in band.get_paths()[0].vertices}
    assert edges == {
        (year, round(float(value) + more, 2))
        for year, value in zip(small.years, region, strict=True)
        for more in (0, 20_000)
    }
    assert chart.ax.lines[0].get_ydata() == pytest.approx(region + 10_000)
    assert region[0] == 267_000
    with pytest.raises(fm.FiscalModelError, match="centrl"):
        ComparisonPlot(Compared(small), GROUPS).fan("centrl")


def test_a_fan_needs_pairs_and_a_median() -> None:
    years, one = (2022, 2023), np.ones(2)
    for levels in ({0.1: one, 0.5: one}, {0.1: one, 0.9: one}):
        with pytest.raises(fm.FiscalModelError):
            spread.fan("region", years, levels, CAPTION)
    chart = spread.fan("region", years, {0.1: one, 0.5: 2 * one, 0.9: 4 * one}, CAPTION)
    assert chart.ax.collections[0].get_paths()[0].get_extents().ymax == 4
    assert chart.ax.lines[0].get_ydata().tolist() == [2, 2]  # type: ignore[union-attr]


# Accounts, gaps and nothing at all


@pytest.mark.parametrize("account", ["general", "insurance", "contributions"])
def test_funds_never_stand_in_one_stack_with_the_levels(embedded: fm.Budget, account: str) -> None:
    stacked = {
        payer for payer, amounts in heights(embedded.plot.payers(account)).items() if any(amounts)
    }
    assert stacked
    assert (
        stacked <= {*PAYERS.levels, UNALLOCATED}
        if account == "general"
        else not stacked & {*PAYERS.levels}
    )


def test_what_is_unallocated_is_shown_and_hatched(embedded: fm.Budget) -> None:
    stack = next(
        each for each in embedded.plot.payers().ax.containers if each.get_label() == UNALLOCATED
    )
    assert all(bar.get_hatch() for bar in stack)  # type: ignore[attr-defined]
    assert sum(bar.get_height() for bar in stack) == pytest.approx(embedded.unallocated)  # type: ignore[attr-defined]
    assert "未明确分担" in said(embedded.plot.payers())


def test_what_is_not_costed_is_a_gap_and_not_a_zero(small: fm.Budget) -> None:
    """The fund has figures in 2023 only; Changji none in the general public budget of 2023."""
    chart = small.plot.payers("insurance")
    assert heights(chart) == {"fund": [50_000]}
    assert "未测算" in said(chart)
    assert "未测算" in said(small.plot.prefectures(2023))
    assert "未测算" not in said(small.plot.payers())


def test_zero_is_a_bar_and_missing_is_none() -> None:
    table = pd.DataFrame(
        {2021: [5e4, 1e4], 2022: [0.0, 0.0], 2023: [np.nan, np.nan]}, index=["central", "region"]
    )
    chart = payers.by_year(table, CAPTION)
    assert heights(chart) == {"central": [5e4, 0], "region": [1e4, 0]}
    assert said(chart).count("未测算") == 1


@pytest.mark.parametrize("lang", LANGS)
def test_nothing_costed_is_said(lang: Lang, small: fm.Budget, tmp_path: Path) -> None:
    word = {"zh": "没有测算结果", "en": "nothing is costed"}[lang]
    caption = CAPTION._replace(lang=lang)
    none = pd.DataFrame(index=list(PAYERS))
    gaps = pd.DataFrame({2022: [math.nan]}, index=["central"])
    nobody = base_amounts.BaseAmounts("prefecture", "region", (), (2022,), *(np.zeros((0, 1)),) * 3)
    charts = [
        small.plot.payers("contributions", lang),
        payers.by_year(none, caption),
        payers.by_year(gaps, caption),
        payers.by_place(none, [], caption),
        payers.by_place(gaps, ["x"], caption),
        tiles.tiles(none, {"a": (0, 0)}, {"a": "A"}, caption),
        flow.flow(none, [], 5, caption),
        base_amounts.base_amounts(nobody, caption),
        change.tornado("region", [], [], [], caption),
    ]
    for n, chart in enumerate(charts):
        assert word in said(chart), n
        chart.save(tmp_path / "chart.png")


@pytest.mark.parametrize("lang", LANGS)
def test_zero_is_said_in_words_and_is_not_nothing_costed(lang: Lang) -> None:
    word = {"zh": "金额全部为零", "en": "all amounts are zero"}[lang]
    still = {"zh": "没有变化", "en": "no change"}[lang]
    caption, years = CAPTION._replace(lang=lang), (2022, 2023)
    zero = pd.DataFrame(0.0, index=["central", "region"], columns=list(years))
    none, no_base = np.zeros((1, 2)), np.full((1, 2), np.inf)
    charts = [
        payers.by_year(zero, caption),
        payers.by_place(zero, ["x", "y"], caption),
        tiles.tiles(zero, {2022: (0, 0)}, {2022: "A"}, caption),  # type: ignore[dict-item]
        flow.flow(zero, ["x", "y"], 5, caption),
        base_amounts.base_amounts(
            base_amounts.BaseAmounts("prefecture", "region", ("x",), years, none, no_base, none),
            caption,
        ),
        change.waterfall("region", ("x", "y"), 0.0, ["z"], [0.0], caption),
        spread.fan("region", years, {0.5: np.zeros(2)}, caption),
    ]
    for n, chart in enumerate(charts):
        assert word in said(chart), n
    moved = change.tornado("region", ["x"], [(0.0, 0.0)], [("a", "b")], caption)
    assert still in said(moved)
    some = zero.replace({0.0: 5e4})
    for chart in (payers.by_year(some, caption), flow.flow(some, ["x", "y"], 5, caption)):
        assert word not in said(chart)


def test_what_is_missing_is_said_and_never_an_error() -> None:
    years, gaps = [2022, 2023], np.full(2, np.nan)
    assert "没有测算结果" in said(
        change.waterfall("region", ("甲", "乙"), np.nan, ["一"], [1.0], CAPTION)
    )
    assert "没有测算结果" in said(
        spread.fan("region", years, {0.1: gaps, 0.5: gaps, 0.9: gaps}, CAPTION)
    )
    assert "没有测算结果" in said(spread.fan("region", [], {0.5: np.array([])}, CAPTION))
    assert "低（未测算）" in said(
        change.tornado("region", ["甲"], [(np.nan, 1e6)], [("低", "高")], CAPTION)
    )


def test_a_region_as_a_whole_has_no_tile_and_is_not_lost() -> None:
    table = pd.DataFrame({"650000": [3e4], "a": [1e4]}, index=["central"])
    assert "图外地区：3.00" in said(tiles.tiles(table, {"a": (0, 0)}, {"a": "A"}, CAPTION))


# Units, numbers, titles


@pytest.mark.parametrize(
    ("largest", "unit"), [(0, WAN), (99_999_999, WAN), (1e8, YI), (-2e8, YI), (math.nan, WAN)]
)
def test_the_unit_goes_by_size(largest: float, unit: object) -> None:
    assert unit_for([1.0, largest]) is unit


def test_the_unit_of_a_chart(small: fm.Budget, embedded: fm.Budget) -> None:
    assert small.plot.payers().ax.get_ylabel() == "万元"
    assert small.plot.payers(lang="en").ax.get_ylabel() == "10,000 yuan"
    assert embedded.plot.payers().ax.get_ylabel() == "亿元"
    assert embedded.plot.payers(lang="en").ax.get_ylabel() == "100 million yuan"
    assert "153" in said(small.plot.payers())  # 1,530,000 yuan


@pytest.mark.parametrize(
    ("yuan", "words"),
    [
        (0, "0"),
        (1_234_567_8, "1,235"),
        (123_456, "12.3"),
        (-12_345, "−1.23"),
        (600, "0.060"),
        (7, "0.0007"),
    ],
)
def test_numbers_in_ten_thousand_yuan(yuan: float, words: str) -> None:
    assert number(yuan, WAN) == words


def test_the_figures_of_a_waterfall_add_up_as_printed() -> None:
    """379.17 - 2.01 is 377.16; 379, -2.01 and 377 would not. A part that is nothing stays a plain
    0.
    """
    chart = change.waterfall("region", ("甲", "乙"), 379.17e8, ["a", "b"], [0.0, -2.01e8], CAPTION)
    assert [text for text in said(chart) if text in ("379.17", "0", "−2.01", "377.16")] == [
        "379.17",
        "0",
        "−2.01",
        "377.16",
    ]


def test_signs_and_ticks() -> None:
    assert number(12_000, WAN, signed=True) == "+1.20"
    assert number(0, WAN, signed=True) == "0"
    assert [tick(each, WAN, (-2000, 0, 10_000)) for each in (-2000, 0, 10_000)] == [
        "−0.2",
        "0.0",
        "1.0",
    ]
    assert tick(50_000_000, WAN, (0, 50_000_000)) == "5,000"


def test_a_title_says_what_where_when_under_which_scenario_and_that_data_are_illustrative(
    embedded: fm.Budget, small: fm.Budget
) -> None:
    zh, en = (embedded.plot.prefectures(2025, lang=lang).figure.get_suptitle() for lang in LANGS)
    for part in (
        "各地州支出由谁承担",
        "一般公共预算",
        "亿元",
        "新疆维吾尔自治区",
        "2025年",
        "基准情景",
        "示例数据",
    ):
        assert part in zh
    for part in (
        "Who pays in each prefecture",
        "general public budget",
        "100 million yuan",
        "Xinjiang",
        "2025",
        "Baseline",
        "illustrative",
    ):
        assert part in en
    own = small.plot.payers().figure.get_suptitle()
    assert "2022–2023年" in own
    assert "示例" not in own


def test_the_place_of_a_title_is_the_smallest_that_holds_all(
    small: fm.Budget, tmp_path: Path
) -> None:
    assert about(small, "zh")[0] == "新疆维吾尔自治区"
    alone = fm.simulate(
        "as_written",
        write_tables(tmp_path / "one", {"beneficiaries": [["reading_room", "昌吉市", 2022, 1]]}),
    )
    assert about(alone, "zh")[0] == "昌吉市"
    assert about(alone, "zh")[1] == "2022年"


def test_labels_are_in_the_language_asked_for(small: fm.Budget) -> None:
    for lang in LANGS:
        texts = said(small.plot.payers(lang=lang))
        assert PAYERS["prefecture"].name.to(lang) in texts
    # nothing Chinese
    assert not any(width(text) > len(text) for text in said(small.plot.payers(lang="en")))


def test_labels_of_many_places_and_groups_keep_apart() -> None:
    """Forty places make a higher picture; ten bars of a waterfall have narrow labels; twelve panels
    of base amounts few years.
    """
    names = [f"名字很长的第{n}个地区" for n in range(40)]
    places = payers.by_place(pd.DataFrame(1e6, index=["central"], columns=names), names, CAPTION)
    groups = change.waterfall(
        "region", ("基准情景的名称", "改革情景的名称"), 1e9, names[:8], [1e8] * 8, CAPTION
    )
    ones = np.ones((12, 10))
    panels = base_amounts.base_amounts(
        base_amounts.BaseAmounts(
            "prefecture", "region", tuple(names[:12]), tuple(range(2021, 2031)), ones, ones, ones
        ),
        CAPTION,
    )
    for chart, ax, along in (
        (places, places.ax, "y"),
        (groups, groups.ax, "x"),
        (panels, panels.panels[-1], "x"),
    ):
        chart.whole.draw_without_rendering()
        labels = ax.get_yticklabels() if along == "y" else ax.get_xticklabels()
        boxes = [label.get_window_extent() for label in labels if label.get_text()]
        assert len(boxes) > 4
        assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))


def test_words_are_broken_to_fit() -> None:
    assert wrapped("义务教育（小学）", 10) == "义务教育\n（小学）"
    assert wrapped("Item 11: per-pupil funds", 14) == "Item 11:\nper-pupil\nfunds"
    assert wrapped("一二三四五六七八九十", 6, 2) == "一二三\n四五…"
    for line in wrapped("某甲乙丙丁戊己庚辛壬癸", 8, 2).split("\n"):
        assert width(line) <= 8


# Colours


def test_a_payer_has_its_colour_in_every_chart(small: fm.Budget) -> None:
    colours = {payer: matplotlib.colors.to_rgba(COLOURS[payer]) for payer in COLOURS}
    for chart in (small.plot.payers(), small.plot.prefectures(), small.plot.base_amounts()):
        stacks = [each for each in chart.ax.containers if each.get_label() in colours]
        assert stacks
        for stack in stacks:
            assert {bar.get_facecolor() for bar in stack} == {colours[str(stack.get_label())]}  # type: ignore[attr-defined]
    for chart in (small.plot.tiles(), small.plot.flow()):
        patches = [each for each in chart.ax.patches if ":" in str(each.get_label())]
        assert patches
        for patch in patches:
            assert patch.get_facecolor()[:3] == colours[str(patch.get_label()).split(":")[1]][:3]
    ends = ComparisonPlot(Compared(small), GROUPS).waterfall("central").ax.containers[0]
    assert ends[0].get_facecolor() == colours["central"]  # type: ignore[index]


VISION = {
    "full": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
"""Linear RGB as seen (Machado, Oliveira and Fernandes 2009)."""


@pytest.mark.parametrize("vision", VISION)
def test_colours_can_be_told_apart(vision: str) -> None:
    """Any two payers differ by at least 10 in CIE L*a*b*, of which 2.3 is just noticeable; every
    payer has a colour.
    """
    assert len(COLOURS) == len({*COLOURS.values()})
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )

    def lab(colour: str) -> np.ndarray:
        rgb = np.array(matplotlib.colors.to_rgb(colour))
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        xyz = (
            to_xyz
            @ np.clip(np.array(VISION[vision]) @ linear, 0, 1)
            / np.array([0.9505, 1.0, 1.089])
        )
        x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
        return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])

    for one, other in combinations(PAYERS, 2):
        assert np.linalg.norm(lab(COLOURS[one]) - lab(COLOURS[other])) > 10, (one, other)


def greys_of(code: str) -> float:
    """How light the colour of a payer is in grey: CIE L*, where 50 is the middle grey that reflects
    18.4% of the light.
    """
    rgb = np.array(matplotlib.colors.to_rgb(COLOURS[code]))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    shade = float(linear @ [0.2126, 0.7152, 0.0722])
    return 116 * shade ** (1 / 3) - 16 if shade > 0.008856 else 903.3 * shade


def test_payers_can_be_told_apart_in_grey() -> None:
    """Any two differ by 15 of 100 in lightness, or have other hatches: one may stand beside any
    other. White is 100, black 0, and #777777, 0.184 of the light, 50.
    """
    assert [round(lightness(each)) for each in ("#FFFFFF", "#000000", "#777777")] == [100, 0, 50]
    for one, other in combinations(PAYERS, 2):
        hatched = CAPTION.look(one).get("hatch"), CAPTION.look(other).get("hatch")
        assert abs(greys_of(one) - greys_of(other)) >= 15 or hatched[0] != hatched[1], (one, other)


def test_the_legend_has_the_hatches_of_the_bars(embedded: fm.Budget) -> None:
    """Blue and green are as dark as each other in grey."""
    chart = embedded.plot.payers()
    bars = {str(each.get_label()): each[0].get_hatch() for each in chart.ax.containers}  # type: ignore[attr-defined,index]
    legend = chart.get_legend()
    assert legend is not None
    keys = {each.get_label(): each.get_hatch() for each in legend.get_patches()}
    assert keys == {PAYERS[code].name.zh: hatch for code, hatch in bars.items()}
    assert bars["central"] != bars["prefecture"]


# Fonts


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("lang", LANGS)
def test_every_chart_is_whole_on_a_bare_machine(
    embedded: fm.Budget, lang: Lang, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """No glyph is missing (a warning would fail the test), nothing is said of fonts that are not
    found, no text leaves the picture or meets another.
    """
    assert fonts.families() == (fonts.FAMILY, fonts.LATIN)
    with caplog.at_level(logging.WARNING, "matplotlib"):
        for name, chart in drawn(embedded, lang).items():
            chart.save(tmp_path / "chart.svg")
            chart.save(tmp_path / "chart.png")
            shown = texts_in_view(chart)
            for text, box in shown:
                inside = box[0] >= -1 and box[1] >= -1 and box[2] <= 1201 and box[3] <= 701
                assert inside, (name, text)
            for (one, a), (other, b) in combinations(shown, 2):
                across, up = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
                assert across < 2 or up < 3, (name, one, other)
    assert not caplog.records


def texts_in_view(chart: Chart) -> list[tuple[str, tuple[float, float, float, float]]]:
    """Every text that is drawn, and its left, bottom, right and top in pixels of a plain screen."""
    chart.whole.draw_without_rendering()
    hidden = set()
    for ax in chart.figure.axes:
        for axis, (low, high) in (
            (ax.xaxis, sorted(ax.get_xlim())),
            (ax.yaxis, sorted(ax.get_ylim())),
        ):
            shown = axis.get_visible() and ax.axison
            out = [
                each
                for each in axis.get_major_ticks()
                if not (shown and low <= each.get_loc() <= high)
            ]
            hidden |= {
                id(label)
                for each in (*out, *axis.get_minor_ticks())
                for label in (each.label1, each.label2)
            }
            hidden |= set() if shown else {id(axis.label), id(axis.offsetText)}
    found = [
        each
        for each in chart.figure.findobj(Words)
        if isinstance(each, Words) and each.get_visible() and id(each) not in hidden
    ]
    return [
        (each.get_text(), each.get_window_extent().extents.tolist())
        for each in found
        if each.get_text().strip()
    ]


def test_every_name_is_in_the_shipped_face() -> None:
    """Items, lines, places, beneficiaries and payers, the titles of shipped scenarios, and all of
    GB 2312.
    """
    held = {chr(code) for code in FT2Font(str(fonts.FILE)).get_charmap()}
    standard = load_standard()
    names = [
        *PAYERS.names.known.values(),
        *(item.name for item in standard.items.values()),
        *(line.name for line in standard.lines.values()),
        *(place.name for place in standard.places.by_code.values()),
        *(each.name for each in standard.beneficiaries.values()),
    ]
    assert {*"".join(text for name in names for text in name)} <= {*"".join(words())} <= held
    titles = [load_scenario(name)[0].title for name in shipped_scenarios()]
    assert {*"".join(text for title in titles for text in title)} <= held
    assert {*characters()} <= held
    assert "〇" in held
    hanzi = [
        bytes((high, low)).decode("gb2312", "ignore")
        for high in range(0xB0, 0xF8)
        for low in range(0xA1, 0xFF)
    ]
    assert len({*filter(None, hanzi)}) == 6763
    assert {*filter(None, hanzi)} <= held


def test_the_shipped_face_comes_with_its_licence() -> None:
    licence = fonts.FILE.with_name("OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert "© 2014-2021 Adobe" in licence
    assert fonts.FILE.stat().st_size < 2_500_000
    assert FT2Font(str(fonts.FILE)).family_name == fonts.FAMILY


def test_a_chinese_face_of_the_system_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    installed = [*fontManager.get_font_names(), "SimHei", "Microsoft YaHei", "Noto Sans CJK JP"]
    monkeypatch.setattr(fontManager, "get_font_names", lambda: installed)
    fonts.families.cache_clear()
    try:
        assert fonts.families() == ("Microsoft YaHei", fonts.FAMILY, fonts.LATIN)
    finally:
        fonts.families.cache_clear()


# Files, axes, settings


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_the_same_data_give_the_same_bytes(small: fm.Budget, kind: str, tmp_path: Path) -> None:
    for draw in (small.plot.payers, small.plot.tiles, small.plot.flow, small.plot.base_amounts):
        for name in "ab":
            draw().save(tmp_path / f"{name}.{kind}")
        assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes()
    other = small.plot.payers(lang="en")
    other.save(tmp_path / f"b.{kind}")
    assert (tmp_path / f"a.{kind}").read_bytes() != (tmp_path / f"b.{kind}").read_bytes()


def test_a_chart_saved_again_is_the_same(small: fm.Budget, tmp_path: Path) -> None:
    chart = small.plot.payers()
    kinds = ("svg", "png", "pdf")
    for name in "ab":
        for kind in kinds:
            chart.save(tmp_path / f"{name}.{kind}")
    for kind in kinds:
        assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes()


def test_a_file_bears_no_date_and_the_text_of_an_svg_can_be_searched(
    small: fm.Budget, tmp_path: Path
) -> None:
    for kind in ("svg", "pdf"):
        small.plot.payers().save(tmp_path / f"chart.{kind}")
    written = (tmp_path / "chart.svg").read_text(encoding="utf-8")
    assert "dc:date" not in written
    assert "CreationDate" not in (tmp_path / "chart.pdf").read_text("latin-1")
    texts = re.findall(r"<text[^>]*>(.*?)</text>", written, re.DOTALL)
    assert {"中央", "地县", "2022", "153"} <= set(texts)
    assert any("各承担主体分年支出" in text for text in texts)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
def test_the_text_of_a_pdf_can_be_searched(small: fm.Budget, tmp_path: Path) -> None:
    small.plot.payers().save(tmp_path / "chart.pdf")
    command = ["pdftotext", str(tmp_path / "chart.pdf"), "-"]
    found = subprocess.run(command, check=True, capture_output=True).stdout.decode()
    assert "各承担主体分年支出" in found
    assert "未明确分担" in found


def test_a_picture_is_twice_as_sharp_as_a_plain_screen(small: fm.Budget, tmp_path: Path) -> None:
    """A notebook shows 12 inches of 100 dots: 1200, of the 2400 that the picture has. The figure
    stays as it is for whoever draws on.
    """
    chart = small.plot.payers()
    (data, metadata) = chart._repr_mimebundle_()
    picture = data["image/png"]
    assert [int.from_bytes(picture[at : at + 4]) for at in (16, 20)] == [2400, 1400]
    assert metadata == {"image/png": {"width": 1200}}
    assert chart.whole.dpi == 100
    chart.save(tmp_path / "chart.png")
    assert (tmp_path / "chart.png").read_bytes() == picture


def test_another_kind_of_file_is_refused(small: fm.Budget, tmp_path: Path) -> None:
    with pytest.raises(fm.FiscalModelError, match=r"\.png"):
        small.plot.payers().save(tmp_path / "chart.jpg")
    with pytest.raises(fm.FiscalModelError, match="不存在"):
        small.plot.payers().save(tmp_path / "none" / "chart.png")
    assert not list(tmp_path.iterdir())


def test_a_chart_is_matplotlib_axes_and_saves_itself(small: fm.Budget, tmp_path: Path) -> None:
    """Of several panels the first, which knows the others."""
    from matplotlib.axes import Axes

    for chart in (small.plot.payers(), small.plot.tiles(), small.plot.base_amounts()):
        assert isinstance(chart, Axes)
        assert chart.panels[0] is chart.ax is chart
        assert all(each in chart.whole.axes for each in chart.panels)
        chart.set_ylabel("元/年")
        chart.save(tmp_path / "chart.png")
        assert (tmp_path / "chart.png").read_bytes() == chart._repr_png_()


def test_the_caller_s_axes_become_a_chart_with_legible_labels(
    small: fm.Budget, tmp_path: Path
) -> None:
    """What a font has no character for would warn, and so fail here; a figure that pyplot shows is
    not shown twice.
    """
    import matplotlib.pyplot as plt

    for options in ({}, {"subplot_kw": {"projection": "polar"}}):
        figure, ax = plt.subplots(layout="constrained", **options)
        try:
            chart = small.plot.payers(ax=ax)
            assert chart is ax
            assert chart._repr_png_() is chart._repr_mimebundle_() is None
            chart.save(tmp_path / "chart.svg")
            figure.savefig(tmp_path / "other.png")
        finally:
            plt.close(figure)
    with pytest.raises(fm.FiscalModelError, match="FM-axes-expected"):
        small.plot.payers(ax=plt)  # type: ignore[arg-type]


def test_charts_are_drawn_on_the_axes_given(small: fm.Budget) -> None:
    from matplotlib.figure import Figure

    plot, compared, moved = (
        small.plot,
        ComparisonPlot(Compared(small), GROUPS),
        SensitivityPlot(sensitivity(small)),
    )
    draws: list[Callable[..., Chart]] = [
        plot.payers,
        plot.prefectures,
        plot.tiles,
        plot.flow,
        compared.waterfall,
        moved.tornado,
    ]
    for draw in draws:
        figure = Figure(layout="constrained")
        left, right = figure.subplots(1, 2)
        chart = draw(ax=right)
        assert chart.ax is right
        assert chart.figure is figure
        assert "万元" in right.get_title(loc="left")
        assert figure.get_suptitle() == ""
        assert not left.has_data()


@pytest.mark.parametrize("layout", [None, "constrained"])
@pytest.mark.parametrize("lang", LANGS)
def test_titles_stay_in_their_panel(
    embedded: fm.Budget, lang: Lang, layout: Any, tmp_path: Path
) -> None:
    """Two charts side by side in a figure of the caller's: the left one with its title and legend
    ends before the right one begins, nothing leaves the figure, and Chinese is legible.
    """
    import matplotlib.pyplot as plt

    plot, compared = embedded.plot, ComparisonPlot(Compared(embedded), GROUPS)
    draws: list[Callable[..., Chart]] = [
        plot.payers,
        plot.prefectures,
        plot.tiles,
        compared.waterfall,
        SensitivityPlot(sensitivity(embedded)).tornado,
    ]
    for draw in draws:
        figure, axes = plt.subplots(1, 2, figsize=(14, 5), layout=layout)
        try:
            charts = [draw(lang=lang, ax=ax) for ax in axes]
            charts[1].save(tmp_path / "chart.png")
            figure.draw_without_rendering()
            boxes = [chart.get_tightbbox() for chart in charts]
            assert all(box is not None for box in boxes)
            left, right = (box.extents for box in boxes if box is not None)
            assert left[2] <= right[0] + 1, draw
            for box in (left, right):
                assert box[0] >= -2, draw
                assert box[2] <= 1402, draw
        finally:
            plt.close(figure)


def test_a_title_over_axes_placed_by_hand_stays_in_the_figure(embedded: fm.Budget) -> None:
    figure = Figure(figsize=(6, 4))
    chart = embedded.plot.payers(ax=figure.add_axes((0.1, 0.1, 0.6, 0.6)))
    figure.draw_without_rendering()
    box = chart.get_tightbbox()
    assert box is not None
    assert box.x1 <= 600
    assert chart.get_position().x0 == 0.1


@pytest.mark.parametrize("own", [True, False])
def test_a_long_title_is_whole(small: fm.Budget, own: bool) -> None:
    """300 characters: nothing of it is cut, in a title and under a bar of a figure of our own."""
    name = "把义务教育公用经费的中央分担比例逐年提高" * 15
    figure = None if own else Figure(layout="constrained")
    ax = None if figure is None else figure.add_subplot()
    caption = Caption("支出", ("新疆", name), "zh")
    chart = change.waterfall("region", ("甲", name), 1e9, ["补助标准"], [1e8], caption, ax)
    title = chart.whole.get_suptitle() if own else chart.get_title(loc="left")
    assert name in title.replace("\n", "")
    if own:
        below = [each.get_text().replace("\n", "") for each in chart.get_xticklabels()]
        assert below == ["甲", "补助标准", name]
        shown = texts_in_view(chart)
        assert all(box[1] >= -1 for _, box in shown)
        assert chart.ax.bbox.height > 200


def test_no_name_is_a_formula_on_the_caller_s_axes(small: fm.Budget, tmp_path: Path) -> None:
    figure = Figure(layout="constrained")
    name = "提高$\\frac$元"
    caption = Caption("支出", (name,), "zh")
    ax = figure.add_subplot()
    change.waterfall("region", ("甲", name), 1e9, ["一"], [1e8], caption, ax).save(
        tmp_path / "chart.png"
    )
    assert name in [each.get_text() for each in ax.get_xticklabels()]


@pytest.mark.parametrize("yuan", [1e-3, 1.0, 1e3, 1e7, 1e12, 1e15])
def test_no_axis_and_no_label_is_in_powers_of_ten(yuan: float) -> None:
    table = pd.DataFrame({2022: [yuan, yuan / 3], 2023: [yuan, 0]}, index=["central", "region"])
    for chart in (
        payers.by_year(table, CAPTION),
        payers.by_place(table, ["x", "y"], CAPTION),
        change.by_year(table, CAPTION),
        change.waterfall("region", ("x", "y"), yuan, ["z"], [yuan / 7], CAPTION),
        change.tornado("region", ["x"], [(-yuan, yuan)], [("a", "b")], CAPTION),
        spread.fan("region", [2022, 2023], {0.5: np.array([yuan, yuan / 2])}, CAPTION),
    ):
        chart.whole.draw_without_rendering()
        assert not [text for text in said(chart) if re.search(r"\de[+−-]?\d|10\^|×10", text)]


def test_the_unit_asked_for_is_shown_on_the_axis_and_in_the_title(
    small: fm.Budget, embedded: fm.Budget
) -> None:
    """So that a notebook keeps to one: by itself a chart takes 亿元 where an amount has so many."""
    plot = embedded.plot
    compared, moved = (
        ComparisonPlot(Compared(small), GROUPS),
        SensitivityPlot(sensitivity(small)),
    )
    draws: list[Callable[..., Chart]] = [
        plot.payers,
        plot.prefectures,
        plot.tiles,
        plot.flow,
        plot.base_amounts,
        compared.waterfall,
        compared.fan,
        moved.tornado,
    ]
    for draw in draws:
        for unit, name in (("wan", "万元"), ("亿元", "亿元"), ("yuan", "元")):
            chart = draw(unit=unit)
            assert f"（{name}）" in chart.whole.get_suptitle()
            labels = {chart.ax.get_xlabel(), chart.ax.get_ylabel()}
            assert not chart.ax.axison or any(each.startswith(name) for each in labels)
    with pytest.raises(fm.FiscalModelError):
        plot.payers(unit="dollars")


def test_the_settings_of_matplotlib_stay(small: fm.Budget) -> None:
    def settings() -> dict[str, Any]:
        # which is found out when it is read
        return {
            name: matplotlib.rcParams[name] for name in matplotlib.rcParams if name != "backend"
        }

    before = settings()
    small.plot.payers()._repr_png_()
    assert settings() == before


def test_the_settings_of_the_caller_change_nothing(small: fm.Budget) -> None:
    expected = small.plot.payers()._repr_png_()
    with matplotlib.rc_context(
        {"font.family": "serif", "axes.facecolor": "black", "font.size": 30, "savefig.dpi": 20}
    ):
        assert small.plot.payers()._repr_png_() == expected


def test_labels_made_later_have_the_same_face(small: fm.Budget) -> None:
    """The caller draws the figure under settings of his own, and another locator makes new
    ticks.
    """
    for chart in (
        small.plot.payers(),
        small.plot.prefectures(),
        small.plot.base_amounts(),
        SensitivityPlot(sensitivity(small)).tornado(),
    ):
        for axis, locator in (
            (chart.ax.xaxis, None),
            (chart.ax.yaxis, None),
            (chart.ax.yaxis, MultipleLocator(5e4)),
        ):
            if locator:
                axis.set_major_locator(locator)
            chart.figure.draw_without_rendering()
            assert axis.get_ticklabels()
            assert all(fonts.FAMILY in each.get_fontfamily() for each in axis.get_ticklabels())


def test_a_scenario_may_be_called_anything(small: fm.Budget) -> None:
    """A dollar or a brace is no formula."""
    table = small.by("payer", "year")
    assert isinstance(table, pd.DataFrame)
    payers.by_year(table, Caption("支出", ("提高$\\frac$元", "a_b^c{"), "zh"))._repr_png_()


# Requests that cannot be met


@pytest.mark.parametrize(
    "ask",
    [
        lambda plot: plot.payers("genral"),
        lambda plot: plot.prefectures(2019),
        lambda plot: plot.flow(account="x"),
        lambda plot: plot.base_amounts(12),
    ],
)
def test_a_request_that_cannot_be_met_is_refused_in_both_languages(
    small: fm.Budget, ask: Callable[..., Chart]
) -> None:
    with pytest.raises(fm.FiscalModelError) as caught:
        ask(small.plot)
    assert caught.value.text("zh") != caught.value.text("en")


@pytest.mark.parametrize("asked", [{"payer": "regoin"}, {"year": 2019}, {"scenario": "none"}])
def test_so_is_one_of_a_comparison(small: fm.Budget, asked: dict[str, Any]) -> None:
    with pytest.raises(fm.FiscalModelError):
        ComparisonPlot(Compared(small), GROUPS).waterfall(**asked)


# The map of tiles


def test_every_prefecture_has_one_tile_of_its_own() -> None:
    places = load_standard().places
    prefectures = {
        code
        for code, place in places.by_code.items()
        if place.kind == "prefecture" and not place.elsewhere
    }
    assert set(places.tiles) == prefectures
    assert len({*places.tiles.values()}) == 14


def test_tiles_keep_the_points_of_the_compass() -> None:
    """Altay in the far north, Hami in the far east, Kizilsu and Kashgar in the far west, Hotan
    south of Aksu, Aksu south of Ili.
    """
    at = {code: load_standard().places.tiles[code] for code in load_standard().places.tiles}
    rows, columns = ({code: place[axis] for code, place in at.items()} for axis in (0, 1))
    assert rows["654300"] == min(rows.values())
    assert columns["650500"] == max(columns.values())
    assert columns["653000"] == columns["653100"] == min(columns.values())
    assert rows["653200"] > rows["652900"] > rows["654000"]
    assert columns["654000"] < columns["650100"] < columns["650400"]


@pytest.mark.parametrize("row", ["650100,0,0", "999999,0,9", "650200,x,1"])
def test_a_tile_that_cannot_be_is_a_fault_of_its_row(tmp_path: Path, row: str) -> None:
    folder = shutil.copytree(SHIPPED / "xinjiang_2021", tmp_path / "other")
    (folder / "tiles.csv").write_text(f"code,row,column\n650100,1,1\n{row}\n", encoding="utf-8")
    with pytest.raises(fm.FiscalModelError, match=r"tiles.csv:3"):
        load_standard("other", tmp_path)
    (folder / "tiles.csv").unlink()
    assert not load_standard("other", tmp_path).places.tiles
    with pytest.raises(fm.FiscalModelError, match=r"tiles\.csv"):
        tiles.tiles(pd.DataFrame(index=["central"]), {}, {}, CAPTION)


# Starting up


def test_nothing_but_a_chart_loads_matplotlib(tmp_path: Path) -> None:
    data = write_tables(tmp_path / "data", {"beneficiaries": [["reading_room", "昌吉市", 2022, 1]]})
    code = f"""
import sys
from fiscal_model.cli import main
for arguments in (["--help"], ["report", "as_written", "--inputs", {str(data)!r}, "-o", {str(tmp_path / "out.xlsx")!r}]):
    try:
        main(arguments)
    except SystemExit:
        pass
import fiscal_model as fm
budget = fm.simulate("as_written", {str(data)!r})
budget.plot
assert "matplotlib" not in sys.modules
budget.plot.payers()
assert "matplotlib" in sys.modules and "matplotlib.pyplot" not in sys.modules
"""
    subprocess.run(
        [sys.executable, "-W", "error", "-c", code], check=True, capture_output=True, text=True
    )
    assert (tmp_path / "out.xlsx").exists()
