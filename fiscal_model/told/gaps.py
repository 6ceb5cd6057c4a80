"""Places and years within those of the data that a series has no figure for: left out, held or
projected, never filled in silence.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from fiscal_model.arrays import Floats, Ints, Mask
from fiscal_model.engine.program import Program
from fiscal_model.engine.project import Projection
from fiscal_model.engine.territory import own_ended
from fiscal_model.errors import Fault
from fiscal_model.inputs.labels import label_of
from fiscal_model.inputs.model import Cells
from fiscal_model.messages.message import message
from fiscal_model.standard.places import Places
from fiscal_model.standard.rules import Standard
from fiscal_model.told.doubts import places_named, years_named
from fiscal_model.vocabulary import Text, first_of

LEFT_OUT, HELD, PROJECTED = 1, 2, 3
FATES: Final = {
    LEFT_OUT: message("gap-left-out"),
    HELD: message("gap-held"),
    PROJECTED: message("gap-projected"),
}
_KINDS: Final = {
    "beneficiaries": "beneficiary",
    "amounts": "amount_line",
}
"""Of which kind the names of a table's series are."""

Where = tuple[int, tuple[int, ...], tuple[int, ...]]
"""What became of it, and the places and years of it."""


def gaps(program: Program, unused: Mapping[str, Mask]) -> Iterator[Fault]:
    """A line for all series of a table that lack the same places and years.

    Series that act on nothing, though they have rows of years that are simulated, are told
    elsewhere.
    """
    applied, inputs = program.applied, program.applied.inputs
    span, known = applied.span, inputs.years
    wanted = np.arange(known[0], known[-1] + 1)
    if span.named:
        wanted = wanted[np.isin(wanted, span.years)]
    for table, cells, projection in (
        ("beneficiaries", inputs.counts, applied.counts),
        ("amounts", inputs.amounts, applied.amounts),
        ("overlaps", inputs.overlaps, applied.overlaps),
    ):
        alike: dict[Where, list[str]] = {}
        acting = set(_acting(cells, unused[table], span.years)) if table in unused else set()
        for name, found in _of_series(
            acting, cells, projection, wanted, np.isin(wanted, span.years), program.standard.places
        ):
            alike.setdefault(found, []).append(name)
        for (fate, where, years), names in alike.items():
            yield _line(program, table, cells, names, fate, where, years)


def _acting(cells: Cells, unused: Mask, years: Sequence[int]) -> Iterator[str]:
    """The series that have a row which acts, or none of the simulated years at all."""
    simulated = np.isin(cells.year_at, years)
    for s, name in enumerate(cells.series):
        mine = cells.series_at == s
        if not unused[mine].all() or not simulated[mine].any():
            yield name


def _of_series(
    acting: Collection[str],
    cells: Cells,
    projection: Projection,
    wanted: Ints,
    simulated: Mask,
    places: Places,
) -> Iterator[tuple[str, Where]]:
    """For each acting series what became of the years that it lacks, with the places that share
    it.
    """
    names = tuple(name for name in projection.series if name in acting)
    if not names or not len(wanted):
        return
    years = slice(wanted[0] - projection.first, wanted[-1] - projection.first + 1)
    every = np.arange(wanted[0], wanted[-1] + 1)
    first = min(int(cells.year_at.min()), int(every[0]))
    last = max(int(cells.year_at.max()), int(every[-1]))
    whole = cells.dense(names, len(places), first, last)
    values = projection.values[[projection.series.index(name) for name in names]][..., years]
    here = np.arange(first, last + 1)
    missing = _missing(whole, places, here)[..., np.isin(here, every)]
    kept = np.where(values == _last_figure(whole)[..., None], HELD, PROJECTED)
    fate = np.where(missing, np.where(np.isnan(values), LEFT_OUT, kept), 0)
    fate = fate[..., np.isin(every, wanted)]
    fate[(fate > LEFT_OUT) & ~simulated] = LEFT_OUT
    for s in np.flatnonzero(fate.any(axis=(1, 2))).tolist():
        kept = np.flatnonzero(fate[s].any(axis=1))
        shapes, which = np.unique(fate[s][kept], axis=0, return_inverse=True)
        for n, shape in enumerate(shapes):
            at = tuple(kept[which.ravel() == n].tolist())
            for kind in FATES:
                if (shape == kind).any():
                    yield names[s], (kind, at, tuple(wanted[shape == kind].tolist()))


def _last_figure(whole: Floats) -> Floats:
    """The last supplied figure of each (series, place); NaN without one."""
    at = np.where(np.isnan(whole), -1, np.arange(whole.shape[-1])).max(axis=-1)
    return np.where(
        at >= 0, np.take_along_axis(whole, np.maximum(at, 0)[..., None], axis=-1)[..., 0], np.nan
    )


def _missing(whole: Floats, places: Places, years: Ints) -> Mask:
    """Where a series that a place has lacks a year, (series, place, year), and neither a place
    around it has a figure nor its own have ended.
    """
    known = ~np.isnan(whole)
    counted = np.asarray(known.any(axis=-1))[..., None]
    elsewhere = np.swapaxes(places.counted_elsewhere(np.swapaxes(known, 0, 1)), 0, 1)
    around = _given_around(known | elsewhere, places) | own_ended(whole, places, years)
    return np.asarray(~known & counted & ~around)


def _given_around(given: Mask, places: Places) -> Mask:
    """Where a place above has a figure, or all parts below have one: it is told in another way than
    before, not left out.
    """
    above, whole = given.copy(), given.copy()
    for _ in range(places.depth):
        above |= above[:, places.parents]
    for code in reversed(places.codes):
        if parts := places.parts(code):
            whole[:, places.index[code]] |= whole[:, places.at(parts)].all(axis=1)
    return above | whole


def series_label(table: str, series: str, standard: Standard) -> Text:
    """What a series is called: a beneficiary, a line, a grant, two benefits drawn together."""
    if table == "overlaps":
        one, other = (standard.beneficiaries[name].name for name in series.split(":"))
        return Text(f"{one.zh}与{other.zh}重复", f"{one.en} and {other.en} together")
    return label_of(_KINDS[table], series, standard)


def _line(
    program: Program,
    table: str,
    cells: Cells,
    names: list[str],
    fate: int,
    where: tuple[int, ...],
    years: tuple[int, ...],
) -> Fault:
    standard = program.standard
    of = first_of([series_label(table, name, standard) for name in names], Text("种", "series"))
    told = message(
        "figures-missing",
        series=of,
        places=places_named((standard.places.codes[p] for p in where), standard.places),
        years=years_named(years),
        fate=FATES[fate],
    )
    return Fault(cells.where(names[0], where[0]), told)
