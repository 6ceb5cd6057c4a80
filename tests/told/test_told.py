"""What is told beside the figures: every row acts, is refused or is told; gaps and unlikely figures
are told in the same words by everything.
"""

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
from fiscal_model.cli import main
from fiscal_model.engine.project import Span
from fiscal_model.errors import Fault
from fiscal_model.inputs.read import load_inputs
from fiscal_model.messages.message import message
from fiscal_model.run import simulated
from fiscal_model.scenario.read import load_scenario
from fiscal_model.standard.read import load_standard
from fiscal_model.told.doubts import MOST, shown

Write = Callable[..., Path]
SEEDS = range(40)
FOLLOWS = (
    "name: follows\nextends: baseline\nhorizon: 2028\nbeneficiaries:\n  - {beneficiary:"
    " primary_pupil, cohort: {ages: 6-11}}\n"
)
PUPILS = ("primary_pupil", "昌吉市")


def budget_of(
    folder: Path, tables: Tables, scenario: str, years: tuple[int, ...] | None = None
) -> fm.Budget:
    """A scenario on some tables over some years, whatever years the tables hold."""
    loaded, standard = load_scenario(scenario)
    inputs = load_inputs(write_tables(folder, tables), standard)
    return fm.Budget.of(simulated(standard, loaded, inputs, years and Span(years, asked=False)))


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
        (budget.payers[k], lines[i], budget.places[p], budget.years[y]): float(
            budget.amounts[k, i, p, y]
        )
        for k, i, p, y in found.tolist()
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
    return {
        (lines[i], budget.places[p], budget.years[y])
        for i, p, y in np.argwhere(budget.program.costed).tolist()
    }


# Properties


@pytest.mark.parametrize("seed", SEEDS)
def test_without_the_rows_that_act_on_nothing_every_figure_is_the_same(
    tmp_path: Path, seed: int
) -> None:
    tables, scenario, budget = worlds(tmp_path, seed)
    unused = budget.told.unused.rows
    kept = {
        name: [row for row, idle in zip(rows, unused[name].tolist(), strict=True) if not idle]
        for name, rows in tables.items()
    }
    if not kept.get("beneficiaries") and not kept.get("amounts"):
        assert not budget.amounts.any()
        return
    other = budget_of(
        tmp_path / "kept",
        {name: rows for name, rows in kept.items() if rows},
        scenario,
        budget.years,
    )
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
"""For each table values of which at least one moves a figure where a row acts: a grant above the
cost is moved by 0 alone.
"""


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
                results.append(
                    moved(
                        budget_of(
                            tmp_path / f"{table}{n}{value}",
                            {**tables, table: rows},
                            scenario,
                            budget.years,
                        )
                    )
                )
            # counts need one rate below them and are no fewer than those entitled to both: the row
            # acts
            except fm.FiscalModelError:
                results.append([])
        assert any(each != moved(budget) for each in results), tables[table][n]


