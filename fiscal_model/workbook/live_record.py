"""What a live report records of its inputs: every cell that may be changed as it was written, of
which input table it is a figure, and the inputs as they were supplied.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from fiscal_model.inputs.tables import NOTES, TABLES
from fiscal_model.workbook.columns import Column, Table
from fiscal_model.workbook.context import Report
from fiscal_model.workbook.input_rows import RateRow
from fiscal_model.workbook.layout import Layout
from fiscal_model.workbook.parameter_sheet import base_rows, county_rows
from fiscal_model.workbook.record import (
    BY_SCENARIO,
    EMPTY,
    FORMULA,
    HEADING,
    SUPPLIED,
    Record,
    Strip,
    write_record,
)

MAY_CHANGE = ("input_", "projected_")
"""How the looks of cells begin that may be changed."""


def live_record(report: Report, layout: Layout) -> None:
    """Writes the record of a live report."""
    strips = [
        strip
        for tables in layout
        for table in tables
        if not table.left_out
        for strip in _strips(table, _figures(report, table))
    ]
    strips += _supplied(report)
    illustrative = report.budget.inputs.illustrative
    name = report.budget.scenario.name
    write_record(report.book, Record("report", name, {}, strips, illustrative))


def _figures(report: Report, table: Table) -> Sequence[tuple[str, ...]]:
    """The input table and the codes of each row of a live table; none for those of rules."""
    model, budget = report.model, report.budget
    years = ",".join(map(str, budget.years))
    match table.name:
        case "quantities":
            return [
                (
                    "beneficiaries" if row.kind == "count" else "amounts",
                    row.series,
                    row.place,
                    years,
                )
                for row in model.inputs.quantities
            ]
        case "rates":
            lines = budget.program.lines
            return [
                ("rates", lines[row.line].code, ",".join(row.places), years, _stated(report, row))
                if row.line >= 0
                else ()
                for row in model.inputs.rates
            ]
        case "overlaps":
            return [
                ("overlaps", row.first, row.other, row.place, str(budget.years[row.year]))
                for row in model.inputs.overlaps
            ]
        case "base_sums":
            return [("bases_2015", str(item), code) for item, code in base_rows(model)]
        case "county_shares":
            return [
                ("local_split", "" if item == "None" else item, code)
                for item, code in county_rows(model)
            ]
    return [()] * table.rows


def _stated(report: Report, row: RateRow) -> str:
    """Says of a rate that the scenario states it, over whatever is supplied; else nothing."""
    entries = {
        id(entry)
        for scenario in report.budget.scenario.chain()
        if not scenario.below_inputs
        for entry in scenario.entries
    }
    return BY_SCENARIO if any(id(source) in entries for source in row.sources) else ""


def _strips(table: Table, of: Sequence[tuple[str, ...]]) -> Iterator[Strip]:
    """The headings of a table and its rows, where cells of it may be changed: the first cell, by
    which a row is found, and those cells.
    """
    open_rows = {k: _open_rows(column, table.rows) for k, column in enumerate(table.columns)}
    open_columns = [k for k, rows in open_rows.items() if rows]
    if not open_columns:
        return
    yield Strip(table.sheet, table.top, 0, [_plain(c.title) for c in table.columns], (HEADING,))
    for n in range(table.rows):
        here = [k for k in open_columns if n in open_rows[k]]
        if here:
            cells: list[Any] = [None] * (here[-1] + 1)
            cells[0] = _plain(table.columns[0].values[n])
            for k in here:
                cells[k] = _written(table.columns[k], n)
            yield Strip(table.sheet, table.top + n + 1, 0, cells, of[n])


def _open_rows(column: Column, rows: int) -> Collection[int]:
    """The rows in which a column may be changed."""
    if isinstance(column.look, str):
        if not column.look.startswith(MAY_CHANGE):
            return ()
        return range(rows) if column.rows is None else column.rows
    return {n for n, look in enumerate(column.look) if look.startswith(MAY_CHANGE)}


def _written(column: Column, n: int) -> Any:
    formula = column.formula
    if formula is not None and (isinstance(formula, str) or formula[n]):
        return FORMULA
    value = _plain(column.values[n])
    return EMPTY if value == "" else value


def _plain(value: Any) -> Any:
    """A value as a cell holds it: a dash for what is missing."""
    return "—" if value is None or value != value else value


def _supplied(report: Report) -> Iterator[Strip]:
    """The rows of the inputs for the places of the workbook, those above and those below."""
    budget, places = report.budget, report.budget.standard.places
    wanted: set[str] | None = None
    if report.shown.at is not None:
        here = {budget.places[p] for p in set(report.model.cells[1].tolist())}
        wanted = {each for code in here for each in (*places.below(code), *places.ancestors(code))}
    for name, rows in budget.inputs.tables.items():
        columns = [*TABLES[name].columns, *NOTES]
        for n in range(len(rows)):
            cells = [
                rows.columns[each.name][n] if each.name in rows.columns else "" for each in columns
            ]
            if wanted is None or "place" not in rows.columns or rows.columns["place"][n] in wanted:
                yield Strip(SUPPLIED, 0, 0, cells, (name,))
