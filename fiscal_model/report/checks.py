"""The checks of a workbook: sums that must agree whatever the inputs, every page against the
engine, and whether the inputs are still those of the run.
A check is a formula and what it comes to on the pages as they have been written: in the edition of
plain numbers, and to whoever opens a workbook without recalculating it, the second is the check.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from fiscal_model.report.area import Area
from fiscal_model.report.context import NAMES, Report
from fiscal_model.report.item_table import AT, costed_items, item_sheet_name
from fiscal_model.report.layout import column_of
from fiscal_model.report.live_tables import TOLERANCE
from fiscal_model.report.pages import Engine
from fiscal_model.report.sheet import Formula, Sheet
from fiscal_model.report.summaries import (
    DIFFERENCE,
    MONEY,
    PART,
    PLACE,
    TOTAL,
    account_of,
    accounts,
    shown_payers,
)
from fiscal_model.report.sums import Cells, Sum, added, largest
from fiscal_model.report.tables import COLUMNS
from fiscal_model.vocabulary import ACCOUNTS

PASSED, FAILED = ("通过", "passed"), ("不符", "FAILED")
INPUTS = ("测算后的输入", "Inputs since the run")
SAME, CHANGED = ("未改动", "unchanged"), ("已改动", "changed")
MASTER, AS_RUN = "master_check", "as_run"
CENT = 0.01
"""Yuan that unrounded sums may miss each other by."""


class Check(NamedTuple):
    """What is checked, the difference in yuan, by how much it may be off in this edition, and the
    yuan of the run that it is held against, if it is.
    """

    words: str
    difference: Sum
    slack: float
    stated: float | None = None


STATED = "@"
"""In a formula, the cell that holds the yuan of the run."""


def checks(report: Report) -> None:
    """Sums that must agree, the engine's totals, and the warnings of the run."""
    sheet = report.open("checks", "检查", "Checks", (64, 24, 24, 22, 24))
    if report.book.live:
        sheet.line(
            report.say(
                "第一部分任何时候都应通过；第二部分只在输入未改动时一致，改动后显示“已改动”，属正常。",
                "Part one must always pass; part two agrees until an input is changed, and then"
                " says 'changed'.",
            )
        )
    first = sheet.row + 3
    verdicts = [*_sums(report, sheet), *_pages(report, sheet)]
    report.passed = all(verdicts)
    master = sheet.row
    verdict = report.say(*(PASSED if report.passed else FAILED))
    sheet.fitted(
        [
            report.say("总检查", "Master check"),
            "",
            "",
            Formula(
                f'=IF(COUNTIF($D{first}:$D{master},"{report.say(*FAILED)}")=0,"{report.say(*PASSED)}","{report.say(*FAILED)}")',
                verdict,
            ),
        ],
        ["total_text", "total_text", "total_text", "verdict"],
    )
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
    """Yuan by which sums of figures may miss each other: none but binary noise where they are
    unrounded or closed, half a unit each where each is rounded.
    """
    edition = report.values
    return CENT if edition is None or edition.closed else CENT + edition.step / 2 * cells


def _sums(report: Report, sheet: Sheet) -> Iterator[bool]:
    """Differences in yuan that must be nothing."""
    live = report.book.live
    title = (
        ("一、恒等检查（公式）", "1. Sums that must agree (formulas)")
        if live
        else ("一、恒等检查", "1. Sums that must agree")
    )
    sheet.line(report.say(*title), "label")
    sheet.head(
        [
            report.say("检查内容", "Check"),
            report.say("差额（元）", "Difference (yuan)"),
            "",
            report.say("结果", "Result"),
        ]
    )
    passed, failed = report.say(*PASSED), report.say(*FAILED)
    cells = Cells(report)
    for words, found, slack, stated in (
        *(Check(*each) for each in _differences(report, cells)),
        *_followers(report, cells),
    ):
        row, fine = sheet.row + 1, abs(found.value) <= slack
        verdict = Formula(
            f'=IF(ABS($B{row})<={TOLERANCE},"{passed}","{failed}")', passed if fine else failed
        )
        formula = found.formula.replace(STATED, f"$C{row}")
        sheet.fitted(
            [words, Formula(f"={formula}", found.value), "" if stated is None else stated, verdict],
            ["text", "money", "text" if stated is None else "stated_money", "verdict"],
        )
        yield fine


