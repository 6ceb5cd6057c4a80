"""The checks of a workbook: sums that must agree whatever the inputs, every page against the
engine, and whether the inputs are still those of the run.
A check is a formula and what it comes to on the pages as they have been written: in the edition of
plain numbers, and to whoever opens a workbook without recalculating it, the second is the check.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from fiscal_model.vocabulary import ACCOUNTS, Text
from fiscal_model.workbook.calculation import column_of
from fiscal_model.workbook.columns import BLANK, Column, Table
from fiscal_model.workbook.context import NAMES, Report
from fiscal_model.workbook.item_table import costed_items, item_sheet_name
from fiscal_model.workbook.live_tables import TOLERANCE
from fiscal_model.workbook.pages import Engine
from fiscal_model.workbook.sheet import Sheet
from fiscal_model.workbook.summaries import (
    DIFFERENCE,
    MONEY,
    PART,
    PLACE,
    TOTAL,
    account_of,
    accounts,
    shown_payers,
    year_kinds,
)
from fiscal_model.workbook.sums import Cells, Sum, added, largest
from fiscal_model.workbook.tables import COLUMNS

PASSED, FAILED = Text("通过", "passed"), Text("不符", "FAILED")
MASTER_CHECK, INPUTS = Text("总检查", "Master check"), Text("测算后的输入", "Inputs since the run")
SAME, CHANGED = Text("未改动", "unchanged"), Text("已改动", "changed")
MASTER, AS_RUN = "master_check", "as_run"
CENT = 0.01
"""Yuan that unrounded sums may miss each other by."""
RESULT = Text("结果", "Result")
WIDTHS = (64, 24, 24, 22, 24)


class Check(NamedTuple):
    """What is checked, the difference in yuan, by how much it may be off in this edition, and the
    yuan of the run that it is held against, if it is.
    """

    words: str
    difference: Sum
    slack: float
    stated: float | None = None


STATED = "{stated}"
"""In a formula, the cell that holds the yuan of the run."""


def checks(report: Report) -> None:
    """Sums that must agree, the engine's totals, and the warnings of the run."""
    sheet = report.open("checks", "检查表", "Checks", WIDTHS)
    sheet.sheet.set_portrait()
    if report.book.live:
        sheet.line(
            report.say(
                "第一部分任何时候都应通过；第二部分只在输入未改动时一致，改动后显示“已改动”，属正常。",
                "Part one must always pass; part two agrees until an input is changed, and then"
                " says 'changed'.",
            )
        )
    sums = _sums(report, sheet)
    tables = (sums, _pages(report, sheet))
    report.passed = all(each == report.say(*PASSED) for t in tables for each in t.values("verdict"))
    passed, failed = report.say(*PASSED), report.say(*FAILED)
    verdict = f'=IF(COUNTIF({{verdict@first}}:{{verdict@last}},"{failed}")=0,"{passed}","{failed}")'
    columns = [
        Column("what", "", [MASTER_CHECK]),
        BLANK,
        BLANK,
        Column(
            "verdict",
            "",
            [PASSED if report.passed else FAILED],
            "verdict",
            verdict,
            names=[MASTER],
        ),
    ]
    marks = {"first": sums.top - sheet.row, "last": -1}
    sheet.table(Table("master", 1, columns, styles=["total"], marks=[marks]))
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


def _sums(report: Report, sheet: Sheet) -> Table:
    """Differences in yuan that must be nothing."""
    title = (
        ("一、恒等检查（公式）", "1. Sums that must agree (formulas)")
        if report.book.live
        else ("一、恒等检查", "1. Sums that must agree")
    )
    sheet.line(report.say(*title), "label")
    cells = Cells()
    found = [*(Check(*each) for each in _differences(report, cells)), *_followers(report, cells)]
    passed, failed = report.say(*PASSED), report.say(*FAILED)
    stated = [each.stated for each in found]
    columns = [
        Column("what", Text("检查内容", "Check"), [each.words for each in found]),
        Column(
            "difference",
            Text("差额（元）", "Difference (yuan)"),
            [each.difference.value for each in found],
            "money",
            [f"={each.difference.formula}" for each in found],
        ),
        Column(
            "stated",
            "",
            ["" if each is None else each for each in stated],
            ["text" if each is None else "stated_money" for each in stated],
        ),
        Column(
            "verdict",
            RESULT,
            [passed if abs(each.difference.value) <= each.slack else failed for each in found],
            "verdict",
            f'=IF(ABS({{difference}})<={TOLERANCE},"{passed}","{failed}")',
        ),
    ]
    return sheet.show(Table("sums", len(found), columns))


