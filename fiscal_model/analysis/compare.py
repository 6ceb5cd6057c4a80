"""Two scenarios side by side, and why they differ.

The change of every payer is shared out among the groups of changes (beneficiaries, unit rates, split, base amount, readings) by their Shapley
values: each group's mean effect over all orders in which the groups could have come. No order is preferred, and the parts add up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import combinations
from math import factorial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from fiscal_model.arrays import Floats
from fiscal_model.budget import Budget
from fiscal_model.errors import fault
from fiscal_model.inputs.read import load_inputs
from fiscal_model.periods import whole_years
from fiscal_model.scenario.model import Scenario
from fiscal_model.scenario.read import load_scenario
from fiscal_model.simulation import budget_of, simulated
from fiscal_model.vocabulary import PAYERS, Lang, Text, listed

if TYPE_CHECKING:
    import pandas as pd

GROUPS: Final = {
    "beneficiaries": Text("受益对象", "beneficiaries"),
    "rates": Text("补助标准", "unit rates"),
    "split": Text("分担办法", "split"),
    "base": Text("2015年基数", "base amount"),
    "readings": Text("文义口径", "readings"),
}
"""The groups of changes that a difference is shared out among."""


@dataclass(frozen=True)
class Comparison:
    """Budgets ``a`` and ``b`` over the same payers and years; ``parts`` (group, payer, year) add up to the change."""

    a: Budget
    b: Budget
    payers: tuple[str, ...]
    before: Floats
    after: Floats
    groups: tuple[str, ...]
    parts: Floats

    @property
    def change(self) -> Floats:
        """Yuan by (payer, year)."""
        return self.after - self.before

    def to_dataframe(self) -> pd.DataFrame:
        """A row a payer and year: both amounts, the change, its percentage (NaN from zero) and a column for each group."""
        import pandas as pd

        index = pd.MultiIndex.from_product([self.payers, self.a.years], names=["payer", "year"])
        before, change = self.before.ravel(), self.change.ravel()
        percent = np.divide(change * 100, before, out=np.full(before.shape, np.nan), where=before != 0)
        frame = pd.DataFrame({"a": before, "b": self.after.ravel(), "change": change, "percent": percent}, index=index)
        return frame.assign(**{group: self.parts[g].ravel() for g, group in enumerate(self.groups)})

    def __repr__(self) -> str:
        return self.text("zh")

    def text(self, lang: Lang) -> str:
        """A line a payer over all years, in 10,000 yuan: from, to, change, and what it comes from."""
        unit, span = Text("万元", "10,000 yuan").to(lang), f"{self.a.years[0]}–{self.a.years[-1]}"
        titles = [each.scenario.title.to(lang) for each in (self.a, self.b)]
        out = [f"{titles[0]} → {titles[1]} · {span} ({unit})"]
        for k, payer in enumerate(self.payers):
            before, change = self.before[k].sum(), self.change[k].sum()
            if not before and not change:
                continue
            percent = f" ({change / before:+.1%})" if before else ""
            sums = [(group, self.parts[g, k].sum()) for g, group in enumerate(self.groups)]
            why = listed((f"{GROUPS[group].to(lang)} {yuan / 1e4:+,.2f}" for group, yuan in sums if abs(yuan) >= 0.005), lang)
            out.append(
                f"{PAYERS[payer].to(lang)}: {before / 1e4:,.2f} → {(before + change) / 1e4:,.2f}, {change / 1e4:+,.2f}{percent}"
                + (f" [{why}]" if why else "")
            )
        return "\n".join(out)


def compare(a: str | Path, b: str | Path, inputs: str | Path | None = None, years: Iterable[int] | int | None = None) -> Comparison:
    """Compares two scenarios on the same data over the years that both cover, or those asked for.

    Raises:
        FiscalModelError: as :func:`fiscal_model.simulate`; also when the scenarios build on two standards or share no year.

    """
    (first, standard), (second, other) = load_scenario(a), load_scenario(b)
    if standard.code != other.code:
        raise fault(
            "",
            f"两个情景用的标准不同：{standard.code}、{other.code}",
            f"the scenarios build on two standards: {standard.code}, {other.code}",
        )
    data = load_inputs(inputs, standard)
    asked = whole_years(years) if years is not None else None
    budgets = [budget_of(standard, each, data, asked) for each in (first, second)]
    common = tuple(year for year in budgets[0].years if year in budgets[1].years)
    if not common:
        raise fault("", "两个情景没有共同的年份", "the scenarios share no year")
    budgets = [each if each.years == common else simulated(standard, each.scenario, data, common) for each in budgets]
    payers = tuple(payer for payer in PAYERS if any(payer in each.payers for each in budgets))
    changed = tuple(group for group in GROUPS if _part(first, group) != _part(second, group))
    worth = {(): _totals(budgets[0], payers), changed: _totals(budgets[1], payers)}
    for size in range(1, len(changed)):
        for taken in combinations(changed, size):
            mixed = simulated(standard, _mixed(first, second, taken), data, common)
            worth[taken] = _totals(mixed, payers)
    return Comparison(budgets[0], budgets[1], payers, worth[()], worth[changed], changed, shapley(changed, worth))


def shapley(groups: tuple[str, ...], worth: dict[tuple[str, ...], Floats]) -> Floats:
    """The mean effect of each group over all orders; ``worth`` holds the value of every subset, in the order of ``groups``."""
    n = len(groups)
    parts = np.zeros((n, *worth[()].shape))
    for g, group in enumerate(groups):
        others = tuple(each for each in groups if each != group)
        for size in range(n):
            weight = factorial(size) * factorial(n - size - 1) / factorial(n)
            for taken in combinations(others, size):
                joined = tuple(each for each in groups if each in taken or each == group)
                parts[g] += weight * (worth[joined] - worth[taken])
    return parts


def _totals(budget: Budget, payers: tuple[str, ...]) -> Floats:
    """Yuan by (payer, year)."""
    sums = budget.amounts.sum(axis=(1, 2))
    none = np.zeros(len(budget.years))
    return np.array([sums[budget.payers.index(payer)] if payer in budget.payers else none for payer in payers])


def _part(scenario: Scenario, group: str) -> object:
    """What a scenario's chain says in one group, for telling whether two scenarios differ in it."""
    chain = list(scenario.chain())
    if group == "readings":
        return {code: option for each in chain for code, option in each.readings.items()}
    if group == "beneficiaries":
        return [entry.at for each in chain for entry in each.counts], scenario.projects_by_hold
    field = {"rates": "rates", "split": "splits", "base": "bases"}[group]
    return [entry.at for each in chain for entry in getattr(each, field)]


def _mixed(a: Scenario, b: Scenario, taken: tuple[str, ...]) -> Scenario:
    """A scenario that takes the groups named from ``b`` and the others from ``a``. Groups do not meet, so the layers may simply be stacked."""
    below: Scenario | None = None
    for source, mine in ((a, set(GROUPS) - set(taken)), (b, set(taken))):
        for each in source.chain():
            below = replace(
                each,
                parent=below,
                rates=each.rates if "rates" in mine else (),
                splits=each.splits if "split" in mine else (),
                bases=each.bases if "base" in mine else (),
                counts=each.counts if "beneficiaries" in mine else (),
                holds=each.holds and "beneficiaries" in mine,
                readings=each.readings if "readings" in mine else {},
            )
    assert below is not None
    return replace(below, name=f"{a.name}+{b.name}")
