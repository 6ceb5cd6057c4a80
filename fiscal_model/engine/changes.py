"""What a scenario changes against the one it extends: every cell of rules and inputs, before and
after, and the entry that did it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from fiscal_model.arrays import Floats, Ints, Mask
from fiscal_model.blocks import Block, Heading, Shown, page
from fiscal_model.calls import answered
from fiscal_model.engine.project import Projection
from fiscal_model.engine.splits import chosen_readings
from fiscal_model.language import spoken
from fiscal_model.periods import SLOTS
from fiscal_model.scenario.entries import KINDS as ENTRY_KINDS
from fiscal_model.scenario.entries import Entry, GroupEntry, VitalEntry
from fiscal_model.scenario.layers import (
    Layer,
    base_layers,
    factor_layers,
    group_layers,
    last_holding,
    members,
    rate_layers,
    split_layers,
)
from fiscal_model.scenario.model import Scenario
from fiscal_model.standard.clause import Clause
from fiscal_model.standard.rules import Line
from fiscal_model.standard.splits import When
from fiscal_model.vocabulary import LANGS, Lang, Text, labelled, listed

if TYPE_CHECKING:
    import pandas as pd

    from fiscal_model.engine.applied import Applied

KINDS: Final = {
    "lines": Text("支出项", "lines"),
    "readings": Text("文义口径", "readings"),
    "amounts": Text("金额", "amounts"),
    **{kind.section: kind.label for kind in ENTRY_KINDS},
}
"""What a scenario can change."""

ADDED: Final = Text("新增", "added")
MEMBER, OUTSIDE = Text("在组内", "member"), Text("不在组内", "not a member")

Value = float | Text | None
"""A number, words, or nothing known."""


@dataclass(frozen=True)
class Addition:
    """Where a scenario adds a line to the standard, and on what it rests."""

    at: str
    clause: Clause


@dataclass(frozen=True)
class Change:
    """One cell that ``scenario`` changed: ``name`` is a line, item, beneficiary, group or reading;
    place and year are empty where it has none.

    ``entry`` is what did it, None for a reading, which has no entry.
    """

    scenario: Scenario
    kind: str
    name: str
    place: str
    year: int | None
    before: Value
    after: Value
    entry: Entry | Addition | None


@answered
@dataclass(frozen=True, repr=False)
class ChangeLog(Shown):
    """Every cell that the scenarios of a chain changed."""

    applied: Applied
    changes: tuple[Change, ...]

    def __len__(self) -> int:
        return len(self.changes)

    def blocks(self, lang: Lang) -> Iterator[Block]:
        """A line a scenario, the nearest first: how many cells it changed, by kind."""
        for scenario in reversed(list(self.applied.scenario.chain())):
            mine = [each.kind for each in self.changes if each.scenario is scenario]
            kinds = listed(
                (f"{KINDS[kind].to(lang)} {mine.count(kind):,}" for kind in dict.fromkeys(mine)),
                lang,
            )
            total = Text(f"变更 {len(mine):,} 处", f"{len(mine):,} cells changed").to(lang)
            yield Heading(labelled(scenario.name, f"{total} ({kinds})" if kinds else total, lang))

    def html(self, lang: Lang | None = None) -> str:
        """The same, and the first and last of the cells, as HTML."""
        lang = spoken(lang)
        cells = self.to_dataframe(lang).to_html(max_rows=20, index=False)
        return page(self.blocks(lang), str(cells))

    def to_dataframe(self, lang: Lang | None = None) -> pd.DataFrame:
        """A row a cell: scenario, kind, name, place, year (codes; empty where it has none), before,
        after, and the entry with its basis and source.
        """
        import pandas as pd

        lang = spoken(lang)
        columns = [
            "scenario",
            "kind",
            "name",
            "place",
            "year",
            "before",
            "after",
            "entry",
            "basis",
            "source",
        ]
        rows = [
            (
                each.scenario.name,
                each.kind,
                each.name,
                each.place,
                each.year,
                shown(each.before, lang),
                shown(each.after, lang),
                *_origin(each.entry, lang),
            )
            for each in self.changes
        ]
        return pd.DataFrame(rows, columns=columns).astype({"year": "Int64"})

    def merged(self) -> list[Merged]:
        """The changes with the years and then the places that changed alike taken together."""
        by_cell: dict[Hashable, list[Change]] = {}
        for each in self.changes:
            by_cell.setdefault((each.scenario, each.kind, each.name, each.place), []).append(each)
        by_value: dict[Hashable, Merged] = {}
        for run in (run for cell in by_cell.values() for run in _runs(cell)):
            first = run[0]
            years = (first.year, run[-1].year) if first.year is not None else None
            key = (
                first.scenario,
                first.kind,
                first.name,
                years,
                first.before,
                first.after,
                first.entry,
            )
            by_value.setdefault(key, Merged(first, years, [])).places.append(first.place)
        return list(by_value.values())


@dataclass(frozen=True)
class Merged:
    """Changes alike in a run of years and in some places; ``change`` is the first of them."""

    change: Change
    years: tuple[int | None, int | None] | None
    places: list[str]


def _runs(cell: list[Change]) -> Iterator[list[Change]]:
    """The changes of one cell over the years, cut where the years break off or the values
    differ.
    """
    run: list[Change] = []
    for each in cell:
        last = run[-1] if run else None
        follows = last and last.year is not None and each.year == last.year + 1
        if last and not (
            follows
            and (each.before, each.after, each.entry) == (last.before, last.after, last.entry)
        ):
            yield run
            run = []
        run.append(each)
    yield run


def shown(value: Value, lang: Lang) -> float | str | None:
    """A value as a cell of a table."""
    return value.to(lang) if isinstance(value, Text) else value


def _origin(entry: Entry | Addition | None, lang: Lang) -> tuple[str, str, str]:
    return (entry.at, entry.clause.basis, entry.clause.words(lang)) if entry else ("", "", "")


def change_log(applied: Applied, under: Callable[[Scenario], Applied]) -> ChangeLog:
    """Every cell that each scenario of the chain changed against the one it extends, the lowest
    first, over the places that the inputs name; ``under`` applies another scenario to the same
    inputs and years.

    A rate is yuan a beneficiary and year, a base amount yuan. A change of vital rates is told entry
    by entry.
    """
    found: list[Change] = []
    for scenario in applied.scenario.chain():
        if scenario.parent:
            below, above = (under(each) for each in (scenario.parent, scenario))
            found += _Comparer(below, above).changes()
    return ChangeLog(applied, tuple(found))


class _Comparer:
    """Two scenarios applied to the same inputs, the second extending the first."""

    def __init__(self, before: Applied, after: Applied) -> None:
        self.before, self.after = before, after
        self.scenario, self.years = after.scenario, after.span.years
        self.places = after.standard.places
        # The longer of the two: what a cohort counts may have been nowhere before.
        self.named, self.speaker = after.named, after.speakers
        self.group_layers = [
            layer for layer in group_layers(after.scenario) if layer.entry in after.scenario.entries
        ]
        self.added = [
            line for code, line in after.standard.lines.items() if code not in before.standard.lines
        ]

    def changes(self) -> Iterator[Change]:
        yield from self.lines()
        yield from self.groups()
        yield from self.readings()
        yield from self.rates()
        yield from self.splits()
        yield from self.bases()
        yield from self.series("beneficiaries", self.before.counts, self.after.counts)
        yield from self.series("amounts", self.before.amounts, self.after.amounts)
        for entry in self.scenario.of(VitalEntry):
            words = Text(entry.words, entry.words)
            yield Change(self.scenario, entry.section, entry.rate, "", None, None, words, entry)

    def lines(self) -> Iterator[Change]:
        for line in self.added:
            words = Text(f"{ADDED.zh} {line.name.zh}", f"{ADDED.en}: {line.name.en}")
            yield Change(self.scenario, "lines", line.code, "", None, None, words, _addition(line))

    def groups(self) -> Iterator[Change]:
        for group in self.places.groups if self.scenario.of(GroupEntry) else ():
            was, now = (
                members(each.scenario, group, self.years) for each in (self.before, self.after)
            )
            for p, y in np.argwhere(was != now).tolist():
                above = self.places.parents[p]
                if above == p or (was[above, y] == now[above, y]):
                    values = (MEMBER, OUTSIDE) if was[p, y] else (OUTSIDE, MEMBER)
                    entry = self.moved(p, self.years[y], {group})
                    yield Change(
                        self.scenario,
                        "groups",
                        group,
                        self.places.codes[p],
                        self.years[y],
                        *values,
                        entry,
                    )

    def moved(self, place: int, year: int, groups: Collection[str]) -> Entry | None:
        """The entry that put a place into one of some groups, or out of it."""
        return last_holding(
            (layer for layer in self.group_layers if layer.entry.group in groups), place, year
        )

    def readings(self) -> Iterator[Change]:
        was, now = (
            chosen_readings(each.standard, each.scenario) for each in (self.before, self.after)
        )
        for code, option in now.items():
            if code in was and was[code] != option:
                yield Change(
                    self.scenario,
                    "readings",
                    code,
                    "",
                    None,
                    Text(was[code], was[code]),
                    Text(option, option),
                    None,
                )

    def rates(self) -> Iterator[Change]:
        old = {code: i for i, code in enumerate(self.before.standard.lines)}
        for i, line in enumerate(self.after.standard.lines.values()):
            if line.is_amount:
                continue
            now = self.after.unit[i, self.speaker]
            was = (
                self.before.unit[old[line.code], self.speaker]
                if line.code in old
                else np.full(now.shape, np.nan)
            )
            layers = [
                layer
                for below in (True, False)
                for layer in rate_layers(self.scenario, line.code, line.accrual, below)
            ]
            yield from self.cells(
                "rates",
                line.code,
                was,
                now,
                layers,
                SLOTS,
                added=_addition(line) if line in self.added else None,
            )

    def splits(self) -> Iterator[Change]:
        numbers: dict[Hashable, int] = {}
        words: list[Text] = []

        def numbered(applied: Applied) -> tuple[Ints, Ints]:
            """The number of the leaf in force, equal where leaves share alike, and that of its
            words as its own rule states it.
            """
            of_leaf = np.array(
                [numbers.setdefault(leaf.key(), len(numbers)) for leaf in applied.rules.leaves]
            )
            stated = len(words) + applied.rules.way[:, self.speaker]
            words.extend(
                Text(*(way.leaf.words(lang, applied.standard.payers) for lang in LANGS))
                for way in applied.rules.ways
            )
            return np.asarray(of_leaf[applied.rules.leaf[:, self.speaker]]), stated

        (was_all, was_words), (now_all, now_words) = numbered(self.before), numbered(self.after)
        old = {code: i for i, code in enumerate(self.before.standard.lines)}
        layers = split_layers(self.scenario)
        for i, line in enumerate(self.after.standard.lines.values()):
            if line.code in old and (was_all[old[line.code]] != now_all[i]).any():
                mine = [
                    layer
                    for layer in layers
                    if layer.entry.line == line.code
                    or (layer.entry.line is None and layer.entry.item == line.item)
                ]
                said = was_words[old[line.code]]
                was, now = (
                    said.astype(np.float64),
                    np.where(was_all[old[line.code]] == now_all[i], said, now_words[i]).astype(
                        np.float64
                    ),
                )
                groups = self.groups_named(old[line.code], i)
                yield from self.cells(
                    "splits", line.code, was, now, mine, show=lambda n: words[int(n)], groups=groups
                )

    def groups_named(self, before: int, after: int) -> set[str]:
        """The groups by which the rules of a line tell places apart, before and after."""
        ways = (
            (rules, way)
            for rules, i in ((self.before.rules, before), (self.after.rules, after))
            for way in set(rules.way[i].ravel().tolist())
        )
        return {
            code
            for rules, way in ways
            for step in rules.ways[way].path
            if isinstance(step, When)
            for code in step.where
        }

    def bases(self) -> Iterator[Change]:
        layers = base_layers(self.scenario)
        keys = tuple(dict.fromkeys((*self.before.base_keys, *self.after.base_keys)))
        (was, phased), (now, phasing) = (each.bases(keys) for each in (self.before, self.after))
        for n, (item, code) in enumerate(keys):
            known = ~(np.isnan(was[n]) & np.isnan(now[n]))
            for y in np.flatnonzero(
                known & (_differ(was[n], now[n]) | (phased[n] != phasing[n]))
            ).tolist():
                mine = [layer for layer in layers if layer.entry.item == item]
                entry = self.cause(mine, self.places.index[code], self.years[y])
                values = _base_value(was[n, y], phased[n, y]), _base_value(now[n, y], phasing[n, y])
                yield Change(self.scenario, "bases", str(item), code, self.years[y], *values, entry)

    def series(self, kind: str, before: Projection, after: Projection) -> Iterator[Change]:
        layers = [*self.after.projected_by, *factor_layers(self.scenario)]
        for name in after.series:
            now = after.select((name,), self.years)[0][self.named]
            was = (
                before.select((name,), self.years)[0][self.named]
                if name in before.series
                else np.full(now.shape, np.nan)
            )
            added = (
                next((_addition(line) for line in self.added if line.beneficiary == name), None)
                if name not in before.series
                else None
            )
            yield from self.cells(
                kind,
                name,
                was,
                now,
                [layer for layer in layers if layer.entry.beneficiary == name],
                added=added,
            )

    def cause(
        self,
        layers: Sequence[Layer[Any]],
        place: int,
        year: int,
        unit: int = 1,
        groups: Collection[str] = (),
    ) -> Entry | None:
        """The entry in force in a place; where there is none, the one that moved the place in or
        out of a group that entries or rules name.
        """
        named = {code for layer in layers for code in layer.entry.where}.union(groups)
        return last_holding(layers, place, year, unit) or self.moved(place, year, named)

    def cells(
        self,
        kind: str,
        name: str,
        was: Floats,
        now: Floats,
        layers: Sequence[Layer[Any]],
        unit: int = 1,
        show: Callable[[float], Value] = lambda value: None if np.isnan(value) else float(value),
        groups: Collection[str] = (),
        added: Addition | None = None,
    ) -> Iterator[Change]:
        """The cells (place, year) over the named places that differ; ``added`` is where the whole
        row comes from, unless an entry holds.
        """
        for p, y in np.argwhere(_differ(was, now)).tolist():
            place = int(self.speaker[p] if kind in ("rates", "splits") else self.named[p])
            entry = self.cause(layers, place, self.years[y], unit, groups) or added
            code = self.places.codes[self.named[p]]
            yield Change(
                self.scenario,
                kind,
                name,
                code,
                self.years[y],
                show(was[p, y]),
                show(now[p, y]),
                entry,
            )


def _addition(line: Line) -> Addition:
    return Addition(line.at, line.rates[0].clause if line.rates else Clause("user"))


def _differ(was: Floats, now: Floats) -> Mask:
    return np.asarray((was != now) & ~(np.isnan(was) & np.isnan(now)))


def _base_value(limit: float, ended: float) -> Value:
    """A base amount; words where it no longer limits, or not fully."""
    if np.isnan(limit):
        return None
    if np.isinf(limit):
        return Text("取消", "abolished")
    if ended:
        return Text(f"{limit:,.2f}，已退出 {ended:.4g}", f"{limit:,.2f}, ended by {ended:.4g}")
    return float(limit)
