"""Charts drawn by the spreadsheet itself, over cells that follow the inputs."""

from __future__ import annotations

from typing import Any

from fiscal_model.charts.style import FAINT
from fiscal_model.report.area import Area, letters
from fiscal_model.report.context import Report
from fiscal_model.report.pages import Quantity
from fiscal_model.report.sheet import Formula
from fiscal_model.report.summaries import MONEY, PART, account_of, shown_payers
from fiscal_model.report.tables import columns
from fiscal_model.standard.payers import Payer
from fiscal_model.vocabulary import ACCOUNTS, UNALLOCATED


def charts(report: Report) -> None:
    """Who pays over the years, and in the prefectures in a year to choose; the general public
    budget.
    """
    model, years = report.model, report.budget.years
    rows = account_of(report) == list(ACCOUNTS).index("general")
    if not rows.any():
        return
    sheet = report.open(
        "charts",
        "图表（一般公共预算）",
        "Charts (general public budget)",
        (28, 9, *[15] * 6),
        report.wan(),
    )
    last = int(model.cells[2][rows].max())
    at = sheet.row + 1
    sheet.fitted(
        [
            report.say("年份（可改）", "Year (may be changed)"),
            years[last],
            ACCOUNTS["general"].to(report.lang),
        ],
        ["label", "input_number", "text"],
    )
    listed = ",".join(str(year) for year in years)
    sheet.sheet.data_validation(
        at - 1,
        1,
        at - 1,
        1,
        (
            {"validate": "list", "source": [str(year) for year in years]}
            if len(listed) < 250
            else {"validate": "integer", "criteria": ">", "value": 0}
        ),
    )
    table = report.areas["charts"] = _table(report, last, at)
    payers = report.budget.standard.payers
    report.chart_row, report.chart_year = at, last
    sheet.row += 1
    chart = _stack(
        report,
        "bar",
        report.say("各地承担主体（所选年份）", "Who pays in the prefectures (year chosen)"),
    )
    for k, (title, inside) in enumerate(columns(payers).values()):
        chart.add_series(
            {
                "name": title.to(report.lang),
                "categories": f"={table.column(0)}",
                "values": f"={table.column(3 + k)}",
                "gap": 50,
                **_look(payers[inside[0]]),
            }
        )
    chart.set_y_axis({"reverse": True, "num_font": {"size": 9}})
    chart.set_x_axis(
        {"num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}}
    )
    chart.set_size({"width": 960, "height": 200 + 22 * table.height})
    sheet.sheet.insert_chart(sheet.row + 25, 0, chart)
    sheet.sheet.insert_chart(sheet.row + 1, 0, _over_years(report))
    sheet.sheet.set_h_pagebreaks([sheet.row, sheet.row + 24])


def _table(report: Report, y: int, at: int) -> Area:
    """The prefectures in the year chosen, by payer."""
    sheet, places, labels = (
        report.sheets["charts"],
        report.areas["places"],
        report.budget.labels["prefecture"],
    )
    sheet.head([report.say("地区", "Place"), report.say("地区编码", "Code"), *_titles(report)])
    top, model = sheet.row, report.model
    years = range(len(report.budget.years))
    every = [
        code
        for code in dict.fromkeys(labels[p] for p in model.cells[1].tolist())
        if any(report.money.has("general", each, "prefecture", code) for each in years)
    ]
    for code in every:
        row = sheet.row + 1
        wanted = f'{places.column(0)},$B${at},{places.column(1)},$B{row},{places.column(3)},$C${at},{places.column(4)},"{report.say(*PART)}"'
        known = report.money.has("general", y, "prefecture", code)
        figures = (
            report.money.at("general", y, "prefecture", code).tolist()
            if known
            else [0.0] * len(MONEY)
        )
        money = [
            Formula(f"=SUMIFS({places.sliding(5 + k)},{wanted})", value)
            for k, value in enumerate(figures)
        ]
        if known:
            report.pages.money("charts", sheet, 2, Quantity("general", y, prefecture=code))
        sheet.fitted(
            [report.budget.standard.places.label(code).to(report.lang), code, *money],
            ["text", "text", *["money"] * len(MONEY)],
        )
    return Area(sheet.name, top, 0, len(every), 2 + len(MONEY))


def _titles(report: Report) -> list[str]:
    return [
        report.say("资金需求", "Cost"),
        *(title.to(report.lang) for title, _ in columns(report.budget.standard.payers).values()),
    ]


def _stack(report: Report, kind: str, title: str) -> Any:
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
    payers, years = report.areas["payers"], report.budget.years
    unit = report.wan()
    title = report.say(
        f"各承担主体分年（一般公共预算，{unit}）",
        f"Who pays over the years (general public budget, {unit})",
    )
    chart = _stack(report, "column", title)
    heading = f"={payers.ahead}$D${payers.top}:${letters(2 + len(years))}${payers.top}"
    for n, payer in enumerate(shown_payers(report, "general")):
        row = payers.top + n + 1
        chart.add_series(
            {
                "name": f"={payers.ahead}$C${row}",
                "categories": heading,
                "values": f"={payers.ahead}$D${row}:${letters(2 + len(years))}${row}",
                "gap": 60,
                **_look(report.budget.standard.payers[payer]),
            }
        )
    chart.set_y_axis(
        {"num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}}
    )
    chart.set_size({"width": 960, "height": 420})
    return chart
