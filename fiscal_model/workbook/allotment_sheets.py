"""Sheets of allotment and settlement: tables that are closed already, written as plain numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fiscal_model.files import Read, replacing
from fiscal_model.vocabulary import Lang, Text
from fiscal_model.workbook import columns as sheets
from fiscal_model.workbook.columns import Column
from fiscal_model.workbook.report import check_name, print_date
from fiscal_model.workbook.sheet import A3, TITLE, Book, Sheet, lines_of

if TYPE_CHECKING:
    import pandas as pd

_ON_A4 = 9
"""Columns of money that a sheet of A4 paper holds."""
_PLACE = 28
_TEXT = (10, 46, _PLACE, 20, 32)
"""Widths of code, item, place, payer, and of documents and note."""
_WIDE = 250
"""The widths that a sheet of A4 paper still prints legibly."""
_HEADING = 18
"""Wide enough for a heading of two lines."""
_STYLES = {"subtotal": "total", "total": "total", "document": "closing"}
"""How a kind of row looks."""
_SCALE, _PAGE = 75, 1988
"""The scale of sheets that are continued, and the pixels across A3 paper between the margins at
this scale.
"""
_SHRUNK = 1.5
"""How much more than one sheet holds is still put on it, smaller."""
_PIXELS = 10
"""A letter's width where the workbook's own font is missing; where it is there, columns are
narrower.
"""


class Mark(NamedTuple):
    """A figure of a table that is marked, and the note on it."""

    row: int
    column: int
    note: str


class Table(NamedTuple):
    """A table to print: the name of its sheet, what it shows, lines above it, the numbers under
    their headings, and the marked ones.

    With two rows of headings it is places by groups of columns, its first row the total. With one,
    its first column, ``kind``, says of every row whether it is a ``row``, a part ``within`` the one
    above it, a ``document`` that paid part of it, a ``subtotal`` or a ``total``.
    """

    name: str
    shows: str
    about: Sequence[str]
    frame: pd.DataFrame
    marks: Sequence[Mark] = ()

    def looks(self, column: int) -> list[str]:
        """How the money of a column looks."""
        marked = {each.row for each in self.marks if each.column == column}
        return ["marked_money" if n in marked else "money" for n in range(len(self.frame))]


def write_workbook(
    target: Path,
    tables: Sequence[Table],
    unit: Text,
    decimals: int,
    lang: Lang,
    written_date: str | None,
    read: Read,
) -> None:
    """Writes a workbook of printed tables, a sheet each; NaN is shown as a dash.

    Args:
        target: the file.
        tables: the first to stand first.
        unit: of the money.
        decimals: of the money.
        lang: of the words that sheets add.
        written_date: printed on every sheet (default: today).
        read: what the tables were made from.

    Raises:
        FiscalModelError: the target is no .xlsx file or cannot be written, or the date is none.

    """
    check_name(target)
    today = print_date(written_date)
    at_right = f"{Text('单位：', 'Unit: ').to(lang)}{unit.to(lang)}    {today.isoformat()}"
    with replacing(target, read) as draft:
        content = BytesIO()
        book = Book(
            content,
            lang,
            datetime(today.year, today.month, today.day),
            live=True,
            decimals=decimals,
        )
        for table in tables:
            write = _grid if table.frame.columns.nlevels > 1 else _rows
            write(
                book,
                table,
                [*((line, "subtitle") for line in table.about), (at_right, "unit")],
                decimals,
            )
        book.close()
        draft.write_bytes(content.getvalue())


Lines = Sequence[tuple[str, str]]
"""Lines under a title, each with its look."""


def _rows(book: Book, table: Table, about: Lines, decimals: int) -> None:
    columns = list(table.frame.columns[1:])
    numbers = [table.frame[column].dtype.kind == "f" for column in columns]
    money = [name for name, number in zip(columns, numbers, strict=True) if number]
    money_width = max(_money_width(table.frame[money], decimals), _HEADING)
    widths = [
        money_width if number else _TEXT[at]
        for at, number in zip([0, 1, 2, 3, *[4] * len(columns)], numbers, strict=False)
    ]
    sheet = book.sheet(table.name, table.name, widths, printed=True)
    sheet.about = table.shows
    if sum(widths) > _WIDE:
        sheet.sheet.set_paper(A3)
    for line, look in about:
        sheet.line(line, look)
    found = [
        Column(name, name, table.frame[name].tolist(), table.looks(at) if number else "text")
        for at, (name, number) in enumerate(zip(columns, numbers, strict=True), 1)
    ]
    styles = [_STYLES.get(kind, "") for kind in table.frame[table.frame.columns[0]]]
    shown = sheet.show(sheets.Table(table.name, len(styles), found, styles=styles), 0)
    for row, column, note in table.marks:
        sheet.comment(shown.top + row, column - 1, note)
    sheet.signature()


def _grid(book: Book, table: Table, about: Lines, decimals: int) -> None:
    """What does not fit on one sheet of A3 paper is continued on others, each with the title, the
    headings and the places.
    """
    frame = table.frame
    groups = [
        (over, frame[over].columns.tolist())
        for over in dict.fromkeys(frame.columns.get_level_values(0))
    ]
    width = _money_width(frame, decimals)
    blocks = list(_blocks(groups, width))
    sheet = book.sheet(table.name, table.name, [_PLACE, *[width] * blocks[0][1]], printed=True)
    sheet.about = table.shows
    sheet.sheet.set_column(1, len(frame.columns), width)
    sheet.widths = (_PLACE, *[width] * len(frame.columns))
    for first, last in blocks:
        for row, (line, look) in enumerate([(table.name, "title"), *about], TITLE):
            if row > TITLE or first > 1:
                left = (
                    first if len(blocks) > 1 else 0
                    # on continued sheets the column of places comes again, and would bring half a
                    # line
                )
                sheet.sheet.merge_range(row, left, row, last, "", book.looks[look])
                sheet.sheet.write_string(row, left, line, book.looks[look])
    sheet.row += len(about)
    columns = [
        Column("place", str(frame.index.name), frame.index.tolist()),
        *(
            Column(f"{over}:{name}", name, frame[over, name].tolist(), table.looks(at), over=over)
            for at, (over, name) in enumerate(
                (over, name) for over, names in groups for name in names
            )
        ),
    ]
    sheet.heading(columns, 1)
    sheet.sheet.set_row(
        sheet.row - 2, 15 * max(lines_of(over, len(names) * width) for over, names in groups) + 5
    )
    styles = ["" if at else "total" for at in range(len(frame))]
    shown = sheet.table(sheets.Table(table.name, len(frame), columns, styles=styles))
    for row, column, note in table.marks:
        sheet.comment(shown.top + row, column + 1, note)
    sheet.signature()
    _paper(sheet, blocks)


def _paper(sheet: Sheet, blocks: Sequence[tuple[int, int]]) -> None:
    """A3 paper where A4 is too small; one page across where the table fits on it, else a page a
    block, with the places again.
    """
    if blocks[-1][1] > _ON_A4:
        sheet.sheet.set_paper(A3)
    if len(blocks) > 1:
        sheet.sheet.set_print_scale(_SCALE)
        sheet.sheet.center_horizontally()
        sheet.sheet.set_v_pagebreaks([first for first, _ in blocks[1:]])
        sheet.sheet.repeat_columns(0)


def _blocks(groups: Sequence[tuple[str, list[str]]], width: float) -> Iterator[tuple[int, int]]:
    """The first and last column of each printed page: as many whole groups as it holds beside the
    column of places.
    """
    room, needed = int((_PAGE / _PIXELS - _PLACE) // width), sum(len(names) for _, names in groups)
    if needed <= room * _SHRUNK:
        room = needed
    first = at = 1
    for _, names in groups:
        if at > first and at + len(names) - first > room:
            yield first, at - 1
            first = at
        at += len(names)
    yield first, at - 1


def _money_width(frame: pd.DataFrame, decimals: int) -> int:
    """As wide as the largest amount needs."""
    largest = max(
        (abs(each) for each in frame.to_numpy().ravel().tolist() if each == each), default=0.0
    )
    return max(len(f"-{largest:,.{decimals}f}") + 1, 10)
