"""Builds the embedded illustrative data of the 2021 standard from a few published figures and
stated assumptions.
Run ``python tests/builders/build_xinjiang_2021.py`` to write the tables again; the result is the
same to the byte. Published figures stand in ``facts_xinjiang_2021.csv``; how the
population is made is told in ``demography_xinjiang_2021.py``. Children, pupils and old people are
parts of that population by age and place: a published figure gives the part in its own year
(:func:`met` lists them with what the counts add up to), and the part is kept. Nothing here is an
official count: ratios that nobody publishes are assumed, and every row says so in its ``note``;
``english_xinjiang_2021.csv`` holds the English of these notes, for display.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from math import ceil, floor
from pathlib import Path
from typing import Final, NamedTuple

from demography_xinjiang_2021 import (
    FIRST_YEAR,
    LAST_YEAR,
    TOP,
    aged,
    persons_aged,
    population,
    vital_rates,
    whole,
)
from facts_xinjiang_2021 import (
    CORPS,
    NONE,
    REGION,
    SOUTH3,
    SOUTH4,
    TO_ADD,
    Facts,
    Row,
    Spread,
    both,
    spread,
)

from fiscal_model.inputs.read import EMBEDDED
from fiscal_model.vocabulary import Text

FOLDER: Final = EMBEDDED / "xinjiang_2021"
YEARS: Final = range(FIRST_YEAR, LAST_YEAR + 1)
AKSU_COUNTIES: Final = (
    "652901",
    "652902",
    "652922",
    "652924",
    "652925",
    "652926",
    "652927",
    "652928",
    "652929",
)
PILOT_COUNTIES: Final = {"650500": 1, "652700": 1, "654000": 3, "654200": 1, "654300": 2}
JUNIOR_CLASS_CITIES: Final = ("650100", "650200", "650500", "652300", "652800", "654000")
JUNIOR_CLASS_PUPILS: Final = 36000
SENIOR_PART: Final = 0.55
"""Of the students after junior school, those in senior schools: assumed."""
BASE_PART: Final = {"652900": 0.85, "653000": 1.1, "653100": 0.8, "653200": 0.9}
WAGE_TIER: Final = {
    "650100": 1,
    "650200": 1,
    "650400": 2,
    "650500": 2,
    "652300": 2,
    "652700": 2,
    "652800": 2,
}
RELIEF_PART: Final = {"dibao": 0.88, "destitute": 0.02, "temporary": 0.1}
"""How the persons of the three kinds of relief that are published together are parted: assumed."""
RELIEF_WEIGHT: Final = {
    "dibao_urban": ("dibao_urban_person", 450, 12, 54),
    "dibao_rural": ("dibao_rural_person", 330, 12, 54),
    "destitute_living_scattered": ("destitute_scattered_person", 600, 12, 55),
    "destitute_living_institution": ("destitute_institution_person", 600, 12, 55),
    "temporary_relief_cash": ("temporary_relief_case", 1200, 1, 57),
}
"""Lines of relief: the beneficiary, the proportion of the rates to each other (assumed), payments a
year, and the item.
"""
RELIEF_CENTRAL: Final = 0.8
"""The central part of what central and the region give together: assumed."""

NOTES: Final = ("basis", "source", "note")


class Counted(NamedTuple):
    """A beneficiary: its count by place in a year, the document it rests on, and how it is made."""

    name: str
    of: Callable[[int], Spread]
    source: Text
    method: Text


@cache
def facts() -> Facts:
    """The published figures, read once."""
    return Facts()


def scaled(key: Spread, ratio: float | Callable[[str], float]) -> Spread:
    """A key times a ratio, which may depend on the prefecture."""
    return {p: k * (ratio(p) if callable(ratio) else ratio) for p, k in key.items()}


def plus(*keys: Spread) -> Spread:
    """The sum of keys over the places they share."""
    return {p: sum(key[p] for key in keys) for p in keys[0]}


def within(key: Spread, places: Iterable[str]) -> Spread:
    """A key in some places."""
    return {place: key[place] for place in places}


def south(inside: float, outside: float) -> Callable[[str], float]:
    """A ratio for the four southern prefectures and one for the others."""
    return lambda p: inside if p in SOUTH4 else outside


def prefectures() -> list[str]:
    """The places of the tables."""
    return [place for place in facts().population if place != CORPS]


@cache
def residents(year: int) -> Spread:
    """The population at the end of a year."""
    return persons_aged(year)


def part_of_ages(fact: str, first: int, last: int, where: Callable[[str], float]) -> float:
    """The part of the persons of some ages that a regional figure is in its own year; ``where``
    weighs the places.
    """
    key = next(each for each in facts().value if each[0] == fact and len(each) == 3)
    there = scaled(aged(key[2], first, last), where)
    return facts().value[key] / sum(there.values())


def everywhere(place: str) -> float:
    """The weight of every place: all of it, the corps' cities included."""
    return 1.0


