"""One unit of every line of an item in one place and year as the engine shares it, with a base
amount of 0 and with one that limits nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np

from fiscal_model.arrays import Floats
from fiscal_model.engine.basis import ORDER, rate_basis, split_basis
from fiscal_model.engine.capped import CappedGroups
from fiscal_model.engine.limits import base_terms
from fiscal_model.engine.memo import Memo
from fiscal_model.engine.program import Program, compile_program
from fiscal_model.engine.project import Span
from fiscal_model.engine.simulate import amounts
from fiscal_model.inputs.model import Inputs
from fiscal_model.inputs.read import load_inputs
from fiscal_model.scenario.layers import items_of_reading
from fiscal_model.scenario.model import Scenario
from fiscal_model.standard.kinds.leaf import BASE, Leaf
from fiscal_model.standard.rules import Line, Standard

OF_RATES: Final = ("rates", "minimum_wage")
"""The tables of an analyst that say what a unit costs."""
ALIKE: Final = 1e-9
"""What parts may differ by that are the same."""


@dataclass(frozen=True, eq=False)
class UnitWorld:
    """What a unit of each line of an item costs each payer, under one ``option`` of a ``reading``
    (under those in force where none is named).
    """

    program: Program
    reading: str = ""
    option: str = ""

    @cached_property
    def at(self) -> dict[str, int]:
        """The position of each line."""
        return {line.code: i for i, line in enumerate(self.program.lines)}

    @cached_property
    def without_base(self) -> Floats:
        """Yuan by (payer, line) where the base amount is 0."""
        return self._shared(0.0)

    @cached_property
    def without_limit(self) -> Floats:
        """Yuan by (payer, line) where the base amount is so large that it limits nothing."""
        return self._shared(np.inf)

    def _shared(self, limit: float) -> Floats:
        """Yuan by (payer, line) where each line is held against an amount of its own."""
        bases = tuple(_apart(each, limit) for each in self.program.bases)
        return amounts(replace(self.program, bases=bases))[:, :, 0, 0]

    def parts(self, line: str, payers: tuple[str, ...]) -> tuple[float, float]:
        """Yuan a unit of some payers together (all where none is named): with a base amount of 0,
        and with one that limits nothing.
        """
        rows = [k for k, payer in enumerate(self.program.payers) if not payers or payer in payers]
        low, high = (each[rows, self.at[line]] for each in (self.without_base, self.without_limit))
        return float(low.sum()), float(high.sum())

    def line(self, code: str) -> Line:
        """A line of the item."""
        return self.program.lines[self.at[code]]

    def cost(self, line: str) -> float:
        """Yuan a unit, NaN where no rate is known."""
        return float(self.program.unit[self.at[line], 0, 0])

    def leaf(self, line: str) -> Leaf:
        """The split of a line."""
        frame = self.program.frame
        return frame.leaves[int(frame.leaf[self.at[line], 0, 0])]

    def is_rated(self, line: str) -> bool:
        """Whether all is known that a unit of a line is shared by: its cost, and with sums per head
        that of the other lines of its beneficiary.
        """
        mine = self.line(line)
        together = [
            each.code
            for each in self.program.lines
            if each is mine
            or (self.leaf(line).needs_heads and each.beneficiary == mine.beneficiary)
        ]
        return all(self.cost(each) == self.cost(each) for each in together)

    def limited(self, line: str) -> CappedGroups | None:
        """The lines that are held against one base amount with a line."""
        return next((each for each in self.program.bases if self.at[line] in each.cells), None)

    def held_together(self, group: CappedGroups) -> list[str]:
        """The lines of a base amount, also those of which no rate is known."""
        limited = self.program.payers[group.payer]
        return [
            line
            for line in self.at
            if self.cost(line) != 0
            and any(hold.payer == limited for hold in self.leaf(line).held(BASE))
        ]

    def keeps_alike(self, group: CappedGroups) -> bool:
        """Whether a base amount keeps the same part of what is due on all its lines, also where it
        has begun to end: what it does to one then tells of the others.
        """
        due = self.program.coefficient[group.payer, group.cells, 0, 0]
        ends = [
            each[group.payer, group.cells] / due for each in (self.without_base, self.without_limit)
        ]
        return bool(np.ptp(ends, axis=1).max() <= ALIKE)

    def due(self, line: str, group: CappedGroups) -> float:
        """Yuan a unit that are held against the base amount."""
        return float(self.program.coefficient[group.payer, self.at[line], 0, 0])

    def basis(self, line: str, payers: tuple[str, ...]) -> str:
        """The weakest basis of the rate of a line and of what the payers bear of it."""
        program, i = self.program, self.at[line]
        ranks = [
            *rate_basis(program, program.applied.inputs)[i].ravel(),
            *split_basis(program, payers)[:, i].ravel(),
        ]
        return ORDER[max(ranks)]

    def factor(self, group: CappedGroups) -> float | None:
        """What the scenario multiplies the supplied base amount by; None where it states the amount
        or ends it.
        """
        return base_terms(self.program.applied, group.keys[0], 0).factor


def _apart(groups: CappedGroups, limit: float) -> CappedGroups:
    """Each cell held against an amount of its own."""
    cells = len(groups.cells)
    return replace(
        groups,
        group=np.arange(cells),
        limit=np.full(cells, limit),
        ended=groups.ended[groups.group],
    )


def unit_worlds(
    lines: Sequence[Line],
    standard: Standard,
    scenario: Scenario,
    place: str,
    year: int,
    given: Inputs | None,
) -> Iterator[UnitWorld]:
    """The world of some lines of an item under the readings in force, then with every other option
    of each reading that the item rests on; ``given`` are data of which the rates count.

    Raises:
        FiscalModelError: the place was not there in that year, or the rules differ below it.

    """
    item, counted = lines[0].item, scenario.as_counted
    inputs = _one_of_each(lines, standard, place, year, given)
    alone = replace(
        standard,
        items={
            number: replace(each, lines=tuple(lines) if number == item else ())
            for number, each in standard.items.items()
        },
    )
    memo, span = Memo(), Span((year,), asked=False)
    yield UnitWorld(compile_program(alone, counted, inputs, span, memo))
    for code, reading in standard.readings.items():
        if item in items_of_reading(standard, scenario, code):
            chosen = scenario.reading(code, reading.default)
            for option in (each for each in reading.options if each != chosen):
                other = replace(counted, readings={**counted.readings, code: option})
                yield UnitWorld(compile_program(alone, other, inputs, span, memo), code, option)


def _one_of_each(
    lines: Sequence[Line], standard: Standard, place: str, year: int, given: Inputs | None
) -> Inputs:
    """One beneficiary or yuan of each line and a base amount, beside the rates of other data."""
    import pandas as pd

    cell = {"place": place, "year": year}
    tables: dict[str, list[dict[str, Any]]] = {
        "beneficiaries": [
            {"beneficiary": each, **cell, "count": 1}
            for each in dict.fromkeys(line.beneficiary for line in lines)
            if each
        ],
        "amounts": [{"line": each.code, **cell, "amount": 1.0} for each in lines if each.is_amount],
    }
    if place != standard.places.root:
        tables["bases_2015"] = [{"item": lines[0].item, "place": place, "amount": 1.0}]
    inputs = load_inputs(
        {name: pd.DataFrame(rows) for name, rows in tables.items() if rows}, standard
    )
    rates = {name: given.tables[name] for name in OF_RATES if given and name in given.tables}
    return inputs.with_tables({**rates, **inputs.tables})
