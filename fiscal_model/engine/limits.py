"""Base amounts as capped groups: who is limited by which amount."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fiscal_model.arrays import Floats, Ints
from fiscal_model.engine.applied import Applied
from fiscal_model.engine.base_amounts import Key, acting, carried_base, governor
from fiscal_model.engine.capped import CappedGroups, cell_names, held_cells, numbered
from fiscal_model.engine.coefficients import Frame, LineCells
from fiscal_model.errors import Faults
from fiscal_model.inputs.tables import TABLES
from fiscal_model.messages.message import Arg, message
from fiscal_model.scenario.entries import Entry
from fiscal_model.scenario.layers import group_layers, last_holding
from fiscal_model.standard.kinds.leaf import BASE, Hold
from fiscal_model.standard.splits import When
from fiscal_model.vocabulary import Text, listed


def base_groups(frame: Frame, applied: Applied, faults: Faults) -> tuple[CappedGroups, ...]:
    """The base-amount groups: item × the place whose base amount governs, one set for each limited
    payer.
    """
    places, payers, years = frame.standard.places, frame.payers, len(frame.years)
    base = applied.base_amounts
    groups = []
    for limited in dict.fromkeys(hold.payer for leaf in frame.leaves for hold in leaf.held(BASE)):
        cells, holds = held_cells(frame, BASE, limited)
        items, codes, year = cell_names(frame, cells)
        wanted = sorted(set(zip(items, codes, strict=True)))
        before = len(faults.found)
        for key in wanted:
            _check_below(key, applied, faults)
        if len(faults.found) > before or not wanted:
            continue
        governs = {key: governor(key, base, places) for key in wanted}
        keys = tuple(dict.fromkeys(governs.values()))
        order = {key: keys.index(found) for key, found in governs.items()}
        at = np.array([order[key] for key in zip(items, codes, strict=True)], np.intp)
        limit, ended = (each.ravel() for each in applied.bases(keys))
        takers = np.array([payers.index(hold.taker) if hold else -1 for hold in holds], np.intp)
        taker = takers[frame.leaf.ravel()[cells]]
        made = CappedGroups(
            payers.index(limited),
            cells,
            numbered(at, year, years),
            taker,
            limit,
            ended,
            _ratio(frame, holds, cells),
            keys,
        )
        _check_bases(made, frame, applied, faults)
        groups.append(made)
    return tuple(groups)


def _ratio(frame: Frame, holds: Sequence[Hold | None], cells: Ints) -> Floats:
    """What the limited payer bears a unit of quantity where its base amount has ended, by cell; NaN
    where that is what is due.
    """
    out = np.full(frame.leaf.shape, np.nan)
    for n, i in frame.met:
        hold = holds[n]
        if hold and hold.ended:
            mine = LineCells(frame, i, n, [])
            borne = (yuan for payer, yuan in hold.ended.charges(mine) if payer == hold.payer)
            out[i][mine.mask] = sum(borne)
    return out.ravel()[cells]


def _check_below(key: Key, applied: Applied, faults: Faults) -> None:
    """No base amount may stand below a place that is counted as a whole."""
    (item, code), places, title = key, applied.standard.places, applied.standard.base_amount
    below = [each for each in places.below(code)[1:] if (item, each) in applied.base_amounts]
    if below:
        names = [places.label(each).zh for each in below[:3]]
        faults.add(
            applied.inputs.bases.where(str(item), places.index[below[0]]),
            "base-below-whole",
            item=item,
            place=places.label(code),
            code=code,
            title=Text(title.zh, "base amounts"),
            parts=Text(listed(names, "zh"), listed(below[:3], "en")),
        )


def _check_bases(groups: CappedGroups, frame: Frame, applied: Applied, faults: Faults) -> None:
    """A base amount that the rule in force uses must be there."""
    missing: dict[Key, int] = {}
    title, table = frame.standard.base_amount, TABLES["bases_2015"]
    for n in np.unique(groups.group).tolist():
        if np.isnan(groups.limit[n]):
            missing.setdefault(groups.key(n), groups.year(n))
    for (item, code), y in missing.items():
        place = frame.standard.places.index[code]
        rows = (
            applied.inputs.counts.where(line.beneficiary or "", place)
            for line in frame.lines
            if line.item == item
        )
        entry = _brought_in_by(item, place, y, applied)
        since: Arg = message("base-used-since", year=frame.years[y]) if entry else ""
        faults.add(
            entry.at if entry else next((where for where in rows if where), "bases_2015"),
            "base-missing",
            item=item,
            place=frame.standard.places.label(code),
            code=code,
            title=title,
            since=since,
            table=Text(table.both.zh, table.name),
        )


def _brought_in_by(item: int, place: int, y: int, applied: Applied) -> Entry | None:
    """The analyst's entry by which a base amount limits an item in a place: what put the place into
    a group that the rule names, else the rule itself.
    """
    rules, places, year = applied.rules, applied.standard.places, applied.span.years[y]
    p = places.speaker(places.codes[place])
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


@dataclass(frozen=True)
class BaseTerms:
    """How a limit comes from the supplied base amount: a factor on it (None: abolished), or another
    amount stated; and how far it has ended.
    """

    supplied: float | None
    factor: float | None
    stated: float | None
    ended: float

    @property
    def limit(self) -> float:
        """The limit in yuan; infinite where there is none."""
        if self.stated is not None:
            return self.stated
        if self.supplied is None or self.factor is None:
            return np.inf
        return self.supplied * self.factor


def base_terms(applied: Applied, key: Key, y: int) -> BaseTerms:
    """The base amount of an item and place in the ``y``-th year, and what the scenario makes of
    it.
    """
    supplied = applied.base_amounts.get(key)
    places, year = applied.standard.places, applied.span.years[y]
    carried = carried_base(key, applied.base_amounts, places, year)
    limits, ended = applied.bases((key,))
    limit, part = float(limits[0, y]), float(ended[0, y])
    entries = acting(applied.scenario, key, year)
    merged = np.isfinite(limit) and carried != supplied
    if merged or any(entry.amount is not None for entry in entries):
        return BaseTerms(supplied, None, limit, part)
    if supplied is None or not np.isfinite(limit):
        return BaseTerms(supplied, None, None, part)
    return BaseTerms(supplied, limit / supplied if supplied > 0 else 1.0, None, part)
