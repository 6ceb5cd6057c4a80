"""The command line."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import pairwise

from fiscal_model.vocabulary import Lang


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; 0 done, 1 the input is at fault, 2 the command line is malformed."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    lang: Lang = "en" if _wants_english(words) else "zh"
    from fiscal_model.cli.parser import parser

    options = parser(lang).parse_args(words)
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


def _wants_english(words: Sequence[str]) -> bool:
    return "--lang=en" in words or ("--lang", "en") in pairwise(words)
