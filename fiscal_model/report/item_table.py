"""The table of one item (测算表): a block a year, a row for each line and place, subtotals and a total."""

from __future__ import annotations

from collections.abc import Sequence

from fiscal_model.arrays import Floats
from fiscal_model.report.context import Report
from fiscal_model.report.sheet import Sheet
from fiscal_model.report.tables import MONEY, TOTAL, gathered, heads
from fiscal_model.standard.rules import Item
from fiscal_model.standard.words import item_title
from fiscal_model.vocabulary import CLASSES, joined


def item_table(report: Report, item: Item) -> None:
    """The table of one item; none when nothing of it is costed."""
    budget, lang = report.budget, report.lang
    program = budget.program
    lines = [i for i, line in enumerate(program.lines) if line.item == item.number]
    if not program.costed[lines].any():
        return  # the ledger says why
    name = report.say(f"第{item.number}项", f"Item {item.number}")
    sheet = report.sheet(
        name,
        report.say(f"{item_title(item, 'zh')}测算表", item_title(item, "en")),
        (8, 24, 30, 14, 14, *[17] * 6),
        report.say("元", "yuan"),
    )
    sheet.line(joined((CLASSES[item.responsibility].to(lang), *item.departments), lang))
    titles = [
        report.say("年份", "Year"),
        report.say("地区", "Place"),
        report.say("支出项", "Line"),
        report.say("人数", "Count"),
        report.say("补助标准（元/年）", "Rate (yuan a year)"),
    ]
    sheet.head([*titles, *heads(lang)], freeze=True)
    sums = gathered(budget, budget.amounts[:, lines])
    breaks = []
    for y, year in enumerate(budget.years):
        for p in range(len(budget.places)):
            _item_in_place(report, sheet, lines, sums[:, :, p, y], p, y)
        total = sums[..., y].sum(axis=(1, 2)) if program.costed[lines][..., y].any() else [None] * 6
        sheet.cells([year, report.say("合计", "Total"), "", "", "", *total], ["year", *["total_text"] * 4, *TOTAL])
        breaks.append(sheet.row)
    sheet.page_break_at(breaks[:-1])


def _item_in_place(report: Report, sheet: Sheet, lines: Sequence[int], sums: Floats, p: int, y: int) -> None:
    """The costed lines of an item in one place and year, and their sum where there are several."""
    budget, program = report.budget, report.budget.program
    place, year = budget.standard.places.label(budget.places[p]).to(report.lang), budget.years[y]
    shown = [(k, i) for k, i in enumerate(lines) if program.costed[i, p, y]]
    for k, i in shown:
        line = program.lines[i]
        figures = [None, None] if line.is_amount else [program.quantity[i, p, y], program.unit[i, p, y]]
        sheet.cells([year, place, line.name.to(report.lang), *figures, *sums[:, k]], ["year", "text", "text", "count", "money", *MONEY])
    if len(shown) > 1:
        sheet.cells([year, place, report.say("小计", "Subtotal"), "", "", *sums.sum(axis=1)], ["year", *["total_text"] * 4, *TOTAL])
