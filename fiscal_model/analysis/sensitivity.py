"""How much each assumption matters: every one moved over its range alone, everything else as it is.
An entry moves to the ends of the range that its author wrote. Without one a number moves by the
spread: rates, base amounts, totals and factors by that part of themselves, growth a year by a tenth
of it in percentage points (a spread of 0.1 is one point either way). A split without a range is not
moved. A supplied series moves as a whole, and a reading to each of its other options.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Generic

from fiscal_model.analysis.partial import Ground, with_entry
from fiscal_model.blocks import (
    ILLUSTRATIVE,
    IN_WAN,
    Block,
    Heading,
    Note,
    Paragraph,
    Shown,
    Table,
    page,
    screen,
    wan,
)
from fiscal_model.calls import answered
from fiscal_model.errors import FiscalModelError, fault
from fiscal_model.extras import check_extra
from fiscal_model.inputs.embedded.english import said
from fiscal_model.inputs.labels import label_of
from fiscal_model.inputs.model import Cells, Inputs
from fiscal_model.inputs.tables import TABLES
from fiscal_model.language import spoken
from fiscal_model.periods import Moment
from fiscal_model.progress import watched
from fiscal_model.results.accounts import booked_in
from fiscal_model.results.result import R, Result
from fiscal_model.scenario.entries import Entry
from fiscal_model.scenario.entries.numbers import LEAST_GROWTH
from fiscal_model.scenario.layers import items_of_reading
from fiscal_model.scenario.model import Scenario
from fiscal_model.standard.clause import Clause
from fiscal_model.standard.names import PAYER
from fiscal_model.standard.payers import Payers
from fiscal_model.standard.words import split_yaml
from fiscal_model.vocabulary import (
    COVERED,
    LANGS,
    READING,
    Lang,
    Text,
    joined,
    labelled,
    listed,
    together,
)

if TYPE_CHECKING:
    import pandas as pd

    from fiscal_model.charts.of_results import SensitivityPlot

NOTHING: Final = 0.005
"""Yuan: a total that moves by less does not move."""
SERIES: Final = {
    "beneficiaries": "counts",
    "amounts": "amounts",
    "bases_2015": "bases",
    "rates": "rates",
    "minimum_wage": "wages",
    "vital_rates": "vital_rates",
}
"""Input tables whose series are moved, and what the inputs call the cells of each."""
NO_RANGE: Final = Text("没有写明可能的范围（range）", "no range is stated")
NO_NUMBER: Final = Text("没有可上下变动的数值", "it holds no number to move")
FOLLOWS: Final = Text(
    "随填报的数列变动，该数列另作变动", "it follows a supplied series, which is moved itself"
)

Value = float | str
"""A value as shown: a number, or words (a split, an option, a multiple such as ×0.9)."""


@dataclass(frozen=True)
class Bar:
    """One assumption moved to two values, and the change of each payer's total over the years, in
    yuan.

    ``shown`` are the values in words: with their units, splits and readings as they are called;
    ``clause`` is on what the present one rests. Where a reading is moved, ``low`` is the option in
    force, which changes nothing.
    """

    assumption: str
    kind: str
    label: Text
    low: Value
    high: Value
    change_low: dict[str, float]
    change_high: dict[str, float]
    shown: tuple[Text, Text]
    clause: Clause
    payers: Payers = field(repr=False)

    def changes(self, payer: str) -> tuple[float, float]:
        """The change of a payer's total at either value; the payer by code or name."""
        code = self.payers.names.code(payer)
        return self.change_low.get(code, 0.0), self.change_high.get(code, 0.0)

    def swing(self, payer: str) -> float:
        """The width in yuan of what the payer's total runs through, the present one included."""
        ends = (0.0, *self.changes(payer))
        return max(ends) - min(ends)


@dataclass(frozen=True)
class NotVaried:
    """An assumption that is left as it is, and why."""

    assumption: str
    label: Text
    why: Text


