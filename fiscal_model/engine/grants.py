"""Grants: the amounts supplied, which cells each serves, and the capped groups that they make."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fiscal_model.arrays import Floats, Ints, Mask
from fiscal_model.engine.base_amounts import Key
from fiscal_model.engine.capped import CappedGroups, cell_names, held_cells, numbered
from fiscal_model.engine.coefficients import Frame
from fiscal_model.engine.project import Projection
from fiscal_model.errors import Fault, Faults
from fiscal_model.messages.message import message
from fiscal_model.standard.kinds.leaf import GRANT
from fiscal_model.standard.names import grant_label
from fiscal_model.vocabulary import LANGS, UNALLOCATED, Text, listed


@dataclass(frozen=True, eq=False)
class Givers:
    """Grants by (item, payer): ``amount`` over (place of the standard, year), NaN where none is
    supplied, and ``giver``, the position in the standard of the place whose grant serves each
    (place, year) of the program, -1 without one. Payers stand in the order of all tables.
    """

    payers: tuple[str, ...]
    amount: dict[tuple[int, str], Floats]
    giver: dict[tuple[int, str], Ints]

    def supplied(self, item: int, place: int, year: int) -> tuple[str, ...]:
        """The payers whose grant serves an item in one cell."""
        return tuple(
            payer
            for payer in self.payers
            if (item, payer) in self.giver and self.giver[item, payer][place, year] >= 0
        )


def givers(frame: Frame, amounts: Projection) -> Givers:
    """The grants supplied, projected as the scenario says."""
    names = tuple(name for name in amounts.series if name.startswith("grant:"))
    found = amounts.select(names, frame.years) if names else ()
    amount, giver = dict[tuple[int, str], Floats](), dict[tuple[int, str], Ints]()
    for name, values in zip(names, found, strict=True):
        _, item, payer = name.split(":")
        amount[int(item), payer] = values
        giver[int(item), payer] = _nearest(frame, ~np.isnan(values))
    payers = tuple(payer for payer in frame.payers if any(payer == each for _, each in amount))
    return Givers(payers, amount, giver)


def _nearest(frame: Frame, known: Mask) -> Ints:
    """The place whose grant serves each (place, year): its own, else the nearest that serves it, as
    one that it came out of or lies in; -1 without one.
    """
    places = frame.standard.places
    out = np.full((len(frame.places), len(frame.years)), -1, np.intp)
    for p, code in enumerate(frame.places):
        for above in places.chain(code):
            at = places.index[above]
            out[p] = np.where((out[p] < 0) & known[at], at, out[p])
    return out


def grant_groups(
    frame: Frame, given: Givers, coefficient: Floats, notes: list[Fault], faults: Faults
) -> tuple[tuple[CappedGroups, ...], Ints]:
    """The grant groups: item × the place that a grant was supplied for, one set for each granting
    payer in the order of all tables; and the flat cells that are left open.

    Where a rule names a granter whose amount nobody supplied, the grants supplied are given and
    what they leave goes to ``unallocated`` (in ``coefficient``): how much the others would bear is
    not known.
    """
    granting = {hold.payer for leaf in frame.leaves for hold in leaf.held(GRANT)}
    groups, missing = [], np.zeros(frame.leaf.size, bool)
    for payer in (payer for payer in frame.payers if payer in granting):
        cells, _ = held_cells(frame, GRANT, payer)
        number, keys, limit = _grants_of(frame, payer, cells, given, faults)
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
    left_open = np.flatnonzero(missing)
    _leave_open(frame, left_open, coefficient, notes)
    return tuple(groups), left_open


def _grants_of(
    frame: Frame, payer: str, cells: Ints, given: Givers, faults: Faults
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
        if (each, payer) not in given.amount:
            continue
        amounts, giver = given.amount[each, payer], given.giver[each, payer]
        mine = item == each
        _check_below(frame, each, payer, ~np.isnan(amounts), place[mine], year[mine], faults)
        here = np.flatnonzero(mine & (giver[place, year] >= 0))
        for top in sorted(set(giver[place[here], year[here]].tolist())):
            served = here[giver[place[here], year[here]] == top]
            number[served] = numbered(len(keys), year[served], years)
            keys.append((each, codes[top]))
            limits.append(np.nan_to_num(amounts[top]))
    return number, tuple(keys), np.concatenate(limits) if limits else np.zeros(0)


def _check_below(
    frame: Frame, item: int, payer: str, known: Mask, place: Ints, year: Ints, faults: Faults
) -> None:
    """No grant may stand below a place whose cost is given as a whole, in the (place, year) at
    hand.
    """
    places = frame.standard.places
    asked = np.zeros((len(frame.places), len(frame.years)), bool)
    asked[place, year] = True
    for p, code in enumerate(frame.places):
        for part in places.below(code)[1:]:
            if (known[places.index[part]] & asked[p]).any():
                grant, name = (
                    grant_label(item, frame.standard.payers[payer].name),
                    f"grant:{item}:{payer}",
                )
                faults.add(
                    "amounts",
                    "grant-below-whole",
                    item=item,
                    whole=places.label(code),
                    code=code,
                    grant=Text(f"{grant.zh}（{name}）", name),
                    part=places.label(part),
                    below=part,
                )


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
    numbers = [str(item) for item in sorted(set(cell_names(frame, shared)[0]))]
    items = Text(*(listed(numbers, lang) for lang in LANGS))
    notes.append(Fault("amounts", message("grant-not-supplied", items=items)))
