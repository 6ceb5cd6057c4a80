"""Numbers of entries, as they are read and said."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from fiscal_model.periods import FIRST_YEAR, LAST_YEAR
from fiscal_model.records.bind import Number
from fiscal_model.records.node import Node
from fiscal_model.scenario.habits import HABITS

MOST_YUAN, MOST_PERSONS, LARGEST_FACTOR = 10**15, 10**10, 1000
LEAST_GROWTH, MOST_GROWTH = Decimal("-0.99"), 1
Points = tuple[tuple[int, Decimal], ...]
"""Numbers by year, ascending."""


def read_growth(node: Node, context: Any) -> Decimal | None:
    """Growth a year; a plain number beyond 1 is a percentage whose sign was forgotten."""
    value, word = node.number(kind="ratio"), node.text()
    if value is not None and abs(value) > 1 and "%" not in word and "％" not in word:
        right = f"{(value / 100).normalize():f}"
        node.fault("growth-without-percent", written=word, value=f"{value}", right=right)
        return None
    return value if value is None else node.number(LEAST_GROWTH, MOST_GROWTH, "ratio")


Growth = Annotated[Decimal | None, read_growth]
Factor = Annotated[Decimal | None, Number(0, LARGEST_FACTOR, "ratio")]


@dataclass(frozen=True)
class ByYear:
    """Numbers by year, each within limits; none is a fault."""

    least: Decimal | int
    most: int
    kind: str

    def __call__(self, node: Node, context: Any) -> Points | None:
        found: dict[int, Decimal] = {}
        for written, part in node.entries().items():
            key = part.key or part
            year = HABITS["year"].plain(written)
            if not (year.isdecimal() and FIRST_YEAR <= int(year) <= LAST_YEAR):
                key.fault("year-key-not-year", written=written, first=FIRST_YEAR, last=LAST_YEAR)
            elif int(year) in found:
                key.fault("year-key-repeated", year=year)
            elif (value := part.number(self.least, self.most, self.kind)) is not None:
                found[int(year)] = value
        if not node.value:
            node.fault("years-empty")
        return tuple(sorted(found.items())) or None


def percent(growth: Decimal) -> str:
    """Growth a year as a percentage with its sign."""
    return f"{growth * 100:+f}".rstrip("0").rstrip(".") + "%"
