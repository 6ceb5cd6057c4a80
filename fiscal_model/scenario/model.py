"""A scenario: named changes to rules, rates, beneficiaries and readings, on top of another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from fiscal_model.files import NOTHING, Read
from fiscal_model.scenario.entries import CountEntry, Entry
from fiscal_model.scenario.entries.count import Cohort
from fiscal_model.scenario.entries.entry import AnyEntry
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import Text

FOUNDATIONS: Final = ("as_written", "baseline", "rates_of_2021", "hold")
"""The shipped scenarios that supplied data beat: the text, what is in force, and variants of it."""
HOLD, POPULATION = PROJECTIONS = ("hold", "population")
"""How a series goes on that no entry carries on: it keeps its last value, or goes with the persons
of the ages that the standard gives its beneficiary where these are known.
"""


@dataclass(frozen=True, eq=False, repr=False)
class Scenario:
    """One scenario file, with the one it extends; ``reason`` says what it is for, ``sources`` what
    it rests on and ``read`` where it was found.

    ``entries`` are those of the file itself, in the order of their kinds;
    ``standard`` is the standard it builds on, with the lines, items and beneficiaries that it and
    those below it add.
    """

    name: str
    title: Text
    file: str
    shipped: bool
    parent: Scenario | None
    standard: Standard
    readings: Mapping[str, str] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()
    years: tuple[int, ...] | None = None
    horizon: int | None = None
    horizon_at: str = ""
    projection: str = ""
    projection_at: str = ""
    reason: Text | None = None
    sources: tuple[Text, ...] = ()
    read: Read = NOTHING

    def __repr__(self) -> str:
        return f"Scenario({' < '.join(each.name for each in reversed(list(self.chain())))})"

    def of(self, kind: type[AnyEntry]) -> tuple[AnyEntry, ...]:
        """The entries of one kind of the file itself."""
        return tuple(entry for entry in self.entries if isinstance(entry, kind))

    def every(self, kind: type[AnyEntry]) -> Iterator[AnyEntry]:
        """The entries of one kind of the whole chain, from its bottom up."""
        return (entry for each in self.chain() for entry in each.of(kind))

    @property
    def following_the_population(self) -> frozenset[str]:
        """The beneficiaries that a cohort of the chain projects, or may project by their ages."""
        counts = (*self.by_age, *self.every(CountEntry))
        return frozenset(count.beneficiary for count in counts if count.cohort)

    @cached_property
    def by_age(self) -> tuple[CountEntry, ...]:
        """What ``projection: population`` says of each beneficiary whose ages the standard
        gives.
        """
        projection, at = self.nearest_projection()
        return tuple(
            CountEntry(
                at=at,
                places=self.standard.places,
                clause=each.ages.clause,
                beneficiary=each.code,
                cohort=Cohort(each.ages.first, each.ages.last, "both", ()),
            )
            for each in self.standard.beneficiaries.values()
            if projection == POPULATION and each.ages
        )

    def without(self, entry: Entry) -> Scenario:
        """The scenario less one entry of its file."""
        return replace(self, entries=tuple(each for each in self.entries if each is not entry))

    @cached_property
    def as_counted(self) -> Scenario:
        """The scenario less what it makes of counts, for those that are known."""
        entries = tuple(each for each in self.entries if not isinstance(each, CountEntry))
        return replace(self, entries=entries, parent=self.parent and self.parent.as_counted)

    def chain(self) -> Iterator[Scenario]:
        """The scenarios from the bottom of the chain up to this one."""
        if self.parent:
            yield from self.parent.chain()
        yield self

    @property
    def below_inputs(self) -> bool:
        """Whether supplied data beat it: so for the shipped foundations only."""
        return self.shipped and self.name in FOUNDATIONS

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

    def nearest_projection(self) -> tuple[str, str]:
        """The ``projection`` of the nearest scenario that states one, and where it stands."""
        if self.projection or not self.parent:
            return self.projection, self.projection_at
        return self.parent.nearest_projection()
