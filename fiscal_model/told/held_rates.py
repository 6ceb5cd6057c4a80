"""Later national rates that a shipped foundation knows up to some year and holds from there on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fiscal_model.engine.program import Program
from fiscal_model.errors import Fault
from fiscal_model.messages.message import message
from fiscal_model.periods import SLOTS
from fiscal_model.scenario.entries import RateEntry
from fiscal_model.standard.rules import Line
from fiscal_model.vocabulary import LANGS, Text, first_of, joined, labelled


def held_rates(program: Program) -> Iterator[Fault]:
    """One line for all lines that are costed at such a rate after the year that it is known for,
    by that year, the latest first.
    """
    by_year: dict[int, list[Text]] = {}
    for i, line in enumerate(program.lines):
        if not line.is_amount and (year := _known_until(program, i, line)):
            by_year.setdefault(year, []).append(line.name)
    if by_year:
        named = {
            year: first_of(by_year[year], Text("项", "lines"), 1)
            for year in sorted(by_year, reverse=True)
        }
        known = Text(
            *(
                joined((labelled(str(year), named[year].to(lang), lang) for year in named), lang)
                for lang in LANGS
            )
        )
        yield Fault("", message("rates-known-until", known=known))


def _known_until(program: Program, i: int, line: Line) -> int | None:
    """The year in which the last rate that a foundation knows for a line starts, where the line is
    costed at it later.
    """
    own = program.standard.rates_from.order
    known = {
        entry: start
        for each in program.scenario.chain()
        if each.below_inputs
        for entry in each.of(RateEntry)
        if entry.line == line.code and (start := entry.start) and start.order > own
    }
    if not known:
        return None
    latest = max(known.values(), key=lambda start: start.order)
    timeline, year = program.timelines[line.code], program.years[-1]
    at = np.searchsorted(timeline.breaks, (year + 1) * SLOTS) - 1
    places = program.standard.places.speakers(program.places)[program.costed[i, :, -1]]
    sources = {timeline.sources[n] for n in timeline.origin[places, at].tolist() if n >= 0}
    acts = any(known.get(source) == latest for source in sources if isinstance(source, RateEntry))
    return latest.year if acts and year > latest.year else None
