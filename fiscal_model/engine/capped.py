"""Capped groups: cells whose sum is held against a supplied amount, a base amount or a grant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fiscal_model.arrays import Floats, Ints, Mask
from fiscal_model.engine.applied import Applied
from fiscal_model.engine.base_amounts import Key
from fiscal_model.engine.coefficients import Frame, LineCells
from fiscal_model.errors import Fault, Faults
from fiscal_model.inputs.model import Cells
from fiscal_model.inputs.names import grant_label
from fiscal_model.inputs.tables import TABLES
from fiscal_model.scenario.entries import Entry
from fiscal_model.scenario.layers import group_layers, last_holding
from fiscal_model.standard.kinds.leaf import BASE, GRANT, Hold, Stage
from fiscal_model.standard.places import Places
from fiscal_model.standard.splits import When
from fiscal_model.vocabulary import PAYERS, UNALLOCATED, Text


@dataclass(frozen=True)
class CappedGroups:
    """Groups of one paying payer.

    ``cells`` are flat positions in (line, place, year); ``group`` is the group of each, ``taker``
    who bears what ``payer`` does not, ``limit`` the amount of each group, and ``ended`` how far it
    has ended: that part of what ``payer`` would bear without a limit it bears, the other as
    limited. Without a limit a cell is ``ratio`` a unit of quantity (NaN: as due). A group is one of
    ``keys`` in one year: its number is the key's position × years + the year's.
    """

    payer: int
    cells: Ints
    group: Ints
    taker: Ints
    limit: Floats
    ended: Floats
    ratio: Floats
    keys: tuple[Key, ...]


def base_groups(frame: Frame, applied: Applied, faults: Faults) -> tuple[CappedGroups, ...]:
    """The base-amount groups: item × the place whose base amount governs, one set for each limited
    payer.
    """
    places, payers, years = frame.standard.places, frame.payers, len(frame.years)
    bases, base = applied.inputs.bases, applied.base_amounts
    groups = []
    for limited in dict.fromkeys(hold.payer for leaf in frame.leaves for hold in leaf.held(BASE)):
        cells, holds = _held(frame, BASE, limited)
        items, codes, year = _names(frame, cells)
        wanted = sorted(set(zip(items, codes, strict=True)))
        governor = {
            key: found for key in wanted if (found := _governor(key, base, bases, places, faults))
        }
        if len(governor) < len(wanted) or not wanted:
            continue
        keys = tuple(dict.fromkeys(governor.values()))
        order = {key: keys.index(found) for key, found in governor.items()}
        number = (
            np.array([order[key] for key in zip(items, codes, strict=True)], np.intp) * years + year
        )
        limit, ended = (each.ravel() for each in applied.bases(keys))
        _check_bases(limit, set(number.tolist()), keys, frame, applied, faults)
        takers = np.array([payers.index(hold.taker) if hold else -1 for hold in holds], np.intp)
        taker = takers[frame.leaf.ravel()[cells]]
        groups.append(
            CappedGroups(
                payers.index(limited),
                cells,
                number,
                taker,
                limit,
                ended,
                _ratio(frame, holds, cells),
                keys,
            )
        )
    return tuple(groups)


def _ratio(frame: Frame, holds: Sequence[Hold | None], cells: Ints) -> Floats:
    """What the limited payer bears a unit of quantity where its base amount has ended, by cell; NaN
    where that is what is due.
    """
    out = np.full(frame.leaf.shape, np.nan)
    for n, i in frame.met():
        hold = holds[n]
        if hold and hold.ended:
            mine = LineCells(frame, i, n, [])
            borne = (yuan for payer, yuan in hold.ended.charges(mine) if payer == hold.payer)
            out[i][mine.mask] = sum(borne)
    return out.ravel()[cells]


def _governor(
    key: Key, base: dict[Key, float], bases: Cells, places: Places, faults: Faults
) -> Key | None:
    """The base amount that governs an item in a place: its own, else the nearest above it; itself
    where there is none (None if unclear).
    """
    item, code = key
    label = places.label(code)
    below = [each for each in places.below(code)[1:] if (item, each) in base]
    if below:
        names = "、".join(places.label(each).zh for each in below[:3])
        faults.add(
            bases.where(str(item), places.index[below[0]]),
            f"第{item}项：{label.zh}（{code}）按整体填报人数，其2015年基数却分县填报（{names}），"
            "请统一口径",
            f"item {item}: counts are given for {label.en} ({code}) and base amounts for places"
            f" below it ({', '.join(below[:3])}): give both for the same places",
        )
        return None
    return next(
        ((item, each) for each in (code, *places.ancestors(code)) if (item, each) in base), key
    )


def _check_bases(
    limit: Floats,
    used: set[int],
    keys: tuple[Key, ...],
    frame: Frame,
    applied: Applied,
    faults: Faults,
) -> None:
    """A base amount that the rule in force uses must be there."""
    missing: dict[Key, int] = {}
    for n in sorted(used):
        if np.isnan(limit[n]):
            missing.setdefault(keys[n // len(frame.years)], n % len(frame.years))
    for (item, code), y in missing.items():
        label, place = frame.standard.places.label(code), frame.standard.places.index[code]
        rows = (
            applied.inputs.counts.where(line.beneficiary or "", place)
            for line in frame.lines
            if line.item == item
        )
        entry = _brought_in_by(item, place, y, applied)
        since = (
            Text(f"自 {frame.years[y]} 年起", f" from {frame.years[y]} on")
            if entry
            else Text("", "")
        )
        faults.add(
            entry.at if entry else next((where for where in rows if where), "bases_2015"),
            f"第{item}项：{label.zh}（{code}）{since.zh}按2015年基数分担，"
            f"而缺少基数：请在{TABLES['bases_2015'].both.zh}表中填报，或在情景的 bases 中写明"
            " amount",
            f"item {item}: {label.en} ({code}) pays by its 2015 base amount{since.en}, which is"
            " missing: give it in table bases_2015, or as the amount of an entry under 'bases'",
        )


def _brought_in_by(item: int, place: int, y: int, applied: Applied) -> Entry | None:
    """The analyst's entry by which a base amount limits an item in a place: what put the place into
    a group that the rule names, else the rule itself.
    """
    rules, places, year = applied.rules, applied.standard.places, applied.span.years[y]
    p = places.index[places.leaves(places.codes[place])[0]]
    for i, line in enumerate(applied.standard.lines.values()):
        if line.item == item and rules.leaves[rules.leaf[i, p, y]].held(BASE):
            entry, path = rules.entries[rules.source[i, p, y]], rules.ways[rules.way[i, p, y]].path
            named = {code for step in path if isinstance(step, When) for code in step.where} | set(
                entry.where if entry else ()
            )
            joined = (
                layer
                for layer in group_layers(applied.scenario)
                if layer.entry.joins and layer.entry.group in named
            )
            found = last_holding(joined, p, year) or entry
            shipped = {
                id(each)
                for scenario in applied.scenario.chain()
                if scenario.below_inputs
                for each in scenario.entries
            }
            return found if id(found) not in shipped else None
    return None


def grant_groups(
    frame: Frame,
    names: tuple[str, ...],
    supplied: Floats,
    coefficient: Floats,
    notes: list[Fault],
    faults: Faults,
) -> tuple[CappedGroups, ...]:
    """The grant groups: item × the place that a grant was supplied for, one set for each granting
    payer in the order of all tables.

    ``supplied`` is (name, place, year) over all places. Where a rule names a granter whose amount
    nobody supplied, the grants supplied are given and what they leave goes to ``unallocated`` (in
    ``coefficient``): how much the others would bear is not known.
    """
    granting = {hold.payer for leaf in frame.leaves for hold in leaf.held(GRANT)}
    groups, missing = [], np.zeros(frame.leaf.size, bool)
    for payer in (payer for payer in frame.payers if payer in granting):
        cells, _ = _held(frame, GRANT, payer)
        number, keys, limit = _grants_of(frame, payer, cells, names, supplied, faults)
        known = number >= 0
        missing[cells[~known]] = True
        if known.any():
            at = frame.payers.index(payer)
            groups.append(
                CappedGroups(
                    at,
                    cells[known],
                    number[known],
                    np.full(known.sum(), at),
                    limit,
                    np.zeros(len(limit)),
                    np.full(int(known.sum()), np.nan),
                    keys,
                )
            )
    _leave_open(frame, np.flatnonzero(missing), coefficient, notes)
    return tuple(groups)


def _grants_of(
    frame: Frame, payer: str, cells: Ints, names: tuple[str, ...], supplied: Floats, faults: Faults
) -> tuple[Ints, tuple[Key, ...], Floats]:
    """For each cell the number of its group (-1 without a grant), the keys of the groups and their
    amounts.
    """
    line, place, year = np.unravel_index(cells, frame.leaf.shape)
    item = np.array([each.item for each in frame.lines], np.intp)[line]
    codes, years = frame.standard.places.codes, len(frame.years)
    number = np.full(len(cells), -1)
    keys: list[Key] = []
    limits: list[Floats] = []
    for each in sorted(set(item.tolist())):
        name = f"grant:{each}:{payer}"
        if name not in names:
            continue
        amounts = supplied[names.index(name)]
        giver = _givers(frame, each, name, ~np.isnan(amounts), item == each, place, year, faults)
        here = np.flatnonzero((item == each) & (giver[place, year] >= 0))
        for top in sorted(set(giver[place[here], year[here]].tolist())):
            mine = here[giver[place[here], year[here]] == top]
            number[mine] = len(keys) * years + year[mine]
            keys.append((each, codes[top]))
            limits.append(np.nan_to_num(amounts[top]))
    return number, tuple(keys), np.concatenate(limits) if limits else np.zeros(0)


def _givers(
    frame: Frame,
    item: int,
    name: str,
    known: Mask,
    mine: Mask,
    place: Ints,
    year: Ints,
    faults: Faults,
) -> Ints:
    """The place whose grant serves each (place, year) of the frame: its own, else the nearest above
    it; -1 without one.
    """
    places = frame.standard.places
    giver = np.full((len(frame.places), len(frame.years)), -1)
    asked = np.zeros(giver.shape, bool)
    asked[place[mine], year[mine]] = True
    for p, code in enumerate(frame.places):
        for above in (code, *places.ancestors(code)):
            at = places.index[above]
            giver[p] = np.where((giver[p] < 0) & known[at], at, giver[p])
        for part in places.below(code)[1:]:
            if (known[places.index[part]] & asked[p]).any():
                whole, county = places.label(code), places.label(part)
                grant = grant_label(item, PAYERS[name.rpartition(":")[2]])
                faults.add(
                    "amounts",
                    f"第{item}项：{whole.zh}（{code}）按整体填报，{grant.zh}（{name}）却填到{county.zh}（{part}），"
                    "请统一口径",
                    f"item {item}: the cost is given for {whole.en} ({code}) and {name} for"
                    f" {county.en} ({part}) below it: give both for the same places",
                )
    return giver


def _leave_open(frame: Frame, cells: Ints, coefficient: Floats, notes: list[Fault]) -> None:
    """Puts the cost of cells to ``unallocated``; a note names the items whose rest the rule would
    have shared.
    """
    flat = coefficient.reshape(len(coefficient), -1)
    flat[:, cells] = 0.0
    flat[frame.payers.index(UNALLOCATED), cells] = np.nan_to_num(frame.unit.ravel()[cells])
    shares = np.array([bool(leaf.divisions()) for leaf in frame.leaves])
    shared = cells[shares[frame.leaf.ravel()[cells]]] if len(cells) else cells
    if not len(shared):
        return
    items = [str(item) for item in sorted(set(_names(frame, shared)[0]))]
    zh = "分担办法中有补助未填报（grant:项目号:承担主体，没有则填 0），补助以外的资金列入未明确分担"
    en = (
        "a grant that the rule names is not supplied (grant:ITEM:PAYER; give 0 for none), so the"
        " cost beside the grants is unallocated"
    )
    notes.append(
        Fault("amounts", Text(f"第{'、'.join(items)}项：{zh}", f"items {', '.join(items)}: {en}"))
    )


def _held(frame: Frame, stage: Stage, payer: str) -> tuple[Ints, list[Hold | None]]:
    """The flat cells with a cost of which a payer's part is held at a stage, and by what each leaf
    holds it.
    """
    holds = [
        next((hold for hold in leaf.held(stage) if hold.payer == payer), None)
        for leaf in frame.leaves
    ]
    held = np.array([hold is not None for hold in holds])
    return np.flatnonzero(held[frame.leaf] & frame.costs), holds


def _names(frame: Frame, cells: Ints) -> tuple[list[int], list[str], Ints]:
    """The item, place and year position of flat cells."""
    line, place, year = np.unravel_index(cells, frame.leaf.shape)
    return (
        [frame.lines[i].item for i in line.tolist()],
        [frame.places[p] for p in place.tolist()],
        year,
    )
