"""A thin layer over the workbook writer: the formats of the trade, page set-up, and text that never
becomes a formula.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from io import BytesIO
from itertools import groupby, pairwise, repeat
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from fiscal_model.text import width
from fiscal_model.vocabulary import Lang, Text
from fiscal_model.workbook.columns import Column, Table, Tables, first_cell

FONT = "宋体"
A4, A3 = 9, 8
"""Sizes of paper, as the writer numbers them."""
CONTENTS, BACK = Text("目录", "Contents"), Text("返回目录", "Back to contents")
ON_PAGE = 36
"""Rows that a page holds."""
TITLE = 1
"""The row of titles. Above it, in view and not printed, stands the link back to the contents."""
MONEY, COUNT, PLAIN = "#,##0.00", "#,##0", "General"
_MIDDLE = {"valign": "vcenter"}
_CELL = {"border": 1, **_MIDDLE}
_INPUT = {**_CELL, "bg_color": "#FFF2CC", "font_color": "#0000FF", "locked": False}
_PROJECTED = {**_INPUT, "bg_color": "#E2EFDA"}
_STATED = {**_CELL, "bg_color": "#EDEDED", "font_color": "#595959"}
_TRACE = {**_CELL, "font_size": 8, "font_color": "#7F7F7F", "align": "center"}
_TOTAL = {**_CELL, "bold": True, "bg_color": "#F2F2F2", "text_wrap": True}
_LINK = "#0563C1"
_FOLDED = {"level": 1, "hidden": True}
_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16, "align": "center", "text_wrap": True, **_MIDDLE},
    "back": {"font_size": 9, "font_color": _LINK, "underline": 1, **_MIDDLE},
    "link": {**_CELL, "font_color": _LINK, "underline": 1},
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
    "plain_year": {**_CELL, "align": "center", "num_format": "0"},
    "count": {**_CELL, "num_format": COUNT},
    "money": {**_CELL, "num_format": MONEY},
    "special_money": {**_CELL, "num_format": MONEY, "bg_color": "#F7FAFD"},
    "marked_money": {**_CELL, "num_format": MONEY, "bg_color": "#FCD5B4"},
    "rate": {**_CELL, "num_format": MONEY},
    "number": {**_CELL, "num_format": PLAIN},
    "share": {**_CELL, "num_format": "0.0000%"},
    "growth": {**_CELL, "align": "right", "num_format": "0.0%"},
    "missing": {**_CELL, "align": "center", "font_color": "#7F7F7F"},
    "trace": _TRACE,
    "total_text": _TOTAL,
    "total_year": {**_TOTAL, "align": "center", "num_format": "0"},
    "total_money": {**_TOTAL, "num_format": MONEY},
    "total_marked_money": {**_TOTAL, "num_format": MONEY, "bg_color": "#FCD5B4"},
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
    "stated_count": {**_STATED, "num_format": COUNT},
    "stated_money": {**_STATED, "num_format": MONEY},
    "verdict": {**_TOTAL, "align": "center"},
}
LEGEND = {
    name: f"key_{name}"
    for name in ("input_text", "projected_count", "stated_money", "money", "trace")
}
"""Looks in which the colours are explained: those of the cells they stand for, with room for words.
"""
_LOOKS |= {"plain_text": _LOOKS["text"], "key": _LOOKS["text"], "part_key": _LOOKS["part_text"]}
_LOOKS |= {"total_key": _TOTAL, "closing_key": _TRACE, "closing_plain_year": _TRACE}
_LOOKS |= {f"closing_{look}": _LOOKS["closing_text"] for look in ("year", "count", "rate")}
_LOOKS |= {key: {**_LOOKS[name], "text_wrap": True} for name, key in LEGEND.items()}


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
        self.tables = Tables(lang)
        self.sheets: list[Sheet] = []

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
        refuses one that a spreadsheet program would. The second is preceded by the contents.

        ``note`` stands in the page header, the title over the first ``over`` columns (all when 0).
        """
        if len(self.sheets) == 1:
            words = CONTENTS.to(self.lang)
            self._add(words, words, (6, 24, 76), note, 0, False)
        return self._add(name, title, widths, note, over, printed)

    def _add(
        self, name: str, title: str, widths: Sequence[float], note: str, over: int, printed: bool
    ) -> Sheet:
        looks = self.printed if printed else self.looks
        file = self.file.add_worksheet(name, _Worksheet)
        self.sheets.append(Sheet(self, file, title, widths, note, over, looks))
        return self.sheets[-1]

    def close(self) -> None:
        """Finishes every sheet, lists them in the contents, and writes the file."""
        front, *more = self.sheets
        contents = more[0] if more else None
        if contents:
            contents.lead([front, *more[1:]])
        for sheet in self.sheets:
            sheet.finish(contents if sheet is not contents else None)
        self.file.close()

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
        self.name: str = sheet.get_name()
        self.widths = tuple(widths)
        self.text_width = sum(widths[1:]) * 0.95
        self.title, self.note = title, note
        self.about, self.signs, self.first = title, True, 0
        """What the contents say of it, whether it is to be signed, and its first column in view."""
        for column, wide in enumerate(widths):
            sheet.set_column(column, column, wide)
        sheet.set_default_row(17)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.7)
        pages = Text("第 &P 页，共 &N 页", "page &P of &N").to(book.lang)
        sheet.set_footer(f"&C{pages}")
        if note:
            sheet.set_header(f"&R&9{note}")
        self.row = TITLE
        # of 16 points, where texts have 10
        lines = lines_of(title, sum(widths[: self.over]) / 1.6, bold=True)
        self.line(title, "title", 8 + 20 * lines)
        self.put: Callable[[int, int, str, Format, Any], Any] = (
            sheet.write_formula if book.live else self._value
        )

    def _value(self, row: int, column: int, formula: str, look: Format, value: Any) -> None:
        """What a formula comes to, without the formula."""
        if isinstance(value, str):
            self.sheet.write_string(row, column, value, look)
        else:
            self.sheet.write_number(row, column, value, look)

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

    def heading(
        self, columns: Sequence[Column], freeze: int | None = None, height: float = 32
    ) -> None:
        """A row of headings, ``height`` or as high as they need, or two: a title over both, or one
        over several of its own. ``freeze`` keeps it (and so many columns) in view and repeats it on
        every page.
        """
        look, titles = self.book.looks["head"], [self.book.tables.said(c.title) for c in columns]
        lines = [
            lines_of(title, wide, bold=True) if isinstance(title, str) else 1
            for title, wide in zip(titles, self.widths, strict=False)
        ]
        grouped = any(column.over for column in columns)
        if grouped:
            self.sheet.set_row(self.row, 20)
            height, k = 30, 0
            for over, group in groupby(columns, key=lambda each: each.over):
                last = k + len(list(group)) - 1
                if over and last > k:
                    self.sheet.merge_range(self.row, k, self.row, last, "", look)
                if over:
                    self.sheet.write_string(self.row, k, self.book.tables.said(over), look)
                k = last + 1
            self.row += 1
        for k, (column, title) in enumerate(zip(columns, titles, strict=True)):
            first = self.row - (grouped and not column.over)
            if first < self.row:
                self.sheet.merge_range(first, k, self.row, k, "", look)
            write = self.sheet.write_string if isinstance(title, str) else self.sheet.write_number
            write(first, k, title, look)
            if grouped:
                height = max(height, row_height(lines[k]) - 20 * (first < self.row))
        if not grouped and max(lines) > 1:
            height = max(height, row_height(max(lines)))
        self.sheet.set_row(self.row, height)
        self.row += 1
        if freeze is not None:
            self.sheet.freeze_panes(self.row, freeze)
            self.sheet.repeat_rows(TITLE, self.row - 1)

    def show(self, table: Table, freeze: int | None = None) -> Table:
        """A table under its headings."""
        self.heading(table.columns, freeze)
        return self.table(table)

    def table(self, table: Table) -> Table:
        """The rows of a table at its place, the present row if it has none, column by column; each
        row is as high as its longest text needs, and what may be entered is checked.
        """
        if not table.sheet:
            table.place(self.name, self.row)
        if self.book.tables.get(table.name) is not table:
            self.book.tables.add(table)
        lines = [1] * table.rows
        for k, column in enumerate(table.columns):
            self._column(table, k, column, lines)
        for n in range(table.rows):
            level = table.levels[n] if table.levels else 0
            if level or lines[n] > 1:
                height = row_height(lines[n]) if lines[n] > 1 else None
                self.sheet.set_row(table.top + n, height, None, {"level": level} if level else {})
        self._checks(table)
        if folded := [k for k, column in enumerate(table.columns) if column.folded]:
            self._fold(folded)
        self.row = table.top + table.rows
        return table

    def _fold(self, columns: Sequence[int]) -> None:
        """Folds away columns that only formulas need: not printed, in view again at the press of a
        button.
        """
        beside = columns[-1] + 1
        for column in columns:
            self.sheet.set_column(column, column, self.widths[column], None, _FOLDED)
        if columns[0] == 0:
            self.first = beside
        self.sheet.set_column(beside, beside, self.widths[beside], None, {"collapsed": True})

    def _column(self, table: Table, k: int, column: Column, lines: list[int]) -> None:
        """One column: dashes, formulas, texts and numbers; ``lines`` grow with its texts."""
        top, tables, dash = table.top, self.book.tables, self.looks["missing"]
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

    def comment(self, row: int, column: int, text: str) -> None:
        """A note on a cell."""
        self.sheet.write_comment(row, column, text, {"font_size": 9, "height": 40})

    def label(self, row: int, text: str) -> None:
        """A caption in the first cell of a row, which is then the one above the present."""
        self.sheet.write_string(row, 0, text, self.book.looks["label"])
        self.row = row + 1

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

    def signature(self) -> None:
        """The line for those who answer for the sheet, below what it holds."""
        signs = Text(
            "单位负责人：|审核：|复核：|制表：", "Head of unit:|Approved:|Checked:|Made by:"
        )
        self.row, self.signs = self.row + 1, False
        self.line(signs.to(self.book.lang).replace("|", " " * 10), "signature", 24)

    def lead(self, sheets: Sequence[Sheet]) -> None:
        """The contents: a link to each sheet, and what it shows."""
        self.line("  ".join((sheets[0].title, self.note)))
        columns = [
            Column("no", Text("序号", "No."), range(1, len(sheets) + 1), "year"),
            Column("name", Text("工作表", "Sheet"), [each.name for each in sheets]),
            Column("about", Text("内容", "What it shows"), [each.about for each in sheets]),
        ]
        table = self.show(Table("contents", len(sheets), columns), 0)
        for n, each in enumerate(sheets):
            self.link(table.top + n, 1, each.name, "link", each.name)
        self.sheet.set_portrait()
        self.signs = False

    def finish(self, contents: Sheet | None) -> None:
        """Has it signed, says what of it is printed, and leads back to the contents."""
        if self.signs:
            self.signature()
        last = max(self.row - 1, self.sheet.dim_rowmax)
        self.sheet.print_area(TITLE, 0, last, self.sheet.dim_colmax)
        if contents:
            self.link(0, self.first, contents.name, "back", BACK.to(self.book.lang))

    def link(self, row: int, column: int, name: str, look: str, words: str) -> None:
        """A cell that leads to a sheet."""
        target = f"internal:{first_cell(name)}"
        self.sheet.write_url(row, column, target, self.book.looks[look], words)

    def page_break_at(self, rows: Sequence[int]) -> None:
        """Starts a new printed page before each of the blocks that begin at ``rows``, but keeps
        small ones together.
        """
        kept, start = list[int](), TITLE
        for row, end in pairwise([*rows, self.row]):
            if end - start > ON_PAGE:
                kept.append(row)
                start = row
        if kept:
            self.sheet.set_h_pagebreaks(kept)
