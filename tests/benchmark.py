"""How fast the engine is, as ratios within one run: ``python tests/benchmark.py``.
The whole catalogue × 96 counties × 15 years is simulated by the engine, by the same rules written
by hand in numpy (term by term) and in pandas (merge, multiply, group). All three must agree. Then
the live workbook is set against writing the same cells with the library alone, and cold commands
against importing the libraries they need.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
import unittest.mock
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter
from conftest import write_tables
from xlsxwriter.format import Format

import fiscal_model as fm
from fiscal_model.engine.program import compile_program
from fiscal_model.engine.simulate import amounts
from fiscal_model.explorer.study import Study
from fiscal_model.face import Budget, simulate
from fiscal_model.inputs.read import read_inputs
from fiscal_model.run import result_of
from fiscal_model.scenario.read import load_scenario
from fiscal_model.standard.rules import Standard
from fiscal_model.workbook.report import write_report

YEARS = tuple(range(2021, 2036))
RUNS = 15
PAYERS = (
    "central",
    "region",
    "prefecture",
    "fund",
    "employer",
    "individual",
    "social",
    "unallocated",
)
WHOLE = {
    "central": [
        "hiv_followup",
        "hiv_prevention",
        "pay_survey_national",
        "resident_pension_national",
    ],
    "region": ["pay_survey_region"],
    "prefecture": [
        "labour_relations_other",
        "resident_pension_account_shortfall",
        "resident_pension_local_raise",
    ],
    "fund": [
        "unemployment_benefit",
        "maternity_allowance",
        "maternity_medical",
        "injury_benefits_fund",
        "employee_medical_benefits",
        "resident_medical_benefits",
        "employee_pension",
        "resident_pension_account",
    ],
    "employer": [
        "maternity_contributions",
        "injury_contributions",
        "injury_benefits_employer",
        "employee_medical_employer",
    ],
    "individual": ["employee_medical_individual", "resident_medical_individual"],
}
"""Lines that one payer bears; what the text leaves open, and costs beside a grant that nobody
supplied, are unallocated.
"""
RULED = (10, 11, 12, 13, 14, 58, 60)


def made_up(standard: Standard, folder: Path) -> tuple[Path, list[str]]:
    """Counts for every beneficiary, amounts, rates, wages and base amounts in every county and
    year.
    """
    rng = np.random.default_rng(1)
    places = standard.places
    counties = [code for code in places.leaves(places.root) if code not in places.lives]
    south = [c for c in counties if standard.places.mask(["south4"])[standard.places.index[c]]]
    lines = standard.lines.values()
    rows = {
        "beneficiaries": [
            (b, c, y, int(rng.integers(0, 50_000)))
            for b in standard.beneficiaries
            for c in counties
            for y in YEARS
        ],
        "amounts": [
            (line.code, c, y, int(rng.integers(0, 10**7)))
            for line in lines
            if line.is_amount
            for c in counties
            for y in YEARS
        ],
        "rates": [
            (line.code, "650000", 2021, 100)
            for line in lines
            if not line.is_amount and not line.rates
        ],
        "minimum_wage": [(c, 2021, int(rng.integers(1540, 1900))) for c in counties],
        "bases_2015": [
            (item, c, int(rng.integers(10**6, 10**7))) for item in (11, 13) for c in south
        ],
    }
    return write_tables(folder, rows), counties


def reforms(folder: Path) -> list[Path]:
    """Nine scenarios that change a rate, a split and a base amount each."""
    paths = [folder / f"reform{n}.yaml" for n in range(9)]
    for n, path in enumerate(paths):
        path.write_text(
            f"name: reform{n}\nrates: [{{line: pubfund_primary, from: 2025, rate:"
            f" {700 + n}}}]\nsplits: [{{item: 31, from: 2026, split: {{central: 80, region:"
            f" {6 + n}, prefecture: 14}}}}]\nbases: [{{item: 11, where: south4, from: 2027, factor:"
            f" 1.{n + 1}}}]\n"
        )
    return paths


class ByHand:
    """The rules of the text as someone would write them in numpy: one division after another."""

    def __init__(
        self,
        standard: Standard,
        counties: list[str],
        quantity: np.ndarray,
        unit: np.ndarray,
        bases: dict[int, np.ndarray],
    ) -> None:
        self.at = {line.code: i for i, line in enumerate(standard.lines.values())}
        self.items: dict[int, list[int]] = {}
        for line in standard.lines.values():
            self.items.setdefault(line.item, []).append(self.at[line.code])
        mask = standard.places.mask
        index = [standard.places.index[c] for c in counties]
        self.south, self.all_region = (
            mask(["south4"])[index],
            mask(["south3", "652927", "652929"])[index],
        )
        self.half = mask(["652928"])[index]
        self.quantity, self.unit, self.bases = quantity, unit, bases

    def __call__(self) -> np.ndarray:
        cost = self.quantity * self.unit
        out = np.zeros((len(PAYERS), *cost.shape))
        central, region, prefecture, *_, unallocated = out
        south, items = self.south[:, None], self.items
        readers, paid = (
            self.at["preschool_readers"],
            [i for i in items[10] if i != self.at["preschool_readers"]],
        )
        region[readers] = cost[readers]
        for i in paid:
            fixed = np.where(south, 2154.0, 916.0) / 2670.0
            region[i] = cost[i] * fixed
            prefecture[i] = cost[i] * (1 - fixed)
        central[items[11]] = cost[items[11]] * 0.8
        self.with_base(11, cost[items[11]] * 0.2, 0.7, region, prefecture)
        region[items[12]] = cost[items[12]] * 0.9
        prefecture[items[12]] = cost[items[12]] * 0.1
        raised = (
            np.array([250.0, 250.0, 125.0, 125.0, 250.0])[:, None, None] * self.quantity[items[13]]
        )
        central[items[13]] = (cost[items[13]] - raised) * 0.5
        self.with_base(13, (cost[items[13]] - raised) * 0.5 + raised, 0.3, region, prefecture)
        central[items[14][0]] = cost[items[14][0]]
        region[items[14][1:]] = cost[items[14][1:]]
        unallocated[items[58][:2]] = cost[items[58][:2]]
        prefecture[items[58][2]] = cost[items[58][2]]
        named, extended = items[60][:2], items[60][2:]
        region[named] = (
            cost[named] * np.where(self.all_region, 1.0, np.where(self.half, 0.5, 0.0))[:, None]
        )
        prefecture[named] = cost[named] * np.where(self.half, 0.5, 0.0)[:, None]
        prefecture[extended] = (
            cost[extended] * np.where(self.all_region | self.half, 1.0, 0.0)[:, None]
        )
        unallocated[items[60]] = (
            cost[items[60]] * np.where(self.all_region | self.half, 0.0, 1.0)[:, None]
        )
        rest = {i for item, lines in items.items() if item not in RULED for i in lines}
        for payer, codes in WHOLE.items():
            lines = [self.at[code] for code in codes]
            out[PAYERS.index(payer), lines] = cost[lines]
            rest -= set(lines)
        unallocated[list(rest)] = cost[list(rest)]
        return out

    def with_base(
        self, item: int, part: np.ndarray, share: float, region: np.ndarray, prefecture: np.ndarray
    ) -> None:
        """The region's part of an item: by ratio, in the south at most the base amount."""
        due = part.sum(axis=0) * share
        pays = np.where(self.south[:, None], np.minimum(due, self.bases[item][:, None]), due)
        local = part * np.divide(pays, part.sum(axis=0), out=np.zeros_like(pays), where=due > 0)
        prefecture[self.items[item]] = local
        region[self.items[item]] = part - local


