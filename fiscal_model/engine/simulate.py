"""The arithmetic of a simulation: compiled coefficients × quantities, then the capped groups."""

from __future__ import annotations

from typing import Final

import numpy as np

from fiscal_model.arrays import Floats
from fiscal_model.engine.capped import CappedGroups
from fiscal_model.engine.coefficients import at_quantity
from fiscal_model.engine.program import Program
from fiscal_model.errors import Fault
from fiscal_model.inputs.names import grant_label
from fiscal_model.vocabulary import PAYERS, Text

HALF_A_FEN: Final = 0.005
"""What is less than that is no money."""


def amounts(program: Program, quantity: Floats | None = None) -> Floats:
    """Yuan by (payer, line, place, year) for ``quantity`` (line, place, year); the program's own
    when left out.

    The payers of a cell add up to its cost: what a grant or a base amount takes from one payer
    another bears.
    """
    counted = program.quantity if quantity is None else quantity
    coefficient = program.coefficient
    if quantity is not None:
        coefficient = at_quantity(program.frame, coefficient, quantity)
    out: Floats = coefficient * counted
    flat = out.reshape(len(program.payers), -1)
    if program.grants:
        _give(flat, program.grants)
    for groups in program.bases:
        _limit(flat, groups, counted.ravel())
    return out


def grants_paid(program: Program) -> list[tuple[Floats, Floats]]:
    """For each set of grant groups, the cost that was left to each group and what its granter paid
    of it.
    """
    flat = (program.coefficient * program.quantity).reshape(len(program.payers), -1)
    return _give(flat, program.grants)


def cut_grants(program: Program) -> list[Fault]:
    """A note for each payer's grants to an item of which some exceed the cost that is left to
    them.
    """
    notes, years = [], len(program.years)
    for groups, (left, paid) in zip(program.grants, grants_paid(program), strict=True):
        over = [
            n for n in np.unique(groups.group).tolist() if groups.limit[n] - paid[n] > HALF_A_FEN
        ]
        for item in sorted({groups.keys[n // years][0] for n in over}):
            cut = [n for n in over if groups.keys[n // years][0] == item]
            (_, code), year = groups.keys[cut[0] // years], program.years[cut[0] % years]
            grant, place = (
                grant_label(item, PAYERS[program.payers[groups.payer]]),
                program.standard.places.label(code),
            )
            more = (
                Text(f"（共 {len(cut)} 处）", f" ({len(cut)} alike)")
                if len(cut) > 1
                else Text("", "")
            )
            sums = f"{groups.limit[cut[0]]:,.2f}", f"{left[cut[0]]:,.2f}"
            notes.append(
                Fault(
                    "amounts",
                    Text(
                        f"{grant.zh}：{place.zh} {year} 年 {sums[0]} 元，超过余下的费用 {sums[1]}"
                        f" 元，以费用为限{more.zh}",
                        f"{grant.en}: {sums[0]} yuan for {place.en} in {year} exceed the cost left,"
                        f" {sums[1]}, and are cut to it{more.en}",
                    ),
                )
            )
    return notes


def bases_paid(program: Program) -> list[tuple[Floats, Floats]]:
    """For each set of base-amount groups, the share that was due from each group's limited payer
    and what it paid of it.
    """
    flat = (program.coefficient * program.quantity).reshape(len(program.payers), -1)
    if program.grants:
        _give(flat, program.grants)
    return [_limit(flat, groups, program.quantity.ravel()) for groups in program.bases]


def _give(flat: Floats, grants: tuple[CappedGroups, ...]) -> list[tuple[Floats, Floats]]:
    """Each granter pays its amount, at most the cost that is left; the others share what remains as
    before.
    """
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
    """The limited payer pays the lesser of its share and its base amount, or as far as that has
    ended its share by ratio; the taker the difference.
    """
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
