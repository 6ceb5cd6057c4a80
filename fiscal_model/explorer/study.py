"""What the explorer shows, without any widget: choices become entries of a scenario, and entries become figures.

A control moves what a scenario file could say, in the words of a scenario file, so that the figures shown are those of the file that is saved.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from fiscal_model.analysis.levers import KINDS, Lever
from fiscal_model.analysis.partial import Ground
from fiscal_model.analysis.solve import on_top
from fiscal_model.arrays import Floats
from fiscal_model.budget import Budget
from fiscal_model.engine.judge import judge
from fiscal_model.engine.project import Span
from fiscal_model.errors import Faults, fault
from fiscal_model.explain import Explanation
from fiscal_model.files import replacing
from fiscal_model.inputs.model import Inputs
from fiscal_model.inputs.read import load_inputs
from fiscal_model.scenario.model import Scenario
from fiscal_model.scenario.read import load_scenario, shipped_scenarios
from fiscal_model.simulation import budget_of, simulated
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import ACCOUNTS, GOVERNMENTS, LEVELS, PAYERS, Lang, Text

if TYPE_CHECKING:
    import pandas as pd

NAME: Final = "my_scenario"
SECTIONS: Final = ("rates", "splits", "bases", "beneficiaries")
"""The lists of a scenario file that controls write to, in the order of a file."""
REACH: Final = {"rate": 2.0, "base": 3.0, "growth": 0.2}
"""How far a control goes: a rate to twice the highest in force, a factor to three, growth to a fifth a year either way."""
STEPS: Final = {"rate": 1.0, "share": 0.01, "base": 0.01, "growth": 0.005}


@dataclass(frozen=True)
class Choice:
    """What is looked at and what is moved.

    ``place`` is a code, empty for everywhere: figures are of it, and changes hold in it. ``start`` is the year from which changes hold; growth holds after
    the last supplied year. ``moves`` gives values to controls by their keys.
    """

    scenario: str
    items: tuple[int, ...]
    first: int
    last: int
    start: int
    place: str = ""
    account: str = "general"
    moves: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Control:
    """A value that can be moved between two ends by steps; ``present`` is None where places differ in it."""

    key: str
    lever: Lever
    low: float
    high: float
    step: float

    @property
    def label(self) -> Text:
        """What it moves."""
        return self.lever.label

    @property
    def present(self) -> float | None:
        """The value of the chosen scenario."""
        return self.lever.present

    @property
    def shown(self) -> float:
        """Where it stands before it is moved; the highest value where places differ."""
        return self.high if self.present is None else self.present


@dataclass(frozen=True)
class Figures:
    """Yuan by payer (rows) and year (columns), in the chosen scenario and with what is moved; NaN where nothing is costed."""

    before: pd.DataFrame
    after: pd.DataFrame

    @property
    def change(self) -> pd.DataFrame:
        """The change by payer and year: what is not costed counts as nothing."""
        return self.after.fillna(0.0) - self.before.fillna(0.0)


class Study:
    """Everything that can be asked of some inputs (a folder or a workbook; the embedded illustrative data when left out).

    Raises:
        FiscalModelError: as :func:`fiscal_model.simulate`, here and in every method.

    """

    def __init__(self, inputs: str | Path | None = None) -> None:
        self.inputs = inputs
        self._data: dict[str, Inputs] = {}
        self._grounds: dict[str, tuple[Ground, Budget]] = {}
        self._years: dict[tuple[str, int], Budget] = {}
        self._levers: dict[tuple[str, str, str, int], Lever | None] = {}

    @staticmethod
    def scenarios() -> tuple[str, ...]:
        """The shipped scenarios, baseline first, and the scenario files of the working folder."""
        shipped = sorted(shipped_scenarios(), key=lambda name: name != "baseline")
        return (*shipped, *sorted(path.name for path in Path().glob("*.yaml")))

    def first_choice(self, scenario: str = "baseline") -> Choice:
        """The first costed item with a share to move, everywhere and in all years; changes hold from the year after the last supplied one."""
        ground, whole = self._whole(scenario)
        start = min(max(ground.inputs.years) + 1, whole.years[-1])
        found = [Choice(scenario, (item,), whole.years[0], whole.years[-1], start) for item in self.items(scenario)]
        nothing = Choice(scenario, (), whole.years[0], whole.years[-1], start)
        shared = (choice for choice in found if any(each.key.startswith("share:") for each in self.controls(choice)))
        return next(shared, found[0] if found else nothing)

    def whole(self, scenario: str) -> Budget:
        """The budget of a scenario as it is."""
        return self._whole(scenario)[1]

    def items(self, scenario: str) -> tuple[int, ...]:
        """The items with anything costed."""
        program = self.whole(scenario).program
        return tuple(dict.fromkeys(line.item for line, known in zip(program.lines, program.costed, strict=True) if known.any()))

    def places(self, scenario: str) -> tuple[str, ...]:
        """The places that data are given for, and those above them that are not the whole."""
        whole = self.whole(scenario)
        tree = whole.standard.places
        wanted = {code for place in whole.places for code in (place, *tree.ancestors(place))} - {tree.root}
        return tuple(code for code in tree.codes if code in wanted)

    def accounts(self, choice: Choice) -> tuple[str, ...]:
        """The accounts in which the chosen items have lines."""
        lines = self.whole(choice.scenario).program.lines
        return tuple(account for account in ACCOUNTS if any(line.item in choice.items and line.account == account for line in lines))

    def controls(self, choice: Choice) -> tuple[Control, ...]:
        """What can be moved in the chosen items: a payer's share, rates, base amounts, growth of beneficiaries."""
        found: list[Control] = []
        for item in choice.items:
            keys = list(self._keys(choice, item))
            shares = [key for key in keys if key.startswith("share:") and self._lever(choice, key)]
            keys = [key for key in keys if not key.startswith("share:") or key in shares[:1]]
            found += [_control(key, lever) for key in keys if (lever := self._lever(choice, key))]
        return tuple({control.key: control for control in found}.values())

    def entries(self, choice: Choice) -> dict[str, tuple[str, ...]]:
        """What is moved as entries of a scenario file, by its lists; a control that stands where it stood moves nothing."""
        written: dict[str, tuple[str, ...]] = {}
        for control in self._moved(choice):
            value = Decimal(str(choice.moves[control.key])).quantize(Decimal("0.000001"))
            section = control.lever.section
            written[section] = (*written.get(section, ()), *control.lever.entries(value))
        return {section: written[section] for section in SECTIONS if section in written}

    def changed(self, choice: Choice) -> Scenario:
        """The chosen scenario with what is moved on top; itself where nothing is."""
        ground, _ = self._whole(choice.scenario)
        entries = self.entries(choice)
        if not entries:
            return ground.scenario
        return replace(on_top(ground.scenario, entries), name=NAME, title=_title(ground.scenario), reason=None, sources=())

    def figures(self, choice: Choice) -> Figures:
        """Who pays for the chosen items in the place and years chosen; only what the moves can touch is simulated again."""
        ground, whole = self._whole(choice.scenario)
        if not self.entries(choice):
            table = _table([(whole, frozenset(choice.items))], choice)
            return Figures(table, table)
        touched = ground.touched(frozenset[int]().union(*(control.lever.items for control in self._moved(choice))))
        rest, moved = frozenset(choice.items) - touched, frozenset(choice.items) & touched
        after = [(whole, rest), *([(ground.part(touched, self.changed(choice)), moved)] if moved else [])]
        return Figures(_table([(whole, frozenset(choice.items))], choice), _table(after, choice))

    def explanation(self, choice: Choice, item: int, year: int) -> Explanation:
        """How the figures of an item came about with what is moved, in the place and a year."""
        ground, _ = self._whole(choice.scenario)
        budget = ground.part({item}, self.changed(choice))
        return budget.explain(item, choice.place or ground.standard.places.root, year)

    def text(self, choice: Choice, name: str) -> str:
        """The scenario file that says what is moved.

        Raises:
            FiscalModelError: nothing is moved.

        """
        entries = self.entries(choice)
        if not entries:
            raise fault("", "还没有改动任何数值", "nothing is moved yet")
        title = _title(self.whole(choice.scenario).scenario)
        head = {"name": name, "title": title._asdict(), "extends": Path(choice.scenario).name}
        lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in head.items()]
        for section, texts in entries.items():
            lines += [f"{section}:", *(f"  - {text}" for text in texts)]
        return "\n".join(lines) + "\n"

    def save(self, choice: Choice, folder: str | Path = ".") -> Path:
        """Writes what is moved as a new scenario file and returns its path: in the folder, or beside the file that it extends.

        Raises:
            FiscalModelError: nothing is moved, an entry changes nothing, or the file cannot be written.

        """
        is_file = choice.scenario not in shipped_scenarios()
        path = _free(Path(choice.scenario).parent if is_file else Path(folder), ".yaml")
        text, ground = self.text(choice, path.stem), self._whole(choice.scenario)[0]
        judge(ground.standard, self.changed(choice), ground.inputs)
        namesake = path.with_name(f"{choice.scenario}.yaml")
        if not is_file and namesake.exists():
            raise fault(
                str(namesake),
                f"与自带情景“{choice.scenario}”同名，请改名",
                f"has the name of the shipped scenario '{choice.scenario}': rename it",
            )
        with replacing(path) as draft:
            draft.write_text(text, encoding="utf-8")
        return path

    def workbook(self, choice: Choice, folder: str | Path = ".", lang: Lang = "zh", date: str | None = None) -> Path:
        """Writes the report workbook of what is moved, beside the chosen scenario, and returns its path; of that alone where nothing is moved."""
        from fiscal_model.report.workbook import write_report

        ground, whole = self._whole(choice.scenario)
        path = _free(Path(folder), ".xlsx")
        if self.entries(choice):
            changed = budget_of(ground.standard, self.changed(choice), ground.inputs)
            write_report(changed, path, lang, date, [whole])
        else:
            write_report(whole, path, lang, date)
        return path

    def _whole(self, scenario: str) -> tuple[Ground, Budget]:
        if scenario not in self._grounds:
            loaded, standard = load_scenario(scenario)
            inputs = self._inputs(standard)
            whole = budget_of(standard, loaded, inputs)
            self._grounds[scenario] = Ground(standard, loaded, inputs, None), whole
        return self._grounds[scenario]

    def _inputs(self, standard: Standard) -> Inputs:
        """The inputs as a standard reads them."""
        if standard.code not in self._data:
            self._data[standard.code] = load_inputs(self.inputs, standard)
        return self._data[standard.code]

    def _keys(self, choice: Choice, item: int) -> Iterator[str]:
        """The names of all that an item might have to move."""
        lines = [line for line in self.whole(choice.scenario).program.lines if line.item == item]
        yield from (f"share:{item}:{payer}" for payer in LEVELS)
        yield from (f"rate:{line.code}" for line in lines if not line.is_amount)
        yield f"base:{item}"
        yield from dict.fromkeys(f"growth:{line.beneficiary}" for line in lines if line.beneficiary)

    def _lever(self, choice: Choice, key: str) -> Lever | None:
        """What moves a value from the start on; None where there is nothing to move."""
        known = (choice.scenario, choice.place, key, choice.start)
        if known not in self._levers:
            kind, *names = key.split(":")
            year = self._one_year(choice.scenario, choice.start)
            self._levers[known] = KINDS[kind].make(year, tuple(names), (choice.place,) if choice.place else (), Faults())
        return self._levers[known]

    def _one_year(self, scenario: str, year: int) -> Budget:
        """The budget of one year alone, as levers ask for it."""
        if (scenario, year) not in self._years:
            ground, _ = self._whole(scenario)
            span = Span((year,), asked=False)
            self._years[scenario, year] = simulated(ground.standard, ground.scenario, ground.inputs, span)
        return self._years[scenario, year]

    def _moved(self, choice: Choice) -> tuple[Control, ...]:
        """The controls that stand elsewhere than in the chosen scenario."""
        return tuple(each for each in self.controls(choice) if each.key in choice.moves and choice.moves[each.key] != each.present)


