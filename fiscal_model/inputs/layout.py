"""Where the headings of a table stand and what each of its columns holds: a part of the key for the
whole row, or figures of which the heading says the year, the place or the beneficiary.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import PurePath
from typing import Final

from fiscal_model.errors import shortened
from fiscal_model.inputs.across import Across, Said
from fiscal_model.inputs.given import FILE, NAMED, Given, Title, Titles
from fiscal_model.inputs.headings import DEEPEST
from fiscal_model.inputs.raw import Cell, Grid, is_blank
from fiscal_model.inputs.tables import Column
from fiscal_model.messages.message import Message, message
from fiscal_model.spelling import squeezed
from fiscal_model.vocabulary import in_both

LEVELS: Final = 3
"""Rows that headings have at most: two levels and their units."""
_NUMBERS: Final = frozenset(("序号", "行次", "no."))
"""Headings of columns that number the rows and say nothing else."""
_PERHAPS_PLACES: Final = frozenset(("单位", "名称", "填报单位", "上报单位", "编制单位"))
"""Headings of columns of places, where these hold places."""


@dataclass(frozen=True)
class Figures:
    """One column with figures: which of them, and whose and of which year in so far as its headings
    say so; each value with where it stands (row number and position).
    """

    position: int
    column: Column
    values: Mapping[str, tuple[Cell, tuple[int, int]]]
    codes: Mapping[str, object]
    units: tuple[str, ...]
    at: tuple[int, int]
    total: bool
    named: bool
    written: str


@dataclass
class Layout:
    """A reading of the rows from ``top`` (``levels`` of those that are filled) as headings.

    ``down`` are the positions of columns of the key, ``places`` those of several columns of places,
    ``numbers`` of running numbers; ``by_content`` says that a column is one of places by what it
    holds. ``unclear`` is what is wrong with headings, by position and row.
    """

    top: int
    levels: int
    down: dict[str, int] = field(default_factory=dict)
    places: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    figures: list[Figures] = field(default_factory=list)
    renamed: dict[str, tuple[str, tuple[int, int]]] = field(default_factory=dict)
    unclear: dict[tuple[int, int], Message] = field(default_factory=dict)
    stray: list[int] = field(default_factory=list)
    given: Given = field(default_factory=dict)
    missing: tuple[Column, ...] = ()
    by_content: bool = False

    @property
    def clear(self) -> bool:
        """Whether every column is."""
        return not (self.unclear or self.stray or self.missing)

    @property
    def across(self) -> tuple[str, ...]:
        """The columns of the key that stand in headings."""
        return tuple(dict.fromkeys(name for each in self.figures for name in each.values))

    @property
    def odd(self) -> bool:
        """Whether it is any other shape than that of a long table with one column a heading."""
        places = len(self.places) > 1 or self.by_content
        return bool(self.across or places or self.numbers or self.given)

    @property
    def not_long(self) -> bool:
        """Whether it is no long table even where not every column is clear. Data without headings
        look like a single value among others.
        """
        figures = len(self.figures) > 1 or bool(self.figures and self.down)
        places = len(self.places) > 1 or self.by_content
        return bool(self.across and figures) or places or bool(self.numbers)

    @property
    def understood(self) -> int:
        """How many of its columns are, less those that are not."""
        clear = len({*self.down.values(), *self.places}) + len(self.numbers) + len(self.figures)
        return clear - len(self.unclear) - len(self.stray) - len(self.missing)


class Layouts:
    """Lays out one grid for one table."""

    def __init__(self, grid: Grid, across: Across, titles: Titles) -> None:
        self.grid = grid
        self.across = across
        self.titles = titles
        self.filled = [
            i for i, row in enumerate(grid.rows) if not all(is_blank(cell) for cell in row)
        ]

    @cached_property
    def best(self) -> Layout | None:
        """The first in which every column is clear; else that in which most are."""
        best = None
        for layout in self._all():
            if layout.clear:
                return layout
            if best is None or layout.understood > best.understood:
                best = layout
        if best:
            self._look_above(best)
        return best

    def _all(self) -> Iterator[Layout]:
        for top in range(min(DEEPEST, len(self.filled))):
            row = self.grid.rows[self.filled[top]]
            read = sum(self.across.read(cell) is not None for cell in row if not is_blank(cell))
            for levels in range(1, LEVELS + 1):
                if read > (levels == 1) and top + levels < len(self.filled) + (levels == 1):
                    yield self._layout(top, levels)

    @cached_property
    def _last(self) -> dict[int, int]:
        """The last filled row in which something stands at a position."""
        return {
            position: n
            for n, i in enumerate(self.filled)
            for position, cell in enumerate(self.grid.rows[i])
            if not is_blank(cell)
        }

    @cached_property
    def _spans(self) -> dict[tuple[int, int], tuple[int, int]]:
        """First and last position of merged cells by row number and each of their positions."""
        return {
            (line, position): (first, last)
            for top, first, bottom, last in self.grid.merged
            if last > first and bottom - top < LEVELS
            for line in range(top, bottom + 1)
            for position in range(first, last + 1)
        }

    def _layout(self, top: int, levels: int) -> Layout:
        layout = Layout(top, levels)
        rows = self.filled[top : top + levels]
        for position, last in sorted(self._last.items()):
            path = list(self._path(rows, position))
            if path:
                self._place_column(layout, position, path)
            elif last >= top + levels:
                layout.stray.append(position)
        self._agree(layout)
        self._complete(layout)
        return layout

    def _path(self, rows: Sequence[int], position: int) -> Iterator[tuple[Cell, tuple[int, int]]]:
        """The headings over a position from above, each once, with row number and position."""
        before: Cell = None
        for level, row in enumerate(rows):
            at = self._over(row, rows[level + 1 :], position)
            cell = self._cell(row, at)
            if not is_blank(cell) and cell != before:
                yield cell, (self.grid.lines[row], at)
                before = cell

    def _cell(self, row: int, position: int) -> Cell:
        cells = self.grid.rows[row]
        return cells[position] if position < len(cells) else None

    def _over(self, row: int, below: Sequence[int], position: int) -> int:
        """Where the heading stands that covers a position: its own one, the first of a merged cell,
        or the nearest to the left where a lower heading stands here.
        """
        line = self.grid.lines[row]
        if not is_blank(self._cell(row, position)):
            return position
        if (line, position) in self._spans:
            return self._spans[line, position][0]
        if all(is_blank(self._cell(each, position)) for each in below):
            return position
        left = position
        while left >= 0 and is_blank(self._cell(row, left)):
            left -= 1
        if left < 0 or (line, left) in self._spans:
            return position
        said = self.across.read(self._cell(row, left))
        alone = said is not None and said.column and said.column not in self.across.figures
        return position if alone else left

    def _place_column(
        self, layout: Layout, position: int, path: Sequence[tuple[Cell, tuple[int, int]]]
    ) -> None:
        """Takes in one column by its headings."""
        at = path[-1][1][0], position
        written = shortened(" ".join(str(cell) for cell, _ in path))
        body = self.filled[layout.top + layout.levels :]
        if squeezed(written) in _NUMBERS:
            layout.numbers.append(position)
            return
        said = self._said(path, body, position)
        if said is None:
            unread = (at for cell, at in path if self.across.read(cell) is None)
            layout.unclear[next(unread, at)] = message("heading-means-nothing", written=written)
            return
        where = {
            name: (cell, next(at for each, at in path if name in (self._of(each).values)))
            for name, (cell, _) in said.values.items()
        }
        figures = self.across.figures
        column = said.column or (figures[0] if len(figures) == 1 else None)
        if said.column and said.column not in figures:
            self._key_column(layout, said, position, at, written)
        elif column and (said.values or said.column or said.total):
            layout.figures.append(
                Figures(
                    position,
                    column,
                    where,
                    {name: code for name, (_, code) in said.values.items()},
                    said.units,
                    at,
                    bool(said.total),
                    bool(said.column),
                    written,
                )
            )
            if said.column and not said.own and not said.values:
                layout.renamed.setdefault(column.name, (written, at))
        else:
            layout.unclear[at] = message("heading-means-nothing", written=written)

    def _of(self, cell: Cell) -> Said:
        return self.across.read(cell) or Said()

    def _said(
        self, path: Sequence[tuple[Cell, tuple[int, int]]], body: Sequence[int], position: int
    ) -> Said | None:
        """What all headings over a column say together."""
        both: Said | None = Said()
        for cell, _ in path:
            said = self.across.read(cell)
            if said is None and squeezed(str(cell)) in _PERHAPS_PLACES:
                said = self._places_of(body, position)
            both = both.also(said) if both and said else None
        return both

    def _places_of(self, body: Sequence[int], position: int) -> Said | None:
        """A column of places, by what it holds: most of its cells are places."""
        column = next((each for each in self.across.table.columns if each.name == "place"), None)
        cells = {cell for i in body if not is_blank(cell := self._cell(i, position))}
        known = sum(self.across.code("place", cell) is not None for cell in cells) if column else 0
        return Said(column, own=False) if column and 2 * known > len(cells) else None

    def _key_column(
        self, layout: Layout, said: Said, position: int, at: tuple[int, int], written: str
    ) -> None:
        column = said.column
        assert column is not None
        if said.values or said.total:
            layout.unclear[at] = message("heading-means-nothing", written=written)
        elif column.name == "place":
            layout.places.append(position)
            layout.by_content |= squeezed(written) in _PERHAPS_PLACES
        elif column.name in layout.down:
            layout.unclear[at] = message("heading-as-another", written=written, other=column.label)
        else:
            layout.down[column.name] = position
        if not said.own:
            layout.renamed.setdefault(column.name, (written, at))

    def _agree(self, layout: Layout) -> None:
        """All columns of figures say the same sort of things, and no two say the same; a sum is one
        over what its heading leaves open.
        """
        kinds = Counter(frozenset(each.values) for each in layout.figures if not each.total)
        usual = kinds.most_common(1)[0][0] if kinds else frozenset()
        seen: dict[object, str] = {}
        agreed = []
        for each in layout.figures:
            lacking, more = usual - each.values.keys(), each.values.keys() - usual
            label = {column.name: column.label for column in self.across.table.columns}
            if each.total and not more and lacking:
                cell = (each.written, each.at)
                each = replace(
                    each,
                    values={**each.values, **dict.fromkeys(lacking, cell)},
                    codes={**each.codes, **dict.fromkeys(lacking, each.written)},
                )
            elif each.total or lacking or more:
                names = in_both(label[name] for name in sorted(lacking or more or usual))
                layout.unclear[each.at] = message(
                    "heading-unlike-others", written=each.written, names=names
                )
                continue
            key = (frozenset(each.codes.items()), each.column.name)
            if key in seen:
                layout.unclear[each.at] = message(
                    "heading-as-another", written=each.written, other=seen[key]
                )
                continue
            seen[key] = each.written
            agreed.append(each)
        layout.figures = agreed

    def _complete(self, layout: Layout) -> None:
        """Every column of the key stands once: in a column, in the headings or in a title."""
        if layout.places:
            layout.down["place"] = layout.places[0]
        across, table = layout.across, self.across.table
        for name in across:
            if name in layout.down:
                column = next(each for each in table.columns if each.name == name)
                line = self.grid.lines[self.filled[layout.top + layout.levels - 1]]
                layout.unclear[line, layout.down[name]] = message(
                    "heading-across-too", column=column.label
                )
        had = {*layout.down, *across, *(each.column.name for each in layout.figures)}
        absent = [each for each in table.columns if each.name not in had]
        layout.missing = tuple(absent)
        if not layout.unclear and not layout.stray:
            self._look_above(layout)
        layout.missing = tuple(each for each in layout.missing if not each.empty)

    def _look_above(self, layout: Layout) -> None:
        """Takes from titles what has no column."""
        names = [each.name for each in layout.missing if each.name in self.across.readers]
        if names:
            given = self.titles.given(self._titles(layout), names, self.across)
            layout.given = {**layout.given, **given}
            layout.missing = tuple(each for each in layout.missing if each.name not in given)

    def _titles(self, layout: Layout) -> Iterator[Title]:
        """The texts above the headings, and the names of the sheet and the file."""
        for i in self.filled[: layout.top]:
            for position, cell in enumerate(self.grid.rows[i]):
                if not is_blank(cell):
                    yield str(cell), (self.grid.lines[i], position)
        if self.grid.sheet:
            yield self.grid.sheet, NAMED
        yield PurePath(self.grid.file).stem, FILE
