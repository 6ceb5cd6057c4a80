"""Unit rates in yuan a year, per line, place and year, with the source that each came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from fiscal_model.arrays import Floats, Ints, Mask
from fiscal_model.engine.memo import Memo
from fiscal_model.inputs.model import Cells, Inputs
from fiscal_model.periods import SLOTS
from fiscal_model.scenario.entries import GroupEntry, RateEntry
from fiscal_model.scenario.layers import ALWAYS, Interval, Layer, rate_layers
from fiscal_model.scenario.model import Scenario
from fiscal_model.standard.places import Places
from fiscal_model.standard.rules import Line, Rate, ReadNumber, Standard

RateSource = Rate | RateEntry | str
"""A rate of the standard, an entry of a scenario, or the name of an input table."""


@dataclass(frozen=True)
class Timeline:
    """The rate of one line as a step function: ``values`` and ``origin`` are (place, interval)."""

    line: Line
    breaks: Ints
    values: Floats
    origin: Ints
    sources: tuple[RateSource, ...]

    def effective(self, years: Sequence[int]) -> Floats:
        """The mean rate of each year, (place, year); a part of the year without a rate costs
        nothing, NaN is a year without any.
        """
        # Not a matrix product: that may round equal rows differently, and equal places must compare
        # equal.
        rate = (np.nan_to_num(self.values)[:, :, None] * self.weights(years)).sum(axis=1)
        return np.where(self.covered(years) > 0, rate, np.nan)

    def covered(self, years: Sequence[int]) -> Floats:
        """The part of each year's money that has a rate, (place, year): 1 but where a rate starts
        or ends within the year.
        """
        parts = ~np.isnan(self.values)[:, :, None] * np.rint(self.weights(years) * SLOTS)
        return np.asarray(parts.sum(axis=1) / SLOTS)

    def until(self, year: int, ends: Sequence[int]) -> Floats:
        """What a beneficiary costs from the start of a year until some of its slots, (place, end),
        in yuan a slot; a part without a rate costs nothing.
        """
        first = np.array([year * SLOTS])
        slots = self._slots(first, first + np.array(ends))
        return np.asarray((np.nan_to_num(self.values)[:, :, None] * slots).sum(axis=1))

    def weights(self, years: Sequence[int]) -> Floats:
        """The part of each year's money that falls into each interval, (interval, year)."""
        first = np.array(years) * SLOTS
        return np.asarray(self._slots(first, first + SLOTS) / SLOTS)

    def _slots(self, first: Ints, end: Ints) -> Ints:
        """The slots of each interval from some on until others, (interval, end)."""
        low = np.maximum(self.breaks[:-1, None], first)
        return np.asarray(np.maximum(np.minimum(self.breaks[1:, None], end) - low, 0))


def timeline(
    line: Line, standard: Standard, scenario: Scenario, inputs: Inputs | None, first: int, last: int
) -> Timeline:
    """The rate of ``line`` over the years ``first`` to ``last``, every layer painted over the one
    below.
    """
    starts = sorted(
        ((rate, rate.start.start(line.accrual)) for rate in line.rates), key=lambda pair: pair[1]
    )
    rates: list[tuple[Rate, Interval]] = [(rate, (start, ALWAYS)) for rate, start in starts]
    below = list(rate_layers(scenario, line.code, line.accrual, below=True))
    above = list(rate_layers(scenario, line.code, line.accrual, below=False))
    following = [layer.entry.first_year for layer in (*below, *above) if layer.entry.rate is None]
    first = min([first, *(year - 1 for year in following)])
    edges = {edge for _, interval in rates for edge in interval} | {
        edge for layer in (*below, *above) for edge in (layer.start, layer.end)
    }
    indexed = any(rate.index for rate in line.rates)
    supplied = inputs.rates if inputs and line.code in inputs.rates.series else None
    if following or supplied or (inputs and indexed):
        edges |= {year * SLOTS for year in range(first, last + 1)}
    limits = first * SLOTS, (last + 1) * SLOTS
    breaks = np.array(
        sorted({*limits, *(edge for edge in edges if limits[0] < edge < limits[1])}), np.intp
    )
    canvas = _Canvas(breaks, standard.places)
    wages = np.full(canvas.values.shape, np.nan)
    if inputs and (
        indexed or any(isinstance(layer.entry.index, str) for layer in (*below, *above))
    ):
        wages = supplied_steps(inputs.wages, "", standard.places, breaks)
    for rate, interval in rates:
        canvas.paint(
            rate,
            standard.places.everywhere(),
            interval,
            float(rate.value) * (wages if rate.index else 1.0),
        )
    for layer in below:
        canvas.layer(layer, wages)
    if supplied:
        canvas.paint_supplied("rates", supplied_steps(supplied, line.code, standard.places, breaks))
    for layer in above:
        canvas.layer(layer, wages)
    return Timeline(line, breaks, canvas.values, canvas.origin, tuple(canvas.sources))


