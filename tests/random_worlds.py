"""Small worlds of random rules and data, and the files in which they are written: what the engine is
held against :mod:`naive` with.
"""

from __future__ import annotations

import csv
import json
import random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any

from conftest import write_tables
from hypothesis import strategies as st
from naive import World

TREE = {
    "900000": None,
    "910000": "900000",
    "920000": "900000",
    "910101": "910000",
    "910102": "910000",
    "920101": "920000",
    "920102": "920000",
}
COUNTIES = ("910101", "910102", "920101", "920102")
PREFECTURES = ("910000", "920000")
YEARS = (2021, 2022, 2023)
worlds = st.randoms(use_true_random=False)


def random_shares(rng: random.Random, depth: int = 0) -> dict[str, Any]:
    payers = rng.sample(("central", "region", "prefecture", "social"), rng.randint(1, 3))
    out: dict[str, Any] = {payer: rng.randint(1, 9) for payer in payers}
    if depth < 2 and rng.random() < 0.5:
        out |= {"rest": rng.randint(1, 9), "of_rest": random_shares(rng, depth + 1)}
    return out


def random_leaf(rng: random.Random, per_head: bool) -> dict[str, Any]:
    kind = rng.choice(
        [
            "shares",
            "shares",
            "raise",
            "full",
            "base",
            "base",
            "grant",
            "fund",
            "open",
            *(["per_head"] if per_head else []),
        ]
    )
    if kind == "shares":
        return random_shares(rng)
    if kind == "raise":
        return {
            "central": 5,
            "rest": 5,
            "of_rest": {"region": 7, "prefecture": 3},
            "rest_bears_raise": "true",
        }
    if kind == "full":
        return {"full": rng.choice(("central", "region", "employer"))}
    if kind == "base":
        due = {
            "central": rng.randint(0, 9),
            "rest": rng.randint(1, 9),
            "of_rest": {"region": rng.randint(0, 5), "prefecture": rng.randint(1, 9)},
        }
        return {"base_amount": "prefecture", "increases": "region", "due": due}
    if kind == "grant":
        rest = rng.choice([random_shares(rng), {"open": ["region", "prefecture"]}])
        return {"grants": rng.sample(["central", "region"], rng.randint(1, 2)), "rest": rest}
    if kind == "per_head":
        return {
            "per_head": {
                "region": str(rng.choice((5, 60, 900))),
                "central": str(rng.choice((3, 80))),
            },
            "remainder": "prefecture",
        }
    return {"fund": "f"} if kind == "fund" else {"open": ["central", "region"]}


def random_split(rng: random.Random, amounts: bool) -> dict[str, Any]:
    """A tree of choices over leaves; fixed sums per head only where no amount line can meet
    them.
    """
    shape = rng.choice(("leaf", "places", "lines", "reading"))
    counted = {"lines": ["one", "two", "three"]}
    if shape == "leaf":
        return random_leaf(rng, per_head=not amounts)
    if shape == "places":
        where = rng.choice(["south", "910000", ["920101", "920102"]])
        return {
            "cases": [
                {"where": where, "split": random_leaf(rng, not amounts)},
                {"split": random_leaf(rng, not amounts)},
            ]
        }
    if shape == "lines":
        return {
            "cases": [
                {**counted, "split": random_leaf(rng, True)},
                {"condition": "odd", "split": random_leaf(rng, False)},
            ]
        }
    return {
        "reading": "1a",
        "options": {"yes": random_leaf(rng, not amounts), "no": random_leaf(rng, not amounts)},
    }


def moment(rng: random.Random, accrual: str) -> str:
    year = rng.choice(YEARS)
    forms = [f"{year}", f"{year}-{rng.randint(1, 12):02d}", f"{year}-{rng.randint(1, 12):02d}-15"]
    if accrual == "school_months":
        forms += [f"{year}-spring", f"{year}-autumn"]
    return rng.choice(forms)