@answered
@dataclass(frozen=True, repr=False)
class Sensitivity(Shown, Generic[R]):
    """Every assumption of ``base`` moved alone, and what that changes in one ``account``. ``bars``
    are in the order of the scenario, the inputs and the readings.
    """

    base: R
    account: str
    spread: float
    payers: tuple[str, ...]
    bars: tuple[Bar, ...]
    not_varied: tuple[NotVaried, ...]

    @property
    def moves_nothing(self) -> tuple[Bar, ...]:
        """The bars that change no payer's total."""
        return tuple(
            bar for bar in self.bars if all(bar.swing(payer) < NOTHING for payer in self.payers)
        )

    def ranked(self, payer: str, top: int = 10) -> tuple[Bar, ...]:
        """The assumptions that move a payer's total most, the widest first; those that do not move
        it are left out.

        Raises:
            FiscalModelError: nothing is known of the payer.

        """
        code = self.base.standard.names.among(PAYER).only(self.payers).code(payer)
        moving = [bar for bar in self.bars if bar.swing(code) >= NOTHING]
        return tuple(sorted(moving, key=lambda bar: -bar.swing(code))[: max(top, 0)])

    @property
    def plot(self) -> SensitivityPlot:
        """Charts of this: ``sensitivity.plot.tornado()``."""
        check_extra("charts")
        from fiscal_model.charts.of_results import SensitivityPlot

        return SensitivityPlot(self)

    def to_dataframe(self) -> pd.DataFrame:
        """A row an assumption and payer: assumption, kind, label_zh, label_en, low, high, payer,
        change_low, change_high, swing (yuan).
        """
        import pandas as pd

        rows = [
            (
                bar.assumption,
                bar.kind,
                *bar.label,
                bar.low,
                bar.high,
                payer,
                *bar.changes(payer),
                bar.swing(payer),
            )
            for bar in self.bars
            for payer in self.payers
        ]
        names = [
            "assumption",
            "kind",
            "label_zh",
            "label_en",
            "low",
            "high",
            "payer",
            "change_low",
            "change_high",
            "swing",
        ]
        return pd.DataFrame(rows, columns=names)

    def blocks(self, lang: Lang, payer: str | None = None, top: int = 10) -> Iterator[Block]:
        """The tornado of one payer, or of each level of government, in 10,000 yuan, and what is not
        moved and why.
        """
        yield Heading(self._title(lang))
        if self.base.inputs.illustrative:
            yield Note(ILLUSTRATIVE.to(lang))
        how = Text(
            "每次只变动一个假设，列出合计的变化",
            "one assumption moved at a time, and how the total changes",
        )
        yield Paragraph(how.to(lang))
        payers = self.base.standard.payers
        asked = payer and self.base.standard.names.among(PAYER).only(self.payers).code(payer)
        for code in [asked] if asked else (each for each in payers.levels if each in self.payers):
            if ranking := self.ranked(code, top):
                yield _tornado(payers[code].name.to(lang), ranking, code, lang)
        idle = len(self.moves_nothing)
        still = Text(f"{idle} 个假设不改变任何合计", f"{idle} assumptions change no total")
        yield Paragraph(still.to(lang))
        for why in dict.fromkeys(each.why for each in self.not_varied):
            alike = [_stated(each, lang) for each in self.not_varied if each.why == why]
            head = Text(f"未变动 {len(alike)} 个，{why.zh}", f"{len(alike)} not moved, {why.en}")
            yield Paragraph(labelled(head.to(lang), listed(alike, lang), lang))

    def html(self, lang: Lang | None = None, top: int = 10) -> str:
        """The same for each level of government, as HTML."""
        return page(self.blocks(spoken(lang), top=top))

    def text(self, lang: Lang | None = None, payer: str | None = None, top: int = 10) -> str:
        """The same in lines, in 10,000 yuan."""
        return screen(self.blocks(spoken(lang), payer, top))

    def _title(self, lang: Lang) -> str:
        base = self.base
        about = (
            base.scenario.title.to(lang),
            base.inputs.title.to(lang),
            COVERED[self.account].to(lang),
            together(base.years, lang),
        )
        return " · ".join(about) + IN_WAN.to(lang)


