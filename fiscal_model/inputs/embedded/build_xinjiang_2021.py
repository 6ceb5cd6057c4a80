"""Builds the embedded illustrative data of the 2021 standard from a few published figures and stated assumptions.

Run ``python -m fiscal_model.inputs.embedded.build_xinjiang_2021`` to write the tables again; the result is the same to the byte.
Published figures stand in ``facts_xinjiang_2021.csv``; how the population is made is told in ``demography_xinjiang_2021.py``. Nothing here is an official count: a regional figure is spread over prefectures by a key,
ratios that nobody publishes are assumed, and every row says so in its ``note``.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from fiscal_model.inputs.embedded.demography_xinjiang_2021 import population, vital_rates
from fiscal_model.inputs.embedded.facts_xinjiang_2021 import SOUTH3, SOUTH4, TO_ADD, Facts, Row, Spread

FOLDER: Final = Path(__file__).parent / "xinjiang_2021"
YEARS: Final = (2021, 2022, 2023)
AKSU_COUNTIES: Final = ("652901", "652902", "652922", "652924", "652925", "652926", "652927", "652928", "652929")
PILOT_COUNTIES: Final = {"650500": 1, "652700": 1, "654000": 3, "654200": 1, "654300": 2}
JUNIOR_CLASS_CITIES: Final = ("650100", "650200", "650500", "652300", "652800", "654000")
BASE_PART: Final = {"652900": 0.85, "653000": 1.1, "653100": 0.8, "653200": 0.9}
WAGE_TIER: Final = {"650100": 1, "650200": 1, "650400": 2, "650500": 2, "652300": 2, "652700": 2, "652800": 2}

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


def counted() -> Iterable[tuple[str, Spread, float, str, str]]:
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
    primary_boarders, junior_boarders = scaled(primary, south(0.10, 0.08)), scaled(junior, south(0.55, 0.35))
    census = facts.source["age_0_14", "650000"]
    yield (
        "preschool_child",
        scaled(facts.spread("kindergarten_children", rural, facts.value["rural", "650000"]), 0.9),
        0.0,
        facts.source["kindergarten_children", "650000"],
        "区域数按农村人口分解，农村占90%为假设",
    )
    yield "primary_pupil", primary, 0.01, facts.source["primary_pupils", "650000"], "按每年2%推至2021年，按0–14岁人口分解"
    yield "junior_pupil", junior, 0.01, facts.source["junior_pupils", "650000"], "按每年3%推至2021年，按0–14岁人口分解"
    yield "compulsory_boarder", plus(primary_boarders, junior_boarders), 0.01, "", "寄宿率假设：小学南疆10%、其他8%，初中55%、35%"
    special = facts.spread("special_education_pupils", children, child_total)
    yield "special_education_pupil", special, 0.0, facts.source["special_education_pupils", "650000"], "按0–14岁人口分解"
    yield "primary_small_school_gap", scaled(primary, 0.002), 0.0, "", "假设为小学生数的0.2%"
    yield "junior_small_school_gap", scaled(junior, 0.0005), 0.0, "", "假设为初中生数的0.05%"
    yield "grade1_pupil", scaled(primary, 1 / 6), 0.01, "", "假设为小学生数的六分之一"
    yield "poor_primary_boarder", scaled(primary_boarders, south(0.7, 0.3)), 0.01, "", "困难比例假设：寄宿生南疆70%、其他30%"
    yield "poor_junior_boarder", scaled(junior_boarders, south(0.7, 0.3)), 0.01, "", "困难比例假设：寄宿生南疆70%、其他30%"
    yield "poor_primary_day", scaled(primary, south(0.12, 0.04)), 0.01, "", "困难非寄宿生假设：南疆12%、其他4%"
    yield "poor_junior_day", scaled(junior, south(0.10, 0.05)), 0.01, "", "困难非寄宿生假设：南疆10%、其他5%"
    yield "poor_special_pupil", scaled(special, 0.6), 0.0, "", "假设为特教学生的60%"
    southern = {p: children[p] for p in SOUTH4}
    national = facts.value["nutrition_national_pupils", "south4"]
    yield (
        "nutrition_national_pupil",
        {p: national * k / sum(southern.values()) for p, k in southern.items()},
        0.0,
        facts.source["nutrition_national_pupils", "south4"],
        "按0–14岁人口分解到南疆四地州",
    )
    rest = facts.value["nutrition_all_pupils", "650000"] - national
    yield (
        "nutrition_region_pupil",
        {p: (rest - 36000) * n / 8 for p, n in PILOT_COUNTIES.items()},
        0.0,
        facts.source["nutrition_all_pupils", "650000"],
        "全区数减国家试点再减区内初中班，按已知8个试点县个数分解",
    )
    cities = {p: people[p] for p in JUNIOR_CLASS_CITIES}
    yield (
        "nutrition_junior_class_pupil",
        {p: 36000 * n / sum(cities.values()) for p, n in cities.items()},
        0.0,
        "",
        "假设全区36000人，按人口分解到6个地州市",
    )
    senior_all = facts.value["secondary_students", "650000"] - facts.value["junior_pupils", "650000"]
    senior = {p: senior_all * 0.55 * k / child_total for p, k in children.items()}
    sources = facts.source["secondary_students", "650000"]
    yield (
        "senior_grant_student",
        scaled(senior, south(0.4, 0.2)),
        0.01,
        sources,
        "中学生数减初中生数，普高占55%，助学金南疆40%、其他20%，均为假设",
    )
    yield "senior_waiver_south_student", {p: senior[p] for p in SOUTH4}, 0.01, sources, "中学生数减初中生数，普高占55%为假设"
    yield "senior_waiver_poor_student", {p: 0.15 * n for p, n in senior.items() if p not in SOUTH4}, 0.01, sources, "普高学生的15%，为假设"
    vocational = facts.spread("vocational_waiver_students", people, population)
    yield "vocational_waiver_student", vocational, 0.01, facts.source["vocational_waiver_students", "650000"], "按人口分解"
    yield "vocational_grant_student", scaled(vocational, south(0.65, 0.3)), 0.01, "", "假设为免学费学生的65%（南疆）、30%（其他）"
    yield "unemployment_benefit_month", scaled(people, south(0.004, 0.012)), 0.0, "", "假设每千人4人月（南疆）、12人月（其他）"
    yield "family_reward_person", scaled(rural, 0.006), 0.02, "", "假设为农村人口的0.6%"
    yield "bereaved_parent", scaled(people, 0.00015), 0.02, "", "假设为人口的0.015%"
    yield "disabled_child_parent", scaled(people, 0.0001), 0.02, "", "假设为人口的0.01%"
    yield "complication_grade1", scaled(people, 0.000002), 0.0, "", "假设为每百万人2人"
    yield "complication_grade2", scaled(people, 0.000005), 0.0, "", "假设为每百万人5人"
    yield "complication_grade3", scaled(people, 0.00001), 0.0, "", "假设为每百万人10人"
    yield "age_80_89", scaled(old, 0.15 * 0.92), 0.02, census, "65岁以上人口的15%为80岁以上，其中92%，为假设"
    yield "age_90_99", scaled(old, 0.15 * 0.075), 0.02, census, "65岁以上人口的15%为80岁以上，其中7.5%，为假设"
    yield "age_100_plus", scaled(old, 0.15 * 0.005), 0.0, census, "65岁以上人口的15%为80岁以上，其中0.5%，为假设"
    for name, ratio in (("disability_living_recipient", 0.009), ("disability_care_recipient", 0.008)):
        persons = scaled(people, ratio)
        aksu = persons.pop("652900")
        method = f"假设为人口的{ratio:.1%}；阿克苏地区各县市平均分解"
        yield name, persons | {c: aksu / len(AKSU_COUNTIES) for c in AKSU_COUNTIES}, 0.0, "", method
    urban = {p: n - rural[p] for p, n in people.items()}
    yield "resident", people, 0.0, facts.source["population", "650000"], "2020年普查人口，各年不变为假设"
    yield "insured_resident", scaled(people, 0.7), 0.0, "", "假设为人口的70%"
    yield "resident_pensioner", scaled(rural, 0.12), 0.02, "", "假设为农村人口的12%"
    urban_total = population - facts.value["rural", "650000"]
    for name, fact, key, total in (
        ("dibao_urban_person", "dibao_urban", urban, urban_total),
        ("dibao_rural_person", "dibao_rural", rural, facts.value["rural", "650000"]),
    ):
        where = "城镇" if key is urban else "农村"
        yield name, facts.spread(fact, key, total), 0.0, facts.source[fact, "650000"], f"按{where}人口分解，各年不变为假设"
    yield "reading_room", scaled(rural, 1 / 1200), 0.0, "", "假设每1200名农村人口一间"


def beneficiaries() -> list[Row]:
    """The rows of the table, one a beneficiary, place and year."""
    return [
        (name, place, year, round(count * (1 + growth) ** (year - YEARS[0])), "assumption", source, _method(source, method, growth))
        for name, counts, growth, source, method in counted()
        for place, count in sorted(_with_zeros(counts).items())
        for year in YEARS
    ]


def _with_zeros(counts: Spread) -> Spread:
    """A programme that runs in some prefectures only has no beneficiaries in the others: a zero, not a gap."""
    inside = {place[:4] for place in counts}
    return counts | {place: 0.0 for place in Facts().population if place[:4] not in inside}


def _method(source: str, method: str, growth: float) -> str:
    parts = [TO_ADD] if source else []
    parts.append(method)
    if growth:
        parts.append(f"2022、2023年按每年{growth:.0%}推算")
    return "；".join(parts)


def amounts() -> list[Row]:
    """Lines that are amounts: yuan a head of the population, or a pupil, all assumed."""
    people = Facts().population
    counts = {name: by_place for name, by_place, *_ in counted()}
    pupils = plus(counts["primary_pupil"], counts["junior_pupil"])
    a_head = (
        ("local_textbooks", pupils, 18.0, "假设每名义务教育学生18元"),
        ("hiv_followup", people, 1.5, "假设人均1.5元"),
        ("hiv_prevention", people, 0.4, "假设人均0.4元"),
        ("relief_national", {p: people[p] for p in SOUTH3}, 2.0, "假设南疆三地州人均2元"),
        ("relief_region", people, 1.2, "假设人均1.2元"),
        ("relief_local", people, 0.8, "假设人均0.8元"),
    )
    return [
        (line, place, year, round(yuan * n), "assumption", "", method)
        for line, key, yuan, method in a_head
        for place, n in sorted(_with_zeros(key).items())
        for year in YEARS
    ]


def bases() -> list[Row]:
    """2015 base amounts of the south: a part of what the ratio would have asked of the 2021 counts, above it in one prefecture."""
    counts = {name: by_place for name, by_place, *_ in counted()}
    funds = {"primary_pupil": 650, "junior_pupil": 850, "compulsory_boarder": 200, "special_education_pupil": 6000}
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
            rows.append((item, place, round(amount), "assumption", "", f"未见公布；假设为按2021年人数与比例应担数的{then:.0%}"))
    return rows


def minimum_wages() -> list[Row]:
    """Published tiers, assigned to prefectures by assumption."""
    facts = Facts()
    rows: list[Row] = []
    for place in sorted(facts.population):
        tier = WAGE_TIER.get(place, 4 if place in SOUTH4 else 3)
        name = (f"minimum_wage_tier{tier}", "650000")
        rows.append(
            (place, 2021, round(facts.value[name]), "assumption", facts.source[name], f"{TO_ADD}；第{tier}档，各地所属档次与全年适用为假设")
        )
    return rows


def local_rates() -> list[Row]:
    """Rates that the standard leaves to the region and the places."""
    local = "标准由自治区和各地确定，此处假设每人每月"
    rates = {"disability_living": 100, "disability_care": 100, "dibao_urban": 450, "dibao_rural": 330}
    return [(line, "650000", 2021, yuan, "assumption", "", f"{local}{yuan}元") for line, yuan in rates.items()]


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
    """Writes every table as CSV into ``folder``."""
    for name, (columns, rows) in TABLES.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(rows())


if __name__ == "__main__":
    build()
