"""What the live sheets of a workbook hold: inputs as numbered rows, and one row of the calculation
for every costed line, place and year.
Every number that a formula shows is here as well, as the engine finds it: a workbook opens with the
engine's figures and then goes on by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from fiscal_model.arrays import Floats, Ints, Mask
from fiscal_model.engine.every_reading import RuleRows, rule_rows
from fiscal_model.engine.grants import Givers
from fiscal_model.engine.limits import BaseTerms, base_terms
from fiscal_model.engine.local import CountyKey, governing_share, supplied_shares
from fiscal_model.engine.program import Program
from fiscal_model.engine.trace import Held
from fiscal_model.results.result import Result, inside
from fiscal_model.vocabulary import ACCOUNTS
from fiscal_model.workbook.cap_rows import Cap, Key, base_keys, caps, grant_keys, sums
from fiscal_model.workbook.input_rows import InputRows, input_rows
from fiscal_model.workbook.tables import gathered

Cells = tuple[Ints, Ints, Ints]


@dataclass(frozen=True, eq=False)
class CapSet:
    """The caps of one payer, in turn: ``at`` is the cap of each row (-1 without), ``held`` what
    each row holds against it and ``moved`` what of that moves to another payer.
    """

    payer: str
    caps: tuple[Cap, ...]
    at: Ints
    held: Floats
    moved: Floats


@dataclass(frozen=True, eq=False)
class Model:
    """One workbook's rows. ``cells`` are positions (line, place, year) in the budget, in the order
    of the calculation.

    ``payers`` are those of the rules, ``due`` (payer, row) their yuan before grants and base
    amounts, ``granted`` behind the grants, ``after`` behind both. ``pool`` numbers the rows that
    share a sum per head, -1 elsewhere; ``special`` marks the items with sums per head, base
    amounts, grants or a raise.
    """

    budget: Result
    cells: Cells
    rules: RuleRows
    givers: Givers
    inputs: InputRows
    payers: tuple[str, ...]
    quantity: Floats
    unit: Floats
    raised: Floats
    due: Floats
    granted: Floats
    after: Floats
    pool: Ints
    special: Mask
    grants: tuple[CapSet, ...]
    bases: tuple[CapSet, ...]
    terms: dict[Key, BaseTerms] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.cells[0])

    @cached_property
    def share(self) -> Ints:
        """The share in force of every row."""
        return self.rules.in_force(self.budget.program)[self.rules.rule[self.cells]]

    @property
    def cost(self) -> Floats:
        """Yuan of every row."""
        return self.quantity * self.unit

    @cached_property
    def pool_unit(self) -> Floats:
        """Yuan a head of the lines that share a sum per head, for every row."""
        return pooled(self.pool, self.share, self.unit)

    @cached_property
    def pool_span(self) -> dict[int, tuple[int, int]]:
        """The first and last row of every pool."""
        out: dict[int, tuple[int, int]] = {}
        for row in np.flatnonzero(self.pool >= 0).tolist():
            key = int(self.pool[row])
            out[key] = (out.get(key, (row, row))[0], row)
        return out

    @cached_property
    def final(self) -> tuple[str, ...]:
        """The payers after the division of the pooled local payer: the levels of the budget,
        although none may be divided in this workbook.
        """
        table = self.budget.standard.payers
        divided = {*table.divided} <= {*self.budget.payers}
        return tuple(
            payer for payer in table if payer in self.payers or (divided and payer in table.divided)
        )

    @cached_property
    def county_shares(self) -> dict[tuple[int, int], CountyKey]:
        """The county share that divides each line and place of the workbook; those without one are
        left out, and all where no rule has a local part.
        """
        places = self.budget.standard.places
        given = supplied_shares(self.budget.inputs, places)
        if self.budget.standard.payers.pooled not in self.payers:
            return {}  # nothing is local
        found = {
            (i, p): governing_share(
                given, self.budget.program.lines[i].item, self.budget.places[p], places
            )
            for i, p in sorted(
                set(zip(self.cells[0].tolist(), self.cells[1].tolist(), strict=True))
            )
        }
        return {cell: key for cell, key in found.items() if key}

    def amount(self, payer: str) -> Floats:
        """The engine's yuan of a payer, row by row."""
        known = payer in self.budget.payers
        return (
            self.budget.amounts[self.budget.payers.index(payer)][self.cells]
            if known
            else np.zeros(len(self))
        )

    def pooled_amount(self, payer: str) -> Floats:
        """The engine's yuan of a payer of the rules, row by row: that of prefecture and county
        together, divided or not.
        """
        table = self.budget.standard.payers
        together = (payer, *table.divided) if payer == table.pooled else (payer,)
        return sum((self.amount(each) for each in together), np.zeros(len(self)))

    @cached_property
    def money(self) -> Floats:
        """Yuan by (row, column of the printed tables): cost, then payers gathered as tables show
        them.
        """
        return np.moveaxis(gathered(self.budget, self.budget.amounts[:, *self.cells]), 0, -1)

    @cached_property
    def spans(self) -> dict[tuple[object, ...], tuple[int, int]]:
        """The first and last row of every (item, account) and of every year, prefecture and place
        within it, as positions in the budget.
        """
        lines, prefectures = self.budget.program.lines, self.budget.labels["prefecture"]
        out: dict[tuple[object, ...], tuple[int, int]] = {}
        for row, (i, p, y) in enumerate(zip(*(axis.tolist() for axis in self.cells), strict=True)):
            key = (lines[i].item, lines[i].account, y, prefectures[p], p)
            for depth in range(2, 6):
                out[key[:depth]] = (out.get(key[:depth], (row, row))[0], row)
        return out


