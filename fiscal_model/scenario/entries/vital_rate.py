"""Entries that change a rate of the population's movement."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from fiscal_model.scenario.entries.entry import Entry


@dataclass(frozen=True, eq=False)
class VitalEntry(Entry):
    """A rate of the population's movement or a ratio, replaced or multiplied."""

    rate: str
    value: Decimal | None
    factor: Decimal | None

    @property
    def target(self) -> tuple[object, ...]:
        return ("vital_rate", self.rate)
