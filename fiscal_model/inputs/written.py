"""Figures that a caller writes as a cell of an input table may: 30亿, 1,200元, 10%."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Real

from fiscal_model.errors import fault
from fiscal_model.inputs.cells import MONEY_UNITS, BadCell, number, quoted
from fiscal_model.inputs.normal import (
    PERCENT,
    THOUSANDS,
    YUAN_SIGN,
    Manner,
    Rule,
    written_out,
)


def money(written: object) -> float:
    """Yuan: a number, or 5000万, 1亿, 1,000,000.

    Raises:
        FiscalModelError: it is no number.

    """
    return _read(written, (YUAN_SIGN, THOUSANDS, written_out(MONEY_UNITS)))


def figure(written: object) -> float:
    """A rate, a share or a factor: a number, or 603, 1,200元, 0.1, 10%.

    Raises:
        FiscalModelError: it is no number.

    """
    return _read(written, (YUAN_SIGN, THOUSANDS, PERCENT, written_out(MONEY_UNITS)))


def _read(written: object, rules: Iterable[Rule]) -> float:
    if isinstance(written, Real) and not isinstance(written, bool):
        return float(written)
    if not isinstance(written, str):
        raise fault("", "cell-not-number", written=quoted(written), hint="")
    try:
        return number(written, Manner(), rules)
    except BadCell as bad:
        raise fault("", bad.message) from None
