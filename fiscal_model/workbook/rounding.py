"""Display rounding: how a spreadsheet rounds, what that leaves below a total, and what a table of
plain numbers shows.
"""

from __future__ import annotations

from dataclasses import dataclass

from fiscal_model.arrays import Floats
from fiscal_model.rounding import counted, yuan

SHOWN = 2
"""The decimals that figures are shown with where formulas stand."""


def closing(total: Floats, parts: Floats, decimals: int = SHOWN) -> Floats:
    """The rounded total less the sum of the rounded parts (part, column), by column; each rounded
    alone, as a spreadsheet's ROUND does.
    """
    step = 10.0**-decimals
    return yuan(counted(total, step) - counted(parts, step).sum(axis=0), step)


@dataclass(frozen=True)
class Printed:
    """How an edition of plain numbers shows money: the yuan of its unit, decimals, and whether its
    figures are closed or each rounded alone.
    """

    unit: float = 10_000.0
    decimals: int = 2
    closed: bool = True

    @property
    def step(self) -> float:
        """The yuan of its last decimal."""
        return self.unit * 10.0**-self.decimals
