"""Reads a split from YAML, in rule files and scenario files alike.

The kind follows from the keys::

    {central: 8, rest: 2, of_rest: {region: 3, prefecture: 7}}       shares, nested to any depth
    {full: central}                                                  one payer
    {per_head: {region: 2154}, remainder: prefecture}                fixed yuan per beneficiary and year; with ``remainder_by: 10a``
                                                                     only that reading says who
                                                                     bears the remainder
    {base_amount: prefecture, increases: region, due: {...shares}} limited by the base amount
    (ratio: {...shares} where it has ended, if not due)
    {grants: [central], rest: {...shares, or open}}                  supplied amounts, then the rest
    {fund: NAME}                                                     an insurance fund
    {open: [central, region, prefecture]}                            no ratio is given
    {cases: [{where: south4, split: {...}}, {split: {...}}]}         the first branch that matches
    {reading: 11a, options: {lesser_of: {...}, fixed: {...}}}        as the reading chosen
A payer may be given by name; the weights of a division may all be percentages (``{central: 80%,
region: 12.5%, prefecture: 7.5%}``), which then add up to 100%. A leaf may carry ``cite`` (the
operative phrase), or ``basis`` with ``source``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from fiscal_model.names import Unknown, payer_names
from fiscal_model.records.node import Known, Node, text_of
from fiscal_model.standard.places import Places
from fiscal_model.standard.splits import (
    BaseAmount,
    ByReading,
    Cases,
    Clause,
    Fund,
    Grant,
    Open,
    PerHead,
    Shares,
    Split,
    When,
)
from fiscal_model.vocabulary import BASES, READING, RULE_PAYERS, UNALLOCATED, Text, listed

_NOTES = ("cite", "basis", "source", "note")
_PAYERS = payer_names(RULE_PAYERS)
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,4})?) ?[%％]")
LARGEST_WEIGHT = 10**6


@dataclass(frozen=True)
class SplitContext:
    """What the names in a split may refer to; ``lines`` with their names. A leaf that cites nothing
    rests on ``uncited``, if that is given.
    """

    places: Places
    lines: Known
    conditions: Collection[str]
    readings: Mapping[str, Collection[str]]
    field: str
    basis: str
    uncited: Clause | None = None


def read_split(node: Node, context: SplitContext) -> Split | None:
    """The split that a node states, or None after noting what is wrong."""
    before = len(node.faults.found)
    split = _read(node, context)
    if split is None and len(node.faults.found) == before:
        node.fault("这个分担办法是空的", "this split is empty")
    return split


def _read(node: Node, context: SplitContext) -> Split | None:
    keys = node.entries()
    if "cases" in keys:
        return _cases(node, context)
    if "reading" in keys:
        return _by_reading(node, context)
    if "per_head" in keys:
        return _per_head(node, context)
    if "base_amount" in keys:
        return _base_amount(node, context)
    if "grants" in keys:
        return _grant(node, context)
    if "fund" in keys:
        parts = node.mapping(("fund",), _NOTES)
        return Fund(text_of(parts["fund"]), clause_of(parts, context))
    if "open" in keys:
        parts = node.mapping(("open",), _NOTES)
        return Open(_payers(parts["open"]), clause_of(parts, context))
    if "full" in keys:
        parts = node.mapping(("full",), _NOTES)
        payer = _payer(parts["full"])
        return Shares(((payer, 1),), clause=clause_of(parts, context)) if payer else None
    return _shares(node, context)


def read_where(node: Node, places: Places) -> tuple[str, ...]:
    """A place, a group, or a list of them, as codes."""
    members: list[str] = []
    if node.value == []:
        node.fault("“where”不能是空列表", "'where' cannot be an empty list")
    for part in node.value if isinstance(node.value, list) else [node]:
        written = part.text()
        found = places.areas.find(written)
        if not isinstance(found, Unknown):
            members.append(found.code)
        elif written:
            part.fault(*found.message)
    return tuple(members)


def clause_of(parts: Mapping[str, Node], context: SplitContext) -> Clause | None:
    """The citation beside a figure; the phrase stands in ``context.field`` unless it says another
    field.
    """
    if "cite" in parts:
        cite = parts["cite"]
        if isinstance(cite.value, dict):
            inner = cite.mapping(("field", "phrase"))
            return (
                Clause("text", inner["field"].text(), inner["phrase"].text())
                if len(inner) == 2
                else None
            )
        return Clause("text", context.field, cite.text())
    source = source_of(parts)
    basis = parts["basis"].one_of(BASES, "依据", "basis") if "basis" in parts else context.basis
    if basis == "reference" and not source:
        parts.get("basis", next(iter(parts.values()))).fault(
            "依据为 reference 时须写明 source", "basis 'reference' needs its source"
        )
    return (
        Clause(basis or context.basis, source=source)
        if source or "basis" in parts
        else context.uncited
    )


def source_of(parts: Mapping[str, Node]) -> Text | None:
    """What a figure rests on, in its own words: ``source``, else ``note``."""
    node = parts.get("source", parts.get("note"))
    return text_of(node) if node else None


def _payer(node: Node) -> str | None:
    return node.one_of(_PAYERS, "承担主体", "payer")


def _payers(node: Node) -> tuple[str, ...]:
    payers = tuple(payer for part in node.items() if (payer := _payer(part)))
    if node.value == []:
        node.fault("至少写一个承担主体", "name at least one payer")
    return payers


def _shares(
    node: Node, context: SplitContext, allowed: tuple[str, ...] = (*_NOTES, "rest_bears_raise")
) -> Shares | None:
    parts = node.mapping((), ("rest", "of_rest", *allowed), _PAYERS)
    weights = _weights(
        {name: part for name, part in parts.items() if name in RULE_PAYERS or name == "rest"}
    )
    if ("rest" in parts) != ("of_rest" in parts):
        node.fault("“rest”与“of_rest”应同时出现", "'rest' and 'of_rest' go together")
    inner = _shares(parts["of_rest"], context, ()) if "of_rest" in parts else None
    if not any(weights.values()):
        kinds = ("full", "per_head", "base_amount", "grants", "fund", "open", "cases", "reading")
        node.fault(
            "没有任何分担比例：应为 {central: 8, rest: 2, of_rest: {region: 3, prefecture: 7}}"
            f" 之类，或 {listed(kinds, 'zh')} 之一",
            "no share is stated: write e.g. {central: 8, rest: 2, of_rest: {region: 3,"
            f" prefecture: 7}}}}, or one of {listed(kinds, 'en')}",
        )
        return None
    bears_raise = "rest_bears_raise" in parts and parts["rest_bears_raise"].flag()
    if bears_raise and not inner:
        parts["rest_bears_raise"].fault(
            "“rest_bears_raise”需要有“rest”", "'rest_bears_raise' needs a 'rest'"
        )
    payers = tuple(
        (name, weight) for name, weight in weights.items() if name != "rest" and weight is not None
    )
    return Shares(payers, weights.get("rest") or 0, inner, bears_raise, clause_of(parts, context))


def _weights(parts: Mapping[str, Node]) -> dict[str, int | None]:
    """The weights of one division: whole numbers, or percentages as the whole numbers that stand in
    the same proportion.
    """
    percents = {name: _PERCENT.fullmatch(part.text()) for name, part in parts.items()}
    if not parts or not all(percents.values()):
        return {name: part.whole(0, LARGEST_WEIGHT) for name, part in parts.items()}
    exact = {name: Decimal(match[1]) for name, match in percents.items() if match}
    total = sum(exact.values())
    if total != 100:
        first = next(iter(parts.values()))
        first.fault(
            f"各比例合计 {total}%，应为 100%", f"the percentages add up to {total}%, not to 100%"
        )
    digits = max(-int(value.as_tuple().exponent) for value in exact.values())
    return {name: int(value.scaleb(digits)) for name, value in exact.items()}


def _per_head(node: Node, context: SplitContext) -> PerHead | None:
    parts = node.mapping(("per_head", "remainder"), ("remainder_by", *_NOTES))
    if len({"per_head", "remainder"} & set(parts)) < 2:
        return None
    sums = parts["per_head"].mapping(named=_PAYERS)
    yuan = tuple(
        (payer, value)
        for payer, part in sums.items()
        if (value := part.number(0, 10**9, "yuan")) is not None
    )
    remainder = _payer(parts["remainder"])
    by = (
        parts["remainder_by"].one_of(tuple(context.readings), "口径", "reading")
        if "remainder_by" in parts
        else None
    )
    by_reading = Clause(READING, source=Text(f"口径 {by}", f"reading {by}")) if by else None
    return (
        PerHead(yuan, remainder, clause_of(parts, context), by_reading)
        if remainder and yuan
        else None
    )


def _base_amount(node: Node, context: SplitContext) -> BaseAmount | None:
    parts = node.mapping(("base_amount", "increases", "due"), ("ratio", *_NOTES))
    if len({"base_amount", "increases", "due"} & set(parts)) < 3:
        return None
    limited, increases, due = (
        _payer(parts["base_amount"]),
        _payer(parts["increases"]),
        _shares(parts["due"], context),
    )
    ratio = _shares(parts["ratio"], context) if "ratio" in parts else due
    if not (limited and increases and due and ratio):
        return None
    named = limited in due.parts() and limited in ratio.parts()
    if limited == increases or not named or UNALLOCATED in (limited, increases):
        node.fault(
            "“base_amount”的承担主体应在“due”（和“ratio”）中有分担比例，且不同于“increases”",
            "the payer of 'base_amount' needs a share in 'due' (and 'ratio') and must differ from"
            " 'increases'",
        )
        return None
    others = (due.parts().keys() ^ ratio.parts().keys()) - {limited, increases}
    moved = [
        payer
        for payer in due.parts()
        if payer not in (limited, increases) and due.parts()[payer] != ratio.parts().get(payer)
    ]
    if others or moved:
        parts["ratio"].fault(
            f"“ratio”只能改变 {limited} 与 {increases} 之间的分担比例",
            f"'ratio' may share otherwise between {limited} and {increases} only",
        )
        return None
    return BaseAmount(limited, increases, due, ratio, clause_of(parts, context) or due.clause)


def _grant(node: Node, context: SplitContext) -> Grant | None:
    parts = node.mapping(("grants", "rest"), _NOTES)
    if len({"grants", "rest"} & set(parts)) < 2:
        return None
    # what it leaves stands with the grants, unless it cites something itself
    rest = read_split(parts["rest"], replace(context, uncited=None))
    if not isinstance(rest, Shares | Open):
        parts["rest"].fault(
            "补助以外部分应为分担比例或 open", "the rest beside a grant is shares or open"
        )
        return None
    return Grant(_payers(parts["grants"]), rest, clause_of(parts, context))


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
                    if (line := part.one_of(context.lines, "支出项", "line"))
                )
                if "lines" in parts
                else ()
            ),
            (
                (parts["condition"].one_of(context.conditions, "情形", "condition") or "")
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
    reading = parts["reading"].one_of(tuple(context.readings), "口径", "reading")
    options = parts["options"].entries()
    wanted = set(context.readings.get(reading or "", ()))
    if reading and set(options) != wanted:
        names = ", ".join(sorted(wanted))
        parts["options"].fault(
            f"口径 {reading} 的选项应为：{names}", f"the options of reading {reading} are: {names}"
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
