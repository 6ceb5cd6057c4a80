"""A scenario given as a mapping is the scenario that a file of the same content is, and its faults
name the key.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given
from random_worlds import random_world, worlds, written

import fiscal_model as fm
from fiscal_model.scenario.read import shipped_folder, shipped_scenarios

Tables = Callable[..., Path]
MEAL = {
    "name": "meal",
    "extends": "as_written",
    "rates": [{"line": "pubfund_primary", "from": 2022, "rate": 700}],
}


@pytest.fixture
def pupils(tables: Tables) -> Path:
    """1,000 pupils in Changji City, 2022."""
    return tables(beneficiaries=[["primary_pupil", "昌吉市", 2022, 1000]])


def faults(scenario: Any, **more: Any) -> list[str]:
    """The faults of a scenario in English, or none."""
    try:
        fm.simulate(scenario, **more)
    except fm.FiscalModelError as error:
        return error.text("en").splitlines()
    return []


@pytest.mark.smoke
def test_a_mapping_is_simulated(pupils: Path) -> None:
    """1,000 pupils at 700 yuan for school fees and 105 for books; of the fees 80% is central."""
    budget = fm.simulate(MEAL, pupils)
    assert budget.by("item").dropna().to_dict() == {11: 700_000, 12: 105_000}
    assert budget.sel(item=11).by("payer")["central"] == 560_000
    assert budget.scenario.name == "meal"


@pytest.mark.parametrize("name", [n for n in shipped_scenarios() if n != "as_written"])
def test_every_shipped_scenario_is_the_same_as_a_mapping(name: str) -> None:
    """But for what shipped ones alone may do: so the other is held against a copy of the file."""
    content = yaml.load(
        (shipped_folder() / f"{name}.yaml").read_text(encoding="utf-8"), yaml.BaseLoader
    )
    for year in (2024, 2030):
        try:
            expected = fm.simulate(content["name"], None, year).to_dataframe()
        except fm.FiscalModelError:
            continue
        if name != "baseline":
            pd.testing.assert_frame_equal(fm.simulate(content, None, year).to_dataframe(), expected)


@given(worlds)
def test_a_random_mapping_comes_to_what_its_file_comes_to(rng: Any) -> None:
    """Amounts or faults: the same, but for where they stand."""
    with written(random_world(rng)) as (path, inputs), pytest.MonkeyPatch.context() as patch:
        patch.chdir(path.parent)
        content = json.loads(path.read_text())
        results: list[Any] = []
        for scenario in (path, content):
            try:
                results.append(fm.simulate(scenario, inputs).to_dataframe().to_dict("list"))
            except fm.FiscalModelError as error:
                results.append(sorted(each.message.to("en") for each in error.faults))
        assert results[0] == results[1]


def test_values_may_be_of_any_plain_type(pupils: Path) -> None:
    """A day, a decimal, a float32 that is written 0.1, numbers of numpy, a tuple, a series: as a
    file writes them; None is what is left out.
    """
    entry = {"line": "pubfund_primary", "from": date(2022, 1, 1), "source": None}
    for rate in (700, 700.0, "700", Decimal("700.0"), np.int64(700), np.float32(700), "700元"):
        budget = fm.simulate({**MEAL, "rates": ({**entry, "rate": rate},)}, pupils)
        assert budget.by("item")[11] == 700_000, type(rate)
    growth = {"beneficiary": "primary_pupil", "growth": np.float32(0.1), "from": 2023}
    grown = {**MEAL, "years": [2022, 2023], "beneficiaries": [growth]}
    assert fm.simulate(grown, pupils).by("item", "year").loc[11, 2023] == 1100 * 700
    where = pd.Series(["650000"])
    assert fm.simulate({**MEAL, "rates": [{**entry, "rate": 700, "where": where}]}, pupils)


@pytest.mark.parametrize(
    ("years", "expected"),
    [(2022, (2022,)), ("2022-2023", (2022, 2023)), (range(2022, 2024), (2022, 2023))],
)
def test_years_are_one_a_span_or_a_list(
    years: Any, expected: tuple[int, ...], pupils: Path
) -> None:
    held = {**MEAL, "projection": "hold", "years": years}
    assert fm.simulate(held, pupils).years == expected


def test_every_fault_names_its_key(pupils: Path) -> None:
    wrong = {
        "name": "wrong",
        "extends": "baselin",
        "colour": "red",
        "rates": [
            {"line": "pubfund_primary", "rate": 700, "from": 2022},
            {"line": "pubfund_primry", "rate": object(), "from": "soon"},
        ],
        "splits": "8:2",
    }
    found = faults(wrong, inputs=pupils)
    assert {line.split(": ")[0] for line in found} == {
        "scenario:extends",
        "scenario:colour",
        "scenario:rates[1].line",
        "scenario:rates[1].rate",
        "scenario:rates[1].from",
        "scenario:splits",
    }
    assert [line for line in found if "rates[1].rate" in line] == [
        "scenario:rates[1].rate: FM-value-not-plain a value of type object means nothing here"
    ]


def test_an_entry_that_changes_nothing_is_told_by_its_key(pupils: Path) -> None:
    """The standard's own rate is 650."""
    same = {**MEAL, "rates": [{"line": "pubfund_primary", "from": 2022, "rate": 650}]}
    (line,) = faults(same, inputs=pupils)
    assert line.startswith("scenario:rates[0]: FM-")


