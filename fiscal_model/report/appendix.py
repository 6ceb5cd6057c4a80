"""The sheets behind the tables: the ledger, the sources of every rule and figure, and room for a
log of edits.
"""

from __future__ import annotations

import numpy as np

from fiscal_model.inputs.embedded.words import said
from fiscal_model.inputs.tables import TABLES
from fiscal_model.ledger import COSTED, shares_words, status_words
from fiscal_model.report.area import Area
from fiscal_model.report.context import Report
from fiscal_model.report.layout import column_of
from fiscal_model.report.sheet import Formula
from fiscal_model.standard.words import cited_split, clause_words, rate_words
from fiscal_model.vocabulary import ACCOUNTS, BASES, UNALLOCATED, labelled, listed

EMPTY_ROWS = 30


def ledger(report: Report) -> None:
    """Every item: whether it is costed, on what its quantity, rate and split rest, and what is
    unallocated in its account, over all years.
    """
    budget, lang, calc = report.shown, report.lang, report.layout.calculation
    words = report.say(
        "各年合计；状态与依据占比为测算时的数", "all years; status and parts by basis as at the run"
    )
    sheet = report.open(
        "ledger",
        "测算台账",
        "Ledger",
        (8, 36, 28, 17, 17, 12, 22, 28, 28, 28, 36, 26),
        listed((report.wan(), words), lang),
    )
    titles = (
        ("项目", "Item"),
        ("名称", "Name"),
        ("状态", "Status"),
        ("资金需求", "Cost"),
        ("未明确分担", "Unallocated"),
        ("未明确占比", "Part unallocated"),
        ("账目", "Account"),
        ("数量依据", "Basis of count"),
        ("标准依据", "Basis of rate"),
        ("分担依据", "Basis of split"),
        ("缺数据的支出项", "Lines without data"),
        ("另有支出的账目", "Other accounts costed"),
    )
    sheet.head([report.say(*title) for title in titles], freeze=True)
    top = sheet.row
    for entry in budget.ledger.items:
        row, known = sheet.row + 1, entry.status in COSTED
        printed = _all_years(report, entry.account, entry.item)
        sums = (
            (calc.column("cost"), printed[0]),
            (calc.column(column_of(report.model, UNALLOCATED)), printed[-1]),
        )
        mine = f"{calc.column('item')},$A{row},{calc.column('account')},$G{row}"
        money = [
            Formula(f"=SUMIFS({column},{mine})/10000", figure) if known else None
            for column, figure in sums
        ]
        part = Formula(f"=IF(D{row}>0,E{row}/D{row},0)", entry.unallocated_share) if known else None
        shares = [shares_words(part, lang) for part in (entry.quantity, entry.rate, entry.split)]
        missing = listed(
            (budget.standard.lines[code].name.to(lang) for code in entry.missing), lang
        )
        others = listed(
            (ACCOUNTS[account].to(lang) for account in entry.costs if account != entry.account),
            lang,
        )
        name, account = (
            budget.standard.items[entry.item].name.to(lang),
            (ACCOUNTS[entry.account].to(lang) if known else ""),
        )
        sheet.fitted(
            [
                entry.item,
                name,
                status_words(entry, lang),
                *money,
                part,
                account,
                *shares,
                missing,
                others,
            ],
            ["year", "text", "text", "money", "money", "share", *["text"] * 6],
        )
    report.areas["ledger"] = Area(sheet.name, top, 0, sheet.row - top, 12)
    sheet.row += 1
    sheet.line(
        report.say(
            "各承担主体金额所依据的最弱一环",
            "What each payer's total rests on, by the weakest link",
        ),
        "label",
    )
    for of in budget.ledger.accounts:
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


def sources(report: Report) -> None:
    """Every rule with its clause, and every table of the data with its methods."""
    standard, lang = report.budget.standard, report.lang
    sheet = report.open("sources", "规则与数据来源", "Sources of rules and data", (10, 34, 46, 60))
    sheet.head(
        [
            report.say("项目", "Item"),
            report.say("支出项或分担", "Line or split"),
            report.say("内容", "What it says"),
            report.say("依据", "Basis"),
        ],
        freeze=True,
    )
    for item in standard.items.values():
        for line in item.lines:
            words = [rate_words(line, rate, standard, lang) for rate in line.rates] or [
                report.say("由使用者填报", "supplied by the user")
            ]
            cites = [clause_words(rate.clause, lang) for rate in line.rates] or [
                line.note.to(lang) if line.note else ""
            ]
            sheet.fitted(
                [str(item.number), line.name.to(lang), "\n".join(words), "\n".join(cites)],
                ["text"] * 4,
            )
        for who, cited in cited_split(item.split, standard, lang):
            sheet.fitted(
                [str(item.number), report.say("分担办法", "Split"), who, cited], ["text"] * 4
            )
    for each in report.budget.scenario.chain():
        for entry in each.entries:
            what = labelled(entry.label.to(lang), entry.called(standard).to(lang), lang)
            sheet.fitted(
                [
                    each.title.to(lang),
                    what,
                    f"{entry.span} ({entry.at})".lstrip(),
                    clause_words(entry.clause, lang),
                ],
                ["text"] * 4,
            )
    for name, rows in sorted(report.budget.inputs.tables.items()):
        told = dict.fromkeys(
            (
                BASES[rows.note(n, "basis", "user")].to(lang),
                said(rows.note(n, "source"), lang),
                said(rows.note(n, "note"), lang),
            )
            for n in range(len(rows))
        )
        for basis, source, note in told:
            sheet.fitted(
                [
                    report.say("数据", "Data"),
                    TABLES[name].label.to(lang),
                    note,
                    labelled(basis, source, lang) if source else basis,
                ],
                ["text"] * 4,
            )


def edits(report: Report) -> None:
    """Empty rows for those who change an input by hand."""
    sheet = report.open("edits", "修改记录", "Log of edits", (14, 14, 26, 20, 20, 60))
    titles = (
        ("日期", "Date"),
        ("修改人", "By"),
        ("工作表与单元格", "Sheet and cell"),
        ("原值", "Old"),
        ("新值", "New"),
        ("依据", "Why"),
    )
    sheet.head([report.say(*title) for title in titles], freeze=True)
    for _ in range(EMPTY_ROWS):
        sheet.cells([""] * len(titles), ["input_text"] * len(titles))
