"""Figures of earlier years, to be set beside the cells that wait for new ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from fiscal_model.inputs.model import Inputs
from fiscal_model.inputs.tables import TABLES, Table
from fiscal_model.standard.places import Places


class Earlier(NamedTuple):
    """A figure and its year; none where the table has no years."""

    figure: float
    year: int | None


class EarlierFigures:
    """The latest figure before a row's year, of the same series and place; of what holds below a
    place (a rate, a wage, a share) that of the nearest place above too.
    """

    def __init__(self, inputs: Inputs, places: Places) -> None:
        self.places = places
        self.known: dict[str, dict[tuple[Any, ...], list[Earlier]]] = {}
        for name, rows in inputs.tables.items():
            table, found = TABLES[name], self.known.setdefault(name, {})
            for n in range(len(rows)):
                row = {each: rows.columns[each][n] for each in table.key}
                figure = rows.columns[figure_of(table)][n]
                if isinstance(figure, int | float):
                    found.setdefault(_series(row), []).append(Earlier(figure, row.get("year")))

    def of(self, table: Table, row: Mapping[str, Any]) -> Earlier | None:
        """The figure to set beside a row that waits for one."""
        place, year = row.get("place") or self.places.root, row.get("year")
        above = self.places.ancestors(place) if holds_below(table) else ()
        for each in (place, *above):
            found = [
                earlier
                for earlier in self.known.get(table.name, {}).get(
                    _series({**row, "place": each}), ()
                )
                if year is None or earlier.year is None or earlier.year < year
            ]
            if found:
                return max(found, key=lambda earlier: earlier.year or 0)
        return None


def figure_of(table: Table) -> str:
    """The column that holds the figure of a row."""
    return next(each.name for each in table.columns if each.name not in table.key)


def holds_below(table: Table) -> bool:
    """Whether a figure of a place serves all places below it."""
    return any(each.per in ("line", "month") or each.kind == "share" for each in table.columns)


def _series(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(value for name, value in row.items() if name != "year")