def _pages(report: Report, sheet: Sheet) -> Iterator[bool]:
    """Every table held against the engine figure by figure, as it was written."""
    engine, edition = Engine(report.shown), report.values
    slack = CENT if edition is None else CENT + edition.step * (1 if edition.closed else 0.5)
    say = report.say
    sheet.head(
        [
            say("写出时逐格与测算核对", "Every figure against the run, as written"),
            say("最大差额（元）", "Largest difference (yuan)"),
            say("金额个数", "Figures"),
            say("结果", "Result"),
        ]
    )
    for table in report.pages.tables:
        found = report.pages.held(table, engine, report.scale)
        fine = found.difference <= slack
        name = (
            NAMES[table].to(report.lang)
            if table in NAMES
            else item_sheet_name(report, int(table.removeprefix("item:")))
        )
        sheet.fitted(
            [name, found.difference, found.figures, say(*(PASSED if fine else FAILED))],
            ["text", "stated_money", "count", "verdict"],
        )
        yield fine
    rows = _calculation(report)
    fine = rows <= CENT
    words = f"{NAMES['calculation'].to(report.lang)} · {NAMES['caps'].to(report.lang)}"
    sheet.fitted(
        [words, rows, report.model.money.size, say(*(PASSED if fine else FAILED))],
        ["text", "stated_money", "count", "verdict"],
    )
    yield fine


def _calculation(report: Report) -> float:
    """The largest difference between the rows of the calculation, or what its caps and grants leave
    to each payer, and the engine.
    """
    model, calc = report.model, report.layout.calculation
    if not len(model):
        return 0.0
    sheet = report.sheets["calculation"]
    shown = np.array(
        [
            [sheet.shown.get((calc.top + row, calc[name]), np.nan) for name in MONEY]
            for row in range(len(model))
        ],
        np.float64,
    )
    pooled = np.array([model.pooled_amount(payer) for payer in model.payers])
    differences = (shown - model.money, model.after - pooled)
    return float(max(np.nan_to_num(np.abs(each), nan=np.inf).max() for each in differences))


