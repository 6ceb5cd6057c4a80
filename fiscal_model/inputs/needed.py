"""Which tables the chosen items need, and the rows that wait for a figure in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

import numpy as np

from fiscal_model.arrays import Mask
from fiscal_model.errors import Faults, fault
from fiscal_model.inputs.tables import TABLES
from fiscal_model.periods import FIRST_YEAR, LAST_YEAR
from fiscal_model.standard.kinds.leaf import BASE, GRANT
from fiscal_model.standard.lives import EVER
from fiscal_model.standard.names import AREA
from fiscal_model.standard.places import Places
from fiscal_model.standard.rules import Item, Line, Standard
from fiscal_model.standard.splits import ByReading, Cases, Split, leaves
from fiscal_model.vocabulary import Text

MOST_ROWS: Final = 300_000
"""Rows that are prepared at most."""
OPTIONAL: Final = (
    "local_split",
    "overlaps",
    "functions",
    "fiscal_capacity",
    "population",
    "vital_rates",
    "advances",
    "actuals",
)
"""Tables that no figure waits for."""


@dataclass(frozen=True)
class Needed:
    """The tables that some items need: rows of codes (None where the analyst chooses) without their
    figures, and the lines they feed.
    """

    rows: Mapping[str, Sequence[tuple[Any, ...]]]
    lines: tuple[Line, ...]
    items: tuple[int, ...]
    grants: tuple[tuple[int, str], ...]

    @property
    def beneficiaries(self) -> tuple[str, ...]:
        """The beneficiaries of the lines, each once."""
        return tuple(dict.fromkeys(line.beneficiary for line in self.lines if line.beneficiary))


def needed(
    standard: Standard,
    items: Iterable[int | str] | int | str | None = None,
    places: Iterable[str] | str | None = None,
    years: Sequence[int] | None = None,
) -> Needed:
    """What the chosen items (default all) need for the chosen places and years.

    Rows are prepared once places or years are chosen: for the prefectures when only years are, with
    an empty year when only places are.

    Raises:
        FiscalModelError: unknown items or places, years out of range, or too many rows.

    """
    chosen = _items(standard, items)
    codes = _places(standard.places, places)
    _check_years(years)
    return _needed(standard, chosen, codes, years, prepare=places is not None or years is not None)


def needed_by_prefecture(
    standard: Standard,
    items: Iterable[int | str] | int | str | None = None,
    places: Iterable[str] | str | None = None,
    years: Sequence[int] | None = None,
) -> dict[str, Needed]:
    """What each prefecture is asked for, by its code: rows for its counties, or for those chosen.

    What is stated for a prefecture alone (base amounts, local rates, how the prefecture and its
    counties share) has a row for the prefecture itself. The year is empty without ``years``.

    Raises:
        FiscalModelError: as :func:`needed`.

    """
    chosen = _items(standard, items)
    codes = _places(standard.places, places)
    _check_years(years)
    counties: dict[str, list[str]] = {}
    for code in codes:
        for county in standard.places.leaves(code):
            chain = (county, *standard.places.ancestors(county))
            counties.setdefault(chain[-2] if len(chain) > 1 else county, []).append(county)
    return {
        above: _needed(standard, chosen, below, years, above=above)
        for above, below in counties.items()
    }


def _needed(
    standard: Standard,
    chosen: Sequence[Item],
    codes: Sequence[str],
    years: Sequence[int] | None,
    prepare: bool = True,
    above: str | None = None,
) -> Needed:
    lines = tuple(line for item in chosen for line in item.lines)
    grants = tuple((item.number, payer) for item in chosen for payer in _granters(item.split))
    rows = _rows(standard, chosen, lines, grants, codes, years or (None,), above)
    wanted = {name: found if prepare else [] for name, found in rows.items() if found}
    total = sum(map(len, wanted.values()))
    if total > MOST_ROWS:
        raise fault("", "template-too-long", rows=total, limit=MOST_ROWS)
    both = {h.item for h in standard.higher_of}
    spare: dict[str, list[tuple[Any, ...]]] = {
        name: []
        for name in OPTIONAL
        if name in TABLES and (name != "overlaps" or both & {i.number for i in chosen})
    }
    return Needed(
        {name: (spare | wanted)[name] for name in TABLES if name in wanted or name in spare},
        lines,
        tuple(i.number for i in chosen),
        grants,
    )


def _rows(
    standard: Standard,
    items: Sequence[Item],
    lines: Sequence[Line],
    grants: Sequence[tuple[int, str]],
    codes: Sequence[str],
    stamps: Sequence[int | None],
    above: str | None,
) -> dict[str, list[tuple[Any, ...]]]:
    """The key cells of every row, of places in years in which they are there; a rate holds until
    the next, so one for the first year and the whole region, or the prefecture ``above`` the
    places, is enough.
    """
    lives = standard.places.lives
    dated = [
        (place, year)
        for place, year in product(codes, stamps)
        if year is None or lives.get(place, EVER).there(year)
    ]
    counted = {line.beneficiary: line.expected_in for line in lines if line.beneficiary}
    everywhere = {line.beneficiary for line in lines if not line.expected_in}
    amounts = [line.code for line in lines if line.is_amount] + [
        f"grant:{item}:{payer}" for item, payer in grants
    ]
    return {
        "beneficiaries": [
            (name, place, year)
            for name, group in counted.items()
            for within in (
                codes
                if name in everywhere
                else _within(standard.places, codes, standard.places.mask([group])),
            )
            for place, year in dated
            if place in within
        ],
        "rates": [
            (line.code, above, stamps[0]) for line in lines if not line.is_amount and not line.rates
        ],
        "amounts": [(name, *each) for name in amounts for each in dated],
        "bases_2015": [
            (item.number, place)
            for item in items
            for place in _within(
                standard.places,
                [above] if above else codes,
                _based(item.split, standard.places, standard.places.everywhere()),
            )
        ],
        "minimum_wage": (dated if any(rate.index for line in lines for rate in line.rates) else []),
        "local_split": [(None, above)] if above else [],
    }


def _within(places: Places, codes: Iterable[str], mask: Mask) -> list[str]:
    return [code for code in codes if mask[places.at(places.leaves(code))].any()]


def _based(split: Split, places: Places, mask: Mask) -> Mask:
    """Where a base amount limits a payer, under any reading."""
    out: Mask = np.zeros_like(mask)
    match split:
        case ByReading():
            for _, option in split.options:
                out |= _based(option, places, mask)
        case Cases():
            for when, inner in split.branches:
                here = mask & places.mask(when.where) if when.where else mask
                out |= _based(inner, places, here)
                if not when.lines and not when.condition:
                    mask = mask & ~here
        case _:
            return mask if split.held(BASE) else out
    return out


def _granters(split: Split) -> list[str]:
    """Payers whose grants are supplied."""
    return list(dict.fromkeys(hold.payer for leaf in leaves(split) for hold in leaf.held(GRANT)))


def _items(standard: Standard, wanted: Iterable[int | str] | int | str | None) -> list[Item]:
    """The chosen items in order, and those that pay for a chosen one."""
    if wanted is None:
        return list(standard.items.values())
    numbers = {*standard.names.items(wanted)}
    if not numbers:
        raise fault("", "template-without-items")
    numbers |= {paid.item for number in numbers if (paid := standard.items[number].paid_in)}
    return [item for number, item in standard.items.items() if number in numbers]


def _places(places: Places, written: Iterable[str] | str | None) -> list[str]:
    """Codes of places by code or name; a group stands for its members, nothing for the
    prefectures.
    """
    if written is None:
        return list(places.parts(places.root))
    faults = Faults()
    areas = places.among(AREA).several(written)
    codes = [
        code
        for area in areas
        for code in (places.groups[area].members if area in places.groups else (area,))
    ]
    if not codes:
        faults.add("", "template-without-places", written=str(written))
    for code in codes:
        for above in places.ancestors(code):
            if above in codes:
                faults.add(
                    "",
                    "template-place-twice",
                    place=Text(places.label(code).zh, code),
                    above=Text(places.label(above).zh, above),
                )
    faults.raise_if_any()
    return list(dict.fromkeys(codes))


def _check_years(years: Sequence[int] | None) -> None:
    wrong = [year for year in years or () if not FIRST_YEAR <= year <= LAST_YEAR]
    if wrong or (years is not None and not years):
        written = str(wrong or "")
        raise fault("", "template-years-outside", years=written, first=FIRST_YEAR, last=LAST_YEAR)
