"""Tables as text for the screen."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence


def width(text: str) -> int:
    """How many columns a text takes: a wide character two."""
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def aligned(rows: Sequence[Sequence[str]], numbers: Collection[int]) -> list[str]:
    """A line a row, columns under one another; those at the positions of ``numbers`` stand to the
    right.
    """
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(_padded(cell, widths[n], n in numbers) for n, cell in enumerate(row)).rstrip()
        for row in rows
    ]


def _padded(text: str, columns: int, right: bool) -> str:
    gap = " " * (columns - width(text))
    return gap + text if right else text + gap
