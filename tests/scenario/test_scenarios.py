"""Scenario files: strict YAML, names, extending, conflicts, entries that change nothing, and who
beats whom.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from conftest import write_tables

import fiscal_model as fm
from fiscal_model.checking import check_paths
from fiscal_model.errors import Fault
from fiscal_model.scenario.entries import RateEntry
from fiscal_model.scenario.read import load_scenario, shipped_folder, shipped_scenarios
from fiscal_model.standard.payers import PAYERS

Tables = Callable[..., Path]
OLD = [["age_80_89", "昌吉市", 2023, 100]]
"""100 persons at 50 yuan a month: 60,000 a year, or 1,200 for each yuan of a changed rate."""


@pytest.fixture
def data(tables: Tables) -> Path:
    """100 persons of 80 to 89 in Changji City in 2023."""
    return tables(beneficiaries=OLD)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes a scenario file word for word."""

    def write(text: str | bytes, name: str = "trial.yaml") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def cost(scenario: str | Path, data: Path, years: Any = None) -> float:
    return float(fm.simulate(scenario, data, years).cost.sum())


def refused(scenario: str | Path, data: Path) -> tuple[Fault, ...]:
    with pytest.raises(fm.FiscalModelError) as caught:
        fm.simulate(scenario, data)
    return caught.value.faults


def places_of(scenario: Path, data: Path) -> list[str]:
    """Where the faults stand, without the folder, in order."""
    return sorted(
        {fault.where.removeprefix(f"{scenario.parent}/") for fault in refused(scenario, data)}
    )


def mark(text: str) -> tuple[str, str]:
    """The line and column of the mark § in a text, and the text without it."""
    before, after = text.split("§")
    return f"{before.count(chr(10)) + 1}:{len(before.rsplit(chr(10), 1)[-1]) + 1}", before + after


def rates(*entries: str) -> str:
    return "name: trial\nrates:\n" + "".join(f"  - {{{entry}}}\n" for entry in entries)


def splits(*entries: str) -> str:
    return "name: trial\nsplits:\n" + "".join(f"  - {{{entry}}}\n" for entry in entries)


def counts(*entries: str, head: str = "") -> str:
    return f"name: trial\n{head}beneficiaries:\n" + "".join(
        f"  - {{{entry}}}\n" for entry in entries
    )


# Strict YAML


def test_a_ratio_stays_the_text_it_was_written_as(write: Callable[..., Path], data: Path) -> None:
    path = write(
        "name: 8:2\ntitle: 3:7\n"
        + rates("line: age_80_89, rate: 60, source: 1:30").removeprefix("name: trial\n")
    )
    budget = fm.simulate(path, data)
    assert (budget.scenario.name, budget.scenario.title.zh) == ("8:2", "3:7")
    assert budget.scenario.of(RateEntry)[0].clause.source == ("1:30", "1:30")


@pytest.mark.parametrize("split", ["8:2", "{central: 8:2}", "'8:2'"])
def test_a_ratio_is_no_split(write: Callable[..., Path], data: Path, split: str) -> None:
    assert refused(write(splits(f"item: 48, split: {split}")), data)


def test_a_leading_zero_makes_no_octal_number(write: Callable[..., Path], data: Path) -> None:
    assert cost(write(rates("line: age_80_89, rate: 060")), data) == 60 * 1200


@pytest.mark.parametrize(
    "rate",
    [
        "1e3",
        ".5",
        "1_000",
        "0x10",
        "NaN",
        ".inf",
        "true",
        "10,00",
        "''",
        "~",
        "-1",
        "[60]",
        "9999999999",
        "60%",
        "60元/人",
    ],
)
def test_a_rate_that_is_no_plain_number_is_refused_where_it_stands(
    write: Callable[..., Path], data: Path, rate: str
) -> None:
    path = write(f"name: trial\nrates:\n  - line: age_80_89\n    rate: {rate}\n")
    assert places_of(path, data) == ["trial.yaml:4:11"]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("name: a\ntitle: b\nname: c\n", "3:1"),
        ("name: a\nreadings: {11a: fixed, 11a: lesser_of}\n", "2:24"),
        ("name: a\ntitle: &t b\n", "2:8"),
        ("name: a\ntitle: *t\n", "2:8"),
        ("name: !!str a\n", "1:7"),
        ("name: !python/object:os.system a\n", "1:7"),
        ("name: a\n<<: {title: b}\n", "2:1"),
        ("name: a\n---\nname: b\n", "2:1"),
        ("- name: a\n", "1:1"),
        ("name\n", "1:1"),
        ("name: a\n? [b]\n: c\n", "2:3"),
        ("name: a\nreadings:\n\t11a: fixed\n", "3:1"),
        ("name: a\ntitle: 'b\n", "3:1"),
        ("name: a\ntitle: {b\n", "3:1"),
        ("name: a\n  title: b\n", "2:8"),
        ("name: [a]\n", "1:7"),
        ("name:\ntitle: b\n", "1:6"),
        ("title: b\n", "1:1"),
        ("name: a\nrates: {line: age_80_89}\n", "2:8"),
        ("name: a\nrates:\n  - age_80_89\n", "3:5"),
        ("name: a\nreadings: [11a]\n", "2:11"),
    ],
)
def test_yaml_that_is_unclear_or_unsafe_is_refused_where_it_stands(
    write: Callable[..., Path], data: Path, text: str, where: str
) -> None:
    assert places_of(write(text), data) == [f"trial.yaml:{where}"]


@pytest.mark.parametrize("depth", [50, 100_000])
@pytest.mark.parametrize("bracket", ["[", "{a: "])
def test_deep_nesting_is_refused(
    write: Callable[..., Path], data: Path, bracket: str, depth: int
) -> None:
    (fault,) = refused(write("name: a\ntitle: " + bracket * depth + "\n"), data)
    assert fault.where.split("trial.yaml:")[1].startswith("2:")


@pytest.mark.parametrize(
    "data_bytes",
    [
        b"",
        b"# only a remark\n",
        "name: 试验\n".encode("gb18030"),
        "name: a\n".encode("utf-16"),
        b"\x00\xff",
        b"name: a\nnote: " + b"x" * 2_000_000,
    ],
    ids=["empty", "remark", "gb18030", "utf-16", "binary", "large"],
)
def test_a_file_that_is_no_utf_8_yaml_of_sensible_size_is_refused(
    write: Callable[..., Path], data: Path, data_bytes: bytes
) -> None:
    assert places_of(write(data_bytes), data) == ["trial.yaml"]


def test_a_byte_order_mark_does_no_harm(write: Callable[..., Path], data: Path) -> None:
    assert cost(write("\ufeff" + rates("line: age_80_89, rate: 60")), data) == 60 * 1200


def test_a_scenario_need_not_be_called_like_its_file(
    write: Callable[..., Path], data: Path
) -> None:
    budget = fm.simulate(write("name: other\n"), data)
    assert set(budget.to_dataframe()["scenario"]) == {"other"}


def test_a_control_character_is_refused_where_it_stands(
    write: Callable[..., Path], data: Path
) -> None:
    assert places_of(write("name: a\ntitle: b\x01\n"), data) == ["trial.yaml:2:9"]


# Names and where they stand


def test_all_faults_of_a_file_are_reported_at_once_each_where_it_stands(
    write: Callable[..., Path], data: Path
) -> None:
    text = """\
name: trial
titel: x
extends: baselin
readings: {11a: fixd, 11z: fixed}
rates:
  - {line: age_80, from: 2024-13, rate: x}
splits:
  - {item: 99, split: {central: 8}}
  - {item: 45, where: Atlantis, split: {central: 8.5, region: 1}}
beneficiaries:
  - {beneficiary: pupil, growth: 11, shape: 2}
years: 2024
horizon: 2030
"""
    wanted = [
        "2:1",
        "3:10",
        "4:17",
        "4:23",
        "6:12",
        "6:26",
        "6:41",
        "8:12",
        "9:23",
        "9:50",
        "11:19",
        "11:34",
        "11:38",
        "13:10",
    ]
    assert places_of(write(text), data) == sorted(f"trial.yaml:{where}" for where in wanted)