def of_region(place: str) -> float:
    """The weight of the places that the region pays for."""
    return 0.0 if place == CORPS else 1.0


def primary(year: int) -> Spread:
    """Primary pupils: the published figure's part of those aged 6–11."""
    return scaled(aged(year, 6, 11), part_of_ages("primary_pupils", 6, 11, everywhere))


def junior(year: int) -> Spread:
    """Junior pupils: the published figure's part of those aged 12–14."""
    return scaled(aged(year, 12, 14), part_of_ages("junior_pupils", 12, 14, everywhere))


def kindergarten(year: int) -> Spread:
    """Children at rural kindergartens: those aged 3–5 times the rural part of all persons."""
    rural = facts().rural_shares()

    def weight(place: str) -> float:
        return rural[place] * of_region(place)

    part = part_of_ages("kindergarten_children", 3, 5, weight)
    return scaled(scaled(aged(year, 3, 5), weight), part)


def special(year: int) -> Spread:
    """Pupils in special education: the published figure's part of those aged 6–14."""
    return scaled(aged(year, 6, 14), part_of_ages("special_education_pupils", 6, 14, everywhere))


def senior(year: int) -> Spread:
    """Senior school students: what junior pupils leave of all secondary students, times the part
    in senior schools, as a part of those aged 15–17.
    """
    after = facts().value["secondary_students", REGION, 2019] - sum(junior(2019).values())
    return scaled(aged(year, 15, 17), after * SENIOR_PART / sum(aged(2019, 15, 17).values()))


def vocational(year: int) -> Spread:
    """Vocational students without tuition: the published figure's part of those aged 15–17."""
    return scaled(
        aged(year, 15, 17), part_of_ages("vocational_waiver_students", 15, 17, everywhere)
    )


def nutrition_national(year: int) -> Spread:
    """Pupils of the national pilot: the published figure's part of those aged 6–14 in the south."""
    there = within(aged(2019, 6, 14), SOUTH4)
    part = facts().value["nutrition_national_pupils", "south4"] / sum(there.values())
    return scaled(within(aged(year, 6, 14), SOUTH4), part)


def nutrition_region(year: int) -> Spread:
    """Pupils of the regional pilot in 2019 by the number of known counties, moved with those aged
    6–14.
    """
    value = facts().value
    pupils = (
        value["nutrition_all_pupils", REGION]
        - value["nutrition_national_pupils", "south4"]
        - JUNIOR_CLASS_PUPILS
    )
    return _moved(spread(pupils, {p: float(n) for p, n in PILOT_COUNTIES.items()}), year, 6, 14)


def junior_class(year: int) -> Spread:
    """Pupils of the junior boarding classes in 2019, moved with those aged 12–14."""
    people = within(facts().population, JUNIOR_CLASS_CITIES)
    return _moved(spread(JUNIOR_CLASS_PUPILS, people), year, 12, 14)


def _moved(counts: Spread, year: int, first: int, last: int) -> Spread:
    """Counts of 2019 as the persons of some ages moved since."""
    now, then = aged(year, first, last), aged(2019, first, last)
    return {place: n * now[place] / then[place] for place, n in counts.items()}


