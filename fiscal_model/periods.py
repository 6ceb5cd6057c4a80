"""When a figure starts and how much of a year's money it moves.
A year's money is cut into 60 equal slots, the smallest number that twelfths (calendar months),
tenths (school months) and halves (terms) all divide. A rate is then a step function over slots,
whatever mixture of dates and terms set it, and a year's effective rate is its mean over the 60
slots of that year.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from operator import index
from typing import Final

from fiscal_model.errors import Faults, fault, shortened
from fiscal_model.spelling import span, squeezed
from fiscal_model.vocabulary import Text

SLOTS: Final = 60
FIRST_YEAR, LAST_YEAR = 1990, 2100
ACCRUALS: Final[dict[str, Text]] = {
    "school_months": Text("按十个教学月", "by the ten school months"),
    "calendar_months": Text("按月", "by calendar months"),
    "calendar_year": Text("按年（1月1日标准）", "by the rate on 1 January"),
}
SCHOOL_MONTHS: Final = (1, 3, 4, 5, 6, 7, 9, 10, 11, 12)
_WRITTEN = (
    re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?|-(spring|autumn))?"),
    re.compile(r"(\d{4}) ?年(?:度| ?(\d{1,2}) ?月(?: ?(\d{1,2}) ?日)?|(春季|秋季)(?:学期)?)?"),
)
_TERMS = {"春季": "spring", "秋季": "autumn"}


@dataclass(frozen=True)
class Moment:
    """A year, a month of it (a day counts from the first of its month) or a school term of it."""

    year: int
    month: int | None = None
    term: str | None = None

    def __str__(self) -> str:
        if self.term:
            return f"{self.year}-{self.term}"
        return f"{self.year}-{self.month:02d}" if self.month else str(self.year)

    @property
    def order(self) -> tuple[int, int]:
        """Year and month, to put moments in order; a term counts from January or September."""
        return self.year, {"spring": 1, "autumn": 9}.get(self.term or "", self.month or 1)

    def start(self, accrual: str) -> int:
        """The first slot from which a figure that starts here holds, counted from year 0."""
        return self.year * SLOTS + _before(self, accrual)

    def end(self, accrual: str) -> int:
        """The first slot after a figure that holds through here."""
        if self.term == "spring":
            return self.year * SLOTS + SLOTS // 2
        if self.month is None or accrual == "calendar_year":
            return (self.year + 1) * SLOTS
        return self.year * SLOTS + _through(self.month, accrual)


def _through(month: int, accrual: str) -> int:
    """Slots of a year's money that fall into January to ``month``."""
    if accrual == "school_months":
        return sum(m <= month for m in SCHOOL_MONTHS) * SLOTS // 10
    return month * SLOTS // 12


def quarter_ends(accrual: str) -> tuple[int, ...]:
    """The slots of a year's money that lie before the end of each quarter."""
    return tuple(_through(month, accrual) for month in (3, 6, 9, 12))


def _before(moment: Moment, accrual: str) -> int:
    """Slots of the year's money before ``moment``."""
    if moment.term:
        return 0 if moment.term == "spring" else SLOTS // 2
    month = moment.month or 1
    if accrual == "calendar_year":
        return 0 if month == 1 else SLOTS
    return _through(month - 1, accrual)


def read_moment(written: str, where: str, faults: Faults) -> Moment | None:
    """``2026``, ``2026-07``, ``2026-07-01``, ``2023-spring``, ``2021-autumn``, or the same in
    Chinese; anything else is a fault at ``where``.
    """
    match = next((match for form in _WRITTEN if (match := form.fullmatch(written))), None)
    if match:
        year, month, day, term = match.groups()
        if FIRST_YEAR <= int(year) <= LAST_YEAR and _is_day(
            int(year), int(month or 1), int(day or 1)
        ):
            return Moment(int(year), int(month) if month else None, _TERMS.get(term, term))
        if day and _is_day(int(year), int(month), 1):
            faults.add(
                where,
                "no-such-day",
                written=written,
                year=int(year),
                month=int(month),
                day=int(day),
            )
            return None
    faults.add(where, "not-a-date", written=written, first=FIRST_YEAR, last=LAST_YEAR)
    return None


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        return bool(date(year, month, day))
    except ValueError:
        return False


def read_years(written: str, where: str, faults: Faults) -> tuple[int, ...]:
    """``2014`` or ``2022-2030`` as the years it names, also with 年 and 至; anything else is a
    fault at ``where``.
    """
    single = re.fullmatch(r"(\d{4})(?:年度?)?", squeezed(written))
    ends = (single[1], single[1]) if single else span(written)
    if ends and FIRST_YEAR <= int(ends[0]) <= int(ends[1]) <= LAST_YEAR:
        return tuple(range(int(ends[0]), int(ends[1]) + 1))
    faults.add(
        where, "not-a-year-range", written=shortened(written), first=FIRST_YEAR, last=LAST_YEAR
    )
    return ()


def whole_years(years: Iterable[int] | int | str) -> tuple[int, ...]:
    """One year or several, of any integer type, or as a text such as ``2022-2030``.

    Raises:
        FiscalModelError: something is no year, or there is none.

    """
    if isinstance(years, str):
        faults = Faults()
        found = read_years(years, "", faults)
        faults.raise_if_any()
        return found
    try:
        found = tuple(index(year) for year in (years if isinstance(years, Iterable) else [years]))
    except TypeError:
        raise fault("", "year-not-whole", written=repr(years)) from None
    if not found:
        raise fault("", "no-year-given")
    return found


def one_year(written: int | str) -> int:
    """A year as a whole number of any type, or as a text such as ``2024年``.

    Raises:
        FiscalModelError: it is no year, or it is several.

    """
    years = whole_years(written) if not isinstance(written, bool) else ()
    if len(years) != 1:
        raise fault("", "year-not-one", written=repr(written))
    return years[0]
