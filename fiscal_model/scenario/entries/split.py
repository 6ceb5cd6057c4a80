"""Entries that change how a cost is split."""

from __future__ import annotations

from dataclasses import dataclass

from fiscal_model.scenario.entries.entry import Entry
from fiscal_model.standard.splits import Split


@dataclass(frozen=True, eq=False)
class SplitEntry(Entry):
    """A split for an item, or for one of its lines."""

    item: int
    line: str | None
    split: Split

    @property
    def target(self) -> tuple[object, ...]:
        return ("split", self.item, self.line)
