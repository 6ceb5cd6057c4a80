"""The checks of a workbook: sums that must agree whatever the inputs, and whether the inputs are still those of the run."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fiscal_model.report.context import Report
from fiscal_model.report.item_table import AT, costed_items, item_sheet_name
from fiscal_model.report.layout import column_of
from fiscal_model.report.live_tables import TOLERANCE
from fiscal_model.report.sheet import Formula, Sheet
from fiscal_model.report.summaries import PART, TOTAL, account_of, accounts, shown_payers
from fiscal_model.report.tables import COLUMNS
from fiscal_model.vocabulary import ACCOUNTS

PASSED, FAILED = ("通过", "passed"), ("不符", "FAILED")
INPUTS = ("测算后的输入", "Inputs since the run")
SAME, CHANGED = ("未改动", "unchanged"), ("已改动", "changed")
MASTER, AS_RUN = "master_check", "as_run"


def checks(report: Report) -> None:
    """Sums that must agree, the engine's totals, and the warnings of the run."""
    sheet = report.open("checks", "检查", "Checks", (64, 24, 24, 22, 24))
    sheet.line(report.say("第一部分任何时候都应通过；第二部分只在输入未改动时一致，改动后显示“已改动”，属正常。",
                          "Part one must always pass; part two agrees until an input is changed, and then says 'changed'."))  # fmt: skip
    first = sheet.row + 3
    _sums(report, sheet)
    master = sheet.row
    sheet.fitted(
        [report.say("总检查", "Master check"), "", "",
         Formula(f'=IF(COUNTIF($D{first}:$D{master},"{report.say(*FAILED)}")=0,"{report.say(*PASSED)}","{report.say(*FAILED)}")', report.say(*PASSED))],
        ["total_text", "total_text", "total_text", "verdict"],
    )  # fmt: skip
    report.book.define(MASTER, f"'{sheet.name}'!$D${master + 1}")
    sheet.row += 1
    _engine(report, sheet)
    sheet.row += 1
    sheet.line(report.say("提示", "Warnings"), "label")
    for warning in report.budget.warnings:
        sheet.line(warning.to(report.lang), "plain")
    if not report.budget.warnings:
        sheet.line(report.say("无", "none"), "plain")


def _sums(report: Report, sheet: Sheet) -> None:
    """Differences in yuan that must be nothing."""
    sheet.line(report.say("一、恒等检查（公式）", "1. Sums that must agree (formulas)"), "label")
    sheet.head([report.say("检查内容", "Check"), report.say("差额（元）", "Difference (yuan)"), "", report.say("结果", "Result")])
    passed, failed = report.say(*PASSED), report.say(*FAILED)
    for words, formula in _differences(report):
        row = sheet.row + 1
        verdict = Formula(f'=IF(ABS($B{row})<={TOLERANCE},"{passed}","{failed}")', passed)
        sheet.fitted([words, Formula(f"={formula}", 0.0), "", verdict], ["text", "money", "text", "verdict"])


def _differences(report: Report) -> Iterator[tuple[str, str]]:
    """What is checked, and the formula of the difference in yuan."""
    say, calc, layout = report.say, report.layout.calculation, report.layout
    off = calc.column("difference")
    yield (
        say("逐行：各承担主体之和等于资金需求（最大差额）", "row by row: payers add up to cost (largest difference)"),
        f"MAX(MAX({off}),0-MIN({off}))",
    )
    least = ",".join(calc.column(name) for name in COLUMNS)
    yield say("没有负数（最小金额）", "nothing is negative (least amount)"), f"0-MIN(0,{least})"
    cost = f"SUM({calc.column('cost')})"
    items, places, payers = (report.areas[name] for name in ("items", "places", "payers"))
    total, part = (f'"{say(*words)}"' for words in (TOTAL, PART))
    yield (
        say("分项目表合计等于计算表", "the table by item agrees with the calculation"),
        f"SUMIFS({items.column(7)},{items.column(3)},{total})*10000-{cost}",
    )
    yield (
        say("分地区表小计等于计算表", "the table by place agrees with the calculation"),
        f"SUMIFS({places.column(5)},{places.column(4)},{part})*10000-{cost}",
    )
    sums = payers.column(payers.width - 1)
    yield (
        say("分级次分年表各主体之和等于计算表", "the table by payer agrees with the calculation"),
        f'SUMIFS({sums},{payers.column(1)},">1")*10000-{cost}',
    )
    for n, name in enumerate((say("分领域", "by domain"), say("分项目", "by item"), say("分地区", "by prefecture"))):
        found = "+".join(f"SUM({area.column(area.width - 1)})" for area in report.year_blocks[n::3])
        yield (
            say(f"多年汇总（{name}）等于计算表", f"the table over the years ({name}) agrees with the calculation"),
            f"({found})*10000-{cost}",
        )
    for number in costed_items(report.model):
        area = report.areas[f"item:{number}"]
        yield (
            say(
                f"{item_sheet_name(report, number)}合计等于计算表", f"{item_sheet_name(report, number)}: total agrees with the calculation"
            ),
            f"SUMIFS({area.column(AT)},{area.column(4)},{total})*10000-SUMIFS({calc.column('cost')},{calc.column('item')},{number_cell(report, number)})",
        )
    for area in layout.bases:
        amount = f'({area.column(13)}>0)*({area.column(5)}="")*({area.column(6)}<>"")*({area.column(7)}="")'
        yield (
            say("用到的2015年基数都已填报（缺少个数）", "every base amount that is used is supplied (number missing)"),
            f"SUMPRODUCT({amount})",
        )


def number_cell(report: Report, number: int) -> str:
    """The cell of the calculation that holds an item's number."""
    first = next(span[0] for (item, *rest), span in report.model.spans.items() if item == number and len(rest) == 1)
    calc = report.layout.calculation
    return f"'{calc.sheet}'!$B${calc.top + first + 1}"


def _engine(report: Report, sheet: Sheet) -> None:
    """The engine's totals by account and payer beside the live ones."""
    sheet.line(report.say("二、与测算结果核对（灰底为测算时的固定值）", "2. Against the run (grey: fixed at the run)"), "label")
    sheet.head([report.say("账目与承担主体", "Account and payer"), report.say("测算结果（元）", "At the run (yuan)"), report.say("现值（元，公式）", "Now (yuan, formula)"),
                report.say("差额（元）", "Difference (yuan)"), report.say("账目", "Account")])  # fmt: skip
    calc, model, at = report.layout.calculation, report.model, account_of(report)
    first = sheet.row + 1
    for account in accounts(report):
        rows, label = at == list(ACCOUNTS).index(account), ACCOUNTS[account].to(report.lang)
        for payer in shown_payers(report, account):
            row, total = sheet.row + 1, float(np.sum(model.amount(payer)[rows]))
            live = Formula(f"=SUMIFS({calc.column(column_of(model, payer))},{calc.column('account')},$E{row})", total)
            sheet.fitted([f"{label} · {report.label(payer)}", total, live, Formula(f"=$C{row}-$B{row}", 0.0), label],
                        ["text", "stated_money", "money", "money", "text"])  # fmt: skip
    last = sheet.row
    same, changed = report.say(*SAME), report.say(*CHANGED)
    verdict = Formula(f'=IF(MAX(MAX($D{first}:$D{last}),0-MIN($D{first}:$D{last}))<={TOLERANCE},"{same}","{changed}")', same)
    sheet.fitted(
        [report.say(*INPUTS), "", "", verdict, ""],
        ["total_text", "total_text", "total_text", "verdict", "text"],
    )
    report.book.define(AS_RUN, f"'{sheet.name}'!$D${sheet.row}")
