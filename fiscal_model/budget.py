"""The result of a simulation: an amount in yuan for every line, place, year and payer, with where it came from."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fiscal_model.arrays import Floats, Ints, Mask
from fiscal_model.engine.program import Program
from fiscal_model.errors import Fault, fault, nearest
from fiscal_model.inputs.model import Inputs
from fiscal_model.rounding import FEN, closed, counted
from fiscal_model.scenario.model import Scenario
from fiscal_model.standard.rules import Line, Standard
from fiscal_model.vocabulary import TIDY_COLUMNS, UNALLOCATED, Lang, Text

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from fiscal_model.charts.of_results import BudgetPlot
    from fiscal_model.ledger import Ledger
    from fiscal_model.report.rounding import Printed

Labels = Mapping[str, tuple[Any, ...]]

AXES = {
    "payer": 0,
    "line": 1,
    "item": 1,
    "domain": 1,
    "department": 1,
    "account": 1,
    "function": 1,
    "place": 2,
    "prefecture": 2,
    "year": 3,
}
"""Dimensions that amounts can be shown by, and the axis of the array that each groups: ``prefecture`` gathers the places of each
prefecture; ``account`` keeps the general public budget and the insurance funds apart; ``department`` is the lead department or departments;
``function`` is the analyst's 支出功能分类科目, empty where none is given."""


