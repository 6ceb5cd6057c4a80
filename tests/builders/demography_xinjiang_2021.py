"""The population by age and sex and its vital rates, made from published totals, two published
county pyramids and stated assumptions.
The age structure of 2020 is a county's pyramid (one southern, one from elsewhere), fitted to each
place's census total and its persons under 15, of 60 and of 65 and over, the region's share of men
and the births of 2019. It is moved on with the births and deaths below, and brought to the totals
that the region published for 2021 (all, under 16, 60 and over) and 2022 (all, and of two
prefectures). Before 2020 persons of an age are those who are as many years older in 2020. Fertility
reproduces the published births, mortality the published deaths; how both vary with age is assumed.
The corps' cities are a place of their own, so that the region's totals are met with them.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from itertools import pairwise
from math import exp, floor
from typing import Final

from facts_xinjiang_2021 import (
    CENSUS,
    CORPS,
    NONE,
    PYRAMIDS,
    REGION,
    SOUTH4,
    TO_ADD,
    Facts,
    Row,
    Spread,
    both,
)

from fiscal_model.vocabulary import Text

FIRST_YEAR: Final = 2021
LAST_YEAR: Final = 2023
TOP: Final = 100
SEXES: Final = ("male", "female")
GROUPS: Final = ((0, 14), (15, 59), (60, 64), (65, TOP))
GROUPS_2021: Final = ((0, 15), (16, 59), (60, TOP))
ROUNDS: Final = 200
"""Of fitting: a sum is then met to the person."""
BANDS: Final = (
    *((age, age) for age in range(18)),
    (18, 19),
    *((age, age + 4) for age in range(20, TOP, 5)),
    (TOP, TOP),
)
"""Single years through school age, then five-year bands; the last is open."""
AKSU: Final = "652900"
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


def scaled(persons: Persons, first: int, last: int, factor: float) -> None:
    """Multiplies the persons of some ages, in place."""
    for sex in SEXES:
        persons[sex][first : last + 1] = [n * factor for n in persons[sex][first : last + 1]]


def counted(each: Iterable[Persons], first: int = 0, last: int = TOP) -> float:
    """Persons of some ages in several places."""
    return sum(sum(persons[sex][first : last + 1]) for persons in each for sex in SEXES)


@cache
def census() -> Mapping[str, Persons]:
    """The population of 2020 by prefecture, and of the corps' cities."""
    facts = _facts()
    young, older, old = (
        facts.by_share(group, f"{group}_share")
        for group in ("age_0_14", "age_60_plus", "age_65_plus")
    )
    men = facts.value["male", REGION] / facts.value["population", REGION, CENSUS]
    born = (_born_2020(), facts.value["births", REGION, 2019])
    shapes = {name: pyramid(name) for name in ("south", "elsewhere")}
    persons = {
        place: {
            sex: list(ages)
            for sex, ages in shapes["south" if place in SOUTH4 else "elsewhere"].items()
        }
        for place in facts.population
    }
    for _ in range(ROUNDS):
        for age, total in enumerate(born):
            factor = total / counted(persons.values(), age, age)
            for each in persons.values():
                scaled(each, age, age, factor)
        for place, total in facts.population.items():
            here = persons[place]
            for sex, part in zip(SEXES, (men, 1 - men), strict=True):
                factor = total * part / sum(here[sex])
                here[sex] = [n * factor for n in here[sex]]
            groups = (
                young[place],
                total - young[place] - older[place],
                older[place] - old[place],
                old[place],
            )
            for wanted, (first, last) in zip(groups, GROUPS, strict=True):
                scaled(here, first, last, wanted / counted([here], first, last))
    return persons


def _born_2020() -> float:
    """Births of 2020, which nobody published: midway between those of 2019 and 2021."""
    value = _facts().value
    return (value["births", REGION, 2019] + value["births", REGION, 2021]) / 2


