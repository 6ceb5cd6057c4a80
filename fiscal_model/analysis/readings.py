"""What each possible meaning of an ambiguous clause would cost each payer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from fiscal_model.blocks import IN_WAN, Block, Heading, Shown, Table, wan
from fiscal_model.calls import answered
from fiscal_model.names import Names
from fiscal_model.results.accounts import account_of, booked_in
from fiscal_model.results.result import Result
from fiscal_model.run import simulated
from fiscal_model.scenario.layers import items_of_reading
from fiscal_model.standard.names import QUESTION
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import COVERED, Lang, Text, labelled, listed, together

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 0.005
"""Yuan below which a change is not worth a word."""


@dataclass(frozen=True)
class Option:
    """One meaning of one clause: yuan by payer over the lines, in an account, of its item and of
    others that it can move; and the difference from the meaning in force.
    """

    reading: str
    item: int
    account: str
    option: str
    in_force: bool
    amounts: dict[str, float]
    difference: dict[str, float]


@answered
@dataclass(frozen=True, repr=False)
class ReadingSpread(Shown):
    """All options of all readings under one scenario, each taken alone."""

    standard: Standard
    years: tuple[int, ...]
    payers: tuple[str, ...]
    options: tuple[Option, ...]

    def to_dataframe(self) -> pd.DataFrame:
        """A row an option and payer: reading, item, option, in_force, payer, amount, difference
        (yuan over all years).
        """
        import pandas as pd

        rows = [
            (
                each.reading,
                each.item,
                each.option,
                each.in_force,
                payer,
                each.amounts[payer],
                each.difference[payer],
            )
            for each in self.options
            for payer in self.payers
        ]
        return pd.DataFrame(
            rows, columns=["reading", "item", "option", "in_force", "payer", "amount", "difference"]
        )

    def words(self, reading: str, option: str) -> Text:
        """What an option of a reading says.

        Raises:
            FiscalModelError: there is no such reading, or it has no such option.

        """
        options = self.standard.readings[self.standard.names.code(reading, QUESTION)].options
        return options[Names(Text("选项", "option"), options).code(option)]

    def blocks(self, lang: Lang) -> Iterator[Block]:
        """A table a reading: what each option says, and what it moves for each payer in 10,000
        yuan.
        """
        yield Heading(together(self.years, lang) + IN_WAN.to(lang))
        for code in dict.fromkeys(each.reading for each in self.options):
            yield self._table(code, [each for each in self.options if each.reading == code], lang)

    def _table(self, code: str, options: list[Option], lang: Lang) -> Table:
        asked, about = self.standard.readings[code].question, COVERED[options[0].account]
        title = f"{code} · {asked.to(lang)} · {about.to(lang)}"
        moved = [
            payer
            for payer in self.payers
            if any(abs(each.difference[payer]) >= SHOWN for each in options)
        ]
        names = {payer: self.standard.payers[payer].name.to(lang) for payer in moved}
        in_force = Text("（采用）", " (in force)").to(lang)
        rows, told = [], [title]
        for each in options:
            words = self.words(code, each.option).to(lang)
            changes = {payer: each.difference[payer] for payer in moved}
            figures = (wan(yuan, signed=True) for yuan in changes.values())
            rows.append((words + in_force if each.in_force else words, *figures))
            moves = listed(
                (
                    f"{names[payer]} {yuan / 1e4:+,.2f}"
                    for payer, yuan in changes.items()
                    if abs(yuan) >= SHOWN
                ),
                lang,
            )
            still = in_force.strip() if each.in_force else Text("不变", "no change").to(lang)
            told.append(f"  {labelled(each.option, words, lang)} → {moves or still}")
        return Table((title, *names.values()), rows, told=told)


def reading_spread(base: Result, account: str | None) -> ReadingSpread:
    """See :func:`fiscal_model.reading_spread`."""
    standard, scenario = base.standard, base.scenario
    options = []
    for code, reading in standard.readings.items():
        chosen = scenario.reading(code, reading.default)
        moved_items = items_of_reading(standard, scenario, code)
        covered = account_of(standard.items[reading.item].lines, account)
        lines = booked_in(base.lines, covered) & np.array(
            [line.item in moved_items for line in base.lines], bool
        )
        before = base.amounts[:, lines].sum(axis=(1, 2, 3))
        for name in reading.options:
            changed = replace(scenario, readings={**scenario.readings, code: name})
            found = (
                base if name == chosen else simulated(standard, changed, base.inputs, base.years)
            )
            after = found.amounts[:, lines].sum(axis=(1, 2, 3))
            amounts = dict(zip(base.payers, after.tolist(), strict=True))
            moved = dict(zip(base.payers, (after - before).tolist(), strict=True))
            options.append(
                Option(code, reading.item, covered, name, name == chosen, amounts, moved)
            )
    return ReadingSpread(standard, base.years, base.payers, tuple(options))
