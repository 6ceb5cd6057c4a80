"""The table of one item (测算表): a block a year, in it the total, the prefectures and, folded
below them, counties and lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from fiscal_model.arrays import Floats
from fiscal_model.standard.rules import Item
from fiscal_model.standard.words import department_names, item_title
from fiscal_model.vocabulary import ACCOUNTS, CLASSES, Text, joined
from fiscal_model.workbook.columns import Column
from fiscal_model.workbook.context import Report
from fiscal_model.workbook.model import Model
from fiscal_model.workbook.pages import Quantity
from fiscal_model.workbook.summaries import (
    CODE,
    FIRST,
    LAST,
    MONEY,
    PART,
    PLACE,
    TOTAL,
    WHERE,
    YEAR,
    Line,
    closing_line,
    ends,
    table_of,
)

OWN = Text("", "")
"""The kind of the row of one line."""
STYLES = {TOTAL: "total", PART: "part", PLACE: "", OWN: ""}
LEFT = Text("尾差（合计与小计分别取整）", "closing difference (total and subtotals rounded)")


@dataclass(frozen=True)
class Row:
    """One printed row: what it sums, from the first to the last row of the calculation, and how
    deep it is folded.
    """

    kind: Text
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
    budget, lines, breaks, name = report.budget, list[Line](), list[int](), f"item:{item.number}"
    accounts = [account for account in ACCOUNTS if (item.number, account) in report.model.spans]
    for account in accounts:
        if len(accounts) > 1:
            lines.append(Line("line", account, [""] * len(MONEY), None, key=ACCOUNTS[account]))
        for y in range(len(budget.years)):
            lines += _year(report, item.number, account, y, len(lines))
            breaks.append(len(lines))
    known, label = budget.standard.lines, budget.standard.places.label
    costed = [known[code] if (code := _code(line)[1]) else None for line in lines]
    counted = [bool(line and not line.is_amount) for line in costed]
    dashes = ["text" if line.style == "total" and not line.span else "count" for line in lines]

    def of_line(name: str, title: Text, values: Floats, looks: list[str]) -> Column:
        found = [
            float(values[line.span[0]]) if known and line.span else ""
            for line, known in zip(lines, counted, strict=True)
        ]
        formula = f"=INDEX({{calculation.{name}}},{{first}})"
        return Column(name, title, found, looks, [formula if c else None for c in counted], 13)

    columns = [
        Column(
            "first",
            FIRST,
            [
                line.key if line.style == "line" else end
                for line, end in zip(lines, ends(lines, 0), strict=True)
            ],
            "trace",
            width=6,
            folded=True,
        ),
        Column("last", LAST, ends(lines, 1), "trace", width=6, folded=True),
        Column(
            "year",
            YEAR,
            lambda line: budget.years[line.y],
            "year",
            width=7,
        ),
        Column("code", CODE, lambda line: _code(line)[0], width=9),
        Column("place", WHERE, lambda line: _place(line, label), width=22),
        Column(
            "line",
            Text("支出项", "Line"),
            [
                found.name if found else line.kind if line.kind in (PART, PLACE) else ""
                for found, line in zip(costed, lines, strict=True)
            ],
            width=30,
        ),
        of_line("quantity", Text("人数", "Count"), report.model.quantity, dashes),
        of_line(
            "unit",
            Text("补助标准（元/年）", "Rate (yuan a year)"),
            report.model.unit,
            ["rate" if each == "count" else each for each in dashes],
        ),
    ]
    table = table_of(report, name, lines, "place", columns)
    title = Text(f"{item_title(item, 'zh')}测算表", item_title(item, "en"))
    about = joined(
        (
            CLASSES[item.responsibility].to(report.lang),
            department_names(budget.standard, item.departments).to(report.lang),
        ),
        report.lang,
    )
    sheet = report.printed(
        item_sheet_name(report, item.number), title, table, table.at["quantity"], [about]
    )
    sheet.sheet.outline_settings(symbols_below=False)
    report.pages.money(table, [line.quantity for line in lines])
    report.pages.complete(name, "item", "prefecture", item=item.number)
    report.pages.complete(name, "item", "line", "prefecture", "place", item=item.number)
    sheet.page_break_at([table.top + each for each in breaks[:-1]])


def _code(line: Line) -> tuple[str, str]:
    """The codes of the place and the line that a row is of, where it is of any."""
    return (line.key[0], line.key[1]) if line.style in ("part", "") else ("", "")


def _place(line: Line, label: Callable[[str], Text]) -> Text | str:
    if line.style in ("part", ""):
        return label(line.key[0])
    return TOTAL


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
            OWN, row, row, code, lines[model.cells[0][row]].code, 1 if code == prefecture else 2
        )
        before = prefecture, p


def _year(report: Report, item: int, account: str, y: int, top: int) -> Iterator[Line]:
    """The block of one year, from row ``top`` on; a year in which nothing is costed has dashes."""
    model = report.model
    if (item, account, y) not in model.spans:
        yield Line("total", account, [None] * len(MONEY), None, y)
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
    for row, figures in zip(rows, shown.tolist(), strict=True):
        yield Line(
            STYLES[row.kind],
            account,
            figures,
            "=SUM(INDEX({~calculation.%},{first}):INDEX({~calculation.%},{last}))/10000",
            y,
            (row.code, row.line),
            row.kind,
            _quantity(model, item, account, y, row),
            row.level,
            (row.first, row.last),
        )
    parts = [n for n, row in enumerate(rows) if row.kind == PART]
    only = f'({{line@first}}:{{line@last}}="{report.say(*PART)}")*'
    marks = top, top + 1, top + len(rows) - 1
    left = closing_line(report, account, shown[0], shown[parts], marks, only)
    yield replace(left, key=report.say(*LEFT))


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
        whole, prefecture=prefecture, place=place, line=line if row.kind == OWN else None
    )
