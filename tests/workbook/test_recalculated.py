"""Every edition of the workbook, recalculated by a spreadsheet program: what it stores is what its
formulas come to, and after an edit what the engine finds.
"""

from __future__ import annotations

import copy
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from conftest import write_tables
from edited_workbooks import (
    DATE,
    Edit,
    _quantity_edits,
    _reading,
    _row,
    address,
    agree,
    live_totals,
    tables_of,
    totals,
)
from random_worlds import COUNTIES, PREFECTURES, TREE, random_world, written
from spreadsheet import Cells, Value, differing, needs_office, read, recalculated

import fiscal_model as fm
from fiscal_model.inputs.read import load_inputs
from fiscal_model.results.result import only
from fiscal_model.run import simulated
from fiscal_model.scenario.read import load_scenario
from fiscal_model.workbook.columns import Tables
from fiscal_model.workbook.model import Model, model_of
from fiscal_model.workbook.parameter_sheet import base_rows, county_rows
from fiscal_model.workbook.report import write_by_prefecture, write_report
from fiscal_model.workbook.rounding import Printed

EDITIONS = Path(__file__).parents[1] / "editions"
CHANGJI, KARAMAY, KASHGAR, SHUFU, SHACHE = "652301", "650200", "653101", "653121", "653125"


@dataclass
class World:
    """A standard in a folder of its own (the shipped one without), the rows of tables and the
    scenario that is named.
    """

    tables: dict[str, list[list[Any]]]
    scenario: dict[str, Any] = field(default_factory=dict)
    home: Path | None = None
    years: tuple[int, ...] | None = None

    def budget(self, folder: Path) -> fm.Budget:
        """Simulates what is written into a new folder."""
        if self.home:
            shutil.copytree(self.home, folder)
        folder.mkdir(exist_ok=True)
        path = folder / "top.yaml"
        path.write_text(
            yaml.safe_dump({"name": "top", **self.scenario}, allow_unicode=True), encoding="utf-8"
        )
        scenario, standard = load_scenario(path)
        return fm.Budget.of(
            simulated(
                standard,
                scenario,
                load_inputs(write_tables(folder / "tables", self.tables), standard),
                self.years,
            )
        )


def random_rows(seed: int, home: Path) -> World:
    """A random standard with counts of prefectures and of counties mixed, grants, base amounts and
    county shares.
    """
    rng = random.Random(seed)
    world = random_world(rng)
    # one beneficiary by county beside the other by prefecture
    if {place for _, place, _ in world.counts} <= {*PREFECTURES}:
        elders = {key: count for key, count in world.counts.items() if key[0] == "elder"}
        below = {top: [county for county in COUNTIES if TREE[county] == top] for top in PREFECTURES}
        world.counts = {key: count for key, count in world.counts.items() if key not in elders}
        world.counts |= {
            (name, county, year): n + k
            for (name, top, year), n in elders.items()
            for k, county in enumerate(below[top])
        }
    shares = [
        [item, place, rng.choice((0, 0.25, 0.5, 1))]
        for item in ("", 1)
        for place in TREE
        if rng.random() < 0.2
    ]
    with written(world) as (scenario, _):
        shutil.copytree(scenario.parent, home, ignore=shutil.ignore_patterns("inputs"))
    rows = {"beneficiaries": world.counts, "amounts": world.amounts, "rates": world.rates}
    tables: dict[str, list[list[Any]]] = {
        name: [[*key, value] for key, value in cells.items()] for name, cells in rows.items()
    }
    tables |= {
        "bases_2015": [[1, place, amount] for place, amount in world.bases.items()],
        "local_split": shares,
    }
    above = {"extends": f"s{len(world.scenarios) - 1}"} if world.scenarios else {}
    years = world.years if any(each.get("projection") for each in world.scenarios) else None
    return World(
        tables, {"standard": "tiny", "readings": dict(world.readings), **above}, home, years
    )


# county shares that act on some files, or on none


def pupils(*rows: tuple[str, int], shares: list[list[Any]]) -> World:
    return World(
        {
            "beneficiaries": [["primary_pupil", place, 2024, count] for place, count in rows],
            "local_split": shares,
        }
    )


