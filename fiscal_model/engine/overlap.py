"""People entitled to two benefits of which only the higher may be drawn: they leave the count of
the lower.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from fiscal_model.arrays import Floats
from fiscal_model.errors import Fault, Faults
from fiscal_model.messages.message import message
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import Text


def deducted(
    standard: Standard,
    readings: Mapping[str, str],
    pairs: Sequence[str],
    overlaps: Floats,
    supplied: Floats,
    unit: Floats,
    years: Sequence[int],
    faults: Faults,
) -> Floats:
    """Persons to leave out by (line, place, year) over all places.

    ``overlaps`` (pair, place, year) counts the people entitled to both of a pair ``one:other``;
    ``supplied`` and ``unit`` are the quantities and unit costs of the lines. A pair that no rule
    declares, or more people than either count holds, is a fault; one that may be drawn together by
    the ``readings`` chosen is left alone.
    """
    lines = list(standard.lines.values())
    out = np.zeros(supplied.shape)
    for pair, persons in zip(pairs, overlaps, strict=True):
        names = pair.split(":")
        barred = standard.higher_rule(pair)
        if barred is None:
            faults.add("overlaps", "overlap-without-rule", one=names[0], other=names[1])
            continue
        if not barred.holds(readings):
            continue
        first, second = names if names[0] in barred.one else names[::-1]
        of = {
            name: [i for i, line in enumerate(lines) if line.beneficiary == name]
            for name in (first, second)
        }
        rate = {name: np.nan_to_num(unit[each]).sum(axis=0) for name, each in of.items()}
        count = {name: supplied[each[0]] for name, each in of.items()}
        known = ~np.isnan(persons)
        for p, y in zip(
            *np.nonzero(known & ~(persons <= np.fmin(count[first], count[second]))), strict=True
        ):
            place = standard.places.codes[p]
            faults.add(
                "overlaps",
                "overlap-above-count",
                place=Text(f"{standard.places.label(place).zh}（{place}）", place),
                year=years[y],
                one=first,
                other=second,
                people=float(persons[p, y]),
            )
        # Of two equal benefits the one that names the bar gives way.
        first_gives_way = rate[first] <= rate[second]
        for name, gives_way in ((first, first_gives_way), (second, ~first_gives_way)):
            out[of[name]] += np.where(known & gives_way, np.nan_to_num(persons), 0.0)
    # Pairs may share people (both disability subsidies, say): nobody can leave a count twice.
    return np.minimum(out, np.nan_to_num(supplied))


def drawn_together(
    standard: Standard, readings: Mapping[str, str], pairs: Sequence[str]
) -> list[Fault]:
    """A note on each pair of supplied overlaps whose benefits may both be drawn by the reading
    chosen: nobody leaves a count.
    """
    notes = []
    for pair in pairs:
        rule = standard.higher_rule(pair)
        if rule and rule.under and not rule.holds(readings):
            one, other = (standard.beneficiaries[name].name for name in pair.split(":"))
            code = rule.under.reading
            told = message(
                "overlap-not-deducted", reading=code, choice=readings[code], one=one, other=other
            )
            notes.append(Fault("overlaps", told))
    return notes
