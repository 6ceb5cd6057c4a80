"""Writes the expected totals of the shipped reforms again: ``python tests/expected.py``.
They are golden files: they tell that a figure has changed, not that it is right; the law's cases
tell that. Change one only together with an entry under "Results change" in the changelog.
"""

from __future__ import annotations

from pathlib import Path

import fiscal_model as fm
from fiscal_model.scenario.read import shipped_folder, shipped_scenarios

FOLDER = shipped_folder() / "expected"
FOUNDATIONS = ("as_written", "baseline")


def totals(name: str) -> str:
    """Yuan by payer and year on the embedded data, whole yuan, as CSV."""
    table = fm.simulate(name).by("payer", "year", account="all")
    table = table[(table != 0).any(axis=1)]
    return table.round(0).astype("int64").to_csv(lineterminator="\n")


def reforms() -> list[str]:
    """The shipped scenarios other than the foundations."""
    return [name for name in shipped_scenarios() if name not in FOUNDATIONS]


if __name__ == "__main__":
    for reform in reforms():
        Path(FOLDER / f"{reform}.csv").write_text(totals(reform), encoding="utf-8")
