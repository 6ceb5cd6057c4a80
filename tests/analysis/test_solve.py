"""Solving backwards: the value found, the entry that brings it about, and what is said when no
value helps.
A primary pupil outside the south costs 650 yuan a year in item 11: central bears 8 of 10, the
region 3 and prefecture and county 7 of 10 of the rest. For 100 pupils that is 65,000: 52,000, 3,900
and 9,100. In the south prefecture and county pay at most the base amount, the region what exceeds
it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import fiscal_model as fm
from fiscal_model.analysis.partial import Ground
from fiscal_model.analysis.solve import Solution, on_top
from fiscal_model.cli import main
from fiscal_model.inputs.read import load_inputs
from fiscal_model.run import simulated
from fiscal_model.scenario.read import load_scenario

Tables = Callable[..., Path]
Write = Callable[..., Path]
CHANGJI, KASHGAR = "652301", "653101"


@pytest.fixture
def pupils(tables: Tables) -> Path:
    """100 primary pupils in Changji City in 2023."""
    return tables(beneficiaries=[["primary_pupil", CHANGJI, 2023, 100]])


@pytest.fixture
def south(tables: Tables) -> Path:
    """100 primary pupils in Kashgar City in 2023, its base amount 5,000: of 13,000 the region bears
    8,000.
    """
    return tables(
        beneficiaries=[["primary_pupil", KASHGAR, 2023, 100]], bases_2015=[[11, KASHGAR, 5000]]
    )


def find(
    vary: str,
    payer: str,
    ceiling: float | str,
    data: Path,
    scenario: str | Path = "as_written",
    **more: Any,
) -> Solution:
    """An answer for item 11 in 2023, unless another is asked for."""
    found: Solution = fm.solve(
        scenario, vary, payer, ceiling, **{"year": 2023, "item": 11, "inputs": data, **more}
    )
    return found


def pasted(found: Solution, data: Path | None, folder: Path, extends: str) -> fm.Budget:
    """The budget of a scenario file that holds the entry found."""
    lines = "".join(f"  - {line}\n" for line in found.entry.splitlines())
    path = folder / "pasted.yaml"
    path.write_text(
        f"name: pasted\nextends: {extends}\n{found.section}:\n{lines}", encoding="utf-8"
    )
    return fm.simulate(path, data, found.burden.year)


def paid(budget: fm.Budget, payer: str, item: int = 11) -> float:
    return float(budget.by("payer", "item").loc[payer, item])


# Rates


@pytest.mark.smoke
def test_the_rate_that_keeps_the_regions_part_at_3000_is_500(pupils: Path, tmp_path: Path) -> None:
    """The region bears 6 of 100: 3,000 are 6 % of 50,000, 500 yuan for each of 100 pupils."""
    found = find("rate:pubfund_primary", "region", 3000, pupils)
    assert (found.found, found.already, found.present_value, found.present) == (
        True,
        False,
        650,
        3900,
    )
    assert (found.value, found.at_value) == (500, 3000)
    assert found.tried == ((0, 0), (650, 3900))
    assert (found.section, found.entry) == (
        "rates",
        "{line: pubfund_primary, from: 2023, rate: 500}",
    )
    assert paid(pasted(found, pupils, tmp_path, "as_written"), "region") == 3000


def test_a_burden_with_a_kink_is_met_to_the_fen(south: Path, tmp_path: Path) -> None:
    """At v yuan the region bears 20 v less the base of 5,000, but 6 v at the least: 2,000 are 6 ×
    333.33, not (2,000 + 5,000) / 20 = 350.
    """
    found = find("rate:pubfund_primary", "region", 2000, south)
    assert found.value == pytest.approx(1000 / 3, abs=0.01 / 6)
    assert 1999.99 <= paid(pasted(found, south, tmp_path, "as_written"), "region") <= 2000
    assert find("rate:pubfund_primary", "region", 5000, south).value == 500


def test_what_meets_the_ceiling_already_needs_no_change(pupils: Path) -> None:
    found = find("rate:pubfund_primary", "region", 3900, pupils)
    assert (found.found, found.already, found.value, found.at_value, found.entry) == (
        True,
        True,
        650,
        3900,
        "",
    )
    assert "650 已不超过上限" in found.text("zh")


def test_the_other_items_count_too_when_none_is_named(pupils: Path) -> None:
    """Item 12 adds 94.5 of 105 yuan a pupil, 9,450 that the rate cannot touch: 12,450 leave 3,000
    again, 9,000 are out of reach.
    """
    assert find("rate:pubfund_primary", "region", 12_450, pupils, item=None).value == 500
    found = find("rate:pubfund_primary", "region", 9_000, pupils, item=None)
    assert (found.found, found.value, found.at_value, found.entry) == (False, 0, 9_450, "")
    assert "没有一个值能使负担不超过上限；取 0 时最接近，仍为 9,450.00 元" in found.text("zh")
    assert (
        "no value in the range meets the ceiling; nearest at 0, still 9,450.00 yuan"
        in found.text("en")
    )


def test_a_place_restricts_the_burden_and_where_the_change(
    tables: Tables, scenario: Write, tmp_path: Path
) -> None:
    """100 pupils in Changji and 100 in Korla: 6,900 for both leave 3,000 for Changji, 500 yuan
    there; in Korla alone 1,950 are 325 yuan.
    """
    data = tables(
        beneficiaries=[
            ["primary_pupil", CHANGJI, 2023, 100],
            ["primary_pupil", "652801", 2023, 100],
        ]
    )
    found = find("rate:pubfund_primary", "region", 6_900, data, where="昌吉市")
    assert (found.value, found.entry) == (
        500,
        f"{{line: pubfund_primary, where: {CHANGJI}, from: 2023, rate: 500}}",
    )
    budget = pasted(found, data, tmp_path, "as_written")
    assert budget.by("place", "item").loc[["652301", "652801"], 11].tolist() == [50_000, 65_000]
    assert find("rate:pubfund_primary", "region", 1_950, data, place="库尔勒市").value == 325
    assert find("rate:pubfund_primary", "region", 1_950, data, place="652800").value == 325
    elsewhere = find("rate:pubfund_primary", "region", 1_950, data, place="652801", where=[CHANGJI])
    assert not elsewhere.found
    assert "不改变这项负担" in elsewhere.text("zh")


def test_local_is_prefecture_and_county_however_divided(tables: Tables) -> None:
    """9,100 at 650 yuan, a quarter of it at the county: 7,000 together are 500 yuan, and so are
    1,750 of the county level.
    """
    data = tables(
        beneficiaries=[["primary_pupil", CHANGJI, 2023, 100]], local_split=[[11, CHANGJI, 0.25]]
    )
    assert find("rate:pubfund_primary", "local", 7000, data).value == 500
    assert find("rate:pubfund_primary", "county_level", 1750, data).value == 500


def test_the_range_may_be_given(pupils: Path) -> None:
    found = find("rate:pubfund_primary", "region", 3000, pupils, low=550, high=700)
    assert (found.found, found.value, found.at_value) == (False, 550, 3300)
    assert found.tried == ((550, 3300), (700, 4200))


# Shares


def test_a_share_is_the_part_of_the_payers_own_tier(pupils: Path, tmp_path: Path) -> None:
    """Of the rest of 13,000 a fifth is 2,600; central bears 52,000 as before."""
    found = find("share:11:region", "region", 2600, pupils)
    assert (found.present_value, found.value, found.resolution) == (0.3, 0.2, 1e-6)
    budget = pasted(found, pupils, tmp_path, "as_written")
    assert [paid(budget, payer) for payer in ("central", "region", "prefecture")] == [
        52_000,
        2_600,
        10_400,
    ]


def test_an_outer_share_leaves_the_tier_inside_as_it_is(pupils: Path, tmp_path: Path) -> None:
    """Prefecture and county bear 7 of 10 of what central leaves: 4,550 are half of 9,100, so
    central bears 9 of 10.
    """
    found = find("share:11:central", "prefecture", 4550, pupils)
    assert found.value == 0.9
    budget = pasted(found, pupils, tmp_path, "as_written")
    assert [paid(budget, payer) for payer in ("central", "region", "prefecture")] == [
        58_500,
        1_950,
        4_550,
    ]


def test_the_others_of_a_tier_keep_their_proportions(
    pupils: Path, scenario: Write, tmp_path: Path
) -> None:
    """5:3:2. At 8 of 10 for central, 13,000 are left at 3:2: 7,800 and 5,200."""
    reform = scenario(
        {"splits": [{"item": 11, "split": {"central": 5, "region": 3, "prefecture": 2}}]}
    )
    found = find("share:11:central", "region", 7800, pupils, reform)
    assert (found.present, found.value) == (19_500, 0.8)
    budget = pasted(found, pupils, tmp_path, "trial")
    assert [paid(budget, payer) for payer in ("central", "region", "prefecture")] == [
        52_000,
        7_800,
        5_200,
    ]


def test_a_share_stops_at_a_millionth_on_the_safe_side(pupils: Path) -> None:
    """1,000 of 13,000 are 1/13 = 0.07692308; a millionth moves 0.013 yuan, so 0.076923 leaves less
    than that.
    """
    found = find("share:11:region", "region", 1000, pupils)
    assert found.value == 0.076923
    assert 1000 - 0.013 <= found.at_value <= 1000


def test_a_base_amount_makes_the_burden_flat(south: Path) -> None:
    """Prefecture and county pay 5,000 at most, so the region pays 8,000 at least, whatever its
    share: 8,000 meet it, 7,000 cannot.
    """
    found = find("share:11:region", "region", 7000, south)
    assert not found.found
    assert (found.tried[0], found.tried[1]) == ((0, 8000), (1, 13_000))
    assert found.at_value == 8000


def test_the_due_of_a_base_amount_is_shared_and_the_base_restated(
    south: Path, tmp_path: Path
) -> None:
    """The region's 8,000 halve when central bears enough: of R beside it the region bears R - 5,000
    or 0.3 R; 4,000 are 9,000 - 5,000.
    """
    found = find("share:11:central", "region", 4000, south)
    assert found.value == pytest.approx(1 - 9000 / 65_000, abs=1e-6)
    assert 4000 - 0.065 <= paid(pasted(found, south, tmp_path, "as_written"), "region") <= 4000


def test_the_rest_of_a_grant_is_shared(tables: Tables, scenario: Write, tmp_path: Path) -> None:
    """Central gives 15,000 of 65,000; of the 50,000 left a fifth is 10,000."""
    data = tables(
        beneficiaries=[["primary_pupil", CHANGJI, 2023, 100]],
        amounts=[["grant:11:central", CHANGJI, 2023, 15_000]],
    )
    reform = scenario(
        {
            "splits": [
                {
                    "item": 11,
                    "split": {"grants": ["central"], "rest": {"region": 1, "prefecture": 1}},
                }
            ]
        }
    )
    found = find("share:11:region", "region", 10_000, data, reform)
    assert (found.present, found.value) == (pytest.approx(25_000), 0.2)
    budget = pasted(found, data, tmp_path, "trial")
    assert [paid(budget, payer) for payer in ("central", "region", "prefecture")] == pytest.approx(
        [15_000, 10_000, 40_000]
    )


def test_lines_and_places_with_other_splits_keep_them(
    tables: Tables, scenario: Write, tmp_path: Path
) -> None:
    """Primary halves outside the south, junior all central, the south 9:1 to prefecture and county.
    Only the halves can go to 2:8.
    """
    people = [
        ["primary_pupil", CHANGJI, 2023, 100],
        ["junior_pupil", CHANGJI, 2023, 100],
        ["primary_pupil", KASHGAR, 2023, 100],
    ]
    splits = [
        {"item": 11, "split": {"region": 1, "prefecture": 1}},
        {"item": 11, "where": "south4", "split": {"central": 9, "prefecture": 1}},
        {"line": "pubfund_junior", "split": {"full": "central"}},
    ]
    data = tables(beneficiaries=people)
    reform = scenario({"splits": splits})
    before = fm.simulate(reform, data)
    found = find("share:11:region", "region", 13_000, data, reform)
    assert (found.present, found.present_value, found.value) == (32_500, 0.5, 0.2)
    after = pasted(found, data, tmp_path, "trial")
    assert paid(after, "central") == paid(before, "central")
    assert paid(after, "region") == 13_000
    assert paid(after, "prefecture") == 52_000 + 6_500


def test_sums_per_head_beside_the_shares_are_restated(
    tables: Tables, scenario: Write, tmp_path: Path
) -> None:
    """Kindergartens: the region pays 2,154 of 2,670 (south) for three fees together; only the
    readers, made 1:1 of 130, can be varied.
    """
    data = tables(
        beneficiaries=[
            ["preschool_child", KASHGAR, 2023, 10],
            ["preschool_child", CHANGJI, 2023, 10],
        ]
    )
    reform = scenario(
        {"splits": [{"line": "preschool_readers", "split": {"region": 1, "prefecture": 1}}]}
    )
    found = find(
        "share:10:region", "region", 10 * (2154 + 916) + 2 * 10 * 26, data, reform, item=10
    )
    assert found.value == pytest.approx(26 / 130)
    assert paid(pasted(found, data, tmp_path, "trial"), "region", 10) == pytest.approx(31_220)


# Base amounts


@pytest.mark.parametrize(("ceiling", "factor"), [(7000, 1.2), (3900, 1.82)])
def test_a_factor_on_the_base_amount(
    south: Path, tmp_path: Path, ceiling: float, factor: float
) -> None:
    """The region bears 13,000 less the base, until prefecture and county bear their whole 9,100."""
    found = find("base:11", "region", ceiling, south)
    assert (found.present_value, found.value) == (1, pytest.approx(factor))
    assert ceiling - 0.01 <= paid(pasted(found, south, tmp_path, "as_written"), "region") <= ceiling


def test_no_base_amount_brings_the_region_below_its_share(south: Path) -> None:
    found = find("base:11", "region", 3000, south)
    assert (found.found, found.at_value, found.value) == (False, 3900, 10)


def test_the_ceiling_of_prefecture_and_county_takes_a_smaller_base(south: Path) -> None:
    assert find("base:11", "prefecture", 4000, south).value == 0.8


def test_a_base_amount_that_the_scenario_sets_is_multiplied_as_it_is(
    south: Path, scenario: Write, tmp_path: Path
) -> None:
    """4,000 in force leave the region 9,000; 8,000 take 5,000, a quarter more."""
    found = find(
        "base:11", "region", 8000, south, scenario({"bases": [{"item": 11, "amount": 4000}]})
    )
    assert (found.present, found.value, found.entry) == (
        9000,
        1.25,
        f"{{item: 11, where: {KASHGAR}, from: 2023, amount: 5000}}",
    )
    assert paid(pasted(found, south, tmp_path, "trial"), "region") == 8000


# Growth


def test_growth_over_two_years(pupils: Path, scenario: Write, tmp_path: Path) -> None:
    """3,900 in 2023; 3,159 in 2025 are 0.81 of it, 0.9 squared."""
    held = scenario({"projection": "hold"})
    found = find("growth:primary_pupil", "region", 3159, pupils, held, year=2025)
    assert (found.present_value, found.present) == (0, 3900)
    assert found.value == pytest.approx(-0.1, abs=1e-6)
    assert 3158.99 <= paid(pasted(found, pupils, tmp_path, "trial"), "region") <= 3159


def test_growth_needs_a_year_after_the_last_supplied_one(pupils: Path) -> None:
    with pytest.raises(fm.FiscalModelError) as caught:
        find("growth:primary_pupil", "region", 3000, pupils)
    assert [fault.where for fault in caught.value.faults] == ["vary"]
    assert "2023" in str(caught.value)


# What cannot be asked


@pytest.mark.parametrize(
    ("vary", "word"),
    [
        ("rate:pubfund_primry", "pubfund_primary"),
        ("rate:hiv_followup", "amount"),
        ("rate", "rate:LINE"),
        ("share:11", "share:ITEM:PAYER"),
        ("share:11:fund", "no share"),
        ("share:12:cenral", "central"),
        ("base:12", "no base amount"),
        ("base:99", "99"),
        ("growth:junior_pupil", "junior_pupil"),
        ("rates:pubfund_primary", "'rate'"),
    ],
)
def test_what_cannot_be_varied_is_refused_with_what_could(
    pupils: Path, vary: str, word: str
) -> None:
    with pytest.raises(fm.FiscalModelError) as caught:
        find(vary, "region", 3000, pupils)
    assert [fault.where for fault in caught.value.faults] == ["vary"]
    assert word in caught.value.text("en")


def test_a_base_amount_that_is_phased_out_has_no_factor(south: Path, scenario: Write) -> None:
    reform = scenario({"bases": [{"item": 11, "from": 2022, "phase_out": 4}]})
    with pytest.raises(fm.FiscalModelError, match="分年取消"):
        find("base:11", "region", 100, south, reform)


def test_every_bad_argument_is_told_at_once(pupils: Path) -> None:
    with pytest.raises(fm.FiscalModelError) as caught:
        fm.solve("as_written", "rate:x", "regio", -1, 1900, "nowhere", 99, pupils, "south5", 5, 3)
    wheres = {fault.where for fault in caught.value.faults}
    assert wheres == {"vary", "payer", "ceiling", "year", "place", "item", "where", "low"}


def test_a_place_without_data_is_refused(pupils: Path) -> None:
    with pytest.raises(fm.FiscalModelError, match="喀什地区"):
        find("rate:pubfund_primary", "region", 1, pupils, place="653100")


# The embedded data


@pytest.mark.parametrize(
    ("vary", "payer", "part", "more"),
    [
        ("rate:public_health_programme", "region", 0.995, {}),
        ("share:11:central", "region", 0.97, {"item": 11}),
        ("share:13:region", "local", 0.9, {"item": 13, "place": "653100"}),
        ("base:11", "region", 0.998, {"where": "653100"}),
        ("growth:primary_pupil", "prefecture", 0.995, {}),
    ],
)
def test_the_entry_hits_the_ceiling_on_the_embedded_data(
    vary: str, payer: str, part: float, more: dict[str, Any], tmp_path: Path
) -> None:
    """To a yuan, or a millionth of what a share divides; never above but for the last bit of a
    float.
    """
    now = fm.solve(
        "baseline",
        vary,
        payer,
        1e15,
        2026,
        **{key: value for key, value in more.items() if key != "where"},
    )
    ceiling = round(now.present * part)
    found = fm.solve("baseline", vary, payer, ceiling, 2026, **more)
    assert found.found
    burden = found.burden.of(pasted(found, None, tmp_path, "baseline"))
    step = 1.0 if not vary.startswith("share") else 1e-6 * 1.5e9
    assert ceiling - step <= burden <= ceiling + 1e-5


def test_a_part_of_the_items_is_what_it_is_in_the_whole() -> None:
    scenario, standard = load_scenario("baseline")
    inputs = load_inputs(None, standard)
    changed = on_top(scenario, {"rates": ("{line: pubfund_primary, from: 2026, rate: 720}",)})
    ground = Ground(standard, scenario, inputs, (2026,))
    part, whole = ground.part({11}, changed), simulated(standard, changed, inputs, (2026,))
    lines = [i for i, line in enumerate(whole.program.lines) if line.item == 11]
    places = [whole.places.index(code) for code in part.places]
    assert part.payers == whole.payers
    assert np.array_equal(part.amounts, whole.amounts[:, lines][:, :, places])


# The command


def test_the_command_prints_the_entry(pupils: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [
        "solve",
        "as_written",
        "--vary",
        "rate:pubfund_primary",
        "--payer",
        "region",
        "--year",
        "2023",
        "--ceiling",
        "3000",
    ]
    assert main([*words, "--item", "11", "--inputs", str(pupils)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "自治区本级 · 2023年 · 第11项：现为 3,900.00 元，上限 3,000.00 元",
        "普通小学公用经费 补助标准 650 → 500（此时负担 3,000.00 元）",
        "试算范围：取 0 时 0.00 元，取 650 时 3,900.00 元",
        "可写入情景文件（尚未写出）：",
        "rates:",
        "  - {line: pubfund_primary, from: 2023, rate: 500}",
    ]
    assert main([*words, "--item", "111", "--inputs", str(pupils)]) == 1
    assert "item: " in capsys.readouterr().err


def test_names_and_amounts_as_people_write_them(
    pupils: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A payer, a line and a place by name, and 3,000 yuan in three ways."""
    said = []
    for vary, payer, ceiling in (
        ("rate:pubfund_primary", "region", "3000"),
        ("rate:普通小学公用经费", "自治区本级", "3,000"),
        ("rate:pubfund_primary", "region", "0.3万"),
    ):
        words = [
            "solve",
            "as_written",
            "--vary",
            vary,
            "--payer",
            payer,
            "--year",
            "2023",
            "--ceiling",
            ceiling,
            "--place",
            "新疆",
        ]
        assert main([*words, "--item", "11", "--inputs", str(pupils)]) == 0
        said.append(capsys.readouterr().out)
    assert len(set(said)) == 1
    assert "650 → 500" in said[0]
    assert (
        find("share:11:地县", "地县合计", 5000, pupils).entry
        == find("share:11:prefecture", "local", 5000, pupils).entry
    )


