"""The kinds of split: how the cost of a line is shared among payers.
A split is a small tree. Inner nodes choose (by place, line, condition or reading); leaves share.
Every leaf is frozen and compared by value, so that two places share alike exactly when their leaves
are equal.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from fiscal_model.vocabulary import Lang, Text


@dataclass(frozen=True)
class Clause:
    """Where a figure or rule stands: the field of its item and the operative phrase, or another
    source.
    """

    basis: str
    field: str = ""
    phrase: str = ""
    source: Text | None = None

    def words(self, lang: Lang) -> str:
        """What to cite: the phrase as the text has it, or the source."""
        return self.phrase or (self.source.to(lang) if self.source else "")


@dataclass(frozen=True)
class Shares:
    """Whole-number weights among payers, nested: ``rest`` is what its own weights then divide.

    With ``rest_bears_raise`` the part of the unit rate that the line declares as a raise is left
    out of the first division and borne by the rest.
    """

    weights: tuple[tuple[str, int], ...]
    rest_weight: int = 0
    rest: Shares | None = None
    rest_bears_raise: bool = False
    clause: Clause | None = field(default=None, compare=False)

    def parts(self) -> dict[str, Fraction]:
        """The share of each payer of the whole, leaving a raise aside."""
        total = sum(weight for _, weight in self.weights) + self.rest_weight
        shares = {payer: Fraction(weight, total) for payer, weight in self.weights}
        for payer, share in (self.rest.parts() if self.rest else {}).items():
            shares[payer] = shares.get(payer, Fraction(0)) + share * Fraction(
                self.rest_weight, total
            )
        return shares


@dataclass(frozen=True)
class PerHead:
    """Fixed yuan per beneficiary and year for named payers, over the lines of the branch together;
    ``remainder`` pays what is left.

    ``remainder_clause`` says on what it rests that this payer does, where ``clause`` names the
    others only.
    """

    yuan: tuple[tuple[str, Decimal], ...]
    remainder: str
    clause: Clause | None = field(default=None, compare=False)
    remainder_clause: Clause | None = field(default=None, compare=False)


@dataclass(frozen=True)
class BaseAmount:
    """``limited`` pays its share of ``due``, at most its base amount; ``increases`` takes what
    exceeds it.

    Where the base amount has ended it pays its share of ``ratio``.
    """

    limited: str
    increases: str
    due: Shares
    ratio: Shares
    clause: Clause | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Grant:
    """Each of ``granters`` gives a supplied amount, the rest of the cost follows ``rest``."""

    granters: tuple[str, ...]
    rest: Shares | Open
    clause: Clause | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Fund:
    """An insurance fund pays all."""

    name: Text
    clause: Clause | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Open:
    """The text names the payers and no ratio: unallocated until a scenario quantifies it."""

    payers: tuple[str, ...]
    clause: Clause | None = field(default=None, compare=False)


Leaf = Shares | PerHead | BaseAmount | Grant | Fund | Open


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


def payers_of(split: Split) -> set[str]:
    """Every payer that the split can charge."""
    if isinstance(split, Cases):
        return set().union(*(payers_of(branch) for _, branch in split.branches))
    if isinstance(split, ByReading):
        return set().union(*(payers_of(option) for _, option in split.options))
    if isinstance(split, Shares):
        return {payer for payer, _ in split.weights} | (
            payers_of(split.rest) if split.rest else set()
        )
    if isinstance(split, PerHead):
        return {payer for payer, _ in split.yuan} | {split.remainder}
    if isinstance(split, BaseAmount):
        return {split.limited, split.increases} | payers_of(split.due) | payers_of(split.ratio)
    if isinstance(split, Grant):
        return {*split.granters} | payers_of(split.rest)
    return {"fund"} if isinstance(split, Fund) else {"unallocated"}


def rest_clause(leaf: Leaf) -> Clause | None:
    """The clause of what the named sums or grants leave, where it has one of its own."""
    if isinstance(leaf, PerHead):
        return leaf.remainder_clause
    return leaf.rest.clause if isinstance(leaf, Grant) else None


def clauses_for(leaf: Leaf, payer: str) -> set[Clause | None]:
    """The clauses by which a payer bears its part of a leaf: two where it is named and bears of the
    rest as well.
    """
    own = rest_clause(leaf)
    if own is None or not isinstance(leaf, PerHead | Grant):
        return {leaf.clause}
    named = {name for name, _ in leaf.yuan} if isinstance(leaf, PerHead) else set(leaf.granters)
    of_rest = {leaf.remainder} if isinstance(leaf, PerHead) else payers_of(leaf.rest)
    if (
        payer not in of_rest
        # a grant that nobody supplied leaves a cost unallocated: it is the grant that the clause
        # names
    ):
        return {leaf.clause}
    return {own, leaf.clause} if payer in named else {own}


def readings_of(split: Split) -> set[str]:
    """Every reading that the split asks for."""
    if isinstance(split, Cases):
        return set().union(*(readings_of(branch) for _, branch in split.branches))
    if isinstance(split, ByReading):
        return {split.reading}.union(*(readings_of(option) for _, option in split.options))
    return set()
