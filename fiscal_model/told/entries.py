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
from fiscal_model.scenario.entries import BaseEntry, CountEntry, RateEntry
from fiscal_model.scenario.model import Scenario
from fiscal_model.standard.rules import Standard
from fiscal_model.told.doubts import years_named
from fiscal_model.told.unlikely import beyond_limits, far_rate, is_far, times
from fiscal_model.vocabulary import Text


def entry_rates(standard: Standard, scenario: Scenario) -> Iterator[Fault]:
    """Rates far from those that they replace, or beyond the limits of the text. Shipped scenarios
    and inherited entries are left alone.
    """
    if scenario.shipped:
        return
    for entry in scenario.of(RateEntry):
        if entry.rate is None:
            continue
        if message := beyond_limits(standard, entry.line, float(entry.rate)):
            yield Fault(entry.at, message)
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
        ratio = times(float(entry.amount), far[0])
        yield Fault(
            entry.at,
            Text(
                f"基数 {entry.amount:,f} 元是填报的 {far[0]:,.10g} 元{ratio.zh}，请核对",
                f"the base amount of {entry.amount:,f} yuan is {ratio.en} the {far[0]:,.10g}"
                " supplied: please check",
            ),
        )


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
        when = years_named(idle)
        yield Fault(
            entry.at,
            Text(
                f"“{name}”{when.zh}的合计不起作用：各地都已填报到 {last} 年",
                f"the totals of '{name}' for {when.en} do not act: every place is supplied up to"
                f" {last}",
            ),
        )
    if entry.projects and entry.factor is None and program.years[-1] <= last:
        yield Fault(
            entry.at,
            Text(
                f"“{name}”的推算不起作用：测算到 {program.years[-1]} 年，各地都已填报到 {last} 年",
                f"the projection of '{name}' does not act: the last year is {program.years[-1]},"
                f" and every place is supplied up to {last}",
            ),
        )
    stated = [float(value) for year, value in entry.points if year > last]
    stated += [total * float(entry.factor)] if entry.factor is not None else []
    for figure in (each for each in stated if is_far(each, total)):
        ratio = times(figure, total)
        yield Fault(
            entry.at,
            Text(
                f"“{name}”的 {figure:,.10g} 是最后填报的 {total:,.10g} {ratio.zh}，请核对",
                f"'{name}': {figure:,.10g} is {ratio.en} the last {total:,.10g} supplied: please"
                " check",
            ),
        )
