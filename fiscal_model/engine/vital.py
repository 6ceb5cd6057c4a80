"""Vital rates (fertility, mortality, net migration) and population ratios, by place, year, sex and
single year of age.
A rate holds until its next supplied year, and a place without one takes that of the nearest place
above it, for each sex and age apart. A row for both sexes serves each; a row for one sex in the
same place and year beats it. A band gives its rate to every age in it, and the open top age of the
population has the rate supplied for the age it starts at.
Entries of scenarios are painted over what is supplied: a value replaces it at the ages and sexes
that the place has the rate for (at all, where it has none), a factor multiplies it. What is painted
later for a rate, place and year replaces what was painted earlier, so factors never compound.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from fiscal_model.arrays import Floats, Ints
from fiscal_model.engine.rates import nearest_held
from fiscal_model.errors import Fault, Faults
from fiscal_model.inputs.ages import check_overlaps, read_bands
from fiscal_model.inputs.model import Inputs, Rows
from fiscal_model.messages.message import message
from fiscal_model.periods import FIRST_YEAR, LAST_YEAR
from fiscal_model.scenario.entries import VitalEntry
from fiscal_model.scenario.layers import Layer
from fiscal_model.standard.places import Places

SEXES: Final = ("male", "female")
MALE, FEMALE = range(2)
FERTILITY, MORTALITY, NET_MIGRATION, MALE_SHARE = (
    "fertility",
    "mortality",
    "net_migration",
    "male_share_at_birth",
)
MOVEMENT: Final = (FERTILITY, MORTALITY, NET_MIGRATION, MALE_SHARE)
"""Rates that move the population; every other name is a ratio."""
LIMITS: Final = {
    FERTILITY: (0.0, 1.0),
    MORTALITY: (0.0, 1.0),
    NET_MIGRATION: (-1.0, np.inf),
    MALE_SHARE: (0.0, 1.0),
}
RATIO_LIMITS: Final = (0.0, np.inf)

VitalLayers = Sequence[Layer[VitalEntry]]
"""Entries in painting order."""


@dataclass(frozen=True)
class VitalRate:
    """One rate as a step function of the year: ``values`` (place, sex, age, step) over all places,
    NaN where unknown.

    ``steps`` are the years from which each step holds.
    """

    steps: Ints
    values: Floats

    def at(self, year: int) -> Floats:
        """The rate of one year, (place, sex, age)."""
        return self.values[..., self._step(year)]

    def over(self, years: Sequence[int]) -> Floats:
        """The rate of several years, (place, year, sex, age)."""
        return np.moveaxis(self.values[..., self._step(years)], -1, 1)

    def _step(self, years: int | Sequence[int]) -> Ints:
        return np.asarray(np.searchsorted(self.steps, years, side="right") - 1)


VitalRates = Mapping[str, VitalRate]


class _Supplied(NamedTuple):
    """Rows of the table year of age by year of age: every array by (cell); ``sex`` -1 stands for
    both.
    """

    name: Ints
    place: Ints
    year: Ints
    sex: Ints
    age: Ints
    value: Floats

    def of(self, name: int) -> _Supplied:
        """The cells of one rate."""
        mine = self.name == name
        return _Supplied(*(each[mine] for each in self))


def vital_rates(
    inputs: Inputs,
    places: Places,
    layers: VitalLayers,
    top: int,
    faults: Faults,
    notes: list[Fault],
) -> VitalRates:
    """Every rate that is supplied or that an entry gives a value, and the rates of movement in any
    case.

    Fertility is 0 outside the supplied ages where a place has any; net migration is 0 everywhere
    where no row supplies it, which is noted.
    Faults: a value outside its limits, fertility of men, ages that overlap.
    """
    rows = inputs.tables.get("vital_rates")
    written = [str(name) for name in rows.columns["rate"]] if rows else []
    names = tuple(
        dict.fromkeys(
            [
                *MOVEMENT,
                *written,
                *(layer.entry.rate for layer in layers if layer.entry.value is not None),
            ]
        )
    )
    _check_entries(layers, faults)
    supplied = _read(rows, written, names, places, top, faults, notes)
    if NET_MIGRATION not in written:
        notes.append(Fault("vital_rates", message("migration-not-supplied")))
    rates: dict[str, VitalRate] = {}
    for i, name in enumerate(names):
        mine = [layer for layer in layers if layer.entry.rate == name]
        rates[name] = _rate(name, supplied.of(i), mine, places, top)
    return rates


def _rate(
    name: str, supplied: _Supplied, layers: VitalLayers, places: Places, top: int
) -> VitalRate:
    bounds = {
        bound
        for layer in layers
        for bound in (layer.start, layer.end)
        if FIRST_YEAR < bound <= LAST_YEAR
    }
    steps = np.array(sorted({FIRST_YEAR, *bounds, *supplied.year.tolist()}), np.intp)
    nothing = 0.0 if name == NET_MIGRATION and not len(supplied.value) else np.nan
    given = np.full((len(places), len(SEXES), top + 1, len(steps)), nothing)
    step = np.searchsorted(steps, supplied.year)
    for sex in (-1, MALE, FEMALE):  # both sexes first: a row for one sex beats it
        one = supplied.sex == sex
        for each in (MALE, FEMALE) if sex < 0 else (sex,):
            given[supplied.place[one], each, supplied.age[one], step[one]] = supplied.value[one]
    values = _painted(nearest_held(given, places), layers, steps)
    if name == FERTILITY:
        known = ~np.isnan(values).all(axis=(1, 2), keepdims=True)
        values = np.where(known & np.isnan(values), 0.0, values)
    return VitalRate(steps, values)


def _painted(supplied: Floats, layers: VitalLayers, steps: Ints) -> Floats:
    """The entries of one rate over what is supplied, (place, sex, age, step): the latest value,
    times the latest factor painted after it.
    """
    if not layers:
        return supplied
    value = np.full((len(supplied), len(steps)), np.nan)
    factor = np.ones(value.shape)
    for layer in layers:
        entry, cells = layer.entry, np.ix_(layer.mask, (steps >= layer.start) & (steps < layer.end))
        if entry.value is not None:
            value[cells] = float(entry.value)
        factor[cells] = 1.0 if entry.factor is None else float(entry.factor)
    has_none = np.isnan(supplied).all(axis=-1, keepdims=True)
    fits = ~has_none | np.all(has_none, axis=(1, 2), keepdims=True)
    new = value[:, None, None, :]
    return np.where(fits & ~np.isnan(new), new, supplied) * factor[:, None, None, :]


def _read(
    rows: Rows | None,
    written: list[str],
    names: tuple[str, ...],
    places: Places,
    top: int,
    faults: Faults,
    notes: list[Fault],
) -> _Supplied:
    """The rows of the table, year of age by year of age up to ``top``."""
    if rows is None:
        none = np.zeros(0, np.intp)
        return _Supplied(none, none, none, none, none, np.zeros(0))
    bands = read_bands(rows.columns["age"])
    position = {name: i for i, name in enumerate(names)}
    code = {"both": -1, "male": MALE, "female": FEMALE}
    name = np.array([position[each] for each in written], np.intp)
    place = places.at(rows.columns["place"])
    year = np.array(rows.columns["year"], np.intp)
    sex = np.array([code[each] for each in rows.columns["sex"]], np.intp)
    value = np.array(rows.columns["value"], np.float64)
    row, age = bands.single_ages()
    check_overlaps(rows, row, (name[row], place[row], year[row], sex[row], age), faults)
    _check_values(rows, written, value, faults)
    for n in np.flatnonzero((name == position[FERTILITY]) & (sex == MALE)).tolist():
        faults.add(rows.at(n, "sex"), "fertility-of-men")
    for beyond in dict.fromkeys(written[n] for n in np.flatnonzero(bands.first > top).tolist()):
        told = message("vital-rate-above-top-age", rate=beyond, top=top)
        notes.append(Fault("vital_rates", told))
    kept = age <= top
    row = row[kept]
    return _Supplied(name[row], place[row], year[row], sex[row], age[kept], value[row])


def _check_values(rows: Rows, written: list[str], value: Floats, faults: Faults) -> None:
    limits = np.array([LIMITS.get(name, RATIO_LIMITS) for name in written]).reshape(-1, 2)
    for n in np.flatnonzero((value < limits[:, 0]) | (value > limits[:, 1])).tolist():
        _refuse(rows.at(n, "value"), written[n], float(value[n]), faults)


def _check_entries(layers: VitalLayers, faults: Faults) -> None:
    for entry in (layer.entry for layer in layers):
        low, high = LIMITS.get(entry.rate, RATIO_LIMITS)
        if entry.value is not None and not low <= entry.value <= high:
            _refuse(entry.at, entry.rate, float(entry.value), faults)
        if entry.factor is not None and entry.factor < 0:
            faults.add(entry.at, "vital-factor-negative", factor=str(entry.factor))


def _refuse(at: str, name: str, value: float, faults: Faults) -> None:
    low, high = LIMITS.get(name, RATIO_LIMITS)
    limits = (
        message("vital-rate-least", low=low)
        if high == np.inf
        else message("vital-rate-between", low=low, high=high)
    )
    faults.add(at, "vital-rate-out-of-range", rate=name, limits=limits, value=value)
