"""Entries that change who belongs to a group of places."""

from __future__ import annotations

from dataclasses import dataclass

from fiscal_model.scenario.entries.entry import Entry


@dataclass(frozen=True, eq=False)
class GroupEntry(Entry):
    """Places that join a group, or leave it."""

    group: str
    joins: bool

    @property
    def target(self) -> tuple[object, ...]:
        return ("group", self.group)