def pensioners(year: int) -> Spread:
    """Of those aged 60 and over all rural ones, and the part of the others that Bortala's published
    number leaves.
    """
    place, rural = "652700", facts().rural_shares()
    there, number = aged(2021, 60)[place], facts().value["resident_pensioners", place]
    others = (number - there * rural[place]) / (there * (1 - rural[place]))
    old = within(aged(year, 60), prefectures())
    return {p: n * (rural[p] + others * (1 - rural[p])) for p, n in old.items()}


def relief(name: str) -> Spread:
    """Persons of a kind of relief in 2021."""
    f, rural = facts(), facts().rural_shares()
    people = within(f.population, prefectures())
    in_towns = {p: n * (1 - rural[p]) for p, n in people.items()}
    in_villages = {p: n * rural[p] for p, n in people.items()}
    urban, rural_persons = f.value["dibao_urban", REGION], f.value["dibao_rural", REGION]
    dibao, destitute = RELIEF_PART["dibao"], RELIEF_PART["destitute"]
    part, key = {
        "dibao_urban_person": (dibao * urban / (urban + rural_persons), in_towns),
        "dibao_rural_person": (dibao * rural_persons / (urban + rural_persons), in_villages),
        "destitute_scattered_person": (destitute * 0.7, in_villages),
        "destitute_institution_person": (destitute * 0.3, in_villages),
        "temporary_relief_case": (RELIEF_PART["temporary"], people),
    }[name]
    return spread(f.value["relief_persons", REGION] * part, key)


def met() -> list[tuple[tuple[str, str, int], float]]:
    """Every published count that the embedded counts meet, by (fact, place, year), and what they
    add up to in that year; a region's figure with the corps' cities where it holds them.
    """
    three = [persons(relief(name)) for name, *_ in RELIEF_WEIGHT.values()]
    secondary = sum(junior(2019).values()) + sum(senior(2019).values()) / SENIOR_PART
    nutrition = [each(2019) for each in (nutrition_national, nutrition_region, junior_class)]
    every = sum(sum(each.values()) for each in nutrition)
    towns = [("650100", 2022), ("652900", 2022)]
    return [
        (("kindergarten_children", REGION, 2017), sum(kindergarten(2017).values())),
        (("primary_pupils", REGION, 2018), sum(primary(2018).values())),
        (("junior_pupils", REGION, 2018), sum(junior(2018).values())),
        (("special_education_pupils", REGION, 2014), sum(special(2014).values())),
        (("secondary_students", REGION, 2019), secondary),
        (("vocational_waiver_students", REGION, 2016), sum(vocational(2016).values())),
        (("nutrition_national_pupils", "south4", 2019), sum(nutrition[0].values())),
        (("nutrition_all_pupils", REGION, 2019), every),
        (("resident_pensioners", "652700", 2021), pensioners(2021)["652700"]),
        (("relief_persons", REGION, 2021), sum(sum(each.values()) for each in three)),
        *((("population", REGION, year), sum(residents(year).values())) for year in (2021, 2022)),
        *((("population", place, year), residents(year)[place]) for place, year in towns),
        (("age_0_15", REGION, 2021), sum(aged(2021, 0, 15).values())),
        (("age_60_plus", REGION, 2021), sum(aged(2021, 60).values())),
        (("births", REGION, 2019), sum(aged(2020, 1, 1).values())),
    ]


def _part(of: Spread, whole: Spread) -> str:
    return f"{sum(of.values()) / sum(whole.values()):.1%}"


def _ages_method(zh: str, en: str, of: Spread, whole: Spread) -> Text:
    """The words for a part of the persons of some ages that a published figure gives."""
    part = _part(of, whole)
    return Text(
        f"公布数为当年{zh}人口的{part}，各地各年按此比例",
        f"the published figure is {part} of those aged {en} in its year; so everywhere and in every"
        " year",
    )


