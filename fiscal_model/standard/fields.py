"""How fields are read that records of standards and scenarios share."""

from __future__ import annotations

from typing import Any

from fiscal_model.periods import Moment, read_moment
from fiscal_model.records.node import Node


def read_date(node: Node, context: Any) -> Moment | None:
    """A date, a month, a school term or a year."""
    return read_moment(node.text(), node.at, node.faults)
