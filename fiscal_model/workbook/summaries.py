"""Totals by payer and year, by item, by place, over the years, and several scenarios side by side:
formulas over the calculation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from fiscal_model.arrays import Floats, Ints
from fiscal_model.results.functions import FUNCTION, NO_FUNCTION, function_of, has_functions
from fiscal_model.results.ledger import COSTED, status_words
from fiscal_model.standard.words import cost_title
from fiscal_model.vocabulary import ACCOUNTS, UNALLOCATED, Text, joined, labelled, spans
from fiscal_model.workbook.calculation import column_of
from fiscal_model.workbook.columns import Column, Table
from fiscal_model.workbook.context import Report
from fiscal_model.workbook.live_tables import DIGITS
from fiscal_model.workbook.pages import COST, MEASURES, Quantity
from fiscal_model.workbook.rounding import closing
from fiscal_model.workbook.tables import money_columns

MONEY = MEASURES
TOTAL, PART, PLACE = Text("合计", "Total"), Text("小计", "Subtotal"), Text("其中", "of which")
CLOSING, DIFFERENCE = Text("尾差", "closing difference"), Text("差额", "difference")
ACCOUNT, YEAR, CODE = Text("账目", "Account"), Text("年份", "Year"), Text("地区编码", "Place code")
WHERE = Text("地区", "Place")
EVERY_YEAR = Text("各年合计", "All years")
FIRST, LAST = Text("起行", "From row"), Text("止行", "To row")
APART = ("closing", "line")
"""Styles of rows that are of nothing: they have no labels."""
LEFT = f"=ROUND({{~@total}},{DIGITS})-SUMPRODUCT(%sROUND({{~@first}}:{{~@last}},{DIGITS}))"
"""What display rounding leaves between a total and the rows below it."""


@dataclass(frozen=True)
class Line:
    """A row of a printed table: what it is of (``key``), its figures and the formula behind them.

    ``style``, ``level`` and ``marks`` are those of a :class:`Table`; ``quantity`` is what the
    engine must find for it.
    """

    style: str
    account: str
    figures: Sequence[Any]
    formula: str | None
    y: int = 0
    key: Any = ""
    kind: Text = TOTAL
    quantity: Quantity | None = None
    level: int = 0
    span: tuple[int, int] | None = None
    marks: Mapping[str, int] = field(default_factory=dict)


def closing_line(
    report: Report,
    account: str,
    shown: Floats,
    below: Floats,
    marks: tuple[int, int, int],
    only: str = "",
) -> Line:
    """What display rounding leaves between a total and the rows below it, all of them or those
    that fit; ``marks`` are the rows of the total and of the first and last below it.
    """
    left = closing(np.nan_to_num(shown), np.nan_to_num(below), report.decimals).tolist()
    figures = [
        "" if each != each else more for each, more in zip(shown.tolist(), left, strict=True)
    ]
    at = {"total": marks[0], "first": marks[1], "last": marks[2]}
    return Line("closing", account, figures, LEFT % only, key=report.say(*CLOSING), marks=at)


def table_of(
    report: Report, name: str, lines: Sequence[Line], words: str, columns: Sequence[Column]
) -> Table:
    """A table with the rows of some lines, and their money if no column has it. Of labels a closing
    difference has its words only, in the column ``words``.
    """

    def told(column: Column) -> Column:
        if not callable(value := column.values):
            return column
        left = (lambda line: line.key) if column.name == words else (lambda _: "")
        found = [(left if line.style in APART else value)(line) for line in lines]
        return replace(column, values=found)

    columns = [*map(told, columns)]
    if not any(column.name.startswith("year:") for column in columns):
        columns += money_columns(
            report.budget.standard.payers,
            [line.figures for line in lines],
            [line.formula for line in lines],
        )
    return Table(
        name,
        lines,
        columns,
        styles=[line.style for line in lines],
        levels=[line.level for line in lines],
        marks=[line.marks for line in lines],
    )


def accounts(report: Report) -> list[str]:
    """The accounts in which anything of the workbook is costed, the general public budget first."""
    known = {account for _, account, *_ in report.model.spans}
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
    calc, years, lines = report.tables["calculation"], report.budget.years, list[Line]()
    ahead = calc.at["cost"]
    money = f"INDEX({{calculation.cost..{calc.columns[-1].name}}},0,{{number}})"
    matching = "{calculation.account},{account},{calculation.year},{~@head}"
    formula = f"=SUMIFS({money},{matching})/10000"
    for account in accounts(report):
        payers = shown_payers(report, account)
        values = report.money.payers(account, payers)
        first = len(lines)
        lines += [
            Line("" if payer else "total", account, figures, formula, key=payer)
            for payer, figures in zip([*payers, ""], values.tolist(), strict=True)
        ]
        total = len(lines) - 1
        marks = total, first, total - 1
        lines.append(closing_line(report, account, values[-1], values[:-1], marks))

    def number(line: Line) -> int:
        return calc.at[column_of(report.model, line.key)] - ahead + 1 if line.key else 1

    columns = [
        Column("account", ACCOUNT, lambda line: ACCOUNTS[line.account], "key", width=25),
        Column("number", Text("列号", "Column"), number, "trace", width=6, folded=True),
        Column(
            "payer",
            Text("承担主体", "Payer"),
            lambda line: report.label(line.key) if line.key else TOTAL,
            width=24,
        ),
        *year_columns(years, lines),
    ]
    table = table_of(report, "payers", lines, "payer", columns)
    report.printed("payers", Text("各承担主体分年测算表", "Cost by payer and year"), table, 0)
    for n, line in enumerate(lines):
        for y, year in enumerate(years):
            if line.style != "closing" and report.money.has(line.account, y):
                of_year = Quantity(line.account, y)
                report.pages.cell("payers", table, f"year:{year}", n, of_year, line.key or COST)
    report.pages.complete("payers")


def year_columns(years: Sequence[int], lines: Sequence[Line]) -> list[Column]:
    """The figures of every year, and their sum."""
    across = f"=SUM({{~year:{years[0]}..year:{years[-1]}}})"
    by_year = [
        Column(
            f"year:{year}",
            year,
            [line.figures[y] for line in lines],
            "money",
            [None if line.figures[y] == "" else line.formula for line in lines],
            15,
        )
        for y, year in enumerate(years)
    ]
    sums = [None if line.style == "closing" else across for line in lines]
    every = Column(
        "year:all", EVERY_YEAR, lambda line: float(np.nansum(line.figures)), "money", sums, 16
    )
    return [*by_year, every]


def not_listed(report: Report) -> str:
    """The items that no table has a row for, and why; empty where there are none."""
    standard, lang = report.budget.standard, report.lang
    entries = report.ledger.items
    why: dict[str, list[int]] = {}
    for entry in entries:
        if entry.status not in COSTED:
            why.setdefault(status_words(entry, lang), []).append(entry.item)
    if others := sorted({*standard.items} - {entry.item for entry in entries}):
        why[report.say("不在所选项目内", "not among the items chosen")] = others
    told = joined(
        (
            report.say(f"第{spans(numbers, lang)}项{words}", f"{spans(numbers, lang)}: {words}")
            for words, numbers in why.items()
        ),
        lang,
    )
    return labelled(report.say("各表未列的项目", "Items without a row"), told, lang) if told else ""


def items(report: Report) -> None:
    """Every item that is costed in any year; in a year in which it is not it shows a dash."""
    model, budget, lines, breaks = report.model, report.budget, list[Line](), list[int]()
    of_item = "=SUM(INDEX({~calculation.%},{first}):INDEX({~calculation.%},{last}))/10000"
    for y in range(len(budget.years)):
        for account in accounts(report):
            numbers = [
                number for number in budget.standard.items if (number, account) in model.spans
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
            total, costed = len(lines), sum(map(bool, spans))
            at = {"first": total + 1, "last": total + costed}
            whole = Quantity(account, y)
            lines.append(
                Line(
                    "total",
                    account,
                    values[0].tolist(),
                    "=SUM({~@first}:{~@last})",
                    y,
                    quantity=whole if costed else None,
                    marks=at,
                )
            )
            lines += [
                Line(
                    "",
                    account,
                    figures if span else [None] * len(MONEY),
                    of_item,
                    y,
                    number,
                    quantity=replace(whole, item=number) if span else None,
                    span=span,
                )
                for number, span, figures in zip(numbers, spans, values[1:].tolist(), strict=True)
            ]
            if costed:
                marks = total, total + 1, total + costed
                below = values[1 : costed + 1]
                lines.append(closing_line(report, account, values[0], below, marks))
        breaks.append(len(lines))
    standard = budget.standard

    def domain(line: Line) -> Text | str:
        if not line.key:
            return ""
        return standard.domains[standard.sections[standard.items[line.key].section][0]]

    columns = [
        Column("first", FIRST, ends(lines, 0), "trace", width=7, folded=True),
        Column("last", LAST, ends(lines, 1), "trace", width=7, folded=True),
        Column("year", YEAR, lambda line: budget.years[line.y], "year", width=7),
        Column(
            "item",
            Text("项目", "Item"),
            lambda line: line.key or TOTAL,
            ["text" if line.style == "total" else "year" for line in lines],
            width=8,
        ),
        Column("domain", Text("领域", "Domain"), domain, width=20),
        Column(
            "name",
            Text("服务项目", "Name of item"),
            lambda line: cost_title(standard, line.key, report.lang) if line.key else "",
            width=46,
        ),
        Column("account", ACCOUNT, lambda line: ACCOUNTS[line.account], width=24),
    ]
    table = table_of(report, "items", lines, "year", columns)
    if has_functions(budget):

        def function(line: Line) -> Text | str:
            return function_of(budget, line.key, line.account) if line.key else ""

        columns.append(Column("function", FUNCTION, function, width=24))
        table = table_of(report, "items", lines, "year", columns)
    title, about = Text("分项目测算表", "Cost by item"), [not_listed(report), report.apart()]
    sheet = report.printed("items", title, table, table.at["account"], about)
    report.pages.money(table, [line.quantity for line in lines])
    report.pages.complete("items")
    report.pages.complete("items", "item")
    sheet.page_break_at([table.top + each for each in breaks[:-1]])


def ends(lines: Sequence[Line], k: int) -> list[object]:
    """The first or last row of the calculation that lines sum."""
    return [line.span[k] + 1 if line.span else "" for line in lines]


def prefectures(report: Report) -> None:
    """Every prefecture in every year, its counties folded below it."""
    model, budget, lines, breaks = report.model, report.budget, list[Line](), list[int]()
    at = account_of(report)
    sums = "=SUMIFS({~calculation.%%},{calculation.year},{year},{calculation.account},{account}%s)/10000"
    more = {PART: ",{calculation.prefecture},{code}", PLACE: ",{calculation.code},{code}"}
    part = f'({{row@first}}:{{row@last}}="{report.say(*PART)}")*'
    for y in range(len(budget.years)):
        for account in accounts(report):
            rows = np.flatnonzero((at == list(ACCOUNTS).index(account)) & (model.cells[2] == y))
            block = list(place_rows(report, rows))
            first, known = len(lines), report.money.has(account, y)
            parts = [n for n, (kind, _) in enumerate(block) if kind == PART]
            values = np.array([report.money.at(account, y, *key_of(report, *row)) for row in block])
            lines += [
                Line(
                    STYLES[kind],
                    account,
                    figures,
                    sums % more.get(kind, ""),
                    y,
                    code,
                    kind,
                    quantity_of(report, account, y, kind, code) if known else None,
                    int(kind == PLACE),
                )
                for (kind, code), figures in zip(block, values.tolist(), strict=True)
            ]
            if parts:
                marks = first, first + 1, len(lines) - 1
                left = closing_line(report, account, values[0], values[parts], marks, part)
                lines.append(left)
        breaks.append(len(lines))

    def name(line: Line) -> str | Text:
        return place_name(report, line.kind, line.key)

    columns = [
        Column("year", YEAR, lambda line: budget.years[line.y], "plain_year", width=7),
        Column("code", CODE, lambda line: line.key, "key", width=9),
        Column("place", WHERE, name, width=28),
        Column("account", ACCOUNT, lambda line: ACCOUNTS[line.account], width=24),
        Column("row", Text("行别", "Row"), lambda line: line.kind, width=10),
    ]
    table = table_of(report, "places", lines, "place", columns)
    title = Text("分地区测算表", "Cost by prefecture")
    sheet = report.printed("places", title, table, table.at["account"])
    sheet.sheet.outline_settings(symbols_below=False)
    report.pages.money(table, [line.quantity for line in lines])
    report.pages.complete("places")
    report.pages.complete("places", "prefecture")
    report.pages.complete("places", "prefecture", "place")
    sheet.page_break_at([table.top + each for each in breaks[:-1]])


STYLES = {TOTAL: "total", PART: "part", PLACE: ""}
PlaceRow = tuple[Text, str]
"""The kind of a row of a table by place, and the code of its place."""


def place_name(report: Report, kind: Text, code: str) -> str | Text:
    """What a row of a place is called; what is counted for a prefecture itself says so beside its
    counties.
    """
    if kind == TOTAL:
        return TOTAL
    own = report.say("（未分到县市）", " (not by county)")
    among = kind == PLACE and code in report.budget.labels["prefecture"]
    return report.budget.standard.places.label(code).to(report.lang) + own * among


def place_rows(report: Report, rows: Ints) -> Iterator[PlaceRow]:
    """The total, each prefecture and its counties, of some rows of the calculation; what is counted
    for a prefecture itself stands beside its counties.
    """
    budget, place = report.budget, report.model.cells[1]
    names = list(dict.fromkeys(budget.labels["prefecture"]))
    of = np.array([names.index(code) for code in budget.labels["prefecture"]], np.intp)
    yield TOTAL, ""
    for n, code in enumerate(names):
        mine = rows[of[place[rows]] == n]
        if not len(mine):
            continue
        yield PART, code
        inside = [budget.places[p] for p in dict.fromkeys(place[mine].tolist())]
        yield from ((PLACE, each) for each in inside if inside != [code])


def key_of(report: Report, kind: Text, code: str) -> tuple[object, ...]:
    """Where the figures of a row are found, within its account and year."""
    return {TOTAL: (), PART: ("prefecture", code)}.get(kind) or (
        ("place", report.budget.places.index(code)) if kind == PLACE else ()
    )


def quantity_of(report: Report, account: str, y: int, kind: Text, code: str) -> Quantity:
    if kind == TOTAL:
        return Quantity(account, y)
    if kind == PART:
        return Quantity(account, y, prefecture=code)
    p = report.budget.places.index(code)
    return Quantity(account, y, prefecture=report.budget.labels["prefecture"][p], place=p)


def years(report: Report) -> None:
    """Payers, and the cost of domains, items and prefectures, over the years, an account at a
    time.
    """
    title = Text("多年汇总表", "Cost over the years")
    sheet = report.printed("years", title, _year_table(report, "years", "", [], []), 0)
    if report.apart():
        sheet.line(report.apart())
    head, every = report.tables["years"].head, accounts(report)
    for account in every:
        blocks = (
            (
                Text("：按承担主体", ": by payer"),
                _payer_rows,
                ("payers", "payer", "name"),
            ),
            (Text("：按领域", ": by domain"), _domain_rows, ("items", "domain", "name")),
            (Text("：按服务项目", ": by item"), _item_rows, ("items", "item", "number")),
            (
                Text("：按地（州、市）", ": by prefecture"),
                _prefecture_rows,
                ("places", "code", "number"),
            ),
            (
                Text("：按支出功能分类科目", ": by budget function"),
                _function_rows,
                ("calculation", "function", "name"),
            ),
        )
        for caption, rows, source in blocks[: len(year_kinds(report))]:
            sheet.line(f"{ACCOUNTS[account].to(report.lang)}{report.say(*caption)}", "label")
            table = _year_block(report, account, rows(report, account), *source)
            sheet.table(table.place(sheet.name, sheet.row, head))
            report.year_blocks.append(table)
    for kind in year_kinds(report)[1:]:
        report.pages.complete("years", kind)


def year_kinds(report: Report) -> tuple[str, ...]:
    """The kinds of rows of the table over the years, a block each in every account."""
    kinds = ("payer", "domain", "item", "prefecture", "function")
    return kinds if has_functions(report.budget) else kinds[:-1]


Key = tuple[object, ...]
Named = list[tuple[str, object, str]]
"""Rows of the table over the years: what they are of, its number or code, and its name."""


def _costed(report: Report, account: str, kind: str, code: object) -> bool:
    return any(report.money.has(account, y, kind, code) for y in range(len(report.budget.years)))


def _payer_rows(report: Report, account: str) -> Named:
    return [("payer", payer, report.label(payer)) for payer in shown_payers(report, account)]


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


def _function_rows(report: Report, account: str) -> Named:
    """The functions by their codes; what has none stands last."""
    names = sorted({*report.budget.labels["function"]}, key=lambda name: (not name, name))
    return [
        ("function", name, name or NO_FUNCTION.to(report.lang))
        for name in names
        if _costed(report, account, "function", name)
    ]


def _year_block(
    report: Report, account: str, named: Named, source: str, key: str, by: str
) -> Table:
    """The total, and rows of one kind over the years, summed from the rows of another table that
    have their key.
    """
    span = report.budget.years
    wanted = (
        f"{{{source}.year}},{{~@head}},{{{source}.{key}}},{{{by}}},{{{source}.account}},{{account}}"
    )
    # its own rows have the code of a prefecture too
    only = f',{{places.row}},"{report.say(*PART)}"' if source == "places" else ""
    in_unit = "/10000" if source == "calculation" else ""
    found = (
        f"=SUMIFS({{~payers.year:%}},{{payers.account}},{{account}},{{payers.{key}}},{{{by}}})"
        if source == "payers"
        else f"=SUMIFS({{{source}.cost}},{wanted}{only}){in_unit}"
    )
    of: list[Key] = [(), *((kind, code) for kind, code, _ in named)]
    lines = [
        Line(
            "" if each else "total",
            account,
            _over_years(report, account, each),
            found if each else "=SUM({~@first}:{~@last})",
            marks={"first": 1, "last": len(named)},
        )
        for each in of
    ]
    table = _year_table(report, f"years:{len(report.year_blocks)}", account, named, lines)
    for n, each in enumerate(of):
        payer = str(each[1]) if each[:1] == ("payer",) else ""
        rest = () if payer else each
        for y, year in enumerate(span):
            if report.money.has(account, y, *rest):
                quantity = Quantity(account, y, **(dict([rest]) if rest else {}))  # type: ignore[arg-type]
                spare = report.money.spare.get((account, y, *rest), 0.0)
                name = f"year:{year}"
                report.pages.cell("years", table, name, n, quantity, payer or COST, spare)
    return table


def _over_years(report: Report, account: str, of: Key) -> list[float]:
    """The cost of the whole (of nothing) or of what has a key, or what a payer bears, by year."""
    money = report.money
    if of[:1] == ("payer",):
        return list(money.payers(account, [str(of[1])])[0].tolist())
    return [float(money.at(account, y, *of)[0]) for y in range(len(report.budget.years))]


def _year_table(
    report: Report, name: str, account: str, named: Named, lines: Sequence[Line]
) -> Table:
    above = [""] * (len(lines) > 0)
    return table_of(
        report,
        name,
        lines,
        "name",
        [
            Column(
                "account", ACCOUNT, [ACCOUNTS[account]] * len(lines) if account else [], width=24
            ),
            Column(
                "number",
                Text("编号", "Number"),
                [
                    *above,
                    *("" if kind in ("payer", "function") else number for kind, number, _ in named),
                ],
                ["text" if line.style else "year" for line in lines],
                width=9,
            ),
            Column(
                "name",
                Text("名称", "Name"),
                [*(TOTAL for _ in above), *(title for *_, title in named)],
                width=46,
            ),
            *year_columns(report.budget.years, lines),
        ],
    )
