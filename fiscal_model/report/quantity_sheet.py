"""The sheet of counts and rates: every count, amount, grant and yearly mean rate stands here once,
in a marked cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fiscal_model.engine.splits import chosen_readings
from fiscal_model.report.area import Area, letters
from fiscal_model.report.context import Report
from fiscal_model.report.input_rows import Quantity, source_words
from fiscal_model.report.layout import YEARS, Layout, line_rows, number_rows
from fiscal_model.report.live_tables import NOT_NEGATIVE, TOP_ROWS, Tables, legend, origin_words
from fiscal_model.report.model import Model
from fiscal_model.report.sheet import Formula
from fiscal_model.vocabulary import listed


def quantities(report: Report, model: Model, layout: Layout) -> None:
    """Counts, amounts and grants, lines, yearly mean rates, unit costs, double entitlements."""
    years = model.budget.years
    widths = [7, 10, 34, 14, 22, 56, 14, *[14] * max(len(years), 5)]
    sheet = report.open("quantities", "人数与补助标准", "Counts and unit rates", widths)
    sheet.line(
        report.say(
            "“—”为没有数据、未测算，填数无效。绿底中沿用上年的随上年变动，"
            "按其他办法推算的为测算时的数。年中调整的标准以全年平均数列出（各时段的折算见命令"
            " fiscal-model explain），改动即改全年平均数。",
            "A dash is missing data and not costed: filling it has no effect. What is held (green)"
            " follows the year before, what is projected otherwise is fixed at the run. A rate that"
            " changes within a year stands as the year's mean.",
        )
    )
    legend(report, sheet)
    tables = Tables(report, sheet)
    heads = list(years)
    _counts(report, tables, model, layout, heads)
    _lines_table(report, tables, model, layout)
    _rate_tables(report, tables, model, layout, heads)
    if layout.overlaps:
        _overlaps(report, tables, model, layout, layout.overlaps)
    sheet.sheet.freeze_panes(TOP_ROWS, 3)


KINDS = {
    "count": ("人数", "count"),
    "amount": ("金额", "amount"),
    "grant": ("补助", "grant"),
    "net": ("核定人数", "net count"),
}


def _counts(
    report: Report, tables: Tables, model: Model, layout: Layout, heads: Sequence[int]
) -> None:
    area, budget = layout.quantities, model.budget
    tables.start(
        area,
        ("人数、金额与补助", "Counts, amounts and grants"),
        [
            report.say("行号", "Row"),
            report.say("类别", "Kind"),
            report.say("名称", "Name"),
            report.say("地区编码", "Place code"),
            report.say("地区", "Place"),
            report.say("来源", "Source"),
            report.say("单位", "Unit"),
            *heads,
        ],
    )
    for n, row in enumerate(model.inputs.quantities):
        name, unit = _quantity_words(report, row, model)
        label = budget.standard.places.label(row.place).to(report.lang)
        figure = "count" if row.kind in ("count", "net") else "money"
        looks = [
            f"{'projected' if projected else 'input'}_{figure}"
            for projected in row.projected.tolist()
        ]
        values: list[Any] = row.values.tolist()
        at = tables.sheet.row + 1
        values = [
            Formula(f"={letters(YEARS + y - 1)}{at}", value) if held else value
            for y, (value, held) in enumerate(zip(values, row.held.tolist(), strict=True))
        ]
        if row.kind == "net":
            _net_row(tables, n, row, name, label, layout)
            continue
        tables.row(
            [
                n + 1,
                report.say(*KINDS[row.kind]),
                name,
                row.place,
                label,
                origin_words(row.origin, report),
                unit,
                *values,
            ],
            ["trace", "text", "text", "text", "text", "text", "text", *looks],
        )
    tables.inputs(area, YEARS, YEARS + len(heads) - 1, NOT_NEGATIVE)


def _quantity_words(report: Report, row: Quantity, model: Model) -> tuple[str, str]:
    standard = model.budget.standard
    if row.kind == "grant":
        _, item, payer = row.series.split(":")
        return report.say(
            f"第{item}项 {report.label(payer)}补助",
            f"item {item}: grant of {report.label(payer)}",
        ), report.say("元", "yuan")
    if row.kind == "amount":
        line = standard.lines[row.series]
        return report.say(
            f"第{line.item}项 {line.name.zh}", f"item {line.item}: {line.name.en}"
        ), report.say("元", "yuan")
    beneficiary = standard.beneficiaries[row.series]
    return beneficiary.name.to(report.lang), beneficiary.unit.to(report.lang)


def _net_row(tables: Tables, n: int, row: Quantity, name: str, label: str, layout: Layout) -> None:
    """A count less those who draw the higher of two benefits elsewhere: formulas over the counts
    and the double entitlements.
    """
    assert layout.overlaps
    sheet, area, both = tables.sheet, layout.quantities, layout.overlaps
    report, at, rows = tables.report, sheet.row + 1, tables.report.model.inputs.quantities
    counts = Area(
        area.sheet,
        area.top,
        area.left,
        next(k for k, each in enumerate(rows) if each.kind == "net"),
        area.width,
    )
    first = (
        f"SUMIFS({both.column(10)},{both.column(5)},$F{at},{both.column(3)},$D{at},{both.column(1)}"
    )
    other = (
        f"SUMIFS({both.column(11)},{both.column(6)},$F{at},{both.column(3)},$D{at},{both.column(1)}"
    )
    for y, value in enumerate(row.values.tolist()):
        column = YEARS + y
        if value != value:
            sheet.cell(column, None, "count")
            continue
        head = f"{letters(column)}${area.top}"  # the year above the column
        count = f"INDEX({counts.sliding(column)},$G{at})"
        sheet.formula(
            column, f"={count}-MIN({count},{first},{head})+{other},{head}))", "count", value
        )
    sheet.fitted(
        [
            n + 1,
            report.say(*KINDS["net"]),
            name,
            row.place,
            label,
            report.beneficiaries[row.series],
            row.of + 1,
        ],
        ["trace", "text", "text", "text", "text", "text", "trace"],
    )


def _lines_table(report: Report, tables: Tables, model: Model, layout: Layout) -> None:
    """Every line: times a year, the part that counts, the raise a head and year."""
    area, lines = layout.lines, model.budget.program.lines
    tables.start(
        area,
        ("支出项", "Lines"),
        [
            report.say("行号", "Row"),
            report.say("项目", "Item"),
            report.say("支出项", "Line"),
            report.say("每年次数", "Times a year"),
            report.say("计入部分", "Part counted"),
            report.say("单位", "Unit"),
            report.say("提高部分（元/年）", "Raise (yuan a year)"),
            report.say("计入部分行", "Row of part"),
            report.say("提高部分行", "Row of raise"),
        ],
    )
    rows = number_rows(model)
    chosen = chosen_readings(model.budget.standard, model.budget.scenario)
    for n, i in enumerate(line_rows(model)):
        line, row = lines[i], tables.sheet.row + 1
        counted_at, raised_at = (
            rows.index((i, kind)) + 3 if i >= 0 and (i, kind) in rows else default
            for kind, default in (("counted", 1), ("raised", 2))
        )
        counted, raised = (
            float(number.options[chosen[number.reading]]) if i >= 0 and number else default
            for number, default in ((line.counted, 1.0), (line.raised, 0.0))
        )
        if i < 0:
            values: list[Any] = [
                n + 1,
                "",
                report.say(
                    "按金额填报的支出项（单位成本为1）", "lines given as amounts (unit cost 1)"
                ),
                1,
            ]
        else:
            values = [n + 1, line.item, line.name.to(report.lang), line.times]
        times, force = line.times if i >= 0 else 1, layout.numbers.column(4)
        part = Formula(f"=INDEX({force},$H{row})", counted)
        more = Formula(f"=INDEX({force},$I{row})*$D{row}", raised * times)
        tables.row(
            [
                *values,
                part,
                line.per.to(report.lang) if i >= 0 else "",
                more,
                counted_at,
                raised_at,
            ],
            [
                "trace",
                "year",
                "text",
                "input_number" if i >= 0 else "number",
                "number",
                "text",
                "number",
                "trace",
                "trace",
            ],
        )
        if i >= 0:
            report.book.define(f"times_{line.code}", area.cell(n, 3))
    tables.inputs(area, 3, 3, NOT_NEGATIVE)


def _rate_tables(
    report: Report, tables: Tables, model: Model, layout: Layout, heads: Sequence[int]
) -> None:
    """The year's mean rate of every line and rate area, and the unit cost: rate × times × part
    counted.
    """
    standard, lines = model.budget.standard, model.budget.program.lines
    order = line_rows(model)
    titles = [
        report.say("行号", "Row"),
        report.say("支出项行", "Row of line"),
        report.say("支出项", "Line"),
        report.say("地区编码", "Place codes"),
        report.say("地区", "Places"),
        report.say("来源", "Source"),
        report.say("单位", "Unit"),
        *heads,
    ]
    tables.start(
        layout.rates,
        (
            "补助标准（全年平均，按同一标准的地区）",
            "Unit rates (mean of the year, by places that share one)",
        ),
        titles,
    )
    every = set(model.cells[1].tolist())
    named: list[list[Any]] = []
    for n, row in enumerate(model.inputs.rates):
        line = lines[row.line] if row.line >= 0 else None
        whole = {model.budget.places.index(code) for code in row.places} >= every
        codes = (
            report.say("全部", "all")
            if whole or not line
            else listed(row.places[:3], report.lang) + ("…" if len(row.places) > 3 else "")
        )
        labels = [standard.places.label(code).to(report.lang) for code in row.places[:3]]
        where = (
            report.say("各地", "all places")
            if whole or not line
            else listed(labels, report.lang)
            + (f"…({len(row.places)})" if len(row.places) > 3 else "")
        )
        source = listed(
            dict.fromkeys(source_words(each, report.lang) for each in row.sources), report.lang
        )
        name = line.name.to(report.lang) if line else report.say("按金额填报", "given as amounts")
        named.append([n + 1, order.index(row.line) + 1, name, codes, where])
        look = "input_money" if line else "number"
        rates = row.rate.tolist()
        tables.row(
            [*named[-1], source, line.per.to(report.lang) if line else "", *rates],
            ["trace", "trace", "text", "text", "text", "text", "text", *[look] * len(heads)],
        )
    tables.inputs(layout.rates, YEARS, YEARS + len(heads) - 1, NOT_NEGATIVE)
    tables.start(
        layout.units,
        (
            "单位成本（元/年）＝标准×次数×计入部分",
            "Unit cost (yuan a year) = rate × times × part counted",
        ),
        titles,
    )
    lift = layout.units.top - layout.rates.top
    times, counted = layout.lines.column(3), layout.lines.column(4)
    for row, words in zip(model.inputs.rates, named, strict=True):
        at = tables.sheet.row + 1
        for y, value in enumerate(row.unit.tolist()):
            if value != value:
                tables.sheet.cell(YEARS + y, None, "money")
                continue
            rate = f"{letters(YEARS + y)}{at - lift}"
            tables.sheet.formula(
                YEARS + y, f"={rate}*INDEX({times},$B{at})*INDEX({counted},$B{at})", "money", value
            )
        tables.row([*words, "", ""], ["trace", "trace", "text", "text", "text", "text", "text"])


def _overlaps(report: Report, tables: Tables, model: Model, layout: Layout, area: Area) -> None:
    """People entitled to two benefits: they leave the count of the lower; of two equal ones the
    first gives way.
    """
    budget, calc = model.budget, layout.calculation
    tables.start(
        area,
        ("重复享受（就高不重复）", "Double entitlements (the higher is drawn)"),
        [
            report.say("行号", "Row"),
            report.say("年份", "Year"),
            report.say("受益对象", "Beneficiaries"),
            report.say("地区编码", "Place code"),
            report.say("地区", "Place"),
            report.say("一方", "One"),
            report.say("另一方", "Other"),
            report.say("人数", "Persons"),
            report.say("一方标准", "Rate of one"),
            report.say("另一方标准", "Rate of other"),
            report.say("退出一方", "Leave the one"),
            report.say("退出另一方", "Leave the other"),
        ],
    )
    for n, each in enumerate(model.inputs.overlaps):
        row = tables.sheet.row + 1
        names = [report.beneficiaries[code] for code in (each.first, each.other)]
        units = [
            Formula(
                f"=SUMIFS({calc.column('unit')},{calc.column('beneficiary')},${name}{row},{calc.column('code')},$D{row},{calc.column('year')},$B{row})",
                unit,
            )
            for name, unit in (("F", each.first_unit), ("G", each.other_unit))
        ]
        first_leaves = each.persons if each.first_unit <= each.other_unit else 0.0
        leave = [
            Formula(f"=IF($I{row}<=$J{row},$H{row},0)", first_leaves),
            Formula(f"=$H{row}-$K{row}", each.persons - first_leaves),
        ]
        place = budget.standard.places.label(each.place).to(report.lang)
        tables.row(
            [
                n + 1,
                budget.years[each.year],
                listed(names, report.lang),
                each.place,
                place,
                *names,
                each.persons,
                *units,
                *leave,
            ],
            [
                "trace",
                "year",
                "text",
                "text",
                "text",
                "text",
                "text",
                "input_count",
                "money",
                "money",
                "count",
                "count",
            ],
        )
    tables.inputs(area, 7, 7, NOT_NEGATIVE)
