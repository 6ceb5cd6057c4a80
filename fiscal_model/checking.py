"""Validates input data and scenario files together: every fault of all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from fiscal_model.arrays import Mask
from fiscal_model.engine.judge import doubts, judge
from fiscal_model.engine.program import compile_program
from fiscal_model.errors import Fault, FiscalModelError
from fiscal_model.inputs.model import Inputs
from fiscal_model.inputs.read import load_inputs
from fiscal_model.scenario.model import Scenario
from fiscal_model.scenario.read import load_scenario
from fiscal_model.standard.rules import Standard
from fiscal_model.told.doubts import shown
from fiscal_model.told.entries import entry_rates
from fiscal_model.told.told import Told
from fiscal_model.vocabulary import Text

Made = TypeVar("Made")


@dataclass
class Checked:
    """What was found."""

    faults: list[Fault] = field(default_factory=list)
    doubts: dict[Fault, str] = field(default_factory=dict)
    fine: list[Text] = field(default_factory=list)

    def attempt(self, make: Callable[[], Made]) -> Made | None:
        """The result of ``make``, or None after noting its faults."""
        try:
            return make()
        except FiscalModelError as error:
            self.faults = list(dict.fromkeys((*self.faults, *error.faults)))
            self.doubts.update(dict.fromkeys(error.notes, "read"))
            return None

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """What is to be known beside the faults, as a simulation tells it."""
        return shown(self.doubts)


def check_paths(paths: Sequence[str]) -> Checked:
    """Reads every path; inputs are then held against every scenario given, or against
    ``baseline``.
    """
    checked = Checked()
    is_scenario = {path: Path(path).suffix.lower() in (".yaml", ".yml") for path in paths}
    scenarios: list[tuple[str, tuple[Scenario, Standard]]] = []
    for path in (path for path in paths if is_scenario[path]):
        found = checked.attempt(lambda path=path: load_scenario(path))  # type: ignore[misc]
        if found:
            scenarios.append((path, found))
    if not scenarios:
        scenarios = [("", load_scenario("baseline"))]
    paths_of_inputs = [path for path in paths if not is_scenario[path]]
    # Lines and beneficiaries that a scenario adds are known to itself only, so every scenario reads
    # the inputs by its own standard.
    read: dict[tuple[str, int], Inputs | None] = {}
    idle: dict[
        tuple[str, str], list[Mask]
    ] = {}  # by path and table the rows that act on nothing, for every scenario
    for path, (scenario, standard) in scenarios:
        for other in paths_of_inputs:
            key = other, id(standard)
            if key not in read:
                read[key] = checked.attempt(
                    lambda other=other, standard=standard: load_inputs(other, standard)  # type: ignore[misc]
                )
        mine = [
            (other, usable) for other in paths_of_inputs if (usable := read[other, id(standard)])
        ]
        for inputs in (*(usable for _, usable in mine),) or (None,):
            checked.attempt(
                lambda its=standard, scenario=scenario, inputs=inputs: judge(its, scenario, inputs)  # type: ignore[misc]
            )
        for other, inputs in mine:
            program = checked.attempt(
                lambda its=standard, s=scenario, inputs=inputs: compile_program(its, s, inputs)  # type: ignore[misc]
            )
            if program:
                told = Told(program)
                checked.doubts.update(told.doubts)
                for name, rows in told.unused.rows.items():
                    idle.setdefault((other, name), []).append(rows)
        if not mine:
            years, horizon, _ = scenario.nearest_years()
            checked.doubts.update(
                dict.fromkeys(doubts(standard, scenario, years[-1] if years else horizon), "rules")
            )
            checked.doubts.update(dict.fromkeys(entry_rates(standard, scenario), "entries"))
        if path:
            checked.fine.append(
                Text(
                    f"{path}: 情景“{scenario.title.zh}”可用",
                    f"{path}: scenario '{scenario.title.en}' is fine",
                )
            )
    for path in paths_of_inputs:
        usable = next((each for (name, _), each in read.items() if name == path and each), None)
        if usable:
            checked.doubts.update(dict.fromkeys(usable.warnings, "read"))
            total = sum(len(table) for table in usable.tables.values())
            checked.fine.append(
                Text(
                    f"{path}: {len(usable.tables)} 张表、{total} 行可用",
                    f"{path}: {len(usable.tables)} tables, {total} rows are fine",
                )
            )
            for name, table in usable.tables.items():
                acting_nowhere = np.logical_and.reduce(
                    idle.get((path, name), [np.zeros(len(table), bool)])
                )
                number = int(acting_nowhere.sum())
                words = replace(table.tally, used=table.tally.used - number, idle=number).words
                checked.fine.append(
                    Text(
                        f"  {table.raw.table.both.zh}：{words.to('zh')}",
                        f"  {name}: {words.to('en')}",
                    )
                )
    return checked
