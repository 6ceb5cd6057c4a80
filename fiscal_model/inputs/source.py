"""Finds the tables in folders of CSV files and workbooks, as raw cells that know where they
stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from fiscal_model.errors import Faults, FiscalModelError, fault, nearest, shortened, unreadable
from fiscal_model.inputs.delimited import read_delimited
from fiscal_model.inputs.headings import with_headings
from fiscal_model.inputs.raw import RawTable
from fiscal_model.inputs.tables import TABLES, TEMPLATE_SHEETS, Table
from fiscal_model.inputs.units import unit_of
from fiscal_model.likeness import is_slip
from fiscal_model.vocabulary import Text

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
        raise fault("", "没有指明输入数据", "no inputs are named")
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
            raise fault(shown, "找不到这个文件或文件夹", "there is no such file or folder")
        if self._again(path, shown):
            return []
        if is_folder:
            return list(self._from_folder(path, shown))
        if path.suffix.lower() in WORKBOOKS:
            return list(self._from_workbook(path, shown))
        raise fault(shown, *_instead(path))

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
            self.faults.note(
                shown, f"与 {first} 是同一份数据，只读取一次", f"is the same as {first}: read once"
            )
        return first is not None

    def _from_folder(self, path: Path, shown: str) -> Iterator[RawTable]:
        """The CSV files of a folder, each a table, and then its workbooks."""
        try:
            files = sorted(each for each in path.iterdir() if not each.name.startswith(STRAY))
        except OSError as error:
            raise unreadable(shown, error) from None
        for file in (each for each in files if each.suffix.lower() in SPREADSHEETS):
            self.faults.note(str(Path(shown) / file.name), *_instead(file))
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

        first: dict[str, str] = {}
        for grid in read_workbook(path, shown, self.faults):
            name = grid.sheet or ""
            if any(name in sheet for sheet in TEMPLATE_SHEETS):
                continue
            title, unit = _with_unit(name)
            table = _table_named(title, f"{shown}!{name}", self.faults)
            if not table:
                continue
            self.faults.notes += grid.notes
            raw = with_headings(table, replace(grid, around=[*unit, *grid.around]), self.faults)
            if raw and first.setdefault(table.name, raw.name) == raw.name:
                yield raw
            elif raw:
                _twice(raw, first[table.name], self.faults)


def _twice(raw: RawTable, first: str, faults: Faults) -> None:
    zh, en = raw.table.both
    faults.add(
        raw.name, f"表{zh}出现两次，另一张是 {first}", f"table {en} stands twice, first as {first}"
    )


def _instead(path: Path) -> Text:
    """What to do with a file that is no workbook by its name."""
    if path.suffix.lower() == ".csv":
        name = shortened(path.name)
        return Text(
            f"请把 {name} 放进一个文件夹，再指明该文件夹；文件名应为表名，如 受益对象人数.csv",
            f"put {name} into a folder and name the folder; its name should be that of a table,"
            " such as beneficiaries.csv",
        )
    if path.suffix.lower() in SPREADSHEETS:
        return Text(
            f"不读取 {path.suffix} 文件，请另存为 .xlsx",
            f"{path.suffix} files are not read: save it as .xlsx",
        )
    return Text(
        "应为存放 CSV 的文件夹或 .xlsx 工作簿；其他格式请另存为 .xlsx",
        "a folder of CSV files or an .xlsx workbook is expected; save other formats as .xlsx",
    )


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
        faults.add(where, f"不认识的表“{short}”{hint.zh}", f"unknown table '{short}'{hint.en}")
    else:
        faults.note(
            where,
            f"表“{short}”不是输入表，未使用{hint.zh}",
            f"table '{short}' is no input table and was not used{hint.en}",
        )
    return None
