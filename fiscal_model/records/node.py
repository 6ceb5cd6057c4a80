"""YAML as it was written: scalars stay text, every node knows its line and column, and anything
unsafe or unclear is refused.
A usual YAML load reads ``8:2`` as 482, keeps the last of two equal keys and follows alias bombs.
Here the parser's events become plain nodes, and the caller asks each node for what it expects; a
wrong answer is noted with its position and the reading goes on, so that all faults of a file are
reported together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from yaml.reader import Reader

from fiscal_model.errors import Faults, fault, unreadable
from fiscal_model.messages.message import Arg, Message, message
from fiscal_model.names import Names, Unknown
from fiscal_model.records import slips
from fiscal_model.vocabulary import Text

LARGEST_FILE = 2_000_000
DEEPEST = 40
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LONGEST_LIST = 15
"""Known words that a message lists; of more it names the nearest only."""
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,12})?")


class Habit(NamedTuple):
    """How a kind of figure is written beside the plain way: a rule that makes it plain, and
    examples of what is understood.
    """

    plain: Callable[[str], str]
    examples: Message


Habits = Mapping[str, Habit]
Known = Collection[str] | Mapping[str, Text] | Names
"""Codes; with their names where they have any."""


@dataclass(eq=False, slots=True)
class Node:
    """A scalar (``str``), a list or a mapping, with its position; ``habits`` are the ways of
    writing figures that its file may use.
    """

    file: str
    line: int
    column: int
    value: str | list[Node] | dict[str, Node]
    faults: Faults
    key: Node | None = None
    habits: Habits = field(default_factory=dict)

    @property
    def at(self) -> str:
        """``file:line:column``, counted from 1."""
        return f"{self.file}:{self.line}:{self.column}"

    def fault(self, code: str | Message, /, **args: Arg) -> None:
        """Note that this node is wrong, with a hint at a slip of the keyboard in it."""
        said = message(code, **args)
        hint = slips.within(self.value) if isinstance(self.value, str) else None
        self.faults.add(self.at, said.plus(hint) if hint else said)

    def mapping(
        self,
        required: Collection[str] = (),
        optional: Collection[str] = (),
        named: Names | None = None,
    ) -> dict[str, Node]:
        """The entries of a mapping by code; a key of ``named`` may be given by name. Unknown,
        missing and repeated keys are faults.
        """
        entries = self.entries()
        plain = dict.fromkeys((*required, *optional), Text("", ""))
        found: dict[str, Node] = {}
        before: Node | None = None
        for name, node in entries.items():
            codes = (name,) if name in plain else named.codes(name) if named else ()
            code = codes[0] if len(codes) == 1 else None
            place = node.key or node
            if code is None:
                place.unknown_key(plain, named, node, before)
            elif code in found:
                place.fault("key-repeats-other", written=name, key=code)
            else:
                found[code] = node
            before = node
        for name in required if isinstance(self.value, dict) else ():
            if name not in found:
                self.fault("key-missing", key=name)
        return found

    def unknown_key(
        self, plain: Mapping[str, Text], named: Names | None, node: Node, before: Node | None
    ) -> None:
        """Note that this key means nothing; one of three digits after a number is what a separator
        of thousands cut off.
        """
        name = self.text()
        if (
            re.fullmatch(r"\d{3}", name)
            and node.value == ""
            and before
            and isinstance(before.value, str)
            and before.value.isdecimal()
        ):
            written, right = f"{before.value},{name}", f"{before.value}{name}"
            self.fault("number-cut-by-comma", written=written, right=right)
            return
        known = Names(
            Text("键", "key"),
            {**(named.known if named else {}), **plain},
            *((named.others, named.near_words) if named else ()),
        )
        self.fault(known.refusal(name))

    def entries(self) -> dict[str, Node]:
        """The entries of a mapping whose keys are free."""
        if not isinstance(self.value, dict):
            self.fault("mapping-expected")
            return {}
        return self.value

    def items(self) -> Sequence[Node]:
        """The entries of a list."""
        if not isinstance(self.value, list):
            dash = isinstance(self.value, dict) and any(name[:1] in "-—–－" for name in self.value)
            hint: Arg = message("list-dashes") if dash else ""
            self.fault("list-expected", hint=hint)
            return ()
        return self.value

    def text(self) -> str:
        """A scalar as text; empty is a fault."""
        if not isinstance(self.value, str) or not self.value.strip():
            self.fault("text-expected")
            return ""
        return self.value.strip()

    def one_of(self, known: Known, what: Text) -> str | None:
        """A scalar that is one of ``known``, or the name of just one of them, as its code; ``what``
        says what it names.
        """
        word = self.text()
        if not word or (not isinstance(known, Names) and word in known):
            return word or None
        if not isinstance(known, Names):
            names = known if isinstance(known, Mapping) else dict.fromkeys(known, Text("", ""))
            known = Names(what, names, more=None if len(names) <= LONGEST_LIST else Text("", ""))
        found = known.find(word)
        if isinstance(found, Unknown):
            self.fault(found.message)
            return None
        return found.code

    def number(
        self, least: Decimal | int | None = None, most: Decimal | int | None = None, kind: str = ""
    ) -> Decimal | None:
        """A decimal number within the limits, plain or in a habit of the file for figures of this
        ``kind``.
        """
        word = self.text()
        if not word:
            return None
        habit = self.habits.get(kind)
        plain = habit.plain(word) if habit else word
        if not _NUMBER.fullmatch(plain):
            hint: Arg = message("figure-written-as", examples=habit.examples) if habit else ""
            self.fault("figure-not-number", written=word, hint=hint)
            return None
        value = Decimal(plain)
        if (least is not None and value < least) or (most is not None and value > most):
            bounds = f"{'' if least is None else least}…{'' if most is None else most}"
            self.fault("figure-out-of-range", written=word, bounds=bounds)
            return None
        return value

    def whole(self, least: int = 0, most: int = 10**9, kind: str = "") -> int | None:
        """A whole number within the limits."""
        value = self.number(least, most, kind)
        if value is not None and value != int(value):
            self.fault("figure-not-whole", value=f"{value}")
            return None
        return None if value is None else int(value)

    def flag(self) -> bool:
        """``true`` or ``false``."""
        return self.one_of(("true", "false"), Text("取值", "value")) == "true"


def text_of(node: Node) -> Text:
    """A Chinese and English pair; a plain text serves both."""
    if isinstance(node.value, str):
        return Text(node.text(), node.text())
    parts = node.mapping(("zh", "en"))
    return Text(parts["zh"].text(), parts["en"].text()) if len(parts) == 2 else Text("", "")


def read_yaml(
    path: Path, faults: Faults, shown: str | None = None, habits: Habits | None = None
) -> Node:
    """The root node of a YAML file, whose figures may be written in ``habits``.

    Raises:
        FiscalModelError: the file cannot be read, is no single plain YAML document, repeats a key,
            or uses anchors,
            aliases or tags.

    """
    file = shown or str(path)
    try:
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        raise unreadable(file, error) from None
    if len(data) > LARGEST_FILE:
        raise fault(file, "yaml-too-large", most=LARGEST_FILE)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise fault(file, "yaml-not-utf8", byte=error.start + 1) from None
    return parse_yaml(text, file, faults, habits)


def parse_yaml(text: str, file: str, faults: Faults, habits: Habits | None = None) -> Node:
    """As :func:`read_yaml`, from text."""
    forbidden = Reader.NON_PRINTABLE.search(text)
    if forbidden:
        line, column = (
            text.count("\n", 0, forbidden.start()) + 1,
            forbidden.start() - text.rfind("\n", 0, forbidden.start()),
        )
        character = f"U+{ord(forbidden[0]):04X}"
        raise fault(f"{file}:{line}:{column}", "yaml-control-character", character=character)
    try:
        return _Builder(file, faults, habits or {}).build(text)
    except yaml.MarkedYAMLError as error:
        opened = _position(error.context_mark) if error.context_mark else None
        slip = slips.found(
            text, error.problem or "", _position(error.problem_mark or error.context_mark), opened
        )
        # the parser's words are English
        problem = Text("", f" ({error.problem})")
        raise fault(
            f"{file}:{slip.line}:{slip.column}", "yaml-invalid", slip=slip.words, problem=problem
        ) from None
    except (yaml.YAMLError, ValueError) as error:
        problem = Text("", f": {str(error).splitlines()[0]}")
        raise fault(file, "yaml-unreadable", problem=problem) from None


def _position(mark: Any) -> tuple[int, int]:
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


class _Builder:
    """Turns the parser's events into nodes."""

    def __init__(self, file: str, faults: Faults, habits: Habits) -> None:
        self.file, self.faults, self.habits = file, faults, habits

    def build(self, text: str) -> Node:
        self.events = yaml.parse(text, Loader=_LOADER)
        root: Node | None = None
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    raise self.refuse(event, "yaml-several-documents")
                root = self.node(next(self.events), 0, None)
        if root is None:
            raise fault(self.file, "yaml-empty")
        return root

    def refuse(self, event: yaml.Event, code: str, /, **args: Arg) -> Exception:
        line, column = _position(event.start_mark)
        return fault(f"{self.file}:{line}:{column}", code, **args)

    def node(self, event: yaml.Event, depth: int, key: Node | None) -> Node:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise self.refuse(event, "yaml-anchor")
        if getattr(event, "tag", None):
            raise self.refuse(event, "yaml-tag")
        if depth > DEEPEST:
            raise self.refuse(event, "yaml-too-deep", most=DEEPEST)
        value: str | list[Node] | dict[str, Node]
        if isinstance(event, yaml.ScalarEvent):
            value = event.value
        elif isinstance(event, yaml.SequenceStartEvent):
            value = []
            while not isinstance(inner := next(self.events), yaml.SequenceEndEvent):
                value.append(self.node(inner, depth + 1, None))
        else:
            value = self.pairs(depth)
        return Node(self.file, *_position(event.start_mark), value, self.faults, key, self.habits)

    def pairs(self, depth: int) -> dict[str, Node]:
        pairs: dict[str, Node] = {}
        while not isinstance(inner := next(self.events), yaml.MappingEndEvent):
            key = self.node(inner, depth + 1, None)
            value = self.node(next(self.events), depth + 1, key)
            if not isinstance(key.value, str):
                key.fault("key-not-text")
            elif key.value in pairs:
                key.fault("key-repeated", key=key.value)
            else:
                pairs[key.value] = value
        return pairs