@pytest.mark.parametrize(
    ("text", "written", "nearest"),
    [
        ("name: a\n§horizont: 2030\n", "horizont", "horizon"),
        ("name: a\n§beneficiary: []\n", "beneficiary", "beneficiaries"),
        (rates("line: age_80_89, §rates: 60, rate: 60"), "rates", "rate"),
        (rates("line: §age_8_89, rate: 60"), "age_8_89", "age_80_89"),
        (
            splits("line: §relief_nationals, split: {full: central}"),
            "relief_nationals",
            "relief_national",
        ),
        (splits("item: §111, split: {full: central}"), "111", "1–80"),
        (splits("item: 45, split: {full: §centrall}"), "centrall", "central"),
        (splits("item: 45, split: {§centrall: 8, region: 2}"), "centrall", "central"),
        (splits("item: 45, where: §south5, split: {full: central}"), "south5", "south4"),
        (splits("item: 45, where: [south4, §昌吉], split: {full: central}"), "昌吉", "昌吉市"),
        (
            splits("item: 58, split: {cases: [{condition: §national, split: {full: central}}]}"),
            "national",
            "national_response",
        ),
        (
            splits("item: 46, split: {cases: [{lines: [§child_dead], split: {full: central}}]}"),
            "child_dead",
            "child_death",
        ),
        (splits("item: 45, basis: §users, split: {full: central}"), "users", "user"),
        (counts("beneficiary: §age_80_98, factor: 2"), "age_80_98", "age_80_89"),
        ("name: a\nreadings: {§11aa: fixed}\n", "11aa", "11a"),
        ("name: a\nreadings: {11a: §lesser}\n", "lesser", "lesser_of"),
        ("name: a\nextends: §baselines\n", "baselines", "baseline"),
        ("name: a\nstandard: §xinjiang_2022\n", "xinjiang_2022", "xinjiang_2021"),
        ("name: a\nprojection: §holds\n", "holds", "hold"),
    ],
)
def test_an_unknown_name_is_refused_where_it_stands_with_the_nearest(
    write: Callable[..., Path], data: Path, text: str, written: str, nearest: str
) -> None:
    where, marked = mark(text)
    faults = [
        fault
        for fault in refused(write(marked), data)
        if fault.where.endswith(f"trial.yaml:{where}")
    ]
    assert len(faults) == 1
    for words in (faults[0].words("zh"), faults[0].words("en")):
        assert nearest in words.split(written, 1)[1]


def test_a_line_and_a_beneficiary_may_be_called_by_their_chinese_names(
    write: Callable[..., Path], data: Path
) -> None:
    text = (
        rates("line: 80-89周岁高龄津贴, rate: 60")
        + "beneficiaries: [{beneficiary: 80–89周岁老年人, factor: 2}]\n"
    )
    assert cost(write(text), data) == 60 * 1200 * 2


def test_an_unknown_scenario_is_refused_with_the_nearest_shipped(data: Path) -> None:
    (fault,) = refused("base_line", data)
    assert "baseline" in fault.message.to("zh")
    assert "baseline" in fault.message.to("en")


def test_a_scenario_file_that_does_not_exist_is_refused(data: Path, tmp_path: Path) -> None:
    (fault,) = refused(tmp_path / "none.yaml", data)
    assert fault.where == str(tmp_path / "none.yaml")


