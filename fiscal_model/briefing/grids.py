"""The table of a briefing note."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np

from fiscal_model.briefing.page import Grid
from fiscal_model.briefing.speaker import ROOMY, Speaker, capital

YEARS: Final = 12
"""How many years a table has a row for."""
PICKED: Final = 6
"""How many of the years in which a single option acts; of several options the first and last."""


class Grids(Speaker):
    """The one table: options against the reference, or a single scenario by year."""

    def table(self) -> Grid:
        """Whichever it is."""
        return self.options() if self.reforms else self.single()

    def options(self) -> Grid:
        """The reference, and what each option changes: in all, in percent, and in some years."""
        figures, strong = self.figures, {0}
        rows: list[Sequence[str]] = [(capital(self.label(0)), *map(money, figures.totals[0]))]
        for n in range(self.reforms):
            change = self.say("变化", "Change")
            if self.reforms == 1:
                rows.append((capital(self.label(1)), *map(money, figures.totals[1])))
            else:
                label = self.label(n + 1)
                change = self.say(f"{label}变化", f"{capital(label)}: change")
            strong.add(len(rows))
            changes = figures.total_changes[n].tolist()
            percents = map(percent, changes, figures.totals[0].tolist())
            rows += [
                (change, *map(signed, changes)),
                (self.say("变化率", "Percent"), *percents),
                *self.by_year(n),
            ]
        return self.grid(self.say("各级承担变化", "What each bears more or less"), rows, strong)

    def by_year(self, n: int) -> Iterator[Sequence[str]]:
        """The changes of an option in the years that are shown of it."""
        shown = self.picked(n)
        for which, y in enumerate(shown):
            of = "\u3000\u3000\u3000" if which else "其中："
            year = self.year(y, shown[:which])
            label = self.say(f"{of}{year}年", f"of which {year}")
            yield (label, *map(signed, self.figures.changes[n, y].tolist()))

    def year(self, y: int, before: Sequence[int]) -> str:
        """A year as its row is called, after dots where the rows ``before`` it leave years out."""
        return f"{'… ' if before and y > before[-1] + 1 else ''}{self.figures.years[y]}"

    def picked(self, n: int) -> list[int]:
        """The years of an option that the table shows: of one option several, of few the first
        and the last, of more none.
        """
        moving = self.figures.moving(n)
        if len(self.figures.years) == 1 or not moving or self.reforms > ROOMY:
            return []
        most = PICKED if self.reforms == 1 else 2
        return [moving[each] for each in _ends(len(moving), most)]

    def single(self) -> Grid:
        """A row a year, and their sum."""
        figures, years = self.figures, self.figures.years
        shown = _ends(len(years), YEARS)
        labels = [self.year(y, shown[:which]) for which, y in enumerate(shown)]
        rows: list[Sequence[str]] = [
            (self.say(f"{label}年", label), *map(money, figures.amounts[0, y]))
            for label, y in zip(labels, shown, strict=True)
        ]
        totals = figures.totals[0]
        strong = set[int]()
        if len(years) > 1:
            strong.add(len(rows))
            rows.append((self.over, *map(money, totals)))
        shares = (percent(each, totals[0], "") for each in totals.tolist())
        rows.append((self.say("占比", "Share"), *shares))
        return self.grid(self.say("各级承担情况", "Who pays"), rows, strong)

    def grid(self, caption: str, rows: Sequence[Sequence[str]], strong: Iterable[int]) -> Grid:
        """The table with its caption and unit."""
        return Grid(
            self.say(f"表1  {caption}（{self.over}）", f"Table 1. {caption} ({self.over})"),
            self.say("单位：万元", "Unit: 10,000 yuan"),
            ["", *self.heads],
            rows,
            frozenset(strong),
        )


def _ends(count: int, most: int) -> list[int]:
    """The first positions and the last one, at most so many."""
    return [*range(min(most, count) - 1), count - 1]


def money(figure: float) -> str:
    """万元 as printed, a dash where nothing is costed."""
    return "—" if np.isnan(figure) else f"{figure:,.2f}"


def signed(figure: float) -> str:
    """A change as printed."""
    return "—" if np.isnan(figure) else f"{figure:+,.2f}" if figure else "0.00"


def percent(figure: float, of: float, sign: str = "+") -> str:
    """A part of something in percent, a dash where there is nothing to be part of."""
    if np.isnan(figure) or not np.nan_to_num(of):
        return "—"
    return f"{figure / of:{sign}.1%}" if figure else "0.0%"
