"""Validates input data and scenario files together: every fault of all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from fiscal_model.engine.judge import doubts, judge
from fiscal_model.engine.program import compile_program
from fiscal_model.errors import Fault, FiscalModelError
from fiscal_model.inputs.model import Inputs
from fiscal_model.inputs.read import load_inputs
from fiscal_model.scenario.model import Scenario
from fiscal_model.scenario.read import load_scenario
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import Text

Made = TypeVar("Made")


@dataclass
class Checked:
    """What was found."""

    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    fine: list[Text] = field(default_factory=list)

    def attempt(self, make: Callable[[], Made]) -> Made | None:
        """The result of ``make``, or None after noting its faults."""
        try:
            return make()
        except FiscalModelError as error:
            self.faults = list(dict.fromkeys((*self.faults, *error.faults)))
            self.warnings += error.notes
            return None

    def warn(self, warnings: Iterable[Fault]) -> None:
        """Adds warnings, each once."""
        self.warnings = list(dict.fromkeys((*self.warnings, *warnings)))


def check_paths(paths: Sequence[str]) -> Checked:
    """Reads every path; inputs are then held against every scenario given, or against ``baseline``."""
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
    # Lines and beneficiaries that a scenario adds are known to itself only, so every scenario reads the inputs by its own standard.
    read: dict[tuple[str, int], Inputs | None] = {}
    for path, (scenario, standard) in scenarios:
        for other in paths_of_inputs:
            key = other, id(standard)
            if key not in read:
                read[key] = checked.attempt(lambda other=other, standard=standard: load_inputs(other, standard))  # type: ignore[misc]
        mine = [usable for other in paths_of_inputs if (usable := read[other, id(standard)])]
        for inputs in mine or (None,):
            checked.attempt(lambda its=standard, scenario=scenario, inputs=inputs: judge(its, scenario, inputs))  # type: ignore[misc]
        for inputs in mine:
            program = checked.attempt(lambda its=standard, s=scenario, inputs=inputs: compile_program(its, s, inputs))  # type: ignore[misc]
            checked.warn((*program.applied.notes, *doubts(standard, scenario, program.years[-1])) if program else ())
        if not mine:
            years, horizon, _ = scenario.nearest_years()
            checked.warn(doubts(standard, scenario, years[-1] if years else horizon))
        if path:
            checked.fine.append(Text(f"{path}: 情景“{scenario.title.zh}”可用", f"{path}: scenario '{scenario.title.en}' is fine"))
    for path in paths_of_inputs:
        usable = next((each for (name, _), each in read.items() if name == path and each), None)
        if usable:
            checked.warn(usable.warnings)
            rows = sum(len(table) for table in usable.tables.values())
            checked.fine.append(
                Text(f"{path}: {len(usable.tables)} 张表、{rows} 行可用", f"{path}: {len(usable.tables)} tables, {rows} rows are fine")
            )
            for name, table in usable.tables.items():
                checked.fine.append(Text(f"  {table.raw.table.both.zh}：{table.tally.words.zh}", f"  {name}: {table.tally.words.en}"))
    return checked
