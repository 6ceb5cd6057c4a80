"""The sheets of the print edition alone: what nobody is named to pay, and what is assumed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fiscal_model.inputs.model import Rows
from fiscal_model.inputs.tables import TABLES
from fiscal_model.results.ledger import shares_words
from fiscal_model.standard.words import cost_title
from fiscal_model.vocabulary import ACCOUNTS, BASES, UNALLOCATED, Text, labelled
from fiscal_model.workbook.appendix import (
    Source,
    cited,
    data_source,
    entries_said,
    entry_source,
    rule_sources,
)
from fiscal_model.workbook.columns import Column
from fiscal_model.workbook.context import Report
from fiscal_model.workbook.item_table import costed_items
from fiscal_model.workbook.pages import Quantity
from fiscal_model.workbook.summaries import (
    ACCOUNT,
    TOTAL,
    Line,
    accounts,
    table_of,
    year_columns,
)

ASSUMED = ("assumption", "user")
"""The bases of what a scenario assumes: nobody published it."""


def unallocated(report: Report) -> None:
    """Every item of which a part has no payer, year by year, an account at a time."""
    standard, years, lang = report.budget.standard, report.budget.years, report.lang
    lines, parts = list[Line](), list[float]()
    for account in accounts(report):
        for item in (0, *costed_items(report.model)):
            found = _over_years(report, account, item)
            open_, cost = (float(np.nansum(found[:, k])) for k in (-1, 0))
            if open_:
                key, style = item or "", "" if item else "total"
                lines.append(Line(style, account, found[:, -1].tolist(), None, key=key))
                parts.append(open_ / cost)
    basis = {
        (each.account, each.item): shares_words(each.split, lang) for each in report.ledger.items
    }
    columns = [
        Column("account", ACCOUNT, lambda line: ACCOUNTS[line.account], width=24),
        Column(
            "item",
            Text("项目", "Item"),
            lambda line: line.key or TOTAL,
            ["year" if line.key else "text" for line in lines],
            width=8,
        ),
        Column(
            "name",
            Text("服务项目", "Name of item"),
            lambda line: cost_title(standard, line.key, lang) if line.key else "",
            width=46,
        ),
        *year_columns(years, lines),
        Column("part", Text("占资金需求", "Part of the cost"), parts, "growth", width=10),
        Column(
            "basis",
            Text("分担依据", "Basis of split"),
            lambda line: basis.get((line.account, line.key), ""),
            width=30,
        ),
    ]
    table = table_of(report, "open", lines, "item", columns)
    none = report.say("没有未明确分担的金额。", "Nothing is unallocated.")
    title = Text("未明确分担的金额", "What is unallocated")
    report.printed("open", title, table, 0, [] if lines else [none])
    for n, line in enumerate(lines):
        for y, year in enumerate(years):
            if line.figures[y] == line.figures[y]:
                of = Quantity(line.account, y, item=line.key or None)
                report.pages.cell("open", table, f"year:{year}", n, of, UNALLOCATED)


def _over_years(report: Report, account: str, item: int) -> np.ndarray:
    """Cost and columns of an item, or of all (0), by year."""
    of = ("item", item) if item else ()
    return np.array([report.money.at(account, y, *of) for y in range(len(report.budget.years))])


def assumptions(report: Report) -> None:
    """What the figures rest on beside the text and other documents: rules, entries of scenarios and
    data that are assumed, or a scenario's own.
    """
    rows = list(dict.fromkeys((*_rules(report), *_entries(report), *_data(report))))
    title = Text("测算所用的假设", "What is assumed")
    cited(report, "assumptions", title, rows, (9, 32, 46, 38)).sheet.set_portrait()


def _rules(report: Report) -> Iterator[Source]:
    items, word = {*map(str, costed_items(report.model))}, BASES["assumption"].to(report.lang)
    yield from (row for row in rule_sources(report) if row[0] in items and word in row[3])


def _entries(report: Report) -> Iterator[Source]:
    """The entries that can move what is costed in the years of the workbook: not those that others
    of the same had followed before the first.
    """
    standard, scenario, years = report.budget.standard, report.budget.scenario, report.budget.years
    items, found = {*costed_items(report.model)}, dict[object, Source]()
    for each, entry in entries_said(report.budget):
        moved = entry.items(standard, scenario.following_the_population) & items
        if moved and entry.clause.basis in ASSUMED and entry.first_year <= years[-1]:
            when = "before" if entry.first_year < years[0] else entry.at
            found[entry.target, entry.where, when] = entry_source(report, each, entry)
    return iter(found.values())


def _data(report: Report) -> Iterator[Source]:
    """The rows of the data that are assumed, for the lines and places that are costed."""
    budget, (line, place, _) = report.budget, report.model.cells
    lines = [budget.program.lines[i] for i in sorted({*line.tolist()})]
    series = {each.code for each in lines} | {each.beneficiary for each in lines}
    codes = {budget.places[p] for p in place.tolist()}
    tree = budget.standard.places
    wanted = {
        "beneficiary": series,
        "line": series,
        "item": {each.item for each in lines},
        "place": codes.union(*map(tree.ancestors, codes), {"", None}),
    }
    for rows in budget.inputs.tables.values():
        known = [(rows.columns[name], fit) for name, fit in wanted.items() if name in rows.columns]
        for n in range(len(rows)):
            if rows.note(n, "basis") == "assumption" and all(of[n] in fit for of, fit in known):
                yield data_source(report, rows, n, _called(report, rows, n))


def _called(report: Report, rows: Rows, n: int) -> str:
    """The table of a row, with the beneficiary or line that it is of."""
    standard, lang = report.budget.standard, report.lang
    table = TABLES[rows.name].label.to(lang)
    code = next((rows.columns[k][n] for k in ("beneficiary", "line") if k in rows.columns), "")
    known = standard.beneficiaries.get(code) or standard.lines.get(code)
    return labelled(table, known.name.to(lang), lang) if known else table
