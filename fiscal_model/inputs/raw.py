"""Raw cells that know where they stand: a grid as it was found, and a table of it once its headings
are known.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from fiscal_model.errors import Fault, fault
from fiscal_model.inputs.tables import Table
from fiscal_model.inputs.units import Unit
from fiscal_model.messages.message import Message, message
from fiscal_model.vocabulary import Text

Cell = Any
LARGEST_FILE: Final = 200_000_000
HEADING: Final = -1
"""The row number of the headings of a frame, which stand in no row."""


class _Uncached:
    """Stands for a formula whose result the file does not hold."""

    def __str__(self) -> str:
        return "="


UNCACHED: Final = _Uncached()


@dataclass
class Grid:
    """The cells of a file, a sheet or a frame. ``lines`` are row numbers from 1, of a frame what its
    rows are called, ``notes`` what to say if it turns out to be a table.

    ``around`` are texts that belong to no row: what the sheet's name says in brackets, the header
    and footer of its pages; ``comments`` those on cells, with row number and position. ``merged``
    are the first and last row number and position of cells that are one. ``names`` are what the
    columns of a frame are called.
    """

    file: str
    sheet: str | None
    rows: Sequence[Sequence[Cell]]
    lines: Sequence[int]
    notes: Sequence[Fault] = ()
    around: Sequence[str] = ()
    comments: Sequence[tuple[int, int, str]] = ()
    merged: Sequence[tuple[int, int, int, int]] = ()
    names: Sequence[str] | None = None

    @property
    def typed(self) -> bool:
        """Whether a number and a text of the same digits are two things."""
        return self.sheet is not None or self.names is not None

    def at(self, row: int, position: int) -> str:
        """``file:line:column``, ``workbook!sheet!cell`` or ``table[row].column`` of one cell."""
        return address(self.file, self.sheet, self.lines[row], position, self.names)


@dataclass
class RawTable:
    """The rows below the headings, which stand in row ``head``. ``columns`` are positions of the
    known columns, ``units`` what is said of their unit.
    """

    table: Table
    file: str
    sheet: str | None
    columns: dict[str, int]
    rows: list[Sequence[Cell]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    units: Mapping[str, Unit] = field(default_factory=dict)
    head: int = 1
    blank: int = 0
    names: Sequence[str] | None = None

    @property
    def typed(self) -> bool:
        """Whether a number and a text of the same digits are two things."""
        return self.sheet is not None or self.names is not None

    @property
    def name(self) -> str:
        """The file, or the workbook and its sheet."""
        return self.file if self.sheet is None else f"{self.file}!{self.sheet}"

    def at(self, row: int, column: str) -> str:
        """``file:line:column``, ``workbook!sheet!cell`` or ``table[row].column`` of one cell."""
        position = self.columns.get(column, 0)
        return address(self.file, self.sheet, self.lines[row], position, self.names)

    def whole(self, row: int) -> str:
        """Where a row stands that is told as a whole: its cell of the table's first column."""
        return self.at(row, self.table.columns[0].name)

    def heading_at(self, column: str) -> str:
        """Where the heading of a column stands."""
        return address(self.file, self.sheet, self.head, self.columns[column], self.names)

    def beside(self, row: int, other: int, column: str) -> Message | Text:
        """Where a row stands, to be told at another one: its number, and all of its place where
        that is another file or sheet.
        """
        return message("row-at", row=self.lines[row])

    def rows_at(self, where: str) -> Sequence[int]:
        """The rows of which an address names a cell."""
        start, number = (
            (f"{self.name}[", r"(\d+)\]\..*")
            if self.names is not None
            else (f"{self.name}:", r"(\d+):\d+")
            if self.sheet is None
            else (f"{self.name}!", r"[A-Z]+(\d+)")
        )
        match = re.fullmatch(number, where.removeprefix(start), re.DOTALL)
        if not match or not where.startswith(start):
            return ()
        if self.names is not None:  # the rows of a frame stand in any order
            return [row for row, line in enumerate(self.lines) if line == int(match[1])]
        row = bisect_left(self.lines, line := int(match[1]))
        return (row,) if row < len(self.lines) and self.lines[row] == line else ()


@dataclass(frozen=True)
class Datum:
    """One row of a long table, out of a wide one: its cells by the names of their columns, each
    with where it stands (row number and position); ``rest`` is the whole row where it holds no
    figure.
    """

    cells: Mapping[str, tuple[Cell, tuple[int, int]]]
    line: int
    at: tuple[int, int]
    rest: Sequence[Cell] = ()


