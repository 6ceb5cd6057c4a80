"""Closes tables of yuan: every figure and total takes the multiple of a unit below or above it such
that all of them agree.
Which of the two each takes is a flow of single units (controlled rounding; Bacharach 1966, Cox
1987): from the grand total over the rows into the cells, and from the cells over the columns back
into the grand total. The figures themselves are such a flow, so a whole one within the same bounds
always exists, for rows nested to any depth too. :func:`closed` closes one table. :func:`tied`
closes two tables over the same payers, one after the other on one flow: what leaves the first by
payer enters the second. Tables crossed in three ways have no such flow.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from fiscal_model.arrays import Floats, Ints
from fiscal_model.errors import fault
from fiscal_model.rounding import GRAIN, Figures, added, figures_of, yuan


def closed(
    table: Floats,
    unit: float,
    nested: Sequence[Sequence[Hashable]] = (),
    total: float | None = None,
) -> Floats:
    """A two-way table (or one column) of yuan rounded to multiples of ``unit`` so that it adds up.

    No cell, row, column or grand total moves by a unit or more; what is a multiple already (0, for
    one) does not move; NaN (not costed) stays and is no part of a sum. The grand total is the one
    that :func:`half_up` gives; most other figures are too, and those that cannot be are chosen near
    a tie. Totals are read off the result as sums: a sum of floats, rounded to the unit, is exact.

    Args:
        table: yuan by (row, column).
        unit: yuan; a whole number, or one part of a whole number (0.01).
        nested: the groups that rows stand in, outermost first: a label a row each, such as the
            prefecture of every county, then the county of
            every line. The subtotals of a group, in all and by column, move by less than a unit as
            well. All levels are closed together:
            blocks that are closed one after another, each to a row rounded before, cannot always
            keep their own row totals within a unit.
        total: a grand total rounded elsewhere, which the table must agree with: the multiple below
            or above its own.

    Raises:
        FiscalModelError: an amount is infinite or too large to count in units, the unit is neither,
            or the total is not next to the table's own.

    """
    values = np.asarray(table, np.float64)
    if values.ndim == 1:
        return closed(values[:, None], unit, nested, total)[:, 0]
    figures = figures_of(values, unit)
    grand = _grand(figures, unit, total)
    if not values.size:
        return values.copy()
    rounded = _in_balance(_Network.of(figures, nested), grand)[-values.size :]
    return np.where(np.isnan(values), np.nan, yuan(rounded.reshape(values.shape), unit))


def _grand(figures: Figures, unit: float, given: float | None) -> int:
    """The rounded grand total in units: the one given, else the nearest."""
    own = Figures(np.asarray(figures.whole.sum()), np.asarray(figures.part.sum())).carried()
    if given is None:
        return _nearest(figures)
    asked = figures_of(np.asarray(given, np.float64), unit)
    if asked.part or int(asked.whole - own.whole) not in ((0, 1) if own.part else (0,)):
        low = float(yuan(own.whole, unit))
        raise fault("", "total-not-next-multiple", given=given, low=low, unit=unit)
    return int(asked.whole)


class Tied(NamedTuple):
    """Two nested tables over the same payers in whole units.

    ``payers`` are the sums by payer, ``shared`` those of the second table's outermost groups by
    (group, payer); ``left`` and ``right`` are by (group, column) for every level of each table, the
    rows of the first one last.
    """

    payers: Ints
    shared: Ints
    left: tuple[Ints, ...]
    right: tuple[Ints, ...]


def tied(
    figures: Figures,
    column: Ints,
    left: Sequence[Ints],
    right: Sequence[Ints],
    given: Tied | None = None,
) -> Tied | None:
    """Amounts by (row, payer) shown in two tables: nested one way and by its rows, and nested
    another way; payers are gathered into columns.

    No figure of either table, no total by column, payer or in all moves by a unit or more. The
    totals by payer are closed first and then kept wherever the tables can be closed on them. So are
    the figures of the second table that are sums of the same rows as one of the first, and its
    outermost groups are what the rows of the first add up to, wherever that can be.

    Args:
        figures: amounts by (row, payer).
        column: the column of every payer.
        left: the group of every row at each level of the first table, outermost first; groups are
            numbered in order and lie within each other.
        right: the same of the second table, which ends with its last level.
        given: payers and second table as they have been closed elsewhere, which the first must
            agree with; its ``left`` is not looked at.

    Returns:
        None where the first table cannot be closed on what is given.

    """
    flow = _Flow.of(figures, column, left, right)
    if given is not None:
        fixed = {
            **flow.middle.at(given.payers),
            **flow.shared.at(given.shared),
            **_all(flow.right, given.right),
        }
        found = flow._replace(grand=int(given.payers.sum())).balanced(fixed)
        return None if found is None else flow.read(found)
    totals = Figures(*(each.sum(axis=0)[:, None] for each in figures)).carried()
    alone = _in_balance(_Network.of(totals, [column.tolist()]), _nearest(totals))[-len(column) :]
    rounded = flow.balanced(flow.middle.at(alone))
    if rounded is None:
        rounded = flow.balanced({})
    assert rounded is not None, "the figures themselves are a flow, so a whole one exists"
    first = {
        **flow.middle.at(rounded[flow.middle.edges]),
        **_all(flow.left, [rounded[each.edges] for each in flow.left]),
    }
    for wanted in (*flow.same(rounded), *flow.outer(rounded)):
        if any(rounded[edge] != units for edge, units in wanted.items()):
            again = flow.balanced({**first, **wanted})
            rounded = rounded if again is None else again
        if all(rounded[edge] == units for edge, units in wanted.items()):
            first |= wanted
    return flow.read(rounded)


class _Block(NamedTuple):
    """The edges of a block of figures, by position in the network."""

    edges: Ints

    def at(self, units: Ints) -> dict[int, int]:
        """Units that these edges are held to."""
        return dict(zip(self.edges.ravel().tolist(), units.ravel().tolist(), strict=True))


def _all(blocks: Sequence[_Block], units: Sequence[Ints]) -> dict[int, int]:
    return {
        edge: n
        for block, each in zip(blocks, units, strict=True)
        for edge, n in block.at(each).items()
    }


class _Flow(NamedTuple):
    """Two tables on one flow: from the rows of the first over its columns to the payers, and from
    them to the columns and groups of the second.
    """

    network: _Network
    grand: int
    left: tuple[_Block, ...]
    middle: _Block
    shared: _Block
    right: tuple[_Block, ...]
    pairs: tuple[tuple[Ints, Ints], ...]
    top: Ints

    @staticmethod
    def of(figures: Figures, column: Ints, left: Sequence[Ints], right: Sequence[Ints]) -> _Flow:
        rows, payers = figures.whole.shape
        columns = int(column.max(initial=-1)) + 1
        edges = _Edges(2)
        cells = _gathered(figures, column, columns)
        over = edges.nodes(columns)
        levels = [np.zeros(rows, np.int64), *left, np.arange(rows)]
        _, first = edges.tree(
            cells, levels, np.zeros(rows, np.int64), np.broadcast_to(over, (rows, columns))
        )
        payer = edges.nodes(payers)
        totals = Figures(*(each.sum(axis=0) for each in figures)).carried()
        middle = edges.add(over[column], payer, totals)
        top, last = right[0], right[-1]
        groups, places = int(top.max(initial=-1)) + 1, int(last.max(initial=-1)) + 1
        into = edges.nodes(groups * columns).reshape(groups, columns)
        by_payer = figures.added(top, groups).carried()
        shared = edges.add(
            np.tile(payer, groups),
            into[:, column].ravel(),
            Figures(*(each.ravel() for each in by_payer)),
        )
        start = np.unique(last, return_index=True)[1]
        below = [*(each[start] for each in right[:-1]), np.arange(places)]
        _, second = edges.tree(
            cells.added(last, places).carried(),
            below,
            np.ones(places, np.int64),
            into[top[start]],
            backwards=True,
        )
        levels = [*left, np.arange(rows)]
        pairs = [_same(one, other) for other in right for one in levels]
        by_group = _Block(shared.edges.reshape(groups, payers))
        return _Flow(
            edges.network(),
            _nearest(totals),
            tuple(first[1:]),
            middle,
            by_group,
            tuple(second),
            tuple(pairs),
            top,
        )

    def balanced(self, fixed: dict[int, int]) -> Ints | None:
        return _balanced(self.network, self.grand, fixed)

    def read(self, rounded: Ints) -> Tied:
        left, right = (
            tuple(rounded[each.edges] for each in blocks) for blocks in (self.left, self.right)
        )
        return Tied(rounded[self.middle.edges], rounded[self.shared.edges], left, right)

    def same(self, rounded: Ints) -> Iterator[dict[int, int]]:
        """What each figure of the second table would be that sums the same rows as one of the
        first.
        """
        pairs = iter(self.pairs)
        for other in self.right:
            for one in self.left:
                for mine, theirs in zip(*next(pairs), strict=True):
                    yield _Block(other.edges[theirs]).at(rounded[one.edges[mine]])

    def outer(self, rounded: Ints) -> Iterator[dict[int, int]]:
        """For each outermost group of the second table what the rows of the first make of it, where
        that is next to its own figures.
        """
        rows, (top, of) = rounded[self.left[-1].edges], (self.right[0], self.top)
        sums, own = added(rows, of, len(top.edges)), self.network.figures
        for edges, units in zip(top.edges, sums, strict=True):
            low = own.whole[edges]
            if ((units == low) | ((units == low + 1) & (own.part[edges] > 0))).all():
                yield _Block(edges).at(units)


def _same(one: Ints, other: Ints) -> tuple[Ints, Ints]:
    """The groups of two levels that hold the same rows, in pairs."""
    pairs, count = np.unique(np.stack([one, other]), axis=1, return_counts=True)
    alike = (np.bincount(one)[pairs[0]] == count) & (np.bincount(other)[pairs[1]] == count)
    return pairs[0][alike], pairs[1][alike]


def _gathered(figures: Figures, column: Ints, columns: int) -> Figures:
    """Payers (second axis) summed by column."""
    return Figures(*(added(each.T, column, columns).T for each in figures)).carried()


def _nearest(figures: Figures) -> int:
    """The sum of all figures, rounded; what is a tie but for the last digits of its parts is
    one.
    """
    whole = Figures(np.asarray(figures.whole.sum()), np.asarray(figures.part.sum())).carried()
    noise = figures.part.size + abs(int(whole.whole)) // 100
    if abs(2 * int(whole.part) - GRAIN) <= 2 * noise:
        whole = whole._replace(part=np.asarray(GRAIN // 2))
    return int(whole.whole + whole.up())


class _Network(NamedTuple):
    """Figures as a flow: every figure is an edge from ``tail`` to ``head``. Node 0 gives the grand
    total, node 1 takes it.
    """

    tail: Ints
    head: Ints
    figures: Figures
    nodes: int

    @staticmethod
    def of(cells: Figures, nested: Sequence[Sequence[Hashable]]) -> _Network:
        """One table, its cells last: from the whole over groups and rows into the cells, and over
        groups by column back into the whole.
        """
        rows, columns = cells.whole.shape
        edges = _Edges(2)
        edges.tree(
            cells,
            _levels(nested, rows),
            np.zeros(rows, np.int64),
            np.ones((rows, columns), np.int64),
        )
        return edges.network()


class _Edges:
    """A network while it is laid out."""

    def __init__(self, nodes: int) -> None:
        self.count, self.size = nodes, 0
        self.parts: list[tuple[Ints, Ints, Figures]] = []

    def nodes(self, count: int) -> Ints:
        """New nodes."""
        self.count += count
        return np.arange(self.count - count, self.count)

    def add(self, tail: Ints, head: Ints, figures: Figures) -> _Block:
        """New edges."""
        self.parts.append((tail, head, figures))
        self.size += len(tail)
        return _Block(np.arange(self.size - len(tail), self.size))

    def tree(
        self,
        cells: Figures,
        levels: Sequence[Ints],
        giver: Ints,
        taker: Ints,
        backwards: bool = False,
    ) -> tuple[list[_Block], list[_Block]]:
        """A nested table: from ``giver`` (of every row) over the levels into the cells, and by
        column over the levels to ``taker`` (row, column).

        The last level is that of the rows, whose figures by column are the cells. ``backwards``
        turns every edge round.

        Returns:
            For each level the totals of its groups, and their figures by (group, column).

        """
        columns = cells.whole.shape[1]
        totals, by_column = list[_Block](), list[_Block]()
        for depth, group in enumerate(levels):
            count = int(group.max(initial=-1)) + 1
            first = np.unique(group, return_index=True)[1]
            sums = cells.added(group, count).carried()
            given = Figures(*(each.sum(axis=1) for each in sums)).carried()
            node = self.nodes(count)
            # A row gives its cells itself; a group has a node more for each column, which takes
            # what its parts have there.
            last = depth == len(levels) - 1
            inside = np.repeat(node, columns) if last else self.nodes(count * columns)
            outside, flat = taker[first].ravel(), Figures(sums.whole.ravel(), sums.part.ravel())
            ends = ((giver[first], node), (inside, outside))
            (from_, to), (cell_from, cell_to) = (each[::-1] for each in ends) if backwards else ends
            totals.append(self.add(from_, to, given))
            found = self.add(cell_from, cell_to, flat)
            by_column.append(_Block(found.edges.reshape(count, columns)))
            if not last:
                giver, taker = node[group], inside.reshape(count, columns)[group]
        return totals, by_column

    def network(self) -> _Network:
        """All that was laid out."""
        tails, heads, figures = zip(*self.parts, strict=True)
        return _Network(
            np.concatenate(tails),
            np.concatenate(heads),
            Figures(*(np.concatenate(each) for each in zip(*figures, strict=True))),
            self.count,
        )


def _levels(nested: Sequence[Sequence[Hashable]], rows: int) -> list[Ints]:
    """The whole, then each level of groups, then the rows themselves: the number of its group for
    every row.
    """
    paths: list[tuple[Hashable, ...]] = [()] * rows
    found: list[Ints] = []
    for labels in ([0] * rows, *nested, range(rows)):
        paths = [(*path, label) for path, label in zip(paths, labels, strict=True)]
        order = {path: i for i, path in enumerate(dict.fromkeys(paths))}
        found.append(np.array([order[path] for path in paths], np.int64))
    return found


def _in_balance(network: _Network, grand: int) -> Ints:
    """Whole units of every edge."""
    rounded = _balanced(network, grand, {})
    assert rounded is not None, "the figures themselves are a flow, so a whole one exists"
    return rounded


def _balanced(network: _Network, grand: int, fixed: dict[int, int]) -> Ints | None:
    """Whole units of every edge: each the nearest, then some turned to the other side until what
    enters every node leaves it.

    Edges that are ``fixed`` keep the units given; None where that leaves no way.
    """
    tail, head, figures, nodes = network
    up = figures.up()
    rounded = figures.whole + up
    at = np.fromiter(fixed, np.int64, len(fixed))
    rounded[at] = np.fromiter(fixed.values(), np.int64, len(fixed))
    balance = added(rounded, head, nodes) - added(rounded, tail, nodes)
    balance[0] += grand
    balance[1] -= grand
    loose = figures.part > 0
    loose[at] = False
    free = np.flatnonzero(loose)
    raised = up[free].tolist()
    edges = _edges(tail[free], head[free], np.abs(2 * figures.part[free] - GRAIN), nodes)
    if not _shift(edges, tail[free].tolist(), head[free].tolist(), raised, balance.tolist()):
        return None
    rounded[free] = figures.whole[free] + np.array(raised, np.int64)
    return rounded


def _edges(tail: Ints, head: Ints, distance: Ints, nodes: int) -> list[list[int]]:
    """The edges at every node, those nearest to a tie first."""
    node, edge = np.concatenate([tail, head]), np.tile(np.arange(len(tail)), 2)
    order = np.lexsort((edge, np.tile(distance, 2), node))
    return [
        each.tolist()
        for each in np.split(edge[order], np.searchsorted(node[order], np.arange(1, nodes)))
    ]


def _shift(
    edges: list[list[int]], tail: list[int], head: list[int], raised: list[bool], balance: list[int]
) -> bool:
    """Turns edges over until every balance is 0, along shortest paths from nodes with too much to
    nodes with too little (Dinic 1970).

    False where no path is left. An edge that is rounded down can carry one unit on from its tail,
    one rounded up can give one back to it.
    """
    while sources := [node for node, left in enumerate(balance) if left > 0]:
        depth = _depths(sources, edges, tail, head, raised, balance)
        if depth is None:
            return False
        seen = [0] * len(edges)
        for source in sources:
            while (
                balance[source] > 0
                and (path := _path(source, edges, tail, head, raised, balance, depth, seen))
                is not None
            ):
                node = source
                for edge in path:
                    node = tail[edge] if raised[edge] else head[edge]
                    raised[edge] = not raised[edge]
                balance[source] -= 1
                balance[node] += 1
    return True


def _depths(
    sources: list[int],
    edges: list[list[int]],
    tail: list[int],
    head: list[int],
    raised: list[bool],
    balance: list[int],
) -> list[int] | None:
    """Steps from the nearest source to every node, as far as the nearest node with too little; -1
    beyond. None where there is no way to one.
    """
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
    return depth if found else None


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
    """The edges of a shortest path from a source to a node with too little; ``seen`` counts the
    edges of each node that lead nowhere.
    """
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
