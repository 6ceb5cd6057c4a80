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
from fiscal_model.messages.message import Message, message
from fiscal_model.records.node import Habit, Habits


def _habit(rules: tuple[Rule, ...], examples: Message) -> Habit:
    return Habit(lambda text: plain(text, (*TEXT_RULES, *rules), []), examples)


HABITS: Final[Habits] = {
    "ratio": _habit((PERCENT,), message("examples-ratio")),
    "yuan": _habit((YUAN_SIGN, THOUSANDS, written_out(MONEY_UNITS)), message("examples-yuan")),
    "persons": _habit((THOUSANDS, written_out(("人", "名", "口"))), message("examples-persons")),
    "year": _habit((YEAR_WORD,), message("examples-year")),
    "years": _habit((written_out(("年",)),), message("examples-years")),
}
"""By what a figure is: a ratio (also growth and factors), yuan, persons, a year, a number of years.
"""


def plain_ages(text: str) -> str:
    """Ages as ``6-11``, ``7`` or ``90+``."""
    return plain(text, (*TEXT_RULES, AGE_WORDS), [])
