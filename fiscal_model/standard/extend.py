"""Lines, items and beneficiaries that a scenario file adds to a standard, written as in the
standard's own files.

::

    new:
      beneficiaries: {bus_pupil: {zh: 乘校车学生, en: bus pupils, unit: 人}}
      lines:
        - {item: 11, line: school_bus, name: 校车补助, beneficiary: bus_pupil, per: 年, accrual:
          calendar_year, rates: [{rate: 500, from: 2026}]}
      items:
        - {item: 81, name: 托育服务, section: 1, responsibility: quantified, lines: [...], split:
          {...}}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from fiscal_model.errors import Faults
from fiscal_model.records.node import Node
from fiscal_model.standard.names import ITEM, beneficiary_names
from fiscal_model.standard.read_items import (
    ItemReader,
    optional_list,
    read_beneficiaries,
    read_items,
)
from fiscal_model.standard.rules import Item, Line, Standard
from fiscal_model.vocabulary import Text, in_both, names_of

Code = TypeVar("Code", str, int)
Added = TypeVar("Added")


def extended(standard: Standard, node: Node, faults: Faults) -> Standard:
    """``standard`` with what ``node`` adds; a new line follows the split of its item. A code or
    number in use is a fault.
    """
    parts = node.mapping((), ("beneficiaries", "lines", "items"))
    if not any(part.value for part in parts.values()):
        node.fault("new-empty")
    added = (
        read_beneficiaries([parts["beneficiaries"]], standard.beneficiaries, "user", standard.words)
        if "beneficiaries" in parts
        else {}
    )
    beneficiaries = {**standard.beneficiaries, **added}
    reader = ItemReader(
        faults,
        standard.places,
        beneficiary_names(names_of(beneficiaries), standard.words),
        standard.indexes,
        standard.sections,
        standard.rates_from,
        "user",
        standard.kinds,
        standard.payers,
        standard.base_amount,
    )
    reader.codes |= set(standard.lines)
    items = dict(standard.items)
    for each in optional_list(parts, "lines"):
        found = _line(reader, each, standard)
        if found:
            item, line = found
            items[item.number] = replace(
                items[item.number], lines=(*items[item.number].lines, line)
            )
    if "items" in parts:
        items = read_items(reader, [parts["items"]], node.file, items)
    return replace(standard, beneficiaries=beneficiaries, items=items)


def _line(reader: ItemReader, node: Node, standard: Standard) -> tuple[Item, Line] | None:
    """A new line of an item that has lines of its own, to whose split it is put."""
    entries = dict(node.entries())
    number = entries.pop("item", None)
    if number is None:
        node.fault("new-line-without-item")
        return None
    written = number.one_of(standard.names.among(ITEM), Text("服务项目", "item"))
    item = standard.items[int(written)] if written else None
    if item and item.paid_in:
        number.fault("new-line-of-item-paid-elsewhere", item=item.number, carrier=item.paid_in.item)
        return None
    reader.readings = {reading.code: reading.options for reading in item.readings} if item else {}
    line = reader.line(item.number if item else 0, replace(node, value=entries))
    return (item, line) if item and line else None


def union(standards: Sequence[Standard]) -> Standard:
    """One standard with what each of several extensions of the same standard adds.

    Raises:
        FiscalModelError: a code or number stands for two different things, or the standards are not
            extensions of one.

    """
    first, faults = standards[0], Faults()
    if strange := [each.code for each in standards if each.code != first.code]:
        codes = dict.fromkeys([first.code, *strange])
        faults.add("", "standards-differ", standards=in_both(codes))
    faults.raise_if_any()
    beneficiaries, items = dict(first.beneficiaries), dict(first.items)
    for other in standards[1:]:
        if other is first:
            continue
        _add(beneficiaries, other.beneficiaries, Text("受益对象", "beneficiary"), faults)
        _add(
            lines := {line.code: line for item in items.values() for line in item.lines},
            other.lines,
            Text("支出项", "line"),
            faults,
        )
        for number, item in other.items.items():
            mine = items.setdefault(number, item)
            if replace(mine, lines=()) != replace(item, lines=()):
                faults.add("", "item-differs-by-scenario", item=number)
            new = [
                line
                for line in item.lines
                if line.code not in {each.code for each in mine.lines} and lines[line.code] is line
            ]
            items[number] = replace(mine, lines=(*mine.lines, *new)) if new else mine
    faults.raise_if_any()
    return (
        first
        if items == first.items and beneficiaries == first.beneficiaries
        else replace(first, beneficiaries=beneficiaries, items=items)
    )


def _add(known: dict[Code, Added], other: Mapping[Code, Added], what: Text, faults: Faults) -> None:
    """Adds what is not known; one code for two things is a fault."""
    for code, each in other.items():
        if known.setdefault(code, each) != each:
            faults.add("", "code-differs-by-scenario", what=what, code=code)
