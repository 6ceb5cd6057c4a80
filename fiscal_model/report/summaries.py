"""Totals by payer and year, by item, by place, and several scenarios side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from fiscal_model.arrays import Floats
from fiscal_model.budget import Budget
from fiscal_model.report.context import WAN, Report
from fiscal_model.report.sheet import Sheet
from fiscal_model.report.tables import MONEY, SHOWN_ALWAYS, TOTAL, accounts, by_item, by_prefecture, column_sums, gathered, heads, summed
from fiscal_model.standard.words import item_title
from fiscal_model.vocabulary import ACCOUNTS, PAYERS


def scenarios(report: Report, budgets: Sequence[Budget]) -> None:
    """Totals of several scenarios, an account at a time."""
    sheet = report.sheet(
        report.say("情景对比", "Scenarios"), report.say("各情景合计", "Totals by scenario"), (30, 18, 8, *[16] * 6), report.wan()
    )
    sheet.head(
        [report.say("情景", "Scenario"), report.say("账目", "Account"), report.say("年份", "Year"), *heads(report.lang)], freeze=True
    )
    for budget in budgets:
        labels, table = budget.total("payer", "account", "year")
        sums = gathered(budget, table)
        for a, account in enumerate(labels[1]):
            for y, year in enumerate(labels[2]):
                cells = [budget.scenario.title.to(report.lang), ACCOUNTS[account].to(report.lang), year, *sums[:, a, y] / WAN]
                sheet.cells(cells, ["text", "text", "year", *MONEY])


def payers_by_year(report: Report) -> None:
    """One block an account: insurance funds never stand in one total with the levels."""
    labels, table = report.budget.total("payer", "account", "year")
    years = labels[2]
    sheet = report.sheet(
        report.say("分级次分年", "By payer"),
        report.say("各承担主体分年测算表", "Cost by payer and year"),
        (24, *[15] * len(years)),
        report.wan(),
    )
    sheet.head([report.say("承担主体", "Payer"), *map(str, years)], freeze=True)
    for a, account in enumerate(labels[1]):
        block = table[:, a]
        if np.isnan(block).all():
            continue
        sheet.line(ACCOUNTS[account].to(report.lang), "label")
        for i, payer in enumerate(labels[0]):
            if np.nansum(block[i]) or (account == "general" and payer in SHOWN_ALWAYS):
                sheet.cells([PAYERS[payer].to(report.lang), *block[i] / WAN], ["text", *["money"] * len(years)])
        sheet.cells([report.say("合计", "Total"), *column_sums(block) / WAN], ["total_text", *["total_money"] * len(years)])


def items(report: Report) -> None:
    """Every item in every year; what is not costed shows a dash."""
    sheet = report.sheet(report.say("分项目", "By item"), report.say("分项目测算表", "Cost by item"), (8, 44, *[16] * 6), report.wan())
    sheet.head([report.say("年份", "Year"), report.say("服务项目", "Item"), *heads(report.lang)], freeze=True)
    _blocks(report, sheet, by_item, lambda number: item_title(report.budget.standard.items[number], report.lang))


def prefectures(report: Report) -> None:
    """Every prefecture in every year."""
    sheet = report.sheet(
        report.say("分地区", "By place"), report.say("分地区测算表", "Cost by prefecture"), (8, 30, *[16] * 6), report.wan()
    )
    sheet.head([report.say("年份", "Year"), report.say("地区", "Place"), *heads(report.lang)], freeze=True)
    _blocks(report, sheet, by_prefecture, lambda code: report.budget.standard.places.label(code).to(report.lang))


def _blocks(
    report: Report,
    sheet: Sheet,
    rows_of: Callable[[Budget, int, str], list[tuple[Any, Floats]]],
    name_of: Callable[[Any], str],
) -> None:
    """A printed page a year, on it a block an account."""
    breaks = []
    for year in report.budget.years:
        for account in accounts(report.budget):
            rows = rows_of(report.budget, year, account)
            for label, sums in rows:
                sheet.cells([year, name_of(label), *sums / WAN], ["year", "text", *MONEY])
            total = report.say(f"合计（{ACCOUNTS[account].zh}）", f"Total ({ACCOUNTS[account].en})")
            sheet.cells([year, total, *summed([sums for _, sums in rows]) / WAN], ["year", "total_text", *TOTAL])
        breaks.append(sheet.row)
    sheet.page_break_at(breaks[:-1])
