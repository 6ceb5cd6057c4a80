"""The same people counted in other places than before: series that go on above or below, places
that came out of others or took them in, and what of that is assumed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from fiscal_model.arrays import Floats, Ints, Mask
from fiscal_model.engine.base_amounts import carried_from
from fiscal_model.engine.capped import cell_names
from fiscal_model.engine.program import Program
from fiscal_model.engine.project import Projection
from fiscal_model.engine.territory import counted_around, counted_in_heirs, last_supplied
from fiscal_model.errors import Fault
from fiscal_model.inputs.model import Cells
from fiscal_model.messages.message import Message, message
from fiscal_model.standard.lives import EVER, month_words
from fiscal_model.standard.places import Places
from fiscal_model.told.doubts import places_named, years_named
from fiscal_model.told.gaps import series_label
from fiscal_model.vocabulary import Text, first_of


def moved(program: Program) -> Iterator[Fault]:
    """A line for all series of a table that moved alike, and one for each base amount carried."""
    applied = program.applied
    for table, cells, projection in (
        ("beneficiaries", applied.inputs.counts, applied.counts),
        ("amounts", applied.inputs.amounts, applied.amounts),
        ("overlaps", applied.inputs.overlaps, applied.overlaps),
    ):
        names = tuple(name for name in cells.series if name in projection.series)
        if names:
            yield from _Moves(program, table, cells, projection, names).lines()
    yield from _bases(program)


@dataclass(frozen=True)
class _Moves:
    """The series ``names`` of one table."""

    program: Program
    table: str
    cells: Cells
    projection: Projection
    names: tuple[str, ...]

    @property
    def places(self) -> Places:
        return self.program.standard.places

    def lines(self) -> Iterator[Fault]:
        """In the order of the series, alike ones together."""
        years = np.arange(
            self.projection.first, self.projection.first + self.projection.values.shape[-1]
        )
        given = self.cells.dense(self.names, len(self.places), int(years[0]), int(years[-1]))
        values = self.projection.values[[self.projection.series.index(name) for name in self.names]]
        alike: dict[tuple[int, Message], list[str]] = {}
        for s, p, move in (
            *self._around(given, values, years),
            *self._parted(given, years),
            *self._with_origin(values, years),
            *self._joined(given, values, years),
        ):
            alike.setdefault((p, move), []).append(self.names[s])
        for (p, move), names in alike.items():
            labels = [series_label(self.table, name, self.program.standard) for name in names]
            series = first_of(labels, Text("种", "series"))
            told = message("series-moved", series=series, move=move)
            yield Fault(self.cells.where(names[0], p), told)

    def _simulated(self, years: Ints) -> Mask:
        return np.isin(years, self.program.years)

    def _around(self, given: Floats, values: Floats, years: Ints) -> Iterator[_Move]:
        """Series that go on below or above a place."""
        moves, latest = counted_around(given, self.places), last_supplied(given)
        acting = (moves & self._simulated(years)).any(axis=-1)
        for s, p in np.argwhere(acting).tolist():
            code, y = self.places.codes[p], int(np.argmax(moves[s, p]))
            known = ~np.isnan(given[s, :, y])
            place, last, first = self.places.label(code), int(years[latest[s, p]]), int(years[y])
            above = [each for each in self.places.ancestors(code) if known[self.places.index[each]]]
            if above:
                whole = self.places.label(above[0])
                yield (
                    s,
                    p,
                    message(
                        "series-goes-on-above", place=place, last=last, first=first, whole=whole
                    ),
                )
                continue
            below = [each for each in self.places.below(code) if known[self.places.index[each]]]
            lacking = self._lacking(code, ~np.isnan(values[s, :, y]), first)
            told = message(
                "series-goes-on-below", place=place, last=last, first=first, count=len(below)
            )
            if lacking:
                named = places_named(lacking, self.places)
                told = told.plus(message("parts-not-costed", count=len(lacking), places=named))
            yield s, p, told

    def _lacking(self, code: str, known: Mask, year: int) -> tuple[str, ...]:
        """The places without parts below one that are not counted in a year, alone or with one
        above or beside them.
        """
        lives = self.places.lives
        return tuple(
            leaf
            for leaf in self.places.leaves(code)
            if (life := lives.get(leaf, EVER)).there(year)
            and not known[self.places.at((leaf, *self.places.ancestors(leaf), *life.out_of))].any()
        )

    def _parted(self, given: Floats, years: Ints) -> Iterator[_Move]:
        """Series of a place that end where what came out of it is counted by itself."""
        moves, latest = counted_in_heirs(given, self.places), last_supplied(given)
        there = self.places.there(years.tolist())
        acting = (moves & self._simulated(years) & there & np.isnan(given)).any(axis=-1)
        for s, p in np.argwhere(acting).tolist():
            code, y = self.places.codes[p], int(np.argmax(moves[s, p]))
            heirs = [
                each
                for each in self.places.heirs[code]
                if not np.isnan(given[s, self.places.index[each], y])
            ]
            told = message(
                "origin-not-counted",
                place=self.places.label(code),
                heirs=places_named(heirs, self.places),
                last=int(years[latest[s, p]]),
                first=int(years[y]),
            )
            yield s, p, told

    def _with_origin(self, values: Floats, years: Ints) -> Iterator[_Move]:
        """Series of places that are still counted with those they came out of."""
        known = ~np.isnan(values)
        elsewhere = self.places.counted_elsewhere(np.swapaxes(known, 0, 1))
        here = self.places.there(years.tolist()) & self._simulated(years)
        for code, life in self.places.lives.items():
            at = self.places.index[code]
            if life.first is None:
                continue
            for s in np.flatnonzero((elsewhere[at] & here[at]).any(axis=-1)).tolist():
                origins = [each for each in life.out_of if known[s, self.places.index[each]].any()]
                told = message(
                    "counted-with-origin",
                    place=self.places.label(code),
                    origins=places_named(origins, self.places),
                    month=month_words(life.first),
                    status=life.status,
                    years=years_named(years[elsewhere[at, s] & here[at]].tolist()),
                )
                yield s, self.places.index[origins[0]], told

    def _joined(self, given: Floats, values: Floats, years: Ints) -> Iterator[_Move]:
        """Series of places that go on with those that they took in, from no figure of their own."""
        latest, position = last_supplied(given), np.arange(len(years))
        for code in self.places.lives:
            at = self.places.index[code]
            for origin in self.places.joined(code):
                life, was = self.places.lives[origin], self.places.index[origin]
                gone = np.array([not life.there(year) for year in years.tolist()])
                acting = gone & self._simulated(years) & ~np.isnan(values[:, at])
                acting &= position > latest[:, [at]]
                acting &= (latest[:, [was]] >= 0) & (latest[:, [at]] < np.argmax(gone))
                for s in np.flatnonzero(acting.any(axis=-1)).tolist():
                    assert life.last is not None  # else it is not joined
                    told = message(
                        "series-joined",
                        place=self.places.label(code),
                        origin=self.places.label(origin),
                        month=month_words(life.last),
                        status=life.status,
                        years=years_named(years[acting[s]].tolist()),
                    )
                    yield s, was, told


_Move = tuple[int, int, Message]
"""Positions of a series and of the place at which it is told, and what is told of it."""


def _bases(program: Program) -> Iterator[Fault]:
    """The base amounts that are carried over a change of places, which is an assumption."""
    places, supplied = program.standard.places, program.applied.base_amounts
    if not places.lives:
        return
    found: dict[tuple[int, tuple[str, ...]], tuple[set[str], set[int]]] = {}
    for groups in program.bases:
        _, codes, years = cell_names(program.frame, groups.cells)
        for n, place, y in zip(groups.group.tolist(), codes, years.tolist(), strict=True):
            key, year = groups.key(n), program.years[y]
            if carried := carried_from(key, place, supplied, places, year):
                where, when = found.setdefault((key[0], carried), (set(), set()))
                where.add(place)
                when.add(year)
    for (item, carried), (where, when) in found.items():
        told = message(
            "base-carried",
            item=item,
            title=program.standard.base_amount,
            places=places_named(sorted(where), places),
            origins=places_named(carried, places),
            years=years_named(when),
        )
        row = next(code for code in carried if (item, code) in supplied)
        yield Fault(program.applied.inputs.bases.where(str(item), places.index[row]), told)