def random_world(rng: random.Random, totals: bool = False) -> World:
    """A tiny standard, up to two scenarios and data; ``totals`` that a scenario states may be
    impossible to spread.
    """
    coarse = rng.random() < 0.3
    wheres: list[Any] = [None, "south", "910000", "920000", ["910000", "920000"]] + (
        [] if coarse else ["910101", "920102", ["910102", "920101"]]
    )
    times = rng.choice((1, 12))
    lines: dict[str, dict[str, Any]] = {
        "one": {
            "beneficiary": "pupil",
            "times": times,
            "accrual": rng.choice(("school_months", "calendar_months", "calendar_year")),
            "rates": [
                {"from": "2021", "rate": str(rng.randint(0, 900))},
                {"from": "2022-09", "rate": "333.5"},
            ],
            "raised": {"reading": "1a", "options": {"yes": "50", "no": "0"}},
        },
        "two": {
            "beneficiary": "pupil",
            "times": times,
            "accrual": "school_months",
            "rates": [
                {
                    "from": rng.choice(("2021", "2021", "2021-07", "2022-12", "2022-autumn")),
                    "rate": str(rng.randint(1, 900)),
                }
            ],
        },
        "three": {"beneficiary": "elder", "times": 12, "accrual": "calendar_months", "rates": []},
        "four": {"accrual": "calendar_year", "condition": "odd"},
    }
    world = World(
        dict(TREE),
        {"south": ["910000"]},
        lines,
        random_split(rng, True),
        {"1a": rng.choice(("yes", "no"))},
    )
    places = PREFECTURES if coarse else COUNTIES
    for name in ("pupil", "elder"):
        for place in places:
            for year in YEARS:
                if rng.random() < 0.85:
                    world.counts[name, place, year] = rng.choice((0, 1, 7, 1000, 123456))
    for place in places:
        for year in YEARS:
            if rng.random() < 0.7:
                world.amounts["four", place, year] = rng.randint(0, 10**7)
    for payer in ("central", "region"):
        tops = rng.choice([("900000",), PREFECTURES, places])
        for place in tops:
            for year in YEARS:
                if rng.random() < 0.9:
                    world.amounts[f"grant:1:{payer}", place, year] = rng.choice(
                        (0, 1000, 5 * 10**5, 10**9)
                    )
    for place in PREFECTURES if coarse or rng.random() < 0.5 else COUNTIES:
        world.bases[place] = rng.choice((0, 100, 10**4, 10**6, 10**9))
    for line in ("one", "three"):
        for place in [None, *PREFECTURES] if coarse else [None, "910000", "910101"]:
            if rng.random() < 0.5:
                world.rates[line, place or "900000", rng.choice((2020, 2021, 2022))] = str(
                    rng.randint(0, 500)
                )
    world.scenarios = [
        random_scenario(rng, world, wheres, totals) for _ in range(rng.randint(0, 2))
    ]
    if any(_may_tie(each) for each in world.scenarios):
        for each in world.scenarios:
            each["groups"] = []
    horizon = rng.random() < 0.5
    if horizon and world.scenarios:
        world.scenarios[0]["projection"] = "hold"
    given = sorted({y for cells in (world.counts, world.amounts) for _, _, y in cells}) or [2021]
    world.years = tuple(range(given[0], 2026)) if horizon and world.scenarios else tuple(given)
    return world


def _may_tie(scenario: dict[str, Any]) -> bool:
    """Whether a new member of the group could bring two entries of equal size for one target to the
    same place, which leaves open which holds.
    """
    wheres = [
        {str(entry.get("where")) for entry in scenario[kind]}
        for kind in ("rates", "splits", "beneficiaries", "bases")
    ]
    return any({"south", "920000"} <= each or {"910000", "920000"} <= each for each in wheres)


