"""Several scenarios side by side: the first live, the others as the engine found them, their
differences, and a chart of who pays in each.
"""

from __future__ import annotations

from collections.abc import Sequence

from fiscal_model.results.result import Result, only
from fiscal_model.vocabulary import ACCOUNTS, Text
from fiscal_model.workbook.charts import MONEY_AXIS, add_columns, stack
from fiscal_model.workbook.columns import Column, Table
from fiscal_model.workbook.context import Report
from fiscal_model.workbook.figures import Money
from fiscal_model.workbook.model import cells_of
from fiscal_model.workbook.pages import MEASURES, Engine, Quantity
from fiscal_model.workbook.sheet import Sheet
from fiscal_model.workbook.summaries import (
    ACCOUNT,
    DIFFERENCE,
    YEAR,
    Line,
    accounts,
    table_of,
)
from fiscal_model.workbook.tables import money_columns


def scenarios(report: Report, budgets: Sequence[Result]) -> None:
    """Totals of several scenarios, an account at a time: the first live, the others as the engine
    found them, and the differences.

    ``budgets`` are of the same items and years as the report; of its places here.
    """
    own, lines, titles = report.budget, list[Line](), list[str | Text]()
    codes = {own.places[p] for p in set(report.model.cells[1].tolist())}
    beside = [
        (
            each,
            Money(each.whole, cells_of(only(each, codes)), report.scale, report.values),
            Engine(only(each, codes)),
        )
        for each in budgets
    ]
    sums = (
        "=SUMIFS({~calculation.%},{calculation.account},{account},{calculation.year},{year})/10000"
    )
    totals, engines = [0.0] * len(beside), dict[int, Engine]()
    for account in accounts(report):
        for y, year in enumerate(own.years):
            live, mine = len(lines), report.money.at(account, y)
            quantity = Quantity(account, y) if report.money.has(account, y) else None
            lines.append(Line("", account, mine.tolist(), sums, y, quantity=quantity))
            titles.append(report.title)
            for n, (other, figures, engine) in enumerate(beside):
                at = other.years.index(year) if year in other.years else -1
                found, quantity = figures.at(account, at), None
                if figures.has(account, at):
                    quantity = Quantity(account, at)
                    totals[n] += sum(engine.yuan(quantity, measure) for measure in MEASURES)
                    engines[len(lines)] = engine
                lines.append(Line("stated", account, found.tolist(), None, y, quantity=quantity))
                gap, marks = (found - mine).tolist(), {"live": live}
                lines.append(Line("part", account, gap, "={~@above}-{~@live}", y, marks=marks))
                titles += [other.scenario.title, DIFFERENCE]
    report.beside = [(other, totals[n]) for n, (other, *_) in enumerate(beside)]
    table = table_of(
        report,
        "scenarios",
        lines,
        "",
        [
            Column("scenario", Text("情景", "Scenario"), titles, width=30),
            Column("account", ACCOUNT, lambda line: ACCOUNTS[line.account], width=24),
            Column("year", YEAR, lambda line: own.years[line.y], "year", width=8),
        ],
    )
    about = (
        report.say(
            f"“{report.title}”为公式；其他情景为测算时的固定值（灰底），"
            "不随输入改动；差额为其他情景减去前者。",
            f"'{report.title}' is live; the other scenarios are fixed at the run (grey); a"
            " difference is the other less the first.",
        )
        if report.book.live
        else report.say(
            f"差额为其他情景减去“{report.title}”。",
            f"A difference is the other scenario less '{report.title}'.",
        )
    )
    sheet = report.printed("scenarios", Text("各情景合计", "Totals by scenario"), table, 0, [about])
    quantities = [line.quantity for line in lines]
    report.pages.money(table, quantities, engines)
    first = [n for n, line in enumerate(lines) if line.account == lines[0].account]
    rows = [n for n in first if titles[n] != DIFFERENCE]
    sheet.sheet.set_h_pagebreaks([sheet.row])
    sheet.line(report.say("对比图数据", "What the chart shows"), "label")
    drawn = sheet.table(_drawn(report, table, rows))
    there = {k: engines[n] for k, n in enumerate(rows) if n in engines}
    report.pages.money(drawn, [quantities[n] for n in rows], there, "scenarios")
    _draw(report, sheet, drawn)


def _drawn(report: Report, table: Table, rows: Sequence[int]) -> Table:
    """What the chart shows: rows of the first account, a year after the other."""
    found = [[table.values(name)[n] for name in MEASURES] for n in rows]
    labels, years, accounts = (table.values(name) for name in ("scenario", "year", "account"))
    return Table(
        "scenarios_drawn",
        len(rows),
        [
            Column("label", "", [f"{years[n]} {labels[n]}" for n in rows]),
            Column("account", "", [accounts[n] for n in rows]),
            Column("year", "", [years[n] for n in rows], "year"),
            *money_columns(report.budget.standard.payers, found, "={~scenarios.%@row}"),
        ],
        marks=[{"row": n} for n in rows],
    )


def _draw(report: Report, sheet: Sheet, table: Table) -> None:
    """Who pays in each year and scenario: a bar each."""
    unit, account = report.wan(), table.values("account")[0]
    title = report.say(
        f"各情景各承担主体（{account}，{unit}）", f"Who pays in each scenario ({account}, {unit})"
    )
    chart = stack(report, "bar", title)
    add_columns(report, chart, table, "label")
    chart.set_y_axis({"reverse": True, "num_font": {"size": 9}})
    chart.set_x_axis(MONEY_AXIS)
    height = 160 + 30 * table.rows
    chart.set_size({"width": 1100, "height": height})
    sheet.sheet.insert_chart(sheet.row + 1, 0, chart)
    sheet.row += 2 + height // 20
