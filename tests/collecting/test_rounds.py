"""Random rounds: workbooks are sent, filled in, tampered with and collected; what was sent and
filled in is what is collected, and every cell that was tampered with is listed.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import write_tables
from openpyxl.utils import get_column_letter

import fiscal_model as fm
from fiscal_model.inputs.cells import readers
from fiscal_model.inputs.normal import Manner
from fiscal_model.inputs.read import load_inputs
from fiscal_model.inputs.tables import NOT_READ, TABLES
from fiscal_model.standard.read import load_standard

GATE, MANY = 12, 200
TABLE_OF = {name: t for t in TABLES.values() for name in (t.label.zh, t.name)}
STANDARD = load_standard()
READ = readers(STANDARD)
ITEMS = ("11", "7", "29", "10,14", "77", "60")
PREFECTURES = ("650400", "650500", "652700", "653000", "650200", "653100")
Key = tuple[Any, ...]


@dataclass
class Round:
    """What was sent in one round, and what is to be found."""

    folder: Path
    rng: random.Random
    lang: Any
    filled: dict[tuple[str, Key], float] = field(default_factory=dict)
    tampered: set[tuple[str, str, str, str, str]] = field(default_factory=set)
    moved: bool = False
    absent: set[str] = field(default_factory=set)
    doubles: dict[str, tuple[float, float]] = field(default_factory=dict)


def columns_of(sheet: Any) -> dict[str, int]:
    """The column of every heading that is read, by the name of the column, and of the others by the
    heading.
    """
    table, found = TABLE_OF[sheet.title], {}
    for cell in sheet[1]:
        word = str(cell.value)
        names = {
            column.name
            for column in table.columns
            for label in column.label
            if word == label or word.startswith((f"{label}（", f"{label} ("))
        }
        found[word if word.endswith(tuple(NOT_READ)) or not names else names.pop()] = cell.column
    return found


def tables_in(book: Any) -> Iterator[Any]:
    """The sheets with rows to fill in."""
    yield from (s for s in book.worksheets if s.title in TABLE_OF and s.max_row > 1)


def key_of(sheet: Any, row: int, at: dict[str, int]) -> Key:
    """What a row is of, by codes."""
    table = TABLE_OF[sheet.title]
    kinds = {column.name: column.kind for column in table.columns}
    words = {name: sheet.cell(row, at[name]).value for name in table.key}
    return tuple(
        None if word is None else READ[kinds[name]](word, Manner(typed=True))
        for name, word in words.items()
    )


def figure_in(sheet: Any, at: dict[str, int]) -> int:
    table = TABLE_OF[sheet.title]
    return next(at[c.name] for c in table.columns if c.name not in table.key)


def fill(this: Round, sheet: Any, chance: float) -> list[int]:
    """Fills in some rows; the rows filled."""
    at, rng, rows = columns_of(sheet), this.rng, []
    share = TABLE_OF[sheet.title].name == "local_split"
    for row in range(2, sheet.max_row + 1):
        if rng.random() < chance:
            value = round(rng.random(), 3) if share else rng.randrange(1, 100_000)
            written = f"{value:,}" if not share and rng.random() < 0.1 else value
            sheet.cell(row, figure_in(sheet, at)).value = written
            this.filled[TABLE_OF[sheet.title].name, key_of(sheet, row, at)] = value
            rows.append(row)
    return rows


def tamper(this: Round, file: str, sheet: Any) -> None:
    """Changes preprinted cells, in no row two and no two to the same: another value of the column,
    a word, a number, or nothing.
    """
    rng, figure = this.rng, figure_in(sheet, columns_of(sheet))
    rows = rng.sample(range(1, sheet.max_row + 1), min(rng.randrange(4), sheet.max_row))
    for n, row in enumerate(rows):
        written = [c.column for c in sheet[row] if c.value is not None]
        column = rng.choice([k for k in written if row == 1 or k != figure])
        cell = sheet.cell(row, column)
        others = [sheet.cell(r, column).value for r in range(2, sheet.max_row + 1)]
        value = rng.choice([f"改动{n}", None, 7_000 + n, rng.choice(others)])
        if row == 1 and value in others:
            value = f"改动{n}"
        was = cell.value
        if str(value) == str(was):
            continue
        cell.value = value
        now = "" if value is None else str(value)
        where = f"{get_column_letter(column)}{row}"
        this.tampered.add((file, sheet.title, where, str(was), now))


def shuffle(this: Round, sheet: Any) -> None:
    """Sorts the rows otherwise: each keeps what was written in it."""
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    this.rng.shuffle(rows)
    for r, row in enumerate(rows, start=2):
        for c, value in enumerate(row, start=1):
            sheet.cell(r, c).value = value
    this.moved = True


def play(folder: Path, seed: int) -> None:
    """One round."""
    rng = random.Random(seed)
    this = Round(folder, rng, rng.choice(["zh", "en"]))
    places = rng.sample(PREFECTURES, rng.randrange(1, 4))
    years = rng.choice([2026, "2025-2026"])
    known = None
    if rng.random() < 0.5:
        rows = [["primary_pupil", "653101", 2024, 1234], ["reading_room", "650402", 2023, 9]]
        known = write_tables(folder / "known", {"beneficiaries": rows})
    sent = fm.template(
        folder / "sent",
        rng.choice(ITEMS),
        places,
        years,
        lang=this.lang,
        split_by="prefecture",
        inputs=known,
    )
    assert {path.name[:6] for path in sent} == {*places}
    back = folder / "back"
    back.mkdir()
    for n, path in enumerate(sent):
        if n and rng.random() < 0.3:
            this.absent.add(path.name[:6])
            continue
        book = openpyxl.load_workbook(path)
        again = openpyxl.load_workbook(path) if rng.random() < 0.3 else None
        chance = rng.choice([0.1, 0.6, 1])
        for sheet in tables_in(book):
            rows = fill(this, sheet, chance)
            if again:
                split(this, f"{path.stem} 2.xlsx", sheet, again[sheet.title], rows)
            elif rng.random() < 0.2:
                shuffle(this, sheet)
            elif rng.random() < 0.6:
                tamper(this, path.name, sheet)
        book.save(back / path.name)
        if again and any(
            s.cell(r, figure_in(s, columns_of(s))).value is not None
            for s in tables_in(again)
            for r in range(2, s.max_row + 1)
        ):
            again.save(back / f"{path.stem} 2.xlsx")
    collected(this, back, rng.choice([None, folder / "sent"]))


def split(this: Round, file: str, sheet: Any, other: Any, rows: list[int]) -> None:
    """Moves some figures to a second workbook of the same prefecture; some stay in both, with
    another value.
    """
    at = columns_of(sheet)
    figure = figure_in(sheet, at)
    for row in rows:
        value = sheet.cell(row, figure).value
        if this.rng.random() < 0.02 and not isinstance(value, str | float):
            other.cell(row, figure).value = value + 1
            where = f"{file}!{sheet.title}!{get_column_letter(figure)}{row}"
            this.doubles[where] = (value, value + 1)
        elif this.rng.random() < 0.5:
            other.cell(row, figure).value = value
            sheet.cell(row, figure).value = None


def collected(this: Round, back: Path, template: Path | None) -> None:
    """Collects and looks at everything that was said and written."""
    target = this.folder / "all.xlsx"
    if this.doubles or not this.filled:
        with pytest.raises(fm.FiscalModelError) as refused:
            fm.collect(back, target, template, lang=this.lang)
        assert not target.exists()
        told = {f.where.removeprefix(f"{back}/"): f.message for f in refused.value.faults}
        if this.doubles:
            assert told.keys() == this.doubles.keys()
        for where, (one, other) in this.doubles.items():
            words = told[where].to("zh")
            first = where.replace(" 2.xlsx", ".xlsx")
            assert f"这里是 {other}，{back}/{first} 是 {one}" in words
        return
    found = fm.collect(back, target, template, lang=this.lang)
    inputs = load_inputs(target, STANDARD) if counted(this) else None
    if inputs:
        assert read_back(inputs) == this.filled
    assert found.rows["rows"].sum() == len(this.filled)
    assert {*found.missing["code"]} == this.absent
    listed = {
        tuple(each)
        for each in found.changes[["file", "sheet", "cell", "was", "is"]].itertuples(index=False)
    }
    assert this.tampered <= listed
    if not this.moved:
        assert listed == this.tampered


def counted(this: Round) -> bool:
    """Whether what was filled in can be read alone: counts or amounts."""
    return any(name in ("beneficiaries", "amounts") for name, _ in this.filled)


def read_back(inputs: Any) -> dict[tuple[str, Key], float]:
    """The figures of inputs by table and key."""
    out: dict[tuple[str, Key], float] = {}
    for name, rows in inputs.tables.items():
        table = TABLES[name]
        figure = next(c.name for c in table.columns if c.name not in table.key)
        for n in range(len(rows)):
            key = tuple(rows.columns[each][n] for each in table.key)
            out[name, key] = rows.columns[figure][n]
    return out


@pytest.mark.parametrize("seed", range(GATE))
def test_what_was_sent_and_filled_in_is_collected(tmp_path: Path, seed: int) -> None:
    play(tmp_path, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(GATE, MANY))
def test_many_rounds(tmp_path: Path, seed: int) -> None:
    play(tmp_path, seed)
