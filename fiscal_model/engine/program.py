"""Compiles the rules of a scenario once into coefficient arrays; a simulation is then arithmetic on
them.
``coefficient[payer, line, place, year]`` is yuan per unit of quantity (a beneficiary, or a yuan of
an amount). What is not linear, base amounts and grants, stands beside it as short lists of capped
groups.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fiscal_model.arrays import Floats, Ints, Mask
from fiscal_model.engine.applied import Applied, apply
from fiscal_model.engine.capped import CappedGroups
from fiscal_model.engine.coefficients import Frame, coefficients
from fiscal_model.engine.grants import Givers, givers, grant_groups
from fiscal_model.engine.judge import doubts
from fiscal_model.engine.limits import base_groups
from fiscal_model.engine.memo import Memo
from fiscal_model.engine.overlap import deducted, drawn_together
from fiscal_model.engine.project import Projection, Span, span_of
from fiscal_model.engine.rates import Timeline
from fiscal_model.engine.splits import RuleBook, chosen_readings
from fiscal_model.engine.trace import Trace, traced
from fiscal_model.engine.unrated import unrated
from fiscal_model.errors import Fault, Faults
from fiscal_model.inputs.model import Inputs
from fiscal_model.messages.message import Message, message
from fiscal_model.scenario.model import Scenario
from fiscal_model.standard.rules import Line, Standard
from fiscal_model.vocabulary import LANGS, Text, spans


@dataclass(frozen=True)
class Program:
    """The compiled rules and the quantities they act on, over the places that the inputs name.

    ``quantity`` is 0 where nothing is ``supplied``; ``costed`` is where quantity and unit cost are
    known, ``deducted`` what an overlap took out; all by (line, place, year). ``left_open`` are the
    flat cells whose cost is unallocated because a grant is not supplied.
    """

    frame: Frame
    coefficient: Floats
    supplied: Mask
    costed: Mask
    deducted: Floats
    bases: tuple[CappedGroups, ...]
    grants: tuple[CappedGroups, ...]
    left_open: Ints
    givers: Givers
    applied: Applied
    notes: tuple[Fault, ...]

    @property
    def standard(self) -> Standard:
        """The standard whose rules these are."""
        return self.frame.standard

    @property
    def scenario(self) -> Scenario:
        """The scenario that was compiled."""
        return self.frame.scenario

    @property
    def payers(self) -> tuple[str, ...]:
        """The payers of ``coefficient``."""
        return self.frame.payers

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines of the standard."""
        return self.frame.lines

    @property
    def places(self) -> tuple[str, ...]:
        """The codes of the places that the inputs name."""
        return self.frame.places

    @property
    def years(self) -> tuple[int, ...]:
        """The years simulated."""
        return self.frame.years

    @property
    def unit(self) -> Floats:
        """Yuan a unit and year, NaN where no rate is known."""
        return self.frame.unit

    @property
    def quantity(self) -> Floats:
        """Persons or yuan, 0 where nothing is supplied."""
        return self.frame.quantity

    @cached_property
    def trace(self) -> Trace:
        """What it did, stage by stage; computed when asked for."""
        return traced(self.frame, self.coefficient, self.grants, self.bases)

    @property
    def rules(self) -> RuleBook:
        """The split in force by (line, place, year) over all places."""
        return self.applied.rules

    @property
    def timelines(self) -> Mapping[str, Timeline]:
        """The unit rate of each line over time."""
        return self.applied.timelines

    @property
    def empty(self) -> Fault | None:
        """That nothing is costed, and why, or that all that is costed is zero; None where there is
        an amount.
        """
        if np.any(self.quantity * np.nan_to_num(self.unit)):
            return None
        if self.costed.any():
            return Fault(self.scenario.name, message("costs-all-zero"))
        return Fault(self.scenario.name, message("nothing-costed", why=_why_nothing(self)))


