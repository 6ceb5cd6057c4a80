"""What everything rests on: every document or assumption that a rule, a scenario, a table of the
data or a printed figure names, what it is used for, how sure it is, and what is still sought.

A source says in its own words how sure it is: 文号待补, 待核, 转载, 假设 (document number to be added,
to be confirmed, a copy, assumed). These words are found here, and nothing else is known of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from fiscal_model.blocks import wan
from fiscal_model.results.accounts import booked_in
from fiscal_model.results.data_years import data_years
from fiscal_model.results.result import Result
from fiscal_model.results.uses import (
    CITED,
    NOTHING,
    NUMBERED,
    RATES,
    Use,
    document_numbers,
    lines_of,
    uses,
)
from fiscal_model.scenario.layers import places_in
from fiscal_model.standard.rules import Sought, Standard
from fiscal_model.vocabulary import (
    GENERAL,
    LANGS,
    READING,
    RESTS_ON,
    Lang,
    Text,
    first_of,
    joined,
    labelled,
    noun,
    spans,
)


class Gap(NamedTuple):
    """A figure that nobody published, by what stands in its place: how far that was moved, the
    payer whose total moved most, the yuan by which it did at the low and at the high value, and
    those of all payers ``together`` at the high one: 0 where money moves between them only.
    """

    what: Text
    moved: Text
    payer: Text
    changes: tuple[float, float]
    together: float
    stands: Text


TOP: Final = 10
"""How many gaps are shown."""
GAPS: Final = Text(f"影响最大的{TOP}个缺口", f"The {TOP} missing figures that weigh most")
GAP_COLUMNS: Final = {
    "payer": Text("变化最大的承担主体", "Payer moved most"),
    "what": Text("缺的数", "Missing figure"),
    "moved": Text("变动范围", "Moved"),
    "stands": Text("现用的依据", "What stands in its place"),
    "low": Text("低值时", "At the low value"),
    "high": Text("高值时", "At the high value"),
    "together": Text("各方合计变化（高值时）", "All payers together, at the high value"),
}
HOW: Final = Text(
    "每次只变动一个假设，在写明的范围内，没有范围的上下变动10%（口径改为另一种），其他不变；按任一承担主体合计的最大"
    "变化排序",
    "one assumption moved at a time, within the range that it states, else by 10% either way (a"
    " reading to another option), all else as it is; ordered by the largest change of any payer's"
    " total",
)


class Sure(NamedTuple):
    """How sure a source is, and what is still sought of it."""

    name: Text
    sought: Text = NOTHING


ORIGINAL: Final = Text("原件", "the original")
SURE: Final = {
    "text": Sure(RESTS_ON["text"]),
    "reference": Sure(RESTS_ON["reference"]),
    "user": Sure(Text("使用者提供", "supplied by the user")),
    READING: Sure(
        RESTS_ON[READING], Text("解释这一句的文件", "a document that settles the meaning")
    ),
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
    "assumption": Sure(RESTS_ON["assumption"], Text("公布数", "a published figure")),
    "missing": Sure(
        Text("没有找到", "not found"), Text("文件或统计数", "a document or statistics")
    ),
    CITED: Sure(Text("标准引用，未据以取数", "cited by the standard, no figure is taken from it")),
}
"""From the firmest to what nothing is known of, and what only stands there."""
MARKS: Final = {
    "start": r"起始.{1,4}待核|first (month|term).{0,4} to be confirmed",
    "confirm": r"待核|to (be )?confirm",
    "mirror": r"转载|\ba copy\b|\bmirror\b",
    "published": r"文号待补|已公布|document (number )?to be added",
}
"""The words by which a source says so, the weightier first."""
INSTEAD: Final = Text("需要的规则", "rules that need it")


@dataclass(frozen=True)
class Source:
    """A document, or an assumption, that is as ``sure`` as :data:`SURE` says, and what rests on it:
    ``yuan`` is what the lines and places that do cost the general public budget in the year of
    :func:`weighed_by`.
    """

    name: Text
    sure: str
    uses: tuple[Use, ...]
    yuan: float

    @property
    def sought(self) -> Text:
        """What is still sought of it; empty where nothing is."""
        return SURE[self.sure].sought

    @property
    def words(self) -> tuple[Text, ...]:
        """What is said of it beside its name, each thing once."""
        found = (use.words for use in self.uses)
        return tuple(dict.fromkeys(each for each in found if each not in (self.name, NOTHING)))

    @property
    def items(self) -> tuple[int, ...]:
        """The items that it serves, in order."""
        return tuple(sorted(_items(self.uses)))

    def used_for(self, lang: Lang) -> str:
        """``补助标准：普通小学（第11项）``: what rests on it, kind by kind."""
        kinds: dict[Text, list[Use]] = {}
        for use in self.uses:
            kinds.setdefault(use.kind, []).append(use)
        return joined((_of_kind(kind, each).to(lang) for kind, each in kinds.items()), lang)

    def years(self, lang: Lang) -> str:
        """The years that it is used for; empty where it has no time."""
        dated = [use.years for use in self.uses if use.years[0]]
        if not dated:
            return ""
        first = min(start for start, _ in dated if start)
        ends = [end for _, end in dated if end]
        if len(ends) < len(dated):
            return Text(f"{first}年起", f"from {first}").to(lang)
        return spans(range(first, max(ends) + 1), lang)


COLUMNS: Final = {
    "sure": Text("可靠程度", "How sure"),
    "name": Text("文件或来源", "Document or source"),
    "used": Text("用于", "Used for"),
    "words": Text("说明", "In its own words"),
    "years": Text("年份", "Years"),
    "sought": Text("仍需查找", "Still sought"),
    "money": Text("所涉资金", "Cost that rests on it"),
}
"""What is shown of a source."""


def shown(source: Source, lang: Lang) -> dict[str, str]:
    """A source in words, by :data:`COLUMNS`."""
    return {
        "sure": SURE[source.sure].name.to(lang),
        "name": source.name.to(lang),
        "used": source.used_for(lang),
        "words": joined(_statements(source, lang), lang),
        "years": source.years(lang),
        "sought": source.sought.to(lang),
        "money": wan(source.yuan) if source.yuan else "",
    }


def _statements(source: Source, lang: Lang) -> Iterable[str]:
    """What is said of a source, each statement once."""
    apart = joined(("", ""), lang)
    return dict.fromkeys(
        statement for words in source.words for statement in words.to(lang).split(apart)
    )


def _items(of: Iterable[Use]) -> frozenset[int]:
    return frozenset[int]().union(*(use.items for use in of))


def _of_kind(kind: Text, of: Sequence[Use]) -> Text:
    """What of a kind rests on a source: the first few subjects by name, and the items."""
    subjects = list(dict.fromkeys(use.subject for use in of if use.subject != NOTHING))
    items = sorted(_items(of))
    named = first_of(subjects, Text("种", "")) if subjects else NOTHING
    english = f"{noun(len(items), 'item')} {spans(items, 'en')}"
    numbers = Text(f"第{spans(items, 'zh')}项", english) if items else NOTHING
    both = Text(
        f"{named.zh}（{numbers.zh}）" if named.zh and numbers.zh else named.zh or numbers.zh,
        f"{named.en} ({numbers.en})" if named.en and numbers.en else named.en or numbers.en,
    )
    return Text(
        *(labelled(kind.to(to), both.to(to), to) if both.zh else kind.to(to) for to in LANGS)
    )


def weighed_by(result: Result) -> int:
    """The year by whose money sources are weighed: the last one that is all data, else the last one
    with any.
    """
    found = data_years(result)
    return (found.supplied or found.mixed or result.years)[-1]


def sources(result: Result) -> tuple[Source, ...]:
    """Everything that rules, scenarios, data and printed figures rest on: what is still sought
    first, and what bears most money first of it; each kind of use in a document once.
    """
    standard, found = result.scenario.standard, dict[tuple[str, Text], dict[Use, None]]()
    year = weighed_by(result)
    every = list(uses(standard, result.scenario, result.inputs))
    for use in every:
        sure = sureness(use)
        for name in _documents(use, sure, standard):
            found.setdefault((sure, name), {})[use] = None
    for each in standard.sought:
        found["missing", each.what] = {_instead(each, standard): None}
    money = _Money(result, year, every)
    made = (Source(name, sure, tuple(of), money.of(of)) for (sure, name), of in found.items())
    return tuple(sorted(made, key=lambda each: (not each.sought.zh, -each.yuan)))


def _instead(sought: Sought, standard: Standard) -> Use:
    """The items that need what was not found, and what stands in its place."""
    items = frozenset(sought.items)
    subject = NOTHING if items else Text("全部项目", "all items")
    lines = lines_of(standard, items or standard.items)
    return Use(sought.instead, "", INSTEAD, subject, items, lines)


class _Money:
    """What the general public budget of a result costs in a year, by line and place, and from when
    on the latest rates of each line hold: earlier ones have ended.
    """

    def __init__(self, result: Result, year: int, every: Iterable[Use]) -> None:
        booked = booked_in(result.lines, GENERAL)
        self.cost = np.where(booked[:, None], result.cost[:, :, result.years.index(year)], 0.0)
        self.line = {line.code: i for i, line in enumerate(result.lines)}
        self.places = places_in(result.scenario, year)
        self.at, self.year = self.places.at(result.places), year
        self.latest: dict[frozenset[str], int] = {}
        for use in every:
            if use.kind == RATES and use.holds_in(year):
                start = max(self.latest.get(use.lines, 0), use.years[0] or 0)
                self.latest[use.lines] = start

    def of(self, uses: Iterable[Use]) -> float:
        """The cost that rests on some uses, each line and place once."""
        found = np.zeros(self.cost.shape, bool)
        for use in uses:
            ended = use.kind == RATES and (use.years[0] or 0) < self.latest.get(use.lines, 0)
            if use.holds_in(self.year) and not ended:
                lines = [self.line[code] for code in use.lines if code in self.line]
                found[lines] |= self.places.mask(use.where)[self.at] if use.where else True
        return float(self.cost[found].sum())


def sureness(use: Use) -> str:
    """How sure a source is, among :data:`SURE`, by its basis and its own words."""
    if use.basis not in ("reference", "assumption"):
        return use.basis
    words = " ".join((*use.document, *use.words))
    said_so = next((sure for sure, mark in MARKS.items() if re.search(mark, words)), "")
    if said_so or use.basis == "reference":
        return said_so or "reference"
    return "partly" if NUMBERED.search(words) else "assumption"


def _documents(use: Use, sure: str, standard: Standard) -> Iterable[Text]:
    """The documents that a use names: by number, else as it calls them; an assumption itself."""
    if sure == "text":
        return [Text(*(f"{standard.title.to(to)} {standard.document}" for to in LANGS))]
    if use.document != NOTHING:
        return [use.document]
    numbers = [Text(each, each) for each in document_numbers(use.words.zh)]
    return numbers or [use.words if use.words != NOTHING else SURE[sure].name]
