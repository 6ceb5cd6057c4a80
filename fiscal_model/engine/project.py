"""Beneficiaries and amounts over the years of a simulation: supplied, projected by the scenario's
rules, then changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from fiscal_model.arrays import Floats, Ints, Mask
from fiscal_model.engine.people import People
from fiscal_model.engine.rates import hold_forward, nearest_place, with_sums
from fiscal_model.engine.territory import last_supplied, own_ended
from fiscal_model.errors import Faults, fault
from fiscal_model.inputs.model import Cells, Inputs
from fiscal_model.messages.message import message
from fiscal_model.periods import FIRST_YEAR, LAST_YEAR
from fiscal_model.scenario.entries import CountEntry
from fiscal_model.scenario.layers import Layer, factor_layers, projection_layers
from fiscal_model.scenario.model import Scenario
from fiscal_model.standard.places import Places
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import LANGS, Text, first_of, spans

MOST_FAULTS = 12
"""How many series without a rule are named."""
HELD, NO_RULE = -1, -2
"""Marks of cells that grow (perhaps by nothing) and of cells that no rule carries on; others hold
the number of a path.
"""


@dataclass(frozen=True)
class Span:
    """The years of a simulation; ``asked`` when someone named them, so that a series must reach
    those from the year ``since`` on.

    ``named`` when whoever ran it named them: then what lies outside is left out on purpose.
    """

    years: tuple[int, ...]
    asked: bool
    since: int = 0
    named: bool = False


def span_of(scenario: Scenario, inputs: Inputs, asked: Sequence[int] | None) -> Span:
    """The years asked for, else the scenario's ``years`` or ``horizon``, else those of the inputs.

    Years that are named must be in the data or after them; a horizon asks only for years after the
    last supplied one.

    Raises:
        FiscalModelError: a year lies outside all limits or before the first one supplied, the
            horizon before the data.

    """
    if asked:
        strange = [year for year in asked if not FIRST_YEAR <= year <= LAST_YEAR]
        if strange:
            raise fault("", "year-beyond-limits", year=strange[0], first=FIRST_YEAR, last=LAST_YEAR)
        return Span(_supplied_from(inputs, sorted(set(asked)), ""), True, named=True)
    years, horizon, at = scenario.nearest_years()
    if years:
        return Span(_supplied_from(inputs, years, at), True)
    if horizon is None:
        return Span(inputs.years, False)
    first, last = inputs.years[0], inputs.years[-1]
    if horizon < first:
        raise fault(at, "horizon-before-data", horizon=horizon, first=first)
    return Span(tuple(range(first, horizon + 1)), True, since=last + 1)


def _supplied_from(inputs: Inputs, years: Sequence[int], at: str) -> tuple[int, ...]:
    """The years, none of which lies before the first of the data: what came before that is not
    known.
    """
    first = inputs.years[0]
    if early := [year for year in years if year < first]:
        years_named = Text(*(spans(early, lang) for lang in LANGS))
        raise fault(at, "years-before-data", years=years_named, count=len(early), first=first)
    return tuple(years)


@dataclass(frozen=True)
class Projection:
    """``values`` (series, place, year) over all places from the year ``first`` on, NaN where
    nothing is known. Of what no entry carries on, ``followed`` went with the population by the
    standard's ages, and the cells that were ``held`` kept the last value.
    """

    series: tuple[str, ...]
    values: Floats
    first: int
    followed: tuple[Layer[CountEntry], ...]
    held: Mask

    def select(self, series: Sequence[str], years: Sequence[int]) -> Floats:
        """The values of some series and years."""
        rows = [self.series.index(name) for name in series]
        return self.values[rows][..., np.array(years) - self.first]


def project(
    cells: Cells,
    scenario: Scenario,
    standard: Standard,
    span: Span,
    faults: Faults,
    kind: Text,
    people: People | None = None,
    only: Collection[str] | None = None,
) -> Projection:
    """Projects every series of ``cells`` (or ``only`` some) to the last year of ``span``.

    After its last supplied year a series follows the rule in force in each year: growth (none when
    held) from the value of the year before, a stated total spread as the year before, or its part
    of the population, where the scenario says so of all whose ages are known; until the same people
    are counted in other places (:func:`own_ended`). What ended hands its last value on to the place
    that all of it went into. Factors act on the result.
    A series nowhere supplied may come from the population alone. A year asked for without a rule is
    a fault. ``kind`` names the series in it.
    """
    places = standard.places
    layers = list(projection_layers(scenario))
    named = [
        *cells.series,
        *(
            layer.entry.beneficiary
            for layer in layers
            if layer.entry.cohort and layer.entry.cohort.ratios and people
        ),
    ]
    series = tuple(dict.fromkeys(name for name in named if only is None or name in only))
    first = min([*span.years, *cells.year_at.tolist()])
    last = max([*span.years, *cells.year_at.tolist(), *([people.last] if people else [])])
    given = cells.dense(series, len(places), first, last)
    years = np.arange(first, last + 1)
    latest = last_supplied(given)
    ended = own_ended(given, places, years)
    after = (years - first > latest[..., None]) & ~ended
    handed_on = _handed_on(places, years)
    counted = latest >= 0
    for each in handed_on.values():
        for origin, heir in each:
            counted[:, heir] |= counted[:, origin]
    growth, rule, paths, ruled = _rules(layers, series, years, scenario, people)
    if span.asked:
        _check_rules(
            after & (rule == NO_RULE) & counted[..., None],
            series,
            standard,
            span,
            first,
            faults,
            kind,
        )
    values = given.copy()
    # Totals come last, the smaller places first: a larger total takes off what its places have by
    # other rules.
    order = sorted(
        range(len(paths)), key=lambda n: (isinstance(paths[n], _TotalPath), paths[n].entry.size)
    )
    for y in range(len(years)):
        before = _before(values, y, handed_on.get(y, ()))
        if y:
            grown = before * (1.0 + growth[..., y])
            values[..., y] = np.where(after[..., y] & (rule[..., y] == HELD), grown, values[..., y])
        for number in order:
            path = paths[number]
            s = path.series
            mine = after[s, :, y] & (rule[s, :, y] == number)
            path.write(_Row(values[s], before[s], latest[s], counted[s], ended[s]), y, mine, faults)
    for path in paths:
        if isinstance(path, _CohortPath) and people:
            people.explain_missing(path.entry, first, path.missing)
    by_age = [path for path in paths if isinstance(path, _AgesPath)]
    held = after & ~ruled & ~np.isnan(values)
    for path in by_age:
        held[path.series] &= ~path.followed
    followed = tuple(layer for path in by_age for layer in path.layers())
    if followed and people:
        people.follow()
    values *= _factors(scenario, series, places, years)
    _check_nesting(values[..., np.array(span.years) - first], series, places, span, faults, kind)
    return Projection(series, values, first, followed, held)


def _handed_on(places: Places, years: Ints) -> dict[int, list[tuple[int, int]]]:
    """By the position of the year: the places that are no longer there, each with the one that all
    of it went into.
    """
    found: dict[int, list[tuple[int, int]]] = {}
    for heir in places.lives:
        for origin in places.joined(heir):
            there = places.lives[origin].there
            if gone := [y for y, year in enumerate(years.tolist()) if not there(year)]:
                pair = places.index[origin], places.index[heir]
                found.setdefault(gone[0], []).append(pair)
    return found


def _before(values: Floats, y: int, handed_on: Iterable[tuple[int, int]]) -> Floats:
    """The values (series, place) of the year before, those of places that are no longer there with
    the one that all of each went into.
    """
    if not y:
        return np.full(values.shape[:-1], np.nan)
    before = values[..., y - 1]
    for origin, heir in handed_on:
        own, theirs = before[:, heir], before[:, origin]
        before = before.copy()
        before[:, heir] = np.where(np.isnan(theirs), own, np.nan_to_num(own) + theirs)
    return before


@dataclass(frozen=True)
class _Row:
    """One series: its ``values`` (place, year), those of the year ``before`` by place, the position
    of the last supplied year, whether a place is ``counted`` at all, and where its own figures have
    ``ended``.
    """

    values: Floats
    before: Floats
    latest: Ints
    counted: Mask
    ended: Mask

    def last_known(self, within: Mask, y: int) -> float:
        """The sum over places of the last known figure of each up to a year, without those whose
        own have ended: a figure that is missing is not zero.
        """
        held = hold_forward(self.values[within, : y + 1])[:, -1]
        return float(np.nansum(np.where(self.ended[within, y], np.nan, held)))


def _rules(
    layers: Iterable[Layer[CountEntry]],
    series: tuple[str, ...],
    years: Ints,
    scenario: Scenario,
    people: People | None,
) -> tuple[Floats, Ints, list[_Path], Mask]:
    """The growth and the rule in force by (series, place, year), the paths that rules refer to by
    number, and which rules are entries: they beat what the scenario says of all series.
    """
    places, first = scenario.standard.places, int(years[0])
    growth = np.zeros((len(series), len(places), len(years)))
    rule = np.full(growth.shape, HELD if scenario.nearest_projection()[0] else NO_RULE)
    ruled = np.zeros(growth.shape, bool)
    paths: list[_Path] = []
    for entry in scenario.by_age:
        if people and entry.beneficiary in series:
            s = series.index(entry.beneficiary)
            rule[s] = len(paths)
            paths.append(_AgesPath(s, entry, people, growth.shape[1:], first))
    for layer in layers:
        entry = layer.entry
        if entry.beneficiary not in series or (entry.cohort and people is None):
            continue
        s = series.index(entry.beneficiary)
        end = min(layer.end, entry.points[-1][0] + 1) if entry.points else layer.end
        cells = np.ix_(np.array([s]), layer.mask, (years >= layer.start) & (years < end))
        ruled[cells] = True
        if entry.growth is not None:
            growth[cells], rule[cells] = float(entry.growth), HELD
            continue
        growth[cells], rule[cells] = 0.0, len(paths)
        if entry.cohort:
            assert people is not None
            persons = people.of(entry, first)
            paths.append(
                _CohortPath(s, entry, persons, nearest_place(with_sums(persons, places), places))
            )
        else:
            paths.append(_TotalPath(s, entry, layer.mask, first))
    return growth, rule, paths, ruled


NOTHING: Final = 1e-9
"""The part of a total that is none."""


class _TotalPath:
    """The total over the places of an entry by year, on a straight line between the years stated;
    parts keep the proportions of the year before.

    The line starts with the sum of the last known counts, in the last year that is supplied for any
    of the places, or in the year before the entry starts or first states a total if that is later
    or earlier. Parts whose counts end before hold the last one until then.
    """

    def __init__(self, series: int, entry: CountEntry, mask: Mask, first: int) -> None:
        self.series, self.entry, self.mask, self.first = series, entry, mask, first
        self.start: int | None = None
        self.points: list[tuple[int, float]] = []

    def write(self, row: _Row, y: int, mine: Mask, faults: Faults) -> None:
        """Fills the cells of one year that follow this path."""
        values, year = row.values, self.first + y
        mine = mine & ~np.isnan(row.before)
        if not mine.any():
            return
        if self.start is None:
            stated = [(at, float(total)) for at, total in self.entry.points if at >= year]
            self.start = max(
                year - 1, min(self.first + int(row.latest[self.mask].max()), stated[0][0] - 1)
            )
            self.points = stated
        if year <= self.start:
            values[mine, y] = row.before[mine]
            return
        if self.points[0][0] != self.start:
            self.points.insert(0, (self.start, row.last_known(self.mask, self.start - self.first)))
        total = float(
            np.interp(year, [at for at, _ in self.points], [value for _, value in self.points])
        )
        others, before = row.last_known(self.mask & ~mine, y), float(row.before[mine].sum())
        left = total - others
        if abs(left) < NOTHING * max(total, others):
            left = 0.0  # what the others have is the whole: binary noise is no person
        if left < 0 or (left > 0 and before == 0):
            faults.add(
                self.entry.at,
                "total-not-spread",
                beneficiary=self.entry.beneficiary,
                year=year,
                total=total,
                why=message("total-exceeded") if left < 0 else message("total-of-nothing"),
            )
            left = 0.0
        values[mine, y] = row.before[mine] * (left / before if before else 0.0)


class _CohortPath:
    """Persons of some ages: times ratios where there are any, else the part of them that the year
    before had.
    """

    def __init__(self, series: int, entry: CountEntry, persons: Floats, nearest: Floats) -> None:
        self.series, self.entry, self.persons, self.nearest = series, entry, persons, nearest
        self.missing = np.zeros(persons.shape, bool)

    def write(self, row: _Row, y: int, mine: Mask, faults: Faults) -> None:
        """Fills the cells of one year that follow this path."""
        values, cohort = row.values, self.entry.cohort
        if cohort and cohort.ratios:
            here = mine & (row.counted | ~np.isnan(self.persons[:, y]))
            values[here, y] = self.persons[here, y]
        elif y:
            here = mine & row.counted
            now, before = self.nearest[here, y], self.nearest[here, y - 1]
            values[here, y] = row.before[here] * np.divide(
                now, before, out=np.full(now.shape, np.nan), where=before > 0
            )
        else:
            return
        self.missing[here, y] = np.isnan(values[here, y])


class _AgesPath:
    """The part of the persons of the standard's ages that the last supplied year had, for as long
    as these are known without a break; from then on the last value.
    """

    def __init__(
        self, series: int, entry: CountEntry, people: People, shape: tuple[int, int], first: int
    ) -> None:
        self.series, self.entry, self.people, self.first = series, entry, people, first
        self.followed, self.left = np.zeros(shape, bool), np.zeros(shape[0], bool)

    def write(self, row: _Row, y: int, mine: Mask, faults: Faults) -> None:
        """Fills the cells of one year that follow this path."""
        mine = mine & ~np.isnan(row.before)
        if not mine.any() or self.entry.cohort is None:
            return
        change = self.people.change(self.entry.cohort, self.first)[:, y]
        self.left |= mine & ~np.isfinite(change)
        self.followed[:, y] = mine & ~self.left
        row.values[mine, y] = row.before[mine] * np.where(self.left, 1.0, change)[mine]

    def layers(self) -> Iterator[Layer[CountEntry]]:
        """Where and while persons were followed; places of the same years together."""
        spans: dict[tuple[int, int], Mask] = {}
        for p in np.flatnonzero(self.followed.any(axis=1)).tolist():
            y = np.flatnonzero(self.followed[p])
            span = self.first + int(y[0]), self.first + int(y[-1]) + 1
            spans.setdefault(span, np.zeros(len(self.left), bool))[p] = True
        for (start, end), mask in spans.items():
            yield Layer(self.entry, mask, start, end)


_Path = _TotalPath | _CohortPath | _AgesPath


def _factors(scenario: Scenario, series: tuple[str, ...], places: Places, years: Ints) -> Floats:
    """The factor on each (series, place, year)."""
    factor = np.ones((len(series), len(places), len(years)))
    for layer in factor_layers(scenario):
        if layer.entry.beneficiary in series:
            within = (years >= layer.start) & (years < layer.end)
            factor[
                np.ix_(np.array([series.index(layer.entry.beneficiary)]), layer.mask, within)
            ] = float(layer.entry.factor or 0)
    return factor


def _check_nesting(
    values: Floats,
    series: Sequence[str],
    places: Places,
    span: Span,
    faults: Faults,
    kind: Text,
) -> None:
    """A place and a place above it may not both have a value in one year, supplied or projected."""
    known = ~np.isnan(values)
    given = {places.codes[p] for p in np.flatnonzero(known.any(axis=(0, 2)))}
    for code, place in places.by_code.items():
        for above in (
            [each for each in places.ancestors(code) if each in given] if code in given else ()
        ):
            both = known[:, places.index[code]] & known[:, places.index[above]]
            for s in np.flatnonzero(both.any(axis=1)).tolist():
                faults.add(
                    "",
                    "series-counted-twice",
                    kind=kind,
                    series=series[s],
                    year=span.years[int(np.argmax(both[s]))],
                    place=Text(f"{place.name.zh}（{code}）", code),
                    whole=places.label(above),
                    code=above,
                )


def _check_rules(
    open_cells: Mask,
    series: Sequence[str],
    standard: Standard,
    span: Span,
    first: int,
    faults: Faults,
    kind: Text,
) -> None:
    """A fault for each series that must go on without a rule; where there are many, the last ones
    are only counted.
    """
    asked, places = [year for year in span.years if year >= span.since], standard.places
    wanted = np.array(asked, np.intp) - first
    found = np.flatnonzero(open_cells[..., wanted].any(axis=(1, 2))).tolist()
    shown = found if len(found) <= MOST_FAULTS else found[: MOST_FAULTS - 1]
    for s in shown:
        cells = open_cells[s][:, wanted]
        years = [
            year for year, is_open in zip(asked, cells.any(axis=0).tolist(), strict=True) if is_open
        ]
        where = [places.codes[p] for p in np.flatnonzero(cells.any(axis=1))]
        labels = [
            each[series[s]].name.zh
            for each in (standard.beneficiaries, standard.lines)
            if series[s] in each
        ]
        name = f"{labels[0]}（{series[s]}）" if labels else series[s]
        faults.add(
            "",
            "projection-missing",
            kind=kind,
            series=Text(name, series[s]),
            years=Text(*(spans(years, lang) for lang in LANGS)),
            places=first_of([places.label(code) for code in where], Text("个地区", "")),
        )
    if len(shown) < len(found):
        faults.add("", "more-projections-missing", more=len(found) - len(shown), kind=kind)