@dataclass(frozen=True, eq=False)
class Budget:
    """Amounts in yuan by payer, line, place and year, and the compiled rules and inputs behind them."""

    program: Program
    inputs: Inputs
    payers: tuple[str, ...]
    amounts: Floats
    warnings: tuple[Fault, ...]

    @property
    def standard(self) -> Standard:
        """The standard whose rules were applied."""
        return self.program.standard

    @property
    def scenario(self) -> Scenario:
        """The scenario simulated."""
        return self.program.scenario

    @property
    def years(self) -> tuple[int, ...]:
        """The years simulated."""
        return self.program.years

    @property
    def places(self) -> tuple[str, ...]:
        """The places with any count or amount."""
        return self.program.places

    @cached_property
    def cost(self) -> Floats:
        """Yuan by (line, place, year), 0 where nothing is costed."""
        return np.asarray(self.amounts.sum(axis=0))

    @cached_property
    def labels(self) -> Labels:
        """For each dimension, the label of every position on the axis that it groups."""
        return labels_of(self.standard, self.inputs, (self.payers, self.program.lines, self.places, self.years))

    def total(self, *dimensions: str) -> tuple[list[tuple[Any, ...]], Floats]:
        """Sums by some dimensions: the labels of each, and yuan in that order; NaN where nothing at all is costed.

        Raises:
            FiscalModelError: a dimension is unknown or named twice.

        """
        return totals(self.amounts, self.program.costed, self.labels, dimensions)

    def by(self, *dimensions: str) -> pd.DataFrame | pd.Series[float]:
        """Yuan summed by dimensions, the first in rows and the others in columns; one dimension gives a Series.

        Cells in which nothing is costed are NaN, not 0. Dimensions are those of :data:`AXES`.

        Raises:
            FiscalModelError: no dimension, or an unknown or repeated one.

        """
        import pandas as pd

        check_dimensions(dimensions)
        labels, table = self.total(*dimensions)
        rows = pd.Index(labels[0], name=dimensions[0])
        if len(dimensions) == 1:
            return pd.Series(table, index=rows, name="amount")
        names = list(dimensions[1:])
        columns = pd.Index(labels[1], name=names[0]) if len(names) == 1 else pd.MultiIndex.from_product(labels[1:], names=names)
        return pd.DataFrame(table.reshape(len(rows), -1), index=rows, columns=columns)

    def allocated(self, *dimensions: str) -> pd.DataFrame | pd.Series[float]:
        """As ``by("item", ...)``, with the cost of an item that pays for others shown under each of them by the standard's allocation key.

        The key moves no money: totals are those of :meth:`by`.
        """
        import pandas as pd

        table = self.by("item", *dimensions)
        weights = {number: {number: 1.0} for number in self.standard.items}
        for key in self.standard.keys.values():
            total = sum(key.weights.values())
            weights |= {number: {key.item: weight / total} for number, weight in key.weights.items()}
        source = table.index.to_list()
        matrix = np.array([[weights[number].get(item, 0.0) for item in source] for number in weights])
        values = matrix @ np.nan_to_num(table.to_numpy()).reshape(len(source), -1)
        known = (matrix @ (~np.isnan(table.to_numpy())).reshape(len(source), -1)) > 0
        shown = np.where(known, values, np.nan)
        if isinstance(table, pd.Series):
            return pd.Series(shown[:, 0], index=pd.Index(list(weights), name="item"), name="amount")
        return pd.DataFrame(shown, index=pd.Index(list(weights), name="item"), columns=table.columns)

    def settle(self, unit: float = FEN, year: int | None = None) -> pd.DataFrame:
        """Tidy results in whole units (分 unless another unit is given) that add up: what may be paid, booked or printed.

        The rows of an item in one account and year are one table, lines within places within prefectures by payer, and close together: the
        payers of a row add up to its cost, and the cost and every payer's sum of each line in a place, place and prefecture, and of the item,
        stay within a unit of the unrounded; the item's total is the rounded one. Tables are closed one by one: sums over items or years add
        up the rows, and may differ from their own rounded totals by half a unit a table.

        Args:
            unit: yuan, as :func:`fiscal_model.rounding.closed` takes it.
            year: one year of the budget; all of them when left out.

        Returns:
            year, item, line, place, payer, units: codes and int64 multiples of ``unit``; zeros are left out.

        Raises:
            FiscalModelError: the unit is none, or the year is not part of this budget.

        """
        import pandas as pd

        years = range(len(self.years)) if year is None else [self.year_at(year)]
        rows = [row for y in years for table in self._tables(y) for row in self._closed(table, y, unit)]
        frame = pd.DataFrame(rows, columns=["year", "item", "line", "place", "payer", "units"])
        return frame.astype({"year": np.int64, "item": np.int64, "units": np.int64})

    def year_at(self, year: int) -> int:
        """The position of a year.

        Raises:
            FiscalModelError: it is not part of this budget.

        """
        if year not in self.years:
            whole = f"{self.years[0]}–{self.years[-1]}"
            raise fault("", f"没有测算 {year} 年，可选 {whole}", f"{year} is not part of this budget: {whole}")
        return self.years.index(year)

    def _tables(self, y: int) -> Iterator[list[tuple[int, int]]]:
        """The costed (place, line) positions of each item in each account, in one year."""
        groups: dict[tuple[int, str], list[int]] = {}
        for i, line in enumerate(self.program.lines):
            groups.setdefault((line.item, line.account), []).append(i)
        costed = self.program.costed[..., y]
        yield from ([(p, i) for p in range(len(self.places)) for i in group if costed[i, p]] for group in groups.values())

    def _closed(self, table: list[tuple[int, int]], y: int, unit: float) -> Iterator[tuple[int, int, str, str, str, int]]:
        """The tidy rows of one closed table of :meth:`settle`."""
        if not table:
            return
        at = np.array(table, np.intp)
        places, prefectures, lines = self.places, self.labels["prefecture"], self.program.lines
        nested = [[prefectures[p] for p in at[:, 0]], [places[p] for p in at[:, 0]]]
        units = counted(closed(self.amounts[:, at[:, 1], at[:, 0], y].T, unit, nested), unit)
        for r, k in zip(*np.nonzero(units), strict=True):
            p, i = table[r]
            yield self.years[y], lines[i].item, lines[i].code, places[p], self.payers[k], int(units[r, k])

    @cached_property
    def unallocated(self) -> float:
        """Yuan whose split nobody has quantified."""
        return float(self.amounts[self.payers.index(UNALLOCATED)].sum())

    def rows(self) -> Iterator[tuple[str, int, int, str, str, str, float]]:
        """Tidy rows of codes and unrounded yuan in the order of :data:`TIDY_COLUMNS`; zeros are left out."""
        by_year = np.moveaxis(self.amounts, (3, 1, 2, 0), (0, 1, 2, 3))
        name, lines = self.scenario.name, self.program.lines
        where = np.nonzero(by_year)
        for y, i, p, k, amount in zip(*(axis.tolist() for axis in where), by_year[where].tolist(), strict=True):
            yield name, self.years[y], lines[i].item, lines[i].code, self.places[p], self.payers[k], amount

    def to_dataframe(self) -> pd.DataFrame:
        """Tidy results: scenario, year, item, line, place, payer, amount (codes, yuan, unrounded, zeros left out)."""
        import pandas as pd

        return pd.DataFrame(list(self.rows()), columns=list(TIDY_COLUMNS))

    @cached_property
    def dataset(self) -> xr.Dataset:
        """The amounts as an xarray Dataset over (line, place, year, payer), float64 yuan, NaN where nothing is costed.

        Variables: ``amount`` (line, place, year, payer), ``cost``, ``quantity`` (persons or yuan), ``unit_cost`` (yuan a unit and year) and
        ``costed`` (line, place, year). ``item`` and ``prefecture`` are coordinates.
        """
        import xarray as xr

        program = self.program
        cell = ("line", "place", "year")
        amount = np.where(program.costed[..., None], np.moveaxis(self.amounts, 0, -1), np.nan)
        return xr.Dataset(
            {
                "amount": ((*cell, "payer"), amount, {"units": "yuan"}),
                "cost": (cell, np.where(program.costed, self.cost, np.nan), {"units": "yuan"}),
                "quantity": (cell, np.where(program.costed, program.quantity, np.nan)),
                "unit_cost": (cell, program.unit, {"units": "yuan a unit and year"}),
                "costed": (cell, program.costed),
            },
            coords={
                "line": list(self.labels["line"]),
                "place": list(self.places),
                "year": list(self.years),
                "payer": list(self.payers),
                "item": ("line", list(self.labels["item"])),
                "prefecture": ("place", list(self.labels["prefecture"])),
            },
            attrs=self.provenance,
        )

    @cached_property
    def provenance(self) -> dict[str, str]:
        """What this budget was made from."""
        from fiscal_model import __version__

        return {
            "model": f"fiscal-model {__version__}",
            "standard": self.standard.code,
            "scenario": " < ".join(scenario.name for scenario in reversed(list(self.scenario.chain()))),
            "inputs": self.inputs.name,
            "inputs_digest": self.inputs.digest,
            "illustrative": "yes" if self.inputs.illustrative else "no",
        }

    def to_csv(self, target: str | Path) -> None:
        """Writes the tidy results as UTF-8 CSV."""
        import csv

        from fiscal_model.files import replacing

        with replacing(Path(target)) as draft, draft.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(TIDY_COLUMNS)
            writer.writerows(self.rows())

    def to_parquet(self, target: str | Path) -> None:
        """Writes the tidy results as Parquet."""
        from fiscal_model.files import replacing

        with replacing(Path(target)) as draft:
            self.to_dataframe().to_parquet(draft, index=False)

    def to_netcdf(self, target: str | Path) -> None:
        """Writes the Dataset as NetCDF."""
        from fiscal_model.files import replacing

        with replacing(Path(target)) as draft:
            self.dataset.to_netcdf(draft, engine="h5netcdf")

    def to_excel(self, target: str | Path, lang: Lang = "zh", date: str | None = None, values: Printed | None = None) -> None:
        """Writes the report workbook; ``date`` is printed on it (default: today, or SOURCE_DATE_EPOCH).

        With ``values`` it holds plain numbers, no formulas, rounded as :class:`fiscal_model.report.rounding.Printed` says.
        """
        from fiscal_model.report.workbook import write_report

        write_report(self, Path(target), lang, date, values=values)

    def explain(self, item: int, place: str, year: int, payer: str | None = None) -> Any:
        """How the figures of an item in one place and year came about, step by step, with their sources.

        Raises:
            FiscalModelError: the item, place, year or payer is not part of this budget.

        """
        from fiscal_model.explain import explain

        return explain(self, item, place, year, payer)

    def beside_actuals(self, lang: Lang = "zh") -> pd.DataFrame:
        """Budget, execution and final accounts (table ``actuals``) beside what is projected, a row an item, place, year and payer; yuan."""
        from fiscal_model.analysis.actuals import beside_actuals

        return beside_actuals(self, lang)

    @property
    def plot(self) -> BudgetPlot:
        """Charts of this budget, such as ``budget.plot.payers()``."""
        from fiscal_model.charts.of_results import BudgetPlot

        return BudgetPlot(self)

    @cached_property
    def ledger(self) -> Ledger:
        """Per item whether it is costed, on what its figures rest, and what is unallocated."""
        from fiscal_model.ledger import ledger

        return ledger(self)

    def not_costed(self) -> list[tuple[str, str, tuple[int, ...]]]:
        """What is not costed for want of data: line, place (empty: everywhere) and years."""
        return list(_gaps(self))

    def __repr__(self) -> str:
        return self.summary("zh")

    def html(self, lang: Lang = "zh") -> str:
        """What it is, totals by payer for the first and last year, what is unallocated and on what it rests, as HTML."""
        from fiscal_model.budget_html import budget_html

        return budget_html(self, lang)

    def _repr_html_(self) -> str:
        return self.html()

    def summary(self, lang: Lang) -> str:
        """A few lines: what it is, and totals by payer for the first and last year, an account at a time."""
        from fiscal_model.vocabulary import ACCOUNTS, PAYERS

        labels, table = self.total("account", "payer", "year")
        years = [0] if len(self.years) == 1 else [0, len(self.years) - 1]
        unit = Text("万元", "10,000 yuan").to(lang)
        span = f"{self.years[0]}–{self.years[-1]}" if len(self.years) > 1 else str(self.years[0])
        out = [f"{self.scenario.title.to(lang)} · {self.inputs.title.to(lang)} · {span} ({unit})"]
        for a, account in enumerate(labels[0]):
            if np.nansum(table[a]):
                out.append(f"{ACCOUNTS[account].to(lang)}:")
            for k, payer in enumerate(labels[1]):
                if np.nansum(table[a, k]):
                    out.append(f"  {PAYERS[payer].to(lang)}: " + ", ".join(f"{self.years[y]} {_wan(table[a, k, y])}" for y in years))
        return "\n".join(out)


