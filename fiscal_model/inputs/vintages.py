"""Two vintages of data: the cells in which they differ, and data that have some cells of the one
and the others of the other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
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
    """Data ``before`` and ``after``, each with the standard ``of_before`` or ``of_after`` that it
    was read by: they are held against each other as far as both know what they name.
    """

    before: Inputs
    after: Inputs
    of_before: Standard
    of_after: Standard

    @cached_property
    def cells(self) -> tuple[ChangedCell, ...]:
        """The cells that differ, in the order of the tables and of the rows before, then of those
        after. Where a row is new or gone, each of its cells is; sources and notes are none.
        """
        if self.before.digest == self.after.digest:
            return ()
        known = self.before.known_to(self.of_after), self.after.known_to(self.of_before)
        return tuple(
            cell
            for name in TABLES
            for cell in _differing(name, *(each.tables.get(name) for each in known))
        )

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


def _differing(table: str, before: Rows | None, after: Rows | None) -> Iterator[ChangedCell]:
    """The cells of a table that differ."""
    of_key = _key_columns(table)
    values = [
        column.name
        for column in TABLES[table].columns
        if column not in of_key and column not in NOTES
    ]
    old, new = _by_key(before), _by_key(after)
    for key in dict.fromkeys((*old, *new)):
        sides = [(before, old.get(key, [])), (after, new.get(key, []))]
        for column in values:
            was, now = (_value(rows, found, column) for rows, found in sides)
            if was != now:
                stood, stands = (_at(rows, found, column) for rows, found in sides)
                yield ChangedCell(table, key, column, was, now, stood, stands)


def _by_key(rows: Rows | None) -> dict[Key, list[int]]:
    """The rows of each key: of instalments of a document there are several."""
    found: dict[Key, list[int]] = {}
    for row, key in enumerate(_keys_of(rows) if rows is not None else ()):
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
