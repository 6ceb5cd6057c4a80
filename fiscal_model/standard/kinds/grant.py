"""Grants whose amounts are supplied: ``{grants: [central], rest: {...shares, or open}}``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Self

from fiscal_model.arrays import Floats
from fiscal_model.records.node import Node
from fiscal_model.standard.clause import Clause
from fiscal_model.standard.kinds.leaf import GRANT, Cells, Hold, Leaf, Live
from fiscal_model.standard.kinds.reading import (
    NOTES,
    SplitContext,
    clause_of,
    read_leaf,
    read_payers,
)
from fiscal_model.standard.kinds.shares import Shares
from fiscal_model.standard.payers import Payers
from fiscal_model.vocabulary import Lang, Text, listed


@dataclass(frozen=True)
class Grant(Leaf):
    """Each of ``granters`` gives a supplied amount, the rest of the cost follows ``rest``."""

    name = "grant"
    marks = ("grants",)

    granters: tuple[str, ...]
    rest: Leaf
    clause: Clause | None = field(default=None, compare=False)

    @classmethod
    def read(cls, node: Node, context: SplitContext) -> Grant | None:
        parts = node.mapping(("grants", "rest"), NOTES)
        if len({"grants", "rest"} & set(parts)) < 2:
            return None
        # what it leaves stands with the grants, unless it cites something itself
        turns = {"cases", "reading"} & set(parts["rest"].entries())
        rest = None if turns else read_leaf(parts["rest"], replace(context, uncited=None))
        if rest is None or not rest.beside_grants:
            parts["rest"].fault("grant-rest-wrong")
            return None
        return cls(read_payers(parts["grants"], context), rest, clause_of(parts, context))

    def data(self) -> dict[str, Any]:
        return {"grants": list(self.granters), "rest": self.rest.cited_data()}

    def words(self, lang: Lang, payers: Payers) -> str:
        granters = listed((payers[payer].name.to(lang) for payer in self.granters), lang)
        return Text(
            f"{granters}补助（金额由使用者填报），其余：{self.rest.words('zh', payers)}",
            f"grant of {granters} (the user supplies the amount), the rest:"
            f" {self.rest.words('en', payers)}",
        ).to(lang)

    def payers(self) -> frozenset[str]:
        return frozenset(self.granters) | self.rest.payers()

    def charges(self, cells: Cells) -> Iterator[tuple[str, Floats]]:
        return self.rest.charges(cells)

    def live(self) -> Live:
        return self.rest.live()

    def holds(self) -> tuple[Hold, ...]:
        return tuple(Hold(GRANT, payer, payer) for payer in self.granters)

    def divisions(self) -> tuple[Shares, ...]:
        return self.rest.divisions()

    def redivided(self, payer: str, change: Callable[[Shares], Shares]) -> Self | None:
        rest = self.rest.redivided(payer, change)
        return replace(self, rest=rest) if rest else None

    def within(self) -> tuple[Leaf, ...]:
        return (self.rest,)

    @property
    def rest_clause(self) -> Clause | None:
        return self.rest.clause

    def clauses_for(self, payer: str) -> set[Clause | None]:
        # a grant that nobody supplied leaves a cost unallocated: it is the grant that the clause
        # names
        if self.rest.clause is None or payer not in self.rest.payers():
            return {self.clause}
        return {self.rest.clause, self.clause} if payer in self.granters else {self.rest.clause}
