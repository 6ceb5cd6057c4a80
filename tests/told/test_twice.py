"""Services that the per-head programme may pay for already are told where both are costed: small
worlds by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import fiscal_model as fm
from fiscal_model.cli import main
from fiscal_model.errors import Fault
from fiscal_model.scenario.read import load_scenario
from fiscal_model.standard.read import load_standard

Write = Callable[..., Path]
Tables = dict[str, list[list[Any]]]
HERE = "昌吉市"
RESIDENTS = [["resident", HERE, 2023, 1000]]
SERVICES: dict[int, tuple[Tables, str]] = {
    # 20 couples × 300, 10,000 of supplies, 50 patients × 40
    1: (
        {
            "beneficiaries": [["prepregnancy_couple", HERE, 2023, 20]],
            "rates": [["prepregnancy_check", "", 2023, 300]],
        },
        "6,000.00",
    ),
    3: ({"amounts": [["contraceptive_supplies", HERE, 2023, 10_000]]}, "10,000.00"),
    36: (
        {
            "beneficiaries": [["endemic_disease_patient", HERE, 2023, 50]],
            "rates": [["endemic_disease_care", "", 2023, 40]],
        },
        "2,000.00",
    ),
}


def told(path: Path, scenario: str = "baseline", years: Any = 2023) -> list[Fault]:
    """What is told of money that may count twice."""
    warnings = fm.simulate(scenario, path, years).warnings
    return [each for each in warnings if each.message.code == "may-count-twice"]


def beside(tables: Tables, residents: list[list[Any]]) -> Tables:
    return tables | {"beneficiaries": [*residents, *tables.get("beneficiaries", [])]}


@pytest.mark.parametrize("item", SERVICES)
def test_each_service_beside_the_programme_is_told(tables: Write, item: int) -> None:
    rows, money = SERVICES[item]
    (fault,) = told(tables(**beside(rows, RESIDENTS)))
    zh, en = fault.message.to("zh"), fault.message.to("en")
    assert re.search(f"^第{item}项.*在{HERE}2023 年测算了 {re.escape(money)} 元", zh)
    assert re.search(f"^item {item}, .* costs {re.escape(money)} yuan in Changji City in 2023", en)
    assert re.search(r"(beneficiaries|amounts)\.csv:\d", fault.where)


@pytest.mark.parametrize(
    "residents",
    [
        pytest.param([], id="the programme is not filled in"),
        pytest.param([["resident", HERE, 2023, 0]], id="it costs nothing"),
        pytest.param([["resident", "阜康市", 2023, 1000]], id="another place"),
        pytest.param([["resident", "喀什地区", 2023, 1000]], id="another prefecture"),
    ],
)
@pytest.mark.parametrize("item", SERVICES)
def test_not_where_the_programme_costs_nothing_there(
    tables: Write, item: int, residents: list[list[Any]]
) -> None:
    assert told(tables(**beside(SERVICES[item][0], residents))) == []


def test_not_in_another_year(tables: Write) -> None:
    """The supplies stand in 2022, the residents in 2023, whose price is known from 2022 on."""
    path = tables(
        beneficiaries=RESIDENTS,
        amounts=[["contraceptive_supplies", HERE, 2022, 10_000]],
        rates=[["public_health_programme", "", 2022, 84]],
    )
    assert told(path, "as_written", 2022) == []
    assert len(told(path, "baseline", 2023)) == 1  # the supplies are held


def test_counts_without_a_rate_and_items_that_stand_alone_are_not_told(tables: Write) -> None:
    """Couples without a price cost nothing; item 35 is paid in 31 and has no lines; item 39 has a
    responsibility of its own.
    """
    path = tables(
        beneficiaries=[*RESIDENTS, ["prepregnancy_couple", HERE, 2023, 20]],
        amounts=[["hiv_followup", HERE, 2023, 10_000]],
    )
    assert told(path) == []


def test_a_place_above_or_below_is_the_same_place(tables: Write) -> None:
    """Residents of the prefecture hold those of its county; both counties are told in one line."""
    path = tables(
        beneficiaries=[["resident", "昌吉回族自治州", 2023, 5000]],
        amounts=[
            ["contraceptive_supplies", HERE, 2023, 10_000],
            ["contraceptive_supplies", "阜康市", 2023, 5000],
            ["contraceptive_supplies", "喀什市", 2023, 7000],
        ],
    )
    (fault,) = told(path)
    assert "昌吉市、阜康市2023 年" in fault.message.to("zh")
    assert "15,000.00 元" in fault.message.to("zh")


def test_the_catalogue_and_explanations_say_so(
    tables: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["items", "36"]) == 0
    assert "可能已由第31项支付：假设" in capsys.readouterr().out
    path = tables(**beside(SERVICES[1][0], RESIDENTS))
    words = fm.explain(1, HERE, 2023, inputs=path).text("en")
    assert "may be paid in item 31 already: assumption" in words
    assert "to be confirmed" in words


def test_which_items_may_be_in_another_is_stated_with_its_basis() -> None:
    doubts = {n: item.may_be_in for n, item in load_standard().items.items() if item.may_be_in}
    assert doubts.keys() == SERVICES.keys()
    assert all(each.item == 31 and each.clause.basis == "assumption" for each in doubts.values())


NEW = """name: new
new:
  items:
    - item: 90
      name: {zh: 新服务, en: new}
      section: 10
      responsibility: joint_unquantified
      may_be_in: {MAY}
      lines: [{line: new_money, name: {zh: 新服务, en: new}, accrual: calendar_year}]
      split: {full: region}
"""


def test_an_item_of_a_scenario_may_be_in_another_too(tables: Write, scenario: Write) -> None:
    file = scenario(NEW.replace("MAY", "item: 31"))
    path = tables(
        beneficiaries=RESIDENTS,
        rates=[["public_health_programme", "", 2023, 89]],
        amounts=[["new_money", HERE, 2023, 3000]],
    )
    (fault,) = told(path, str(file))
    assert "第90项" in fault.message.to("zh")


@pytest.mark.parametrize("carrier", [32, 99], ids=["paid in another itself", "no such item"])
def test_what_may_pay_needs_lines(scenario: Write, carrier: int) -> None:
    with pytest.raises(fm.FiscalModelError) as caught:
        load_scenario(scenario(NEW.replace("MAY", f"item: {carrier}")))
    assert [each.message.code for each in caught.value.faults] == ["item-may-be-in-no-lines"]
