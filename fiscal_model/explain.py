"""How one figure came about: quantity × rate × times, the split and why that branch, the base amount; each with its source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fiscal_model.budget import Budget
from fiscal_model.engine.capped import CappedGroups
from fiscal_model.engine.layers import factor_rules, growth_rules
from fiscal_model.engine.rates import chosen
from fiscal_model.engine.splits import Step, branches, chosen_readings
from fiscal_model.errors import fault
from fiscal_model.inputs.model import Supplied
from fiscal_model.scenario.model import RateEntry
from fiscal_model.standard.rules import Line, Rate
from fiscal_model.standard.splits import Clause, Leaf
from fiscal_model.standard.words import clause_data, clause_words, item_title, leaf_words, payer_name, when_words
from fiscal_model.vocabulary import BASES, Lang, Text


@dataclass(frozen=True)
class Explanation:
    """The steps to the figures of one item, place and year; ``data`` for machines, :meth:`text` for people."""

    budget: Budget
    data: dict[str, Any]

    def text(self, lang: Lang = "zh") -> str:
        """The steps in words."""
        return "\n".join(_words(self, lang))

    def __repr__(self) -> str:
        return self.text("zh")


def explain(budget: Budget, item: int, place: str, year: int, payer: str | None = None) -> Explanation:
    """See :meth:`fiscal_model.Budget.explain`."""
    code = _check(budget, item, place, year, payer)
    y = budget.years.index(year)
    lines = [i for i, line in enumerate(budget.program.lines) if line.item == item]
    below = [budget.places.index(c) for c in budget.standard.places.below(code) if c in budget.places]
    amounts = budget.amounts[:, lines][:, :, below][..., y]
    shown = [payer] if payer else [p for p in budget.payers if amounts[budget.payers.index(p)].any()]
    data: dict[str, Any] = {
        "scenario": budget.scenario.name,
        "inputs": budget.inputs.name,
        "illustrative": budget.inputs.illustrative,
        "item": item,
        "place": code,
        "year": year,
        "readings": {r.code: budget.scenario.reading(r.code, r.default) for r in budget.standard.items[item].readings},
        "places": [_place_steps(budget, item, lines, p, y) for p in below],
        "cost": float(amounts.sum()),
        "amounts": {each: float(amounts[budget.payers.index(each)].sum()) for each in shown},
    }
    return Explanation(budget, data)


def _check(budget: Budget, item: int, place: str, year: int, payer: str | None) -> str:
    standard = budget.standard
    if item not in standard.items:
        listed = ", ".join(str(number) for number in standard.items)
        raise fault("", f"没有第 {item} 项；现有：{listed}", f"there is no item {item}; known: {listed}")
    code = standard.places.find(place)
    if code is None:
        message = standard.places.unknown(place)
        raise fault("", message.zh, message.en)
    if year not in budget.years:
        years = f"{budget.years[0]}–{budget.years[-1]}"
        raise fault("", f"测算年份为 {years}，不含 {year}", f"the budget covers {years}, not {year}")
    if payer is not None and payer not in budget.payers:
        raise fault(
            "",
            f"没有承担主体“{payer}”；现有：{'、'.join(budget.payers)}",
            f"there is no payer '{payer}'; known: {', '.join(budget.payers)}",
        )
    if not any(c in budget.places for c in standard.places.below(code)):
        above = next((c for c in standard.places.ancestors(code) if c in budget.places), None)
        label = standard.places.label(above) if above else None
        hint = (
            Text(f"；数据按{label.zh}（{above}）整体填报", f"; the data are given for {label.en} ({above}) as a whole")
            if label
            else Text("", "")
        )
        raise fault("", f"数据中没有地区 {code}{hint.zh}", f"the data have no place {code}{hint.en}")
    return code


def _place_steps(budget: Budget, item: int, lines: list[int], p: int, y: int) -> dict[str, Any]:
    """The lines of an item in one place of the data, and the caps that act on them."""
    return {
        "place": budget.places[p],
        "lines": [_line_steps(budget, i, p, y) for i in lines],
        "base_amounts": [found for groups in budget.program.bases if (found := _cap(budget, groups, item, lines, p, y))],
        "grants": [found for groups in budget.program.grants if (found := _cap(budget, groups, item, lines, p, y))],
    }


def _line_steps(budget: Budget, i: int, p: int, y: int) -> dict[str, Any]:
    program, line = budget.program, budget.program.lines[i]
    out: dict[str, Any] = {"line": line.code, "beneficiary": line.beneficiary, "costed": bool(program.costed[i, p, y])}
    if not out["costed"]:
        given = program.quantity[i, p, y] > 0
        out["missing"] = "rate" if given else "count" if line.beneficiary else "amount"
        return out
    quantity, unit = float(program.quantity[i, p, y]), float(program.unit[i, p, y])
    out["quantity"] = {"value": quantity, **_quantity_source(budget, line, p, y)}
    if not line.is_amount:
        counted = chosen(line.counted, budget.scenario, budget.standard, 1.0)
        out["rate"] = {"parts": _rate_parts(budget, line, p, y), "times": line.times, "counted": counted, "unit_cost": unit}
    leaf, split = _split_source(budget, line, p, y)
    before = program.coefficient[:, i, p, y] * quantity
    out |= {
        "cost": quantity * unit,
        "split": split,
        "by_rule": {name: float(v) for name, v in zip(program.payers, before, strict=True) if v},
        "amounts": {name: float(v) for name, v in zip(budget.payers, budget.amounts[:, i, p, y], strict=True) if v},
    }
    out["split"]["words"] = {"zh": leaf_words(leaf, "zh"), "en": leaf_words(leaf, "en")}
    return out


def _quantity_source(budget: Budget, line: Line, p: int, y: int) -> dict[str, Any]:
    """Whether a quantity was supplied or projected, from which row and by which entries."""
    year, at = budget.years[y], budget.standard.places.index[budget.places[p]]
    cells, name = (budget.inputs.amounts, line.code) if line.is_amount else (budget.inputs.counts, line.beneficiary or "")
    found = cells.latest(name, [at], year)
    assert found is not None
    rules = [*growth_rules(budget.scenario), *factor_rules(budget.scenario)]
    live = [entry for entry, (start, end) in rules if entry.beneficiary == name and entry.mask[at] and start <= year < end]
    entries = [entry.at for entry in live if entry.factor is not None or found.year < year]
    how = "supplied" if found.year == year and not entries else "projected"
    return {"how": how, "supplied_year": found.year, "supplied": found.value, "entries": entries, **_origin(found)}


def _origin(found: Supplied) -> dict[str, str]:
    return {"at": found.at, "basis": found.basis, "source": found.source, "note": found.note}


def _rate_parts(budget: Budget, line: Line, p: int, y: int) -> list[dict[str, Any]]:
    """The rates in force in a year, each with the part of the year's money that it moved."""
    timeline = budget.program.timelines[line.code]
    at = budget.standard.places.index[budget.standard.places.leaves(budget.places[p])[0]]
    weights = timeline.weights((budget.years[y],))[:, 0]
    parts: list[dict[str, Any]] = []
    for n in np.nonzero(weights > 0)[0]:
        source = timeline.sources[timeline.origin[at, n]]
        part: dict[str, Any] = {"rate": float(timeline.values[at, n]), "share_of_year": float(weights[n])}
        if isinstance(source, Rate):
            part |= {"clause": clause_data(source.clause), "of": source.index, "factor": float(source.value)}
        elif isinstance(source, RateEntry):
            part |= {"clause": clause_data(source.clause), "entry": source.at}
        if isinstance(source, str) or (isinstance(source, Rate) and source.index):
            part |= {"supplied": _origin(_supplied_rate(budget, line, p, y, isinstance(source, Rate)))}
        if parts and {**parts[-1], "share_of_year": 0} == {**part, "share_of_year": 0}:
            parts[-1]["share_of_year"] += part["share_of_year"]
        else:
            parts.append(part)
    return parts


