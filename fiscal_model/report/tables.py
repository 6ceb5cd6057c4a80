"""The columns that printed tables share, and the sums that fill them: read off a Budget, nothing else."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fiscal_model.arrays import Floats
from fiscal_model.budget import Budget
from fiscal_model.vocabulary import Lang, Text

COLUMNS: dict[str, tuple[Text, tuple[str, ...]]] = {
    "central": (Text("中央", "Central"), ("central",)),
    "region": (Text("自治区本级", "Region"), ("region",)),
    "local": (Text("地县", "Prefecture and county"), ("prefecture", "prefecture_level", "county_level")),
    "other": (Text("基金及其他", "Funds and others"), ("fund", "employer", "individual", "host_unit", "social")),
    "unallocated": (Text("未明确分担", "Unallocated"), ("unallocated",)),
}
"""The five columns into which payers are gathered; unallocated is always one of its own."""

NEED = Text("资金需求", "Cost")


def heads(lang: Lang) -> list[str]:
    """The headings: cost, then the five columns."""
    return [NEED.to(lang), *(title.to(lang) for title, _ in COLUMNS.values())]


def gathered(budget: Budget, amounts: Floats) -> Floats:
    """Payers (first axis) gathered into cost and the five columns."""
    at = {payer: i for i, payer in enumerate(budget.payers)}
    columns = [sum((amounts[at[p]] for p in payers if p in at), np.zeros(amounts.shape[1:])) for _, payers in COLUMNS.values()]
    return np.stack([amounts.sum(axis=0), *columns])


def by_item(budget: Budget, year: int) -> list[tuple[int, Floats]]:
    """Cost and columns of every item in a year, NaN for what is not costed."""
    labels, table = budget.total("payer", "item", "year")
    return _rows(budget, labels[1], table[..., budget.years.index(year)])


def by_prefecture(budget: Budget, year: int) -> list[tuple[str, Floats]]:
    """The same by prefecture."""
    labels, table = budget.total("payer", "prefecture", "year")
    return _rows(budget, labels[1], table[..., budget.years.index(year)])


def _rows(budget: Budget, labels: Sequence, table: Floats) -> list:  # type: ignore[type-arg]
    sums = gathered(budget, table)
    return [(label, sums[:, i]) for i, label in enumerate(labels)]


def summed(rows: Sequence[Floats]) -> Floats:
    """The sum of rows; what is not costed does not count."""
    return np.asarray(np.nansum(np.array(rows), axis=0))
