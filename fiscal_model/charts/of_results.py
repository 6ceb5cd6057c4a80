"""Charts as results offer them: what is shown is read off the result, and the title says of
what.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from fiscal_model.arrays import Floats
from fiscal_model.calls import answered
from fiscal_model.charts import base_amounts as base
from fiscal_model.charts import change, flow, payers, spread, tiles
from fiscal_model.charts import printed as dots
from fiscal_model.charts.chart import BETWEEN, Caption
from fiscal_model.charts.style import say
from fiscal_model.engine.capped import numbered
from fiscal_model.errors import fault, shortened
from fiscal_model.language import spoken
from fiscal_model.names import UNIT_NAMES, Names
from fiscal_model.periods import one_year
from fiscal_model.published.confront import Confronted, Row
from fiscal_model.results.accounts import account_of, is_booked
from fiscal_model.results.amounts import Amounts
from fiscal_model.results.result import Result, inside, which_items
from fiscal_model.standard.payers import Payers
from fiscal_model.standard.words import cost_title
from fiscal_model.vocabulary import (
    COVERED,
    UNITS,
    Lang,
    MoneyUnit,
    Text,
    labelled,
    listed,
    spans,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from fiscal_model.charts.axes import Chart

LONGEST: Mapping[Lang, int] = {"zh": 11, "en": 28}
"""Characters of a value beside its bar."""
MANY = 10
"""Scenarios from which on a fan shows more than the lowest, the median and the highest."""


@answered
@dataclass(frozen=True)
class ResultPlot:
    """The charts of a result, each of the account that :meth:`Result.by` covers: insurance funds
    and contributions never stand in one stack with the general public budget unless asked. The
    title says which it is.
    """

    amounts: Result

    def payers(
        self,
        account: str | None = None,
        lang: Lang | None = None,
        ax: Axes | None = None,
        unit: str | None = None,
    ) -> Chart:
        """Who pays, year by year: stacked bars.

        Args:
            account: as :meth:`Result.by` takes it.
            lang: ``zh`` or ``en``.
            ax: the axes to draw on; a new figure when left out.
            unit: of money, as :meth:`Result.by` takes it; 亿元 or 万元, whichever fits, when left
                out. So in every chart.

        Raises:
            FiscalModelError: there is no such account or unit.

        """
        lang = spoken(lang)
        what = say("各承担主体分年支出", "Who pays, year by year", lang)
        caption = self._caption(what, account, lang)
        return payers.by_year(self._table("year", account), caption, ax, _unit(unit))

    def prefectures(
        self,
        year: int | None = None,
        account: str | None = None,
        lang: Lang | None = None,
        ax: Axes | None = None,
        unit: str | None = None,
    ) -> Chart:
        """Who pays in each prefecture: horizontal bars; over all years unless one is named.

        Raises:
            FiscalModelError: there is no such account, or the year is not part of this budget.

        """
        lang = spoken(lang)
        table = self._table("prefecture", account, year)
        what = say("各地州支出由谁承担", "Who pays in each prefecture", lang)
        return payers.by_place(
            table,
            [self._place(code, lang) for code in table.columns],
            self._caption(what, account, lang, year),
            ax,
            _unit(unit),
        )

    def tiles(
        self,
        year: int | None = None,
        account: str | None = None,
        lang: Lang | None = None,
        ax: Axes | None = None,
        unit: str | None = None,
    ) -> Chart:
        """The same with the prefectures placed roughly as on the map.

        Raises:
            FiscalModelError: as :meth:`prefectures`; or the standard does not say where its places
                stand.

        """
        lang = spoken(lang)
        at = self.amounts.standard.places.tiles
        what = say(
            "各地州支出由谁承担（方位示意）",
            "Who pays in each prefecture, roughly as on the map",
            lang,
        )
        names = {code: self._place(code, lang) for code in at}
        return tiles.tiles(
            self._table("prefecture", account, year),
            at,
            names,
            self._caption(what, account, lang, year),
            ax,
            _unit(unit),
        )

    def flow(
        self,
        year: int | None = None,
        largest: int = 12,
        account: str | None = None,
        lang: Lang | None = None,
        ax: Axes | None = None,
        unit: str | None = None,
    ) -> Chart:
        """Which items cost most and who pays for them: bands from items to payers; over all years
        unless one is named.

        Raises:
            FiscalModelError: there is no such account, or the year is not part of this budget.

        """
        lang = spoken(lang)
        table = self._table("item", account, year)
        names = [cost_title(self.amounts.standard, int(number), lang) for number in table.columns]
        what = say("服务项目的支出由谁承担", "Who pays for which service", lang)
        caption = self._caption(what, account, lang, year)
        return flow.flow(table, names, max(largest, 0), caption, ax, _unit(unit))

    def base_amounts(
        self, item: int | str | None = None, lang: Lang | None = None, unit: str | None = None
    ) -> Chart:
        """The 2015 base amounts against the share due from prefecture and county, year by year: a
        panel a place.

        Args:
            item: one item, number or name; all that a base amount limits when left out.
            lang: ``zh`` or ``en``.
            unit: of money.

        Raises:
            FiscalModelError: no base amount limits the item.

        """
        lang = spoken(lang)
        groups = [each for each in self.amounts.program.bases if each.keys]
        shown = set(self.amounts.labels["item"])
        limited = sorted({n for each in groups for n, _ in each.keys if n in shown})
        item = None if item is None else self.amounts.standard.names.item(item)
        if item is not None and item not in limited:
            known = ", ".join(map(str, limited))
            raise fault("", "no-base-amount-to-draw", item=item, known=known)
        found = _bases(self.amounts, item, lang)
        items = limited if item is None else [item]
        numbers = say(
            f"第{listed(map(str, items), lang)}项",
            f"{'items' if len(items) > 1 else 'item'} {listed(map(str, items), lang)}",
            lang,
        )
        what = say("2015年基数与按比例应担数", "2015 base amounts against the share due", lang)
        return base.base_amounts(
            found,
            Caption(
                f"{what}{BETWEEN}{numbers}" if items else what,
                about(self.amounts, lang),
                lang,
                payers=self.amounts.standard.payers,
            ),
            _unit(unit),
        )

    def _table(self, dimension: str, account: str | None, year: int | None = None) -> pd.DataFrame:
        """Yuan by payer (rows) and a dimension (columns) in an account, NaN where nothing is
        costed.
        """
        import pandas as pd

        if year is None or dimension == "year":
            labels, table = self.amounts.total("payer", dimension, account=account)
        else:
            labels, table = self.amounts.total("payer", dimension, "year", account=account)
            table = table[..., self.amounts.year_at(year)]
        found = pd.DataFrame(table, index=labels[0], columns=labels[1])
        if dimension == "item":
            lines = self.amounts.lines
            covered = account_of(lines, account)
            items = {line.item for line in lines if is_booked(line, covered)}
            return found[[label for label in labels[1] if label in items]]
        return found

    def _place(self, code: str, lang: Lang) -> str:
        return self.amounts.standard.places.label(code).to(lang)

    def _caption(
        self, what: str, account: str | None, lang: Lang, year: int | None = None
    ) -> Caption:
        name = COVERED[account_of(self.amounts.lines, account)].to(lang)
        return Caption(
            f"{what}{BETWEEN}{name}",
            about(self.amounts, lang, year),
            lang,
            payers=self.amounts.standard.payers,
        )


class Compared(Protocol):
    """What a chart needs of a comparison: budgets, of which the first is the reference, and tables
    of amounts and of what the change comes from.
    """

    @property
    def budgets(self) -> tuple[Amounts, ...]:
        """The budgets."""

    @property
    def titles(self) -> tuple[Text, ...]:
        """What headings call them."""

    @property
    def names(self) -> tuple[str, ...]:
        """What tables call them."""

    @property
    def years(self) -> tuple[int, ...]:
        """The years that all cover."""

    def by(self, *dimensions: str, account: str | None = None) -> pd.DataFrame:
        """Yuan in columns ``a`` and ``b``, ``attrs["account"]`` says of what; with more than two
        budgets the scenario is the first level of the rows.
        """

    def parts(self, *dimensions: str, account: str | None = None) -> pd.DataFrame:
        """Yuan in a column for each group of changes, rows as in ``by``."""

    def stacked(self, *order: str, by: Sequence[str], account: str | None = None) -> pd.DataFrame:
        """The same when the groups come in an order."""


@answered
@dataclass(frozen=True)
class ComparisonPlot:
    """The charts of a comparison; ``groups`` is what to call its groups of changes."""

    comparison: Compared
    groups: Mapping[str, Text]

    def waterfall(
        self,
        payer: str = "region",
        year: int | None = None,
        scenario: str | None = None,
        order: Sequence[str] = (),
        lang: Lang | None = None,
        ax: Axes | None = None,
        account: str | None = None,
        unit: str | None = None,
    ) -> Chart:
        """What a payer's change comes from, over all years unless one is named.

        Args:
            payer: who pays.
            year: one year.
            scenario: the scenario set against the reference, by its name; the second when left out.
            order: groups in the order in which they come; the order-free parts when left out.
            lang: ``zh`` or ``en``.
            ax: the axes to draw on; a new figure when left out.
            account: as :meth:`Result.by` takes it.
            unit: of money.

        Raises:
            FiscalModelError: an unknown payer, year or scenario; or the parts cannot be found.

        """
        lang = spoken(lang)
        compared = self.comparison
        dimensions = ("payer",) if year is None else ("payer", "year")
        titled = dict(zip(compared.names[1:], compared.titles[1:], strict=True))
        name = (
            Names(Text("情景", "scenario"), titled).code(scenario)
            if scenario
            else compared.names[1]
        )
        amounts = compared.by(*dimensions, account=account)
        table = compared.budgets[0].standard.payers
        payer = table.names.only(_payers(amounts, table)).code(payer)
        if year is not None:
            year = one_year(year)
            years = {str(each): Text("", "") for each in compared.years}
            Names(Text("年份", "year"), years).code(str(year))
        key = (
            *((name,) if len(compared.budgets) > 2 else ()),
            payer,
            *(() if year is None else (year,)),
        )
        at: Any = key if len(key) > 1 else key[0]
        parts = (
            compared.stacked(*order, by=dimensions, account=account)
            if order
            else compared.parts(*dimensions, account=account)
        )
        parts = parts.loc[at]
        other = compared.names.index(name, 1)
        titles = compared.titles[0].to(lang), compared.titles[other].to(lang)
        what = say(
            f"{table[payer].name.zh}：负担变化的来源",
            f"{table[payer].name.en}: what the change comes from",
            lang,
        )
        of = about(compared.budgets[0], lang, year, compared.years, f"{titles[0]} → {titles[1]}")
        caption = Caption(what + _account(amounts, lang), of, lang, payers=table)
        labels = [self.groups[group].to(lang) for group in parts.index]
        start = float(np.nan_to_num(amounts.loc[at, "a"]))
        return change.waterfall(
            payer,
            titles,
            start,
            labels,
            np.nan_to_num(parts.to_numpy(np.float64)).tolist(),
            caption,
            ax,
            _unit(unit),
        )

    def fan(
        self,
        payer: str = "region",
        lang: Lang | None = None,
        ax: Axes | None = None,
        account: str | None = None,
        unit: str | None = None,
    ) -> Chart:
        """Between what a payer's amounts lie in the scenarios compared, year by year: lowest to
        highest, and the median; from ten on also 80% of them.

        Args:
            payer: who pays.
            lang: ``zh`` or ``en``.
            ax: the axes to draw on; a new figure when left out.
            account: as :meth:`Result.by` takes it.
            unit: of money.

        Raises:
            FiscalModelError: an unknown payer or account.

        """
        lang = spoken(lang)
        compared = self.comparison
        table = compared.by("payer", "year", account=account)
        known = compared.budgets[0].standard.payers
        payer = known.names.only(_payers(table, known)).code(payer)
        of_payer = table.xs(payer, level="payer")
        others = of_payer["b"].to_numpy(np.float64).reshape(-1, len(compared.years))
        drawn = np.vstack([of_payer["a"].to_numpy(np.float64)[: len(compared.years)], others])
        levels = (0.0, 0.1, 0.5, 0.9, 1.0) if len(drawn) >= MANY else (0.0, 0.5, 1.0)
        what = say(
            f"{known[payer].name.zh}：{len(drawn)}个情景的范围",
            f"{known[payer].name.en}: the range of {len(drawn)} scenarios",
            lang,
        )
        first = compared.budgets[0]
        caption = Caption(
            what + _account(table, lang),
            about(
                first,
                lang,
                None,
                compared.years,
                listed((each.to(lang) for each in compared.titles), lang),
            ),
            lang,
            payers=known,
        )
        quantiles = {p: np.quantile(drawn, p, axis=0) for p in levels}
        return spread.fan(payer, compared.years, quantiles, caption, ax, _unit(unit))

    def scenarios(
        self,
        lang: Lang | None = None,
        ax: Axes | None = None,
        account: str | None = None,
        unit: str | None = None,
    ) -> Chart:
        """Who pays more or less under each scenario than under the reference, over all years: a
        bar a scenario, stacked by payer, and the sum.

        Args:
            lang: ``zh`` or ``en``.
            ax: the axes to draw on; a new figure when left out.
            account: as :meth:`Result.by` takes it.
            unit: of money.

        Raises:
            FiscalModelError: there is no such account or unit.

        """
        lang = spoken(lang)
        compared = self.comparison
        table = compared.by("payer", account=account)
        names = list(compared.names[1:])
        changes = table["change"].unstack("scenario") if len(names) > 1 else table[["change"]]
        changes = changes[names if len(names) > 1 else ["change"]]
        first, *titles = (each.to(lang) for each in compared.titles)
        what = say(f"与“{first}”相比各情景的负担变化", f"The change against {first}", lang)
        of = about(compared.budgets[0], lang, None, compared.years, listed(titles, lang))
        payers = compared.budgets[0].standard.payers
        caption = Caption(what + _account(table, lang), of, lang, payers=payers)
        return change.by_scenario(changes, titles, caption, ax, _unit(unit))


class Moved(Protocol):
    """An assumption moved to two values."""

    @property
    def label(self) -> Text:
        """What it is."""

    @property
    def shown(self) -> tuple[Text, Text]:
        """The low and the high value in words."""

    def changes(self, payer: str) -> tuple[float, float]:
        """Yuan by which a payer's total changes at either value."""


