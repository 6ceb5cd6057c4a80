"""What the explorer shows is what a scenario file gives; its widgets only pass on what is
chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pytest

import fiscal_model as fm
from fiscal_model.errors import fault
from fiscal_model.explorer.controls import Choice
from fiscal_model.explorer.look import MOVED
from fiscal_model.explorer.shown import tables_html
from fiscal_model.explorer.study import Study

Tables = Callable[..., Path]
MOVES = {
    "share:11:central": 0.9,
    "rate:pubfund_primary": 800.0,
    "base:11": 1.2,
    "growth:primary_pupil": 0.02,
}


@pytest.fixture(scope="module")
def study() -> Study:
    """The embedded data."""
    return Study()


@pytest.fixture(scope="module")
def baseline(study: Study) -> Choice:
    """Items 11 to 13 of the baseline, everywhere, from 2024 on."""
    return replace(study.first_choice(), items=(11, 12, 13))


def of(path: Path, choice: Choice, inputs: Path | None = None) -> pd.DataFrame:
    """What a scenario file gives for the items, place, account and years of a choice, by payer and
    year.
    """
    budget = fm.simulate(path, inputs)
    rows = budget.to_dataframe()
    tree = budget.standard.places
    inside = set(tree.below(choice.place or tree.root))
    account = {line.code: line.account for line in budget.program.lines}
    rows = rows[
        rows["item"].isin(choice.items)
        & rows["place"].isin(inside)
        & rows["year"].between(choice.first, choice.last)
    ]
    rows = rows[rows["line"].map(account) == choice.account]
    return rows.pivot_table(index="payer", columns="year", values="amount", aggfunc="sum").astype(
        float
    )


def same(shown: pd.DataFrame, file: pd.DataFrame) -> None:
    """Two tables hold the same figures, to a tenth of a fen; a payer left out pays nothing."""
    payers = sorted({*shown.index, *file.index})
    one, two = (
        table.reindex(index=payers, columns=shown.columns).fillna(0.0).to_numpy()
        for table in (shown, file)
    )
    assert np.abs(one).sum() > 0
    np.testing.assert_allclose(one, two, rtol=1e-12, atol=1e-3)


@pytest.mark.smoke
def test_a_moved_share_by_hand(tables: Tables) -> None:
    """1,000 primary pupils of Changji City at 650: 650,000 yuan. 8:2 gives the centre 520,000; nine
    tenths give it 585,000, of the other 65,000 the region 3/10.
    """
    study = Study(
        tables(
            beneficiaries=[
                ["primary_pupil", "昌吉市", 2021, 1000],
                ["primary_pupil", "昌吉市", 2022, 1000],
            ]
        )
    )
    choice = Choice("as_written", (11,), 2021, 2022, 2022, moves={"share:11:central": 0.9})
    figures = study.figures(choice)
    assert figures.before[2022].to_dict() == pytest.approx(
        {"central": 520_000, "region": 39_000, "prefecture": 91_000}
    )
    assert figures.after[2022].to_dict() == pytest.approx(
        {"central": 585_000, "region": 19_500, "prefecture": 45_500}
    )
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


def test_items_that_nothing_touches_are_shown_as_they_are(
    study: Study, baseline: Choice, tmp_path: Path
) -> None:
    choice = replace(baseline, items=study.items("baseline"), moves=MOVES)
    same(study.figures(choice).after, of(study.save(choice, tmp_path), choice))


def test_pupils_feed_every_item_that_counts_them(study: Study, baseline: Choice) -> None:
    """Growth of primary pupils moves textbooks (item 12), whichever item it is moved in."""
    for items in ((11,), (11, 12)):
        study.controls(replace(baseline, items=items))
    both = replace(baseline, items=(11, 12), moves={"growth:primary_pupil": 0.02})
    one = (
        study.figures(replace(both, items=(11,))).change
        + study.figures(replace(both, items=(12,), moves=both.moves)).change
    )
    assert study.figures(replace(both, items=(12,))).change.loc["central", 2030] > 0
    np.testing.assert_allclose(study.figures(both).change.to_numpy(), one.to_numpy(), atol=1e-4)


def test_a_control_at_its_present_value_moves_nothing(study: Study, baseline: Choice) -> None:
    choice = replace(
        baseline,
        moves={
            control.key: control.present
            for control in study.controls(baseline)
            if control.present is not None
        },
    )
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


def test_saved_files_never_replace_one_another(
    study: Study, baseline: Choice, tmp_path: Path
) -> None:
    choice = replace(baseline, moves={"base:11": 1.5})
    names = [study.save(choice, tmp_path).name for _ in range(3)]
    assert names == ["my_scenario.yaml", "my_scenario_2.yaml", "my_scenario_3.yaml"]


def test_a_saved_file_can_be_moved_on(
    study: Study, baseline: Choice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    first = study.save(replace(baseline, moves={"rate:pubfund_primary": 800.0}))
    assert first.name in study.scenarios()
    choice = replace(
        study.first_choice(first.name), items=(11,), moves={"rate:pubfund_primary": 900.0}
    )
    assert (
        next(each.present for each in study.controls(choice) if each.key == "rate:pubfund_primary")
        == 800
    )
    same(study.figures(choice).after, of(study.save(choice), choice))


def test_a_namesake_of_the_shipped_scenario_is_refused(
    study: Study, baseline: Choice, tmp_path: Path
) -> None:
    (tmp_path / "baseline.yaml").write_text("name: baseline\n", encoding="utf-8")
    with pytest.raises(fm.FiscalModelError, match="同名"):
        study.save(replace(baseline, moves=MOVES), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["baseline.yaml"]


def test_the_workbook_is_that_of_the_changed_scenario(tables: Tables, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    study = Study(tables(beneficiaries=[["primary_pupil", "昌吉市", 2022, 1000]]))
    path = study.workbook(
        Choice("as_written", (11,), 2022, 2022, 2022, moves={"share:11:central": 0.9}),
        tmp_path,
        date="2024-01-31",
    )
    values = {
        cell
        for sheet in load_workbook(path, data_only=True).worksheets
        for row in sheet.iter_rows(values_only=True)
        for cell in row
    }
    assert {58.5, 52.0} <= values  # the centre's 585,000 and 520,000 yuan, in 万元


def test_the_explanation_is_of_what_is_moved(study: Study, baseline: Choice) -> None:
    text = study.explanation(
        replace(baseline, place="653100", moves={"rate:pubfund_primary": 800.0}), 11, 2026
    ).text("en")
    assert "800" in text
    assert "Changes to: Baseline" in text


def test_whatever_is_moved_the_saved_file_gives_the_same(study: Study, tmp_path: Path) -> None:
    """Items, place, years, start, reference and several controls at once by chance, some of them at
    an end: the table is that of the file.
    """
    chance = Random(11)
    for scenario in ("baseline", "as_written", "central_9_1", "rates_of_2021", "south_extended"):
        start = study.first_choice(scenario)
        items = (*chance.sample(study.items(scenario), 3), 11)
        first, last = start.first, chance.choice([start.last, start.last - 1])
        place = chance.choice(
            ["", *(code for code in study.places(scenario) if code.endswith("00"))]
        )
        choice = replace(
            start,
            items=items,
            first=first,
            last=last,
            start=chance.choice([first, start.start]),
            place=place,
            against="baseline",
        )
        controls = study.controls(choice)
        moves = {
            each.key: chance.choice(
                [each.low, each.high, round(chance.uniform(each.low, each.high), 3)]
            )
            for each in controls
        }
        keys = chance.sample(sorted(moves), min(5, len(moves)))
        choice = study.settled(replace(choice, moves={key: moves[key] for key in keys}))
        figures, saved = study.figures(choice), study.save(choice, tmp_path)
        same(figures.after, of(saved, choice))
        same(figures.before, of(Path("baseline"), choice))
        shared = figures.change.columns[figures.change.notna().any()]
        np.testing.assert_allclose(
            figures.change[shared], (figures.after.fillna(0) - figures.before.fillna(0))[shared]
        )


# What the change is measured against


def test_a_scenario_is_measured_against_the_reference(study: Study) -> None:
    """``public_health_yearly`` takes 99 yuan to 104 in 2026 and to 124 in 2030: of item 31 alone."""
    choice = study.first_choice("public_health_yearly")
    figures = study.figures(choice)
    assert choice.items == (31,)
    for year, more in ((2026, 5), (2030, 25)):
        np.testing.assert_allclose(
            figures.change.loc["central", year], figures.before.loc["central", year] * more / 99
        )
    repeated = study.figures(replace(choice, against="public_health_yearly"))
    assert repeated.change.abs().to_numpy().sum() == 0
    assert study.figures(replace(choice, items=(11,))).change.abs().to_numpy().sum() == 0


def test_moves_come_on_top_of_what_the_scenario_changes(
    tables: Tables, scenario: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """1,000 pupils at 650 are 650,000, of which the centre pays 8/10: 520,000. The scenario has
    700, a move 800: 560,000 and 640,000.
    """
    path = scenario(
        {"extends": "baseline", "rates": [{"line": "pubfund_primary", "from": 2022, "rate": 700}]}
    )
    monkeypatch.chdir(path.parent)
    study = Study(tables(beneficiaries=[["primary_pupil", "昌吉市", 2022, 1000]]))
    choice = Choice(path.name, (11,), 2022, 2022, 2022)
    assert study.figures(choice).change.loc["central", 2022] == pytest.approx(40_000)
    assert study.figures(replace(choice, moves={"rate:pubfund_primary": 800})).change.loc[
        "central", 2022
    ] == pytest.approx(120_000)
    assert study.figures(
        replace(choice, against=path.name, moves={"rate:pubfund_primary": 800})
    ).change.loc["central", 2022] == pytest.approx(80_000)


def test_a_year_that_one_of_both_lacks_is_missing_and_not_nothing(
    tables: Tables, scenario: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reference ends in 2030: 2031 cannot be compared and counts in no total; the year after
    the only data has no count as written.
    """
    path = scenario({"extends": "baseline", "horizon": 2031})
    monkeypatch.chdir(path.parent)
    study = Study(tables(beneficiaries=[["primary_pupil", "昌吉市", 2029, 1000]]))
    figures = study.figures(Choice(path.name, (11,), 2029, 2031, 2030))
    assert figures.years == (2029, 2030)
    assert figures.change[2030].abs().sum() == 0
    assert figures.change[2031].isna().all()
    assert figures.after.loc["central", 2031] == 576_000
    page = tables_html(figures, "en", illustrative=False)
    assert "years that the reference lacks are left out: 2031" in page
    assert page.count("115.20") == 2  # twice 576,000 yuan, on either side
    assert "—" in page


