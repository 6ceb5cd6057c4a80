"""The habits of writing that people have, and the one plain way of writing: a rule a habit, each in
this place only.
A rule rewrites a text; whatever it changed is noted beside the value that was read. A text that no
rule makes plain is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from fiscal_model.messages.message import Message
from fiscal_model.periods import FIRST_YEAR, LAST_YEAR
from fiscal_model.spelling import numeral, ordinary, squeezed, tidied, unmarked, visible
from fiscal_model.vocabulary import Text


@dataclass(frozen=True)
class Rule:
    """One habit: its name in a note, and how it is rewritten."""

    label: Text
    rewrite: Callable[[str], str]


Note = Text | Message
"""What is told of a cell that was read: a habit by its name, or a message."""


@dataclass
class Manner:
    """How a cell is written. ``scale`` is what its heading says (万元, %; nothing without a unit),
    ``typed`` whether the file tells numbers from texts.

    ``kind`` is that of its column, where a unit in a number format is one of the figure.
    """

    scale: Decimal | None = None
    typed: bool = False
    kind: str = ""
    notes: list[Note] = field(default_factory=list)


def plain(text: str, rules: Iterable[Rule], notes: list[Note]) -> str:
    """The text after all rules; the name of each that changed it is added to ``notes``."""
    for rule in rules:
        rewritten = rule.rewrite(text)
        if rewritten != text:
            notes.append(rule.label)
            text = rewritten
    return text


INVISIBLE: Final = Rule(Text("不可见字符", "invisible characters"), visible)
WIDTH: Final = Rule(Text("全角字符", "full-width characters"), ordinary)
SPACES: Final = Rule(Text("多余的空格或换行", "stray spaces or line breaks"), tidied)
APOSTROPHE: Final = Rule(Text("前置撇号", "a leading apostrophe"), unmarked)
FORMULA_TEXT: Final = Rule(
    Text("公式写法的文本", "text written as a formula"),
    lambda text: re.sub(r'^="([^"]*)"$', r"\1", text),
)
TEXT_RULES: Final = (INVISIBLE, WIDTH, SPACES, APOSTROPHE, FORMULA_TEXT)
"""For every kind of cell but free text."""

_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"
_GROUPED = re.compile(r"^((?:¥ ?)?[+-]?\d{1,3})(([, ])\d{3}(?:\3\d{3})*)(?![\d, ]*\d)")
MULTIPLIERS: Final = {
    "百": 10**2,
    "千": 10**3,
    "万": 10**4,
    "十万": 10**5,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
    "万亿": 10**12,
}
MULTIPLIER: Final = "|".join(sorted(MULTIPLIERS, key=len, reverse=True))


def _ungrouped(text: str) -> str:
    return _GROUPED.sub(lambda match: match[1] + match[2].replace(match[3], ""), text, count=1)


def _written(value: Decimal) -> str:
    return f"{value:f}".rstrip("0").rstrip(".") if value % 1 else f"{value:.0f}"


def _per(text: str, sign: str, parts: int) -> str:
    match = re.fullmatch(rf"({_NUMBER}) ?{sign}", text)
    return _written(Decimal(match[1]) / parts) if match and len(text) < 40 else text


def _yuan_sign(text: str) -> str:
    return re.sub(rf"^(?:¥|人民币|RMB|CNY) ?(?={_NUMBER})", "", text)


THOUSANDS: Final = Rule(Text("千位分隔符", "thousands separators"), _ungrouped)
YUAN_SIGN: Final = Rule(Text("货币符号", "a currency sign"), _yuan_sign)
PERCENT: Final = Rule(
    Text("百分比", "a percentage"), lambda text: _per(_per(text, "%", 100), "‰", 1000)
)
WHOLE: Final = Rule(
    Text("带小数点的整数", "a whole number with a decimal point"),
    lambda text: re.sub(r"^(\d+)\.0+$", r"\1", text),
)


def written_out(units: Iterable[str]) -> Rule:
    """``1.2亿``, ``3.5万元``, ``1200人``: a multiplier, one of ``units``, or both after the
    number.
    """
    unit = "|".join(sorted(map(re.escape, units), key=len, reverse=True))
    pattern = re.compile(rf"({_NUMBER}) ?({MULTIPLIER})? ?({unit})?")

    def rewrite(text: str) -> str:
        match = pattern.fullmatch(text)
        if not match or not (match[2] or match[3]) or len(text) > 40:
            return text
        return _written(Decimal(match[1]) * MULTIPLIERS[match[2]]) if match[2] else match[1]

    return Rule(Text("写明的单位", "a unit written out"), rewrite)


SHOWN_UNIT: Final = Text("数字格式中的单位", "the unit in its number format")
OWN_UNITS: Final = frozenset({PERCENT.label, written_out([]).label})
"""Notes of texts that state a unit themselves."""

_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?")
_EXCEL_DAY_0 = date(1899, 12, 30)


def _year_of_date(text: str) -> str:
    """The year of a date. A year that a spreadsheet shows as a date lies in 1905: its serial number
    is meant.
    """
    match = _DATE.fullmatch(text)
    if not match:
        return text
    try:
        day = date(*map(int, match.groups()))
    except ValueError:
        return text
    serial = (day - _EXCEL_DAY_0).days
    return str(serial if FIRST_YEAR <= serial <= LAST_YEAR else day.year)


YEAR_WORD: Final = Rule(
    Text("“年”字", "the word 年"), lambda text: re.sub(r"^(\d{4}) ?年度?$", r"\1", text)
)
DATE: Final = Rule(Text("日期", "a date"), _year_of_date)
AGE_WORDS: Final = Rule(
    Text("年龄写法", "words of age"),
    lambda text: (
        re.sub(r"[~至到]", "-", re.sub(r" ?岁", "", text))
        .replace("及以上", "+")
        .replace("以上", "+")
        .replace(" ", "")
    ),
)

NUMERAL: Final = Rule(Text("中文数字", "Chinese numerals"), numeral)

_TOTAL = re.compile(r".{0,20}(合计|总计|小计|共计)(数|额)?|(grand|sub)?-?totals?|sum|total.{0,20}")


def is_total(text: str) -> bool:
    """Whether a cell names a sum of rows."""
    return bool(_TOTAL.fullmatch(squeezed(text).strip(":")))
