"""Supplied rates that hold beyond their year and so set aside later rates of the scenario below
them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from fiscal_model.engine.program import Program
from fiscal_model.engine.rates import Timeline, supplied_steps, timeline
from fiscal_model.errors import Fault
from fiscal_model.inputs.model import Inputs
from fiscal_model.messages.message import message
from fiscal_model.periods import SLOTS
from fiscal_model.scenario.model import Scenario
from fiscal_model.standard.rules import Line, Standard
from fiscal_model.told.doubts import places_named
from fiscal_model.vocabulary import LANGS, Text, joined


def without_rates(
    line: Line, standard: Standard, scenario: Scenario, inputs: Inputs, years: Sequence[int]
) -> Timeline:
    """The rate of a line as the standard and the shipped foundations have it, without what is
    supplied or any other scenario says.
    """
    lowest = next(scenario.chain())
    tables = {name: rows for name, rows in inputs.tables.items() if name != "rates"}
    below, bare = _foundation(scenario, lowest), replace(inputs, tables=tables)
    return timeline(line, standard, below, bare, min(years), max(years))


def _foundation(scenario: Scenario, otherwise: Scenario) -> Scenario:
    """The nearest scenario of a chain that stands below what is supplied."""
    below = [each for each in scenario.chain() if each.below_inputs]
    return below[-1] if below else otherwise


def set_aside(program: Program) -> Iterator[Fault]:
    """A line for each supplied rate and the later rates that it keeps from acting, over the places
    where it is costed.
    """
    cells, places = program.applied.inputs.rates, program.standard.places
    title = _foundation(program.scenario, program.scenario).title
    for i, line in enumerate(program.lines):
        found: dict[tuple[int, tuple[tuple[int, float], ...]], list[str]] = {}
        for p, row, later in _kept_back(program, i, line) if line.code in cells.series else ():
            found.setdefault((row, later), []).append(program.places[p])
        for (row, later), where in found.items():
            given = cells.supplied(row)
            rates = [message("rate-in-year", year=year, rate=rate) for year, rate in later]
            told = message(
                "rates-set-aside",
                line=Text(line.name.zh, line.code),
                year=given.year,
                rate=given.value,
                places=places_named(where, places),
                scenario=title,
                later=Text(*(joined((each.to(lang) for each in rates), lang) for lang in LANGS)),
            )
            yield Fault(given.at, told)


def _kept_back(
    program: Program, i: int, line: Line
) -> Iterator[tuple[int, int, tuple[tuple[int, float], ...]]]:
    """For each place and supplied row in force there the years after the row's own in which the
    rate below it changes, and to what.
    """
    cells, places, years = program.applied.inputs.rates, program.standard.places, program.years
    first = min(*years, int(cells.year_at.min()))
    supplied, below = (
        program.timelines[line.code],
        without_rates(
            line, program.standard, program.scenario, program.applied.inputs, [first, *years]
        ),
    )
    speaker = places.speakers(program.places)
    held = supplied_steps(
        replace(cells, value=cells.row.astype(np.float64)), line.code, places, supplied.breaks
    )
    # what holds at the end of each year
    at = np.searchsorted(supplied.breaks, (np.array(years) + 1) * SLOTS) - 1
    by_row = np.array([source == "rates" for source in supplied.sources])[
        supplied.origin[speaker][:, at]
    ]
    row = np.where(by_row & (supplied.origin[speaker][:, at] >= 0), held[speaker][:, at], np.nan)
    known = np.nan_to_num(row, nan=0).astype(np.intp)
    now, before = (
        below.effective(years)[speaker],
        below.effective([max(year - 1, first) for year in years])[speaker],
    )
    acts = (
        ~np.isnan(row)
        & program.costed[i]
        & ~np.isnan(now)
        & (now != before)
        & (now != cells.value[known])
    )
    acts &= cells.year_at[known] < np.array(years)
    for p in np.flatnonzero(acts.any(axis=1)).tolist():
        for n in np.unique(known[p, acts[p]]).tolist():
            there = np.flatnonzero(acts[p] & (known[p] == n)).tolist()
            yield p, n, tuple((years[y], float(now[p, y])) for y in there)
