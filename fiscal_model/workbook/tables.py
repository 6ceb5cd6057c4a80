"""The columns that printed tables share, and the sums that fill them: read off a Result, nothing
else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from fiscal_model.arrays import Floats, Ints
from fiscal_model.results.result import Result
from fiscal_model.standard.payers import Payers
from fiscal_model.vocabulary import UNALLOCATED, Text
from fiscal_model.workbook.columns import Column

COLUMNS: Final = ("central", "region", "local", "other", UNALLOCATED)
"""The five columns into which payers are gathered; unallocated is always one of its own."""
OTHER: Final = Text("基金及其他", "Funds and others")
NEED = Text("资金需求", "Cost")


def columns(table: Payers) -> dict[str, tuple[Text, tuple[str, ...]]]:
    """The title of each column, and the payers in it; the first has the column's colour."""
    central, region = (code for code in table.upper if table[code].parent is None)
    alone = (central, region, table.pooled, UNALLOCATED)
    first, second, local, last = ((table[code].name, table.within(code)) for code in alone)
    found = (first, second, local, (OTHER, table.others), last)
    return dict(zip(COLUMNS, found, strict=True))


GOVERNMENT = Text("政府分担", "Borne by government")


def money_columns(
    payers: Payers,
    rows: Sequence[Sequence[object]],
    formula: str | Sequence[str | None] | None,
    look: str | Sequence[str] = "money",
    width: float = 16,
) -> list[Column]:
    """Cost, then the five columns, the three levels of government under one heading; what stands in
    them row by row.
    """
    titles = {"cost": NEED} | {name: title for name, (title, _) in columns(payers).items()}
    levels = ("central", "region", "local")
    return [
        Column(
            name,
            title,
            [row[k] for row in rows],
            look,
            formula,
            width,
            over=GOVERNMENT if name in levels else None,
        )
        for k, (name, title) in enumerate(titles.items())
    ]


def gathered(budget: Result, amounts: Floats) -> Floats:
    """Payers (first axis) gathered into cost and the five columns."""
    at = {payer: i for i, payer in enumerate(budget.payers)}
    sums = [
        sum((amounts[at[p]] for p in payers if p in at), np.zeros(amounts.shape[1:]))
        for _, payers in columns(budget.standard.payers).values()
    ]
    return np.stack([amounts.sum(axis=0), *sums])


def column_of_payers(budget: Result) -> Ints:
    """The position of the column that each payer is gathered into."""
    inside = [payers for _, payers in columns(budget.standard.payers).values()]
    return np.array(
        [next(n for n, each in enumerate(inside) if payer in each) for payer in budget.payers],
        np.intp,
    )
