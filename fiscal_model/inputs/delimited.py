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


def read_delimited(path: Path, shown: str, tables: Sequence[Table], faults: Faults) -> Grid | None:
    """The rows of a CSV file, which may be one of ``tables``; None after noting that it is none.

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
    separator = declared[1] if declared else _separator(body, tables)
    if encoding.startswith("utf-16") or encoding.startswith("utf-32"):
        name = encoding.upper()
        faults.note(shown, "read-in-encoding", encoding=name)
    if separator != ",":
        name = repr(separator).strip("'") if separator == "\t" else separator
        faults.note(shown, "read-with-separator", separator=name)
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
        raise fault(file, "csv-encoding-unknown")
    raise fault(file, "csv-cut-off")


def _strictly(data: bytes, encoding: str, file: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        name = encoding.removesuffix("-sig").upper()
        byte = error.start + 1
        raise fault(file, "csv-not-as-marked", encoding=name, byte=byte) from None


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


def _separator(text: str, tables: Sequence[Table]) -> str:
    """The separator by which the first lines name most columns of a table, else by which they have
    most cells; a comma when none does better.
    """
    head = text[:20_000].splitlines()[:DEEPEST]

    def named(separator: str) -> tuple[int, int]:
        cells = [[part.strip().strip('"') for part in line.split(separator)] for line in head]
        found = [headings_of(table).find(cells).named for table in tables] if cells else [0]
        return max(found), max(map(len, cells), default=0) if max(found) < 2 else 0

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
        faults.add(f"{shown}:{before + 1}:1", "csv-malformed", why=str(error))
        return None
    widest = max(map(len, rows), default=0)
    if widest > MOST_COLUMNS:
        faults.add(shown, "csv-columns-too-many", columns=widest, limit=MOST_COLUMNS)
        return None
    return Grid(shown, None, rows, lines)