def test_a_folder_is_no_scenario(data: Path, tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    assert refused(tmp_path / "folder.yaml", data)


@pytest.mark.parametrize("by_extends", [False, True])
def test_a_name_that_is_too_long_is_refused(
    write: Callable[..., Path], data: Path, by_extends: bool
) -> None:
    name = "x" * 5000
    assert refused(write(f"name: a\nextends: {name}\n") if by_extends else f"{name}.yaml", data)


def test_an_unknown_standard_does_not_hide_the_other_faults(
    write: Callable[..., Path], data: Path
) -> None:
    assert places_of(write("name: a\nstandard: xinjiang\ntitel: b\n"), data) == [
        "trial.yaml:2:11",
        "trial.yaml:3:1",
    ]


@pytest.mark.parametrize("where", ["", "[]", "[[653100]]", "{}"])
def test_an_empty_or_nested_where_is_refused(
    write: Callable[..., Path], data: Path, where: str
) -> None:
    assert refused(
        write(f"name: a\nrates:\n  - line: age_80_89\n    rate: 60\n    where: {where}\n"), data
    )


@pytest.mark.parametrize(
    "when",
    [
        "2024-13",
        "2024-00",
        "2024-01-32",
        "24",
        "1989",
        "2101",
        "2024-summer",
        "2024/1",
        "01.2024",
        "2024-1-",
    ],
)
def test_a_start_that_is_no_date_or_term_is_refused_where_it_stands(
    write: Callable[..., Path], data: Path, when: str
) -> None:
    assert places_of(
        write(f"name: a\nrates:\n  - line: age_80_89\n    rate: 60\n    from: {when}\n"), data
    ) == ["trial.yaml:5:11"]


def test_an_end_before_the_start_is_refused(write: Callable[..., Path], data: Path) -> None:
    where, text = mark(rates("line: age_80_89, rate: 60, from: 2025, to: §2024"))
    assert places_of(write(text), data) == [f"trial.yaml:{where}"]


@pytest.mark.parametrize(
    "years", ["2030-2022", "2022-", "2022,2023", "22-23", "1989-2000", "[2022, 2023]", "2022 2023"]
)
def test_years_that_are_no_range_are_refused_where_they_stand(
    write: Callable[..., Path], data: Path, years: str
) -> None:
    assert places_of(write(f"name: a\nyears: {years}\n"), data) == ["trial.yaml:2:8"]


@pytest.mark.parametrize("horizon", ["1989", "2101", "2030.5", "soon"])
def test_a_horizon_that_is_no_year_is_refused_where_it_stands(
    write: Callable[..., Path], data: Path, horizon: str
) -> None:
    assert places_of(write(f"name: a\nhorizon: {horizon}\n"), data) == ["trial.yaml:2:10"]


@pytest.mark.parametrize(
    "split",
    [
        "{}",
        "{central: 0}",
        "{central: -1, region: 2}",
        "{central: 8, rest: 2}",
        "{central: 8, of_rest: {region: 1}}",
        "{central: 8, rest: 2, of_rest: {}}",
        "{central: 8, rest_bears_raise: true}",
        "{central: 8, rest: 2, of_rest: {region: 1}, rest_bears_raise: perhaps}",
        "{full: central, region: 2}",
        "{full: county_level}",
        "{per_head: {region: 5}}",
        "{per_head: {region: -5}, remainder: prefecture}",
        "{per_head: {nobody: 5}, remainder: prefecture}",
        "{base_amount: prefecture, increases: region}",
        "{base_amount: prefecture, increases: prefecture, due: {prefecture: 1}}",
        "{base_amount: prefecture, increases: region, due: {central: 1}}",
        "{grants: [central]}",
        "{grants: central, rest: {region: 1}}",
        "{grants: [central], rest: {fund: f}}",
        "{fund: ''}",
        "{open: central}",
        "{reading: 11a, options: {fixed: {full: central}}}",
        "{cases: [{where: south4}]}",
        "{cases: {where: south4}}",
        "{full: central, basis: reference}",
    ],
)
def test_a_split_that_says_too_little_or_too_much_is_refused(
    write: Callable[..., Path], data: Path, split: str
) -> None:
    faults = refused(write(splits(f"item: 48, split: {split}")), data)
    assert all("trial.yaml:3:" in fault.where for fault in faults)


@pytest.mark.parametrize("split", ["{per_head: {}, remainder: prefecture}", "{cases: []}"])
def test_an_empty_split_is_refused(write: Callable[..., Path], data: Path, split: str) -> None:
    assert refused(write(splits(f"item: 48, split: {split}")), data)


def test_a_sum_per_head_for_an_amount_is_refused_where_it_stands(
    write: Callable[..., Path], data: Path
) -> None:
    text = splits("item: 39, split: {per_head: {region: 5}, remainder: prefecture}")
    assert all(where.startswith("trial.yaml:3:") for where in places_of(write(text), data))


@pytest.mark.parametrize("target", ["item: 48, line: age_80_89", ""])
def test_a_split_names_an_item_or_a_line(
    write: Callable[..., Path], data: Path, target: str
) -> None:
    entry = f"{target}, split: {{full: central}}" if target else "split: {full: central}"
    assert places_of(write(splits(entry)), data) == ["trial.yaml:3:5"]


def test_an_amount_has_no_rate(write: Callable[..., Path], data: Path) -> None:
    assert places_of(write(rates("line: hiv_followup, rate: 60")), data) == ["trial.yaml:3:12"]


def test_an_entry_for_beneficiaries_says_what_it_changes(
    write: Callable[..., Path], data: Path
) -> None:
    assert places_of(write(counts("beneficiary: age_80_89")), data) == ["trial.yaml:3:5"]


@pytest.mark.parametrize(
    "entry",
    ["growth: -1", "growth: 11", "factor: -1", "factor: 1001", "growth: 2元", "growth: 101%"],
)
def test_a_growth_or_factor_beyond_reason_is_refused(
    write: Callable[..., Path], data: Path, entry: str
) -> None:
    assert places_of(write(counts(f"beneficiary: age_80_89, {entry}")), data) == ["trial.yaml:3:38"]


def test_the_example_of_the_design_is_read(write: Callable[..., Path]) -> None:
    text = """\
name: nutrition_5_yuan
title: 营养膳食补助提高到每生每天5元
standard: xinjiang_2021
extends: baseline
horizon: 2030
readings: {11a: fixed}
rates:
  - {line: nutrition_national, from: 2021-autumn, rate: 5, source: 2021年秋季学期起}
splits:
  - {item: 45, split: {central: 80, region: 6, prefecture: 14}, basis: assumption}
  - {item: 11, where: south4, from: 2026, to: 2028, split: {central: 8, rest: 2, of_rest: {region: 3, prefecture: 7}}}
  - {line: relief_national, split: {central: 5, region: 3, prefecture: 2}}
bases:
  - {item: 11, where: south4, from: 2027, factor: 1.03}
beneficiaries:
  - {beneficiary: primary_pupil, where: 653100, growth: 0.02}
  - {beneficiary: age_80_89, factor: 1.1, from: 2025}
"""
    assert fm.simulate(write(text)).years == tuple(range(2021, 2031))


def test_an_entry_that_repeats_the_baseline_is_told_and_not_refused(
    write: Callable[..., Path], data: Path
) -> None:
    """It changes the text's 650 and holds against supplied rates; one that repeats the text is idle."""
    same = "name: a\nextends: baseline\nrates: [{line: pubfund_primary, from: 2023-spring, rate: 720}]\n"
    told = [each for each in fm.simulate(write(same), data).warnings if "trial.yaml" in each.where]
    assert ["基准情景" in each.message.to("zh") for each in told] == [True]
    idle = same.replace("2023-spring, rate: 720", "2022, to: 2022, rate: 650")
    assert places_of(write(idle), data) == ["trial.yaml:3:9"]


# Extending


@pytest.mark.parametrize(
    ("file", "extends"),
    [("under.yaml", "under"), ("under.yaml", "under.yaml"), ("under.yml", "under")],
)
def test_a_file_beside_can_be_extended(
    write: Callable[..., Path], data: Path, file: str, extends: str
) -> None:
    write("name: below\nrates: [{line: age_80_89, rate: 60}]\n", file)
    budget = fm.simulate(write(f"name: trial\nextends: {extends}\n"), data)
    assert budget.cost.sum() == 60 * 1200
    assert [each.name for each in budget.scenario.chain()] == ["as_written", "below", "trial"]


def test_without_extends_a_scenario_stands_on_the_text_alone(
    write: Callable[..., Path], tables: Tables
) -> None:
    pupils = tables(beneficiaries=[["primary_pupil", "昌吉市", 2023, 1000]])
    # as_written reads 12a as all books: 105,000 at 9:1; baseline has central pay them.
    assert fm.simulate(write("name: a\n"), pupils).by("item", "payer").loc[12, "region"] == 94_500
    assert (
        fm.simulate(write("name: a\nextends: baseline\nhorizon: 2023\n"), pupils)
        .by("item", "payer")
        .loc[12, "central"]
        == 105_000
    )


def test_a_file_beside_comes_before_a_shipped_one_of_the_same_name(
    write: Callable[..., Path], data: Path
) -> None:
    write(
        "name: mine\nextends: baseline\nhorizon: 2023\nrates: [{line: age_80_89, rate: 70}]\n",
        "baseline.yaml",
    )
    budget = fm.simulate(write("name: trial\nextends: baseline\n"), data)
    assert [each.name for each in budget.scenario.chain()] == [
        "as_written",
        "baseline",
        "mine",
        "trial",
    ]
    assert budget.cost.sum() == 70 * 1200


def test_a_users_file_called_baseline_still_beats_the_inputs(
    write: Callable[..., Path], tables: Tables
) -> None:
    mine = write("name: baseline\nrates: [{line: age_80_89, rate: 70}]\n", "baseline.yaml")
    assert (
        cost(mine, tables(beneficiaries=OLD, rates=[["age_80_89", "昌吉市", 2023, 55]]))
        == 70 * 1200
    )


@pytest.mark.parametrize("circle", [("trial",), ("one", "trial"), ("one", "two", "one")])
def test_extending_in_a_circle_is_refused(
    write: Callable[..., Path], data: Path, circle: tuple[str, ...]
) -> None:
    path = write(f"name: trial\nextends: {circle[0]}\n")
    for this, following in pairwise(circle):
        write(f"name: {this}\nextends: {following}\n", f"{this}.yaml")
    (fault,) = refused(path, data)
    assert fault.where.endswith(".yaml:2:10")
    assert "circle" in fault.message.to("en")


def test_a_very_long_chain_is_refused(write: Callable[..., Path], data: Path) -> None:
    for n in range(1500):
        write(f"name: s{n}\nextends: s{n + 1}\n", f"s{n}.yaml")
    assert refused(write("name: s1500\n", "s1500.yaml").with_name("s0.yaml"), data)


@pytest.mark.parametrize(
    "extends",
    [
        "../outside",
        "../outside.yaml",
        "{outside}",
        "sub/inner",
        "sub/../../outside",
        "..\\outside",
        "link",
        "link.yaml",
        ".hidden",
        "sub",
        "..",
        ".",
    ],
)
def test_extends_never_leaves_the_folder(tmp_path: Path, data: Path, extends: str) -> None:
    (tmp_path / "outside.yaml").write_text("name: outside\n", encoding="utf-8")
    home = tmp_path / "home"
    (home / "sub").mkdir(parents=True)
    (home / "sub" / "inner.yaml").write_text("name: inner\n", encoding="utf-8")
    (home / ".hidden.yaml").write_text("name: hidden\n", encoding="utf-8")
    (home / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    path = home / "trial.yaml"
    path.write_text(
        f"name: trial\nextends: {extends.format(outside=tmp_path / 'outside.yaml')}\n",
        encoding="utf-8",
    )
    assert places_of(path, data) == ["trial.yaml:2:10"]


def test_the_faults_of_the_extended_file_are_reported_with_its_own(
    write: Callable[..., Path], data: Path
) -> None:
    write("name: under\ntitel: x\n", "under.yaml")
    assert places_of(write("name: trial\nextends: under\ntitel: y\n"), data) == [
        "trial.yaml:3:1",
        "under.yaml:2:1",
    ]


def test_an_extended_file_that_is_no_yaml_does_not_hide_the_faults_of_the_other(
    write: Callable[..., Path], data: Path
) -> None:
    write("name: [\n", "under.yaml")
    assert "trial.yaml:3:1" in places_of(write("name: trial\nextends: under\ntitel: y\n"), data)


def test_a_standard_other_than_the_extended_scenarios_is_refused(
    write: Callable[..., Path], data: Path
) -> None:
    assert refused(write("name: a\nstandard: ../xinjiang_2021\n"), data)


def test_in_a_chain_of_three_the_nearest_wins(write: Callable[..., Path], tables: Tables) -> None:
    data = tables(
        beneficiaries=[
            ["age_80_89", "昌吉市", 2023, 100],
            ["age_90_99", "昌吉市", 2023, 10],
            ["age_100_plus", "昌吉市", 2023, 1],
        ]
    )
    write(
        "name: one\nrates: [{line: age_80_89, rate: 60}, {line: age_90_99, rate: 130}, {line:"
        " age_100, rate: 210}]\n",
        "one.yaml",
    )
    write(
        "name: two\nextends: one\nrates: [{line: age_80_89, rate: 70}, {line: age_90_99, rate:"
        " 140}]\n",
        "two.yaml",
    )
    three = write("name: three\nextends: two\nrates: [{line: age_80_89, rate: 80}]\n", "three.yaml")
    assert fm.simulate(three, data).by("line").dropna().to_dict() == {
        "age_80_89": 80 * 1200,
        "age_90_99": 140 * 120,
        "age_100": 210 * 12,
    }


def test_the_nearest_reading_wins(write: Callable[..., Path], tables: Tables) -> None:
    # 45a: 80 a month for each person (960 a year) or for the couple (480).
    data = tables(beneficiaries=[["family_reward_person", "昌吉市", 2023, 100]])
    write("name: one\nreadings: {45a: couple}\n", "one.yaml")
    assert cost(write("name: two\nextends: one\n", "two.yaml"), data) == 48_000
    assert (
        cost(write("name: three\nextends: two\nreadings: {45a: each_person}\n", "three.yaml"), data)
        == 96_000
    )


def test_a_start_beats_a_later_start_of_the_extended_scenario(
    write: Callable[..., Path], tables: Tables
) -> None:
    data = tables(beneficiaries=[["age_80_89", "昌吉市", year, 100] for year in (2023, 2024, 2026)])
    write(
        "name: one\nrates: [{line: age_80_89, from: 2023, rate: 60}, {line: age_80_89, from: 2025,"
        " rate: 80}]\n",
        "one.yaml",
    )
    table = fm.simulate(
        write(
            "name: two\nextends: one\nrates: [{line: age_80_89, from: 2024, rate: 70}]\n",
            "two.yaml",
        ),
        data,
    ).by("year")
    assert table.to_dict() == {2023: 60 * 1200, 2024: 70 * 1200, 2026: 70 * 1200}


def test_the_nearest_years_or_horizon_hold(write: Callable[..., Path], data: Path) -> None:
    write("name: one\nyears: 2023-2025\nprojection: hold\n", "one.yaml")
    assert fm.simulate(write("name: two\nextends: one\n", "two.yaml"), data).years == (
        2023,
        2024,
        2025,
    )
    assert fm.simulate(
        write("name: three\nextends: two\nhorizon: 2024\n", "three.yaml"), data
    ).years == (2023, 2024)
    assert fm.simulate(
        tmp := write("name: four\nextends: three\nyears: 2024\n", "four.yaml"), data
    ).years == (2024,)
    assert fm.simulate(tmp, data, 2023).years == (2023,)


# Years


def test_years_and_a_horizon_together_are_refused(write: Callable[..., Path], data: Path) -> None:
    assert places_of(write("name: a\nyears: 2023\nhorizon: 2023\n"), data) == ["trial.yaml:3:10"]


def test_a_horizon_reaches_from_the_first_year_of_the_inputs(
    write: Callable[..., Path], tables: Tables
) -> None:
    data = tables(
        beneficiaries=[["age_80_89", "昌吉市", 2022, 100], ["age_80_89", "昌吉市", 2023, 100]]
    )
    assert fm.simulate(write("name: a\nhorizon: 2025\nprojection: hold\n"), data).years == (
        2022,
        2023,
        2024,
        2025,
    )


def test_a_horizon_before_the_data_is_refused(write: Callable[..., Path], data: Path) -> None:
    (fault,) = refused(write("name: a\nhorizon: 2022\n"), data)
    assert "2022" in fault.message.to("zh")
    assert "2023" in fault.message.to("zh")


def test_a_horizon_before_the_data_is_refused_where_it_stands(
    write: Callable[..., Path], data: Path
) -> None:
    assert places_of(write("name: a\nhorizon: 2022\n"), data) == ["trial.yaml:2:10"]


def test_an_inherited_horizon_before_the_data_is_not_laid_at_the_wrong_door(
    write: Callable[..., Path], tables: Tables
) -> None:
    later = tables(beneficiaries=[["age_80_89", "昌吉市", 2031, 100]])
    (fault,) = refused(write("name: a\nextends: baseline\n"), later)
    assert fault.where.startswith("baseline.yaml")


# Slips of the keyboard


SLIPS = {
    "a full-width colon after a key": (
        "name§：trial\nrates:\n  - {line: age_80_89, rate: 60}\n",
        "冒号应为半角“:”，后面空一格",
    ),
    "a full-width colon after a list's name": (
        "name: trial\nrates§：\n  - {line: age_80_89, rate: 60}\n",
        "冒号应为半角“:”，后面空一格",
    ),
    "a full-width colon in an entry": (
        "name: trial\nrates:\n  - {§line：age_80_89, rate: 60}\n",
        "冒号应为半角“:”，后面空一格",
    ),
    "a full-width colon in a split": (
        splits("item: 45, split: {§中央：8, region: 2}"),
        "冒号应为半角“:”，后面空一格",
    ),
    "a full-width comma": (rates("line: age_80_89§，rate: 60"), "逗号应为半角“,”"),
    "a full-width comma in a list": (
        splits("item: 45, where: [§653100，653200], split: {full: central}"),
        "半角逗号",
    ),
    "full-width brackets of an entry": (
        "name: trial\nrates:\n  - §｛line: age_80_89, rate: 60｝\n",
        "“｛”应为半角“{”",
    ),
    "full-width brackets of a list": (
        rates("line: age_80_89, rate: 60, range: §［55，70］"),
        "半角",
    ),
    "round brackets": (splits("item: 45, split: §（central）"), "列表用半角 [ ]，映射用半角 { }"),
    "a tab": (
        "name: trial\nrates:\n§\t- {line: age_80_89, rate: 60}\n",
        "缩进请用空格，不能用 Tab",
    ),
    "a tab after spaces": (
        "name: trial\nrates:\n  - line: age_80_89\n  §\t  rate: 60\n",
        "缩进请用空格，不能用 Tab",
    ),
    "a full-width space": (
        "name: trial\nrates:\n§\u3000 - line: age_80_89\n    rate: 60\n",
        "缩进请用半角空格",
    ),
    "no space after a colon": (
        "name§:trial\nrates:\n  - {line: age_80_89, rate: 60}\n",
        "冒号后面应空一格",
    ),
    "no space after a colon in an entry": (rates("line: age_80_89, §rate:60"), "冒号后面应空一格"),
    "no space after a dash": (
        "name: trial\nrates:\n  §-{line: age_80_89, rate: 60}\n",
        "“-”用半角，后面空一格",
    ),
    "a long dash": (
        "name: trial\nrates:\n  §—{line: age_80_89, rate: 60}\n",
        "“-”用半角，后面空一格",
    ),
    "a missing comma": (rates("line: age_80_89 rate§: 60"), "这一行可能缺少逗号或右括号“}”"),
    "a missing bracket": (
        "name: trial\nrates:\n  - {line: age_80_89, rate: 60\n§",
        "从第 3 行的“{”到这里，可能缺少逗号或右括号“}”",
    ),
    "a missing square bracket": (
        rates("line: age_80_89, rate: 60, range: [55, 70§"),
        "可能缺少逗号或右括号“]”",
    ),
    "a bracket too many": (rates("line: age_80_89, rate: 60}§"), "括号、引号成对"),
    "a missing colon": ("name: trial\n§rates\n  - {line: age_80_89}\nyears: 2023\n", "缺少冒号"),
    "a quotation mark alone": ("name: trial\ntitle: '改革\n§", "第 2 行的引号没有配对"),
    "a text with a colon": ("name: trial\ntitle: 提标§: 第一步\n", "含冒号的文字加引号"),
    "a text that starts with a sign": ("name: trial\ntitle: §@改革\n", "文字不能以“@”开头"),
    "thousands in an entry": (rates("line: age_80_89, rate: 1,§000"), "请写 1000"),
}


@pytest.mark.parametrize(("text", "right"), SLIPS.values(), ids=SLIPS)
def test_a_slip_of_the_keyboard_is_told_where_it_stands_with_what_would_be_right(
    write: Callable[..., Path], data: Path, text: str, right: str
) -> None:
    """And without a word of the parser's."""
    where, marked = mark(text)
    faults = refused(write(marked), data)
    assert any(
        fault.where.endswith(f"trial.yaml:{where}") and right in fault.message.to("zh")
        for fault in faults
    ), faults
    assert not re.search(
        "expected|token|context|scan|indicator|block",
        "".join(fault.message.to("zh") for fault in faults),
    )


def test_a_text_may_hold_full_width_marks(write: Callable[..., Path], data: Path) -> None:
    text = "name: trial\ntitle: 改革：第一步，｛草案｝\n" + rates(
        "line: age_80_89, rate: 60, note: 一、二（三）"
    ).removeprefix("name: trial\n")
    assert cost(write(text), data) == 60 * 1200


def test_a_file_in_gb18030_is_asked_for_in_utf_8(write: Callable[..., Path], data: Path) -> None:
    (fault,) = refused(write("name: 试验\n".encode("gb18030")), data)
    assert "请另存为 UTF-8 编码" in fault.message.to("zh")
    assert "save it as UTF-8" in fault.message.to("en")


# Figures and names as analysts write them


HEAD = "name: a\nextends: baseline\n"
ALIKE = {
    "yuan": ("rates: [{line: age_80_89, rate: 720元}]", "rates: [{line: age_80_89, rate: 720}]"),
    "ten thousands": (
        "rates: [{line: age_80_89, rate: 1.2万}]",
        "rates: [{line: age_80_89, rate: 12000}]",
    ),
    "a separator of thousands": (
        'rates: [{line: age_80_89, rate: "1,000"}]',
        "rates: [{line: age_80_89, rate: 1000}]",
    ),
    "a currency sign and full-width digits": (
        "rates: [{line: age_80_89, rate: ￥６０}]",
        "rates: [{line: age_80_89, rate: 60}]",
    ),
    "a base amount in 万元": (
        "bases: [{item: 11, amount: 8000.5万元}]",
        "bases: [{item: 11, amount: 80005000}]",
    ),
    "a range of yuan": (
        "rates: [{line: age_80_89, rate: 60, range: [55元, 70元]}]",
        "rates: [{line: age_80_89, rate: 60, range: [55, 70]}]",
    ),
    "growth in percent": (
        "beneficiaries: [{beneficiary: age_80_89, growth: 2.5%, range: [-1%, 3%]}]",
        "beneficiaries: [{beneficiary: age_80_89, growth: 0.025, range: [-0.01, 0.03]}]",
    ),
    "a factor in percent": (
        "beneficiaries: [{beneficiary: age_80_89, factor: 110%}]",
        "beneficiaries: [{beneficiary: age_80_89, factor: 1.1}]",
    ),
    "a thousandth": (
        "vital_rates: [{rate: mortality, value: 6.5‰}]",
        "vital_rates: [{rate: mortality, value: 0.0065}]",
    ),
    "persons": (
        "beneficiaries: [{beneficiary: age_80_89, target: 1.2万人, by: 2030年}]",
        "beneficiaries: [{beneficiary: age_80_89, target: 12000, by: 2030}]",
    ),
    "a series": (
        "beneficiaries: [{beneficiary: age_80_89, series: {2025年: 1万, 2030年: 2万人}}]",
        "beneficiaries: [{beneficiary: age_80_89, series: {2025: 10000, 2030: 20000}}]",
    ),
    "an index": (
        "rates: [{line: age_80_89, from: 2026年, index: {2026年: 103%}, step: 5元}]",
        "rates: [{line: age_80_89, from: 2026, index: {2026: 1.03}, step: 5}]",
    ),
    "ages": (
        (
            "beneficiaries: [{beneficiary: age_80_89, cohort: {ages: 80至89岁, sex: 女}},"
            " {beneficiary: age_90_99, cohort: {ages: 90岁及以上}}]"
        ),
        (
            "beneficiaries: [{beneficiary: age_80_89, cohort: {ages: 80-89, sex: female}},"
            " {beneficiary: age_90_99, cohort: {ages: 90+}}]"
        ),
    ),
    "years to phase out": (
        "bases: [{item: 11, from: 2027年, phase_out: 4年}]",
        "bases: [{item: 11, from: 2027, phase_out: 4}]",
    ),
    "a month": (
        "rates: [{line: age_80_89, from: 2026年7月, to: 2027年12月, rate: 60}]",
        "rates: [{line: age_80_89, from: 2026-07, to: 2027-12, rate: 60}]",
    ),
    "a day": (
        "rates: [{line: age_80_89, from: 2026 年 7 月 1 日, rate: 60}]",
        "rates: [{line: age_80_89, from: 2026-07-01, rate: 60}]",
    ),
    "terms": (
        "rates: [{line: pubfund_primary, from: 2026年春季学期, to: 2027年秋季, rate: 60}]",
        "rates: [{line: pubfund_primary, from: 2026-spring, to: 2027-autumn, rate: 60}]",
    ),
    "a sum per head": (
        "splits: [{item: 10, split: {per_head: {自治区本级: 2154元}, remainder: 地县}}]",
        "splits: [{item: 10, split: {per_head: {region: 2154}, remainder: prefecture}}]",
    ),
    "payers": (
        (
            "splits: [{item: 45, split: {中央: 8, rest: 2, of_rest: {自治区本级: 3, 地县: 7}}},"
            " {item: 46, split: {full: 社会资金}}, {item: 17, split: {open: [中央, 自治区本级]}}]"
        ),
        (
            "splits: [{item: 45, split: {central: 8, rest: 2, of_rest: {region: 3, prefecture:"
            " 7}}}, {item: 46, split: {full: social}}, {item: 17, split: {open: [central,"
            " region]}}]"
        ),
    ),
    "percentages that stand in the same proportion": (
        "splits: [{item: 45, split: {central: 80%, region: 12.5%, prefecture: 7.5%}}]",
        "splits: [{item: 45, split: {central: 800, region: 125, prefecture: 75}}]",
    ),
    "a base amount of payers by name": (
        (
            "splits: [{item: 11, split: {base_amount: 地县, increases: 自治区本级, due: {中央: 8,"
            " 自治区本级: 1, 地县: 1}}}]"
        ),
        (
            "splits: [{item: 11, split: {base_amount: prefecture, increases: region, due: {central:"
            " 8, region: 1, prefecture: 1}}}]"
        ),
    ),
    "a group": (
        "splits: [{item: 45, where: 南疆四地州, split: {region: 1}}]",
        "splits: [{item: 45, where: south4, split: {region: 1}}]",
    ),
    "a group and its new member": (
        "groups: [{group: 南疆三地州, add: 昌吉市}]",
        "groups: [{group: south3, add: 652301}]",
    ),
    "an item": (
        "bases: [{item: 义务教育阶段免除学杂费, factor: 2}]",
        "bases: [{item: 11, factor: 2}]",
    ),
    "a line with another dash": (
        "rates: [{line: 80–89 周岁高龄津贴, rate: 60}]",
        "rates: [{line: age_80_89, rate: 60}]",
    ),
    "a line of a branch": (
        (
            "splits: [{item: 46, split: {cases: [{lines: [LINE], split: {full: 中央}}, {split:"
            " {region: 1}}]}}]"
        ),
        (
            "splits: [{item: 46, split: {cases: [{lines: [child_death], split: {full: central}},"
            " {split: {region: 1}}]}}]"
        ),
    ),
    "an option of a reading": (
        "readings: {45a: 每人, 14c: 中央}",
        "readings: {45a: each_person, 14c: central}",
    ),
    "a basis": (
        "rates: [{line: age_80_89, rate: 60, basis: 其他公开文件, source: 文件}]",
        "rates: [{line: age_80_89, rate: 60, basis: reference, source: 文件}]",
    ),
    "the years": ("years: 2022年至2030年", "years: 2022-2030"),
    "the horizon": ("horizon: 2030年", "horizon: 2030"),
}


@pytest.mark.parametrize(("written", "plain"), ALIKE.values(), ids=ALIKE)
def test_names_and_figures_as_analysts_write_them_mean_the_plain_ones(
    write: Callable[..., Path], written: str, plain: str
) -> None:
    """Exactly: the same codes and the same decimals."""
    line = load_scenario("baseline")[1].lines["child_death"].name.zh
    one, other = (
        load_scenario(write(HEAD + text.replace("LINE", line) + "\n"))[0]
        for text in (written, plain)
    )
    assert [entry.content for entry in one.entries] == [entry.content for entry in other.entries]
    assert [entry.clause for entry in one.entries] == [entry.clause for entry in other.entries]
    ends = [
        [end.content for entry in each.entries for end in entry.alternatives]
        for each in (one, other)
    ]
    assert ends[0] == ends[1]
    assert (one.readings, one.years, one.horizon) == (other.readings, other.years, other.horizon)


WRONG_KIND = {
    "persons as a rate": (rates("line: age_80_89, rate: §60人"), "720元"),
    "a rate per month": (rates("line: age_80_89, rate: §60元/月"), "720元"),
    "a rate in percent": (rates("line: age_80_89, rate: §60%"), "720元"),
    "growth in yuan": (rates("line: age_80_89, from: 2026, growth: §5元"), "80%"),
    "yuan as a target": (counts("beneficiary: age_80_89, target: §1.2万元, by: 2030"), "1.2万人"),
    "a weight in yuan": (splits("item: 45, split: {central: §80元, region: 20}"), "80元"),
    "a percentage beside a weight": (splits("item: 45, split: {central: §80%, region: 20}"), "80%"),
    "percentages beyond the whole": (
        splits("item: 45, split: {central: §80%, region: 30%}"),
        "合计 110%，应为 100%",
    ),
    "a season that is no term": (
        rates("line: pubfund_primary, from: §2026年夏季学期, rate: 60"),
        "2026年春季学期",
    ),
    "two names of one payer": (splits("item: 45, split: {central: 8, §中央: 2}"), "重复"),
    "two names of one year": (
        counts("beneficiary: age_80_89, series: {2025: 1, §2025年: 2}"),
        "2025",
    ),
}


@pytest.mark.parametrize(("text", "right"), WRONG_KIND.values(), ids=WRONG_KIND)
def test_a_figure_of_another_kind_is_refused_where_it_stands(
    write: Callable[..., Path], data: Path, text: str, right: str
) -> None:
    where, marked = mark(text)
    assert any(
        fault.where.endswith(f"trial.yaml:{where}") and right in fault.message.to("zh")
        for fault in refused(write(marked), data)
    )


CLOSED = {
    "projection": ("name: a\nprojection: §保持\n", "；可用：hold"),
    "payer": (
        splits("item: 45, split: {full: §财政部}"),
        "；可用：central 中央、region 自治区本级、prefecture 地县",
    ),
    "payer of a share": (
        splits("item: 45, split: {§地方: 8, region: 2}"),
        "central 中央、region 自治区本级、prefecture 地县",
    ),
    "place": (
        splits("item: 45, where: §南疆五地州, split: {region: 1}"),
        "south4 南疆四地州、south3 南疆三地州",
    ),
    "group": ("name: a\ngroups: [{group: §北疆, add: 652800}]\n", "；可用：south4 南疆四地州、"),
    "basis": (
        splits("item: 45, basis: §推测, split: {region: 1}"),
        "；可用：text 标准原文、reference 其他公开文件、assumption 假设、user 用户数据",
    ),
    "reading": ("name: a\nreadings: {§99a: fixed}\n", "；可用：7a、10a、11a、"),
    "option of a reading": (
        "name: a\nreadings: {45a: §每户}\n",
        "；可用：each_person 每人、couple 每对夫妇",
    ),
    "index": (
        rates("line: age_80_89, from: 2026, index: §物价"),
        "；可用：minimum_wage 当地最低工资标准",
    ),
    "sex": (
        counts("beneficiary: age_80_89, cohort: {ages: 80-89, sex: §妇女}"),
        "；可用：male 男、female 女、both 合计",
    ),
    "flag": ("name: a\nbases: [{item: 11, abolish: §是}]\n", "；可用：true、false"),
    "scenario": ("name: a\nextends: §基准\n", "as_written、baseline、"),
    "standard": ("name: a\nstandard: §全国\n", "；可用：xinjiang_2021"),
}


@pytest.mark.parametrize(("text", "choice"), CLOSED.values(), ids=CLOSED)
def test_an_unknown_word_of_a_short_list_is_answered_with_the_list(
    write: Callable[..., Path], data: Path, text: str, choice: str
) -> None:
    where, marked = mark(text)
    assert any(
        fault.where.endswith(f"trial.yaml:{where}") and choice in fault.message.to("zh")
        for fault in refused(write(marked), data)
    )


def test_a_word_of_a_long_list_is_answered_with_the_nearest_name(
    write: Callable[..., Path], data: Path
) -> None:
    (fault,) = refused(write(rates("line: 80-89岁高龄津贴, rate: 60")), data)
    assert "最接近的是“80-89周岁高龄津贴”" in fault.message.to("zh")


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("central", "central"),
        ("中央", "central"),
        ("自治区本级", "region"),
        ("地县", "prefecture"),
        ("Prefecture and county", "prefecture"),
        ("地(州、市)本级", "prefecture_level"),
        ("财政部", None),
        ("", None),
    ],
)
def test_a_payer_is_known_by_code_or_name(word: str, code: str | None) -> None:
    assert PAYERS.names.codes(word) == ((code,) if code else ())


