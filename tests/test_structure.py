"""The shape of the project: imports go one way, the engine knows no item and no region, figures
have a source.
"""

from __future__ import annotations

import ast
import csv
import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Mapping, Set
from functools import cache
from pathlib import Path

import pytest
from build_xinjiang_2021 import FOLDER, build

from fiscal_model.inputs.read import load_inputs
from fiscal_model.scenario.read import load_scenario, shipped_scenarios
from fiscal_model.standard.clause import Clause
from fiscal_model.standard.kinds import KINDS
from fiscal_model.standard.read import load_standard
from fiscal_model.standard.splits import leaves
from fiscal_model.vocabulary import BASES

PACKAGE = Path(__file__).parents[1] / "fiscal_model"
BUILDERS = Path(__file__).parent / "builders"
TOKENS = 384_000
ROOMS = (
    "version",
    "vocabulary",
    "arrays",
    "default_language",
    "spelling",
    "likeness",
    "messages",
    "errors",
    "extras",
    "calls",
    "language",
    "names",
    "rounding",
    "closing",
    "files",
    "text",
    "blocks",
    "progress",
    "records",
    "periods",
    "standard",
    "inputs",
    "scenario",
    "listing",
    "engine",
    "told",
    "results",
    "published",
    "explain",
    "charts",
    "workbook",
    "collecting",
    "run",
    "analysis",
    "briefing",
    "face",
    "checking",
    "explorer",
    "lab",
    "cli",
    "__init__",
    "__main__",
)
"""Every room of the package, from the ground up: a file imports from its own room and from those below it."""


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(
        ".__init__"
    )


