"""The splits behind the rows of a workbook, numbered: every leaf that applies under any reading,
and the rule that picks one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from fiscal_model.arrays import Ints
from fiscal_model.engine.grants import Givers
from fiscal_model.engine.program import Program
from fiscal_model.engine.splits import branches, chosen_readings
from fiscal_model.scenario.layers import periods
from fiscal_model.standard.clause import Clause
from fiscal_model.standard.kinds.leaf import BASE, GRANT, Hold, Leaf, Live
from fiscal_model.standard.kinds.open import LEFT_OPEN
from fiscal_model.standard.kinds.shares import Shares
from fiscal_model.standard.places import Places
from fiscal_model.standard.rules import Line, ReadNumber
from fiscal_model.standard.splits import Split, When, readings_of


@dataclass(frozen=True)
class Share:
    """One leaf of a rule as a row of the workbook.

    ``granters`` are those whose grant is supplied; where one is missing what the grants leave is
    ``open``. ``source`` numbers the entry that put the leaf there (0: the standard) and ``turns``
    are the branches on the way: lines that agree in all share a sum per head.
    """

    item: int
    source: int
    turns: tuple[object, ...]
    leaf: Leaf
    granters: tuple[str, ...]
    is_open: bool

    @property
    def tiers(self) -> tuple[Shares, ...]:
        """The weights as written, from the first division down; none for a sum per head."""
        return self.live.tiers

    @property
    def live(self) -> Live:
        """How the sheets show it; the cost is open where a grant that the leaf names is missing."""
        return LEFT_OPEN.live() if self.is_open else self.leaf.live()

    def values(self, form: str, parameter: str) -> tuple[tuple[str, float], ...]:
        """The numbers by payer of one parameter of a form; none where the leaf has no such."""
        own = self.live.parameters if self.live.form == form else ()
        return next((each.values for each in own if each.name == parameter), ())

    @property
    def base(self) -> Hold | None:
        """The limit by a base amount, where the leaf has one."""
        return next(iter(self.leaf.held(BASE)), None)

    @property
    def rest_bears_raise(self) -> bool:
        """Whether the rest bears the raise before the first division."""
        return bool(self.tiers and self.tiers[0].rest_bears_raise and self.tiers[0].rest)

    @property
    def is_plain(self) -> bool:
        """Whether fixed shares of the cost are all there is to it."""
        return not (self.live.parameters or self.base or self.granters or self.rest_bears_raise)


@dataclass(frozen=True)
class Rule:
    """The share (by number) for every combination of the options of some readings, the last reading
    turning fastest.
    """

    readings: tuple[str, ...]
    shares: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class RuleRows:
    """``rule`` is the number of the rule in force by (line, place, year), -1 where nothing is
    costed.
    """

    shares: tuple[Share, ...]
    rules: tuple[Rule, ...]
    rule: Ints
    readings: tuple[str, ...]

    def of(self, number: int) -> list[Share]:
        """The shares that a rule may pick."""
        return [self.shares[n] for n in self.rules[number].shares]

    def in_force(self, program: Program) -> Ints:
        """The share in force of every rule under the scenario's readings."""
        chosen = chosen_readings(program.standard, program.scenario)
        out = []
        for rule in self.rules:
            at = 0
            for code in rule.readings:
                options = list(program.standard.readings[code].options)
                at = at * len(options) + options.index(chosen[code])
            out.append(rule.shares[at])
        return np.array(out, np.intp)


def rule_rows(program: Program, cells: tuple[Ints, Ints, Ints], givers: Givers) -> RuleRows:
    """The rules of the (line, place, year) ``cells`` of a program."""
    numbering = _Numbering()
    places = program.standard.places
    speaker = places.speakers(program.places).tolist()
    out = np.full(program.costed.shape, -1, np.intp)
    known: dict[tuple[int, int, int], list[tuple[str, Sequence[_Turned]]]] = {}
    made: dict[tuple[int, int, int, int, tuple[object, ...]], int] = {}
    spans = periods(program.scenario)
    span_of = [
        next(n for n, span in enumerate(spans) if span.start <= year < span.end)
        for year in program.years
    ]
    for i, p, y in zip(*(axis.tolist() for axis in cells), strict=True):
        source = int(program.rules.source[i, speaker[p], y])
        span = span_of[y]
        if (i, source, span) not in known:
            known[i, source, span] = _variants(
                program, program.lines[i], source, spans[span].places
            )
        supplied = givers.supplied(program.lines[i].item, p, y)
        key = (i, source, span, speaker[p], supplied)
        if key not in made:
            made[key] = numbering.rule(
                program.lines[i].item, source, known[i, source, span], speaker[p], supplied
            )
        out[i, p, y] = made[key]
    used = {code for rule in numbering.rules for code in rule.readings}
    used |= {
        number.reading for i in set(cells[0].tolist()) for number in _numbers(program.lines[i])
    }
    readings = tuple(code for code in program.standard.readings if code in used)
    return RuleRows(tuple(numbering.shares), tuple(numbering.rules), out, readings)


_Turned = tuple[tuple[object, ...], Leaf, np.ndarray]


def _numbers(line: Line) -> Iterator[ReadNumber]:
    yield from (number for number in (line.counted, line.raised) if number)


def _variants(
    program: Program, line: Line, source: int, places: Places
) -> list[tuple[str, Sequence[_Turned]]]:
    """For every combination of options (named by the readings asked for) the leaves with the turns
    to them and their places.
    """
    standard, entry = program.standard, program.rules.entries[source]
    split: Split = entry.split if entry else standard.items[line.item].split
    mask = places.mask(entry.where) if entry and entry.where else places.everywhere()
    asked = [code for code in standard.readings if code in readings_of(split)]
    combinations = product(*(standard.readings[code].options for code in asked))
    return [
        (
            " ".join(asked),
            [
                (
                    tuple(
                        (step.lines, step.condition)
                        for step in branch.path
                        if isinstance(step, When)
                    ),
                    branch.leaf,
                    branch.mask,
                )
                for branch in branches(
                    split, line, mask, places, dict(zip(asked, options, strict=True))
                )
            ],
        )
        for options in combinations
    ]


class _Numbering:
    """Gives every share and rule its number when it is first met; shares that are alike and cite
    different clauses are two.
    """

    def __init__(self) -> None:
        self.shares: list[Share] = []
        self.rules: list[Rule] = []
        self.share_at: dict[tuple[Share, Clause | None, Clause | None], int] = {}
        self.rule_at: dict[Rule, int] = {}

    def share(self, share: Share) -> int:
        key = share, share.leaf.clause, share.leaf.rest_clause
        if key not in self.share_at:
            self.share_at[key] = len(self.shares)
            self.shares.append(share)
        return self.share_at[key]

    def rule(
        self,
        item: int,
        source: int,
        variants: list[tuple[str, Sequence[_Turned]]],
        place: int,
        supplied: tuple[str, ...],
    ) -> int:
        numbers = []
        for _, found in variants:
            turns, leaf, _ = next(each for each in found if each[2][place])
            named = {hold.payer for hold in leaf.held(GRANT)}
            granters = tuple(payer for payer in supplied if payer in named)
            is_open = len(granters) < len(named)
            numbers.append(self.share(Share(item, source, turns, leaf, granters, is_open)))
        asked = tuple(variants[0][0].split()) if len(set(numbers)) > 1 else ()
        rule = Rule(asked, tuple(numbers) if asked else (numbers[0],))
        if rule not in self.rule_at:
            self.rule_at[rule] = len(self.rules)
            self.rules.append(rule)
        return self.rule_at[rule]
