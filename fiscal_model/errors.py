"""What can go wrong, said to an analyst: where, what is wrong, what would be right."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from fiscal_model.default_language import default_language
from fiscal_model.messages.message import MARK, Arg, Message, message
from fiscal_model.vocabulary import Lang, Text, in_both

Read = TypeVar("Read")
MOST_TOLD: Final = 200
"""Faults that are shown; the rest is counted."""
MOST_OF_A_KIND: Final = 20
"""Faults of one kind that are shown, and of these so many with the same words:"""
MOST_ALIKE: Final = 3
MOST_HINTS: Final = 5
LONGEST_QUOTE: Final = 80
LONGEST_MESSAGE: Final = 2_000
_QUOTED = re.compile(rf"([“'])([^”']{{{LONGEST_QUOTE}}})[^”']+(?=[”'])")
_CELL = re.compile(r":(\d+)(?::(\d+))?$|!([A-Z]{1,3})(\d+)$|\[(\d+)\]\.([^.\[\]]+)$")


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong (or, as a warning, unlikely) and where it stands.

    ``where`` is ``file:line:column``, ``workbook!sheet!cell``, of what is given in Python
    ``table[row].column``, or empty when no single cell is to blame.
    """

    where: str
    message: Message

    @property
    def kind(self) -> Hashable:
        """What it has in common with faults of its file that say the same of other cells and
        things.
        """
        return _CELL.sub("", self.where), self.message.code

    @property
    def position(self) -> tuple[str, int, int, str]:
        """File (or sheet), line and column, to put faults in order; what stands in no cell comes
        first.
        """
        cell = _CELL.search(self.where)
        if not cell:
            return "", 0, 0, ""
        line, column, letters, row, entry, key = cell.groups("")
        name = column + letters + key
        return self.where[: cell.start()], int(line or row or entry), len(name), name

    def words(self, lang: Lang) -> str:
        """What is wrong; no message grows with what was written."""
        words = self.message.to(lang)
        if len(words) <= LONGEST_QUOTE:
            return words
        return shortened(_QUOTED.sub(r"\1\2…", words), LONGEST_MESSAGE)

    def to(self, lang: Lang) -> str:
        """The fault as one line: where, its code, what is wrong."""
        words = f"{MARK}{self.message.code} {self.words(lang)}"
        return f"{self.where}: {words}" if self.where else words


