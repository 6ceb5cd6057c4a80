"""A thin layer over the workbook writer: the formats of the trade, page set-up, and text that never becomes a formula."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from fiscal_model.vocabulary import Lang, Text

FONT = "宋体"
YUAN, WAN, COUNT = "#,##0.00", "#,##0.00", "#,##0.##"
_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"},
    "subtitle": {"align": "left", "valign": "vcenter", "font_color": "#404040"},
    "unit": {"align": "right", "valign": "vcenter"},
    "warning": {"bold": True, "font_color": "#C00000", "text_wrap": True, "valign": "top"},
    "head": {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True, "bg_color": "#DDEBF7"},
    "text": {"border": 1, "valign": "vcenter", "text_wrap": True},
    "plain": {"text_wrap": True, "valign": "top"},
    "label": {"bold": True, "valign": "top"},
    "year": {"border": 1, "align": "center", "valign": "vcenter", "num_format": "0"},
    "count": {"border": 1, "num_format": COUNT, "valign": "vcenter"},
    "money": {"border": 1, "num_format": YUAN, "valign": "vcenter"},
    "missing": {"border": 1, "align": "center", "valign": "vcenter", "font_color": "#7F7F7F"},
    "total_text": {"border": 1, "bold": True, "valign": "vcenter", "bg_color": "#F2F2F2"},
    "total_money": {"border": 1, "bold": True, "num_format": YUAN, "valign": "vcenter", "bg_color": "#F2F2F2"},
}


class Book:
    """A workbook with its formats."""

    def __init__(self, content: BytesIO, lang: Lang, created: Any) -> None:
        options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
        self.file = xlsxwriter.Workbook(content, options)
        self.file.set_properties({"created": created, "title": "fiscal-model"})
        font = FONT if lang == "zh" else "Calibri"
        self.looks: dict[str, Format] = {
            name: self.file.add_format({"font_name": font, "font_size": 10, **look}) for name, look in _LOOKS.items()
        }
        self.lang = lang

    def sheet(self, name: str, title: str, widths: Sequence[float], note: str = "") -> Sheet:
        """A new sheet, A4 landscape, one page wide; ``note`` stands in the page header."""
        return Sheet(self, self.file.add_worksheet(safe_name(name)), title, widths, note)


def _width(text: str) -> int:
    """How many Latin letters wide a text is; a Chinese one counts as two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def safe_name(name: str) -> str:
    """A sheet name without the characters that workbooks forbid, at most 31 long."""
    return "".join("_" if c in "[]:*?/\\'" else c for c in name)[:31]


class Sheet:
    """Rows written from the top down."""

    def __init__(self, book: Book, sheet: Worksheet, title: str, widths: Sequence[float], note: str) -> None:
        self.book, self.sheet, self.row, self.columns = book, sheet, 0, len(widths)
        self.text_width = sum(widths[1:]) * 0.95
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.set_default_row(17)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.7)
        pages = Text("第 &P 页，共 &N 页", "page &P of &N").to(book.lang)
        sheet.set_footer(f"&C{pages}")
        if note:
            sheet.set_header(f"&R&9{note}")
        sheet.set_row(0, 28)
        sheet.merge_range(0, 0, 0, self.columns - 1, "", book.looks["title"])
        sheet.write_string(0, 0, title, book.looks["title"])
        self.row = 1

    def line(self, text: str, look: str = "subtitle", height: float | None = None) -> None:
        """One text over the whole width."""
        self.sheet.merge_range(self.row, 0, self.row, self.columns - 1, "", self.book.looks[look])
        self.sheet.write_string(self.row, 0, text, self.book.looks[look])
        if height:
            self.sheet.set_row(self.row, height)
        self.row += 1

    def head(self, titles: Sequence[str], freeze: bool = False, height: float = 32) -> None:
        """A row of headings; ``freeze`` keeps it in view and repeats it on every printed page."""
        for column, title in enumerate(titles):
            self.sheet.write_string(self.row, column, title, self.book.looks["head"])
        self.sheet.set_row(self.row, height)
        self.row += 1
        if freeze:
            self.sheet.freeze_panes(self.row, 0)
            self.sheet.repeat_rows(0, self.row - 1)

    def cells(self, values: Sequence[Any], looks: Sequence[str]) -> None:
        """One row; None is shown as a dash (missing, which is not zero)."""
        formats = self.book.looks
        for column, (value, look) in enumerate(zip(values, looks, strict=True)):
            if value is None or value != value:
                self.sheet.write_string(self.row, column, "—", formats["missing"])
            elif isinstance(value, str):
                self.sheet.write_string(self.row, column, value, formats[look])
            else:
                self.sheet.write_number(self.row, column, value, formats[look])
        self.row += 1

    def pair(self, label: str, text: str) -> None:
        """A label in the first column and a text over the others, as high as it needs."""
        rows = 1 + int(_width(text) / self.text_width)
        self.sheet.write_string(self.row, 0, label, self.book.looks["label"])
        if self.columns > 2:
            self.sheet.merge_range(self.row, 1, self.row, self.columns - 1, "", self.book.looks["plain"])
        self.sheet.write_string(self.row, 1, text, self.book.looks["plain"])
        if rows > 1:
            self.sheet.set_row(self.row, 16 * rows)
        self.row += 1

    def page_break_at(self, rows: Sequence[int]) -> None:
        """Starts a new printed page before each of ``rows``."""
        if rows:
            self.sheet.set_h_pagebreaks(list(rows))
