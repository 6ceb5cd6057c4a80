"""Beneficiaries and amounts over the years of a simulation: supplied, projected by the scenario's rules, then changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from fiscal_model.arrays import Floats, Ints, Mask
from fiscal_model.engine.layers import Interval, factor_rules, growth_rules
from fiscal_model.engine.rates import hold_forward
from fiscal_model.errors import Faults, fault
from fiscal_model.inputs.model import Cells, Inputs
from fiscal_model.periods import FIRST_YEAR, LAST_YEAR
from fiscal_model.scenario.model import CountEntry, Scenario
from fiscal_model.standard.places import Places
from fiscal_model.standard.rules import Standard


@dataclass(frozen=True)
class Span:
    """The years of a simulation; ``asked`` when someone named them, so that a series must reach them."""

    years: tuple[int, ...]
    asked: bool


def span_of(scenario: Scenario, inputs: Inputs, asked: Sequence[int] | None) -> Span:
    """The years asked for, else the scenario's ``years`` or ``horizon``, else those of the inputs.

    Raises:
        FiscalModelError: the horizon lies before the inputs' first year.

    """
    if asked:
        strange = [year for year in asked if not FIRST_YEAR <= year <= LAST_YEAR]
        if strange:
            limits = f"{FIRST_YEAR}–{LAST_YEAR}"
            raise fault("", f"年份 {strange[0]} 不在 {limits} 之间", f"the year {strange[0]} is not within {limits}")
        return Span(tuple(sorted(set(asked))), True)
    years, horizon, at = scenario.nearest_years()
    if years:
        return Span(years, True)
    if horizon is None:
        return Span(inputs.years, False)
    first = inputs.years[0]
    if horizon < first:
        raise fault(
            at,
            f"horizon {horizon} 早于数据的第一年 {first}",
            f"horizon {horizon} lies before the first year of the data, {first}",
        )
    return Span(tuple(range(first, horizon + 1)), True)


@dataclass(frozen=True)
class Projection:
    """``values`` (series, place, year) over all places from the year ``first`` on, NaN where nothing is known."""

    series: tuple[str, ...]
    values: Floats
    first: int

    def select(self, series: Sequence[str], years: Sequence[int]) -> Floats:
        """The values of some series and years."""
        rows = [self.series.index(name) for name in series]
        return self.values[rows][..., np.array(years) - self.first]


def project(
    cells: Cells, series: Sequence[str], scenario: Scenario, standard: Standard, span: Span, faults: Faults, kind: tuple[str, str]
) -> Projection:
    """Projects ``series`` to the last year of ``span``.

    After its last supplied year a series grows by the rate in force in each year (0 when held), from the value of the year
    before; factors act on the result. A year asked for without a rule is a fault. ``kind`` names the series in it.
    """
    places = standard.places
    first = min([*span.years, *cells.year_at.tolist()])
    last = max([*span.years, *cells.year_at.tolist()])
    given = cells.dense(series, len(places), first, last)
    growth = np.full(given.shape, 0.0 if scenario.projects_by_hold else np.nan)
    factor = np.ones(given.shape)
    years = np.arange(first, last + 1)
    _paint(growth, growth_rules(scenario), "growth", series, years)
    _paint(factor, factor_rules(scenario), "factor", series, years)
    latest = _latest(given)
    after = years - first > latest[..., None]
    if span.asked:
        _check_rules(after & np.isnan(growth) & (latest >= 0)[..., None], series, places, span, first, faults, kind)
    path = np.cumprod(np.where(after, 1.0 + growth, 1.0), axis=-1)
    # Gaps between supplied years stay open: only what follows the last supplied year is projected.
    values = np.where(after, hold_forward(given) * path, given) * factor
    _check_nesting(values[..., np.array(span.years) - first], series, places, span, faults, kind)
    return Projection(tuple(series), values, first)


def _latest(given: Floats) -> Ints:
    """Position of the last supplied year of each series and place, -1 without one."""
    return np.asarray(np.where(np.isnan(given), -1, np.arange(given.shape[-1])).max(axis=-1, initial=-1))


def _paint(canvas: Floats, rules: Iterable[tuple[CountEntry, Interval]], value: str, series: Sequence[str], years: Ints) -> None:
    """Writes the growth or the factors of the chain into (series, place, year)."""
    position = {name: i for i, name in enumerate(series)}
    for entry, (start, end) in rules:
        if entry.beneficiary in position:
            within = (years >= start) & (years < end)
            canvas[np.ix_(np.array([position[entry.beneficiary]]), entry.mask, within)] = float(getattr(entry, value))


def _check_nesting(values: Floats, series: Sequence[str], places: Places, span: Span, faults: Faults, kind: tuple[str, str]) -> None:
    """A place and a place above it may not both have a value in one year, supplied or projected."""
    known = ~np.isnan(values)
    for code, place in places.by_code.items():
        for above in places.ancestors(code):
            both = known[:, places.index[code]] & known[:, places.index[above]]
            for s in np.flatnonzero(both.any(axis=1)).tolist():
                year = span.years[int(np.argmax(both[s]))]
                over = places.label(above)
                faults.add(
                    "",
                    f"{kind[0]}“{series[s]}”在 {year} 年同时有{place.name.zh}（{code}）与其上级{over.zh}（{above}）的数（含推算数），会重复计算",
                    f"{kind[1]} '{series[s]}' has a figure (supplied or projected) in {year} both for {code} and for {above} ({over.en}) above it: it would be counted twice",
                )


def _check_rules(
    open_cells: Mask, series: Sequence[str], places: Places, span: Span, first: int, faults: Faults, kind: tuple[str, str]
) -> None:
    wanted = np.array(span.years) - first
    for s, p in zip(*np.nonzero(open_cells[..., wanted].any(axis=-1)), strict=True):
        years = [year for year, is_open in zip(span.years, open_cells[s, p, wanted], strict=True) if is_open]
        when = str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"
        place = places.codes[p]
        faults.add(
            "",
            f"{kind[0]}“{series[s]}”在{places.label(place).zh}（{place}）没有 {when} 年的数据，情景也没有给出预测办法（growth，或 projection: hold）",
            f"{kind[1]} '{series[s]}' has no data for {place} in {when} and the scenario states no rule to project it (growth, or projection: hold)",
        )
