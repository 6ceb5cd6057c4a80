"""What is looked at, and what can be moved: how far a value goes, how finely, how it is written and
how it is read when somebody types it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, NamedTuple

from fiscal_model.analysis.levers import Lever
from fiscal_model.errors import fault
from fiscal_model.inputs.cells import MONEY_UNITS, BadCell, number
from fiscal_model.inputs.normal import (
    PERCENT,
    THOUSANDS,
    YUAN_SIGN,
    Manner,
    Rule,
    written_out,
)
from fiscal_model.vocabulary import Text

REFERENCE: Final = "baseline"
"""What changes are measured against unless another scenario is chosen."""
UNSTATED: Final = Text("各地不一或没有规定", "places differ, or nobody states it")
"""What stands for the value of a control that has no one value."""
DIGITS: Final = Decimal("0.000001")
"""As finely as a value is written."""


class Kind(NamedTuple):
    """A kind of control: how far it goes and by which step, what a value is multiplied with to be
    shown in its unit, and the habits of who types one. A rate goes to ``reach`` times the highest
    in force, by a step that fits, in the unit of its line.
    """

    reach: float
    step: float | None
    scale: int
    unit: Text | None
    rules: tuple[Rule, ...]


KINDS: Final = {
    "share": Kind(1.0, 0.01, 100, Text("%", "%"), (PERCENT,)),
    "base": Kind(3.0, 0.01, 1, Text("倍", "times"), (written_out(("倍", "times")),)),
    "rate": Kind(2.0, None, 1, None, (YUAN_SIGN, written_out(MONEY_UNITS))),
    "growth": Kind(0.2, 0.005, 100, Text("%", "%"), (PERCENT,)),
}
"""Every kind, in the order of the panel: shares first."""


@dataclass(frozen=True)
class Choice:
    """What is looked at and what is moved.

    ``place`` is a code, empty for everywhere: figures are of it, and changes hold in it. ``start``
    is the year from which changes hold; growth holds after the last supplied year. ``moves`` gives
    values to controls by their keys. ``against`` is the scenario that the change is measured
    against.
    """

    scenario: str
    items: tuple[int, ...]
    first: int
    last: int
    start: int
    place: str = ""
    account: str = "general"
    moves: Mapping[str, float] = field(default_factory=dict, hash=False)
    against: str = REFERENCE


@dataclass(frozen=True)
class Control:
    """A value that can be moved between two ends by steps, in a unit; ``unseen`` says why a move of
    it does not show in the account and years that are looked at.
    """

    key: str
    lever: Lever
    unit: Text
    low: float
    high: float
    step: float
    unseen: Text | None = None

    @property
    def kind(self) -> str:
        """The word of its kind."""
        return self.key.partition(":")[0]

    @property
    def in_unit(self) -> Text:
        """Its unit behind a name."""
        return Text(f"（{self.unit.zh}）", f" ({self.unit.en})")

    @property
    def label(self) -> Text:
        """What it moves, and its unit."""
        return Text(*map("".join, zip(self.lever.label, self.in_unit, strict=True)))

    @property
    def present(self) -> float | None:
        """The value of the chosen scenario; None where places differ in it or nobody states it."""
        return self.lever.present

    @property
    def unstated(self) -> Text | None:
        """What stands for a value that there is not."""
        return UNSTATED if self.present is None else None

    @property
    def shown(self) -> float:
        """Where it stands before it is moved; as near to zero as it goes where there is no one
        value.
        """
        return min(max(0.0, self.low), self.high) if self.present is None else self.present

    @property
    def scale(self) -> int:
        """What a value is multiplied with to be shown in its unit."""
        return KINDS[self.kind].scale

    def value(self, figure: float) -> float:
        """The value of a figure in its unit."""
        return float(Decimal(repr(figure)) / self.scale)

    def moves(self, value: float) -> bool:
        """Whether a value is another than the present one, as finely as it is written."""
        return self.present is None or as_written(value) != as_written(self.present)

    def text(self, value: float) -> str:
        """A value in its unit, with every digit that is written."""
        return f"{(as_written(value) * self.scale).normalize() + 0:,f}"

    def move(self, value: float) -> Text:
        """A move in words: from what to what."""
        (zh, en), new = self.label, self.text(value)
        old = UNSTATED if self.present is None else Text(*[self.text(self.present)] * 2)
        return Text(f"{zh}：{old.zh} → {new}", f"{en}: {old.en} → {new}")

    def read(self, typed: str) -> float:
        """The value that somebody types, read as a cell of a table is; a percentage may say so.

        Raises:
            FiscalModelError: it is no number, or one that the control does not go to.

        """
        manner = Manner()
        try:
            figure = number(typed, manner, (THOUSANDS, *KINDS[self.kind].rules))
        except BadCell as bad:
            raise fault("", "typed-unread", control=self.label, why=bad.full) from None
        value = Decimal(repr(figure))
        if PERCENT.label not in manner.notes:
            value /= self.scale
        written = typed.strip()
        if not as_written(self.low) <= value <= as_written(self.high):
            low, high = self.text(self.low), self.text(self.high)
            raise fault(
                "", "typed-out-of-reach", control=self.label, written=written, low=low, high=high
            )
        if value != value.quantize(DIGITS):
            digits = -(DIGITS * self.scale).normalize().adjusted()
            raise fault("", "typed-too-fine", control=self.label, written=written, digits=digits)
        return float(value)


def control_of(key: str, lever: Lever, per: Text | None, unseen: Text | None) -> Control:
    """The control of a lever; ``per`` is the unit of a rate."""
    kind = KINDS[key.partition(":")[0]]
    low = -kind.reach if lever.low < 0 else lever.low
    high = kind.reach if kind.step else kind.reach * lever.high
    ends = [low, high] if lever.present is None else [low, high, lever.present]
    unit = kind.unit or per
    assert unit is not None
    return Control(key, lever, unit, min(ends), max(ends), kind.step or _step(high), unseen)


def as_written(value: float) -> Decimal:
    """A value as finely as it is written."""
    return Decimal(str(value)).quantize(DIGITS)


def _step(high: float) -> float:
    """A step for a range: 1 for hundreds of yuan, 0.1 for tens, 0.01 for a few."""
    return 1.0 if high >= 100 else 0.1 if high >= 20 else 0.01
