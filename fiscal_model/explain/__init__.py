"""How one figure came about, step by step, for people (text, HTML) and for machines (a dict)."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from fiscal_model.explain.steps import steps
from fiscal_model.explain.table import COLUMNS, rows
from fiscal_model.explain.words import words
from fiscal_model.language import spoken
from fiscal_model.results.result import Result
from fiscal_model.vocabulary import Lang

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Explanation:
    """The steps to the figures of one item, place and year: ``data`` for machines, :meth:`text` and
    :meth:`html` for people.
    """

    budget: Result
    data: dict[str, Any]

    def text(self, lang: Lang | None = None) -> str:
        """The steps in words."""
        lang = spoken(lang)
        return "\n".join(words(self.budget, self.data, lang))

    def html(self, lang: Lang | None = None) -> str:
        """The steps as nested HTML lists; every text of the data is escaped."""
        lang = spoken(lang)
        lines = words(self.budget, self.data, lang)
        rows = "".join(
            f'<div style="margin-left:{_indent(line) / 2}em">{escape(line.strip())}</div>'
            for line in lines[1:]
        )
        return f'<div class="fiscal-explanation"><b>{escape(lines[0])}</b>{rows}</div>'

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

    def _repr_html_(self) -> str:
        return self.html()

    def __repr__(self) -> str:
        return self.text()


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def explain(
    budget: Result, item: int | str, place: str | int, year: int | str, payer: str | None = None
) -> Explanation:
    """See :meth:`fiscal_model.Budget.explain`."""
    return Explanation(budget, steps(budget, item, place, year, payer))
