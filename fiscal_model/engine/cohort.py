"""Cohort projection: the population by place, sex and single year of age, moved year by year, and
the persons it makes entitled.
Persons are counted at the end of the year. In every rate the age is the age reached by the end of
the year: who is aged a at the end of year t was a - 1 at the end of t - 1, or was born in t when a
is 0. Each cohort meets one mortality and one migration rate a year:

    start = persons a year younger at the end of the year before (births for age 0) deaths = start x
    mortality, migrants = start x net_migration (net arrivals, negative when more leave), end =
    start - deaths + migrants
The open top age gathers those of the age below it and its own. Births are the sum over ages of the
women who reach an age in the year times its fertility, before their deaths and moves; they are
shared between the sexes by ``male_share_at_birth``, by 105 boys to 100 girls where that is not
supplied. Fertility outside the supplied ages is 0; without net migration the population is closed.
Mortality that is missing stays missing: what it would have moved is not known, and a count that is
wanted of it is a fault.
The base year of a place is its last supplied year; supplied years stay as supplied, and years
between them that are not supplied are not known. A population band is spread evenly over its ages.
How rates are read is told in :mod:`fiscal_model.engine.vital`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from fiscal_model.arrays import Floats, Ints, Mask
from fiscal_model.engine.population import SEX_LABELS, check_nesting, supplied_population
from fiscal_model.engine.territory import own_ended
from fiscal_model.engine.vital import (
    FEMALE,
    FERTILITY,
    MALE,
    MALE_SHARE,
    MORTALITY,
    MOVEMENT,
    NET_MIGRATION,
    SEXES,
    VitalLayers,
    VitalRates,
    vital_rates,
)
from fiscal_model.errors import Fault, Faults, nearest
from fiscal_model.inputs.model import Inputs
from fiscal_model.messages.message import message
from fiscal_model.scenario.entries.count import Cohort
from fiscal_model.standard.places import Places
from fiscal_model.vocabulary import Text

if TYPE_CHECKING:
    import pandas as pd

BOYS_TO_100_GIRLS: Final = 105
EVERY_AGE: Final = Text("各年龄", "any age")
SEX_AXES: Final = {"male": (MALE,), "female": (FEMALE,), "both": (MALE, FEMALE)}


@dataclass(frozen=True, eq=False)
class Population:
    """The population of the places that supply one, and how it moved.

    ``persons`` (place, year, sex, age) at the end of each year; ``births`` (place, year, sex),
    ``deaths`` and ``migrants`` (place, year, sex, age, the age reached by the end of the year) are
    NaN in years that are not projected. ``base`` is the position of the base year by (place). The
    last age is open. NaN is what is not known.
    """

    places: tuple[str, ...]
    years: tuple[int, ...]
    base: Ints
    persons: Floats
    births: Floats
    deaths: Floats
    migrants: Floats
    rates: VitalRates

    @property
    def top(self) -> int:
        """The open age."""
        return int(self.persons.shape[-1]) - 1

    @property
    def projected(self) -> Mask:
        """The years after each place's base year, (place, year)."""
        return np.arange(len(self.years)) > self.base[:, None]

    @property
    def covered(self) -> Mask:
        """The years that are supplied or projected, (place, year)."""
        return self.projected | ~np.isnan(self.persons[:, :, 0, 0])

    def to_dataframe(self) -> pd.DataFrame:
        """Tidy: place, year, sex, age (the last one open), persons, births (0 above age 0), deaths,
        migrants; known years only.
        """
        import pandas as pd

        born = np.where(self.projected[:, :, None, None], 0.0, np.full(self.persons.shape, np.nan))
        born[..., 0] = self.births
        index = pd.MultiIndex.from_product(
            [self.places, self.years, SEXES, range(self.top + 1)],
            names=["place", "year", "sex", "age"],
        )
        columns = {
            "persons": self.persons,
            "births": born,
            "deaths": self.deaths,
            "migrants": self.migrants,
        }
        frame = pd.DataFrame({name: each.ravel() for name, each in columns.items()}, index)
        return frame[
            np.broadcast_to(self.covered[:, :, None, None], self.persons.shape).ravel()
        ].reset_index()

    def balance(self) -> pd.DataFrame:
        """By (place, year): start + births - deaths + migrants = end, in persons; a year that is
        not projected has its end only.
        """
        import pandas as pd

        ends = self.persons.sum(axis=(2, 3))
        start = np.where(self.projected, np.roll(ends, 1, axis=1), np.nan)
        flows = {
            "births": self.births.sum(axis=2),
            "deaths": self.deaths.sum(axis=(2, 3)),
            "migrants": self.migrants.sum(axis=(2, 3)),
        }
        index = pd.MultiIndex.from_product([self.places, self.years], names=["place", "year"])
        frame = pd.DataFrame(
            {name: each.ravel() for name, each in {"start": start, **flows, "end": ends}.items()},
            index,
        )
        return frame[self.covered.ravel()]


