"""Results in whole units that add up: what may be paid, booked or printed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from fiscal_model.closing import closed
from fiscal_model.results.result import Result
from fiscal_model.rounding import FEN, counted

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("year", "item", "line", "place", "payer", "units")


def settled(result: Result, unit: float = FEN, year: int | None = None) -> pd.DataFrame:
    """See :meth:`fiscal_model.Budget.settle`."""
    import pandas as pd

    whole = result.whole
    items = {line.item for line in result.lines}
    years = result.years if year is None else (result.years[result.year_at(year)],)
    rows = [
        row
        for y in map(whole.years.index, years)
        for table in _tables(whole, items, y)
        for row in _closed(whole, table, y, unit)
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    for name in ("line", "place", "payer") if result.at else ():
        frame = frame[frame[name].isin(result.labels[name])]
    return frame.reset_index(drop=True).astype(
        {"year": np.int64, "item": np.int64, "units": np.int64}
    )


def _tables(whole: Result, items: set[int], y: int) -> Iterator[list[tuple[int, int]]]:
    """The costed (place, line) positions of some items in each account, in one year."""
    groups: dict[tuple[int, str], list[int]] = {}
    for i, line in enumerate(whole.lines):
        if line.item in items:
            groups.setdefault((line.item, line.account), []).append(i)
    costed = whole.costed[..., y]
    yield from (
        [(p, i) for p in range(len(whole.places)) for i in group if costed[i, p]]
        for group in groups.values()
    )


def _closed(
    whole: Result, table: list[tuple[int, int]], y: int, unit: float
) -> Iterator[tuple[int, int, str, str, str, int]]:
    """The tidy rows of one closed table."""
    if not table:
        return
    at = np.array(table, np.intp)
    places, prefectures, lines = whole.places, whole.labels["prefecture"], whole.lines
    nested = [[prefectures[p] for p in at[:, 0]], [places[p] for p in at[:, 0]]]
    units = counted(closed(whole.amounts[:, at[:, 1], at[:, 0], y].T, unit, nested), unit)
    for r, k in zip(*np.nonzero(units), strict=True):
        p, i = table[r]
        yield (
            whole.years[y],
            lines[i].item,
            lines[i].code,
            places[p],
            whole.payers[k],
            int(units[r, k]),
        )
