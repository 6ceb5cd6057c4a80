"""A part of a budget: some of its places, with the amounts they have in the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from fiscal_model.face import Budget


def restricted(budget: Budget, places: Sequence[str]) -> Budget:
    """The budget of some of its places. What caps beyond them paid stays in the amounts; the caps
    themselves are left behind.
    """
    kept = np.array([place in set(places) for place in budget.places])
    program = budget.program
    arrays = {
        name: getattr(program, name)[:, kept]
        for name in ("unit", "quantity", "supplied", "costed", "deducted")
    }
    names = tuple(place for place in budget.places if place in set(places))
    part = replace(
        program,
        places=names,
        coefficient=program.coefficient[:, :, kept],
        bases=(),
        grants=(),
        **arrays,
    )
    return Budget.of(part, budget.inputs, budget.payers, budget.amounts[:, :, kept], budget.told)
