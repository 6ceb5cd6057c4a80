"""The calculation: one row for every costed line, place and year, from quantity and unit cost to
what each payer bears.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from fiscal_model.arrays import Floats
from fiscal_model.results.functions import FUNCTION, NO_FUNCTION, has_functions
from fiscal_model.standard.kinds.open import LEFT_OPEN
from fiscal_model.vocabulary import ACCOUNTS, Text
from fiscal_model.workbook.columns import Column, Table
from fiscal_model.workbook.context import Report
from fiscal_model.workbook.live_tables import TOP, opened
from fiscal_model.workbook.model import Model
from fiscal_model.workbook.parameter_sheet import CODE, ITEM, NUMBER, PLACE, county_rows
from fiscal_model.workbook.quantity_sheet import LINE
from fiscal_model.workbook.rule_sheets import FORM, raised, weighed
from fiscal_model.workbook.tables import NEED, columns


def calculation_table(report: Report) -> Table:
    """All columns; those behind 差额 are used by items with sums per head, base amounts, grants or a
    raise only.
    """
    model = report.model
    columns = [*_labels(report), *_money(model)]
    if model.special.any():
        columns += _special(model)
    return Table("calculation", len(model), columns)


def calculation(report: Report, table: Table) -> None:
    """Writes the sheet."""
    labels = table.at["line"] + 1
    about = Text(
        "单位：元。数量×单位成本＝资金需求；资金需求×分担比例＝各承担主体金额。"
        "右侧各列只用于有定额、基数、补助或提高部分的项目。",
        "Yuan. Count or amount × unit cost = cost; cost × share = what each payer bears. The"
        " columns on the right serve items with sums per head, base amounts, grants or a"
        " raise.",
    )
    title = Text("逐行计算", "Calculation row by row")
    sheet = opened(report, "calculation", title, about, [table], over=labels)
    sheet.sheet.fit_to_pages(3, 0)  # too wide for one page: the labels stand on each
    sheet.sheet.repeat_columns(0, labels - 1)
    sheet.row = TOP
    sheet.heading([replace(column, title="") for column in table.columns], height=6)
    sheet.heading(table.columns, labels, height=44)
    sheet.table(table)


def _trace(name: str, zh: str, en: str, values: Any, **more: Any) -> Column:
    return Column(name, Text(zh, en), values, "trace", width=6, **more)


def _labels(report: Report) -> Iterator[Column]:
    """What a row stands for and which rows it draws on: texts and row numbers."""
    model, budget = report.model, report.budget
    known, label = budget.program.lines, budget.standard.places.label
    i, p = (axis.tolist() for axis in model.cells[:2])

    def by_line(words: list[str]) -> list[str]:
        return [words[each] for each in i]

    def by_place(words: list[str]) -> list[str]:
        return [words[each] for each in p]

    names = [line.name.to(report.lang) for line in known]
    beneficiaries = [
        report.beneficiaries[line.beneficiary] if line.beneficiary else "" for line in known
    ]
    accounts = [ACCOUNTS[line.account].to(report.lang) for line in known]
    places = [label(code).to(report.lang) for code in budget.places]
    items, years = (np.array(each) for each in ([line.item for line in known], budget.years))
    above = list(budget.labels["prefecture"])
    yield _trace("no", *NUMBER, np.arange(1, len(model) + 1))
    yield Column("item", ITEM, items[model.cells[0]], "year", width=9)
    yield Column("year", Text("年份", "Year"), years[model.cells[2]], "year", width=9)
    yield Column("code", CODE, by_place(list(budget.places)), width=9)
    yield Column("place", PLACE, by_place(places), width=16)
    yield Column("prefecture", Text("所属地州", "Prefecture"), by_place(above), width=11)
    yield Column("line", LINE, by_line(names), width=30)
    yield Column("beneficiary", Text("受益对象", "Beneficiary"), by_line(beneficiaries), width=26)
    yield Column("account", Text("账目", "Account"), by_line(accounts), width=24)
    if has_functions(budget):
        functions = [name or NO_FUNCTION.to(report.lang) for name in budget.labels["function"]]
        yield Column("function", FUNCTION, by_line(functions), width=24)
    yield _trace("quantity_row", "数量行", "Row of count", model.inputs.quantity_row + 1)
    yield _trace("rate_row", "标准行", "Row of rate", model.inputs.rate_row + 1)
    yield _trace("year_no", "年序", "Year number", model.cells[2] + 1)
    yield _trace("rule", "规则号", "Rule", model.rules.rule[model.cells] + 1)


def _money(model: Model) -> Iterator[Column]:
    """Cost, shares and sums of every row."""
    yield Column(
        "quantity",
        Text("数量", "Count or amount"),
        model.quantity,
        "count",
        "=INDEX({quantities.year:},{quantity_row},{year_no})",
        14,
    )
    yield Column(
        "unit",
        Text("单位成本", "Unit cost"),
        model.unit,
        "money",
        "=INDEX({units.year:},{rate_row},{year_no})",
        12,
    )
    yield _trace(
        "share",
        "分担号",
        "Share",
        np.asarray(model.share + 1, np.float64),
        formula="=INDEX({picks.share},{rule})",
    )
    yield Column("cost", NEED, model.cost, "money", "={quantity}*{unit}", 16)
    table = model.budget.standard.payers
    for name, payers in gathered(model).items():
        title = columns(table)[name][0]
        if len(payers) == 1:
            yield _payer(model, name, title, payers[0])
        elif payers:
            formula = f"=SUM({{payer:{payers[0]}}}:{{payer:{payers[-1]}}})"
            values = sum((model.amount(each) for each in payers), np.zeros(len(model)))
            yield Column(name, title, values, "money", formula, 15)
        else:
            yield Column(name, title, np.zeros(len(model), int), "money", width=15)
    for payer in detailed(model):
        yield _payer(model, f"payer:{payer}", table[payer].name, payer)
    yield Column(
        "difference",
        Text("差额", "Difference"),
        np.zeros(len(model)),
        "money",
        "={cost}-SUM({central}:{unallocated})",
        9,
    )
    if county_rows(model):
        row = {key: n + 1 for n, key in enumerate(county_rows(model))}
        at = {cell: row[key] for cell, key in model.county_shares.items()}
        lines, places = (axis.tolist() for axis in model.cells[:2])
        found = [at.get(cell, 0) for cell in zip(lines, places, strict=True)]
        yield _trace("county_row", "县级比例行", "Row of county share", found)
        local, of = model.pooled_amount(table.pooled), table.pooled
        title = Text("地县合计", "Local, pooled")
        yield _divided(model, "pooled", title, local, _core(model, of), _after(model, of), 9)


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


def _core(model: Model, payer: str) -> str:
    """What a payer bears where shares are all there is to it."""
    return f"{{cost}}*INDEX({{shares.share:{payer}}},{{share}})"


def _after(model: Model, payer: str) -> str:
    """A payer behind grants and base amounts."""
    behind = f"{{{'left' if model.grants else 'before'}:{payer}}}"
    return (
        f"({behind}+{{above}}*INDEX({{moves.share:{payer}}},{{share}}))" if model.bases else behind
    )


def _payer(model: Model, name: str, title: Text, payer: str) -> Column:
    """What a payer bears; of the levels that a county share divides, only where there is one."""
    table, pooled = model.budget.standard.payers, bool(county_rows(model))
    of_rules, (upper, lower) = payer if payer in model.payers else table.pooled, table.divided
    if payer in table.divided and not pooled:
        return Column(name, title, np.zeros(len(model), int), "money", width=15)
    cores = (_core(model, of_rules), _after(model, of_rules))
    if pooled:
        share = "INDEX({county_shares.county},{county_row})"
        if of_rules == table.pooled:
            cores = ("{pooled}", "{pooled}")
        form = {
            table.pooled: "IF({county_row}>0,0,$)",
            upper: f"IF({{county_row}}>0,$-$*{share},0)",
            lower: f"IF({{county_row}}>0,$*{share},0)",
        }.get(payer, "$")
        cores = (form.replace("$", cores[0]), form.replace("$", cores[1]))
    return _divided(model, name, title, model.amount(payer), *cores, 15)


def _divided(
    model: Model, name: str, title: Text, values: Floats, plain: str, special: str, width: float
) -> Column:
    """A column with one formula for rows whose shares are all there is to them, and another for the
    others.
    """
    if not model.special.any():
        return Column(name, title, values, "money", f"={plain}", width)
    marks = model.special.tolist()
    formulas, looks = (f"={plain}", f"={special}"), ("money", "special_money")
    return Column(
        name, title, values, [looks[k] for k in marks], [formulas[k] for k in marks], width
    )


def _special(model: Model) -> list[Column]:
    """By rule, after grants, share due and what lies above the base amount."""
    rows, table = np.flatnonzero(model.special).tolist(), model.budget.standard.payers
    found = [
        *(_raise(model) if raised(model) else ()),
        *(_pools(model) if (model.pool >= 0).any() else ()),
        *(
            Column(
                f"before:{payer}",
                Text(f"{table[payer].name.zh}：按规则", f"{table[payer].name.en}: by rule"),
                model.due[k],
                "money",
                _by_rule(model, payer),
                15,
            )
            for k, payer in enumerate(model.payers)
        ),
        *(_grants(model) if model.grants else ()),
        *(_bases(model) if model.bases else ()),
    ]
    return [replace(each, rows=rows) for each in found]


def _raise(model: Model) -> Iterator[Column]:
    """The raise that the rest bears."""
    yield Column(
        "raise",
        Text("提高部分", "Raise"),
        model.raised,
        "money",
        "=INDEX({shares.raise},{share})*{quantity}"
        "*MIN({unit},INDEX({lines.raise},INDEX({units.line_row},{rate_row})))",
        9,
    )


def _by_rule(model: Model, payer: str) -> str:
    """The terms of all forms of split added up: a share has numbers in the tables of its own form
    and zeros in the others. Where several forms divide by weights, each is marked.
    """
    # where one row bears a raise apart, all are written as if they did
    shares = sorted(model.rules.shares, key=lambda share: share.rest_bears_raise)
    terms = {each.form: each.term for each in (LEFT_OPEN.live(), *(one.live for one in shares))}
    terms |= {form: f"{{{FORM}}}*({terms[form]})" for form in weighed(model)}
    return "=" + "+".join(_term(form, term, payer) for form, term in terms.items())


def _term(form: str, term: str, payer: str) -> str:
    """A term with the cells that its names stand for."""
    of_row = {name: f"{{{name}}}" for name in ("cost", "quantity", "unit", "raise")}
    of_row |= {"pool": "{pool_unit}"}
    tables = {"share": "shares", "of_rest": "of_rest"}

    def cell(match: re.Match[str]) -> str:
        name, whole = match.groups()
        if name in of_row:
            return of_row[name]
        table = tables.get(name, f"{form}:{name}")
        column = "sum" if whole else f"share:{payer}"
        return f"INDEX({{{'' if whole else '~'}{table}.{column}}},{{share}})"

    return re.sub(r"\{(\w+)(:sum)?\}", cell, term)


def _pools(model: Model) -> Iterator[Column]:
    """The lines that share a sum per head: those of one beneficiary, place and year with the same
    share.
    """
    pools = model.pool.tolist()
    ends = [model.pool_span.get(pool, (row, row)) for row, pool in enumerate(pools)]

    def span(name: str) -> str:
        of = f"{{calculation.{name}}}"
        return f"INDEX({of},{{pool_first}}):INDEX({of},{{pool_last}})"

    yield _trace("pool", "定额组", "Pool", model.pool + 1)
    yield _trace("pool_first", "组起行", "First", [first + 1 for first, _ in ends])
    yield _trace("pool_last", "组止行", "Last", [last + 1 for _, last in ends])
    found = f"SUMIFS({span('unit')},{span('pool')},{{pool}},{span('share')},{{share}})"
    title = Text("组单位成本", "Unit cost of pool")
    formula = f"=IF({{pool}}>0,{found},0)"
    yield Column("pool_unit", title, model.pool_unit, "money", formula, 9)


def _grants(model: Model) -> Iterator[Column]:
    """Each granter in turn pays its part of the cost that is left; the others bear what remains as
    before.
    """
    gifts = {each.payer: f"+{{given:{n}}}" for n, each in enumerate(model.grants)}
    for n, each in enumerate(model.grants):
        left = "-".join(["{cost}", *(f"{{given:{k}}}" for k in range(n))])
        gives = f"INDEX({{granters.share:{each.payer}}},{{share}})"
        formula = f"=IF({{grant:{n}}}>0,({left})*{gives},0)"
        yield _trace(f"grant:{n}", "补助行", "Row of grant", each.at + 1)
        title = Text("补助前", "Before grant")
        yield Column(f"held:{n}", title, each.held, "money", formula, 15)
        formula = f"=IF({{grant:{n}}}>0,{{held:{n}}}*INDEX({{grants:{n}.part}},{{grant:{n}}}),0)"
        yield Column(f"given:{n}", Text("补助", "Granted"), each.moved, "money", formula, 15)
    given = sum((each.moved for each in model.grants), np.zeros(len(model)))
    part = np.divide(given, model.cost, out=np.zeros_like(given), where=model.cost > 0)
    every = "+".join(f"{{given:{n}}}" for n in range(len(model.grants)))
    formula = f"=IF({{cost}}>0,({every})/{{cost}},0)"
    yield Column("part", Text("补助占比", "Part granted"), part, "share", formula, 9)
    table = model.budget.standard.payers
    for k, payer in enumerate(model.payers):
        yield Column(
            f"left:{payer}",
            Text(f"{table[payer].name.zh}：补助后", f"{table[payer].name.en}: after grants"),
            model.granted[k],
            "money",
            f"={{before:{payer}}}-{{before:{payer}}}*{{part}}{gifts.get(payer, '')}",
            15,
        )


def _bases(model: Model) -> Iterator[Column]:
    """The limited payer's share due, and what of it lies above the base amount and goes to
    another.
    """
    kept = []
    for n, each in enumerate(model.bases):
        yield _trace(f"base:{n}", "基数行", "Row of base amount", each.at + 1)
        of, at = f"bases:{n}", f"{{base:{n}}}"
        part = f"IF(INDEX({{{of}.payer}},{at})={{limited}},INDEX({{{of}.part}},{at}),1)"
        kept.append(f"IF({at}>0,{part},1)")
    shares = model.rules.shares
    limited = [model.payers.index(each.base.payer) + 1 if each.base else 0 for each in shares]
    yield _trace(
        "limited",
        "受限主体号",
        "Limited payer",
        np.array(limited, np.float64)[model.share],
        formula="=INDEX({shares.limited},{share})",
    )
    stage = "left" if model.grants else "before"
    every = f"{{{stage}:{model.payers[0]}}}:{{{stage}:{model.payers[-1]}}}"
    yield Column(
        "due",
        Text("应分担额", "Share due"),
        sum((each.held for each in model.bases), np.zeros(len(model))),
        "money",
        f"=IF({{limited}}>0,INDEX({every},{{limited}}),0)",
        9,
    )
    yield Column(
        "above",
        Text("超基数部分", "Above the base amount"),
        sum((each.moved for each in model.bases), np.zeros(len(model))),
        "money",
        f"={{due}}-{{due}}*{'*'.join(kept)}",
        9,
    )
