"""Finds the tables in a folder of CSV files or in a workbook, as raw cells that know where they stand."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fiscal_model.errors import Fault, Faults, FiscalModelError, fault, nearest, why
from fiscal_model.inputs.tables import NOTES, TABLES, Table
from fiscal_model.vocabulary import Text

LARGEST_FILE = 200_000_000
MOST_CELLS = 20_000_000
Cell = Any


@dataclass
class RawTable:
    """The cells of a table as they were found. ``lines`` are row numbers from 1, ``columns`` positions of the known columns."""

    table: Table
    file: str
    sheet: str | None
    columns: dict[str, int]
    rows: list[Sequence[Cell]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)

    def at(self, row: int, column: str) -> str:
        """``file:line:column`` or ``workbook!sheet!cell`` of one cell."""
        return _address(self.file, self.sheet, self.lines[row], self.columns.get(column, 0))


def read_source(path: Path, shown: str, faults: Faults, warnings: list[Fault]) -> list[RawTable]:
    """The tables found at ``path``; unknown tables that look like a known one are faults, others are noted.

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
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        return _from_workbook(path, shown, faults, warnings)
    raise fault(shown, "应为存放 CSV 的文件夹或 .xlsx 工作簿", "a folder of CSV files or an .xlsx workbook is expected")


def _address(file: str, sheet: str | None, line: int, column: int) -> str:
    if sheet is None:
        return f"{file}:{line}:{column + 1}"
    return f"{file}!{sheet}!{_letters(column)}{line}"


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _table_named(name: str, where: str, faults: Faults, warnings: list[Fault]) -> Table | None:
    key = name.strip()
    by_label = {table.label.zh: table for table in TABLES.values()}
    table = TABLES.get(key.lower()) or by_label.get(key)
    if table:
        return table
    hint = nearest(key.lower(), TABLES)
    if hint.zh:
        faults.add(where, f"不认识的表“{key}”{hint.zh}", f"unknown table '{key}'{hint.en}")
    else:
        warnings.append(Fault(where, Text(f"表“{key}”不是输入表，未使用", f"table '{key}' is no input table and was not used")))
    return None


def _from_folder(path: Path, shown: str, faults: Faults, warnings: list[Fault]) -> list[RawTable]:
    found = []
    for file in sorted(path.iterdir()):
        name = str(Path(shown) / file.name)
        if file.suffix.lower() in (".xlsx", ".xlsm", ".xls"):
            message = Text("文件夹中只读取 CSV，这个工作簿未使用", "only CSV files of a folder are read; this workbook was not used")
            warnings.append(Fault(name, message))
        if file.suffix.lower() != ".csv" or not (table := _table_named(file.stem, name, faults, warnings)):
            continue
        try:
            raw = _read_csv(file, name, table, faults)
        except FiscalModelError as error:
            faults.found += error.faults
            continue
        if raw:
            found.append(raw)
    return found