def _tornado(name: str, bars: Sequence[Bar], payer: str, lang: Lang) -> Table:
    """How each of some assumptions moves the total of a payer of that name."""
    rows, told = [], [labelled(name, "", lang).rstrip()]
    for n, bar in enumerate(bars, 1):
        low, high = (words.to(lang) for words in bar.shown)
        down, up = bar.changes(payer)
        rows.append((bar.label.to(lang), low, wan(down, signed=True), high, wan(up, signed=True)))
        moves = f"{low} → {down / 1e4:+,.2f} / {high} → {up / 1e4:+,.2f}"
        told.append(f"  {n}. {labelled(_stated(bar, lang), moves, lang)}")
    heads = (name, Text("低值", "low").to(lang), "", Text("高值", "high").to(lang), "")
    return Table(heads, rows, told=told)


def _stated(assumption: Bar | NotVaried, lang: Lang) -> str:
    """What an assumption is called, and the file and line where it is an entry of a scenario."""
    _, entry, at = assumption.assumption.partition("@")
    if not entry:
        return assumption.label.to(lang)
    file, number, _ = at.rsplit(":", 2)
    name = Path(file).name
    return assumption.label.to(lang) + Text(
        f"（{name} 第{number}行）", f" ({name}, line {number})"
    ).to(lang)


def sensitivity(
    base: R,
    spread: float,
    account: str | None,
    bases: Collection[str] = ("assumption", "user"),
) -> Sensitivity[R]:
    """See :func:`fiscal_model.sensitivity`; entries and series are moved that rest on one of
    ``bases``.
    """
    if not 0 < spread < 1:
        raise fault("", "spread-not-a-part", spread=spread)
    covered = base.covered(account)
    ground, by = Ground.of(base), Decimal(str(spread))
    moves = chain(
        _entry_moves(ground, by, bases), _series_moves(ground, by, bases), _reading_moves(ground)
    )
    found = [
        _bar(ground, each, covered.account, _acts(base, each)) if isinstance(each, _Move) else each
        for each in watched(moves)
    ]
    bars = tuple(each for each in found if isinstance(each, Bar))
    moving = (
        payer
        for bar in bars
        for change in (bar.change_low, bar.change_high)
        for payer, yuan in change.items()
        if yuan
    )
    charged = ({*base.payers} - covered.elsewhere).union(moving)
    payers = tuple(payer for payer in base.standard.payers if payer in charged)
    not_varied = tuple(each for each in found if isinstance(each, NotVaried))
    return Sensitivity(base, covered.account, spread, payers, bars, not_varied)


@dataclass(frozen=True)
class _End:
    """One value of an assumption, also in words, and the scenario or the inputs that have it;
    neither where it is the one in force.
    """

    value: Value
    words: Text
    scenario: Scenario | None = None
    inputs: Inputs | None = None


@dataclass(frozen=True)
class _Move:
    """An assumption to be moved to two values, the items that it can touch, and the first year in
    which it can.
    """

    assumption: str
    kind: str
    label: Text
    clause: Clause
    items: frozenset[int]
    first_year: int
    low: _End
    high: _End


def _acts(base: Result, move: _Move) -> bool:
    """Whether anything is costed that an assumption could move."""
    if move.first_year > base.years[-1]:
        return False
    return bool(base.costed[[line.item in move.items for line in base.lines]].any())


def _bar(ground: Ground, move: _Move, account: str, acts: bool) -> Bar | NotVaried:
    """The changes of the payers' totals, none where it acts on nothing; a value that the rules or
    the other data do not allow cannot be moved to.
    """
    try:
        low, high = (
            _change(ground, move.items, end, account) if acts else {}
            for end in (move.low, move.high)
        )
    except FiscalModelError as error:
        said = error.faults[0].message
        zh, en = said.to("zh"), said.to("en")
        return NotVaried(
            move.assumption,
            move.label,
            Text(f"变动后无法测算（{zh}）", f"it cannot be costed when moved ({en})"),
        )
    return Bar(
        move.assumption,
        move.kind,
        move.label,
        move.low.value,
        move.high.value,
        low,
        high,
        (move.low.words, move.high.words),
        move.clause,
        ground.standard.payers,
    )


