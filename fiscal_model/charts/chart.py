"""What every chart has: a figure of its own or the caller's axes, a title, and a legend beside
it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from fiscal_model.arrays import Floats, Ints
from fiscal_model.charts.style import FAINT, GRID, LEADING, Unit, look, say, tick, wrapped
from fiscal_model.standard.payers import PAYERS, Payers
from fiscal_model.text import width
from fiscal_model.vocabulary import Lang

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from fiscal_model.charts.axes import Chart

BETWEEN = " | "
LETTERS = 13.55
"""How many figures of labels over bars take an inch of the axes."""
TITLE_COLUMNS = 118
"""How many Latin letters of a title fit on a line of the figure."""
LINES = 4
"""How many lines of a title, or of a name under a bar, a usual figure has room for."""
USUAL = 12.0
"""Inches: the width of a figure of the usual size."""
AXES = 0.775
"""The part of a figure's width that matplotlib leaves to axes before any layout."""


class Caption(NamedTuple):
    """What a chart shows, and of what: place, years, scenario, and that data are illustrative; in
    lines of so many Latin letters. ``payers`` are those that it may show.
    """

    what: str
    about: tuple[str, ...]
    lang: Lang
    columns: int = TITLE_COLUMNS
    payers: Payers = PAYERS

    def text(self, unit: Unit) -> str:
        """The title, whole: what in which unit, then of what."""
        name = unit.name.to(self.lang)
        named = f"（{name}）" if self.lang == "zh" else f" ({name})"
        fits = width(self.what + named) <= self.columns
        head = [self.what + named] if fits else [self.what, named.strip()]
        rows = [""]
        for part in self.about:
            joined = f"{rows[-1]}{BETWEEN}{part}" if rows[-1] else part
            rows[-1:] = (
                [joined] if width(joined) <= self.columns else [*filter(None, rows[-1:]), part]
            )
        return "\n".join(wrapped(row, self.columns) for row in (*head, *rows))

    def look(self, payer: str) -> dict[str, Any]:
        """The look of a payer's bars."""
        return look(self.payers, payer)

    def name(self, payer: str) -> str:
        """What a payer is called."""
        return self.payers[payer].name.to(self.lang)


def canvas(ax: Axes | None = None) -> Chart:
    """The caller's axes, or a new figure with one."""
    from fiscal_model.charts.axes import Chart, chart_on

    if ax is not None:
        return chart_on(ax)
    chart = new_figure().add_subplot(axes_class=Chart)
    assert isinstance(chart, Chart)
    return chart


def new_figure(inches: tuple[float, float] | None = None, dpi: float | None = None) -> Figure:
    """An empty figure that belongs to no window and lays out what is put into it, of the usual size
    unless another is given.
    """
    from matplotlib.figure import Figure

    return Figure(figsize=inches, dpi=dpi, layout="constrained")


def room_for(chart: Chart, rows: int, inches: float) -> None:
    """Makes a figure of its own high enough for so many rows, where they do not fit: it is a longer
    page then.
    """
    if chart.own:
        chart.whole.set_figheight(max(chart.whole.get_figheight(), rows * inches + 1.5))


def entitle(chart: Chart, caption: Caption, unit: Unit) -> None:
    """Puts the title over the figure, which is higher where the title needs it, or over the axes
    where they are the caller's.
    """
    from fiscal_model.charts.axes import fit_title

    if not chart.own:
        fit_title(chart, lambda columns: caption._replace(columns=columns).text(unit))
        return
    text = caption.text(unit)
    chart.whole.suptitle(text, x=0.012, ha="left", fontsize=13, linespacing=LEADING)
    _room_for_lines(chart, [text])


def names_below(chart: Chart, names: Sequence[str], columns: int) -> None:
    """Names under bars that stand at 0, 1, 2 …: whole in a figure of its own, else as far as the
    caller's axes have room.
    """
    ticks = [wrapped(name, columns, None if chart.own else LINES) for name in names]
    chart.ax.set_xticks(range(len(ticks)), ticks, linespacing=LEADING)
    chart.ax.tick_params(axis="x", length=0)
    if chart.own:
        _room_for_lines(chart, ticks)


def _room_for_lines(chart: Chart, texts: Iterable[str]) -> None:
    """Makes a figure higher by the lines that a usual one has no room for."""
    more = max((text.count("\n") + 1 - LINES for text in texts), default=0)
    chart.whole.set_figheight(chart.whole.get_figheight() + 0.25 * max(more, 0))