class Sensitive(Protocol):
    """What a chart needs of a sensitivity: the budget moved, and its assumptions in the order of
    what they move.
    """

    @property
    def base(self) -> Result:
        """The budget."""

    @property
    def account(self) -> str:
        """The account of the totals."""

    def ranked(self, payer: str, top: int) -> Sequence[Moved]:
        """The assumptions that move a payer's total most, the widest first."""


@answered
@dataclass(frozen=True)
class SensitivityPlot:
    """The charts of a sensitivity."""

    sensitivity: Sensitive

    def tornado(
        self,
        payer: str = "region",
        top: int = 10,
        lang: Lang | None = None,
        ax: Axes | None = None,
        unit: str | None = None,
    ) -> Chart:
        """How far each assumption moves a payer's total over the years, the widest on top.

        Raises:
            FiscalModelError: nothing is known of the payer.

        """
        lang = spoken(lang)
        bars = self.sensitivity.ranked(payer, top)
        table = self.sensitivity.base.standard.payers
        payer = table.names.code(payer)
        what = say(
            f"{table[payer].name.zh}：每次变动一个假设时负担的变化",
            f"{table[payer].name.en}: the change when one assumption at a time moves",
            lang,
        )
        caption = Caption(
            f"{what}{BETWEEN}{COVERED[self.sensitivity.account].to(lang)}",
            about(self.sensitivity.base, lang),
            lang,
            payers=table,
        )
        low, high = (
            [shortened(bar.shown[end].to(lang), LONGEST[lang]) for bar in bars] for end in (0, 1)
        )
        values = list(zip(low, high, strict=True))
        return change.tornado(
            payer,
            [bar.label.to(lang) for bar in bars],
            [bar.changes(payer) for bar in bars],
            values,
            caption,
            ax,
            _unit(unit),
        )


