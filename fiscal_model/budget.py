"""The result of a simulation: an amount in yuan for every line, place, year and payer, with where it came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fiscal_model.arrays import Floats, Values
from fiscal_model.engine.program import Program
from fiscal_model.errors import Fault, fault, nearest
from fiscal_model.inputs.model import Inputs
from fiscal_model.scenario.model import Scenario
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import TIDY_COLUMNS, UNALLOCATED, Lang, Text

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

SHOWN = ("payer", "year", "item", "line", "place", "prefecture")
"""Dimensions that amounts can be shown by; ``prefecture`` gathers the places of each prefecture."""


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
    def labels(self) -> dict[str, tuple[Any, ...]]:
        """For each dimension, the label of every position on the axis that it groups."""
        places = self.standard.places
        prefectures = tuple((*places.ancestors(code)[::-1], code)[1:2] or (code,) for code in self.places)
        return {
            "payer": self.payers,
            "line": tuple(line.code for line in self.program.lines),
            "item": tuple(line.item for line in self.program.lines),
            "place": self.places,
            "prefecture": tuple(code for (code,) in prefectures),
            "year": self.years,
        }

    def total(self, *dimensions: str) -> tuple[list[tuple[Any, ...]], Floats]:
        """Sums by some dimensions: the labels of each, and yuan in that order; NaN where nothing at all is costed.

        Raises:
            FiscalModelError: a dimension is unknown or named twice.

        """
        for name in dimensions:
            if name not in SHOWN or dimensions.count(name) > 1:
                hint = nearest(name, SHOWN)
                raise fault("", f"不认识或重复的维度“{name}”{hint.zh}", f"unknown or repeated dimension '{name}'{hint.en}")
        axes = {"payer": 0, "line": 1, "item": 1, "place": 2, "prefecture": 2, "year": 3}
        if len({axes[name] for name in dimensions}) < len(dimensions):
            raise fault(
                "",
                "item 与 line、place 与 prefecture 是同一维的粗细两级，只能选一个",
                "item and line, place and prefecture are one axis: name one",
            )
        sums, any_costed = self.amounts, np.broadcast_to(self.program.costed, self.amounts.shape)
        for axis in range(4):
            name = next((name for name in dimensions if axes[name] == axis), "")
            if not name:
                sums, any_costed = sums.sum(axis=axis, keepdims=True), np.asarray(any_costed.any(axis=axis, keepdims=True))
            elif name in ("item", "prefecture"):
                sums, any_costed = _gather(sums, self.labels[name], axis), _gather(any_costed, self.labels[name], axis) > 0
        shown = np.where(any_costed, sums, np.nan)
        order = [axes[name] for name in dimensions]
        rest = [axis for axis in range(4) if axis not in order]
        table = shown.transpose(*order, *rest).reshape([shown.shape[axis] for axis in order])
        return [tuple(dict.fromkeys(self.labels[name])) for name in dimensions], table

    def by(self, *dimensions: str) -> pd.DataFrame | pd.Series[float]:
        """Yuan summed by dimensions, the first in rows and the others in columns; one dimension gives a Series.

        Cells in which nothing is costed are NaN, not 0. Dimensions are payer, year, item, line, place and prefecture.

        Raises:
            FiscalModelError: no dimension, or an unknown or repeated one.

        """
        import pandas as pd

        if not dimensions:
            raise fault("", f"请给出维度：{'、'.join(SHOWN)}", f"name a dimension: {', '.join(SHOWN)}")
        labels, table = self.total(*dimensions)
        rows = pd.Index(labels[0], name=dimensions[0])
        if len(dimensions) == 1:
            return pd.Series(table, index=rows, name="amount")
        names = list(dimensions[1:])
        columns = pd.Index(labels[1], name=names[0]) if len(names) == 1 else pd.MultiIndex.from_product(labels[1:], names=names)
        return pd.DataFrame(table.reshape(len(rows), -1), index=rows, columns=columns)

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

    def to_excel(self, target: str | Path, lang: Lang = "zh", date: str | None = None) -> None:
        """Writes the report workbook; ``date`` is printed on it (default: today, or SOURCE_DATE_EPOCH)."""
        from fiscal_model.report.workbook import write_report

        write_report(self, Path(target), lang, date)

    def explain(self, item: int, place: str, year: int, payer: str | None = None) -> Any:
        """How the figures of an item in one place and year came about, step by step, with their sources.

        Raises:
            FiscalModelError: the item, place, year or payer is not part of this budget.

        """
        from fiscal_model.explain import explain

        return explain(self, item, place, year, payer)

    def not_costed(self) -> list[tuple[str, str, tuple[int, ...]]]:
        """What is not costed for want of data: line, place (empty: everywhere) and years."""
        return list(_gaps(self))

    def __repr__(self) -> str:
        return self.summary("zh")

    def summary(self, lang: Lang) -> str:
        """A few lines: what it is, totals by payer for the first and last year, and what is unallocated."""
        labels, table = self.total("payer", "year")
        from fiscal_model.vocabulary import PAYERS

        years = [0] if len(self.years) == 1 else [0, len(self.years) - 1]
        title = self.scenario.title.to(lang)
        data = self.inputs.title.to(lang)
        unit = Text("万元", "10,000 yuan").to(lang)
        head = f"{title} · {data} · {self.years[0]}–{self.years[-1]} ({unit})"
        rows = [
            f"  {PAYERS[p].to(lang)}: " + ", ".join(f"{labels[1][y]} {table[i, y] / 1e4:,.2f}" for y in years)
            for i, p in enumerate(labels[0])
        ]
        return "\n".join([head, *rows])


def _gather(values: Values, labels: tuple[Any, ...], axis: int) -> Values:
    """Sums of the positions that share a label along one axis, in the order of first appearance."""
    order = {label: i for i, label in enumerate(dict.fromkeys(labels))}
    position = np.array([order[label] for label in labels], np.intp)
    moved = np.moveaxis(values.astype(float, copy=False), axis, 0)
    out = np.zeros((len(order), *moved.shape[1:]))
    np.add.at(out, position, moved)
    return np.moveaxis(out, 0, axis)


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
