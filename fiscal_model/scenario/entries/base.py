"""Entries that change base amounts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from fiscal_model.scenario.entries.entry import NEW, Common, Entry, Varied
from fiscal_model.scenario.entries.numbers import LARGEST_FACTOR
from fiscal_model.scenario.entries.split import titled
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import Text

if TYPE_CHECKING:
    from fiscal_model.scenario.model import Scenario


@dataclass(frozen=True, eq=False)
class BaseEntry(Entry):
    """A change of base amounts: a new amount, a factor on the one in force, growth a year from the
    start on, or none at all.

    With ``phase_out`` the limited payer bears one more of so many equal parts of what exceeds its
    base amount in each year, until it bears all.
    """

    section = "bases"
    label = Text("2015年基数", "base amounts")
    kind = "base"
    numbers = ranged = ("amount", "factor", "growth")
    varied = Varied("base", label, "基数", ("ITEM",), 0, LARGEST_FACTOR)

    item: int
    amount: Decimal | None
    factor: Decimal | None
    growth: Decimal | None
    abolish: bool
    phase_out: int | None

    @property
    def target(self) -> tuple[object, ...]:
        return (self.kind, self.item)

    def part(self, common: Common) -> str:
        """A base amount that only a scenario's own split or group brings in goes with it: neither
        means anything without the other.
        """
        if self.item not in common.items:
            return NEW
        return "base" if common.limits(self.item, self.mask) else "split"

    def items(self, standard: Standard, scenario: Scenario) -> frozenset[int]:
        return frozenset({self.item})

    def called(self, standard: Standard) -> Text:
        return titled(self.item, standard)

    def idle(self, last: int) -> Text:
        return Text(
            f"第{self.item}项在这里没有2015年基数的规定，或数额不变",
            f"item {self.item} has no base amount there, or it stays the same",
        )

    def title(self, standard: Standard, moved: str = "") -> Text:
        zh, en = standard.items[self.item].name
        return Text(f"第{self.item}项 {zh} 2015年基数", f"item {self.item} {en}, base amount")

    def said(self, name: str, standard: Standard) -> Text:
        zh, en = super().said(name, standard)
        return Text(f"{zh}元", f"{en} yuan") if name == "amount" else Text(zh, en)