def _control(key: str, lever: Lever) -> Control:
    kind = key.partition(":")[0]
    reach = REACH.get(kind, 1.0)
    low = -reach if kind == "growth" else lever.low
    high = reach * lever.high if kind == "rate" else reach
    present = lever.present if lever.present is not None else low
    return Control(key, lever, min(low, present), max(high, present), STEPS[kind])


def _table(parts: list[tuple[Budget, frozenset[int]]], choice: Choice) -> pd.DataFrame:
    """Yuan by payer and year, added up over some items of some budgets; the levels of government always have a row."""
    import pandas as pd

    years = range(choice.first, choice.last + 1)
    sums: dict[str, Floats] = {}
    known = np.zeros(len(years), bool)
    for budget, items in parts:
        if not items:
            continue
        tree = budget.standard.places
        inside = set(tree.below(choice.place or tree.root))
        lines = [i for i, line in enumerate(budget.program.lines) if line.item in items and line.account == choice.account]
        places = [p for p, code in enumerate(budget.places) if code in inside]
        at = [budget.year_at(year) for year in years]
        cells = np.ix_(lines, places, at)
        known |= budget.program.costed[cells].any(axis=(0, 1))
        for payer, amounts in zip(budget.payers, budget.amounts, strict=True):
            sums[payer] = sums.get(payer, 0.0) + amounts[cells].sum(axis=(0, 1))
    rows = [payer for payer in PAYERS if payer in sums and (sums[payer].any() or payer in GOVERNMENTS)]
    values = np.array([np.where(known, sums[payer], np.nan) for payer in rows]).reshape(len(rows), len(years))
    return pd.DataFrame(values, index=pd.Index(rows, name="payer"), columns=pd.Index(years, name="year"))


def _title(extended: Scenario) -> Text:
    return Text(f"在“{extended.title.zh}”上的改动", f"Changes to: {extended.title.en}")


def _free(folder: Path, suffix: str) -> Path:
    """A file that is not there yet."""
    names = chain([NAME], (f"{NAME}_{number}" for number in count(2)))
    return next(path for name in names if not (path := folder / f"{name}{suffix}").exists())
