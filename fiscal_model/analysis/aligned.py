"""Budgets over the same axes, so that their amounts can be set side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from fiscal_model.arrays import Floats, Mask
from fiscal_model.results.amounts import Amounts
from fiscal_model.results.dimensions import Functions, Labels, labels_of
from fiscal_model.standard.rules import Line, Standard


@dataclass(frozen=True, eq=False)
class Axes:
    """The payers, lines and places of any of several budgets, and the years of all."""

    standard: Standard
    functions: Functions
    payers: tuple[str, ...]
    lines: tuple[Line, ...]
    places: tuple[str, ...]
    years: tuple[int, ...]

    @property
    def all(self) -> tuple[tuple[Any, ...], ...]:
        """The four axes in the order of the arrays."""
        return self.payers, self.lines, self.places, self.years

    @cached_property
    def labels(self) -> Labels:
        """For each dimension, the label of every position on the axis that it groups."""
        return labels_of(
            self.standard, self.functions, (self.payers, self.lines, self.places, self.years)
        )

    def fit(self, budget: Amounts) -> tuple[Floats, Mask]:
        """The amounts of a budget by (payer, line, place, year) and which (line, place, year) are
        costed; 0 and not costed where it has none.
        """
        mine = tuple(line.code for line in self.lines)
        pairs: list[tuple[tuple[Any, ...], tuple[Any, ...]]] = [
            (self.payers, budget.payers),
            (mine, budget.labels["line"]),
            (self.places, budget.places),
            (self.years, budget.years),
        ]
        if all(wanted == there for wanted, there in pairs):
            return budget.amounts, budget.costed
        amounts, costed = (
            np.zeros([len(wanted) for wanted, _ in pairs]),
            np.zeros([len(wanted) for wanted, _ in pairs[1:]], bool),
        )
        both = [
            [(i, there.index(label)) for i, label in enumerate(wanted) if label in there]
            for wanted, there in pairs
        ]
        to, from_ = ([[pair[end] for pair in axis] for axis in both] for end in (0, 1))
        amounts[np.ix_(*to)] = budget.amounts[np.ix_(*from_)]
        costed[np.ix_(*to[1:])] = budget.costed[np.ix_(*from_[1:])]
        return amounts, costed


def axes_of(budgets: Sequence[Amounts], standard: Standard, years: tuple[int, ...]) -> Axes:
    """What the budgets have between them, over some years; 支出功能分类科目 are those of the first
    that has any for a line.
    """
    payers, lines, places = (
        {label for each in budgets for label in each.labels[axis]}
        for axis in ("payer", "line", "place")
    )
    return Axes(
        standard,
        {line: name for each in budgets[::-1] for line, name in each.functions.items()},
        tuple(payer for payer in standard.payers if payer in payers),
        tuple(line for code, line in standard.lines.items() if code in lines),
        tuple(code for code in standard.places.codes if code in places),
        years,
    )
