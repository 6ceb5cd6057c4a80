"""Yuan by payer, line, place and year, whether simulated or read from a file, and their sums."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from fiscal_model.arrays import Floats, Mask
from fiscal_model.language import spoken
from fiscal_model.results.accounts import Cover, account_of, cover
from fiscal_model.results.dimensions import (
    Functions,
    Labels,
    check_dimensions,
    labels_of,
    named,
    totals,
)
from fiscal_model.standard.rules import Line, Standard
from fiscal_model.vocabulary import DIMENSIONS, Lang, Text

if TYPE_CHECKING:
    import pandas as pd

A = TypeVar("A", bound="Amounts")


class Amounts:
    """Amounts over four labelled axes. Whoever holds them says what stands on the axes."""

    if TYPE_CHECKING:

        @property
        def standard(self) -> Standard:
            """The standard whose lines these are."""

        @property
        def name(self) -> str:
            """What tables call them."""

        @property
        def called(self) -> Text:
            """What headings call them."""

        @property
        def illustrative(self) -> bool:
            """Whether they are known to rest on illustrative data."""

        @property
        def functions(self) -> Functions:
            """支出功能分类科目 by item and line; empty where none is given."""

        @property
        def lines(self) -> tuple[Line, ...]:
            """The lines, in the order of the axis."""

        @property
        def places(self) -> tuple[str, ...]:
            """The places, in the order of the axis."""

        @property
        def years(self) -> tuple[int, ...]:
            """The years, in the order of the axis."""

        @property
        def payers(self) -> tuple[str, ...]:
            """The payers, in the order of the axis."""

        @property
        def amounts(self) -> Floats:
            """Yuan by (payer, line, place, year), 0 where nothing is costed."""

        @property
        def costed(self) -> Mask:
            """Where an amount is known, by (line, place, year)."""

        def title(self, lang: Lang) -> str:
            """What they are, of what data and years."""

    @cached_property
    def labels(self) -> Labels:
        """For each dimension, the label of every position on the axis that it groups."""
        return labels_of(
            self.standard, self.functions, (self.payers, self.lines, self.places, self.years)
        )

    def covered(self, account: str | None = None, dimensions: Sequence[str] = ()) -> Cover:
        """What sums by some dimensions cover: see
        :func:`fiscal_model.results.accounts.account_of`.

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
