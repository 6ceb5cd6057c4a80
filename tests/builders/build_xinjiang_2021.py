"""Builds the embedded illustrative data of the 2021 standard from a few published figures and
stated assumptions.
Run ``python tests/builders/build_xinjiang_2021.py`` to write the tables again; the result is the
same to the byte. Published figures stand in ``facts_xinjiang_2021.csv``; how the
population is made is told in ``demography_xinjiang_2021.py``. Nothing here is an official count: a
regional figure is spread over prefectures by a key, ratios that nobody publishes are assumed, and
every row says so in its ``note``; ``english_xinjiang_2021.csv`` holds the English of these notes,
for display.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from demography_xinjiang_2021 import population, vital_rates
from facts_xinjiang_2021 import (
    NONE,
    SOUTH3,
    SOUTH4,
    TO_ADD,
    Facts,
    Row,
    Spread,
    both,
)

from fiscal_model.inputs.read import EMBEDDED
from fiscal_model.vocabulary import Text

FOLDER: Final = EMBEDDED / "xinjiang_2021"
YEARS: Final = (2021, 2022, 2023)
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

NOTES: Final = ("basis", "source", "note")


def scaled(key: Spread, ratio: float | Callable[[str], float]) -> Spread:
    """A key times a ratio, which may depend on the prefecture."""
    return {p: k * (ratio(p) if callable(ratio) else ratio) for p, k in key.items()}


def plus(*keys: Spread) -> Spread:
    """The sum of keys over the places they share."""
    return {p: sum(key[p] for key in keys) for p in keys[0]}


def south(inside: float, outside: float) -> Callable[[str], float]:
    """A ratio for the four southern prefectures and one for the others."""
    return lambda p: inside if p in SOUTH4 else outside


def counted() -> Iterable[tuple[str, Spread, float, Text, Text]]:
    """Beneficiary, its count by place in 2021, its growth a year to 2023, source and method."""
    facts = Facts()
    people, children, old, rural = (
        facts.population,
        facts.by_share("age_0_14", "age_0_14_share"),
        facts.by_share("age_65_plus", "age_65_plus_share"),
        facts.rural(),
    )
    child_total, population = facts.value["age_0_14", "650000"], facts.region_population
    primary = scaled(facts.spread("primary_pupils", children, child_total), 1.02**3)
    junior = scaled(facts.spread("junior_pupils", children, child_total), 1.03**3)
    primary_boarders, junior_boarders = (
        scaled(primary, south(0.10, 0.08)),
        scaled(junior, south(0.55, 0.35)),
    )
    census = facts.source["age_0_14", "650000"]
    yield (
        "preschool_child",
        scaled(facts.spread("kindergarten_children", rural, facts.value["rural", "650000"]), 0.9),
        0.0,
        facts.source["kindergarten_children", "650000"],
        Text(
            "区域数按农村人口分解，农村占90%为假设",
            "the region's figure spread by rural population; that 90% are rural is assumed",
        ),
    )
    yield (
        "primary_pupil",
        primary,
        0.01,
        facts.source["primary_pupils", "650000"],
        Text(
            "按每年2%推至2021年，按0–14岁人口分解",
            "carried to 2021 at 2% a year, spread by population aged 0–14",
        ),
    )
    yield (
        "junior_pupil",
        junior,
        0.01,
        facts.source["junior_pupils", "650000"],
        Text(
            "按每年3%推至2021年，按0–14岁人口分解",
            "carried to 2021 at 3% a year, spread by population aged 0–14",
        ),
    )
    yield (
        "compulsory_boarder",
        plus(primary_boarders, junior_boarders),
        0.01,
        NONE,
        Text(
            "寄宿率假设：小学南疆10%、其他8%，初中55%、35%",
            "assumed boarders: primary 10% in the south, 8% elsewhere; junior 55% and 35%",
        ),
    )
    special = facts.spread("special_education_pupils", children, child_total)
    yield (
        "special_education_pupil",
        special,
        0.0,
        facts.source["special_education_pupils", "650000"],
        Text("按0–14岁人口分解", "spread by population aged 0–14"),
    )
    yield (
        "primary_small_school_gap",
        scaled(primary, 0.002),
        0.0,
        NONE,
        Text("假设为小学生数的0.2%", "assumed at 0.2% of primary pupils"),
    )
    yield (
        "junior_small_school_gap",
        scaled(junior, 0.0005),
        0.0,
        NONE,
        Text("假设为初中生数的0.05%", "assumed at 0.05% of junior pupils"),
    )
    yield (
        "grade1_pupil",
        scaled(primary, 1 / 6),
        0.01,
        NONE,
        Text("假设为小学生数的六分之一", "assumed at a sixth of primary pupils"),
    )
    yield (
        "poor_primary_boarder",
        scaled(primary_boarders, south(0.7, 0.3)),
        0.01,
        NONE,
        Text(
            "困难比例假设：寄宿生南疆70%、其他30%",
            "assumed to be poor: 70% of boarders in the south, 30% elsewhere",
        ),
    )
    yield (
        "poor_junior_boarder",
        scaled(junior_boarders, south(0.7, 0.3)),
        0.01,
        NONE,
        Text(
            "困难比例假设：寄宿生南疆70%、其他30%",
            "assumed to be poor: 70% of boarders in the south, 30% elsewhere",
        ),
    )
    yield (
        "poor_primary_day",
        scaled(primary, south(0.12, 0.04)),
        0.01,
        NONE,
        Text(
            "困难非寄宿生假设：南疆12%、其他4%",
            "assumed poor day pupils: 12% in the south, 4% elsewhere",
        ),
    )
    yield (
        "poor_junior_day",
        scaled(junior, south(0.10, 0.05)),
        0.01,
        NONE,
        Text(
            "困难非寄宿生假设：南疆10%、其他5%",
            "assumed poor day pupils: 10% in the south, 5% elsewhere",
        ),
    )
    yield (
        "poor_special_pupil",
        scaled(special, 0.6),
        0.0,
        NONE,
        Text("假设为特教学生的60%", "assumed at 60% of pupils in special education"),
    )
    southern = {p: children[p] for p in SOUTH4}
    national = facts.value["nutrition_national_pupils", "south4"]
    yield (
        "nutrition_national_pupil",
        {p: national * k / sum(southern.values()) for p, k in southern.items()},
        0.0,
        facts.source["nutrition_national_pupils", "south4"],
        Text(
            "按0–14岁人口分解到南疆四地州",
            "spread over the four southern prefectures by population aged 0–14",
        ),
    )
    rest = facts.value["nutrition_all_pupils", "650000"] - national
    yield (
        "nutrition_region_pupil",
        {p: (rest - 36000) * n / 8 for p, n in PILOT_COUNTIES.items()},
        0.0,
        facts.source["nutrition_all_pupils", "650000"],
        Text(
            "全区数减国家试点再减区内初中班，按已知8个试点县个数分解",
            "the region's figure less the national pilot and the junior boarding classes, spread by"
            " the number of the eight known pilot counties",
        ),
    )
    cities = {p: people[p] for p in JUNIOR_CLASS_CITIES}
    yield (
        "nutrition_junior_class_pupil",
        {p: 36000 * n / sum(cities.values()) for p, n in cities.items()},
        0.0,
        NONE,
        Text(
            "假设全区36000人，按人口分解到6个地州市",
            "36,000 assumed in the region, spread over 6 prefectures by population",
        ),
    )
    senior_all = (
        facts.value["secondary_students", "650000"] - facts.value["junior_pupils", "650000"]
    )
    senior = {p: senior_all * 0.55 * k / child_total for p, k in children.items()}
    sources = facts.source["secondary_students", "650000"]
    yield (
        "senior_grant_student",
        scaled(senior, south(0.4, 0.2)),
        0.01,
        sources,
        Text(
            "中学生数减初中生数，普高占55%，助学金南疆40%、其他20%，均为假设",
            "secondary less junior pupils; 55% in senior schools and grants for 40% in the south,"
            " 20% elsewhere are assumed",
        ),
    )
    yield (
        "senior_waiver_south_student",
        {p: senior[p] for p in SOUTH4},
        0.01,
        sources,
        Text(
            "中学生数减初中生数，普高占55%为假设",
            "secondary less junior pupils; 55% in senior schools is assumed",
        ),
    )
    yield (
        "senior_waiver_poor_student",
        {p: 0.15 * n for p, n in senior.items() if p not in SOUTH4},
        0.01,
        sources,
        Text("普高学生的15%，为假设", "15% of senior school students, assumed"),
    )
    vocational = facts.spread("vocational_waiver_students", people, population)
    yield (
        "vocational_waiver_student",
        vocational,
        0.01,
        facts.source["vocational_waiver_students", "650000"],
        Text("按人口分解", "spread by population"),
    )
    yield (
        "vocational_grant_student",
        scaled(vocational, south(0.65, 0.3)),
        0.01,
        NONE,
        Text(
            "假设为免学费学生的65%（南疆）、30%（其他）",
            "assumed at 65% (south) and 30% (elsewhere) of the students who pay no tuition",
        ),
    )
    yield (
        "unemployment_benefit_month",
        scaled(people, south(0.004, 0.012)),
        0.0,
        NONE,
        Text(
            "假设每千人4人月（南疆）、12人月（其他）",
            "assumed at 4 (south) and 12 (elsewhere) person-months per 1,000 persons",
        ),
    )
    yield (
        "family_reward_person",
        scaled(rural, 0.006),
        0.02,
        NONE,
        Text("假设为农村人口的0.6%", "assumed at 0.6% of the rural population"),
    )
    yield (
        "bereaved_parent",
        scaled(people, 0.00015),
        0.02,
        NONE,
        Text("假设为人口的0.015%", "assumed at 0.015% of the population"),
    )
    yield (
        "disabled_child_parent",
        scaled(people, 0.0001),
        0.02,
        NONE,
        Text("假设为人口的0.01%", "assumed at 0.01% of the population"),
    )
    yield (
        "complication_grade1",
        scaled(people, 0.000002),
        0.0,
        NONE,
        Text("假设为每百万人2人", "assumed at 2 per million persons"),
    )
    yield (
        "complication_grade2",
        scaled(people, 0.000005),
        0.0,
        NONE,
        Text("假设为每百万人5人", "assumed at 5 per million persons"),
    )
    yield (
        "complication_grade3",
        scaled(people, 0.00001),
        0.0,
        NONE,
        Text("假设为每百万人10人", "assumed at 10 per million persons"),
    )
    yield (
        "age_80_89",
        scaled(old, 0.15 * 0.92),
        0.02,
        census,
        Text(
            "65岁以上人口的15%为80岁以上，其中92%，为假设",
            "15% of those of 65 and over are 80 or over, 92% of them here: assumed",
        ),
    )
    yield (
        "age_90_99",
        scaled(old, 0.15 * 0.075),
        0.02,
        census,
        Text(
            "65岁以上人口的15%为80岁以上，其中7.5%，为假设",
            "15% of those of 65 and over are 80 or over, 7.5% of them here: assumed",
        ),
    )
    yield (
        "age_100_plus",
        scaled(old, 0.15 * 0.005),
        0.0,
        census,
        Text(
            "65岁以上人口的15%为80岁以上，其中0.5%，为假设",
            "15% of those of 65 and over are 80 or over, 0.5% of them here: assumed",
        ),
    )
    for name, ratio in (
        ("disability_living_recipient", 0.009),
        ("disability_care_recipient", 0.008),
    ):
        persons = scaled(people, ratio)
        aksu = persons.pop("652900")
        method = Text(
            f"假设为人口的{ratio:.1%}；阿克苏地区各县市平均分解",
            f"assumed at {ratio:.1%} of the population; in Aksu spread evenly over the counties",
        )
        yield (
            name,
            persons | {c: aksu / len(AKSU_COUNTIES) for c in AKSU_COUNTIES},
            0.0,
            NONE,
            method,
        )
    urban = {p: n - rural[p] for p, n in people.items()}
    yield (
        "resident",
        people,
        0.0,
        facts.source["population", "650000"],
        Text(
            "2020年普查人口，各年不变为假设",
            "population of the 2020 census; that it stays the same is assumed",
        ),
    )
    yield (
        "insured_resident",
        scaled(people, 0.7),
        0.0,
        NONE,
        Text("假设为人口的70%", "assumed at 70% of the population"),
    )
    yield (
        "resident_pensioner",
        scaled(rural, 0.12),
        0.02,
        NONE,
        Text("假设为农村人口的12%", "assumed at 12% of the rural population"),
    )
    urban_total = population - facts.value["rural", "650000"]
    for name, fact, key, total in (
        ("dibao_urban_person", "dibao_urban", urban, urban_total),
        ("dibao_rural_person", "dibao_rural", rural, facts.value["rural", "650000"]),
    ):
        where = Text("城镇", "urban") if key is urban else Text("农村", "rural")
        method = Text(
            f"按{where.zh}人口分解，各年不变为假设",
            f"spread by {where.en} population; that it stays the same is assumed",
        )
        yield name, facts.spread(fact, key, total), 0.0, facts.source[fact, "650000"], method
    yield (
        "reading_room",
        scaled(rural, 1 / 1200),
        0.0,
        NONE,
        Text("假设每1200名农村人口一间", "assumed at one per 1,200 rural persons"),
    )


def beneficiaries() -> list[Row]:
    """The rows of the table, one a beneficiary, place and year."""
    return [
        (
            name,
            place,
            year,
            round(count * (1 + growth) ** (year - YEARS[0])),
            "assumption",
            source,
            _method(source, method, growth),
        )
        for name, counts, growth, source, method in counted()
        for place, count in sorted(_with_zeros(counts).items())
        for year in YEARS
    ]


def _with_zeros(counts: Spread) -> Spread:
    """A programme that runs in some prefectures only has no beneficiaries in the others: a zero,
    not a gap.
    """
    inside = {place[:4] for place in counts}
    return counts | {place: 0.0 for place in Facts().population if place[:4] not in inside}


def _method(source: Text, method: Text, growth: float) -> Text:
    grown = (
        Text(f"2022、2023年按每年{growth:.0%}推算", f"2022 and 2023 at {growth:.0%} a year")
        if growth
        else NONE
    )
    return both(TO_ADD if source.zh else NONE, method, grown)


def amounts() -> list[Row]:
    """Lines that are amounts: yuan a head of the population, or a pupil, all assumed."""
    people = Facts().population
    counts = {name: by_place for name, by_place, *_ in counted()}
    pupils = plus(counts["primary_pupil"], counts["junior_pupil"])
    a_head = (
        (
            "local_textbooks",
            pupils,
            18.0,
            Text("假设每名义务教育学生18元", "assumed at 18 yuan a pupil in compulsory education"),
        ),
        ("hiv_followup", people, 1.5, Text("假设人均1.5元", "assumed at 1.5 yuan a head")),
        ("hiv_prevention", people, 0.4, Text("假设人均0.4元", "assumed at 0.4 yuan a head")),
        (
            "relief_national",
            {p: people[p] for p in SOUTH3},
            2.0,
            Text(
                "假设南疆三地州人均2元",
                "assumed at 2 yuan a head in the three southern prefectures",
            ),
        ),
        ("relief_region", people, 1.2, Text("假设人均1.2元", "assumed at 1.2 yuan a head")),
        ("relief_local", people, 0.8, Text("假设人均0.8元", "assumed at 0.8 yuan a head")),
    )
    return [
        (line, place, year, round(yuan * n), "assumption", NONE, method)
        for line, key, yuan, method in a_head
        for place, n in sorted(_with_zeros(key).items())
        for year in YEARS
    ]


def bases() -> list[Row]:
    """2015 base amounts of the south: a part of what the ratio would have asked of the 2021 counts,
    above it in one prefecture.
    """
    counts = {name: by_place for name, by_place, *_ in counted()}
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
    facts = Facts()
    rows: list[Row] = []
    for place in sorted(facts.population):
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
                round(facts.value[name]),
                "assumption",
                facts.source[name],
                both(TO_ADD, held),
            )
        )
    return rows


def local_rates() -> list[Row]:
    """Rates that the standard leaves to the region and the places."""
    rates = {
        "disability_living": 100,
        "disability_care": 100,
        "dibao_urban": 450,
        "dibao_rural": 330,
    }
    return [
        (line, "650000", 2021, yuan, "assumption", NONE, _local(yuan))
        for line, yuan in rates.items()
    ]


def _local(yuan: int) -> Text:
    return Text(
        f"标准由自治区和各地确定，此处假设每人每月{yuan}元",
        f"the region and the places set the rate; here {yuan} yuan a person and month is assumed",
    )


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
