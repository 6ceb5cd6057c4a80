"""Where everything stands on the live sheets: known before the first cell is written, since sheets
refer to one another.
"""

from __future__ import annotations

from dataclasses import dataclass

from fiscal_model.engine.local import CountyKey, supplied_shares
from fiscal_model.report.area import Area
from fiscal_model.report.model import Model
from fiscal_model.report.tables import COLUMNS, columns
from fiscal_model.vocabulary import Lang, Text

PARAMETERS = Text("参数", "Parameters")
QUANTITIES = Text("人数与标准", "Counts and rates")
RULES = Text("规则", "Rules")
CAPS = Text("限额", "Base amounts and grants")
CALCULATION = Text("计算", "Calculation")

TOP = 5
"""The first row of tables: title, scenario, unit, legend and a blank row stand above."""
FIRST = 6
"""The first column of what a table holds for each payer, option or year, on 参数 and 规则."""
YEARS = 7
"""The first column of years on 人数与标准."""


class _Stack:
    """Tables one below the other on a sheet: a caption, a heading, the rows and a blank row
    each.
    """

    def __init__(self, name: Text, lang: Lang) -> None:
        self.name, self.row = name.to(lang), TOP

    def table(self, height: int, width: int) -> Area:
        area = Area(self.name, self.row + 2, 0, max(height, 1), width)
        self.row = area.top + area.height + 1
        return area


@dataclass(frozen=True)
class Columns:
    """The columns of the calculation by name; ``areas`` are their cells."""

    at: dict[str, int]
    sheet: str
    top: int
    height: int

    def __getitem__(self, name: str) -> int:
        return self.at[name]

    def __contains__(self, name: str) -> bool:
        return name in self.at

    def column(self, name: str) -> str:
        """The cells of a column."""
        return Area(self.sheet, self.top, self.at[name], self.height, 1).column(0)

    def sliding(self, name: str) -> str:
        """The same, moving along when a formula is copied to the right."""
        return Area(self.sheet, self.top, self.at[name], self.height, 1).sliding(0)


@dataclass(frozen=True)
class Layout:
    """The tables of the live sheets. Those that a workbook does not need are None."""

    constants: Area
    readings: Area
    numbers: Area
    weights: Area
    heads: Area | None
    base_sums: Area | None
    county_shares: Area | None
    quantities: Area
    lines: Area
    rates: Area
    units: Area
    overlaps: Area | None
    tiers: Area
    shares: Area
    of_rest: Area | None
    per_head: Area | None
    cut_before: Area | None
    remainder: Area | None
    moves: Area | None
    granters: Area | None
    rules: Area
    grants: tuple[Area, ...]
    bases: tuple[Area, ...]
    calculation: Columns


def layout_of(model: Model, lang: Lang) -> Layout:
    """The layout of a workbook's live sheets."""
    rules, n = model.rules, len(model.payers)
    raised = any(share.rest_bears_raise for share in rules.shares)
    heads = sum(len(share.parameter("per_head")) for share in rules.shares)
    tiers = sum(len(share.tiers) for share in rules.shares)
    options = max(
        [2, *(len(model.budget.standard.readings[code].options) for code in rules.readings)]
    )
    parameters = _Stack(PARAMETERS, lang)
    constants = parameters.table(2, FIRST + 1)
    readings = parameters.table(len(rules.readings), FIRST + 2 * options)
    numbers = parameters.table(2 + len(number_rows(model)), FIRST + options)
    weights = parameters.table(tiers, FIRST + n + 1)
    head_rows = parameters.table(heads, FIRST + 1) if heads else None
    base_sums = parameters.table(len(base_rows(model)), FIRST) if model.bases else None
    county = parameters.table(len(county_rows(model)), FIRST) if county_rows(model) else None
    inputs = _Stack(QUANTITIES, lang)
    years = len(model.budget.years)
    quantities = inputs.table(len(model.inputs.quantities), YEARS + years)
    lines = inputs.table(len(line_rows(model)), YEARS + 2)
    rates = inputs.table(len(model.inputs.rates), YEARS + years)
    units = inputs.table(len(model.inputs.rates), YEARS + years)
    overlaps = (
        inputs.table(len(model.inputs.overlaps), YEARS + 5) if model.inputs.overlaps else None
    )
    sheet = _Stack(RULES, lang)
    tier_rows = sheet.table(tiers, FIRST + n * (2 if raised else 1) + 1)
    matrices = [
        sheet.table(len(rules.shares), FIRST + n) if needed else None
        for needed in (
            True,
            raised,
            heads > 0,
            heads > 0,
            heads > 0,
            bool(model.bases),
            bool(model.grants),
        )
    ]
    shares, of_rest, per_head, cut_before, remainder, moves, granters = matrices
    assert shares is not None
    most = max([1, *(len(rule.readings) for rule in rules.rules)])
    picks = sheet.table(
        len(rules.rules),
        (
            FIRST + 2 * most + max(len(rule.shares) for rule in rules.rules)
            if rules.rules
            else FIRST + 3
        ),
    )
    caps = _Stack(CAPS, lang)
    grants = tuple(caps.table(len(each.caps), 18) for each in model.grants)
    bases = tuple(caps.table(len(each.caps), 19) for each in model.bases)
    return Layout(
        constants,
        readings,
        numbers,
        weights,
        head_rows,
        base_sums,
        county,
        quantities,
        lines,
        rates,
        units,
        overlaps,
        tier_rows,
        shares,
        of_rest,
        per_head,
        cut_before,
        remainder,
        moves,
        granters,
        picks,
        grants,
        bases,
        _calculation(model, lang, raised, heads > 0, bool(county_rows(model))),
    )


