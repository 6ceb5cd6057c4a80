"""The report workbook goes on calculating: recalculated by LibreOffice, and after random edits
still what the engine finds.
"""

from __future__ import annotations

import copy
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
import yaml
from conftest import write_tables
from openpyxl.formula import Tokenizer
from spreadsheet import (
    Cells,
    column_number,
    differing,
    needs_office,
    place_of,
    read,
    recalculated,
    relative,
)

import fiscal_model as fm
from fiscal_model.errors import FiscalModelError
from fiscal_model.inputs.read import load_inputs
from fiscal_model.report.calculation import column_of
from fiscal_model.report.columns import Tables
from fiscal_model.report.context import Report
from fiscal_model.report.layout import laid_out
from fiscal_model.report.model import Model, model_of
from fiscal_model.report.parameter_sheet import base_rows, county_rows
from fiscal_model.report.rounding import Printed, closing
from fiscal_model.report.sheet import Book
from fiscal_model.report.workbook import write_by_prefecture, write_report
from fiscal_model.run import simulated
from fiscal_model.scenario.read import load_scenario
from fiscal_model.standard.kinds import BaseAmount, Grant, PerHead, Shares
from fiscal_model.standard.kinds.leaf import Leaf
from fiscal_model.standard.splits import ByReading, Cases, Split, leaves
from fiscal_model.standard.words import split_data

CHANGJI, FUKANG, KASHGAR, SHUFU, AKSU, AWAT = (
    "652301",
    "652302",
    "653101",
    "653121",
    "652901",
    "652928",
)
PUPILS = ("primary_pupil", "junior_pupil", "compulsory_boarder", "special_education_pupil")
POOR = (
    "poor_primary_boarder",
    "poor_junior_boarder",
    "poor_primary_day",
    "poor_junior_day",
    "poor_special_pupil",
)
DATE = "2024-01-31"


@dataclass
class World:
    """Inputs and a scenario as an analyst would write them."""

    tables: dict[str, list[list[Any]]]
    scenario: dict[str, Any] = field(default_factory=dict)

    def budget(self, folder: Path) -> fm.Budget:
        """Simulates what is written into a new folder; an edit may change a rule that no reading in
        force asks for, so nothing is judged.
        """
        folder.mkdir(parents=True)
        path = folder / "trial.yaml"
        path.write_text(
            yaml.safe_dump({"name": "trial", **self.scenario}, allow_unicode=True, sort_keys=False),
            encoding="utf-8",
        )
        scenario, standard = load_scenario(path)
        return fm.Budget.of(
            simulated(
                standard,
                scenario,
                load_inputs(write_tables(folder / "inputs", self.tables), standard),
            )
        )


def counted(
    *names: str, places: tuple[str, ...], years: tuple[int, ...] = (2022, 2023)
) -> list[list[Any]]:
    """A count for every name, place and year, no two alike."""
    cells = [(name, place, year) for name in names for place in places for year in years]
    return [[*cell, 1000 + 137 * n] for n, cell in enumerate(cells)]