def test_what_only_the_scenario_costs_is_a_change_from_nothing(
    tables: Tables, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """100 pupils at 500 yuan in a line that baseline does not know: 50,000 yuan. Baseline alone
    cannot read the data, so the file is opened instead.
    """
    monkeypatch.chdir(tmp_path)
    text = """name: bus
extends: baseline
new:
  beneficiaries: {bus_pupil: {zh: 乘校车学生, en: bus pupils, unit: 人}}
  lines:
    - {item: 11, line: bus, name: 校车补助, beneficiary: bus_pupil, per: 元/人·年, accrual: calendar_year, rates: [{rate: 500, from: 2021}]}
"""
    (tmp_path / "校 车.yaml").write_text(text, encoding="utf-8")
    folder = tables(
        beneficiaries=[["bus_pupil", "昌吉市", 2022, 100], ["primary_pupil", "昌吉市", 2022, 1000]]
    )
    explorer: Any = fm.explore(inputs=folder)
    assert explorer.choice.scenario == "校 车.yaml"
    assert "bus_pupil" in explorer.message.value
    assert "rate:bus" in explorer.rows
    explorer.against.value = "baseline"
    assert explorer.study.figures(explorer.choice).change[2022].sum() == pytest.approx(50_000)
    explorer.rows["rate:bus"].slider.value = 700
    explorer.buttons["save"].click()
    same(
        explorer.study.figures(explorer.choice).after,
        of(tmp_path / "my_scenario.yaml", explorer.choice, folder),
    )


def test_the_reference_is_simulated_once(
    study: Study, baseline: Choice, monkeypatch: pytest.MonkeyPatch
) -> None:
    choice = replace(baseline, scenario="central_9_1")
    study.figures(choice)
    monkeypatch.setattr(
        "fiscal_model.explorer.study.result_of",
        lambda *args: pytest.fail("the reference is simulated again"),
    )
    for rate in (700.0, 710.0):
        study.figures(replace(choice, moves={"rate:pubfund_primary": rate}))


def test_the_workbook_stands_beside_the_reference(tables: Tables, tmp_path: Path) -> None:
    """The centre has 9/10 in ``central_9_1``: 648,000 yuan beside 576,000."""
    from openpyxl import load_workbook

    study = Study(tables(beneficiaries=[["primary_pupil", "昌吉市", 2022, 1000]]))
    path = study.workbook(study.first_choice("central_9_1"), tmp_path, date="2024-01-31")
    sheets = load_workbook(path, data_only=True).worksheets
    beside = [
        {cell for row in sheet.iter_rows(values_only=True) for cell in row} for sheet in sheets
    ]
    assert any({64.8, 57.6} <= cells for cells in beside)


# What can be moved


def test_a_file_that_was_edited_is_read_anew(
    tables: Tables, scenario: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    rates = [{"line": "pubfund_primary", "from": 2022, "rate": 700}]
    path = scenario({"extends": "baseline", "rates": rates})
    monkeypatch.chdir(path.parent)
    explorer: Any = fm.explore(
        inputs=tables(beneficiaries=[["primary_pupil", "昌吉市", 2022, 1000]])
    )
    for rate in (700, 900):
        scenario({"extends": "baseline", "rates": [{**rates[0], "rate": rate}]})
        explorer.scenario.value = "baseline"
        explorer.scenario.value = path.name
        assert explorer.rows["rate:pubfund_primary"].slider.value == rate


def test_only_lines_with_counts_have_controls_and_units_are_said(tables: Tables) -> None:
    study = Study(tables(beneficiaries=[["primary_pupil", "昌吉市", 2022, 1000]]))
    labels = {each.key: each.label.en for each in study.controls(study.first_choice())}
    assert set(labels) == {"share:11:central", "rate:pubfund_primary", "growth:primary_pupil"}
    assert labels["rate:pubfund_primary"].endswith("(yuan a pupil and year)")
    assert labels["share:11:central"].endswith("(%)")


def test_a_value_that_nobody_states_stands_nowhere(tables: Tables) -> None:
    """The text alone carries no series on: growth after the last year supplied shows no figure
    before it is moved.
    """
    explorer: Any = fm.explore(
        inputs=tables(
            beneficiaries=[
                ["age_80_89", "昌吉市", 2023, 1000],
                ["primary_pupil", "昌吉市", 2022, 1000],
            ]
        ),
        lang="en",
    )
    explorer.scenario.value = "as_written"
    explorer.items.value = (11,)
    growth = explorer.rows["growth:primary_pupil"].slider
    assert (growth.value, explorer.rows["growth:primary_pupil"].box.value) == (0, "")
    growth.value = 2
    assert explorer.rows["growth:primary_pupil"].box.value == "2"
    assert explorer.choice.moves == {"growth:primary_pupil": 0.02}


def test_years_of_the_data_may_have_gaps(tables: Tables) -> None:
    study = Study(
        tables(beneficiaries=[["primary_pupil", "昌吉市", year, 1000] for year in (2014, 2021)])
    )
    figures = study.figures(study.first_choice("as_written", "as_written"))
    assert figures.after.columns.to_list() == [2014, 2021]


# The widgets


@pytest.fixture
def explorer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The explorer in an empty working folder."""
    monkeypatch.chdir(tmp_path)
    return fm.explore()


def test_moving_a_slider_changes_table_picture_and_explanation(explorer: Any) -> None:
    explorer.detail.selected_index = 0
    before = explorer.tables.value, explorer.picture.value, explorer.explanation.value
    explorer.rows["share:11:central"].slider.value = 90
    after = explorer.tables.value, explorer.picture.value, explorer.explanation.value
    assert all(one != other for one, other in zip(before, after, strict=True))
    assert explorer.choice.moves == {"share:11:central": 0.9}
    explorer.buttons["reset"].click()
    assert explorer.tables.value == before[0]
    assert explorer.rows["share:11:central"].slider.value == 80


def test_choosing_offers_what_belongs_to_the_choice(explorer: Any) -> None:
    explorer.items.value = (12,)
    assert "share:12:region" in explorer.rows
    explorer.place.value = "653100"
    explorer.first.value, explorer.last.value = 2024, 2026
    explorer.start.value = 2025
    assert explorer.choice == Choice("baseline", (12,), 2024, 2026, 2025, "653100")
    explorer.scenario.value = "cohort_2035"
    assert (explorer.choice.scenario, explorer.choice.last) == ("cohort_2035", 2035)
    explorer.items.value = ()
    assert explorer.rows == {}


def test_a_scenario_that_cannot_be_read_is_not_taken(explorer: Any, tmp_path: Path) -> None:
    """The faults are said, each on a line of its own, and the control goes back to the scenario
    that is shown.
    """
    (tmp_path / "坏.yaml").write_text(
        "name: x\nextends: nowhere\nrates: [{line: nothing, from: 2022, rate: 1}]\n",
        encoding="utf-8",
    )
    explorer.place.value = "653100"
    shown = explorer.tables.value
    explorer.scenario.value = "坏.yaml"
    assert "坏.yaml:2" in explorer.message.value
    assert "\n坏.yaml:3" in explorer.message.value
    assert "pre-line" in explorer.message.value
    assert (explorer.scenario.value, explorer.choice.scenario, explorer.tables.value) == (
        "baseline",
        "baseline",
        shown,
    )


def test_moves_that_no_longer_belong_are_ended_and_said(explorer: Any) -> None:
    explorer.rows["share:11:central"].slider.value = 90
    explorer.rows["rate:pubfund_primary"].slider.value = 800
    explorer.items.value = (12,)
    assert explorer.choice.moves == {}
    assert "第11项 中央的分担比例" in explorer.message.value
    assert "普通小学公用经费" in explorer.message.value
    explorer.items.value = (11,)
    assert explorer.message.value == ""
    assert explorer.rows["share:11:central"].slider.value == 80


def test_a_chosen_file_that_is_deleted_stays_as_it_was_read(explorer: Any, tmp_path: Path) -> None:
    explorer.rows["share:11:central"].slider.value = 90
    explorer.buttons["save"].click()
    explorer.scenario.value = "my_scenario.yaml"
    (tmp_path / "my_scenario.yaml").unlink()
    explorer.place.value = "653100"
    assert explorer.scenario.value == "my_scenario.yaml"
    assert explorer.study.figures(explorer.choice).change.abs().to_numpy().sum() > 0


def test_a_control_that_shows_its_present_value_again_moves_nothing(explorer: Any) -> None:
    slider = explorer.rows["share:11:central"].slider
    for value in (90, 80.00001):
        slider.value = value
    assert explorer.choice.moves == {}


def test_nothing_of_an_older_choice_stays_when_figures_fail(tables: Tables) -> None:
    """Two of two people draw both benefits, so their number cannot fall."""
    folder = tables(
        beneficiaries=[
            ["disability_living_recipient", "昌吉市", 2022, 2],
            ["age_80_89", "昌吉市", 2022, 2],
        ],
        overlaps=[["disability_living_recipient", "age_80_89", "昌吉市", 2022, 2]],
    )
    explorer: Any = fm.explore(inputs=folder)
    explorer.detail.selected_index = 0
    explorer.items.value = (48,)
    growth = explorer.rows["growth:age_80_89"].slider
    growth.value = growth.min
    assert "昌吉市" in explorer.message.value or "652301" in explorer.message.value
    assert (explorer.tables.value, explorer.explanation.value) == ("", "")
    assert explorer.picture.layout.visibility == "hidden"
    explorer.buttons["reset"].click()
    assert "合计" in explorer.tables.value
    assert explorer.picture.layout.visibility == "visible"


def test_the_explanation_is_of_the_items_chosen(explorer: Any) -> None:
    explorer.detail.selected_index = 0
    assert "义务教育" in explorer.explanation.value
    explorer.items.value = ()
    assert explorer.explanation.value == ""


def test_the_picture_shows_payers_or_the_change(explorer: Any) -> None:
    payers = explorer.picture.value
    explorer.view.value = "moving"
    still = explorer.picture.value
    assert still != payers
    explorer.rows["share:11:central"].slider.value = 90
    assert explorer.picture.value != still


def test_a_move_is_shown_once(explorer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[int] = []
    draw = explorer.drawn
    monkeypatch.setattr(explorer, "drawn", lambda figures: shown.append(1) or draw(figures))
    for act in (
        lambda: setattr(explorer.rows["share:11:central"].slider, "value", 90),
        lambda: setattr(explorer.place, "value", "653100"),
        lambda: setattr(explorer.last, "value", 2026),
        lambda: setattr(explorer.against, "value", "as_written"),
        lambda: setattr(explorer.scenario, "value", "central_9_1"),
    ):
        shown.clear()
        act()
        assert len(shown) == 1


def test_the_buttons_write_into_the_working_folder_and_faults_are_said(
    explorer: Any, tmp_path: Path
) -> None:
    explorer.buttons["save"].click()
    assert "还没有改动" in explorer.message.value
    explorer.rows["share:11:central"].slider.value = 90
    explorer.buttons["save"].click()
    assert "my_scenario.yaml" in explorer.message.value
    assert "my_scenario.yaml" in dict(explorer.scenario.options).values()
    same(
        explorer.study.figures(explorer.choice).after,
        of(tmp_path / "my_scenario.yaml", explorer.choice),
    )


def test_a_scenario_can_be_opened_and_one_that_is_not_there_is_refused() -> None:
    explorer: Any = fm.explore("central_9_1")
    assert explorer.scenario.value == "central_9_1"
    assert explorer.choice.against == "baseline"
    with pytest.raises(fm.FiscalModelError, match=r"basline.*baseline"):
        fm.explore("basline")


def test_words_from_data_are_escaped(tables: Tables) -> None:
    explorer: Any = fm.explore(
        inputs=tables(beneficiaries=[["primary_pupil", "昌吉市", 2022, 1000]]), lang="en"
    )
    explorer._guarded(lambda: (_ for _ in ()).throw(fault("<b>", "unreadable", why="<i>")))
    assert "&lt;b&gt;: FM-unreadable cannot be read: &lt;i&gt;" in explorer.message.value
    assert "Central" in explorer.tables.value


def test_a_typed_value_is_taken_or_told(explorer: Any) -> None:
    row = explorer.rows["rate:pubfund_special"]
    row.box.value = "６,５００"
    assert explorer.choice.moves == {"rate:pubfund_special": 6500}
    assert (row.box.value, row.slider.value) == ("6,500", 6500)
    for wrong in (
        "12,001",
        "六千五",
    ):  # the standard's own rate is 6,000: no further than twice that
        row.box.value = wrong
        assert wrong in explorer.message.value
        assert "未采用" in explorer.message.value
        assert explorer.choice.moves == {"rate:pubfund_special": 6500}
        assert (row.box.value, row.slider.value) == ("6,500", 6500)


def test_moves_are_told_and_taken_back_one_by_one(explorer: Any) -> None:
    share, rate = explorer.rows["share:11:central"], explorer.rows["rate:pubfund_primary"]
    assert explorer.buttons["reset"].disabled
    assert share.undo.layout.visibility == "hidden"
    share.slider.value = 85
    rate.box.value = "700"
    assert explorer.moves.value == (
        "<ul><li>第11项 中央的分担比例（%）：80 → 85</li>"
        "<li>普通小学公用经费 补助标准（元/人·年）：720 → 700</li></ul>"
    )
    for row in (share, rate):
        assert MOVED in row.widget._dom_classes
        assert row.undo.layout.visibility == "visible"
    share.undo.click()
    assert explorer.choice.moves == {"rate:pubfund_primary": 700}
    assert (share.box.value, share.slider.value) == ("80", 80)
    assert MOVED not in share.widget._dom_classes
    explorer.buttons["reset"].click()
    assert (explorer.choice.moves, explorer.moves.value) == ({}, "")
    assert explorer.rows["rate:pubfund_primary"].box.value == "720"


def test_it_says_that_it_works_and_then_what_it_did(explorer: Any) -> None:
    """The answer to a button stands beside it, on the same line."""
    said: list[str] = []
    explorer.message.observe(lambda change: said.append(change["new"]), "value")
    explorer.rows["share:11:central"].slider.value = 85
    assert ["正在计算" in each for each in said] == [True, False]
    assert said[-1] == ""
    explorer.buttons["save"].click()
    assert "已写出 my_scenario.yaml" in explorer.message.value
    line = next(
        each
        for each in explorer.box.children
        if explorer.buttons["save"] in getattr(each, "children", ())
    )
    assert explorer.message in line.children


def test_why_an_item_has_no_controls_is_said(explorer: Any) -> None:
    explorer.place.value = "652926"
    assert explorer.rows == {}
    assert explorer.scope.value == "<div>第11项：人数或金额按上级地区填报，在这里不能单独改动</div>"
    explorer.items.value = (11, 60)
    assert explorer.rows
    assert "第11项" in explorer.scope.value
    assert "拜城县" in explorer.scope.value


def test_moves_before_the_years_shown_cannot_be_moved_and_stay(explorer: Any) -> None:
    explorer.rows["share:11:central"].slider.value = 85
    explorer.last.value = 2023
    row = explorer.rows["share:11:central"]
    assert (row.slider.disabled, row.box.disabled, row.box.value) == (True, True, "85")
    explorer.last.value = 2030
    assert not explorer.rows["share:11:central"].slider.disabled
    assert explorer.choice.moves == {"share:11:central": 0.85}


def test_years_are_offered_in_order(explorer: Any) -> None:
    explorer.first.value = 2025
    assert [year for _, year in explorer.last.options] == list(range(2025, 2031))
    explorer.last.value = 2027
    assert [year for _, year in explorer.first.options] == list(range(2021, 2028))


@pytest.mark.parametrize("view", ["paying", "moving"])
def test_picture_and_tables_have_one_unit(
    explorer: Any, view: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Item 11 costs more than 亿元, which a chart by itself would choose."""
    from fiscal_model.charts import change, payers

    units: list[Any] = []
    for chart in (change, payers):
        draw = chart.by_year
        monkeypatch.setattr(
            chart, "by_year", lambda *args, draw=draw: units.append(args[3]) or draw(*args)
        )
    explorer.rows["share:11:central"].slider.value = 85
    units.clear()
    explorer.view.value = view
    explorer._show()
    assert {unit.name.zh for unit in units} == {"万元"}
    assert explorer.tables.value.count("（万元）") == 2


def test_a_row_names_its_box_and_its_button(explorer: Any) -> None:
    row = explorer.rows["share:11:central"]
    assert row.box.tooltip == "第11项 中央的分担比例（%）"
    assert row.undo.tooltip == "复原：第11项 中央的分担比例（%）"
