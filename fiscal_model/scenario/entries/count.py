"""Entries that say how counts go on."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from fiscal_model.scenario.entries.entry import Entry


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
