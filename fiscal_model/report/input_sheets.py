"""The sheets of inputs: every number that someone may change stands here once, in a marked cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fiscal_model.engine.splits import chosen_readings
from fiscal_model.inputs.model import Supplied
from fiscal_model.report.area import Area, letters
from fiscal_model.report.context import Report
from fiscal_model.report.input_rows import Quantity, source_words
from fiscal_model.report.layout import FIRST, YEARS, Layout, base_rows, county_rows, line_rows, number_rows
from fiscal_model.report.model import Model
from fiscal_model.report.rule_rows import Share
from fiscal_model.report.sheet import Formula, Sheet
from fiscal_model.standard.rules import ReadNumber
from fiscal_model.standard.splits import Shares
from fiscal_model.standard.words import clause_words, leaf_words, payer_name
from fiscal_model.vocabulary import BASES, labelled, listed

DIGITS, TOLERANCE = "display_digits", "tolerance"
NOT_NEGATIVE = {"validate": "decimal", "criteria": ">=", "value": 0}


class Tables:
    """Writes the tables of one live sheet at the places that the layout gives them."""

    def __init__(self, report: Report, sheet: Sheet) -> None:
        self.report, self.sheet = report, sheet

    def start(self, area: Area, caption: tuple[str, str], titles: Sequence[Any]) -> None:
        """The caption and headings of a table; the present row is then its first."""
        self.sheet.row = area.top - 2
        self.sheet.cell(0, self.report.say(*caption), "label")
        self.sheet.row += 1
        self.sheet.head(titles)

    def row(self, values: Sequence[Any], looks: Sequence[str]) -> None:
        """One row of labels, inputs and formulas, as high as its longest text needs."""
        self.sheet.fitted(values, looks)

    def inputs(self, area: Area, first: int, last: int, check: dict[str, Any]) -> None:
        """What may be entered in some columns of a table."""
        self.sheet.sheet.data_validation(area.top, first, area.top + area.height - 1, last, check)


def legend(report: Report, sheet: Sheet) -> None:
    """What the colours mean."""
    keys = (("input_text", "黄底：可修改的输入", "yellow: input, may be changed"),
            ("projected_count", "绿底：推算的输入，可修改", "green: projected input, may be changed"),
            ("stated_money", "灰底：测算时的固定值", "grey: fixed at the run"),
            ("money", "无底色：公式", "plain: formula"),
            ("trace", "小灰字：行号", "small grey: row numbers"))  # fmt: skip
    column = 2
    for look, zh, en in keys:
        sheet.cell(column, report.say(zh, en), look)
        column += 1
    sheet.row += 1


def parameters(report: Report, model: Model, layout: Layout) -> None:
    """Readings, numbers that depend on them, weights, sums per head, base amounts, county shares."""
    widths = [7, 8, 46, 18, 14, 34, *[13] * max(layout.weights.width - FIRST, layout.readings.width - FIRST)]
    sheet = report.open("parameters", "测算参数", "Parameters", widths)
    sheet.line(report.say("改动黄底单元格，全部表随之重算。公式中的 10000 只是元与万元的换算。",
                          "Change a yellow cell and every table follows. 10000 in formulas only converts yuan into 10,000 yuan."))  # fmt: skip
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


TOP_ROWS = 4


def _constants(report: Report, tables: Tables, layout: Layout) -> None:
    area = layout.constants
    tables.start(
        area, ("一、显示与核对", "1. Display and checks"), ["", "", report.say("内容", "What"), "", "", "", report.say("数值", "Value")]
    )
    rows = (("显示小数位（表下“尾差”按此取整）", "digits shown (the closing difference below tables rounds to them)", 2, DIGITS),
            ("核对容差（元）", "tolerance of checks (yuan)", 0.01, TOLERANCE))  # fmt: skip
    for n, (zh, en, value, name) in enumerate(rows):
        tables.row([n + 1, "", report.say(zh, en), "", "", "", value], ["trace", "text", "text", "text", "text", "text", "input_number"])
        report.book.define(name, area.cell(n, FIRST))


def _readings(report: Report, tables: Tables, model: Model, layout: Layout) -> None:
    """One row a reading: the choice, its number, what it means, and all options."""
    area, standard = layout.readings, model.budget.standard
    options = (area.width - FIRST) // 2
    titles = [report.say("代号", "Code"), report.say("项目", "Item"), report.say("问题", "Question"), report.say("采用口径（下拉选择）", "Reading (choose)"),
              report.say("第几种", "Number"), report.say("含义", "Meaning")]  # fmt: skip
    names = [report.say(f"口径{k + 1}", f"Option {k + 1}") for k in range(options)]
    tables.start(
        area, ("二、文义口径", "2. Readings"), [*titles, *names, *(report.say(f"{name}含义", f"{name}: meaning") for name in names)]
    )
    chosen = chosen_readings(standard, model.budget.scenario)
    if not model.rules.readings:
        tables.row(["", "", report.say("无", "none"), "", 1, ""], ["text", "text", "text", "text", "year", "text"])
    for n, code in enumerate(model.rules.readings):
        reading, row = standard.readings[code], area.top + n + 1
        known = list(reading.options)
        pad = [""] * (options - len(known))
        first, last = letters(FIRST), letters(FIRST + options - 1)
        meanings = f"${letters(FIRST + options)}{row}:${letters(FIRST + 2 * options - 1)}{row}"
        meaning = reading.options[chosen[code]].to(report.lang)
        number = Formula(f"=MATCH($D{row},${first}{row}:${last}{row},0)", known.index(chosen[code]) + 1)
        values = [code, reading.item, reading.question.to(report.lang), chosen[code], number, Formula(f"=INDEX({meanings},$E{row})", meaning), *known, *pad,
                  *(text.to(report.lang) for text in reading.options.values()), *pad]  # fmt: skip
        tables.sheet.sheet.data_validation(
            tables.sheet.row, 3, tables.sheet.row, 3,
            {"validate": "list", "source": f"=${first}${row}:${letters(FIRST + len(known) - 1)}${row}"},
        )  # fmt: skip
        looks = ["year", "year", "text", "input_text", "year", "text", *["text"] * (2 * options)]
        tables.row(values, looks)
        report.book.define(f"reading_{code}", area.cell(n, 3))


def _numbers(report: Report, tables: Tables, model: Model, layout: Layout) -> None:
    """Numbers by reading. The first two rows serve lines without one: all is counted, nothing is a raise."""
    area = layout.numbers
    options = area.width - FIRST
    names = [report.say(f"口径{k + 1}", f"Option {k + 1}") for k in range(options)]
    tables.start(area, ("三、随口径而定的数", "3. Numbers that depend on a reading"), [
        report.say("行号", "Row"), report.say("项目", "Item"), report.say("内容", "What"), report.say("口径行", "Reading"), report.say("采用数", "In force"),
        report.say("依据", "Basis"), *names])  # fmt: skip
    lines = model.budget.program.lines
    fixed = (("没有规定：全部计入", "none stated: all counted", 1), ("没有规定：无提高部分", "none stated: no raise", 0))
    for n, (zh, en, value) in enumerate(fixed):
        _number_row(report, tables, model, layout, n, "", report.say(zh, en), None, [value] * options, "number")
    for n, (i, kind) in enumerate(number_rows(model)):
        number: ReadNumber = getattr(lines[i], kind)
        what = report.say("计入部分", "part counted") if kind == "counted" else report.say("提高部分（元）", "raise (yuan)")
        values = [float(value) for value in number.options.values()]
        name = f"{lines[i].name.to(report.lang)} · {what}"
        _number_row(report, tables, model, layout, n + 2, lines[i].item, name, number, values, "input_number")
    tables.inputs(area, FIRST, FIRST + options - 1, NOT_NEGATIVE)


def _number_row(
    report: Report, tables: Tables, model: Model, layout: Layout, n: int, item: object, name: str, number: ReadNumber | None,
    values: Sequence[float], look: str,
) -> None:  # fmt: skip
    area, row = layout.numbers, layout.numbers.top + n + 1
    at = model.rules.readings.index(number.reading) + 1 if number else 0
    chosen = list(number.options).index(chosen_readings(model.budget.standard, model.budget.scenario)[number.reading]) if number else 0
    pad = [""] * (area.width - FIRST - len(values))
    basis = clause_words(number.clause, report.lang) if number else ""
    whole = f"${letters(FIRST)}{row}:${letters(area.width - 1)}{row}"
    force = Formula(f"=INDEX({whole},IF($D{row}>0,INDEX({layout.readings.column(4)},$D{row}),1))", values[chosen])
    tables.row(
        [n + 1, item, name, at, force, basis, *values, *pad],
        ["trace", "year", "text", "trace", "number", "text", *[look] * (area.width - FIRST)],
    )


def share_words(share: Share, report: Report) -> str:
    """A share of the workbook in words."""
    missing = report.say("（补助未填报，其余未明确分担）", " (a grant is not supplied: the rest is unallocated)") if share.is_open else ""
    return leaf_words(share.leaf, report.lang) + missing


def share_source(share: Share, model: Model, report: Report) -> str:
    """Where a share stands: its own citation, or the entry that put it there."""
    entry = model.budget.program.rules.entries[share.source]
    return clause_words(share.clause or (entry.clause if entry else None), report.lang)


def payer_titles(model: Model, report: Report) -> list[str]:
    """The payers of the rules."""
    return [payer_name(payer, report.lang) for payer in model.payers]


def tier_rows(model: Model) -> list[tuple[int, int, Shares]]:
    """The divisions as written: the share's number, the tier from 1, and its weights."""
    return [(n, k + 1, tier) for n, share in enumerate(model.rules.shares) for k, tier in enumerate(share.tiers)]


