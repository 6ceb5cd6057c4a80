"""Everything that rests on a source: the rules of the standard, its places, the entries and readings
of a chain of scenarios, the rows of the data, and printed figures that results are held against.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from fiscal_model.errors import Faults
from fiscal_model.inputs.embedded.english import said
from fiscal_model.inputs.labels import label_of
from fiscal_model.inputs.model import Inputs, Rows
from fiscal_model.inputs.tables import TABLES
from fiscal_model.scenario.entries import Entry
from fiscal_model.scenario.model import Scenario
from fiscal_model.standard.clause import Clause
from fiscal_model.standard.printed import FILE, SEEN, english, is_shipped
from fiscal_model.standard.rows import rows
from fiscal_model.standard.rules import Standard
from fiscal_model.standard.splits import cited_leaves
from fiscal_model.vocabulary import LANGS, READING, Text, joined

NOTHING: Final = Text("", "")
CITED: Final = "cited"
"""The basis of what the text names and no figure is taken from."""
RATES, SPLIT = Text("补助标准", "unit rates"), Text("分担办法", "splits")
TWICE: Final = Text("是否由其他项目支付", "whether another item pays for it")
AGES: Final = Text("受益对象的年龄", "ages of beneficiaries")
HIGHER: Final = Text("就高不重复享受", "the higher of two benefits")
KEY: Final = Text("按服务列示的权重", "weights by which services are shown")
LEFT_OUT: Final = Text("原文所列数量", "stated counts")
CHANGED: Final = Text("行政区划变更", "places that changed")
GROUPS: Final = Text("地区组", "place groups")
READINGS: Final = Text("文义口径", "readings")
HELD: Final = Text("对照用的公布数", "published figures to hold results against")
BY_TEXT: Final = Text("标准引用", "cited by the standard")
NUMBERED: Final = re.compile(
    r"([^\W\d_据按见由和及与或引]{2,}[〔\[(（]\d{4}[〕\])）])(\d+)号((?:、\d+号)*)"
)
"""Numbers of documents: 国办发〔2018〕6号、67号 are two."""
SERIES: Final = {"beneficiary": "beneficiary", "line": "any_line", "item": "item", "rate": "rate"}
"""The columns that say of what a row of the data is, and the kind of name in each."""


@dataclass(frozen=True)
class Use:
    """One rule, entry or row of data and its source, in the source's own ``words``; a ``document``
    where these do not name it. It is the ``kind`` of a ``subject`` of ``items``, from the first to
    the last of ``years`` (None: open); ``lines`` are those whose money rests on it, in the places
    ``where`` (none: everywhere).
    """

    words: Text
    basis: str
    kind: Text
    subject: Text = NOTHING
    items: frozenset[int] = frozenset()
    lines: frozenset[str] = frozenset()
    where: tuple[str, ...] = ()
    years: tuple[int | None, int | None] = (None, None)
    document: Text = NOTHING

    def holds_in(self, year: int) -> bool:
        """Whether it is used in a year."""
        first, last = self.years
        return (first or year) <= year <= (last or year)


def uses(standard: Standard, scenario: Scenario, inputs: Inputs) -> Iterator[Use]:
    """All of them, in the order of the standard, the chain and the data."""
    yield from _of_rules(standard)
    yield from _of_places(standard)
    yield from _of_scenarios(standard, scenario)
    yield from _of_readings(standard, scenario)
    yield from _of_data(standard, inputs)
    yield from _published(standard)
    for item in standard.items.values():
        for name in item.documents:
            document = Text(name, name)
            of = frozenset({item.number})
            yield Use(NOTHING, CITED, BY_TEXT, items=of, document=document)


def _of_rules(standard: Standard) -> Iterator[Use]:
    """The clauses of rates, splits, ages, limits and rules between items."""
    for item in standard.items.values():
        mine = frozenset({item.number})
        every = lines_of(standard, mine)
        for line in item.lines:
            one = frozenset({line.code})
            for rate in line.rates:
                years = (rate.start.year, None)
                yield _by_clause(rate.clause, RATES, line.name, mine, one, years)
            for number in (line.raised, line.counted, line.limits, line.outside):
                if number and number.clause:
                    yield _by_clause(number.clause, RATES, line.name, mine, one)
        for leaf in cited_leaves(item.split):
            for clause in (leaf.clause, leaf.rest_clause):
                if clause:
                    yield _by_clause(clause, SPLIT, item.name, mine, every)
        if item.may_be_in:
            yield _by_clause(item.may_be_in.clause, TWICE, item.name, mine, every)
        for stated in item.stated_counts:
            yield _by_clause(stated.clause, LEFT_OUT, stated.what, mine)
    for code, each in standard.beneficiaries.items():
        if each.ages:
            yield _by_clause(each.ages.clause, AGES, each.name, standard.drawn_by({code}))
    for rule in standard.higher_of:
        yield _by_clause(rule.clause, HIGHER, NOTHING, frozenset({rule.item}))
    for key in standard.keys.values():
        yield _by_clause(key.clause, KEY, NOTHING, frozenset(key.weights))


def lines_of(standard: Standard, items: Iterable[int]) -> frozenset[str]:
    """The lines of some items."""
    return frozenset(line.code for number in items for line in standard.items[number].lines)


def _by_clause(
    clause: Clause,
    kind: Text,
    subject: Text,
    items: frozenset[int],
    lines: frozenset[str] = frozenset(),
    years: tuple[int | None, int | None] = (None, None),
) -> Use:
    words = clause.source if clause.source and clause.basis != "text" else NOTHING
    return Use(words, clause.basis, kind, subject, items, lines, years=years)


def _of_places(standard: Standard) -> Iterator[Use]:
    """Places that changed, and groups whose members the text does not list."""
    for code, life in standard.places.lives.items():
        name, (zh, en) = standard.places.by_code[code].name, life.status
        words = Text(f"{life.note.zh}（{zh}）", f"{life.note.en} ({en})")
        years = (life.first.year if life.first else None, None)
        yield Use(words, "assumption", CHANGED, name, years=years)
    for group in standard.places.groups.values():
        yield Use(group.note, "assumption", GROUPS, group.name)


def _of_scenarios(standard: Standard, scenario: Scenario) -> Iterator[Use]:
    """What the entries of the chain rest on, and each scenario as a whole."""
    for each in scenario.chain():
        for entry in each.entries:
            items = entry.items(standard, scenario.following_the_population)
            years = tuple(moment.year if moment else None for moment in (entry.start, entry.end))
            lines = _of_entry(entry, standard) or lines_of(standard, items)
            subject = entry.called(standard)
            yield _by_clause(entry.clause, entry.label, subject, items, lines, (years[0], years[1]))
        for words in each.sources:
            yield Use(words, "assumption", Text("情景", "scenario"), each.title)


def _of_entry(entry: Entry, standard: Standard) -> frozenset[str]:
    """The lines that an entry names, or whose beneficiary; none where it is of whole items."""
    named = {str(getattr(entry, name)) for name in entry.names if getattr(entry, name)}
    return frozenset(
        code
        for code, line in standard.lines.items()
        if code in named or (line.beneficiary and line.beneficiary in named)
    )


def _of_readings(standard: Standard, scenario: Scenario) -> Iterator[Use]:
    """The option in force of every reading, and why it is taken."""
    for code, reading in standard.readings.items():
        chosen, items = scenario.reading(code, reading.default), frozenset({reading.item})
        words = Text(
            *(
                joined(
                    (
                        f"{reading.question.to(to)} → {reading.options[chosen].to(to)}",
                        reading.reason(chosen).to(to),
                    ),
                    to,
                )
                for to in LANGS
            )
        )
        name = Text(f"口径 {code}", f"reading {code}")
        lines = lines_of(standard, items)
        yield Use(words, READING, READINGS, items=items, lines=lines, document=name)


def _of_data(standard: Standard, inputs: Inputs) -> Iterator[Use]:
    """What the rows of every table say of themselves, alike rows of a series once."""
    for name, table in sorted(inputs.tables.items()):
        alike: dict[tuple[str, ...], list[int]] = {}
        series = next((key for key in SERIES if key in table.columns), "")
        for n in range(len(table)):
            notes = (table.note(n, part) for part in ("source", "note"))
            code = str(table.columns[series][n]) if series else ""
            alike.setdefault((code, table.note(n, "basis", "user"), *notes), []).append(n)
        for (code, basis, source, note), at in alike.items():
            document, words = (Text(*(said(each, to) for to in LANGS)) for each in (source, note))
            named = code and series != "item"
            items, lines = _of_series(standard, name, series, code)
            yield Use(
                words,
                basis,
                TABLES[name].label,
                label_of(SERIES[series], code, standard) if named else NOTHING,
                items,
                lines,
                _places(table, at),
                _years(table, at),
                document,
            )


def _years(table: Rows, at: Sequence[int]) -> tuple[int | None, int | None]:
    """The first and the last year of some rows."""
    if "year" not in table.columns:
        return None, None
    years = [int(table.columns["year"][n]) for n in at]
    # a rate or a wage holds until the next one
    return min(years), None if table.name in ("rates", "minimum_wage") else max(years)


def _places(table: Rows, at: Sequence[int]) -> tuple[str, ...]:
    """The places of some rows; none where one of them is of everywhere."""
    codes = [table.columns["place"][n] for n in at] if "place" in table.columns else [""]
    return tuple(sorted({*codes})) if all(codes) else ()


def _of_series(
    standard: Standard, table: str, series: str, code: str
) -> tuple[frozenset[int], frozenset[str]]:
    """The items of a series of the data, and the lines whose money rests on it."""
    grant = re.fullmatch(r"grant:(\d+):\w+", code)
    if grant or (series == "item" and code.isdigit()):
        items = frozenset({int(grant[1] if grant else code)})
        return items, lines_of(standard, items)
    if series == "line" and code in standard.lines:
        return frozenset({standard.lines[code].item}), frozenset({code})
    if table == "minimum_wage":
        lines = {
            line.code
            for line in standard.lines.values()
            if any(rate.index == table for rate in line.rates)
        }
    else:
        counted = {code} if series == "beneficiary" else set()
        lines = {each.code for each in standard.lines.values() if each.beneficiary in counted}
    return frozenset(standard.lines[each].item for each in lines), frozenset(lines)


def _published(standard: Standard) -> Iterator[Use]:
    """The documents of printed figures that results are held against; none without the table."""
    if standard.folder is None or not is_shipped(standard):
        return
    words, columns = english(standard), ("document", "seen", "note", "item", "year", "line")
    unread = Faults()  # whoever holds results against the table tells what is wrong with it
    for _, row in rows(standard.folder / FILE, columns, unread.add):
        document, note = (
            Text(row[name], words.get(row[name], row[name])) for name in ("document", "note")
        )
        told = [note]
        if seen := SEEN.get(row["seen"]):
            told.append(Text(f"查见：{seen.zh}", f"seen: {seen.en}"))
        if not NUMBERED.search(row["document"]):
            told.append(Text("文号待补", "document number to be added"))
        line, year = standard.lines.get(row["line"]), row["year"]
        numbers = frozenset(map(int, re.findall(r"\d+", row["item"])))
        yield Use(
            Text(*(joined((each.to(to) for each in told if each.zh), to) for to in LANGS)),
            "reference",
            HELD,
            line.name if line else NOTHING,
            frozenset({line.item}) if line else numbers,
            years=(int(year), int(year)) if year.isdigit() else (None, None),
            document=document,
        )


def document_numbers(words: str) -> Iterator[str]:
    """The numbers of documents in some words."""
    for head, number, more in NUMBERED.findall(words):
        for each in (number, *re.findall(r"\d+", more)):
            yield f"{head}{each}号"
