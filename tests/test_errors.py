"""The order in which faults are told."""

from __future__ import annotations

from itertools import permutations

import pytest

from fiscal_model.errors import Fault, FiscalModelError
from fiscal_model.messages.message import message

IN_ORDER = {
    "lines and columns as numbers": ("a.yaml:2:10", "a.yaml:10:2", "a.yaml:10:11", "b.yaml:1:1"),
    "a line without its column first": ("a.csv:3", "a.csv:3:2", "a.csv:12"),
    "cells of a sheet by row": ("b.xlsx!人数!AA2", "b.xlsx!人数!B10", "b.xlsx!人数!AB10"),
}


@pytest.mark.smoke
@pytest.mark.parametrize("wheres", IN_ORDER.values(), ids=IN_ORDER)
def test_faults_are_told_by_position_in_whatever_order_they_are_found(
    wheres: tuple[str, ...],
) -> None:
    for found in permutations(wheres):
        error = FiscalModelError(
            [Fault(where, message("unreadable", why="gone")) for where in found]
        )
        assert tuple(fault.where for fault in error.faults) == wheres


def test_faults_of_one_place_and_of_none_keep_their_order() -> None:
    faults = [
        Fault("a.yaml:3:1", message("unreadable", why="second")),
        Fault("vary", message("unreadable", why="c")),
        Fault("a.yaml:3:1", message("unreadable", why="first")),
        Fault("", message("unreadable", why="a")),
        Fault("beneficiaries", message("unreadable", why="b")),
    ]
    assert [dict(fault.message.args)["why"] for fault in FiscalModelError(faults).faults] == [
        "c",
        "a",
        "b",
        "second",
        "first",
    ]
