"""The names of a standard: one look-up of places, groups, items, lines, beneficiaries, payers and
readings for everyone who takes a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from fiscal_model.errors import Faults, FiscalModelError, fault, shortened
from fiscal_model.likeness import Likeness
from fiscal_model.names import MOST, PAYER_NAMES, Meaning, Names, Unknown, joined
from fiscal_model.spelling import numeral, separate, span, squeezed
from fiscal_model.vocabulary import LANGS, Text, listed, names_of, spans

if TYPE_CHECKING:
    from fiscal_model.standard.places import Places
    from fiscal_model.standard.rules import Item, Standard

SHORT: Final = Text("简称", "a short name")
PATH: Final = Text("连写上级地区", "a place written with the place above it")
ALL_ITEMS: Final = Text("；全部项目见 fiscal-model items", "; all items: fiscal-model items")
ALL_LINES: Final = Text(
    "；各项的全部名称见 fiscal-model items 项目号", "; the names of each item: fiscal-model items N"
)
ALL_PLACES: Final = Text(
    "；全部名称见 fiscal-model template 所写工作簿的“下拉选项”表",
    "; all names: sheet 'Lists' of the workbook that fiscal-model template writes",
)
_LONGEST_ENDING: Final = 7
"""Characters of 柯尔克孜自治州, the longest that a short name leaves out."""
_TITLE = re.compile(r"第(\d{1,4})项|item(\d{1,4})[:：]?|(\d{1,4})[.、:：]?")


def unique_names(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Names with what they mean; one that stands for several is left out."""
    found: dict[str, set[Any]] = {}
    for name, meant in pairs:
        found.setdefault(name, set()).add(meant)
    return {name: next(iter(meant)) for name, meant in found.items() if len(meant) == 1}


class PlaceNames(Names):
    """Places by code, full name, a name in use beside it, full path (喀什地区疏附县) or a beginning
    of the name that only one place has.

    With ``groups`` also the groups of places; without them a group is refused with what it is. A
    place that another budget pays for is refused with that reason.
    """

    def __init__(self, places: Places, groups: bool) -> None:
        self.places, self.groups = places, groups
        known = {code: place.name for code, place in places.by_code.items()} | (
            {c: g.name for c, g in places.groups.items()} if groups else {}
        )
        super().__init__(
            Text("地区", "place"),
            known,
            self._others(places),
            places.near_names,
            more=self._all(places) if groups else ALL_PLACES,
        )

    @staticmethod
    def _all(places: Places) -> Text:
        """Every group, and where all places are found."""
        zh, en = (
            listed((f"{code} {group.name.to(lang)}" for code, group in places.groups.items()), lang)
            for lang in LANGS
        )
        return joined(Text(f"；地区组：{zh}", f"; groups: {en}"), ALL_PLACES) if zh else ALL_PLACES

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
            (path, code) for code in self.places.codes for path in self._paths(code)
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
        if codes:
            return codes, how
        written = squeezed(word)
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

    def refusal(self, word: str, hints: bool = True) -> Text:
        key = squeezed(word)
        if key in self.places.no_names:
            return self.places.no_names[key]
        codes = self.codes(word)
        if len(codes) == 1 and (reason := self.places.by_code[codes[0]].elsewhere):
            name = self.known[codes[0]]
            return Text(
                f"{name.zh}（{codes[0]}）不在测算范围：{reason.zh}",
                f"{codes[0]} is out of scope: {reason.en}",
            )
        if not codes and not self.groups and (refused := self._group(word)):
            return refused
        return super().refusal(word, hints)

    def _group(self, word: str) -> Text | None:
        """What to say where one place is wanted and a group is named, or what may be one."""
        groups = [code for code in self.places.areas.codes(word) if code in self.places.groups]
        if not groups:
            return None
        zh, en = (
            listed((f"{self.places.groups[code].name.to(lang)} {code}" for code in groups), lang)
            for lang in LANGS
        )
        members = self.places.groups[groups[0]].members
        some = Text(
            listed((self.known[code].zh for code in members[:MOST]), "zh")
            + ("等" if len(members) > MOST else ""),
            listed((f"{code} ({self.known[code].en})" for code in members[:MOST]), "en")
            + (" …" if len(members) > MOST else ""),
        )
        return Text(
            f"“{shortened(word)}”指地区组（{zh}），这里应填单个地区，如其中的{some.zh}",
            f"'{shortened(word)}' means a group of places ({en}): name one place here, such as"
            f" {some.en}",
        )


