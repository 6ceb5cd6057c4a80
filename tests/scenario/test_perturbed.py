"""Every key of a scenario file does something: a file that uses them all is changed in one place,
and the result changes or the file is refused.
Keys that only describe (:data:`WORDS`) leave every figure as it is; all but remarks
(:data:`REMARKS`) are carried into what the result says of itself.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import write_tables
from naive import World
from random_worlds import TREE, text, write_standard

import fiscal_model as fm

NAME = {"zh": "名", "en": "name"}
WORDS = {
    "name",
    "title",
    "zh",
    "en",
    "unit",
    "per",
    "reason",
    "sources",
    "source",
    "basis",
    "range",
    "departments",
    "target_group",
    "within",
    "account",
}
WORDS |= {
    "service",
    "documents",
    "notes",
    "responsibility",
    "left_out",
    "note",
    "section",
    "expected_in",
}
REMARKS = {"note"}
CITED = {"basis": "assumption", "source": "资料"}


def line(code: str, beneficiary: str, **others: Any) -> dict[str, Any]:
    return {
        "line": code,
        "name": NAME,
        "beneficiary": beneficiary,
        "per": NAME,
        "accrual": "calendar_year",
        "rates": [{"rate": 10, **CITED}],
        **others,
    }


BELOW = {
    "name": "below",
    "standard": "tiny",
    "readings": {"1a": "no"},
    "splits": [
        {
            "item": 1,
            "where": "south",
            "split": {
                "base_amount": "prefecture",
                "increases": "region",
                "due": {"central": 8, "rest": 2, "of_rest": {"region": 3, "prefecture": 7}},
            },
        }
    ],
}
FULL: dict[str, Any] = {
    "name": "full",
    "title": {"zh": "全部", "en": "all keys"},
    "standard": "tiny",
    "extends": "below",
    "horizon": 2030,
    "projection": "hold",
    "reason": {"zh": "试", "en": "a trial"},
    "sources": ["资料一", "资料二"],
    "note": "备注",
    "readings": {"1a": "yes"},
    "new": {
        "beneficiaries": (
            {
                code: {**NAME, "unit": NAME}
                for code in ("rider", "senior", "toddler", "child", "youth")
            }
            | {"carer": {**NAME, "unit": NAME, "within": ["elder"]}}
        ),
        "lines": [
            line(
                "bus",
                "rider",
                item=1,
                times=2,
                accrual="calendar_months",
                rates=[
                    {"rate": 50, "from": "2022-07", **CITED},
                    {"rate": 2, "from": "2024", "of": "minimum_wage"},
                ],
            )
        ],
        "items": [
            {
                "item": 2,
                "name": NAME,
                "section": 1,
                "responsibility": "quantified",
                "departments": ["D"],
                "service": NAME,
                "documents": ["文"],
                "notes": [NAME],
                "lines": [
                    line("for_senior", "senior"),
                    line("for_toddler", "toddler"),
                    line("for_child", "child"),
                    line("for_youth", "youth"),
                    line("for_carer", "carer"),
                ],
                "split": {
                    "central": 5,
                    "rest": 5,
                    "of_rest": {"region": 6, "prefecture": 4},
                    **CITED,
                },
            }
        ],
    },
    "groups": [
        {"group": "south", "add": "920101", "from": 2024, "to": 2026, "note": "备注", **CITED},
        {"group": "south", "remove": ["910102"], "from": 2025, **CITED},
    ],
    "rates": [
        {
            "line": "one",
            "where": "910101",
            "from": "2022-09",
            "to": "2024-06",
            "rate": 900,
            "range": [800, 1000],
            "note": "备注",
            **CITED,
        },
        {"line": "two", "from": 2023, "to": 2026, "growth": 0.1, "step": 5, **CITED},
        {
            "line": "three",
            "where": "910101",
            "from": 2023,
            "index": {2023: 1.1, 2025: 1.3},
            "step": 3,
            **CITED,
        },
        {"line": "three", "where": "920000", "from": 2023, "index": "minimum_wage", **CITED},
    ],
    "splits": [
        {
            "item": 1,
            "where": "920102",
            "from": 2023,
            "to": 2025,
            "split": {"social": 1, "prefecture": 2},
            "note": "备注",
            **CITED,
        },
        {
            "line": "three",
            "where": "920000",
            "from": 2024,
            "split": {"per_head": {"region": 5}, "remainder": "prefecture"},
            **CITED,
        },
        {
            "line": "four",
            "where": "910000",
            "from": 2023,
            "split": {"grants": ["central"], "rest": {"region": 1, "prefecture": 2}},
            **CITED,
        },
        {
            "line": "one",
            "where": "920000",
            "split": {
                "cases": [
                    {"where": "920101", "split": {"full": "central"}},
                    {"split": {"full": "social"}},
                ]
            },
            **CITED,
        },
        {
            "line": "two",
            "where": "920102",
            "split": {
                "reading": "1a",
                "options": {"yes": {"fund": "基金"}, "no": {"open": ["central", "region"]}},
            },
            **CITED,
        },
    ],
    "bases": [
        {
            "item": 1,
            "where": "910101",
            "from": 2022,
            "to": 2022,
            "amount": 700,
            "range": [600, 800],
            "note": "备注",
            **CITED,
        },
        {"item": 1, "where": "910101", "from": 2024, "phase_out": 3, **CITED},
        {"item": 1, "where": "910102", "from": 2022, "growth": 0.5, **CITED},
        {"item": 1, "where": "920101", "from": 2024, "to": 2024, "factor": 1.5, **CITED},
        {"item": 1, "where": "920101", "from": 2026, "abolish": "true", **CITED},
    ],
    "beneficiaries": [
        {
            "beneficiary": "pupil",
            "where": "910000",
            "from": 2023,
            "to": 2025,
            "growth": 0.1,
            "factor": 2,
            "range": [0.05, 0.2],
            "note": "备注",
            **CITED,
        },
        {"beneficiary": "senior", "from": 2024, "target": 90, "by": 2026, **CITED},
        {"beneficiary": "toddler", "series": {2024: 50, 2026: 20}, **CITED},
        {
            "beneficiary": "child",
            "cohort": {"ages": "6-11", "sex": "female", "ratios": ["enrolment"]},
            **CITED,
        },
        {
            "beneficiary": "youth",
            "where": "910101",
            "from": 2024,
            "to": 2027,
            "cohort": {"ages": "12-14"},
            **CITED,
        },
        {"beneficiary": "carer", "from": 2023, "factor": 3, **CITED},
    ],
    "vital_rates": [
        {
            "rate": "fertility",
            "where": "910101",
            "from": 2023,
            "factor": 0.5,
            "range": [0.4, 0.6],
            "note": "备注",
            **CITED,
        },
        {"rate": "mortality", "from": 2024, "to": 2026, "value": 0.1, **CITED},
    ],
}

Path_ = tuple[Any, ...]


def perturbed(node: Any, path: Path_ = ()) -> Iterator[tuple[Path_, str, Any]]:
    """Where, what is done there, and the new value of the mapping or list that holds it."""
    if isinstance(node, dict):
        for key, value in node.items():
            rest = {k: v for k, v in node.items() if k != key}
            yield (*path, key), "left out", rest
            renamed = key + 1 if isinstance(key, int) else f"{key}x"
            yield (
                (*path, key),
                "key renamed",
                {renamed if k == key else k: v for k, v in node.items()},
            )
            for what, other in variants(value):
                yield (*path, key), what, {**node, key: other}
            yield from perturbed(value, (*path, key))
    elif isinstance(node, list):
        for n, value in enumerate(node):
            yield (*path, n), "left out", node[:n] + node[n + 1 :]
            for what, other in variants(value):
                yield (*path, n), what, [*node[:n], other, *node[n + 1 :]]
            yield from perturbed(value, (*path, n))


def variants(value: Any) -> Iterator[tuple[str, Any]]:
    """A scalar changed: a number made larger, a year or an age later, a word misspelt; and a thing
    of another shape.
    """
    yield "of another shape", {"z": "1"} if isinstance(value, str | int | float) else "z"
    if isinstance(value, int | float):
        yield "larger", value + 1 if isinstance(value, int) else round(value * 1.5, 6)
    elif isinstance(value, str):
        year = value.partition("-")
        yield "misspelt", f"{value}x"
        if year[0].isdigit() and len(value) < 8:
            yield "later", f"{int(year[0]) + 1}{year[1]}{year[2]}"


def put(full: dict[str, Any], path: Path_, value: Any) -> dict[str, Any]:
    """A copy with the mapping or list at ``path`` replaced."""
    if not path:
        return dict(value)
    out = copy.deepcopy(full)
    holder: Any = out
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    return out


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny standard with a wage, the scenario extended, and inputs of two years that everything
    in the file acts on.
    """
    home = tmp_path_factory.mktemp("perturbed")
    lines = {
        "one": {
            "beneficiary": "pupil",
            "accrual": "calendar_months",
            "rates": [{"from": "2021", "rate": "100"}],
        },
        "two": {
            "beneficiary": "pupil",
            "accrual": "calendar_year",
            "rates": [{"from": "2021", "rate": "37"}],
        },
        "three": {
            "beneficiary": "elder",
            "accrual": "calendar_year",
            "rates": [{"from": "2021", "rate": "41"}],
            "raised": {"reading": "1a", "options": {"yes": "5", "no": "0"}},
        },
        "four": {"accrual": "calendar_year", "condition": "odd"},
    }
    raised = {
        "central": 5,
        "rest": 5,
        "of_rest": {"region": 7, "prefecture": 3},
        "rest_bears_raise": "true",
    }
    world = World(dict(TREE), {"south": ["910000"]}, lines, raised, {"1a": "yes"})
    write_standard(home / "tiny", world)
    head = json.loads((home / "tiny" / "standard.yaml").read_text())
    (home / "tiny" / "standard.yaml").write_text(
        json.dumps({**head, "indexes": {"minimum_wage": NAME}})
    )
    (home / "below.yaml").write_text(json.dumps(text(BELOW)))
    counties = ("910101", "910102", "920101", "920102")
    people = [
        (place, 2021, sex, age, count)
        for place in counties
        for sex in ("male", "female")
        for age, count in (("0-5", 66), ("6-11", 600), ("12-14", 96), ("15-39", 1000), ("40+", 10))
    ]
    write_tables(
        home / "inputs",
        {
            "beneficiaries": [
                (name, place, year, 10 + 3 * n + 7 * m + year - 2021)
                for n, name in enumerate(
                    ("pupil", "elder", "rider", "senior", "toddler", "youth", "carer")
                )
                for m, place in enumerate(counties)
                for year in (2021, 2022)
            ],
            "amounts": (
                [("four", place, year, 9000) for place in counties for year in (2021, 2022)]
                + [("grant:1:central", "910000", year, 1500) for year in (2021, 2022)]
            ),
            "bases_2015": [(1, place, 100) for place in counties],
            "minimum_wage": [
                ("900000", 2021, 1000),
                ("900000", 2023, 1100),
                ("900000", 2024, 1200),
                ("900000", 2025, 1300),
                ("900000", 2026, 1400),
            ],
            "population": people,
            "vital_rates": [
                ("mortality", "900000", 2021, "both", "0+", 0.01),
                ("fertility", "900000", 2021, "female", "15-39", 0.05),
                ("enrolment", "900000", 2021, "both", "0+", 0.5),
                ("enrolmentx", "900000", 2021, "both", "0+", 0.4),
            ],
        },
    )
    return home


