"""Lines, items and beneficiaries that a scenario file adds to a standard, written as in the standard's own files.

::

    new:
      beneficiaries: {bus_pupil: {zh: 乘校车学生, en: bus pupils, unit: 人}}
      lines:
        - {item: 11, line: school_bus, name: 校车补助, beneficiary: bus_pupil, per: 年, accrual: calendar_year, rates: [{rate: 500, from: 2026}]}
      items:
        - {item: 81, name: 托育服务, section: 1, responsibility: quantified, lines: [...], split: {...}}
"""

from __future__ import annotations

from dataclasses import replace

from fiscal_model.errors import Faults
from fiscal_model.standard.read_items import ItemReader, optional_list, read_beneficiaries, read_items
from fiscal_model.standard.rules import Item, Line, Standard
from fiscal_model.strict_yaml import Node


def extended(standard: Standard, node: Node, faults: Faults) -> Standard:
    """``standard`` with what ``node`` adds; a new line follows the split of its item. A code or number in use is a fault."""
    parts = node.mapping((), ("beneficiaries", "lines", "items"))
    if not any(part.value for part in parts.values()):
        node.fault("“new”是空的", "'new' is empty")
    added = read_beneficiaries([parts["beneficiaries"]], standard.beneficiaries) if "beneficiaries" in parts else {}
    beneficiaries = {**standard.beneficiaries, **added}
    reader = ItemReader(faults, standard.places, beneficiaries, standard.indexes, standard.sections, standard.rates_from, "user")
    reader.codes |= set(standard.lines)
    items = dict(standard.items)
    for each in optional_list(parts, "lines"):
        found = _line(reader, each, standard)
        if found:
            item, line = found
            items[item.number] = replace(items[item.number], lines=(*items[item.number].lines, line))
    if "items" in parts:
        items = read_items(reader, [parts["items"]], node.file, items)
    return replace(standard, beneficiaries=beneficiaries, items=items)


def _line(reader: ItemReader, node: Node, standard: Standard) -> tuple[Item, Line] | None:
    """A new line of an item that has lines of its own, to whose split it is put."""
    entries = dict(node.entries())
    number = entries.pop("item", None)
    if number is None:
        node.fault("缺少“item”：新支出项属于哪一项", "'item' is missing: which item the new line belongs to")
        return None
    written = number.one_of(tuple(str(known) for known in standard.items), "服务项目", "item")
    item = standard.items[int(written)] if written else None
    if item and item.paid_in:
        number.fault(
            f"第{item.number}项由第{item.paid_in.item}项支付，没有自己的支出项", f"item {item.number} is paid in item {item.paid_in.item}"
        )
        return None
    options = {reading.code: tuple(reading.options) for reading in item.readings} if item else {}
    line = reader.line(item.number if item else 0, replace(node, value=entries), options)
    return (item, line) if item and line else None