def counted() -> Iterable[Counted]:
    """Every beneficiary of the embedded data."""
    source, rural = facts().source, facts().rural_shares()
    census = source["population", REGION, 2020]

    def people(ratio: float | Callable[[str], float]) -> Callable[[int], Spread]:
        return lambda year: scaled(residents(year), ratio)

    def times(
        of: Callable[[int], Spread], ratio: float | Callable[[str], float]
    ) -> Callable[[int], Spread]:
        return lambda year: scaled(of(year), ratio)

    def primary_boarders(year: int) -> Spread:
        return scaled(primary(year), south(0.10, 0.08))

    def junior_boarders(year: int) -> Spread:
        return scaled(junior(year), south(0.55, 0.35))

    yield Counted(
        "preschool_child",
        kindergarten,
        source["kindergarten_children", REGION],
        Text(
            "目标数按当年3–5岁人口乘农村人口比重分解，各年按此比例；农村比重南疆65%为假设",
            "the target spread by those aged 3–5 in its year times the rural part of all persons,"
            " and so in every year; that 65% are rural in the south is assumed",
        ),
    )
    yield Counted(
        "primary_pupil",
        primary,
        source["primary_pupils", REGION],
        _ages_method("6–11岁", "6–11", primary(2018), aged(2018, 6, 11)),
    )
    yield Counted(
        "junior_pupil",
        junior,
        source["junior_pupils", REGION],
        _ages_method("12–14岁", "12–14", junior(2018), aged(2018, 12, 14)),
    )
    yield Counted(
        "compulsory_boarder",
        lambda year: plus(primary_boarders(year), junior_boarders(year)),
        NONE,
        Text(
            "寄宿率假设：小学南疆10%、其他8%，初中55%、35%",
            "assumed boarders: primary 10% in the south, 8% elsewhere; junior 55% and 35%",
        ),
    )
    yield Counted(
        "special_education_pupil",
        special,
        source["special_education_pupils", REGION],
        _ages_method("6–14岁", "6–14", special(2014), aged(2014, 6, 14)),
    )
    yield Counted(
        "primary_small_school_gap",
        times(primary, 0.002),
        NONE,
        Text("假设为小学生数的0.2%", "assumed at 0.2% of primary pupils"),
    )
    yield Counted(
        "junior_small_school_gap",
        times(junior, 0.0005),
        NONE,
        Text("假设为初中生数的0.05%", "assumed at 0.05% of junior pupils"),
    )
    enrolled = part_of_ages("primary_pupils", 6, 11, everywhere)
    yield Counted(
        "grade1_pupil",
        lambda year: scaled(aged(year, 6, 6), enrolled),
        NONE,
        Text(
            "假设占6岁人口的比例与小学生占6–11岁的相同",
            "assumed: the part of those aged 6 that primary pupils are of those aged 6–11",
        ),
    )
    poor = Text(
        "困难比例假设：寄宿生南疆70%、其他30%",
        "assumed to be poor: 70% of boarders in the south, 30% elsewhere",
    )
    yield Counted("poor_primary_boarder", times(primary_boarders, south(0.7, 0.3)), NONE, poor)
    yield Counted("poor_junior_boarder", times(junior_boarders, south(0.7, 0.3)), NONE, poor)
    yield Counted(
        "poor_primary_day",
        times(primary, south(0.12, 0.04)),
        NONE,
        Text(
            "困难非寄宿生假设：南疆12%、其他4%",
            "assumed poor day pupils: 12% in the south, 4% elsewhere",
        ),
    )
    yield Counted(
        "poor_junior_day",
        times(junior, south(0.10, 0.05)),
        NONE,
        Text(
            "困难非寄宿生假设：南疆10%、其他5%",
            "assumed poor day pupils: 10% in the south, 5% elsewhere",
        ),
    )
    yield Counted(
        "poor_special_pupil",
        times(special, 0.6),
        NONE,
        Text("假设为特教学生的60%", "assumed at 60% of pupils in special education"),
    )
    yield Counted(
        "nutrition_national_pupil",
        nutrition_national,
        source["nutrition_national_pupils", "south4"],
        _ages_method(
            "南疆四地州6–14岁",
            "6–14 in the four southern prefectures",
            nutrition_national(2019),
            within(aged(2019, 6, 14), SOUTH4),
        ),
    )
    yield Counted(
        "nutrition_region_pupil",
        nutrition_region,
        source["nutrition_all_pupils", REGION],
        Text(
            "全区数减国家试点再减区内初中班，按已知8个试点县个数分解，各年随6–14岁人口变动",
            "the region's figure less the national pilot and the junior boarding classes, spread by"
            " the number of the eight known pilot counties; moved with those aged 6–14",
        ),
    )
    yield Counted(
        "nutrition_junior_class_pupil",
        junior_class,
        NONE,
        Text(
            "假设2019年全区36000人，按人口分解到6个地州市，各年随12–14岁人口变动",
            "36,000 assumed in the region in 2019, spread over 6 prefectures by population; moved"
            " with those aged 12–14",
        ),
    )
    secondary = source["secondary_students", REGION]
    yield Counted(
        "senior_grant_student",
        times(senior, south(0.4, 0.2)),
        secondary,
        Text(
            "中学生数减初中生数，普高占55%，助学金南疆40%、其他20%，均为假设；各年按15–17岁人口",
            "secondary less junior pupils; 55% in senior schools and grants for 40% in the south,"
            " 20% elsewhere are assumed; by those aged 15–17",
        ),
    )
    yield Counted(
        "senior_waiver_south_student",
        lambda year: within(senior(year), SOUTH4),
        secondary,
        Text(
            "中学生数减初中生数，普高占55%为假设；各年按15–17岁人口",
            "secondary less junior pupils; 55% in senior schools is assumed; by those aged 15–17",
        ),
    )
    elsewhere = [place for place in prefectures() if place not in SOUTH4]
    yield Counted(
        "senior_waiver_poor_student",
        lambda year: scaled(within(senior(year), elsewhere), 0.15),
        secondary,
        Text("普高学生的15%，为假设", "15% of senior school students, assumed"),
    )
    yield Counted(
        "vocational_waiver_student",
        vocational,
        source["vocational_waiver_students", REGION],
        _ages_method("15–17岁", "15–17", vocational(2016), aged(2016, 15, 17)),
    )
    yield Counted(
        "vocational_grant_student",
        times(vocational, south(0.65, 0.3)),
        NONE,
        Text(
            "假设为免学费学生的65%（南疆）、30%（其他）",
            "assumed at 65% (south) and 30% (elsewhere) of the students who pay no tuition",
        ),
    )
    yield Counted(
        "unemployment_benefit_month",
        people(south(0.004, 0.012)),
        NONE,
        Text(
            "假设每千人4人月（南疆）、12人月（其他）",
            "assumed at 4 (south) and 12 (elsewhere) person-months per 1,000 persons",
        ),
    )
    yield Counted(
        "family_reward_person",
        lambda year: scaled(aged(year, 60), lambda p: 0.05 * rural[p]),
        NONE,
        Text(
            "假设为60岁及以上农村人口的5%",
            "assumed at 5% of the rural population aged 60 and over",
        ),
    )
    for name, ratio, zh, en in (
        ("bereaved_parent", 0.00015, "人口的0.015%", "0.015% of the population"),
        ("disabled_child_parent", 0.0001, "人口的0.01%", "0.01% of the population"),
        ("complication_grade1", 0.000002, "每百万人2人", "2 per million persons"),
        ("complication_grade2", 0.000005, "每百万人5人", "5 per million persons"),
        ("complication_grade3", 0.00001, "每百万人10人", "10 per million persons"),
    ):
        yield Counted(name, people(ratio), NONE, Text(f"假设为{zh}", f"assumed at {en}"))
    for name, first, last in (
        ("age_80_89", 80, 89),
        ("age_90_99", 90, 99),
        ("age_100_plus", 100, TOP),
    ):
        yield Counted(
            name,
            partial(persons_aged, first=first, last=last),
            census,
            Text(
                "人口表中这些年龄的全部人口，全部领取为假设",
                "all of these ages in the table of the population; that all draw it is assumed",
            ),
        )
    for name, ratio in (
        ("disability_living_recipient", 0.009),
        ("disability_care_recipient", 0.008),
    ):
        yield Counted(
            name,
            partial(_disabled, ratio),
            NONE,
            Text(
                f"假设为人口的{ratio:.1%}；阿克苏地区各县市平均分解",
                f"assumed at {ratio:.1%} of the population; in Aksu spread evenly over the counties",
            ),
        )
    yield Counted(
        "resident",
        residents,
        census,
        Text("人口表中各年的全部人口", "all persons of the year in the table of the population"),
    )
    yield Counted(
        "insured_resident",
        people(0.7),
        NONE,
        Text("假设为人口的70%", "assumed at 70% of the population"),
    )
    yield Counted(
        "resident_pensioner",
        pensioners,
        source["resident_pensioners", "652700"],
        Text(
            "博州为公布数；其他为60岁及以上农村人口全部，城镇人口按博州公布数所余比例，为假设",
            "in Bortala the published number; elsewhere all rural persons of 60 and over, and of the"
            " others the part that Bortala's number leaves: assumed",
        ),
    )
    in_relief = {
        "dibao_urban_person": Text(
            "合计的88%为低保，城乡按2014年公布数之比，按城镇人口分解",
            "88% of the three are dibao, urban to rural as published for 2014, spread by urban"
            " population",
        ),
        "dibao_rural_person": Text(
            "合计的88%为低保，城乡按2014年公布数之比，按农村人口分解",
            "88% of the three are dibao, urban to rural as published for 2014, spread by rural"
            " population",
        ),
        "destitute_scattered_person": Text(
            "合计的2%为特困，其中70%分散供养，按农村人口分解",
            "2% of the three are destitute, 70% of them at home, spread by rural population",
        ),
        "destitute_institution_person": Text(
            "合计的2%为特困，其中30%集中供养，按农村人口分解",
            "2% of the three are destitute, 30% of them in institutions, spread by rural"
            " population",
        ),
        "temporary_relief_case": Text(
            "合计的10%为临时救助，一人一次，按人口分解",
            "10% of the three draw temporary relief, once each, spread by population",
        ),
    }
    same = Text("比例与各年不变为假设", "the parts, and that it stays the same, are assumed")
    for name, method in in_relief.items():
        yield Counted(
            name,
            partial(_unmoved, relief(name)),
            source["relief_persons", REGION],
            both(method, same),
        )
    yield Counted(
        "reading_room",
        lambda year: {p: n * rural[p] / 1200 for p, n in facts().population.items()},
        NONE,
        Text("假设每1200名农村人口一间", "assumed at one per 1,200 rural persons"),
    )


