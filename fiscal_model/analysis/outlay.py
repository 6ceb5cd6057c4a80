"""What was allotted in a year by the time of its settlement: the plan carried out, or the documents
on record where these say anything else.
A document that plan and actual inputs both tell counts once, with what the actual inputs say: for
the same place and payer, or for a place in parts where the other side tells it as a whole (a
prefecture and its counties, 地县 and its two levels).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from fiscal_model.analysis.payments import Payment, paid
from fiscal_model.analysis.statement import Statement, column_of
from fiscal_model.analysis.statement_rows import Corrected, Told
from fiscal_model.errors import Faults
from fiscal_model.results.result import Result
from fiscal_model.standard.payers import Payers
from fiscal_model.standard.places import Places
from fiscal_model.standard.rules import Standard

Key = tuple[int, str, str, str]
"""Item, place, payer and document."""


@dataclass(frozen=True)
class Outlay:
    """All that was allotted.

    ``recorded`` is whether it is what documents say; ``later`` are the payments of the actual
    inputs that the plan does not tell at all, ``corrected`` the documents for which the two sides
    give different amounts.
    """

    told: tuple[Told, ...]
    recorded: bool
    later: tuple[Payment, ...]
    corrected: tuple[Corrected, ...]


def outlay(planned: Statement, actual: Result) -> Outlay:
    """What was allotted for a plan by the time of actual inputs.

    Raises:
        FiscalModelError: a document that both tell with the same amount, for another payer or year:
            it would count twice.

    """
    year, unit = planned.year, planned.unit
    known, found = (
        _by_key(paid(inputs, year, unit, actual.standard))
        for inputs in (planned.budget.inputs, actual.inputs)
    )
    parts = _told_in_parts(known, found, actual.standard)
    replaced, new = {key for key, _ in parts}, {key for _, key in parts}
    _refuse_doubles(
        _payments(known, set(known) - set(found) - replaced),
        [
            *_payments(found, set(found) - set(known) - new),
            *_other_years(planned.budget, actual, year, unit),
        ],
        year,
        actual.standard.payers,
    )
    corrected = tuple(_corrected(known, found, parts))
    later = tuple(_payments(found, set(found) - set(known) - new))
    if (
        later
        or new
        or any(_yuan(known[key]) != _yuan(found[key]) for key in set(known) & set(found))
    ):
        record = _payments({**known, **found}, (set(known) | set(found)) - replaced)
        return Outlay(tuple(each.told for each in record), True, later, corrected)
    instalments = column_of(planned.frame, "instalment", unit)
    paid_now = (Told(cell, cell[1], "", units) for cell, units in instalments.items() if units)
    return Outlay((*planned.told, *paid_now), False, (), ())


def _by_key(payments: Iterable[Payment]) -> dict[Key, list[Payment]]:
    """The instalments of each document, item, place and payer."""
    found = defaultdict[Key, list[Payment]](list)
    for each in payments:
        found[each.key].append(each)
    return dict(found)


def _payments(by_key: Mapping[Key, Sequence[Payment]], keys: set[Key]) -> list[Payment]:
    """The payments of some keys, in their order."""
    return [each for key, payments in by_key.items() if key in keys for each in payments]


def _yuan(payments: Iterable[Payment]) -> float:
    return fsum(each.amount for each in payments)


def _told_in_parts(
    known: Mapping[Key, object], found: Mapping[Key, object], standard: Standard
) -> list[tuple[Key, Key]]:
    """What the plan tells of a document, with what of the actual inputs is a part of it or holds
    it; what both tell alike is left out.
    """
    candidates = defaultdict[tuple[int, str], list[Key]](list)
    for key in found:
        if key not in known:
            candidates[key[0], key[3]].append(key)
    return [
        (mine, theirs)
        for mine in known
        if mine not in found
        for theirs in candidates.get((mine[0], mine[3]), ())
        if _one_in_other(mine[1], theirs[1], standard.places)
        and _one_payer(mine[2], theirs[2], standard.payers)
    ]


def _one_in_other(one: str, other: str, places: Places) -> bool:
    return one == other or one in places.ancestors(other) or other in places.ancestors(one)


def _one_payer(one: str, other: str, table: Payers) -> bool:
    return one == other or (table.pooled in (one, other) and {one, other} <= {*table.local})


def _corrected(
    known: Mapping[Key, Sequence[Payment]],
    found: Mapping[Key, Sequence[Payment]],
    parts: Iterable[tuple[Key, Key]],
) -> Iterable[Corrected]:
    """The documents of an item for which both sides tell the same places and payers, and different
    amounts.
    """
    pairs = [(key, key) for key in known if key in found] + list(parts)
    for item, document in dict.fromkeys((key[0], key[3]) for key, _ in pairs):
        mine, theirs = (
            {pair[side] for pair in pairs if (pair[0][0], pair[0][3]) == (item, document)}
            for side in (0, 1)
        )
        before, after = _payments(known, mine), _payments(found, theirs)
        if _yuan(before) != _yuan(after):
            yield Corrected(item, after[0].label, _yuan(before), _yuan(after))


def _other_years(planned: Result, actual: Result, year: int, unit: float) -> Iterator[Payment]:
    """What the actual inputs tell of other years, and the plan does not."""
    rows = actual.inputs.tables.get("advances")
    for other in sorted({each for each in rows.columns["year"] if each != year}) if rows else ():
        known = {each.key for each in paid(planned.inputs, other, unit, planned.standard)}
        yield from (
            each
            for each in paid(actual.inputs, other, unit, actual.standard)
            if each.key not in known
        )


def _refuse_doubles(
    only_planned: Iterable[Payment], only_actual: Iterable[Payment], year: int, table: Payers
) -> None:
    """One document, item, place and amount under two payers or years is one payment with a slip,
    and nobody can say on which side.
    """
    faults = Faults()
    mine = {(each.item, each.place, each.key[3], each.amount): each for each in only_planned}
    for each in only_actual:
        twin = mine.get((each.item, each.place, each.key[3], each.amount))
        if twin and (each.year != year) != (each.payer != twin.payer):
            faults.add(
                each.at,
                "payment-counted-twice",
                document=each.label,
                planned_at=twin.at,
                planned_year=twin.year,
                planned_payer=table[twin.payer].name,
                year=each.year,
                payer=table[each.payer].name,
            )
    faults.raise_if_any()
