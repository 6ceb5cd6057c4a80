"""What can be moved: only what acts on something in the place, items and years that are looked at;
and a value that somebody types is the value that is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
import yaml
from random_worlds import random_world, written

import fiscal_model as fm
from fiscal_model.analysis.levers import Lever
from fiscal_model.explorer.controls import Choice, Control, control_of
from fiscal_model.explorer.study import Study, scenario_title
from fiscal_model.standard.kinds.shares import in_small, like_percent
from fiscal_model.vocabulary import Text

Tables = Callable[..., Path]


def control(kind: str, present: float | None = None, high: float = 10_000.0) -> Control:
    """A control that belongs to nothing; a rate goes to twice ``high``."""
    low = -0.5 if kind == "growth" else 0.0
    name = Text("某值", "a value")
    lever = Lever(name, "", frozenset(), present, low, high, 6, lambda value: ())
    return control_of(f"{kind}:x", lever, Text("元/人·年", "yuan a person and year"), None)


# Typed values


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("rate", "6500", 6500),
        ("rate", "6,500", 6500),
        ("rate", "６５００", 6500),
        ("rate", "６，５００", 6500),
        ("rate", "6 500", 6500),
        ("rate", " 6500.5 ", 6500.5),
        ("rate", "1.2万", 12_000),
        ("rate", "1.2万元", 12_000),
        ("rate", "￥650", 650),
        ("rate", "650元", 650),
        ("share", "85", 0.85),
        ("share", "85%", 0.85),
        ("share", "８５％", 0.85),
        ("share", "0.5", 0.005),
        ("growth", "-2.5", -0.025),
        ("growth", "－2.5%", -0.025),
        ("base", "1.2", 1.2),
        ("base", "1.2倍", 1.2),
    ],
)
def test_a_typed_value_is_read_as_a_cell_is(kind: str, typed: str, value: float) -> None:
    assert control(kind).read(typed) == value


@pytest.mark.parametrize(
    ("kind", "typed", "code"),
    [
        ("rate", "abc", "typed-unread"),
        ("rate", "", "typed-unread"),
        ("rate", "6,50", "typed-unread"),
        ("rate", "1.2.3", "typed-unread"),
        ("rate", "80%", "typed-unread"),
        ("rate", "1e400", "typed-unread"),
        ("share", "85元", "typed-unread"),
        ("rate", "20,001", "typed-out-of-reach"),
        ("rate", "-1", "typed-out-of-reach"),
        ("share", "100.01", "typed-out-of-reach"),
        ("share", "101%", "typed-out-of-reach"),
        ("growth", "21", "typed-out-of-reach"),
        ("base", "3.5", "typed-out-of-reach"),
        ("share", "33.33333", "typed-too-fine"),
        ("rate", "0.1234567", "typed-too-fine"),
    ],
)
def test_what_is_no_value_of_the_control_is_told(kind: str, typed: str, code: str) -> None:
    with pytest.raises(fm.FiscalModelError, match="某值") as told:
        control(kind).read(typed)
    assert told.value.faults[0].message.code == code


def test_a_value_beyond_a_limit_is_told_with_both_limits() -> None:
    with pytest.raises(fm.FiscalModelError) as told:
        control("rate", high=3250).read("6501")
    assert "“6501”不在 0 至 6,500 之间；未采用" in told.value.text("zh")
    assert "'6501' is not within 0 to 6,500; not taken" in told.value.text("en")


def test_a_limit_itself_can_be_typed() -> None:
    """Twice 3.3 is a little less than 6.6 in binary."""
    assert control("rate", high=3.3).read("6.6") == 6.6


def test_a_value_is_written_in_its_unit() -> None:
    assert [control("rate").text(value) for value in (6500.0, 0.1, 0.0)] == ["6,500", "0.1", "0"]
    assert [control("share").text(value) for value in (0.85, 0.333333)] == ["85", "33.3333"]
    assert control("growth").text(-0.025) == "-2.5"


def test_a_move_is_told_from_what_to_what() -> None:
    assert control("share", 0.8).move(0.9) == Text("某值（%）：80 → 90", "a value (%): 80 → 90")
    assert control("share").move(0.9) == Text(
        "某值（%）：各地不一或没有规定 → 90",
        "a value (%): places differ, or nobody states it → 90",
    )


# Weights


@pytest.mark.parametrize(
    ("parts", "weights"),
    [
        (850_000, (17, 3)),
        (800_000, (4, 1)),
        (333_333, (333_333, 666_667)),
        (960_000, (96, 4)),  # 24:1 would look like percentages that lack 75
        (975_000, (975, 25)),  # neither 39:1 nor 97.5:2.5
        (1_000_000, (1, 0)),
        (0, (0, 1)),
    ],
)
def test_weights_are_small_and_look_like_no_percentages(
    parts: int, weights: tuple[int, int]
) -> None:
    assert in_small((parts, 10**6 - parts)) == weights
    assert not like_percent(weights)


def test_a_saved_share_has_small_whole_weights(tables: Tables, tmp_path: Path) -> None:
    """85 parts of a hundred are 17 of 20; region and prefecture go on sharing the rest by 3:7."""
    study = Study(tables(beneficiaries=[["primary_pupil", "昌吉市", 2022, 1000]]))
    choice = Choice("as_written", (11,), 2022, 2022, 2022, "652301")
    path = study.save(replace(choice, moves={"share:11:central": 0.85}), tmp_path)
    split = yaml.safe_load(path.read_text(encoding="utf-8"))["splits"][0]["split"]
    assert split == {"central": 17, "rest": 3, "of_rest": {"region": 3, "prefecture": 7}}
    assert (
        fm.simulate(path, study.inputs).warnings == fm.simulate("as_written", study.inputs).warnings
    )


# What is offered


def keys(study: Study, choice: Choice) -> set[str]:
    return {each.key for each in study.controls(choice)}


def test_what_nobody_is_counted_for_cannot_be_moved(tables: Tables) -> None:
    """Changji counts no junior pupils: neither their growth nor their rate moves a yuan there."""
    study = Study(
        tables(
            beneficiaries=[
                ["primary_pupil", "昌吉市", 2022, 1000],
                ["junior_pupil", "昌吉市", 2022, 0],
                ["junior_pupil", "阜康市", 2022, 50],
            ]
        )
    )
    everywhere = replace(study.first_choice(), items=(11,))
    assert {"growth:junior_pupil", "rate:pubfund_junior"} <= keys(study, everywhere)
    assert keys(study, replace(everywhere, place="652301")) == {
        "share:11:central",
        "rate:pubfund_primary",
        "growth:primary_pupil",
    }


def test_what_is_counted_for_the_prefecture_is_not_offered_in_its_county(tables: Tables) -> None:
    """A share, or a rate, of one county alone would divide the prefecture's pupils. Beside them the
    county's own junior pupils may grow and cost more, but the item has one split.
    """
    study = Study(
        tables(
            beneficiaries=[
                ["primary_pupil", "昌吉回族自治州", 2022, 1000],
                ["junior_pupil", "昌吉市", 2022, 50],
                ["preschool_child", "昌吉回族自治州", 2022, 10],
            ]
        )
    )
    county = replace(study.first_choice(), items=(10, 11, 12, 13), place="652301")
    assert keys(study, county) == {
        "rate:pubfund_junior",
        "rate:textbook_junior",
        "growth:junior_pupil",
    }
    zh = {why.zh: items for why, items in study.unmovable(county).items()}
    assert zh == {
        "人数或金额按上级地区填报，在这里不能单独改动": [10],
        "这里没有数据": [13],
    }
    whole = replace(county, place="652300")
    assert {"share:11:central", "rate:pubfund_primary"} <= keys(study, whole)


def test_a_share_of_a_line_without_an_amount_cannot_be_moved(tables: Tables) -> None:
    """In the baseline only the local textbooks of item 12 are shared; the others are the centre's."""
    pupils = [["primary_pupil", "昌吉市", 2022, 1000]]
    choice = Choice("baseline", (12,), 2022, 2022, 2022)
    assert not any(
        key.startswith("share") for key in keys(Study(tables(beneficiaries=pupils)), choice)
    )
    books = [["local_textbooks", "昌吉市", 2022, 900]]
    assert "share:12:region" in keys(Study(tables(beneficiaries=pupils, amounts=books)), choice)