def in_pandas(counts: pd.DataFrame, rules: pd.DataFrame, bases: pd.DataFrame) -> pd.Series[float]:
    """The same rules as tables: merge counts with yuan per unit and payer, multiply, hold the base
    amounts, group.
    """
    cells = counts.merge(rules, on=["line", "place"])
    cells["amount"] = cells["quantity"] * cells["yuan"]
    local = cells[(cells["payer"] == "prefecture") & cells["item"].isin((11, 13))]
    due = local.groupby(["item", "place", "year"])["amount"].sum().rename("due").reset_index()
    held = due.merge(bases, on=["item", "place"])
    held["kept"] = np.minimum(held["base"], held["due"]) / held["due"].where(held["due"] > 0, 1)
    cells = cells.merge(
        held[["item", "place", "year", "kept"]], on=["item", "place", "year"], how="left"
    ).fillna({"kept": 1.0})
    above = cells[(cells["payer"] == "prefecture") & (cells["kept"] < 1)].copy()
    above["amount"] *= 1 - above["kept"]
    above["payer"] = "region"
    cells.loc[cells["payer"] == "prefecture", "amount"] *= cells["kept"]
    return pd.concat([cells, above]).groupby(["payer", "line", "place", "year"])["amount"].sum()


def median(action: Callable[[], Any], runs: int = RUNS) -> float:
    """Median seconds, after one run that does not count."""
    action()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def cold(*command: str) -> float:
    """Median seconds of a whole process."""
    return median(lambda: subprocess.run(command, check=True, capture_output=True), 5)


