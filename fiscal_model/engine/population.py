"""The supplied population by place, year, sex and single year of age, as persons at the end of the
year.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from fiscal_model.arrays import Floats, Ints, Mask
from fiscal_model.engine.vital import FEMALE, SEXES
from fiscal_model.errors import Fault, Faults
from fiscal_model.inputs.ages import check_overlaps, read_bands
from fiscal_model.inputs.model import Rows
from fiscal_model.messages.message import message
from fiscal_model.standard.places import Places
from fiscal_model.vocabulary import Text, spans

SEX_LABELS: Final = (Text("男性", "male"), Text("女性", "female"))


class Supplied(NamedTuple):
    """The codes of the places that have a population, the first year, and ``persons`` (place, year,
    sex, age), NaN in years without.
    """

    places: tuple[str, ...]
    first: int
    persons: Floats


def supplied_population(
    rows: Rows, places: Places, faults: Faults, notes: list[Fault]
) -> Supplied | None:
    """The rows of the table as an array; None when they are at fault, each at its cell: no sexes or
    ages, ages that overlap or leave a gap.
    """
    refused = len(faults.found)
    for n, sex in enumerate(rows.columns["sex"]):
        if sex == "both":
            faults.add(rows.at(n, "sex"), "population-not-by-sex")
    bands = read_bands(rows.columns["age"])
    top = bands.top
    if top == 0:
        for n in np.flatnonzero(bands.is_open & (bands.first == 0)).tolist():
            faults.add(rows.at(n, "age"), "population-not-by-age")
    if len(faults.found) > refused:
        return None
    given = set(rows.columns["place"])
    codes = tuple(code for code in places.codes if code in given)
    order = {code: i for i, code in enumerate(codes)}
    place = np.array([order[code] for code in rows.columns["place"]], np.intp)
    year = np.array(rows.columns["year"], np.intp)
    sex = np.array([each == SEXES[FEMALE] for each in rows.columns["sex"]], np.intp)
    row, age = bands.single_ages()
    first = int(year.min())
    cell = (place[row], year[row] - first, sex[row], np.minimum(age, top))
    persons = np.zeros((len(codes), int(year.max()) - first + 1, len(SEXES), top + 1))
    np.add.at(
        persons, cell, np.array(rows.columns["count"], np.float64)[row] * bands.even_parts(row, age)
    )
    covered = np.zeros(persons.shape, bool)
    covered[cell] = True
    check_overlaps(rows, row, (place[row], year[row], sex[row], age), faults)
    _check_gaps(rows, covered, place, year - first, faults)
    if len(faults.found) > refused:
        return None
    if (bands.last - bands.first > 0)[~bands.is_open].any():
        notes.append(Fault("population", message("age-bands-spread-evenly")))
    return Supplied(codes, first, np.where(covered, persons, np.nan))


def _check_gaps(rows: Rows, covered: Mask, place: Ints, year: Ints, faults: Faults) -> None:
    """Where a place has persons in a year it has them for both sexes and at every age."""
    for p, t in np.argwhere(covered.any(axis=(2, 3))).tolist():
        for sex, ages in zip(SEX_LABELS, covered[p, t], strict=True):
            if ages.all():
                continue
            n = int(np.flatnonzero((place == p) & (year == t))[0])
            missing = np.flatnonzero(~ages).tolist()
            faults.add(
                rows.at(n, "age"),
                "population-ages-missing",
                place=rows.columns["place"][n],
                year=rows.columns["year"][n],
                sex=sex,
                ages=Text(spans(missing, "zh"), spans(missing, "en")),
            )


def check_nesting(
    rows: Rows,
    codes: tuple[str, ...],
    years: tuple[int, ...],
    known: Mask,
    places: Places,
    faults: Faults,
) -> None:
    """A place and a place above it may not both have a population in one year, supplied or
    projected.
    """
    for p, code in enumerate(codes):
        for above in places.ancestors(code):
            both = known[p] & known[codes.index(above)] if above in codes else np.zeros(1, bool)
            if both.any():
                faults.add(
                    rows.at(rows.columns["place"].index(code), "place"),
                    "population-counted-twice",
                    year=years[int(np.argmax(both))],
                    place=Text(places.label(code).zh, code),
                    whole=places.label(above),
                    code=above,
                )
