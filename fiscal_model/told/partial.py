"""Base amounts and grants of a place of which only some parts have counts: those bear, or get, what
was meant for all.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fiscal_model.engine.capped import CappedGroups
from fiscal_model.engine.program import Program
from fiscal_model.errors import Fault
from fiscal_model.messages.message import message
from fiscal_model.standard.lives import EVER
from fiscal_model.standard.names import grant_label
from fiscal_model.told.doubts import places_named, years_named
from fiscal_model.vocabulary import Text


def partly_counted(program: Program) -> Iterator[Fault]:
    """A line for each base amount or grant, and the years in which the same parts of its place have
    no count.
    """
    inputs = program.applied.inputs
    for groups in program.bases:
        for item, place, lacking, years in _partly(program, groups):
            yield _line(
                program,
                item,
                place,
                lacking,
                years,
                program.standard.base_amount,
                inputs.bases.where(str(item), program.standard.places.index[place]),
            )
    for groups in program.grants:
        payer = program.payers[groups.payer]
        for item, place, lacking, years in _partly(program, groups):
            where = inputs.amounts.where(
                f"grant:{item}:{payer}", program.standard.places.index[place]
            )
            yield _line(
                program,
                item,
                place,
                lacking,
                years,
                grant_label(item, program.standard.payers[payer].name),
                where,
            )


def _partly(
    program: Program, groups: CappedGroups
) -> Iterator[tuple[int, str, tuple[str, ...], list[int]]]:
    """Item and place of each group with the parts that no line of the item counts while others are,
    and the years of it.
    """
    places = program.standard.places
    of, year = groups.axes(groups.group)
    line, _, _ = np.unravel_index(groups.cells, program.costed.shape)
    for n, (item, code) in enumerate(groups.keys):
        parts = places.leaves(code)
        if len(parts) == 1:
            continue
        mine = of == n
        lines, counted = np.unique(line[mine]), np.unique(year[mine])
        named = [p for p, each in enumerate(program.places) if each in places.below(code)]
        supplied = np.asarray(program.supplied[lines][:, named].any(axis=0))
        lacking: dict[tuple[str, ...], list[int]] = {}
        for y in counted.tolist():
            there = {
                part
                for p, known in zip(named, supplied[:, y].tolist(), strict=True)
                if known
                for part in places.leaves(program.places[p])
            }
            year_asked = program.years[y]
            if missing := tuple(
                part
                for part in parts
                if part not in there
                and (life := places.lives.get(part, EVER)).there(year_asked)
                and there.isdisjoint(life.out_of)
            ):
                lacking.setdefault(missing, []).append(program.years[y])
        yield from ((item, code, missing, found) for missing, found in lacking.items())


def _line(
    program: Program,
    item: int,
    place: str,
    lacking: tuple[str, ...],
    years: list[int],
    what: Text,
    where: str,
) -> Fault:
    places = program.standard.places
    rest = [part for part in places.leaves(place) if part not in lacking]
    told = message(
        "parts-without-count",
        item=item,
        place=places.label(place),
        what=what,
        years=years_named(years),
        lacking=len(lacking),
        without=places_named(lacking, places),
        bearing=len(rest),
        those=places_named(rest, places),
    )
    return Fault(where, told)