def _calculation(model: Model, lang: Lang, raised: bool, heads: bool, county: bool) -> Columns:
    names = [
        "no",
        "item",
        "year",
        "code",
        "place",
        "prefecture",
        "line",
        "beneficiary",
        "account",
        "quantity_row",
        "rate_row",
        "year_no",
        "rule",
    ]
    names += ["quantity", "unit", "share", "cost", *COLUMNS]
    names += [f"payer:{payer}" for payer in detailed(model)]
    names.append("difference")
    if county:
        names += ["county_row", "pooled"]
    if model.special.any():
        names += (["raise"] if raised else []) + (
            ["pool", "pool_first", "pool_last", "pool_unit"] if heads else []
        )
        names += [f"before:{payer}" for payer in model.payers]
        for n in range(len(model.grants)):
            names += [f"grant:{n}", f"held:{n}", f"given:{n}"]
        if model.grants:
            names += ["part", *(f"left:{payer}" for payer in model.payers)]
        names += [f"base:{n}" for n in range(len(model.bases))]
        if model.bases:
            names += ["limited", "due", "above"]
    return Columns(
        {name: k for k, name in enumerate(names)}, CALCULATION.to(lang), TOP + 2, max(len(model), 1)
    )


def gathered(model: Model) -> dict[str, tuple[str, ...]]:
    """The payers of this workbook behind each of the five columns."""
    return {
        name: tuple(payer for payer in payers if payer in model.final)
        for name, (_, payers) in columns(model.budget.standard.payers).items()
    }


def detailed(model: Model) -> list[str]:
    """The payers with a column of their own because theirs gathers several."""
    return [payer for payers in gathered(model).values() if len(payers) > 1 for payer in payers]


def column_of(model: Model, payer: str) -> str:
    """The name of the column of the calculation that holds a payer."""
    if payer in detailed(model):
        return f"payer:{payer}"
    return next(name for name, payers in gathered(model).items() if payer in payers)


def line_rows(model: Model) -> list[int]:
    """The lines with a unit cost, in order; -1 stands for amounts."""
    return list(dict.fromkeys(row.line for row in model.inputs.rates))


def number_rows(model: Model) -> list[tuple[int, str]]:
    """The numbers that depend on a reading: the line and which of its numbers."""
    lines = model.budget.program.lines
    return [
        (i, kind)
        for i in line_rows(model)
        if i >= 0
        for kind in ("counted", "raised")
        if getattr(lines[i], kind)
    ]


def base_rows(model: Model) -> list[tuple[int, str]]:
    """The base amounts that govern: item and place."""
    return sorted({cap.key[:2] for each in model.bases for cap in each.caps})


def county_rows(model: Model) -> list[CountyKey]:
    """The county shares that divide any row of the workbook, in the order supplied: item
    (``"None"`` for all) and place.
    """
    used = {*model.county_shares.values()}
    return [
        key
        for key in supplied_shares(model.budget.inputs, model.budget.standard.places)
        if key in used
    ]
