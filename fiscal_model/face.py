"""What an analyst holds: budgets, and what is asked of them by name. It stands on everything and
computes nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from fiscal_model import run
from fiscal_model.blocks import Block, Shown, page
from fiscal_model.calls import answered
from fiscal_model.errors import fault
from fiscal_model.extras import check_extra
from fiscal_model.files import path_of
from fiscal_model.inputs.source import Source
from fiscal_model.language import spoken
from fiscal_model.periods import whole_years
from fiscal_model.results.part import Named, parts_of
from fiscal_model.results.result import Result
from fiscal_model.results.stored import StoredResults
from fiscal_model.rounding import FEN
from fiscal_model.scenario.read import ScenarioSource, load_scenario
from fiscal_model.vocabulary import Lang

if TYPE_CHECKING:
    import pandas as pd

    from fiscal_model.analysis.compare import Comparison
    from fiscal_model.analysis.confrontation import Confrontation
    from fiscal_model.analysis.readings import ReadingSpread
    from fiscal_model.analysis.sensitivity import Sensitivity
    from fiscal_model.analysis.sources import Sources
    from fiscal_model.briefing.brief import Brief
    from fiscal_model.charts.of_results import ResultPlot
    from fiscal_model.explain import Explanation
    from fiscal_model.published.read import Printed as PublishedSource
    from fiscal_model.results.ledger import Ledger
    from fiscal_model.workbook.rounding import Printed


@answered
class Budget(Shown, Result):
    """What a simulation gives, or a part of it, and what can be asked of it.

    Amounts are in yuan by payer, line, place and year; :meth:`sel` gives parts, which answer as the
    whole does.
    """

    @classmethod
    def of(cls, result: Result) -> Budget:
        """A result to be asked by an analyst."""
        return result if isinstance(result, Budget) else cls(result.simulated, result.at)

    def explain(
        self, item: int | str, place: str | int, year: int | str, payer: str | None = None
    ) -> Explanation:
        """How the figures of an item in one place and year came about, step by step, with their
        sources.

        Item, place and payer are codes or names (11, ``"第11项"``, ``"喀什地区"``); the code of a
        place may be a number.

        Raises:
            FiscalModelError: the item, place, year or payer is not part of this budget.

        """
        from fiscal_model.explain import explain

        return explain(self, item, place, year, payer)

    @cached_property
    def ledger(self) -> Ledger:
        """Per item whether it is costed, on what its figures rest, and what is unallocated."""
        from fiscal_model.results.ledger import ledger

        return ledger(self)

    @cached_property
    def sources(self) -> Sources:
        """What everything rests on: every document and assumption, what it is used for and how sure
        it is, and the missing figures that would move most money.
        """
        from fiscal_model.analysis.sources import sources_of

        return sources_of(self)

    def not_costed(self) -> list[tuple[str, str, tuple[int, ...]]]:
        """What is not costed for want of data: line, place (empty: everywhere) and years."""
        from fiscal_model.results.ledger import not_costed

        return list(not_costed(self))

    def compare(
        self, *others: ScenarioSource | Budget | StoredResults
    ) -> Comparison[Budget | StoredResults]:
        """Sets this budget as the reference beside other scenarios on its data, or beside budgets
        on other data; see :func:`fiscal_model.compare`. Of a part, only what it holds is compared.

        Args:
            others: shipped names, scenario files, mappings, files of results, budgets or results.

        Raises:
            FiscalModelError: as :func:`fiscal_model.compare`.

        """
        return compare(self, *others)

    def beside_actuals(self, lang: Lang | None = None, account: str | None = None) -> pd.DataFrame:
        """Budget, execution and final accounts (table ``actuals``) beside what is projected, a row
        an item, place, year and payer; yuan.

        Column ``account`` says which account what is projected is of: see
        :func:`fiscal_model.analysis.actuals.beside_actuals`.

        Raises:
            FiscalModelError: there is no such account.

        """
        from fiscal_model.analysis.actuals import beside_actuals

        return beside_actuals(self, spoken(lang), account)

    def settle(self, unit: float = FEN, year: int | None = None) -> pd.DataFrame:
        """Tidy results in whole units (分 unless another unit is given) that add up: what may be
        paid, booked or printed.

        The rows of an item in one account and year are one table, lines within places within
        prefectures by payer, and close together: the payers of a row add up to its cost, and the
        cost and every payer's sum of each line in a place, place and prefecture, and of the item,
        stay within a unit of the unrounded; the item's total is the rounded one. Tables are closed
        one by one: sums over items or years add up the rows, and may differ from their own rounded
        totals by half a unit a table. A part
        has the rows that it has in the whole.

        Args:
            unit: yuan, as :func:`fiscal_model.rounding.closed` takes it.
            year: one year of the budget; all of them when left out.

        Returns:
            year, item, line, place, payer, units: codes and int64 multiples of ``unit``; zeros are
            left out.

        Raises:
            FiscalModelError: the unit is none, or the year is not part of this budget.

        """
        from fiscal_model.results.settled import settled

        return settled(self, unit, year)

    def to_excel(
        self,
        target: str | Path,
        lang: Lang | None = None,
        date: str | None = None,
        values: Printed | None = None,
        print_edition: bool = False,
    ) -> None:
        """Writes the report workbook; ``date`` is printed on it (default: today, or
        SOURCE_DATE_EPOCH).

        With ``values`` it holds plain numbers, no formulas, rounded as
        :class:`fiscal_model.workbook.rounding.Printed` says. The ``print_edition`` has plain
        numbers and the main tables only: a prefecture and a year are at most 12 pages. A part of
        the items, places or years gives a workbook of that part.
        """
        from fiscal_model.analysis.sources import sources_of
        from fiscal_model.workbook.report import write_report

        shown = run.over_its_years(self)
        how = spoken(lang), date, (), values, print_edition, lambda: sources_of(shown).gaps
        write_report(shown, path_of(target), *how)

    @property
    def plot(self) -> ResultPlot:
        """Charts, such as ``budget.plot.payers()``."""
        check_extra("charts")
        from fiscal_model.charts.of_results import ResultPlot

        return ResultPlot(self)

    def blocks(self, lang: Lang) -> Iterable[Block]:
        """What it is and totals by payer for the first and last year, an account at a time."""
        from fiscal_model.results.summary import totals

        return totals(self, lang)

    def html(self, lang: Lang | None = None) -> str:
        """The same as HTML; of the whole also what is unallocated and on what it rests."""
        from fiscal_model.results.summary import rests_on

        lang = spoken(lang)
        return page([*self.blocks(lang), *([] if self.at else rests_on(self.ledger, lang))])

    def summary(self, lang: Lang | None = None) -> str:
        """The same in a few lines."""
        return self.text(lang)


@answered
def simulate(
    scenario: ScenarioSource = "baseline",
    inputs: Source | None = None,
    years: Iterable[int] | int | str | None = None,
    items: Named = None,
    places: Named = None,
) -> Budget:
    """The budget of a scenario.

    Args:
        scenario: a shipped scenario's name, the path of a scenario file, or a mapping of what such
            a file holds.
        inputs: a folder of CSV files and workbooks, a workbook, a mapping from names of tables to
            pandas, Arrow or Polars frames, or several of them that are one data set; the embedded
            illustrative data when left out.
        years: the years to simulate: one, several, or a text such as ``2022-2030``; default the
            scenario's own, else those of the inputs.
        items: give the part with these items only: numbers or names, lists and spans (``10-14``).
        places: give the part with these places only: codes, names or groups.

    All data are computed, then cut: shares in a common base amount or grant stay those of the
    whole.

    Raises:
        FiscalModelError: with every fault of the scenario or the inputs; or an item or place is not
            part of the budget.

    """
    whole = Budget.of(run.simulate(scenario, inputs, years))
    return parts_of((whole,), whole.standard, items, places)[0]


@answered
def explain(
    item: int | str,
    place: str | int,
    year: int | str,
    payer: str | None = None,
    scenario: ScenarioSource = "baseline",
    inputs: Source | None = None,
) -> Explanation:
    """How the figures of an item in one place and year came about, step by step, with their
    sources; see :meth:`Budget.explain`.

    Args:
        item: number or name.
        place: code or name.
        year: the year.
        payer: one payer only, code or name.
        scenario: as :func:`fiscal_model.simulate`.
        inputs: as there.

    Raises:
        FiscalModelError: as :func:`fiscal_model.simulate`; also when item, place, year or payer are
            not part of the budget.

    """
    return simulate(scenario, inputs).explain(item, place, year, payer)


@answered
def ledger(
    scenario: ScenarioSource = "baseline",
    inputs: Source | None = None,
    years: Iterable[int] | int | str | None = None,
) -> Ledger:
    """Per item whether it is costed, on what its figures rest, and what is unallocated: the ledger
    of the budget that :func:`fiscal_model.simulate` gives for the same arguments.

    Raises:
        FiscalModelError: as :func:`fiscal_model.simulate`.

    """
    return simulate(scenario, inputs, years).ledger


def together(
    scenarios: Iterable[ScenarioSource | Result],
    inputs: Source | None = None,
    years: Iterable[int] | int | str | None = None,
    items: Named = None,
    places: Named = None,
) -> run.Together[Budget]:
    """See :func:`fiscal_model.run.simulate_together`; ``items`` and ``places`` as
    :func:`simulate` takes them, of all scenarios together.
    """
    found = run.simulate_together(tuple(scenarios), inputs, years)
    budgets = tuple(map(Budget.of, found.results))
    return run.Together(budgets, found.standard, found.memo).part(items, places)


@answered
def compare(
    *scenarios: ScenarioSource | Budget | StoredResults,
    inputs: Source | None = None,
    years: Iterable[int] | int | str | None = None,
    items: Named = None,
    places: Named = None,
    against_inputs: Source | None = None,
) -> Comparison[Budget | StoredResults]:
    """Sets two or more scenarios side by side, on the same data or on others; the first is the
    reference.

    What the data make of the change is its part ``data``; ``changed_inputs`` of the comparison has
    it cell by cell. Beside results read from a file nothing is known of causes.

    Args:
        scenarios: shipped names, scenario files, mappings of what such a file holds, files of
            results (``.csv``, ``.parquet``, ``.nc``), or budgets and results that are there
            already.
        inputs: as :func:`fiscal_model.simulate`; when left out those of the first budget given,
            else the embedded illustrative data.
        years: the years to simulate; default each scenario's own. Compared are the years that all
            cover.
        items: compare these items only, as :func:`fiscal_model.simulate` takes them.
        places: compare these places only.
        against_inputs: the data of all scenarios but the first, where they are others than
            ``inputs``.

    Raises:
        FiscalModelError: as :func:`fiscal_model.simulate` and :func:`fiscal_model.read_results`;
            also when the scenarios build on two standards or share no year, when they mean two
            things by one code, or data are named and no scenario needs them.

    """
    from fiscal_model.analysis.compare import compare as compared

    for each in scenarios:
        if not isinstance(each, str | Path | Mapping | Result | StoredResults):
            raise fault("", "scenarios-one-by-one", given=repr(each))
    if len(scenarios) < 2:
        raise fault("", "two-scenarios-at-least")
    asked = None if years is None else whole_years(years)
    found = run.side_by_side(scenarios, inputs, against_inputs, asked)
    budgets = tuple(Budget.of(each) if isinstance(each, Result) else each for each in found.results)
    every = run.Together(budgets, found.standard, found.memo).part(items, places)
    return compared(every, asked)


@answered
def brief(
    first: ScenarioSource | Budget,
    *others: ScenarioSource | Budget,
    inputs: Source | None = None,
    years: Iterable[int] | int | str | None = None,
    items: Named = None,
    places: Named = None,
) -> Brief:
    """A briefing note of one A4 page: ``fm.brief("baseline", "end_2015_base").save("note.docx")``.

    Args:
        first: a shipped name, a scenario file or a budget: the reference, or with no ``others``
            what the note is on.
        others: up to six options that are set against it.
        inputs: as :func:`compare`.
        years: the years it covers; default those that all cover.
        items: the note is on these items only, as :func:`simulate` takes them.
        places: the note is on these places only.

    Raises:
        FiscalModelError: as :func:`compare`; there are more options than a page holds, or nothing
            is costed.

    """
    from fiscal_model.analysis.compare import compare as compared
    from fiscal_model.briefing.brief import brief_of

    asked = None if years is None else whole_years(years)
    every = together((first, *others), inputs, asked, items, places)
    if others:
        found = compared(every, asked)
        return brief_of(found.budgets, found, found.years)
    (budget,) = every.results
    shown = tuple(year for year in budget.years if asked is None or year in asked)
    return brief_of((budget,), None, shown)


@answered
def confront(
    scenario: ScenarioSource = "baseline",
    published: PublishedSource | None = None,
    inputs: Source | None = None,
) -> Confrontation:
    """Printed figures beside what a scenario says of them: on the counts printed with them, and on
    the data.

    On printed counts the rules of the scenario are run on these beneficiaries alone, at the rates of
    the year; on the data it is the scenario's budget of the place and year. Where both are known
    the first is held against print.

    Args:
        scenario: as :func:`simulate`.
        published: a CSV file, a workbook or a frame of printed figures; those that come with the
            standard when left out.
        inputs: as :func:`simulate`.

    Raises:
        FiscalModelError: with every fault of the table, each with its cell; as :func:`simulate`; or
            the standard comes with no printed figures.

    """
    from fiscal_model.analysis.confrontation import Confrontation
    from fiscal_model.published.confront import confront as confronted
    from fiscal_model.published.read import published as table

    loaded = load_scenario(scenario)[0]
    figures = table(published, loaded.standard)
    return Confrontation(confronted(simulate(scenario, inputs), figures))


@answered
def sensitivity(
    scenario: ScenarioSource = "baseline",
    inputs: Source | None = None,
    years: Iterable[int] | int | str | None = None,
    spread: float = 0.1,
    account: str | None = None,
) -> Sensitivity[Budget]:
    """Moves every assumption over its range, one at a time, and says what that does to each payer's
    total over the years.

    Assumptions are the entries of the chain whose basis is ``assumption`` or ``user`` or that state
    a ``range``, the supplied series that do not rest wholly on the text or a reference, and the
    readings.

    Args:
        scenario: a shipped scenario's name, the path of a scenario file, or a mapping of what such
            a file holds.
        inputs: as :func:`fiscal_model.simulate`; the embedded illustrative data when left out.
        years: the years to add up; default the scenario's own, else those of the inputs.
        spread: how far a number without a range moves, a part of itself between 0 and 1.
        account: the account whose totals are meant, as :meth:`fiscal_model.Budget.by` takes it.

    Raises:
        FiscalModelError: as :func:`fiscal_model.simulate`; also when the spread is not between 0
            and 1, or there is no such account.

    """
    from fiscal_model.analysis.sensitivity import sensitivity as moved

    return moved(simulate(scenario, inputs, years), spread, account)


@answered
def reading_spread(
    scenario: ScenarioSource = "baseline",
    inputs: Source | None = None,
    years: Iterable[int] | int | str | None = None,
    account: str | None = None,
) -> ReadingSpread:
    """Simulates every option of every reading, all else as the scenario has it.

    Args:
        scenario: a shipped scenario's name, the path of a scenario file, or a mapping of what such
            a file holds.
        inputs: as :func:`fiscal_model.simulate`; the embedded illustrative data when left out.
        years: the years to add up; default the scenario's own, else those of the inputs.
        account: the account meant, as :meth:`fiscal_model.Budget.by` takes it of the lines of each
            reading's item.

    Raises:
        FiscalModelError: as :func:`fiscal_model.simulate`; also when there is no such account.

    """
    from fiscal_model.analysis.readings import reading_spread as spread

    return spread(simulate(scenario, inputs, years), account)