def _wan(yuan: float) -> str:
    return "—" if np.isnan(yuan) else f"{yuan / 1e4:,.2f}"


def labels_of(
    standard: Standard, inputs: Inputs, axes: tuple[tuple[str, ...], tuple[Line, ...], tuple[str, ...], tuple[int, ...]]
) -> Labels:
    """For each dimension, the label of every position on the axis (payers, lines, places, years) that it groups."""
    payers, lines, codes, years = axes
    items = [standard.items[line.item] for line in lines]
    above = [standard.places.ancestors(code) for code in codes]
    return {
        "payer": payers,
        "line": tuple(line.code for line in lines),
        "item": tuple(line.item for line in lines),
        "domain": tuple(standard.sections[item.section][0] for item in items),
        "department": tuple("、".join(item.departments) for item in items),
        "account": tuple(line.account for line in lines),
        "function": tuple(inputs.functions.get((line.item, line.code), inputs.functions.get((line.item, ""), "")) for line in lines),
        "place": codes,
        "prefecture": tuple((*over[::-1], code)[1] if over else code for over, code in zip(above, codes, strict=True)),
        "year": years,
    }


def check_dimensions(dimensions: Sequence[str]) -> None:
    """Refuses what amounts cannot be shown by.

    Raises:
        FiscalModelError: no dimension, or an unknown or repeated one.

    """
    if not dimensions:
        raise fault("", f"请给出维度：{'、'.join(AXES)}", f"name a dimension: {', '.join(AXES)}")
    names = ", ".join(AXES)
    for name in dimensions:
        if name not in AXES:
            hint = nearest(name, AXES)
            raise fault("", f"不认识的维度“{name}”{hint.zh}（可用：{names}）", f"unknown dimension '{name}'{hint.en} (known: {names})")
        if dimensions.count(name) > 1:
            raise fault("", f"维度“{name}”写了两次", f"dimension '{name}' is named twice")


