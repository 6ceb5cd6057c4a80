"""Printed sums against ours: a dot each on two scales of money, on the diagonal where they
agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from fiscal_model.charts.chart import (
    Caption,
    canvas,
    entitle,
    legend_beside,
    money_axis,
    nothing,
)
from fiscal_model.charts.style import FAINT, INK, Unit, say, styled, unit_for

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from fiscal_model.charts.axes import Chart
    from fiscal_model.vocabulary import Lang

ROOM = 2.5
"""How many times the largest sum the scales reach beyond it, and below the smallest."""
MARKS = ("o", "s", "D")
CLOSE = 0.1
"""The part by which a dot may miss the diagonal and still stand on it."""


class Dot(NamedTuple):
    """A printed sum and ours in yuan, what stands beside it, and which kind of ours it is: on the
    printed counts (0), on the data (1), or of several items together (2).
    """

    label: str
    printed: float
    ours: float
    kind: int


def dots(
    points: Sequence[Dot], caption: Caption, ax: Axes | None = None, unit: Unit | None = None
) -> Chart:
    """A dot a printed sum, ours over print, both scales logarithmic; kinds differ in shape and
    filling, so that they are told apart without colour.

    Args:
        points: sums above zero.
        caption: the title.
        ax: the axes to draw on; a new figure when left out.
        unit: the unit shown; the one that fits when left out.

    """
    with styled():
        chart = canvas(ax)
        every = [yuan for point in points for yuan in (point.printed, point.ours)]
        unit = unit or unit_for(every)
        if points:
            _draw(chart, points, caption.lang)
        else:
            nothing(
                chart.ax, caption.lang, say("没有可对照的金额", "no sum to compare", caption.lang)
            )
        for which, words in (
            ("x", say("公布数", "printed", caption.lang)),
            ("y", say("测算", "ours", caption.lang)),
        ):
            money_axis(chart.ax, "x" if which == "x" else "y", unit, caption.lang)
            axis = chart.ax.xaxis if which == "x" else chart.ax.yaxis
            name = unit.name.to(caption.lang)
            axis.set_label_text(say(f"{words}（{name}）", f"{words} ({name})", caption.lang))
        entitle(chart, caption, unit)
    return chart


def _draw(chart: Chart, points: Sequence[Dot], lang: Lang) -> None:
    """The diagonal, the dots and their labels: away from the diagonal, on it left above and right
    below in turn.
    """
    names = (
        say("按公布人数", "on printed counts", lang),
        say("按数据", "on the data", lang),
        say("按数据，几项合计", "on the data, several items", lang),
    )
    every = [yuan for point in points for yuan in (point.printed, point.ours)]
    ends = min(every) / ROOM, max(every) * ROOM
    chart.ax.set_xscale("log")
    chart.ax.set_yscale("log")
    chart.ax.plot(ends, ends, color=FAINT, linewidth=1, label=say("两者相等", "equal", lang))
    for kind, (name, mark) in enumerate(zip(names, MARKS, strict=True)):
        mine = [point for point in points if point.kind == kind]
        if mine:
            chart.ax.plot(
                [point.printed for point in mine],
                [point.ours for point in mine],
                mark,
                markersize=8,
                color=INK,
                markerfacecolor="white" if kind else INK,
                label=name,
            )
    below = False
    for point in sorted(points, key=lambda each: each.printed):
        off = point.ours / point.printed - 1
        below = off < 0 if abs(off) > CLOSE else not below
        chart.ax.annotate(
            point.label,
            (point.printed, point.ours),
            (8, -12) if below else (-8, 6),
            textcoords="offset points",
            ha="left" if below else "right",
            fontsize=9,
        )
    chart.ax.set_xlim(*ends)
    chart.ax.set_ylim(*ends)
    legend_beside(chart.ax, chart.ax.get_legend_handles_labels()[0])