def random_scenario(
    rng: random.Random, world: World, wheres: list[Any], totals: bool
) -> dict[str, Any]:
    out: dict[str, Any] = {
        "rates": [],
        "splits": [],
        "beneficiaries": [],
        "bases": [],
        "groups": [],
    }
    for _ in range(rng.randint(0, 3)):
        line = rng.choice(("one", "two", "three"))
        entry = {
            "line": line,
            "rate": str(rng.randint(1000, 3000)),
            "where": rng.choice(wheres),
            "from": moment(rng, world.lines[line]["accrual"]),
        }
        if rng.random() < 0.3:
            entry["to"] = "2024"
        if rng.random() < 0.3:
            year = rng.choice((2022, 2023))
            way = rng.choice(
                [
                    {"growth": "0.1"},
                    {"growth": "-0.05"},
                    {"index": {year: "1.03", year + 1: "1.5"}},
                    {"index": {year + 1: "0.7"}},
                ]
            )
            entry = {k: v for k, v in entry.items() if k != "rate"} | {"from": str(year)} | way
            if rng.random() < 0.5:
                entry["step"] = rng.choice(("0.5", "5", "100"))
        out["rates"].append(entry)
    for _ in range(rng.randint(0, 2)):
        entry = {
            "where": rng.choice(wheres),
            "from": str(rng.choice((2022, 2023))),
            "split": random_split(rng, True),
        }
        if rng.random() < 0.4:
            entry["line"], entry["split"] = rng.choice(("one", "three")), random_leaf(rng, True)
        else:
            entry["item"] = "1"
        if rng.random() < 0.3:
            entry["to"] = "2023"
        out["splits"].append(entry)
    for _ in range(rng.randint(0, 2)):
        change = rng.choice(
            [{"growth": "0.02"}, {"factor": "1.1"}, {"growth": "-0.1", "factor": "0.5"}]
        )
        out["beneficiaries"].append(
            {
                "beneficiary": rng.choice(("pupil", "elder")),
                "where": rng.choice(wheres),
                "from": "2023",
                **change,
            }
        )
    for _ in range(rng.randint(0, 2) if totals else 0):
        change = rng.choice(
            [
                {"target": "300000", "by": "2025"},
                {"series": {"2022": "200000", "2024": "250000"}},
                {"series": {"2023": "9"}},
            ]
        )
        start = rng.choice(({}, {"from": "2022"}, {"from": "2024"}))
        # a group whose members change starts a line of its own each time
        where = rng.choice([each for each in wheres if each != "south"])
        out["beneficiaries"].append(
            {"beneficiary": rng.choice(("pupil", "elder")), "where": where, **start, **change}
        )
    for _ in range(rng.choice((0, 0, 1, 2))):
        out["bases"].append(random_base(rng, wheres))
    for _ in range(rng.choice((0, 0, 1, 2))):
        way = {rng.choice(("add", "remove")): rng.choice(("910000", "920000", *wheres[5:6]))}
        entry = {"group": "south", "from": str(rng.choice((2022, 2023))), **way}
        out["groups"].append(entry | ({"to": "2023"} if rng.random() < 0.3 else {}))
    for kind in ("rates", "splits", "beneficiaries", "bases", "groups"):
        unique = {
            str(
                {
                    k: v
                    for k, v in entry.items()
                    if k in ("line", "item", "beneficiary", "where", "from")
                }
            ): entry
            for entry in out[kind]
        }
        out[kind] = _unlike(list(unique.values()), world)
    return out


def random_base(rng: random.Random, wheres: list[Any]) -> dict[str, Any]:
    """A base amount stated or changed."""
    ways = (
        {"amount": "5000"},
        {"factor": "0.5"},
        {"factor": "1.2"},
        {"growth": "0.1"},
        {"abolish": "true"},
        {"phase_out": "3"},
    )
    entry = {
        "item": "1",
        "where": rng.choice(wheres),
        "from": str(rng.choice((2022, 2023))),
        **rng.choice(ways),
    }
    return entry | ({"to": "2024"} if rng.random() < 0.3 else {})


def layered_bases(rng: random.Random) -> World:
    """Base amounts stated and changed in up to three files, one over another, where every one of
    them limits.
    """
    world = random_world(rng)
    due = {"central": 8, "rest": 2, "of_rest": {"region": 3, "prefecture": 7}}
    world.split = {"base_amount": "prefecture", "increases": "region", "due": due}
    world.counts = {
        ("pupil", place, year): rng.choice((1000, 123456)) for place in COUNTIES for year in YEARS
    }
    world.amounts = {("four", place, 2021): 10**7 for place in COUNTIES}
    wheres = [None, "910000", "920000", "910101", "920102", ["910102", "920101"]]
    world.scenarios = [
        {
            "projection": "hold",
            "bases": _unlike([random_base(rng, wheres) for _ in range(4)], world),
        }
        for _ in range(3)
    ]
    world.years = tuple(range(2021, 2026))
    return world


