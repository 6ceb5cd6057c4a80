"""What changes: payers year by year, a waterfall from one scenario to another, and a tornado of
assumptions moved one at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from fiscal_model.arrays import Floats, Ints, Mask
from fiscal_model.charts.chart import (
    Caption,
    above,
    across,
    bars_of,
    canvas,
    empty,
    entitle,
    instead,
    legend_beside,
    money_axis,
    names_below,
    not_costed,
    nothing,
    payer_legend,
    room_for_labels,
    year_axis,
)
from fiscal_model.charts.payers import LABELLED
from fiscal_model.charts.style import (
    FALL,
    INK,
    LEADING,
    RISE,
    Unit,
    digits_for,
    number,
    say,
    styled,
    unit_for,
    wrapped,
)
from fiscal_model.text import width
from fiscal_model.vocabulary import joined

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from fiscal_model.charts.axes import Chart

SUM: Final[dict[str, Any]] = {
    "linestyle": "none",
    "marker": "D",
    "markersize": 6,
    "color": INK,
    "markeredgecolor": "white",
}
"""The mark at the sum of what rises and what falls."""
ROOMY = 10
"""Up to how many bars of a tornado have a label of two lines."""
ACROSS = 125
"""How many Latin letters stand side by side under a waterfall."""
BARS = 7.2
"""Inches of a usual figure that a tornado's bars have, between their names and the legend."""
SMALL = 13.5
"""How many Latin letters beside a bar take an inch."""
NARROW = 0.25
"""Where all that changes is a smaller part of the whole than this, the axis does not begin at zero,
and says so.
"""


def by_year(
    table: pd.DataFrame, caption: Caption, ax: Axes | None = None, unit: Unit | None = None
) -> Chart:
    """The change by payer, year by year: what rises is stacked above zero and what falls below it;
    a mark stands at the sum.

    Args:
        table: yuan by payer (rows) and year (columns); NaN where there is nothing to compare, which
            leaves a gap.
        caption: the title.
        ax: the axes to draw on; a new figure when left out.
        unit: the unit shown; the one that fits when left out.

    """
    with styled():
        chart = canvas(ax)
        years = [int(year) for year in table.columns]
        words = say("没有可比的年份", "nothing to compare", caption.lang)
        unit = _stacked(chart, table, np.array(years), words, caption, unit)
        year_axis(chart.ax, years)
        entitle(chart, caption, unit)
    return chart


def by_scenario(
    table: pd.DataFrame,
    names: Sequence[str],
    caption: Caption,
    ax: Axes | None = None,
    unit: Unit | None = None,
) -> Chart:
    """The change by payer, scenario by scenario, stacked as :func:`by_year` does.

    Args:
        table: yuan by payer (rows) and scenario (columns); NaN where there is nothing to compare.
        names: what to call the scenarios.
        caption: the title.
        ax: the axes to draw on; a new figure when left out.
        unit: the unit shown; the one that fits when left out.

    """
    with styled():
        chart, at = canvas(ax), np.arange(len(names))
        words = say("没有可比的数", "nothing to compare", caption.lang)
        unit = _stacked(chart, table, at, words, caption, unit)
        columns = int(ACROSS * across(chart) / (1.4 * max(len(names), 1)))
        names_below(chart, names, max(columns, 8))
        chart.ax.set_xlim(-0.8, len(names) - 0.2)
        entitle(chart, caption, unit)
    return chart


def _stacked(
    chart: Chart, table: pd.DataFrame, at: Ints, missing: str, caption: Caption, unit: Unit | None
) -> Unit:
    """What rises by payer above zero and what falls below it, a bar at each of ``at``, and the
    legend; ``missing`` is said where no column has anything to compare. Returns the unit shown.
    """
    from matplotlib.lines import Line2D

    known = table.notna().any().to_numpy(bool)
    payers = [
        payer
        for payer in caption.payers
        if payer in table.index and table.loc[payer].abs().sum() > 0
    ]
    changes = np.nan_to_num(table.loc[payers].to_numpy(np.float64))
    rise, fall = np.maximum(changes, 0.0), np.minimum(changes, 0.0)
    unit = unit or unit_for(rise.sum(axis=0) - fall.sum(axis=0))
    for parts in (rise, fall):
        for payer, bottom, heights in zip(
            payers, np.cumsum(parts, axis=0) - parts, parts, strict=True
        ):
            bars_of(payer, chart.ax.bar, at, np.where(known, heights, np.nan), bottom, caption)
    _sums(
        chart,
        at,
        known,
        rise.sum(axis=0),
        np.round(changes.sum(axis=0), 2) + 0.0,
        unit,
        caption,
    )
    low = float(fall.sum(axis=0).min(initial=0.0))
    high = float(rise.sum(axis=0).max(initial=0.0))
    room = 0.1 * ((high - low) or 10 * unit.yuan)
    chart.ax.set_ylim(low - (room if low else 0.0), high + room)
    chart.ax.axhline(0, color=INK, linewidth=0.8)
    money_axis(chart.ax, "y", unit, caption.lang)
    if payers:
        mark = Line2D([], [], label=say("合计", "sum", caption.lang), **SUM)
        payer_legend(chart.ax, payers, caption, mark)
    else:
        words = say("没有变化", "no change", caption.lang) if known.any() else missing
        nothing(chart.ax, caption.lang, words)
    return unit


