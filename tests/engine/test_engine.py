"""The compiled engine against the exact one, and properties that must hold for any rules and
data.
"""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from naive import Refused, World
from naive import simulate as naive_simulate
from random_worlds import (
    COUNTIES,
    PREFECTURES,
    TREE,
    YEARS,
    layered_bases,
    populated,
    random_leaf,
    random_world,
    worlds,
    written,
)

import fiscal_model as fm

HALF_A_FEN = 0.005


def run(world: World) -> fm.Budget:
    with written(world) as (scenario, inputs):
        return fm.simulate(scenario, inputs, world.years or None)


def cells(budget: fm.Budget) -> dict[tuple[str, str, str, int], float]:
    return {
        (line, place, payer, year): amount
        for _, year, _, line, place, payer, amount in budget.rows()
    }


def in_fen(yuan: Any) -> Any:
    """The same money: to the 分, however many yuan a cell holds."""
    return pytest.approx(yuan, abs=HALF_A_FEN)


def sensible(world: World) -> bool:
    """Whether the years asked for can be projected and every base is there: the rest is refused,
    and tested elsewhere.
    """
    return bool(world.counts) and bool(
        any(not name.startswith("grant:") for name, *_ in world.amounts) or world.counts
    )


@given(worlds)
def test_equals_the_exact_engine(rng: random.Random) -> None:
    equals_the_exact_engine(random_world(rng, totals=True))


@given(worlds)
def test_base_amounts_changed_in_layers_equal_the_exact_engine(rng: random.Random) -> None:
    equals_the_exact_engine(layered_bases(rng))


@given(worlds)
def test_counts_that_follow_the_population_equal_the_exact_engine(rng: random.Random) -> None:
    equals_the_exact_engine(populated(rng))


def equals_the_exact_engine(world: World) -> None:
    """The same yuan in every cell, or refused by both."""
    if not sensible(world):
        return
    if not any(s.get("projection") for s in world.scenarios):
        world.years = ()
    try:
        exact = naive_simulate(
            replace(
                world,
                years=world.years
                or tuple(sorted({y for each in (world.counts, world.amounts) for _, _, y in each})),
            )
        )
    except Refused:
        with pytest.raises(fm.FiscalModelError, match="无法分到各地"):
            run(world)
        return
    found = cells(run(world))
    for key in {*exact, *found}:
        assert found.get(key, 0.0) == pytest.approx(float(exact.get(key, 0)), rel=1e-9, abs=1e-6), (
            key
        )


@given(worlds)
def test_payers_add_up_to_cost_and_nobody_pays_less_than_nothing(rng: random.Random) -> None:
    world = random_world(rng)
    world.years = tuple(sorted({y for _, _, y in world.counts})) or (2021,)
    if not sensible(world) or not any(s.get("projection") for s in world.scenarios):
        return
    budget = run(world)
    cost = budget.program.quantity * budget.dataset["unit_cost"].fillna(0).values
    assert budget.amounts.dtype == "float64"
    assert (budget.amounts > -HALF_A_FEN).all()
    assert budget.amounts.sum(axis=0) == pytest.approx(cost, rel=1e-12, abs=1e-6)


@given(worlds)
def test_order_of_rows_does_not_matter(rng: random.Random) -> None:
    world = _simple(random_world(rng))
    shuffled = replace(
        world,
        **{
            name: dict(rng.sample(list(getattr(world, name).items()), len(getattr(world, name))))
            for name in ("counts", "amounts", "rates", "bases")
        },
    )
    assert cells(run(world)) == in_fen(cells(run(shuffled)))


@given(worlds, st.sampled_from((2, 10, 1000)))
def test_scaling_everything_scales_every_amount(rng: random.Random, times: int) -> None:
    world = _simple(random_world(rng))
    larger = replace(
        world,
        counts={k: v * times for k, v in world.counts.items()},
        amounts={k: v * times for k, v in world.amounts.items()},
        bases={k: v * times for k, v in world.bases.items()},
    )
    scaled = {key: amount * times for key, amount in cells(run(world)).items()}
    assert cells(run(larger)) == in_fen(scaled)


