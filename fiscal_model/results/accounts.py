"""Which account sums cover: the general public budget, insurance funds and contributions are never
added together unless asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from fiscal_model.arrays import Floats, Mask
from fiscal_model.names import ACCOUNT_NAMES
from fiscal_model.standard.payers import Payers
from fiscal_model.standard.rules import Line
from fiscal_model.vocabulary import ALL, COVERED, GENERAL, Text


def account_of(
    lines: Collection[Line], asked: str | None = None, dimensions: Sequence[str] = ()
) -> str:
    """The account that a sum over lines covers.

    The one asked for, by code or name; ``all`` where ``account`` is a dimension, which keeps them
    apart; the only one that the lines are booked in; else the general public budget.

    Raises:
        FiscalModelError: there is no such account.

    """
    if asked is not None:
        return ACCOUNT_NAMES.code(str(asked))
    if "account" in dimensions:
        return ALL
    booked = {line.account for line in lines}
    return booked.pop() if len(booked) == 1 else GENERAL


def is_booked(line: Line, account: str) -> bool:
    """Whether a line is booked in an account."""
    return account in (ALL, line.account)


def booked_in(lines: Iterable[Line], account: str) -> Mask:
    """The lines that are booked in an account."""
    return np.array([is_booked(line, account) for line in lines], bool)


@dataclass(frozen=True, eq=False)
class Cover:
    """What sums cover: an account, the lines booked in it, and the payers that bear something in
    other accounts only, which a table of it leaves out.
    """

    account: str
    lines: Mask
    elsewhere: frozenset[str]

    @property
    def name(self) -> Text:
        """What the account is called."""
        return COVERED[self.account]


def cover(
    lines: Sequence[Line],
    payers: Sequence[str],
    table: Payers,
    amounts: Iterable[Floats],
    asked: str | None = None,
    dimensions: Sequence[str] = (),
) -> Cover:
    """What sums of amounts, each by (payer, line, place, year), cover; see :func:`account_of`. ``table`` says what payers are: a level of government, and what is
    unallocated, stand in a table of any account, with 0 where they bear nothing.

    Raises:
        FiscalModelError: there is no such account.

    """
    account = account_of(lines, asked, dimensions)
    inside = booked_in(lines, account)
    if inside.all():
        return Cover(account, inside, frozenset())
    others = [k for k, payer in enumerate(payers) if payer in table.others]
    bears = np.zeros((len(others), len(lines)), bool)
    for each in amounts:
        bears |= each[others].any(axis=(2, 3))
    elsewhere = (
        payers[k]
        for k, on in zip(others, bears, strict=True)
        if on[~inside].any() and not on[inside].any()
    )
    return Cover(account, inside, frozenset(elsewhere))
