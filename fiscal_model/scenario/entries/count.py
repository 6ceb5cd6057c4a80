"""Entries that say how counts go on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Self

from fiscal_model.inputs.cells import SEX_WORDS
from fiscal_model.messages.message import Message, message
from fiscal_model.periods import FIRST_YEAR, LAST_YEAR
from fiscal_model.records.bind import Name, Nodes, Told
from fiscal_model.records.node import Node
from fiscal_model.scenario.entries.entry import Entry, Varied
from fiscal_model.scenario.entries.numbers import (
    LEAST_GROWTH,
    MOST_GROWTH,
    MOST_PERSONS,
    ByYear,
    Factor,
    Growth,
    Points,
    percent,
)
from fiscal_model.scenario.habits import plain_ages
from fiscal_model.standard.fields import ages_in
from fiscal_model.standard.names import BENEFICIARY
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import Text, in_both

OLDEST = 120
COUNTED = Name(lambda standard: standard.names.among(BENEFICIARY), Text("受益对象", "beneficiary"))


@dataclass(frozen=True)
class Cohort:
    """A beneficiary as a part of the population: persons of some ages (``last`` None: and older)
    and sex, times supplied ratios.

    Without ratios the part that the last supplied count was of the population then is kept.
    """

    first: int
    last: int | None
    sex: str
    ratios: tuple[str, ...]

    @property
    def words(self) -> Text:
        """Whom it counts, and by what it is multiplied."""
        ages = (
            f"{self.first}+"
            if self.last is None
            else f"{self.first}–{self.last}"
            if self.last > self.first
            else f"{self.first}"
        )
        zh, en = {
            "male": ("男性", "males"),
            "female": ("女性", "females"),
            "both": ("人口", "persons"),
        }[self.sex]
        by = "".join(f" × {ratio}" for ratio in self.ratios)
        return Text(f"按 {ages} 岁{zh}{by or '同比例'}", f"as {en} aged {ages}{by or ' move'}")


_PERSONS = (0, MOST_PERSONS, "persons")


def _points(node: Node, nodes: Nodes, standard: Standard) -> Points | None:
    """Totals by year: a series, or the one to be reached."""
    if "series" in nodes:
        return ByYear(*_PERSONS)(nodes["series"], standard)
    if "target" not in nodes or "by" not in nodes:
        return None
    total = nodes["target"].number(*_PERSONS)
    year = nodes["by"].whole(FIRST_YEAR, LAST_YEAR, "year")
    return ((year, total),) if total is not None and year is not None else None


def _cohort(node: Node, standard: Standard) -> Cohort | None:
    """Ages as ``6-11``, ``7`` or ``90+``, a sex if only one counts, and the ratios to multiply
    by.
    """
    parts = node.mapping(("ages",), ("sex", "ratios"))
    if "ages" not in parts:
        return None
    written = parts["ages"].text()
    first, last = ages_in(plain_ages(written)) or (OLDEST + 1, None)
    if first > OLDEST or (last is not None and not first <= last <= OLDEST):
        parts["ages"].fault("ages-unreadable", written=written)
        return None
    sex = parts["sex"].one_of(SEX_WORDS, Text("性别", "sex")) or "" if "sex" in parts else "both"
    ratios = tuple(part.text() for part in parts["ratios"].items()) if "ratios" in parts else ()
    return Cohort(first, last, sex, ratios)


@dataclass(frozen=True, eq=False, kw_only=True)
class CountEntry(Entry):
    """How counts go on after the last supplied year (growth a year, the total of ``points`` by
    year, or a cohort), and a factor on them.
    """

    section = "beneficiaries"
    label = Text("受益对象", "beneficiaries")
    kind = "beneficiary"
    names = ("beneficiary",)
    part_of = "beneficiaries"
    numbers = ("growth", "points", "factor")
    ranged = ("growth", "factor")
    varied = Varied(
        "growth",
        Text("增长率", "growth"),
        "年增长率",
        ("BENEFICIARY",),
        float(LEAST_GROWTH),
        MOST_GROWTH,
    )
    needs_data = True

    beneficiary: Annotated[str, COUNTED]
    growth: Growth = None
    points: Annotated[Points, Told(("target", "series", "by"), _points)] = ()
    cohort: Annotated[Cohort | None, _cohort] = None
    factor: Factor = None

    def check(self, node: Node, nodes: Nodes, context: Standard) -> Self | None:
        ways = ("growth", "target", "series", "cohort")
        stated = sum(way in nodes for way in ways)
        if stated > 1 or not (stated or "factor" in nodes):
            node.fault("one-way-or-factor-expected", ways=in_both(ways))
        if ("target" in nodes) != ("by" in nodes):
            node.fault("target-without-year")
        return super().check(node, nodes, context)

    @property
    def projects(self) -> bool:
        """Whether it says how the counts go on, beside or instead of a factor."""
        return self.growth is not None or bool(self.points) or self.cohort is not None

    def changes(self) -> tuple[str, ...]:
        """One entry may state both a way to project and a factor on the result."""
        stated = (("projection", self.projects), ("factor", self.factor is not None))
        return tuple(name for name, there in stated if there)

    def items(self, standard: Standard, following: frozenset[str]) -> frozenset[int]:
        return standard.drawn_by({self.beneficiary})

    def called(self, standard: Standard) -> Text:
        return standard.beneficiaries[self.beneficiary].name

    def idle(self, last: int) -> Message:
        return message("idle-counts", beneficiary=self.beneficiary, last=last)

    def title(self, standard: Standard, moved: str = "") -> Text:
        zh, en = self.called(standard)
        if moved == "factor" or not self.projects:
            return Text(f"{zh} 人数系数", f"{en}, factor on the count")
        return Text(f"{zh} 人数预测", f"{en}, projection")

    @property
    def words(self) -> Text:
        """How the beneficiary goes on, and the factor on it."""
        parts = []
        if self.growth is not None:
            growth = percent(self.growth)
            parts.append(Text(f"每年 {growth}", f"{growth} a year"))
        if self.points:
            points = ", ".join(f"{year}: {total:,f}" for year, total in self.points)
            parts.append(Text(f"合计 {points}", f"total {points}"))
        if self.cohort:
            parts.append(self.cohort.words)
        if self.factor is not None:
            parts.append(Text(f"× {self.factor:f}", f"× {self.factor:f}"))
        return in_both(parts)
