"""Entries that change how a cost is split."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fiscal_model.messages.message import Message, message
from fiscal_model.records.bind import Name, Nodes, Told
from fiscal_model.records.node import Node
from fiscal_model.scenario.entries.entry import Entry, Varied
from fiscal_model.scenario.entries.rate import LINE
from fiscal_model.standard import names
from fiscal_model.standard.kinds.reading import SplitContext
from fiscal_model.standard.read_split import read_split
from fiscal_model.standard.rules import Standard
from fiscal_model.standard.splits import Split
from fiscal_model.standard.words import item_title, split_words
from fiscal_model.vocabulary import LANGS, Text

ITEM = Name(lambda standard: standard.names.among(names.ITEM), Text("服务项目", "item"))


def read_item(node: Node, standard: Standard) -> int | None:
    """The number of an item."""
    code = ITEM(node, standard)
    return int(code) if code else None


def _item(node: Node, nodes: Nodes, standard: Standard) -> int | None:
    """The item, or that of the line which is named."""
    if ("item" in nodes) == ("line" in nodes):
        node.fault("item-or-line-expected")
        return None
    if "item" in nodes:
        return read_item(nodes["item"], standard)
    code = LINE(nodes["line"], standard)
    return standard.lines[code].item if code else None


def _split(node: Node, nodes: Nodes, standard: Standard) -> Split | None:
    """A split, which may name the lines and the conditions of what it is for."""
    item = _item(node, nodes, standard)
    if item is None or "split" not in nodes:
        return None
    code = LINE(nodes["line"], standard) if "line" in nodes else None
    lines = {each.code: each for each in standard.items[item].lines if code in (None, each.code)}
    return read_split(
        nodes["split"],
        SplitContext(
            standard.places,
            standard.names.among(names.LINE).only(lines),
            [each.condition for each in lines.values() if each.condition],
            {code: reading.options for code, reading in standard.readings.items()},
            "",
            "user",
            kinds=standard.kinds,
            payers=standard.payers,
            base_amount=standard.base_amount,
            asked=standard.names.among(names.QUESTION),
        ),
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class SplitEntry(Entry):
    """A split for an item, or for one of its lines."""

    section = "splits"
    label = Text("分担办法", "splits")
    kind = "split"
    names = ("item", "line")
    part_of = "split"
    ranged = ("split",)
    varied = Varied("share", Text("分担比例", "share"), "比例", ("ITEM", "PAYER"), 0, 1)

    item: Annotated[int, Told(("item", "line"), _item)]
    line: Annotated[str | None, LINE] = None
    split: Annotated[Split, Told(("split",), _split, required=True)]

    def items(self, standard: Standard, following: frozenset[str]) -> frozenset[int]:
        return frozenset({self.item})

    def called(self, standard: Standard) -> Text:
        return standard.lines[self.line].name if self.line else titled(self.item, standard)

    def idle(self, last: int) -> Message:
        return message("idle-split", what=self.line or self.item)

    def title(self, standard: Standard, moved: str = "") -> Text:
        zh, en = standard.items[self.item].name
        return Text(f"第{self.item}项 {zh} 分担办法", f"item {self.item} {en}, split")

    def said(self, name: str, standard: Standard) -> Text:
        return Text(
            "；".join(split_words(self.split, standard, "zh")),
            "; ".join(split_words(self.split, standard, "en")),
        )


def titled(item: int, standard: Standard) -> Text:
    """The number and the name of an item."""
    return Text(*(item_title(standard.items[item], lang) for lang in LANGS))