def _weights(report: Report, tables: Tables, model: Model, layout: Layout) -> None:
    """One row a division, as written: 8:2, then the 2 as 3:7."""
    area, n = layout.weights, len(model.payers)
    titles = [report.say("分担号", "Share"), report.say("项目", "Item"), report.say("分担办法", "Split"), report.say("层次", "Tier"), "",
              report.say("依据", "Basis"), *payer_titles(model, report), report.say("其余（下一层再分）", "Rest (next tier)")]  # fmt: skip
    tables.start(area, ("四、分担权数（按原文写法，如8：2，其余再按3：7）", "4. Weights as written (8:2, then the rest by 3:7)"), titles)
    for number, k, tier in tier_rows(model):
        share = model.rules.shares[number]
        given = dict(tier.weights)
        weights = [given.get(payer, "") for payer in model.payers]
        words = share_words(share, report) if k == 1 else report.say("　其余部分", "    the rest")
        looks = ["trace", "year", "text", "year", "text", "text", *["input_number"] * (n + 1)]
        source = share_source(share, model, report) if k == 1 else ""
        tables.row([number + 1, share.item, words, k, "", source, *weights, tier.rest_weight if tier.rest else ""], looks)
    tables.inputs(area, FIRST, FIRST + n, NOT_NEGATIVE)