def test_of_several_mappings_each_is_told_by_its_position(pupils: Path) -> None:
    wrong = {"name": "x", "rates": [{"line": "no_such_line", "rate": 5}]}
    with pytest.raises(fm.FiscalModelError) as caught:
        fm.compare("as_written", wrong, {**wrong, "name": "y"}, inputs=pupils)
    assert [each.where for each in caught.value.faults] == [
        "scenario[1]:rates[0].line",
        "scenario[2]:rates[0].line",
    ]


@pytest.mark.parametrize(
    ("given_", "code"),
    [
        (None, "FM-scenario-not-named"),
        (5, "FM-scenario-not-named"),
        ([MEAL], "FM-scenario-not-named"),
        ({}, "FM-key-missing"),
        ({1: 2, "name": "x"}, "FM-name-unknown"),
        ({("a", "b"): 2, "name": "x"}, "FM-key-not-text"),
        ({"name": "x", "rates": {"line": "pubfund_primary"}}, "FM-list-expected"),
        ({"name": "x", "rates": [b"5"]}, "FM-value-not-plain"),
    ],
)
def test_what_is_no_scenario_is_told(given_: Any, code: str) -> None:
    assert any(code in line for line in faults(given_))


def test_what_holds_itself_is_refused() -> None:
    circle: dict[str, Any] = {"name": "x"}
    circle["note"] = circle
    (line,) = faults(circle)
    assert "FM-yaml-too-deep" in line


def test_a_mapping_extends_files_by_name_and_by_path(
    tmp_path: Path, pupils: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own.yaml").write_text(yaml.safe_dump(MEAL), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for path in ("own", "own.yaml", str(tmp_path / "own.yaml"), tmp_path / "own.yaml"):
        above = {"name": "above", "extends": path}
        budget = fm.simulate(above, pupils)
        assert budget.by("item")[11] == 700_000
        # and what was read is not replaced
        with pytest.raises(fm.FiscalModelError, match="FM-output-over-input"):
            budget.to_csv(tmp_path / "own.yaml")
    assert (
        "FM-extends-unknown" in faults({"name": "x", "extends": "no/such.yaml"}, inputs=pupils)[0]
    )


def test_whatever_takes_a_scenario_takes_a_mapping(pupils: Path, tmp_path: Path) -> None:
    """The rise from 650 to 700 costs 50 yuan for each of 1,000 pupils."""
    found = fm.compare("as_written", MEAL, inputs=pupils)
    assert found.by("item").loc[11, "change"] == 50_000
    assert fm.simulate("as_written", pupils).compare(MEAL).by("item").loc[11, "change"] == 50_000
    assert not fm.apply(MEAL, pupils).log.to_dataframe().empty
    solved = fm.solve(MEAL, "rate:pubfund_primary", "central", "30万", 2022, inputs=pupils, item=11)
    assert solved.value == 375  # 80% of 375 yuan for 1,000 pupils is 300,000
    assert fm.sensitivity(MEAL, pupils).base.scenario.name == "meal"
    assert fm.reading_spread(MEAL, pupils).years == (2022,)
    assert fm.explain(11, "昌吉市", 2022, scenario=MEAL, inputs=pupils).data
    assert fm.ledger(MEAL, pupils).to_dataframe().shape[0] == 80
    fm.template(tmp_path / "t.xlsx", items=11, scenario=MEAL)
    new: Mapping[str, Any] = {
        "name": "new",
        "new": {
            "beneficiaries": {
                "carer": {"zh": "护理员", "en": "carer", "unit": {"zh": "人", "en": "persons"}}
            }
        },
    }
    assert list(fm.beneficiaries("护理员", new)["beneficiary"]) == ["carer"]
