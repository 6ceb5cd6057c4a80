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
UNSEEN = message("number-hidden")
TEXT_NUMBER = Text("以文本存储的数字", "a number stored as text")
AS_OFFICIAL = Text("按文号的规范写法", "the official way of writing a document")
NEGATIVE_ZERO = Text("负零", "negative zero")
MONEY_UNITS = ("元", "圆", "元整", "yuan")

CellReader = Callable[[Any, Manner], Any]


class BadCell(Exception):
    """What is wrong with a cell, and what would be right."""

    def __init__(self, code: str | Message, /, **args: Arg) -> None:
        super().__init__(code)
        self.message = message(code, **args)

    @property
    def full(self) -> Message:
        """With a hint where there is one."""
        return self.message


class UnknownName(BadCell):
    """That a cell holds no known name; the hint takes its time."""

    def __init__(self, unknown: Unknown) -> None:
        super().__init__(unknown.brief)
        self.unknown = unknown

    @property
    def full(self) -> Message:
        return self.unknown.message


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
        raise BadCell("formula-without-result")
    if isinstance(cell, bool):
        raise BadCell("cell-logical", value=str(cell).upper())
    if isinstance(cell, str) and cell.startswith("#") and cell.strip() in _ERRORS:
        raise BadCell("formula-failed", error=cell.strip())
    if isinstance(cell, str) and len(cell) > LONGEST_TEXT:
        raise BadCell("cell-too-long", length=len(cell), limit=LONGEST_TEXT)


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
            hint: Arg = message("empty-or-zero") if squeezed(text) in _NO_FIGURE else ""
            raise BadCell("cell-not-number", written=quoted(cell), hint=hint)
        value = _float(text, cell)
        if manner.typed and not manner.notes:
            manner.notes.append(TEXT_NUMBER)
    if value == 0 and math.copysign(1, value) < 0:
        manner.notes.append(NEGATIVE_ZERO)
        value = 0.0
    if manner.scale is None or manner.scale == 1:
        return value
    if not OWN_UNITS.isdisjoint(manner.notes):
        raise BadCell("unit-stated-twice", written=quoted(cell))
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
        raise BadCell("number-format-without-unit", shown=quoted(cell))
    scale = unit.scale or manner.scale or Decimal(1)
    if (unit.scale and manner.scale and unit.scale != manner.scale) or (
        look.shift != 1 and look.shift * scale != 1
    ):
        raise BadCell("number-format-misleads", value=quoted(cell.value), shown=quoted(cell))
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
        raise BadCell("cell-not-finite", written=quoted(cell))
    return value


def _between(most: float, what: Text, units: Iterable[str]) -> Callable[[Any, Manner], float]:
    rules = (YUAN_SIGN, THOUSANDS, written_out(units))

    def read(cell: Any, manner: Manner) -> float:
        value = number(cell, manner, rules)
        if value < 0:
            raise BadCell("cell-negative", what=what, written=quoted(cell))
        if value > most:
            raise BadCell("cell-too-large", what=what, written=quoted(cell), limit=most)
        return value

    return read


def _count(standard: Standard) -> CellReader:
    """Whole persons, pupils, rooms or person-months."""
    between = _between(
        MOST_PERSONS,
        Text("人数", "a count"),
        {"名", "口", *(each.unit.zh for each in standard.beneficiaries.values())},
    )

    def read(cell: Any, manner: Manner) -> float:
        value = as_shown(between(cell, manner))
        if value != int(value):
            raise BadCell("count-not-whole", written=quoted(cell))
        return value

    return read


def share(cell: Any, manner: Manner) -> float:
    """A share between 0 and 1."""
    value = number(cell, manner, (PERCENT,))
    if not 0 <= value <= 1:
        raise BadCell("share-not-0-to-1", written=quoted(cell))
    return value


def year(cell: Any, manner: Manner) -> int:
    """A calendar year."""
    try:
        value = as_shown(number(cell, manner, (WHOLE, YEAR_WORD, DATE, THOUSANDS)))
    except BadCell:
        value = math.nan
    if not FIRST_YEAR <= value <= LAST_YEAR or value != int(value):
        raise BadCell("cell-not-year", written=quoted(cell), first=FIRST_YEAR, last=LAST_YEAR)
    return int(value)


def age(cell: Any, manner: Manner) -> str:
    """A single year of age or a band such as 5-9 or 85+."""
    if isinstance(cell, date):
        raise BadCell("age-became-date", written=quoted(cell))
    text = plain(written(cell), (*TEXT_RULES, AGE_WORDS, WHOLE), manner.notes)
    match = _AGE.fullmatch(text)
    if not match or int(match[1]) > 120 or (match[2] and not int(match[1]) < int(match[2]) <= 120):
        raise BadCell("cell-not-age", written=quoted(cell))
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
        raise UnknownName(Unknown(names, " ".join(found.word.split())))
    return found.code


def _choice(labels: Mapping[str, Text], what: Text) -> CellReader:
    """One of a few words, by code or label; a word that is none of them is answered with all."""
    return partial(_code, _offering(Names(what, labels)))


def _offering(names: Names) -> Names:
    """A few names, all of which a message offers as cells hold them: by label, in Chinese with the
    code as well.
    """
    return replace(names, more=message("names-known", names=_offered(names.known)))


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


def _place(standard: Standard) -> CellReader:
    names = standard.names.among(PLACE)

    def read(cell: Any, manner: Manner) -> str:
        text = written(cell)
        if _EXPONENT.fullmatch(squeezed(text)) and isinstance(names.find(text), Unknown):
            raise BadCell("place-in-exponents", written=quoted(text))
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
            table, by = (
                (TABLES["beneficiaries"], Text("人数", "counts"))
                if amounts
                else (TABLES["amounts"], Text("金额", "an amount"))
            )
            raise BadCell(
                "line-of-other-table",
                line=Text(f"“{line.name.zh}”（{code}）", f"'{code}'"),
                by=by,
                table=Text(table.both.zh, table.name),
            )
        return code

    return read


def _bad_grant(cell: Any, standard: Standard) -> BadCell:
    """Which part of ``grant:ITEM:PAYER`` is wrong."""
    _, item, payer, *rest = [*ordinary(written(cell)).split(":"), "", ""]
    if not item or not payer or any(rest):
        return BadCell("grant-malformed", written=quoted(cell))
    found = standard.names.find(item, ITEM)
    if isinstance(found, Unknown):
        return UnknownName(found)
    known = _offered(standard.payers.rule_names.known)
    return BadCell("payer-without-grants", written=quoted(cell), known=known)


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
        "basis": _choice(BASES, Text("依据", "basis")),
        "stage": _choice(STAGES, Text("阶段", "stage")),
        "sex": _choice(SEX_WORDS, Text("性别", "sex")),
        "age": age,
        "year": year,
        "count": _count(standard),
        "money": _between(MOST_YUAN, Text("金额", "an amount"), MONEY_UNITS),
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
