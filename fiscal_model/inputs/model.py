"""The analyst's data after reading: typed rows with their place in the file, and coordinate lists
for the engine.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np

from fiscal_model.arrays import Floats, Ints
from fiscal_model.errors import Fault
from fiscal_model.files import NOTHING, Read
from fiscal_model.inputs.raw import JoinedTable, RawTable
from fiscal_model.messages.message import Message, message
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import Text, in_both


@dataclass(frozen=True)
class Tally:
    """Where the rows of one table went: every row found below the headings is counted once;
    ``idle`` are read and act on nothing.
    """

    used: int
    refused: int = 0
    blank: int = 0
    unfilled: int = 0
    totals: int = 0
    headings: int = 0
    idle: int = 0

    @property
    def rows(self) -> int:
        """All rows found."""
        return self.used + self.idle + self.skipped + self.refused

    @property
    def skipped(self) -> int:
        """Rows that hold no datum of their own."""
        return self.blank + self.unfilled + self.totals + self.headings

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            *(getattr(self, each.name) + getattr(other, each.name) for each in fields(self))
        )

    @property
    def words(self) -> Message:
        """The whole account in words."""
        others = (
            (self.idle, Text("不起作用", "acting on nothing")),
            (self.refused, Text("有误", "refused")),
            (self.blank, Text("空行", "blank")),
            (self.unfilled, Text("未填数值", "without a figure")),
            (self.totals, Text("合计行", "totals")),
            (self.headings, Text("重复的标题", "repeated headings")),
        )
        each = [(self.used, Text("使用", "used")), *(other for other in others if other[0])]
        where = in_both(Text(f"{zh} {rows:,}", f"{rows:,} {en}") for rows, (zh, en) in each)
        return message("rows-found", rows=self.rows, where=where)


@dataclass(frozen=True)
class Rows:
    """The rows of one table that could be read; every column as a list of typed values."""

    name: str
    columns: Mapping[str, list[Any]]
    raw: RawTable
    kept: Sequence[int]
    tally: Tally = Tally(0)

    @staticmethod
    def joined(parts: Sequence[Rows]) -> Rows:
        """The rows of one table out of several files; what a file has no column for is empty in its
        rows.
        """
        if len(parts) == 1:
            return parts[0]
        raw = JoinedTable([part.raw for part in parts])
        names = dict.fromkeys(name for part in parts for name in part.columns)
        return Rows(
            parts[0].name,
            {
                name: [
                    value for part in parts for value in part.columns.get(name, [""] * len(part))
                ]
                for name in names
            },
            raw,
            [
                start + row
                for start, part in zip(raw.starts, parts, strict=True)
                for row in part.kept
            ],
            sum((part.tally for part in parts), Tally(0)),
        )

    def __len__(self) -> int:
        return len(self.kept)

    def only(self, known: Mapping[str, Container[Any]]) -> Rows:
        """The rows whose cells are among what is known of their columns."""
        return self.picked(self._are(known))

    def beyond(self, known: Mapping[str, Container[Any]]) -> Rows:
        """The other rows: those of which a cell is not."""
        return self.picked([not inside for inside in self._are(known)])

    def _are(self, known: Mapping[str, Container[Any]]) -> list[bool]:
        checks = [
            (self.columns[name], values) for name, values in known.items() if name in self.columns
        ]
        return [all(column[row] in values for column, values in checks) for row in range(len(self))]

    def picked(self, which: Sequence[bool]) -> Rows:
        """Some rows, which stand where they stood."""
        keep = [row for row, taken in enumerate(which) if taken]
        if len(keep) == len(self):
            return self
        columns = {name: [column[row] for row in keep] for name, column in self.columns.items()}
        return replace(self, columns=columns, kept=[self.kept[row] for row in keep])

    def at(self, row: int, column: str) -> str:
        """Where one cell stands."""
        return self.raw.at(self.kept[row], column)

    def beside(self, row: int, other: int, column: str = "place") -> Message | Text:
        """Where a row stands, to be told at another one."""
        return self.raw.beside(self.kept[row], self.kept[other], column)

    def note(self, row: int, column: str, default: str = "") -> str:
        """The text of an optional column."""
        values = self.columns.get(column)
        return str(values[row]) if values and values[row] else default


@dataclass(frozen=True)
class Supplied:
    """One supplied value with where it stands and what its row says of it."""

    value: float
    year: int
    at: str
    basis: str
    source: str
    note: str


@dataclass(frozen=True)
class Cells:
    """Values by (series, place, year) as coordinate lists; ``row`` points back into the table."""

    series: tuple[str, ...]
    series_at: Ints
    place_at: Ints
    year_at: Ints
    value: Floats
    row: Ints
    rows: Rows | None = None
    column: str = ""

    def latest(self, series: str, places: Sequence[int], year: int) -> Supplied | None:
        """The value in force in ``year`` for the first of ``places`` that has one: the last
        supplied up to it.
        """
        if series not in self.series:
            return None
        mine = (self.series_at == self.series.index(series)) & (self.year_at <= year)
        for place in places:
            found = np.flatnonzero(mine & (self.place_at == place))
            if len(found):
                return self.supplied(int(found[np.argmax(self.year_at[found])]))
        return None

    def where(self, series: str, place: int) -> str:
        """The place cell of the first row of a series in a place; empty when there is none."""
        if self.rows is None or series not in self.series:
            return ""
        found = np.flatnonzero(
            (self.series_at == self.series.index(series)) & (self.place_at == place)
        )
        return self.rows.at(int(self.row[found[0]]), "place") if len(found) else ""

    def supplied(self, n: int) -> Supplied:
        """One value with its origin."""
        assert self.rows is not None
        row = int(self.row[n])
        texts = (
            self.rows.note(row, "basis", "user"),
            self.rows.note(row, "source"),
            self.rows.note(row, "note"),
        )
        return Supplied(
            float(self.value[n]), int(self.year_at[n]), self.rows.at(row, self.column), *texts
        )

    def dense(self, series: Sequence[str], places: int, first: int, last: int) -> Floats:
        """``(series, place, year)`` with NaN where nothing was supplied; years outside
        ``first``–``last`` are left out.
        """
        out = np.full((len(series), places, last - first + 1), np.nan)
        position = {name: i for i, name in enumerate(series)}
        where = np.array([position.get(name, -1) for name in self.series], np.intp)
        chosen = where[self.series_at] if len(self.series) else np.zeros(0, np.intp)
        keep = (chosen >= 0) & (self.year_at >= first) & (self.year_at <= last)
        out[chosen[keep], self.place_at[keep], self.year_at[keep] - first] = self.value[keep]
        return out


@dataclass(frozen=True)
class Inputs:
    """Everything supplied for a simulation; ``read`` is where it was found."""

    name: str
    illustrative: bool
    tables: Mapping[str, Rows]
    place_index: Mapping[str, int]
    warnings: tuple[Fault, ...]
    digest: str
    title: Text
    read: Read = NOTHING

    def cells(self, table: str, series: str | None, value: str) -> Cells:
        """The ``value`` column of a table by its ``series`` column (one nameless series without),
        place and year.
        """
        rows = self.tables.get(table)
        if rows is None or not len(rows):
            none = np.zeros(0, np.intp)
            return Cells((), none, none, none, np.zeros(0), none)
        names = [str(name) for name in rows.columns[series]] if series else [""] * len(rows)
        order = {name: i for i, name in enumerate(dict.fromkeys(names))}
        index = self.place_index
        return Cells(
            tuple(order),
            np.array([order[name] for name in names], np.intp),
            np.array([index[place] for place in rows.columns["place"]], np.intp),
            np.array(rows.columns.get("year", [0] * len(rows)), np.intp),
            np.array(rows.columns[value], np.float64),
            np.arange(len(rows)),
            rows,
            value,
        )

    def with_column(self, table: str, column: str, values: list[Any]) -> Inputs:
        """With other values in a column of a table."""
        rows = self.tables[table]
        changed = replace(rows, columns={**rows.columns, column: values})
        return replace(self, tables={**self.tables, table: changed})

    def known_to(self, standard: Standard) -> Inputs:
        """Without the rows that name a line, item or beneficiary that a standard does not have:
        what another scenario adds to it.
        """
        known = _named_by(standard)
        return replace(self, tables={name: rows.only(known) for name, rows in self.tables.items()})

    def with_new_to(self, standard: Standard, other: Inputs) -> Inputs:
        """With the rows of other data that name what a standard does not have."""
        known = _named_by(standard)
        return self.with_rows({name: each.beyond(known) for name, each in other.tables.items()})

    def with_tables(self, tables: Mapping[str, Rows]) -> Inputs:
        """With other tables."""
        return replace(self, tables=tables)

    def with_rows(self, more: Mapping[str, Rows]) -> Inputs:
        """With more rows of tables, below their own."""
        tables = dict(self.tables)
        for name, rows in more.items():
            if len(rows):
                tables[name] = Rows.joined([tables[name], rows]) if name in tables else rows
        return replace(self, tables=tables)

    @cached_property
    def counts(self) -> Cells:
        """Beneficiaries."""
        return self.cells("beneficiaries", "beneficiary", "count")

    @cached_property
    def amounts(self) -> Cells:
        """Amount lines and grants."""
        return self.cells("amounts", "line", "amount")

    @cached_property
    def rates(self) -> Cells:
        """Local rates."""
        return self.cells("rates", "line", "rate")

    @cached_property
    def bases(self) -> Cells:
        """2015 base amounts, the item number as series."""
        return self.cells("bases_2015", "item", "amount")

    @cached_property
    def wages(self) -> Cells:
        """Minimum wages, one nameless series."""
        return self.cells("minimum_wage", None, "wage")

    @cached_property
    def vital_rates(self) -> Cells:
        """Vital rates and ratios by name, a cell a row; sex and age stand in the rows."""
        return self.cells("vital_rates", "rate", "value")

    @cached_property
    def county_shares(self) -> Cells:
        """County shares by item; the series ``None`` serves all items."""
        return self.cells("local_split", "item", "county_share")

    @cached_property
    def functions(self) -> dict[tuple[int, str], str]:
        """The analyst's 支出功能分类科目 by item and line; an empty line serves the whole item."""
        rows = self.tables.get("functions")
        columns = rows.columns if rows else {"item": [], "line": [], "function": []}
        return {
            (item, line): name
            for item, line, name in zip(
                columns["item"], columns["line"], columns["function"], strict=True
            )
        }

    @cached_property
    def overlaps(self) -> Cells:
        """Persons entitled to two benefits, the pair as series, named alike whichever of the two a
        row names first.
        """
        rows = self.tables.get("overlaps")
        if rows is None:
            return self.cells("overlaps", None, "count")
        pairs = [
            ":".join(sorted(pair))
            for pair in zip(rows.columns["beneficiary"], rows.columns["other"], strict=True)
        ]
        return self.with_column("overlaps", "pair", pairs).cells("overlaps", "pair", "count")

    @cached_property
    def years(self) -> tuple[int, ...]:
        """The years of the beneficiaries and amounts, ascending; a grant costs nothing, so that it
        makes none beside them.
        """
        amounts = self.amounts
        grants = np.array([name.startswith("grant:") for name in amounts.series], bool)
        costs = amounts.year_at[~grants[amounts.series_at]]
        found = {*self.counts.year_at.tolist(), *costs.tolist()}
        return tuple(sorted(found or set(amounts.year_at.tolist())))


def _named_by(standard: Standard) -> dict[str, Container[Any]]:
    """What cells may name of a standard, by column."""
    grants = {f"grant:{item}:{payer}" for item in standard.items for payer in standard.payers.named}
    return {
        "beneficiary": standard.beneficiaries,
        "other": standard.beneficiaries,
        "line": {*standard.lines, *grants, ""},
        "item": {*standard.items, None},
    }
