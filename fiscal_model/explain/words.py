"""The steps to a figure in words, Chinese or English."""

from __future__ import annotations

from typing import Any

from fiscal_model.budget import Budget
from fiscal_model.standard.splits import Clause
from fiscal_model.standard.words import clause_words, item_title, payer_name
from fiscal_model.vocabulary import BASES, Lang, Text, joined, listed


def _yuan(value: float) -> str:
    return f"{value:,.2f}".removesuffix(".00")


def words(budget: Budget, data: dict[str, Any], lang: Lang) -> list[str]:
    """The steps as lines; two spaces of indent a level."""
    item, places = budget.standard.items[data["item"]], budget.standard.places
    here = f"{places.label(data['place']).to(lang)} ({data['place']})"
    out = [
        f"{item_title(item, lang)} · {here} · {data['year']}",
        f"{Text('情景', 'Scenario').to(lang)}: {budget.scenario.title.to(lang)} ({data['scenario']})",
    ]
    if data["illustrative"]:
        out.append(Text("注意：内置数据仅供示例", "Note: the embedded data are illustrative").to(lang))
    carrier = item.paid_in
    if carrier:
        out.append(f"{Text(f'由第{carrier.item}项支付', f'paid in item {carrier.item}').to(lang)}: {carrier.why.to(lang)}")
    for reading, option in data["readings"].items():
        known = budget.standard.readings[reading]
        out.append(f"{Text('口径', 'Reading').to(lang)} {reading} = {option}: {known.question.to(lang)} → {known.options[option].to(lang)}")
    many = len(data["places"]) > 1
    for steps in data["places"]:
        if many and not any(line["costed"] for line in steps["lines"]):
            continue
        if many:
            out.append(f"■ {places.label(steps['place']).to(lang)} ({steps['place']})")
        for line in steps["lines"]:
            out += _line_words(budget, line, lang)
        for cap in steps["base_amounts"]:
            out += _base_words(budget, cap, lang)
        for cap in steps["grants"]:
            out.append(_grant_words(cap, lang))
    out.append(f"{Text('合计', 'Total').to(lang)}: {_yuan(data['cost'])} {Text('元', 'yuan').to(lang)}")
    out += [f"  {payer_name(payer, lang)}: {_yuan(amount)}" for payer, amount in data["amounts"].items()]
    out += [f"    {payer_name(payer, lang)}: {_yuan(amount)}" for payer, amount in data.get("divided", {}).items()]
    return out


def _line_words(budget: Budget, step: dict[str, Any], lang: Lang) -> list[str]:
    line = budget.standard.lines[step["line"]]
    head = f"• {line.name.to(lang)} ({line.code})"
    if not step["costed"]:
        lacks = {"rate": Text("缺少补助标准", "no rate"), "count": Text("缺少人数", "no count"), "amount": Text("缺少金额", "no amount")}[
            step["missing"]
        ]
        return [f"{head}: {Text('未测算', 'not costed').to(lang)} ({lacks.to(lang)})"]
    quantity = step["quantity"]
    if line.is_amount:
        out = [f"{head}: {_yuan(step['cost'])} {Text('元', 'yuan').to(lang)}"]
    else:
        rate = step["rate"]
        each = " + ".join(
            _yuan(part["rate"]) + ("" if part["share_of_year"] == 1 else f" × {part['share_of_year']:.4g}") for part in rate["parts"]
        )
        each = f"({each})" if len(rate["parts"]) > 1 else each
        times = (f" × {rate['times']}" if rate["times"] != 1 else "") + (f" × {rate['counted']:g}" if rate["counted"] != 1 else "")
        unit = budget.standard.beneficiaries[line.beneficiary or ""].unit.to(lang)
        out = [
            f"{head}: {quantity['value']:,.10g} {unit} × {each} {line.per.to(lang)}{times} = {_yuan(step['cost'])} {Text('元', 'yuan').to(lang)}"
        ]
        out += [f"    {Text('标准', 'rate').to(lang)} {_yuan(part['rate'])}: {_rate_words(budget, part, lang)}" for part in rate["parts"]]
    out.append(f"    {Text('数量', 'quantity').to(lang)}: {_quantity_words(quantity, lang)}")
    split = step["split"]
    turns = " → ".join(turn["branch"][lang] if "branch" in turn else f"{turn['reading']}={turn['option']}" for turn in split["path"])
    out.append(f"    {Text('分担', 'split').to(lang)}: {f'[{turns}] ' if turns else ''}{split['words'][lang]}")
    out.append(f"    {Text('依据', 'basis').to(lang)}: {_cite(split['clause'], lang)}{_entry(split['entry'], lang)}")
    by_rule = listed((f"{payer_name(p, lang)} {_yuan(v)}" for p, v in step["by_rule"].items()), lang)
    out.append(f"    {Text('按规则', 'by rule').to(lang)}: {by_rule or '0'}")
    return out