def _sums(
    chart: Chart, years: Ints, known: Mask, tops: Floats, sums: Floats, unit: Unit, caption: Caption
) -> None:
    """A mark at the sum of each year and the sum in figures above the bars."""
    if sums.any() or tops.any():
        chart.ax.plot(years[known], sums[known], zorder=3, **SUM)
    labels = [number(total, unit, signed=True) for total in sums.tolist()]
    fit = len(labels) <= LABELLED and room_for_labels(chart, labels)
    for year, top, total, label, there in zip(
        years.tolist(), tops.tolist(), sums.tolist(), labels, known.tolist(), strict=True
    ):
        if not there:
            instead(chart.ax, say("无可比", "not compared", caption.lang), year)
        elif fit and top + abs(total):
            above(chart.ax, label, year, top, 5, fontsize=10)


def waterfall(
    payer: str,
    ends: tuple[str, str],
    start: float,
    groups: Sequence[str],
    parts: Sequence[float],
    caption: Caption,
    ax: Axes | None = None,
    unit: Unit | None = None,
) -> Chart:
    """From the amount in one scenario over the effect of each group of changes to the amount in the
    other.

    Args:
        payer: who pays; both ends are in its colour.
        ends: what to call the two scenarios.
        start: yuan in the first.
        groups: what to call the groups.
        parts: yuan that each adds; they lead to the amount in the second scenario. Where one is NaN
            nothing is shown.
        caption: the title.
        ax: the axes to draw on; a new figure when left out.
        unit: the unit shown; the one that fits when left out.

    """
    with styled():
        chart = canvas(ax)
        levels = start + np.concatenate([[0.0], np.cumsum(np.asarray(parts, np.float64))])
        if np.isnan(levels).any():
            nothing(chart.ax, caption.lang)
            entitle(chart, caption, unit or unit_for(0.0))
            return chart
        unit, last = unit or unit_for(levels), len(parts) + 1
        chart.ax.bar([0, last], levels[[0, -1]], 0.62, **caption.look(payer))
        for n, part in enumerate(parts, 1):
            chart.ax.bar(
                n,
                part,
                0.62,
                levels[n - 1],
                facecolor=RISE if part > 0 else FALL,
                edgecolor=INK,
                linewidth=0.6,
            )
        for n, level in enumerate(levels.tolist()):
            chart.ax.plot(
                [n, n + 1], [level, level], color=INK, linewidth=0.7, linestyle=":", zorder=0.5
            )
        digits = max((digits_for(part, unit) for part in (*levels[[0, -1]], *parts)), default=0)
        changes = [number(part, unit, True, digits) for part in parts]
        words = [
            number(levels[0], unit, False, digits),
            *changes,
            number(levels[-1], unit, False, digits),
        ]
        tops = [levels[0], *np.maximum(levels[:-1], levels[1:]), levels[-1]]
        for n, (top, word) in enumerate(zip(tops, words, strict=True)):
            above(chart.ax, word, n, max(top, 0.0))
        columns = min(24, int(ACROSS * min(across(chart), 1)) // (last + 1))
        names_below(chart, (ends[0], *groups, ends[1]), columns)
        money_axis(chart.ax, "y", unit, caption.lang)
        cut = _span(
            chart.ax, float(min(levels.min(), 0.0)), float(levels.min()), float(levels.max())
        )
        if cut:
            note = say("纵轴不从零开始", "axis does not begin at zero", caption.lang)
            chart.ax.set_ylabel(joined((unit.name.to(caption.lang), note), caption.lang))
        empty(chart.ax, levels, caption.lang)
        entitle(chart, caption, unit)
    return chart


def _span(ax: Axes, zero: float, low: float, high: float) -> bool:
    """Sets the range of a waterfall's axis; whether zero is left out."""
    if low > 0 and 0 < high - low < NARROW * high:
        ax.set_ylim(low - (high - low) * 0.6, high + (high - low) * 0.15)
        return True
    ax.set_ylim(zero * 1.05, max(high, 0.0) * 1.09 or 1.0)
    ax.axhline(0, color=INK, linewidth=0.8)
    return False


def tornado(
    payer: str,
    labels: Sequence[str],
    changes: Sequence[tuple[float, float]],
    values: Sequence[tuple[str, str]],
    caption: Caption,
    ax: Axes | None = None,
    unit: Unit | None = None,
) -> Chart:
    """How far a payer's total moves when one assumption at a time takes its low and its high value;
    the widest stands on top as given.

    Args:
        payer: who pays; the bars are in its colour, pale for the low value.
        labels: what to call the assumptions.
        changes: yuan by which the total changes at the low and at the high value; NaN where it is
            not costed.
        values: the low and the high value in words, written at the bars' ends.
        caption: the title.
        ax: the axes to draw on; a new figure when left out.
        unit: the unit shown; the one that fits when left out.

    """
    from matplotlib.patches import Patch

    with styled():
        chart = canvas(ax)
        yuan = np.array(changes, np.float64).reshape(-1, 2)
        unit, at = unit or unit_for(yuan), np.arange(len(yuan))
        share = min(across(chart), 1)
        style = {**caption.look(payer), "edgecolor": INK}
        written: list[tuple[float, float]] = []
        for side, alpha in ((0, 0.4), (1, 1.0)):
            offset = 0.2 * (2 * side - 1)
            chart.ax.barh(
                at + offset, yuan[:, side], 0.38, label=("low", "high")[side], alpha=alpha, **style
            )
            for y, amount, each in zip(
                (at + offset).tolist(), yuan[:, side].tolist(), values, strict=True
            ):
                right = amount > 0 or (not amount < 0 and side == 1)
                change = (
                    not_costed(caption.lang)
                    if np.isnan(amount)
                    else number(amount, unit, signed=True)
                )
                word = f"{wrapped(each[side], int(26 * share), 2 if share == 1 else 1)}（{change}）"
                word = word if caption.lang == "zh" else word.replace("（", " (").replace("）", ")")
                inches = max(map(width, word.split("\n"))) / SMALL
                written.append((float(np.nan_to_num(amount)), inches if right else -inches))
                chart.ax.annotate(
                    word,
                    (np.nan_to_num(amount), y),
                    (4 if right else -4, 0),
                    textcoords="offset points",
                    ha="left" if right else "right",
                    va="center",
                    fontsize=9,
                )
        chart.ax.axvline(0, color=INK, linewidth=0.8)
        chart.ax.set_yticks(at, _fitting(labels, share), linespacing=LEADING)
        chart.ax.tick_params(axis="y", length=0)
        chart.ax.set_ylim(max(len(at), 1) - 0.4, -0.6)
        chart.ax.set_xlim(_room_beside(written, across(chart) * BARS))
        money_axis(chart.ax, "x", unit, caption.lang)
        low_name = say("取低值", "low value", caption.lang)
        high_name = say("取高值", "high value", caption.lang)
        legend_beside(
            chart.ax,
            [Patch(label=low_name, alpha=0.4, **style), Patch(label=high_name, alpha=1.0, **style)],
        )
        empty(chart.ax, yuan, caption.lang, say("没有变化", "no change", caption.lang))
        entitle(chart, caption, unit)
    return chart


def _room_beside(written: Sequence[tuple[float, float]], inches: float) -> tuple[float, float]:
    """The ends of an axis on which bars to so many yuan have words beside them, so many inches to
    the right or, below zero, to the left. They never take more than seven tenths of it.
    """
    low = min((yuan for yuan, _ in written), default=0.0)
    high = max((yuan for yuan, _ in written), default=0.0)
    if low == high == 0:
        return -1.0, 1.0
    ends = min(low, 0.0), max(high, 0.0)
    for _ in range(20):
        wide = ends[1] - ends[0]
        beyond = [yuan + min(max(part / inches, -0.35), 0.35) * wide for yuan, part in written]
        ends = min(low, *beyond), max(high, *beyond)
    return ends


def _fitting(labels: Sequence[str], share: float) -> list[str]:
    """Labels in two lines, or in one where there are many; so much of a usual figure is there."""
    columns, lines = (38, 2) if len(labels) <= ROOMY * share else (52, 1)
    return [wrapped(label, int(columns * share), lines) for label in labels]
