"""What CONTRIBUTING.md says of the code is so: its files are there, and a figure goes the way it tells."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import fiscal_model as fm

ROOT = Path(__file__).parents[1]
TOLD = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
FILE = re.compile(r"`((?:\w[\w.-]*/)+(?:\w[\w.-]*)?)`")
STEP = re.compile(r"^\d\. `([\w/]+\.py)` `([\w.]+)`", re.MULTILINE)


def test_every_file_it_names_is_there() -> None:
    named = set(FILE.findall(TOLD)) - {"tests/ROOM/"}
    homes = (ROOT, ROOT / "fiscal_model", ROOT / "tests")
    assert len(named) > 50
    assert [each for each in sorted(named) if not any((at / each).exists() for at in homes)] == []


@pytest.mark.smoke
def test_a_figure_goes_from_a_cell_to_a_cell_by_the_functions_it_names(tmp_path: Path) -> None:
    steps = STEP.findall(TOLD)
    assert 2 < len(steps) <= 8
    called: dict[tuple[str, str], None] = {}

    def note(frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        if event == "call" and "fiscal_model" in code.co_filename:
            where = code.co_filename.replace("\\", "/").rpartition("/fiscal_model/")[2]
            called.setdefault((where, code.co_qualname))

    toy = ROOT / "tests" / "toy"
    sys.setprofile(note)
    try:
        fm.simulate(toy / "toy.yaml", toy / "inputs").to_excel(tmp_path / "toy.xlsx")
    finally:
        sys.setprofile(None)
    assert [step for step in called if step in steps] == steps
