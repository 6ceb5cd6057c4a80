"""The people of places: what amounts are divided by.
A place has its own supplied figure, else the sum of its parts when every part has one; never both,
and never a guess.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from fiscal_model.arrays import Floats
from fiscal_model.engine.rates import with_sums
from fiscal_model.errors import Faults
from fiscal_model.inputs.ages import check_whole, read_bands
from fiscal_model.results.result import Result
from fiscal_model.standard.lives import EVER
from fiscal_model.standard.places import Places


def population(budget: Result, years: tuple[int, ...]) -> Floats:
    """Persons of both sexes and all ages by (place, year) over all places; NaN where they are not
    known.

    Where beneficiaries of the budget followed the population, the persons it was projected to be;
    else table ``population``, whose last year up to a year serves. A place with one sex only has no
    total.

    Raises:
        FiscalModelError: ages overlap or leave a gap, or the sexes stand both together and apart:
            the total would be a guess.

    """
    places, rows = budget.standard.places, budget.inputs.tables.get("population")
    if rows is None or not len(rows):
        return np.full((len(places), len(years)), np.nan)
    faults, bands = Faults(), read_bands(rows.columns["age"])
    by_place: dict[tuple[str, int], dict[str, list[int]]] = {}
    for row, key in enumerate(zip(rows.columns["place"], rows.columns["year"], strict=True)):
        by_place.setdefault(key, {}).setdefault(rows.columns["sex"][row], []).append(row)
    totals: dict[tuple[str, int], float] = {}
    for key, sexes in by_place.items():
        for found in sexes.values():
            check_whole(rows, bands, found, faults)
        if "both" in sexes and len(sexes) > 1:
            faults.add(rows.at(sexes["both"][0], "sex"), "sexes-together-and-apart")
        whole = "both" in sexes or len(sexes) == 2
        totals[key] = (
            sum(rows.columns["count"][row] for found in sexes.values() for row in found)
            if whole
            else np.nan
        )
    faults.raise_if_any()
    held, moved = held_forward(totals, places, years), projected_persons(budget, years)
    return np.asarray(np.where(np.isnan(moved), held, moved))


def projected_persons(budget: Result, years: tuple[int, ...]) -> Floats:
    """Persons by (place, year) over all places in the years that the population was projected to;
    NaN elsewhere.
    """
    places, path = budget.standard.places, budget.program.applied.population
    out = np.full((len(places), len(years)), np.nan)
    if path:
        persons = np.where(path.projected, path.persons.sum(axis=(2, 3)), np.nan)
        at = places.at(path.places)
        for y, year in enumerate(years):
            if year in path.years:
                out[at, y] = persons[:, path.years.index(year)]
    return out


def held_forward(
    given: dict[tuple[str, int], float], places: Places, years: tuple[int, ...]
) -> Floats:
    """Figures by (place, year) over all places: the last one given up to a year serves; NaN before
    the first.
    """
    out = np.full((len(places), len(years)), np.nan)
    for (place, since), value in sorted(given.items(), key=lambda pair: pair[0][1]):
        out[places.index[place], [year >= since for year in years]] = value
    return out


def of_places(supplied: Floats, places: Places, top: str, shown: Collection[str]) -> Floats:
    """The figure of each year for the places ``shown`` at and below ``top`` together.

    A place stands for itself when it is shown or all its parts are; NaN as soon as one of them has
    neither a figure nor parts that have.
    """
    if _is_whole(places, top, shown):
        return _own(supplied, places, top)
    inside = [
        child
        for child in places.children[top]
        if any(code in shown for code in places.below(child))
    ]
    return np.asarray(
        sum(
            (of_places(supplied, places, child, shown) for child in inside),
            np.zeros(supplied.shape[1]),
        )
    )


def _is_whole(places: Places, code: str, shown: Collection[str]) -> bool:
    """Whether a place, or all its parts, are shown; one that is not may lie in what it came out
    of.
    """
    parts = places.parts(code)
    return code in shown or (
        bool(parts)
        and all(
            _is_whole(places, part, shown)
            or any(each in shown for each in places.lives.get(part, EVER).out_of)
            for part in parts
        )
    )


def _own(supplied: Floats, places: Places, code: str) -> Floats:
    """The supplied figure of a place, else the sum of its parts, year by year."""
    return np.asarray(with_sums(supplied, places)[places.index[code]])
