"""Who pays: stacks of payers by year and by place. An account is a chart of its own: funds never
stand in one stack with the levels.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from fiscal_model.arrays import Floats
from fiscal_model.charts.chart import (
    Caption,
    above,
    bars_of,
    canvas,
    empty,
    entitle,
    instead,
    money_axis,
    not_costed,
    payer_legend,
    room_for,
    room_for_labels,
    year_axis,
)
from fiscal_model.charts.style import FAINT, LEADING, Unit, number, styled, unit_for, wrapped
from fiscal_model.standard.payers import Payers

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from fiscal_model.charts.axes import Chart

LABELLED = 16
"""Up to how many bars bear their total."""


def by_year(
    table: pd.DataFrame, caption: Caption, ax: Axes | None = None, unit: Unit | None = None
) -> Chart:
    """Stacked bars, one a year.

    Args:
        table: yuan by payer (rows) and year (columns); NaN where nothing is costed, which leaves a
            gap.
        caption: the title.
        ax: the axes to draw on; a new figure when left out.
        unit: the unit shown; the one that fits when left out.

    """
    with styled():
        chart = canvas(ax)
        years, payers = [int(year) for year in table.columns], paying(table, caption.payers)
        amounts = table.loc[payers].to_numpy(np.float64)
        totals = _sums(table.to_numpy(np.float64))
        unit = unit or unit_for(totals)
        for payer, bottom, heights in zip(payers, _bottoms(amounts), amounts, strict=True):
            bars_of(payer, chart.ax.bar, np.array(years), heights, bottom, caption)
        labels = [number(total, unit) for total in totals.tolist()]
        fit = len(years) <= LABELLED and room_for_labels(chart, labels)
        for year, total, label in zip(years, totals.tolist(), labels, strict=True):
            if np.isnan(total):
                instead(chart.ax, not_costed(caption.lang), year)
            elif fit:
                above(chart.ax, label, year, total, 3, fontsize=10)
        money_axis(chart.ax, "y", unit, caption.lang)
        _room_above(chart.ax, totals, "y")
        year_axis(chart.ax, years)
        _finish(chart, payers[::-1], caption, unit, totals)
    return chart


def by_place(
    table: pd.DataFrame,
    names: Sequence[str],
    caption: Caption,
    ax: Axes | None = None,
    unit: Unit | None = None,
) -> Chart:
    """Horizontal bars stacked by payer, the largest on top; places without a figure stand below.

    Args:
        table: yuan by payer (rows) and place (columns); NaN where nothing is costed.
        names: what to call the places.
        caption: the title.
        ax: the axes to draw on; a new figure when left out.
        unit: the unit shown; the one that fits when left out.

    """
    with styled():
        chart = canvas(ax)
        totals = _sums(table.to_numpy(np.float64))
        order = np.argsort(np.where(np.isnan(totals), np.inf, -totals), kind="stable")
        payers, unit = paying(table, caption.payers), unit or unit_for(totals)
        amounts = table.loc[payers].to_numpy(np.float64)[:, order]
        at = np.arange(len(order))
        room_for(chart, len(order), 0.3)
        for payer, left, widths in zip(payers, _bottoms(amounts), amounts, strict=True):
            bars_of(payer, chart.ax.barh, at, widths, left, caption)
        for y, total in zip(at.tolist(), totals[order].tolist(), strict=True):
            words, colour = (
                (not_costed(caption.lang), FAINT)
                if np.isnan(total)
                else (number(total, unit), None)
            )
            chart.ax.annotate(
                words,
                (np.nan_to_num(total), y),
                (4, 0),
                textcoords="offset points",
                va="center",
                fontsize=10,
                color=colour,
            )
        chart.ax.set_yticks(
            at,
            [wrapped(names[place], 26, 2 if len(order) <= LABELLED else 1) for place in order],
            linespacing=LEADING,
        )
        chart.ax.tick_params(axis="y", length=0)
        chart.ax.set_ylim(len(order) - 0.4, -0.6)
        money_axis(chart.ax, "x", unit, caption.lang)
        _room_above(chart.ax, totals, "x")
        _finish(chart, payers, caption, unit, totals)
    return chart


def paying(table: pd.DataFrame, known: Payers) -> list[str]:
    """The payers of a table (rows) that pay anything, in the order of all tables."""
    return [
        payer
        for payer in known
        if payer in table.index and np.nansum(table.loc[payer].to_numpy(np.float64)) != 0
    ]


def _bottoms(amounts: Floats) -> Floats:
    """Where each payer's part of a stack begins."""
    tops = np.cumsum(np.nan_to_num(amounts), axis=0)
    return np.asarray(tops - np.nan_to_num(amounts))


def _sums(amounts: Floats) -> Floats:
    """Down the payers; NaN where no payer's amount is known."""
    return np.where(np.isnan(amounts).all(axis=0), np.nan, np.nansum(amounts, axis=0))


def _room_above(ax: Axes, totals: Floats, which: str) -> None:
    """Leaves room for the totals written beyond the bars."""
    most = float(np.nan_to_num(totals).max(initial=0.0)) or 1.0
    (ax.set_ylim if which == "y" else ax.set_xlim)(0, most * 1.09)


def _finish(
    chart: Chart, payers: Sequence[str], caption: Caption, unit: Unit, totals: Floats
) -> None:
    empty(chart.ax, totals, caption.lang)
    payer_legend(chart.ax, payers, caption)
    entitle(chart, caption, unit)
