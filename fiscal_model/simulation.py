"""From names to a Budget: load the scenario and the inputs, compile, simulate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from fiscal_model.budget import Budget
from fiscal_model.engine.applied import Applied
from fiscal_model.engine.applied import apply as applied
from fiscal_model.engine.judge import judge
from fiscal_model.engine.local import divide_local
from fiscal_model.engine.memo import Memo
from fiscal_model.engine.program import compile_program
from fiscal_model.engine.project import Span, span_of
from fiscal_model.engine.simulate import amounts
from fiscal_model.inputs.model import Inputs
from fiscal_model.inputs.read import load_inputs
from fiscal_model.periods import whole_years
from fiscal_model.scenario.model import Scenario
from fiscal_model.scenario.read import load_scenario
from fiscal_model.standard.rules import Standard


def simulate(scenario: str | Path = "baseline", inputs: str | Path | None = None, years: Iterable[int] | int | None = None) -> Budget:
    """The budget of a scenario.

    Args:
        scenario: a shipped scenario's name, or the path of a scenario file.
        inputs: a folder of CSV files or a workbook; the embedded illustrative data when left out.
        years: the years to simulate; default the scenario's own, else those of the inputs.

    Raises:
        FiscalModelError: with every fault of the scenario or the inputs.

    """
    loaded, standard = load_scenario(scenario)
    asked = None if years is None else whole_years(years)
    return budget_of(standard, loaded, load_inputs(inputs, standard), asked)


def apply(scenario: str | Path = "baseline", inputs: str | Path | None = None, years: Iterable[int] | int | None = None) -> Applied:
    """The rules and inputs in force under a scenario, before anything is multiplied, and a log of every cell that it changed.

    Args are those of :func:`simulate`. ``Applied.table`` gives rates, splits, base amounts and beneficiaries; ``Applied.log`` what changed.

    Raises:
        FiscalModelError: with every fault of the scenario or the inputs.

    """
    loaded, standard = load_scenario(scenario)
    data = load_inputs(inputs, standard)
    judge(standard, loaded, data)
    return applied(standard, loaded, data, span_of(loaded, data, None if years is None else whole_years(years)))


def budget_of(
    standard: Standard, scenario: Scenario, inputs: Inputs, years: Sequence[int] | None = None, memo: Memo | None = None
) -> Budget:
    """The budget of what has been loaded already; see :func:`simulate`. Scenarios with a ``memo`` in common share what they say alike."""
    judge(standard, scenario, inputs)
    return simulated(standard, scenario, inputs, years, memo)


def simulated(
    standard: Standard, scenario: Scenario, inputs: Inputs, years: Sequence[int] | Span | None = None, memo: Memo | None = None
) -> Budget:
    """The same without judging the scenario's entries: for scenarios that code has put together."""
    program = compile_program(standard, scenario, inputs, years, memo)
    payers, divided = divide_local(program, amounts(program), inputs)
    return Budget.of(program, inputs, payers, divided, (*inputs.warnings, *program.notes))
