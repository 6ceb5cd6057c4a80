"""Another region's standard runs through the same engine: the code knows neither its places nor its
groups nor its items.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import fiscal_model as fm

SCENARIO = Path(__file__).parents[1] / "editions" / "highland.yaml"


@pytest.mark.smoke
def test_a_second_standard_is_costed_by_its_own_rules(tables: Callable[..., Path]) -> None:
    """Item 1 has 90 yuan × 10 months from July 2030, so 2031 is the first whole year: 900 a pupil.

    East A, 100 pupils: 90,000, a third each. West A (border), 30 pupils: 27,000 at 2:1, of the
    9,000 four fifths region, of the 1,800 left a quarter prefecture. Item 2 in West A: 10,000 less
    a grant of 4,000 is 1:3.
    """
    inputs = tables(
        beneficiaries=[["hostel_pupil", "东甲县", 2031, 100], ["hostel_pupil", "H21", 2031, 30]],
        amounts=[["water_works", "H21", 2031, 10_000], ["grant:2:central", "H2", 2031, 4_000]],
    )
    budget = fm.simulate(SCENARIO, inputs)
    paid = budget.by("payer", "place", "item")
    assert paid["H11", 1].to_dict() == pytest.approx(
        {"central": 30_000, "region": 30_000, "prefecture": 30_000, "social": 0, "unallocated": 0}
    )
    assert paid["H21", 1].to_dict() == pytest.approx(
        {"central": 18_000, "region": 7_200, "prefecture": 450, "social": 1_350, "unallocated": 0}
    )
    assert paid["H21", 2].to_dict() == pytest.approx(
        {"central": 4_000, "region": 1_500, "prefecture": 4_500, "social": 0, "unallocated": 0}
    )


def test_its_first_half_year_has_no_rate_and_is_not_costed(tables: Callable[..., Path]) -> None:
    """Rates hold from July 2030: of the ten school months July and September to December are paid,
    5 × 90 yuan × 100 pupils; the rest is told.
    """
    budget = fm.simulate(
        SCENARIO,
        tables(
            beneficiaries=[["hostel_pupil", "H11", 2030, 100], ["hostel_pupil", "H11", 2031, 100]]
        ),
    )
    assert budget.by("year").to_dict() == pytest.approx({2030: 45_000, 2031: 90_000})
    assert "hostel_aid" in str(budget.warnings)


def test_its_places_and_their_parts_are_checked(tables: Callable[..., Path]) -> None:
    with pytest.raises(fm.FiscalModelError, match="H1"):
        fm.simulate(SCENARIO, tables(beneficiaries=[["hostel_pupil", "东市", 2031, 100]]))


def test_it_has_no_embedded_data() -> None:
    with pytest.raises(fm.FiscalModelError, match="highland_2030"):
        fm.simulate(SCENARIO)
