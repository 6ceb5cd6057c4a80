"""Finds the tables in folders of CSV files, in workbooks and among frames given in Python, as raw
cells that know where they stand.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from fiscal_model.errors import Faults, FiscalModelError, fault, nearest, shortened, unreadable
from fiscal_model.inputs.delimited import read_delimited
from fiscal_model.inputs.frames import Frames, grid_of
from fiscal_model.inputs.raw import Grid, RawTable
from fiscal_model.inputs.shapes import Shapes
from fiscal_model.inputs.tables import TABLES, TEMPLATE_SHEETS, Table
from fiscal_model.inputs.units import unit_of
from fiscal_model.likeness import is_slip
from fiscal_model.messages.message import Message, message
from fiscal_model.vocabulary import in_both

WORKBOOKS = (".xlsx", ".xlsm")
SPREADSHEETS = (".xls", ".xlsb", ".et", ".ods", ".numbers")
"""Files of spreadsheet programs that are not read."""
_NAMES: Final = {word: table for table in TABLES.values() for word in (table.label.zh, table.name)}
STRAY = ("~$", "._")
"""What programs and systems leave beside a file while it is open or copied: how it begins."""


Source = str | Path | Frames | Sequence[str | Path | Frames]
"""A folder of CSV files and workbooks, a workbook, a mapping from names of tables to frames, or
several of them that are one data set.
"""


def parts_of(source: Source) -> tuple[Path | Frames, ...]:
    """The paths and mappings of a source.

    Raises:
        FiscalModelError: none is named, or something is neither.

    """
    one = isinstance(source, str | Path | Mapping) or not isinstance(source, Sequence)
    parts: Sequence[object] = (source,) if one else source  # type: ignore[assignment]
    if not parts:
        raise fault("", "inputs-not-named")
    if wrong := [each for each in parts if not isinstance(each, str | Path | Mapping)]:
        kind = type(wrong[0]).__name__
        raise fault("", "inputs-of-other-kind", kind=kind)
    return tuple(Path(each) if isinstance(each, str) else each for each in parts)  # type: ignore[misc]


def read_sources(
    parts: Sequence[Path | Frames], shapes: Shapes, faults: Faults, shown: str = ""
) -> list[RawTable]:
    """The tables found in all of ``parts``; unknown tables whose name looks misspelt are faults,
    others are noted.

    ``shown`` is what messages call the only path; their own names when left out.
    """
    finder, found = _Finder(shapes, faults), list[RawTable]()
    for part in parts:
        try:
            if isinstance(part, Path):
                found += finder.tables(part, shown or str(part))
            else:
                found += finder.frames(part)
        except FiscalModelError as error:
            faults.found += error.faults
    return found


def tables_of(grids: Iterable[Grid], shapes: Shapes, faults: Faults) -> list[RawTable]:
    """The tables among the sheets of a workbook that has been read."""
    return list(_Finder(shapes, faults).of_workbook(grids))


@dataclass
class _Finder:
    """Reads every file once, however often and by whatever name it is given."""

    shapes: Shapes
    faults: Faults
    seen: dict[tuple[int, int], str] = field(default_factory=dict)

    def tables(self, path: Path, shown: str) -> list[RawTable]:
        """The tables at a path.

        Raises:
            FiscalModelError: nothing can be read there at all.

        """
        try:
            is_folder, exists = path.is_dir(), path.exists()
        except (OSError, ValueError) as error:
            raise unreadable(shown, error) from None
        if not exists:
            raise fault(shown, "inputs-not-there")
        if self._again(path, shown):
            return []
        if is_folder:
            return list(self._from_folder(path, shown))
        if path.suffix.lower() in WORKBOOKS:
            return list(self._from_workbook(path, shown))
        raise fault(shown, _instead(path))

    def frames(self, given: Frames) -> Iterator[RawTable]:
        """The tables given in Python; a name that means none is a fault, as it is no file that may
        stand there by chance.
        """
        grids: list[_Sheet] = []
        for name, frame in given.items():
            title = _with_unit(str(name))[0].strip()
            if not (_NAMES.get(title) or _NAMES.get(title.lower())):
                hint = nearest(title.lower(), _NAMES)
                self.faults.add(str(name), "table-unknown", table=shortened(title), hint=hint)
                continue
            try:
                grids.append(_Sheet(str(name), str(name), grid_of(str(name), frame)))
            except FiscalModelError as error:
                self.faults.found += error.faults
        yield from self._read(grids)

    def _again(self, path: Path, shown: str) -> bool:
        """Whether a file or folder has been read already, by this name or another one; then it is
        noted.
        """
        try:
            state = path.stat()
        except OSError:  # a link that leads nowhere: its reader says so
            return False
        first = self.seen.get(which := (state.st_dev, state.st_ino))
        if first is None:
            self.seen[which] = shown
        else:
            self.faults.note(shown, "inputs-given-twice", first=first)
        return first is not None

    def _from_folder(self, path: Path, shown: str) -> Iterator[RawTable]:
        """The CSV files of a folder, each a table, and then its workbooks."""
        try:
            files = sorted(each for each in path.iterdir() if not each.name.startswith(STRAY))
        except OSError as error:
            raise unreadable(shown, error) from None
        for file in (each for each in files if each.suffix.lower() in SPREADSHEETS):
            self.faults.note(str(Path(shown) / file.name), _instead(file))
        sheets = (
            _Sheet(each.stem, str(Path(shown) / each.name), each)
            for each in files
            if each.suffix.lower() == ".csv"
        )
        yield from self._read(list(sheets))
        for file in (each for each in files if each.suffix.lower() in WORKBOOKS):
            name = str(Path(shown) / file.name)
            try:
                if not self._again(file, name):
                    yield from self._from_workbook(file, name)
            except FiscalModelError as error:
                self.faults.found += error.faults

    def _from_workbook(self, path: Path, shown: str) -> Iterator[RawTable]:
        from fiscal_model.inputs.workbook import read_workbook

        return self.of_workbook(read_workbook(path, shown, self.faults))

    def of_workbook(self, grids: Iterable[Grid]) -> Iterator[RawTable]:
        """The tables among the sheets of a workbook."""
        sheets = [
            _Sheet(name, f"{grid.file}!{name}", grid)
            for grid in grids
            if not any((name := grid.sheet or "") in sheet for sheet in TEMPLATE_SHEETS)
        ]
        return self._read(sheets)

    def _read(self, sheets: Sequence[_Sheet]) -> Iterator[RawTable]:
        """The tables among some sheets or files: those that bear the name of one, each once; then
        those that are one by their headings and of which none bears the name.
        """
        first: dict[str, str] = {}
        unnamed: list[_Sheet] = []
        for sheet in sheets:
            if not sheet.table:
                unnamed.append(sheet)
                continue
            for raw in self._tables(sheet, sheet.table):
                if first.setdefault(raw.table.name, raw.name) == raw.name:
                    yield raw
                else:
                    _twice(raw, first[raw.table.name], self.faults)
                    break
        for sheet in unnamed:
            yield from self._unnamed(sheet, {sheet.table.name for sheet in sheets if sheet.table})

    def _tables(self, sheet: _Sheet, table: Table) -> Sequence[RawTable]:
        grid = self._grid(sheet, (table,))
        if grid is None:
            return ()
        self.faults.notes += grid.notes
        return self.shapes.tables(table, grid, self.faults)

    def _grid(self, sheet: _Sheet, tables: Sequence[Table]) -> Grid | None:
        """The cells of a sheet or file; None after telling why there are none."""
        unit = _with_unit(sheet.name)[1]
        if isinstance(sheet.found, Grid):
            return replace(sheet.found, around=[*unit, *sheet.found.around])
        try:
            if self._again(sheet.found, sheet.shown):
                return None
            grid = read_delimited(sheet.found, sheet.shown, tables, self.faults)
        except FiscalModelError as error:
            self.faults.found += error.faults
            return None
        return replace(grid, around=unit) if grid else None

    def _unnamed(self, sheet: _Sheet, named: Collection[str]) -> Sequence[RawTable]:
        """What a sheet or file is by its headings. Beside tables with names it must be clear; where
        there is none, it is refused if it comes near to a table.
        """
        if _told_as_slip(sheet, self.faults):
            return ()
        aside = Faults()
        grid = _Finder(self.shapes, aside, self.seen)._grid(sheet, tuple(TABLES.values()))
        fitting = self.shapes.fitting(grid) if grid else []
        free = [table for table in fitting if table.name not in named]
        if grid and len(free) == len(fitting) == 1:
            table = free[0]
            self.faults.notes += [*aside.notes, *grid.notes]
            self.faults.note(sheet.shown, "table-by-headings", table=table.both)
            return self.shapes.tables(table, grid, self.faults)
        if grid and len(free) > 1 and not named:
            several = in_both(table.both for table in free)
            self.faults.add(sheet.shown, "table-several-by-headings", tables=several)
            return ()
        if grid and not fitting and not named and (near := self.shapes.nearest(grid)):
            self.faults.note(sheet.shown, "table-by-headings", table=near.both)
            return self.shapes.tables(near, grid, self.faults)
        if grid and not fitting and not named and self.shapes.is_wide(grid):
            shape = self.shapes.long_shape(TABLES["beneficiaries"])
            self.faults.add(sheet.shown, "wide-table-unnamed", shape=shape)
            return ()
        hint, short = nearest(sheet.key.lower(), _NAMES), shortened(sheet.key)
        self.faults.note(sheet.shown, "table-not-used", table=short, hint=hint)
        return ()


@dataclass(frozen=True)
class _Sheet:
    """A sheet that was found, or the path of a file, by its name."""

    name: str
    shown: str
    found: Grid | Path

    @property
    def key(self) -> str:
        """Its name without a unit behind it."""
        return _with_unit(self.name)[0].strip()

    @property
    def table(self) -> Table | None:
        """The table whose name it bears."""
        return _NAMES.get(self.key) or _NAMES.get(self.key.lower())


def _twice(raw: RawTable, first: str, faults: Faults) -> None:
    faults.add(raw.name, "table-twice", table=raw.table.both, first=first)


def _instead(path: Path) -> Message:
    """What to do with a file that is no workbook by its name."""
    if path.suffix.lower() == ".csv":
        return message("csv-alone", file=shortened(path.name))
    if path.suffix.lower() in SPREADSHEETS:
        return message("spreadsheet-not-read", suffix=path.suffix)
    return message("inputs-of-other-format")


def _with_unit(name: str) -> tuple[str, list[str]]:
    """A name of a table without the unit in brackets behind it, and that unit: amounts（万元）."""
    match = re.fullmatch(r"(.*?)\s*([(（\[【].+[)）\]】])\s*", name)
    return (match[1], [match[2]]) if match and unit_of(match[2]) else (name, [])


def _told_as_slip(sheet: _Sheet, faults: Faults) -> bool:
    """Whether a name looks like a misspelt one of a table; then it is refused."""
    key = sheet.key
    if not is_slip(key.lower(), _NAMES):
        return False
    hint, short = nearest(key.lower(), _NAMES), shortened(key)
    faults.add(sheet.shown, "table-unknown", table=short, hint=hint)
    return True
