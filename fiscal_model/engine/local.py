"""Divides the pooled local payer into prefecture level and county level where the analyst supplies county shares."""

from __future__ import annotations

import numpy as np

from fiscal_model.arrays import Floats
from fiscal_model.engine.program import Program
from fiscal_model.inputs.model import Inputs
from fiscal_model.vocabulary import LOCAL_LEVELS

POOLED = "prefecture"


def divide_local(program: Program, amounts: Floats, inputs: Inputs) -> tuple[tuple[str, ...], Floats]:
    """The payers and amounts (payer, line, place, year) with ``prefecture`` divided wherever a county share is known."""
    cells = inputs.county_shares
    if not len(cells.value):
        return program.payers, amounts
    places = program.standard.places
    given = {(cells.series[s], places.codes[p]): float(v) for s, p, v in zip(cells.series_at, cells.place_at, cells.value, strict=True)}
    share = np.full((len(program.lines), len(program.places)), np.nan)
    for i, line in enumerate(program.lines):
        for j, code in enumerate(program.places):
            ways = [(str(series), c) for series in (line.item, None) for c in (code, *places.ancestors(code))]
            share[i, j] = next((given[way] for way in ways if way in given), np.nan)
    at = program.payers.index(POOLED)
    known = ~np.isnan(share)[..., None]
    county = np.where(known, amounts[at] * np.nan_to_num(share)[..., None], 0.0)
    level = np.where(known, amounts[at] - county, 0.0)
    pooled = np.where(known, 0.0, amounts[at])
    out = np.concatenate([amounts[:at], pooled[None], level[None], county[None], amounts[at + 1 :]])
    return (*program.payers[: at + 1], *LOCAL_LEVELS, *program.payers[at + 1 :]), out