SOUTH = counted(*PUPILS, *POOR, places=(KASHGAR, SHUFU, CHANGJI))
BASES = [[item, "653100", amount] for item, amount in ((11, 900_000), (13, 700_000))]
READERS = {
    "grants": ["central", "region"],
    "rest": {"social": 1, "rest": 9, "of_rest": {"region": 3, "prefecture": 7}},
}
WORLDS = {
    "shares": World(
        {
            "beneficiaries": counted(*PUPILS[:2], places=(CHANGJI, FUKANG)),
            "amounts": [["local_textbooks", CHANGJI, 2022, 45_678.9]],
        }
    ),
    "base": World({"beneficiaries": SOUTH, "bases_2015": BASES}),
    "base_fixed": World(
        {"beneficiaries": SOUTH, "bases_2015": BASES},
        {"readings": {"11a": "fixed", "13c": "fixed", "13a": "whole_rate", "13b": "all_pupils"}},
    ),
    "base_changed": World(
        {"beneficiaries": SOUTH, "bases_2015": BASES},
        {
            "bases": [
                {"item": 11, "from": 2022, "growth": 0.05},
                {"item": 13, "from": 2022, "to": 2022, "amount": 333_333},
                {"item": 13, "from": 2023, "abolish": True},
            ]
        },
    ),
    "base_layers": World(
        {
            "beneficiaries": [*SOUTH, *counted("resident_pensioner", places=(CHANGJI, KASHGAR))],
            "bases_2015": BASES,
        },
        {
            "bases": [
                {"item": 11, "from": 2022, "abolish": True},
                {"item": 11, "where": "653100", "from": 2022, "phase_out": 3},
                {"item": 13, "from": 2022, "amount": 333_333},
                {"item": 13, "where": "653100", "from": 2022, "factor": 1.2},
            ],
            "rates": [
                {"line": "resident_pension_region", "from": "2022-07", "rate": 60},
                {
                    "line": "resident_pension_region",
                    "where": KASHGAR,
                    "from": "2022-03",
                    "to": "2023-06",
                    "rate": 75,
                },
            ],
        },
    ),
    "per_head": World({"beneficiaries": counted("preschool_child", places=(KASHGAR, CHANGJI))}),
    "per_head_cut": World(
        {"beneficiaries": counted("preschool_child", places=(KASHGAR, CHANGJI))},
        {
            "splits": [
                {
                    "item": 10,
                    "split": {
                        "per_head": {"region": 1900, "central": 1500},
                        "remainder": "prefecture",
                    },
                }
            ]
        },
    ),
    "grants": World(
        {
            "beneficiaries": counted("reading_room", places=(CHANGJI, FUKANG, KASHGAR)),
            "amounts": [
                *(["grant:77:central", "650000", year, 900_000 + year] for year in (2022, 2023)),
                *(
                    ["grant:77:region", place, year, 4_000_000]
                    for place in ("652300", KASHGAR)
                    for year in (2022, 2023)
                ),
            ],
        },
        {"splits": [{"item": 77, "split": READERS}]},
    ),
    "grant_missing": World(
        {
            "beneficiaries": counted("reading_room", places=(CHANGJI, KASHGAR)),
            "amounts": [["grant:77:central", CHANGJI, 2022, 500_000]],
        },
        {"splits": [{"item": 77, "split": READERS}]},
    ),
    "conditions": World(
        {
            "beneficiaries": counted(
                "nutrition_national_pupil",
                "nutrition_region_pupil",
                "nutrition_junior_class_pupil",
                "unemployment_benefit_month",
                places=(KASHGAR,),
            ),
            "amounts": [
                [line, KASHGAR, year, 1e6 + year]
                for line in ("relief_national", "relief_region", "relief_local")
                for year in (2022, 2023)
            ],
            "minimum_wage": [["653100", 2021, 1540], ["653100", 2023, 1700]],
        }
    ),
    "places": World(
        {
            "beneficiaries": counted(
                "disability_living_recipient",
                "disability_care_recipient",
                "family_reward_person",
                places=(AKSU, AWAT, KASHGAR),
            ),
            "rates": [
                ["disability_living", "652900", 2021, 90],
                ["disability_living", KASHGAR, 2021, 90],
                ["disability_care", "650000", 2021, 110],
            ],
        },
        {
            "extends": "baseline",
            "rates": [{"line": "disability_care", "from": "2022-07", "rate": 125}],
            "horizon": 2023,
        },
    ),
    "overlaps": World(
        {
            "beneficiaries": counted(
                "age_80_89",
                "hardship_old_person",
                "disability_care_recipient",
                places=(CHANGJI, KASHGAR),
            ),
            "rates": [
                ["hardship_old_age", "650000", 2021, 45],
                ["hardship_old_age", KASHGAR, 2023, 80],
                ["disability_care", "650000", 2021, 50],
            ],
            "overlaps": (
                [
                    ["age_80_89", "hardship_old_person", place, year, 40]
                    for place in (CHANGJI, KASHGAR)
                    for year in (2022, 2023)
                ]
                + [["disability_care_recipient", "age_80_89", CHANGJI, 2023, 25]]
            ),
        }
    ),
    "readings": World(
        {
            "beneficiaries": counted(
                "orphan",
                "disability_living_extension_recipient",
                "age_80_89",
                "hardship_old_person",
                places=(AWAT, KASHGAR),
            ),
            "rates": [
                ["orphan_living", "650000", 2021, 1200],
                ["disability_living_extension", "650000", 2021, 90],
                ["hardship_old_age", "650000", 2021, 80],
            ],
            "amounts": [
                [f"grant:7:{payer}", KASHGAR, year, 3_000_000]
                for payer in ("central", "region")
                for year in (2022, 2023)
            ],
            "overlaps": [["age_80_89", "hardship_old_person", KASHGAR, 2022, 40]],
        },
        {"readings": {"48a": "disability_subsidies"}},
    ),
    "held": World(
        {"beneficiaries": counted(*PUPILS[:2], places=(CHANGJI, FUKANG))},
        {"extends": "baseline", "horizon": 2025},
    ),
    "county_shares": World(
        {
            "beneficiaries": SOUTH,
            "bases_2015": BASES,
            "local_split": [["", "652300", 0.6], [11, "653100", 0.25], [13, KASHGAR, 0.5]],
        }
    ),
}
"""A world for every kind of split and every kind of input."""
QUICK = (
    "shares",
    "held",
    "base",
    "per_head_cut",
    "grants",
    "conditions",
    "overlaps",
    "readings",
    "county_shares",
    "base_layers",
)
"""Those that every run of the tests recalculates; the others wait for ``-m slow``."""


