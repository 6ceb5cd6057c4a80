"""Finds the tables in a folder of CSV files or in a workbook, as raw cells that know where they stand."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from fiscal_model.errors import MISSPELT, Fault, Faults, FiscalModelError, fault, nearest, shortened, why
from fiscal_model.inputs.delimited import read_delimited
from fiscal_model.inputs.headings import with_headings
from fiscal_model.inputs.raw import RawTable
from fiscal_model.inputs.tables import TABLES, TEMPLATE_SHEETS, Table
from fiscal_model.inputs.units import unit_of
from fiscal_model.vocabulary import Text

WORKBOOKS = (".xlsx", ".xlsm")
SPREADSHEETS = (".xls", ".xlsb", ".et", ".ods", ".numbers")
"""Files of spreadsheet programs that are not read."""


def read_source(path: Path, shown: str, faults: Faults, warnings: list[Fault]) -> list[RawTable]:
    """The tables found at ``path``; unknown tables whose name looks misspelt are faults, others are noted.

    ``shown`` is what messages call the path.

    Raises:
        FiscalModelError: nothing can be read there at all.

    """
    try:
        is_folder, exists = path.is_dir(), path.exists()
    except (OSError, ValueError) as error:
        raise fault(shown, f"无法读取：{why(error)}", f"cannot be read: {why(error)}") from None
    if is_folder:
        return _from_folder(path, shown, faults, warnings)
    if not exists:
        raise fault(shown, "找不到这个文件或文件夹", "there is no such file or folder")
    if path.suffix.lower() in WORKBOOKS:
        return _from_workbook(path, shown, faults, warnings)
    zh, en = _instead(path)
    raise fault(shown, zh, en)


def _instead(path: Path) -> Text:
    """What to do with a file that is no workbook by its name."""
    if path.suffix.lower() == ".csv":
        name = shortened(path.name)
        return Text(
            f"请把 {name} 放进一个文件夹，再指明该文件夹；文件名应为表名，如 受益对象人数.csv",
            f"put {name} into a folder and name the folder; its name should be that of a table, such as beneficiaries.csv",
        )
    if path.suffix.lower() in SPREADSHEETS:
        return Text(f"不读取 {path.suffix} 文件，请另存为 .xlsx", f"{path.suffix} files are not read: save it as .xlsx")
    return Text(
        "应为存放 CSV 的文件夹或 .xlsx 工作簿；其他格式请另存为 .xlsx",
        "a folder of CSV files or an .xlsx workbook is expected; save other formats as .xlsx",
    )


def _with_unit(name: str) -> tuple[str, list[str]]:
    """A name of a table without the unit in brackets behind it, and that unit: amounts（万元）."""
    match = re.fullmatch(r"(.*?)\s*([(（\[【].+[)）\]】])\s*", name)
    return (match[1], [match[2]]) if match and unit_of(match[2]) else (name, [])


def _table_named(name: str, where: str, faults: Faults, warnings: list[Fault]) -> Table | None:
    key = name.strip()
    names = {word: table for table in TABLES.values() for word in (table.label.zh, table.name)}
    table = names.get(key) or names.get(key.lower())
    if table:
        return table
    from difflib import SequenceMatcher  # needed for strange names only

    hint, short = nearest(key.lower(), names), shortened(key)
    if any(SequenceMatcher(None, key.lower(), known).ratio() >= MISSPELT for known in names):
        faults.add(where, f"不认识的表“{short}”{hint.zh}", f"unknown table '{short}'{hint.en}")
    else:
        zh, en = f"表“{short}”不是输入表，未使用{hint.zh}", f"table '{short}' is no input table and was not used{hint.en}"
        warnings.append(Fault(where, Text(zh, en)))
    return None


def _from_folder(path: Path, shown: str, faults: Faults, warnings: list[Fault]) -> list[RawTable]:
    found = []
    for file in sorted(path.iterdir()):
        name = str(Path(shown) / file.name)
        if file.suffix.lower() in (*WORKBOOKS, *SPREADSHEETS):
            message = Text("文件夹中只读取 CSV，这个工作簿未使用", "only CSV files of a folder are read; this workbook was not used")
            warnings.append(Fault(name, message))
        stem, unit = _with_unit(file.stem)
        if file.suffix.lower() != ".csv" or not (table := _table_named(stem, name, faults, warnings)):
            continue
        try:
            grid = read_delimited(file, name, table, faults, warnings)
        except FiscalModelError as error:
            faults.found += error.faults
            continue
        raw = with_headings(table, replace(grid, around=unit), faults, warnings) if grid else None
        if raw:
            found.append(raw)
    return found


def _from_workbook(path: Path, shown: str, faults: Faults, warnings: list[Fault]) -> list[RawTable]:
    from fiscal_model.inputs.workbook import read_workbook

    found = []
    for grid in read_workbook(path, shown, warnings):
        name = grid.sheet or ""
        if any(name in sheet for sheet in TEMPLATE_SHEETS):
            continue
        title, unit = _with_unit(name)
        table = _table_named(title, f"{shown}!{name}", faults, warnings)
        if not table:
            continue
        warnings += grid.notes
        raw = with_headings(table, replace(grid, around=[*unit, *grid.around]), faults, warnings)
        if raw:
            found.append(raw)
    return found
