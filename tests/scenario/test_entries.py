"""Entries of scenario files that say too little, too much or nothing: each refused where it stands,
with what would be right.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import fiscal_model as fm
from fiscal_model.analysis.levers import MAKE
from fiscal_model.engine.judge import CHANGES
from fiscal_model.scenario.entries import KINDS

BUS = "item: 11, line: bus, name: 校车, accrual: calendar_year"


def listed(kind: str) -> Callable[..., str]:
    """Writes entries of one list as a scenario file."""
    return lambda *entries: (
        f"name: trial\n{kind}:\n" + "".join(f"  - {{{entry}}}\n" for entry in entries)
    )


groups, bases, rates, counts, vital = (
    listed(kind) for kind in ("groups", "bases", "rates", "beneficiaries", "vital_rates")
)

REFUSED = {
    # groups
    "an unknown group": (groups("group: §south5, add: 652800"), "south4"),
    "an unknown place to add": (groups("group: south4, add: §库尔乐市"), "库尔勒市"),
    "adding and removing at once": (groups("§group: south4, add: 652800, remove: 653100"), "add"),
    "neither adding nor removing": (groups("§group: south4, from: 2026"), "add"),
    "a group from mid-year": (groups("group: south4, add: 652800, from: §2026-07"), "2026-07"),
    "a group to mid-year": (groups("group: south4, add: 652800, to: §2026-07"), "2026-07"),
    "a group with a where": (groups("group: south4, add: 652800, §where: 652800"), "where"),
    "a group without its name": (groups("§add: 652800"), "group"),
    "a group that ends before it starts": (
        groups("group: south4, add: 652800, from: 2026, to: §2025"),
        "2026",
    ),
    "a city of the corps in a group": (groups("group: south4, add: §石河子市"), "石河子市"),
    "adding and removing the same places": (
        groups("group: south4, add: 652800", "§group: south4, remove: 652800"),
        "trial.yaml:3:5",
    ),
    "groups that cross": (
        groups("group: south4, add: [652801, 652822]", "§group: south4, add: [652822, 652823]"),
        "trial.yaml:3:5",
    ),
    # base amounts
    "growth of a base from nowhere": (bases("item: 11, growth: §0.1"), "from"),
    "a phase-out from nowhere": (bases("item: 11, phase_out: §4"), "from"),
    "a phase-out in no years": (bases("item: 11, from: 2026, phase_out: §0"), "1"),
    "a phase-out in too many years": (bases("item: 11, from: 2026, phase_out: §101"), "100"),
    "a phase-out in half years": (bases("item: 11, from: 2026, phase_out: §2.5"), "2.5"),
    "a base not abolished": (bases("item: 11, abolish: §false"), "abolish"),
    "a base abolished perhaps": (bases("item: 11, abolish: §yes"), "true"),
    "two ways with a base": (bases("§item: 11, from: 2026, factor: 2, phase_out: 4"), "phase_out"),
    "no way with a base": (bases("§item: 11, from: 2026"), "phase_out"),
    "a base of an unknown item": (bases("item: §111, factor: 2"), "11"),
    "a negative base": (bases("item: 11, amount: §-1"), "-1"),
    "a base from mid-year": (bases("item: 11, from: §2026-07, factor: 2"), "2026-07"),
    "a base that shrinks away": (bases("item: 11, from: 2026, growth: §-1"), "-0.99"),
    "two bases from one year": (
        bases("item: 11, from: 2026, factor: 2", "§item: 11, from: 2026-01, amount: 5"),
        "trial.yaml:3:5",
    ),
    "bases that cross": (
        bases(
            "item: 11, where: [653101, 653121], factor: 2",
            "§item: 11, where: [653121, 653122], factor: 3",
        ),
        "trial.yaml:3:5",
    ),
    # rates
    "growth of a rate from nowhere": (rates("line: age_80_89, growth: §0.1"), "from"),
    "an index from nowhere": (rates("line: age_80_89, index: §minimum_wage"), "from"),
    "two ways with a rate": (rates("§line: age_80_89, from: 2026, rate: 60, growth: 0.1"), "index"),
    "no way with a rate": (rates("§line: age_80_89, from: 2026"), "growth"),
    "a step of a stated rate": (rates("line: age_80_89, rate: 60, step: §5"), "step"),
    "a step of nothing": (rates("line: age_80_89, from: 2026, growth: 0.1, step: §0"), "step"),
    "a negative step": (rates("line: age_80_89, from: 2026, growth: 0.1, step: §-5"), "-5"),
    "growth from mid-year": (rates("line: age_80_89, from: §2026-07, growth: 0.1"), "2026-07"),
    "growth from a term": (
        rates("line: pubfund_primary, from: §2026-autumn, growth: 0.1"),
        "2026-autumn",
    ),
    "an index year before the start": (
        rates("line: age_80_89, from: 2026, index: §{2025: 1.1}"),
        "2026",
    ),
    "an index of no years": (rates("line: age_80_89, from: 2026, index: §{}"), "一年"),
    "an index year that is none": (
        rates("line: age_80_89, from: 2026, index: {§soon: 1.1}"),
        "soon",
    ),
    "an index year out of time": (
        rates("line: age_80_89, from: 2026, index: {§2101: 1.1}"),
        "2101",
    ),
    "an index of nothing": (rates("line: age_80_89, from: 2026, index: {2026: §0}"), "0.001"),
    "an unknown index": (
        rates("line: age_80_89, from: 2026, index: §minimum_wages"),
        "minimum_wage",
    ),
    "an index as a list": (rates("line: age_80_89, from: 2026, index: §[1.1]"), "映射"),
    "growth of an amount": (rates("line: §hiv_followup, from: 2026, growth: 0.1"), "hiv_followup"),
    "a rate and growth from one year": (
        rates("line: age_80_89, from: 2026, rate: 60", "§line: age_80_89, from: 2026, growth: 0.1"),
        "trial.yaml:3:5",
    ),
    "rates that cross": (
        rates(
            "line: age_80_89, where: [653101, 653121], rate: 60",
            "§line: age_80_89, where: [653121, 653122], from: 2024, growth: 0.1",
        ),
        "trial.yaml:3:5",
    ),
    # beneficiaries
    "a target without its year": (counts("§beneficiary: age_80_89, target: 100"), "by"),
    "a year without its target": (counts("§beneficiary: age_80_89, factor: 2, by: 2026"), "target"),
    "two ways with counts": (
        counts("§beneficiary: age_80_89, growth: 0.1, target: 100, by: 2026"),
        "growth",
    ),
    "a series and a cohort": (
        counts("§beneficiary: age_80_89, series: {2026: 5}, cohort: {ages: 80-89}"),
        "series",
    ),
    "a negative target": (counts("beneficiary: age_80_89, target: §-1, by: 2026"), "-1"),
    "a target in no year": (counts("beneficiary: age_80_89, target: 100, by: §20266"), "2100"),
    "a series of no years": (counts("beneficiary: age_80_89, series: §{}"), "一年"),
    "a series as a list": (counts("beneficiary: age_80_89, series: §[100]"), "映射"),
    "a series of words": (counts("beneficiary: age_80_89, series: {2026: §many}"), "many"),
    "a series in no year": (counts("beneficiary: age_80_89, series: {§26: 100}"), "26"),
    "ages turned round": (counts("beneficiary: age_80_89, cohort: {ages: §89-80}"), "90+"),
    "ages beyond life": (counts("beneficiary: age_80_89, cohort: {ages: §80-121}"), "80-121"),
    "ages in words": (counts("beneficiary: age_80_89, cohort: {ages: §old}"), "old"),
    "a cohort without ages": (counts("beneficiary: age_80_89, cohort: §{sex: female}"), "ages"),
    "an unknown sex": (
        counts("beneficiary: age_80_89, cohort: {ages: 80-89, sex: §femal}"),
        "female",
    ),
    "ratios that are no list": (
        counts("beneficiary: age_80_89, cohort: {ages: 80-89, ratios: §take_up}"),
        "列表",
    ),
    "a cohort that is no mapping": (counts("beneficiary: age_80_89, cohort: §80-89"), "映射"),
    "a cohort from mid-year": (
        counts("beneficiary: age_80_89, from: §2026-07, cohort: {ages: 80-89}"),
        "2026-07",
    ),
    "two totals from one year": (
        counts(
            "beneficiary: age_80_89, target: 100, by: 2026",
            "§beneficiary: age_80_89, series: {2027: 100}",
        ),
        "trial.yaml:3:5",
    ),
    "counts that cross": (
        counts(
            "beneficiary: age_80_89, where: [653101, 653121], growth: 0.1",
            "§beneficiary: age_80_89, where: [653121, 653122], growth: 0.2",
        ),
        "trial.yaml:3:5",
    ),
    # vital rates
    "a vital rate in two ways": (vital("§rate: fertility, value: 1, factor: 2"), "factor"),
    "a vital rate in no way": (vital("§rate: fertility, from: 2026"), "value"),
    "a vital rate without its name": (vital("§factor: 2"), "rate"),
    "a negative factor": (vital("rate: fertility, factor: §-1"), "-1"),
    "a vital rate from mid-year": (vital("rate: fertility, from: §2026-07, factor: 2"), "2026-07"),
    "two factors from one year": (
        vital("rate: fertility, factor: 2", "§rate: fertility, factor: 3"),
        "trial.yaml:3:5",
    ),
    # ranges
    "a range of one end": (rates("line: age_80_89, rate: 60, range: §[55]"), "[80, 120]"),
    "a range of three": (bases("item: 11, factor: 2, range: §[1, 2, 3]"), "[80, 120]"),
    "a range of an index": (
        rates("line: age_80_89, from: 2026, index: {2026: 1.1}, range: §[1, 2]"),
        "index",
    ),
    "a range of a phase-out": (
        bases("item: 11, from: 2026, phase_out: 4, range: §[2, 5]"),
        "phase_out",
    ),
    "a range of an abolished base": (bases("item: 11, abolish: true, range: §[2, 5]"), "abolish"),
    "a range that is no list": (rates("line: age_80_89, rate: 60, range: §55"), "列表"),
    "a range out of bounds": (rates("line: age_80_89, rate: 60, range: [§-5, 70]"), "-5"),
    "a range of words": (counts("beneficiary: age_80_89, factor: 2, range: [1, §much]"), "much"),
    "a range of a target": (
        counts("beneficiary: age_80_89, target: 100, by: 2026, range: §[1, 2]"),
        "range",
    ),
    # new lines, items and beneficiaries
    "nothing new": ("name: trial\nnew: §{}\n", "new"),
    "an unknown kind of new": ("name: trial\nnew: {§line: []}\n", "lines"),
    "a new line whose code is in use": (
        f"name: trial\nnew: {{lines: [{{{BUS.replace('bus', '§age_80_89')}}}]}}\n",
        "age_80_89",
    ),
    "a new line of no item": (
        f"name: trial\nnew: {{lines: [§{{{BUS.removeprefix('item: 11, ')}}}]}}\n",
        "item",
    ),
    "a new line of an unknown item": (
        f"name: trial\nnew: {{lines: [{{{BUS.replace('11', '§111')}}}]}}\n",
        "11",
    ),
    "a new line of an item paid elsewhere": (
        f"name: trial\nnew: {{lines: [{{{BUS.replace('11', '§2')}}}]}}\n",
        "第2项",
    ),
    "a new line of an unknown beneficiary": (
        f"name: trial\nnew: {{lines: [{{{BUS}, beneficiary: §primary_pupils, per: 年}}]}}\n",
        "primary_pupil",
    ),
    "a new line without its unit": (
        f"name: trial\nnew: {{lines: [§{{{BUS}, beneficiary: primary_pupil}}]}}\n",
        "per",
    ),
    "a new line with an unknown accrual": (
        f"name: trial\nnew: {{lines: [{{{BUS.replace('calendar_year', '§calendar_years')}}}]}}\n",
        "calendar_year",
    ),
    "a new beneficiary whose code is in use": (
        "name: trial\nnew: {beneficiaries: {§age_80_89: {zh: 老人, en: old, unit: 人}}}\n",
        "age_80_89",
    ),
    "a new item whose number is in use": (
        (
            "name: trial\nnew:\n  items:\n    - §{item: 11, name: 新, section: 1, responsibility:"
            " quantified, split: {full: region}, lines: [{line: one_more, name: 新, accrual:"
            " calendar_year}]}\n"
        ),
        "11",
    ),
    "a new item without a split": (
        (
            "name: trial\nnew:\n  items:\n    - §{item: 81, name: 新, section: 1, responsibility:"
            " quantified, lines: [{line: one_more, name: 新, accrual: calendar_year}]}\n"
        ),
        "split",
    ),
    "a new item of an unknown section": (
        (
            "name: trial\nnew:\n  items:\n    - {item: 81, name: 新, section: §99, responsibility:"
            " quantified, split: {full: region}, lines: [{line: one_more, name: 新, accrual:"
            " calendar_year}]}\n"
        ),
        "99",
    ),
    "a new item without lines": (
        (
            "name: trial\nnew:\n  items:\n    - §{item: 81, name: 新, section: 1, responsibility:"
            " quantified, split: {full: region}}\n"
        ),
        "lines",
    ),
}


@pytest.mark.parametrize(("text", "right"), REFUSED.values(), ids=REFUSED)
def test_a_bad_entry_is_refused_where_it_stands(
    tmp_path: Path, tables: Callable[..., Path], text: str, right: str
) -> None:
    """§ marks what is at fault (an entry as a whole from its brace on); the message holds what is
    wrong or would be right.
    """
    before, after = text.split("§")
    line = before.count("\n") + 1
    column = len(before.rsplit("\n", 1)[-1]) + 1
    path = tmp_path / "trial.yaml"
    path.write_text(before + after, encoding="utf-8")
    with pytest.raises(fm.FiscalModelError) as caught:
        fm.simulate(path, tables(beneficiaries=[["age_80_89", "昌吉市", 2023, 100]]))
    wanted = {
        f"{path}:{line}:{column}",
        *([f"{path}:{line}:{column - 1}"] if before.endswith("{") else []),
    }
    here = [fault for fault in caught.value.faults if fault.where in wanted]
    assert here, caught.value.text("zh")
    assert any(right in fault.message.to("zh") for fault in here), caught.value.text("zh")
    assert all(fault.message.to("zh") and fault.message.to("en") for fault in caught.value.faults)


def test_entries_that_meet_in_a_new_member_without_either_being_smaller_are_refused(
    tmp_path: Path, tables: Callable[..., Path]
) -> None:
    """Eight counties are in the group and eight in the list; from 2026 Changji City is in both, and
    nothing says which of the entries holds.
    """
    path = tmp_path / "trial.yaml"
    path.write_text(
        "name: trial\ngroups: [{group: nutrition_region_pilot, add: 昌吉市, from: 2026}]\nsplits:\n"
        "  - {item: 45, where: nutrition_region_pilot, split: {full: central}}\n"
        "  - {item: 45, where: [昌吉市, 阜康市, 奎屯市, 喀什市, 疏附县, 和田市, 墨玉县, 阿克苏市],"
        " split: {full: region}}\n",
        encoding="utf-8",
    )
    with pytest.raises(fm.FiscalModelError) as caught:
        fm.simulate(path, tables(beneficiaries=[["family_reward_person", "昌吉市", 2026, 100]]))
    assert any(fault.where == f"{path}:5:5" for fault in caught.value.faults)


def test_every_kind_of_entry_is_held_against_what_it_would_change() -> None:
    assert set(CHANGES) == set(KINDS)


def test_every_kind_of_entry_that_can_be_solved_for_has_a_lever() -> None:
    assert set(MAKE) == {kind.varied.word for kind in KINDS if kind.varied}
