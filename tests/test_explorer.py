"""What the explorer shows is what a scenario file gives; its widgets only pass on what is chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import fiscal_model as fm
from fiscal_model.errors import fault
from fiscal_model.explorer.study import Choice, Study

Tables = Callable[..., Path]
MOVES = {"share:11:central": 0.9, "rate:pubfund_primary": 800.0, "base:11": 1.2, "growth:primary_pupil": 0.02}


@pytest.fixture(scope="module")
def study() -> Study:
    """The embedded data."""
    return Study()


@pytest.fixture(scope="module")
def baseline(study: Study) -> Choice:
    """Items 11 to 13 of the baseline, everywhere, from 2024 on."""
    return replace(study.first_choice(), items=(11, 12, 13))


def of(path: Path, choice: Choice, inputs: Path | None = None) -> pd.DataFrame:
    """What a scenario file gives for the items, place, account and years of a choice, by payer and year."""
    budget = fm.simulate(path, inputs)
    rows = budget.to_dataframe()
    tree = budget.standard.places
    inside = set(tree.below(choice.place or tree.root))
    account = {line.code: line.account for line in budget.program.lines}
    rows = rows[rows["item"].isin(choice.items) & rows["place"].isin(inside) & rows["year"].between(choice.first, choice.last)]
    rows = rows[rows["line"].map(account) == choice.account]
    return rows.pivot_table(index="payer", columns="year", values="amount", aggfunc="sum").astype(float)


def same(shown: pd.DataFrame, file: pd.DataFrame) -> None:
    """Two tables hold the same figures; a payer left out pays nothing."""
    payers = sorted({*shown.index, *file.index})
    one, two = (table.reindex(index=payers, columns=shown.columns).fillna(0.0).to_numpy() for table in (shown, file))
    assert np.abs(one).sum() > 0
    np.testing.assert_allclose(one, two, rtol=1e-12, atol=1e-4)


def test_a_moved_share_by_hand(tables: Tables) -> None:
    """1,000 primary pupils of Changji City at 650: 650,000 yuan. 8:2 gives the centre 520,000; nine tenths give it 585,000, of the other 65,000 the region 3/10."""
    study = Study(tables(beneficiaries=[["primary_pupil", "昌吉市", 2021, 1000], ["primary_pupil", "昌吉市", 2022, 1000]]))
    choice = Choice("as_written", (11,), 2021, 2022, 2022, moves={"share:11:central": 0.9})
    figures = study.figures(choice)
    assert figures.before[2022].to_dict() == pytest.approx({"central": 520_000, "region": 39_000, "prefecture": 91_000})
    assert figures.after[2022].to_dict() == pytest.approx({"central": 585_000, "region": 19_500, "prefecture": 45_500})
    assert figures.change[2021].abs().sum() == 0
    assert figures.change.loc["central", 2022] == pytest.approx(65_000)


@pytest.mark.parametrize("moved", [(key,) for key in MOVES] + [tuple(MOVES)], ids="+".join)
@pytest.mark.parametrize("place", ["", "653100"])
def test_what_is_shown_is_what_the_saved_file_gives(
    study: Study, baseline: Choice, moved: tuple[str, ...], place: str, tmp_path: Path
) -> None:
    choice = replace(baseline, place=place, moves={key: MOVES[key] for key in moved})
    figures = study.figures(choice)
    same(figures.after, of(study.save(choice, tmp_path), choice))
    assert figures.change.abs().to_numpy().sum() > 1000


def test_items_that_nothing_touches_are_shown_as_they_are(study: Study, baseline: Choice, tmp_path: Path) -> None:
    choice = replace(baseline, items=study.items("baseline"), moves=MOVES)
    same(study.figures(choice).after, of(study.save(choice, tmp_path), choice))


def test_pupils_feed_every_item_that_counts_them(study: Study, baseline: Choice) -> None:
    """Growth of primary pupils moves textbooks (item 12), whichever item it is moved in."""
    for items in ((11,), (11, 12)):
        study.controls(replace(baseline, items=items))
    both = replace(baseline, items=(11, 12), moves={"growth:primary_pupil": 0.02})
    one = study.figures(replace(both, items=(11,))).change + study.figures(replace(both, items=(12,), moves=both.moves)).change
    assert study.figures(replace(both, items=(12,))).change.loc["central", 2030] > 0
    np.testing.assert_allclose(study.figures(both).change.to_numpy(), one.to_numpy(), atol=1e-4)


def test_a_control_at_its_present_value_moves_nothing(study: Study, baseline: Choice) -> None:
    choice = replace(baseline, moves={control.key: control.present for control in study.controls(baseline) if control.present is not None})
    assert study.entries(choice) == {}
    assert study.figures(choice).change.abs().to_numpy().sum() == 0
    with pytest.raises(fm.FiscalModelError, match="还没有改动"):
        study.save(choice)


def test_only_what_can_be_moved_is_offered(study: Study, baseline: Choice) -> None:
    keys = {control.key for control in study.controls(baseline)}
    assert {*MOVES, "share:12:region", "base:13"} <= keys  # the centre has no share in textbooks
    assert not keys & {"base:12", "share:12:central", "share:11:region"}
    outside = {control.key for control in study.controls(replace(baseline, place="652300"))}
    assert "base:11" not in outside  # base amounts are of the south


def test_saved_files_never_replace_one_another(study: Study, baseline: Choice, tmp_path: Path) -> None:
    choice = replace(baseline, moves={"base:11": 1.5})
    names = [study.save(choice, tmp_path).name for _ in range(3)]
    assert names == ["my_scenario.yaml", "my_scenario_2.yaml", "my_scenario_3.yaml"]


def test_a_saved_file_can_be_moved_on(study: Study, baseline: Choice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    first = study.save(replace(baseline, moves={"rate:pubfund_primary": 800.0}))
    assert first.name in study.scenarios()
    choice = replace(study.first_choice(first.name), items=(11,), moves={"rate:pubfund_primary": 900.0})
    assert next(each.present for each in study.controls(choice) if each.key == "rate:pubfund_primary") == 800
    same(study.figures(choice).after, of(study.save(choice), choice))


def test_a_namesake_of_the_shipped_scenario_is_refused(study: Study, baseline: Choice, tmp_path: Path) -> None:
    (tmp_path / "baseline.yaml").write_text("name: baseline\n", encoding="utf-8")
    with pytest.raises(fm.FiscalModelError, match="同名"):
        study.save(replace(baseline, moves=MOVES), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["baseline.yaml"]


def test_the_workbook_is_that_of_the_changed_scenario(tables: Tables, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    study = Study(tables(beneficiaries=[["primary_pupil", "昌吉市", 2022, 1000]]))
    path = study.workbook(Choice("as_written", (11,), 2022, 2022, 2022, moves={"share:11:central": 0.9}), tmp_path, date="2024-01-31")
    values = {cell for sheet in load_workbook(path, data_only=True).worksheets for row in sheet.iter_rows(values_only=True) for cell in row}
    assert {58.5, 52.0} <= values  # the centre's 585,000 and 520,000 yuan, in 万元


def test_the_explanation_is_of_what_is_moved(study: Study, baseline: Choice) -> None:
    text = study.explanation(replace(baseline, place="653100", moves={"rate:pubfund_primary": 800.0}), 11, 2026).text("en")
    assert "800" in text
    assert "Changes to: Baseline" in text


# The widgets


@pytest.fixture
def explorer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The explorer in an empty working folder."""
    monkeypatch.chdir(tmp_path)
    return fm.explore()


