"""The calculation: one row for every costed line, place and year, from quantity and unit cost to
what each payer bears.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from fiscal_model.arrays import Floats
from fiscal_model.report.area import letters
from fiscal_model.report.context import Report
from fiscal_model.report.layout import (
    FIRST,
    TOP,
    YEARS,
    Columns,
    Layout,
    column_of,
    county_rows,
    gathered,
)
from fiscal_model.report.model import Model
from fiscal_model.report.pages import MEASURES
from fiscal_model.report.sheet import lines_of, row_height
from fiscal_model.report.tables import COLUMNS, columns
from fiscal_model.standard.payers import Payers
from fiscal_model.vocabulary import ACCOUNTS

LABELS = {
    "no": ("行号", "Row"),
    "item": ("项目", "Item"),
    "year": ("年份", "Year"),
    "code": ("地区编码", "Place code"),
    "place": ("地区", "Place"),
    "prefecture": ("所属地州", "Prefecture"),
    "line": ("支出项", "Line"),
    "beneficiary": ("受益对象", "Beneficiary"),
    "account": ("账目", "Account"),
    "quantity_row": ("数量行", "Row of count"),
    "rate_row": ("标准行", "Row of rate"),
    "year_no": ("年序", "Year number"),
    "rule": ("规则号", "Rule"),
    "quantity": ("数量", "Count or amount"),
    "unit": ("单位成本", "Unit cost"),
    "share": ("分担号", "Share"),
    "cost": ("资金需求", "Cost"),
    "difference": ("差额", "Difference"),
    "county_row": ("县级比例行", "Row of county share"),
    "pooled": ("地县合计", "Local, pooled"),
    "raise": ("提高部分", "Raise"),
    "pool": ("定额组", "Pool"),
    "pool_first": ("组起行", "First"),
    "pool_last": ("组止行", "Last"),
    "pool_unit": ("组单位成本", "Unit cost of pool"),
    "part": ("补助占比", "Part granted"),
    "limited": ("受限主体号", "Limited payer"),
    "due": ("应分担额", "Share due"),
    "above": ("超基数部分", "Above the base amount"),
    "before": ("：按规则", ": by rule"),
    "left": ("：补助后", ": after grants"),
    "grant": ("补助行", "Row of grant"),
    "held": ("补助前", "Before grant"),
    "given": ("补助", "Granted"),
    "base": ("基数行", "Row of base amount"),
}
WIDTHS = {
    "line": 30,
    "place": 16,
    "prefecture": 11,
    "cost": 16,
    "quantity": 14,
    "unit": 12,
    "beneficiary": 26,
    "account": 24,
}
TRACES = {
    "no",
    "quantity_row",
    "rate_row",
    "year_no",
    "rule",
    "share",
    "county_row",
    "pool",
    "pool_first",
    "pool_last",
    "limited",
    "grant",
    "base",
}


def calculation(report: Report, model: Model, layout: Layout) -> None:
    """Writes the sheet; the columns behind 差额 are used by items with sums per head, base amounts,
    grants or a raise only.
    """
    columns = layout.calculation
    money = 15
    widths = [
        WIDTHS.get(
            name,
            6 if name in TRACES or name.split(":")[0] in TRACES else 9 if name in LABELS else money,
        )
        for name in columns.at
    ]
    sheet = report.open(
        "calculation", "逐行计算", "Calculation row by row", widths, over=columns["line"] + 1
    )
    sheet.line(
        report.say(
            "单位：元。数量×单位成本＝资金需求；资金需求×分担比例＝各承担主体金额。"
            "右侧各列只用于有定额、基数、补助或提高部分的项目。",
            "Yuan. Count or amount × unit cost = cost; cost × share = what each payer bears. The"
            " columns on the right serve items with sums per head, base amounts, grants or a"
            " raise.",
        )
    )
    sheet.sheet.fit_to_pages(3, 0)  # too wide for one page: the labels stand on each
    sheet.sheet.repeat_columns(0, columns["line"])
    sheet.row = TOP
    sheet.head(["" for _ in columns.at], height=6)
    sheet.head(
        [_title(report, name) for name in columns.at],
        freeze=True,
        height=44,
        columns=columns["line"] + 1,
    )
    _labels(report, model, columns)
    _plain(report, model, layout)
    if model.special.any():
        _special(report, model, layout)


def _title(report: Report, name: str) -> str:
    kind, _, rest = name.partition(":")
    if name in COLUMNS:
        return columns(report.budget.standard.payers)[name][0].to(report.lang)
    if kind == "payer":
        return report.label(rest)
    words = report.say(*LABELS[kind])
    return report.label(rest) + words if kind in ("before", "left") else words


def _labels(report: Report, model: Model, columns: Columns) -> None:
    """What a row stands for and which rows it draws on: texts and row numbers."""
    budget, sheet, looks = model.budget, report.sheets["calculation"].sheet, report.book.looks
    lines, places = budget.program.lines, budget.standard.places
    prefecture = dict(zip(budget.places, budget.labels["prefecture"], strict=True))
    labels = {code: places.label(code).to(report.lang) for code in budget.places}
    names = [line.name.to(report.lang) for line in lines]
    beneficiaries = [
        report.beneficiaries[line.beneficiary] if line.beneficiary else "" for line in lines
    ]
    accounts = [ACCOUNTS[line.account].to(report.lang) for line in lines]
    wide = report.sheets["calculation"].widths
    text, year, trace = looks["text"], looks["year"], looks["trace"]
    rule = model.rules.rule[model.cells]
    county = _county_at(model) if "county_row" in columns else None
    rows = zip(
        *(
            axis.tolist()
            for axis in (
                *model.cells,
                model.inputs.quantity_row + 1,
                model.inputs.rate_row + 1,
                rule + 1,
            )
        ),
        strict=True,
    )
    number, string = sheet.write_number, sheet.write_string
    for n, (i, p, y, quantity_row, rate_row, rule_no) in enumerate(rows):
        row, code = columns.top + n, budget.places[p]
        number(row, 0, n + 1, trace)
        number(row, 1, lines[i].item, year)
        number(row, 2, budget.years[y], year)
        string(row, 3, code, text)
        string(row, 4, labels[code], text)
        string(row, 5, prefecture[code], text)
        string(row, 6, names[i], text)
        string(row, 7, beneficiaries[i], text)
        string(row, 8, accounts[i], text)
        number(row, 9, quantity_row, trace)
        number(row, 10, rate_row, trace)
        number(row, 11, y + 1, trace)
        number(row, 12, rule_no, trace)
        tall = max(
            lines_of(each, wide[k])
            for k, each in (
                (4, labels[code]),
                (6, names[i]),
                (7, beneficiaries[i]),
                (8, accounts[i]),
            )
        )
        if tall > 1:
            sheet.set_row(row, row_height(tall))
        if county is not None:
            number(row, columns["county_row"], county.get((i, p), 0), trace)


def _county_at(model: Model) -> dict[tuple[int, int], int]:
    """The row of the county share that divides each line and place which has one."""
    row = {key: n + 1 for n, key in enumerate(county_rows(model))}
    return {cell: row[key] for cell, key in model.county_shares.items()}


class _Writer:
    """Writes one column of formulas at a time over some rows."""

    def __init__(self, report: Report, columns: Columns) -> None:
        sheet = report.sheets["calculation"]
        self.put, self.looks, self.columns, self.shown = (
            sheet.put,
            report.book.looks,
            columns,
            sheet.shown,
        )

    def column(
        self,
        name: str,
        pattern: str,
        values: Floats,
        look: str = "money",
        rows: list[int] | None = None,
    ) -> None:
        """``pattern`` with ``#`` for the row number, over ``rows`` (all when left out)."""
        put, column, form, top = self.put, self.columns[name], self.looks[look], self.columns.top
        pieces = pattern.split("#")
        numbers = values.tolist()
        if name in MEASURES:
            self.shown.update(
                {
                    (top + n, column): numbers[n]
                    for n in (range(len(numbers)) if rows is None else rows)
                }
            )
        for n in range(len(numbers)) if rows is None else rows:
            put(top + n, column, str(top + n + 1).join(pieces), form, numbers[n])

    def at(self, name: str) -> str:
        """A cell of the same row."""
        return f"${letters(self.columns[name])}#"


