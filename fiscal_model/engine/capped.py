"""Capped groups: cells whose sum is held against a supplied amount, a base amount or a grant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fiscal_model.arrays import Floats, Ints
from fiscal_model.engine.coefficients import Frame
from fiscal_model.errors import Fault, Faults
from fiscal_model.inputs.model import Cells
from fiscal_model.standard.places import Places
from fiscal_model.standard.splits import BaseAmount, Grant, Leaf
from fiscal_model.vocabulary import UNALLOCATED, Text

Key = tuple[int, str]
"""An item and the place that an amount was supplied for."""


@dataclass(frozen=True)
class CappedGroups:
    """Groups of one paying payer.

    ``cells`` are flat positions in (line, place, year); ``group`` is the group of each, ``taker`` who bears what ``payer`` does not, and ``limit`` the
    amount of each group. A group is one of ``keys`` in one year: its number is the key's position × years + the year's.
    """

    payer: int
    cells: Ints
    group: Ints
    taker: Ints
    limit: Floats
    keys: tuple[Key, ...]


def base_groups(frame: Frame, bases: Cells, faults: Faults) -> tuple[CappedGroups, ...]:
    """The base-amount groups: item × the place whose base amount governs, one set for each limited payer."""
    places, payers, years = frame.standard.places, frame.payers, len(frame.years)
    base = {(int(bases.series[s]), places.codes[p]): float(v) for s, p, v in zip(bases.series_at, bases.place_at, bases.value, strict=True)}
    groups = []
    for limited in dict.fromkeys(leaf.limited for leaf in frame.leaves if isinstance(leaf, BaseAmount)):
        cells, leaves = _under(frame, lambda leaf, limited=limited: isinstance(leaf, BaseAmount) and leaf.limited == limited)  # type: ignore[misc]
        items, codes, year = _names(frame, cells)
        wanted = sorted(set(zip(items, codes, strict=True)))
        governor = {key: found for key in wanted if (found := _governor(key, base, places, faults))}
        if len(governor) < len(wanted) or not wanted:
            continue
        keys = tuple(dict.fromkeys(governor.values()))
        order = {key: keys.index(found) for key, found in governor.items()}
        number = np.array([order[key] for key in zip(items, codes, strict=True)], np.intp)
        taker = np.array([payers.index(leaf.increases) for leaf in leaves if isinstance(leaf, BaseAmount)], np.intp)
        limit = np.repeat([base[key] for key in keys], years)
        groups.append(CappedGroups(payers.index(limited), cells, number * years + year, taker, limit, keys))
    return tuple(groups)


def _governor(key: Key, base: dict[Key, float], places: Places, faults: Faults) -> Key | None:
    """The base amount that governs an item in a place: its own, else the nearest above it."""
    item, code = key
    label = places.label(code)
    below = [each for each in places.below(code)[1:] if (item, each) in base]
    if below:
        names = "、".join(places.label(each).zh for each in below[:3])
        faults.add(
            "bases_2015",
            f"第{item}项：{label.zh}（{code}）按整体填报人数，其2015年基数却分县填报（{names}），请统一口径",
            f"item {item}: counts are given for {label.en} ({code}) and base amounts for places below it ({', '.join(below[:3])}): give both for the same places",
        )
        return None
    for each in (code, *places.ancestors(code)):
        if (item, each) in base:
            return item, each
    faults.add(
        "bases_2015",
        f"第{item}项：缺少{label.zh}（{code}）的2015年基数，请在 bases_2015 表中填报",
        f"item {item}: the 2015 base amount of {label.en} ({code}) is missing: give it in table bases_2015",
    )
    return None


def grant_groups(
    frame: Frame, names: tuple[str, ...], supplied: Floats, coefficient: Floats, notes: list[Fault], faults: Faults
) -> tuple[CappedGroups, ...]:
    """The grant groups: item × the place that a grant was supplied for, one set for each granting payer in the order of all tables.

    ``supplied`` is (name, place, year) over all places. A cost whose grant is not supplied goes to ``unallocated`` (in ``coefficient``) with a note.
    """
    given = {
        (*_parse(name), frame.standard.places.codes[p], y): float(supplied[s, p, y])
        for s, name in enumerate(names)
        for p, y in zip(*np.nonzero(~np.isnan(supplied[s])), strict=True)
    }
    granting = {payer for leaf in frame.leaves if isinstance(leaf, Grant) for payer in leaf.granters}
    found, missing = [], np.zeros(0, np.intp)
    for payer in (payer for payer in frame.payers if payer in granting):
        cells, _ = _under(frame, lambda leaf, payer=payer: isinstance(leaf, Grant) and payer in leaf.granters)  # type: ignore[misc]
        number, keys, limit = _grants_of(frame, payer, cells, given, faults)
        missing = np.union1d(missing, cells[number < 0])
        found.append((frame.payers.index(payer), cells, number, keys, limit))
    _leave_open(frame, missing, coefficient, notes)
    groups = []
    for at, cells, number, keys, limit in found:
        stays = ~np.isin(cells, missing)
        if stays.any():
            groups.append(CappedGroups(at, cells[stays], number[stays], np.full(stays.sum(), at), limit, keys))
    return tuple(groups)


def _parse(name: str) -> tuple[int, str]:
    _, item, payer = name.split(":")
    return int(item), payer


def _grants_of(
    frame: Frame, payer: str, cells: Ints, given: dict[tuple[int, str, str, int], float], faults: Faults
) -> tuple[Ints, tuple[Key, ...], Floats]:
    """For each cell the number of its group (-1 without a grant), the keys of the groups and their amounts."""
    places, years = frame.standard.places, len(frame.years)
    keys: dict[Key, int] = {}
    number = np.full(len(cells), -1)
    for n, (item, code, year) in enumerate(zip(*_names(frame, cells), strict=True)):
        giver = next((c for c in (code, *places.ancestors(code)) if (item, payer, c, year) in given), None)
        below = next((c for c in places.below(code)[1:] if (item, payer, c, year) in given), None)
        if below:
            here, part = places.label(code), places.label(below)
            faults.add(
                "amounts",
                f"第{item}项：{here.zh}（{code}）按整体填报，grant:{item}:{payer} 却填到{part.zh}（{below}），请统一口径",
                f"item {item}: the cost is given for {here.en} ({code}) and grant:{item}:{payer} for {part.en} ({below}) below it: give both for the same places",
            )
        elif giver is not None:
            number[n] = keys.setdefault((item, giver), len(keys)) * years + year
    limit = np.array([given.get((item, payer, code, year), 0.0) for item, code in keys for year in range(years)])
    return number, tuple(keys), limit


def _leave_open(frame: Frame, cells: Ints, coefficient: Floats, notes: list[Fault]) -> None:
    if not len(cells):
        return
    flat = coefficient.reshape(len(coefficient), -1)
    flat[:, cells] = 0.0
    flat[frame.payers.index(UNALLOCATED), cells] = frame.unit.ravel()[cells]
    listed = "、".join(str(item) for item in sorted(set(_names(frame, cells)[0])))
    notes.append(
        Fault(
            "amounts",
            Text(
                f"第{listed}项：部分地区未提供补助金额（grant:项目号:承担主体），其资金列入未明确分担",
                f"items {listed}: grants are not supplied everywhere; the cost concerned is unallocated",
            ),
        )
    )


def _under(frame: Frame, fits: Callable[[Leaf], bool]) -> tuple[Ints, list[Leaf]]:
    """The flat cells with a cost under the leaves that fit, and the leaf of each."""
    fitting = np.array([fits(leaf) for leaf in frame.leaves])
    cells = np.flatnonzero(fitting[frame.leaf] & (frame.quantity > 0) & (frame.unit > 0))
    return cells, [frame.leaves[n] for n in frame.leaf.ravel()[cells]]


def _names(frame: Frame, cells: Ints) -> tuple[list[int], list[str], Ints]:
    """The item, place and year position of flat cells."""
    line, place, year = np.unravel_index(cells, frame.leaf.shape)
    return [frame.lines[i].item for i in line.tolist()], [frame.places[p] for p in place.tolist()], year
