"""All that is told of a budget, put together for whoever shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from fiscal_model.engine.program import Program
from fiscal_model.engine.simulate import cut_grants
from fiscal_model.errors import Fault
from fiscal_model.told.carried_on import carried_on
from fiscal_model.told.crowded import crowded
from fiscal_model.told.doubts import Doubts
from fiscal_model.told.entries import entry_amounts, entry_rates
from fiscal_model.told.gaps import gaps
from fiscal_model.told.moved import moved
from fiscal_model.told.partial import partly_counted
from fiscal_model.told.set_aside import set_aside
from fiscal_model.told.twice import may_count_twice
from fiscal_model.told.unlikely import unlikely
from fiscal_model.told.unused import Unused


@dataclass(frozen=True, eq=False)
class Told:
    """What is told of a program; worked out when it is asked for."""

    program: Program

    @cached_property
    def unused(self) -> Unused:
        """The rows that act on nothing."""
        return Unused(self.program)

    @cached_property
    def doubts(self) -> Doubts:
        """Everything, each thing once, with its kind."""
        return {fault: kind for kind, faults in self._kinds() for fault in faults}

    def _kinds(self) -> Iterator[tuple[str, Iterable[Fault]]]:
        program = self.program
        if program.empty:
            yield "nothing", (program.empty,)
        yield "rules", (*program.notes, *cut_grants(program))
        yield "carried on", carried_on(program)
        yield "gaps", gaps(program, self.unused.rows)
        yield "places", moved(program)
        yield "partly counted", partly_counted(program)
        yield "set aside", set_aside(program)
        yield "unused", self.unused.lines()
        yield "unlikely", () if program.applied.inputs.illustrative else unlikely(program)
        yield "crowded", crowded(program)
        yield "twice", may_count_twice(program)
        yield "entries", (*entry_rates(program.standard, program.scenario), *entry_amounts(program))
        yield "read", program.applied.inputs.warnings


def together(every: Iterable[Told]) -> Doubts:
    """What is told of several programs, each thing once."""
    return {fault: kind for told in every for fault, kind in told.doubts.items()}
