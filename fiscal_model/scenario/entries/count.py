"""Entries that say how counts go on."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from fiscal_model.scenario.entries.entry import NEW, Common, Entry, Varied
from fiscal_model.scenario.entries.numbers import LEAST_GROWTH, MOST_GROWTH, percent
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import LANGS, Text, listed

if TYPE_CHECKING:
    from fiscal_model.scenario.model import Scenario


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


@dataclass(frozen=True, eq=False)
class CountEntry(Entry):
    """How counts go on after the last supplied year (growth a year, the total of ``points`` by
    year, or a cohort), and a factor on them.
    """

    section = "beneficiaries"
    label = Text("受益对象", "beneficiaries")
    kind = "beneficiary"
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

    beneficiary: str
    growth: Decimal | None
    points: tuple[tuple[int, Decimal], ...]
    cohort: Cohort | None
    factor: Decimal | None

    @property
    def target(self) -> tuple[object, ...]:
        return (self.kind, self.beneficiary)

    @property
    def projects(self) -> bool:
        """Whether it says how the counts go on, beside or instead of a factor."""
        return self.growth is not None or bool(self.points) or self.cohort is not None

    def changes(self) -> tuple[str, ...]:
        """One entry may state both a way to project and a factor on the result."""
        stated = (("projection", self.projects), ("factor", self.factor is not None))
        return tuple(name for name, there in stated if there)

    def part(self, common: Common) -> str:
        return "beneficiaries" if self.beneficiary in common.beneficiaries else NEW

    def items(self, standard: Standard, scenario: Scenario) -> frozenset[int]:
        return standard.drawn_by({self.beneficiary})

    def called(self, standard: Standard) -> Text:
        return standard.beneficiaries[self.beneficiary].name

    def idle(self, last: int) -> Text:
        return Text(
            f"“{self.beneficiary}”到 {last} 年的人数不变",
            f"the counts of '{self.beneficiary}' stay the same up to {last}",
        )

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
        return Text(*(listed((part.to(lang) for part in parts), lang) for lang in LANGS))
