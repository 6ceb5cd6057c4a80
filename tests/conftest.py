"""Helpers shared by the tests: inputs and scenarios written the way an analyst would write them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from fiscal_model.inputs.tables import TABLES

Rows = Sequence[Sequence[Any]]


def write_tables(folder: Path, tables: Mapping[str, Rows]) -> Path:
    """Writes rows as CSV files with the columns of the input tables."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        columns = [column.name for column in TABLES[name].columns]
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns[: max(map(len, rows), default=len(columns))])
            writer.writerows(rows)
    return folder


@pytest.fixture
def tables(tmp_path: Path) -> Callable[..., Path]:
    """Writes ``beneficiaries=[...]`` and so on into a fresh folder and returns it."""
    number = 0

    def write(**rows: Rows) -> Path:
        nonlocal number
        number += 1
        return write_tables(tmp_path / f"inputs{number}", rows)

    return write


@pytest.fixture
def scenario(tmp_path: Path) -> Callable[..., Path]:
    """Writes a scenario file from a text or a mapping and returns its path."""

    def write(content: str | Mapping[str, Any], name: str = "trial") -> Path:
        path = tmp_path / f"{name}.yaml"
        if not isinstance(content, str):
            content = yaml.safe_dump({"name": name, **content}, allow_unicode=True, sort_keys=False)
        path.write_text(content, encoding="utf-8")
        return path

    return write
