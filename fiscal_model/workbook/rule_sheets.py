"""The sheets between inputs and calculation: weights turned into shares, the share each rule picks,
base amounts and grants held against sums.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import prod
from typing import Any

import numpy as np

from fiscal_model.arrays import Floats
from fiscal_model.engine.every_reading import Share
from fiscal_model.engine.splits import chosen_readings
from fiscal_model.standard.kinds.leaf import Parameter
from fiscal_model.standard.kinds.open import LEFT_OPEN
from fiscal_model.vocabulary import Text
from fiscal_model.workbook.cap_rows import Cap
from fiscal_model.workbook.columns import BLANK, Column, Table
from fiscal_model.workbook.context import Report
from fiscal_model.workbook.live_tables import opened, written
from fiscal_model.workbook.model import CapSet, Model
from fiscal_model.workbook.parameter_sheet import (
    CODE,
    ITEM,
    NUMBER,
    PLACE,
    TIER,
    base_rows,
    parameters_of,
    share_columns,
    tier_rows,
)

FORM = "is_form"
"""The parameter that marks the shares of a form that divides by weights as others do."""


def rule_tables(report: Report) -> list[Table]:
    """Everything that follows from the weights, and which share every rule picks under the readings
    chosen.
    """
    return [_tiers(report), *_shares(report), *_parameters(report), *_marks(report), _picks(report)]


def rules(report: Report, tables: list[Table]) -> None:
    """Writes the sheet."""
    about = Text(
        "本表除小灰字的行号和 0、1 标记外全部是公式。",
        "All here are formulas, but for row numbers and marks of 0 and 1 in small grey.",
    )
    title = Text("分担规则推算", "Shares derived from the weights")
    written(report, opened(report, "rules", title, about, tables), tables)


def tier_values(model: Model) -> tuple[Floats, Floats, Floats, Floats]:
    """For every tier its part of the whole and of the rest, and the shares by payer of both."""
    rows, n = tier_rows(model), len(model.payers)
    factor, rest_factor = np.zeros(len(rows)), np.zeros(len(rows))
    share, of_rest = np.zeros((len(rows), n)), np.zeros((len(rows), n))
    for r, (_, k, tier) in enumerate(rows):
        total = sum(weight for _, weight in tier.weights) + tier.rest_weight
        if k == 1:
            factor[r] = 1.0
        else:
            above = rows[r - 1][2]
            passed = above.rest_weight / (
                sum(weight for _, weight in above.weights) + above.rest_weight
            )
            factor[r] = factor[r - 1] * passed
            rest_factor[r] = 1.0 if k == 2 else rest_factor[r - 1] * passed
        for payer, weight in tier.weights:
            share[r, model.payers.index(payer)] = weight / total * factor[r]
            of_rest[r, model.payers.index(payer)] = weight / total * rest_factor[r]
    return factor, rest_factor, share, of_rest


def raised(model: Model) -> bool:
    """Whether a raise is divided by shares of its own anywhere."""
    return any(share.rest_bears_raise for share in model.rules.shares)


def weighed(model: Model) -> tuple[str, ...]:
    """The forms of split that divide by weights, where there are several beside one another."""
    own = (share.live for share in model.rules.shares)
    forms = tuple(dict.fromkeys(live.form for live in (LEFT_OPEN.live(), *own) if live.tiers))
    return forms if len(forms) > 1 else ()


def _tiers(report: Report) -> Table:
    """The share of each payer in every division."""
    model, rows = report.model, tier_rows(report.model)
    factor, rest_factor, share, of_rest = tier_values(model)
    passed = "*{weights.weight:rest@above}/{sum@above},1)"
    columns = [
        *share_columns(report, [n for n, *_ in rows]),
        Column("tier", TIER, [k for _, k, _ in rows], "year"),
        Column(
            "sum",
            Text("权数合计", "Weights"),
            [sum(each for _, each in tier.weights) + tier.rest_weight for *_, tier in rows],
            "number",
            "=SUM({weights.weight:@same})",
        ),
        Column(
            "whole",
            Text("占全部", "Of all"),
            factor,
            "share",
            "=IF({share}={share@above},{whole@above}" + passed,
        ),
        *(
            Column(
                f"share:{payer}",
                report.label(payer),
                share[:, k],
                "share",
                "={~weights.weight:%@same}/{sum}*{whole}",
                13,
            )
            for k, payer in enumerate(model.payers)
        ),
    ]
    if raised(model):
        columns.append(
            Column(
                "part",
                Text("占其余", "of the rest"),
                rest_factor,
                "share",
                "=IF({tier}>1,IF({tier@above}>1,{part@above}" + passed + ",0)",
                13,
            )
        )
        columns += [
            Column(
                f"rest:{payer}",
                report.say(f"{name}占其余", f"{name} of the rest"),
                of_rest[:, k],
                "share",
                "={~weights.weight:%@same}/{sum}*{part}",
                13,
            )
            for k, payer in enumerate(model.payers)
            if (name := report.label(payer))
        ]
    return Table("tiers", rows, columns, Text("各层分担比例", "Shares by tier"))


def _matrix(
    report: Report,
    name: str,
    caption: Text,
    values: Any,
    look: str,
    formula: str | None = None,
    more: Sequence[Column] = (BLANK, BLANK, BLANK),
) -> Table:
    """A table with a row for every share of the workbook and a column for every payer; ``values``
    by (share, payer).
    """
    payers = report.model.payers
    found = np.array(values).reshape(-1, len(payers))
    columns = [
        *share_columns(report, range(len(report.model.rules.shares))),
        *more,
        *(
            Column(f"share:{payer}", report.label(payer), found[:, k], look, formula, 13)
            for k, payer in enumerate(payers)
        ),
    ]
    return Table(name, len(report.model.rules.shares), columns, caption)


def _by_share(of: Floats, rows: Sequence[tuple[int, int, Any]], shares: int) -> Floats:
    """Values by tier added up by share."""
    out = np.zeros((shares, of.shape[1]))
    np.add.at(out, np.array([n for n, *_ in rows], np.intp), of)
    return out


def _shares(report: Report) -> list[Table]:
    model, shares = report.model, report.model.rules.shares
    *_, of_all, of_rest = tier_values(model)
    rows = tier_rows(model)
    whole, rest = (_by_share(of, rows, len(shares)) for of in (of_all, of_rest))
    limited = [model.payers.index(each.base.payer) + 1 if each.base else 0 for each in shares]
    more = [
        Column(
            "raise",
            Text("提高部分由其余承担", "Rest bears raise"),
            [int(each.rest_bears_raise) for each in shares],
            "trace",
            width=12,
        ),
        Column("limited", Text("受基数限制的主体", "Limited payer"), limited, "trace", width=12),
        Column(
            "sum",
            Text("分担比例合计", "Sum of shares"),
            whole.sum(axis=1),
            "share",
            "=SUM({share:})",
            12,
        ),
    ]
    found = [
        _matrix(
            report,
            "shares",
            Text("各承担主体分担比例", "Shares by payer"),
            whole,
            "share",
            "=SUMIFS({~tiers.share:%},{tiers.share},{share})",
            more,
        )
    ]
    if raised(model):
        formula = "=SUMIFS({~tiers.rest:%},{tiers.share},{share})"
        caption = Text("提高部分的分担比例", "Shares of a raise")
        found.append(_matrix(report, "of_rest", caption, rest, "share", formula))
    return found


def _parameters(report: Report) -> list[Table]:
    """What the leaves share by beside their weights."""
    return [
        table
        for form, each in parameters_of(report.model)
        for table in _parameter(report, form, each)
    ]


def _parameter(report: Report, form: str, parameter: Parameter) -> Iterator[Table]:
    """The numbers of a parameter by share and payer, and the sums of those before each."""
    model, name, look = report.model, f"{form}:{parameter.name}", parameter.look
    numbers = np.zeros((len(model.rules.shares), len(model.payers)))
    before = numbers.copy()
    for n, share in enumerate(model.rules.shares):
        paid = 0.0
        for payer, value in share.values(form, parameter.name):
            at = n, model.payers.index(payer)
            numbers[at], before[at], paid = value, paid, paid + value
    if not parameter.stated:
        yield _matrix(report, name, parameter.title, numbers.astype(int), "trace")
        return

    def gathered(name: str, caption: Text, values: Floats, column: str) -> Table:
        total = Column("sum", Text("合计", "Sum"), values.sum(axis=1), look, "=SUM({share:})")
        rows = f"stated:{form}:{parameter.name}"
        formula = (
            f"=SUMIFS({{{rows}.{column}}},{{{rows}.share}},{{share}},{{{rows}.payer}},{{~@head}})"
        )
        return _matrix(report, name, caption, values, look, formula, (BLANK, BLANK, total))

    yield gathered(name, parameter.title, numbers, "value")
    if parameter.before:
        sums, caption = parameter.before
        yield gathered(f"{form}:{sums}", caption, before, "before")


def _marks(report: Report) -> list[Table]:
    """Which payer a base amount relieves and which takes the increase; which payers grant."""
    model, found = report.model, []

    def table(name: str, caption: Text, mark: Callable[[Share, str], int]) -> Table:
        values = [[mark(share, p) for p in model.payers] for share in model.rules.shares]
        return _matrix(report, name, caption, values, "trace")

    if model.bases:
        caption = Text("超基数部分：1 接收、-1 让出", "Above the base amount: 1 takes, -1 gives")
        found.append(
            table(
                "moves",
                caption,
                lambda share, p: (
                    int(bool(share.base and share.base.taker == p))
                    - int(bool(share.base and share.base.payer == p))
                ),
            )
        )
    if model.grants:
        caption = Text("给予补助者", "Who gives a grant")
        found.append(table("granters", caption, lambda share, p: int(p in share.granters)))
    for form in weighed(model):
        caption = Text(f"按权数分担的方式：{form}", f"Divides by weights as: {form}")
        own = [[int(share.live.form == form)] * len(model.payers) for share in model.rules.shares]
        found.append(_matrix(report, f"{form}:{FORM}", caption, own, "trace"))
    return found


def _picks(report: Report) -> Table:
    """For every rule the share in force: its number among the combinations of the readings it asks
    for.
    """
    model, standard = report.model, report.budget.standard
    rows, readings = model.rules.rules, model.rules.readings
    most = max([1, *(len(rule.readings) for rule in rows)])
    widest = max([*(len(rule.shares) for rule in rows)], default=1)
    force = model.rules.in_force(report.budget.program).tolist()
    chosen = chosen_readings(standard, report.budget.scenario)
    known = {code: list(standard.readings[code].options) for code in readings}
    strides = [
        [
            prod(len(known[code]) for code in rule.readings[k + 1 :])
            for k in range(len(rule.readings))
        ]
        for rule in rows
    ]
    offsets = [1 - sum(each) for each in strides]
    asked = [[readings.index(code) + 1 for code in rule.readings] for rule in rows]
    picked = [
        offset
        + sum(
            (known[code].index(chosen[code]) + 1) * stride
            for code, stride in zip(rule.readings, each, strict=True)
        )
        for rule, each, offset in zip(rows, strides, offsets, strict=True)
    ]
    terms = "".join(
        f"+INDEX({{readings.number}},{{reading:{k}}})*{{stride:{k}}}" for k in range(most)
    )

    def several(name: str, zh: str, en: str, count: int, values: Any, none: Any) -> list[Column]:
        return [
            Column(
                f"{name}:{k}",
                Text(f"{zh}{k + 1}", f"{en} {k + 1}"),
                [each[k] if k < len(each) else none for each in values],
                "trace",
                width=13,
            )
            for k in range(count)
        ]

    columns = [
        Column("rule", Text("规则号", "Rule"), range(1, len(rows) + 1), "trace", width=7),
        Column(
            "item", ITEM, [model.rules.of(n)[0].item for n in range(len(rows))], "year", width=8
        ),
        Column(
            "asked",
            Text("所依口径", "Readings asked for"),
            lambda rule: ", ".join(rule.readings),
            width=46,
        ),
        Column(
            "share",
            Text("采用分担号", "Share in force"),
            [n + 1 for n in force],
            "year",
            "=INDEX({combination:},{picked})",
        ),
        Column("offset", Text("起点", "Offset"), offsets, "trace"),
        Column("picked", Text("第几组合", "Combination"), picked, "trace", "={offset}" + terms),
        *several("reading", "口径行", "Reading", most, asked, 1),
        *several("stride", "步长", "Stride", most, strides, 0),
        *several(
            "combination",
            "组合",
            "Combination",
            widest,
            [[n + 1 for n in rule.shares] for rule in rows],
            "",
        ),
    ]
    caption = Text("规则采用的分担号", "The share each rule picks")
    return Table("picks", rows, columns, caption)


def cap_tables(report: Report) -> list[Table]:
    """Grants and base amounts: what is held against each, and what is paid."""
    model = report.model
    return [
        *(_grants(report, n, each) for n, each in enumerate(model.grants)),
        *(_bases(report, n, each) for n, each in enumerate(model.bases)),
    ]


def caps(report: Report, tables: list[Table]) -> None:
    """Writes the sheet, if there are any."""
    if not tables:
        return
    about = Text(
        "基数：实付＝（1－已退出）×应分担额与基数取小＋已退出×应分担额×退出后占应分担额。"
        "年度系数或基数为空表示不设限。合计取自计算表的起止行。退出后占比按测算时的口径。",
        "Base amount: paid is (1 - ended) of the lesser of the share due and the base, plus"
        " ended of the part of the due that remains without it (under the readings of the run)."
        " An empty factor or base is no limit.",
    )
    title = Text("基数与补助", "Base amounts and grants")
    written(report, opened(report, "caps", title, about, tables), tables)


def _cap_columns(report: Report, found: Sequence[Cap]) -> list[Column]:
    """What a row about a cap begins with."""
    labels, years = report.budget.standard.places.label, report.budget.years
    keys = [cap.key for cap in found]
    return [
        Column("no", NUMBER, range(1, len(keys) + 1), "trace", width=7),
        Column("item", ITEM, [item for item, *_ in keys], "year", width=8),
        Column("place", PLACE, [labels(code) for _, code, *_ in keys], width=24),
        Column("code", CODE, [code for _, code, *_ in keys], width=12),
        Column("year", Text("年份", "Year"), [years[y] for *_, y, _ in keys], "year", width=8),
    ]


def _held(
    found: Sequence[Cap],
    titles: tuple[Text, Text, Text],
    held: str,
    at: str,
    paid: str,
    more: str = "",
) -> list[Column]:
    """The rows of the calculation from the first to the last that one cap governs, the sum that
    they and rows elsewhere hold against it, and what is paid.
    """

    def span(name: str) -> str:
        return f"INDEX({{calculation.{name}}},{{first}}):INDEX({{calculation.{name}}},{{last}})"

    also, none = (f",{span(more)},{{payer}}", 1) if more else ("", 0)
    return [
        Column("first", Text("起行", "First"), lambda cap: cap.first + 1, "trace", width=9),
        Column("last", Text("止行", "Last"), lambda cap: cap.last + 1, "trace", width=9),
        Column(
            "elsewhere",
            Text("本表以外", "Outside this workbook"),
            lambda cap: cap.elsewhere,
            "stated_money",
            width=18,
        ),
        Column(
            "total",
            titles[0],
            lambda cap: cap.total,
            "money",
            f"=SUMIFS({span(held)},{span(at)},{{no}}{also})+{{elsewhere}}",
            18,
        ),
        Column("paid", titles[1], lambda cap: cap.paid, "money", paid, 18),
        Column(
            "part",
            titles[2],
            lambda cap: cap.part if cap.total > 0 else none,
            "share",
            f"=IF({{total}}>0,{{paid}}/{{total}},{none})",
            14,
        ),
    ]


def _grants(report: Report, n: int, each: CapSet) -> Table:
    found, rows = each.caps, report.model.inputs.grant_row
    at = [rows[cap.key[0], each.payer, cap.key[1]] + 1 for cap in found]
    columns = [
        *_cap_columns(report, found),
        Column(
            "amount",
            Text("补助金额", "Grant"),
            lambda cap: cap.amount,
            "money",
            "=INDEX({quantities.year:},{amount_row},{year_no})",
            18,
        ),
        *(Column("", width=width) for width in (14, 16, 18, 14)),
        *_held(
            found,
            (Text("补助前资金需求", "Cost before"), Text("实际补助", "Paid"), Text("占比", "Part")),
            f"held:{n}",
            f"grant:{n}",
            "=MIN({amount},{total})",
        ),
        Column("amount_row", Text("金额行", "Row of amount"), at, "trace", width=9),
        Column(
            "year_no",
            Text("年序", "Year number"),
            lambda cap: cap.key[2] + 1,
            "trace",
            width=9,
        ),
    ]
    payer = report.label(each.payer)
    caption = Text(f"{payer}补助（元）", f"Grants of {payer} (yuan)")
    return Table(f"grants:{n}", found, columns, caption)


def _bases(report: Report, n: int, each: CapSet) -> Table:
    model, found = report.model, each.caps
    terms, rows = [model.terms[cap.key] for cap in found], base_rows(model)

    def or_blank(values: Sequence[float | None]) -> list[object]:
        return ["" if value is None else value for value in values]

    supplied = "INDEX({base_sums.amount},{base_row})"
    columns = [
        *_cap_columns(report, found),
        Column(
            "amount",
            report.budget.standard.base_amount,
            or_blank([each.supplied for each in terms]),
            "money",
            f'=IF(ISNUMBER({supplied}),{supplied},"")',
            18,
        ),
        Column(
            "factor",
            Text("年度系数", "Factor"),
            or_blank([each.factor for each in terms]),
            "input_number",
            width=14,
        ),
        Column(
            "stated",
            Text("另定金额", "Amount stated"),
            or_blank([each.stated for each in terms]),
            "input_money",
            width=16,
        ),
        Column(
            "limit",
            Text("限额", "Limit"),
            lambda cap: "" if np.isinf(cap.amount) else cap.amount,
            "money",
            "=IF(ISNUMBER({stated}),{stated},"
            'IF(AND(ISNUMBER({amount}),ISNUMBER({factor})),{amount}*{factor},""))',
            18,
        ),
        Column(
            "ended",
            Text("已退出", "Ended"),
            lambda cap: cap.ended,
            "input_number",
            width=14,
        ),
        *_held(
            found,
            (
                Text("应分担额", "Share due"),
                Text("实付", "Paid"),
                Text("实付占应付", "Paid of due"),
            ),
            "due",
            f"base:{n}",
            "=(1-{ended})*IF(ISNUMBER({limit}),MIN({total},{limit}),{total})"
            "+{ended}*{by_ratio}*{total}",
            "limited",
        ),
        Column(
            "base_row",
            Text("基数行", "Row of base"),
            lambda cap: rows.index(cap.key[:2]) + 1,
            "trace",
            width=9,
        ),
        Column(
            "payer",
            Text("主体号", "Payer number"),
            [model.payers.index(each.payer) + 1] * len(found),
            "trace",
            width=9,
        ),
        Column(
            "by_ratio",
            Text("退出后占应分担额", "Of due without it"),
            lambda cap: cap.by_ratio,
            "input_number",
            width=14,
        ),
    ]
    payer = report.label(each.payer)
    title = report.budget.standard.base_amount
    caption = Text(f"{payer}以{title.zh}为限（元）", f"Base amounts of {payer} (yuan)")
    return Table(f"bases:{n}", found, columns, caption)