def populated(rng: random.Random) -> World:
    """A world whose counts follow the population where it is known: of some places and years, of a
    prefecture or of its counties, and not at all where a nearer scenario holds.
    """
    world = random_world(rng, totals=True)
    world.scenarios = world.scenarios or [{}]
    for scenario in world.scenarios:
        scenario["projection"] = rng.choice(("population", "population", "hold", ""))
    world.scenarios[0]["projection"] = world.scenarios[0]["projection"] or "population"
    supplied = rng.choice([("900000",), PREFECTURES, PREFECTURES[:1], COUNTIES, COUNTIES[:3]])
    for place in supplied:
        first = rng.choice((2020, 2021, 2023))
        for year in range(first, rng.choice((2024, 2026, 2027))):
            if rng.random() < 0.95:
                world.people[place, year] = (rng.choice((0, 9, 80, 100)), rng.randint(1, 10**6))
    given = {y for cells in (world.counts, world.amounts) for _, _, y in cells} or {2021}
    world.years = tuple(range(min(given), 2027))
    return world


def changed_places(rng: random.Random, totals: bool = False) -> World:
    """A world in which a county is divided, two are merged into a new one or one into the other,
    and in which series may move between the prefectures and their counties.
    """
    world = random_world(rng, totals)
    year, month = rng.choice((2022, 2023, 2024)), rng.randint(1, 12)
    first = f"{year}-{month:02d}"
    last = f"{year}-{month - 1:02d}" if month > 1 else f"{year - 1}-12"
    if rng.random() < 0.7:
        world.lives["910103"] = {"first": first, "out_of": ["910101"]}
        world.parent["910103"] = "910000"
    if rng.random() < 0.5:
        world.lives |= {
            "920101": {"last": last, "out_of": []},
            "920102": {"last": last, "out_of": []},
            "920103": {"first": first, "out_of": ["920101", "920102"]},
        }
        world.parent["920103"] = "920000"
    elif rng.random() < 0.5:
        world.lives["920101"] = {"last": last, "out_of": []}
        world.lives["920102"] = {"out_of": ["920101"]}
    new = [code for code in ("910103", "920103") if code in world.parent]
    coarse = not any(place in COUNTIES for _, place, _ in world.counts)
    for given in (world.counts, world.amounts):
        series = dict.fromkeys(name for name, *_ in given if not name.startswith("grant:"))
        for name, at in product(series, YEARS):
            for code in new if not coarse else ():
                if rng.random() < 0.5:
                    given[name, code, at] = rng.choice((1, 10, 1000))
            if coarse and at == YEARS[-1] and rng.random() < 0.5:
                for prefecture in PREFECTURES:
                    given.pop((name, prefecture, at), None)
                for code in (*COUNTIES, *new):
                    if rng.random() < 0.7:
                        given[name, code, at] = rng.choice((1, 10, 1000))
        for name, code, at in [key for key in given if not world.there(key[1], key[2])]:
            del given[name, code, at]
    if new and rng.random() < 0.3 and "910101" in world.bases:
        world.bases[rng.choice(new)] = rng.choice((0, 100, 10**6))
    return world


def _unlike(entries: list[dict[str, Any]], world: World) -> list[dict[str, Any]]:
    """One entry for each target and start."""
    return [{k: v for k, v in each.items() if v is not None} for each in _one_start(entries, world)]


def _one_start(entries: list[dict[str, Any]], world: World) -> list[dict[str, Any]]:
    """Leaves out entries whose start is written otherwise but is the same moment for the same
    target.
    """
    from naive import slot

    kept: dict[Any, dict[str, Any]] = {}
    for entry in entries:
        accrual = (
            world.lines[entry["line"]]["accrual"]
            if "line" in entry and "split" not in entry
            else "calendar_months"
        )
        target = entry.get("line"), entry.get("item"), entry.get("beneficiary")
        places = tuple(
            world.covers(entry.get("where", entry.get("add", entry.get("remove"))), place)
            for place in world.parent
        )
        kept[target, places, slot(entry.get("from"), accrual)] = entry
    same_places: dict[Any, Any] = {}
    out = []
    for (target, places, _), entry in kept.items():
        # One way of writing a set of places per target, so that the exact engine may compare the
        # words.
        written = same_places.setdefault((target, places), entry.get("where"))
        out.append({**entry, "where": written})
    return out