def _change(ground: Ground, items: frozenset[int], end: _End, account: str) -> dict[str, float]:
    """The change of every payer's total in an account, in yuan."""
    if end.scenario is None and end.inputs is None:
        return {}
    before, after = (
        _totals(each, account)
        for each in (ground.part(items), ground.part(items, end.scenario, end.inputs))
    )
    return {
        payer: after.get(payer, 0.0) - before.get(payer, 0.0)
        for payer in ground.standard.payers
        if payer in before or payer in after
    }


def _totals(budget: Result, account: str) -> dict[str, float]:
    return dict(
        zip(
            budget.payers,
            budget.amounts[:, booked_in(budget.lines, account)].sum(axis=(1, 2, 3)).tolist(),
            strict=True,
        )
    )


def _entry_moves(
    ground: Ground, by: Decimal, bases: Collection[str]
) -> Iterator[_Move | NotVaried]:
    """Entries that rest on one of some bases, or whose author gives a range."""
    for entry in (entry for each in ground.scenario.chain() for entry in each.entries):
        if entry.alternatives or entry.clause.basis in bases:
            yield from _moves_of(ground, entry, by)


def _moves_of(ground: Ground, entry: Entry, by: Decimal) -> Iterator[_Move | NotVaried]:
    """An entry at the ends of its range, and each of its other numbers moved by the spread."""
    key = f"{entry.kind}:{[part for part in entry.target if part is not None][-1]}@{entry.at}"
    numbers = [name for name in entry.numbers if _is_number(getattr(entry, name))]
    stated = _ranged(entry)
    ways = {stated: entry.alternatives} if stated else {}
    for name in numbers:
        ways.setdefault(
            name,
            tuple(
                replace(entry, **{name: _moved(getattr(entry, name), name, sign * by)})
                for sign in (-1, 1)
            ),
        )
    if not ways:
        no_number = NO_NUMBER if entry.numbers or not entry.ranged else NO_RANGE
        why = FOLLOWS if entry.follows_series else no_number
        yield NotVaried(key, _entry_label(ground, entry), why)
    for name, (low, high) in ways.items():
        ends = (
            _End(
                _value(each, name, sign * by),
                _words(ground, each, name, sign * by),
                with_entry(ground.scenario, entry, each),
            )
            for sign, each in ((-1, low), (1, high))
        )
        # An entry may hold a number and a factor on the result: two assumptions.
        also = f".{name}" if len(ways) > 1 and name == "factor" else ""
        yield _Move(
            f"{key}{also}",
            entry.kind,
            _entry_label(ground, entry, name),
            entry.clause,
            entry.items(ground.standard, ground.scenario.following_the_population),
            entry.first_year,
            *ends,
        )


def _is_number(value: Any) -> bool:
    return isinstance(value, Decimal) or (isinstance(value, tuple) and bool(value))


def _ranged(entry: Entry) -> str:
    """The field in which the alternatives of an entry differ from it; empty without a range."""
    return next(
        (
            name
            for name in entry.ranged
            for each in entry.alternatives
            if getattr(each, name) != getattr(entry, name)
        ),
        "",
    )


def _moved(value: Any, name: str, by: Decimal) -> Any:
    """A number moved by a part of itself, growth by a tenth of that in percentage points; of
    numbers by year, each.
    """
    if name == "growth":
        return max(value + by / 10, LEAST_GROWTH)
    if isinstance(value, tuple):
        return tuple((year, number * (1 + by)) for year, number in value)
    return value * (1 + by)


def _value(entry: Entry, name: str, by: Decimal) -> Value:
    """What is shown of an entry: its number or its split; of numbers by year, what they are
    multiplied by.
    """
    value = getattr(entry, name)
    if isinstance(value, Decimal):
        return float(value)
    return _times(by) if isinstance(value, tuple) else split_yaml(value)


def _words(ground: Ground, entry: Entry, name: str, by: Decimal) -> Text:
    """The same in words: a number with its unit, a split as it is called."""
    if isinstance(getattr(entry, name), tuple):
        return Text(_times(by), _times(by))
    return entry.said(name, ground.standard)


def _times(by: Decimal) -> str:
    return f"×{(1 + by).normalize():f}"


