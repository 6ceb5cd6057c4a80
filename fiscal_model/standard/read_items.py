"""Reads items, lines and beneficiaries from YAML, in rule files and scenario files alike."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from fiscal_model.errors import Faults
from fiscal_model.names import Names
from fiscal_model.periods import Moment
from fiscal_model.records.bind import Nodes, bind, bind_all, bound
from fiscal_model.records.node import Node
from fiscal_model.standard.clause import Clause
from fiscal_model.standard.fields import CODE, SPLIT_FIELD
from fiscal_model.standard.kinds import Kinds
from fiscal_model.standard.kinds.reading import SplitContext
from fiscal_model.standard.names import Words, beneficiary_names
from fiscal_model.standard.payers import Payers
from fiscal_model.standard.places import Places
from fiscal_model.standard.read_split import read_split
from fiscal_model.standard.rules import (
    Beneficiary,
    Item,
    Line,
    Reading,
)
from fiscal_model.vocabulary import LANGS, Text, names_of


def optional_list(parts: Nodes, name: str) -> Sequence[Node]:
    return parts[name].items() if name in parts else ()


class _Known(NamedTuple):
    beneficiaries: Names
    basis: str


def read_beneficiaries(
    nodes: Sequence[Node],
    known: Mapping[str, Beneficiary],
    basis: str,
    words: Mapping[str, Words],
) -> dict[str, Beneficiary]:
    """The beneficiaries of all files beside those ``known``; ``within`` may name those of another.
    Ages that state no citation have ``basis``.
    """
    entries: dict[str, Node] = {}
    for node in nodes:
        for code, entry in node.entries().items():
            if code in entries or code in known or not CODE.fullmatch(code):
                (entry.key or entry).fault("beneficiary-code-wrong", beneficiary=code)
            entries[code] = entry
    read = {code: entry.mapping(*Beneficiary.keys()) for code, entry in entries.items()}
    called = {
        code: Text(*(nodes[lang].text() if lang in nodes else "" for lang in LANGS))
        for code, nodes in read.items()
    }
    context = _Known(beneficiary_names(names_of(known) | called, words), basis)
    return {
        code: found
        for code, entry in entries.items()
        if (found := bound(entry, read[code], Beneficiary, context, code=code))
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
            node.fault("item-twice", item=item.number)
        elif item:
            items[item.number] = item
    for item in items.values():
        if item.paid_in and (item.paid_in.item not in items or not items[item.paid_in.item].lines):
            reader.faults.add(
                file, "item-paid-in-no-lines", item=item.number, carrier=item.paid_in.item
            )
        doubt = item.may_be_in
        if doubt and (doubt.item not in items or not items[doubt.item].lines or not item.lines):
            reader.faults.add(file, "item-may-be-in-no-lines", item=item.number, carrier=doubt.item)
    return dict(sorted(items.items()))


@dataclass
class ItemReader:
    """Reads items and lines against what the standard has declared; what states no citation has
    ``basis``. ``readings`` are the options of those of the item being read, ``codes`` the lines
    found so far.
    """

    faults: Faults
    places: Places
    beneficiaries: Names
    indexes: Mapping[str, Text]
    sections: Mapping[int, tuple[int, Text]]
    start: Moment
    basis: str
    kinds: Kinds
    payers: Payers
    base_amount: Text
    readings: Mapping[str, Collection[str]] = field(default_factory=dict)
    codes: set[str] = field(default_factory=set)

    def item(self, node: Node) -> Item | None:
        """An item; its lines may name its readings, its split both."""
        nodes = node.mapping(*Item.keys())
        if not {"item", "split"} <= nodes.keys():
            return None
        number = nodes["item"].whole(1, 999) or 0
        readings = bind_all(optional_list(nodes, "readings"), Reading, self, item=number)
        self.readings = {reading.code: tuple(reading.options) for reading in readings}
        found = (self.line(number, entry) for entry in optional_list(nodes, "lines"))
        lines = tuple(line for line in found if line)
        context = SplitContext(
            self.places,
            names_of({line.code: line for line in lines}),
            [line.condition for line in lines if line.condition],
            self.readings,
            SPLIT_FIELD,
            self.basis,
            Clause("user") if self.basis == "user" else None,
            self.kinds,
            self.payers,
            base_amount=self.base_amount,
        )
        split = read_split(nodes["split"], context)
        given = {"number": number, "readings": readings, "lines": lines, "split": split}
        item = bound(node, nodes, Item, self, **given)
        return item if number and split else None

    def line(self, item: int, node: Node) -> Line | None:
        """A line of an item."""
        return bind(node, Line, self, item=item, at=node.at)
