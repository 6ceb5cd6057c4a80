"""The columns that printed tables share, and the sums that fill them: read off a Budget, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from fiscal_model.arrays import Floats
from fiscal_model.budget import Budget
from fiscal_model.vocabulary import ACCOUNTS, LEVELS, UNALLOCATED, Lang, Text

COLUMNS: dict[str, tuple[Text, tuple[str, ...]]] = {
    "central": (Text("中央", "Central"), ("central",)),
    "region": (Text("自治区本级", "Region"), ("region",)),
    "local": (Text("地县", "Prefecture and county"), ("prefecture", "prefecture_level", "county_level")),
    "other": (Text("基金及其他", "Funds and others"), ("fund", "employer", "individual", "host_unit", "social")),
    "unallocated": (Text("未明确分担", "Unallocated"), ("unallocated",)),
}
"""The five columns into which payers are gathered; unallocated is always one of its own."""

SHOWN_ALWAYS = (*LEVELS, UNALLOCATED)
"""Payers with a row of their own in the general public budget even where they pay nothing."""

NEED = Text("资金需求", "Cost")
MONEY = ["money"] * 6
TOTAL = ["total_money"] * 6
"""The looks of cost and the five columns."""


def heads(lang: Lang) -> list[str]:
    """The headings: cost, then the five columns."""
    return [NEED.to(lang), *(title.to(lang) for title, _ in COLUMNS.values())]


def grouped_heads(lang: Lang) -> list[str | tuple[str, list[str]]]:
    """The same with the three levels of government under one heading."""
    titles = heads(lang)
    return [titles[0], (Text("政府分担", "Borne by government").to(lang), titles[1:4]), *titles[4:]]


def gathered(budget: Budget, amounts: Floats) -> Floats:
    """Payers (first axis) gathered into cost and the five columns."""
    at = {payer: i for i, payer in enumerate(budget.payers)}
    columns = [sum((amounts[at[p]] for p in payers if p in at), np.zeros(amounts.shape[1:])) for _, payers in COLUMNS.values()]
    return np.stack([amounts.sum(axis=0), *columns])


def accounts(budget: Budget) -> list[str]:
    """The accounts in which anything is costed, the general public budget first."""
    labels, table = budget.total("account")
    return [account for account in ACCOUNTS if account in labels[0] and not np.isnan(table[labels[0].index(account)])]


def by_item(budget: Budget, year: int, account: str) -> list[tuple[Any, Floats]]:
    """Cost and columns of every item with lines in an account, NaN for what is not costed; paid-in items have no row."""
    return _rows(budget, "item", year, account)


def by_prefecture(budget: Budget, year: int, account: str) -> list[tuple[Any, Floats]]:
    """The same by prefecture."""
    return _rows(budget, "prefecture", year, account)


def _rows(budget: Budget, dimension: str, year: int, account: str) -> list[tuple[Any, Floats]]:
    labels, table = budget.total("payer", dimension, "account", "year")
    if account not in labels[2]:
        return []
    sums = gathered(budget, table[:, :, labels[2].index(account), budget.years.index(year)])
    belongs = {(a, i) for a, i in zip(budget.labels["account"], budget.labels["item"], strict=True)}
    return [
        (label, sums[:, i])
        for i, label in enumerate(labels[1])
        if (dimension != "item" and not np.isnan(sums[0, i])) or (dimension == "item" and (account, label) in belongs)
    ]


def summed(rows: Sequence[Floats]) -> Floats:
    """The sum of rows of cost and columns."""
    return column_sums(np.array(rows).reshape(len(rows), len(MONEY)))


def column_sums(table: Floats) -> Floats:
    """Sums down the rows; what is not costed does not count, and where nothing is costed there is no sum."""
    return np.where(np.isnan(table).all(axis=0), np.nan, np.nansum(table, axis=0))
