"""Rows that were read and act on nothing: for every table which they are, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np

from fiscal_model.arrays import Ints, Mask
from fiscal_model.engine.capped import CappedGroups
from fiscal_model.engine.program import Program
from fiscal_model.engine.rates import nearest_place, supplied_steps
from fiscal_model.engine.simulate import amounts
from fiscal_model.engine.vital import MOVEMENT
from fiscal_model.errors import Fault
from fiscal_model.inputs.labels import label_of
from fiscal_model.inputs.model import Cells, Inputs, Rows
from fiscal_model.inputs.tables import TABLES
from fiscal_model.messages.message import Message, message
from fiscal_model.periods import SLOTS
from fiscal_model.scenario.entries import CountEntry, RateEntry
from fiscal_model.scenario.layers import rate_layers
from fiscal_model.standard.rules import Line, Rate
from fiscal_model.told.doubts import places_named, years_named
from fiscal_model.vocabulary import Text, first_of

AFTER_ALL: Final = 10**6
LATE: Final = message("unused-years")
WHY: Final[Mapping[str, Message]] = {
    "beneficiaries": message("unused-counts"),
    "rates": message("unused-rates"),
    "amounts": message("unused-grants"),
    "bases_2015": message("unused-bases"),
    "minimum_wage": message("unused-wages"),
    "local_split": message("unused-local-shares"),
    "population": message("unused-place"),
    "vital_rates": message("unused-vital-rates"),
    "fiscal_capacity": message("unused-place"),
    "advances": message("unused-item"),
    "actuals": message("unused-item"),
    "overlaps": message("unused-overlaps"),
    "functions": message("unused-functions"),
}
"""Why a row of a table acts on nothing where its year is simulated."""


@dataclass(frozen=True, eq=False)
class Unused:
    """The rows of a program's inputs that act on no figure of it, neither of the budget nor of what
    is set beside it.
    """

    program: Program

    @property
    def inputs(self) -> Inputs:
        """The data."""
        return self.program.applied.inputs

    @cached_property
    def rows(self) -> dict[str, Mask]:
        """For each table which of its rows act on nothing."""
        used = {
            "beneficiaries": self._counts,
            "amounts": self._amounts,
            "rates": self._rates,
            "minimum_wage": self._wages,
            "bases_2015": self._bases,
            "local_split": self._shares,
            "overlaps": self._overlaps,
            "population": self._around,
            "fiscal_capacity": self._around,
            "vital_rates": self._vital_rates,
            "advances": self._of_items,
            "actuals": self._of_items,
            "functions": self._functions,
        }
        return {name: ~used[name](rows) for name, rows in self.inputs.tables.items() if len(rows)}

    def lines(self) -> Iterator[Fault]:
        """A line a table and reason. Of an illustrative data set, which serves many scenarios,
        nobody need be told; nor of years left out on purpose.
        """
        if self.inputs.illustrative:
            return
        span = self.program.applied.span
        for name, unused in self.rows.items():
            rows = self.inputs.tables[name]
            years = np.array(rows.columns["year"], np.intp) if "year" in rows.columns else None
            outside = (
                unused & ~np.isin(years, span.years)
                if years is not None
                else np.zeros(len(rows), bool)
            )
            if not span.named:
                yield from self._line(rows, np.flatnonzero(outside), LATE)
            elsewhere = self._without_rate if name == "beneficiaries" else np.zeros(len(rows), bool)
            yield from self._line(rows, np.flatnonzero(unused & ~outside & ~elsewhere), WHY[name])

    @property
    def _without_rate(self) -> Mask:
        """Counts of a line whose rate is not known: the line is told by name (see
        :mod:`fiscal_model.engine.program`).
        """
        cells, lines = self.inputs.counts, self.program.lines
        fed = np.isin(np.array(cells.series), [line.beneficiary or "" for line in lines])
        return np.asarray(fed[cells.series_at] & (cells.value > 0))

    def _line(self, rows: Rows, which: Ints, why: Message) -> Iterator[Fault]:
        if not len(which):
            return
        standard, table = self.program.standard, TABLES[rows.name]
        first = table.columns[0]
        parts: list[Text] = []
        if first.kind != "place":
            known = [
                value
                for value in dict.fromkeys(rows.columns[first.name][n] for n in which)
                if value is not None
            ]
            labels = [label_of(first.kind, value, standard) for value in known]
            parts += [first_of(labels, Text("种", "kinds"))] if labels else []
        if "place" in rows.columns:
            parts.append(
                places_named(
                    dict.fromkeys(rows.columns["place"][n] for n in which), standard.places
                )
            )
        if "year" in rows.columns:
            parts.append(years_named(rows.columns["year"][n] for n in which))
        zh, en = "，".join(each.zh for each in parts), "; ".join(each.en for each in parts)
        told = message(
            "rows-unused", table=table.both, rows=len(which), which=Text(zh, en), why=why
        )
        yield Fault(rows.at(int(which[0]), first.name), told)

    # What is costed, over all places

    @cached_property
    def _axis(self) -> Ints:
        return self.program.standard.places.at(self.program.places)

    @cached_property
    def _costed(self) -> Mask:
        """Where a line is costed, (line, place, year) over all places."""
        program = self.program
        out = np.zeros((len(program.lines), len(program.standard.places), len(program.years)), bool)
        out[:, self._axis] = program.costed
        return out

    @cached_property
    def _reached(self) -> Mask:
        """The same with all places below those that are costed: what holds there serves the place
        as a whole.
        """
        parents, out = self.program.standard.places.parents, self._costed.copy()
        for _ in range(self.program.standard.places.depth):
            out |= out[:, parents]
        return out

    def _with_parts(self, costed: Mask) -> Mask:
        """(place, year) at which something is costed, in the place or below it."""
        places = self.program.standard.places
        out = costed.copy()
        for code in reversed(places.codes):
            if parent := places.by_code[code].parent:
                out[places.index[parent]] |= out[places.index[code]]
        return out

    @cached_property
    def _around_costs(self) -> Mask:
        """(place, year) at which anything is costed, in the place, below or above it."""
        return np.asarray(
            self._with_parts(np.asarray(self._costed.any(axis=0))) | self._reached.any(axis=0)
        )

    # Tables, one by one: which rows act

    def _carried(self, cells: Cells, act: Mask) -> Mask:
        """Which cells act, ``act`` being (series, place, year) over the simulated years: those of
        such a year, and the last ones before such years.
        """
        years, key = np.array(self.program.years), (cells.series_at, cells.place_at)
        at = np.searchsorted(years, cells.year_at)
        inside = (at < len(years)) & (years[np.minimum(at, len(years) - 1)] == cells.year_at)
        now = inside & act[(*key, np.minimum(at, len(years) - 1))]
        last = np.full(act.shape[:2], -1)
        np.maximum.at(last, key, cells.year_at)
        ever_after = np.pad(
            np.logical_or.accumulate(act[..., ::-1], axis=-1)[..., ::-1], [(0, 0), (0, 0), (0, 1)]
        )
        after = ever_after[(*key, np.searchsorted(years, cells.year_at, side="right"))]
        return np.asarray(now | (after & (cells.year_at == last[key])))

    def _costed_by(self, field: str, value: object) -> Mask:
        """(place, year): where any line with a value in a field is costed."""
        lines = [i for i, line in enumerate(self.program.lines) if getattr(line, field) == value]
        return np.asarray(self._costed[lines].any(axis=0))

    def _counts(self, _: Rows) -> Mask:
        cells = self.inputs.counts
        act = [self._costed_by("beneficiary", name) for name in cells.series]
        return self._carried(cells, np.array(act))

    def _amounts(self, _: Rows) -> Mask:
        cells, program = self.inputs.amounts, self.program
        act = np.array([self._costed_by("code", name) for name in cells.series])
        for groups in program.grants:
            payer = program.payers[groups.payer]
            for (item, place), years in _years_of(groups).items():
                if (name := f"grant:{item}:{payer}") in cells.series:
                    act[cells.series.index(name), program.standard.places.index[place]] |= years
        return self._carried(cells, act)

    def _bases(self, rows: Rows) -> Mask:
        """Those that a group is held against, and that move its limit."""
        program, applied = self.program, self.program.applied
        moved = [2 * amount + 1 for amount in rows.columns["amount"]]
        inputs = self.inputs.with_column("bases_2015", "amount", moved)
        other = replace(applied, inputs=inputs)
        acting = set()
        for groups in program.bases:
            years = _years_of(groups)
            (was, ended), (now, _) = applied.bases(groups.keys), other.bases(groups.keys)
            moves = (was != now) & ~(np.isnan(was) & np.isnan(now)) & (ended < 1)
            acting |= {
                key
                for n, key in enumerate(groups.keys)
                if key in years and (moves[n] & years[key]).any()
            }
        return np.array(
            [
                key in acting
                for key in zip(rows.columns["item"], rows.columns["place"], strict=True)
            ],
            bool,
        )

    def _rates(self, rows: Rows) -> Mask:
        cells, used = self.inputs.rates, np.zeros(len(rows), bool)
        for i, line in enumerate(self.program.lines):
            if line.code in cells.series:
                used[self._supplied_in(line, i, cells, line.code, of_rates=True)] = True
        return used

    def _wages(self, rows: Rows) -> Mask:
        used = np.zeros(len(rows), bool)
        for i, line in enumerate(self.program.lines):
            if line.code in self.program.timelines:
                used[self._supplied_in(line, i, self.inputs.wages, "", of_rates=False)] = True
        return used

    def _supplied_in(self, line: Line, i: int, cells: Cells, series: str, of_rates: bool) -> Ints:
        """The rows whose rates (or wages) a line is costed by: in force in a year that is, or just
        before an entry that goes on from there.
        """
        program = self.program
        timeline = program.timelines[line.code]
        following = [
            (layer, isinstance(layer.entry.index, str))
            for below in (True, False)
            for layer in rate_layers(program.scenario, line.code, line.accrual, below=below)
            if layer.entry.rate is None
        ]
        direct = np.array(
            [source == "rates" if of_rates else _by_index(source) for source in timeline.sources],
            bool,
        )
        if not (direct.any() or following):
            return np.zeros(0, np.intp)
        costed = (self._reached[i].astype(np.float64) @ (timeline.weights(program.years).T > 0)) > 0
        steps = supplied_steps(
            replace(cells, value=cells.row.astype(np.float64)),
            series,
            program.standard.places,
            timeline.breaks,
        )
        in_force = costed & (timeline.origin >= 0) & direct[np.maximum(timeline.origin, 0)]
        found = [steps[in_force]]
        for layer, by_wage in following:
            before = int(np.searchsorted(timeline.breaks, layer.entry.first_year * SLOTS)) - 1
            if layer.start < timeline.breaks[-1] and (of_rates or by_wage):
                found.append(steps[layer.mask & costed[:, before + 1 :].any(axis=1), before])
        rows = np.concatenate(found)
        return np.unique(rows[~np.isnan(rows)]).astype(np.intp)

    def _shares(self, rows: Rows) -> Mask:
        """Those that divide an amount: the nearest of the item, else the nearest for all items."""
        cells, program = self.inputs.county_shares, self.program
        used, places = np.zeros(len(rows), bool), program.standard.places
        local = program.standard.payers.pooled
        if local not in program.payers:
            return used
        borne = (amounts(program)[program.payers.index(local)] > 0).any(axis=-1)
        rows_of = replace(cells, value=cells.row.astype(np.float64)).dense(
            cells.series, len(places), 0, 0
        )[..., 0]
        nearest = {
            name: nearest_place(of, places)[self._axis]
            for name, of in zip(cells.series, rows_of, strict=True)
        }
        unknown = np.full(len(program.places), np.nan)
        for i, line in enumerate(program.lines):
            own, every = nearest.get(str(line.item), unknown), nearest.get(str(None), unknown)
            chosen = np.where(np.isnan(own), every, own)[borne[i]]
            used[chosen[~np.isnan(chosen)].astype(np.intp)] = True
        return used

    def _overlaps(self, _: Rows) -> Mask:
        """Those of two benefits that are both costed: of two, one without a rate gives way, and it
        costs nothing.
        """
        cells = self.inputs.overlaps
        act = np.ones((len(cells.series), *self._costed.shape[1:]), bool)
        for s, pair in enumerate(cells.series):
            for name in pair.split(":"):
                act[s] &= self._costed_by("beneficiary", name)
        return self._carried(cells, act)

    def _around(self, rows: Rows) -> Mask:
        """Figures of places, held until the next one, that costs are set against: of places that
        are costed, of their parts and of those above.
        """
        places, years = self.program.standard.places, np.array(self.program.years)
        columns = [rows.columns[name] for name in ("place", "year")]
        acting = {
            (place, year): bool(
                self._around_costs[places.index[place], (years >= year) & (years < until)].any()
            )
            for (place, year), until in _next_years(columns).items()
        }
        return np.array([acting[key] for key in zip(*columns, strict=True)], bool)

    def _vital_rates(self, rows: Rows) -> Mask:
        """Those by which a population moves that counts follow, and the ratios of such counts."""
        program, path = self.program, self.program.applied.population
        if path is None:
            return np.zeros(len(rows), bool)
        places = program.standard.places
        followed = [place for place in path.places if self._around_costs[places.index[place]].any()]
        served = {code for place in followed for code in (place, *places.ancestors(place))}
        moved = [path.years[y] for y in np.flatnonzero(path.projected.any(axis=0)).tolist()]
        ratios = {
            name
            for entry in program.scenario.every(CountEntry)
            if entry.cohort
            for name in entry.cohort.ratios
        }
        years = {**dict.fromkeys(MOVEMENT, moved), **{name: [*path.years] for name in ratios}}
        columns = [rows.columns[name] for name in ("rate", "place", "year")]
        until = _next_years(columns)
        return np.array(
            [
                place in served
                and any(year <= t < until[name, place, year] for t in years.get(name, ()))
                for name, place, year in zip(*columns, strict=True)
            ],
            bool,
        )

    def _of_items(self, rows: Rows) -> Mask:
        """Money of an item in a place and year: where the item is costed there or below."""
        program, index = self.program, self.program.standard.places.index
        costed = {
            item: self._with_parts(self._costed_by("item", item))
            for item in set(rows.columns["item"])
        }
        at = {year: y for y, year in enumerate(program.years)}
        keys = zip(rows.columns["item"], rows.columns["place"], rows.columns["year"], strict=True)
        return np.array(
            [
                year in at and bool(costed[item][index[place], at[year]])
                for item, place, year in keys
            ],
            bool,
        )

    def _functions(self, rows: Rows) -> Mask:
        costed = np.asarray(self._costed.any(axis=(1, 2))).tolist()
        given = self.inputs.functions
        keys = {
            (line.item, line.code if (line.item, line.code) in given else "")
            for line, is_costed in zip(self.program.lines, costed, strict=True)
            if is_costed
        }
        return np.array(
            [key in keys for key in zip(rows.columns["item"], rows.columns["line"], strict=True)],
            bool,
        )


def _next_years(columns: Sequence[Sequence[Any]]) -> dict[tuple[Any, ...], int]:
    """For each key of some columns, the last of them years, the next year that has a row for the
    same.
    """
    given: dict[tuple[Any, ...], list[int]] = {}
    for *key, year in sorted(set(zip(*columns, strict=True))):
        given.setdefault(tuple(key), []).append(year)
    return {
        (*key, year): until
        for key, years in given.items()
        for year, until in zip(years, [*years[1:], AFTER_ALL], strict=True)
    }


def _by_index(source: object) -> bool:
    return (
        bool(source.index)
        if isinstance(source, Rate)
        else isinstance(source, RateEntry) and isinstance(source.index, str)
    )


def _years_of(groups: CappedGroups) -> dict[tuple[int, str], Mask]:
    """For each key of capped groups the years in which it holds a cell."""
    held = np.zeros(groups.limit.shape, bool)
    held[groups.group] = True
    return dict(zip(groups.keys, groups.table(held), strict=True))
