"""What a standard says, as frozen records: items, lines, dated unit rates, readings and
beneficiaries.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, partial
from pathlib import Path
from typing import Annotated, Any, Final, Self

from fiscal_model.periods import ACCRUALS, Moment
from fiscal_model.records.bind import GIVEN, Key, Name, Nodes, Number, Record, Told, Whole, texts
from fiscal_model.records.node import Node
from fiscal_model.standard.clause import Clause
from fiscal_model.standard.fields import (
    CODE,
    GROUP,
    RATE_FIELD,
    READING,
    SPLIT_FIELD,
    TARGET_FIELD,
    ages_in,
    cite_in,
    cited_or_user,
    read_date,
)
from fiscal_model.standard.kinds import Kinds
from fiscal_model.standard.kinds.reading import BASE_AMOUNT
from fiscal_model.standard.names import Lookup, Words
from fiscal_model.standard.payers import PAYERS, Payers
from fiscal_model.standard.places import Places
from fiscal_model.standard.splits import Split, payers_of
from fiscal_model.vocabulary import ACCOUNTS, CLASSES, UNALLOCATED, Text

NO_TEXT: Final = Text("", "")
YUAN: Final = Number(0, 10**9, "yuan")
BENEFICIARY: Final = Name(lambda context: context.beneficiaries, Text("受益对象", "beneficiary"))
BENEFICIARIES = tuple[Annotated[str, BENEFICIARY], ...]
INDEX: Final = Name(lambda context: context.indexes, Text("参照序列", "index"))
ACCRUAL: Final = Name(lambda _: ACCRUALS, Text("计提方式", "accrual"))
RESPONSIBILITY: Final = Name(lambda _: CLASSES, Text("支出责任类别", "class of responsibility"))
ACCOUNT: Final = Name(lambda _: ACCOUNTS, Text("账目", "account"))


def _start(node: Node, nodes: Nodes, context: Any) -> Moment | None:
    """The day from which the rates of the standard hold unless another is stated."""
    start: Moment | None = read_date(nodes["from"], context) if "from" in nodes else context.start
    return start


def _rate_clause(node: Node, nodes: Nodes, context: Any) -> Clause | None:
    clause = cited_or_user(nodes, RATE_FIELD, context)
    if clause is None:
        node.fault("rate-uncited")
    return clause


@dataclass(frozen=True, kw_only=True)
class Rate(Record):
    """Yuan per beneficiary and period from a day on; with ``index``, a multiple of that supplied
    series instead.
    """

    value: Annotated[Decimal, Key("rate"), YUAN]
    start: Annotated[Moment, Told(("from",), _start)]
    index: Annotated[str | None, Key("of"), INDEX] = None
    clause: Annotated[Clause, Told(("cite", "basis", "source"), _rate_clause)]


@dataclass(frozen=True, kw_only=True)
class ReadNumber(Record):
    """A number that depends on a reading."""

    reading: Annotated[str, READING]
    options: Mapping[str, Annotated[Decimal, Number(0, 10**9)]]
    clause: Annotated[Clause | None, cite_in(SPLIT_FIELD)] = None

    def check(self, node: Node, nodes: Nodes, context: Any) -> Self | None:
        if set(nodes["options"].entries()) == set(context.readings[self.reading]):
            return self
        nodes["options"].fault("reading-options-missing")
        return None


@dataclass(frozen=True, kw_only=True)
class Limits(Record):
    """Between what the text wants a rate to lie, in yuan a beneficiary and period; None where it
    sets no such end.
    """

    least: Annotated[Decimal | None, YUAN] = None
    most: Annotated[Decimal | None, YUAN] = None
    clause: Annotated[Clause, cite_in(RATE_FIELD, required=True)]

    def check(self, node: Node, nodes: Nodes, context: Any) -> Self | None:
        if self.least is None and self.most is None:
            node.fault("limits-empty")
        return self


@dataclass(frozen=True, kw_only=True)
class Outside(Record):
    """A group of places in which a line has nobody to count, as the text says."""

    group: Annotated[str, GROUP]
    clause: Annotated[Clause, cite_in(TARGET_FIELD, required=True)]


@dataclass(frozen=True, kw_only=True)
class Line(Record):
    """A costed part of an item: beneficiaries × unit rate × times a year, or (without a
    beneficiary) an amount.

    ``counted`` is the part of a beneficiary that draws the rate, ``raised`` the part of the rate in
    yuan that counts as a raise; ``at`` is where it stands. What the text says of likely figures
    only warns: ``expected_in`` is the group that it is for, ``outside`` one that it is not for,
    ``limits`` those of its rate.
    """

    code: Annotated[str, Key("line")]
    item: Annotated[int, GIVEN]
    name: Text
    beneficiary: Annotated[str | None, BENEFICIARY] = None
    per: Text = NO_TEXT
    times: Annotated[int, Whole(1, 366)] = 1
    accrual: Annotated[str, Key("accrual", required=True), ACCRUAL] = "calendar_year"
    account: Annotated[str, ACCOUNT] = "general"
    rates: tuple[Rate, ...] = ()
    counted: ReadNumber | None = None
    raised: ReadNumber | None = None
    condition: str = ""
    expected_in: Annotated[str, GROUP] = ""
    outside: Outside | None = None
    limits: Limits | None = None
    note: Text | None = None
    at: Annotated[str, GIVEN] = field(compare=False)

    def check(self, node: Node, nodes: Nodes, context: Any) -> Self | None:
        if not CODE.fullmatch(self.code) or self.code in context.codes:
            nodes["line"].fault("line-code-wrong", line=self.code)
        context.codes.add(self.code)
        if self.beneficiary and "per" not in nodes:
            node.fault("line-without-per")
        return self

    @property
    def is_amount(self) -> bool:
        """Whether its cost is supplied as an amount."""
        return self.beneficiary is None


@dataclass(frozen=True, kw_only=True)
class Reading(Record):
    """A question that the text leaves open, its possible answers (the default first), why that is
    the default, and the clause in doubt.
    """

    code: Annotated[str, Key("reading")]
    item: Annotated[int, GIVEN]
    question: Text
    options: Mapping[str, Text]
    why: Text
    clause: Annotated[Clause | None, cite_in(SPLIT_FIELD)] = None

    @property
    def default(self) -> str:
        """The answer taken unless a scenario chooses another."""
        return next(iter(self.options))

    def reason(self, option: str) -> Text:
        """Why an answer is taken."""
        return self.why if option == self.default else Text("情景选定", "chosen by the scenario")


@dataclass(frozen=True, kw_only=True)
class PaidIn(Record):
    """The item whose lines pay for a service that has none of its own, so that it is costed
    once.
    """

    item: Annotated[int, Whole(1, 999)]
    why: Text


def _doubt(node: Node, nodes: Nodes, context: Any) -> Clause | None:
    clause = cited_or_user(nodes, SPLIT_FIELD, context)
    if clause is None or not (clause.words("zh") or clause.basis == "user"):
        node.fault("may-be-in-uncited")
    return clause


@dataclass(frozen=True, kw_only=True)
class MayBeIn(Record):
    """The item whose lines may pay for a service that has lines of its own too, and on what that
    rests: where both are costed, its money may count twice.
    """

    item: Annotated[int, Whole(1, 999)]
    clause: Annotated[Clause, Told(("cite", "basis", "source"), _doubt)]


@dataclass(frozen=True, kw_only=True)
class LeftOut(Record):
    """A figure of the text that no rule uses, and why."""

    field: str
    phrase: str
    why: Text


@dataclass(frozen=True, kw_only=True)
class StatedCount(Record):
    """A number of people or things that the text states beside its rules, and why no rule uses
    it.
    """

    count: Annotated[Decimal, Number(0, 10**10)]
    unit: Text
    what: Text
    clause: Annotated[Clause, texts(partial(Clause, "text"), "field", "phrase")]
    why: Text


@dataclass(frozen=True, kw_only=True)
class Item(Record):
    """A numbered service. One without lines is paid in another item."""

    number: Annotated[int, Key("item"), Whole(1, 999)]
    name: Text
    section: Annotated[int, Whole(0, 10**9)]
    departments: tuple[str, ...] = ()
    target: Text = NO_TEXT
    service: Text = NO_TEXT
    responsibility: Annotated[str, RESPONSIBILITY]
    lines: tuple[Line, ...] = ()
    split: Split
    readings: tuple[Reading, ...] = ()
    documents: tuple[str, ...] = ()
    notes: tuple[Text, ...] = ()
    paid_in: PaidIn | None = None
    may_be_in: MayBeIn | None = None
    left_out: tuple[LeftOut, ...] = ()
    stated_counts: tuple[StatedCount, ...] = ()

    def check(self, node: Node, nodes: Nodes, context: Any) -> Self | None:
        if self.section not in context.sections:
            nodes["section"].fault("section-unknown", section=self.section)
        if bool(self.lines) == bool(self.paid_in):
            node.fault("item-lines-or-paid-in")
        return self


@dataclass(frozen=True)
class Ages:
    """The ages of a beneficiary, ``last`` None: and older; ``item`` is the one whose text the
    clause cites.
    """

    first: int
    last: int | None
    item: int | None
    clause: Clause


def _ages(node: Node, context: Any) -> Ages | None:
    """Ages such as 6-11, 7 or 80+ with the phrase of the item that says so, or the source of an
    assumption.
    """
    parts = node.mapping(("ages",), ("item", "cite", "basis", "source"))
    band = ages_in(parts["ages"].text()) if "ages" in parts else None
    clause = cited_or_user(parts, TARGET_FIELD, context)
    item = parts["item"].whole(1, 999) if "item" in parts else None
    if not band or clause is None or (clause.basis == "text") != (item is not None):
        node.fault("ages-wrong")
        return None
    return Ages(*band, item, clause)


@dataclass(frozen=True, kw_only=True)
class Beneficiary(Record):
    """A counted population; ``within`` names those it should not outnumber together, ``ages`` the
    persons of whom it is a part.
    """

    code: Annotated[str, GIVEN]
    name: Annotated[Text, texts(Text, "zh", "en")]
    unit: Text
    within: BENEFICIARIES = ()
    ages: Annotated[Ages | None, _ages] = None


@dataclass(frozen=True)
class Under:
    """The options of a reading by which a rule holds."""

    reading: str
    options: tuple[str, ...]


def _under(node: Node, context: Any) -> Under | None:
    parts = node.mapping(("reading", "options"))
    if len(parts) < 2 or not (code := READING(parts["reading"], context)):
        return None
    option = Name(lambda _: context.readings[code], Text("选项", "option"))
    found = (option(part, context) for part in parts["options"].items())
    return Under(code, tuple(name for name in found if name))


@dataclass(frozen=True, kw_only=True)
class HigherOf(Record):
    """Two sets of beneficiaries whose benefits may not both be drawn, as an item says: whoever is
    entitled to both draws the higher.

    With ``under`` that holds only by some options of a reading; by the others both are drawn.
    """

    item: Annotated[int, Whole(1, 999)]
    one: BENEFICIARIES
    other: BENEFICIARIES
    clause: Annotated[Clause, cite_in(RATE_FIELD, required=True)]
    under: Annotated[Under | None, _under] = None

    def covers(self, pair: tuple[str, str]) -> bool:
        """Whether a pair of beneficiaries falls under it, in either order."""
        first, second = pair
        return (first in self.one and second in self.other) or (
            second in self.one and first in self.other
        )

    def holds(self, readings: Mapping[str, str]) -> bool:
        """Whether it bars anything under the options chosen."""
        return self.under is None or readings[self.under.reading] in self.under.options


@dataclass(frozen=True, kw_only=True)
class Sought(Record):
    """What the rules of some items need (all of them where none is named) and no public document
    was found for, and what stands in its place.
    """

    what: Text
    items: tuple[Annotated[int, Whole(1, 999)], ...] = ()
    instead: Text


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
    base_amount: Text = BASE_AMOUNT
    """What it calls a base amount, with its year."""
    folder: Path | None = None
    """Where its files lie."""
    sought: tuple[Sought, ...] = ()

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

    def drawn_by(self, beneficiaries: Collection[str]) -> frozenset[int]:
        """The items with a line that counts one of ``beneficiaries``."""
        return frozenset(
            line.item for line in self.lines.values() if line.beneficiary in beneficiaries
        )

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
