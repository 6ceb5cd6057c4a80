"""Holds a sheet that came back against what was sent: every preprinted cell that differs is told,
and those that say what a row is of are put back before the sheet is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any, Final

from fiscal_model.collecting.changes import (
    AS_IT_IS,
    AS_SENT,
    GONE,
    MOVED,
    NOT_READ,
    RENAMED,
    SHEET_GONE,
    Change,
    cell,
    change,
    plainly,
)
from fiscal_model.inputs.headings import DEEPEST, Headings, headings_of
from fiscal_model.inputs.raw import Grid, is_blank
from fiscal_model.inputs.tables import TABLES, TEMPLATE_SHEETS, Table
from fiscal_model.workbook.record import Strip

Sheets = Mapping[str, Mapping[int, Sequence[Any]]]
"""The preprinted rows of each sheet, by their number."""
MOST_MOVED: Final = 10
"""Moved rows that are told cell by cell; of more it is told that they moved."""


@dataclass(frozen=True)
class Held:
    """A workbook after it was held against what was sent: its sheets, what was changed, and how
    many rows were added, by table.
    """

    grids: Sequence[Grid]
    changes: Sequence[Change]
    added: Mapping[str, int]


def sheets_of(strips: Iterable[Strip]) -> Sheets:
    """What a record says of each sheet."""
    found: dict[str, dict[int, Sequence[Any]]] = {}
    for strip in strips:
        found.setdefault(strip.sheet, {})[strip.row] = strip.cells
    return found


def sheets_in(grids: Iterable[Grid]) -> Sheets:
    """What stands on the sheets of a workbook as it was sent; those without data are left out."""
    return {
        str(grid.sheet): {
            line: row
            for line, row in zip(grid.lines, grid.rows, strict=True)
            if not all(is_blank(each) for each in row)
        }
        for grid in grids
        if table_of(grid.sheet)
    }


def table_of(sheet: str | None) -> Table | None:
    """The table that a sheet of a workbook as sent is of."""
    return next((each for each in TABLES.values() if sheet in (each.name, each.label.zh)), None)


def held_against(sent: Sheets, grids: Sequence[Grid]) -> Held:
    """All sheets of a workbook."""
    by_name = {str(grid.sheet): grid for grid in grids}
    file = grids[0].file if grids else ""
    changes: list[Change] = []
    added: dict[str, int] = {}
    for name, rows in sent.items():
        table = table_of(name)
        if not table or not rows:
            continue
        if name not in by_name and (other := _renamed(rows, by_name, sent)):
            changes.append(Change(file, other, "", name, other, RENAMED))
            by_name[name] = replace(by_name.pop(other), sheet=other)
        if name not in by_name:
            changes.append(Change(file, name, "", name, "", SHEET_GONE))
            continue
        found = _Sheet(table, rows, by_name[name])
        by_name[name] = found.grid
        changes += sorted(found.changes, key=lambda each: each.order)
        added[table.name] = found.added
    # a renamed sheet is read under the name that it was sent with; its cells stand where they are
    return Held([_named(name, grid) for name, grid in by_name.items()], changes, added)


def _named(name: str, grid: Grid) -> Grid:
    return grid if grid.sheet == name else replace(grid, sheet=name)


def _renamed(rows: Mapping[int, Sequence[Any]], grids: Mapping[str, Grid], sent: Sheets) -> str:
    """The sheet that has the headings of one that is not there; empty if there is none."""
    head = [plainly(each) for each in rows[min(rows)]]
    for name, grid in grids.items():
        if name in sent or any(name in each for each in TEMPLATE_SHEETS) or not grid.rows:
            continue
        if [plainly(cell(grid.rows[0], k)) for k in range(len(head))] == head:
            return name
    return ""


class _Sheet:
    """One sheet, held against what was sent; ``grid`` has its rows as they are to be read."""

    def __init__(self, table: Table, sent: Mapping[int, Sequence[Any]], grid: Grid) -> None:
        self.table, self.found = table, grid
        self.changes: list[Change] = []
        self.rows = dict(zip(grid.lines, grid.rows, strict=True))
        self.readable: dict[int, list[Any]] = {}
        """Rows in which something was put back."""
        lines = sorted(sent)
        headings = headings_of(table)
        top = headings.find([sent[line] for line in lines[:DEEPEST]]).top
        head = lines[top]
        for line in lines[:top]:
            self.told(line, sent[line], range(len(sent[line])), AS_IT_IS)
        self.keys = self.of_key(headings, sent[head])
        self.shift = self.head_of(sent[head], head) - head
        self.at = self.heading_cells(headings, sent[head], head)
        self.added = self.body({line: sent[line] for line in lines[top + 1 :]}, head)
        self.grid = replace(
            grid,
            rows=[
                self.readable.get(line, row)
                for line, row in zip(grid.lines, grid.rows, strict=True)
            ],
        )

    def of_key(self, headings: Headings, head: Sequence[Any]) -> list[int]:
        """The positions of the columns that say what a row is of."""
        named = headings.row(head)
        return [
            k for k, each in named.items() if each.column and each.column.name in self.table.key
        ]

    def head_of(self, sent: Sequence[Any], line: int) -> int:
        """The row that the headings stand in now: theirs, unless another near the top holds more of
        them.
        """
        words = {plainly(each) for each in sent if not is_blank(each)}

        def named(at: int) -> int:
            return len(words & {plainly(each) for each in self.rows.get(at, ())})

        near = range(1, line + DEEPEST)
        best = max(near, key=lambda at: (named(at), at == line))
        return best if named(best) > named(line) else line

    def heading_cells(self, headings: Headings, sent: Sequence[Any], line: int) -> dict[int, int]:
        """Where each column that was sent stands now. A heading that does not name its column any
        more is put back.
        """
        now = line + self.shift
        row = self.rows.get(now, ())
        words = {plainly(each): k for k, each in reversed(list(enumerate(row)))}
        at: dict[int, int] = {}
        for k, was in enumerate(sent):
            if is_blank(was):
                continue
            here = cell(row, k)
            if plainly(here) == plainly(was):
                at[k] = k
                continue
            named = headings.read(here).column if not is_blank(here) else None
            same = named is not None and named is headings.read(was).column
            moved = words.get(plainly(was))
            at[k] = k if same or moved is None else moved
            if same or moved is not None:
                effect = AS_IT_IS
            else:
                effect = AS_SENT if headings.read(was).column else NOT_READ
                self.put_back(now, k, was)
            self.changes.append(self.change(now, k, was, here, effect))
        return at

    def body(self, sent: Mapping[int, Sequence[Any]], head: int) -> int:
        """Finds every row that was sent: at its place, elsewhere by its key, or changed at its
        place; how many rows were added.
        """
        free = {
            line
            for line, row in self.rows.items()
            if line > head + self.shift and not all(is_blank(each) for each in row)
        }
        left = dict(sent)
        for line, cells in sent.items():
            if (now := line + self.shift) in free and self.same(cells, now):
                self.told(now, cells, self.others(cells), NOT_READ)
                free.discard(now)
                del left[line]
        moved = self.truly_moved(left, free, dict(self.moved(left, free, self.all_of)))
        for line, now in moved:
            free.discard(now)
            del left[line]
        lost = {line: cells for line, cells in left.items() if line + self.shift not in free}
        for line, now in self.moved(lost, free, self.key):
            moved.append((line, now))
            free.discard(now)
            self.told(now, left.pop(line), self.others(sent[line]), NOT_READ)
        self.tell_moved(sent, moved)
        for line, cells in left.items():
            now = line + self.shift
            if now not in free and not all(is_blank(each) for each in self.rows.get(now, ())):
                words = "，".join(str(cells[k]) for k in self.key(cells))
                self.changes.append(self.change(now, 0, words, "", GONE))
            elif self.is_other(cells, now):
                self.told(now, cells, self.all_of(cells), AS_IT_IS)
            else:
                self.told(now, cells, self.key(cells), AS_SENT)
                self.told(now, cells, self.others(cells), NOT_READ)
                for k in self.key(cells):
                    self.put_back(now, self.at.get(k, k), cells[k])
                free.discard(now)
        return len(free)

    def moved(
        self,
        left: Mapping[int, Sequence[Any]],
        free: Iterable[int],
        known_by: Callable[[Sequence[Any]], list[int]],
    ) -> Iterator[tuple[int, int]]:
        """Rows that stand elsewhere now: the row as sent, and as it is. A row is known by all that
        was preprinted in it, or else by its key.
        """
        patterns = {tuple(known_by(cells)) for cells in left.values()}
        elsewhere: dict[tuple[tuple[int, str], ...], list[int]] = {}
        for now in sorted(free, reverse=True):
            for pattern in patterns:
                words = tuple((k, self.word(now, k)) for k in pattern)
                elsewhere.setdefault(words, []).append(now)
        taken = set[int]()
        for line, cells in left.items():
            found = elsewhere.get(tuple((k, plainly(cells[k])) for k in known_by(cells)), [])
            while found and found[-1] in taken:
                found.pop()
            if found and self.key(cells):
                taken.add(found[-1])
                yield line, found.pop()

    def truly_moved(
        self, left: Mapping[int, Sequence[Any]], free: Set[int], found: Mapping[int, int]
    ) -> list[tuple[int, int]]:
        """Without rows that only look like another one because a cell was changed: the row that
        was sent where it stands is nowhere, and where it should stand is one that nobody knows.
        """
        known = {*found.values()}

        def changed(line: int, now: int) -> bool:
            there = left.get(now - self.shift)
            return (
                there is not None
                and now - self.shift not in found
                and not self.is_other(there, now)
                and line + self.shift in free - known
                and not self.is_other(left[line], line + self.shift)
            )

        return [pair for pair in found.items() if not changed(*pair)]

    def tell_moved(
        self, sent: Mapping[int, Sequence[Any]], moved: Sequence[tuple[int, int]]
    ) -> None:
        """A few moved rows are told cell by cell as changed, many as moved."""
        if len(moved) > MOST_MOVED:
            lines, nows = ([*each] for each in zip(*moved, strict=True))
            was, now = (f"{min(each)}–{max(each)}" for each in (lines, nows))
            self.changes.append(self.change(min(nows), 0, was, now, MOVED))
            return
        for line, _ in moved:
            self.told(line + self.shift, sent[line], self.all_of(sent[line]), MOVED)

    def key(self, cells: Sequence[Any]) -> list[int]:
        """The positions of preprinted cells that say what a row is of."""
        return [k for k in self.keys if not is_blank(cell(cells, k))]

    def all_of(self, cells: Sequence[Any]) -> list[int]:
        """The positions of all preprinted cells."""
        return self.key(cells) + self.others(cells)

    def others(self, cells: Sequence[Any]) -> list[int]:
        """The positions of other preprinted cells."""
        return [k for k, each in enumerate(cells) if k not in self.keys and not is_blank(each)]

    def word(self, line: int, k: int) -> str:
        """What stands now in a column that was sent, as it is compared."""
        return plainly(cell(self.rows.get(line, ()), self.at.get(k, k)))

    def same(self, cells: Sequence[Any], line: int) -> bool:
        """Whether a row still says what it is of."""
        return all(self.word(line, k) == plainly(cells[k]) for k in self.key(cells))

    def is_other(self, cells: Sequence[Any], line: int) -> bool:
        """Whether a row says for the most part something else than what was sent there."""
        every = self.all_of(cells)
        words = [(self.word(line, k), plainly(cells[k])) for k in every]
        return 2 * sum(now not in ("", was) for now, was in words) > len(every)

    def told(self, line: int, cells: Sequence[Any], positions: Iterable[int], effect: Any) -> None:
        """Tells those of some preprinted cells of a row that differ."""
        at = getattr(self, "at", {})
        for k in positions:
            here = cell(self.rows.get(line, ()), at.get(k, k))
            if not is_blank(cells[k]) and plainly(here) != plainly(cells[k]):
                self.changes.append(self.change(line, at.get(k, k), cells[k], here, effect))

    def change(self, line: int, position: int, was: Any, now: Any, effect: Any) -> Change:
        """A change on this sheet."""
        sheet = str(self.found.sheet)
        return change(self.found.file, sheet, line, position, was, now, effect)

    def put_back(self, line: int, position: int, was: Any) -> None:
        """Has a cell read as it was sent."""
        row = self.readable.setdefault(line, list(self.rows.get(line, ())))
        row += [None] * (position + 1 - len(row))
        row[position] = was
