"""The inputs of a workbook as numbered rows: counts, amounts and grants by place, yearly mean rates
by line and rate area, double entitlements.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fiscal_model.arrays import Floats, Ints, Mask
from fiscal_model.engine.grants import Givers
from fiscal_model.engine.rates import RateSource
from fiscal_model.engine.splits import chosen_readings
from fiscal_model.inputs.model import Cells, Supplied
from fiscal_model.results.result import Result
from fiscal_model.scenario.entries import RateEntry
from fiscal_model.scenario.layers import factor_layers
from fiscal_model.standard.rules import Line, Rate
from fiscal_model.standard.words import clause_words
from fiscal_model.vocabulary import Lang

Selection = tuple[Ints, Ints, Ints]


@dataclass(frozen=True, eq=False)
class Quantity:
    """One supplied series in one place: ``values`` by year (NaN: none), ``projected`` where the
    engine made them; ``row`` is its latest input row.

    ``held`` are the years that keep the value of the year before. ``kind`` is ``count``, ``amount``
    or ``grant``; a ``net`` row is the count less those who draw a higher benefit instead, ``of``
    the row of the count.
    """

    kind: str
    series: str
    place: str
    values: Floats
    projected: Mask
    held: Mask
    origin: Supplied | None
    of: int = -1


@dataclass(frozen=True, eq=False)
class RateRow:
    """The yearly mean rate of one line in places that share it, and the unit cost it comes to;
    ``line`` is -1 for amounts, which cost what they are.
    """

    line: int
    places: tuple[str, ...]
    rate: Floats
    unit: Floats
    sources: tuple[RateSource, ...]


@dataclass(frozen=True, eq=False)
class Overlap:
    """Persons of one place and year entitled to two benefits; of two equal ones the ``first`` gives
    way.
    """

    first: str
    other: str
    place: str
    year: int
    persons: float
    first_unit: float
    other_unit: float


@dataclass(frozen=True, eq=False)
class InputRows:
    """All inputs; ``quantity_row`` and ``rate_row`` say which row each row of the calculation draws
    on.
    """

    quantities: tuple[Quantity, ...]
    rates: tuple[RateRow, ...]
    overlaps: tuple[Overlap, ...]
    quantity_row: Ints
    rate_row: Ints
    grant_row: dict[tuple[int, str, str], int]


def input_rows(budget: Result, cells: Selection, givers: Givers) -> InputRows:
    """The inputs of some (line, place, year) cells of a budget."""
    quantities, quantity_row = _quantities(budget, cells)
    overlaps = _overlaps(budget, cells)
    quantities, quantity_row = _net(budget, cells, quantities, quantity_row, overlaps)
    grants = _grants(budget, cells, givers)
    grant_row = {
        (int(g.series.split(":")[1]), g.series.split(":")[2], g.place): len(quantities) + n
        for n, g in enumerate(grants)
    }
    rates, rate_row = _rates(budget, cells)
    return InputRows(
        (*quantities, *grants), tuple(rates), overlaps, quantity_row, rate_row, grant_row
    )


def _series(line: Line) -> str:
    return line.code if line.is_amount else line.beneficiary or ""


class _Origins:
    """The latest input row of every (series, place), and which cells were supplied as they are."""

    def __init__(self, budget: Result, cells: Cells) -> None:
        self.cells, self.latest = cells, dict[tuple[str, int], int]()
        self.supplied: set[tuple[str, int, int]] = set()
        for n, (s, p, y) in enumerate(
            zip(
                cells.series_at.tolist(),
                cells.place_at.tolist(),
                cells.year_at.tolist(),
                strict=True,
            )
        ):
            name = cells.series[s]
            if y > cells.year_at[self.latest.get((name, p), n)] or (name, p) not in self.latest:
                self.latest[name, p] = n
            self.supplied.add((name, p, y))
        self.ruled: set[tuple[str, int, int]] = set()
        for layer in (*budget.program.applied.projected_by, *factor_layers(budget.scenario)):
            for p in np.flatnonzero(layer.mask).tolist():
                self.ruled |= {
                    (layer.entry.beneficiary, p, year)
                    for year in budget.years
                    if layer.start <= year < layer.end
                }
        for layer in factor_layers(budget.scenario):
            for p in np.flatnonzero(layer.mask).tolist():
                self.supplied -= {
                    (layer.entry.beneficiary, p, year)
                    for year in budget.years
                    if layer.start <= year < layer.end
                }

    def origin(self, series: str, place: int) -> Supplied | None:
        n = self.latest.get((series, place))
        return None if n is None else self.cells.supplied(n)

    def projected(self, series: str, place: int, years: tuple[int, ...]) -> Mask:
        return np.array([(series, place, year) not in self.supplied for year in years])

    def held(self, series: str, place: int, years: tuple[int, ...], values: Floats) -> Mask:
        """The years without a datum or a rule of their own, which keep the value of the year
        before.
        """
        free = [
            (series, place, year) not in self.supplied and (series, place, year) not in self.ruled
            for year in years
        ]
        follows = [n > 0 and years[n - 1] == year - 1 for n, year in enumerate(years)]
        return np.asarray(
            np.array(free) & np.array(follows) & (values == np.concatenate([[np.nan], values[:-1]]))
        )


def _quantities(budget: Result, cells: Selection) -> tuple[list[Quantity], Ints]:
    program, index = budget.program, budget.standard.places.index
    origins = {
        True: _Origins(budget, budget.inputs.amounts),
        False: _Origins(budget, budget.inputs.counts),
    }
    order = sorted(set(zip(cells[0].tolist(), cells[1].tolist(), strict=True)))
    found: dict[tuple[str, int], int] = {}
    out: list[Quantity] = []
    row_of: dict[tuple[int, int], int] = {}
    for i, p in order:
        line, place = program.lines[i], budget.places[p]
        key = (_series(line), p)
        if key not in found:
            found[key] = len(out)
            values = np.where(
                program.supplied[i, p], program.quantity[i, p] + program.deducted[i, p], np.nan
            )
            notes = origins[line.is_amount]
            kind = "amount" if line.is_amount else "count"
            projected = notes.projected(key[0], index[place], budget.years)
            held = notes.held(key[0], index[place], budget.years, values)
            out.append(
                Quantity(
                    kind, key[0], place, values, projected, held, notes.origin(key[0], index[place])
                )
            )
        row_of[i, p] = found[key]
    return out, np.array(
        [row_of[each] for each in zip(cells[0].tolist(), cells[1].tolist(), strict=True)], np.intp
    )


def _grants(budget: Result, cells: Selection, givers: Givers) -> list[Quantity]:
    """The grants that serve any of the cells, a row for each item, payer and giving place."""
    if not givers.payers:
        return []
    codes, places = budget.standard.places.codes, sorted(set(cells[1].tolist()))
    items = {budget.program.lines[i].item for i in set(cells[0].tolist())}
    origins = _Origins(budget, budget.inputs.amounts)
    out = []
    for (item, payer), giver in givers.giver.items():
        name = f"grant:{item}:{payer}"
        for at in sorted({*giver[places].ravel().tolist()} - {-1}) if item in items else ():
            projected = origins.projected(name, at, budget.years)
            values = givers.amount[item, payer][at]
            held = origins.held(name, at, budget.years, values)
            out.append(
                Quantity(
                    "grant", name, codes[at], values, projected, held, origins.origin(name, at)
                )
            )
    return out


def _net(
    budget: Result,
    cells: Selection,
    counts: list[Quantity],
    quantity_row: Ints,
    overlaps: tuple[Overlap, ...],
) -> tuple[list[Quantity], Ints]:
    """Rows of net counts where people draw another benefit instead; the calculation draws on
    these.
    """
    touched = {(name, each.place) for each in overlaps for name in (each.first, each.other)}
    moved = {
        n: len(counts) + k
        for k, n in enumerate(
            n for n, row in enumerate(counts) if (row.series, row.place) in touched
        )
    }
    nets = []
    for n in moved:
        i = next(
            i for i, line in enumerate(budget.program.lines) if line.beneficiary == counts[n].series
        )
        values = counts[n].values - budget.program.deducted[i, budget.places.index(counts[n].place)]
        nets.append(
            Quantity(
                "net",
                counts[n].series,
                counts[n].place,
                values,
                counts[n].projected,
                counts[n].held,
                None,
                n,
            )
        )
    return [*counts, *nets], np.array([moved.get(int(n), int(n)) for n in quantity_row], np.intp)


def _overlaps(budget: Result, cells: Selection) -> tuple[Overlap, ...]:
    program, standard = budget.program, budget.standard
    names = program.applied.overlaps.series
    if not names:
        return ()
    found = program.applied.overlaps.select(names, program.years)
    unit = np.nan_to_num(program.unit)
    readings = chosen_readings(standard, budget.scenario)
    out = []
    for name, values in zip(names, found, strict=True):
        pair, rule = name.split(":"), standard.higher_rule(name)
        if rule is None or not rule.holds(readings):
            continue
        first, other = pair if pair[0] in rule.one else pair[::-1]
        rows = [
            [i for i, line in enumerate(program.lines) if line.beneficiary == each]
            for each in (first, other)
        ]
        for p in sorted(set(cells[1].tolist())):
            at = standard.places.index[budget.places[p]]
            for y in np.flatnonzero(~np.isnan(values[at])).tolist():
                units = [float(unit[each, p, y].sum()) for each in rows]
                out.append(Overlap(first, other, budget.places[p], y, float(values[at, y]), *units))
    return tuple(out)


def _rates(budget: Result, cells: Selection) -> tuple[list[RateRow], Ints]:
    program, places = budget.program, budget.standard.places
    one = np.ones(len(budget.years))
    out: list[RateRow] = []
    row_of: dict[tuple[int, int], int] = {}
    by_line: dict[int, list[int]] = {}
    for i, p in sorted(set(zip(cells[0].tolist(), cells[1].tolist(), strict=True))):
        by_line.setdefault(i, []).append(p)
    for i, members in by_line.items():
        if program.lines[i].is_amount:
            if not out or out[0].line >= 0:
                out.insert(0, RateRow(-1, (), one, one, ()))
                row_of = {key: row + 1 for key, row in row_of.items()}
            row_of |= {(i, p): 0 for p in members}
            continue
        effective = program.timelines[program.lines[i].code].effective(program.years)
        areas: dict[tuple[bytes, str | None], list[int]] = {}
        for p in members:
            speaker = places.speaker(budget.places[p])
            areas.setdefault(
                (effective[speaker].tobytes(), _supplier(budget, program.lines[i], p)), []
            ).append(p)
        for same in areas.values():
            speaker = places.speaker(budget.places[same[0]])
            row_of |= {(i, p): len(out) for p in same}
            codes = tuple(budget.places[p] for p in same)
            out.append(
                RateRow(
                    i,
                    codes,
                    effective[speaker],
                    program.unit[i, same[0]],
                    _sources(budget, i, speaker),
                )
            )
    return out, np.array(
        [row_of[each] for each in zip(cells[0].tolist(), cells[1].tolist(), strict=True)], np.intp
    )


def _supplier(budget: Result, line: Line, p: int) -> str | None:
    """The place whose supplied rates or wages serve a line in a place: equal rates of two suppliers
    stay two inputs.
    """
    tables = [budget.inputs.wages] if any(rate.index for rate in line.rates) else []
    known = {int(p) for cells in tables for p in cells.place_at}
    if line.code in budget.inputs.rates.series:
        cells = budget.inputs.rates
        known |= set(cells.place_at[cells.series_at == cells.series.index(line.code)].tolist())
    places = budget.standard.places
    return next(
        (code for code in places.chain(budget.places[p]) if places.index[code] in known),
        None,
    )


def _sources(budget: Result, i: int, speaker: int) -> tuple[RateSource, ...]:
    """Where the rates of the years come from, the earliest first."""
    timeline = budget.program.timelines[budget.program.lines[i].code]
    used = timeline.weights(budget.years).sum(axis=1) > 0
    numbers = dict.fromkeys(n for n in timeline.origin[speaker][used].tolist() if n >= 0)
    return tuple(timeline.sources[n] for n in numbers)


def source_words(source: RateSource, lang: Lang) -> str:
    """What a rate rests on, in a few words."""
    if isinstance(source, (Rate, RateEntry)):
        return (
            f"“{source.clause.phrase}”"
            if source.clause.phrase
            else clause_words(source.clause, lang)
        )
    return source
