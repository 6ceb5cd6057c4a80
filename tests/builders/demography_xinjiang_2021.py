"""The population by age and sex and its vital rates, made from census totals, two published county
pyramids and stated assumptions.
The age structure of 2020 is a county's pyramid (one southern, one from elsewhere), fitted to each
prefecture's census total, its persons under 15 and over 64, and the region's share of men. It is
moved on three years with the births and deaths below, then brought back to the census total, which
the embedded counts of residents keep through 2023. Fertility reproduces the published births,
mortality the published deaths of the region; how both vary with age is assumed.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from itertools import pairwise
from math import exp, floor
from typing import Final

from facts_xinjiang_2021 import (
    NONE,
    PYRAMIDS,
    SOUTH4,
    TO_ADD,
    Facts,
    Row,
    both,
)

from fiscal_model.vocabulary import Text

LAST_YEAR: Final = 2023
TOP: Final = 100
SEXES: Final = ("male", "female")
GROUPS: Final = ((0, 14), (15, 64), (65, TOP))
BANDS: Final = (
    *((age, age) for age in range(18)),
    (18, 19),
    *((age, age + 4) for age in range(20, TOP, 5)),
    (TOP, TOP),
)
"""Single years through school age, then five-year bands; the last is open."""
RATE_BANDS: Final = ((0, 0), (1, 4), *((age, age + 4) for age in range(5, TOP, 5)), (TOP, TOP))
FERTILE: Final = {
    (15, 19): 3,
    (20, 24): 22,
    (25, 29): 34,
    (30, 34): 24,
    (35, 39): 12,
    (40, 44): 4,
    (45, 49): 1,
}
"""Parts of hundred of a woman's children by the age at which she bears them: assumed."""
MALE_SHARE: Final = 0.5122
"""105 boys to 100 girls, rounded."""
INFANT: Final = {"male": 0.008, "female": 0.0065}
RISE: Final = {"male": (0.0004, 0.000055, 0.09), "female": (0.0002, 0.000018, 0.1)}
"""Mortality after infancy before it is brought to the published level: a constant and a part that
grows with age; assumed.
"""

Ages = list[float]
Persons = dict[str, Ages]
"""Persons by sex and single year of age; the last age is open."""


@cache
def _facts() -> Facts:
    return Facts()


def pattern_of_mortality(sex: str, first: int, last: int) -> float:
    """Relative mortality of a band, at its middle."""
    constant, start, growth = RISE[sex]
    return INFANT[sex] if last == 0 else constant + start * exp(growth * (first + last) / 2)


def by_age(bands: Iterable[tuple[int, int]], value: Callable[[int, int], float]) -> Ages:
    """A value for each band, given to every age in it; 0 elsewhere."""
    ages = [0.0] * (TOP + 1)
    for first, last in bands:
        ages[first : last + 1] = [value(first, last)] * (last - first + 1)
    return ages


def pyramid(name: str) -> Persons:
    """A county's pyramid by single year of age, every band keeping its number."""
    with PYRAMIDS.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["pyramid"] == name]
    starts = [int(row["age"].removesuffix("+").split("-")[0]) for row in rows]
    return {sex: _single_ages(starts, [float(row[sex]) for row in rows], sex) for sex in SEXES}


def _single_ages(starts: Sequence[int], counts: Sequence[float], sex: str) -> Ages:
    """Within a band along the line through the means of the bands beside it; the open one as if
    mortality alone had shaped it.
    """
    bands = list(pairwise((*starts, TOP + 1)))
    middles = [(first + after) / 2 for first, after in bands]
    means = [n / (after - first) for n, (first, after) in zip(counts, bands, strict=True)]
    ages: Ages = []
    for (first, after), count in zip(bands, counts, strict=True):
        if after > TOP:
            weights = [1.0]
            for age in range(first + 1, after):
                weights.append(weights[-1] * (1 - pattern_of_mortality(sex, age, age)))
        else:
            weights = [_on_line(age + 0.5, middles, means) for age in range(first, after)]
        ages += [count * weight / sum(weights) for weight in weights]
    return ages


