"""The place tree of a standard (region, prefectures, counties) and the groups its rules name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated

import numpy as np

from fiscal_model.arrays import Ints, Mask
from fiscal_model.errors import fault
from fiscal_model.records.bind import GIVEN, Record
from fiscal_model.standard.lives import EVER, Life
from fiscal_model.standard.names import AreaNames, Sorts
from fiscal_model.vocabulary import Text


@dataclass(frozen=True)
class Place:
    """One unit. ``elsewhere`` is set where another budget pays for it, and says which."""

    code: str
    name: Text
    kind: str
    parent: str | None
    elsewhere: Text | None = None


@dataclass(frozen=True)
class Group(Record):
    """A set of places that rules treat alike; members count with all below them."""

    code: Annotated[str, GIVEN]
    name: Text
    members: Annotated[tuple[str, ...], GIVEN]
    note: Text


@dataclass(frozen=True)
class Places:
    """All places in the order of the official code list, the groups over them, and where (row,
    column) some stand on a map of tiles.

    ``other_names`` are the codes of names in use beside the full ones, ``no_names`` says what is
    wrong with a name that means no single place, ``former_names`` in which list a former name or
    code stood, ``near_names`` which places a word that is no name may mean. ``lives`` are those of
    the places that were not always there, or took others in.
    """

    by_code: Mapping[str, Place]
    groups: Mapping[str, Group] = field(default_factory=dict)
    tiles: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    other_names: Mapping[str, str] = field(default_factory=dict)
    no_names: Mapping[str, Text] = field(default_factory=dict)
    former_names: Mapping[str, Text] = field(default_factory=dict)
    near_names: Mapping[str, Sequence[str]] = field(default_factory=dict)
    lives: Mapping[str, Life] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.by_code)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The order of the place axis that rules are compiled on."""
        return tuple(self.by_code)

    @cached_property
    def index(self) -> dict[str, int]:
        """Position of a code on that axis."""
        return {code: i for i, code in enumerate(self.codes)}

    @cached_property
    def root(self) -> str:
        """The region as a whole."""
        return next(code for code, place in self.by_code.items() if place.parent is None)

    def among(self, sorts: Sorts) -> AreaNames:
        """What names of places mean, of groups, or of both."""
        if sorts not in self._words:
            self._words[sorts] = AreaNames.of(self, sorts)
        return self._words[sorts]

    @cached_property
    def _words(self) -> dict[Sorts, AreaNames]:
        return {}

    @cached_property
    def children(self) -> dict[str, tuple[str, ...]]:
        """The places right below each."""
        below: dict[str, list[str]] = {code: [] for code in self.codes}
        for code, place in self.by_code.items():
            if place.parent:
                below[place.parent].append(code)
        return {code: tuple(found) for code, found in below.items()}

    @cached_property
    def parents(self) -> Ints:
        """The position of the place above each; the region's own for itself."""
        return np.array(
            [self.index[place.parent or code] for code, place in self.by_code.items()], np.intp
        )

    @cached_property
    def depth(self) -> int:
        """How many steps lead from the lowest place up to the region."""
        return max(len(self.ancestors(code)) for code in self.codes)

    def ancestors(self, code: str) -> tuple[str, ...]:
        """The places above one, nearest first."""
        parent = self.by_code[code].parent
        return (parent, *self.ancestors(parent)) if parent else ()

    def below(self, code: str) -> tuple[str, ...]:
        """The place itself and all below it."""
        return (code, *(deeper for child in self.children[code] for deeper in self.below(child)))

    def common(self, codes: Iterable[str]) -> str:
        """The lowest place that all of some lie in, or are; the region where there are none."""
        chains = [(code, *self.ancestors(code)) for code in codes]
        return (
            next((code for code in chains[0] if all(code in each for each in chains)), self.root)
            if chains
            else self.root
        )

    def leaves(self, code: str) -> tuple[str, ...]:
        """The places without parts at or below one, without those that another budget pays for."""
        return self._leaves[code]

    @cached_property
    def _leaves(self) -> dict[str, tuple[str, ...]]:
        return {
            code: (
                tuple(
                    c
                    for c in self.below(code)
                    if not self.children[c] and not self.by_code[c].elsewhere
                )
                or (code,)
            )
            for code in self.codes
        }

    def parts(self, code: str) -> tuple[str, ...]:
        """The places right below one, without those that another budget pays for."""
        return tuple(each for each in self.children[code] if not self.by_code[each].elsewhere)

    def at(self, codes: Iterable[str]) -> Ints:
        """The positions of some codes on the place axis."""
        return np.array([self.index[code] for code in codes], np.intp)

    def speaker(self, code: str) -> int:
        """The position of a place without parts at or below one: all parts of a counted place
        follow one rule, so any speaks for it, best one that is always there.
        """
        leaves = self.leaves(code)
        return self.index[next((each for each in leaves if each not in self.lives), leaves[0])]

    def speakers(self, codes: Iterable[str]) -> Ints:
        """The speaker of each of some places."""
        return np.array([self.speaker(code) for code in codes], np.intp)

    def mask(self, members: Iterable[str]) -> Mask:
        """Which places belong to ``members`` (place codes or group codes), all below them and all
        that came out of them alone included.
        """
        chosen = np.zeros(len(self), bool)
        for member in members:
            if member in self.groups:
                chosen |= self.mask(self.groups[member].members)
            else:
                chosen[self.at(self.below(member))] = True
        for code in self._new:
            chosen[self.index[code]] |= chosen[self.at(self.lives[code].out_of)].all()
        return chosen

    @cached_property
    def _new(self) -> tuple[str, ...]:
        """The places that came out of others, the oldest first."""
        new = [code for code, life in self.lives.items() if life.first and life.out_of]
        return tuple(sorted(new, key=lambda code: self.lives[code].began))

    def everywhere(self) -> Mask:
        """All places."""
        return np.ones(len(self), bool)

    # What changes over time

    def there(self, years: Iterable[int]) -> Mask:
        """Which places are there at the end of each year, (place, year)."""
        asked = tuple(years)
        out = np.ones((len(self), len(asked)), bool)
        for code, life in self.lives.items():
            out[self.index[code]] = [life.there(year) for year in asked]
        return out

    @cached_property
    def heirs(self) -> dict[str, tuple[str, ...]]:
        """The places that came out of each, or took it in."""
        found: dict[str, list[str]] = {}
        for code, life in self.lives.items():
            for origin in life.out_of:
                found.setdefault(origin, []).append(code)
        return {code: tuple(each) for code, each in found.items()}

    def joined(self, code: str) -> tuple[str, ...]:
        """The places that ended and of which all went into this one."""
        return tuple(
            origin
            for origin in self.lives.get(code, EVER).out_of
            if self.heirs[origin] == (code,) and self.lives.get(origin, EVER).last
        )

    def merged(self, code: str) -> tuple[str, ...]:
        """The several places that a new one is the whole of; none where it is anything else."""
        life, joined = self.lives.get(code, EVER), self.joined(code)
        return joined if life.first and len(joined) > 1 and joined == life.out_of else ()

    def origin(self, code: str) -> str | None:
        """The one place beside it that a new place came out of."""
        life = self.lives.get(code, EVER)
        if not life.first or len(life.out_of) != 1:
            return None
        same = self.by_code[life.out_of[0]].parent == self.by_code[code].parent
        return life.out_of[0] if same else None

    def chain(self, code: str) -> tuple[str, ...]:
        """The place and those that serve it where it has nothing of its own, nearest first: the one
        it came out of, then those above.
        """
        nearer = self.origin(code) or self.by_code[code].parent
        return (code, *self.chain(nearer)) if nearer else (code,)

    @cached_property
    def nearest(self) -> Ints:
        """The position of the next place in the chain of each; the region's own for itself."""
        chains = (self.chain(code) for code in self.codes)
        return np.array([self.index[chain[min(1, len(chain) - 1)]] for chain in chains], np.intp)

    @cached_property
    def reach(self) -> int:
        """How many steps the longest chain has."""
        return max(len(self.chain(code)) - 1 for code in self.codes)

    @cached_property
    def kin(self) -> Mask:
        """Whether one place lies in the other, (place, place)."""
        out = np.zeros((len(self), len(self)), bool)
        for code in self.codes:
            above = self.at(self.ancestors(code))
            out[self.index[code], above] = out[above, self.index[code]] = True
        return out

    def counted_elsewhere(self, known: Mask) -> Mask:
        """Where a place without a figure, (place, ...), lacks none: a new one before its own begin
        while that which it came out of has one, one that ended while what took it in has.
        """
        out = np.zeros_like(known)
        for code, life in self.lives.items():
            at = self.index[code]
            if life.first and life.out_of:
                begun = np.logical_or.accumulate(known[at], axis=-1)
                out[at] |= known[self.at(life.out_of)].any(axis=0) & ~begun
            if life.last and code in self.heirs:
                out[at] |= known[self.at(self.heirs[code])].any(axis=0)
        return np.asarray(out & ~known)

    def label(self, code: str) -> Text:
        """The name of a place or group."""
        return self.groups[code].name if code in self.groups else self.by_code[code].name


def check_tree(by_code: Mapping[str, Place], file: str) -> None:
    """One root, every parent known, and no circle."""
    roots = [code for code, place in by_code.items() if place.parent is None]
    below, above = {*roots}, [*roots]
    while above:
        code = above.pop()
        children = [each for each, place in by_code.items() if place.parent == code]
        below |= {*children}
        above += children
    stray = [
        code for code, place in by_code.items() if place.parent and place.parent not in by_code
    ]
    circle = [code for code in by_code if code not in below]
    if len(roots) != 1 or circle:
        names = ", ".join(stray or circle or roots)
        raise fault(file, "place-tree-broken", names=names)
