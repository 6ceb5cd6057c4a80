"""Entries that change base amounts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Self

from fiscal_model.messages.message import Message, message
from fiscal_model.records.bind import Nodes, Number, Whole
from fiscal_model.records.node import Node
from fiscal_model.scenario.entries.entry import Common, Entry, Varied
from fiscal_model.scenario.entries.numbers import LARGEST_FACTOR, MOST_YUAN, Factor, Growth
from fiscal_model.scenario.entries.split import read_item, titled
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import Text


@dataclass(frozen=True, eq=False, kw_only=True)
class BaseEntry(Entry):
    """A change of base amounts: a new amount, a factor on the one in force, growth a year from the
    start on, or none at all.

    With ``phase_out`` the limited payer bears one more of so many equal parts of what exceeds its
    base amount in each year, until it bears all.
    """

    section = "bases"
    label = Text("2015年基数", "base amounts")
    kind = "base"
    names = ("item",)
    part_of = "base"
    numbers = ranged = ("amount", "factor", "growth")
    varied = Varied("base", label, "基数", ("ITEM",), 0, LARGEST_FACTOR)

    one_of = ("amount", "factor", "growth", "abolish", "phase_out")
    dated = ("growth", "phase_out")

    item: Annotated[int, read_item]
    amount: Annotated[Decimal | None, Number(0, MOST_YUAN, "yuan")] = None
    factor: Factor = None
    growth: Growth = None
    abolish: bool = False
    phase_out: Annotated[int | None, Whole(1, 100, "years")] = None

    def check(self, node: Node, nodes: Nodes, context: Standard) -> Self | None:
        if "abolish" in nodes and not self.abolish:
            nodes["abolish"].fault("abolish-not-true")
        return super().check(node, nodes, context)

    def part(self, common: Common) -> str:
        """A base amount that only a scenario's own split or group brings in goes with it: neither
        means anything without the other.
        """
        part = super().part(common)
        return "split" if part == self.part_of and not common.limits(self.item, self.mask) else part

    def items(self, standard: Standard, following: frozenset[str]) -> frozenset[int]:
        return frozenset({self.item})

    def called(self, standard: Standard) -> Text:
        return titled(self.item, standard)

    def idle(self, last: int) -> Message:
        return message("idle-base", item=self.item)

    def title(self, standard: Standard, moved: str = "") -> Text:
        zh, en = standard.items[self.item].name
        return Text(f"第{self.item}项 {zh} 2015年基数", f"item {self.item} {en}, base amount")

    def said(self, name: str, standard: Standard) -> Text:
        zh, en = super().said(name, standard)
        return Text(f"{zh}元", f"{en} yuan") if name == "amount" else Text(zh, en)
