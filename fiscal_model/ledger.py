"""The ledger: for every item whether it is costed, on what its figures rest, and how much of each total rests on what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from fiscal_model.arrays import Ints
from fiscal_model.budget import Budget
from fiscal_model.engine.basis import ORDER, quantity_basis, rank, rate_basis, split_basis, weakest
from fiscal_model.engine.rates import timeline
from fiscal_model.engine.splits import rule_book
from fiscal_model.html import block, heading, table, wan
from fiscal_model.language import spoken
from fiscal_model.periods import LAST_YEAR
from fiscal_model.scenario.model import Scenario, SplitEntry
from fiscal_model.standard.rules import Standard
from fiscal_model.standard.splits import Leaf, payers_of
from fiscal_model.text import aligned
from fiscal_model.vocabulary import ACCOUNTS, RESTS_ON, UNALLOCATED, Lang, Text, joined, labelled, listed

if TYPE_CHECKING:
    import pandas as pd

STATUS: Mapping[str, Text] = {
    "costed": Text("已测算", "costed"),
    "partly": Text("部分测算", "partly costed"),
    "open": Text("已测算、分担未明确", "costed, split open"),
    "not_costed": Text("未测算（缺数据）", "not costed (no data)"),
    "paid_in": Text("在其他项目中测算", "costed in another item"),
}
"""What can be said of an item: costed; costed with lines missing; costed with nothing allocated; not costed; paid in another."""

COLUMNS = (
    Text("服务项目", "Item"),
    Text("状态", "Status"),
    Text("资金需求（万元）", "Cost (10,000 yuan)"),
    Text("未明确分担（万元）", "Unallocated (10,000 yuan)"),
    Text("金额依据（人数、标准、分担中最弱的一环）", "Basis of the amount (weakest of count, rate and split)"),
)


@dataclass(frozen=True)
class Entry:
    """One item over all years and places. Shares are parts of its cost; ``basis`` is the weakest of quantity, rate and split."""

    item: int
    status: str
    paid_in: int | None
    cost: float
    unallocated: float
    quantity: Mapping[str, float]
    rate: Mapping[str, float]
    split: Mapping[str, float]
    basis: Mapping[str, float]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Account:
    """One account over all years and places; ``basis`` are shares of its cost by the weakest of quantity, rate and split."""

    name: Text
    cost: float
    unallocated: float
    basis: Mapping[str, float]

    def unallocated_words(self, lang: Lang, decimals: int = 0) -> str:
        """``占一般公共预算的 31%``: what part of it is unallocated."""
        part = f"{self.unallocated / self.cost if self.cost else 0.0:.{decimals}%}"
        return Text(f"占{self.name.zh}的 {part}", f"{part} of the {self.name.en}").to(lang)


@dataclass(frozen=True)
class Ledger:
    """All items, the accounts that anything is costed in, and the shares of each payer's total by the weakest basis."""

    budget: Budget
    items: tuple[Entry, ...]
    accounts: tuple[Account, ...]
    payers: Mapping[str, Mapping[str, float]]

    def to_dataframe(self) -> pd.DataFrame:
        """A row an item; shares between 0 and 1 under ``quantity_text`` and so on."""
        import pandas as pd

        rows = []
        for entry in self.items:
            row: dict[str, Any] = {
                "item": entry.item,
                "status": entry.status,
                "paid_in": entry.paid_in,
                "cost": entry.cost,
                "unallocated": entry.unallocated,
            }
            for part in ("quantity", "rate", "split", "basis"):
                row |= {f"{part}_{name}": getattr(entry, part).get(name, 0.0) for name in ORDER}
            rows.append(row | {"missing": " ".join(entry.missing)})
        return pd.DataFrame(rows).set_index("item")

    def unallocated(self) -> tuple[Account, ...]:
        """The first account, and any other in which something is unallocated: parts of each, never of all together."""
        return tuple(each for each in self.accounts if each is self.accounts[0] or each.unallocated)

    def counts(self) -> dict[str, int]:
        """How many items have each status."""
        return {status: sum(entry.status == status for entry in self.items) for status in STATUS}

    def __repr__(self) -> str:
        return self.text()

    def html(self, lang: Lang | None = None) -> str:
        """A row an item: status, cost and unallocated in 10,000 yuan, and the basis, as HTML."""
        lang = spoken(lang)
        head, *rows = self._rows(lang)
        return block(heading(self.budget.title(lang)), table(head, rows))

    def _repr_html_(self) -> str:
        return self.html()

    def text(self, lang: Lang | None = None) -> str:
        """The same as aligned lines."""
        lang = spoken(lang)
        return "\n".join([self.budget.title(lang), *aligned(self._rows(lang), numbers=(2, 3))])

    def _rows(self, lang: Lang) -> list[tuple[str, ...]]:
        """What columns are called, and a row an item."""
        from fiscal_model.standard.words import cost_title

        heads = tuple(column.to(lang) for column in COLUMNS)
        return [heads] + [
            (
                cost_title(self.budget.standard, entry.item, lang), status_words(entry, lang),
                *((wan(entry.cost), wan(entry.unallocated)) if entry.status in ("costed", "partly", "open") else ("—", "—")),
                shares_words(entry.basis, lang),
            )
            for entry in self.items
        ]  # fmt: skip


