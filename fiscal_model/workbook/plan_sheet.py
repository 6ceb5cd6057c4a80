"""The rolling plan: every place by payer over the years, with the growth over the year before and,
where the people are known, the amount a head.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from fiscal_model.arrays import Floats, Ints
from fiscal_model.results.people import of_places, population
from fiscal_model.vocabulary import ACCOUNTS, Text
from fiscal_model.workbook.columns import Column, Table
from fiscal_model.workbook.context import Report
from fiscal_model.workbook.pages import COST, MEASURES
from fiscal_model.workbook.sheet import A3
from fiscal_model.workbook.summaries import (
    ACCOUNT,
    CODE,
    EVERY_YEAR,
    PART,
    PLACE,
    TOTAL,
    WHERE,
    PlaceRow,
    account_of,
    accounts,
    key_of,
    place_name,
    place_rows,
    quantity_of,
    shown_payers,
)
from fiscal_model.workbook.tables import NEED, columns

PEOPLE = "people"
TITLES = {PEOPLE: Text("人口（人）", "People"), COST: NEED}
AMOUNT, GROWTH = Text("金额", "Amount"), Text("比上年增长", "Growth")
HEAD = Text("人均（元）", "Yuan a head")
NONE = "—"
"""What a growth from nothing shows."""
ON_A4, ON_A3 = 18, 32
"""Columns that a printed page holds; more are continued on others, the labels repeated."""


UPRIGHT = 130
"""The widths of columns together that an upright page of A4 holds: the table is a long one."""


class Row(NamedTuple):
    """A row: the place, one of the measures or its people, their figures by year (NaN: none) and
    the unrounded yuan behind them.
    """

    account: str
    place: PlaceRow
    measure: str
    figures: Floats
    yuan: Floats
    people: Floats
    people_row: int


def plan(report: Report) -> None:
    """Writes the sheet."""
    rows = [row for account in accounts(report) for row in _rows(report, account)]
    at, years = 0, report.budget.years
    for n, row in enumerate(rows):
        at = n if row.measure == PEOPLE else at
        rows[n] = row._replace(people_row=at)
    table = _table(report, rows)
    about = [
        report.say(
            "“比上年增长”与本表前一年相比，第一年没有。",
            "Growth is over the year before on this sheet; the first year has none.",
        ),
        report.say(
            "人均按表 population 的人口计算，缺年份的沿用此前最近一年；人数随人口推算的，用推算人口"
            "（灰底，不随输入改动）。",
            "Amounts a head are of the people of table population, of the last year before where"
            " one is missing; where counts follow the population, of the people projected (grey:"
            " fixed at the run).",
        )
        if any(row.measure == PEOPLE for row in rows)
        else "",
    ]
    title = Text("分地区分年测算表", "Cost by place, payer and year")
    labels = table.at[f"year:{years[0]}"]
    sheet = report.printed("plan", title, table, labels, about)
    if sum(sheet.widths) <= UPRIGHT:
        sheet.sheet.set_portrait()
    if len(table.columns) > ON_A4:
        sheet.sheet.set_paper(A3)
    if len(table.columns) > ON_A3:
        sheet.sheet.fit_to_pages(1 + len(table.columns) // ON_A3, 0)
        sheet.sheet.repeat_columns(0, labels - 1)
    sheet.sheet.outline_settings(symbols_below=False)
    _hold(report, table, rows)


def _rows(report: Report, account: str) -> list[Row]:
    """The rows of one account, a place after the other."""
    model, budget = report.model, report.budget
    mine = np.flatnonzero(account_of(report) == list(ACCOUNTS).index(account))
    mine = mine[np.argsort(model.cells[1][mine], kind="stable")]
    of = [mine[model.cells[2][mine] == y] for y in range(len(budget.years))]
    told = [{*place_rows(report, each)} for each in of]
    every, persons = _measures(report, account), population(budget, budget.years)
    found = []
    for place in place_rows(report, mine):
        known = np.array([place in each for each in told])
        at = [report.money.at(account, y, *key_of(report, *place)) for y in range(len(known))]
        figures = np.where(known[:, None], np.array(at), np.nan)
        yuan = np.where(known[:, None], _yuan(report, mine, place), np.nan)
        people = _people(report, persons, place)
        if not np.isnan(people).all():
            found.append(Row(account, place, PEOPLE, people, people, people, 0))
        for name in every:
            k = MEASURES.index(name)
            found.append(Row(account, place, name, figures[:, k], yuan[:, k], people, 0))
    return found


def _measures(report: Report, account: str) -> list[str]:
    """The cost, and the columns that any payer of the account is gathered into."""
    payers = {*shown_payers(report, account)}
    gathered = columns(report.budget.standard.payers)
    return [COST, *(name for name, (_, inside) in gathered.items() if payers & {*inside})]


def _yuan(report: Report, rows: Ints, place: PlaceRow) -> Floats:
    """Unrounded yuan by (year, measure), summed from the rows of the calculation."""
    model, budget = report.model, report.budget
    kind, code = place
    names = budget.labels["prefecture"] if kind == PART else budget.places
    here = rows if kind == TOTAL else rows[np.array(names)[model.cells[1][rows]] == code]
    out = np.zeros((len(budget.years), len(MEASURES)))
    np.add.at(out, model.cells[2][here], model.money[here])
    return out


def _people(report: Report, persons: Floats, place: PlaceRow) -> Floats:
    """The people of a row by year, of the places that are shown."""
    shown, tree = report.shown, report.budget.standard.places
    kind, code = place
    if kind == PLACE:
        return of_places(persons, tree, code, {code})
    inside = {
        each
        for each, above in zip(shown.places, shown.labels["prefecture"], strict=True)
        if kind == TOTAL or above == code
    }
    return of_places(persons, tree, code or tree.root, inside)


def _table(report: Report, rows: Sequence[Row]) -> Table:
    years, titles = report.budget.years, columns(report.budget.standard.payers)
    calc = [row.measure != PEOPLE for row in rows]
    found = (
        "=SUMIFS(INDEX({places.cost..unallocated},0,{number}),{places.year},{~@head}"
        ",{places.account},{account},{places.row},{row}%s)"
    )
    by_place = found % ",{places.code},{code}"
    amounts = [
        (found % "" if row.place[0] == TOTAL else by_place) if money else None
        for row, money in zip(rows, calc, strict=True)
    ]
    looks = ["money" if money else "stated_count" for money in calc]

    def measure(row: Row) -> Text:
        return TITLES.get(row.measure) or titles[row.measure][0]

    def of_money(values: Sequence[Any]) -> list[Any]:
        return [each if money else "" for each, money in zip(values, calc, strict=True)]

    def formulas(text: str) -> list[str | None]:
        return [text if money else None for money in calc]

    def text_or(look: str) -> list[str]:
        return [look if money else "text" for money in calc]

    some = any(row.measure == PEOPLE for row in rows)
    people = Column(
        PEOPLE,
        Text("人口行", "Row of people"),
        ["" if np.isnan(row.people).all() else row.people_row + 1 for row in rows],
        "trace",
        width=6,
        folded=True,
    )
    labels = [
        Column("account", ACCOUNT, [ACCOUNTS[row.account] for row in rows], "key", width=16),
        Column("code", CODE, [row.place[1] for row in rows], "key", width=9),
        Column("place", WHERE, [place_name(report, *row.place) for row in rows], width=22),
        Column("row", Text("行别", "Row"), [row.place[0] for row in rows], width=9),
        Column(
            "number",
            Text("列号", "Column"),
            of_money(
                [MEASURES.index(row.measure) + 1 if row.measure != PEOPLE else 0 for row in rows]
            ),
            text_or("trace"),
            width=6,
            folded=True,
        ),
        *([people] if some else ()),
        Column("payer", Text("承担主体", "Payer"), [measure(row) for row in rows], width=16),
    ]
    money = [
        Column(
            f"year:{year}", year, [row.figures[y] for row in rows], looks, amounts, 14, over=AMOUNT
        )
        for y, year in enumerate(years)
    ]
    sums = [float(np.nansum(row.figures)) for row in rows]
    across = formulas(f"=SUM({{~year:{years[0]}..year:{years[-1]}}})")
    money.append(
        Column("year:all", EVERY_YEAR, of_money(sums), text_or("money"), across, 15, over=AMOUNT)
    )
    growth = [
        Column(
            f"growth:{year}",
            year,
            of_money([_growth(row, y) for row in rows]),
            text_or("growth"),
            formulas("=" + _over(f"{{~year:{year}}}", f"{{~year:{year - 1}}}", "-1")),
            9,
            over=GROWTH,
        )
        for y, year in enumerate(years)
        if year - 1 in years
    ]
    heads = [
        Column(
            f"head:{year}",
            year,
            of_money([_a_head(row, y) for row in rows]),
            text_or("rate"),
            formulas(
                f'=IF(N({{people}})=0,"{NONE}",'
                + _over(f"{{~year:{year}}}", f"INDEX({{~plan.year:{year}}},{{people}})", "*10000")
                + ")"
            ),
            11,
            over=HEAD,
        )
        for y, year in enumerate(years)
    ]
    kinds = {TOTAL: "total", PART: "part", PLACE: ""}
    return Table(
        "plan",
        len(rows),
        [*labels, *money, *growth, *(heads if some else ())],
        styles=[kinds[row.place[0]] if row.measure == COST else "" for row in rows],
        levels=[int(row.place[0] == PLACE) for row in rows],
    )


def _over(amount: str, base: str, then: str) -> str:
    """One cell over another; a dash where either holds none, or the other nothing."""
    return f'IF(OR(ISTEXT({amount}),N({base})=0),"{NONE}",{amount}/{base}{then})'


def _growth(row: Row, y: int) -> float | str | None:
    """The growth over the year before; a dash from nothing, None where either is not costed."""
    before, now = row.yuan[y - 1], row.yuan[y]
    if np.isnan(before) or np.isnan(now):
        return None
    return float(now / before - 1) if before else NONE


def _a_head(row: Row, y: int) -> float | None:
    """Yuan a head; None where the people are not known or nothing is costed."""
    found = row.yuan[y] / row.people[y] if row.people[y] else np.nan
    return None if np.isnan(found) else float(found)


def _hold(report: Report, table: Table, rows: Sequence[Row]) -> None:
    """Has every figure held against the engine: amounts as they are, growth times the year before
    and amounts a head times the people.
    """
    pages, years = report.pages, report.budget.years
    for n, row in enumerate(rows):
        if row.measure == PEOPLE:
            continue
        of = [quantity_of(report, row.account, y, *row.place) for y in range(len(years))]
        for y, year in enumerate(years):
            if np.isnan(row.figures[y]):
                continue
            pages.cell("plan", table, f"year:{year}", n, of[y], row.measure)
            if f"growth:{year}" in table.at:
                pages.ratio("plan", table, f"growth:{year}", n, of[y], row.measure, of[y - 1])
            if f"head:{year}" in table.at:
                pages.ratio("plan", table, f"head:{year}", n, of[y], row.measure, row.people[y])
    for level in ((), ("prefecture",), ("prefecture", "place")):
        pages.complete("plan", *level)
