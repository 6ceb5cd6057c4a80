"""A split: who bears what of the cost of a line. It is a small tree: inner nodes choose (by place,
line, condition or reading), leaves (:mod:`fiscal_model.standard.kinds`) share.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fiscal_model.standard.kinds.leaf import Leaf


@dataclass(frozen=True)
class When:
    """The test of a branch: every part that is stated must hold."""

    where: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    condition: str = ""


@dataclass(frozen=True)
class Cases:
    """The first branch whose test holds."""

    branches: tuple[tuple[When, Split], ...]


@dataclass(frozen=True)
class ByReading:
    """The branch of the reading that the scenario chooses."""

    reading: str
    options: tuple[tuple[str, Split], ...]


Split = Leaf | Cases | ByReading


def below(split: Split) -> tuple[Split, ...]:
    """What a node chooses among; nothing for a leaf."""
    match split:
        case Cases():
            return tuple(branch for _, branch in split.branches)
        case ByReading():
            return tuple(option for _, option in split.options)
        case _:
            return ()


def leaves(split: Split) -> Iterator[Leaf]:
    """Every leaf of a split."""
    match split:
        case Leaf():
            yield split
        case _:
            for each in below(split):
                yield from leaves(each)


def cited_leaves(split: Split) -> Iterator[Leaf]:
    """Every leaf, and those inside it that may cite something of their own."""
    for leaf in leaves(split):
        yield from (leaf, *leaf.within())


def payers_of(split: Split) -> set[str]:
    """Every payer that the split can charge."""
    return set[str]().union(*(leaf.payers() for leaf in leaves(split)))


def readings_of(split: Split) -> set[str]:
    """Every reading that the split asks for."""
    found = set[str]().union(*(readings_of(each) for each in below(split)))
    match split:
        case ByReading():
            return {split.reading} | found
        case _:
            return found
