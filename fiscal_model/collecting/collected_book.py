"""The workbook of what was collected: an input workbook, and a sheet that says how it came about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fiscal_model.collecting.collected import CHANGE_COLUMNS, ROW_COLUMNS, Collected
from fiscal_model.inputs.tables import COLLECTED
from fiscal_model.vocabulary import Text
from fiscal_model.workbook.input_book import InputBook

WIDTHS = (34, 18, 14, 30, 30, 34)


class CollectedBook(InputBook):
    """Writes what was collected."""

    def __init__(self, *args: Any, collected: Collected) -> None:
        super().__init__(*args)
        self.collected = collected

    @property
    def title(self) -> str:
        """What stands above the instructions."""
        return self.say("汇总后的测算数据", "Collected inputs")

    def write(self) -> None:
        """All sheets of an input workbook, and what was collected."""
        super().write()
        sheet = self.book.file.add_worksheet(COLLECTED.to(self.lang))
        self.page(sheet)
        looks = self.book.looks
        for column, width in enumerate(WIDTHS):
            sheet.set_column(column, column, width)
        sheet.set_row(0, 28)
        last = len(WIDTHS) - 1
        for row, look in ((0, "title"), (1, "plain")):
            sheet.merge_range(row, 0, row, last, "", looks[look])
        sheet.write_string(0, 0, COLLECTED.to(self.lang), looks["title"])
        sheet.write_string(1, 0, self.collected.missing_words(self.lang), looks["plain"])
        sheet.set_row(1, 34)
        row = 3
        for label, columns, cells in (
            (
                Text("收下的数据", "What was taken"),
                ROW_COLUMNS,
                self.collected.row_cells(self.lang),
            ),
            (
                Text("被改动的预填内容", "Prepared cells that were changed"),
                CHANGE_COLUMNS,
                self.collected.change_cells(self.lang),
            ),
        ):
            sheet.write_string(row, 0, label.to(self.lang), looks["label"])
            row = self.listed(sheet, row + 1, columns, cells) + 2

    def listed(
        self, sheet: Any, row: int, columns: Sequence[Text], cells: Sequence[Sequence[str]]
    ) -> int:
        """A table of words; the row behind it."""
        for k, words in enumerate(columns):
            sheet.write_string(row, k, words.to(self.lang), self.book.looks["head"])
        for n, each in enumerate(cells or [[self.say("无", "none")]], start=1):
            for k, word in enumerate(each):
                number = word.isdigit() and columns is ROW_COLUMNS
                self.put(sheet, row + n, k, int(word) if number else word, self.look_of(number))
        return row + max(len(cells), 1)

    def look_of(self, number: bool) -> Any:
        """How a cell of these tables looks."""
        return self.book.looks["count" if number else "text"]
