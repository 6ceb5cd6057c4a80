"""The base amounts in force: the amount of each item and place by year, and how far its limit has
ended.
The amount is the nearest one that an entry states, else the supplied one. Going up the chain, and
within a file from the larger places to the smaller, a stated ``amount`` ends every change below it;
``factor``, ``growth`` and ``abolish`` replace each other and act on the amount; ``phase_out`` ends
an abolition below it and keeps the amount then in force.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import numpy as np

from fiscal_model.arrays import Floats, Ints, Mask
from fiscal_model.inputs.model import Inputs
from fiscal_model.scenario.entries import BaseEntry
from fiscal_model.scenario.layers import Layer, base_layers
from fiscal_model.scenario.model import Scenario
from fiscal_model.standard.places import Places

Key = tuple[int, str]
"""An item and the place that an amount was supplied for."""


def supplied_bases(inputs: Inputs, places: Places) -> dict[Key, float]:
    """The base amounts of the inputs."""
    cells = inputs.bases
    rows = zip(cells.series_at, cells.place_at, cells.value, strict=True)
    return {(int(cells.series[s]), places.codes[p]): float(value) for s, p, value in rows}


def governor(key: Key, supplied: Collection[Key], places: Places) -> Key:
    """The base amount that governs an item in a place: its own, else the nearest that serves it;
    itself where there is none.

    A place that came out of another has a base amount only where one is supplied: until then that
    of the other limits both together, as that of a prefecture does its counties.
    """
    item, code = key
    return next(
        (
            (item, each)
            for each in places.chain(code)
            if any((item, part) in supplied for part in (each, *places.merged(each)))
        ),
        key,
    )


def governed(key: Key, supplied: Collection[Key], places: Places) -> bool:
    """Whether a base amount supplied for another place governs an item in a place."""
    return governor(key, supplied, places) != key


def merged_bases(supplied: Collection[Key], places: Places) -> set[Key]:
    """The item and place of the base amounts that are only supplied for what was merged there."""
    return {
        (item, heir)
        for item, code in supplied
        for heir in places.heirs.get(code, ())
        if code in places.merged(heir)
    }


def carried_base(key: Key, supplied: Mapping[Key, float], places: Places, year: int) -> float:
    """The base amount of an item and place in a year, NaN where there is none: the one supplied,
    with those of places that it has taken in by then; of a new place for which none is supplied
    those of all that were merged in it.
    """
    item, code = key
    own, life = supplied.get(key, np.nan), places.lives.get(code)
    if life is None or (life.first and not np.isnan(own)):
        return own
    if parts := places.merged(code):
        return sum(carried_base((item, part), supplied, places, year) for part in parts)
    taken = [
        carried_base((item, part), supplied, places, year)
        for part in places.joined(code)
        if not places.lives[part].there(year)
    ]
    return own + float(np.nansum(taken))


def carried_from(
    key: Key, place: str, supplied: Collection[Key], places: Places, year: int
) -> tuple[str, ...]:
    """The places that the base amount ``key`` of an item in a place was supplied for, where it is
    carried over a change of places; none where it is that of the place or of one above it.
    """
    item, code = key
    if code not in (place, *places.ancestors(place)):
        return (code,)
    if key not in supplied:
        return places.merged(code)
    taken = tuple(
        each
        for each in places.joined(code)
        if (item, each) in supplied and not places.lives[each].there(year)
    )
    return (code, *taken) if taken and not places.lives[code].first else ()


def changed_bases(
    supplied: Floats, keys: tuple[Key, ...], scenario: Scenario, over: tuple[int, ...]
) -> tuple[Floats, Floats]:
    """The limit of every (key, year), infinite where it is abolished, and how far it has ended;
    ``supplied`` are the base amounts by (key, year).
    """
    years, stated = np.array(over), supplied.copy()
    limit, ended = stated.copy(), np.zeros(stated.shape)
    for n, within, layer in _reached(keys, scenario, years):
        entry, elapsed, was = (
            layer.entry,
            years[within] - layer.entry.first_year + 1,
            limit[n, within],
        )
        if entry.amount is not None:
            stated[n, within] = float(entry.amount)
        if entry.phase_out:
            limit[n, within] = np.where(np.isinf(was), stated[n, within], was)
            ended[n, within] = np.minimum(elapsed / entry.phase_out, 1.0)
        else:
            limit[n, within], ended[n, within] = (
                _changed(entry, stated[n, within], elapsed),
                float(entry.abolish),
            )
    limit[np.isnan(limit) & (ended == 1)] = np.inf  # one that has ended needs no amount
    return limit, ended


def _changed(entry: BaseEntry, stated: Floats, elapsed: Ints) -> Floats:
    if entry.abolish:
        return np.full(len(elapsed), np.inf)
    if entry.growth is not None:
        return np.asarray(stated * (1.0 + float(entry.growth)) ** elapsed)
    return stated if entry.factor is None else np.asarray(stated * float(entry.factor))


def _reached(
    keys: tuple[Key, ...], scenario: Scenario, years: Ints
) -> Iterator[tuple[int, Mask, Layer[BaseEntry]]]:
    """Each layer with the keys that it changes and the years in which it does."""
    for layer in base_layers(scenario):
        within = (years >= layer.start) & (years < layer.end)
        for n, (item, code) in enumerate(keys):
            if item == layer.entry.item and layer.mask[scenario.standard.places.index[code]]:
                yield n, within, layer


def acting(scenario: Scenario, key: Key, year: int) -> tuple[BaseEntry, ...]:
    """The entries that make the base amount of ``key`` what it is in ``year``: the amount stated,
    what acts on it, its phasing out.
    """
    found: tuple[BaseEntry, ...] = ()
    for _, within, layer in _reached((key,), scenario, np.array([year])):
        if within.any():
            entry = layer.entry
            if entry.amount is not None:
                found = ()
            elif entry.phase_out:
                found = tuple(each for each in found if not each.abolish and not each.phase_out)
            else:
                found = tuple(each for each in found if each.amount is not None)
            found = (*found, entry)
    return found[-1:] if found and found[-1].abolish else found