def _on_line(at: float, middles: Sequence[float], means: Sequence[float]) -> float:
    """The height at an age of the line that joins the means of the bands at their middles."""
    for (left, low), (right, high) in pairwise(zip(middles, means, strict=True)):
        if at <= right:
            return low + (high - low) * (at - left) / (right - left)
    return means[-1]


def fitted(shape: Persons, groups: Sequence[float], men: float) -> Persons:
    """A pyramid scaled until its age groups add up to ``groups`` and the part ``men`` of all are
    men.
    """
    persons = {sex: list(ages) for sex, ages in shape.items()}
    wanted = {"male": sum(groups) * men, "female": sum(groups) * (1 - men)}
    for _ in range(100):
        for sex in SEXES:
            scale = wanted[sex] / sum(persons[sex])
            persons[sex] = [n * scale for n in persons[sex]]
        for total, (first, last) in zip(groups, GROUPS, strict=True):
            scale = total / sum(sum(persons[sex][first : last + 1]) for sex in SEXES)
            for sex in SEXES:
                persons[sex][first : last + 1] = [n * scale for n in persons[sex][first : last + 1]]
    return persons


@cache
def census() -> dict[str, Persons]:
    """The population of 2020 by prefecture."""
    facts = _facts()
    young, old = (
        facts.by_share("age_0_14", "age_0_14_share"),
        facts.by_share("age_65_plus", "age_65_plus_share"),
    )
    men = facts.value["male", "650000"] / facts.region_population
    shapes = {name: pyramid(name) for name in ("south", "elsewhere")}
    return {
        place: fitted(
            shapes["south" if place in SOUTH4 else "elsewhere"],
            (young[place], total - young[place] - old[place], old[place]),
            men,
        )
        for place, total in facts.population.items()
    }


def reaching(ages: Ages) -> Ages:
    """Persons by the age they reach within the year, the newborn still missing."""
    return [0.0, *ages[: TOP - 1], ages[TOP - 1] + ages[TOP]]


def _crude(fact: str, place: str) -> float:
    """Births or deaths a person and year, as published."""
    facts = _facts()
    return facts.value[fact, place] / facts.value["population_year_end", place]


@cache
def fertility() -> dict[str, Ages]:
    """Births a woman and year by age, in the south and elsewhere: what Aksu's births ask of its
    women, then the region's of all.
    """
    pattern = by_age(FERTILE, lambda first, last: FERTILE[first, last] / 100 / (last - first + 1))
    women = {
        place: sum(w * f for w, f in zip(reaching(each["female"]), pattern, strict=True))
        for place, each in census().items()
    }
    people = _facts().population
    children = _crude("births", "652900") * people["652900"] / women["652900"]
    in_south = children * sum(women[place] for place in SOUTH4)
    left = _crude("births", "650000") * sum(people.values()) - in_south
    others = left / sum(n for place, n in women.items() if place not in SOUTH4)
    return {
        name: [round(part * level, 5) for part in pattern]
        for name, level in (("south", children), ("elsewhere", others))
    }


@cache
def mortality() -> dict[str, Ages]:
    """The part of those of an age who die in the year: the pattern, at the level of the region's
    deaths.
    """
    pattern = {sex: by_age(RATE_BANDS, partial(pattern_of_mortality, sex)) for sex in SEXES}
    die = sum(
        n * risk
        for each in census().values()
        for sex in SEXES
        for n, risk in zip(reaching(each[sex]), pattern[sex], strict=True)
    )
    level = _crude("deaths", "650000") * sum(_facts().population.values()) / die
    return {sex: [round(risk * level, 5) for risk in risks] for sex, risks in pattern.items()}


def a_year_on(persons: Persons, births_a_woman: Ages) -> Persons:
    """The population at the end of the next year."""
    start = {sex: reaching(persons[sex]) for sex in SEXES}
    births = sum(n * rate for n, rate in zip(start["female"], births_a_woman, strict=True))
    start["male"][0], start["female"][0] = births * MALE_SHARE, births * (1 - MALE_SHARE)
    return {
        sex: [n * (1 - risk) for n, risk in zip(start[sex], mortality()[sex], strict=True)]
        for sex in SEXES
    }


