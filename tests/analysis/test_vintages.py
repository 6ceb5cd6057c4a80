"""Budgets on two vintages of data: what the data make of the change, cell by cell."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import write_tables
from naive import World
from random_worlds import COUNTIES, YEARS, text, write_standard
from test_compare import BUS, tiny_scenario, tiny_world
from told_worlds import world

import fiscal_model as fm
from fiscal_model.analysis.changed_inputs import Effect
from fiscal_model.cli import main
from fiscal_model.engine.project import Span
from fiscal_model.inputs.read import load_inputs
from fiscal_model.inputs.vintages import ChangedCell
from fiscal_model.run import simulated
from fiscal_model.scenario.read import load_scenario

Tables = Callable[..., Path]
Write = Callable[..., Path]
PUPIL = 650 + 105
"""Yuan a primary pupil and year under the text: item 11 and the textbooks of item 12."""
RAISED = {"rates": [{"line": "pubfund_primary", "from": 2022, "rate": 720}]}


def counted(tables: Tables, *rows: tuple[Any, ...], **others: list[list[Any]]) -> Path:
    """Primary pupils by place, year and count."""
    return tables(beneficiaries=[["primary_pupil", *row] for row in rows], **others)


def only_row(cells: pd.DataFrame) -> pd.Series[Any]:
    assert len(cells) == 1
    return cells.iloc[0]


# One cell, by hand


@pytest.mark.smoke
def test_a_count_that_was_corrected_is_the_whole_change(tables: Tables) -> None:
    """20 pupils more in Changji City: 13,000 for item 11, of which central pays 8 in 10, and 2,100
    for textbooks.
    """
    old, new = (counted(tables, ("652301", 2023, count)) for count in (100, 120))
    found = fm.compare("as_written", "as_written", inputs=old, against_inputs=new)
    assert found.groups == ("data",)
    parts = found.to_dataframe("item", "payer")
    assert parts.loc[(11, "central"), ["change", "data"]].tolist() == [10_400, 10_400]
    row = only_row(found.changed_inputs())
    assert (row["kind"], row["table"], row["row"]) == ("cell", "beneficiaries", "primary_pupil")
    assert (row["place"], row["year"], row["column"]) == ("652301", 2023, "count")
    assert (row["before"], row["after"], row["yuan"]) == (100, 120, 20 * PUPIL)
    assert row["stood"].endswith("inputs1/beneficiaries.csv:2:4")
    assert row["stands"].endswith("inputs2/beneficiaries.csv:2:4")


def test_data_and_a_reform_share_what_they_make_together(tables: Tables, scenario: Write) -> None:
    """From 100 pupils at 650 to 120 at 720 it is 21,400 more: 20 pupils at 685 on average are
    13,700, 70 yuan for 110 on average 7,700. Textbooks add 2,100 to what the count makes.
    """
    old, new = (counted(tables, ("652301", 2023, count)) for count in (100, 120))
    found = fm.compare("as_written", scenario(RAISED), inputs=old, against_inputs=new)
    assert found.groups == ("data", "rates")
    assert found.parts("item").loc[11].tolist() == pytest.approx([13_700, 7_700])
    stacked = found.stacked("rates", by=["item"])
    assert stacked.loc[11].to_dict() == pytest.approx({"rates": 7_000, "data": 14_400})
    assert only_row(found.changed_inputs())["yuan"] == pytest.approx(13_700 + 2_100)


def test_a_base_amount_moves_what_the_region_pays(tables: Tables) -> None:
    """Kashgar City is due 9,100 and pays its base amount, 5,000 before and 6,000 now: the region
    pays 1,000 less, and nothing costs more.
    """
    old, new = (
        counted(tables, ("653101", 2023, 100), bases_2015=[[11, "653101", base]])
        for base in (5_000, 6_000)
    )
    row = only_row(
        fm.compare(fm.simulate("as_written", old), fm.simulate("as_written", new)).changed_inputs()
    )
    assert (row["table"], row["row"], row["column"]) == ("bases_2015", "11", "amount")
    assert pd.isna(row["year"])
    assert row[["yuan", "prefecture", "region"]].tolist() == pytest.approx([0, 1_000, -1_000])


def test_two_cells_that_meet_share_what_they_make(tables: Tables) -> None:
    """Pupils fall from 100 (9,100 due) to 20 (1,820), the base amount from 5,000 to 1,000:
    prefecture and county pay 4,000 less. The count alone makes -3,180 first and 0 last, the base
    amount -4,000 first and -820 last.
    """
    old = counted(tables, ("653101", 2023, 100), bases_2015=[[11, "653101", 5_000]])
    new = counted(tables, ("653101", 2023, 20), bases_2015=[[11, "653101", 1_000]])
    found = fm.compare(*(fm.simulate("as_written", data).sel(item=11) for data in (old, new)))
    cells = found.changed_inputs().set_index("table")
    assert cells["prefecture"].to_dict() == pytest.approx(
        {"beneficiaries": -1_590, "bases_2015": -2_410}
    )


def test_what_three_cells_make_together_stands_by_itself(tables: Tables) -> None:
    """Two counties share a base amount of 5,000, later 4,000; each is due 9,100 and then 1,820, so
    that 3,640 are paid in place of 5,000. First of all the counts make nothing and the base -1,000;
    last of all each count -360 and the base nothing. -860 are told of cells, -500 are joint.
    """
    old, new = (
        counted(
            tables,
            *((place, 2023, count) for place in ("653101", "653121")),
            bases_2015=[[11, "653100", base]],
        )
        for count, base in ((100, 5_000), (20, 4_000))
    )
    found = fm.compare(*(fm.simulate("as_written", data).sel(item=11) for data in (old, new)))
    cells = found.changed_inputs()
    assert cells["kind"].tolist() == ["cell"] * 3 + ["rest"]
    assert cells["prefecture"].tolist() == pytest.approx([-180, -180, -500, -500])
    assert cells["region"].iloc[-1] == pytest.approx(500)
    assert "共同影响" in found.text("zh")


def test_rows_that_are_new_or_gone_are_not_zero(tables: Tables, scenario: Write) -> None:
    """A year that comes in 2024 is held from then on: 20 more than the 100 held before, for two
    years. What is gone costs nothing.
    """
    held = scenario({"horizon": 2025, "projection": "hold"})
    old = counted(tables, ("652301", 2023, 100), ("652302", 2023, 10))
    new = counted(tables, ("652301", 2023, 100), ("652301", 2024, 120))
    found = fm.compare(held, held, inputs=old, against_inputs=new)
    cells = found.changed_inputs().set_index("place")
    assert cells.loc["652301", ["before", "after"]].isna().tolist() == [True, False]
    assert cells.loc["652301", "stood"] == ""
    assert cells["yuan"].to_dict() == pytest.approx(
        {"652301": 2 * 20 * PUPIL, "652302": -3 * 10 * PUPIL}
    )
    assert "改动 0、新增 1、删除 1" in found.text("zh")


def test_a_prefecture_that_gave_way_to_its_counties_changes_as_one(tables: Tables) -> None:
    """200 pupils of Changji, then 120 and 100 of two of its places: no row alone can change, or
    pupils would be counted twice. Together they are 20 more.
    """
    old = counted(tables, ("652300", 2023, 200))
    new = counted(tables, ("652301", 2023, 120), ("652302", 2023, 100))
    cells = fm.compare("as_written", "as_written", inputs=old, against_inputs=new).changed_inputs()
    assert cells["kind"].tolist() == ["cell", "cell", "cell", "group"]
    assert cells["yuan"].isna().tolist() == [True, True, True, False]
    assert cells.iloc[-1][["place", "yuan"]].tolist() == ["652300", 20 * PUPIL]


def test_cells_are_listed_where_nothing_can_be_taken_apart(tables: Tables, scenario: Write) -> None:
    """The first scenario pays the rooms of a county more, so that Kashgar cannot be counted as a
    whole under it, as the new data do.
    """
    old = tables(beneficiaries=[["reading_room", "653101", 2023, 10]])
    new = tables(beneficiaries=[["reading_room", "653100", 2023, 15]])
    rate = {"line": "farm_reading_room", "where": "653101", "from": 2023, "rate": 9_000}
    found = fm.compare(scenario({"rates": [rate]}), "as_written", inputs=old, against_inputs=new)
    with pytest.raises(fm.FiscalModelError, match="无法分解"):
        found.parts()
    cells = found.changed_inputs()
    assert cells["kind"].tolist() == ["cell", "cell", "rest"]
    assert cells["yuan"].isna().all()
    assert "有 2 格不能单独计算影响" in found.text("zh")
    assert "无法分解" in found.text("zh")


def test_cells_of_a_population_act_together(tables: Tables, scenario: Write) -> None:
    """Pupils follow the people aged 1 and older. 500 of 1,000 are, and a tenth dies: 900 are in
    2024, and 180 pupils. With 150 boys and girls of age 0 in place of 250 it is 720, 144 pupils.
    """
    follows = scenario(
        {
            "horizon": 2024,
            "projection": "hold",
            "beneficiaries": [{"beneficiary": "primary_pupil", "cohort": {"ages": "1+"}}],
        }
    )
    old, new = (
        counted(
            tables,
            ("652301", 2023, 100),
            population=[
                ["652301", 2023, sex, age, persons]
                for sex in ("male", "female")
                for age, persons in (("0", infants), ("1+", 250))
            ],
            vital_rates=[
                ["mortality", "", 2023, "both", "0+", 0.1],
                ["fertility", "", 2023, "female", "0+", 0],
            ],
        )
        for infants in (250, 150)
    )
    cells = fm.compare(follows, follows, inputs=old, against_inputs=new).changed_inputs()
    assert cells["kind"].tolist() == ["cell", "cell", "group"]
    assert cells["row"].tolist() == ["male:0", "female:0", ""]
    assert cells["yuan"].iloc[-1] == pytest.approx(-36 * PUPIL)


def test_tables_that_no_budget_rests_on_change_and_make_nothing(tables: Tables) -> None:
    """So does a source that is told otherwise not even that."""
    pupils = ["primary_pupil", "652301", 2023, 100]
    old = tables(beneficiaries=[pupils], fiscal_capacity=[["652301", 2023, 5, 7]])
    new = tables(beneficiaries=[pupils], fiscal_capacity=[["652301", 2023, 6, 7]])
    with (new / "beneficiaries.csv").open("w", encoding="utf-8") as file:
        file.write("beneficiary,place,year,count,source\nprimary_pupil,652301,2023,100,年报\n")
    found = fm.compare("as_written", "as_written", inputs=old, against_inputs=new)
    assert found.groups == ()
    row = only_row(found.changed_inputs())
    assert row[["table", "column", "before", "after", "yuan"]].tolist() == [
        "fiscal_capacity",
        "revenue",
        5,
        6,
        0,
    ]


def test_what_the_data_say_of_a_new_line_goes_with_the_line(
    tables: Tables, scenario: Write
) -> None:
    """300 pupils take the new bus at 500 yuan: 150,000 of new lines. 20 pupils more are of the
    data.
    """
    old = counted(tables, ("652301", 2023, 100))
    new = tables(
        beneficiaries=[["primary_pupil", "652301", 2023, 120], ["bus_pupil", "652301", 2023, 300]]
    )
    found = fm.compare("as_written", scenario({"new": BUS}), inputs=old, against_inputs=new)
    assert found.groups == ("data", "lines")
    assert found.parts("year").loc[2023].tolist() == pytest.approx([20 * PUPIL, 150_000])
    assert only_row(found.changed_inputs())["row"] == "primary_pupil"


def test_burdens_are_set_against_the_means_of_their_own_data(tables: Tables) -> None:
    """9,100 yuan of 65,000 and 840 of 10,500 for books where a share is told; a revenue that
    doubles halves the burden.
    """
    old, new = (
        counted(tables, ("652301", 2023, 100), fiscal_capacity=[["652301", 2023, revenue, None]])
        for revenue in (100_000, 200_000)
    )
    burden = fm.compare("as_written", "as_written", inputs=old, against_inputs=new).against(
        "revenue", "place"
    )
    assert burden.loc["652301", "b"] == pytest.approx(burden.loc["652301", "a"] / 2)


# Properties


def changed_world(rng: random.Random, world: World) -> World:
    """The same with other figures in some cells, some rows gone and a base amount or two moved."""
    counts, amounts, bases = dict(world.counts), dict(world.amounts), dict(world.bases)
    for cell in rng.sample(sorted(counts), 4):
        counts[cell] = rng.choice((0, 3, 900, 50_000))
    del counts[rng.choice([cell for cell in sorted(counts) if cell[2] == YEARS[-1]])]
    for cell in rng.sample(sorted(amounts), 2):
        amounts[cell] = rng.randint(0, 10**6)
    for place in rng.sample(COUNTIES, 2):
        bases[place] = rng.choice((10, 5_000, 10**5))
    return replace(world, counts=counts, amounts=amounts, bases=bases)


def write_inputs(folder: Path, world: World) -> Path:
    return write_tables(
        folder,
        {
            "amounts": [(*key, amount) for key, amount in world.amounts.items()],
            "beneficiaries": [(*key, count) for key, count in world.counts.items()],
            "bases_2015": [(1, place, base) for place, base in world.bases.items()],
        },
    )


def one_switched(world: World, other: World, cell: ChangedCell) -> World:
    """A world with one row as it is in the other."""
    tables = {"beneficiaries": "counts", "amounts": "amounts", "bases_2015": "bases"}
    name = tables[cell.table]
    key = cell.key[1] if name == "bases" else cell.key
    rows, others = dict(getattr(world, name)), getattr(other, name)
    rows.pop(key, None)
    if key in others:
        rows[key] = others[key]
    return replace(world, **{name: rows})


@pytest.mark.parametrize("seed", range(12))
def test_parts_and_cells_add_up_to_the_cent_in_random_pairs_of_worlds(
    seed: int, tmp_path: Path
) -> None:
    """Other data and another scenario: the parts are the whole in every cell, and what is told of
    cells and what is joint are the part of the data; there and back.

    What is told of a cell is what the files with that cell alone changed give: first of all and
    last of all, halved.
    """
    rng = random.Random(seed)
    old = tiny_world(rng)
    worlds = old, changed_world(rng, old)
    write_standard(tmp_path / "tiny", old)
    loaded = []
    for n in range(2):
        path = tmp_path / f"s{n}.yaml"
        path.write_text(
            json.dumps(text({"name": f"s{n}", "standard": "tiny", **tiny_scenario(rng)}))
        )
        loaded.append(load_scenario(path))

    def budget(n: int, of: World, name: str) -> fm.Budget:
        inputs = load_inputs(write_inputs(tmp_path / name, of), loaded[n][1])
        return fm.Budget.of(simulated(loaded[n][1], loaded[n][0], inputs))

    a, b = (budget(n, worlds[n], f"inputs{n}") for n in range(2))
    found = fm.compare(a, b)
    pair = found.decompositions[0]
    assert pair is not None
    assert found.groups[0] == "data"
    change = found.axes.fit(b)[0] - found.axes.fit(a)[0]
    for parts in (pair.parts, pair.stacked(rng.sample(list(found.groups), 1))):
        assert np.allclose(sum(parts.values()), change, rtol=0, atol=0.005)
    effects = found.effects("all")[0]
    assert effects is not None
    told = [np.nan_to_num(each.yuan) for each in effects.told]
    data = pair.parts["data"].sum(axis=(1, 2, 3))
    assert np.allclose(np.sum(told, axis=0) + effects.joint, data, rtol=0, atol=0.005)
    assert len(pair.vintages.cells) >= 6
    for effect in rng.sample(effects.told, 4):
        assert _is_as_simulated(effect, found, worlds, budget)
    back = fm.compare(b, a).effects("all")[0]
    assert back is not None
    there = {each.unit.cells[0].row: each.yuan for each in effects.told}
    for each in back.told:
        assert np.allclose(each.yuan, -there[each.unit.cells[0].row], rtol=0, atol=0.005)


def _is_as_simulated(
    effect: Effect,
    found: Any,
    worlds: tuple[World, World],
    budget: Callable[[int, World, str], fm.Budget],
) -> bool:
    (cell,) = effect.unit.cells
    fit = [found.axes.fit(each)[0].sum(axis=(1, 2, 3)) for each in found.budgets]
    name = "-".join(map(str, (cell.table, *cell.key))).replace(":", "-")
    first = budget(0, one_switched(*worlds, cell), f"first-{name}")
    last = budget(1, one_switched(*worlds[::-1], cell), f"last-{name}")
    first_in = found.axes.fit(first)[0].sum(axis=(1, 2, 3)) - fit[0]
    last_in = fit[1] - found.axes.fit(last)[0].sum(axis=(1, 2, 3))
    return np.allclose(effect.yuan, (first_in + last_in) / 2, rtol=0, atol=0.005)


WORLDS = (0, 7, 12)
"""Seeds of worlds in which scenarios meet every table; counts follow the population in some."""


@pytest.mark.parametrize("seed", WORLDS)
def test_what_is_told_of_many_cells_at_once_is_what_each_makes_alone(
    seed: int, tmp_path: Path
) -> None:
    """Every table with changed figures and rows that are gone: each cell, or group of cells, makes
    what a simulation of it alone says, first of all and last of all.
    """
    rng, before = random.Random(seed), world(seed, follows=seed % 3 == 0)
    after = {name: _varied(name, rows, rng) for name, rows in before.items()}
    known = ("baseline", "end_2015_base", *(() if "population" in before else ("as_written",)))
    found = fm.compare(
        *(rng.choice(known) for _ in range(2)),
        inputs=write_tables(tmp_path / "before", before),
        against_inputs=write_tables(tmp_path / "after", after),
    )
    pair, effects = found.decompositions[0], found.effects("all")[0]
    assert pair is not None
    assert effects is not None
    assert len(effects.told) >= 5
    span = Span(found.axes.years, asked=False)

    def yuan(end: Any, back: bool, rows: set[Any]) -> Any:
        inputs = pair.vintages.switched(rows, back) if rows else end.inputs
        budget = simulated(end.standard, end.scenario, inputs, span)
        return found.axes.fit(budget)[0].sum(axis=(1, 2, 3))

    ends = (pair.a, False), (pair.b, True)
    unchanged = [yuan(*end, set()) for end in ends]
    for effect in rng.sample(effects.told, min(8, len(effects.told))):
        first, last = (yuan(*end, {cell.row for cell in effect.unit.cells}) for end in ends)
        alone = (first - unchanged[0] + unchanged[1] - last) / 2
        assert np.allclose(effect.yuan, alone, rtol=0, atol=0.005), effect.unit.cells[0]
    total = np.sum([each.yuan for each in effects.told], axis=0) + effects.joint
    assert np.allclose(total, pair.parts["data"].sum(axis=(1, 2, 3)), rtol=0, atol=0.005)


def _varied(name: str, rows: list[list[Any]], rng: random.Random) -> list[list[Any]]:
    """Some figures halved or doubled, and some rows gone of tables that may lack them."""
    whole = ("bases_2015", "population", "vital_rates")
    out = [row for row in rows if name in whole or rng.random() > 0.08]
    return [
        [*row[:-1], row[-1] / 2 if rng.random() < 0.5 else row[-1] * 2]
        if name not in ("functions", "local_split") and not row[-1] % 2 and rng.random() < 0.4
        else row
        for row in out
    ]


# The command


def test_the_command_takes_data_of_each_side_and_writes_every_cell(
    tables: Tables, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = (counted(tables, ("652301", 2023, count)) for count in (100, 120))
    out = tmp_path / "cells.csv"
    words = ["compare", "as_written", "as_written", "--inputs", str(old)]
    assert main([*words, "--against-inputs", str(new), "--cells", str(out)]) == 0
    shown = capsys.readouterr().out
    assert "标准原文（inputs1） → 标准原文（inputs2）" in shown
    assert "中央：5.20 → 6.24，+1.04（+20.0%）［输入数据 +1.04］" in shown
    assert "输入数据变化 1 格：改动 1、新增 0、删除 0" in shown
    with out.open(encoding="utf-8-sig") as file:
        (row,) = csv.DictReader(file)
    assert (row["place"], row["place_name"], row["before"]) == ("652301", "昌吉市", "100.0")
    assert float(row["yuan"]) == 20 * PUPIL
    assert float(row["central"]) == 10_400
    assert main([*words, "--against-inputs", str(new), "--cells", str(new / "x.csv")]) == 1
    assert "FM-output-among-inputs" in capsys.readouterr().err
    with pytest.raises(SystemExit) as malformed:
        main([*words, "--cells", str(out)])
    assert malformed.value.code == 2


def test_last_month_s_file_stands_beside_this_month_s_data(
    tables: Tables, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of 65,000 central paid 52,000, of 78,000 it pays 62,400; why, no file of results can say."""
    old, new = (counted(tables, ("652301", 2023, count)) for count in (100, 120))
    out = tmp_path / "last.csv"
    assert main(["run", "as_written", "--inputs", str(old), "-o", str(out)]) == 0
    capsys.readouterr()
    assert main(["compare", str(out), "as_written", "--inputs", str(new)]) == 0
    shown = capsys.readouterr().out
    assert "last.csv（as_written） → 标准原文" in shown
    assert "中央：5.20 → 6.24，+1.04（+20.0%）\n" in shown
    assert "不分解原因" in shown
    assert main(["compare", str(out), "as_written", "-o", str(out)]) == 1
    assert main(["compare", str(out), str(out), "--inputs", str(new)]) == 1
    assert "FM-compared-inputs-unused" in capsys.readouterr().err
