"""Parts by item, place and year: everything is computed, then cut, so no cell of a part is another
one than in the whole.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from random_worlds import random_world, worlds, written

import fiscal_model as fm
from fiscal_model.cli import main
from fiscal_model.results.data_years import data_years, years_words
from fiscal_model.run import over_its_years
from fiscal_model.workbook.rounding import Printed

Tables = Callable[..., Path]
HALF_A_FEN = 0.005
PUPILS = [
    ["primary_pupil", "昌吉市", 2023, 100],
    ["primary_pupil", "昌吉市", 2024, 110],
    ["primary_pupil", "阜康市", 2024, 200],
]
"""By the text a primary pupil's public funds (item 11) are 650 yuan a year, textbooks (item 12)
105.
"""


def cells(budget: fm.Budget) -> dict[tuple[str, str, str, int], float]:
    return {
        (line, place, payer, year): amount
        for _, year, _, line, place, payer, amount in budget.rows()
    }


@given(worlds)
def test_the_cells_of_a_part_are_those_of_the_whole(rng: random.Random) -> None:
    """A place with all below it, where grants and base amounts are shared with others; and a year,
    cut out of all or simulated alone.
    """
    world = random_world(rng)
    if not any(each.get("projection") for each in world.scenarios):
        world.years = ()
    with written(world) as (scenario, inputs):
        try:
            whole = fm.simulate(scenario, inputs, world.years or None)
        except fm.FiscalModelError:  # told elsewhere
            return
        if not whole.places:
            return
        above, year = whole.standard.places.ancestors, rng.choice(whole.years)
        code = rng.choice([*whole.places, *above(rng.choice(whole.places))])
        part = fm.simulate(scenario, inputs, world.years or None, places=code)
    every = cells(whole)
    assert cells(part) == {
        key: yuan for key, yuan in every.items() if code in (key[1], *above(key[1]))
    }
    of_year = {key: yuan for key, yuan in every.items() if key[3] == year}
    assert cells(whole.sel(year=year)) == of_year
    assert cells(over_its_years(whole.sel(year=year))) == pytest.approx(of_year, abs=HALF_A_FEN)


@pytest.mark.parametrize("seed", range(6))
def test_the_workbook_of_a_part_comes_to_the_sums_of_the_engine(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    world = random_world(rng)
    world.years = () if not any(s.get("projection") for s in world.scenarios) else world.years
    with written(world) as (scenario, inputs):
        whole = fm.simulate(scenario, inputs, world.years or None)
        place = rng.choice(
            [code for p, code in enumerate(whole.places) if whole.costed[:, p].any()]
        )
        part = whole.sel(place=place)
        year = rng.choice([y for n, y in enumerate(part.years) if part.costed[..., n].any()])
        part = part.sel(year=year)
        for n, values in enumerate((None, Printed(decimals=0))):
            part.to_excel(tmp_path / f"{n}.xlsx", values=values)
    for n in (0, 1):
        book = openpyxl.load_workbook(tmp_path / f"{n}.xlsx", data_only=True)
        assert "不符" not in {cell for row in book["检查"].values for cell in row}
        found = [
            row for row in book["分地区"].values if isinstance(row[0], int) and row[4] == "合计"
        ]
        assert {row[0] for row in found} == {year}
        total = float(part.amounts.sum()) / 1e4
        assert sum(row[5] or 0 for row in found if row[5] != "—") == pytest.approx(
            total, abs=1e-6 if n == 0 else 0.5 * len(found)
        )


def test_items_and_places_are_lists_and_spans_of_codes_or_names(tables: Tables) -> None:
    """Item 12 costs 105 yuan for each of 110 + 200 pupils in 2024, item 11 650."""
    data = tables(beneficiaries=PUPILS)
    both = fm.simulate("as_written", data, 2024, items="11-12", places="昌吉市，652302")
    assert both.by("item").to_dict() == {11: 310 * 650, 12: 310 * 105}
    named = fm.simulate("as_written", data, 2024, items="第12项", places=["阜康市"])
    assert named.by("item").to_dict() == {12: 200 * 105}
    assert "第12项" in named.title("zh")
    assert "阜康市" in named.title("zh")
    with pytest.raises(fm.FiscalModelError) as refused:
        fm.simulate("as_written", data, items="11,99", places="昌吉市,火星")
    assert "99" in str(refused.value)
    assert "火星" in str(refused.value)


def test_an_item_that_only_one_scenario_has_is_compared_with_nothing(
    tables: Tables, scenario: Callable[..., Path]
) -> None:
    """300 places at 3,000 yuan: 900,000, of which the centre bears 80%."""
    line = {
        "line": "nursery_place",
        "name": "托位补助",
        "beneficiary": "nursery_child",
        "per": "元/人·年",
        "accrual": "calendar_year",
        "rates": [{"rate": 3000}],
    }
    item = {
        "item": 81,
        "name": "托育服务",
        "section": 1,
        "responsibility": "quantified",
        "lines": [line],
        "split": {"central": 8, "region": 2},
    }
    words = {"zh": "托位", "en": "nursery children", "unit": "人"}
    new = scenario(
        {
            "extends": "as_written",
            "new": {"beneficiaries": {"nursery_child": words}, "items": [item]},
        }
    )
    data = tables(beneficiaries=[*PUPILS, ["nursery_child", "昌吉市", 2024, 300]])
    found = fm.compare("as_written", new, inputs=data, years=2024, items="81")
    change = found.by("payer")["change"]
    assert change[change != 0].to_dict() == {"central": 720_000, "region": 180_000}
    assert "第81项" in found.text("zh")
    assert (
        fm.compare("as_written", new, inputs=data, years=2024, items="12")
        .by("payer")["change"]
        .sum()
        == 0
    )


def test_the_commands_show_a_part(
    tables: Tables, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """200 pupils in 阜康市: 130,000 yuan of item 11, of which the region bears 7,800."""
    data = ["--inputs", str(tables(beneficiaries=PUPILS)), "--items", "11", "--places", "阜康市"]
    assert main(["run", "as_written", *data, "-o", str(tmp_path / "a.csv")]) == 0
    rows = (tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert {row.split(",")[2] for row in rows} == {"11"}
    assert sum(float(row.split(",")[-1]) for row in rows) == 130_000
    assert main(["report", "as_written", *data, "-o", str(tmp_path / "a.xlsx")]) == 0
    book = openpyxl.load_workbook(tmp_path / "a.xlsx", data_only=True)
    pairs = {row[0]: row[1] for row in book["封面"].values}
    assert (pairs["地区"], pairs["服务项目"]) == ("阜康市", "第11项 义务教育阶段免除学杂费")
    capsys.readouterr()
    assert main(["compare", "as_written", "baseline", *data, "--years", "2024"]) == 0
    assert "第11项 义务教育阶段免除学杂费 · 阜康市 · 2024" in capsys.readouterr().out
    due = ["allotment", "as_written", *data, "--years", "2023-2024", "-o"]
    assert main([*due, str(tmp_path / "due.xlsx")]) == 1  # nothing is costed there in 2023
    assert "FM-" in capsys.readouterr().err
    assert main([*due[:-2], "2024", "-o", str(tmp_path / "due.xlsx")]) == 0
    assert (
        "自治区本级 · 应下达 7,800.00、已下达 0.00、本次下达 7,800.00、结转 0.00\n"
        in capsys.readouterr().out
    )


def test_an_allotment_of_several_years_is_a_workbook_a_year(
    tables: Tables, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of 昌吉市 the region owes 39 yuan a pupil for item 11: 3,900 and 4,290."""
    data = str(tables(beneficiaries=PUPILS))
    words = ["allotment", "as_written", "--inputs", data, "--items", "11", "--places", "652301"]
    assert main([*words, "--years", "2023-2024", "-o", str(tmp_path / "due.xlsx")]) == 0
    said = capsys.readouterr().out
    assert "应下达 3,900.00" in said
    assert "应下达 4,290.00" in said
    assert {path.name for path in tmp_path.glob("due*")} == {"due-2023.xlsx", "due-2024.xlsx"}