def outcome(folder: Path, content: dict[str, Any]) -> fm.Budget | fm.FiscalModelError:
    """A result, or why there is none."""
    path = folder / "full.yaml"
    path.write_text(json.dumps(text(content), ensure_ascii=False))
    try:
        return fm.simulate(path, folder / "inputs")
    except fm.FiscalModelError as error:
        return error


def amounts(budget: fm.Budget) -> Any:
    """Every amount, and the years."""
    return [row[1:] for row in budget.rows()], budget.years


def logged(budget: fm.Budget) -> str:
    """What was changed, without the entries that did it."""
    log = budget.program.applied.log.to_dataframe().astype(str)
    return log.drop(columns=["scenario", "entry", "basis", "source"]).to_csv(index=False)


def words(budget: fm.Budget) -> str:
    """What the result says of itself: titles, sources, ranges, and the catalogue."""
    scenario, standard = budget.scenario, budget.standard
    said = [
        (each.clause, [repr(vars(other)) for other in each.alternatives])
        for each in scenario.entries
    ]
    head = scenario.name, scenario.title, scenario.reason, scenario.sources
    return repr((head, said, standard.items, standard.beneficiaries))


def is_word(path: Path_) -> bool:
    """Whether a key only describes: the name of a scenario, line or item, what it is called, on
    what it rests, and the range of an entry.
    """
    return any(key in WORDS for key in path)


