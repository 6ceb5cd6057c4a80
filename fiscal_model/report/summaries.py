"""Totals by payer and year, by item, by place, over the years, and several scenarios side by side:
formulas over the calculation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from fiscal_model.arrays import Floats, Ints
from fiscal_model.budget import Budget
from fiscal_model.report.area import Area, letters
from fiscal_model.report.context import Report
from fiscal_model.report.figures import Money
from fiscal_model.report.layout import column_of
from fiscal_model.report.live_tables import DIGITS
from fiscal_model.report.model import cells_of
from fiscal_model.report.pages import COST, MEASURES, Engine, Quantity
from fiscal_model.report.rounding import closing
from fiscal_model.report.sheet import Formula, Sheet
from fiscal_model.report.tables import grouped_heads
from fiscal_model.standard.words import cost_title
from fiscal_model.vocabulary import ACCOUNTS, UNALLOCATED

MONEY = MEASURES
TOTAL, PART, PLACE = ("合计", "Total"), ("小计", "Subtotal"), ("其中", "of which")
CLOSING, DIFFERENCE = ("尾差", "closing difference"), ("差额", "difference")


def accounts(report: Report) -> list[str]:
    """The accounts in which anything of the workbook is costed, the general public budget first."""
    known = {account for _, account, *_ in report.model.spans}
    return [account for account in ACCOUNTS if account in known]


def every_account(report: Report) -> list[str]:
    """The accounts that any item has a line in, costed or not, the general public budget first."""
    known = {line.account for line in report.budget.program.lines}
    return [account for account in ACCOUNTS if account in known]


def account_of(report: Report) -> Ints:
    """The position of the account of every row among all accounts."""
    order, lines = list(ACCOUNTS), report.budget.program.lines
    return np.array([order.index(line.account) for line in lines], np.intp)[report.model.cells[0]]


def shown_payers(report: Report, account: str) -> list[str]:
    """The payers that the rules can charge in an account under any reading; the levels and
    ``unallocated`` always in the general public budget.
    """
    model = report.model
    rows = account_of(report) == list(ACCOUNTS).index(account)
    found = {UNALLOCATED} if account == "general" else set[str]()
    for number in set(model.rules.rule[model.cells][rows].tolist()):
        for share in model.rules.of(number):
            found |= share.leaf.payers() | ({UNALLOCATED} if share.is_open else set())
    table = report.budget.standard.payers
    if table.pooled in found:
        found |= set(table.divided)
    return [
        payer
        for payer in model.final
        if payer in found or (account == "general" and payer in table.levels)
    ]


def payers_by_year(report: Report) -> None:
    """One block an account: insurance funds never stand in one total with the levels."""
    model, calc, years = report.model, report.layout.calculation, report.budget.years
    sheet = report.open(
        "payers",
        "各承担主体分年测算表",
        "Cost by payer and year",
        (25, 6, 24, *[15] * len(years), 16),
        report.wan(),
    )
    sheet.head(
        [
            report.say("账目", "Account"),
            report.say("列号", "Column"),
            report.say("承担主体", "Payer"),
            *years,
            report.say("各年合计", "All years"),
        ],
        True,
    )
    sheet.fold(1, 1)
    top = sheet.row
    block = Area(calc.sheet, calc.top, calc["cost"], calc.height, len(calc.at) - calc["cost"]).whole
    for account in accounts(report):
        label, first = ACCOUNTS[account].to(report.lang), sheet.row + 1
        payers = shown_payers(report, account)
        values = report.money.payers(account, payers)
        known = [y for y in range(len(years)) if report.money.has(account, y)]
        names = [
            (calc[column_of(model, payer)] - calc["cost"] + 1, report.label(payer))
            for payer in payers
        ] + [(1, report.say(*TOTAL))]
        for (number, name), measure, figures in zip(
            names, [*payers, COST], values.tolist(), strict=True
        ):
            row, look = sheet.row + 1, "total" if number == 1 else ""
            cells = [
                (
                    value
                    if value != value
                    else Formula(
                        f"=SUMIFS(INDEX({block},0,$B{row}),{calc.column('account')},$A{row},{calc.column('year')},{letters(3 + y)}${top})/10000",
                        value,
                    )
                )
                for y, value in enumerate(figures)
            ]
            last = letters(2 + len(years))
            sum_ = Formula(f"=SUM(D{row}:{last}{row})", float(np.nansum(figures)))
            text, money = (f"{look}_{kind}" if look else kind for kind in ("text", "money"))
            for y in known:
                report.pages.cell("payers", sheet, 3 + y, Quantity(account, y), measure)
            sheet.fitted(
                [label, number, name, *cells, sum_],
                [text, "trace", text, *[money] * (len(years) + 1)],
            )
        _closing_row(report, sheet, 3, sheet.row, (first, sheet.row - 1), values[-1], values[:-1])
    report.pages.complete("payers")
    report.areas["payers"] = Area(sheet.name, top, 0, sheet.row - top, 4 + len(years))
    sheet.signature()


def _closing_row(
    report: Report,
    sheet: Sheet,
    column: int,
    total: int,
    parts: tuple[int, int],
    shown: Floats,
    below: Floats,
    mark: str = "",
) -> None:
    """What display rounding leaves between a total and the rows below it, all of them or those with
    a mark.
    """
    cells: list[Any] = []
    for k, (value, left) in enumerate(
        zip(
            shown.tolist(),
            closing(np.nan_to_num(shown), np.nan_to_num(below), report.decimals).tolist(),
            strict=True,
        )
    ):
        name = letters(column + k)
        span = f"{name}{parts[0]}:{name}{parts[1]}"
        rest = f"SUMPRODUCT({mark}ROUND({span},{DIGITS}))"
        cells.append(
            "" if value != value else Formula(f"=ROUND({name}{total},{DIGITS})-{rest}", left)
        )
    words = report.say(*CLOSING)
    pad = sheet.columns - column - len(cells)
    texts = ["", "", words, *[""] * (column - 3)]
    sheet.cells(
        [*texts, *cells, *[""] * pad],
        [
            "trace",
            "trace",
            *["closing_text"] * (column - 2),
            *["closing_money"] * (len(cells) + pad),
        ],
    )


def items(report: Report) -> None:
    """Every item in every year; what is not costed shows a dash."""
    model, calc, budget = report.model, report.layout.calculation, report.budget
    sheet = report.open(
        "items", "分项目测算表", "Cost by item", (7, 7, 7, 8, 20, 46, 24, *[16] * 6), report.wan()
    )
    if report.apart():
        sheet.line(report.apart())
    titles = (
        ("起行", "From row"),
        ("止行", "To row"),
        ("年份", "Year"),
        ("项目", "Item"),
        ("领域", "Domain"),
        ("服务项目", "Name of item"),
        ("账目", "Account"),
    )
    sheet.grouped_head(
        [
            *(report.say(*title) for title in titles),
            *grouped_heads(report.budget.standard.payers, report.lang),
        ],
        columns=6,
    )
    sheet.fold(0, 1)
    top, breaks, columns = sheet.row, [], [calc.sliding(name) for name in MONEY]
    for y, year in enumerate(budget.years):
        for account in every_account(report):
            numbers = [
                item.number
                for item in budget.standard.items.values()
                if any(line.account == account for line in item.lines)
            ]
            # what is not costed stands below the sums
            numbers.sort(key=lambda number: (number, account, y) not in model.spans)
            spans = [model.spans.get((number, account, y)) for number in numbers]
            values = np.array(
                [
                    report.money.at(account, y),
                    *(report.money.at(account, y, "item", number) for number in numbers),
                ]
            )
            label, total, costed = (
                ACCOUNTS[account].to(report.lang),
                sheet.row,
                sum(map(bool, spans)),
            )
            below = (total + 2, total + 1 + costed)
            cells = [
                (
                    v
                    if v != v
                    else Formula(f"=SUM({letters(7 + k)}{below[0]}:{letters(7 + k)}{below[1]})", v)
                )
                for k, v in enumerate(values[0].tolist())
            ]
            if costed:
                report.pages.money("items", sheet, 7, Quantity(account, y))
            sheet.fitted(
                ["", "", year, report.say(*TOTAL), "", "", label, *cells],
                ["trace", "trace", "total_year", *["total_text"] * 4, *["total_money"] * 6],
            )
            for number, span, figures in zip(numbers, spans, values[1:].tolist(), strict=True):
                row, section = sheet.row + 1, budget.standard.items[number].section
                domain = budget.standard.domains[budget.standard.sections[section][0]].to(
                    report.lang
                )
                money = [
                    (
                        Formula(
                            f"=SUM(INDEX({column},$A{row}):INDEX({column},$B{row}))/10000", value
                        )
                        if span
                        else None
                    )
                    for column, value in zip(columns, figures, strict=True)
                ]
                ends = [span[0] + 1, span[1] + 1] if span else ["", ""]
                if span:
                    report.pages.money("items", sheet, 7, Quantity(account, y, item=number))
                sheet.fitted(
                    [
                        *ends,
                        year,
                        number,
                        domain,
                        cost_title(budget.standard, number, report.lang),
                        label,
                        *money,
                    ],
                    ["trace", "trace", "year", "year", "text", "text", "text", *["money"] * 6],
                )
            if costed:
                _closing_row(report, sheet, 7, total + 1, below, values[0], values[1 : costed + 1])
        breaks.append(sheet.row)
    report.pages.complete("items")
    report.pages.complete("items", "item")
    report.areas["items"] = Area(sheet.name, top, 0, max(sheet.row - top, 1), 13)
    sheet.signature()
    sheet.page_break_at(breaks[:-1])


def prefectures(report: Report) -> None:
    """Every prefecture in every year, its counties folded below it."""
    model, budget = report.model, report.budget
    sheet = report.open(
        "places", "分地区测算表", "Cost by prefecture", (7, 9, 28, 24, 10, *[16] * 6), report.wan()
    )
    titles = (
        ("年份", "Year"),
        ("地区编码", "Place code"),
        ("地区", "Place"),
        ("账目", "Account"),
        ("行别", "Row"),
    )
    sheet.grouped_head(
        [
            *(report.say(*title) for title in titles),
            *grouped_heads(report.budget.standard.payers, report.lang),
        ],
        columns=3,
    )
    sheet.sheet.outline_settings(symbols_below=False)
    top, breaks, at = sheet.row, [], account_of(report)
    prefecture = np.array(
        [
            list(dict.fromkeys(budget.labels["prefecture"])).index(code)
            for code in budget.labels["prefecture"]
        ],
        np.intp,
    )
    for y in range(len(budget.years)):
        # the general public budget has its total in every year
        for account in dict.fromkeys(("general", *accounts(report))):
            rows = np.flatnonzero((at == list(ACCOUNTS).index(account)) & (model.cells[2] == y))
            block = list(_place_rows(report, rows, prefecture))
            first, parts = sheet.row, [n for n, (kind, _) in enumerate(block) if kind == PART]
            values = np.array([report.money.at(account, y, *_key(report, *row)) for row in block])
            for row, figures in zip(block, values.tolist(), strict=True):
                _place_row(report, sheet, account, y, row, figures)
            if parts:
                mark = f'($E{first + 2}:$E{sheet.row}="{report.say(*PART)}")*'
                _closing_row(
                    report,
                    sheet,
                    5,
                    first + 1,
                    (first + 2, sheet.row),
                    values[0],
                    values[parts],
                    mark,
                )
        breaks.append(sheet.row)
    report.pages.complete("places")
    report.pages.complete("places", "prefecture")
    report.pages.complete("places", "prefecture", "place")
    report.areas["places"] = Area(sheet.name, top, 0, max(sheet.row - top, 1), 11)
    sheet.signature()
    sheet.page_break_at(breaks[:-1])


Row = tuple[tuple[str, str], str]
"""The kind of a row of the table by place, and the code of its place."""


def _place_rows(report: Report, rows: Ints, prefecture: Ints) -> Iterator[Row]:
    """The total, each prefecture and its counties; what is counted for a prefecture itself stands
    beside its counties.
    """
    budget, place = report.budget, report.model.cells[1]
    yield TOTAL, ""
    names = list(dict.fromkeys(budget.labels["prefecture"]))
    for n, code in enumerate(names):
        mine = rows[prefecture[place[rows]] == n]
        if not len(mine):
            continue
        yield PART, code
        inside = [budget.places[p] for p in dict.fromkeys(place[mine].tolist())]
        yield from ((PLACE, each) for each in inside if inside != [code])


def _key(report: Report, kind: tuple[str, str], code: str) -> tuple[object, ...]:
    """Where the figures of a row are found, within its account and year."""
    return {TOTAL: (), PART: ("prefecture", code)}.get(kind) or (
        ("place", report.budget.places.index(code)) if kind == PLACE else ()
    )


def _quantity(report: Report, account: str, y: int, kind: tuple[str, str], code: str) -> Quantity:
    if kind == TOTAL:
        return Quantity(account, y)
    if kind == PART:
        return Quantity(account, y, prefecture=code)
    p = report.budget.places.index(code)
    return Quantity(account, y, prefecture=report.budget.labels["prefecture"][p], place=p)


def _place_row(
    report: Report, sheet: Sheet, account: str, y: int, at: Row, figures: Sequence[float]
) -> None:
    (kind, code), calc, row = at, report.layout.calculation, sheet.row + 1
    more = {
        PART: f",{calc.column('prefecture')},$B{row}",
        PLACE: f",{calc.column('code')},$B{row}",
    }.get(kind, "")
    money = [
        (
            value
            if value != value
            else Formula(
                f"=SUMIFS({calc.sliding(name)},{calc.column('year')},$A{row},{calc.column('account')},$D{row}{more})/10000",
                value,
            )
        )
        for name, value in zip(MONEY, figures, strict=True)
    ]
    name = report.budget.standard.places.label(code).to(report.lang) if code else report.say(*TOTAL)
    if kind == PLACE and code in report.budget.labels["prefecture"]:
        name += report.say("（未分到县市）", " (not by county)")
    look = {TOTAL: "total", PART: "part"}.get(kind, "")
    text, figure = (f"{look}_{each}" if look else each for each in ("text", "money"))
    if kind == PLACE:
        sheet.outline(1)
    if report.money.has(account, y):
        report.pages.money("places", sheet, 5, _quantity(report, account, y, kind, code))
    label = ACCOUNTS[account].to(report.lang)
    sheet.fitted(
        [report.budget.years[y], code, name, label, report.say(*kind), *money],
        ["year", text, text, text, text, *[figure] * 6],
    )


def years(report: Report) -> None:
    """Domains, items and prefectures over the years: the cost, an account at a time."""
    budget = report.budget
    span = budget.years
    sheet = report.open(
        "years",
        "多年汇总表（资金需求）",
        "Cost over the years",
        (24, 9, 46, *[15] * len(span), 16),
        report.wan(),
    )
    sheet.head(
        [
            report.say("账目", "Account"),
            report.say("编号", "Number"),
            report.say("名称", "Name"),
            *span,
            report.say("各年合计", "All years"),
        ],
        True,
    )
    if report.apart():
        sheet.line(report.apart())
    of_items, of_places = report.areas["items"], report.areas["places"]
    for account in accounts(report):
        label = ACCOUNTS[account].to(report.lang)
        for caption, rows, source, by_name in (
            (
                ("：按领域", ": by domain"),
                _domain_rows(report, account),
                (of_items, 7, 2, 4, 6),
                True,
            ),
            (
                ("：按服务项目", ": by item"),
                _item_rows(report, account),
                (of_items, 7, 2, 3, 6),
                False,
            ),
            (
                ("：按地（州、市）", ": by prefecture"),
                _prefecture_rows(report, account),
                (of_places, 5, 0, 1, 3),
                False,
            ),
        ):
            sheet.line(f"{label}{report.say(*caption)}", "label")
            _year_block(report, sheet, account, rows, source, by_name)
    for kind in ("domain", "item", "prefecture"):
        report.pages.complete("years", kind)
    sheet.signature()


Named = list[tuple[str, object, str]]
"""Rows of the table over the years: what they are of, its number or code, and its name."""


def _costed(report: Report, account: str, kind: str, code: object) -> bool:
    return any(report.money.has(account, y, kind, code) for y in range(len(report.budget.years)))


def _domain_rows(report: Report, account: str) -> Named:
    domains = report.budget.standard.domains
    return [
        ("domain", n, name.to(report.lang))
        for n, name in domains.items()
        if _costed(report, account, "domain", n)
    ]


def _item_rows(report: Report, account: str) -> Named:
    standard = report.budget.standard
    return [
        ("item", n, cost_title(standard, n, report.lang))
        for n in standard.items
        if _costed(report, account, "item", n)
    ]


def _prefecture_rows(report: Report, account: str) -> Named:
    places, codes = report.budget.standard.places, dict.fromkeys(report.budget.labels["prefecture"])
    return [
        ("prefecture", code, places.label(code).to(report.lang))
        for code in codes
        if _costed(report, account, "prefecture", code)
    ]


def _year_block(
    report: Report,
    sheet: Sheet,
    account: str,
    rows: Named,
    source: tuple[Area, int, int, int, int],
    by_name: bool = False,
) -> None:
    """Rows of one kind over the years, summed from the table named in ``source`` (its cost, year,
    key and account columns), and their total.
    """
    area, cost, year, key, account_at = source
    money, n = report.money, len(report.budget.years)
    total, last, head = sheet.row, letters(2 + n), sheet.heading
    for k, (kind, number, name) in enumerate([("", "", report.say(*TOTAL)), *rows]):
        row = sheet.row + 1
        of = (kind, number) if k else ()
        figures = [float(money.at(account, y, *of)[0]) for y in range(n)]
        quantity = Quantity(account, 0, **{kind: number} if k else {})  # type: ignore[arg-type]
        for y in range(n):
            if money.has(account, y, *of):
                report.pages.cell("years", sheet, 3 + y, replace(quantity, y=y), COST)
        cells = []
        # its own rows have its code too
        only = f',{area.column(4)},"{report.say(*PART)}"' if kind == "prefecture" else ""
        for y, value in enumerate(figures):
            column = letters(3 + y)
            wanted = f"{area.column(year)},{column}${head},{area.column(key)},${'C' if by_name else 'B'}{row},{area.column(account_at)},$A{row}"
            formula = (
                f"=SUMIFS({area.column(cost)},{wanted}{only})"
                if k
                else f"=SUM({column}{row + 1}:{column}{row + len(rows)})"
            )
            cells.append(value if value != value else Formula(formula, value))
        text, look = ("text", "money") if k else ("total_text", "total_money")
        sheet.fitted(
            [
                ACCOUNTS[account].to(report.lang),
                number,
                name,
                *cells,
                Formula(f"=SUM(D{row}:{last}{row})", float(np.nansum(figures))),
            ],
            [text, "year" if k else text, text, *[look] * (n + 1)],
        )
    report.year_blocks.append(Area(sheet.name, total + 1, 0, len(rows), 4 + n))


def scenarios(report: Report, sheet: Sheet, budgets: Sequence[Budget]) -> None:
    """Totals of several scenarios, an account at a time: the first live, the others as the engine
    found them, and the differences.
    """
    calc, own = report.layout.calculation, report.budget
    titles = (("情景", "Scenario"), ("账目", "Account"), ("年份", "Year"))
    sheet.line(
        report.say(
            f"“{report.title}”为公式；其他情景为测算时的固定值（灰底），"
            "不随输入改动；差额为其他情景减去前者。",
            f"'{report.title}' is live; the other scenarios are fixed at the run (grey); a"
            " difference is the other less the first.",
        )
    )
    sheet.grouped_head(
        [
            *(report.say(*title) for title in titles),
            *grouped_heads(report.budget.standard.payers, report.lang),
        ]
    )
    codes = {own.places[p] for p in set(report.model.cells[1].tolist())}
    beside = [
        (each, Money(each, cells_of(each, codes), report.scale, report.values), Engine(each, codes))
        for each in budgets
    ]
    totals, top = dict.fromkeys(range(len(beside)), 0.0), sheet.row
    for account in accounts(report):
        label = ACCOUNTS[account].to(report.lang)
        for y, year in enumerate(own.years):
            live, mine = sheet.row + 1, report.money.at(account, y)
            money = [
                (
                    Formula(
                        f"=SUMIFS({calc.sliding(name)},{calc.column('account')},$B{live},{calc.column('year')},$C{live})/10000",
                        value,
                    )
                    if value == value
                    else None
                )
                for name, value in zip(MONEY, mine.tolist(), strict=True)
            ]
            if report.money.has(account, y):
                report.pages.money("scenarios", sheet, 3, Quantity(account, y))
            sheet.fitted(
                [report.title, label, year, *money], ["text", "text", "year", *["money"] * 6]
            )
            for n, (other, figures, engine) in enumerate(beside):
                at = other.years.index(year) if year in other.years else -1
                found = figures.at(account, at)
                if figures.has(account, at):
                    totals[n] += sum(
                        engine.yuan(Quantity(account, at), measure) for measure in MEASURES
                    )
                    report.pages.money("scenarios", sheet, 3, Quantity(account, at), engine)
                sheet.fitted(
                    [other.scenario.title.to(report.lang), label, year, *found.tolist()],
                    ["text", "text", "year", *["stated_money"] * 6],
                )
                row = sheet.row
                gap = [
                    (
                        Formula(f"={letters(3 + k)}{row}-{letters(3 + k)}{live}", value)
                        if value == value
                        else None
                    )
                    for k, value in enumerate((found - mine).tolist())
                ]
                sheet.fitted(
                    [report.say(*DIFFERENCE), label, year, *gap],
                    ["part_text", "part_text", "year", *["part_money"] * 6],
                )
    report.areas["scenarios"] = Area(sheet.name, top, 0, sheet.row - top, 3 + len(MONEY))
    report.beside = [(other, totals[n]) for n, (other, *_) in enumerate(beside)]