def _heads(report: Report, tables: Tables, model: Model, layout: Layout, area: Area) -> None:
    """Sums per head in their order; the formula beside each adds up those before it, which are paid first."""
    tables.start(area, ("五、每人每年定额（元）", "5. Yuan per head and year"), [
        report.say("分担号", "Share"), report.say("项目", "Item"), report.say("分担办法", "Split"), report.say("承担主体", "Payer"),
        report.say("在前各项之和", "Sums before"), report.say("依据", "Basis"), report.say("定额", "Yuan")])  # fmt: skip
    for number, share in enumerate(model.rules.shares):
        before = 0.0
        for payer, yuan in share.per_head.yuan if share.per_head else ():
            row, above = tables.sheet.row + 1, tables.sheet.row
            earlier = Formula(f"=IF($A{row}=$A{above},$E{above}+${letters(FIRST)}{above},0)", before)
            words, source = share_words(share, report), share_source(share, model, report)
            tables.row([number + 1, share.item, words, payer_name(payer, report.lang), earlier, source, float(yuan)],
                       ["trace", "year", "text", "text", "money", "text", "input_money"])  # fmt: skip
            before += float(yuan)
    tables.inputs(area, FIRST, FIRST, NOT_NEGATIVE)


def _base_sums(report: Report, tables: Tables, model: Model, area: Area) -> None:
    places, bases = model.budget.standard.places, model.budget.inputs.bases
    tables.start(area, ("六、2015年基数（元）", "6. 2015 base amounts (yuan)"), [
        report.say("行号", "Row"), report.say("项目", "Item"), report.say("来源", "Source"), report.say("地区编码", "Place code"), report.say("地区", "Place"),
        report.say("基数", "Amount")])  # fmt: skip
    for n, (item, code) in enumerate(base_rows(model)):
        found = bases.latest(str(item), [places.index[code]], 0)
        source = origin_words(found, report) if found else report.say("未填报", "not supplied")
        tables.row([n + 1, item, source, code, places.label(code).to(report.lang), found.value if found else ""],
                   ["trace", "year", "text", "text", "text", "input_money"])  # fmt: skip
        report.book.define(f"base_{item}_{code}", area.cell(n, 5))
    tables.inputs(area, 5, 5, NOT_NEGATIVE)


