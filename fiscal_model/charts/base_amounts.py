"""Base amounts at work: what would be due from a payer, what it pays, and what the taker bears in
its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fiscal_model.arrays import Floats
from fiscal_model.charts.chart import (
    Caption,
    bars_of,
    empty,
    entitle,
    instead,
    legend_beside,
    money_axis,
    new_figure,
    not_costed,
    room_for,
    year_axis,
)
from fiscal_model.charts.style import INK, Unit, say, styled, unit_for, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from fiscal_model.charts.axes import Chart


class BaseAmounts(NamedTuple):
    """Yuan by (place, year): what the split would have ``payer`` pay, its base amount (infinite
    without one), what it paid; ``taker`` bears the rest.

    NaN where nothing is costed.
    """

    payer: str
    taker: str
    names: tuple[str, ...]
    years: tuple[int, ...]
    due: Floats
    base: Floats
    paid: Floats


def base_amounts(found: BaseAmounts, caption: Caption, unit: Unit | None = None) -> Chart:
    """A panel a place over one scale: bars of what was paid and what the taker bears, together what
    was due, against the base amount as a line.
    """
    from fiscal_model.charts.axes import Chart, chart_of

    with styled():
        figure = new_figure()
        columns = min(max(len(found.names), 1), 2 if len(found.names) <= 4 else 4)
        rows = -(-max(len(found.names), 1) // columns)
        kind = {"axes_class": Chart}
        axes = figure.subplots(
            rows, columns, sharex=True, sharey=True, squeeze=False, subplot_kw=kind
        )
        grid: list[Chart] = axes.ravel().tolist()
        chart = chart_of(grid[: max(len(found.names), 1)])
        room_for(chart, rows, 1.4)
        for spare in grid[len(chart.panels) :]:
            spare.axis("off")
        limits = np.where(np.isinf(found.base), np.nan, found.base)
        both = np.concatenate([found.due.ravel(), limits.ravel()])
        unit = unit or unit_for(both)
        for n, (ax, name) in enumerate(zip(chart.panels, found.names, strict=False)):
            _panel(ax, found, n, limits[n], caption)
            ax.set_title(wrapped(name, 100 // columns, 2), loc="left", fontsize=12)
        for n, ax in enumerate(chart.panels):
            money_axis(ax, "y", unit, caption.lang)
            year_axis(ax, found.years, 24)
            ax.label_outer()
            ax.tick_params(labelbottom=n + columns >= len(chart.panels))
        if found.names:
            chart.ax.set_ylim(0, float(np.nan_to_num(both).max(initial=0.0)) * 1.08 or 1.0)
            _legend(chart.panels[columns - 1], found, caption)
        empty(chart.ax, both, caption.lang)
        entitle(chart, caption, unit)
    return chart


def _panel(ax: Axes, found: BaseAmounts, n: int, limit: Floats, caption: Caption) -> None:
    years, due, paid = np.array(found.years), found.due[n], found.paid[n]
    known = ~np.isnan(due)
    bars_of(found.payer, ax.bar, years, paid, np.zeros_like(paid), caption)
    bars_of(found.taker, ax.bar, years, due - paid, paid, caption)
    ax.hlines(
        np.where(known, limit, np.nan),
        years - 0.46,
        years + 0.46,
        color=INK,
        linewidth=2,
        label="base",
    )
    for year in years[~known].tolist():
        instead(ax, not_costed(caption.lang), year)


def _legend(ax: Axes, found: BaseAmounts, caption: Caption) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    lang = caption.lang
    payer, taker = caption.name(found.payer), caption.name(found.taker)
    handles = [
        Patch(
            label=say(
                f"{taker}承担超出基数部分", f"{taker} bears what exceeds the base amount", lang
            ),
            **caption.look(found.taker),
        ),
        Patch(
            label=say(f"{payer}实际承担", f"{payer} pays", lang),
            **caption.look(found.payer),
        ),
        Line2D(
            [], [], color=INK, linewidth=2, label=say("2015年基数", "Base amount of 2015", lang)
        ),
        Line2D(
            [],
            [],
            linestyle="none",
            label=say(
                f"（柱高＝按比例应由{payer}承担）",
                f"(whole bar: share due\nfrom {payer.lower()})",
                lang,
            ),
        ),
    ]
    legend_beside(ax, handles)