class _Canvas:
    """Values and origins over (place, interval), painted in layers."""

    def __init__(self, breaks: Ints, places: Places) -> None:
        self.breaks = breaks
        self.values = np.full((len(places), len(breaks) - 1), np.nan)
        self.origin = np.full(self.values.shape, -1, np.intp)
        self.sources: list[RateSource] = []

    def paint(
        self, source: RateSource, mask: Mask, interval: Interval, value: float | Floats
    ) -> None:
        inside = (self.breaks[:-1] >= interval[0]) & (self.breaks[:-1] < interval[1])
        cells = np.ix_(mask, inside)
        self.values[cells] = value[cells] if isinstance(value, np.ndarray) else value
        self.origin[cells] = len(self.sources)
        self.sources.append(source)

    def layer(self, layer: Layer[RateEntry], wages: Floats) -> None:
        """An entry with a rate of its own, or one that follows growth or an index from the rate in
        force before it.
        """
        entry, interval = layer.entry, (layer.start, layer.end)
        if entry.rate is not None:
            self.paint(entry, layer.mask, interval, float(entry.rate))
            return
        if layer.start >= self.breaks[-1]:  # it starts after the years that are asked for
            return
        before = int(np.searchsorted(self.breaks, entry.first_year * SLOTS)) - 1
        grown = self.values[:, before, None] * multiples(
            entry, self.breaks[:-1] // SLOTS, wages / wages[:, before, None]
        )
        # Where there is no rate before, there is nothing to follow: what starts later stays as it
        # is.
        follows = layer.mask & ~np.isnan(self.values[:, before])
        self.paint(
            entry, follows, interval, rounded(grown, float(entry.step)) if entry.step else grown
        )

    def paint_supplied(self, source: str, values: Floats) -> None:
        given = ~np.isnan(values)
        self.values[given] = values[given]
        self.origin[given] = len(self.sources)
        self.sources.append(source)


def multiples(entry: RateEntry, years: Ints, supplied: Floats) -> Floats:
    """What the rate before ``entry`` is multiplied by in each year, (place or 1, year);
    ``supplied`` is a supplied series against its value then.
    """
    if entry.growth is not None:
        return np.asarray((1.0 + float(entry.growth)) ** (years - entry.first_year + 1.0))[None]
    if isinstance(entry.index, str):
        return supplied
    points = np.array([year for year, _ in entry.index or ()])
    values = np.array([1.0, *(float(value) for _, value in entry.index or ())])
    return np.asarray(values[np.searchsorted(points, years, side="right")])[None]


def rounded(values: Floats, step: float) -> Floats:
    """Values to the nearest multiple of ``step``, halves up; what stands a hair below a half is
    one.
    """
    return np.asarray(np.floor(np.round(values / step, 9) + 0.5) * step)


def supplied_steps(cells: Cells, series: str, places: Places, breaks: Ints) -> Floats:
    """A supplied yearly series over (place, interval): it holds until its next row; the nearest
    place above serves those below.
    """
    first, last = int(breaks[0]) // SLOTS, int(breaks[-1]) // SLOTS
    start = min(first, int(cells.year_at.min())) if len(cells.year_at) else first
    held = nearest_held(cells.dense([series], len(places), start, last)[0], places)
    return held[:, breaks[:-1] // SLOTS - start]


def nearest_held(values: Floats, places: Places, down: bool = True) -> Floats:
    """Values (place, year) held until the next one and, if ``down``, taken from the nearest place
    above where a place has none.
    """
    held = hold_forward(values)
    return nearest_place(held, places) if down else held


def with_sums(values: Floats, places: Places) -> Floats:
    """Values (place, year) with the sum of its parts where a place has none and all its parts do,
    or are counted elsewhere among them.
    """
    out = values.copy()
    for code in reversed(places.codes):
        if parts := places.parts(code):
            at, below = places.index[code], places.at(parts)
            elsewhere = places.counted_elsewhere(~np.isnan(out))[below]
            total = np.where(elsewhere, 0.0, out[below]).sum(axis=0)
            out[at] = np.where(np.isnan(out[at]) & ~elsewhere.all(axis=0), total, out[at])
    return out


def nearest_place(values: Floats, places: Places) -> Floats:
    """Values (place, ...) taken from the nearest place that serves it where a place has none."""
    for _ in range(places.reach):
        values = np.where(np.isnan(values), values[places.nearest], values)
    return values


def hold_forward(values: Floats) -> Floats:
    """Each missing value along the last axis replaced by the last one before it."""
    position = np.where(np.isnan(values), -1, np.arange(values.shape[-1]))
    latest = np.maximum.accumulate(position, axis=-1)
    return np.where(latest >= 0, np.take_along_axis(values, np.maximum(latest, 0), axis=-1), np.nan)


def chosen(
    number: ReadNumber | None, scenario: Scenario, standard: Standard, default: float
) -> float:
    """A number that depends on a reading, as the scenario reads it."""
    if number is None:
        return default
    return float(
        number.options[scenario.reading(number.reading, standard.readings[number.reading].default)]
    )


def unit_costs(
    standard: Standard, scenario: Scenario, inputs: Inputs, years: Sequence[int], memo: Memo
) -> tuple[dict[str, Timeline], Floats]:
    """Yuan a beneficiary and year, (line, place, year) over all places; 1 for amounts, NaN where no
    rate is known.
    """

    def of(line: Line) -> tuple[Timeline, Floats]:
        found = timeline(line, standard, scenario, inputs, min(years), max(years))
        return found, found.effective(years) * (
            line.times * chosen(line.counted, scenario, standard, 1.0)
        )

    timelines: dict[str, Timeline] = {}
    costs = np.ones((len(standard.lines), len(standard.places), len(years)))
    for i, line in enumerate(standard.lines.values()):
        if not line.is_amount:
            make = partial(of, line)
            timelines[line.code], costs[i] = memo.once(
                (standard, scenario, inputs), (RateEntry, GroupEntry), tuple(years), make, line.code
            )
    return timelines, costs
