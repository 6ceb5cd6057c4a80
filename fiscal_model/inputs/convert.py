"""Figures given in another unit than that of their row: converted where that is exact, else
refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from fiscal_model.errors import Fault, Faults, shortened
from fiscal_model.inputs.labels import label_of
from fiscal_model.inputs.measures import Measure, factor, measure
from fiscal_model.inputs.raw import RawTable
from fiscal_model.inputs.tables import Column
from fiscal_model.inputs.units import NO_UNIT, Unit, merged
from fiscal_model.messages.message import Arg, Message, message
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import NAMED, Text, first_of, in_both

_SAID_BY: Final = {"line": "line", "beneficiary": "beneficiary"}
"""The column that says what a figure is for, by the ``per`` of the figure's column."""


def converted(
    raw: RawTable,
    column: Column,
    columns: Mapping[str, list[Any]],
    kept: Sequence[int],
    own: Mapping[int, Unit],
    standard: Standard,
    faults: Faults,
) -> None:
    """Brings the figures of one column to what their rows are for. ``own`` are the units that
    single cells state.

    A unit that does not go with its row is a fault at the heading, or at the cell that states it.
    """
    unit = raw.units.get(column.name, NO_UNIT)
    if not (unit.whom or unit.period or own):
        return
    by = _SAID_BY.get(column.per)
    kind = next((each.kind for each in raw.table.columns if each.name == by), "")
    codes: Sequence[str] = columns[by] if by else [""] * len(raw.rows)
    first = {codes[row]: row for row in reversed(kept)}
    measures = {
        code: measure(column, code, standard) for code in sorted(first, key=first.__getitem__)
    }
    factors = {code: factor(unit, each) for code, each in measures.items()}
    names = {code: label_of(kind, code, standard) if by else column.label for code in measures}
    refused = [code for code, times in factors.items() if times is None]
    if refused:
        rows = {code: raw.lines[first[code]] for code in refused}
        faults.found.append(
            Fault(
                raw.heading_at(column.name),
                _refusal(unit, [(names[code], measures[code], rows[code]) for code in refused]),
            )
        )
    moved = {
        times: [names[code] for code in factors if factors[code] == times]
        for times in factors.values()
        if times and times != 1
    }
    faults.notes += [
        Fault(raw.heading_at(column.name), _note(unit, times, of)) for times, of in moved.items()
    ]
    values = columns[column.name]
    for row in kept if moved or own else ():
        times = factors[codes[row]]
        if times and row in own:
            both, each = merged(unit, own[row]), measures[codes[row]]
            times = factor(both, each) if both else None
            if times is None:
                faults.add(
                    raw.at(row, column.name),
                    "unit-not-of-row",
                    unit=shortened(own[row].written),
                    own=each.label,
                )
        if times and times != 1 and values[row] is not None:
            values[row] = float(Fraction(Decimal(repr(values[row]))) * times)


def _refusal(unit: Unit, rows: Sequence[tuple[Text, Measure, int]]) -> Message:
    """Where a unit does not fit, with what would."""
    named = in_both(
        message("row-in-unit", name=name, line=line, unit=each.label)
        for name, each, line in rows[:NAMED]
    )
    more = len(rows) - NAMED
    rest: Arg = message("more-rows-in-units", more=more) if more > 0 else ""
    return message("unit-not-convertible", unit=shortened(unit.written), rows=named, rest=rest)


def _note(unit: Unit, times: Fraction, names: Sequence[Text]) -> Message:
    """What was done with the figures of some rows."""
    done = (
        message("multiplied", by=str(times))
        if times.denominator == 1
        else message("divided", by=str(1 / times))
    )
    named = first_of(names, Text("种", ""))
    return message("unit-converted", unit=shortened(unit.written), done=done, names=named)
