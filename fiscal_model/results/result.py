"""What a simulation gives: yuan by payer, line, place and year, its sums and its parts."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from fiscal_model.arrays import Floats, Ints, Mask
from fiscal_model.calls import answered
from fiscal_model.engine.program import Program
from fiscal_model.errors import Fault, fault
from fiscal_model.extras import check_extra
from fiscal_model.files import Read, path_of, replacing
from fiscal_model.inputs.model import Inputs
from fiscal_model.language import spoken
from fiscal_model.periods import one_year
from fiscal_model.results.accounts import account_of, booked_in
from fiscal_model.results.amounts import Amounts
from fiscal_model.results.dimensions import Functions
from fiscal_model.results.select import positions
from fiscal_model.scenario.model import Scenario
from fiscal_model.standard.rules import Line, Standard
from fiscal_model.standard.words import cost_title
from fiscal_model.told.doubts import shown
from fiscal_model.told.told import Told
from fiscal_model.version import __version__
from fiscal_model.vocabulary import (
    TIDY_COLUMNS,
    UNALLOCATED,
    Lang,
    Text,
    listed,
    spans,
)

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

Wanted = str | int | slice | Iterable[str | int] | None
R = TypeVar("R", bound="Result")
MOST_PLACES = 4
"""Places that a title names."""
Cell = TypeVar("Cell", bound=np.generic)


@dataclass(frozen=True, eq=False)
class Simulated:
    """A program and what came of it: ``amounts`` in yuan by (payer, line, place, year), 0 where
    nothing is costed. ``payers`` are those of the program after the division of the local payer.
    """

    program: Program
    payers: tuple[str, ...]
    amounts: Floats
    told: Told

    @cached_property
    def cost(self) -> Floats:
        """Yuan of all payers together, by (line, place, year)."""
        return np.asarray(self.amounts.sum(axis=0))


@dataclass(frozen=True, eq=False)
class At:
    """Which part of a simulation a result is: positions on the axes of its program, and the payers
    that were named, None where none were.
    """

    lines: Ints
    places: Ints
    years: Ints
    payers: tuple[str, ...] | None


@answered
@dataclass(frozen=True, eq=False, repr=False)
class Result(Amounts):
    """Amounts in yuan by payer, line, place and year: a whole simulation, or the part of it that
    is ``at`` some positions (None: the whole).
    """

    simulated: Simulated
    at: At | None = None

    @property
    def program(self) -> Program:
        """The compiled rules of the whole simulation."""
        return self.simulated.program

    @property
    def told(self) -> Told:
        """What is told of the whole simulation."""
        return self.simulated.told

    @cached_property
    def warnings(self) -> tuple[Fault, ...]:
        """What is to be known beside the figures: gaps, rows that act on nothing, unlikely figures;
        at most 20, of which the last counts the rest. A part has those of the whole.
        """
        return shown(self.told.doubts)

    @property
    def standard(self) -> Standard:
        """The standard, with what the scenario adds to it."""
        return self.program.standard

    @property
    def scenario(self) -> Scenario:
        """The scenario simulated."""
        return self.program.scenario

    @property
    def inputs(self) -> Inputs:
        """The data simulated on."""
        return self.program.applied.inputs

    @property
    def name(self) -> str:
        """The name of the scenario."""
        return self.scenario.name

    @property
    def called(self) -> Text:
        """The title of the scenario."""
        return self.scenario.title

    @property
    def illustrative(self) -> bool:
        """Whether the data are illustrative."""
        return self.inputs.illustrative

    @property
    def functions(self) -> Functions:
        """The 支出功能分类科目 of the data."""
        return self.inputs.functions

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The lines, in the order of the axis."""
        return _picked(self.program.lines, self.at.lines if self.at else None)

    @cached_property
    def places(self) -> tuple[str, ...]:
        """The places that data were given for, in the order of the axis."""
        return _picked(self.program.places, self.at.places if self.at else None)

    @cached_property
    def years(self) -> tuple[int, ...]:
        """The years, in the order of the axis."""
        return _picked(self.program.years, self.at.years if self.at else None)

    @property
    def payers(self) -> tuple[str, ...]:
        """The payers, in the order of the axis. A part has those that were named, else the levels
        of government and whoever bears anything of it.
        """
        return self._borne[0]

    @property
    def amounts(self) -> Floats:
        """Yuan by (payer, line, place, year), 0 where nothing is costed."""
        return self._borne[1]

    @cached_property
    def _borne(self) -> tuple[tuple[str, ...], Floats]:
        payers, amounts = self.simulated.payers, cut(self, self.simulated.amounts)
        if self.at is None:
            return payers, amounts
        if self.at.payers is None:
            bears: list[bool] = np.asarray(amounts.any(axis=(1, 2, 3))).tolist()
            others = self.standard.payers.others
            kept = [n for n, payer in enumerate(payers) if payer not in others or bears[n]]
        else:
            kept = [payers.index(payer) for payer in self.at.payers]
        return tuple(payers[n] for n in kept), amounts[kept]

    @cached_property
    def cost(self) -> Floats:
        """Yuan of all payers, also of those left out, by (line, place, year)."""
        return cut(self, self.simulated.cost)

    @cached_property
    def quantity(self) -> Floats:
        """Persons, or yuan of an amount, by (line, place, year)."""
        return cut(self, self.program.quantity)

    @cached_property
    def unit_cost(self) -> Floats:
        """Yuan a unit and year, NaN where no rate is known, by (line, place, year)."""
        return cut(self, self.program.unit)

    @cached_property
    def costed(self) -> Mask:
        """Where quantity and rate are known, by (line, place, year)."""
        return cut(self, self.program.costed)

    @property
    def _at(self) -> At:
        """The positions, of the whole too."""
        lines, places, years = map(np.arange, self.program.costed.shape)
        return self.at or At(lines, places, years, None)

    @property
    def whole(self) -> Self:
        """The result of the whole simulation."""
        return self if self.at is None else replace(self, at=None)

    def sel(
        self,
        *,
        payer: Wanted = None,
        item: Wanted = None,
        line: Wanted = None,
        domain: Wanted = None,
        department: Wanted = None,
        account: Wanted = None,
        function: Wanted = None,
        place: Wanted = None,
        prefecture: Wanted = None,
        year: Wanted = None,
    ) -> Self:
        """The part with the labels named; each argument takes one label or several (a list, a
        range), as code or name. Years and items may also be a span, ``"2025-2027"`` or
        ``slice(2025, 2027)``, both ends included.

        A place stands for all below it, a place group for its members; ``payer="prefecture"`` for
        prefecture and county, divided or not. Unless payers are named, those that are no level of
        government and bear nothing of it are left out. ``budget.sel(item=11, place="喀什地区",
        year=range(2023, 2026)).by("payer", "year")``.

        Raises:
            FiscalModelError: a label is not part of these amounts, or nothing has all that is
                named.

        """
        named = {
            "payer": payer,
            "item": item,
            "line": line,
            "domain": domain,
            "department": department,
            "account": account,
            "function": function,
            "place": place,
            "prefecture": prefecture,
            "year": year,
        }
        wanted = {dimension: labels for dimension, labels in named.items() if labels is not None}
        k, i, p, y = positions(self.standard, self.labels, wanted)
        at = self._at
        payers = at.payers if payer is None else tuple(self.payers[n] for n in k)
        return replace(self, at=At(at.lines[i], at.places[p], at.years[y], payers))

    def allocated(
        self, *dimensions: str, account: str | None = None, unit: str | None = None
    ) -> pd.DataFrame | pd.Series[float]:
        """As ``by("item", ...)``, with the cost of an item that pays for others shown under each of
        them by the standard's allocation key.

        The key moves no money: totals are those of :meth:`by`.
        """
        import pandas as pd

        table = self.by("item", *dimensions, account=account, unit=unit)
        weights = {number: {number: 1.0} for number in self.standard.items}
        for key in self.standard.keys.values():
            total = sum(key.weights.values())
            weights |= {
                number: {key.item: weight / total} for number, weight in key.weights.items()
            }
        source = table.index.to_list()
        matrix = np.array(
            [[weights[number].get(item, 0.0) for item in source] for number in weights]
        )
        values = matrix @ np.nan_to_num(table.to_numpy()).reshape(len(source), -1)
        known = (matrix @ (~np.isnan(table.to_numpy())).reshape(len(source), -1)) > 0
        shown, rows = np.where(known, values, np.nan), pd.Index(list(weights), name="item")
        found: pd.DataFrame | pd.Series[float]
        if isinstance(table, pd.Series):
            found = pd.Series(shown[:, 0], index=rows, name="amount")
        else:
            found = pd.DataFrame(shown, index=rows, columns=table.columns)
        found.attrs |= table.attrs
        return found

    def year_at(self, year: int | str) -> int:
        """The position of a year.

        Raises:
            FiscalModelError: it is not part of this budget.

        """
        year = one_year(year)
        if year not in self.years:
            whole = f"{self.years[0]}–{self.years[-1]}"
            raise fault("", "year-not-in-budget", year=year, years=whole)
        return self.years.index(year)

    @property
    def unallocated(self) -> float:
        """Yuan whose split nobody has quantified, in the account that :meth:`by` covers."""
        lines = booked_in(self.lines, account_of(self.lines))
        return float(self.amounts[[payer == UNALLOCATED for payer in self.payers]][:, lines].sum())

    def rows(self) -> Iterator[tuple[str, int, int, str, str, str, float]]:
        """Tidy rows of codes and unrounded yuan in the order of :data:`TIDY_COLUMNS`; zeros are
        left out.
        """
        by_year = np.moveaxis(self.amounts, (3, 1, 2, 0), (0, 1, 2, 3))
        name, lines = self.scenario.name, self.lines
        where = np.nonzero(by_year)
        for y, i, p, k, amount in zip(
            *(axis.tolist() for axis in where), by_year[where].tolist(), strict=True
        ):
            yield (
                name,
                self.years[y],
                lines[i].item,
                lines[i].code,
                self.places[p],
                self.payers[k],
                amount,
            )

    def to_dataframe(self) -> pd.DataFrame:
        """Tidy results: scenario, year, item, line, place, payer, amount (codes, yuan, unrounded,
        zeros left out).
        """
        import pandas as pd

        return pd.DataFrame(list(self.rows()), columns=list(TIDY_COLUMNS))

    @cached_property
    def dataset(self) -> xr.Dataset:
        """The amounts as an xarray Dataset over (line, place, year, payer), float64 yuan, NaN where
        nothing is costed.

        Variables: ``amount`` (line, place, year, payer), ``cost`` (of all payers), ``quantity``
            (persons or yuan), ``unit_cost`` (yuan a unit and year) and ``costed`` (line, place,
            year). ``item`` and ``prefecture`` are coordinates.
        """
        import xarray as xr

        cell = ("line", "place", "year")
        amount = np.where(self.costed[..., None], np.moveaxis(self.amounts, 0, -1), np.nan)
        return xr.Dataset(
            {
                "amount": ((*cell, "payer"), amount, {"units": "yuan"}),
                "cost": (cell, np.where(self.costed, self.cost, np.nan), {"units": "yuan"}),
                "quantity": (cell, np.where(self.costed, self.quantity, np.nan)),
                "unit_cost": (cell, self.unit_cost, {"units": "yuan a unit and year"}),
                "costed": (cell, self.costed),
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
        return {
            "model": f"fiscal-model {__version__}",
            "standard": self.standard.code,
            "scenario": " < ".join(
                scenario.name for scenario in reversed(list(self.scenario.chain()))
            ),
            "inputs": self.inputs.name,
            "inputs_digest": self.inputs.digest,
            "illustrative": "yes" if self.inputs.illustrative else "no",
        }

    @property
    def read(self) -> Read:
        """The files that it was made from, none of which a result replaces."""
        return Read.together((self.inputs.read, *(each.read for each in self.scenario.chain())))

    def to_csv(self, target: str | Path) -> None:
        """Writes the tidy results as UTF-8 CSV."""
        with (
            replacing(path_of(target), self.read) as draft,
            draft.open("w", encoding="utf-8", newline="") as file,
        ):
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(TIDY_COLUMNS)
            writer.writerows(self.rows())

    def to_parquet(self, target: str | Path) -> None:
        """Writes the tidy results as Parquet, for which pyarrow is needed."""
        check_extra("parquet")
        with replacing(path_of(target), self.read) as draft:
            self.to_dataframe().to_parquet(draft, index=False)

    def to_netcdf(self, target: str | Path) -> None:
        """Writes the Dataset as NetCDF, for which h5netcdf and h5py are needed."""
        check_extra("netcdf")
        with replacing(path_of(target), self.read) as draft:
            self.dataset.to_netcdf(draft, engine="h5netcdf")

    def title(self, lang: Lang | None = None) -> str:
        """The scenario, the data and the years; the items and the place where these are not the
        whole.
        """
        lang = spoken(lang)
        return " · ".join(
            [
                self.scenario.title.to(lang),
                self.inputs.title.to(lang),
                *of_what(self, lang),
                spans(self.years, lang),
            ]
        )


def cut(result: Result, values: NDArray[Cell]) -> NDArray[Cell]:
    """What is by (…, line, place, year) over a whole program, over the cells of a result."""
    if result.at is None:
        return values
    before = (np.arange(size) for size in values.shape[:-3])
    return values[np.ix_(*before, result.at.lines, result.at.places, result.at.years)]


def inside(result: Result) -> Mask:
    """The cells (line, place, year) of the whole program that a result is."""
    found = np.zeros(result.program.costed.shape, bool)
    at = result._at
    found[np.ix_(at.lines, at.places, at.years)] = True
    return found


def only(
    result: R,
    places: Collection[str] | None = None,
    lines: Collection[str] | None = None,
    years: Collection[int] | None = None,
    payers: Collection[str] | None = None,
) -> R:
    """The part with these labels themselves, a place without what lies below it; of what is left
    out all. What it does not have is no fault.
    """
    at, axes = result._at, ((lines, "line"), (places, "place"), (years, "year"))
    i, p, y = (
        np.array([wanted is None or label in wanted for label in result.labels[name]], bool)
        for wanted, name in axes
    )
    named = at.payers
    if payers is not None:
        named = tuple(payer for payer in result.payers if payer in payers)
    return replace(result, at=At(at.lines[i], at.places[p], at.years[y], named))


def of_what(result: Result, lang: Lang) -> tuple[str, ...]:
    """The items and the places, where these are not the whole."""
    where, places = which_places(result, lang), result.standard.places
    if not where and (place := places.common(result.places)) != places.root:
        where = (places.label(place).to(lang),)
    if (more := len(where) - MOST_PLACES) > 0:
        rest = Text(f"等 {len(where)} 个地区", f"and {more} more")
        where = (*where[:MOST_PLACES], rest.to(lang))
    return (*which_items(result, lang), *([listed(where, lang)] if where else ()))


def which_places(result: Result, lang: Lang) -> tuple[str, ...]:
    """Which places these are, where they are not all: a prefecture for several places that are all
    there is of it.
    """
    whole, mine = result.whole, result.labels["prefecture"]
    if len(result.places) == len(whole.places):
        return ()
    every = Counter(whole.labels["prefecture"])
    entire = {above for above, n in Counter(mine).items() if n == every[above] > 1}
    shown = (
        above if above in entire else code for code, above in zip(result.places, mine, strict=True)
    )
    return tuple(result.standard.places.label(code).to(lang) for code in dict.fromkeys(shown))


def which_items(result: Amounts, lang: Lang) -> tuple[str, ...]:
    """Which items these are, where they are not all."""
    if len(result.lines) in (0, len(result.standard.lines)):
        return ()
    items = tuple(dict.fromkeys(line.item for line in result.lines))
    if len(items) > 1:
        return (Text(f"第{spans(items, 'zh')}项", f"items {spans(items, 'en')}").to(lang),)
    titles = [cost_title(result.standard, items[0], lang)]
    if len(result.lines) < len(result.standard.items[items[0]].lines):
        titles.append(listed((line.name.to(lang) for line in result.lines), lang))
    return tuple(titles)


def _picked(axis: tuple[Any, ...], at: Ints | None) -> tuple[Any, ...]:
    return axis if at is None else tuple(axis[n] for n in at)
