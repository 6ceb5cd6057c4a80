"""Sums of printed cells as formulas, and what they come to on the pages as they have been
written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from fiscal_model.arrays import Floats, Mask
from fiscal_model.report.area import Area
from fiscal_model.report.context import Report


@dataclass(frozen=True)
class Sum:
    """Cells added up: the formula, what it comes to, and how many cells there are."""

    formula: str
    value: float
    cells: int = 0

    def __sub__(self, other: Sum) -> Sum:
        return Sum(
            f"{self.formula}-({other.formula})", self.value - other.value, self.cells + other.cells
        )

    def __add__(self, other: Sum) -> Sum:
        return Sum(
            f"{self.formula}+{other.formula}", self.value + other.value, self.cells + other.cells
        )

    def size(self) -> Sum:
        """Without its sign."""
        return Sum(f"ABS({self.formula})", abs(self.value), self.cells)

    def yuan(self, report: Report) -> Sum:
        """A sum of printed figures, in yuan."""
        return Sum(f"({self.formula})*10000", self.value * report.scale, self.cells)


def added(sums: list[Sum]) -> Sum:
    out = Sum("0", 0.0)
    for each in sums:
        out = out + each
    return out


def largest(sums: list[Sum]) -> Sum:
    return Sum(
        f"MAX({','.join(each.formula for each in sums)})",
        max(each.value for each in sums),
        max(each.cells for each in sums),
    )


class Cells:
    """What stands in the columns of the printed tables; each is read once."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.figures: dict[tuple[Area, int], Floats] = {}
        self.fitting: dict[tuple[Area, int, str], Mask] = {}

    def column(self, area: Area, column: int) -> Floats:
        """The numbers of a column, NaN where there is none."""
        if (area, column) not in self.figures:
            sheet = self.report.book.by_name[area.sheet]
            found = [sheet.figure(area.top + row, area.left + column) for row in range(area.height)]
            self.figures[area, column] = np.array(found, np.float64)
        return self.figures[area, column]

    def fits(self, area: Area, column: int, word: str) -> Mask:
        """Where a column holds a word, or a number (above one: ``>1``)."""
        if (area, column, word) not in self.fitting:
            if word.strip(">").isdigit():
                numbers, limit = self.column(area, column), float(word.strip(">"))
                self.fitting[area, column, word] = (
                    numbers > limit if word.startswith(">") else numbers == limit
                )
            else:
                sheet = self.report.book.by_name[area.sheet]
                found = [
                    sheet.shown.get((area.top + row, area.left + column)) == word
                    for row in range(area.height)
                ]
                self.fitting[area, column, word] = np.array(found, bool)
        return self.fitting[area, column, word]

    def block(self, area: Area) -> Sum:
        """A whole block."""
        found = np.array([self.column(area, column) for column in range(area.width)])
        return Sum(f"SUM({area.whole})", float(np.nansum(found)), int((~np.isnan(found)).sum()))

    def sum(self, area: Area, column: int) -> Sum:
        """A whole column."""
        return self._sum(f"SUM({area.column(column)})", area, column, np.ones(area.height, bool))

    def sumifs(
        self, area: Area, column: int, conditions: Mapping[int, str | tuple[str, str]]
    ) -> Sum:
        """The figures of a column in rows where others fit: a word, or what a cell holds (the
        reference to it, and the word).
        """
        words = {
            c: each if isinstance(each, tuple) else (f'"{each}"', each)
            for c, each in conditions.items()
        }
        wanted = ",".join(f"{area.column(c)},{written}" for c, (written, _) in words.items())
        rows = np.all([self.fits(area, c, word) for c, (_, word) in words.items()], axis=0)
        return self._sum(f"SUMIFS({area.column(column)},{wanted})", area, column, rows)

    def heads(self, area: Area, column: int, kinds: int, part: str, place: str) -> Sum:
        """The figures of rows of one kind that have a row of another right below them."""
        height = max(area.height - 1, 1)
        upper, lower = (
            Area(area.sheet, area.top + down, area.left, height, area.width) for down in (0, 1)
        )
        formula = f'SUMPRODUCT(({upper.column(kinds)}="{part}")*({lower.column(kinds)}="{place}"),{upper.column(column)})'
        rows = self.fits(area, kinds, part) & np.append(self.fits(area, kinds, place)[1:], [False])
        return self._sum(formula, area, column, rows)

    def _sum(self, formula: str, area: Area, column: int, rows: Mask) -> Sum:
        values = self.column(area, column)[rows]
        known = values[~np.isnan(values)]
        return Sum(formula, float(known.sum()), len(known))
