"""The hidden sheet that says what a workbook held when it was written, so that what comes back can
be held against it.

Its first row says whose record it is, the second to whom else such workbooks went; every further
one is a row of cells: their sheet, the number of their row, the letters of the first column, the
input table and the key that they are figures of (empty where they are none), and the cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from fiscal_model.inputs.raw import Grid, is_blank
from fiscal_model.inputs.tables import RECORD
from fiscal_model.workbook.sheet import Book

Kind = Literal["sent", "report"]
MARK: Final = "fiscal-model"
FORMULA: Final = "="
"""Stands for a cell that held a formula."""
EMPTY: Final = "(empty)"
"""Stands for a cell that was empty and may be filled in."""
SUPPLIED: Final = "supplied"
HEADING: Final = "heading"
BY_SCENARIO: Final = "scenario"
"""What a row of a report's record is of, beside the tables that its cells are figures of: a row of
the inputs as they were supplied (which stands on no sheet), the headings of a table; and behind the
codes of a rate, that the scenario states it.
"""
_HEAD: Final = 5
"""Cells of a row before those that it tells of."""


@dataclass(frozen=True)
class Strip:
    """Some cells of one row, from ``column`` (counted from 0) to the right; of None nothing is
    said. ``of`` is the input table that they are figures of, and the codes of the row.
    """

    sheet: str
    row: int
    column: int
    cells: Sequence[Any]
    of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Record:
    """What a workbook held: ``of`` is the code of the prefecture that it was sent to, or the name
    of the scenario that it reports; ``sent`` are the names of all prefectures that one was sent to,
    by code; ``illustrative`` is whether the figures of a report are.
    """

    kind: Kind
    of: str
    sent: Mapping[str, str]
    strips: Sequence[Strip]
    illustrative: bool = False


def write_record(book: Book, record: Record) -> None:
    """Writes the sheet, out of sight."""
    sheet = book.file.add_worksheet(RECORD.to(book.lang))
    others = [word for pair in record.sent.items() for word in pair]
    rows: Iterable[Sequence[Any]] = (
        (MARK, record.kind, record.of, int(record.illustrative)),
        others,
        *((s.sheet, s.row, s.column, *_joined(s.of), *s.cells) for s in record.strips),
    )
    for n, row in enumerate(rows):
        for k, value in enumerate(row):
            if isinstance(value, str) and value:
                sheet.write_string(n, k, value)
            elif value is not None and value != "" and value == value:
                sheet.write_number(n, k, value)
    sheet.very_hidden()


def _joined(of: tuple[str, ...]) -> tuple[str, str]:
    return (of[0], "|".join(of[1:])) if of else ("", "")


def read_record(grids: Iterable[Grid]) -> Record | None:
    """The record among the sheets of a workbook; None where it is not there or was spoilt."""
    for grid in grids:
        if grid.sheet in RECORD and len(grid.rows) > 1 and _text(grid.rows[0], 0) == MARK:
            kind, others = _text(grid.rows[0], 1), [str(c) for c in grid.rows[1] if not is_blank(c)]
            if kind not in ("sent", "report") or len(others) % 2:
                return None
            try:
                strips = [_strip(row) for row in grid.rows[2:]]
            except (TypeError, ValueError):
                return None
            names = dict(zip(others[::2], others[1::2], strict=True))
            illustrative = _text(grid.rows[0], 3) not in ("", "0")
            return Record(kind, _text(grid.rows[0], 2), names, strips, illustrative)  # type: ignore[arg-type]
    return None


def _strip(row: Sequence[Any]) -> Strip:
    sheet, number, column, table, key = row[:_HEAD]
    of = (table, *(key or "").split("|")) if table else ()
    last = max((k for k, each in enumerate(row) if not is_blank(each)), default=0)
    return Strip(str(sheet), int(number), int(column), row[_HEAD : last + 1], of)


def _text(row: Sequence[Any], position: int) -> str:
    return str(row[position]) if len(row) > position and row[position] is not None else ""
