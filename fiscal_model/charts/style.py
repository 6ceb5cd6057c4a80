"""How charts look: a colour for every payer, units of money, numbers and words that fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from fiscal_model.charts.fonts import families
from fiscal_model.rounding import displayed
from fiscal_model.standard.payers import Payers
from fiscal_model.text import width
from fiscal_model.vocabulary import UNALLOCATED, UNITS, Lang, MoneyUnit, Text

HATCH: Final = "////"
"""What is unallocated is hatched: nobody has a share in it yet."""
HATCHES: Final = ("", "....", "\\\\\\\\", "xxxx", "----", "oo", "||||", "++")
"""Patterns that tell payers apart in print without colour."""
APART: Final = 15.0
"""How far two shades of grey (CIE L*, white is 100) must be from each other to be told apart."""
INK, FAINT, GRID = "#222222", "#8A8A8A", "#E4E4E4"
RISE, FALL = "#4A4A4A", "#C4C4C4"
"""Changes are grey: no payer's colour."""
LEADING: Final = 1.4
"""Between lines of a label: Chinese characters fill the whole height of a line."""
MINUS: Final = "−"

SETTINGS: Final[dict[str, Any]] = {
    "figure.figsize": (12, 7),
    "figure.dpi": 100,
    "savefig.dpi": "figure",
    "font.size": 11,
    "text.color": INK,
    "text.parse_math": False,
    "axes.labelcolor": INK,
    "axes.edgecolor": FAINT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": GRID,
    "xtick.color": INK,
    "ytick.color": INK,
    "hatch.linewidth": 0.8,
    "legend.frameon": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "fiscal-model",
}
"""On top of matplotlib's defaults. Text in an SVG stays text, so that it can be searched, copied
and corrected.
"""
SHARP: Final = 200
"""Dots an inch of a picture, twice those of a plain screen: sharp on screens at 150% and more, and
in print.
"""


@contextmanager
def styled() -> Iterator[None]:
    """Draws with these settings whatever the caller's are, which stay as they were."""
    import matplotlib.style

    with matplotlib.style.context(["default", {**SETTINGS, "font.family": list(families())}]):
        yield


def look(payers: Payers, code: str) -> dict[str, Any]:
    """The colour and the hatch of a payer's bars."""
    edge = FAINT if code == UNALLOCATED else "white"  # hatches are drawn in it too
    hatch = {"hatch": found} if (found := hatches(payers)[code]) else {}
    return {"facecolor": payers[code].colour, "linewidth": 0.6, "edgecolor": edge, **hatch}


@cache
def hatches(payers: Payers) -> dict[str, str]:
    """A hatch for each payer whose colour looks like that of one before it when printed in grey:
    the first that none of these has.
    """
    found: dict[str, str] = {}
    greys = {code: lightness(payer.colour) for code, payer in payers.items()}
    for code, grey in greys.items():
        alike = {found[other] for other in found if abs(greys[other] - grey) < APART}
        free = (each for each in HATCHES if each not in alike)
        found[code] = HATCH if code == UNALLOCATED else next(free, HATCHES[-1])
    return found


def lightness(colour: str) -> float:
    """How light a colour such as ``#0072B2`` is as grey: CIE L*, from 0 to 100."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    )
    shade = sum(w * each for w, each in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return 116 * shade ** (1 / 3) - 16 if shade > 0.008856 else 903.3 * shade


Unit = MoneyUnit
WAN: Final = UNITS["wan"]
YI: Final = UNITS["yi"]


def unit_for(amounts: npt.ArrayLike) -> Unit:
    """亿元 where any amount is as large as one, else 万元."""
    largest = np.abs(np.nan_to_num(np.asarray(amounts, np.float64), posinf=0.0, neginf=0.0)).max(
        initial=0.0
    )
    return YI if largest >= YI.yuan else WAN


def digits_for(yuan: float, unit: Unit) -> int:
    """How many decimals say two or three digits that tell; none where the whole number has more."""
    value = abs(yuan / unit.yuan)
    return (
        next(
            (
                digits
                for digits, least in ((0, 100), (1, 10), (2, 0.1), (3, 0.01))
                if value >= least
            ),
            4,
        )
        if value
        else 0
    )


def number(yuan: float, unit: Unit, signed: bool = False, digits: int | None = None) -> str:
    """Yuan in a unit, with the decimals given, or as many as tell; a plain 0 where there is
    nothing.
    """
    decimals = digits_for(yuan, unit) if digits is None or not yuan else digits
    figure = displayed(yuan, unit.yuan, decimals)
    return f"{figure:{'+' if signed and yuan else ''},.{decimals}f}".replace("-", MINUS)


def tick(yuan: float, unit: Unit, others: Iterable[float]) -> str:
    """The label of a tick, with as many decimals as any of the others needs."""
    digits = max(
        (len(f"{each / unit.yuan:.6f}".rstrip("0").partition(".")[2]) for each in others), default=0
    )
    return f"{yuan / unit.yuan:,.{digits}f}".replace("-", MINUS)


def wrapped(text: str, columns: int, most: int | None = None) -> str:
    """A text in lines of at most ``columns`` Latin letters, Chinese broken anywhere and other words
    at spaces; whole, or cut after ``most`` lines.
    """
    lines = [""]
    for piece in _pieces(text):
        if width(lines[-1] + piece.rstrip()) > columns and lines[-1]:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
        lines[-1] += piece.lstrip() if not lines[-1] else piece
    if most and len(lines) > most:
        kept = lines[most - 1]
        while width(kept) >= columns:
            kept = kept[:-1]
        lines[most - 1 :] = [f"{kept.rstrip()}…"]
    return "\n".join(lines)


def _pieces(text: str) -> Iterator[str]:
    """What a line must not be broken in: a Chinese character with the signs around it, a word with
    its space.
    """
    piece = ""
    for each in text:
        holds = each in "，。；：、）》”’！？" or piece.endswith(("（", "《", "“", "‘"))
        if (
            piece
            and not holds
            and (width(each) == 2 or width(piece[-1]) == 2 or (piece[-1] == " " and each != " "))
        ):
            yield piece
            piece = ""
        piece += each
    if piece:
        yield piece


def say(zh: str, en: str, lang: Lang) -> str:
    """One of two texts, as the language asks."""
    return Text(zh, en).to(lang)