class FiscalModelError(Exception):
    """The analyst's input, scenario or request cannot be used; ``faults`` says why, all at once and
    by position.

    ``notes`` is what else was seen on the way, such as how many rows were read.
    """

    def __init__(self, faults: Iterable[Fault], notes: Iterable[Fault] = ()) -> None:
        self.faults = tuple(sorted(faults, key=lambda each: each.position))
        self.notes = tuple(notes)
        super().__init__(self.faults, self.notes)

    def __str__(self) -> str:
        return self.text()

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows: what is wrong, without where in the program it was found."""
        return self.text().splitlines()

    def text(self, lang: Lang | None = None) -> str:
        """A line a fault; of many of one kind the first, and how many there are."""
        return "\n".join(told(self.faults, lang or default_language()))


class Faults:
    """Collects faults, so that a reader can report all of them together, and what else is seen on
    the way.
    """

    def __init__(self) -> None:
        self.found: list[Fault] = []
        self.notes: list[Fault] = []

    def add(self, where: str, code: str | Message, /, **args: Arg) -> None:
        """Note one fault."""
        self.found.append(Fault(where, message(code, **args)))

    def note(self, where: str, code: str | Message, /, **args: Arg) -> None:
        """Note what is not wrong."""
        self.notes.append(Fault(where, message(code, **args)))

    def raise_if_any(self) -> None:
        """Stop here when something was wrong."""
        if self.found:
            raise FiscalModelError(dict.fromkeys(self.found), self.notes)


class Alike:
    """Notes of which those with the same key are alike: the first of them is told, with how many
    there are.
    """

    def __init__(self) -> None:
        self.first: dict[Hashable, Fault] = {}
        self.times: Counter[Hashable] = Counter()

    def add(self, key: Hashable, tell: Callable[[], Fault]) -> None:
        """Counts a note; only the first of its kind is put in words."""
        if key not in self.first:
            self.first[key] = tell()
        self.times[key] += 1

    def faults(self) -> Iterator[Fault]:
        """A note a key."""
        for key, note in self.first.items():
            if (times := self.times[key]) > 1:
                note = replace(note, message=note.message.plus(message("alike", times=times)))
            yield note


def told(faults: Sequence[Fault], lang: Lang) -> list[str]:
    """Faults in lines. Of a kind the first are shown, different ones before equal ones, and then
    how many more there are and where.
    """
    kinds = [fault.kind for fault in faults]
    shown = _chosen(faults, kinds)
    left: dict[Hashable, list[int]] = {}
    for n, kind in enumerate(kinds):
        if n not in shown:
            left.setdefault(kind, []).append(n)
    last = {kinds[n]: n for n in sorted(shown)}
    lines: list[str] = []
    for n in sorted(shown):
        lines.append(faults[n].to(lang))
        if last[kinds[n]] == n and kinds[n] in left:
            lines.append(_more([faults[each].where for each in left.pop(kinds[n])]).to(lang))
    if rest := sum(map(len, left.values())):
        lines.append(message("more-kinds", rest=rest, kinds=len(left)).to(lang))
    return lines


def _chosen(faults: Sequence[Fault], kinds: Sequence[Hashable]) -> set[int]:
    """Which faults are shown: the first of every kind, then the second, as far as there is room."""
    alike: Counter[tuple[Hashable, Message]] = Counter()
    turns: dict[Hashable, list[tuple[int, int]]] = {}
    for n, kind in enumerate(kinds):
        words = kind, faults[n].message
        alike[words] += 1
        if alike[words] <= MOST_ALIKE:
            turns.setdefault(kind, []).append((alike[words], n))
    ranked = [
        (turn, n)
        for each in turns.values()
        for turn, (_, n) in enumerate(sorted(each)[:MOST_OF_A_KIND])
    ]
    return {n for _, n in sorted(ranked)[:MOST_TOLD]}


def _more(wheres: Sequence[str]) -> Message:
    """How many more faults of a kind there are, and where."""
    first, last, more = wheres[0], wheres[-1], len(wheres)
    if not first:
        return message("more-of-kind", more=more)
    if more == 1:
        return message("one-more-of-kind", at=first)
    return message("more-of-kind-at", more=more, first=first, last=last)


def fault(where: str, code: str | Message, /, **args: Arg) -> FiscalModelError:
    """An error with a single fault, to raise at once."""
    return FiscalModelError([Fault(where, message(code, **args))])


def noted(read: Callable[[], Read], faults: Faults, at: str) -> Read | None:
    """What is read of an argument; nothing after noting what is wrong."""
    try:
        return read()
    except FiscalModelError as error:
        faults.found += [Fault(at, each.message) for each in error.faults]
        return None


def unreadable(where: str, error: Exception) -> FiscalModelError:
    """That a file cannot be read, and what the system says of it."""
    return fault(where, "unreadable", why=why(error))


def why(error: Exception) -> str:
    """What the system says of a failed read or write."""
    return getattr(error, "strerror", None) or str(error)


def shortened(text: str, most: int = 60) -> str:
    """A text to quote in a message: never more than a line of it."""
    return text if len(text) <= most else f"{text[:most]}…"


def hinted(near: Sequence[Text], of: int = 0) -> Message | Text:
    """A hint at quoted words that are near, the first ``of`` so many; empty when there are none."""
    if not near:
        return Text("", "")
    if of > len(near):
        return message("nearest-of", names=in_both(near), of=of)
    return message("nearest", names=in_both(near), known=len(near))


def nearest(word: str, known: Iterable[str]) -> Message | Text:
    """A hint at the known words nearest to ``word``; empty when nothing is near."""
    from fiscal_model.likeness import Likeness  # needed for bad news only

    near = Likeness({each: (each,) for each in map(str, known)}).near(shortened(word))
    return hinted([Text(f"“{each}”", f"'{each}'") for each in near[:MOST_HINTS]], len(near))
