"""The columns that printed tables share, and the sums that fill them: read off a Budget, nothing
else.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fiscal_model.arrays import Floats, Ints
from fiscal_model.budget import Budget
from fiscal_model.report.columns import Column
from fiscal_model.vocabulary import LEVELS, UNALLOCATED, Text

COLUMNS: dict[str, tuple[Text, tuple[str, ...]]] = {
    "central": (Text("中央", "Central"), ("central",)),
    "region": (Text("自治区本级", "Region"), ("region",)),
    "local": (
        Text("地县", "Prefecture and county"),
        ("prefecture", "prefecture_level", "county_level"),
    ),
    "other": (
        Text("基金及其他", "Funds and others"),
        ("fund", "employer", "individual", "host_unit", "social"),
    ),
    "unallocated": (Text("未明确分担", "Unallocated"), ("unallocated",)),
}
"""The five columns into which payers are gathered; unallocated is always one of its own."""

SHOWN_ALWAYS = (*LEVELS, UNALLOCATED)
"""Payers with a row of their own in the general public budget even where they pay nothing."""

NEED = Text("资金需求", "Cost")


GOVERNMENT = Text("政府分担", "Borne by government")


def money_columns(
    rows: Sequence[Sequence[object]],
    formula: str | Sequence[str | None] | None,
    look: str | Sequence[str] = "money",
    width: float = 16,
) -> list[Column]:
    """Cost, then the five columns, the three levels of government under one heading; what stands in
    them row by row.
    """
    titles = {"cost": NEED} | {name: title for name, (title, _) in COLUMNS.items()}
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


def gathered(budget: Budget, amounts: Floats) -> Floats:
    """Payers (first axis) gathered into cost and the five columns."""
    at = {payer: i for i, payer in enumerate(budget.payers)}
    columns = [
        sum((amounts[at[p]] for p in payers if p in at), np.zeros(amounts.shape[1:]))
        for _, payers in COLUMNS.values()
    ]
    return np.stack([amounts.sum(axis=0), *columns])


def column_of_payers(payers: Sequence[str]) -> Ints:
    """The position of the column that each payer is gathered into."""
    return np.array(
        [
            next(n for n, (_, inside) in enumerate(COLUMNS.values()) if payer in inside)
            for payer in payers
        ],
        np.intp,
    )
