"""What every kind of scenario entry has, and what it says of itself to whatever lists entries."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Annotated, Any, ClassVar, NamedTuple, Protocol, Self, TypeVar

from fiscal_model.arrays import Mask
from fiscal_model.messages.message import Arg, Message, message
from fiscal_model.periods import Moment
from fiscal_model.records.bind import GIVEN, Key, Nodes, Record, Told, bound
from fiscal_model.records.node import Node
from fiscal_model.standard.clause import Clause
from fiscal_model.standard.fields import read_date
from fiscal_model.standard.kinds.reading import source_of
from fiscal_model.standard.places import Places
from fiscal_model.standard.read_split import read_where
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import BASES, Text

AnyEntry = TypeVar("AnyEntry", bound="Entry")
NEW = "lines"
"""The part of a difference that comes from what only one of two scenarios has."""


class Common(Protocol):
    """What two scenarios have in common."""

    def knows(self, name: str, value: object) -> bool:
        """Whether both have a line, an item or a beneficiary; what else there is, both have."""

    def limits(self, item: int, mask: Mask) -> bool:
        """Whether the rules themselves let a base amount limit an item in some of the places."""


def read_areas(node: Node, standard: Standard) -> tuple[str, ...]:
    """A place, a group, or a list of them, as codes."""
    return read_where(node, standard.places)


@dataclass(frozen=True)
class YearEdge:
    """A date that may only be a year, or its first or last ``month``."""

    month: int

    def __call__(self, node: Node, context: Any) -> Moment | None:
        moment = read_date(node, context)
        if moment and (moment.term or moment.month not in (None, self.month)):
            node.fault("change-within-year", moment=str(moment))
        return moment


EDGES = {"from": YearEdge(1), "to": YearEdge(12)}


def _clause(node: Node, nodes: Nodes, standard: Standard) -> Clause:
    basis = nodes["basis"].one_of(BASES, Text("依据", "basis")) if "basis" in nodes else None
    return Clause(basis or "user", source=source_of(nodes))


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


@dataclass(frozen=True, eq=False, kw_only=True)
class Entry(Record, ABC):
    """What every entry has: where it stands in its file, the places and the time it holds for, its
    source, and the ends of its range.

    ``where`` is empty for everywhere. ``alternatives`` are the same entry at the ends of the range
    that its author thinks possible, for sensitivity.

    A kind says what it is called: ``section`` is its list in a scenario file and in the log,
    ``label`` what the log calls it, ``kind`` one of it; ``names`` are the fields that name what it
    changes, ``part_of`` the group of changes that it belongs to. ``numbers`` are the fields that a
    spread moves, ``ranged`` those that a range may replace, ``varied`` what can be solved for.
    """

    section: ClassVar[str]
    label: ClassVar[Text]
    kind: ClassVar[str]
    names: ClassVar[tuple[str, ...]]
    part_of: ClassVar[str]
    numbers: ClassVar[tuple[str, ...]] = ()
    ranged: ClassVar[tuple[str, ...]] = ()
    varied: ClassVar[Varied | None] = None
    needs_data: ClassVar[bool] = False
    """Whether only the data show that it changes anything."""
    dated: ClassVar[tuple[str, ...]] = ()
    """What it may state only from a year on."""

    at: Annotated[str, GIVEN]
    alternatives: Annotated[tuple[Entry, ...], Told(("range",), lambda *_: None)] = ()
    places: Annotated[Places, GIVEN] = field(repr=False)
    where: Annotated[tuple[str, ...], read_areas] = ()
    start: Annotated[Moment | None, Key("from"), EDGES["from"]] = None
    end: Annotated[Moment | None, Key("to"), EDGES["to"]] = None
    clause: Annotated[Clause, Told(("source", "basis", "note"), _clause)]

    def check(self, node: Node, nodes: Nodes, context: Standard) -> Self | None:
        """The ends of its range are the entry itself with another number."""
        for way in self.dated:
            if way in nodes and "from" not in nodes:
                nodes[way].fault("from-missing", way=way)
        start, end = self.start, self.end
        if start and end and end.end("calendar_months") <= start.start("calendar_months"):
            nodes["to"].fault("to-before-from", end=str(end), start=str(start))
        found = self._with_range(node, nodes, context) if "range" in nodes else self
        return None if "where" in nodes and not self.where else found

    def _with_range(self, node: Node, nodes: Nodes, standard: Standard) -> Self:
        """The entry with its alternatives at the two ends of ``range``."""
        ends = nodes["range"].items()
        way = next((each for each in self.ranged if each in nodes), "")
        if len(ends) != 2 or not way:
            other = next((each for each in self.one_of if each in nodes and not way), "")
            unfit: Arg = message("range-unfit", way=other) if other else ""
            nodes["range"].fault("range-not-two-values", unfit=unfit)
            return self
        others = {key: each for key, each in nodes.items() if key != "range"}
        found = [
            bound(node, {**others, way: end}, type(self), standard, at=self.at, places=self.places)
            for end in ends
        ]
        return replace(self, alternatives=tuple(each for each in found if each))

    @property
    def target(self) -> tuple[object, ...]:
        """What it changes, leaving aside where and when: its kind, then names."""
        return (self.kind, *(getattr(self, name) for name in self.names))

    def part(self, common: Common) -> str:
        """The group of changes that it belongs to where the difference of two scenarios is taken
        apart.
        """
        return self.part_of if all(map(common.knows, self.names, self.target[1:])) else NEW

    @abstractmethod
    def items(self, standard: Standard, following: frozenset[str]) -> frozenset[int]:
        """The items that it can move; ``following`` are the beneficiaries that go with the
        population.
        """

    @abstractmethod
    def called(self, standard: Standard) -> Text:
        """What it changes, by name."""

    @abstractmethod
    def idle(self, last: int) -> Message:
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

    def accrual(self, standard: Standard) -> str:
        """How the time that it holds for is counted."""
        return "calendar_months"

    @property
    def follows_series(self) -> bool:
        """Whether it moves with a supplied series."""
        return False

    @cached_property
    def mask(self) -> Mask:
        """The places it holds for, with the groups as the standard has them; the engine follows a
        group through the years.
        """
        return self.places.mask(self.where) if self.where else self.places.everywhere()

    @cached_property
    def content(self) -> Hashable:
        """What it says: equal for entries that say the same wherever they stand, whatever they rest
        on.
        """
        beside = ("at", "places", "clause", "alternatives")
        said = (getattr(self, each.name) for each in fields(self) if each.name not in beside)
        return (type(self).__name__, self.mask.tobytes(), *said)

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
