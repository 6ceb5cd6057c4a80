"""The cohort projection: hand arithmetic, closed accounts, a slow exact second opinion, and
everything that is refused or noted.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from fiscal_model.engine.cohort import Population, cohort_counts, population_path, report_missing
from fiscal_model.errors import Fault, Faults
from fiscal_model.inputs.model import Inputs, Rows
from fiscal_model.inputs.raw import RawTable
from fiscal_model.inputs.read import load_inputs
from fiscal_model.inputs.tables import TABLES
from fiscal_model.scenario.entries import VitalEntry
from fiscal_model.scenario.entries.count import Cohort
from fiscal_model.scenario.layers import Layer
from fiscal_model.standard.clause import Clause
from fiscal_model.standard.places import Place, Places
from fiscal_model.standard.read import load_standard
from fiscal_model.vocabulary import Text

REGION, EAST, WEST, A, B, C = "900000", "910000", "920000", "910101", "910102", "920101"
PARENT = {REGION: None, EAST: REGION, WEST: REGION, A: EAST, B: EAST, C: WEST}
PLACES = Places(
    {
        code: Place(code, Text(f"地{code}", code), "county", parent)
        for code, parent in PARENT.items()
    }
)
Row = Sequence[Any]
ALWAYS = (0, 10**9)
Entries = Sequence[tuple[VitalEntry, tuple[int, int]]]


def table(name: str, rows: Sequence[Row]) -> Rows:
    """Rows as they are after reading, each cell with its place in a file."""
    names = [column.name for column in TABLES[name].columns]
    raw = RawTable(
        TABLES[name],
        f"{name}.csv",
        None,
        {each: i for i, each in enumerate(names)},
        list(rows),
        list(range(2, len(rows) + 2)),
    )
    return Rows(
        name,
        {each: [row[i] for row in rows] for i, each in enumerate(names)},
        raw,
        range(len(rows)),
    )


def inputs_of(
    population: Sequence[Row], rates: Sequence[Row] = (), places: Places = PLACES
) -> Inputs:
    given = {"population": population, "vital_rates": rates}
    tables = {name: table(name, rows) for name, rows in given.items() if rows}
    return Inputs("trial", False, tables, places.index, (), "", Text("", ""))


@dataclass
class Outcome:
    """What a projection gave: the path, or what is wrong with it, and what it assumed."""

    path: Population | None
    faults: list[Fault]
    notes: list[Fault]

    @property
    def population(self) -> Population:
        assert self.path is not None, [fault.to("en") for fault in self.faults]
        return self.path

    def persons(self, place: str, year: int, sex: int, age: int) -> float:
        path = self.population
        return float(path.persons[path.places.index(place), path.years.index(year), sex, age])


def project(
    population: Sequence[Row],
    rates: Sequence[Row] = (),
    last_year: int = 2025,
    entries: Entries = (),
) -> Outcome:
    faults, notes = Faults(), list[Fault]()
    path = population_path(
        PLACES,
        inputs_of(population, rates),
        [Layer(each, each.mask, *span) for each, span in entries],
        last_year,
        faults,
        notes,
    )
    return Outcome(path, faults.found, notes)


def counted(outcome: Outcome, cohort: Cohort) -> dict[tuple[str, int], float]:
    """The known counts of a cohort by (place, year)."""
    path, faults = outcome.population, Faults()
    counts = cohort_counts(path, cohort, "reform.yaml:3:5", PLACES, faults)
    assert counts is not None, faults.found
    known = ~np.isnan(counts)
    return {(PLACES.codes[p], path.years[t]): float(counts[p, t]) for p, t in np.argwhere(known)}


def people(
    place: str,
    year: int,
    by_age: Sequence[int],
    open_band: bool = True,
    sexes: Sequence[str] = ("male", "female"),
) -> list[Row]:
    """As many men as women: the persons of each sex at age 0, 1, …, the last age open."""
    top = len(by_age) - 1
    return [
        (place, year, sex, f"{age}+" if open_band and age == top else str(age), count)
        for sex in sexes
        for age, count in enumerate(by_age)
    ]


def entry(
    rate: str, where: Sequence[str] = (REGION,), value: str | None = None, factor: str | None = None
) -> VitalEntry:
    return VitalEntry(
        at="reform.yaml:7:5",
        where=tuple(where),
        places=PLACES,
        clause=Clause("user", ""),
        rate=rate,
        value=Decimal(value) if value else None,
        factor=Decimal(factor) if factor else None,
    )


STILL = (
    ("mortality", REGION, 2020, "both", "0+", 0.0),
    ("fertility", REGION, 2020, "female", "0+", 0.0),
)
"""Nobody dies and nobody is born."""


# A person can follow these


def test_one_birth_cohort_goes_through_school_and_reaches_old_age() -> None:
    """100 boys and 90 girls are aged 5 at the end of 2020, and nobody else is there; no one dies,
    no one moves.

    They are 6 at the end of 2021 and 11 at the end of 2026: primary pupils from 2021 to 2026. They
    are 12 to 14 from 2027 to 2029. With 0.9 of them enrolled at junior level these are 171 pupils.
    They are 80 at the end of 2095 and stay entitled to the end of 2100, when they are 85.
    """
    ages = [0] * 101
    ages[5] = 1
    rows = [(*row[:4], row[4] * (100 if row[2] == "male" else 90)) for row in people(A, 2020, ages)]
    outcome = project(
        rows, [*STILL, ("junior_enrolment", REGION, 2020, "both", "12-14", 0.9)], 2100
    )
    primary = counted(outcome, Cohort(6, 11, "both", ()))
    assert [year for (_, year), n in primary.items() if n] == [2021, 2022, 2023, 2024, 2025, 2026]
    assert {n for n in primary.values() if n} == {190}
    junior = counted(outcome, Cohort(12, 14, "both", ("junior_enrolment",)))
    assert {year: n for (_, year), n in junior.items() if n} == pytest.approx(
        {2027: 171, 2028: 171, 2029: 171}
    )
    old = counted(outcome, Cohort(80, 89, "female", ()))
    assert {year: n for (_, year), n in old.items() if n} == dict.fromkeys(range(2095, 2101), 90)


def test_one_year_by_hand() -> None:
    """County A at the end of 2020, men and women alike: 20 aged 0, 30 aged 1, 40 aged 2 and older.

    In 2021, 20 women reach age 1 (0.1 births each) and 30 + 40 the open age 2 (0.2 each): 2 + 14 =
    16 births, three quarters of them boys: 12 boys and 4 girls. Of the 12 boys a quarter dies (3);
    of the 20 who reach age 1 nobody dies and a tenth leaves (2); of the 70 who reach age 2 and
    older 0.2 die (14) and 0.1 arrive (7).
    """
    rates = [
        ("fertility", REGION, 2021, "female", "1", 0.1),
        ("fertility", REGION, 2021, "female", "2", 0.2),
        ("male_share_at_birth", REGION, 2021, "both", "0", 0.75),
        ("mortality", REGION, 2021, "both", "0", 0.25),
        ("mortality", REGION, 2021, "both", "1", 0),
        ("mortality", REGION, 2021, "both", "2", 0.2),
        ("net_migration", REGION, 2021, "both", "0", 0),
        ("net_migration", REGION, 2021, "both", "1", -0.1),
        ("net_migration", REGION, 2021, "both", "2", 0.1),
    ]
    outcome = project(people(A, 2020, [20, 30, 40]), rates, 2021)
    path = outcome.population
    assert path.births[0, 1] == pytest.approx([12, 4])
    assert path.persons[0, 1, 0] == pytest.approx([9, 18, 63])
    assert path.persons[0, 1, 1] == pytest.approx([3, 18, 63])
    assert path.deaths[0, 1, 0] == pytest.approx([3, 0, 14])
    assert path.migrants[0, 1, 0] == pytest.approx([0, -2, 7])
    balance = path.balance()
    assert balance.loc[(A, 2021)].to_dict() == pytest.approx(
        {"start": 180, "births": 16, "deaths": 32, "migrants": 10, "end": 174}
    )
    assert balance.loc[(A, 2020)].isna().tolist() == [True, True, True, True, False]
    assert outcome.notes == []
    tidy = path.to_dataframe().set_index(["place", "year", "sex", "age"])
    assert tidy.loc[(A, 2021, "male", 0)].to_dict() == pytest.approx(
        {"persons": 9, "births": 12, "deaths": 3, "migrants": 0}
    )
    assert tidy.loc[(A, 2021, "female", 2), ["persons", "births"]].tolist() == pytest.approx(
        [63, 0]
    )
    assert tidy.loc[(A, 2020, "male", 2), ["births", "deaths", "migrants"]].isna().all()


def test_a_flat_population_gives_flat_pupils() -> None:
    """10 of each sex at every age to 4. Nobody dies before the open age; of the 20 who reach it
    half die, 10 stay. The women who reach ages 2 and 3 bear one child each: 20 births, half of them
    boys, 10 and 10.
    """
    rates = [
        ("fertility", REGION, 2020, "female", "2-3", 1.0),
        ("male_share_at_birth", REGION, 2020, "both", "0", 0.5),
        ("mortality", REGION, 2020, "both", "0-3", 0.0),
        ("mortality", REGION, 2020, "both", "4+", 0.5),
    ]
    outcome = project(people(A, 2020, [10, 10, 10, 10, 10]), rates, 2050)
    pupils = counted(outcome, Cohort(1, 2, "both", ()))
    assert set(pupils.values()) == {40.0}
    assert len(pupils) == 31
    assert np.all(outcome.population.persons == 10)


# Against a slow and exact second opinion


@dataclass
class SlowWorld:
    """Random rows and the same projection in plain loops over exact fractions, sharing no code with
    the arrays.
    """

    rng: random.Random
    top: int
    population: list[Row] = field(default_factory=list)
    rates: list[Row] = field(default_factory=list)
    counts: dict[tuple[str, int, str, int], int] = field(default_factory=dict)
    given: dict[tuple[str, str, int, str, int], Fraction] = field(default_factory=dict)

    def draw(self) -> None:
        rng, top = self.rng, self.top
        for place in rng.sample((A, B, C), rng.randint(1, 3)):
            for year in rng.sample((2018, 2019, 2020), rng.randint(1, 3)):
                for sex in ("male", "female"):
                    for age in range(top + 1):
                        self.counts[place, year, sex, age] = n = rng.choice((0, 1, 17, 1000))
                        self.population.append(
                            (place, year, sex, f"{age}+" if age == top else str(age), n)
                        )
        for name, low, high in (
            ("fertility", 0, 9),
            ("mortality", 0, 9),
            ("net_migration", -7, 12),
            ("male_share_at_birth", 30, 70),
        ):
            for place in (REGION, *rng.sample((EAST, WEST, A, B, C), 2)):
                for year in (2018, *rng.sample((2020, 2021, 2023), 2)):
                    for sex in (
                        ("female",)
                        if name == "fertility"
                        else rng.choice((("both",), ("male", "female"), ("both", "male")))
                    ):
                        self.draw_ages(name, place, year, sex, low, high)

    def draw_ages(self, name: str, place: str, year: int, sex: str, low: int, high: int) -> None:
        edges = [
            0,
            *sorted(self.rng.sample(range(1, self.top + 1), self.rng.randint(0, 2))),
            self.top + 1,
        ]
        for start, stop in pairwise(edges):
            if place != REGION and self.rng.random() < 0.3:
                continue
            value = Fraction(self.rng.randint(low, high), 100)
            open_band = stop > self.top
            written = (
                f"{start}+"
                if open_band
                else str(start)
                if stop - start == 1
                else f"{start}-{stop - 1}"
            )
            self.rates.append((name, place, year, sex, written, float(value)))
            for age in range(start, stop):
                self.given[name, place, year, sex, age] = value

    def rate(self, name: str, place: str | None, year: int, sex: str, age: int) -> Fraction:
        """The nearest place that has one, its last year, its own sex before both."""
        while place:
            for earlier in range(year, 1989, -1):
                for either in (sex, "both"):
                    if (name, place, earlier, either, age) in self.given:
                        return self.given[name, place, earlier, either, age]
            place = PARENT[place]
        raise AssertionError((name, year, sex, age))

    def next_year(
        self, place: str, year: int, now: dict[tuple[str, int], Fraction]
    ) -> dict[tuple[str, int], Fraction]:
        start = {
            (sex, age): Fraction(0) for sex in ("male", "female") for age in range(self.top + 1)
        }
        for (sex, age), n in now.items():
            start[sex, min(age + 1, self.top)] += n
        births = sum(
            start["female", age] * self.rate("fertility", place, year, "female", age)
            for age in range(1, self.top + 1)
        )
        boys = self.rate("male_share_at_birth", place, year, "male", 0)
        start["male", 0], start["female", 0] = births * boys, births * (1 - boys)
        return {
            (sex, age): (
                n
                * (
                    1
                    - self.rate("mortality", place, year, sex, age)
                    + self.rate("net_migration", place, year, sex, age)
                )
            )
            for (sex, age), n in start.items()
        }


@pytest.mark.parametrize("seed", range(40))
def test_the_arrays_agree_with_exact_fractions_in_a_plain_loop(seed: int) -> None:
    world = SlowWorld(random.Random(seed), top=random.Random(seed).randint(2, 6))
    world.draw()
    outcome = project(world.population, world.rates, 2025)
    for place in outcome.population.places:
        base = max(year for code, year, *_ in world.counts if code == place)
        now = {
            (sex, age): Fraction(world.counts[place, base, sex, age])
            for sex in ("male", "female")
            for age in range(world.top + 1)
        }
        for year in range(base + 1, 2026):
            now = world.next_year(place, year, now)
            for (sex, age), n in now.items():
                assert outcome.persons(place, year, int(sex == "female"), age) == pytest.approx(
                    float(n), rel=1e-12, abs=1e-9
                )


@pytest.mark.parametrize("seed", range(20))
def test_who_comes_in_and_who_goes_out_is_who_stays(seed: int) -> None:
    """Every cohort: those a year younger, less deaths, plus migrants. Every place and year, and the
    sum of the places: births as well.
    """
    world = SlowWorld(random.Random(seed), top=5)
    world.draw()
    path = project(world.population, world.rates, 2030).population
    for p, base in enumerate(path.base):
        for t in range(int(base) + 1, len(path.years)):
            before, end, out = (
                path.persons[p, t - 1],
                path.persons[p, t],
                path.deaths[p, t] - path.migrants[p, t],
            )
            assert end[:, 0] + out[:, 0] == pytest.approx(path.births[p, t])
            assert end[:, 1:-1] + out[:, 1:-1] == pytest.approx(before[:, :-2])
            assert end[:, -1] + out[:, -1] == pytest.approx(before[:, -2] + before[:, -1])
    balance = path.balance().dropna()
    assert len(balance) == sum(len(path.years) - 1 - int(base) for base in path.base)
    for frame in (balance, balance.groupby("year").sum()):
        closed = frame["start"] + frame["births"] - frame["deaths"] + frame["migrants"]
        assert closed.to_numpy() == pytest.approx(frame["end"].to_numpy(), rel=1e-12)


# Which rate serves


def survivors(outcome: Outcome, place: str = A, year: int = 2021, sex: int = 0) -> float:
    """Of 100 persons aged 0 in 2020 those who are alive at age 1."""
    return outcome.persons(place, year, sex, 1)


def test_the_nearest_place_serves_and_a_rate_holds_until_its_next_year() -> None:
    """Region 0.1 from 2020, county B 0.4 in 2022 only: of 100 persons a year A keeps 90, B 90 in
    2021 and 60 from 2022 on, 2024 included.
    """
    rates = [
        *STILL[1:],
        ("mortality", REGION, 2020, "both", "0+", 0.1),
        ("mortality", B, 2022, "both", "1", 0.4),
    ]
    rows = [row for place in (A, B) for row in people(place, 2020, [100, 100, 100, 100, 100, 100])]
    outcome = project(rows, [*rates, ("net_migration", EAST, 2020, "both", "0+", 0)], 2024)
    assert survivors(outcome, A) == pytest.approx(90)
    assert survivors(outcome, B) == pytest.approx(90)
    assert outcome.persons(A, 2022, 0, 2) == pytest.approx(81)
    assert outcome.persons(B, 2022, 0, 2) == pytest.approx(81)
    rates_of_b = outcome.population.rates["mortality"].over((2021, 2022, 2024))[
        PLACES.index[B], :, 0, :3
    ]
    assert rates_of_b.tolist() == [[0.1, 0.1, 0.1], [0.1, 0.4, 0.1], [0.1, 0.4, 0.1]]


def test_a_rate_for_one_sex_beats_the_one_for_both() -> None:
    rates = [
        *STILL[1:],
        ("mortality", REGION, 2020, "male", "1", 0.3),
        ("mortality", REGION, 2020, "both", "0+", 0.1),
    ]
    outcome = project(people(A, 2020, [100, 100, 100]), rates, 2021)
    assert (survivors(outcome, sex=0), survivors(outcome, sex=1)) == pytest.approx((70, 90))


def test_the_top_age_is_where_the_lowest_open_band_starts() -> None:
    """Place A is open from 3 on, B from 5 on: B's 30 + 40 + 50 of 3, 4 and 5+ are pooled. Without
    an open band the highest age is open.
    """
    rows = [*people(A, 2020, [10, 10, 10, 10]), *people(B, 2020, [10, 10, 10, 30, 40, 50])]
    assert project(rows, STILL, 2020).population.persons[1, 0, 0].tolist() == [10, 10, 10, 120]
    closed = project(people(A, 2020, [1, 2, 3], open_band=False), STILL, 2021)
    assert closed.population.persons[0, 1, 0].tolist() == [0, 1, 5]


def test_supplied_years_stay_and_the_last_of_them_is_the_base() -> None:
    """2022 is not supplied between 2021 and 2023: it stays unknown; 2024 follows from 2023."""
    rows = [*people(A, 2021, [7, 7, 7]), *people(A, 2023, [1, 2, 3])]
    path = project(rows, STILL, 2024).population
    assert path.years == (2021, 2022, 2023, 2024)
    assert path.persons[0, :, 0, 0].tolist() == pytest.approx([7, np.nan, 1, 0], nan_ok=True)
    assert path.persons[0, 3, 0].tolist() == [0, 1, 5]
    assert path.balance().index.tolist() == [(A, 2021), (A, 2023), (A, 2024)]


# Scenarios


HALF_STAY = (*STILL, ("net_migration", REGION, 2020, "both", "0+", -0.5))


@pytest.mark.parametrize(
    ("entries", "left"),
    [
        ([(entry("net_migration", value="-0.2"), ALWAYS)], 80),
        ([(entry("net_migration", factor="0.5"), ALWAYS)], 75),
        ([(entry("net_migration", factor="0.5"), ALWAYS)] * 2, 75),
        (
            [
                (entry("net_migration", value="-0.2"), ALWAYS),
                (entry("net_migration", factor="0.5"), ALWAYS),
            ],
            90,
        ),
        (
            [
                (entry("net_migration", factor="0.5"), ALWAYS),
                (entry("net_migration", value="-0.2"), ALWAYS),
            ],
            80,
        ),
        (
            [
                (entry("net_migration", factor="0.5"), ALWAYS),
                (entry("net_migration", factor="0.2"), ALWAYS),
            ],
            90,
        ),
        ([(entry("net_migration", value="-0.2"), (2022, 2023))], 50),
        ([(entry("net_migration", [WEST], value="-0.2"), ALWAYS)], 50),
        ([(entry("net_migration", [EAST], value="-0.2"), (2021, 2022))], 80),
    ],
)
def test_entries_replace_or_multiply_a_rate(entries: Entries, left: float) -> None:
    """Of 100 in county A half leave: 50 stay. A value replaces that, a factor multiplies it, the
    last one painted counts, in its places and years.
    """
    assert survivors(
        project(people(A, 2020, [100, 100, 100]), HALF_STAY, 2021, entries)
    ) == pytest.approx(left)


def test_an_entry_holds_for_its_years_only() -> None:
    """100 a year at age 0: without moving in 2022, half leave in 2021 and 2023."""
    outcome = project(
        people(A, 2020, [100, 100, 100, 100, 100]),
        HALF_STAY,
        2023,
        [(entry("net_migration", value="0"), (2022, 2023))],
    )
    assert [outcome.persons(A, 2020 + n, 0, n) for n in range(4)] == pytest.approx(
        [100, 50, 50, 25]
    )


def test_a_new_fertility_is_that_of_the_fertile_ages() -> None:
    """Fertility 0.1 at age 1 only; 0.3 instead: 100 women reach 1 and bear 30, those of 2 and older
    still none.
    """
    rates = [STILL[0], ("fertility", REGION, 2020, "female", "1", 0.1)]
    outcome = project(
        people(A, 2020, [100, 100, 100]), rates, 2021, [(entry("fertility", value="0.3"), ALWAYS)]
    )
    assert outcome.population.births[0, 1].sum() == pytest.approx(30)


def test_a_scenario_may_bring_a_ratio_of_its_own() -> None:
    outcome = project(
        people(A, 2020, [100, 100, 100]),
        STILL,
        2021,
        [(entry("take_up", [A], value="0.25"), ALWAYS)],
    )
    assert counted(outcome, Cohort(1, 1, "both", ("take_up",))) == {(A, 2020): 50, (A, 2021): 50}


def test_ratios_multiply_by_sex_and_age() -> None:
    """100 of each sex and age, 0.8 of those of 1 and 2 enrolled; of these all board, of the girls
    of 1 only half.

    Girls: 100 × 0.8 × 0.5 + 100 × 0.8 = 120; boys: 2 × 100 × 0.8 = 160.
    """
    rates = [
        *STILL,
        ("boarding", REGION, 2020, "both", "0+", 1),
        ("boarding", REGION, 2020, "female", "1", 0.5),
        ("enrolment", REGION, 2020, "both", "1-2", 0.8),
    ]
    outcome = project(people(A, 2020, [100, 100, 100, 100]), rates, 2020)
    assert counted(outcome, Cohort(1, 2, "both", ("boarding", "enrolment"))) == pytest.approx(
        {(A, 2020): 280}
    )
    assert counted(outcome, Cohort(1, 2, "female", ("boarding", "enrolment"))) == pytest.approx(
        {(A, 2020): 120}
    )
    assert counted(outcome, Cohort(3, None, "male", ())) == {(A, 2020): 100}


# What is refused, and what is assumed


def refusal(outcome: Outcome) -> str:
    assert outcome.path is None
    assert outcome.faults
    assert all(re.search("[一-鿿]", fault.message.to("zh")) for fault in outcome.faults)
    return "\n".join(fault.to("en") for fault in outcome.faults)


@pytest.mark.parametrize(
    ("rows", "where", "words"),
    [
        (people(A, 2020, [1, 1, 1], sexes=["both"]), "population.csv:2:3", "births need the women"),
        (
            people(A, 2020, [1, 1, 1], sexes=["female"]),
            "population.csv:2:4",
            "male population of 910101 in 2020 lacks the ages 0–2",
        ),
        (
            [*people(A, 2020, [1, 1, 1]), *people(EAST, 2020, [1, 1, 1])],
            "population.csv:2:1",
            "910101 and for 910000",
        ),
        (
            [*people(A, 2020, [1] * 9), (A, 2020, "male", "3-5", 1)],
            "population.csv:20:4",
            "'3-5' overlaps with '3' in row 5",
        ),
        (
            [*people(A, 2020, [1, 1, 1]), (A, 2020, "male", "1+", 1)],
            "population.csv:8:4",
            "'1+' overlaps with '2+' in row 4",
        ),
        (
            [row for row in people(A, 2020, [1] * 9) if row[3] not in ("2", "5", "6")],
            "population.csv:2:4",
            "lacks the ages 2, 5–6",
        ),
        (
            [*people(A, 2020, [1, 1, 1]), *people(B, 2020, [1, 1], open_band=False)],
            "population.csv:8:4",
            "910102 in 2020 lacks the ages 2",
        ),
        (
            [(A, 2020, sex, "0+", 5) for sex in ("male", "female")],
            "population.csv:2:4",
            "given by age",
        ),
    ],
)
def test_a_population_that_cannot_be_projected_is_refused_at_its_cell(
    rows: list[Row], where: str, words: str
) -> None:
    outcome = project(rows, STILL)
    assert words in refusal(outcome)
    assert where in [fault.where for fault in outcome.faults]


@pytest.mark.parametrize(
    ("row", "where", "words"),
    [
        (
            ("mortality", A, 2020, "both", "1", 5.2),
            "vital_rates.csv:4:6",
            "'mortality' lies between 0 and 1",
        ),
        (("fertility", A, 2020, "female", "1", 40), "vital_rates.csv:4:6", "not per thousand"),
        (
            ("net_migration", A, 2020, "both", "1", -1.5),
            "vital_rates.csv:4:6",
            "cannot be below -1",
        ),
        (
            ("enrolment", A, 2020, "both", "1", -0.5),
            "vital_rates.csv:4:6",
            "'enrolment' cannot be below 0",
        ),
        (("fertility", A, 2020, "male", "1", 0.1), "vital_rates.csv:4:4", "the sex must be female"),
        (
            ("mortality", REGION, 2020, "both", "1", 0.1),
            "vital_rates.csv:4:5",
            "'1' overlaps with '0+' in row 2",
        ),
    ],
)
def test_a_rate_that_cannot_be_is_refused_at_its_cell(row: Row, where: str, words: str) -> None:
    outcome = project(people(A, 2020, [1, 1, 1]), [*STILL, row])
    assert words in refusal(outcome)
    assert [fault.where for fault in outcome.faults] == [where]


def test_no_more_can_leave_than_there_are() -> None:
    """0.6 die and 0.5 leave: of 10 men who reach age 1 in 2022, -1 would be left."""
    leave = ("net_migration", REGION, 2022, "male", "1", -0.5)
    rates = [
        STILL[1],
        ("mortality", REGION, 2020, "both", "0+", 0.6),
        ("net_migration", REGION, 2020, "both", "0+", 0),
        leave,
    ]
    words = refusal(project(people(A, 2021, [10, 10, 10]), rates, 2023))
    assert words.startswith(
        "FM-population-below-zero in 910101 (910101) more males of age 1 die or leave in 2022 than"
        " there are"
    )
    assert project(people(A, 2020, [0, 10, 10]), rates, 2023).faults == []


@pytest.mark.parametrize("values", [{"value": "1.5"}, {"factor": "-1"}])
def test_an_entry_outside_the_limits_of_a_rate_is_refused_where_it_stands(
    values: dict[str, str],
) -> None:
    outcome = project(
        people(A, 2020, [1, 1, 1]), STILL, entries=[(entry("mortality", **values), ALWAYS)]
    )
    assert refusal(outcome)
    assert [fault.where for fault in outcome.faults] == ["reform.yaml:7:5"]


@pytest.mark.parametrize(
    ("cohort", "words"),
    [
        (Cohort(1, 3, "both", ()), "ages 1-3 cut the open age 3+"),
        (Cohort(2, 5, "both", ()), "ages 2-5 cut the open age 3+"),
        (Cohort(4, None, "both", ()), "ages 4+ cut the open age 3+"),
        (
            Cohort(1, 2, "both", ("enrollment",)),
            (
                "there is no ratio 'enrollment' among the vital rates; the nearest known is"
                " 'enrolment'"
            ),
        ),
        (Cohort(1, 2, "both", ("mortality",)), "there is no ratio 'mortality'"),
    ],
)
def test_a_cohort_that_the_data_cannot_tell_is_refused(cohort: Cohort, words: str) -> None:
    outcome = project(
        people(A, 2020, [1, 1, 1, 1]), [*STILL, ("enrolment", REGION, 2020, "both", "1-2", 1)]
    )
    faults = Faults()
    assert cohort_counts(outcome.population, cohort, "reform.yaml:3:5", PLACES, faults) is None
    [fault] = faults.found
    assert fault.where == "reform.yaml:3:5"
    assert words in fault.message.to("en")


ALIVE = tuple(("mortality", REGION, 2020, "both", age, 0) for age in ("0", "1-3", "2+"))


@pytest.mark.parametrize(
    ("rates", "cohort", "words"),
    [
        (
            [STILL[1], ALIVE[0], ALIVE[2]],
            Cohort(3, 3, "male", ()),
            "no 'mortality' for male, age 1, in 2021",
        ),
        (
            [STILL[1], *ALIVE[:2]],
            Cohort(4, None, "male", ()),
            "no 'mortality' for male, age 4, in 2021",
        ),
        ([STILL[0]], Cohort(1, 1, "male", ()), "no 'fertility' for female, any age, in 2021"),
        (
            [*STILL, ("net_migration", A, 2020, "both", "0-1", 0)],
            Cohort(3, 3, "female", ()),
            "no 'net_migration' for female, age 3, in 2021",
        ),
        (
            [*STILL, ("enrolment", REGION, 2020, "male", "0+", 1)],
            Cohort(1, 3, "both", ("enrolment",)),
            "no 'enrolment' for female, age 1, in 2020",
        ),
        (
            [*STILL, ("enrolment", A, 2022, "both", "0+", 1)],
            Cohort(1, 3, "male", ("enrolment",)),
            "no 'enrolment' for male, age 1, in 2020",
        ),
        (
            [("fertility", REGION, 2020, "female", "2-3", 0.1), ALIVE[0], ALIVE[2]],
            Cohort(0, 0, "male", ()),
            "no 'mortality' for female, age 1, in 2021",
        ),
    ],
)
def test_a_wanted_count_that_is_not_known_names_the_rate_that_is_missing(
    rates: list[Row], cohort: Cohort, words: str
) -> None:
    """What is missing is followed back along the cohort, and from the newborn to the women who
    reach a fertile age.
    """
    outcome = project(people(A, 2020, [5, 5, 5, 5, 5]), rates, 2023)
    counts = cohort_counts(
        outcome.population, cohort, "reform.yaml:3:5", PLACES, faults := Faults()
    )
    assert counts is not None
    report_missing(
        outcome.population,
        cohort,
        counts,
        np.ones(counts.shape, bool),
        "reform.yaml:3:5",
        PLACES,
        faults,
    )
    found = {fault.message.to("en") for fault in faults.found}
    assert [message for message in found if f"persons of {A}" in message and words in message]
    assert all(
        "nothing for the place" in message for message in found if f"persons of {A}" not in message
    )


def missed(outcome: Outcome, cohort: Cohort, *years: int) -> list[str]:
    """What is said when the counts of county A are wanted for some years."""
    counts = cohort_counts(outcome.population, cohort, "", PLACES, faults := Faults())
    assert counts is not None
    wanted = np.zeros(counts.shape, bool)
    wanted[PLACES.index[A], [outcome.population.years.index(year) for year in years]] = True
    report_missing(outcome.population, cohort, counts, wanted, "", PLACES, faults)
    return [fault.message.to("en") for fault in faults.found]


def test_only_wanted_counts_are_missed() -> None:
    outcome = project(people(A, 2020, [5, 5, 5, 5, 5]), [STILL[1]], 2023)
    assert missed(outcome, Cohort(1, 2, "both", ()), 2020) == []
    assert missed(outcome, Cohort(1, 2, "both", ()), 2020, 2021)


def test_the_open_age_is_followed_back_through_itself() -> None:
    """Mortality of those of 4 and older is missing in 2021 only: in 2023 they are still unknown for
    it.
    """
    rates = [STILL[1], *ALIVE[:2], ("mortality", REGION, 2022, "both", "4+", 0)]
    [message] = missed(
        project(people(A, 2020, [5, 5, 5, 5, 5]), rates, 2023), Cohort(4, None, "male", ()), 2023
    )
    assert "no 'mortality' for male, age 4, in 2021" in message


def test_a_missing_rate_spoils_only_those_it_meets() -> None:
    """Mortality is not known from age 3 on: who is younger, and the children of women of 2, still
    are, two years on too.
    """
    rates = [
        ("fertility", REGION, 2020, "female", "2", 0.5),
        ("mortality", REGION, 2020, "both", "0-2", 0),
    ]
    path = project(people(A, 2020, [4, 4, 4, 4, 4]), rates, 2022).population
    assert path.births[0, 1:].sum(axis=1) == pytest.approx([2, 2])
    assert np.isnan(path.persons[0, 2, 0]).tolist() == [False, False, False, True, True]


def test_what_is_assumed_is_noted() -> None:
    """Births by 105 boys to 100 girls: of 205 births 105 are boys. No net migration: closed. 30
    persons aged 0-2 are 10 a year.
    """
    rows = [
        row
        for sex in ("male", "female")
        for row in [(A, 2020, sex, "0-2", 30), (A, 2020, sex, "3+", 400)]
    ]
    rates = [
        ("fertility", REGION, 2020, "female", "3", 0.5),
        ("mortality", REGION, 2020, "both", "0+", 0),
    ]
    outcome = project(rows, rates, 2021)
    assert outcome.population.persons[0, 0, 0].tolist() == [10, 10, 10, 400]
    assert outcome.population.births[0, 1].tolist() == pytest.approx([105, 100])
    assert np.all(outcome.population.migrants[0, 1] == 0)
    words = "\n".join(note.message.to("en") for note in outcome.notes)
    assert [note.where for note in outcome.notes] == ["population", "vital_rates", "vital_rates"]
    assert "spread evenly" in words
    assert "closed" in words
    assert "105 boys to 100 girls" in words
    assert all("假设" in note.message.to("zh") for note in outcome.notes)


def test_rates_above_the_open_age_are_noted() -> None:
    rates = [
        STILL[1],
        *(("mortality", REGION, 2020, "both", str(age), 0.1) for age in range(6)),
        ("net_migration", REGION, 2020, "both", "0+", 0),
    ]
    [beyond, _] = project(people(A, 2020, [1, 1, 1]), rates, 2021).notes
    assert "'mortality' has values above age 2" in beyond.message.to("en")


def test_nothing_is_assumed_where_nothing_is_projected() -> None:
    assert project(people(A, 2020, [1, 1, 1]), [], 2020).notes == []


def test_no_population_no_path() -> None:
    faults, notes = Faults(), list[Fault]()
    assert population_path(PLACES, inputs_of([]), [], 2025, faults, notes) is None
    assert (faults.found, notes) == ([], [])


# The embedded illustrative data


def test_the_embedded_population_moves_as_published() -> None:
    """Published: 16.0 births and 14.5 deaths in 2021 to a population of 2,589 (all in ten
    thousands), 6.2 and 5.6 a thousand.

    The first projected year is three years on, with fewer women of fertile age and more old people:
    within 1 a thousand of both. Whoever lives and dies at the rates of the data reaches 76 to 77
    and a half.
    """
    standard = load_standard()
    inputs = load_inputs(None, standard)
    faults, notes = Faults(), list[Fault]()
    path = population_path(standard.places, inputs, [], 2030, faults, notes)
    assert path is not None
    total = path.balance().groupby("year").sum().loc[2024]
    assert 1000 * total["births"] / total["start"] == pytest.approx(16.0 / 2589 * 1000, abs=1)
    assert 1000 * total["deaths"] / total["start"] == pytest.approx(14.5 / 2589 * 1000, abs=1)
    risk = path.rates["mortality"].at(2024)[0].mean(axis=0)
    years_lived = np.cumprod(1 - risk)[:-1].sum() + 0.5 + np.cumprod(1 - risk)[-1] / risk[-1]
    assert 76 < years_lived < 77.5
    assert [note.where for note in notes] == ["population"]


def test_a_population_that_moves_to_the_counties_is_one_population() -> None:
    """30 men and as many women in the east up to 2021, from 2022 10 and 20 in its two counties, of
    whom nobody dies, moves or is born: 30 of a sex stay 30, and the east has none of its own.
    """
    rows = [
        *people(EAST, 2021, (0, 30)),
        *people(A, 2022, (0, 10)),
        *people(B, 2022, (0, 20)),
    ]
    outcome = project(rows, STILL, 2024)
    assert outcome.persons(EAST, 2021, 0, 1) == 30
    for year in (2022, 2023, 2024):
        persons = [outcome.persons(place, year, 0, 1) for place in (A, B, EAST)]
        assert persons[:2] == [10, 20]
        assert np.isnan(persons[2])
