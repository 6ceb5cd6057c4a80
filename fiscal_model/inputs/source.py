"""Finds the tables in folders of CSV files and workbooks, as raw cells that know where they
stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from fiscal_model.errors import Faults, FiscalModelError, fault, nearest, shortened, unreadable
from fiscal_model.inputs.delimited import read_delimited
from fiscal_model.inputs.headings import with_headings
from fiscal_model.inputs.raw import Grid, RawTable
from fiscal_model.inputs.tables import TABLES, TEMPLATE_SHEETS, Table
from fiscal_model.inputs.units import unit_of
from fiscal_model.likeness import is_slip
from fiscal_model.messages.message import Message, message

WORKBOOKS = (".xlsx", ".xlsm")
SPREADSHEETS = (".xls", ".xlsb", ".et", ".ods", ".numbers")
"""Files of spreadsheet programs that are not read."""
STRAY = ("~$", "._")
"""What programs and systems leave beside a file while it is open or copied: how it begins."""


Source = str | Path | Sequence[str | Path]
"""A folder of CSV files and workbooks, a workbook, or several of them that are one data set."""


def paths_of(source: Source) -> tuple[Path, ...]:
    """The paths of a source.

    Raises:
        FiscalModelError: none is named.

    """
    paths = (source,) if isinstance(source, str | Path) else tuple(source)
    if not paths:
        raise fault("", "inputs-not-named")
    return tuple(map(Path, paths))


def read_sources(paths: Sequence[Path], faults: Faults, shown: str = "") -> list[RawTable]:
    """The tables found at all of ``paths``; unknown tables whose name looks misspelt are faults,
    others are noted.

    ``shown`` is what messages call the only path; their own names when left out.
    """
    finder, found = _Finder(faults), list[RawTable]()
    for path in paths:
        try:
            found += finder.tables(path, shown or str(path))
        except FiscalModelError as error:
            faults.found += error.faults
    return found


@dataclass
class _Finder:
    """Reads every file once, however often and by whatever name it is given."""

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
        first: dict[str, str] = {}
        for file in (each for each in files if each.suffix.lower() == ".csv"):
            raw = self._from_csv(file, str(Path(shown) / file.name))
            if raw and first.setdefault(raw.table.name, raw.name) == raw.name:
                yield raw
            elif raw:
                _twice(raw, first[raw.table.name], self.faults)
        for file in (each for each in files if each.suffix.lower() in WORKBOOKS):
            name = str(Path(shown) / file.name)
            try:
                if not self._again(file, name):
                    yield from self._from_workbook(file, name)
            except FiscalModelError as error:
                self.faults.found += error.faults

    def _from_csv(self, file: Path, shown: str) -> RawTable | None:
        stem, unit = _with_unit(file.stem)
        table = _table_named(stem, shown, self.faults)
        if not table:
            return None
        try:
            if self._again(file, shown):
                return None
            grid = read_delimited(file, shown, table, self.faults)
        except FiscalModelError as error:
            self.faults.found += error.faults
            return None
        return with_headings(table, replace(grid, around=unit), self.faults) if grid else None

    def _from_workbook(self, path: Path, shown: str) -> Iterator[RawTable]:
        from fiscal_model.inputs.workbook import read_workbook

        return tables_of(read_workbook(path, shown, self.faults), self.faults)


def tables_of(grids: Iterable[Grid], faults: Faults) -> Iterator[RawTable]:
    """The tables among the sheets of a workbook; two of one kind are a fault."""
    first: dict[str, str] = {}
    for grid in grids:
        name = grid.sheet or ""
        if any(name in sheet for sheet in TEMPLATE_SHEETS):
            continue
        title, unit = _with_unit(name)
        table = _table_named(title, f"{grid.file}!{name}", faults)
        if not table:
            continue
        faults.notes += grid.notes
        raw = with_headings(table, replace(grid, around=[*unit, *grid.around]), faults)
        if raw and first.setdefault(table.name, raw.name) == raw.name:
            yield raw
        elif raw:
            _twice(raw, first[table.name], faults)


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


def _table_named(name: str, where: str, faults: Faults) -> Table | None:
    key = name.strip()
    names = {word: table for table in TABLES.values() for word in (table.label.zh, table.name)}
    table = names.get(key) or names.get(key.lower())
    if table:
        return table
    hint, short = nearest(key.lower(), names), shortened(key)
    if is_slip(key.lower(), names):
        faults.add(where, "table-unknown", table=short, hint=hint)
    else:
        faults.note(where, "table-not-used", table=short, hint=hint)
    return None
