"""Who pays in each prefecture, the prefectures placed roughly as on the map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from fiscal_model.charts.chart import (
    Caption,
    across,
    canvas,
    empty,
    entitle,
    not_costed,
    payer_legend,
)
from fiscal_model.charts.payers import paying
from fiscal_model.charts.style import FAINT, Unit, number, say, styled, unit_for, wrapped
from fiscal_model.errors import fault

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from fiscal_model.charts.axes import Chart

SIDE, INSET = 0.94, 0.07
"""The side of a tile in a grid of ones, and how far what it holds stays from its border."""
ROOMY = 0.75
"""The part of a usual figure from which on tiles have labels of the usual size."""


def tiles(
    table: pd.DataFrame,
    at: Mapping[str, tuple[int, int]],
    names: Mapping[str, str],
    caption: Caption,
    ax: Axes | None = None,
    unit: Unit | None = None,
) -> Chart:
    """A tile a place: its name, its total, and a bar of its payers; the bars of all tiles are on
    one scale.

    Args:
        table: yuan by payer (rows) and place (columns); NaN or no column where nothing is costed.
        at: the row and column of each tile, from the top left.
        names: what to call the places.
        caption: the title.
        ax: the axes to draw on; a new figure when left out.
        unit: the unit shown; the one that fits when left out.

    Raises:
        FiscalModelError: there are no tiles.

    """
    if not at:
        raise fault("", "no-map-of-tiles")
    with styled():
        chart = canvas(ax)
        totals = table.sum(axis=0, min_count=1)
        unit, most = unit or unit_for(totals), float(totals.clip(lower=0.0).max())
        payers = paying(table, caption.payers)
        for code, (row, column) in at.items():
            known = code in totals.index and not np.isnan(totals[code])
            words = number(totals[code], unit) if known else not_costed(caption.lang)
            _tile(chart.ax, row, column, names[code], words, known)
            if known and totals[code]:
                _bar(chart.ax, row, column, table.loc[payers, code], most, caption)
        rows, columns = ([place[axis] for place in at.values()] for axis in (0, 1))
        chart.ax.set_xlim(min(columns) - 0.05, max(columns) + 1.05)
        chart.ax.set_ylim(max(rows) + 1.05, min(rows) - 0.05)
        chart.ax.axis("off")
        _outside(chart.ax, totals, at, unit, caption)
        payer_legend(chart.ax, payers, caption)
        entitle(chart, caption, unit)
    return chart


def _tile(ax: Axes, row: int, column: int, name: str, words: str, known: bool) -> None:
    from matplotlib.patches import Rectangle

    fill, line = ("#F6F6F6", "-") if known else ("white", "--")
    ax.add_patch(
        Rectangle(
            (column, row),
            SIDE,
            SIDE,
            edgecolor="#C8C8C8",
            linewidth=0.8,
            facecolor=fill,
            linestyle=line,
        )
    )
    middle, share = column + SIDE / 2, min(across(ax), 1)
    small = 0.72 if share < ROOMY else 1.0
    ax.text(
        middle,
        row + 0.08,
        wrapped(name, int(18 * share / small), 2),
        ha="center",
        va="top",
        fontsize=9.5 * small,
        linespacing=1.15,
    )
    ax.text(
        middle,
        row + 0.55,
        words,
        ha="center",
        va="center",
        fontsize=(12 if known else 10) * small,
        color=None if known else FAINT,
    )


def _bar(
    ax: Axes, row: int, column: int, amounts: pd.Series[float], most: float, caption: Caption
) -> None:
    """The payers of a tile; the widest bar of all tiles is as wide as its tile."""
    from matplotlib.patches import Rectangle

    left, scale = column + INSET, (SIDE - 2 * INSET) / most
    for payer, amount in amounts.items():
        if amount > 0:
            ax.add_patch(
                Rectangle(
                    (left, row + 0.70),
                    amount * scale,
                    0.17,
                    label=f"{amounts.name}:{payer}",
                    **caption.look(str(payer)),
                )
            )
            left += amount * scale


def _outside(
    ax: Axes,
    totals: pd.Series[float],
    at: Mapping[str, tuple[int, int]],
    unit: Unit,
    caption: Caption,
) -> None:
    """What is costed for places that have no tile, such as the region as a whole."""
    empty(ax, totals, caption.lang)
    rest = totals[[code not in at for code in totals.index]].sum(min_count=1)
    if not np.isnan(rest):
        words = f"{say('图外地区：', 'not on the map: ', caption.lang)}{number(rest, unit)}"
        ax.text(1.0, 0.0, words, transform=ax.transAxes, ha="right", va="bottom", color=FAINT)
