"""No sum adds the general public budget, insurance funds and contributions together unless asked;
and the ledger tells what part is unallocated.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from html import escape
from itertools import chain, combinations
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

import fiscal_model as fm
from fiscal_model.analysis.compare import Comparison
from fiscal_model.cli import main
from fiscal_model.results.dimensions import AXES
from fiscal_model.vocabulary import COVERED
from fiscal_model.workbook.report import write_report

Tables = Callable[..., Path]
Write = Callable[..., Path]
CHANGJI, FUKANG, KASHGAR = "652301", "652302", "653101"


@pytest.fixture
def insured(tables: Tables) -> Path:
    """Item 44: 1,000 insured at a subsidy of 610 (610,000, its split open) and 350 of their own
    (350,000); benefits of 960,000.
    """
    return tables(
        beneficiaries=[["insured_resident", CHANGJI, 2024, 1000]],
        rates=[
            ["resident_medical_subsidy", CHANGJI, 2024, 610],
            ["resident_medical_individual", CHANGJI, 2024, 350],
        ],
        amounts=[["resident_medical_benefits", CHANGJI, 2024, 960_000]],
    )


@pytest.fixture
def budget(insured: Path) -> fm.Budget:
    return fm.simulate("as_written", insured)


ASKED = [
    (None, 610_000),
    ("general", 610_000),
    ("一般公共预算", 610_000),
    ("insurance", 960_000),
    ("社会保险基金支出", 960_000),
    ("contributions", 350_000),
    ("social insurance contributions", 350_000),
    ("all", 1_920_000),
    ("全部账目", 1_920_000),
]


@pytest.mark.smoke
@pytest.mark.parametrize(("account", "yuan"), ASKED)
def test_a_sum_is_of_the_general_public_budget_or_of_the_account_asked_for(
    budget: fm.Budget, account: str | None, yuan: float
) -> None:
    for dimensions in (
        ["year"],
        ["item"],
        ["place", "year"],
        ["payer"],
        ["domain", "payer"],
        ["line", "place"],
    ):
        assert np.nansum(budget.by(*dimensions, account=account).to_numpy()) == yuan, dimensions
    assert np.nansum(budget.total("year", account=account)[1]) == yuan
    assert np.nansum(budget.total(account=account)[1]) == yuan
    assert budget.allocated(account=account).sum() == yuan


def test_an_account_among_the_dimensions_keeps_all_of_them_apart(budget: fm.Budget) -> None:
    apart = budget.by("year", "account").loc[2024]
    assert apart.to_dict() == {"contributions": 350_000, "general": 610_000, "insurance": 960_000}
    assert budget.by("account", account="insurance").dropna().to_dict() == {"insurance": 960_000}


def test_what_a_sum_covers_can_be_asked(budget: fm.Budget) -> None:
    """The subsidy's line is general; the fund and the insured bear something in other accounts
    only.
    """
    covered = budget.covered()
    assert (covered.account, covered.elsewhere) == ("general", {"fund", "individual"})
    assert budget.covered("社会保险缴费").elsewhere == {"fund"}
    assert budget.covered(dimensions=("account",)).account == "all"
    assert fm.compare(budget, budget).covered().elsewhere == covered.elsewhere


def test_a_table_says_which_account_it_covers(budget: fm.Budget) -> None:
    assert budget.by("year").attrs == {"account": "general", "unit": "yuan"}
    assert budget.by("year", "payer", account="insurance").attrs == {
        "account": "insurance",
        "unit": "yuan",
    }
    assert budget.by("account", "year").attrs == {"account": "all", "unit": "yuan"}
    assert budget.sel(account="contributions").by("year").attrs == {
        "account": "contributions",
        "unit": "yuan",
    }
    assert budget.allocated().attrs == {"account": "general", "unit": "yuan"}
    compared = fm.compare(budget, budget)
    assert (
        compared.to_dataframe().attrs
        == compared.parts().attrs
        == compared.stacked().attrs
        == {"account": "general", "unit": "yuan"}
    )


def test_a_payer_and_an_item_of_other_accounts_are_missing_and_not_zero(budget: fm.Budget) -> None:
    """The fund and the insured bear nothing of the general public budget: no row; items 29 and 30
    have no line in it.
    """
    assert not {"fund", "individual"} & {*budget.by("payer").index}
    assert budget.by("payer")[["central", "unallocated"]].tolist() == [0, 610_000]
    assert budget.by("payer", account="insurance").loc[lambda paid: paid > 0].to_dict() == {
        "fund": 960_000
    }
    assert budget.by("item")[[29, 30]].isna().all()
    assert np.isnan(budget.sel(payer="fund").by("year")[2024])


@pytest.mark.parametrize(
    ("named", "yuan"),
    [
        ({"account": "insurance"}, 960_000),
        ({"line": "resident_medical_benefits"}, 960_000),
        ({"account": ["general", "insurance"]}, 610_000),
        ({"item": 44}, 610_000),
        ({"payer": "unallocated"}, 610_000),
    ],
    ids=str,
)
def test_a_selection_of_one_account_sums_it(
    budget: fm.Budget, named: dict[str, Any], yuan: float
) -> None:
    part = budget.sel(**named)
    assert part.by("year")[2024] == yuan
    assert sum(part.plot.payers().ax.containers[-1].datavalues) == yuan  # type: ignore[attr-defined]


def test_an_item_of_a_fund_alone_sums_the_fund(tables: Tables) -> None:
    """Item 29: 100 months at 90% of a minimum wage of 2,000, 180,000; item 30 has two accounts and
    no line in the general public budget.
    """
    data = tables(
        beneficiaries=[["unemployment_benefit_month", CHANGJI, 2024, 100]],
        minimum_wage=[[CHANGJI, 2024, 2000]],
        amounts=[
            ["injury_contributions", CHANGJI, 2024, 7],
            ["injury_benefits_fund", CHANGJI, 2024, 5],
            ["injury_benefits_employer", CHANGJI, 2024, 3],
        ],
    )
    budget = fm.simulate("as_written", data)
    assert budget.sel(item=29).by("payer").loc[lambda paid: paid > 0].to_dict() == {"fund": 180_000}
    assert budget.by("year").isna().all()
    assert budget.sel(item=30).by("year").isna().all()
    assert budget.sel(item=30).by("payer", account="insurance")[["fund", "employer"]].to_list() == [
        5,
        3,
    ]
    text = budget.explain(30, CHANGJI, 2024).text("zh")
    assert "合计 · 社会保险基金支出：8 元" in text
    assert "合计 · 社会保险缴费：7 元" in text


def test_what_is_unallocated_is_of_one_account(insured: Path, scenario: Write) -> None:
    """The subsidy is open, 610,000; a scenario leaves the benefits open too, 960,000 of another
    account.
    """
    opened = scenario(
        {"splits": [{"line": "resident_medical_benefits", "split": {"open": ["fund", "employer"]}}]}
    )
    budget = fm.simulate(opened, insured)
    assert budget.unallocated == 610_000
    assert budget.sel(account="insurance").unallocated == 960_000
    assert {each.name.en: each.unallocated for each in budget.ledger.accounts} == {
        "general public budget": 610_000,
        "social insurance fund, benefits": 960_000,
        "social insurance contributions": 0,
    }


@pytest.mark.parametrize(
    "ask",
    [
        lambda b: b.by("year", account="genral"),
        lambda b: b.total("year", account="基金"),
        lambda b: b.allocated(account=""),
        lambda b: b.by("year", account=["general", "insurance"]),
        lambda b: b.plot.flow(account="x"),
        lambda b: fm.compare(b, b).by("year", account="x"),
        lambda b: fm.compare(b, b).parts("year", account="x"),
        lambda b: fm.compare(b, b).text(account="x"),
        lambda b: b.beside_actuals(account="x"),
    ],
)
def test_an_account_that_does_not_exist_is_refused_with_those_that_do(
    insured: Path, tables: Tables, ask: Callable[..., object]
) -> None:
    file = insured / "actuals.csv"
    file.write_text(
        "item,place,year,payer,stage,amount\n44,652301,2024,central,final,1\n", encoding="utf-8"
    )
    with pytest.raises(fm.FiscalModelError) as caught:
        ask(fm.simulate("as_written", insured))
    assert "可用：general 一般公共预算、" in caught.value.text("zh")
    assert "known: general (general public budget), insurance" in caught.value.text("en")


# The kind: random worlds with all accounts, every table


LINES = [
    "resident_medical_benefits",
    "injury_contributions",
    "injury_benefits_fund",
    "injury_benefits_employer",
    "hiv_followup",
    "resident_pension_account",
    "resident_pension_account_shortfall",
    "employee_medical_employer",
    "employee_medical_benefits",
    "local_textbooks",
]
COUNTS = [
    "insured_resident",
    "primary_pupil",
    "age_80_89",
    "unemployment_benefit_month",
    "family_reward_person",
]
SOME = [
    each
    for each in chain.from_iterable(combinations([*AXES], size) for size in (1, 2, 3))
    if len(each) < 3 or random.Random(str(each)).random() < 0.1
]
"""All sets of one and two dimensions, and some of three, always the same."""


def world(seed: int, tables: Tables) -> Path:
    """Counts and amounts of every account, each place and year with some of them."""
    draw = random.Random(seed)
    cells = [(place, year) for place in (CHANGJI, FUKANG, KASHGAR) for year in (2023, 2024)]
    return tables(
        beneficiaries=[
            [code, *cell, draw.randint(0, 900)]
            for code in COUNTS
            for cell in cells
            if draw.random() < 0.6
        ]
        + [["resident", CHANGJI, year, 9] for year in (2023, 2024)],
        amounts=[
            [line, *cell, draw.randint(1, 10**6)]
            for line in LINES
            for cell in cells
            if draw.random() < 0.5
        ],
        rates=[
            ["resident_medical_subsidy", "", 2023, draw.randint(1, 700)],
            ["resident_medical_individual", "", 2023, draw.randint(1, 400)],
        ],
        minimum_wage=[["", 2023, draw.randint(1500, 2000)]],
        bases_2015=[[11, KASHGAR, draw.randint(0, 10**5)]],
    )


def labelled_rows(budget: fm.Budget) -> pd.DataFrame:
    """The tidy rows with the label of every dimension."""
    rows = budget.to_dataframe()
    for name in AXES:
        if name not in rows:
            axis = {1: "line", 2: "place"}[AXES[name]]
            rows[name] = rows[axis].map(
                dict(zip(budget.labels[axis], budget.labels[name], strict=True))
            )
    return rows


def cells(table: pd.DataFrame | pd.Series[float]) -> dict[Any, float]:
    """The cells of a table that are there, by their labels; zeros are left out."""
    flat = (
        table
        if isinstance(table, pd.Series)
        else table.stack(list(range(table.columns.nlevels)), future_stack=True)
    )
    return {key: round(yuan, 2) for key, yuan in flat[flat.abs() >= 0.005].items()}


def summed(rows: pd.DataFrame, dimensions: Sequence[str]) -> dict[Any, float]:
    """The same from tidy rows."""
    found = rows.groupby(list(dimensions))["amount"].sum()
    return {
        key if len(dimensions) > 1 else key[0] if isinstance(key, tuple) else key: round(yuan, 2)
        for key, yuan in found.items()
        if round(yuan, 2)
    }


@pytest.mark.parametrize("seed", range(2))
def test_every_table_is_the_sum_of_the_tidy_rows_of_its_account(seed: int, tables: Tables) -> None:
    budget = fm.simulate("as_written", world(seed, tables))
    rows = labelled_rows(budget)
    assert rows["account"].nunique() == 3
    assert rows["amount"].sum() == pytest.approx(float(budget.cost.sum()))
    for dimensions in SOME:
        general = rows if "account" in dimensions else rows[rows["account"] == "general"]
        assert cells(budget.by(*dimensions)) == summed(general, dimensions), dimensions
        for account in COVERED:
            of = rows if account == "all" else rows[rows["account"] == account]
            assert cells(budget.by(*dimensions, account=account)) == summed(of, dimensions), (
                dimensions,
                account,
            )
            part = budget if account == "all" else budget.sel(account=account)
            assert cells(part.by(*dimensions)) == summed(
                general if account == "all" else of, dimensions
            ), (dimensions, account)


@pytest.mark.parametrize("seed", range(3))
def test_so_is_every_chart(seed: int, tables: Tables) -> None:
    budget = fm.simulate("as_written", world(seed, tables))
    rows = labelled_rows(budget)
    for account, name in {None: COVERED["general"], **COVERED}.items():
        of = rows if account == "all" else rows[rows["account"] == (account or "general")]
        for chart, mine, side in (
            (budget.plot.payers(account), of, "get_height"),
            (budget.plot.prefectures(account=account), of, "get_width"),
            (budget.plot.prefectures(2024, account), of[of["year"] == 2024], "get_width"),
        ):
            drawn = {
                str(each.get_label()): sum(getattr(bar, side)() for bar in each)
                for each in chart.ax.containers
            }  # type: ignore[attr-defined]
            assert drawn == pytest.approx(mine.groupby("payer")["amount"].sum().to_dict()), account
            title = chart.figure.get_suptitle()
            assert name.zh in title
            assert not any(other.zh in title for other in COVERED.values() if other != name)
        flow = budget.plot.flow(account=account)
        bars = {
            str(each.get_label()): each.get_height()
            for each in flow.ax.patches
            if str(each.get_label()) in budget.payers
        }  # type: ignore[attr-defined]
        assert bars == pytest.approx(of.groupby("payer")["amount"].sum().to_dict()), account


def compared(seed: int, tables: Tables, scenario: Write) -> Comparison:
    """The text beside a scenario that changes every account: the subsidy's split, a contribution of
    500 and a textbook rate.
    """
    change = {
        "rates": [
            {"line": "resident_medical_individual", "from": 2024, "rate": 500},
            {"line": "textbook_primary", "from": 2024, "rate": 200},
        ],
        "splits": [
            {"line": "resident_medical_subsidy", "split": {"central": 8, "region": 2}},
            {"line": "injury_benefits_fund", "split": {"full": "employer"}},
        ],
    }
    return fm.compare("as_written", scenario(change), inputs=world(seed, tables))


@pytest.mark.parametrize("seed", range(3))
def test_a_comparison_is_of_one_account_and_its_parts_add_up(
    seed: int, tables: Tables, scenario: Write
) -> None:
    found = compared(seed, tables, scenario)
    rows = [labelled_rows(each) for each in found.budgets]
    for dimensions in [
        ("payer",),
        ("payer", "year"),
        ("item",),
        ("place", "item"),
        ("line", "payer"),
        ("account", "year"),
        ("function",),
    ]:
        for account in (None, *COVERED):
            covered = account or ("all" if "account" in dimensions else "general")
            table, names = found.by(*dimensions, account=account), []
            for column, each in zip("ab", rows, strict=True):
                of = each if covered == "all" else each[each["account"] == covered]
                assert cells(table[column]) == summed(of, dimensions), (dimensions, account)
                names.append(of)
            for parts in (
                found.parts(*dimensions, account=account),
                found.stacked("split", by=dimensions, account=account),
            ):
                assert parts.index.equals(table.index)
                assert np.nan_to_num(parts.sum(axis=1)) == pytest.approx(
                    np.nan_to_num(table["change"]), abs=1e-4
                )
            assert found.to_dataframe(*dimensions, account=account).attrs == {
                "account": covered,
                "unit": "yuan",
            }


def test_burdens_per_head_and_against_means_are_of_one_account(insured: Path) -> None:
    """610,000 over 2,000 people is 305 a head; nothing of the general public budget is anyone's
    yet, so prefecture and county bear 0% of their revenue.
    """
    people = "".join(
        f"{CHANGJI},2024,{sex},{age},1000\n" for sex, age in (("male", "0+"), ("female", "0+"))
    )
    (insured / "population.csv").write_text(f"place,year,sex,age,count\n{people}", encoding="utf-8")
    (insured / "fiscal_capacity.csv").write_text(
        f"place,year,revenue,capacity\n{CHANGJI},2024,1000000,1000000\n", encoding="utf-8"
    )
    found = fm.compare("as_written", "as_written", inputs=insured)
    assert found.per_head("year")["a"].tolist() == [305]
    assert found.per_head("year", account="all")["a"].tolist() == [960]
    assert found.per_head("year", "account")["a"].dropna().tolist() == [305, 175, 480]
    assert found.against("revenue", "year", "payer")["a"].dropna().to_dict() == {
        (2024, "prefecture"): 0
    }


# Words: what a comparison, a sensitivity, a reading and a question backwards say


def changed(scenario: Write) -> Path:
    """The subsidy up by 10 yuan (10,000 in all) and the contribution by 20 (20,000)."""
    rates = [
        {"line": f"resident_medical_{name}", "rate": rate, "from": 2024}
        for name, rate in (("subsidy", 620), ("individual", 370))
    ]
    return scenario({"rates": rates}, "dearer")


def test_a_comparison_names_its_account_and_what_changes_in_others(
    insured: Path, scenario: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["compare", "as_written", str(changed(scenario)), "--inputs", str(insured)]
    out = tmp_path / "change.csv"
    assert main([*words, "-o", str(out)]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[1:] == [
        "一般公共预算：",
        "未明确分担：61.00 → 62.00，+1.00（+1.6%）［补助标准 +1.00］",
        "另有社会保险缴费变化 +2.00，不计入上列（account=contributions）",
    ]
    read = pd.read_csv(out)
    assert read[["a", "b"]].sum().tolist() == [610_000, 620_000]
    assert main([*words, "--account", "contributions", "-o", str(out), "--lang", "en"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[1:] == [
        "social insurance contributions:",
        "Individual: 35.00 → 37.00, +2.00 (+5.7%) [unit rates +2.00]",
        "apart from this, general public budget change by +1.00 (account=general)",
    ]
    assert pd.read_csv(out)[["a", "b"]].sum().tolist() == [350_000, 370_000]
    assert main([*words, "--account", "x", "-o", str(out)]) == 1
    html = fm.compare("as_written", changed(scenario), inputs=insured).html("zh")
    assert "一般公共预算" in html
    assert "另有社会保险缴费变化 +2.00" in html


@pytest.mark.parametrize(
    ("by", "account", "expected"),
    [
        ("year", None, {"general": 620_000}),
        ("item,place", None, {"general": 620_000}),
        ("line", None, {None: 620_000}),
        ("year", "all", {None: 620_000 + 370_000 + 960_000}),
        ("item", "社会保险缴费", {"contributions": 370_000}),
        (
            "account,year",
            None,
            {"general": 620_000, "contributions": 370_000, "insurance": 960_000},
        ),
    ],
)
def test_a_table_of_the_command_is_of_one_account(
    by: str,
    account: str | None,
    expected: dict[str | None, float],
    insured: Path,
    scenario: Write,
    tmp_path: Path,
) -> None:
    out = tmp_path / "change.csv"
    asked = ["--account", account] if account else []
    assert (
        main(
            [
                "compare",
                "as_written",
                str(changed(scenario)),
                "--inputs",
                str(insured),
                "--by",
                by,
                "-o",
                str(out),
                *asked,
            ]
        )
        == 0
    )
    read = pd.read_csv(out, encoding="utf-8-sig")
    found = (
        read.groupby("account")["b"].sum().to_dict()
        if "account" in read
        else {None: read["b"].sum()}
    )
    assert found == expected


def test_a_sensitivity_is_of_one_account(insured: Path) -> None:
    """A tenth of the insured is 100: 61,000 of the subsidy, 35,000 of the contributions; the
    benefits are an amount of their own.
    """
    found = fm.sensitivity("as_written", insured)
    bars = {bar.assumption: bar for bar in found.bars}
    assert sum(bars["beneficiaries:insured_resident"].change_high.values()) == pytest.approx(61_000)
    assert not any(bars["amounts:resident_medical_benefits"].change_high.values())
    assert not {"fund", "individual"} & set(found.payers)
    assert "一般公共预算" in found.text("zh").splitlines()[0]
    of_funds = fm.sensitivity("as_written", insured, account="insurance")
    assert of_funds.ranked("fund")[0].changes("fund") == pytest.approx((-96_000, 96_000))
    assert "social insurance fund, benefits" in of_funds.html("en")
    assert of_funds.plot.tornado("fund").figure.get_suptitle().count("社会保险基金支出") == 1


def test_a_question_backwards_is_of_one_account(insured: Path) -> None:
    """350 of 1,000 insured are 350,000 of the contributions; 300,000 needs 300. Of the general
    public budget the insured bear nothing.
    """
    asked = {
        "vary": "rate:resident_medical_individual",
        "payer": "individual",
        "ceiling": 300_000,
        "year": 2024,
        "inputs": insured,
    }
    found = fm.solve("as_written", account="contributions", **asked)  # type: ignore[arg-type]
    assert (found.present, found.value) == (350_000, 300)
    assert "社会保险缴费" in found.text("zh").splitlines()[0]
    with pytest.raises(fm.FiscalModelError, match="个人在一般公共预算中不承担"):
        fm.solve("as_written", **asked)  # type: ignore[arg-type]
    with pytest.raises(fm.FiscalModelError, match="可用：general"):
        fm.solve("as_written", account="x", **asked)  # type: ignore[arg-type]


def test_the_spread_of_a_reading_is_of_one_account(tables: Tables, scenario: Write) -> None:
    """Reading 45a halves 100 couples' members at 80 a month, 96,000; a scenario lets it rule the
    benefits of a fund as well, which no total shows.
    """
    data = tables(beneficiaries=[["family_reward_person", CHANGJI, 2024, 100]])
    found = fm.reading_spread("as_written", data)
    couple = next(each for each in found.options if each.option == "couple")
    assert (couple.account, sum(couple.difference.values())) == ("general", -48_000)
    assert "一般公共预算" in found.text("zh")
    other = fm.reading_spread("as_written", data, account="insurance")
    assert not any(any(each.amounts.values()) for each in other.options)


def test_an_explanation_adds_no_accounts_together(budget: fm.Budget) -> None:
    data = budget.explain(44, CHANGJI, 2024).data
    assert (data["account"], data["cost"], data["amounts"]) == (
        "general",
        610_000,
        {"unallocated": 610_000},
    )
    assert {name: found["cost"] for name, found in data["accounts"].items()} == {
        "general": 610_000,
        "insurance": 960_000,
        "contributions": 350_000,
    }
    text = budget.explain(44, CHANGJI, 2024).text("en")
    assert "Total · general public budget: 610,000 yuan" in text
    assert "1,920,000" not in text
    of_fund = budget.explain(44, CHANGJI, 2024, "fund").data["accounts"]
    assert {name: found["amounts"] for name, found in of_fund.items()} == {
        "general": {},
        "insurance": {"fund": 960_000},
        "contributions": {},
    }


def test_a_final_account_stands_beside_what_is_projected_in_one_account(insured: Path) -> None:
    """The fund bears 960,000 in its own account and no other; an employer pays 3 of benefits and 7
    of contributions, which are never 10.
    """
    rows = [(44, "fund"), (44, "individual"), (44, "central"), (30, "employer"), (61, "central")]
    body = "".join(f"{item},{CHANGJI},2024,{payer},final,1\n" for item, payer in rows)
    (insured / "actuals.csv").write_text(
        f"item,place,year,payer,stage,amount\n{body}", encoding="utf-8"
    )
    with (insured / "amounts.csv").open("a", encoding="utf-8") as file:
        file.write(
            f"injury_benefits_employer,{CHANGJI},2024,3\ninjury_contributions,{CHANGJI},2024,7\n"
        )
    budget = fm.simulate("as_written", insured)
    found = budget.beside_actuals("en").droplevel(["place", "year"])
    assert found["projected"].to_dict() == pytest.approx(
        {
            (44, "fund"): 960_000,
            (44, "individual"): 350_000,
            (44, "central"): 0,
            (30, "employer"): np.nan,
            (61, "central"): np.nan,
        },
        nan_ok=True,
    )
    assert found["account"].to_dict() == {
        (44, "fund"): "insurance",
        (44, "individual"): "contributions",
        (44, "central"): "general",
        (30, "employer"): "general",
        (61, "central"): "general",
    }
    assert found.loc[(44, "central"), "note"] == "besides, 610,000.00 yuan are unallocated"
    assert "social insurance contributions" in found.loc[(30, "employer"), "note"]
    assert budget.beside_actuals(account="insurance").xs("employer", level="payer")[
        "projected"
    ].tolist() == [3]


# The ledger: one rule for the words, told with the share


def entries(budget: fm.Budget) -> dict[int, Any]:
    return {entry.item: entry for entry in budget.ledger.items}


def test_the_cost_of_an_item_in_the_ledger_is_of_one_account(budget: fm.Budget) -> None:
    """All of the subsidy's 610,000 is unallocated: the split is open, whatever funds and insured
    pay; where only benefits are known, they are told.
    """
    entry = entries(budget)[44]
    assert (entry.account, entry.cost, entry.unallocated, entry.status) == (
        "general",
        610_000,
        610_000,
        "open",
    )
    row = budget.ledger.to_dataframe().loc[44]
    assert row[
        ["account", "unallocated_share", "cost_general", "cost_insurance", "cost_contributions"]
    ].tolist() == ["general", 1, 610_000, 960_000, 350_000]
    line = next(each for each in budget.ledger.text("zh").splitlines() if each.startswith("第44项"))
    assert "已测算、分担未明确（100%）" in line
    assert "一般公共预算（另有社会保险基金支出：96.00、社会保险缴费：35.00）" in line
    assert "192.00" not in line


def test_where_only_a_fund_is_known_the_ledger_is_of_the_fund(tables: Tables) -> None:
    budget = fm.simulate(
        "as_written", tables(amounts=[["resident_medical_benefits", CHANGJI, 2024, 960_000]])
    )
    entry = entries(budget)[44]
    assert (entry.account, entry.cost, entry.status) == ("insurance", 960_000, "partly")
    assert np.isnan(budget.ledger.to_dataframe().loc[44, "cost_general"])


def of_two_lines(
    allocated: float, unallocated: float, tables: Tables, scenario: Write
) -> fm.Budget:
    """Item 39 as an amount of the centre in one place and with an open split in another."""
    amounts = [
        ["hiv_followup", place, 2024, yuan]
        for place, yuan in ((CHANGJI, allocated), (FUKANG, unallocated))
    ]
    splits = [{"item": 39, "where": FUKANG, "split": {"open": ["central", "region", "prefecture"]}}]
    return fm.simulate(scenario({"splits": splits}), tables(amounts=amounts))


SHARES = [
    (100, 0, "costed", "已测算", "costed"),
    (
        99_999_999,
        1,
        "partly_open",
        "已测算、分担部分未明确（<1%）",
        "costed, split partly open (<1% unallocated)",
    ),
    (
        75,
        25,
        "partly_open",
        "已测算、分担部分未明确（25%）",
        "costed, split partly open (25% unallocated)",
    ),
    (
        1,
        199,
        "partly_open",
        "已测算、分担部分未明确（>99%）",
        "costed, split partly open (>99% unallocated)",
    ),
    (0, 100, "open", "已测算、分担未明确（100%）", "costed, split open (100% unallocated)"),
]


@pytest.mark.parametrize(("allocated", "unallocated", "status", "zh", "en"), SHARES)
def test_the_words_of_an_item_follow_from_the_part_that_is_unallocated(
    allocated: float,
    unallocated: float,
    status: str,
    zh: str,
    en: str,
    tables: Tables,
    scenario: Write,
    tmp_path: Path,
) -> None:
    """Nothing unallocated: costed; all of it: open; anything between: partly open, with the
    share.
    """
    budget = of_two_lines(allocated, unallocated, tables, scenario)
    entry, share = entries(budget)[39], unallocated / (allocated + unallocated)
    assert (entry.status, entry.unallocated_share) == (status, pytest.approx(share))
    assert budget.ledger.to_dataframe().loc[39, ["status", "unallocated_share"]].tolist() == [
        status,
        pytest.approx(share),
    ]
    assert f"  {zh}  " in next(
        each for each in budget.ledger.text("zh").splitlines() if each.startswith("第39项")
    )
    assert en in budget.ledger.text("en")
    assert f">{escape(en)}</td>" in budget.ledger.html("en")
    write_report(budget, tmp_path / "r.xlsx", "zh", "2024-01-01")
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx", data_only=True)["台账"]
    heads, row = (
        next(row for row in sheet.iter_rows(values_only=True) if row[0] == first)
        for first in ("项目", 39)
    )
    printed = dict(zip(heads, row, strict=True))
    assert (printed["状态"], printed["账目"]) == (zh, "一般公共预算")
    assert printed["未明确占比"] == pytest.approx(share)
    cover = {
        row[0]: row[1]
        for row in openpyxl.load_workbook(tmp_path / "r.xlsx")["封面"].iter_rows(
            max_col=2, values_only=True
        )
    }
    if status == "partly_open":
        assert cover["已测算、分担部分未明确"] == f"1 项：39（{zh.partition('（')[2]}"


def test_an_item_with_lines_missing_says_so_beside_what_is_open(tables: Tables) -> None:
    """Of item 48 only those of 80 to 89 are counted, and its split is open."""
    budget = fm.simulate("as_written", tables(beneficiaries=[["age_80_89", CHANGJI, 2024, 10]]))
    assert "部分测算、分担未明确（100%）" in budget.ledger.text("zh")
    assert "partly costed, split open (100% unallocated)" in budget.ledger.text("en")


def test_the_sheet_of_the_ledger_is_of_one_account(budget: fm.Budget, tmp_path: Path) -> None:
    write_report(budget, tmp_path / "r.xlsx", "zh", "2024-01-01")
    row = next(
        row
        for row in openpyxl.load_workbook(tmp_path / "r.xlsx", data_only=True)["台账"].iter_rows(
            values_only=True
        )
        if row[0] == 44
    )
    assert row[2:7] == ("已测算、分担未明确（100%）", 61, 61, 1, "一般公共预算")
    assert row[11] == "社会保险基金支出、社会保险缴费"


def catalogue(number: int, capsys: pytest.CaptureFixture[str]) -> Iterator[str]:
    assert main(["items", str(number)]) == 0
    yield from (
        line for line in capsys.readouterr().out.splitlines() if line.startswith("台账 as_written")
    )


@pytest.mark.parametrize(
    ("number", "word"),
    [(45, "分担：未明确"), (58, "部分未明确"), (60, "部分未明确"), (11, "分担：标准原文")],
)
def test_the_catalogue_says_in_the_same_words_whether_a_split_is_open(
    number: int, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    [line] = catalogue(number, capsys)
    assert word in line
