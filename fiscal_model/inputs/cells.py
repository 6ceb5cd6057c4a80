"""Reads single cells: what was written, and what would be right."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from fiscal_model.errors import nearest, shortened
from fiscal_model.inputs.tables import Column
from fiscal_model.periods import FIRST_YEAR, LAST_YEAR
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import BASES, PAYERS, RULE_PAYERS, Text

MOST_PERSONS = 10**10
MOST_YUAN = 10**15
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
_AGE = re.compile(r"(\d{1,3})(?:-(\d{1,3})|(\+))?")
SEXES = {"male": "male", "female": "female", "男": "male", "女": "female", "both": "both", "合计": "both"}
STAGES = {"budget": "budget", "executed": "executed", "final": "final", "预算": "budget", "执行": "executed", "决算": "final"}


class BadCell(Exception):
    """What is wrong with a cell, and what would be right."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.message = Text(zh, en)


def _written(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return unicodedata.normalize("NFKC", str(cell)).strip()


def _quoted(cell: Any) -> str:
    try:
        return shortened(_written(cell))
    except ValueError:  # a whole number too long to print
        return "…"


def number(cell: Any) -> float:
    """A finite number."""
    if isinstance(cell, bool) or not (isinstance(cell, int | float) or _NUMBER.fullmatch(_written(cell))):
        raise BadCell(f"“{_quoted(cell)}”不是数字", f"'{_quoted(cell)}' is not a number")
    try:
        value = float(cell if isinstance(cell, int | float) else _written(cell))
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise BadCell(f"“{_quoted(cell)}”不是有限的数字", f"'{_quoted(cell)}' is not a finite number")
    return value


def _between(cell: Any, most: float, zh: str, en: str) -> float:
    value = number(cell)
    if value < 0:
        raise BadCell(f"{zh}不能为负数（{_quoted(cell)}）", f"{en} cannot be negative ({_quoted(cell)})")
    if value > most:
        raise BadCell(f"{zh}过大（{_quoted(cell)}），上限 {most:,}", f"{en} is too large ({_quoted(cell)}), the limit is {most:,}")
    return value


def count(cell: Any) -> float:
    """Whole persons, pupils, rooms or person-months."""
    value = _between(cell, MOST_PERSONS, "人数", "a count")
    if value != int(value):
        raise BadCell(f"人数应为整数（{_quoted(cell)}）", f"a count must be a whole number ({_quoted(cell)})")
    return value


def money(cell: Any) -> float:
    """Yuan, not negative."""
    return _between(cell, MOST_YUAN, "金额", "an amount")


def share(cell: Any) -> float:
    """A share between 0 and 1."""
    value = number(cell)
    if not 0 <= value <= 1:
        raise BadCell(f"比例应在 0 与 1 之间（{_quoted(cell)}）", f"a share lies between 0 and 1 ({_quoted(cell)})")
    return value


def year(cell: Any) -> int:
    """A calendar year."""
    try:
        value = number(cell)
    except BadCell:
        value = math.nan
    if not FIRST_YEAR <= value <= LAST_YEAR or value != int(value):
        limits = f"{FIRST_YEAR}–{LAST_YEAR}"
        raise BadCell(f"“{_quoted(cell)}”不是 {limits} 之间的年份", f"'{_quoted(cell)}' is no year within {limits}")
    return int(value)


def age(cell: Any) -> str:
    """A single year of age or a band such as 5-9 or 85+."""
    written = _written(cell)
    match = _AGE.fullmatch(written)
    if not match or int(match[1]) > 120 or (match[2] and not int(match[1]) < int(match[2]) <= 120):
        raise BadCell(f"“{_quoted(cell)}”不是年龄：应为 7、5-9 或 85+", f"'{_quoted(cell)}' is no age: write 7, 5-9 or 85+")
    return written


def _one_of(known: Mapping[str, Any], zh: str, en: str) -> Callable[[Any], Any]:
    def read(cell: Any) -> Any:
        written = _written(cell)
        if written not in known:
            hint = nearest(written, known)
            raise BadCell(f"不认识的{zh}“{shortened(written)}”{hint.zh}", f"unknown {en} '{shortened(written)}'{hint.en}")
        return known[written]

    return read


def _place(standard: Standard) -> Callable[[Any], str]:
    places = standard.places

    def read(cell: Any) -> str:
        written = _written(cell)
        code = places.find(written)
        if code is None:
            message = places.unknown(written)
            raise BadCell(message.zh, message.en)
        reason = places.by_code[code].elsewhere
        if reason:
            raise BadCell(f"{places.by_code[code].name.zh}（{code}）不在测算范围：{reason.zh}", f"{code} is out of scope: {reason.en}")
        return code

    return read


def _line(standard: Standard, amounts: bool) -> Callable[[Any], str]:
    named = {line.name.zh: line.code for line in reversed(standard.lines.values())}
    by_name = _one_of({**named, **{code: code for code in standard.lines}}, "支出项", "line")
    grants = {f"grant:{number}:{payer}" for number in standard.items for payer in RULE_PAYERS}

    def read(cell: Any) -> str:
        written = _written(cell)
        if amounts and written.startswith("grant:"):
            if written not in grants:
                raise BadCell(f"“{written}”不是 grant:项目号:承担主体", f"'{written}' is no grant:ITEM:PAYER")
            return written
        code: str = by_name(cell)
        if standard.lines[code].is_amount != amounts:
            other = ("beneficiaries", "人数", "counts") if amounts else ("amounts", "金额", "an amount")
            raise BadCell(
                f"支出项“{code}”按{other[1]}测算，应填入 {other[0]} 表",
                f"line '{code}' is costed by {other[2]}: it belongs to table {other[0]}",
            )
        return code

    return read


def readers(standard: Standard) -> dict[str, Callable[[Any], Any]]:
    """The reader of each kind of cell."""
    beneficiaries = {b.name.zh: b.code for b in standard.beneficiaries.values()} | {code: code for code in standard.beneficiaries}
    items = {item.name.zh: number for number, item in standard.items.items()} | {str(number): number for number in standard.items}
    payers = {label.zh: payer for payer, label in PAYERS.items()} | {payer: payer for payer in PAYERS}
    bases = {label.zh: basis for basis, label in BASES.items()} | {basis: basis for basis in BASES}
    return {
        "beneficiary": _one_of(beneficiaries, "受益对象", "beneficiary"),
        "place": _place(standard),
        "priced_line": _line(standard, amounts=False),
        "amount_line": _line(standard, amounts=True),
        "any_line": _one_of({code: code for code in standard.lines}, "支出项", "line"),
        "item": _one_of(items, "服务项目", "item"),
        "payer": _one_of(payers, "承担主体", "payer"),
        "basis": _one_of(bases, "依据", "basis"),
        "stage": _one_of(STAGES, "阶段", "stage"),
        "sex": _one_of(SEXES, "性别", "sex"),
        "age": age,
        "year": year,
        "count": count,
        "money": money,
        "share": share,
        "number": number,
        "name": _written,
        "text": lambda cell: str(cell).strip(),
    }


def empty_value(column: Column, standard: Standard) -> Any:
    """What a cell left empty stands for."""
    if column.kind == "place":
        return standard.places.root
    return None if column.kind in ("item", "money") else ""