# edits


@dataclass
class Edit:
    """An input cell with its new value, and the same change made to a world."""

    sheet: str
    cell: str
    value: Any
    change: Callable[[World], None]


def address(reference: str) -> tuple[str, str]:
    sheet, cell = reference.rsplit("!", 1)
    return sheet.strip("'"), cell.replace("$", "")


def tables_of(model: Model) -> Tables:
    """The tables of the live sheets, each with its place."""
    book = Book(BytesIO(), "zh", datetime(2024, 1, 1), live=True)
    report = Report(book, model, model.budget, date(2024, 1, 1))
    laid_out(report)
    return report.tables


def edits(budget: fm.Budget, model: Model, layout: Tables, rng: random.Random) -> Iterator[Edit]:
    """Every input cell of a workbook that a scenario or the inputs can change too, with a new
    value.
    """
    yield from _quantity_edits(model, layout, rng)
    yield from _rate_edits(budget, model, layout, rng)
    yield from _rule_edits(budget, model, layout, rng)
    ended = {cap.key[0] for each in model.bases for cap in each.caps if cap.ended}
    for n, code in enumerate(model.rules.readings):
        reading = budget.standard.readings[code]
        if (
            reading.item in ended
            # what remains where a base amount has ended is fixed under the readings of the run, as
            # the sheet says
        ):
            continue
        option = rng.choice(
            [
                each
                for each in reading.options
                if each != budget.scenario.reading(code, reading.default)
            ]
        )
        yield Edit(*address(layout["readings"].cell("choice", n)), option, _reading(code, option))
    for n, (item, place) in enumerate(base_rows(model)):
        amount = rng.randint(100_000, 3_000_000)
        yield Edit(
            *address(layout["base_sums"].cell("amount", n)),
            amount,
            _row("bases_2015", (item, place), amount),
        )  # type: ignore[union-attr]
    for n, (item_code, place) in enumerate(county_rows(model)):
        share = rng.randint(1, 99) / 100
        item_key: Any = "" if item_code == "None" else int(item_code)
        yield Edit(
            *address(layout["county_shares"].cell("county", n)),
            share,
            _row("local_split", (item_key, place), share),
        )  # type: ignore[union-attr]
    for n, each in enumerate(model.inputs.overlaps):
        persons = rng.randint(1, 30)
        key = (each.first, each.other, each.place, budget.years[each.year])
        yield Edit(*address(layout["overlaps"].cell("persons", n)), persons, _overlap(key, persons))  # type: ignore[union-attr]


def _row(table: str, key: tuple[Any, ...], value: Any) -> Callable[[World], None]:
    def change(world: World) -> None:
        found = [row for row in world.tables[table] if tuple(row[:-1]) == key]
        assert len(found) == 1, (table, key)
        found[0][-1] = value

    return change


def _overlap(key: tuple[Any, ...], persons: int) -> Callable[[World], None]:
    def change(world: World) -> None:
        found = [
            row
            for row in world.tables["overlaps"]
            if {row[0], row[1]} == {key[0], key[1]} and tuple(row[2:4]) == key[2:]
        ]
        assert len(found) == 1, key
        found[0][-1] = persons

    return change


def _reading(code: str, option: str) -> Callable[[World], None]:
    def change(world: World) -> None:
        world.scenario.setdefault("readings", {})[code] = option

    return change


def _quantity_edits(model: Model, layout: Tables, rng: random.Random) -> Iterator[Edit]:
    for n, row in enumerate(model.inputs.quantities):
        for y, year in enumerate(model.budget.years):
            if row.kind != "net" and not row.projected[y] and row.values[y] == row.values[y]:
                value = int(row.values[y]) + rng.randint(1, 900)
                table = "beneficiaries" if row.kind == "count" else "amounts"
                yield Edit(
                    *address(layout["quantities"].cell(f"year:{year}", n)),
                    value,
                    _row(table, (row.series, row.place, year), value),
                )


