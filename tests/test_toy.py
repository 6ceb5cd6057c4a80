"""The toy standard comes to what its README works out on paper."""

from __future__ import annotations

from pathlib import Path

import pytest

import fiscal_model as fm

pytestmark = pytest.mark.smoke
TOY = Path(__file__).parent / "toy"
EAST, WEST = "900100", "900200"
ON_PAPER = {
    (1, EAST): {"central": 40_000, "region": 3_000, "prefecture": 7_000},
    (1, WEST): {"central": 80_000, "region": 10_000, "prefecture": 10_000},
    (2, EAST): {"central": 60_000, "region": 18_000, "prefecture": 12_000},
    (2, WEST): {"central": 30_000, "region": 9_000, "prefecture": 6_000},
    (3, EAST): {"central": 20_000, "unallocated": 10_000},
    (3, WEST): {"central": 5_000},
    (4, EAST): {"fund": 10_000},
}


@pytest.fixture(scope="module")
def toy() -> fm.Budget:
    return fm.simulate(TOY / "toy.yaml", TOY / "inputs")


def test_every_amount_is_the_one_on_paper(toy: fm.Budget) -> None:
    found: dict[tuple[int, str], dict[str, float]] = {}
    for _, year, item, _, place, payer, amount in toy.rows():
        assert year == 2024
        found.setdefault((item, place), {})[payer] = round(amount, 6)
    assert found == ON_PAPER


def test_the_readme_states_every_amount(toy: fm.Budget) -> None:
    words = (TOY / "README.md").read_text(encoding="utf-8")
    for payers in ON_PAPER.values():
        for amount in payers.values():
            assert f"{amount:,}" in words


def test_the_trace_tells_each_stage(toy: fm.Budget) -> None:
    """West County owes 14,000 for meals and pays 10,000; central is asked for 8,000 and gives 5,000."""
    trace = toy.program.trace
    (base,), (grant,) = trace.bases, trace.grants
    assert base.payment.total.tolist() == [14_000]
    assert base.payment.paid.tolist() == [10_000]
    assert base.payment.moved.tolist() == [4_000]
    assert sorted(grant.payment.total.tolist()) == [5_000, 30_000]
    assert sorted(grant.payment.paid.tolist()) == [5_000, 20_000]
    every = trace.due.sum(axis=0), trace.granted.sum(axis=0), trace.final.sum(axis=0)
    for stage in every:
        assert stage.sum() == pytest.approx(330_000)
