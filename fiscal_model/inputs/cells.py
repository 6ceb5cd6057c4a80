"""Reads single cells: what was written, and what would be right."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any, Final

from fiscal_model.errors import shortened
from fiscal_model.inputs.documents import official
from fiscal_model.inputs.formats import Shown
from fiscal_model.inputs.measures import KINDS, fits
from fiscal_model.inputs.names import meaning
from fiscal_model.inputs.normal import (
    AGE_WORDS,
    DATE,
    NUMERAL,
    OWN_UNITS,
    PERCENT,
    SHOWN_UNIT,
    TEXT_RULES,
    THOUSANDS,
    WHOLE,
    YEAR_WORD,
    YUAN_SIGN,
    Manner,
    Rule,
    plain,
    written_out,
)
from fiscal_model.inputs.raw import UNCACHED
from fiscal_model.inputs.tables import TABLES, Column
from fiscal_model.inputs.units import NO_UNIT, Unit, unit_of
from fiscal_model.messages.message import Arg, Message, message
from fiscal_model.names import Meaning, Names, Unknown
from fiscal_model.periods import FIRST_YEAR, LAST_YEAR
from fiscal_model.spelling import ordinary, squeezed
from fiscal_model.standard.names import BENEFICIARY, GRANT, ITEM, LINE, PAYER, PLACE
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import BASES, Text, listed

MOST_PERSONS = 10**10
MOST_YUAN = 10**15
LONGEST_TEXT = 32_767
"""Characters that a cell of a workbook holds."""
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_EXPONENT = re.compile(r'(?:=?")?\d(?:\.\d*)?e\+?\d+"?')
_AGE = re.compile(r"(\d{1,3})(?:-(\d{1,3})|(\+))?")
_ERRORS = frozenset(
    {
        "#NULL!",
        "#DIV/0!",
        "#VALUE!",
        "#REF!",
        "#NAME?",
        "#NUM!",
        "#N/A",
        "#GETTING_DATA",
        "#SPILL!",
        "#CALC!",
        "#FIELD!",
    }
)
_NO_FIGURE = frozenset(
    {
        "-",
        "--",
        "/",
        "\\",
        "…",
        "...",
        "无",
        "暂无",
        "缺",
        "n/a",
        "na",
        "nan",
        "none",
        "null",
        "nil",
    }
)
STAGES: Final = {
    "budget": Text("预算", "budget"),
    "executed": Text("执行", "executed"),
    "final": Text("决算", "final"),
}
SEX_WORDS: Final = {
    "male": Text("男", "male"),
    "female": Text("女", "female"),
    "both": Text("合计", "both"),
}
SEXES: Final = {word: code for code, label in SEX_WORDS.items() for word in (code, label.zh)}
UNSEEN = Text(
    "数字格式把这个数隐藏了，照常读取", "hidden by its number format and read all the same"
)
TEXT_NUMBER = Text("以文本存储的数字", "a number stored as text")
AS_OFFICIAL = Text("按文号的规范写法", "the official way of writing a document")
NEGATIVE_ZERO = Text("负零", "negative zero")
MONEY_UNITS = ("元", "圆", "元整", "yuan")

CellReader = Callable[[Any, Manner], Any]


class BadCell(Exception):
    """What is wrong with a cell, and what would be right; of an ``unknown`` name the ``full``
    message has a hint, which takes its time.
    """

    def __init__(
        self,
        code: str | Message,
        old: str | None = None,
        unknown: Unknown | None = None,
        /,
        **args: Arg,
    ) -> None:
        super().__init__(code)
        new = message(code, **args) if old is None else None
        self.message: Message | Text = new or Text(str(code), str(old))
        self.unknown = unknown

    @property
    def full(self) -> Message | Text:
        """With a hint where there is one."""
        return self.unknown.message if self.unknown else self.message


def as_shown(value: float) -> float:
    """A number with the 15 digits that a spreadsheet shows: 999.9999999999999 is 1000 there."""
    return float(f"{value:.15g}")


def written(cell: Any) -> str:
    """A cell as text: whole numbers without a decimal point, dates as 2023-01-31."""
    if isinstance(cell, float):
        cell = as_shown(cell)
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == datetime.min.time():
        return cell.date().isoformat()
    return str(cell)


def quoted(cell: Any) -> str:
    """A cell as messages show it."""
    try:
        return shortened(" ".join(written(cell).split()))
    except ValueError:  # a whole number too long to print
        return "…"


def readable(cell: Any) -> None:
    """Refuses what no column can hold: a formula without a result, an error of one, a yes or no, a
    text without end.
    """
    if cell is UNCACHED:
        raise BadCell(
            "公式没有保存计算结果：请用 Excel 打开、保存后再读取，或改填数值",
            "the formula has no saved result: open the file in Excel and save it, or write the"
            " value",
        )
    if isinstance(cell, bool):
        word = str(cell).upper()
        raise BadCell(
            f"逻辑值 {word} 不能作为数据，请填写数值或文字",
            f"the logical value {word} is no datum: write a number or a text",
        )
    if isinstance(cell, str) and cell.startswith("#") and cell.strip() in _ERRORS:
        raise BadCell(
            f"公式出错（{cell.strip()}），请改正公式或改填数值",
            f"the formula failed ({cell.strip()}): mend it or write the value",
        )
    if isinstance(cell, str) and len(cell) > LONGEST_TEXT:
        raise BadCell(
            f"文字过长（{len(cell):,} 字），上限 {LONGEST_TEXT:,}",
            f"the text is too long ({len(cell):,}), the limit is {LONGEST_TEXT:,}",
        )


def number(cell: Any, manner: Manner, rules: Iterable[Rule] = ()) -> float:
    """A finite number, times what the heading says."""
    if isinstance(cell, Shown):
        if manner.kind in KINDS:
            return _shown(cell, manner)
        cell = str(cell)
    if isinstance(cell, int | float):
        value = _float(cell, cell)
    else:
        text = written(cell)
        if not _NUMBER.fullmatch(text) and not _NUMBER.fullmatch(
            text := plain(text, (*TEXT_RULES, *rules), manner.notes)
        ):
            zh, en = (
                ("：没有数据请留空，为零请填 0", ": leave it empty without data, write 0 for zero")
                if squeezed(text) in _NO_FIGURE
                else ("", "")
            )
            raise BadCell(f"“{quoted(cell)}”不是数字{zh}", f"'{quoted(cell)}' is not a number{en}")
        value = _float(text, cell)
        if manner.typed and not manner.notes:
            manner.notes.append(TEXT_NUMBER)
    if value == 0 and math.copysign(1, value) < 0:
        manner.notes.append(NEGATIVE_ZERO)
        value = 0.0
    if manner.scale is None or manner.scale == 1:
        return value
    if not OWN_UNITS.isdisjoint(manner.notes):
        raise BadCell(
            f"“{quoted(cell)}”自带单位，而列标题也注明了单位，请只保留一处",
            f"'{quoted(cell)}' states a unit and so does its heading: keep one of them",
        )
    return float(Decimal(repr(value)) * manner.scale)


def _shown(cell: Shown, manner: Manner) -> float:
    """A number as a person sees it: in the unit of its format, which may move it only by what the
    unit multiplies it by.
    """
    look, value = cell.look, _float(cell.value, cell.value)
    if cell.unseen:
        manner.notes.append(UNSEEN)
        return float(Decimal(repr(value)) * (manner.scale or 1))
    unit = look.unit if look.words else NO_UNIT
    if unit is None or (look.words and not fits(manner.kind, unit)):
        raise BadCell(
            f"数字格式使这一格显示为“{quoted(cell)}”，看不出单位：请改用常规格式，把单位写进列标题",
            f"its number format shows this cell as '{quoted(cell)}', which is no unit of this"
            " column: use the general format and write the unit into the heading",
        )
    scale = unit.scale or manner.scale or Decimal(1)
    if (unit.scale and manner.scale and unit.scale != manner.scale) or (
        look.shift != 1 and look.shift * scale != 1
    ):
        raise BadCell(
            f"这一格存的是 {quoted(cell.value)}，数字格式使它显示为“{quoted(cell)}”，"
            "与列标题的单位对不上：请改用常规格式，填写按列标题单位的数",
            f"this cell holds {quoted(cell.value)} and its number format shows '{quoted(cell)}',"
            " which does not agree with the unit of the heading: use the general format and write"
            " the number in the unit of the heading",
        )
    if unit.scale and look.shift == 1:
        manner.notes.append(SHOWN_UNIT)
    return float(Decimal(repr(value)) * look.shift * scale)


def own_unit(cell: Any) -> Unit:
    """The unit that a cell states itself, in its text or its number format."""
    if isinstance(cell, Shown):
        return cell.look.unit or NO_UNIT
    match = (
        re.fullmatch(r"[^A-Za-z一-鿿]*\d ?([^\d\s]+)", plain(cell, TEXT_RULES, []))
        if isinstance(cell, str)
        else None
    )
    return (match and unit_of(match[1])) or NO_UNIT


def _float(figure: Any, cell: Any) -> float:
    try:
        value = float(figure)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise BadCell(f"“{quoted(cell)}”不是有限的数字", f"'{quoted(cell)}' is not a finite number")
    return value


def _between(most: float, zh: str, en: str, units: Iterable[str]) -> Callable[[Any, Manner], float]:
    rules = (YUAN_SIGN, THOUSANDS, written_out(units))

    def read(cell: Any, manner: Manner) -> float:
        value = number(cell, manner, rules)
        if value < 0:
            raise BadCell(
                f"{zh}不能为负数（{quoted(cell)}）", f"{en} cannot be negative ({quoted(cell)})"
            )
        if value > most:
            raise BadCell(
                f"{zh}过大（{quoted(cell)}），上限 {most:,}",
                f"{en} is too large ({quoted(cell)}), the limit is {most:,}",
            )
        return value

    return read


def _count(standard: Standard) -> CellReader:
    """Whole persons, pupils, rooms or person-months."""
    between = _between(
        MOST_PERSONS,
        "人数",
        "a count",
        {"名", "口", *(each.unit.zh for each in standard.beneficiaries.values())},
    )

    def read(cell: Any, manner: Manner) -> float:
        value = as_shown(between(cell, manner))
        if value != int(value):
            raise BadCell(
                f"人数应为整数（{quoted(cell)}）",
                f"a count must be a whole number ({quoted(cell)})",
            )
        return value

    return read


def share(cell: Any, manner: Manner) -> float:
    """A share between 0 and 1."""
    value = number(cell, manner, (PERCENT,))
    if not 0 <= value <= 1:
        raise BadCell(
            f"比例应在 0 与 1 之间（{quoted(cell)}），如 0.3 或 30%",
            f"a share lies between 0 and 1 ({quoted(cell)}), such as 0.3 or 30%",
        )
    return value


def year(cell: Any, manner: Manner) -> int:
    """A calendar year."""
    try:
        value = as_shown(number(cell, manner, (WHOLE, YEAR_WORD, DATE, THOUSANDS)))
    except BadCell:
        value = math.nan
    if not FIRST_YEAR <= value <= LAST_YEAR or value != int(value):
        limits = f"{FIRST_YEAR}–{LAST_YEAR}"
        raise BadCell(
            f"“{quoted(cell)}”不是 {limits} 之间的年份",
            f"'{quoted(cell)}' is no year within {limits}",
        )
    return int(value)


def age(cell: Any, manner: Manner) -> str:
    """A single year of age or a band such as 5-9 or 85+."""
    if isinstance(cell, date):
        raise BadCell(
            f"“{quoted(cell)}”是日期：5-9 之类的年龄组被软件改成了日期，请先把单元格设为文本",
            f"'{quoted(cell)}' is a date: the program took an age band such as 5-9 for one; format"
            " the cell as text first",
        )
    text = plain(written(cell), (*TEXT_RULES, AGE_WORDS, WHOLE), manner.notes)
    match = _AGE.fullmatch(text)
    if not match or int(match[1]) > 120 or (match[2] and not int(match[1]) < int(match[2]) <= 120):
        raise BadCell(
            f"“{quoted(cell)}”不是年龄：应为 7、5-9 或 85+",
            f"'{quoted(cell)}' is no age: write 7, 5-9 or 85+",
        )
    return text


def name(cell: Any, manner: Manner) -> str:
    """A word that is matched later."""
    return plain(written(cell), TEXT_RULES, manner.notes)


def document(cell: Any, manner: Manner) -> str:
    """A document in the official way of writing; the change is noted."""
    text = written(cell).strip()
    number = official(text)
    if number != text:
        manner.notes.append(AS_OFFICIAL)
    return number


def _code(names: Names, cell: Any, manner: Manner, rules: Iterable[Rule] = ()) -> str:
    """The code that a cell means: one of many names; an unknown one is answered with the nearest
    and with where all of them are found.
    """
    found = meaning(names, written(cell), manner, rules)
    if isinstance(found, Unknown):
        unknown = Unknown(names, " ".join(found.word.split()))
        raise BadCell(unknown.brief, None, unknown)
    return found.code


def _choice(labels: Mapping[str, Text], zh: str, en: str) -> CellReader:
    """One of a few words, by code or label; a word that is none of them is answered with all."""
    return partial(_code, _offering(Names(Text(zh, en), labels)))


def _offering(names: Names) -> Names:
    """A few names, all of which a message offers as cells hold them: by label, in Chinese with the
    code as well.
    """
    zh, en = _offered(names.known)
    return replace(names, more=Text(f"；可用：{zh}", f"; known: {en}"))


def _offered(labels: Mapping[str, Text]) -> Text:
    """Every label; in Chinese with the code that stands for it as well."""
    return Text(
        listed((f"{label.zh} {code}" for code, label in labels.items()), "zh"), listed(labels, "en")
    )


def _item(standard: Standard) -> CellReader:
    """A service by number (第11项, 第十一项), name or both."""
    names = standard.names.among(ITEM)

    def read(cell: Any, manner: Manner) -> int:
        return int(_code(names, cell, manner, (NUMERAL,)))

    return read


def _in_exponents(text: str) -> BadCell:
    """What to say of a code that a spreadsheet has turned into a number with an exponent, digits of
    which may be lost.
    """
    return BadCell(
        f"“{quoted(text)}”是科学计数法，地区代码可能已丢失位数：请把这一列设为文本，"
        "重新填写六位代码或地区全称",
        f"'{quoted(text)}' is a number with an exponent, and digits of the code of the place may be"
        " lost: format the column as text and write the six digits or the name again",
    )


def _place(standard: Standard) -> CellReader:
    names = standard.names.among(PLACE)

    def read(cell: Any, manner: Manner) -> str:
        text = written(cell)
        if _EXPONENT.fullmatch(squeezed(text)) and isinstance(names.find(text), Unknown):
            raise _in_exponents(text)
        return _code(names, cell, manner)

    return read


def _line(standard: Standard, amounts: bool) -> CellReader:
    grants, lines = standard.names.among(GRANT), standard.names.among(LINE)

    def read(cell: Any, manner: Manner) -> str:
        text = written(cell)
        grant = meaning(grants, text, manner) if amounts else None
        if isinstance(grant, Meaning):
            return grant.code
        if amounts and squeezed(text).startswith("grant:"):
            raise _bad_grant(cell, standard)
        code = _code(lines, cell, manner)
        line = standard.lines[code]
        if line.is_amount != amounts:
            table, zh, en = (
                (TABLES["beneficiaries"], "人数", "counts")
                if amounts
                else (TABLES["amounts"], "金额", "an amount")
            )
            raise BadCell(
                f"支出项“{line.name.zh}”（{code}）按{zh}测算，应填入{table.both.zh}表",
                f"line '{code}' is costed by {en}: it belongs to table {table.name}",
            )
        return code

    return read


def _bad_grant(cell: Any, standard: Standard) -> BadCell:
    """Which part of ``grant:ITEM:PAYER`` is wrong."""
    _, item, payer, *rest = [*ordinary(written(cell)).split(":"), "", ""]
    if not item or not payer or any(rest):
        return BadCell(
            f"“{quoted(cell)}”不是 grant:项目号:承担主体，如 grant:54:中央",
            f"'{quoted(cell)}' is no grant:ITEM:PAYER, such as grant:54:central",
        )
    found = standard.names.find(item, ITEM)
    if isinstance(found, Unknown):
        return BadCell(found.brief, None, found)
    zh, en = _offered(standard.payers.rule_names.known)
    return BadCell(
        f"“{quoted(cell)}”中的承担主体不能给补助；可用：{zh}",
        f"the payer in '{quoted(cell)}' gives no grants; known: {en}",
    )


def readers(standard: Standard) -> dict[str, CellReader]:
    """The reader of each kind of cell."""
    names = standard.names
    return {
        "beneficiary": partial(_code, names.among(BENEFICIARY)),
        "place": _place(standard),
        "priced_line": _line(standard, amounts=False),
        "amount_line": _line(standard, amounts=True),
        "any_line": partial(_code, names.among(LINE)),
        "item": _item(standard),
        "payer": partial(_code, _offering(names.among(PAYER))),
        "basis": _choice(BASES, "依据", "basis"),
        "stage": _choice(STAGES, "阶段", "stage"),
        "sex": _choice(SEX_WORDS, "性别", "sex"),
        "age": age,
        "year": year,
        "count": _count(standard),
        "money": _between(MOST_YUAN, "金额", "an amount", MONEY_UNITS),
        "share": share,
        "number": partial(number, rules=(THOUSANDS, PERCENT)),
        "name": name,
        "text": lambda cell, _: written(cell).strip(),
        "document": document,
    }


def empty_value(column: Column, standard: Standard) -> Any:
    """What a cell left empty stands for."""
    if column.kind == "place":
        return standard.places.root
    return None if column.kind in ("item", "money") else ""
