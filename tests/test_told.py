"""What is told beside the figures: every row acts, is refused or is told; gaps and unlikely figures are told in the same words by everything."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import write_tables
from told_worlds import Tables, world

import fiscal_model as fm
from fiscal_model.checking import check_paths
from fiscal_model.engine.project import Span
from fiscal_model.errors import Fault
from fiscal_model.inputs.read import load_inputs
from fiscal_model.scenario.read import load_scenario
from fiscal_model.simulation import simulated
from fiscal_model.standard.read import load_standard
from fiscal_model.told.doubts import MOST, shown
from fiscal_model.vocabulary import Text

Write = Callable[..., Path]
SEEDS = range(40)
FOLLOWS = "name: follows\nextends: baseline\nhorizon: 2028\nbeneficiaries:\n  - {beneficiary: primary_pupil, cohort: {ages: 6-11}}\n"
PUPILS = ("primary_pupil", "昌吉市")


def budget_of(folder: Path, tables: Tables, scenario: str, years: tuple[int, ...] | None = None) -> fm.Budget:
    """A scenario on some tables over some years, whatever years the tables hold."""
    loaded, standard = load_scenario(scenario)
    inputs = load_inputs(write_tables(folder, tables), standard)
    return simulated(standard, loaded, inputs, years and Span(years, asked=False))


def worlds(tmp_path: Path, seed: int) -> tuple[Tables, str, fm.Budget]:
    """A random world that is not refused, the scenario and the budget of it."""
    follows = tmp_path / "follows.yaml"
    follows.write_text(FOLLOWS, encoding="utf-8")
    scenario = ("as_written", "baseline", str(follows))[seed % 3]
    for n in range(10):
        tables = world(seed * 10 + n, scenario == str(follows))
        try:
            return tables, scenario, budget_of(tmp_path / f"{seed}-{n}", tables, scenario)
        except fm.FiscalModelError:
            continue
    raise AssertionError("every world was refused")


def figures(budget: fm.Budget) -> dict[tuple[Any, ...], float]:
    """Every amount that is not zero."""
    found = np.argwhere(budget.amounts != 0)
    lines = [line.code for line in budget.program.lines]
    return {
        (budget.payers[k], lines[i], budget.places[p], budget.years[y]): float(budget.amounts[k, i, p, y]) for k, i, p, y in found.tolist()
    }


def by_function(budget: fm.Budget) -> dict[Any, float]:
    """Totals by function and year where there are any."""
    table = budget.by("function", "year").stack()
    return {key: value for key, value in table.to_dict().items() if value > 0}


def moved(budget: fm.Budget) -> list[Any]:
    """What a row can move: every figure, and the population that counts follow."""
    path = budget.program.applied.population
    return [figures(budget), path.to_dataframe().fillna(-1).to_numpy().tolist() if path else None]


def known(budget: fm.Budget) -> set[tuple[str, str, int]]:
    """Every line, place and year that is costed, also at zero."""
    lines = [line.code for line in budget.program.lines]
    return {(lines[i], budget.places[p], budget.years[y]) for i, p, y in np.argwhere(budget.program.costed).tolist()}


# Properties


@pytest.mark.parametrize("seed", SEEDS)
def test_without_the_rows_that_act_on_nothing_every_figure_is_the_same(tmp_path: Path, seed: int) -> None:
    tables, scenario, budget = worlds(tmp_path, seed)
    unused = budget.told.unused.rows
    kept = {name: [row for row, idle in zip(rows, unused[name].tolist(), strict=True) if not idle] for name, rows in tables.items()}
    if not kept.get("beneficiaries") and not kept.get("amounts"):
        assert not budget.amounts.any()
        return
    other = budget_of(tmp_path / "kept", {name: rows for name, rows in kept.items() if rows}, scenario, budget.years)
    assert figures(other) == pytest.approx(figures(budget))
    assert known(other) == known(budget)
    assert by_function(other) == pytest.approx(by_function(budget))


CHANGES: Mapping[str, Sequence[Any]] = {
    "beneficiaries": (7,),
    "rates": (7,),
    "amounts": (0, 10**9),
    "bases_2015": (0, 10**12),
    "minimum_wage": (7,),
    "local_split": (0.7,),
    "overlaps": (20,),
    "vital_rates": (0.04,),
}
"""For each table values of which at least one moves a figure where a row acts: a grant above the cost is moved by 0 alone."""


@pytest.mark.parametrize("seed", SEEDS[:12])
@pytest.mark.parametrize("table", CHANGES)
def test_every_other_row_acts(tmp_path: Path, table: str, seed: int) -> None:
    tables, scenario, budget = worlds(tmp_path, seed)
    acting = np.flatnonzero(~budget.told.unused.rows[table]).tolist() if table in tables else []
    for n in acting[:: max(1, len(acting) // 4)]:
        results: list[list[Any]] = []
        for value in CHANGES[table]:
            rows = [[*row[:-1], value] if at == n else row for at, row in enumerate(tables[table])]
            try:
                results.append(moved(budget_of(tmp_path / f"{table}{n}{value}", {**tables, table: rows}, scenario, budget.years)))
            except fm.FiscalModelError:  # counts need one rate below them and are no fewer than those entitled to both: the row acts
                results.append([])
        assert any(each != moved(budget) for each in results), tables[table][n]


@pytest.mark.parametrize("seed", SEEDS)
def test_money_beside_the_budget_acts_where_it_stands_beside_a_figure(tmp_path: Path, seed: int) -> None:
    """Actuals act where something is projected beside them, advances where an allotment of their year has a cost of the item in the place."""
    tables, _, budget = worlds(tmp_path, seed)
    unused = budget.told.unused.rows
    if "actuals" in tables:
        beside = budget.beside_actuals()["projected"]
        for (item, place, year, payer, *_), idle in zip(tables["actuals"], unused["actuals"].tolist(), strict=True):
            assert idle == bool(np.isnan(beside[item, place, year, payer])), (item, place, year)
    if "advances" in tables:
        where = load_standard().places
        for (item, place, year, *_), idle in zip(tables["advances"], unused["advances"].tolist(), strict=True):
            costed = {p for line, p, y in known(budget) if y == year and budget.standard.lines[line].item == item}
            assert idle == (not costed & set(where.below(place))), (item, place, year)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_row_is_used_refused_or_told(tmp_path: Path, seed: int) -> None:
    """The account of a check adds up, and its rows that act on nothing are those of the lines that tell them."""
    tables, scenario, budget = worlds(tmp_path, seed)
    path = write_tables(tmp_path / "checked", tables)
    checked = check_paths([str(path)]) if scenario == "baseline" else None
    told = " ".join(fault.message.zh for fault in budget.told.unused.lines())
    lines = " ".join(fault.message.zh for fault in budget.told.doubts)
    for name, rows in tables.items():
        idle = int(budget.told.unused.rows[name].sum())
        of_table = sum(int(number.replace(",", "")) for number in re.findall(rf"（{name}）表有 ([\d,]+) 行不起作用", told))
        assert of_table == idle or (name == "beneficiaries" and of_table < idle and "有人数而缺少补助标准" in lines)
        if checked:
            account = next(each.zh for each in checked.fine if f"（{name}）" in each.zh)
            assert f"读到 {len(rows):,} 行：使用 {len(rows) - idle:,}" in account
            assert ("不起作用" in account) == bool(idle)


def test_many_things_are_told_in_few_lines_of_every_kind() -> None:
    doubts = {Fault("", Text(str(n), str(n))): kind for n, kind in enumerate(["a"] * 60 + ["b"] * 3 + ["c"])}
    lines = shown(doubts)
    assert len(lines) == MOST == 20
    # 19 stand: all 3 of b and the one of c, 15 of a; 45 of a are left.
    assert [doubts[line] for line in lines[:-1]] == ["a"] * 15 + ["b"] * 3 + ["c"]
    assert lines[-1].message == ("另有 45 条提示，属 1 类", "45 more of 1 kind")
    few = dict(list(doubts.items())[:20])
    assert shown(few) == tuple(few)
