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

from fiscal_model.errors import Fault, Faults, FiscalModelError, fault, unreadable
from fiscal_model.inputs.formats import is_plain
from fiscal_model.inputs.formats import shown as as_formatted
from fiscal_model.inputs.raw import UNCACHED, Cell, Grid, address, refuse_large
from fiscal_model.vocabulary import Text

LARGEST_CONTENT = 600_000_000
MOST_FILLED = 6_000_000
MOST_CELLS = 20_000_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STRICT = b"http://purl.oclc.org/ooxml/"
_SAVE = Text(
    "请用 Excel 或 WPS 打开后另存为 .xlsx", "open it in a spreadsheet program and save it as .xlsx"
)
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
        faults.note(f"{shown}!{chart.title}", "图表工作表，未使用", "a chart sheet, not used")
    formats = _formats(book)
    for sheet in book.worksheets:
        filled = _filled(sheet, uncached.get(parts.get(sheet.title, ""), ()), formats)
        rows = _rows_of(sheet, shown, filled)
        lines, notes = range(1, len(rows) + 1), _hidden(sheet, shown, filled)
        yield Grid(
            shown, sheet.title, rows, lines, notes, list(_pages(sheet)), list(_comments(sheet))
        )


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
        seen.note(
            where, "工作表是隐藏的，照常读取", "the sheet is hidden and was read all the same"
        )
    if rows:
        seen.note(
            address(shown, sheet.title, rows[0], 0),
            f"有 {len(rows)} 行被隐藏或筛选掉，照常读取",
            f"{len(rows)} rows are hidden or filtered out and were read all the same",
        )
    if columns:
        seen.note(
            address(shown, sheet.title, 1, columns[0] - 1),
            f"有 {len(columns)} 列被隐藏，照常读取",
            f"{len(columns)} columns are hidden and were read all the same",
        )
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
                raise _no_zip(head, shown, file.read() if head.startswith(_OLE) else b"")
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
        raise _damaged(shown) from None


def _damaged(shown: str) -> FiscalModelError:
    return fault(
        shown,
        "打不开：不是有效的 .xlsx 工作簿，文件可能损坏或不完整；请重新复制，或用 Excel"
        " 打开修复后另存为 .xlsx",
        "cannot be opened: not a valid .xlsx workbook, it may be damaged or cut off; copy it again,"
        " or repair it in Excel and save it as .xlsx",
    )


