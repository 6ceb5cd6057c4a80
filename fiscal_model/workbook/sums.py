"""Sums of printed cells as formulas, and what they come to on the pages as they have been
written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from fiscal_model.arrays import Floats, Mask
from fiscal_model.workbook.columns import Table
from fiscal_model.workbook.context import Report
from fiscal_model.workbook.pages import figure


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

    def __init__(self) -> None:
        self.figures: dict[tuple[Table, str], Floats] = {}
        self.fitting: dict[tuple[Table, str, str], Mask] = {}

    def column(self, table: Table, column: str) -> Floats:
        """The numbers of a column, NaN where there is none."""
        if (table, column) not in self.figures:
            found = [figure(value) for value in table.values(column)]
            self.figures[table, column] = np.array(found, np.float64)
        return self.figures[table, column]

    def fits(self, table: Table, column: str, word: str) -> Mask:
        """Where a column holds a word, or a number (above one: ``>1``)."""
        if (table, column, word) not in self.fitting:
            if word.strip(">").isdigit():
                numbers, limit = self.column(table, column), float(word.strip(">"))
                self.fitting[table, column, word] = (
                    numbers > limit if word.startswith(">") else numbers == limit
                )
            else:
                found = [value == word for value in table.values(column)]
                self.fitting[table, column, word] = np.array(found, bool)
        return self.fitting[table, column, word]

    def block(self, table: Table, columns: str) -> Sum:
        """All columns of a family."""
        names = [name for name in table.at if name.startswith(columns)]
        found = np.array([self.column(table, name) for name in names])
        known = int((~np.isnan(found)).sum())
        return Sum(f"SUM({table.whole(columns)})", float(np.nansum(found)), known)

    def sum(self, table: Table, column: str) -> Sum:
        """A whole column."""
        rows = np.ones(table.rows, bool)
        return self._sum(f"SUM({table.whole(column)})", table, column, rows)

    def sumifs(
        self, table: Table, column: str, conditions: Mapping[str, str | tuple[str, str]]
    ) -> Sum:
        """The figures of a column in rows where others fit: a word, or what a cell holds (the
        reference to it, and the word).
        """
        words = {
            c: each if isinstance(each, tuple) else (f'"{each}"', each)
            for c, each in conditions.items()
        }
        wanted = ",".join(f"{table.whole(c)},{written}" for c, (written, _) in words.items())
        rows = np.all([self.fits(table, c, word) for c, (_, word) in words.items()], axis=0)
        return self._sum(f"SUMIFS({table.whole(column)},{wanted})", table, column, rows)

    def heads(self, table: Table, column: str, kinds: str, part: str, place: str) -> Sum:
        """The figures of rows of one kind that have a row of another right below them."""
        height = max(table.rows - 1, 1)
        upper, lower = (table.part(down, height) for down in (0, 1))
        formula = (
            f'SUMPRODUCT(({upper.whole(kinds)}="{part}")*({lower.whole(kinds)}="{place}")'
            f",{upper.whole(column)})"
        )
        rows = self.fits(table, kinds, part) & np.append(
            self.fits(table, kinds, place)[1:], [False]
        )
        return self._sum(formula, table, column, rows)

    def _sum(self, formula: str, table: Table, column: str, rows: Mask) -> Sum:
        values = self.column(table, column)[rows]
        known = values[~np.isnan(values)]
        return Sum(formula, float(known.sum()), len(known))
