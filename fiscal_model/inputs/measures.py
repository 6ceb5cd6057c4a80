"""What a figure of a column is for, and what a figure in another unit is multiplied by to become
one: exactly, or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from fiscal_model.inputs.tables import Column
from fiscal_model.inputs.units import ANY, NO_UNIT, Of, Unit, unit_of
from fiscal_model.periods import ACCRUALS
from fiscal_model.standard.rules import Line, Standard
from fiscal_model.vocabulary import Text

KINDS: Final[dict[str, Of]] = {
    "money": "money",
    "count": "heads",
    "share": "part",
    "number": "part",
}
"""Columns whose figures have a unit, by the kind of their cells, and of what it is one."""
_MONTHS: Final = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_BY_HEAD: Final = frozenset(("人次", "件", "场", "间", "个"))
"""What a heading in persons (人数) may count as well: nobody takes a room for a person."""


@dataclass(frozen=True)
class Measure:
    """What one figure is for: whose, how often a year, and how a change within the year is
    counted.
    """

    unit: Unit
    times: int
    accrual: str
    label: Text


_A_MONTH: Final = Measure(
    Unit("元/人·月", "money", None, frozenset("人"), "month"),
    12,
    "calendar_months",
    Text("元/人·月", "yuan a person and month"),
)
_A_YEAR: Final = Measure(
    Unit("元", "money", None, frozenset(), "year"),
    1,
    "calendar_year",
    Text("全年总额", "a whole year's sum"),
)
_PERSONS: Final = Measure(Unit("人", "heads", None, frozenset("人")), 1, "", Text("人", "persons"))


def fits(kind: str, unit: Unit) -> bool:
    """Whether a unit can be one of the figures of a column; a multiple alone (万) is one of yuan
    and of heads.
    """
    if unit.of:
        return unit.of == KINDS.get(kind)
    return kind == "money" or (kind == "count" and not unit.whom)


def measure(column: Column, code: str, standard: Standard) -> Measure:
    """What a figure of a column is for in a row of the line or beneficiary ``code``."""
    if column.per == "line":
        return _of_line(standard.lines[code], standard)
    if column.per == "beneficiary":
        label = standard.beneficiaries[code].unit
        return Measure(
            unit_of(label.zh) or Unit(label.zh, "heads", None, frozenset((label.zh,))), 1, "", label
        )
    return {"month": _A_MONTH, "year": _A_YEAR, "person": _PERSONS}[column.per]


def _of_line(line: Line, standard: Standard) -> Measure:
    unit = unit_of(line.per.zh) or NO_UNIT
    if not unit.whom and line.beneficiary:
        counted = unit_of(standard.beneficiaries[line.beneficiary].unit.zh) or NO_UNIT
        unit = Unit(unit.written, unit.of, unit.scale, counted.whom, unit.period)
    how = ACCRUALS[line.accrual]
    label = Text(
        f"{line.per.zh}（{how.zh}计）" if line.per.zh else how.zh,
        f"{line.per.en} ({how.en})" if line.per.en else how.en,
    )
    return Measure(unit, line.times, line.accrual, label)


def factor(unit: Unit, own: Measure) -> Fraction | None:
    """What a figure in ``unit`` is multiplied by, its scale aside; None where no exact number is
    certain.
    """
    if own.unit.of == "heads":
        return Fraction(1) if _counts(unit, own.unit) else None
    if (
        unit.whom
        and unit.whom != own.unit.whom
        and not (unit.whom == {"人"} and own.unit.whom == {"人次"})
    ):
        return None
    return _of_period(unit.period, own)


def _counts(unit: Unit, own: Unit) -> bool:
    """Whether heads counted in ``unit`` are what is to be counted. Persons are no person-months and
    no households.
    """
    if unit.period not in ("", "year", own.period) or (
        own.period and unit.whom and unit.period != own.period
    ):
        return ANY in unit.whom
    if not unit.whom or unit.whom & (own.whom | {ANY, "个"}):
        return True
    return "人" in unit.whom and own.whom <= _BY_HEAD


def _of_period(period: str, own: Measure) -> Fraction | None:
    """A year has the line's own times; a month is a twelfth of it only where it is paid by the
    calendar month, a term half of a school year.
    """
    if not period or period == own.unit.period:
        return Fraction(1)
    in_year = 12 if own.unit.period == "month" else own.times
    by_school = own.accrual == "school_months"
    if period == "year" or (period == "school_year" and by_school):
        return Fraction(1, in_year)
    if period == "term" and by_school:
        return Fraction(2, in_year)
    if (
        period in _MONTHS
        and own.accrual != "school_months"
        and (own.unit.period == "month" or _yearly_by_months(own))
    ):
        return Fraction(12, _MONTHS[period] * in_year)
    return None


def _yearly_by_months(own: Measure) -> bool:
    return own.unit.period == "year" and own.times == 1 and own.accrual == "calendar_months"