class MeltedTable(RawTable):
    """A wide table as the long one that it means. Its cells keep the addresses at which they were
    found, a year or beneficiary that of the heading.

    ``heads`` is where the headings of the columns stand, of a column with figures the first.
    """

    def __init__(
        self,
        table: Table,
        grid: Grid,
        data: Sequence[Datum],
        units: Mapping[str, Unit],
        heads: Mapping[str, tuple[int, int]],
    ) -> None:
        names = dict.fromkeys(name for each in data for name in each.cells) or heads
        super().__init__(
            table,
            grid.file,
            grid.sheet,
            {name: position for position, name in enumerate(names)},
            [
                [*(each.cells.get(name, (None, each.at))[0] for name in names), *each.rest]
                for each in data
            ],
            [each.line for each in data],
            units,
            names=grid.names,
        )
        self.data = data
        self.heads = heads

    def _address(self, at: tuple[int, int]) -> str:
        return address(self.file, self.sheet, *at, self.names)

    def at(self, row: int, column: str) -> str:
        """The cell in which a value was found."""
        datum = self.data[row]
        return self._address(datum.cells[column][1] if column in datum.cells else datum.at)

    def whole(self, row: int) -> str:
        """The cell of the figure."""
        return self._address(self.data[row].at)

    def heading_at(self, column: str) -> str:
        """Where the heading stands, of several the first."""
        return self._address(self.heads[column])

    def beside(self, row: int, other: int, column: str) -> Message | Text:
        """The address of the figure."""
        return Text(self.whole(row), self.whole(row))

    def rows_at(self, where: str) -> Sequence[int]:
        """The rows of which an address names a cell, a heading those of all figures below it."""
        return self._rows.get(where, ())

    @cached_property
    def _rows(self) -> Mapping[str, Sequence[int]]:
        found: dict[str, list[int]] = {}
        for row, each in enumerate(self.data):
            for at in dict.fromkeys((each.at, *(at for _, at in each.cells.values()))):
                found.setdefault(self._address(at), []).append(row)
        return found


class JoinedTable(RawTable):
    """One table out of several files or sheets: the rows of all, one after the other, each of which
    stands where it stood.
    """

    def __init__(self, parts: Sequence[RawTable]) -> None:
        first = parts[0]
        super().__init__(first.table, first.file, first.sheet, first.columns)
        self.parts = parts
        self.starts = [sum(len(part.rows) for part in parts[:n]) for n in range(len(parts))]
        self.rows = [row for part in parts for row in part.rows]
        self.lines = [line for part in parts for line in part.lines]

    def _part(self, row: int) -> int:
        return bisect_right(self.starts, row) - 1

    def at(self, row: int, column: str) -> str:
        """As of the part that the row stands in."""
        part = self._part(row)
        return self.parts[part].at(row - self.starts[part], column)

    def whole(self, row: int) -> str:
        """As of the part that the row stands in."""
        part = self._part(row)
        return self.parts[part].whole(row - self.starts[part])

    def beside(self, row: int, other: int, column: str) -> Message | Text:
        """As of one part; the whole address where the two rows stand in different ones."""
        part = self._part(row)
        if part == self._part(other):
            start = self.starts[part]
            return self.parts[part].beside(row - start, other - start, column)
        return Text(self.at(row, column), self.at(row, column))


def refuse_large(path: Path, shown: str) -> None:
    """Refuses a file of more bytes than are read."""
    if path.stat().st_size > LARGEST_FILE:
        raise fault(shown, "data-file-too-large", limit=LARGEST_FILE)


def address(
    file: str, sheet: str | None, line: int, column: int, names: Sequence[str] | None = None
) -> str:
    """Where a cell stands, as people write it; ``column`` counts from 0. Row 0 is the name of the
    file or sheet. ``names`` are what the columns of a frame are called.
    """
    if names is not None:
        row = "" if line == HEADING else f"[{line}]"
        return f"{file}{row}.{names[column]}" if column < len(names) else f"{file}{row}"
    if not line:
        return file if sheet is None else f"{file}!{sheet}"
    return (
        f"{file}:{line}:{column + 1}"
        if sheet is None
        else f"{file}!{sheet}!{_letters(column)}{line}"
    )


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def is_blank(cell: Cell) -> bool:
    """Whether nothing stands in a cell."""
    return cell is None or (isinstance(cell, str) and not cell.strip())
