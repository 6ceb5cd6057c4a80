"""Entries that change a rate of the population's movement."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from fiscal_model.scenario.entries.entry import Common, Entry
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import Text

if TYPE_CHECKING:
    from fiscal_model.scenario.model import Scenario


@dataclass(frozen=True, eq=False)
class VitalEntry(Entry):
    """A rate of the population's movement or a ratio, replaced or multiplied."""

    section = "vital_rates"
    label = Text("人口变动率", "vital rates")
    kind = "vital_rate"
    numbers = ranged = ("value", "factor")
    needs_data = True

    rate: str
    value: Decimal | None
    factor: Decimal | None

    @property
    def target(self) -> tuple[object, ...]:
        return (self.kind, self.rate)

    def changes(self) -> tuple[str, ...]:
        return ("value" if self.factor is None else "factor",)

    def part(self, common: Common) -> str:
        return "beneficiaries"

    def items(self, standard: Standard, scenario: Scenario) -> frozenset[int]:
        return standard.drawn_by(scenario.following_the_population)

    def called(self, standard: Standard) -> Text:
        return Text(self.rate, self.rate)

    def idle(self, last: int) -> Text:
        return Text(
            f"没有受益对象随“{self.rate}”变化", f"no beneficiary changes with '{self.rate}'"
        )

    @property
    def words(self) -> str:
        """What it does, and where and when."""
        changed = f"× {self.factor}" if self.value is None else str(self.value)
        return " ".join(part for part in (",".join(self.where), self.span, changed) if part)
