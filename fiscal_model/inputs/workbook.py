"""Workbooks: what the file really is, limits on what it may hold, and the cells of its sheets."""

from __future__ import annotations

import io
import warnings as python_warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final
from xml.parsers import expat

from fiscal_model.errors import Fault, Faults, fault, unreadable
from fiscal_model.inputs.formats import is_plain
from fiscal_model.inputs.formats import shown as as_formatted
from fiscal_model.inputs.raw import UNCACHED, Cell, Grid, address, refuse_large
from fiscal_model.messages.message import Message, message
from fiscal_model.vocabulary import Text

LARGEST_CONTENT = 600_000_000
MOST_FILLED = 6_000_000
MOST_CELLS = 20_000_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STRICT = b"http://purl.oclc.org/ooxml/"
_OTHERS: Final = (
    ("xl/workbook.bin", Text("二进制工作簿（.xlsb）", "a binary workbook (.xlsb)")),
    ("content.xml", Text("OpenDocument 文件（.ods）", "an OpenDocument file (.ods)")),
    ("word/document.xml", Text("Word 文档", "a Word document")),
    ("ppt/presentation.xml", Text("演示文稿", "a presentation")),
)


def read_workbook(path: Path, shown: str, faults: Faults) -> Iterator[Grid]:
    """The worksheets of a workbook, hidden ones too; what is hidden or no worksheet is noted.

    Raises:
        FiscalModelError: it cannot be opened, is something else, or exceeds a limit.

    """
    uncached = _inspected(path, shown)
    book, parts = _opened(path, shown)
    for chart in book.chartsheets:
        faults.note(f"{shown}!{chart.title}", "chart-sheet-not-used")
    formats = _formats(book)
    for sheet in book.worksheets:
        filled = _filled(sheet, uncached.get(parts.get(sheet.title, ""), ()), formats)
        rows = _rows_of(sheet, shown, filled)
        lines, notes = range(1, len(rows) + 1), _hidden(sheet, shown, filled)
        pages, comments, merged = list(_pages(sheet)), list(_comments(sheet)), _merged(sheet)
        yield Grid(shown, sheet.title, rows, lines, notes, pages, comments, merged)


def _hidden(sheet: Any, shown: str, filled: Iterable[tuple[int, int]]) -> list[Fault]:
    """Notes of what a reader of the sheet would not see and is read all the same."""
    where = f"{shown}!{sheet.title}"
    rows = sorted(
        {
            row
            for row, _ in filled
            if row in sheet.row_dimensions and sheet.row_dimensions[row].hidden
        }
    )
    columns = sorted({column for _, column in filled} & _hidden_columns(sheet))
    seen = Faults()
    if sheet.sheet_state != "visible":
        seen.note(where, "sheet-hidden")
    if rows:
        seen.note(address(shown, sheet.title, rows[0], 0), "rows-hidden", rows=len(rows))
    if columns:
        first = address(shown, sheet.title, 1, columns[0] - 1)
        seen.note(first, "columns-hidden", columns=len(columns))
    return seen.notes


def _hidden_columns(sheet: Any) -> set[int]:
    spans = ((each.min, each.max) for each in sheet.column_dimensions.values() if each.hidden)
    return {
        column for first, last in spans for column in range(first or 1, (last or first or 1) + 1)
    }


def _inspected(path: Path, shown: str) -> dict[str, Sequence[str]]:
    """Formulas without a saved result by worksheet part, after the file has been found to be a
    workbook within the limits.
    """
    try:
        refuse_large(path, shown)
        with path.open("rb") as file:
            head = file.read(4096)
            if not head.startswith(b"PK"):
                rest = file.read() if head.startswith(_OLE) else b""
                raise fault(shown, _no_zip(head, rest))
        with zipfile.ZipFile(path) as archive:
            _is_workbook(archive, shown)
            return {
                info.filename: _scanned(archive, info, shown)
                for info in archive.infolist()
                if info.filename.endswith((".xml", ".rels"))
            }
    except OSError as error:
        raise unreadable(shown, error) from None
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ):
        raise fault(shown, "xlsx-damaged") from None