def reaching(ages: Ages) -> Ages:
    """Persons by the age they reach within the year, the newborn still missing."""
    return [0.0, *ages[: TOP - 1], ages[TOP - 1] + ages[TOP]]


@cache
def fertility() -> Mapping[str, Ages]:
    """Births a woman and year by age, in the south and elsewhere: what Aksu's births of 2022 ask of
    its women, then the region's of 2021 of all.
    """
    value = _facts().value
    pattern = by_age(FERTILE, lambda first, last: FERTILE[first, last] / 100 / (last - first + 1))
    women = {place: _mothers(each, pattern) for place, each in census().items()}
    # Those of the working ages at the end of 2021 hang on no birth.
    moved = {place: moved_on(each, [0.0] * (TOP + 1)) for place, each in census().items()}
    grown = _groups_of_2021()[1] / counted(moved.values(), *GROUPS_2021[1])
    south = value["births", AKSU, 2022] / (_mothers(moved[AKSU], pattern) * grown)
    in_south = south * sum(women[place] for place in SOUTH4)
    others = (value["births", REGION, 2021] - in_south) / sum(
        n for place, n in women.items() if place not in SOUTH4
    )
    return {
        name: [round(part * level, 5) for part in pattern]
        for name, level in (("south", south), ("elsewhere", others))
    }


def _mothers(persons: Persons, pattern: Ages) -> float:
    """The women of the next year, weighted by a pattern of fertility."""
    return sum(n * part for n, part in zip(reaching(persons["female"]), pattern, strict=True))


@cache
def mortality() -> Mapping[str, Ages]:
    """The part of those of an age who die in the year: the pattern, at the level of the region's
    deaths of 2021.
    """
    pattern = {sex: by_age(RATE_BANDS, partial(pattern_of_mortality, sex)) for sex in SEXES}
    value = _facts().value
    die = sum(
        n * risk
        for each in census().values()
        for sex in SEXES
        for n, risk in zip(reaching(each[sex]), pattern[sex], strict=True)
    )
    newborn = value["births", REGION, 2021]
    die += newborn * (MALE_SHARE * pattern["male"][0] + (1 - MALE_SHARE) * pattern["female"][0])
    level = value["deaths", REGION, 2021] / die
    return {sex: [round(risk * level, 5) for risk in risks] for sex, risks in pattern.items()}


def moved_on(persons: Persons, births_a_woman: Ages) -> Persons:
    """The population at the end of the next year, if nobody moves."""
    start = {sex: reaching(persons[sex]) for sex in SEXES}
    births = _mothers(persons, births_a_woman)
    start["male"][0], start["female"][0] = births * MALE_SHARE, births * (1 - MALE_SHARE)
    return {
        sex: [n * (1 - risk) for n, risk in zip(start[sex], mortality()[sex], strict=True)]
        for sex in SEXES
    }


def _groups_of_2021() -> tuple[float, float, float]:
    """The region's persons under 16, from 16 to 59, and of 60 and over, as published."""
    value = _facts().value
    young, old = value["age_0_15", REGION, 2021], value["age_60_plus", REGION, 2021]
    return young, value["population", REGION, 2021] - young - old, old


@cache
def at_end_of(year: int) -> Mapping[str, Persons]:
    """The population at the end of a year from 2020 on, by place.

    What births and deaths leave of a published total has moved: alike everywhere in 2021, in 2022
    alike in the places without a total of their own. In 2023 nothing is published: nobody moves.
    """
    if year == CENSUS:
        return census()
    persons = {
        place: moved_on(each, fertility()["south" if place in SOUTH4 else "elsewhere"])
        for place, each in at_end_of(year - 1).items()
    }
    value = _facts().value
    if year == 2021:
        for total, (first, last) in zip(_groups_of_2021(), GROUPS_2021, strict=True):
            factor = total / counted(persons.values(), first, last)
            for each in persons.values():
                scaled(each, first, last, factor)
    elif ("population", REGION, year) in value:
        known = {
            p: value["population", p, year] for p in persons if ("population", p, year) in value
        }
        others = [each for place, each in persons.items() if place not in known]
        left = value["population", REGION, year] - sum(known.values())
        shared = left / counted(others)
        for place, each in persons.items():
            own = known[place] / counted([each]) if place in known else shared
            scaled(each, 0, TOP, own)
    return persons


