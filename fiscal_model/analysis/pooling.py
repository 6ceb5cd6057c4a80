"""What of a budget a payment stands against: the same place and payer where both know them, else
the sum of their parts.
A payment to a prefecture whose counties are budgeted pools the item there. Where one side tells
prefecture and county levels apart and the other does not, they are pooled as the payer
``prefecture``. Nothing is shared out by guess and nothing counts twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from fiscal_model.analysis.payments import Payment
from fiscal_model.analysis.statement_rows import Cell, Told
from fiscal_model.errors import Faults, fault
from fiscal_model.inputs.documents import document_key
from fiscal_model.results.result import Result
from fiscal_model.standard.places import Places
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import UNALLOCATED, listed


def places_by_item(cells: Iterable[Cell]) -> defaultdict[int, set[str]]:
    """The places of each item."""
    out = defaultdict[int, set[str]](set)
    for item, place, _ in cells:
        out[item].add(place)
    return out


def places_above(by_item: Mapping[int, set[str]], places: Places) -> defaultdict[int, set[str]]:
    """All places above those of each item."""
    return defaultdict(
        set,
        {
            item: {above for place in each for above in places.ancestors(place)}
            for item, each in by_item.items()
        },
    )


def meeting_places(
    costed: Mapping[int, set[str]],
    planned: Iterable[Mapping[Cell, int]],
    recorded: Iterable[Mapping[Cell, int]],
    places: Places,
) -> dict[int, set[str]]:
    """Where plan and outcome of an item meet: a place above others that a payment is recorded for,
    or that only one side has in parts.

    Args:
        costed: the places of each item in the actual budget.
        planned: the amounts that it is held against.
        recorded: those of them that were recorded by hand, at any place.
        places: the tree.

    """
    ours = places_by_item(cell for amounts in planned for cell in amounts)
    given = places_by_item(cell for amounts in recorded for cell in amounts)
    out = dict[int, set[str]]()
    for item, mine in ours.items():
        theirs = costed.get(item, set())
        above_all, above_ours, above_theirs = (
            {above for place in each for above in places.ancestors(place)}
            for each in (mine | theirs, mine - theirs, theirs - mine)
        )
        out[item] = (above_all & given[item]) | (above_ours & theirs) | (above_theirs & mine)
    return out


def words(payments: Iterable[Told]) -> defaultdict[Cell, str]:
    """The documents of every row, each once."""
    found = defaultdict[Cell, dict[str, str]](dict)
    for each in payments:
        if each.document:
            found[each.cell].setdefault(document_key(each.document), each.document)
    return defaultdict(str, {cell: listed(each.values(), "zh") for cell, each in found.items()})


@dataclass(frozen=True)
class Pooling:
    """Which places and payers stand in one row: places at or below a ``top`` of the item; the local
    levels where ``levels`` say so.
    """

    tops: Mapping[int, set[str]]
    standard: Standard
    levels: frozenset[tuple[int, str]]

    @staticmethod
    def of(
        tops: Mapping[int, set[str]], sources: Iterable[Mapping[Cell, int]], standard: Standard
    ) -> Pooling:
        """Pools places at ``tops`` by item, and then the local levels in every row that has both
        them and the pooled payer.
        """
        pooling = Pooling(tops, standard, frozenset())
        found = defaultdict[tuple[int, str], set[str]](set)
        for source in sources:
            for item, place, payer in source:
                found[item, pooling.place(item, place)].add(payer)
        both = frozenset(
            at
            for at, payers in found.items()
            if standard.payers.pooled in payers and payers.intersection(standard.payers.local[1:])
        )
        return Pooling(tops, standard, both)

    def place(self, item: int, place: str) -> str:
        """The row of a place: the highest top at or above it, else itself."""
        tops = self.tops.get(item, set())
        return next(
            (
                each
                for each in (*self.standard.places.ancestors(place)[::-1], place)
                if each in tops
            ),
            place,
        )

    def cell(self, cell: Cell) -> Cell:
        """The row of a cell."""
        item, place, payer = cell
        row = self.place(item, place)
        table = self.standard.payers
        pooled = payer in table.local and (item, row) in self.levels
        return item, row, table.pooled if pooled else payer

    def summed(self, amounts: Mapping[Cell, int]) -> dict[Cell, int]:
        """Amounts by row."""
        sums = defaultdict[Cell, int](int)
        for cell, units in amounts.items():
            sums[self.cell(cell)] += units
        return dict(sums)

    def told(self, payments: Iterable[Told]) -> tuple[Told, ...]:
        """Payments in the rows that they count in."""
        return tuple(each._replace(cell=self.cell(each.cell)) for each in payments)

    def notes(self, cell: Cell) -> Iterator[str]:
        """What a row has to say of itself."""
        item, place, payer = cell
        if place in self.tops.get(item, set()):
            yield "places_pooled"
        if payer == self.standard.payers.pooled and (item, place) in self.levels:
            yield "levels_pooled"


@dataclass(frozen=True)
class Scope:
    """What a budget knows of a year: the places where the general lines of each item are costed."""

    budget: Result
    y: int
    costed: Mapping[int, set[str]]

    @staticmethod
    def of(budget: Result, year: int) -> Scope:
        """One year of a budget.

        Raises:
            FiscalModelError: the year is not part of it, or it is only a part itself.

        """
        if budget.at:
            raise fault("", "allotment-of-part")
        y, lines = budget.year_at(year), budget.program.lines
        costed = np.argwhere(budget.program.costed[..., y]).tolist()
        found = places_by_item(
            (lines[i].item, budget.places[p], "")
            for i, p in costed
            if lines[i].account == "general"
        )
        return Scope(budget, y, dict(found))

    def refuse_parts(self, payments: Iterable[Payment]) -> None:
        """Raises for every payment to a part of a place that is budgeted as a whole."""
        places, faults = self.budget.standard.places, Faults()
        for each in payments:
            known = self.costed.get(each.item, set())
            whole = next((above for above in places.ancestors(each.place) if above in known), None)
            if each.place not in known and whole:
                part, name = places.label(each.place), places.label(whole)
                faults.add(
                    each.at,
                    "payment-to-part-of-place",
                    item=each.item,
                    place=name,
                    code=whole,
                    part=part,
                    part_code=each.place,
                )
        faults.raise_if_any()

    def owed(self, cell: Cell, due: Mapping[Cell, int]) -> tuple[int | None, str]:
        """What is due in whole units, None where nothing can be; and why nothing of it is allotted,
        empty where it is.
        """
        item, place, payer = cell
        if cell in due:
            return due[cell], self._not_allotted(payer)
        places = self.budget.standard.places
        parts = [
            each
            for each in self.costed.get(item, set())
            if place in (each, *places.ancestors(each))
        ]
        if not parts:
            return None, self._not_costed(item)
        payers = self._payers(item, parts)
        if payer in payers:
            return 0, self._not_allotted(payer)
        return None, "open" if UNALLOCATED in payers else "no_share"

    def _not_costed(self, item: int) -> str:
        # the other side may know an item that this one does not
        rule = self.budget.standard.items.get(item)
        if rule is None:
            return "not_costed"
        if rule.paid_in:
            return "paid_in"
        return (
            "not_costed" if any(line.account == "general" for line in rule.lines) else "not_general"
        )

    def _payers(self, item: int, parts: Iterable[str]) -> set[str]:
        """Whom the rules in force can charge for an item in some places."""
        program, places = self.budget.program, self.budget.standard.places
        lines = [
            i
            for i, line in enumerate(program.lines)
            if line.item == item and line.account == "general"
        ]
        leaves = np.unique(
            program.rules.leaf[np.ix_(lines, places.speakers(parts).tolist(), [self.y])]
        ).tolist()
        named = set[str]().union(*(program.rules.leaves[leaf].payers() for leaf in leaves))
        table = self.budget.standard.payers
        return named | {*table.divided} if table.pooled in named else named

    def _not_allotted(self, payer: str) -> str:
        """Why what a payer bears is not allotted to places; empty where it is, by the levels above
        them.
        """
        table = self.budget.standard.payers
        if payer in table.upper:
            return ""
        if payer in table.local:
            return "own"
        return "unallocated" if payer == UNALLOCATED else "not_government"
