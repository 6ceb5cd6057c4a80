"""Finds the headings of a table, over one row or two and below titles, and the units that they
state.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import Final

from fiscal_model.errors import Faults, nearest, shortened
from fiscal_model.inputs.measures import KINDS, fits
from fiscal_model.inputs.normal import TEXT_RULES, plain
from fiscal_model.inputs.raw import Cell, Grid, RawTable, address, is_blank
from fiscal_model.inputs.stated import Stated, stated, together
from fiscal_model.inputs.tables import NOT_READ, NOTES, Column, Table
from fiscal_model.inputs.units import NO_UNIT, Unit, hints_at_a_unit, merged, unit_of, units_in
from fiscal_model.messages.message import Arg, Message, message
from fiscal_model.spelling import squeezed
from fiscal_model.vocabulary import Text, in_both

DEEPEST = 20
"""Rows that are not blank, from the top, among which the headings are looked for."""
_BRACKET = re.compile(r" ?[(\[【]")
_IMPLIED = {"户数": "户"}
"""The unit that a heading is made of."""
_JOINT = " :_/,—"
"""What may join a heading and its unit without brackets: 金额/万元."""


_RIGHT: Final = {
    "money": message("units-of-money"),
    "heads": message("units-of-heads"),
    "part": message("units-of-parts"),
}
"""Which units a column may have."""


@dataclass(frozen=True)
class Heading:
    """What one heading cell says: the column it names, if any, the unit behind it, and whether the
    name is the column's own.
    """

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
        own = {
            squeezed(word): column
            for column in self.columns
            for word in (column.label.en, column.label.zh, column.name)
        }
        self.known = self.others | own
        self.longest = max(map(len, self.known))
        self.cells: dict[str, Heading] = {}

    def read(self, cell: Cell) -> Heading:
        """One heading cell; each is read once."""
        written = str(cell)
        if written not in self.cells:
            self.cells[written] = self._read(written)
        return self.cells[written]

    def _read(self, written: str) -> Heading:
        text = plain(written, TEXT_RULES, [])
        if is_not_read(text):
            return Heading(text, None, "")
        word, unit = self._parts(text)
        column = self.known.get(squeezed(word))
        return Heading(text, column, unit, own=self.others.get(squeezed(word)) is not column)

    def _parts(self, text: str) -> tuple[str, str]:
        """The name of a column and the unit behind it, in brackets or not; the whole text where it
        holds no known name.
        """
        short = squeezed(text)
        if short in self.known:
            return text, _IMPLIED.get(short, "")
        if text[-1:] in (")", "]", "】"):
            for match in _BRACKET.finditer(text):
                if squeezed(text[: match.start()]) in self.known:
                    return text[: match.start()], text[match.end() : -1]
        for end in range(min(len(short) - 1, self.longest), 0, -1):
            column = self.known.get(short[:end])
            rest = short[end:].lstrip(_JOINT) if column and column.kind in KINDS else ""
            if rest and units_in(rest)[0] and not units_in(rest)[1]:
                return short[:end], rest
        return text, ""

    def row(self, cells: Sequence[Cell]) -> dict[int, Heading]:
        """The heading cells of a row by position."""
        return {
            position: self.read(cell) for position, cell in enumerate(cells) if not is_blank(cell)
        }

    def find(self, rows: Sequence[Sequence[Cell]]) -> Head:
        """The row, or pair of rows, near the top that names most columns; the first row when none
        names two.
        """
        each = [self.row(row) for row in rows[:DEEPEST]]
        best = Head(each[0], 0, 1)
        for top, cells in enumerate(each):
            best = _better(best, Head(cells, top, 1))
            below = each[top + 1] if top + 1 < len(each) else {}
            pair = Head(_stacked(cells, below) or {}, top, 2)
            if pair.named > Head(below, top, 1).named:
                best = _better(best, pair)
        return best

    def hint(self, written: str) -> Message | Text:
        """The nearest heading."""
        return nearest(
            squeezed(written),
            [word for column in self.columns for word in (column.name, column.label.zh)],
        )


@cache
def headings_of(table: Table) -> Headings:
    """The reader of a table's headings, with what it has read."""
    return Headings(table)


def _better(best: Head, other: Head) -> Head:
    return (
        other
        if other.named > max(best.named, 1)
        or (other.named == best.named > 1 and other.top == best.top)
        else best
    )


def _stacked(
    upper: Mapping[int, Heading], lower: Mapping[int, Heading]
) -> dict[int, Heading] | None:
    """Two rows as one heading; None where the lower holds anything but headings and units."""
    if not any(heading.column for heading in upper.values()) or not lower:
        return None
    if not all(heading.column or unit_alone(heading.written) for heading in lower.values()):
        return None
    both = dict(upper)
    for position, heading in lower.items():
        above = upper.get(position)
        unit = unit_alone(heading.written)
        if heading.column:
            both[position] = heading
        elif above and unit:
            both[position] = replace(above, unit=above.unit or unit)
        else:
            return None
    return both


