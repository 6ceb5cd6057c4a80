"""The columns that printed tables share, and the sums that fill them: read off a Result, nothing
else.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fiscal_model.arrays import Floats, Ints
from fiscal_model.results.result import Result
from fiscal_model.vocabulary import LEVELS, UNALLOCATED, Lang, Text

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


def heads(lang: Lang) -> list[str]:
    """The headings: cost, then the five columns."""
    return [NEED.to(lang), *(title.to(lang) for title, _ in COLUMNS.values())]


def grouped_heads(lang: Lang) -> list[str | tuple[str, list[str]]]:
    """The same with the three levels of government under one heading."""
    titles = heads(lang)
    return [titles[0], (Text("政府分担", "Borne by government").to(lang), titles[1:4]), *titles[4:]]


def gathered(budget: Result, amounts: Floats) -> Floats:
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
