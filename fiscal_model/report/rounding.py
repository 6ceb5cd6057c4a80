"""Display rounding: how a spreadsheet rounds, what that leaves below a total, and what a table of plain numbers shows."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from fiscal_model.arrays import Floats

SHOWN = Decimal("0.01")
"""The unit that printed figures are rounded to."""


def rounded(value: float) -> float:
    """As a spreadsheet's ROUND: half away from zero, on the fifteen digits it holds."""
    return float(Decimal(f"{value:.15g}").quantize(SHOWN, ROUND_HALF_UP))


def closing(total: Floats, parts: Floats) -> Floats:
    """The rounded total less the sum of the rounded parts (part, column), by column."""
    sums = [sum((Decimal(str(rounded(value))) for value in column), Decimal(0)) for column in parts.T.tolist()]
    return np.array([float(Decimal(str(rounded(value))) - below) for value, below in zip(total.tolist(), sums, strict=True)])


def printed(table: Floats) -> Floats:
    """The figures of a table of plain numbers (row, column) as they are written to an archive: the one place where display rounding would act."""
    return table
