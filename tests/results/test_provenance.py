"""Where a figure comes from: the ledger, explanations that recompute, interactions between items,
the spread of readings.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import fiscal_model as fm
from fiscal_model.cli import main

CARE = "disability_care_recipient"
CARRIED = (2, 5, 6, 32, 33, 34, 35, 37, 38, 47)


@pytest.fixture(scope="module")
def baseline() -> fm.Budget:
    return fm.simulate()


def test_the_ledger_covers_eighty_items_and_says_which_are_open_or_not_costed(
    baseline: fm.Budget,
) -> None:
    entries = {entry.item: entry for entry in baseline.ledger.items}
    assert list(entries) == list(range(1, 81))
    assert {n for n, entry in entries.items() if entry.status == "paid_in"} == {*CARRIED, 61}
    assert entries[11].status == "costed"
    assert entries[48].unallocated > 0
    assert entries[59].status == "not_costed"
    assert entries[59].cost == 0
    assert entries[59].missing
    assert sum(baseline.ledger.counts().values()) == 80


def test_shares_of_basis_add_up_for_every_payer(baseline: fm.Budget) -> None:
    found = [shares for account in baseline.ledger.accounts for shares in account.payers.values()]
    assert len(found) == 6  # four of the general public budget, a fund, individuals
    assert all(sum(shares.values()) == pytest.approx(1) for shares in found)


def test_a_ledger_tells_text_user_and_assumption_apart(
    tables: Callable[..., Path], scenario: Callable[..., Path]
) -> None:
    """Item 39 as written: the analyst's amount and the text's split. Item 45: text's rate; with a
    split called an assumption it rests on that.
    """
    inputs = tables(
        amounts=[["hiv_followup", "650100", 2023, 1000]],
        beneficiaries=[["family_reward_person", "650100", 2023, 10]],
    )
    entries = {entry.item: entry for entry in fm.simulate("as_written", inputs).ledger.items}
    assert entries[39].split == {"text": 1.0}
    assert entries[39].quantity == {"user": 1.0}
    assert entries[45].rate == {"text": 1.0}
    assert entries[45].status == "open"
    split = {
        "item": 45,
        "split": {"central": 80, "region": 6, "prefecture": 14},
        "basis": "assumption",
    }
    with_split = {
        entry.item: entry
        for entry in fm.simulate(scenario({"splits": [split]}), inputs).ledger.items
    }
    assert with_split[45].split == {"assumption": 1.0}
    assert with_split[45].basis == {"assumption": 1.0}
    assert with_split[45].status == "costed"


def test_the_basis_of_a_row_reaches_the_ledger(tmp_path: Path) -> None:
    header = "line,place,year,amount,basis,source\n"
    (tmp_path / "amounts.csv").write_text(
        f"{header}hiv_followup,650100,2023,300,reference,X〔2023〕1号\nhiv_followup,650200,2023,100,assumption,\n"
    )
    entry = next(e for e in fm.simulate("as_written", tmp_path).ledger.items if e.item == 39)
    assert entry.quantity == pytest.approx({"reference": 0.75, "assumption": 0.25})


def test_the_health_programme_is_costed_once_and_can_be_shown_under_its_services(
    tables: Callable[..., Path],
) -> None:
    """1,000 residents at 89 yuan in 2023 are 89,000; eleven services share it equally, 8,090.91
    each, and nothing is added.
    """
    budget = fm.simulate(
        "baseline", tables(beneficiaries=[["resident", "650100", 2023, 1000]]), years=2023
    )
    by_item = budget.by("item")
    assert by_item.sum() == pytest.approx(89_000)
    assert by_item.index.intersection(list(CARRIED)).empty
    shown = budget.allocated()
    assert shown.sum() == pytest.approx(89_000)
    assert [shown[n] for n in (*CARRIED, 31)] == pytest.approx([89_000 / 11] * 11)
    by_payer = budget.allocated("payer")
    assert by_payer["central"].sum() == pytest.approx(71_200)


@pytest.mark.parametrize(
    ("overlap", "young", "disabled"),
    [(0, 60_000, 48_000), (10, 54_000, 48_000), (40, 36_000, 48_000)],
)
def test_who_is_entitled_to_two_benefits_draws_the_higher(
    overlap: int, young: float, disabled: float, tables: Callable[..., Path]
) -> None:
    """100 people of 80-89 at 50 × 12 = 600, 40 with a care subsidy of 100 × 12 = 1,200: whoever has
    both keeps the 1,200.
    """
    inputs = tables(
        beneficiaries=[
            ["age_80_89", "653101", 2023, 100],
            ["disability_care_recipient", "653101", 2023, 40],
        ],
        rates=[["disability_care", "653101", 2023, 100]],
        overlaps=[["disability_care_recipient", "age_80_89", "653101", 2023, overlap]],
    )
    by_item = fm.simulate("as_written", inputs).by("item")
    assert by_item[48] == pytest.approx(young)
    assert by_item[60] == pytest.approx(disabled)


def test_a_pair_named_in_another_order_the_next_year_is_the_same_pair(
    tables: Callable[..., Path],
) -> None:
    """1,000 people of 80-89 at 50 × 12, of whom 100 draw the care subsidy of 110 instead: 900 × 600
    = 540,000 in every year, also where it is held.
    """
    years = (2022, 2023)
    inputs = tables(
        beneficiaries=[
            [name, "昌吉市", year, count]
            for name, count in (("age_80_89", 1000), (CARE, 500))
            for year in years
        ],
        rates=[["disability_care", "昌吉市", 2022, 110]],
        overlaps=[
            ["age_80_89", CARE, "昌吉市", 2022, 100],
            [CARE, "age_80_89", "昌吉市", 2023, 100],
        ],
    )
    by_year = fm.simulate("baseline", inputs, range(2022, 2026)).sel(item=48).by("year")
    assert by_year.to_dict() == dict.fromkeys(range(2022, 2026), 540_000)


@pytest.mark.parametrize(
    ("first", "pair"),
    [
        ("昌吉市", ("age_80_89", CARE)),
        ("昌吉回族自治州", ("age_80_89", CARE)),
        ("昌吉回族自治州", (CARE, "age_80_89")),
    ],
)
def test_a_pair_stands_once_for_a_place_and_those_above_it(
    first: str, pair: tuple[str, str], tables: Callable[..., Path]
) -> None:
    """Whichever of the two is named first; the fault stands at the one row and names the other."""
    inputs = tables(
        beneficiaries=[[name, "昌吉市", 2023, 1000] for name in ("age_80_89", CARE)],
        overlaps=[
            [CARE, "age_80_89", "阜康市", 2023, 1],
            [*pair, first, 2023, 100],
            [CARE, "age_80_89", "昌吉市", 2023, 100],
        ],
    )
    with pytest.raises(
        fm.FiscalModelError, match=r"overlaps\.csv:4:1: FM-[a-z-]+ 与第 3 行是同一对受益对象"
    ):
        fm.simulate("as_written", inputs)


@pytest.mark.parametrize(
    ("row", "word"),
    [
        (["disability_care_recipient", "age_80_89", "653101", 2023, 41], "41"),
        (["disability_care_recipient", "primary_pupil", "653101", 2023, 1], "primary_pupil"),
        (["disability_care_recipient", "age_80_89", "653121", 2023, 1], "653121"),
    ],
)
def test_an_impossible_overlap_is_refused(
    row: list[Any], word: str, tables: Callable[..., Path]
) -> None:
    inputs = tables(
        beneficiaries=[
            ["age_80_89", "653101", 2023, 100],
            ["disability_care_recipient", "653101", 2023, 40],
        ],
        rates=[["disability_care", "653101", 2023, 100]],
        overlaps=[row],
    )
    with pytest.raises(fm.FiscalModelError, match=word):
        fm.simulate("as_written", inputs)


def test_accounts_and_functions_keep_totals_apart(tables: Callable[..., Path]) -> None:
    """A subsidy of 580 and a contribution of 320 for 10 insured in 2021 stand in two accounts; the
    analyst's codes sort items.
    """
    inputs = tables(
        beneficiaries=[["insured_resident", "650100", 2021, 10]],
        amounts=[
            ["resident_medical_benefits", "650100", 2021, 9000],
            ["hiv_followup", "650100", 2021, 50],
        ],
        functions=[[44, "", "2101202"], [39, "", "2100409"]],
    )
    budget = fm.simulate("baseline", inputs, years=2021)
    accounts = budget.by("account")
    assert accounts["general"] == pytest.approx(5_850)
    assert accounts["contributions"] == pytest.approx(3_200)
    assert accounts["insurance"] == pytest.approx(9_000)
    assert budget.by("function", "account").loc["2100409", "general"] == pytest.approx(50)
    assert budget.by("department")["自治区卫生健康委"] == pytest.approx(50)


def test_every_explanation_recomputes_to_its_figure(baseline: fm.Budget) -> None:
    for item in baseline.standard.items:
        for place in ("650100", "653100", "652928"):
            if place == "652928" and item not in (60, 61):
                continue
            data = baseline.explain(item, place, 2026).data
            for steps in data["places"]:
                for line in steps["lines"]:
                    if line["costed"]:
                        recompute(line)
            lines = [line for steps in data["places"] for line in steps["lines"] if line["costed"]]
            for account, found in data["accounts"].items():
                total = sum(
                    line["cost"]
                    for line in lines
                    if baseline.standard.lines[line["line"]].account == account
                )
                assert total == pytest.approx(found["cost"])
                assert sum(found["amounts"].values()) == pytest.approx(found["cost"])


def recompute(line: dict[str, Any]) -> None:
    quantity = line["quantity"]["value"]
    if "rate" in line:
        rate = line["rate"]
        mean = sum(part["rate"] * part["share_of_year"] for part in rate["parts"])
        assert mean * rate["times"] * rate["counted"] == pytest.approx(rate["unit_cost"])
        assert quantity * rate["unit_cost"] == pytest.approx(line["cost"])
    else:
        assert quantity == pytest.approx(line["cost"])
    assert sum(line["by_rule"].values()) == pytest.approx(line["cost"])
    assert sum(line["amounts"].values()) == pytest.approx(line["cost"])
    assert line["split"]["clause"]["basis"]


def test_an_explanation_shows_the_base_amount_and_the_branch(tables: Callable[..., Path]) -> None:
    """1,000 primary and 500 junior pupils, 200 boarders: 1,115,000; the county owes 156,100 and
    pays its base of 120,000.
    """
    inputs = tables(
        beneficiaries=[
            ["primary_pupil", "653101", 2023, 1000],
            ["junior_pupil", "653101", 2023, 500],
            ["compulsory_boarder", "653101", 2023, 200],
        ],
        bases_2015=[[11, "653101", 120_000]],
    )
    explanation = fm.simulate("as_written", inputs).explain(11, "喀什市", 2023)
    [base] = explanation.data["places"][0]["base_amounts"]
    assert (base["amount"], base["held_against"], base["paid"]) == pytest.approx(
        (120_000, 156_100, 120_000)
    )
    assert explanation.data["amounts"] == pytest.approx(
        {"central": 892_000, "region": 103_000, "prefecture": 120_000}
    )
    text = explanation.text("zh")
    assert all(
        word in text
        for word in (
            "1,115,000",
            "120,000",
            "南疆四地州",
            "lesser_of",
            "普通小学每生每年 650 元",
            "bases_2015.csv:2:3",
        )
    )
    assert all(
        word in explanation.text("en")
        for word in ("base amount", "120,000", "Four southern prefectures")
    )


def test_html_escapes_what_the_data_say(tmp_path: Path) -> None:
    (tmp_path / "amounts.csv").write_text(
        "line,place,year,amount,note\nhiv_followup,650100,2023,5,<script>x</script>\n",
        encoding="utf-8",
    )
    html = fm.simulate("as_written", tmp_path).explain(39, "650100", 2023).html()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_service_paid_in_another_item_explains_that_one(baseline: fm.Budget) -> None:
    explanation = baseline.explain(2, "650100", 2023)
    assert explanation.data["paid_in"] == 31
    assert explanation.data["cost"] == pytest.approx(
        float(baseline.by("item", "place", "year").loc[31, ("650100", 2023)])
    )


def test_the_reading_spread_says_what_each_meaning_costs(tables: Callable[..., Path]) -> None:
    """100 poor primary boarders elsewhere: 125,000; at 5:5 on all of it central pays 62,500 instead
    of 50,000. 100 rewarded persons: a couple halves 96,000.
    """
    inputs = tables(
        beneficiaries=[
            ["poor_primary_boarder", "650100", 2023, 100],
            ["family_reward_person", "650100", 2023, 100],
        ]
    )
    spread = {(o.reading, o.option): o for o in fm.reading_spread("as_written", inputs).options}
    asked = "7a 10a 11a 12a 13a 13b 13c 14c 45a 48a 50b 60c 69a"
    assert list(dict.fromkeys(code for code, _ in spread)) == asked.split()
    assert spread["13a", "raise_in_region_part"].in_force
    moved = spread["13a", "whole_rate"].difference
    assert (moved["central"], moved["region"], moved["prefecture"]) == pytest.approx(
        (12_500, -8_750, -3_750)
    )
    assert spread["45a", "couple"].difference["unallocated"] == pytest.approx(-48_000)
    assert not any(spread["14c", "central"].difference.values())


def test_the_commands_for_readings_and_ledger(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "spread.csv"
    assert main(["readings", "baseline", "--years", "2023", "-o", str(out)]) == 0
    assert "13b" in capsys.readouterr().out
    head, first, *_ = out.read_text(encoding="utf-8-sig").splitlines()
    assert (
        head
        == "reading,reading_name,item,item_name,option,option_name,in_force,payer,payer_name,amount,difference"
    )
    assert ",prefecture,地县承担,True,central,中央," in first
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")  # by which a spreadsheet knows UTF-8
    assert main(["ledger", "--years", "2023", "--lang", "en"]) == 0
    assert "not costed" in capsys.readouterr().out


def test_the_catalogue_lists_eighty_items_with_every_stated_rate(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["items", "--json"]) == 0
    items = json.loads(capsys.readouterr().out)
    assert [item["item"] for item in items] == list(range(1, 81))
    rates = {
        line["line"]: [rate["rate"] for rate in line["rates"]]
        for item in items
        for line in item["lines"]
    }
    assert rates["pubfund_special"] == [6000]
    assert rates["age_90_99"] == [120]
    assert rates["unemployment_benefit"] == [0.9]
    assert items[10]["split"]["cases"][1]["split"] | {"clause": None} == {
        "central": 8,
        "rest": 2,
        "of_rest": {"region": 3, "prefecture": 7},
        "clause": None,
    }


def test_amounts_are_double_precision_everywhere(baseline: fm.Budget) -> None:
    assert baseline.amounts.dtype == np.float64
    assert all(variable.dtype != np.float32 for variable in baseline.dataset.variables.values())


def test_the_catalogue_says_on_what_each_item_rests(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["items", "--json"]) == 0
    ledger = {item["item"]: item["ledger"] for item in json.loads(capsys.readouterr().out)}
    assert ledger[11]["as_written"]["split"] == ["text"]
    assert set(ledger[11]["as_written"]["rates"].values()) == {"text"}
    assert ledger[45]["as_written"]["split"] == ["open"]
    assert ledger[45]["baseline"]["split"] == ["assumption"]
    assert ledger[31]["as_written"]["rates"] == {"public_health_programme": "supplied"}
    assert ledger[31]["baseline"]["rates"] == {"public_health_programme": "assumption"}
    assert ledger[2]["baseline"]["rates"] == {}


def test_the_embedded_data_cost_every_line_that_the_text_prices(baseline: fm.Budget) -> None:
    by_line = baseline.by("line", "year", account="all")
    # whom a place adds on its own nobody counts
    priced = [
        line.code
        for line in baseline.standard.lines.values()
        if line.rates
        or (line.item in (39, 40, 58, 60) and not line.code.endswith("_extension"))
        or line.code == "local_textbooks"
    ]
    assert len(priced) == 45
    assert (by_line.loc[priced] > 0).all(axis=None)


@pytest.mark.parametrize(
    ("entry", "bases", "paid"),
    [
        ({"abolish": True}, [], 9_100),
        ({"amount": 4_000}, [], 4_000),
        ({"factor": 1.2}, [[11, "653101", 5_000]], 6_000),
    ],
)
def test_an_explanation_names_the_entry_that_changed_a_base_amount(
    entry: dict[str, Any],
    bases: list[list[Any]],
    paid: float,
    tables: Callable[..., Path],
    scenario: Callable[..., Path],
) -> None:
    """100 primary pupils cost 65,000, of which the ratio asks 9,100 of the county; a scenario may
    supply, raise or abolish the base amount.
    """
    inputs = tables(
        beneficiaries=[["primary_pupil", "653101", 2023, 100]],
        **({"bases_2015": bases} if bases else {}),
    )
    explanation = fm.simulate(
        scenario({"bases": [{"item": 11, "where": "653101", **entry}]}), inputs
    ).explain(11, "653101", 2023)
    [base] = explanation.data["places"][0]["base_amounts"]
    assert base["paid"] == pytest.approx(paid)
    assert "trial.yaml:" in base["entries"][0]
    assert "trial.yaml:" in explanation.text("zh")
    json.dumps(explanation.data, allow_nan=False)


def test_an_explanation_shows_what_each_of_several_grants_paid(
    tables: Callable[..., Path], scenario: Callable[..., Path]
) -> None:
    """100 rewarded persons cost 96,000: central's 60,000 come first and leave 36,000, so of the
    region's 50,000 only 36,000 are paid.
    """
    inputs = tables(
        beneficiaries=[["family_reward_person", "652301", 2023, 100]],
        amounts=[
            ["grant:45:central", "652301", 2023, 60_000],
            ["grant:45:region", "652301", 2023, 50_000],
        ],
    )
    split = {"item": 45, "split": {"grants": ["central", "region"], "rest": {"full": "prefecture"}}}
    data = fm.simulate(scenario({"splits": [split]}), inputs).explain(45, "652301", 2023).data
    assert [(g["payer"], g["held_against"], g["paid"]) for g in data["places"][0]["grants"]] == [
        ("central", 96_000, 60_000),
        ("region", 36_000, 36_000),
    ]
    assert data["amounts"] == pytest.approx({"central": 60_000, "region": 36_000})


def test_a_grant_that_is_cut_to_the_cost_is_told(
    tables: Callable[..., Path], scenario: Callable[..., Path]
) -> None:
    """100 persons at 960 cost 96,000: of 60,000 from the centre and 60,000 from the region the
    region's is cut to 36,000; grants within the cost say nothing.
    """
    path = scenario(
        {
            "splits": [
                {"item": 45, "split": {"grants": ["central", "region"], "rest": {"prefecture": 1}}}
            ]
        }
    )
    for given, told in (
        (
            60_000,
            [
                "第45项自治区本级补助：昌吉市 2023 年 60,000.00 元，超过余下的费用 36,000.00 元，"
                "以费用为限"
            ],
        ),
        (36_000, []),
    ):
        amounts = [
            ["grant:45:central", "昌吉市", 2023, 60_000],
            ["grant:45:region", "昌吉市", 2023, given],
        ]
        budget = fm.simulate(
            path,
            tables(beneficiaries=[["family_reward_person", "昌吉市", 2023, 100]], amounts=amounts),
        )
        assert budget.by("payer")[["central", "region", "prefecture"]].tolist() == [
            60_000,
            36_000,
            0,
        ]
        assert [warning.message.to("zh") for warning in budget.warnings] == told