class ItemNames(Names):
    """Items by number in any way of writing it (11, 第11项, 第十一项), name, or both."""

    def __init__(
        self, items: Mapping[int, Item], others: Words, about: Mapping[str, Sequence[str]]
    ) -> None:
        super().__init__(Text("服务项目", "item"), names_of(items), *others, about, ALL_ITEMS)

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

    def plain(self, word: str) -> Text:
        number = self.number(word)
        if number is None:
            return super().plain(word)
        zh, en = (spans(sorted(map(int, self.known)), lang) for lang in LANGS)
        return Text(f"没有第{number}项；应为 {zh}", f"there is no item {number}: items are {en}")

    def refusal(self, word: str, hints: bool = True) -> Text:
        return (
            self.plain(word)
            if self.number(word) is not None and not self.codes(word)
            else super().refusal(word, hints)
        )

    def one(self, item: int | str) -> int:
        """The number of one item given by number or name.

        Raises:
            FiscalModelError: there is none, or it is something else.

        """
        if isinstance(item, bool) or (
            not isinstance(item, str | int) and not hasattr(item, "__index__")
        ):
            raise fault(
                "",
                f"服务项目应为项目号或名称，不是 {item!r}",
                f"an item is given by number or name, not {item!r}",
            )
        return int(self.code(str(item)))

    def several(self, items: Iterable[int | str] | int | str) -> tuple[int, ...]:
        """The numbers of items given one by one, in lists (11,20-22) and in spans (10-14,
        第10至14项), by number or name.

        Raises:
            FiscalModelError: with every word that means no item.

        """
        words = items if isinstance(items, Iterable) and not isinstance(items, str) else [items]
        faults, found = Faults(), dict[int, None]()
        for word in (part for each in words for part in self._parts(each)):
            try:
                found |= dict.fromkeys(self._span(word) or (self.one(word),))
            except FiscalModelError as error:
                faults.found += error.faults
        faults.raise_if_any()
        return tuple(found)

    def _parts(self, written: int | str) -> Iterable[int | str]:
        return separate(written, self.__contains__) if isinstance(written, str) else (written,)

    def _span(self, word: int | str) -> Iterator[int] | None:
        ends = span(numeral_span(word)) if isinstance(word, str) else None
        if ends is None:
            return None
        first, last = map(int, ends)
        if first > last:
            raise fault(
                "",
                f"“{word}”的起止颠倒了，应为 {last}-{first}",
                f"'{word}' runs backwards: write {last}-{first}",
            )
        return iter(
            [
                self.one(ends[0]),
                *(n for n in range(first + 1, last) if str(n) in self.known),
                self.one(ends[1]),
            ]
        )


def numeral_span(word: str) -> str:
    """``第十项至第十四项`` in digits."""
    return re.sub(r"第[一二三四五六七八九十]+项", lambda match: numeral(match[0]), squeezed(word))


Words = tuple[Mapping[str, str], Mapping[str, Sequence[str]]]
"""Other words for one thing of a sort by the word, and what words may mean that are no names."""
NO_WORDS: Final[Words] = ({}, {})


class Lookup:
    """What a word means in a standard, sort by sort:
    ``standard.names.lines.find("普通小学公用经费")``.
    """

    def __init__(self, standard: Standard) -> None:
        self.standard = standard

    @property
    def places(self) -> PlaceNames:
        """Places only."""
        return self.standard.places.names

    @property
    def areas(self) -> PlaceNames:
        """Places and groups of them."""
        return self.standard.places.areas

    @property
    def payers(self) -> Names:
        """Payers; the same in every standard."""
        return PAYER_NAMES

    @cached_property
    def items(self) -> ItemNames:
        """Items; their lines help to guess."""
        about = {
            str(n): [word for line in item.lines for word in line.name]
            for n, item in self.standard.items.items()
        }
        return ItemNames(self.standard.items, self._words("item"), about)

    @cached_property
    def lines(self) -> Names:
        """Lines; item and beneficiary help to guess."""
        standard = self.standard
        named = {code: standard.items[line.item].name for code, line in standard.lines.items()}
        about = {
            code: [*name, *self._beneficiary_words(standard.lines[code].beneficiary)]
            for code, name in named.items()
        }
        return _LineNames(standard, self._words("line"), about)

    def _beneficiary_words(self, code: str | None) -> Iterable[str]:
        return self.standard.beneficiaries[code].name if code else ()

    @cached_property
    def beneficiaries(self) -> Names:
        """Beneficiaries; the items and lines that they feed help to guess."""
        about: dict[str, list[str]] = {}
        for line in self.standard.lines.values():
            if line.beneficiary:
                about.setdefault(line.beneficiary, []).extend(
                    (*line.name, *self.standard.items[line.item].name)
                )
        return Names(
            Text("受益对象", "beneficiary"),
            names_of(self.standard.beneficiaries),
            *self._words("beneficiary"),
            about,
            ALL_LINES,
        )

    @cached_property
    def readings(self) -> Names:
        """Readings of ambiguous clauses."""
        questions = {code: reading.question for code, reading in self.standard.readings.items()}
        zh, en = (listed(questions, lang) for lang in LANGS)
        return Names(
            Text("口径", "reading"), questions, more=Text(f"；可用：{zh}", f"; known: {en}")
        )

    def _words(self, sort: str) -> Words:
        return self.standard.words.get(sort, NO_WORDS)


class _LineNames(Names):
    """Lines by code or name, also with the item before it as tables show them."""

    def __init__(
        self, standard: Standard, words: Words, about: Mapping[str, Sequence[str]]
    ) -> None:
        super().__init__(Text("支出项", "line"), names_of(standard.lines), *words, about, ALL_LINES)
        self.items = {code: line.item for code, line in standard.lines.items()}

    def forms(self, code: str) -> Iterable[str]:
        zh, en = self.known[code]
        item = self.items[code]
        return (code, zh, en, f"第{item}项 {zh}", f"Item {item}: {en}")