# Where


@pytest.mark.parametrize(
    ("where", "places"),
    [
        ("653101", ["653101"]),
        ("喀什市", ["653101"]),
        ("喀什地区", ["653101"]),
        ("653100", ["653101"]),
        ("south4", ["653101", "652901"]),
        ("south3", ["653101"]),
        ("[昌吉市, 652900]", ["652301", "652901"]),
        ("[south3, 昌吉回族自治州]", ["653101", "652301"]),
        ("650000", ["653101", "652901", "652301"]),
        ("新疆维吾尔自治区", ["653101", "652901", "652301"]),
    ],
)
def test_where_is_a_place_with_all_below_it_a_group_or_a_list(
    write: Callable[..., Path], tables: Tables, where: str, places: list[str]
) -> None:
    data = tables(
        beneficiaries=[["age_80_89", place, 2023, 100] for place in ("652301", "652901", "653101")]
    )
    table = fm.simulate(
        write(splits(f"item: 48, where: {where}, split: {{full: central}}")), data
    ).by("place", "payer")
    assert table.index[table["central"] == 60_000].tolist() == sorted(places)
    assert (table["central"] + table["unallocated"] == 60_000).all()


# Conflicts


CONFLICTS = {
    "the same words": ("rates", "line: age_80_89, rate: 60", "line: age_80_89, rate: 70"),
    "everywhere and the region": (
        "rates",
        "line: age_80_89, rate: 60",
        "line: age_80_89, where: 650000, rate: 70",
    ),
    "a code and a name": (
        "rates",
        "line: age_80_89, where: 652301, rate: 60",
        "line: age_80_89, where: 昌吉市, rate: 70",
    ),
    "a line's code and name": (
        "rates",
        "line: age_80_89, rate: 60",
        "line: 80-89周岁高龄津贴, rate: 70",
    ),
    "a group and its members": (
        "splits",
        "item: 48, where: south4, split: {full: central}",
        "item: 48, where: [652900, 653000, 653100, 653200], split: {full: region}",
    ),
    "a year and its first month": (
        "rates",
        "line: age_80_89, from: 2024, rate: 60",
        "line: age_80_89, from: 2024-01, rate: 70",
    ),
    "two days of a month": (
        "rates",
        "line: age_80_89, from: 2024-03-01, rate: 60",
        "line: age_80_89, from: 2024-03-31, rate: 70",
    ),
    "a term and its year": (
        "rates",
        "line: textbook_primary, from: 2024-spring, rate: 60",
        "line: textbook_primary, from: 2024, rate: 70",
    ),
    "one start and two ends": (
        "rates",
        "line: age_80_89, from: 2024, to: 2025, rate: 60",
        "line: age_80_89, from: 2024, to: 2026, rate: 70",
    ),
    "two splits of an item": (
        "splits",
        "item: 48, split: {full: central}",
        "item: 48, split: {full: region}",
    ),
    "two splits of a line": (
        "splits",
        "line: age_80_89, split: {full: central}",
        "line: age_80_89, split: {full: region}",
    ),
    "two growths": (
        "beneficiaries",
        "beneficiary: age_80_89, growth: 0.1",
        "beneficiary: age_80_89, growth: 0.2, factor: 2",
    ),
    "two factors": (
        "beneficiaries",
        "beneficiary: age_80_89, factor: 3",
        "beneficiary: age_80_89, growth: 0.2, factor: 2",
    ),
}