def test_an_advance_of_a_part_is_that_of_the_whole(tables: Tables, tmp_path: Path) -> None:
    """90% of the region's 39 yuan a pupil for item 11 of 昌吉市: 3,510 and 3,861, a workbook each,
    with a sheet of quarters: a fifth, three tenths, a fifth, three tenths.
    """
    data = str(tables(beneficiaries=PUPILS))
    words = ["allotment", "as_written", "--inputs", data, "--items", "11", "--places", "652301"]
    ahead = ["--years", "2023-2024", "--advance", "90%", "--quarters"]
    assert main([*words, *ahead, "-o", str(tmp_path / "due.xlsx")]) == 0
    for year, quarters in ((2023, [3_510, 702, 1_053, 702, 1_053]), (2024, None)):
        book = openpyxl.load_workbook(tmp_path / f"due-{year}.xlsx")
        assert "资金分季度表" in book.sheetnames
        (row,) = [
            [value for value in row if isinstance(value, int | float)]
            for row in book["资金分季度表"].values
            if str(row[2]).endswith("昌吉市") and row[3] == "自治区本级"
        ]
        assert row[0] == {2023: 3_510, 2024: 3_861}[year]
        assert quarters is None or row == quarters


def test_a_settlement_of_a_part_tells_what_is_missing_there_only(tables: Tables) -> None:
    """The actual numbers lack 阜康市: 200 pupils at 650 − 91 and 94.50 yuan from above."""
    plan, fact = (
        fm.simulate("as_written", tables(beneficiaries=rows), 2024) for rows in (PUPILS, PUPILS[:2])
    )
    found = fm.settlement(fm.allotment(plan, 2024), fact)
    (mine,) = found.part(items=12, places="阜康市").missing
    assert (mine.place, mine.items, mine.planned) == ("652302", (12,), 200 * 94_50)
    assert not found.part(places="昌吉市").missing


def test_the_cover_says_which_years_are_data_and_which_are_projected(
    tables: Tables, tmp_path: Path
) -> None:
    """Primary pupils are supplied to 2025, junior pupils to 2024; baseline goes on to 2030."""
    rows = [["primary_pupil", "昌吉市", year, 100] for year in (2024, 2025)]
    budget = fm.simulate("baseline", tables(beneficiaries=rows))
    for lang, words in (
        ("zh", "2024–2030（2024–2025 年：数据；2026–2030 年：推算）"),
        ("en", "2024–2030 (2024–2025: data; 2026–2030: projected)"),
    ):
        budget.to_excel(tmp_path / "a.xlsx", lang)  # type: ignore[arg-type]
        book = openpyxl.load_workbook(tmp_path / "a.xlsx", data_only=True)
        assert words in {row[1] for row in book.worksheets[0].values}
    ragged = tables(beneficiaries=[*rows, ["junior_pupil", "昌吉市", 2024, 50]])
    assert data_years(fm.simulate("baseline", ragged)) == ((2024,), (*range(2026, 2031),), (2025,))
    assert years_words(fm.simulate("as_written", ragged, 2024), "en") == "2024 (2024: data)"
    ahead = fm.simulate("baseline", tables(beneficiaries=rows), "2027-2028")
    assert years_words(ahead, "zh") == "2027–2028（2027–2028 年：推算，数据到 2025 年）"
