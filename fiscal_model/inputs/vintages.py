"""Two vintages of data: the cells in which they differ, and data that have some cells of the one
and the others of the other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fiscal_model.inputs.documents import document_key
from fiscal_model.inputs.model import Inputs, Rows
from fiscal_model.inputs.tables import NOTES, TABLES, Column
from fiscal_model.standard.rules import Standard

Key = tuple[Any, ...]
"""What tells a row from others of its table, in the order of its columns."""


@dataclass(frozen=True)
class ChangedCell:
    """A cell that differs: of which row of which table, its value before and after (None: no row,
    or left empty), and where each stands.
    """

    table: str
    key: Key
    column: str
    before: Any
    after: Any
    stood: str
    stands: str

    @property
    def named(self) -> dict[str, Any]:
        """The cells that tell its row from others, by column."""
        names = [column.name for column in _key_columns(self.table)]
        return dict(zip(names, self.key, strict=True))

    @property
    def row(self) -> tuple[str, Key]:
        """The row that it is in."""
        return self.table, self.key

    @property
    def moves(self) -> bool:
        """Whether a row is new or gone."""
        return not (self.stood and self.stands)


@dataclass(frozen=True, eq=False)
class Vintages:
    """Data ``before`` and ``after``, as far as ``known`` names what both of two standards have."""

    before: Inputs
    after: Inputs

    @staticmethod
    def of(before: Inputs, after: Inputs, one: Standard, other: Standard) -> Vintages:
        """As far as both of two standards know what they name."""
        return Vintages(before.known_to(other), after.known_to(one))

    @cached_property
    def cells(self) -> tuple[ChangedCell, ...]:
        """The cells that differ, in the order of the tables and of the rows before, then of those
        after. Where a row is new or gone, each of its cells is; sources and notes are none.
        """
        if self.before.digest == self.after.digest:
            return ()
        names = [name for name in TABLES if name in {*self.before.tables, *self.after.tables}]
        return tuple(cell for name in names for cell in self._differing(name))

    def switched(self, rows: Collection[tuple[str, Key]], back: bool = False) -> Inputs:
        """The data before with some rows as they are after; the other way round when ``back``."""
        base, other = (self.after, self.before) if back else (self.before, self.after)
        by_table: dict[str, set[Key]] = {}
        for table, key in rows:
            by_table.setdefault(table, set()).add(key)
        tables = dict(base.tables)
        more: dict[str, Rows] = {}
        for table, keys in by_table.items():
            for inputs, found, of_keys in ((base, tables, False), (other, more, True)):
                if table in inputs.tables:
                    own = self.keys(inputs, table)
                    found[table] = inputs.tables[table].picked(
                        [(key in keys) == of_keys for key in own]
                    )
        return base.with_tables(tables).with_rows(more)

    def keys(self, inputs: Inputs, table: str) -> Sequence[Key]:
        """The keys of the rows of a table, of the data before or after."""
        return self._keys.get((id(inputs), table), ())

    @cached_property
    def _keys(self) -> dict[tuple[int, str], Sequence[Key]]:
        return {
            (id(inputs), name): list(_keys_of(rows))
            for inputs in (self.before, self.after)
            for name, rows in inputs.tables.items()
        }

    def _differing(self, table: str) -> Iterator[ChangedCell]:
        """The cells of a table that differ."""
        key_names = {column.name for column in _key_columns(table)}
        values = [
            column.name
            for column in TABLES[table].columns
            if column.name not in key_names and column not in NOTES
        ]
        sides = [self._by_key(inputs, table) for inputs in (self.before, self.after)]
        for key in dict.fromkeys((*sides[0], *sides[1])):
            there = [
                (inputs.tables.get(table), side.get(key, []))
                for inputs, side in zip((self.before, self.after), sides, strict=True)
            ]
            for column in values:
                before, after = (_value(rows, found, column) for rows, found in there)
                if before != after:
                    stood, stands = (_at(rows, found, column) for rows, found in there)
                    yield ChangedCell(table, key, column, before, after, stood, stands)

    def _by_key(self, inputs: Inputs, table: str) -> Mapping[Key, list[int]]:
        """The rows of each key: of instalments of a document there are several."""
        found: dict[Key, list[int]] = {}
        for row, key in enumerate(self.keys(inputs, table)):
            found.setdefault(key, []).append(row)
        return found


def _key_columns(table: str) -> list[Column]:
    return [column for column in TABLES[table].columns if column.name in TABLES[table].key]


def _keys_of(rows: Rows) -> Iterator[Key]:
    """The keys of rows: documents however they are written, a pair of benefits in either order."""
    columns = []
    for column in _key_columns(rows.name):
        values = rows.columns[column.name]
        columns.append(list(map(document_key, values)) if column.kind == "document" else values)
    pair = {"beneficiary", "other"} <= {column.name for column in _key_columns(rows.name)}
    for key in zip(*columns, strict=True):
        yield (*sorted(key[:2]), *key[2:]) if pair else key


def _value(rows: Rows | None, found: Sequence[int], column: str) -> Any:
    """What rows of one key hold, instalments added up; None where there is nothing."""
    if rows is None or not found or column not in rows.columns:
        return None
    values = [rows.columns[column][row] for row in found]
    return values[0] if len(values) == 1 else sum(values)


def _at(rows: Rows | None, found: Sequence[int], column: str) -> str:
    return rows.at(found[0], column) if rows is not None and found else ""