def status_words(entry: Entry, lang: Lang) -> str:
    """The status of an item in words."""
    if entry.paid_in:
        return Text(f"在第{entry.paid_in}项中测算", f"costed in item {entry.paid_in}").to(lang)
    return STATUS[entry.status].to(lang)


def shares_words(shares: Mapping[str, float], lang: Lang) -> str:
    """``标准原文 80%、假设 20%``."""
    return ("、" if lang == "zh" else ", ").join(
        f"{RESTS_ON[name].to(lang)} {share:.0%}" for name, share in shares.items() if share > 0.0005
    ) or "—"


def ledger(budget: Budget) -> Ledger:
    """Draws up the ledger of a budget."""
    program = budget.program
    quantity, rate, split = (
        quantity_basis(program, budget.inputs),
        rate_basis(program, budget.inputs),
        split_basis(program, budget.payers),
    )
    total = np.maximum(split, np.maximum(quantity, rate))
    entries = []
    for item in budget.standard.items.values():
        lines = [i for i, line in enumerate(program.lines) if line.item == item.number]
        cost = budget.cost[lines]
        costed = [bool(program.costed[i].any()) for i in lines]
        unallocated = float(budget.amounts[budget.payers.index(UNALLOCATED)][lines].sum())
        paid = budget.amounts[:, lines]
        shares = {name: _shares(ranks[lines], cost) for name, ranks in (("quantity", quantity), ("rate", rate))}
        shares |= {name: _shares(ranks[:, lines], paid) for name, ranks in (("split", split), ("basis", total))}
        missing = tuple(program.lines[i].code for i, known in zip(lines, costed, strict=True) if not known)
        status = _status(item.paid_in is not None, costed, float(cost.sum()), unallocated)
        entries.append(
            Entry(
                item.number, status, item.paid_in.item if item.paid_in else None, float(cost.sum()), unallocated, missing=missing, **shares
            )
        )
    payers = {payer: _shares(total[k], budget.amounts[k]) for k, payer in enumerate(budget.payers) if budget.amounts[k].any()}
    return Ledger(budget, tuple(entries), _accounts(budget, total), payers)


def _accounts(budget: Budget, ranks: Ints) -> tuple[Account, ...]:
    out = []
    for account, name in ACCOUNTS.items():
        lines = [i for i, line in enumerate(budget.program.lines) if line.account == account]
        if budget.program.costed[lines].any():
            cost, unallocated = budget.cost[lines], budget.amounts[budget.payers.index(UNALLOCATED)][lines]
            basis = _shares(ranks[:, lines], budget.amounts[:, lines])
            out.append(Account(name, float(cost.sum()), float(unallocated.sum()), basis))
    return tuple(out)


def _status(paid_in: bool, costed: list[bool], cost: float, unallocated: float) -> str:
    if paid_in:
        return "paid_in"
    if not any(costed):
        return "not_costed"
    if cost and unallocated >= cost * (1 - 1e-9):
        return "open"
    return "costed" if all(costed) else "partly"


def _shares(ranks: Ints, yuan: Any) -> dict[str, float]:
    total = float(yuan.sum())
    if not total:
        return {}
    sums = np.bincount(ranks.ravel(), yuan.ravel(), len(ORDER))
    return {name: float(value) / total for name, value in zip(ORDER, sums, strict=True) if value}


SUPPLIED, OPEN = "supplied", "open"


def rests_on(standard: Standard, scenario: Scenario) -> dict[int, dict[str, Any]]:
    """For every item, without any data: the basis of each line's rate (or ``supplied``) and of its split (or ``open``) under a scenario."""
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
        for way, source in set(zip(book.way[i].ravel().tolist(), book.source[i].ravel().tolist(), strict=True)):
            entry["split"] |= _bases_of(book.ways[way].leaf, book.entries[source])
    return {n: {"rates": entry["rates"], "split": sorted(entry["split"])} for n, entry in out.items()}


def _bases_of(leaf: Leaf, entry: SplitEntry | None) -> set[str]:
    """The bases of the clauses of a leaf; what it leaves unallocated is open, and on what that rests is told unless it is the text."""
    found = {payer: ORDER[weakest(leaf, payer, entry)] for payer in payers_of(leaf)}
    is_open = {OPEN} if UNALLOCATED in found else set()
    return is_open | {basis for payer, basis in found.items() if payer != UNALLOCATED or basis != ORDER[0]}


def rests_on_words(entry: Mapping[str, Any], lang: Lang) -> str:
    """``补助标准：标准原文；分担：未明确``."""
    names = {**RESTS_ON, SUPPLIED: Text("由使用者填报", "supplied by the user"), OPEN: Text("未明确", "open")}
    rates = listed((names[name].to(lang) for name in dict.fromkeys(entry["rates"].values())), lang)
    split = listed((names[name].to(lang) for name in entry["split"]), lang)
    said = [labelled(Text("补助标准", "rates").to(lang), rates, lang), labelled(Text("分担", "split").to(lang), split, lang)]
    return joined(said if entry["rates"] else said[1:], lang) if split or rates else "—"
