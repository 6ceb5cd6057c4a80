"""Shares by weight: ``{central: 8, rest: 2, of_rest: {region: 3, prefecture: 7}}``, nested to any
depth, or ``{full: central}``. The weights of a division may all be percentages, which add up to
100%.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import gcd
from typing import Any, Self

from fiscal_model.arrays import Floats
from fiscal_model.records.node import Node
from fiscal_model.standard.clause import Clause
from fiscal_model.standard.kinds.leaf import Cells, Leaf, Live
from fiscal_model.standard.kinds.reading import (
    NOTES,
    SplitContext,
    clause_of,
    read_payer,
)
from fiscal_model.standard.payers import Payers
from fiscal_model.vocabulary import Lang, Text, in_both

LARGEST_WEIGHT = 10**6
PLAIN = "{cost}*{share}"
"""What a payer bears in a live sheet where fixed shares of the cost are all there is to it."""
_PERCENTAGES = range(20, 101)
"""The largest weight of a division that was probably meant in percent."""
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,4})?) ?[%％]")


@dataclass(frozen=True)
class Shares(Leaf):
    """Whole-number weights among payers, nested: ``rest`` is what its own weights then divide.

    With ``rest_bears_raise`` the part of the unit rate that the line declares as a raise is left
    out of the first division and borne by the rest.
    """

    name = "shares"
    marks = ("full",)
    beside_grants = True

    weights: tuple[tuple[str, int], ...]
    rest_weight: int = 0
    rest: Shares | None = None
    rest_bears_raise: bool = False
    clause: Clause | None = field(default=None, compare=False)

    @classmethod
    def read(cls, node: Node, context: SplitContext) -> Shares | None:
        if "full" in node.entries():
            parts = node.mapping(("full",), NOTES)
            payer = read_payer(parts["full"], context)
            return cls(((payer, 1),), clause=clause_of(parts, context)) if payer else None
        return read_shares(node, context)

    def data(self) -> dict[str, Any]:
        out: dict[str, Any] = dict(self.weights)
        if self.rest:
            out |= {"rest": self.rest_weight, "of_rest": self.rest.data()}
        return out | ({"rest_bears_raise": True} if self.rest_bears_raise else {})

    def words(self, lang: Lang, payers: Payers) -> str:
        if len(self.parts()) == 1:
            payer = payers[next(iter(self.parts()))].name
            return Text(f"{payer.zh}全额承担", f"{payer.en} pays all").to(lang)
        names = [payers[payer].name.to(lang) for payer, _ in self.weights]
        weights = [str(weight) for _, weight in self.weights]
        inner = ""
        if self.rest:
            names.append(Text("其余", "rest").to(lang))
            weights.append(str(self.rest_weight))
            inner = Text(
                f"，其余：{self.rest.words('zh', payers)}",
                f", of the rest {self.rest.words('en', payers)}",
            ).to(lang)
        words = " : ".join(names) + " = " + " : ".join(weights) + inner
        if self.rest_bears_raise:
            raised = Text("；提高标准部分先由其余承担", "; the raise is borne by the rest first")
            words += raised.to(lang)
        return words

    def payers(self) -> frozenset[str]:
        own = frozenset(payer for payer, _ in self.weights)
        return own | self.rest.payers() if self.rest else own

    def charges(self, cells: Cells) -> Iterator[tuple[str, Floats]]:
        if not self.bears_raise or self.rest is None:
            for payer, share in self.parts().items():
                yield payer, cells.part(cells.unit, share)
            return
        divided = cells.unit - cells.raised
        for payer, weight in self.weights:
            yield payer, cells.part(divided, Fraction(weight, self.total))
        of_rest = cells.part(divided, Fraction(self.rest_weight, self.total)) + cells.raised
        for payer, share in self.rest.parts().items():
            yield payer, cells.part(of_rest, share)

    def live(self) -> Live:
        term = "({cost}-{raise})*{share}+{raise}*{of_rest}" if self.bears_raise else PLAIN
        return Live("shares", term, self.tiers)

    def divisions(self) -> tuple[Shares, ...]:
        return (self,)

    def redivided(self, payer: str, change: Callable[[Shares], Shares]) -> Self:
        return change(self)  # type: ignore[return-value]

    def key(self) -> Hashable:
        """8:2 with 3:7 inside equals 80:6:14."""
        if self.rest_bears_raise:
            return self
        return "shares", frozenset(each for each in self.parts().items() if each[1])

    @property
    def total(self) -> int:
        """The weights of the first division together."""
        return sum(weight for _, weight in self.weights) + self.rest_weight

    @property
    def tiers(self) -> tuple[Shares, ...]:
        """The divisions from the first down."""
        return (self, *(self.rest.tiers if self.rest else ()))

    def division(self) -> tuple[int, ...]:
        """The weights of the first division, the rest's last."""
        own = tuple(weight for _, weight in self.weights)
        return (*own, self.rest_weight) if self.rest else own

    def parts(self) -> dict[str, Fraction]:
        """The share of each payer of the whole, leaving a raise aside."""
        shares = {payer: Fraction(weight, self.total) for payer, weight in self.weights}
        for payer, share in (self.rest.parts() if self.rest else {}).items():
            shares[payer] = shares.get(payer, Fraction(0)) + share * Fraction(
                self.rest_weight, self.total
            )
        return shares