def main() -> None:
    """Prints the ratios."""
    scenario, standard = load_scenario("as_written")
    with tempfile.TemporaryDirectory() as name:
        folder, counties = made_up(standard, Path(name) / "inputs")
        reading = time.perf_counter()
        inputs = read_inputs(folder, standard)
        reading = time.perf_counter() - reading
        program = compile_program(standard, scenario, inputs)
        counties = list(program.places)
        found = amounts(program)
        bases = {
            item: np.array([_base(inputs.bases, item, standard.places.index[c]) for c in counties])
            for item in (11, 13)
        }
        by_hand = ByHand(standard, counties, program.quantity, np.nan_to_num(program.unit), bases)
        assert program.payers == PAYERS
        assert np.allclose(found, by_hand(), rtol=1e-9, atol=1e-6)
        counts, rules, base_rows = _frames(program, counties, bases)
        table = in_pandas(counts, rules, base_rows)
        assert np.isclose(table.sum(), found.sum(), rtol=1e-9)
        assert np.allclose(
            table.groupby(level="payer").sum().reindex(PAYERS, fill_value=0.0),
            found.sum(axis=(1, 2, 3)),
            rtol=1e-9,
        )
        engine, numpy_time = median(lambda: amounts(program)), median(by_hand)
        compiling = median(lambda: compile_program(standard, scenario, inputs), 5)
        pandas_time = median(lambda: in_pandas(counts, rules, base_rows), 3)
        cells = found.size
        print(
            f"{len(program.lines)} lines x {len(counties)} counties x {len(YEARS)} years x"
            f" {len(PAYERS)} payers = {cells:,} cells"
        )
        print(
            f"engine / numpy by hand:            {engine / numpy_time:6.2f}   ({engine * 1e3:.1f}"
            f" ms, {engine / cells * 1e9:.1f} ns a cell)"
        )
        print(
            f"compile and engine / numpy:        {(engine + compiling) / numpy_time:6.2f}  "
            f" (compiling {compiling * 1e3:.1f} ms)"
        )
        print(f"pandas / engine:                   {pandas_time / engine:6.1f}")
        print(f"pandas / compile and engine:       {pandas_time / (engine + compiling):6.1f}")
        print(
            f"reading {sum(map(len, inputs.tables.values())):,} rows / pandas.read_csv: "
            f" {reading / _plain_reading(folder):6.1f}"
        )
        names = reforms(Path(name))
        one = median(lambda: result_of(standard, scenario, inputs), 3)
        before = Budget.of(result_of(standard, scenario, inputs))
        ten = median(lambda: fm.compare(before, *names).by("payer", "year", "item", "place"), 1)
        why = median(lambda: fm.compare(before, names[0]).parts("payer", "year"), 1)
        print(
            f"ten scenarios side by side / one run: {ten / one:5.1f}   ({ten:.1f} s by payer, year,"
            " item and place)"
        )
        print(f"why one differs (8 mixtures) / one run: {why / one:3.1f}   ({why:.1f} s)")
        move = moving(folder)
        print(
            f"one control of the explorer / one run: {move / one:4.2f}   ({move * 1e3:.0f} ms, all"
            " items shown)"
        )
        out = str(Path(name) / "out.csv")
        libraries = cold(sys.executable, "-c", "import numpy, yaml")
        print(
            "cold run / import numpy, yaml:    "
            f" {cold(sys.executable, '-m', 'fiscal_model', 'run', 'as_written', '-o', out) / libraries:6.2f}"
        )
        print(f"live workbook / bare writer:       {writing(catalogue()):6.2f}")
        argparse_only = cold(sys.executable, "-c", "import argparse")
        print(
            "cold --help / import argparse:    "
            f" {cold(sys.executable, '-m', 'fiscal_model', '--help') / argparse_only:6.2f}"
        )


