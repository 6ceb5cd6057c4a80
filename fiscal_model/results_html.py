"""Results as a notebook shows them: totals of the first and the last year; of a budget also what is
unallocated and on what it rests.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fiscal_model.amounts import Amounts
from fiscal_model.budget import Budget
from fiscal_model.html import ILLUSTRATIVE, block, heading, line, table, wan
from fiscal_model.ledger import STATUS, shares_words
from fiscal_model.vocabulary import ACCOUNTS, UNALLOCATED, Lang, Text, joined, labelled, listed


def amounts_html(amounts: Amounts, lang: Lang) -> str:
    """The title and a table an account."""
    return block(*_tables(amounts, lang))


def budget_html(budget: Budget, lang: Lang) -> str:
    """The same, and the ledger in a few lines."""
    return block(*_tables(budget, lang), *(line(words) for words in _rests_on(budget, lang)))


def _tables(amounts: Amounts, lang: Lang) -> Iterator[str]:
    yield heading(f"{amounts.title(lang)} ({Text('万元', '10,000 yuan').to(lang)})")
    if amounts.inputs.illustrative:
        yield line(ILLUSTRATIVE.to(lang))
    years = sorted({0, len(amounts.years) - 1})
    labels, sums = amounts.total("account", "payer", "year")
    for account, found in zip(labels[0], sums, strict=True):
        rows = [
            (
                amounts.standard.payers[labels[1][k]].name.to(lang),
                *(wan(found[k, y]) for y in years),
            )
            for k in range(len(labels[1]))
            if np.nansum(found[k])
        ]
        if rows:
            yield table([ACCOUNTS[account].to(lang), *(str(amounts.years[y]) for y in years)], rows)


def _rests_on(budget: Budget, lang: Lang) -> list[str]:
    """What is unallocated, the weakest basis of what is costed in each account, and how many items
    are costed.
    """
    ledger = budget.ledger
    over = Text("（各年合计，万元）", " (over all years, 10,000 yuan)").to(lang)
    comma = Text("，", ", ").to(lang)
    unallocated = joined(
        (
            f"{wan(each.unallocated)}{comma}{each.unallocated_words(lang)}"
            for each in ledger.unallocated()
        ),
        lang,
    )
    by_basis = joined(
        (
            labelled(each.name.to(lang), shares_words(each.basis, lang), lang)
            for each in ledger.accounts
        ),
        lang,
    )
    counts = listed(
        (
            f"{STATUS[status].to(lang)} {number}"
            for status, number in ledger.counts().items()
            if number
        ),
        lang,
    )
    return [
        labelled(
            f"{budget.standard.payers[UNALLOCATED].name.to(lang)}{over}",
            unallocated or wan(0.0),
            lang,
        ),
        labelled(
            Text("依据（取最弱的一环）", "Basis (the weakest link)").to(lang), by_basis or "—", lang
        ),
        labelled(Text("服务项目", "Items").to(lang), counts, lang),
    ]
