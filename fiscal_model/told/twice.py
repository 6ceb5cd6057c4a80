"""Services that another item may pay for as well: costed beside it, their money may count twice."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fiscal_model.arrays import Floats, Mask
from fiscal_model.engine.program import Program
from fiscal_model.errors import Fault
from fiscal_model.messages.message import message
from fiscal_model.rounding import displayed
from fiscal_model.standard.places import Places
from fiscal_model.told.doubts import places_named, years_named


def may_count_twice(program: Program) -> Iterator[Fault]:
    """A line for each item that has a cost where and when the item that may pay for it has one."""
    standard = program.standard
    cost = program.quantity * np.nan_to_num(program.unit)
    for item in standard.items.values():
        if item.may_be_in is None or not (own := _of(program, cost, item.number)).any():
            continue
        carrier = _of(program, cost, item.may_be_in.item) > 0
        twice = np.where(_around(carrier, program.places, standard.places), own, 0.0)
        if not twice.any():
            continue
        here, then = twice.any(axis=1), twice.any(axis=0)
        told = message(
            "may-count-twice",
            item=item.number,
            name=item.name,
            carrier=item.may_be_in.item,
            places=places_named(np.array(program.places)[here].tolist(), standard.places),
            years=years_named(np.array(program.years)[then].tolist()),
            yuan=displayed(float(twice.sum())),
        )
        yield Fault(_where(program, item.number, int(np.argmax(here))), told)


def _of(program: Program, cost: Floats, item: int) -> Floats:
    """What an item costs by (place, year)."""
    mine = [line.item == item for line in program.lines]
    return np.asarray(cost[mine].sum(axis=0))


def _around(known: Mask, codes: tuple[str, ...], places: Places) -> Mask:
    """Where something is known of a place in a year, or of one above or below it."""
    up = {code: {code, *places.ancestors(code)} for code in codes}
    related = np.array([[a in up[b] or b in up[a] for b in codes] for a in codes], bool)
    return np.asarray(related @ known)


def _where(program: Program, item: int, p: int) -> str:
    """The row of the first line of the item that has a figure in a place."""
    inputs, at = program.applied.inputs, program.standard.places.index[program.places[p]]
    i = next(
        i
        for i, line in enumerate(program.lines)
        if line.item == item and program.quantity[i, p].any()
    )
    line = program.lines[i]
    return (
        inputs.amounts.where(line.code, at)
        if line.is_amount
        else inputs.counts.where(line.beneficiary or "", at)
    )
