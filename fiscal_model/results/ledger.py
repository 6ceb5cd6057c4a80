"""The ledger: for every item whether it is costed, on what its figures rest, and how much of each
total rests on what.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from fiscal_model.arrays import Floats, Ints
from fiscal_model.blocks import Block, Heading, Shown, Table, wan
from fiscal_model.calls import answered
from fiscal_model.engine.basis import ORDER, quantity_basis, rank, rate_basis, split_basis, weakest
from fiscal_model.engine.rates import timeline
from fiscal_model.engine.splits import rule_book
from fiscal_model.periods import LAST_YEAR
from fiscal_model.results.accounts import account_of
from fiscal_model.results.result import Result, cut
from fiscal_model.scenario.entries import SplitEntry
from fiscal_model.scenario.model import Scenario
from fiscal_model.standard.kinds.leaf import Leaf
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import (
    ACCOUNTS,
    RESTS_ON,
    UNALLOCATED,
    Lang,
    Text,
    joined,
    labelled,
    listed,
)

if TYPE_CHECKING:
    import pandas as pd

STATUS: Mapping[str, Text] = {
    "costed": Text("已测算", "costed"),
    "partly": Text("部分测算", "partly costed"),
    "partly_open": Text("已测算、分担部分未明确", "costed, split partly open"),
    "open": Text("已测算、分担未明确", "costed, split open"),
    "not_costed": Text("未测算（缺数据）", "not costed (no data)"),
    "paid_in": Text("在其他项目中测算", "costed in another item"),
}
"""What can be said of an item: costed; costed with lines missing; costed with a part of the cost
unallocated, or all of it; not costed; paid in another.
Of the cost in the account of the item 0% unallocated is costed, 100% open, anything between partly
open: always told with the share.
"""
COSTED: Final = ("costed", "partly", "partly_open", "open")
"""Where anything of an item is costed."""
ROUNDING: Final = 1e-9
"""A share as near to 0 or 1 as this is that: what is left is how computers add up."""

COLUMNS = (
    Text("服务项目", "Item"),
    Text("状态", "Status"),
    Text("账目", "Account"),
    Text("资金需求（万元）", "Cost (10,000 yuan)"),
    Text("未明确分担（万元）", "Unallocated (10,000 yuan)"),
    Text(
        "金额依据（人数、标准、分担中最弱的一环）",
        "Basis of the amount (weakest of count, rate and split)",
    ),
)


@dataclass(frozen=True)
class Entry:
    """One item over all years and places in one account: the first in which anything of it is
    costed, the general public budget before others.

    ``cost``, ``unallocated`` and the shares of the cost are of it; ``costs`` has the cost in every
    account in which anything is costed. ``basis`` is the weakest of quantity, rate and split;
    ``missing`` are the lines without data.
    """

    item: int
    status: str
    paid_in: int | None
    account: str
    cost: float
    unallocated: float
    costs: Mapping[str, float]
    quantity: Mapping[str, float]
    rate: Mapping[str, float]
    split: Mapping[str, float]
    basis: Mapping[str, float]
    missing: tuple[str, ...]

    @property
    def unallocated_share(self) -> float:
        """What part of the cost is unallocated, between 0 and 1."""
        share = self.unallocated / self.cost if self.cost else 0.0
        return 0.0 if share < ROUNDING else 1.0 if share > 1 - ROUNDING else share


@dataclass(frozen=True)
class Account:
    """One account over all years and places; ``basis`` are shares of its cost by the weakest of
    quantity, rate and split, ``payers`` those of what each payer bears.
    """

    name: Text
    cost: float
    unallocated: float
    basis: Mapping[str, float]
    payers: Mapping[str, Mapping[str, float]]

    def unallocated_words(self, lang: Lang, decimals: int = 0) -> str:
        """``占一般公共预算的 31%``: what part of it is unallocated."""
        part = f"{self.unallocated / self.cost if self.cost else 0.0:.{decimals}%}"
        return Text(f"占{self.name.zh}的 {part}", f"{part} of the {self.name.en}").to(lang)


@answered
@dataclass(frozen=True, repr=False)
class Ledger(Shown):
    """All items of a result, and the accounts that anything is costed in."""

    result: Result
    items: tuple[Entry, ...]
    accounts: tuple[Account, ...]

    @property
    def payers(self) -> Mapping[str, Mapping[str, float]]:
        """The shares of each payer's total in the first account by the weakest basis."""
        return self.accounts[0].payers if self.accounts else {}

    def to_dataframe(self) -> pd.DataFrame:
        """A row an item: ``cost`` and ``unallocated`` in yuan in its ``account``, ``cost_general``
        and so on in each; shares between 0 and 1.
        """
        import pandas as pd

        rows = []
        for entry in self.items:
            row: dict[str, Any] = {
                "item": entry.item,
                "status": entry.status,
                "paid_in": entry.paid_in,
                "account": entry.account,
                "cost": entry.cost,
                "unallocated": entry.unallocated,
                "unallocated_share": entry.unallocated_share,
            }
            row |= {
                f"cost_{account}": entry.costs.get(account, float("nan")) for account in ACCOUNTS
            }
            for part in ("quantity", "rate", "split", "basis"):
                row |= {f"{part}_{name}": getattr(entry, part).get(name, 0.0) for name in ORDER}
            rows.append(row | {"missing": " ".join(entry.missing)})
        return pd.DataFrame(rows).set_index("item")

    def unallocated(self) -> tuple[Account, ...]:
        """The first account, and any other in which something is unallocated: parts of each, never
        of all together.
        """
        return tuple(each for each in self.accounts if each is self.accounts[0] or each.unallocated)

    def counts(self) -> dict[str, int]:
        """How many items have each status."""
        return {status: sum(entry.status == status for entry in self.items) for status in STATUS}

    def blocks(self, lang: Lang) -> Iterable[Block]:
        """A row an item: status with the share unallocated, account, cost and unallocated in 10,000
        yuan, and the basis.
        """
        from fiscal_model.standard.words import cost_title

        rows = [
            (
                cost_title(self.result.standard, entry.item, lang),
                status_words(entry, lang),
                account_words(entry, lang),
                *(
                    (wan(entry.cost), wan(entry.unallocated))
                    if entry.status in COSTED
                    else ("—", "—")
                ),
                shares_words(entry.basis, lang),
            )
            for entry in self.items
        ]
        heads = [column.to(lang) for column in COLUMNS]
        return Heading(self.result.title(lang)), Table(heads, rows, numbers=(3, 4))


