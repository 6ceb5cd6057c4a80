"""The money of a briefing note, in 万元 as the report's plain numbers print it: every table adds
up, and no figure differs from the workbook's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fiscal_model.arrays import Floats, Ints
from fiscal_model.results.result import Result, only
from fiscal_model.rounding import counted
from fiscal_model.vocabulary import ACCOUNTS, UNALLOCATED, Text
from fiscal_model.workbook.figures import Money
from fiscal_model.workbook.model import cells_of
from fiscal_model.workbook.rounding import Printed
from fiscal_model.workbook.tables import NEED, columns

if TYPE_CHECKING:
    import pandas as pd

WAN = Printed()
ALWAYS = 4
"""Cost and the three levels of government are shown even where they bear nothing."""


@dataclass(frozen=True, eq=False)
class Figures:
    """``amounts`` by (scenario, year, column) in 万元: cost, then the columns that payers are
    gathered into, as ``titles`` call them; NaN where nothing is costed. The first scenario is the
    reference. Only columns in which anybody bears anything are there.
    """

    account: str
    years: tuple[int, ...]
    names: tuple[str, ...]
    titles: tuple[Text, ...]
    payers: tuple[tuple[str, ...], ...]
    amounts: Floats

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

    def moving(self, n: int) -> tuple[int, ...]:
        """The positions of the years in which anything changes in the n-th other scenario."""
        return tuple(np.flatnonzero(np.nan_to_num(self.changes[n]).any(axis=1)).tolist())

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
    gathered = columns(budgets[0].standard.payers)
    every = ["cost", *gathered]
    titles = [NEED, *(title for title, _ in gathered.values())]
    payers = [(), *(each for _, each in gathered.values())]
    amounts = np.array([_printed(each, account, places, years) for each in budgets])
    borne = np.nan_to_num(amounts).any(axis=(0, 1))
    shown = [n for n in range(len(every)) if n < ALWAYS or borne[n]]
    return Figures(
        account,
        years,
        tuple(every[n] for n in shown),
        tuple(titles[n] for n in shown),
        tuple(tuple(payers[n]) for n in shown[1:]),
        amounts[:, :, shown],
    )


def _printed(budget: Result, account: str, places: Sequence[str], years: Sequence[int]) -> Floats:
    """By (year, column), each year closed on its own as a workbook closes it."""
    line, place, year = cells_of(only(budget, places, years=years))
    booked = [list(ACCOUNTS).index(each.account) for each in budget.program.lines]
    mine = np.array(booked, np.intp)[line] == list(ACCOUNTS).index(account)
    money = Money(budget.whole, (line[mine], place[mine], year[mine]), WAN.unit, WAN)
    at = budget.program.years
    return np.array([money.at(account, at.index(each)) for each in years])


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
