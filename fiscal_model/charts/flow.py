"""Where the money for services comes from: a flow from items to payers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from fiscal_model.arrays import Floats
from fiscal_model.charts.chart import Caption, across, canvas, empty, entitle, room_for
from fiscal_model.charts.payers import paying
from fiscal_model.charts.style import (
    FAINT,
    LEADING,
    Unit,
    number,
    say,
    styled,
    unit_for,
    wrapped,
)
from fiscal_model.standard.payers import Payer
from fiscal_model.vocabulary import UNALLOCATED

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from fiscal_model.charts.axes import Chart

LEFT, RIGHT, NODE = 0.0, 1.0, 0.02
"""Where items and payers stand, and how wide their bars are, in parts of the distance between them.
"""
LINE = 0.17
"""Inches that a line of text needs between two bars of a side."""
COLUMNS = 58
"""How many Latin letters of an item's name a usual figure has room for."""


def flow(
    table: pd.DataFrame,
    names: Sequence[str],
    largest: int,
    caption: Caption,
    ax: Axes | None = None,
    unit: Unit | None = None,
) -> Chart:
    """Bands from the largest items and the rest to the payers, as wide as the money.

    Args:
        table: yuan by payer (rows) and item (columns); NaN where nothing is costed.
        names: what to call the items.
        largest: how many items stand alone.
        caption: the title.
        ax: the axes to draw on; a new figure when left out.
        unit: the unit shown; the one that fits when left out.

    """
    with styled():
        chart = canvas(ax)
        payers = paying(table, caption.payers)
        amounts = np.nan_to_num(table.loc[payers].to_numpy(np.float64))
        labels, amounts = _gathered(amounts, list(names), largest, caption)
        room_for(chart, len(labels), 0.22)
        unit, whole = unit or unit_for(amounts.sum(axis=0)), float(amounts.sum())
        if whole:
            counts = len(labels), len(payers)
            gaps = [_gap(chart.ax, n, 1 + side) for side, n in enumerate(counts)]
            height = whole / (1 - max(gap * (n - 1) for gap, n in zip(gaps, counts, strict=True)))
            items, sides = (
                _starts(amounts.sum(axis=side), height, gap * height)
                for side, gap in enumerate(gaps)
            )
            shown = [caption.payers[payer] for payer in payers]
            _bands(chart.ax, shown, amounts, items, sides, caption)
            _nodes(chart.ax, shown, labels, amounts, items, sides, unit, caption)
            chart.ax.set_ylim(height * 1.02, -height * 0.02)
        empty(chart.ax, table, caption.lang)
        chart.ax.set_xlim(-0.8, 1.3)
        chart.ax.axis("off")
        entitle(chart, caption, unit)
    return chart


def _gap(ax: Axes, bars: int, lines: int) -> float:
    """The gap between two of the bars of a side, as a part of the height: room for so many lines of
    text. All together never leave the bars less than a fifth of it.
    """
    figure = ax.get_figure(root=True)
    assert figure is not None
    part = LINE * lines / (ax.get_position().height * figure.get_figheight())
    return float(min(part, 0.8 / max(bars - 1, 1)))


def _gathered(
    amounts: Floats, names: list[str], largest: int, caption: Caption
) -> tuple[list[str], Floats]:
    """The largest items in falling order and the rest together; items that cost nothing are left
    out.
    """
    totals = amounts.sum(axis=0)
    order = [i for i in np.argsort(-totals, kind="stable").tolist() if totals[i] > 0]
    alone, rest = order[:largest], order[largest:]
    if not rest:
        return [names[i] for i in alone], amounts[:, alone]
    word = say(f"其余{len(rest)}项", f"{len(rest)} other items", caption.lang)
    return [*(names[i] for i in alone), word], np.column_stack(
        [amounts[:, alone], amounts[:, rest].sum(axis=1)]
    )


def _starts(sums: Floats, height: float, gap: float) -> Floats:
    """Where each bar of a side begins, from the top, the side standing in the middle."""
    margin = (height - sums.sum() - gap * (len(sums) - 1)) / 2
    return np.asarray(margin + np.cumsum(sums) - sums + gap * np.arange(len(sums)))


def _bands(
    ax: Axes,
    payers: Sequence[Payer],
    amounts: Floats,
    items: Floats,
    sides: Floats,
    caption: Caption,
) -> None:
    """A band for each item and payer, in the payer's colour; bands leave and arrive in the order of
    the bars.
    """
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    curve, line = [Path.CURVE4] * 3, [Path.LINETO]
    leaves = items[None, :] + np.cumsum(amounts, axis=0) - amounts
    arrives = sides[:, None] + np.cumsum(amounts, axis=1) - amounts
    start, end, middle = LEFT + NODE, RIGHT - NODE, 0.5
    for k, i in zip(*np.nonzero(amounts), strict=True):
        top, there, wide = leaves[k, i], arrives[k, i], amounts[k, i]
        points = [
            *((start, top), (middle, top), (middle, there), (end, there)),
            *(
                (end, there + wide),
                (middle, there + wide),
                (middle, top + wide),
                (start, top + wide),
            ),
        ]
        path = Path(points, [Path.MOVETO, *curve, *line, *curve])
        order = 1 if payers[k].code != UNALLOCATED else 0.9
        ax.add_patch(
            PathPatch(
                path,
                label=f"{i}:{payers[k].code}",
                alpha=0.62,
                zorder=order,
                **{**caption.look(payers[k].code), "linewidth": 0.3},
            )
        )


def _nodes(
    ax: Axes,
    payers: Sequence[Payer],
    labels: Sequence[str],
    amounts: Floats,
    items: Floats,
    sides: Floats,
    unit: Unit,
    caption: Caption,
) -> None:
    """The bars of both sides with their names and sums."""
    from matplotlib.patches import Rectangle

    for label, top, amount in zip(
        labels, items.tolist(), amounts.sum(axis=0).tolist(), strict=True
    ):
        ax.add_patch(Rectangle((LEFT, top), NODE, amount, facecolor=FAINT))
        columns = int(COLUMNS * min(across(ax), 1))
        words = f"{wrapped(label, columns, 1)}  {number(amount, unit)}"
        ax.text(LEFT - 0.015, top + amount / 2, words, ha="right", va="center", fontsize=10)
    for payer, top, amount in zip(
        payers, sides.tolist(), amounts.sum(axis=1).tolist(), strict=True
    ):
        style = caption.look(payer.code)
        ax.add_patch(Rectangle((RIGHT - NODE, top), NODE, amount, label=payer.code, **style))
        words = (
            f"{payer.name.to(caption.lang)}\n{number(amount, unit)} ({amount / amounts.sum():.1%})"
        )
        ax.text(
            RIGHT + 0.015,
            top + amount / 2,
            words,
            ha="left",
            va="center",
            fontsize=10.5,
            linespacing=LEADING,
        )
