"""What one heading of a wide table says of the figures below it: which of them it names, whose they
are, of which year, in which unit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from fiscal_model.inputs.cells import BadCell, CellReader, readable
from fiscal_model.inputs.headings import headings_of, unit_alone
from fiscal_model.inputs.measures import KINDS
from fiscal_model.inputs.normal import TEXT_RULES, Manner, is_total, plain
from fiscal_model.inputs.raw import Cell
from fiscal_model.inputs.tables import Column, Table
from fiscal_model.inputs.units import units_in
from fiscal_model.spelling import squeezed

_NAMED: Final = frozenset(
    (
        *("place", "year", "beneficiary", "priced_line", "amount_line", "item", "payer"),
        *("stage", "sex", "age"),
    )
)
"""Kinds of cell that hold one of things known beforehand: what may stand in a heading."""
_YEAR: Final = r"(?<!\d)((?:19|20|21)\d\d)(?!\d) ?(?:年度?)?"
_YEAR_FIRST: Final = re.compile(_YEAR + r" ?[-:_]? ?(?=\D)(.+)")
_YEAR_LAST: Final = re.compile(r"(.+?) ?[-:_]? ?" + _YEAR)
_BRACKETS: Final = re.compile(r"(.+?) ?[(\[【]([^()\[\]【】]+)[)\]】]")


@dataclass(frozen=True)
class Said:
    """What a heading says: the column it names, values of key columns with their codes, units, and
    whether it is that of a sum.
    """

    column: Column | None = None
    values: Mapping[str, tuple[Cell, object]] = field(default_factory=dict)
    units: tuple[str, ...] = ()
    total: str = ""
    own: bool = True

    def also(self, other: Said) -> Said | None:
        """Both together; None where they are at odds."""
        if (self.column and other.column) or self.values.keys() & other.values.keys():
            return None
        return Said(
            self.column or other.column,
            {**self.values, **other.values},
            tuple(dict.fromkeys((*self.units, *other.units))),
            self.total or other.total,
            self.own and other.own,
        )


class Across:
    """Reads the headings of one table, wide or not."""

    def __init__(self, table: Table, read: Mapping[str, CellReader]) -> None:
        self.table = table
        self.headings = headings_of(table)
        keys = [column for column in table.columns if column.name in table.key]
        self.readers = {column.name: read[column.kind] for column in keys if column.kind in _NAMED}
        self.figures = [
            column
            for column in table.columns
            if column.name not in table.key and column.kind in KINDS
        ]
        words = {
            squeezed(word): column
            for column in self.figures
            for word in (*column.label, column.name, *column.others)
        }
        if any(column.kind == "count" for column in self.figures):
            words["数"] = next(column for column in self.figures if column.kind == "count")
        self.endings = sorted(words.items(), key=lambda each: -len(each[0]))
        self._read: dict[tuple[type, Cell], Said | None] = {}

    def read(self, cell: Cell) -> Said | None:
        """What a heading says; None where that is not clear. Each is read once."""
        key = (cell.__class__, str(cell))
        if key not in self._read:
            self._read[key] = self._values(cell) or self._text(plain(str(cell), TEXT_RULES, []))
        return self._read[key]

    def _values(self, cell: Cell) -> Said | None:
        """A value of one key column, and of no other."""
        found = {name: code for name in self.readers if (code := self.code(name, cell)) is not None}
        if len(found) != 1:
            return None
        [(name, code)] = found.items()
        return (
            None
            if squeezed(str(cell)) in self.headings.known
            else Said(values={name: (cell, code)})
        )

    def code(self, name: str, cell: Cell) -> object:
        """What a cell means in a key column; None where it means nothing there."""
        try:
            readable(cell)
            return self.readers[name](cell, Manner())
        except BadCell:
            return None

    def _text(self, text: str) -> Said | None:
        """A heading that is put together of several things."""
        heading = self.headings.read(text)
        if heading.column:
            return Said(
                heading.column, units=(heading.unit,) if heading.unit else (), own=heading.own
            )
        if values := self._values(text):
            return values
        # before units alone: 孤儿（人） could be one too
        if bracketed := self._bracketed(text):
            return bracketed
        if unit := unit_alone(text):
            return Said(units=(unit,))
        if is_total(text) and not re.search(r"\d{4}", text):
            return Said(total=text)
        return self._dated(text) or self._counted(text)

    def _bracketed(self, text: str) -> Said | None:
        """普通小学生（人）, 小学生（2023年）."""
        match = _BRACKETS.fullmatch(text)
        before = self._text(match[1]) if match else None
        if match is None or before is None:
            return None
        units, remarks = units_in(match[2])
        if units and not remarks:
            return replace(before, units=(*before.units, match[2]))
        inside = self._text(match[2])
        return before.also(inside) if inside else None

    def _dated(self, text: str) -> Said | None:
        """2023年人数, 小学生2023年."""
        if "year" not in self.readers:
            return None
        for pattern, year, rest in ((_YEAR_FIRST, 1, 2), (_YEAR_LAST, 2, 1)):
            match = pattern.fullmatch(text)
            said = self._text(match[rest]) if match else None
            if match and said:
                code = self.code("year", match[year])
                return said.also(Said(values={"year": (code, code)}))
        return None

    def _counted(self, text: str) -> Said | None:
        """小学在校生数: a value and the name of the figure behind it."""
        short = squeezed(text)
        for ending, column in self.endings:
            front = short.removesuffix(ending).rstrip("-:_/")
            if front and front != short and (said := self._values(front)):
                return replace(said, column=column, own=False)
        return None
