"""Validates input data and scenario files together: every fault of all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from fiscal_model.engine.judge import judge
from fiscal_model.engine.program import compile_program
from fiscal_model.errors import Fault, FiscalModelError
from fiscal_model.inputs.model import Inputs
from fiscal_model.inputs.read import load_inputs
from fiscal_model.scenario.model import Scenario
from fiscal_model.scenario.read import load_scenario
from fiscal_model.standard.read import load_standard
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
            self.faults += [fault for fault in error.faults if fault not in self.faults]
            self.warnings += error.notes
            return None


def check_paths(paths: Sequence[str]) -> Checked:
    """Reads every path; inputs are then held against every scenario given, or against ``baseline``."""
    checked = Checked()
    is_scenario = {path: Path(path).suffix.lower() in (".yaml", ".yml") for path in paths}
    scenarios: list[tuple[str, tuple[Scenario, Standard]]] = []
    for path in (path for path in paths if is_scenario[path]):
        found = checked.attempt(lambda path=path: load_scenario(path))  # type: ignore[misc]
        if found:
            scenarios.append((path, found))
    inputs: list[tuple[str, Inputs]] = []
    standard = scenarios[0][1][1] if scenarios else load_standard()
    for path in (path for path in paths if not is_scenario[path]):
        read = checked.attempt(lambda path=path: load_inputs(path, standard))  # type: ignore[misc]
        if read:
            inputs.append((path, read))
            checked.warnings += read.warnings
    for path, (scenario, its_standard) in scenarios:
        checked.attempt(lambda scenario=scenario, its=its_standard: judge(its, scenario, inputs[0][1] if inputs else None))  # type: ignore[misc]
        checked.fine.append(Text(f"{path}: 情景“{scenario.title.zh}”可用", f"{path}: scenario '{scenario.title.en}' is fine"))
    for path, read in inputs:
        for scenario, its_standard in [pair for _, pair in scenarios] or [load_scenario("baseline")]:
            checked.attempt(lambda s=scenario, its=its_standard, read=read: compile_program(its, s, read))  # type: ignore[misc]
        rows = sum(len(table) for table in read.tables.values())
        checked.fine.append(
            Text(f"{path}: {len(read.tables)} 张表、{rows} 行可用", f"{path}: {len(read.tables)} tables, {rows} rows are fine")
        )
        for name, table in read.tables.items():
            checked.fine.append(Text(f"  {name}: {table.tally.words.zh}", f"  {name}: {table.tally.words.en}"))
    return checked