def once(cases: Iterator[tuple[Path_, str, Any]]) -> Iterator[tuple[Path_, str, Any]]:
    """All changes of what counts; of words, of keys misspelt or of another shape, and of what is
    new, the first of each key in each list.
    """
    seen = set()
    for path, what, holder in cases:
        alike = path[0] == "new" or is_word(path) or what in ("of another shape", "key renamed")
        kind = path[0], path[-1] if isinstance(path[-1], str) else len(path), what
        if kind not in seen or not alike:
            seen.add(kind)
            yield path, what, holder


CASES = list(once(perturbed(FULL)))
UNCHOSEN = ("splits", 4, "split", "options", "no", "open")
DO_NOTHING = {((*UNCHOSEN, n), "left out") for n in (0, 1)}
"""Changes that rightly leave everything as it is: who is named in an option of a reading that is
not the chosen one.
"""


@pytest.mark.parametrize(
    "cases",
    [
        pytest.param(random.Random(1).sample(CASES, len(CASES) // 10), id="a tenth"),
        pytest.param(CASES, id="all", marks=pytest.mark.slow),
    ],
)
def test_every_key_does_something_or_is_refused(
    folder: Path, cases: list[tuple[Path_, str, Any]]
) -> None:
    """A key left out, renamed, misspelt, moved by a year, made larger or of another shape; every
    fault of the file has its position.
    """
    plain = outcome(folder, FULL)
    assert not isinstance(plain, fm.FiscalModelError), plain
    same_amounts, same_log, same_words = amounts(plain), logged(plain), words(plain)
    silent, astray = [], []
    for path, what, holder in cases:
        got = outcome(folder, put(FULL, path[:-1], holder))
        if isinstance(got, fm.FiscalModelError):
            if not any("full.yaml:" in fault.where for fault in got.faults):
                astray.append((path, what, got.text("en")))
        elif is_word(path):
            assert amounts(got) == same_amounts, (path, what)
            if words(got) == same_words and not set(path) & REMARKS:
                silent.append((path, what))
        elif amounts(got) == same_amounts and logged(got) == same_log:
            silent.append((path, what))
    assert [case for case in silent if case not in DO_NOTHING] == []
    assert astray == []