def population_path(
    places: Places,
    inputs: Inputs,
    layers: VitalLayers,
    last_year: int,
    faults: Faults,
    notes: list[Fault],
) -> Population | None:
    """The supplied population, projected from each place's base year to ``last_year`` or until its
    people are supplied for other places; None without a population table, or when it is at fault.

    Assumptions that the projection makes are added to ``notes``.
    """
    rows = inputs.tables.get("population")
    if rows is None or not len(rows):
        return None
    refused = len(faults.found)
    supplied = supplied_population(rows, places, faults, notes)
    if supplied is None:
        return None
    codes, first, given = supplied
    years = tuple(range(first, max(last_year, first + given.shape[1] - 1) + 1))
    persons = np.pad(
        given, [(0, 0), (0, len(years) - given.shape[1]), (0, 0), (0, 0)], constant_values=np.nan
    )
    is_supplied = ~np.isnan(persons[:, :, 0, 0])
    base = np.where(is_supplied, np.arange(len(years)), -1).max(axis=1)
    at = places.at(codes)
    counted = np.full((1, len(places), len(years)), np.nan)
    counted[0, at] = np.where(is_supplied, 1.0, np.nan)
    ended = own_ended(counted, places, np.array(years))[0, at]
    goes_on = (np.arange(len(years)) > base[:, None]) & ~ended
    check_nesting(rows, codes, years, is_supplied | goes_on, places, faults)
    # nothing is assumed where nothing is projected
    assumed = notes if (base < len(years) - 1).any() else []
    rates = vital_rates(inputs, places, layers, persons.shape[-1] - 1, faults, assumed)
    if len(faults.found) > refused:
        return None
    moves = _project(
        persons,
        goes_on,
        years,
        rates,
        at,
        assumed,
    )
    _check_left(moves.persons, codes, years, places, faults)
    return Population(codes, years, base, *moves, rates) if len(faults.found) == refused else None


def cohort_counts(
    population: Population, cohort: Cohort, at: str, places: Places, faults: Faults
) -> Floats | None:
    """Persons of a cohort's ages and sex times all its ratios, (place, year) over all places and
    the years of ``population``.

    NaN where the population or a ratio is not known. None, with faults at ``at``, when the ages cut
    the open top age or a ratio is unknown.
    """
    top, known = population.top, [name for name in population.rates if name not in MOVEMENT]
    fits = cohort.first <= top and (cohort.last is None or cohort.last < top)
    if not fits:
        ages = f"{cohort.first}+" if cohort.last is None else f"{cohort.first}-{cohort.last}"
        faults.add(at, "cohort-cuts-open-age", ages=ages, top=top)
    unknown = [name for name in cohort.ratios if name not in known]
    for name in unknown:
        faults.add(at, "ratio-unknown", ratio=name, hint=nearest(name, known))
    if unknown or not fits:
        return None
    entitled = _cells(population.persons, cohort)  # a copy: sexes are picked by their positions
    rows = places.at(population.places)
    for name in cohort.ratios:
        entitled *= _cells(population.rates[name].over(population.years)[rows], cohort)
    counts = np.full((len(places), len(population.years)), np.nan)
    counts[rows] = entitled.sum(axis=(2, 3))
    return counts


def _cells(values: Floats, cohort: Cohort) -> Floats:
    """The sexes and ages of a cohort out of (place, year, sex, age)."""
    until = None if cohort.last is None else cohort.last + 1
    return values[:, :, SEX_AXES[cohort.sex], cohort.first : until]


def report_missing(
    population: Population,
    cohort: Cohort,
    counts: Floats,
    wanted: Mask,
    at: str,
    places: Places,
    faults: Faults,
) -> None:
    """A fault at ``at`` for each place with a ``wanted`` (place, year) count that is not known,
    naming what is missing for the first such year.
    """
    for p, t in _firsts(np.isnan(counts) & wanted):
        code, year = places.codes[p], population.years[t]
        if (
            code not in population.places
            or not population.covered[population.places.index(code), t]
        ):
            faults.add(
                at, "population-of-place-missing", place=places.label(code), code=code, year=year
            )
            continue
        gap = _cause(population, cohort, population.places.index(code), p, t)
        faults.add(
            at,
            "vital-rate-missing",
            place=places.label(code),
            code=code,
            year=year,
            rate=gap.rate,
            sex=SEX_LABELS[gap.sex],
            age=EVERY_AGE if gap.age is None else Text(f"{gap.age} 岁", f"age {gap.age}"),
            lacking=gap.year,
        )


class _Gap(NamedTuple):
    """A rate that is missing; ``age`` None when it is missing at every age."""

    rate: str
    year: int
    sex: int
    age: int | None


