"""Entries that change a unit rate."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Self

from fiscal_model.messages.message import Message, message
from fiscal_model.periods import Moment
from fiscal_model.records.bind import Key, Name, Nodes, Number
from fiscal_model.records.node import Node
from fiscal_model.scenario.entries.entry import EDGES, Entry, Varied
from fiscal_model.scenario.entries.numbers import LARGEST_FACTOR, ByYear, Growth, Points, percent
from fiscal_model.standard import names
from fiscal_model.standard.fields import read_date
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import Text

YUAN = Number(0, 10**9, "yuan")
LINE = Name(lambda standard: standard.names.among(names.LINE), Text("支出项", "line"))
INDEX = Text("指数（或写各年倍数）", "index (or multiples by year)")


def _index(node: Node, standard: Standard) -> Points | str | None:
    """A multiple of the rate before the start by year, or the name of a supplied series."""
    if isinstance(node.value, str):
        return node.one_of(standard.indexes, INDEX)
    return ByYear(Decimal("0.001"), LARGEST_FACTOR, "ratio")(node, standard)


@dataclass(frozen=True, eq=False, kw_only=True)
class RateEntry(Entry):
    """A unit rate, or the rate in force before the entry starts made to follow growth a year or an
    index, rounded to ``step`` if one is stated.

    ``index`` is a multiple of that rate by year (each holds until the next), or the name of a
    supplied series that it moves with.
    """

    section = "rates"
    label = Text("补助标准", "unit rates")
    kind = "rate"
    names = ("line",)
    part_of = "rates"
    numbers = ("rate", "growth", "index")
    ranged = ("rate", "growth")
    varied = Varied("rate", Text("补助标准", "unit rate"), "标准", ("LINE",), 0, 1e9)

    one_of = ("rate", "growth", "index")
    dated = ("growth", "index")

    line: Annotated[str, LINE]
    rate: Annotated[Decimal | None, YUAN] = None
    growth: Growth = None
    index: Annotated[Points | str | None, _index] = None
    step: Annotated[Decimal | None, YUAN] = None
    start: Annotated[Moment | None, Key("from"), read_date] = None
    end: Annotated[Moment | None, Key("to"), read_date] = None

    def check(self, node: Node, nodes: Nodes, context: Standard) -> Self | None:
        line, start = context.lines[self.line], self.start
        if "step" in nodes and ("rate" in nodes or self.step == 0):
            nodes["step"].fault("step-not-fitting")
        if start and isinstance(self.index, tuple) and self.index[0][0] < start.year:
            nodes["index"].fault("index-before-from", start=str(start))
        if line.is_amount:
            nodes["line"].fault("line-has-no-rate", line=line.code)
        if line.accrual != "school_months" and any(
            moment and moment.term for moment in (start, self.end)
        ):
            nodes.get("from", node).fault("term-not-for-line")
        if "rate" not in nodes:
            for key in EDGES.keys() & nodes.keys():
                EDGES[key](nodes[key], context)
        return super().check(node, nodes, context)

    @property
    def follows_series(self) -> bool:
        return isinstance(self.index, str)

    def items(self, standard: Standard, following: frozenset[str]) -> frozenset[int]:
        return frozenset({standard.lines[self.line].item})

    def called(self, standard: Standard) -> Text:
        return standard.lines[self.line].name

    def idle(self, last: int) -> Message:
        return message("idle-rate", line=self.line)

    def title(self, standard: Standard, moved: str = "") -> Text:
        zh, en = self.called(standard)
        return Text(f"{zh} 补助标准", f"{en}, unit rate")

    def said(self, name: str, standard: Standard) -> Text:
        zh, en = super().said(name, standard)
        per = standard.lines[self.line].per
        return Text(f"{zh}{per.zh}", f"{en} {per.en}") if name == "rate" else Text(zh, en)

    def accrual(self, standard: Standard) -> str:
        """A standard cut down to other items does not have the line."""
        line = standard.lines.get(self.line)
        return line.accrual if line else super().accrual(standard)

    @property
    def words(self) -> Text:
        """How it follows growth or an index; empty where the rate is stated outright."""
        year = self.first_year
        if self.growth is not None:
            growth = percent(self.growth)
            zh, en = f"{year}年起每年 {growth}", f"{growth} a year from {year}"
        elif isinstance(self.index, str):
            zh, en = f"{year}年起随 {self.index} 变动", f"moves with {self.index} from {year}"
        elif self.index:
            points = ", ".join(f"{at}: {value:f}" for at, value in self.index)
            zh = f"{year}年前标准的倍数 {points}"
            en = f"multiples of the rate before {year}: {points}"
        else:
            return Text("", "")
        if self.step:
            return Text(f"{zh}，取整到 {self.step:f}", f"{en}, to the nearest {self.step:f}")
        return Text(zh, en)
