"""What results show themselves with: headings, lines and tables, as text for a screen and as HTML
for the page of a notebook, where everything that comes from data is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final, Protocol

from fiscal_model.calls import answered
from fiscal_model.language import spoken
from fiscal_model.rounding import displayed
from fiscal_model.text import aligned
from fiscal_model.vocabulary import Lang, Text

ILLUSTRATIVE = Text("示例数据，非实际预算", "Illustrative data, no actual budget")
IN_WAN = Text("（万元）", " (10,000 yuan)")
UNBROKEN = "word-break:keep-all"
LEFT, RIGHT = (
    f' style="text-align:{side};white-space:nowrap;padding:0 0.6em"' for side in ("left", "right")
)
OVER_LEFT, OVER_RIGHT = (
    f' style="text-align:{side};vertical-align:bottom;padding:0 0.6em;min-width:4em;{UNBROKEN}"'
    for side in ("left", "right")
)
"""Names of columns break into lines between words, not between characters; labels and figures
never.
"""


PRINTED: Final = "@media print {.fiscal-model {overflow: visible !important; zoom: 0.6}}"
"""On paper nothing can be scrolled: smaller letters let a wide table stay whole."""


class Block(Protocol):
    """A part of what is shown."""

    def lines(self) -> Iterable[str]:
        """As it stands on a screen."""

    def html(self) -> str:
        """As it stands on a page."""

    def markdown(self) -> str:
        """As it stands in a Markdown file."""


@dataclass(frozen=True)
class Paragraph:
    """A line, indented by ``depth``; an empty one sets apart on a screen what follows."""

    words: str
    depth: int = 0

    def lines(self) -> Iterable[str]:
        return ["  " * self.depth + self.words]

    def html(self) -> str:
        indent = f' style="margin-left:{self.depth}em"' if self.depth else ""
        return f"<div{indent}>{escape(self.words)}</div>" if self.words else ""

    def markdown(self) -> str:
        return _plain(self.words)


class Heading(Paragraph):
    """A line in bold."""

    def html(self) -> str:
        return f"<div><b>{escape(self.words)}</b></div>"

    def markdown(self) -> str:
        return f"## {_plain(self.words)}"


class Verbatim(Paragraph):
    """Lines as they stand in a file."""

    def html(self) -> str:
        return f"<pre>{escape(self.words)}</pre>"

    def markdown(self) -> str:
        return f"```\n{self.words}\n```"


class Note(Paragraph):
    """A line that a page alone has: on a screen it is a warning."""

    def lines(self) -> Iterable[str]:
        return ()


@dataclass(frozen=True)
class Table:
    """A small table. The columns at the positions of ``numbers`` stand to the right; on a page all
    but the first where there are none, on a screen the lines ``told`` may stand for it.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: Collection[int] = ()
    told: Sequence[str] | None = None

    def lines(self) -> Iterable[str]:
        if self.told is not None:
            return self.told
        return aligned([self.columns, *self.rows], self.numbers)

    def html(self) -> str:
        right = self.numbers or range(1, len(self.columns))

        def row(cells: Sequence[str], tag: str, words: str, figures: str) -> str:
            return "".join(
                f"<{tag}{figures if n in right else words}>{escape(cell)}</{tag}>"
                for n, cell in enumerate(cells)
            )

        head = row(self.columns, "th", OVER_LEFT, OVER_RIGHT)
        body = "".join(f"<tr>{row(cells, 'td', LEFT, RIGHT)}</tr>" for cells in self.rows)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def markdown(self) -> str:
        right = self.numbers or range(1, len(self.columns))
        rules = ["--:" if n in right else "---" for n in range(len(self.columns))]
        rows = [[_plain(cell) for cell in cells] for cells in (self.columns, *self.rows)]
        return "\n".join(f"| {' | '.join(cells)} |" for cells in (rows[0], rules, *rows[1:]))


def _plain(words: str) -> str:
    """Words in which Markdown finds no sign of its own."""
    return re.sub(r"([\\`*_<>|\[\]#])", r"\\\1", words).replace("\n", "<br>")


def markdown(blocks: Iterable[Block]) -> str:
    """Blocks as a Markdown file, the first heading as its title."""
    written = "\n\n".join(words for each in blocks if (words := each.markdown()))
    return written.removeprefix("#") + "\n"


def screen(blocks: Iterable[Block]) -> str:
    """Blocks as text."""
    return "\n".join(line for each in blocks for line in each.lines())


def page(blocks: Iterable[Block], more: str = "") -> str:
    """Blocks as HTML, then ``more`` of it; what is wider than the page can be scrolled, and is
    smaller in print.
    """
    shown = "".join(each.html() for each in blocks)
    return (
        f"<style>{PRINTED}</style>"
        f'<div class="fiscal-model" style="overflow-x:auto">{shown}{more}</div>'
    )


@answered
class Shown:
    """A result that shows itself: its :meth:`blocks` as text and as HTML."""

    def blocks(self, lang: Lang) -> Iterable[Block]:
        """What it shows in a language."""
        raise NotImplementedError

    def text(self, lang: Lang | None = None) -> str:
        """What it shows, in lines for a screen."""
        return screen(self.blocks(spoken(lang)))

    def html(self, lang: Lang | None = None) -> str:
        """What it shows, for the page of a notebook."""
        return page(self.blocks(spoken(lang)))

    def _repr_html_(self) -> str:
        return self.html()

    def __repr__(self) -> str:
        return screen(self.blocks(spoken()))


def wan(yuan: float, signed: bool = False) -> str:
    """Yuan in 万元, a dash where nothing is known."""
    if yuan != yuan:
        return "—"
    figure = displayed(yuan, 1e4) + 0.0  # no minus before a zero
    return f"{figure:{'+' if signed and figure else ''},.2f}"
