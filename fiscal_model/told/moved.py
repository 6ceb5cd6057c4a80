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
from fiscal_model.messages.message import Arg, message
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
        alike: dict[tuple[int, str, tuple[tuple[str, Arg], ...]], list[str]] = {}
        for s, p, code, args in (
            *self._around(given, values, years),
            *self._parted(given, years),
            *self._with_origin(values, years),
            *self._joined(given, values, years),
        ):
            alike.setdefault((p, code, tuple(args.items())), []).append(self.names[s])
        for (p, code, told), names in alike.items():
            labels = [series_label(self.table, name, self.program.standard) for name in names]
            series = first_of(labels, Text("种", "series"))
            yield Fault(self.cells.where(names[0], p), message(code, series=series, **dict(told)))

    def _simulated(self, years: Ints) -> Mask:
        return np.isin(years, self.program.years)

    def _around(self, given: Floats, values: Floats, years: Ints) -> Iterator[_Move]:
        """Series that go on below or above a place."""
        moves, latest = counted_around(given, self.places), last_supplied(given)
        acting = (moves & self._simulated(years)).any(axis=-1)
        for s, p in np.argwhere(acting).tolist():
            code, y = self.places.codes[p], int(np.argmax(moves[s, p]))
            known = ~np.isnan(given[s, :, y])
            args: dict[str, Arg] = {
                "place": self.places.label(code),
                "last": int(years[latest[s, p]]),
                "first": int(years[y]),
            }
            above = [each for each in self.places.ancestors(code) if known[self.places.index[each]]]
            if above:
                yield s, p, "series-goes-on-above", args | {"whole": self.places.label(above[0])}
                continue
            below = [each for each in self.places.below(code) if known[self.places.index[each]]]
            lacking = self._lacking(code, ~np.isnan(values[s, :, y]), int(years[y]))
            rest = (
                message(
                    "parts-not-costed",
                    count=len(lacking),
                    places=places_named(lacking, self.places),
                )
                if lacking
                else ""
            )
            yield s, p, "series-goes-on-below", args | {"count": len(below), "rest": rest}

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
            yield (
                s,
                p,
                "origin-not-counted",
                {
                    "place": self.places.label(code),
                    "heirs": places_named(heirs, self.places),
                    "last": int(years[latest[s, p]]),
                    "first": int(years[y]),
                },
            )

    def _with_origin(self, values: Floats, years: Ints) -> Iterator[_Move]:
        """Series of places that are still counted with those they came out of."""
        known = ~np.isnan(values)
        elsewhere = self.places.counted_elsewhere(np.swapaxes(known, 0, 1))
        here = self.places.there(years.tolist()) & self._simulated(years)
        for code, life in self.places.lives.items():
            at, month = self.places.index[code], life.first
            for s in np.flatnonzero((elsewhere[at] & here[at]).any(axis=-1)).tolist():
                if month:
                    origins = [
                        each for each in life.out_of if known[s, self.places.index[each]].any()
                    ]
                    yield (
                        s,
                        self.places.index[origins[0]],
                        "counted-with-origin",
                        {
                            "place": self.places.label(code),
                            "origins": places_named(origins, self.places),
                            "month": month_words(month),
                            "status": life.status,
                            "years": years_named(years[elsewhere[at, s] & here[at]].tolist()),
                        },
                    )

    def _joined(self, given: Floats, values: Floats, years: Ints) -> Iterator[_Move]:
        """Series of places that go on with those that they took in, from no figure of their own."""
        latest = last_supplied(given)
        for code, life in self.places.lives.items():
            at = self.places.index[code]
            for origin in self.places.joined(code):
                gone = ~self.places.there(years.tolist())[self.places.index[origin]]
                last = self.places.lives[origin].last
                carried = gone & self._simulated(years) & ~np.isnan(values[:, at])
                mine = carried & (np.arange(len(years)) > latest[:, at][:, None])
                mine &= (latest[:, self.places.index[origin]] >= 0)[:, None]
                mine &= (latest[:, at] < np.argmax(gone))[:, None]
                for s in np.flatnonzero(mine.any(axis=-1)).tolist():
                    if last:
                        yield (
                            s,
                            self.places.index[origin],
                            "series-joined",
                            {
                                "place": self.places.label(code),
                                "origin": self.places.label(origin),
                                "month": month_words(last),
                                "status": (
                                    life if life.first else self.places.lives[origin]
                                ).status,
                                "years": years_named(years[mine[s]].tolist()),
                            },
                        )


_Move = tuple[int, int, str, dict[str, Arg]]
"""Positions of a series and of the place at which it is told, a code, and its arguments."""


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
