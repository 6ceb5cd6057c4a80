"""How sure an amount is: quantiles over the years as a fan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from fiscal_model.arrays import Floats
from fiscal_model.charts.chart import (
    Caption,
    canvas,
    empty,
    entitle,
    legend_beside,
    money_axis,
    year_axis,
)
from fiscal_model.charts.style import INK, Unit, say, styled, unit_for
from fiscal_model.errors import fault

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from fiscal_model.charts.axes import Chart


def fan(
    payer: str,
    years: Sequence[int],
    quantiles: Mapping[float, Floats],
    caption: Caption,
    ax: Axes | None = None,
    unit: Unit | None = None,
) -> Chart:
    """Bands between the quantiles p and 1 - p, the median as a line.

    Args:
        payer: who pays; the bands are in its colour.
        years: the years.
        quantiles: yuan by year for each probability (for every p its 1 - p, and 0.5); NaN where
            nothing is costed.
        caption: the title.
        ax: the axes to draw on; a new figure when left out.
        unit: the unit shown; the one that fits when left out.

    Raises:
        FiscalModelError: a probability has no counterpart, or the median is missing.

    """
    levels = {round(p, 6): np.asarray(values, np.float64) for p, values in quantiles.items()}
    if 0.5 not in levels or any(round(1 - p, 6) not in levels for p in levels):
        raise fault("", "quantiles-unpaired")
    with styled():
        chart = canvas(ax)
        every = np.concatenate(list(levels.values()))
        unit = unit or unit_for(every)
        lower = sorted(p for p in levels if p < 0.5)
        colour = caption.payers[payer].colour
        for n, p in enumerate(lower, 1):
            share = f"{1 - 2 * p:.0%}"
            name = (
                say(f"{share}区间", f"{share} interval", caption.lang)
                if p
                else say("最低至最高", "lowest to highest", caption.lang)
            )
            chart.ax.fill_between(
                years,
                levels[p],
                levels[round(1 - p, 6)],
                label=name,
                facecolor=colour,
                alpha=0.6 * n / len(lower),
                linewidth=0,
            )
        chart.ax.plot(years, levels[0.5], color=INK, label=say("中位数", "median", caption.lang))
        low, high = (
            float(end(initial=0.0)) for end in (np.nan_to_num(every).min, np.nan_to_num(every).max)
        )
        chart.ax.set_ylim(low, high + 0.08 * (high - low) or 1.0)
        empty(chart.ax, every, caption.lang)
        money_axis(chart.ax, "y", unit, caption.lang)
        year_axis(chart.ax, years)
        legend_beside(chart.ax, chart.ax.get_legend_handles_labels()[0])
        entitle(chart, caption, unit)
    return chart