@pytest.mark.parametrize(("kind", "one", "two"), CONFLICTS.values(), ids=CONFLICTS)
def test_two_entries_of_one_file_with_the_same_target_and_start_are_refused(
    write: Callable[..., Path], data: Path, kind: str, one: str, two: str
) -> None:
    (fault,) = refused(path := write(f"name: trial\n{kind}:\n  - {{{one}}}\n  - {{{two}}}\n"), data)
    assert fault.where == f"{path}:4:5"
    assert f"{path}:3:5" in fault.message.to("zh")


@pytest.mark.parametrize(
    ("kind", "one", "two"),
    [
        ("rates", "line: age_80_89, from: 2023, rate: 60", "line: age_80_89, from: 2024, rate: 70"),
        ("rates", "line: age_80_89, rate: 60", "line: age_80_89, where: 昌吉市, rate: 70"),
        (
            "rates",
            "line: textbook_primary, from: 2024-autumn, rate: 60",
            "line: textbook_primary, from: 2024-09, rate: 70",
        ),
        ("splits", "item: 48, split: {full: central}", "line: age_80_89, split: {full: region}"),
        (
            "horizon: 2024\nbeneficiaries",
            "beneficiary: age_80_89, growth: 0.1",
            "beneficiary: age_80_89, factor: 2",
        ),
    ],
)
def test_entries_that_differ_in_target_place_or_start_are_no_conflict(
    write: Callable[..., Path], data: Path, kind: str, one: str, two: str
) -> None:
    assert cost(write(f"name: trial\n{kind}:\n  - {{{one}}}\n  - {{{two}}}\n"), data) > 0


