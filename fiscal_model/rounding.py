"""Rounds tables of yuan so that they still add up, and says what plain rounding leaves over (尾差).

``half_up`` rounds every figure alone, as Excel's ROUND does, and a sum of rounded figures may then miss the rounded sum. ``closed`` chooses
for every figure and total the multiple of the unit below or above it such that all of them agree (controlled rounding; Bacharach 1966, Cox
1987). Which of the two each takes is a flow of single units through the table: from the grand total over the rows into the cells, and from
the cells over the columns back into the grand total. The figures themselves are such a flow, so a whole one within the same bounds always
exists, for rows nested to any depth too. It does not for tables crossed in three ways: there the tables are closed one by one.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from fiscal_model.arrays import Floats, Ints, Mask
from fiscal_model.errors import fault

FEN: Final = 0.01
"""The smallest unit of money, in yuan."""

_DECIMALS = 12
_GRAIN = 10**_DECIMALS
_SHOWN_DIGITS = 15  # what a spreadsheet keeps of a number: beyond them stands binary noise, as in 0.285 or 1.005
_MOST_UNITS = 2.0**62


class Differences(NamedTuple):
    """The rounded total less the sum of the rounded cells, in yuan: of every row, of every column and of the whole."""

    rows: Floats
    columns: Floats
    total: float


class _Figures(NamedTuple):
    """Whole units (rounded down) and the part above them in grains; sums of both are exact."""

    whole: Ints
    part: Ints

    def carried(self) -> _Figures:
        """The same with every part below one unit."""
        return _Figures(self.whole + self.part // _GRAIN, self.part % _GRAIN)

    def added(self, group: Ints, groups: int) -> _Figures:
        """Sums down the rows of each group."""
        return _Figures(*(_added(each, group, groups) for each in self))

    def up(self) -> Mask:
        """Which go up to the nearest whole unit; a tie goes away from zero. Parts must be below one unit."""
        return np.asarray((2 * self.part > _GRAIN) | ((2 * self.part == _GRAIN) & (self.whole >= 0)))


def half_up(table: Floats | float, unit: float) -> Floats:
    """Yuan rounded to multiples of ``unit``, each alone: half away from zero, on the value as displayed; NaN stays.

    Raises:
        FiscalModelError: as :func:`closed`.

    """
    values = np.asarray(table, np.float64)
    return np.where(np.isnan(values), np.nan, yuan(counted(values, unit), unit))


def differences(table: Floats, unit: float) -> Differences:
    """尾差 of a two-way table of yuan rounded by :func:`half_up`, cells and totals each alone; NaN is no part of a sum.

    Raises:
        FiscalModelError: as :func:`closed`.

    """
    figures = _figures(np.asarray(table, np.float64), unit)
    rounded = figures.whole + figures.up()
    left = []
    for axis in (1, 0, None):
        sums = _Figures(*(np.asarray(each.sum(axis=axis)) for each in figures)).carried()
        left.append(yuan(sums.whole + sums.up() - rounded.sum(axis=axis), unit))
    return Differences(left[0], left[1], float(left[2]))


def closed(table: Floats, unit: float, nested: Sequence[Sequence[Hashable]] = (), total: float | None = None) -> Floats:
    """A two-way table (or one column) of yuan rounded to multiples of ``unit`` so that it adds up.

    No cell, row, column or grand total moves by a unit or more; what is a multiple already (0, for one) does not move; NaN (not costed)
    stays and is no part of a sum. The grand total is the one that :func:`half_up` gives; most other figures are too, and those that cannot be
    are chosen near a tie. Totals are read off the result as sums: a sum of floats, rounded to the unit, is exact.

    Args:
        table: yuan by (row, column).
        unit: yuan; a whole number, or one part of a whole number (0.01).
        nested: the groups that rows stand in, outermost first: a label a row each, such as the prefecture of every county, then the county of
            every line. The subtotals of a group, in all and by column, move by less than a unit as well. All levels are closed together:
            blocks that are closed one after another, each to a row rounded before, cannot always keep their own row totals within a unit.
        total: a grand total rounded elsewhere, which the table must agree with: the multiple below or above its own.

    Raises:
        FiscalModelError: an amount is infinite or too large to count in units, the unit is neither, or the total is not next to the table's own.

    """
    values = np.asarray(table, np.float64)
    if values.ndim == 1:
        return closed(values[:, None], unit, nested, total)[:, 0]
    figures = _figures(values, unit)
    grand = _grand(figures, unit, total)
    if not values.size:
        return values.copy()
    rounded = _in_balance(_Network.of(figures, nested), grand)[-values.size :]
    return np.where(np.isnan(values), np.nan, yuan(rounded.reshape(values.shape), unit))


def counted(table: Floats | float, unit: float) -> Ints:
    """Yuan rounded as :func:`half_up` does, as a number of units; 0 where nothing is costed.

    Raises:
        FiscalModelError: as :func:`closed`.

    """
    figures = _figures(np.asarray(table, np.float64), unit)
    return figures.whole + figures.up()


def yuan(units: Ints | Floats, unit: float) -> Floats:
    """Whole units in yuan, each the number nearest to its decimal."""
    whole, parts = _per_yuan(unit)
    return np.asarray(np.asarray(units, np.float64) * whole / parts)


def _per_yuan(unit: float) -> tuple[int, int]:
    """The unit as a whole number of yuan, and how many of it make a yuan; one of them is 1."""
    if 0 < unit < np.inf:
        whole, parts = (round(unit), 1) if unit >= 1 else (1, round(1 / unit))
        if abs(unit * parts - whole) <= 1e-12 * whole:
            return whole, parts
    raise fault("", f"取整单位应为整数元，或一元的整数分之一：{unit}", f"a unit is a whole number of yuan or a whole part of one: {unit}")


def _figures(values: Floats, unit: float) -> _Figures:
    """Yuan in units, read to the digits that a spreadsheet keeps and at most 12 decimals; NaN counts nothing."""
    whole_yuan, parts = _per_yuan(unit)
    with np.errstate(over="ignore"):  # what becomes infinite is refused below
        number = np.nan_to_num(values, nan=0.0, posinf=np.inf, neginf=-np.inf) * parts / whole_yuan
    size = np.abs(number)
    if not size.sum() < _MOST_UNITS:
        raise fault("", f"金额过大，无法按 {unit} 元取整", f"amounts are too large to round to {unit} yuan")
    whole = np.floor(number)
    digits = np.floor(np.log10(np.maximum(size, 0.1))).astype(np.int64) + 1
    kept = np.clip(_SHOWN_DIGITS - digits, 0, _DECIMALS)
    grains = np.rint((number - whole) * 10.0**kept).astype(np.int64) * 10 ** (_DECIMALS - kept)
    return _Figures(whole.astype(np.int64), grains).carried()


def _added(values: Ints, group: Ints, groups: int) -> Ints:
    sums = np.zeros((groups, *values.shape[1:]), np.int64)
    np.add.at(sums, group, values)
    return sums


def _grand(figures: _Figures, unit: float, given: float | None) -> int:
    """The rounded grand total in units: the one given, else the nearest."""
    own = _Figures(np.asarray(figures.whole.sum()), np.asarray(figures.part.sum())).carried()
    if given is None:
        return int(own.whole + own.up())
    asked = _figures(np.asarray(given, np.float64), unit)
    if asked.part or int(asked.whole - own.whole) not in ((0, 1) if own.part else (0,)):
        low = float(yuan(own.whole, unit))
        raise fault(
            "",
            f"合计 {given} 不是表中合计（{low} 元起不足一个单位）相邻的 {unit} 元整数倍",
            f"the total {given} is no multiple of {unit} yuan next to the table's own ({low} and less than a unit)",
        )
    return int(asked.whole)


class _Network(NamedTuple):
    """The table as a flow: every figure is an edge from ``tail`` to ``head``, the cells last. Node 0 gives the grand total, node 1 takes it."""

    tail: Ints
    head: Ints
    figures: _Figures
    nodes: int

    @staticmethod
    def of(cells: _Figures, nested: Sequence[Sequence[Hashable]]) -> _Network:
        """Edges from the whole over groups and rows into the cells, and from the cells over groups by column back into the whole."""
        rows, columns = cells.whole.shape
        tails, heads, figures = list[Ints](), list[Ints](), list[_Figures]()
        # A group is two nodes: one that gives its total on to its parts, and for each column one that takes what they have there.
        giver, taker, nodes = np.zeros(rows, np.int64), np.ones((rows, columns), np.int64), 2
        for group in _levels(nested, rows):
            count = int(group.max(initial=-1)) + 1
            first = np.unique(group, return_index=True)[1]
            sums = cells.added(group, count).carried()
            given = _Figures(*(each.sum(axis=1) for each in sums)).carried()
            tails += [giver[first], nodes + count + np.arange(count * columns)]
            heads += [nodes + np.arange(count), taker[first].ravel()]
            figures += [given, _Figures(sums.whole.ravel(), sums.part.ravel())]
            giver = nodes + group
            taker = nodes + count + group[:, None] * columns + np.arange(columns)
            nodes += count * (1 + columns)
        # A row's figures by column are its cells, which it gives itself: the nodes numbered last are none.
        tails[-1] = np.repeat(giver, columns)
        return _Network(
            np.concatenate(tails),
            np.concatenate(heads),
            _Figures(*(np.concatenate(each) for each in zip(*figures, strict=True))),
            nodes - rows * columns,
        )


def _levels(nested: Sequence[Sequence[Hashable]], rows: int) -> Iterator[Ints]:
    """The whole, then each level of groups, then the rows themselves: the number of its group for every row."""
    paths: list[tuple[Hashable, ...]] = [()] * rows
    for labels in ([0] * rows, *nested, range(rows)):
        paths = [(*path, label) for path, label in zip(paths, labels, strict=True)]
        order = {path: i for i, path in enumerate(dict.fromkeys(paths))}
        yield np.array([order[path] for path in paths], np.int64)


def _in_balance(network: _Network, grand: int) -> Ints:
    """Whole units of every edge: each the nearest, then some turned to the other side until what enters every node leaves it."""
    tail, head, figures, nodes = network
    up = figures.up()
    rounded = figures.whole + up
    balance = _added(rounded, head, nodes) - _added(rounded, tail, nodes)
    balance[0] += grand
    balance[1] -= grand
    free = np.flatnonzero(figures.part)
    raised = up[free].tolist()
    edges = _edges(tail[free], head[free], np.abs(2 * figures.part[free] - _GRAIN), nodes)
    _shift(edges, tail[free].tolist(), head[free].tolist(), raised, balance.tolist())
    rounded[free] = figures.whole[free] + np.array(raised, np.int64)
    return rounded


def _edges(tail: Ints, head: Ints, distance: Ints, nodes: int) -> list[list[int]]:
    """The edges at every node, those nearest to a tie first."""
    node, edge = np.concatenate([tail, head]), np.tile(np.arange(len(tail)), 2)
    order = np.lexsort((edge, np.tile(distance, 2), node))
    return [each.tolist() for each in np.split(edge[order], np.searchsorted(node[order], np.arange(1, nodes)))]


def _shift(edges: list[list[int]], tail: list[int], head: list[int], raised: list[bool], balance: list[int]) -> None:
    """Turns edges over until every balance is 0, along shortest paths from nodes with too much to nodes with too little (Dinic 1970).

    An edge that is rounded down can carry one unit on from its tail, one rounded up can give one back to it.
    """
    while sources := [node for node, left in enumerate(balance) if left > 0]:
        depth = _depths(sources, edges, tail, head, raised, balance)
        seen = [0] * len(edges)
        for source in sources:
            while balance[source] > 0 and (path := _path(source, edges, tail, head, raised, balance, depth, seen)) is not None:
                node = source
                for edge in path:
                    node = tail[edge] if raised[edge] else head[edge]
                    raised[edge] = not raised[edge]
                balance[source] -= 1
                balance[node] += 1


def _depths(
    sources: list[int], edges: list[list[int]], tail: list[int], head: list[int], raised: list[bool], balance: list[int]
) -> list[int]:
    """Steps from the nearest source to every node, as far as the nearest node with too little; -1 beyond."""
    depth = [-1] * len(edges)
    for node in sources:
        depth[node] = 0
    front, found = sources, False
    while front and not found:
        following = []
        for node in front:
            for edge in edges[node]:
                start, end = (head[edge], tail[edge]) if raised[edge] else (tail[edge], head[edge])
                if start == node and depth[end] < 0:
                    depth[end] = depth[node] + 1
                    following.append(end)
                    found = found or balance[end] < 0
        front = following
    assert found, "the figures themselves are a flow, so a whole one exists"
    return depth


def _path(
    source: int,
    edges: list[list[int]],
    tail: list[int],
    head: list[int],
    raised: list[bool],
    balance: list[int],
    depth: list[int],
    seen: list[int],
) -> list[int] | None:
    """The edges of a shortest path from a source to a node with too little; ``seen`` counts the edges of each node that lead nowhere."""
    path, nodes = list[int](), [source]
    while balance[nodes[-1]] >= 0:
        node = nodes[-1]
        if seen[node] == len(edges[node]):
            if not path:
                return None
            path.pop()
            nodes.pop()
            seen[nodes[-1]] += 1
            continue
        edge = edges[node][seen[node]]
        start, end = (head[edge], tail[edge]) if raised[edge] else (tail[edge], head[edge])
        if start == node and depth[end] == depth[node] + 1:
            path.append(edge)
            nodes.append(end)
        else:
            seen[node] += 1
    return path
