"""What is said of a printed figure and ours: of what it is, both in the unit of print, and why they
may differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from fiscal_model.blocks import Block, Heading, Paragraph, Table
from fiscal_model.published.confront import VERDICTS, Confronted, Row
from fiscal_model.published.data import NO_YEAR
from fiscal_model.published.rates import stated_before
from fiscal_model.published.table import STAGES, Published
from fiscal_model.standard.printed import SEEN
from fiscal_model.standard.rules import Standard
from fiscal_model.standard.words import clause_words, cost_title, rate_words
from fiscal_model.vocabulary import Lang, Text, in_both, joined, listed

NOT_EXECUTED: Final = ("target", "forecast", "budget", "advance", "instalment", "allotted")
"""Stages at which money is not spent, or people are not yet counted."""
DOUBTFUL: Final = ("mirror", "derived")
BORROWED: Final = Text(
    "当年标准不同：未查到当年的，按最早的标准测算",
    "rates of that year: not known, so that the first known ones serve",
)
SEVERAL: Final = Text("几项合计", "several items together")
UNEXPLAINED: Final = Text(
    "原因未明：请核对人数、范围和年份", "unexplained: check counts, scope and year"
)
FITTED: Final = Text(
    "内置数据中有的数按公布数推定：按数据相符的不是印证，按公布人数相符的才是",
    "some embedded figures were made to meet printed ones: to agree on the data proves nothing then,"
    " to agree on printed counts does",
)
NO_COUNTS: Final = Text("没有公布人数", "no counts were printed")


def reason(row: Row) -> Text:
    """Why ours is not the printed figure, or why there is none. Where it agrees on the data the
    note alone, which says whether the data were made to; empty where it agrees on printed counts.
    """
    note = row.published.note
    if row.verdict == "agrees":
        return note if row.on_counts is None else Text("", "")
    parts = [*_reasons(row), *([note] if any(note) else [])] or [UNEXPLAINED]
    return Text(*(joined((each.to(lang) for each in parts), lang) for lang in ("zh", "en")))


def _reasons(row: Row) -> Iterator[Text]:
    """What is known of both."""
    of = row.published
    if of.several:
        yield SEVERAL
    if row.outcome and row.outcome.why:
        yield row.outcome.why
    if row.on_counts is None:
        if of.is_money and not of.several and of.counts is None and row.on_data is None:
            yield NO_COUNTS
        if row.on_data is not None or row.found.why != (NO_YEAR,) or of.counts is None:
            yield from row.found.why
    if row.outcome and row.outcome.borrowed:
        yield BORROWED
    if row.implied:
        yield row.implied
    if of.stage in NOT_EXECUTED:
        stage = STAGES[of.stage]
        yield Text(f"为{stage.zh}数，不是执行数", f"{stage.en}, not executed")
    if of.seen in DOUBTFUL:
        yield Text(f"查见方式：{SEEN[of.seen].zh}", f"seen as: {SEEN[of.seen].en}")


def figure(row: Row, value: float | Decimal | None) -> str:
    """A figure of a row in the unit and with the decimals that it was printed with, two at least
    where these show why ours is another.
    """
    if value is None:
        return "—"
    unit, digits = row.published.unit, row.published.digits
    if row.published.is_money:
        digits = max(digits, 2)
    exact = Decimal(repr(value)) if isinstance(value, float) else value
    shown = (exact / unit.scale).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return f"{shown:,}"


def printed(of: Published) -> str:
    """The figure as it was printed."""
    return f"{of.figure.quantize(Decimal(1).scaleb(-of.digits)):,}"


def percent(row: Row) -> str:
    """The difference in percent; no minus before a zero."""
    return "—" if row.percent is None else f"{round(row.percent, 1) + 0.0:+.1f}%"


def subject(of: Published, standard: Standard) -> Text:
    """What a figure is of: a line, an item, several, or people."""
    if of.line:
        return standard.lines[of.line].name
    if of.items:
        numbers = [str(n) for n in of.items]
        names = [
            Text(cost_title(standard, n, "zh"), cost_title(standard, n, "en")) for n in of.items
        ]
        if len(names) == 1:
            return names[0]
        return Text(f"第{listed(numbers, 'zh')}项", f"Items {listed(numbers, 'en')}")
    if of.is_money:
        return Text("几项合计", "Several items")
    return Text("出生人数", "Births") if of.unit.of == "births" else Text("人口", "Population")


def payers(of: Published, standard: Standard) -> Text:
    """Whom a sum is of; empty where of all."""
    return in_both(standard.payers[code].name for code in of.payers)


def blocks(confronted: Confronted, lang: Lang) -> Iterable[Block]:
    """A line a figure, why the figures differ, and the earlier rates that served."""
    result, rows = confronted.result, confronted.rows
    standard = result.standard
    title = Text("对照公布数", "Held against print").to(lang)
    yield Heading(f"{title}: {result.title(lang)}")
    heads = (
        Text("编号", "id"),
        Text("内容", "what"),
        Text("地区", "place"),
        Text("年份", "year"),
        Text("单位", "unit"),
        Text("公布数", "printed"),
        Text("按公布人数", "on printed counts"),
        Text("按数据", "on the data"),
        Text("相差", "difference"),
        Text("结论", "verdict"),
    )
    table = [
        [
            of.id,
            subject(of, standard).to(lang),
            standard.places.label(of.place).to(lang),
            str(of.year),
            of.unit.name.to(lang),
            printed(of),
            figure(row, row.on_counts),
            figure(row, row.on_data),
            percent(row),
            VERDICTS[row.verdict].to(lang),
        ]
        for row in rows
        for of in (row.published,)
    ]
    yield Table([head.to(lang) for head in heads], table, range(5, 9))
    yield Paragraph("")
    yield Heading(Text("原因和说明", "Why, and notes").to(lang))
    for row in rows:
        if words := reason(row).to(lang):
            verdict = VERDICTS[row.verdict].to(lang)
            yield Paragraph(
                Text(
                    f"{row.published.id} {verdict}：{words}",
                    f"{row.published.id} {verdict}: {words}",
                ).to(lang)
            )
    yield from _earlier(confronted, lang)
    yield Paragraph("")
    yield Paragraph(tally(confronted).to(lang))
    if result.illustrative:
        yield Paragraph(FITTED.to(lang))
    if held := held_words(confronted):
        yield Paragraph(held.to(lang))


def _earlier(confronted: Confronted, lang: Lang) -> Iterator[Block]:
    """The earlier rates of lines that figures are of, with their sources."""
    standard = confronted.result.standard
    stated = stated_before(standard.folder) if standard.folder else {}
    before = standard.rates_from.year
    asked = {
        line.code
        for row in confronted.rows
        for line in row.published.lines
        if row.published.is_money and row.published.year < before
    }
    served = [(standard.lines[code], stated[code]) for code in stated if code in asked]
    if served:
        yield Paragraph("")
        yield Heading(Text("标准施行以前的补助标准", "Rates before those of the standard").to(lang))
    for line, rates in served:
        for rate in rates:
            words = rate_words(line, rate, standard, lang)
            yield Paragraph(f"{line.name.to(lang)} {words} [{clause_words(rate.clause, lang)}]")


def tally(confronted: Confronted) -> Text:
    """How many figures there are of each verdict."""
    rows = confronted.rows
    each = [
        (name, sum(row.verdict == verdict for row in rows)) for verdict, name in VERDICTS.items()
    ]
    on_counts = sum(row.on_counts is not None for row in rows)
    zh = listed((f"{name.zh}{n}条" for name, n in each if n), "zh")
    en = listed((f"{n} {name.en}" for name, n in each if n), "en")
    return Text(
        f"公布数{len(rows)}条：{zh}；其中按公布人数对照{on_counts}条",
        f"{len(rows)} printed figures: {en}; {on_counts} of them on printed counts",
    )


def held_words(confronted: Confronted) -> Text | None:
    """What part of the general public budget is held against print, and what that means."""
    if confronted.held is None:
        return None
    part, year = f"{confronted.held:.1%}", confronted.year
    return Text(
        f"{year}年一般公共预算中，有公布数印证的占{part}"
        "（支出项、地区、承担主体有任一年份的单项公布金额，对照相符或相近）",
        f"{part} of the general public budget of {year} is held against print: what lines, places"
        " and payers bear for which a printed sum of one item, of any year, agrees or is near",
    )