@answered
@dataclass(frozen=True)
class ConfrontationPlot:
    """The chart of printed figures and ours."""

    confronted: Confronted

    def printed(
        self, lang: Lang | None = None, ax: Axes | None = None, unit: str | None = None
    ) -> Chart:
        """Printed sums of money against ours, a dot each with its id and item: on the diagonal where
        they agree.

        Args:
            lang: ``zh`` or ``en``.
            ax: the axes to draw on; a new figure when left out.
            unit: of money.

        Raises:
            FiscalModelError: there is no such unit.

        """
        lang = spoken(lang)
        points = [
            dots.Dot(_dot_label(row, lang), row.printed, row.ours, _dot_kind(row))
            for row in self.confronted.rows
            if row.published.is_money and row.printed > 0 and row.ours
        ]
        result = self.confronted.result
        years = sorted({row.published.year for row in self.confronted.rows if row.ours})
        caption = Caption(
            say("公布数与测算", "Printed sums and ours", lang),
            about(result, lang, None, years),
            lang,
        )
        return dots.dots(points, caption, ax, _unit(unit))


def _dot_label(row: Row, lang: Lang) -> str:
    """The id of a figure and its items."""
    items = listed(map(str, row.published.items), lang)
    return say(f"{row.published.id} 第{items}项", f"{row.published.id} item {items}", lang)


