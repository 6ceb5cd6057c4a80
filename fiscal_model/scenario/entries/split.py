"""Entries that change how a cost is split."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fiscal_model.scenario.entries.entry import NEW, Common, Entry, Varied
from fiscal_model.standard.rules import Standard
from fiscal_model.standard.splits import Split
from fiscal_model.standard.words import item_title, split_words
from fiscal_model.vocabulary import LANGS, Text

if TYPE_CHECKING:
    from fiscal_model.scenario.model import Scenario


@dataclass(frozen=True, eq=False)
class SplitEntry(Entry):
    """A split for an item, or for one of its lines."""

    section = "splits"
    label = Text("分担办法", "splits")
    kind = "split"
    ranged = ("split",)
    varied = Varied("share", Text("分担比例", "share"), "比例", ("ITEM", "PAYER"), 0, 1)

    item: int
    line: str | None
    split: Split

    @property
    def target(self) -> tuple[object, ...]:
        return (self.kind, self.item, self.line)

    @property
    def item_wide(self) -> bool:
        return self.line is None

    def part(self, common: Common) -> str:
        known = self.item in common.items and (self.line is None or self.line in common.lines)
        return "split" if known else NEW

    def items(self, standard: Standard, scenario: Scenario) -> frozenset[int]:
        return frozenset({self.item})

    def called(self, standard: Standard) -> Text:
        return standard.lines[self.line].name if self.line else titled(self.item, standard)

    def idle(self, last: int) -> Text:
        what = self.line or self.item
        return Text(f"{what} 的分担办法已是如此", f"the split of {what} in force is the same")

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
