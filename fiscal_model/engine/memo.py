"""What several scenarios say alike is worked out once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from fiscal_model.inputs.model import Inputs
from fiscal_model.scenario.entries import Entry, RateEntry
from fiscal_model.scenario.model import Scenario
from fiscal_model.standard.rules import Standard

Made = TypeVar("Made")
RestsOn = tuple[Standard, Scenario, Inputs]


class Memo:
    """Parts of programs by what they rest on: a standard, inputs, and the entries of the scenario
    that matter to them.

    Entries count as the same only where they stand at the same place of the same file, so that
    every figure still names its own source.
    """

    def __init__(self) -> None:
        self.made: dict[Hashable, Any] = {}
        self.alive: dict[int, object] = {}

    def once(
        self,
        rests_on: RestsOn,
        kinds: tuple[type[Entry], ...],
        other: Hashable,
        make: Callable[[], Made],
        line: str = "",
    ) -> Made:
        """What ``make`` gives, made once for all scenarios with the same entries of some ``kinds``,
        readings, projection and ``other``.

        With a ``line``, rates of other lines do not matter.
        """
        standard, scenario, inputs = rests_on
        # an identity may be used again once its object is gone
        self.alive |= {
            id(standard): standard,
            id(inputs): inputs,
        }
        readings = tuple(
            scenario.reading(code, reading.default) for code, reading in standard.readings.items()
        )
        key = (
            id(standard),
            id(inputs),
            line,
            kinds,
            _said(scenario, kinds, line),
            readings,
            scenario.nearest_projection(),
            other,
        )
        if key not in self.made:
            self.made[key] = make()
        found: Made = self.made[key]
        return found


def _said(scenario: Scenario, kinds: tuple[type[Entry], ...], line: str) -> Hashable:
    """The entries of some kinds along the chain, and where they stand."""
    files = []
    for each in scenario.chain():
        said = tuple(
            (entry.at, entry.content)
            for entry in each.entries
            if isinstance(entry, kinds)
            and not (line and isinstance(entry, RateEntry) and entry.line != line)
        )
        files += [(each.below_inputs, said)] if said else []
    return tuple(files)
