"""The sheets between inputs and calculation: weights turned into shares, the share each rule picks,
base amounts and grants held against sums.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from fiscal_model.arrays import Floats
from fiscal_model.engine.every_reading import Share
from fiscal_model.report.area import Area, letters
from fiscal_model.report.cap_rows import Cap
from fiscal_model.report.context import Report
from fiscal_model.report.layout import FIRST, Columns, Layout, base_rows
from fiscal_model.report.live_tables import Tables
from fiscal_model.report.model import CapSet, Model
from fiscal_model.report.parameter_sheet import payer_titles, share_words, tier_rows
from fiscal_model.report.sheet import Formula


def rules(report: Report, model: Model, layout: Layout) -> None:
    """Everything that follows from the weights, and which share every rule picks under the readings
    chosen.
    """
    widths = [
        7,
        8,
        46,
        12,
        12,
        12,
        *[13] * max(layout.tiers.width - FIRST, layout.rules.width - FIRST),
    ]
    sheet = report.open("rules", "分担规则推算", "Shares derived from the weights", widths)
    sheet.line(
        report.say(
            "本表除小灰字的行号和 0、1 标记外全部是公式。",
            "All here are formulas, but for row numbers and marks of 0 and 1 in small grey.",
        )
    )
    tables = Tables(report, sheet)
    _tiers(report, tables, model, layout)
    _shares(report, tables, model, layout)
    _heads(report, tables, model, layout)
    _marks(report, tables, model, layout)
    _picks(report, tables, model, layout)


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


def share_values(model: Model) -> tuple[Floats, Floats]:
    """The shares by payer of every share row: of the whole, and of the rest alone."""
    _, _, share, of_rest = tier_values(model)
    at = np.array([number for number, _, _ in tier_rows(model)], np.intp)
    out = np.zeros((2, len(model.rules.shares), len(model.payers)))
    np.add.at(out[0], at, share)
    np.add.at(out[1], at, of_rest)
    return out[0], out[1]


def _tiers(report: Report, tables: Tables, model: Model, layout: Layout) -> None:
    """The share of each payer in every division."""
    n, both = len(model.payers), layout.of_rest is not None
    payers = payer_titles(model, report)
    more = (
        [
            report.say("占其余", "of the rest"),
            *(report.say(f"{p}占其余", f"{p} of the rest") for p in payers),
        ]
        if both
        else []
    )
    tables.start(
        layout.tiers,
        ("各层分担比例", "Shares by tier"),
        [
            report.say("分担号", "Share"),
            report.say("项目", "Item"),
            report.say("分担办法", "Split"),
            report.say("层次", "Tier"),
            report.say("权数合计", "Weights"),
            report.say("占全部", "Of all"),
            *payers,
            *more,
        ],
    )
    factor, rest_factor, share, of_rest = tier_values(model)
    lift = layout.tiers.top - layout.weights.top
    ahead, first, rest = layout.weights.ahead, letters(FIRST), letters(FIRST + n)
    for r, (number, k, tier) in enumerate(tier_rows(model)):
        row, above = layout.tiers.top + r + 1, layout.tiers.top + r
        source = row - lift
        total = sum(weight for _, weight in tier.weights) + tier.rest_weight
        passed = f"{ahead}${rest}{source - 1}/$E{above}"
        values: list[Any] = [
            number + 1,
            model.rules.shares[number].item,
            share_words(model.rules.shares[number], report),
            k,
        ]
        values.append(Formula(f"=SUM({ahead}${first}{source}:${rest}{source})", total))
        values.append(Formula(f"=IF($A{row}=$A{above},$F{above}*{passed},1)", factor[r]))
        values += [
            Formula(f"={ahead}{letters(FIRST + p)}{source}/$E{row}*$F{row}", share[r, p])
            for p in range(n)
        ]
        looks = ["trace", "year", "text", "year", "number", "share", *["share"] * n]
        if both:
            part = letters(FIRST + n)
            values.append(
                Formula(
                    f"=IF($D{row}>1,IF($D{above}>1,${part}{above}*{passed},1),0)", rest_factor[r]
                )
            )
            values += [
                Formula(f"={ahead}{letters(FIRST + p)}{source}/$E{row}*${part}{row}", of_rest[r, p])
                for p in range(n)
            ]
            looks += ["share"] * (n + 1)
        tables.row(values, looks)


def _matrix(
    report: Report,
    tables: Tables,
    model: Model,
    area: Area,
    caption: tuple[str, str],
    titles: Sequence[str],
    cells: Callable[[int, Share], Sequence[Any]],
    looks: Sequence[str],
) -> None:
    """A table with a row for every share of the workbook."""
    head = [
        report.say("分担号", "Share"),
        report.say("项目", "Item"),
        report.say("分担办法", "Split"),
    ]
    tables.start(area, caption, [*head, *titles, *payer_titles(model, report)])
    for number, share in enumerate(model.rules.shares):
        tables.row(
            [number + 1, share.item, share_words(share, report), *cells(number, share)],
            ["trace", "year", "text", *looks],
        )


def _gather(layout: Layout, shift: int, row: int, p: int) -> str:
    tiers = layout.tiers
    return f"=SUMIFS({tiers.sliding(FIRST + p + shift)},{tiers.column(0)},$A{row})"


def _shares(report: Report, tables: Tables, model: Model, layout: Layout) -> None:
    n, area = len(model.payers), layout.shares
    whole, rest = share_values(model)

    def of_all(number: int, share: Share) -> list[Any]:
        row = area.top + number + 1
        limited = model.payers.index(share.base.payer) + 1 if share.base else 0
        total = Formula(
            f"=SUM(${letters(FIRST)}{row}:${letters(FIRST + n - 1)}{row})",
            float(whole[number].sum()),
        )
        return [
            int(share.rest_bears_raise),
            limited,
            total,
            *(Formula(_gather(layout, 0, row, p), whole[number, p]) for p in range(n)),
        ]

    titles = [
        report.say("提高部分由其余承担", "Rest bears raise"),
        report.say("受基数限制的主体", "Limited payer"),
        report.say("分担比例合计", "Sum of shares"),
    ]
    _matrix(
        report,
        tables,
        model,
        area,
        ("各承担主体分担比例", "Shares by payer"),
        titles,
        of_all,
        ["trace", "trace", "share", *["share"] * n],
    )
    if layout.of_rest:
        bottom = layout.of_rest.top

        def of_rest(number: int, share: Share) -> list[Any]:
            return [
                "",
                "",
                "",
                *(
                    Formula(_gather(layout, n + 1, bottom + number + 1, p), rest[number, p])
                    for p in range(n)
                ),
            ]

        _matrix(
            report,
            tables,
            model,
            layout.of_rest,
            ("提高部分的分担比例", "Shares of a raise"),
            ["", "", ""],
            of_rest,
            ["text"] * 3 + ["share"] * n,
        )


def _heads(report: Report, tables: Tables, model: Model, layout: Layout) -> None:
    """Sums per head by payer, what is paid before each, and who takes the remainder."""
    if not (layout.heads and layout.per_head and layout.cut_before and layout.remainder):
        return
    n, heads = len(model.payers), layout.heads
    for area, column, caption, which in (
        (layout.per_head, FIRST, ("每人定额（元）", "Yuan per head"), 0),
        (layout.cut_before, 4, ("在前各项之和（元）", "Sums paid before (yuan)"), 1),
    ):

        def cells(
            number: int, share: Share, area: Area = area, column: int = column, which: int = which
        ) -> list[Any]:
            row, values = area.top + number + 1, head_values(model, share)[which]
            found = f"{heads.column(column)},{heads.column(0)},$A{row},{heads.column(3)}"
            total = Formula(
                f"=SUM(${letters(FIRST)}{row}:${letters(FIRST + n - 1)}{row})", sum(values)
            )
            return [
                "",
                "",
                total,
                *(
                    Formula(f"=SUMIFS({found},{letters(FIRST + p)}${area.top})", values[p])
                    for p in range(n)
                ),
            ]

        _matrix(
            report,
            tables,
            model,
            area,
            caption,
            ["", "", report.say("合计", "Sum")],
            cells,
            ["text", "text", "money", *["money"] * n],
        )

    def takes(number: int, share: Share) -> list[Any]:
        return [
            "",
            "",
            "",
            *(int(payer in dict(share.parameter("remainder"))) for payer in model.payers),
        ]

    _matrix(
        report,
        tables,
        model,
        layout.remainder,
        ("承担其余部分者", "Who takes the remainder"),
        ["", "", ""],
        takes,
        ["text"] * 3 + ["trace"] * n,
    )


def head_values(model: Model, share: Share) -> tuple[list[float], list[float]]:
    """Yuan per head by payer, and what is paid before each."""
    yuan, before, paid = [0.0] * len(model.payers), [0.0] * len(model.payers), 0.0
    for payer, sum_ in share.parameter("per_head"):
        yuan[model.payers.index(payer)], before[model.payers.index(payer)] = sum_, paid
        paid += sum_
    return yuan, before


def _marks(report: Report, tables: Tables, model: Model, layout: Layout) -> None:
    """Which payer a base amount relieves and which takes the increase; which payers grant."""
    n = len(model.payers)
    if layout.moves:

        def moves(number: int, share: Share) -> list[Any]:
            base = share.base
            return [
                "",
                "",
                "",
                *(
                    int(bool(base and base.taker == p)) - int(bool(base and base.payer == p))
                    for p in model.payers
                ),
            ]

        _matrix(
            report,
            tables,
            model,
            layout.moves,
            ("超基数部分：1 接收、-1 让出", "Above the base amount: 1 takes, -1 gives"),
            ["", "", ""],
            moves,
            ["text"] * 3 + ["trace"] * n,
        )
    if layout.granters:

        def grants(number: int, share: Share) -> list[Any]:
            return ["", "", "", *(int(payer in share.granters) for payer in model.payers)]

        _matrix(
            report,
            tables,
            model,
            layout.granters,
            ("给予补助者", "Who gives a grant"),
            ["", "", ""],
            grants,
            ["text"] * 3 + ["trace"] * n,
        )


def _picks(report: Report, tables: Tables, model: Model, layout: Layout) -> None:
    """For every rule the share in force: its number among the combinations of the readings it asks
    for.
    """
    area, readings = layout.rules, model.rules.readings
    most = max([1, *(len(rule.readings) for rule in model.rules.rules)])
    widest = area.width - FIRST - 2 * most
    known = {code: list(model.budget.standard.readings[code].options) for code in readings}
    force = model.rules.in_force(model.budget.program)
    heads = [
        *(report.say(f"口径行{k + 1}", f"Reading {k + 1}") for k in range(most)),
        *(report.say(f"步长{k + 1}", f"Stride {k + 1}") for k in range(most)),
        *(report.say(f"组合{k + 1}", f"Combination {k + 1}") for k in range(widest)),
    ]
    tables.start(
        area,
        ("规则采用的分担号", "The share each rule picks"),
        [
            report.say("规则号", "Rule"),
            report.say("项目", "Item"),
            report.say("所依口径", "Readings asked for"),
            report.say("采用分担号", "Share in force"),
            report.say("起点", "Offset"),
            report.say("第几组合", "Combination"),
            *heads,
        ],
    )
    numbers = layout.readings.column(4)
    for n, rule in enumerate(model.rules.rules):
        row = area.top + n + 1
        strides: list[int] = []
        for code in reversed(rule.readings):
            strides.insert(
                0,
                int(
                    np.prod(
                        [
                            len(known[later])
                            for later in rule.readings[rule.readings.index(code) + 1 :]
                        ],
                        dtype=int,
                    )
                ),
            )
        offset = 1 - sum(strides)
        refs = [readings.index(code) + 1 for code in rule.readings]
        pad = most - len(refs)
        terms = "".join(
            f"+INDEX({numbers},${letters(FIRST + k)}{row})*${letters(FIRST + most + k)}{row}"
            for k in range(most)
        )
        first, last = letters(FIRST + 2 * most), letters(area.width - 1)
        at = (
            list(rule.shares).index(int(force[n])) + 1
            if len(rule.shares) == 1
            else _combination(model, rule.readings, known, strides, offset)
        )
        tables.row(
            [
                n + 1,
                model.rules.of(n)[0].item,
                ", ".join(rule.readings),
                Formula(f"=INDEX(${first}{row}:${last}{row},$F{row})", int(force[n]) + 1),
                offset,
                Formula(f"=$E{row}{terms}", at),
                *refs,
                *[1] * pad,
                *strides,
                *[0] * pad,
                *(number + 1 for number in rule.shares),
                *[""] * (widest - len(rule.shares)),
            ],
            ["trace", "year", "text", "year", "trace", "trace", *["trace"] * (2 * most + widest)],
        )


def _combination(
    model: Model,
    asked: Sequence[str],
    known: dict[str, list[str]],
    strides: Sequence[int],
    offset: int,
) -> int:
    standard, scenario = model.budget.standard, model.budget.scenario
    chosen = [
        known[code].index(scenario.reading(code, standard.readings[code].default)) + 1
        for code in asked
    ]
    return offset + sum(number * stride for number, stride in zip(chosen, strides, strict=True))


def caps(report: Report, model: Model, layout: Layout) -> None:
    """Grants and base amounts: what is held against each, and what is paid."""
    if not (model.grants or model.bases):
        return
    widths = [7, 8, 24, 12, 8, 18, 14, 16, 18, 14, 9, 9, 18, 18, 18, 14, 9, 9, 14]
    sheet = report.open("caps", "基数与补助", "Base amounts and grants", widths)
    sheet.line(
        report.say(
            "基数：实付＝（1－已退出）×应分担额与基数取小＋已退出×应分担额×退出后占应分担额。"
            "年度系数或基数为空表示不设限。合计取自计算表的起止行。退出后占比按测算时的口径。",
            "Base amount: paid is (1 - ended) of the lesser of the share due and the base, plus"
            " ended of the part of the due that remains without it (under the readings of the run)."
            " An empty factor or base is no limit.",
        )
    )
    tables = Tables(report, sheet)
    for n, (each, area) in enumerate(zip(model.grants, layout.grants, strict=True)):
        _grant_table(report, tables, model, layout, n, each, area)
    for n, (each, area) in enumerate(zip(model.bases, layout.bases, strict=True)):
        _base_table(report, tables, model, layout, n, each, area)


def _labels(report: Report, model: Model, n: int, cap: Cap) -> list[Any]:
    item, code, y, _ = cap.key
    return [
        n + 1,
        item,
        model.budget.standard.places.label(code).to(report.lang),
        code,
        model.budget.years[y],
    ]


HEADS = (
    ("行号", "Row"),
    ("项目", "Item"),
    ("地区", "Place"),
    ("地区编码", "Place code"),
    ("年份", "Year"),
)
ENDS = (("起行", "First"), ("止行", "Last"), ("本表以外", "Outside this workbook"))


def held_formula(calc: Columns, held: str, at: str, row: int, more: str = "") -> str:
    """The sum that the rows of one cap hold against it, over the rows from its first to its
    last.
    """

    def span(name: str) -> str:
        return f"INDEX({calc.column(name)},$K{row}):INDEX({calc.column(name)},$L{row})"

    return f"=SUMIFS({span(held)},{span(at)},$A{row}{more and f',{span(more)},$R{row}'})+$M{row}"


def _grant_table(
    report: Report, tables: Tables, model: Model, layout: Layout, n: int, each: CapSet, area: Area
) -> None:
    payer = report.label(each.payer)
    titles = [
        *HEADS,
        ("补助金额", "Grant"),
        ("", ""),
        ("", ""),
        ("", ""),
        ("", ""),
        *ENDS,
        ("补助前资金需求", "Cost before"),
        ("实际补助", "Paid"),
        ("占比", "Part"),
        ("金额行", "Row of amount"),
        ("年序", "Year number"),
    ]
    tables.start(
        area,
        (f"{payer}补助（元）", f"Grants of {payer} (yuan)"),
        [report.say(*title) for title in titles],
    )
    for g, cap in enumerate(each.caps):
        row = area.top + g + 1
        at = model.inputs.grant_row[cap.key[0], each.payer, cap.key[1]] + 1
        amount = Formula(
            f"=INDEX({layout.quantities.part(7, layout.quantities.width - 7).whole},$Q{row},$R{row})",
            cap.amount,
        )
        total = Formula(held_formula(layout.calculation, f"held:{n}", f"grant:{n}", row), cap.total)
        paid = Formula(f"=MIN($F{row},$N{row})", cap.paid)
        part = Formula(f"=IF($N{row}>0,$O{row}/$N{row},0)", cap.part)
        tables.row(
            [
                *_labels(report, model, g, cap),
                amount,
                "",
                "",
                "",
                "",
                cap.first + 1,
                cap.last + 1,
                cap.elsewhere,
                total,
                paid,
                part,
                at,
                cap.key[2] + 1,
            ],
            [
                "trace",
                "year",
                "text",
                "text",
                "year",
                "money",
                *["text"] * 4,
                "trace",
                "trace",
                "stated_money",
                "money",
                "money",
                "share",
                "trace",
                "trace",
            ],
        )


def _base_table(
    report: Report, tables: Tables, model: Model, layout: Layout, n: int, each: CapSet, area: Area
) -> None:
    assert layout.base_sums
    payer = report.label(each.payer)
    titles = [
        *HEADS,
        ("2015年基数", "2015 base amount"),
        ("年度系数", "Factor"),
        ("另定金额", "Amount stated"),
        ("限额", "Limit"),
        ("已退出", "Ended"),
        *ENDS,
        ("应分担额", "Share due"),
        ("实付", "Paid"),
        ("实付占应付", "Paid of due"),
        ("基数行", "Row of base"),
        ("主体号", "Payer number"),
        ("退出后占应分担额", "Of due without it"),
    ]
    tables.start(
        area,
        (f"{payer}以2015年基数为限（元）", f"Base amounts of {payer} (yuan)"),
        [report.say(*title) for title in titles],
    )
    rows = base_rows(model)
    for g, cap in enumerate(each.caps):
        row, terms = area.top + g + 1, model.terms[cap.key]
        base = f"INDEX({layout.base_sums.column(5)},$Q{row})"
        limit = f'=IF(ISNUMBER($H{row}),$H{row},IF(AND(ISNUMBER($F{row}),ISNUMBER($G{row})),$F{row}*$G{row},""))'
        paid = f"=(1-$J{row})*IF(ISNUMBER($I{row}),MIN($N{row},$I{row}),$N{row})+$J{row}*$S{row}*$N{row}"
        values: list[Any] = [
            *_labels(report, model, g, cap),
            Formula(
                f'=IF(ISNUMBER({base}),{base},"")', "" if terms.supplied is None else terms.supplied
            ),
            "" if terms.factor is None else terms.factor,
            "" if terms.stated is None else terms.stated,
            Formula(limit, "" if np.isinf(cap.amount) else cap.amount),
            cap.ended,
            cap.first + 1,
            cap.last + 1,
            cap.elsewhere,
            Formula(
                held_formula(layout.calculation, "due", f"base:{n}", row, "limited"), cap.total
            ),
            Formula(paid, cap.paid),
            Formula(f"=IF($N{row}>0,$O{row}/$N{row},1)", cap.part if cap.total > 0 else 1.0),
            rows.index(cap.key[:2]) + 1,
            model.payers.index(each.payer) + 1,
            cap.by_ratio,
        ]
        tables.row(
            values,
            [
                "trace",
                "year",
                "text",
                "text",
                "year",
                "money",
                "input_number",
                "input_money",
                "money",
                "input_number",
                "trace",
                "trace",
                "stated_money",
                "money",
                "money",
                "share",
                "trace",
                "trace",
                "input_number",
            ],
        )
