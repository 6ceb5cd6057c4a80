"""Who pays, as one table: what payers are called, their colour and order, which of them are levels
of government, and who is pooled with whom. A standard may have a table of its own, ``payers.csv``.
Help names payers, so this module starts without what only their words need.
"""

from __future__ import annotations

import re
from collections.abc import ItemsView, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from fiscal_model.standard.rows import Refuse, rows
from fiscal_model.vocabulary import FUND, UNALLOCATED, Text, in_both

if TYPE_CHECKING:
    from fiscal_model.messages.message import Arg
    from fiscal_model.names import Names

FIXED: Final = (FUND, UNALLOCATED)
"""Payers that every table has: kinds of split name them without being told."""
_KINDS: Final = ("", "upper", "divided")
_COLUMNS: Final = ("code", "name_zh", "name_en", "colour", "parent", "kind", "words", "near")
_CODE, _COLOUR = re.compile(r"[a-z][a-z0-9_]{0,40}"), re.compile("#[0-9A-Fa-f]{6}")


class Payer(NamedTuple):
    """One payer. ``parent`` is the payer that it is pooled with where nobody tells them apart.

    An ``upper`` level of government allots to the places below it what it bears, and so does what
    is pooled with one. No rule speaks of those that are ``divided``: county shares that are
    supplied divide the parent into them. ``words`` are other words for it.
    """

    code: str
    name: Text
    colour: str
    parent: str | None = None
    upper: bool = False
    divided: bool = False
    words: tuple[str, ...] = ()


class Payers:
    """The payers of a standard by code, in the order of all tables."""

    def __init__(self, by_code: Mapping[str, Payer], near: Mapping[str, Sequence[str]]) -> None:
        self.by_code, self.near = by_code, near

    def __getitem__(self, code: str) -> Payer:
        return self.by_code[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_code)

    def __contains__(self, code: object) -> bool:
        return code in self.by_code

    def items(self) -> ItemsView[str, Payer]:
        """The payers with their codes."""
        return self.by_code.items()

    def within(self, code: str) -> tuple[str, ...]:
        """The payer itself and those pooled with it."""
        return tuple(each for each in self if code in self._above(each))

    def _above(self, code: str) -> tuple[str, ...]:
        parent = self[code].parent
        return (code, *(self._above(parent) if parent else ()))

    @cached_property
    def upper(self) -> tuple[str, ...]:
        """Governments above prefectures and counties: they allot to them what they bear. A place's
        own share is set aside in its own budget.
        """
        return tuple(code for code in self if self[self._above(code)[-1]].upper)

    @cached_property
    def divided(self) -> tuple[str, ...]:
        """The levels that supplied county shares divide the pooled local payer into: the share of
        the last is the one supplied.
        """
        return tuple(code for code, payer in self.items() if payer.divided)

    @cached_property
    def pooled(self) -> str:
        """The local payer that they divide: prefecture and county together."""
        return self[self.divided[0]].parent or ""

    @cached_property
    def local(self) -> tuple[str, ...]:
        """Everyone who pays below the upper levels, pooled or divided."""
        return self.within(self.pooled)

    @cached_property
    def governments(self) -> tuple[str, ...]:
        """Levels of government, pooled or not."""
        return (*self.upper, *self.local)

    @cached_property
    def named(self) -> tuple[str, ...]:
        """Payers that a rule may name."""
        return tuple(code for code, payer in self.items() if not payer.divided)

    @cached_property
    def levels(self) -> tuple[str, ...]:
        """Levels of government that a rule may name."""
        return tuple(code for code in self.governments if not self[code].divided)

    @cached_property
    def others(self) -> tuple[str, ...]:
        """Payers that are no government."""
        return tuple(code for code in self if code not in (*self.governments, UNALLOCATED))

    @cached_property
    def names(self) -> Names:
        """What words for payers mean."""
        from fiscal_model.names import Names

        return Names(
            Text("承担主体", "payer"),
            {code: payer.name for code, payer in self.items()},
            {word: code for code, payer in self.items() for word in payer.words},
            self.near,
        )

    @cached_property
    def rule_names(self) -> Names:
        """What words mean for payers that a rule may name."""
        return self.names.only(self.named)


def read_payers(path: Path, refuse: Refuse) -> Payers:
    """The payers of a file; ``words`` are other words for one, ``near`` those that may mean it.
    ``refuse`` is told where something is wrong, and what.
    """
    found: dict[str, Payer] = {}
    near: dict[str, list[str]] = {}
    meant: dict[str, str] = {}
    broken = False

    def fault(where: str, code: str, /, **args: Arg) -> None:
        nonlocal broken
        broken = True
        refuse(where, code, **args)

    for number, row in rows(path, _COLUMNS, fault):
        code, parent, kind = row["code"], row["parent"] or None, row["kind"]
        name, colour = Text(row["name_zh"], row["name_en"]), row["colour"]
        words, maybe = (tuple(filter(None, row[column].split("|"))) for column in ("words", "near"))
        fit = _CODE.fullmatch(code) and code not in found and _COLOUR.fullmatch(colour)
        if not fit or not all(name) or parent not in (None, *found) or kind not in _KINDS:
            fault(f"{path.name}:{number}", "payer-row-wrong")
            continue
        own = dict.fromkeys(each.casefold() for each in (code, *name, *words))
        taken = [each for each in own if meant.setdefault(each, code) != code]
        if taken:
            fault(
                f"{path.name}:{number}",
                "payer-word-taken",
                words=in_both(taken),
                payer=meant[taken[0]],
            )
        found[code] = Payer(code, name, colour, parent, kind == "upper", kind == "divided", words)
        for word in maybe:
            near.setdefault(word, []).append(code)
    payers = Payers(found, near)
    roots = [code for code in payers.upper if not found[code].parent]
    parents = [found[code].parent for code in payers.divided]
    pooled = len(parents) == 2 and parents[0] is not None and parents[0] == parents[1]
    if not broken and (len(roots) != 2 or not pooled or not {*FIXED} <= {*found}):
        refuse(
            path.name,
            "payers-incomplete",
            fixed=in_both(FIXED),
        )
    return payers


def _broken(where: str, code: str, /, **args: Arg) -> None:
    raise AssertionError(where, code, args)


PAYERS: Final = read_payers(Path(__file__).with_name("payers.csv"), _broken)
"""The payers of a standard that has no table of its own. ``prefecture`` pools prefecture and
county, as the standard does; supplied county shares replace it by ``prefecture_level`` and
``county_level``.

Colours are those of Okabe and Ito (2008), which colour-blind readers can tell apart; a darker and a
lighter green for the two levels that ``prefecture`` divides into, black for social funds.
"""
