"""Text tables: their encoding, their separator, and their rows with the line each begins on."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

from fiscal_model.errors import Faults, fault, unreadable
from fiscal_model.inputs.headings import DEEPEST, headings_of
from fiscal_model.inputs.raw import Cell, Grid, refuse_large
from fiscal_model.inputs.tables import Table

MOST_COLUMNS = 16_384
SEPARATORS = (",", "\t", ";", "|", "，", "；")
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?(\r\n|\r|\n)', re.IGNORECASE)
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_delimited(path: Path, shown: str, table: Table, faults: Faults) -> Grid | None:
    """The rows of a CSV file; None after noting that it is none.

    Raises:
        FiscalModelError: the file cannot be read or decoded.

    """
    try:
        refuse_large(path, shown)
        data = path.read_bytes()
    except OSError as error:
        raise unreadable(shown, error) from None
    encoding, text = decode(data, shown)
    declared = _SEPARATOR_LINE.match(text)
    body = text[declared.end() :] if declared else text
    separator = declared[1] if declared else _separator(body, table)
    if encoding.startswith("utf-16") or encoding.startswith("utf-32"):
        name = encoding.upper()
        faults.note(shown, f"按 {name} 编码读取", f"read as {name}")
    if separator != ",":
        name = repr(separator).strip("'") if separator == "\t" else separator
        faults.note(shown, f"按分隔符“{name}”读取", f"read with the separator '{name}'")
    return _grid(body, separator, shown, 1 if declared else 0, faults)


def decode(data: bytes, file: str) -> tuple[str, str]:
    """Encoding and text of a CSV file: by its mark; else UTF-16 where every other byte says so,
    strict UTF-8, GB18030 (reads GBK).

    Raises:
        FiscalModelError: it is in none of them.

    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding, _strictly(data, encoding, file)
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8", _strictly(data, "utf-8-sig", file)
    wide = _unmarked_utf16(data)
    if wide:
        return wide
    for encoding in ("utf-8", "gb18030"):
        try:
            return encoding, data.decode(encoding)
        except UnicodeDecodeError as error:
            if (
                encoding == "utf-8"
                and error.start >= len(data) - 3
                and not data[: error.start].isascii()
            ):
                break  # good UTF-8 but for its last letter: cut off, and no other encoding
    else:
        raise fault(
            file,
            "既不是 UTF-8 也不是 GB18030/GBK 编码；请另存为“CSV UTF-8”",
            "is neither UTF-8 nor GB18030/GBK: save it as 'CSV UTF-8'",
        )
    raise fault(
        file,
        "文件在最后一个字中间断开（UTF-8），内容不完整；请重新复制或另存",
        "ends inside a letter (UTF-8): it is cut off; copy or save it again",
    )


def _strictly(data: bytes, encoding: str, file: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        name = encoding.removesuffix("-sig").upper()
        raise fault(
            file,
            f"文件开头标明 {name}，但第 {error.start + 1} 字节起不是；文件可能不完整，"
            "请重新另存为“CSV UTF-8”或 GB18030",
            f"is marked as {name} and is not from byte {error.start + 1} on: it may be cut off;"
            " save it as UTF-8 or GB18030 again",
        ) from None


def _unmarked_utf16(data: bytes) -> tuple[str, str] | None:
    """UTF-16 without a mark shows by the zero bytes of its separators and digits, all on one
    side.
    """
    head = data[:4096]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) * 10 < len(head) or min(even, odd) * 10 > max(even, odd):
        return None
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return (encoding, text) if re.search("[\r\n]", text) and "\0" not in text else None


def _separator(text: str, table: Table) -> str:
    """The separator by which the first lines name most columns of the table; a comma when none does
    better.
    """
    head = text[:20_000].splitlines()[:DEEPEST]
    headings = headings_of(table)

    def named(separator: str) -> int:
        cells = [[part.strip().strip('"') for part in line.split(separator)] for line in head]
        return headings.find(cells).named if cells else 0

    return max(SEPARATORS, key=named)


def _grid(text: str, separator: str, shown: str, before: int, faults: Faults) -> Grid | None:
    rows: list[Sequence[Cell]] = []
    lines: list[int] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=separator)
    try:
        for row in reader:
            rows.append(row)
            lines.append(before + 1)
            before = reader.line_num + (lines[0] - 1)
    except csv.Error as error:
        faults.add(
            f"{shown}:{before + 1}:1",
            f"CSV 格式有误（引号不成对或单元格过长）：{error}",
            f"not valid CSV: {error}",
        )
        return None
    widest = max(map(len, rows), default=0)
    if widest > MOST_COLUMNS:
        faults.add(
            shown,
            f"有 {widest:,} 列，上限 {MOST_COLUMNS:,}",
            f"has {widest:,} columns, the limit is {MOST_COLUMNS:,}",
        )
        return None
    return Grid(shown, None, rows, lines)
