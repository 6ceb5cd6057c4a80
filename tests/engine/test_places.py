"""Places that are divided and merged, and series that move between prefectures and counties: nobody
is counted twice or lost, and the money is that of before.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from naive import World
from random_worlds import COUNTIES, YEARS, changed_places, random_world, worlds
from test_engine import cells, equals_the_exact_engine, in_fen, run

import fiscal_model as fm
from fiscal_model.engine.rates import with_sums
from fiscal_model.errors import FiscalModelError
from fiscal_model.standard.read import load_standard

PUPIL = "primary_pupil"
PISHAN, HEKANG, HOTAN = "653223", "653228", "653200"
COUNTIES_OF_HOTAN = load_standard().places.children[HOTAN]
LINE = "pubfund_primary"
"""650 yuan a primary pupil and year in the text (item 11), of which southern prefectures owe
2/10 × 7/10, and their base amount at most.
"""


@given(worlds)
def test_equals_the_exact_engine(rng: random.Random) -> None:
    equals_the_exact_engine(changed_places(rng, totals=True))


def in_prefectures(budget: fm.Budget) -> dict[tuple[str, str, str, int], float]:
    """Yuan by line, prefecture, payer and year."""
    out: dict[tuple[str, str, str, int], float] = defaultdict(float)
    for (line, place, payer, year), yuan in cells(budget).items():
        out[line, f"{place[:2]}0000", payer, year] += yuan
    return dict(out)


def persons(budget: fm.Budget) -> dict[int, float]:
    """Persons of a line by year, over all places."""
    line = list(budget.standard.lines).index("two")
    return dict(zip(budget.years, budget.program.quantity[line].sum(axis=0).tolist(), strict=True))


def held(rng: random.Random) -> World:
    """A world of counties in which counts hold after the last year; every county is counted in
    every year.
    """
    world = random_world(rng)
    world.scenarios = [{"projection": "hold"}]
    world.years = (*YEARS, 2024, 2025)
    world.counts = {
        (name, place, year): rng.choice((0, 7, 1000, 123456))
        for name in ("pupil", "elder")
        for place in COUNTIES
        for year in YEARS
    }
    world.amounts = {
        (name, place, year): yuan
        for (name, place, year), yuan in world.amounts.items()
        if place in (*COUNTIES, "900000")
    }
    world.bases = {place: rng.choice((0, 100, 10**4, 10**6, 10**9)) for place in COUNTIES}
    world.rates = {
        (line, place, year): rate
        for (line, place, year), rate in world.rates.items()
        if line == "three" or place == "900000"
    }
    return world


@given(worlds)
def test_a_divided_county_costs_what_it_did(rng: random.Random) -> None:
    """A part of 910101 becomes 910103, whose counts and amounts are taken off: rates, grants, base
    amounts and rules go on for both, so that every payer of the prefecture pays to the 分 what it
    did.
    """
    world = held(rng)
    since = rng.choice(YEARS)
    parted = replace(
        world,
        parent=world.parent | {"910103": "910000"},
        lives={"910103": {"first": f"{since}-{rng.randint(1, 12):02d}", "out_of": ["910101"]}},
        counts=dict(world.counts),
        amounts=dict(world.amounts),
    )
    for table in (parted.counts, parted.amounts):
        for (name, place, year), whole in list(table.items()):
            if place == "910101" and year >= since and not name.startswith("grant:"):
                table[name, "910103", year] = rng.randint(0, whole)
                table[name, place, year] = whole - table[name, "910103", year]
    before, after = run(world), run(parted)
    assert in_prefectures(after) == in_fen(in_prefectures(before))
    assert persons(after) == pytest.approx(persons(before), rel=1e-12)


@given(worlds)
def test_merged_counties_hand_everybody_on(rng: random.Random) -> None:
    """920101 and 920102 become 920103, or one of them goes into the other; what they became has no
    counts of its own. Everybody is still counted, and costs the same.
    """
    world = held(rng)
    world.split = {"open": ["central", "region"]}
    # a rate of one county alone would not serve those of the other
    world.rates = {key: rate for key, rate in world.rates.items() if key[1] == "900000"}
    for name in ("one", "two", "three"):
        world.lines[name]["accrual"] = "calendar_year"
    new = {
        "920101": {"last": "2024-05", "out_of": []},
        "920102": {"last": "2024-05", "out_of": []},
        "920103": {"first": "2024-06", "out_of": ["920101", "920102"]},
    }
    into = {"920101": {"last": "2024-05", "out_of": []}, "920102": {"out_of": ["920101"]}}
    lives: dict[str, dict[str, Any]] = rng.choice((new, into))
    merged = replace(world, lives=lives, parent=world.parent | dict.fromkeys(lives, "920000"))
    before, after = run(world), run(merged)
    assert persons(after) == pytest.approx(persons(before), rel=1e-12)
    assert in_prefectures(after) == in_fen(in_prefectures(before))


@given(worlds)
def test_a_series_that_moves_to_the_counties_is_one_series(rng: random.Random) -> None:
    """Counts for the prefectures up to 2022 and for their counties from 2023: in every year the
    persons are those of one level, and later years hold those of 2023.
    """
    world = held(rng)
    world.lines = {
        name: {**line, "rates": [{"from": "2021", "rate": "1"}]} if "beneficiary" in line else line
        for name, line in world.lines.items()
    }
    world.split, world.rates, world.bases, world.amounts = {"full": "region"}, {}, {}, {}
    world.counts = {
        ("pupil", place, year): rng.randint(0, 1000)
        for places, years in ((("910000", "920000"), (2021, 2022)), (COUNTIES, (2023,)))
        for place in places
        for year in years
    }
    total: dict[int, int] = defaultdict(int)
    for (_, _, year), count in world.counts.items():
        total[year] += count
    assert persons(run(world)) == pytest.approx(total | {2024: total[2023], 2025: total[2023]})


def told(budget: fm.Budget, code: str) -> list[str]:
    """What is told with a code, or as a part of what is told of a series."""
    return [
        each.words("zh")
        for each in budget.warnings
        if code in (each.message.code, getattr(dict(each.message.args).get("move"), "code", ""))
    ]


def local(budget: fm.Budget) -> dict[tuple[str, int], float]:
    """What prefecture and county pay of :data:`LINE`, by place and year."""
    out: dict[tuple[str, int], float] = defaultdict(float)
    for _, year, _, line, place, payer, yuan in budget.rows():
        if (line, payer) == (LINE, "prefecture"):
            out[place, year] += yuan
    return dict(out)


def test_a_base_amount_stays_with_the_county_of_origin(tables: Callable[..., Path]) -> None:
    """皮山县 has 1,000 pupils and 30,000 yuan; in 2024, 300 of them are 和康县's. Of 1,000 × 650 yuan
    the prefectures owe 2/10 × 7/10 = 91,000, and pay 30,000 of it in both years; of which 和康县 pays
    3/10, 9,000. With 12,000 of its own it pays those, of the 27,300 that it owes.
    """
    rows = [(PUPIL, PISHAN, 2023, 1000), (PUPIL, PISHAN, 2024, 700), (PUPIL, HEKANG, 2024, 300)]
    base = [(11, PISHAN, 30000)]
    pooled = fm.simulate("as_written", tables(beneficiaries=rows, bases_2015=base))
    assert local(pooled) == in_fen(
        {(PISHAN, 2023): 30000, (PISHAN, 2024): 21000, (HEKANG, 2024): 9000}
    )
    (line,) = told(pooled, "base-carried")
    assert "假定" in line
    assert "皮山县" in line
    assert "假定" in str(pooled.explain(11, HEKANG, 2024))
    assert "假定" not in str(pooled.explain(11, PISHAN, 2023))
    own = fm.simulate(
        "as_written", tables(beneficiaries=rows, bases_2015=[*base, (11, HEKANG, 12000)])
    )
    assert local(own)[HEKANG, 2024] == in_fen(12000)
    assert local(own)[PISHAN, 2024] == in_fen(30000)
    assert not told(own, "base-carried")


def test_what_rests_on_a_base_amount_carried_over_is_an_assumption(
    tables: Callable[..., Path],
) -> None:
    rows = [(PUPIL, PISHAN, 2024, 700), (PUPIL, HEKANG, 2024, 300)]
    shares = {}
    for base in ([(11, PISHAN, 30000)], [(11, PISHAN, 21000), (11, HEKANG, 9000)]):
        budget = fm.simulate("as_written", tables(beneficiaries=rows, bases_2015=base))
        (entry,) = (each for each in budget.ledger.items if each.item == 11)
        shares[len(base)] = entry.split.get("assumption", 0.0)
    assert shares[1] > 0
    assert shares[2] == 0


def simulated(
    tables: Callable[..., Path], rows: list[tuple[Any, ...]], base: str, *years: int
) -> fm.Budget:
    """Pupils in Hotan, where all that is left after 2024 holds."""
    data = tables(beneficiaries=[(PUPIL, *row) for row in rows], bases_2015=[(11, base, 10**9)])
    return fm.simulate("baseline", data, years or None)


def pupils(budget: fm.Budget, year: int) -> dict[str, float]:
    """The counts that a year is costed with, by place."""
    line, y = list(budget.standard.lines).index(LINE), budget.years.index(year)
    counted = budget.program.quantity[line, :, y]
    return {code: n for code, n in zip(budget.places, counted.tolist(), strict=True) if n}


def test_a_prefectures_own_count_ends_where_its_counties_begin(
    tables: Callable[..., Path],
) -> None:
    """9,000 pupils in Hotan in 2023, in 2024 those of 皮山县 and 和康县 alone: 700 and 300 go on to
    2025, and the 8 other counties of 2024 are told, not filled from the prefecture.
    """
    rows = [(HOTAN, 2023, 9000), (PISHAN, 2024, 700), (HEKANG, 2024, 300)]
    budget = simulated(tables, rows, HOTAN, 2023, 2024, 2025)
    assert pupils(budget, 2023) == {HOTAN: 9000}
    assert pupils(budget, 2024) == pupils(budget, 2025) == {PISHAN: 700, HEKANG: 300}
    (line,) = told(budget, "series-goes-on-below")
    assert "2023 年为止，2024 年起由其下 2 个地区" in line
    assert "8 个地区没有数" in line
    assert not told(budget, "figures-missing")


def test_all_counties_given_leave_nothing_to_tell_of(tables: Callable[..., Path]) -> None:
    """Before 2024 Hotan has 8 counties; with all of them in 2023 nothing is lacking."""
    counties = [code for code in COUNTIES_OF_HOTAN if code not in (HEKANG, "653229")]
    assert len(counties) == 8
    rows = [(HOTAN, 2022, 9000), *((code, 2023, 1000) for code in counties)]
    budget = simulated(tables, rows, HOTAN)
    assert sum(pupils(budget, 2023).values()) == 8000
    (line,) = told(budget, "series-goes-on-below")
    assert "没有数" not in line


def test_counties_end_where_their_prefecture_is_counted(tables: Callable[..., Path]) -> None:
    rows = [(PISHAN, 2022, 700), ("653221", 2022, 300), (HOTAN, 2023, 1100)]
    budget = simulated(tables, rows, HOTAN, 2022, 2023, 2024)
    assert pupils(budget, 2022) == {PISHAN: 700, "653221": 300}
    assert pupils(budget, 2023) == pupils(budget, 2024) == {HOTAN: 1100}
    assert len(told(budget, "series-goes-on-above")) == 2


def test_a_county_counted_with_its_part_does_not_go_on_beside_it(
    tables: Callable[..., Path],
) -> None:
    """皮山县 with 1,000 pupils ends in 2023; in 2025 和康县 alone has 300, who were among them."""
    rows = [(PISHAN, 2023, 1000), (HEKANG, 2025, 300)]
    budget = simulated(tables, rows, PISHAN, 2023, 2024, 2025, 2026)
    assert pupils(budget, 2024) == {PISHAN: 1000}
    assert pupils(budget, 2025) == pupils(budget, 2026) == {HEKANG: 300}
    (line,) = told(budget, "origin-not-counted")
    assert "2025 年起未测算" in line
    # in 2024 和康县 is there and has no count: it is in that of 皮山县
    (line,) = told(budget, "counted-with-origin")
    assert "2024 年没有单列的数" in line
    both = simulated(tables, [*rows, (PISHAN, 2025, 750)], PISHAN, 2023, 2025, 2026)
    assert pupils(both, 2026) == {PISHAN: 750, HEKANG: 300}
    assert not told(both, "origin-not-counted")


@pytest.mark.parametrize(
    ("place", "year", "code", "words"),
    [
        ("和康县", 2023, "place-not-yet", "2024年12月才设立（已公布，来源县待核）"),
        ("和康县", 2023, "place-not-yet", "2023 年属皮山县（653223）"),
        ("653132", 2025, "place-not-yet", "自 2026 年起填报；2025 年属叶城县（653126）"),
        ("白杨市", 2024, "place-out-of-scope", "兵团"),
        ("草湖市", 2026, "place-out-of-scope", "兵团"),
        ("659012", 2020, "place-out-of-scope", "兵团"),
    ],
)
def test_a_count_out_of_its_time_says_what_it_was_then(
    tables: Callable[..., Path], place: str, year: int, code: str, words: str
) -> None:
    with pytest.raises(FiscalModelError) as caught:
        fm.simulate("as_written", tables(beneficiaries=[(PUPIL, place, year, 5)]))
    (fault,) = caught.value.faults
    assert fault.message.code == code
    assert words in fault.message.to("zh")
    assert fault.where.endswith("beneficiaries.csv:2:2")


@pytest.mark.parametrize(("place", "year"), [("和安县", 2024), ("岑岭县", 2026), ("和康县", 2030)])
def test_a_place_counts_from_the_year_at_the_end_of_which_it_is_there(
    tables: Callable[..., Path], place: str, year: int
) -> None:
    data = tables(beneficiaries=[("family_reward_person", place, year, 5)])
    (code,) = fm.simulate("as_written", data).places
    assert load_standard().places.label(code).zh == place


def test_the_population_of_a_prefecture_is_that_of_its_counties_of_the_time() -> None:
    """In 2023 Hotan has 8 counties of 100 persons; in 2024 皮山县 has 60 and 和康县 40, and 和安县 is
    still counted with 和田县: 800 in both years. In 2025 皮山县 has no figure, nor has Hotan.
    """
    places = load_standard().places
    counted = [code for code in COUNTIES_OF_HOTAN if code not in places.lives]
    persons = np.full((len(places), 3), np.nan)
    persons[places.at(counted)] = 100
    persons[places.index[PISHAN]] = 100, 60, np.nan
    persons[places.index[HEKANG]] = np.nan, 40, 40
    found = with_sums(persons, places)[places.index[HOTAN]]
    assert found.tolist() == pytest.approx([800, 800, np.nan], nan_ok=True)
