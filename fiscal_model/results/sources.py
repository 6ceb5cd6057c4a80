"""What everything rests on: every document or assumption that a rule, a scenario, a table of the
data or a published figure names, what it is used for, how sure it is, and what is still sought.

A source says in its own words how sure it is: 文号待补, 待核, 转载, 假设 (document number to be added,
to be confirmed, a copy, assumed). These words are found here, and nothing else is known of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from fiscal_model.inputs.embedded.english import said
from fiscal_model.inputs.labels import label_of
from fiscal_model.inputs.model import Rows
from fiscal_model.inputs.tables import TABLES
from fiscal_model.results.result import Result
from fiscal_model.scenario.model import Scenario
from fiscal_model.standard.clause import Clause
from fiscal_model.standard.read import SHIPPED
from fiscal_model.standard.rows import rows
from fiscal_model.standard.rules import Sought, Standard
from fiscal_model.standard.splits import cited_leaves
from fiscal_model.vocabulary import LANGS, Lang, Text, first_of, joined, labelled, noun, spans

RATES, SPLIT = Text("补助标准", "unit rates"), Text("分担办法", "splits")
NOTHING: Final = Text("", "")
ORIGINAL: Final = Text("原件", "the original")


class Sure(NamedTuple):
    """How sure a source is, and what is still sought of it."""

    name: Text
    sought: Text = NOTHING


SURE: Final = {
    "text": Sure(Text("标准原文", "text of the standard")),
    "reference": Sure(Text("其他公开文件", "other public document")),
    "user": Sure(Text("使用者提供", "supplied by the user")),
    "partly": Sure(
        Text("文件为据，部分为假设", "a document, and in part assumed"),
        Text("假设部分的依据", "a document for what is assumed"),
    ),
    "published": Sure(
        Text("已公布，文号待补", "published, document to be added"), Text("文号", "its number")
    ),
    "mirror": Sure(Text("仅见转载", "seen as a copy only"), ORIGINAL),
    "start": Sure(
        Text("已公布，起始时间待核", "published, start to be confirmed"),
        Text("起始月或学期、文号", "the first month or term, and its number"),
    ),
    "confirm": Sure(Text("待核", "to be confirmed"), ORIGINAL),
    "assumption": Sure(Text("假设", "assumption"), Text("公布数", "a published figure")),
    "missing": Sure(
        Text("没有找到", "not found"), Text("文件或统计数", "a document or statistics")
    ),
    "cited": Sure(
        Text("标准引用，未据以取数", "cited by the standard, no figure is taken from it")
    ),
}
"""From the firmest to what nothing is known of, then what no figure needs."""
MARKS: Final = {
    "start": r"起始.{1,4}待核|first (month|term).{0,4} to be confirmed",
    "confirm": r"待核|to (be )?confirm",
    "mirror": r"转载|\ba copy\b|\bmirror\b",
    "published": r"文号待补|已公布|document (number )?to be added",
}
"""The words by which a source says so, the weightier first."""
_NUMBERED: Final = re.compile(
    r"([^\W\d_据按见由和与及或]{2,}[〔\[(（]\d{4}[〕\])）])(\d+)号((?:、\d+号)*)"
)


@dataclass(frozen=True)
class Use:
    """One rule, entry or row of data and its source, in the source's own ``words``; a ``document``
    where these do not name it. It is the ``kind`` of a ``subject`` of ``items``, from the first to
    the last of ``years`` (None: open).
    """

    words: Text
    basis: str
    kind: Text
    subject: Text = NOTHING
    items: frozenset[int] = frozenset()
    years: tuple[int | None, int | None] = (None, None)
    document: Text = NOTHING


@dataclass(frozen=True)
class Source:
    """A document, or an assumption, that is as ``sure`` as :data:`SURE` says, and what rests on it;
    ``words`` are what those who use it say of it.
    """

    name: Text
    sure: str
    uses: tuple[Use, ...]

    @property
    def words(self) -> tuple[Text, ...]:
        """What is said of it beside its name, each thing once."""
        return tuple(
            dict.fromkeys(use.words for use in self.uses if use.words not in (self.name, NOTHING))
        )

    @property
    def items(self) -> tuple[int, ...]:
        """The items that it serves, in order."""
        return tuple(sorted(frozenset().union(*(use.items for use in self.uses))))

    def used_for(self, lang: Lang) -> str:
        """``补助标准：普通小学（第11项）``: what rests on it, kind by kind."""
        kinds: dict[Text, list[Use]] = {}
        for use in self.uses:
            kinds.setdefault(use.kind, []).append(use)
        return joined((_of_kind(kind, uses).to(lang) for kind, uses in kinds.items()), lang)

    def years(self, lang: Lang) -> str:
        """The years that it is used for; empty where it has no time."""
        firsts = [use.years[0] for use in self.uses if use.years[0]]
        lasts = [use.years[1] for use in self.uses if use.years[0]]
        if not firsts:
            return ""
        first = min(firsts)
        known = [last for last in lasts if last is not None]
        if len(known) < len(lasts):
            return Text(f"{first}年起", f"from {first}").to(lang)
        return spans(range(first, max(known) + 1), lang)


COLUMNS: Final = {
    "sure": Text("可靠程度", "How sure"),
    "name": Text("文件或来源", "Document or source"),
    "used": Text("用于", "Used for"),
    "words": Text("说明", "In its own words"),
    "years": Text("年份", "Years"),
    "sought": Text("仍需查找", "Still sought"),
}
"""What is shown of a source."""


def shown(source: Source, lang: Lang) -> dict[str, str]:
    """A source in words, by :data:`COLUMNS`."""
    sure = SURE[source.sure]
    return {
        "sure": sure.name.to(lang),
        "name": source.name.to(lang),
        "used": source.used_for(lang),
        "words": joined(_statements(source, lang), lang),
        "years": source.years(lang),
        "sought": sure.sought.to(lang),
    }


def _statements(source: Source, lang: Lang) -> Iterable[str]:
    """What is said of a source, each statement once."""
    apart = joined(("", ""), lang)
    return dict.fromkeys(
        statement for words in source.words for statement in words.to(lang).split(apart)
    )


def _of_kind(kind: Text, uses: Sequence[Use]) -> Text:
    """What of a kind rests on a source: the first few subjects by name, and the items."""
    subjects = list(dict.fromkeys(use.subject for use in uses if use.subject != NOTHING))
    items = sorted(frozenset().union(*(use.items for use in uses)))
    named = first_of(subjects, Text("种", "")) if subjects else NOTHING
    english = f"{noun(len(items), 'item')} {spans(items, 'en')}"
    of = Text(f"第{spans(items, 'zh')}项", english) if items else NOTHING
    both = Text(
        f"{named.zh}（{of.zh}）" if named.zh and of.zh else named.zh or of.zh,
        f"{named.en} ({of.en})" if named.en and of.en else named.en or of.en,
    )
    return Text(
        *(labelled(kind.to(to), both.to(to), to) if both.zh else kind.to(to) for to in LANGS)
    )


def sources(result: Result) -> tuple[Source, ...]:
    """Everything that rules, scenarios, data and published figures rest on, the firmest first, then
    in the order in which they are met; each kind of use in a document once.
    """
    standard, found = result.scenario.standard, dict[tuple[str, Text], dict[Use, None]]()
    for use in (
        *_of_rules(standard),
        *_of_places(standard),
        *_of_scenarios(result.scenario),
        *_of_data(result),
        *_published(standard),
        *_cited(standard),
    ):
        sure = sureness(use)
        for name in _documents(use, sure, standard):
            found.setdefault((sure, name), {})[use] = None
    missing = [Source(each.what, "missing", (_instead(each),)) for each in standard.sought]
    order = list(SURE)
    told = sorted(found.items(), key=lambda pair: order.index(pair[0][0]))
    return (*(Source(name, sure, tuple(uses)) for (sure, name), uses in told), *missing)


def _instead(sought: Sought) -> Use:
    """The items that need what was not found, and what stands in its place."""
    every = NOTHING if sought.items else Text("全部项目", "all items")
    needed = Text("需要的规则", "rules that need it")
    return Use(sought.instead, "", needed, every, frozenset(sought.items))


def sureness(use: Use) -> str:
    """How sure a source is, among :data:`SURE`, by its basis and its own words."""
    if use.basis in ("text", "user", "cited"):
        return use.basis
    words = " ".join((*use.document, *use.words))
    said_so = next((sure for sure, mark in MARKS.items() if re.search(mark, words)), "")
    if said_so or use.basis == "reference":
        return said_so or "reference"
    return "partly" if _NUMBERED.search(words) else "assumption"


def _documents(use: Use, sure: str, standard: Standard) -> Iterable[Text]:
    """The documents that a use names: by number, else as it calls them; an assumption itself."""
    if sure == "text":
        return [Text(*(f"{standard.title.to(to)} {standard.document}" for to in LANGS))]
    if use.document != NOTHING:
        return [use.document]
    numbers = [Text(each, each) for each in document_numbers(use.words.zh)]
    return numbers or [use.words if use.words != NOTHING else SURE[sure].name]


def document_numbers(words: str) -> Iterator[str]:
    """The numbers of documents in some words; 国办发〔2018〕6号、67号 are two."""
    for head, number, more in _NUMBERED.findall(words):
        for each in (number, *re.findall(r"\d+", more)):
            yield f"{head}{each}号"


def _of_rules(standard: Standard) -> Iterator[Use]:
    """The clauses of rates, splits, ages, limits and rules between items."""
    for item in standard.items.values():
        mine = frozenset({item.number})
        for line in item.lines:
            for rate in line.rates:
                yield _cited_by(rate.clause, RATES, line.name, mine, (rate.start.year, None))
            for number in (line.raised, line.counted, line.limits, line.outside):
                if number and number.clause:
                    yield _cited_by(number.clause, RATES, line.name, mine)
        for leaf in cited_leaves(item.split):
            for clause in (leaf.clause, leaf.rest_clause):
                if clause:
                    yield _cited_by(clause, SPLIT, item.name, mine)
        if item.may_be_in:
            yield _cited_by(item.may_be_in.clause, _TWICE, item.name, mine)
    for code, each in standard.beneficiaries.items():
        if each.ages:
            yield _cited_by(each.ages.clause, _AGES, each.name, standard.drawn_by({code}))
    for rule in standard.higher_of:
        yield _cited_by(rule.clause, _HIGHER, NOTHING, frozenset({rule.item}))
    for key in standard.keys.values():
        yield _cited_by(key.clause, _KEY, NOTHING, frozenset(key.weights))


_TWICE: Final = Text("是否由其他项目支付", "whether another item pays for it")
_AGES: Final = Text("受益对象的年龄", "ages of beneficiaries")
_HIGHER: Final = Text("就高不重复享受", "the higher of two benefits")
_KEY: Final = Text("按服务列示的权重", "weights by which services are shown")


def _cited_by(
    clause: Clause,
    kind: Text,
    subject: Text,
    items: frozenset[int],
    years: tuple[int | None, int | None] = (None, None),
) -> Use:
    words = clause.source if clause.source and clause.basis != "text" else NOTHING
    return Use(words, clause.basis, kind, subject, items, years)


def _of_places(standard: Standard) -> Iterator[Use]:
    """Places that changed, by what is said of them."""
    for code, life in standard.places.lives.items():
        name, (zh, en) = standard.places.by_code[code].name, life.status
        words = Text(f"{life.note.zh}（{zh}）", f"{life.note.en} ({en})")
        first = life.first.year if life.first else None
        yield Use(words, "assumption", _PLACES, name, years=(first, None))


_PLACES: Final = Text("行政区划变更", "places that changed")


def _of_scenarios(scenario: Scenario) -> Iterator[Use]:
    """What the entries of the chain rest on, and each scenario as a whole."""
    standard, following = scenario.standard, scenario.following_the_population
    for each in scenario.chain():
        for entry in each.entries:
            start, end = entry.start, entry.end
            years = (start.year if start else None, end.year if end else None)
            subject = entry.called(standard)
            items = entry.items(standard, following)
            yield _cited_by(entry.clause, entry.label, subject, items, years)
        for words in each.sources:
            yield Use(words, "assumption", Text("情景", "scenario"), each.title)


def _of_data(result: Result) -> Iterator[Use]:
    """What the rows of every table say of themselves, alike rows of a series once."""
    for _, table in sorted(result.inputs.tables.items()):
        alike: dict[tuple[str, ...], list[int]] = {}
        series = next((key for key in _SERIES if key in table.columns), "")
        for n in range(len(table)):
            notes = (table.note(n, "basis", "user"), table.note(n, "source"), table.note(n, "note"))
            code = str(table.columns[series][n]) if series else ""
            alike.setdefault((code, *notes), []).append(n)
        for (code, basis, source, note), at in alike.items():
            yield _row(result.scenario.standard, table, series, code, at, basis, source, note)


_SERIES: Final = {"beneficiary": "beneficiary", "line": "any_line", "item": "item", "rate": "rate"}
"""The columns that say of what a row is, and the kind of name in each."""


def _row(
    standard: Standard,
    table: Rows,
    series: str,
    code: str,
    at: Sequence[int],
    basis: str,
    source: str,
    note: str,
) -> Use:
    both = [(said(source, to), said(note, to)) for to in LANGS]
    document = Text(*(name for name, _ in both))
    words = Text(*(told for _, told in both))
    years = sorted({table.columns["year"][n] for n in at} if "year" in table.columns else set())
    return Use(
        words,
        basis,
        TABLES[table.name].label,
        label_of(_SERIES[series], code, standard) if code and series != "item" else NOTHING,
        _items_of(standard, series, code),
        (years[0], years[-1]) if years else (None, None),
        document,
    )


def _items_of(standard: Standard, series: str, code: str) -> frozenset[int]:
    """The items of a series of the data."""
    grant = re.fullmatch(r"grant:(\d+):\w+", code)
    if grant or (series == "item" and code.isdigit()):
        return frozenset({int(grant[1] if grant else code)})
    if series == "line" and code in standard.lines:
        return frozenset({standard.lines[code].item})
    return standard.drawn_by({code}) if series == "beneficiary" else frozenset()


def _published(standard: Standard) -> Iterator[Use]:
    """The documents of printed figures that results are held against; none without the table."""
    path = SHIPPED / standard.code / "published.csv"
    if not path.is_file():
        return
    for _, row in rows(path, ("document", "seen", "note", "item", "year", "line"), _ignored):
        words = "; ".join(each for each in (row["seen"], row["note"]) if each)
        line, item, year = row["line"], row["item"], row["year"]
        unnumbered = not _NUMBERED.search(row["document"])
        yield Use(
            Text(f"{words}；文号待补", f"{words}; document number to be added")
            if unnumbered
            else Text(words, words),
            "reference",
            _HELD,
            standard.lines[line].name if line in standard.lines else NOTHING,
            frozenset({int(item)}) if item.isdigit() else frozenset(),
            (int(year), int(year)) if year.isdigit() else (None, None),
            Text(row["document"], row["document"]),
        )


_HELD: Final = Text("对照用的公布数", "published figures to hold results against")


def _ignored(where: str, code: str, /, **_: object) -> None:
    """Whoever reads the table tells what is wrong with it."""


def _cited(standard: Standard) -> Iterator[Use]:
    """The documents that the text names, from which no figure is taken."""
    for item in standard.items.values():
        for name in item.documents:
            yield Use(
                NOTHING,
                "cited",
                _BY_TEXT,
                items=frozenset({item.number}),
                document=Text(name, name),
            )


_BY_TEXT: Final = Text("标准引用", "cited by the standard")
