"""Scenarios side by side: what changes against the first, per head, against means, and what the
change comes from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic

import numpy as np

from fiscal_model.analysis.aligned import Axes, axes_of
from fiscal_model.analysis.changed_inputs import CellEffects, frame_of
from fiscal_model.analysis.compare_blocks import TITLES, blocks_of
from fiscal_model.analysis.decompose import GROUPS, Decomposition, stacking_order
from fiscal_model.analysis.means import MEANS_NAMES, check_known, means, over_dimensions
from fiscal_model.arrays import Floats, Mask
from fiscal_model.blocks import Block, Shown, page, screen
from fiscal_model.calls import answered
from fiscal_model.engine.memo import Memo
from fiscal_model.errors import fault
from fiscal_model.extras import check_extra
from fiscal_model.language import spoken
from fiscal_model.results.accounts import Cover, cover
from fiscal_model.results.amounts import A, Amounts
from fiscal_model.results.dimensions import check_dimensions, in_unit, named, totals
from fiscal_model.results.part import cut
from fiscal_model.results.people import population
from fiscal_model.results.result import Result
from fiscal_model.run import Together
from fiscal_model.vocabulary import Lang, Text

if TYPE_CHECKING:
    import pandas as pd

    from fiscal_model.charts.of_results import ComparisonPlot

Columns = dict[str, Floats]
DEFAULT = ("payer", "year")
SUM = Text("合计", "sum")


def compare(found: Together[A], asked: Sequence[int] | None = None) -> Comparison[A]:
    """Sets results side by side; the first is the reference. Compared are the years that all cover,
    of those ``asked`` for, and nothing that one of several parts leaves out.

    Raises:
        FiscalModelError: they share no year, or parts nothing else.

    """
    results = found.results
    for part in found.results:
        if isinstance(part, Result) and part.at:
            results = tuple(_beside(each, part) for each in results)
            if not any(each.lines and each.places for each in results):
                raise fault("", "parts-not-overlapping")
    common = [set(each.years) for each in results] + ([set(asked)] if asked else [])
    shared = tuple(sorted(set.intersection(*common)))
    if not shared:
        raise fault("", "no-common-year")
    return Comparison(
        results,
        _names([each.name for each in results]),
        axes_of(results, found.standard, shared),
        found.memo,
    )


def _beside(result: A, part: Result) -> A:
    """A result without what a part leaves out of its own whole: what only the result has stays, so
    that an item that a scenario adds is compared with nothing.
    """
    assert part.at
    lines, places = (
        {*result.labels[name]} - ({*part.whole.labels[name]} - {*part.labels[name]})
        for name in ("line", "place")
    )
    return cut(result, places, lines, part.years, part.at.payers)


def _names(names: Sequence[str]) -> tuple[str, ...]:
    """What tables call them: equal names are numbered."""
    return tuple(
        f"{name} ({names[:n].count(name) + 1})" if name in names[:n] else name
        for n, name in enumerate(names)
    )


@answered
@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Shown, Generic[A]):
    """Budgets over the same ``axes``; the first is the reference that changes are measured from.

    Tables are indexed by the dimensions asked for (those of :meth:`Budget.by`); with more than two
    budgets a level ``scenario`` comes before them. In every row ``a`` is the reference and ``b``
    the scenario compared with it. Cells where neither costs anything are NaN; a change from or to
    what is not costed counts it as nothing, so that changes add up.

    Where one of two is read from a file of results, nothing is known of causes: their change is a
    total without parts.
    """

    budgets: tuple[A, ...]
    names: tuple[str, ...]
    axes: Axes
    memo: Memo

    @property
    def years(self) -> tuple[int, ...]:
        """The years that all budgets cover."""
        return self.axes.years

    @cached_property
    def decompositions(self) -> tuple[Decomposition | None, ...]:
        """The difference of each budget from the reference, to be taken apart when asked; None
        where one of the two is read from a file.
        """
        first, *others = self.budgets
        return tuple(
            Decomposition(first, each, self.axes, self.memo)
            if isinstance(first, Result) and isinstance(each, Result)
            else None
            for each in others
        )

    @cached_property
    def titles(self) -> tuple[Text, ...]:
        """What headings call them: the titles of the scenarios, with the data where these differ."""
        data = {each.inputs.digest for each in self.budgets if isinstance(each, Result)}
        return tuple(
            Text(
                f"{each.called.zh}（{each.inputs.title.zh}）",
                f"{each.called.en} ({each.inputs.title.en})",
            )
            if isinstance(each, Result) and len(data) > 1
            else each.called
            for each in self.budgets
        )

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of changes in which any scenario differs from the reference."""
        differ = {group for each in self.decompositions if each for group in each.groups}
        return tuple(group for group in GROUPS if group in differ)

    @property
    def plot(self) -> ComparisonPlot:
        """Charts of this comparison: ``comparison.plot.waterfall()``."""
        check_extra("charts")
        from fiscal_model.charts.of_results import ComparisonPlot

        return ComparisonPlot(self, GROUPS)

    def covered(self, account: str | None = None, dimensions: Sequence[str] = ()) -> Cover:
        """What sums by some dimensions cover: see :func:`fiscal_model.results.accounts.account_of`.

        Raises:
            FiscalModelError: there is no such account.

        """
        return cover(
            self.axes.lines,
            self.axes.payers,
            self.axes.standard.payers,
            (self.axes.fit(each)[0] for each in self.budgets),
            account,
            dimensions,
        )

    def by(
        self,
        *dimensions: str,
        account: str | None = None,
        lang: Lang | None = None,
        unit: str | None = None,
    ) -> pd.DataFrame:
        """Yuan, or another unit, summed by dimensions: ``a``, ``b``, ``change`` and ``percent`` (NaN
        from zero). ``attrs`` names account and unit.

        Args:
            dimensions: as :meth:`fiscal_model.Budget.by` takes them.
            account: as there.
            lang: ``zh`` or ``en`` for names; codes when left out. So in every table below.
            unit: as there.

        Raises:
            FiscalModelError: no dimension, or an unknown or repeated one; or there is no such
                account.

        """
        found = self._compared(dimensions, self.axes, self.axes.fit, account, lang)
        shown: pd.DataFrame = in_unit(found, unit, lang, *found.columns[:-1])
        return shown

    def overview(
        self, account: str | None = None, lang: Lang | None = None, unit: str | None = None
    ) -> pd.DataFrame:
        """Who pays how much under each scenario, over the years compared: a row a scenario, a
        column a payer, and the sum. Yuan or another unit.

        Args:
            account: as :meth:`by` takes it.
            lang: ``zh`` or ``en`` for names and titles; codes when left out.
            unit: as there.

        Raises:
            FiscalModelError: there is no such account or unit.

        """
        import pandas as pd

        found = self.by("payer", account=account, lang=lang, unit=unit)
        size = len(found) // len(self.names[1:])
        values = found.to_numpy(np.float64)[:, :2]  # the reference, and each scenario against it
        names = [title.to(lang) for title in self.titles] if lang else self.names
        table = pd.DataFrame(
            np.vstack([values[:size, 0], values[:, 1].reshape(-1, size)]),
            index=pd.Index(names, name=TITLES["scenario"].to(lang) if lang else "scenario"),
            columns=found.index[:size].get_level_values(-1),
        )
        table = table.loc[:, table.fillna(0.0).any()]  # who pays nothing in any of them is left out
        table[SUM.to(lang) if lang else "sum"] = table.sum(axis="columns", min_count=1)
        table.attrs |= found.attrs
        return table

    def per_head(
        self, *dimensions: str, account: str | None = None, lang: Lang | None = None
    ) -> pd.DataFrame:
        """As :meth:`by`, in yuan a year per head of the people of the places shown; NaN where they
        are not known.

        The people of each budget are those it projected where its beneficiaries followed the
        population, else those of table ``population``, whose last year up to a year serves.

        Raises:
            FiscalModelError: as :meth:`by`; the ages or sexes of the population do not make a
                total, or nothing is known of it.

        """
        dimensions = check_dimensions(dimensions)
        people = [population(each, self.years) for each in self._simulated()]
        divisors = [over_dimensions(each, self.axes, dimensions) for each in people]
        check_known(people, divisors, self.years, "population")
        return self._compared(dimensions, self.axes, self.axes.fit, account, lang, divisors)

    def against(
        self, means_of: str, *dimensions: str, account: str | None = None, lang: Lang | None = None
    ) -> pd.DataFrame:
        """The burden in percent of ``revenue`` or ``capacity`` (table ``fiscal_capacity``): ``a``,
        ``b`` and ``change`` in percentage points.

        Prefecture and county, divided or not, bear their part together (payer ``prefecture``) and
        are set against the means of the places shown; the region against its own row. Other payers
        are NaN. Without the dimension ``payer`` the burden is that of prefecture and county.

        Raises:
            FiscalModelError: as :meth:`by`; the means are neither ``revenue`` nor ``capacity``, or
                nothing is known of them.

        """
        means_of = MEANS_NAMES.code(means_of)
        dimensions = check_dimensions(dimensions)
        table = self.axes.standard.payers
        local = np.array([payer in table.local for payer in self.axes.payers])
        others = ~local if "payer" in dimensions else np.zeros(len(local), bool)
        others &= np.array(
            [payer not in self.covered(account, dimensions).elsewhere for payer in self.axes.payers]
        )
        payers = (
            *(
                payer
                for payer, other in zip(self.axes.payers, others.tolist(), strict=True)
                if other
            ),
            table.pooled,
        )
        axes = replace(self.axes, payers=payers)

        def fit(budget: Amounts) -> tuple[Floats, Mask]:
            amounts, costed = self.axes.fit(budget)
            return (
                np.concatenate([amounts[others], amounts[local].sum(axis=0, keepdims=True)]),
                costed,
            )

        figures = [
            means(each.inputs, axes.standard.places, self.years, means_of)
            for each in self._simulated()
        ]
        divisors = [self._bearing(each, axes, dimensions) for each in figures]
        check_known(figures, divisors, self.years, "fiscal_capacity")
        return self._compared(
            dimensions,
            axes,
            fit,
            account,
            lang,
            [each / 100 for each in divisors],
            ("a", "b", "change"),
        )

    def _simulated(self) -> list[Result]:
        """The budgets, with their data.

        Raises:
            FiscalModelError: one is read from a file of results, which holds none.

        """
        found: list[Result] = []
        for each in self.budgets:
            if not isinstance(each, Result):
                raise fault(each.name, "results-without-data")
            found.append(each)
        return found

    def _bearing(self, figures: Floats, axes: Axes, dimensions: Sequence[str]) -> Floats:
        """The means by (place, year) of whoever bears a burden, shaped to divide a table by
        ``dimensions``.
        """
        table = axes.standard.payers
        root = axes.standard.places.index[axes.standard.places.root]
        places_own = figures.copy()
        places_own[root] = np.nan
        divisor = over_dimensions(places_own, axes, dimensions)
        if "payer" not in dimensions:
            return divisor
        of_region = figures[root]
        at_year = [len(self.years) if name == "year" else 1 for name in dimensions]
        region = (of_region if "year" in dimensions else of_region.sum(keepdims=True)).reshape(
            at_year
        )
        none = np.full((1,) * len(dimensions), np.nan)
        each = [
            divisor if payer == table.pooled else region if payer == table.upper[-1] else none
            for payer in axes.payers
        ]
        return np.concatenate(np.broadcast_arrays(*each), axis=dimensions.index("payer"))

    def effects(self, account: str | None = None) -> tuple[CellEffects | None, ...]:
        """What each changed cell of the data makes in an account, for each budget beside the
        reference; None where one of the two is read from a file.

        Raises:
            FiscalModelError: there is no such account.

        """
        covered = self.covered(account)
        if covered.account not in self._effects:
            self._effects[covered.account] = tuple(
                CellEffects(each, covered) if each else None for each in self.decompositions
            )
        return self._effects[covered.account]

    @cached_property
    def _effects(self) -> dict[str, tuple[CellEffects | None, ...]]:
        return {}

    def changed_inputs(self, account: str | None = None, lang: Lang | None = None) -> pd.DataFrame:
        """The cells in which the data differ, a row each: table, row, place, year, column, the
        value before and after (None: no row), where they stand, and what the change makes in yuan
        over all years and places compared, of all payers and of each.

        The yuan of a cell are its mean effect over all orders in which cells and scenarios could
        have changed, where these work together in twos at most; NaN where a cell cannot change
        alone. ``kind`` tells rows apart: ``cell``; ``group``, what cells that cannot change alone
        (those of a population, or of a prefecture that gave way to its counties) make together;
        ``rest``, what is joint (NaN where the budgets cannot be taken apart). Cells, groups and
        rest add up to the part ``data``. What only one of the scenarios knows (a new line) is no
        part of it.

        Args:
            account: as :meth:`by` takes it.
            lang: ``zh`` or ``en`` for names; codes when left out.

        Raises:
            FiscalModelError: one is read from a file of results, which holds no data; or there is
                no such account.

        """
        import pandas as pd

        self._simulated()
        lang = spoken(lang) if lang else None
        frames = [frame_of(each, lang) for each in self.effects(account) if each]
        if len(frames) == 1:
            return frames[0]
        for name, frame in zip(self.names[1:], frames, strict=True):
            frame.insert(0, TITLES["scenario"].to(lang) if lang else "scenario", name)
        found = pd.concat(frames, ignore_index=True)
        found.attrs |= frames[0].attrs
        return found

    def parts(
        self,
        *dimensions: str,
        account: str | None = None,
        lang: Lang | None = None,
        unit: str | None = None,
    ) -> pd.DataFrame:
        """What the change comes from, a column for each group that differs: its mean effect in yuan
        or another unit over all orders. By payer and year if left out.

        Raises:
            FiscalModelError: an unknown or repeated dimension; or scenarios so mixed cannot be
                simulated.

        """
        return self._taken_apart(
            dimensions or DEFAULT, self.groups, lambda each: each.parts, account, lang, unit
        )

    def stacked(
        self,
        *order: str,
        by: Sequence[str] = DEFAULT,
        account: str | None = None,
        lang: Lang | None = None,
        unit: str | None = None,
    ) -> pd.DataFrame:
        """What the change comes from when the groups come in an order, each on top of those before;
        groups not named follow in the usual order.

        Raises:
            FiscalModelError: an unknown or repeated group or dimension; or scenarios so mixed
                cannot be simulated.

        """
        groups = tuple(group for group in stacking_order(order) if group in self.groups)
        return self._taken_apart(by, groups, lambda each: each.stacked(order), account, lang, unit)

    def to_dataframe(
        self,
        *dimensions: str,
        order: Sequence[str] = (),
        account: str | None = None,
        lang: Lang | None = None,
        unit: str | None = None,
    ) -> pd.DataFrame:
        """:meth:`by` with the parts beside it: order-free, or stacked in an ``order``. By payer and
        year if left out.
        """
        shown = dimensions or DEFAULT
        amounts = self.by(*shown, account=account, lang=lang, unit=unit)
        parts = (
            self.stacked(*order, by=shown, account=account, lang=lang, unit=unit)
            if order
            else self.parts(*shown, account=account, lang=lang, unit=unit)
        )
        found = amounts.join(parts)
        found.attrs |= amounts.attrs
        return found

    def blocks(
        self,
        lang: Lang,
        order: Sequence[str] = (),
        dimensions: Sequence[str] = (),
        account: str | None = None,
    ) -> Iterable[Block]:
        """Per scenario a table of payers over all years, in 10,000 yuan, and what the change comes
        from; and a table by ``dimensions`` if any are named.

        What changes in accounts that are not covered is told below, each by itself.
        """
        return blocks_of(self, lang, order, dimensions, account)

    def html(self, lang: Lang | None = None, account: str | None = None) -> str:
        """The same as HTML."""
        return page(self.blocks(spoken(lang), account=account))

    def text(
        self,
        lang: Lang | None = None,
        order: Sequence[str] = (),
        dimensions: Sequence[str] = (),
        account: str | None = None,
    ) -> str:
        """The same in lines, in 10,000 yuan."""
        return screen(self.blocks(spoken(lang), order, dimensions, account))

    def _compared(
        self,
        dimensions: Sequence[str],
        axes: Axes,
        fit: Callable[[Amounts], tuple[Floats, Mask]],
        account: str | None,
        lang: Lang | None,
        divisors: Sequence[Floats] = (),
        shown: Sequence[str] = ("a", "b", "change", "percent"),
    ) -> pd.DataFrame:
        """Every budget against the reference, after dividing each by its own of ``divisors``."""
        dimensions = check_dimensions(dimensions)
        covered = self.covered(account, dimensions)
        labels, reference = totals(*fit(self.budgets[0]), axes.labels, dimensions, covered)
        none = np.full(reference.shape, np.nan)

        def divided(sums: Floats, n: int) -> Floats:
            return (
                np.divide(sums, divisors[n], out=none.copy(), where=divisors[n] != 0)
                if divisors
                else sums
            )

        first = divided(reference, 0)

        def columns(n: int) -> Columns:
            second = divided(
                totals(*fit(self.budgets[n + 1]), axes.labels, dimensions, covered)[1], n + 1
            )
            change = np.where(
                np.isnan(first) & np.isnan(second),
                np.nan,
                np.nan_to_num(second) - np.nan_to_num(first),
            )
            percent = np.divide(
                change * 100, first, out=none.copy(), where=np.nan_to_num(first) != 0
            )
            found = {"a": first, "b": second, "change": change, "percent": percent}
            return {name: found[name] for name in shown}

        return self._table(dimensions, labels, columns, covered, lang)

    def _taken_apart(
        self,
        dimensions: Sequence[str],
        groups: tuple[str, ...],
        parts: Callable[[Decomposition], Mapping[str, Floats]],
        account: str | None,
        lang: Lang | None,
        unit: str | None,
    ) -> pd.DataFrame:
        """A column for each group; NaN where neither budget costs anything or nothing is known of
        causes, 0 where a budget does not differ in a group.
        """
        dimensions = check_dimensions(dimensions)
        covered = self.covered(account, dimensions)
        costed = [self.axes.fit(each)[1] for each in self.budgets]

        def columns(n: int) -> Columns:
            known = costed[0] | costed[n + 1]
            pair = self.decompositions[n]
            if pair is None:
                known = np.zeros_like(known)
            found = parts(pair) if pair else {}
            zero = np.zeros([len(each) for each in self.axes.all])
            return {
                group: totals(found.get(group, zero), known, self.axes.labels, dimensions, covered)[
                    1
                ]
                for group in groups
            }

        found = {
            **self.axes.labels,
            "payer": tuple(payer for payer in self.axes.payers if payer not in covered.elsewhere),
        }
        labels = [tuple(dict.fromkeys(found[name])) for name in dimensions]
        table = self._table(dimensions, labels, columns, covered, lang)
        shown: pd.DataFrame = in_unit(table, unit, lang)
        return shown

    def _table(
        self,
        dimensions: Sequence[str],
        labels: list[tuple[Any, ...]],
        columns: Callable[[int], Columns],
        covered: Cover,
        lang: Lang | None,
    ) -> pd.DataFrame:
        """The columns of every scenario compared, one below the other."""
        import pandas as pd

        lang = spoken(lang) if lang else None
        compared, names = self.names[1:], list(dimensions)
        if lang:
            labels = [
                named(self.axes.standard, name, each, lang)
                for name, each in zip(names, labels, strict=True)
            ]
        levels, names = (
            ([compared, *labels], ["scenario", *names]) if len(compared) > 1 else (labels, names)
        )
        if lang:
            names = [TITLES[name].to(lang) for name in names]
        index = (
            pd.MultiIndex.from_product(levels, names=names)
            if len(levels) > 1
            else pd.Index(levels[0], name=names[0])
        )
        found = columns(0)
        # The layout that a frame has inside, so that nothing large is copied.
        values = np.empty((len(found), len(compared), len(index) // len(compared)))
        for n in range(len(compared)):
            for column, cells in zip(values, (columns(n) if n else found).values(), strict=True):
                column[n] = cells.ravel()
        shown = [TITLES[name].to(lang) if lang else name for name in found]
        frame = pd.DataFrame(
            values.reshape(len(found), len(index)).T, index=index, columns=shown, copy=False
        )
        frame.attrs["account"] = covered.account
        return frame
