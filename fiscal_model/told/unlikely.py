"""Figures that are hard to believe; they warn and never refuse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Final

import numpy as np

from fiscal_model.arrays import Floats, Ints, Mask
from fiscal_model.engine.program import Program
from fiscal_model.errors import Fault
from fiscal_model.inputs.labels import label_of
from fiscal_model.inputs.model import Rows
from fiscal_model.inputs.tables import TABLES, Column
from fiscal_model.messages.message import Arg, Message, message
from fiscal_model.standard.rules import Limits, Line, Standard
from fiscal_model.told.doubts import Found, alike
from fiscal_model.told.set_aside import without_rates
from fiscal_model.vocabulary import LANGS, Text

FAR: Final = 10.0
"""How many times a figure may be another of its series, or its stated rate, before it is told."""
FIGURES: Final = ("count", "money", "number")
"""Kinds of columns that hold a figure of a series."""
PART: Final = "document"
"""The column by which the money of one year is told in parts: their sum is the figure of the
series.
"""
CALENDAR: Final = 10_000
"""More than any year, to number a series and year together."""


def unlikely(program: Program) -> Iterator[Fault]:
    """Figures far from their own series or their stated rate, rates beyond the limits of the text,
    and counts where nobody is expected.
    """
    standard, tables = program.standard, program.applied.inputs.tables
    for rows in tables.values():
        yield from alike(_far_from_series(rows, standard))
    if rates := tables.get("rates"):
        yield from alike(_far_from_stated(rates, program))
        yield from alike(_beyond_limits(rates, standard))
    if counts := tables.get("beneficiaries"):
        yield from alike(_more_than_all(counts, standard))
        yield from alike(_misplaced(counts, standard))


def times(figure: float, other: float) -> Message:
    """How often one figure is the other, or which part of it."""
    more = figure > other
    ratio = figure / other if more else other / figure
    shown = f"{ratio:,.0f}" if ratio >= FAR else f"{ratio:,.1f}"
    return message("ratio-times", ratio=shown) if more else message("ratio-part", ratio=shown)


def is_far(figure: Floats | float, other: Floats | float) -> Any:
    """Whether a figure is ten times another or a tenth of it, or beyond; zero is a statement of its
    own, and never far.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.divide(figure, other)
    return (
        (ratio > 0)
        & np.isfinite(ratio)
        & ((ratio >= FAR * (1 - 1e-9)) | (ratio <= (1 + 1e-9) / FAR))
    )


# Series: the rows of a table that differ in their year only


def _far_from_series(rows: Rows, standard: Standard) -> Iterator[Found]:
    """Each figure that is far from the middle one of its series (of two, from the earlier); in
    every column that holds figures.
    """
    table = rows.raw.table
    names = [column.name for column in table.columns]
    if "year" not in names or not len(rows):
        return
    figures = [
        column for column in table.columns if column.kind in FIGURES and column.name in rows.columns
    ]
    keys = [name for name in table.key if name not in ("year", PART)]
    number: dict[tuple[Any, ...], int] = {}
    series = np.array(
        [
            number.setdefault(key, len(number))
            for key in zip(*(rows.columns[name] for name in keys), strict=True)
        ],
        np.intp,
    )
    years = np.array(rows.columns["year"], np.intp)
    for column in figures:
        values = np.array(
            [np.nan if value is None else value for value in rows.columns[column.name]], np.float64
        )
        for n, own, other, year in _far(series, years, values):
            yield (
                (column.name, rows.columns[keys[0]][n]),
                partial(_series_fault, rows, column, keys, n, own, other, year, standard),
            )


