"""What can go wrong, said to an analyst: where, what is wrong, what would be right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from fiscal_model.language import spoken
from fiscal_model.vocabulary import LANGS, Lang, Text, listed

MISSPELT: Final = 0.8
"""How alike two words are when the one is taken for a misspelling of the other."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong (or, as a warning, unlikely) and where it stands.

    ``where`` is ``file:line:column``, ``workbook!sheet!cell`` or empty when no single cell is to blame.
    """

    where: str
    message: Text

    def to(self, lang: Lang) -> str:
        """The fault as one line."""
        return f"{self.where}: {self.message.to(lang)}" if self.where else self.message.to(lang)


class FiscalModelError(Exception):
    """The analyst's input, scenario or request cannot be used; ``faults`` says why, all at once.

    ``notes`` is what else was seen on the way, such as how many rows were read.
    """

    def __init__(self, faults: Iterable[Fault], notes: Iterable[Fault] = ()) -> None:
        self.faults = tuple(faults)
        self.notes = tuple(notes)
        super().__init__(self.text())

    def text(self, lang: Lang | None = None) -> str:
        """Every fault on a line of its own."""
        lang = spoken(lang)
        return "\n".join(fault.to(lang) for fault in self.faults)


class Faults:
    """Collects faults, so that a reader can report all of them together."""

    def __init__(self) -> None:
        self.found: list[Fault] = []

    def add(self, where: str, zh: str, en: str) -> None:
        """Note one fault."""
        self.found.append(Fault(where, Text(zh, en)))

    def raise_if_any(self, notes: Iterable[Fault] = ()) -> None:
        """Stop here when something was wrong."""
        if self.found:
            raise FiscalModelError(dict.fromkeys(self.found), notes)


def fault(where: str, zh: str, en: str) -> FiscalModelError:
    """An error with a single fault, to raise at once."""
    return FiscalModelError([Fault(where, Text(zh, en))])


def why(error: Exception) -> str:
    """What the system says of a failed read or write."""
    return getattr(error, "strerror", None) or str(error)


def shortened(text: str, most: int = 60) -> str:
    """A text to quote in a message: never more than a line of it."""
    return text if len(text) <= most else f"{text[:most]}…"


def alike(word: str, known: Iterable[str], most: int = 1) -> list[str]:
    """The known words nearest to ``word``, best first: only the best where it is hardly another, none where nothing is near."""
    from difflib import SequenceMatcher, get_close_matches  # needed for bad news only

    word = shortened(word)
    found = get_close_matches(word, [str(k) for k in known], n=most, cutoff=0.5)
    return found[:1] if found and SequenceMatcher(None, word, found[0]).ratio() >= MISSPELT else found


def hinted(near: Sequence[Text]) -> Text:
    """A hint at quoted words that are near; empty when there are none."""
    zh, en = (listed((each.to(lang) for each in near), lang) for lang in LANGS)
    return Text(f"，最接近的是{zh}", f"; the nearest known {'is' if len(near) == 1 else 'are'} {en}") if near else Text("", "")


def nearest(word: str, known: Iterable[str]) -> Text:
    """A hint at the known word nearest to ``word``; empty when nothing is near."""
    return hinted([Text(f"“{each}”", f"'{each}'") for each in alike(word, known)])


def unknown_payer(word: str, known: Mapping[str, Text]) -> Text:
    """What to say of a word that means none of the payers asked for: the nearest, and all by code and name."""
    zh = nearest(word, [*known, *(name.zh for name in known.values())]).zh
    en = nearest(word, [*known, *(name.en for name in known.values())]).en
    each = "、".join(f"{code} {name.zh}" for code, name in known.items())
    return Text(
        f"没有承担主体“{shortened(word)}”{zh}；可用：{each}", f"there is no payer '{shortened(word)}'{en}; known: {', '.join(known)}"
    )
