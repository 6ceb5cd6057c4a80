"""Simulates only the items that a change can touch: what asks hundreds of simulations asks for no
more of each than moves.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from fiscal_model.engine.project import Span
from fiscal_model.inputs.model import Inputs
from fiscal_model.results.result import Result
from fiscal_model.run import simulated
from fiscal_model.scenario.entries import Entry, RateEntry
from fiscal_model.scenario.model import Scenario
from fiscal_model.standard.rules import Standard


@dataclass(frozen=True, eq=False)
class Ground:
    """What simulations stand on, and the years asked for (None: the scenario's own)."""

    standard: Standard
    scenario: Scenario
    inputs: Inputs
    years: Sequence[int] | Span | None
    _standards: dict[frozenset[int], Standard] = field(default_factory=dict, repr=False)
    _budgets: dict[frozenset[int], Result] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, result: Result) -> Ground:
        """What a whole simulation stands on."""
        span = result.program.applied.span
        return cls(result.standard, result.scenario, result.inputs, span)

    def touched(self, items: Collection[int]) -> frozenset[int]:
        """``items``, and those that people entitled to two benefits tie together: the higher
        benefit is known from all lines of both.
        """
        tied = {name for pair in self.inputs.overlaps.series for name in pair.split(":")}
        return frozenset(items) | self.standard.drawn_by(tied)

    def part(
        self, items: Collection[int], scenario: Scenario | None = None, inputs: Inputs | None = None
    ) -> Result:
        """The budget of the lines of :meth:`touched` ``items`` alone, under another scenario or on
        other inputs if given.

        Raises:
            FiscalModelError: as :func:`fiscal_model.simulate`.

        """
        wanted = self.touched(items)
        if scenario or inputs:
            return simulated(
                self._standard(wanted), scenario or self.scenario, inputs or self.inputs, self.years
            )
        if wanted not in self._budgets:
            self._budgets[wanted] = simulated(
                self._standard(wanted), self.scenario, self.inputs, self.years
            )
        return self._budgets[wanted]

    def _standard(self, items: frozenset[int]) -> Standard:
        """The standard with the lines of ``items`` only. The other items stay, for their readings
        may be asked for by an entry.
        """
        if items not in self._standards:
            kept = {
                number: item if number in items else replace(item, lines=())
                for number, item in self.standard.items.items()
            }
            self._standards[items] = replace(self.standard, items=kept)
        return self._standards[items]

    def items_of_series(self, table: str, series: str) -> frozenset[int]:
        """The items that a series of an input table can move."""
        if table == "beneficiaries":
            return self.standard.drawn_by({series})
        if table == "bases_2015":
            return frozenset({int(series)})
        if table == "vital_rates":
            return self.standard.drawn_by(self.scenario.following_the_population)
        if table == "minimum_wage":
            following = {
                each.line for each in self.scenario.every(RateEntry) if each.follows_series
            }
            indexed = (
                line
                for line in self.standard.lines.values()
                if line.code in following or any(rate.index for rate in line.rates)
            )
            return frozenset(line.item for line in indexed)
        return frozenset(
            {
                (
                    int(series.split(":")[1])
                    if series.startswith("grant:")
                    else self.standard.lines[series].item
                )
            }
        )


def with_entry(scenario: Scenario, entry: Entry, other: Entry) -> Scenario:
    """The chain with ``other`` in the place of ``entry``."""
    if any(each is entry for each in scenario.entries):
        return replace(
            scenario, entries=tuple(other if each is entry else each for each in scenario.entries)
        )
    assert scenario.parent is not None
    return replace(scenario, parent=with_entry(scenario.parent, entry, other))
