"""What a number format of a spreadsheet makes a person see: the number shifted, and the words
around it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from operator import eq, ge, gt, le, lt, ne
from typing import Final

from fiscal_model.inputs.units import Unit, unit_of

_TOKEN: Final = re.compile(
    r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.)|[_*].|\[\$(?P<currency>[^\]-]*)[^\]]*\]|\[(?P<condition>[<>=]+[^\]]*)\]|\[[^\]]*\]'
    r"|(?P<general>G/通用格式|General|@)|(?P<digit>[0#?])|(?P<exponent>[eE][+-][0#?]+)|(?P<point>\.)|(?P<comma>,)|(?P<percent>%)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_SECTION: Final = re.compile(r'(?:"[^"]*"?|[\\!_*].|\[[^\]]*\]|[^;])*', re.DOTALL)
_CONDITION: Final = re.compile(r"(<=|>=|<>|<|>|=) *(-?\d+(?:\.\d+)?)")
_COMPARED: Final[dict[str, Callable[[float, float], bool]]] = {
    "<=": le,
    ">=": ge,
    "<>": ne,
    "<": lt,
    ">": gt,
    "=": eq,
}
_PLAIN: Final = re.compile(r"[\s()+\-:,.*/']*")
"""What may stand around a number without meaning anything."""


@dataclass(frozen=True)
class Look:
    """What one section of a format shows of a number: the number times ``shift`` with words around
    it, or ``hidden`` for no number at all.
    """

    before: str
    after: str
    shift: Decimal
    hidden: bool
    no_zero: bool
    condition: str

    @property
    def words(self) -> str:
        """The words around the number, without brackets, signs and blanks."""
        return (
            ""
            if _PLAIN.fullmatch(self.before + self.after)
            else f"{self.before}{self.after}".strip(" ()+-:,*'")
        )

    @property
    def unit(self) -> Unit | None:
        """The unit that the words are, if they are one."""
        return unit_of(self.words)

    def holds(self, value: float) -> bool:
        """Whether the condition of the section is met."""
        match = _CONDITION.match(self.condition)
        return not match or _COMPARED[match[1]](value, float(match[2]))


@dataclass(frozen=True)
class Shown:
    """A number that its format shows as something else."""

    value: int | float
    look: Look

    @property
    def unseen(self) -> bool:
        """Whether the format shows nothing where the number stands."""
        return self.look.hidden and not self.look.words

    def __str__(self) -> str:
        """What a person sees, or the number where that is nothing."""
        if self.look.hidden:
            return self.look.words or _digits(Decimal(repr(self.value)))
        return f"{self.look.before}{_digits(Decimal(repr(self.value)) * self.look.shift)}{self.look.after}".strip()


def _digits(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def shown(value: int | float, code: str) -> int | float | Shown:
    """The number, with its look where the format shows anything but the number."""
    sections = looks(code)
    look = _section_for(value, sections)
    empty = look.hidden or (look.no_zero and value == 0)
    if not look.words and look.shift == 1 and not (empty and not _dash(look)):
        return value
    return Shown(value, Look(look.before, look.after, look.shift, empty, look.no_zero, ""))


def _dash(look: Look) -> bool:
    """A zero that accounts show as a dash."""
    return "-" in look.before + look.after


def is_plain(code: str) -> bool:
    """Whether a format shows every number as it is."""
    return all(
        not look.words and look.shift == 1 and not look.hidden and not look.no_zero
        for look in looks(code)
    )


@lru_cache(maxsize=1024)
def looks(code: str) -> Sequence[Look]:
    """The sections of a format."""
    parts, at = [], 0
    while at <= len(code):
        match = _SECTION.match(code, at)
        assert match
        parts.append(match[0])
        at = match.end() + 1
    return tuple(map(_look, parts))


def _section_for(value: float, sections: Sequence[Look]) -> Look:
    """The section that a number is shown by: by its conditions, else by its sign."""
    numbers = sections[:3]
    if any(look.condition for look in numbers):
        return next(
            (look for look in numbers if look.condition and look.holds(value)),
            next((x for x in reversed(numbers) if not x.condition), numbers[-1]),
        )
    if len(numbers) > 1 and value < 0:
        return numbers[1]
    return numbers[2] if len(numbers) > 2 and value == 0 else numbers[0]


def _look(section: str) -> Look:
    """Reads one section. A point that is only drawn between digits (0!.0000) moves the number as a
    unit does.
    """
    tokens = [
        (str(match.lastgroup), match[match.lastgroup])
        for match in _TOKEN.finditer(section)
        if match.lastgroup
    ]
    condition = next((text for role, text in tokens if role == "condition"), "")
    figures = [at for at, (role, _) in enumerate(tokens) if role in ("digit", "general")]
    literal = [
        text if role in ("quoted", "escaped", "currency", "other", "percent") else ""
        for role, text in tokens
    ]
    if not figures:
        return Look(
            "".join(literal), "", Decimal(1), hidden=True, no_zero=False, condition=condition
        )
    first, last = figures[0], figures[-1]
    point = next((at for at, (role, _) in enumerate(tokens) if role == "point"), len(tokens))
    thousands = sum(
        role == "comma"
        and not any(at < other < (point if at < point else len(tokens)) for other in figures)
        for at, (role, _) in enumerate(tokens)
    )
    drawn = next((at for at in range(first, min(point, last)) if literal[at] == "."), None)
    behind = 0 if drawn is None else sum(drawn < at < point for at in figures)
    percents = sum(role == "percent" for role, _ in tokens)
    within = "".join(text for text in literal[first:last] if not _PLAIN.fullmatch(text))
    no_zero = not any(
        text in "0?" or role == "general" for role, text in tokens if role in ("digit", "general")
    )
    return Look(
        "".join(literal[:first]),
        (f"{within}…" if within else "") + "".join(literal[last:]),
        Decimal(100) ** percents / Decimal(10) ** (3 * thousands + behind),
        hidden=False,
        no_zero=no_zero,
        condition=condition,
    )