def totals(amounts: Floats, costed: Mask, labels: Labels, dimensions: Sequence[str]) -> tuple[list[tuple[Any, ...]], Floats]:
    """Amounts (payer, line, place, year) summed by some dimensions: the labels of each, and yuan in that order; NaN where nothing is ``costed``.

    Raises:
        FiscalModelError: a dimension is unknown or named twice.

    """
    found, sums = summed(amounts, labels, dimensions)
    _, known = summed(costed[None], {**labels, "payer": labels["payer"][:1]}, dimensions)
    return found, np.where(known > 0, sums, np.nan)


def summed(values: Any, labels: Labels, dimensions: Sequence[str]) -> tuple[list[tuple[Any, ...]], Floats]:
    """``values`` (payer, line, place, year) summed by some dimensions: the labels of each, and the sums in that order.

    Raises:
        FiscalModelError: a dimension is unknown or named twice.

    """
    if dimensions:
        check_dimensions(dimensions)
    found = [tuple(dict.fromkeys(labels[name])) for name in dimensions]
    sums = values.sum(axis=tuple(axis for axis in range(4) if axis not in {AXES[name] for name in dimensions}), keepdims=True)
    shape: list[int] = []
    order: list[int] = []
    for axis in range(4):
        mine = [n for n, name in enumerate(dimensions) if AXES[name] == axis]
        sizes = tuple(len(found[n]) for n in mine)
        if mine:
            positions = [{label: i for i, label in enumerate(found[n])} for n in mine]
            at = [[where[label] for label in labels[dimensions[n]]] for n, where in zip(mine, positions, strict=True)]
            sums = _grouped(sums, axis, np.asarray(np.ravel_multi_index(np.array(at, np.intp), sizes)), math.prod(sizes))
        shape += sizes
        order += mine
    return found, np.asarray(sums, np.float64).reshape(shape).transpose(np.argsort(order))


def _grouped(values: Any, axis: int, group: Ints, groups: int) -> Any:
    """Values along an axis summed by the group of each position."""
    if len(group) == groups and (group == np.arange(groups)).all():
        return values
    by_group = np.argsort(group, kind="stable")
    present, starts = np.unique(group[by_group], return_index=True)
    out = np.zeros((*values.shape[:axis], groups, *values.shape[axis + 1 :]))
    out[(slice(None),) * axis + (present,)] = np.add.reduceat(values.take(by_group, axis), starts, axis, dtype=np.float64)
    return out


def _gaps(budget: Budget) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    program, places = budget.program, budget.standard.places
    position = {code: p for p, code in enumerate(budget.places)}
    tops = [code for code in budget.places if not any(above in position for above in places.ancestors(code))]
    for i, line in enumerate(program.lines):
        costed = program.costed[i]
        if not costed.any():
            yield line.code, "", budget.years
            continue
        for code in tops:
            parts = [position[c] for c in places.below(code) if c in position]
            years = tuple(year for y, year in enumerate(budget.years) if not costed[parts, y].any())
            if years:
                yield line.code, code, years