DIVIDED = {
    "elsewhere": pupils((CHANGJI, 1000), (KARAMAY, 1000), shares=[[11, CHANGJI, 0.25]]),
    "nowhere": pupils((KARAMAY, 1000), shares=[[11, CHANGJI, 0.25], ["", SHACHE, 0.5]]),
    "item_without_counts": pupils((KARAMAY, 1000), shares=[[77, KARAMAY, 0.25]]),
    "hidden_by_a_nearer_one": pupils(
        (CHANGJI, 1000), shares=[[11, "652300", 0.9], [11, CHANGJI, 0.25]]
    ),
}
"""1,000 pupils at 725 yuan cost 72.5 (10,000 yuan): the local levels bear 20% × 7/10 of it, 10.15,
of which a county share of 0.25 is 2.5375.
"""
POOLED = {"地县": 10.15, "地（州、市）本级": 0.0, "县（市、区）级": 0.0}
# Of 10.15 the rule of item 11 gives 9.10, divided 75 : 25; the 1.05 of item 12 have no county
# share.
SPLIT = {"地县": 1.05, "地（州、市）本级": 6.825, "县（市、区）级": 2.275}
LOCAL = {
    "elsewhere-650200": POOLED,
    "elsewhere-652300": SPLIT,
    "nowhere": POOLED,
    "item_without_counts": POOLED,
    "hidden_by_a_nearer_one": SPLIT,
}

WANTED: dict[str, Callable[[Model], bool]] = {
    "a sum of which a file holds a part": lambda model: any(
        cap.elsewhere
        for each in parts(model)
        for of in (*each.grants, *each.bases)
        for cap in of.caps
    ),
    "base amount and grants": lambda model: bool(model.bases and model.grants),
    "a base amount that has ended": lambda model: any(
        cap.ended for each in model.bases for cap in each.caps
    ),
    "prefectures and counties mixed": (
        lambda model: (
            bool(model.grants) and len({code in PREFECTURES for code in model.budget.places}) > 1
        )
    ),
    "sums per head": lambda model: any(share.live.parameters for share in model.rules.shares),
}
"""What the random standards that every run of the tests recalculates have between them."""
HIGHLAND = World(
    {
        "beneficiaries": [["hostel_pupil", "H11", 2031, 100], ["hostel_pupil", "H21", 2031, 30]],
        "amounts": [["water_works", "H21", 2031, 10_000], ["grant:2:central", "H2", 2031, 4_000]],
        "local_split": [["", "H21", 0.4]],
    },
    {"extends": "highland", "standard": "highland_2030"},
)


def parts(model: Model) -> list[Model]:
    """The rows of the workbooks by prefecture."""
    tops = model.budget.labels["prefecture"]
    return [
        model_of(
            only(
                model.budget,
                [code for code, top in zip(model.budget.places, tops, strict=True) if top == each],
            )
        )
        for each in {*tops}
    ]


def seeds_wanted(folder: Path) -> tuple[int, ...]:
    """The first seeds that have something wanted which those before them lack."""
    missing, found = dict(WANTED), []
    for seed in range(200):
        model = model_of(random_rows(seed, folder / f"try{seed}").budget(folder / f"tried{seed}"))
        met = [name for name, has in missing.items() if len(model) and has(model)]
        if met:
            found.append(seed)
            missing = {name: has for name, has in missing.items() if name not in met}
        if not missing:
            break
    assert not missing
    return tuple(found)


@dataclass
class Edited:
    """The workbook of a world with some inputs changed, and the engine's result of the same
    changes.
    """

    model: Model
    layout: Tables
    after: fm.Budget


