"""Reads an edited report back: its inputs as they were supplied, with the cells that were edited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from fiscal_model.collecting.changes import (
    OF_SCENARIO,
    TAKEN,
    Change,
    cell,
    change,
    plainly,
    shown,
)
from fiscal_model.errors import Faults, fault
from fiscal_model.inputs.cells import readers
from fiscal_model.inputs.model import Rows
from fiscal_model.inputs.raw import UNCACHED, Grid, RawTable, address, is_blank
from fiscal_model.inputs.read import typed
from fiscal_model.inputs.tables import NOTES, RECORD, TABLES, Table
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import Text
from fiscal_model.workbook.record import (
    BY_SCENARIO,
    EMPTY,
    FORMULA,
    HEADING,
    SUPPLIED,
    Record,
    Strip,
)
from fiscal_model.workbook.reference import figure_of

WITH_FACTOR = Text(
    "已作为输入收下；报告中的数已含情景的系数，请核对",
    "taken as an input; in the report the scenario's factor was in the figure: please check",
)
OVERRULED = Text(
    "已作为输入收下；但情景另定了这项标准，以情景为准，请改情景文件",
    "taken as an input, but the scenario states this rate and goes first: change the scenario file",
)
REMOVED = Text("已清空：不再作为输入", "emptied: no input any more")
A_FORMULA = Text("公式", "formula")


class Live(NamedTuple):
    """The inputs of a report, which of their rows are as supplied, and the edits."""

    rows: Sequence[Rows]
    changes: Sequence[Change]


@dataclass
class _Row:
    """A row of inputs by column, and where a cell of it stands that was edited."""

    cells: dict[str, Any]
    at: dict[str, str] = field(default_factory=dict)


class _LiveTable(RawTable):
    """Rows of inputs, each cell where it was edited, else in the record of the report."""

    def __init__(self, table: Table, file: str, sheet: str, rows: Sequence[_Row]) -> None:
        names = [each.name for each in (*table.columns, *NOTES)]
        super().__init__(
            table,
            file,
            sheet,
            {name: k for k, name in enumerate(names)},
            [[row.cells.get(name) for name in names] for row in rows],
            list(range(1, len(rows) + 1)),
        )
        self.placed = [row.at for row in rows]

    def at(self, row: int, column: str) -> str:
        """Where a cell was edited."""
        there = self.placed[row]
        return there.get(column) or next(iter(there.values()), self.name)


def read_live(
    path: Path, record: Record, grids: Sequence[Grid], standard: Standard, faults: Faults
) -> Live:
    """The inputs of a report.

    Raises:
        FiscalModelError: rows or columns of its live sheets are not where they were.

    """
    found = _Edited(path, record, grids)
    if record.illustrative:
        faults.note(str(path), "collect-illustrative")
    read = readers(standard)
    sheet = next(str(grid.sheet) for grid in grids if grid.sheet in RECORD)
    rows = []
    for name, table in TABLES.items():
        if known := found.tables.get(name):
            raw = _LiveTable(table, str(path), sheet, list(known.values()))
            rows.append(typed(raw, read, standard, faults))
    return Live(rows, found.changes)


class _Edited:
    """The inputs of a report by table and key, with its edits."""

    def __init__(self, path: Path, record: Record, grids: Sequence[Grid]) -> None:
        self.path, self.changes = path, list[Change]()
        self.sheets = {str(grid.sheet): grid for grid in grids}
        self.tables: dict[str, dict[tuple[str, ...], _Row]] = {}
        for strip in record.strips:
            if strip.sheet == SUPPLIED:
                self.supply(strip)
        strips = [strip for strip in record.strips if strip.sheet != SUPPLIED]
        self.in_place(strips)
        formulas = _formulas(path, {strip.sheet for strip in strips})
        for strip in strips:
            if strip.of[:1] != (HEADING,):
                self.compare(strip, formulas.get(strip.sheet, set()))

    def supply(self, strip: Strip) -> None:
        """Keeps a row of the inputs as it was supplied."""
        table = TABLES[strip.of[0]]
        names = [each.name for each in (*table.columns, *NOTES)]
        cells = {
            name: value
            for name, value in zip(names, strip.cells, strict=False)
            if not is_blank(value)
        }
        self.tables.setdefault(table.name, {})[_key(table, cells)] = _Row(cells)

    def row(self, strip: Strip) -> Sequence[Any]:
        """A row as it stands now."""
        grid = self.sheets.get(strip.sheet)
        return grid.rows[strip.row - 1] if grid and strip.row <= len(grid.rows) else ()

    def in_place(self, strips: Iterable[Strip]) -> None:
        """Makes sure that every row and column is where it was written.

        Raises:
            FiscalModelError: some are not.

        """
        for strip in strips:
            row = self.row(strip)
            known = strip.cells if strip.of[:1] == (HEADING,) else strip.cells[:1]
            for k, was in enumerate(known):
                if plainly(cell(row, k)) != plainly(was) and was not in (EMPTY, None):
                    at = address(str(self.path), strip.sheet, strip.row, k)
                    raise fault(at, "collect-report-moved", was=shown(was))

    def compare(self, strip: Strip, formulas: set[tuple[int, int]]) -> None:
        """Tells the cells of a row that were edited, and takes those that are inputs."""
        row, edited = self.row(strip), dict[int, Any]()
        for k, was in enumerate(strip.cells):
            now = cell(row, k)
            formula = (strip.row, k + 1) in formulas
            if k == 0 or was is None or (was == FORMULA and formula):
                continue
            before = "" if was == EMPTY else was
            if was == FORMULA or plainly(now) != plainly(before):
                edited[k] = now
                told = A_FORMULA if was == FORMULA else before
                effect = self.taken(strip, k, before, now)
                at = (self.path.name, strip.sheet, strip.row, k)
                said = shown(told.zh if isinstance(told, Text) else told)
                self.changes.append(change(*at, said, now, effect))
        if edited and strip.of[:1] == ("rates",):
            self.rates(strip, row, min(edited))

    def taken(self, strip: Strip, k: int, before: Any, now: Any) -> Text:
        """Takes an edited cell, and says what follows from it."""
        if not strip.of:
            return OF_SCENARIO
        name, *codes = strip.of
        if name == "rates":
            return OVERRULED if BY_SCENARIO in codes else TAKEN
        table = TABLES[name]
        if name in ("beneficiaries", "amounts"):
            codes[2] = codes[2].split(",")[k - self.first_year(strip)]
        keys = dict(zip(table.key, codes, strict=True))
        rows = self.tables.setdefault(name, {})
        key = tuple(codes)
        if name == "overlaps" and key not in rows:
            swapped = (codes[1], codes[0], *codes[2:])
            key = swapped if swapped in rows else key
        former = rows.get(key)
        if _is_nothing(now):
            rows.pop(key, None)
            return REMOVED
        figure = figure_of(table)
        row = _Row({**(former.cells if former else keys), figure: now})
        for note in NOTES:
            row.cells.pop(note.name, None)
        row.at[figure] = address(str(self.path), strip.sheet, strip.row, k)
        rows[key] = row
        same = former is None or plainly(former.cells.get(figure)) == plainly(before)
        return TAKEN if same else WITH_FACTOR

    def first_year(self, strip: Strip) -> int:
        """The position of the first year of a row of years, which are its last cells."""
        return len(strip.cells) - len(strip.of[3].split(","))

    def rates(self, strip: Strip, row: Sequence[Any], first: int) -> None:
        """Takes the rates of a row from the first edited year on: one holds until the next."""
        line, places, years = strip.of[1:4]
        rows = self.tables.setdefault("rates", {})
        start = self.first_year(strip)
        for place in places.split(","):
            for k in range(first, len(strip.cells)):
                year, now = years.split(",")[k - start], cell(row, k)
                if not _is_nothing(now):
                    cells = {"line": line, "place": place, "year": year, "rate": now}
                    at = {"rate": address(str(self.path), strip.sheet, strip.row, k)}
                    rows[line, place, year] = _Row(cells, at)


def once(parts: Iterable[Rows]) -> list[Rows]:
    """Rows that several reports hold as they were supplied, all alike, are taken from the first."""
    seen = set[tuple[Any, ...]]()
    out = []
    for rows in parts:
        keep = [n for n in range(len(rows)) if not _again(rows, n, seen)]
        columns = {name: [column[n] for n in keep] for name, column in rows.columns.items()}
        out.append(replace(rows, columns=columns, kept=[rows.kept[n] for n in keep]))
    return out


def _again(rows: Rows, n: int, seen: set[tuple[Any, ...]]) -> bool:
    """Whether a row is one of a report as it was supplied, and was seen in another report."""
    if not isinstance(rows.raw, _LiveTable) or rows.raw.placed[rows.kept[n]]:
        return False
    said = (rows.name, *((name, column[n]) for name, column in rows.columns.items()))
    again = said in seen
    seen.add(said)
    return again


def _is_nothing(value: Any) -> bool:
    return value is not UNCACHED and plainly(value) in ("", "—")


def _key(table: Table, cells: Mapping[str, Any]) -> tuple[str, ...]:
    names = (*table.key, *table.apart)
    return tuple(plainly(cells.get(name)) for name in names)


def _formulas(path: Path, sheets: Iterable[str]) -> dict[str, set[tuple[int, int]]]:
    """The cells of some sheets that hold a formula, by row and column from 1."""
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True)
    try:
        return {
            name: {
                (each.row, each.column)
                for row in book[name].iter_rows()
                for each in row
                if each.data_type == "f"
            }
            for name in sheets
            if name in book.sheetnames
        }
    finally:
        book.close()
