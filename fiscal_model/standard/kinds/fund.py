"""An insurance fund pays all: ``{fund: NAME}``."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any

from fiscal_model.arrays import Floats
from fiscal_model.records.node import Node, text_of
from fiscal_model.standard.clause import Clause
from fiscal_model.standard.kinds.leaf import Cells, Leaf, Live
from fiscal_model.standard.kinds.reading import NOTES, SplitContext, clause_of
from fiscal_model.standard.kinds.shares import Shares
from fiscal_model.standard.payers import Payers
from fiscal_model.vocabulary import FUND, Lang, Text


@dataclass(frozen=True)
class Fund(Leaf):
    """An insurance fund pays all."""

    name = "fund"
    marks = ("fund",)

    title: Text
    clause: Clause | None = field(default=None, compare=False)

    @classmethod
    def read(cls, node: Node, context: SplitContext) -> Fund:
        parts = node.mapping(("fund",), NOTES)
        return cls(text_of(parts["fund"]), clause_of(parts, context))

    def data(self) -> dict[str, Any]:
        return {"fund": self.title.data()}

    def words(self, lang: Lang, payers: Payers) -> str:
        return Text(f"由{self.title.zh}支付", f"paid by the {self.title.en}").to(lang)

    def payers(self) -> frozenset[str]:
        return frozenset({FUND})

    def charges(self, cells: Cells) -> Iterator[tuple[str, Floats]]:
        yield FUND, cells.unit

    def live(self) -> Live:
        return Shares(((FUND, 1),)).live()

    def key(self) -> Hashable:
        """The English name is a translation: a scenario that leaves it out means the same fund."""
        return "fund", self.title.zh