def status_words(entry: Entry, lang: Lang) -> str:
    """The status of an item in words, with the share of its cost that is unallocated:
    ``已测算、分担部分未明确（65%）``.
    """
    if entry.paid_in:
        return Text(f"在第{entry.paid_in}项中测算", f"costed in item {entry.paid_in}").to(lang)
    words, share = STATUS[entry.status].to(lang), share_words(entry.unallocated_share)
    if entry.status not in ("partly_open", "open"):
        return words
    if entry.missing:
        words = words.replace(STATUS["costed"].to(lang), STATUS["partly"].to(lang), 1)
    return words + Text(f"（{share}）", f" ({share} unallocated)").to(lang)


def share_words(share: float) -> str:
    """A share in whole percent; 0% and 100% are only what is exactly so."""
    return "<1%" if 0 < share < 0.01 else ">99%" if 0.99 < share < 1 else f"{share:.0%}"


def account_words(entry: Entry, lang: Lang) -> str:
    """The account of the cost, and what is costed in others beside it, in 10,000 yuan."""
    if entry.status not in COSTED:
        return "—"
    others = [
        (ACCOUNTS[account].to(lang), wan(yuan))
        for account, yuan in entry.costs.items()
        if account != entry.account
    ]
    named = listed((labelled(name, money, lang) for name, money in others), lang)
    return ACCOUNTS[entry.account].to(lang) + (
        Text(f"（另有{named}）", f" (besides {named})").to(lang) if others else ""
    )


