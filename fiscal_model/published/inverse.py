"""From what a payer gives for a line to bounds on the beneficiaries behind it and, with these, on
the base amount.

One thing is unknown, what part of the sum due its base amount covers. It is the same for all lines
of an item in a place, as what a base amount changes is put back on them in proportion; and a
payer's part of a unit goes in a straight line with it, from one end of the unit world to the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from math import ceil, floor, inf
from typing import Final, NamedTuple

from fiscal_model.engine.capped import CappedGroups
from fiscal_model.engine.coefficients import CLOSE
from fiscal_model.published.unit_world import UnitWorld
from fiscal_model.standard.kinds.leaf import GRANT
from fiscal_model.vocabulary import UNALLOCATED

FENS: Final = 100
"""In a yuan."""


class Bounds(NamedTuple):
    """From ``least`` to ``most``, both within; ``most`` is infinite where there is no upper end."""

    least: float
    most: float


ANY_PART: Final = Bounds(0.0, 1.0)


@dataclass(frozen=True)
class Notice:
    """What is printed for lines of one item in a place and year, between what a printed figure
    lies: yuan that some payers together (all where none is named) give for ``line`` and others;
    and the ``counts`` known by beneficiary.
    """

    line: str
    place: str
    year: int
    payers: tuple[str, ...]
    amounts: Mapping[str, Bounds]
    counts: Mapping[str, int]


class Untold(Enum):
    """Why an amount tells nothing."""

    NO_RATE = "no rate is known"
    GRANTED = "a grant is part of the split"
    BY_COUNT = "the split is another for every count"
    OPEN = "no ratio is given"
    BEARS_NOTHING = "the payers bear nothing of the line"
    APART = "other counts and amounts contradict each other"
    NO_COUNT = "no count gives the amount"


@dataclass(frozen=True)
class Case:
    """What an amount tells by the rules with one ``option`` of a ``reading``.

    ``cost`` is yuan a unit of the line and ``parts`` what of them the payers bear, with a base
    amount of 0 and with one that limits nothing. ``covered`` is the part of what is due that it
    covers, as far as other lines tell, and ``count`` the beneficiaries (yuan of a line that is an
    amount). With a count known or other lines, ``limited`` is who is limited by the base amount,
    ``borne`` what it bears of the line and ``base`` the base amount, in yuan; ``unknown`` are the
    lines of it of which neither count nor amount is known.
    """

    reading: str
    option: str
    cost: float
    parts: tuple[float, float]
    untold: Untold | None = None
    covered: Bounds = ANY_PART
    count: Bounds | None = None
    limited: str = ""
    borne: Bounds | None = None
    base: Bounds | None = None
    unknown: tuple[str, ...] = ()

    def part(self, covered: float) -> float:
        """Yuan a unit that the payers bear where the base amount covers a part of what is due."""
        return self.cost * _positive(_between(self.parts, covered) / self.cost)


def _between(ends: tuple[float, float], part: float) -> float:
    return ends[0] + part * (ends[1] - ends[0])


def _positive(part: float) -> float:
    """A part without the last bits of what is zero."""
    return part if part > CLOSE else 0.0


def case(world: UnitWorld, notice: Notice) -> Case:
    """What an amount tells in a unit world of its line."""
    line, group = notice.line, world.limited(notice.line)
    parts = world.parts(line, notice.payers)
    found = Case(world.reading, world.option, world.cost(line), parts)
    if untold := _untold(world, found, notice):
        return replace(found, untold=untold)
    others = _covered(world, group, notice, (each for each in notice.amounts if each != line))
    if others is None:
        return replace(found, untold=Untold.APART)
    found = replace(found, covered=others)
    count = _count(world, found, notice)
    if count is None:
        return replace(found, untold=Untold.NO_COUNT)
    found = replace(found, count=count)
    covered = _covered(world, group, notice, notice.amounts)
    return _based(world, found, notice, group, covered) if group and covered else found


def _untold(world: UnitWorld, found: Case, notice: Notice) -> Untold | None:
    leaf = world.leaf(notice.line)
    if not (found.cost > 0 and world.is_rated(notice.line)):
        return Untold.NO_RATE
    if notice.payers and leaf.held(GRANT):
        return Untold.GRANTED
    group = world.limited(notice.line)
    if not leaf.scales or (group and not world.keeps_alike(group)):
        return Untold.BY_COUNT
    if max(found.parts) > CLOSE * found.cost:
        return None
    return Untold.OPEN if any(world.parts(notice.line, (UNALLOCATED,))) else Untold.BEARS_NOTHING


def _covered(
    world: UnitWorld, group: CappedGroups | None, notice: Notice, lines: Iterable[str]
) -> Bounds | None:
    """What part of what is due the base amount covers, by the lines of which count and amount are
    known; None where they contradict each other.
    """
    least, most = ANY_PART
    for line in lines:
        if group and world.limited(line) is group and (ends := _covered_by(world, notice, line)):
            least, most = max(least, ends.least), min(most, ends.most)
    return Bounds(least, max(least, most)) if least <= most + CLOSE else None


def _covered_by(world: UnitWorld, notice: Notice, line: str) -> Bounds | None:
    """The same from one line; None where it tells nothing of it."""
    count = _known_count(world, notice, line)
    before, behind = world.parts(line, notice.payers)
    if not count or abs(behind - before) <= CLOSE * world.cost(line):
        return None
    ends = [(yuan / count - before) / (behind - before) for yuan in notice.amounts[line]]
    return Bounds(min(ends), max(ends))


def _known_count(world: UnitWorld, notice: Notice, line: str) -> int | None:
    beneficiary = world.line(line).beneficiary
    return notice.counts.get(beneficiary) if beneficiary else None


def _count(world: UnitWorld, found: Case, notice: Notice) -> Bounds | None:
    """The beneficiaries, or the yuan of an amount; None where no whole number fits."""
    low, high = notice.amounts[notice.line]
    small, large = sorted(map(found.part, found.covered))
    if not large:
        return None if low > 0 else Bounds(0.0, inf)
    least = low / large if low > 0 else 0.0
    most = high / small if small else inf
    if world.line(notice.line).is_amount:
        return _in_fen(least, most)
    whole = Bounds(ceil(least * (1 - CLOSE)), floor(most * (1 + CLOSE)) if most < inf else inf)
    return whole if whole.least <= whole.most else None


def _in_fen(least: float, most: float) -> Bounds:
    """Yuan to the fen, outwards."""
    return Bounds(
        floor(round(least * FENS, 3)) / FENS,
        ceil(round(most * FENS, 3)) / FENS if most < inf else inf,
    )


def _based(
    world: UnitWorld, found: Case, notice: Notice, group: CappedGroups, covered: Bounds
) -> Case:
    """What counts, and amounts of other lines, tell of the base amount."""
    count, limited = _known_count(world, notice, notice.line), world.program.payers[group.payer]
    if count is not None:
        own = world.parts(notice.line, (limited,))
        found = replace(found, borne=_in_fen(*sorted(count * _between(own, b) for b in covered)))
    lines, factor = world.held_together(group), world.factor(group)
    if not factor:
        return replace(found, limited=limited)
    each = [_put_back(world, notice, line, world.due(line, group), covered) for line in lines]
    least = sum(low for low, _ in each)
    may_limit_nothing = covered.most >= 1 - CLOSE
    most = inf if may_limit_nothing else sum(high for _, high in each)
    return replace(
        found,
        limited=limited,
        base=_in_fen(least / factor, most / factor) if least > 0 or most < inf else None,
        unknown=tuple(line for line in lines if not _is_known(world, notice, line)),
    )


def _is_known(world: UnitWorld, notice: Notice, line: str) -> bool:
    """Whether count or amount of a line are known, and what a unit of it comes to."""
    known = line in notice.amounts or _known_count(world, notice, line) is not None
    return known and world.is_rated(line)


def _put_back(
    world: UnitWorld, notice: Notice, line: str, due: float, covered: Bounds
) -> tuple[float, float]:
    """Between what the part of the base amount in force lies that is put back on a line."""
    if not _is_known(world, notice, line):
        return 0.0, inf if covered.most else 0.0
    count = _known_count(world, notice, line)
    if count is not None:
        return count * due * covered.least, count * due * covered.most
    parts, floor_ = world.parts(line, notice.payers), CLOSE * world.cost(line)
    low, high = notice.amounts[line]
    if parts[0] <= floor_ < parts[1]:  # who pays is who is limited: it is what is printed
        return low * due / parts[1], high * due / parts[1]

    def back(yuan: float, part: float, unknown: float) -> float:
        paid = _between(parts, part)
        return yuan * due * part / paid if paid > floor_ else unknown

    return back(low, covered.least, 0.0), back(high, covered.most, inf)
