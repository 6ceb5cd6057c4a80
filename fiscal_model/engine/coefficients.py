"""From leaves to coefficients: what one unit of quantity costs each payer, by line, place and
year.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from fiscal_model.arrays import Floats, Ints, Mask
from fiscal_model.engine.rates import chosen
from fiscal_model.errors import Fault
from fiscal_model.scenario.model import Scenario
from fiscal_model.standard.rules import Line, Standard
from fiscal_model.standard.splits import BaseAmount, Fund, Grant, Leaf, PerHead, Shares, payers_of
from fiscal_model.vocabulary import RULE_PAYERS, UNALLOCATED, Text


@dataclass(frozen=True)
class Frame:
    """What rules are compiled on: the leaf and branch in force and the unit cost (NaN where
    unknown) of every (line, place, year) that the inputs name.
    """

    standard: Standard
    scenario: Scenario
    lines: tuple[Line, ...]
    places: tuple[str, ...]
    years: tuple[int, ...]
    leaf: Ints
    leaves: tuple[Leaf, ...]
    branch: Ints
    unit: Floats
    quantity: Floats

    @cached_property
    def costs(self) -> Mask:
        """Which cells have a cost."""
        return np.asarray((self.quantity > 0) & (np.nan_to_num(self.unit) > 0))

    @cached_property
    def payers(self) -> tuple[str, ...]:
        """The payers that the standard or the scenario can charge, in the order of all tables."""
        used = {*self.standard.payers, UNALLOCATED}.union(
            *(payers_of(each) for each in self.leaves)
        )
        return tuple(payer for payer in RULE_PAYERS if payer in used)


def coefficients(frame: Frame) -> tuple[Floats, list[Fault]]:
    """Yuan per unit of quantity by (payer, line, place, year), and notes on sums that had to be
    cut.

    Base amounts and grants are left out here: a limited payer stands with its share due, a grant
    with nothing.
    """
    writer = _Writer(frame, {payer: i for i, payer in enumerate(frame.payers)})
    met = sorted(
        (int(index), i) for i, leaves in enumerate(frame.leaf) for index in np.unique(leaves)
    )
    for index, i in met:
        writer.write(i, index)
    return writer.out, writer.notes


class _Writer:
    def __init__(self, frame: Frame, at: dict[str, int]) -> None:
        self.frame, self.at = frame, at
        self.out = np.zeros((len(at), *frame.leaf.shape))
        self.notes: list[Fault] = []

    def write(self, i: int, index: int) -> None:
        """The cells of one line under one leaf."""
        leaf, mask = self.frame.leaves[index], self.frame.leaf[i] == index
        unit = np.nan_to_num(self.frame.unit[i][mask])
        if isinstance(leaf, Grant):
            leaf = leaf.rest
        if isinstance(leaf, BaseAmount):
            leaf = leaf.due
        if isinstance(leaf, Shares):
            self.shares(i, mask, unit, leaf)
        elif isinstance(leaf, PerHead):
            self.per_head(i, mask, unit, leaf, index)
        else:
            self.charge("fund" if isinstance(leaf, Fund) else UNALLOCATED, i, mask, unit)

    def charge(self, payer: str, i: int, mask: Mask, yuan: Floats) -> None:
        self.out[self.at[payer], i][mask] += yuan

    def shares(self, i: int, mask: Mask, unit: Floats, leaf: Shares) -> None:
        for payer, yuan in shared(self.frame, i, unit, leaf):
            self.charge(payer, i, mask, yuan)

    def per_head(self, i: int, mask: Mask, unit: Floats, leaf: PerHead, index: int) -> None:
        """Fixed yuan per beneficiary over the lines of the leaf together, put on each line by its
        part of their unit cost.
        """
        line = self.frame.lines[i]
        together = [
            j
            for j, other in enumerate(self.frame.lines)
            if other.item == line.item and other.beneficiary == line.beneficiary
        ]
        same = (self.frame.leaf[together] == index) & (
            self.frame.branch[together] == self.frame.branch[i]
        )
        known = np.asarray(~np.isnan(self.frame.unit[together]).any(axis=0))[mask]
        pool = np.where(same, np.nan_to_num(self.frame.unit[together]), 0.0).sum(axis=0)[mask]
        left = pool
        for payer, yuan in leaf.yuan:
            if (known & (left < float(yuan))).any():
                self.notes.append(_cut(line, payer, float(yuan)))
            paid = np.minimum(left, float(yuan))
            self.charge(payer, i, mask, _of_pool(paid, unit, pool))
            left = left - paid
        self.charge(leaf.remainder, i, mask, _of_pool(left, unit, pool))


def shared(frame: Frame, i: int, unit: Floats, leaf: Shares) -> Iterator[tuple[str, Floats]]:
    """The parts of the unit costs of line ``i`` by payer; with a raise, the rest bears that before
    the first division.
    """
    if not leaf.rest_bears_raise or leaf.rest is None:
        yield from ((payer, _part(unit, share)) for payer, share in leaf.parts().items())
        return
    line = frame.lines[i]
    raised = np.minimum(unit, chosen(line.raised, frame.scenario, frame.standard, 0.0) * line.times)
    total = sum(weight for _, weight in leaf.weights) + leaf.rest_weight
    yield from (
        (payer, _part(unit - raised, Fraction(weight, total))) for payer, weight in leaf.weights
    )
    of_rest = _part(unit - raised, Fraction(leaf.rest_weight, total)) + raised
    yield from ((payer, _part(of_rest, share)) for payer, share in leaf.rest.parts().items())


def _part(yuan: Floats, share: Fraction) -> Floats:
    """A share of yuan; multiplying before dividing keeps round sums round."""
    return yuan * share.numerator / share.denominator


def _of_pool(yuan: Floats, unit: Floats, pool: Floats) -> Floats:
    return np.divide(yuan * unit, pool, out=np.zeros_like(unit), where=pool > 0)


def _cut(line: Line, payer: str, fixed: float) -> Fault:
    return Fault(
        line.code,
        Text(
            f"第{line.item}项：{payer} 的每人每年定额 {fixed:g} 元高于单位成本，按单位成本截止",
            f"item {line.item}: the fixed {fixed:g} yuan a year of {payer} exceed the unit cost and"
            " are cut to it",
        ),
    )
