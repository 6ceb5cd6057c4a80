"""Entries that change who belongs to a group of places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fiscal_model.scenario.entries.entry import Common, Entry
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import Text

if TYPE_CHECKING:
    from fiscal_model.scenario.model import Scenario


@dataclass(frozen=True, eq=False)
class GroupEntry(Entry):
    """Places that join a group, or leave it."""

    section = "groups"
    label = Text("地区组", "groups")
    kind = "group"

    group: str
    joins: bool

    @property
    def target(self) -> tuple[object, ...]:
        return (self.kind, self.group)

    def part(self, common: Common) -> str:
        return "split"

    def items(self, standard: Standard, scenario: Scenario) -> frozenset[int]:
        return frozenset(standard.items)

    def called(self, standard: Standard) -> Text:
        return standard.places.groups[self.group].name

    def idle(self, last: int) -> Text:
        zh, en = ("已在组内", "is in it already") if self.joins else ("不在组内", "is not in it")
        return Text(
            f"{'、'.join(self.where)} {zh}（{self.group}）",
            f"{', '.join(self.where)} {en} ({self.group})",
        )
