"""The table of published figures that a standard may come with, and its words in English."""

from __future__ import annotations

import csv
from typing import Final

from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import Text

FILE: Final = "published.csv"
ENGLISH: Final = "published_english.csv"
SEEN: Final = {
    "document": Text("文件原件", "the document"),
    "county website": Text("政府网站", "a government's website"),
    "press": Text("报刊", "press"),
    "mirror": Text("转载", "a copy on another site"),
    "derived": Text("由其他公布数推得", "derived from other printed figures"),
}
"""How a figure was seen."""


def is_shipped(standard: Standard) -> bool:
    """Whether a standard comes with published figures."""
    return standard.folder is not None and (standard.folder / FILE).is_file()


def english(standard: Standard) -> dict[str, str]:
    """What its documents and notes are called in English; none where it does not say."""
    path = standard.folder / ENGLISH if standard.folder else None
    if path is None or not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["zh"]: row["en"] for row in csv.DictReader(file)}
