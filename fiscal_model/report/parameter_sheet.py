"""The sheet of parameters: readings, weights, sums per head, base amounts; every one stands here
once, in a marked cell.
"""

from __future__ import annotations

from collections.abc import Sequence

from fiscal_model.engine.every_reading import Share
from fiscal_model.engine.splits import chosen_readings
from fiscal_model.report.area import Area, letters
from fiscal_model.report.context import Report
from fiscal_model.report.layout import FIRST, Layout, base_rows, county_rows, number_rows
from fiscal_model.report.live_tables import (
    DIGITS,
    NOT_NEGATIVE,
    TOLERANCE,
    TOP_ROWS,
    Tables,
    legend,
    origin_words,
)
from fiscal_model.report.model import Model
from fiscal_model.report.sheet import Formula
from fiscal_model.standard.kinds.shares import Shares
from fiscal_model.standard.rules import ReadNumber
from fiscal_model.standard.words import clause_words, leaf_clause_words


def parameters(report: Report, model: Model, layout: Layout) -> None:
    """Readings, numbers that depend on them, weights, sums per head, base amounts, county
    shares.
    """
    widths = [
        7,
        8,
        46,
        18,
        14,
        34,
        *[13] * max(layout.weights.width - FIRST, layout.readings.width - FIRST),
    ]
    sheet = report.open("parameters", "测算参数", "Parameters", widths)
    sheet.line(
        report.say(
            "改动黄底单元格，全部表随之重算。公式中的 10000 只是元与万元的换算。",
            "Change a yellow cell and every table follows. 10000 in formulas only converts yuan"
            " into 10,000 yuan.",
        )
    )
    legend(report, sheet)
    tables = Tables(report, sheet)
    _constants(report, tables, layout)
    _readings(report, tables, model, layout)
    _numbers(report, tables, model, layout)
    _weights(report, tables, model, layout)
    if layout.heads:
        _heads(report, tables, model, layout, layout.heads)
    if layout.base_sums:
        _base_sums(report, tables, model, layout.base_sums)
    if layout.county_shares:
        _county_shares(report, tables, model, layout.county_shares)
    sheet.sheet.freeze_panes(TOP_ROWS, 0)


def _constants(report: Report, tables: Tables, layout: Layout) -> None:
    area = layout.constants
    tables.start(
        area,
        ("显示与核对", "Display and checks"),
        ["", "", report.say("内容", "What"), "", "", "", report.say("数值", "Value")],
    )
    rows = (
        (
            "显示小数位（表下“尾差”按此取整）",
            "digits shown (the closing difference below tables rounds to them)",
            2,
            DIGITS,
        ),
        ("核对容差（元）", "tolerance of checks (yuan)", 0.01, TOLERANCE),
    )
    for n, (zh, en, value, name) in enumerate(rows):
        tables.row(
            [n + 1, "", report.say(zh, en), "", "", "", value],
            ["trace", "text", "text", "text", "text", "text", "input_number"],
        )
        report.book.define(name, area.cell(n, FIRST))


def _readings(report: Report, tables: Tables, model: Model, layout: Layout) -> None:
    """One row a reading: the choice, its number, what it means, and all options."""
    area, standard = layout.readings, model.budget.standard
    options = (area.width - FIRST) // 2
    titles = [
        report.say("代号", "Code"),
        report.say("项目", "Item"),
        report.say("问题", "Question"),
        report.say("采用口径（下拉选择）", "Reading (choose)"),
        report.say("第几种", "Number"),
        report.say("含义", "Meaning"),
    ]
    names = [report.say(f"口径{k + 1}", f"Option {k + 1}") for k in range(options)]
    tables.start(
        area,
        ("文义口径", "Readings"),
        [*titles, *names, *(report.say(f"{name}含义", f"{name}: meaning") for name in names)],
    )
    chosen = chosen_readings(standard, model.budget.scenario)
    if not model.rules.readings:
        tables.row(
            ["", "", report.say("无", "none"), "", 1, ""],
            ["text", "text", "text", "text", "year", "text"],
        )
    for n, code in enumerate(model.rules.readings):
        reading, row = standard.readings[code], area.top + n + 1
        known = list(reading.options)
        pad = [""] * (options - len(known))
        first, last = letters(FIRST), letters(FIRST + options - 1)
        meanings = f"${letters(FIRST + options)}{row}:${letters(FIRST + 2 * options - 1)}{row}"
        meaning = reading.options[chosen[code]].to(report.lang)
        number = Formula(
            f"=MATCH($D{row},${first}{row}:${last}{row},0)", known.index(chosen[code]) + 1
        )
        values = [
            code,
            reading.item,
            reading.question.to(report.lang),
            chosen[code],
            number,
            Formula(f"=INDEX({meanings},$E{row})", meaning),
            *known,
            *pad,
            *(text.to(report.lang) for text in reading.options.values()),
            *pad,
        ]
        tables.sheet.sheet.data_validation(
            tables.sheet.row,
            3,
            tables.sheet.row,
            3,
            {
                "validate": "list",
                "source": f"=${first}${row}:${letters(FIRST + len(known) - 1)}${row}",
            },
        )
        looks = ["year", "year", "text", "input_text", "year", "text", *["text"] * (2 * options)]
        tables.row(values, looks)
        report.book.define(f"reading_{code}", area.cell(n, 3))


