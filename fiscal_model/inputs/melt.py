"""A wide table as the long one that it means: a row a figure, each cell with where it was found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from fiscal_model.errors import Faults, shortened
from fiscal_model.inputs.headings import (
    Head,
    Heading,
    no_merged_figures,
    no_unit_in_comments,
    note_titles,
    stated_around,
    units_of,
)
from fiscal_model.inputs.labels import label_of
from fiscal_model.inputs.layout import Figures, Layout, Layouts
from fiscal_model.inputs.normal import is_signature, is_total
from fiscal_model.inputs.raw import Cell, Datum, MeltedTable, RawTable, address, is_blank
from fiscal_model.inputs.tables import NOTES
from fiscal_model.messages.message import Message, message
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import Text, first_of


def melted(layouts: Layouts, layout: Layout, standard: Standard, faults: Faults) -> list[RawTable]:
    """The figures of a clear layout as long tables, one for all columns in the same units."""
    return _Melting(layouts, layout, standard, faults).tables()


class _Melting:
    def __init__(
        self, layouts: Layouts, layout: Layout, standard: Standard, faults: Faults
    ) -> None:
        self.layout = layout
        self.across = layouts.across
        self.table = layouts.across.table
        self.grid = layouts.grid
        self.standard = standard
        self.faults = faults
        below = layout.top + layout.levels
        self.above = layouts.filled[: layout.top]
        self.heads = layouts.filled[layout.top : below]
        self.body = layouts.filled[below:]
        names = [each.name for each in (*self.table.columns, *NOTES)]
        self.down = [name for name in names if name in layout.down and name != "place"]

    def tables(self) -> list[RawTable]:
        """The long tables, and notes of how the wide one was read."""
        note_titles(self.grid, self.above, self.faults)
        self._note_reading()
        figures = {each.position: each.column for each in self.layout.figures}
        no_merged_figures(self.grid, figures, self.body, self.faults)
        last = self.grid.lines[self.heads[-1]]
        around = stated_around(self.grid, self.above, self._beside(), last)
        found: list[RawTable] = []
        for blocks in self._alike():
            first = {each.column.name: each for block in reversed(blocks) for each in block}
            head = Head(
                {
                    each.position: Heading(each.written, each.column, "、".join(each.units))
                    for each in first.values()
                },
                self.layout.top,
                self.layout.levels,
            )
            row = self.grid.lines.index(next(iter(first.values())).at[0])
            columns = {name: each.position for name, each in first.items()}
            units = units_of(head, columns, around, self.grid, row, self.faults)
            raw = MeltedTable(
                self.table,
                self.grid,
                list(self._data(blocks, not found)),
                units,
                {name: each.at for name, each in first.items()},
            )
            if not found and self.body:
                raw.blank = self.body[-1] - self.body[0] + 1 - len(self.body)
            no_unit_in_comments(raw, self.grid, last, self.faults)
            found.append(raw)
        return found

    def _alike(self) -> list[list[list[Figures]]]:
        """The columns of figures, those of one row of the long table together, by their units."""
        blocks: dict[object, list[Figures]] = {}
        for each in self.layout.figures:
            blocks.setdefault(frozenset(each.codes.items()), []).append(each)
        alike: dict[object, list[list[Figures]]] = {}
        for block in blocks.values():
            units = tuple((each.column.name, each.units) for each in block)
            alike.setdefault(units, []).append(block)
        return list(alike.values())

    def _beside(self) -> Iterator[str]:
        """What the rows of headings say elsewhere than over figures."""
        positions = {each.position for each in self.layout.figures}
        for i in self.heads:
            for position, cell in enumerate(self.grid.rows[i]):
                if position not in positions and not is_blank(cell):
                    yield str(cell)

    def _data(self, blocks: Sequence[Sequence[Figures]], first: bool) -> Iterator[Datum]:
        """The rows of the long table. A row without any figure is one of its first part; one
        without a place is refused, since it may be that of the row above.
        """
        figures = [each.position for each in self.layout.figures]
        for i in self.body:
            row, line = self.grid.rows[i], self.grid.lines[i]
            filled = {n for n in range(len(row)) if not is_blank(row[n])}
            down = {name: self._at(i, self.layout.down[name]) for name in self.down}
            if self.layout.places:
                down["place"] = self._place(i)
            if filled.isdisjoint(figures) or _is_signed([row[n] for n in sorted(filled)]):
                if first:
                    names = {each.column.name for each in self.layout.figures}
                    at = line, figures[0]
                    empty = dict.fromkeys(names, (None, at))
                    cell = line, min(filled)
                    yield Datum({**down, **empty}, line, cell, row)
                continue
            if first:
                self._no_lost_place(down)
            for block in blocks:
                cells = {each.column.name: self._at(i, each.position) for each in block}
                given = {**self.layout.given, **block[0].values}
                yield Datum({**down, **given, **cells}, line, (line, block[0].position))

    def _no_lost_place(self, down: Mapping[str, tuple[Cell, tuple[int, int]]]) -> None:
        """Where a place may be left out, an empty cell of a column of places may also be that of
        the row above.
        """
        column = next((each for each in self.table.columns if each.name == "place"), None)
        cell, at = down.get("place", ("", (0, 0)))
        summed = any(is_total(str(each)) for each, _ in down.values())
        if column and column.empty and "place" in down and is_blank(cell) and not summed:
            label = Text(column.label.zh, column.name)
            self.faults.add(self._address(at), "cell-empty", column=label, needs="")

    def _at(self, i: int, position: int) -> tuple[Cell, tuple[int, int]]:
        row = self.grid.rows[i]
        cell = row[position] if position < len(row) else None
        return cell, (self.grid.lines[i], position)

    def _place(self, i: int) -> tuple[Cell, tuple[int, int]]:
        """The cell that names the place of a row: of several columns that of the lowest place, in
        which the others lie.
        """
        cells = [self._at(i, position) for position in self.layout.places]
        filled = [each for each in cells if not is_blank(each[0])]
        if len(filled) < 2:
            return (filled or cells)[0]
        codes = [self.across.code("place", cell) for cell, _ in filled]
        for each, code in zip(filled, codes, strict=True):
            if code is None or is_total(str(each[0])):
                return each
        places = self.standard.places
        chains = [(str(code), *places.ancestors(str(code))) for code in codes]
        n = max(range(len(chains)), key=lambda n: len(chains[n]))
        for (cell, at), chain in zip(filled, chains, strict=True):
            if chain[0] not in chains[n]:
                self.faults.add(
                    self._address(filled[n][1]),
                    "places-apart",
                    place=shortened(str(filled[n][0])),
                    other=shortened(str(cell)),
                    at=self._address(at),
                )
        return filled[n]

    def _address(self, at: tuple[int, int]) -> str:
        return address(self.grid.file, self.grid.sheet, *at, self.grid.names)

    def _note_reading(self) -> None:
        """Tells how the table was read."""
        layout, faults = self.layout, self.faults
        for name, (written, at) in layout.renamed.items():
            column = next(each for each in (*self.table.columns, *NOTES) if each.name == name)
            faults.note(self._address(at), "column-read-as", written=written, column=column.both)
        head = self.grid.lines[self.heads[-1]]
        if across := layout.across:
            each = [self._spread(name) for name in across]
            spread = Text(
                "；".join(one.to("zh") for one in each), "; ".join(one.to("en") for one in each)
            )
            faults.note(self._address(layout.figures[0].at), "wide-table-read", across=spread)
        if len(layout.places) > 1:
            faults.note(
                self._address((head, layout.places[0])),
                "places-in-columns",
                columns=len(layout.places),
            )
        for position in layout.numbers:
            faults.note(self._address((head, position)), "column-of-row-numbers")
        for name, (cell, at) in layout.given.items():
            column = next(each for each in self.table.columns if each.name == name)
            faults.note(
                self._address(at),
                "given-by-title",
                column=column.both,
                written=shortened(str(cell)),
            )

    def _spread(self, name: str) -> Message:
        """One column of the key that stands in headings, with the first of its values."""
        column = next(each for each in self.table.columns if each.name == name)
        codes = dict.fromkeys(each.codes[name] for each in self.layout.figures if not each.total)
        labels = [label_of(column.kind, code, self.standard) for code in codes]
        return message("spread-across", column=column.both, values=first_of(labels, Text("个", "")))


def _is_signed(cells: Sequence[Cell]) -> bool:
    """Whether a row holds nothing but notes and signatures."""
    return all(isinstance(cell, str) and is_signature(cell) for cell in cells)


def refused(layouts: Layouts, layout: Layout, shape: Message, faults: Faults) -> None:
    """Says which columns of a wide table are not clear, and what would be."""
    grid, filled = layouts.grid, layouts.filled
    faults.add(grid.at(filled[layout.top], 0), shape)
    for at, why in sorted(layout.unclear.items()):
        faults.add(address(grid.file, grid.sheet, *at, grid.names), why)
    body = filled[layout.top + layout.levels :]
    for position in layout.stray:
        for i in body:
            if position < len(grid.rows[i]) and not is_blank(grid.rows[i][position]):
                faults.add(grid.at(i, position), "cell-without-heading", hint="")
    for column in layout.missing:
        faults.add(
            grid.at(filled[layout.top], 0),
            "wide-without-column",
            table=layouts.across.table.both,
            column=column.both,
        )
