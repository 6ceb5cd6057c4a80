"""Tables of a workbook as lists of columns. Formulas name columns; a name becomes letters once for
each column, when every table has its place.

In a formula ``{unit}`` is the cell of the same row in the column ``unit``, ``{rates.times}`` the
whole column of another table, ``{~unit}`` one that moves along when the formula is copied to the
right; ``{year:}`` are all columns whose names begin so, ``{a..b}`` those from one to another, ``%``
is what the column itself is of (the ``2024`` of ``year:2024``, else its name), ``{}`` the column
itself. ``@`` says which row: ``same`` (the row of the same number), ``above``, ``head`` (the
heading), ``fixed`` (as same, not moving along), ``only`` (the first), or a mark of the row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from fiscal_model.vocabulary import Lang, Text

_NAME = re.compile(r"\{(~?)(?:([\w:]+)\.(?!\.))?([^{}@.]*)(?:\.\.([^{}@]+))?(?:@(\w+))?\}")


@cache
def letters(column: int) -> str:
    """The name of a column counted from 0: A, B, ..."""
    name, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def first_cell(sheet: str) -> str:
    """The reference to the first cell of a sheet."""
    return f"'{sheet}'!{letters(0)}1"


@dataclass(frozen=True, eq=False)
class Column:
    """One column of a table: a value for each row (or one text for all, or what makes it of what
    the row is of), and the formula or formulas behind them, of which they are what the engine
    finds. NaN and None are shown as a dash.

    ``rows`` are those that it fills (all when None); ``check`` says what may be entered, in all
    rows or one by one; ``names`` are given to its cells. ``over`` is a heading over this column and
    those beside it that have the same; one that is ``folded`` away serves formulas only.
    """

    name: str
    title: Text | str | int = ""
    values: Any = ""
    look: str | Sequence[str] = "text"
    formula: str | Sequence[str | None] | None = None
    width: float = 0
    rows: Sequence[int] | None = None
    check: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    names: Sequence[str] = ()
    over: Text | str | None = None
    folded: bool = False


BLANK = Column("")


class Pattern(NamedTuple):
    """A formula whose names are letters: its text, broken where rows are put in, and these: what is
    added to the number of a row, or the name of a mark and what is added to its row.
    """

    pieces: tuple[str, ...]
    rows: tuple[int | tuple[str, int], ...]

    def texts(self, table: Table, numbers: Iterable[int]) -> list[str]:
        """The formula in some rows of a table."""
        if len(found := {*self.rows}) == 1 and isinstance(more := found.pop(), int):
            return [str(n + more).join(self.pieces) for n in numbers]
        return [self.text(table, n) for n in numbers]

    def text(self, table: Table, n: int) -> str:
        """The formula in one row."""
        out = self.pieces[0]
        for row, piece in zip(self.rows, self.pieces[1:], strict=True):
            at = n + row if isinstance(row, int) else table.marks[n][row[0]] + row[1]
            out += f"{at}{piece}"
        return out


@dataclass(eq=False)
class Table:
    """A list of columns and where it stands: ``of`` is what its rows are of, or how many there are,
    ``top`` is its first row, from 0, ``head`` the number
    of the row of headings.

    ``styles`` change the looks of rows (a ``total``, say), a ``line`` is one text across them;
    ``levels`` fold rows away; ``marks`` name other rows for the formulas of a row. ``first_rows``
    are names under which formulas know the first so many rows; one that is ``optional`` is left out
    where it has no rows.
    """

    name: str
    of: Sequence[Any] | int
    columns: Sequence[Column]
    caption: Text | None = None
    styles: Sequence[str] = ()
    levels: Sequence[int] = ()
    marks: Sequence[Mapping[str, int]] = ()
    first_rows: Mapping[str, int] = field(default_factory=dict)
    optional: bool = False
    sheet: str = ""
    top: int = 0
    head: int = 0

    def __post_init__(self) -> None:
        self.at = {column.name: k for k, column in enumerate(self.columns)}

    @property
    def rows(self) -> int:
        """How many there are."""
        return self.of if isinstance(self.of, int) else len(self.of)

    @property
    def left_out(self) -> bool:
        """Whether it is not written."""
        return self.optional and not self.rows

    @property
    def height(self) -> int:
        """Rows that formulas speak of."""
        return max(self.rows, 1)

    @property
    def ahead(self) -> str:
        """The sheet's name as it stands before a reference."""
        return f"'{self.sheet}'!"

    def part(self, first: int, rows: int) -> Table:
        """Some of its rows."""
        columns = [replace(c, values=c.values[first : first + rows]) for c in self.columns]
        return replace(self, columns=columns, of=rows, top=self.top + first)

    def place(self, sheet: str, top: int, head: int | None = None) -> Table:
        """Says where it stands."""
        self.sheet, self.top, self.head = sheet, top, top if head is None else head
        return self

    def ends(self, first: str, last: str | None = None) -> tuple[int, int]:
        """The positions of the first and last of some columns.

        Raises:
            KeyError: there is no such column.

        """
        if first.endswith(":"):
            of = [k for name, k in self.at.items() if name.startswith(first)]
            if not of:
                raise KeyError(first)
            return of[0], of[-1]
        return self.at[first], self.at[last or first]

    def whole(self, first: str, last: str | None = None, fixed: str = "$") -> str:
        """The cells of one column, or of those from one to another; without ``fixed`` they move
        along when a formula is copied to the right.
        """
        a, b = (f"{fixed}{letters(each)}" for each in self.ends(first, last))
        return f"{self.ahead}{a}${self.top + 1}:{b}${self.top + self.height}"

    def cell(self, name: str, n: int) -> str:
        """One cell."""
        return f"{self.ahead}${letters(self.at[name])}${self.top + n + 1}"

    def values(self, name: str) -> Sequence[Any]:
        """What stands in the rows of a column: of a formula what it comes to."""
        found: Sequence[Any] = self.columns[self.at[name]].values
        return found