def moving(folder: Path) -> float:
    """Seconds from a moved control to new figures, with every item shown; each run moves the
    centre's share of item 11 elsewhere.
    """
    study = Study(folder)
    first = study.first_choice("as_written", "as_written")
    choice = replace(first, items=study.items("as_written"), start=YEARS[-5])
    values = count(1)
    return median(
        lambda: study.figures(replace(choice, moves={"share:11:central": next(values) / 100}))
    )


def catalogue() -> Budget:
    """The whole catalogue on the embedded data, as many years as make a workbook of some 100,000
    formulas.
    """
    return simulate("baseline", years=range(2021, 2025))


def writing(budget: Budget) -> float:
    """Seconds to write the live workbook over those to write the same cells, in the same formats,
    by the library alone.
    """
    recorded: list[tuple[str, list[tuple[str, tuple[Any, ...]]]]] = []
    looks: dict[Any, dict[str, Any]] = {}
    keep = {
        name: getattr(xlsxwriter.worksheet.Worksheet, name)
        for name in ("write_string", "write_number", "write_formula")
    }
    add, form = xlsxwriter.Workbook.add_worksheet, xlsxwriter.Workbook.add_format

    def added(self: Any, name: str, *rest: Any) -> Any:
        recorded.append((name, []))
        sheet = add(self, name, *rest)
        sheet.recorded = recorded[-1][1]
        return sheet

    def formed(self: Any, look: dict[str, Any]) -> Any:
        out = form(self, look)
        if "xf_index" not in look:
            looks[out] = look
        return out

    def noting(name: str) -> Any:
        def call(self: Any, *cell: Any) -> Any:
            self.recorded.append((name, cell))
            return keep[name](self, *cell)

        return call

    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "report.xlsx"
        ours = median(lambda: write_report(budget, target, "zh", "2024-01-31"), 3)
        with (
            unittest.mock.patch.multiple(
                xlsxwriter.worksheet.Worksheet, **{name: noting(name) for name in keep}
            ),
            unittest.mock.patch.multiple(
                xlsxwriter.Workbook, add_worksheet=added, add_format=formed
            ),
        ):
            write_report(budget, target, "zh", "2024-01-31")
        formulas = sum(name == "write_formula" for _, cells in recorded for name, _ in cells)
        print(f"{sum(len(cells) for _, cells in recorded):,} cells, {formulas:,} of them formulas")

        def bare() -> None:
            book = xlsxwriter.Workbook(
                str(target), {"in_memory": True, "strings_to_formulas": False}
            )
            formats = {each: book.add_format(look) for each, look in looks.items()}
            for name, cells in recorded:
                sheet = book.add_worksheet(name)
                for kind, (row, column, value, *rest) in cells:
                    getattr(sheet, kind)(
                        row,
                        column,
                        value,
                        *(formats[each] if isinstance(each, Format) else each for each in rest),
                    )
            book.close()

        return ours / median(bare, 3)


def _base(cells: Any, item: int, place: int) -> float:
    known = (cells.series_at == list(cells.series).index(str(item))) & (cells.place_at == place)
    return float(cells.value[known][0]) if known.any() else np.inf


def _frames(
    program: Any, counties: list[str], bases: dict[int, np.ndarray]
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Quantities, yuan per unit and base amounts as long tables."""
    lines = [line.code for line in program.lines]
    index = pd.MultiIndex.from_product([lines, counties, YEARS], names=["line", "place", "year"])
    counts = pd.DataFrame({"quantity": program.quantity.ravel()}, index=index).reset_index()
    rules = pd.DataFrame(
        [
            (
                lines[i],
                program.lines[i].item,
                counties[p],
                PAYERS[k],
                program.coefficient[k, i, p, 0],
            )
            for k, i, p in zip(*np.nonzero(program.coefficient[..., 0]), strict=True)
        ],
        columns=["line", "item", "place", "payer", "yuan"],
    )
    rows = [
        (item, c, base)
        for item, known in bases.items()
        for c, base in zip(counties, known, strict=True)
        if np.isfinite(base)
    ]
    return counts, rules, pd.DataFrame(rows, columns=["item", "place", "base"])


def _plain_reading(folder: Path) -> float:
    return median(lambda: [pd.read_csv(file) for file in folder.glob("*.csv")], 3)


if __name__ == "__main__":
    main()