def _pages(report: Report, sheet: Sheet) -> Table:
    """Every table held against the engine figure by figure, as it was written."""
    engine, edition = Engine(report.shown), report.values
    slack = CENT if edition is None else CENT + edition.step * (1 if edition.closed else 0.5)
    tables = [*report.pages.tables]
    found = [report.pages.held(table, engine, report.scale) for table in tables]
    rows = _calculation(report)
    names: list[str | Text] = [
        NAMES[table]
        if table in NAMES
        else item_sheet_name(report, int(table.removeprefix("item:")))
        for table in tables
    ]
    both = " · ".join(NAMES[key].to(report.lang) for key in ("calculation", "caps"))
    both += report.say("（本册未印）", " (not in this edition)") if report.short else ""
    differences = [*(each.difference for each in found), rows]
    fine = [*(each.difference <= slack for each in found), rows <= CENT]
    columns = [
        Column(
            "what",
            Text("写出时逐格与测算核对", "Every figure against the run, as written"),
            [*names, both],
        ),
        Column(
            "difference",
            Text("最大差额（元）", "Largest difference (yuan)"),
            differences,
            "stated_money",
        ),
        Column(
            "figures",
            Text("金额个数", "Figures"),
            [*(each.figures for each in found), report.model.money.size],
            "count",
        ),
        Column("verdict", RESULT, [PASSED if each else FAILED for each in fine], "verdict"),
    ]
    return sheet.show(Table("pages", len(fine), columns))


def _calculation(report: Report) -> float:
    """The largest difference between the rows of the calculation, or what its caps and grants leave
    to each payer, and the engine.
    """
    model, calc = report.model, report.tables["calculation"]
    if not len(model):
        return 0.0
    shown = np.array([calc.values(name) for name in MONEY], np.float64).T
    pooled = np.array([model.pooled_amount(payer) for payer in model.payers])
    differences = (shown - model.money, model.after - pooled)
    return float(max(np.nan_to_num(np.abs(each), nan=np.inf).max() for each in differences))


