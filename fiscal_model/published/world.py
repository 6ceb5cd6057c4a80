"""What the engine makes of printed counts: a small world of one row a figure, under the scenario's
rules, each in places that its rule is for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from fiscal_model.arrays import Floats, Ints
from fiscal_model.engine.capped import CappedGroups
from fiscal_model.engine.program import Program, compile_program
from fiscal_model.engine.project import Span
from fiscal_model.engine.simulate import amounts
from fiscal_model.errors import FiscalModelError
from fiscal_model.inputs.model import Inputs, Rows
from fiscal_model.inputs.raw import RawTable
from fiscal_model.inputs.tables import TABLES
from fiscal_model.published.borne import borne
from fiscal_model.published.rates import is_borrowed, with_earlier
from fiscal_model.published.table import Published
from fiscal_model.scenario.model import Scenario
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import Text

SERVING: Final = ("rates", "minimum_wage")
"""Tables of the data that state what a beneficiary is paid."""
UNKNOWN: Final = 1e15
"""Yuan of a base amount that limits nothing: whose part rests on one is not told."""
SAME: Final = 1e-9
NEEDS_BASE: Final = Text(
    "分担取决于基数，公布人数算不出",
    "who bears it rests on a base amount, which printed counts do not give",
)
NO_RATE: Final = Text("没有补助标准", "no rate is known")
BY_PLACE: Final = Text("分担或标准因地而异", "splits or rates differ from place to place")


class Outcome(NamedTuple):
    """Yuan that some beneficiaries come to, or why they come to nothing or to nothing that can be
    told; ``borrowed`` says that no rate of the year is known and a later one served.
    """

    yuan: float | None
    why: Text | None = None
    borrowed: bool = False


def of_counts(
    counts: Mapping[Published, float], scenario: Scenario, inputs: Inputs
) -> dict[Published, Outcome]:
    """What the beneficiaries of each figure come to for the payers that it names; what the scenario
    makes of counts is left out, as those printed were there.

    Figures of different beneficiaries or years share a world; one that is at fault there is asked
    alone.
    """
    standard, found = with_earlier(scenario.standard), dict[Published, Outcome]()
    scenario = scenario.as_counted
    for rows in _apart(counts):
        try:
            found |= _asked({row: counts[row] for row in rows}, standard, scenario, inputs)
        except FiscalModelError:
            for row in rows:
                found[row] = _alone(row, counts[row], standard, scenario, inputs)
    return found


def _apart(rows: Iterable[Published]) -> Iterator[list[Published]]:
    """Figures in as few groups as there are of one beneficiary and year."""
    left = list(rows)
    while left:
        taken: dict[tuple[str | None, int], Published] = {}
        for row in left:
            taken.setdefault((row.lines[0].beneficiary, row.year), row)
        yield list(taken.values())
        left = [row for row in left if row not in taken.values()]


def _alone(
    row: Published, count: float, standard: Standard, scenario: Scenario, inputs: Inputs
) -> Outcome:
    try:
        return _asked({row: count}, standard, scenario, inputs)[row]
    except FiscalModelError as error:
        told = error.faults[0].message
        return Outcome(None, Text(told.zh, told.en))


def _asked(
    counts: Mapping[Published, float], standard: Standard, scenario: Scenario, inputs: Inputs
) -> dict[Published, Outcome]:
    """What figures come to in one world.

    Raises:
        FiscalModelError: the engine refuses a row.

    """
    spots = {row: _spots(row, standard) for row in counts}
    world = inputs.with_tables(
        {name: rows for name, rows in inputs.tables.items() if name in SERVING}
        | {"beneficiaries": _counted(counts, spots), "bases_2015": _unlimited(spots)}
    )
    years = tuple(sorted({row.year for row in counts}))
    program = compile_program(standard, scenario, world, Span(years, asked=False))
    found = amounts(program)
    return {row: _agreed(row, at, program, found) for row, at in spots.items()}


def _spots(row: Published, standard: Standard) -> tuple[str, ...]:
    """Places that the rule of a figure's place may be seen in: the members of a group, the
    prefectures of the region, else the place itself.
    """
    places = standard.places
    if row.place in places.groups:
        return places.groups[row.place].members
    return places.parts(row.place) if row.place == places.root else (row.place,)


def _counted(counts: Mapping[Published, float], spots: Mapping[Published, Sequence[str]]) -> Rows:
    cells = [
        (row.lines[0].beneficiary, place, row.year, count)
        for row, count in counts.items()
        for place in spots[row]
    ]
    return _rows("beneficiaries", ("beneficiary", "place", "year", "count"), cells)


def _unlimited(spots: Mapping[Published, Sequence[str]]) -> Rows:
    """Base amounts that limit nothing, for every item asked for."""
    cells = {
        (line.item, place): UNKNOWN
        for row, places in spots.items()
        for line in row.lines
        for place in places
    }
    return _rows(
        "bases_2015", ("item", "place", "amount"), [(*key, yuan) for key, yuan in cells.items()]
    )


def _rows(table: str, names: Sequence[str], cells: Sequence[tuple[object, ...]]) -> Rows:
    columns = {name: [cell[k] for cell in cells] for k, name in enumerate(names)}
    lines = [*range(len(cells))]
    raw = RawTable(TABLES[table], "", None, {}, lines=lines)
    return Rows(table, columns, raw, lines)


def _agreed(row: Published, spots: Sequence[str], program: Program, found: Floats) -> Outcome:
    """One figure where all places come to the same."""
    each = [_at(row, program.places.index(place), program, found) for place in spots]
    sums = [outcome.yuan for outcome in each if outcome.yuan is not None]
    if len(sums) < len(each):
        return next(outcome for outcome in each if outcome.yuan is None)
    return each[0] if max(sums) - min(sums) <= SAME * max(sums) else Outcome(None, BY_PLACE)


def _at(row: Published, p: int, program: Program, found: Floats) -> Outcome:
    """What a figure comes to in one place of the world."""
    y = program.years.index(row.year)
    codes = [line.code for line in program.lines]
    lines = np.array([codes.index(line.code) for line in row.lines])
    if not program.costed[lines, p, y].all():
        return Outcome(None, NO_RATE)
    payers = program.standard.payers
    named = {each for payer in row.payers for each in payers.within(payer)}
    at = [k for k, payer in enumerate(program.payers) if payer in named]
    flat = np.ravel_multi_index((lines, p, y), program.costed.shape)
    if any(_moves(groups, flat, at) for groups in program.bases):
        return Outcome(None, NEEDS_BASE)
    cells = found[:, lines, p, y].sum(axis=1)
    yuan, why = borne(row, cells, program.payers, payers)
    return Outcome(yuan, why, _is_borrowed(program, lines, p, row.year))


def _moves(groups: CappedGroups, flat: Ints, at: Sequence[int]) -> bool:
    """Whether a base amount decides what some payers bear of some cells."""
    mine = np.isin(groups.cells, flat) & np.isfinite(groups.limit[groups.group])
    pairs = groups.taker[mine].tolist()
    return any((groups.payer in at) != (taker in at) for taker in pairs)


def _is_borrowed(program: Program, lines: Ints, p: int, year: int) -> bool:
    """Whether a rate that serves a year is one that did not hold then."""
    speaker = program.standard.places.speaker(program.places[p])
    for i in lines.tolist():
        timeline = program.timelines[program.lines[i].code]
        served = timeline.weights((year,))[:, 0] > 0
        origins = timeline.origin[speaker][served].tolist()
        if any(is_borrowed(timeline.sources[n]) for n in origins if n >= 0):
            return True
    return False