def _final(table: Payers, layout: Layout, payer: str, core: str, county: str) -> str:
    """The formula of a payer after the division of the pooled local payer, from that before it;
    ``county`` holds the row of the county share.
    """
    if not layout.county_shares:
        return f"={core}"
    share = f"INDEX({layout.county_shares.column(5)},{county})"
    upper, lower = table.divided
    return {
        table.pooled: f"=IF({county}>0,0,{core})",
        upper: f"=IF({county}>0,{core}-{core}*{share},0)",
        lower: f"=IF({county}>0,{core}*{share},0)",
    }.get(payer, f"={core}")


def _plain(report: Report, model: Model, layout: Layout) -> None:
    """Cost, shares and sums of every row, and the amounts of rows whose shares are all there is to
    them.
    """
    columns = layout.calculation
    to = _Writer(report, columns)
    quantities, units = (
        area.part(YEARS, area.width - YEARS).whole for area in (layout.quantities, layout.units)
    )
    to.column(
        "quantity",
        f"=INDEX({quantities},{to.at('quantity_row')},{to.at('year_no')})",
        model.quantity,
        "count",
    )
    to.column("unit", f"=INDEX({units},{to.at('rate_row')},{to.at('year_no')})", model.unit)
    to.column(
        "share",
        f"=INDEX({layout.rules.column(3)},{to.at('rule')})",
        np.asarray(model.share + 1, np.float64),
        "trace",
    )
    to.column("cost", f"={to.at('quantity')}*{to.at('unit')}", model.cost)
    plain, special = (np.flatnonzero(mask).tolist() for mask in (~model.special, model.special))
    county = to.at("county_row") if "county_row" in columns else ""
    table = report.budget.standard.payers
    for payer in model.final:
        name = column_of(model, payer)
        if payer in table.divided and not county:
            _zeros(report, columns, name, len(model))
            continue
        values = model.amount(payer)
        of_rules = table.pooled if payer not in model.payers else payer
        core = f"{to.at('cost')}*INDEX({layout.shares.column(FIRST + model.payers.index(of_rules))},{to.at('share')})"
        if county and of_rules == table.pooled:
            pooled_values = model.pooled_amount(table.pooled)
            if payer == table.pooled:
                to.column("pooled", f"={core}", pooled_values, rows=plain)
            core = to.at("pooled")
        to.column(name, _final(table, layout, payer, core, county), values, rows=plain)
        if model.special.any():
            core = (
                to.at("pooled")
                if county and of_rules == table.pooled
                else _after(model, layout, to, of_rules)
            )
            if county and payer == table.pooled:
                to.column(
                    "pooled",
                    f"={_after(model, layout, to, table.pooled)}",
                    pooled_values,
                    "special_money",
                    special,
                )
            to.column(
                name, _final(table, layout, payer, core, county), values, "special_money", special
            )
    for name, payers in gathered(model).items():
        if len(payers) > 1:
            first, last = (to.at(f"payer:{payers[k]}") for k in (0, -1))
            to.column(
                name,
                f"=SUM({first}:{last})",
                sum((model.amount(each) for each in payers), np.zeros(len(model))),
            )
        elif not payers:
            _zeros(report, columns, name, len(model))
    first, last = to.at("central"), to.at("unallocated")
    to.column("difference", f"={to.at('cost')}-SUM({first}:{last})", np.zeros(len(model)))


