"""Lists every message with what to do about it, from the catalogues: ``python tests/builders/build_messages.py``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from fiscal_model.messages import message
from fiscal_model.messages.message import MARK, catalogue
from fiscal_model.vocabulary import Lang, Text

FOLDER = Path(message.__file__).parent
FILES: Final[dict[Lang, str]] = {"zh": "README.zh-CN.md", "en": "README.md"}
HEAD = Text(
    "# 提示与报错一览\n\n"
    "报错和提示的写法是 `文件:行:列: FM-代码 内容`（工作簿为 `文件!表!单元格`）；代码不随版本改变，可在此查到该怎么办。"
    "大括号中是报错时填入的数、名称或原文。本表由两种语言的消息目录生成。\n\n"
    "| 代码 | 内容 | 怎么办 |\n|---|---|---|\n",
    "# What messages mean, and what to do\n\n"
    "A fault or a warning reads `file:line:column: FM-code text` (`file!sheet!cell` in a workbook). Codes stay the same from\n"
    "one version to the next; below is what to do about each. Braces hold the figure, the name or the words that the message\n"
    "quotes. The table is made from the catalogues of the two languages.\n\n"
    "| code | says | what to do |\n|---|---|---|\n",
)


def page(lang: Lang) -> str:
    """The list in one language."""
    rows = (
        f"| `{MARK}{code}` | {_cell(entry.text)} | {_cell(entry.do)} |\n"
        for code, entry in sorted(catalogue(lang).items())
        if entry.do
    )
    return HEAD.to(lang) + "".join(rows)


def _cell(words: str) -> str:
    return words.strip().replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


if __name__ == "__main__":
    for lang, name in FILES.items():
        (FOLDER / name).write_text(page(lang), encoding="utf-8")