def _far(series: Ints, years: Ints, values: Floats) -> Iterator[tuple[int, float, float, int]]:
    """The rows with a figure far from the middle of their series, the figure, the middle one and
    its year; figures of one series and year are added up.
    """
    kept = np.flatnonzero(~np.isnan(values) & (values != 0))
    if not len(kept):
        return
    cells, first, cell = np.unique(
        series[kept] * CALENDAR + years[kept], return_index=True, return_inverse=True
    )
    sums = np.bincount(cell.ravel(), values[kept])
    some = sums != 0
    cells, sums, row = cells[some], sums[some], kept[first[some]]
    of = cells // CALENDAR
    starts = np.flatnonzero(np.diff(of, prepend=-1))
    ends = np.r_[starts[1:], len(of)]
    high, low = np.maximum.reduceat(np.abs(sums), starts), np.minimum.reduceat(np.abs(sums), starts)
    for n in np.flatnonzero((ends - starts > 1) & is_far(high, low)).tolist():
        mine = np.arange(starts[n], ends[n])
        order = mine[np.argsort(np.abs(sums[mine]), kind="stable")]
        middle = mine[0] if len(mine) == 2 else order[(len(order) - 1) // 2]
        for k in mine[is_far(np.abs(sums[mine]), np.abs(sums[middle]))].tolist():
            yield int(row[k]), float(sums[k]), float(sums[middle]), int(cells[middle] % CALENDAR)


def _series_fault(
    rows: Rows,
    column: Column,
    keys: Sequence[str],
    n: int,
    value: float,
    other: float,
    year: int,
    standard: Standard,
) -> Fault:
    told = message(
        "figure-far-from-series",
        what=_named(rows, keys, n, standard),
        column=Text(column.label.zh, column.name),
        year=rows.columns["year"][n],
        figure=value,
        ratio=times(abs(value), abs(other)),
        other_year=year,
        other=other,
    )
    return Fault(rows.at(n, column.name), told)


def _named(rows: Rows, keys: Sequence[str], n: int, standard: Standard) -> Text:
    """What a row is of, in words."""
    kinds = {column.name: column.kind for column in rows.raw.table.columns}
    given = [
        (kinds[key], rows.columns[key][n]) for key in keys if rows.columns[key][n] not in (None, "")
    ]
    labels = [
        standard.places.label(value) if kind == "place" else label_of(kind, value, standard)
        for kind, value in given
    ]
    words = labels or [TABLES[rows.name].label]
    zh, en = (" ".join(each.to(lang) for each in words) for lang in LANGS)
    return Text(f"“{zh}”", f"'{en}'")


# Rates


def _far_from_stated(rows: Rows, program: Program) -> Iterator[Found]:
    """Each supplied rate that is far from the one that the standard or the shipped foundations
    state for its place and year, or first state.
    """
    standard, inputs = program.standard, program.applied.inputs
    lines, places, years, rates = (rows.columns[name] for name in ("line", "place", "year", "rate"))
    span = range(min(*years, *program.years), max(*years, *program.years) + 1)
    for code in dict.fromkeys(lines):
        mine = [n for n, line in enumerate(lines) if line == code]
        stated = without_rates(
            standard.lines[code], standard, program.scenario, inputs, span
        ).effective(span)
        if np.isnan(stated).all():
            continue
        first = np.argmax(~np.isnan(stated), axis=1)
        for n in mine:
            p = standard.places.speaker(places[n])
            rate = stated[p, years[n] - span[0]]
            rate = float(stated[p, first[p]] if np.isnan(rate) else rate)
            if is_far(rates[n], rate):
                yield (
                    code,
                    partial(_told_at, rows, n, "rate", far_rate(standard, code, rates[n], rate)),
                )


def _told_at(rows: Rows, n: int, column: str, told: Message) -> Fault:
    return Fault(rows.at(n, column), told)


def far_rate(standard: Standard, code: str, rate: float, stated: float) -> Message:
    """That a rate is far from the one that is stated."""
    line = standard.lines[code]
    return message(
        "rate-far-from-stated",
        line=Text(line.name.zh, code),
        rate=rate,
        ratio=times(rate, stated),
        stated=stated,
        per=line.per,
    )


def _beyond_limits(rows: Rows, standard: Standard) -> Iterator[Found]:
    for n, (code, rate) in enumerate(zip(rows.columns["line"], rows.columns["rate"], strict=True)):
        if told := beyond_limits(standard, code, rate):
            yield code, partial(_told_at, rows, n, "rate", told)


def beyond_limits(standard: Standard, code: str, rate: float) -> Message | None:
    """That a rate lies outside the limits that the text sets, with its words."""
    line = standard.lines[code]
    limits = line.limits
    if limits is None or (limits.least or 0) <= rate <= (
        rate if limits.most is None else limits.most
    ):
        return None
    return message(
        "rate-beyond-limits",
        item=line.item,
        line=Text(line.name.zh, code),
        rate=rate,
        limits=_range(limits),
        phrase=limits.clause.phrase,
    )


def _range(limits: Limits) -> Message:
    least, most = f"{limits.least or 0:,}", f"{limits.most or 0:,}"
    if limits.least is None:
        return message("limits-most", most=most)
    if limits.most is None:
        return message("limits-least", least=least)
    return message("limits-between", least=least, most=most)


# Counts


def _more_than_all(rows: Rows, standard: Standard) -> Iterator[Found]:
    """Counts that exceed those of whom they are a part."""
    columns = [rows.columns[name] for name in ("beneficiary", "place", "year", "count")]
    given = {(name, place, year): value for name, place, year, value in zip(*columns, strict=True)}
    for n, (name, place, year, value) in enumerate(zip(*columns, strict=True)):
        within = standard.beneficiaries[name].within
        around = [given[key] for other in within if (key := (other, place, year)) in given]
        if within and len(around) == len(within) and value > sum(around):
            others = "与".join(standard.beneficiaries[other].name.zh for other in within)
            told = message(
                "count-above-whole",
                beneficiary=Text(standard.beneficiaries[name].name.zh, name),
                count=value,
                whole=Text(others, " and ".join(within)),
                total=sum(around),
            )
            yield name, partial(_told_at, rows, n, "count", told)


def _misplaced(rows: Rows, standard: Standard) -> Iterator[Found]:
    """Counts in places that none of their lines is for."""
    places, feeding = standard.places, dict[str | None, list[Line]]()
    for line in standard.lines.values():
        feeding.setdefault(line.beneficiary, []).append(line)
    fits = {
        name: _where_expected(feeding.get(name, ()), standard)
        for name in dict.fromkeys(rows.columns["beneficiary"])
    }
    for n, (name, place, value) in enumerate(
        zip(*(rows.columns[each] for each in ("beneficiary", "place", "count")), strict=True)
    ):
        expected, why = fits[name]
        if value and expected is not None and not expected[places.at(places.leaves(place))].any():
            told = message(
                "count-misplaced",
                beneficiary=Text(standard.beneficiaries[name].name.zh, name),
                count=value,
                place=Text(places.label(place).zh, place),
                why=why,
            )
            yield name, partial(_told_at, rows, n, "place", told)


def _where_expected(lines: Sequence[Line], standard: Standard) -> tuple[Mask | None, Arg]:
    """Where a beneficiary of some lines is expected (None: anywhere), and what to say of other
    places.
    """
    places = standard.places
    if not lines or any(not (line.expected_in or line.outside) for line in lines):
        return None, ""
    expected = np.zeros(len(places), bool)
    for line in lines:
        expected |= (
            places.mask([line.expected_in])
            if line.expected_in
            else ~places.mask([line.outside.group] if line.outside else [])
        )
    line = lines[0]
    if line.outside:
        return expected, message(
            "place-ruled-otherwise",
            group=places.label(line.outside.group),
            item=line.item,
            phrase=line.outside.clause.phrase,
        )
    return expected, message("place-not-among", group=places.label(line.expected_in))
