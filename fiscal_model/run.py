"""From names to results: load the scenario and the inputs, compile, simulate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic

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
from fiscal_model.inputs.source import Source, paths_of
from fiscal_model.periods import whole_years
from fiscal_model.results.amounts import A
from fiscal_model.results.part import Named, parts_of
from fiscal_model.results.result import Result, Simulated, only
from fiscal_model.results.stored import StoredResults, is_results_file, read_results
from fiscal_model.scenario.model import Scenario
from fiscal_model.scenario.read import load_scenario
from fiscal_model.standard.extend import union
from fiscal_model.standard.read import load_standard
from fiscal_model.standard.rules import Standard
from fiscal_model.told.told import Told


def simulate(
    scenario: str | Path = "baseline",
    inputs: Source | None = None,
    years: Iterable[int] | int | str | None = None,
) -> Result:
    """What a scenario comes to; see :func:`fiscal_model.simulate`."""
    loaded, standard = load_scenario(scenario)
    asked = None if years is None else whole_years(years)
    return result_of(standard, loaded, load_inputs(inputs, standard), asked)


@dataclass(frozen=True, eq=False)
class Together(Generic[A]):
    """Results side by side; ``standard`` has what any of their scenarios adds, ``memo`` what the
    scenarios say alike.
    """

    results: tuple[A, ...]
    standard: Standard
    memo: Memo

    def part(self, items: Named = None, places: Named = None) -> Together[A]:
        """The same cut to some items and places; see :func:`parts_of`."""
        return replace(self, results=parts_of(self.results, self.standard, items, places))


def simulate_together(
    scenarios: Sequence[str | Path | Result],
    inputs: Source | None = None,
    years: Iterable[int] | int | str | None = None,
) -> Together[Result]:
    """What several scenarios come to on one set of data, which may name what only one of them
    adds to the standard.

    Args:
        scenarios: shipped names, scenario files, or results that are there already, on whatever
            data.
        inputs: as :func:`simulate`; when left out those of the first result given.
        years: as :func:`simulate`.

    Raises:
        FiscalModelError: as :func:`simulate`; also when the scenarios build on two standards or
            mean two things by one code.

    """
    standard = union([each.standard for each in _loaded(scenarios)])
    return _on([(each, inputs) for each in scenarios], standard, years)


def side_by_side(
    sides: Sequence[str | Path | Result | StoredResults],
    inputs: Source | None = None,
    against: Source | None = None,
    years: Iterable[int] | int | str | None = None,
) -> Together[Result | StoredResults]:
    """Results to be compared, the first with the others: each scenario on its own data, or as a
    file of results has them.

    Args:
        sides: as :func:`simulate_together` takes them, files of results, or results read from one.
        inputs: as there.
        against: the data of all scenarios but the first, where these are others.
        years: as :func:`simulate`.

    Raises:
        FiscalModelError: as there; also when a file cannot be read, or data are named and no
            scenario needs them.

    """
    files = {
        n: each
        for n, each in enumerate(sides)
        if isinstance(each, StoredResults)
        or (isinstance(each, str | Path) and is_results_file(each))
    }
    scenarios = [
        (n, each)
        for n, each in enumerate(sides)
        if n not in files and not isinstance(each, StoredResults)
    ]
    named = [n for n, each in scenarios if not isinstance(each, Result)]
    for name, source, used in (
        ("inputs", inputs, not all(named) or (against is None and bool(named))),
        ("against_inputs", against, any(named)),
    ):
        if source is not None and not used:
            raise fault("", "compared-inputs-unused", option=name)
    standards = [each.standard for each in files.values() if isinstance(each, StoredResults)]
    standards += [each.standard for each in _loaded([each for _, each in scenarios])]
    standard = union(standards or [load_standard()])
    others = against if against is not None else inputs
    found = _on([(each, others if n else inputs) for n, each in scenarios], standard, years)
    results: dict[int, Result | StoredResults] = {
        n: each if isinstance(each, StoredResults) else read_results(each, standard)
        for n, each in files.items()
    }
    results |= {n: each for (n, _), each in zip(scenarios, found.results, strict=True)}
    return Together(tuple(results[n] for n in range(len(sides))), standard, found.memo)


def _on(
    scenarios: Sequence[tuple[str | Path | Result, Source | None]],
    standard: Standard,
    years: Iterable[int] | int | str | None,
) -> Together[Result]:
    """What scenarios come to, each on its data; without any on those of the first result given."""
    asked = None if years is None else whole_years(years)
    loaded = _loaded([each for each, _ in scenarios])
    ready = [each for each, _ in scenarios if isinstance(each, Result)]
    memo, data, faults = Memo(), dict[str, Inputs](), list[Fault]()
    for each, source in scenarios:
        if not isinstance(each, Result) and repr(source) not in data:
            try:
                data[repr(source)] = (
                    ready[0].inputs if ready and source is None else load_inputs(source, standard)
                )
            except FiscalModelError as error:
                faults += error.faults
    if faults:
        raise FiscalModelError(dict.fromkeys(faults))
    # What scenarios share of the data is one object, so that the memo knows it again.
    known = {
        (name, id(each.standard)): _known(inputs, standard, each.standard)
        for name, inputs in data.items()
        for each in loaded
    }
    results = tuple(
        each
        if isinstance(each, Result)
        else result_of(
            scenario.standard, scenario, known[repr(source), id(scenario.standard)], asked, memo
        )
        for (each, source), scenario in zip(scenarios, loaded, strict=True)
    )
    return Together(results, standard, memo)


def read_by(scenarios: Sequence[str | Path], *inputs: Source | None) -> Read:
    """What a simulation of scenarios on inputs reads, before it does: the scenario files with those
    that they extend, or files of results, and files and folders of data.

    Raises:
        FiscalModelError: with every fault of the scenarios.

    """
    data = Read.of(*(path for each in inputs if each is not None for path in paths_of(each)))
    files = [each for each in scenarios if is_results_file(each)]
    loaded = _loaded([each for each in scenarios if each not in files])
    return Read.together(
        (data, Read.of(*files), *(each.read for scenario in loaded for each in scenario.chain()))
    )


def _loaded(scenarios: Sequence[str | Path | Result]) -> list[Scenario]:
    """The scenarios of all; the faults of all files at once."""
    found: list[Scenario] = []
    faults: list[Fault] = []
    for each in scenarios:
        try:
            found.append(each.scenario if isinstance(each, Result) else load_scenario(each)[0])
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


def apply(
    scenario: str | Path = "baseline",
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


def over_its_years(part: Result) -> Result:
    """A part as the same part of a simulation of its years alone: every cell is what it was, as no
    year rests on whether another one is shown.

    What the whole did not cost stays so: nothing more is asked of the data.
    """
    if part.years == part.program.years:
        return part
    span = Span(part.years, asked=False, named=True)
    whole = simulated(part.standard, part.scenario, part.inputs, span)
    payers = part.at.payers if part.at else None
    return only(whole, {*part.places}, {*part.labels["line"]}, payers=payers)
