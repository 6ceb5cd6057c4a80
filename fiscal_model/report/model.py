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
from fiscal_model.budget import Budget
from fiscal_model.engine.every_reading import RuleRows, rule_rows
from fiscal_model.engine.givers import Givers, givers
from fiscal_model.engine.local import POOLED, CountyKey, governing_share, supplied_shares
from fiscal_model.engine.rates import chosen
from fiscal_model.report.cap_rows import (
    BaseTerms,
    Cap,
    Key,
    base_keys,
    base_terms,
    caps,
    grant_keys,
)
from fiscal_model.report.input_rows import InputRows, input_rows
from fiscal_model.report.tables import gathered
from fiscal_model.vocabulary import ACCOUNTS, LOCAL_LEVELS, RULE_PAYERS

Cells = tuple[Ints, Ints, Ints]


@dataclass(frozen=True, eq=False)
class CapSet:
    """The caps of one payer, in turn: ``at`` is the cap of each row (-1 without), ``held`` what
    each row holds against it.
    """

    payer: str
    caps: tuple[Cap, ...]
    at: Ints
    held: Floats

    def parts(self) -> Floats:
        """For each row what its cap pays of a yuan; 0 without a cap."""
        parts = np.array([cap.part for cap in self.caps] or [0.0])
        return np.where(self.at >= 0, parts[self.at], 0.0)

    def totals(self) -> dict[Key, float]:
        """What is held against each cap."""
        return {cap.key: cap.total for cap in self.caps}


@dataclass(frozen=True, eq=False)
class Model:
    """One workbook's rows. ``cells`` are positions (line, place, year) in the budget, in the order
    of the calculation.

    ``payers`` are those of the rules, ``before`` (payer, row) their yuan before grants and base
    amounts, ``after`` behind both. ``pool`` numbers the rows that share a sum per head, -1
    elsewhere; ``special`` marks the items with sums per head, base amounts, grants or a raise.
    """

    budget: Budget
    cells: Cells
    rules: RuleRows
    givers: Givers
    inputs: InputRows
    payers: tuple[str, ...]
    quantity: Floats
    unit: Floats
    raised: Floats
    before: Floats
    given: Floats
    after: Floats
    due: Floats
    kept: Floats
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
        at = self.payers.index(POOLED) + 1 if POOLED in self.payers else 0
        return (
            (*self.payers[:at], *LOCAL_LEVELS, *self.payers[at:])
            if {*LOCAL_LEVELS} <= {*self.budget.payers}
            else self.payers
        )

    @cached_property
    def county_shares(self) -> dict[tuple[int, int], CountyKey]:
        """The county share that divides each line and place of the workbook; those without one are
        left out.
        """
        places = self.budget.standard.places
        given = supplied_shares(self.budget.inputs, places)
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
        return (
            sum((self.amount(each) for each in (POOLED, *LOCAL_LEVELS)), np.zeros(len(self)))
            if payer == POOLED
            else self.amount(payer)
        )

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


def model_of(budget: Budget, places: Sequence[str] | None = None) -> Model:
    """The rows of a budget, or of some of its places; caps that reach beyond these places keep what
    the others hold against them.
    """
    if places is None:
        return _model(budget, cells_of(budget, set(budget.places)), {})
    whole = model_of(budget)
    totals = {
        key: total for each in (*whole.grants, *whole.bases) for key, total in each.totals().items()
    }
    return _model(budget, cells_of(budget, set(places)), totals)


def cells_of(budget: Budget, places: set[str]) -> Cells:
    """Costed cells in the order of the calculation: item, account, year, place below its
    prefecture, line.
    """
    tree = budget.standard.places
    paths = {
        code: tuple(tree.index[each] for each in (*tree.ancestors(code)[::-1], code))
        for code in budget.places
    }
    rank = {code: n for n, code in enumerate(sorted(budget.places, key=lambda code: paths[code]))}
    line, place, year = np.nonzero(
        budget.program.costed & np.array([code in places for code in budget.places])[:, None]
    )
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


def _model(budget: Budget, cells: Cells, whole: dict[Key, float]) -> Model:
    program = budget.program
    given_by = givers(program)
    rules = rule_rows(program, cells, given_by)
    payers = tuple(
        p
        for p in RULE_PAYERS
        if p in {*program.payers}.union(*(share.leaf.payers() for share in rules.shares))
    )
    share = rules.in_force(program)[rules.rule[cells]]
    quantity, unit = program.quantity[cells], program.unit[cells]
    before = np.zeros((len(payers), len(quantity)))
    for k, payer in enumerate(program.payers):
        before[payers.index(payer)] = program.coefficient[k][cells] * quantity
    grants, given, after = _grants(
        budget, rules, given_by, cells, share, payers, before, quantity * unit, whole
    )
    bases, terms, due, kept = _bases(budget, rules, cells, share, payers, after, whole)
    above = due - due * kept
    for n, each in enumerate(rules.shares):
        if each.base:
            rows = share == n
            after[payers.index(each.base.payer), rows] -= above[rows]
            after[payers.index(each.base.taker), rows] += above[rows]
    items = np.array([line.item for line in program.lines], np.intp)[cells[0]]
    plain = np.array(
        [all(each.is_plain for each in rules.of(n)) for n in range(len(rules.rules))] or [True]
    )[rules.rule[cells]]
    special = np.isin(items, items[~plain])
    return Model(
        budget,
        cells,
        rules,
        given_by,
        input_rows(budget, cells, given_by),
        payers,
        quantity,
        unit,
        _raised(budget, rules, cells, share, unit * quantity),
        before,
        given,
        after,
        due,
        kept,
        _pools(budget, rules, cells),
        special,
        grants,
        bases,
        terms,
    )


