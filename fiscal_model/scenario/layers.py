"""The order in which entries beat one another: standard, shipped foundations, inputs, then every
other scenario of the chain.
Entries are painted one over another, so the last one painted is in force. Within one file a line's
entry beats its item's, a smaller ``where`` a larger, and a later start for the same target ends the
earlier. A ``where`` that names a group means the group's members of each year.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Generic

import numpy as np

from fiscal_model.arrays import Mask
from fiscal_model.periods import SLOTS
from fiscal_model.scenario.entries import (
    BaseEntry,
    CountEntry,
    GroupEntry,
    RateEntry,
    SplitEntry,
    VitalEntry,
)
from fiscal_model.scenario.entries.entry import AnyEntry
from fiscal_model.scenario.model import Scenario
from fiscal_model.standard.places import Places
from fiscal_model.standard.rules import Standard
from fiscal_model.standard.splits import readings_of

Interval = tuple[int, int]
ALWAYS = 10**9


@dataclass(frozen=True)
class Layer(Generic[AnyEntry]):
    """An entry where and while it holds: places, and a half-open interval of years (of slots of a
    year's money, for rates).
    """

    entry: AnyEntry
    mask: Mask
    start: int
    end: int


def last_holding(
    layers: Iterable[Layer[AnyEntry]], place: int, year: int, unit: int = 1
) -> AnyEntry | None:
    """The last painted entry that holds in a place at any time of a year."""
    found = None
    for layer in layers:
        if layer.mask[place] and layer.start < (year + 1) * unit and layer.end > year * unit:
            found = layer.entry
    return found


@dataclass(frozen=True)
class Period:
    """Years from ``start`` up to ``end`` in which groups do not change, and the places with the
    groups as they are then.
    """

    start: int
    end: int
    places: Places


@lru_cache(maxsize=64)
def periods(scenario: Scenario) -> tuple[Period, ...]:
    """All time, cut where a group of the chain changes its members."""
    places = scenario.standard.places
    layers = group_layers(scenario)
    cuts = sorted({0, ALWAYS, *(year for layer in layers for year in (layer.start, layer.end))})
    found = []
    for start, end in pairwise(cuts):
        groups = {code: places.mask([code]) for code in places.groups}
        for layer in layers:
            if layer.start <= start < layer.end:
                groups[layer.entry.group][layer.mask] = layer.entry.joins
        changed = {
            code: (
                replace(group, members=_members(groups[code], places))
                if (groups[code] != places.mask([code])).any()
                else group
            )
            for code, group in places.groups.items()
        }
        found.append(Period(start, end, replace(places, groups=changed)))
    return tuple(found)


def places_in(scenario: Scenario, year: int) -> Places:
    """The places with the groups as they are in a year."""
    return next(period.places for period in periods(scenario) if period.start <= year < period.end)


def members(scenario: Scenario, group: str, years: Iterable[int]) -> Mask:
    """Which places belong to a group, (place, year)."""
    return np.array([places_in(scenario, year).mask([group]) for year in years]).T


def _members(mask: Mask, places: Places) -> tuple[str, ...]:
    """The places that are in a group with all below them."""
    return tuple(
        code
        for code in places.codes
        if all(mask[places.index[part]] for part in places.below(code))
    )


def in_force(
    entries: Sequence[AnyEntry], start: Callable[[AnyEntry], int], end: Callable[[AnyEntry], int]
) -> list[tuple[AnyEntry, Interval]]:
    """The entries of one file for one kind of change, in painting order, each with the half-open
    interval it holds for.
    """
    by_target: dict[tuple[object, ...], list[AnyEntry]] = {}
    for entry in entries:
        by_target.setdefault((*entry.target, entry.mask.tobytes()), []).append(entry)
    placed: list[tuple[AnyEntry, Interval]] = []
    for same in by_target.values():
        same.sort(key=lambda each: (start(each), each.start.order if each.start else (0, 0)))
        stops = [*(start(later) for later in same[1:]), ALWAYS]
        placed += [
            (each, (start(each), min(end(each), stop)))
            for each, stop in zip(same, stops, strict=True)
        ]
    # an item's entry, which names no line, is beaten by a line's
    placed.sort(key=lambda pair: (pair[0].target[-1] is None, pair[0].size), reverse=True)
    return placed


def yearly_order(entries: Iterable[AnyEntry]) -> list[tuple[AnyEntry, Interval]]:
    """Entries that change at a year's start, in painting order, each with its half-open interval of
    years.
    """
    return in_force(
        list(entries), lambda entry: entry.first_year, lambda entry: entry.last_year + 1
    )


def _layers(
    scenario: Scenario, placed: Iterable[tuple[AnyEntry, Interval]], unit: int = 1
) -> Iterator[Layer[AnyEntry]]:
    """Each entry with its places; one that names a group that changes stands once for each period
    that it meets.
    """
    spans = periods(scenario)
    for entry, (start, end) in placed:
        if len(spans) == 1 or not any(
            code in scenario.standard.places.groups for code in entry.where
        ):
            yield Layer(entry, entry.mask, start, end)
            continue
        for period in spans:
            first, last = max(start, period.start * unit), min(end, period.end * unit)
            if first < last:
                yield Layer(entry, period.places.mask(entry.where), first, last)


def rate_layers(
    scenario: Scenario, line: str, accrual: str, below: bool
) -> Iterator[Layer[RateEntry]]:
    """The rate entries of the chain for one line, those below or above the inputs, in painting
    order; their time in slots.
    """
    for each in scenario.chain():
        mine = (
            [entry for entry in each.of(RateEntry) if entry.line == line]
            if each.below_inputs == below
            else []
        )
        if mine:
            placed = in_force(
                mine,
                lambda entry: entry.start.start(accrual) if entry.start else 0,
                lambda entry: entry.end.end(accrual) if entry.end else ALWAYS,
            )
            yield from _layers(scenario, placed, SLOTS)


def _yearly(scenario: Scenario, kind: type[AnyEntry], *changes: str) -> Iterator[Layer[AnyEntry]]:
    """The entries of one kind along the chain in painting order, in each file those that change the
    first of ``changes`` before those that change the next.
    """
    for each in scenario.chain():
        for change in changes or ("",):
            mine = (entry for entry in each.of(kind) if change in entry.changes())
            yield from _layers(scenario, yearly_order(mine))


def split_layers(scenario: Scenario) -> list[Layer[SplitEntry]]:
    """The splits of the chain in painting order."""
    return list(_yearly(scenario, SplitEntry))


def base_layers(scenario: Scenario) -> list[Layer[BaseEntry]]:
    """The changes of base amounts along the chain, in painting order."""
    return [
        layer
        for each in scenario.chain()
        for layer in _layers(scenario, _base_order(each.of(BaseEntry)))
    ]


def _base_order(entries: Sequence[BaseEntry]) -> list[tuple[BaseEntry, Interval]]:
    """The changes of base amounts of one file in painting order: what starts later for the same
    places acts on an amount stated earlier, and does not end it.
    """
    stated = yearly_order(entry for entry in entries if entry.amount is not None)
    changed = [(entry, span) for entry, span in yearly_order(entries) if entry.amount is None]
    return sorted([*stated, *changed], key=lambda pair: pair[0].size, reverse=True)


def projection_layers(scenario: Scenario) -> Iterator[Layer[CountEntry]]:
    """How beneficiaries go on, along the chain in painting order."""
    return _yearly(scenario, CountEntry, "projection")


def factor_layers(scenario: Scenario) -> Iterator[Layer[CountEntry]]:
    """The factors on beneficiaries along the chain, in painting order."""
    return _yearly(scenario, CountEntry, "factor")


def vital_layers(scenario: Scenario) -> list[Layer[VitalEntry]]:
    """The changes of vital rates and ratios along the chain, in painting order: a file's values
    before its factors.
    """
    return list(_yearly(scenario, VitalEntry, "value", "factor"))


def group_layers(scenario: Scenario) -> list[Layer[GroupEntry]]:
    """The changes of groups along the chain, in painting order."""
    return [
        Layer(entry, entry.mask, *span)
        for each in scenario.chain()
        for entry, span in yearly_order(each.of(GroupEntry))
    ]


def items_of_reading(standard: Standard, scenario: Scenario, code: str) -> frozenset[int]:
    """The items that a reading can move: its own, those whose split the scenario makes depend on
    it, and those whose benefits it bars or lets be drawn together.
    """
    asking = (each.item for each in scenario.every(SplitEntry) if code in readings_of(each.split))
    barred = {
        name
        for rule in standard.higher_of
        if rule.under and rule.under.reading == code
        for name in (*rule.one, *rule.other)
    }
    return frozenset({standard.readings[code].item, *asking}) | standard.drawn_by(barred)
