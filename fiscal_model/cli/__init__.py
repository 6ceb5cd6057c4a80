"""The command line."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import pairwise

from fiscal_model.messages.message import message
from fiscal_model.vocabulary import Lang


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; 0 done, 1 the input is at fault, 2 the command line is malformed."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    lang: Lang = "en" if "en" in _languages(words) else "zh"
    from fiscal_model.cli.parser import parser

    reader = parser(lang)
    if len(set(_languages(words))) > 1:
        reader.refuse(message("two-languages"))
    options = reader.parse_args(words)
    from fiscal_model.errors import FiscalModelError

    try:
        code: int = options.run(options, lang)
        sys.stdout.flush()
        return code
    except FiscalModelError as error:
        print(error.text(lang), file=sys.stderr)
        return 1
    except BrokenPipeError:
        sys.stderr.close()
        return 0


def _languages(words: Sequence[str]) -> list[str]:
    """The languages that a command line asks for, wherever it does."""
    return [word.removeprefix("--lang=") for word in words if word.startswith("--lang=")] + [
        value for option, value in pairwise(words) if option == "--lang"
    ]
