"""How the embedded rows are named and what they say of themselves, in both languages: for display
only, the tables are Chinese.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from fiscal_model.vocabulary import Lang, Text

ENGLISH = "english_*.csv"


@cache
def _english() -> dict[str, str]:
    """The English of every source and note of the embedded rows, as the scripts that build them
    wrote it.
    """
    rows: dict[str, str] = {}
    for path in sorted(Path(__file__).parent.glob(ENGLISH)):
        with path.open(encoding="utf-8", newline="") as file:
            rows |= {row["zh"]: row["en"] for row in csv.DictReader(file)}
    return rows


def said(text: str, lang: Lang) -> str:
    """A source or note in ``lang``, if it is one of the embedded data; any other as it is
    written.
    """
    return _english().get(text, text) if lang == "en" else text


def row_words(at: str) -> Text:
    """The row of an embedded table, from where one of its cells stands
    (``embedded/TABLE:row:column``).
    """
    table, row, _ = at.removeprefix("embedded/").rsplit(":", 2)
    return Text(f"内置数据 {table} 第{row}行", f"embedded data, {table} row {row}")
