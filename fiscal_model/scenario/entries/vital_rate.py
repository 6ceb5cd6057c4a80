"""Entries that change a rate of the population's movement."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from fiscal_model.messages.message import Message, message
from fiscal_model.records.bind import Number
from fiscal_model.scenario.entries.entry import Entry
from fiscal_model.scenario.entries.numbers import Factor
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import Text


@dataclass(frozen=True, eq=False, kw_only=True)
class VitalEntry(Entry):
    """A rate of the population's movement or a ratio, replaced or multiplied."""

    section = "vital_rates"
    label = Text("人口变动率", "vital rates")
    kind = "vital_rate"
    names = ("rate",)
    part_of = "beneficiaries"
    numbers = ranged = ("value", "factor")
    needs_data = True

    one_of = ("value", "factor")

    rate: str
    value: Annotated[Decimal | None, Number(-1, 100, "ratio")] = None
    factor: Factor = None

    def changes(self) -> tuple[str, ...]:
        return ("value" if self.factor is None else "factor",)

    def items(self, standard: Standard, following: frozenset[str]) -> frozenset[int]:
        return standard.drawn_by(following)

    def called(self, standard: Standard) -> Text:
        return Text(self.rate, self.rate)

    def idle(self, last: int) -> Message:
        return message("idle-vital-rate", rate=self.rate)

    @property
    def words(self) -> str:
        """What it does, and where and when."""
        changed = f"× {self.factor}" if self.value is None else str(self.value)
        return " ".join(part for part in (",".join(self.where), self.span, changed) if part)
