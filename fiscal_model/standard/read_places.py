"""Reads the places of a standard: ``places.csv``; ``place_changes.csv``, ``tiles.csv`` and
``other_names.csv`` if there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from fiscal_model.errors import Faults
from fiscal_model.records.bind import bind
from fiscal_model.records.node import Node
from fiscal_model.standard.lives import read_lives
from fiscal_model.standard.places import Group, Place, Places, check_tree
from fiscal_model.standard.rows import rows
from fiscal_model.vocabulary import Text

COLUMNS: Final = ("code", "name_zh", "name_en", "kind", "parent", "groups", "elsewhere")


def read_places(
    folder: Path,
    described: Node,
    elsewhere: Mapping[str, Text],
    near: Mapping[str, Sequence[str]],
    faults: Faults,
) -> Places:
    """The places of a standard, the groups ``described``, and what ``elsewhere`` says of those that
    another budget pays for.

    Raises:
        FiscalModelError: with every fault of the rows, or of the tree that they make.

    """
    path = folder / "places.csv"
    by_code: dict[str, Place] = {}
    members: dict[str, list[str]] = {}
    for number, row in rows(path, COLUMNS, faults.add):
        name = Text(row["name_zh"], row["name_en"])
        if not row["code"] or row["code"] in by_code or not all(name):
            faults.add(f"{path.name}:{number}", "place-row-wrong")
            continue
        reason = elsewhere.get(row["elsewhere"]) if row["elsewhere"] else None
        by_code[row["code"]] = Place(row["code"], name, row["kind"], row["parent"] or None, reason)
        for each in row["groups"].split():
            members.setdefault(each, []).append(row["code"])
    faults.raise_if_any()
    check_tree(by_code, path.name)
    lives = read_lives(folder / "place_changes.csv", by_code, faults)
    groups: dict[str, Group] = {}
    for code, node in described.entries().items():
        inside = tuple(members.pop(code, ()))
        if group := bind(node, Group, None, code=code, members=inside):
            groups[code] = group
    for code in members:
        faults.add(path.name, "group-not-described", group=code)
    return Places(
        by_code,
        groups,
        _tiles(folder / "tiles.csv", by_code, faults),
        *_other_names(folder / "other_names.csv", by_code, faults),
        near,
        lives,
    )


def _tiles(path: Path, by_code: Mapping[str, Place], faults: Faults) -> dict[str, tuple[int, int]]:
    """The row and column of each place on the map of tiles, from the north and from the west; none
    without the file.
    """
    if not path.is_file():
        return {}
    tiles: dict[str, tuple[int, int]] = {}
    for number, row in rows(path, ("code", "row", "column"), faults.add):
        code, written = row["code"], (row["row"], row["column"])
        if not all(each.isdecimal() for each in written) or code not in by_code or code in tiles:
            faults.add(f"{path.name}:{number}", "tile-row-wrong")
            continue
        tiles[code] = (int(written[0]), int(written[1]))
    return tiles


def _other_names(
    path: Path, by_code: Mapping[str, Place], faults: Faults
) -> tuple[dict[str, str], dict[str, Text], dict[str, Text]]:
    """Names in use beside the full ones with their codes, names that mean no single place with what
    to say of them, and former names and codes with the list that they stood in.
    """
    other_names: dict[str, str] = {}
    no_names: dict[str, Text] = {}
    former: dict[str, Text] = {}
    if not path.is_file():
        return other_names, no_names, former
    taken = {name for place in by_code.values() for name in (place.code, *place.name)}
    for number, row in rows(path, ("name", "code", "why_zh", "why_en"), faults.add):
        name, why = row["name"], Text(row["why_zh"], row["why_en"])
        if name in taken or not (all(why) if not row["code"] else row["code"] in by_code):
            faults.add(f"{path.name}:{number}", "other-name-row-wrong")
            continue
        taken.add(name)
        if row["code"]:
            other_names[name] = row["code"]
            if all(why):
                former[name] = why
        else:
            no_names[name] = why
    return other_names, no_names, former
