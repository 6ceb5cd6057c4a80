"""A budget as a notebook shows it: totals of the first and the last year, what is unallocated, on what it rests."""

from __future__ import annotations

import numpy as np

from fiscal_model.budget import Budget
from fiscal_model.engine.basis import ORDER
from fiscal_model.html import ILLUSTRATIVE, block, heading, line, table, wan
from fiscal_model.ledger import STATUS, shares_words
from fiscal_model.vocabulary import ACCOUNTS, PAYERS, Lang, Text, labelled, listed


def budget_html(budget: Budget, lang: Lang) -> str:
    """The title, a table an account, and the ledger in two lines."""
    first, last = budget.years[0], budget.years[-1]
    years = [first] if first == last else [first, last]
    title = f"{budget.scenario.title.to(lang)} · {budget.inputs.title.to(lang)} · {'–'.join(map(str, years))}"
    labels, sums = budget.total("account", "payer", "year")
    parts = [heading(f"{title} ({Text('万元', '10,000 yuan').to(lang)})"), *_illustrative(budget, lang)]
    for account, amounts in zip(labels[0], sums, strict=True):
        paying = [k for k in range(len(labels[1])) if np.nansum(amounts[k])]
        if paying:
            rows = [(PAYERS[labels[1][k]].to(lang), *(wan(amounts[k, budget.year_at(year)]) for year in years)) for k in paying]
            parts.append(table([ACCOUNTS[account].to(lang), *map(str, years)], rows))
    return block(*parts, *(line(words) for words in _rests_on(budget, lang)))


def _illustrative(budget: Budget, lang: Lang) -> list[str]:
    return [line(ILLUSTRATIVE.to(lang))] if budget.inputs.illustrative else []


def _rests_on(budget: Budget, lang: Lang) -> list[str]:
    """What is unallocated, the weakest basis of what is costed, and how many items are costed."""
    ledger, cost = budget.ledger, float(budget.cost.sum())
    over = Text("各年合计", "over all years").to(lang)
    part = f" ({budget.unallocated / cost:.0%})" if cost else ""
    by_basis = {name: sum(item.cost * item.basis.get(name, 0.0) for item in ledger.items) / cost for name in ORDER} if cost else {}
    counts = listed((f"{STATUS[status].to(lang)} {number}" for status, number in ledger.counts().items() if number), lang)
    return [
        labelled(f"{PAYERS['unallocated'].to(lang)} ({over})", f"{wan(budget.unallocated)}{part}", lang),
        labelled(Text("依据（取最弱的一环）", "Basis (the weakest link)").to(lang), shares_words(by_basis, lang), lang),
        labelled(Text("服务项目", "Items").to(lang), counts, lang),
    ]
