"""What follows the population and what keeps its last value is told, explained and logged, and
nothing is assumed of a population that nothing follows.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import fiscal_model as fm
from fiscal_model.scenario.read import load_scenario

KASHGAR, HOTAN = "653101", "653201"
FOLLOWS = {"horizon": 2025, "projection": "population"}
COUNTS = [
    ("nutrition_national_pupil", KASHGAR, 2023, 180),
    ("nutrition_national_pupil", HOTAN, 2023, 180),
    ("nutrition_region_pupil", KASHGAR, 2023, 60),
    ("family_reward_person", HOTAN, 2023, 5),
    ("bereaved_parent", KASHGAR, 2023, 7),
]
AGES = (("0-5", 60), ("6-11", 120), ("12-14", 60), ("15-59", 0), ("60+", 0))
PEOPLE = [(KASHGAR, 2023, sex, age, count) for sex in ("male", "female") for age, count in AGES]
STILL = [("mortality", KASHGAR, 2023, "both", "0+", 0)]


@pytest.fixture
def world(tables: Callable[..., Path], scenario: Callable[..., Path]) -> Callable[..., fm.Budget]:
    def simulated(said: dict[str, Any] | None = None, **rows: Any) -> fm.Budget:
        given = {"beneficiaries": COUNTS, "population": PEOPLE, "vital_rates": STILL, **rows}
        data = tables(**{name: each for name, each in given.items() if each})
        return fm.simulate(scenario(said or FOLLOWS), data)

    return simulated


def told(budget: fm.Budget) -> dict[str, str]:
    """By code, what is said of how series go on."""
    codes = ("series-follow-population", "series-held", "ages-not-followed")
    return {
        each.message.code: each.message.en for each in budget.warnings if each.message.code in codes
    }


def test_what_follows_and_what_is_held_is_told_in_two_lines(
    world: Callable[..., fm.Budget],
) -> None:
    """Pupils follow in Kashgar; in Hotan, which has no population, they and the old are held; the
    bereaved have no age.
    """
    assert told(world()) == {
        "series-follow-population": "pupil of the national nutrition pilot, pupil of the regional nutrition pilot"
        " followed the population of the ages that the standard gives in 2024–2025;"
        " bereaved parent of an only child kept the last value",
        "ages-not-followed": "'pupil of the national nutrition pilot, recipient of the rural"
        " family planning reward' could not follow the population of the ages that the standard"
        " gives, and kept the last value in 2024–2025 (Hotan City): the population of these ages"
        " is not known there in these years",
    }


@pytest.mark.parametrize("missing", ["population", "vital_rates"])
def test_without_a_table_nothing_follows_and_nothing_is_assumed(
    world: Callable[..., fm.Budget], missing: str
) -> None:
    """Tables that nothing follows may also be as little complete as totals by head need them."""
    both = [(KASHGAR, 2023, "both", "0+", 480)]
    budget = world(**{"population": both, missing: None})
    said = told(budget)
    assert said["ages-not-followed"].endswith(f"table {missing} is missing")
    assert set(said) == {"series-held", "ages-not-followed"}
    assert budget.program.applied.population is None
    assert budget.program.notes == ()


def test_a_population_that_is_not_known_any_more_assumes_nothing(
    world: Callable[..., fm.Budget],
) -> None:
    budget = world(vital_rates=[("fertility", KASHGAR, 2023, "female", "15-59", 0)])
    assert budget.program.applied.population is None
    assert budget.program.notes == ()


@pytest.mark.parametrize(
    "said",
    [
        {"horizon": 2025, "projection": "hold"},
        {"projection": "population"},
        {
            **FOLLOWS,
            "beneficiaries": [
                {"beneficiary": name, "growth": 0.1}
                for name in dict.fromkeys(name for name, *_ in COUNTS)
            ],
        },
    ],
)
def test_nothing_is_told_where_all_is_held_supplied_or_stated(
    world: Callable[..., fm.Budget], said: dict[str, Any]
) -> None:
    assert told(world(said)) == {}


def test_a_year_does_not_depend_on_how_far_the_simulation_goes(
    world: Callable[..., fm.Budget],
) -> None:
    near, far = (world({**FOLLOWS, "horizon": year}).by("line", "year") for year in (2025, 2040))
    assert near[2025].sum() > 0
    assert near[2025].equals(far[2025])


def test_the_explanation_and_the_log_name_the_ages_and_their_source(
    world: Callable[..., fm.Budget],
) -> None:
    budget = world()
    followed = budget.explain(14, KASHGAR, 2024).text("en")
    assert "as persons aged 6–14 move, assumption: assumed: aged 6–14" in followed
    assert "held at the 180" in budget.explain(14, HOTAN, 2024).text("en")
    log = budget.program.applied.log.to_dataframe()
    mine = log[(log["name"] == "nutrition_national_pupil") & (log["year"] == 2024)]
    by_place = mine.set_index("place")[["after", "basis"]]
    assert by_place.loc[KASHGAR].tolist() == [170, "assumption"]
    assert by_place.loc[HOTAN].tolist() == [180, ""]


def test_variants_of_the_baseline_are_foundations_and_a_copy_of_one_is_not(tmp_path: Path) -> None:
    for name in ("as_written", "baseline", "rates_of_2021", "hold"):
        assert load_scenario(name)[0].below_inputs
    assert not load_scenario("cohort_2035")[0].below_inputs
    copy = tmp_path / "hold.yaml"
    copy.write_text("name: hold\nextends: baseline\nprojection: hold\n", encoding="utf-8")
    assert not load_scenario(copy)[0].below_inputs


def test_what_carries_a_count_on_is_an_entry_of_its_own() -> None:
    """Pupils follow their ages by the scenario's word; reading rooms have no ages."""
    carried = {layer.entry.beneficiary for layer in fm.apply("baseline").projected_by}
    assert "primary_pupil" in carried
    assert "reading_room" not in carried
