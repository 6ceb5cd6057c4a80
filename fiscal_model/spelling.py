"""Ways of writing that do not change what is meant: width, blanks, dashes, invisible characters,
Chinese numerals.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Final

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
_UNUSUAL = re.compile("[^\x00-\x7f\u4e00-\u9fff]")
"""Anything but ASCII and Chinese characters, which are ordinary as they are."""
_DIGITS = {digit: value for value, digit in enumerate("一二三四五六七八九", 1)}
_TO: Final = "[-~至到]"
_BETWEEN = re.compile("([,，、;；\n])")
_LONGEST_NAME: Final = 8
"""Pieces between commas that one name has at most."""


def visible(text: str) -> str:
    """Without invisible characters."""
    return _INVISIBLE.sub("", text)


def _ordinary(character: str) -> str:
    """The ASCII form of a full-width character, a digit of another script or a dash; superscripts
    and the like stay.
    """
    if character.isascii():
        return character
    if unicodedata.category(character) == "Nd":
        return str(unicodedata.decimal(character))
    if "\uff01" <= character <= "\uff5e":
        return chr(ord(character) - 0xFEE0)
    return "¥" if character == "￥" else character.translate(_DASHES)


def ordinary(text: str) -> str:
    """In ordinary width."""
    return "".join(map(_ordinary, text)) if _UNUSUAL.search(text) else text


def tidied(text: str) -> str:
    """One blank between words, none around them."""
    return re.sub(r"\s+", " ", text.replace("\u3000", " ")).strip()


def unmarked(text: str) -> str:
    """Without the apostrophe by which a spreadsheet marks a text."""
    return re.sub(r"^['‘’`](?=.)", "", text)


@lru_cache(maxsize=1 << 16)
def squeezed(text: str) -> str:
    """Without blanks, in ordinary width and small letters: what names are compared by when they are
    not written exactly.
    """
    return unmarked(tidied(ordinary(visible(text)))).replace(" ", "").casefold()


def bare(text: str) -> str:
    """As :func:`squeezed`, without what a spreadsheet puts around a code: ``="653100"``,
    ``653100.0``.
    """
    return re.sub(
        r'^(?:="(.*)"|(\d+)\.0+)$', lambda match: match[1] or match[2] or "", squeezed(text)
    )


def numeral(text: str) -> str:
    """``第十一项`` as ``第11项``, up to 99; anything else stays."""
    match = re.fullmatch(r"第 ?(?:([一二三四五六七八九])?(十))?([一二三四五六七八九])? ?项", text)
    if not match or not (match[2] or match[3]):
        return text
    tens = _DIGITS[match[1]] if match[1] else 1
    return f"第{10 * tens * bool(match[2]) + _DIGITS.get(match[3], 0)}项"


def span(text: str) -> tuple[str, str] | None:
    """The two ends of ``10-14``, ``10－14``, ``第10至14项`` or ``2022年到2024年``; None where it is
    no span of numbers.
    """
    match = re.fullmatch(
        rf"(?:第|items?)?(\d{{1,4}})[项年]?{_TO}第?(\d{{1,4}})[项年]?", squeezed(text)
    )
    return (match[1], match[2]) if match else None


def separate(text: str, known: Callable[[str], bool]) -> tuple[str, ...]:
    """The words of a list with commas between them (, ， 、 ;); a ``known`` name that holds commas
    itself stays whole.
    """
    pieces = _BETWEEN.split(text)
    words: list[str] = []
    at = 0
    while at < len(pieces):
        last = min(len(pieces), at + 2 * _LONGEST_NAME)
        ends = range(last - (last - at + 1) % 2, at + 1, -2) if len(pieces) > 1 else ()
        end = next((end for end in ends if known("".join(pieces[at:end]).strip())), at + 1)
        words.append("".join(pieces[at:end]).strip())
        at = end + 1
    return tuple(filter(None, words))
