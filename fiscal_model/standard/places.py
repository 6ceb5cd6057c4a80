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
    wrong with a name that means no single place, ``near_names`` which places a word that is no name
    may mean.
    """

    by_code: Mapping[str, Place]
    groups: Mapping[str, Group] = field(default_factory=dict)
    tiles: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    other_names: Mapping[str, str] = field(default_factory=dict)
    no_names: Mapping[str, Text] = field(default_factory=dict)
    near_names: Mapping[str, Sequence[str]] = field(default_factory=dict)

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
        follow one rule, so any speaks for it.
        """
        return self.index[self.leaves(code)[0]]

    def speakers(self, codes: Iterable[str]) -> Ints:
        """The speaker of each of some places."""
        return np.array([self.speaker(code) for code in codes], np.intp)

    def mask(self, members: Iterable[str]) -> Mask:
        """Which places belong to ``members`` (place codes or group codes), all below them
        included.
        """
        chosen = np.zeros(len(self), bool)
        for member in members:
            if member in self.groups:
                chosen |= self.mask(self.groups[member].members)
            else:
                chosen[self.at(self.below(member))] = True
        return chosen

    def everywhere(self) -> Mask:
        """All places."""
        return np.ones(len(self), bool)

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
