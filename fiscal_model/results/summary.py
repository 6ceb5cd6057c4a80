"""What results show themselves with: totals of the first and the last year; on a page a whole
simulation also what is unallocated and on what it rests.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from fiscal_model.blocks import ILLUSTRATIVE, IN_WAN, Block, Heading, Note, Paragraph, Table, wan
from fiscal_model.results.amounts import Amounts
from fiscal_model.results.ledger import STATUS, Ledger, shares_words
from fiscal_model.vocabulary import (
    ACCOUNTS,
    UNALLOCATED,
    Lang,
    Text,
    joined,
    labelled,
    listed,
)


def totals(result: Amounts, lang: Lang) -> Iterator[Block]:
    """What it is, and totals by payer for the first and last year, an account at a time."""
    yield Heading(result.title(lang) + IN_WAN.to(lang))
    if result.illustrative:
        yield Note(ILLUSTRATIVE.to(lang))
    years = sorted({0, len(result.years) - 1})
    labels, sums = result.total("account", "payer", "year")
    for account, found in zip(labels[0], sums, strict=True):
        rows = [
            (result.standard.payers[payer].name.to(lang), *(wan(table[y]) for y in years))
            for payer, table in zip(labels[1], found, strict=True)
            if np.nansum(table)
        ]
        if rows:
            name = ACCOUNTS[account].to(lang)
            heads = [name, *(str(result.years[y]) for y in years)]
            told = [labelled(name, "", lang).rstrip(), *(_told(row, heads, lang) for row in rows)]
            yield Table(heads, rows, told=told)


def _told(row: Sequence[str], heads: Sequence[str], lang: Lang) -> str:
    """``中央：2022年 0.00，2023年 52.00``."""
    figures = (
        Text(f"{year}年 {figure}", f"{figure} in {year}").to(lang)
        for year, figure in zip(heads[1:], row[1:], strict=True)
    )
    return "  " + labelled(row[0], Text("，", ", ").to(lang).join(figures), lang)


def rests_on(ledger: Ledger, lang: Lang) -> list[Paragraph]:
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
    told = [
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
    return [Paragraph(each) for each in told]