def like_percent(weights: Sequence[int]) -> bool:
    """Whether weights look like percentages that do not add up to 100."""
    return max(weights) in _PERCENTAGES and sum(weights) != 100


def in_small(weights: Sequence[int]) -> tuple[int, ...]:
    """The same weights as people write them: 17:3 rather than 850000:150000, but 96:4 rather than
    24:1, which would look like percentages that lack some.
    """
    least, whole = sum(weights) // gcd(*weights), sum(weights)
    totals = (least, *(10**digits for digits in range(2, 7)))
    found = (
        tuple(weight * total // whole for weight in weights)
        for total in totals
        if total % least == 0
    )
    return next((each for each in found if not like_percent(each)), tuple(weights))


def read_shares(
    node: Node, context: SplitContext, allowed: tuple[str, ...] = (*NOTES, "rest_bears_raise")
) -> Shares | None:
    """Shares by weight; ``allowed`` are the keys beside payers and the rest."""
    parts = node.mapping((), ("rest", "of_rest", *allowed), context.payers.rule_names)
    weights = _weights(
        {name: part for name, part in parts.items() if name in context.payers or name == "rest"}
    )
    if ("rest" in parts) != ("of_rest" in parts):
        node.fault("rest-alone")
    inner = read_shares(parts["of_rest"], context, ()) if "of_rest" in parts else None
    if not any(weights.values()):
        others = (*context.marks, "cases", "reading")
        node.fault("shares-missing", others=in_both(others))
        return None
    bears_raise = "rest_bears_raise" in parts and parts["rest_bears_raise"].flag()
    if bears_raise and not inner:
        parts["rest_bears_raise"].fault("raise-without-rest")
    payers = tuple(
        (name, weight) for name, weight in weights.items() if name != "rest" and weight is not None
    )
    return Shares(payers, weights.get("rest") or 0, inner, bears_raise, clause_of(parts, context))


def _weights(parts: Mapping[str, Node]) -> dict[str, int | None]:
    """The weights of one division: whole numbers, or percentages as the whole numbers that stand in
    the same proportion.
    """
    percents = {name: _PERCENT.fullmatch(part.text()) for name, part in parts.items()}
    if not parts or not all(percents.values()):
        return {name: part.whole(0, LARGEST_WEIGHT) for name, part in parts.items()}
    exact = {name: Decimal(match[1]) for name, match in percents.items() if match}
    total = sum(exact.values())
    if total != 100:
        first = next(iter(parts.values()))
        first.fault("percentages-not-100", total=str(total))
    digits = max(-int(value.as_tuple().exponent) for value in exact.values())
    return {name: int(value.scaleb(digits)) for name, value in exact.items()}
