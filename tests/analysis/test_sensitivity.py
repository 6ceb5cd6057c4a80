"""Sensitivity: every assumption moved alone over its range, by hand on small data and against whole
simulations on the embedded ones.
A primary pupil outside the south costs 650 yuan a year in item 11, of which the region bears 6 of
100, and 105 in item 12, of which it bears 90.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

import fiscal_model as fm
from fiscal_model.analysis.sensitivity import Bar, Sensitivity
from fiscal_model.cli import main

Tables = Callable[..., Path]
Write = Callable[..., Path]
CHANGJI, KASHGAR = "652301", "653101"
YEARS = (2025, 2026)


@pytest.fixture
def pupils(tables: Tables) -> Path:
    """100 primary pupils in Changji City in 2023."""
    return tables(beneficiaries=[["primary_pupil", CHANGJI, 2023, 100]])


def bar(found: Sensitivity, start: str) -> Bar:
    """The one bar whose key starts so."""
    (only,) = [each for each in found.bars if each.assumption.startswith(start)]
    return only


# Entries


def test_a_rate_moves_to_the_ends_of_its_range(pupils: Path, scenario: Write) -> None:
    """6 % of 700, 600 and 900 yuan for 100 pupils: 4,200, 3,600 and 5,400."""
    reform = scenario(
        {
            "rates": [
                {
                    "line": "pubfund_primary",
                    "from": 2022,
                    "rate": 700,
                    "range": [600, 900],
                    "basis": "reference",
                }
            ]
        }
    )
    found = bar(fm.sensitivity(reform, pupils), "rate:")
    assert found.assumption == f"rate:pubfund_primary@{reform}:3:3"
    assert (found.kind, found.low, found.high) == ("rate", 600, 900)
    assert found.changes("region") == pytest.approx((-600, 1200))
    assert found.swing("region") == pytest.approx(1800)
    assert found.changes("自治区本级") == found.changes("region")
    assert found.changes("central") == pytest.approx((-8000, 16_000))


def test_a_rate_without_a_range_moves_by_the_spread(pupils: Path, scenario: Write) -> None:
    """A fifth of 700 is 140 yuan, 6 % of that for 100 pupils 840."""
    reform = scenario({"rates": [{"line": "pubfund_primary", "from": 2022, "rate": 700}]})
    found = bar(fm.sensitivity(reform, pupils, spread=0.2), "rate:")
    assert (found.low, found.high) == (560, 840)
    assert found.changes("region") == pytest.approx((-840, 840))


def test_an_entry_from_a_document_without_a_range_is_no_assumption(
    pupils: Path, scenario: Write
) -> None:
    entry = {
        "line": "pubfund_primary",
        "from": 2022,
        "rate": 700,
        "basis": "reference",
        "source": "某文件",
    }
    found = fm.sensitivity(scenario({"rates": [entry]}), pupils)
    assert not [
        each for each in (*found.bars, *found.not_varied) if each.assumption.startswith("rate:")
    ]


def test_a_split_moves_to_the_splits_of_its_range(pupils: Path, scenario: Write) -> None:
    """65,000 shared 1:1, 1:3 and 3:1: the region bears 32,500, 16,250 and 48,750."""
    entry = {
        "item": 11,
        "split": {"region": 1, "prefecture": 1},
        "range": [{"region": 1, "prefecture": 3}, {"region": 3, "prefecture": 1}],
    }
    found = bar(fm.sensitivity(scenario({"splits": [entry]}), pupils), "split:11@")
    assert (found.low, found.high) == ("{region: 1, prefecture: 3}", "{region: 3, prefecture: 1}")
    assert found.changes("region") == pytest.approx((-16_250, 16_250))
    assert found.changes("prefecture") == pytest.approx((16_250, -16_250))


def test_a_split_without_a_range_is_left_and_said_so(pupils: Path, scenario: Write) -> None:
    found = fm.sensitivity(
        scenario({"splits": [{"item": 11, "split": {"region": 1, "prefecture": 1}}]}), pupils
    )
    (left,) = found.not_varied
    assert (left.assumption.split("@")[0], left.why.en) == ("split:11", "no range is stated")
    assert "第11项 义务教育阶段免除学杂费 分担办法（" in found.text("zh")
    assert "行）" in found.text("zh").splitlines()[-1]


def test_growth_moves_by_a_tenth_of_the_spread_in_percentage_points_and_its_factor_apart(
    pupils: Path, scenario: Write
) -> None:
    """The region bears 39 + 94.5 = 133.5 yuan a pupil. Two years on at 2 %, 1 % and 3 %, all times
    1.1; the factor alone moves a tenth of itself.
    """
    reform = scenario(
        {"beneficiaries": [{"beneficiary": "primary_pupil", "growth": 0.02, "factor": 1.1}]}
    )
    found = fm.sensitivity(reform, pupils, [2024, 2025])
    growth, factor = (each for each in found.bars if each.kind == "beneficiary")
    total = {g: 133.5 * 100 * 1.1 * ((1 + g) + (1 + g) ** 2) for g in (0.01, 0.02, 0.03)}
    assert (growth.low, growth.high) == (0.01, 0.03)
    assert growth.changes("region") == pytest.approx(
        (total[0.01] - total[0.02], total[0.03] - total[0.02])
    )
    assert factor.assumption == f"{growth.assumption}.factor"
    assert factor.changes("region") == pytest.approx((-total[0.02] / 10, total[0.02] / 10))


def test_totals_by_year_move_together(pupils: Path, scenario: Write) -> None:
    """200 pupils in 2025, a straight line from 100: 150 in 2024. A tenth less is 180, and 140 in
    2024: 30 pupils fewer over two years.
    """
    reform = scenario(
        {"beneficiaries": [{"beneficiary": "primary_pupil", "target": 200, "by": 2025}]}
    )
    found = bar(fm.sensitivity(reform, pupils, [2024, 2025]), "beneficiary:")
    assert (found.low, found.high) == ("×0.9", "×1.1")
    assert found.changes("region") == pytest.approx((-30 * 133.5, 30 * 133.5))


def test_what_holds_no_number_is_left_and_said_so(tables: Tables, scenario: Write) -> None:
    data = tables(
        beneficiaries=[["primary_pupil", KASHGAR, 2023, 100]], bases_2015=[[11, KASHGAR, 5000]]
    )
    found = fm.sensitivity(scenario({"bases": [{"item": 11, "abolish": True}]}), data)
    assert [(each.assumption.split("@")[0], each.why.en) for each in found.not_varied] == [
        ("base:11", "it holds no number to move")
    ]


def test_an_inherited_entry_that_another_beats_moves_nothing_and_is_counted(
    pupils: Path, scenario: Write
) -> None:
    scenario({"rates": [{"line": "pubfund_primary", "from": 2022, "rate": 700}]}, "below")
    reform = scenario(
        {"extends": "below", "rates": [{"line": "pubfund_primary", "from": 2022, "rate": 800}]}
    )
    found = fm.sensitivity(reform, pupils)
    assert [each.low for each in found.bars if each.kind == "rate"] == [630, 720]
    idle = [each for each in found.moves_nothing if each.kind == "rate"]
    assert [each.low for each in idle] == [630]
    assert idle[0] not in found.ranked("region", 100)


def test_values_are_told_with_their_units_times_and_names(pupils: Path, scenario: Write) -> None:
    """A tenth of 700 yuan is 70, of growth of 2 % a point; a reading is told by what its options
    say.
    """
    reform = scenario(
        {
            "rates": [{"line": "pubfund_primary", "from": "2021-autumn", "to": 2030, "rate": 700}],
            "splits": [
                {
                    "item": 12,
                    "split": {"region": 1},
                    "range": [{"region": 1, "prefecture": 3}, {"region": 3, "prefecture": 1}],
                }
            ],
            "beneficiaries": [{"beneficiary": "primary_pupil", "growth": 0.02}],
        }
    )
    found = fm.sensitivity(reform, pupils, 2024)
    name = Path(reform).name
    told = found.text("zh", "自治区本级")
    assert (
        f"普通小学公用经费 补助标准 2021年秋季学期至2030年（{name} 第3行）：630元/人·年 → " in told
    )
    assert f"小学生 人数预测（{name} " in told
    assert "每年 +1% → " in told
    assert "自治区本级 : 地县 = 1 : 3 → " in told
    assert "lesser_of" not in told
    english = found.text("en", "region")
    assert "unit rate from 2021-autumn to 2030" in english
    assert "630 yuan" in english
    assert "+1% a year → " in english


# Supplied series


def test_a_series_moves_as_a_whole(tables: Tables) -> None:
    """Pupils of two places and two years, 400 in all: a tenth is 40 pupils at 133.5 yuan for the
    region.
    """
    data = tables(
        beneficiaries=[
            ["primary_pupil", place, year, 100]
            for place in (CHANGJI, "652801")
            for year in (2022, 2023)
        ]
    )
    found = bar(fm.sensitivity("as_written", data), "beneficiaries:primary_pupil")
    assert (found.low, found.high) == ("×0.9", "×1.1")
    assert found.changes("region") == pytest.approx((-40 * 133.5, 40 * 133.5))


def test_base_amounts_local_rates_wages_and_amounts_move_too(tables: Tables) -> None:
    """A base of 5,000 up by 500; old age 50 a month replaced by 60 for 10 persons, up by 6 × 12 ×
    10 = 720; an amount of 5,000 up by 500.
    """
    data = tables(
        beneficiaries=[
            ["primary_pupil", KASHGAR, 2023, 100],
            ["age_80_89", CHANGJI, 2023, 10],
            ["unemployment_benefit_month", CHANGJI, 2023, 1],
        ],
        bases_2015=[[11, KASHGAR, 5000]],
        rates=[["age_80_89", CHANGJI, 2023, 60]],
        amounts=[["hiv_followup", CHANGJI, 2023, 5000]],
        minimum_wage=[[CHANGJI, 2023, 2000]],
    )
    found = fm.sensitivity("as_written", data)
    assert bar(found, "bases_2015:11").changes("prefecture") == pytest.approx((-500, 500))
    assert bar(found, "bases_2015:11").changes("region") == pytest.approx((500, -500))
    for key, change in (("rates:age_80_89", 720), ("amounts:hiv_followup", 500)):
        assert sum(bar(found, key).change_high.values()) == pytest.approx(change), key
    of_funds = fm.sensitivity("as_written", data, account="insurance")
    wage, months = (
        bar(of_funds, "minimum_wage"),
        bar(of_funds, "beneficiaries:unemployment_benefit_month"),
    )
    assert wage.change_high == pytest.approx(months.change_high)
    assert wage.changes("fund")[1] > 0


def test_a_series_from_documents_alone_is_no_assumption(pupils: Path) -> None:
    file = pupils / "beneficiaries.csv"
    head = "beneficiary,place,year,count,basis,source\n"
    rows = f"primary_pupil,{CHANGJI},2023,100,reference,统计公报\njunior_pupil,{CHANGJI},2022,100,reference,统计公报\n"
    file.write_text(f"{head}{rows}junior_pupil,{CHANGJI},2023,100,assumption,\n", encoding="utf-8")
    kinds = [
        each.assumption
        for each in fm.sensitivity("as_written", pupils).bars
        if each.kind == "beneficiaries"
    ]
    assert kinds == ["beneficiaries:junior_pupil"]


def test_a_series_that_the_other_data_do_not_allow_to_move_is_left_and_said_so(
    tables: Tables,
) -> None:
    """95 of 100 draw two benefits: a tenth fewer would be 90 persons with 95 of them in both."""
    data = tables(
        beneficiaries=[
            ["age_80_89", CHANGJI, 2023, 100],
            ["disability_living_recipient", CHANGJI, 2023, 200],
        ],
        rates=[["disability_living", CHANGJI, 2023, 100]],
        overlaps=[["age_80_89", "disability_living_recipient", CHANGJI, 2023, 95]],
    )
    found = fm.sensitivity("as_written", data)
    left = {each.assumption: each.why.zh for each in found.not_varied}
    assert set(left) == {"beneficiaries:age_80_89", "overlaps"}
    assert "95" in left["beneficiaries:age_80_89"]
    # 105 people draw the higher benefit only, 95 the higher instead of the lower: a tenth of 200 at
    # 100 yuan a month.
    assert sum(bar(found, "beneficiaries:disability_living").change_high.values()) == pytest.approx(
        20 * 1200
    )


# Readings


def test_a_reading_is_a_bar_from_the_option_in_force(tables: Tables) -> None:
    """A base of 12,000 above the 9,100 due: read as fixed, prefecture and county pay 12,000 of the
    region's part of 13,000.
    """
    data = tables(
        beneficiaries=[["primary_pupil", KASHGAR, 2023, 100]], bases_2015=[[11, KASHGAR, 12_000]]
    )
    found = bar(fm.sensitivity("as_written", data), "reading:11a=fixed")
    assert (found.kind, found.low, found.high) == ("reading", "lesser_of", "fixed")
    assert found.changes("prefecture") == pytest.approx((0, 2900))
    assert found.changes("region") == pytest.approx((0, -2900))
    assert found.swing("region") == pytest.approx(2900)


# The whole


def test_the_ranking_is_per_payer_and_leaves_out_what_does_not_move_it(
    tables: Tables, scenario: Write
) -> None:
    """Central bears 80 % of 700 yuan and nothing of a reading room: the rate swings it by 96,000, a
    tenth of the pupils either way by 11,200.

    Read as covering local books only, 9:1 would leave the 10,500 of item 12 to central.
    """
    data = tables(
        beneficiaries=[["primary_pupil", CHANGJI, 2023, 100], ["reading_room", CHANGJI, 2023, 10]]
    )
    found = fm.sensitivity(
        scenario(
            {
                "rates": [
                    {"line": "pubfund_primary", "from": 2022, "rate": 700, "range": [100, 1300]}
                ]
            }
        ),
        data,
    )
    ranked = [each.assumption.split(":")[0] for each in found.ranked("central")]
    assert ranked == ["rate", "beneficiaries", "reading"]
    assert [each.swing("central") for each in found.ranked("central")] == pytest.approx(
        [96_000, 11_200, 10_500]
    )
    assert [each.kind for each in found.ranked("central", top=1)] == ["rate"]
    assert [each.assumption for each in found.ranked("unallocated")] == [
        "beneficiaries:reading_room"
    ]
    swings = [each.swing("region") for each in found.ranked("region")]
    assert swings == sorted(swings, reverse=True)
    with pytest.raises(fm.FiscalModelError, match="region"):
        found.ranked("regio")


@pytest.mark.parametrize("spread", [0, 1, -0.1, float("nan")])
def test_a_spread_lies_between_0_and_1(spread: float, pupils: Path) -> None:
    with pytest.raises(fm.FiscalModelError):
        fm.sensitivity("as_written", pupils, spread=spread)


def test_the_table_is_tidy(pupils: Path) -> None:
    found = fm.sensitivity("as_written", pupils)
    table = found.to_dataframe()
    names = [
        "assumption",
        "kind",
        "label_zh",
        "label_en",
        "low",
        "high",
        "payer",
        "change_low",
        "change_high",
        "swing",
    ]
    assert list(table.columns) == names
    assert len(table) == len(found.bars) * len(found.payers)
    assert not table.duplicated(["assumption", "payer"]).any()
    assert table["swing"].ge(0).all()


@pytest.fixture(scope="module")
def embedded() -> Sensitivity:
    found: Sensitivity = fm.sensitivity("baseline", years=YEARS)
    return found


def test_every_assumption_of_the_baseline_has_one_bar_or_a_reason(embedded: Sensitivity) -> None:
    keys = [each.assumption for each in (*embedded.bars, *embedded.not_varied)]
    assert len(keys) == len(set(keys))
    stated = {entry.at for each in embedded.base.scenario.chain() for entry in each.entries}
    assert {key.split("@")[1] for key in keys if "@" in key} == stated
    assert all(each.why.zh == "没有写明可能的范围（range）" for each in embedded.not_varied)


@pytest.mark.parametrize(
    "key",
    [
        "bases_2015:11",
        "bases_2015:13",
        "reading:10a=unallocated",
        "reading:11a=fixed",
        "reading:12a=all_books",
    ],
)
def test_what_says_who_pays_moves_money_and_makes_none(embedded: Sensitivity, key: str) -> None:
    found = bar(embedded, key)
    for change in (found.change_low, found.change_high):
        assert sum(change.values()) == pytest.approx(0, abs=0.01)
    assert found.swing("prefecture") > 1


@pytest.mark.parametrize(
    ("key", "change"),
    [
        (
            "rate:resident_medical_subsidy@baseline.yaml:50",
            {"rates": [{"line": "resident_medical_subsidy", "from": 2025, "rate": 770}]},
        ),
        (
            "rate:resident_pension_national@baseline.yaml:61",
            {"rates": [{"line": "resident_pension_national", "from": "2025-07", "rate": "157.3"}]},
        ),
        (
            "beneficiaries:insured_resident",
            {"beneficiaries": [{"beneficiary": "insured_resident", "factor": 1.1}]},
        ),
        (
            "beneficiaries:primary_pupil",
            {"beneficiaries": [{"beneficiary": "primary_pupil", "factor": 1.1}]},
        ),
        ("bases_2015:11", {"bases": [{"item": 11, "factor": 1.1}]}),
        ("reading:12a=all_books", {"readings": {"12a": "all_books"}}),
        ("reading:10a=unallocated", {"readings": {"10a": "unallocated"}}),
    ],
)
def test_a_bar_is_what_two_whole_simulations_differ_by(
    embedded: Sensitivity, scenario: Write, key: str, change: Mapping[str, Any]
) -> None:
    """The same change written as a scenario, and everything simulated."""
    after = fm.simulate(scenario({"extends": "baseline", **change}), years=YEARS).by("payer")
    difference = (after - embedded.base.by("payer")).to_dict()
    found = bar(embedded, key)
    for payer, yuan in difference.items():
        assert found.changes(payer)[1] == pytest.approx(yuan, abs=0.01, rel=1e-9), payer
    assert (
        found.swing(
            "central"
            if key != "reading:10a=unallocated" and key != "bases_2015:11"
            else "prefecture"
        )
        > 0
    )


def test_the_command_prints_the_ranking_and_writes_the_table(
    pupils: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "bars.csv"
    words = [
        "sensitivity",
        "as_written",
        "--inputs",
        str(pupils),
        "--payer",
        "region",
        "-o",
        str(target),
    ]
    assert main(words) == 0
    printed = capsys.readouterr().out
    assert "2. 受益对象人数 小学生：×0.9 → -0.13 / ×1.1 → +0.13" in printed
    assert target.read_text(encoding="utf-8-sig").startswith("assumption,kind,label_zh")
    assert target.read_bytes().startswith(b"\xef\xbb\xbf")  # by which a spreadsheet knows UTF-8
    target.unlink()
    assert main([*words[:-4], "--payer", "自治区本级", "--spread", "10%"]) == 0
    assert capsys.readouterr().out == printed
    assert main([*words, "--spread", "2"]) == 1
    assert not target.exists()


def test_vital_rates_are_moved_where_a_beneficiary_follows_the_population() -> None:
    """Fertility reaches kindergarten and school, so it moves the levels; where counts are held
    nobody asks for it.
    """
    found = fm.sensitivity("cohort_2035", years=range(2024, 2032))
    fertility = next(bar for bar in found.bars if bar.assumption == "vital_rates:fertility")
    low, high = fertility.changes("region")
    assert low < 0 < high
    assert not any(bar.kind == "vital_rates" for bar in fm.sensitivity("hold", years=2024).bars)
