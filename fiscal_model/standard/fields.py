"""How fields are read that records of standards and scenarios share."""

from __future__ import annotations

import re
from typing import Any, Final

from fiscal_model.periods import Moment, read_moment
from fiscal_model.records.bind import Name, Nodes, Told
from fiscal_model.records.node import Node
from fiscal_model.standard import names
from fiscal_model.standard.clause import Clause
from fiscal_model.standard.kinds.reading import cited
from fiscal_model.vocabulary import Text

_AGES: Final = re.compile(r"(\d{1,3})(?:-(\d{1,3})|(\+))?")
CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,40}")
TARGET_FIELD, RATE_FIELD, SPLIT_FIELD = "服务对象", "服务标准", "支出责任"
GROUP: Final = Name(lambda context: context.places.among(names.GROUP), Text("地区组", "group"))
READING: Final = Name(lambda context: tuple(context.readings), Text("口径", "reading"))


def read_date(node: Node, context: Any) -> Moment | None:
    """A date, a month, a school term or a year."""
    return read_moment(node.text(), node.at, node.faults)


def ages_in(text: str) -> tuple[int, int | None] | None:
    """The first and the last age of ``6-11``, ``7`` or ``90+`` (None: and older); None where these
    are no ages.
    """
    match = _AGES.fullmatch(text)
    if not match:
        return None
    first, last, is_open = match.groups()
    return int(first), None if is_open else int(last or first)


def cite_in(field: str, required: bool = False) -> Told:
    """The phrase of the text, in a field of its item."""
    return Told(("cite",), lambda _, nodes, context: cited(nodes, field, context.basis), required)


def cited_or_user(nodes: Nodes, field: str, context: Any) -> Clause | None:
    """The citation beside a figure; what a user adds may do without."""
    return cited(nodes, field, context.basis, Clause("user") if context.basis == "user" else None)