def text(value: Any) -> Any:
    return (
        {k: text(v) for k, v in value.items()}
        if isinstance(value, dict)
        else [text(v) for v in value]
        if isinstance(value, list)
        else str(value)
    )


def write_standard(folder: Path, world: World) -> None:
    folder.mkdir()
    name = {"zh": "名", "en": "name"}
    groups = {group: {"name": name, "note": name} for group in world.groups}
    head = {
        "title": name,
        "document": "D1",
        "rates_from": "2021",
        "domains": {"1": name},
        "sections": {"1": {"domain": "1", "name": name}},
        "groups": groups,
    }
    assumed = {"basis": "assumption", "source": "s"}
    beneficiaries = {
        b: {"zh": b, "en": b, "unit": name, "ages": {"ages": ages, **assumed}}
        for b, ages in (("pupil", "0"), ("elder", "1+"))
    }
    (folder / "standard.yaml").write_text(json.dumps(text(head)))
    with (folder / "places.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["code", "name_zh", "name_en", "kind", "parent", "groups", "elsewhere"])
        for code, parent in world.parent.items():
            inside = " ".join(group for group, members in world.groups.items() if code in members)
            writer.writerow([code, f"地{code}", f"P{code}", "county", parent or "", inside, ""])
    if world.lives:
        with (folder / "place_changes.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(
                ["code", "first", "last", "out_of", "status_zh", "status_en", "note_zh", "note_en"]
            )
            for code, life in world.lives.items():
                months = [life.get(name, "") for name in ("first", "last")]
                writer.writerow([code, *months, " ".join(life["out_of"]), "定", "sure", "", ""])
    lines = []
    for code, line in world.lines.items():
        rates = [{**rate, "source": "s", "basis": "assumption"} for rate in line.get("rates", [])]
        entry = {
            "line": code,
            "name": name,
            **{k: v for k, v in line.items() if k != "rates"},
            **({"rates": rates} if rates else {}),
        }
        lines.append(entry | ({"per": name} if "beneficiary" in line else {}))
    reading = {"reading": "1a", "question": name, "options": {"yes": name, "no": name}, "why": name}
    item = {
        "item": 1,
        "name": name,
        "section": 1,
        "departments": ["D"],
        "target": name,
        "service": name,
        "responsibility": "mixed",
        "lines": lines,
        "readings": [reading],
        "split": world.split,
    }
    (folder / "1_test.yaml").write_text(
        json.dumps(text({"beneficiaries": beneficiaries, "items": [item]}))
    )


@contextmanager
def written(world: World) -> Iterator[tuple[Path, Path]]:
    """The world as files: a scenario path and an inputs folder."""
    folder = Path(tempfile.mkdtemp())
    try:
        write_standard(folder / "tiny", world)
        below = None
        for n, scenario in enumerate([*world.scenarios, {"readings": world.readings}]):
            content = {
                "name": f"s{n}",
                "standard": "tiny",
                **({"extends": below} if below else {}),
                **{k: v for k, v in scenario.items() if v},
            }
            (folder / f"s{n}.yaml").write_text(json.dumps(text(content)))
            below = f"s{n}"
        write_tables(
            folder / "inputs",
            {
                "beneficiaries": [(*key, count) for key, count in world.counts.items()],
                "amounts": [(*key, amount) for key, amount in world.amounts.items()],
                "rates": [(*key, rate) for key, rate in world.rates.items()],
                "bases_2015": [(1, place, amount) for place, amount in world.bases.items()],
                # without mortality nothing is known after the last supplied year
                "population": [
                    (place, year, sex, age, count * (sex == "male"))
                    for (place, year), counts in world.people.items()
                    for age, count in zip(("0", "1+"), counts, strict=True)
                    for sex in ("male", "female")
                ],
                "vital_rates": [("attendance", "900000", 2020, "both", "0+", 1)]
                if world.people
                else [],
            },
        )
        yield folder / f"{below}.yaml", folder / "inputs"
    finally:
        shutil.rmtree(folder)
