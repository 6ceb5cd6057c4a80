"""What a person probably meant where YAML breaks off: the slips of the keyboard, told without the
parser's words.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from fiscal_model.messages.message import Message, message

ORDINARY: Final = {
    "：": ":",
    "，": ",",
    "｛": "{",
    "｝": "}",
    "［": "[",
    "］": "]",
    "【": "[",
    "】": "]",
}
"""Punctuation of a Chinese keyboard, and what YAML knows instead."""
_CLOSING: Final = {"{": "}", "[": "]"}
_BEFORE_KEY = r"(?:^\s*(?:-\s+)?|[{｛,，]\s*)"
_SLIPS: Final = (
    (re.compile(r"^ *(?:- *)?(?P<slip>\t)"), message("slip-tab")),
    (re.compile("^ *(?:- *)?(?P<slip>[\u3000\xa0])"), message("slip-wide-space")),
    (re.compile(r"^\s*(?P<slip>-(?=[{\[A-Za-z])|[—–－])"), message("slip-dash")),
    (re.compile(rf"{_BEFORE_KEY}[A-Za-z_0-9]+\s*(?P<slip>：)"), None),
    (re.compile(r"(?P<slip>[｛｝［］])"), None),
    (re.compile(r"(?P<slip>，)\s*[A-Za-z_0-9]+\s*[:：]"), None),
    (
        re.compile(rf"{_BEFORE_KEY}[A-Za-z_]+(?P<slip>:)(?=[^ \t,}}\]])"),
        message("slip-colon-space"),
    ),
)


class Slip(NamedTuple):
    """Where a slip stands (from 1) and what would be right."""

    line: int
    column: int
    words: Message


def ordinary(mark: str) -> Message:
    """What stands for a full-width mark."""
    if mark == "：":
        return message("slip-wide-colon")
    if mark == "，":
        return message("slip-wide-comma")
    return message("slip-wide-mark", mark=mark, right=ORDINARY[mark])


def within(word: str) -> Message | None:
    """A hint at a full-width mark or a missing space in a word that was not understood; none when
    there is neither.
    """
    mark = next((character for character in word if character in ORDINARY), None)
    if mark == "，" or "、" in word:
        slip = message("slip-several")
    elif word[:1] in ("（", "("):
        slip = message("slip-brackets")
    elif mark:
        slip = ordinary(mark)
    elif re.match(r"\w+:\S", word):
        slip = message("slip-colon-space")
    else:
        return None
    return message("slip-hint", slip=slip)


def found(text: str, problem: str, at: tuple[int, int], opened: tuple[int, int] | None) -> Slip:
    """The slip behind a parser's ``problem`` at a line and column (from 1); ``opened`` is where
    what it was reading began.
    """
    lines = text.splitlines()
    typed = next(
        (slip for number in _near(lines, at[0]) if (slip := _typed(lines[number - 1], number))),
        None,
    )
    if typed:
        return typed
    if "expected ':'" in problem and opened:
        return Slip(*opened, message("slip-no-colon"))
    return Slip(
        *at,
        (_left_open(lines, problem, at, opened) if opened else None)
        or _misplaced(_character(lines, at), problem),
    )


def _near(lines: list[str], at: int) -> list[int]:
    """The line where the parser stopped, and the last one before it that says anything: the slip is
    on either.
    """
    before = (
        number
        for number in range(min(at - 1, len(lines)), 0, -1)
        if lines[number - 1].split("#")[0].strip()
    )
    return [number for number in (at, next(before, 0)) if 0 < number <= len(lines)]


def _typed(line: str, number: int) -> Slip | None:
    """A wrong key on the keyboard."""
    for pattern, words in _SLIPS:
        if match := pattern.search(line):
            return Slip(number, match.start("slip") + 1, words or ordinary(match["slip"]))
    return None


def _left_open(
    lines: list[str], problem: str, at: tuple[int, int], opened: tuple[int, int]
) -> Message | None:
    """A bracket or quotation mark without its partner."""
    mark, line = _character(lines, opened), opened[0]
    if mark in _CLOSING and "',' or" in problem:
        closing = _CLOSING[mark]
        if line == at[0]:
            return message("slip-not-closed-here", closing=closing)
        return message("slip-not-closed-since", mark=mark, line=line, closing=closing)
    if mark in ("'", '"'):
        return message("slip-quotation-mark", line=line)
    return None


def _character(lines: list[str], at: tuple[int, int]) -> str:
    return lines[at[0] - 1][at[1] - 1 : at[1]] if at[0] <= len(lines) else ""


def _misplaced(character: str, problem: str) -> Message:
    """What stands where it cannot."""
    if "cannot start" in problem:
        return message("slip-first-character", character=character)
    if "mapping values" in problem:
        return message("slip-indentation")
    return message("slip-no-match")
