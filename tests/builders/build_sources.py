"""Writes what the shipped baseline rests on, and what is missing, as Markdown:
``python tests/builders/build_sources.py``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import fiscal_model as fm
from fiscal_model.blocks import markdown
from fiscal_model.vocabulary import Lang

FOLDER = Path(__file__).parents[2] / "scenarios"
FILES: Final[dict[Lang, str]] = {"zh": "SOURCES.zh-CN.md", "en": "SOURCES.md"}


def page(lang: Lang, baseline: fm.Budget) -> str:
    """What ``baseline.sources.to_markdown`` writes; that refuses to write over what is shipped."""
    return markdown(baseline.sources.blocks(lang))


if __name__ == "__main__":
    found = fm.simulate()
    for each, name in FILES.items():
        (FOLDER / name).write_text(page(each, found), encoding="utf-8")
