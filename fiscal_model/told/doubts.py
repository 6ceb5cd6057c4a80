"""The collection of all that is told, each thing once, and the few lines of it that are shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Final

from fiscal_model.errors import Alike, Fault
from fiscal_model.messages.message import message
from fiscal_model.standard.places import Places
from fiscal_model.vocabulary import Text, first_of, spans

MOST: Final = 20
"""How many lines are shown; the last one counts the rest."""

Doubts = Mapping[Fault, str]
"""What is told in the order of its telling, with the kind of each."""


def shown(doubts: Doubts) -> tuple[Fault, ...]:
    """All of it where it is short; else some of every kind, and how many more there are."""
    if len(doubts) <= MOST:
        return tuple(doubts)
    seen = Counter[str]()
    ranked = []
    for at, kind in enumerate(doubts.values()):
        ranked.append((seen[kind], at))
        seen[kind] += 1
    kept = {at for _, at in sorted(ranked)[: MOST - 1]}
    rest = [kind for at, kind in enumerate(doubts.values()) if at not in kept]
    more = message("warnings-not-shown", rest=len(rest), kinds=len(set(rest)))
    return (*(fault for at, fault in enumerate(doubts) if at in kept), Fault("", more))


def places_named(codes: Iterable[str], places: Places) -> Text:
    """Places by name: the first of them, and how many there are."""
    return first_of([places.label(code) for code in codes], Text("个地区", "places"))


def years_named(years: Iterable[int]) -> Text:
    """Years as spans."""
    known = sorted(set(years))
    return Text(f"{spans(known, 'zh')} 年", spans(known, "en"))


Found = tuple[Hashable, Callable[[], Fault]]
"""What makes things alike, and how one of them is told."""


def alike(found: Iterable[Found]) -> Iterator[Fault]:
    """Of things alike, those with the same key, the first with the number of them."""
    notes = Alike()
    for key, tell in found:
        notes.add(key, tell)
    return notes.faults()
