"""The steps to a figure as plain data: quantity × rate × times, the split and why that branch, the
caps; each with its source.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from fiscal_model.engine.base_amounts import acting, carried_from
from fiscal_model.engine.rates import chosen
from fiscal_model.engine.splits import Step
from fiscal_model.engine.trace import Held
from fiscal_model.errors import fault
from fiscal_model.inputs.model import Supplied
from fiscal_model.messages.message import Arg, message
from fiscal_model.periods import SLOTS, one_year
from fiscal_model.results.accounts import account_of
from fiscal_model.results.result import Result
from fiscal_model.scenario.entries import RateEntry
from fiscal_model.scenario.layers import factor_layers
from fiscal_model.standard.kinds.leaf import Leaf
from fiscal_model.standard.names import PAYER, PLACE
from fiscal_model.standard.rules import Line, Rate, Standard
from fiscal_model.standard.splits import ByReading, Cases, Split, When
from fiscal_model.standard.words import clause_data, when_words
from fiscal_model.vocabulary import ACCOUNTS, LANGS


def steps(
    budget: Result, item: int | str, place: str | int, year: int | str, payer: str | None
) -> dict[str, Any]:
    """The steps as plain data: stable names, codes and unrounded numbers that recompute to the
    figure.

    ``cost`` and ``amounts`` are of ``account``, the general public budget where the item has a line
    in it; ``accounts`` has those of each account. Payer ``prefecture`` is prefecture and county
    together, also where local shares divide them; ``divided`` then says what each bears.

    Raises:
        FiscalModelError: the item, place, year or payer is not part of the budget.

    """
    item, code, year, payer = _check(budget, item, place, year, payer)
    part, budget = budget, budget.whole
    y = budget.years.index(year)
    paid_in = budget.standard.items[item].paid_in
    payer_item = paid_in.item if paid_in else item
    lines = [
        i
        for i, line in enumerate(budget.lines)
        if line.item == payer_item and line.code in part.labels["line"]
    ]
    if part.at and not lines:
        part.sel(item=item)  # says what is not there
    below = [budget.places.index(c) for c in budget.standard.places.below(code) if c in part.places]
    places = [_place_steps(budget, payer_item, lines, p, y) for p in below]
    accounts = _accounts(budget, lines, below, y, payer)
    covered = account_of([budget.lines[i] for i in lines])
    account = covered if covered in accounts else next(iter(accounts))
    whole, key = accounts[account], budget.standard.keys.get(payer_item)
    return {
        "scenario": budget.scenario.name,
        "inputs": budget.inputs.name,
        "illustrative": budget.inputs.illustrative,
        "item": item,
        "paid_in": paid_in.item if paid_in else None,
        "place": code,
        "year": year,
        "readings": {
            reading: option
            for each in places
            for line in each["lines"]
            for reading, option in line.get("readings", {}).items()
        },
        "places": places,
        "account": account,
        **whole,
        **(
            {"allocated": whole["cost"] * key.weights[item] / sum(key.weights.values())}
            if paid_in and key
            else {}
        ),
        "accounts": accounts,
    }


def _accounts(
    budget: Result, lines: Sequence[int], below: Sequence[int], y: int, payer: str | None
) -> dict[str, dict[str, Any]]:
    """What the lines come to in each account that they are booked in; accounts are never added up.
    One payer stands only where it bears something, with 0 if it does so in none.
    """
    out = {}
    asked = budget.standard.payers.within(payer) if payer else ()
    bears = budget.amounts[[name in asked for name in budget.payers]][:, lines][:, :, below][
        ..., y
    ].any()
    for account in ACCOUNTS:
        mine = [i for i in lines if budget.lines[i].account == account]
        if not mine:
            continue
        amounts, costed = (
            budget.amounts[:, mine][:, :, below][..., y],
            budget.costed[mine][:, below][..., y],
        )
        borne = {
            name: float(part.sum())
            for name, part in zip(budget.payers, amounts, strict=True)
            if part.any()
        }
        divided = {name: borne[name] for name in asked[1:] if name in borne}
        if payer and costed.any():
            amount = sum(borne.get(each, 0.0) for each in (payer, *divided))
            borne = {payer: amount} if amount or not bears else {}
        out[account] = {
            "costed": "all" if costed.all() else "some" if costed.any() else "none",
            "cost": float(amounts.sum()),
            "amounts": borne,
            **({"divided": divided} if divided else {}),
        }
    return out


def _check(
    budget: Result, item: int | str, place: str | int, year: int | str, payer: str | None
) -> tuple[int, str, int, str | None]:
    """The item, the place's code, the year and the payer's code, if the budget has them."""
    standard, names = budget.standard, budget.standard.names
    item, code, year = names.item(item), names.code(place, PLACE), one_year(year)
    if year not in budget.years:
        years = f"{budget.years[0]}–{budget.years[-1]}"
        raise fault("", "year-not-covered", years=years, year=year)
    if payer is not None:
        payer = names.among(PAYER).only(budget.payers).code(payer)
    if not any(c in budget.places for c in standard.places.below(code)):
        above = next((c for c in standard.places.ancestors(code) if c in budget.places), None)
        hint: Arg = ""
        if above:
            hint = message("data-given-for", place=standard.places.label(above), code=above)
        raise fault("", "place-not-in-data", place=code, hint=hint)
    return item, code, year, payer


def _place_steps(budget: Result, item: int, lines: list[int], p: int, y: int) -> dict[str, Any]:
    """The lines of an item in one place of the data, and the caps that act on them."""
    at = np.array(lines), np.full(len(lines), p), np.full(len(lines), y)
    cells = np.ravel_multi_index(at, budget.program.quantity.shape)
    return {
        "place": budget.places[p],
        "lines": [_line_steps(budget, i, p, y) for i in lines],
        "base_amounts": [
            _base(budget, held, group, item, p, y)
            for held in budget.program.trace.bases
            if (group := held.group_of(cells)) is not None
        ],
        "grants": [
            _grant(budget, held, group)
            for held in budget.program.trace.grants
            if (group := held.group_of(cells)) is not None
        ],
    }


def _line_steps(budget: Result, i: int, p: int, y: int) -> dict[str, Any]:
    program, line = budget.program, budget.program.lines[i]
    out: dict[str, Any] = {
        "line": line.code,
        "beneficiary": line.beneficiary,
        "costed": bool(program.costed[i, p, y]),
    }
    if not out["costed"]:
        given = bool(program.supplied[i, p, y])
        out["missing"] = "rate" if given else "count" if line.beneficiary else "amount"
        return out
    quantity, unit = float(program.quantity[i, p, y]), float(program.unit[i, p, y])
    deducted = float(program.deducted[i, p, y])
    out["quantity"] = {
        "value": quantity,
        **({"deducted": deducted} if deducted else {}),
        **_quantity_source(budget, line, p, y),
    }
    if not line.is_amount:
        counted = chosen(line.counted, budget.scenario, budget.standard, 1.0)
        parts = _rate_parts(budget, line, p, y)
        without = 1.0 - sum(round(part["share_of_year"] * SLOTS) for part in parts) / SLOTS
        out["rate"] = {
            "parts": parts,
            **({"without": without} if without else {}),
            "times": line.times,
            "counted": counted,
            "unit_cost": unit,
        }
    leaf, split = _split_source(budget, line, p, y)
    before = program.trace.due[:, i, p, y]
    out |= {
        "cost": quantity * unit,
        "split": split,
        "by_rule": {name: float(v) for name, v in zip(program.payers, before, strict=True) if v},
        "amounts": {
            name: float(v)
            for name, v in zip(budget.payers, budget.amounts[:, i, p, y], strict=True)
            if v
        },
    }
    out["split"]["words"] = {lang: leaf.words(lang, budget.standard.payers) for lang in LANGS}
    out["readings"] = _readings(budget, line, leaf, split["path"]) | _readings_of_overlaps(
        budget, line, p, y
    )
    return out


def _readings(budget: Result, line: Line, leaf: Leaf, path: list[dict[str, Any]]) -> dict[str, str]:
    """The readings that act on a line in a place, and the option in force: those on the way to its
    leaf, and those of the numbers in use.
    """
    numbers = (line.counted, line.raised if leaf.bears_raise else None)
    codes = [
        *(turn["reading"] for turn in path if "reading" in turn),
        *(number.reading for number in numbers if number),
    ]
    return {
        code: budget.scenario.reading(code, budget.standard.readings[code].default)
        for code in codes
    }


def _readings_of_overlaps(budget: Result, line: Line, p: int, y: int) -> dict[str, str]:
    """The readings by which people entitled to a second benefit beside the one of a line leave its
    count or stay in it, and the option in force.
    """
    standard, overlaps = budget.standard, budget.program.applied.overlaps
    at = standard.places.index[budget.places[p]]
    mine = [pair for pair in overlaps.series if line.beneficiary in pair.split(":")]
    known = [
        pair for pair in mine if not np.isnan(overlaps.select((pair,), budget.years)[0][at, y])
    ]
    unders = [rule.under for pair in known if (rule := standard.higher_rule(pair)) and rule.under]
    return {
        under.reading: budget.scenario.reading(
            under.reading, standard.readings[under.reading].default
        )
        for under in unders
    }


def _quantity_source(budget: Result, line: Line, p: int, y: int) -> dict[str, Any]:
    """Whether a quantity was supplied or projected, from which row and by which entries."""
    year, at = budget.years[y], budget.standard.places.index[budget.places[p]]
    cells, name = (
        (budget.inputs.amounts, line.code)
        if line.is_amount
        else (budget.inputs.counts, line.beneficiary or "")
    )
    found = cells.latest(name, [at], year)
    places = budget.standard.places
    lives = {code: places.lives[code] for code in places.joined(budget.places[p])}
    taken = [
        code
        for code, life in lives.items()
        if not life.there(year) and (found is None or life.there(found.year))
    ]
    layers = [*budget.program.applied.projected_by, *factor_layers(budget.scenario)]
    mine = [layer for layer in layers if layer.entry.beneficiary == name]
    live = [layer.entry for layer in mine if layer.mask[at] and layer.start <= year < layer.end]
    acting = [
        entry for entry in live if entry.factor is not None or found is None or found.year < year
    ]
    entries = [{"at": entry.at, **entry.words._asdict()} for entry in acting]
    if taken:
        return {"how": "joined", "places": taken, "entries": entries}
    if found is None:
        return {"how": "population", "entries": entries}
    how = "supplied" if found.year == year and not entries else "projected"
    return {
        "how": how,
        "year": year,
        "supplied_year": found.year,
        "supplied": found.value,
        "entries": entries,
        **_origin(found),
    }


def _origin(found: Supplied) -> dict[str, str]:
    return {"at": found.at, "basis": found.basis, "source": found.source, "note": found.note}


def _rate_parts(budget: Result, line: Line, p: int, y: int) -> list[dict[str, Any]]:
    """The rates in force in a year, each with the part of the year's money that it moved; a part of
    the year without a rate has none.
    """
    timeline = budget.program.timelines[line.code]
    at = budget.standard.places.speaker(budget.places[p])
    weights = timeline.weights((budget.years[y],))[:, 0]
    parts: list[dict[str, Any]] = []
    for n in np.flatnonzero((weights > 0) & ~np.isnan(timeline.values[at])):
        source = timeline.sources[timeline.origin[at, n]]
        part: dict[str, Any] = {
            "rate": float(timeline.values[at, n]),
            "share_of_year": float(weights[n]),
        }
        if isinstance(source, Rate):
            part |= {
                "clause": clause_data(source.clause),
                "of": source.index,
                "factor": float(source.value),
            }
        elif isinstance(source, RateEntry):
            part |= {
                "clause": clause_data(source.clause),
                "entry": source.at,
                "follows": source.words._asdict(),
            }
        if isinstance(source, str) or (isinstance(source, Rate) and source.index):
            part |= {
                "supplied": _origin(_supplied_rate(budget, line, p, y, isinstance(source, Rate)))
            }
        if parts and {**parts[-1], "share_of_year": 0} == {**part, "share_of_year": 0}:
            parts[-1]["share_of_year"] += part["share_of_year"]
        else:
            parts.append(part)
    return parts


def _supplied_rate(budget: Result, line: Line, p: int, y: int, index: bool) -> Supplied:
    places, code = budget.standard.places, budget.places[p]
    chain = places.at(places.chain(code)).tolist()
    cells, name = (budget.inputs.wages, "") if index else (budget.inputs.rates, line.code)
    found = cells.latest(name, chain, budget.years[y])
    assert found is not None
    return found


def _split_source(budget: Result, line: Line, p: int, y: int) -> tuple[Leaf, dict[str, Any]]:
    """The leaf in force and the way to it: the entry or clause, and the turns taken."""
    program, standard = budget.program, budget.standard
    i = program.lines.index(line)
    cell = i, standard.places.speaker(budget.places[p]), y
    entry, way = (
        program.rules.entries[program.rules.source[cell]],
        program.rules.ways[program.rules.way[cell]],
    )
    clause, rest = way.leaf.clause or (entry.clause if entry else None), way.leaf.rest_clause
    return way.leaf, {
        "kind": way.leaf.name,
        "path": _turns(
            entry.split if entry else standard.items[line.item].split, way.path, line, standard
        ),
        "clause": clause_data(clause),
        **({"rest_clause": clause_data(rest)} if rest else {}),
        "entry": entry.at if entry else None,
    }


def _turns(
    split: Split, path: Sequence[Step], line: Line, standard: Standard
) -> list[dict[str, Any]]:
    """The turns taken in a split on the way to the leaf of a line."""
    out: list[dict[str, Any]] = []
    for step in path:
        match split, step:
            case ByReading(), (reading, option):
                out.append({"reading": reading, "option": option})
                split = dict(split.options)[option]
            case Cases(), When():
                others = [
                    when
                    for when, _ in split.branches
                    if when != step and (not when.lines or line.code in when.lines)
                ]
                out.append(
                    {"branch": {lang: when_words(step, standard, lang, others) for lang in LANGS}}
                )
                split = next(inner for when, inner in split.branches if when == step)
    return out


def _base(budget: Result, held: Held, group: int, item: int, p: int, y: int) -> dict[str, Any]:
    """A base amount (None where a scenario abolished it), what it was held against and what was
    paid; ``carried`` are the places that it was supplied for, where that is not this one or one
    above it.
    """
    program, code, limit = budget.program, held.governs(group), float(held.groups.limit[group])
    at = budget.standard.places.index[code]
    supplied = budget.inputs.bases.latest(str(item), [at], 0)
    places, place, year = budget.standard.places, budget.places[p], budget.years[y]
    carried = carried_from((item, code), place, program.applied.base_amounts, places, year)
    return {
        "payer": program.payers[held.groups.payer],
        "taker": program.payers[held.taker(group)],
        "governs": code,
        "amount": None if np.isinf(limit) else limit,
        "held_against": float(held.payment.total[group]),
        "ended": float(held.groups.ended[group]),
        "by_ratio": float(held.unlimited[group]),
        "paid": float(held.payment.paid[group]),
        "entries": [entry.at for entry in acting(budget.scenario, (item, code), year)],
        **({"carried": list(carried)} if carried else {}),
        **({"supplied": supplied.value, **_origin(supplied)} if supplied else {}),
    }


def _grant(budget: Result, held: Held, group: int) -> dict[str, Any]:
    """A grant, the cost that earlier grants left to it, and what was paid of it."""
    return {
        "payer": budget.program.payers[held.groups.payer],
        "governs": held.governs(group),
        "amount": float(held.groups.limit[group]),
        "held_against": float(held.payment.total[group]),
        "paid": float(held.payment.paid[group]),
    }
