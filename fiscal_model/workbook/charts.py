"""Charts drawn by the spreadsheet itself, over cells that follow the inputs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from fiscal_model.charts.style import FAINT
from fiscal_model.standard.payers import Payer
from fiscal_model.vocabulary import ACCOUNTS, UNALLOCATED, Text
from fiscal_model.workbook.columns import Column, Table, widths
from fiscal_model.workbook.context import Report
from fiscal_model.workbook.pages import Quantity
from fiscal_model.workbook.summaries import PART, WHERE, account_of, shown_payers
from fiscal_model.workbook.tables import columns, money_columns


def charts(report: Report) -> None:
    """Who pays over the years, and in the prefectures in a year to choose; the general public
    budget.
    """
    model, years = report.model, report.budget.years
    rows = account_of(report) == list(ACCOUNTS).index("general")
    if not rows.any():
        return
    last = int(model.cells[2][rows].max())
    table = _table(report, last)
    general = ACCOUNTS["general"]
    listed = ",".join(str(year) for year in years)
    choice = (
        {"validate": "list", "source": [str(year) for year in years]}
        if len(listed) < 250
        else {"validate": "integer", "criteria": ">", "value": 0}
    )
    chosen = Table(
        "chosen",
        1,
        [
            Column("what", "", [Text("年份（可改）", "Year (may be changed)")], "label"),
            Column("year", "", [years[last]], "input_number", check=choice),
            Column("account", "", [general]),
        ],
    )
    title = Text("图表（一般公共预算）", "Charts (general public budget)")
    sheet = report.open("charts", *title, widths(table), report.wan())
    sheet.table(chosen)
    sheet.show(table)
    found = [
        quantity if report.money.has("general", last, "prefecture", quantity.prefecture) else None
        for quantity in (
            Quantity("general", last, prefecture=code) for code in table.values("code")
        )
    ]
    report.pages.money(table, found)
    report.chart_year = last
    sheet.row += 1
    chart = stack(
        report,
        "bar",
        report.say("各地承担主体（所选年份）", "Who pays in the prefectures (year chosen)"),
    )
    add_columns(report, chart, table, "place")
    chart.set_y_axis({"reverse": True, "num_font": {"size": 9}})
    chart.set_x_axis(MONEY_AXIS)
    chart.set_size({"width": 960, "height": 200 + 22 * table.rows})
    sheet.sheet.insert_chart(sheet.row + 25, 0, chart)
    sheet.sheet.insert_chart(sheet.row + 1, 0, _over_years(report))
    sheet.sheet.set_h_pagebreaks([sheet.row, sheet.row + 24])
    sheet.row += 36 + table.rows


def _table(report: Report, y: int) -> Table:
    """The prefectures in the year chosen, by payer."""
    labels, model = report.budget.labels["prefecture"], report.model
    years = range(len(report.budget.years))
    every = [
        code
        for code in dict.fromkeys(labels[p] for p in model.cells[1].tolist())
        if any(report.money.has("general", each, "prefecture", code) for each in years)
    ]
    figures = [np.nan_to_num(report.money.at("general", y, "prefecture", code)) for code in every]
    formula = (
        "=SUMIFS({~places.%},{places.year},{chosen.year@only},{places.code},{code}"
        f',{{places.account}},{{chosen.account@only}},{{places.row}},"{report.say(*PART)}")'
    )
    label = report.budget.standard.places.label
    return Table(
        "charts",
        len(every),
        [
            Column("place", WHERE, [label(code) for code in every], width=28),
            Column("code", Text("地区编码", "Code"), every, width=9),
            *(
                replace(column, over=None, width=15)
                for column in money_columns(
                    report.budget.standard.payers, [each.tolist() for each in figures], formula
                )
            ),
        ],
    )


MONEY_AXIS = {
    "num_format": "#,##0",
    "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}},
}


def add_columns(report: Report, chart: Any, table: Table, first: str, last: str = "") -> None:
    """The columns of money of a table, stacked over what stands in its columns ``first`` to
    ``last``.
    """
    payers = report.budget.standard.payers
    for name, (title, inside) in columns(payers).items():
        chart.add_series(
            {
                "name": title.to(report.lang),
                "categories": f"={table.whole(first, last or first)}",
                "values": f"={table.whole(name)}",
                "gap": 50,
                **_look(payers[inside[0]]),
            }
        )


def stack(report: Report, kind: str, title: str) -> Any:
    """A chart of stacked bars or columns, without any yet."""
    chart = report.book.file.add_chart({"type": kind, "subtype": "stacked"})
    chart.set_title({"name": title, "name_font": {"size": 12}, "overlay": False})
    chart.set_legend({"position": "bottom"})
    return chart


def _look(payer: Payer) -> dict[str, Any]:
    """The colour of a payer as in every other chart; what is unallocated is hatched."""
    if payer.code == UNALLOCATED:
        return {
            "pattern": {
                "pattern": "wide_upward_diagonal",
                "fg_color": FAINT,
                "bg_color": payer.colour,
            },
            "border": {"color": FAINT},
        }
    return {"fill": {"color": payer.colour}}


def _over_years(report: Report) -> Any:
    """The general public budget by payer and year."""
    payers, years = report.tables["payers"], report.budget.years
    unit = report.wan()
    title = report.say(
        f"各承担主体分年（一般公共预算，{unit}）",
        f"Who pays over the years (general public budget, {unit})",
    )
    chart = stack(report, "column", title)
    ends = f"year:{years[0]}", f"year:{years[-1]}"
    for n, payer in enumerate(shown_payers(report, "general")):
        chart.add_series(
            {
                "name": f"={payers.cell('payer', n)}",
                "categories": f"={payers.part(-1, 1).whole(*ends)}",
                "values": f"={payers.part(n, 1).whole(*ends)}",
                "gap": 60,
                **_look(report.budget.standard.payers[payer]),
            }
        )
    chart.set_y_axis(MONEY_AXIS)
    chart.set_size({"width": 960, "height": 420})
    return chart