@pytest.mark.parametrize("seed", SEEDS)
def test_money_beside_the_budget_acts_where_it_stands_beside_a_figure(
    tmp_path: Path, seed: int
) -> None:
    """Actuals act where something is projected beside them, advances where an allotment of their
    year has a cost of the item in the place.
    """
    tables, _, budget = worlds(tmp_path, seed)
    unused = budget.told.unused.rows
    if "actuals" in tables:
        beside = budget.beside_actuals()["projected"]
        for (item, place, year, payer, *_), idle in zip(
            tables["actuals"], unused["actuals"].tolist(), strict=True
        ):
            assert idle == bool(np.isnan(beside[item, place, year, payer])), (item, place, year)
    if "advances" in tables:
        where = load_standard().places
        for (item, place, year, *_), idle in zip(
            tables["advances"], unused["advances"].tolist(), strict=True
        ):
            costed = {
                p
                for line, p, y in known(budget)
                if y == year and budget.standard.lines[line].item == item
            }
            assert idle == (not costed & set(where.below(place))), (item, place, year)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_row_is_used_refused_or_told(tmp_path: Path, seed: int) -> None:
    """The account of a check adds up, and its rows that act on nothing are those of the lines that
    tell them.
    """
    tables, scenario, budget = worlds(tmp_path, seed)
    path = write_tables(tmp_path / "checked", tables)
    checked = check_paths([str(path)]) if scenario == "baseline" else None
    told = " ".join(fault.message.to("zh") for fault in budget.told.unused.lines())
    lines = " ".join(fault.message.to("zh") for fault in budget.told.doubts)
    for name, rows in tables.items():
        idle = int(budget.told.unused.rows[name].sum())
        of_table = sum(
            int(number.replace(",", ""))
            for number in re.findall(rf"（{name}）表有 ([\d,]+) 行不起作用", told)
        )
        assert of_table == idle or (
            name == "beneficiaries" and of_table < idle and "有人数而缺少补助标准" in lines
        )
        if checked:
            account = next(each.zh for each in checked.fine if f"（{name}）" in each.zh)
            assert f"读到 {len(rows):,} 行：使用 {len(rows) - idle:,}" in account
            assert ("不起作用" in account) == bool(idle)


def test_many_things_are_told_in_few_lines_of_every_kind() -> None:
    doubts = {
        Fault("", message("unreadable", why=str(n))): kind
        for n, kind in enumerate(["a"] * 60 + ["b"] * 3 + ["c"])
    }
    lines = shown(doubts)
    assert len(lines) == MOST == 20
    # 19 stand: all 3 of b and the one of c, 15 of a; 45 of a are left.
    assert [doubts[line] for line in lines[:-1]] == ["a"] * 15 + ["b"] * 3 + ["c"]
    assert lines[-1].words("zh") == "另有 45 条提示，属 1 类"
    assert lines[-1].words("en") == "45 more of 1 kind"
    few = dict(list(doubts.items())[:20])
    assert shown(few) == tuple(few)


# Cases: what each tells, by where it stands and a word of it, in Chinese and English


def counts(name: str, place: str, *years: int, count: int = 1000) -> list[list[Any]]:
    return [[name, place, year, count] for year in years]


