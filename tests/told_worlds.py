"""Small random worlds with rows in every table, some of which cannot act; seeded, so that a failure
comes back.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

PLACES = ["652300", "652301", "652302", "652323", "653100", "653101", "653121", "650200"]
COUNTED = [
    *(
        "primary_pupil",
        "junior_pupil",
        "resident",
        "insured_resident",
        "reading_room",
        "senior_grant_student",
    ),
    *(
        "disability_living_recipient",
        "age_80_89",
        "unemployment_benefit_month",
        "vocational_grant_student",
    ),
]
PRICED = [
    "pubfund_primary",
    "insurance",
    "resident_medical_subsidy",
    "farm_reading_room",
    "disability_living",
    "public_health_programme",
]
YEARS = range(2021, 2026)
Tables = dict[str, list[list[Any]]]


def world(seed: int, follows: bool = False) -> Tables:
    """Every table with a few rows of places, years and codes drawn at random, ragged on purpose;
    with a population where counts follow it.
    """
    r = random.Random(seed)
    # The south needs base amounts, a prefecture excludes its counties: which of them is counted is
    # drawn once a world.
    places = [
        p
        for p in (PLACES[1:4] if r.random() < 0.7 else PLACES[:1])
        + (PLACES[5:7] if r.random() < 0.7 else PLACES[4:5])
        if r.random() < 0.8
    ]
    places = places or ["650200"]
    years = sorted(r.sample(list(YEARS), r.randint(1, 4)))
    tables: Tables = {
        "beneficiaries": [
            [name, place, year, r.randint(1, 5) * 100]
            for name in r.sample(COUNTED, 4)
            for place in places
            for year in years
            if r.random() < 0.7
        ],
        "rates": _unique(
            r,
            6,
            lambda: [
                r.choice(["pubfund_primary", *PRICED[2:]]),
                r.choice(["", *PLACES]),
                r.choice(YEARS),
            ],
            lambda: r.randint(1, 9) * 100,
        ),
        "amounts": [
            *(
                [line, place, year, r.randint(1, 9) * 1000]
                for line in ("local_textbooks",)
                for place in places
                for year in years
                if r.random() < 0.5
            ),
            *(
                [f"grant:{item}:central", place, r.choice(years), r.randint(1, 9) * 1000]
                for item in (77, 60, 54)
                for place in r.sample(places, 1)
            ),
        ],
        "bases_2015": [
            [item, place, r.randint(1, 9) * 10_000]
            for item in (11, 13, 45)
            for place in ("653100",)
        ],
        "minimum_wage": _unique(
            r,
            4,
            lambda: [r.choice(["", *PLACES]), r.choice(YEARS)],
            lambda: r.randint(15, 25) * 100,
        ),
        "local_split": _unique(
            r,
            4,
            lambda: [r.choice(["", 11, 48, 77]), r.choice(["", *PLACES])],
            lambda: r.choice([0.2, 0.5]),
        ),
        "fiscal_capacity": _unique(
            r, 5, lambda: [r.choice(PLACES), r.choice(YEARS)], lambda: 10**9
        ),
        "advances": _unique(
            r,
            5,
            lambda: [
                r.choice([11, 31, 48]),
                r.choice(PLACES),
                r.choice(YEARS),
                "central",
                "新财教〔2024〕1号",
            ],
            lambda: 1000,
        ),
        "actuals": _unique(
            r,
            5,
            lambda: [r.choice([11, 31, 48]), r.choice(PLACES), r.choice(YEARS), "central", "final"],
            lambda: 1000,
        ),
        "functions": _unique(
            r,
            4,
            lambda: [r.choice([11, 31, 48]), r.choice(["", "pubfund_primary"])],
            lambda: f"科目{r.randint(1, 9)}",
        ),
    }
    both = [
        row[1:3]
        for row in tables["beneficiaries"]
        if row[0] == "age_80_89"
        and ["disability_living_recipient", *row[1:3]]
        in [other[:3] for other in tables["beneficiaries"]]
    ]
    tables["overlaps"] = [
        ["age_80_89", "disability_living_recipient", *key, r.choice([0, 10])]
        for key in both
        if r.random() < 0.7
    ]
    tables["functions"] = [row for row in tables["functions"] if not row[1] or row[0] == 11]
    if follows:
        since = (
            min(row[2] for row in tables["beneficiaries"]) if tables["beneficiaries"] else YEARS[0]
        )
        tables["population"] = [
            [place, since, sex, age, 900]
            for place in {*places, "650200"}
            for sex in ("male", "female")
            for age in ("0-5", "6-11", "12-49", "50+")
        ]
        movement = [
            ("mortality", "both", "0+", 0.01),
            ("fertility", "female", "15-49", 0.05),
            ("take_up", "both", "6-11", 0.9),
        ]
        tables["vital_rates"] = [
            [rate, place, year, *rest]
            for rate, *rest in movement
            for place, year in (
                ("650000", 1995),
                ("650000", 2010),
                (r.choice(PLACES), r.choice([2020, 2040])),
            )
        ]
        return {name: rows for name, rows in tables.items() if rows}
    return {
        name: rows
        for name, rows in tables.items()
        if rows and (name in ("beneficiaries", "bases_2015") or r.random() < 0.8)
    }


def _unique(
    r: random.Random, number: int, key: Callable[[], list[Any]], value: Callable[[], Any]
) -> list[list[Any]]:
    found = {tuple(key()): value() for _ in range(r.randint(1, number))}
    return [[*each, of] for each, of in found.items()]
