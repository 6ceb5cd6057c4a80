"""The shipped reforms: each says what it is for, leaves the years before its start alone, and gives
the totals kept beside it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from expected import FOLDER, reforms, totals

import fiscal_model as fm
from fiscal_model.checking import check_paths
from fiscal_model.engine.judge import judge
from fiscal_model.inputs.read import load_inputs
from fiscal_model.scenario.entries import KINDS, SplitEntry
from fiscal_model.scenario.model import Scenario
from fiscal_model.scenario.read import load_scenario, shipped_folder, shipped_scenarios
from fiscal_model.standard.rules import Standard


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
        ("public_health_yearly", 2026),
        ("south_extended", 2026),
    ],
)
def test_a_reform_leaves_the_years_before_its_start_alone(name: str, first: int) -> None:
    change = fm.compare("baseline", name).to_dataframe()["change"].unstack("year")
    assert not change.loc[:, change.columns < first].to_numpy().any()
    assert change.loc[:, change.columns >= first].to_numpy().any(axis=0).all()


@pytest.mark.smoke
def test_central_bears_a_tenth_more_of_item_11_and_nothing_else_moves() -> None:
    """Nine tenths instead of eight: central's change is a tenth of the item's cost, the region's
    levels have as much less.
    """
    change = fm.compare("baseline", "central_9_1", years=2026).to_dataframe()["change"]
    cost = float(fm.simulate("baseline", years=2026).by("item")[11])
    assert change.loc[("central", 2026)] == pytest.approx(cost / 10)
    assert change.sum() == pytest.approx(0, abs=0.01)


def test_nothing_but_who_pays_changes_when_the_base_ends() -> None:
    change = fm.compare("baseline", "end_2015_base", years=2027).to_dataframe()["change"]
    assert change.loc[("prefecture", 2027)] == pytest.approx(-change.loc[("region", 2027)])
    assert change.loc[("prefecture", 2027)] > 0
    assert change.loc[("central", 2027)] == 0


REFERENCES = ("README.md", "README.zh-CN.md")


def reference(name: str) -> str:
    return (shipped_folder() / name).read_text(encoding="utf-8")


def examples(name: str, path: Path) -> tuple[Scenario, Standard]:
    """The examples of a reference as one file; the last, which says the like by names, is left
    out.
    """
    path.write_text(
        "".join(re.findall(r"```yaml\n(.*?)```", reference(name), re.DOTALL)[:-1]), encoding="utf-8"
    )
    return load_scenario(path)


@pytest.mark.smoke
@pytest.mark.parametrize("name", REFERENCES)
def test_the_examples_of_the_reference_can_be_read(tmp_path: Path, name: str) -> None:
    scenario, standard = examples(name, tmp_path / "all.yaml")
    assert {type(entry).__name__ for entry in scenario.entries} == {each.__name__ for each in KINDS}
    assert {81} == set(standard.items) - set(load_scenario("baseline")[1].items)


def test_the_reference_says_the_same_in_both_languages(tmp_path: Path) -> None:
    (one, standard), (two, other) = (
        examples(name, tmp_path / f"{name}.yaml") for name in REFERENCES
    )
    assert [entry.content for entry in one.entries] == [entry.content for entry in two.entries]
    assert (one.readings, one.horizon, one.title, one.sources) == (
        two.readings,
        two.horizon,
        two.title,
        two.sources,
    )
    assert standard.items == other.items


@pytest.mark.parametrize("name", REFERENCES)
def test_names_and_figures_of_the_reference_mean_the_codes(tmp_path: Path, name: str) -> None:
    """The last example by names, and the same by codes."""
    (tmp_path / "names.yaml").write_text(
        "name: a\n" + re.findall(r"```yaml\n(.*?)```", reference(name), re.DOTALL)[-1],
        encoding="utf-8",
    )
    (tmp_path / "codes.yaml").write_text(
        """\
name: a
splits:
  - {item: 45, where: south4, from: 2026, split: {central: 80, rest: 20, of_rest: {region: 3, prefecture: 7}}}
rates:
  - {line: nutrition_national, from: 2026-autumn, rate: 6}
beneficiaries:
  - {beneficiary: primary_pupil, where: 653100, growth: 0.02}
