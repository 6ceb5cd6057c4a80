"""The rows of a table of a standard."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

from fiscal_model.vocabulary import listed

Refuse = Callable[[str, str, str], None]
"""Is told where something is wrong, and what in Chinese and English."""


def rows(
    path: Path, columns: tuple[str, ...], refuse: Refuse
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows with their line numbers, what is left out empty; none where the table cannot be
    read.
    """
    try:
        table = csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines(), restval="")
    except UnicodeDecodeError:
        refuse(path.name, "应为 UTF-8 编码的 CSV", "should be a CSV file in UTF-8")
        return
    absent = [column for column in columns if column not in (table.fieldnames or ())]
    if absent:
        refuse(
            f"{path.name}:1",
            f"缺少列 {listed(absent, 'zh')}；各列应为 {listed(columns, 'zh')}",
            f"lacks {listed(absent, 'en')}; the columns are {listed(columns, 'en')}",
        )
        return
    for row in table:
        yield table.line_num, row
