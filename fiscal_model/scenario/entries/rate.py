"""Entries that change a unit rate."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from fiscal_model.scenario.entries.entry import NEW, Common, Entry, Varied
from fiscal_model.scenario.entries.numbers import percent
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import Text

if TYPE_CHECKING:
    from fiscal_model.scenario.model import Scenario


@dataclass(frozen=True, eq=False)
class RateEntry(Entry):
    """A unit rate, or the rate in force before the entry starts made to follow growth a year or an
    index, rounded to ``step`` if one is stated.

    ``index`` is a multiple of that rate by year (each holds until the next), or the name of a
    supplied series that it moves with.
    """

    section = "rates"
    label = Text("补助标准", "unit rates")
    kind = "rate"
    numbers = ("rate", "growth", "index")
    ranged = ("rate", "growth")
    varied = Varied("rate", Text("补助标准", "unit rate"), "标准", ("LINE",), 0, 1e9)

    line: str
    rate: Decimal | None
    growth: Decimal | None
    index: tuple[tuple[int, Decimal], ...] | str | None
    step: Decimal | None

    @property
    def target(self) -> tuple[object, ...]:
        return (self.kind, self.line)

    @property
    def follows_series(self) -> bool:
        return isinstance(self.index, str)

    def part(self, common: Common) -> str:
        return "rates" if self.line in common.lines else NEW

    def items(self, standard: Standard, scenario: Scenario) -> frozenset[int]:
        return frozenset({standard.lines[self.line].item})

    def called(self, standard: Standard) -> Text:
        return standard.lines[self.line].name

    def idle(self, last: int) -> Text:
        return Text(
            f"{self.line} 的补助标准已是这个数", f"the rate of {self.line} in force is the same"
        )

    def title(self, standard: Standard, moved: str = "") -> Text:
        zh, en = self.called(standard)
        return Text(f"{zh} 补助标准", f"{en}, unit rate")

    def said(self, name: str, standard: Standard) -> Text:
        zh, en = super().said(name, standard)
        per = standard.lines[self.line].per
        return Text(f"{zh}{per.zh}", f"{en} {per.en}") if name == "rate" else Text(zh, en)

    def accrual(self, standard: Standard) -> str:
        return standard.lines[self.line].accrual

    @property
    def words(self) -> Text:
        """How it follows growth or an index; empty where the rate is stated outright."""
        year = self.first_year
        if self.growth is not None:
            growth = percent(self.growth)
            zh, en = f"{year}年起每年 {growth}", f"{growth} a year from {year}"
        elif isinstance(self.index, str):
            zh, en = f"{year}年起随 {self.index} 变动", f"moves with {self.index} from {year}"
        elif self.index:
            points = ", ".join(f"{at}: {value:f}" for at, value in self.index)
            zh = f"{year}年前标准的倍数 {points}"
            en = f"multiples of the rate before {year}: {points}"
        else:
            return Text("", "")
        if self.step:
            return Text(f"{zh}，取整到 {self.step:f}", f"{en}, to the nearest {self.step:f}")
        return Text(zh, en)
