"""Entries that change who belongs to a group of places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fiscal_model.messages.message import Message, message
from fiscal_model.records.bind import GIVEN, Nodes, Told
from fiscal_model.records.node import Node
from fiscal_model.scenario.entries.entry import Entry, read_areas
from fiscal_model.standard.fields import GROUP
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import Text, in_both


def _where(node: Node, nodes: Nodes, standard: Standard) -> tuple[str, ...] | None:
    """The places that join or leave."""
    way = nodes.get("add", nodes.get("remove"))
    return (way and read_areas(way, standard)) or None


@dataclass(frozen=True, eq=False, kw_only=True)
class GroupEntry(Entry):
    """Places that join a group, or leave it."""

    section = "groups"
    label = Text("地区组", "groups")
    kind = "group"
    names = ("group",)
    part_of = "split"

    one_of = ("add", "remove")

    group: Annotated[str, GROUP]
    joins: Annotated[bool, Told(one_of, lambda _, nodes, standard: "add" in nodes)]
    where: Annotated[tuple[str, ...], Told(one_of, _where)]
    alternatives: Annotated[tuple[Entry, ...], GIVEN] = ()

    def items(self, standard: Standard, following: frozenset[str]) -> frozenset[int]:
        return frozenset(standard.items)

    def called(self, standard: Standard) -> Text:
        return standard.places.groups[self.group].name

    def idle(self, last: int) -> Message:
        places = in_both(self.where)
        if self.joins:
            return message("idle-group-joined", places=places, group=self.group)
        return message("idle-group-left", places=places, group=self.group)
