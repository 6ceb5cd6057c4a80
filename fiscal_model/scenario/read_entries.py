"""Reads the entries of a scenario file against its standard."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from fiscal_model.arrays import Mask
from fiscal_model.errors import Faults
from fiscal_model.inputs.cells import SEX_WORDS
from fiscal_model.periods import FIRST_YEAR, LAST_YEAR, Moment, read_moment
from fiscal_model.scenario.habits import HABITS, plain_ages
from fiscal_model.scenario.model import (
    BaseEntry,
    Cohort,
    CountEntry,
    Entry,
    GroupEntry,
    RateEntry,
    SplitEntry,
    VitalEntry,
)
from fiscal_model.standard.clause import Clause
from fiscal_model.standard.kinds.reading import SplitContext, source_of
from fiscal_model.standard.names import BENEFICIARY, GROUP, ITEM, LINE, QUESTION
from fiscal_model.standard.read_split import read_split, read_where
from fiscal_model.standard.rules import Standard
from fiscal_model.strict_yaml import Node
from fiscal_model.vocabulary import BASES

WHEN = ("where", "from", "to", "source", "basis", "note")
MOST_YUAN, MOST_PERSONS, LARGEST_FACTOR, OLDEST = 10**15, 10**10, 1000, 120
LEAST_GROWTH, MOST_GROWTH = Decimal("-0.99"), 1
AnyEntry = TypeVar("AnyEntry", bound=Entry)
_AGES = re.compile(r"(\d{1,3})(?:-(\d{1,3})|(\+))?")


class When(NamedTuple):
    """The parts that every entry shares, in the order of :class:`Entry`."""

    where: tuple[str, ...]
    mask: Mask
    start: Moment | None
    end: Moment | None
    clause: Clause


class EntryReader:
    """Reads one file's entries; what is wrong is noted and the entry left out."""

    def __init__(self, standard: Standard, faults: Faults) -> None:
        self.standard, self.faults = standard, faults
        self.options = {code: reading.options for code, reading in standard.readings.items()}
        self.items, self.lines, self.beneficiaries = (
            standard.names.among(ITEM),
            standard.names.among(LINE),
            standard.names.among(BENEFICIARY),
        )

    def entries(
        self, parts: Mapping[str, Node], name: str, read: Callable[[Node], AnyEntry | None]
    ) -> tuple[AnyEntry, ...]:
        """The entries of one list, held against one another."""
        found = (
            tuple(entry for node in parts[name].items() if (entry := read(node)))
            if name in parts
            else ()
        )
        self.no_conflict(found)
        return found

    def readings(self, parts: Mapping[str, Node]) -> dict[str, str]:
        """The options chosen."""
        chosen: dict[str, str] = {}
        for node in parts["readings"].entries().values() if "readings" in parts else ():
            known = (node.key or node).one_of(
                self.standard.names.among(QUESTION), "口径", "reading"
            )
            if known in chosen:
                (node.key or node).fault(
                    f"口径“{known}”写了两次", f"reading '{known}' stands twice"
                )
            elif known and (
                option := node.one_of(
                    self.options[known], f"口径 {known} 的选项", f"option of reading {known}"
                )
            ):
                chosen[known] = option
        return chosen

    def rate(self, node: Node) -> RateEntry | None:
        """A unit rate, or the growth or index that it follows from ``from`` on."""
        ways = ("rate", "growth", "index")
        parts = node.mapping(("line",), (*ways, "step", "range", *WHEN))
        way = self.one_way(node, parts, ways)
        if "line" not in parts or way is None:
            return None
        code = parts["line"].one_of(self.lines, "支出项", "line")
        when = self.when(parts, yearly=way != "rate")
        self.needs_start(parts, way if way != "rate" else "")
        rate = parts["rate"].number(0, 10**9, "yuan") if way == "rate" else None
        growth = self.growth(parts["growth"]) if way == "growth" else None
        index = self.index(parts["index"], when.start) if way == "index" else None
        step = parts["step"].number(0, 10**9, "yuan") if "step" in parts else None
        if "step" in parts and (way == "rate" or step == 0):
            parts["step"].fault(
                "“step”是 growth 或 index 所得标准的取整单位，应大于 0",
                "'step' rounds what growth or index gives; above 0",
            )
        line = self.standard.lines.get(code or "")
        if line is None or (rate is None and growth is None and index is None):
            return None
        if line.is_amount:
            parts["line"].fault(
                f"支出项“{code}”按金额填报，没有补助标准",
                f"line '{code}' is an amount and has no rate",
            )
        if line.accrual != "school_months" and any(
            moment and moment.term for moment in (when.start, when.end)
        ):
            (parts.get("from") or node).fault(
                "只有按学年的补助标准才能用学期起止", "only a school rate may start with a term"
            )
        entry = RateEntry(node.at, *when, (), line.code, rate, growth, index, step)
        return self.with_range(
            entry,
            parts,
            way,
            lambda part: part.number(0, 10**9, "yuan") if way == "rate" else self.growth(part),
        )

    def index(
        self, node: Node, start: Moment | None
    ) -> tuple[tuple[int, Decimal], ...] | str | None:
        """A multiple of the rate before the start by year, or the name of a supplied series."""
        if isinstance(node.value, str):
            return node.one_of(
                self.standard.indexes, "指数（或写各年倍数）", "index (or multiples by year)"
            )
        points = self.by_year(node, Decimal("0.001"), LARGEST_FACTOR, "ratio")
        if points and start and points[0][0] < start.year:
            node.fault(
                f"指数的年份不能早于“from”（{start}）",
                f"an index year cannot lie before 'from' ({start})",
            )
        return points or None

    @staticmethod
    def factor(node: Node) -> Decimal | None:
        return node.number(0, LARGEST_FACTOR, "ratio")

    @staticmethod
    def growth(node: Node) -> Decimal | None:
        """Growth a year; a plain number beyond 1 is a percentage whose sign was forgotten."""
        value, word = node.number(kind="ratio"), node.text()
        if value is not None and abs(value) > 1 and "%" not in word and "％" not in word:
            right = f"{(value / 100).normalize():f}"
            node.fault(
                f"“{word}”：growth 是每年的比率，{value}% 写 {right}",
                f"'{word}': growth is a ratio a year: write {right} for {value}%",
            )
            return None
        return value if value is None else node.number(LEAST_GROWTH, MOST_GROWTH, "ratio")

    @staticmethod
    def by_year(
        node: Node, least: Decimal | int, most: int, kind: str
    ) -> tuple[tuple[int, Decimal], ...]:
        """Numbers by year, ascending."""
        found: dict[int, Decimal] = {}
        for written, part in node.entries().items():
            key = part.key or part
            year = HABITS["year"].plain(written)
            if not (year.isdecimal() and FIRST_YEAR <= int(year) <= LAST_YEAR):
                limits = f"{FIRST_YEAR}–{LAST_YEAR}"
                key.fault(
                    f"“{written}”不是 {limits} 之间的年份",
                    f"'{written}' is no year within {limits}",
                )
            elif int(year) in found:
                key.fault(f"{year} 年重复", f"the year {year} stands twice")
            elif (value := part.number(least, most, kind)) is not None:
                found[int(year)] = value
        if not node.value:
            node.fault("至少写一年", "give at least one year")
        return tuple(sorted(found.items()))

    def split(self, node: Node) -> SplitEntry | None:
        """A split."""
        parts = node.mapping(("split",), ("item", "line", "range", *WHEN))
        if ("item" in parts) == ("line" in parts):
            node.fault("应写“item”或“line”之一", "state one of 'item' and 'line'")
            return None
        item, line = self.target(parts)
        when = self.when(parts, yearly=True)
        if item is None or "split" not in parts:
            return None
        lines = {
            each.code: each for each in self.standard.items[item].lines if line in (None, each.code)
        }
        conditions = {each.condition for each in lines.values()} - {""}
        context = SplitContext(
            self.standard.places,
            self.lines.only(lines),
            conditions,
            self.options,
            "",
            "user",
            kinds=self.standard.kinds,
            payers=self.standard.payers,
            asked=self.standard.names.among(QUESTION),
        )
        split = read_split(parts["split"], context)
        if split is None:
            return None
        entry = SplitEntry(node.at, *when, (), item, line, split)
        return self.with_range(entry, parts, "split", lambda part: read_split(part, context))

    def target(self, parts: Mapping[str, Node]) -> tuple[int | None, str | None]:
        """The item, and the line if one is named."""
        if "item" in parts:
            written = parts["item"].one_of(self.items, "服务项目", "item")
            return (int(written) if written else None), None
        code = parts["line"].one_of(self.lines, "支出项", "line")
        return (self.standard.lines[code].item if code else None), code

    def base(self, node: Node) -> BaseEntry | None:
        """A change of base amounts."""
        ways = ("amount", "factor", "growth", "abolish", "phase_out")
        parts = node.mapping(("item",), (*ways, "range", *WHEN))
        way = self.one_way(node, parts, ways)
        if "item" not in parts or way is None:
            return None
        item, _ = self.target(parts)
        numbers = {
            "amount": parts["amount"].number(0, MOST_YUAN, "yuan") if way == "amount" else None,
            "factor": self.factor(parts["factor"]) if way == "factor" else None,
            "growth": self.growth(parts["growth"]) if way == "growth" else None,
        }
        years = parts["phase_out"].whole(1, 100, "years") if way == "phase_out" else None
        abolish = way == "abolish" and parts["abolish"].flag()
        if way == "abolish" and not abolish:
            parts["abolish"].fault(
                "“abolish”只能写 true，不取消就不写",
                "'abolish' can only be true; leave it out otherwise",
            )
        self.needs_start(parts, way if way in ("growth", "phase_out") else "")
        when = self.when(parts, yearly=True)
        if item is None:
            return None
        entry = BaseEntry(
            node.at,
            *when,
            (),
            item,
            numbers["amount"],
            numbers["factor"],
            numbers["growth"],
            abolish,
            years,
        )
        reads = {
            "amount": lambda part: part.number(0, MOST_YUAN, "yuan"),
            "factor": self.factor,
            "growth": self.growth,
        }
        return self.with_range(entry, parts, way, reads.get(way, self.factor))

    def count(self, node: Node) -> CountEntry | None:
        """How a beneficiary goes on, and a factor."""
        ways = ("growth", "target", "series", "cohort")
        parts = node.mapping(("beneficiary",), (*ways, "by", "factor", "range", *WHEN))
        if "beneficiary" not in parts:
            return None
        code = parts["beneficiary"].one_of(self.beneficiaries, "受益对象", "beneficiary")
        stated = [way for way in ways if way in parts]
        if len(stated) > 1 or not (stated or "factor" in parts):
            node.fault(
                f"应写 {'、'.join(ways)} 之一，或 factor",
                f"state one of {', '.join(ways)}, or factor",
            )
        if ("target" in parts) != ("by" in parts):
            node.fault(
                "“target”与“by”（哪一年达到）应同时出现",
                "'target' and 'by' (the year it is reached) go together",
            )
        growth = self.growth(parts["growth"]) if "growth" in parts else None
        factor = self.factor(parts["factor"]) if "factor" in parts else None
        when = self.when(parts, yearly=True)
        if not code or len(stated) > 1:
            return None
        cohort = self.cohort(parts["cohort"]) if "cohort" in parts else None
        entry = CountEntry(node.at, *when, (), code, growth, self.points(parts), cohort, factor)
        way = next((each for each in ("growth", "factor") if each in parts), "")
        return self.with_range(entry, parts, way, self.growth if way == "growth" else self.factor)

    def points(self, parts: Mapping[str, Node]) -> tuple[tuple[int, Decimal], ...]:
        """Totals by year: a series, or the one to be reached."""
        if "series" in parts:
            return self.by_year(parts["series"], 0, MOST_PERSONS, "persons")
        if "target" not in parts or "by" not in parts:
            return ()
        total, year = (
            parts["target"].number(0, MOST_PERSONS, "persons"),
            parts["by"].whole(FIRST_YEAR, LAST_YEAR, "year"),
        )
        return ((year, total),) if total is not None and year is not None else ()

    def cohort(self, node: Node) -> Cohort | None:
        """Ages as ``6-11``, ``7`` or ``90+``, a sex if only one counts, and the ratios to multiply
        by.
        """
        parts = node.mapping(("ages",), ("sex", "ratios"))
        if "ages" not in parts:
            return None
        written = parts["ages"].text()
        match = _AGES.fullmatch(plain_ages(written))
        first, last = (
            (int(match[1]), None if match[3] else int(match[2] or match[1])) if match else (0, 0)
        )
        if not match or first > OLDEST or (last is not None and not first <= last <= OLDEST):
            parts["ages"].fault(
                f"“{written}”不是年龄：应为 7、6-11 或 90+",
                f"'{written}' is no age: write 7, 6-11 or 90+",
            )
            return None
        sex = parts["sex"].one_of(SEX_WORDS, "性别", "sex") or "" if "sex" in parts else "both"
        ratios = tuple(part.text() for part in parts["ratios"].items()) if "ratios" in parts else ()
        return Cohort(first, last, sex, ratios)

    def vital_rate(self, node: Node) -> VitalEntry | None:
        """A rate of the population's movement or a ratio."""
        ways = ("value", "factor")
        parts = node.mapping(("rate",), (*ways, "range", *WHEN))
        way = self.one_way(node, parts, ways)
        when = self.when(parts, yearly=True)
        if "rate" not in parts or way is None:
            return None
        limits: tuple[Decimal | int, Decimal | int] = (
            (Decimal(-1), 100) if way == "value" else (0, LARGEST_FACTOR)
        )
        number = parts[way].number(*limits, "ratio")
        value, factor = (number, None) if way == "value" else (None, number)
        entry = VitalEntry(node.at, *when, (), parts["rate"].text(), value, factor)
        return (
            self.with_range(entry, parts, way, lambda part: part.number(*limits, "ratio"))
            if number is not None
            else None
        )

    def group(self, node: Node) -> GroupEntry | None:
        """Places that join a group or leave it."""
        parts = node.mapping(
            ("group",), ("add", "remove", *(key for key in WHEN if key != "where"))
        )
        way = self.one_way(node, parts, ("add", "remove"))
        if "group" not in parts or way is None:
            return None
        code = parts["group"].one_of(self.standard.names.among(GROUP), "地区组", "group")
        when = self.when({**parts, "where": parts[way]}, yearly=True)
        return GroupEntry(node.at, *when, (), code, way == "add") if code and when.where else None

    @staticmethod
    def one_way(node: Node, parts: Mapping[str, Node], ways: tuple[str, ...]) -> str | None:
        """The one of ``ways`` that is stated."""
        stated = [way for way in ways if way in parts]
        if len(stated) != 1:
            node.fault(f"应写 {'、'.join(ways)} 之一", f"state one of {', '.join(ways)}")
            return None
        return stated[0]

    @staticmethod
    def needs_start(parts: Mapping[str, Node], way: str) -> None:
        if way and "from" not in parts:
            parts[way].fault(
                f"“{way}”须写明从哪一年（from）起",
                f"'{way}' needs the year it starts from ('from')",
            )

    def with_range(
        self, entry: AnyEntry, parts: Mapping[str, Node], way: str, read: Callable[[Node], Any]
    ) -> AnyEntry:
        """The entry with its alternatives at the two ends of ``range``."""
        if "range" not in parts:
            return entry
        ends = parts["range"].items()
        if len(ends) != 2 or way in ("", "index", "abolish", "phase_out"):
            parts["range"].fault(
                "“range”是本条数值可能的下限与上限，如 [80,"
                f" 120]{f'（{way} 不适用）' if way in ('index', 'abolish', 'phase_out') else ''}",
                "'range' gives the lowest and the highest value that the entry may have, e.g. [80,"
                " 120]",
            )
            return entry
        values = [read(end) for end in ends]
        if any(value is None for value in values):
            return entry
        return replace(
            entry, alternatives=tuple(replace(entry, **{way: value}) for value in values)
        )

    def when(self, parts: Mapping[str, Node], yearly: bool) -> When:
        """The parts that every entry shares."""
        places = self.standard.places
        where = read_where(parts["where"], places) if "where" in parts else ()
        mask = places.mask(where) if "where" in parts else places.everywhere()
        start, end = (
            self.moment(parts.get("from"), yearly, 1),
            self.moment(parts.get("to"), yearly, 12),
        )
        if start and end and end.end("calendar_months") <= start.start("calendar_months"):
            parts["to"].fault(
                f"“to”（{end}）早于“from”（{start}）", f"'to' ({end}) lies before 'from' ({start})"
            )
        basis = (
            parts["basis"].one_of(BASES, "依据", "basis") if "basis" in parts else None
        ) or "user"
        return When(where, mask, start, end, Clause(basis, source=source_of(parts)))

    def moment(self, node: Node | None, yearly: bool, edge: int) -> Moment | None:
        """A date; one that is no year is refused where things change at a year's start only."""
        if node is None:
            return None
        moment = read_moment(node.text(), node.at, self.faults)
        if moment and yearly and (moment.term or moment.month not in (None, edge)):
            node.fault(
                f"“{moment}”：这类改动只能从年初起、至年末止，请写年份",
                f"'{moment}': this changes at a year's start only, write a year",
            )
        return moment

    def no_conflict(self, entries: Collection[Entry]) -> None:
        """Two entries of one file with the same target and the same start are an error."""
        seen: dict[tuple[object, ...], str] = {}
        for entry in entries:
            for change in changes_of(entry):
                earlier = seen.setdefault(
                    (*entry.target, change, entry.mask.tobytes(), self.starts(entry)), entry.at
                )
                if earlier != entry.at:
                    self.faults.add(
                        entry.at,
                        f"与 {earlier} 对象和起始时间相同",
                        f"has the same target and start as {earlier}",
                    )

    def starts(self, entry: Entry) -> object:
        """When an entry starts, for telling two that start together."""
        if entry.start is None:
            return None
        accrual = (
            self.standard.lines[entry.line].accrual
            if isinstance(entry, RateEntry)
            else "calendar_months"
        )
        return entry.start.start(accrual), entry.start.order


def changes_of(entry: Entry) -> list[str]:
    """The way to project and a factor on the result are two targets, though one entry may state
    both; so are a value and a factor on it.
    """
    if isinstance(entry, CountEntry):
        return [
            name
            for name, stated in (
                ("projection", entry.projects),
                ("factor", entry.factor is not None),
            )
            if stated
        ]
    if isinstance(entry, VitalEntry):
        return ["value" if entry.factor is None else "factor"]
    return [""]
