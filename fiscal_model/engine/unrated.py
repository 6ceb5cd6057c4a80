"""Notes on lines that have beneficiaries and, for a year or a part of it, no rate: what is not
costed is told.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from fiscal_model.arrays import Floats, Mask
from fiscal_model.engine.coefficients import Frame
from fiscal_model.errors import Fault
from fiscal_model.messages.message import Arg, Message, message
from fiscal_model.standard.rules import Line
from fiscal_model.vocabulary import LANGS, Text, first_of, listed, spans

MOST_PARTS: Final = 3
"""How many parts of a year a note names."""
LESS: Final = Text("不足 1", "less than 1")


def unrated(frame: Frame, given: Floats, covered: Floats) -> list[Fault]:
    """A note for each line that is counted (``given``, NaN where not) in years without a rate, or
    with one for a part of the year's money (``covered``).
    """
    notes = []
    for i, line in enumerate(frame.lines):
        counted = given[i] > 0
        for lacking, say in (
            (counted & (covered[i] == 0), _none),
            (counted & (covered[i] > 0) & (covered[i] < 1), _part),
        ):
            if lacking.any():
                years = Text(
                    *(
                        spans(np.array(frame.years)[lacking.any(axis=0)].tolist(), lang)
                        for lang in LANGS
                    )
                )
                parts = sorted({f"{part:.4g}" for part in covered[i][lacking].tolist()})
                notes.append(
                    Fault(
                        "rates",
                        say(
                            line, years, _where(frame, lacking), parts, bool((covered[i] > 0).any())
                        ),
                    )
                )
    return notes


def _where(frame: Frame, lacking: Mask) -> Text:
    """The first of the places, and how many there are."""
    at = np.flatnonzero(lacking.any(axis=1))
    names = [frame.standard.places.label(frame.places[p]) for p in at]
    return first_of(names, Text("地", ""))


def _none(line: Line, years: Text, where: Text, _: list[str], ever: bool) -> Message:
    """No rate in some years; where there is one in others, a line by the year may have got it after
    1 January.
    """
    by_year = ever and line.accrual == "calendar_year"
    dated: Arg = message("rate-on-1-january") if by_year else ""
    return message(
        "rate-missing", item=line.item, line=line.code, places=where, years=years, dated=dated
    )


def _part(line: Line, years: Text, where: Text, parts: list[str], _: bool) -> Message:
    named = Text(*(listed(parts, lang) for lang in LANGS)) if len(parts) <= MOST_PARTS else LESS
    return message(
        "rate-for-part-of-year",
        item=line.item,
        line=line.code,
        years=years,
        part=named,
        places=where,
    )
