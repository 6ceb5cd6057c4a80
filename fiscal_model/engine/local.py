"""Divides the pooled local payer into prefecture level and county level where the analyst supplies
county shares.
"""

from __future__ import annotations

import numpy as np

from fiscal_model.arrays import Floats
from fiscal_model.engine.program import Program
from fiscal_model.inputs.model import Inputs
from fiscal_model.standard.places import Places

CountyKey = tuple[str, str]
"""The item (``"None"`` for all) and the place that a county share was supplied for."""


def supplied_shares(inputs: Inputs, places: Places) -> dict[CountyKey, float]:
    """The county shares of the inputs."""
    cells = inputs.county_shares
    rows = zip(cells.series_at, cells.place_at, cells.value, strict=True)
    return {(cells.series[s], places.codes[p]): float(value) for s, p, value in rows}


def governing_share(
    given: dict[CountyKey, float], item: int, code: str, places: Places
) -> CountyKey | None:
    """The county share that divides an item in a place: the item's own before that of all items,
    the nearest place first; None without one.
    """
    ways = ((str(series), above) for series in (item, None) for above in places.chain(code))
    return next((way for way in ways if way in given), None)


def divide_local(
    program: Program, amounts: Floats, inputs: Inputs
) -> tuple[tuple[str, ...], Floats]:
    """The payers and amounts (payer, line, place, year) with the pooled local payer divided
    wherever a county share is known.
    """
    places = program.standard.places
    given = supplied_shares(inputs, places)
    table = program.standard.payers
    if not given or table.pooled not in program.payers:
        return program.payers, amounts
    share = np.full((len(program.lines), len(program.places)), np.nan)
    for i, line in enumerate(program.lines):
        for j, code in enumerate(program.places):
            way = governing_share(given, line.item, code, places)
            share[i, j] = given[way] if way else np.nan
    at = program.payers.index(table.pooled)
    known = ~np.isnan(share)[..., None]
    county = np.where(known, amounts[at] * np.nan_to_num(share)[..., None], 0.0)
    level = np.where(known, amounts[at] - county, 0.0)
    pooled = np.where(known, 0.0, amounts[at])
    out = np.concatenate([amounts[:at], pooled[None], level[None], county[None], amounts[at + 1 :]])
    return (*program.payers[: at + 1], *table.divided, *program.payers[at + 1 :]), out
