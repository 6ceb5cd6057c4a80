"""Merges the workbooks that came back into one: nothing that was filled in is lost or wins in
silence.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from fiscal_model.calls import answered
from fiscal_model.collecting.changes import Change, shown
from fiscal_model.collecting.collected import Collected, Taken
from fiscal_model.collecting.collected_book import CollectedBook
from fiscal_model.collecting.held import Sheets, held_against, sheets_in, sheets_of
from fiscal_model.collecting.live import Live, once, read_live
from fiscal_model.errors import Faults, FiscalModelError, fault, unreadable
from fiscal_model.files import Read, replacing
from fiscal_model.inputs.cells import readers
from fiscal_model.inputs.model import Rows
from fiscal_model.inputs.needed import needed
from fiscal_model.inputs.raw import Grid
from fiscal_model.inputs.read import check_across, doubles, joined, key_words, typed
from fiscal_model.inputs.shapes import Shapes
from fiscal_model.inputs.source import STRAY, WORKBOOKS, tables_of
from fiscal_model.inputs.tables import NOTES, TABLES
from fiscal_model.inputs.workbook import read_workbook
from fiscal_model.language import spoken
from fiscal_model.scenario.read import load_scenario
from fiscal_model.standard.read import load_standard
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import Lang, Text, in_both
from fiscal_model.workbook.record import Record, read_record
from fiscal_model.workbook.report import check_name, print_date
from fiscal_model.workbook.sheet import Book

UNFILLED: Final = "row-without-figure"
"""What is told of rows by their number here, and not row by row."""
_CODE: Final = re.compile(r"\d{6}")


@answered
def collect(
    folder: str | Path,
    target: str | Path,
    template: str | Path | None = None,
    lang: Lang | None = None,
    date: str | None = None,
    scenario: str | Path | None = None,
) -> Collected:
    """Merges the workbooks of ``folder`` into one input workbook, and says who is missing, which
    prepared cells were changed and what was taken.

    What is preprinted counts as it was sent: a row whose place, year or name was changed is taken
    for what it was sent for, and the change is told. Rows may be added below. An edited report is
    read back too: its inputs with the cells that were edited.

    Args:
        folder: the workbooks that came back.
        target: an .xlsx file, as :func:`fiscal_model.template` writes, that can be read as inputs.
        template: the folder of workbooks as they were sent; default what each workbook itself says
            that it held.
        lang: language of the workbook and of what is shown.
        date: the date of the workbook; default SOURCE_DATE_EPOCH, else today.
        scenario: the scenario whose additions the workbooks ask for, as for the template.

    Raises:
        FiscalModelError: a cell is filled in twice, or cannot be read, with every such cell;
            nothing came back, or nothing is filled in; the target cannot be written.

    """
    lang, path, source = spoken(lang), Path(target), Path(folder)
    check_name(path)
    chosen, standard = load_scenario(scenario) if scenario else (None, load_standard())
    today = print_date(date)
    read = Read.together(
        [
            *(each.read for each in (chosen.chain() if chosen else ())),
            Read.of(source, *([template] if template else [])),
        ]
    )
    read.refuse(path)
    faults = Faults()
    files = _workbooks(source, faults)
    sent = _sent(Path(template), faults) if template is not None else None
    faults.raise_if_any()
    back = _read_all(files, sent, standard, faults)
    tables = joined(once(rows for each in back for rows in each.rows))
    for rows in tables.values():
        _told_twice(rows, standard, faults)
    check_across(tables, standard, faults)
    faults.raise_if_any()
    if not sum(map(len, tables.values())):
        raise fault(str(source), "collect-nothing-filled")
    collected = Collected(
        [taken for each in back for taken in each.taken],
        *_absent(back, sent),
        [change for each in back for change in each.changes],
        [note for note in faults.notes if note.message.code != UNFILLED],
    )
    content = BytesIO()
    book = Book(content, lang, datetime(today.year, today.month, today.day), live=True)
    cells = {name: _cells(tables[name]) for name in TABLES if name in tables and len(tables[name])}
    CollectedBook(book, standard, needed(standard), cells, today.year, collected=collected).write()
    book.file.close()
    with replacing(path, read) as draft:
        draft.write_bytes(content.getvalue())
    return collected


@dataclass(frozen=True)
class Sent:
    """A workbook as it was sent: its file, the code of the prefecture (empty if it has none), and
    what was preprinted.
    """

    file: str
    code: str
    name: Text
    sheets: Sheets


@dataclass(frozen=True)
class Back:
    """A workbook that came back, read: its record if it has one, and the workbook that was sent."""

    record: Record | None
    sent: Sent | None
    rows: Sequence[Rows]
    taken: Sequence[Taken]
    changes: Sequence[Change]


def _workbooks(folder: Path, faults: Faults) -> list[Path]:
    """The workbooks of a folder, in the order of their names; other files are noted, the same
    workbook twice is a fault.

    Raises:
        FiscalModelError: there is no such folder, or no workbook in it.

    """
    if not folder.is_dir():
        raise fault(str(folder), "collect-no-folder")
    try:
        files = sorted(
            (e for e in folder.iterdir() if e.is_file() and not e.name.startswith(STRAY)),
            key=lambda each: (each.stem, each.suffix),
        )
        books = [each for each in files if each.suffix.lower() in WORKBOOKS]
        contents = [hashlib.sha256(each.read_bytes()).digest() for each in books]
    except OSError as error:
        raise unreadable(str(folder), error) from None
    for each in files:
        if each not in books and not each.name.startswith("."):
            faults.note(str(each), "collect-not-a-workbook")
    if not books:
        raise fault(str(folder), "collect-no-workbooks")
    first: dict[bytes, Path] = {}
    for book, content in zip(books, contents, strict=True):
        if (other := first.setdefault(content, book)) is not book:
            faults.add(str(book), "collect-same-file", other=other.name)
    return books


def _sent(folder: Path, faults: Faults) -> list[Sent]:
    """The workbooks of a folder as they were sent."""
    found = []
    for path in _workbooks(folder, faults):
        grids = list(read_workbook(path, str(path), Faults()))
        record = read_record(grids)
        code = record.of if record else _code(path)
        name = record.sent.get(code, "") if record else path.stem.removeprefix(code).strip()
        found.append(Sent(path.name, code, Text(name, name), sheets_in(grids)))
    return found


def _code(path: Path) -> str:
    match = _CODE.match(path.name)
    return match[0] if match else ""


def _read_all(
    files: Iterable[Path], sent: Sequence[Sent] | None, standard: Standard, faults: Faults
) -> list[Back]:
    """All workbooks that came back; what cannot be read at all is a fault."""
    back = []
    for path in files:
        try:
            grids = list(read_workbook(path, str(path), faults))
            back.append(_read_back(path, grids, sent, standard, faults))
        except FiscalModelError as error:
            faults.found += error.faults
    return back


def _read_back(
    path: Path,
    grids: Sequence[Grid],
    sent: Sequence[Sent] | None,
    standard: Standard,
    faults: Faults,
) -> Back:
    """One workbook: an edited report by its record, any other by its tables, held against what was
    sent where that is known.
    """
    record = read_record(grids)
    if record and record.kind == "report":
        live: Live = read_live(path, record, grids, standard, faults)
        taken = [Taken(path.name, each.name, len(each), 0, 0) for each in live.rows]
        return Back(record, None, live.rows, taken, live.changes)
    match = _match(path, record, sent) if sent is not None else None
    if sent is not None and match is None:
        faults.note(str(path), "collect-not-sent")
    sheets = match.sheets if match else sheets_of(record.strips) if record else None
    if sheets is None and sent is None:
        faults.note(str(path), "collect-without-record")
    held = held_against(sheets, grids) if sheets is not None else None
    read = readers(standard)
    raws = tables_of(held.grids if held else grids, Shapes(standard, read), faults)
    rows = [typed(raw, read, standard, faults) for raw in raws]
    added: Mapping[str, int] = held.added if held else {}
    taken = [
        Taken(path.name, each.name, len(each), added.get(each.name, 0), each.tally.unfilled)
        for each in rows
        if len(each) or each.tally.unfilled
    ]
    return Back(record, match, rows, taken, _of_file(path, held.changes if held else ()))


def _of_file(path: Path, changes: Iterable[Change]) -> list[Change]:
    return [replace(each, file=path.name) for each in changes]


def _match(path: Path, record: Record | None, sent: Sequence[Sent]) -> Sent | None:
    """The workbook as sent that one which came back was: by its record, its name, or the code that
    its name begins with.
    """
    code = record.of if record else _code(path)
    by_name = (each for each in sent if each.file == path.name)
    by_code = (each for each in sent if code and each.code == code)
    return next(by_code, None) or next(by_name, None)


def _absent(
    back: Sequence[Back], sent: Sequence[Sent] | None
) -> tuple[list[tuple[str, Text]], bool]:
    """Who got a workbook and sent none, and whether it is known who got one."""
    if sent is not None:
        came = {each.sent.file for each in back if each.sent}
        return [
            (each.code, each.name if each.code else Text(each.file, each.file))
            for each in sent
            if each.file not in came
        ], True
    records = [each.record for each in back if each.record and each.record.kind == "sent"]
    known = {code: name for record in records for code, name in record.sent.items()}
    there = {record.of for record in records}
    absent = [(code, Text(name, name)) for code, name in known.items() if code not in there]
    return absent, bool(records)


def _told_twice(rows: Rows, standard: Standard, faults: Faults) -> None:
    """Cells that are filled in twice, with both figures."""
    table = rows.raw.table
    figures = [each.name for each in table.columns if each.name not in table.key]
    where = next((name for name in figures if name in rows.columns), table.key[0])

    def said(row: int) -> Text:
        return in_both(shown(rows.columns[name][row]) or "—" for name in figures)

    for earlier, row in doubles(rows):
        faults.add(
            rows.at(row, where),
            "collect-filled-twice",
            given=key_words(rows, row, standard),
            value=said(row),
            there=rows.at(earlier, where),
            other=said(earlier),
        )


def _cells(rows: Rows) -> list[dict[str, Any]]:
    """Rows by column, without what is empty."""
    names = [each.name for each in (*rows.raw.table.columns, *NOTES) if each.name in rows.columns]
    return [
        {name: value for name in names if (value := rows.columns[name][n]) not in (None, "")}
        for n in range(len(rows))
    ]