def _rate_edits(
    budget: fm.Budget, model: Model, layout: Tables, rng: random.Random
) -> Iterator[Edit]:
    for n, row in enumerate(model.inputs.rates):
        for y, year in enumerate(budget.years):
            if row.line >= 0 and row.rate[y] == row.rate[y]:
                value = round(float(row.rate[y]) * rng.uniform(0.5, 1.5) + 1, 2)
                entry = {
                    "line": budget.program.lines[row.line].code,
                    "where": list(row.places),
                    "from": str(year),
                    "to": str(year),
                    "rate": value,
                }
                yield Edit(
                    *address(layout["rates"].cell(f"year:{year}", n)),
                    value,
                    lambda world, entry=entry: world.scenario.setdefault("rates", []).append(entry),
                )  # type: ignore[misc]


def _rule_edits(
    budget: fm.Budget, model: Model, layout: Tables, rng: random.Random
) -> Iterator[Edit]:
    """Weights and sums per head, of leaves that stand in one row only."""
    rows = [(n, k) for n, share in enumerate(model.rules.shares) for k in range(len(share.tiers))]
    heads = [
        (n, k)
        for n, share in enumerate(model.rules.shares)
        for k in range(len(share.values("per_head", "per_head")))
    ]
    for n, share in enumerate(model.rules.shares):
        if (
            share.is_open
            or sum(
                other.leaf == share.leaf and other.item == share.item
                for other in model.rules.shares
            )
            > 1
        ):
            continue
        entry = budget.program.rules.entries[share.source]
        tree = entry.split if entry else budget.standard.items[share.item].split
        found = [position for position, leaf in enumerate(leaves(tree)) if leaf == share.leaf]
        changed: Leaf
        if isinstance(share.leaf, PerHead):
            k = rng.randrange(len(share.leaf.yuan))
            yuan = list(share.leaf.yuan)
            sum_ = rng.randint(100, 2900)
            yuan[k] = (yuan[k][0], type(yuan[k][1])(sum_))
            changed, cell, value = (
                replace(share.leaf, yuan=tuple(yuan)),
                layout["stated:per_head:per_head"].cell("value", heads.index((n, k))),
                sum_,
            )  # type: ignore[union-attr]
        elif len(share.tiers) > 1 or len(share.tiers[0].weights) > 1:
            k = rng.randrange(len(share.tiers))
            tier = share.tiers[k]
            j = rng.randrange(len(tier.weights))
            weight = tier.weights[j][1] + rng.randint(1, 7)
            weights = tuple(
                (payer, weight if m == j else each) for m, (payer, each) in enumerate(tier.weights)
            )
            changed = _with_tier(share.leaf, k, weights)
            cell, value = (
                layout["weights"].cell(f"weight:{tier.weights[j][0]}", rows.index((n, k))),
                weight,
            )
        else:
            continue
        yield Edit(*address(cell), value, _leaf(share.item, bool(entry), tree, found, changed))


def _with_tier(leaf: Leaf, k: int, weights: tuple[tuple[str, int], ...]) -> Leaf:
    if isinstance(leaf, BaseAmount):
        due = _tier(leaf.due, k, weights)
        return replace(leaf, due=due, ratio=due)
    if isinstance(leaf, Grant):
        assert isinstance(leaf.rest, Shares)
        return replace(leaf, rest=_tier(leaf.rest, k, weights))
    assert isinstance(leaf, Shares)
    return _tier(leaf, k, weights)


def _tier(shares: Shares, k: int, weights: tuple[tuple[str, int], ...]) -> Shares:
    if k == 0:
        return replace(shares, weights=weights)
    assert shares.rest
    return replace(shares, rest=_tier(shares.rest, k - 1, weights))


def _leaf(
    item: int, in_scenario: bool, tree: Split, found: list[int], changed: Leaf
) -> Callable[[World], None]:
    """Puts another leaf into the split of an item; what was changed before stays."""

    def change(world: World) -> None:
        memory = world.scenario.setdefault("_leaves", {}).setdefault(item, (tree, {}))
        memory[1].update(dict.fromkeys(found, changed))
        data = plain(split_data(rebuilt(memory[0], iter(range(10**6)), memory[1])))
        entries = world.scenario.setdefault("splits", [])
        mine = next((entry for entry in entries if entry["item"] == item), None)
        if mine is None:
            entries.append({"item": item, "split": data})
        else:
            assert in_scenario or mine["split"] is not None
            mine["split"] = data

    return change


