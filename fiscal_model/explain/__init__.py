"""How one figure came about, step by step, for people (text, HTML) and for machines (a dict)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fiscal_model.blocks import Block, Shown
from fiscal_model.calls import answered
from fiscal_model.explain import paragraphs
from fiscal_model.explain.steps import steps
from fiscal_model.explain.table import COLUMNS, rows
from fiscal_model.language import spoken
from fiscal_model.results.result import Result
from fiscal_model.vocabulary import Lang

if TYPE_CHECKING:
    import pandas as pd


@answered
@dataclass(frozen=True, repr=False)
class Explanation(Shown):
    """The steps to the figures of one item, place and year: ``data`` for machines, text and
    HTML for people.
    """

    budget: Result
    data: dict[str, Any]

    def blocks(self, lang: Lang) -> Iterable[Block]:
        """The steps in words, a line each."""
        return paragraphs.blocks(self.budget, self.data, lang)

    def to_dataframe(self, lang: Lang | None = None) -> pd.DataFrame:
        """The steps as a table, a row a step: columns ``place``, ``line``, ``step``, ``label``,
        ``value`` and ``source``.

        ``step`` is ``count`` or ``amount``, ``rate`` (a row for each that holds within the year),
        ``cost``, ``by_rule`` and ``paid`` (a row a payer, yuan before and after base amounts and
        grants) or ``not_costed``; ``base_amount`` and ``grant`` stand below the lines of a place,
        ``line`` empty.
        """
        import pandas as pd

        lang = spoken(lang)
        return pd.DataFrame(rows(self.budget, self.data, lang), columns=list(COLUMNS))


def explain(
    budget: Result, item: int | str, place: str | int, year: int | str, payer: str | None = None
) -> Explanation:
    """See :meth:`fiscal_model.Budget.explain`."""
    return Explanation(budget, steps(budget, item, place, year, payer))
