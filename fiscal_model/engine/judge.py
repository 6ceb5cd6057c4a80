"""Refuses entries of the named scenario that change nothing: an override must never silently do
nothing; warns of those that hardly mean what they say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

import numpy as np

from fiscal_model.arrays import Floats
from fiscal_model.engine.base_amounts import changed_bases, governed, supplied_bases
from fiscal_model.engine.people import People
from fiscal_model.engine.project import Span, project, span_of
from fiscal_model.engine.rates import timeline
from fiscal_model.engine.splits import rule_book
from fiscal_model.errors import Fault, Faults, nearest
from fiscal_model.inputs.model import Inputs
from fiscal_model.messages.message import Arg, Message, message
from fiscal_model.periods import FIRST_YEAR, LAST_YEAR, SLOTS
from fiscal_model.scenario.entries import (
    BaseEntry,
    CountEntry,
    Entry,
    GroupEntry,
    RateEntry,
    SplitEntry,
    VitalEntry,
)
from fiscal_model.scenario.layers import members, split_layers
from fiscal_model.scenario.model import Scenario
from fiscal_model.standard.kinds.leaf import BASE
from fiscal_model.standard.kinds.shares import like_percent
from fiscal_model.standard.rules import Standard
from fiscal_model.standard.splits import Split, leaves
from fiscal_model.vocabulary import LANGS, Text, listed


def judge(
    standard: Standard,
    scenario: Scenario,
    inputs: Inputs | None = None,
    asked: Sequence[int] | None = None,
) -> None:
    """Holds the scenario's own rates, splits and base amounts against the rules, and its
    beneficiaries against the data if given.

    Beneficiaries are judged up to the last year of the scenario's own span or of those ``asked``;
    what only starts later is warned of, and so is what says again what a shipped foundation says:
    it changes the text, and holds against supplied data. Shipped scenarios and inherited entries
    are not judged.

    Raises:
        FiscalModelError: naming every entry that changes nothing.

    """
    if scenario.shipped:
        return
    faults = Faults()
    last = LAST_YEAR
    if inputs is not None:
        last = max(*(asked or ()), span_of(scenario, inputs, None).years[-1], inputs.years[-1])
        _unknown_rates(scenario, inputs, faults)
    ground = _Ground(standard, scenario, inputs, last)
    for entry in scenario.entries:
        if inputs is None and entry.needs_data:
            continue
        if not CHANGES[type(entry)](entry, ground) and not _restates(entry, ground):
            faults.add(entry.at, "entry-changes-nothing", why=entry.idle(last))
    faults.raise_if_any()


def doubts(standard: Standard, scenario: Scenario, last: int | None = None) -> tuple[Fault, ...]:
    """Warnings of the scenario's own entries that start after the ``last`` year simulated, that say
    again what a shipped foundation says, or whose shares look like percentages and are none.

    As with :func:`judge`, shipped scenarios and inherited entries are left alone.
    """
    if scenario.shipped:
        return ()
    found = [
        Fault(entry.at, late)
        for entry in scenario.entries
        if last and (late := _late(entry, standard, last))
    ]
    ground = _Ground(standard, scenario, None, last or LAST_YEAR)
    found += [
        Fault(entry.at, message("entry-restates-foundation", foundation=foundation.title))
        for entry in scenario.entries
        if (foundation := _stating(entry, scenario))
        and not CHANGES[type(entry)](entry, ground)
        and _restates(entry, ground)
    ]
    for split in scenario.of(SplitEntry):
        found += [
            Fault(split.at, _no_percent(weights))
            for weights in dict.fromkeys(_like_percent(split.split))
        ]
    return tuple(found)


def _stating(entry: Entry, scenario: Scenario) -> Scenario | None:
    """The shipped foundation below that has an entry for the same rate or split."""
    if not isinstance(entry, RateEntry | SplitEntry):
        return None
    return next(
        (
            each
            for each in reversed(list(scenario.chain()))
            if each.below_inputs
            and any(other.target == entry.target for other in each.of(type(entry)))
        ),
        None,
    )


def _restates(entry: Entry, ground: _Ground) -> bool:
    """Whether an entry that changes nothing would do so without the shipped foundations."""
    if not _stating(entry, ground.scenario):
        return False
    bare = ground._replace(scenario=_without_foundations(ground.scenario))
    return CHANGES[type(entry)](entry, bare)


def _without_foundations(scenario: Scenario) -> Scenario:
    """The scenario over the text alone."""
    parent = scenario.parent and _without_foundations(scenario.parent)
    if scenario.below_inputs:
        return replace(scenario, parent=parent, entries=())
    return replace(scenario, parent=parent)


def _late(entry: Entry, standard: Standard, last: int) -> Message | None:
    """That an entry starts after the last year, or holds from a later 1 January only."""
    if entry.start is None:
        return None
    if entry.start.year > last:
        is_year = entry.start.month is None and entry.start.term is None
        start = Text(f"{entry.start} 年" if is_year else f"{entry.start} ", str(entry.start))
        return message("entry-starts-too-late", start=start, last=last)
    if entry.start.start(entry.accrual(standard)) >= (last + 1) * SLOTS:
        return message("entry-counts-too-late", start=str(entry.start), counts=last + 1, last=last)
    return None


def _like_percent(split: Split) -> Iterator[tuple[int, ...]]:
    """The divisions of a split that were probably meant as percentages: the largest weight is 20 to
    100 and they do not add up to 100.

    Parts of an outer share (70 = 30 + 40 of the rest of 70) and proportions such as 8:2 or 5:3:2
    are not.
    """
    for leaf in leaves(split):
        for shares in leaf.divisions():
            outer = 100
            for tier in shares.tiers:
                weights = tier.division()
                if like_percent(weights) and sum(weights) != outer:
                    yield weights
                outer = tier.rest_weight


def _no_percent(weights: tuple[int, ...]) -> Message:
    return message("shares-not-percent", total=sum(weights), ratio=":".join(map(str, weights)))


class _Ground(NamedTuple):
    """What entries are held against: the rules, the data if given, and the last year of both."""

    standard: Standard
    scenario: Scenario
    inputs: Inputs | None
    last: int


def _rate_changes(entry: RateEntry, ground: _Ground) -> bool:
    """Whether the step function differs anywhere from what it would be without the entry; what the
    data supply is not judged.
    """
    standard, scenario, inputs, _ = ground
    if inputs is not None and entry.line in inputs.rates.series:
        return True
    line = standard.lines[entry.line]
    with_it = timeline(line, standard, scenario, None, FIRST_YEAR, LAST_YEAR)
    here = np.array([source is entry for source in with_it.sources])
    mine = here[with_it.origin] & (with_it.origin >= 0)
    # what it follows can only be supplied
    if entry.rate is None and np.isnan(with_it.values).all():
        return True
    if not mine.any():
        # A rate that another of the file follows before it counts (two changes between two 1
        # Januaries) is history, not idle.
        return any(
            other.line == entry.line
            and other.start
            and entry.start
            and other.start.start(line.accrual) == entry.start.start(line.accrual)
            for other in scenario.of(RateEntry)
            if other is not entry
        )
    without = timeline(line, standard, scenario.without(entry), None, FIRST_YEAR, LAST_YEAR)
    before = without.values[
        :, np.searchsorted(without.breaks, with_it.breaks[:-1], side="right") - 1
    ]
    if entry.start is None:  # an undated rate is meant for the years that have one
        mine &= ~np.isnan(before) | np.isnan(without.values).all()
    return (
        bool((mine & (before != with_it.values)).any())
        or any(rate.index for rate in line.rates)
        or isinstance(entry.index, str)
    )


def _split_changes(entry: SplitEntry, ground: _Ground) -> bool:
    """Whether any line, place and year of the entry is shared differently without it."""
    standard, scenario = ground[:2]
    years = sorted(
        {
            FIRST_YEAR,
            LAST_YEAR,
            *(
                y
                for layer in split_layers(scenario)
                for y in (layer.start, layer.end)
                if FIRST_YEAR <= y <= LAST_YEAR
            ),
        }
    )
    with_it, without = (
        _leaf_names(standard, each, years) for each in (scenario, scenario.without(entry))
    )
    return bool((with_it != without).any())


def _leaf_names(standard: Standard, scenario: Scenario, years: list[int]) -> np.ndarray:
    """The key of the leaf in force by (line, place, year), for comparison."""
    book = rule_book(standard, scenario, years)
    keys = np.empty(len(book.leaves), object)
    keys[:] = [repr(leaf.key()) for leaf in book.leaves]
    return keys[book.leaf]


def _base_changes(entry: BaseEntry, ground: _Ground) -> bool:
    """Whether a base amount limits the item anywhere the entry reaches, and is changed by it.

    A stated amount is held against the supplied ones, a change of them against any.
    """
    standard, scenario, inputs, _ = ground
    years = tuple(range(max(entry.first_year, FIRST_YEAR), min(entry.last_year, LAST_YEAR) + 1))
    book = rule_book(standard, scenario, years)
    lines = np.array([line.item == entry.item for line in standard.lines.values()])
    based = np.array([bool(leaf.held(BASE)) for leaf in book.leaves])
    limits = bool(based[book.leaf[np.ix_(lines, entry.mask)]].any())
    if not limits or (inputs is None and entry.amount is not None):
        return limits
    given = supplied_bases(inputs, standard.places) if inputs else {}
    reached = [
        (entry.item, code)
        for code in standard.places.codes
        if entry.mask[standard.places.index[code]]
    ]
    keys = tuple(key for key in reached if not governed(key, given, standard.places))
    supplied = np.array(
        [[given.get(key, np.nan) if entry.amount is not None else 1.0] * len(years) for key in keys]
    ).reshape(len(keys), len(years))
    with_it, without = (
        changed_bases(supplied, keys, each, years) for each in (scenario, scenario.without(entry))
    )
    return not all(
        np.array_equal(one, other, equal_nan=True)
        for one, other in zip(with_it, without, strict=True)
    )


def _group_changes(entry: GroupEntry, ground: _Ground) -> bool:
    """Whether the group has other members in any year without the entry."""
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    with_it, without = (
        members(each, entry.group, years)
        for each in (ground.scenario, ground.scenario.without(entry))
    )
    return not np.array_equal(with_it, without)


def _count_changes(entry: CountEntry, ground: _Ground) -> bool:
    """Whether any of its counts, supplied or projected, differs without the entry."""
    return _moves(entry, ground, (entry.beneficiary,))


def _vital_changes(entry: VitalEntry, ground: _Ground) -> bool:
    """Whether it moves a beneficiary which follows the population; a rate that the data do not have
    is another fault.
    """
    followers = tuple(ground.scenario.following_the_population)
    return entry.rate not in _rates_of(ground.inputs) or _moves(entry, ground, followers)


def _moves(entry: Entry, ground: _Ground, names: tuple[str, ...]) -> bool:
    """Whether any count of some beneficiaries differs without the entry up to the last year; what
    cannot be projected is told when it is used, what only starts later is warned of.
    """
    standard, scenario, inputs, last = ground
    if inputs is None or entry.first_year > last:
        return True
    with_it, without = (
        _counts(standard, each, inputs, names, last) for each in (scenario, scenario.without(entry))
    )
    return (
        with_it is None or without is None or not np.array_equal(with_it, without, equal_nan=True)
    )


def _counts(
    standard: Standard, scenario: Scenario, inputs: Inputs, only: tuple[str, ...], last: int
) -> Floats | None:
    """Some series up to the ``last`` year; None where they cannot be projected, which is told when
    they are used.
    """
    span = Span(tuple(range(inputs.years[0], last + 1)), asked=False)
    faults = Faults()
    people = People(inputs, scenario, last, faults, [])
    kind = Text("", "")
    values = project(inputs.counts, scenario, standard, span, faults, kind, people, only).values
    return None if faults.found else values


def _rates_of(inputs: Inputs | None) -> list[str]:
    """The rates of the population's movement and the ratios that the data have."""
    rows = inputs.tables.get("vital_rates") if inputs else None
    return sorted(set(rows.columns["rate"])) if rows else []


def _unknown_rates(scenario: Scenario, inputs: Inputs, faults: Faults) -> None:
    """A rate that is changed must be one of the data."""
    known = _rates_of(inputs)
    for entry in scenario.of(VitalEntry):
        if entry.rate in known:
            continue
        names = Text(*(listed(known, lang) for lang in LANGS))
        others: Arg = message("names-known", names=names) if known else ""
        faults.add(
            entry.at,
            "vital-rate-unknown",
            rate=entry.rate,
            hint=nearest(entry.rate, known),
            known=others,
        )


CHANGES: Final[Mapping[type[Entry], Callable[[Any, _Ground], bool]]] = {
    RateEntry: _rate_changes,
    SplitEntry: _split_changes,
    BaseEntry: _base_changes,
    CountEntry: _count_changes,
    VitalEntry: _vital_changes,
    GroupEntry: _group_changes,
}
"""Whether an entry of a kind changes anything."""
