"""A scenario: named changes to rules, rates, beneficiaries and readings, on top of another."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cached_property

from fiscal_model.arrays import Mask
from fiscal_model.files import NOTHING, Read
from fiscal_model.periods import Moment
from fiscal_model.standard.clause import Clause
from fiscal_model.standard.rules import Standard
from fiscal_model.standard.splits import Split
from fiscal_model.vocabulary import Text


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


@dataclass(frozen=True, eq=False)
class RateEntry(Entry):
    """A unit rate, or the rate in force before the entry starts made to follow growth a year or an
    index, rounded to ``step`` if one is stated.

    ``index`` is a multiple of that rate by year (each holds until the next), or the name of a
    supplied series that it moves with.
    """

    line: str
    rate: Decimal | None
    growth: Decimal | None
    index: tuple[tuple[int, Decimal], ...] | str | None
    step: Decimal | None

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
    """A change of base amounts: a new amount, a factor on the one in force, growth a year from the
    start on, or none at all.

    With ``phase_out`` the limited payer bears one more of so many equal parts of what exceeds its
    base amount in each year, until it bears all.
    """

    item: int
    amount: Decimal | None
    factor: Decimal | None
    growth: Decimal | None
    abolish: bool
    phase_out: int | None

    @property
    def target(self) -> tuple[object, ...]:
        return ("base", self.item)


@dataclass(frozen=True)
class Cohort:
    """A beneficiary as a part of the population: persons of some ages (``last`` None: and older)
    and sex, times supplied ratios.

    Without ratios the part that the last supplied count was of the population then is kept.
    """

    first: int
    last: int | None
    sex: str
    ratios: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class CountEntry(Entry):
    """How counts go on after the last supplied year (growth a year, the total of ``points`` by
    year, or a cohort), and a factor on them.
    """

    beneficiary: str
    growth: Decimal | None
    points: tuple[tuple[int, Decimal], ...]
    cohort: Cohort | None
    factor: Decimal | None

    @property
    def target(self) -> tuple[object, ...]:
        return ("beneficiary", self.beneficiary)

    @property
    def projects(self) -> bool:
        """Whether it says how the counts go on, beside or instead of a factor."""
        return self.growth is not None or bool(self.points) or self.cohort is not None


@dataclass(frozen=True, eq=False)
class VitalEntry(Entry):
    """A rate of the population's movement or a ratio, replaced or multiplied."""

    rate: str
    value: Decimal | None
    factor: Decimal | None

    @property
    def target(self) -> tuple[object, ...]:
        return ("vital_rate", self.rate)


@dataclass(frozen=True, eq=False)
class GroupEntry(Entry):
    """Places that join a group, or leave it."""

    group: str
    joins: bool

    @property
    def target(self) -> tuple[object, ...]:
        return ("group", self.group)


@dataclass(frozen=True, eq=False, repr=False)
class Scenario:
    """One scenario file, with the one it extends; ``reason`` says what it is for, ``sources`` what
    it rests on and ``read`` where it was found.

    ``standard`` is the standard it builds on, with the lines, items and beneficiaries that it and
    those below it add.
    """

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
    vital_rates: tuple[VitalEntry, ...]
    groups: tuple[GroupEntry, ...]
    standard: Standard
    years: tuple[int, ...] | None
    horizon: int | None
    horizon_at: str
    holds: bool
    reason: Text | None = None
    sources: tuple[Text, ...] = ()
    read: Read = NOTHING

    def __repr__(self) -> str:
        return f"Scenario({' < '.join(each.name for each in reversed(list(self.chain())))})"

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries of the file itself."""
        return (
            *self.rates,
            *self.splits,
            *self.bases,
            *self.counts,
            *self.vital_rates,
            *self.groups,
        )

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

    @property
    def written(self) -> Standard:
        """The standard without what scenarios add to it."""
        return next(self.chain()).standard

    def nearest_years(self) -> tuple[tuple[int, ...] | None, int | None, str]:
        """The ``years`` or ``horizon`` of the nearest scenario that states one, and where it
        stands.
        """
        if self.years or self.horizon or not self.parent:
            return self.years, self.horizon, self.horizon_at
        return self.parent.nearest_years()

    @property
    def projects_by_hold(self) -> bool:
        """Whether a series without a rule of its own is held at its last supplied value."""
        return self.holds or bool(self.parent and self.parent.projects_by_hold)
