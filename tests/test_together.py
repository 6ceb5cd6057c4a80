"""Parts of the product that meet: new items, readings, groups and years in commands that were not
made for them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import fiscal_model as fm
from fiscal_model.checking import check_paths

NEW = """name: added
extends: baseline
horizon: 2026
new:
  beneficiaries: {bus_pupil: {zh: 乘校车学生, en: bus pupils, unit: 人}}
  items:
    - item: 81
      name: 托育服务
      section: 1
      responsibility: quantified
      lines: [{line: nursery_place, name: 托位补助, beneficiary: bus_pupil, per: 元/人·年, accrual: calendar_year, rates: [{rate: 3000, from: 2026}]}]
      split: {central: 8, rest: 2, of_rest: {region: 3, prefecture: 7}}
"""


@pytest.fixture
def added(tmp_path: Path) -> tuple[Path, Path]:
    """A scenario with a new item, and counts for it."""
    (tmp_path / "added.yaml").write_text(NEW, encoding="utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "beneficiaries.csv").write_text(
        "beneficiary,place,year,count\nbus_pupil,652301,2026,300\nprimary_pupil,652301,2026,500\n",
        encoding="utf-8",
    )
    return tmp_path / "added.yaml", tmp_path / "data"


@pytest.mark.parametrize("entry", ["growth: 0.03", "index: {2026: 1.03}"])
def test_years_before_a_growing_rate_are_untouched(tmp_path: Path, entry: str) -> None:
    path = tmp_path / "grown.yaml"
    path.write_text(
        "name: grown\nextends: baseline\nrates:\n  - {line: pubfund_primary, from: 2026,"
        f" {entry}}}\n",
        encoding="utf-8",
    )
    assert (
        fm.simulate(path, years=2023)
        .by("payer")
        .equals(fm.simulate("baseline", years=2023).by("payer"))
    )


def test_a_plan_with_a_new_item_is_settled_against_a_budget_without_it(
    added: tuple[Path, Path], tmp_path: Path
) -> None:
    """What was allotted for item 81 has no due in the end."""
    scenario, data = added
    actual = tmp_path / "actual"
    actual.mkdir()
    (actual / "beneficiaries.csv").write_text(
        "beneficiary,place,year,count\nprimary_pupil,652301,2026,500\n", encoding="utf-8"
    )
    found = fm.settlement(
        fm.allotment(fm.simulate(scenario, data), 2026), fm.simulate("baseline", actual, years=2026)
    )
    assert set(found.frame.loc[found.frame["item"] == 81, "note"]) == {"not_costed"}
    assert "第81项" in found.text("zh")


def test_check_does_not_depend_on_the_order_of_its_paths(
    added: tuple[Path, Path], tmp_path: Path
) -> None:
    scenario, data = added
    other = tmp_path / "other.yaml"
    other.write_text(
        "name: other\nextends: baseline\nreadings: {12a: all_books}\n", encoding="utf-8"
    )
    one, two = (
        check_paths([*map(str, order), str(data)])
        for order in ((scenario, other), (other, scenario))
    )
    assert len(one.faults) == len(two.faults)


def test_the_log_of_changes_is_shown_in_a_few_lines() -> None:
    assert len(repr(fm.apply("end_2015_base").log)) < 10_000


def test_english_messages_hold_no_chinese_mark() -> None:
    found = fm.simulate("as_written").warnings
    assert found
    assert all("、" not in each.to("en") for each in found)


def test_a_fixed_reading_is_written_by_prefecture(tmp_path: Path) -> None:
    from fiscal_model.workbook.report import write_by_prefecture

    (tmp_path / "fixed.yaml").write_text(
        "name: fixed\nextends: baseline\nreadings: {11a: fixed}\n", encoding="utf-8"
    )
    assert (
        len(
            write_by_prefecture(
                fm.simulate(tmp_path / "fixed.yaml", years=2023), tmp_path / "part.xlsx"
            )
        )
        == 14
    )
