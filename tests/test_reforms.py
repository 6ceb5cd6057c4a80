"""The shipped reforms: each says what it is for, leaves the years before its start alone, and gives the totals kept beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from expected import FOLDER, reforms, totals

import fiscal_model as fm
from fiscal_model.engine.judge import judge
from fiscal_model.inputs.read import load_inputs
from fiscal_model.scenario.read import load_scenario


@pytest.mark.parametrize("name", reforms())
def test_a_reform_says_what_it_is_for_and_gives_its_expected_totals(name: str) -> None:
    scenario, _ = load_scenario(name)
    assert scenario.name == name
    assert scenario.reason
    assert scenario.sources
    assert totals(name) == (FOLDER / f"{name}.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", reforms())
def test_every_entry_of_a_reform_changes_something(name: str) -> None:
    scenario, standard = load_scenario(name)
    judge(standard, replace(scenario, shipped=False), load_inputs(None, standard))


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("central_9_1", 2026),
        ("end_2015_base", 2027),
        ("index_2015_base", 2027),
        ("per_pupil_funds_2023", 2023),
        ("public_health_yearly", 2026),
        ("south_extended", 2026),
    ],
)
def test_a_reform_leaves_the_years_before_its_start_alone(name: str, first: int) -> None:
    change = fm.compare("baseline", name).to_dataframe()["change"].unstack("year")
    assert not change.loc[:, change.columns < first].to_numpy().any()
    assert change.loc[:, change.columns >= first].to_numpy().any(axis=0).all()


def test_central_bears_a_tenth_more_of_item_11_and_nothing_else_moves() -> None:
    """Nine tenths instead of eight: central's change is a tenth of the item's cost, the region's levels have as much less."""
    change = fm.compare("baseline", "central_9_1", years=2026).to_dataframe()["change"]
    cost = float(fm.simulate("baseline", years=2026).by("item")[11])
    assert change.loc[("central", 2026)] == pytest.approx(cost / 10)
    assert change.sum() == pytest.approx(0, abs=0.01)


def test_nothing_but_who_pays_changes_when_the_base_ends() -> None:
    change = fm.compare("baseline", "end_2015_base", years=2027).to_dataframe()["change"]
    assert change.loc[("prefecture", 2027)] == pytest.approx(-change.loc[("region", 2027)])
    assert change.loc[("prefecture", 2027)] > 0
    assert change.loc[("central", 2027)] == 0
