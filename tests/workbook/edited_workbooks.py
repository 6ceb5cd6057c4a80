"""Inputs and scenarios as an analyst would write them, and random edits of their live workbooks: each
an edit of a cell and of what the engine is given.
"""

from __future__ import annotations

import copy
import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import yaml
from conftest import write_tables
from spreadsheet import (
    Cells,
    place_of,
)

import fiscal_model as fm
from fiscal_model.inputs.read import load_inputs
from fiscal_model.run import simulated
from fiscal_model.scenario.read import load_scenario
from fiscal_model.standard.kinds import BaseAmount, Grant, PerHead, Shares
from fiscal_model.standard.kinds.leaf import Leaf
from fiscal_model.standard.splits import ByReading, Cases, Split, leaves
from fiscal_model.standard.words import split_data
from fiscal_model.workbook.calculation import column_of
from fiscal_model.workbook.columns import Tables
from fiscal_model.workbook.context import Report
from fiscal_model.workbook.layout import laid_out
from fiscal_model.workbook.model import Model, model_of
from fiscal_model.workbook.parameter_sheet import base_rows, county_rows
from fiscal_model.workbook.sheet import Book

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
