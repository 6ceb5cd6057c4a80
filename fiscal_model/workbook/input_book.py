"""The input workbook: one sheet a table, ready to be filled in, with lists to choose from and
instructions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from fiscal_model.inputs.cells import SEX_WORDS, STAGES
from fiscal_model.inputs.names import item_labels
from fiscal_model.inputs.needed import OPTIONAL, Needed
from fiscal_model.inputs.tables import NOTES, TABLES, TEMPLATE_SHEETS, UNITS_OF_KINDS, Column, Table
from fiscal_model.periods import FIRST_YEAR, LAST_YEAR
from fiscal_model.standard.names import grant_label, unique_names
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import BASES, Lang, Text, listed, spans
from fiscal_model.workbook import columns as sheets
from fiscal_model.workbook.sheet import Book, lines_of, row_height

SPARE_ROWS: Final = 5_000
"""Rows below the prepared ones that still offer lists and checks."""
EMPTY: Final = {
    "place": Text("空为全区", "empty: the whole region"),
    "item": Text("空为全部", "empty: all items"),
}
GUIDE_WIDTHS: Final = (26, 56, 12, 12)
WIDTHS: Final = {
    "beneficiary": 42,
    "priced_line": 42,
    "amount_line": 42,
    "any_line": 42,
    "item": 48,
    "place": 30,
    "year": 9,
    "sex": 9,
    "age": 11,
    "count": 22,
    "money": 20,
    "share": 20,
    "payer": 20,
    "stage": 11,
    "basis": 18,
    "text": 26,
    "document": 26,
}
FORMATS: Final = {
    "count": "#,##0",
    "money": "#,##0.00",
    "share": "0.0000",
    "year": "0",
    "age": "@",
    "text": "@",
    "document": "@",
    "name": "@",
}
Cells = Mapping[str, Any]
"""The cells of a row by column, as codes and figures."""


class InputBook:
    """Writes the sheets of one workbook; ``scenario`` is the file without which its names are
    unknown, if there is one.

    ``rows`` of each table are cells by column: a key that is chosen, a figure that is known. What
    is left out of them waits to be filled in.
    """

    def __init__(
        self,
        book: Book,
        standard: Standard,
        wanted: Needed,
        rows: Mapping[str, Sequence[Cells]],
        this_year: int,
        scenario: str = "",
    ) -> None:
        self.book, self.standard, self.wanted, self.rows, self.this_year = (
            book,
            standard,
            wanted,
            rows,
            this_year,
        )
        self.scenario, self.lang = scenario, book.lang
        lang = book.lang
        self.words = _words(standard, lang)
        self.lists = self._lists()
        base = {
            "font_name": book.looks["text"].font_name,
            "font_size": 10,
            "valign": "vcenter",
            "locked": False,
        }
        self.free = {
            kind: book.file.add_format({**base, "num_format": shown})
            for kind, shown in FORMATS.items()
        }
        waiting = {**base, "border": 1, "bg_color": "#FFF9E5"}
        self.open = {
            kind: book.file.add_format({**waiting, "num_format": FORMATS.get(kind, "General")})
            for kind in WIDTHS
        }

    def say(self, zh: str, en: str) -> str:
        return Text(zh, en).to(self.lang)

    def sheet_name(self, table: Table) -> str:
        """The Chinese label or the code: the reader knows both."""
        return table.label.zh if self.lang == "zh" else table.name

    def write(self) -> None:
        """All sheets: instructions, tables, lists."""
        guide = self.book.file.add_worksheet(TEMPLATE_SHEETS[0].to(self.lang))
        for name, rows in self.rows.items():
            self.table(TABLES[name], rows)
        self.list_sheet(self.book.file.add_worksheet(TEMPLATE_SHEETS[1].to(self.lang)))
        self.instructions(guide)

    def page(self, sheet: Worksheet) -> None:
        """A4 landscape, one page wide, numbered."""
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
        sheet.set_footer("&L&A&R" + self.say("第 &P 页，共 &N 页", "page &P of &N"))

    def heading(self, column: Column) -> str:
        """The label with its unit, or with what an empty cell means."""
        unit = UNITS_OF_KINDS.get(column.kind) or (EMPTY.get(column.kind) if column.empty else None)
        label = column.label.to(self.lang)
        return (
            f"{label}{self.say('（', ' (')}{unit.to(self.lang)}{self.say('）', ')')}"
            if unit
            else label
        )

    def table(self, table: Table, rows: Sequence[Cells]) -> Worksheet:
        """One table: headings, prepared rows, lists and limits below each heading."""
        sheet = self.book.file.add_worksheet(self.sheet_name(table))
        self.page(sheet)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.set_row(0, 34)
        columns = self.columns(table)
        for position, column in enumerate(columns):
            self.column(sheet, table, column, position, len(rows))
        for at, row in enumerate(rows, start=1):
            for position, column in enumerate(columns):
                if (value := row.get(column.name)) is not None:
                    look = self.look(table, column)
                    self.put(sheet, at, position, self.said(column.kind, value), look)
                elif column in table.columns:
                    sheet.write_blank(at, position, None, self.waiting(column))
        return sheet

    def columns(self, table: Table) -> tuple[Column, ...]:
        """The columns of a sheet in their order."""
        return (*table.columns, *NOTES)

    def column(
        self, sheet: Worksheet, table: Table, column: Column, position: int, rows: int
    ) -> None:
        """The heading of a column, its width, and what may be entered below."""
        look = self.free.get(column.kind, self.free["text"])
        sheet.set_column(position, position, WIDTHS.get(column.kind, 16), look)
        sheet.write_string(0, position, self.heading(column), self.book.looks["head"])
        sheet.data_validation(1, position, rows + SPARE_ROWS, position, self.limits(table, column))

    def look(self, table: Table, column: Column) -> Format:
        """How a cell looks that is filled: one of the key as prepared, another as entered."""
        if column.name in table.key:
            return self.book.looks["year" if column.kind == "year" else "text"]
        if column in NOTES:
            return self.free.get(column.kind, self.free["text"])
        return self.waiting(column)

    def waiting(self, column: Column) -> Format:
        """How a cell looks that waits to be filled in."""
        return self.open.get(column.kind, self.open["text"])

    def said(self, kind: str, value: Any) -> str | float:
        """A value as it stands in a cell: a name for a code, a number as it is."""
        if kind in self.words:
            return self.words[kind][value]
        return value if isinstance(value, str) else float(value)

    def put(self, sheet: Worksheet, row: int, position: int, value: str | float, look: Any) -> None:
        """A text or a number; a text never becomes a formula."""
        if isinstance(value, str):
            sheet.write_string(row, position, value, look)
        else:
            sheet.write_number(row, position, value, look)

    def limits(self, table: Table, column: Column) -> dict[str, Any]:
        """What may stand in a column, as the workbook itself can check it; codes are as good as
        names, so lists only warn.
        """
        rule = self.rule(column)
        hint = self.hint(table, column)
        return {
            **rule,
            "input_title": column.label.to(self.lang)[:32],
            "input_message": hint,
            "ignore_blank": True,
        }

    def rule(self, column: Column) -> dict[str, Any]:
        numbers: dict[str, dict[str, Any]] = {
            "count": {"validate": "integer", "criteria": ">=", "value": 0},
            "money": {"validate": "decimal", "criteria": ">=", "value": 0},
            "share": {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1},
            "year": {
                "validate": "integer",
                "criteria": "between",
                "minimum": FIRST_YEAR,
                "maximum": LAST_YEAR,
            },
            "number": {
                "validate": "decimal",
                "criteria": "between",
                "minimum": -(10**15),
                "maximum": 10**15,
            },
        }
        if column.kind in self.lists:
            wrong = self.say(
                "不在下拉选项中；也可填写代码。", "Not in the list; codes are read as well."
            )
            return {
                "validate": "list",
                "source": f"={column.kind}_list",
                "error_type": "warning",
                "error_message": wrong,
            }
        if column.kind in numbers:
            wrong = self.hint(None, column)
            return {**numbers[column.kind], "error_message": wrong}
        return {"validate": "any"}

    def hint(self, table: Table | None, column: Column) -> str:
        """What to write in a column."""
        words = {
            "count": (
                "不小于 0 的整数，单位见“下拉选项”。没有数据请留空，为零填 0。",
                "A whole number, 0 or more; units are on sheet Lists. Empty: no data.",
            ),
            "money": (
                "不小于 0 的数，以元为单位。没有数据请留空，为零填 0。",
                "A number, 0 or more, in yuan. Leave it empty without data.",
            ),
            "share": ("0 与 1 之间的数，如 0.3。", "A number between 0 and 1, such as 0.3."),
            "year": (f"四位年份，{FIRST_YEAR}–{LAST_YEAR}。", f"A year, {FIRST_YEAR}-{LAST_YEAR}."),
            "number": ("一个数。", "A number."),
            "age": ("单岁或年龄组：7、5-9、85+。", "A year of age or a band: 7, 5-9, 85+."),
            "text": ("文字。", "Text."),
            "name": ("文字。", "Text."),
        }
        words["place"] = (
            "从下拉选项选择，或填六位代码。",
            "Choose from the list, or write the six-digit code.",
        )
        zh, en = words.get(
            column.kind, ("从下拉选项选择，或填代码。", "Choose from the list, or write the code.")
        )
        optional = self.say("可不填。", " Optional.") if column.empty and table else ""
        return self.say(zh, en) + optional

    def _lists(self) -> dict[str, list[tuple[str, str]]]:
        """The words to choose from by kind of column, each with a remark."""
        standard, wanted = self.standard, self.wanted
        places = [code for code, place in standard.places.by_code.items() if not place.elsewhere]
        priced = [line for line in wanted.lines if not line.is_amount]
        amounts = [line.code for line in wanted.lines if line.is_amount] + [
            f"grant:{item}:{payer}" for item, payer in wanted.grants
        ]
        yuan = UNITS_OF_KINDS["money"].to(self.lang)
        return {
            "place": [(self.words["place"][code], code) for code in places],
            "beneficiary": [
                (self.words["beneficiary"][b], standard.beneficiaries[b].unit.to(self.lang))
                for b in wanted.beneficiaries
            ],
            "priced_line": [
                (self.words["priced_line"][line.code], line.per.to(self.lang)) for line in priced
            ],
            "amount_line": [(self.words["amount_line"][code], yuan) for code in amounts],
            "any_line": [(self.words["any_line"][line.code], line.code) for line in wanted.lines],
            "item": [(self.words["item"][number], str(number)) for number in wanted.items],
            "payer": [
                (label.to(self.lang), payer) for payer, label in standard.payers.names.known.items()
            ],
            "basis": [(label.to(self.lang), basis) for basis, label in BASES.items()],
            "stage": [(label.to(self.lang), label.en) for label in STAGES.values()],
            "sex": [(label.to(self.lang), label.en) for label in SEX_WORDS.values()],
        }

    def list_sheet(self, sheet: Worksheet) -> None:
        """Every list in a pair of columns: the words, and their unit or code."""
        self.page(sheet)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        labels = {
            column.kind: column.label
            for table in reversed(TABLES.values())
            for column in reversed((*table.columns, *NOTES))
        }
        labels |= {
            "priced_line": Text("按人数测算的支出项", "lines by count"),
            "amount_line": Text("按金额测算的支出项", "lines by amount"),
        }
        labels["any_line"] = Text("全部支出项", "all lines")
        units = ("beneficiary", "priced_line", "amount_line")
        name = TEMPLATE_SHEETS[1].to(self.lang)
        lists = {kind: words for kind, words in self.lists.items() if words}
        columns = [sheets.Column(name) for kind in lists for name in (kind, f"{kind}:remark")]
        for left, (kind, words) in zip(range(0, len(columns), 2), lists.items(), strict=True):
            sheet.set_column(left, left, WIDTHS[kind])
            sheet.set_column(left + 1, left + 1, 28)
            sheet.write_string(0, left, labels[kind].to(self.lang), self.book.looks["head"])
            remark = self.say("单位", "unit") if kind in units else self.say("代码", "code")
            sheet.write_string(0, left + 1, remark, self.book.looks["head"])
            for row, pair in enumerate(words, start=1):
                for column, text in enumerate(pair):
                    sheet.write_string(row, left + column, text, self.book.looks["text"])
            cells = sheets.Table(kind, len(words), columns).place(name, 1)
            self.book.define(f"{kind}_list", cells.whole(kind))

    @property
    def title(self) -> str:
        """What stands above the instructions."""
        return self.say("测算数据填报工作簿", "Input workbook")

    def optional(self, name: str) -> bool:
        """Whether no figure waits for a table."""
        return name in OPTIONAL or (
            name == "amounts" and not any(line.is_amount for line in self.wanted.lines)
        )

    def instructions(self, sheet: Worksheet) -> None:
        """What the workbook is for, what stands on each sheet, and how to fill it in."""
        self.page(sheet)
        sheet.fit_to_pages(1, 1)
        sheet.hide_gridlines(2)
        for column, width in enumerate(GUIDE_WIDTHS):
            sheet.set_column(column, column, width)
        looks = self.book.looks
        sheet.set_row(0, 30)
        sheet.merge_range(0, 0, 0, 3, "", looks["title"])
        sheet.write_string(0, 0, self.title, looks["title"])
        sheet.merge_range(1, 0, 1, 3, "", looks["subtitle"])
        items = spans(self.wanted.items, self.lang)
        title = self.standard.title.to(self.lang)
        sheet.write_string(
            1,
            0,
            self.say(f"{title}，服务项目 {items}", f"{title}, items {items}"),
            looks["subtitle"],
        )
        row = 3
        for column, word in enumerate(
            (
                self.say("工作表", "sheet"),
                self.say("每行是", "a row is"),
                self.say("是否需要", "needed"),
                self.say("预填行数", "rows prepared"),
            )
        ):
            sheet.write_string(row, column, word, looks["head"])
        for name, rows in self.rows.items():
            row += 1
            table = TABLES[name]
            cells = (
                self.sheet_name(table),
                listed((column.label.to(self.lang) for column in table.columns), self.lang),
                self.say("可不填", "optional") if self.optional(name) else self.say("需要", "yes"),
            )
            for column, text in enumerate(cells):
                sheet.write_string(row, column, text, looks["text"])
            sheet.write_number(row, 3, len(rows), looks["count"])
            sheet.set_row(row, 18)
        row += 2
        for number, text in enumerate(self.rules(), start=1):
            sheet.merge_range(row, 0, row, 3, "", looks["plain"])
            sheet.write_string(row, 0, f"{number}. {text}", looks["plain"])
            lines = lines_of(f"{number}. {text}", sum(GUIDE_WIDTHS))
            sheet.set_row(row, max(18, row_height(lines)))
            row += 1
        self.example(sheet, row + 1)

    def rules(self) -> list[str]:
        """How to fill it in."""
        also_zh, also_en = (
            (f"（连同情景文件 {self.scenario}）", f" {self.scenario}")
            if self.scenario
            else ("", "")
        )
        return [
            self.say(
                "每张表从标题行下一行起填写，不要改动工作表名和列标题；来源、备注、依据三列可不填。",
                "Fill in below the headings; keep the names of sheets and headings. Source, note"
                " and basis are optional.",
            ),
            self.say(
                "浅黄色单元格等待填写。没有数据请留空：未填数值的行视为未提供，不会当作零；确为零请填 0。",
                "Shaded cells wait for a figure. Leave a cell empty without data: such a row counts"
                " as not supplied, not as zero; write 0 for zero.",
            ),
            self.say(
                "金额一律以元为单位，人数按“下拉选项”所列单位填整数，比例填 0 与 1 之间的数。",
                "Amounts are in yuan, counts are whole numbers in the units on sheet Lists, shares"
                " lie between 0 and 1.",
            ),
            self.say(
                "地区可填名称或六位代码。同一受益对象同一年，地（州、市）与其所属县（市、区）只填一级。",
                "A place is a name or a six-digit code. For one beneficiary and year give a"
                " prefecture or its counties, not both.",
            ),
            self.say(
                "补助标准和最低工资自所填年份起执行，到下一次填报为止；地区留空表示全区。",
                "Rates and wages hold from their year until the next one given; an empty place"
                " means the whole region.",
            ),
            self.say(
                f"不需要的表可以删除；不要填合计行。填好后先用命令 fiscal-model check{also_zh}"
                " 检查，会一次列出全部问题及其单元格。",
                "Delete sheets that are not needed; write no rows of totals. Then run:"
                f" fiscal-model check FILE{also_en}, which lists every fault with its cell.",
            ),
        ]

    def example(self, sheet: Worksheet, row: int) -> None:
        """One filled row as an example, on this sheet only: nothing is read from here."""
        name = next(iter(self.rows))
        table, looks = TABLES[name], self.book.looks
        sheet.merge_range(row, 0, row, 3, "", looks["label"])
        label = self.say(
            f"示例（{self.sheet_name(table)}，数字为虚构，不会被读取）",
            f"Example ({name}; made-up figure, never read)",
        )
        sheet.write_string(row, 0, label, looks["label"])
        for column, each in enumerate(table.columns[:4]):
            sheet.write_string(row + 1, column, each.label.to(self.lang), looks["head"])
            text = {"year": str(self.this_year), "count": "1234", "money": "56780.00"}.get(
                each.kind
            ) or self.lists[each.kind][each.kind == "place"][0]
            sheet.write_string(row + 2, column, text, looks["text"])


def _words(standard: Standard, lang: Lang) -> dict[str, dict[Any, str]]:
    """What each code is called in the workbook: a name that the reader takes for that code only,
    else the code.
    """
    lines = {code: line.name for code, line in standard.lines.items()}
    grants = {
        f"grant:{item}:{payer}": grant_label(item, each.name)
        for item in standard.items
        for payer, each in standard.payers.items()
    }
    line_words = _called(lines, lang)
    return {
        "place": _called(
            {code: place.name for code, place in standard.places.by_code.items()}, lang
        ),
        "beneficiary": _called(
            {code: each.name for code, each in standard.beneficiaries.items()}, lang
        ),
        "priced_line": line_words,
        "amount_line": line_words | _called(grants, lang),
        "any_line": line_words,
        "item": {number: label.to(lang) for number, label in item_labels(standard).items()},
        "payer": {code: label.to(lang) for code, label in standard.payers.names.known.items()},
        **{
            kind: {code: label.to(lang) for code, label in labels.items()}
            for kind, labels in (("basis", BASES), ("stage", STAGES), ("sex", SEX_WORDS))
        },
    }


def _called(names: dict[str, Text], lang: Lang) -> dict[str, str]:
    unique = unique_names((name.to(lang), code) for code, name in names.items())
    return {
        code: name.to(lang) if name.to(lang) in unique else code for code, name in names.items()
    }
