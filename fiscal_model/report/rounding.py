"""Display rounding: how a spreadsheet rounds, what that leaves below a total, and what a table of plain numbers shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fiscal_model.arrays import Floats
from fiscal_model.rounding import closed, counted, half_up, yuan

SHOWN = 2
"""The decimals that figures are shown with where formulas stand."""


def closing(total: Floats, parts: Floats, decimals: int = SHOWN) -> Floats:
    """The rounded total less the sum of the rounded parts (part, column), by column; each rounded alone, as a spreadsheet's ROUND does."""
    step = 10.0**-decimals
    return yuan(counted(total, step) - counted(parts, step).sum(axis=0), step)


@dataclass(frozen=True)
class Printed:
    """How an edition of plain numbers shows money: the yuan of its unit, decimals, and whether its tables are closed or every figure rounded alone."""

    unit: float = 10_000.0
    decimals: int = 2
    closed: bool = True

    @property
    def step(self) -> float:
        """The yuan of its last decimal."""
        return self.unit * 10.0**-self.decimals

    def table(self, values: Floats, parents: Sequence[int], with_total: bool) -> Floats:
        """A table in units (row, column), rounded; ``parents`` names for each row the one that sums it (-1: none).

        Closed, every row that others belong to is their sum, and ``with_total`` the first column that of the others. NaN stays.
        """
        step = 10.0**-self.decimals
        if not self.closed:
            return half_up(values, step)
        out = np.full(values.shape, np.nan)
        for root in (row for row, parent in enumerate(parents) if parent < 0):
            paths = {row: path for row in range(len(parents)) if (path := _path(row, parents))[0] == root}
            leaves = [row for row in paths if row not in {parents[each] for each in paths}]
            depth = max(len(paths[row]) for row in leaves)
            nested = [[paths[row][min(level, len(paths[row]) - 1)] for row in leaves] for level in range(1, depth)]
            cells = closed(values[leaves][:, 1:] if with_total else values[leaves], step, nested)
            for row in paths:
                mine = cells[[row in paths[leaf] for leaf in leaves]]
                sums = np.where(np.isnan(mine).all(axis=0), np.nan, half_up(np.nansum(mine, axis=0), step))
                whole = np.nan if np.isnan(sums).all() else float(half_up(np.nansum(sums), step))
                out[row] = [whole, *sums] if with_total else sums
        return out


def _path(row: int, parents: Sequence[int]) -> list[int]:
    """The rows above a row from the top down, and itself."""
    return [*(_path(parents[row], parents) if parents[row] >= 0 else []), row]


def parents_of(depths: Sequence[int]) -> list[int]:
    """The row that sums each row, in a table whose rows stand below what sums them: the last one before it that is less deep (-1: none)."""
    return [max((before for before in range(row) if depths[before] < depth), default=-1) for row, depth in enumerate(depths)]
