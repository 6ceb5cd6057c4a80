"""Reads input tables, collects every fault with its cell, and checks what only several rows together can show."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any, Final

from fiscal_model.errors import Fault, Faults, fault
from fiscal_model.inputs.cells import BadCell, CellReader, empty_value, own_unit, quoted, readable, readers, written
from fiscal_model.inputs.convert import converted
from fiscal_model.inputs.headings import WRITE_IT, stated_otherwise
from fiscal_model.inputs.labels import label_of
from fiscal_model.inputs.model import Inputs, Rows, Tally
from fiscal_model.inputs.names import OTHER
from fiscal_model.inputs.normal import OWN_UNITS, SHOWN_UNIT, Manner, is_total, squeezed
from fiscal_model.inputs.raw import Cell, RawTable, is_blank
from fiscal_model.inputs.source import read_source
from fiscal_model.inputs.tables import NOTES, TABLES, Column, Table
from fiscal_model.inputs.units import Unit
from fiscal_model.standard.places import Places
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import Text, listed

EMBEDDED = Path(__file__).parent / "embedded"
COUNTED: Final = ("beneficiaries", "amounts")
"""Tables of which one at least must hold rows."""
UNITS: Final = OWN_UNITS | {SHOWN_UNIT}


def load_inputs(path: str | Path | None, standard: Standard) -> Inputs:
    """The inputs at ``path``, a folder of CSV files or a workbook; the standard's embedded data when None.

    Raises:
        FiscalModelError: with every fault found, each with its cell.

    """
    if path is not None:
        return read_inputs(Path(path), standard)
    folder = EMBEDDED / standard.code
    if not folder.is_dir():
        raise fault(
            "", f"标准“{standard.code}”没有内置数据，请用 --inputs 提供", f"standard '{standard.code}' has no embedded data: give --inputs"
        )
    return read_inputs(folder, standard, illustrative=True)


def read_inputs(path: Path, standard: Standard, illustrative: bool = False) -> Inputs:
    """Reads and checks the tables at ``path``.

    Raises:
        FiscalModelError: with every fault found, each with its cell.

    """
    faults, warnings = Faults(), list[Fault]()
    shown = "embedded" if illustrative else str(path)
    raws = read_source(path, shown, faults, warnings)
    read = readers(standard)
    tables: dict[str, Rows] = {}
    for raw in raws:
        if raw.table.name in tables:
            faults.add(raw.name, f"表{raw.table.both.zh}出现两次", f"table {raw.table.both.en} stands twice")
            continue
        tables[raw.table.name] = _typed(raw, read, standard, faults, warnings)
    if not faults.found and not any(len(tables.get(name, ())) for name in COUNTED):
        zh = "或".join(TABLES[name].both.zh for name in COUNTED)
        faults.add(shown, f"没有数据：至少需要{zh}表", "no data: at least table beneficiaries or amounts is needed")
    for rows in tables.values():
        _no_double_rows(rows, standard, faults)
    for name, series, years in (("beneficiaries", "beneficiary", True), ("amounts", "line", True), ("bases_2015", "item", False)):
        if name in tables:
            _no_double_counting(tables[name], series, years, standard, faults)
    _no_mirrored_overlap(tables.get("overlaps"), faults)
    _no_regional_base(tables.get("bases_2015"), standard.places, faults)
    faults.raise_if_any([*warnings, *_accounts(tables.values(), faults.found)])
    warnings += _accounts(rows for rows in tables.values() if rows.tally.skipped)
    warnings += _unlikely(tables, standard)
    return Inputs(
        "embedded" if illustrative else path.resolve().name,
        illustrative,
        tables,
        standard.places.index,
        tuple(warnings),
        _digest(tables.values()),
        Text("内置示例数据", "embedded illustrative data") if illustrative else Text(path.resolve().name, path.resolve().name),
    )


class _Skip(Enum):
    """Rows that hold no datum of their own."""

    TOTAL = Text("合计行，未读取", "a row of totals, not read")
    HEADING = Text("重复的标题行，未读取", "repeated headings, not read")
    UNFILLED = Text("未填数值，视为未提供", "without a figure: taken as not supplied")


class _Notes:
    """Equal notes of one column become one: the first cell, what was made of it, and how many there are."""

    def __init__(self) -> None:
        self.first: dict[Hashable, Fault] = {}
        self.times: Counter[Hashable] = Counter()

    def add(self, kind: Hashable, note: Callable[[], Fault]) -> None:
        """Count a note; only the first of its kind is made."""
        if kind not in self.first:
            self.first[kind] = note()
        self.times[kind] += 1

    def faults(self) -> Iterator[Fault]:
        """One note a kind."""
        for kind, note in self.first.items():
            (zh, en), times = note.message, self.times[kind]
            yield replace(note, message=Text(f"{zh}（同类共 {times:,} 处）", f"{en} ({times:,} alike)")) if times > 1 else note


def _typed(raw: RawTable, read: Mapping[str, CellReader], standard: Standard, faults: Faults, warnings: list[Fault]) -> Rows:
    """Every column read cell by cell; equal cells are read once. Rows without a datum and rows with a fault are left out."""
    notes = _Notes()
    skipped = _unfilled(raw)
    for row in skipped:
        if unit := stated_otherwise(raw, raw.rows[row]) if _is_note(raw, row) else "":
            zh, en = f"表下方注明单位“{unit}”，列标题没有这样写", f"states the unit '{unit}' below the table, which the headings do not"
            faults.add(raw.at(row, raw.table.columns[0].name), f"{zh}：{WRITE_IT.zh}", f"{en}: {WRITE_IT.en}")
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
    for row, bad in sorted(spoilt.items()):
        if row not in skipped:
            for name, cause in bad:
                faults.add(raw.at(row, name), cause.message.zh, cause.message.en)
    for row, why in sorted(skipped.items()):
        notes.add(why, partial(Fault, raw.at(row, raw.table.columns[0].name), why.value))
    warnings += notes.faults()
    kept = [row for row in range(len(raw.rows)) if row not in spoilt and row not in skipped]
    for column in raw.table.columns:
        if column.per and column.name in raw.columns:
            converted(raw, column, columns, kept, own_units[column.name], standard, faults, warnings)
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
    """Rows in which every column that is not part of the key is empty: prepared, and not filled in."""
    positions = [
        raw.columns[column.name] for column in raw.table.columns if column.name not in raw.table.key and column.name in raw.columns
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
    raw: RawTable, column: Column, read: CellReader, standard: Standard, notes: _Notes, skipped: Mapping[int, _Skip]
) -> tuple[list[Any], Sequence[int], Mapping[int, Unit]]:
    """One column, the rows where it holds a fault or nothing to read, and those whose cell states a unit; what was rewritten is noted."""
    position, typed = raw.columns[column.name], raw.sheet is not None
    cells = [row[position] for row in raw.rows]
    keys: Sequence[Any] = [(cell.__class__, cell) for cell in cells] if typed else cells  # True is no 1
    seen: dict[Any, Any] = {}
    told: dict[Any, list[Text]] = {}
    manner = Manner(raw.units[column.name].scale if column.name in raw.units else None, typed, column.kind)
    for key, cell in dict(zip(keys, cells, strict=True)).items():
        seen[key] = _read_cell(cell, column, raw.table, read, standard, manner)
        if manner.notes:
            told[key] = manner.notes
            manner = replace(manner, notes=[])
    values = [seen[key] for key in keys]
    odd = [row for row, value in enumerate(values) if isinstance(value, BadCell | _Skip)] if _any_odd(seen.values()) else []
    for row, key in enumerate(keys) if told else ():
        if key in told and row not in skipped and not isinstance(values[row], BadCell | _Skip):
            meant = (
                values[row] if OTHER in told[key] else None
            )  # another name than the place's own is never told under that of another place
            notes.add((column.name, meant, *told[key]), partial(_note, raw, row, column, values[row], told[key], standard))
    stating = {key for key, why in told.items() if not UNITS.isdisjoint(why)} if column.per else ()
    own = {row: own_unit(cells[row]) for row, key in enumerate(keys) if key in stating} if stating else {}
    return values, odd, own


def _any_odd(values: Iterable[Any]) -> bool:
    return any(isinstance(value, BadCell | _Skip) for value in values)


def _note(raw: RawTable, row: int, column: Column, value: Any, why: Sequence[Text], standard: Standard) -> Fault:
    """What was made of a cell, and why."""
    shown = quoted(raw.rows[row][raw.columns[column.name]])
    meant = label_of(column.kind, value, standard)
    zh, en = listed((each.zh for each in why), "zh"), listed((each.en for each in why), "en")
    return Fault(raw.at(row, column.name), Text(f"“{shown}”读作 {meant.zh}：{zh}", f"'{shown}' read as {meant.en}: {en}"))


def _read_cell(cell: Cell, column: Column, table: Table, read: CellReader, standard: Standard, manner: Manner) -> Any:
    if is_blank(cell):
        if column.empty:
            return empty_value(column, standard)
        zh, en = (f"：{column.needs.zh}", f": {column.needs.en}") if column.needs else ("", "")
        return BadCell(f"“{column.label.zh}”不能为空{zh}", f"'{column.name}' cannot be empty{en}")
    try:
        readable(cell)
        return read(cell, manner)
    except BadCell as bad:
        word = squeezed(written(cell)) if column.name in table.key else ""
        if word in (column.name, *map(squeezed, (*column.label, *column.others))):
            return _Skip.HEADING
        return _Skip.TOTAL if is_total(word) else bad


def _no_double_rows(rows: Rows, standard: Standard, faults: Faults) -> None:
    key = rows.raw.table.key
    kind_of = {column.name: column.kind for column in rows.raw.table.columns}
    first: dict[tuple[Any, ...], int] = {}
    for row, values in enumerate(zip(*(rows.columns[name] for name in key), strict=True)):
        earlier = first.setdefault(values, row)
        if earlier != row:
            line = rows.raw.lines[rows.kept[earlier]]
            given = [(kind_of[name], value) for name, value in zip(key, values, strict=True) if value not in (None, "")]
            zh = listed((label_of(kind, value, standard).zh for kind, value in given), "zh")
            en = listed((str(value) for _, value in given), "en")
            faults.add(rows.at(row, key[0]), f"与第 {line} 行重复：{zh}", f"repeats row {line} ({en})")


def _no_double_counting(rows: Rows, series: str, years: bool, standard: Standard, faults: Faults) -> None:
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
                line = rows.raw.lines[rows.kept[given[name, above, stamp]]]
                zh, en = places.label(above)
                when = f"（{stamp} 年）" if years else ""
                faults.add(
                    rows.at(row, "place"),
                    f"“{label_of(kind, name, standard).zh}”{when}在{places.label(place).zh}与其上级{zh}（第 {line} 行）都有填报，会重复计算",
                    f"'{name}'{f' in {stamp}' if years else ''} is given for {place} and for {above} ({en}, row {line}) above it: it would be counted twice",
                )


def _no_mirrored_overlap(rows: Rows | None, faults: Faults) -> None:
    """One pair of benefits in one place and year stands once, whichever is named first."""
    seen: dict[tuple[Any, ...], int] = {}
    if rows is None:
        return
    columns = (rows.columns[name] for name in ("beneficiary", "other", "place", "year"))
    for row, (one, other, place, year) in enumerate(zip(*columns, strict=True)):
        earlier = seen.setdefault((frozenset((one, other)), place, year), row)
        if earlier != row:
            line = rows.raw.lines[rows.kept[earlier]]
            faults.add(rows.at(row, "beneficiary"), f"与第 {line} 行是同一对受益对象", f"is the same pair as row {line}")


def _no_regional_base(rows: Rows | None, places: Places, faults: Faults) -> None:
    if rows is None:
        return
    for row, place in enumerate(rows.columns["place"]):
        if place == places.root:
            item = rows.columns["item"][row]
            faults.add(
                rows.at(row, "place"),
                f"第{item}项的2015年基数应按地（州、市）或县（市、区）填报，不能全区合并",
                f"the base amount of item {item} is given for a prefecture or a county, not for the region as a whole",
            )


def _unlikely(tables: Mapping[str, Rows], standard: Standard) -> Iterable[Fault]:
    """Combinations of counts that are hard to believe; they warn and never refuse."""
    rows = tables.get("beneficiaries")
    if rows is None:
        return
    names, places, years, counts = (rows.columns[name] for name in ("beneficiary", "place", "year", "count"))
    given = {(name, place, year): value for name, place, year, value in zip(names, places, years, counts, strict=True)}
    expected = {line.beneficiary: line.expected_in for line in standard.lines.values() if line.expected_in}
    members = {group: standard.places.mask([group]) for group in set(expected.values())}
    for row, (name, place, year, value) in enumerate(zip(names, places, years, counts, strict=True)):
        within = standard.beneficiaries[name].within
        around = [given[key] for other in within if (key := (other, place, year)) in given]
        if within and len(around) == len(within) and value > sum(around):
            own, others = standard.beneficiaries[name].name.zh, "与".join(standard.beneficiaries[other].name.zh for other in within)
            zh = f"{own} {value:,.0f} 超过{others}合计 {sum(around):,.0f}"
            message = Text(zh, f"{name}: {value:,.0f} exceed {' and '.join(within)} together: {sum(around):,.0f}")
            yield Fault(rows.at(row, "count"), message)
        group = expected.get(name)
        if group and value and not members[group][[standard.places.index[code] for code in standard.places.leaves(place)]].any():
            label = standard.places.label(group)
            yield Fault(
                rows.at(row, "place"), Text(f"{standard.places.label(place).zh}不在{label.zh}内", f"{place} is not among: {label.en}")
            )


def _accounts(tables: Iterable[Rows], faults: Sequence[Fault] = ()) -> Iterator[Fault]:
    """Where the rows of each table went; a row with any fault counts as refused."""
    for rows in tables:
        refused = {line for fault in faults if (line := rows.raw.line_of(fault.where)) is not None}
        bad = len(refused & {rows.raw.lines[row] for row in rows.kept})
        tally = replace(rows.tally, used=rows.tally.used - bad, refused=rows.tally.refused + bad)
        if tally.rows:
            yield Fault(rows.raw.name, tally.words)


def _digest(tables: Iterable[Rows]) -> str:
    """A fingerprint of what was read, the same for CSV and workbook."""
    digest = hashlib.sha256()
    for rows in sorted(tables, key=lambda rows: rows.name):
        digest.update(repr((rows.name, sorted(rows.columns.items()))).encode())
    return digest.hexdigest()