def unit_alone(written: str) -> str:
    """The unit of a cell that holds nothing else, in brackets or not."""
    match = re.fullmatch(r"[(\[【](.+)[)\]】]", written)
    unit = unit_of(written)
    return match[1].strip() if match else written if unit and unit.of else ""


def with_headings(table: Table, grid: Grid, faults: Faults) -> RawTable | None:
    """The rows of ``grid`` below its headings, without blank ones; None where a column is missing.

    Titles above the headings, and the units that titles or headings state, are noted.
    """
    filled = [i for i, row in enumerate(grid.rows) if not all(is_blank(cell) for cell in row)]
    if not filled:
        faults.add(_start(grid), "table-empty", table=table.both)
        return None
    headings = headings_of(table)
    head = headings.find([grid.rows[i] for i in filled[:DEEPEST]])
    top, body = filled[head.top], filled[head.top + head.rows :]
    columns = _columns(headings, head, grid, top, faults)
    last = grid.lines[filled[head.top + head.rows - 1]]
    note_titles(grid, filled[: head.top], faults)
    around = stated_around(grid, filled[: head.top], _beside(head, grid, filled), last)
    units = units_of(head, columns, around, grid, top, faults)
    rows = [grid.rows[i] for i in body]
    raw = RawTable(
        table,
        grid.file,
        grid.sheet,
        columns,
        rows,
        [grid.lines[i] for i in body],
        units,
        grid.lines[top],
        names=grid.names,
    )
    raw.blank = body[-1] - body[0] + 1 - len(body) if body else 0
    missing = [
        column for column in table.columns if column.name not in columns and not column.empty
    ]
    for column in missing:
        faults.add(grid.at(top, 0), "column-missing", table=table.both, column=column.both)
    no_unit_in_comments(raw, grid, last, faults)
    figures = {
        position: heading.column
        for position, heading in head.cells.items()
        if heading.column and heading.column.kind in KINDS
    }
    no_merged_figures(grid, figures, body, faults)
    _no_stray_cells(raw, set(head.cells), grid, body, faults)
    width = max(columns.values(), default=0) + 1
    raw.rows = [row if len(row) >= width else [*row, *[None] * (width - len(row))] for row in rows]
    return None if missing else raw


def _start(grid: Grid) -> str:
    return replace(grid, lines=grid.lines or (1,)).at(0, 0)


def _no_stray_cells(
    raw: RawTable, headed: set[int], grid: Grid, body: Sequence[int], faults: Faults
) -> None:
    widest = max(map(len, raw.rows), default=0)
    for position in sorted(set(range(widest)) - headed):
        for i, row in zip(body, raw.rows, strict=True):
            if len(row) > position and not is_blank(row[position]):
                split = not grid.typed and _looks_split(row)
                hint: Arg = message("quotes-for-thousands") if split else ""
                faults.add(grid.at(i, position), "cell-without-heading", hint=hint)


def _looks_split(cells: Sequence[Cell]) -> bool:
    """Whether two neighbouring cells of a text table could be one number with a comma: 1,000."""
    return any(
        re.fullmatch(r"\s*[¥￥]?[+-]?\d{1,3},\d{3}(\.\d+)?\s*", f"{one},{other}")
        for one, other in pairwise(cells)
    )


def _columns(
    headings: Headings, head: Head, grid: Grid, top: int, faults: Faults
) -> dict[str, int]:
    columns: dict[str, int] = {}
    for position, heading in sorted(head.cells.items()):
        word, where, column = shortened(heading.written), grid.at(top, position), heading.column
        if is_not_read(heading.written):
            continue
        if column is None:
            known = in_both(Text(each.label.zh, each.name) for each in headings.columns)
            hint = headings.hint(heading.written)
            faults.add(where, "column-unknown", written=word, hint=hint, known=known)
        elif column.name in columns:
            first = shortened(head.cells[columns[column.name]].written)
            faults.add(where, "column-twice", written=word, other=first, column=column.both)
        else:
            columns[column.name] = position
            if not heading.own:
                faults.note(where, "column-read-as", written=word, column=column.both)
    return columns


def is_not_read(heading: str) -> bool:
    """Whether a heading says that its column stands there for the reader alone."""
    return heading.endswith(tuple(plain(mark, TEXT_RULES, []) for mark in NOT_READ))


def note_titles(grid: Grid, rows: Sequence[int], faults: Faults) -> None:
    """Notes that there are rows above the headings, with the first of their texts."""
    if title := next(_titles(grid, rows), ""):
        shown = shortened(" ".join(title.split()))
        faults.note(grid.at(rows[0], 0), "rows-above-headings", rows=len(rows), title=shown)


def stated_around(
    grid: Grid, above: Sequence[int], beside: Iterable[str], last: int
) -> list[Stated]:
    """The units that stand around a table: in the rows above its headings, ``beside`` those of
    figures, on the page, and in comments down to row number ``last``.
    """
    comments = (text for line, _, text in grid.comments if line <= last)
    return stated([*_titles(grid, above), *beside, *grid.around, *comments])