def _dot_kind(row: Row) -> int:
    """On what ours rests, and whether it is of several items."""
    return 2 if row.published.several else int(row.on_counts is None)


def _unit(asked: str | None) -> MoneyUnit | None:
    """A unit of money by code or name; None where none is asked for."""
    return UNITS[UNIT_NAMES.code(asked)] if asked else None


def _account(table: pd.DataFrame, lang: Lang) -> str:
    """The account that a table covers, to be put behind what a chart shows."""
    return f"{BETWEEN}{COVERED[table.attrs['account']].to(lang)}"


def _payers(table: pd.DataFrame, known: Payers) -> list[str]:
    """The payers that a table has rows of."""
    found = set(table.index.get_level_values("payer"))
    return [payer for payer in known if payer in found]


def about(
    amounts: Amounts,
    lang: Lang,
    year: int | None = None,
    years: Sequence[int] = (),
    scenario: str | None = None,
) -> tuple[str, ...]:
    """Of what a chart is: the place, the items of a part, the years, the scenario, and that data
    are illustrative.
    """
    over = (year,) if year is not None else tuple(years) or amounts.years
    span = spans(over, lang)
    title = scenario or amounts.called.to(lang)
    where = amounts.standard.places.label(amounts.standard.places.common(amounts.places)).to(lang)
    note = (
        (say("示例数据，非实际预算", "illustrative data, no actual budget", lang),)
        if amounts.illustrative
        else ()
    )
    return (
        where,
        *which_items(amounts, lang),
        say(f"{span}年", span, lang),
        labelled(say("情景", "scenario", lang), title, lang),
        *note,
    )


