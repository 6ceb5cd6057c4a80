"""Reads scenario files and follows ``extends``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from fiscal_model.errors import Fault, Faults, FiscalModelError, fault, shortened
from fiscal_model.files import NOTHING, Read
from fiscal_model.messages.message import message
from fiscal_model.names import Names
from fiscal_model.periods import FIRST_YEAR, LAST_YEAR, read_years
from fiscal_model.records.given import Given, given
from fiscal_model.records.node import Node, read_yaml, text_of
from fiscal_model.scenario.entries import KINDS as ENTRY_KINDS
from fiscal_model.scenario.habits import HABITS
from fiscal_model.scenario.layers import periods
from fiscal_model.scenario.model import PROJECTIONS, Scenario
from fiscal_model.scenario.read_entries import read_entries, read_readings
from fiscal_model.standard.extend import extended
from fiscal_model.standard.kinds import KINDS, Kinds
from fiscal_model.standard.read import DEFAULT, is_beside, load_standard
from fiscal_model.standard.read_items import optional_list
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import Text, in_both

ScenarioSource = str | Path | Mapping[str, Any]
"""A shipped scenario by name or title, the path of a scenario file, or a mapping of what such a
file holds.
"""
FOUNDATION = "as_written"
AS_WRITTEN = Text("标准原文", "The standard as written")
DEEPEST_CHAIN = 20
KEYS = (
    "title",
    "standard",
    "extends",
    "years",
    "horizon",
    "projection",
    "new",
    "readings",
    *(kind.section for kind in ENTRY_KINDS),
    "reason",
    "sources",
    "note",
)


def shipped_folder() -> Path:
    """The folder of the shipped scenarios: inside the installed package, or beside it in a
    checkout.
    """
    inside = Path(__file__).parents[1] / "scenarios"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "scenarios"


def shipped_scenarios() -> list[str]:
    """The names of the shipped scenarios."""
    return sorted(path.stem for path in shipped_folder().glob("*.yaml"))


@cache
def scenario_names() -> Names:
    """The shipped scenarios by name or title."""
    titles = {name: title_in(shipped_folder() / f"{name}.yaml") for name in shipped_scenarios()}
    names = Names(Text("情景", "scenario"), titles)
    return replace(names, more=message("shipped-scenarios", names=names.all()))


def title_in(path: Path) -> Text:
    """The title of a scenario file, whatever else is wrong with it."""
    title = read_yaml(path, Faults()).entries().get("title")
    return text_of(title) if title else Text("", "")


def load_scenario(
    source: ScenarioSource, kinds: Kinds = KINDS, called: str = "scenario"
) -> tuple[Scenario, Standard]:
    """A scenario and the standard it builds on; splits are of ``kinds``.

    A mapping extends shipped scenarios and files: those of the current folder by name, any by its
    path. Faults name its entries by key path, ``scenario:rates[0].rate``, beginning with what it is
    ``called``.

    Raises:
        FiscalModelError: it does not exist, or with every fault of it and of what it extends.

    """
    faults = Faults()
    if isinstance(source, Mapping):
        root = given(source, called, faults, HABITS)
        scenario, standard = _of(root, Path.cwd() / "given", NOTHING, False, faults, (), kinds)
    elif isinstance(source, str | Path):
        scenario, standard = _load(_locate(str(source)), faults, (), kinds)
    else:
        raise fault("", "scenario-not-named", given=shortened(repr(source)))
    faults.raise_if_any()
    return scenario, standard


def _locate(name: str) -> Path:
    path = Path(name)
    if path.suffix in (".yaml", ".yml") or len(path.parts) > 1:
        if not _is_file(path):
            raise fault(shortened(name, 500), "scenario-file-missing")
        return path
    code = name if name in shipped_scenarios() else scenario_names().code(name)
    return shipped_folder() / f"{code}.yaml"


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that the system cannot hold
        return False


def _load(
    path: Path, faults: Faults, above: tuple[Path, ...], kinds: Kinds
) -> tuple[Scenario, Standard]:
    shipped = path.resolve().parent == shipped_folder().resolve()
    root = read_yaml(path, faults, f"{path.stem}.yaml" if shipped else str(path), HABITS)
    return _of(root, path, Read.of(path), shipped, faults, (*above, path.resolve()), kinds)


def _of(
    root: Node,
    path: Path,
    read: Read,
    shipped: bool,
    faults: Faults,
    above: tuple[Path, ...],
    kinds: Kinds,
) -> tuple[Scenario, Standard]:
    """The scenario that a root node states; what it names is looked for beside ``path``."""
    parts = root.mapping(("name",), KEYS)
    standard = _standard(path, parts.get("standard"), faults, kinds)
    if is_beside(standard.code, path.parent):
        read = Read.together((read, Read.of(path.parent / standard.code)))
    parent = _parent(path, parts.get("extends"), standard, shipped, faults, above, kinds)
    if parent:
        standard = parent.standard
    if "new" in parts:
        standard = extended(standard, parts["new"], faults)
    before = len(faults.found)
    scenario = _scenario(standard, root, parts, parent, shipped, read)
    if len(faults.found) == before:
        _no_tie(scenario, faults)
    return scenario, standard


def _scenario(
    standard: Standard,
    root: Node,
    parts: Mapping[str, Node],
    parent: Scenario | None,
    shipped: bool,
    read: Read,
) -> Scenario:
    name = parts["name"].text() if "name" in parts else ""
    years, horizon = _years(parts, root.faults)
    return Scenario(
        name,
        text_of(parts["title"]) if "title" in parts else Text(name, name),
        root.file,
        shipped,
        parent,
        standard,
        read_readings(parts, standard),
        read_entries(parts, standard),
        years,
        horizon,
        next((parts[key].at for key in ("years", "horizon") if key in parts), root.file),
        *_projection(parts),
        text_of(parts["reason"]) if "reason" in parts else None,
        tuple(text_of(node) for node in optional_list(parts, "sources")),
        read,
    )


def _no_tie(scenario: Scenario, faults: Faults) -> None:
    """Two entries of one file for one target that overlap in place and time, neither the smaller,
    leave open which of them holds.
    """
    for entry, other in (
        (entry, other) for n, entry in enumerate(scenario.entries) for other in scenario.entries[:n]
    ):
        if (
            entry.target != other.target
            or entry.size != other.size
            or not set(entry.changes()) & set(other.changes())
        ):
            continue
        first, last = max(entry.first_year, other.first_year), min(entry.last_year, other.last_year)
        spans = (
            [
                period.places
                for period in periods(scenario)
                if period.start <= last and first < period.end
            ]
            if first <= last
            else []
        )
        for places in spans:
            one, two = (
                places.mask(each.where) if each.where else places.everywhere()
                for each in (entry, other)
            )
            if (one & two).any() and (one != two).any():
                faults.add(entry.at, "entries-overlap", other=other.at)
                break


def _years(parts: Mapping[str, Node], faults: Faults) -> tuple[tuple[int, ...] | None, int | None]:
    if "years" in parts and "horizon" in parts:
        parts["horizon"].fault("years-and-horizon")
    years = _all_years(parts["years"], faults) if "years" in parts else None
    horizon = parts["horizon"].whole(FIRST_YEAR, LAST_YEAR, "year") if "horizon" in parts else None
    return years or None, horizon


def _projection(parts: Mapping[str, Node]) -> tuple[str, str]:
    """How series without a rule of their own go on, and where that stands."""
    if "projection" not in parts:
        return "", ""
    node = parts["projection"]
    return node.one_of(PROJECTIONS, Text("预测方法", "projection")) or "", node.at


def _all_years(node: Node, faults: Faults) -> tuple[int, ...]:
    """One year, a span of them, or a list of both."""
    parts = node.items() if isinstance(node.value, list) else (node,)
    return tuple(year for part in parts for year in read_years(part.text(), part.at, faults))


def _standard(path: Path, node: Node | None, faults: Faults, kinds: Kinds) -> Standard:
    """The standard named; after noting that there is none, the default one, so that the rest of the
    file can be read.
    """
    if node:
        try:
            return load_standard(node.text(), path.parent, kinds)
        except FiscalModelError as error:
            faults.found += [Fault(each.where or node.at, each.message) for each in error.faults]
    return load_standard(kinds=kinds)


def _parent(
    path: Path,
    node: Node | None,
    standard: Standard,
    shipped: bool,
    faults: Faults,
    above: tuple[Path, ...],
    kinds: Kinds,
) -> Scenario | None:
    """The extended scenario: a file beside ``path``, else a shipped one; the bare text of the
    standard when nothing is named.
    """
    if node is None and (shipped and path.stem == FOUNDATION):
        return None
    if node is None and standard.code != DEFAULT:
        return Scenario(FOUNDATION, AS_WRITTEN, "", True, None, standard)
    name = node.text() if node else FOUNDATION
    found = (
        (_beside(path, name, above) or _titled(name, above) or _at_path(node, name, above))
        if node
        else shipped_folder() / f"{FOUNDATION}.yaml"
    )
    if found is None:
        assert node is not None
        if _beside(path, name, ()):
            node.fault("extends-circle", name=name)
            return None
        beside = {
            other.stem: Text("", "")
            for other in sorted(path.parent.glob("*.yaml"))
            if other != path
        }
        hint = Names(Text("情景", "scenario"), beside | dict(scenario_names().known)).hint(name)
        node.fault(
            "extends-unknown",
            name=shortened(name),
            hint=hint,
            shipped=in_both(shipped_scenarios()),
        )
        return None
    if len(above) > DEEPEST_CHAIN:
        raise fault(str(path), "extends-too-deep", most=DEEPEST_CHAIN)
    try:
        parent, other = _load(found, faults, above, kinds)
    except (
        FiscalModelError
    ) as error:  # no YAML at all: the faults of this file are still worth telling
        faults.found += error.faults
        return None
    if node and other.code != standard.code:
        node.fault("extends-other-standard", standard=other.code)
    return parent


def _at_path(node: Node, name: str, above: tuple[Path, ...]) -> Path | None:
    """The file at a path, which what is given in Python may lead to, and a file may not."""
    file = Path(name)
    fits = isinstance(node, Given) and file.suffix in (".yaml", ".yml") and _is_file(file)
    return file if fits and file.resolve() not in above else None


def _titled(title: str, above: tuple[Path, ...]) -> Path | None:
    """The shipped scenario of a title."""
    code = next(iter(scenario_names().codes(title)), "") if title else ""
    file = shipped_folder() / f"{code}.yaml"
    return file if code and file.resolve() not in above else None


def _beside(path: Path, name: str, above: tuple[Path, ...]) -> Path | None:
    if not name or "/" in name or "\\" in name or name.startswith("."):
        return None
    for folder in (path.parent, shipped_folder()):
        for file in (folder / name, folder / f"{name}.yaml", folder / f"{name}.yml"):
            inside = (
                _is_file(file)
                and file.suffix in (".yaml", ".yml")
                and file.resolve().parent == folder.resolve()
            )
            if inside and file.resolve() not in above:
                return file
    return None