def _differences(report: Report, cells: Cells) -> Iterator[tuple[str, Sum, float]]:
    """What is checked, its formula and value in yuan, and by how much it may be off in this
    edition.
    """
    say, calc, layout, model = report.say, report.layout.calculation, report.layout, report.model
    off = calc.column("difference")
    left = model.cost - sum((model.amount(payer) for payer in model.final), np.zeros(len(model)))
    yield (
        say(
            "逐行：各承担主体之和等于资金需求（最大差额）",
            "row by row: payers add up to cost (largest difference)",
        ),
        Sum(f"MAX(MAX({off}),0-MIN({off}))", float(np.abs(left).max(initial=0.0))),
        CENT,
    )
    yield (
        say("资金需求等于数量×单位成本", "cost is count or amount × unit cost"),
        Sum(
            f"SUMPRODUCT({calc.column('quantity')},{calc.column('unit')})-SUM({calc.column('cost')})",
            0.0,
        ),
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
    whole = [
        Sum(f"SUM({calc.column(name)})", float(model.money[:, k].sum()))
        for k, name in enumerate(MONEY)
    ]
    years = len(report.budget.years) * len(accounts(report))

    def against(area: Area, first: int, conditions: dict[int, str]) -> tuple[Sum, float]:
        """Totals of a table, by column, against the calculation; each may be off by its own
        rounding.
        """
        sums = [cells.sumifs(area, first + k, conditions) for k in range(len(MONEY))]
        differences = [
            (one.yuan(report) - other).size() for one, other in zip(sums, whole, strict=True)
        ]
        step = report.values.step if report.values else 0.0
        return largest(differences), CENT + step * max(each.cells for each in sums)

    def adds_up(
        area: Area, first: int, parts: dict[int, str], above: dict[int, str]
    ) -> tuple[Sum, float]:
        """Rows of a table, by column, against those that sum them."""
        found = [
            cells.sumifs(area, first + k, parts) - cells.sumifs(area, first + k, above)
            for k in range(len(MONEY))
        ]
        return largest([each.size().yuan(report) for each in found]), _slack(
            report, max(each.cells for each in found)
        )

    def across(area: Area, first: int, conditions: dict[int, str]) -> tuple[Sum, float]:
        """Cost against the columns beside it."""
        cost, *columns = (cells.sumifs(area, first + k, conditions) for k in range(len(MONEY)))
        found = cost - added(columns)
        return found.yuan(report), _slack(report, found.cells)

    yield (
        say("分项目表合计等于计算表", "the table by item agrees with the calculation"),
        *against(items, 7, {3: total}),
    )
    apart = bool(report.money.apart)
    if not apart:
        yield (
            say("分项目表各项之和等于合计", "the table by item: items add up to the totals"),
            *adds_up(items, 7, {3: ">0"}, {3: total}),
        )
    yield (
        say("分项目表各列之和等于资金需求", "the table by item: columns add up to cost"),
        *across(items, 7, {2: ">0"}),
    )
    yield (
        say("分地区表小计等于计算表", "the table by place agrees with the calculation"),
        *against(places, 5, {4: part}),
    )
    yield (
        say("分地区表小计之和等于合计", "the table by place: prefectures add up to the totals"),
        *adds_up(places, 5, {4: part}, {4: total}),
    )
    found = [
        (
            cells.sumifs(places, 5 + k, {4: place}) - cells.heads(places, 5 + k, 4, part, place)
        ).size()
        for k in range(len(MONEY))
    ]
    yield (
        say(
            "分地区表“其中”各行之和等于其小计",
            "the table by place: rows below a prefecture add up to it",
        ),
        largest([each.yuan(report) for each in found]),
        _slack(report, max(each.cells for each in found)),
    )
    yield (
        say("分地区表各列之和等于资金需求", "the table by place: columns add up to cost"),
        *across(places, 5, {0: ">0"}),
    )
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
    for n, name in enumerate(
        (say("分领域", "by domain"), say("分项目", "by item"), say("分地区", "by prefecture"))
    ):
        areas = report.year_blocks[n::3]
        found_ = added([cells.sum(area, area.width - 1) for area in areas])
        figures = sum(area.height for area in areas) * len(report.budget.years)
        step = report.values.step if report.values else 0.0
        yield (
            say(
                f"多年汇总（{name}）等于计算表",
                f"the table over the years ({name}) agrees with the calculation",
            ),
            (found_.yuan(report) - whole[0]).size(),
            CENT + step * figures,
        )
    for number in costed_items(report.model):
        area, name = report.areas[f"item:{number}"], item_sheet_name(report, number)
        cost = cells.sumifs(area, AT, {4: total})
        mine = Sum(
            f"SUMIFS({calc.column('cost')},{calc.column('item')},{number_cell(report, number)})",
            float(
                sum(
                    model.cost[first : last + 1].sum()
                    for key, (first, last) in model.spans.items()
                    if len(key) == 2 and key[0] == number
                )
            ),
        )
        yield (
            say(f"{name}合计等于计算表", f"{name}: total agrees with the calculation"),
            (cost.yuan(report) - mine).size(),
            CENT + (report.values.step if report.values else 0.0) * cost.cells,
        )
        yield (
            say(f"{name}小计之和等于合计", f"{name}: prefectures add up to the total"),
            *adds_up(area, AT, {5: part}, {4: total}),
        )
        yield (
            say(f"{name}各列之和等于资金需求", f"{name}: columns add up to cost"),
            *across(area, AT, {2: ">0"}),
        )
    for area in layout.bases:
        amount = f'({area.column(13)}>0)*({area.column(5)}="")*({area.column(6)}<>"")*({area.column(7)}="")'
        yield (
            say(
                "用到的2015年基数都已填报（缺少个数）",
                "every base amount that is used is supplied (number missing)",
            ),
            Sum(f"SUMPRODUCT({amount})", 0.0),
            CENT,
        )


def _followers(report: Report, cells: Cells) -> Iterator[Check]:
    """Tables that follow others: totals over the years, the cover, the charts, the ledger and the
    scenarios set beside each other.
    """
    say, areas, calc = report.say, report.areas, report.layout.calculation
    step = report.values.step if report.values else 0.0
    loose = step if report.money.apart else 0.0
    blocks = []
    for area in report.year_blocks:
        above = Area(area.sheet, area.top - 1, area.left, 1, area.width)
        blocks.append(
            (cells.block(above.part(3, area.width - 3)) - cells.block(area.part(3, area.width - 3)))
            .size()
            .yuan(report)
        )
    if blocks:
        slack = max(_slack(report, each.cells) + loose * each.cells for each in blocks)
        yield Check(
            say("多年汇总各行之和等于合计", "the tables over the years: rows add up to the totals"),
            largest(blocks),
            slack,
        )
    cover, payers = areas["cover"], areas["payers"]
    found = [
        (cells.sum(cover, 2 + n) - cells.sumifs(payers, 3 + y, {1: ">0"})).size()
        for n, y in enumerate(report.picked)
    ]
    yield Check(
        say("封面各主体等于分级次分年表", "the cover agrees with the table by payer"),
        largest(found).yuan(report),
        CENT,
    )
    if "charts" in areas:
        charts, places = areas["charts"], areas["places"]
        year = f"{charts.ahead}$B${report.chart_row}", str(report.budget.years[report.chart_year])
        wanted: dict[int, str | tuple[str, str]] = {
            0: year,
            3: ACCOUNTS["general"].to(report.lang),
            4: say(*PART),
        }
        found = [
            (cells.sum(charts, 2 + k) - cells.sumifs(places, 5 + k, wanted)).size()
            for k in range(len(MONEY))
        ]
        yield Check(
            say("图表数据等于分地区表", "the figures of the charts agree with the table by place"),
            largest(found).yuan(report),
            CENT,
        )
    ledger = areas["ledger"]
    both = f"{calc.column('item')},{ledger.column(0)},{calc.column('account')},{ledger.column(6)}"
    printed = cells.sum(ledger, 3)
    mine = Sum(
        f"SUMPRODUCT(SUMIFS({calc.column('cost')},{both}))",
        sum(entry.cost for entry in report.ledger.items),
    )
    years = len(report.budget.years)
    yield Check(
        say("台账资金需求等于计算表", "the ledger agrees with the calculation"),
        printed.yuan(report) - mine,
        CENT + step * printed.cells * years,
    )
    if "scenarios" in areas:
        yield from _scenarios(report, cells, areas["scenarios"])


def _scenarios(report: Report, cells: Cells, area: Area) -> Iterator[Check]:
    """The scenario of the workbook against its table by item, every other one against its run, and
    the differences against both.
    """
    say, items, step = (
        report.say,
        report.areas["items"],
        report.values.step if report.values else 0.0,
    )
    titles = [report.title, *(other.scenario.title.to(report.lang) for other, _ in report.beside)]
    if len(set(titles)) < len(titles):  # rows of one title cannot be told apart
        return
    live = [cells.sumifs(area, 3 + k, {0: report.title}) for k in range(len(MONEY))]
    found = [
        (one - cells.sumifs(items, 7 + k, {3: say(*TOTAL)})).size() for k, one in enumerate(live)
    ]
    words = say(
        "情景对比中本情景等于分项目表", "the scenarios: the live one agrees with the table by item"
    )
    yield Check(words, largest(found).yuan(report), CENT)
    others = []
    for title, (_, yuan) in zip(titles[1:], report.beside, strict=True):
        columns = added([cells.sumifs(area, 3 + k, {0: title}) for k in range(len(MONEY))])
        others.append(columns)
        held = columns.yuan(report)
        words = say(
            f"情景对比中“{title}”等于其测算结果（各列之和）",
            f"the scenarios: '{title}' agrees with its run (all columns)",
        )
        yield Check(
            words,
            Sum(f"{held.formula}-{STATED}", held.value - yuan),
            CENT + step * held.cells,
            yuan,
        )
    mine, gaps = (
        added(live),
        added([cells.sumifs(area, 3 + k, {0: say(*DIFFERENCE)}) for k in range(len(MONEY))]),
    )
    if gaps.cells == sum(each.cells for each in others) == mine.cells * len(others):
        every = added(others)
        left = Sum(
            f"{gaps.formula}-({every.formula})+{len(others)}*({mine.formula})",
            gaps.value - every.value + len(others) * mine.value,
            gaps.cells,
        )
        yield Check(
            say(
                "情景对比差额等于两者之差", "the scenarios: differences are those of the rows above"
            ),
            left.size().yuan(report),
            CENT,
        )


def number_cell(report: Report, number: int) -> str:
    """The cell of the calculation that holds an item's number."""
    first = next(
        span[0]
        for (item, *rest), span in report.model.spans.items()
        if item == number and len(rest) == 1
    )
    calc = report.layout.calculation
    return f"'{calc.sheet}'!$B${calc.top + first + 1}"


def _engine(report: Report, sheet: Sheet) -> None:
    """The engine's totals by account and payer beside those of the workbook: live ones, or the
    plain numbers printed.
    """
    live = report.book.live
    sheet.line(
        report.say(
            "二、与测算结果核对（灰底为测算时的固定值）",
            "2. Against the run (grey: fixed at the run)",
        ),
        "label",
    )
    now = (
        report.say("现值（元，公式）", "Now (yuan, formula)")
        if live
        else report.say("表中各年合计（元）", "Printed, all years (yuan)")
    )
    sheet.head(
        [
            report.say("账目与承担主体", "Account and payer"),
            report.say("测算结果（元）", "At the run (yuan)"),
            now,
            report.say("差额（元）", "Difference (yuan)"),
            report.say("账目", "Account"),
        ]
    )
    calc, model, at = report.layout.calculation, report.model, account_of(report)
    first, fine = sheet.row + 1, True
    for account in accounts(report):
        rows, label = at == list(ACCOUNTS).index(account), ACCOUNTS[account].to(report.lang)
        payers = shown_payers(report, account)
        printed = np.nansum(report.money.payers(account, payers), axis=1) * report.scale
        for payer, shown in zip(payers, printed.tolist(), strict=False):
            row, total = sheet.row + 1, float(np.sum(model.amount(payer)[rows]))
            fine = fine and abs(shown - total) <= CENT + (
                report.values.step if report.values else 0.0
            ) * len(report.budget.years)
            found = Formula(
                f"=SUMIFS({calc.column(column_of(model, payer))},{calc.column('account')},$E{row})",
                shown,
            )
            sheet.fitted(
                [
                    f"{label} · {report.label(payer)}",
                    total,
                    found,
                    Formula(f"=$C{row}-$B{row}", shown - total),
                    label,
                ],
                ["text", "stated_money", "money", "money", "text"],
            )
    last = sheet.row
    report.as_run = fine
    same, changed = report.say(*SAME), report.say(*CHANGED)
    verdict = Formula(
        f'=IF(MAX(MAX($D{first}:$D{last}),0-MIN($D{first}:$D{last}))<={TOLERANCE},"{same}","{changed}")',
        same if fine else changed,
    )
    sheet.fitted(
        [report.say(*INPUTS), "", "", verdict, ""],
        ["total_text", "total_text", "total_text", "verdict", "text"],
    )
    report.book.define(AS_RUN, f"'{sheet.name}'!$D${sheet.row}")