def shares_words(shares: Mapping[str, float], lang: Lang) -> str:
    """``标准原文 80%、假设 20%``."""
    return ("、" if lang == "zh" else ", ").join(
        f"{RESTS_ON[name].to(lang)} {share:.0%}" for name, share in shares.items() if share > 0.0005
    ) or "—"


def ledger(result: Result) -> Ledger:
    """Draws up the ledger of a result; that of a part of the lines has their items alone."""
    program, inputs = result.program, result.inputs
    quantity, rate = (
        cut(result, ranks)
        for ranks in (quantity_basis(program, inputs), rate_basis(program, inputs))
    )
    split = cut(result, split_basis(program, result.payers))
    total = np.maximum(split, np.maximum(quantity, rate))
    every = len(result.lines) == len(result.standard.lines)
    shown = set(result.standard.items) if every else {line.item for line in result.lines}
    entries = []
    for item in (each for each in result.standard.items.values() if each.number in shown):
        lines = [i for i, line in enumerate(result.lines) if line.item == item.number]
        missing = tuple(result.lines[i].code for i in lines if not result.costed[i].any())
        costs = {
            account: float(result.cost[mine].sum()) for account, mine in _costed(result, lines)
        }
        account = next(iter(costs), account_of([result.lines[i] for i in lines]))
        mine = [i for i in lines if result.lines[i].account == account]
        cost, paid = result.cost[mine], result.amounts[:, mine]
        shares = {
            name: _shares(ranks[mine], cost)
            for name, ranks in (("quantity", quantity), ("rate", rate))
        }
        shares |= {
            name: _shares(ranks[:, mine], paid)
            for name, ranks in (("split", split), ("basis", total))
        }
        entry = Entry(
            item.number,
            "costed",
            item.paid_in.item if item.paid_in else None,
            account,
            costs.get(account, 0.0),
            _unallocated(result, paid),
            costs,
            missing=missing,
            **shares,
        )
        entries.append(replace(entry, status=_status(entry)))
    return Ledger(result, tuple(entries), _accounts(result, total))


def _unallocated(result: Result, amounts: Floats) -> float:
    """Yuan of some ``amounts`` by (payer, …) that nobody has been named to pay."""
    return float(amounts[[payer == UNALLOCATED for payer in result.payers]].sum())


def _costed(result: Result, lines: Iterable[int]) -> Iterator[tuple[str, list[int]]]:
    """The accounts in which any of some lines is costed, and the lines in each."""
    for account in ACCOUNTS:
        mine = [i for i in lines if result.lines[i].account == account]
        if result.costed[mine].any():
            yield account, mine


def _accounts(result: Result, ranks: Ints) -> tuple[Account, ...]:
    out = []
    for account, lines in _costed(result, range(len(result.lines))):
        cost, amounts, of = result.cost[lines], result.amounts[:, lines], ranks[:, lines]
        payers = {
            payer: _shares(of[k], amounts[k])
            for k, payer in enumerate(result.payers)
            if amounts[k].any()
        }
        unallocated = _unallocated(result, amounts)
        out.append(
            Account(ACCOUNTS[account], float(cost.sum()), unallocated, _shares(of, amounts), payers)
        )
    return tuple(out)


