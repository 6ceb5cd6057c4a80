"""Reads what a scenario file changes against its standard."""

from __future__ import annotations

from collections.abc import Collection

from fiscal_model.records.bind import Nodes, bind
from fiscal_model.records.node import Node
from fiscal_model.scenario.entries import KINDS, Entry
from fiscal_model.standard.names import QUESTION
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import Text


def read_entries(parts: Nodes, standard: Standard) -> tuple[Entry, ...]:
    """The entries of every kind, each kind held against one another; what is wrong is noted and the
    entry left out.
    """
    return tuple(entry for kind in KINDS for entry in _of_kind(parts, kind, standard))


def _of_kind(parts: Nodes, kind: type[Entry], standard: Standard) -> Collection[Entry]:
    nodes = parts[kind.section].items() if kind.section in parts else ()
    found = [entry for node in nodes if (entry := read_entry(node, kind, standard))]
    seen: dict[tuple[object, ...], str] = {}
    for entry in found:
        start = entry.start and (entry.start.start(entry.accrual(standard)), entry.start.order)
        for change in entry.changes():
            key = (*entry.target, change, entry.mask.tobytes(), start)
            earlier = seen.setdefault(key, entry.at)
            if earlier != entry.at:
                parts[kind.section].faults.add(entry.at, "entry-repeated", earlier=earlier)
    return found


def read_entry(node: Node, kind: type[Entry], standard: Standard) -> Entry | None:
    """One entry."""
    return bind(node, kind, standard, at=node.at, places=standard.places)


def read_readings(parts: Nodes, standard: Standard) -> dict[str, str]:
    """The options chosen."""
    chosen: dict[str, str] = {}
    for node in parts["readings"].entries().values() if "readings" in parts else ():
        key = node.key or node
        known = key.one_of(standard.names.among(QUESTION), Text("口径", "reading"))
        if known in chosen:
            key.fault("reading-chosen-twice", reading=known)
        elif known and (
            option := node.one_of(
                standard.readings[known].options,
                Text(f"口径 {known} 的选项", f"option of reading {known}"),
            )
        ):
            chosen[known] = option
    return chosen
