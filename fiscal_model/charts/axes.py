"""What every chart is: matplotlib axes that show themselves in a notebook and save their figure."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fiscal_model.calls import answered
from fiscal_model.charts.fonts import families
from fiscal_model.charts.style import styled
from fiscal_model.errors import fault
from fiscal_model.files import NOTHING, path_of, replacing


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
        """Writes the chart as PNG (1200 × 700 pixels, higher where many rows need it) or SVG: the
        same chart gives the same bytes. On axes that the caller gave, the whole figure.

        Raises:
            FiscalModelError: the name ends otherwise, or the file cannot be written.

        """
        path = path_of(target)
        kind = path.suffix.lower().removeprefix(".")
        if kind not in ("png", "svg"):
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

    def _legible(self) -> None:
        """Gives labels and titles that were made before the faces that have Chinese characters."""
        faces = list(families())
        for axis in (self.xaxis, self.yaxis):
            axis.label.set_fontfamily(faces)
            axis.offsetText.set_fontfamily(faces)
        for text in (self.title, self._left_title, self._right_title):  # type: ignore[attr-defined]
            text.set_fontfamily(faces)
        self.tick_params(labelfontfamily=faces)

    def write(self, target: Path | BytesIO, kind: str) -> None:
        """Writes the chart as ``png`` or ``svg`` where it is wanted; the same bytes each time."""
        metadata: dict[str, Any] = {"Date": None} if kind == "svg" else {"Software": None}
        with styled():
            self._unlaid()
            self.whole.savefig(target, format=kind, metadata=metadata)

    def _unlaid(self) -> None:
        """Puts the axes back to where they stood before any layout: a layout starts from the last
        one, and would end a little elsewhere.
        """
        for ax in self.whole.axes:
            if (spec := ax.get_subplotspec()) and ax.get_in_layout():
                ax.set_position(spec.get_position(self.whole))
                ax.set_in_layout(True)


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