CASES: Mapping[str, tuple[Tables, str, str, str]] = {
    "a year missing inside a series": (
        {"beneficiaries": counts(*PUPILS, 2024, 2026)},
        "beneficiaries.csv:2:2",
        "“小学生”缺 昌吉市 2025 年的数：未测算",
        "no figure for Changji City in 2025: not costed",
    ),
    "a year before a series' own first": (
        {"beneficiaries": counts(*PUPILS, 2022, 2023) + counts("primary_pupil", "阜康市", 2023)},
        "beneficiaries.csv:4:2",
        "“小学生”缺 阜康市 2022 年的数：未测算",
        "no figure for Fukang City in 2022: not costed",
    ),
    "a series that ends before the data": (
        {
            "beneficiaries": (
                counts(*PUPILS, 2022, 2023, 2024) + counts("primary_pupil", "阜康市", 2022, 2023)
            )
        },
        "beneficiaries.csv:5:2",
        "“小学生”缺 阜康市 2024 年的数：沿用以前最后一年的数",
        "no figure for Fukang City in 2024: the last figure before is held",
    ),
    "an amount that ends before the data": (
        {
            "beneficiaries": counts(*PUPILS, 2022, 2023),
            "amounts": [["local_textbooks", "昌吉市", 2022, 5000]],
        },
        "amounts.csv:2:2",
        "缺 昌吉市 2023 年的数",
        "no figure for Changji City in 2023",
    ),
    # 喀什地区 has 12 counties until 2025; 喀什市 and 疏附县 are counted, the other 10 are not, and
    # those two bear the whole base amount. With 岑岭县 there are 11 from 2026 on, told apart.
    "a base amount where counties have no counts": (
        {
            "beneficiaries": (
                counts("primary_pupil", "喀什市", 2023) + counts("primary_pupil", "疏附县", 2023)
            ),
            "bases_2015": [[11, "喀什地区", 100_000]],
        },
        "bases_2015.csv:2:2",
        "其下 10 个县（市、区）2023–2025 年没有人数",
        "10 of its counties have no count",
    ),
    # 昌吉州 has 7 counties; the one that is counted gets the grant of all of them.
    "a grant where counties have no counts": (
        {
            "beneficiaries": counts("dibao_urban_person", "昌吉市", 2023),
            "rates": [["dibao_urban", "", 2023, 400]],
            "amounts": [["grant:54:central", "昌吉回族自治州", 2023, 100_000]],
        },
        "amounts.csv:2:2",
        "其下 6 个县（市、区）2023–2030 年没有人数",
        "6 of its counties have no count",
    ),
    "a county's share under a prefecture's count": (
        {
            "beneficiaries": counts("primary_pupil", "昌吉回族自治州", 2023),
            "local_split": [[11, "昌吉市", 0.25]],
        },
        "local_split.csv:2:1",
        "“地县分担”（local_split）表有 1 行不起作用（第11项，昌吉市）",
        "1 row of table 'local_split' acts on nothing",
    ),
    "a grant where nothing is costed": (
        {
            "beneficiaries": counts(*PUPILS, 2023),
            "amounts": [["grant:7:region", "昌吉市", 2023, 1000]],
        },
        "amounts.csv:2:1",
        "“金额”（amounts）表有 1 行不起作用",
        "1 row of table 'amounts' acts on nothing",
    ),
    "a base amount outside the south": (
        {"beneficiaries": counts(*PUPILS, 2023), "bases_2015": [[11, "昌吉市", 1000]]},
        "bases_2015.csv:2:1",
        "“2015年基数”（bases_2015）表有 1 行不起作用",
        "1 row of table 'bases_2015' acts on nothing",
    ),
    "a rate that nobody is counted for": (
        {
            "beneficiaries": counts(*PUPILS, 2023),
            "rates": [["farm_reading_room", "昌吉市", 2023, 2100]],
        },
        "rates.csv:2:1",
        "“地方补助标准”（rates）表有 1 行不起作用",
        "1 row of table 'rates' acts on nothing",
    ),
    "advances of a place that is not costed": (
        {
            "beneficiaries": counts(*PUPILS, 2023),
            "advances": [[11, "阜康市", 2023, "central", "新财教〔2023〕1号", 5]],
        },
        "advances.csv:2:1",
        "“已下达资金”（advances）表有 1 行不起作用",
        "1 row of table 'advances' acts on nothing",
    ),
    "vital rates that nothing follows": (
        {
            "beneficiaries": counts(*PUPILS, 2023),
            "vital_rates": [["mortality", "昌吉市", 2023, "both", "0+", 0.01]],
        },
        "vital_rates.csv:2:1",
        "“人口变动率”（vital_rates）表有 1 行不起作用",
        "1 row of table 'vital_rates' acts on nothing",
    ),
    # The subsidy is 610 in 2022, 640 in 2023 and 670 from 2024 on under the baseline; 600 supplied
    # for 2022 hold on.
    "a rate that sets later ones aside": (
        {
            "beneficiaries": counts("insured_resident", "昌吉市", 2022, 2023, 2024),
            "rates": [["resident_medical_subsidy", "昌吉市", 2022, 600]],
        },
        "rates.csv:2:4",
        (
            "2022 年 600 元在昌吉市一直沿用，“基准情景”以后年度的标准不起作用：2023 年 640 元；2024"
            " 年 670 元"
        ),
        "640 in 2023; 670 in 2024",
    ),
    "counts ten times another year's": (
        {"beneficiaries": [*counts(*PUPILS, 2022), *counts(*PUPILS, 2023, count=800_000_000)]},
        "beneficiaries.csv:3:4",
        "2023 年的人数 800,000,000 是 2022 年 1,000 的 800,000 倍",
        "the count of 2023, 800,000,000, is 800,000 times that of 2022, 1,000",
    ),
    # Of three years the middle figure is 1,010: the odd one is 2023, not the others.
    "one odd year of three": (
        {
            "beneficiaries": [
                *counts(*PUPILS, 2022),
                *counts(*PUPILS, 2023, count=90),
                *counts(*PUPILS, 2024, count=1010),
            ]
        },
        "beneficiaries.csv:3:4",
        "2023 年的人数 90 是 2022 年 1,000 的 1/11",
        "is 1/11 of that of 2022",
    ),
    "a rate a hundred times the stated one": (
        {
            "beneficiaries": counts(*PUPILS, 2023),
            "rates": [["pubfund_primary", "昌吉市", 2023, 72000]],
        },
        "rates.csv:2:4",
        "72,000 元是规定的 720 元的 100 倍",
        "the rate of 72,000 yuan is 100 times the 720 that is stated",
    ),
    "a rate in thousands of yuan": (
        {"beneficiaries": counts(*PUPILS, 2023), "rates": [["pubfund_primary", "", 2023, 0.72]]},
        "rates.csv:2:4",
        "0.72 元是规定的 720 元的 1/1,000",
        "the rate of 0.72 yuan is 1/1,000 of the 720 that is stated",
    ),
    "a wage of a year": (
        {
            "beneficiaries": counts("unemployment_benefit_month", "昌吉市", 2022, 2023),
            "minimum_wage": [["昌吉市", 2022, 1620], ["昌吉市", 2023, 19440]],
        },
        "minimum_wage.csv:3:3",
        "2023 年的月最低工资 19,440 是 2022 年 1,620 的 12 倍",
        "the wage of 2023, 19,440, is 12 times that of 2022, 1,620",
    ),
    "a revenue in another unit": (
        {
            "beneficiaries": counts(*PUPILS, 2022, 2023),
            "fiscal_capacity": [["昌吉市", 2022, 3e8, 4e8], ["昌吉市", 2023, 31000, 4e8]],
        },
        "fiscal_capacity.csv:3:3",
        "2023 年的一般公共预算收入 31,000 是 2022 年 300,000,000 的 1/9,677",
        "the revenue of 2023",
    ),
    "advances of one year are added up": (
        {
            "beneficiaries": counts(*PUPILS, 2022, 2023),
            "advances": [
                [11, "昌吉市", 2022, "central", "甲", 90_000],
                [11, "昌吉市", 2022, "central", "乙", 10_000],
                [11, "昌吉市", 2023, "central", "丙", 9000],
            ],
        },
        "advances.csv:4:6",
        "2023 年的金额 9,000 是 2022 年 100,000 的 1/11",
        "is 1/11 of that of 2022, 100,000",
    ),
    "reading rooms below the floor": (
        {
            "beneficiaries": counts("reading_room", "昌吉市", 2023),
            "rates": [["farm_reading_room", "昌吉市", 2023, 1999]],
        },
        "rates.csv:2:4",
        "1,999 元不在规定的范围内：不少于 2,000 元",
        "outside the limits of the text: at least 2,000",
    ),
    "senior grants above the range": (
        {
            "beneficiaries": counts("senior_grant_student", "昌吉市", 2023),
            "rates": [["senior_grant", "昌吉市", 2023, 3001]],
        },
        "rates.csv:2:4",
        "3,001 元不在规定的范围内：1,000–3,000 元",
        "outside the limits of the text: 1,000 to 3,000",
    ),
    "vocational grants below the range": (
        {
            "beneficiaries": counts("vocational_grant_student", "昌吉市", 2023),
            "rates": [["vocational_grant", "昌吉市", 2023, 999]],
        },
        "rates.csv:2:4",
        "999 元不在规定的范围内：1,000–3,000 元",
        "outside the limits of the text: 1,000 to 3,000",
    ),
    "poor students' waiver in the south": (
        {"beneficiaries": counts("senior_waiver_poor_student", "喀什市", 2023, count=30)},
        "beneficiaries.csv:2:2",
        "填报了 30，而喀什市在南疆四地州内，第16项另有规定（“普通高中南疆四地州所有学生”）",
        "30 are counted, and 653101 is in: Four southern prefectures",
    ),
    # 300 boys and 300 girls of 6 to 11, held after 2023.
    "pupils above the population of their ages": (
        {
            "beneficiaries": counts(*PUPILS, 2023),
            "population": [
                ["昌吉市", 2023, sex, age, count]
                for sex in ("male", "female")
                for age, count in (("0-5", 900), ("6-11", 300), ("12+", 900))
            ],
        },
        "beneficiaries.csv:2:2",
        (
            "“小学生”多于同年龄（6–11 岁）人口：昌吉市，2023–2030 年；昌吉市 2023 年 1,000 人，"
            "该年龄人口 600 人"
        ),
        "'primary_pupil' outnumbers the population aged 6–11",
    ),
}


