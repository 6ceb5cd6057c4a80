"""The population behind cohort projections, worked out when the first beneficiary asks for it."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from fiscal_model.arrays import Floats, Mask
from fiscal_model.engine.cohort import Population, cohort_counts, population_path, report_missing
from fiscal_model.engine.rates import nearest_place, with_sums
from fiscal_model.errors import Fault, Faults
from fiscal_model.inputs.model import Inputs
from fiscal_model.scenario.entries import CountEntry
from fiscal_model.scenario.entries.count import Cohort
from fiscal_model.scenario.layers import vital_layers
from fiscal_model.scenario.model import Scenario


class People:
    """Persons of cohorts up to the year ``last``, under the scenario's vital rates. The population
    that counts ``followed`` is None until one does; what it assumes is then added to ``notes``.
    """

    def __init__(
        self, inputs: Inputs, scenario: Scenario, last: int, faults: Faults, notes: list[Fault]
    ) -> None:
        self.inputs, self.scenario, self.last = inputs, scenario, last
        self.faults, self.notes = faults, notes
        self.followed: Population | None = None
        self.assumed = list[Fault]()
        self.changes = dict[Cohort, Floats]()
        self.places = scenario.standard.places

    @cached_property
    def population(self) -> Population | None:
        """The path of the population; None where there is none, or it is at fault."""
        return population_path(
            self.places,
            self.inputs,
            vital_layers(self.scenario),
            self.last,
            self.faults,
            self.assumed,
        )

    def follow(self) -> Population | None:
        """The population, which a count now follows."""
        if self.followed is None and self.population:
            self.followed = self.population
            self.notes += self.assumed
        return self.followed

    def change(self, cohort: Cohort, first: int) -> Floats:
        """Persons of a cohort as a multiple of those of the year before from the year ``first`` on,
        (place, year), in the nearest place that knows both. NaN where none does, or without vital
        rates; infinite where there were none before.
        """
        if cohort not in self.changes:
            self.changes[cohort] = self._change(cohort, first)
        return self.changes[cohort]

    def _change(self, cohort: Cohort, first: int) -> Floats:
        out = np.full((len(self.places), self.last - first + 1), np.nan)
        if not {"population", "vital_rates"} <= self.inputs.tables.keys() or not self.population:
            return out
        # ages that the population does not tell apart are not known
        counts = cohort_counts(self.population, cohort, "", self.places, Faults())
        if counts is not None:
            mine, theirs = self._shared_years(self.population, first)
            out[:, mine] = with_sums(counts, self.places)[:, theirs]
        before = np.concatenate([np.full((len(out), 1), np.nan), out[:, :-1]], axis=1)
        change = np.divide(out, before, out=np.full(out.shape, np.inf), where=before != 0)
        return nearest_place(np.where(np.isnan(out), np.nan, change), self.places)

    def of(self, entry: CountEntry, first: int) -> Floats:
        """Persons of an entry's cohort times its ratios from the year ``first`` on, (place, year)
        over all places; NaN where they are not known.
        """
        out = np.full((len(self.places), self.last - first + 1), np.nan)
        if "population" not in self.inputs.tables:
            self.faults.add(entry.at, "population-table-missing", beneficiary=entry.beneficiary)
        if entry.cohort and self.follow():
            assert self.population is not None
            counts = cohort_counts(
                self.population, entry.cohort, entry.at, self.places, self.faults
            )
            if counts is not None:
                mine, theirs = self._shared_years(self.population, first)
                out[:, mine] = counts[:, theirs]
        return out

    def explain_missing(self, entry: CountEntry, first: int, wanted: Mask) -> None:
        """Says why persons of an entry's cohort that are ``wanted`` (place, year) are not known,
        where nothing has been said yet.
        """
        if not wanted.any() or self.faults.found or not entry.cohort or not self.population:
            return
        counts = cohort_counts(self.population, entry.cohort, entry.at, self.places, self.faults)
        if counts is None:
            return
        mine, theirs = self._shared_years(self.population, first)
        asked = np.zeros(counts.shape, bool)
        asked[:, theirs] = wanted[:, mine]
        report_missing(
            self.population,
            entry.cohort,
            nearest_place(counts, self.places),
            asked,
            entry.at,
            self.places,
            self.faults,
        )
        if not self.faults.found:
            p, y = np.argwhere(wanted)[0].tolist()
            self.faults.add(
                entry.at,
                "population-not-followed",
                beneficiary=entry.beneficiary,
                place=self.places.codes[p],
                year=first + y,
            )

    def _shared_years(self, population: Population, first: int) -> tuple[np.ndarray, np.ndarray]:
        """Positions of the years that a series from ``first`` on and the population share, in
        each.
        """
        years = np.array(population.years)
        within = (years >= first) & (years <= self.last)
        return years[within] - first, np.flatnonzero(within)
