"""Capped groups: cells whose sum is held against a supplied amount, a base amount or a grant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from fiscal_model.arrays import Floats, Ints
from fiscal_model.engine.base_amounts import Key
from fiscal_model.engine.coefficients import Frame
from fiscal_model.standard.kinds.leaf import Hold, Stage

Cell = TypeVar("Cell", bound=np.generic)


@dataclass(frozen=True)
class CappedGroups:
    """Groups of one paying payer.

    ``cells`` are flat positions in (line, place, year); ``group`` is the group of each, ``taker``
    who bears what ``payer`` does not, ``limit`` the amount of each group, and ``ended`` how far it
    has ended: that part of what ``payer`` would bear without a limit it bears, the other as
    limited. Without a limit a cell is ``ratio`` a unit of quantity (NaN: as due). A group is one of
    ``keys`` in one year, as :func:`numbered` says.
    """

    payer: int
    cells: Ints
    group: Ints
    taker: Ints
    limit: Floats
    ended: Floats
    ratio: Floats
    keys: tuple[Key, ...]

    @property
    def shape(self) -> tuple[int, int]:
        """How many keys and years there are."""
        return len(self.keys), len(self.limit) // len(self.keys)

    def key(self, group: int) -> Key:
        """The item and the governing place of a group."""
        return self.keys[group // self.shape[1]]

    def year(self, group: int) -> int:
        """The position of the year of a group."""
        return group % self.shape[1]

    def axes(self, groups: Ints) -> tuple[Ints, Ints]:
        """The positions of the keys and of the years of groups."""
        return groups // self.shape[1], groups % self.shape[1]

    def table(self, values: NDArray[Cell]) -> NDArray[Cell]:
        """What is by group, as (key, year)."""
        return values.reshape(self.shape)


def numbered(key: int | Ints, year: Ints, years: int) -> Ints:
    """The numbers of groups by the positions of their keys and years."""
    return np.asarray(key * years + year, np.intp)


class Payment(NamedTuple):
    """What capped groups came to, in yuan: by cell what was ``held`` against the amount and what of
    it ``moved`` to another payer, by group the ``total`` held and what was ``paid`` of it.
    """

    held: Floats
    moved: Floats
    total: Floats
    paid: Floats


def give(flat: Floats, grants: Sequence[CappedGroups]) -> list[Payment]:
    """Each granter pays its amount, at most the cost that is left; the others share what remains as
    before. ``flat`` is yuan by (payer, cell) and is changed.
    """
    given = np.zeros_like(flat)
    payments: list[Payment] = []
    for groups in grants:
        cost = flat[:, groups.cells].sum(axis=0)
        total: Floats = np.bincount(groups.group, cost, len(groups.limit)).astype(np.float64)
        paid = np.minimum(groups.limit, total)
        part = np.divide(paid, total, out=np.zeros_like(total), where=total > 0)[groups.group]
        gift = cost * part
        given[groups.payer, groups.cells] += gift
        flat[:, groups.cells] *= 1.0 - part
        payments.append(Payment(cost, gift, total, paid))
    flat += given
    return payments


def limit(flat: Floats, groups: CappedGroups, quantity: Floats) -> Payment:
    """The limited payer pays the lesser of its share and its base amount, or as far as that has
    ended its share by ratio; the taker the difference. ``flat`` is yuan by (payer, cell) and is
    changed.
    """
    due = flat[groups.payer, groups.cells]
    total: Floats = np.bincount(groups.group, due, len(groups.limit)).astype(np.float64)
    paid = np.minimum(groups.limit, total)
    if groups.ended.any():
        paid += groups.ended * (unlimited(groups, due, quantity) - paid)
    kept = np.divide(paid, total, out=np.ones_like(total), where=total > 0)
    moved = due * (1.0 - kept[groups.group])
    flat[groups.payer, groups.cells] -= moved
    flat[groups.taker, groups.cells] += moved
    return Payment(due, moved, total, paid)


def unlimited(groups: CappedGroups, due: Floats, quantity: Floats) -> Floats:
    """What the limited payer would bear without a limit, by group; ``due`` is its share by cell."""
    by_ratio = np.where(np.isnan(groups.ratio), due, groups.ratio * quantity[groups.cells])
    return np.bincount(groups.group, by_ratio, len(groups.limit)).astype(np.float64)


def held_cells(frame: Frame, stage: Stage, payer: str) -> tuple[Ints, list[Hold | None]]:
    """The flat cells with a cost of which a payer's part is held at a stage, and by what each leaf
    holds it.
    """
    holds = [
        next((hold for hold in leaf.held(stage) if hold.payer == payer), None)
        for leaf in frame.leaves
    ]
    held = np.array([hold is not None for hold in holds])
    return np.flatnonzero(held[frame.leaf] & frame.costs), holds


def cell_names(frame: Frame, cells: Ints) -> tuple[list[int], list[str], Ints]:
    """The item, place and year position of flat cells."""
    line, place, year = np.unravel_index(cells, frame.leaf.shape)
    return (
        [frame.lines[i].item for i in line.tolist()],
        [frame.places[p] for p in place.tolist()],
        year,
    )
