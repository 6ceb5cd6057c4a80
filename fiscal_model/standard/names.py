"""What a word means in a standard: one look-up for everyone who takes a name, whatever it is of.

The caller says which sorts of things fit where the word stands: ``standard.names.find("南疆四地州",
AREA)`` is a group, of which an input row, where only ``PLACE`` fits, says that one place is needed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from numbers import Real
from typing import TYPE_CHECKING, Any, Final, Literal

from fiscal_model.errors import fault, shortened
from fiscal_model.likeness import Likeness
from fiscal_model.messages.message import Message, message
from fiscal_model.names import (
    ACCOUNT_NAMES,
    FORMER,
    FORMER_CODE,
    MOST,
    OTHER,
    Meaning,
    Names,
    Unknown,
)
from fiscal_model.spelling import numeral, ordinary, span, squeezed
from fiscal_model.vocabulary import LANGS, Text, in_both, listed, names_of, spans

if TYPE_CHECKING:
    from fiscal_model.standard.places import Places
    from fiscal_model.standard.rules import Standard

Sort = Literal[
    "place",
    "group",
    "item",
    "line",
    "grant",
    "beneficiary",
    "reading",
    "payer",
    "account",
]
Sorts = frozenset[Sort]
PLACE: Final[Sorts] = frozenset({"place"})
GROUP: Final[Sorts] = frozenset({"group"})
AREA: Final = PLACE | GROUP
ITEM: Final[Sorts] = frozenset({"item"})
LINE: Final[Sorts] = frozenset({"line"})
GRANT: Final[Sorts] = frozenset({"grant"})
BENEFICIARY: Final[Sorts] = frozenset({"beneficiary"})
QUESTION: Final[Sorts] = frozenset({"reading"})
PAYER: Final[Sorts] = frozenset({"payer"})
ACCOUNT: Final[Sorts] = frozenset({"account"})

SHORT: Final = Text("简称", "a short name")
PATH: Final = Text("连写上级地区", "a place written with the place above it")
ALL_ITEMS: Final = message("all-items")
ALL_LINES: Final = message("all-lines")
ALL_PLACES: Final = message("all-places")
_LONGEST_ENDING: Final = 7
"""Characters of 柯尔克孜自治州, the longest that a short name leaves out."""
_TITLE = re.compile(r"第?(\d{1,4})项|item(\d{1,4})[:：]?|(\d{1,4})[.、:：]?")


def unique_names(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Names with what they mean; one that stands for several is left out."""
    found: dict[str, set[Any]] = {}
    for name, meant in pairs:
        found.setdefault(name, set()).add(meant)
    return {name: next(iter(meant)) for name, meant in found.items() if len(meant) == 1}


