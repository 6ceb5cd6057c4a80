"""What a written name means: exactly, or as people shorten and space it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import product
from typing import Final, Generic, TypeVar

from fiscal_model.errors import alike, hinted, shortened
from fiscal_model.inputs.normal import TEXT_RULES, WHOLE, Manner, Rule, plain, squeezed
from fiscal_model.standard.places import Places
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import Text, listed

Meant = TypeVar("Meant")
SPELLING = Text("名称写法", "spelling of a name")
SHORT = Text("简称", "a short name")
OTHER = Text("惯用名称", "another name in use")
PATH = Text("连写上级地区", "a place written with the place above it")
_LONGEST_ENDING = 7
"""Characters of 柯尔克孜自治州, the longest that a short name leaves out."""
_HINTS: Final = 3
"""Names that a hint offers at most."""


class Names(Generic[Meant]):
    """Known names and what each means."""

    def __init__(self, *known: Mapping[str, Meant], rules: Iterable[Rule] = ()) -> None:
        """Of equal names in several mappings the earlier counts; ``rules`` rewrite what is not written exactly."""
        self.rules = (*TEXT_RULES, WHOLE, *rules)
        self.known: dict[str, Meant] = {}
        for names in reversed(known):
            self.known |= names

    @cached_property
    def loose(self) -> dict[str, Meant]:
        """The same names squeezed, where that still tells them apart; needed only for what is not written exactly."""
        return unique_names((squeezed(name), meant) for name, meant in self.known.items())

    def find(self, text: str, manner: Manner) -> Meant | None:
        """What ``text`` means; a note says when it is not written exactly so."""
        if text in self.known:
            return self.known[text]
        notes: list[Text] = []
        tidy = plain(text, self.rules, notes)
        meant = self.known.get(tidy)
        if meant is None:
            meant, notes = self.loose.get(squeezed(tidy)), [SPELLING]
        if meant is not None:
            manner.notes += notes
        return meant

    def unknown(self, text: str) -> Text:
        """A hint at the nearest names, one for each meaning."""
        near: dict[Meant, str] = {}
        for name in alike(squeezed(text), self.known, 3 * _HINTS):
            near.setdefault(self.known[name], name)
        return hinted([Text(f"“{name}”", f"'{name}'") for name in list(near.values())[:_HINTS]])


def unique_names(pairs: Iterable[tuple[str, Meant]]) -> dict[str, Meant]:
    """Names with what they mean; one that stands for several is left out."""
    found: dict[str, set[Meant]] = {}
    for name, meant in pairs:
        found.setdefault(name, set()).add(meant)
    return {name: next(iter(meant)) for name, meant in found.items() if len(meant) == 1}


def grant_label(item: int, payer: Text) -> Text:
    """A grant in words: what ``grant:ITEM:PAYER`` is called in the input workbook."""
    return Text(f"第{item}项{payer.zh}补助", f"item {item} grant of {payer.en}")


def item_labels(standard: Standard) -> dict[int, Text]:
    """Items with number and name, as the input workbook lists them."""
    return {n: Text(f"{n} {item.name.zh}", f"{n} {item.name.en}") for n, item in standard.items.items()}


class PlaceNames:
    """Places by code, full name, a name in use beside it, full path (喀什地区疏附县) or a beginning of the name that only one place has."""

    def __init__(self, places: Places) -> None:
        self.places = places
        each = places.by_code.items()
        english = unique_names((place.name.en, code) for code, place in each)
        self.names: Names[str] = Names({code: code for code in places.codes}, {place.name.zh: code for code, place in each}, english)

    @cached_property
    def paths(self) -> dict[str, str]:
        """Places written with those above them."""
        return unique_names((path, code) for code in self.places.codes for path in self._paths(code))

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

    def find(self, text: str, manner: Manner) -> str | tuple[str, ...]:
        """The code of the place; several (or none) when the name could be any of them."""
        code = self.names.find(text, manner)
        if code:
            return code
        written = squeezed(text)
        for known, note in ((self.places.other_names, OTHER), (self.paths, PATH)):
            if written in known:
                manner.notes.append(note)
                return known[written]
        if written in self.places.no_names:
            return ()
        meant = tuple(
            code
            for code, place in self.places.by_code.items()
            if len(written) > 1 and place.name.zh.startswith(written) and len(place.name.zh) - len(written) <= _LONGEST_ENDING
        )
        if len(meant) != 1:
            return meant
        manner.notes.append(SHORT)
        return meant[0]

    def meant(self, text: str) -> str | Text:
        """The code of the place that is not written in a cell; what to say where no place, or one of several, is meant."""
        code = self.find(text, Manner())
        return self.unknown(text, code) if isinstance(code, tuple) else code

    def unknown(self, text: str, meant: tuple[str, ...]) -> Text:
        """What to say of a name that means no place, or one of several."""
        if not meant:
            return self.places.unknown(squeezed(text) if squeezed(text) in self.places.no_names else text)
        each = [f"{self.places.by_code[code].name.zh} {code}" for code in meant]
        return Text(
            f"“{shortened(text)}”可能是 {listed(each, 'zh')}，请写全称或代码",
            f"'{shortened(text)}' may be {listed(meant, 'en')}: write the full name or the code",
        )