def across(ax: Axes) -> float:
    """How wide the axes are with all that stands beside them, in parts of a usual figure."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    spec = ax.get_subplotspec()
    wide = spec.get_position(figure).width / AXES if spec else 1 - ax.get_position().x0
    return float(figure.get_figwidth() * wide / USUAL)


def money_axis(ax: Axes, which: Literal["x", "y"], unit: Unit, lang: Lang) -> None:
    """Ticks of yuan in a unit, named on the axis, with lines across."""
    from matplotlib.ticker import FuncFormatter

    axis = ax.xaxis if which == "x" else ax.yaxis
    axis.set_major_formatter(
        FuncFormatter(lambda value, _: tick(value, unit, axis.get_majorticklocs()))
    )
    axis.set_label_text(unit.name.to(lang))
    ax.grid(axis=which, color=GRID, linewidth=0.8)


def year_axis(ax: Axes, years: Iterable[int], most: int = 16) -> None:
    """A tick a year, thinned out where there are more than ``most`` in a usual figure; years that
    are not part of the budget leave a gap.
    """
    shown = list(years)
    step = 1 + max(len(shown) - 1, 0) // max(int(most * min(across(ax), 1)), 1)
    ax.set_xticks(shown[::step], [str(year) for year in shown[::step]])
    if shown:
        ax.set_xlim(min(shown) - 0.6, max(shown) + 0.6)


def payer_legend(ax: Axes, payers: Iterable[str], caption: Caption, *more: Artist) -> None:
    """The payers' colours, and what else the chart shows."""
    from matplotlib.patches import Patch

    colours = [Patch(label=caption.name(payer), **caption.look(payer)) for payer in payers]
    legend_beside(ax, [*colours, *more])


def legend_beside(ax: Axes, handles: Sequence[Artist]) -> None:
    """A legend outside the axes on the right, which the layout makes room for."""
    if handles:
        ax.legend(
            handles=handles,
            loc="upper left",
            bbox_to_anchor=(1.01, 1.0),
            borderaxespad=0.0,
            handleheight=1.2,
            labelspacing=0.7,
        )


def bars_of(
    payer: str,
    draw: Callable[..., Any],
    at: Ints,
    sizes: Floats,
    starts: Floats,
    caption: Caption,
) -> None:
    """The bars of a payer on those below; ``draw`` is the axes' ``bar`` or ``barh``. None is drawn
    where the size is NaN.
    """
    known = ~np.isnan(sizes)
    draw(at[known], sizes[known], 0.72, starts[known], label=payer, **caption.look(payer))


def above(ax: Axes, words: str, x: float, y: float, points: float = 4, **style: Any) -> None:
    """Words over a bar."""
    ax.annotate(
        words,
        (x, y),
        (0, points),
        textcoords="offset points",
        ha="center",
        va="bottom",
        **style,
    )


def room_for_labels(chart: Chart, labels: Sequence[str]) -> bool:
    """Whether labels over bars stand side by side without touching."""
    inches = chart.whole.get_figwidth() * chart.get_position().width
    return sum(len(label) + 1 for label in labels) <= inches * LETTERS


def instead(ax: Axes, words: str, x: float) -> None:
    """Words in the place of a bar whose figure is missing."""
    above(ax, words, x, 0, color=FAINT, rotation=90)


def nothing(ax: Axes, lang: Lang, words: str = "") -> None:
    """Says that there is nothing to show: that nothing is costed, or in other words."""
    words = words or say("没有测算结果", "nothing is costed", lang)
    ax.text(
        0.5, 0.5, words, transform=ax.transAxes, ha="center", va="center", color=FAINT, fontsize=14
    )


def empty(ax: Axes, amounts: npt.ArrayLike, lang: Lang, zero: str = "") -> None:
    """Says it in words where nothing is costed, or where all that is costed is zero."""
    yuan = np.asarray(amounts, np.float64)
    known = yuan[~np.isnan(yuan)]
    if not known.any():
        zero = zero or say("金额全部为零", "all amounts are zero", lang)
        nothing(ax, lang, zero if known.size else "")


def not_costed(lang: Lang) -> str:
    """What stands where a figure is missing."""
    return say("未测算", "not costed", lang)
