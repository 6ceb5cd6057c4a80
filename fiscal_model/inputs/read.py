"""Reads input tables, collects every fault with its cell, and checks what only several rows
together can show.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any, Final

from fiscal_model.errors import MOST_OF_A_KIND, Alike, Fault, Faults, fault
from fiscal_model.files import Read
from fiscal_model.inputs.cells import (
    BadCell,
    CellReader,
    empty_value,
    own_unit,
    quoted,
    readable,
    readers,
    written,
)
from fiscal_model.inputs.convert import converted
from fiscal_model.inputs.documents import document_key
from fiscal_model.inputs.frames import TITLE, Frames
from fiscal_model.inputs.headings import stated_otherwise
from fiscal_model.inputs.labels import label_of
from fiscal_model.inputs.model import Inputs, Rows, Tally
from fiscal_model.inputs.normal import OWN_UNITS, SHOWN_UNIT, Manner, Note, is_total
from fiscal_model.inputs.raw import Cell, RawTable, is_blank
from fiscal_model.inputs.shapes import Shapes
from fiscal_model.inputs.source import Source, parts_of, read_sources
from fiscal_model.inputs.tables import NOTES, TABLES, Column, Table
from fiscal_model.inputs.units import Unit
from fiscal_model.messages.message import Arg, Message, message
from fiscal_model.names import NAMED_OTHERWISE
from fiscal_model.spelling import squeezed
from fiscal_model.standard.lives import EVER, LAST_MONTH, Life, month_words
from fiscal_model.standard.places import Places
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import LANGS, Text, in_both, listed

EMBEDDED = Path(__file__).parent / "embedded"
COUNTED: Final = ("beneficiaries", "amounts")
"""Tables of which one at least must hold rows."""
MOST_NAMES: Final = 3
"""Files or folders that the title of a data set names."""
UNITS: Final = OWN_UNITS | {SHOWN_UNIT}


def load_inputs(source: Source | None, standard: Standard) -> Inputs:
    """The inputs of a source: folders of CSV files and workbooks, and tables given in Python, one or
    several; the standard's embedded data when None.

    Raises:
        FiscalModelError: with every fault found, each with its cell.

    """
    if source is not None:
        return read_inputs(source, standard)
    folder = EMBEDDED / standard.code
    if not folder.is_dir():
        raise fault("", "no-embedded-data", standard=standard.code)
    return read_inputs(folder, standard, illustrative=True)


def read_inputs(source: Source, standard: Standard, illustrative: bool = False) -> Inputs:
    """Reads the tables of a source and checks them together: a table may be spread over several
    files.

    Raises:
        FiscalModelError: with every fault found, each with its cell.

    """
    faults, parts_given = Faults(), parts_of(source)
    paths = [each for each in parts_given if isinstance(each, Path)]
    read = readers(standard)
    raws = read_sources(
        parts_given, Shapes(standard, read), faults, "embedded" if illustrative else ""
    )
    parts = [typed(raw, read, standard, faults) for raw in raws]
    tables = joined(parts)
    if not faults.found and not any(len(tables.get(name, ())) for name in COUNTED):
        one, other = (Text(TABLES[name].both.zh, name) for name in COUNTED)
        faults.add(", ".join(map(str, paths)), "no-data-at-all", one=one, other=other)
    for rows in tables.values():
        no_double_rows(rows, standard, faults)
    check_across(tables, standard, faults)
    skipping = {rows.raw.name for rows in parts if rows.tally.skipped}
    told = [rows for rows in parts if faults.found or rows.raw.name in skipping]
    faults.notes += _accounts(told, faults.found)
    faults.raise_if_any()
    title = (
        Text("内置示例数据", "embedded illustrative data") if illustrative else _title(parts_given)
    )
    return Inputs(
        "embedded" if illustrative else title.en,
        illustrative,
        tables,
        standard.places.index,
        tuple(faults.notes),
        _digest(tables.values()),
        title,
        Read.of(*paths),
    )


def joined(parts: Sequence[Rows]) -> dict[str, Rows]:
    """The rows of each table, which may be spread over several files."""
    names = dict.fromkeys(part.name for part in parts)
    return {name: Rows.joined([part for part in parts if part.name == name]) for name in names}


def check_across(tables: Mapping[str, Rows], standard: Standard, faults: Faults) -> None:
    """What is wrong with rows of different cells together, or with places in their years."""
    for rows in tables.values():
        _no_place_out_of_its_time(rows, standard.places, faults)
    for name, series, years in (
        ("beneficiaries", "beneficiary", True),
        ("amounts", "line", True),
        ("bases_2015", "item", False),
    ):
        if name in tables:
            _no_double_counting(tables[name], series, years, standard, faults)
    _no_double_overlap(tables.get("overlaps"), standard.places, faults)
    _no_regional_base(tables.get("bases_2015"), standard.places, faults)


def _title(parts: Iterable[Path | Frames]) -> Text:
    """What the data are called: by their files or folders, of many the first ones."""
    names = list(
        dict.fromkeys(
            Text(*[each.resolve().name] * 2) if isinstance(each, Path) else TITLE for each in parts
        )
    )
    zh, en = (" + ".join(each.to(lang) for each in names[:MOST_NAMES]) for lang in LANGS)
    more = len(names) - MOST_NAMES
    return Text(f"{zh} 等 {len(names)} 份", f"{en} and {more} more") if more > 0 else Text(zh, en)


class _Skip(Enum):
    """Rows that hold no datum of their own."""

    TOTAL = message("row-of-totals")
    HEADING = message("row-of-headings")
    UNFILLED = message("row-without-figure")


def typed(
    raw: RawTable,
    read: Mapping[str, CellReader],
    standard: Standard,
    faults: Faults,
) -> Rows:
    """Every column read cell by cell; equal cells are read once. Rows without a datum and rows with
    a fault are left out.
    """
    notes = Alike()
    skipped = _unfilled(raw)
    for row in skipped:
        if unit := stated_otherwise(raw, raw.rows[row]) if _is_note(raw, row) else "":
            faults.add(raw.whole(row), "unit-below-table", unit=unit)
    spoilt: dict[int, list[tuple[str, BadCell]]] = {}
    columns: dict[str, list[Any]] = {}
    own_units: dict[str, Mapping[int, Unit]] = {}
    for column in (*raw.table.columns, *NOTES):
        if column.name not in raw.columns:
            if column.empty and column not in NOTES:
                columns[column.name] = [empty_value(column, standard)] * len(raw.rows)
            continue
        values, odd, own = _column(raw, column, read[column.kind], standard, notes, skipped)
        columns[column.name] = values
        own_units[column.name] = own
        for row in odd:
            value = values[row]
            if isinstance(value, _Skip):
                skipped[row] = value
            else:
                spoilt.setdefault(row, []).append((column.name, value))
    hinted: dict[str, set[int]] = {}
    for row, bad in sorted(spoilt.items()):
        if row not in skipped:
            for name, cause in bad:
                first = hinted.setdefault(name, set())
                if len(first) < MOST_OF_A_KIND:
                    first.add(id(cause))
                faults.found.append(
                    Fault(raw.at(row, name), cause.full if id(cause) in first else cause.message)
                )
    for row, why in sorted(skipped.items()):
        notes.add(why, partial(Fault, raw.whole(row), why.value))
    faults.notes += notes.faults()
    kept = [row for row in range(len(raw.rows)) if row not in spoilt and row not in skipped]
    for column in raw.table.columns:
        if column.per and column.name in raw.columns:
            converted(raw, column, columns, kept, own_units[column.name], standard, faults)
    if spoilt or skipped:
        columns = {name: [values[row] for row in kept] for name, values in columns.items()}
    by_reason = Counter(skipped.values())
    tally = Tally(
        len(kept),
        len(raw.rows) - len(kept) - len(skipped),
        raw.blank,
        by_reason[_Skip.UNFILLED],
        by_reason[_Skip.TOTAL],
        by_reason[_Skip.HEADING],
    )
    return Rows(raw.table.name, columns, raw, kept, tally)


def _unfilled(raw: RawTable) -> dict[int, _Skip]:
    """Rows in which every column that is not part of the key is empty: prepared, and not filled
    in.
    """
    positions = [
        raw.columns[column.name]
        for column in raw.table.columns
        if column.name not in raw.table.key and column.name in raw.columns
    ]
    left = range(len(raw.rows))
    for position in positions:
        left = [row for row in left if is_blank(raw.rows[row][position])]  # type: ignore[assignment]
    return dict.fromkeys(left, _Skip.UNFILLED) if positions else {}


def _is_note(raw: RawTable, row: int) -> bool:
    """Whether a row without figures is no row prepared for them: a part of its key is missing."""
    return any(
        is_blank(raw.rows[row][raw.columns[each.name]])
        for each in raw.table.columns
        if each.name in raw.table.key and each.name in raw.columns and not each.empty
    )


def _column(
    raw: RawTable,
    column: Column,
    read: CellReader,
    standard: Standard,
    notes: Alike,
    skipped: Mapping[int, _Skip],
) -> tuple[list[Any], Sequence[int], Mapping[int, Unit]]:
    """One column, the rows where it holds a fault or nothing to read, and those whose cell states a
    unit; what was rewritten is noted.
    """
    position, typed = raw.columns[column.name], raw.typed
    cells = [row[position] for row in raw.rows]
    # True is no 1
    keys: Sequence[Any] = [(cell.__class__, cell) for cell in cells] if typed else cells
    seen: dict[Any, Any] = {}
    told: dict[Any, list[Note]] = {}
    manner = Manner(
        raw.units[column.name].scale if column.name in raw.units else None, typed, column.kind
    )
    for key, cell in dict(zip(keys, cells, strict=True)).items():
        seen[key] = _read_cell(cell, column, raw.table, read, standard, manner)
        if manner.notes:
            told[key] = manner.notes
            manner = replace(manner, notes=[])
    values = [seen[key] for key in keys]
    odd = (
        [row for row, value in enumerate(values) if isinstance(value, BadCell | _Skip)]
        if any(isinstance(value, BadCell | _Skip) for value in seen.values())
        else []
    )
    for row, key in enumerate(keys) if told else ():
        if key in told and row not in skipped and not isinstance(values[row], BadCell | _Skip):
            # another name than the place's own is never told under that of another place
            meant = None if NAMED_OTHERWISE.isdisjoint(told[key]) else values[row]
            notes.add(
                (column.name, meant, *told[key]),
                partial(_note, raw, row, column, values[row], told[key], standard),
            )
    stating = {key for key, why in told.items() if not UNITS.isdisjoint(why)} if column.per else ()
    own = (
        {row: own_unit(cells[row]) for row, key in enumerate(keys) if key in stating}
        if stating
        else {}
    )
    return values, odd, own


def _note(
    raw: RawTable, row: int, column: Column, value: Any, why: Sequence[Note], standard: Standard
) -> Fault:
    """What was made of a cell, and why."""
    shown = quoted(raw.rows[row][raw.columns[column.name]])
    meant = label_of(column.kind, value, standard)
    return Fault(
        raw.at(row, column.name),
        message("cell-read-as", written=shown, meant=meant, why=in_both(why)),
    )


def _read_cell(
    cell: Cell, column: Column, table: Table, read: CellReader, standard: Standard, manner: Manner
) -> Any:
    if is_blank(cell):
        if column.empty:
            return empty_value(column, standard)
        needs: Arg = message("cell-needs", needs=column.needs) if column.needs else ""
        return BadCell("cell-empty", column=Text(column.label.zh, column.name), needs=needs)
    try:
        readable(cell)
        return read(cell, manner)
    except BadCell as bad:
        word = squeezed(written(cell)) if column.name in table.key else ""
        if word in (column.name, *map(squeezed, (*column.label, *column.others))):
            return _Skip.HEADING
        return _Skip.TOTAL if is_total(word) else bad


def no_double_rows(rows: Rows, standard: Standard, faults: Faults) -> None:
    """Two rows of a table must not be for the same cell."""
    table = rows.raw.table
    for earlier, row in doubles(rows):
        hint: Arg = message("row-twice-as-one") if table.apart else ""
        faults.add(
            rows.raw.whole(rows.kept[row]),
            "row-twice",
            there=rows.beside(earlier, row, table.key[0]),
            given=key_words(rows, row, standard),
            hint=hint,
        )


def doubles(rows: Rows) -> Iterator[tuple[int, int]]:
    """Rows for the same cell: the first of them, and each further one."""
    table = rows.raw.table
    kind_of = {column.name: column.kind for column in table.columns}
    first: dict[tuple[Any, ...], int] = {}
    told_apart = [
        map(document_key, rows.columns[name]) if kind_of[name] == "document" else rows.columns[name]
        for name in (*table.key, *table.apart)
    ]
    for row, values in enumerate(zip(*told_apart, strict=True)):
        earlier = first.setdefault(values, row)
        if earlier != row:
            yield earlier, row


def key_words(rows: Rows, row: int, standard: Standard) -> Text:
    """What a row is of, in words; in English by codes."""
    table = rows.raw.table
    kind_of = {column.name: column.kind for column in table.columns}
    given = [
        (kind_of[name], value)
        for name in (*table.key, *table.apart)
        if (value := rows.columns[name][row]) not in (None, "")
    ]
    zh = listed((label_of(kind, value, standard).zh for kind, value in given), "zh")
    return Text(zh, listed((str(value) for _, value in given), "en"))


def _no_place_out_of_its_time(rows: Rows, places: Places, faults: Faults) -> None:
    """A figure of a year is of a place that is there at the end of it."""
    if not {"place", "year"} <= {*rows.columns}:
        return
    for row, (code, year) in enumerate(
        zip(rows.columns["place"], rows.columns["year"], strict=True)
    ):
        life = places.lives.get(code, EVER)
        if isinstance(year, int) and not life.there(year):
            faults.add(rows.at(row, "place"), _out_of_its_time(code, life, year, places))


def _out_of_its_time(code: str, life: Life, year: int, places: Places) -> Message:
    """When a place was there, and what it was in a year in which it was not."""
    early = life.first is not None and life.first.year > year
    others = [
        each
        for each in (life.out_of if early else places.heirs[code])
        if places.lives.get(each, EVER).there(year)
    ]
    labels = {each: places.label(each) for each in others}
    named = in_both(Text(f"{zh}（{each}）", f"{en} ({each})") for each, (zh, en) in labels.items())
    if early and life.first:
        was = message("place-was-part", places=named) if others else message("place-was-none")
        return message(
            "place-not-yet",
            place=places.label(code),
            code=code,
            month=month_words(life.first),
            status=life.status,
            since=life.first.year,
            year=year,
            was=was,
        )
    assert life.last is not None
    return message(
        "place-no-longer",
        place=places.label(code),
        code=code,
        month=month_words(life.last),
        status=life.status,
        until=life.last.year - (life.last.month != LAST_MONTH),
        year=year,
        was=message("place-became", places=named),
    )


def _no_double_counting(
    rows: Rows, series: str, years: bool, standard: Standard, faults: Faults
) -> None:
    """A place and a place above it must not both be given for one series and year."""
    places = standard.places
    kind = next(column.kind for column in rows.raw.table.columns if column.name == series)
    given: dict[tuple[Any, ...], int] = {}
    stamps = rows.columns["year"] if years else [0] * len(rows)
    keys = list(zip(rows.columns[series], rows.columns["place"], stamps, strict=True))
    for row, key in enumerate(keys):
        given.setdefault(key, row)
    for row, (name, place, stamp) in enumerate(keys):
        for above in places.ancestors(place):
            if (name, above, stamp) in given:
                there = rows.beside(given[name, above, stamp], row)
                zh, en = places.label(above)
                when: Arg = message("counted-twice-in", year=stamp) if years else ""
                faults.add(
                    rows.at(row, "place"),
                    "counted-twice",
                    series=Text(label_of(kind, name, standard).zh, str(name)),
                    when=when,
                    place=Text(places.label(place).zh, place),
                    above=Text(zh, above),
                    # English has the code of the place, so its name stands with the row
                    there=Text(there.to("zh"), listed((en, there.to("en")), "en")),
                )


def _no_double_overlap(rows: Rows | None, places: Places, faults: Faults) -> None:
    """One pair of benefits in one place and year stands once, whichever is named first, and not for
    a place above it too.
    """
    if rows is None:
        return
    first: dict[tuple[Any, ...], int] = {}
    columns = (rows.columns[name] for name in ("beneficiary", "other", "place", "year"))
    keys = [
        (frozenset((one, other)), place, year)
        for one, other, place, year in zip(*columns, strict=True)
    ]
    for row, key in enumerate(keys):
        first.setdefault(key, row)
    for row, (pair, place, year) in enumerate(keys):
        for above in (place, *places.ancestors(place)):
            earlier = first.get((pair, above, year), row)
            if earlier != row:
                at, there = rows.at(row, "beneficiary"), rows.beside(earlier, row, "beneficiary")
                if above == place:
                    faults.add(at, "overlap-twice", there=there)
                else:
                    label = places.label(above)
                    faults.add(at, "overlap-in-place-above", there=there, above=label)


def _no_regional_base(rows: Rows | None, places: Places, faults: Faults) -> None:
    if rows is None:
        return
    for row, place in enumerate(rows.columns["place"]):
        if place == places.root:
            item = rows.columns["item"][row]
            faults.add(rows.at(row, "place"), "base-of-region", item=item)


def _accounts(tables: Iterable[Rows], faults: Sequence[Fault]) -> Iterator[Fault]:
    """Where the rows of each file or sheet went; a row with any fault counts as refused."""
    tallies: dict[str, Tally] = {}
    for rows in tables:
        refused = {row for fault in faults for row in rows.raw.rows_at(fault.where)}
        bad = len(refused.intersection(rows.kept))
        tally = replace(rows.tally, used=rows.tally.used - bad, refused=rows.tally.refused + bad)
        tallies[rows.raw.name] = tallies.get(rows.raw.name, Tally(0)) + tally
    for name, tally in tallies.items():
        if tally.rows:
            yield Fault(name, tally.words)


def _digest(tables: Iterable[Rows]) -> str:
    """A fingerprint of what was read: the same for CSV and workbook, for one file and several, in
    whatever order the rows stand.
    """
    digest = hashlib.sha256()
    for rows in sorted((each for each in tables if len(each)), key=lambda rows: rows.name):
        filled = {
            name: values
            for name, values in sorted(rows.columns.items())
            if any(value not in (None, "") for value in values)
        }
        digest.update(
            repr(
                (rows.name, list(filled), sorted(map(repr, zip(*filled.values(), strict=True))))
            ).encode()
        )
    return digest.hexdigest()
