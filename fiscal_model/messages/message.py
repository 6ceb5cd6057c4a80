"""A message is a code with typed arguments; its words stand in the catalogues ``zh.yaml`` and
``en.yaml`` beside this file, which are read when the first message is shown.

An entry of a catalogue is a message that can be told alone, with ``text`` and ``do`` (what to do
about it), or a plain text: a part of other messages. ``{rows:,}`` is an argument with a format of
Python's, ``{rows:row|rows}`` the one word where the argument is 1 and the other elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, Final, NamedTuple

from fiscal_model.vocabulary import Lang, Text

MARK: Final = "FM-"
"""What stands before the code of a message where it is shown."""


class Entry(NamedTuple):
    """The words of a message in one language, and what to do; a part of others says nothing of
    that.
    """

    text: str
    do: str = ""


class Message(NamedTuple):
    """What is said, in whichever language; ``tail`` is said after it."""

    code: str
    args: tuple[tuple[str, Arg], ...] = ()
    tail: tuple[Text | Message, ...] = ()

    def to(self, lang: Lang) -> str:
        """The message in ``lang``."""
        args = {name: _said(arg, lang) for name, arg in self.args}
        words = _FORMATTER.vformat(catalogue(lang)[self.code].text, (), args)
        return words + "".join(each.to(lang) for each in self.tail)

    @property
    def zh(self) -> str:
        """The message in Chinese."""
        return self.to("zh")

    @property
    def en(self) -> str:
        """The message in English."""
        return self.to("en")

    def plus(self, *tail: Text | Message) -> Message:
        """The message with more said after it."""
        return self._replace(tail=self.tail + tail)


Arg = str | int | float | Text | Message
"""What a message is told of: figures and words as they were written, names and parts in both
languages.
"""


def message(code: str | Message, /, **args: Arg) -> Message:
    """A message by its code and arguments; one that is ready stays as it is."""
    return Message(code, tuple(args.items())) if isinstance(code, str) else code


@cache
def catalogue(lang: Lang) -> Mapping[str, Entry]:
    """The messages of a language by code."""
    import yaml  # needed for bad news only

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    words = Path(__file__).with_name(f"{lang}.yaml").read_text(encoding="utf-8")
    return {
        code: Entry(said) if isinstance(said, str) else Entry(**said)
        for code, said in yaml.load(words, loader).items()
    }


def _said(arg: Arg, lang: Lang) -> Any:
    return arg.to(lang) if isinstance(arg, Text | Message) else arg


class _Formatter(Formatter):
    """Formats as Python does, and chooses a word by number."""

    def format_field(self, value: Any, format_spec: str) -> Any:
        one, bar, many = format_spec.partition("|")
        if bar:
            return one if value == 1 else many
        return super().format_field(value, format_spec)


_FORMATTER = _Formatter()
