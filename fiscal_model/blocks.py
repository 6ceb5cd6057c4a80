"""Tables and headings as HTML for notebooks: everything that comes from data is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from fiscal_model.vocabulary import Text

ILLUSTRATIVE = Text("示例数据，非实际预算", "Illustrative data, no actual budget")
LEFT, RIGHT = (
    f' style="text-align:{side};white-space:nowrap;padding:0 0.6em"' for side in ("left", "right")
)
OVER_LEFT, OVER_RIGHT = (
    f' style="text-align:{side};vertical-align:bottom;padding:0 0.6em"'
    for side in ("left", "right")
)
"""Names of columns break into lines, figures never."""


def heading(text: str) -> str:
    """A line in bold."""
    return f"<div><b>{escape(text)}</b></div>"


def line(text: str) -> str:
    """A line."""
    return f"<div>{escape(text)}</div>"


def source(text: str) -> str:
    """Lines as they stand in a file."""
    return f"<pre>{escape(text)}</pre>"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A small table; the first column holds words, the others figures."""
    head = "".join(
        f"<th{OVER_RIGHT if n else OVER_LEFT}>{escape(name)}</th>" for n, name in enumerate(columns)
    )
    body = "".join(
        "<tr>"
        + "".join(f"<td{RIGHT if n else LEFT}>{escape(cell)}</td>" for n, cell in enumerate(row))
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def block(*parts: str) -> str:
    """Parts of one result; what is wider than the page can be scrolled."""
    return f'<div class="fiscal-model" style="overflow-x:auto">{"".join(parts)}</div>'


def wan(yuan: float, signed: bool = False) -> str:
    """Yuan in 万元, a dash where nothing is known."""
    if yuan != yuan:
        return "—"
    shown = round(yuan / 1e4, 2) + 0.0  # no minus before a zero
    return f"{shown:{'+' if signed and shown else ''},.2f}"