def _differences(report: Report, cells: Cells) -> Iterator[tuple[str, Sum, float]]:
    """What is checked, its formula and value in yuan, and by how much it may be off in this
    edition.
    """
    say, calc, model = report.say, report.tables["calculation"], report.model
    off = calc.whole("difference")
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
            f"SUMPRODUCT({calc.whole('quantity')},{calc.whole('unit')})-SUM({calc.whole('cost')})",
            0.0,
        ),
        CENT,
    )
    least = ",".join(calc.whole(name) for name in COLUMNS)
    yield (
        say("没有负数（最小金额）", "nothing is negative (least amount)"),
        Sum(f"0-MIN(0,{least})", float(-model.money.min(initial=0.0))),
        CENT,
    )
    items, places, payers = (report.tables[name] for name in ("items", "places", "payers"))
    total, part, place = (say(*words) for words in (TOTAL, PART, PLACE))
    whole = [
        Sum(f"SUM({calc.whole(name)})", float(model.money[:, k].sum()))
        for k, name in enumerate(MONEY)
    ]
    years = len(report.budget.years) * len(accounts(report))

    def against(table: Table, conditions: dict[str, str]) -> tuple[Sum, float]:
        """Totals of a table, by column, against the calculation; each may be off by its own
        rounding.
        """
        sums = [cells.sumifs(table, name, conditions) for name in MONEY]
        differences = [
            (one.yuan(report) - other).size() for one, other in zip(sums, whole, strict=True)
        ]
        step = report.values.step if report.values else 0.0
        return largest(differences), CENT + step * max(each.cells for each in sums)

    def adds_up(table: Table, parts: dict[str, str], above: dict[str, str]) -> tuple[Sum, float]:
        """Rows of a table, by column, against those that sum them."""
        found = [
            cells.sumifs(table, name, parts) - cells.sumifs(table, name, above) for name in MONEY
        ]
        return largest([each.size().yuan(report) for each in found]), _slack(
            report, max(each.cells for each in found)
        )

    def across(table: Table, conditions: dict[str, str]) -> tuple[Sum, float]:
        """Cost against the columns beside it."""
        cost, *columns = (cells.sumifs(table, name, conditions) for name in MONEY)
        found = cost - added(columns)
        return found.yuan(report), _slack(report, found.cells)

    yield (
        say("分项目表合计等于计算表", "the table by item agrees with the calculation"),
        *against(items, {"item": total}),
    )
    apart = bool(report.money.apart)
    if not apart:
        yield (
            say("分项目表各项之和等于合计", "the table by item: items add up to the totals"),
            *adds_up(items, {"item": ">0"}, {"item": total}),
        )
    yield (
        say("分项目表各列之和等于资金需求", "the table by item: columns add up to cost"),
        *across(items, {"year": ">0"}),
    )
    yield (
        say("分地区表小计等于计算表", "the table by place agrees with the calculation"),
        *against(places, {"row": part}),
    )
    yield (
        say("分地区表小计之和等于合计", "the table by place: prefectures add up to the totals"),
        *adds_up(places, {"row": part}, {"row": total}),
    )
    found = [
        (
            cells.sumifs(places, name, {"row": place})
            - cells.heads(places, name, "row", part, place)
        ).size()
        for name in MONEY
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
        *across(places, {"year": ">0"}),
    )
    if "plan" in report.tables:
        yield from _plan(report, cells, whole[0])
    sums = [cells.sumifs(payers, "year:all", {"number": number}) for number in (">1", "1")]
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
    names = (
        say("分承担主体", "by payer"),
        say("分领域", "by domain"),
        say("分项目", "by item"),
        say("分地区", "by prefecture"),
        say("分功能科目", "by budget function"),
    )
    kinds = len(year_kinds(report))
    for n, name in enumerate(names[: kinds if report.year_blocks else 0]):
        blocks = [below(block) for block in report.year_blocks[n::kinds]]
        found_ = added([cells.sum(block, "year:all") for block in blocks])
        figures = sum(block.rows for block in blocks) * len(report.budget.years)
        step = report.values.step if report.values else 0.0
        yield (
            say(
                f"多年汇总（{name}）等于计算表",
                f"the table over the years ({name}) agrees with the calculation",
            ),
            (found_.yuan(report) - whole[0]).size(),
            CENT + step * figures,
        )
    for number in () if report.short else costed_items(report.model):
        table, name = report.tables[f"item:{number}"], item_sheet_name(report, number)
        cost = cells.sumifs(table, "cost", {"place": total})
        mine = Sum(
            f"SUMIFS({calc.whole('cost')},{calc.whole('item')},{number_cell(report, number)})",
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
            *adds_up(table, {"line": part}, {"place": total}),
        )
        yield (
            say(f"{name}各列之和等于资金需求", f"{name}: columns add up to cost"),
            *across(table, {"year": ">0"}),
        )
    for n in range(len(model.bases)):
        total, amount, factor, stated = (
            report.tables[f"bases:{n}"].whole(name)
            for name in ("total", "amount", "factor", "stated")
        )
        missing = f'({total}>0)*({amount}="")*({factor}<>"")*({stated}="")'
        yield (
            say(
                "用到的2015年基数都已填报（缺少个数）",
                "every base amount that is used is supplied (number missing)",
            ),
            Sum(f"SUMPRODUCT({missing})", 0.0),
            CENT,
        )


def _plan(report: Report, cells: Cells, whole: Sum) -> Iterator[tuple[str, Sum, float]]:
    """The plan by place against the calculation, and its payers against the cost."""
    say, part = report.say, report.say(*PART)
    years = len(report.budget.years) * len(accounts(report))
    plan = report.tables["plan"]
    sums = [
        cells.sumifs(plan, "year:all", {"row": part, "number": number}) for number in (">1", "1")
    ]
    yield (
        say("分地区分年表小计等于计算表", "the plan by place agrees with the calculation"),
        (sums[1].yuan(report) - whole).size(),
        CENT + (report.values.step if report.values else 0.0) * years * max(1, sums[1].cells),
    )
    yield (
        say("分地区分年表各主体之和等于资金需求", "the plan by place: payers add up to cost"),
        (sums[0] - sums[1]).size().yuan(report),
        _slack(report, (sums[0].cells + sums[1].cells) * years),
    )


