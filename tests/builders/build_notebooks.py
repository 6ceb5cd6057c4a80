"""Makes the notebooks in both languages, each pair from one source: ``python
tests/builders/build_notebooks.py``.

A source (``notebooks/NAME.txt``) is a list of cells: ``%% zh`` and ``%% en`` are a text in either
language, ``%% code`` is code of both, in which ``⟦zh|en⟧`` is what differs, and ``%% next`` the link
to the notebook that follows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SOURCES = Path(__file__).with_name("notebooks")
FOLDER = Path(__file__).parents[2] / "notebooks"
SUFFIX = {"zh": "", "en": "_en"}
NEXT = {"zh": "下一个：", "en": "Next: "}
FIRST = {"zh": "从头开始：", "en": "From the start: "}
KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
PARTS = re.compile(r"^%% (zh|en|code|next)\n", re.MULTILINE)
PAIR = re.compile(r"⟦([^|⟧]*)\|([^⟧]*)⟧")


def cells_of(source: str) -> list[tuple[str, str]]:
    """The kinds and texts of a source's cells."""
    _, *parts = PARTS.split(source)
    return [(kind, text.strip("\n")) for kind, text in zip(parts[::2], parts[1::2], strict=True)]


def in_language(text: str, lang: str) -> str:
    """What a text of both languages says in one."""
    return PAIR.sub(r"\1" if lang == "zh" else r"\2", text)


def title_of(name: str, lang: str) -> str:
    """The heading of a notebook."""
    cells = cells_of((SOURCES / f"{name}.txt").read_text(encoding="utf-8"))
    first = next(text for kind, text in cells if kind == lang)
    return first.splitlines()[0].removeprefix("# ")


def link(name: str, lang: str) -> str:
    """Where to go on from a notebook: to the next; from the last to the first."""
    names = [path.stem for path in sorted(SOURCES.glob("*.txt"))]
    at = names.index(name) + 1
    words, other = (NEXT, names[at]) if at < len(names) else (FIRST, names[0])
    return f"{words[lang]}[{title_of(other, lang)}]({other}{SUFFIX[lang]}.ipynb)"


def cell(kind: str, source: str, number: int) -> dict[str, Any]:
    """A cell without results."""
    ran: dict[str, Any] = {"execution_count": None, "outputs": []} if kind == "code" else {}
    found: dict[str, Any] = {
        "cell_type": kind,
        "id": f"cell-{number:02}",
        "metadata": {},
        "source": source.splitlines(keepends=True),
        **ran,
    }
    return dict(sorted(found.items()))


def notebook(name: str, lang: str) -> str:
    """A notebook as it is stored."""
    texts: list[tuple[str, str]] = []
    for kind, text in cells_of((SOURCES / f"{name}.txt").read_text(encoding="utf-8")):
        if kind == "code":
            texts.append(("code", in_language(text, lang)))
        elif kind in (lang, "next"):
            texts.append(("markdown", text or link(name, lang)))
    cells = [cell(kind, text, n) for n, (kind, text) in enumerate(texts, 1)]
    whole = {"cells": cells, "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def build() -> Iterator[tuple[str, str]]:
    """The name and content of every notebook."""
    for path in sorted(SOURCES.glob("*.txt")):
        for lang, suffix in SUFFIX.items():
            yield f"{path.stem}{suffix}.ipynb", notebook(path.stem, lang)


def main() -> None:
    """Writes them all."""
    for name, content in build():
        (FOLDER / name).write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
