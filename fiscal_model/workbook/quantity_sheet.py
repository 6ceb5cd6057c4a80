"""The sheet of counts and rates: every count, amount, grant and yearly mean rate stands here once,
in a marked cell.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from fiscal_model.engine.splits import chosen_readings
from fiscal_model.vocabulary import Text, listed
from fiscal_model.workbook.columns import Column, Table
from fiscal_model.workbook.context import Report
from fiscal_model.workbook.input_rows import Quantity, RateRow, source_words
from fiscal_model.workbook.live_tables import (
    NOT_NEGATIVE,
    TOP_ROWS,
    legend,
    opened,
    origin_words,
    written,
)
from fiscal_model.workbook.parameter_sheet import CODE, ITEM, NUMBER, PLACE, line_rows, number_rows

SOURCE, UNIT, LINE = Text("来源", "Source"), Text("单位", "Unit"), Text("支出项", "Line")
KINDS = {
    "count": Text("人数", "count"),
    "amount": Text("金额", "amount"),
    "grant": Text("补助", "grant"),
    "net": Text("核定人数", "net count"),
}
YUAN = Text("元", "yuan")


def quantity_tables(report: Report) -> list[Table]:
    """Counts, amounts and grants, lines, yearly mean rates, unit costs, double entitlements."""
    return [_counts(report), _lines(report), *_rates(report), _overlaps(report)]


def quantities(report: Report, tables: list[Table]) -> None:
    """Writes the sheet."""
    about = Text(
        "“—”为没有数据、未测算，填数无效。绿底中沿用上年的随上年变动，"
        "按其他办法推算的为测算时的数。年中调整的标准以全年平均数列出（各时段的折算见命令"
        " fiscal-model explain），改动即改全年平均数。",
        "A dash is missing data and not costed: filling it has no effect. What is held (green)"
        " follows the year before, what is projected otherwise is fixed at the run. A rate that"
        " changes within a year stands as the year's mean.",
    )
    title = Text("人数与补助标准", "Counts and unit rates")
    sheet = opened(report, "quantities", title, about, tables)
    legend(report, sheet)
    written(report, sheet, tables)
    sheet.sheet.freeze_panes(TOP_ROWS, tables[0].at["code"])


def _counts(report: Report) -> Table:
    """Every series and place. A net count is one less those who draw the higher of two benefits
    elsewhere: formulas over the counts and the double entitlements.
    """
    budget, rows = report.budget, report.model.inputs.quantities
    net = [row.kind == "net" for row in rows]
    words = [_quantity_words(report, row) for row in rows]
    both = "{overlaps.%s},{overlaps.%s},{source},{overlaps.code},{code},{overlaps.year},{~@head}"
    less = "=INDEX({~counts.year:%},{unit})-MIN(INDEX({~counts.year:%},{unit}),SUMIFS("
    less += both % ("leave_one", "one") + ")+SUMIFS(" + both % ("leave_other", "other") + "))"
    columns = [
        Column("no", NUMBER, range(1, len(rows) + 1), "trace", width=7),
        Column("kind", Text("类别", "Kind"), lambda row: KINDS[row.kind], width=10),
        Column("name", Text("名称", "Name"), [name for name, _ in words], width=34),
        Column("code", CODE, lambda row: row.place, width=14),
        Column("place", PLACE, lambda r: budget.standard.places.label(r.place), width=22),
        Column(
            "source",
            SOURCE,
            lambda row: (
                report.beneficiaries[row.series]
                if row.kind == "net"
                else origin_words(row.origin, report)
            ),
            width=56,
        ),
        Column(
            "unit",
            UNIT,
            [
                row.of + 1 if row.kind == "net" else unit
                for row, (_, unit) in zip(rows, words, strict=True)
            ],
            ["trace" if each else "text" for each in net],
            width=14,
        ),
    ]
    columns += [
        Column(
            f"year:{year}",
            year,
            np.array([row.values[y] for row in rows]),
            [_look(row, y) for row in rows],
            [
                less if row.kind == "net" else f"={{~year:{year - 1}}}" if row.held[y] else None
                for row in rows
            ],
            14,
            check=NOT_NEGATIVE,
        )
        for y, year in enumerate(budget.years)
    ]
    table = Table(
        "quantities", rows, columns, Text("人数、金额与补助", "Counts, amounts and grants")
    )
    if any(net):
        table.first_rows = {"counts": net.index(True)}
    return table


def _look(row: Quantity, y: int) -> str:
    if row.kind == "net":
        return "count"
    figure = "count" if row.kind == "count" else "money"
    return f"{'projected' if row.projected[y] else 'input'}_{figure}"


def _quantity_words(report: Report, row: Quantity) -> tuple[Text, Text]:
    standard = report.budget.standard
    if row.kind == "grant":
        _, item, payer = row.series.split(":")
        name = standard.payers[payer].name
        return Text(f"第{item}项 {name.zh}补助", f"item {item}: grant of {name.en}"), YUAN
    if row.kind == "amount":
        line = standard.lines[row.series]
        return Text(f"第{line.item}项 {line.name.zh}", f"item {line.item}: {line.name.en}"), YUAN
    beneficiary = standard.beneficiaries[row.series]
    return beneficiary.name, beneficiary.unit


def _lines(report: Report) -> Table:
    """Every line: times a year, the part that counts, the raise a head and year."""
    order = line_rows(report.model)
    known, rows = report.budget.program.lines, number_rows(report.model)
    chosen = chosen_readings(report.budget.standard, report.budget.scenario)
    lines = [known[i] if i >= 0 else None for i in order]
    amounts = Text("按金额填报的支出项（单位成本为1）", "lines given as amounts (unit cost 1)")

    def at(kind: str, none: int) -> list[int]:
        return [rows.index((i, kind)) + 3 if (i, kind) in rows else none for i in order]

    def force(kind: str, none: float) -> list[float]:
        numbers = [getattr(line, kind) if line else None for line in lines]
        return [float(n.options[chosen[n.reading]]) if n else none for n in numbers]

    times = [line.times if line else 1 for line in lines]
    raises = [each * n for each, n in zip(force("raised", 0.0), times, strict=True)]
    columns = [
        Column("no", NUMBER, range(1, len(order) + 1), "trace"),
        Column("item", ITEM, lambda line: line.item if line else "", "year"),
        Column("line", LINE, lambda line: line.name if line else amounts),
        Column(
            "times",
            Text("每年次数", "Times a year"),
            times,
            ["input_number" if line else "number" for line in lines],
            check=NOT_NEGATIVE,
            names=[f"times_{line.code}" if line else "" for line in lines],
        ),
        Column(
            "counted",
            Text("计入部分", "Part counted"),
            force("counted", 1.0),
            "number",
            "=INDEX({numbers.force},{part_row})",
        ),
        Column("unit", UNIT, lambda line: line.per if line else ""),
        Column(
            "raise",
            Text("提高部分（元/年）", "Raise (yuan a year)"),
            raises,
            "number",
            "=INDEX({numbers.force},{raise_row})*{times}",
        ),
        Column("part_row", Text("计入部分行", "Row of part"), at("counted", 1), "trace"),
        Column("raise_row", Text("提高部分行", "Row of raise"), at("raised", 2), "trace"),
    ]
    return Table("lines", lines, columns, Text("支出项", "Lines"))


def _rates(report: Report) -> list[Table]:
    """The year's mean rate of every line and rate area, and the unit cost: rate × times × part
    counted.
    """
    model, rows, years = report.model, report.model.inputs.rates, report.budget.years
    order, known = line_rows(model), report.budget.program.lines
    lines = [known[row.line] if row.line >= 0 else None for row in rows]
    amounts = Text("按金额填报", "given as amounts")
    where = [_where(report, row) for row in rows]
    sources = [
        listed(dict.fromkeys(source_words(each, report.lang) for each in row.sources), report.lang)
        for row in rows
    ]
    named = [
        Column("no", NUMBER, range(1, len(rows) + 1), "trace"),
        Column(
            "line_row",
            Text("支出项行", "Row of line"),
            [order.index(row.line) + 1 for row in rows],
            "trace",
        ),
        Column("line", LINE, [line.name if line else amounts for line in lines]),
        Column("codes", Text("地区编码", "Place codes"), [codes for codes, _ in where]),
        Column("places", Text("地区", "Places"), [places for _, places in where]),
    ]

    def by_year(values: str, look: Any, **more: Any) -> list[Column]:
        found = [getattr(row, values) for row in rows]
        return [
            Column(f"year:{year}", year, np.array([each[y] for each in found]), look, **more)
            for y, year in enumerate(years)
        ]

    rates = [
        *named,
        Column("source", SOURCE, sources),
        Column("unit", UNIT, [line.per if line else "" for line in lines]),
        *by_year(
            "rate", ["input_money" if line else "number" for line in lines], check=NOT_NEGATIVE
        ),
    ]
    formula = (
        "={~rates.year:%@same}*INDEX({lines.times},{line_row})*INDEX({lines.counted},{line_row})"
    )
    units = [
        *named,
        Column("source", SOURCE),
        Column("unit", UNIT),
        *by_year("unit", "money", formula=formula),
    ]
    captions = (
        Text(
            "补助标准（全年平均，按同一标准的地区）",
            "Unit rates (mean of the year, by places that share one)",
        ),
        Text(
            "单位成本（元/年）＝标准×次数×计入部分",
            "Unit cost (yuan a year) = rate × times × part counted",
        ),
    )
    return [
        Table("rates", len(rows), rates, captions[0]),
        Table("units", len(rows), units, captions[1]),
    ]


def _where(report: Report, row: RateRow) -> tuple[str | Text, str | Text]:
    """The codes and names of the places that share a rate, three of them when they are many."""
    index, every = report.budget.places.index, set(report.model.cells[1].tolist())
    if row.line < 0 or {index(code) for code in row.places} >= every:
        return Text("全部", "all"), Text("各地", "all places")
    labels = report.budget.standard.places.label
    more = len(row.places) > 3
    names = [labels(code).to(report.lang) for code in row.places[:3]]
    return (
        listed(row.places[:3], report.lang) + "…" * more,
        listed(names, report.lang) + f"…({len(row.places)})" * more,
    )


def _overlaps(report: Report) -> Table:
    """People entitled to two benefits: they leave the count of the lower; of two equal ones the
    first gives way.
    """
    rows, label = report.model.inputs.overlaps, report.budget.standard.places.label
    names = report.beneficiaries
    leaving = [each.persons if each.first_unit <= each.other_unit else 0.0 for each in rows]
    unit = "=SUMIFS({calculation.unit},{calculation.beneficiary},{%s},{calculation.code},{code},"
    unit += "{calculation.year},{year})"
    columns = [
        Column("no", NUMBER, range(1, len(rows) + 1), "trace"),
        Column("year", Text("年份", "Year"), lambda r: report.budget.years[r.year], "year"),
        Column(
            "both",
            Text("受益对象", "Beneficiaries"),
            lambda r: listed((names[r.first], names[r.other]), report.lang),
        ),
        Column("code", CODE, lambda each: each.place),
        Column("place", PLACE, lambda each: label(each.place)),
        Column("one", Text("一方", "One"), lambda each: names[each.first]),
        Column("other", Text("另一方", "Other"), lambda each: names[each.other]),
        Column(
            "persons",
            Text("人数", "Persons"),
            lambda each: each.persons,
            "input_count",
            width=14,
            check=NOT_NEGATIVE,
        ),
        Column(
            "unit_one",
            Text("一方标准", "Rate of one"),
            lambda each: each.first_unit,
            "money",
            unit % "one",
            14,
        ),
        Column(
            "unit_other",
            Text("另一方标准", "Rate of other"),
            lambda each: each.other_unit,
            "money",
            unit % "other",
            14,
        ),
        Column(
            "leave_one",
            Text("退出一方", "Leave the one"),
            leaving,
            "count",
            "=IF({unit_one}<={unit_other},{persons},0)",
            14,
        ),
        Column(
            "leave_other",
            Text("退出另一方", "Leave the other"),
            [each.persons - left for each, left in zip(rows, leaving, strict=True)],
            "count",
            "={persons}-{leave_one}",
            14,
        ),
    ]
    return Table(
        "overlaps",
        rows,
        columns,
        Text("重复享受（就高不重复）", "Double entitlements (the higher is drawn)"),
        optional=True,
    )
