"""What can be moved to meet a ceiling: a rate, a share, base amounts, growth. Each says what it is
now and writes the entry for another value.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Final

import numpy as np

from fiscal_model.arrays import Mask
from fiscal_model.errors import fault, nearest
from fiscal_model.names import Names
from fiscal_model.results.result import Result
from fiscal_model.scenario.entries import KINDS as ENTRY_KINDS
from fiscal_model.scenario.entries import BaseEntry, CountEntry, RateEntry, SplitEntry
from fiscal_model.scenario.entries.numbers import MOST_YUAN
from fiscal_model.scenario.layers import base_layers, places_in
from fiscal_model.standard.kinds.leaf import Leaf
from fiscal_model.standard.kinds.shares import LARGEST_WEIGHT, Shares, in_small
from fiscal_model.standard.names import BENEFICIARY, ITEM, LINE, PAYER, Sorts
from fiscal_model.standard.places import Places
from fiscal_model.standard.splits import Cases, Split, When
from fiscal_model.standard.words import split_yaml
from fiscal_model.vocabulary import Text

FINE: Final = 12
"""Decimals that a number of an entry may have."""
SHARE_DIGITS: Final = 6
"""Decimals of a share: its weights are whole numbers up to a million."""
UNKNOWN_RATE: Final = 1000.0


@dataclass(frozen=True)
class Lever:
    """One value to be moved: the items it can move, its present value (None if places differ), the
    range tried, its decimals, and its entries.

    ``entries`` writes the entries of list ``section`` of a scenario file for a value, a line each.
    """

    label: Text
    section: str
    items: frozenset[int]
    present: float | None
    low: float
    high: float
    digits: int
    entries: Callable[[Decimal], tuple[str, ...]]


Make = Callable[[Result, tuple[str, ...], tuple[str, ...]], Lever]
"""Makes a lever from the budget of one year, the names that its kind needs, and the places that the
entry holds for (all if empty); raises FiscalModelError where there is nothing to move.
"""


def _where(where: Sequence[str]) -> str:
    """The ``where`` of an entry."""
    if not where:
        return ""
    return f", where: {where[0]}" if len(where) == 1 else f", where: [{', '.join(where)}]"


def _mask(base: Result, where: tuple[str, ...]) -> Mask:
    """The places an entry holds for in the year."""
    places = places_in(base.scenario, base.years[0])
    return places.mask(where) if where else places.everywhere()


def _number(value: Decimal) -> str:
    """A number as a scenario file writes it."""
    return f"{value.normalize():f}"


def _rate(base: Result, names: tuple[str, ...], where: tuple[str, ...]) -> Lever:
    """The unit rate of a line from the year on."""
    (code,), (year,) = names, base.years
    standard, line = base.standard, base.standard.lines[names[0]]
    if line.is_amount:
        raise fault("", "line-has-no-rate", line=code)
    mask, speakers = _mask(base, where), standard.places.speakers(base.places)
    rates = base.program.timelines[code].effective(base.years)[speakers[mask[speakers]], 0]
    known = sorted(set(rates[~np.isnan(rates)].tolist()))
    label = Text(f"{line.name.zh} 补助标准", f"{line.name.en}, unit rate")
    high = known[-1] if known and known[-1] > 0 else UNKNOWN_RATE
    return Lever(
        label,
        RateEntry.section,
        frozenset({line.item}),
        known[0] if len(known) == 1 else None,
        0.0,
        high,
        FINE,
        lambda value: (f"{{line: {code}{_where(where)}, from: {year}, rate: {_number(value)}}}",),
    )


def _growth(base: Result, names: tuple[str, ...], where: tuple[str, ...]) -> Lever:
    """The growth of a beneficiary after its last supplied year."""
    (code,), (year,) = names, base.years
    cells, mask = base.inputs.counts, _mask(base, where)
    mine = [
        n
        for n, s in enumerate(cells.series_at.tolist())
        if cells.series[s] == code and mask[cells.place_at[n]]
    ]
    if not mine:
        raise fault("", "no-count-to-grow", beneficiary=code)
    latest = {int(cells.place_at[n]): 0 for n in mine}
    for n in mine:
        latest[int(cells.place_at[n])] = max(latest[int(cells.place_at[n])], int(cells.year_at[n]))
    if min(latest.values()) >= year:
        last = min(latest.values())
        raise fault("", "no-growth-to-vary", beneficiary=code, last=last, year=year)
    present = np.full(len(mask), 0.0 if base.scenario.nearest_projection()[0] else np.nan)
    for layer in base.program.applied.projected_by:
        if layer.entry.beneficiary == code and layer.start <= year < layer.end:
            present[layer.mask] = (
                np.nan if layer.entry.growth is None else float(layer.entry.growth)
            )
    values = set(present[list(latest)].tolist())
    label = base.standard.beneficiaries[code].name
    return Lever(
        Text(f"{label.zh} 年增长率", f"{label.en}, growth a year"),
        CountEntry.section,
        base.standard.drawn_by({code}),
        values.pop() if len(values) == 1 and not np.isnan(present[list(latest)]).any() else None,
        -0.5,
        0.5,
        FINE,
        lambda value: (f"{{beneficiary: {code}{_where(where)}, growth: {_number(value)}}}",),
    )


def _base(base: Result, names: tuple[str, ...], where: tuple[str, ...]) -> Lever:
    """A factor on the base amounts of an item in force in the year: on the supplied ones, or where
    the scenario changes them as an amount for each.
    """
    item, (year,) = int(names[0]), base.years
    mask, index = _mask(base, where), base.standard.places.index
    limits: dict[str, float] = {}
    changed = any(
        layer.entry.item == item and layer.start <= year < layer.end
        for layer in base_layers(base.scenario)
    )
    phased = False
    for groups in base.program.bases:
        for (number, code), limit, above in zip(
            groups.keys, groups.limit.tolist(), groups.ended.tolist(), strict=True
        ):
            # no factor moves a base amount of zero
            if number == item and mask[index[code]] and 0 < limit < np.inf:
                limits[code] = limit
                phased |= above > 0
    if phased:
        raise fault("", "base-amount-phased-out", item=item, year=year)
    if not limits:
        raise fault("", "no-base-amount-to-vary", item=item, year=year)

    def entries(value: Decimal) -> tuple[str, ...]:
        if not changed:
            return (f"{{item: {item}{_where(where)}, from: {year}, factor: {_number(value)}}}",)
        amounts = {
            code: min(Decimal(str(limit)) * value, Decimal(MOST_YUAN)).quantize(Decimal("0.000001"))
            for code, limit in limits.items()
        }
        return tuple(
            f"{{item: {item}, where: {code}, from: {year}, amount: {_number(amount)}}}"
            for code, amount in amounts.items()
        )

    label = Text(f"第{item}项 2015年基数的系数", f"item {item}, factor on the base amounts")
    return Lever(label, BaseEntry.section, frozenset({item}), 1.0, 0.0, 10.0, FINE, entries)


def _share(base: Result, names: tuple[str, ...], where: tuple[str, ...]) -> Lever:
    """The part of a payer within its tier of the shares of an item in force in the year."""
    item, payer, (year,) = int(names[0]), names[1], base.years
    rules, lines, places = base.program.rules, base.program.lines, base.standard.places
    mine = [i for i, line in enumerate(lines) if line.item == item]
    mask = _mask(base, where)
    leaves = [
        p
        for p, code in enumerate(places.codes)
        if mask[p] and places.leaves(code) == (code,) and not places.by_code[code].elsewhere
    ]
    found = {rules.ways[n].leaf for n in set(rules.way[np.ix_(mine, leaves, [0])].ravel().tolist())}
    shares = {share for leaf in found if (share := share_of(leaf, payer)) is not None}
    if not shares:
        hint = nearest(payer, {name for leaf in found for name in _named(leaf)})
        whose = base.standard.payers[payer].name
        raise fault("", "no-share-to-vary", item=item, year=year, payer=whose, hint=hint)
    regions = _alike(base, mine, leaves)

    def entries(value: Decimal) -> tuple[str, ...]:
        parts = int(value.scaleb(SHARE_DIGITS))
        split = _restated(regions, lambda leaf: with_share(leaf, payer, parts))
        return (f"{{item: {item}{_where(where)}, from: {year}, split: {split_yaml(split)}}}",)

    of = base.standard.payers[payer].name
    label = Text(f"第{item}项 {of.zh}的分担比例", f"item {item}, share of {of.en}")
    present = float(shares.pop()) if len(shares) == 1 else None
    return Lever(
        label, SplitEntry.section, frozenset({item}), present, 0.0, 1.0, SHARE_DIGITS, entries
    )


def _tiers(leaf: Leaf) -> tuple[Shares, ...]:
    """The tiers of the shares that a leaf divides by."""
    return leaf.divisions()[0].tiers if leaf.divisions() else ()


def _named(leaf: Leaf) -> Iterator[str]:
    return (name for tier in _tiers(leaf) for name, _ in tier.weights)


def share_of(leaf: Leaf, payer: str) -> Fraction | None:
    """The part of a payer in the first tier of a leaf's shares that names it; None where it is not
    beside others there, or its kind does not say how it may be another.
    """
    if leaf.redivided(payer, lambda shares: shares) is None:
        return None
    tier = next((tier for tier in _tiers(leaf) if payer in dict(tier.weights)), None)
    if tier is None:
        return None
    own, others = (
        dict(tier.weights)[payer],
        sum(weight for name, weight in tier.weights if name != payer),
    )
    # Beside a raise that the rest bears, nobody else can be put into the rest.
    if not others + tier.rest_weight or (tier.rest_bears_raise and others):
        return None
    return Fraction(own, own + others + tier.rest_weight)


def with_share(leaf: Leaf, payer: str, parts: int) -> Leaf:
    """The leaf with so many millionths of its tier for a payer; the others of the tier share what
    is left as before.
    """
    if share_of(leaf, payer) is None:
        return leaf
    return leaf.redivided(payer, lambda shares: _with_part(shares, payer, parts)) or leaf


def _with_part(tier: Shares, payer: str, parts: int) -> Shares:
    others = tuple(pair for pair in tier.weights if pair[0] != payer)
    if len(others) == len(tier.weights):
        assert tier.rest is not None
        return replace(tier, rest=_with_part(tier.rest, payer, parts))
    part, left = in_small((parts, LARGEST_WEIGHT - parts))
    moved = replace(tier, weights=((payer, part),), rest_weight=left)
    if not any(weight for _, weight in others):
        return moved
    # A tier of their own keeps the others' proportions exact.
    return replace(moved, rest=replace(tier, weights=others, rest_bears_raise=False))


Region = tuple[tuple[str, ...], tuple[tuple[tuple[str, ...], Leaf], ...]]
"""Places (none: all others) in which the lines of an item are shared alike, and the leaf of each
set of lines.
"""


def _alike(base: Result, lines: Sequence[int], leaves: Sequence[int]) -> list[Region]:
    """The rules in force for some lines in the year, places that share alike together, the largest
    set of places last.
    """
    rules, places = base.program.rules, base.standard.places
    together: dict[tuple[tuple[int, int], ...], set[str]] = {}
    for p in leaves:
        mark = tuple((int(rules.branch[i, p, 0]), int(rules.way[i, p, 0])) for i in lines)
        together.setdefault(mark, set()).add(places.codes[p])
    found: list[Region] = []
    ordered = sorted(together.items(), key=lambda pair: len(pair[1]))
    for mark, codes in ordered:
        named: dict[tuple[int, int], list[str]] = {}
        for i, each in zip(lines, mark, strict=True):
            named.setdefault(each, []).append(base.program.lines[i].code)
        where = () if mark == ordered[-1][0] else _covering(codes, base)
        found.append(
            (
                where,
                tuple(
                    (tuple(found_lines), rules.ways[way].leaf)
                    for (_, way), found_lines in named.items()
                ),
            )
        )
    return found


def _covering(wanted: Collection[str], base: Result) -> tuple[str, ...]:
    """A group with just these places in the year, else the fewest places that hold them."""
    wanted, places = set(wanted), places_in(base.scenario, base.years[0])
    leaves = places.leaves(places.root)
    for code in places.groups:
        inside = places.mask([code])
        if {leaf for leaf in leaves if inside[places.index[leaf]]} == wanted:
            return (code,)
    return tuple(_tops(places.root, wanted, places))


def _tops(code: str, wanted: set[str], places: Places) -> Iterator[str]:
    leaves = set(places.leaves(code))
    if leaves <= wanted:
        yield code
    elif leaves & wanted:
        for child in places.children[code]:
            yield from _tops(child, wanted, places)


def _restated(regions: Sequence[Region], change: Callable[[Leaf], Leaf]) -> Split:
    """One split that states the leaf of every place and line anew."""

    def of_lines(leaves: Sequence[tuple[tuple[str, ...], Leaf]]) -> Split:
        if len(leaves) == 1:
            return change(leaves[0][1])
        return Cases(tuple((When(lines=lines), change(leaf)) for lines, leaf in leaves))

    if len(regions) == 1:
        return of_lines(regions[0][1])
    return Cases(tuple((When(where=where), of_lines(leaves)) for where, leaves in regions))


NEEDS: Final[Mapping[str, tuple[Text, Sorts]]] = {
    "LINE": (Text("支出项", "line"), LINE),
    "ITEM": (Text("服务项目", "item"), ITEM),
    "PAYER": (Text("承担主体", "payer"), PAYER),
    "BENEFICIARY": (Text("受益对象", "beneficiary"), BENEFICIARY),
}
"""What the names that a kind of lever needs stand for, and the sort that each is of."""
KINDS: Final = {kind.varied.word: kind.varied for kind in ENTRY_KINDS if kind.varied}
"""Every kind of lever by the word that asks for it."""
MAKE: Final[Mapping[str, Make]] = {
    kind.varied.word: make
    for kind, make in (
        (RateEntry, _rate),
        (SplitEntry, _share),
        (BaseEntry, _base),
        (CountEntry, _growth),
    )
}
KIND_NAMES: Final = Names(
    Text("变动项", "kind of lever"),
    {word: kind.name for word, kind in KINDS.items()},
    {kind.other: word for word, kind in KINDS.items()},
)
