"""Reads items, lines and beneficiaries from YAML, in rule files and scenario files alike."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from fiscal_model.errors import Faults
from fiscal_model.periods import Moment
from fiscal_model.records.bind import bind, bind_all
from fiscal_model.records.node import Node, text_of
from fiscal_model.standard.clause import Clause
from fiscal_model.standard.fields import CODE, SPLIT_FIELD
from fiscal_model.standard.kinds import Kinds
from fiscal_model.standard.kinds.reading import SplitContext
from fiscal_model.standard.places import Places
from fiscal_model.standard.read_split import read_split
from fiscal_model.standard.rules import (
    Beneficiary,
    Item,
    LeftOut,
    Line,
    PaidIn,
    Reading,
    StatedCount,
)
from fiscal_model.vocabulary import CLASSES, Text, names_of


def optional_list(parts: Mapping[str, Node], name: str) -> Sequence[Node]:
    return parts[name].items() if name in parts else ()


class _Known(NamedTuple):
    beneficiaries: tuple[str, ...]
    basis: str


def read_beneficiaries(
    nodes: Sequence[Node], known: Collection[str], basis: str
) -> dict[str, Beneficiary]:
    """The beneficiaries of all files beside those ``known``; ``within`` may name those of another.
    Ages that state no citation have ``basis``.
    """
    entries: dict[str, Node] = {}
    for node in nodes:
        for code, entry in node.entries().items():
            if code in entries or code in known or not CODE.fullmatch(code):
                (entry.key or entry).fault(
                    f"受益对象“{code}”重复或代码不合规",
                    f"beneficiary '{code}' stands twice or is malformed",
                )
            entries[code] = entry
    context = _Known((*known, *entries), basis)
    return {
        code: found
        for code, entry in entries.items()
        if (found := bind(entry, Beneficiary, context, code=code))
    }


def read_items(
    reader: ItemReader, lists: Sequence[Node], file: str, known: Mapping[int, Item]
) -> dict[int, Item]:
    """The items of all lists beside those ``known``; each number once, and each paid in an item
    that has lines.
    """
    items = dict(known)
    for node in (node for each in lists for node in each.items()):
        item = reader.item(node)
        if item and item.number in items:
            node.fault(f"服务项目 {item.number} 重复", f"item {item.number} stands twice")
        elif item:
            items[item.number] = item
    for item in items.values():
        if item.paid_in and (item.paid_in.item not in items or not items[item.paid_in.item].lines):
            carrier = item.paid_in.item
            zh, en = (
                f"第{item.number}项由第{carrier}项支付，后者没有支出项",
                f"item {item.number} is paid in item {carrier}, which has no lines",
            )
            reader.faults.add(file, zh, en)
    return dict(sorted(items.items()))


@dataclass
class ItemReader:
    """Reads items and lines against what the standard has declared; what states no citation has
    ``basis``. ``readings`` are the options of those of the item being read, ``codes`` the lines
    found so far.
    """

    faults: Faults
    places: Places
    beneficiaries: Mapping[str, Beneficiary]
    indexes: Mapping[str, Text]
    sections: Mapping[int, tuple[int, Text]]
    start: Moment
    basis: str
    kinds: Kinds
    readings: Mapping[str, Collection[str]] = field(default_factory=dict)
    codes: set[str] = field(default_factory=set)

    def item(self, node: Node) -> Item | None:
        parts = node.mapping(
            ("item", "name", "section", "responsibility", "split"),
            (
                "departments",
                "target",
                "service",
                "lines",
                "readings",
                "documents",
                "notes",
                "paid_in",
                "left_out",
                "stated_counts",
            ),
        )
        before = len(self.faults.found)
        if not {"item", "name", "section", "responsibility", "split"} <= set(parts):
            return None
        number = parts["item"].whole(1, 999) or 0
        readings = bind_all(optional_list(parts, "readings"), Reading, self, item=number)
        self.readings = {reading.code: tuple(reading.options) for reading in readings}
        lines = tuple(
            line for entry in optional_list(parts, "lines") if (line := self.line(number, entry))
        )
        conditions = [line.condition for line in lines if line.condition]
        names, uncited = (
            names_of({line.code: line for line in lines}),
            (Clause("user") if self.basis == "user" else None),
        )
        context = SplitContext(
            self.places,
            names,
            conditions,
            self.readings,
            SPLIT_FIELD,
            self.basis,
            uncited,
            self.kinds,
        )
        split = read_split(parts["split"], context)
        section = parts["section"].whole() or 0
        if section not in self.sections:
            parts["section"].fault(f"没有第 {section} 节", f"there is no section {section}")
        responsibility = parts["responsibility"].one_of(
            CLASSES, "支出责任类别", "class of responsibility"
        )
        paid_in = bind(parts["paid_in"], PaidIn, self) if "paid_in" in parts else None
        if bool(lines) == bool(paid_in):
            node.fault(
                "应有支出项（lines），或由另一项支付（paid_in），二者取一",
                "an item has lines or is paid in another, one of the two",
            )
        if split is None or len(self.faults.found) > before:
            return None
        return Item(
            number,
            text_of(parts["name"]),
            section,
            tuple(entry.text() for entry in optional_list(parts, "departments")),
            text_of(parts["target"]) if "target" in parts else Text("", ""),
            text_of(parts["service"]) if "service" in parts else Text("", ""),
            responsibility or "",
            lines,
            split,
            readings,
            tuple(entry.text() for entry in optional_list(parts, "documents")),
            tuple(text_of(entry) for entry in optional_list(parts, "notes")),
            paid_in,
            bind_all(optional_list(parts, "left_out"), LeftOut, self),
            bind_all(optional_list(parts, "stated_counts"), StatedCount, self),
        )

    def line(self, item: int, node: Node) -> Line | None:
        """A line of an item."""
        return bind(node, Line, self, item=item, at=node.at)