def _numbers(report: Report, tables: Tables, model: Model, layout: Layout) -> None:
    """Numbers by reading. The first two rows serve lines without one: all is counted, nothing is a
    raise.
    """
    area = layout.numbers
    options = area.width - FIRST
    names = [report.say(f"口径{k + 1}", f"Option {k + 1}") for k in range(options)]
    tables.start(
        area,
        ("随口径而定的数", "Numbers that depend on a reading"),
        [
            report.say("行号", "Row"),
            report.say("项目", "Item"),
            report.say("内容", "What"),
            report.say("口径行", "Reading"),
            report.say("采用数", "In force"),
            report.say("依据", "Basis"),
            *names,
        ],
    )
    lines = model.budget.program.lines
    fixed = (
        ("没有规定：全部计入", "none stated: all counted", 1),
        ("没有规定：无提高部分", "none stated: no raise", 0),
    )
    for n, (zh, en, value) in enumerate(fixed):
        _number_row(
            report,
            tables,
            model,
            layout,
            n,
            "",
            report.say(zh, en),
            None,
            [value] * options,
            "number",
        )
    for n, (i, kind) in enumerate(number_rows(model)):
        number: ReadNumber = getattr(lines[i], kind)
        what = (
            report.say("计入部分", "part counted")
            if kind == "counted"
            else report.say("提高部分（元）", "raise (yuan)")
        )
        values = [float(value) for value in number.options.values()]
        name = f"{lines[i].name.to(report.lang)} · {what}"
        _number_row(
            report,
            tables,
            model,
            layout,
            n + 2,
            lines[i].item,
            name,
            number,
            values,
            "input_number",
        )
    tables.inputs(area, FIRST, FIRST + options - 1, NOT_NEGATIVE)


def _number_row(
    report: Report,
    tables: Tables,
    model: Model,
    layout: Layout,
    n: int,
    item: object,
    name: str,
    number: ReadNumber | None,
    values: Sequence[float],
    look: str,
) -> None:
    area, row = layout.numbers, layout.numbers.top + n + 1
    at = model.rules.readings.index(number.reading) + 1 if number else 0
    chosen = (
        list(number.options).index(
            chosen_readings(model.budget.standard, model.budget.scenario)[number.reading]
        )
        if number
        else 0
    )
    pad = [""] * (area.width - FIRST - len(values))
    basis = clause_words(number.clause, report.lang) if number else ""
    whole = f"${letters(FIRST)}{row}:${letters(area.width - 1)}{row}"
    force = Formula(
        f"=INDEX({whole},IF($D{row}>0,INDEX({layout.readings.column(4)},$D{row}),1))",
        values[chosen],
    )
    tables.row(
        [n + 1, item, name, at, force, basis, *values, *pad],
        ["trace", "year", "text", "trace", "number", "text", *[look] * (area.width - FIRST)],
    )


def share_words(share: Share, report: Report) -> str:
    """A share of the workbook in words."""
    missing = (
        report.say(
            "（补助未填报，其余未明确分担）", " (a grant is not supplied: the rest is unallocated)"
        )
        if share.is_open
        else ""
    )
    return share.leaf.words(report.lang, report.budget.standard.payers) + missing


def share_source(share: Share, model: Model, report: Report) -> str:
    """Where a share stands: its own citation, or the entry that put it there."""
    entry = model.budget.program.rules.entries[share.source]
    return leaf_clause_words(share.leaf, report.lang, entry.clause if entry else None)


def payer_titles(model: Model, report: Report) -> list[str]:
    """The payers of the rules."""
    return [report.label(payer) for payer in model.payers]


def tier_rows(model: Model) -> list[tuple[int, int, Shares]]:
    """The divisions as written: the share's number, the tier from 1, and its weights."""
    return [
        (n, k + 1, tier)
        for n, share in enumerate(model.rules.shares)
        for k, tier in enumerate(share.tiers)
    ]


