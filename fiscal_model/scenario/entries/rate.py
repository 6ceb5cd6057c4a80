"""Entries that change a unit rate."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from fiscal_model.scenario.entries.entry import Entry


@dataclass(frozen=True, eq=False)
class RateEntry(Entry):
    """A unit rate, or the rate in force before the entry starts made to follow growth a year or an
    index, rounded to ``step`` if one is stated.

    ``index`` is a multiple of that rate by year (each holds until the next), or the name of a
    supplied series that it moves with.
    """

    line: str
    rate: Decimal | None
    growth: Decimal | None
    index: tuple[tuple[int, Decimal], ...] | str | None
    step: Decimal | None

    @property
    def target(self) -> tuple[object, ...]:
        return ("rate", self.line)
