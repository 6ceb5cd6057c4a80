"""The cover: scenario, data, totals, what is unallocated or not costed, the basis and the
readings.
"""

from __future__ import annotations

from collections.abc import Sequence

from fiscal_model.published.confront import Confronted
from fiscal_model.published.words import held_words
from fiscal_model.results.data_years import years_words
from fiscal_model.results.ledger import STATUS, not_costed, share_words
from fiscal_model.results.result import Result, which_items, which_places
from fiscal_model.standard.words import cost_title
from fiscal_model.vocabulary import ACCOUNTS, BASES, GENERAL, Text, joined, listed, noun, spans
from fiscal_model.workbook.checks import (
    AS_RUN,
    CHANGED,
    FAILED,
    INPUTS,
    MASTER,
    MASTER_CHECK,
    PASSED,
    SAME,
)
from fiscal_model.workbook.columns import Column, Table
from fiscal_model.workbook.context import ABOUT, NAMES, Report
from fiscal_model.workbook.item_table import costed_items
from fiscal_model.workbook.sheet import Sheet
from fiscal_model.workbook.summaries import ACCOUNT, accounts

MOST_GAPS = 30


def open_cover(report: Report) -> Sheet:
    """The first sheet; what stands on it is written last, when all that it refers to is there."""
    title = report.say("基本公共服务支出责任测算", "Cost sharing of basic public services")
    name, title = NAMES["cover"].to(report.lang), report.headed(title)
    sheet = report.book.sheet(name, title, (25, 24, 24, 24, 24), report.note, printed=True)
    sheet.about = ABOUT["cover"].to(report.lang)
    sheet.sheet.set_portrait()
    sheet.sheet.fit_to_pages(1, 1)
    return sheet


def cover(
    report: Report, sheet: Sheet, others: Sequence[Result], against: Confronted | None = None
) -> int:
    """Fills the cover, and returns the row that its verdicts go to: the cover itself is checked
    before they are known. ``against`` are the printed figures that the workbook shows.
    """
    budget, lang = report.budget, report.lang
    if report.note:
        sheet.line(
            report.say(
                "注意：本表使用内置示例数据。各项人数、金额、基数多为假设，只用于演示，不得作为实际预算。",
                "Note: made from the embedded illustrative data. Most counts, amounts and base"
                " amounts are assumptions for show, not a budget.",
            ),
            "warning",
            30,
        )
    chain = " → ".join(f"{each.title.to(lang)} ({each.name})" for each in budget.scenario.chain())
    provenance = budget.provenance
    if places := which_places(report.shown, lang):
        sheet.pair(report.say("地区", "Place"), listed(places, lang))
    if len(report.shown.lines) < len(budget.lines):
        items = listed(which_items(report.shown, lang), lang)
        sheet.pair(report.say("服务项目", "Items"), items)
    sheet.pair(
        report.say("标准文件", "Standard"),
        f"{budget.standard.title.to(lang)}  {budget.standard.document}",
    )
    sheet.pair(report.say("情景", "Scenario"), chain)
    for other in others:
        sheet.pair(
            report.say("对比情景", "Beside it"),
            f"{other.scenario.title.to(lang)} ({other.scenario.name})",
        )
    sheet.pair(
        report.say("数据", "Data"),
        f"{budget.inputs.title.to(lang)}  (sha256 {provenance['inputs_digest'][:16]}…)",
    )
    sheet.pair(report.say("年份", "Years"), years_words(report.shown, lang))
    sheet.pair(
        report.say("编制", "Made by"), listed((provenance["model"], report.today.isoformat()), lang)
    )
    sheet.pair(report.say("版本", "Edition"), report.say(*_edition(report)))
    sheet.row += 1
    verdict_row = sheet.row
    sheet.row += 2
    if told := [warning.to(lang) for warning in budget.warnings]:
        sheet.pair(report.say("提示", "Warnings"), "\n".join(told))
    sheet.row += 1
    _cover_totals(report, sheet)
    _cover_open(report, sheet)
    _cover_basis(report, sheet)
    if against and (held := held_words(against)):
        sheet.pair(report.say("对照公布数", "Against print"), held.to(lang))
    return verdict_row


def _edition(report: Report) -> Text:
    if report.book.live:
        return Text(
            "公式版：黄底输入单元格（“参数”“人数与标准”）可改，全部表随之重算",
            "live: change a yellow input (Parameters, Counts and rates) and every table follows",
        )
    if report.short:
        return Text(
            "打印版：全部为数，只有主要表；人数、标准、计算过程和各项测算表见公式版或数值版",
            "to be printed: plain numbers, the main tables only; counts, rates, the calculation and"
            " the tables of items are in the live edition and that of plain numbers",
        )
    return Text("数值版：全部为数，供存档", "plain numbers, for archives")