def test_the_same_target_and_start_in_two_files_is_no_conflict(
    write: Callable[..., Path], data: Path
) -> None:
    write(rates("line: age_80_89, from: 2023, rate: 60"), "under.yaml")
    assert (
        cost(write("extends: under\n" + rates("line: age_80_89, from: 2023, rate: 70")), data)
        == 70 * 1200
    )


JOINS = "name: trial\ngroups:\n  - {group: south4, add: 652800, from: 2024}\n"


def test_a_base_amount_that_a_new_member_of_a_group_needs_is_asked_for_where_it_joined(
    write: Callable[..., Path], tables: Tables
) -> None:
    """Korla pays as the south from 2024 on: without its base amount the fault stands at the entry;
    with it, from either source, all is well.
    """
    rows = [["primary_pupil", "库尔勒市", year, 100] for year in (2023, 2024)]
    data, path = tables(beneficiaries=rows), write(JOINS)
    (fault,) = refused(path, data)
    assert fault.where == f"{path}:3:5"
    assert all(
        word in fault.message.to("zh")
        for word in ("第11项", "库尔勒市", "2024", "bases_2015", "bases")
    )
    assert all(
        word in fault.message.to("en")
        for word in ("item 11", "652801", "2024", "bases_2015", "'bases'")
    )
    fm.simulate(
        path, tables(beneficiaries=rows, bases_2015=[[11, "库尔勒市", 50], [12, "库尔勒市", 50]])
    )
    fm.simulate(
        write(JOINS + "bases:\n  - {item: 11, where: 652800, from: 2024, amount: 50}\n"), data
    )