def _cause(population: Population, cohort: Cohort, row: int, place: int, t: int) -> _Gap:
    """Why a cohort's count is not known: its first cell without persons followed back to the
    missing rate, else a ratio.
    """
    persons = _cells(population.persons[[row]], cohort)[0, t]
    if np.isnan(persons).any():
        sex, age = (int(n) for n in np.argwhere(np.isnan(persons))[0])
        return _missing_rate(
            population, row, place, t, SEX_AXES[cohort.sex][sex], cohort.first + age
        )
    year = population.years[t]
    gaps = (
        (name, np.isnan(_cells(population.rates[name].at(year)[[place], None], cohort)[0, 0]))
        for name in cohort.ratios
    )
    name, gap = next((name, gap) for name, gap in gaps if gap.any())
    sex, age = (int(n) for n in np.argwhere(gap)[0])
    return _Gap(name, year, SEX_AXES[cohort.sex][sex], cohort.first + age)


def _missing_rate(population: Population, row: int, place: int, t: int, sex: int, age: int) -> _Gap:
    """The missing rate that an unknown number of persons goes back to: the cohort's own, or for the
    newborn that of their mothers.
    """
    year, before = population.years[t], population.persons[row, t - 1]
    for name in (MORTALITY, NET_MIGRATION):
        if np.isnan(population.rates[name].at(year)[place, sex, age]):
            return _Gap(name, year, sex, age)
    if age == 0:
        fertility = population.rates[FERTILITY].at(year)[place, FEMALE]
        if np.isnan(fertility).any():
            return _Gap(FERTILITY, year, FEMALE, None)
        mothers = _a_year_on(before)[FEMALE]
        sex, age = FEMALE, int(np.flatnonzero(np.isnan(mothers) & (fertility > 0))[0])
    stays = age == population.top and np.isnan(before[sex, age])
    return _missing_rate(population, row, place, t - 1, sex, age if stays else age - 1)


def _firsts(cells: Mask) -> Iterator[tuple[int, int]]:
    """The first marked year of each place that has one."""
    for p in np.flatnonzero(cells.any(axis=1)).tolist():
        yield p, int(np.argmax(cells[p]))


def _a_year_on(persons: Floats) -> Floats:
    """Persons (..., age) by the age they reach within the year, the newborn still missing (0)."""
    older = np.zeros_like(persons)
    older[..., 1:] = persons[..., :-1]
    older[..., -1] += persons[..., -1]
    return older


class _Moves(NamedTuple):
    """Persons at the end and what led there: of one year, (place, sex, age) and births (place,
    sex), or of all, with the year second.
    """

    persons: Floats
    births: Floats
    deaths: Floats
    migrants: Floats


def _move(before: Floats, rate: Mapping[str, Floats], male_share: Floats) -> _Moves:
    """One year on from the persons at the end of the year ``before``."""
    start = _a_year_on(before)
    fertility = rate[FERTILITY][:, FEMALE]
    # Ages without fertility bear none, even where nobody knows how many women there are.
    born = np.where(fertility == 0, 0.0, start[:, FEMALE] * fertility).sum(axis=1)
    births = np.stack([born * male_share, born * (1.0 - male_share)], axis=1)
    start[..., 0] = births
    deaths, migrants = start * rate[MORTALITY], start * rate[NET_MIGRATION]
    return _Moves(start - deaths + migrants, births, deaths, migrants)


def _project(
    given: Floats,
    goes_on: Mask,
    years: Sequence[int],
    rates: VitalRates,
    rows: Ints,
    notes: list[Fault],
) -> _Moves:
    """The years in which a place ``goes_on`` (place, year) after its base year, one after another;
    ``rows`` are the positions of its places among all.
    """
    path = _Moves(given.copy(), *(np.full(given.shape[:n], np.nan) for n in (3, 4, 4)))
    assumed = BOYS_TO_100_GIRLS / (BOYS_TO_100_GIRLS + 100)
    without_share = False
    for t in range(1, len(years)):
        rate = {name: rates[name].at(years[t])[rows] for name in MOVEMENT}
        newborn = rate[MALE_SHARE][:, :, 0]
        male_share = np.where(np.isnan(newborn[:, MALE]), newborn[:, FEMALE], newborn[:, MALE])
        projected = goes_on[:, t]
        without_share |= bool((np.isnan(male_share) & projected).any())
        year = _move(
            path.persons[:, t - 1], rate, np.where(np.isnan(male_share), assumed, male_share)
        )
        for whole, part in zip(path, year, strict=True):
            whole[projected, t] = part[projected]
    if without_share:
        told = message("sexes-at-birth-assumed", rate=MALE_SHARE, boys=BOYS_TO_100_GIRLS)
        notes.append(Fault("vital_rates", told))
    return path


def _check_left(
    persons: Floats, codes: tuple[str, ...], years: Sequence[int], places: Places, faults: Faults
) -> None:
    """No more can die and leave than there are."""
    for p, t in _firsts(np.any(persons < 0, axis=(2, 3))):
        sex, age = (int(n) for n in np.argwhere(persons[p, t] < 0)[0])
        faults.add(
            "",
            "population-below-zero",
            place=places.label(codes[p]),
            code=codes[p],
            year=years[t],
            sex=SEX_LABELS[sex],
            age=age,
        )
