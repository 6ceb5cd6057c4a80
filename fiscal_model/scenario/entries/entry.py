"""What every entry of a scenario has."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TypeVar

from fiscal_model.arrays import Mask
from fiscal_model.periods import Moment
from fiscal_model.standard.splits import Clause

AnyEntry = TypeVar("AnyEntry", bound="Entry")


@dataclass(frozen=True, eq=False)
class Entry:
    """What every entry has: where it stands in its file, the places and the time it holds for, its
    source, and the ends of its range.

    ``mask`` is of the groups as the standard has them; the engine follows a group through the
    years. ``alternatives`` are the same entry at the ends of the range that its author thinks
    possible, for sensitivity.
    """

    at: str
    where: tuple[str, ...]
    mask: Mask
    start: Moment | None
    end: Moment | None
    clause: Clause
    alternatives: tuple[Entry, ...]

    @property
    def target(self) -> tuple[object, ...]:
        """What it changes, leaving aside where and when."""
        raise NotImplementedError

    @cached_property
    def content(self) -> Hashable:
        """What it says: equal for entries that say the same wherever they stand, whatever they rest
        on.
        """
        said = (
            getattr(self, each.name)
            for each in fields(self)
            if each.name not in ("at", "clause", "alternatives")
        )
        return (
            type(self).__name__,
            *(value.tobytes() if value is self.mask else value for value in said),
        )

    @property
    def size(self) -> int:
        """How many places it covers; the smaller wins."""
        return int(self.mask.sum())

    @property
    def span(self) -> str:
        """The time it holds for, as written."""
        return f"{self.start or ''}–{self.end or ''}" if self.start or self.end else ""

    @property
    def first_year(self) -> int:
        """The first year it holds for, for what changes at a year's start only."""
        return self.start.year if self.start else 0

    @property
    def last_year(self) -> int:
        """The last year it holds for."""
        return self.end.year if self.end else 10**6
