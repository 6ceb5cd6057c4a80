"""What each changed cell of the data makes in yuan, cell by cell.

A cell's effect is the mean of two: it alone changed in the first budget, and it alone left as it was
in the second. That is its mean effect over all orders in which cells, and what the scenarios say
otherwise, could have changed, wherever these work together in twos at most (a count and a rate, a
count and a new split). What is left of the part of the data, where three or more meet or a cell
cannot change alone, is told as joint.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from fiscal_model.analysis.decompose import BESIDE, DATA, Decomposition
from fiscal_model.arrays import Floats, Mask
from fiscal_model.blocks import Block, Heading, Paragraph, Table, wan
from fiscal_model.engine.project import Span
from fiscal_model.errors import FiscalModelError
from fiscal_model.inputs.labels import label_of
from fiscal_model.inputs.model import Inputs
from fiscal_model.inputs.tables import TABLES
from fiscal_model.inputs.vintages import ChangedCell
from fiscal_model.progress import watched
from fiscal_model.results.accounts import Cover
from fiscal_model.results.result import Result
from fiscal_model.run import simulated
from fiscal_model.scenario.entries import CountEntry
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import DIMENSIONS, Lang, Text, labelled, listed

if TYPE_CHECKING:
    import pandas as pd

PEOPLE: Final = frozenset({"population", "vital_rates"})
"""Tables whose cells act together: a cohort is made of many of them."""
PROJECTED: Final = frozenset({"beneficiaries", "amounts", "overlaps"})
"""Tables of series that are carried on after their last supplied year."""
NESTING: Final = frozenset({*PROJECTED, "bases_2015"})
"""Tables of which a place and a place above it may not both have a row."""
CENT: Final = 0.005
MOST: Final = 10
"""Cells that a screen shows."""
COLUMNS: Final = {
    "kind": Text("类别", "kind"),
    "table": Text("数据表", "table"),
    "row": Text("行", "row"),
    "place": DIMENSIONS["place"],
    "year": DIMENSIONS["year"],
    "column": Text("列", "column"),
    "before": Text("原值", "before"),
    "after": Text("新值", "after"),
    "yuan": Text("影响金额（元）", "yuan"),
}
"""Columns of a table of changed cells; then come the payers, and where the cell stands in the data
before and after."""
KINDS: Final = {
    "cell": Text("单元格", "cell"),
    "group": Text("上列各格合计", "the cells above together"),
    "rest": Text("共同影响", "joint effect"),
}
"""What a row of it tells of."""
ENDS: Final = {"stood": Text("原位置", "stood"), "stands": Text("新位置", "stands")}


@dataclass(frozen=True, eq=False)
class Unit:
    """Cells that change together, one where it can change alone; and what they can reach: masks
    over the lines, places and years of the axes.
    """

    cells: tuple[ChangedCell, ...]
    place: str
    lines: Mask
    places: Mask
    years: Mask


@dataclass(frozen=True, eq=False)
class Effect:
    """What a unit makes in yuan, by payer; NaN where it cannot be told."""

    unit: Unit
    yuan: Floats


@dataclass(frozen=True, eq=False)
class CellEffects:
    """The effects of the cells in which the data of two budgets differ."""

    parts: Decomposition
    covered: Cover

    @cached_property
    def told(self) -> tuple[Effect, ...]:
        """The effect of every unit, in the order of the cells."""
        units = list(_Units(self.parts).every())
        found = np.full((2, len(units), len(self.parts.axes.payers)), np.nan)
        batches = _apart(units, [len(each) for each in self.parts.axes.all[1:]])
        for side, batch in watched([(side, batch) for side in (0, 1) for batch in batches]):
            for n, yuan in self._effects(units, batch, bool(side)):
                found[side, n] = yuan
        return tuple(
            Effect(unit, yuan) for unit, yuan in zip(units, found.mean(axis=0), strict=True)
        )

    @cached_property
    def joint(self) -> Floats:
        """What the part of the data is beyond what is told of cells, in yuan by payer; NaN where
        that part is not known, as mixtures of both budgets cannot be simulated.
        """
        if DATA not in self.parts.groups:
            return np.zeros(len(self.parts.axes.payers))
        try:
            whole = self.parts.parts[DATA][:, self.covered.lines].sum(axis=(1, 2, 3))
        except FiscalModelError:
            return np.full(len(self.parts.axes.payers), np.nan)
        each = [np.nan_to_num(effect.yuan) for effect in self.told]
        return np.asarray(whole - np.sum(each, axis=0))

    def _effects(
        self, units: Sequence[Unit], batch: Sequence[int], back: bool
    ) -> Iterator[tuple[int, Floats]]:
        """What the units of a batch make, all simulated at once; one by one where that cannot be,
        or reaches further than was thought. One that cannot change alone has none.
        """
        axes, end = self.parts.axes, self.parts.b if back else self.parts.a
        rows = {cell.row for n in batch for cell in units[n].cells}
        try:
            mixed = self._amounts(self.parts.vintages.switched(rows, back), end)
        except FiscalModelError:
            mixed = None
        if mixed is not None:
            change = axes.fit(end)[0] - mixed if back else mixed - axes.fit(end)[0]
            change[:, ~self.covered.lines] = 0.0
            inside = [np.ix_(units[n].lines, units[n].places, units[n].years) for n in batch]
            found = [change[:, i, p, y] for i, p, y in inside]
            rest = np.abs(change).sum() - sum(float(np.abs(each).sum()) for each in found)
            if rest < CENT or len(batch) == 1:
                parts = found if rest < CENT else [change]
                yield from (
                    (n, part.sum(axis=(1, 2, 3))) for n, part in zip(batch, parts, strict=True)
                )
                return
        if len(batch) > 1:
            half = len(batch) // 2
            for part in (batch[:half], batch[half:]):
                yield from self._effects(units, part, back)

    def _amounts(self, inputs: Inputs, end: Result) -> Floats:
        span = Span(self.parts.axes.years, asked=False)
        return self.parts.axes.fit(simulated(end.standard, end.scenario, inputs, span))[0]


def changed_blocks(effects: CellEffects, lang: Lang) -> Iterator[Block]:
    """How many cells of the data differ, those that make most, in 10,000 yuan, and what is joint;
    of the others how many there are.
    """
    import pandas as pd

    cells = effects.parts.vintages.cells
    new, gone = sum(not each.stood for each in cells), sum(not each.stands for each in cells)
    yield Paragraph("")
    yield Heading(
        Text(
            f"输入数据变化 {len(cells):,} 格：改动 {len(cells) - new - gone:,}、"
            f"新增 {new:,}、删除 {gone:,}",
            f"Cells of the data that differ: {len(cells):,}; changed {len(cells) - new - gone:,},"
            f" new {new:,}, gone {gone:,}",
        ).to(lang)
    )
    frame = frame_of(effects, lang)
    words = [name.to(lang) for name in COLUMNS.values()]
    money = list(frame.columns[len(COLUMNS) - 1 : -len(ENDS)])
    size = frame[money[1:]].abs().sum(axis=1)
    is_rest = frame[words[0]] == KINDS["rest"].to(lang)
    told = frame.loc[size.sort_values(ascending=False, kind="stable").index]
    told = told[((size >= CENT) & ~is_rest).reindex(told.index)]
    shown = pd.concat([told.head(MOST), frame[is_rest]])
    moved = [name for name in money if (shown[name].abs() >= CENT).any()]
    if len(shown):
        heads = [
            *words[1:-1],
            *(Text("合计", "total").to(lang) if name == words[-1] else name for name in moved),
        ]
        rows = [_shown(row, words, moved, lang) for _, row in shown.iterrows()]
        in_wan = Text("影响最大的各格（万元）", "Those that make most (10,000 yuan)")
        yield Paragraph(labelled(in_wan.to(lang), "", lang).rstrip())
        yield Table(heads, rows, numbers=range(5, len(heads)))
    if (more := len(told) - MOST) > 0:
        less = Text(f"另有 {more:,} 格影响较小", f"{more:,} more make less than these")
        yield Paragraph(less.to(lang))
    if unknown := int(frame[words[-1]][~is_rest].isna().sum()):
        alone = Text(
            f"有 {unknown:,} 格不能单独计算影响，计入合计或共同影响",
            f"{unknown:,} cells cannot change alone: they are part of a sum or of what is joint",
        )
        yield Paragraph(alone.to(lang))


def _shown(
    row: pd.Series[Any], words: Sequence[str], moved: Sequence[str], lang: Lang
) -> list[str]:
    """A row of a table of changed cells, as text; what is no cell by what it is."""
    import pandas as pd

    kind, table, label, place, year, column, before, after = (row[name] for name in words[:-1])
    cells = (_value(before), _value(after))
    if kind != KINDS["cell"].to(lang):
        table, label, cells = table or kind, kind if table else "", ("", "")
    return [
        *map(str, (table, label, place)),
        "" if pd.isna(year) else str(year),
        str(column),
        *cells,
        *(wan(float(row[name]), signed=True) for name in moved),
    ]


def _value(value: Any) -> str:
    """A supplied value; a dash where there is none."""
    if value is None or value != value:
        return "—"
    return f"{value:,.10g}" if isinstance(value, int | float) else str(value)


def frame_of(effects: CellEffects, lang: Lang | None) -> pd.DataFrame:
    """A row for each changed cell, for cells that cannot change alone a row of what they make
    together below them, and one for what is joint, where there is any.

    Yuan are NaN for a cell whose effect cannot be told alone, and 0 where no budget rests on its
    table. Codes, or names in ``lang``.
    """
    import pandas as pd

    axes = effects.parts.axes
    shown = [n for n, payer in enumerate(axes.payers) if payer not in effects.covered.elsewhere]
    rows = []
    for kind, cell, place, yuan in _rows_of(effects):
        named = cell.named if cell else {}
        one = cell if kind == "cell" else None
        rows.append(
            (
                kind,
                cell.table if cell else "",
                named if one else {},
                named.get("place", "") if one else place,
                named.get("year") if one else None,
                *((one.column, one.before, one.after) if one else ("", None, None)),
                float(yuan.sum()),
                *yuan[shown].tolist(),
                *((one.stood, one.stands) if one else ("", "")),
            )
        )
    payers = [axes.payers[n] for n in shown]
    frame = pd.DataFrame(rows, columns=[*COLUMNS, *payers, *ENDS])
    frame["year"] = frame["year"].astype("Int64")
    frame["row"] = [
        _row_label(axes.standard, table, named, lang)
        for table, named in zip(frame["table"], frame["row"], strict=True)
    ]
    frame.attrs["account"] = effects.covered.account
    return frame if lang is None else _in_words(frame, axes.standard, lang)


def _rows_of(
    effects: CellEffects,
) -> Iterator[tuple[str, ChangedCell | None, str, Floats]]:
    """Kind, cell, place and yuan by payer of each row."""
    unknown = np.full(len(effects.parts.axes.payers), np.nan)
    for effect in effects.told:
        cells, place = effect.unit.cells, effect.unit.place
        alone = len(cells) == 1
        for cell in cells:
            yield "cell", cell, place, effect.yuan if alone else unknown
        if not alone and not np.isnan(effect.yuan).any():
            yield "group", cells[0], place, effect.yuan
    for cell in effects.parts.vintages.cells:
        if cell.table in BESIDE:
            yield "cell", cell, "", np.zeros_like(unknown)
    if not (np.abs(effects.joint) < CENT).all():
        yield "rest", None, "", effects.joint


def _row_label(standard: Standard, table: str, named: dict[str, Any], lang: Lang | None) -> str:
    """What tells a row of a table from others beside its place and year."""
    kinds = {column.name: column.kind for column in TABLES[table].columns} if table else {}
    labels = [
        Text(str(value), str(value)) if lang is None else label_of(kinds[name], value, standard)
        for name, value in named.items()
        if name not in ("place", "year") and value not in (None, "")
    ]
    return (
        ":".join(each.zh for each in labels)
        if lang is None
        else listed((each.to(lang) for each in labels), lang)
    )


def _in_words(frame: pd.DataFrame, standard: Standard, lang: Lang) -> pd.DataFrame:
    """The same with names in the place of codes."""
    columns = {
        name: {each.name: each.label for each in table.columns} for name, table in TABLES.items()
    }
    frame["column"] = [
        columns[table][name].to(lang) if name else ""
        for table, name in zip(frame["table"], frame["column"], strict=True)
    ]
    frame["kind"] = [KINDS[kind].to(lang) for kind in frame["kind"]]
    frame["table"] = [TABLES[name].label.to(lang) if name else "" for name in frame["table"]]
    frame["place"] = [
        standard.places.label(code).to(lang) if code else "" for code in frame["place"]
    ]
    payers = {code: payer.name for code, payer in standard.payers.items()}
    names = {**COLUMNS, **payers, **ENDS}
    return frame.rename(columns={name: names[name].to(lang) for name in frame.columns})


def _apart(units: Sequence[Unit], shape: Sequence[int]) -> list[list[int]]:
    """The units in batches of which no two reach one cell, so that each effect shows by itself."""
    batches: list[tuple[list[int], Mask]] = []
    for n, unit in enumerate(units):
        mine = np.ix_(unit.lines, unit.places, unit.years)
        batch = next((each for each in batches if not each[1][mine].any()), None)
        if batch is None:
            batches.append(batch := ([], np.zeros(shape, bool)))
        batch[0].append(n)
        batch[1][mine] = True
    return [numbers for numbers, _ in batches]


class _Units:
    """Puts cells that cannot change alone together, and says what each unit can reach: too much
    costs time, too little is found out when it is simulated.
    """

    def __init__(self, parts: Decomposition) -> None:
        self.parts, self.axes = parts, parts.axes
        self.places, self.standard = parts.axes.standard.places, parts.axes.standard
        self.ends = (parts.a, parts.b)

    def every(self) -> Iterator[Unit]:
        """All units of tables that a budget rests on."""
        together: dict[object, list[ChangedCell]] = {}
        acting = [cell for cell in self.parts.vintages.cells if cell.table not in BESIDE]
        nested = self._nested(acting)
        for cell in acting:
            place = self._place(cell)
            if cell.table in PEOPLE:
                key: object = (cell.table, place)
            else:
                over = (cell.table, self._series(cell), self._prefecture(place))
                key = over if cell.moves and over in nested else cell.row
            together.setdefault(key, []).append(cell)
        for cells in together.values():
            yield self._unit(tuple(cells))

    def _nested(self, cells: Iterable[ChangedCell]) -> set[object]:
        """The series and prefectures in which rows of a place gave way to rows of its parts, or the
        other way round.
        """
        moved: dict[object, set[str]] = {}
        for cell in cells:
            if cell.moves and cell.table in NESTING:
                place = self._place(cell)
                key = (cell.table, self._series(cell), self._prefecture(place))
                moved.setdefault(key, set()).add(place)
        return {
            key
            for key, codes in moved.items()
            if any(not codes.isdisjoint(self.places.ancestors(code)) for code in codes)
        }

    def _unit(self, cells: tuple[ChangedCell, ...]) -> Unit:
        first = cells[0]
        codes = {self._place(cell) for cell in cells}
        items = self._items(first)
        lines = np.array([items is None or line.item in items for line in self.axes.lines], bool)
        reached = {part for code in codes for part in self._reached(first, code, items)}
        places = np.array([code in reached for code in self.axes.places], bool)
        years = np.array([self._is_reached(cells, year) for year in self.axes.years], bool)
        return Unit(cells, self.places.common(codes), lines, places, years)

    def _items(self, cell: ChangedCell) -> set[int] | None:
        """The items that a cell may act on; None for all."""
        named = cell.named
        if "beneficiary" in named:
            counted = {named["beneficiary"], named.get("other", named["beneficiary"])}
        elif cell.table in ("rates", "amounts"):
            line = self.standard.lines.get(named["line"])
            if line is None:
                return {int(named["line"].split(":")[1])}  # a grant
            if not line.beneficiary:
                return {line.item}
            counted = {line.beneficiary}
        else:
            item = named.get("item")
            return None if item is None else {item}
        rules = (rule for rule in self.standard.higher_of if counted & {*rule.one, *rule.other})
        return set(
            self.standard.drawn_by(counted.union(*({*rule.one, *rule.other} for rule in rules)))
        )

    def _reached(self, cell: ChangedCell, place: str, items: set[int] | None) -> set[str]:
        """The places that a cell may act on: those below it, and all that share a base amount or a
        grant with it. A population is also a part of those above.
        """
        if self._shares_a_total(cell):
            return set(self.places.codes)
        tops = {place}
        for end in self.ends:
            for groups in (*end.program.bases, *end.program.grants):
                tops |= {
                    code
                    for item, code in groups.keys
                    if (items is None or item in items) and code in self.places.ancestors(place)
                }
        above = self.places.ancestors(place) if cell.table in PEOPLE else ()
        return {*above, *(part for top in tops for part in self.places.below(top))}

    def _shares_a_total(self, cell: ChangedCell) -> bool:
        """Whether a scenario states a total over places of its series."""
        series = {*cell.named.values()} if cell.table in PROJECTED else set[object]()
        return any(
            entry.points and (entry.beneficiary in series or cell.table in PEOPLE)
            for end in self.ends
            for entry in end.scenario.every(CountEntry)
        )

    def _is_reached(self, cells: Sequence[ChangedCell], year: int) -> bool:
        """Whether cells may act on a year: those of a series before its last supplied year on their
        own, others on any.
        """
        if cells[0].table not in PROJECTED or self._shares_a_total(cells[0]):
            return True
        for cell in cells:
            last = min(side.get(self._line(cell), 0) for side in self._last)
            at = cell.named["year"]
            if year == at or (at >= last and year >= last):
                return True
        return False

    @cached_property
    def _last(self) -> tuple[dict[object, int], ...]:
        """The last supplied year of each series and place, before and after."""
        found: list[dict[object, int]] = []
        for inputs in (self.parts.vintages.before, self.parts.vintages.after):
            last: dict[object, int] = {}
            for table in sorted(PROJECTED & inputs.tables.keys()):
                for key in self.parts.vintages.keys(inputs, table):
                    *series, year = key
                    last[table, *series] = max(last.get((table, *series), 0), year)
            found.append(last)
        return tuple(found)

    def _line(self, cell: ChangedCell) -> object:
        """The series and the place of a cell."""
        return (cell.table, *cell.key[:-1])

    def _series(self, cell: ChangedCell) -> object:
        return tuple(value for name, value in cell.named.items() if name not in ("place", "year"))

    def _place(self, cell: ChangedCell) -> str:
        return str(cell.named["place"])

    def _prefecture(self, place: str) -> str:
        """The place right below the top that a place is or lies in."""
        return (*self.places.ancestors(place)[::-1], place)[:2][-1]