def _zeros(report: Report, columns: Columns, name: str, rows: int) -> None:
    """A column that nothing fills: no payer of this workbook, or a level of a local payer that no
    county share divides here.
    """
    sheet, look = report.sheets["calculation"].sheet, report.book.looks["money"]
    report.sheets["calculation"].shown.update(
        {(columns.top + n, columns[name]): 0.0 for n in range(rows)}
    )
    for n in range(rows):
        sheet.write_number(columns.top + n, columns[name], 0, look)


def _after(model: Model, layout: Layout, to: _Writer, payer: str) -> str:
    """A payer behind grants and base amounts."""
    behind = to.at(f"left:{payer}" if model.grants else f"before:{payer}")
    if not layout.moves:
        return behind
    return f"({behind}+{to.at('above')}*INDEX({layout.moves.column(FIRST + model.payers.index(payer))},{to.at('share')}))"


def _special(report: Report, model: Model, layout: Layout) -> None:
    """By rule, after grants, share due and what lies above the base amount."""
    to, rows = _Writer(report, layout.calculation), np.flatnonzero(model.special).tolist()
    if layout.per_head:
        _pools(report, model, layout, to, rows)
    if layout.of_rest:
        marks, raises = layout.shares.column(3), layout.lines.column(6)
        line_row = f"INDEX({layout.units.column(1)},{to.at('rate_row')})"
        bears = f"INDEX({marks},{to.at('share')})"
        pattern = f"={bears}*{to.at('quantity')}*MIN({to.at('unit')},INDEX({raises},{line_row}))"
        to.column("raise", pattern, model.raised, rows=rows)
    for k, payer in enumerate(model.payers):
        to.column(f"before:{payer}", _by_rule(layout, to, k), model.due[k], rows=rows)
    _grants(report, model, layout, to, rows)
    _bases(report, model, layout, to, rows)


