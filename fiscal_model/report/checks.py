"""The checks of a workbook: sums that must agree whatever the inputs, every page against the engine, and whether the inputs are still those of the run.

A check is a formula and what it comes to on the pages as they have been written: in the edition of plain numbers, and to whoever opens a workbook
without recalculating it, the second is the check.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from fiscal_model.arrays import Floats, Mask
from fiscal_model.report.area import Area
from fiscal_model.report.context import NAMES, Report
from fiscal_model.report.item_table import AT, costed_items, item_sheet_name
from fiscal_model.report.layout import column_of
from fiscal_model.report.live_tables import TOLERANCE
from fiscal_model.report.pages import Engine
from fiscal_model.report.sheet import Formula, Sheet
from fiscal_model.report.summaries import MONEY, PART, PLACE, TOTAL, account_of, accounts, shown_payers
from fiscal_model.report.tables import COLUMNS
from fiscal_model.vocabulary import ACCOUNTS

PASSED, FAILED = ("通过", "passed"), ("不符", "FAILED")
INPUTS = ("测算后的输入", "Inputs since the run")
SAME, CHANGED = ("未改动", "unchanged"), ("已改动", "changed")
MASTER, AS_RUN = "master_check", "as_run"
CENT = 0.01
"""Yuan that unrounded sums may miss each other by."""


@dataclass(frozen=True)
class Sum:
    """Cells added up: the formula, what it comes to, and how many cells there are."""

    formula: str
    value: float
    cells: int = 0

    def __sub__(self, other: Sum) -> Sum:
        return Sum(f"{self.formula}-({other.formula})", self.value - other.value, self.cells + other.cells)

    def __add__(self, other: Sum) -> Sum:
        return Sum(f"{self.formula}+{other.formula}", self.value + other.value, self.cells + other.cells)

    def size(self) -> Sum:
        """Without its sign."""
        return Sum(f"ABS({self.formula})", abs(self.value), self.cells)

    def yuan(self, report: Report) -> Sum:
        """A sum of printed figures, in yuan."""
        return Sum(f"({self.formula})*10000", self.value * report.scale, self.cells)


def checks(report: Report) -> None:
    """Sums that must agree, the engine's totals, and the warnings of the run."""
    sheet = report.open("checks", "检查", "Checks", (64, 24, 24, 22, 24))
    if report.book.live:
        sheet.line(
            report.say(
                "第一部分任何时候都应通过；第二部分只在输入未改动时一致，改动后显示“已改动”，属正常。",
                "Part one must always pass; part two agrees until an input is changed, and then says 'changed'.",
            )
        )
    first = sheet.row + 3
    verdicts = [*_sums(report, sheet), *_pages(report, sheet)]
    report.passed = all(verdicts)
    master = sheet.row
    verdict = report.say(*(PASSED if report.passed else FAILED))
    sheet.fitted(
        [report.say("总检查", "Master check"), "", "",
         Formula(f'=IF(COUNTIF($D{first}:$D{master},"{report.say(*FAILED)}")=0,"{report.say(*PASSED)}","{report.say(*FAILED)}")', verdict)],
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


def _slack(report: Report, cells: int) -> float:
    """Yuan by which sums of figures may miss each other: none but binary noise where they are unrounded or closed, half a unit each where each is rounded."""
    edition = report.values
    return CENT if edition is None or edition.closed else CENT + edition.step / 2 * cells


def _sums(report: Report, sheet: Sheet) -> Iterator[bool]:
    """Differences in yuan that must be nothing."""
    live = report.book.live
    title = ("一、恒等检查（公式）", "1. Sums that must agree (formulas)") if live else ("一、恒等检查", "1. Sums that must agree")
    sheet.line(report.say(*title), "label")
    sheet.head([report.say("检查内容", "Check"), report.say("差额（元）", "Difference (yuan)"), "", report.say("结果", "Result")])
    passed, failed = report.say(*PASSED), report.say(*FAILED)
    for words, found, slack in _differences(report):
        row, fine = sheet.row + 1, abs(found.value) <= slack
        verdict = Formula(f'=IF(ABS($B{row})<={TOLERANCE},"{passed}","{failed}")', passed if fine else failed)
        sheet.fitted([words, Formula(f"={found.formula}", found.value), "", verdict], ["text", "money", "text", "verdict"])
        yield fine


def _pages(report: Report, sheet: Sheet) -> Iterator[bool]:
    """Every table held against the engine figure by figure, as it was written."""
    engine, edition = Engine(report.budget, report.shown.places), report.values
    slack = CENT if edition is None else CENT + edition.step * (1 if edition.closed else 0.5)
    say = report.say
    sheet.head([say("写出时逐格与测算核对", "Every figure against the run, as written"), say("最大差额（元）", "Largest difference (yuan)"),
                say("金额个数", "Figures"), say("结果", "Result")])  # fmt: skip
    for table in report.pages.tables:
        found = report.pages.held(table, engine, report.scale)
        fine = found.difference <= slack
        name = NAMES[table].to(report.lang) if table in NAMES else item_sheet_name(report, int(table.removeprefix("item:")))
        sheet.fitted(
            [name, found.difference, found.figures, say(*(PASSED if fine else FAILED))], ["text", "stated_money", "count", "verdict"]
        )
        yield fine
    rows = _calculation(report)
    fine = rows <= CENT
    words = f"{NAMES['calculation'].to(report.lang)} · {NAMES['caps'].to(report.lang)}"
    sheet.fitted([words, rows, report.model.money.size, say(*(PASSED if fine else FAILED))], ["text", "stated_money", "count", "verdict"])
    yield fine


def _calculation(report: Report) -> float:
    """The largest difference between the rows of the calculation, or what its caps and grants leave to each payer, and the engine."""
    model, calc = report.model, report.layout.calculation
    if not len(model):
        return 0.0
    sheet = report.sheets["calculation"]
    shown = np.array([[sheet.shown.get((calc.top + row, calc[name]), np.nan) for name in MONEY] for row in range(len(model))], np.float64)
    pooled = np.array([model.pooled_amount(payer) for payer in model.payers])
    differences = (shown - model.money, model.after - pooled)
    return float(max(np.nan_to_num(np.abs(each), nan=np.inf).max() for each in differences))


def _differences(report: Report) -> Iterator[tuple[str, Sum, float]]:
    """What is checked, its formula and value in yuan, and by how much it may be off in this edition."""
    say, calc, layout, model, cells = report.say, report.layout.calculation, report.layout, report.model, Cells(report)
    off = calc.column("difference")
    left = model.cost - sum((model.amount(payer) for payer in model.final), np.zeros(len(model)))
    yield (
        say("逐行：各承担主体之和等于资金需求（最大差额）", "row by row: payers add up to cost (largest difference)"),
        Sum(f"MAX(MAX({off}),0-MIN({off}))", float(np.abs(left).max(initial=0.0))),
        CENT,
    )
    least = ",".join(calc.column(name) for name in COLUMNS)
    yield (
        say("没有负数（最小金额）", "nothing is negative (least amount)"),
        Sum(f"0-MIN(0,{least})", float(-model.money.min(initial=0.0))),
        CENT,
    )
    items, places, payers = (report.areas[name] for name in ("items", "places", "payers"))
    total, part, place = (say(*words) for words in (TOTAL, PART, PLACE))
    whole = [Sum(f"SUM({calc.column(name)})", float(model.money[:, k].sum())) for k, name in enumerate(MONEY)]
    years = len(report.budget.years) * len(accounts(report))

    def against(area: Area, first: int, conditions: dict[int, str]) -> tuple[Sum, float]:
        """Totals of a table, by column, against the calculation; each may be off by its own rounding."""
        sums = [cells.sumifs(area, first + k, conditions) for k in range(len(MONEY))]
        differences = [(one.yuan(report) - other).size() for one, other in zip(sums, whole, strict=True)]
        step = report.values.step if report.values else 0.0
        return _largest(differences), CENT + step * max(each.cells for each in sums)

    def adds_up(area: Area, first: int, parts: dict[int, str], above: dict[int, str]) -> tuple[Sum, float]:
        """Rows of a table, by column, against those that sum them."""
        found = [cells.sumifs(area, first + k, parts) - cells.sumifs(area, first + k, above) for k in range(len(MONEY))]
        return _largest([each.size().yuan(report) for each in found]), _slack(report, max(each.cells for each in found))

    def across(area: Area, first: int, conditions: dict[int, str]) -> tuple[Sum, float]:
        """Cost against the columns beside it."""
        cost, *columns = (cells.sumifs(area, first + k, conditions) for k in range(len(MONEY)))
        found = cost - _added(columns)
        return found.yuan(report), _slack(report, found.cells)

    yield say("分项目表合计等于计算表", "the table by item agrees with the calculation"), *against(items, 7, {3: total})
    apart = bool(report.money.apart)
    if not apart:
        yield say("分项目表各项之和等于合计", "the table by item: items add up to the totals"), *adds_up(items, 7, {3: ">0"}, {3: total})
    yield say("分项目表各列之和等于资金需求", "the table by item: columns add up to cost"), *across(items, 7, {2: ">0"})
    yield say("分地区表小计等于计算表", "the table by place agrees with the calculation"), *against(places, 5, {4: part})
    yield (
        say("分地区表小计之和等于合计", "the table by place: prefectures add up to the totals"),
        *adds_up(places, 5, {4: part}, {4: total}),
    )
    found = [(cells.sumifs(places, 5 + k, {4: place}) - cells.heads(places, 5 + k, 4, part, place)).size() for k in range(len(MONEY))]
    yield (
        say("分地区表“其中”各行之和等于其小计", "the table by place: rows below a prefecture add up to it"),
        _largest([each.yuan(report) for each in found]),
        _slack(report, max(each.cells for each in found)),
    )
    yield say("分地区表各列之和等于资金需求", "the table by place: columns add up to cost"), *across(places, 5, {0: ">0"})
    last = payers.width - 1
    sums = [cells.sumifs(payers, last, {1: number}) for number in (">1", "1")]
    yield (
        say("分级次分年表各主体之和等于合计", "the table by payer: payers add up to the totals"),
        (sums[0] - sums[1]).size().yuan(report),
        _slack(report, (sums[0].cells + sums[1].cells) * years),
    )
    yield (
        say("分级次分年表各主体之和等于计算表", "the table by payer agrees with the calculation"),
        (sums[0].yuan(report) - whole[0]).size(),
        CENT + (report.values.step if report.values else 0.0) * years * max(1, sums[0].cells),
    )
    for n, name in enumerate((say("分领域", "by domain"), say("分项目", "by item"), say("分地区", "by prefecture"))):
        areas = report.year_blocks[n::3]
        found_ = _added([cells.sum(area, area.width - 1) for area in areas])
        figures = sum(area.height for area in areas) * len(report.budget.years)
        step = report.values.step if report.values else 0.0
        yield (
            say(f"多年汇总（{name}）等于计算表", f"the table over the years ({name}) agrees with the calculation"),
            (found_.yuan(report) - whole[0]).size(),
            CENT + step * figures,
        )
    for number in costed_items(report.model):
        area, name = report.areas[f"item:{number}"], item_sheet_name(report, number)
        cost = cells.sumifs(area, AT, {4: total})
        mine = Sum(
            f"SUMIFS({calc.column('cost')},{calc.column('item')},{number_cell(report, number)})",
            float(
                sum(model.cost[first : last + 1].sum() for key, (first, last) in model.spans.items() if len(key) == 2 and key[0] == number)
            ),
        )
        yield (
            say(f"{name}合计等于计算表", f"{name}: total agrees with the calculation"),
            (cost.yuan(report) - mine).size(),
            CENT + (report.values.step if report.values else 0.0) * cost.cells,
        )
        yield say(f"{name}小计之和等于合计", f"{name}: prefectures add up to the total"), *adds_up(area, AT, {5: part}, {4: total})
        yield say(f"{name}各列之和等于资金需求", f"{name}: columns add up to cost"), *across(area, AT, {2: ">0"})
    for area in layout.bases:
        amount = f'({area.column(13)}>0)*({area.column(5)}="")*({area.column(6)}<>"")*({area.column(7)}="")'
        yield (
            say("用到的2015年基数都已填报（缺少个数）", "every base amount that is used is supplied (number missing)"),
            Sum(f"SUMPRODUCT({amount})", 0.0),
            CENT,
        )


def _added(sums: list[Sum]) -> Sum:
    out = Sum("0", 0.0)
    for each in sums:
        out = out + each
    return out


def _largest(sums: list[Sum]) -> Sum:
    return Sum(f"MAX({','.join(each.formula for each in sums)})", max(each.value for each in sums), max(each.cells for each in sums))


class Cells:
    """What stands in the columns of the printed tables; each is read once."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.figures: dict[tuple[Area, int], Floats] = {}
        self.fitting: dict[tuple[Area, int, str], Mask] = {}

    def column(self, area: Area, column: int) -> Floats:
        """The numbers of a column, NaN where there is none."""
        if (area, column) not in self.figures:
            sheet = self.report.book.by_name[area.sheet]
            found = [sheet.figure(area.top + row, area.left + column) for row in range(area.height)]
            self.figures[area, column] = np.array(found, np.float64)
        return self.figures[area, column]

    def fits(self, area: Area, column: int, word: str) -> Mask:
        """Where a column holds a word, or a number (above one: ``>1``)."""
        if (area, column, word) not in self.fitting:
            if word.strip(">").isdigit():
                numbers, limit = self.column(area, column), float(word.strip(">"))
                self.fitting[area, column, word] = numbers > limit if word.startswith(">") else numbers == limit
            else:
                sheet = self.report.book.by_name[area.sheet]
                found = [sheet.shown.get((area.top + row, area.left + column)) == word for row in range(area.height)]
                self.fitting[area, column, word] = np.array(found, bool)
        return self.fitting[area, column, word]

    def sum(self, area: Area, column: int) -> Sum:
        """A whole column."""
        return self._sum(f"SUM({area.column(column)})", area, column, np.ones(area.height, bool))

    def sumifs(self, area: Area, column: int, conditions: dict[int, str]) -> Sum:
        """The figures of a column in rows where others fit."""
        wanted = ",".join(f'{area.column(c)},"{word}"' for c, word in conditions.items())
        rows = np.all([self.fits(area, c, word) for c, word in conditions.items()], axis=0)
        return self._sum(f"SUMIFS({area.column(column)},{wanted})", area, column, rows)

    def heads(self, area: Area, column: int, kinds: int, part: str, place: str) -> Sum:
        """The figures of rows of one kind that have a row of another right below them."""
        height = max(area.height - 1, 1)
        upper, lower = (Area(area.sheet, area.top + down, area.left, height, area.width) for down in (0, 1))
        formula = f'SUMPRODUCT(({upper.column(kinds)}="{part}")*({lower.column(kinds)}="{place}"),{upper.column(column)})'
        rows = self.fits(area, kinds, part) & np.append(self.fits(area, kinds, place)[1:], [False])
        return self._sum(formula, area, column, rows)

    def _sum(self, formula: str, area: Area, column: int, rows: Mask) -> Sum:
        values = self.column(area, column)[rows]
        known = values[~np.isnan(values)]
        return Sum(formula, float(known.sum()), len(known))


def number_cell(report: Report, number: int) -> str:
    """The cell of the calculation that holds an item's number."""
    first = next(span[0] for (item, *rest), span in report.model.spans.items() if item == number and len(rest) == 1)
    calc = report.layout.calculation
    return f"'{calc.sheet}'!$B${calc.top + first + 1}"


def _engine(report: Report, sheet: Sheet) -> None:
    """The engine's totals by account and payer beside those of the workbook: live ones, or the plain numbers printed."""
    live = report.book.live
    sheet.line(report.say("二、与测算结果核对（灰底为测算时的固定值）", "2. Against the run (grey: fixed at the run)"), "label")
    now = report.say("现值（元，公式）", "Now (yuan, formula)") if live else report.say("表中各年合计（元）", "Printed, all years (yuan)")
    sheet.head([report.say("账目与承担主体", "Account and payer"), report.say("测算结果（元）", "At the run (yuan)"), now,
                report.say("差额（元）", "Difference (yuan)"), report.say("账目", "Account")])  # fmt: skip
    calc, model, at = report.layout.calculation, report.model, account_of(report)
    first, fine = sheet.row + 1, True
    for account in accounts(report):
        rows, label = at == list(ACCOUNTS).index(account), ACCOUNTS[account].to(report.lang)
        payers = shown_payers(report, account)
        printed = np.nansum(report.money.payers(account, payers), axis=1) * report.scale
        for payer, shown in zip(payers, printed.tolist(), strict=False):
            row, total = sheet.row + 1, float(np.sum(model.amount(payer)[rows]))
            fine = fine and abs(shown - total) <= CENT + (report.values.step if report.values else 0.0) * len(report.budget.years)
            found = Formula(f"=SUMIFS({calc.column(column_of(model, payer))},{calc.column('account')},$E{row})", shown)
            sheet.fitted([f"{label} · {report.label(payer)}", total, found, Formula(f"=$C{row}-$B{row}", shown - total), label],
                        ["text", "stated_money", "money", "money", "text"])  # fmt: skip
    last = sheet.row
    report.as_run = fine
    same, changed = report.say(*SAME), report.say(*CHANGED)
    verdict = Formula(
        f'=IF(MAX(MAX($D{first}:$D{last}),0-MIN($D{first}:$D{last}))<={TOLERANCE},"{same}","{changed}")', same if fine else changed
    )
    sheet.fitted(
        [report.say(*INPUTS), "", "", verdict, ""],
        ["total_text", "total_text", "total_text", "verdict", "text"],
    )
    report.book.define(AS_RUN, f"'{sheet.name}'!$D${sheet.row}")
