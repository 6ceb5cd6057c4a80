"""Yuan by payer, line, place and year: the table that every result is, its sums and selections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fiscal_model.accounts import Cover, account_of, booked_in, cover
from fiscal_model.arrays import Floats, Mask
from fiscal_model.dimensions import Labels, check_dimensions, labels_of, named, totals
from fiscal_model.errors import fault
from fiscal_model.files import Read, replacing
from fiscal_model.html import wan
from fiscal_model.inputs.model import Inputs
from fiscal_model.language import spoken
from fiscal_model.periods import one_year
from fiscal_model.scenario.model import Scenario
from fiscal_model.standard.rules import Line, Standard
from fiscal_model.standard.words import cost_title
from fiscal_model.vocabulary import (
    ACCOUNTS,
    DIMENSIONS,
    TIDY_COLUMNS,
    UNALLOCATED,
    Lang,
    Text,
    labelled,
    listed,
    spans,
)

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from fiscal_model.charts.of_results import AmountsPlot

Wanted = str | int | Iterable[str | int] | None


@dataclass(frozen=True, eq=False, repr=False)
class Amounts:
    """Amounts in yuan by payer, line, place and year, and what they are made of.

    ``amounts`` is by (payer, line, place, year), 0 where nothing is costed; ``cost`` (of all
    payers), ``quantity`` (persons or yuan), ``unit_cost`` (yuan a unit and year) and ``costed`` are
    by (line, place, year). A :class:`~fiscal_model.budget.Budget` is the whole of a simulation;
    :meth:`sel` gives parts of it.
    """

    standard: Standard
    scenario: Scenario
    inputs: Inputs
    payers: tuple[str, ...]
    lines: tuple[Line, ...]
    places: tuple[str, ...]
    years: tuple[int, ...]
    amounts: Floats
    cost: Floats
    quantity: Floats
    unit_cost: Floats
    costed: Mask

    @cached_property
    def labels(self) -> Labels:
        """For each dimension, the label of every position on the axis that it groups."""
        return labels_of(
            self.standard, self.inputs, (self.payers, self.lines, self.places, self.years)
        )

    def covered(self, account: str | None = None, dimensions: Sequence[str] = ()) -> Cover:
        """What sums by some dimensions cover: see :func:`fiscal_model.accounts.account_of`.

        Raises:
            FiscalModelError: there is no such account.

        """
        return cover(
            self.lines, self.payers, self.standard.payers, [self.amounts], account, dimensions
        )

    def total(
        self, *dimensions: str, account: str | None = None
    ) -> tuple[list[tuple[Any, ...]], Floats]:
        """Sums by some dimensions, of the account that :meth:`by` covers: the labels of each, and
        yuan in that order; NaN where nothing is costed.

        Raises:
            FiscalModelError: a dimension is unknown or named twice, or there is no such account.

        """
        return totals(
            self.amounts, self.costed, self.labels, dimensions, self.covered(account, dimensions)
        )

    def by(
        self, *dimensions: str, account: str | None = None, lang: Lang | None = None
    ) -> pd.DataFrame | pd.Series[float]:
        """Yuan summed by dimensions, the first in rows and the others in columns; one dimension
        gives a Series.

        Sums cover the general public budget, unless another account is named, ``account`` is one of
        the dimensions, or all lines at hand are booked in one account (as after
        ``sel(account="insurance")``, or ``sel(item=29)``): ``attrs["account"]`` of the table says
        which. Cells in which nothing of it is costed are NaN, not 0: so an item whose lines are all
        in other accounts. A payer (a fund, say) that bears something in others only is left out.

        Args:
            dimensions: some of ``payer``, ``line``, ``item``, ``domain``, ``department``,
                ``account``, ``function``, ``place``, ``prefecture``, ``year``,
                or their names, such as 承担主体.
            account: ``general``, ``insurance``, ``contributions``, or ``all`` to add them together;
                code or name.
            lang: ``zh`` or ``en`` for names; codes when left out.

        Raises:
            FiscalModelError: no dimension, or an unknown or repeated one; or there is no such
                account.

        """
        import pandas as pd

        dimensions = check_dimensions(dimensions)
        labels, table = self.total(*dimensions, account=account)
        names = list(dimensions)
        if lang:
            lang = spoken(lang)
            labels = [
                named(self.standard, name, each, lang)
                for name, each in zip(names, labels, strict=True)
            ]
            names = [DIMENSIONS[name].to(lang) for name in names]
        rows = pd.Index(labels[0], name=names[0])
        found: pd.DataFrame | pd.Series[float]
        if len(names) == 1:
            found = pd.Series(
                table,
                index=rows,
                name="amount" if lang is None else Text("金额", "amount").to(lang),
            )
        else:
            columns = (
                pd.Index(labels[1], name=names[1])
                if len(names) == 2
                else pd.MultiIndex.from_product(labels[1:], names=names[1:])
            )
            found = pd.DataFrame(table.reshape(len(rows), -1), index=rows, columns=columns)
        found.attrs["account"] = account_of(self.lines, account, dimensions)
        return found

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
    ) -> Amounts:
        """The part with the labels named; each argument takes one label or several (a list, a
        range), as code or name.

        A place stands for all below it, a place group for its members; ``payer="prefecture"`` for
        prefecture and county, divided or not. Unless payers are named, those that are no level of
        government and bear nothing of it are left out. ``budget.sel(item=11, place="喀什地区",
        year=range(2023, 2026)).by("payer", "year")``.

        Raises:
            FiscalModelError: a label is not part of these amounts, or nothing has all that is
                named.

        """
        from fiscal_model.selection import positions

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
        k, i, p, y = positions(
            self, {dimension: labels for dimension, labels in named.items() if labels is not None}
        )
        if payer is None:
            others = np.isin(self.payers, self.standard.payers.others)
            k = k[~others[k] | self.amounts[np.ix_(k, i, p, y)].any(axis=(1, 2, 3))]
        cells = np.ix_(i, p, y)
        return Amounts(
            standard=self.standard,
            scenario=self.scenario,
            inputs=self.inputs,
            payers=tuple(self.payers[n] for n in k),
            lines=tuple(self.lines[n] for n in i),
            places=tuple(self.places[n] for n in p),
            years=tuple(self.years[n] for n in y),
            amounts=self.amounts[np.ix_(k, i, p, y)],
            cost=self.cost[cells],
            quantity=self.quantity[cells],
            unit_cost=self.unit_cost[cells],
            costed=self.costed[cells],
        )

    def allocated(
        self, *dimensions: str, account: str | None = None
    ) -> pd.DataFrame | pd.Series[float]:
        """As ``by("item", ...)``, with the cost of an item that pays for others shown under each of
        them by the standard's allocation key.

        The key moves no money: totals are those of :meth:`by`.
        """
        import pandas as pd

        table = self.by("item", *dimensions, account=account)
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
            raise fault(
                "",
                f"没有测算 {year} 年，可选 {whole}",
                f"{year} is not part of this budget: {whole}",
            )
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
        from fiscal_model import __version__

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
        import csv

        with (
            replacing(Path(target), self.read) as draft,
            draft.open("w", encoding="utf-8", newline="") as file,
        ):
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(TIDY_COLUMNS)
            writer.writerows(self.rows())

    def to_parquet(self, target: str | Path) -> None:
        """Writes the tidy results as Parquet."""
        with replacing(Path(target), self.read) as draft:
            self.to_dataframe().to_parquet(draft, index=False)

    def to_netcdf(self, target: str | Path) -> None:
        """Writes the Dataset as NetCDF."""
        with replacing(Path(target), self.read) as draft:
            self.dataset.to_netcdf(draft, engine="h5netcdf")

    @property
    def plot(self) -> AmountsPlot:
        """Charts, such as ``budget.plot.payers()``."""
        from fiscal_model.charts.of_results import AmountsPlot

        return AmountsPlot(self)

    def title(self, lang: Lang) -> str:
        """The scenario, the data and the years; the items and the place where these are not the
        whole.
        """
        place = self.standard.places.common(self.places)
        where = (
            ()
            if place == self.standard.places.root
            else (self.standard.places.label(place).to(lang),)
        )
        return " · ".join(
            [
                self.scenario.title.to(lang),
                self.inputs.title.to(lang),
                *self.part(lang),
                *where,
                spans(self.years, lang),
            ]
        )

    def part(self, lang: Lang) -> tuple[str, ...]:
        """Which items these are, where they are not all."""
        if len(self.lines) == len(self.standard.lines):
            return ()
        items = tuple(dict.fromkeys(line.item for line in self.lines))
        if len(items) > 1:
            return (Text(f"第{spans(items, 'zh')}项", f"items {spans(items, 'en')}").to(lang),)
        titles = [cost_title(self.standard, items[0], lang)]
        if len(self.lines) < len(self.standard.items[items[0]].lines):
            titles.append(listed((line.name.to(lang) for line in self.lines), lang))
        return tuple(titles)

    def __repr__(self) -> str:
        return self.summary()

    def html(self, lang: Lang | None = None) -> str:
        """What it is, and totals by payer for the first and last year, an account at a time, as
        HTML.
        """
        from fiscal_model.results_html import amounts_html

        lang = spoken(lang)
        return amounts_html(self, lang)

    def _repr_html_(self) -> str:
        return self.html()

    def summary(self, lang: Lang | None = None) -> str:
        """A few lines: what it is, and totals by payer for the first and last year, an account at a
        time.
        """
        lang = spoken(lang)
        labels, table = self.total("account", "payer", "year")
        years = [0] if len(self.years) == 1 else [0, len(self.years) - 1]
        out = [self.title(lang) + Text("（万元）", " (10,000 yuan)").to(lang)]
        for a, account in enumerate(labels[0]):
            if np.nansum(table[a]):
                out.append(labelled(ACCOUNTS[account].to(lang), "", lang).rstrip())
            for k, payer in enumerate(labels[1]):
                if np.nansum(table[a, k]):
                    each = ((self.years[y], wan(table[a, k, y])) for y in years)
                    figures = [
                        Text(f"{year}年 {figure}", f"{figure} in {year}").to(lang)
                        for year, figure in each
                    ]
                    out.append(
                        "  "
                        + labelled(
                            self.standard.payers[payer].name.to(lang),
                            Text("，", ", ").to(lang).join(figures),
                            lang,
                        )
                    )
        return "\n".join(out)