def _by_rule(layout: Layout, to: _Writer, k: int) -> str:
    """Cost by share, the raise by the shares of the rest, and the sum per head by the row's part of
    what the pool costs a head.
    """
    share = to.at("share")

    def of(area: Any) -> str:
        return f"INDEX({area.sliding(FIRST + k)},{share})"

    cost = to.at("cost")
    pattern = f"={cost}*{of(layout.shares)}"
    if layout.of_rest:
        pattern = (
            f"=({cost}-{to.at('raise')})*{of(layout.shares)}+{to.at('raise')}*{of(layout.of_rest)}"
        )
    if layout.per_head and layout.cut_before and layout.remainder:
        pool, fixed = to.at("pool_unit"), f"INDEX({layout.per_head.column(5)},{share})"
        paid = f"MIN({of(layout.per_head)},MAX({pool}-{of(layout.cut_before)},0))"
        pattern += (
            f"+IF({pool}>0,{cost}/{pool},0)*({paid}+{of(layout.remainder)}*MAX({pool}-{fixed},0))"
        )
    return pattern


def _pools(report: Report, model: Model, layout: Layout, to: _Writer, rows: list[int]) -> None:
    """The lines that share a sum per head: those of one beneficiary, place and year with the same
    share.
    """
    columns, sheet, trace = (
        layout.calculation,
        report.sheets["calculation"].sheet,
        report.book.looks["trace"],
    )
    for row in rows:
        pool = int(model.pool[row])
        first, last = model.pool_span.get(pool, (row, row))
        for name, value in (("pool", pool + 1), ("pool_first", first + 1), ("pool_last", last + 1)):
            sheet.write_number(columns.top + row, columns[name], value, trace)

    def span(name: str) -> str:
        return f"INDEX({columns.column(name)},{to.at('pool_first')}):INDEX({columns.column(name)},{to.at('pool_last')})"

    found = (
        f"SUMIFS({span('unit')},{span('pool')},{to.at('pool')},{span('share')},{to.at('share')})"
    )
    to.column("pool_unit", f"=IF({to.at('pool')}>0,{found},0)", model.pool_unit, rows=rows)


