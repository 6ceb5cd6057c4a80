"""What every chart is: matplotlib axes that show themselves in a notebook and save their figure."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fiscal_model.calls import answered
from fiscal_model.charts.fonts import families
from fiscal_model.charts.style import LEADING, SETTINGS, SHARP, styled
from fiscal_model.errors import fault
from fiscal_model.files import NOTHING, path_of, replacing

LETTERS = 10.6
"""How many Latin letters of a title over axes take an inch."""
LEAST = 16
"""How many it has room for at least."""
KINDS = ("png", "svg", "pdf")


@answered
class Chart(Axes):
    """A drawn chart, to be changed further with matplotlib. A notebook shows it by itself. Its
    figure is its ``own`` unless the caller gave the axes.
    """

    own: bool = True
    _panels: tuple[Chart, ...] = ()

    @property
    def panels(self) -> tuple[Chart, ...]:
        """All axes of the chart, where it has several."""
        return self._panels or (self,)

    @property
    def ax(self) -> Chart:
        """The axes, which the chart is; the first where there are several."""
        return self

    @property
    def whole(self) -> Figure:
        """The figure that the axes stand in."""
        figure = self.get_figure(root=True)
        assert figure is not None
        return figure

    def save(self, target: str | Path) -> None:
        """Writes the chart as PNG (2400 × 1400 pixels, higher where many rows need it), SVG or PDF:
        the same chart gives the same bytes. On axes that the caller gave, the whole figure.

        Raises:
            FiscalModelError: the name ends otherwise, or the file cannot be written.

        """
        path = path_of(target)
        kind = path.suffix.lower().removeprefix(".")
        if kind not in KINDS:
            raise fault(str(path), "chart-file-name")
        with replacing(path, NOTHING) as draft:
            self.write(draft, kind)

    def _repr_png_(self) -> bytes | None:
        """The picture; nothing where the caller's own figure is shown by pyplot."""
        if getattr(self.whole.canvas, "manager", None) is not None:
            return None
        buffer = BytesIO()
        self.write(buffer, "png")
        return buffer.getvalue()

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """The picture, as wide as on a plain screen: it has dots to spare for a sharper one."""
        if (picture := self._repr_png_()) is None:
            return None
        width = round(self.whole.get_figwidth() * SETTINGS["figure.dpi"])
        return {"image/png": picture}, {"image/png": {"width": width}}

    def _legible(self) -> None:
        """Gives labels and titles that were made before the faces that have Chinese characters; no
        name is taken for a formula.
        """
        faces = list(families())
        titles = (self.title, self._left_title, self._right_title)  # type: ignore[attr-defined]
        ticks = (*self.get_xticklabels(), *self.get_yticklabels())
        for text in (*titles, self.xaxis.label, self.yaxis.label, *ticks):
            text.set_fontfamily(faces)
            text.set_parse_math(False)
        self.tick_params(labelfontfamily=faces)
        self.set_axisbelow(True)

    def _lay_out(self) -> None:
        """Makes room for what stands beside the axes as the figure does itself; where it does not,
        as matplotlib's constrained layout does.
        """
        from matplotlib.layout_engine import ConstrainedLayoutEngine

        if not self.get_subplotspec():
            return
        engine = self.whole.get_layout_engine()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that there is no room, where there is none
            (engine or ConstrainedLayoutEngine()).execute(self.whole)
        if engine is None:
            self._placed(lambda ax: ax.get_position())

    def write(self, target: Path | BytesIO, kind: str) -> None:
        """Writes the chart as one of ``KINDS`` where it is wanted; the same bytes each time."""
        undated = {"png": "Software", "svg": "Date", "pdf": "CreationDate"}[kind]
        with styled():
            self._unlaid()
            dots = max(self.whole.dpi, SHARP)
            self.whole.savefig(target, format=kind, dpi=dots, metadata={undated: None})

    def _unlaid(self) -> None:
        """Puts the axes back to where they stood before any layout, where there is one to come: it
        starts from the last one, and would end a little elsewhere.
        """
        from matplotlib.layout_engine import ConstrainedLayoutEngine

        if isinstance(self.whole.get_layout_engine(), ConstrainedLayoutEngine):
            self._placed(lambda ax: ax.get_subplotspec().get_position(self.whole))

    def _placed(self, where: Callable[[Any], Any]) -> None:
        """Places all axes that a layout moves, which may move them again."""
        for ax in self.whole.axes:
            if ax.get_subplotspec() and ax.get_in_layout():
                ax.set_position(where(ax))
                ax.set_in_layout(True)


def fit_title(chart: Chart, text: Callable[[int], str]) -> None:
    """A title over the caller's axes, in as many columns as these take with labels and legend: it
    stays within its panel. A figure that lays nothing out itself is laid out once.
    """
    chart._legible()
    chart._lay_out()
    box = chart.get_tightbbox(for_layout_only=True)
    left, right = (box.x0, box.x1) if box else (chart.bbox.x0, chart.bbox.x1)
    columns = max(int((right - left) / chart.whole.dpi * LETTERS), LEAST)
    title = chart.set_title(text(columns), loc="left", fontsize=12, linespacing=LEADING)
    title.set_x((left - chart.bbox.x0) / chart.bbox.width)
    chart._lay_out()


def chart_on(ax: Axes) -> Chart:
    """The caller's axes, which are then a chart too.

    Raises:
        FiscalModelError: they are none.

    """
    if not isinstance(ax, Axes):
        raise fault("", "axes-expected", kind=type(ax).__name__)
    if not isinstance(ax, Chart):
        kind = type(ax)
        ax.__class__ = Chart if kind is Axes else type("Chart", (Chart, kind), {})
    assert isinstance(ax, Chart)
    ax.own = False
    ax._legible()
    return ax


def chart_of(panels: Sequence[Chart]) -> Chart:
    """The first of several axes of one figure, which knows the others."""
    for each in panels:
        each._panels = tuple(panels)
    return panels[0]
