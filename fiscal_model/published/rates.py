"""The rates of the years before a standard's own: as its table of earlier rates states them, else
its first rates, which is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Final

from fiscal_model.errors import Faults
from fiscal_model.periods import FIRST_YEAR, Moment, read_moment
from fiscal_model.standard.clause import Clause
from fiscal_model.standard.rows import rows
from fiscal_model.standard.rules import Line, Rate, Standard
from fiscal_model.vocabulary import BASES, Text

FILE: Final = "rates_before.csv"
COLUMNS: Final = ("line", "from", "rate", "basis", "source_zh", "source_en")


BORROWED: Final = Moment(FIRST_YEAR)
"""From when the first rate of a line is held to serve where none is stated."""


def is_borrowed(rate: object) -> bool:
    """Whether a rate serves years in which it did not hold."""
    return isinstance(rate, Rate) and rate.start == BORROWED


def with_earlier(standard: Standard) -> Standard:
    """A standard with rates for the years before its own."""
    stated = stated_before(standard.folder) if standard.folder else {}

    def reaching(line: Line) -> Line:
        first = min(line.rates, key=lambda rate: rate.start.order, default=None)
        borrowed = (replace(first, start=BORROWED),) if first else ()
        return replace(line, rates=(*stated.get(line.code, borrowed), *line.rates))

    items = {
        number: replace(item, lines=tuple(map(reaching, item.lines)))
        for number, item in standard.items.items()
    }
    return replace(standard, items=items)


@cache
def stated_before(folder: Path) -> Mapping[str, tuple[Rate, ...]]:
    """The table of earlier rates in the folder of a standard by line; empty without one.

    Raises:
        FiscalModelError: with every row that is at fault.

    """
    found: dict[str, list[Rate]] = {}
    path, faults = folder / FILE, Faults()
    if not path.is_file():
        return {}
    for number, row in rows(path, COLUMNS, faults.add):
        where = f"{FILE}:{number}"
        start, source = (
            read_moment(row["from"], where, faults),
            Text(row["source_zh"], row["source_en"]),
        )
        try:
            rate = Decimal(row["rate"])
        except InvalidOperation:
            rate = Decimal(-1)
        if rate < 0 or row["basis"] not in BASES or not all(source):
            faults.add(where, "earlier-rate-wrong")
        elif start:
            clause = Clause(row["basis"], source=source)
            found.setdefault(row["line"], []).append(Rate(value=rate, start=start, clause=clause))
    faults.raise_if_any()
    return {line: tuple(each) for line, each in found.items()}
