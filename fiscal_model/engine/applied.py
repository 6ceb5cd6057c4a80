"""A scenario applied: the rules and inputs in force, cell by cell, before anything is
multiplied.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from fiscal_model.arrays import Floats, Ints
from fiscal_model.calls import answered
from fiscal_model.engine.base_amounts import (
    Key,
    carried_base,
    changed_bases,
    governed,
    merged_bases,
    supplied_bases,
)
from fiscal_model.engine.changes import ChangeLog, change_log
from fiscal_model.engine.cohort import Population
from fiscal_model.engine.in_force import table
from fiscal_model.engine.memo import Memo
from fiscal_model.engine.people import People
from fiscal_model.engine.project import Projection, Span, project
from fiscal_model.engine.rates import Timeline, unit_costs
from fiscal_model.engine.splits import RuleBook, rule_book
from fiscal_model.errors import Fault, Faults
from fiscal_model.inputs.model import Inputs
from fiscal_model.scenario.entries import CountEntry, GroupEntry, SplitEntry, VitalEntry
from fiscal_model.scenario.layers import Layer, base_layers, projection_layers
from fiscal_model.scenario.model import Scenario
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import Lang, Text

if TYPE_CHECKING:
    import pandas as pd


@answered
@dataclass(frozen=True, repr=False)
class Applied:
    """What a scenario makes of a standard and inputs over the years of ``span``.

    ``unit`` is yuan a beneficiary and year by (line, place, year) over all places (NaN: no rate);
    ``rules`` the split in force by (line, place, year); ``counts``, ``amounts`` and ``overlaps``
    the supplied and projected series; ``population`` what beneficiaries followed, None where none
    did.
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
    population: Population | None
    notes: tuple[Fault, ...]

    def __repr__(self) -> str:
        return (
            f"Applied({self.scenario!r}, {self.inputs.name},"
            f" {self.span.years[0]}–{self.span.years[-1]})"
        )

    @cached_property
    def log(self) -> ChangeLog:
        """Every cell of rules and inputs that the scenario and those it extends changed."""
        # In those of the same years for which the other scenario has data.
        span = Span(self.span.years, asked=False)
        return change_log(self, lambda each: apply(each.standard, each, self.inputs, span))

    def table(self, kind: str, lang: Lang | None = None) -> pd.DataFrame:
        """The rules or inputs in force as a tidy table, over the places that the inputs name; what
        is not known has no row.

        ``kind`` is ``rates`` (line, place, year, rate: yuan a beneficiary and year), ``splits``
        (line, place, year, split: in words), ``bases`` (item, place, year, amount, ended: how far
        it has, 1 where it no longer limits) or ``beneficiaries`` (beneficiary, place, year, count).
        ``lang`` is that of the words, the language set when left out.

        Raises:
            FiscalModelError: there is no such table.

        """
        return table(self, kind, lang)

    @property
    def projected_by(self) -> list[Layer[CountEntry]]:
        """How beneficiaries go on, in painting order: what follows the population by the standard's
        ages, then entries.
        """
        return [*self.counts.followed, *projection_layers(self.scenario)]

    @cached_property
    def named(self) -> Ints:
        """Positions of the places with any count or amount."""
        counted, summed = (
            ~np.isnan(each.values).all(axis=(0, 2)) for each in (self.counts, self.amounts)
        )
        return np.flatnonzero(np.logical_or(counted, summed))

    @cached_property
    def speakers(self) -> Ints:
        """For each named place, one that speaks for it."""
        places = self.standard.places
        return places.speakers(places.codes[p] for p in self.named)

    @cached_property
    def base_amounts(self) -> dict[Key, float]:
        """The supplied base amounts."""
        return supplied_bases(self.inputs, self.standard.places)

    @cached_property
    def base_keys(self) -> tuple[Key, ...]:
        """The item and place of every base amount that is supplied, or stated by a scenario where
        none above is supplied.
        """
        stated = (layer for layer in base_layers(self.scenario) if layer.entry.amount is not None)
        codes = [self.standard.places.codes[p] for p in self.named]
        found = {
            (layer.entry.item, code)
            for layer in stated
            for code, inside in zip(codes, layer.mask[self.named], strict=True)
            if inside
        }
        return tuple(
            sorted(
                {
                    *self.base_amounts,
                    *merged_bases(self.base_amounts, self.standard.places),
                    *(
                        key
                        for key in found
                        if not governed(key, self.base_amounts, self.standard.places)
                    ),
                }
            )
        )

    def bases(self, keys: tuple[Key, ...]) -> tuple[Floats, Floats]:
        """The base amounts of ``keys`` by (key, year), NaN where none is known, and how far each
        has ended (1: no longer limits).
        """
        given, places, years = self.base_amounts, self.standard.places, self.span.years
        supplied = np.array(
            [[carried_base(key, given, places, year) for year in years] for key in keys]
        ).reshape(len(keys), len(years))
        return changed_bases(supplied, keys, self.scenario, years)


def apply(
    standard: Standard, scenario: Scenario, inputs: Inputs, span: Span, memo: Memo | None = None
) -> Applied:
    """Applies ``scenario`` to the rules of ``standard`` and to ``inputs``; ``memo`` holds what
    other scenarios have in common with it.

    Raises:
        FiscalModelError: a series does not reach a year asked for, or the rules it leads to cannot
            be used.

    """
    memo, rests_on = memo or Memo(), (standard, scenario, inputs)
    timelines, unit = unit_costs(standard, scenario, inputs, span.years, memo)
    series = memo.once(
        rests_on,
        (CountEntry, VitalEntry, GroupEntry),
        span,
        lambda: _series(standard, scenario, inputs, span),
    )
    rules = memo.once(
        rests_on,
        (SplitEntry, GroupEntry),
        span.years,
        lambda: rule_book(standard, scenario, span.years),
    )
    return Applied(standard, scenario, inputs, span, timelines, unit, rules, *series)


def _series(
    standard: Standard, scenario: Scenario, inputs: Inputs, span: Span
) -> tuple[Projection, Projection, Projection, Population | None, tuple[Fault, ...]]:
    """Counts that any line asks for, amounts and overlaps over the years, the population that
    counts followed, and what it assumed.
    """
    faults, notes = Faults(), list[Fault]()
    counted = {line.beneficiary for line in standard.lines.values() if line.beneficiary}
    people = People(inputs, scenario, max(*span.years, *inputs.years), faults, notes)
    counts = project(
        inputs.counts,
        scenario,
        standard,
        span,
        faults,
        Text("受益对象", "beneficiary"),
        people,
        counted,
    )
    amounts = project(inputs.amounts, scenario, standard, span, faults, Text("金额", "amount"))
    overlaps = project(
        inputs.overlaps, scenario, standard, span, faults, Text("重复享受", "overlap")
    )
    faults.raise_if_any()
    return counts, amounts, overlaps, people.followed, tuple(notes)