def whole(parts: Sequence[float], total: int) -> list[int]:
    """``parts`` scaled to ``total`` and rounded to whole persons that still add up to it."""
    exact = [part * total / sum(parts) for part in parts]
    down = [floor(part) for part in exact]
    by_rest = sorted(range(len(parts)), key=lambda i: (down[i] - exact[i], i))
    for i in by_rest[: total - sum(down)]:
        down[i] += 1
    return down


def _written(first: int, last: int) -> str:
    if last == TOP:
        return f"{first}+"
    return str(first) if first == last else f"{first}-{last}"


def population() -> list[Row]:
    """Persons at the end of 2023 by prefecture, sex and age."""
    method = Text(
        "总数为2020年普查数，年龄构成由公布的县级构成推得，均为假设",
        "the total is that of the 2020 census, the ages are inferred from published ages of"
        " counties: both assumed",
    )
    rows: list[Row] = []
    for place, persons in sorted(census().items()):
        for _ in range(LAST_YEAR - 2020):
            persons = a_year_on(persons, fertility()["south" if place in SOUTH4 else "elsewhere"])
        cells = [(sex, band) for sex in SEXES for band in BANDS]
        counts = whole(
            [sum(persons[sex][first : last + 1]) for sex, (first, last) in cells],
            round(_facts().population[place]),
        )
        source = _facts().source["population", place]
        rows += [
            (
                place,
                LAST_YEAR,
                sex,
                _written(*band),
                count,
                "assumption",
                source,
                both(TO_ADD, method),
            )
            for (sex, band), count in zip(cells, counts, strict=True)
        ]
    return rows


def vital_rates() -> list[Row]:
    """Rates of movement, and the parts of an age group who are at school; they hold from 2023
    on.
    """
    source = _facts().source
    made = {
        "fertility": (
            "births",
            Text(
                "由公布的出生人数反推，年龄分布为假设；南疆四地州按阿克苏地区、其他按全区余数",
                "inferred from published births, by age assumed; the four southern prefectures as"
                " Aksu, the others as what is left of the region",
            ),
        ),
        "mortality": (
            "deaths",
            Text(
                "由公布的死亡人数反推，年龄分布为假设",
                "inferred from published deaths, by age assumed",
            ),
        ),
    }
    rows: list[tuple[str, str, str, str, float, Text, Text]] = []
    for place, name in (("650000", "elsewhere"), *((place, "south") for place in SOUTH4)):
        fact, note = made["fertility"]
        cited = source[fact, "652900" if name == "south" else "650000"]
        rows += [
            (
                "fertility",
                place,
                "female",
                _written(*band),
                fertility()[name][band[0]],
                cited,
                both(TO_ADD, note),
            )
            for band in FERTILE
        ]
    fact, note = made["mortality"]
    for sex in SEXES:
        cells = [(_written(*band), mortality()[sex][band[0]]) for band in RATE_BANDS]
        rows += [
            ("mortality", "650000", sex, age, risk, source[fact, "650000"], both(TO_ADD, note))
            for age, risk in cells
        ]
    assumed = (
        ("net_migration", "both", "0+", 0, Text("假设没有迁移", "assumed: nobody moves")),
        (
            "male_share_at_birth",
            "both",
            "0",
            MALE_SHARE,
            Text("假设出生性别比为105比100", "assumed: 105 boys to 100 girls"),
        ),
        (
            "primary_enrolment",
            "both",
            "6-11",
            1,
            Text(
                "假设6–11岁全部在小学；内置小学生数与之相近",
                "assumed: all of 6–11 are at primary school; the embedded count of pupils is close"
                " to it",
            ),
        ),
        (
            "junior_enrolment",
            "both",
            "12-14",
            1,
            Text(
                "假设12–14岁全部在初中；内置初中生数按2018年公布数推算，较之为少",
                "assumed: all of 12–14 are at junior school; the embedded count, from a published"
                " figure of 2018, is smaller",
            ),
        ),
    )
    rows += [
        (rate, "650000", sex, age, value, NONE, note) for rate, sex, age, value, note in assumed
    ]
    return [
        (rate, place, LAST_YEAR, sex, age, value, "assumption", *said)
        for rate, place, sex, age, value, *said in rows
    ]
