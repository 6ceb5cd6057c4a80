"""Printed figures beside what a scenario says of them, as an analyst holds them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from fiscal_model.blocks import Block, Shown
from fiscal_model.calls import answered
from fiscal_model.errors import Fault
from fiscal_model.extras import check_extra
from fiscal_model.files import Read, path_of, replacing
from fiscal_model.language import spoken
from fiscal_model.published.confront import Confronted, Row
from fiscal_model.published.words import blocks, reason
from fiscal_model.vocabulary import Lang

if TYPE_CHECKING:
    import pandas as pd

    from fiscal_model.charts.of_results import ConfrontationPlot

COLUMNS: Final = (
    "id",
    "printed",
    "ours_printed_counts",
    "ours_data",
    "difference_percent",
    "verdict",
    "reason",
)


@answered
class Confrontation(Shown):
    """Printed figures beside ours, a row each."""

    def __init__(self, confronted: Confronted) -> None:
        self.confronted = confronted

    @property
    def rows(self) -> tuple[Row, ...]:
        """A printed figure with ours, its verdict and the difference, each."""
        return self.confronted.rows

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """What is to be said of how the table was read."""
        return self.confronted.notes

    @property
    def differing(self) -> tuple[str, ...]:
        """The figures that differ on the very counts printed with them."""
        return self.confronted.differing

    @property
    def held(self) -> float | None:
        """The part of the general public budget of the latest data year that is held against
        print: what lines, places and payers bear for which a printed sum of one item, of whatever
        year, agrees or is near.
        """
        return self.confronted.held

    @property
    def table(self) -> pd.DataFrame:
        """A row a figure: ``id``, ``printed``, ``ours_printed_counts``, ``ours_data`` (yuan, or
        persons), ``difference_percent``, ``verdict`` and, in the language set, ``reason``.
        """
        return self.to_dataframe()

    def to_dataframe(self, lang: Lang | None = None) -> pd.DataFrame:
        """The same, the reasons in a language."""
        import pandas as pd

        lang = spoken(lang)
        cells = [
            (
                row.published.id,
                row.printed,
                *(np.nan if n is None else n for n in (row.on_counts, row.on_data, row.percent)),
                row.verdict,
                reason(row).to(lang),
            )
            for row in self.rows
        ]
        return pd.DataFrame(cells, columns=list(COLUMNS))

    def to_csv(self, target: str | Path, lang: Lang | None = None) -> None:
        """Writes the table: codes, whole yuan or persons, the difference to a hundredth of a
        percent, reasons in a language.

        Raises:
            FiscalModelError: the file cannot be written.

        """
        table = self.to_dataframe(lang)
        for name, digits in zip(COLUMNS[1:5], (0, 0, 0, 2), strict=True):
            table[name] = ["" if each != each else f"{each:.{digits}f}" for each in table[name]]
        text = table.to_csv(index=False, lineterminator="\n")
        read = Read.together((self.confronted.result.read, self.confronted.read))
        with replacing(path_of(target), read) as draft:
            draft.write_text(text, encoding="utf-8" if text.isascii() else "utf-8-sig", newline="")

    @property
    def plot(self) -> ConfrontationPlot:
        """Charts: ``confrontation.plot.printed()``."""
        check_extra("charts")
        from fiscal_model.charts.of_results import ConfrontationPlot

        return ConfrontationPlot(self.confronted)

    def blocks(self, lang: Lang) -> Iterable[Block]:
        """A line a figure, in the unit that it was printed in; why figures differ; how many agree,
        and what part of the budget is held against print.
        """
        return blocks(self.confronted, lang)
