"""The table of published figures: its columns, how its cells are read, and a figure as a record."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property, partial
from typing import Any, Final

from fiscal_model.errors import FiscalModelError
from fiscal_model.inputs.cells import BadCell, CellReader, number, quoted, readers, written
from fiscal_model.inputs.normal import THOUSANDS, Manner
from fiscal_model.inputs.tables import TABLES, Column, Table
from fiscal_model.inputs.units import unit_of
from fiscal_model.messages.message import message
from fiscal_model.names import UNIT_NAMES, Meaning, Names
from fiscal_model.results.accounts import account_of, is_booked
from fiscal_model.spelling import squeezed
from fiscal_model.standard.names import AREA, PAYER
from fiscal_model.standard.printed import SEEN
from fiscal_model.standard.rules import Line, Standard
from fiscal_model.vocabulary import UNITS, Text

MONEY, PERSONS, BIRTHS = "money", "persons", "births"
MOST_DIGITS: Final = 6
STAGES: Final = {
    "target": Text("目标", "target"),
    "forecast": Text("预计", "forecast"),
    "budget": Text("预算", "budget"),
    "advance": Text("提前下达", "paid ahead"),
    "instalment": Text("分批下达", "instalment"),
    "allotted": Text("下达", "allotted"),
    "executed": Text("执行", "executed"),
    "final": Text("决算", "final"),
}
"""What became of a figure when it was printed."""
_SHORT: Final = (
    (re.compile(r"(?<=\d) ?m(?= )", re.IGNORECASE), " million"),
    (re.compile(r"(?<=\d) ?k(?= )", re.IGNORECASE), " thousand"),
    (re.compile(r"^insured (?=persons$)", re.IGNORECASE), ""),
)
"""How English print shortens units."""
_BIRTHS: Final = frozenset(("人(出生)", "出生人数", "births"))
_TAKEN: Final = {column.name: column for column in TABLES["actuals"].columns}
_LINE: Final = next(each for each in TABLES["functions"].columns if each.name == "line")
COLUMNS: Final = (
    Column("id", "name", Text("编号", "id")),
    Column("figure", "figure", Text("公布数", "figure"), others=("公布数值", "数值")),
    Column("unit", "unit", Text("单位", "unit"), needs=message("published-unit-needed")),
    Column("digits", "digits", Text("小数位数", "digits"), others=("小数位",)),
    Column("stage", "printed_stage", Text("阶段", "stage"), empty=True),
    replace(_TAKEN["payer"], kind="payers", empty=True),
    replace(_TAKEN["item"], kind="items", empty=True),
    _LINE,
    replace(_TAKEN["place"], kind="area", empty=True),
    _TAKEN["year"],
    Column("counts", "counts", Text("公布人数", "counts"), empty=True, others=("人数",)),
    Column("document", "text", Text("文件", "document"), empty=True, others=("文号", "文件名称")),
    Column("seen", "seen", Text("查见", "seen"), empty=True),
)
TABLE: Final = Table("published", Text("公布数", "published figures"), COLUMNS, ("id",))
"""Beside these columns a table may have ``note``, as every input table."""


@dataclass(frozen=True)
class Unit:
    """The unit of a printed figure: of money, of persons or of births; ``scale`` is how many yuan
    or persons it is.
    """

    of: str
    scale: Decimal
    name: Text


_AND: Final = re.compile(r"\s+and\s+|[和与]")
"""Between payers who gave one sum."""
_HEADS: Final = {
    PERSONS: Unit(PERSONS, Decimal(1), Text("人", "persons")),
    BIRTHS: Unit(BIRTHS, Decimal(1), Text("人（出生）", "births")),
}


@dataclass(frozen=True, eq=False)
class Published:
    """A printed figure and what it is of. Without ``payers`` it is of all together; ``items`` are
    several where they were printed as one sum; ``counts`` are the beneficiaries printed with it.
    """

    id: str
    figure: Decimal
    unit: Unit
    digits: int
    stage: str
    payers: tuple[str, ...]
    items: tuple[int, ...]
    line: str
    place: str
    year: int
    counts: int | None
    document: Text
    seen: str
    note: Text
    lines: tuple[Line, ...]
    """The lines that it is a sum of; none where it names neither items nor a line."""

    @cached_property
    def printed(self) -> Decimal:
        """The figure in yuan or persons."""
        return self.figure * self.unit.scale

    @cached_property
    def step(self) -> Decimal:
        """One unit of the last digit printed, in yuan or persons."""
        return self.unit.scale.scaleb(-self.digits)

    @property
    def is_money(self) -> bool:
        """Whether it is a sum of money."""
        return self.unit.of == MONEY

    @property
    def several(self) -> bool:
        """Whether several items were printed as one sum, named or not."""
        return not self.line and (len(self.items) > 1 or (self.is_money and not self.items))

    def beneficiaries(self, standard: Standard) -> tuple[str, ...]:
        """Whom its lines count, each person once: without those who are part of others here."""
        counted = dict.fromkeys(line.beneficiary for line in self.lines if line.beneficiary)
        return tuple(
            code for code in counted if not {*standard.beneficiaries[code].within} & {*counted}
        )


def lines_of(items: Sequence[int], line: str, standard: Standard) -> tuple[Line, ...]:
    """The lines that a figure is of: the one named, else those of its items that are in the account
    that sums cover.
    """
    if line:
        return (standard.lines[line],)
    every = [each for number in items for each in standard.items[number].lines]
    account = account_of(every)
    return tuple(each for each in every if is_booked(each, account))


def cell_readers(standard: Standard) -> dict[str, CellReader]:
    """The reader of each kind of cell of the table."""
    names = standard.names
    return {
        **readers(standard),
        "figure": _figure,
        "unit": _unit,
        "digits": partial(_whole, most=MOST_DIGITS),
        "counts": partial(_whole, most=10**10),
        "printed_stage": _chosen(Text("阶段", "stage"), STAGES),
        "seen": _chosen(Text("查见", "seen"), SEEN),
        "payers": _told(lambda word: names.among(PAYER).several(_AND.sub(",", word))),
        "items": _told(lambda word: names.items(word)),
        "area": _told(lambda word: names.among(AREA).code(word)),
    }


def _told(read: Callable[[str], Any]) -> CellReader:
    """A reader of words that says of a cell what it says of a word."""

    def cell(given: Any, _: Manner) -> Any:
        try:
            return read(written(given))
        except FiscalModelError as error:
            raise BadCell(error.faults[0].message) from None

    return cell


def _chosen(what: Text, labels: Mapping[str, Text]) -> CellReader:
    names = Names(what, labels)
    return _told(names.code)


def _figure(cell: Any, manner: Manner) -> Decimal:
    value = number(cell, manner, (THOUSANDS,))
    if value < 0:
        raise BadCell("published-negative", written=quoted(cell))
    return Decimal(str(value))


def _whole(cell: Any, manner: Manner, most: int) -> int:
    value = number(cell, manner, (THOUSANDS,))
    if value != int(value) or not 0 <= value <= most:
        raise BadCell("published-not-whole", written=quoted(cell), most=most)
    return int(value)


def _unit(cell: Any, _: Manner) -> Unit:
    """A unit of money or of heads, or births, which the population is to have."""
    word = written(cell)
    if squeezed(word) in _BIRTHS:
        return _HEADS[BIRTHS]
    known = UNIT_NAMES.find(word)
    if isinstance(known, Meaning):
        yuan, name = UNITS[known.code]
        return Unit(MONEY, Decimal(int(yuan)), name)
    plain = word
    for short, long in _SHORT:
        plain = short.sub(long, plain)
    unit = unit_of(plain)
    if unit is None or unit.period or unit.of not in ("money", "heads"):
        raise BadCell("published-unit-unknown", written=quoted(cell))
    if unit.of == "heads":
        name = _HEADS[PERSONS].name if unit.times == 1 else Text(word, word)
        return Unit(PERSONS, unit.times, name)
    if unit.whom:
        raise BadCell("published-unit-unknown", written=quoted(cell))
    same = (each.name for each in UNITS.values() if each.yuan == unit.times)
    return Unit(MONEY, unit.times, next(same, Text(word, word)))
