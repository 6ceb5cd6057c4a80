"""What a scenario's own entries hardly mean: figures far from what they replace, totals for years
that are supplied.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from fiscal_model.engine.program import Program
from fiscal_model.engine.rates import timeline
from fiscal_model.errors import Fault
from fiscal_model.messages.message import message
from fiscal_model.scenario.entries import BaseEntry, CountEntry, RateEntry
from fiscal_model.scenario.model import Scenario
from fiscal_model.standard.rules import Standard
from fiscal_model.told.doubts import years_named
from fiscal_model.told.unlikely import beyond_limits, far_rate, is_far, times


def entry_rates(standard: Standard, scenario: Scenario) -> Iterator[Fault]:
    """Rates far from those that they replace, or beyond the limits of the text. Shipped scenarios
    and inherited entries are left alone.
    """
    if scenario.shipped:
        return
    for entry in scenario.of(RateEntry):
        if entry.rate is None:
            continue
        if beyond := beyond_limits(standard, entry.line, float(entry.rate)):
            yield Fault(entry.at, beyond)
        line = standard.lines[entry.line]
        without = replace(
            scenario,
            entries=tuple(each for each in scenario.entries if each.target != entry.target),
        )
        year = entry.first_year or standard.rates_from.year
        before = timeline(line, standard, without, None, year, year).effective([year])[
            entry.mask, 0
        ]
        known = before[~np.isnan(before)]
        if len(known) and is_far(float(entry.rate), float(known[0])):
            yield Fault(
                entry.at, far_rate(standard, entry.line, float(entry.rate), float(known[0]))
            )


def entry_amounts(program: Program) -> Iterator[Fault]:
    """Base amounts and counts far from the supplied ones, and projections of years in which every
    place is supplied.
    """
    if program.scenario.shipped:
        return
    for base in program.scenario.of(BaseEntry):
        yield from _base(base, program)
    for count in program.scenario.of(CountEntry):
        yield from _count(count, program)


def _base(entry: BaseEntry, program: Program) -> Iterator[Fault]:
    index, supplied = program.standard.places.index, program.applied.base_amounts
    if entry.amount is None:
        return
    reached = (
        value
        for (item, code), value in supplied.items()
        if item == entry.item and entry.mask[index[code]]
    )
    if far := [value for value in reached if is_far(float(entry.amount), value)]:
        told = message(
            "base-far-from-supplied",
            amount=f"{entry.amount:,f}",
            ratio=times(float(entry.amount), far[0]),
            supplied=far[0],
        )
        yield Fault(entry.at, told)


def _count(entry: CountEntry, program: Program) -> Iterator[Fault]:
    """Held against the last supplied counts of the places that the entry reaches."""
    cells, name = program.applied.inputs.counts, entry.beneficiary
    if name not in cells.series:
        return
    mine = np.flatnonzero(
        (cells.series_at == cells.series.index(name)) & entry.mask[cells.place_at]
    )
    latest = {
        int(cells.place_at[n]): n
        for n in mine[np.argsort(cells.year_at[mine], kind="stable")].tolist()
    }
    if not latest:
        return
    last = min(int(cells.year_at[n]) for n in latest.values())
    total = sum(float(cells.value[n]) for n in latest.values())
    if idle := [year for year, _ in entry.points if year <= last]:
        told = message("totals-not-acting", beneficiary=name, years=years_named(idle), last=last)
        yield Fault(entry.at, told)
    if entry.projects and entry.factor is None and program.years[-1] <= last:
        told = message(
            "projection-not-acting", beneficiary=name, until=program.years[-1], last=last
        )
        yield Fault(entry.at, told)
    stated = [float(value) for year, value in entry.points if year > last]
    stated += [total * float(entry.factor)] if entry.factor is not None else []
    for figure in (each for each in stated if is_far(each, total)):
        told = message(
            "count-far-from-supplied",
            beneficiary=name,
            figure=figure,
            ratio=times(figure, total),
            supplied=total,
        )
        yield Fault(entry.at, told)