def _grants(report: Report, model: Model, layout: Layout, to: _Writer, rows: list[int]) -> None:
    """Each granter in turn pays its part of the cost that is left; the others bear what remains as
    before.
    """
    if not (model.grants and layout.granters):
        return
    columns, sheet, trace = (
        layout.calculation,
        report.sheets["calculation"].sheet,
        report.book.looks["trace"],
    )
    before: list[str] = []
    gifts: dict[str, str] = {}
    for n, (each, area) in enumerate(zip(model.grants, layout.grants, strict=True)):
        at = to.at(f"grant:{n}")
        for row in rows:
            sheet.write_number(
                columns.top + row, columns[f"grant:{n}"], int(each.at[row]) + 1, trace
            )
        gives = f"INDEX({layout.granters.column(FIRST + model.payers.index(each.payer))},{to.at('share')})"
        left = "-".join([to.at("cost"), *before])
        to.column(f"held:{n}", f"=IF({at}>0,({left})*{gives},0)", each.held, rows=rows)
        to.column(
            f"given:{n}",
            f"=IF({at}>0,{to.at(f'held:{n}')}*INDEX({area.column(15)},{at}),0)",
            each.moved,
            rows=rows,
        )
        before.append(to.at(f"given:{n}"))
        gifts[each.payer] = to.at(f"given:{n}")
    cost, given = model.cost, sum((each.moved for each in model.grants), np.zeros(len(model)))
    part = np.divide(given, cost, out=np.zeros_like(cost), where=cost > 0)
    to.column(
        "part",
        f"=IF({to.at('cost')}>0,({'+'.join(before)})/{to.at('cost')},0)",
        part,
        "share",
        rows,
    )
    for k, payer in enumerate(model.payers):
        own = to.at(f"before:{payer}")
        gift = f"+{gifts[payer]}" if payer in gifts else ""
        to.column(
            f"left:{payer}",
            f"={own}-{own}*{to.at('part')}{gift}",
            model.granted[k],
            rows=rows,
        )


def _bases(report: Report, model: Model, layout: Layout, to: _Writer, rows: list[int]) -> None:
    """The limited payer's share due, and what of it lies above the base amount and goes to
    another.
    """
    if not model.bases:
        return
    columns, sheet, trace = (
        layout.calculation,
        report.sheets["calculation"].sheet,
        report.book.looks["trace"],
    )
    limited = np.array(
        [
            model.payers.index(share.base.payer) + 1 if share.base else 0
            for share in model.rules.shares
        ],
        np.float64,
    )[model.share]
    to.column(
        "limited", f"=INDEX({layout.shares.column(4)},{to.at('share')})", limited, "trace", rows
    )
    stage = "left" if model.grants else "before"
    first, last = (to.at(f"{stage}:{model.payers[k]}") for k in (0, -1))
    to.column(
        "due",
        f"=IF({to.at('limited')}>0,INDEX({first}:{last},{to.at('limited')}),0)",
        sum((each.held for each in model.bases), np.zeros(len(model))),
        rows=rows,
    )
    kept = []
    for n, (each, area) in enumerate(zip(model.bases, layout.bases, strict=True)):
        for row in rows:
            sheet.write_number(
                columns.top + row, columns[f"base:{n}"], int(each.at[row]) + 1, trace
            )
        at = to.at(f"base:{n}")
        kept.append(
            f"IF({at}>0,IF(INDEX({area.column(17)},{at})={to.at('limited')},INDEX({area.column(15)},{at}),1),1)"
        )
    to.column(
        "above",
        f"={to.at('due')}-{to.at('due')}*{'*'.join(kept)}",
        sum((each.moved for each in model.bases), np.zeros(len(model))),
        rows=rows,
    )