def test_growth_needs_a_year_after_the_last_supplied_one(tables: Tables) -> None:
    rows = [["primary_pupil", "昌吉市", year, 1000] for year in (2022, 2023)]
    study = Study(tables(beneficiaries=rows))
    choice = Choice("as_written", (11,), 2022, 2023, 2023)
    assert "growth:primary_pupil" not in keys(study, choice)
    choice = Choice("baseline", (11,), 2022, 2030, 2024)
    assert "growth:primary_pupil" in keys(study, choice)


def test_growth_ends_where_the_same_people_are_counted_below(tables: Tables) -> None:
    """Nobody is carried on: of the prefecture's pupils of 2022 the city counts its own in 2023."""
    rows = [["primary_pupil", "昌吉回族自治州", 2022, 1000], ["primary_pupil", "昌吉市", 2023, 300]]
    choice = Choice("as_written", (11,), 2022, 2023, 2023, "652300")
    assert keys(Study(tables(beneficiaries=rows)), choice) == {
        "share:11:central",
        "rate:pubfund_primary",
    }


def test_a_base_amount_of_zero_cannot_be_moved_by_a_factor(tables: Tables) -> None:
    pupils = [["primary_pupil", "喀什地区", 2022, 1000]]
    choice = Choice("as_written", (11,), 2022, 2022, 2022)
    for amount, offered in ((0, False), (1000, True)):
        study = Study(tables(beneficiaries=pupils, bases_2015=[[11, "喀什地区", amount]]))
        assert ("base:11" in keys(study, choice)) == offered


