"""A second engine: exact fractions, plain loops, straight from the rule files' own form. Slow and
easy to check by eye.
It shares no code with the engine under test: it interprets the mappings that are written to YAML,
not what the reader makes of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

PAYERS = (
    "central",
    "region",
    "prefecture",
    "fund",
    "employer",
    "individual",
    "host_unit",
    "social",
    "unallocated",
)
AGES = ("pupil", "elder")
"""The beneficiaries of whose ages :attr:`World.people` has the persons, in that order."""
SCHOOL = (1, 3, 4, 5, 6, 7, 9, 10, 11, 12)
Split = dict[str, Any]


@dataclass
class World:
    """A tiny standard, scenarios from the bottom of the chain up, and inputs; everything as plain
    values.
    """

    parent: dict[str, str | None]
    groups: dict[str, list[str]]
    lines: dict[str, dict[str, Any]]
    split: Split
    readings: dict[str, str]
    scenarios: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[tuple[str, str, int], int] = field(default_factory=dict)
    amounts: dict[tuple[str, str, int], int] = field(default_factory=dict)
    rates: dict[tuple[str, str, int], str] = field(default_factory=dict)
    bases: dict[str, int] = field(default_factory=dict)
    years: tuple[int, ...] = ()
    lives: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Of the places that changed: ``first`` and ``last`` month, and what each came ``out_of``."""
    people: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)
    """Persons of the ages of :data:`AGES` by place and year, in supplied years only."""

    def there(self, place: str, year: int) -> bool:
        """Whether a place is there in December of a year."""
        life = self.lives.get(place, {})
        return bool(life.get("first", "0") <= f"{year}-12" <= life.get("last", "9"))

    def heirs(self, place: str) -> list[str]:
        """What came out of a place."""
        return [code for code, life in self.lives.items() if place in life["out_of"]]

    def whole_of(self, place: str) -> list[str]:
        """The places that ended and went into this one entirely."""
        parts = self.lives.get(place, {"out_of": []})["out_of"]
        return [p for p in parts if "last" in self.lives.get(p, {}) and self.heirs(p) == [place]]

    def served(self, place: str | None) -> list[str]:
        """A place and what serves it: the one it was taken out of, all above."""
        out = []
        while place:
            out.append(place)
            life = self.lives.get(place, {"out_of": []})
            alone = "first" in life and len(life["out_of"]) == 1
            place = life["out_of"][0] if alone else self.parent[place]
        return out

    def chain(self, place: str | None) -> list[str]:
        """A place and all above it."""
        out = []
        while place:
            out.append(place)
            place = self.parent[place]
        return out

    def part(self, place: str) -> str:
        """A place without parts at or below ``place``: rules are asked there, since all parts of a
        counted place must agree.
        """
        below = [code for code, parent in self.parent.items() if parent == place]
        lasting = [code for code in below if code not in self.lives] or below
        return self.part(lasting[0]) if below else place

    def covers(self, where: Any, place: str, year: int | None = None) -> bool:
        """Whether a ``where`` holds for a place, with the groups as they are in a year (else as the
        standard has them).
        """
        if where is None:
            return True
        parts = where if isinstance(where, list) else [where]
        return any(
            self.member(part, place, year) if part in self.groups else part in self.chain(place)
            for part in parts
        ) or self.all_out_of(where, place, year)

    def all_out_of(self, where: Any, place: str, year: int | None) -> bool:
        """Whether a new place came entirely out of places for which a ``where`` holds."""
        life = self.lives.get(place, {})
        origins = life.get("out_of") if "first" in life else None
        return bool(origins) and all(self.covers(where, origin, year) for origin in origins or ())

    def member(self, group: str, place: str, year: int | None) -> bool:
        """The nearest scenario with an entry in force says; in one file the smaller set of places.
        A place with parts is in when all of them are.
        """
        below = [code for code, parent in self.parent.items() if parent == place]
        if below and year is not None:
            return all(self.member(group, part, year) for part in below)
        for scenario in reversed(self.scenarios) if year is not None else ():
            entries = [e for e in scenario.get("groups", []) if e["group"] == group]
            live = in_force(
                entries,
                lambda e: str(e.get("add", e.get("remove"))),
                (year or 0) * 60,
                "calendar_months",
            )
            live = [e for e in live if self.covers(e.get("add", e.get("remove")), place)]
            if live:
                return "add" in min(live, key=lambda e: self.size(e.get("add", e.get("remove"))))
        return any(top in self.chain(place) for top in self.groups[group])

    def size(self, where: Any) -> int:
        return sum(self.covers(where, place) for place in self.parent)