class Tables(dict[str, Table]):
    """The tables of a workbook by name."""

    def __init__(self, lang: Lang) -> None:
        self.lang: Lang = lang

    def add(self, table: Table) -> None:
        """One that has its place; its words are put in the language of the workbook."""
        self[table.name] = table
        table.columns = [
            replace(each, title=self.said(each.title), values=self._values(each.values, table))
            for each in table.columns
        ]
        for name, rows in table.first_rows.items():
            self[name] = replace(table, of=rows, first_rows={})

    def said(self, value: Any) -> Any:
        """A value, or a text in the language of the workbook."""
        return value.to(self.lang) if isinstance(value, Text) else value

    def _values(self, values: Any, table: Table) -> list[Any]:
        if isinstance(values, np.ndarray):
            return list(values.tolist())
        if isinstance(values, str):
            values = [values] * table.rows
        elif callable(values):
            assert not isinstance(table.of, int)
            values = map(values, table.of)
        return [self.said(each) for each in values]

    def pattern(self, formula: str, table: Table, column: Column) -> Pattern:
        """A formula of a column of a table, its names resolved.

        Raises:
            KeyError: a table or a column that it names is not there.

        """
        pieces, rows, at = [""], list[int | tuple[str, int]](), 0
        of = column.name.partition(":")[2] or column.name
        for match in _NAME.finditer(formula):
            slides, other, first, last, row = match.groups()
            target = self[other] if other else table
            a, b = target.ends((first or column.name).replace("%", of), last)
            row = row or ("" if other else "same")
            ends = [a, b] if not row or last or first.endswith(":") else [a]
            pieces[-1] += formula[at : match.start()]
            at = match.end()
            if not row or target.sheet != table.sheet:
                pieces[-1] += target.ahead
            for n, end in enumerate(ends):
                pieces[-1] += ":" * (n > 0) + "$" * (not slides) + letters(end)
                if row == "":
                    pieces[-1] += f"${target.top + 1 + (target.height - 1) * n}"
                elif row in ("head", "only"):
                    pieces[-1] += f"${target.head if row == 'head' else target.top + 1}"
                else:
                    pieces[-1] += "$" * (row == "fixed")
                    known = row in ("same", "above", "fixed")
                    top = target.top + 1
                    rows.append(top - (row == "above") if known else (row, top))
                    pieces.append("")
        pieces[-1] += formula[at:]
        return Pattern(tuple(pieces), tuple(rows))


def widths(*tables: Table) -> list[float]:
    """The widths of the columns of tables one below the other."""
    most = max(len(table.columns) for table in tables)
    return [
        max(table.columns[k].width for table in tables if k < len(table.columns))
        for k in range(most)
    ]