@dataclass(frozen=True, eq=False)
class AreaNames(Names):
    """Places or groups of them or both (``sorts``) by code, full name, a name in use beside it,
    full path (喀什地区疏附县) or a beginning of the name that only one of them has.

    What is of the other sort is refused with what it is, and a place that another budget pays for
    with that reason.
    """

    places: Places = field(kw_only=True)
    sorts: Sorts = AREA

    @classmethod
    def of(cls, places: Places, sorts: Sorts) -> AreaNames:
        """Those of some places."""
        known = (names_of(places.by_code) if "place" in sorts else {}) | (
            names_of(places.groups) if "group" in sorts else {}
        )
        return cls(
            Text("地区", "place") if "place" in sorts else Text("地区组", "group"),
            known,
            cls._others(places),
            places.near_names,
            more={PLACE: ALL_PLACES, AREA: cls._all(places)}.get(sorts),
            places=places,
            sorts=sorts,
        )

    def sort_of(self, code: str) -> str:
        return "group" if code in self.places.groups else "place"

    @staticmethod
    def _all(places: Places) -> Message:
        """Every group, and where all places are found."""
        groups = Text(
            *(
                listed(
                    (f"{code} {each.name.to(lang)}" for code, each in places.groups.items()), lang
                )
                for lang in LANGS
            )
        )
        return message("all-groups", groups=groups).plus(ALL_PLACES) if groups.zh else ALL_PLACES

    @staticmethod
    def _others(places: Places) -> dict[str, str]:
        """Names in use, and English ones without what stands in brackets or with the word for a
        prefecture.
        """
        english = [
            (form, code)
            for code, place in places.by_code.items()
            for plain, *inner in [re.split(r" ?[()]", place.name.en)]
            for form in (
                *([f"{plain} Prefecture"] if place.kind == "prefecture" else []),
                *(
                    [plain + inner[1], inner[0] + inner[1]]
                    if len(inner) == 2 and inner[1].strip()
                    else []
                ),
            )
        ]
        return unique_names(english) | dict(places.other_names)

    @cached_property
    def paths(self) -> dict[str, str]:
        """Places written with those above them."""
        return unique_names(
            (path, code)
            for code in self.places.codes
            if code in self.known
            for path in self._paths(code)
        )

    def _paths(self, code: str) -> Iterable[str]:
        above = [self._forms[each] for each in reversed(self.places.ancestors(code))]
        own = self._forms[code]
        yield from (first + last for forms in above for first in forms for last in own)
        yield from map("".join, product(*above, own))

    @cached_property
    def _forms(self) -> dict[str, list[str]]:
        """The full Chinese name of each place and those in use beside it."""
        forms = {code: [place.name.zh] for code, place in self.places.by_code.items()}
        for name, code in self.places.other_names.items():
            forms[code].append(name)
        return forms

    def _meant(self, word: str) -> tuple[tuple[str, ...], Text | None]:
        codes, how = super()._meant(word)
        written = squeezed(word)
        if codes and how is OTHER and written in self._former:
            return codes, FORMER_CODE if written.isdigit() else FORMER
        if codes:
            return codes, how
        if written in self.paths:
            return (self.paths[written],), PATH
        if written in self.places.no_names or len(written) < 2:
            return (), None
        begun = (
            code
            for code, name in self.known.items()
            if name.zh.startswith(written) and len(name.zh) - len(written) <= _LONGEST_ENDING
        )
        return tuple(begun), SHORT

    @cached_property
    def _former(self) -> frozenset[str]:
        """Names and codes that a place no longer has."""
        return frozenset(map(squeezed, self.places.former_names))

    def find(self, word: str) -> Meaning | Unknown:
        found = super().find(word)
        outside = (
            isinstance(found, Meaning)
            and found.code in self.places.by_code
            and self.places.by_code[found.code].elsewhere
        )
        return Unknown(self, word) if outside else found

    @cached_property
    def likeness(self) -> Likeness[str]:
        """Places that another budget pays for are never meant."""
        outside = {code for code, place in self.places.by_code.items() if place.elsewhere}
        return Likeness(
            {
                code: called
                for code, called in super().likeness.called.items()
                if code not in outside
            }
        )

    def near(self, word: str) -> Sequence[str]:
        """Of digits, the codes that begin like them."""
        key = squeezed(word)
        if not key.isdigit():
            return super().near(word)
        begun = [
            code
            for code in self.known
            if key.startswith(code) or (len(key) >= 4 and code.startswith(key))
        ]
        return begun if len(begun) <= MOST else []

    def refusal(self, word: str, hints: bool = True) -> Message:
        key = squeezed(word)
        if key in self.places.no_names:
            return message("name-of-no-place", why=self.places.no_names[key])
        codes = self.codes(word)
        place = self.places.by_code.get(codes[0]) if len(codes) == 1 else None
        if place and (reason := place.elsewhere):
            name = self.known[codes[0]]
            return message("place-out-of-scope", name=name, code=codes[0], why=reason)
        others = self.places.among(AREA - self.sorts).codes(word) if self.sorts != AREA else ()
        if codes or not others:
            return super().refusal(word, hints)
        return self._no_group(word, others) if self.sorts == GROUP else self._no_place(word, others)

    def _no_group(self, word: str, places: Sequence[str]) -> Message:
        """What to say where a group is wanted and a place is named, or what may be one."""
        known = self._named(places[:MOST])
        return message("place-for-group", word=shortened(word), known=known, where=self.where())

    def _named(self, codes: Sequence[str]) -> Text:
        """Names with their codes."""
        label = self.places.label
        return Text(
            *(listed((f"{label(code).to(lang)} {code}" for code in codes), lang) for lang in LANGS)
        )

    def _no_place(self, word: str, groups: Sequence[str]) -> Message:
        """What to say where one place is wanted and a group is named, or what may be one."""
        members = self.places.groups[groups[0]].members
        shown = members[:MOST]
        some = Text(
            listed((self.known[code].zh for code in shown), "zh"),
            listed((f"{code} ({self.known[code].en})" for code in shown), "en"),
        )
        rest = message("and-others") if len(members) > MOST else ""
        return message(
            "group-for-place", word=shortened(word), known=self._named(groups), some=some, rest=rest
        )


