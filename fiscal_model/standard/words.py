"""Rules in words, for people (Chinese or English) and as plain data, for machines."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from fiscal_model.standard.rules import Item, Line, Rate, Standard, StatedCount
from fiscal_model.standard.splits import (
    BaseAmount,
    ByReading,
    Cases,
    Clause,
    Fund,
    Grant,
    Leaf,
    PerHead,
    Shares,
    Split,
    When,
    rest_clause,
)
from fiscal_model.vocabulary import (
    BASES,
    CLASSES,
    FIELDS,
    LANGS,
    PAYERS,
    READING,
    UNALLOCATED,
    Lang,
    Text,
    joined,
    labelled,
    listed,
    noun,
    spans,
)


def payer_name(payer: str, lang: Lang) -> str:
    """The label of a payer."""
    return PAYERS[payer].to(lang)


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


def leaf_words(leaf: Leaf, lang: Lang) -> str:
    """One leaf as a short phrase."""
    if isinstance(leaf, Shares):
        return _shares_words(leaf, lang)
    if isinstance(leaf, PerHead):
        fixed = listed((f"{payer_name(p, lang)} {y:f}" for p, y in leaf.yuan), lang)
        rest = Text(
            f"其余由{PAYERS[leaf.remainder].zh}承担",
            f"{PAYERS[leaf.remainder].en} bears the remainder",
        )
        if leaf.remainder == UNALLOCATED:
            rest = Text("其余未明确分担", "the remainder is unallocated")
        return Text(
            f"每人定额：{fixed} 元，{rest.zh}", f"fixed yuan per head: {fixed}; {rest.en}"
        ).to(lang)
    if isinstance(leaf, BaseAmount):
        limited, taker, due = (
            payer_name(leaf.limited, lang),
            payer_name(leaf.increases, lang),
            _shares_words(leaf.due, lang),
        )
        return Text(
            f"{due}；{limited}至多承担2015年基数，超出基数部分由{taker}承担",
            f"{due}; {limited} pays at most its 2015 base amount, {taker} bears what exceeds the"
            " base amount",
        ).to(lang)
    if isinstance(leaf, Grant):
        granters = listed((payer_name(p, lang) for p in leaf.granters), lang)
        return Text(
            f"{granters}补助（金额由使用者填报），其余：{leaf_words(leaf.rest, 'zh')}",
            f"grant of {granters} (the user supplies the amount), the rest:"
            f" {leaf_words(leaf.rest, 'en')}",
        ).to(lang)
    if isinstance(leaf, Fund):
        return Text(f"由{leaf.name.zh}支付", f"paid by the {leaf.name.en}").to(lang)
    named = listed((payer_name(p, lang) for p in leaf.payers), lang)
    return Text(f"{named}共同承担，比例未明确", f"borne by {named}, no ratio given").to(lang)


def _shares_words(leaf: Shares, lang: Lang) -> str:
    if len(leaf.parts()) == 1:
        payer = payer_name(next(iter(leaf.parts())), lang)
        return Text(f"{payer}全额承担", f"{payer} pays all").to(lang)
    names = [payer_name(p, lang) for p, _ in leaf.weights]
    weights = [str(w) for _, w in leaf.weights]
    inner = ""
    if leaf.rest:
        names.append(Text("其余", "rest").to(lang))
        weights.append(str(leaf.rest_weight))
        inner = Text(
            f"，其余：{_shares_words(leaf.rest, 'zh')}",
            f", of the rest {_shares_words(leaf.rest, 'en')}",
        ).to(lang)
    words = " : ".join(names) + " = " + " : ".join(weights) + inner
    if leaf.rest_bears_raise:
        words += Text("；提高标准部分先由其余承担", "; the raise is borne by the rest first").to(
            lang
        )
    return words


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
    if isinstance(split, Cases):
        out = []
        for when, inner in split.branches:
            (first, cited), *deeper = cited_split(inner, standard, lang)
            others = [other for other, _ in split.branches if other != when]
            out.append((labelled(when_words(when, standard, lang, others), first, lang), cited))
            out += [(f"  {line}", citation) for line, citation in deeper]
        return out
    if isinstance(split, ByReading):
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
    return [(leaf_words(split, lang), leaf_clause_words(split, lang))]


def leaf_clause_words(leaf: Leaf, lang: Lang, otherwise: Clause | None = None) -> str:
    """What a leaf cites (``otherwise`` where it cites nothing), and what cites the remainder or the
    rest by itself.
    """
    rest = rest_clause(leaf)
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


def rate_words(line: Line, rate: Rate, standard: Standard, lang: Lang) -> str:
    """A unit rate with its unit."""
    if rate.index:
        return f"{rate.value:f} × {standard.indexes[rate.index].to(lang)}"
    return f"{rate.value:f} {line.per.to(lang)}"


def clause_data(clause: Clause | None) -> dict[str, Any] | None:
    """A citation as plain data; a source that is written in one language only as it is written."""
    if clause is None:
        return None
    parts = {
        "basis": clause.basis,
        "field": clause.field,
        "phrase": clause.phrase,
        "source": _plain(clause.source) if clause.source else "",
    }
    return {name: value for name, value in parts.items() if value}


def split_data(split: Split) -> dict[str, Any]:
    """A split as plain data, in the form in which rule files write it."""
    if isinstance(split, Cases):
        return {
            "cases": [
                {**_when_data(when), "split": split_data(inner)} for when, inner in split.branches
            ]
        }
    if isinstance(split, ByReading):
        return {
            "reading": split.reading,
            "options": {name: split_data(inner) for name, inner in split.options},
        }
    cite = {"clause": clause_data(split.clause)} if split.clause else {}
    if isinstance(split, Shares):
        return {**_shares_data(split), **cite}
    if isinstance(split, PerHead):
        by = (
            {"remainder_clause": clause_data(split.remainder_clause)}
            if split.remainder_clause
            else {}
        )
        return {
            "per_head": {payer: float(yuan) for payer, yuan in split.yuan},
            "remainder": split.remainder,
            **cite,
            **by,
        }
    if isinstance(split, BaseAmount):
        ended = {"ratio": _shares_data(split.ratio)} if split.ratio != split.due else {}
        return {
            "base_amount": split.limited,
            "increases": split.increases,
            "due": _shares_data(split.due),
            **ended,
            **cite,
        }
    if isinstance(split, Grant):
        return {"grants": list(split.granters), "rest": split_data(split.rest), **cite}
    if isinstance(split, Fund):
        return {"fund": _plain(split.name), **cite}
    return {"open": list(split.payers), **cite}


def _plain(text: Text) -> str | dict[str, str]:
    return text.zh if text.zh == text.en else text._asdict()


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


def _shares_data(leaf: Shares) -> dict[str, Any]:
    out: dict[str, Any] = dict(leaf.weights)
    if leaf.rest:
        out |= {"rest": leaf.rest_weight, "of_rest": _shares_data(leaf.rest)}
    return out | ({"rest_bears_raise": True} if leaf.rest_bears_raise else {})


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
