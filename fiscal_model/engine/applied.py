"""A scenario applied: the rules and inputs in force, cell by cell, before anything is multiplied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fiscal_model.arrays import Floats, Ints
from fiscal_model.engine.people import People
from fiscal_model.engine.project import Projection, Span, project
from fiscal_model.engine.rates import Timeline, unit_costs
from fiscal_model.engine.splits import RuleBook, rule_book
from fiscal_model.errors import Fault, Faults
from fiscal_model.inputs.model import Inputs
from fiscal_model.scenario.layers import base_layers
from fiscal_model.scenario.model import BaseEntry, Scenario
from fiscal_model.standard.rules import Standard

Key = tuple[int, str]
"""An item and the place that an amount was supplied for."""


@dataclass(frozen=True)
class Applied:
    """What a scenario makes of a standard and inputs over the years of ``span``.

    ``unit`` is yuan a beneficiary and year by (line, place, year) over all places (NaN: no rate); ``rules`` the split in force by (line, place, year);
    ``counts``, ``amounts`` and ``overlaps`` the supplied and projected series.
    """

    standard: Standard
    scenario: Scenario
    inputs: Inputs
    span: Span
    timelines: Mapping[str, Timeline]
    unit: Floats
    rules: RuleBook
    counts: Projection
    amounts: Projection
    overlaps: Projection
    notes: tuple[Fault, ...]

    @cached_property
    def base_amounts(self) -> dict[Key, float]:
        """The supplied base amounts."""
        places, cells = self.standard.places, self.inputs.bases
        rows = zip(cells.series_at, cells.place_at, cells.value, strict=True)
        return {(int(cells.series[s]), places.codes[p]): float(value) for s, p, value in rows}

    def bases(self, keys: tuple[Key, ...]) -> tuple[Floats, Floats]:
        """The base amounts of ``keys`` by (key, year), NaN where none is known, and the part above them that is borne all the same."""
        supplied = np.array([self.base_amounts.get(key, np.nan) for key in keys])
        return changed_bases(supplied, keys, self.scenario, self.span.years)


def apply(standard: Standard, scenario: Scenario, inputs: Inputs, span: Span) -> Applied:
    """Applies ``scenario`` to the rules of ``standard`` and to ``inputs``.

    Raises:
        FiscalModelError: a series does not reach a year asked for, or the rules it leads to cannot be used.

    """
    faults, notes = Faults(), list[Fault]()
    timelines, unit = unit_costs(standard, scenario, inputs, span.years)
    people = People(inputs, scenario, max(*span.years, *inputs.years), faults, notes)
    counts = project(inputs.counts, scenario, standard, span, faults, ("受益对象", "beneficiary"), people)
    amounts = project(inputs.amounts, scenario, standard, span, faults, ("金额", "amount"))
    overlaps = project(inputs.overlaps, scenario, standard, span, faults, ("重复享受", "overlap"))
    faults.raise_if_any()
    rules = rule_book(standard, scenario, span.years)
    return Applied(standard, scenario, inputs, span, timelines, unit, rules, counts, amounts, overlaps, tuple(notes))


def changed_bases(supplied: Floats, keys: tuple[Key, ...], scenario: Scenario, over: tuple[int, ...]) -> tuple[Floats, Floats]:
    """The limit of every (key, year) and the part above it that is borne all the same: the supplied amount, changed by the chain's entries."""
    years, index = np.array(over), scenario.standard.places.index
    limit = np.repeat(supplied[:, None], len(years), axis=1)
    above = np.zeros(limit.shape)
    for layer in base_layers(scenario):
        entry, within = layer.entry, (years >= layer.start) & (years < layer.end)
        elapsed = years[within] - entry.first_year + 1
        for n, (item, code) in enumerate(keys):
            if item == entry.item and layer.mask[index[code]]:
                if entry.phase_out:
                    above[n, within] = np.minimum(elapsed / entry.phase_out, 1.0)
                else:
                    limit[n, within], above[n, within] = _changed(entry, supplied[n], elapsed), 0.0
    return limit, above


def _changed(entry: BaseEntry, supplied: float, elapsed: Ints) -> Floats:
    if entry.abolish:
        return np.full(len(elapsed), np.inf)
    if entry.amount is not None:
        return np.full(len(elapsed), float(entry.amount))
    if entry.growth is not None:
        return np.asarray(supplied * (1.0 + float(entry.growth)) ** elapsed)
    return np.full(len(elapsed), supplied * float(entry.factor or 0))
