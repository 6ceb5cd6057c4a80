"""The money that a report prints: every quantity once, whatever the number of tables that show it.
In the live edition figures are unrounded. In the edition of plain numbers each account and year is
closed on one flow: items, prefectures and places below them on one side, prefectures and places
over all items on the other, payers between them. So a quantity is the same number wherever it
stands, rows add up to their totals, and nothing moves by a unit of its last digit. Years are closed
each for itself, so that equal years print equal figures; sums over years are those of the years
printed. With ``--half-up`` every figure is rounded alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from fiscal_model.arrays import Floats, Ints
from fiscal_model.closing import Tied, tied
from fiscal_model.results.result import Result
from fiscal_model.rounding import GRAIN, Figures, added, figures_of, half_up, yuan
from fiscal_model.vocabulary import ACCOUNTS
from fiscal_model.workbook.rounding import Printed
from fiscal_model.workbook.tables import COLUMNS, column_of_payers

Key = tuple[object, ...]
Cells = tuple[Ints, Ints, Ints]
WIDTH = 1 + len(COLUMNS)
"""Cost, then the columns that payers are gathered into."""


@dataclass(frozen=True, eq=False)
class Block:
    """What is costed in one account and year: the rows of the calculation, and their groups at each
    level of the two tables.

    ``left`` are domains, items, prefectures of an item and places of an item; ``right`` prefectures
    and places over all items. ``keys`` name every group of every level, ``yuan`` are the amounts by
    (row, payer).
    """

    account: str
    y: int
    rows: Ints
    left: tuple[Ints, ...]
    right: tuple[Ints, ...]
    keys: tuple[tuple[Key, ...], ...]
    yuan: Floats
    cost: Floats
    function: Ints
    functions: tuple[Key, ...]


class Money:
    """The printed figures of a budget, or of some of its places, in the unit of the edition.

    Args:
        budget: the whole.
        cells: positions (line, place, year) of the rows of the calculation, sorted by item,
            account, year and place.
        scale: yuan of the unit shown.
        edition: how plain numbers are rounded; None for unrounded ones.
        whole: the figures of the whole budget where this is a part of it: its totals are kept.

    """

    def __init__(
        self,
        budget: Result,
        cells: Cells,
        scale: float,
        edition: Printed | None,
        whole: Money | None = None,
    ) -> None:
        self.budget, self.scale, self.edition = budget, scale, edition
        self.found: dict[Key, Floats] = {}
        self.payer: dict[Key, float] = {}
        self.tied: dict[tuple[str, int], tuple[Block, Tied]] = {}
        self.spare: dict[Key, float] = {}
        """Yuan beyond a unit that sums of rounded figures may miss their own by."""
        self.apart: list[tuple[str, int]] = []
        """Accounts and positions of years whose items could not be closed on the totals of the
        whole.
        """
        for block in _blocks(budget, cells):
            if edition and edition.closed:
                self._close(block, edition.step, whole)
            else:
                self._alone(block)

    def at(self, *key: object) -> Floats:
        """Cost and columns of one of: (account, y); (account, y, "domain" | "item" | "prefecture" |
        "place" | "function", code or position); (account, y, "row", first, last) for rows of one item. NaN where
        nothing is costed.
        """
        return self.found.get(key, np.full(WIDTH, np.nan))

    def has(self, *key: object) -> bool:
        """Whether anything is costed there."""
        return key in self.found

    def payers(self, account: str, payers: Sequence[str]) -> Floats:
        """The figures of payers, and below them the total, by year."""
        years = range(len(self.budget.years))
        rows = [
            [
                self.payer.get((account, y, payer), 0.0) if self.has(account, y) else np.nan
                for y in years
            ]
            for payer in payers
        ]
        return np.array([*rows, [self.at(account, y)[0] for y in years]])

    def _alone(self, block: Block) -> None:
        """Every figure on its own: unrounded, or rounded half up."""
        gathered = _sums(block.yuan.T, column_of_payers(self.budget), len(COLUMNS)).T
        money = np.column_stack([block.cost, gathered])
        levels = (*block.left, np.arange(len(block.rows)), *block.right)
        totals = [
            _sums(money, group, len(keys)) for group, keys in zip(levels, block.keys, strict=True)
        ]
        functions = _sums(money, block.function, len(block.functions))
        self._keep(
            block,
            self._shown(money.sum(axis=0)),
            [self._shown(each) for each in (*totals, functions)],
            self._shown(block.yuan.sum(axis=0)),
        )

    def _shown(self, money: Floats) -> Floats:
        return (
            half_up(money / self.scale, 10.0**-self.edition.decimals)
            if self.edition
            else money / self.scale
        )

    def _close(self, block: Block, step: float, whole: Money | None) -> None:
        """All figures of an account and year together; a part of a whole on what the whole found
        for it.
        """
        column, given = column_of_payers(self.budget), whole._part(block) if whole else None
        figures = _balanced(figures_of(block.yuan, step), figures_of(block.cost, step))
        found = tied(figures, column, block.left, block.right, given)
        if found is None and given:
            self.apart.append((block.account, block.y))
            free = tied(figures, column, block.left, block.right)
            found = free and given._replace(left=free.left)
        assert found is not None
        self.tied[block.account, block.y] = block, found
        columns = _sums(np.asarray(found.payers, np.float64), column, len(COLUMNS))
        # functions cross the items: they are what the printed rows of theirs add up to
        functions = added(found.left[-1], block.function, len(block.functions))
        rows = np.bincount(block.function, minlength=len(block.functions)).tolist()
        self.spare |= {
            (block.account, block.y, *key): (n - 1) * step
            for key, n in zip(block.functions, rows, strict=True)
        }
        tables = (*found.left, *found.right, functions)
        levels = [np.asarray(_wide(each), np.float64) for each in tables]
        self._keep(
            block,
            self._printed(np.array([columns.sum(), *columns])),
            [self._printed(_with_cost(each)) for each in levels],
            self._printed(found.payers),
        )

    def _printed(self, units: Floats | Ints) -> Floats:
        assert self.edition is not None
        return yuan(units, 10.0**-self.edition.decimals)

    def _keep(self, block: Block, total: Floats, levels: Sequence[Floats], payers: Floats) -> None:
        at = block.account, block.y
        self.found[at] = total
        for keys, table in zip((*block.keys, block.functions), levels, strict=True):
            self.found.update(
                ((*at, *key), figures) for key, figures in zip(keys, table, strict=True)
            )
        self.payer.update(
            ((*at, payer), figure)
            for payer, figure in zip(self.budget.payers, payers.tolist(), strict=True)
        )

    def _part(self, block: Block) -> Tied | None:
        """What was found for the places of a block of a part: by payer, and by place."""
        whole, found = self.tied[block.account, block.y]
        where = [{key: n for n, key in enumerate(keys)} for keys in whole.keys[-2:]]
        mine = [
            np.array([at[key] for key in keys], np.intp)
            for at, keys in zip(where, block.keys[-2:], strict=True)
        ]
        shared = found.shared[mine[0]]
        return Tied(
            shared.sum(axis=0),
            shared,
            (),
            tuple(each[at] for each, at in zip(found.right, mine, strict=True)),
        )


def _with_cost(table: Floats) -> Floats:
    return np.column_stack([table.sum(axis=1), table])


def _wide(table: Ints) -> Ints:
    """Columns that no payer of the budget is gathered into are there as well, with nothing in
    them.
    """
    return np.pad(table, ((0, 0), (0, len(COLUMNS) - table.shape[1])))


def _sums(values: Floats, group: Ints, groups: int) -> Floats:
    out = np.zeros((groups, *values.shape[1:]))
    np.add.at(out, group, values)
    return out


def _balanced(figures: Figures, cost: Figures) -> Figures:
    """Amounts by (row, payer) whose rows come to the cost exactly: what the last digits leave goes
    to the largest payer.
    """
    whole, part = figures.whole.copy(), figures.part.copy()
    left = (cost.whole - whole.sum(axis=1)) * GRAIN + (cost.part - part.sum(axis=1))
    small = np.abs(left) < GRAIN // 1_000_000
    largest, rows = (
        whole.argmax(axis=1) if whole.size else np.zeros(0, np.intp),
        np.arange(len(whole)),
    )
    part[rows, largest] += np.where(small, left, 0)
    return Figures(whole, part).carried()


def _blocks(budget: Result, cells: Cells) -> Iterator[Block]:
    """The accounts and years in which anything is costed."""
    standard, lines, (line, place, year) = budget.standard, budget.program.lines, cells
    order = list(ACCOUNTS)
    account = np.array([order.index(each.account) for each in lines], np.intp)[line]
    item = np.array([each.item for each in lines], np.intp)[line]
    domain = np.array(
        [standard.sections[standard.items[each.item].section][0] for each in lines], np.intp
    )[line]
    names = list(dict.fromkeys(budget.labels["prefecture"]))
    prefecture = np.array([names.index(code) for code in budget.labels["prefecture"]], np.intp)[
        place
    ]
    functions = list(dict.fromkeys(budget.whole.labels["function"]))
    function = np.array([functions.index(n) for n in budget.whole.labels["function"]], np.intp)[
        line
    ]
    for a, y in sorted(set(zip(account.tolist(), year.tolist(), strict=True))):
        rows = np.flatnonzero((account == a) & (year == y))
        of = [each[rows] for each in (domain, item, prefecture, place)]
        left = [_numbered(of[: depth + 1]) for depth in range(4)]
        right = [_numbered(of[2 : depth + 3]) for depth in range(2)]
        code = dict(enumerate(names))
        keys: list[tuple[Key, ...]] = [
            tuple(("domain", int(of[0][first])) for first in _firsts(left[0])),
            tuple(("item", int(of[1][first])) for first in _firsts(left[1])),
            *(_spans(rows, group) for group in left[2:]),
            tuple(("row", row, row) for row in rows.tolist()),
            tuple(("prefecture", code[int(of[2][first])]) for first in _firsts(right[0])),
            tuple(("place", int(of[3][first])) for first in _firsts(right[1])),
        ]
        amounts = budget.amounts[:, line[rows], place[rows], year[rows]].T
        by_function = _numbered([function[rows]])
        yield Block(
            order[a],
            y,
            rows,
            tuple(left),
            tuple(right),
            tuple(keys),
            amounts,
            amounts.sum(axis=1),
            by_function,
            tuple(("function", functions[function[rows[n]]]) for n in _firsts(by_function)),
        )


def _numbered(labels: Sequence[Ints]) -> Ints:
    """The number of the group that each row is in, in the order of first rows."""
    _, first, at = np.unique(np.stack(labels), axis=1, return_index=True, return_inverse=True)
    return np.asarray(np.argsort(np.argsort(first))[at.ravel()], np.intp)


def _firsts(group: Ints) -> list[int]:
    return [int(first) for first in np.unique(group, return_index=True)[1]]


def _spans(rows: Ints, group: Ints) -> tuple[Key, ...]:
    """The first and last row of groups of rows that stand together."""
    ends = len(group) - 1 - np.unique(group[::-1], return_index=True)[1]
    return tuple(
        ("row", int(rows[first]), int(rows[last]))
        for first, last in zip(_firsts(group), ends.tolist(), strict=True)
    )