def test_an_unknown_payer_is_answered_with_all(pupils: Path) -> None:
    with pytest.raises(
        fm.FiscalModelError,
        match="最接近的是“自治区本级”（region）；可用：central 中央、region 自治区本级、",
    ):
        find("rate:pubfund_primary", "自治区本集", 3000, pupils)


def test_a_notebook_shows_the_answer_and_the_entry(pupils: Path) -> None:
    shown = find("rate:pubfund_primary", "region", 3000, pupils)._repr_html_()
    assert "650 → 500" in shown
    assert "<pre>rates:\n  - {line: pubfund_primary, from: 2023, rate: 500}</pre>" in shown


def test_amounts_may_be_written_as_in_a_table(pupils: Path) -> None:
    """The region bears 6% of 100 × 650 yuan: 3,900. 0.35万元 is 3,500 yuan."""
    plain = find("rate:pubfund_primary", "region", 3_500, pupils)
    for ceiling in ("0.35万", "3,500元", "3500"):
        written = find("rate:pubfund_primary", "region", ceiling, pupils)
        assert (written.ceiling, written.value) == (3_500, plain.value)
    ends = find("share:11:central", "region", 3_500, pupils, low="50%", high="90%")
    assert [end for end, _ in ends.tried] == [0.5, 0.9]
    with pytest.raises(fm.FiscalModelError) as caught:
        find("share:11:central", "region", "lots", pupils, low="half")
    assert [each.where for each in caught.value.faults] == ["ceiling", "low"]
