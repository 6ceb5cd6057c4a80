"""A spreadsheet program as referee: recalculates workbooks, and what tests read of them."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree

import pytest

OFFICE = shutil.which("soffice")
needs_office = pytest.mark.skipif(
    OFFICE is None, reason="soffice (LibreOffice) is not installed: formulas are not recalculated"
)
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>"""
"""Without it the program trusts the stored values of a workbook."""
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
Value = float | str | None
Cells = dict[str, tuple[str | None, Value]]
"""Formula (None without one) and value by the name of the cell."""


def recalculated(paths: Sequence[Path], folder: Path, timeout: int = 600) -> list[Path]:
    """The workbooks as LibreOffice recalculates them, in one run with a profile of its own."""
    folder.mkdir()
    with tempfile.TemporaryDirectory() as profile:
        (Path(profile) / "user").mkdir()
        (Path(profile) / "user" / "registrymodifications.xcu").write_text(
            SETTINGS, encoding="utf-8"
        )
        where = f"-env:UserInstallation={Path(profile).as_uri()}"
        kind = "xlsx:Calc MS Excel 2007 XML"
        command = [
            OFFICE or "soffice",
            where,
            "--headless",
            "--norestore",
            "--convert-to",
            kind,
            "--outdir",
            str(folder),
            *map(str, paths),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)
    out = [folder / path.name for path in paths]
    assert all(path.exists() for path in out), done.stdout + done.stderr
    return out


def read(path: Path) -> dict[str, Cells]:
    """Every cell of every sheet that holds something, with the formula as it is written."""
    with zipfile.ZipFile(path) as file:
        names = file.namelist()
        strings = (
            list(_strings(file.read("xl/sharedStrings.xml")))
            if "xl/sharedStrings.xml" in names
            else []
        )
        targets = {
            each.get("Id"): str(each.get("Target"))
            for each in ElementTree.fromstring(file.read("xl/_rels/workbook.xml.rels"))
        }
        sheets = ElementTree.fromstring(file.read("xl/workbook.xml")).find(f"{MAIN}sheets")
        assert sheets is not None
        return {
            str(each.get("name")): _cells(
                file.read("xl/" + targets[each.get(RELATION)].removeprefix("/xl/")), strings
            )
            for each in sheets
        }


def _strings(data: bytes) -> Iterator[str]:
    for each in ElementTree.fromstring(data):
        yield "".join(part.text or "" for part in each.iter(f"{MAIN}t"))


def _cells(data: bytes, strings: Sequence[str]) -> Cells:
    out: Cells = {}
    for cell in ElementTree.fromstring(data).iter(f"{MAIN}c"):
        formula, value = cell.find(f"{MAIN}f"), cell.find(f"{MAIN}v")
        text = value.text if value is not None else None
        kind = cell.get("t", "n")
        if text is None and formula is None:
            continue
        found: Value = text
        if text is not None and kind == "s":
            found = strings[int(text)]
        elif text is not None and kind == "n":
            found = float(text)
        out[str(cell.get("r"))] = (formula.text if formula is not None else None, found)
    return out


def differing(
    stored: dict[str, Cells], found: dict[str, Cells]
) -> tuple[int, list[tuple[str, str, Value, Value]]]:
    """How many formula cells there are, and those whose stored value is not what they come to (1e-6
    of it, or half a fen).
    """
    checked, bad = 0, []
    for sheet, cells in stored.items():
        for name, (formula, value) in cells.items():
            if formula is None:
                continue
            checked += 1
            other = found[sheet].get(name, (None, None))[1]
            if isinstance(value, float) and isinstance(other, float):
                agree = abs(value - other) <= max(0.005, 1e-6 * abs(value))
            else:
                agree = (value or "") == (other or "")
            if not agree:
                bad.append((sheet, name, value, other))
    return checked, bad


REFERENCE = re.compile(r"(?<![A-Za-z_.'0-9])(\$?)([A-Z]{1,3})(\$?)(\d+)(?![\d(A-Za-z_])")


def column_number(name: str) -> int:
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    return number


def place_of(cell: str) -> tuple[int, int]:
    """Row and column of a cell, from 1."""
    found = re.fullmatch(r"([A-Z]+)(\d+)", cell)
    assert found
    return int(found[2]), column_number(found[1])


def relative(formula: str, cell: str) -> str:
    """A formula with every reference as seen from its cell."""
    row, column = place_of(cell)

    def seen(match: re.Match[str]) -> str:
        across = (
            f"C{column_number(match[2])}" if match[1] else f"C[{column_number(match[2]) - column}]"
        )
        down = f"R{match[4]}" if match[3] else f"R[{int(match[4]) - row}]"
        return down + across

    return REFERENCE.sub(seen, formula)
