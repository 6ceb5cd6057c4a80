"""The result of a simulation: an amount in yuan for every line, place, year and payer, with where
it came from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fiscal_model.arrays import Floats
from fiscal_model.closing import closed
from fiscal_model.engine.program import Program
from fiscal_model.errors import Fault
from fiscal_model.inputs.model import Inputs
from fiscal_model.language import spoken
from fiscal_model.results.result import Amounts
from fiscal_model.rounding import FEN, counted
from fiscal_model.told.doubts import shown
from fiscal_model.told.told import Told
from fiscal_model.vocabulary import Lang

if TYPE_CHECKING:
    import pandas as pd

    from fiscal_model.analysis.compare import Comparison
    from fiscal_model.charts.of_results import BudgetPlot
    from fiscal_model.explain import Explanation
    from fiscal_model.report.rounding import Printed
    from fiscal_model.results.ledger import Ledger


@dataclass(frozen=True, eq=False, repr=False)
class Budget(Amounts):
    """The amounts of a whole simulation, and the compiled rules behind them."""

    program: Program
    told: Told

    @classmethod
    def of(
        cls,
        program: Program,
        inputs: Inputs,
        payers: tuple[str, ...],
        amounts: Floats,
        told: Told | None = None,
    ) -> Budget:
        """The budget of a compiled program: ``amounts`` in yuan by (payer, line, place, year). A
        part of a budget has ``told`` of the whole.
        """
        return cls(
            program.standard,
            program.scenario,
            inputs,
            payers,
            program.lines,
            program.places,
            program.years,
            amounts,
            np.asarray(amounts.sum(axis=0)),
            program.quantity,
            program.unit,
            program.costed,
            program,
            told or Told(program),
        )

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
    def warnings(self) -> tuple[Fault, ...]:
        """What is to be known beside the figures: gaps, rows that act on nothing, unlikely figures;
        at most 20, of which the last counts the rest.
        """
        return shown(self.told.doubts)

    @cached_property
    def ledger(self) -> Ledger:
        """Per item whether it is costed, on what its figures rest, and what is unallocated."""
        from fiscal_model.results.ledger import ledger

        return ledger(self)

    def not_costed(self) -> list[tuple[str, str, tuple[int, ...]]]:
        """What is not costed for want of data: line, place (empty: everywhere) and years."""
        return list(_gaps(self))

    def compare(self, *others: str | Path | Budget) -> Comparison:
        """Sets this budget as the reference beside other scenarios on the same data; see
        :func:`fiscal_model.compare`.

        Args:
            others: shipped names, scenario files or budgets.

        Raises:
            FiscalModelError: as :func:`fiscal_model.compare`.

        """
        from fiscal_model.analysis.compare import compare

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

        lang = spoken(lang)
        return beside_actuals(self, lang, account)

    def settle(self, unit: float = FEN, year: int | None = None) -> pd.DataFrame:
        """Tidy results in whole units (分 unless another unit is given) that add up: what may be
        paid, booked or printed.

        The rows of an item in one account and year are one table, lines within places within
        prefectures by payer, and close together: the payers of a row add up to its cost, and the
        cost and every payer's sum of each line in a place, place and prefecture, and of the item,
        stay within a unit of the unrounded; the item's total is the rounded one. Tables are closed
        one by one: sums over items or years add up the rows, and may differ from their own rounded
        totals by half a unit a table.

        Args:
            unit: yuan, as :func:`fiscal_model.rounding.closed` takes it.
            year: one year of the budget; all of them when left out.

        Returns:
            year, item, line, place, payer, units: codes and int64 multiples of ``unit``; zeros are
            left out.

        Raises:
            FiscalModelError: the unit is none, or the year is not part of this budget.

        """
        import pandas as pd

        years = range(len(self.years)) if year is None else [self.year_at(year)]
        rows = [
            row for y in years for table in self._tables(y) for row in self._closed(table, y, unit)
        ]
        frame = pd.DataFrame(rows, columns=["year", "item", "line", "place", "payer", "units"])
        return frame.astype({"year": np.int64, "item": np.int64, "units": np.int64})

    def _tables(self, y: int) -> Iterator[list[tuple[int, int]]]:
        """The costed (place, line) positions of each item in each account, in one year."""
        groups: dict[tuple[int, str], list[int]] = {}
        for i, line in enumerate(self.program.lines):
            groups.setdefault((line.item, line.account), []).append(i)
        costed = self.program.costed[..., y]
        yield from (
            [(p, i) for p in range(len(self.places)) for i in group if costed[i, p]]
            for group in groups.values()
        )

    def _closed(
        self, table: list[tuple[int, int]], y: int, unit: float
    ) -> Iterator[tuple[int, int, str, str, str, int]]:
        """The tidy rows of one closed table of :meth:`settle`."""
        if not table:
            return
        at = np.array(table, np.intp)
        places, prefectures, lines = self.places, self.labels["prefecture"], self.program.lines
        nested = [[prefectures[p] for p in at[:, 0]], [places[p] for p in at[:, 0]]]
        units = counted(closed(self.amounts[:, at[:, 1], at[:, 0], y].T, unit, nested), unit)
        for r, k in zip(*np.nonzero(units), strict=True):
            p, i = table[r]
            yield (
                self.years[y],
                lines[i].item,
                lines[i].code,
                places[p],
                self.payers[k],
                int(units[r, k]),
            )

    def to_excel(
        self,
        target: str | Path,
        lang: Lang | None = None,
        date: str | None = None,
        values: Printed | None = None,
    ) -> None:
        """Writes the report workbook; ``date`` is printed on it (default: today, or
        SOURCE_DATE_EPOCH).

        With ``values`` it holds plain numbers, no formulas, rounded as
        :class:`fiscal_model.report.rounding.Printed` says.
        """
        from fiscal_model.report.workbook import write_report

        lang = spoken(lang)
        write_report(self, Path(target), lang, date, values=values)

    @property
    def plot(self) -> BudgetPlot:
        """Charts, such as ``budget.plot.payers()``."""
        from fiscal_model.charts.of_results import BudgetPlot

        return BudgetPlot(self)

    def html(self, lang: Lang | None = None) -> str:
        """What it is, totals by payer for the first and last year, what is unallocated and on what
        it rests, as HTML.
        """
        from fiscal_model.results_html import budget_html

        lang = spoken(lang)
        return budget_html(self, lang)


def _gaps(budget: Budget) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    program, places = budget.program, budget.standard.places
    position = {code: p for p, code in enumerate(budget.places)}
    top = {
        code: next((above for above in reversed(places.ancestors(code)) if above in position), code)
        for code in budget.places
    }
    tops = list(dict.fromkeys(top.values()))
    inside = np.array(
        [[top[code] == each for code in budget.places] for each in tops], np.float64
    ).reshape(len(tops), len(budget.places))
    there = np.matmul(inside, program.costed.astype(np.float64)) > 0  # (line, top, year)
    for i, line in enumerate(program.lines):
        if not there[i].any():
            yield line.code, "", budget.years
            continue
        for n in np.flatnonzero(~there[i].all(axis=1)).tolist():
            yield (
                line.code,
                tops[n],
                tuple(year for y, year in enumerate(budget.years) if not there[i, n, y]),
            )
