"""From names to results: load the scenario and the inputs, compile, simulate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic

from fiscal_model.calls import answered
from fiscal_model.engine.applied import Applied
from fiscal_model.engine.applied import apply as applied
from fiscal_model.engine.judge import judge
from fiscal_model.engine.local import divide_local
from fiscal_model.engine.memo import Memo
from fiscal_model.engine.program import compile_program
from fiscal_model.engine.project import Span, span_of
from fiscal_model.engine.simulate import amounts
from fiscal_model.errors import Fault, FiscalModelError, fault
from fiscal_model.files import Read
from fiscal_model.inputs.model import Inputs
from fiscal_model.inputs.read import load_inputs
from fiscal_model.inputs.source import Source, parts_of
from fiscal_model.periods import whole_years
from fiscal_model.results.result import R, Result, Simulated
from fiscal_model.scenario.model import Scenario
from fiscal_model.scenario.read import ScenarioSource, load_scenario
from fiscal_model.standard.extend import union
from fiscal_model.standard.rules import Standard
from fiscal_model.told.told import Told


def simulate(
    scenario: ScenarioSource = "baseline",
    inputs: Source | None = None,
    years: Iterable[int] | int | str | None = None,
) -> Result:
    """What a scenario comes to; see :func:`fiscal_model.simulate`."""
    loaded, standard = load_scenario(scenario)
    asked = None if years is None else whole_years(years)
    return result_of(standard, loaded, load_inputs(inputs, standard), asked)


@dataclass(frozen=True, eq=False)
class Together(Generic[R]):
    """Results on the same data; ``standard`` has what any of their scenarios adds, ``inputs`` all
    rows, ``memo`` what the scenarios say alike.
    """

    results: tuple[R, ...]
    standard: Standard
    inputs: Inputs
    memo: Memo


def simulate_together(
    scenarios: Sequence[ScenarioSource | Result],
    inputs: Source | None = None,
    years: Iterable[int] | int | str | None = None,
) -> Together[Result]:
    """What several scenarios come to on one set of data, which may name what only one of them
    adds to the standard.

    Args:
        scenarios: shipped names, scenario files, mappings, or results that are there already.
        inputs: as :func:`simulate`; when left out those of the results given.
        years: as :func:`simulate`.

    Raises:
        FiscalModelError: as :func:`simulate`; also when the scenarios build on two standards or
            mean two things by one code, or a result rests on other data.

    """
    asked = None if years is None else whole_years(years)
    ready = [each for each in scenarios if isinstance(each, Result)]
    loaded = _loaded(scenarios)
    standard = union([each.standard for each in loaded])
    data = ready[0].inputs if ready and inputs is None else load_inputs(inputs, standard)
    for result in ready:
        if result.inputs.digest != data.digest:
            raise fault("", "compared-on-other-data", scenario=result.scenario.title)
    # What scenarios share of the data is one object, so that the memo knows it again.
    memo, known = (
        Memo(),
        {id(each.standard): _known(data, standard, each.standard) for each in loaded},
    )
    results = tuple(
        (
            each
            if isinstance(each, Result)
            else result_of(scenario.standard, scenario, known[id(scenario.standard)], asked, memo)
        )
        for each, scenario in zip(scenarios, loaded, strict=True)
    )
    return Together(results, standard, data, memo)


def read_by(scenarios: Sequence[ScenarioSource], *inputs: Source | None) -> Read:
    """What a simulation of scenarios on inputs reads, before it does: the scenario files with those
    that they extend, files and folders of data.

    Raises:
        FiscalModelError: with every fault of the scenarios.

    """
    given = (part for each in inputs if each is not None for part in parts_of(each))
    data = Read.of(*(part for part in given if isinstance(part, Path)))
    return Read.together(
        (data, *(each.read for scenario in _loaded(scenarios) for each in scenario.chain()))
    )


def _loaded(scenarios: Sequence[ScenarioSource | Result]) -> list[Scenario]:
    """The scenarios of all; the faults of all files at once."""
    found: list[Scenario] = []
    faults: list[Fault] = []
    for n, each in enumerate(scenarios):
        called = f"scenario[{n}]" if len(scenarios) > 1 else "scenario"
        try:
            found.append(
                each.scenario if isinstance(each, Result) else load_scenario(each, called=called)[0]
            )
        except FiscalModelError as error:
            faults += error.faults
    if faults:
        raise FiscalModelError(dict.fromkeys(faults))
    return found


def _known(inputs: Inputs, whole: Standard, standard: Standard) -> Inputs:
    """The inputs as far as a standard knows what they name."""
    both = (
        (whole.lines, standard.lines),
        (whole.items, standard.items),
        (whole.beneficiaries, standard.beneficiaries),
    )
    return (
        inputs
        if all(len(every) == len(mine) for every, mine in both)
        else inputs.known_to(standard)
    )


@answered
def apply(
    scenario: ScenarioSource = "baseline",
    inputs: Source | None = None,
    years: Iterable[int] | int | str | None = None,
) -> Applied:
    """The rules and inputs in force under a scenario, before anything is multiplied, and a log of
    every cell that it changed.

    Args are those of :func:`simulate`. ``Applied.table`` gives rates, splits, base amounts and
    beneficiaries; ``Applied.log`` what changed.

    Raises:
        FiscalModelError: with every fault of the scenario or the inputs.

    """
    loaded, standard = load_scenario(scenario)
    data = load_inputs(inputs, standard)
    asked = None if years is None else whole_years(years)
    judge(standard, loaded, data, asked)
    return applied(standard, loaded, data, span_of(loaded, data, asked))


def result_of(
    standard: Standard,
    scenario: Scenario,
    inputs: Inputs,
    years: Sequence[int] | None = None,
    memo: Memo | None = None,
) -> Result:
    """What comes of what has been loaded already; see :func:`simulate`. Scenarios with a ``memo``
    in common share what they say alike.
    """
    judge(standard, scenario, inputs, years)
    return simulated(standard, scenario, inputs, years, memo)


def simulated(
    standard: Standard,
    scenario: Scenario,
    inputs: Inputs,
    years: Sequence[int] | Span | None = None,
    memo: Memo | None = None,
) -> Result:
    """The same without judging the scenario's entries: for scenarios that code has put together."""
    program = compile_program(standard, scenario, inputs, years, memo)
    payers, divided = divide_local(program, amounts(program), inputs)
    return Result(Simulated(program, payers, divided, Told(program)))
