"""Holds every printed page against the engine: what stands in each cell, what the engine finds for
it, and whether anything is missing.

The engine's sums are taken from the amounts themselves, not from what was worked out for the page.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from fiscal_model.arrays import Floats, Mask
from fiscal_model.results.result import Result, inside
from fiscal_model.workbook.columns import Table
from fiscal_model.workbook.tables import COLUMNS, columns

COST = "cost"
MEASURES = (COST, *COLUMNS)


@dataclass(frozen=True)
class Quantity:
    """What a printed figure is a sum of: an account and the position of a year, and of these the
    domain, item, line, prefecture, place and function named.
    """

    account: str
    y: int
    domain: int | None = None
    item: int | None = None
    line: int | None = None
    prefecture: str | None = None
    place: int | None = None
    function: str | None = None

    def level(self) -> tuple[str, ...]:
        """What is named."""
        return tuple(
            name
            for name in ("domain", "item", "line", "prefecture", "place", "function")
            if getattr(self, name) is not None
        )


class Engine:
    """Sums of a budget, or of a part of it, straight from the amounts of the whole."""

    def __init__(self, shown: Result) -> None:
        budget = self.budget = shown.whole
        lines, standard = budget.lines, budget.standard
        self.costed: Mask = budget.costed & inside(shown)
        self.lines, self.places = (inside(shown).any(axis=axes) for axes in ((1, 2), (0, 2)))
        self.account = np.array([line.account for line in lines])
        self.item = np.array([line.item for line in lines])
        self.domain = np.array(
            [standard.sections[standard.items[line.item].section][0] for line in lines]
        )
        self.prefecture = np.array(budget.labels["prefecture"])
        self.function = np.array(budget.labels["function"])
        self.known: dict[Quantity, Floats] = {}
        self.levels: dict[tuple[str, ...], set[Quantity]] = {}
        self.measures = {
            name: [p in inside for p in budget.payers]
            for name, (_, inside) in columns(budget.standard.payers).items()
        }

    def payers(self, quantity: Quantity) -> Floats:
        """Yuan by payer of the budget."""
        if quantity not in self.known:
            y, places = quantity.y, self.places.copy()
            lines = self.lines & (self.account == quantity.account)
            for mask, labels, wanted in (
                (lines, self.item, quantity.item),
                (lines, self.domain, quantity.domain),
                (lines, self.function, quantity.function),
                (places, self.prefecture, quantity.prefecture),
            ):
                if wanted is not None:
                    mask &= labels == wanted
            i = np.flatnonzero(lines) if quantity.line is None else np.array([quantity.line])
            p = np.flatnonzero(places) if quantity.place is None else np.array([quantity.place])
            self.known[quantity] = self.budget.amounts[:, i[:, None], p, y].sum(axis=(1, 2))
        return self.known[quantity]

    def yuan(self, quantity: Quantity, measure: str) -> float:
        """Yuan of the cost, of one of the columns that payers are gathered into, or of a payer."""
        found = self.payers(quantity)
        if measure == COST:
            return float(found.sum())
        if measure in self.measures:
            return float(found[self.measures[measure]].sum())
        return (
            float(found[self.budget.payers.index(measure)])
            if measure in self.budget.payers
            else 0.0
        )

    def groups(self, level: tuple[str, ...]) -> set[Quantity]:
        """Every costed quantity of a level."""
        if level not in self.levels:
            self.levels[level] = self._groups(level)
        return self.levels[level]

    def _groups(self, level: Sequence[str]) -> set[Quantity]:
        i, p, y = np.nonzero(self.costed)
        columns: dict[str, list[Any]] = {
            "domain": self.domain[i].tolist(),
            "item": self.item[i].tolist(),
            "line": i.tolist(),
            "prefecture": self.prefecture[p].tolist(),
            "place": p.tolist(),
            "function": self.function[i].tolist(),
        }
        chosen = zip(
            self.account[i].tolist(), y.tolist(), *(columns[name] for name in level), strict=True
        )
        found = {
            Quantity(account, year, **dict(zip(level, names, strict=True)))
            for account, year, *names in set(chosen)
        }
        if "place" not in level or "line" in level:
            return found
        # A prefecture that is counted as a whole only has no row for itself below its own.
        inside = Counter((each.account, each.y, each.item, each.prefecture) for each in found)
        return {
            each
            for each in found
            if inside[each.account, each.y, each.item, each.prefecture] > 1
            or self.budget.places[each.place or 0] != each.prefecture
        }


class Cell(NamedTuple):
    """A printed figure: where it stands, and what it is; ``spare`` are the yuan that it may miss
    the engine by, beyond a unit, as a sum of figures that are rounded themselves.
    """

    table: Table
    column: str
    n: int
    quantity: Quantity
    measure: str
    engine: Engine | None = None
    spare: float = 0.0


def figure(value: object) -> float | None:
    """The number that stands in a cell; None where there is none, a dash, say."""
    return float(value) if isinstance(value, int | float) and value == value else None


class Ratio(NamedTuple):
    """A printed ratio: a quantity over another one less 1 (its growth), or over a number of
    people.
    """

    table: Table
    column: str
    n: int
    quantity: Quantity
    measure: str
    over: Quantity | float

    def difference(self, engine: Engine) -> float:
        """Yuan by which what it says of the quantity misses the engine's."""
        shown = figure(self.table.values(self.column)[self.n])
        if shown is None:
            return 0.0
        grown = isinstance(self.over, Quantity)
        base = (
            engine.yuan(self.over, self.measure) if isinstance(self.over, Quantity) else self.over
        )
        return abs((shown + grown) * base - engine.yuan(self.quantity, self.measure))