class ItemNames(Names):
    """Items by number in any way of writing it (11, 第11项, 第十一项), name, or both."""

    def _meant(self, word: str) -> tuple[tuple[str, ...], Text | None]:
        codes, how = super()._meant(word)
        if codes:
            return codes, how
        key = re.sub(
            r"[(（](?:含第|withitem).*[)）]$",
            "",
            squeezed(numeral(squeezed(word)) if "第" in word else word),
        )
        match = _TITLE.match(key)
        if match is None:
            return (), None
        number = str(int(next(filter(None, match.groups()))))
        rest = key[match.end() :].lstrip(":：.、")
        right = number in self.known and (not rest or rest in map(squeezed, self.known[number]))
        return ((number,), None) if right else ((), None)

    def called(self, code: str, chinese: bool) -> Text:
        zh, en = self.known[code]
        return Text(f"“第{code}项 {zh}”", f"item {code} '{zh if chinese else en}'")

    def number(self, word: str) -> int | None:
        """The number that a word is, whether an item has it or not."""
        match = re.fullmatch(
            r"(?:第|item)?([+-]?\d{1,9})(?:\.0+)?项?", squeezed(numeral(squeezed(word)))
        )
        return int(match[1]) if match else None

    def refusal(self, word: str, hints: bool = True) -> Message:
        number = self.number(word)
        if number is None or self.codes(word):
            return super().refusal(word, hints)
        known = Text(*(spans(sorted(map(int, self.known)), lang) for lang in LANGS))
        return message("no-such-item", number=number, known=known)

    def written(self, thing: object) -> str:
        whole = (
            isinstance(thing, Real) and not isinstance(thing, bool) and float(thing).is_integer()
        )
        if not isinstance(thing, str) and not whole:
            raise fault("", "item-not-named", thing=repr(thing))
        return str(thing)

    def span(self, word: str) -> Sequence[str]:
        ends = span(numeral_span(word))
        if ends is None:
            return ()
        first, last = map(int, ends)
        if first > last:
            raise fault("", "items-backwards", word=word, first=last, last=first)
        between = (str(n) for n in range(first + 1, last))
        return self.code(ends[0]), *(n for n in between if n in self.known), self.code(ends[1])


def numeral_span(word: str) -> str:
    """``第十项至第十四项`` in digits."""
    return re.sub(r"第[一二三四五六七八九十]+项", lambda match: numeral(match[0]), squeezed(word))


Words = tuple[Mapping[str, str], Mapping[str, Sequence[str]]]
"""Other words for one thing of a sort by the word, and what words may mean that are no names."""
NO_WORDS: Final[Words] = ({}, {})


@dataclass(frozen=True, eq=False)
class LineNames(Names):
    """Lines by code or name, also with the item before it as tables show them."""

    items: Mapping[str, int] = field(kw_only=True)

    def forms(self, code: str) -> Iterable[str]:
        zh, en = self.known[code]
        item = self.items[code]
        return (code, zh, en, f"第{item}项 {zh}", f"Item {item}: {en}")


@dataclass(frozen=True, eq=False)
class GrantNames(Names):
    """Supplied grants as ``grant:ITEM:PAYER``, item and payer in any way of writing them, or by
    what the input workbook calls them.
    """

    items: Names = field(kw_only=True)
    payers: Names = field(kw_only=True)

    def _meant(self, word: str) -> tuple[tuple[str, ...], Text | None]:
        codes, how = super()._meant(word)
        kind, *rest = ordinary(word).split(":")
        if codes or squeezed(kind) != "grant" or len(rest) != 2:
            return codes, how
        meant = self.items.find(rest[0]), self.payers.find(rest[1])
        parts = [each.code for each in meant if isinstance(each, Meaning)]
        return ((":".join(("grant", *parts)),), OTHER) if len(parts) == 2 else ((), None)


def grant_label(item: int, payer: Text) -> Text:
    """A grant in words: what ``grant:ITEM:PAYER`` is called in the input workbook."""
    return Text(f"第{item}项{payer.zh}补助", f"item {item} grant of {payer.en}")


