"""What amounts are set against: the people of a place and the means of its own levels."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any, Final

import numpy as np

from fiscal_model.analysis.aligned import Axes
from fiscal_model.arrays import Floats
from fiscal_model.errors import fault
from fiscal_model.inputs.model import Inputs
from fiscal_model.names import Names
from fiscal_model.results.dimensions import AXES
from fiscal_model.results.people import held_forward, of_places
from fiscal_model.standard.places import Places
from fiscal_model.vocabulary import Text, spans

MEANS_NAMES: Final = Names(
    Text("财力口径", "measure of means"),
    {
        "revenue": Text("一般公共预算收入", "general public budget revenue"),
        "capacity": Text("财力", "fiscal capacity"),
    },
)
"""The columns of table ``fiscal_capacity``."""
PLACE: Final = AXES["place"]


def means(inputs: Inputs, places: Places, years: tuple[int, ...], name: str) -> Floats:
    """Revenue or capacity in yuan by (place, year) over all places as table ``fiscal_capacity`` has
    it; the last supplied year up to a year serves.
    """
    rows = inputs.tables.get("fiscal_capacity")
    columns = rows.columns if rows else {"place": [], "year": [], name: []}
    given = zip(columns["place"], columns["year"], columns[name], strict=True)
    return held_forward(
        {(place, year): value for place, year, value in given if value is not None}, places, years
    )


def check_known(
    figures: Sequence[Floats], divisors: Sequence[Floats], years: tuple[int, ...], table: str
) -> None:
    """Refuses to divide by nothing: ``figures`` by (place, year) and what became of them, none of
    it known for want of whole years.

    Raises:
        FiscalModelError: which years of an input table are missing.

    """
    lacking = [
        year for y, year in enumerate(years) if all(np.isnan(each[:, y]).all() for each in figures)
    ]
    if lacking and all(np.isnan(each).all() for each in divisors):
        lacked = Text(spans(lacking, "zh"), spans(lacking, "en"))
        raise fault("", "nothing-to-divide-by", years=lacked, table=table)


def over_dimensions(supplied: Floats, axes: Axes, dimensions: Sequence[str]) -> Floats:
    """A figure by (place, year) over all places, for the places of ``axes``, shaped to divide a
    table by ``dimensions``; years not shown are summed.
    """
    by_label = [
        _gathered(axes.labels[name], axes.places) for name in dimensions if AXES[name] == PLACE
    ]
    every = set(axes.places)
    root = axes.standard.places.root
    cells = [
        (
            of_places(supplied, axes.standard.places, root, shown)
            if (shown := every.intersection(*sets))
            else np.full(len(axes.years), np.nan)
        )
        for sets in product(*(each.values() for each in by_label))
    ]
    table = np.array(cells).reshape(*(len(each) for each in by_label), len(axes.years))
    if "year" not in dimensions:
        table = table.sum(axis=-1, keepdims=True)
    # The table is by (place dimensions, year); bring it into the order asked for, with 1 where a
    # dimension does not matter.
    order = [n for n, name in enumerate(dimensions) if AXES[name] == PLACE]
    order += [dimensions.index("year")] if "year" in dimensions else []
    shape = [1] * len(dimensions)
    for n, size in zip(order, table.shape, strict=False):
        shape[n] = size
    return np.asarray(
        table.reshape(table.shape[: len(order)]).transpose(np.argsort(order)).reshape(shape)
    )


def _gathered(labels: tuple[Any, ...], codes: tuple[str, ...]) -> dict[Any, set[str]]:
    """The places that each label of the place axis gathers."""
    out: dict[Any, set[str]] = {}
    for label, code in zip(labels, codes, strict=True):
        out.setdefault(label, set()).add(code)
    return out
