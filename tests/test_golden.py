"""What every command prints and writes is what it was: change detection, see ``golden.py``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from golden import PINNED, digest, texts, workbooks

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("outputs", [texts, workbooks])
def test_outputs_are_those_pinned(
    outputs: Callable[[Path], Iterator[tuple[str, str]]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    pinned = json.loads(PINNED.read_text(encoding="utf-8"))
    found = {name: digest(text) for name, text in outputs(tmp_path)}
    assert found
    assert [name for name, each in found.items() if pinned.get(name) != each] == []