def _unmoved(counts: Spread, year: int) -> Spread:
    """The same in every year."""
    return counts


def _disabled(ratio: float, year: int) -> Spread:
    """A part of the population, that of Aksu spread evenly over its counties."""
    left = scaled(residents(year), ratio)
    aksu = left.pop("652900")
    return left | {county: aksu / len(AKSU_COUNTIES) for county in AKSU_COUNTIES}


def beneficiaries() -> list[Row]:
    """The rows of the table, one a beneficiary, place and year."""
    rows: list[Row] = []
    for each in counted():
        by_year = {year: persons(each.of(year)) for year in YEARS}
        note = both(TO_ADD if each.source.zh else NONE, each.method)
        rows += [
            (each.name, place, year, by_year[year].get(place, 0), "assumption", each.source, note)
            for place in _placed(by_year[FIRST_YEAR])
            for year in YEARS
        ]
    return rows


def persons(counts: Spread) -> dict[str, int]:
    """Counts as whole persons that add up to the whole of all; the corps' cities are another
    budget's.
    """
    mine = {place: n for place, n in counts.items() if place != CORPS}
    return dict(zip(mine, whole([*mine.values()], round(sum(mine.values()))), strict=True))


def _placed(counts: Iterable[str]) -> list[str]:
    """The places of a table. A programme that runs in some prefectures only has no beneficiaries in
    the others: a zero, not a gap.
    """
    inside = {place[:4] for place in counts}
    return sorted(
        {place for place in counts if place != CORPS}
        | {place for place in prefectures() if place[:4] not in inside}
    )


