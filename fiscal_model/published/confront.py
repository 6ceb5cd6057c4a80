"""Printed figures beside what the model says: on the counts printed with them, and on the data."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final, Literal

import numpy as np

from fiscal_model.arrays import Mask
from fiscal_model.errors import Fault
from fiscal_model.files import Read
from fiscal_model.published.data import Found, lines_at, on_data, payers_at, places_of
from fiscal_model.published.implied import told_by
from fiscal_model.published.inverse import Bounds, Notice
from fiscal_model.published.rates import with_earlier
from fiscal_model.published.read import Table
from fiscal_model.published.table import Published
from fiscal_model.published.world import Outcome, of_counts
from fiscal_model.results.accounts import booked_in
from fiscal_model.results.result import Result
from fiscal_model.vocabulary import GENERAL, Text

Verdict = Literal["agrees", "near", "differs", "no counts", "several items"]
VERDICTS: Final[dict[Verdict, Text]] = {
    "agrees": Text("相符", "agrees"),
    "near": Text("相近", "near"),
    "differs": Text("不符", "differs"),
    "no counts": Text("无人数可算", "no counts"),
    "several items": Text("几项合计", "several items"),
}
HOLDS: Final[tuple[Verdict, ...]] = ("agrees", "near")
NEAR: Final = Decimal("0.05")
"""The part of a printed figure within which ours is near it."""


@dataclass(frozen=True)
class Row:
    """A printed figure with ours: on the counts printed with it (``outcome``) and on the data
    (``found``); ``implied`` says what a sum without counts tells of them.
    """

    published: Published
    outcome: Outcome | None
    found: Found
    implied: Text | None = None

    @property
    def printed(self) -> float:
        """Yuan or persons."""
        return float(self.published.printed)

    @property
    def on_counts(self) -> float | None:
        """Ours on the printed counts, in yuan."""
        return self.outcome.yuan if self.outcome else None

    @property
    def on_data(self) -> float | None:
        """Ours on the data, in yuan or persons."""
        return self.found.value

    @property
    def ours(self) -> float | None:
        """What is held against print: on the printed counts where there are any, else on the
        data.
        """
        return self.on_data if self.on_counts is None else self.on_counts

    @cached_property
    def difference(self) -> Decimal | None:
        """Ours less the printed figure, in yuan or persons."""
        return None if self.ours is None else _exact(self.ours) - self.published.printed

    @property
    def percent(self) -> float | None:
        """The difference in percent of the printed figure."""
        if self.difference is None or not self.published.printed:
            return None
        return float(100 * self.difference / self.published.printed)

    @property
    def verdict(self) -> Verdict:
        """How ours stands to print."""
        if self.published.several:
            return "several items"
        if self.difference is None:
            return "no counts"
        off = abs(self.difference)
        if off < self.published.step:
            return "agrees"
        return "near" if off <= NEAR * self.published.printed else "differs"


def _exact(value: float) -> Decimal:
    """A float without its binary noise: to a millionth of a yuan or person."""
    return Decimal(repr(round(value, 6)))


@dataclass(frozen=True, eq=False)
class Confronted:
    """Printed figures beside what a simulation says of them; ``notes`` are on how the table was
    read, ``read`` says from where.
    """

    result: Result
    rows: tuple[Row, ...]
    notes: tuple[Fault, ...]
    read: Read

    @property
    def differing(self) -> tuple[str, ...]:
        """The figures that differ on the very counts printed with them."""
        return tuple(
            row.published.id
            for row in self.rows
            if row.verdict == "differs" and row.on_counts is not None
        )

    @cached_property
    def held(self) -> float | None:
        """The part of the general public budget of the latest data year that is held against
        print: what payers, lines and places bear for which a printed sum of a single item, of
        whatever year, agrees or is near. None where nothing of that year is costed.
        """
        result = self.result
        if self.year is None:
            return None
        y = result.years.index(self.year)
        general = booked_in(result.lines, GENERAL)
        amounts = result.amounts[..., y] * general[:, None]
        held: Mask = np.zeros(amounts.shape, bool)
        for row in self.rows:
            if row.published.is_money and row.verdict in HOLDS:
                at = (each(row.published, result) for each in (payers_at, lines_at, places_of))
                held[np.ix_(*at)] = True
        total = float(amounts.sum())
        return float(amounts[held].sum()) / total if total else None

    @property
    def year(self) -> int | None:
        """The latest year of the budget that has data."""
        last = max(self.result.inputs.years, default=0)
        return max((year for year in self.result.years if year <= last), default=None)


def confront(result: Result, table: Table) -> Confronted:
    """Holds a whole simulation against printed figures."""
    whole, rows = result.whole, table.rows
    counts = {row: float(row.counts) for row in rows if row.counts is not None and not row.several}
    outcomes = of_counts(counts, whole.scenario, whole.inputs)
    found = tuple(
        Row(row, outcomes.get(row), on_data(row, whole), _implied(row, whole)) for row in rows
    )
    return Confronted(result, found, table.notes, table.read)


def _implied(row: Published, whole: Result) -> Text | None:
    """What a sum of one line without counts tells of its beneficiaries."""
    standard = with_earlier(whole.scenario.standard)
    if row.counts is not None or not (row.line and row.is_money):
        return None
    if standard.lines[row.line].is_amount or row.place not in standard.places.index:
        return None
    half = row.step / 2
    amount = Bounds(max(0.0, float(row.printed - half)), float(row.printed + half))
    notice = Notice(row.line, row.place, row.year, row.payers, {row.line: amount}, {})
    return told_by(standard, whole.scenario, whole.inputs, notice).words
