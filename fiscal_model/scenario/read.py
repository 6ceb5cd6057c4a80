"""Reads scenario files and follows ``extends``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from pathlib import Path

from fiscal_model.arrays import Mask
from fiscal_model.errors import Fault, Faults, FiscalModelError, fault, nearest, shortened
from fiscal_model.periods import FIRST_YEAR, LAST_YEAR, Moment, read_moment, read_years
from fiscal_model.scenario.model import BaseEntry, CountEntry, Entry, RateEntry, Scenario, SplitEntry
from fiscal_model.standard.read import DEFAULT, load_standard, text_of
from fiscal_model.standard.read_split import SplitContext, read_split, read_where
from fiscal_model.standard.rules import Standard
from fiscal_model.standard.splits import Clause
from fiscal_model.strict_yaml import Node, read_yaml
from fiscal_model.vocabulary import BASES, Text

FOUNDATION = "as_written"
AS_WRITTEN = Text("标准原文", "The standard as written")
DEEPEST_CHAIN = 20
_WHEN = ("where", "from", "to", "source", "basis", "note")


def shipped_folder() -> Path:
    """The folder of the shipped scenarios: inside the installed package, or beside it in a checkout."""
    inside = Path(__file__).parents[1] / "scenarios"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "scenarios"


def shipped_scenarios() -> list[str]:
    """The names of the shipped scenarios."""
    return sorted(path.stem for path in shipped_folder().glob("*.yaml"))


def load_scenario(name: str | Path) -> tuple[Scenario, Standard]:
    """A shipped scenario by name or a scenario file by path, and the standard it builds on.

    Raises:
        FiscalModelError: it does not exist, or with every fault of it and of what it extends.

    """
    path = _locate(str(name))
    faults = Faults()
    scenario, standard = _load(path, faults, ())
    faults.raise_if_any()
    return scenario, standard


def _locate(name: str) -> Path:
    path = Path(name)
    if path.suffix in (".yaml", ".yml") or len(path.parts) > 1:
        if not _is_file(path):
            raise fault(shortened(name, 500), "找不到这个情景文件", "there is no such scenario file")
        return path
    known = shipped_scenarios()
    if name not in known:
        hint = nearest(name, known)
        names = "、".join(known)
        raise fault(
            "",
            f"不认识的情景“{name}”{hint.zh}；自带情景：{names}，或给出 .yaml 文件",
            f"unknown scenario '{name}'{hint.en}; shipped: {', '.join(known)}, or give a .yaml file",
        )
    return shipped_folder() / f"{name}.yaml"


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that the system cannot hold
        return False


def _load(path: Path, faults: Faults, above: tuple[Path, ...]) -> tuple[Scenario, Standard]:
    shipped = path.resolve().parent == shipped_folder().resolve()
    root = read_yaml(path, faults, f"{path.stem}.yaml" if shipped else str(path))
    parts = root.mapping(
        ("name",),
        (
            "title",
            "standard",
            "extends",
            "years",
            "horizon",
            "projection",
            "readings",
            "rates",
            "splits",
            "bases",
            "beneficiaries",
            "reason",
            "sources",
            "note",
        ),
    )
    standard = _standard(path, parts.get("standard"), faults)
    parent = _parent(path, parts.get("extends"), standard, shipped, faults, (*above, path.resolve()))
    scenario = _Reader(standard, faults).scenario(root, parts, parent, shipped)
    return scenario, standard


def _standard(path: Path, node: Node | None, faults: Faults) -> Standard:
    """The standard named; after noting that there is none, the default one, so that the rest of the file can be read."""
    if node is None:
        return load_standard()
    try:
        return load_standard(node.text(), path.parent)
    except FiscalModelError as error:
        faults.found += [Fault(each.where or node.at, each.message) for each in error.faults]
        return load_standard()


def _parent(path: Path, node: Node | None, standard: Standard, shipped: bool, faults: Faults, above: tuple[Path, ...]) -> Scenario | None:
    """The extended scenario: a file beside ``path``, else a shipped one; the bare text of the standard when nothing is named."""
    if node is None and (shipped and path.stem == FOUNDATION):
        return None
    if node is None and standard.code != DEFAULT:
        return Scenario(FOUNDATION, AS_WRITTEN, "", True, None, {}, (), (), (), (), None, None, "", False)
    name = node.text() if node else FOUNDATION
    found = _beside(path, name, above) if node else shipped_folder() / f"{FOUNDATION}.yaml"
    if found is None:
        assert node is not None
        if _beside(path, name, ()):
            node.fault(f"extends 形成循环：“{name}”", f"extends runs in a circle: '{name}'")
            return None
        known = sorted({*shipped_scenarios(), *(other.stem for other in path.parent.glob("*.yaml") if other != path)})
        hint = nearest(name, known)
        node.fault(
            f"找不到所扩展的情景“{shortened(name)}”{hint.zh}（应为同一文件夹中的文件名或自带情景名）",
            f"no scenario '{shortened(name)}' to extend{hint.en} (the name of a file in the same folder, or of a shipped one)",
        )
        return None
    if len(above) > DEEPEST_CHAIN:
        raise fault(str(path), f"extends 超过 {DEEPEST_CHAIN} 层", f"extends is nested deeper than {DEEPEST_CHAIN}")
    try:
        parent, other = _load(found, faults, above)
    except FiscalModelError as error:  # no YAML at all: the faults of this file are still worth telling
        faults.found += error.faults
        return None
    if node and other.code != standard.code:
        node.fault(f"所扩展的情景用的是标准 {other.code}", f"the extended scenario builds on standard {other.code}")
    return parent


def _beside(path: Path, name: str, above: tuple[Path, ...]) -> Path | None:
    if not name or "/" in name or "\\" in name or name.startswith("."):
        return None
    for folder in (path.parent, shipped_folder()):
        for file in (folder / name, folder / f"{name}.yaml", folder / f"{name}.yml"):
            inside = _is_file(file) and file.suffix in (".yaml", ".yml") and file.resolve().parent == folder.resolve()
            if inside and file.resolve() not in above:
                return file
    return None


class _Reader:
    """Reads the parts of one scenario file against its standard."""

    def __init__(self, standard: Standard, faults: Faults) -> None:
        self.standard, self.faults = standard, faults
        self.options = {code: tuple(reading.options) for code, reading in standard.readings.items()}

    def scenario(self, root: Node, parts: Mapping[str, Node], parent: Scenario | None, shipped: bool) -> Scenario:
        name = parts["name"].text() if "name" in parts else ""
        title = self.title(parts["title"]) if "title" in parts else Text(name, name)
        rates = tuple(rate for node in self.list(parts, "rates") if (rate := self.rate(node)))
        splits = tuple(split for node in self.list(parts, "splits") if (split := self.split(node)))
        counts = tuple(count for node in self.list(parts, "beneficiaries") if (count := self.count(node)))
        bases = tuple(base for node in self.list(parts, "bases") if (base := self.base(node)))
        for entries in (rates, splits, bases, counts):
            self.no_conflict(entries)
            self.no_tie(entries)
        years, horizon = self.years(parts)
        holds = "projection" in parts and parts["projection"].one_of(("hold",), "预测方法", "projection") == "hold"
        at = parts["horizon"].at if "horizon" in parts else root.file
        return Scenario(
            name, title, root.file, shipped, parent, self.readings(parts), rates, splits, bases, counts, years, horizon, at, holds,
            self.title(parts["reason"]) if "reason" in parts else None,
            tuple(node.text() for node in self.list(parts, "sources")),
        )  # fmt: skip

    @staticmethod
    def list(parts: Mapping[str, Node], name: str) -> list[Node]:
        return list(parts[name].items()) if name in parts else []

    @staticmethod
    def title(node: Node) -> Text:
        if isinstance(node.value, dict):
            return text_of(node)
        written = node.text()
        return Text(written, written)

    def years(self, parts: Mapping[str, Node]) -> tuple[tuple[int, ...] | None, int | None]:
        if "years" in parts and "horizon" in parts:
            parts["horizon"].fault("“years”与“horizon”只能写一个", "state 'years' or 'horizon', not both")
        years = read_years(parts["years"].text(), parts["years"].at, self.faults) if "years" in parts else None
        horizon = parts["horizon"].whole(FIRST_YEAR, LAST_YEAR) if "horizon" in parts else None
        return years or None, horizon

    def readings(self, parts: Mapping[str, Node]) -> dict[str, str]:
        chosen: dict[str, str] = {}
        for code, node in parts["readings"].entries().items() if "readings" in parts else ():
            if (node.key or node).one_of(tuple(self.options), "口径", "reading"):
                known = self.options[code]
                option = node.one_of(
                    known, f"选项（口径 {code} 可选：{'、'.join(known)}）", f"option (reading {code} knows: {', '.join(known)})"
                )
                if option:
                    chosen[code] = option
        return chosen

    def when(self, parts: Mapping[str, Node], yearly: bool) -> tuple[tuple[str, ...], Mask, Moment | None, Moment | None, Clause]:
        """The parts that every entry shares."""
        places = self.standard.places
        where = read_where(parts["where"], places) if "where" in parts else ()
        mask = places.mask(where) if "where" in parts else places.everywhere()
        start, end = self.moment(parts.get("from"), yearly, 1), self.moment(parts.get("to"), yearly, 12)
        if start and end and end.end("calendar_months") <= start.start("calendar_months"):
            parts["to"].fault(f"“to”（{end}）早于“from”（{start}）", f"'to' ({end}) lies before 'from' ({start})")
        source = parts["source"].text() if "source" in parts else parts["note"].text() if "note" in parts else ""
        basis = (parts["basis"].one_of(tuple(BASES), "依据", "basis") if "basis" in parts else None) or "user"
        return where, mask, start, end, Clause(basis, source=source)

    def moment(self, node: Node | None, yearly: bool, edge: int) -> Moment | None:
        if node is None:
            return None
        moment = read_moment(node.text(), node.at, self.faults)
        if moment and yearly and (moment.term or moment.month not in (None, edge)):
            node.fault(
                f"“{moment}”：这类改动只能从年初起、至年末止，请写年份", f"'{moment}': this changes at a year's start only, write a year"
            )
        return moment

    def rate(self, node: Node) -> RateEntry | None:
        parts = node.mapping(("line", "rate"), _WHEN)
        if not {"line", "rate"} <= set(parts):
            return None
        code = self.name(
            parts["line"], {line.name.zh: line.code for line in self.standard.lines.values()}, self.standard.lines, "支出项", "line"
        )
        rate = parts["rate"].number(0, 10**9)
        when = self.when(parts, yearly=False)
        line = self.standard.lines.get(code or "")
        if line is None or rate is None:
            return None
        if line.is_amount:
            parts["line"].fault(f"支出项“{code}”按金额填报，没有补助标准", f"line '{code}' is an amount and has no rate")
        if line.accrual != "school_months" and any(moment and moment.term for moment in when[2:4]):
            (parts.get("from") or node).fault("只有按学年的补助标准才能用学期起止", "only a school rate may start with a term")
        return RateEntry(node.at, *when, line.code, rate)

    def split(self, node: Node) -> SplitEntry | None:
        parts = node.mapping(("split",), ("item", "line", *_WHEN))
        if ("item" in parts) == ("line" in parts):
            node.fault("应写“item”或“line”之一", "state one of 'item' and 'line'")
            return None
        item, line = self.target(parts)
        when = self.when(parts, yearly=True)
        if item is None or "split" not in parts:
            return None
        codes = [line] if line else [each.code for each in self.standard.items[item].lines]
        conditions = {self.standard.lines[each].condition for each in codes} - {""}
        context = SplitContext(self.standard.places, codes, conditions, self.options, "", "user")
        split = read_split(parts["split"], context)
        return SplitEntry(node.at, *when, item, line, split) if split else None

    def target(self, parts: Mapping[str, Node]) -> tuple[int | None, str | None]:
        if "item" in parts:
            written = parts["item"].one_of(tuple(str(number) for number in self.standard.items), "服务项目", "item")
            return (int(written) if written else None), None
        code = self.name(
            parts["line"], {line.name.zh: line.code for line in self.standard.lines.values()}, self.standard.lines, "支出项", "line"
        )
        return (self.standard.lines[code].item if code else None), code

    def base(self, node: Node) -> BaseEntry | None:
        ways = ("amount", "factor", "growth", "abolish")
        parts = node.mapping(("item",), (*ways, *_WHEN))
        if sum(way in parts for way in ways) != 1:
            node.fault(f"应写 {'、'.join(ways)} 之一", f"state one of {', '.join(ways)}")
        if "item" not in parts:
            return None
        item, _ = self.target(parts)
        amount = parts["amount"].number(0, 10**15) if "amount" in parts else None
        factor = parts["factor"].number(0, 1000) if "factor" in parts else None
        growth = parts["growth"].number(Decimal("-0.99"), 10) if "growth" in parts else None
        if growth is not None and "from" not in parts:
            node.fault("“growth”须写明从哪一年（from）起", "'growth' needs the year it starts from ('from')")
        abolish = "abolish" in parts and parts["abolish"].flag()
        when = self.when(parts, yearly=True)
        return BaseEntry(node.at, *when, item, amount, factor, growth, abolish) if item is not None else None

    def count(self, node: Node) -> CountEntry | None:
        parts = node.mapping(("beneficiary",), ("growth", "factor", *_WHEN))
        if "beneficiary" not in parts:
            return None
        known = self.standard.beneficiaries
        code = self.name(parts["beneficiary"], {b.name.zh: b.code for b in known.values()}, known, "受益对象", "beneficiary")
        growth = parts["growth"].number(Decimal("-0.99"), 10) if "growth" in parts else None
        factor = parts["factor"].number(0, 1000) if "factor" in parts else None
        if "growth" not in parts and "factor" not in parts:
            node.fault("应写“growth”或“factor”", "state 'growth' or 'factor'")
        when = self.when(parts, yearly=True)
        return CountEntry(node.at, *when, code, growth, factor) if code else None

    @staticmethod
    def name(node: Node, named: Mapping[str, str], known: Collection[str], zh: str, en: str) -> str | None:
        """A code or a Chinese name, as the code."""
        written = node.text()
        return named[written] if written in named else node.one_of(tuple(known), zh, en)

    def no_conflict(self, entries: Collection[Entry]) -> None:
        """Two entries of one file with the same target and the same start are an error."""
        seen: dict[tuple[object, ...], str] = {}
        for entry in entries:
            for change in _changes(entry):
                earlier = seen.setdefault((*entry.target, change, entry.mask.tobytes(), self.starts(entry)), entry.at)
                if earlier != entry.at:
                    self.faults.add(entry.at, f"与 {earlier} 对象和起始时间相同", f"has the same target and start as {earlier}")

    def no_tie(self, entries: Collection[Entry]) -> None:
        """Two entries for one target that overlap in place and time, neither the smaller, leave open which of them holds."""
        entries = list(entries)
        for n, entry in enumerate(entries):
            for other in entries[:n]:
                alike = entry.target == other.target and set(_changes(entry)) & set(_changes(other)) and entry.size == other.size
                crossing = alike and (entry.mask & other.mask).any() and (entry.mask != other.mask).any()
                if crossing and entry.first_year <= other.last_year and other.first_year <= entry.last_year:
                    self.faults.add(
                        entry.at,
                        f"与 {other.at} 的地区部分重叠且大小相同，无法判断以哪条为准；请分开写",
                        f"overlaps {other.at} in some places and neither is the smaller: write the places apart",
                    )

    def starts(self, entry: Entry) -> object:
        if entry.start is None:
            return None
        accrual = self.standard.lines[entry.line].accrual if isinstance(entry, RateEntry) else "calendar_months"
        return entry.start.start(accrual), entry.start.order


def _changes(entry: Entry) -> list[str]:
    """Growth is a way to project and a factor a change of the result: two targets, though one entry may state both."""
    if isinstance(entry, CountEntry):
        return [name for name, value in (("growth", entry.growth), ("factor", entry.factor)) if value is not None]
    return [""]
