"""Why somebody pays more or less: the causes, the items and the places that a change comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from fiscal_model.analysis.decompose import GROUPS
from fiscal_model.arrays import Floats
from fiscal_model.blocks import wan
from fiscal_model.briefing.figures import agreeing, agrees
from fiscal_model.briefing.speaker import ROOMY, Speaker, capital
from fiscal_model.errors import FiscalModelError, shortened
from fiscal_model.standard.words import cost_title
from fiscal_model.vocabulary import Text, listed

if TYPE_CHECKING:
    import pandas as pd

LARGEST: Final = 2
"""How many items, and places, are named among what moves."""
COLON: Final = Text("：", ": ")
YUAN: Final = 50.0
"""Below which nothing is printed of a part."""


class Why(Speaker):
    """The section on causes."""

    def paragraphs(self) -> Iterator[str]:
        """What the change comes from: of each option, or of a single scenario over the years."""
        found = self.brief.comparison
        if found is None:
            yield self.largest()
            return
        try:
            parts = found.parts("payer", account=self.figures.account)
        except FiscalModelError as error:
            yield error.text(self.lang)
            return
        causes = [self.because(n, self.mine(parts, n)) for n in range(self.reforms)]
        if self.reforms > ROOMY:
            told = [(self.label(n), words) for n, words in enumerate(causes, 1)]
            yield capital(self.sentence(self.grouped(told, COLON)).rstrip())
            return
        for n, words in enumerate(causes):
            begun = self.opening(n + 1)
            yield begun + self.sentence(words if begun else capital(words)) + self.where(n)

    def mine(self, table: pd.DataFrame, n: int) -> pd.DataFrame:
        """The rows of the n-th option."""
        assert self.brief.comparison is not None
        if self.reforms == 1:
            return table
        return table.xs(self.brief.comparison.names[n + 1], level="scenario")  # type: ignore[return-value]

    def because(self, n: int, parts: pd.DataFrame) -> str:
        """The causes of what each bears more or less, of many options only for whoever is moved
        most; one cause for all of it is said once.
        """
        by_column = self.figures.gathered(parts)
        differ = [g for g in range(parts.shape[1]) if np.abs(by_column[:, g]).max() >= YUAN]
        names = [GROUPS[str(each)].to(self.lang) for each in parts.columns]
        if not differ:
            return self.say("没有变化", "nothing changes")
        if len(differ) == 1:
            cause = names[differ[0]]
            return self.say(
                f"变化全部来自{cause}的改动", f"all of it comes from the change of the {cause}"
            )
        told, only = [], self.most(n) if self.reforms > ROOMY else 0
        for k, row in enumerate(by_column, 1):
            if np.abs(row).max() >= YUAN and only in (0, k):
                shares = self.shares(row, self.total(n, k))
                causes = listed(
                    (self.step(names[g], shares[g]) for g in differ if shares[g]), self.lang
                )
                told.append(self.say(f"{self.heads[k]}（{causes}）", f"{self.heads[k]} ({causes})"))
        return self.say("变化的来源为", "it comes from: ") + self.statements(told)

    def most(self, n: int) -> int:
        """The column that an option moves most, cost aside."""
        return int(np.abs(np.nan_to_num(self.figures.total_changes[n, 1:])).argmax()) + 1

    def total(self, n: int, k: int) -> float:
        """The printed change of a column in all."""
        return float(np.nan_to_num(self.figures.total_changes[n, k]))

    def shares(self, yuan: Floats, total: float) -> Floats:
        """Parts in 万元 that come to the printed total wherever they are all of it."""
        return agreeing(yuan, total) if agrees(yuan, total) else np.round(yuan / 1e4, 2)

    def where(self, n: int) -> str:
        """The items and the places that move most for whoever is moved most."""
        k = self.most(n)
        if not self.total(n, k):
            return ""
        items = self.ranked("item", n, k)
        places = [] if self.reforms > 1 else self.ranked("prefecture", n, k)
        told = self.say(
            f"{self.heads[k]}的变化，按项目：{listed(items, self.lang)}",
            f"{self.heads[k]} – {listed(items, self.lang)}",
        )
        if places:
            told += self.say(
                f"；按地区：{listed(places, self.lang)}", f"; by place {listed(places, self.lang)}"
            )
        return self.sentence(told).rstrip()

    def ranked(self, dimension: str, n: int, k: int) -> list[str]:
        """What moves a column most, with its part of the change."""
        found = self.brief.comparison
        assert found is not None
        table = self.mine(found.by(dimension, "payer", account=self.figures.account), n)
        of: Any = table["change"].unstack("payer", sort=False)
        inside = [payer for payer in self.figures.payers[k - 1] if payer in of]
        moved = np.nan_to_num(of[inside].to_numpy(np.float64)).sum(axis=1)
        return self.named(dimension, list(of.index), moved, self.total(n, k))

    def named(
        self, dimension: str, labels: Sequence[object], yuan: Floats, total: float
    ) -> list[str]:
        """The largest of some changes by name, and the others together."""
        order = np.argsort(-np.abs(yuan), kind="stable")
        order = order[np.abs(yuan[order]) >= YUAN]
        parts = self.shares(yuan[order], total)
        names = [self.name(dimension, labels[n]) for n in order.tolist()]
        if (more := len(names) - LARGEST) > 1:
            names[LARGEST:] = [self.say(f"其余{more}个合计", f"{more} more")]
            parts = np.array([*parts[:LARGEST], np.round(parts[LARGEST:].sum(), 2)])
        return [self.step(name, part) for name, part in zip(names, parts.tolist(), strict=True)]

    def step(self, name: str, part: float) -> str:
        """A part of a change, without a sign that a line might end with."""
        way = self.say("增" if part > 0 else "减", " up " if part > 0 else " down ")
        return f"{name}{way}{abs(part):,.2f}"

    def name(self, dimension: str, label: object) -> str:
        """An item or a place in a sentence."""
        found = self.brief.comparison
        standard = found.axes.standard if found else self.first.standard
        if dimension != "item":
            return standard.places.label(str(label)).to(self.lang)
        title = cost_title(standard, int(str(label)), self.lang)
        if self.lang == "zh":
            return shortened(title.replace(" ", "", 1), 40)
        return shortened(title[:1].lower() + title[1:], 80)

    def largest(self) -> str:
        """Of a single scenario the items that grow most from the first to the last year; of one
        year the largest.
        """
        years, cost = self.figures.years, np.nan_to_num(self.figures.amounts[0, :, 0])
        part = self.brief.of(0)
        labels, found = part.total("item", "year", account=self.figures.account)
        table = np.nan_to_num(found)
        if len(years) == 1:
            order = np.argsort(-table[:, 0], kind="stable")[: LARGEST + 1]
            told = [
                f"{self.name('item', labels[0][n])} {wan(table[n, 0])}"
                for n in order.tolist()
                if table[n, 0] >= YUAN
            ]
            lead = self.say("资金需求最大的项目：", "The largest items: ")
            return self.sentence(lead + self.statements(told)).rstrip()
        total = round(float(cost[-1] - cost[0]), 2)
        change = self.moved(self.heads[0], total, float(cost[0]))
        told = self.named("item", labels[0], table[:, -1] - table[:, 0], total)
        lead = self.say(
            f"{years[-1]}年比{years[0]}年，{change}", f"{years[-1]} against {years[0]}: {change}"
        )
        items = self.say("，按项目：", "; ") + listed(told, self.lang) if told else ""
        return self.sentence(lead + items).rstrip()
