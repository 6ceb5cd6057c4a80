"""The shape of the project: imports go one way, the engine knows no item and no region, figures have a source."""

from __future__ import annotations

import ast
import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from fiscal_model.inputs.embedded.build_xinjiang_2021 import FOLDER, build
from fiscal_model.inputs.read import load_inputs
from fiscal_model.standard.read import load_standard
from fiscal_model.standard.splits import ByReading, Cases, Clause, Leaf, Split
from fiscal_model.vocabulary import BASES

PACKAGE = Path(__file__).parents[1] / "fiscal_model"
FLOORS = (
    "vocabulary",
    "arrays",
    "errors",
    "files",
    "strict_yaml",
    "periods",
    "standard",
    "inputs",
    "scenario",
    "engine",
    "budget",
    "explain",
    "report",
)
"""A module imports from its own floor and those before it. What puts everything together stands above: simulation, checking, cli."""
LATE = {("budget", "explain"), ("budget", "report")}
"""Methods of a Budget that open a higher floor when they are called."""


def imports(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("fiscal_model."):
            yield node.module.split(".")[1], node.col_offset


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_one_way(path: Path) -> None:
    floor = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if floor not in FLOORS:
        return
    for other, column in imports(path):
        late = column > 0 and (floor, other) in LATE
        assert late or (other in FLOORS and FLOORS.index(other) <= FLOORS.index(floor)), f"{path.name} imports {other}"


def test_the_engine_names_no_item_and_no_region() -> None:
    for path in (PACKAGE / "engine").glob("*.py"):
        code = re.sub(r'""".*?"""', "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not re.search(r"xinjiang|south4|65\d{4}|item == \d", code), path.name


def leaves(split: Split) -> Iterator[Leaf]:
    if isinstance(split, Cases):
        for _, branch in split.branches:
            yield from leaves(branch)
    elif isinstance(split, ByReading):
        for _, option in split.options:
            yield from leaves(option)
    else:
        yield split


def clauses() -> Iterator[tuple[int, str, Clause | None]]:
    """Every citation of the catalogue with its item and what it supports."""
    for item in load_standard().items.values():
        for line in item.lines:
            yield from ((item.number, line.code, rate.clause) for rate in line.rates)
            yield from ((item.number, line.code, number.clause) for number in (line.raised, line.counted) if number)
        yield from ((item.number, "split", leaf.clause) for leaf in leaves(item.split))


@pytest.mark.parametrize(("item", "what", "clause"), list(clauses()))
def test_every_rate_and_split_has_a_basis_and_words(item: int, what: str, clause: Clause | None) -> None:
    assert clause is not None, (item, what)
    assert clause.basis in BASES
    assert clause.phrase if clause.basis == "text" else clause.source


def squeezed(text: str) -> str:
    """Without white space, and with one width of every letter and mark."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def fields_of_items(text: str) -> dict[int, dict[str, str]]:
    """The fields of every item of the text, squeezed."""
    out: dict[int, dict[str, str]] = {}
    body = text[text.rindex("一、幼有所育") :]
    heads = list(re.finditer(r"^(\d{1,2})\. ?(?=\S)", body, re.MULTILINE))
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        part = body[head.end() : following.start() if following else None]
        names = list(re.finditer(r"(服务对象|服务内容|服务标准|支出责任|牵头负责单位)[：:]", part))
        fields = out.setdefault(int(head[1]), {})
        for name, after in zip(names, [*names[1:], None], strict=True):
            fields[name[1]] = squeezed(fields.get(name[1], "") + part[name.end() : after.start() if after else None])
    return out


def test_every_cited_phrase_stands_in_the_field_of_its_item() -> None:
    path = os.environ.get("FISCAL_MODEL_STANDARD_TEXT")
    if not path:
        pytest.skip("set FISCAL_MODEL_STANDARD_TEXT to a copy of the standard to hold the citations against it")
    fields = fields_of_items(Path(path).read_text(encoding="utf-8"))
    assert len(fields) == 80
    for item, what, clause in clauses():
        if clause and clause.basis == "text":
            assert squeezed(clause.phrase) in fields[item][clause.field], (item, what, clause.phrase)


def test_the_place_tree_is_complete() -> None:
    places = load_standard().places
    kinds = [place.kind for place in places.by_code.values() if not place.elsewhere]
    counties = [p for p in places.by_code.values() if p.kind not in ("region", "prefecture")]
    assert kinds.count("prefecture") == 14
    assert len(counties) == 107
    assert sum(not p.elsewhere for p in counties) == 96
    assert len([c for c in places.groups["south4"].members for c in places.leaves(c)]) == 33


def test_the_embedded_data_are_what_their_script_builds(tmp_path: Path) -> None:
    build(tmp_path)
    for file in FOLDER.glob("*.csv"):
        assert (tmp_path / file.name).read_bytes() == file.read_bytes(), file.name


def test_every_embedded_row_says_how_it_was_made() -> None:
    inputs = load_inputs(None, load_standard())
    assert inputs.illustrative
    for rows in inputs.tables.values():
        for row in range(len(rows)):
            assert rows.note(row, "basis") == "assumption"
            assert rows.note(row, "note")