@given(worlds)
def test_counties_pooled_give_the_prefecture(rng: random.Random) -> None:
    """Under rules and amounts that do not look below the prefecture, its counties together pay what
    it pays as a whole.
    """
    world = _simple(random_world(rng))
    world.split = {
        "cases": [
            {"where": "south", "split": random_leaf(rng, False)},
            {"split": random_leaf(rng, False)},
        ]
    }
    world.rates = {("three", "900000", 2021): "77"}
    world.bases = dict.fromkeys(PREFECTURES, 10**5)
    grants = {("grant:1:central", p, y): 10**5 for p in PREFECTURES for y in YEARS} | {
        ("grant:1:region", p, y): 10**4 for p in PREFECTURES for y in YEARS
    }
    world.counts = {
        (name, place, year): rng.choice((0, 5, 4000))
        for name in ("pupil", "elder")
        for place in COUNTIES
        for year in YEARS
    }
    world.amounts = {
        ("four", place, year): rng.randint(0, 10**6) for place in COUNTIES for year in YEARS
    }
    pooled = replace(world, counts=_pooled(world.counts), amounts=_pooled(world.amounts) | grants)
    world.amounts |= grants
    fine, coarse = (
        run(world).by("payer", "line", "prefecture"),
        run(pooled).by("payer", "line", "prefecture"),
    )
    assert fine.to_numpy() == pytest.approx(coarse.to_numpy(), rel=1e-9, abs=1e-6, nan_ok=True)


def _pooled(cells: dict[tuple[str, str, int], int]) -> dict[tuple[str, str, int], int]:
    out: dict[tuple[str, str, int], int] = {}
    for (name, place, year), value in cells.items():
        key = (name, TREE[place] or place, year)
        out[key] = out.get(key, 0) + value
    return out


def _simple(world: World) -> World:
    """The same rules and data without scenarios, over the years of the data."""
    years = tuple(
        sorted({y for cells in (world.counts, world.amounts) for _, _, y in cells if y in YEARS})
    )
    world.counts.setdefault(
        (
            "pupil",
            COUNTIES[0] if all(p in COUNTIES for _, p, _ in world.counts) else PREFECTURES[0],
            2021,
        ),
        5,
    )
    covered = {(name, place) for name, place, _ in (*world.counts, *world.amounts)}
    for name, place in covered:
        source = world.amounts if name == "four" or name.startswith("grant:") else world.counts
        for year in YEARS:
            source.setdefault((name, place, year), 1)
    return replace(world, scenarios=[], years=years or YEARS)


@pytest.mark.smoke
@pytest.mark.parametrize("base", [0, 1, 13_999, 14_000, 14_001, 10**6])
def test_the_kink_of_the_base_amount(base: int) -> None:
    """Cost 100,000 at 8:2 and 3:7: the prefecture owes 14,000 and pays the lesser of that and its
    base.
    """
    due = {"central": 8, "rest": 2, "of_rest": {"region": 3, "prefecture": 7}}
    lines = {
        "one": {
            "beneficiary": "pupil",
            "accrual": "calendar_year",
            "rates": [{"from": "2021", "rate": "100"}],
        }
    }
    world = World(
        dict(TREE),
        {"south": ["910000"]},
        lines,
        {"base_amount": "prefecture", "increases": "region", "due": due},
        {"1a": "yes"},
    )
    world.counts, world.bases, world.years = (
        {("pupil", "910101", 2021): 1000},
        {"910000": base},
        (2021,),
    )
    paid = run(world).by("payer")
    assert paid["central"] == pytest.approx(80_000)
    assert paid["prefecture"] == pytest.approx(min(base, 14_000))
    assert paid["region"] == pytest.approx(20_000 - min(base, 14_000))
