"""The law's cases: readable sentences under ``tests/cases/``, each with inputs and yuan per
payer.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

import fiscal_model as fm
from fiscal_model.errors import Faults
from fiscal_model.inputs.tables import TABLES
from fiscal_model.periods import read_years
from fiscal_model.standard.names import PLACE

SMOKE = ("item_11", "readings")
CASES = [
    pytest.param(
        case,
        id=f"{path.stem}: {case['case'][:60]}",
        marks=[pytest.mark.smoke] if path.stem in SMOKE else [],
    )
    for path in sorted((Path(__file__).parent / "cases").glob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]


def simulate(
    case: dict[str, Any], tables: Callable[..., Path], scenario: Callable[..., Path]
) -> fm.Budget:
    if "below" in case:
        scenario(case["below"], "below")
    named = case.get("scenario", "as_written")
    path = scenario(named) if isinstance(named, dict) else named
    years = read_years(str(case["years"]), "", Faults()) if "years" in case else None
    return fm.simulate(
        path, tables(**{name: rows for name, rows in case.items() if name in TABLES}), years
    )


def paid(budget: fm.Budget, only: dict[str, Any]) -> dict[str, float]:
    """Yuan by payer, over the part of the result that ``only`` names."""
    frame = budget.to_dataframe()
    for column, value in only.items():
        code = budget.standard.names.code(value, PLACE) if column == "place" else value
        frame = frame[frame[column] == code]
    return {
        str(payer): float(amount)
        for payer, amount in frame.groupby("payer")["amount"].sum().items()
    }


@pytest.mark.parametrize("case", CASES)
def test_case(
    case: dict[str, Any], tables: Callable[..., Path], scenario: Callable[..., Path]
) -> None:
    assert case["clause"], "a case cites its clause"
    if "refused" in case:
        with pytest.raises(fm.FiscalModelError) as caught:
            simulate(case, tables, scenario)
        assert all(word in str(caught.value) for word in case["refused"]), str(caught.value)
        return
    amounts = paid(simulate(case, tables, scenario), case.get("only", {}))
    expected = {payer: float(yuan) for payer, yuan in case["expect"].items()}
    assert amounts.keys() >= {payer for payer, yuan in expected.items() if yuan}
    for payer, yuan in (amounts | expected).items():
        assert amounts.get(payer, 0.0) == pytest.approx(expected.get(payer, 0.0), abs=0.005), (
            payer,
            yuan,
        )


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 400