def _county_shares(report: Report, tables: Tables, model: Model, area: Area) -> None:
    places, cells = model.budget.standard.places, model.budget.inputs.county_shares
    tables.start(area, ("七、县级分担比例", "7. County shares"), [
        report.say("行号", "Row"), report.say("项目", "Item"), report.say("来源", "Source"), report.say("地区编码", "Place code"), report.say("地区", "Place"),
        report.say("县级比例", "County share")])  # fmt: skip
    for n, (series, code) in enumerate(county_rows(model)):
        found = cells.latest(series, [places.index[code]], 0)
        assert found is not None
        item: object = report.say("各项", "all") if series == "None" else int(series)
        tables.row([n + 1, item, origin_words(found, report), code, places.label(code).to(report.lang), found.value],
                   ["trace", "year", "text", "text", "text", "input_number"])  # fmt: skip
    tables.inputs(area, 5, 5, {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1})


def origin_words(found: Supplied | None, report: Report) -> str:
    """Where a supplied value comes from."""
    if found is None:
        return ""
    basis = BASES[found.basis].to(report.lang)
    said = listed([part for part in (found.source, found.note) if part], report.lang)
    return labelled(basis, said, report.lang) if said else basis


def quantities(report: Report, model: Model, layout: Layout) -> None:
    """Counts, amounts and grants, lines, yearly mean rates, unit costs, double entitlements."""
    years = model.budget.years
    widths = [7, 10, 34, 14, 22, 30, 14, *[14] * max(len(years), 5)]
    sheet = report.open("quantities", "人数与补助标准", "Counts and unit rates", widths)
    sheet.line(report.say(
        "“—”为没有数据、未测算，填数无效；年中调整的标准以全年平均数列出（各时段的折算见“逐步说明”），改动即改全年平均数。",
        "A dash is missing data and not costed: filling it has no effect. A rate that changes within a year stands as the year's mean."))  # fmt: skip
    legend(report, sheet)
    tables = Tables(report, sheet)
    heads = list(years)
    _counts(report, tables, model, layout, heads)
    _lines_table(report, tables, model, layout)
    _rate_tables(report, tables, model, layout, heads)
    if layout.overlaps:
        _overlaps(report, tables, model, layout, layout.overlaps)
    sheet.sheet.freeze_panes(TOP_ROWS, 3)


KINDS = {"count": ("人数", "count"), "amount": ("金额", "amount"), "grant": ("补助", "grant"), "net": ("核定人数", "net count")}


def _counts(report: Report, tables: Tables, model: Model, layout: Layout, heads: Sequence[int]) -> None:
    area, budget = layout.quantities, model.budget
    tables.start(area, ("一、人数、金额与补助", "1. Counts, amounts and grants"), [
        report.say("行号", "Row"), report.say("类别", "Kind"), report.say("名称", "Name"), report.say("地区编码", "Place code"), report.say("地区", "Place"),
        report.say("来源", "Source"), report.say("单位", "Unit"), *heads])  # fmt: skip
    for n, row in enumerate(model.inputs.quantities):
        name, unit = _quantity_words(report, row, model)
        label = budget.standard.places.label(row.place).to(report.lang)
        figure = "count" if row.kind in ("count", "net") else "money"
        looks = [f"{'projected' if projected else 'input'}_{figure}" for projected in row.projected.tolist()]
        values = row.values.tolist()
        if row.kind == "net":
            _net_row(tables, n, row, name, label, layout)
            continue
        tables.row([n + 1, report.say(*KINDS[row.kind]), name, row.place, label, origin_words(row.origin, report), unit, *values],
                   ["trace", "text", "text", "text", "text", "text", "text", *looks])  # fmt: skip
    tables.inputs(area, YEARS, YEARS + len(heads) - 1, NOT_NEGATIVE)


