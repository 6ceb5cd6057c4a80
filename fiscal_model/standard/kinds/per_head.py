"""Fixed yuan per head: ``{per_head: {region: 2154}, remainder: prefecture}``; with ``remainder_by:
10a`` only that reading says who bears the remainder.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from fiscal_model.arrays import Floats
from fiscal_model.messages.message import message
from fiscal_model.records.node import Node
from fiscal_model.standard.clause import Clause
from fiscal_model.standard.kinds.leaf import Cells, Leaf, Live, Parameter
from fiscal_model.standard.kinds.reading import (
    NOTES,
    SplitContext,
    clause_of,
    read_payer,
)
from fiscal_model.standard.payers import Payers
from fiscal_model.vocabulary import READING, UNALLOCATED, Lang, Text, listed


@dataclass(frozen=True)
class PerHead(Leaf):
    """Fixed yuan per beneficiary and year for named payers, over the lines of the branch together;
    ``remainder`` pays what is left.

    ``remainder_clause`` says on what it rests that this payer does, where ``clause`` names the
    others only.
    """

    name = "perhead"
    marks = ("per_head",)
    counts_heads = True

    yuan: tuple[tuple[str, Decimal], ...]
    remainder: str
    clause: Clause | None = field(default=None, compare=False)
    remainder_clause: Clause | None = field(default=None, compare=False)

    @classmethod
    def read(cls, node: Node, context: SplitContext) -> PerHead | None:
        parts = node.mapping(("per_head", "remainder"), ("remainder_by", *NOTES))
        if len({"per_head", "remainder"} & set(parts)) < 2:
            return None
        sums = parts["per_head"].mapping(named=context.payers.rule_names)
        yuan = tuple(
            (payer, value)
            for payer, part in sums.items()
            if (value := part.number(0, 10**9, "yuan")) is not None
        )
        remainder = read_payer(parts["remainder"], context)
        by = (
            parts["remainder_by"].one_of(context.questions, Text("口径", "reading"))
            if "remainder_by" in parts
            else None
        )
        by_reading = Clause(READING, source=Text(f"口径 {by}", f"reading {by}")) if by else None
        if not (remainder and yuan):
            return None
        return cls(yuan, remainder, clause_of(parts, context), by_reading)

    def data(self) -> dict[str, Any]:
        return {
            "per_head": {payer: float(yuan) for payer, yuan in self.yuan},
            "remainder": self.remainder,
        }

    def cited_data(self) -> dict[str, Any]:
        by = self.remainder_clause
        return {**super().cited_data(), **({"remainder_clause": by.data()} if by else {})}

    def words(self, lang: Lang, payers: Payers) -> str:
        fixed = listed(
            (f"{payers[payer].name.to(lang)} {yuan:f}" for payer, yuan in self.yuan), lang
        )
        payer = payers[self.remainder].name
        rest = Text(f"其余由{payer.zh}承担", f"{payer.en} bears the remainder")
        if self.remainder == UNALLOCATED:
            rest = Text("其余未明确分担", "the remainder is unallocated")
        return Text(
            f"每人定额：{fixed} 元，{rest.zh}", f"fixed yuan per head: {fixed}; {rest.en}"
        ).to(lang)

    def payers(self) -> frozenset[str]:
        return frozenset({payer for payer, _ in self.yuan} | {self.remainder})

    def charges(self, cells: Cells) -> Iterator[tuple[str, Floats]]:
        """Each sum in turn, at most what is left of the unit costs of all lines together."""
        left = cells.pool
        for payer, yuan in self.yuan:
            if (cells.complete & (left < float(yuan))).any():
                cells.note(message("per-head-cut", payer=payer, fixed=float(yuan)))
            paid = left.clip(max=float(yuan))
            yield payer, cells.of_pool(paid)
            left = left - paid
        yield self.remainder, cells.of_pool(left)

    def live(self) -> Live:
        paid = "MIN({per_head},MAX({pool}-{cut_before},0))"
        left = "{remainder}*MAX({pool}-{per_head:sum},0)"
        yuan = tuple((payer, float(value)) for payer, value in self.yuan)
        return Live(
            "per_head",
            f"IF({{pool}}>0,{{cost}}/{{pool}},0)*({paid}+{left})",
            parameters=(
                Parameter(
                    "per_head",
                    Text("每人定额（元）", "Yuan per head"),
                    yuan,
                    (Text("每人每年定额（元）", "Yuan per head and year"), Text("定额", "Yuan")),
                    before=("cut_before", Text("在前各项之和（元）", "Sums paid before (yuan)")),
                ),
                Parameter(
                    "remainder",
                    Text("承担其余部分者", "Who takes the remainder"),
                    ((self.remainder, 1.0),),
                ),
            ),
        )

    def figures(self) -> tuple[Decimal, ...]:
        return tuple(yuan for _, yuan in self.yuan)

    @property
    def rest_clause(self) -> Clause | None:
        return self.remainder_clause

    def clauses_for(self, payer: str) -> set[Clause | None]:
        if self.remainder_clause is None or payer != self.remainder:
            return {self.clause}
        named = payer in dict(self.yuan)
        return {self.remainder_clause, self.clause} if named else {self.remainder_clause}
