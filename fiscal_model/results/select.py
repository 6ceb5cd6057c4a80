"""Which positions of a table of amounts the labels that a user names stand for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

import numpy as np

from fiscal_model.arrays import Ints
from fiscal_model.errors import Faults, FiscalModelError, fault, shortened
from fiscal_model.messages.message import Message, message
from fiscal_model.names import Names
from fiscal_model.periods import whole_years
from fiscal_model.results.dimensions import AXES, Labels, label_name
from fiscal_model.standard.names import ACCOUNT, AREA, LINE, PAYER, Sorts
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import ALL, DIMENSIONS, Text, in_both, listed

SORTS: Final[Mapping[str, Sorts]] = {
    "payer": PAYER,
    "line": LINE,
    "account": ACCOUNT,
    "place": AREA,
    "prefecture": AREA,
}
"""The sorts that fit where a label of a dimension is named."""
MOST: Final = 12
"""Labels that a message lists."""


def positions(
    standard: Standard, labels: Labels, named: Mapping[str, Any]
) -> tuple[Ints, Ints, Ints, Ints]:
    """The positions on the axes (payer, line, place, year) whose ``labels`` are all that is named
    for their dimensions.

    Raises:
        FiscalModelError: a label is not among them; or no position has all.

    """
    payer, line, place, year = (
        np.ones(len(labels[each]), bool) for each in ("payer", "line", "place", "year")
    )
    axes = (payer, line, place, year)
    for dimension, wanted in meant(standard, labels, named).items():
        axes[AXES[dimension]][:] &= np.array([label in wanted for label in labels[dimension]], bool)
    for axis, kept in enumerate(axes):
        if not kept.any():
            asked = in_both(DIMENSIONS[each] for each in named if AXES[each] == axis)
            raise fault("", "nothing-fits-all", dimensions=asked)
    return np.nonzero(payer)[0], np.nonzero(line)[0], np.nonzero(place)[0], np.nonzero(year)[0]


def meant(standard: Standard, labels: Labels, named: Mapping[str, Any]) -> dict[str, set[Any]]:
    """Which of the ``labels`` of each dimension are meant by what is named for it.

    Raises:
        FiscalModelError: with every word that stands for none of them.

    """
    faults, found = Faults(), dict[str, set[Any]]()
    for dimension, words in named.items():
        several = words if isinstance(words, Iterable) and not isinstance(words, str) else [words]
        found[dimension] = _labels(standard, labels, dimension, list(several), faults)
    faults.raise_if_any()
    return found


def _labels(
    standard: Standard, every: Labels, dimension: str, words: list[Any], faults: Faults
) -> set[Any]:
    """The labels that words stand for; a fault for each word that stands for none."""
    labels, found = tuple(dict.fromkeys(every[dimension])), set[Any]()
    for word in words:
        try:
            for code in _codes(standard, dimension, labels, word):
                meant = _meant(standard, dimension, labels, code)
                if not meant:
                    faults.add("", _without(standard, dimension, labels, str(word), code))
                found.update(meant)
        except FiscalModelError as error:
            faults.found += error.faults
    return found


def _codes(
    standard: Standard, dimension: str, labels: tuple[Any, ...], word: Any
) -> tuple[Any, ...]:
    """What a word names, whether the amounts have it or not.

    Raises:
        FiscalModelError: nothing known.

    """
    names = standard.names
    if dimension == "item":
        return names.items(word)
    if dimension == "year":
        return whole_years(word)
    if dimension in SORTS:
        return names.among(SORTS[dimension]).several(word)
    known = {str(label): label_name(standard, dimension, label) for label in labels}
    more = message("names-known", names=_first(known)) if len(known) > MOST else None
    code = Names(DIMENSIONS[dimension], known, more=more).code(str(word))
    return tuple(label for label in labels if str(label) == code)


def _meant(
    standard: Standard, dimension: str, labels: tuple[Any, ...], code: Any
) -> tuple[Any, ...]:
    """The labels that a code stands for: a place for what lies in it, a group for its members,
    prefecture and county for both however divided.
    """
    if dimension in ("place", "prefecture"):
        places = standard.places
        inside = places.groups[code].members if code in places.groups else (code,)
        return tuple(
            label for label in labels if not {label, *places.ancestors(label)}.isdisjoint(inside)
        )
    if dimension == "account" and code == ALL:
        return labels
    same = standard.payers.within(code) if dimension == "payer" else (code,)
    return tuple(label for label in labels if label in same)


def _without(
    standard: Standard, dimension: str, labels: tuple[Any, ...], word: str, code: Any
) -> Message:
    """What to say of something that is known and not part of the amounts."""
    paid = standard.items[code].paid_in if dimension == "item" else None
    if paid:
        return message("item-costed-in-another", item=code, carrier=paid.item)
    if dimension == "year":
        return message("year-not-simulated", year=code, years=_first(labels))
    return message("nothing-for-label", what=DIMENSIONS[dimension], word=shortened(word))


def _first(labels: Collection[Any]) -> Text:
    """The labels that a message lists, with dots where there are more."""
    shown = [*map(str, labels)][:MOST] + ["…"] * (len(labels) > MOST)
    return Text(listed(shown, "zh"), listed(shown, "en"))
