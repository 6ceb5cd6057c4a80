"""The shipped reforms: each says what it is for, leaves the years before its start alone, and gives the totals kept beside it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from expected import FOLDER, reforms, totals

import fiscal_model as fm
from fiscal_model.engine.judge import judge
from fiscal_model.inputs.read import load_inputs
from fiscal_model.scenario.model import Entry
from fiscal_model.scenario.read import load_scenario, shipped_folder, shipped_scenarios


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


def test_the_examples_of_the_reference_can_be_read(tmp_path: Path) -> None:
    text = (shipped_folder() / "README.md").read_text(encoding="utf-8")
    (tmp_path / "all.yaml").write_text("".join(re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)), encoding="utf-8")
    scenario, standard = load_scenario(tmp_path / "all.yaml")
    assert {type(entry).__name__ for entry in scenario.entries} == {each.__name__ for each in Entry.__subclasses__()}
    assert {81} == set(standard.items) - set(load_scenario("baseline")[1].items)


def test_the_reference_names_every_shipped_scenario() -> None:
    text = (shipped_folder() / "README.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in text for name in shipped_scenarios())


@pytest.mark.parametrize(("name", "sign"), [("births_low", -1), ("births_high", 1)])
def test_births_reach_kindergarten_first_then_primary_then_junior_school(name: str, sign: int) -> None:
    """Fertility changes in 2024: who is born then is 3 in 2027, 6 in 2030 and 12 in 2036; the old are born long before."""
    counts = {each: fm.apply(each).table("beneficiaries").groupby(["beneficiary", "year"])["count"].sum() for each in (name, "cohort_2035")}
    change = counts[name] - counts["cohort_2035"]
    for beneficiary, first in (("preschool_child", 2027), ("primary_pupil", 2030), ("junior_pupil", 2036), ("age_80_89", 2036)):
        moved = change[beneficiary]
        assert moved[moved.index < first].abs().max() == 0
        assert (moved[moved.index >= first] * sign > 0).all()
