"""What was changed in a workbook beside the cells that were to be filled in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from fiscal_model.inputs.formats import Shown
from fiscal_model.inputs.raw import address, is_blank
from fiscal_model.spelling import ordinary
from fiscal_model.vocabulary import Text

AS_SENT: Final = Text("按原内容归入", "the row counts for what was sent")
AS_IT_IS: Final = Text("按改后的内容读取", "read as it is now")
NOT_READ: Final = Text("不读取，无影响", "not read, no effect")
MOVED: Final = Text("整行移动，按行中所写读取", "rows were moved: read by what they say")
GONE: Final = Text("没有这一行", "the row is not there")
SHEET_GONE: Final = Text("没有这张表", "the sheet is not there")
RENAMED: Final = Text("表名已改，仍按原表读取", "renamed, still read as the sheet that was sent")
TAKEN: Final = Text("已作为输入收下", "taken as an input")
OF_SCENARIO: Final = Text(
    "属于情景，不是输入数据：请改写情景文件", "belongs to a scenario, not to inputs: not taken"
)
OF_RUN: Final = Text("测算时的数，未收下", "a figure of the run, not taken")


@dataclass(frozen=True)
class Change:
    """A cell (or row, or sheet) that is not what was sent: where, what it was and is, and what
    follows from that.
    """

    file: str
    sheet: str
    cell: str
    was: str
    now: str
    effect: Text

    @property
    def order(self) -> tuple[int, int, str]:
        """By row, then by column."""
        letters = self.cell.rstrip("0123456789")
        return int(self.cell[len(letters) :] or 0), len(letters), letters


def change(file: str, sheet: str, line: int, position: int, *said: Any) -> Change:
    """A changed cell: ``said`` are what was, what is and the effect."""
    was, now, effect = said
    cell = address("", "", line, position).rpartition("!")[2]
    return Change(file, sheet, cell, shown(was), shown(now), effect)


def shown(value: Any) -> str:
    """A cell as it is told: numbers plainly, nothing as nothing."""
    value = value.value if isinstance(value, Shown) else value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "" if is_blank(value) else str(value).strip()
    if math.isfinite(value) and value == int(value):
        return str(int(value))
    return f"{value:.12g}"


def plainly(value: Any) -> str:
    """A cell as it is compared: width, spaces, and how a number is stored do not matter."""
    return "".join(ordinary(shown(value)).split())


def cell(row: Sequence[Any], position: int) -> Any:
    """A cell of a row that may be shorter."""
    return row[position] if position < len(row) else None