def not_costed(result: Result) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    """What is not costed for want of data: line, place (empty: everywhere) and years."""
    places = result.standard.places
    position = {code: p for p, code in enumerate(result.places)}
    top = {
        code: next((above for above in reversed(places.ancestors(code)) if above in position), code)
        for code in result.places
    }
    tops = list(dict.fromkeys(top.values()))
    inside = np.array(
        [[top[code] == each for code in result.places] for each in tops], np.float64
    ).reshape(len(tops), len(result.places))
    there = np.matmul(inside, result.costed.astype(np.float64)) > 0  # (line, top, year)
    for i, line in enumerate(result.lines):
        if not there[i].any():
            yield line.code, "", result.years
            continue
        for n in np.flatnonzero(~there[i].all(axis=1)).tolist():
            yield (
                line.code,
                tops[n],
                tuple(year for y, year in enumerate(result.years) if not there[i, n, y]),
            )


def _status(entry: Entry) -> str:
    """The one rule for the status of an item."""
    if entry.paid_in:
        return "paid_in"
    if not entry.costs:
        return "not_costed"
    if entry.unallocated_share:
        return "open" if entry.unallocated_share == 1 else "partly_open"
    return "partly" if entry.missing else "costed"


def _shares(ranks: Ints, yuan: Any) -> dict[str, float]:
    total = float(yuan.sum())
    if not total:
        return {}
    sums = np.bincount(ranks.ravel(), yuan.ravel(), len(ORDER))
    return {name: float(value) / total for name, value in zip(ORDER, sums, strict=True) if value}


SUPPLIED, OPEN = "supplied", "open"


def rests_on(standard: Standard, scenario: Scenario) -> dict[int, dict[str, Any]]:
    """For every item, without any data: the basis of each line's rate (or ``supplied``) and of its
    split (or ``open``) under a scenario.
    """
    book = rule_book(standard, scenario, [LAST_YEAR])
    out: dict[int, dict[str, Any]] = {n: {"rates": {}, "split": set()} for n in standard.items}
    for i, line in enumerate(standard.lines.values()):
        entry = out[line.item]
        rate = SUPPLIED
        if not line.is_amount:
            steps = timeline(line, standard, scenario, None, LAST_YEAR, LAST_YEAR)
            found = {steps.sources[n] for n in steps.origin.ravel().tolist() if n >= 0}
            ranks = [rank(source.clause) for source in found if not isinstance(source, str)]
            rate = ORDER[max(ranks)] if ranks else SUPPLIED
        entry["rates"][line.code] = rate
        for way, source in set(
            zip(book.way[i].ravel().tolist(), book.source[i].ravel().tolist(), strict=True)
        ):
            entry["split"] |= _bases_of(book.ways[way].leaf, book.entries[source])
    return {
        n: {"rates": entry["rates"], "split": sorted(entry["split"])} for n, entry in out.items()
    }


def _bases_of(leaf: Leaf, entry: SplitEntry | None) -> set[str]:
    """The bases of the clauses of a leaf; what it leaves unallocated is open, and on what that
    rests is told unless it is the text.
    """
    found = {payer: ORDER[weakest(leaf, payer, entry)] for payer in leaf.payers()}
    is_open = {OPEN} if UNALLOCATED in found else set()
    return is_open | {
        basis for payer, basis in found.items() if payer != UNALLOCATED or basis != ORDER[0]
    }


def rests_on_words(entry: Mapping[str, Any], lang: Lang) -> str:
    """``补助标准：标准原文；分担：未明确``; the split is partly open where only some lines, places
    or conditions leave it so.
    """
    partly = (
        Text("部分未明确", "partly open") if len(entry["split"]) > 1 else Text("未明确", "open")
    )
    names = {**RESTS_ON, SUPPLIED: Text("由使用者填报", "supplied by the user"), OPEN: partly}
    rates = listed((names[name].to(lang) for name in dict.fromkeys(entry["rates"].values())), lang)
    split = listed((names[name].to(lang) for name in entry["split"]), lang)
    said = [
        labelled(Text("补助标准", "rates").to(lang), rates, lang),
        labelled(Text("分担", "split").to(lang), split, lang),
    ]
    return joined(said if entry["rates"] else said[1:], lang) if split or rates else "—"
