"""The sheets behind the tables: the ledger, the sources of every rule and figure, and room for a
log of edits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from fiscal_model.inputs.embedded.english import said
from fiscal_model.inputs.model import Rows
from fiscal_model.results.ledger import COSTED, shares_words, status_words
from fiscal_model.results.result import Result
from fiscal_model.results.sources import COLUMNS, GAP_COLUMNS, GAPS, HOW, Gap, shown, weighed_by
from fiscal_model.results.sources import sources as sources_of
from fiscal_model.rounding import displayed
from fiscal_model.scenario.entries import Entry
from fiscal_model.scenario.model import Scenario
from fiscal_model.standard.words import cited_split, clause_words, rate_words
from fiscal_model.vocabulary import ACCOUNTS, BASES, UNALLOCATED, Text, labelled, listed
from fiscal_model.workbook.calculation import column_of
from fiscal_model.workbook.columns import Column, Table
from fiscal_model.workbook.context import Report
from fiscal_model.workbook.sheet import Sheet
from fiscal_model.workbook.tables import NEED

EMPTY_ROWS = 30


def ledger(report: Report) -> None:
    """Every item: whether it is costed, on what its quantity, rate and split rest, and what is
    unallocated in its account, over all years.
    """
    budget, lang = report.shown, report.lang
    entries, items, lines = report.ledger.items, budget.standard.items, budget.standard.lines
    known = [entry.status in COSTED for entry in entries]
    printed = [_all_years(report, entry.account, entry.item) for entry in entries]
    sums = (
        "=SUMIFS({calculation.%s},{calculation.item},{item},{calculation.account},{account})/10000"
    )

    def money(name: str, title: Text, at: int, column: str, width: float = 17) -> Column:
        values = [each[at] if fine else None for each, fine in zip(printed, known, strict=True)]
        return Column(name, title, values, "money", sums % column, width)

    def basis(name: str, title: Text) -> Column:
        parts = [shares_words(getattr(entry, name), lang) for entry in entries]
        return Column(f"basis_of_{name}", title, parts, width=28)

    columns = [
        Column("item", Text("项目", "Item"), lambda e: e.item, "year", width=8),
        Column("name", Text("名称", "Name"), lambda e: items[e.item].name, width=36),
        Column("status", Text("状态", "Status"), lambda e: status_words(e, lang), width=28),
        money("cost", NEED, 0, "cost"),
        money(
            "unallocated",
            Text("未明确分担", "Unallocated"),
            -1,
            column_of(report.model, UNALLOCATED),
        ),
        Column(
            "part",
            Text("未明确占比", "Part unallocated"),
            [e.unallocated_share if k else None for e, k in zip(entries, known, strict=True)],
            "share",
            "=IF({~cost}>0,{~unallocated}/{~cost},0)",
            12,
        ),
        Column(
            "account",
            Text("账目", "Account"),
            [ACCOUNTS[e.account] if k else "" for e, k in zip(entries, known, strict=True)],
            width=22,
        ),
        basis("quantity", Text("数量依据", "Basis of count")),
        basis("rate", Text("标准依据", "Basis of rate")),
        basis("split", Text("分担依据", "Basis of split")),
        Column(
            "missing",
            Text("缺数据的支出项", "Lines without data"),
            lambda e: listed((lines[code].name.to(lang) for code in e.missing), lang),
            width=36,
        ),
        Column(
            "others",
            Text("另有支出的账目", "Other accounts costed"),
            lambda e: listed((ACCOUNTS[a].to(lang) for a in e.costs if a != e.account), lang),
            width=26,
        ),
    ]
    words = report.say(
        "各年合计；状态与依据占比为测算时的数", "all years; status and parts by basis as at the run"
    )
    unit = listed((report.wan(), words), lang)
    table = Table("ledger", entries, columns)
    sheet = report.printed("ledger", Text("测算台账", "Ledger"), table, 0, unit=unit)
    sheet.row += 1
    sheet.line(
        report.say(
            "各承担主体金额所依据的最弱一环",
            "What each payer's total rests on, by the weakest link",
        ),
        "label",
    )
    for of in report.ledger.accounts:
        for payer, parts in of.payers.items():
            sheet.pair(
                listed((of.name.to(lang), report.label(payer)), lang), shares_words(parts, lang)
            )


def _all_years(report: Report, account: str, item: int) -> list[float]:
    """Cost and columns of an item in an account as they are printed, over all years."""
    return [
        float(each)
        for each in np.nansum(
            [report.money.at(account, y, "item", item) for y in range(len(report.budget.years))],
            axis=0,
        )
    ]


def sources(report: Report, gaps: Sequence[Gap]) -> None:
    """The missing figures that weigh most, where they were asked for; what everything rests on,
    what is still sought and bears most money first; then every rule with its clause.
    """
    year = weighed_by(report.shown)
    tables = [*_gaps(report, gaps, year), _sources(report, year)]
    (told, first), *others = tables
    title = Text("依据与缺口", "Sources and gaps")
    sheet = report.printed("sources", title, first, 0, [told], unit=report.wan())
    for told, table in others:
        sheet.row += 1
        sheet.line(told)
        sheet.show(table)
    sheet.row += 1
    sheet.line(report.say("标准各条的内容与原文", "Every rule with its clause"), "label")
    sheet.show(Table("clauses", *_rows(list(rule_sources(report)))))


WIDTHS: Final = (18, 40, 46, 60, 16, 20, 18)
"""Of the columns of the sheet, which its tables share."""


def _gaps(report: Report, gaps: Sequence[Gap], year: int) -> Iterator[tuple[str, Table]]:
    """What is said of the gaps, and a row each."""
    if not gaps:
        return
    sums = [(*gap.changes, gap.together) for gap in gaps]
    money = {
        key: [displayed(each[k], report.scale, report.decimals) for each in sums]
        for k, key in enumerate(("low", "high", "together"))
    }
    columns = [
        Column(
            f"gap_{key}",
            head,
            money.get(key) or [getattr(gap, key) for gap in gaps],
            "money" if key in money else "text",
            width=width,
        )
        for (key, head), width in zip(GAP_COLUMNS.items(), WIDTHS, strict=True)
    ]
    about = Text(
        f"{GAPS.zh}（{year}年一般公共预算，全部项目和地区，为测算时的数）：{HOW.zh}",
        f"{GAPS.en} (general public budget {year}, every item and place, as at the run): {HOW.en}",
    )
    yield about.to(report.lang), Table("gaps", len(gaps), columns)


def _sources(report: Report, year: int) -> tuple[str, Table]:
    """What is said of the sources, and a row each."""
    found = sources_of(report.shown)
    rows = [shown(each, report.lang) for each in found]
    money = [displayed(each.yuan, report.scale, report.decimals) or None for each in found]
    zh, en = COLUMNS["money"]
    keys = ("sure", "name", "used", "words", "years", "sought")
    columns = [
        Column(key, COLUMNS[key], [row[key] for row in rows], width=width)
        for key, width in zip(keys, WIDTHS, strict=False)
    ]
    headed = Text(f"{zh}（{year}年）", f"{en} ({year})")
    columns.append(Column("money", headed, money, "money", width=WIDTHS[-1]))
    about = report.say(
        f"仍需查找的在前，按所涉资金从大到小：以其为据的支出项和地区{year}年一般公共预算合计，为测算时的数",
        "what is still sought comes first, by the cost of the lines and places that rest on it"
        f" (general public budget {year}, as at the run)",
    )
    return about, Table("sources", len(found), columns)


def cited(
    report: Report,
    key: str,
    title: Text,
    rows: Sequence[Source],
    widths: Sequence[float],
) -> Sheet:
    """A sheet of rules, entries and data with what they say and rest on."""
    count, columns = _rows(rows, widths)
    return report.printed(key, title, Table(key, count, columns), 0, unit="")


def _rows(
    rows: Sequence[Source], widths: Sequence[float] = (0, 0, 0, 0)
) -> tuple[int, list[Column]]:
    """How many rows and which columns a table of them has."""
    titles = (
        ("item", Text("项目", "Item")),
        ("of", Text("支出项或分担", "Line or split")),
        ("says", Text("内容", "What it says")),
        ("basis", Text("依据", "Basis")),
    )
    columns = [
        Column(name, title, [row[k] for row in rows], width=width)
        for k, ((name, title), width) in enumerate(zip(titles, widths, strict=True))
    ]
    return len(rows), columns


Source = tuple[str | Text, str | Text, str, str]
"""What a figure is of, which it is, what it says, and its basis."""


def rule_sources(report: Report) -> Iterator[Source]:
    """Every rate and split with its clause."""
    standard, lang = report.budget.standard, report.lang
    for item in standard.items.values():
        for line in item.lines:
            words = [rate_words(line, rate, standard, lang) for rate in line.rates] or [
                report.say("由使用者填报", "supplied by the user")
            ]
            cites = [clause_words(rate.clause, lang) for rate in line.rates] or [
                line.note.to(lang) if line.note else ""
            ]
            yield str(item.number), line.name, "\n".join(words), "\n".join(cites)
        for who, cited in cited_split(item.split, standard, lang):
            yield str(item.number), Text("分担办法", "Split"), who, cited


def entries_said(budget: Result) -> Iterator[tuple[Scenario, Entry]]:
    """The entries of every scenario of the chain, and what followed the population because it says
    so.
    """
    followed = {id(layer.entry): layer.entry for layer in budget.program.applied.counts.followed}
    for each in budget.scenario.chain():
        yield from ((each, entry) for entry in each.entries)
        yield from ((each, entry) for entry in followed.values() if entry.at == each.projection_at)


def entry_source(report: Report, scenario: Scenario, entry: Entry) -> Source:
    """What an entry of a scenario changes and when, and on what it rests."""
    lang = report.lang
    what = labelled(entry.label.to(lang), entry.called(report.budget.standard).to(lang), lang)
    span = f"{entry.span} ({entry.at})".lstrip()
    return scenario.title, what, span, clause_words(entry.clause, lang)


def data_source(report: Report, rows: Rows, n: int, of: str | Text) -> Source:
    """What a row of a table of the data says of itself."""
    lang = report.lang
    basis = BASES[rows.note(n, "basis", "user")].to(lang)
    source, note = (said(rows.note(n, name), lang) for name in ("source", "note"))
    return Text("数据", "Data"), of, note, labelled(basis, source, lang) if source else basis


def edits(report: Report) -> None:
    """Empty rows for those who change an input by hand."""
    titles = (
        ("date", Text("日期", "Date"), 14),
        ("by", Text("修改人", "By"), 14),
        ("cell", Text("工作表与单元格", "Sheet and cell"), 26),
        ("old", Text("原值", "Old"), 20),
        ("new", Text("新值", "New"), 20),
        ("why", Text("依据", "Why"), 60),
    )
    columns = [Column(name, title, look="input_text", width=wide) for name, title, wide in titles]
    table = Table("edits", EMPTY_ROWS, columns)
    report.printed("edits", Text("修改记录", "Log of edits"), table, 0, unit="")
