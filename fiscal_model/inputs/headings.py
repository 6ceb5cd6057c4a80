"""Finds the headings of a table, over one row or two and below titles, and the units that they state."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from fiscal_model.errors import Fault, Faults, nearest, shortened
from fiscal_model.inputs.normal import MULTIPLIER, MULTIPLIERS, TEXT_RULES, plain
from fiscal_model.inputs.raw import Cell, Grid, RawTable, is_blank
from fiscal_model.inputs.tables import NOTES, Column, Table
from fiscal_model.spelling import squeezed
from fiscal_model.vocabulary import Text, listed

DEEPEST = 20
"""Rows that are not blank, from the top, among which the headings are looked for."""
_UNIT = re.compile(r"(.+?) ?[(\[【]([^()]*)[)\]】]")
_STATED = re.compile(r"单位 ?: ?([^)】]+)")
_YUAN = re.compile(rf"({MULTIPLIER})?(?:人民币)?(?:元|yuan).*", re.IGNORECASE)
_MANY = re.compile(rf"({MULTIPLIER})(?:人次|人月|[人名户个件场间对例口])?")
_PARTS = {"%": Decimal("0.01"), "百分比": Decimal("0.01"), "‰": Decimal("0.001")}


@dataclass(frozen=True)
class Heading:
    """What one heading cell says: the column it names, if any, the unit in brackets behind it, and whether the name is the column's own."""

    written: str
    column: Column | None
    unit: str
    own: bool = True


@dataclass(frozen=True)
class Head:
    """The heading of a table: its cells by position, and the filled rows of which it is made."""

    cells: Mapping[int, Heading]
    top: int
    rows: int

    @property
    def named(self) -> int:
        """How many different columns it names."""
        return len({heading.column.name for heading in self.cells.values() if heading.column})