def decode(data: bytes, file: str) -> str:
    """Text of a CSV file: strict UTF-8 with or without a mark first, then GB18030 (which also reads GBK)."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise fault(file, "既不是 UTF-8 也不是 GB18030/GBK 编码", "is neither UTF-8 nor GB18030/GBK")


def _read_csv(file: Path, shown: str, table: Table, faults: Faults) -> RawTable | None:
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise fault(shown, f"文件超过 {LARGEST_FILE:,} 字节", f"the file is larger than {LARGEST_FILE:,} bytes")
        text = decode(file.read_bytes(), shown)
    except OSError as error:
        raise fault(shown, f"无法读取：{why(error)}", f"cannot be read: {why(error)}") from None
    rows: list[Sequence[Cell]] = []
    lines: list[int] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    before = 0
    try:
        for row in reader:
            rows.append(row)
            lines.append(before + 1)
            before = reader.line_num
    except csv.Error as error:
        faults.add(f"{shown}:{before + 1}:1", f"CSV 格式有误：{error}", f"not valid CSV: {error}")
        return None
    return _with_header(table, shown, None, rows, lines, faults)


def _from_workbook(path: Path, shown: str, faults: Faults, warnings: list[Fault]) -> list[RawTable]:
    import openpyxl

    try:
        with path.open("rb") as file:
            book = openpyxl.load_workbook(file, data_only=True)
    except Exception:  # a damaged workbook fails in as many ways as it has parts
        raise fault(shown, "打不开：不是有效的 .xlsx 工作簿", "cannot be opened: not a valid .xlsx workbook") from None
    found = []
    for sheet in book.worksheets:
        where = f"{shown}!{sheet.title}"
        table = _table_named(sheet.title, where, faults, warnings)
        if table:
            rows = _cells_of(sheet)
            raw = _with_header(table, shown, sheet.title, rows, list(range(1, len(rows) + 1)), faults)
            if raw:
                found.append(raw)
    book.close()
    return found


def _cells_of(sheet: Any) -> list[Sequence[Cell]]:
    """The cells of a sheet; one merged over several rows of a column stands in each of them."""
    # Only cells that hold something: one stray format in the last row or column would otherwise make a million empty ones.
    filled = {place: cell.value for place, cell in sheet._cells.items() if cell.value is not None}
    height, width = (max((place[axis] for place in filled), default=0) for axis in (0, 1))
    if height * width > MOST_CELLS:
        raise fault(str(sheet.title), f"表中单元格超过 {MOST_CELLS:,} 个", f"the sheet spreads over more than {MOST_CELLS:,} cells")
    rows: list[list[Cell]] = [[None] * width for _ in range(height)]
    for (row, column), value in filled.items():
        rows[row - 1][column - 1] = value
    for merged in sheet.merged_cells.ranges:
        if merged.min_col == merged.max_col:
            for row in range(merged.min_row, min(merged.max_row, height)):
                rows[row][merged.min_col - 1] = rows[merged.min_row - 1][merged.min_col - 1]
    return list(rows)


def is_blank(cell: Cell) -> bool:
    """Whether nothing stands in a cell."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _with_header(
    table: Table, file: str, sheet: str | None, rows: list[Sequence[Cell]], lines: list[int], faults: Faults
) -> RawTable | None:
    """Takes the first row that is not blank as heading and keeps the rows below it that are not blank."""
    filled = [i for i, row in enumerate(rows) if not all(is_blank(cell) for cell in row)]
    if not filled:
        faults.add(_address(file, sheet, 1, 0), f"表“{table.name}”是空的", f"table '{table.name}' is empty")
        return None
    top, body = filled[0], filled[1:]
    columns = _columns(table, file, sheet, rows[top], lines[top], faults)
    raw = RawTable(table, file, sheet, columns, [rows[i] for i in body], [lines[i] for i in body])
    missing = [column.name for column in table.columns if column.name not in columns and not column.empty]
    for name in missing:
        faults.add(
            _address(file, sheet, lines[top], 0), f"表“{table.name}”缺少“{name}”列", f"table '{table.name}' lacks the column '{name}'"
        )
    width = max(columns.values(), default=0) + 1
    headed = {position for position, cell in enumerate(rows[top]) if not is_blank(cell)}
    for row, line in zip(raw.rows, raw.lines, strict=True):
        for position, cell in enumerate(row):
            if position not in headed and not is_blank(cell):
                faults.add(_address(file, sheet, line, position), "这一格没有列标题", "this cell has no heading")
    raw.rows = [row if len(row) >= width else [*row, *[None] * (width - len(row))] for row in raw.rows]
    return None if missing else raw


def _columns(table: Table, file: str, sheet: str | None, heading: Sequence[Cell], line: int, faults: Faults) -> dict[str, int]:
    known = {name: column.name for column in (*table.columns, *NOTES) for name in (column.name, column.label.zh)}
    columns: dict[str, int] = {}
    for position, cell in enumerate(heading):
        if is_blank(cell):
            continue
        written = str(cell).strip()
        name = known.get(written) or known.get(written.lower())
        where = _address(file, sheet, line, position)
        if name is None:
            hint = nearest(written, known)
            names = ", ".join(column.name for column in (*table.columns, *NOTES))
            faults.add(where, f"不认识的列“{written}”{hint.zh}；可用：{names}", f"unknown column '{written}'{hint.en}; known: {names}")
        elif name in columns:
            faults.add(where, f"重复的列“{written}”", f"duplicate column '{written}'")
        else:
            columns[name] = position
    return columns
