"""How a briefing note speaks: in one language, in 万元 as printed, of budgets by what the page calls
them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from fiscal_model.errors import shortened
from fiscal_model.results.result import Result
from fiscal_model.vocabulary import Lang, Text, joined, listed, together

if TYPE_CHECKING:
    from fiscal_model.briefing.brief import Brief

ORDINALS: Final = "一二三四五六"
LONGEST, SHORTER = 60, 36
"""Characters of a title that is quoted, and of each of many; twice as many Latin ones, or of a
reason.
"""
IS: Final = Text("为", ": ")
ROOMY: Final = 3
"""Up to how many options it is told from when on each acts, and on which items."""


class Speaker:
    """Words about a brief in one language."""

    def __init__(self, brief: Brief, lang: Lang) -> None:
        self.brief, self.lang = brief, lang
        self.figures, self.budgets = brief.figures, brief.budgets
        self.first: Result = brief.budgets[0]
        self.reforms = len(brief.budgets) - 1
        self.over = together(self.figures.years, lang)
        self.heads = [each.to(lang) for each in self.figures.titles]

    def say(self, zh: str, en: str) -> str:
        return Text(zh, en).to(self.lang)

    def label(self, n: int) -> str:
        """What a budget is called on the page."""
        return called(n, self.reforms, self.lang)

    def opening(self, n: int) -> str:
        """What a sentence on the n-th option begins with, where there are several."""
        return (
            self.say(f"{self.label(n)}：", f"{capital(self.label(n))}: ")
            if self.reforms > 1
            else ""
        )

    def quoted(self, budget: Result) -> str:
        """The title of a budget's scenario; the more there are, the less is quoted of each."""
        most = LONGEST if self.reforms <= ROOMY else SHORTER
        return shortened(
            budget.scenario.title.to(self.lang), most if self.lang == "zh" else 2 * most
        )

    def moved(self, name: str, change: float, before: float) -> str:
        """``地县增加20,091.40万元（0.8%）``."""
        if not np.nan_to_num(change):
            return self.say(f"{name}不变", f"{name} unchanged")
        part = f"{abs(change / before):.1%}" if np.nan_to_num(before) else ""
        zh, en = (f"（{part}）", f" ({part})") if part else ("", "")
        more = change > 0
        figure = f"{abs(change):,.2f}"
        return self.say(
            f"{name}{'增加' if more else '减少'}{figure}万元{zh}",
            f"{name} {'up' if more else 'down'} {figure}{en}",
        )

    def grouped(self, told: Sequence[tuple[str, str]], link: Text = IS) -> str:
        """What is said of each budget, of those alike once; ``link`` leads from them to it."""
        names: dict[str, list[str]] = {}
        for name, words in told:
            names.setdefault(words, []).append(name)
        if len(names) == 1:
            return told[0][1]
        return joined(
            (
                f"{listed(each, self.lang)}{link.to(self.lang)}{words}"
                for words, each in names.items()
            ),
            self.lang,
        )

    def sentence(self, words: str) -> str:
        """Words with the stop that ends them, ready for the next."""
        return words + self.say("。", ". ")

    def statements(self, parts: Sequence[str]) -> str:
        """The statements of one sentence."""
        return self.say("，", ", ").join(parts)


def called(n: int, reforms: int, lang: Lang) -> str:
    """What a budget is called on the page: the reference, then options by number."""
    if n == 0:
        return Text("对照情景", "reference").to(lang)
    if reforms == 1:
        return Text("本方案", "the option").to(lang)
    return Text(f"方案{ORDINALS[n - 1]}", f"option {n}").to(lang)


def capital(words: str) -> str:
    """Words that begin a line."""
    return words[:1].upper() + words[1:]
