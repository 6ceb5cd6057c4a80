"""From leaves to coefficients: what one unit of quantity costs each payer, by line, place and
year.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import numpy as np

from fiscal_model.arrays import Floats, Ints, Mask
from fiscal_model.engine.rates import chosen
from fiscal_model.errors import Fault, Faults
from fiscal_model.messages.message import Message, message
from fiscal_model.scenario.model import Scenario
from fiscal_model.standard.kinds.leaf import Leaf
from fiscal_model.standard.rules import Line, Standard
from fiscal_model.vocabulary import LANGS, UNALLOCATED, Text

CLOSE = 1e-12
"""What a leaf charges may differ from the unit cost by so much of it: the last bits of fractions.
Of ten thousand million yuan that is less than a fen.
"""


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
    def met(self) -> list[tuple[int, int]]:
        """Every leaf in force with each line that it divides."""
        return sorted((n, i) for i, row in enumerate(self.leaf) for n in set(row.ravel().tolist()))

    @cached_property
    def payers(self) -> tuple[str, ...]:
        """The payers that the standard or the scenario can charge, in the order of all tables."""
        used = {*self.standard.charged, UNALLOCATED}.union(*(leaf.payers() for leaf in self.leaves))
        return tuple(payer for payer in self.standard.payers if payer in used)


def coefficients(frame: Frame) -> tuple[Floats, list[Fault]]:
    """Yuan per unit of quantity by (payer, line, place, year), and notes on what a kind of split
    had to say.

    Base amounts and grants are left out here: a limited payer stands with its share due, a grant
    with nothing.

    Raises:
        FiscalModelError: what a leaf charges does not add up to the unit cost.

    """
    out = np.zeros((len(frame.payers), *frame.leaf.shape))
    notes: list[Fault] = []
    faults = Faults()
    for n in sorted({n for n, _ in frame.met}):
        _check_payers(frame, frame.leaves[n], faults)
    for n, i in frame.met:
        _charge(out, LineCells(frame, i, n, notes), faults)
    faults.raise_if_any()
    return out, notes


def _check_payers(frame: Frame, leaf: Leaf, faults: Faults) -> None:
    """What a leaf holds against amounts is of payers that it names."""
    named = leaf.payers()
    for hold in leaf.holds():
        for payer in {hold.payer, hold.taker} - named:
            faults.add("", "split-holds-unlisted", split=_words(frame, leaf), payer=payer)


def _words(frame: Frame, leaf: Leaf) -> Text:
    """A leaf in words."""
    return Text(*(leaf.words(lang, frame.standard.payers) for lang in LANGS))


def at_quantity(frame: Frame, coefficient: Floats, left_open: Ints, quantity: Floats) -> Floats:
    """The coefficients for another ``quantity`` (line, place, year): those of leaves that divide a
    unit alike whatever the quantity stay what they are, and those of the flat cells ``left_open``.
    """
    moved = [cell for cell in frame.met if not frame.leaves[cell[0]].scales]
    if not moved:
        return coefficient
    out, other, faults = coefficient.copy(), replace(frame, quantity=quantity), Faults()
    for n, i in moved:
        out[:, i][:, frame.leaf[i] == n] = 0.0
        _charge(out, LineCells(other, i, n, []), faults)
    faults.raise_if_any()
    flat, before = (each.reshape(len(frame.payers), -1) for each in (out, coefficient))
    flat[:, left_open] = before[:, left_open]
    return out


def _charge(out: Floats, cells: LineCells, faults: Faults) -> None:
    """Adds what a leaf charges for its cells; a fault where that is not what they cost."""
    leaf, frame, line = cells.leaf, cells.frame, cells.frame.lines[cells.line]
    total, allowed = np.zeros_like(cells.unit), CLOSE * cells.unit
    chargeable = leaf.payers() & {*frame.standard.payers.named}
    for payer, yuan in leaf.charges(cells):
        if payer not in chargeable:
            faults.add(
                line.code,
                "split-charges-unlisted",
                item=line.item,
                split=_words(frame, leaf),
                payer=payer,
            )
            return
        if (yuan < -allowed).any():
            faults.add(
                line.code,
                "split-charges-negative",
                item=line.item,
                split=_words(frame, leaf),
                payer=payer,
                yuan=float(np.min(yuan)),
            )
            return
        out[frame.payers.index(payer), cells.line][cells.mask] += yuan
        total += yuan
    wrong = np.flatnonzero(~(np.abs(total - cells.unit) <= allowed))
    if len(wrong):
        faults.add(
            line.code,
            "split-sum-differs",
            item=line.item,
            split=_words(frame, leaf),
            charged=float(total[wrong[0]]),
            cost=float(cells.unit[wrong[0]]),
        )


class LineCells:
    """The cells of line ``i`` under leaf ``n``: see
    :class:`~fiscal_model.standard.kinds.leaf.Cells`.
    """

    def __init__(self, frame: Frame, i: int, n: int, notes: list[Fault]) -> None:
        self.frame, self.line, self.leaf = frame, i, frame.leaves[n]
        self.mask = frame.leaf[i] == n
        self._index, self._notes = n, notes

    @cached_property
    def unit(self) -> Floats:
        return np.asarray(np.nan_to_num(self.frame.unit[self.line][self.mask]))

    @cached_property
    def raised(self) -> Floats:
        line, frame = self.frame.lines[self.line], self.frame
        raised = chosen(line.raised, frame.scenario, frame.standard, 0.0) * line.times
        return np.asarray(np.minimum(self.unit, raised))

    @cached_property
    def quantity(self) -> Floats:
        return np.asarray(self.frame.quantity[self.line][self.mask])

    @cached_property
    def pool(self) -> Floats:
        frame, together = self.frame, self._together
        same = (frame.leaf[together] == self._index) & (
            frame.branch[together] == frame.branch[self.line]
        )
        units = np.where(same, np.nan_to_num(frame.unit[together]), 0.0)
        return np.asarray(units.sum(axis=0)[self.mask])

    @cached_property
    def complete(self) -> Mask:
        unknown = np.isnan(self.frame.unit[self._together][:, self.mask])
        return np.asarray(~unknown.any(axis=0))

    @cached_property
    def _together(self) -> list[int]:
        """The lines of the same item and beneficiary."""
        mine = self.frame.lines[self.line]
        return [
            j
            for j, other in enumerate(self.frame.lines)
            if other.item == mine.item and other.beneficiary == mine.beneficiary
        ]

    def part(self, yuan: Floats, share: Fraction) -> Floats:
        return yuan * share.numerator / share.denominator  # in this order round sums stay round

    def of_pool(self, yuan: Floats) -> Floats:
        zero = np.zeros_like(self.unit)
        return np.asarray(np.divide(yuan * self.unit, self.pool, out=zero, where=self.pool > 0))

    def note(self, words: Message | Text) -> None:
        line = self.frame.lines[self.line]
        told = message("split-note", item=line.item, words=words)
        self._notes.append(Fault(line.code, told))