def edits(world: World, model: Model, layout: Tables, rng: random.Random) -> Iterator[Edit]:
    """Counts, amounts and grants, base amounts, county shares and readings. A count that later
    years follow otherwise than by holding it is left
    alone: those years are fixed at the run, as the sheet says.
    """
    fixed = [
        (row.projected & ~row.held & (row.values == row.values)).any()
        for row in model.inputs.quantities
    ]
    rows = [n for n, each in enumerate(fixed) if not each]
    top = layout["quantities"].top
    yield from (
        each
        for each in _quantity_edits(model, layout, rng)
        if int(each.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) - top - 1 in rows
    )
    supplied = {tuple(row[:2]) for row in world.tables.get("bases_2015", [])}
    for n, key in enumerate(base_rows(model)):
        if key in supplied:
            amount = rng.choice((0, 5, 10**4, 10**7))
            yield Edit(
                *address(layout["base_sums"].cell("amount", n)),
                amount,
                _row("bases_2015", key, amount),
            )
    for n, (series, place) in enumerate(county_rows(model)):
        share, item = rng.choice((0, 0.1, 0.7, 1)), "" if series == "None" else int(series)
        yield Edit(
            *address(layout["county_shares"].cell("county", n)),
            share,
            _row("local_split", (item, place), share),
        )
    for n, code in enumerate(model.rules.readings):
        now = model.budget.scenario.reading(code, model.budget.standard.readings[code].default)
        option = next(each for each in model.budget.standard.readings[code].options if each != now)
        yield Edit(*address(layout["readings"].cell("choice", n)), option, _reading(code, option))


def edited(world: World, budget: fm.Budget, original: Path, target: Path, seed: int) -> Edited:
    """One edit of every kind of cell, and some more."""
    rng = random.Random(seed)
    model = model_of(budget)
    layout = tables_of(model)
    every = list(edits(world, model, layout, rng))
    kinds: dict[tuple[str, str], Edit] = {}
    for each in rng.sample(every, len(every)):
        kinds.setdefault((each.sheet, each.cell.rstrip("0123456789")), each)
    chosen = {
        (each.sheet, each.cell): each
        for each in (*kinds.values(), *rng.sample(every, min(3, len(every))))
    }
    changed, book = copy.deepcopy(world), openpyxl.load_workbook(original)
    for (sheet, cell), each in chosen.items():
        book[sheet][cell].value = each.value
        each.change(changed)  # type: ignore[arg-type]
    book.save(target)
    return Edited(model, layout, changed.budget(target.with_suffix("")))


@dataclass
class Recalculated:
    """Workbooks by name, as written and as recalculated, and the edited ones."""

    pairs: dict[str, tuple[dict[str, Cells], dict[str, Cells]]]
    edited: dict[str, tuple[Edited, dict[str, Cells]]]


def worlds_recalculated(seeds: tuple[int, ...], folder: Path, others: bool) -> Recalculated:
    """Live workbooks in both languages, those of each prefecture, and edited ones: all in one
    run.
    """
    paths: list[Path] = []
    changed: dict[str, Edited] = {}
    for seed in seeds:
        world = random_rows(seed, folder / f"standard{seed}")
        budget = world.budget(folder / f"world{seed}")
        whole = folder / f"random{seed}.xlsx"
        write_report(budget, whole, "zh", DATE, [budget] if seed % 2 else [])
        paths += [
            whole,
            *write_by_prefecture(
                budget, folder / f"part{seed}.xlsx", "en" if seed % 2 else "zh", DATE
            ),
        ]
        changed[f"edited{seed}"] = edited(world, budget, whole, folder / f"edited{seed}.xlsx", seed)
    if others:
        for name, world in DIVIDED.items():
            budget = world.budget(folder / name)
            if name == "elsewhere":
                paths += write_by_prefecture(budget, folder / f"{name}.xlsx", "zh", DATE)
            else:
                write_report(budget, folder / f"{name}.xlsx", "zh", DATE)
                paths.append(folder / f"{name}.xlsx")
        shutil.copytree(EDITIONS, folder / "editions")
        budget = World(HIGHLAND.tables, HIGHLAND.scenario, folder / "editions").budget(
            folder / "highland"
        )
        for name, values in (
            ("highland", None),
            ("plain", Printed()),
            ("half_up", Printed(closed=False)),
        ):
            write_report(budget, folder / f"{name}.xlsx", "en", DATE, values=values)
            paths.append(folder / f"{name}.xlsx")
    found = recalculated(
        [*paths, *(folder / f"{name}.xlsx" for name in changed)], folder / "office", timeout=3000
    )
    pairs = {path.stem: (read(path), read(done)) for path, done in zip(paths, found, strict=False)}
    return Recalculated(
        pairs,
        {name: (each, read(folder / "office" / f"{name}.xlsx")) for name, each in changed.items()},
    )