def said(warnings: Sequence[Fault], where: str, zh: str, en: str) -> list[Fault]:
    return [
        each
        for each in warnings
        if each.where.endswith(where)
        and zh in each.message.to("zh")
        and en in each.message.to("en")
    ]


@pytest.mark.parametrize("case", CASES)
def test_a_doubt_is_told(tables: Write, case: str) -> None:
    rows, *words = CASES[case]
    path = tables(**rows)
    budget = fm.simulate("baseline", path)
    (fault,) = said(budget.warnings, *words)
    assert fault in check_paths([str(path)]).warnings
    assert not re.search("[、，。：；（）“”]", re.sub(r"\(.*\)$", "", fault.message.to("en")))


def test_everything_tells_it_in_the_same_words(
    tables: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A check, a run, a report (also on its cover and its sheet of checks), a comparison and an
    allotment, which is of its year alone.
    """
    import openpyxl

    pupils = counts(*PUPILS, 2022, 2023, 2024) + counts("primary_pupil", "阜康市", 2022, 2023)
    path = str(tables(beneficiaries=pupils, local_split=[[11, "和田市", 0.2]]))
    told = [each.to("zh") for each in fm.simulate("baseline", path).warnings]
    of_2024 = [each.to("zh") for each in fm.simulate("baseline", path, 2024).warnings]
    assert (len(told), len(of_2024)) == (4, 4)
    book = tmp_path / "report.xlsx"
    for command in (
        ["check", path],
        ["run", "baseline", "--inputs", path, "-o", str(tmp_path / "out.csv")],
        ["report", "--inputs", path, "-o", str(book)],
        ["compare", "baseline", "central_9_1", "--inputs", path],
        ["allotment", "--year", "2024", "--inputs", path, "-o", str(tmp_path / "allotment.xlsx")],
    ):
        assert main(command) == 0
        errors = capsys.readouterr().err
        lines = of_2024 if command[0] == "allotment" else told
        assert all(f"提示：{line}" in errors for line in lines), command
    for name in ("封面", "检查"):
        shown_there = "\n".join(
            str(cell)
            for row in openpyxl.load_workbook(book)[name].iter_rows(values_only=True)
            for cell in row
            if cell
        )
        assert all(line in shown_there for line in told), name


def test_a_check_counts_what_acts_on_nothing(
    tables: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        main(
            [
                "check",
                str(
                    tables(
                        beneficiaries=counts(*PUPILS, 2023),
                        local_split=[[11, "和田市", 0.2], [11, "昌吉市", 0.5]],
                    )
                ),
            ]
        )
        == 0
    )
    assert "“地县分担”（local_split）：读到 2 行：使用 1、不起作用 1" in capsys.readouterr().out


# Years that are asked for


@pytest.mark.parametrize(
    ("years", "zh"),
    [("2023", "2023 年早于数据的第一年 2024"), ("2020-2024", "2020–2023 年早于数据的第一年 2024")],
)
def test_a_year_before_the_data_is_refused(
    tables: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str], years: str, zh: str
) -> None:
    path, out = tables(beneficiaries=counts(*PUPILS, 2024)), tmp_path / "out.csv"
    assert main(["run", "baseline", "--inputs", str(path), "--years", years, "-o", str(out)]) == 1
    assert zh in capsys.readouterr().err
    assert not out.exists()


def test_a_year_before_the_data_is_refused_at_its_place_in_a_scenario(
    tables: Write, scenario: Write
) -> None:
    with pytest.raises(fm.FiscalModelError) as caught:
        fm.simulate(
            scenario("name: early\nyears: 2020-2024\n"),
            tables(beneficiaries=counts(*PUPILS, 2022, 2024)),
        )
    (fault,) = caught.value.faults
    assert fault.where.endswith("early.yaml:2:8") or fault.where.endswith("trial.yaml:2:8")
    assert "2020–2021" in fault.message.to("zh")


def test_a_horizon_asks_only_for_years_after_the_data(tables: Write, scenario: Write) -> None:
    """昌吉市 ends in 2023, the data in 2024: a horizon of 2024 leaves it out and tells so, one of
    2025 needs a rule for both.
    """
    path = tables(
        beneficiaries=counts(*PUPILS, 2022, 2023)
        + counts("primary_pupil", "阜康市", 2022, 2023, 2024)
    )
    budget = fm.simulate(scenario("name: near\nhorizon: 2024\n"), path)
    assert ("pubfund_primary", "652301", 2024) not in known(budget)
    assert said(budget.warnings, "", "“小学生”缺 昌吉市 2024 年的数：未测算", "")
    with pytest.raises(fm.FiscalModelError, match=r"没有 2025 年的数据|no data for 2025"):
        fm.simulate(scenario("name: far\nhorizon: 2025\n"), path)


def test_a_year_asked_for_inside_a_series_is_left_out_and_told(tables: Write) -> None:
    path = tables(
        beneficiaries=counts(*PUPILS, 2022, 2024)
        + counts("junior_pupil", "昌吉市", 2022, 2023, 2024)
    )
    budget = fm.simulate("baseline", path, 2023)
    assert said(
        budget.warnings, "beneficiaries.csv:2:2", "“小学生”缺 昌吉市 2023 年的数：未测算", ""
    )
    assert {line for line, _, _ in known(budget) if "primary" in line} == set()


# Entries of a scenario

ENTRY = "name: trial\nextends: baseline\n"


@pytest.mark.parametrize(
    "text",
    [
        (
            "name: trial\nextends: as_written\nbeneficiaries:\n  - {beneficiary: primary_pupil,"
            " growth: 0.02}\n"
        ),
        f"{ENTRY}beneficiaries:\n  - {{beneficiary: primary_pupil, series: {{2023: 2000}}}}\n",
    ],
    ids=["growth of years that are supplied", "a total for a year that is supplied"],
)
def test_a_projection_of_supplied_years_changes_nothing_and_is_refused(
    tables: Write, scenario: Write, text: str
) -> None:
    with pytest.raises(fm.FiscalModelError, match=r"没有改变任何东西|changes nothing"):
        fm.simulate(scenario(text), tables(beneficiaries=counts(*PUPILS, 2022, 2023, 2024)))


def test_growth_is_judged_by_the_years_that_are_asked_for(tables: Write, scenario: Write) -> None:
    """1,000 pupils in 2023 are 1,020 in 2024: asked for, growth acts; up to 2023 it does not, and
    is told, as the scenario goes on to 2030.
    """
    text = (
        "name: trial\nextends: as_written\nbeneficiaries:\n  - {beneficiary: primary_pupil, growth:"
        " 0.02}\n"
    )
    path = tables(beneficiaries=counts(*PUPILS, 2022, 2023))
    assert fm.simulate(scenario(text), path, [2023, 2024]).program.quantity.max() == pytest.approx(
        1020
    )
    longer = scenario(text.replace("as_written", "baseline"))
    (fault,) = said(
        fm.simulate(longer, path, 2023).warnings,
        "trial.yaml:4:5",
        "推算不起作用：测算到 2023 年",
        "does not act",
    )
    assert fault not in fm.simulate(longer, path).warnings


ENTRIES = {
    "a total for a supplied year among others": (
        "beneficiaries:\n  - {beneficiary: primary_pupil, series: {2023: 900, 2030: 1100}}\n",
        "4:5",
        "2023 年的合计不起作用",
    ),
    "a total forty times the last": (
        "beneficiaries:\n  - {beneficiary: primary_pupil, target: 40000, by: 2030}\n",
        "4:5",
        "的 40 倍",
    ),
    "a rate in thousands": (
        "rates:\n  - {line: pubfund_primary, from: 2024, rate: 0.72}\n",
        "4:5",
        "0.72 元是规定的 720 元的 1/1,000",
    ),
    "a rate below the floor": (
        "rates:\n  - {line: farm_reading_room, rate: 1500}\n",
        "4:5",
        "不少于 2,000 元",
    ),
}


@pytest.mark.parametrize("case", ENTRIES)
def test_a_doubtful_entry_is_told(tables: Write, scenario: Write, case: str) -> None:
    text, where, zh = ENTRIES[case]
    path, data = scenario(ENTRY + text), tables(beneficiaries=counts(*PUPILS, 2022, 2023, 2024))
    (fault,) = said(fm.simulate(path, data).warnings, f"trial.yaml:{where}", zh, "")
    assert fault in check_paths([str(path), str(data)]).warnings


# What is not told


@pytest.mark.smoke
def test_plausible_figures_and_rows_that_act_are_not_told(tables: Write) -> None:
    """Nine times a figure is not ten, limits may be met, another rate of the same size is the
    analyst's, zero is a statement.
    """
    path = tables(
        beneficiaries=[
            *counts(*PUPILS, 2022, count=100),
            *counts(*PUPILS, 2023, count=900),
            *counts("junior_pupil", "昌吉市", 2022, count=0),
            *counts("junior_pupil", "昌吉市", 2023),
            *counts("reading_room", "昌吉市", 2022, 2023),
            *counts("senior_grant_student", "昌吉市", 2022, 2023),
        ],
        rates=[
            ["farm_reading_room", "昌吉市", 2022, 2000],
            ["senior_grant", "", 2022, 3000],
            ["pubfund_primary", "", 2022, 720],
        ],
        local_split=[["", "", 0.3]],
        population=[
            ["昌吉市", 2022, sex, age, 900]
            for sex in ("male", "female")
            for age in ("0-5", "6-11", "12-14", "15-17", "18+")
        ],
    )
    assert fm.simulate("as_written", path).warnings == ()


def test_years_left_out_by_whoever_asked_are_not_told(tables: Write) -> None:
    path = tables(beneficiaries=counts(*PUPILS, 2022, 2023, 2024))
    assert fm.simulate("as_written", path, 2024).warnings == ()


@pytest.mark.parametrize("name", ["baseline", "end_2015_base", "central_9_1"])
def test_the_embedded_data_do_not_drown_what_is_told(name: str) -> None:
    """How counts go on, what that assumes, and how long rates are known, in three lines."""
    told = [each.message.code for each in fm.simulate(name).warnings]
    assert told == ["age-bands-spread-evenly", "series-follow-population", "rates-known-until"]
