"""How what is told for a year falls to quarters: by the months in which the rules count the money
of each line. A line without a month in its rule falls evenly, which is an assumption.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from fiscal_model.analysis.payments import nested
from fiscal_model.analysis.statement_rows import Cell
from fiscal_model.arrays import Floats
from fiscal_model.closing import closed
from fiscal_model.errors import fault
from fiscal_model.periods import ACCRUALS, SLOTS, quarter_ends
from fiscal_model.results.result import Result
from fiscal_model.rounding import counted, yuan
from fiscal_model.standard.places import Places
from fiscal_model.standard.rules import Line
from fiscal_model.vocabulary import GENERAL, Text

if TYPE_CHECKING:
    import pandas as pd

    from fiscal_model.analysis.statement import Statement

QUARTERS: Final = ("first", "second", "third", "fourth")
_EXACT: Final = 3


class _Fall(NamedTuple):
    """What a line costs a payer in a place by the end of each quarter, and by which months."""

    cell: Cell
    until: Floats
    accrual: str


def quarters(statement: Statement) -> Statement:
    """See :meth:`Statement.quarters`."""
    told = "due" if statement.advance is None else "ahead"
    if told not in statement.money:
        raise fault("", "quarters-need-plan")
    if statement.unit % 1:
        raise fault("", "not-whole-yuan", unit=statement.unit)
    return replace(
        statement,
        title=Text("资金分季度表", "Quarters"),
        money=(told, *QUARTERS),
        result={told: 1},
        frame=_frame(statement, told),
        told=(),
    )


def _frame(statement: Statement, told: str) -> pd.DataFrame:
    """The counted rows with the year's amount and its quarters; the note says by which months."""
    columns = ["item", "place", "payer"]
    rows = statement.counted[[*columns, told]]
    at = {cell: n for n, cell in enumerate(rows[columns].itertuples(index=False, name=None))}
    places = statement.budget.standard.places
    money, accruals = np.zeros((len(rows), len(QUARTERS))), [set[str]() for _ in at]
    for fall in _falls(statement.budget.whole, statement.year):
        if (n := _row_of(fall.cell, at, places)) is not None:
            money[n] += fall.until
            accruals[n].add(fall.accrual)
    # nothing is due where nothing falls
    shares = money / np.where(money[:, -1:] > 0, money[:, -1:], 1.0)
    units = counted(rows[told].to_numpy(), statement.unit)
    # in thousandths, which closing reads exactly: the four are the whole units of the year
    until = np.round(units[:, None] * shares, _EXACT)
    parts = np.round(np.diff(until, prepend=0, axis=1), _EXACT)
    levels = [
        rows["item"].tolist(),
        rows["payer"].tolist(),
        *nested(rows["place"].tolist(), places),
    ]
    notes = [" ".join(name for name in ACCRUALS if name in named) for named in accruals]
    whole = yuan(counted(closed(parts, 1.0, levels), 1.0), statement.unit)
    found = dict(zip(QUARTERS, whole.T, strict=True))
    return rows.assign(**found, documents="", note=notes)


def _row_of(cell: Cell, rows: Mapping[Cell, int], places: Places) -> int | None:
    """The row that a cell counts in: its own, else the one that it is pooled in."""
    item, place, payer = cell
    above = ((item, at, payer) for at in (place, *places.ancestors(place)))
    return next((rows[row] for row in above if row in rows), None)


def _falls(budget: Result, year: int) -> Iterator[_Fall]:
    """The money of every line of the general public budget for levels above the places."""
    y, upper = budget.years.index(year), budget.standard.payers.upper
    for i, line in enumerate(budget.lines):
        if line.account == GENERAL:
            shares = _shares(budget, line, year)
            for k, payer in enumerate(budget.payers):
                for p in np.flatnonzero(budget.amounts[k, i, :, y]) if payer in upper else ():
                    yield _Fall(
                        (line.item, budget.places[p], payer),
                        budget.amounts[k, i, p, y] * shares[p],
                        line.accrual,
                    )


def _shares(budget: Result, line: Line, year: int) -> Floats:
    """The part of a line's money by the end of each quarter, (place, quarter)."""
    ends = quarter_ends(line.accrual)
    if line.is_amount:
        return np.tile(np.array(ends) / SLOTS, (len(budget.places), 1))
    speaker = budget.standard.places.speakers(budget.places)
    money = budget.program.timelines[line.code].until(year, ends)[speaker]
    return np.asarray(money / np.where(money[:, -1:] > 0, money[:, -1:], 1.0))
