"""Up to which year the later national rates of baseline are known, and that they are held after."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import fiscal_model as fm

PUPILS = [["primary_pupil", "昌吉市", 2023, 1000], ["primary_pupil", "昌吉市", 2024, 1000]]
SUPPLIED = [["pubfund_primary", "昌吉市", 2023, 730]]
LATER = {"line": "pubfund_primary", "from": 2024, "rate": 740}


@pytest.mark.parametrize(
    ("scenario", "years", "rates", "known"),
    [
        ("baseline", [2023, 2024], [], ["2023: Public funds, primary"]),
        # the year that it is known for is no year of holding
        ("baseline", [2023], [], []),
        # the text has 650 from 2021 on, and no later rate
        ("as_written", [2023, 2024], [], []),
        ("rates_of_2021", [2023, 2024], [], []),
        # whoever states a rate knows it
        ("baseline", [2023, 2024], SUPPLIED, []),
        ({"name": "trial", "extends": "baseline", "rates": [LATER]}, [2023, 2024], [], []),
    ],
)
def test_rates_that_a_foundation_holds_after_their_last_known_year_are_told(
    tables: Callable[..., Path],
    scenario: Any,
    years: list[int],
    rates: list[list[Any]],
    known: list[str],
) -> None:
    """Public funds of primary pupils are known from spring 2023 on; textbooks are the text's."""
    given = {"beneficiaries": PUPILS, **({"rates": rates} if rates else {})}
    told = [
        each.message.to("en").partition("held after: ")[2]
        for each in fm.simulate(scenario, tables(**given), years).warnings
        if each.message.code == "rates-known-until"
    ]
    assert told == known


def test_the_embedded_data_name_each_year_once() -> None:
    """The rate of 2025 is the last that is known; the earliest of the last is of 2021, for meals."""
    (told,) = [
        each.message
        for each in fm.simulate("baseline").warnings
        if each.message.code == "rates-known-until"
    ]
    years = [part.split(": ")[0] for part in told.to("en").partition("held after: ")[2].split("; ")]
    assert years == sorted(set(years), reverse=True)
    assert (years[0], years[-1]) == ("2025", "2021")