def test_a_base_amount_that_a_split_needs_is_asked_for_at_the_split(
    write: Callable[..., Path], tables: Tables
) -> None:
    """The rule of the standard in the south has no entry: there the fault stands at the row of the
    data.
    """
    split = "{base_amount: prefecture, increases: region, due: {region: 3, prefecture: 7}}"
    path = write(splits(f"item: 77, split: {split}"))
    assert places_of(path, tables(beneficiaries=[["reading_room", "昌吉市", 2023, 1]])) == [
        "trial.yaml:3:5"
    ]
    data = tables(beneficiaries=[["primary_pupil", "喀什市", 2023, 1]])
    assert [fault.where for fault in refused("as_written", data)] == [
        f"{data}/beneficiaries.csv:2:2"
    ]


# Entries that change nothing


IDLE = {
    "the standard's rate": rates("line: age_80_89, rate: 50"),
    "the standard's rate from a later year": rates("line: age_80_89, from: 2022, rate: 50.0"),
    "the standard's rate in one place": rates("line: age_80_89, where: 昌吉市, rate: 50"),
    "the standard's split": splits("item: 48, split: {open: [region, prefecture]}"),
    "the standard's split in one place": splits(
        "item: 11, where: 昌吉市, split: {central: 80, region: 6, prefecture: 14}"
    ),
    "the standard's fund by its Chinese name": splits("item: 29, split: {fund: 失业保险基金}"),
    "the standard's split of one line": splits("line: relief_local, split: {prefecture: 5}"),
    "a factor of one": counts("beneficiary: age_80_89, factor: 1"),
    "a factor of one written at length": counts("beneficiary: age_80_89, factor: 1.000"),
    "a beneficiary without data": counts("beneficiary: age_90_99, factor: 2"),
    "a place without data": counts("beneficiary: age_80_89, where: 喀什地区, factor: 2"),
    "no growth of what is held": counts(
        "beneficiary: age_80_89, growth: 0", head="projection: hold\nhorizon: 2025\n"
    ),
}


@pytest.mark.parametrize("text", IDLE.values(), ids=IDLE)
def test_an_entry_that_changes_nothing_is_refused_where_it_stands(
    write: Callable[..., Path], data: Path, text: str
) -> None:
    path = write(text)
    (fault,) = refused(path, data)
    assert fault.where == f"{path}:{text[: text.index('  - ')].count(chr(10)) + 1}:5"
    assert "changes nothing" in fault.message.to("en")
    assert "没有改变" in fault.message.to("zh")


def test_every_entry_that_changes_nothing_is_named_at_once(
    write: Callable[..., Path], data: Path
) -> None:
    text = rates(
        "line: age_80_89, rate: 50", "line: age_90_99, rate: 121", "line: age_100, rate: 200"
    )
    assert places_of(write(text), data) == ["trial.yaml:3:5", "trial.yaml:5:5"]


def test_an_entry_that_repeats_the_extended_scenario_is_refused(
    write: Callable[..., Path], data: Path
) -> None:
    write(
        rates("line: age_80_89, rate: 60") + "splits: [{item: 48, split: {full: region}}]\n",
        "under.yaml",
    )
    text = (
        "extends: under\n"
        + rates("line: age_80_89, rate: 60")
        + "splits:\n  - {item: 48, split: {region: 3}}\n"
    )
    assert places_of(write(text), data) == ["trial.yaml:4:5", "trial.yaml:6:5"]


def test_an_inherited_entry_is_not_judged(write: Callable[..., Path], data: Path) -> None:
    write(
        rates("line: age_80_89, rate: 50")
        + "splits: [{item: 48, split: {open: [region, prefecture]}}]\n",
        "under.yaml",
    )
    write(counts("beneficiary: age_90_99, factor: 2", head="extends: under\n"), "over.yaml")
    assert cost(write("name: trial\nextends: over\n"), data) == 60_000


def test_a_rate_that_takes_the_extended_scenario_back_to_the_standard_changes_something(
    write: Callable[..., Path], data: Path
) -> None:
    write(rates("line: age_80_89, rate: 60"), "under.yaml")
    assert cost(write("extends: under\n" + rates("line: age_80_89, rate: 50")), data) == 60_000


def test_the_standards_rate_changes_something_where_the_inputs_have_another(
    write: Callable[..., Path], tables: Tables
) -> None:
    local = tables(beneficiaries=OLD, rates=[["age_80_89", "昌吉市", 2023, 55]])
    assert cost(write(rates("line: age_80_89, rate: 50")), local) == 60_000


@pytest.mark.parametrize("reading", ["each_person", "couple"])
def test_a_reading_may_be_restated(write: Callable[..., Path], data: Path, reading: str) -> None:
    assert cost(write(f"name: a\nreadings: {{45a: {reading}}}\n"), data) == 60_000


def test_no_growth_is_a_rule_where_nothing_else_projects(
    write: Callable[..., Path], data: Path
) -> None:
    assert (
        cost(write(counts("beneficiary: age_80_89, growth: 0", head="horizon: 2025\n")), data)
        == 3 * 60_000
    )


def test_a_factor_of_one_undoes_the_extended_scenarios(
    write: Callable[..., Path], data: Path
) -> None:
    write(counts("beneficiary: age_80_89, factor: 2"), "under.yaml")
    assert (
        cost(write(counts("beneficiary: age_80_89, factor: 1", head="extends: under\n")), data)
        == 60_000
    )


def test_no_growth_undoes_the_extended_scenarios(write: Callable[..., Path], data: Path) -> None:
    write(
        counts("beneficiary: age_80_89, growth: 0.1", head="extends: baseline\nhorizon: 2025\n"),
        "under.yaml",
    )
    assert (
        cost(write(counts("beneficiary: age_80_89, growth: 0", head="extends: under\n")), data)
        == 3 * 60_000
    )


@pytest.mark.parametrize(
    "entry",
    ["growth: 0.1, to: 2022", "factor: 2, to: 2022", "growth: 0.1, from: 2020, to: 2023"],
)
def test_an_entry_that_ends_before_it_can_act_on_the_data_is_refused(
    write: Callable[..., Path], data: Path, entry: str
) -> None:
    assert places_of(
        write(counts(f"beneficiary: age_80_89, {entry}", head="projection: hold\nhorizon: 2025\n")),
        data,
    ) == ["trial.yaml:5:5"]


@pytest.mark.parametrize("entry", ["growth: 0.1", "factor: 2"])
def test_beneficiaries_that_repeat_the_extended_scenario_are_refused(
    write: Callable[..., Path], data: Path, entry: str
) -> None:
    write(
        counts(f"beneficiary: age_80_89, {entry}", head="projection: hold\nhorizon: 2025\n"),
        "under.yaml",
    )
    assert places_of(
        write(counts(f"beneficiary: age_80_89, {entry}", head="extends: under\n")), data
    ) == ["trial.yaml:4:5"]


@pytest.mark.parametrize(
    "text",
    [
        rates("line: age_80_89, where: 石河子市, rate: 60"),
        splits("item: 48, where: 659000, split: {full: central}"),
    ],
)
def test_an_entry_for_a_city_of_the_corps_is_refused(
    write: Callable[..., Path], data: Path, text: str
) -> None:
    assert refused(write(text), data)


# What hardly means what it says


@pytest.mark.parametrize(
    ("written", "right"), [("5", "0.05"), ("1.5", "0.015"), ("100", "1"), ("-5", "-0.05")]
)
@pytest.mark.parametrize(
    "text",
    [
        rates("line: age_80_89, from: 2026, growth: §G"),
        "name: trial\nbases:\n  - {item: 11, from: 2026, growth: §G}\n",
        counts("beneficiary: age_80_89, growth: §G"),
        counts("beneficiary: age_80_89, growth: 0.02, range: [0.01, §G]"),
    ],
    ids=["rates", "bases", "beneficiaries", "range"],
)
def test_growth_whose_percent_sign_was_forgotten_is_refused(
    write: Callable[..., Path], data: Path, text: str, written: str, right: str
) -> None:
    where, marked = mark(text.replace("G", written))
    (fault,) = refused(write(marked), data)
    assert fault.where.endswith(f"trial.yaml:{where}")
    assert f"growth 是每年的比率，{written}% 写 {right}" in fault.message.to("zh")
    assert f"growth is a ratio a year: write {right} for {written}%" in fault.message.to("en")


@pytest.mark.parametrize(
    "day", ["2023-09-31", "2023-02-29", "2023-02-45", "2023年9月31日", "2100-02-29"]
)
def test_a_day_that_its_month_has_not_is_refused(
    write: Callable[..., Path], data: Path, day: str
) -> None:
    where, text = mark(rates(f"line: age_80_89, from: §{day}, rate: 60"))
    (fault,) = refused(write(text), data)
    assert fault.where.endswith(f"trial.yaml:{where}")
    assert f"没有 {day[-2:].rstrip('日') if '年' not in day else '31'} 日" in fault.message.to("zh")


