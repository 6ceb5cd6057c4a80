"""What the live sheets share: tables at the places of the layout, marked input cells, and words for
where a value comes from.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fiscal_model.inputs.embedded.words import said
from fiscal_model.inputs.model import Supplied
from fiscal_model.report.area import Area
from fiscal_model.report.context import Report
from fiscal_model.report.sheet import LEGEND, Sheet
from fiscal_model.vocabulary import BASES, labelled, listed

DIGITS, TOLERANCE = "display_digits", "tolerance"
NUMERALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十")
NOT_NEGATIVE = {"validate": "decimal", "criteria": ">=", "value": 0}


class Tables:
    """Writes the tables of one live sheet at the places that the layout gives them."""

    def __init__(self, report: Report, sheet: Sheet) -> None:
        self.report, self.sheet, self.count = report, sheet, 0

    def start(self, area: Area, caption: tuple[str, str], titles: Sequence[Any]) -> None:
        """The caption, numbered among those of the sheet, and headings of a table; the present row
        is then its first.
        """
        self.sheet.row, self.count = area.top - 2, self.count + 1
        zh, en = caption
        self.sheet.cell(
            0, self.report.say(f"{NUMERALS[self.count - 1]}、{zh}", f"{self.count}. {en}"), "label"
        )
        self.sheet.row += 1
        self.sheet.head(titles)

    def row(self, values: Sequence[Any], looks: Sequence[str]) -> None:
        """One row of labels, inputs and formulas, as high as its longest text needs."""
        self.sheet.fitted(values, looks)

    def inputs(self, area: Area, first: int, last: int, check: dict[str, Any]) -> None:
        """What may be entered in some columns of a table."""
        self.sheet.sheet.data_validation(area.top, first, area.top + area.height - 1, last, check)


def legend(report: Report, sheet: Sheet) -> None:
    """What the colours mean."""
    keys = {
        "input_text": ("黄底：可修改的输入", "yellow: input, may be changed"),
        "projected_count": ("绿底：推算数", "green: projected"),
        "stated_money": ("灰底：测算时的固定值", "grey: fixed at the run"),
        "money": ("无底色：公式", "plain: formula"),
        "trace": ("小灰字：行号", "small grey: row numbers"),
    }
    sheet.fitted(
        ["", "", *(report.say(*words) for words in keys.values())],
        ["plain", "plain", *(LEGEND[look] for look in keys)],
    )


def origin_words(found: Supplied | None, report: Report) -> str:
    """Where a supplied value comes from."""
    if found is None:
        return ""
    basis = BASES[found.basis].to(report.lang)
    told = listed(
        [said(part, report.lang) for part in (found.source, found.note) if part], report.lang
    )
    return labelled(basis, told, report.lang) if told else basis


TOP_ROWS = 4
"""Rows that stay in view on a sheet of inputs."""
