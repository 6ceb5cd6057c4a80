"""Records bound to nodes by what their fields say, on records that exist nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Self

import pytest

from fiscal_model.errors import Faults
from fiscal_model.records.bind import GIVEN, Key, Name, Nodes, Number, Record, Told, Whole, bind
from fiscal_model.records.node import Node, parse_yaml
from fiscal_model.vocabulary import Text


@dataclass(frozen=True, kw_only=True)
class Wheel(Record):
    """A part of a part."""

    inches: Annotated[int, Whole(10, 30)]


@dataclass(frozen=True, kw_only=True)
class Vehicle(Record):
    """What others are kinds of."""

    at: Annotated[str, GIVEN]
    since: Annotated[int | None, Key("from"), Whole(1800, 2100)] = None
    note: Text | None = None


def _size(node: Node, nodes: Nodes, context: Any) -> tuple[str, ...] | None:
    both = [nodes[key].text() for key in ("length", "width") if key in nodes]
    return tuple(both) if len(both) == 2 else None


@dataclass(frozen=True, kw_only=True)
class Bicycle(Vehicle):
    """With a field of every sort."""

    one_of = ("price", "rent")

    maker: Annotated[str, Name(lambda context: context, Text("厂家", "maker"))]
    wheels: tuple[Wheel, ...]
    price: Annotated[Decimal | None, Number(0, 1000)] = None
    rent: Annotated[Decimal | None, Number(0, 10)] = None
    size: Annotated[tuple[str, ...], Told(("length", "width"), _size)] = ()
    gears: Annotated[int, Key("gears", required=True), Whole(1, 30)] = 1
    colours: Mapping[str, Text] | None = None
    folds: bool = False

    def check(self, node: Node, nodes: Nodes, context: Any) -> Self | None:
        if self.folds and len(self.wheels) > 2:
            nodes["folds"].fault("key-repeats-other", written="folds", key="wheels")
            return None
        return self


WHOLE = "maker: forever, wheels: [{inches: 26}, {inches: 28}], price: 500, gears: 3"
MAKERS = ("forever", "phoenix")


def read(text: str) -> tuple[Bicycle | None, list[str]]:
    """The record of a flow mapping, and the columns and words of its faults."""
    faults = Faults()
    found = bind(parse_yaml(f"{{{text}}}", "b", faults), Bicycle, MAKERS, at="here")
    return found, [f"{each.where.split(':')[2]} {each.message.to('en')}" for each in faults.found]


@pytest.mark.smoke
def test_every_sort_of_field_is_read_by_its_type_and_what_stands_beside_it() -> None:
    more = "from: 1990, note: {zh: 甲, en: a}, length: 2m, width: 1m, folds: true, colours: {r: 红}"
    assert read(f"{WHOLE}, {more}") == (
        Bicycle(
            at="here",
            since=1990,
            note=Text("甲", "a"),
            maker="forever",
            wheels=(Wheel(inches=26), Wheel(inches=28)),
            price=Decimal(500),
            size=("2m", "1m"),
            gears=3,
            colours={"r": Text("红", "红")},
            folds=True,
        ),
        [],
    )


def test_what_is_not_stated_has_its_default() -> None:
    found, faults = read(WHOLE)
    assert found
    assert not faults
    assert (found.since, found.size, found.colours, found.folds) == (None, (), None, False)


REFUSED = {
    "a part it cannot be without": (WHOLE.replace("forever", "nobody"), ["9 unknown maker"]),
    "no way at all": (WHOLE.replace("price: 500, ", ""), ["1 state one of price, rent"]),
    "two ways": (f"{WHOLE}, rent: 5", ["1 state one of price, rent"]),
    "a way that is wrong": (WHOLE.replace("500", "5000"), ["63 '5000' is outside"]),
    "what its own rule refuses": (
        f"{WHOLE}, folds: true".replace("[", "[{inches: 20}, "),
        ["99 'folds' repeats 'wheels'"],
    ),
    "all at once": (
        "wheels: 3, price: x, from: 17, gear: 1",
        [
            "33 unknown key 'gear'; the nearest known is 'gears'",
            "1 'maker' is missing",
            "1 'gears' is missing",
            "10 a list is expected here",
            "20 'x' is not a number",
            "29 '17' is outside",
        ],
    ),
}


@pytest.mark.parametrize(("text", "told"), REFUSED.values(), ids=REFUSED)
def test_what_is_wrong_is_told_where_it_stands_and_there_is_no_record(
    text: str, told: list[str]
) -> None:
    found, faults = read(text)
    assert found is None
    assert len(faults) == len(told)
    assert sorted(each[: len(words)] for each, words in zip(faults, told, strict=True)) == sorted(
        told
    )


LEFT_OUT = {
    "a part with a default": (f"{WHOLE}, from: 99", "since", None),
    "one that must be there, but has a default": (WHOLE.replace("3", "0"), "gears", 1),
    "an entry of a list": (WHOLE.replace("26", "99"), "wheels", (Wheel(inches=28),)),
}


@pytest.mark.parametrize(("text", "field", "value"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_a_wrong_part_that_it_can_be_without_is_noted_and_left_out(
    text: str, field: str, value: object
) -> None:
    found, faults = read(text)
    assert len(faults) == 1
    assert getattr(found, field) == value


def test_keys_are_named_with_its_own_before_those_of_what_it_is_a_kind_of() -> None:
    _, (fault,) = read(f"{WHOLE}, zzz: 1")
    keys = fault.partition("known: ")[2].split(", ")
    assert keys == [
        "maker",
        "wheels",
        "gears",
        "price",
        "rent",
        "length",
        "width",
        "colours",
        "folds",
        "from",
        "note",
    ]
