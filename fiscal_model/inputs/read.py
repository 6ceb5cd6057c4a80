"""Reads input tables, collects every fault with its cell, and checks what only several rows together can show."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from fiscal_model.errors import Fault, Faults, fault
from fiscal_model.inputs.cells import BadCell, empty_value, readers
from fiscal_model.inputs.model import Inputs, Rows
from fiscal_model.inputs.source import Cell, RawTable, is_blank, read_source
from fiscal_model.inputs.tables import NOTES, Column
from fiscal_model.standard.places import Places
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import Text

EMBEDDED = Path(__file__).parent / "embedded"


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
            faults.add(raw.file, f"表“{raw.table.name}”出现两次", f"table '{raw.table.name}' stands twice")
            continue
        tables[raw.table.name] = _typed(raw, read, standard, faults)
    if not faults.found and not any(len(tables.get(name, ())) for name in ("beneficiaries", "amounts")):
        faults.add(shown, "没有数据：至少需要 beneficiaries 或 amounts 表", "no data: at least table beneficiaries or amounts is needed")
    for rows in tables.values():
        _no_double_rows(rows, faults)
    for name, series, years in (("beneficiaries", "beneficiary", True), ("amounts", "line", True), ("bases_2015", "item", False)):
        if name in tables:
            _no_double_counting(tables[name], series, years, standard.places, faults)
    _no_mirrored_overlap(tables.get("overlaps"), faults)
    _no_regional_base(tables.get("bases_2015"), standard.places, faults)
    faults.raise_if_any()
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


def _typed(raw: RawTable, read: Mapping[str, Callable[[Any], Any]], standard: Standard, faults: Faults) -> Rows:
    """Every column read cell by cell; equal cells are read once. Rows with a fault are left out."""
    spoilt: dict[int, list[tuple[str, BadCell]]] = {}
    columns: dict[str, list[Any]] = {}
    for column in (*raw.table.columns, *NOTES):
        if column.name not in raw.columns:
            if column.empty and column not in NOTES:
                columns[column.name] = [empty_value(column, standard)] * len(raw.rows)
            continue
        position = raw.columns[column.name]
        seen: dict[tuple[type, Cell], Any] = {}
        values: list[Any] = []
        for row, cells in enumerate(raw.rows):
            cell = cells[position]
            key = (cell.__class__, cell)
            value = seen[key] if key in seen else seen.setdefault(key, _read_cell(cell, column, read, standard))
            if isinstance(value, BadCell):
                spoilt.setdefault(row, []).append((column.name, value))
            values.append(value)
        columns[column.name] = values
    for row, bad in sorted(spoilt.items()):
        for name, cause in bad:
            faults.add(raw.at(row, name), cause.message.zh, cause.message.en)
    kept = [row for row in range(len(raw.rows)) if row not in spoilt]
    if spoilt:
        columns = {name: [values[row] for row in kept] for name, values in columns.items()}
    return Rows(raw.table.name, columns, raw, kept)


def _read_cell(cell: Cell, column: Column, read: Mapping[str, Callable[[Any], Any]], standard: Standard) -> Any:
    if is_blank(cell):
        if column.empty:
            return empty_value(column, standard)
        return BadCell(f"“{column.name}”不能为空", f"'{column.name}' cannot be empty")
    try:
        return read[column.kind](cell)
    except BadCell as bad:
        return bad


def _no_double_rows(rows: Rows, faults: Faults) -> None:
    key = rows.raw.table.key
    first: dict[tuple[Any, ...], int] = {}
    for row, values in enumerate(zip(*(rows.columns[name] for name in key), strict=True)):
        earlier = first.setdefault(values, row)
        if earlier != row:
            line = rows.raw.lines[rows.kept[earlier]]
            what = "、".join(str(value) for value in values if value not in (None, ""))
            faults.add(rows.at(row, key[0]), f"与第 {line} 行重复（{what}）", f"repeats row {line} ({what})")


def _no_double_counting(rows: Rows, series: str, years: bool, places: Places, faults: Faults) -> None:
    """A place and a place above it must not both be given for one series and year."""
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
                    f"“{name}”{when}在{places.label(place).zh}与其上级{zh}（第 {line} 行）都有填报，会重复计算",
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
            zh = "与".join(standard.beneficiaries[other].name.zh for other in within)
            message = Text(
                f"{value:,.0f} 超过{zh}合计 {sum(around):,.0f}", f"{value:,.0f} exceed {' and '.join(within)} together: {sum(around):,.0f}"
            )
            yield Fault(rows.at(row, "count"), message)
        group = expected.get(name)
        if group and value and not members[group][[standard.places.index[code] for code in standard.places.leaves(place)]].any():
            label = standard.places.label(group)
            yield Fault(
                rows.at(row, "place"), Text(f"{standard.places.label(place).zh}不在{label.zh}内", f"{place} is not among: {label.en}")
            )


def _digest(tables: Iterable[Rows]) -> str:
    """A fingerprint of what was read, the same for CSV and workbook."""
    digest = hashlib.sha256()
    for rows in sorted(tables, key=lambda rows: rows.name):
        digest.update(repr((rows.name, sorted(rows.columns.items()))).encode())
    return digest.hexdigest()