def no_unit_in_comments(raw: RawTable, grid: Grid, last: int, faults: Faults) -> None:
    """Refuses a comment below row number ``last`` that states a unit which the headings do not."""
    for line, position, text in grid.comments:
        if line > last and (unit := stated_otherwise(raw, [text])):
            faults.add(
                address(grid.file, grid.sheet, line, position, grid.names),
                "unit-in-comment",
                unit=unit,
            )


def no_merged_figures(
    grid: Grid, figures: Mapping[int, Column], body: Sequence[int], faults: Faults
) -> None:
    """Refuses a figure in a cell merged over several, ``figures`` being columns by position: a
    count or an amount is then nobody's in particular, while a rate may be that of several rows.
    """
    lines = {grid.lines[i]: i for i in body} if grid.merged else {}
    for top, first, _, last in grid.merged:
        column = figures.get(first)
        if not column or top not in lines or is_blank(grid.rows[lines[top]][first]):
            continue
        if last > first or column.per in ("year", "beneficiary", "person"):
            faults.add(grid.at(lines[top], first), "figure-merged")


def _titles(grid: Grid, rows: Iterable[int]) -> Iterator[str]:
    """The texts of the rows above the headings: each cell, and together those of a row, where the
    unit may stand in a cell of its own.
    """
    for i in rows:
        cells = list(_texts(grid, i))
        yield from [*cells, " ".join(cells)] if len(cells) > 1 else cells


def _texts(grid: Grid, row: int) -> Iterator[str]:
    return (str(cell) for cell in grid.rows[row] if not is_blank(cell))


def _beside(head: Head, grid: Grid, filled: Sequence[int]) -> Iterator[str]:
    """What the rows of the headings say beside the headings of figures: 支出项（万元）, or a
    heading over several columns.
    """
    of_figures = {
        heading.written
        for heading in head.cells.values()
        if heading.column and heading.column.kind in KINDS
    }
    for i in filled[head.top : head.top + head.rows]:
        for text in _texts(grid, i):
            short = plain(text, TEXT_RULES, [])
            if short not in of_figures and not unit_alone(short):
                yield text


def units_of(
    head: Head,
    columns: Mapping[str, int],
    around: Sequence[Stated],
    grid: Grid,
    top: int,
    faults: Faults,
) -> dict[str, Unit]:
    """The unit of each column that has one: as its heading says, with what is stated around the
    table for its kind.
    """
    units: dict[str, Unit] = {}
    for name, position in columns.items():
        heading = head.cells[position]
        column = heading.column
        assert column is not None
        if column.kind not in KINDS:
            continue
        where = grid.at(top, position)
        own = _own_unit(column, heading.unit)
        if own is None:
            faults.add(
                where,
                "unit-not-of-column",
                unit=shortened(heading.unit),
                column=column.both,
                right=_RIGHT[KINDS[column.kind]],
            )
            continue
        unit, other = together(
            own, (each.unit for each in around if each.sure and fits(column.kind, each.unit))
        )
        mentioned = next(
            (each.unit for each in around if not each.sure and fits(column.kind, each.unit)), None
        )
        if other:
            faults.add(
                where,
                "unit-contradicted",
                unit=shortened(unit.written),
                around=shortened(other.written),
            )
        elif mentioned and unit.scale is None:
            faults.add(
                where,
                "unit-uncertain",
                unit=shortened(mentioned.written),
                heading=heading.written.split("(")[0],
                plain="元" if column.kind == "money" else "人",
            )
        elif unit != NO_UNIT:
            units[name] = unit
        if name in units and unit.times != 1:
            times = f"{unit.times:,f}"
            faults.note(where, "unit-multiplied", unit=shortened(unit.written), times=times)
    return units


def _own_unit(column: Column, written: str) -> Unit | None:
    """The unit that a heading states; ``NO_UNIT`` for none or a mere remark (人数（年末）), None
    for one that is no unit of the column.
    """
    found, remarks = units_in(written)
    if not found and column.kind != "money":
        return None if hints_at_a_unit(written) else NO_UNIT
    if not found:
        return NO_UNIT if not written else None
    right = (
        len(found) == 1 and fits(column.kind, found[0]) and not any(map(hints_at_a_unit, remarks))
    )
    return replace(found[0], written=written) if right else None


def stated_otherwise(raw: RawTable, cells: Iterable[Cell]) -> str:
    """A unit in a row below the headings that they do not state; empty when there is none."""
    found = stated(str(cell) for cell in cells if isinstance(cell, str))
    for column in raw.table.columns:
        if column.name not in raw.columns or not found:
            continue
        own = raw.units.get(column.name, NO_UNIT)
        for each in found:
            if not fits(column.kind, each.unit) or not (each.sure or own.scale is None):
                continue
            both = merged(own, each.unit)
            if (
                both is None
                or (both.times, both.period) != (own.times, own.period)
                or (both.of == "money" and both.whom != own.whom)
            ):
                return each.unit.written
    return ""
