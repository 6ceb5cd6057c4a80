"""The live sheets: their tables one below the other, known before the first cell is written, since
sheets refer to one another.
"""

from __future__ import annotations

from fiscal_model.inputs.embedded.english import said
from fiscal_model.inputs.model import Supplied
from fiscal_model.vocabulary import BASES, Text, labelled, listed
from fiscal_model.workbook.columns import Column, Table, widths
from fiscal_model.workbook.context import Report
from fiscal_model.workbook.sheet import LEGEND, TITLE, Sheet

DIGITS, TOLERANCE = "display_digits", "tolerance"
DIGITS_ZH = "零一二三四五六七八九"
NOT_NEGATIVE = {"validate": "decimal", "criteria": ">=", "value": 0}
TOP = TITLE + 5
"""The first row of tables: title, scenario, unit, legend and a blank row stand above."""
TOP_ROWS = TITLE + 4
"""Rows that stay in view on a sheet of inputs."""


def stacked(report: Report, name: Text, tables: list[Table]) -> None:
    """Gives tables their places on a sheet: a caption, a heading, the rows and a blank row each."""
    row = TOP
    for table in (each for each in tables if not each.left_out):
        report.tables.add(table.place(name.to(report.lang), row + 2))
        row = table.top + table.height + 1


def opened(
    report: Report, key: str, title: Text, about: Text, tables: list[Table], over: int = 0
) -> Sheet:
    """A live sheet with a line that says what it is about; it is not signed."""
    sheet = report.open(key, title.zh, title.en, widths(*tables), over=over)
    sheet.line(about.to(report.lang))
    sheet.signs = False
    return sheet


def written(report: Report, sheet: Sheet, tables: list[Table]) -> None:
    """The tables of a sheet at their places, their captions numbered."""
    for n, table in enumerate((each for each in tables if not each.left_out), 1):
        assert table.caption
        zh, en = table.caption.zh, table.caption.en
        sheet.label(table.top - 2, report.say(f"{numeral(n)}、{zh}", f"{n}. {en}"))
        sheet.show(table)


def numeral(n: int) -> str:
    """A number from 1 to 99 as a Chinese caption has it: 三, 十, 十二, 二十."""
    tens, ones = divmod(n, 10)
    ten = f"{DIGITS_ZH[tens] if tens > 1 else ''}十" if tens else ""
    return ten + (DIGITS_ZH[ones] if ones else "")


def legend(report: Report, sheet: Sheet) -> None:
    """What the colours mean."""
    keys = {
        "input_text": Text("黄底：可修改的输入", "yellow: input, may be changed"),
        "projected_count": Text("绿底：推算数", "green: projected"),
        "stated_money": Text("灰底：测算时的固定值", "grey: fixed at the run"),
        "money": Text("无底色：公式", "plain: formula"),
        "trace": Text("小灰字：行号", "small grey: row numbers"),
    }
    plain = Column("", look="plain")
    words = [Column(look, "", [said], LEGEND[look]) for look, said in keys.items()]
    sheet.table(Table("legend", 1, [plain, plain, *words]))


def origin_words(found: Supplied | None, report: Report) -> str:
    """Where a supplied value comes from."""
    if found is None:
        return ""
    basis = BASES[found.basis].to(report.lang)
    told = listed(
        [said(part, report.lang) for part in (found.source, found.note) if part], report.lang
    )
    return labelled(basis, told, report.lang) if told else basis
