"""What the explorer shows, without any widget: choices become entries of a scenario, and entries
become figures.
A control moves what a scenario file could say, in the words of a scenario file, so that the figures
shown are those of the file that is saved.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from fiscal_model.analysis.levers import MAKE, Lever
from fiscal_model.analysis.partial import Ground
from fiscal_model.analysis.solve import on_top
from fiscal_model.arrays import Floats
from fiscal_model.engine.judge import judge
from fiscal_model.engine.project import Span
from fiscal_model.errors import FiscalModelError, fault
from fiscal_model.explain import Explanation, explain
from fiscal_model.explorer.controls import KINDS as CONTROL_KINDS
from fiscal_model.explorer.controls import REFERENCE, Choice, Control, as_written, control_of
from fiscal_model.explorer.offers import acting, keys_of, unseen, why_none
from fiscal_model.files import replacing
from fiscal_model.inputs.model import Inputs
from fiscal_model.inputs.read import load_inputs
from fiscal_model.inputs.source import Source
from fiscal_model.language import spoken
from fiscal_model.results.accounts import is_booked
from fiscal_model.results.result import Result
from fiscal_model.run import result_of, simulated
from fiscal_model.scenario.entries import KINDS as ENTRY_KINDS
from fiscal_model.scenario.model import Scenario
from fiscal_model.scenario.read import load_scenario, scenario_names, shipped_scenarios, title_in
from fiscal_model.standard.extend import union
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import ACCOUNTS, Lang, Text

if TYPE_CHECKING:
    import pandas as pd

NAME: Final = "my_scenario"
HALF_FEN: Final = 0.005


@dataclass(frozen=True)
class Figures:
    """Yuan by payer (rows) and year (columns), in the reference and in the chosen scenario with
    what is moved; NaN where nothing is costed.

    ``years`` are those of the columns that both cover.
    """

    before: pd.DataFrame
    after: pd.DataFrame
    years: tuple[int, ...]

    @property
    def change(self) -> pd.DataFrame:
        """The change by payer and year. A cost that only one of the two has counts as nothing in
        the other; NaN where neither has any, and in a year that one of them does not cover.
        """
        known = (self.before.notna().any() | self.after.notna().any()) & self.after.columns.isin(
            self.years
        )
        change = self.after.fillna(0.0) - self.before.fillna(0.0)
        change.loc[:, ~known] = np.nan
        return change


@dataclass(eq=False)
class _Loaded:
    """A scenario on the data, and what has been asked of it: budgets of one year, levers,
    controls, and the budgets it is measured against.
    """

    ground: Ground
    whole: Result
    years: dict[int, Result] = field(default_factory=dict)
    levers: dict[tuple[str, str, int], Lever | None] = field(default_factory=dict)
    controls: dict[Choice, tuple[Control, ...]] = field(default_factory=dict)
    references: dict[str, Result] = field(default_factory=dict)
    moved: tuple[object, Result] | None = None


class Study:
    """Everything that can be asked of some inputs (a folder or a workbook; the embedded
    illustrative data when left out).

    Raises:
        FiscalModelError: as :func:`fiscal_model.simulate`, here and in every method.

    """

    def __init__(self, inputs: Source | None = None) -> None:
        self.inputs = inputs
        self._loaded: dict[str, _Loaded] = {}

    @staticmethod
    def scenarios() -> tuple[str, ...]:
        """The shipped scenarios, baseline first, and the scenario files of the working folder."""
        shipped = sorted(shipped_scenarios(), key=lambda name: name != REFERENCE)
        return (*shipped, *own_scenarios())

    def first_choice(self, scenario: str = REFERENCE, against: str = REFERENCE) -> Choice:
        """The items in which a scenario differs from the reference, else the first costed item with
        a share to move; everywhere and in all years.

        Changes hold from the year after the last supplied one.
        """
        ground, whole = self._of(scenario).ground, self.whole(scenario)
        start = next(
            (year for year in whole.years if year > max(ground.inputs.years)), whole.years[-1]
        )
        nothing = Choice(scenario, (), whole.years[0], whole.years[-1], start, against=against)
        if differing := self._differing(nothing):
            return differing
        found = [self.settled(replace(nothing, items=(item,))) for item in self.items(scenario)]
        shared = (
            choice
            for choice in found
            if any(each.key.startswith("share:") for each in self.controls(choice))
        )
        return next(shared, found[0] if found else nothing)

    def settled(self, choice: Choice) -> Choice:
        """The choice as far as it holds: an account of its items, and what is moved by the controls
        that it offers, no further than they go.
        """
        accounts, controls = (
            self.accounts(choice),
            {each.key: each for each in self.controls(choice)},
        )
        account = choice.account if choice.account in accounts or not accounts else accounts[0]
        moves = {
            key: min(max(value, controls[key].low), controls[key].high)
            for key, value in choice.moves.items()
            if key in controls
        }
        return replace(choice, account=account, moves=moves)

    def forget(self, scenario: str) -> None:
        """Reads a scenario file of the working folder anew when it is next asked for: it may have
        been edited.
        """
        if scenario not in own_scenarios():
            return
        self._loaded.pop(scenario, None)
        for each in self._loaded.values():
            each.references.pop(scenario, None)

    def whole(self, scenario: str) -> Result:
        """The budget of a scenario as it is."""
        return self._of(scenario).whole

    def reference(self, choice: Choice) -> Result:
        """The budget that the change is measured against, on the same data.

        Raises:
            FiscalModelError: also where it builds on another standard, or means something else by a
                code.

        """
        if choice.against == choice.scenario:
            return self.whole(choice.scenario)
        known = self._of(choice.scenario)
        if choice.against not in known.references:
            known.references[choice.against] = self._beside(known.ground, choice.against)
        return known.references[choice.against]

    def items(self, scenario: str) -> tuple[int, ...]:
        """The items with anything costed."""
        program = self.whole(scenario).program
        return tuple(
            dict.fromkeys(
                line.item
                for line, known in zip(program.lines, program.costed, strict=True)
                if known.any()
            )
        )

    def places(self, scenario: str) -> tuple[str, ...]:
        """The places that data are given for, and those above them that are not the whole."""
        whole = self.whole(scenario)
        tree = whole.standard.places
        wanted = {code for place in whole.places for code in (place, *tree.ancestors(place))} - {
            tree.root
        }
        return tuple(code for code in tree.codes if code in wanted)

    def accounts(self, choice: Choice) -> tuple[str, ...]:
        """The accounts in which the chosen items have lines."""
        lines = self.whole(choice.scenario).program.lines
        return tuple(
            account
            for account in ACCOUNTS
            if any(line.item in choice.items and line.account == account for line in lines)
        )

    def controls(self, choice: Choice) -> tuple[Control, ...]:
        """What can be moved in the chosen items: shares first, then base amounts, rates and growth
        of beneficiaries; nothing that would act on nothing.
        """
        known, asked = self._of(choice.scenario), replace(choice, moves={})
        if asked not in known.controls:
            found = {
                each.key: each for item in choice.items for each in self._controls_of(choice, item)
            }
            order = [*CONTROL_KINDS]
            known.controls[asked] = tuple(
                sorted(found.values(), key=lambda each: order.index(each.kind))
            )
        return known.controls[asked]

    def unmovable(self, choice: Choice) -> dict[Text, list[int]]:
        """The chosen items in which nothing can be moved, by why."""
        whole, found = self.whole(choice.scenario), dict[Text, list[int]]()
        offered = {each.key for each in self.controls(choice)}
        for item in sorted(choice.items):
            if offered.isdisjoint(keys_of(whole, item)):
                found.setdefault(why_none(whole, choice, item), []).append(item)
        return found

    def moved(self, choice: Choice) -> tuple[Control, ...]:
        """The controls that stand elsewhere than in the chosen scenario."""
        return tuple(
            each
            for each in self.controls(choice)
            if each.key in choice.moves and each.moves(choice.moves[each.key])
        )

    def entries(self, choice: Choice) -> dict[str, tuple[str, ...]]:
        """What is moved as entries of a scenario file, by its lists; a control that stands where it
        stood moves nothing.
        """
        entries: dict[str, tuple[str, ...]] = {}
        for control in self.moved(choice):
            section = control.lever.section
            entries[section] = (
                *entries.get(section, ()),
                *control.lever.entries(as_written(choice.moves[control.key])),
            )
        return {
            kind.section: entries[kind.section] for kind in ENTRY_KINDS if kind.section in entries
        }

    def changed(self, choice: Choice) -> Scenario:
        """The chosen scenario with what is moved on top; itself where nothing is."""
        scenario = self._of(choice.scenario).ground.scenario
        entries = self.entries(choice)
        return (
            replace(
                on_top(scenario, entries),
                name=NAME,
                title=_title(scenario),
                reason=None,
                sources=(),
            )
            if entries
            else scenario
        )

    def figures(self, choice: Choice) -> Figures:
        """Who pays for the chosen items in the place and years chosen; only what the moves can
        touch is simulated again.
        """
        whole, reference, chosen = (
            self.whole(choice.scenario),
            self.reference(choice),
            frozenset(choice.items),
        )
        part, touched = self._moved_part(choice)
        years = tuple(year for year in whole.years if choice.first <= year <= choice.last)
        before = _table([(reference, chosen)], choice, years)
        after = _table([(whole, chosen - touched), (part, chosen & touched)], choice, years)
        paid = before.abs().sum(axis=1).add(after.abs().sum(axis=1), fill_value=0.0)
        payers = [
            payer
            for payer in whole.standard.payers
            if payer in paid.index and (payer in whole.standard.payers.governments or paid[payer])
        ]
        return Figures(
            _rows(before, payers),
            _rows(after, payers),
            tuple(year for year in years if year in reference.years),
        )

    def explanation(self, choice: Choice, item: int, year: int) -> Explanation:
        """How the figures of an item came about with what is moved, in the place and a year."""
        part, touched = self._moved_part(choice)
        budget = part if item in touched else self.whole(choice.scenario)
        return explain(budget, item, choice.place or budget.standard.places.root, year)

    def text(self, choice: Choice, name: str) -> str:
        """The scenario file that says what is moved.

        Raises:
            FiscalModelError: nothing is moved.

        """
        entries = self.entries(choice)
        if not entries:
            raise fault("", "nothing-moved")
        title = _title(self.whole(choice.scenario).scenario)
        head = {"name": name, "title": title._asdict(), "extends": Path(choice.scenario).name}
        lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in head.items()]
        for section, texts in entries.items():
            lines += [f"{section}:", *(f"  - {text}" for text in texts)]
        return "\n".join(lines) + "\n"

    def save(self, choice: Choice, folder: str | Path = ".") -> Path:
        """Writes what is moved as a new scenario file and returns its path: in the folder, or
        beside the file that it extends.

        Raises:
            FiscalModelError: nothing is moved, an entry changes nothing, or the file cannot be
                written.

        """
        is_file = choice.scenario not in shipped_scenarios()
        path = _free(Path(choice.scenario).parent if is_file else Path(folder), ".yaml")
        text, ground = self.text(choice, path.stem), self._of(choice.scenario).ground
        judge(ground.standard, self.changed(choice), ground.inputs)
        namesake = path.with_name(f"{choice.scenario}.yaml")
        if not is_file and namesake.exists():
            raise fault(str(namesake), "file-named-as-shipped", scenario=choice.scenario)
        with replacing(path, self.whole(choice.scenario).read) as draft:
            draft.write_text(text, encoding="utf-8")
        return path

    def workbook(
        self,
        choice: Choice,
        folder: str | Path = ".",
        lang: Lang | None = None,
        date: str | None = None,
    ) -> Path:
        """Writes the report workbook of the chosen scenario with what is moved, beside the
        reference where the two differ, and returns its path.
        """
        from fiscal_model.analysis.sources import sources_of
        from fiscal_model.workbook.report import write_report

        lang = spoken(lang)
        ground, shown, reference = (
            self._of(choice.scenario).ground,
            self.whole(choice.scenario),
            self.reference(choice),
        )
        path = _free(Path(folder), ".xlsx")
        if self.entries(choice):
            shown = result_of(ground.standard, self.changed(choice), ground.inputs)
        beside = [reference] if shown is not reference else []
        write_report(shown, path, lang, date, beside, gaps=lambda: sources_of(shown).gaps)
        return path

    def _of(self, scenario: str) -> _Loaded:
        if scenario not in self._loaded:
            loaded, standard = load_scenario(scenario)
            inputs = self._inputs(standard)
            whole = result_of(standard, loaded, inputs)
            self._loaded[scenario] = _Loaded(Ground.of(whole), whole)
        return self._loaded[scenario]

    def _inputs(self, standard: Standard) -> Inputs:
        """The inputs as a standard reads them."""
        known = (
            each.ground.inputs for each in self._loaded.values() if each.ground.standard is standard
        )
        return next(known, None) or load_inputs(self.inputs, standard)

    def _beside(self, ground: Ground, against: str) -> Result:
        """The budget of another scenario on the data of one, as far as its standard knows what they
        name.
        """
        loaded, standard = load_scenario(against)
        if standard is ground.standard:
            return self.whole(against)
        data = self._inputs(union([ground.standard, standard])).known_to(standard)
        return result_of(standard, loaded, data)

    def _differing(self, choice: Choice) -> Choice | None:
        """The choice of all items in which the scenario differs from the reference, in the first
        account in which it does.
        """
        if choice.against == choice.scenario:
            return None
        for account in ACCOUNTS:
            each = [
                replace(choice, account=account, items=(item,))
                for item in self.items(choice.scenario)
            ]
            try:
                items = [
                    one.items[0]
                    for one in each
                    if np.nanmax(np.abs(self.figures(one).change.to_numpy()), initial=0.0)
                    > HALF_FEN
                ]
            except FiscalModelError:  # said where the change is shown
                return None
            if items:
                return replace(choice, account=account, items=tuple(items))
        return None

    def _controls_of(self, choice: Choice, item: int) -> list[Control]:
        """The controls of an item; of its shares that of the highest level that has one."""
        whole, found = self.whole(choice.scenario), list[Control]()
        for key in keys_of(whole, item):
            if key.startswith("share:") and found:
                continue
            cells = acting(whole, choice, key)
            lever = self._lever(choice, key) if cells.any() else None
            if lever:
                line = whole.standard.lines.get(key.partition(":")[2])
                per = line.per if line else None
                found.append(control_of(key, lever, per, unseen(whole, choice, cells)))
        return found

    def _lever(self, choice: Choice, key: str) -> Lever | None:
        """What moves a value from the start on; None where there is nothing to move."""
        known, asked = self._of(choice.scenario), (choice.place, key, choice.start)
        if asked not in known.levers:
            kind, *names = key.split(":")
            year = self._one_year(choice.scenario, choice.start)
            where = (choice.place,) if choice.place else ()
            try:
                known.levers[asked] = MAKE[kind](year, tuple(names), where)
            except FiscalModelError:
                known.levers[asked] = None
        return known.levers[asked]

    def _one_year(self, scenario: str, year: int) -> Result:
        """The budget of one year alone, as levers ask for it."""
        known = self._of(scenario)
        if year not in known.years:
            ground, span = known.ground, Span((year,), asked=False)
            known.years[year] = simulated(ground.standard, ground.scenario, ground.inputs, span)
        return known.years[year]

    def _moved_part(self, choice: Choice) -> tuple[Result, frozenset[int]]:
        """The budget of what the moves can touch, and which items these are; the latest is kept,
        for it is asked for figures and for explanations.
        """
        known = self._of(choice.scenario)
        touched = frozenset[int]().union(*(control.lever.items for control in self.moved(choice)))
        if not touched:
            return known.whole, touched
        touched, asked = known.ground.touched(touched), repr(self.entries(choice))
        if known.moved is None or known.moved[0] != asked:
            known.moved = asked, known.ground.part(touched, self.changed(choice))
        return known.moved[1], touched


def own_scenarios() -> tuple[str, ...]:
    """The scenario files of the working folder."""
    return tuple(
        sorted(
            path.name
            for pattern in ("*.yaml", "*.yml")
            for path in Path().glob(pattern)
            if path.is_file()
        )
    )


def scenario_title(name: str) -> Text:
    """The title of a scenario, by name or file; empty where the file cannot be read."""
    titles = scenario_names().known
    if name in titles:
        return titles[name]
    with suppress(FiscalModelError, OSError):
        return _title_in(Path(name).resolve(), Path(name).stat().st_mtime_ns)
    return Text("", "")


@lru_cache(maxsize=1000)
def _title_in(path: Path, written: int) -> Text:
    """The title of a file as it was ``written`` at a time: asked for at every choice."""
    return title_in(path)


def _table(
    parts: Iterable[tuple[Result, frozenset[int]]], choice: Choice, years: tuple[int, ...]
) -> pd.DataFrame:
    """Yuan by payer and year, added up over some items of some budgets; NaN in a year in which
    nothing is costed, or that a budget does not cover.
    """
    import pandas as pd

    sums: dict[str, Floats] = {}
    known = np.zeros(len(years), bool)
    for budget, items in parts:
        if not items:
            continue
        tree = budget.standard.places
        inside = set(tree.below(choice.place or tree.root))
        lines = [
            i
            for i, line in enumerate(budget.lines)
            if is_booked(line, choice.account) and line.item in items
        ]
        places = [p for p, code in enumerate(budget.places) if code in inside]
        covered = [n for n, year in enumerate(years) if year in budget.years]
        cells = np.ix_(lines, places, [budget.year_at(years[n]) for n in covered])
        known[covered] |= budget.program.costed[cells].any(axis=(0, 1))
        for payer, amounts in zip(budget.payers, budget.amounts, strict=True):
            sums.setdefault(payer, np.zeros(len(years)))[covered] += amounts[cells].sum(axis=(0, 1))
    values = np.where(known, np.array([*sums.values()]).reshape(len(sums), len(years)), np.nan)
    return pd.DataFrame(
        values, index=pd.Index([*sums], name="payer"), columns=pd.Index(years, name="year")
    )


def _rows(table: pd.DataFrame, payers: list[str]) -> pd.DataFrame:
    """The rows of some payers; one that has none pays nothing where anything is costed."""
    costed = table.notna().any()
    found = table.reindex(payers).fillna(0.0)
    found.loc[:, ~costed] = np.nan
    return found


def _title(extended: Scenario) -> Text:
    return Text(f"在“{extended.title.zh}”上的改动", f"Changes to: {extended.title.en}")


def _free(folder: Path, suffix: str) -> Path:
    """A file that is not there yet."""
    names = chain([NAME], (f"{NAME}_{number}" for number in count(2)))
    return next(path for name in names if not (path := folder / f"{name}{suffix}").exists())