def _bases(budget: Result, item: int | None, lang: Lang) -> base.BaseAmounts:
    """Due, base amount and what was paid, by the place that a base amount was given for; the items
    added up. One that reaches beyond a part is shown whole.
    """
    program = budget.program
    shown = np.flatnonzero(np.isin(program.years, budget.years))
    rows: dict[str, list[Floats]] = {}
    table = program.standard.payers
    payer, taker = table.pooled, table.upper[-1]
    for held in program.trace.bases:
        groups, due, paid = held.groups, held.payment.total, held.payment.paid
        payer, taker = program.payers[groups.payer], program.payers[int(groups.taker[0])]
        reached = set(groups.group[inside(budget).ravel()[groups.cells]].tolist())
        for n, (number, code) in enumerate(groups.keys):
            of = numbered(n, shown, len(program.years))
            if item in (None, number) and not reached.isdisjoint(of.tolist()):
                block = np.where(
                    held.known[of], np.array([due[of], groups.limit[of], paid[of]]), np.nan
                )
                rows.setdefault(code, []).append(block)
    order = [code for code in budget.standard.places.codes if code in rows]
    names = tuple(budget.standard.places.label(code).to(lang) for code in order)
    blocks = np.array([_added(rows[code]) for code in order]).reshape(len(order), 3, len(shown))
    return base.BaseAmounts(
        payer, taker, names, budget.years, blocks[:, 0], blocks[:, 1], blocks[:, 2]
    )


def _added(blocks: list[Floats]) -> Floats:
    """Sums of what is costed; NaN where nothing is."""
    every = np.array(blocks)
    return np.where(np.isnan(every).all(axis=0), np.nan, np.nansum(every, axis=0))