def pooled(pool: Ints, share: Ints, unit: Floats) -> Floats:
    """The unit costs of rows of one pool and share together; 0 for rows without a pool."""
    groups, at = np.unique(np.stack([pool, share]), axis=1, return_inverse=True)
    sums = np.bincount(at.ravel(), unit, groups.shape[1])
    return np.where(pool >= 0, sums[at.ravel()], 0.0)


def cells_of(shown: Result) -> Cells:
    """Costed cells, as positions in the whole budget, in the order of the calculation: item,
    account, year, place below its prefecture, line.
    """
    budget = shown.whole
    tree = budget.standard.places
    paths = {
        code: tuple(tree.index[each] for each in (*tree.ancestors(code)[::-1], code))
        for code in budget.places
    }
    rank = {code: n for n, code in enumerate(sorted(budget.places, key=lambda code: paths[code]))}
    line, place, year = np.nonzero(budget.costed & inside(shown))
    lines = budget.program.lines
    item = np.array([each.item for each in lines], np.intp)[line]
    account = np.array([list(ACCOUNTS).index(each.account) for each in lines], np.intp)[line]
    order = np.lexsort(
        (
            line,
            np.array([rank[code] for code in budget.places], np.intp)[place],
            year,
            account,
            item,
        )
    )
    return line[order], place[order], year[order]


def model_of(shown: Result) -> Model:
    """The rows of a budget, or of a part of it; caps that reach beyond a part keep what the rest
    holds against them.
    """
    budget, cells = shown.whole, cells_of(shown)
    program = budget.program
    rules = rule_rows(program, cells, program.givers)
    payers = tuple(
        p
        for p in budget.standard.payers
        if p in {*program.payers}.union(*(share.leaf.payers() for share in rules.shares))
    )
    stages = program.trace.due, program.trace.granted, program.trace.final
    due, granted, final = (_by_payer(program, payers, stage, cells) for stage in stages)
    items = np.array([line.item for line in program.lines], np.intp)[cells[0]]
    plain = np.array(
        [all(each.is_plain for each in rules.of(n)) for n in range(len(rules.rules))] or [True]
    )[rules.rule[cells]]
    share = rules.in_force(program)[rules.rule[cells]]
    bears = np.array([each.rest_bears_raise for each in rules.shares] or [False])[share]
    bases, terms = _bases(program, rules, cells)
    return Model(
        budget,
        cells,
        rules,
        program.givers,
        input_rows(budget, cells, program.givers),
        payers,
        program.quantity[cells],
        program.unit[cells],
        np.where(bears, program.trace.raised[cells], 0.0),
        due,
        granted,
        final,
        _pools(budget, rules, cells),
        np.isin(items, items[~plain]),
        _grants(program, rules, cells),
        bases,
        terms,
    )