def test_a_leap_day_is_a_day(write: Callable[..., Path], data: Path) -> None:
    assert cost(write(rates("line: age_80_89, from: 2020-02-29, rate: 60")), data) == 60 * 1200


def told(path: Path, warnings: Iterable[Fault]) -> dict[str, str]:
    """What is warned of the entries of a file, by line and column."""
    return {
        each.where.removeprefix(f"{path}:"): each.message.to("zh")
        for each in warnings
        if each.where.startswith(str(path))
    }


HELD = "projection: hold\nhorizon: 2030\n"
LATE = {
    "rates": "line: age_80_89, from: 2035, rate: 60",
    "splits": "item: 48, from: 2035, split: {full: central}",
    "bases": "item: 11, from: 2035, factor: 2",
    "beneficiaries": "beneficiary: age_80_89, from: 2035, factor: 2",
    "groups": "group: south4, add: 昌吉市, from: 2035",
}


@pytest.mark.parametrize(("kind", "entry"), LATE.items(), ids=LATE)
def test_an_entry_that_starts_after_the_last_year_is_warned_of(
    write: Callable[..., Path], data: Path, kind: str, entry: str
) -> None:
    """By a simulation, and by a check with data and without; the figures are those without the
    entry, 60,000 a year from 2023 to 2030.
    """
    path = write(f"name: a\n{HELD}{kind}:\n  - {{{entry}}}\n")
    budget = fm.simulate(path, data)
    for warnings in (
        budget.warnings,
        check_paths([str(path)]).warnings,
        check_paths([str(path), str(data)]).warnings,
    ):
        assert told(path, warnings) == {"5:5": "这一条从 2035 年起，而测算到 2030 年，不起作用"}
    assert "starts in 2035, after the last year 2030: no effect" in [
        each.message.to("en") for each in budget.warnings
    ]
    assert budget.cost.sum() == 8 * 60_000


def test_an_entry_that_starts_in_the_last_year_acts_and_is_not_warned_of(
    write: Callable[..., Path], data: Path
) -> None:
    path = write(counts("beneficiary: age_80_89, from: 2030, factor: 2", head=HELD))
    budget = fm.simulate(path, data)
    assert not told(path, budget.warnings)
    assert budget.cost.sum() == 9 * 60_000


def test_the_years_asked_for_say_what_is_too_late(write: Callable[..., Path], data: Path) -> None:
    path = write(counts("beneficiary: age_80_89, from: 2028, factor: 2", head=HELD))
    assert told(path, fm.simulate(path, data, 2027).warnings) == {
        "5:5": "这一条从 2028 年起，而测算到 2027 年，不起作用"
    }
    assert not told(path, fm.simulate(path, data, [2027, 2028]).warnings)


def test_a_yearly_rate_from_july_of_the_last_year_is_too_late_and_a_monthly_one_is_not(
    write: Callable[..., Path], data: Path
) -> None:
    path = write(
        f"name: a\n{HELD}rates:\n  - {{line: farm_reading_room, from: 2030-07, rate: 2500}}\n  -"
        " {line: age_80_89, from: 2030-07, rate: 60}\n"
    )
    (where,) = found = told(path, fm.simulate(path, data).warnings)
    assert where == "5:5"
    assert "2031 年才起作用，而测算到 2030 年" in found[where]


def test_inherited_and_shipped_entries_are_not_warned_of(
    write: Callable[..., Path], data: Path
) -> None:
    under = write(counts("beneficiary: age_80_89, from: 2035, factor: 2", head=HELD), "under.yaml")
    assert not told(under, fm.simulate(write("name: b\nextends: under\n"), data).warnings)
    assert not any(
        "不起作用" in each.message.to("zh")
        for each in fm.simulate("central_9_1", data, 2023).warnings
    )


@pytest.mark.parametrize(
    ("split", "words"),
    [
        ("{central: 80, region: 30}", "各数合计 110，按 80:30 分担"),
        ("{central: 60, region: 20, prefecture: 10}", "各数合计 90，按 60:20:10 分担"),
        ("{central: 80}", "各数合计 80，按 80 分担"),
        (
            "{central: 80, rest: 20, of_rest: {region: 30, prefecture: 60}}",
            "各数合计 90，按 30:60 分担",
        ),
        ("{grants: [central], rest: {region: 30, prefecture: 60}}", "各数合计 90，按 30:60 分担"),
        (
            "{cases: [{where: south4, split: {central: 90, region: 20}}, {split: {region: 1}}]}",
            "各数合计 110，按 90:20 分担",
        ),
    ],
)
def test_shares_that_look_like_percentages_and_are_none_are_warned_of(
    write: Callable[..., Path], data: Path, split: str, words: str
) -> None:
    path = write(splits(f"item: 48, split: {split}"))
    for warnings in (fm.simulate(path, data).warnings, check_paths([str(path)]).warnings):
        assert words in told(path, warnings)["3:5"]


@pytest.mark.parametrize(
    "split",
    [
        "{central: 8, region: 2}",
        "{region: 3, prefecture: 7}",
        "{central: 5, region: 3, prefecture: 2}",
        "{central: 6, region: 2, prefecture: 2}",
        "{region: 1, prefecture: 1}",
        "{region: 3}",
        "{full: central}",
        "{central: 80, region: 6, prefecture: 14}",
        "{central: 80, rest: 20, of_rest: {region: 6, prefecture: 14}}",
        "{central: 30, rest: 70, of_rest: {region: 40, prefecture: 30}}",
        "{central: 80%, region: 12.5%, prefecture: 7.5%}",
        "{central: 1200, region: 300}",
    ],
)
def test_shares_in_any_other_proportion_are_not(
    write: Callable[..., Path], data: Path, split: str
) -> None:
    path = write(splits(f"item: 48, split: {split}"))
    assert not told(path, fm.simulate(path, data).warnings)


# Shipped scenarios and precedence


def test_the_shipped_scenarios_are_the_files_of_their_folder() -> None:
    assert set(shipped_scenarios()) >= {"as_written", "baseline"}
    assert shipped_scenarios() == sorted(
        path.stem for path in shipped_folder().iterdir() if path.suffix == ".yaml"
    )


@pytest.mark.parametrize("name", shipped_scenarios())
def test_every_shipped_scenario_loads_under_its_name_and_fixes_no_years(name: str) -> None:
    scenario, _ = load_scenario(name)
    assert scenario.name == name
    assert scenario.years is None
    assert scenario.shipped


def test_baseline_reaches_2030_and_holds_what_has_no_other_rule(data: Path) -> None:
    budget = fm.simulate("baseline", data)
    assert budget.years == tuple(range(2023, 2031))
    assert set(budget.by("year")) == {60_000}


def test_as_written_asks_for_no_year_beyond_the_data(data: Path) -> None:
    assert fm.simulate("as_written", data).years == (2023,)


def test_a_figure_goes_from_the_standard_by_the_shipped_and_the_inputs_to_the_other_scenarios(
    tmp_path: Path, write: Callable[..., Path]
) -> None:
    plain = write_tables(tmp_path / "plain", {"beneficiaries": OLD})
    local = write_tables(
        tmp_path / "local", {"beneficiaries": OLD, "rates": [["age_80_89", "昌吉市", 2021, 55]]}
    )
    under = write(
        "extends: baseline\nhorizon: 2023\n" + rates("line: age_80_89, from: 2022, rate: 70"),
        "under.yaml",
    )
    over = write("extends: under\n" + rates("line: age_80_89, from: 2023, rate: 80"), "over.yaml")
    assert cost("as_written", plain, 2023) == cost("baseline", plain, 2023) == 50 * 1200
    assert cost("as_written", local, 2023) == cost("baseline", local, 2023) == 55 * 1200
    assert cost(under, plain, 2023) == cost(under, local, 2023) == 70 * 1200
    assert cost(over, plain, 2023) == cost(over, local, 2023) == 80 * 1200


def test_entries_that_cross_without_either_being_smaller_are_refused(
    write: Callable[..., Path], data: Path
) -> None:
    text = (
        splits("item: 48, where: [653101, 653121], split: {full: central}")
        + "  - {item: 48, where: [653121, 653122], split: {full: region}}\n"
    )
    assert any("trial.yaml:4:" in fault.where for fault in refused(write(text), data))


@pytest.mark.parametrize(
    "split",
    [
        "{open: []}",
        "{grants: [], rest: {full: region}}",
        "{cases: [{where: [], split: {full: region}}]}",
    ],
)
def test_an_empty_list_in_a_split_is_refused(
    write: Callable[..., Path], data: Path, split: str
) -> None:
    assert refused(write(splits(f"item: 48, split: {split}")), data)