def slot(written: str | None, accrual: str, end: bool = False) -> int:
    """Sixtieths of years of money before (or, for an end, through) a moment."""
    if written is None:
        return 10**9 if end else 0
    year, _, rest = written.partition("-")
    first = int(year) * 60
    if not rest:
        return first + (60 if end else 0)
    if rest in ("spring", "autumn"):
        return first + {"spring": 0, "autumn": 30}[rest] + (30 if end else 0)
    month = int(rest[:2])
    if accrual == "calendar_year":
        return first + 60 if end or month > 1 else first
    months = list(SCHOOL) if accrual == "school_months" else list(range(1, 13))
    before = [m for m in months if m < month or (end and m == month)]
    return first + len(before) * (60 // len(months))


def in_force(
    entries: list[dict[str, Any]], same: Any, moment: int, accrual: str
) -> list[dict[str, Any]]:
    """The entries of one file that hold at a moment: started, not past ``to``, not ended by a later
    start for the same target.
    """
    out = []
    for entry in entries:
        start = slot(entry.get("from"), accrual)
        ended = [
            slot(o.get("from"), accrual)
            for o in entries
            if o is not entry and same(o) == same(entry)
        ]
        stop = min([slot(entry.get("to"), accrual, end=True), *(s for s in ended if s > start)])
        if start <= moment < stop:
            out.append(entry)
    return out


def rate_at(world: World, line: str, place: str, moment: int) -> Fraction | None:
    """The rate of the nearest scenario with an entry in force, else the inputs', else the
    standard's.
    """
    return painted(world, line, place, moment, len(world.scenarios), None)


def painted(
    world: World, line: str, place: str, moment: int, height: int, below: Any
) -> Fraction | None:
    """The rate under the first ``height`` scenarios; of the uppermost only what is painted before
    the entry ``below``.
    """
    accrual = world.lines[line]["accrual"]

    def order(entry: dict[str, Any]) -> tuple[int, int]:
        return -world.size(entry.get("where")), slot(entry.get("from"), accrual)

    for n in reversed(range(height)):
        mine = [e for e in world.scenarios[n].get("rates", []) if e["line"] == line]
        live = in_force(mine, lambda e: str(e.get("where")), moment, accrual)
        live = [e for e in live if world.covers(e.get("where"), place, moment // 60)]
        if below is not None and n == height - 1:
            live = [e for e in live if order(e) < order(below)]
        for entry in sorted(live, key=order, reverse=True):
            rate = (
                Fraction(entry["rate"])
                if "rate" in entry
                else followed(world, entry, place, moment, n + 1)
            )
            if rate is not None:
                return rate
    for above in world.served(place):
        known = [
            y for (name, p, y) in world.rates if name == line and p == above and y * 60 <= moment
        ]
        if known:
            return Fraction(world.rates[line, above, max(known)])
    started = [r for r in world.lines[line].get("rates", []) if slot(r["from"], accrual) <= moment]
    return (
        Fraction(max(started, key=lambda r: slot(r["from"], accrual))["rate"]) if started else None
    )


def followed(
    world: World, entry: dict[str, Any], place: str, moment: int, height: int
) -> Fraction | None:
    """The rate in force in the last slot before the entry starts, grown or indexed, to the nearest
    multiple of its step (halves up).

    Without one the entry has nothing to follow, and what lies below it holds.
    """
    start, year = int(entry["from"]), moment // 60
    before = painted(world, entry["line"], place, start * 60 - 1, height, entry)
    if before is None:
        return None
    if "growth" in entry:
        before *= (1 + Fraction(entry["growth"])) ** (year - start + 1)
    else:
        before *= Fraction(
            ([entry["index"][y] for y in sorted(entry["index"]) if y <= year] or ["1"])[-1]
        )
    return (
        (before / Fraction(entry["step"]) + Fraction(1, 2)).__floor__() * Fraction(entry["step"])
        if "step" in entry
        else before
    )


def unit_cost(world: World, line: str, place: str, year: int) -> Fraction | None:
    """Yuan a beneficiary and year."""
    if "beneficiary" not in world.lines[line]:
        return Fraction(1)
    each = [rate_at(world, line, world.part(place), year * 60 + k) for k in range(60)]
    known = [rate for rate in each if rate is not None]
    return sum(known, Fraction(0)) / 60 * world.lines[line].get("times", 1) if known else None


def quantity(
    world: World,
    line: str,
    place: str,
    year: int,
    counts: dict[str, dict[tuple[str, int], Fraction]],
) -> Fraction | None:
    """The amount, or the beneficiaries of the projected ``counts``, multiplied."""
    name = world.lines[line].get("beneficiary")
    if not name:
        return held(world.amounts, line, place, year, world)
    value = counts[name].get((place, year))
    factor = next(
        (Fraction(e["factor"]) for e in rules(world, name, place, year, ("factor",))), Fraction(1)
    )
    return None if value is None else value * factor


def held(
    given: dict[tuple[str, str, int], int], name: str, place: str, year: int, world: World
) -> Fraction | None:
    """What is supplied for a year; after the last one supplied that one, where a scenario holds."""
    return projected(world, given, name, year).get((place, year))


def rules(
    world: World, name: str, place: str, year: int, ways: tuple[str, ...]
) -> list[dict[str, Any]]:
    """The entries of a beneficiary that hold in a place and year, the one in force first."""
    out = []
    for scenario in reversed(world.scenarios):
        mine = [
            e
            for e in scenario.get("beneficiaries", [])
            if e["beneficiary"] == name and any(way in e for way in ways)
        ]
        live = in_force(mine, lambda e: str(e.get("where")), year * 60, "calendar_months")
        live = [e for e in live if world.covers(e.get("where"), place, year)]
        out += sorted(
            live,
            key=lambda e: (world.size(e.get("where")), -slot(e.get("from"), "calendar_months")),
        )
    return out


def totals(entry: dict[str, Any]) -> dict[int, Fraction]:
    """The totals that an entry states, by year."""
    stated = entry.get("series", {entry["by"]: entry["target"]} if "target" in entry else {})
    return {int(year): Fraction(total) for year, total in stated.items()}


class Refused(Exception):
    """A stated total that cannot be spread."""


def moved(
    world: World,
    given: dict[tuple[str, int], Fraction],
    ends: dict[str, int],
    place: str,
    year: int,
) -> bool:
    """Whether what a place has of its own has ended: it is not there, or later than its last figure
    one came for a place below or above it, or the first one for a part of it.
    """
    if not world.there(place, year):
        return True
    if place not in ends:
        return False
    for other, at in given:
        around = other != place and (place in world.chain(other) or other in world.chain(place))
        first = min(y for q, y in given if q == other)
        if around and ends[place] < at <= year:
            return True
        if other in world.heirs(place) and ends[place] < first <= year:
            return True
    return False


def before_in(
    world: World, out: dict[tuple[str, int], Fraction], place: str, year: int
) -> Fraction | None:
    """The figure of the year before, with those of places that went into this one since."""
    gone = [p for p in world.whole_of(place) if world.there(p, year - 1) > world.there(p, year)]
    known = [out[p, year - 1] for p in (place, *gone) if (p, year - 1) in out]
    return sum(known, Fraction(0)) if known else None


def persons(world: World, place: str, year: int, ages: int) -> Fraction | None:
    """The persons of some ages in a place, or in all of its parts together."""
    if (place, year) in world.people:
        return Fraction(world.people[place, year][ages])
    parts = [code for code, parent in world.parent.items() if parent == place]
    each = [persons(world, part, year, ages) for part in parts]
    known = [number for number in each if number is not None]
    return sum(known, Fraction(0)) if parts and len(known) == len(parts) else None


def change_of_persons(world: World, place: str, year: int, ages: int) -> Fraction | None:
    """The persons of some ages as a multiple of those of the year before, where the nearest place
    that knows both had any before.
    """
    for each in world.chain(place):
        before, now = (persons(world, each, y, ages) for y in (year - 1, year))
        if before is not None and now is not None:
            return now / before if before else None
    return None


def projected(
    world: World, supplied: dict[tuple[str, str, int], int], name: str, last: int
) -> dict[tuple[str, int], Fraction]:
    """A series by place and year: supplied, and after the last year supplied by the rule in
    force.

    A stated total is spread last, over the smaller set of places first, and every other count of
    its places, the last known one where there is none, is taken off it.
    """
    given = {(p, y): Fraction(count) for (n, p, y), count in supplied.items() if n == name}
    if not given:
        return {}
    ends = {p: max(y for q, y in given if q == p) for p, _ in given}
    stated = [s["projection"] for s in world.scenarios if s.get("projection")]
    by_age = stated[-1:] == ["population"] and name in AGES
    out, starts, lost = dict(given), dict[int, int](), set[str]()
    for year in range(min(y for _, y in given) + 1, last + 1):
        spread: dict[int, tuple[dict[str, Any], list[str]]] = {}
        stock: dict[str, Fraction] = {}
        for place in dict.fromkeys((*ends, *world.lives)):
            before = before_in(world, out, place, year)
            if year <= ends.get(place, 0) or before is None:
                continue
            if moved(world, given, ends, place, year):
                continue
            stock[place] = before
            live = rules(world, name, place, year, ("growth", "target", "series"))
            entry = next(
                (e for e in live if "growth" in e or year <= max(totals(e))),
                {"growth": 0} if stated else None,
            )
            if entry == {"growth": 0} and by_age and place not in lost:
                change = change_of_persons(world, place, year, AGES.index(name))
                if change is None:
                    lost.add(place)
                else:
                    entry = {"growth": change - 1}
            if entry and "growth" in entry:
                out[place, year] = stock[place] * (1 + Fraction(entry["growth"]))
            elif entry:
                spread.setdefault(id(entry), (entry, []))[1].append(place)
        for entry, parts in sorted(
            spread.values(), key=lambda each: world.size(each[0].get("where"))
        ):
            every = dict.fromkeys((*ends, *world.lives))
            within = [p for p in every if world.covers(entry.get("where"), p)]

            def still(places: list[str], at: int) -> list[str]:
                return [p for p in places if not moved(world, given, ends, p, at)]

            stated = {y: total for y, total in totals(entry).items() if y >= year}
            start = starts.setdefault(
                id(entry), max(year - 1, min(max(ends.get(p, 0) for p in within), min(stated) - 1))
            )
            if year > start:
                line = {start: known(out, still(within, start), start)} | {
                    y: total for y, total in totals(entry).items() if y > start
                }
                left = on_line(line, year) - known(
                    out, [p for p in still(within, year) if p not in parts], year
                )
                before = sum((stock[p] for p in parts), Fraction(0))
                if left < 0 or (left and not before):
                    raise Refused(entry)
            for place in parts:
                ratio = Fraction(1) if year <= start else left / before if before else Fraction(0)
                out[place, year] = stock[place] * ratio
    return out


def known(counts: dict[tuple[str, int], Fraction], places: list[str], year: int) -> Fraction:
    """The last known counts of some places together."""
    years = {p: [y for q, y in counts if q == p and y <= year] for p in places}
    return sum((counts[p, max(ys)] for p, ys in years.items() if ys), Fraction(0))


def on_line(points: dict[int, Fraction], year: int) -> Fraction:
    """The value of a year on straight lines between points."""
    before, after = max(y for y in points if y <= year), min(y for y in points if y >= year)
    share = Fraction(year - before, after - before) if after > before else Fraction(0)
    return points[before] + share * (points[after] - points[before])


def split_of(world: World, line: str, place: str, year: int) -> Split:
    place = world.part(place)
    for scenario in reversed(world.scenarios):
        entries = [e for e in scenario.get("splits", []) if e.get("line") == line or "item" in e]
        live = in_force(
            entries, lambda e: (e.get("line"), str(e.get("where"))), year * 60, "calendar_months"
        )
        live = [e for e in live if world.covers(e.get("where"), place, year)]
        if live:
            best = min(
                live,
                key=lambda e: (
                    "line" not in e,
                    world.size(e.get("where")),
                    -slot(e.get("from"), "calendar_months"),
                ),
            )
            return resolve(world, best["split"], line, place, year)
    return resolve(world, world.split, line, place, year)


def resolve(world: World, split: Split, line: str, place: str, year: int) -> Split:
    if "reading" in split:
        return resolve(world, split["options"][world.readings[split["reading"]]], line, place, year)
    if "cases" in split:
        for branch in split["cases"]:
            fits = world.covers(branch.get("where"), place, year) and line in branch.get(
                "lines", [line]
            )
            if fits and branch.get("condition", world.lines[line].get("condition")) == world.lines[
                line
            ].get("condition"):
                return resolve(world, branch["split"], line, place, year)
    return split


def shares(split: Split) -> dict[str, Fraction]:
    """Share of each payer of a division."""
    if "full" in split:
        return {split["full"]: Fraction(1)}
    weights = {
        name: Fraction(weight) for name, weight in split.items() if name in PAYERS or name == "rest"
    }
    total = sum(weights.values())
    out = {name: weight / total for name, weight in weights.items() if name != "rest"}
    if "rest" in weights:
        for name, part in shares(split["of_rest"]).items():
            out[name] = out.get(name, Fraction(0)) + part * weights["rest"] / total
    return out


def divide(
    world: World, split: Split, line: str, cost: Fraction, heads: Fraction
) -> dict[str, Fraction]:
    """A linear leaf: yuan of each payer."""
    if split.get("rest_bears_raise") == "true":
        raised = world.lines[line].get("raised")
        each = (
            Fraction(raised["options"][world.readings[raised["reading"]]])
            if raised
            else Fraction(0)
        )
        outside = min(cost, each * heads * world.lines[line].get("times", 1))
        plain = {name: weight for name, weight in split.items() if name != "rest_bears_raise"}
        out = {name: part * (cost - outside) for name, part in shares(plain).items()}
        for name, part in shares(split["of_rest"]).items():
            out[name] = out.get(name, Fraction(0)) + part * outside
        return out
    return {name: part * cost for name, part in shares(split).items()}


def simulate(world: World) -> dict[tuple[str, str, str, int], Fraction]:
    """Yuan by (line, place, payer, year)."""
    out: dict[tuple[str, str, str, int], Fraction] = {}
    places = sorted(
        {p for _, p, _ in world.counts}
        | {*world.lives}
        | {p for n, p, _ in world.amounts if not n.startswith("grant:")}
    )
    names = {line["beneficiary"] for line in world.lines.values() if "beneficiary" in line}
    counts = {name: projected(world, world.counts, name, max(world.years)) for name in names}
    for year in world.years:
        cells = {}
        for line in world.lines:
            for place in places:
                heads, unit = (
                    quantity(world, line, place, year, counts),
                    unit_cost(world, line, place, year),
                )
                if heads is not None and unit is not None:
                    cells[line, place] = (heads, unit, split_of(world, line, place, year))
        paid = {key: linear(world, key[0], *cell, cells, key[1]) for key, cell in cells.items()}
        give_grants(world, cells, paid, year)
        limit_bases(world, cells, paid, year)
        for (line, place), amounts in paid.items():
            for payer, yuan in amounts.items():
                out[line, place, payer, year] = yuan
    return out


def linear(
    world: World, line: str, heads: Fraction, unit: Fraction, split: Split, cells: Any, place: str
) -> dict[str, Fraction]:
    cost = heads * unit
    if "per_head" in split:
        mates = [
            m
            for m in world.lines
            if world.lines[m].get("beneficiary") == world.lines[line]["beneficiary"]
        ]
        pool = sum(
            (
                cells[m, place][1]
                for m in mates
                if (m, place) in cells and cells[m, place][2] is split
            ),
            Fraction(0),
        )
        left, out = pool, {}
        for payer, yuan in split["per_head"].items():
            fixed = min(left, Fraction(yuan))
            out[payer] = fixed
            left -= fixed
        out[split["remainder"]] = out.get(split["remainder"], Fraction(0)) + left
        return {payer: each * cost / pool if pool else Fraction(0) for payer, each in out.items()}
    if "fund" in split:
        return {"fund": cost}
    if "open" in split:
        return {"unallocated": cost}
    if "base_amount" in split:
        return divide(world, split["due"], line, cost, heads)
    if "grants" in split:
        return (
            {"unallocated": cost}
            if "open" in split["rest"]
            else divide(world, split["rest"], line, cost, heads)
        )
    return divide(world, split, line, cost, heads)


def give_grants(world: World, cells: Any, paid: Any, year: int) -> None:
    """Payer by payer (central first): each supplied amount once, at most what is left; the others
    bear the rest in proportion.

    Where one of the grants named is not supplied, those supplied are given and the rest is
    unallocated.
    """
    keys = [
        key for key, (heads, unit, split) in cells.items() if "grants" in split and heads * unit > 0
    ]
    giver = {}
    for line, place in keys:
        for payer in cells[line, place][2]["grants"]:
            name = f"grant:1:{payer}"
            giver[line, place, payer] = next(
                (
                    a
                    for a in world.served(place)
                    if held(world.amounts, name, a, year, world) is not None
                ),
                None,
            )
    for key in [
        k for k in keys if any(giver[(*k, payer)] is None for payer in cells[k][2]["grants"])
    ]:
        paid[key] = {"unallocated": cells[key][0] * cells[key][1]}
    given: dict[Any, Fraction] = {}
    for payer in PAYERS:
        mine = [
            k for k in keys if payer in cells[k][2]["grants"] and giver[(*k, payer)] is not None
        ]
        for top in {giver[(*k, payer)] for k in mine}:
            group = [k for k in mine if giver[(*k, payer)] == top]
            total = sum((sum(paid[k].values()) for k in group), Fraction(0))
            part = (
                min(
                    (held(world.amounts, f"grant:1:{payer}", top, year, world) or Fraction(0)),
                    total,
                )
                / total
                if total
                else Fraction(0)
            )
            for k in group:
                given[k, payer] = sum(paid[k].values(), Fraction(0)) * part
                paid[k] = {name: yuan * (1 - part) for name, yuan in paid[k].items()}
    for (k, payer), yuan in given.items():
        paid[k][payer] = paid[k].get(payer, Fraction(0)) + yuan


def base_of(world: World, place: str, year: int) -> tuple[Fraction | None, Fraction]:
    """The base amount of a governing place (None: no limit) and the part of what exceeds it that is
    borne all the same.

    From the bottom of the chain up, in one file from the larger set of places to the smaller: an
    amount ends all that stands below it; a factor, growth and an abolition take each other's place
    (and that of a phasing out) and act on the nearest amount; a phasing out ends an abolition.
    """
    amount, change, parts = carried(world, place, year), None, None
    for scenario in world.scenarios:
        entries = scenario.get("bases", [])
        stated = in_force(
            [e for e in entries if "amount" in e],
            lambda e: str(e.get("where")),
            year * 60,
            "calendar_months",
        )
        others = [
            e
            for e in in_force(entries, lambda e: str(e.get("where")), year * 60, "calendar_months")
            if "amount" not in e
        ]
        live = [e for e in stated + others if world.covers(e.get("where"), place, year)]
        for entry in sorted(live, key=lambda e: -world.size(e.get("where"))):
            if "amount" in entry:
                amount, change, parts = Fraction(entry["amount"]), None, None
            elif "phase_out" in entry:
                change, parts = None if change and "abolish" in change else change, entry
            else:
                change, parts = entry, None
    above = (
        min(Fraction(1), Fraction(year - int(parts["from"]) + 1, int(parts["phase_out"])))
        if parts
        else Fraction(0)
    )
    if change and "abolish" in change:
        return None, above
    if change and "factor" in change:
        amount *= Fraction(change["factor"])
    elif change:
        amount *= (1 + Fraction(change["growth"])) ** (year - int(change["from"]) + 1)
    return amount, above


def carried(world: World, place: str, year: int) -> Fraction:
    """The base amount of a place in a year: its own, with those of the places that it has taken in
    by then; of a new place without one those of all that were merged in it.
    """
    life, parts = world.lives.get(place, {}), world.whole_of(place)
    if place not in world.bases:
        return sum((carried(world, part, year) for part in parts), Fraction(0))
    taken = [p for p in parts if p in world.bases and not world.there(p, year)]
    more = sum((carried(world, p, year) for p in taken), Fraction(0))
    return Fraction(world.bases[place]) + (more if "first" not in life else 0)


def limit_bases(world: World, cells: Any, paid: Any, year: int) -> None:
    """The limited payer's sum over a governed place is cut to the base amount; each line gives back
    the same part of what is due from it.
    """
    for limited in {s["base_amount"] for _, _, s in cells.values() if "base_amount" in s}:
        groups: dict[str, list[Any]] = {}
        for key, (heads, unit, split) in cells.items():
            if split.get("base_amount") == limited and heads * unit > 0:
                governor = next(
                    place
                    for place in world.served(key[1])
                    if place in world.bases
                    or any(part in world.bases for part in world.whole_of(place)[1:])
                )
                groups.setdefault(governor, []).append(key)
        for governor, keys in groups.items():
            due = sum((paid[k].get(limited, Fraction(0)) for k in keys), Fraction(0))
            limit, above = base_of(world, governor, year)
            if limit is not None and due > limit:
                kept = (limit + above * (due - limit)) / due
                for k in keys:
                    mine, taker = paid[k].get(limited, Fraction(0)), cells[k][2]["increases"]
                    paid[k][limited] = mine * kept
                    paid[k][taker] = paid[k].get(taker, Fraction(0)) + mine * (1 - kept)
