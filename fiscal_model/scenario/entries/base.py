"""Entries that change base amounts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from fiscal_model.scenario.entries.entry import Entry


@dataclass(frozen=True, eq=False)
class BaseEntry(Entry):
    """A change of base amounts: a new amount, a factor on the one in force, growth a year from the
    start on, or none at all.

    With ``phase_out`` the limited payer bears one more of so many equal parts of what exceeds its
    base amount in each year, until it bears all.
    """

    item: int
    amount: Decimal | None
    factor: Decimal | None
    growth: Decimal | None
    abolish: bool
    phase_out: int | None

    @property
    def target(self) -> tuple[object, ...]:
        return ("base", self.item)
