"""No ratio is given: ``{open: [central, region, prefecture]}``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from fiscal_model.arrays import Floats
from fiscal_model.records.node import Node
from fiscal_model.standard.clause import Clause
from fiscal_model.standard.kinds.leaf import Cells, Leaf, Live
from fiscal_model.standard.kinds.reading import NOTES, SplitContext, clause_of, read_payers
from fiscal_model.standard.kinds.shares import Shares
from fiscal_model.standard.payers import Payers
from fiscal_model.vocabulary import UNALLOCATED, Lang, Text, listed

LEFT_OPEN = Shares(((UNALLOCATED, 1),))
"""How a cost stands in a live sheet whose payer nobody has named."""


@dataclass(frozen=True)
class Open(Leaf):
    """The text names the payers and no ratio: unallocated until a scenario quantifies it."""

    name = "open"
    marks = ("open",)
    beside_grants = True

    named: tuple[str, ...]
    clause: Clause | None = field(default=None, compare=False)

    @classmethod
    def read(cls, node: Node, context: SplitContext) -> Open:
        parts = node.mapping(("open",), NOTES)
        return cls(read_payers(parts["open"], context), clause_of(parts, context))

    def data(self) -> dict[str, Any]:
        return {"open": list(self.named)}

    def words(self, lang: Lang, payers: Payers) -> str:
        named = listed((payers[payer].name.to(lang) for payer in self.named), lang)
        return Text(f"{named}共同承担，比例未明确", f"borne by {named}, no ratio given").to(lang)

    def payers(self) -> frozenset[str]:
        return frozenset({UNALLOCATED})

    def charges(self, cells: Cells) -> Iterator[tuple[str, Floats]]:
        yield UNALLOCATED, cells.unit

    def live(self) -> Live:
        return LEFT_OPEN.live()
