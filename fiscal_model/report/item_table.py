"""The table of one item (测算表): a block a year, in it the total, the prefectures and, folded
below them, counties and lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from fiscal_model.arrays import Floats
from fiscal_model.report.area import Area, letters
from fiscal_model.report.context import Report
from fiscal_model.report.live_tables import DIGITS
from fiscal_model.report.model import Model
from fiscal_model.report.pages import Quantity
from fiscal_model.report.rounding import closing
from fiscal_model.report.sheet import Formula, Sheet
from fiscal_model.report.tables import COLUMNS, grouped_heads
from fiscal_model.standard.rules import Item
from fiscal_model.standard.words import department_names, item_title
from fiscal_model.vocabulary import ACCOUNTS, CLASSES, joined

AT = 8
"""The first column of money; before it stand the rows of the calculation, year, place, line, count
and rate.
"""
TOTAL, PART, PLACE, LINE = range(4)
LOOKS = {TOTAL: "total", PART: "part", PLACE: "", LINE: ""}


@dataclass(frozen=True)
class Row:
    """One printed row: what it sums, from the first to the last row of the calculation, and how
    deep it is folded.
    """

    kind: int
    first: int
    last: int
    code: str
    line: str
    level: int


def costed_items(model: Model) -> list[int]:
    """The items with a row in the calculation."""
    lines = model.budget.program.lines
    return sorted({lines[i].item for i in set(model.cells[0].tolist())})


def item_sheet_name(report: Report, number: int) -> str:
    """The name of the sheet of an item."""
    return report.say(f"第{number}项", f"Item {number}")


def item_table(report: Report, item: Item) -> None:
    """The table of one item, an account at a time."""
    budget, lang = report.budget, report.lang
    sheet = report.sheet(
        item_sheet_name(report, item.number),
        report.say(f"{item_title(item, 'zh')}测算表", item_title(item, "en")),
        (6, 6, 7, 9, 22, 30, 13, 13, *[16] * 6),
        report.wan(),
    )
    sheet.line(
        joined(
            (
                CLASSES[item.responsibility].to(lang),
                department_names(report.budget.standard, item.departments).to(lang),
            ),
            lang,
        )
    )
    titles = [
        ("起行", "From row"),
        ("止行", "To row"),
        ("年份", "Year"),
        ("地区编码", "Place code"),
        ("地区", "Place"),
        ("支出项", "Line"),
        ("人数", "Count"),
        ("补助标准（元/年）", "Rate (yuan a year)"),
    ]
    sheet.grouped_head(
        [
            *(report.say(*title) for title in titles),
            *grouped_heads(report.budget.standard.payers, lang),
        ],
        columns=6,
    )
    sheet.fold(0, 1)
    sheet.sheet.outline_settings(symbols_below=False)
    breaks: list[int] = []
    top = sheet.row
    accounts = [account for account in ACCOUNTS if (item.number, account) in report.model.spans]
    for account in accounts:
        if len(accounts) > 1:
            sheet.line(ACCOUNTS[account].to(lang), "label")
        for y in range(len(budget.years)):
            _year(report, sheet, item.number, account, y)
            breaks.append(sheet.row)
    report.pages.complete(f"item:{item.number}", "item", "prefecture", item=item.number)
    report.pages.complete(
        f"item:{item.number}", "item", "line", "prefecture", "place", item=item.number
    )
    report.areas[f"item:{item.number}"] = Area(sheet.name, top, 0, sheet.row - top, AT + 6)
    sheet.signature()
    sheet.page_break_at(breaks[:-1])


def _rows(model: Model, item: int, account: str, y: int) -> Iterator[Row]:
    """The rows of one year, from the total down."""
    key = (item, account, y)
    first, last = model.spans[key]
    yield Row(TOTAL, first, last, "", "", 0)
    prefectures = model.budget.labels["prefecture"]
    lines = model.budget.program.lines
    before: tuple[str, int] = ("", -1)
    for row in range(first, last + 1):
        p = int(model.cells[1][row])
        code, prefecture = model.budget.places[p], prefectures[p]
        if prefecture != before[0]:
            yield Row(PART, *model.spans[(*key, prefecture)], prefecture, "", 0)
        if p != before[1] and code != prefecture:
            yield Row(PLACE, *model.spans[(*key, prefecture, p)], code, "", 1)
        yield Row(
            LINE, row, row, code, lines[model.cells[0][row]].code, 1 if code == prefecture else 2
        )
        before = prefecture, p


def _year(report: Report, sheet: Sheet, item: int, account: str, y: int) -> None:
    """The block of one year; a year in which nothing is costed has dashes."""
    model, year = report.model, report.budget.years[y]
    total = report.say("合计", "Total")
    if (item, account, y) not in model.spans:
        sheet.cells(
            ["", "", year, "", total, "", "", "", *[None] * 6],
            ["trace", "trace", "total_year", *["total_text"] * 5, *["total_money"] * 6],
        )
        return
    rows = list(_rows(model, item, account, y))
    shown = np.array(
        [
            (
                report.money.at(account, y, "item", item)
                if row.kind == TOTAL
                else report.money.at(account, y, "row", row.first, row.last)
            )
            for row in rows
        ]
    )
    top = sheet.row
    for row, figures in zip(rows, shown, strict=True):
        report.pages.money(f"item:{item}", sheet, AT, _quantity(model, item, account, y, row))
        _row(report, sheet, row, year, total, figures)
    _closing(report, sheet, top, rows, shown)


def _quantity(model: Model, item: int, account: str, y: int, row: Row) -> Quantity:
    """What a row is a sum of."""
    whole = Quantity(account, y, item=item)
    line, place, _ = (int(axis[row.first]) for axis in model.cells)
    prefecture = model.budget.labels["prefecture"][place]
    if row.kind == TOTAL:
        return whole
    if row.kind == PART:
        return replace(whole, prefecture=prefecture)
    return replace(
        whole, prefecture=prefecture, place=place, line=line if row.kind == LINE else None
    )


def _row(report: Report, sheet: Sheet, row: Row, year: int, total: str, figures: Floats) -> None:
    model, calc, at = report.model, report.layout.calculation, sheet.row + 1
    place = (
        total
        if row.kind == TOTAL
        else report.budget.standard.places.label(row.code).to(report.lang)
    )
    names = {PART: report.say("小计", "Subtotal"), PLACE: report.say("其中", "of which")}
    line = report.budget.standard.lines[row.line] if row.line else None
    counts: list[object] = ["", ""]
    if line and not line.is_amount:
        found = ((calc.column("quantity"), model.quantity), (calc.column("unit"), model.unit))
        counts = [
            Formula(f"=INDEX({column},$A{at})", float(values[row.first]))
            for column, values in found
        ]
    name = line.name.to(report.lang) if line else names.get(row.kind, "")
    money = [
        Formula(f"=SUM(INDEX({column},$A{at}):INDEX({column},$B{at}))/10000", value)
        for column, value in zip(_columns(report), figures.tolist(), strict=True)
    ]
    look = LOOKS[row.kind]
    text, figure, when = (f"{look}_{kind}" if look else kind for kind in ("text", "money", "year"))
    if row.level:
        sheet.outline(row.level)
    sheet.fitted(
        [row.first + 1, row.last + 1, year, row.code, place, name, *counts, *money],
        [
            "trace",
            "trace",
            when if row.kind == TOTAL else "year",
            text,
            text,
            text,
            "count",
            "rate",
            *[figure] * 6,
        ],
    )


def _columns(report: Report) -> list[str]:
    """The money columns of the calculation, cost first."""
    calc = report.layout.calculation
    return [calc.sliding(name) for name in ("cost", *COLUMNS)]


def _closing(report: Report, sheet: Sheet, top: int, rows: Sequence[Row], shown: Floats) -> None:
    """What display rounding leaves between the total and the prefectures below it."""
    part = report.say("小计", "Subtotal")
    first, last = top + 2, top + len(rows)
    parts = [n for n, row in enumerate(rows) if row.kind == PART]
    cells = []
    for k, left in enumerate(closing(shown[0], shown[parts], report.decimals).tolist()):
        column = letters(AT + k)
        rest = f'SUMPRODUCT(($F{first}:$F{last}="{part}")*ROUND({column}{first}:{column}{last},{DIGITS}))'
        cells.append(Formula(f"=ROUND({column}{top + 1},{DIGITS})-{rest}", left))
    words = report.say(
        "尾差（合计与小计分别取整）", "closing difference (total and subtotals rounded)"
    )
    sheet.cells(
        ["", "", "", "", words, "", "", "", *cells],
        ["trace", "trace", *["closing_text"] * 6, *["closing_money"] * 6],
    )
