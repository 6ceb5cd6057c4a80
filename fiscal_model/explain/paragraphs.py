"""The steps to a figure in words, Chinese or English."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from fiscal_model.blocks import Block, Heading, Paragraph
from fiscal_model.inputs.embedded.english import row_words, said
from fiscal_model.results.result import Result
from fiscal_model.rounding import displayed
from fiscal_model.standard.clause import Clause
from fiscal_model.standard.rules import Line, Standard
from fiscal_model.standard.words import (
    clause_words,
    cost_title,
    department_names,
    may_be_in_words,
    rest_clause_words,
)
from fiscal_model.vocabulary import (
    ACCOUNTS,
    BASES,
    DIMENSIONS,
    LANGS,
    Lang,
    Text,
    joined,
    labelled,
    listed,
)

LACKS = {
    "rate": Text("缺少补助标准", "no rate"),
    "count": Text("缺少人数", "no count"),
    "amount": Text("缺少金额", "no amount"),
}
NOT_COSTED = Text("未测算", "not costed")
NO_DATA = Text("未测算（缺数据）", "not costed (no data)")


def _yuan(value: float) -> str:
    return f"{displayed(value):,.2f}".removesuffix(".00")


def _money(value: float, lang: Lang) -> str:
    return f"{_yuan(value)} {Text('元', 'yuan').to(lang)}"


def _said(label: Text, words: str, lang: Lang, depth: int = 0) -> Paragraph:
    return Paragraph(labelled(label.to(lang), words, lang), depth)


def blocks(budget: Result, data: dict[str, Any], lang: Lang) -> Iterator[Block]:
    """The steps, a line each."""
    standard, places = budget.standard, budget.standard.places
    here = f"{places.label(data['place']).to(lang)} ({data['place']})"
    yield Heading(f"{cost_title(standard, data['item'], lang)} · {here} · {data['year']}")
    scenario = f"{budget.scenario.title.to(lang)} ({data['scenario']})"
    yield _said(Text("情景", "Scenario"), scenario, lang)
    yield _document_words(standard, lang)
    departments = standard.items[data["item"]].departments
    if departments:
        led = Text(DIMENSIONS["department"].zh, "Lead department")
        yield _said(led, department_names(standard, departments).to(lang), lang)
    if data["illustrative"]:
        note = Text("注意：内置数据仅供示例", "Note: the embedded data are illustrative")
        yield Paragraph(note.to(lang))
    carrier = standard.items[data["item"]].paid_in
    if carrier:
        paid_in = Text(f"在第{carrier.item}项中列支", f"paid in item {carrier.item}")
        yield _said(paid_in, carrier.why.to(lang), lang)
    if doubt := may_be_in_words(standard.items[data["item"]], lang):
        yield Paragraph(doubt)
    for reading, option in data["readings"].items():
        known = standard.readings[reading]
        chosen = f"{known.question.to(lang)} → {known.options[option].to(lang)}"
        label = Text(f"口径 {reading} = {option}", f"Reading {reading} = {option}")
        yield _said(label, chosen, lang)
    many = len(data["places"]) > 1
    for steps in data["places"]:
        if many and not any(line["costed"] for line in steps["lines"]):
            continue
        if many:
            yield Paragraph(f"■ {places.label(steps['place']).to(lang)} ({steps['place']})")
        for line in steps["lines"]:
            yield from _line_words(budget, line, lang)
        for cap in steps["base_amounts"]:
            yield from _base_words(budget, cap, lang)
        for cap in steps["grants"]:
            yield _grant_words(budget, cap, lang)
    for account, of_account in data["accounts"].items():
        yield _total_words(data, account, lang)
        for depth, part in enumerate(("amounts", "divided"), 1):
            for payer, amount in of_account.get(part, {}).items():
                yield _said(standard.payers[payer].name, _yuan(amount), lang, depth)


def _document_words(standard: Standard, lang: Lang) -> Paragraph:
    """The document that phrases are quoted from."""
    zh = f"{standard.title.zh}，文号{standard.document}"
    en = f"{standard.title.en}, {standard.document}; quotes are in the original Chinese"
    return _said(Text("标准文件", "Standard"), Text(zh, en).to(lang), lang)


def _total_words(data: dict[str, Any], account: str, lang: Lang) -> Paragraph:
    """What the costed lines of an account come to, and which part of it is shown under a service
    that another item pays for.
    """
    found = data["accounts"][account]
    paid_in, some = data["paid_in"], found["costed"] == "some"
    label = Text("已测算支出项合计", "Total of the costed lines") if some else Text("合计", "Total")
    if paid_in:
        of_item = Text("已测算支出项", " of the costed lines") if some else Text("", "")
        label = Text(
            f"第{paid_in}项{of_item.zh}合计（含其支付的全部服务）",
            f"Total{of_item.en} of item {paid_in} (all services paid in it)",
        )
    if len(data["accounts"]) > 1:
        label = Text(*(f"{label.to(each)} · {ACCOUNTS[account].to(each)}" for each in LANGS))
    if found["costed"] == "none":
        return _said(label, NO_DATA.to(lang), lang)
    total = _money(found["cost"], lang)
    if "allocated" in data and account == data["account"]:
        shown = _money(data["allocated"], lang)
        zh, en = (
            f"按分解口径列示于第{data['item']}项的为 {shown}",
            f"by the allocation key item {data['item']} is shown with {shown}",
        )
        total = joined((total, Text(zh, en).to(lang)), lang)
    return _said(label, total, lang)


def _line_words(budget: Result, step: dict[str, Any], lang: Lang) -> Iterator[Paragraph]:
    line = budget.standard.lines[step["line"]]
    head = Text(f"• {line.name.zh} ({line.code})", f"• {line.name.en} ({line.code})")
    if not step["costed"]:
        lacks = LACKS[step["missing"]]
        without = Text(f"{NOT_COSTED.zh}（{lacks.zh}）", f"{NOT_COSTED.en} ({lacks.en})")
        yield _said(head, without.to(lang), lang)
        return
    quantity, cost = step["quantity"], _money(step["cost"], lang)
    if line.is_amount:
        yield _said(head, cost, lang)
    else:
        rate = step["rate"]
        each = " + ".join(
            _yuan(part["rate"])
            + ("" if part["share_of_year"] == 1 else f" × {part['share_of_year']:.4g}")
            for part in rate["parts"]
        )
        each = f"({each})" if len(rate["parts"]) > 1 else each
        times = (f" × {rate['times']}" if rate["times"] != 1 else "") + (
            f" × {rate['counted']:g}" if rate["counted"] != 1 else ""
        )
        unit = unit_of(budget.standard, line).to(lang)
        counted = f"{quantity['value']:,.10g} {unit}"
        yield _said(head, f"{counted} × {each} {line.per.to(lang)}{times} = {cost}", lang)
        label = Text("补助标准", "rate")
        for part in rate["parts"]:
            now = Text(f"{label.zh} {_yuan(part['rate'])}", f"{label.en} {_yuan(part['rate'])}")
            yield _said(now, rate_source_words(budget, line, part, lang), lang, 2)
        if "without" in rate:
            rest = Text(
                "其余时间没有补助标准，没有费用",
                "no rate for the rest of the year, which costs nothing",
            ).to(lang)
            none = Text(f"{label.zh} —", f"{label.en} -")
            yield _said(none, f"{rest} ({rate['without']:.4g})", lang, 2)
    count = quantity_label(budget.standard, line)
    yield _said(count, quantity_words(budget, line, quantity, lang), lang, 2)
    split = step["split"]
    turns = " → ".join(
        turn["branch"][lang] if "branch" in turn else f"{turn['reading']}={turn['option']}"
        for turn in split["path"]
    )
    divided = f"{f'[{turns}] ' if turns else ''}{split['words'][lang]}"
    yield _said(Text("分担", "split"), divided, lang, 2)
    yield _said(Text("依据", "basis"), split_source_words(line, split, lang), lang, 2)
    payers, due = budget.standard.payers, step["by_rule"].items()
    by_rule = listed((f"{payers[payer].name.to(lang)} {_yuan(yuan)}" for payer, yuan in due), lang)
    yield _said(due_label(split["kind"]), by_rule or "0", lang, 2)


def due_label(kind: str) -> Text:
    """What to call the amounts that a split asks for before base amounts and grants."""
    return Text("按比例应担" if kind in ("shares", "baseamount") else "按分担办法应担", "by rule")


def unit_of(standard: Standard, line: Line) -> Text:
    """The unit of what a line counts; yuan where it is an amount."""
    return standard.beneficiaries[line.beneficiary].unit if line.beneficiary else Text("元", "yuan")


def quantity_label(standard: Standard, line: Line) -> Text:
    """What to call what a line counts: persons, other units, or the amount."""
    if line.is_amount:
        return Text("金额", "amount")
    return Text("人数" if "人" in unit_of(standard, line).zh else "数量", "count")


def split_source_words(line: Line, split: dict[str, Any], lang: Lang) -> str:
    """On what the split of a line rests."""
    rest = split.get("rest_clause")
    cited = (
        _cite(split["clause"], line.item, lang),
        rest_clause_words(_clause(rest), lang, line.item) if rest else "",
    )
    return joined((words for words in cited if words), lang) + _entry(split["entry"])


def rate_source_words(budget: Result, line: Line, part: dict[str, Any], lang: Lang) -> str:
    """On what a rate rests."""
    cited = _cite(part["clause"], line.item, lang) if "clause" in part else ""
    if part.get("of"):
        cited = joined(
            (f"{part['factor']:g} × {budget.standard.indexes[part['of']].to(lang)}", cited), lang
        )
    supplied = part.get("supplied")
    follows = part["follows"][lang] if "follows" in part else ""
    return joined(
        (
            each
            for each in (follows, cited, origin_words(budget, supplied, lang) if supplied else "")
            if each
        ),
        lang,
    ) + _entry(part.get("entry"))


def origin_words(budget: Result, origin: dict[str, str], lang: Lang) -> str:
    """The row that a supplied value stands in, and what the row says of itself."""
    told = joined(
        (
            part
            for part in (
                BASES[origin["basis"]].to(lang),
                said(origin["source"], lang),
                said(origin["note"], lang),
            )
            if part
        ),
        lang,
    )
    at = row_words(origin["at"]).to(lang) if budget.inputs.illustrative else origin["at"]
    return f"{at}{Text(f'（{told}）', f' ({told})').to(lang)}"


def quantity_words(budget: Result, line: Line, quantity: dict[str, Any], lang: Lang) -> str:
    """Where a count or an amount comes from, and how it goes on after the last supplied year."""
    less = ""
    if "deducted" in quantity:
        less = Text(
            f"，已扣除就高另领的 {quantity['deducted']:,.10g}",
            f", less {quantity['deducted']:,.10g} who draw a higher benefit",
        ).to(lang)
    entries = joined((_entry_words(entry, lang) for entry in quantity["entries"]), lang)
    if quantity["how"] == "population":
        moved = Text(f"由 population 表推算：{entries}", f"from table population: {entries}")
        return (moved if entries else Text("由 population 表推算", "from table population")).to(
            lang
        ) + less
    if quantity["how"] == "joined":
        zh, en = _named(budget, quantity["places"])
        joins = Text(f"并入{zh}合计", f"together with {en}, now part of it")
        return joined((each for each in (joins.to(lang) + less, entries) if each), lang)
    source = origin_words(budget, quantity, lang)
    if quantity["how"] == "supplied":
        return source + less
    year, unit = quantity["supplied_year"], unit_of(budget.standard, line)
    zh, en = (
        f"{year}年的 {quantity['supplied']:,.10g} {unit.zh}",
        f"the {quantity['supplied']:,.10g} of {year}",
    )
    if entries:
        changed = Text(
            "调整" if year == quantity["year"] else "推算",
            "changed" if year == quantity["year"] else "projected",
        )
        how = Text(f"由{zh}{changed.zh}（{entries}）", f"{changed.en} from {en} ({entries})")
    else:
        how = Text(f"按{zh}保持不变", f"held at {en}")
    data = labelled(Text(f"{year}年数据", f"data of {year}").to(lang), source, lang)
    return joined((how.to(lang) + less, data), lang)


def _entry_words(entry: dict[str, Any], lang: Lang) -> str:
    """What an entry does to a quantity, and on what the ages rest that it follows."""
    cited = _cite(entry.get("clause"), entry.get("item"), lang)
    comma = Text("，", ", ").to(lang)
    return f"{entry[lang]}{comma if cited else ''}{cited}{_entry(entry['at'])}"


def _base_words(budget: Result, cap: dict[str, Any], lang: Lang) -> Iterator[Paragraph]:
    place = budget.standard.places.label(cap["governs"]).to(lang)
    payer, taker = (budget.standard.payers[cap[who]].name.to(lang) for who in ("payer", "taker"))
    due, paid, moved = (
        _yuan(cap["held_against"]),
        _yuan(cap["paid"]),
        _yuan(cap["held_against"] - cap["paid"]),
    )
    amount = (
        Text("已取消", "abolished").to(lang)
        if cap["amount"] is None
        else _money(cap["amount"], lang)
    )
    title = budget.standard.base_amount
    words = Text(
        f"• {title.zh}（{place}）：{amount}{_phased(cap, 'zh')}；{payer}应担 {due}，实担"
        f" {paid}，{taker}承担超出基数部分 {moved}",
        f"• {title.en} ({place}): {amount}{_phased(cap, 'en')}; due from {payer} {due},"
        f" pays {paid}, {taker} bears what exceeds the base amount, {moved}",
    )
    yield Paragraph(words.to(lang))
    if "at" in cap:
        supplied = _yuan(cap["supplied"])
        label = Text(f"基数来源 {supplied}", f"source of the base amount {supplied}")
        yield _said(label, origin_words(budget, cap, lang), lang, 2)
    if "carried" in cap:
        zh, en = _named(budget, cap["carried"])
        rule = Text(
            f"区划调整后未另定{title.zh}，以{zh}的基数合并计算（假定）",
            f"no amount of its own since places changed: that of {en} limits all of it (assumption)",
        )
        yield _said(Text("基数归属", "whose base amount"), rule.to(lang), lang, 2)
    for at in cap["entries"]:
        yield _said(Text("情景", "scenario"), at, lang, 2)


def _named(budget: Result, codes: Sequence[str]) -> Text:
    """Some places by name."""
    label = budget.standard.places.label
    return Text(*(listed((label(code).to(lang) for code in codes), lang) for lang in LANGS))


def _phased(cap: dict[str, Any], lang: Lang) -> str:
    """How far a base amount has ended."""
    if not cap["ended"] or cap["amount"] is None:
        return ""
    part, share = f"{cap['ended']:.4g}", _yuan(cap["by_ratio"])
    return Text(
        f"，已退出 {part}（无基数时应担 {share}）",
        f", ended by {part} (without it {share} would be due)",
    ).to(lang)


def _grant_words(budget: Result, cap: dict[str, Any], lang: Lang) -> Paragraph:
    payer = budget.standard.payers[cap["payer"]].name.to(lang)
    words = Text(
        f"• {payer}补助 {_yuan(cap['amount'])} 元，资金需求 {_yuan(cap['held_against'])}，实补"
        f" {_yuan(cap['paid'])}",
        f"• grant of {payer}: {_yuan(cap['amount'])} yuan against a cost of"
        f" {_yuan(cap['held_against'])}, pays {_yuan(cap['paid'])}",
    )
    return Paragraph(words.to(lang))


def _cite(clause: dict[str, Any] | None, item: int | None, lang: Lang) -> str:
    return clause_words(_clause(clause), lang, item) if clause else ""


def _clause(clause: dict[str, Any]) -> Clause:
    source = clause.get("source")
    said_of = (
        Text(**source) if isinstance(source, dict) else Text(source, source) if source else None
    )
    return Clause(clause["basis"], clause.get("field", ""), clause.get("phrase", ""), said_of)


def _entry(at: str | None) -> str:
    return f" [{at}]" if at else ""
