"""What every kind of split reads alike: payers, and the citation beside a figure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from fiscal_model.names import Names
from fiscal_model.records.node import Known, Node, text_of
from fiscal_model.standard.clause import Clause
from fiscal_model.standard.kinds.leaf import Leaf
from fiscal_model.standard.payers import PAYERS, Payers
from fiscal_model.standard.places import Places
from fiscal_model.vocabulary import BASES, Text

BASE_AMOUNT = Text("基数", "base amount")
"""What a base amount is called where a standard has no word of its own."""
NOTES = ("cite", "basis", "source", "note")


@dataclass(frozen=True)
class SplitContext:
    """What the names in a split may refer to; ``lines`` with their names. A leaf that cites nothing
    rests on ``uncited``, if that is given.
    """

    places: Places
    lines: Known
    conditions: Collection[str]
    readings: Mapping[str, Collection[str]]
    field: str
    basis: str
    uncited: Clause | None = None
    kinds: tuple[type[Leaf], ...] = ()
    payers: Payers = PAYERS
    asked: Names | None = None
    """The words for its readings; only their codes without."""
    base_amount: Text = BASE_AMOUNT

    @property
    def questions(self) -> Known:
        """What a reading may be called."""
        return self.asked or tuple(self.readings)

    @property
    def marks(self) -> tuple[str, ...]:
        """The keys by which kinds are known."""
        return tuple(mark for kind in self.kinds for mark in kind.marks)


def clause_of(parts: Mapping[str, Node], context: SplitContext) -> Clause | None:
    """The citation of a split."""
    return cited(parts, context.field, context.basis, context.uncited)


def cited(
    parts: Mapping[str, Node], field: str, basis: str, uncited: Clause | None = None
) -> Clause | None:
    """The citation beside a figure; the phrase stands in ``field`` unless it says another. What
    cites nothing rests on ``uncited``.
    """
    if "cite" in parts:
        cite = parts["cite"]
        if isinstance(cite.value, dict):
            inner = cite.mapping(("field", "phrase"))
            return (
                Clause("text", inner["field"].text(), inner["phrase"].text())
                if len(inner) == 2
                else None
            )
        return Clause("text", field, cite.text())
    source = source_of(parts)
    stated = parts["basis"].one_of(BASES, Text("依据", "basis")) if "basis" in parts else basis
    if stated == "reference" and not source:
        parts.get("basis", next(iter(parts.values()))).fault("reference-without-source")
    return Clause(stated or basis, source=source) if source or "basis" in parts else uncited


def source_of(parts: Mapping[str, Node]) -> Text | None:
    """What a figure rests on, in its own words: ``source``, else ``note``."""
    node = parts.get("source", parts.get("note"))
    return text_of(node) if node else None


def read_payer(node: Node, context: SplitContext) -> str | None:
    """A payer by code or name."""
    return node.one_of(context.payers.rule_names, Text("承担主体", "payer"))


def read_payers(node: Node, context: SplitContext) -> tuple[str, ...]:
    """At least one payer."""
    payers = tuple(payer for part in node.items() if (payer := read_payer(part, context)))
    if node.value == []:
        node.fault("payers-empty")
    return payers


def read_leaf(node: Node, context: SplitContext) -> Leaf | None:
    """The leaf of the kind that a record's keys name; without such a key, of the first kind."""
    keys = node.entries()
    known = (kind for kind in context.kinds if set(kind.marks) & set(keys))
    return next(known, context.kinds[0]).read(node, context)
