"""Which of the known names a wrong word may mean.
A hint that misleads is worse than none: 高中生 is no misspelt 初中生, though two of three
characters agree. So a name counts by how much of what the word tells is found in it. Chinese is
compared by pairs of characters after the endings that only say what sort of thing is meant (学生,
补助, 县), English by words with a slip of the keyboard allowed; what many names share weighs
little, what no name has weighs most.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import combinations, pairwise
from math import log
from typing import Final, Generic, NamedTuple, TypeVar

from fiscal_model.spelling import squeezed

Meant = TypeVar("Meant", bound=Hashable)
ENDINGS: Final = (
    *(
        "自治州",
        "自治县",
        "地区",
        "学生",
        "人员",
        "对象",
        "补助",
        "补贴",
        "资金",
        "经费",
        "费用",
        "服务",
        "人数",
        "人次",
        "项目",
    ),
    *"生人者户员费款金县市区州",
)
"""What ends many a name and tells only the sort of thing."""
FILLERS: Final = frozenset(
    ["a", "an", "and", "by", "for", "from", "in", "is", "of", "on", "or", "the", "to", "with"]
)
ENOUGH: Final = 0.55
"""The part of a word that a name must account for."""
CLOSE: Final = 0.86
"""Names less than so near as the nearest are not offered beside it."""
WHOLE: Final = 0.85
"""The part of a word that what a name is about must account for, and what that counts beside the
name itself.
"""
SLIP: Final = 0.9
"""What a word counts that is there but for a slip of the keyboard, or cut short."""
OTHERWISE: Final = 0.6
"""What a Chinese name counts that has another character in one place: it may be another name."""
ONLY: Final = 1.1
"""What a Latin name counts that differs in nothing but one letter: others that hold its words are
not meant.
"""
VAGUE: Final = 12
"""A word that fits more names than this tells nothing."""
COMPOUND, HEADLESS = 4, 0.7
"""Parts from which on a word is a compound, and what the rest of one counts without its last part.
"""
LONGEST: Final = 60
"""Characters of a word that are looked at."""
_RUN = re.compile(r"[0-9a-z]+|[\u3400-\u9fff〇]+")


Parts = Sequence[tuple[float, Mapping[str, float]]]
"""What a word tells, part by part: the weight of each, and the features that account for it and how
far.
"""


class Features(NamedTuple):
    """What a text is compared by: pairs of Chinese characters (or the only one of a run), and words
    of Latin letters and digits.
    """

    pairs: frozenset[str]
    words: frozenset[str]


def _runs(text: str) -> list[str]:
    """Runs of Chinese characters and Latin words, plurals as singulars."""
    spaced = re.sub(r"[^0-9a-z\u3400-\u9fff〇]", " ", re.sub(r"\s+", " ", text.casefold()))
    return [re.sub(r"(?<=[a-z]{3})(?<!s)s$", "", run) for run in _RUN.findall(spaced)]


def _is_latin(run: str) -> bool:
    return run.isascii()


def _pairs(run: str) -> list[str]:
    return [run] if len(run) == 1 else ["".join(pair) for pair in pairwise(run)]


def _features(texts: Iterable[str]) -> Features:
    runs = [run for text in texts for run in _runs(text)]
    pairs = frozenset(pair for run in runs if not _is_latin(run) for pair in (*_pairs(run), *run))
    return Features(pairs, frozenset(run for run in runs if _is_latin(run)))


def _core(run: str) -> str:
    """A run of Chinese characters without the endings that only say what sort of thing it is; two
    characters at least stay.
    """
    while ending := next(
        (each for each in ENDINGS if run.endswith(each) and len(run) - len(each) >= 2), ""
    ):
        run = run[: -len(ending)]
    return run


@lru_cache(maxsize=100_000)
def _slips(word: str) -> frozenset[str]:
    """The word without each of its letters, of a long one without each two: words that differ by a
    slip of the keyboard share one of them.
    """
    if len(word) < 4 or word.isdigit():
        return frozenset((word,))
    some = frozenset(word[:n] + word[n + 1 :] for n in range(len(word)))
    two = (
        (word[:a] + word[a + 1 : b] + word[b + 1 :] for a, b in combinations(range(len(word)), 2))
        if len(word) >= 8
        else ()
    )
    return some | {word} | frozenset(two)


def _one_slip(word: str) -> frozenset[str]:
    return frozenset(word[:n] + word[n + 1 :] for n in range(len(word))) | {word}


def _shorter(word: str) -> Iterator[str]:
    """A word without each of its characters but the first, which tells most."""
    yield from (word[:n] + word[n + 1 :] for n in range(1, len(word)))


def _open(word: str) -> Iterator[str]:
    """A word with each of its characters but the first left open for another."""
    yield from (f"{word[:n]}·{word[n + 1 :]}" for n in range(1, len(word)))


class Likeness(Generic[Meant]):
    """Known things by what they are called and, weighing less, by what they are about."""

    def __init__(
        self,
        called: Mapping[Meant, Sequence[str]],
        about: Mapping[Meant, Sequence[str]] | None = None,
    ) -> None:
        self.called = called
        self.about = about or {}

    @cached_property
    def own(self) -> dict[Meant, list[Features]]:
        return {
            meant: [_features([name]) for name in names] for meant, names in self.called.items()
        }

    @cached_property
    def context(self) -> dict[Meant, list[Features]]:
        return {meant: [_features([name]) for name in names] for meant, names in self.about.items()}

    @cached_property
    def holders(self) -> dict[str, set[Meant]]:
        """Who has a feature, in a name or in what it is about."""
        found: dict[str, set[Meant]] = {}
        for known in (self.own, self.context):
            for meant, each in known.items():
                for features in each:
                    for feature in (*features.pairs, *features.words):
                        found.setdefault(feature, set()).add(meant)
        return found

    @cached_property
    def slipped(self) -> dict[str, set[str]]:
        """Latin words of all names by what a slip of the keyboard leaves of them."""
        found: dict[str, set[str]] = {}
        for word in {
            word
            for known in (self.own, self.context)
            for each in known.values()
            for features in each
            for word in features.words
        }:
            for left in (*_slips(word), *(word[:n] for n in range(4, len(word)))):
                found.setdefault(left, set()).add(word)
        return found

    @cached_property
    def joined(self) -> dict[str, set[Meant]]:
        """Latin names written in one word, by what one slip of the keyboard leaves of them."""
        found: dict[str, set[Meant]] = {}
        for meant, names in self.called.items():
            for name in names:
                for left in _one_slip("".join(_runs(name))) if name.isascii() else ():
                    found.setdefault(left, set()).add(meant)
        return found

    def weight(self, feature: str) -> float:
        """How much a feature tells: the fewer have it, the more."""
        return log((len(self.called) + 1) / (len(self.holders.get(feature, ())) or 0.5))

    def near(self, word: str) -> list[Meant]:
        """What ``word`` may mean, the nearest first; nothing where nothing is near or too much
        is.
        """
        scores = self._scores(word[:LONGEST])
        best = max(scores.values(), default=0.0)
        found = [
            meant for meant in self.called if scores.get(meant, 0.0) >= max(CLOSE * best, ENOUGH)
        ]
        found.sort(key=lambda meant: -scores[meant])
        return found if len(found) <= VAGUE else []

    def _scores(self, word: str) -> dict[Meant, float]:
        parts = [part for run in _runs(word) for part in self._parts(run)]
        whole = sum(weight for weight, _ in parts)
        scores: dict[Meant, float] = {}
        shared = [feature for _, having in parts for feature in having]
        telling = (
            [feature for feature in shared if not feature.isdigit()]
            if not word.strip().isdigit()
            else shared
        )
        # a number alone tells nothing of a name
        maybe = {meant for feature in telling for meant in self.holders.get(feature, ())}
        for meant in maybe if whole else ():
            own = (
                max(
                    (self._score(parts, features) for features in self.own.get(meant, ())),
                    default=0.0,
                )
                / whole
            )
            about = (
                max(
                    (self._score(parts, features) for features in self.context.get(meant, ())),
                    default=0.0,
                )
                / whole
            )
            both = self._together(parts, meant) / whole
            scores[meant] = max([own, *(WHOLE * far for far in (about, both) if far >= WHOLE)])
        for meant, score in self._almost(word):
            scores[meant] = max(scores.get(meant, 0.0), score)
        return scores

    def _parts(self, run: str) -> Iterator[tuple[float, dict[str, float]]]:
        """What a run tells, part by part: the weight of each, and the features that account for it
        and how far.
        """
        if _is_latin(run):
            same = {run: 1.0} if run in self.holders else {}
            slips = {
                found: SLIP for left in sorted(_slips(run)) for found in self.slipped.get(left, ())
            }
            having = {**slips, **same}
            # A part that nothing accounts for weighs as much as a name of its own.
            tells = max((self.weight(each) for each in having), default=self.weight(run))
            yield 0.0 if run in FILLERS else 2 * tells, having
            return
        core = _core(run)
        pairs = _pairs(core)
        for n in range(len(core)):
            over = pairs[max(n - 1, 0) : n + 1] if len(core) > 1 else pairs
            yield min(map(self.weight, over)), dict.fromkeys(over, 1.0)

    def _score(self, parts: Parts, features: Features) -> float:
        """The weight that a name accounts for. In a compound the last part says what is meant:
        without it the rest counts less.
        """
        found = self._shares(parts, features)
        return sum(found) * (HEADLESS if len(found) >= COMPOUND and not found[-1] else 1.0)

    @staticmethod
    def _shares(parts: Parts, features: Features) -> list[float]:
        """The weight that a name accounts for, part by part."""
        return [
            weight
            * max(
                (
                    far
                    for each, far in having.items()
                    if each in features.pairs or each in features.words
                ),
                default=0.0,
            )
            for weight, having in parts
        ]

    def _together(self, parts: Parts, meant: Meant) -> float:
        """The weight that a name accounts for together with what the thing is about; the last part
        must be in the name.
        """
        own, about = (
            [self._shares(parts, features) for features in known.get(meant, ())]
            for known in (self.own, self.context)
        )
        best = max(own, key=sum, default=[])
        return (
            sum(max(each) for each in zip(best, *about, strict=True)) if best and best[-1] else 0.0
        )

    def _by_key(self, forms: Callable[[str], Iterable[str]]) -> dict[str, set[Meant]]:
        found: dict[str, set[Meant]] = {}
        for meant, names in self.called.items():
            for form in {form for name in names for form in forms(squeezed(name))}:
                found.setdefault(form, set()).add(meant)
        return found

    @cached_property
    def keys(self) -> tuple[dict[str, set[Meant]], ...]:
        """Who has a name as it is, with a character missing, and with one left open."""
        return self._by_key(lambda key: (key,)), self._by_key(_shorter), self._by_key(_open)

    def _almost(self, word: str) -> Iterator[tuple[Meant, float]]:
        """Names with one character more or less, or of four and more another one; Latin ones
        written together, or with one wrong letter.
        """
        key = squeezed(word)
        if word.isascii():
            one = "".join(_runs(word))
            if len(one) >= 4 and not one.isdigit():
                yield from (
                    (meant, ONLY) for left in _one_slip(one) for meant in self.joined.get(left, ())
                )
            return
        whole, shorter, opened = self.keys
        yield from ((meant, SLIP) for meant in shorter.get(key, ()))
        if len(key) >= 4:
            yield from ((meant, SLIP) for left in _shorter(key) for meant in whole.get(left, ()))
            yield from ((meant, OTHERWISE) for left in _open(key) for meant in opened.get(left, ()))


MISSPELT: Final = 0.8
"""How alike two words are when the one is taken for a misspelling of the other."""


def is_slip(word: str, known: Iterable[str]) -> bool:
    """Whether a word differs from a known one by so little that it was meant to be it."""
    from difflib import SequenceMatcher  # needed for strange names only

    return any(SequenceMatcher(None, word[:LONGEST], each).ratio() >= MISSPELT for each in known)