def amounts() -> list[Row]:
    """Lines that are amounts: yuan a head of the population, or a pupil, all assumed; and what
    central and the region give to relief.
    """

    def pupils(year: int) -> Spread:
        return plus(primary(year), junior(year))

    a_head = (
        (
            "local_textbooks",
            pupils,
            18.0,
            Text("假设每名义务教育学生18元", "assumed at 18 yuan a pupil in compulsory education"),
        ),
        ("hiv_followup", residents, 1.5, Text("假设人均1.5元", "assumed at 1.5 yuan a head")),
        ("hiv_prevention", residents, 0.4, Text("假设人均0.4元", "assumed at 0.4 yuan a head")),
        (
            "relief_national",
            lambda year: within(residents(year), SOUTH3),
            2.0,
            Text(
                "假设南疆三地州人均2元",
                "assumed at 2 yuan a head in the three southern prefectures",
            ),
        ),
        ("relief_region", residents, 1.2, Text("假设人均1.2元", "assumed at 1.2 yuan a head")),
        ("relief_local", residents, 0.8, Text("假设人均0.8元", "assumed at 0.8 yuan a head")),
    )
    return [
        (line, place, year, round(yuan * key(year).get(place, 0.0)), "assumption", NONE, method)
        for line, key, yuan, method in a_head
        for place in _placed(key(FIRST_YEAR))
        for year in YEARS
    ] + relief_grants()