""",
        encoding="utf-8",
    )
    by_name, by_code = (load_scenario(tmp_path / f"{each}.yaml")[0] for each in ("names", "codes"))
    assert [entry.content for entry in by_name.entries] == [
        entry.content for entry in by_code.entries
    ]


@pytest.mark.parametrize(
    "split", re.findall(r"^\| `(\{.*?\})` \|", reference("README.zh-CN.md"), re.MULTILINE)
)
def test_every_split_of_the_chinese_reference_can_be_read(tmp_path: Path, split: str) -> None:
    (tmp_path / "a.yaml").write_text(
        f"name: a\nsplits: [{{item: 11, split: {split}}}]\n", encoding="utf-8"
    )
    assert load_scenario(tmp_path / "a.yaml")[0].of(SplitEntry)


RATE = "name: a\nextends: baseline\nrates:\n  - {{line: pubfund_primary, {}}}\n"
SPLIT = "name: a\nextends: baseline\nsplits:\n  - {{item: 45, {}}}\n"
MISTAKES = {
    "growth: 5": "name: a\nbeneficiaries:\n  - {{beneficiary: primary_pupil, {}}}\n",
    "split: {central: 80, region: 30}": SPLIT,
    "split: {central: 80%, region: 30%}": SPLIT,
    "split: {财政部: 8, region: 2}": SPLIT,
    "from: 2035": RATE.replace("{}", "rate: 700, {}"),
    "from: 2023-09-31": RATE.replace("{}", "rate: 700, {}"),
    "rate：720": RATE,
    "rate:720": RATE,
    "from: 2026， rate: 720": RATE,
    "from: 2026 rate: 720": RATE,
    "where: 喀什地区、和田地区": RATE.replace("{}", "rate: 700, {}"),
    "rate: 1,000": RATE,
    "rate: 720元/人": RATE,
    "note: 提标: 第一步": "name: a\n{}\n",
    "用 Tab 键缩进": "name: a\nrates:\n\t- {{line: pubfund_primary, rate: 720}}\n",
    "存成 ANSI（GB18030）编码": "name: 试\n",
    "改成现行的数": RATE.replace("pubfund_primary, {}", "textbook_primary, rate: 105, from: 2024"),
}


def test_the_chinese_reference_quotes_what_is_said_of_common_mistakes(tmp_path: Path) -> None:
    table = reference("README.zh-CN.md").split("## 常见错误")[1]
    rows = [
        [cell.strip().strip("`") for cell in row.strip("| \n").split(" | ")]
        for row in table.splitlines()
        if row.startswith("| ")
    ]
    assert {wrong for wrong, *_ in rows[1:]} == set(MISTAKES)
    for wrong, said, _ in rows[1:]:
        path = tmp_path / "a.yaml"
        path.write_bytes(
            MISTAKES[wrong].format(wrong).encode("gb18030" if "GB18030" in wrong else "utf-8")
        )
        checked = check_paths([str(path)])
        only_warned = said.endswith("（提示，不拒绝）")
        told = " ".join(
            fault.message.to("zh")
            for fault in (checked.warnings if only_warned else checked.faults)
        )
        assert bool(checked.faults) != only_warned, wrong
        assert all(part in told for part in said.removesuffix("（提示，不拒绝）").split("…")), (
            wrong,
            told,
        )


@pytest.mark.parametrize("name", REFERENCES)
def test_the_reference_names_every_shipped_scenario(name: str) -> None:
    assert all(f"`{each}`" in reference(name) for each in shipped_scenarios())


@pytest.mark.parametrize(("name", "sign"), [("births_low", -1), ("births_high", 1)])
def test_births_reach_kindergarten_first_then_primary_then_junior_school(
    name: str, sign: int
) -> None:
    """Fertility changes in 2024: who is born then is 3 in 2027, 6 in 2030 and 12 in 2036; the old
    are born long before.
    """
    counts = {
        each: fm.apply(each).table("beneficiaries").groupby(["beneficiary", "year"])["count"].sum()
        for each in (name, "cohort_2035")
    }
    change = counts[name] - counts["cohort_2035"]
    for beneficiary, first in (
        ("preschool_child", 2027),
        ("primary_pupil", 2030),
        ("junior_pupil", 2036),
        ("age_80_89", 2036),
    ):
        moved = change[beneficiary]
        assert moved[moved.index < first].abs().max() == 0
        assert (moved[moved.index >= first] * sign > 0).all()
