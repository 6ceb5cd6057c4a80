"""The order in which entries beat one another: standard, shipped foundations, inputs, then every other scenario of the chain.

Entries are painted one over another, so the last one painted is in force. Within one file a line's entry beats its
item's, a smaller ``where`` a larger, and a later start for the same target ends the earlier.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from fiscal_model.scenario.model import CountEntry, RateEntry, Scenario, SplitEntry
from fiscal_model.scenario.read import target_of

AnyEntry = TypeVar("AnyEntry", RateEntry, SplitEntry, CountEntry)
Interval = tuple[int, int]
ALWAYS = 10**9


def in_force(
    entries: Sequence[AnyEntry], start: Callable[[AnyEntry], int], end: Callable[[AnyEntry], int]
) -> list[tuple[AnyEntry, Interval]]:
    """The entries of one file in painting order, each with the half-open interval it holds for."""
    by_target: dict[tuple[object, ...], list[AnyEntry]] = {}
    for entry in entries:
        by_target.setdefault((*target_of(entry), entry.mask.tobytes()), []).append(entry)
    placed = []
    for same in by_target.values():
        same.sort(key=start)
        for entry, later in zip(same, [*same[1:], None], strict=True):
            until = min(end(entry), start(later)) if later else end(entry)
            placed.append((entry, (start(entry), until)))
    placed.sort(key=lambda pair: (_is_item_wide(pair[0]), pair[0].size), reverse=True)
    return placed


def _is_item_wide(entry: RateEntry | SplitEntry | CountEntry) -> bool:
    return isinstance(entry, SplitEntry) and entry.line is None


def slot_interval(entry: RateEntry, accrual: str) -> Interval:
    """The slots a rate entry holds for, before a later start ends it."""
    return (entry.start.start(accrual) if entry.start else 0, entry.end.end(accrual) if entry.end else ALWAYS)


def rate_layers(scenario: Scenario, line: str, accrual: str, below: bool) -> Iterator[tuple[RateEntry, Interval]]:
    """The rate entries of the chain for one line, those below or above the inputs, in painting order."""
    for each in scenario.chain():
        if each.below_inputs == below:
            entries = [entry for entry in each.rates if entry.line == line]
            yield from in_force(entries, lambda e: slot_interval(e, accrual)[0], lambda e: slot_interval(e, accrual)[1])


def yearly(entries: Iterable[AnyEntry]) -> list[tuple[AnyEntry, Interval]]:
    """Entries that change at a year's start, in painting order, each with its half-open interval of years."""
    return in_force(list(entries), lambda e: e.first_year, lambda e: e.last_year + 1)
