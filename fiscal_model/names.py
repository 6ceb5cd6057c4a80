"""What a written name means: one thing, one of several, or nothing known, and then what may be
meant.

The names of a standard are found by :class:`fiscal_model.standard.names.Lookup`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Final, Self

from fiscal_model.errors import Faults, FiscalModelError, fault, hinted, shortened
from fiscal_model.likeness import Likeness
from fiscal_model.messages.message import Arg, Message, message
from fiscal_model.spelling import bare, separate, squeezed
from fiscal_model.vocabulary import (
    COVERED,
    DIMENSION_WORDS,
    DIMENSIONS,
    Text,
    listed,
)

SPELLING: Final = Text("名称写法", "spelling of a name")
OTHER: Final = Text("惯用名称", "another name in use")
FORMER: Final = Text("原名称", "a former name")
FORMER_CODE: Final = Text("原代码", "a former code")
NAMED_OTHERWISE: Final = frozenset({OTHER, FORMER, FORMER_CODE})
"""How a thing is written by a name that is not its own."""
MOST: Final = 5
"""Names that a hint offers."""


@dataclass(frozen=True)
class Meaning:
    """The sort and the code of the thing that a word means, and how it is written where that is not
    the code or the name itself.
    """

    sort: str
    code: str
    how: Text | None = None


@dataclass(frozen=True)
class Unknown:
    """A word that means nothing known, or one of several things; ``message`` says so, with what may
    be meant.
    """

    names: Names
    word: str

    @property
    def message(self) -> Message:
        """What is wrong, what is near and where all names are found."""
        return self.names.refusal(self.word)

    @property
    def brief(self) -> Message:
        """The same without a hint, for where nobody reads it."""
        return self.names.refusal(self.word, hints=False)


@dataclass(frozen=True, eq=False)
class Names:
    """The words for one sort of thing, which ``what`` names: its English name is the sort.

    A thing is named by its code, by its name in either language however it is spaced, or by one of
    the ``others`` in use beside it. ``near_words`` says what a word may mean that is no name,
    ``about`` what things have to do with; both only help to guess. ``more`` says where all names
    are found; left out, a message lists them.
    """

    what: Text
    known: Mapping[str, Text]
    others: Mapping[str, str] = field(default_factory=dict)
    near_words: Mapping[str, Sequence[str]] = field(default_factory=dict)
    about: Mapping[str, Sequence[str]] = field(default_factory=dict)
    more: Message | Text | None = None
    part_of: Names | None = None
    """All things of the sort, where these are only those that fit."""

    def __contains__(self, word: str) -> bool:
        return len(self.codes(word)) == 1

    def __iter__(self) -> Iterator[str]:
        return iter(self.known)

    def __len__(self) -> int:
        return len(self.known)

    def only(self, codes: Iterable[str]) -> Self:
        """The words for some of the things, all of which a message lists."""
        return replace(
            self, known={code: self.known[code] for code in codes}, more=None, part_of=self
        )

    def sort_of(self, code: str) -> str:
        """What sort of thing a code is."""
        return self.what.en

    def forms(self, code: str) -> Iterable[str]:
        """The ways of writing a thing."""
        return filter(None, (code, *self.known[code]))

    @cached_property
    def exact(self) -> dict[str, tuple[str, ...]]:
        """Codes by every form exactly written."""
        return _by_form((form, code) for code in self.known for form in self.forms(code)) | {
            code: (code,) for code in self.known
        }

    @cached_property
    def loose(self) -> dict[str, tuple[str, ...]]:
        """Codes by every form squeezed; a code comes before the names of other things."""
        codes = {squeezed(code): (code,) for code in self.known}
        return (
            _by_form((squeezed(form), code) for form, each in self.exact.items() for code in each)
            | codes
        )

    @cached_property
    def beside(self) -> dict[str, str]:
        """Codes by the names in use beside their own."""
        return {
            squeezed(word): code
            for word, code in self.others.items()
            if code in self.known and squeezed(word) not in self.loose
        }

    def codes(self, word: str) -> tuple[str, ...]:
        """Every code that a word may mean."""
        return self._meant(word)[0]

    def _meant(self, word: str) -> tuple[tuple[str, ...], Text | None]:
        """Every code, and how the word is written."""
        if word in self.exact:
            return self.exact[word], None
        key = bare(word)
        if key in self.loose:
            return self.loose[key], SPELLING
        return ((self.beside[key],), OTHER) if key in self.beside else ((), None)

    def find(self, word: str) -> Meaning | Unknown:
        """What a word means."""
        codes, how = self._meant(word)
        if len(codes) != 1:
            return Unknown(self, word)
        return Meaning(self.sort_of(codes[0]), codes[0], how)

    def written(self, thing: object) -> str:
        """How what a caller gives, a number say, is written."""
        return str(thing)

    def code(self, word: object) -> str:
        """The code that a word means.

        Raises:
            FiscalModelError: it means nothing known, or one of several.

        """
        found = self.find(self.written(word))
        if isinstance(found, Unknown):
            raise fault("", found.message)
        return found.code

    def several(self, words: Iterable[object] | object) -> tuple[str, ...]:
        """The codes of words given one by one or in lists with commas between.

        Raises:
            FiscalModelError: with every word that means nothing known, or one of several.

        """
        each = [words] if isinstance(words, str) or not isinstance(words, Iterable) else words
        faults, found = Faults(), dict[str, None]()
        for word in (part for one in each for part in self._parts(one)):
            try:
                found |= dict.fromkeys(self.span(self.written(word)) or (self.code(word),))
            except FiscalModelError as error:
                faults.found += error.faults
        faults.raise_if_any()
        return tuple(found)

    def _parts(self, words: object) -> Iterable[object]:
        return separate(words, self.__contains__) if isinstance(words, str) else (words,)

    def span(self, word: str) -> Sequence[str]:
        """The codes of a word for a row of things (10-14); empty where it is none."""
        return ()

    @cached_property
    def likeness(self) -> Likeness[str]:
        """How near other words are."""
        others: dict[str, list[str]] = {}
        for word, code in self.others.items():
            others.setdefault(code, []).append(word)
        return Likeness(
            {
                code: (code, *filter(None, name), *others.get(code, ()))
                for code, name in self.known.items()
            },
            self.about,
        )

    @cached_property
    def _guesses(self) -> dict[str, tuple[str, ...]]:
        return {
            squeezed(word): tuple(code for code in codes if code in self.known)
            for word, codes in self.near_words.items()
        }

    def near(self, word: str) -> Sequence[str]:
        """The codes that a wrong word may stand for, the likeliest first."""
        return self._guesses.get(squeezed(word)) or _near(self.likeness, shortened(word))

    def called(self, code: str, chinese: bool) -> Text:
        """A thing as hints call it: its name and its code; in English the name that is in the
        language of what was written.
        """
        zh, en = self.known[code]
        shown = f"'{zh}' ({code})" if chinese else f"'{code}' ({en})"
        return Text(
            f"“{zh}”（{code}）" if zh not in ("", code) else f"“{code}”",
            shown if en not in ("", code) else f"'{code}'",
        )

    def hint(self, word: str) -> Message | Text:
        """The nearest names; empty where nothing is near."""
        codes = self.near(word)
        return hinted([self.called(code, not word.isascii()) for code in codes[:MOST]], len(codes))

    def all(self) -> Text:
        """Every name with its code."""
        return Text(
            listed(
                (
                    f"{code} {name.zh}".strip() if name.zh != code else code
                    for code, name in self.known.items()
                ),
                "zh",
            ),
            listed(
                (
                    f"{code} ({name.en})" if name.en not in ("", code) else code
                    for code, name in self.known.items()
                ),
                "en",
            ),
        )

    def ambiguous(self, word: str, codes: Sequence[str]) -> Message:
        """What to say of a word that may mean several things."""
        zh = listed((f"{self.known[code].zh} {code}".strip() for code in codes[:MOST]), "zh")
        shown = {
            code: self.known[code].en if word.isascii() else self.known[code].zh
            for code in codes[:MOST]
        }
        en = listed((f"{code} ({name})" if name else code for code, name in shown.items()), "en")
        rest = message("names-more", of=len(codes)) if len(codes) > MOST else ""
        known = Text(zh, en)
        return message(
            "name-ambiguous", what=self.what, word=shortened(word), known=known, rest=rest
        )

    def refusal(self, word: str, hints: bool = True) -> Message:
        """What to say of a word that means nothing known, or one of several things."""
        codes, short = self.codes(word), shortened(word)
        if codes:
            return self.ambiguous(word, codes)
        if self.part_of and self.part_of.codes(word):
            return message("name-not-here", what=self.what, word=short, where=self.where())
        hint: Arg = self.hint(word) if hints else ""
        return message("name-unknown", what=self.what, word=short, hint=hint, where=self.where())

    def where(self) -> Message | Text:
        """Where all names are found, or all of them."""
        return self.more or message("names-known", names=self.all())


def _by_form(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for form, code in pairs:
        found.setdefault(form, {})[code] = None
    return {form: tuple(codes) for form, codes in found.items()}


@lru_cache(maxsize=4096)
def _near(likeness: Likeness[str], word: str) -> Sequence[str]:
    """Worked out once for each word."""
    return likeness.near(word)


DIMENSION_NAMES: Final = Names(Text("维度", "dimension"), DIMENSIONS, *DIMENSION_WORDS)
ACCOUNT_NAMES: Final = Names(Text("账目", "account"), COVERED)