def _quantity_words(report: Report, row: Quantity, model: Model) -> tuple[str, str]:
    standard = model.budget.standard
    if row.kind == "grant":
        _, item, payer = row.series.split(":")
        return report.say(f"第{item}项 {payer_name(payer, 'zh')}补助", f"item {item}: grant of {payer_name(payer, 'en')}"), report.say(
            "元", "yuan"
        )
    if row.kind == "amount":
        line = standard.lines[row.series]
        return report.say(f"第{line.item}项 {line.name.zh}", f"item {line.item}: {line.name.en}"), report.say("元", "yuan")
    beneficiary = standard.beneficiaries[row.series]
    return beneficiary.name.to(report.lang), beneficiary.unit.to(report.lang)


def _net_row(tables: Tables, n: int, row: Quantity, name: str, label: str, layout: Layout) -> None:
    """A count less those who draw the higher of two benefits elsewhere: formulas over the counts and the double entitlements."""
    assert layout.overlaps
    sheet, area, both = tables.sheet, layout.quantities, layout.overlaps
    report, at, rows = tables.report, sheet.row + 1, tables.report.model.inputs.quantities
    counts = Area(area.sheet, area.top, area.left, next(k for k, each in enumerate(rows) if each.kind == "net"), area.width)
    first = f"SUMIFS({both.column(10)},{both.column(5)},$F{at},{both.column(3)},$D{at},{both.column(1)}"
    other = f"SUMIFS({both.column(11)},{both.column(6)},$F{at},{both.column(3)},$D{at},{both.column(1)}"
    for y, value in enumerate(row.values.tolist()):
        column = YEARS + y
        if value != value:
            sheet.cell(column, None, "count")
            continue
        head = f"{letters(column)}${area.top}"  # the year above the column
        count = f"INDEX({counts.sliding(column)},$G{at})"
        sheet.formula(column, f"={count}-MIN({count},{first},{head})+{other},{head}))", "count", value)
    sheet.cells(
        [n + 1, report.say(*KINDS["net"]), name, row.place, label, row.series, row.of + 1],
        ["trace", "text", "text", "text", "text", "text", "trace"],
    )


def _lines_table(report: Report, tables: Tables, model: Model, layout: Layout) -> None:
    """Every line: times a year, the part that counts, the raise a head and year."""
    area, lines = layout.lines, model.budget.program.lines
    tables.start(area, ("二、支出项", "2. Lines"), [
        report.say("行号", "Row"), report.say("项目", "Item"), report.say("支出项", "Line"), report.say("每年次数", "Times a year"), report.say("计入部分", "Part counted"),
        report.say("单位", "Unit"), report.say("提高部分（元/年）", "Raise (yuan a year)"), report.say("计入部分行", "Row of part"), report.say("提高部分行", "Row of raise")])  # fmt: skip
    rows = number_rows(model)
    chosen = chosen_readings(model.budget.standard, model.budget.scenario)
    for n, i in enumerate(line_rows(model)):
        line, row = lines[i], tables.sheet.row + 1
        counted_at, raised_at = (
            rows.index((i, kind)) + 3 if i >= 0 and (i, kind) in rows else default for kind, default in (("counted", 1), ("raised", 2))
        )
        counted, raised = (float(number.options[chosen[number.reading]]) if i >= 0 and number else default
                           for number, default in ((line.counted, 1.0), (line.raised, 0.0)))  # fmt: skip
        if i < 0:
            values: list[Any] = [n + 1, "", report.say("按金额填报的支出项（单位成本为1）", "lines given as amounts (unit cost 1)"), 1]
        else:
            values = [n + 1, line.item, line.name.to(report.lang), line.times]
        times, force = line.times if i >= 0 else 1, layout.numbers.column(4)
        part = Formula(f"=INDEX({force},$H{row})", counted)
        more = Formula(f"=INDEX({force},$I{row})*$D{row}", raised * times)
        tables.row([*values, part, line.per.to(report.lang) if i >= 0 else "", more, counted_at, raised_at],
                   ["trace", "year", "text", "input_number" if i >= 0 else "number", "number", "text", "number", "trace", "trace"])  # fmt: skip
        if i >= 0:
            report.book.define(f"times_{line.code}", area.cell(n, 3))
    tables.inputs(area, 3, 3, NOT_NEGATIVE)


