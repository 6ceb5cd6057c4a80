"""What the titles of a table say of all its figures: the year, the place, the beneficiary."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from fiscal_model.inputs.across import Across
from fiscal_model.inputs.normal import TEXT_RULES, plain
from fiscal_model.inputs.raw import Cell
from fiscal_model.periods import FIRST_YEAR, LAST_YEAR
from fiscal_model.spelling import squeezed
from fiscal_model.standard.places import Places

Title = tuple[str, tuple[int, int]]
"""A text with its row number and position."""
NAMED: Final = (0, 0)
"""Where the name of a sheet stands."""
FILE: Final = (0, 1)
"""Where the name of a file stands, which only says the place, and only where no title does."""
Given = Mapping[str, tuple[Cell, tuple[int, int]]]
"""What is given for all figures by the name of its column, with where it stands."""

_DAY: Final = re.compile(r"\d{4}([-/.])\d{1,2}\1\d{1,2}|\d{4} ?年 ?\d{1,2} ?月 ?\d{1,2} ?日")
_FILLED_IN: Final = re.compile(r"(?:填报|填表|制表|编制|报送|上报|打印|日期|时间)[^\d]{0,6}$")
_NUMBER: Final = re.compile(r"(?<!\d)(\d{4})(?!\d)")
_WHOLE_YEAR: Final = re.compile(
    r"(?!年? ?(?:[上下]半年|\d{1,2} ?[-~至到月]|[一二三四1-4] ?季|第|[春秋]|学))(?:年|$)"
)
_ENDING: Final = re.compile(r"(?:基本)?(?:情况|统计|汇总|一览|明细|调查|填报|上报)*表?$")


Value = tuple[Cell, tuple[int, int]]


class Titles:
    """Reads titles; the names in each are looked for once."""

    def __init__(self, places: Places) -> None:
        self.places = places
        names = {place.name.zh: code for code, place in places.by_code.items()} | {
            name: code for name, code in places.other_names.items() if len(name) > 1
        }
        self._names = dict(sorted(names.items(), key=lambda each: -len(each[0])))
        self._found: dict[str, dict[str, str]] = {}

    def given(self, titles: Iterable[Title], missing: Iterable[str], across: Across) -> Given:
        """What titles say of the columns that are ``missing``: each only where all agree."""
        every, found = list(titles), dict[str, Value]()
        above = [(text, at) for text, at in every if at != FILE]
        for name in missing:
            if name == "year":
                value = _year(above)
            elif name == "place":
                value = self._place(above) or self._place(every)
            else:
                value = self._named(name, above, across)
            if value:
                found[name] = value
        return found

    def _place(self, titles: Iterable[Title]) -> Value | None:
        """The only place that is named, but for those above it. The region alone is none: its name
        stands on every form.
        """
        places, found = self.places, dict[str, Value]()
        for text, at in titles:
            for name, code in self._names_in(squeezed(text)).items():
                found.setdefault(code, (name, at))
        found.pop(places.root, None)
        if not found:
            return None
        lowest = max(found, key=lambda code: len(places.ancestors(code)))
        return found[lowest] if {*found} <= {lowest, *places.ancestors(lowest)} else None

    def _names_in(self, text: str) -> Mapping[str, str]:
        """The names of places in a text with their codes, the longest first."""
        if text not in self._found:
            rest, found = text, dict[str, str]()
            for name, code in self._names.items():
                if name in rest:
                    rest = rest.replace(name, " ")
                    found[name] = code
            self._found[text] = found
        return self._found[text]

    def _named(self, column: str, titles: Iterable[Title], across: Across) -> Value | None:
        """The only beneficiary (or line, or item) that a title consists of, beside place, year and
        what a table is called.
        """
        found: dict[object, Value] = {}
        for text, at in titles:
            rest = squeezed(text)
            for name in self._names_in(rest):
                rest = rest.replace(name, "")
            rest = re.sub(r"\d{4}(?:年度?)?|^.*[:：]", "", rest)
            for word in dict.fromkeys((rest, _ENDING.sub("", rest))):
                said = across.read(word) if word else None
                if said and column in said.values:
                    cell, code = said.values[column]
                    found.setdefault(code, (cell, at))
        return next(iter(found.values())) if len(found) == 1 else None


def _year(titles: Iterable[Title]) -> Value | None:
    """The only year that is spoken of, but for the day on which a table was filled in."""
    whole: dict[str, tuple[int, int]] = {}
    others: set[str] = set()
    for text, at in titles:
        text = plain(text, TEXT_RULES, [])
        for match in reversed(list(_DAY.finditer(text))):
            if match[0] == text or _FILLED_IN.search(text[: match.start()]):
                text = text[: match.start()] + text[match.end() :]
        for match in _NUMBER.finditer(text):
            if not FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
                continue
            rest = text[match.end() :].lstrip()
            if _WHOLE_YEAR.match(rest) and (rest or match[1] == text):
                whole.setdefault(match[1], at)
            else:
                others.add(match[1])
    if len(whole) != 1 or others:
        return None
    [(year, at)] = whole.items()
    return int(year), at
