"""The columns that printed tables share, and the sums that fill them: read off a Budget, nothing
else.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from fiscal_model.arrays import Floats, Ints
from fiscal_model.budget import Budget
from fiscal_model.standard.payers import Payers
from fiscal_model.vocabulary import UNALLOCATED, Lang, Text

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


def heads(table: Payers, lang: Lang) -> list[str]:
    """The headings: cost, then the five columns."""
    return [NEED.to(lang), *(title.to(lang) for title, _ in columns(table).values())]


def grouped_heads(table: Payers, lang: Lang) -> list[str | tuple[str, list[str]]]:
    """The same with the three levels of government under one heading."""
    titles = heads(table, lang)
    return [titles[0], (Text("政府分担", "Borne by government").to(lang), titles[1:4]), *titles[4:]]


def gathered(budget: Budget, amounts: Floats) -> Floats:
    """Payers (first axis) gathered into cost and the five columns."""
    at = {payer: i for i, payer in enumerate(budget.payers)}
    sums = [
        sum((amounts[at[p]] for p in payers if p in at), np.zeros(amounts.shape[1:]))
        for _, payers in columns(budget.standard.payers).values()
    ]
    return np.stack([amounts.sum(axis=0), *sums])


def column_of_payers(budget: Budget) -> Ints:
    """The position of the column that each payer is gathered into."""
    inside = [payers for _, payers in columns(budget.standard.payers).values()]
    return np.array(
        [next(n for n, each in enumerate(inside) if payer in each) for payer in budget.payers],
        np.intp,
    )