def _no_zip(head: bytes, shown: str, rest: bytes) -> FiscalModelError:
    """What to say of a file that is called .xlsx and is no zip archive at all."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:512].lower()
    if not head:
        return fault(
            shown,
            "文件是空的（0 字节），不是 .xlsx 工作簿",
            "the file is empty (0 bytes), no .xlsx workbook",
        )
    if head.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in head + rest:
            return fault(
                shown,
                "工作簿有打开密码：请去掉密码后另存为 .xlsx",
                "the workbook is protected by a password: save it without one as .xlsx",
            )
        zh, en = "旧格式（.xls）的文件改名为 .xlsx", "an old .xls file under the name .xlsx"
    elif b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        zh, en = (
            "XML 电子表格 2003，不是 .xlsx 工作簿",
            "an XML Spreadsheet 2003, no .xlsx workbook",
        )
    elif (
        start.startswith((b"<!doctype html", b"<html", b"<table", b"<meta", b"<head"))
        or b"<table" in start
    ):
        zh, en = "网页（HTML 表格）改名为 .xlsx", "a web page (HTML table) under the name .xlsx"
    elif start.startswith(b"%pdf"):
        zh, en = "PDF 文件改名为 .xlsx", "a PDF file under the name .xlsx"
    elif b"\0" not in head and (b"," in head or b"\t" in head):
        return fault(
            shown,
            "文本文件（CSV）改名为 .xlsx，请改名为 .csv 放入文件夹",
            "a text file (CSV) under the name .xlsx: name it .csv and put it in a folder",
        )
    else:
        return _damaged(shown)
    return fault(shown, f"{zh}；{_SAVE.zh}", f"{en}; {_SAVE.en}")


def _is_workbook(archive: zipfile.ZipFile, shown: str) -> None:
    names = set(archive.namelist())
    if "xl/workbook.xml" in names and _STRICT in archive.read("xl/workbook.xml"):
        raise fault(
            shown,
            "严格 Open XML 工作簿（Strict），不能读取；请用 Excel 或 WPS 打开后另存为"
            "普通的“Excel 工作簿（.xlsx）”",
            "a Strict Open XML workbook, which is not read: open it in a spreadsheet program and"
            " save it as an ordinary workbook (.xlsx)",
        )
    if any(info.flag_bits & 1 for info in archive.infolist()):
        raise fault(
            shown,
            "压缩包有密码；请去掉密码后另存为 .xlsx",
            "the archive has a password: save the workbook without one as .xlsx",
        )
    if "[Content_Types].xml" not in names or not any(
        name.startswith("xl/") and name.endswith(".xml") for name in names
    ):
        for part, (zh, en) in _OTHERS:
            if part in names:
                raise fault(
                    shown,
                    f"{zh}，不是 .xlsx 工作簿；{_SAVE.zh}",
                    f"{en}, no .xlsx workbook; {_SAVE.en}",
                )
        raise fault(
            shown,
            "是压缩包，但里面不是 .xlsx 工作簿；请解压后提供其中的工作簿或 CSV 文件夹",
            "is a zip archive and no .xlsx workbook: unpack it and give the workbook or the folder"
            " of CSV files in it",
        )
    content = sum(info.file_size for info in archive.infolist())
    if content > LARGEST_CONTENT:
        raise fault(
            shown,
            f"解压后有 {content:,} 字节，上限 {LARGEST_CONTENT:,}；请拆分或改用 CSV",
            f"unpacks to {content:,} bytes, the limit is {LARGEST_CONTENT:,}: split it or use CSV",
        )


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
                    raise fault(
                        where,
                        f"工作表有 {MOST_FILLED:,} 个以上单元格；请拆分或改用 CSV",
                        f"the sheet has more than {MOST_FILLED:,} cells: split it or use CSV",
                    )
        parser.Parse(b"", True)
        return (
            _without_result(archive.read(info))
            if formulas and info.filename.startswith("xl/worksheets/")
            else ()
        )
    except expat.ExpatError as error:
        raise fault(
            where,
            f"文件内容损坏（XML 第 {error.lineno} 行）：不是有效的 .xlsx 工作簿，请用 Excel"
            " 打开修复后另存",
            f"the content is damaged (XML line {error.lineno}): not a valid .xlsx workbook; repair"
            " it in Excel and save it",
        ) from None


def _no_entities(where: str, *_: Any) -> None:
    raise fault(
        where,
        "含有 XML 实体声明，不是正常保存的 .xlsx 工作簿，拒绝读取",
        "declares XML entities, which no .xlsx workbook does: refused",
    )


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
        raise _damaged(shown) from None
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


def _rows_of(
    sheet: Any, shown: str, filled: Mapping[tuple[int, int], Cell]
) -> list[Sequence[Cell]]:
    """The rows of a sheet; a cell merged over several rows of a column stands in each of them."""
    height, width = (max((place[axis] for place in filled), default=0) for axis in (0, 1))
    if height * width > MOST_CELLS:
        corner = address(shown, sheet.title, height, width - 1)
        raise fault(
            corner,
            f"表格一直延伸到这一格，超过 {MOST_CELLS:,} 格；请删除远处的多余内容",
            f"the sheet spreads to this cell, over more than {MOST_CELLS:,} cells: delete what"
            " stands far away",
        )
    rows: list[list[Cell]] = [[None] * width for _ in range(height)]
    for (row, column), value in filled.items():
        rows[row - 1][column - 1] = value
    for merged in sheet.merged_cells.ranges:
        if merged.min_col == merged.max_col:
            for row in range(merged.min_row, min(merged.max_row, height)):
                rows[row][merged.min_col - 1] = rows[merged.min_row - 1][merged.min_col - 1]
    return list(rows)
