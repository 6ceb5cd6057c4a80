"""Results as they show themselves, in text and as HTML: totals of the first and the last year; in a
notebook a whole simulation also what is unallocated and on what it rests.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fiscal_model.blocks import ILLUSTRATIVE, block, heading, line, table, wan
from fiscal_model.results.ledger import STATUS, Ledger, shares_words
from fiscal_model.results.result import Result
from fiscal_model.vocabulary import (
    ACCOUNTS,
    UNALLOCATED,
    Lang,
    Text,
    joined,
    labelled,
    listed,
)


def summary(result: Result, lang: Lang) -> str:
    """A few lines: what it is, and totals by payer for the first and last year, an account at a
    time.
    """
    labels, table = result.total("account", "payer", "year")
    years = [0] if len(result.years) == 1 else [0, len(result.years) - 1]
    out = [result.title(lang) + Text("（万元）", " (10,000 yuan)").to(lang)]
    for a, account in enumerate(labels[0]):
        if np.nansum(table[a]):
            out.append(labelled(ACCOUNTS[account].to(lang), "", lang).rstrip())
        for k, payer in enumerate(labels[1]):
            if np.nansum(table[a, k]):
                each = ((result.years[y], wan(table[a, k, y])) for y in years)
                figures = [
                    Text(f"{year}年 {figure}", f"{figure} in {year}").to(lang)
                    for year, figure in each
                ]
                out.append(
                    "  "
                    + labelled(
                        result.standard.payers[payer].name.to(lang),
                        Text("，", ", ").to(lang).join(figures),
                        lang,
                    )
                )
    return "\n".join(out)


def amounts_html(result: Result, lang: Lang) -> str:
    """The title and a table an account."""
    return block(*_tables(result, lang))


def whole_html(ledger: Ledger, lang: Lang) -> str:
    """The same of a whole simulation, and its ledger in a few lines."""
    return block(*_tables(ledger.result, lang), *(line(words) for words in _rests_on(ledger, lang)))


def _tables(result: Result, lang: Lang) -> Iterator[str]:
    yield heading(f"{result.title(lang)} ({Text('万元', '10,000 yuan').to(lang)})")
    if result.inputs.illustrative:
        yield line(ILLUSTRATIVE.to(lang))
    years = sorted({0, len(result.years) - 1})
    labels, sums = result.total("account", "payer", "year")
    for account, found in zip(labels[0], sums, strict=True):
        rows = [
            (
                result.standard.payers[labels[1][k]].name.to(lang),
                *(wan(found[k, y]) for y in years),
            )
            for k in range(len(labels[1]))
            if np.nansum(found[k])
        ]
        if rows:
            yield table([ACCOUNTS[account].to(lang), *(str(result.years[y]) for y in years)], rows)


def _rests_on(ledger: Ledger, lang: Lang) -> list[str]:
    """What is unallocated, the weakest basis of what is costed in each account, and how many items
    are costed.
    """
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
            f"{ledger.result.standard.payers[UNALLOCATED].name.to(lang)}{over}",
            unallocated or wan(0.0),
            lang,
        ),
        labelled(
            Text("依据（取最弱的一环）", "Basis (the weakest link)").to(lang), by_basis or "—", lang
        ),
        labelled(Text("服务项目", "Items").to(lang), counts, lang),
    ]