def _followers(report: Report, cells: Cells) -> Iterator[Check]:
    """Tables that follow others: totals over the years, the cover, the charts, the ledger and the
    scenarios set beside each other.
    """
    say, tables = report.say, report.tables
    loose = report.values.step if report.values and report.money.apart else 0.0
    blocks = [
        (cells.block(block.part(0, 1), "year:") - cells.block(below(block), "year:"))
        .size()
        .yuan(report)
        for block in report.year_blocks
    ]
    if blocks:
        slack = max(_slack(report, each.cells) + loose * each.cells for each in blocks)
        yield Check(
            say("多年汇总各行之和等于合计", "the tables over the years: rows add up to the totals"),
            largest(blocks),
            slack,
        )
    found = [
        (
            cells.sum(tables["cover"], year)
            - cells.sumifs(tables["payers"], year, {"number": ">0"})
        ).size()
        for year in (f"year:{report.budget.years[y]}" for y in report.picked)
    ]
    yield Check(
        say("封面各主体等于分级次分年表", "the cover agrees with the table by payer"),
        largest(found).yuan(report),
        CENT,
    )
    if "charts" in tables:
        year = tables["chosen"].cell("year", 0), str(report.budget.years[report.chart_year])
        wanted: dict[str, str | tuple[str, str]] = {
            "year": year,
            "account": ACCOUNTS["general"].to(report.lang),
            "row": say(*PART),
        }
        found = [
            (
                cells.sum(tables["charts"], name) - cells.sumifs(tables["places"], name, wanted)
            ).size()
            for name in MONEY
        ]
        yield Check(
            say("图表数据等于分地区表", "the figures of the charts agree with the table by place"),
            largest(found).yuan(report),
            CENT,
        )
    if "ledger" in tables:
        yield _ledger(report, cells)
    if "open" in tables:
        yield _open(report, cells)
    if "scenarios" in tables:
        yield from _scenarios(report, cells, tables["scenarios"])


def _ledger(report: Report, cells: Cells) -> Check:
    say, calc, ledger = report.say, report.tables["calculation"], report.tables["ledger"]
    step = report.values.step if report.values else 0.0
    both = ",".join(of.whole(name) for name in ("item", "account") for of in (calc, ledger))
    printed = cells.sum(ledger, "cost")
    mine = Sum(
        f"SUMPRODUCT(SUMIFS({calc.whole('cost')},{both}))",
        sum(entry.cost for entry in report.ledger.items),
    )
    years = len(report.budget.years)
    return Check(
        say("台账资金需求等于计算表", "the ledger agrees with the calculation"),
        printed.yuan(report) - mine,
        CENT + step * printed.cells * years,
    )


def _open(report: Report, cells: Cells) -> Check:
    say, table = report.say, report.tables["open"]
    items, total = (cells.sumifs(table, "year:all", {"item": word}) for word in (">0", say(*TOTAL)))
    apart = report.values.step * items.cells if report.values and report.money.apart else 0.0
    return Check(
        say("未明确分担各项之和等于合计", "what is unallocated: items add up to the totals"),
        (items - total).size().yuan(report),
        _slack(report, (items.cells + total.cells) * len(report.budget.years)) + apart,
    )


def below(block: Table) -> Table:
    """A table over the years without its total."""
    return block.part(1, block.rows - 1)


