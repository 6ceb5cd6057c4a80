"""The shape of the project: imports go one way, the engine knows no item and no region, figures have a source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from fiscal_model.inputs.embedded.build_xinjiang_2021 import FOLDER, build
from fiscal_model.inputs.read import load_inputs
from fiscal_model.scenario.read import load_scenario
from fiscal_model.standard.audit import leaves
from fiscal_model.standard.read import load_standard
from fiscal_model.standard.splits import Clause, Grant
from fiscal_model.vocabulary import BASES

PACKAGE = Path(__file__).parents[1] / "fiscal_model"
FLOORS = (
    "vocabulary",
    "arrays",
    "language",
    "spelling",
    "likeness",
    "errors",
    "names",
    "rounding",
    "closing",
    "files",
    "html",
    "text",
    "progress",
    "yaml_slips",
    "strict_yaml",
    "periods",
    "standard",
    "inputs",
    "scenario",
    "engine",
    "accounts",
    "told",
    "dimensions",
    "amounts",
    "selection",
    "budget",
    "ledger",
    "results_html",
    "explain",
    "charts",
    "report",
)
"""A module imports from its own floor and those before it. What puts everything together stands above: simulation, analysis, checking, cli."""
LATE = {
    ("language", "errors"),
    ("amounts", "charts"),
    ("amounts", "results_html"),
    ("amounts", "selection"),
    ("budget", "analysis"),
    ("budget", "results_html"),
    ("budget", "charts"),
    ("budget", "explain"),
    ("budget", "ledger"),
    ("budget", "report"),
}
"""Functions and methods that open a higher floor when they are called."""


def imports(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.ImportFrom)
            and node.module
            and node.module.startswith("fiscal_model.")
        ):
            yield node.module.split(".")[1], node.col_offset


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_imports_go_one_way(path: Path) -> None:
    floor = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if floor not in FLOORS:
        return
    for other, column in imports(path):
        late = column > 0 and (floor, other) in LATE
        assert late or (other in FLOORS and FLOORS.index(other) <= FLOORS.index(floor)), (
            f"{path.name} imports {other}"
        )


def test_the_engine_names_no_item_and_no_region() -> None:
    for path in (PACKAGE / "engine").glob("*.py"):
        code = re.sub(r'""".*?"""', "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not re.search(r"xinjiang|south4|65\d{4}|item == \d", code), path.name


def clauses() -> Iterator[tuple[int, str, Clause | None]]:
    """Every citation of the catalogue with its item and what it supports."""
    for item in load_standard().items.values():
        for line in item.lines:
            yield from ((item.number, line.code, rate.clause) for rate in line.rates)
            yield from (
                (item.number, line.code, number.clause)
                for number in (line.raised, line.counted)
                if number
            )
        found = list(leaves(item.split))
        rests = [
            leaf.rest for leaf in found if isinstance(leaf, Grant) and not leaf.rest.clause
        ]  # cited with their grant
        yield from (
            (item.number, "split", leaf.clause)
            for leaf in found
            if not any(leaf is rest for rest in rests)
        )


@pytest.mark.parametrize(("item", "what", "clause"), list(clauses()))
def test_every_rate_and_split_has_a_basis_and_words(
    item: int, what: str, clause: Clause | None
) -> None:
    assert clause is not None, (item, what)
    assert clause.basis in BASES
    assert clause.phrase if clause.basis == "text" else clause.source


def test_the_place_tree_is_complete() -> None:
    places = load_standard().places
    kinds = [place.kind for place in places.by_code.values() if not place.elsewhere]
    counties = [p for p in places.by_code.values() if p.kind not in ("region", "prefecture")]
    assert kinds.count("prefecture") == 14
    assert len(counties) == 107
    assert sum(not p.elsewhere for p in counties) == 96
    assert len([c for c in places.groups["south4"].members for c in places.leaves(c)]) == 33


def test_the_embedded_data_are_what_their_script_builds(tmp_path: Path) -> None:
    built = tmp_path / FOLDER.name
    built.mkdir()
    build(built)
    for file in (*FOLDER.glob("*.csv"), FOLDER.with_name(f"english_{FOLDER.name}.csv")):
        assert (tmp_path / file.relative_to(FOLDER.parent)).read_bytes() == file.read_bytes(), (
            file.name
        )


def test_every_embedded_row_says_how_it_was_made() -> None:
    inputs = load_inputs(None, load_standard())
    assert inputs.illustrative
    for rows in inputs.tables.values():
        for row in range(len(rows)):
            assert rows.note(row, "basis") == "assumption"
            assert rows.note(row, "note")


def test_an_assumption_says_the_word_and_a_reference_its_number() -> None:
    scenario, _ = load_scenario("baseline")
    for entry in (*scenario.rates, *scenario.splits):
        assert entry.clause.basis in ("reference", "assumption"), entry.at
        assert entry.clause.source, entry.at
        if entry.clause.basis == "reference":
            assert re.search(r"〔\d{4}〕\d+号", entry.clause.words("zh")), entry.at
        else:
            assert re.search("待补|待核|假设|推得|未见公布", entry.clause.words("zh")), entry.at


def test_every_item_has_words_in_both_languages_and_a_way_to_be_costed() -> None:
    standard = load_standard()
    assert list(standard.items) == list(range(1, 81))
    for item in standard.items.values():
        assert all((*item.name, *item.target, *item.service)), item.number
        assert bool(item.lines) != bool(item.paid_in), item.number