def test_shares_come_first_whatever_the_items() -> None:
    study = Study()
    choice = replace(study.first_choice(), items=(13, 11, 15))
    kinds = [each.kind for each in study.controls(choice)]
    assert kinds == sorted(kinds, key=["share", "base", "rate", "growth"].index)
    assert [each.key for each in study.controls(choice)][:3] == [
        "share:13:central",
        "share:11:central",
        "share:15:central",
    ]


def test_what_does_not_show_says_why_and_stays_moved() -> None:
    """Item 44 has a subsidy in the general budget, and what residents pay in another account."""
    study = Study()
    choice = replace(
        study.first_choice(), items=(44,), moves={"rate:resident_medical_individual": 400.0}
    )
    shown = {each.key: each.unseen for each in study.controls(choice)}
    assert shown["rate:resident_medical_subsidy"] is None
    assert shown["rate:resident_medical_individual"] == Text(
        "见账目“社会保险缴费”", "see account: social insurance contributions"
    )
    early = replace(choice, last=choice.start - 1)
    assert {each.unseen for each in study.controls(early)} == {
        Text("2024年起的改动不在所选年份内", "changes from 2024 on lie after the years chosen")
    }
    assert study.settled(early).moves == choice.moves


def moves_and_saves(study: Study, cells: Iterable[tuple[str, int]], folder: Path) -> int:
    """Moves each control that is offered in some places and items by a step and saves it; returns
    how many there were. What is shown differs by it, but for a factor on base amounts that do not
    limit anybody yet.
    """
    number = 0
    for place, item in cells:
        choice = replace(study.first_choice(), items=(item,), place=place)
        for account in study.accounts(choice):
            looked = replace(choice, account=account)
            for each in study.controls(looked):
                step = each.step if each.shown + each.step <= each.high else -each.step
                moved = replace(looked, moves={each.key: each.shown + step})
                change = study.figures(moved).change.abs().to_numpy()
                if each.unseen is None and each.kind != "base":
                    assert np.nansum(change) > 0, (place, item, each.key)
                study.save(moved, folder)
                number += 1
    return number


def every_cell(study: Study) -> list[tuple[str, int]]:
    scenario = study.first_choice().scenario
    return [
        (place, item) for place in ("", *study.places(scenario)) for item in study.items(scenario)
    ]


def test_whatever_is_offered_can_be_moved_and_saved(tmp_path: Path) -> None:
    """A sample of the places and items of the shipped data; Baicheng County and item 11 among
    them.
    """
    study = Study()
    assert moves_and_saves(study, Random(7).sample(every_cell(study), 9), tmp_path) > 10
    assert moves_and_saves(study, [("652926", 11)], tmp_path) == 0
    assert moves_and_saves(study, [("652926", 60)], tmp_path) > 0


@pytest.mark.slow
def test_whatever_is_offered_anywhere_can_be_moved_and_saved(tmp_path: Path) -> None:
    study = Study()
    assert moves_and_saves(study, every_cell(study), tmp_path) > 1000


@pytest.mark.slow
def test_whatever_is_offered_on_random_data_can_be_moved_and_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counts of prefectures and counties side by side, and scenarios that change what is moved."""
    number = 0
    for seed in range(200):
        with written(random_world(Random(seed))) as (scenario, inputs):
            monkeypatch.chdir(scenario.parent)
            study, name = Study(inputs), scenario.name
            years, places = study.whole(name).years, ("", *study.places(name))
            for place, start in product(places, (years[0], years[-1])):
                choice = Choice(
                    name, study.items(name), years[0], years[-1], start, place, against=name
                )
                for each in study.controls(choice):
                    step = each.step if each.shown + each.step <= each.high else -each.step
                    moved = replace(choice, moves={each.key: each.shown + step})
                    study.figures(moved)
                    study.save(moved)
                    number += 1
            monkeypatch.chdir(tmp_path)
    assert number > 1000


# Scenarios by title


def test_a_scenario_is_offered_by_its_title(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that cannot be read is offered by its name; one that is written anew by its new
    title.
    """
    monkeypatch.chdir(tmp_path)
    mine = tmp_path / "mine.yaml"
    for title in ("甲案", "乙案（修订）"):
        mine.write_text(f"name: mine\ntitle: {title}\nextends: baseline\n", encoding="utf-8")
        assert scenario_title("mine.yaml").zh == title
    (tmp_path / "bad.yaml").write_text("title: [", encoding="utf-8")
    explorer: Any = fm.explore()
    offered = {name: title for title, name in explorer.scenario.options}
    assert offered["mine.yaml"] == "乙案（修订）（mine.yaml）"
    assert offered["bad.yaml"] == "bad.yaml"
    assert offered["baseline"] == "基准情景（baseline）"
