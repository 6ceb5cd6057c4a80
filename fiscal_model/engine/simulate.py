"""The arithmetic of a simulation: compiled coefficients × quantities, then the capped groups."""

from __future__ import annotations

import numpy as np

from fiscal_model.arrays import Floats
from fiscal_model.engine.capped import CappedGroups
from fiscal_model.engine.program import Program


def amounts(program: Program, quantity: Floats | None = None) -> Floats:
    """Yuan by (payer, line, place, year) for ``quantity`` (line, place, year); the program's own when left out.

    The payers of a cell add up to its cost: what a grant or a base amount takes from one payer another bears.
    """
    counted = program.quantity if quantity is None else quantity
    out: Floats = program.coefficient * counted
    flat = out.reshape(len(program.payers), -1)
    if program.grants:
        _give(flat, program.grants)
    for groups in program.bases:
        _limit(flat, groups, counted.ravel())
    return out


def grants_paid(program: Program) -> list[tuple[Floats, Floats]]:
    """For each set of grant groups, the cost that was left to each group and what its granter paid of it."""
    flat = (program.coefficient * program.quantity).reshape(len(program.payers), -1)
    return _give(flat, program.grants)


def bases_paid(program: Program) -> list[tuple[Floats, Floats]]:
    """For each set of base-amount groups, the share that was due from each group's limited payer and what it paid of it."""
    flat = (program.coefficient * program.quantity).reshape(len(program.payers), -1)
    if program.grants:
        _give(flat, program.grants)
    return [_limit(flat, groups, program.quantity.ravel()) for groups in program.bases]


def _give(flat: Floats, grants: tuple[CappedGroups, ...]) -> list[tuple[Floats, Floats]]:
    """Each granter pays its amount, at most the cost that is left; the others share what remains as before."""
    given = np.zeros_like(flat)
    payments: list[tuple[Floats, Floats]] = []
    for groups in grants:
        cost = flat[:, groups.cells].sum(axis=0)
        total: Floats = np.bincount(groups.group, cost, len(groups.limit)).astype(np.float64)
        paid = np.minimum(groups.limit, total)
        payments.append((total, paid))
        part = np.divide(paid, total, out=np.zeros_like(total), where=total > 0)[groups.group]
        given[groups.payer, groups.cells] += cost * part
        flat[:, groups.cells] *= 1.0 - part
    flat += given
    return payments


def _limit(flat: Floats, groups: CappedGroups, quantity: Floats) -> tuple[Floats, Floats]:
    """The limited payer pays the lesser of its share and its base amount, or as far as that has ended its share by ratio; the taker the difference."""
    due = flat[groups.payer, groups.cells]
    total: Floats = np.bincount(groups.group, due, len(groups.limit)).astype(np.float64)
    paid = np.minimum(groups.limit, total)
    if groups.ended.any():
        by_ratio = np.where(np.isnan(groups.ratio), due, groups.ratio * quantity[groups.cells])
        paid += groups.ended * (np.bincount(groups.group, by_ratio, len(groups.limit)) - paid)
    kept = np.divide(paid, total, out=np.ones_like(total), where=total > 0)
    moved = due * (1.0 - kept[groups.group])
    flat[groups.payer, groups.cells] -= moved
    flat[groups.taker, groups.cells] += moved
    return total, paid
