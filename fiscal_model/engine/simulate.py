"""The arithmetic of a simulation: compiled coefficients × quantities, then the capped groups."""

from __future__ import annotations

from typing import Final

import numpy as np

from fiscal_model.arrays import Floats
from fiscal_model.engine.capped import give, limit
from fiscal_model.engine.coefficients import at_quantity
from fiscal_model.engine.program import Program
from fiscal_model.errors import Fault
from fiscal_model.messages.message import Arg, message
from fiscal_model.standard.names import grant_label

HALF_A_FEN: Final = 0.005
"""What is less than that is no money."""


def amounts(program: Program, quantity: Floats | None = None) -> Floats:
    """Yuan by (payer, line, place, year) for ``quantity`` (line, place, year); the program's own
    when left out.

    The payers of a cell add up to its cost: what a grant or a base amount takes from one payer
    another bears. Grants and base amounts act on the cells that have a cost in the program itself:
    another ``quantity`` where its own is 0 is shared by the split alone.
    """
    counted = program.quantity if quantity is None else quantity
    coefficient = program.coefficient
    if quantity is not None:
        coefficient = at_quantity(program.frame, coefficient, program.left_open, quantity)
    out: Floats = coefficient * counted
    flat = out.reshape(len(program.payers), -1)
    if program.grants:
        give(flat, program.grants)
    for groups in program.bases:
        limit(flat, groups, counted.ravel())
    return out


def cut_grants(program: Program) -> list[Fault]:
    """A note for each payer's grants to an item of which some exceed the cost that is left to
    them.
    """
    notes = []
    for held in program.trace.grants:
        groups, left, paid = held.groups, held.payment.total, held.payment.paid
        over = [
            n for n in np.unique(groups.group).tolist() if groups.limit[n] - paid[n] > HALF_A_FEN
        ]
        for item in sorted({groups.key(n)[0] for n in over}):
            cut = [n for n in over if groups.key(n)[0] == item]
            (_, code), year = groups.key(cut[0]), program.years[groups.year(cut[0])]
            payer = program.standard.payers[program.payers[groups.payer]].name
            more: Arg = message("grants-cut-alike", times=len(cut)) if len(cut) > 1 else ""
            told = message(
                "grant-above-cost",
                grant=grant_label(item, payer),
                place=program.standard.places.label(code),
                year=year,
                amount=float(groups.limit[cut[0]]),
                left=float(left[cut[0]]),
                more=more,
            )
            notes.append(Fault("amounts", told))
    return notes