class Held(NamedTuple):
    """What a table came to when it was held against the engine: its figures, and the largest
    difference in yuan.
    """

    figures: int
    difference: float


@dataclass
class Pages:
    """The printed tables of a workbook: the cells of each, and the levels whose figures together
    make up the level above.
    """

    tables: dict[str, list[Cell]] = field(default_factory=lambda: defaultdict(list))
    levels: dict[str, list[tuple[int | None, tuple[str, ...]]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    ratios: dict[str, list[Ratio]] = field(default_factory=lambda: defaultdict(list))

    def money(
        self,
        table: Table,
        quantities: Sequence[Quantity | None],
        engines: Mapping[int, Engine] = MappingProxyType({}),
        key: str = "",
    ) -> None:
        """The rows of a table, or of a part of the one with a key, show cost and columns of these
        quantities, some of them those of other engines.
        """
        self.tables[key or table.name] += [
            Cell(table, name, n, quantity, name, engines.get(n))
            for n, quantity in enumerate(quantities)
            if quantity
            for name in MEASURES
        ]

    def cell(
        self,
        key: str,
        table: Table,
        column: str,
        n: int,
        quantity: Quantity,
        measure: str,
        spare: float = 0.0,
    ) -> None:
        """A row of a table, or of a part of one, shows one measure of a quantity in a column."""
        self.tables[key].append(Cell(table, column, n, quantity, measure, spare=spare))

    def ratio(
        self,
        key: str,
        table: Table,
        column: str,
        n: int,
        quantity: Quantity,
        measure: str,
        over: Quantity | float,
    ) -> None:
        """A row of a table shows what a measure of a quantity has grown by, or is by head."""
        self.ratios[key].append(Ratio(table, column, n, quantity, measure, over))

    def complete(self, table: str, *level: str, item: int | None = None) -> None:
        """The figures of a level in a table are all that there are, or all of an item."""
        self.levels[table].append((item, level))

    def held(self, table: str, engine: Engine, scale: float) -> Held:
        """A table held against the engine: the largest difference between a figure that stands
        there and the engine's; all of what is missing.
        """
        worst, cells, seen = 0.0, self.tables[table], set[Quantity]()
        for cell in cells:
            shown = figure(cell.table.values(cell.column)[cell.n])
            worst = max(
                worst,
                abs(
                    (shown or 0.0) * scale
                    - (cell.engine or engine).yuan(cell.quantity, cell.measure)
                )
                - cell.spare,
            )
            if shown is not None and cell.measure == COST:
                seen.add(cell.quantity)
        for item, level in self.levels[table]:
            missing = {each for each in engine.groups(level) - seen if item in (None, each.item)}
            worst = max([worst, *(engine.yuan(quantity, COST) for quantity in missing)])
        ratios = self.ratios[table]
        worst = max([worst, *(each.difference(engine) for each in ratios)])
        return Held(len(cells) + len(ratios), worst)