def compile_program(
    standard: Standard,
    scenario: Scenario,
    inputs: Inputs,
    years: Sequence[int] | Span | None = None,
    memo: Memo | None = None,
) -> Program:
    """Compiles ``scenario`` for ``inputs`` over ``years`` (default: as :func:`span_of` says);
    ``memo`` holds what other scenarios have in common with it.

    Raises:
        FiscalModelError: a series does not reach a year asked for, a place is too coarse for a
            rule, or a base amount is missing.

    """
    faults = Faults()
    span = years if isinstance(years, Span) else span_of(scenario, inputs, years)
    applied = apply(standard, scenario, inputs, span, memo)
    unit, rules = applied.unit, applied.rules
    supplied, left_out = _quantities(applied, faults)
    axis = np.nonzero(~np.isnan(supplied).all(axis=(0, 2)))[0]
    _check_coarse_places(rules, unit, supplied, axis, standard, inputs, span.years, faults)
    faults.raise_if_any()
    places = standard.places
    lines, names = tuple(standard.lines.values()), tuple(places.codes[p] for p in axis)
    speaker = places.speakers(names)
    rate, given = unit[:, speaker], supplied[:, axis]
    quantity = np.nan_to_num(given)
    leaf, branch = rules.leaf[:, speaker], rules.branch[:, speaker]
    frame = Frame(
        standard, scenario, lines, names, span.years, leaf, rules.leaves, branch, rate, quantity
    )
    coefficient, notes = coefficients(frame)
    bases = base_groups(frame, applied, faults)
    given_by = givers(frame, applied.amounts)
    grants, left_open = grant_groups(frame, given_by, coefficient, notes, faults)
    faults.raise_if_any()
    always = np.ones(rate.shape[1:])
    covered = [
        always if line.is_amount else applied.timelines[line.code].covered(span.years)[speaker]
        for line in lines
    ]
    notes += [
        *applied.notes,
        *drawn_together(standard, chosen_readings(standard, scenario), applied.overlaps.series),
        *doubts(standard, scenario, span.years[-1]),
        *unrated(frame, given, np.array(covered)),
    ]
    known = ~np.isnan(given)
    return Program(
        frame,
        coefficient,
        known,
        known & ~np.isnan(rate),
        left_out[:, axis],
        bases,
        grants,
        left_open,
        given_by,
        applied,
        tuple(notes),
    )


def _why_nothing(program: Program) -> Message:
    given = program.applied.inputs.years
    if program.supplied.any():
        return message("nothing-rated")
    if not set(given) & set(program.years):
        asked, there = (
            Text(*(spans(years, lang) for lang in LANGS)) for years in (program.years, given)
        )
        return message("nothing-in-years", known=there, asked=asked)
    return message("nothing-counted")


def _quantities(applied: Applied, faults: Faults) -> tuple[Floats, Floats]:
    """What is counted or summed by (line, place, year) over all places, NaN where nothing is
    supplied, and what of it an overlap takes out.
    """
    standard, years, both = applied.standard, applied.span.years, applied.overlaps
    supplied = _by_line(standard, applied.counts, applied.amounts, applied.span)
    readings = chosen_readings(standard, applied.scenario)
    left_out = deducted(
        standard,
        readings,
        both.series,
        both.select(both.series, years),
        supplied,
        applied.unit,
        years,
        faults,
    )
    faults.raise_if_any()
    return supplied - left_out, left_out


def _by_line(standard: Standard, counts: Projection, amounts: Projection, span: Span) -> Floats:
    """The beneficiaries or the amount of every line, (line, place, year) over all places; NaN where
    nothing is supplied.
    """
    out = np.full((len(standard.lines), len(standard.places), len(span.years)), np.nan)
    for i, line in enumerate(standard.lines.values()):
        name, source = (line.code, amounts) if line.is_amount else (line.beneficiary or "", counts)
        if name in source.series:
            out[i] = source.select((name,), span.years)[0]
    return out


def _check_coarse_places(
    rules: RuleBook,
    unit: Floats,
    supplied: Floats,
    axis: Ints,
    standard: Standard,
    inputs: Inputs,
    years: Sequence[int],
    faults: Faults,
) -> None:
    """A count for a place whose parts follow different rules or rates cannot be shared out: it is
    refused.
    """
    places = standard.places
    there = places.there(years)
    for p in axis:
        parts = places.at(places.leaves(places.codes[p]))
        if len(parts) == 1:
            continue
        given = ~np.isnan(supplied[:, p])
        speaker = places.speaker(places.codes[p])
        leaf, cost = rules.leaf[:, parts], unit[:, parts]
        one, each = rules.leaf[:, [speaker]], unit[:, [speaker]]
        splits_differ = ((leaf != one) & there[parts]).any(axis=1)
        alike = (cost == each) | (np.isnan(cost) & np.isnan(each))
        rates_differ = (~alike & there[parts]).any(axis=1)
        place = places.by_code[places.codes[p]]
        for differs, what in (
            (splits_differ, Text("分担办法", "splits")),
            (rates_differ, Text("补助标准", "rates")),
        ):
            for i in np.nonzero((differs & given).any(axis=1))[0]:
                line = list(standard.lines.values())[i]
                cells, name = (
                    (inputs.amounts, line.code)
                    if line.is_amount
                    else (inputs.counts, line.beneficiary or "")
                )
                faults.add(
                    cells.where(name, int(p)),
                    "place-too-coarse",
                    item=line.item,
                    line=line.code,
                    place=place.name,
                    code=place.code,
                    what=what,
                )
