"""The supplied grants of a budget: their amounts, and from which place each cell draws them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fiscal_model.arrays import Floats, Ints
from fiscal_model.results.result import Result


@dataclass(frozen=True, eq=False)
class Givers:
    """Grants by (item, payer): ``amount`` over (place of the standard, year), NaN where none is
    supplied, and ``giver``, the position in the standard of the place whose grant serves each
    (place, year) of the budget, -1 without one. Payers stand in the order of all tables.
    """

    payers: tuple[str, ...]
    amount: dict[tuple[int, str], Floats]
    giver: dict[tuple[int, str], Ints]

    def supplied(self, item: int, place: int, year: int) -> tuple[str, ...]:
        """The payers whose grant serves an item in one cell."""
        return tuple(
            payer
            for payer in self.payers
            if (item, payer) in self.giver and self.giver[item, payer][place, year] >= 0
        )


def givers(budget: Result) -> Givers:
    """The grants of a budget's inputs, projected as the scenario says."""
    program, places = budget.program, budget.standard.places
    amounts = program.applied.amounts
    names = tuple(name for name in amounts.series if name.startswith("grant:"))
    if not names:
        return Givers((), {}, {})
    found = amounts.select(names, program.years)
    amount, giver = {}, {}
    for name, values in zip(names, found, strict=True):
        _, item, payer = name.split(":")
        amount[int(item), payer] = values
        giver[int(item), payer] = _nearest(budget, ~np.isnan(values), places.index)
    return Givers(
        tuple(payer for payer in program.payers if any(payer == each for _, each in amount)),
        amount,
        giver,
    )


def _nearest(budget: Result, known: np.ndarray, index: dict[str, int]) -> Ints:
    out = np.full((len(budget.places), len(budget.years)), -1, np.intp)
    for p, code in enumerate(budget.places):
        for above in (code, *budget.standard.places.ancestors(code)):
            out[p] = np.where((out[p] < 0) & known[index[above]], index[above], out[p])
    return out
