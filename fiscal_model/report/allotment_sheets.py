"""Sheets of allotment and settlement: tables that are closed already, written as plain numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from fiscal_model.files import replacing
from fiscal_model.report.sheet import Book
from fiscal_model.report.workbook import print_date
from fiscal_model.vocabulary import Lang, Text

if TYPE_CHECKING:
    import pandas as pd

_NARROW, _WIDE = 17, 28


def write(book: Book, name: str, title: str, about: Sequence[str], frame: pd.DataFrame) -> None:
    """Adds a sheet with a printed table.

    Args:
        book: the workbook.
        name: of the sheet.
        title: above the table.
        about: lines under the title; the last stands at the right, as the unit does.
        frame: the table under its headings; its first column, ``kind``, says of every row whether it is a ``row``, ``subtotal``, ``total`` or
            ``heading``. Columns of numbers are yuan, NaN is shown as a dash.

    """
    columns = list(frame.columns[1:])
    numbers = [frame[column].dtype.kind == "f" for column in columns]
    widths = [_NARROW if number or 0 < at < 3 else _WIDE for at, number in enumerate(numbers)]
    sheet = book.sheet(name, title, widths)
    for line in about[:-1]:
        sheet.line(line)
    sheet.line(about[-1], "unit")
    sheet.head(columns, freeze=True)
    plain, total = ([[text, money][number] for number in numbers] for text, money in (("text", "money"), ("total_text", "total_money")))
    for kind, *cells in frame.itertuples(index=False):
        if kind == "heading":
            sheet.line(next(cell for cell in cells if cell), "label")
        else:
            sheet.cells(cells, plain if kind == "row" else total)


def write_workbook(
    target: Path, title: str, about: Sequence[str], sheets: Mapping[str, pd.DataFrame], lang: Lang, written_date: str | None
) -> None:
    """Writes a workbook of printed tables, a sheet each: ``title`` with what the table's key adds to it.

    Raises:
        FiscalModelError: the target cannot be written, or the date is none.

    """
    today = print_date(written_date)
    unit = f"{Text('单位：元', 'Unit: yuan').to(lang)}    {today.isoformat()}"
    with replacing(target) as draft:
        content = BytesIO()
        book = Book(content, lang, datetime(today.year, today.month, today.day), live=True)
        for added, frame in sheets.items():
            write(book, title + added, title + added, [*about, unit], frame)
        book.file.close()
        draft.write_bytes(content.getvalue())
