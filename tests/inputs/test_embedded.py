"""The embedded data: what their counts add up to, and that no count exceeds the persons of its
ages.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from build_xinjiang_2021 import FOLDER, counted, facts, met

from fiscal_model.inputs.model import Inputs
from fiscal_model.inputs.read import load_inputs
from fiscal_model.standard.read import load_standard
from fiscal_model.standard.rules import Standard

RELIEF = (
    "dibao_urban_person",
    "dibao_rural_person",
    "destitute_scattered_person",
    "destitute_institution_person",
    "temporary_relief_case",
)


@pytest.fixture(scope="module")
def standard() -> Standard:
    return load_standard("xinjiang_2021")


@pytest.fixture(scope="module")
def inputs(standard: Standard) -> Inputs:
    return load_inputs(None, standard)


def rows(table: str) -> Iterator[dict[str, Any]]:
    with (FOLDER / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def test_every_published_total_is_met_in_its_year() -> None:
    """To the person; the figures themselves stand in the table of facts."""
    found = met()
    assert len(found) == len(dict(found)) >= 15
    for fact, total in found:
        assert total == pytest.approx(facts().value[fact], abs=0.5), fact


def test_totals_of_the_data_years_are_met_by_the_rows_as_written() -> None:
    """The region's relief of 2021, Bortala's pensioners, the population of two prefectures; the
    region's population less the corps' four cities (the published total of 2021 is 25.89 million).
    """
    counts: dict[tuple[str, str, str], int] = {
        (row["beneficiary"], row["place"], row["year"]): int(row["count"])
        for row in rows("beneficiaries")
    }
    relief = sum(n for (name, _, year), n in counts.items() if name in RELIEF and year == "2021")
    assert relief == 1_887_000
    assert counts["resident_pensioner", "652700", "2021"] == 26_227
    assert counts["resident", "652900", "2022"] == 2_725_700
    assert counts["resident", "650100", "2022"] == 4_082_400
    residents = sum(
        n for (name, _, year), n in counts.items() if (name, year) == ("resident", "2021")
    )
    assert 25_890_000 - 1_300_000 < residents < 25_890_000 - 1_200_000


def test_the_grants_are_the_published_sums(inputs: Inputs) -> None:
    """9.46 billion yuan of 2021 and 8.198 billion of 2024, each less than a yuan a row."""
    given: dict[str, int] = defaultdict(int)
    for row in rows("amounts"):
        if row["line"].startswith("grant:"):
            given[row["year"]] += int(row["amount"])
    assert sorted(given) == ["2021", "2022", "2023", "2024"]
    for year, total in (("2021", 9_460_000_000), ("2024", 8_198_000_000)):
        assert total - 3 * 2 * 14 < given[year] <= total


def test_no_count_exceeds_the_persons_of_its_ages(standard: Standard) -> None:
    """By place and year, for every beneficiary whose ages the standard gives; the population is the
    supplied one, in the bands as they are written.
    """
    persons: dict[tuple[str, str], list[tuple[int, int, int]]] = defaultdict(list)
    for row in rows("population"):
        first, _, last = row["age"].partition("-")
        band = (int(first.rstrip("+")), 200 if "+" in first else int(last or first))
        persons[row["place"], row["year"]].append((*band, int(row["count"])))
    checked = 0
    for row in rows("beneficiaries"):
        ages = standard.beneficiaries[row["beneficiary"]].ages
        if ages is None:
            continue
        low, high = ages.first, 200 if ages.last is None else ages.last
        there = sum(
            count
            for first, last, count in persons[row["place"], row["year"]]
            if low <= first and last <= high
        )
        assert int(row["count"]) <= there, row
        checked += 1
    assert checked > 900


def test_counts_follow_ages_that_the_standard_gives(standard: Standard) -> None:
    """First graders are a part of those aged 6, not a sixth of all pupils: where fewer were born,
    fewer enter.
    """
    by_name = {each.name: each for each in counted()}
    entering, all_pupils = by_name["grade1_pupil"], by_name["primary_pupil"]
    for year in (2021, 2023):
        first, every = (sum(each.of(year).values()) for each in (entering, all_pupils))
        assert first < every / 6 * 1.1
    fewer = sum(entering.of(2023).values()) / sum(entering.of(2021).values())
    assert fewer < 0.8
