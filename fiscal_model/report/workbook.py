"""The report workbook: cover, totals, one table an item, sources and checks."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np

from fiscal_model.arrays import Floats
from fiscal_model.budget import Budget
from fiscal_model.errors import fault
from fiscal_model.files import replacing
from fiscal_model.report.sheet import Book, Sheet
from fiscal_model.report.tables import by_item, by_prefecture, gathered, heads, summed
from fiscal_model.standard.rules import Item
from fiscal_model.standard.words import clause_words, item_title, rate_words, split_words
from fiscal_model.vocabulary import BASES, CLASSES, PAYERS, Lang, Text

WAN = 10_000.0
_MONEY = ["money"] * 6
_TOTAL = ["total_money"] * 6


def print_date(written: str | None) -> date:
    """The date to print: the one given, else SOURCE_DATE_EPOCH, else today.

    Raises:
        FiscalModelError: it is no date.

    """
    try:
        if written:
            return date.fromisoformat(written)
        epoch = os.environ.get("SOURCE_DATE_EPOCH")
        return datetime.fromtimestamp(int(epoch), UTC).date() if epoch else date.today()
    except ValueError:
        raise fault(
            "", f"“{written or os.environ.get('SOURCE_DATE_EPOCH')}”不是日期，应为 2024-01-31", "not a date: write 2024-01-31"
        ) from None


def write_report(budget: Budget, target: Path, lang: Lang = "zh", written_date: str | None = None, others: Sequence[Budget] = ()) -> None:
    """Writes the workbook of ``budget`` to ``target``; ``others`` are set beside it, totals only.

    Raises:
        FiscalModelError: the target cannot be written.

    """
    today = print_date(written_date)
    with replacing(target) as draft:
        book = Book(str(draft), lang, datetime(today.year, today.month, today.day))
        report = _Report(book, budget, today)
        report.cover(others)
        if others:
            report.scenarios([budget, *others])
        report.payers_by_year()
        report.items()
        report.prefectures()
        for item in budget.standard.items.values():
            report.item(item)
        report.sources()
        report.checks()
        book.file.close()


class _Report:
    """The sheets of one workbook."""

    def __init__(self, book: Book, budget: Budget, today: date) -> None:
        self.book, self.budget, self.lang, self.today = book, budget, book.lang, today
        self.note = self.say("示例数据，非实际预算", "illustrative data, no actual budget") if budget.inputs.illustrative else ""
        self.title = budget.scenario.title.to(self.lang)

    def say(self, zh: str, en: str) -> str:
        return Text(zh, en).to(self.lang)

    def sheet(self, name: str, title: str, widths: Sequence[float], unit: str = "") -> Sheet:
        sheet = self.book.sheet(name, title, widths, self.note)
        about = f"{self.say('情景', 'Scenario')}: {self.title} ({self.budget.scenario.name})"
        if self.note:
            about += f"  【{self.note}】" if self.lang == "zh" else f"  [{self.note}]"
        sheet.line(about)
        if unit:
            sheet.line(f"{self.say('单位', 'Unit')}{self.say('：', ': ')}{unit}    {self.today.isoformat()}", "unit")
        return sheet

    def wan(self) -> str:
        return self.say("万元", "10,000 yuan")

    def cover(self, others: Sequence[Budget]) -> None:
        budget, lang = self.budget, self.lang
        sheet = self.book.sheet(
            self.say("封面", "Cover"),
            self.say("基本公共服务支出责任测算", "Cost sharing of basic public services"),
            (22, 24, 24, 24, 24),
            self.note,
        )
        if self.note:
            sheet.line(
                self.say("注意：本表使用内置示例数据。各项人数、金额、基数多为假设，只用于演示，不得作为实际预算。",
                         "Note: made from the embedded illustrative data. Most counts, amounts and base amounts are assumptions for show, not a budget."),
                "warning", 30)  # fmt: skip
        chain = " → ".join(f"{each.title.to(lang)} ({each.name})" for each in budget.scenario.chain())
        provenance = budget.provenance
        sheet.pair(self.say("标准文件", "Standard"), f"{budget.standard.title.to(lang)}  {budget.standard.document}")
        sheet.pair(self.say("情景", "Scenario"), chain)
        for other in others:
            sheet.pair(self.say("对比情景", "Beside it"), f"{other.scenario.title.to(lang)} ({other.scenario.name})")
        sheet.pair(self.say("数据", "Data"), f"{budget.inputs.title.to(lang)}  (sha256 {provenance['inputs_digest'][:16]}…)")
        sheet.pair(self.say("年份", "Years"), self.years_words())
        sheet.pair(self.say("编制", "Made by"), f"{provenance['model']}，{self.today.isoformat()}")
        sheet.row += 1
        self.cover_totals(sheet)
        self.cover_open(sheet)
        self.cover_basis(sheet)

    def years_words(self) -> str:
        budget = self.budget
        last = max(budget.inputs.years)
        words = f"{budget.years[0]}–{budget.years[-1]}"
        ahead = [year for year in budget.years if year > last]
        return (
            words
            + self.say(f"（数据到 {last} 年，{ahead[0]}–{ahead[-1]} 年为推算）", f" (data to {last}, {ahead[0]}-{ahead[-1]} projected)")
            if ahead
            else words
        )

    def cover_totals(self, sheet: Sheet) -> None:
        labels, table = self.budget.total("payer", "year")
        picked = sorted({0, len(self.budget.years) // 2, len(self.budget.years) - 1})
        sheet.line(f"{self.say('各承担主体合计', 'Totals by payer')}  （{self.wan()}）", "label")
        sheet.head([self.say("承担主体", "Payer"), *(str(self.budget.years[y]) for y in picked)])
        for i, payer in enumerate(labels[0]):
            sheet.cells([PAYERS[payer].to(self.lang), *(table[i, y] / WAN for y in picked)], ["text", *["money"] * len(picked)])
        total = np.nansum(table, axis=0)
        sheet.cells([self.say("合计", "Total"), *(total[y] / WAN for y in picked)], ["total_text", *["total_money"] * len(picked)])
        sheet.row += 1

    def cover_open(self, sheet: Sheet) -> None:
        """What nobody has quantified, and what is not costed."""
        budget, last = self.budget, self.budget.years[-1]
        open_items = [(number, sums) for number, sums in by_item(budget, last) if sums[-1] > 0]
        listed = "；".join(f"{item_title(budget.standard.items[n], self.lang)} {sums[-1] / WAN:,.2f}" for n, sums in open_items)
        share = budget.unallocated / max(budget.cost.sum(), 1e-9)
        sheet.pair(
            self.say("未明确分担", "Unallocated"),
            self.say(
                f"占全部资金需求的 {share:.1%}。{last} 年（万元）：{listed or '无'}",
                f"{share:.1%} of all costs. In {last} (10,000 yuan): {listed or 'none'}",
            ),
        )
        gaps = budget.not_costed()
        places = budget.standard.places
        words = "；".join(
            f"{budget.standard.lines[line].name.to(self.lang)}（{places.label(place).to(self.lang) if place else self.say('全部地区', 'everywhere')} {years[0]}–{years[-1]}）"
            for line, place, years in gaps[:40]
        ) + (f" … {len(gaps)}" if len(gaps) > 40 else "")
        none = self.say("无", "none")
        sheet.pair(self.say("未测算（缺数据）", "Not costed (no data)"), words or none)

    def cover_basis(self, sheet: Sheet) -> None:
        standard, scenario = self.budget.standard, self.budget.scenario
        kinds = dict.fromkeys(BASES, 0)
        for rows in self.budget.inputs.tables.values():
            for row in range(len(rows)):
                kinds[rows.note(row, "basis", "user")] += 1
        basis = "，".join(f"{BASES[name].to(self.lang)} {n}" for name, n in kinds.items() if n)
        sheet.pair(self.say("数据行的依据", "Basis of data rows"), basis)
        chosen = [(r, scenario.reading(r.code, r.default)) for r in standard.readings.values()]
        words = "；".join(f"{r.code} {r.options[option].to(self.lang)}" for r, option in chosen)
        sheet.pair(self.say("文义口径", "Readings"), words)

    def scenarios(self, budgets: Sequence[Budget]) -> None:
        """Totals of several scenarios side by side."""
        sheet = self.sheet(
            self.say("情景对比", "Scenarios"), self.say("各情景合计", "Totals by scenario"), (30, 10, 16, 16, 16, 16, 16, 16), self.wan()
        )
        sheet.head([self.say("情景", "Scenario"), self.say("年份", "Year"), *heads(self.lang)], freeze=True)
        for budget in budgets:
            labels, table = budget.total("payer", "year")
            sums = gathered(budget, np.nan_to_num(table))
            for y, year in enumerate(labels[1]):
                sheet.cells([budget.scenario.title.to(self.lang), year, *sums[:, y] / WAN], ["text", "year", *_MONEY])

    def payers_by_year(self) -> None:
        labels, table = self.budget.total("payer", "year")
        years = labels[1]
        sheet = self.sheet(
            self.say("分级次分年", "By payer"),
            self.say("各承担主体分年测算表", "Cost by payer and year"),
            (20, *[15] * len(years)),
            self.wan(),
        )
        sheet.head([self.say("承担主体", "Payer"), *map(str, years)], freeze=True)
        for i, payer in enumerate(labels[0]):
            sheet.cells([PAYERS[payer].to(self.lang), *table[i] / WAN], ["text", *["money"] * len(years)])
        sheet.cells([self.say("合计", "Total"), *np.nansum(table, axis=0) / WAN], ["total_text", *["total_money"] * len(years)])

    def items(self) -> None:
        title = self.say("分项目测算表", "Cost by item")
        sheet = self.sheet(self.say("分项目", "By item"), title, (8, 44, *[16] * 6), self.wan())
        sheet.head([self.say("年份", "Year"), self.say("服务项目", "Item"), *heads(self.lang)], freeze=True)
        breaks = []
        for year in self.budget.years:
            rows = by_item(self.budget, year)
            for number, sums in rows:
                sheet.cells([year, item_title(self.budget.standard.items[number], self.lang), *sums / WAN], ["year", "text", *_MONEY])
            sheet.cells([year, self.say("合计", "Total"), *summed([sums for _, sums in rows]) / WAN], ["year", "total_text", *_TOTAL])
            breaks.append(sheet.row)
        sheet.page_break_at(breaks[:-1])

    def prefectures(self) -> None:
        title = self.say("分地区测算表", "Cost by prefecture")
        sheet = self.sheet(self.say("分地区", "By place"), title, (8, 30, *[16] * 6), self.wan())
        sheet.head([self.say("年份", "Year"), self.say("地区", "Place"), *heads(self.lang)], freeze=True)
        breaks = []
        for year in self.budget.years:
            rows = by_prefecture(self.budget, year)
            for code, sums in rows:
                sheet.cells([year, self.budget.standard.places.label(code).to(self.lang), *sums / WAN], ["year", "text", *_MONEY])
            sheet.cells([year, self.say("合计", "Total"), *summed([sums for _, sums in rows]) / WAN], ["year", "total_text", *_TOTAL])
            breaks.append(sheet.row)
        sheet.page_break_at(breaks[:-1])

    def item(self, item: Item) -> None:
        """The table of one item: a block a year, a row for each line and place, a total."""
        budget, lang = self.budget, self.lang
        program = budget.program
        lines = [i for i, line in enumerate(program.lines) if line.item == item.number]
        name = self.say(f"第{item.number}项", f"Item {item.number}")
        sheet = self.sheet(
            name,
            self.say(f"{item_title(item, 'zh')}测算表", item_title(item, "en")),
            (8, 24, 30, 14, 14, *[17] * 6),
            self.say("元", "yuan"),
        )
        sheet.line(f"{CLASSES[item.responsibility].to(lang)}；{'；'.join(item.departments)}")
        titles = [
            self.say("年份", "Year"),
            self.say("地区", "Place"),
            self.say("支出项", "Line"),
            self.say("人数", "Count"),
            self.say("补助标准（元/年）", "Rate (yuan a year)"),
        ]
        sheet.head([*titles, *heads(lang)], freeze=True)
        sums = gathered(budget, budget.amounts[:, lines])
        breaks = []
        for y, year in enumerate(budget.years):
            for p in range(len(budget.places)):
                self.item_in_place(sheet, lines, sums[:, :, p, y], p, y)
            total = sums[..., y].sum(axis=(1, 2)) if program.costed[lines][..., y].any() else [None] * 6
            sheet.cells([year, self.say("合计", "Total"), "", "", "", *total], ["year", *["total_text"] * 4, *_TOTAL])
            breaks.append(sheet.row)
        sheet.page_break_at(breaks[:-1])

    def item_in_place(self, sheet: Sheet, lines: Sequence[int], sums: Floats, p: int, y: int) -> None:
        """The costed lines of an item in one place and year, and their sum where there are several."""
        budget, program = self.budget, self.budget.program
        place, year = budget.standard.places.label(budget.places[p]).to(self.lang), budget.years[y]
        shown = [(k, i) for k, i in enumerate(lines) if program.costed[i, p, y]]
        for k, i in shown:
            line = program.lines[i]
            figures = [None, None] if line.is_amount else [program.quantity[i, p, y], program.unit[i, p, y]]
            sheet.cells([year, place, line.name.to(self.lang), *figures, *sums[:, k]], ["year", "text", "text", "count", "money", *_MONEY])
        if len(shown) > 1:
            sheet.cells([year, place, self.say("小计", "Subtotal"), "", "", *sums.sum(axis=1)], ["year", *["total_text"] * 4, *_TOTAL])

    def sources(self) -> None:
        """Every rule with its clause, and every table of the data with its methods."""
        standard, lang = self.budget.standard, self.lang
        sheet = self.sheet(self.say("来源", "Sources"), self.say("规则与数据来源", "Sources of rules and data"), (10, 34, 46, 60))
        sheet.head(
            [
                self.say("项目", "Item"),
                self.say("支出项或分担", "Line or split"),
                self.say("内容", "What it says"),
                self.say("依据", "Basis"),
            ],
            freeze=True,
        )
        for item in standard.items.values():
            for line in item.lines:
                words = [rate_words(line, rate, standard, lang) for rate in line.rates] or [self.say("另行提供", "supplied")]
                cites = [clause_words(rate.clause, lang) for rate in line.rates] or [line.note.to(lang) if line.note else ""]
                sheet.cells([str(item.number), line.name.to(lang), "\n".join(words), "\n".join(cites)], ["text"] * 4)
            sheet.cells(
                [str(item.number), self.say("分担办法", "Split"), "\n".join(split_words(item.split, standard, lang)), ""], ["text"] * 4
            )
        for each in self.budget.scenario.chain():
            for entry in (*each.rates, *each.splits, *each.counts):
                what = getattr(entry, "line", None) or getattr(entry, "beneficiary", "") or getattr(entry, "item", "")
                sheet.cells([each.name, str(what), f"{entry.at} {entry.span}", clause_words(entry.clause, lang)], ["text"] * 4)
        for name, rows in sorted(self.budget.inputs.tables.items()):
            told = dict.fromkeys(
                (BASES[rows.note(n, "basis", "user")].to(lang), rows.note(n, "source"), rows.note(n, "note")) for n in range(len(rows))
            )
            for basis, source, note in told:
                sheet.cells([self.say("数据", "Data"), name, note, f"{basis}：{source}" if source else basis], ["text"] * 4)

    def checks(self) -> None:
        """Sums that must agree, warnings, and where the largest differences are."""
        budget = self.budget
        sheet = self.sheet(self.say("检查", "Checks"), self.say("检查", "Checks"), (60, 22, 22))
        sheet.head([self.say("检查内容", "Check"), self.say("差额（元）", "Difference (yuan)"), self.say("结果", "Result")], freeze=True)
        program = budget.program
        rule_cost = np.where(program.costed, program.quantity * np.nan_to_num(program.unit), 0.0)
        by_items = sum(float(np.nansum([s[0] for _, s in by_item(budget, year)])) for year in budget.years)
        by_places = sum(float(np.nansum([s[0] for _, s in by_prefecture(budget, year)])) for year in budget.years)
        total = float(budget.amounts.sum())
        checks = (
            (
                self.say("各承担主体之和等于资金需求（逐格最大差额）", "payers add up to cost (largest difference of a cell)"),
                float(np.abs(budget.cost - rule_cost).max(initial=0)),
            ),
            (self.say("分项目合计等于总计", "items add up to the total"), abs(by_items - total)),
            (self.say("分地区合计等于总计", "places add up to the total"), abs(by_places - total)),
            (self.say("没有负数（最小金额）", "nothing is negative (least amount)"), float(-min(budget.amounts.min(initial=0), 0))),
        )
        for what, difference in checks:
            sheet.cells(
                [what, difference, self.say("通过", "passed") if difference < 0.01 else self.say("不符", "FAILED")],
                ["text", "money", "text"],
            )
        sheet.row += 1
        sheet.line(self.say("提示", "Warnings"), "label")
        for warning in budget.warnings:
            sheet.line(warning.to(self.lang), "plain")
        if not budget.warnings:
            sheet.line(self.say("无", "none"), "plain")