def _raised(budget: Budget, rules: RuleRows, cells: Cells, share: Ints, cost: Floats) -> Floats:
    """Yuan of every row that count as a raise which the rest bears."""
    program = budget.program
    raise_of = np.array(
        [
            chosen(line.raised, program.scenario, program.standard, 0.0) * line.times
            for line in program.lines
        ]
    )
    bears = np.array([each.rest_bears_raise for each in rules.shares] or [False])[share]
    return np.where(bears, np.minimum(cost, raise_of[cells[0]] * program.quantity[cells]), 0.0)


def _pools(budget: Budget, rules: RuleRows, cells: Cells) -> Ints:
    """The number of the beneficiaries that rows share a sum per head for; -1 where no reading has
    one.
    """
    has = [
        any(share.parameter("per_head") for share in rules.of(n)) for n in range(len(rules.rules))
    ]
    numbers: dict[tuple[int, str | None, int, int], int] = {}
    out = np.full(len(cells[0]), -1, np.intp)
    for row, (i, p, y) in enumerate(zip(*(axis.tolist() for axis in cells), strict=True)):
        if has[rules.rule[i, p, y]]:
            line = budget.program.lines[i]
            out[row] = numbers.setdefault((line.item, line.beneficiary, p, y), len(numbers))
    return out


def _grants(
    budget: Budget,
    rules: RuleRows,
    given_by: Givers,
    cells: Cells,
    share: Ints,
    payers: Sequence[str],
    before: Floats,
    cost: Floats,
    whole: dict[Key, float],
) -> tuple[tuple[CapSet, ...], Floats, Floats]:
    """The grants in turn, what they give to every row together, and the payers' yuan behind
    them.
    """
    sets, given, after = [], np.zeros(len(cost)), before.copy()
    index = budget.standard.places.index
    for payer in given_by.payers:
        keys = grant_keys(budget, rules, given_by, payer, cells)
        if not any(keys):
            continue
        gives = np.array([payer in each.granters for each in rules.shares])[share]
        held = np.where(gives, cost - given, 0.0)
        amounts = {
            key: float(given_by.amount[key[0], payer][index[key[1]], key[2]]) for key in keys if key
        }
        found, at = caps(keys, held, amounts, whole, {})
        sets.append(CapSet(payer, found, at, held))
        gift = held * sets[-1].parts()
        given = given + gift
        after[payers.index(payer)] += gift
    part = np.divide(given, cost, out=np.zeros_like(cost), where=cost > 0)
    return tuple(sets), given, after - before * part


def _by_ratio(budget: Budget, payer: str) -> dict[Key, float]:
    """For base amounts the part of what is due that remains where they have ended, under the
    readings of the scenario; all of it where none stands.
    """
    out: dict[Key, float] = {}
    program = budget.program
    for groups in program.bases:
        if program.payers[groups.payer] != payer or np.isnan(groups.ratio).all():
            continue
        quantity = program.quantity.ravel()[groups.cells]
        due = program.coefficient[groups.payer].ravel()[groups.cells] * quantity
        free = np.where(np.isnan(groups.ratio), due, groups.ratio * quantity)
        whole, left = (np.bincount(groups.group, each, len(groups.limit)) for each in (due, free))
        years = len(program.years)
        for n in np.flatnonzero(whole > 0).tolist():
            item, code = groups.keys[n // years]
            out[item, code, n % years, payer] = float(left[n] / whole[n])
    return out


def _bases(
    budget: Budget,
    rules: RuleRows,
    cells: Cells,
    share: Ints,
    payers: Sequence[str],
    after: Floats,
    whole: dict[Key, float],
) -> tuple[tuple[CapSet, ...], dict[Key, BaseTerms], Floats, Floats]:
    """The base amounts, what each row's limited payer would owe, and how much of that it keeps."""
    sets: list[CapSet] = []
    terms: dict[Key, BaseTerms] = {}
    due, kept = np.zeros(len(share)), np.ones(len(share))
    limits = list(dict.fromkeys(each.base.payer for each in rules.shares if each.base))
    for payer in limits:
        mine = np.array([bool(each.base and each.base.payer == payer) for each in rules.shares])[
            share
        ]
        held = np.where(mine, after[payers.index(payer)], 0.0)
        keys = base_keys(budget, rules, payer, cells)
        terms |= {
            key: base_terms(budget, key[0], key[1], key[2]) for key in dict.fromkeys(keys) if key
        }
        left = _by_ratio(budget, payer)
        ends = {key: (each.ended, left.get(key, 1.0)) for key, each in terms.items()}
        found, at = caps(keys, held, {key: each.limit for key, each in terms.items()}, whole, ends)
        sets.append(CapSet(payer, found, at, held))
        due, kept = due + held, np.where(mine & (held > 0), sets[-1].parts(), kept)
    return tuple(sets), terms, due, kept