def _weights(report: Report, tables: Tables, model: Model, layout: Layout) -> None:
    """One row a division, as written: 8:2, then the 2 as 3:7."""
    area, n = layout.weights, len(model.payers)
    titles = [
        report.say("分担号", "Share"),
        report.say("项目", "Item"),
        report.say("分担办法", "Split"),
        report.say("层次", "Tier"),
        "",
        report.say("依据", "Basis"),
        *payer_titles(model, report),
        report.say("其余（下一层再分）", "Rest (next tier)"),
    ]
    tables.start(
        area,
        (
            "分担权数（按原文写法，如8：2，其余再按3：7）",
            "Weights as written (8:2, then the rest by 3:7)",
        ),
        titles,
    )
    for number, k, tier in tier_rows(model):
        share = model.rules.shares[number]
        given = dict(tier.weights)
        weights = [given.get(payer, "") for payer in model.payers]
        words = share_words(share, report) if k == 1 else report.say("　其余部分", "    the rest")
        looks = ["trace", "year", "text", "year", "text", "text", *["input_number"] * (n + 1)]
        source = share_source(share, model, report) if k == 1 else ""
        tables.row(
            [
                number + 1,
                share.item,
                words,
                k,
                "",
                source,
                *weights,
                tier.rest_weight if tier.rest else "",
            ],
            looks,
        )
    tables.inputs(area, FIRST, FIRST + n, NOT_NEGATIVE)


def _heads(report: Report, tables: Tables, model: Model, layout: Layout, area: Area) -> None:
    """Sums per head in their order; the formula beside each adds up those before it, which are paid
    first.
    """
    tables.start(
        area,
        ("每人每年定额（元）", "Yuan per head and year"),
        [
            report.say("分担号", "Share"),
            report.say("项目", "Item"),
            report.say("分担办法", "Split"),
            report.say("承担主体", "Payer"),
            report.say("在前各项之和", "Sums before"),
            report.say("依据", "Basis"),
            report.say("定额", "Yuan"),
        ],
    )
    for number, share in enumerate(model.rules.shares):
        before = 0.0
        for payer, yuan in share.parameter("per_head"):
            row, above = tables.sheet.row + 1, tables.sheet.row
            earlier = Formula(
                f"=IF($A{row}=$A{above},$E{above}+${letters(FIRST)}{above},0)", before
            )
            words, source = share_words(share, report), share_source(share, model, report)
            tables.row(
                [
                    number + 1,
                    share.item,
                    words,
                    report.label(payer),
                    earlier,
                    source,
                    float(yuan),
                ],
                ["trace", "year", "text", "text", "money", "text", "input_money"],
            )
            before += float(yuan)
    tables.inputs(area, FIRST, FIRST, NOT_NEGATIVE)


def _base_sums(report: Report, tables: Tables, model: Model, area: Area) -> None:
    places, bases = model.budget.standard.places, model.budget.inputs.bases
    tables.start(
        area,
        ("2015年基数（元）", "2015 base amounts (yuan)"),
        [
            report.say("行号", "Row"),
            report.say("项目", "Item"),
            report.say("来源", "Source"),
            report.say("地区编码", "Place code"),
            report.say("地区", "Place"),
            report.say("基数", "Amount"),
        ],
    )
    for n, (item, code) in enumerate(base_rows(model)):
        found = bases.latest(str(item), [places.index[code]], 0)
        source = origin_words(found, report) if found else report.say("未填报", "not supplied")
        tables.row(
            [
                n + 1,
                item,
                source,
                code,
                places.label(code).to(report.lang),
                found.value if found else "",
            ],
            ["trace", "year", "text", "text", "text", "input_money"],
        )
        report.book.define(f"base_{item}_{code}", area.cell(n, 5))
    tables.inputs(area, 5, 5, NOT_NEGATIVE)


def _county_shares(report: Report, tables: Tables, model: Model, area: Area) -> None:
    places, cells = model.budget.standard.places, model.budget.inputs.county_shares
    tables.start(
        area,
        ("县级分担比例", "County shares"),
        [
            report.say("行号", "Row"),
            report.say("项目", "Item"),
            report.say("来源", "Source"),
            report.say("地区编码", "Place code"),
            report.say("地区", "Place"),
            report.say("县级比例", "County share"),
        ],
    )
    for n, (series, code) in enumerate(county_rows(model)):
        found = cells.latest(series, [places.index[code]], 0)
        assert found is not None
        item: object = report.say("各项", "all") if series == "None" else int(series)
        tables.row(
            [
                n + 1,
                item,
                origin_words(found, report),
                code,
                places.label(code).to(report.lang),
                found.value,
            ],
            ["trace", "year", "text", "text", "text", "input_number"],
        )
    tables.inputs(
        area, 5, 5, {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1}
    )
