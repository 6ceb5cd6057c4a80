"""Rules in words, for people (Chinese or English) and as plain data, for machines."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from fiscal_model.standard.clause import Clause
from fiscal_model.standard.kinds.leaf import Leaf
from fiscal_model.standard.rules import Item, Line, Rate, Standard, StatedCount
from fiscal_model.standard.splits import ByReading, Cases, Split, When
from fiscal_model.vocabulary import (
    BASES,
    CLASSES,
    FIELDS,
    LANGS,
    READING,
    Lang,
    Text,
    joined,
    labelled,
    listed,
    noun,
    spans,
)


def item_title(item: Item, lang: Lang) -> str:
    """``第11项 …`` or ``Item 11 …``."""
    return Text(f"第{item.number}项 {item.name.zh}", f"Item {item.number}: {item.name.en}").to(lang)


def cost_title(standard: Standard, number: int, lang: Lang) -> str:
    """The title of an item, and of which others it holds the cost."""
    title, others = item_title(standard.items[number], lang), standard.paid_with.get(number, ())
    return title + (
        Text(
            f"（含第{spans(others, 'zh')}项）",
            f" (with {noun(len(others), 'item')} {spans(others, 'en')})",
        ).to(lang)
        if others
        else ""
    )


def department_names(standard: Standard, departments: Sequence[str]) -> Text:
    """Departments in a row; one without an English name as it is written."""
    zh, en = (
        listed(
            (standard.departments.get(each, Text(each, each)).to(lang) for each in departments),
            lang,
        )
        for lang in LANGS
    )
    return Text(zh, en)


def when_words(when: When, standard: Standard, lang: Lang, others: Sequence[When] = ()) -> str:
    """The test of a branch in words; that of the last one, without a test, by what the one before
    it of the ``others`` tests.
    """
    parts = [standard.places.label(code).to(lang) for code in when.where]
    parts += [standard.lines[code].name.to(lang) for code in when.lines]
    if when.condition:
        names = [
            line.name.to(lang)
            for line in standard.lines.values()
            if line.condition == when.condition
        ]
        parts += names or [when.condition]
    if parts:
        return listed(parts, lang)
    if others and others[-1].where and not (others[-1].lines or others[-1].condition):
        return Text("其他地区", "other places").to(lang)
    return Text("其他情形", "otherwise").to(lang)


def split_words(split: Split, standard: Standard, lang: Lang) -> list[str]:
    """A whole split as indented lines."""
    return [words for words, _ in cited_split(split, standard, lang)]


def cited_split(split: Split, standard: Standard, lang: Lang) -> list[tuple[str, str]]:
    """A whole split as indented lines, each with its citation; a line that only names a reading has
    none.
    """
    match split:
        case Cases():
            out = []
            for when, inner in split.branches:
                (first, cited), *deeper = cited_split(inner, standard, lang)
                others = [other for other, _ in split.branches if other != when]
                out.append((labelled(when_words(when, standard, lang, others), first, lang), cited))
                out += [(f"  {line}", citation) for line, citation in deeper]
            return out
        case ByReading():
            reading = standard.readings[split.reading]
            asked = Text(
                f"按口径 {split.reading}（{reading.question.zh}）",
                f"by reading {split.reading} ({reading.question.en})",
            )
            out = [(asked.to(lang), "")]
            for name, inner in split.options:
                (first, cited), *deeper = cited_split(inner, standard, lang)
                out.append((f"  {labelled(name, first, lang)}", cited))
                out += [(f"    {line}", citation) for line, citation in deeper]
            return out
        case _:
            return [(split.words(lang, standard.payers), leaf_clause_words(split, lang))]


def leaf_clause_words(leaf: Leaf, lang: Lang, otherwise: Clause | None = None) -> str:
    """What a leaf cites (``otherwise`` where it cites nothing), and what cites the remainder or the
    rest by itself.
    """
    rest = leaf.rest_clause
    parts = [
        clause_words(leaf.clause or otherwise, lang),
        rest_clause_words(rest, lang) if rest else "",
    ]
    return joined((part for part in parts if part), lang)


def rest_clause_words(clause: Clause, lang: Lang, item: int | None = None) -> str:
    """On what it rests who bears what the sums or grants named leave."""
    return labelled(
        Text("其余部分", "the remainder").to(lang), clause_words(clause, lang, item), lang
    )


def clause_words(clause: Clause | None, lang: Lang, item: int | None = None) -> str:
    """A citation: the basis, and the source or the phrase with its field, and with the item if it
    is given.
    """
    if clause is None:
        return ""
    if clause.basis == READING:
        return clause.words(lang)
    basis = BASES[clause.basis].to(lang)
    field = (
        FIELDS[clause.field].to(lang) + " " * (lang == "en")
        if clause.field in FIELDS
        else clause.field
    )
    where = f"{field}“{clause.phrase}”" if clause.phrase else clause.words(lang)
    if item and clause.phrase:
        return Text(f"{basis}第{item}项{where}", f"{basis}, item {item}, {where}").to(lang)
    return labelled(basis, where, lang) if where else basis


def may_be_in_words(item: Item, lang: Lang) -> str:
    """That another item may pay for this one too, and on what that rests; empty where none may."""
    doubt = item.may_be_in
    if doubt is None:
        return ""
    where = Text(f"可能已由第{doubt.item}项支付", f"may be paid in item {doubt.item} already")
    return labelled(where.to(lang), clause_words(doubt.clause, lang), lang)


def rate_words(line: Line, rate: Rate, standard: Standard, lang: Lang) -> str:
    """A unit rate with its unit."""
    if rate.index:
        return f"{rate.value:f} × {standard.indexes[rate.index].to(lang)}"
    return f"{rate.value:f} {line.per.to(lang)}"


def clause_data(clause: Clause | None) -> dict[str, Any] | None:
    """A citation as plain data."""
    return clause.data() if clause else None


def split_data(split: Split) -> dict[str, Any]:
    """A split as plain data, in the form in which rule files write it."""
    match split:
        case Cases():
            return {
                "cases": [
                    {**_when_data(when), "split": split_data(inner)}
                    for when, inner in split.branches
                ]
            }
        case ByReading():
            return {
                "reading": split.reading,
                "options": {name: split_data(inner) for name, inner in split.options},
            }
        case _:
            return split.cited_data()


def split_yaml(split: Split) -> str:
    """A split on one line as a scenario file writes it, without its citations."""
    return _flow(split_data(split))


def _flow(data: Any) -> str:
    if isinstance(data, dict):
        return (
            "{"
            + ", ".join(
                f"{key}: {_flow(value)}"
                for key, value in data.items()
                if key not in ("clause", "remainder_clause")
            )
            + "}"
        )
    if isinstance(data, list):
        return "[" + ", ".join(map(_flow, data)) + "]"
    if isinstance(data, str):
        return data if re.fullmatch(r"[\w.-]+", data) else json.dumps(data, ensure_ascii=False)
    return str(data).lower() if isinstance(data, bool) else f"{data:.12g}"


def _when_data(when: When) -> dict[str, Any]:
    parts: dict[str, Any] = {
        "where": list(when.where),
        "lines": list(when.lines),
        "condition": when.condition,
    }
    return {name: value for name, value in parts.items() if value}


def item_data(item: Item, standard: Standard) -> dict[str, Any]:
    """An item as plain data: what the rule files say of it, complete."""
    domain, section = standard.sections[item.section]
    return {
        "item": item.number,
        "name": item.name._asdict(),
        "domain": {"number": domain, **standard.domains[domain]._asdict()},
        "section": {"number": item.section, **section._asdict()},
        "departments": list(item.departments),
        "target": item.target._asdict(),
        "service": item.service._asdict(),
        "documents": list(item.documents),
        "notes": [note._asdict() for note in item.notes],
        "paid_in": (
            {"item": item.paid_in.item, "why": item.paid_in.why._asdict()} if item.paid_in else None
        ),
        "may_be_in": (
            {"item": item.may_be_in.item, "clause": clause_data(item.may_be_in.clause)}
            if item.may_be_in
            else None
        ),
        "left_out": [
            {"field": left.field, "phrase": left.phrase, "why": left.why._asdict()}
            for left in item.left_out
        ],
        "stated_counts": [_stated_data(stated) for stated in item.stated_counts],
        "class": item.responsibility,
        "class_label": CLASSES[item.responsibility]._asdict(),
        "lines": [_line_data(line) for line in item.lines],
        "split": split_data(item.split),
        "readings": [
            {
                "reading": reading.code,
                "question": reading.question._asdict(),
                "options": {name: option._asdict() for name, option in reading.options.items()},
                "default": reading.default,
                "why": reading.why._asdict(),
                "clause": clause_data(reading.clause),
            }
            for reading in item.readings
        ],
    }


def _stated_data(stated: StatedCount) -> dict[str, Any]:
    return {
        "count": float(stated.count),
        "unit": stated.unit._asdict(),
        "what": stated.what._asdict(),
        "clause": clause_data(stated.clause),
        "why": stated.why._asdict(),
    }


def _line_data(line: Line) -> dict[str, Any]:
    out: dict[str, Any] = {
        "line": line.code,
        "name": line.name._asdict(),
        "beneficiary": line.beneficiary,
        "per": line.per._asdict() if line.beneficiary else None,
        "times": line.times,
        "account": line.account,
        "accrual": line.accrual,
        "rates": [
            {
                "rate": float(rate.value),
                "of": rate.index,
                "from": str(rate.start),
                "clause": clause_data(rate.clause),
            }
            for rate in line.rates
        ],
        "condition": line.condition or None,
        "note": line.note._asdict() if line.note else None,
    }
    for name, number in (("counted", line.counted), ("raised", line.raised)):
        if number:
            options = {option: float(value) for option, value in number.options.items()}
            out[name] = {
                "reading": number.reading,
                "options": options,
                "clause": clause_data(number.clause),
            }
    return out