def rebuilt(split: Split, counter: Iterator[int], new: dict[int, Leaf]) -> Split:
    """A split with some of its leaves, counted in order, replaced."""
    if isinstance(split, Cases):
        return Cases(tuple((when, rebuilt(inner, counter, new)) for when, inner in split.branches))
    if isinstance(split, ByReading):
        return ByReading(
            split.reading,
            tuple((option, rebuilt(inner, counter, new)) for option, inner in split.options),
        )
    return new.get(next(counter), split)


def plain(data: Any) -> Any:
    """A split as a scenario file writes it."""
    if isinstance(data, dict):
        return {key: plain(value) for key, value in data.items() if key != "clause"}
    return [plain(each) for each in data] if isinstance(data, list) else data


@dataclass
class Edited:
    """A workbook with edited inputs, and the budget of the same changes."""

    path: Path
    model: Model
    layout: Tables
    after: fm.Budget
    count: int


def edited(
    name: str, original: Path, budget: fm.Budget, folder: Path, seed: int, most: int
) -> Edited:
    rng = random.Random(seed)
    model = model_of(budget)
    layout = tables_of(model)
    every = list(edits(budget, model, layout, rng))
    kinds = defaultdict(list)
    for each in every:
        kinds[each.sheet, each.cell.rstrip("0123456789")].append(each)
    # something of every kind of cell, then whatever comes
    chosen = [rng.choice(group) for group in kinds.values()]
    rest = [each for each in every if each not in chosen]
    chosen = (rng.sample(chosen, min(len(chosen), most)) + rng.sample(rest, min(len(rest), 3)))[
        : most + 3
    ]
    world = copy.deepcopy(WORLDS[name])
    book = openpyxl.load_workbook(original)
    for each in chosen:
        assert book[each.sheet][each.cell].fill.fgColor.rgb in ("FFFFF2CC", "FFE2EFDA"), (
            each.sheet,
            each.cell,
        )
        assert not book[each.sheet][each.cell].protection.locked
        book[each.sheet][each.cell].value = each.value
        each.change(world)
    world.scenario.pop("_leaves", None)
    path = folder / f"{name}-{seed}.xlsx"
    book.save(path)
    return Edited(path, model, layout, world.budget(folder / f"{name}-{seed}"), len(chosen))


def totals(budget: fm.Budget) -> dict[tuple[int, str, int, str], float]:
    """Yuan by item, place, year and payer."""
    out: dict[tuple[int, str, int, str], float] = defaultdict(float)
    for _, year, item, _, place, payer, amount in budget.rows():
        out[item, place, year, payer] += amount
    return out


def live_totals(
    cells: dict[str, Cells], model: Model, layout: Tables
) -> dict[tuple[int, str, int, str], float]:
    """The same, read off the calculation of a workbook."""
    calc = layout["calculation"]
    rows: dict[int, dict[int, Any]] = defaultdict(dict)
    for name, (_, value) in cells[calc.sheet].items():
        row, column = place_of(name)
        rows[row][column - 1] = value
    out: dict[tuple[int, str, int, str], float] = defaultdict(float)
    for n in range(len(model)):
        row = rows[calc.top + n + 1]
        for payer in model.final:
            amount = row[calc.at[column_of(model, payer)]]
            out[
                int(row[calc.at["item"]]), row[calc.at["code"]], int(row[calc.at["year"]]), payer
            ] += amount
    return out


def agree(live: dict[Any, float], engine: dict[Any, float]) -> list[tuple[Any, float, float]]:
    """Where two sets of totals differ by more than half a fen or a millionth."""
    keys = {*live, *engine}
    return [
        (key, live.get(key, 0.0), engine.get(key, 0.0))
        for key in keys
        if abs(live.get(key, 0.0) - engine.get(key, 0.0))
        > max(0.005, 1e-6 * abs(engine.get(key, 0.0)))
    ]


def verdict(cells: dict[str, Cells], label: str) -> Any:
    """The verdict of a line of the sheet of checks."""
    row = next(place_of(name)[0] for name, (_, value) in cells["检查"].items() if value == label)
    return cells["检查"][f"D{row}"][1]


@pytest.fixture(scope="module")
def budgets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, fm.Budget]:
    folder = tmp_path_factory.mktemp("worlds")
    return {name: world.budget(folder / name) for name, world in WORLDS.items()}