class Headings:
    """Reads the headings of one table."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.columns = (*table.columns, *NOTES)
        self.others = {squeezed(word): column for column in self.columns for word in column.others}
        own = {squeezed(word): column for column in self.columns for word in (column.label.en, column.label.zh, column.name)}
        self.known = self.others | own

    def read(self, cell: Cell) -> Heading:
        """One heading cell."""
        text = plain(str(cell), TEXT_RULES, [])
        match = None if squeezed(text) in self.known else _UNIT.fullmatch(text)
        word, unit = (match[1], match[2].strip()) if match else (text, "")
        column = self.known.get(squeezed(word))
        return Heading(text, column, unit, own=self.others.get(squeezed(word)) is not column)

    def row(self, cells: Sequence[Cell]) -> dict[int, Heading]:
        """The heading cells of a row by position."""
        return {position: self.read(cell) for position, cell in enumerate(cells) if not is_blank(cell)}

    def find(self, rows: Sequence[Sequence[Cell]]) -> Head:
        """The row, or pair of rows, near the top that names most columns; the first row when none names two."""
        each = [self.row(row) for row in rows[:DEEPEST]]
        best = Head(each[0], 0, 1)
        for top, cells in enumerate(each):
            best = _better(best, Head(cells, top, 1))
            below = each[top + 1] if top + 1 < len(each) else {}
            pair = Head(_stacked(cells, below) or {}, top, 2)
            if pair.named > Head(below, top, 1).named:
                best = _better(best, pair)
        return best

    def hint(self, written: str) -> Text:
        """The nearest heading."""
        return nearest(squeezed(written), [word for column in self.columns for word in (column.name, column.label.zh)])


def _better(best: Head, other: Head) -> Head:
    return other if other.named > max(best.named, 1) or (other.named == best.named > 1 and other.top == best.top) else best


def _stacked(upper: Mapping[int, Heading], lower: Mapping[int, Heading]) -> dict[int, Heading] | None:
    """Two rows as one heading; None where the lower holds anything but headings and units."""
    if not any(heading.column for heading in upper.values()) or not lower:
        return None
    if not all(heading.column or _alone(heading.written) for heading in lower.values()):
        return None
    both = dict(upper)
    for position, heading in lower.items():
        above = upper.get(position)
        unit = _alone(heading.written)
        if heading.column:
            both[position] = heading
        elif above and unit:
            both[position] = replace(above, unit=above.unit or unit)
        else:
            return None
    return both


def _alone(written: str) -> str:
    """The unit of a cell that holds nothing but a unit in brackets."""
    match = re.fullmatch(r"[(\[【]([^()]+)[)\]】]", written)
    return match[1].strip() if match else ""


def with_headings(table: Table, grid: Grid, faults: Faults, warnings: list[Fault]) -> RawTable | None:
    """The rows of ``grid`` below its headings, without blank ones; None where a column is missing.

    Titles above the headings, and the units that titles or headings state, are noted.
    """
    filled = [i for i, row in enumerate(grid.rows) if not all(is_blank(cell) for cell in row)]
    if not filled:
        faults.add(_start(grid), f"表{table.both.zh}是空的", f"table '{table.name}' is empty")
        return None
    headings = Headings(table)
    head = headings.find([grid.rows[i] for i in filled[:DEEPEST]])
    top, body = filled[head.top], filled[head.top + head.rows :]
    columns = _columns(headings, head, grid, top, faults, warnings)
    titles = [str(cell) for i in filled[: head.top] for cell in grid.rows[i] if not is_blank(cell)]
    if titles:
        shown = shortened(" ".join(titles[0].split()))
        zh, en = f"标题行上方有 {head.top} 行未读取（“{shown}”）", f"{head.top} rows above the headings were not read ('{shown}')"
        warnings.append(Fault(grid.at(filled[0], 0), Text(zh, en)))
    scales = _scales(head, columns, titles, grid, top, faults, warnings)
    rows = [grid.rows[i] for i in body]
    raw = RawTable(table, grid.file, grid.sheet, columns, rows, [grid.lines[i] for i in body], scales)
    raw.blank = body[-1] - body[0] + 1 - len(body) if body else 0
    missing = [column for column in table.columns if column.name not in columns and not column.empty]
    for column in missing:
        zh, en = f"表{table.both.zh}缺少{column.both.zh}列", f"table {table.both.en} lacks the column {column.both.en}"
        faults.add(grid.at(top, 0), zh, en)
    _no_stray_cells(raw, set(head.cells), grid, body, faults)
    width = max(columns.values(), default=0) + 1
    raw.rows = [row if len(row) >= width else [*row, *[None] * (width - len(row))] for row in rows]
    return None if missing else raw


def _start(grid: Grid) -> str:
    return grid.at(0, 0) if grid.lines else Grid(grid.file, grid.sheet, (), (1,)).at(0, 0)


def _no_stray_cells(raw: RawTable, headed: set[int], grid: Grid, body: Sequence[int], faults: Faults) -> None:
    widest = max(map(len, raw.rows), default=0)
    for position in sorted(set(range(widest)) - headed):
        for i, row in zip(body, raw.rows, strict=True):
            if len(row) > position and not is_blank(row[position]):
                zh, en = "这一格没有列标题", "this cell has no heading"
                if grid.sheet is None and _looks_split(row):
                    zh, en = f"{zh}；数值中有千分位逗号时须加引号", f"{en}; a number with thousands separators must stand in quotes"
                faults.add(grid.at(i, position), zh, en)


def _looks_split(cells: Sequence[Cell]) -> bool:
    """Whether two neighbouring cells of a text table could be one number with a comma: 1,000."""
    return any(re.fullmatch(r"\s*[¥￥]?[+-]?\d{1,3},\d{3}(\.\d+)?\s*", f"{one},{other}") for one, other in pairwise(cells))


def _columns(headings: Headings, head: Head, grid: Grid, top: int, faults: Faults, warnings: list[Fault]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for position, heading in sorted(head.cells.items()):
        word, where, column = shortened(heading.written), grid.at(top, position), heading.column
        if column is None:
            hint = headings.hint(heading.written)
            zh, en = (listed((each.label.zh for each in headings.columns), "zh"), listed((each.name for each in headings.columns), "en"))
            faults.add(where, f"不认识的列“{word}”{hint.zh}；可用：{zh}", f"unknown column '{word}'{hint.en}; known: {en}")
        elif column.name in columns:
            first = shortened(head.cells[columns[column.name]].written)
            zh, en = (
                f"重复的列“{word}”：与“{first}”同为{column.both.zh}",
                f"duplicate column '{word}': it is {column.both.en}, as '{first}' is",
            )
            faults.add(where, f"{zh}，只能有一列", f"{en}; keep one of them")
        else:
            columns[column.name] = position
            if not heading.own:
                warnings.append(Fault(where, Text(f"列“{word}”读作{column.both.zh}", f"column '{word}' read as {column.both.en}")))
    return columns


def _scales(
    head: Head, columns: Mapping[str, int], titles: Iterable[str], grid: Grid, top: int, faults: Faults, warnings: list[Fault]
) -> dict[str, Decimal]:
    """What each column multiplies its numbers by: the unit of its heading, else one that a title states for its kind."""
    stated = list(_stated(titles))
    scales: dict[str, Decimal] = {}
    for name, position in columns.items():
        heading = head.cells[position]
        column = heading.column
        assert column is not None
        where = grid.at(top, position)
        unit = heading.unit or next((unit for unit in stated if _states(column.kind, unit)), "")
        scale = _scale(column.kind, unit) if unit else Decimal(1)
        if scale is None:
            faults.add(
                where, f"不认识的单位“{unit}”，金额应以元、千元、万元或亿元为单位", f"unknown unit '{unit}': amounts are in yuan (元)"
            )
        elif scale != 1:
            scales[name] = scale
            warnings.append(
                Fault(where, Text(f"按单位“{unit}”换算：数值乘以 {scale:,f}", f"in units of '{unit}': numbers times {scale:,f}"))
            )
    return scales


def _stated(titles: Iterable[str]) -> Iterator[str]:
    """The units that titles state: 单位：万元、人."""
    for title in titles:
        for found in _STATED.findall(plain(title, TEXT_RULES, [])):
            yield from re.split(r"[、,;/ ]", found)


def stated_below(raw: RawTable, cells: Iterable[Cell]) -> str:
    """A unit other than that of the headings, stated in a row below them; empty when there is none."""
    units = _stated(cell for cell in cells if isinstance(cell, str) and "单位" in cell)
    kinds = {column.kind: raw.scales.get(column.name, Decimal(1)) for column in raw.table.columns if column.name in raw.columns}
    return next((unit for unit in units for kind, scale in kinds.items() if _states(kind, unit) and _scale(kind, unit) != scale), "")


def _states(kind: str, unit: str) -> bool:
    """Whether a unit in a title is one for this kind of column."""
    if kind == "money":
        return bool(_YUAN.fullmatch(unit))
    return kind == "count" and bool(_MANY.fullmatch(unit))


def _scale(kind: str, unit: str) -> Decimal | None:
    """What a unit multiplies by; None for money in no unit of yuan, or a multiple of nothing that is counted."""
    if kind == "money":
        match = _YUAN.fullmatch(unit)
        return Decimal(MULTIPLIERS.get(match[1], 1)) if match else None
    if kind == "count":
        match = _MANY.fullmatch(unit)
        return Decimal(MULTIPLIERS[match[1]]) if match else None if re.match(MULTIPLIER, unit) else Decimal(1)
    return _PARTS.get(unit, Decimal(1)) if kind in ("share", "number") else Decimal(1)