NOTHING_LOCAL = 101
"""A standard in which no rule has a local part, with county shares: they divide nothing."""
STARTS_LATE = 127
"""Counts that begin later in one place than in another: no growth from a year without a figure."""


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Recalculated:
    seeds = seeds_wanted(tmp_path_factory.mktemp("tried"))
    return worlds_recalculated(
        (*seeds, NOTHING_LOCAL, STARTS_LATE), tmp_path_factory.mktemp("quick"), others=True
    )


def holds(name: str, stored: dict[str, Cells], found: dict[str, Cells]) -> None:
    """Every formula comes to what is stored; no check fails and no input is said to be changed."""
    _, bad = differing(stored, found)
    assert [each for each in bad if not on_the_edge(stored, *each)][:5] == [], name
    assert verdicts(found) & {"不符", "FAILED", "已改动", "changed"} == set(), name


def on_the_edge(stored: dict[str, Cells], sheet: str, cell: str, one: Value, other: Value) -> bool:
    """Whether a closing difference is off because a figure below it lies half way between two cents
    and may be rounded either way.
    """
    closing = "display_digits" in (stored[sheet][cell][0] or "")
    return (
        closing and isinstance(one, float) and isinstance(other, float) and abs(one - other) < 0.025
    )


def verdicts(cells: dict[str, Cells]) -> set[Any]:
    """The words in the column of results of the sheet of checks."""
    sheet = cells.get("检查") or cells["Checks"]
    return {value for name, (_, value) in sheet.items() if name.startswith("D")}


def follows(name: str, each: Edited, found: dict[str, Cells]) -> None:
    """An edited workbook comes to what the engine finds with the inputs edited, and its checks are
    passed.
    """
    assert agree(live_totals(found, each.model, each.layout), totals(each.after))[:5] == [], name
    assert "不符" not in verdicts(found), name


@needs_office
def test_every_formula_of_every_edition_comes_to_its_stored_value(quick: Recalculated) -> None:
    assert len(quick.pairs) > 15
    for name, pair in quick.pairs.items():
        holds(name, *pair)


@needs_office
def test_edited_workbooks_of_random_standards_agree_with_the_engine(quick: Recalculated) -> None:
    for name, (each, found) in quick.edited.items():
        follows(name, each, found)


@needs_office
@pytest.mark.parametrize("name", LOCAL)
def test_the_local_share_is_counted_once(quick: Recalculated, name: str) -> None:
    stem = next(each for each in quick.pairs if each.startswith(name))
    for cells in quick.pairs[stem]:
        sheet = cells["分级次分年"]
        rows = {
            value: sheet[f"D{at[1:]}"][1] for at, (_, value) in sheet.items() if at.startswith("C")
        }
        assert {payer: rows[payer] for payer in LOCAL[name]} == pytest.approx(LOCAL[name])


@needs_office
def test_a_county_share_that_acts_on_no_row_is_no_input_of_the_workbook(
    quick: Recalculated,
) -> None:
    """Of two county shares the nearer acts; those of other items and places act on nothing: a cell
    whose change changes nothing misleads.
    """
    shown = {
        name: [value for _, value in quick.pairs[name][0]["参数"].values()].count("县级比例")
        for name in ("nowhere", "item_without_counts")
    }
    assert shown == {"nowhere": 0, "item_without_counts": 0}
    nearer = quick.pairs["hidden_by_a_nearer_one"][0]["参数"]
    assert [value for _, value in nearer.values() if value in (0.9, 0.25)] == [0.25]


@needs_office
def test_an_edition_of_plain_numbers_opens_as_it_was_written(quick: Recalculated) -> None:
    for name in ("plain", "half_up"):
        stored, found = quick.pairs[name]
        assert not [
            cell for cells in stored.values() for cell, (formula, _) in cells.items() if formula
        ]
        for sheet, cells in stored.items():
            numbers = {
                cell: value for cell, (_, value) in cells.items() if isinstance(value, float)
            }
            assert {cell: found[sheet][cell][1] for cell in numbers} == pytest.approx(numbers), (
                sheet
            )


@pytest.mark.slow
@needs_office
def test_many_random_standards_recalculated(tmp_path: Path) -> None:
    found = worlds_recalculated(tuple(range(100, 140)), tmp_path, others=False)
    for name, pair in found.pairs.items():
        holds(name, *pair)
    for name, (each, cells) in found.edited.items():
        follows(name, each, cells)
