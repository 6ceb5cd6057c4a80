"""YAML as it was written: scalars stay text, every node knows its line and column, and anything unsafe or unclear is refused.

A usual YAML load reads ``8:2`` as 482, keeps the last of two equal keys and follows alias bombs. Here the parser's
events become plain nodes, and the caller asks each node for what it expects; a wrong answer is noted with its position
and the reading goes on, so that all faults of a file are reported together.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import yaml
from yaml.reader import Reader

from fiscal_model.errors import Faults, fault, nearest, why
from fiscal_model.vocabulary import Text

LARGEST_FILE = 2_000_000
DEEPEST = 40
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,12})?")


@dataclass(eq=False, slots=True)
class Node:
    """A scalar (``str``), a list or a mapping, with its position."""

    file: str
    line: int
    column: int
    value: str | list[Node] | dict[str, Node]
    faults: Faults
    key: Node | None = None

    @property
    def at(self) -> str:
        """``file:line:column``, counted from 1."""
        return f"{self.file}:{self.line}:{self.column}"

    def fault(self, zh: str, en: str) -> None:
        """Note that this node is wrong."""
        self.faults.add(self.at, zh, en)

    def mapping(self, required: Collection[str] = (), optional: Collection[str] = ()) -> dict[str, Node]:
        """The entries of a mapping. Unknown and missing keys are faults."""
        if not isinstance(self.value, dict):
            self.fault("这里应为“键: 值”的映射", "a mapping of 'key: value' is expected here")
            return {}
        known = [*required, *optional]
        for name, node in self.value.items():
            if name not in known:
                hint = nearest(name, known)
                place = node.key or node
                place.fault(
                    f"不认识的键“{name}”{hint.zh}；可用：{'、'.join(known)}", f"unknown key '{name}'{hint.en}; known: {', '.join(known)}"
                )
        for name in required:
            if name not in self.value:
                self.fault(f"缺少“{name}”", f"'{name}' is missing")
        return {name: node for name, node in self.value.items() if name in known}

    def entries(self) -> dict[str, Node]:
        """The entries of a mapping whose keys are free."""
        if not isinstance(self.value, dict):
            self.fault("这里应为“键: 值”的映射", "a mapping of 'key: value' is expected here")
            return {}
        return self.value

    def items(self) -> Sequence[Node]:
        """The entries of a list."""
        if not isinstance(self.value, list):
            self.fault("这里应为列表", "a list is expected here")
            return ()
        return self.value

    def text(self) -> str:
        """A scalar as text; empty is a fault."""
        if not isinstance(self.value, str) or not self.value.strip():
            self.fault("这里应为文字", "a text is expected here")
            return ""
        return self.value.strip()

    def one_of(self, known: Collection[str], zh: str, en: str) -> str | None:
        """A scalar that is one of ``known``; ``zh`` and ``en`` say what it names."""
        word = self.text()
        if not word or word in known:
            return word or None
        hint = nearest(word, known)
        self.fault(f"不认识的{zh}“{word}”{hint.zh}", f"unknown {en} '{word}'{hint.en}")
        return None

    def number(self, least: Decimal | int | None = None, most: Decimal | int | None = None) -> Decimal | None:
        """A plain decimal number within the limits."""
        word = self.text()
        if not word:
            return None
        if not _NUMBER.fullmatch(word):
            self.fault(f"“{word}”不是数字", f"'{word}' is not a number")
            return None
        value = Decimal(word)
        if (least is not None and value < least) or (most is not None and value > most):
            bounds = f"{'' if least is None else least}…{'' if most is None else most}"
            self.fault(f"“{word}”超出允许范围 {bounds}", f"'{word}' is outside the allowed range {bounds}")
            return None
        return value

    def whole(self, least: int = 0, most: int = 10**9) -> int | None:
        """A whole number within the limits."""
        value = self.number(least, most)
        if value is not None and value != int(value):
            self.fault(f"“{value}”不是整数", f"'{value}' is not a whole number")
            return None
        return None if value is None else int(value)

    def flag(self) -> bool:
        """``true`` or ``false``."""
        return self.one_of(("true", "false"), "取值（应为 true 或 false）", "value (true or false)") == "true"


def text_of(node: Node) -> Text:
    """A Chinese and English pair; a plain text serves both."""
    if isinstance(node.value, str):
        return Text(node.text(), node.text())
    parts = node.mapping(("zh", "en"))
    return Text(parts["zh"].text(), parts["en"].text()) if len(parts) == 2 else Text("", "")


def read_yaml(path: Path, faults: Faults, shown: str | None = None) -> Node:
    """The root node of a YAML file.

    Raises:
        FiscalModelError: the file cannot be read, is no single plain YAML document, repeats a key, or uses anchors,
            aliases or tags.

    """
    file = shown or str(path)
    try:
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        raise fault(file, f"无法读取：{why(error)}", f"cannot be read: {why(error)}") from None
    if len(data) > LARGEST_FILE:
        raise fault(file, f"文件超过 {LARGEST_FILE:,} 字节", f"the file is larger than {LARGEST_FILE:,} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise fault(file, f"不是 UTF-8 编码（第 {error.start} 字节）", f"is not UTF-8 (byte {error.start})") from None
    return parse_yaml(text, file, faults)


def parse_yaml(text: str, file: str, faults: Faults) -> Node:
    """As :func:`read_yaml`, from text."""
    forbidden = Reader.NON_PRINTABLE.search(text)
    if forbidden:
        line, column = text.count("\n", 0, forbidden.start()) + 1, forbidden.start() - text.rfind("\n", 0, forbidden.start())
        code = f"U+{ord(forbidden[0]):04X}"
        raise fault(f"{file}:{line}:{column}", f"不允许的控制字符 {code}", f"a control character {code} is not allowed")
    try:
        return _Builder(file, faults).build(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{file}:{mark.line + 1}:{mark.column + 1}" if mark else file
        raise fault(where, f"YAML 语法有误：{error.problem}", f"not valid YAML: {error.problem}") from None
    except (yaml.YAMLError, ValueError) as error:
        first = str(error).splitlines()[0]
        raise fault(file, f"YAML 语法有误：{first}", f"not valid YAML: {first}") from None


def _position(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


class _Builder:
    """Turns the parser's events into nodes."""

    def __init__(self, file: str, faults: Faults) -> None:
        self.file, self.faults = file, faults

    def build(self, text: str) -> Node:
        self.events = yaml.parse(text, Loader=_LOADER)
        root: Node | None = None
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    raise self.refuse(event, "一个文件只能有一份 YAML 文档", "a file holds one YAML document only")
                root = self.node(next(self.events), 0, None)
        if root is None:
            raise fault(self.file, "文件是空的", "the file is empty")
        return root

    def refuse(self, event: yaml.Event, zh: str, en: str) -> Exception:
        line, column = _position(event)
        return fault(f"{self.file}:{line}:{column}", zh, en)

    def node(self, event: yaml.Event, depth: int, key: Node | None) -> Node:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise self.refuse(event, "不允许使用 YAML 锚点与别名", "YAML anchors and aliases are not allowed")
        if getattr(event, "tag", None):
            raise self.refuse(event, "不允许使用 YAML 标签", "YAML tags are not allowed")
        if depth > DEEPEST:
            raise self.refuse(event, f"嵌套超过 {DEEPEST} 层", f"nested deeper than {DEEPEST} levels")
        value: str | list[Node] | dict[str, Node]
        if isinstance(event, yaml.ScalarEvent):
            value = event.value
        elif isinstance(event, yaml.SequenceStartEvent):
            value = []
            while not isinstance(inner := next(self.events), yaml.SequenceEndEvent):
                value.append(self.node(inner, depth + 1, None))
        else:
            value = self.pairs(depth)
        return Node(self.file, *_position(event), value, self.faults, key)

    def pairs(self, depth: int) -> dict[str, Node]:
        pairs: dict[str, Node] = {}
        while not isinstance(inner := next(self.events), yaml.MappingEndEvent):
            key = self.node(inner, depth + 1, None)
            value = self.node(next(self.events), depth + 1, key)
            if not isinstance(key.value, str):
                key.fault("键应为文字", "a key must be a text")
            elif key.value in pairs:
                key.fault(f"重复的键“{key.value}”", f"duplicate key '{key.value}'")
            else:
                pairs[key.value] = value
        return pairs
