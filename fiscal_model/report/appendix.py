"""The sheets behind the tables: the ledger, the sources of every rule and figure, and the checks."""

from __future__ import annotations

import numpy as np

from fiscal_model.ledger import shares_words, status_words
from fiscal_model.report.context import WAN, Report
from fiscal_model.report.tables import accounts, by_item, by_prefecture
from fiscal_model.standard.words import clause_words, rate_words, split_words
from fiscal_model.vocabulary import BASES, PAYERS, labelled, listed


def ledger(report: Report) -> None:
    """Every item: whether it is costed, on what its quantity, rate and split rest, and what is unallocated, over all years."""
    budget, lang = report.budget, report.lang
    sheet = report.sheet(
        report.say("台账", "Ledger"),
        report.say("测算台账", "Ledger"),
        (8, 36, 24, 17, 17, 28, 28, 28, 36),
        listed((report.wan(), report.say("各年合计", "all years")), lang),
    )
    titles = (("项目", "Item"), ("名称", "Name"), ("状态", "Status"), ("资金需求", "Cost"), ("未明确分担", "Unallocated"), ("数量依据", "Basis of quantity"),
              ("标准依据", "Basis of rate"), ("分担依据", "Basis of split"), ("缺数据的支出项", "Lines without data"))  # fmt: skip
    sheet.head([report.say(*title) for title in titles], freeze=True)
    for entry in budget.ledger.items:
        shares = [shares_words(part, lang) for part in (entry.quantity, entry.rate, entry.split)]
        money = [entry.cost / WAN, entry.unallocated / WAN] if entry.quantity else [None, None]
        missing = listed((budget.standard.lines[code].name.to(lang) for code in entry.missing), lang)
        name = budget.standard.items[entry.item].name.to(lang)
        sheet.cells(
            [entry.item, name, status_words(entry, lang), *money, *shares, missing],
            ["year", "text", "text", "money", "money", *["text"] * 4],
        )
    sheet.row += 1
    sheet.line(report.say("各承担主体金额所依据的最弱一环", "What each payer's total rests on, by the weakest link"), "label")
    for payer, parts in budget.ledger.payers.items():
        sheet.pair(PAYERS[payer].to(lang), shares_words(parts, lang))


def sources(report: Report) -> None:
    """Every rule with its clause, and every table of the data with its methods."""
    standard, lang = report.budget.standard, report.lang
    sheet = report.sheet(report.say("来源", "Sources"), report.say("规则与数据来源", "Sources of rules and data"), (10, 34, 46, 60))
    sheet.head(
        [
            report.say("项目", "Item"),
            report.say("支出项或分担", "Line or split"),
            report.say("内容", "What it says"),
            report.say("依据", "Basis"),
        ],
        freeze=True,
    )
    for item in standard.items.values():
        for line in item.lines:
            words = [rate_words(line, rate, standard, lang) for rate in line.rates] or [report.say("另行提供", "supplied")]
            cites = [clause_words(rate.clause, lang) for rate in line.rates] or [line.note.to(lang) if line.note else ""]
            sheet.cells([str(item.number), line.name.to(lang), "\n".join(words), "\n".join(cites)], ["text"] * 4)
        sheet.cells(
            [str(item.number), report.say("分担办法", "Split"), "\n".join(split_words(item.split, standard, lang)), ""], ["text"] * 4
        )
    for each in report.budget.scenario.chain():
        for entry in each.entries:
            what = ":".join(str(part) for part in entry.target if part is not None)
            sheet.cells([each.name, what, f"{entry.at} {entry.span}", clause_words(entry.clause, lang)], ["text"] * 4)
    for name, rows in sorted(report.budget.inputs.tables.items()):
        told = dict.fromkeys(
            (BASES[rows.note(n, "basis", "user")].to(lang), rows.note(n, "source"), rows.note(n, "note")) for n in range(len(rows))
        )
        for basis, source, note in told:
            sheet.cells([report.say("数据", "Data"), name, note, labelled(basis, source, lang) if source else basis], ["text"] * 4)


def checks(report: Report) -> None:
    """Sums that must agree, warnings, and where the largest differences are."""
    budget = report.budget
    sheet = report.sheet(report.say("检查", "Checks"), report.say("检查", "Checks"), (60, 22, 22))
    sheet.head([report.say("检查内容", "Check"), report.say("差额（元）", "Difference (yuan)"), report.say("结果", "Result")], freeze=True)
    program = budget.program
    rule_cost = np.where(program.costed, program.quantity * np.nan_to_num(program.unit), 0.0)
    blocks = [(year, account) for year in budget.years for account in accounts(budget)]
    by_items = sum(float(np.nansum([sums[0] for _, sums in by_item(budget, *block)])) for block in blocks)
    by_places = sum(float(np.nansum([sums[0] for _, sums in by_prefecture(budget, *block)])) for block in blocks)
    total = float(budget.amounts.sum())
    checks = (
        (
            report.say("各承担主体之和等于资金需求（逐格最大差额）", "payers add up to cost (largest difference of a cell)"),
            float(np.abs(budget.cost - rule_cost).max(initial=0)),
        ),
        (report.say("分项目合计等于总计", "items add up to the total"), abs(by_items - total)),
        (report.say("分地区合计等于总计", "places add up to the total"), abs(by_places - total)),
        (report.say("没有负数（最小金额）", "nothing is negative (least amount)"), float(-min(budget.amounts.min(initial=0), 0))),
    )
    for what, difference in checks:
        sheet.cells(
            [what, difference, report.say("通过", "passed") if difference < 0.01 else report.say("不符", "FAILED")],
            ["text", "money", "text"],
        )
    sheet.row += 1
    sheet.line(report.say("提示", "Warnings"), "label")
    for warning in budget.warnings:
        sheet.line(warning.to(report.lang), "plain")
    if not budget.warnings:
        sheet.line(report.say("无", "none"), "plain")
