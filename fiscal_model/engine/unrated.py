"""Notes on lines that have beneficiaries and, for a year or a part of it, no rate: what is not
costed is told.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from fiscal_model.arrays import Floats, Mask
from fiscal_model.engine.coefficients import Frame
from fiscal_model.errors import Fault
from fiscal_model.standard.rules import Line
from fiscal_model.vocabulary import Text, first_of, spans

MOST_PARTS: Final = 3
"""How many parts of a year a note names."""


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
                        for lang in ("zh", "en")
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


def _none(line: Line, years: Text, where: Text, _: list[str], ever: bool) -> Text:
    """No rate in some years; where there is one in others, a line by the year may have got it after
    1 January.
    """
    by_year = ever and line.accrual == "calendar_year"
    zh = "（按每年 1 月 1 日的标准计，当日没有标准的年份没有费用）" if by_year else ""
    en = (
        " (it counts by the rate on 1 January: a year without one then costs nothing)"
        if by_year
        else ""
    )
    return Text(
        f"第{line.item}项“{line.code}”有人数而缺少补助标准，未测算：{where.zh}，{years.zh} 年{zh}",
        f"item {line.item}, line '{line.code}' has counts and no rate and is not costed:"
        f" {where.en}, {years.en}{en}",
    )


def _part(line: Line, years: Text, where: Text, parts: list[str], _: bool) -> Text:
    zh, en = (
        ("、".join(parts), ", ".join(parts))
        if len(parts) <= MOST_PARTS
        else ("不足 1", "less than 1")
    )
    return Text(
        f"第{line.item}项“{line.code}”{years.zh} 年只在部分时间有补助标准（折合全年的 {zh}），"
        f"其余时间没有费用：{where.zh}",
        f"item {line.item}, line '{line.code}' has a rate for a part of {years.en} only ({en} of"
        f" the year's money), the rest costs nothing: {where.en}",
    )
