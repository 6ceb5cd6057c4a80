"""Ages as the tables write them (7, 5-9, 85+), laid out over single years of age."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from fiscal_model.arrays import Floats, Ints, Mask
from fiscal_model.errors import Faults
from fiscal_model.inputs.model import Rows

OLDEST: Final = 120
"""The highest age that a table may name; a band such as 85+ reaches up to it."""


@dataclass(frozen=True)
class Bands:
    """The bands of the rows of a table by (row): first and last age, and whether the band is open,
    such as 85+.
    """

    first: Ints
    last: Ints
    is_open: Mask

    @property
    def top(self) -> int:
        """The age that gathers all older ones: where the lowest open band starts, else the highest
        age of any band.
        """
        return int(self.first[self.is_open].min() if self.is_open.any() else self.last.max())

    def single_ages(self) -> tuple[Ints, Ints]:
        """Every band year by year: (row, age) of each single year of age that a row covers."""
        width = self.last - self.first + 1
        row = np.repeat(np.arange(len(width)), width)
        before = np.cumsum(width) - width
        return row, self.first[row] + np.arange(len(row)) - before[row]

    def even_parts(self, row: Ints, age: Ints) -> Floats:
        """The part of a row's persons at each of its single ages: evenly spread, those of an open
        band at its first age.
        """
        evenly = 1.0 / (self.last - self.first + 1)[row]
        return np.where(self.is_open[row], age == self.first[row], evenly)


def read_bands(written: Sequence[str]) -> Bands:
    """The bands of checked age cells."""
    read = {age: _band(age) for age in set(written)}
    bands = np.array([read[age] for age in written], np.intp).reshape(-1, 3)
    return Bands(bands[:, 0], bands[:, 1], bands[:, 2].astype(bool))


def _band(written: str) -> tuple[int, int, bool]:
    if written.endswith("+"):
        return int(written[:-1]), OLDEST, True
    first, _, last = written.partition("-")
    return int(first), int(last or first), False


def check_whole(rows: Rows, bands: Bands, found: Sequence[int], faults: Faults) -> None:
    """The ages of the rows ``found`` run from 0 on, each once: only then do they have a total."""
    following = 0
    for row in sorted(found, key=lambda row: int(bands.first[row])):
        if bands.first[row] != following:
            faults.add(
                rows.at(row, "age"),
                "ages-not-continuous",
                age=following,
            )
            return
        following = int(bands.last[row]) + 1


def check_overlaps(rows: Rows, row: Ints, key: tuple[Ints, ...], faults: Faults) -> None:
    """Two rows may not both cover a single year of age; ``key`` are the arrays by (cell) that tell
    cells apart.
    """
    cell = np.zeros(len(row), np.int64)
    for each in key:
        # one number for each combination; -1 is the smallest in any of them
        cell = cell * (each.max(initial=0) + 2) + each + 1
    order = np.argsort(cell, kind="stable")
    same = np.flatnonzero(cell[order][1:] == cell[order][:-1])
    for earlier, later in sorted(
        set(zip(row[order][same].tolist(), row[order][same + 1].tolist(), strict=True))
    ):
        ages = rows.columns["age"]
        faults.add(
            rows.at(later, "age"),
            "ages-overlap",
            age=ages[later],
            other=ages[earlier],
            there=rows.beside(earlier, later, "age"),
        )
