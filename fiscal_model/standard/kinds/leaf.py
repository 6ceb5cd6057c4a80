"""What a kind of split is: everything that the others ask of one stands here, so that a new kind is
one file. This module needs numpy for types only: commands that cost nothing start without it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, Protocol, Self

from fiscal_model.arrays import Floats, Mask
from fiscal_model.standard.clause import Clause
from fiscal_model.vocabulary import Lang, Text

if TYPE_CHECKING:
    from fiscal_model.messages.message import Message
    from fiscal_model.records.node import Node
    from fiscal_model.standard.kinds.reading import SplitContext
    from fiscal_model.standard.kinds.shares import Shares
    from fiscal_model.standard.payers import Payers


Stage = Literal["grant", "base"]
"""When an amount acts: grants are given in turn, then base amounts limit what is due."""
GRANT: Final = "grant"
BASE: Final = "base"


class Cells(Protocol):
    """The cells of one line that a leaf divides, one number each; the engine implements it."""

    @property
    def unit(self) -> Floats:
        """Yuan a unit of quantity and year, 0 where no rate is known."""

    @property
    def raised(self) -> Floats:
        """The part of ``unit`` that the line declares as a raise."""

    @property
    def quantity(self) -> Floats:
        """Beneficiaries, or yuan of an amount."""

    @property
    def pool(self) -> Floats:
        """``unit`` of all lines together that draw on one sum per head with this one."""

    @property
    def complete(self) -> Mask:
        """Where the unit costs of all lines of the pool are known."""

    def part(self, yuan: Floats, share: Fraction) -> Floats:
        """A share of yuan a unit."""

    def of_pool(self, yuan: Floats) -> Floats:
        """What this line bears of yuan a unit of its pool: in proportion to its unit cost."""

    def note(self, words: Message) -> None:
        """Tells the analyst of something; the item and the line are named before it."""


@dataclass(frozen=True)
class Hold:
    """What ``payer`` bears is held against an amount that is supplied.

    At stage ``grant`` the payer gives the amount, at most the cost. At stage ``base`` it bears its
    part up to the amount and ``taker`` what exceeds it; where the limit has ended it bears its part
    of ``ended``.
    """

    stage: Stage
    payer: str
    taker: str
    ended: Shares | None = None


@dataclass(frozen=True)
class Parameter:
    """Numbers by payer that a live sheet shows in a table of their own, by the name that formulas
    use.

    With ``stated``, the titles of a list and of its column, an analyst may change them (``look`` is
    ``money`` or ``share``); without, they are marks of 0 and 1. With ``before`` the sums of the
    numbers of the payers named earlier are a parameter as well.
    """

    name: str
    title: Text
    values: tuple[tuple[str, float], ...]
    stated: tuple[Text, Text] | None = None
    look: Literal["money", "share"] = "money"
    before: tuple[str, Text] | None = None


@dataclass(frozen=True)
class Live:
    """How a live sheet shows a leaf: what a payer bears of a row before grants and base amounts.

    ``term`` is a formula over names in braces: ``{cost}``, ``{quantity}``, ``{unit}``, ``{raise}``
    and ``{pool}`` (yuan a unit of the lines together) of the row, ``{share}`` and ``{of_rest}`` of
    the payer by the ``tiers`` (the divisions from the first down), a parameter of the payer by its
    name, and with ``:sum`` of all payers. The terms of every ``form`` stand in one formula, so that
    a term is 0 where its parameters are; one with ``tiers`` acts only on rows of its own form.
    """

    form: str
    term: str
    tiers: tuple[Shares, ...] = ()
    parameters: tuple[Parameter, ...] = ()


class Leaf(ABC):
    """A leaf of a split: who bears what of the cost of a line. Each kind of it is a frozen
    dataclass, compared by value without its clauses.

    ``name`` is the word for the kind in data, ``marks`` are the keys by which a record is known to
    be of it. A kind that is not ``linear`` divides a unit otherwise where the quantity is another.
    """

    name: ClassVar[str]
    marks: ClassVar[tuple[str, ...]]
    linear: ClassVar[bool] = True
    counts_heads: ClassVar[bool] = False
    """Whether it says something of heads, and cannot divide an amount."""
    beside_grants: ClassVar[bool] = False
    """Whether it may say who bears what grants leave."""
    clause: Clause | None

    @classmethod
    @abstractmethod
    def read(cls, node: Node, context: SplitContext) -> Leaf | None:
        """The leaf that a record states, or None after noting what is wrong."""

    @abstractmethod
    def data(self) -> dict[str, Any]:
        """The record, without its citation."""

    def cited_data(self) -> dict[str, Any]:
        """The record as plain data, with what it cites."""
        return {**self.data(), **({"clause": self.clause.data()} if self.clause else {})}

    @abstractmethod
    def words(self, lang: Lang, payers: Payers) -> str:
        """The leaf as a short phrase."""

    @abstractmethod
    def payers(self) -> frozenset[str]:
        """Every payer that it can charge."""

    @abstractmethod
    def charges(self, cells: Cells) -> Iterator[tuple[str, Floats]]:
        """Yuan a unit of quantity by payer, before grants and base amounts; a payer may come more
        than once. They add up to the unit cost.
        """

    @abstractmethod
    def live(self) -> Live:
        """How a live sheet shows it."""

    def holds(self) -> tuple[Hold, ...]:
        """What is held against supplied amounts."""
        return ()

    def held(self, stage: Stage) -> tuple[Hold, ...]:
        """What is held at one stage."""
        return tuple(hold for hold in self.holds() if hold.stage == stage)

    def divisions(self) -> tuple[Shares, ...]:
        """The shares by which it divides, the one in force first."""
        return ()

    def redivided(self, payer: str, change: Callable[[Shares], Shares]) -> Self | None:
        """The leaf with the share of a payer changed in each division that it stands in; None where
        the kind does not say how.
        """
        return None

    def within(self) -> tuple[Leaf, ...]:
        """Leaves inside it that may cite something of their own."""
        return ()

    def figures(self) -> tuple[Any, ...]:
        """The sums that its clause states."""
        return ()

    def key(self) -> Hashable:
        """Equal for leaves that share alike."""
        return self

    @property
    def scales(self) -> bool:
        """Whether it, and all inside it, divides a unit alike whatever the quantity."""
        return self.linear and all(each.scales for each in self.within())

    @property
    def needs_heads(self) -> bool:
        """Whether it, or anything inside it, says something of heads."""
        return self.counts_heads or any(each.needs_heads for each in self.within())

    @property
    def bears_raise(self) -> bool:
        """Whether a raise is divided apart."""
        return any(each.rest_bears_raise and each.rest for each in self.divisions())

    @property
    def rest_clause(self) -> Clause | None:
        """The clause of what its named sums or grants leave, where it has one of its own."""
        return None

    def clauses_for(self, payer: str) -> set[Clause | None]:
        """The clauses by which a payer bears its part: two where it is named and bears of the rest
        as well.
        """
        return {self.clause}