def aged(year: int, first: int, last: int = TOP) -> Spread:
    """Persons of some ages at the end of a year by place; before the census, of whom are left in
    2020.
    """
    back = max(CENSUS - year, 0)
    return {
        place: counted([each], first + back, min(last + back, TOP))
        for place, each in at_end_of(max(year, CENSUS)).items()
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


def _total(year: int, place: str) -> tuple[Text, Text]:
    """The document that the total of a place rests on, and how it is made."""
    source, value = _facts().source, _facts().value
    if ("population", place, year) in value:
        return source["population", place, year], Text(
            "总数为公布数", "the total is a published figure"
        )
    if ("population", REGION, year) in value:
        return source["population", REGION, year], Text(
            "全区公布总数按普查人口及出生、死亡推算分解",
            "the region's published total by the census, moved on by births and deaths",
        )
    return source["population", place, CENSUS], Text(
        f"由{year - 1}年按出生、死亡推算，假设没有迁移",
        f"moved on from {year - 1} by births and deaths; that nobody moves is assumed",
    )


@cache
def rounded(year: int) -> Mapping[str, tuple[int, ...]]:
    """Whole persons of a year by place, in the order of sexes and bands."""
    cells = {
        place: [sum(persons[sex][first : last + 1]) for sex in SEXES for first, last in BANDS]
        for place, persons in at_end_of(year).items()
    }
    totals = [sum(exact) for exact in cells.values()]
    everybody = whole(totals, round(sum(totals)))
    return {
        place: tuple(whole(exact, total))
        for (place, exact), total in zip(cells.items(), everybody, strict=True)
    }


def persons_aged(year: int, first: int = 0, last: int = TOP) -> Spread:
    """Persons of some ages, whole bands, in the table of the population."""
    wanted = [first <= low and high <= last for _ in SEXES for low, high in BANDS]
    return {
        place: float(sum(n for n, mine in zip(cells, wanted, strict=True) if mine))
        for place, cells in rounded(year).items()
    }


def population() -> list[Row]:
    """Persons at the ends of 2021 to 2023 by prefecture, sex and age."""
    ages = Text(
        "年龄构成由普查及公布的县级构成推得，为假设",
        "the ages are inferred from the census and published ages of counties: assumed",
    )
    rows: list[Row] = []
    for place in sorted(set(_facts().population) - {CORPS}):
        for year in range(FIRST_YEAR, LAST_YEAR + 1):
            source, method = _total(year, place)
            cells = [(sex, band) for sex in SEXES for band in BANDS]
            rows += [
                (
                    place,
                    year,
                    sex,
                    _written(*band),
                    count,
                    "assumption",
                    source,
                    both(TO_ADD, method, ages),
                )
                for (sex, band), count in zip(cells, rounded(year)[place], strict=True)
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
    for place, name in ((REGION, "elsewhere"), *((place, "south") for place in SOUTH4)):
        fact, note = made["fertility"]
        cited = source[(fact, AKSU, 2022) if name == "south" else (fact, REGION, 2021)]
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
            ("mortality", REGION, sex, age, risk, source[fact, REGION, 2021], both(TO_ADD, note))
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
            Text("假设6–11岁全部在小学", "assumed: all of 6–11 are at primary school"),
        ),
        (
            "junior_enrolment",
            "both",
            "12-14",
            1,
            Text("假设12–14岁全部在初中", "assumed: all of 12–14 are at junior school"),
        ),
    )
    rows += [(rate, REGION, sex, age, value, NONE, note) for rate, sex, age, value, note in assumed]
    return [
        (rate, place, LAST_YEAR, sex, age, value, "assumption", *said)
        for rate, place, sex, age, value, *said in rows
    ]
