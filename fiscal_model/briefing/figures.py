"""The money of a briefing note, in 万元 as the report's plain numbers print it: every table adds
up, and no figure differs from the workbook's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from fiscal_model.arrays import Floats, Ints, Mask
from fiscal_model.results.accounts import booked_in
from fiscal_model.results.result import Result, only
from fiscal_model.rounding import counted
from fiscal_model.vocabulary import ACCOUNTS, UNALLOCATED, Text
from fiscal_model.workbook.figures import Money
from fiscal_model.workbook.model import cells_of
from fiscal_model.workbook.rounding import Printed
from fiscal_model.workbook.tables import NEED, gathered
from fiscal_model.workbook.tables import columns as columns_of

if TYPE_CHECKING:
    import pandas as pd

WAN = Printed()
SMALLEST = 0.005
"""万元 below which nothing is printed of a change."""
ALWAYS = 4
"""Cost and the three levels of government are shown even where they bear nothing."""


@dataclass(frozen=True, eq=False)
class Figures:
    """``amounts`` by (scenario, year, column) in 万元: cost, then the columns that payers are
    gathered into, as ``titles`` call them; NaN where nothing is costed. The first scenario is the
    reference. Only columns in which anybody bears anything are there.

    ``exact`` are the same unrounded, 0 where nothing is costed: each budget is closed by itself, so
    that what is equal in two of them may be printed with 0.01 between them.
    """

    account: str
    years: tuple[int, ...]
    names: tuple[str, ...]
    titles: tuple[Text, ...]
    payers: tuple[tuple[str, ...], ...]
    amounts: Floats
    exact: Floats

    @property
    def totals(self) -> Floats:
        """Over the years, by (scenario, column): sums of what is printed for each."""
        return _sums(self.amounts, 1)

    @property
    def changes(self) -> Floats:
        """Against the reference, by (other scenario, year, column)."""
        return _less(self.amounts[1:], self.amounts[:1])

    @property
    def total_changes(self) -> Floats:
        """The same over the years, by (other scenario, column)."""
        return _less(self.totals[1:], self.totals[:1])

    @cached_property
    def moved(self) -> Mask:
        """What really changes, by (other scenario, year, column): not what rounding leaves."""
        return np.asarray(np.abs(self.exact[1:] - self.exact[:1]) >= SMALLEST)

    def moving(self, n: int) -> tuple[int, ...]:
        """The positions of the years in which anything changes in the n-th other scenario."""
        return tuple(np.flatnonzero(self.moved[n].any(axis=1)).tolist())

    @property
    def leftovers(self) -> bool:
        """Whether a change is printed that rounding alone makes."""
        return bool((np.nan_to_num(self.changes)[~self.moved] != 0).any())

    def at(self, name: str) -> int | None:
        """The position of a column; None where it is not shown."""
        return self.names.index(name) if name in self.names else None

    def gathered(self, table: pd.DataFrame) -> Floats:
        """Yuan by payer (the last level of the rows) summed into the columns after the cost: rows
        of all other levels, by column.
        """
        wide = table.to_numpy(np.float64)
        inside = [table.index.isin(each) for each in self.payers]
        return np.stack([np.nansum(wide[rows], axis=0) for rows in inside])


def figures_of(
    budgets: Sequence[Result], account: str, places: Sequence[str], years: tuple[int, ...]
) -> Figures:
    """What several budgets come to in an account, over the years and places that are compared."""
    columns = columns_of(budgets[0].standard.payers)
    every = ["cost", *columns]
    titles = [NEED, *(title for title, _ in columns.values())]
    payers = [(), *(each for _, each in columns.values())]
    found = [_printed(each, account, places, years) for each in budgets]
    amounts, exact = (np.array(each) for each in zip(*found, strict=True))
    borne = np.nan_to_num(amounts).any(axis=(0, 1))
    shown = [n for n in range(len(every)) if n < ALWAYS or borne[n]]
    return Figures(
        account,
        years,
        tuple(every[n] for n in shown),
        tuple(titles[n] for n in shown),
        tuple(tuple(payers[n]) for n in shown[1:]),
        amounts[:, :, shown],
        exact[:, :, shown],
    )


def _printed(
    budget: Result, account: str, places: Sequence[str], years: Sequence[int]
) -> tuple[Floats, Floats]:
    """By (year, column), each year closed on its own as a workbook closes it; and unrounded."""
    part = only(budget, places, years=years)
    line, place, year = cells_of(part)
    booked = [list(ACCOUNTS).index(each.account) for each in budget.program.lines]
    mine = np.array(booked, np.intp)[line] == list(ACCOUNTS).index(account)
    money = Money(budget.whole, (line[mine], place[mine], year[mine]), WAN.unit, WAN)
    at = budget.program.years
    booked_lines = booked_in(part.lines, account)
    exact = gathered(part, part.amounts[:, booked_lines].sum(axis=(1, 2))).T / WAN.unit
    return np.array([money.at(account, at.index(each)) for each in years]), exact


def agreeing(parts: Floats, total: float) -> Floats:
    """Yuan in 万元, rounded so that they come to a printed total: what is left of the last digit
    goes to the largest part.
    """
    units: Ints = counted(parts, WAN.step)
    if len(units):
        units[np.abs(parts).argmax()] += round(total * 100) - units.sum()
    return np.asarray(units / 100)


def agrees(parts: Floats, total: float) -> bool:
    """Whether parts in yuan are those of a total in 万元, but for its last digits."""
    return bool(abs(float(parts.sum()) / WAN.unit - total) < 0.05)


def unallocated(figures: Figures) -> Floats:
    """What nobody has been named to pay, over the years, by scenario; 0 where nothing is."""
    n = figures.at(UNALLOCATED)
    return np.zeros(len(figures.amounts)) if n is None else np.nan_to_num(figures.totals[:, n])


def _sums(values: Floats, axis: int) -> Floats:
    """Sums to the last digit printed; NaN where nothing is known."""
    missing = np.isnan(values).all(axis=axis)
    return np.where(missing, np.nan, np.round(np.nansum(values, axis=axis), WAN.decimals) + 0.0)


def _less(values: Floats, reference: Floats) -> Floats:
    """Differences to the last digit printed; what is not costed on one side counts as nothing."""
    found = np.round(np.nan_to_num(values) - np.nan_to_num(reference), WAN.decimals) + 0.0
    return np.where(np.isnan(values) & np.isnan(reference), np.nan, found)
