"""The cover: scenario, data, totals, what is unallocated or not costed, the basis and the readings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fiscal_model.budget import Budget
from fiscal_model.ledger import STATUS
from fiscal_model.report.context import WAN, Report
from fiscal_model.report.sheet import Sheet
from fiscal_model.report.tables import SHOWN_ALWAYS, accounts, by_item, column_sums
from fiscal_model.standard.words import item_title
from fiscal_model.vocabulary import ACCOUNTS, BASES, PAYERS, joined, listed

MOST_GAPS = 30


def cover(report: Report, others: Sequence[Budget]) -> None:
    budget, lang = report.budget, report.lang
    sheet = report.book.sheet(
        report.say("封面", "Cover"),
        report.say("基本公共服务支出责任测算", "Cost sharing of basic public services"),
        (22, 24, 24, 24, 24),
        report.note,
    )
    sheet.sheet.fit_to_pages(1, 1)
    if report.note:
        sheet.line(
            report.say("注意：本表使用内置示例数据。各项人数、金额、基数多为假设，只用于演示，不得作为实际预算。",
                     "Note: made from the embedded illustrative data. Most counts, amounts and base amounts are assumptions for show, not a budget."),
            "warning", 30)  # fmt: skip
    chain = " → ".join(f"{each.title.to(lang)} ({each.name})" for each in budget.scenario.chain())
    provenance = budget.provenance
    sheet.pair(report.say("标准文件", "Standard"), f"{budget.standard.title.to(lang)}  {budget.standard.document}")
    sheet.pair(report.say("情景", "Scenario"), chain)
    for other in others:
        sheet.pair(report.say("对比情景", "Beside it"), f"{other.scenario.title.to(lang)} ({other.scenario.name})")
    sheet.pair(report.say("数据", "Data"), f"{budget.inputs.title.to(lang)}  (sha256 {provenance['inputs_digest'][:16]}…)")
    sheet.pair(report.say("年份", "Years"), _years_words(report))
    sheet.pair(report.say("编制", "Made by"), listed((provenance["model"], report.today.isoformat()), lang))
    sheet.row += 1
    _cover_totals(report, sheet)
    _cover_open(report, sheet)
    _cover_basis(report, sheet)


def _years_words(report: Report) -> str:
    budget = report.budget
    last = max(budget.inputs.years)
    words = f"{budget.years[0]}–{budget.years[-1]}"
    ahead = [year for year in budget.years if year > last]
    return (
        words + report.say(f"（数据到 {last} 年，{ahead[0]}–{ahead[-1]} 年为推算）", f" (data to {last}, {ahead[0]}-{ahead[-1]} projected)")
        if ahead
        else words
    )


def _cover_totals(report: Report, sheet: Sheet) -> None:
    """The general public budget by payer, and below it, apart, the insurance accounts."""
    labels, table = report.budget.total("payer", "account", "year")
    picked = sorted({0, len(report.budget.years) // 2, len(report.budget.years) - 1})
    money = ["money"] * len(picked)
    sheet.line(f"{report.say('各承担主体合计', 'Totals by payer')} ({report.wan()})", "label")
    sheet.head([report.say("承担主体", "Payer"), *(str(report.budget.years[y]) for y in picked)])
    for account in accounts(report.budget):
        block = table[:, labels[1].index(account)][:, picked] / WAN
        for i, payer in enumerate(labels[0]):
            if account == "general" and (payer in SHOWN_ALWAYS or np.nansum(block[i])):
                sheet.cells([PAYERS[payer].to(report.lang), *block[i]], ["text", *money])
        sheet.cells([ACCOUNTS[account].to(report.lang), *column_sums(block)], ["total_text", *["total_money"] * len(picked)])
    sheet.row += 1


def _cover_open(report: Report, sheet: Sheet) -> None:
    """What nobody has quantified, and what is not costed."""
    budget, last = report.budget, report.budget.years[-1]
    open_items = [(n, sums) for account in accounts(budget) for n, sums in by_item(budget, last, account) if sums[-1] > 0]
    named = joined((f"{item_title(budget.standard.items[n], report.lang)} {sums[-1] / WAN:,.2f}" for n, sums in open_items), report.lang)
    share = budget.unallocated / max(budget.cost.sum(), 1e-9)
    sheet.pair(
        report.say("未明确分担", "Unallocated"),
        report.say(
            f"占全部资金需求的 {share:.1%}。{last} 年（万元）：{named or '无'}",
            f"{share:.1%} of all costs. In {last} (10,000 yuan): {named or 'none'}",
        ),
    )
    for status, label in STATUS.items():
        numbers = [entry.item for entry in budget.ledger.items if entry.status == status]
        words = listed((str(n) for n in numbers), report.lang)
        sheet.pair(label.to(report.lang), report.say(f"{len(numbers)} 项：{words}", f"{len(numbers)} items: {words}") if numbers else "—")
    gaps = [(line, place, years) for line, place, years in budget.not_costed() if place]
    places = budget.standard.places
    words = joined(
        (
            f"{budget.standard.lines[line].name.to(report.lang)} ({places.label(place).to(report.lang)} {years[0]}–{years[-1]})"
            for line, place, years in gaps[:MOST_GAPS]
        ),
        report.lang,
    ) + (f" … ({len(gaps)})" if len(gaps) > MOST_GAPS else "")
    sheet.pair(report.say("个别地区缺数据", "Not costed in some places"), words or "—")


def _cover_basis(report: Report, sheet: Sheet) -> None:
    standard, scenario = report.budget.standard, report.budget.scenario
    kinds = dict.fromkeys(BASES, 0)
    for rows in report.budget.inputs.tables.values():
        for row in range(len(rows)):
            kinds[rows.note(row, "basis", "user")] += 1
    basis = listed((f"{BASES[name].to(report.lang)} {n}" for name, n in kinds.items() if n), report.lang)
    sheet.pair(report.say("数据行的依据", "Basis of data rows"), basis)
    chosen = [(r, scenario.reading(r.code, r.default)) for r in standard.readings.values()]
    words = joined((f"{r.code} {r.options[option].to(report.lang)}" for r, option in chosen), report.lang)
    sheet.pair(report.say("文义口径", "Readings"), words)
