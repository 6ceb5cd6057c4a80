"""What every kind of scenario entry has, and what it says of itself to whatever lists entries."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Hashable
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Protocol, TypeVar

from fiscal_model.arrays import Mask
from fiscal_model.periods import Moment
from fiscal_model.standard.rules import Standard
from fiscal_model.standard.splits import Clause
from fiscal_model.vocabulary import Text

if TYPE_CHECKING:
    from fiscal_model.scenario.model import Scenario

AnyEntry = TypeVar("AnyEntry", bound="Entry")
NEW = "lines"
"""The part of a difference that comes from what only one of two scenarios has."""


class Common(Protocol):
    """What two scenarios have in common."""

    lines: Collection[str]
    items: Collection[int]
    beneficiaries: Collection[str]

    def limits(self, item: int, mask: Mask) -> bool:
        """Whether the rules themselves let a base amount limit an item in some of the places."""


class Varied(NamedTuple):
    """What of a kind of entry can be solved for: the word that asks for it, its name and another,
    the names that it needs, and the least and the most that an entry may state.
    """

    word: str
    name: Text
    other: str
    needs: tuple[str, ...]
    least: float
    most: float


@dataclass(frozen=True, eq=False)
class Entry(ABC):
    """What every entry has: where it stands in its file, the places and the time it holds for, its
    source, and the ends of its range.

    ``mask`` is of the groups as the standard has them; the engine follows a group through the
    years. ``alternatives`` are the same entry at the ends of the range that its author thinks
    possible, for sensitivity.

    A kind says what it is called: ``section`` is its list in a scenario file and in the log,
    ``label`` what the log calls it, ``kind`` one of it. ``numbers`` are the fields that a spread
    moves, ``ranged`` those that a range may replace, ``varied`` what can be solved for.
    """

    section: ClassVar[str]
    label: ClassVar[Text]
    kind: ClassVar[str]
    numbers: ClassVar[tuple[str, ...]] = ()
    ranged: ClassVar[tuple[str, ...]] = ()
    varied: ClassVar[Varied | None] = None
    needs_data: ClassVar[bool] = False
    """Whether only the data show that it changes anything."""

    at: str
    where: tuple[str, ...]
    mask: Mask
    start: Moment | None
    end: Moment | None
    clause: Clause
    alternatives: tuple[Entry, ...]

    @property
    @abstractmethod
    def target(self) -> tuple[object, ...]:
        """What it changes, leaving aside where and when: its kind, then names."""

    @abstractmethod
    def part(self, common: Common) -> str:
        """The group of changes that it belongs to where the difference of two scenarios is taken
        apart.
        """

    @abstractmethod
    def items(self, standard: Standard, scenario: Scenario) -> frozenset[int]:
        """The items that it can move."""

    @abstractmethod
    def called(self, standard: Standard) -> Text:
        """What it changes, by name."""

    @abstractmethod
    def idle(self, last: int) -> Text:
        """What to say of it where it changes nothing up to the ``last`` year."""

    def title(self, standard: Standard, moved: str = "") -> Text:
        """What it changes, or the number of it that is ``moved``, as an assumption."""
        name = str(self.target[-1])
        return Text(name, name)

    def said(self, name: str, standard: Standard) -> Text:
        """One of its numbers in words, with the unit."""
        value = float(getattr(self, name))
        if name == "growth":
            percent = f"{value * 100:+.6g}%"
            return Text(f"每年 {percent}", f"{percent} a year")
        number = f"{'×' if name == 'factor' else ''}{value:,.10g}"
        return Text(number, number)

    def changes(self) -> tuple[str, ...]:
        """What of its target it changes: two entries that change the same may meet."""
        return ("",)

    @property
    def item_wide(self) -> bool:
        """Whether it is for all lines of an item, so that an entry for one of them beats it."""
        return False

    def accrual(self, standard: Standard) -> str:
        """How the time that it holds for is counted."""
        return "calendar_months"

    @property
    def follows_series(self) -> bool:
        """Whether it moves with a supplied series."""
        return False

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