def _supplied_rate(budget: Budget, line: Line, p: int, y: int, index: bool) -> Supplied:
    places, code = budget.standard.places, budget.places[p]
    chain = [places.index[each] for each in (code, *places.ancestors(code))]
    cells, name = (budget.inputs.wages, "") if index else (budget.inputs.rates, line.code)
    found = cells.latest(name, chain, budget.years[y])
    assert found is not None
    return found


def _split_source(budget: Budget, line: Line, p: int, y: int) -> tuple[Leaf, dict[str, Any]]:
    """The leaf in force and the way to it: the entry or clause, and the turns taken."""
    program, standard = budget.program, budget.standard
    code = standard.places.leaves(budget.places[p])[0]
    i = program.lines.index(line)
    entry = program.rules.entries[program.rules.source[i, standard.places.index[code], y]]
    split = entry.split if entry else standard.items[line.item].split
    mask = standard.places.mask([code])
    branch = next(iter(branches(split, line, mask, standard.places, chosen_readings(standard, budget.scenario))))
    clause = branch.leaf.clause or (entry.clause if entry else None)
    return branch.leaf, {
        "kind": type(branch.leaf).__name__.lower(),
        "path": [_turn(step, budget) for step in branch.path],
        "clause": clause_data(clause),
        "entry": entry.at if entry else None,
    }