def _no_zip(head: bytes, rest: bytes) -> Message:
    """What to say of a file that is called .xlsx and is no zip archive at all."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:512].lower()
    if not head:
        return message("xlsx-empty")
    if head.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in head + rest:
            return message("xlsx-password")
        return message("xlsx-is-xls")
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        return message("xlsx-is-xml")
    if (
        start.startswith((b"<!doctype html", b"<html", b"<table", b"<meta", b"<head"))
        or b"<table" in start
    ):
        return message("xlsx-is-html")
    if start.startswith(b"%pdf"):
        return message("xlsx-is-pdf")
    if b"\0" not in head and (b"," in head or b"\t" in head):
        return message("xlsx-is-csv")
    return message("xlsx-damaged")


def _is_workbook(archive: zipfile.ZipFile, shown: str) -> None:
    names = set(archive.namelist())
    if "xl/workbook.xml" in names and _STRICT in archive.read("xl/workbook.xml"):
        raise fault(shown, "xlsx-strict")
    if any(info.flag_bits & 1 for info in archive.infolist()):
        raise fault(shown, "zip-password")
    if "[Content_Types].xml" not in names or not any(
        name.startswith("xl/") and name.endswith(".xml") for name in names
    ):
        for part, what in _OTHERS:
            if part in names:
                raise fault(shown, "xlsx-is-other", what=what)
        raise fault(shown, "zip-no-workbook")
    content = sum(info.file_size for info in archive.infolist())
    if content > LARGEST_CONTENT:
        raise fault(shown, "xlsx-content-too-large", size=content, limit=LARGEST_CONTENT)


def _scanned(archive: zipfile.ZipFile, info: zipfile.ZipInfo, shown: str) -> Sequence[str]:
    """Walks through one part without keeping it: no declared entities, not too many cells; its
    formulas without a result.
    """
    where = f"{shown}!{info.filename}"
    parser, cells, formulas = expat.ParserCreate(), 0, False
    parser.StartDoctypeDeclHandler = partial(_no_entities, where)
    try:
        with archive.open(info) as part:
            while chunk := part.read(1 << 20):
                parser.Parse(chunk)
                cells += chunk.count(b"<c ") + chunk.count(b":c ")
                formulas = formulas or b"<f" in chunk or b":f" in chunk or b"\0" in chunk
                if cells > MOST_FILLED:
                    raise fault(where, "sheet-cells-too-many", limit=MOST_FILLED)
        parser.Parse(b"", True)
        return (
            _without_result(archive.read(info))
            if formulas and info.filename.startswith("xl/worksheets/")
            else ()
        )
    except expat.ExpatError as error:
        raise fault(where, "xlsx-part-damaged", line=error.lineno) from None


def _no_entities(where: str, *_: Any) -> None:
    raise fault(where, "xlsx-with-entities")


def _without_result(sheet: bytes) -> list[str]:
    """The cells of a sheet that hold a formula and no result; an empty text is a result."""
    from defusedxml.ElementTree import iterparse

    found = []
    for _, element in iterparse(io.BytesIO(sheet)):
        if element.tag.endswith("}c"):
            parts = {part.tag.rpartition("}")[2]: part.text for part in element}
            if (
                "f" in parts
                and not parts.get("v")
                and not (element.get("t") == "str" and "v" in parts)
            ):
                found.append(element.get("r", ""))
            element.clear()
    return found


def _opened(path: Path, shown: str) -> tuple[Any, dict[str, str]]:
    """The workbook, and the part of each of its sheets."""
    from openpyxl.reader.excel import ExcelReader

    try:
        with path.open("rb") as file, python_warnings.catch_warnings():
            python_warnings.simplefilter("ignore")  # of extensions that do not matter for values
            reader = ExcelReader(file, data_only=True, keep_links=False)
            reader.read()
            parts = {sheet.name: relation.target for sheet, relation in reader.parser.find_sheets()}
    except Exception:  # a damaged workbook fails in as many ways as it has parts
        raise fault(shown, "xlsx-damaged") from None
    return reader.wb, parts


def _formats(book: Any) -> dict[int, str]:
    """The number formats used in a workbook, by their number, that show anything but the number."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE

    codes = {**BUILTIN_FORMATS, **dict(enumerate(book._number_formats, BUILTIN_FORMATS_MAX_SIZE))}
    used = {style.numFmtId for style in book._cell_styles}
    return {number: code for number, code in codes.items() if number in used and not is_plain(code)}


def _filled(
    sheet: Any, uncached: Sequence[str], formats: Mapping[int, str]
) -> dict[tuple[int, int], Cell]:
    """Cells that hold something: one stray format in the last row or column would otherwise make a
    million empty ones.
    """
    from openpyxl.utils.cell import coordinate_to_tuple

    filled = {place: cell.value for place, cell in sheet._cells.items() if cell.value is not None}
    for place, value in filled.items() if formats else ():
        if value.__class__ in (int, float) and (
            code := formats.get(sheet._cells[place]._style.numFmtId)
        ):
            filled[place] = as_formatted(value, code)
    return filled | {coordinate_to_tuple(cell): UNCACHED for cell in uncached if cell}


def _pages(sheet: Any) -> Iterator[str]:
    """What stands in the headers and footers of the printed pages."""
    for each in (
        sheet.oddHeader,
        sheet.oddFooter,
        sheet.evenHeader,
        sheet.evenFooter,
        sheet.firstHeader,
        sheet.firstFooter,
    ):
        for part in (each.left, each.center, each.right):
            if part.text:
                yield part.text


def _comments(sheet: Any) -> Iterator[tuple[int, int, str]]:
    """The comments on cells, with row number and position."""
    for (row, column), cell in sheet._cells.items():
        if cell._comment is not None:
            yield row, column - 1, cell._comment.text


def _merged(sheet: Any) -> list[tuple[int, int, int, int]]:
    """The first and last row number and position of cells that are one."""
    return [
        (each.min_row, each.min_col - 1, each.max_row, each.max_col - 1)
        for each in sheet.merged_cells.ranges
    ]


def _rows_of(
    sheet: Any, shown: str, filled: Mapping[tuple[int, int], Cell]
) -> list[Sequence[Cell]]:
    """The rows of a sheet; a cell merged over several rows of a column stands in each of them."""
    height, width = (max((place[axis] for place in filled), default=0) for axis in (0, 1))
    if height * width > MOST_CELLS:
        corner = address(shown, sheet.title, height, width - 1)
        raise fault(corner, "sheet-too-wide", limit=MOST_CELLS)
    rows: list[list[Cell]] = [[None] * width for _ in range(height)]
    for (row, column), value in filled.items():
        rows[row - 1][column - 1] = value
    for merged in sheet.merged_cells.ranges:
        if merged.min_col == merged.max_col:
            for row in range(merged.min_row, min(merged.max_row, height)):
                rows[row][merged.min_col - 1] = rows[merged.min_row - 1][merged.min_col - 1]
    return list(rows)