def verdicts(report: Report, sheet: Sheet, row: int) -> None:
    """Whether the checks passed, and whether the inputs are those of the run."""
    end, sheet.row = sheet.row, row
    found = [PASSED if report.passed else FAILED, SAME if report.as_run else CHANGED]
    columns = [
        Column("what", "", [MASTER_CHECK, INPUTS], "label"),
        Column("verdict", "", found, "verdict", [f"={MASTER}", f"={AS_RUN}"]),
    ]
    sheet.table(Table("verdicts", len(found), columns))
    sheet.row = end


def _cover_totals(report: Report, sheet: Sheet) -> None:
    """The general public budget by payer, and below it, apart, the insurance accounts: read off the
    table by payer.
    """
    years = report.budget.years
    picked = report.picked = sorted({0, len(years) // 2, len(years) - 1})
    sheet.line(f"{report.say('各承担主体合计', 'Totals by payer')} ({report.wan()})", "label")
    payers = report.tables["payers"]
    rows = [n for n, style in enumerate(payers.styles) if style != "closing"]
    columns = [
        *(
            Column(name, title, [payers.values(name)[n] for n in rows])
            for name, title in (("account", ACCOUNT), ("payer", Text("承担主体", "Payer")))
        ),
        *(
            Column(
                f"year:{years[y]}",
                years[y],
                [payers.values(f"year:{years[y]}")[n] for n in rows],
                "money",
                "={~payers.year:%@row}",
            )
            for y in picked
        ),
    ]
    styles, marks = [payers.styles[n] for n in rows], [{"row": n} for n in rows]
    table = sheet.show(Table("cover", len(rows), columns, styles=styles, marks=marks))
    for cell in report.pages.tables["payers"]:
        if cell.column in table.at:
            n = rows.index(cell.n)
            report.pages.cell("cover", table, cell.column, n, cell.quantity, cell.measure)
    sheet.row += 1


def _cover_open(report: Report, sheet: Sheet) -> None:
    """What nobody has quantified, and what is not costed."""
    budget, last, model = report.shown, report.budget.years[-1], report.model
    y, money = len(report.budget.years) - 1, report.money
    cells = (
        (account, n)
        for account in accounts(report)
        for n in costed_items(model)
        if money.has(account, y, "item", n)
    )
    found = [
        (account, n, figure)
        for account, n in cells
        if (figure := float(money.at(account, y, "item", n)[-1]))
    ]
    apart = {
        account: "" if account == GENERAL else f" · {name.to(report.lang)}"
        for account, name in ACCOUNTS.items()
    }
    named = joined(
        (
            f"{cost_title(budget.standard, n, report.lang)}{apart[account]}"
            f" {figure:,.{report.decimals}f}"
            for account, n, figure in found
        ),
        report.lang,
    )
    parts = joined(
        (each.unallocated_words(report.lang, 1) for each in report.ledger.unallocated()),
        report.lang,
    )
    sheet.pair(
        report.say("未明确分担（测算时）", "Unallocated (at the run)"),
        report.say(
            f"{parts}。{last} 年（{report.wan()}）：{named or '无'}",
            f"{parts}. In {last} ({report.wan()}): {named or 'none'}",
        ),
    )
    for status, label in STATUS.items():
        entries = [entry for entry in report.ledger.items if entry.status == status]
        numbers = [entry.item for entry in entries]
        words = spans(numbers, report.lang)
        if status == "partly_open":
            shares = [(entry.item, share_words(entry.unallocated_share)) for entry in entries]
            words = listed(
                (report.say(f"{n}（{share}）", f"{n} ({share})") for n, share in shares),
                report.lang,
            )
        sheet.pair(
            label.to(report.lang),
            (
                report.say(
                    f"{len(numbers)} 项：{words}",
                    f"{len(numbers)} {noun(len(numbers), 'item')}: {words}",
                )
                if numbers
                else "—"
            ),
        )
    gaps = [(line, place, years) for line, place, years in not_costed(budget) if place]
    places = budget.standard.places
    words = joined(
        (
            f"{budget.standard.lines[line].name.to(report.lang)}"
            f" ({places.label(place).to(report.lang)} {spans(years, report.lang)})"
            for line, place, years in gaps[:MOST_GAPS]
        ),
        report.lang,
    ) + (f" … ({len(gaps)})" if len(gaps) > MOST_GAPS else "")
    sheet.pair(report.say("个别地区缺数据", "Not costed in some places"), words or "—")


def _cover_basis(report: Report, sheet: Sheet) -> None:
    standard, scenario = report.shown.standard, report.budget.scenario
    kinds = dict.fromkeys(BASES, 0)
    for rows in report.budget.inputs.tables.values():
        for row in range(len(rows)):
            kinds[rows.note(row, "basis", "user")] += 1
    basis = listed(
        (f"{BASES[name].to(report.lang)} {n}" for name, n in kinds.items() if n), report.lang
    )
    sheet.pair(report.say("数据行的依据", "Basis of data rows"), basis)
    chosen = [(r, scenario.reading(r.code, r.default)) for r in standard.readings.values()]
    words = joined(
        (f"{r.code} {r.options[option].to(report.lang)}" for r, option in chosen), report.lang
    )
    sheet.pair(report.say("文义口径", "Readings"), words)