def _scenarios(report: Report, cells: Cells, table: Table) -> Iterator[Check]:
    """The scenario of the workbook against its table by item, every other one against its run, and
    the differences against both.
    """
    tables, say, items, step = (
        report.tables,
        report.say,
        report.tables["items"],
        report.values.step if report.values else 0.0,
    )
    titles = [report.title, *(other.scenario.title.to(report.lang) for other, _ in report.beside)]
    if len(set(titles)) < len(titles):  # rows of one title cannot be told apart
        return
    drawn, account = tables["scenarios_drawn"], {"account": str(table.values("account")[0])}
    gap = {**account, "scenario": say(*DIFFERENCE)}
    apart = [
        (
            cells.sum(drawn, name)
            - (cells.sumifs(table, name, account) - cells.sumifs(table, name, gap))
        ).size()
        for name in MONEY
    ]
    words = say(
        "情景对比图数据等于情景对比表", "the figures of the chart agree with the scenarios' table"
    )
    yield Check(words, largest(apart).yuan(report), CENT)
    live = [cells.sumifs(table, name, {"scenario": report.title}) for name in MONEY]
    found = [
        (one - cells.sumifs(items, name, {"item": say(*TOTAL)})).size()
        for name, one in zip(MONEY, live, strict=True)
    ]
    words = say(
        "情景对比中本情景等于分项目表", "the scenarios: the live one agrees with the table by item"
    )
    yield Check(words, largest(found).yuan(report), CENT)
    others = []
    for title, (_, yuan) in zip(titles[1:], report.beside, strict=True):
        columns = added([cells.sumifs(table, name, {"scenario": title}) for name in MONEY])
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
        added([cells.sumifs(table, name, {"scenario": say(*DIFFERENCE)}) for name in MONEY]),
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
    calc = report.tables["calculation"]
    return calc.cell("item", first)


def _engine(report: Report, sheet: Sheet) -> None:
    """The engine's totals by account and payer beside those of the workbook: live ones, or the
    plain numbers printed.
    """
    sheet.line(
        report.say(
            "二、与测算结果核对（灰底为测算时的固定值）",
            "2. Against the run (grey: fixed at the run)",
        ),
        "label",
    )
    now = (
        Text("现值（元，公式）", "Now (yuan, formula)")
        if report.book.live
        else Text("表中各年合计（元）", "Printed, all years (yuan)")
    )
    model, at = report.model, account_of(report)
    rows: list[tuple[str, str, float, float]] = []
    for account in accounts(report):
        mine, payers = at == list(ACCOUNTS).index(account), shown_payers(report, account)
        printed = np.nansum(report.money.payers(account, payers), axis=1) * report.scale
        rows += [
            (account, payer, float(np.sum(model.amount(payer)[mine])), shown)
            for payer, shown in zip(payers, printed.tolist(), strict=False)
        ]
    step = report.values.step if report.values else 0.0
    slack = CENT + step * len(report.budget.years)
    report.as_run = all(abs(shown - total) <= slack for *_, total, shown in rows)
    same, changed = report.say(*SAME), report.say(*CHANGED)
    verdict = (
        "=IF(MAX(MAX({difference@first}:{difference@last}),0-MIN({difference@first}:{difference@last}))"
        f'<={TOLERANCE},"{same}","{changed}")'
    )
    found = "=SUMIFS({calculation.%s},{calculation.account},{account})"
    labels = {account: ACCOUNTS[account].to(report.lang) for account, *_ in rows}
    last = len(rows)
    columns = [
        Column(
            "what",
            Text("账目与承担主体", "Account and payer"),
            [*(f"{labels[a]} · {report.label(p)}" for a, p, *_ in rows), INPUTS],
        ),
        Column(
            "run",
            Text("测算结果（元）", "At the run (yuan)"),
            [*(total for *_, total, _ in rows), ""],
            [*["stated_money"] * last, "text"],
        ),
        Column(
            "now",
            now,
            [*(shown for *_, shown in rows), ""],
            [*["money"] * last, "text"],
            [*(found % column_of(model, payer) for _, payer, *_ in rows), None],
        ),
        Column(
            "difference",
            Text("差额（元）", "Difference (yuan)"),
            [*(shown - total for *_, total, shown in rows), SAME if report.as_run else CHANGED],
            [*["money"] * last, "verdict"],
            [*["={now}-{run}"] * last, verdict],
            names=[*[""] * last, AS_RUN],
        ),
        Column(
            "account",
            Text("账目", "Account"),
            [*(labels[account] for account, *_ in rows), ""],
            [*["text"] * last, "plain_text"],
        ),
    ]
    styles, marks = [*[""] * last, "total"], [{"first": 0, "last": last - 1}] * (last + 1)
    sheet.show(Table("run", last + 1, columns, styles=styles, marks=marks))
