"""Where a control acts: a share, rate, base amount or growth that moves nothing in the place, items
and years chosen is not offered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import numpy as np

from fiscal_model.analysis.levers import with_share
from fiscal_model.arrays import Mask
from fiscal_model.engine.territory import last_supplied, own_ended
from fiscal_model.explorer.controls import Choice
from fiscal_model.results.accounts import is_booked
from fiscal_model.results.result import Result
from fiscal_model.standard.kinds.shares import LARGEST_WEIGHT
from fiscal_model.standard.rules import Line
from fiscal_model.vocabulary import ACCOUNTS, Text

ABOVE: Final = Text(
    "人数或金额按上级地区填报，在这里不能单独改动",
    "given for a place above; cannot be moved here alone",
)
NO_DATA: Final = Text("这里没有数据", "no data here")
NOTHING: Final = Text("没有可以改动的数值", "nothing to be moved")


def keys_of(whole: Result, item: int) -> Iterator[str]:
    """The names of all that an item might have to move."""
    lines = [line for line in whole.lines if line.item == item and not line.is_amount]
    yield from (f"share:{item}:{payer}" for payer in whole.standard.payers.levels)
    yield f"base:{item}"
    yield from (f"rate:{line.code}" for line in lines)
    yield from dict.fromkeys(f"growth:{line.beneficiary}" for line in lines)


def acting(whole: Result, choice: Choice, key: str) -> Mask:
    """The cells of the chosen items that a control moves, by (line, place, year); none where its
    entry would divide what is counted for a place above.
    """
    kind, name, *others = key.split(":")
    cells = ACTING[kind](whole, name, *others) & _here(whole, choice)
    if kind != "growth":
        entry = _line(whole, name) if kind == "rate" else _item(whole, int(name))
        cells &= not (entry & whole.program.supplied & _above(whole, choice)).any()
    return np.asarray(cells & _lines(whole, lambda line: line.item in choice.items))


def unseen(whole: Result, choice: Choice, cells: Mask) -> Text | None:
    """Why the moves of some cells do not show in what is looked at."""
    if choice.last < choice.start:
        return Text(
            f"{choice.start}年起的改动不在所选年份内",
            f"changes from {choice.start} on lie after the years chosen",
        )
    moved = [whole.lines[n] for n in np.flatnonzero(cells.any(axis=(1, 2)))]
    if any(is_booked(line, choice.account) for line in moved):
        return None
    name = ACCOUNTS[moved[0].account]
    return Text(f"见账目“{name.zh}”", f"see account: {name.en}")


def why_none(whole: Result, choice: Choice, item: int) -> Text:
    """Why an item has nothing to move in the place chosen."""
    given = whole.program.supplied & _item(whole, item)
    if (given & _here(whole, choice)).any():
        return NOTHING
    return ABOVE if (given & _above(whole, choice)).any() else NO_DATA


def _here(whole: Result, choice: Choice) -> Mask:
    """The cells of the place chosen from the start on."""
    return _of_places(whole, choice, whole.standard.places.below(_top(whole, choice)))


def _above(whole: Result, choice: Choice) -> Mask:
    """The cells of the places above it."""
    return _of_places(whole, choice, whole.standard.places.ancestors(_top(whole, choice)))


def _top(whole: Result, choice: Choice) -> str:
    return choice.place or whole.standard.places.root


def _of_places(whole: Result, choice: Choice, codes: tuple[str, ...]) -> Mask:
    later = np.array(whole.years) >= choice.start
    return np.asarray(np.isin(whole.places, codes)[:, None] & later)


def _lines(whole: Result, fits: Callable[[Line], bool]) -> Mask:
    return np.array([fits(line) for line in whole.lines], bool)[:, None, None]


def _item(whole: Result, number: int) -> Mask:
    return _lines(whole, lambda line: line.item == number)


def _line(whole: Result, code: str) -> Mask:
    return _lines(whole, lambda line: line.code == code)


def _of_share(whole: Result, item: str, payer: str) -> Mask:
    """What costs anything and is divided otherwise when the payer has another share."""
    frame = whole.program.frame
    ends = (
        {with_share(leaf, payer, parts).key() for parts in (0, LARGEST_WEIGHT)}
        for leaf in frame.leaves
    )
    shared = np.array([len(keys) > 1 for keys in ends], bool)
    return np.asarray(_of_base(whole, item) & shared[frame.leaf])


def _of_base(whole: Result, item: str) -> Mask:
    return np.asarray(_item(whole, int(item)) & (whole.cost > 0))


def _of_rate(whole: Result, code: str) -> Mask:
    return np.asarray(_line(whole, code) & (whole.quantity > 0))


def _of_growth(whole: Result, code: str) -> Mask:
    """What has a rate where a count that is not zero is carried on."""
    counts, tree = whole.inputs.counts, whole.standard.places
    years = np.arange(min(whole.inputs.years), whole.years[-1] + 1)
    given = counts.dense((code,), len(tree), int(years[0]), int(years[-1]))
    latest = last_supplied(given)
    people = np.take_along_axis(given, latest[..., None], axis=-1) > 0
    carried = people & (years - years[0] > latest[..., None]) & ~own_ended(given, tree, years)
    cells = carried[0][np.ix_(tree.at(whole.places), np.array(whole.years) - years[0])]
    fed = _lines(whole, lambda line: line.beneficiary == code)
    return np.asarray(fed & (whole.unit_cost > 0) & cells)


ACTING: Final[Mapping[str, Callable[..., Mask]]] = {
    "share": _of_share,
    "base": _of_base,
    "rate": _of_rate,
    "growth": _of_growth,
}
"""What each kind of control moves, by the names in its key."""
