"""The workbook that is sent to a prefecture: rows for its counties with their codes and earlier
figures, a sheet that says what is still missing, and protection of what is not to be edited.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from xlsxwriter.worksheet import Worksheet

from fiscal_model.inputs.model import Inputs
from fiscal_model.inputs.tables import MISSING, NOT_READ, TABLES, TEMPLATE_SHEETS, Column, Table
from fiscal_model.vocabulary import Text
from fiscal_model.workbook import columns as sheets
from fiscal_model.workbook.input_book import Cells, InputBook
from fiscal_model.workbook.record import Record, Strip, write_record
from fiscal_model.workbook.reference import EarlierFigures, figure_of

SHOWN: Final = "shown"
"""The kind of a column that stands there for the reader alone."""


def _shown(name: str, zh: str, en: str) -> Column:
    return Column(name, SHOWN, Text(zh + NOT_READ.zh, en + NOT_READ.en))


CODE: Final = _shown("place_code", "地区代码", "place code")
EARLIER_YEAR: Final = _shown("earlier_year", "参考年份", "reference year")
EARLIER: Final = _shown("earlier", "上年参考数", "last year, for reference")
ALLOWED: Final = {
    "select_locked_cells": True,
    "select_unlocked_cells": True,
    "format_cells": True,
    "format_columns": True,
    "format_rows": True,
    "autofilter": True,
}
"""What a protected sheet lets people do beside filling in."""
SUMS: Final = ("missing", "due", "part")
"""The last columns of the sheet of what is missing."""
TOP: Final = 4
"""Rows above the first place on the sheet of what is missing."""


@dataclass(frozen=True)
class Sending:
    """To whom a workbook goes, by code, who else gets one, and where earlier figures are."""

    code: str
    all: Sequence[str]
    earlier: Inputs | None


class SentBook(InputBook):
    """Writes the workbook of one prefecture."""

    def __init__(self, *args: Any, sending: Sending) -> None:
        super().__init__(*args)
        self.sending = sending
        self.earlier = (
            EarlierFigures(sending.earlier, self.standard.places) if sending.earlier else None
        )
        self.rows = {
            name: [self.with_reference(TABLES[name], row) for row in rows]
            for name, rows in self.rows.items()
        }
        self.printed: dict[tuple[str, int], dict[int, Any]] = {}
        """What was preprinted, by sheet and row, position by position."""
        grey = {"font_color": "#7F7F7F", "italic": True, "bg_color": "#F2F2F2", "border": 1}
        font = {"font_name": self.book.looks["text"].font_name, "font_size": 10}
        self.grey = self.book.file.add_format({**font, **grey, "num_format": "#,##0.######"})
        self.part = self.book.file.add_format({**font, "border": 1, "num_format": "0%"})
        self.grey_year = self.book.file.add_format({**font, **grey, "num_format": "0"})

    @property
    def place(self) -> str:
        """The name of the prefecture."""
        return self.standard.places.label(self.sending.code).to(self.lang)

    @property
    def title(self) -> str:
        """As of an input workbook, with the prefecture."""
        return self.say(f"{self.place} {super().title}", f"{super().title}: {self.place}")

    def with_reference(self, table: Table, row: Cells) -> Cells:
        """A prepared row with the code of its place, and the figure before."""
        more: dict[str, Any] = {CODE.name: row.get("place")}
        if self.earlier:
            found = self.earlier.of(table, row)
            figure, year = found or ("—", "—")
            more |= {EARLIER.name: figure, EARLIER_YEAR.name: year}
        return {**row, **more}

    def write(self) -> None:
        """All sheets: instructions, what is missing, tables, lists, and the record."""
        guide = self.book.file.add_worksheet(TEMPLATE_SHEETS[0].to(self.lang))
        missing = self.book.file.add_worksheet(MISSING.to(self.lang))
        for name, rows in self.rows.items():
            self.table(TABLES[name], rows)
        lists = self.book.file.add_worksheet(TEMPLATE_SHEETS[1].to(self.lang))
        self.list_sheet(lists)
        self.instructions(guide)
        self.missing(missing)
        for sheet in (guide, missing, lists):
            sheet.protect("", ALLOWED)
        label = self.standard.places.label
        sent = {code: label(code).to(self.lang) for code in self.sending.all}
        strips = [
            Strip(sheet, row + 1, 0, [cells.get(k) for k in range(max(cells) + 1)])
            for (sheet, row), cells in self.printed.items()
        ]
        write_record(self.book, Record("sent", self.sending.code, sent, strips))

    def columns(self, table: Table) -> tuple[Column, ...]:
        """As of an input workbook; in tables of prepared rows with codes and earlier figures."""
        columns = list(super().columns(table))
        if not self.rows[table.name]:
            return tuple(columns)
        names = [column.name for column in columns]
        columns.insert(names.index("place") + 1, CODE)
        if self.earlier:
            figure = names.index(figure_of(table)) + 1
            years = [EARLIER_YEAR] if "year" in table.key else []
            columns[figure:figure] = [*years, EARLIER]
        return tuple(columns)

    def table(self, table: Table, rows: Sequence[Cells]) -> Worksheet:
        """As of an input workbook, protected: what is shaded can be filled in, and the rows
        below.
        """
        sheet = super().table(table, rows)
        sheet.protect("", ALLOWED)
        return sheet

    def column(
        self, sheet: Worksheet, table: Table, column: Column, position: int, rows: int
    ) -> None:
        """As of an input workbook; nothing is entered where a column is not read."""
        self.note(sheet, 0, position, self.heading(column))
        if column.kind != SHOWN:
            super().column(sheet, table, column, position, rows)
            return
        sheet.set_column(position, position, 16 if column != EARLIER else 20)
        sheet.write_string(0, position, self.heading(column), self.book.looks["head"])

    def look(self, table: Table, column: Column) -> Any:
        """As of an input workbook; grey where a column is not read."""
        if column.kind == SHOWN:
            return self.grey_year if column == EARLIER_YEAR else self.grey
        return super().look(table, column)

    def put(self, sheet: Worksheet, row: int, position: int, value: str | float, look: Any) -> None:
        """As of an input workbook, and noted as preprinted."""
        self.note(sheet, row, position, value)
        super().put(sheet, row, position, value, look)

    def note(self, sheet: Worksheet, row: int, position: int, value: str | float) -> None:
        """Keeps in mind what is preprinted in a cell."""
        self.printed.setdefault((sheet.get_name(), row), {})[position] = value

    def rules(self) -> list[str]:
        """As of an input workbook, and what is different here."""
        rules = super().rules()
        shown = self.say(
            "灰色斜体的列标有“不读取”，只供参考：地区代码，以及已有数据中早于本行年份的最近一年的数。",
            "Grey columns marked 'not read' are for reference: place codes, and the latest figure"
            " of the data at hand before the year of the row.",
        )
        own = [
            self.say(
                "标题和预填的名称、年份已锁定（无密码，可在“审阅—撤消工作表保护”中解除），请勿改动；改动会在汇总时逐格列出，"
                "所填的数仍按原来的预填内容归入。需要补充的行写在预填行以下。",
                "Headings and prepared names and years are locked (no password: Review, Unprotect"
                " Sheet) and not to be changed: changes are listed when workbooks are collected,"
                " and the figure counts for what was prepared. Add rows below the prepared ones.",
            ),
            self.say(
                f"“{MISSING.zh}”随填报自动计数，全部为 0 即填齐；{self.place}填齐后把本工作簿交回，文件名开头的代码请保留。",
                f"Sheet {MISSING.en} counts what is still empty: all is filled in when it says 0."
                " Then send this workbook back; keep the code at the start of its name.",
            ),
        ]
        return [*rules, *own, *([shown] if self.earlier else [])]

    # what is missing

    def missing(self, sheet: Worksheet) -> None:
        """How many cells of each place and table are still empty: formulas that count them."""
        looks = self.book.looks
        tables = [name for name, rows in self.rows.items() if rows and not self.optional(name)]
        places = self.places(tables)
        last = 1 + len(tables)
        self.page(sheet)
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 12)
        sheet.set_column(1, 1, 30)
        sheet.set_column(2, last + 3, 15)
        sheet.set_row(0, 28)
        sheet.merge_range(0, 0, 0, last + 3, "", looks["title"])
        sheet.write_string(
            0, 0, self.say(f"{self.place}缺填情况", f"Missing: {self.place}"), looks["title"]
        )
        sheet.merge_range(1, 0, 1, last + 3, "", looks["subtitle"])
        sheet.write_string(1, 0, self.about(), looks["subtitle"])
        heads = [
            self.say("地区代码", "Code"),
            self.say("地区", "Place"),
            *(self.sheet_name(TABLES[name]) for name in tables),
            self.say("缺填合计", "Missing"),
            self.say("应填合计", "To fill in"),
            self.say("已填比例", "Filled in"),
        ]
        sheet.set_row(TOP - 1, 32)
        for k, words in enumerate(heads):
            sheet.write_string(TOP - 1, k, words, looks["head"])
        sheet.freeze_panes(TOP, 2)
        sheet.repeat_rows(TOP - 1)
        due = [[self.due(name, code) for name in tables] for code in places]
        own = sheets.Table(
            "missing",
            len(places),
            [sheets.Column(name) for name in ("code", "place", *tables, *SUMS)],
        ).place(sheet.get_name(), TOP)
        for n, (code, each) in enumerate(zip(places, due, strict=True)):
            row = TOP + n
            sheet.write_string(row, own.at["code"], code, looks["text"])
            sheet.write_string(row, own.at["place"], self.words["place"][code], looks["text"])
            for name, number in zip(tables, each, strict=True):
                if number:
                    formula = self.empty_cells(name, own.cell("place", n))
                    sheet.write_formula(row, own.at[name], formula, looks["count"], number)
                else:
                    sheet.write_string(row, own.at[name], "—", looks["missing"])
            self.row_sums(sheet, own, n, tables, sum(each), "count")
        row = TOP + len(places)
        sheet.write_string(row, own.at["code"], "", looks["total_text"])
        sheet.write_string(row, own.at["place"], self.say("合计", "Total"), looks["total_text"])
        for k, name in enumerate(tables):
            total = sum(each[k] for each in due)
            formula = f"=SUM({own.whole(name)})"
            sheet.write_formula(row, own.at[name], formula, looks["total_year"], total)
        self.row_sums(sheet, own, len(places), tables, sum(map(sum, due)), "total_year")
        red = self.book.file.add_format({"bg_color": "#FCE4D6", "font_color": "#C00000"})
        green = self.book.file.add_format({"bg_color": "#E2EFDA"})
        some = {"criteria": "between", "minimum": 1, "maximum": 10**9, "format": red}
        for rule in (some, {"criteria": "==", "value": 0, "format": green}):
            sheet.conditional_format(TOP, 2, row, own.at["missing"], {"type": "cell", **rule})

    def about(self) -> str:
        """What the sheet of what is missing says of itself."""
        return self.say(
            "表中是还没有填的单元格数，由公式随填报自动计算；没有数据的请在备注说明，确为零的填 0。可不填的表不计。",
            "Cells that are still empty, counted by formulas while you fill in; write 0 for zero."
            " Optional sheets are not counted.",
        )

    def row_sums(
        self,
        sheet: Worksheet,
        own: sheets.Table,
        n: int,
        tables: Sequence[str],
        due: int,
        look: str,
    ) -> None:
        """What is missing and due in a row, and the part that is filled in."""
        row, look_of = TOP + n, self.book.looks[look]
        cells = ",".join(own.cell(name, n) for name in tables)
        missing, every = own.cell("missing", n), own.cell("due", n)
        sheet.write_formula(row, own.at["missing"], f"=SUM({cells})", look_of, due)
        sheet.write_number(row, own.at["due"], due, look_of)
        part = f"=IF({every}>0,1-{missing}/{every},1)"
        sheet.write_formula(row, own.at["part"], part, self.part, 0.0)

    def places(self, tables: Sequence[str]) -> list[str]:
        """The places with rows, as the standard orders them."""
        found = {row["place"] for name in tables for row in self.rows[name] if row.get("place")}
        return [code for code in self.standard.places.codes if code in found]

    def due(self, name: str, code: str) -> int:
        """How many rows of a place wait for a figure."""
        return sum(row.get("place") == code for row in self.rows[name])

    def empty_cells(self, name: str, place: str) -> str:
        """The formula that counts the rows of a place, named in a cell, without a figure, or
        without the year that was left to be chosen.
        """
        table, rows = TABLES[name], self.rows[name]
        own = sheets.Table(
            name, len(rows), [sheets.Column(each.name) for each in self.columns(table)]
        ).place(self.sheet_name(table), 1)
        waiting = [figure_of(table)]
        if "year" in table.key and any(each.get("year") is None for each in rows):
            waiting.append("year")
        filled = "*".join(f"(LEN(TRIM({own.whole(each)}))>0)" for each in waiting)
        return f"=SUMPRODUCT(({own.whole('place')}={place})*(1-{filled}))"
