"""Counts above the population of their ages, where the population is supplied: supplied or
projected, they cannot be right.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fiscal_model.arrays import Floats
from fiscal_model.engine.cohort import Population
from fiscal_model.engine.population import supplied_population
from fiscal_model.engine.program import Program
from fiscal_model.engine.rates import hold_forward, with_sums
from fiscal_model.errors import Fault, Faults
from fiscal_model.messages.message import message
from fiscal_model.scenario.entries import CountEntry
from fiscal_model.told.doubts import places_named, years_named
from fiscal_model.vocabulary import Text


def crowded(program: Program) -> Iterator[Fault]:
    """A line for each beneficiary that outnumbers the persons of its ages: where it does so most,
    and the places and years of it.

    The ages are those of the scenario's cohort, else those that the standard gives. The population
    is that of the year: projected where counts follow it, else the last one supplied up to the
    year.
    """
    applied, standard, places = program.applied, program.standard, program.standard.places
    persons, first = _persons(program)
    if persons is None:
        return
    cohorts = {
        entry.beneficiary: entry.cohort
        for entry in program.scenario.every(CountEntry)
        if entry.cohort
    }
    axis = places.at(program.places)
    top = persons.shape[-1] - 1
    for name in applied.counts.series:
        ages = cohorts.get(name) or standard.beneficiaries[name].ages
        if ages is None or ages.first > top or (ages.last is not None and ages.last >= top):
            continue
        sexes = {"male": [0], "female": [1]}.get(getattr(ages, "sex", ""), [0, 1])
        of_ages = persons[
            :, :, sexes, ages.first : top + 1 if ages.last is None else ages.last + 1
        ].sum(axis=(2, 3))
        there = with_sums(_in_years(of_ages, first, program.years), places)[axis]
        counted = applied.counts.select((name,), program.years)[0][axis]
        with np.errstate(invalid="ignore"):
            over = counted > there * (1 + 1e-9)
        # nobody supplied its figures: what matters is what a scenario makes of them
        if applied.inputs.illustrative:
            given = np.array(program.years) <= applied.inputs.years[-1]
            over &= ~(over & given).any(axis=1, keepdims=True)
        if over.any():
            yield _line(program, name, ages.first, ages.last, counted, there, over)


def _persons(program: Program) -> tuple[Floats | None, int]:
    """Persons by (place, year, sex, age) over all places and the first of the years, NaN where
    unknown; supplied ones that lack an age are left alone.
    """
    places, path = program.standard.places, program.applied.population
    rows = program.applied.inputs.tables.get("population")
    if path is None and rows is not None and len(rows):
        faults = Faults()
        supplied = supplied_population(rows, places, faults, [])
        codes, first, known = supplied if supplied else ((), 0, None)
    else:
        codes, first, known = (
            (path.places, path.years[0], path.persons)
            if isinstance(path, Population)
            else ((), 0, None)
        )
    if known is None:
        return None, 0
    out = np.full((len(places), *known.shape[1:]), np.nan)
    out[places.at(codes)] = known
    return out, first


def _in_years(values: Floats, first: int, years: tuple[int, ...]) -> Floats:
    """Values (place, year) from the year ``first`` on in some years, each held until the next
    one.
    """
    start, end = min(first, *years), max(first + values.shape[1] - 1, *years)
    every = np.full((len(values), end - start + 1), np.nan)
    every[:, first - start : first - start + values.shape[1]] = values
    return hold_forward(every)[:, np.array(years) - start]


def _line(
    program: Program,
    name: str,
    first: int,
    last: int | None,
    counted: Floats,
    there: Floats,
    over: np.ndarray,
) -> Fault:
    standard, label = program.standard, program.standard.beneficiaries[name].name
    ages = f"{first}+" if last is None else f"{first}–{last}" if last > first else str(first)
    p, y = np.unravel_index(
        np.argmax(np.where(over, counted / np.maximum(there, 1e-9), 0)), over.shape
    )
    where = places_named(
        [program.places[n] for n in np.flatnonzero(over.any(axis=1))], standard.places
    )
    when = years_named([program.years[n] for n in np.flatnonzero(over.any(axis=0))])
    worst, year = standard.places.label(program.places[int(p)]), program.years[int(y)]
    inputs = program.applied.inputs
    at = inputs.counts.where(name, standard.places.index[program.places[int(p)]])
    told = message(
        "count-above-population",
        beneficiary=Text(label.zh, name),
        ages=ages,
        places=where,
        years=when,
        worst=worst,
        year=year,
        count=float(counted[p, y]),
        persons=float(there[p, y]),
    )
    return Fault(at, told)
