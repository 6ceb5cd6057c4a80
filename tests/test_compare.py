"""Two scenarios side by side: the change of each payer, and the parts that it is made of."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import chain, combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import fiscal_model as fm
from fiscal_model.analysis.compare import shapley
from fiscal_model.cli import main

Tables = Callable[..., Path]
Write = Callable[..., Path]
NINE_TO_ONE = {"item": 11, "split": {"central": 9, "rest": 1, "of_rest": {"region": 3, "prefecture": 7}}}


@pytest.fixture
def pupils(tables: Tables) -> Path:
    """100 primary pupils in Changji, 100 in Kashgar City with a base amount of 5,000."""
    return tables(
        beneficiaries=[["primary_pupil", "652301", 2023, 100], ["primary_pupil", "653101", 2023, 100]], bases_2015=[[11, "653101", 5000]]
    )


def test_rate_and_split_share_the_change_half_way_between_their_orders(tables: Tables, scenario: Write) -> None:
    """Central pays 52,000 of 65,000; at 720 yuan and 9:1 it is 64,800 of 72,000, 12,800 more.

    The rate alone brings 5,600, after the split 6,300: on average 5,950. The split alone brings 6,500, after the rate 7,200: 6,850.
    """
    data = tables(beneficiaries=[["primary_pupil", "652301", 2023, 100]])
    reform = scenario({"rates": [{"line": "pubfund_primary", "from": 2022, "rate": 720}], "splits": [NINE_TO_ONE]})
    found = fm.compare("as_written", reform, data).to_dataframe().loc[("central", 2023)]
    assert found[["rates", "split"]].tolist() == pytest.approx([5_950, 6_850])
    assert (found["a"], found["b"], found["change"]) == pytest.approx((52_000, 64_800, 12_800))
    assert found["percent"] == pytest.approx(12_800 / 520)


def test_a_scenario_compared_with_itself_changes_nothing(pupils: Path) -> None:
    found = fm.compare("as_written", "as_written", pupils)
    assert found.groups == ()
    assert not found.change.any()


def test_what_one_payer_gains_another_loses_when_the_cost_stays(pupils: Path, scenario: Write) -> None:
    """9:1 with no base amount restated: central has 6,500 more of each 65,000, in the south too."""
    found = fm.compare("as_written", scenario({"splits": [NINE_TO_ONE]}), pupils)
    assert found.change.sum() == pytest.approx(0, abs=1e-6)
    assert found.to_dataframe().loc[("central", 2023), "split"] == pytest.approx(13_000)


@pytest.mark.parametrize(
    ("entry", "region"),
    [({"factor": 1.2}, -1_000), ({"amount": 4_000}, 1_000), ({"abolish": True}, -4_100), ({"growth": 0.1, "from": 2022}, -1_050)],
)
def test_the_base_amount_is_raised_replaced_indexed_or_abolished(
    entry: dict[str, Any], region: float, pupils: Path, scenario: Write
) -> None:
    """The ratio asks 9,100 of 65,000 (14%); the base of 5,000 becomes 6,000, 4,000, no limit, or 5,000 × 1.1² = 6,050 in the second year."""
    found = fm.compare("as_written", scenario({"bases": [{"item": 11, "where": "south4", **entry}]}), pupils)
    assert found.groups == ("base",)
    frame = found.to_dataframe()
    assert frame.loc[("region", 2023), "base"] == pytest.approx(region)
    assert frame.loc[("prefecture", 2023), "base"] == pytest.approx(-region)


POOL: dict[str, list[dict[str, Any]]] = {
    "rates": [
        {"line": "pubfund_primary", "from": "2022-spring", "rate": 720},
        {"line": "textbook_primary", "where": "653101", "rate": 110},
        {"line": "textbook_primary", "from": 2022, "rate": 90},
    ],
    "splits": [NINE_TO_ONE, {"line": "textbook_primary", "split": {"region": 1, "prefecture": 1}}],
    "bases": [{"item": 11, "where": "south4", "factor": 0.5}, {"item": 11, "where": "653100", "from": 2023, "growth": 0.2}],
    "beneficiaries": [{"beneficiary": "primary_pupil", "where": "653101", "factor": 1.3}, {"beneficiary": "primary_pupil", "factor": 0.9}],
}


def random_scenario(rng: random.Random) -> dict[str, Any]:
    out: dict[str, Any] = {kind: rng.sample(entries, rng.randint(0, len(entries))) for kind, entries in POOL.items()}
    if any("split" in entry and entry.get("item") == 11 for entry in out["splits"]):
        out["bases"] = []  # the new split has no base amount: an entry for it would change nothing
    out["readings"] = {"11a": rng.choice(("lesser_of", "fixed")), "12a": rng.choice(("all_books", "local_books_only"))}
    return {kind: entries for kind, entries in out.items() if entries}


@pytest.mark.parametrize("seed", range(12))
def test_the_parts_add_up_whatever_the_order_of_entries(seed: int, pupils: Path, scenario: Write) -> None:
    rng = random.Random(seed)
    one, two = random_scenario(rng), random_scenario(rng)
    found = fm.compare(scenario(one, "one"), scenario(two, "two"), pupils)
    assert found.parts.sum(axis=0) == pytest.approx(found.change, abs=0.005)
    turned = {kind: entries[::-1] if isinstance(entries, list) else entries for kind, entries in two.items()}
    again = fm.compare(scenario(one, "one"), scenario(turned, "two"), pupils)
    assert again.change == pytest.approx(found.change)
    whole = {group: found.parts[g] for g, group in enumerate(found.groups)}
    assert all(again.parts[g] == pytest.approx(whole[group], abs=1e-6) for g, group in enumerate(again.groups) if group in whole)


@pytest.mark.parametrize("seed", range(1000))
def test_shapley_values_add_up_and_ignore_the_order_of_groups(seed: int) -> None:
    rng = np.random.default_rng(seed)
    groups = tuple("abcde"[: rng.integers(1, 6)])
    subsets = list(chain.from_iterable(combinations(groups, size) for size in range(len(groups) + 1)))
    worth = {subset: rng.integers(0, 10**9, 3) / 7 for subset in subsets}
    parts = shapley(groups, worth)
    assert parts.sum(axis=0) == pytest.approx(worth[groups] - worth[()], abs=0.005)
    turned = groups[::-1]
    same = shapley(turned, {tuple(g for g in turned if g in subset): value for subset, value in worth.items()})
    assert same[::-1] == pytest.approx(parts, abs=1e-6)


def test_the_command_says_how_much_and_why(tmp_path: Path, scenario: Write, pupils: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "change.csv"
    reform = scenario({"splits": [NINE_TO_ONE]})
    assert main(["compare", "as_written", str(reform), "--inputs", str(pupils), "-o", str(out), "--lang", "en"]) == 0
    assert "split +1.30" in capsys.readouterr().out
    assert out.read_text().splitlines()[0] == "payer,year,a,b,change,percent,split"


def test_scenarios_without_a_common_year_are_refused(pupils: Path, scenario: Write) -> None:
    late = scenario({"horizon": 2030, "projection": "hold"}, "late")
    with pytest.raises(fm.FiscalModelError):
        fm.compare(scenario({"years": 2025, "projection": "hold"}, "one"), scenario({"years": 2026, "projection": "hold"}, "two"), pupils)
    assert fm.compare("as_written", late, pupils).a.years == (2023,)
