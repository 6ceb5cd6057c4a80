"""The order in which entries beat one another: standard, shipped foundations, inputs, then every other scenario of the chain.

Entries are painted one over another, so the last one painted is in force. Within one file a line's entry beats its
item's, a smaller ``where`` a larger, and a later start for the same target ends the earlier.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from fiscal_model.scenario.model import CountEntry, Entry, RateEntry, Scenario, SplitEntry

AnyEntry = TypeVar("AnyEntry", bound=Entry)
Interval = tuple[int, int]
ALWAYS = 10**9


def in_force(
    entries: Sequence[AnyEntry], start: Callable[[AnyEntry], int], end: Callable[[AnyEntry], int]
) -> list[tuple[AnyEntry, Interval]]:
    """The entries of one file for one kind of change, in painting order, each with the half-open interval it holds for."""
    by_target: dict[tuple[object, ...], list[AnyEntry]] = {}
    for entry in entries:
        by_target.setdefault((*entry.target, entry.mask.tobytes()), []).append(entry)
    placed: list[tuple[AnyEntry, Interval]] = []
    for same in by_target.values():
        same.sort(key=lambda each: (start(each), each.start.order if each.start else (0, 0)))
        stops = [*(start(later) for later in same[1:]), ALWAYS]
        placed += [(each, (start(each), min(end(each), stop))) for each, stop in zip(same, stops, strict=True)]
    placed.sort(key=lambda pair: (_is_item_wide(pair[0]), pair[0].size), reverse=True)
    return placed


def _is_item_wide(entry: Entry) -> bool:
    return isinstance(entry, SplitEntry) and entry.line is None


def rate_layers(scenario: Scenario, line: str, accrual: str, below: bool) -> Iterator[tuple[RateEntry, Interval]]:
    """The rate entries of the chain for one line, those below or above the inputs, in painting order."""
    for each in scenario.chain():
        if each.below_inputs == below:
            yield from in_force(
                [entry for entry in each.rates if entry.line == line],
                lambda entry: entry.start.start(accrual) if entry.start else 0,
                lambda entry: entry.end.end(accrual) if entry.end else ALWAYS,
            )


def yearly(entries: Iterable[AnyEntry]) -> list[tuple[AnyEntry, Interval]]:
    """Entries that change at a year's start, in painting order, each with its half-open interval of years."""
    return in_force(list(entries), lambda entry: entry.first_year, lambda entry: entry.last_year + 1)


def growth_rules(scenario: Scenario) -> Iterator[tuple[CountEntry, Interval]]:
    """The growth of beneficiaries along the chain, in painting order."""
    for each in scenario.chain():
        yield from yearly(entry for entry in each.counts if entry.growth is not None)


def factor_rules(scenario: Scenario) -> Iterator[tuple[CountEntry, Interval]]:
    """The factors on beneficiaries along the chain, in painting order."""
    for each in scenario.chain():
        yield from yearly(entry for entry in each.counts if entry.factor is not None)
