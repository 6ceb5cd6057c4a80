"""How analysts write figures in a scenario file, made plain by the rules of the input tables."""

from __future__ import annotations

from typing import Final

from fiscal_model.inputs.cells import MONEY_UNITS
from fiscal_model.inputs.normal import (
    AGE_WORDS,
    PERCENT,
    TEXT_RULES,
    THOUSANDS,
    YEAR_WORD,
    YUAN_SIGN,
    Rule,
    plain,
    written_out,
)
from fiscal_model.records.node import Habit, Habits
from fiscal_model.vocabulary import Text


def _habit(rules: tuple[Rule, ...], zh: str, en: str) -> Habit:
    return Habit(lambda text: plain(text, (*TEXT_RULES, *rules), []), Text(zh, en))


HABITS: Final[Habits] = {
    "ratio": _habit((PERCENT,), "0.8 或 80%", "0.8 or 80%"),
    "yuan": _habit(
        (YUAN_SIGN, THOUSANDS, written_out(MONEY_UNITS)),
        "720、720元 或 1.2万元",
        "720, 720元 or 1.2万元",
    ),
    "persons": _habit(
        (THOUSANDS, written_out(("人", "名", "口"))),
        "12000、12000人 或 1.2万人",
        "12000, 12000人 or 1.2万人",
    ),
    "year": _habit((YEAR_WORD,), "2026 或 2026年", "2026 or 2026年"),
    "years": _habit((written_out(("年",)),), "4 或 4年", "4 or 4年"),
}
"""By what a figure is: a ratio (also growth and factors), yuan, persons, a year, a number of years.
"""


def plain_ages(text: str) -> str:
    """Ages as ``6-11``, ``7`` or ``90+``."""
    return plain(text, (*TEXT_RULES, AGE_WORDS), [])