def _turn(step: Step, budget: Budget) -> dict[str, Any]:
    if isinstance(step, tuple):
        return {"reading": step[0], "option": step[1]}
    return {"branch": {"zh": when_words(step, budget.standard, "zh"), "en": when_words(step, budget.standard, "en")}}


def _cap(budget: Budget, groups: CappedGroups, item: int, lines: list[int], p: int, y: int) -> dict[str, Any] | None:
    """The base amount or grant that governs an item in a place: its amount, what it was held against, what was paid."""
    program = budget.program
    cells = np.ravel_multi_index((np.array(lines), np.full(len(lines), p), np.full(len(lines), y)), program.quantity.shape)
    mine = np.isin(groups.cells, cells)
    if not mine.any():
        return None
    number = int(groups.group[mine][0])
    key = groups.keys[number // len(budget.years)]
    whole = groups.cells[groups.group == number]
    flat = (program.coefficient * program.quantity).reshape(len(program.payers), -1)
    taker = int(groups.taker[mine][0])
    is_base = groups.payer != taker
    due = float(flat[groups.payer, whole].sum() if is_base else flat[:, whole].sum())
    amount = float(groups.limit[number])
    base = budget.inputs.bases.latest(str(item), [budget.standard.places.index[key[1]]], 0) if is_base else None
    source = _origin(base) if base else {}
    return {"payer": program.payers[groups.payer], "taker": program.payers[taker], "governs": key[1], "amount": amount,
            "held_against": due, "paid": min(amount, due), **source}  # fmt: skip


def _yuan(value: float) -> str:
    return f"{value:,.2f}".removesuffix(".00")


def _words(explanation: Explanation, lang: Lang) -> list[str]:
    data, budget = explanation.data, explanation.budget
    item, places = budget.standard.items[data["item"]], budget.standard.places
    here = f"{places.label(data['place']).to(lang)} ({data['place']})"
    out = [
        f"{item_title(item, lang)} · {here} · {data['year']}",
        f"{Text('情景', 'Scenario').to(lang)}: {budget.scenario.title.to(lang)} ({data['scenario']})",
    ]
    if data["illustrative"]:
        out.append(Text("注意：内置数据仅供示例", "Note: the embedded data are illustrative").to(lang))
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
    by_rule = "，".join(f"{payer_name(p, lang)} {_yuan(v)}" for p, v in step["by_rule"].items())
    out.append(f"    {Text('按规则', 'by rule').to(lang)}: {by_rule}")
    return out


def _rate_words(budget: Budget, part: dict[str, Any], lang: Lang) -> str:
    cited = _cite(part["clause"], lang) if "clause" in part else ""
    if part.get("of"):
        cited = f"{part['factor']:g} × {budget.standard.indexes[part['of']].to(lang)}; {cited}"
    supplied = part.get("supplied")
    return "; ".join(each for each in (cited, f"{supplied['at']} ({_origin_words(supplied, lang)})" if supplied else "") if each) + _entry(
        part.get("entry"), lang
    )


def _origin_words(origin: dict[str, str], lang: Lang) -> str:
    return "；".join(part for part in (BASES[origin["basis"]].to(lang), origin["source"], origin["note"]) if part)


def _quantity_words(quantity: dict[str, Any], lang: Lang) -> str:
    source = _origin_words(quantity, lang)
    if quantity["how"] == "supplied":
        return f"{quantity['at']} ({source})"
    base = f"{quantity['supplied_year']}: {quantity['supplied']:,.10g}, {quantity['at']} ({source})"
    entries = "".join(_entry(at, lang) for at in quantity["entries"])
    return Text(f"由{base} 推算{entries or '（保持不变）'}", f"projected from {base}{entries or ' (held)'}").to(lang)


def _base_words(budget: Budget, cap: dict[str, Any], lang: Lang) -> list[str]:
    place = budget.standard.places.label(cap["governs"]).to(lang)
    payer, taker = payer_name(cap["payer"], lang), payer_name(cap["taker"], lang)
    source = _origin_words(cap, lang)
    paid, moved = _yuan(cap["paid"]), _yuan(cap["held_against"] - cap["paid"])
    return [
        Text(
            f"• 2015年基数（{place}）：{_yuan(cap['amount'])} 元；{payer}应担 {_yuan(cap['held_against'])}，实担 {paid}，{taker}承担超出的 {moved}",
            f"• 2015 base amount ({place}): {_yuan(cap['amount'])} yuan; due from {payer} {_yuan(cap['held_against'])}, pays {paid}, {taker} takes the {moved} above it",
        ).to(lang),
        f"    {cap['at']} ({source})",
    ]


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