def _relief_sum(year: int) -> tuple[float, Text]:
    """The published sum for the three kinds of relief that serves a year, and its document."""
    key = ("relief_allotted", REGION, 2021) if year < 2024 else ("relief_paid", REGION, 2024)
    return facts().value[key], facts().source[key]


def _weighted(line: str, place: str) -> float:
    """What a line would cost in a place at its proportional rate."""
    name, weight, times, _ = RELIEF_WEIGHT[line]
    return persons(relief(name))[place] * weight * times


@cache
def _relief_level(year: int) -> float:
    """What makes the proportional rates reach the published sum on the counts."""
    total, _ = _relief_sum(year)
    return total / sum(_weighted(line, place) for line in RELIEF_WEIGHT for place in prefectures())


def relief_grants() -> list[Row]:
    """What central and the region give to items 54, 55 and 57: the published sum, parted between
    them, the items and the places.
    """
    rows: list[Row] = []
    for item in (54, 55, 57):
        lines = [line for line, (*_, mine) in RELIEF_WEIGHT.items() if mine == item]
        for payer, part in (("central", RELIEF_CENTRAL), ("region", 1 - RELIEF_CENTRAL)):
            for place in sorted(prefectures()):
                cost = sum(_weighted(line, place) for line in lines)
                for year in (*YEARS, 2024):
                    _, source = _relief_sum(year)
                    rows.append(
                        (
                            f"grant:{item}:{payer}",
                            place,
                            year,
                            floor(cost * _relief_level(year) * part),
                            "assumption",
                            source,
                            both(TO_ADD, _grant_method(year)),
                        )
                    )
    return rows


def _grant_method(year: int) -> Text:
    parted = Text(
        "三项合计；中央与自治区按8：2，各项各地按测算成本分解，均为假设",
        "the three together; central and region at 8:2, items and places by what they cost here:"
        " all assumed",
    )
    whole = Text(
        "八个月下达数作全年数，2022、2023年沿用",
        "the sum of eight months stands for the year, held in 2022 and 2023",
    )
    paid = Text(
        "发放到人的全部资金均由中央和自治区承担", "all that was paid is borne by central and region"
    )
    return both(parted, whole if year < 2024 else paid)