@pytest.fixture(scope="module")
def books(
    budgets: dict[str, fm.Budget], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("books")
    for name, budget in budgets.items():
        write_report(budget, folder / f"{name}.xlsx", "zh", DATE)
    return {name: folder / f"{name}.xlsx" for name in budgets}


@pytest.fixture(scope="module")
def parts(budgets: dict[str, fm.Budget], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Workbooks by prefecture of a grant that a region-wide sum governs."""
    return list(
        write_by_prefecture(
            budgets["grants"], tmp_path_factory.mktemp("parts") / "part.xlsx", "zh", DATE
        )
    )


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("embedded") / "2023.xlsx"
    write_report(
        fm.simulate("baseline", years=2023),
        path,
        "zh",
        DATE,
        [fm.simulate("as_written", years=2023)],
    )
    return path


@pytest.fixture(scope="module")
def opened(books: dict[str, Path], embedded: Path) -> dict[str, Any]:
    """Every workbook as openpyxl reads it."""
    return {path.stem: openpyxl.load_workbook(path) for path in (*books.values(), embedded)}


@dataclass
class Refereed:
    """Workbooks as written and as LibreOffice recalculates them, and the edited ones."""

    pairs: dict[str, tuple[Path, Path]]
    edited: list[tuple[Edited, Path]]


def referee(whole: dict[str, Path], changed: list[Edited], folder: Path) -> Refereed:
    """Recalculates all in one run."""
    found = recalculated([*whole.values(), *(each.path for each in changed)], folder)
    return Refereed(
        dict(zip(whole, zip(whole.values(), found, strict=False), strict=True)),
        list(zip(changed, found[len(whole) :], strict=True)),
    )


@pytest.fixture(scope="module")
def refereed(
    budgets: dict[str, fm.Budget],
    books: dict[str, Path],
    parts: list[Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Refereed:
    folder = tmp_path_factory.mktemp("edited")
    changed = [edited(name, books[name], budgets[name], folder, 1, 5) for name in QUICK]
    whole = {**{name: books[name] for name in QUICK}, parts[0].stem: parts[0]}
    return referee(whole, changed, tmp_path_factory.mktemp("office") / "out")


# formulas


@needs_office
@pytest.mark.parametrize("name", QUICK)
def test_every_formula_comes_to_its_stored_value(refereed: Refereed, name: str) -> None:
    holds(*refereed.pairs[name])


def holds(stored: Path, found: Path, least: int = 100) -> None:
    """Every formula of a fresh workbook comes to its stored value, and its checks are passed."""
    cells = read(found)
    checked, bad = differing(read(stored), cells)
    assert bad[:10] == []
    assert checked > least
    assert verdict(cells, "总检查") == "通过"
    assert verdict(cells, "测算后的输入") == "未改动"


@needs_office
def test_a_workbook_of_a_prefecture_counts_on_what_the_others_hold_against_a_common_sum(
    refereed: Refereed, parts: list[Path]
) -> None:
    assert len(parts) == 2
    holds(*refereed.pairs[parts[0].stem])


def follows(each: Edited, path: Path) -> None:
    """An edited workbook agrees with the engine and knows that it was edited."""
    cells = read(path)
    assert agree(live_totals(cells, each.model, each.layout), totals(each.after))[:5] == [], (
        path.name
    )
    assert verdict(cells, "总检查") == "通过", path.name
    assert verdict(cells, "测算后的输入") == "已改动", path.name


@needs_office
def test_after_random_edits_the_workbook_agrees_with_the_engine(refereed: Refereed) -> None:
    assert sum(each.count for each, _ in refereed.edited) >= 30
    for each, path in refereed.edited:
        follows(each, path)


@pytest.mark.slow
@needs_office
def test_every_formula_of_the_default_report_and_of_the_other_worlds(
    books: dict[str, Path], parts: list[Path], embedded: Path, tmp_path: Path
) -> None:
    path = tmp_path / "report.xlsx"
    write_report(fm.simulate(), path, "zh", DATE)
    whole = {
        **{name: books[name] for name in WORLDS if name not in QUICK},
        "part": parts[1],
        "embedded": embedded,
        "report": path,
    }
    for name, pair in referee(whole, [], tmp_path / "out").pairs.items():
        holds(*pair, least={"embedded": 20_000, "report": 200_000}.get(name, 100))


@pytest.mark.slow
@needs_office
def test_many_random_edits(
    budgets: dict[str, fm.Budget], books: dict[str, Path], tmp_path: Path
) -> None:
    changed = [
        edited(name, books[name], budgets[name], tmp_path, seed, 12)
        for name in WORLDS
        for seed in range(2, 6)
    ]
    for each, path in referee({}, changed, tmp_path / "out").edited:
        follows(each, path)


# what formulas look like

VOLATILE = re.compile(r"\b(OFFSET|INDIRECT|NOW|TODAY|RAND|RANDBETWEEN|CELL|INFO)\(")


def test_formulas_hold_no_constant_but_the_unit_and_are_not_volatile(
    books: dict[str, Path], embedded: Path
) -> None:
    seen = set()
    for path in (*books.values(), embedded):
        for cells in read(path).values():
            for formula in (formula for formula, _ in cells.values() if formula is not None):
                shape = re.sub(
                    r"\d+",
                    lambda match: (
                        "1" if match.start() and formula[match.start() - 1].isalpha() else match[0]  # noqa: B023
                    ),
                    formula,
                )
                if shape in seen:
                    continue
                seen.add(shape)
                assert not VOLATILE.search(formula), formula
                assert "[" not in formula, formula
                constants = {
                    token.value
                    for token in Tokenizer("=" + formula).items
                    if token.type == "OPERAND" and token.subtype == "NUMBER"
                }
                assert constants <= {"0", "1", "10000"}, formula
    assert len(seen) > 500


def test_one_pattern_fills_each_block(opened: dict[str, Any]) -> None:
    """A block is a run of formulas down a column in one format; the list of checks is none: every
    check is a formula of its own.
    """
    runs = 0
    for name, book in opened.items():
        for sheet in book:
            if sheet.title == "检查":
                continue
            for column in sheet.iter_cols():
                before: tuple[Any, str] | None = None
                for cell in column:
                    pattern = (
                        relative(str(cell.value), cell.coordinate) if cell.data_type == "f" else ""
                    )
                    now = (
                        (cell.style_id, pattern)
                        if "R" in pattern and pattern != cell.value
                        else None
                    )
                    if now and before and now[0] == before[0]:
                        assert now[1] == before[1], (name, sheet.title, cell.coordinate, cell.value)
                        runs += 1
                    before = now
    assert runs > 10_000


ACROSS = {"分级次分年": 4, "分项目": 8, "分地区": 6, "多年汇总": 4}


def test_one_pattern_runs_across_a_row_of_a_printed_table(opened: dict[str, Any]) -> None:
    checked = 0
    for sheet in opened["2023"]:
        first = ACROSS.get(sheet.title) or (9 if re.fullmatch(r"第\d+项", sheet.title) else 0)
        last = (
            sheet.max_column - 1 if sheet.title in ("分级次分年", "多年汇总") else sheet.max_column
        )
        for row in sheet.iter_rows(min_col=first, max_col=last) if first else ():
            patterns = {
                relative(str(cell.value), cell.coordinate) for cell in row if cell.data_type == "f"
            }
            assert len(patterns) <= 1, (sheet.title, row[0].coordinate)
            checked += len(patterns)
    assert checked > 500


def test_nothing_is_hidden_and_every_name_leads_to_a_cell(opened: dict[str, Any]) -> None:
    for book in opened.values():
        assert {sheet.sheet_state for sheet in book} == {"visible"}
        assert {"master_check", "as_run", "display_digits", "tolerance"} <= set(book.defined_names)
        for name, defined in book.defined_names.items():
            for sheet, cell in defined.destinations:
                assert book[sheet][cell.replace("$", "")].value is not None, name
    names = set(opened["base"].defined_names)
    assert {"reading_11a", "base_11_653100", "times_pubfund_primary"} <= names


def test_readings_are_chosen_from_a_list(opened: dict[str, Any]) -> None:
    sheet = opened["base"]["参数"]
    lists = [each for each in sheet.data_validations.dataValidation if each.type == "list"]
    assert (
        len(lists) == sum(name.startswith("reading_") for name in opened["base"].defined_names) >= 5
    )
    for each in lists:
        source = each.formula1.replace("$", "").lstrip("=")
        assert sheet[str(each.sqref)].value in [
            option.value for row in sheet[source] for option in row
        ]


# hand arithmetic


def test_the_weights_stand_as_they_are_written(opened: dict[str, Any]) -> None:
    """8:2, then the 2 as 3:7 (item 11, outside the south)."""
    sheet = opened["shares"]["参数"]
    heading = next(
        row for row in sheet.iter_rows() if row[0].value == "分担号" and row[3].value == "层次"
    )
    at = {str(cell.value): cell.column for cell in heading if cell.value}
    rows = [row for row in sheet.iter_rows(min_row=heading[0].row + 1) if row[1].value == 11]
    first, rest = rows[0], rows[1]
    assert (first[at["中央"] - 1].value, first[at["其余（下一层再分）"] - 1].value) == (8, 2)
    assert (rest[at["自治区本级"] - 1].value, rest[at["地县"] - 1].value) == (3, 7)


def test_the_closing_difference_is_what_rounding_leaves() -> None:
    """Three thirds of 100 show as 33.33 each, 99.99 together: 0.01 is left. Halves go away from
    zero: 2.675 and 2.675 show 5.36 beside 5.35.
    """
    assert closing(np.array([100.0]), np.full((3, 1), 100 / 3)).tolist() == [0.01]
    assert closing(np.array([5.35]), np.array([[2.675], [2.675]])).tolist() == [-0.01]


# plain numbers


@pytest.mark.parametrize(
    "edition", [Printed(), Printed(unit=1, decimals=0), Printed(decimals=4, closed=False)], ids=str
)
def test_the_edition_of_plain_numbers_shows_the_same_rounded_and_holds_no_formula(
    edition: Printed, budgets: dict[str, fm.Budget], books: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / "values.xlsx"
    write_report(budgets["county_shares"], path, "zh", DATE, values=edition)
    values, live = read(path), read(books["county_shares"])
    assert list(values) == list(live)
    assert not [
        name for cells in values.values() for name, (formula, _) in cells.items() if formula
    ]
    times, step = 10_000 / edition.unit, 10.0**-edition.decimals
    for sheet in ("分级次分年", "分项目", "分地区"):
        for name, (formula, value) in live[sheet].items():
            if formula and "ROUND" not in formula and isinstance(value, float):
                found = values[sheet][name][1]
                assert isinstance(found, float)
                # the sum of all years is that of the figures shown
                assert abs(found - value * times) < step * 1.000001, (
                    sheet,
                    name,
                )


def test_the_tables_of_plain_numbers_add_up_to_the_cent(
    budgets: dict[str, fm.Budget], tmp_path: Path
) -> None:
    """Cost is the sum of its columns in every row, and each total that of the prefectures below it;
    figures rounded alone would be off here and there.
    """
    path = tmp_path / "values.xlsx"
    fm.simulate("baseline", years=(2023, 2024)).to_excel(path, values=Printed())
    book = openpyxl.load_workbook(path, read_only=True)
    sums = 0
    for name in [name for name in book.sheetnames if name.startswith("第")]:
        total: list[Decimal] = []
        below = [Decimal(0)] * 6
        for row in book[name].iter_rows(values_only=True):
            if (
                len(row) < 14
                or not isinstance(row[8], int | float)
                or row[4] == "尾差（合计与小计分别取整）"
            ):
                continue
            money = [Decimal(str(value)) for value in row[8:14]]
            assert money[0] == sum(money[1:]), (name, row)
            if row[4] == "合计":
                assert not total or total == below, name
                total, below = money, [Decimal(0)] * 6
                sums += 1
            elif row[5] == "小计":
                below = [a + b for a, b in zip(below, money, strict=True)]
        assert total == below, name
    book.close()
    assert sums > 40


# one workbook a prefecture


def test_the_workbooks_of_the_prefectures_add_up_to_the_whole(
    budgets: dict[str, fm.Budget], tmp_path: Path
) -> None:
    budget = budgets["base"]
    paths = write_by_prefecture(budget, tmp_path / "part.xlsx", "zh", DATE)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "part-652300-昌吉回族自治州.xlsx",
        "part-653100-喀什地区.xlsx",
    ]
    found: dict[Any, float] = defaultdict(float)
    for path, places in zip(paths, ([CHANGJI], [KASHGAR, SHUFU]), strict=True):
        model = model_of(budget.only(places))
        part = live_totals(read(path), model, tables_of(model))
        assert {key[1] for key in part} == set(places)
        for key, amount in part.items():
            found[key] += amount
    assert agree(found, totals(budget)) == []


def test_the_workbooks_of_the_prefectures_are_all_written_or_none(
    budgets: dict[str, fm.Budget], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tmp_path / "part-652300-昌吉回族自治州.xlsx"
    before.write_text("old", encoding="utf-8")
    move = Path.replace

    def locked(self: Path, target: Path) -> Path:
        if "653100" in target.name and target.suffix == ".xlsx" and not target.name.startswith("."):
            raise PermissionError(13, "Permission denied")
        return move(self, target)

    monkeypatch.setattr(Path, "replace", locked)
    with pytest.raises(FiscalModelError) as caught:
        write_by_prefecture(budgets["base"], tmp_path / "part.xlsx", "zh", DATE)
    assert "653100" in str(caught.value)
    assert "关闭后重试" in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == [before.name]
    assert before.read_text(encoding="utf-8") == "old"


def test_column_numbers_are_those_of_a_spreadsheet() -> None:
    assert [column_number(name) for name in ("A", "Z", "AA", "XFD")] == [1, 26, 27, 16384]
