"""What a scenario's own entries hardly mean: figures far from what they replace, totals for years that are supplied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from fiscal_model.engine.program import Program
from fiscal_model.engine.rates import timeline
from fiscal_model.errors import Fault
from fiscal_model.scenario.model import Scenario
from fiscal_model.standard.rules import Standard
from fiscal_model.told.doubts import years_named
from fiscal_model.told.unlikely import beyond_limits, far_rate, is_far, times
from fiscal_model.vocabulary import Text


def entry_rates(standard: Standard, scenario: Scenario) -> Iterator[Fault]:
    """Rates far from those that they replace, or beyond the limits of the text. Shipped scenarios and inherited entries are left alone."""
    if scenario.shipped:
        return
    for entry in scenario.rates:
        if entry.rate is None:
            continue
        if message := beyond_limits(standard, entry.line, float(entry.rate)):
            yield Fault(entry.at, message)
        line = standard.lines[entry.line]
        without = replace(scenario, rates=tuple(each for each in scenario.rates if each.line != entry.line))
        year = entry.first_year or standard.rates_from.year
        before = timeline(line, standard, without, None, year, year).effective([year])[entry.mask, 0]
        known = before[~np.isnan(before)]
        if len(known) and is_far(float(entry.rate), float(known[0])):
            yield Fault(entry.at, far_rate(standard, entry.line, float(entry.rate), float(known[0])))


def entry_amounts(program: Program) -> Iterator[Fault]:
    """Base amounts far from the supplied ones, and totals for years in which every place is supplied."""
    scenario, inputs, places = program.scenario, program.applied.inputs, program.standard.places
    if scenario.shipped:
        return
    for base in scenario.bases:
        supplied = [
            value for (item, code), value in program.applied.base_amounts.items() if item == base.item and base.mask[places.index[code]]
        ]
        if base.amount is not None and (far := [value for value in supplied if is_far(float(base.amount), value)]):
            ratio = times(float(base.amount), far[0])
            zh, en = (
                f"基数 {base.amount:,f} 元是填报的 {far[0]:,.10g} 元{ratio.zh}，请核对",
                f"the base amount of {base.amount:,f} yuan is {ratio.en} the {far[0]:,.10g} supplied: please check",
            )
            yield Fault(base.at, Text(zh, en))
    cells = inputs.counts
    for count in scenario.counts:
        if not count.points or count.beneficiary not in cells.series:
            continue
        mine = (cells.series_at == cells.series.index(count.beneficiary)) & count.mask[cells.place_at]
        last = [int(cells.year_at[mine & (cells.place_at == p)].max()) for p in np.unique(cells.place_at[mine])]
        idle = [year for year, _ in count.points if last and year <= min(last)]
        if idle:
            when = years_named(idle)
            zh = f"“{count.beneficiary}”{when.zh}的合计不起作用：各地都已填报到 {min(last)} 年"
            yield Fault(
                count.at,
                Text(zh, f"the totals of '{count.beneficiary}' for {when.en} do not act: every place is supplied up to {min(last)}"),
            )
