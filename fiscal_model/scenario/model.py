"""A scenario: named changes to rules, rates, beneficiaries and readings, on top of another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from fiscal_model.arrays import Mask
from fiscal_model.periods import Moment
from fiscal_model.standard.splits import Clause, Split
from fiscal_model.vocabulary import Text


@dataclass(frozen=True, eq=False)
class Entry:
    """What every entry has: where it stands in its file, the places and the time it holds for, and its source."""

    at: str
    where: tuple[str, ...]
    mask: Mask
    start: Moment | None
    end: Moment | None
    clause: Clause

    @property
    def target(self) -> tuple[object, ...]:
        """What it changes, leaving aside where and when."""
        raise NotImplementedError

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


@dataclass(frozen=True, eq=False)
class RateEntry(Entry):
    """A unit rate."""

    line: str
    rate: Decimal

    @property
    def target(self) -> tuple[object, ...]:
        return ("rate", self.line)


@dataclass(frozen=True, eq=False)
class SplitEntry(Entry):
    """A split for an item, or for one of its lines."""

    item: int
    line: str | None
    split: Split

    @property
    def target(self) -> tuple[object, ...]:
        return ("split", self.item, self.line)


@dataclass(frozen=True, eq=False)
class BaseEntry(Entry):
    """A change of base amounts: a new amount, a factor on the supplied one, growth a year from the start on, or none at all."""

    item: int
    amount: Decimal | None
    factor: Decimal | None
    growth: Decimal | None
    abolish: bool

    @property
    def target(self) -> tuple[object, ...]:
        return ("base", self.item)


@dataclass(frozen=True, eq=False)
class CountEntry(Entry):
    """Growth a year after the last supplied year, and a factor on the counts."""

    beneficiary: str
    growth: Decimal | None
    factor: Decimal | None

    @property
    def target(self) -> tuple[object, ...]:
        return ("beneficiary", self.beneficiary)


@dataclass(frozen=True, eq=False)
class Scenario:
    """One scenario file, with the one it extends; ``reason`` says what it is for and ``sources`` what it rests on."""

    name: str
    title: Text
    file: str
    shipped: bool
    parent: Scenario | None
    readings: Mapping[str, str]
    rates: tuple[RateEntry, ...]
    splits: tuple[SplitEntry, ...]
    bases: tuple[BaseEntry, ...]
    counts: tuple[CountEntry, ...]
    years: tuple[int, ...] | None
    horizon: int | None
    horizon_at: str
    holds: bool
    reason: Text | None = None
    sources: tuple[str, ...] = ()

    def chain(self) -> Iterator[Scenario]:
        """The scenarios from the bottom of the chain up to this one."""
        if self.parent:
            yield from self.parent.chain()
        yield self

    @property
    def below_inputs(self) -> bool:
        """Whether supplied data beat it: so for the shipped foundations only."""
        return self.shipped and self.name in ("as_written", "baseline")

    def reading(self, code: str, default: str) -> str:
        """The option in force for a reading: the nearest scenario that chooses one."""
        if code in self.readings:
            return self.readings[code]
        return self.parent.reading(code, default) if self.parent else default

    def nearest_years(self) -> tuple[tuple[int, ...] | None, int | None, str]:
        """The ``years`` or ``horizon`` of the nearest scenario that states one, and where it stands."""
        if self.years or self.horizon or not self.parent:
            return self.years, self.horizon, self.horizon_at
        return self.parent.nearest_years()

    @property
    def projects_by_hold(self) -> bool:
        """Whether a series without a rule of its own is held at its last supplied value."""
        return self.holds or bool(self.parent and self.parent.projects_by_hold)
