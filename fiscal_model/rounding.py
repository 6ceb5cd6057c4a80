"""Display rounding of yuan, on the digits that a spreadsheet shows, and what it leaves over (尾差).
``half_up`` rounds every figure alone, as Excel's ROUND does, and a sum of rounded figures may then
miss the rounded sum. :mod:`fiscal_model.closing` rounds tables that still add up.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from fiscal_model.arrays import Floats, Ints, Mask
from fiscal_model.errors import fault

FEN: Final = 0.01
"""The smallest unit of money, in yuan."""

_DECIMALS = 12
GRAIN = 10**_DECIMALS
# what a spreadsheet keeps of a number: beyond them stands binary noise, as in 0.285 or 1.005
_SHOWN_DIGITS = 15
_MOST_UNITS = 2.0**62


class Differences(NamedTuple):
    """The rounded total less the sum of the rounded cells, in yuan: of every row, of every column
    and of the whole.
    """

    rows: Floats
    columns: Floats
    total: float


class Figures(NamedTuple):
    """Whole units (rounded down) and the part above them in grains; sums of both are exact."""

    whole: Ints
    part: Ints

    def carried(self) -> Figures:
        """The same with every part below one unit."""
        return Figures(self.whole + self.part // GRAIN, self.part % GRAIN)

    def added(self, group: Ints, groups: int) -> Figures:
        """Sums down the rows of each group."""
        return Figures(*(added(each, group, groups) for each in self))

    def up(self) -> Mask:
        """Which go up to the nearest whole unit; a tie goes away from zero. Parts must be below one
        unit.
        """
        return np.asarray((2 * self.part > GRAIN) | ((2 * self.part == GRAIN) & (self.whole >= 0)))


def half_up(table: Floats | float, unit: float) -> Floats:
    """Yuan rounded to multiples of ``unit``, each alone: half away from zero, on the value as
    displayed; NaN stays.

    Raises:
        FiscalModelError: as :func:`figures_of`.

    """
    values = np.asarray(table, np.float64)
    return np.where(np.isnan(values), np.nan, yuan(counted(values, unit), unit))


def displayed(yuan: float, unit: float = 1.0, decimals: int = 2) -> float:
    """Yuan in a unit, as it is printed with some decimals: as a spreadsheet shows the same figure,
    not with the binary noise of a float (200,250 yuan are 20.03万元).
    """
    return float(half_up(yuan, unit / 10**decimals)) / unit


def differences(table: Floats, unit: float) -> Differences:
    """尾差 of a two-way table of yuan rounded by :func:`half_up`, cells and totals each alone; NaN
    is no part of a sum.

    Raises:
        FiscalModelError: as :func:`figures_of`.

    """
    figures = figures_of(np.asarray(table, np.float64), unit)
    rounded = figures.whole + figures.up()
    left = []
    for axis in (1, 0, None):
        sums = Figures(*(np.asarray(each.sum(axis=axis)) for each in figures)).carried()
        left.append(yuan(sums.whole + sums.up() - rounded.sum(axis=axis), unit))
    return Differences(left[0], left[1], float(left[2]))


def counted(table: Floats | float, unit: float) -> Ints:
    """Yuan rounded as :func:`half_up` does, as a number of units; 0 where nothing is costed.

    Raises:
        FiscalModelError: as :func:`figures_of`.

    """
    figures = figures_of(np.asarray(table, np.float64), unit)
    return figures.whole + figures.up()


def yuan(units: Ints | Floats, unit: float) -> Floats:
    """Whole units in yuan, each the number nearest to its decimal."""
    whole, parts = _per_yuan(unit)
    return np.asarray(np.asarray(units, np.float64) * whole / parts)


def _per_yuan(unit: float) -> tuple[int, int]:
    """The unit as a whole number of yuan, and how many of it make a yuan; one of them is 1."""
    if 0 < unit < np.inf:
        whole, parts = (round(unit), 1) if unit >= 1 else (1, round(1 / unit))
        if abs(unit * parts - whole) <= 1e-12 * whole:
            return whole, parts
    raise fault("", "rounding-unit-wrong", unit=unit)


def figures_of(values: Floats, unit: float) -> Figures:
    """Yuan in units, read to the digits that a spreadsheet keeps and at most 12 decimals; NaN
    counts nothing.
    """
    whole_yuan, parts = _per_yuan(unit)
    with np.errstate(over="ignore"):  # what becomes infinite is refused below
        number = np.nan_to_num(values, nan=0.0, posinf=np.inf, neginf=-np.inf) * parts / whole_yuan
    size = np.abs(number)
    if not size.sum() < _MOST_UNITS:
        raise fault("", "amounts-too-large-to-round", unit=unit)
    whole = np.floor(number)
    digits = np.floor(np.log10(np.maximum(size, 0.1))).astype(np.int64) + 1
    kept = np.clip(_SHOWN_DIGITS - digits, 0, _DECIMALS)
    grains = np.rint((number - whole) * 10.0**kept).astype(np.int64) * 10 ** (_DECIMALS - kept)
    return Figures(whole.astype(np.int64), grains).carried()


def added(values: Ints, group: Ints, groups: int) -> Ints:
    sums = np.zeros((groups, *values.shape[1:]), np.int64)
    np.add.at(sums, group, values)
    return sums
