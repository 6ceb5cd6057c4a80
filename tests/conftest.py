"""Helpers shared by the tests: inputs and scenarios written the way an analyst would write them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, settings

from fiscal_model.cli import main
from fiscal_model.inputs.tables import TABLES

Rows = Sequence[Sequence[Any]]
GATE_WORLDS, LONG_WORLDS = 150, 2_000
"""How many random worlds a property meets: in the gate always the same ones, so that a red gate is
a real fault; with ``-m slow`` fresh ones.
"""

settings.register_profile(
    "gate",
    derandomize=True,
    deadline=None,
    max_examples=GATE_WORLDS,
    # a random world does not shrink to anything readable
    phases=(
        Phase.explicit,
        Phase.reuse,
        Phase.generate,
    ),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile(
    "long",
    settings.get_profile("gate"),
    derandomize=False,
    max_examples=LONG_WORLDS,
    print_blob=True,
)
settings.load_profile("gate")


def pytest_configure(config: pytest.Config) -> None:
    """The long run draws freely; before any test is imported, since properties take the profile
    that is loaded then.
    """
    if config.option.markexpr == "slow":
        settings.load_profile("long")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """The smoke set opens only the files that hold some of it: to open all takes longer than to run
    it.
    """
    if config.option.markexpr != "smoke" or not collection_path.match("test_*.py"):
        return None
    return "mark.smoke" not in collection_path.read_text(encoding="utf-8") or None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Properties on random worlds belong to the long run too."""
    for item in items if config.option.markexpr == "slow" else ():
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker("slow")


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


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.chdir(home)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    return home


@pytest.fixture
def call(home: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """A command in this process, in that folder: exit code, stdout and stderr."""

    def call(*arguments: str | Path) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as leaving:
            code = leaving.code  # type: ignore[assignment]
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return call
