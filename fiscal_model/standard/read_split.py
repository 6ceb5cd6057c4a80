"""Reads a split from YAML, in rule files and scenario files alike.

A node that chooses is known by its key::

    {cases: [{where: south4, split: {...}}, {split: {...}}]}         the first branch that matches
    {reading: 11a, options: {lesser_of: {...}, fixed: {...}}}        as the reading chosen

Everything else is a leaf, of the kind whose ``marks`` are among its keys: each file of
:mod:`fiscal_model.standard.kinds` says how its record is written. A payer may be given by name. A
leaf may carry ``cite`` (the operative phrase), or ``basis`` with ``source``.
"""

from __future__ import annotations

from fiscal_model.names import Unknown
from fiscal_model.records.node import Node
from fiscal_model.standard.kinds.reading import SplitContext, read_leaf
from fiscal_model.standard.names import AREA
from fiscal_model.standard.places import Places
from fiscal_model.standard.splits import ByReading, Cases, Split, When
from fiscal_model.vocabulary import Text


def read_split(node: Node, context: SplitContext) -> Split | None:
    """The split that a node states, or None after noting what is wrong."""
    before, keys = len(node.faults.found), node.entries()
    split: Split | None
    if "cases" in keys:
        split = _cases(node, context)
    elif "reading" in keys:
        split = _by_reading(node, context)
    else:
        split = read_leaf(node, context)
    if split is None and len(node.faults.found) == before:
        node.fault("split-empty")
    return split


def read_where(node: Node, places: Places) -> tuple[str, ...]:
    """A place, a group, or a list of them, as codes."""
    members: list[str] = []
    if node.value == []:
        node.fault("where-empty")
    for part in node.value if isinstance(node.value, list) else [node]:
        written = part.text()
        found = places.among(AREA).find(written)
        if not isinstance(found, Unknown):
            members.append(found.code)
        elif written:
            part.fault(found.message)
    return tuple(members)


def _cases(node: Node, context: SplitContext) -> Cases | None:
    branches: list[tuple[When, Split]] = []
    for branch in node.mapping(("cases",))["cases"].items():
        parts = branch.mapping(("split",), ("where", "lines", "condition"))
        when = When(
            read_where(parts["where"], context.places) if "where" in parts else (),
            (
                tuple(
                    line
                    for part in parts["lines"].items()
                    if (line := part.one_of(context.lines, Text("支出项", "line")))
                )
                if "lines" in parts
                else ()
            ),
            (
                (parts["condition"].one_of(context.conditions, Text("情形", "condition")) or "")
                if "condition" in parts
                else ""
            ),
        )
        if "split" in parts and (split := read_split(parts["split"], context)):
            branches.append((when, split))
    return Cases(tuple(branches)) if branches else None


def _by_reading(node: Node, context: SplitContext) -> ByReading | None:
    parts = node.mapping(("reading", "options"))
    if len(parts) < 2:
        return None
    reading = parts["reading"].one_of(context.questions, Text("口径", "reading"))
    options = parts["options"].entries()
    wanted = set(context.readings.get(reading or "", ()))
    if reading and set(options) != wanted:
        parts["options"].fault(
            "reading-options-wrong", reading=reading, options=", ".join(sorted(wanted))
        )
        return None
    chosen = {
        name: split for name, option in options.items() if (split := read_split(option, context))
    }
    return (
        ByReading(reading, tuple(chosen.items()))
        if reading and len(chosen) == len(wanted)
        else None
    )