def bases() -> list[Row]:
    """2015 base amounts of the south: a part of what the ratio would have asked of the 2021 counts,
    above it in one prefecture.
    """
    counts = {each.name: each.of(FIRST_YEAR) for each in counted()}
    funds = {
        "primary_pupil": 650,
        "junior_pupil": 850,
        "compulsory_boarder": 200,
        "special_education_pupil": 6000,
    }
    living = {
        "poor_primary_boarder": 750,
        "poor_junior_boarder": 875,
        "poor_primary_day": 375,
        "poor_junior_day": 437.5,
        "poor_special_pupil": 1000,
    }
    rows: list[Row] = []
    for item, yuan, share in ((11, funds, 0.14), (13, living, 0.3)):
        for place, then in BASE_PART.items():
            amount = sum(rate * counts[name][place] for name, rate in yuan.items()) * share * then
            note = Text(
                f"未见公布；假设为按2021年人数与比例应担数的{then:.0%}",
                f"not seen published; assumed at {then:.0%} of what the ratio asks of the counts of"
                " 2021",
            )
            rows.append((item, place, round(amount), "assumption", NONE, note))
    return rows


def minimum_wages() -> list[Row]:
    """Published tiers, assigned to prefectures by assumption."""
    rows: list[Row] = []
    for place in sorted(prefectures()):
        tier = WAGE_TIER.get(place, 4 if place in SOUTH4 else 3)
        name = (f"minimum_wage_tier{tier}", "650000")
        held = Text(
            f"第{tier}档，各地所属档次与全年适用为假设",
            f"tier {tier}; which tier a place has, and that it holds all year, is assumed",
        )
        rows.append(
            (
                place,
                2021,
                round(facts().value[name]),
                "assumption",
                facts().source[name],
                both(TO_ADD, held),
            )
        )
    return rows


def local_rates() -> list[Row]:
    """Rates that the standard leaves to the region and the places; those of relief bring the counts
    to the published sum.
    """
    disabled = Text(
        "标准由自治区和各地确定，此处假设每人每月100元",
        "the region and the places set the rate; here 100 yuan a person and month is assumed",
    )
    rows: list[Row] = [
        (line, REGION, FIRST_YEAR, 100, "assumption", NONE, disabled)
        for line in ("disability_living", "disability_care")
    ]
    for year in (FIRST_YEAR, 2024):
        _, source = _relief_sum(year)
        method = Text(
            "公布金额除以2021年188.7万人；各项标准之比450：330：600：1200为假设",
            "the published sum over the 1,887,000 persons of 2021; that the rates are as"
            " 450:330:600:1,200 is assumed",
        )
        rows += [
            (
                line,
                REGION,
                year,
                # up to the next 分: never less than what is given
                ceil(weight * _relief_level(year) * 100) / 100,
                "assumption",
                source,
                both(TO_ADD, method),
            )
            for line, (_, weight, *_) in RELIEF_WEIGHT.items()
        ]
    return rows


TABLES: Final = {
    "beneficiaries": (("beneficiary", "place", "year", "count", *NOTES), beneficiaries),
    "amounts": (("line", "place", "year", "amount", *NOTES), amounts),
    "bases_2015": (("item", "place", "amount", *NOTES), bases),
    "minimum_wage": (("place", "year", "wage", *NOTES), minimum_wages),
    "rates": (("line", "place", "year", "rate", *NOTES), local_rates),
    "population": (("place", "year", "sex", "age", "count", *NOTES), population),
    "vital_rates": (("rate", "place", "year", "sex", "age", "value", *NOTES), vital_rates),
}


def build(folder: Path = FOLDER) -> None:
    """Writes every table as CSV into ``folder``, and beside it what their sources and notes are in
    English.
    """
    english: dict[str, str] = {}
    for name, (columns, make) in TABLES.items():
        rows = make()
        english |= {
            cell.zh: cell.en for row in rows for cell in row if isinstance(cell, Text) and cell.zh
        }
        _write(
            folder / f"{name}.csv",
            columns,
            ([cell.zh if isinstance(cell, Text) else cell for cell in row] for row in rows),
        )
    _write(folder.with_name(f"english_{folder.name}.csv"), ("zh", "en"), english.items())


def _write(path: Path, columns: Sequence[str], rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


if __name__ == "__main__":
    build()
