"""The kinds of entry that a scenario file may hold, a file a kind."""

from __future__ import annotations

from typing import Final

from fiscal_model.scenario.entries.base import BaseEntry
from fiscal_model.scenario.entries.count import CountEntry
from fiscal_model.scenario.entries.entry import Entry
from fiscal_model.scenario.entries.group import GroupEntry
from fiscal_model.scenario.entries.rate import RateEntry
from fiscal_model.scenario.entries.split import SplitEntry
from fiscal_model.scenario.entries.vital_rate import VitalEntry

KINDS: Final[tuple[type[Entry], ...]] = (
    RateEntry,
    SplitEntry,
    BaseEntry,
    CountEntry,
    VitalEntry,
    GroupEntry,
)
"""In the order in which they are told."""

__all__ = [
    "KINDS",
    "BaseEntry",
    "CountEntry",
    "Entry",
    "GroupEntry",
    "RateEntry",
    "SplitEntry",
    "VitalEntry",
]
