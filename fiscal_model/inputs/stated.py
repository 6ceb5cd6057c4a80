"""Units that stand around a table: in titles, notes, page headers, comments and the names of
sheets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from fiscal_model.inputs.units import SCALED, Unit, merged, simplified, unit_of, units_in

_LABEL: Final = re.compile(
    r"(?:单 ?位|(?<![a-z])units?(?![a-z]))[ :/\-=—_([【]*(?:均?[为是系] ?)?[([【]?"
)
_BRACKETS: Final = re.compile(r"[([【]([^()\[\]【】]*)[)\]】]")
_PHRASES: Final = (
    re.compile(
        r"(?:[以按用]|均为|都为|一律为)(.{1,16}?)(?:为[^ ,;。"
        r"]{0,4}单位|计算?|列示|表示|填列|填报|反映|统计|$|(?=[,;。)\]】]))"
    ),
    re.compile(r"(?<![a-z])(?:in|are|is)(?![a-z])(.{1,30}?)(?:$|(?=[;.)\]]|,(?! ?000)))"),
)
_BREAK: Final = re.compile(r"[\s,;、。()\[\]【】]|$")


@dataclass(frozen=True)
class Stated:
    """A unit found in a text around a table; not ``sure`` where the text only mentions it."""

    unit: Unit
    sure: bool = True


def stated(texts: Iterable[str]) -> list[Stated]:
    """The units in some texts, each once."""
    return list(dict.fromkeys(found for text in texts for found in _stated(text)))


@lru_cache(maxsize=4096)
def _stated(text: str) -> Sequence[Stated]:
    rest, found = simplified(text), []
    for words, units in list(_declared(rest)):
        rest = rest.replace(words, " ", 1)
        found += [Stated(unit) for unit in units]
    mentioned = (unit_of(match[0].strip()) for match in SCALED.finditer(rest))
    return (*found, *(Stated(unit, sure=False) for unit in mentioned if unit))


def _declared(text: str) -> Iterator[tuple[str, Sequence[Unit]]]:
    """What is said to be the unit, as it is written and as units."""
    whole, remarks = units_in(text)
    if not remarks and any(unit.of or unit.scale for unit in whole):
        yield text, whole
        return
    for match in _LABEL.finditer(text):
        found, units = _longest(text[match.end() :])
        if any(unit.says for unit in units):
            yield found, units
    for match in _BRACKETS.finditer(text):
        found, units = _longest(match[1])
        if any(unit.says for unit in units):
            yield match[0] if found == match[1] else found, units
    for phrase in _PHRASES:
        for match in phrase.finditer(text):
            unit = unit_of(match[1].strip())
            if unit and unit.of:
                yield match[0], (unit,)


def _longest(text: str) -> tuple[str, Sequence[Unit]]:
    """The longest beginning of a text that is a list of units and ends where a word may end."""
    for end in reversed([match.start() for match in _BREAK.finditer(text[:60])]):
        units, remarks = units_in(text[:end])
        if units and not remarks:
            return text[:end], units
    return "", ()


def together(one: Unit, found: Iterable[Unit]) -> tuple[Unit, Unit | None]:
    """A unit with what others add to it, and the first of them that contradicts it."""
    for other in found:
        both = merged(one, other)
        if both is None:
            return one, other
        one = both
    return one, None
