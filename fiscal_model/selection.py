"""Which positions of a table of amounts the labels that a user names stand for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np

from fiscal_model.amounts import Amounts
from fiscal_model.arrays import Ints
from fiscal_model.dimensions import AXES, label_name
from fiscal_model.errors import Faults, fault, nearest, shortened
from fiscal_model.standard.places import Places
from fiscal_model.vocabulary import DIMENSIONS, LANGS, LOCAL, Text, listed

MOST: Final = 12
"""Labels that a message lists."""


def positions(amounts: Amounts, named: Mapping[str, Any]) -> tuple[Ints, Ints, Ints, Ints]:
    """The positions on the axes (payer, line, place, year) that have all that is named for their dimensions.

    Raises:
        FiscalModelError: a label is not part of the amounts; or no position has all.

    """
    faults = Faults()
    payer, line, place, year = (np.ones(size, bool) for size in amounts.amounts.shape)
    axes = (payer, line, place, year)
    for dimension, words in named.items():
        several = words if isinstance(words, Iterable) and not isinstance(words, str) else [words]
        wanted = _labels(amounts, dimension, list(several), faults)
        axes[AXES[dimension]][:] &= np.array([label in wanted for label in amounts.labels[dimension]], bool)
    faults.raise_if_any()
    for axis, kept in enumerate(axes):
        if not kept.any():
            both = [DIMENSIONS[dimension] for dimension in named if AXES[dimension] == axis]
            zh, en = listed((each.zh for each in both), "zh"), listed((each.en for each in both), "en")
            raise fault("", f"没有同时符合所选{zh}的数据", f"nothing fits what is named for {en}")
    return np.nonzero(payer)[0], np.nonzero(line)[0], np.nonzero(place)[0], np.nonzero(year)[0]


def _labels(amounts: Amounts, dimension: str, words: list[Any], faults: Faults) -> set[Any]:
    """The labels that words stand for; a fault for each word that stands for none."""
    meanings, found = _meanings(amounts, dimension), set[Any]()
    for word in words:
        key = str(word)
        if meanings.get(key):
            found.update(meanings[key])
        elif key in meanings:
            faults.add("", *_without(amounts, dimension, key))
        else:
            labels, hint = list(dict.fromkeys(map(str, amounts.labels[dimension]))), nearest(key, meanings)
            some = (*labels[:MOST], *(["…"] if len(labels) > MOST else []))
            what = DIMENSIONS[dimension]
            faults.add(
                "",
                f"没有{what.zh}“{shortened(key)}”{hint.zh}；可选：{listed(some, 'zh')}",
                f"there is no {what.en} '{shortened(key)}'{hint.en}; known: {listed(some, 'en')}",
            )
    return found


def _meanings(amounts: Amounts, dimension: str) -> dict[str, tuple[Any, ...]]:
    """Every word for labels of a dimension and the labels of the amounts that it stands for: none where a place or an item is known and not there."""
    standard, labels = amounts.standard, tuple(dict.fromkeys(amounts.labels[dimension]))
    if dimension in ("place", "prefecture"):
        return _of_places(standard.places, labels)
    known = standard.items if dimension == "item" else labels
    meant = {label: tuple(each for each in labels if each == label) for label in known}
    if dimension == "payer" and (local := tuple(payer for payer in labels if payer in LOCAL)):
        meant[LOCAL[0]] = local
    names = {label_name(standard, dimension, label).to(lang): found for label, found in meant.items() for lang in LANGS}
    return names | {str(label): found for label, found in meant.items()}


def _of_places(places: Places, labels: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """A place stands for what lies in it, a group for its members; each by code or name."""
    inside = {code: tuple(label for label in labels if code in (label, *places.ancestors(label))) for code in places.codes}
    meant = inside | {code: tuple(label for member in group.members for label in inside[member]) for code, group in places.groups.items()}
    names = {places.label(code).to(lang): found for code, found in meant.items() for lang in LANGS}
    return names | meant


def _without(amounts: Amounts, dimension: str, word: str) -> Text:
    """What to say of a place or an item that is known and not part of the amounts."""
    what = DIMENSIONS[dimension]
    paid = next((item.paid_in for item in amounts.standard.items.values() if dimension == "item" and word == str(item.number)), None)
    if paid:
        return Text(
            f"第{word}项没有自己的支出项，在第{paid.item}项中测算", f"item {word} has no lines of its own: it is costed in item {paid.item}"
        )
    return Text(f"数据中没有{what.zh}“{word}”", f"there is nothing for {what.en} '{word}'")
