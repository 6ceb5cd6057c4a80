"""The rows of a table of a standard."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from fiscal_model.vocabulary import in_both

if TYPE_CHECKING:
    from fiscal_model.messages.message import Arg


class Refuse(Protocol):
    """Is told where something is wrong, and what, as :meth:`fiscal_model.errors.Faults.add` is."""

    def __call__(self, where: str, code: str, /, **args: Arg) -> None: ...


def rows(
    path: Path, columns: tuple[str, ...], refuse: Refuse
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows with their line numbers, what is left out empty; none where the table cannot be
    read.
    """
    try:
        table = csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines(), restval="")
    except UnicodeDecodeError:
        refuse(path.name, "standard-table-not-utf8")
        return
    absent = [column for column in columns if column not in (table.fieldnames or ())]
    if absent:
        refuse(
            f"{path.name}:1",
            "standard-table-lacks-columns",
            absent=in_both(absent),
            columns=in_both(columns),
        )
        return
    for row in table:
        yield table.line_num, row
