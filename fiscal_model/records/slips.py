"""What a person probably meant where YAML breaks off: the slips of the keyboard, told without the
parser's words.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from fiscal_model.vocabulary import Text

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
    (
        re.compile(r"^ *(?:- *)?(?P<slip>\t)"),
        Text("缩进请用空格，不能用 Tab", "indent with spaces, not with a tab"),
    ),
    (
        re.compile("^ *(?:- *)?(?P<slip>[\u3000\xa0])"),
        Text("缩进请用半角空格", "indent with ordinary spaces"),
    ),
    (
        re.compile(r"^\s*(?P<slip>-(?=[{\[A-Za-z])|[—–－])"),
        Text("列表的“-”用半角，后面空一格", "start an entry of a list with '-' and a space"),
    ),
    (re.compile(rf"{_BEFORE_KEY}[A-Za-z_0-9]+\s*(?P<slip>：)"), None),
    (re.compile(r"(?P<slip>[｛｝［］])"), None),
    (re.compile(r"(?P<slip>，)\s*[A-Za-z_0-9]+\s*[:：]"), None),
    (
        re.compile(rf"{_BEFORE_KEY}[A-Za-z_]+(?P<slip>:)(?=[^ \t,}}\]])"),
        Text("冒号后面应空一格", "put a space after the colon"),
    ),
)


class Slip(NamedTuple):
    """Where a slip stands (from 1) and what would be right."""

    line: int
    column: int
    words: Text


def ordinary(mark: str) -> Text:
    """What stands for a full-width mark."""
    if mark == "：":
        return Text(
            "冒号应为半角“:”，后面空一格", "write an ordinary colon ':' and a space after it"
        )
    if mark == "，":
        return Text("逗号应为半角“,”", "write an ordinary comma ','")
    return Text(f"“{mark}”应为半角“{ORDINARY[mark]}”", f"write '{ORDINARY[mark]}' for '{mark}'")


def within(word: str) -> Text:
    """A hint at a full-width mark or a missing space in a word that was not understood; empty when
    there is neither.
    """
    mark = next((character for character in word if character in ORDINARY), None)
    if mark == "，" or "、" in word:
        zh, en = (
            "若列多个，应写成列表 [a, b]，用半角逗号",
            "several are written as a list with ordinary commas, [a, b]",
        )
    elif word[:1] in ("（", "("):
        zh, en = "列表用半角 [ ]，映射用半角 { }", "a list is written in [ ], a mapping in { }"
    elif mark:
        zh, en = ordinary(mark)
    elif re.match(r"\w+:\S", word):
        zh, en = "冒号后面应空一格", "put a space after the colon"
    else:
        return Text("", "")
    return Text(f"（{zh}）", f" ({en})")


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
        return Slip(
            *opened,
            Text(
                "这一行缺少冒号：键与值之间写“: ”",
                "a colon is missing: write ': ' between key and value",
            ),
        )
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
) -> Text | None:
    """A bracket or quotation mark without its partner."""
    mark, line = _character(lines, opened), opened[0]
    if mark in _CLOSING and "',' or" in problem:
        here = (
            Text("这一行", "in this line")
            if line == at[0]
            else Text(f"从第 {line} 行的“{mark}”到这里，", f"from '{mark}' in line {line} to here")
        )
        return Text(
            f"{here.zh}可能缺少逗号或右括号“{_CLOSING[mark]}”",
            f"a comma or the closing '{_CLOSING[mark]}' may be missing {here.en}",
        )
    if mark in ("'", '"'):
        return Text(
            f"第 {line} 行的引号没有配对，或引号内写法不对",
            f"the quotation mark in line {line} has no partner, or what it holds is wrong",
        )
    return None


def _character(lines: list[str], at: tuple[int, int]) -> str:
    return lines[at[0] - 1][at[1] - 1 : at[1]] if at[0] <= len(lines) else ""


def _misplaced(character: str, problem: str) -> Text:
    """What stands where it cannot."""
    if "cannot start" in problem:
        return Text(
            f"文字不能以“{character}”开头，请给这段文字加引号",
            f"a text cannot start with '{character}': put it in quotation marks",
        )
    if "mapping values" in problem:
        return Text(
            "缩进不一致，或文字中含“: ”：同一层的键左端对齐，含冒号的文字加引号",
            "the indentation is uneven, or a text holds ': ': align the keys of a level, put such a"
            " text in quotation marks",
        )
    return Text(
        "缩进、括号或引号与上面对不上：同一层左端对齐，括号、引号成对",
        "indentation, brackets or quotation marks do not match what stands above: align a level,"
        " close what is opened",
    )