def _rate_words(budget: Budget, part: dict[str, Any], lang: Lang) -> str:
    cited = _cite(part["clause"], lang) if "clause" in part else ""
    if part.get("of"):
        cited = f"{part['factor']:g} × {budget.standard.indexes[part['of']].to(lang)}; {cited}"
    supplied = part.get("supplied")
    follows = part["follows"][lang] if "follows" in part else ""
    parts = (follows, cited, f"{supplied['at']} ({_origin_words(supplied, lang)})" if supplied else "")
    return "; ".join(each for each in parts if each) + _entry(part.get("entry"), lang)


def _origin_words(origin: dict[str, str], lang: Lang) -> str:
    return joined((part for part in (BASES[origin["basis"]].to(lang), origin["source"], origin["note"]) if part), lang)


def _quantity_words(quantity: dict[str, Any], lang: Lang) -> str:
    less = ""
    if "deducted" in quantity:
        less = Text(
            f"，已扣除就高另领的 {quantity['deducted']:,.10g}", f", less {quantity['deducted']:,.10g} who draw a higher benefit"
        ).to(lang)
    entries = "".join(f"; {entry[lang]}{_entry(entry['at'], lang)}" for entry in quantity["entries"])
    if quantity["how"] == "population":
        return Text("由 population 表推算", "from table population").to(lang) + entries + less
    source = _origin_words(quantity, lang)
    if quantity["how"] == "supplied":
        return f"{quantity['at']} ({source}){less}"
    base = f"{quantity['supplied_year']}: {quantity['supplied']:,.10g}, {quantity['at']} ({source})"
    return Text(f"由{base} 推算{entries or '（保持不变）'}", f"projected from {base}{entries or ' (held)'}").to(lang) + less


def _base_words(budget: Budget, cap: dict[str, Any], lang: Lang) -> list[str]:
    place = budget.standard.places.label(cap["governs"]).to(lang)
    payer, taker = payer_name(cap["payer"], lang), payer_name(cap["taker"], lang)
    paid, moved = _yuan(cap["paid"]), _yuan(cap["held_against"] - cap["paid"])
    amount = Text("已取消", "abolished").to(lang) if cap["amount"] is None else f"{_yuan(cap['amount'])} {Text('元', 'yuan').to(lang)}"
    out = [
        Text(
            f"• 2015年基数（{place}）：{amount}{_phased(cap, 'zh')}；{payer}应担 {_yuan(cap['held_against'])}，实担 {paid}，{taker}承担超出的 {moved}",
            f"• 2015 base amount ({place}): {amount}{_phased(cap, 'en')}; due from {payer} {_yuan(cap['held_against'])}, pays {paid}, {taker} takes the {moved} above it",
        ).to(lang)
    ]
    if "at" in cap:
        out.append(f"    {Text('填报', 'supplied').to(lang)} {_yuan(cap['supplied'])}: {cap['at']} ({_origin_words(cap, lang)})")
    return out + [f"    {Text('情景', 'scenario').to(lang)}: {at}" for at in cap["entries"]]


def _phased(cap: dict[str, Any], lang: Lang) -> str:
    """How far a base amount has ended."""
    if not cap["ended"] or cap["amount"] is None:
        return ""
    part, share = f"{cap['ended']:.4g}", _yuan(cap["by_ratio"])
    return Text(f"，已退出 {part}（无基数时应担 {share}）", f", ended by {part} (without it {share} would be due)").to(lang)


def _grant_words(cap: dict[str, Any], lang: Lang) -> str:
    payer = payer_name(cap["payer"], lang)
    return Text(
        f"• {payer}补助 {_yuan(cap['amount'])} 元，资金需求 {_yuan(cap['held_against'])}，实补 {_yuan(cap['paid'])}",
        f"• grant of {payer}: {_yuan(cap['amount'])} yuan against a cost of {_yuan(cap['held_against'])}, pays {_yuan(cap['paid'])}",
    ).to(lang)


def _cite(clause: dict[str, str] | None, lang: Lang) -> str:
    return clause_words(
        Clause(clause["basis"], clause.get("field", ""), clause.get("phrase", ""), clause.get("source", "")) if clause else None, lang
    )


def _entry(at: str | None, lang: Lang) -> str:
    return f" [{at}]" if at else ""
