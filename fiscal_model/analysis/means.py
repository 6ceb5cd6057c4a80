"""What amounts are set against: the people of a place and the means of its own levels.
A place has its own supplied figure, else the sum of its parts when every part has one; never both,
and never a guess.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import product
from typing import Any, Final

import numpy as np

from fiscal_model.analysis.aligned import Axes
from fiscal_model.arrays import Floats
from fiscal_model.engine.rates import with_sums
from fiscal_model.errors import Faults, fault
from fiscal_model.inputs.ages import check_whole, read_bands
from fiscal_model.inputs.model import Inputs
from fiscal_model.names import Names
from fiscal_model.results.dimensions import AXES
from fiscal_model.results.result import Result
from fiscal_model.standard.lives import EVER
from fiscal_model.standard.places import Places
from fiscal_model.vocabulary import Text, spans

MEANS_NAMES: Final = Names(
    Text("财力口径", "measure of means"),
    {
        "revenue": Text("一般公共预算收入", "general public budget revenue"),
        "capacity": Text("财力", "fiscal capacity"),
    },
)
"""The columns of table ``fiscal_capacity``."""
PLACE: Final = AXES["place"]


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
    held, moved = _held(totals, places, years), projected_persons(budget, years)
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


def means(inputs: Inputs, places: Places, years: tuple[int, ...], name: str) -> Floats:
    """Revenue or capacity in yuan by (place, year) over all places as table ``fiscal_capacity`` has
    it; the last supplied year up to a year serves.
    """
    rows = inputs.tables.get("fiscal_capacity")
    columns = rows.columns if rows else {"place": [], "year": [], name: []}
    given = zip(columns["place"], columns["year"], columns[name], strict=True)
    return _held(
        {(place, year): value for place, year, value in given if value is not None}, places, years
    )


def _held(given: dict[tuple[str, int], float], places: Places, years: tuple[int, ...]) -> Floats:
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


def check_known(
    figures: Sequence[Floats], divisors: Sequence[Floats], years: tuple[int, ...], table: str
) -> None:
    """Refuses to divide by nothing: ``figures`` by (place, year) and what became of them, none of
    it known for want of whole years.

    Raises:
        FiscalModelError: which years of an input table are missing.

    """
    lacking = [
        year for y, year in enumerate(years) if all(np.isnan(each[:, y]).all() for each in figures)
    ]
    if lacking and all(np.isnan(each).all() for each in divisors):
        lacked = Text(spans(lacking, "zh"), spans(lacking, "en"))
        raise fault("", "nothing-to-divide-by", years=lacked, table=table)


def over_dimensions(supplied: Floats, axes: Axes, dimensions: Sequence[str]) -> Floats:
    """A figure by (place, year) over all places, for the places of ``axes``, shaped to divide a
    table by ``dimensions``; years not shown are summed.
    """
    by_label = [
        _gathered(axes.labels[name], axes.places) for name in dimensions if AXES[name] == PLACE
    ]
    every = set(axes.places)
    root = axes.standard.places.root
    cells = [
        (
            of_places(supplied, axes.standard.places, root, shown)
            if (shown := every.intersection(*sets))
            else np.full(len(axes.years), np.nan)
        )
        for sets in product(*(each.values() for each in by_label))
    ]
    table = np.array(cells).reshape(*(len(each) for each in by_label), len(axes.years))
    if "year" not in dimensions:
        table = table.sum(axis=-1, keepdims=True)
    # The table is by (place dimensions, year); bring it into the order asked for, with 1 where a
    # dimension does not matter.
    order = [n for n, name in enumerate(dimensions) if AXES[name] == PLACE]
    order += [dimensions.index("year")] if "year" in dimensions else []
    shape = [1] * len(dimensions)
    for n, size in zip(order, table.shape, strict=False):
        shape[n] = size
    return np.asarray(
        table.reshape(table.shape[: len(order)]).transpose(np.argsort(order)).reshape(shape)
    )


def _gathered(labels: tuple[Any, ...], codes: tuple[str, ...]) -> dict[Any, set[str]]:
    """The places that each label of the place axis gathers."""
    out: dict[Any, set[str]] = {}
    for label, code in zip(labels, codes, strict=True):
        out.setdefault(label, set()).add(code)
    return out
