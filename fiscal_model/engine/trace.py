"""What a program did: what each payer bore before and after grants and base amounts, and what every
grant and base amount was held against and came to.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fiscal_model.arrays import Floats, Ints, Mask
from fiscal_model.engine.capped import CappedGroups, Payment, give, limit, unlimited
from fiscal_model.engine.coefficients import Frame, LineCells


@dataclass(frozen=True, eq=False)
class Held:
    """The grants or base amounts of one payer, and what they came to. Groups are numbered as in
    ``groups``.
    """

    groups: CappedGroups
    payment: Payment
    quantity: Floats

    @cached_property
    def unlimited(self) -> Floats:
        """What the payer would bear without a limit, in yuan by group."""
        return unlimited(self.groups, self.payment.held, self.quantity)

    @cached_property
    def known(self) -> Mask:
        """The groups that hold any cell."""
        out = np.zeros(len(self.groups.limit), bool)
        out[self.groups.group] = True
        return out

    def by_cell(self, yuan: Floats, cells: int) -> Floats:
        """Yuan of the cells held, such as ``payment.moved``, over all flat cells; 0 elsewhere."""
        out = np.zeros(cells)
        out[self.groups.cells] = yuan
        return out

    def group_of(self, cells: Ints) -> int | None:
        """The group of the first of some flat cells that has one."""
        mine = np.flatnonzero(np.isin(self.groups.cells, cells))
        return int(self.groups.group[mine[0]]) if len(mine) else None

    def governs(self, group: int) -> str:
        """The place whose amount a group is held against."""
        return self.groups.key(group)[1]

    def taker(self, group: int) -> int:
        """The payer, by position, that bears what exceeds the amount."""
        return int(self.groups.taker[self.groups.group == group][0])


@dataclass(frozen=True, eq=False)
class Trace:
    """``due`` is yuan by (payer, line, place, year) by the split alone, ``granted`` behind the
    grants, ``final`` behind the base amounts as well: prefecture and county are one payer in all.
    ``raised`` is the part of the cost, by (line, place, year), that is divided apart as a raise.
    """

    due: Floats
    granted: Floats
    final: Floats
    raised: Floats
    grants: tuple[Held, ...]
    bases: tuple[Held, ...]


def traced(
    frame: Frame,
    coefficient: Floats,
    grants: tuple[CappedGroups, ...],
    bases: tuple[CappedGroups, ...],
) -> Trace:
    """The same arithmetic as a simulation, keeping every stage."""
    quantity = frame.quantity.ravel()
    due: Floats = coefficient * frame.quantity
    flat = due.reshape(len(due), -1).copy()
    given = (
        [
            Held(groups, paid, quantity)
            for groups, paid in zip(grants, give(flat, grants), strict=True)
        ]
        if grants
        else []
    )
    granted = flat.copy()
    limited = [Held(groups, limit(flat, groups, quantity), quantity) for groups in bases]
    return Trace(
        due,
        granted.reshape(due.shape),
        flat.reshape(due.shape),
        _raised(frame),
        tuple(given),
        tuple(limited),
    )


def _raised(frame: Frame) -> Floats:
    out = np.zeros(frame.leaf.shape)
    for n, i in frame.met:
        if frame.leaves[n].bears_raise:
            cells = LineCells(frame, i, n, [])
            out[i][cells.mask] = cells.raised * cells.quantity
    return out