def _rate_tables(report: Report, tables: Tables, model: Model, layout: Layout, heads: Sequence[int]) -> None:
    """The year's mean rate of every line and rate area, and the unit cost: rate × times × part counted."""
    standard, lines = model.budget.standard, model.budget.program.lines
    order = line_rows(model)
    titles = [report.say("行号", "Row"), report.say("支出项行", "Row of line"), report.say("支出项", "Line"), report.say("地区编码", "Place codes"),
              report.say("地区", "Places"), report.say("来源", "Source"), report.say("单位", "Unit"), *heads]  # fmt: skip
    tables.start(
        layout.rates, ("三、补助标准（全年平均，按同一标准的地区）", "3. Unit rates (mean of the year, by places that share one)"), titles
    )
    every = set(model.cells[1].tolist())
    named: list[list[Any]] = []
    for n, row in enumerate(model.inputs.rates):
        line = lines[row.line] if row.line >= 0 else None
        whole = {model.budget.places.index(code) for code in row.places} >= every
        codes = (
            report.say("全部", "all") if whole or not line else listed(row.places[:3], report.lang) + ("…" if len(row.places) > 3 else "")
        )
        labels = [standard.places.label(code).to(report.lang) for code in row.places[:3]]
        where = (
            report.say("各地", "all places")
            if whole or not line
            else listed(labels, report.lang) + (f"…({len(row.places)})" if len(row.places) > 3 else "")
        )
        source = listed(dict.fromkeys(source_words(each) for each in row.sources), report.lang)
        name = line.name.to(report.lang) if line else report.say("按金额填报", "given as amounts")
        named.append([n + 1, order.index(row.line) + 1, name, codes, where])
        look = "input_money" if line else "number"
        rates = row.rate.tolist()
        tables.row([*named[-1], source, line.per.to(report.lang) if line else "", *rates],
                   ["trace", "trace", "text", "text", "text", "text", "text", *[look] * len(heads)])  # fmt: skip
    tables.inputs(layout.rates, YEARS, YEARS + len(heads) - 1, NOT_NEGATIVE)
    tables.start(
        layout.units, ("四、单位成本（元/年）＝标准×次数×计入部分", "4. Unit cost (yuan a year) = rate × times × part counted"), titles
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
            tables.sheet.formula(YEARS + y, f"={rate}*INDEX({times},$B{at})*INDEX({counted},$B{at})", "money", value)
        tables.sheet.cells([*words, "", ""], ["trace", "trace", "text", "text", "text", "text", "text"])


def _overlaps(report: Report, tables: Tables, model: Model, layout: Layout, area: Area) -> None:
    """People entitled to two benefits: they leave the count of the lower; of two equal ones the first gives way."""
    budget, calc = model.budget, layout.calculation
    tables.start(area, ("五、重复享受（就高不重复）", "5. Double entitlements (the higher is drawn)"), [
        report.say("行号", "Row"), report.say("年份", "Year"), report.say("受益对象", "Beneficiaries"), report.say("地区编码", "Place code"), report.say("地区", "Place"),
        report.say("一方", "One"), report.say("另一方", "Other"), report.say("人数", "Persons"), report.say("一方标准", "Rate of one"), report.say("另一方标准", "Rate of other"),
        report.say("退出一方", "Leave the one"), report.say("退出另一方", "Leave the other")])  # fmt: skip
    for n, each in enumerate(model.inputs.overlaps):
        row = tables.sheet.row + 1
        names = listed([budget.standard.beneficiaries[code].name.to(report.lang) for code in (each.first, each.other)], report.lang)
        units = [
            Formula(f"=SUMIFS({calc.column('unit')},{calc.column('beneficiary')},${name}{row},{calc.column('code')},$D{row},{calc.column('year')},$B{row})", unit)
            for name, unit in (("F", each.first_unit), ("G", each.other_unit))
        ]  # fmt: skip
        first_leaves = each.persons if each.first_unit <= each.other_unit else 0.0
        leave = [Formula(f"=IF($I{row}<=$J{row},$H{row},0)", first_leaves), Formula(f"=$H{row}-$K{row}", each.persons - first_leaves)]
        place = budget.standard.places.label(each.place).to(report.lang)
        tables.sheet.cells([n + 1, budget.years[each.year], names, each.place, place, each.first, each.other, each.persons, *units, *leave],
                           ["trace", "year", "text", "text", "text", "text", "text", "input_count", "money", "money", "count", "count"])  # fmt: skip
    tables.inputs(area, 7, 7, NOT_NEGATIVE)
