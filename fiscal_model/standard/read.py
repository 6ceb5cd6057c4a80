"""Reads a standard from its folder: ``standard.yaml``, ``places.csv`` with the tables beside it, a
YAML file a domain; ``words.csv`` and ``payers.csv`` if there.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from functools import cache
from pathlib import Path

from fiscal_model.errors import Faults, fault, nearest
from fiscal_model.periods import Moment, read_moment
from fiscal_model.records.bind import Nodes, bind_all
from fiscal_model.records.node import Node, read_yaml, text_of
from fiscal_model.standard.fields import CODE
from fiscal_model.standard.kinds import KINDS, Kinds
from fiscal_model.standard.kinds.reading import BASE_AMOUNT, cited
from fiscal_model.standard.names import NO_WORDS, Words, beneficiary_names
from fiscal_model.standard.payers import PAYERS, read_payers
from fiscal_model.standard.read_items import (
    ItemReader,
    optional_list,
    read_beneficiaries,
    read_items,
)
from fiscal_model.standard.read_places import read_places
from fiscal_model.standard.rows import rows
from fiscal_model.standard.rules import (
    AllocationKey,
    HigherOf,
    Item,
    Sought,
    Standard,
)
from fiscal_model.vocabulary import Text, in_both, names_of

SHIPPED = Path(__file__).parent
DEFAULT = "xinjiang_2021"


def shipped_standards() -> list[str]:
    """The codes of the standards that come with the package."""
    return sorted(path.parent.name for path in SHIPPED.glob("*/standard.yaml"))


def load_standard(
    code: str = DEFAULT, beside: Path | None = None, kinds: Kinds = KINDS
) -> Standard:
    """A standard by its code: a folder of that name in ``beside``, else a shipped one; its splits and
    those of its scenarios are of ``kinds``.

    Raises:
        FiscalModelError: there is none of that name, or with every fault of its files.

    """
    if beside and is_beside(code, beside):
        return read_standard(beside / code, kinds)
    known = shipped_standards()
    if code not in known:
        raise fault(
            "",
            "standard-unknown",
            standard=code,
            hint=nearest(code, known),
            known=in_both(known),
        )
    return read_standard(SHIPPED / code, kinds)


def is_beside(code: str, folder: Path) -> bool:
    """Whether a standard of this code lies in a folder."""
    return bool(CODE.fullmatch(code)) and (folder / code / "standard.yaml").is_file()


@cache
def read_standard(folder: Path, kinds: Kinds = KINDS) -> Standard:
    """The standard in ``folder``, fully checked.

    Raises:
        FiscalModelError: with every fault of its files.

    """
    faults = Faults()
    root = read_yaml(folder / "standard.yaml", faults, "standard.yaml")
    head = root.mapping(
        ("title", "document", "rates_from", "domains", "sections", "groups"),
        (
            *("indexes", "departments", "elsewhere", "higher_of", "allocation_keys"),
            *("base_amount", "sought"),
        ),
    )
    faults.raise_if_any()
    words = _words(folder / "words.csv", faults)
    near = words.get("place", NO_WORDS)[1]
    places = read_places(folder, head["groups"], _texts(head, "elsewhere"), near, faults)
    own = folder / "payers.csv"
    payers = read_payers(own, faults.add) if own.is_file() else PAYERS
    base_amount = text_of(head["base_amount"]) if "base_amount" in head else BASE_AMOUNT
    start = read_moment(head["rates_from"].text(), head["rates_from"].at, faults)
    indexes = _texts(head, "indexes")
    sections = {
        int(number): (parts["domain"].whole() or 0, text_of(parts["name"]))
        for number, node in head["sections"].entries().items()
        if len(parts := node.mapping(("domain", "name"))) == 2
    }
    faults.raise_if_any()
    domains = [
        parts
        for path in sorted(folder.glob("[0-9]*.yaml"))
        if "items"
        in (parts := read_yaml(path, faults, path.name).mapping(("items",), ("beneficiaries",)))
    ]
    beneficiaries = read_beneficiaries(
        [parts["beneficiaries"] for parts in domains if "beneficiaries" in parts],
        {},
        "text",
        words,
    )
    faults.raise_if_any()
    counted = beneficiary_names(names_of(beneficiaries), words)
    reader = ItemReader(
        faults,
        places,
        counted,
        indexes,
        sections,
        start or Moment(2000),
        "text",
        kinds,
        payers,
        base_amount,
    )
    items = read_items(reader, [parts["items"] for parts in domains], folder.name, {})
    reader.readings = {
        reading.code: reading.options for item in items.values() for reading in item.readings
    }
    higher_of = bind_all(optional_list(head, "higher_of"), HigherOf, reader)
    sought = bind_all(optional_list(head, "sought"), Sought, reader)
    keys = {
        key.item: key
        for node in optional_list(head, "allocation_keys")
        if (key := _allocation_key(node, items))
    }
    known = {
        "item": {*map(str, items)},
        "line": {line.code for item in items.values() for line in item.lines},
        "beneficiary": {*beneficiaries},
    }
    _check_words(words, known | {"place": {*places.by_code, *places.groups}}, faults)
    faults.raise_if_any()
    return Standard(
        folder.name,
        text_of(head["title"]),
        head["document"].text(),
        start or Moment(2000),
        {int(number): name for number, name in _texts(head, "domains").items()},
        sections,
        beneficiaries,
        indexes,
        {name: Text(name, en) for name, (_, en) in _texts(head, "departments").items()},
        places,
        items,
        higher_of,
        keys,
        kinds,
        words,
        payers,
        base_amount,
        folder,
        tuple(sought),
    )


def _texts(head: Nodes, name: str) -> dict[str, Text]:
    """What is said of each code under a key."""
    return (
        {code: text_of(node) for code, node in head[name].entries().items()} if name in head else {}
    )


def _words(path: Path, faults: Faults) -> dict[str, Words]:
    """Other words for things than their names, by the sort of thing: ``code`` is the only one that
    a word stands for, ``near`` what it may mean.
    """
    found: dict[str, tuple[dict[str, str], dict[str, tuple[str, ...]]]] = {}
    if path.is_file():
        for _, row in rows(path, ("sort", "word", "code", "near"), faults.add):
            others, near = found.setdefault(row["sort"], ({}, {}))
            if row["code"]:
                others[row["word"]] = row["code"]
            else:
                near[row["word"]] = tuple(row["near"].split())
    return dict(found)


def _check_words(words: Mapping[str, Words], known: Mapping[str, Set[str]], faults: Faults) -> None:
    """Other words are for things of a known sort that there are."""
    for sort, (others, near) in words.items():
        for word, codes in [*((word, (code,)) for word, code in others.items()), *near.items()]:
            if not codes or set(codes) - known.get(sort, set()):
                faults.add(
                    "words.csv", "word-of-nothing", sort=sort, word=word, codes=" ".join(codes)
                )


def _allocation_key(node: Node, items: Mapping[int, Item]) -> AllocationKey | None:
    parts = node.mapping(("item", "weights", "basis", "note"))
    if len(parts) < 4:
        return None
    number = parts["item"].whole(1, 999) or 0
    weights = {
        int(name): part.whole(0, 10**6) or 0
        for name, part in parts["weights"].entries().items()
        if name.isdigit()
    }
    wanted = {
        number,
        *(item.number for item in items.values() if item.paid_in and item.paid_in.item == number),
    }
    if set(weights) != wanted or not any(weights.values()):
        parts["weights"].fault(
            "allocation-weights-wrong", items=", ".join(map(str, sorted(wanted)))
        )
    clause = cited(parts, "", "assumption")
    return AllocationKey(number, weights, clause) if clause else None
