"""Reads a grid as an input table whatever its shape, and finds out which table a grid is."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Final

from fiscal_model.errors import Faults
from fiscal_model.inputs.across import Across
from fiscal_model.inputs.cells import SEX_WORDS, STAGES, CellReader
from fiscal_model.inputs.given import Titles
from fiscal_model.inputs.headings import DEEPEST, headings_of, with_headings
from fiscal_model.inputs.layout import Layout, Layouts
from fiscal_model.inputs.melt import melted, refused
from fiscal_model.inputs.raw import Grid, RawTable, is_blank
from fiscal_model.inputs.tables import TABLES, Column, Table
from fiscal_model.messages.message import Message, message
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import Text

_EXAMPLES: Final = {
    "year": Text("2024", "2024"),
    "count": Text("1000", "1000"),
    "money": Text("50000", "50000"),
    "share": Text("0.5", "0.5"),
    "number": Text("0.01", "0.01"),
    "age": Text("5-9", "5-9"),
    "sex": Text(SEX_WORDS["female"].zh, "female"),
    "stage": Text(STAGES["final"].zh, "final"),
}


class Shapes:
    """Reads the tables of one standard."""

    def __init__(self, standard: Standard, read: Mapping[str, CellReader]) -> None:
        self.standard = standard
        self.read = read
        self.titles = Titles(standard.places)
        self._across: dict[str, Across] = {}
        self._laid_out: tuple[Grid | None, dict[str, Layouts]] = (None, {})

    def across(self, table: Table) -> Across:
        """The reader of a table's headings."""
        if table.name not in self._across:
            self._across[table.name] = Across(table, self.read)
        return self._across[table.name]

    def tables(self, table: Table, grid: Grid, faults: Faults) -> list[RawTable]:
        """A grid as one table, which is long, or wide and clear; none where columns are missing or
        not clear.
        """
        if not _is_long(table, grid):
            layouts = self._layouts(table, grid)
            best = layouts.best
            if best and best.clear and best.odd:
                return melted(layouts, best, self.standard, faults)
            if best and best.not_long:
                shape = message(
                    "wide-table-unclear", table=table.both, shape=self.long_shape(table)
                )
                refused(layouts, best, shape, faults)
                return []
        raw = with_headings(table, grid, faults)
        return [raw] if raw else []

    def _layouts(self, table: Table, grid: Grid) -> Layouts:
        """The layouts of a grid for one table; those of the last grid are kept."""
        if self._laid_out[0] is not grid:
            self._laid_out = grid, {}
        kept = self._laid_out[1]
        if table.name not in kept:
            kept[table.name] = Layouts(grid, self.across(table), self.titles)
        return kept[table.name]

    def fitting(self, grid: Grid) -> list[Table]:
        """The tables that a grid of any name can be by its headings: each is clear, and they say
        which figures it holds.
        """
        if not any(not is_blank(cell) for row in grid.rows for cell in row):
            return []
        return [table for table in TABLES.values() if self._fits(table, grid)]

    def _fits(self, table: Table, grid: Grid) -> bool:
        if _is_long(table, grid):
            return True
        best = self._layouts(table, grid).best
        return bool(best and best.clear and best.odd and _says_which(table, best))

    def nearest(self, grid: Grid) -> Table | None:
        """The table that a grid comes near to without being clear, if any: most of its columns
        are understood.
        """
        near = [
            (best.understood, table)
            for table in TABLES.values()
            if (best := self._layouts(table, grid).best)
            and best.understood >= 2
            and _says_which(table, best)
        ]
        most = max((understood for understood, _ in near), default=0)
        return next((table for understood, table in near if understood == most), None)

    def is_wide(self, grid: Grid) -> bool:
        """Whether headings of a grid hold years, places or beneficiaries, of whatever figures."""
        return any(
            best.not_long and len(best.figures) > 1 and bool(best.across)
            for table in TABLES.values()
            if (best := self._layouts(table, grid).best)
        )

    def long_shape(self, table: Table) -> Message:
        """The shape of the long table, with a row as an example."""
        columns = [column for column in table.columns if not column.empty] or table.columns
        by_year = any(column.name == "year" for column in columns)
        each = (
            Text("一年一行", "one row a year") if by_year else Text("一数一行", "one row a figure")
        )
        example = [self._example(column) for column in columns]
        return message(
            "long-shape",
            each=each,
            heads=Text(
                ",".join(column.label.zh for column in columns),
                ",".join(column.name for column in columns),
            ),
            example=Text(*(",".join(each.to(lang) for each in example) for lang in ("zh", "en"))),
        )

    def _example(self, column: Column) -> Text:
        """What may stand in a column: the name in Chinese, the code in English."""
        standard = self.standard
        if column.kind == "place":
            place = standard.places.by_code[standard.places.leaves(standard.places.root)[0]]
            return Text(place.name.zh, place.code)
        if column.kind == "beneficiary":
            code, thing = next(iter(standard.beneficiaries.items()))
            return Text(thing.name.zh, code)
        if column.kind in ("priced_line", "amount_line", "any_line"):
            amounts = column.kind == "amount_line"
            lines = standard.lines.items()
            name, line = next(each for each in lines if each[1].is_amount == amounts)
            return Text(line.name.zh, name)
        if column.kind == "item":
            number = str(next(iter(standard.items)))
            return Text(number, number)
        if column.kind == "payer":
            payer, called = next(iter(standard.payers.names.known.items()))
            return Text(called.zh, payer)
        return _EXAMPLES.get(column.kind, Text("…", "…"))


def _is_long(table: Table, grid: Grid) -> bool:
    """Whether each heading names a column of its own, and none is missing."""
    filled = list(islice((row for row in grid.rows if not all(map(is_blank, row))), DEEPEST))
    if not filled:
        return False
    head = headings_of(table).find(filled)
    columns = [each.column.name if each.column else "" for each in head.cells.values()]
    needed = {column.name for column in table.columns if not column.empty}
    return len({*columns}) == len(columns) and "" not in columns and {*columns} >= needed


def _says_which(table: Table, layout: Layout) -> bool:
    """Whether headings say which figures a table holds: by the name of the figure, or since what
    stands in them occurs in this table only.
    """
    return any(each.named for each in layout.figures) or any(
        column.kind in ("beneficiary", "priced_line", "amount_line")
        and column.name in (*layout.across, *layout.down, *layout.given)
        for column in table.columns
    )
