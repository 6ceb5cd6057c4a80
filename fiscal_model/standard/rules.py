"""What a standard says, as frozen records: items, lines, dated unit rates, readings and
beneficiaries.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from fiscal_model.periods import Moment
from fiscal_model.standard.clause import Clause
from fiscal_model.standard.kinds import Kinds
from fiscal_model.standard.names import Lookup, Words
from fiscal_model.standard.payers import PAYERS, Payers
from fiscal_model.standard.places import Places
from fiscal_model.standard.splits import Split, payers_of
from fiscal_model.vocabulary import UNALLOCATED, Text


@dataclass(frozen=True)
class Rate:
    """Yuan per beneficiary and period from a day on; with ``index``, a multiple of that supplied
    series instead.
    """

    value: Decimal
    start: Moment
    clause: Clause
    index: str | None = None


@dataclass(frozen=True)
class ReadNumber:
    """A number that depends on a reading."""

    reading: str
    options: Mapping[str, Decimal]
    clause: Clause | None


@dataclass(frozen=True)
class Limits:
    """Between what the text wants a rate to lie, in yuan a beneficiary and period; None where it
    sets no such end.
    """

    least: Decimal | None
    most: Decimal | None
    clause: Clause


@dataclass(frozen=True)
class Outside:
    """A group of places in which a line has nobody to count, as the text says."""

    group: str
    clause: Clause


@dataclass(frozen=True)
class Line:
    """A costed part of an item: beneficiaries × unit rate × times a year, or (without a
    beneficiary) an amount.

    ``counted`` is the part of a beneficiary that draws the rate, ``raised`` the part of the rate in
    yuan that counts as a raise; ``at`` is where it stands. What the text says of likely figures
    only warns: ``expected_in`` is the group that it is for, ``outside`` one that it is not for,
    ``limits`` those of its rate.
    """

    code: str
    item: int
    name: Text
    beneficiary: str | None
    per: Text
    times: int
    accrual: str
    account: str
    rates: tuple[Rate, ...]
    counted: ReadNumber | None
    raised: ReadNumber | None
    condition: str
    expected_in: str
    outside: Outside | None
    limits: Limits | None
    note: Text | None
    at: str = field(compare=False)

    @property
    def is_amount(self) -> bool:
        """Whether its cost is supplied as an amount."""
        return self.beneficiary is None


@dataclass(frozen=True)
class Reading:
    """A question that the text leaves open, its possible answers (the default first), why that is
    the default, and the clause in doubt.
    """

    code: str
    item: int
    question: Text
    options: Mapping[str, Text]
    why: Text
    clause: Clause | None

    @property
    def default(self) -> str:
        """The answer taken unless a scenario chooses another."""
        return next(iter(self.options))


@dataclass(frozen=True)
class PaidIn:
    """The item whose lines pay for a service that has none of its own, so that it is costed
    once.
    """

    item: int
    why: Text


@dataclass(frozen=True)
class LeftOut:
    """A figure of the text that no rule uses, and why."""

    field: str
    phrase: str
    why: Text


@dataclass(frozen=True)
class StatedCount:
    """A number of people or things that the text states beside its rules, and why no rule uses
    it.
    """

    count: Decimal
    unit: Text
    what: Text
    clause: Clause
    why: Text


@dataclass(frozen=True)
class Item:
    """A numbered service. One without lines is paid in another item."""

    number: int
    name: Text
    section: int
    departments: tuple[str, ...]
    target: Text
    service: Text
    responsibility: str
    lines: tuple[Line, ...]
    split: Split
    readings: tuple[Reading, ...]
    documents: tuple[str, ...]
    notes: tuple[Text, ...]
    paid_in: PaidIn | None
    left_out: tuple[LeftOut, ...]
    stated_counts: tuple[StatedCount, ...]


@dataclass(frozen=True)
class Ages:
    """The ages of a beneficiary, ``last`` None: and older; ``item`` is the one whose text the
    clause cites.
    """

    first: int
    last: int | None
    item: int | None
    clause: Clause


@dataclass(frozen=True)
class Beneficiary:
    """A counted population; ``within`` names those it should not outnumber together, ``ages`` the
    persons of whom it is a part.
    """

    code: str
    name: Text
    unit: Text
    within: tuple[str, ...]
    ages: Ages | None


@dataclass(frozen=True)
class Under:
    """The options of a reading by which a rule holds."""

    reading: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class HigherOf:
    """Two sets of beneficiaries whose benefits may not both be drawn, as an item says: whoever is
    entitled to both draws the higher.

    With ``under`` that holds only by some options of a reading; by the others both are drawn.
    """

    item: int
    one: tuple[str, ...]
    other: tuple[str, ...]
    clause: Clause
    under: Under | None

    def covers(self, pair: tuple[str, str]) -> bool:
        """Whether a pair of beneficiaries falls under it, in either order."""
        first, second = pair
        return (first in self.one and second in self.other) or (
            second in self.one and first in self.other
        )

    def holds(self, readings: Mapping[str, str]) -> bool:
        """Whether it bars anything under the options chosen."""
        return self.under is None or readings[self.under.reading] in self.under.options


@dataclass(frozen=True)
class AllocationKey:
    """Weights by which the cost of an item that pays for others is shown under each of them; it
    moves no money.
    """

    item: int
    weights: Mapping[int, int]
    clause: Clause


@dataclass(frozen=True, repr=False)
class Standard:
    """One edition of a basic public services standard; ``departments`` names in both languages
    those that its items name.

    ``words`` are other words for items, lines and beneficiaries than their names, by the sort.
    """

    code: str
    title: Text
    document: str
    rates_from: Moment
    domains: Mapping[int, Text]
    sections: Mapping[int, tuple[int, Text]]
    beneficiaries: Mapping[str, Beneficiary]
    indexes: Mapping[str, Text]
    departments: Mapping[str, Text]
    places: Places
    items: Mapping[int, Item]
    higher_of: tuple[HigherOf, ...]
    keys: Mapping[int, AllocationKey]
    kinds: Kinds
    words: Mapping[str, Words] = field(default_factory=dict)
    payers: Payers = PAYERS

    def __repr__(self) -> str:
        return f"Standard({self.code}: {len(self.items)} items, {len(self.lines)} lines)"

    @cached_property
    def names(self) -> Lookup:
        """What names mean."""
        return Lookup(self)

    @cached_property
    def lines(self) -> dict[str, Line]:
        """Every line by its code, in the order of the items."""
        return {line.code: line for item in self.items.values() for line in item.lines}

    @cached_property
    def paid_with(self) -> dict[int, tuple[int, ...]]:
        """For each item that pays for others, those others."""
        pairs = [(item.paid_in.item, item.number) for item in self.items.values() if item.paid_in]
        return {
            carrier: tuple(number for each, number in pairs if each == carrier)
            for carrier, _ in pairs
        }

    def higher_rule(self, pair: str) -> HigherOf | None:
        """The rule that covers a pair ``one:other`` of beneficiaries, whether or not it holds by
        the readings chosen.
        """
        one, other = pair.split(":")
        return next((rule for rule in self.higher_of if rule.covers((one, other))), None)

    @cached_property
    def readings(self) -> dict[str, Reading]:
        """Every reading by its code."""
        return {reading.code: reading for item in self.items.values() for reading in item.readings}

    @cached_property
    def charged(self) -> tuple[str, ...]:
        """The payers that its rules can charge, in the order of all tables."""
        named = {UNALLOCATED}.union(*(payers_of(item.split) for item in self.items.values()))
        return tuple(payer for payer in self.payers if payer in named)
