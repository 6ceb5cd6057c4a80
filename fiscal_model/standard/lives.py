"""How long places are there, and which they came out of: births and ends, splits and mergers.

Figures are yearly, and a year's figure is that of its end: a place counts in every year at the end
of which it is there. Set up in December 2024, it counts from 2024 on; ended in June 2024, it counts
up to 2023, and what came out of it from 2024 on.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fiscal_model.errors import Faults
from fiscal_model.messages.message import Message, message
from fiscal_model.periods import Moment, read_moment
from fiscal_model.standard.rows import rows
from fiscal_model.vocabulary import Text

COLUMNS: Final = ("code", "first", "last", "out_of", "status_zh", "status_en", "note_zh", "note_en")
LAST_MONTH: Final = 12


@dataclass(frozen=True)
class Life:
    """The ``first`` and the ``last`` month of a place (None: it was and will be there), the places
    that all of it, or a part of each, came ``out_of``, and how sure that is.
    """

    first: Moment | None
    last: Moment | None
    out_of: tuple[str, ...]
    status: Text
    note: Text

    def there(self, year: int) -> bool:
        """Whether the place is there at the end of a year."""
        return (self.first is None or self.first.order <= (year, LAST_MONTH)) and (
            self.last is None or self.last.order >= (year, LAST_MONTH)
        )

    @property
    def began(self) -> tuple[int, int]:
        """Year and month of the beginning, to put lives in order."""
        return self.first.order if self.first else (0, 0)


EVER: Final = Life(None, None, (), Text("", ""), Text("", ""))
"""Of a place of which no change is known."""


def month_words(month: Moment) -> Text:
    """A month as people write it."""
    return Text(f"{month.year}年{month.month}月", str(month))


def read_lives(path: Path, codes: Container[str], faults: Faults) -> dict[str, Life]:
    """The lives of the places that changed; none without the file. ``codes`` are those of
    all places.
    """
    lives: dict[str, Life] = {}
    if not path.is_file():
        return lives
    at: dict[str, str] = {}
    for number, row in rows(path, COLUMNS, faults.add):
        where = f"{path.name}:{number}"
        first, last = (
            read_moment(row[name], where, faults) if row[name] else None
            for name in ("first", "last")
        )
        life = Life(
            first,
            last,
            tuple(row["out_of"].split()),
            Text(row["status_zh"], row["status_en"]),
            Text(row["note_zh"], row["note_en"]),
        )
        known = row["code"] not in lives and all(
            each in codes for each in (row["code"], *life.out_of)
        )
        dated = all(month is None or month.month for month in (first, last))
        if not known or not dated or not (first or last or life.out_of) or not all(life.status):
            faults.add(where, "place-life-wrong")
            continue
        lives[row["code"]], at[row["code"]] = life, where
    for code, why in _broken(lives):
        faults.add(at[code], "place-lives-disagree", code=code, why=why)
    return lives


def _broken(lives: Mapping[str, Life]) -> Iterator[tuple[str, Message]]:
    """Places whose lives contradict each other: an end before the beginning, a part that came out
    of what was not there, an end after which nothing is left.
    """
    for code, life in lives.items():
        if life.first and life.last and life.last.order < life.first.order:
            yield code, message("life-ends-first")
        for origin in life.out_of:
            was = lives.get(origin, EVER)
            if life.first is None and not was.last:
                yield code, message("life-origin-lasts", origin=origin)
            elif life.first and not _there_before(was, life.first):
                yield code, message("life-origin-absent", origin=origin)
        if _circle(code, lives):
            yield code, message("life-in-circle")
        if life.last and not any(code in other.out_of for other in lives.values()):
            yield code, message("life-without-heir")


def _there_before(life: Life, month: Moment) -> bool:
    year, number = month.order
    before = (year, number - 1) if number > 1 else (year - 1, LAST_MONTH)
    begun = life.first is None or life.first.order <= before
    return begun and (life.last is None or life.last.order >= before)


def _circle(code: str, lives: Mapping[str, Life]) -> bool:
    seen, above = set[str](), list(lives[code].out_of)
    while above:
        each = above.pop()
        if each not in seen:
            seen.add(each)
            above += lives.get(each, EVER).out_of
    return code in seen