class Lookup:
    """What a word means in a standard: ``standard.names.find("普通小学公用经费", LINE)``."""

    def __init__(self, standard: Standard) -> None:
        self.standard = standard
        self._found: dict[Sorts, Names] = {}

    def among(self, sorts: Sorts) -> Names:
        """The words of one sort, or of places and groups together."""
        if sorts <= AREA:
            return self.standard.places.among(sorts)
        if sorts not in self._found:
            self._found[sorts] = _WORDS[sorts](self.standard)
        return self._found[sorts]

    def find(self, word: str, among: Sorts) -> Meaning | Unknown:
        """What a word means where some sorts of things fit."""
        return self.among(among).find(word)

    def code(self, word: object, among: Sorts) -> str:
        """The code of what a word means where some sorts of things fit.

        Raises:
            FiscalModelError: it means nothing that fits, or one of several things.

        """
        return self.among(among).code(word)

    def item(self, word: int | str) -> int:
        """The number of an item given by number or name.

        Raises:
            FiscalModelError: there is none, or it is something else.

        """
        return int(self.code(word, ITEM))

    def items(self, words: Iterable[int | str] | int | str) -> tuple[int, ...]:
        """The numbers of items given one by one, in lists (11,20-22) and in spans (10-14,
        第10至14项), by number or name.

        Raises:
            FiscalModelError: with every word that means no item.

        """
        return tuple(map(int, self.among(ITEM).several(words)))


def _items(standard: Standard) -> Names:
    """Their lines help to guess."""
    about = {
        str(n): [word for line in item.lines for word in line.name]
        for n, item in standard.items.items()
    }
    what = Text("服务项目", "item")
    return ItemNames(what, names_of(standard.items), *_other(standard, "item"), about, ALL_ITEMS)


def _lines(standard: Standard) -> Names:
    """Item and beneficiary help to guess."""
    about = {
        code: [
            *standard.items[line.item].name,
            *(standard.beneficiaries[line.beneficiary].name if line.beneficiary else ()),
        ]
        for code, line in standard.lines.items()
    }
    return LineNames(
        Text("支出项", "line"),
        names_of(standard.lines),
        *_other(standard, "line"),
        about,
        ALL_LINES,
        items={code: line.item for code, line in standard.lines.items()},
    )


def _grants(standard: Standard) -> Names:
    payers = standard.payers.rule_names
    known = {
        f"grant:{item}:{payer}": grant_label(item, name)
        for item in standard.items
        for payer, name in payers.known.items()
    }
    items = standard.names.among(ITEM)
    return GrantNames(Text("补助", "grant"), known, items=items, payers=payers)


def _beneficiaries(standard: Standard) -> Names:
    """The items and lines that they feed help to guess."""
    about: dict[str, list[str]] = {}
    for line in standard.lines.values():
        if line.beneficiary:
            about.setdefault(line.beneficiary, []).extend(
                (*line.name, *standard.items[line.item].name)
            )
    return beneficiary_names(names_of(standard.beneficiaries), standard.words, about)


def beneficiary_names(
    known: Mapping[str, Text],
    words: Mapping[str, Words],
    about: Mapping[str, Sequence[str]] | None = None,
) -> Names:
    """The words for beneficiaries; other words for things by their sort."""
    other = words.get("beneficiary", NO_WORDS)
    return Names(Text("受益对象", "beneficiary"), known, *other, about or {}, ALL_LINES)


def _readings(standard: Standard) -> Names:
    """Readings of ambiguous clauses; a message lists their codes."""
    questions = {code: reading.question for code, reading in standard.readings.items()}
    known = in_both(questions)
    return Names(Text("口径", "reading"), questions, more=message("names-known", names=known))


def _other(standard: Standard, sort: Sort) -> Words:
    return standard.words.get(sort, NO_WORDS)


_WORDS: Final[Mapping[Sorts, Callable[[Standard], Names]]] = {
    ITEM: _items,
    LINE: _lines,
    GRANT: _grants,
    BENEFICIARY: _beneficiaries,
    QUESTION: _readings,
    PAYER: lambda standard: standard.payers.names,
    ACCOUNT: lambda _: ACCOUNT_NAMES,
}
"""What makes the words of each sort."""
