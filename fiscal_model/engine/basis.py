"""On what each amount rests: the basis of its quantity and rate by (line, place, year), and of its
split by payer too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from fiscal_model.arrays import Floats, Ints
from fiscal_model.engine.base_amounts import carried_from
from fiscal_model.engine.capped import CappedGroups, cell_names
from fiscal_model.engine.program import Program
from fiscal_model.engine.rates import RateSource, nearest_held, supplied_steps
from fiscal_model.inputs.model import Cells, Inputs
from fiscal_model.scenario.entries import SplitEntry
from fiscal_model.scenario.layers import base_layers, factor_layers
from fiscal_model.standard.clause import Clause
from fiscal_model.standard.kinds.leaf import Leaf
from fiscal_model.standard.rules import Rate
from fiscal_model.vocabulary import READING

ORDER: Final = ("text", "reference", "user", READING, "assumption")
"""From the firmest to the weakest: what rests on several rests on the weakest of them."""


def rank(clause: Clause | None) -> int:
    """The place of a clause's basis in :data:`ORDER`."""
    return ORDER.index(clause.basis) if clause else ORDER.index("text")


def quantity_basis(program: Program, inputs: Inputs) -> Ints:
    """The basis of the row that a quantity comes from; a projection that nobody but the scenario's
    hold states is an assumption.
    """
    out = np.zeros(program.quantity.shape, np.intp)
    places = program.standard.places.at(program.places)
    years = np.array(program.years)
    counts, amounts = _ranked(inputs.counts), _ranked(inputs.amounts)
    for i, line in enumerate(program.lines):
        cells, name = (amounts, line.code) if line.is_amount else (counts, line.beneficiary or "")
        if name in cells.series:
            first = min(int(cells.year_at.min()), min(program.years))
            dense = cells.dense([name], len(program.standard.places), first, max(program.years))[0]
            held = nearest_held(dense, program.standard.places, down=False)[places][
                :, years - first
            ]
            projected = np.isnan(dense[places][:, years - first])
            out[i] = np.where(
                projected, ORDER.index("assumption"), np.nan_to_num(held).astype(np.intp)
            )
    for layer in (*program.applied.projected_by, *factor_layers(program.scenario)):
        mine = np.array([line.beneficiary == layer.entry.beneficiary for line in program.lines])
        cells_of = np.ix_(mine, layer.mask[places], (years >= layer.start) & (years < layer.end))
        out[cells_of] = np.maximum(out[cells_of], rank(layer.entry.clause))
    return out


def rate_basis(program: Program, inputs: Inputs) -> Ints:
    """The weakest basis among the rates in force in a year; an amount has no rate and counts as
    firm.
    """
    out = np.zeros(program.quantity.shape, np.intp)
    speakers = program.standard.places.speakers(program.places)
    for i, line in enumerate(program.lines):
        if line.is_amount:
            continue
        timeline = program.timelines[line.code]
        supplied = {
            name: _held_rank(cells, series, program, timeline.breaks)
            for name, cells, series in (
                ("rates", inputs.rates, line.code),
                ("index", inputs.wages, ""),
            )
        }
        ranks = np.zeros(timeline.values.shape, np.intp)
        for number, source in enumerate(timeline.sources):
            here = timeline.origin == number
            ranks[here] = _rank_of(source, supplied)[here] if here.any() else 0
        within = timeline.weights(program.years) > 0
        out[i] = np.where(within[None], ranks[:, :, None], 0).max(axis=1)[speakers]
    return out


def _rank_of(source: RateSource, supplied: dict[str, Floats]) -> Ints:
    if isinstance(source, str):
        return np.nan_to_num(supplied["rates"]).astype(np.intp)
    own = np.full(supplied["rates"].shape, rank(source.clause))
    if isinstance(source, Rate) and source.index:
        return np.asarray(np.maximum(own, np.nan_to_num(supplied["index"]).astype(np.intp)))
    return own


def split_basis(program: Program, payers: Sequence[str]) -> Ints:
    """The basis of the clause, and of a change of the base amount, by which each of ``payers``
    bears its part, (payer, line, place, year).
    """
    rules, speakers = program.rules, program.standard.places.speakers(program.places)
    way, source = rules.way[:, speakers], rules.source[:, speakers]
    pairs, at = np.unique(way * len(rules.entries) + source, return_inverse=True)
    stated = [divmod(int(pair), len(rules.entries)) for pair in pairs]
    out = np.zeros((len(payers), *way.shape), np.intp)
    table = program.standard.payers
    for k, payer in enumerate(payers):
        of_rule = table.pooled if payer in table.divided else payer
        ranks = [weakest(rules.ways[w].leaf, of_rule, rules.entries[s]) for w, s in stated]
        out[k] = np.array(ranks, np.intp)[at].reshape(way.shape)
        for cells, changed in _changed_bases(program, program.payers.index(of_rule)):
            out[k].flat[cells] = np.maximum(out[k].flat[cells], changed)
    return out


def _changed_bases(program: Program, payer: int) -> Iterator[tuple[Ints, Ints]]:
    """The cells of which a payer bears what a base amount leaves or moves to it, and the rank of
    the entry that changes that base amount; one that is carried over a change of places is an
    assumption.
    """
    places, years = program.standard.places, np.array(program.years)
    for groups in program.bases:
        ranks = np.zeros(groups.shape, np.intp)
        for layer in base_layers(program.scenario):
            mine = np.array(
                [
                    item == layer.entry.item and bool(layer.mask[places.index[code]])
                    for item, code in groups.keys
                ]
            )
            ranks[np.ix_(mine, (years >= layer.start) & (years < layer.end))] = rank(
                layer.entry.clause
            )
        for n in _carried(program, groups).tolist():
            at = groups.axes(np.array([n]))
            ranks[at] = np.maximum(ranks[at], ORDER.index("assumption"))
        touched = (
            np.ones(len(groups.cells), bool) if payer == groups.payer else groups.taker == payer
        )
        yield groups.cells[touched], ranks[groups.axes(groups.group[touched])]


def _carried(program: Program, groups: CappedGroups) -> Ints:
    """The groups limited by a base amount that is carried over a change of places."""
    places, supplied = program.standard.places, program.applied.base_amounts
    if not places.lives:
        return np.zeros(0, np.intp)
    _, codes, year = cell_names(program.frame, groups.cells)
    pairs = dict.fromkeys(zip(groups.group.tolist(), codes, year.tolist(), strict=True))
    return np.array(
        [
            group
            for group, code, y in pairs
            if carried_from(groups.key(group), code, supplied, places, program.years[y])
        ],
        np.intp,
    )


def weakest(leaf: Leaf, payer: str, entry: SplitEntry | None) -> int:
    """The rank of the weakest clause by which a payer bears its part of a leaf; a leaf that cites
    nothing stands on its entry's words.
    """
    return max(
        rank(clause or (entry.clause if entry else None)) for clause in leaf.clauses_for(payer)
    )


def _ranked(cells: Cells) -> Cells:
    """The same cells with the rank of each row's basis in place of its value."""
    if cells.rows is None:
        return cells
    ranks = [float(ORDER.index(cells.rows.note(int(row), "basis", "user"))) for row in cells.row]
    return replace(cells, value=np.array(ranks))


def _held_rank(cells: Cells, series: str, program: Program, breaks: Ints) -> Floats:
    return supplied_steps(_ranked(cells), series, program.standard.places, breaks)
