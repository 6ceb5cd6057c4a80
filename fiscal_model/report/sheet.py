"""A thin layer over the workbook writer: the formats of the trade, page set-up, and text that never
becomes a formula.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from io import BytesIO
from itertools import groupby, repeat
from typing import Any, NamedTuple

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from fiscal_model.report.columns import Column, Table, Tables
from fiscal_model.text import width
from fiscal_model.vocabulary import Lang, Text

FONT = "宋体"
MONEY, COUNT, PLAIN = "#,##0.00", "#,##0", "General"
_MIDDLE = {"valign": "vcenter"}
_CELL = {"border": 1, **_MIDDLE}
_INPUT = {**_CELL, "bg_color": "#FFF2CC", "font_color": "#0000FF", "locked": False}
_PROJECTED = {**_INPUT, "bg_color": "#E2EFDA"}
_STATED = {**_CELL, "bg_color": "#EDEDED", "font_color": "#595959"}
_TRACE = {**_CELL, "font_size": 8, "font_color": "#7F7F7F", "align": "center"}
_TOTAL = {**_CELL, "bold": True, "bg_color": "#F2F2F2", "text_wrap": True}
_FOLDED = {"level": 1, "hidden": True}
_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16, "align": "center", **_MIDDLE},
    "subtitle": {"align": "left", "font_color": "#404040", "text_wrap": True, **_MIDDLE},
    "unit": {"align": "right", **_MIDDLE},
    "warning": {"bold": True, "font_color": "#C00000", "text_wrap": True, "valign": "top"},
    "head": {
        "bold": True,
        "border": 1,
        "align": "center",
        "text_wrap": True,
        "bg_color": "#DDEBF7",
        **_MIDDLE,
    },
    "text": {**_CELL, "text_wrap": True},
    "plain": {"text_wrap": True, "valign": "top"},
    "label": {"bold": True, "valign": "top"},
    "name": {"bold": True, "valign": "top", "text_wrap": True},
    "signature": {**_MIDDLE},
    "year": {**_CELL, "align": "center", "num_format": "0"},
    "count": {**_CELL, "num_format": COUNT},
    "money": {**_CELL, "num_format": MONEY},
    "special_money": {**_CELL, "num_format": MONEY, "bg_color": "#F7FAFD"},
    "rate": {**_CELL, "num_format": MONEY},
    "number": {**_CELL, "num_format": PLAIN},
    "share": {**_CELL, "num_format": "0.0000%"},
    "missing": {**_CELL, "align": "center", "font_color": "#7F7F7F"},
    "trace": _TRACE,
    "total_text": _TOTAL,
    "total_year": {**_TOTAL, "align": "center", "num_format": "0"},
    "total_money": {**_TOTAL, "num_format": MONEY},
    "part_text": {**_CELL, "bold": True, "text_wrap": True},
    "part_money": {**_CELL, "bold": True, "num_format": MONEY},
    "closing_text": {**_CELL, "italic": True, "font_color": "#7F7F7F"},
    "closing_money": {**_CELL, "italic": True, "font_color": "#7F7F7F", "num_format": MONEY},
    "input_count": {**_INPUT, "num_format": "#,##0.######"},
    "input_money": {**_INPUT, "num_format": MONEY},
    "input_number": {**_INPUT, "num_format": PLAIN},
    "input_text": {**_INPUT, "num_format": "@"},
    "projected_count": {**_PROJECTED, "num_format": COUNT},
    "projected_money": {**_PROJECTED, "num_format": MONEY},
    "stated_money": {**_STATED, "num_format": MONEY},
    "verdict": {**_TOTAL, "align": "center"},
}
LEGEND = {
    name: f"key_{name}"
    for name in ("input_text", "projected_count", "stated_money", "money", "trace")
}
"""Looks in which the colours are explained: those of the cells they stand for, with room for words.
"""
_LOOKS |= {key: {**_LOOKS[name], "text_wrap": True} for name, key in LEGEND.items()}


class Formula(NamedTuple):
    """A formula and the value it comes to when the workbook is written."""

    text: str
    value: Any


class _Worksheet(Worksheet):  # type: ignore[misc]
    """A worksheet whose formulas are written as they stand.

    The library searches every formula for some thirty functions newer than the file format; reports
    use none, and the search takes most of the time.
    """

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return formula.removeprefix("=")


class Book:
    """A workbook with its formats; the money of printed tables has ``decimals``, any other yuan
    two.

    Without ``live`` every formula is written as the number it comes to.
    """

    def __init__(
        self, content: BytesIO, lang: Lang, created: Any, live: bool, decimals: int = 2
    ) -> None:
        options = {
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "in_memory": True,
        }
        self.file = xlsxwriter.Workbook(content, options)
        self.file.set_properties({"created": created, "title": "fiscal-model"})
        self.file.set_calc_mode("auto")
        font = FONT if lang == "zh" else "Calibri"
        money = {"num_format": "#,##0" + ("." + "0" * decimals if decimals else "")}
        self.looks: dict[str, Format] = {
            name: self.file.add_format({"font_name": font, "font_size": 10, **look})
            for name, look in _LOOKS.items()
        }
        self.printed = self.looks | {
            name: self.file.add_format({"font_name": font, "font_size": 10, **look, **money})
            for name, look in _LOOKS.items()
            if look.get("num_format") == MONEY and name != "rate" and decimals != 2
        }
        self.lang, self.live = lang, live
        self.by_name: dict[str, Sheet] = {}
        self.tables = Tables(lang)

    def sheet(
        self,
        name: str,
        title: str,
        widths: Sequence[float],
        note: str = "",
        over: int = 0,
        printed: bool = False,
    ) -> Sheet:
        """A new sheet, A4 landscape, one page wide, under a name that is never cut: the writer
        refuses one that a spreadsheet program would.

        ``note`` stands in the page header, the title over the first ``over`` columns (all when 0).
        """
        sheet = Sheet(
            self,
            self.file.add_worksheet(name, _Worksheet),
            title,
            widths,
            note,
            over,
            self.printed if printed else self.looks,
        )
        self.by_name[sheet.name] = sheet
        return sheet

    def define(self, name: str, reference: str) -> None:
        """Gives a cell or a block a name; an archive of plain numbers keeps none."""
        if self.live:
            self.file.define_name(name, f"={reference}")


@cache
def lines_of(text: str, columns: float, bold: bool = False) -> int:
    """How many lines a text takes in a column: words stay whole, Chinese breaks after any
    character.

    Columns are measured in digits of 11 points, texts are written in 10; a little of the column is
    left free at its edges.
    """
    room, lines, scale = max(1.05 * columns - 1, 1), 0, 1.1 if bold else 1.0
    for part in text.split("\n"):
        used, lines = 0.0, lines + 1
        for piece in re.findall(r"[\x00-\u2e7f]*?[\s/-]+|[\x00-\u2e7f]+|.", part):
            wide = width(piece.rstrip()) * scale
            if used and used + wide > room:
                used, lines = 0.0, lines + 1
            lines += max(0, int((wide - 0.01) // room))
            used = wide % room if wide > room else used + width(piece) * scale
    return lines


def row_height(lines: int) -> float:
    """The height of a row of some lines."""
    return min(14 * lines + 3, 400)


@cache
def _styled(style: str, look: str) -> str:
    """A look in a row of a style, which stays as it is where the style has none of its own."""
    return style if style == "line" else name if (name := f"{style}_{look}") in _LOOKS else look


class Sheet:
    """Rows written from the top down."""

    def __init__(
        self,
        book: Book,
        sheet: Worksheet,
        title: str,
        widths: Sequence[float],
        note: str,
        over: int,
        looks: Mapping[str, Format],
    ) -> None:
        self.looks = looks
        self.book, self.sheet, self.row, self.columns = book, sheet, 0, len(widths)
        self.over = over or self.columns
        self.below: tuple[int, int] = (-1, 0)
        self.heading = 0
        self.name: str = sheet.get_name()
        self.shown: dict[tuple[int, int], Any] = {}
        """What stands in the cells, by row and column: of a formula what it comes to."""
        self.widths = tuple(widths)
        self.text_width = sum(widths[1:]) * 0.95
        for column, wide in enumerate(widths):
            sheet.set_column(column, column, wide)
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
        sheet.merge_range(0, 0, 0, self.over - 1, "", book.looks["title"])
        sheet.write_string(0, 0, title, book.looks["title"])
        self.row = 1
        self.put: Callable[[int, int, str, Format, Any], Any] = (
            sheet.write_formula if book.live else self._value
        )

    def _value(self, row: int, column: int, formula: str, look: Format, value: Any) -> None:
        """What a formula comes to, without the formula."""
        if isinstance(value, str):
            self.sheet.write_string(row, column, value, look)
        else:
            self.sheet.write_number(row, column, value, look)

    def formula(self, column: int, formula: str, look: str, value: Any) -> None:
        """One formula in the present row."""
        self.shown[self.row, column] = value
        self.put(self.row, column, formula, self.looks[look], value)

    def line(self, text: str, look: str = "subtitle", height: float | None = None) -> None:
        """One text over the whole width, as high as it needs."""
        self.sheet.merge_range(self.row, 0, self.row, self.over - 1, "", self.book.looks[look])
        self.sheet.write_string(self.row, 0, text, self.book.looks[look])
        lines = (
            lines_of(text, sum(self.widths[: self.over])) if _LOOKS[look].get("text_wrap") else 1
        )
        if height or lines > 1:
            self.sheet.set_row(self.row, height or row_height(lines))
        self.row += 1

    def fold(self, first: int, last: int) -> None:
        """Folds away columns that only formulas need: not printed, in view again at the press of a
        button.
        """
        for column in range(first, last + 1):
            self.sheet.set_column(column, column, self.widths[column], None, _FOLDED)
        self.sheet.set_column(last + 1, last + 1, self.widths[last + 1], None, {"collapsed": True})

    def head(
        self, titles: Sequence[Any], freeze: bool = False, height: float = 32, columns: int = 0
    ) -> None:
        """A row of headings, ``height`` or as high as they need; ``freeze`` keeps it (and the first
        ``columns``) in view and repeats it on every page.
        """
        for column, title in enumerate(titles):
            self.cell(column, title, "head")
        lines = self._lines(titles, ["head"] * len(titles))
        self.sheet.set_row(self.row, max(height, row_height(lines)) if lines > 1 else height)
        self.row += 1
        self.heading = self.row
        if freeze:
            self.freeze(columns)

    def freeze(self, columns: int = 0) -> None:
        """Keeps all rows so far in view and repeats them on every printed page."""
        self.sheet.freeze_panes(self.row, columns)
        self.sheet.repeat_rows(0, self.row - 1)

    def grouped_head(
        self, titles: Sequence[str | tuple[str, Sequence[str]]], columns: int = 0
    ) -> None:
        """Two rows of headings: a title over both, or one over several of its own; kept in view and
        repeated.
        """
        look, column, tall = self.book.looks["head"], 0, 30.0
        for title in titles:
            if isinstance(title, str):
                tall = max(tall, row_height(lines_of(title, self.widths[column], bold=True)) - 20)
                self.sheet.merge_range(self.row, column, self.row + 1, column, "", look)
                self.sheet.write_string(self.row, column, title, look)
                column += 1
                continue
            over, below = title
            if len(below) > 1:
                self.sheet.merge_range(
                    self.row, column, self.row, column + len(below) - 1, "", look
                )
            self.sheet.write_string(self.row, column, over, look)
            for k, name in enumerate(below):
                self.sheet.write_string(self.row + 1, column + k, name, look)
                tall = max(tall, row_height(lines_of(name, self.widths[column + k], bold=True)))
            column += len(below)
        self.sheet.set_row(self.row, 20)
        self.sheet.set_row(self.row + 1, tall)
        self.row += 2
        self.freeze(columns)

    def cells(self, values: Iterable[Any], looks: Sequence[str], column: int = 0) -> None:
        """One row from ``column`` on; None is shown as a dash (missing, which is not zero)."""
        for k, (value, look) in enumerate(zip(values, looks, strict=True)):
            self.cell(column + k, value, look)
        self.row += 1

    def fitted(self, values: Sequence[Any], looks: Sequence[str]) -> None:
        """One row as high as its longest text needs."""
        lines = self._lines(values, looks)
        if lines > 1:
            row, level = self.below
            self.sheet.set_row(
                self.row, row_height(lines), None, {"level": level} if row == self.row else {}
            )
        self.cells(values, looks)

    def _lines(self, values: Sequence[Any], looks: Sequence[str]) -> int:
        """The lines of the longest text that is broken to fit its column."""
        texts = (
            (value.value if isinstance(value, Formula) else value, wide, _LOOKS[look])
            for value, wide, look in zip(values, self.widths, looks, strict=False)
        )
        return max(
            (
                lines_of(text, wide, "bold" in look)
                for text, wide, look in texts
                if isinstance(text, str) and "text_wrap" in look
            ),
            default=1,
        )

    def cell(self, column: int, value: Any, look: str) -> None:
        """One cell of the present row."""
        formats = self.looks
        self.shown[self.row, column] = value.value if isinstance(value, Formula) else value
        if isinstance(value, Formula):
            self.put(self.row, column, value.text, formats[look], value.value)
        elif value is None or value != value:
            self.sheet.write_string(self.row, column, "—", formats["missing"])
        elif isinstance(value, str):
            self.sheet.write_string(self.row, column, value, formats[look])
        else:
            self.sheet.write_number(self.row, column, value, formats[look])

    def table(self, table: Table) -> None:
        """The rows of a table at its place, column by column; each row is as high as its longest
        text needs, and what may be entered is checked.
        """
        lines = [1] * table.rows
        for k, column in enumerate(table.columns):
            self._column(table, k, column, lines)
        for n in range(table.rows):
            level = table.levels[n] if table.levels else 0
            if level or lines[n] > 1:
                height = row_height(lines[n]) if lines[n] > 1 else None
                self.sheet.set_row(table.top + n, height, None, {"level": level} if level else {})
        self._checks(table)
        self.row = table.top + table.rows

    def _column(self, table: Table, k: int, column: Column, lines: list[int]) -> None:
        """One column: dashes, formulas, texts and numbers; ``lines`` grow with its texts."""
        top, shown, tables, dash = table.top, self.shown, self.book.tables, self.looks["missing"]
        numbers = range(table.rows) if column.rows is None else column.rows
        values, formula = column.values, column.formula
        if column.rows is not None:
            values = [values[n] for n in numbers]
        looks: Iterable[str] = (
            repeat(column.look)
            if isinstance(column.look, str)
            else [column.look[n] for n in numbers]
        )
        if table.styles:
            looks = [
                _styled(table.styles[n], look) for n, look in zip(numbers, looks, strict=False)
            ]
        texts: Iterable[str | None] = repeat(None)
        if isinstance(formula, str):
            texts = tables.pattern(formula, table, column).texts(table, numbers)
        elif formula is not None:
            known = {each: tables.pattern(each, table, column) for each in {*formula} if each}
            texts = [known[each].text(table, n) if (each := formula[n]) else None for n in numbers]
        number, string, put, wide = (
            self.sheet.write_number,
            self.sheet.write_string,
            self.put,
            self.widths[k],
        )
        for n, value, look, text in zip(numbers, values, looks, texts, strict=False):
            row = top + n
            if look == "line":
                if not k:
                    self.row = row
                    self.line(value, "label")
                continue
            shown[row, k] = value
            if value is None or value != value:
                string(row, k, "—", dash)
                continue
            if text is not None:
                put(row, k, text, self.looks[look], value)
            elif isinstance(value, str):
                string(row, k, value, self.looks[look])
            else:
                number(row, k, value, self.looks[look])
            if isinstance(value, str) and "text_wrap" in _LOOKS[look]:
                lines[n] = max(lines[n], lines_of(value, wide, "bold" in _LOOKS[look]))

    def _checks(self, table: Table) -> None:
        """What may be entered, for columns with the same rule together, and the names of cells."""
        for check, group in groupby(enumerate(table.columns), key=lambda each: each[1].check):
            columns = [k for k, _ in group]
            rules = check if isinstance(check, Sequence) else ()
            if isinstance(check, Mapping):
                last = table.top + table.height - 1
                self.sheet.data_validation(table.top, columns[0], last, columns[-1], check)
            for n, rule in enumerate(rules):
                of, row = table.columns[columns[0]], table.top + n
                source = self.book.tables.pattern(rule["source"], table, of).text(table, n)
                self.sheet.data_validation(
                    row, columns[0], row, columns[0], {**rule, "source": source}
                )
        for column in table.columns:
            for n, name in enumerate(column.names):
                if name:
                    self.book.define(name, table.cell(column.name, n))

    def figure(self, row: int, column: int) -> float | None:
        """The number that stands in a cell; None where there is none, a dash, say."""
        value = self.shown.get((row, column))
        return value if isinstance(value, int | float) and value == value else None

    def pair(self, label: str, text: str) -> None:
        """A label in the first column and a text over the others, as high as it needs."""
        rows = max(lines_of(text, self.text_width), lines_of(label, self.widths[0], bold=True))
        self.sheet.write_string(self.row, 0, label, self.book.looks["name"])
        if self.columns > 2:
            self.sheet.merge_range(
                self.row, 1, self.row, self.columns - 1, "", self.book.looks["plain"]
            )
        self.sheet.write_string(self.row, 1, text, self.book.looks["plain"])
        if rows > 1:
            self.sheet.set_row(self.row, 16 * rows)
        self.row += 1

    def outline(self, level: int) -> None:
        """Puts the present row below the one it belongs to, so that it can be folded away."""
        self.below = self.row, level
        self.sheet.set_row(self.row, None, None, {"level": level})

    def signature(self) -> None:
        """The line for those who answer for the table."""
        signs = Text(
            "单位负责人：                    复核：                    制表：",
            "Head of unit:                    Checked:                    Made by:",
        )
        self.row += 1
        self.line(signs.to(self.book.lang), "signature", 24)

    def page_break_at(self, rows: Sequence[int]) -> None:
        """Starts a new printed page before each of ``rows``."""
        if rows:
            self.sheet.set_h_pagebreaks(list(rows))