MODULES = {module_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


@cache
def imports(module: str) -> set[str]:
    """The modules of the package that one opens when it is imported or when its functions run; what only a type checker sees is left out."""
    return imported(MODULES[module].read_text(encoding="utf-8"), module)


def last_name(node: ast.AST) -> str:
    """The last word of a name with dots; empty for what is none."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def imported(code: str, module: str) -> set[str]:
    """The modules of the package that the code of one opens."""
    tree = ast.parse(code)
    typing_only = {
        id(node)
        for test in ast.walk(tree)
        if isinstance(test, ast.If) and ast.unparse(test.test) == "TYPE_CHECKING"
        for part in test.body
        for node in ast.walk(part)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module}: relative imports hide where they lead"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found.add(whole if whole in MODULES else str(node.module))
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.Call) and last_name(node.func) in ("import_module", "__import__"):
            found |= {part.value for part in ast.walk(node) if isinstance(part, ast.Constant)}
    return {name for name in found if name in MODULES} - {module}


def room(module: str) -> str:
    """The room of a module: the folder or file at the top of the package."""
    return [*module.split("."), "__init__"][1]


def circles(graph: dict[str, set[str]]) -> list[set[str]]:
    """The groups of modules of which each reaches every other."""
    reach: dict[str, set[str]] = {}
    for start in graph:
        seen: set[str] = set()
        ahead = [start]
        while ahead:
            for name in graph[ahead.pop()] - seen:
                seen.add(name)
                ahead.append(name)
        reach[start] = seen
    groups = {frozenset(other for other in reach[name] if name in reach[other]) for name in graph}
    return [set(group) for group in groups if len(group) > 1]


def test_no_file_imports_in_a_circle() -> None:
    graph = {module: imports(module) for module in MODULES}
    assert [sorted(group) for group in circles(graph)] == []


@pytest.mark.smoke
def test_no_file_imports_from_a_room_above_its_own() -> None:
    assert [
        f"{module} -> {other}"
        for module in MODULES
        for other in sorted(imports(module))
        if ROOMS.index(room(other)) > ROOMS.index(room(module))
    ] == []


@pytest.mark.smoke
def test_every_room_has_its_floor() -> None:
    assert {room(module) for module in MODULES} == set(ROOMS)


def test_tests_stand_in_the_rooms_they_test() -> None:
    """A room that is a folder has a folder of tests, and some of them in the smoke set; what spans
    rooms, or has a file to itself, stands beside this file.
    """
    here = Path(__file__).parent
    tested = {path.parent.name for path in here.glob("*/test_*.py")}
    assert tested == {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    smoking = {
        path.parent.name
        for path in here.glob("*/test_*.py")
        if "@pytest.mark.smoke" in path.read_text(encoding="utf-8")
    }
    assert smoking == tested


def kind_tests(code: str) -> list[int]:
    """The lines that ask of which kind a leaf of a split is, by its class or by its name, or meet a
    node with ``isinstance``.
    """
    leaf, names = {kind.__name__ for kind in KINDS}, {kind.name for kind in KINDS}

    def named(parts: Iterable[ast.AST], wanted: Set[str]) -> bool:
        return any(last_name(part) in wanted for each in parts for part in ast.walk(each))

    def asks(node: ast.AST) -> bool:
        match node:
            case ast.Call(func=func, args=args) if last_name(func) in ("isinstance", "issubclass"):
                return named(args[1:], leaf | {"Cases", "ByReading"})
            case ast.MatchClass(cls=cls):
                return last_name(cls) in leaf
            case ast.Compare(left=left, comparators=others):
                sides = [left, *others]
                of_name = any(last_name(side) in ("name", "__name__") for side in sides)
                said = {
                    part.value
                    for side in sides
                    for part in ast.walk(side)
                    if isinstance(part, ast.Constant)
                }
                return named(sides, leaf) or (of_name and bool(said & names))
        return False

    return sorted(node.lineno for node in ast.walk(ast.parse(code)) if asks(node))


def test_no_place_tests_a_kind_of_split_by_type() -> None:
    found = [
        f"{module}:{number}"
        for module, path in MODULES.items()
        for number in kind_tests(path.read_text(encoding="utf-8"))
    ]
    assert not found, found


@pytest.mark.parametrize(
    "code",
    [
        "isinstance(leaf, Grant | Open)",
        "isinstance(\n    leaf,\n    (int, kinds.Grant),\n)",
        "issubclass(kind, Shares)",
        "isinstance(split, Cases)",
        "match leaf:\n    case kinds.Shares():\n        pass",
        "type(leaf) is Fund",
        "type(leaf) in (Fund, Open)",
        "leaf.name == 'grant'",
        "leaf.name in ('perhead', 'shares')",
        "type(leaf).__name__ == 'fund'",
    ],
)
def test_the_structure_test_sees_a_test_of_a_kind(code: str) -> None:
    assert len(kind_tests(code)) == 1


def test_the_structure_test_takes_nothing_else_for_one() -> None:
    assert kind_tests("held(Grant)\nisinstance(leaf, Leaf)\nline.name == 'meal'\n") == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("from fiscal_model import face", {"fiscal_model.face"}),
        ("def f():\n    from fiscal_model import simulate", {"fiscal_model"}),
        ("import fiscal_model.run as r", {"fiscal_model.run"}),
        ("import_module('fiscal_model.face')", {"fiscal_model.face"}),
        ("if TYPE_CHECKING:\n    from fiscal_model import face", set()),
        (
            "if TYPE_CHECKING:\n    pass\nelse:\n    from fiscal_model import face",
            {"fiscal_model.face"},
        ),
        ("if not TYPE_CHECKING:\n    from fiscal_model import face", {"fiscal_model.face"}),
    ],
)
def test_the_structure_test_sees_every_import(code: str, found: set[str]) -> None:
    assert imported(code, "fiscal_model.engine.rates") == found


def test_the_structure_test_sees_a_circle() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [{"a", "b", "c"}]


@pytest.mark.smoke
def tokens(code: bytes) -> int:
    """Names, numbers, strings and operators."""
    counted = (tokenize.NAME, tokenize.NUMBER, tokenize.STRING, tokenize.OP)
    return sum(each.type in counted for each in tokenize.tokenize(io.BytesIO(code).readline))


def test_the_package_grows_only_where_somebody_says_so() -> None:
    """Whoever needs more than ``TOKENS`` writes the new number here and the reason in the commit;
    whoever needs less writes the smaller one.
    """
    found = sum(tokens(path.read_bytes()) for path in MODULES.values())
    assert TOKENS * 0.995 <= found <= TOKENS


def test_the_engine_names_no_item_no_region_and_no_year() -> None:
    for path in (PACKAGE / "engine").rglob("*.py"):
        code = re.sub(r'""".*?"""', "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        # the year of a base amount is the standard's word, but for the name of the fixed table
        named = r"xinjiang|south4|65\d{4}|item == \d|(?<!bases_)2015"
        assert not re.search(named, code), path.name


def clauses() -> Iterator[tuple[int, str, Clause | None]]:
    """Every citation of the catalogue with its item and what it supports."""
    for item in load_standard().items.values():
        for line in item.lines:
            yield from ((item.number, line.code, rate.clause) for rate in line.rates)
            yield from (
                (item.number, line.code, number.clause)
                for number in (line.raised, line.counted, line.limits, line.outside)
                if number
            )
        for leaf in leaves(item.split):
            yield item.number, "split", leaf.clause
            yield from (
                (item.number, "split", each.clause) for each in leaf.within() if each.clause
            )
        if item.may_be_in:
            yield item.number, "may be in another", item.may_be_in.clause
    for code, each in load_standard().beneficiaries.items():
        if each.ages:
            yield each.ages.item or 0, code, each.ages.clause
    yield from ((key.item, "weights", key.clause) for key in load_standard().keys.values())
    yield from ((rule.item, "the higher of two", rule.clause) for rule in load_standard().higher_of)


@pytest.mark.parametrize(("item", "what", "clause"), list(clauses()))
def test_every_rate_and_split_has_a_basis_and_words(
    item: int, what: str, clause: Clause | None
) -> None:
    assert clause is not None, (item, what)
    assert clause.basis in BASES
    assert clause.phrase if clause.basis == "text" else clause.source


@pytest.mark.smoke
def test_the_place_tree_is_complete() -> None:
    places = load_standard().places
    kinds = [place.kind for place in places.by_code.values() if not place.elsewhere]
    counties = [p for p in places.by_code.values() if p.kind not in ("region", "prefecture")]
    assert kinds.count("prefecture") == 14
    there = places.there((2021, 2026))[places.at(p.code for p in counties)]
    ours = [not p.elsewhere for p in counties]
    south = places.there((2021, 2026))[
        places.at(c for member in places.groups["south4"].members for c in places.leaves(member))
    ]
    # three counties and two cities of the corps were set up from 2023 to 2026
    assert there.sum(axis=0).tolist() == [107, 112]
    assert there[ours].sum(axis=0).tolist() == [96, 99]
    assert south.sum(axis=0).tolist() == [33, 36]


def test_the_embedded_data_are_what_their_script_builds(tmp_path: Path) -> None:
    built = tmp_path / FOLDER.name
    built.mkdir()
    build(built)
    for file in (*FOLDER.glob("*.csv"), FOLDER.with_name(f"english_{FOLDER.name}.csv")):
        assert (tmp_path / file.relative_to(FOLDER.parent)).read_bytes() == file.read_bytes(), (
            file.name
        )


NO_FIGURES = re.compile(r"(payers|other_names|places|tiles|words|english_\w+|\w+_english)\.csv")
"""Tables of names and their translations, and of where places lie on the map."""
SAYS_SO = re.compile("假设|待补|待核|推得|未见公布|assumed|assumption")
NUMBER = re.compile(r"[〔\[(（]\d{4}[〕\])）]\d+号")
SOURCES = ("source", "source_zh", "note", "note_zh", "document")


def unsupported(basis: str, words: str) -> str:
    """What is wrong with that on which a shipped figure rests; empty where nothing is."""
    if basis not in BASES or basis == "user":
        return f"basis {basis!r}"
    if not words.strip():
        return "no source"
    if basis == "reference" and not NUMBER.search(words):
        return "a reference without a number"
    return "" if basis != "assumption" or SAYS_SO.search(words) else "an assumption that hides it"


def unsourced(table: Iterable[Mapping[str, str]]) -> list[str]:
    """What is wrong with the rows of a table of figures: each has a basis with its words, or a
    document or source and how it was seen, if only by saying what is to be added or confirmed.
    """
    found = []
    for n, row in enumerate(table, 2):
        words = " ".join(row.get(name) or "" for name in SOURCES)
        if "basis" in row:
            wrong = unsupported(row["basis"], words)
        else:
            named, seen = (
                any((row.get(name) or "").strip() for name in names)
                for names in (("source", "document", "note_zh"), ("status", "seen", "status_zh"))
            )
            told = seen or SAYS_SO.search(words)
            wrong = "" if named and told else "no document or source, or not how it was seen"
        if wrong:
            found.append(f"{n}: {wrong}")
    return found


@pytest.mark.parametrize(
    "path",
    [
        path
        for folder in (PACKAGE, BUILDERS)
        for path in sorted(folder.rglob("*.csv"))
        if not NO_FIGURES.fullmatch(path.name)
    ],
    ids=lambda path: path.name,
)
def test_every_figure_of_a_table_has_a_source(path: Path) -> None:
    """The embedded data, printed figures, and what the builders start from; a new table is one of
    figures until it is named among the others.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert unsourced(csv.DictReader(file)) == []


@pytest.mark.parametrize(
    "row",
    [
        {"count": "5"},
        {"count": "5", "basis": "", "source": "公报", "note": ""},
        {"count": "5", "basis": "user", "source": "某局", "note": ""},
        {"count": "5", "basis": "assumption", "source": "", "note": " "},
        {"count": "5", "basis": "assumption", "source": "统计公报", "note": "按人口分解"},
        {"count": "5", "basis": "reference", "source": "国家统计局公报", "note": ""},
        {"figure": "5", "document": "", "seen": "press"},
        {"figure": "5", "document": "新财教〔2020〕1号", "seen": ""},
        {"value": "5", "source": "公报", "status": None},
        {"code": "5", "note_zh": "", "status_zh": "已公布"},
    ],
)
def test_a_figure_without_a_source_is_found(row: dict[str, str]) -> None:
    sound = {"count": "5", "basis": "reference", "source": "新财教〔2020〕1号", "note": ""}
    assert unsourced([sound]) == []
    assert [each.partition(":")[0] for each in unsourced([sound, row, sound])] == ["3"]


def test_every_embedded_row_says_how_it_was_made() -> None:
    inputs = load_inputs(None, load_standard())
    assert inputs.illustrative
    for rows in inputs.tables.values():
        for row in range(len(rows)):
            assert rows.note(row, "basis") == "assumption"
            assert rows.note(row, "note")


@pytest.mark.parametrize("name", shipped_scenarios())
def test_every_entry_of_a_shipped_scenario_has_a_source(name: str) -> None:
    """Its own, or that of its scenario."""
    scenario, _ = load_scenario(name)
    of_all = " ".join(words.zh for words in scenario.sources)
    assert [
        f"{entry.at}: {wrong}"
        for entry in scenario.entries
        if (wrong := unsupported(entry.clause.basis, entry.clause.words("zh") or of_all))
    ] == []


def test_every_item_has_words_in_both_languages_and_a_way_to_be_costed() -> None:
    standard = load_standard()
    assert list(standard.items) == list(range(1, 81))
    for item in standard.items.values():
        assert all((*item.name, *item.target, *item.service)), item.number
        assert bool(item.lines) != bool(item.paid_in), item.number
