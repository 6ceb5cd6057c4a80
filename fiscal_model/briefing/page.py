"""One A4 page: what stands on it, and how large, so that it stays one page whatever the titles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import Final, NamedTuple

from fiscal_model.text import width
from fiscal_model.vocabulary import Lang

PAPER: Final = (595.3, 841.9)
MARGINS: Final = (62.0, 68.0, 56.0, 68.0)
"""Points: A4, and its margins from the top clockwise."""
WIDTH: Final = PAPER[0] - MARGINS[1] - MARGINS[3]
HEIGHT: Final = PAPER[1] - MARGINS[0] - MARGINS[2]
SPARE: Final = 10.0
"""Points left at the bottom: faces differ a little."""
BODIES: Final = (12.0, 11.5, 11.0, 10.5, 10.0, 9.5, 9.0, 8.5, 8.0, 7.5, 7.0)
TALLEST, LOWEST = 225.0, 120.0
"""Between what the picture's height lies; in the smallest type it takes what is left."""
LETTER: Final = 0.6
"""Of the size of the type what a Latin letter or figure takes: more than in Times, so that the page
holds in wider faces too.
"""
BESIDE: Final = 0.25
"""Of the size of the type what Word puts between a Chinese character and a Latin one."""
DIGIT: Final = 0.64
"""Of the size of the type what a figure of the table takes, in the widest of faces: none breaks."""
LABEL: Final = 0.19
"""The part of the width that the first column of the table takes."""
SIGN: Final = 14
"""Characters from where the signature begins to the right margin."""
ROW_SPACE: Final = 5.0


@dataclass(frozen=True)
class Section:
    """A heading and its paragraphs; the table and the picture follow where they are ``shown``."""

    heading: str
    paragraphs: tuple[str, ...]
    shown: bool = False


@dataclass(frozen=True)
class Grid:
    """A table: headings, then rows of a label and figures; ``strong`` rows open a part of it."""

    caption: str
    unit: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    strong: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Page:
    """What a briefing note says in one language."""

    lang: Lang
    title: str
    notice: str
    sections: tuple[Section, ...]
    grid: Grid
    picture: str
    signature: str
    date: str


class Sizes(NamedTuple):
    """Points: type and lines of the text, the title and the table, and the height of the
    picture.
    """

    title: float
    body: float
    leading: float
    table: float
    label: float
    picture: float


def fit(page: Page) -> Sizes:
    """The largest type with which all of it stays on one page; the picture takes what is left."""
    table, label = _table(page.grid)
    for body in BODIES:
        leading = round(body * (1.5 if body > 9 else 1.35), 1)
        title = min(18.0, body + 7)
        lines = _rows(page.title, title, WIDTH) * title * 1.5 + bool(page.notice) * leading
        for section in page.sections:
            lines += leading + sum(
                _rows(each, body, WIDTH, 2) * leading for each in section.paragraphs
            )
        rows = sum(
            max(
                _rows(cell, table, at)
                for cell, at in zip(row, _wide(page.grid, label), strict=True)
            )
            for row in (page.grid.heads, *page.grid.rows)
        )
        used = lines + rows * table * 1.2 + (len(page.grid.rows) + 1) * ROW_SPACE + 5 * leading
        left = HEIGHT - SPARE - used
        if left >= LOWEST or body == BODIES[-1]:
            return Sizes(title, body, leading, table, label, max(min(left, TALLEST), 60.0))
    raise AssertionError("the smallest type ends the search")


def widths(grid: Grid, label: float) -> list[float]:
    """Points of every column of a table."""
    other = (WIDTH - label) / (len(grid.heads) - 1)
    return [label, *[other] * (len(grid.heads) - 1)]


def _wide(grid: Grid, label: float) -> list[float]:
    return [each - 4 for each in widths(grid, label)]


def _table(grid: Grid) -> tuple[float, float]:
    """The type of a table in which no figure breaks, and the width of its first column."""
    label = LABEL * WIDTH
    longest = max((width(cell) for row in grid.rows for cell in row[1:]), default=1)
    at = widths(grid, label)[1] - 4
    return max(min(9.0, int(at / (longest * DIGIT) * 2) / 2), 6.0), label


def _rows(text: str, size: float, points: float, indent: int = 0) -> int:
    """How many lines a text takes at most."""
    wide = [width(each) == 2 for each in text]
    beside = sum(one != other for one, other in pairwise(wide))
    taken = sum(wide) + LETTER * (len(wide) - sum(wide)) + BESIDE * beside + indent
    return max(ceil(taken * size / points), 1)
