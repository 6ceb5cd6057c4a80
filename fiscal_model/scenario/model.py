"""A scenario: named changes to rules, rates, beneficiaries and readings, on top of another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from fiscal_model.files import NOTHING, Read
from fiscal_model.scenario.entries import CountEntry, Entry
from fiscal_model.scenario.entries.entry import AnyEntry
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import Text


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
    holds: bool = False
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
        """The beneficiaries that a cohort of the chain projects."""
        return frozenset(count.beneficiary for count in self.every(CountEntry) if count.cohort)

    def without(self, entry: Entry) -> Scenario:
        """The scenario less one entry of its file."""
        return replace(self, entries=tuple(each for each in self.entries if each is not entry))

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
