"""What a caller gives as plain Python data, as the nodes that a file of the same content has: each
knows its key path in the place of line and column.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from numbers import Integral, Real
from pathlib import Path
from typing import Any

import numpy as np

from fiscal_model.errors import Faults, fault
from fiscal_model.messages.message import Arg, Message
from fiscal_model.records.node import DEEPEST, Habits, Node
from fiscal_model.vocabulary import Text


@dataclass(eq=False, slots=True)
class Given(Node):
    """A node that stands in no file; ``path`` is how one gets to it: ``rates[0].rate``. ``odd`` is
    the type of a value that no file could hold.
    """

    path: str = ""
    odd: str = ""

    @property
    def at(self) -> str:
        """``scenario:rates[0].rate``."""
        return f"{self.file}:{self.path}" if self.path else self.file

    def fault(self, code: str | Message, /, **args: Arg) -> None:
        """As of any node; of an odd value only that."""
        if self.odd:
            self.faults.add(self.at, "value-not-plain", kind=self.odd)
        else:
            Node.fault(self, code, **args)


def given(data: Any, name: str, faults: Faults, habits: Habits | None = None) -> Given:
    """The root node of plain data: mappings, lists and what a file would write as one word.

    A key whose value is None counts as left out. ``name`` is what faults call the whole.

    Raises:
        FiscalModelError: it is nested too deep, as what holds itself is.

    """
    return _node(data, name, faults, habits or {}, "", None, 0)


def _node(
    data: Any, name: str, faults: Faults, habits: Habits, path: str, key: Node | None, depth: int
) -> Given:
    node = Given(name, 0, 0, "", faults, key, habits, path)
    if depth > DEEPEST:
        raise fault(node.at, "yaml-too-deep", most=DEEPEST)
    if isinstance(data, Text):
        data = data._asdict()
    if isinstance(data, Mapping):
        found: dict[str, Node] = {}
        for word, value in data.items():
            inner = f"{path}.{word}" if path else f"{word}"
            label = Given(name, 0, 0, f"{word}", faults, None, habits, inner)
            if not isinstance(word, str | int) or isinstance(word, bool):
                label.fault("key-not-text")
            elif value is not None:
                found[str(word)] = _node(value, name, faults, habits, inner, label, depth + 1)
        node.value = found
    elif (word := _written(data)) is not None:
        node.value = word
    elif isinstance(data, Iterable) and not isinstance(data, bytes):
        node.value = [
            _node(value, name, faults, habits, f"{path}[{n}]", None, depth + 1)
            for n, value in enumerate(data)
        ]
    else:
        node.odd = type(data).__name__
    return node


def _written(data: Any) -> str | None:
    """How a file writes a single value; None for what is none."""
    if isinstance(data, str):
        return data
    if data is None:
        return ""
    if isinstance(data, bool | np.bool_):
        return str(data).lower()
    if isinstance(data, Integral):
        return str(int(data))
    if isinstance(data, date):
        return data.isoformat()[:10]
    if isinstance(data, Path):
        return str(data)
    if isinstance(data, Decimal | Real):
        try:  # as it is printed: a float32 of 0.1 is 0.1
            return f"{Decimal(str(data)):f}"
        except InvalidOperation:
            return str(data)
    return None
