"""Which leaf of a split applies where, and what share of a yuan it charges to each payer."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from fiscal_model.arrays import Ints, Mask
from fiscal_model.errors import Faults
from fiscal_model.scenario.entries import SplitEntry
from fiscal_model.scenario.layers import periods, split_layers
from fiscal_model.scenario.model import Scenario
from fiscal_model.standard.kinds.leaf import Leaf
from fiscal_model.standard.places import Places
from fiscal_model.standard.rules import Line, Standard
from fiscal_model.standard.splits import ByReading, Cases, Split, When

Step = When | tuple[str, str]
"""One turn on the way to a leaf: the branch taken, or a reading and its option."""


class Way(NamedTuple):
    """A leaf as stated, and the turns taken to it."""

    leaf: Leaf
    path: tuple[Step, ...]


@dataclass(frozen=True)
class Branch:
    """A leaf, the places it holds for, and the way to it."""

    leaf: Leaf
    mask: Mask
    path: tuple[Step, ...]


def branches(
    split: Split, line: Line, mask: Mask, places: Places, readings: Mapping[str, str]
) -> Iterator[Branch]:
    """The leaves of ``split`` for one line, with disjoint masks inside ``mask``."""
    match split:
        case ByReading():
            option = readings[split.reading]
            for branch in branches(dict(split.options)[option], line, mask, places, readings):
                yield Branch(branch.leaf, branch.mask, ((split.reading, option), *branch.path))
        case Cases():
            left = mask
            for when, inner in split.branches:
                if (when.lines and line.code not in when.lines) or (
                    when.condition and when.condition != line.condition
                ):
                    continue
                here = left & places.mask(when.where) if when.where else left
                if here.any():
                    for branch in branches(inner, line, here, places, readings):
                        yield Branch(branch.leaf, branch.mask, (when, *branch.path))
                left = left & ~here
                if not left.any():
                    return
        case _:
            yield Branch(split, mask, ())


@dataclass(frozen=True)
class RuleBook:
    """The leaf in force for every (line, place, year): ``leaf`` indexes ``leaves``, ``source`` says
    which of ``entries`` put it there.

    Lines with the same ``branch`` stand in one branch of one rule: a fixed sum per head is theirs
    together. ``way`` indexes ``ways``: the leaf as its own rule states it (``leaves`` holds one for
    all that share alike), and the turns taken to it.
    """

    leaf: Ints
    leaves: tuple[Leaf, ...]
    source: Ints
    branch: Ints
    way: Ints
    ways: tuple[Way, ...]
    entries: tuple[SplitEntry | None, ...]


def chosen_readings(standard: Standard, scenario: Scenario) -> dict[str, str]:
    """The option in force for every reading."""
    return {
        code: scenario.reading(code, reading.default) for code, reading in standard.readings.items()
    }


def rule_book(standard: Standard, scenario: Scenario, years: Sequence[int]) -> RuleBook:
    """Paints the standard's splits and then the entries of the chain over (line, place, year) on
    all places.
    """
    lines, places = list(standard.lines.values()), standard.places
    readings = chosen_readings(standard, scenario)
    shape = len(lines), len(places), len(years)
    book = _Painter(shape)
    stamps = np.array(years)
    spans = periods(scenario)
    for period in spans:
        within = (stamps >= period.start) & (stamps < period.end)
        for i, line in enumerate(lines):
            for branch in branches(
                standard.items[line.item].split, line, places.everywhere(), period.places, readings
            ):
                book.paint(i, branch, within, 0)
    entries: list[SplitEntry | None] = [None]
    for layer in split_layers(scenario):
        entry = layer.entry
        for period in spans:
            within = (stamps >= max(layer.start, period.start)) & (
                stamps < min(layer.end, period.end)
            )
            for i, line in enumerate(lines) if within.any() else ():
                if line.code == entry.line or (entry.line is None and line.item == entry.item):
                    for branch in branches(entry.split, line, layer.mask, period.places, readings):
                        book.paint(i, branch, within, len(entries))
        entries.append(entry)
    _check(book, entries, lines, places)
    return RuleBook(
        book.leaf,
        tuple(book.leaves),
        book.source,
        book.branch,
        book.way,
        tuple(book.ways),
        tuple(entries),
    )


def _check(
    book: _Painter, entries: Sequence[SplitEntry | None], lines: Sequence[Line], places: Places
) -> None:
    """Every line has a leaf everywhere, and fixed sums a head meet lines that count heads.

    Raises:
        FiscalModelError: naming the item and line.

    """
    faults = Faults()
    for i, line in enumerate(lines):
        gaps = np.nonzero((book.leaf[i] < 0).any(axis=1))[0]
        if len(gaps):
            where = places.codes[gaps[0]]
            faults.add("", "split-missing", item=line.item, line=line.code, place=where)
        if line.is_amount and any(
            book.leaves[n].needs_heads for n in set(book.leaf[i].ravel().tolist()) if n >= 0
        ):
            entry = entries[int(book.source[i].max())]
            faults.add(
                entry.at if entry else "",
                "amount-split-per-head",
                item=line.item,
                line=line.code,
            )
    faults.raise_if_any()


class _Painter:
    def __init__(self, shape: tuple[int, int, int]) -> None:
        self.leaf = np.full(shape, -1, np.intp)
        self.source, self.branch, self.way = (np.zeros(shape, np.intp) for _ in range(3))
        self.leaves: list[Leaf] = []
        self.ways: list[Way] = []
        self.walked: dict[Hashable, int] = {}
        self.known: dict[Hashable, int] = {}
        self.named: dict[Hashable, int] = {}

    def paint(self, line: int, branch: Branch, years: Mask, source: int) -> None:
        index = self.known.setdefault(branch.leaf.key(), len(self.leaves))
        if index == len(self.leaves):
            self.leaves.append(branch.leaf)
        turns = tuple(
            (step.lines, step.condition) for step in branch.path if isinstance(step, When)
        )
        way = self.walked.setdefault((id(branch.leaf), branch.path), len(self.ways))
        if way == len(self.ways):
            self.ways.append(Way(branch.leaf, branch.path))
        cells = np.ix_(branch.mask, years)
        self.way[line][cells] = way
        self.leaf[line][cells] = index
        self.source[line][cells] = source
        self.branch[line][cells] = self.named.setdefault((source, turns), len(self.named))