def test_moving_a_slider_changes_table_picture_and_explanation(explorer: Any) -> None:
    explorer.detail.selected_index = 0
    before = explorer.tables.value, explorer.picture.value, explorer.explanation.value
    explorer.sliders["share:11:central"].value = 90
    after = explorer.tables.value, explorer.picture.value, explorer.explanation.value
    assert all(one != other for one, other in zip(before, after, strict=True))
    assert explorer.choice.moves == {"share:11:central": 0.9}
    explorer.buttons["reset"].click()
    assert explorer.tables.value == before[0]
    assert explorer.sliders["share:11:central"].value == 80


def test_choosing_offers_what_belongs_to_the_choice(explorer: Any) -> None:
    explorer.items.value = (12,)
    assert "share:12:region" in explorer.sliders
    explorer.place.value = "653100"
    explorer.years.value = (2024, 2026)
    explorer.start.value = 2025
    assert explorer.choice == Choice("baseline", (12,), 2024, 2026, 2025, "653100")
    explorer.scenario.value = "cohort_2035"
    assert (explorer.choice.scenario, explorer.choice.last) == ("cohort_2035", 2035)
    explorer.items.value = ()
    assert explorer.sliders == {}


def test_the_buttons_write_into_the_working_folder_and_faults_are_said(explorer: Any, tmp_path: Path) -> None:
    explorer.buttons["save"].click()
    assert "还没有改动" in explorer.message.value
    explorer.sliders["share:11:central"].value = 90
    explorer.buttons["save"].click()
    assert "my_scenario.yaml" in explorer.message.value
    assert "my_scenario.yaml" in explorer.scenario.options
    same(explorer.study.figures(explorer.choice).after, of(tmp_path / "my_scenario.yaml", explorer.choice))


def test_without_ipywidgets_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fiscal_model.explorer.panel.find_spec", lambda name: None)
    with pytest.raises(fm.FiscalModelError, match=r"fiscal-model\[notebook\]"):
        fm.explore()


def test_words_from_data_are_escaped(tables: Tables) -> None:
    explorer: Any = fm.explore(tables(beneficiaries=[["primary_pupil", "昌吉市", 2022, 1000]]), lang="en")
    explorer._guarded(lambda: (_ for _ in ()).throw(fault("<b>", "<i>", "<i>")))
    assert "&lt;b&gt;: &lt;i&gt;" in explorer.message.value
    assert "Central" in explorer.tables.value
