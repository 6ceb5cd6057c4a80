"""What a simulation says of a printed figure: money of its lines, places and payers, or the people
that it is of.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from fiscal_model.arrays import Ints
from fiscal_model.published.borne import borne
from fiscal_model.published.table import BIRTHS, Published
from fiscal_model.results.people import of_places, population
from fiscal_model.results.result import Result
from fiscal_model.standard.places import Places
from fiscal_model.vocabulary import Text

NO_YEAR: Final = Text("测算不含该年", "the budget has no such year")
NO_PLACE: Final = Text("数据没有该地区的全部", "the data do not have all of the place")
POOLED: Final = Text("数据只到上级地区", "the data have a place above it only")
NO_LINE: Final = Text("数据没有这些支出项", "the data have none of these lines")
NO_ITEM: Final = Text("没有对应的服务项目", "no item of the standard is named")
NO_PEOPLE: Final = Text("数据没有该年人口", "the data have no population of the year")
NO_BIRTHS: Final = Text("该年出生人数未推算", "births of the year are not projected")
NO_COUNT: Final = Text("数据没有这些受益对象", "the data do not count these beneficiaries")
PROJECTED: Final = Text("该年为推算", "the year is projected")
IN_PART: Final = Text("部分支出项没有数据", "some of the lines have no data")


class Found(NamedTuple):
    """Yuan or persons, and what is to be known of them: why there are none, else why they may
    differ.
    """

    value: float | None
    why: tuple[Text, ...] = ()


def on_data(row: Published, result: Result) -> Found:
    """What a whole simulation says of a printed figure."""
    if row.year not in result.years:
        return Found(None, (NO_YEAR,))
    at = places_of(row, result)
    if not row.lines and not row.is_money:
        found = _people(row, result)
    elif not row.lines:
        found = Found(None, (NO_ITEM,))
    elif not _covered(row.place, {result.places[p] for p in at.tolist()}, result.standard.places):
        found = Found(None, (_missing(row, result),))
    else:
        found = _money(row, result, at) if row.is_money else _counts(row, result, at)
    projected = found.value is not None and row.year > max(result.inputs.years)
    return found._replace(why=(*found.why, PROJECTED)) if projected else found


def places_of(row: Published, result: Result) -> Ints:
    """The positions of the places that a figure is of, with all below them."""
    inside = {each for code in _members(row.place, result.standard.places) for each in code}
    return np.array([p for p, code in enumerate(result.places) if code in inside], np.intp)


def lines_at(row: Published, result: Result) -> Ints:
    """The positions of the lines that a figure is of."""
    codes = {line.code for line in row.lines}
    return np.array([i for i, line in enumerate(result.lines) if line.code in codes], np.intp)


def payers_at(row: Published, result: Result) -> Ints:
    """The positions of the payers that a figure is of: all where it names none."""
    payers = result.standard.payers
    named = {each for payer in row.payers for each in payers.within(payer)}
    return np.array(
        [k for k, payer in enumerate(result.payers) if not named or payer in named], np.intp
    )


def _members(place: str, places: Places) -> list[tuple[str, ...]]:
    """What lies in a place, or in each member of a group."""
    members = places.groups[place].members if place in places.groups else (place,)
    return [places.below(code) for code in members]


def _covered(place: str, shown: set[str], places: Places) -> bool:
    """Whether places that data are given for make up all of a place, or of a group."""

    def whole(code: str) -> bool:
        parts = places.parts(code)
        return code in shown or (bool(parts) and all(map(whole, parts)))

    return all(whole(each[0]) for each in _members(place, places))


def _missing(row: Published, result: Result) -> Text:
    places = result.standard.places
    above = {each for code, *_ in _members(row.place, places) for each in places.ancestors(code)}
    return POOLED if above & {*result.places} else NO_PLACE


def _money(row: Published, result: Result, at: Ints) -> Found:
    y, lines = result.years.index(row.year), lines_at(row, result)
    costed = result.costed[np.ix_(lines, at)][..., y].any(axis=1)
    if not costed.any():
        return Found(None, (NO_LINE,))
    cells = result.amounts[:, lines[:, None], at, y].sum(axis=(1, 2))
    value, why = borne(row, cells, result.payers, result.standard.payers)
    partly = IN_PART if value is not None and not costed.all() else None
    return Found(value, tuple(each for each in (why, partly) if each))


def _counts(row: Published, result: Result, at: Ints) -> Found:
    """Beneficiaries of the lines."""
    counts, places = result.program.applied.counts, result.standard.places
    series = [code for code in row.beneficiaries(result.standard) if code in counts.series]
    if not series:
        return Found(None, (NO_COUNT,))
    axis = places.at(result.places[p] for p in at.tolist())
    table = counts.select(series, (row.year,))[:, axis, 0]
    if np.isnan(table).all():
        return Found(None, (NO_COUNT,))
    return Found(float(np.nansum(table)))


def _people(row: Published, result: Result) -> Found:
    """The population of a place at the end of a year, or its births."""
    places = result.standard.places
    members = [each[0] for each in _members(row.place, places)]
    if row.unit.of == BIRTHS:
        return _births(row, result)
    people = population(result, (row.year,))
    value = sum(float(of_places(people, places, code, {code})[0]) for code in members)
    return Found(value) if value == value else Found(None, (NO_PEOPLE,))


def _births(row: Published, result: Result) -> Found:
    """Births where the population was projected."""
    path = result.program.applied.population
    if path is None or row.year not in path.years:
        return Found(None, (NO_BIRTHS,))
    inside = {code for each in _members(row.place, result.standard.places) for code in each}
    at = [p for p, code in enumerate(path.places) if code in inside]
    value = float(path.births[at, path.years.index(row.year)].sum()) if at else np.nan
    return Found(value) if value == value else Found(None, (NO_BIRTHS,))
