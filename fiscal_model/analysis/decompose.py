"""What the difference between two budgets comes from: parts by group of changes that add up to it,
cell by cell.
A mixture takes some groups of changes from the second scenario and the others from the first; the
data are a group, too, where they differ. A group's part is its mean effect over all orders in which the groups could have come (its
Shapley value), or its effect in one order that is chosen. Either way the parts add up.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from math import comb
from typing import Final

import numpy as np

from fiscal_model.analysis.aligned import Axes
from fiscal_model.arrays import Floats, Mask
from fiscal_model.engine.memo import Memo
from fiscal_model.engine.project import Span
from fiscal_model.errors import Fault, FiscalModelError, fault
from fiscal_model.inputs.model import Inputs
from fiscal_model.inputs.vintages import Vintages
from fiscal_model.messages.message import message
from fiscal_model.names import Names
from fiscal_model.progress import watched
from fiscal_model.results.result import Result
from fiscal_model.run import simulated
from fiscal_model.scenario.entries import GroupEntry
from fiscal_model.scenario.entries.entry import Common
from fiscal_model.scenario.model import Scenario
from fiscal_model.standard.kinds.leaf import BASE
from fiscal_model.standard.splits import leaves
from fiscal_model.vocabulary import Text, in_both

DATA: Final = "data"
GROUPS: Final = {
    DATA: Text("输入数据", "data"),
    "beneficiaries": Text("受益对象人数", "beneficiaries"),
    "rates": Text("补助标准", "unit rates"),
    "split": Text("分担办法", "split"),
    "base": Text("2015年基数", "base amount"),
    "readings": Text("文义口径", "readings"),
    "lines": Text("新增支出项", "new lines"),
}
"""The groups of changes that a difference is shared out among. ``data`` is what was supplied
(counts, rates, base amounts, amounts), all others what scenarios say. Vital rates count as
beneficiaries, the membership of place groups as split; what a scenario or the data say of a line,
item or beneficiary that the other scenario does not have goes with the new lines.
"""
BESIDE: Final = frozenset({"fiscal_capacity", "advances", "actuals", "functions"})
"""Tables that no amount of a budget rests on."""
GROUP_NAMES: Final = Names(Text("变化类别", "group of changes"), GROUPS)


def stacking_order(order: Sequence[str]) -> tuple[str, ...]:
    """All groups, those named first; the others follow in the order of :data:`GROUPS`.

    Raises:
        FiscalModelError: a group is unknown or named twice.

    """
    codes = tuple(map(GROUP_NAMES.code, order))
    for name, code in zip(order, codes, strict=True):
        if codes.count(code) > 1:
            raise fault("", "change-group-twice", group=name)
    return (*codes, *(group for group in GROUPS if group not in codes))


@dataclass(frozen=True, eq=False)
class Decomposition:
    """The difference between budgets ``a`` and ``b`` and its parts by (group, payer, line, place,
    year) over ``axes``.

    Scenarios that mix the two are simulated when parts are asked for, not before.
    """

    a: Result
    b: Result
    axes: Axes
    memo: Memo

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """The groups in which the budgets differ."""
        a, b = self.a.scenario, self.b.scenario
        others = (group for group in GROUPS if group != DATA)
        differ = [
            group for group in others if self._shared.says(a, group) != self._shared.says(b, group)
        ]
        acting = any(cell.table not in BESIDE for cell in self.vintages.cells)
        return (*((DATA,) if acting else ()), *differ)

    @cached_property
    def vintages(self) -> Vintages:
        """The data of both, as far as both scenarios know what they name."""
        a, b = self.a, self.b
        return Vintages(a.inputs, b.inputs, a.standard, b.standard)

    @cached_property
    def parts(self) -> dict[str, Floats]:
        """Order-free: the Shapley value of each group that differs."""
        every = [
            taken
            for size in range(len(self.groups) + 1)
            for taken in combinations(self.groups, size)
        ]
        lines = np.flatnonzero(
            np.logical_or.reduce([self._moved(taken)[0] for taken in watched(every)])
        )
        found = shapley(self.groups, lambda taken: self._worth(taken)[:, lines])
        out = {group: np.zeros([len(each) for each in self.axes.all]) for group in self.groups}
        for group, part in zip(self.groups, found, strict=True):
            out[group][:, lines] = part
        return out

    def stacked(self, order: Sequence[str]) -> dict[str, Floats]:
        """The groups that differ in a chosen order, each on top of those before it; the groups not
        named follow.

        Raises:
            FiscalModelError: a group is unknown or named twice.

        """
        groups = tuple(group for group in stacking_order(order) if group in self.groups)
        steps = [self._worth(groups[:n]) for n in range(len(groups) + 1)]
        return {group: steps[n + 1] - steps[n] for n, group in enumerate(groups)}

    def _worth(self, taken: tuple[str, ...]) -> Floats:
        """What the groups ``taken`` as in ``b`` change of ``a``, the others being as in ``a``."""
        lines, change = self._moved(taken)
        out = np.zeros([len(each) for each in self.axes.all])
        out[:, lines] = change
        return out

    def _moved(self, taken: tuple[str, ...]) -> tuple[Mask, Floats]:
        """The lines that change at all, and their change; each mixture is simulated once."""
        wanted = tuple(group for group in self.groups if group in taken)
        if wanted not in self._found:
            change = self._amounts(wanted) - self.axes.fit(self.a)[0]
            lines = np.asarray(change.any(axis=(0, 2, 3)))
            self._found[wanted] = lines, change[:, lines]
        return self._found[wanted]

    @cached_property
    def _found(self) -> dict[tuple[str, ...], tuple[Mask, Floats]]:
        return {}

    def _amounts(self, taken: tuple[str, ...]) -> Floats:
        """The amounts with the groups ``taken`` as in ``b`` and the others as in ``a``."""
        if not taken or len(taken) == len(self.groups):
            return self.axes.fit(self.b if taken else self.a)[0]
        a, b = self.a.scenario, self.b.scenario
        mixed = self._shared.mixed(a, b, taken)
        inputs = self._inputs(DATA in taken, "lines" in taken)
        try:
            # Both ends reach these years, so nothing is asked of a mixture: what one of them does
            # not cost stays so.
            return self.axes.fit(
                simulated(
                    mixed.standard, mixed, inputs, Span(self.axes.years, asked=False), self.memo
                )
            )[0]
        except FiscalModelError as error:
            groups = in_both(GROUPS[group] for group in taken)
            first = Fault("", message("change-not-taken-apart", groups=groups))
            raise FiscalModelError([first, *error.faults]) from None

    def _inputs(self, data: bool, lines: bool) -> Inputs:
        """The data of ``b`` or ``a``, and with the lines of the other what its data say of them."""
        if DATA not in self.groups:
            data = lines
        if "lines" not in self.groups:
            lines = data
        if (data, lines) not in self._mixed_inputs:
            of, new = (self.b if each else self.a for each in (data, lines))
            found = of.inputs
            if of is not new:
                found = found.known_to(new.standard).with_new_to(of.standard, new.inputs)
            self._mixed_inputs[data, lines] = found
        return self._mixed_inputs[data, lines]

    @cached_property
    def _mixed_inputs(self) -> dict[tuple[bool, bool], Inputs]:
        # one object for each mixture, so that the memo knows it again
        return {}

    @cached_property
    def _shared(self) -> _Shared:
        return _Shared(self.a.scenario, self.b.scenario)


def shapley(groups: tuple[str, ...], worth: Callable[[tuple[str, ...]], Floats]) -> list[Floats]:
    """The mean effect of each group over all orders; ``worth`` gives the value of every subset, in
    the order of ``groups``.

    A group that changes nothing in a cell has exactly 0 there: only differences are summed.
    """
    n = len(groups)
    values = {taken: worth(taken) for size in range(n + 1) for taken in combinations(groups, size)}
    parts = [np.zeros_like(values[()]) for _ in groups]
    for part, group in zip(parts, groups, strict=True):
        for taken, without in values.items():
            if group not in taken:
                joined = tuple(each for each in groups if each in taken or each == group)
                part += (values[joined] - without) / (n * comb(n - 1, len(taken)))
    return parts


class _Shared(Common):
    """What two scenarios have in common, and so to which group each of their entries belongs."""

    def __init__(self, one: Scenario, other: Scenario) -> None:
        a, b = self.a, self.b = one.standard, other.standard
        joins = [
            entry.mask
            for scenario in (one, other)
            for entry in scenario.every(GroupEntry)
            if entry.joins
        ]
        self.joining = np.logical_or.reduce([np.zeros(len(a.places), bool), *joins])
        self.readings = a.readings.keys() & b.readings.keys()
        self._known: Mapping[str, Collection[object]] = {
            "line": a.lines.keys() & b.lines.keys(),
            "item": a.items.keys() & b.items.keys(),
            "beneficiary": a.beneficiaries.keys() & b.beneficiaries.keys(),
        }
        self.differ = (a.lines.keys(), a.items.keys(), a.beneficiaries.keys()) != (
            b.lines.keys(),
            b.items.keys(),
            b.beneficiaries.keys(),
        )

    def knows(self, name: str, value: object) -> bool:
        """Whether both have it; an item as a whole has no line."""
        return value is None or name not in self._known or value in self._known[name]

    def limits(self, item: int, mask: Mask) -> bool:
        """Whether the rules limit the item by a base amount in a place that no entry puts into a
        group.
        """
        based = any(leaf.held(BASE) for leaf in leaves(self.a.items[item].split))
        return based and bool((mask & ~self.joining).any())

    def says(self, scenario: Scenario, group: str) -> Hashable:
        """What a scenario's chain says in one group, in whatever order its files say it."""
        if group == "lines":
            return self.differ and scenario.standard is self.b
        if group == "readings":
            known = scenario.standard.readings
            return frozenset(
                (code, scenario.reading(code, known[code].default)) for code in self.readings
            )
        files = []
        for each in scenario.chain():
            said = frozenset(entry.content for entry in each.entries if entry.part(self) == group)
            files += [(each.below_inputs, said)] if said else []
        return (tuple(files), group == "beneficiaries" and scenario.nearest_projection()[0])

    def mixed(self, a: Scenario, b: Scenario, taken: tuple[str, ...]) -> Scenario:
        """A scenario that takes the groups named from ``b`` and the others from ``a``. Groups do
        not meet, so the layers may simply be stacked.
        """
        standard = b.standard if "lines" in taken else a.standard
        below: Scenario | None = None
        for source, mine in ((a, set(GROUPS) - set(taken)), (b, set(taken))):
            for each in source.chain():
                readings = {
                    code: option
                    for code, option in each.readings.items()
                    if ("readings" if code in self.readings else "lines") in mine
                }
                below = replace(
                    each,
                    parent=below,
                    standard=standard,
                    readings=readings,
                    entries=tuple(entry for entry in each.entries if entry.part(self) in mine),
                    projection=each.projection if "beneficiaries" in mine else "",
                )
        assert below is not None
        return below
