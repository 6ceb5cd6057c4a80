"""The part of results that is asked for by items, places and years: everything is computed, then
cut, so that what places share (a base amount, a grant) stays what it is in the whole.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from fiscal_model.results.amounts import A
from fiscal_model.results.result import Result, only
from fiscal_model.results.select import meant
from fiscal_model.results.stored import StoredResults
from fiscal_model.standard.rules import Standard

Named = str | int | Iterable[str | int] | None
"""Labels as they are written: one, several, or lists and spans (10-14, 653100,南疆四地州)."""


def parts_of(
    results: Sequence[A],
    standard: Standard,
    items: Named = None,
    places: Named = None,
    years: Named = None,
) -> tuple[A, ...]:
    """Every result cut to the same items, places and years, by code or name; what only one of them
    has is no fault of the others.

    Args:
        results: what was computed.
        standard: what any of them has between them.
        items: numbers or names.
        places: a place stands for all below it, a group for its members.
        years: years.

    Raises:
        FiscalModelError: with every word that none of the results has.

    """
    named = {"item": items, "place": places, "year": years}
    wanted = {dimension: words for dimension, words in named.items() if words is not None}
    if not wanted:
        return tuple(results)
    labels = {
        dimension: tuple(
            dict.fromkeys(label for each in results for label in each.labels[dimension])
        )
        for dimension in wanted
    }
    found = meant(standard, labels, wanted)

    def lines(result: A) -> set[str]:
        return {line.code for line in result.lines if line.item in found["item"]}

    return tuple(
        cut(
            each,
            found.get("place"),
            lines(each) if "item" in found else None,
            found.get("year"),
        )
        for each in results
    )


def cut(
    results: A,
    places: Collection[str] | None,
    lines: Collection[str] | None,
    years: Collection[int] | None,
    payers: Collection[str] | None = None,
) -> A:
    """The part with these labels, whether simulated or read from a file; None for all."""
    found: Any = results
    if isinstance(results, Result):
        found = only(results, places, lines, years, payers)
    elif isinstance(results, StoredResults):
        found = results.only(places, lines, years, payers)
    part: A = found
    return part
