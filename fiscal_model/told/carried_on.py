"""How series go on after their last supplied year where no entry says so: with the population of
the ages that the standard gives them, or at their last value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from fiscal_model.arrays import Ints, Mask
from fiscal_model.engine.people import TABLES
from fiscal_model.engine.program import Program
from fiscal_model.engine.project import Projection
from fiscal_model.errors import Fault
from fiscal_model.inputs.model import Inputs
from fiscal_model.messages.message import Message, message
from fiscal_model.scenario.model import POPULATION
from fiscal_model.told.doubts import places_named, years_named
from fiscal_model.told.gaps import series_label
from fiscal_model.vocabulary import Text, first_of


class _Series(NamedTuple):
    """A series, whether the standard gives its ages, and where it followed the population and was
    held, (place, year).
    """

    label: Text
    by_age: bool
    followed: Mask
    held: Mask


def carried_on(program: Program) -> Iterator[Fault]:
    """A line for what ``projection: population`` carries on, and one for what it would have follow
    the population and cannot.
    """
    projection, at = program.scenario.nearest_projection()
    if projection != POPULATION:
        return
    every, places = tuple(_every(program)), program.standard.places
    following = [each for each in every if each.followed.any()]
    held = [each for each in every if not each.by_age and each.held.any()]
    left = [each for each in every if each.by_age and each.held.any()]
    if following:
        years = _years(program, [each.followed for each in following])
        told = message("series-follow-population", series=_named(following), years=years)
        also = (message("others-held", series=_named(held)),) if held else ()
        yield Fault(at, told.plus(*also))
    elif held:
        years = _years(program, [each.held for each in held])
        yield Fault(at, message("series-held", series=_named(held), years=years))
    if left:
        where = np.logical_or.reduce([each.held.any(axis=1) for each in left])
        told = message(
            "ages-not-followed",
            series=_named(left),
            years=_years(program, [each.held for each in left]),
            places=places_named((places.codes[p] for p in np.flatnonzero(where)), places),
            why=_why(program.applied.inputs),
        )
        yield Fault(at, told)


def _every(program: Program) -> Iterator[_Series]:
    """The series of all tables, in the years of the program."""
    applied, by_age = program.applied, {each.beneficiary for each in program.scenario.by_age}
    years = np.array(program.years)
    for table, projection in (
        ("beneficiaries", applied.counts),
        ("amounts", applied.amounts),
        ("overlaps", applied.overlaps),
    ):
        for s, name in enumerate(projection.series):
            held = projection.held[s][:, years - projection.first]
            mine = table == "beneficiaries" and name in by_age
            followed = _followed(projection, name, years, held.shape)
            if held.any() or followed.any():
                yield _Series(series_label(table, name, program.standard), mine, followed, held)


def _followed(projection: Projection, name: str, years: Ints, shape: tuple[int, ...]) -> Mask:
    out = np.zeros(shape, bool)
    for layer in projection.followed:
        if layer.entry.beneficiary == name:
            out |= layer.mask[:, None] & (years >= layer.start) & (years < layer.end)
    return out


def _named(every: Sequence[_Series]) -> Text:
    return first_of([each.label for each in every], Text("种", "series"))


def _years(program: Program, where: Sequence[Mask]) -> Text:
    acting = np.logical_or.reduce([each.any(axis=0) for each in where])
    return years_named(np.array(program.years)[acting].tolist())


def _why(inputs: Inputs) -> Message:
    """What the data lack."""
    missing = [name for name in TABLES if name not in inputs.tables]
    return message("table-missing", table=missing[0]) if missing else message("persons-unknown")