def _span(entry: Entry) -> Text:
    """The time an entry holds for."""
    start, end = (moment and _moment(moment) for moment in (entry.start, entry.end))
    if start and end:
        return Text(f" {start}至{end}", f" from {entry.start} to {entry.end}")
    if start:
        return Text(f" {start}起", f" from {entry.start}")
    return Text(f" 至{end}", f" to {entry.end}") if end else Text("", "")


def _moment(moment: Moment) -> str:
    """A year, a month or a term in Chinese."""
    term = {"spring": "春季学期", "autumn": "秋季学期"}.get(moment.term or "", "")
    return f"{moment.year}年{term or (f'{moment.month}月' if moment.month else '')}"


def _entry_label(ground: Ground, entry: Entry, moved: str = "") -> Text:
    """What an entry changes, or the number of it that is moved, and the time it holds for."""
    title, span = entry.title(ground.standard, moved), _span(entry)
    return Text(title.zh + span.zh, title.en + span.en)


def _series_moves(
    ground: Ground, by: Decimal, bases: Collection[str]
) -> Iterator[_Move | NotVaried]:
    """Each supplied series of which anything rests on one of some bases, as a whole."""
    for table, name in SERIES.items():
        cells = getattr(ground.inputs, name)
        for number, series in enumerate(cells.series):
            rows = cells.row[cells.series_at == number].tolist()
            if not any(cells.rows.note(row, "basis", "user") in bases for row in rows):
                continue
            items = ground.items_of_series(table, series)
            if not items:  # nothing that is costed asks for it
                continue
            ends = (
                _End(
                    _times(each),
                    Text(_times(each), _times(each)),
                    inputs=_scaled(ground.inputs, table, cells.column, rows, float(1 + each)),
                )
                for each in (-by, by)
            )
            key = f"{table}:{series}" if series else table
            label, clause = _series_label(ground, table, series), _series_clause(cells, rows)
            yield _Move(key, table, label, clause, items, 0, *ends)
    for table in ("overlaps", "local_split"):
        if len(ground.inputs.tables.get(table, ())):
            yield NotVaried(table, TABLES[table].label, NO_RANGE)


def _scaled(inputs: Inputs, table: str, column: str, rows: list[int], factor: float) -> Inputs:
    """The inputs with some values of a table multiplied."""
    values = list(inputs.tables[table].columns[column])
    for row in rows:
        values[row] = values[row] * factor
    return inputs.with_column(table, column, values)


def _series_clause(cells: Cells, at: Sequence[int]) -> Clause:
    """What the rows of a series rest on: the first row's basis, and all that they say of
    themselves, each thing once.
    """
    rows = cells.rows
    assert rows is not None  # a series has rows
    told = dict.fromkeys(rows.note(row, name) for name in ("source", "note") for row in at)
    words = (joined((said(each, lang) for each in told if each), lang) for lang in LANGS)
    return Clause(rows.note(at[0], "basis", "user"), source=Text(*words))


def _series_label(ground: Ground, table: str, series: str) -> Text:
    """The table and the name of a series."""
    standard, (zh, en) = ground.standard, TABLES[table].label
    if series in standard.beneficiaries:
        name = standard.beneficiaries[series].name
    elif table == "amounts" or series in standard.lines:
        name = label_of("any_line", series, standard)
    elif table == "bases_2015":
        name = Text(f"第{series}项", f"item {series}")
    else:
        name = Text(series, series)
    return Text(f"{zh} {name.zh}".strip(), f"{en}: {name.en}" if series else en)


def _reading_moves(ground: Ground) -> Iterator[_Move]:
    """Every other option of each reading."""
    for code, reading in ground.standard.readings.items():
        chosen = ground.scenario.reading(code, reading.default)
        for option in reading.options:
            if option != chosen:
                changed = replace(
                    ground.scenario, readings={**ground.scenario.readings, code: option}
                )
                label = Text(
                    f"口径 {code} {reading.question.zh}", f"reading {code}, {reading.question.en}"
                )
                ends = (
                    _End(chosen, reading.options[chosen]),
                    _End(option, reading.options[option], changed),
                )
                yield _Move(
                    f"reading:{code}={option}",
                    "reading",
                    label,
                    Clause(READING, source=reading.reason(chosen)),
                    items_of_reading(ground.standard, ground.scenario, code),
                    0,
                    *ends,
                )
