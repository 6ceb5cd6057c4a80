"""Budgets, execution and final accounts (table ``actuals``) beside what was projected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from fiscal_model.arrays import Floats, Mask
from fiscal_model.language import spoken
from fiscal_model.results.accounts import cover
from fiscal_model.results.result import Result
from fiscal_model.standard.payers import Payers
from fiscal_model.vocabulary import (
    COVERED,
    LANGS,
    UNALLOCATED,
    Lang,
    Text,
    joined,
    listed,
)

if TYPE_CHECKING:
    import pandas as pd

STAGES: Final = ("budget", "executed", "final")
"""预算, 执行 and 决算."""
KEY: Final = ("item", "place", "year", "payer")


@dataclass(frozen=True)
class Projected:
    """Yuan projected for one row of actuals in an account, NaN where there is no such figure, and
    what is to be said of it.
    """

    amount: float
    account: str
    notes: tuple[Text, ...] = ()


def beside_actuals(
    budget: Result, lang: Lang | None = None, account: str | None = None
) -> pd.DataFrame:
    """A row for every item, place, year and payer that actuals name: yuan ``projected`` for the
    place and all below it, the three stages, and for each stage the projection less the actual
    (``less_final``) and in percent of it (``less_final_percent``, NaN from zero); ``note`` says why
    nothing is projected, or what part of the cost is not shared out.

    Payer ``prefecture`` is prefecture and county together, also where local shares divide them.
    What is projected is of the ``account`` that :meth:`Budget.by` covers for the lines of the item,
    of a payer that bears something in one other account only that one; column ``account`` says
    which.

    Raises:
        FiscalModelError: there is no such account.

    """
    import pandas as pd

    lang = spoken(lang)
    rows = budget.inputs.tables.get("actuals")
    columns = rows.columns if rows else {name: [] for name in (*KEY, "stage", "amount")}
    given: dict[tuple[int, str, int, str], dict[str, float]] = {}
    for *key, stage, amount in zip(
        *(columns[name] for name in (*KEY, "stage", "amount")), strict=True
    ):
        if budget.at is None or _held(budget, *key):
            given.setdefault((key[0], key[1], key[2], key[3]), {})[stage] = amount
    found = [projected(budget, *key, account=account) for key in given]
    index = pd.MultiIndex.from_tuples(list(given), names=list(KEY))
    frame = pd.DataFrame(
        {"projected": np.array([each.amount for each in found], np.float64)}, index=index
    )
    for stage in STAGES:
        frame[stage] = np.array(
            [stages.get(stage, np.nan) for stages in given.values()], np.float64
        )
    for stage in STAGES:
        less = frame["projected"] - frame[stage]
        frame[f"less_{stage}"] = less
        frame[f"less_{stage}_percent"] = less * 100 / frame[stage].where(frame[stage] != 0)
    frame["note"] = [joined((note.to(lang) for note in each.notes), lang) for each in found]
    frame["account"] = [each.account for each in found]
    return frame.sort_index()


def _held(part: Result, item: int, place: str, year: int, payer: str) -> bool:
    """Whether a part holds all that a row of actuals names: in the accounts that it has of the
    item, in the whole place.
    """
    if item not in part.labels["item"] or set(part.payers).isdisjoint(
        part.standard.payers.within(payer)
    ):
        return False
    accounts = {line.account for line in part.lines if line.item == item}
    lines = {
        line.code for line in part.program.lines if line.item == item and line.account in accounts
    }
    tree, known = part.standard.places, set(part.program.places)
    places = known.intersection(tree.below(place)) or known.intersection(tree.ancestors(place))
    return (
        year in part.years
        and lines <= {*part.labels["line"]}
        and bool(places)
        and places <= {*part.places}
    )


def projected(
    budget: Result, item: int, place: str, year: int, payer: str, account: str | None = None
) -> Projected:
    """What a payer is projected to bear for an item in a place and all below it."""
    at = [i for i, line in enumerate(budget.lines) if line.item == item]
    lines, amounts = [budget.lines[i] for i in at], budget.amounts[:, at]
    covered = cover(lines, budget.payers, budget.standard.payers, [amounts], account)
    of_payer = {
        line.account
        for i, line in enumerate(lines)
        if amounts[[each == payer for each in budget.payers], i].any()
    }
    if account is None and payer in covered.elsewhere and len(of_payer) == 1:
        covered = cover(lines, budget.payers, budget.standard.payers, [amounts], *of_payer)
    name, booked = covered.account, covered.lines
    if payer in covered.elsewhere:
        zh, en = (
            listed((COVERED[each].to(lang) for each in COVERED if each in of_payer), lang)
            for lang in LANGS
        )
        return Projected(
            np.nan,
            name,
            (Text(f"只在{zh}中承担（以 account 指定）", f"bears only in {en}: name the account"),),
        )
    if year not in budget.years:
        return Projected(np.nan, name, (Text(f"{year} 年未测算", f"{year} is not simulated"),))
    y, places = budget.years.index(year), budget.standard.places
    costed = budget.costed[at][booked, :, y].any(axis=0)

    def among(codes: tuple[str, ...]) -> Mask:
        return np.array([code in codes for code in budget.places], bool)

    above, inside = among(places.ancestors(place)), among(places.below(place))
    for code, is_there in zip(budget.places, (above & costed).tolist(), strict=True):
        if is_there:
            zh, en = places.label(code)
            return Projected(
                np.nan,
                name,
                (
                    Text(
                        f"本项按{zh}（{code}）整体测算，不分到下级",
                        f"the item is costed for {en} ({code}) as a whole, not for its parts",
                    ),
                ),
            )
    if not (inside & costed).any():
        return Projected(np.nan, name, (Text("未测算", "not costed"),))
    return _borne(
        payer,
        name,
        budget.standard.payers,
        dict(zip(budget.payers, amounts[:, booked][:, :, inside, y], strict=True)),
    )


def _borne(payer: str, account: str, table: Payers, amounts: Mapping[str, Floats]) -> Projected:
    if payer in table.divided and (payer not in amounts or amounts[table.pooled].any()):
        text = Text(
            "地县未分开测算（local_split 表）",
            "prefecture and county are not divided (table local_split)",
        )
        return Projected(np.nan, account, (text,))
    total = float(sum(amounts[name].sum() for name in table.within(payer) if name in amounts))
    unshared = float(amounts[UNALLOCATED].sum()) if UNALLOCATED in amounts else 0.0
    if payer == UNALLOCATED or not unshared:
        return Projected(total, account)
    label = table[UNALLOCATED].name
    return Projected(
        total,
        account,
        (
            Text(
                f"另有{label.zh} {unshared:,.2f} 元",
                f"besides, {unshared:,.2f} yuan are unallocated",
            ),
        ),
    )
