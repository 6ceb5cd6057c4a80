"""Money that the input tables record by item, place, year and payer: documents of payment and what
was spent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from fiscal_model.analysis.statement_rows import Cell, Told
from fiscal_model.closing import closed
from fiscal_model.inputs.documents import document_key
from fiscal_model.inputs.model import Inputs
from fiscal_model.rounding import counted
from fiscal_model.standard.places import Places
from fiscal_model.standard.rules import Standard


@dataclass(frozen=True)
class Payment:
    """A row of a table of money, in whole units and as written (yuan); ``label`` is its document or
    stage.
    """

    year: int
    item: int
    place: str
    payer: str
    label: str
    units: int
    amount: float
    at: str

    @property
    def cell(self) -> Cell:
        """Its item, place and payer."""
        return self.item, self.place, self.payer

    @property
    def key(self) -> tuple[int, str, str, str]:
        """Its cell, and its label however it is written: only instalments of one document share
        them.
        """
        return *self.cell, document_key(self.label)

    @property
    def told(self) -> Told:
        """As its document tells it, in a row of its own."""
        return Told(self.cell, self.place, self.label, self.units)


def paid(inputs: Inputs, year: int, unit: float, standard: Standard) -> list[Payment]:
    """The documents of a year (table ``advances``)."""
    return _rows(inputs, "advances", "document", year, unit, standard)


def executed(inputs: Inputs, year: int, unit: float, standard: Standard) -> dict[Cell, int]:
    """What was spent in a year (table ``actuals``): the final accounts, where there are none what
    was executed.
    """
    found = _rows(inputs, "actuals", "stage", year, unit, standard)
    stages = [
        {each.cell: each.units for each in found if each.label == stage}
        for stage in ("executed", "final")
    ]
    return stages[0] | stages[1]


def summed(payments: Iterable[Payment | Told]) -> dict[Cell, int]:
    """What was paid in all, by cell."""
    sums = defaultdict[Cell, int](int)
    for each in payments:
        sums[each.cell] += each.units
    return dict(sums)


def nested(where: Sequence[str], places: Places) -> list[list[str]]:
    """The groups that rows of some places stand in, from the region down to each place, which
    stands for the levels below itself: so a sum that is pooled later closes too.
    """
    paths = [[*places.ancestors(place)[::-1], *[place] * (places.depth + 1)] for place in where]
    return [[path[level] for path in paths] for level in range(places.depth + 1)]


def _rows(
    inputs: Inputs, table: str, label: str, year: int, unit: float, standard: Standard
) -> list[Payment]:
    """The rows of one year, those of an item closed together."""
    rows = inputs.tables.get(table)
    if rows is None:
        return []
    columns, places, payers = rows.columns, standard.places, list(standard.payers)
    by_item = defaultdict[int, list[int]](list)
    for row, (item, of) in enumerate(zip(columns["item"], columns["year"], strict=True)):
        if of == year:
            by_item[item].append(row)
    out = []
    for item, mine in by_item.items():
        amounts = np.zeros((len(mine), len(payers)))
        for at, row in enumerate(mine):
            amounts[at, payers.index(columns["payer"][row])] = columns["amount"][row]
        where = [columns["place"][row] for row in mine]
        units = counted(closed(amounts, unit, nested(where, places)), unit).sum(axis=1).tolist()
        for at, row in enumerate(mine):
            out.append(
                Payment(
                    year,
                    item,
                    where[at],
                    columns["payer"][row],
                    columns[label][row],
                    units[at],
                    columns["amount"][row],
                    rows.at(row, "place"),
                )
            )
    return out
