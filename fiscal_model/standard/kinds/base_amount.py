"""A share limited by a base amount: ``{base_amount: prefecture, increases: region, due:
{...shares}}``; ``ratio: {...shares}`` where it has ended, if not ``due``.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Self

from fiscal_model.arrays import Floats
from fiscal_model.records.node import Node
from fiscal_model.standard.clause import Clause
from fiscal_model.standard.kinds.leaf import BASE, Cells, Hold, Leaf, Live
from fiscal_model.standard.kinds.reading import (
    BASE_AMOUNT,
    NOTES,
    SplitContext,
    clause_of,
    read_payer,
)
from fiscal_model.standard.kinds.shares import Shares, read_shares
from fiscal_model.standard.payers import Payers
from fiscal_model.vocabulary import UNALLOCATED, Lang, Text


@dataclass(frozen=True)
class BaseAmount(Leaf):
    """``limited`` pays its share of ``due``, at most its base amount; ``increases`` takes what
    exceeds it.

    Where the base amount has ended it pays its share of ``ratio``.
    """

    name = "baseamount"
    marks = ("base_amount",)

    limited: str
    increases: str
    due: Shares
    ratio: Shares
    clause: Clause | None = field(default=None, compare=False)
    title: Text = field(default=BASE_AMOUNT, compare=False)

    @classmethod
    def read(cls, node: Node, context: SplitContext) -> BaseAmount | None:
        parts = node.mapping(("base_amount", "increases", "due"), ("ratio", *NOTES))
        if len({"base_amount", "increases", "due"} & set(parts)) < 3:
            return None
        limited, increases, due = (
            read_payer(parts["base_amount"], context),
            read_payer(parts["increases"], context),
            read_shares(parts["due"], context),
        )
        ratio = read_shares(parts["ratio"], context) if "ratio" in parts else due
        if not (limited and increases and due and ratio):
            return None
        named = limited in due.parts() and limited in ratio.parts()
        if limited == increases or not named or UNALLOCATED in (limited, increases):
            node.fault("base-amount-payer-wrong")
            return None
        others = (due.parts().keys() ^ ratio.parts().keys()) - {limited, increases}
        moved = [
            payer
            for payer in due.parts()
            if payer not in (limited, increases) and due.parts()[payer] != ratio.parts().get(payer)
        ]
        if others or moved:
            parts["ratio"].fault("base-amount-ratio-wrong", limited=limited, increases=increases)
            return None
        clause = clause_of(parts, context) or due.clause
        return cls(limited, increases, due, ratio, clause, context.base_amount)

    def data(self) -> dict[str, Any]:
        ended = {"ratio": self.ratio.data()} if self.ratio != self.due else {}
        return {
            "base_amount": self.limited,
            "increases": self.increases,
            "due": self.due.data(),
            **ended,
        }

    def words(self, lang: Lang, payers: Payers) -> str:
        limited, taker, due = (
            payers[self.limited].name,
            payers[self.increases].name,
            self.due.words(lang, payers),
        )
        return Text(
            f"{due}；{limited.zh}至多承担{self.title.zh}，超出基数部分由{taker.zh}承担",
            f"{due}; {limited.en} pays at most its {self.title.en}, {taker.en} bears what exceeds"
            " the base amount",
        ).to(lang)

    def payers(self) -> frozenset[str]:
        both = self.due.payers() | self.ratio.payers()
        return both | {self.limited, self.increases}

    def charges(self, cells: Cells) -> Iterator[tuple[str, Floats]]:
        return self.due.charges(cells)

    def live(self) -> Live:
        return self.due.live()

    def holds(self) -> tuple[Hold, ...]:
        ended = self.ratio if self.ratio != self.due else None
        return (Hold(BASE, self.limited, self.increases, ended),)

    def divisions(self) -> tuple[Shares, ...]:
        return (self.due, self.ratio)

    def redivided(self, payer: str, change: Callable[[Shares], Shares]) -> Self:
        due = change(self.due)
        apart = self.ratio != self.due and payer not in (self.limited, self.increases)
        return replace(self, due=due, ratio=change(self.ratio) if apart else due)

    def key(self) -> Hashable:
        return ("base", self.limited, self.increases, self.due.key(), self.ratio.key())