def _by_payer(program: Program, payers: Sequence[str], yuan: Floats, cells: Cells) -> Floats:
    """Yuan by (payer of the workbook, row)."""
    out = np.zeros((len(payers), len(cells[0])))
    for k, payer in enumerate(program.payers):
        out[payers.index(payer)] = yuan[k][cells]
    return out


def _pools(budget: Result, rules: RuleRows, cells: Cells) -> Ints:
    """The number of the beneficiaries that rows share a sum per head for; -1 where no reading has
    one.
    """
    has = [
        any("{pool}" in share.live.term for share in rules.of(n)) for n in range(len(rules.rules))
    ]
    numbers: dict[tuple[int, str | None, int, int], int] = {}
    out = np.full(len(cells[0]), -1, np.intp)
    for row, (i, p, y) in enumerate(zip(*(axis.tolist() for axis in cells), strict=True)):
        if has[rules.rule[i, p, y]]:
            line = budget.program.lines[i]
            out[row] = numbers.setdefault((line.item, line.beneficiary, p, y), len(numbers))
    return out


def _grants(program: Program, rules: RuleRows, cells: Cells) -> tuple[CapSet, ...]:
    """The grants in turn, those of other readings included."""
    index, given = program.standard.places.index, program.givers
    whole = sums(program, program.trace.grants)
    sets = []
    for payer in given.payers:
        keys = grant_keys(program, rules, payer, cells)
        if any(keys):
            amounts = {
                key: float(given.amount[key[0], payer][index[key[1]], key[2]])
                for key in keys
                if key
            }
            rows = _rows(program, program.trace.grants, payer, cells)
            found, at = caps(keys, rows[0], amounts, whole, {})
            sets.append(CapSet(payer, found, at, *rows))
    return tuple(sets)


def _bases(
    program: Program, rules: RuleRows, cells: Cells
) -> tuple[tuple[CapSet, ...], dict[Key, BaseTerms]]:
    """The base amounts, those of other readings included, and how each comes about."""
    sets: list[CapSet] = []
    terms: dict[Key, BaseTerms] = {}
    whole = sums(program, program.trace.bases)
    for payer in dict.fromkeys(each.base.payer for each in rules.shares if each.base):
        keys = base_keys(program, rules, payer, cells)
        terms |= {
            key: base_terms(program.applied, key[:2], key[2]) for key in dict.fromkeys(keys) if key
        }
        rows = _rows(program, program.trace.bases, payer, cells)
        limits = {key: each.limit for key, each in terms.items()}
        ended = {key: each.ended for key, each in terms.items()}
        found, at = caps(keys, rows[0], limits, whole, ended)
        sets.append(CapSet(payer, found, at, *rows))
    return tuple(sets), terms


def _rows(
    program: Program, found: Sequence[Held], payer: str, cells: Cells
) -> tuple[Floats, Floats]:
    """What each row holds against the grants or base amounts of a payer, and what moves."""
    out = np.zeros((2, program.costed.size))
    for held in found:
        if program.payers[held.groups.payer] == payer:
            for yuan, mine in zip(out, (held.payment.held, held.payment.moved), strict=True):
                yuan += held.by_cell(mine, program.costed.size)
    rows = out.reshape(2, *program.costed.shape)
    return rows[0][cells], rows[1][cells]
