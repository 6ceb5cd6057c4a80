"""The same people counted in other places: a series goes on from a prefecture to its counties, from
counties to their prefecture, from a county to those that it was divided into or joined with.
"""

from __future__ import annotations

import numpy as np

from fiscal_model.arrays import Floats, Ints, Mask
from fiscal_model.standard.places import Places


def last_supplied(given: Floats) -> Ints:
    """Position of the last supplied year of each (series, place), -1 without one."""
    return np.asarray(
        np.where(np.isnan(given), -1, np.arange(given.shape[-1])).max(axis=-1, initial=-1)
    )


def own_ended(given: Floats, places: Places, years: Ints) -> Mask:
    """Where the figures that a place has of its own no longer go on, (series, place, year): it is
    not there, or its people have since been counted in the places below it, in one above it, or
    partly in one that came out of it.
    """
    known = ~np.isnan(given)
    out = np.broadcast_to(~places.there(years.tolist()), given.shape).copy()
    out |= counted_around(given, places) | counted_in_heirs(given, places)
    return np.asarray(out & ~known)


def counted_around(given: Floats, places: Places) -> Mask:
    """From which year on a place below or above has a figure that is newer than the last of a place
    itself, (series, place, year).
    """
    known, latest = ~np.isnan(given), last_supplied(given)
    out = np.zeros_like(known)
    counted, kin = latest >= 0, places.kin.astype(np.float32)
    mixed = np.flatnonzero((counted & (counted.astype(np.float32) @ kin > 0)).any(axis=1))
    if len(mixed):
        by_year = np.swapaxes(known[mixed], 1, 2).astype(np.float32)
        around = np.swapaxes(by_year @ kin > 0, 1, 2)
        newer = np.arange(known.shape[-1]) > latest[mixed][..., None]
        started = np.logical_or.accumulate(around & newer, axis=-1)
        out[mixed] = started & counted[mixed][..., None]
    return out


def counted_in_heirs(given: Floats, places: Places) -> Mask:
    """From which year on a place that came out of another has figures, which the last of the other
    still held together with its own, (series, place, year). One that took another in was always
    counted beside it.
    """
    known, latest = ~np.isnan(given), last_supplied(given)
    out = np.zeros_like(known)
    for origin, heirs in places.heirs.items():
        at = places.index[origin]
        for heir in places.at([each for each in heirs if places.lives[each].first]):
            first = np.argmax(known[:, heir], axis=-1)
            parted = known[:, heir].any(axis=-1) & (latest[:, at] >= 0) & (first > latest[:, at])
            out[:, at] |= parted[:, None] & (np.arange(known.shape[-1]) >= first[:, None])
    return out
