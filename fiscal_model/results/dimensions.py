"""What amounts can be shown by: dimensions, the labels of each position, what labels are called,
and sums by them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from fiscal_model.arrays import Floats, Ints, Mask
from fiscal_model.errors import fault
from fiscal_model.names import DIMENSION_NAMES
from fiscal_model.results.accounts import Cover
from fiscal_model.standard.rules import Line, Standard
from fiscal_model.standard.words import cost_title, department_names
from fiscal_model.vocabulary import ACCOUNTS, Lang, Text, listed

Labels = Mapping[str, tuple[Any, ...]]
Functions = Mapping[tuple[int, str], str]
"""支出功能分类科目 by item and line; an empty line serves the whole item."""

AXES = {
    "payer": 0,
    "line": 1,
    "item": 1,
    "domain": 1,
    "department": 1,
    "account": 1,
    "function": 1,
    "place": 2,
    "prefecture": 2,
    "year": 3,
}
"""Dimensions that amounts can be shown by, and the axis of the array that each groups:
``prefecture`` gathers the places of each prefecture; ``account`` keeps the general public budget
and the insurance funds apart; ``department`` is the lead department or departments; ``function`` is
the analyst's 支出功能分类科目, empty where none is given.
"""


def named(
    standard: Standard, dimension: str, labels: tuple[Any, ...], lang: Lang
) -> tuple[Any, ...]:
    """The names of labels; years stay numbers."""
    return (
        labels
        if dimension == "year"
        else tuple(label_name(standard, dimension, label).to(lang) for label in labels)
    )


def label_name(standard: Standard, dimension: str, label: Any) -> Text:
    """What to call a label of a dimension: its name, or itself where it has none."""
    if dimension == "payer":
        return standard.payers[label].name
    if dimension == "account":
        return ACCOUNTS[label]
    if dimension == "item":
        return Text(cost_title(standard, label, "zh"), cost_title(standard, label, "en"))
    if dimension == "line":
        line = standard.lines[label]
        return Text(f"第{line.item}项 {line.name.zh}", f"Item {line.item}: {line.name.en}")
    if dimension == "domain":
        return standard.domains[label]
    if dimension == "department":
        named = (item.departments for item in standard.items.values())
        return department_names(
            standard, next((each for each in named if "、".join(each) == label), (label,))
        )
    if dimension in ("place", "prefecture"):
        return standard.places.label(label)
    return Text(str(label), str(label))


def labels_of(
    standard: Standard,
    functions: Functions,
    axes: tuple[tuple[str, ...], tuple[Line, ...], tuple[str, ...], tuple[int, ...]],
) -> Labels:
    """For each dimension, the label of every position on the axis (payers, lines, places, years)
    that it groups.
    """
    payers, lines, codes, years = axes
    items = [standard.items[line.item] for line in lines]
    above = [standard.places.ancestors(code) for code in codes]
    return {
        "payer": payers,
        "line": tuple(line.code for line in lines),
        "item": tuple(line.item for line in lines),
        "domain": tuple(standard.sections[item.section][0] for item in items),
        "department": tuple("、".join(item.departments) for item in items),
        "account": tuple(line.account for line in lines),
        "function": tuple(
            functions.get((line.item, line.code), functions.get((line.item, ""), ""))
            for line in lines
        ),
        "place": codes,
        "prefecture": tuple(
            (*over[::-1], code)[1] if over else code
            for over, code in zip(above, codes, strict=True)
        ),
        "year": years,
    }


def check_dimensions(dimensions: Sequence[str]) -> tuple[str, ...]:
    """Dimensions given by code or name, as codes.

    Raises:
        FiscalModelError: no dimension, or an unknown or repeated one.

    """
    for name in dimensions:
        if not isinstance(name, str):
            raise fault("", "dimension-not-a-word", written=repr(name))
    if not dimensions:
        raise fault("", "no-dimension", known=Text(listed(AXES, "zh"), listed(AXES, "en")))
    codes = tuple(map(DIMENSION_NAMES.code, dimensions))
    for name, code in zip(dimensions, codes, strict=True):
        if codes.count(code) > 1:
            raise fault("", "dimension-twice", dimension=name)
    return codes


def totals(
    amounts: Floats, costed: Mask, labels: Labels, dimensions: Sequence[str], covered: Cover
) -> tuple[list[tuple[Any, ...]], Floats]:
    """Amounts (payer, line, place, year) of the lines ``covered``, summed by some dimensions: the
    labels of each, and yuan in that order.

    NaN where nothing of them is ``costed``. Payers that bear something in other accounts only are
    left out.

    Raises:
        FiscalModelError: a dimension is unknown or named twice.

    """
    if not covered.lines.all():
        lines = covered.lines[:, None, None]
        amounts, costed = np.where(lines, amounts, 0.0), costed & lines
    if covered.elsewhere:
        payers = [k for k, payer in enumerate(labels["payer"]) if payer not in covered.elsewhere]
        amounts, labels = (
            amounts[payers],
            {
                **labels,
                "payer": tuple(labels["payer"][k] for k in payers),
            },
        )
        costed = costed if payers else np.zeros_like(costed)
    found, sums = summed(amounts, labels, dimensions)
    _, known = summed(costed[None], {**labels, "payer": labels["payer"][:1]}, dimensions)
    return found, np.where(known > 0, sums, np.nan)


def summed(
    values: Any, labels: Labels, dimensions: Sequence[str]
) -> tuple[list[tuple[Any, ...]], Floats]:
    """``values`` (payer, line, place, year) summed by some dimensions: the labels of each, and the
    sums in that order.

    Raises:
        FiscalModelError: a dimension is unknown or named twice.

    """
    if dimensions:
        dimensions = check_dimensions(dimensions)
    found = [tuple(dict.fromkeys(labels[name])) for name in dimensions]
    sums = values.sum(
        axis=tuple(axis for axis in range(4) if axis not in {AXES[name] for name in dimensions}),
        keepdims=True,
    )
    shape: list[int] = []
    order: list[int] = []
    for axis in range(4):
        mine = [n for n, name in enumerate(dimensions) if AXES[name] == axis]
        sizes = tuple(len(found[n]) for n in mine)
        if mine:
            positions = [{label: i for i, label in enumerate(found[n])} for n in mine]
            at = [
                [where[label] for label in labels[dimensions[n]]]
                for n, where in zip(mine, positions, strict=True)
            ]
            sums = _grouped(
                sums,
                axis,
                np.asarray(np.ravel_multi_index(np.array(at, np.intp), sizes)),
                math.prod(sizes),
            )
        shape += sizes
        order += mine
    return found, np.asarray(sums, np.float64).reshape(shape).transpose(np.argsort(order))


def _grouped(values: Any, axis: int, group: Ints, groups: int) -> Any:
    """Values along an axis summed by the group of each position."""
    if len(group) == groups and (group == np.arange(groups)).all():
        return values
    by_group = np.argsort(group, kind="stable")
    present, starts = np.unique(group[by_group], return_index=True)
    out = np.zeros((*values.shape[:axis], groups, *values.shape[axis + 1 :]))
    out[(slice(None),) * axis + (present,)] = np.add.reduceat(
        values.take(by_group, axis), starts, axis, dtype=np.float64
    )
    return out
