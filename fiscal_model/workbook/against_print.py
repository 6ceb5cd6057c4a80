"""The sheet of printed figures beside what the scenario says of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fiscal_model.published.confront import VERDICTS, Confronted, Row, confront
from fiscal_model.published.data import lines_at
from fiscal_model.published.read import published
from fiscal_model.published.table import STAGES
from fiscal_model.published.words import FITTED, held_words, payers, reason, subject, tally
from fiscal_model.results.result import Result
from fiscal_model.rounding import displayed
from fiscal_model.standard.printed import SEEN, is_shipped
from fiscal_model.vocabulary import Text
from fiscal_model.workbook.columns import Column, Table
from fiscal_model.workbook.context import Report
from fiscal_model.workbook.pages import COST, Quantity
from fiscal_model.workbook.summaries import YEAR


def confronted(budget: Result) -> Confronted | None:
    """The printed figures of the standard beside a budget; None where it comes with none."""
    standard = budget.scenario.written
    return confront(budget.whole, published(None, standard)) if is_shipped(standard) else None


def of_part(whole: Confronted, shown: Result) -> Confronted:
    """The figures of which a part of the budget has something: of its lines, in its places or
    those above them.
    """
    if shown.at is None:
        return whole
    places = shown.standard.places
    codes = {*shown.places}.union(*map(places.below, shown.places))
    rows = tuple(
        row
        for row in whole.rows
        if (not row.published.lines or len(lines_at(row.published, shown)))
        and not codes.isdisjoint(_codes(row, shown))
    )
    return replace(whole, result=shown, rows=rows)


def _codes(row: Row, shown: Result) -> set[str]:
    """The codes of what a figure's place has below it."""
    places, code = shown.standard.places, row.published.place
    members = places.groups[code].members if code in places.groups else (code,)
    return {*members}.union(*map(places.below, members))


def against_print(report: Report, found: Confronted) -> None:
    """One row a printed figure: ours on its counts and on the data, how they stand to it, and
    why.
    """
    standard, lang, rows = report.budget.standard, report.lang, found.rows

    def figures(name: str, title: Text, values: Sequence[float | None]) -> Column:
        shown = [_shown(report, row, value) for row, value in zip(rows, values, strict=True)]
        looks = ["stated_money" if row.published.is_money else "stated_count" for row in rows]
        return Column(name, title, shown, looks, width=14)

    columns = [
        Column("id", Text("编号", "Id"), lambda row: row.published.id, width=6),
        Column(
            "what", Text("内容", "What"), lambda row: subject(row.published, standard), width=22
        ),
        Column("payers", Text("承担主体", "Payer"), lambda row: payers(row.published, standard)),
        Column(
            "place",
            Text("地区", "Place"),
            lambda row: standard.places.label(row.published.place),
            width=14,
        ),
        Column("year", YEAR, lambda row: row.published.year, "year", width=6),
        Column("stage", Text("阶段", "Stage"), lambda row: STAGES.get(row.published.stage, "")),
        Column(
            "unit",
            Text("单位", "Unit"),
            lambda row: report.wan() if row.published.is_money else row.published.unit.name,
        ),
        figures("printed", Text("公布数", "Printed"), [row.printed for row in rows]),
        Column(
            "counts", Text("公布人数", "Counts"), [row.published.counts for row in rows], "count"
        ),
        figures(
            "on_counts",
            Text("按公布人数测算", "On the printed counts"),
            [row.on_counts for row in rows],
        ),
        figures("on_data", Text("按数据测算", "On the data"), [row.on_data for row in rows]),
        Column(
            "difference",
            Text("相差", "Difference"),
            [None if row.percent is None else row.percent / 100 for row in rows],
            "growth",
        ),
        Column("verdict", Text("结论", "Verdict"), lambda row: VERDICTS[row.verdict], "verdict"),
        Column("reason", Text("原因", "Reason"), reason, width=44),
        Column("document", Text("文件", "Document"), lambda row: row.published.document, width=24),
        Column("seen", Text("查见", "Seen"), lambda row: SEEN.get(row.published.seen, "")),
    ]
    columns = [each if each.width else replace(each, width=10) for each in columns]
    about = [tally(found).to(lang), _about(report)]
    if held := held_words(found):
        about.append(held.to(lang))
    if report.budget.illustrative:
        about.append(FITTED.to(lang))
    table = Table("against", rows, columns)
    report.printed("against", Text("对照公布数", "Held against print"), table, 1, about)
    for n, row in enumerate(rows):
        if of := _quantity(report, row):
            report.pages.cell("against", table, "on_data", n, *of)


def _about(report: Report) -> str:
    return report.say(
        "相符：相差不到公布数末位一个单位；相近：相差在5%以内。有公布人数的按公布人数判断，否则按数据。"
        "各数为测算时的固定值（灰底）。",
        "agrees: less than one unit of the last printed digit away; near: within 5%. By the printed"
        " counts where there are any, else by the data. Figures are fixed at the run (grey).",
    )


def _shown(report: Report, row: Row, value: float | None) -> float | None:
    """Yuan in the unit of the workbook, rounded where it is one of plain numbers; persons as they
    are.
    """
    if value is None or not row.published.is_money:
        return value
    edition = report.values
    return displayed(value, edition.unit, edition.decimals) if edition else value / report.scale


def _quantity(report: Report, row: Row) -> tuple[Quantity, str] | None:
    """What ours on the data is a sum of, where the engine's sums have a name for it: a line or an
    item in one place or prefecture or the region, of one payer or all.
    """
    of, budget, places = row.published, report.budget, report.budget.standard.places
    if row.on_data is None or not of.is_money or of.several or len(of.payers) > 1:
        return None
    if report.shown.at is not None:  # its engine knows the part alone
        return None
    prefecture = of.place if of.place in places.parts(places.root) else None
    if prefecture is None and of.place != places.root:
        return None
    quantity = Quantity(
        of.lines[0].account,
        budget.years.index(of.year),
        item=None if of.line else of.items[0],
        line=budget.lines.index(of.lines[0]) if of.line else None,
        prefecture=prefecture,
    )
    return quantity, of.payers[0] if of.payers else COST
