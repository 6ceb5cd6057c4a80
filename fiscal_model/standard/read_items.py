"""Reads items, lines and beneficiaries from YAML, in rule files and scenario files alike."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from fiscal_model.errors import Faults
from fiscal_model.names import Names
from fiscal_model.periods import ACCRUALS, Moment, read_moment
from fiscal_model.standard.clause import Clause
from fiscal_model.standard.kinds import Kinds
from fiscal_model.standard.kinds.reading import SplitContext, clause_of
from fiscal_model.standard.names import GROUP, Words, beneficiary_names
from fiscal_model.standard.payers import Payers
from fiscal_model.standard.places import Places
from fiscal_model.standard.read_split import read_split
from fiscal_model.standard.rules import (
    Ages,
    Beneficiary,
    Item,
    LeftOut,
    Limits,
    Line,
    Outside,
    PaidIn,
    Rate,
    Reading,
    ReadNumber,
    StatedCount,
)
from fiscal_model.strict_yaml import Node, text_of
from fiscal_model.vocabulary import ACCOUNTS, CLASSES, LANGS, Text, names_of

CODE = re.compile(r"[a-z][a-z0-9_]{0,40}")
AGES = re.compile(r"(\d{1,3})(?:-(\d{1,3})|(\+))?")
TARGET_FIELD, RATE_FIELD, SPLIT_FIELD = "服务对象", "服务标准", "支出责任"


def optional_list(parts: Mapping[str, Node], name: str) -> Sequence[Node]:
    return parts[name].items() if name in parts else ()


def read_beneficiaries(
    nodes: Sequence[Node],
    known: Mapping[str, Beneficiary],
    places: Places,
    basis: str,
    words: Mapping[str, Words],
) -> dict[str, Beneficiary]:
    """The beneficiaries of all files beside those ``known``; ``within`` may name those of another.
    Ages that state no citation have ``basis``.
    """
    context = SplitContext(places, {}, (), {}, TARGET_FIELD, basis)
    entries: dict[str, Node] = {}
    for node in nodes:
        for code, entry in node.entries().items():
            if code in entries or code in known or not CODE.fullmatch(code):
                (entry.key or entry).fault(
                    f"受益对象“{code}”重复或代码不合规",
                    f"beneficiary '{code}' stands twice or is malformed",
                )
            entries[code] = entry
    read = {
        code: entry.mapping(("zh", "en", "unit"), ("within", "ages"))
        for code, entry in entries.items()
    }
    called = {
        code: Text(*(parts[lang].text() if lang in parts else "" for lang in LANGS))
        for code, parts in read.items()
    }
    names = beneficiary_names(names_of(known) | called, words)
    found: dict[str, Beneficiary] = {}
    for code, parts in read.items():
        others = parts["within"].items() if "within" in parts else ()
        within = tuple(
            name for part in others if (name := part.one_of(names, "受益对象", "beneficiary"))
        )
        if {"zh", "en", "unit"} <= set(parts):
            ages = _ages(parts["ages"], context) if "ages" in parts else None
            found[code] = Beneficiary(code, called[code], text_of(parts["unit"]), within, ages)
    return found


def _ages(node: Node, context: SplitContext) -> Ages | None:
    """Ages such as 6-11, 7 or 80+ with the phrase of the item that says so, or the source of an
    assumption.
    """
    parts = node.mapping(("ages",), ("item", "cite", "basis", "source"))
    band = AGES.fullmatch(parts["ages"].text()) if "ages" in parts else None
    clause = clause_of(parts, context) or (Clause("user") if context.basis == "user" else None)
    item = parts["item"].whole(1, 999) if "item" in parts else None
    if not band or clause is None or (clause.basis == "text") != (item is not None):
        zh = "应为年龄（如 6-11、80+）及其出处：item 与 cite，或 basis 与 source"
        node.fault(
            zh,
            "write ages such as 6-11 or 80+ and where they come from: item and cite, or basis and"
            " source",
        )
        return None
    first, last, is_open = band.groups()
    return Ages(int(first), None if is_open else int(last or first), item, clause)


def read_items(
    reader: ItemReader, lists: Sequence[Node], file: str, known: Mapping[int, Item]
) -> dict[int, Item]:
    """The items of all lists beside those ``known``; each number once, and each paid in an item
    that has lines.
    """
    items = dict(known)
    for node in (node for each in lists for node in each.items()):
        item = reader.item(node)
        if item and item.number in items:
            node.fault(f"服务项目 {item.number} 重复", f"item {item.number} stands twice")
        elif item:
            items[item.number] = item
    for item in items.values():
        if item.paid_in and (item.paid_in.item not in items or not items[item.paid_in.item].lines):
            carrier = item.paid_in.item
            zh, en = (
                f"第{item.number}项由第{carrier}项支付，后者没有支出项",
                f"item {item.number} is paid in item {carrier}, which has no lines",
            )
            reader.faults.add(file, zh, en)
    return dict(sorted(items.items()))


class ItemReader:
    """Reads items and lines against what the standard has declared; what states no citation has
    ``basis``.
    """

    def __init__(
        self,
        faults: Faults,
        places: Places,
        beneficiaries: Names,
        indexes: Mapping[str, Text],
        sections: Mapping[int, tuple[int, Text]],
        start: Moment,
        basis: str,
        kinds: Kinds,
        payers: Payers,
    ) -> None:
        self.faults, self.places, self.beneficiaries, self.indexes = (
            faults,
            places,
            beneficiaries,
            indexes,
        )
        self.sections, self.start, self.basis = sections, start, basis
        self.kinds, self.payers = kinds, payers
        self.codes = set[str]()

    def item(self, node: Node) -> Item | None:
        parts = node.mapping(
            ("item", "name", "section", "responsibility", "split"),
            (
                "departments",
                "target",
                "service",
                "lines",
                "readings",
                "documents",
                "notes",
                "paid_in",
                "left_out",
                "stated_counts",
            ),
        )
        before = len(self.faults.found)
        if not {"item", "name", "section", "responsibility", "split"} <= set(parts):
            return None
        number = parts["item"].whole(1, 999) or 0
        readings = tuple(self.reading(number, entry) for entry in optional_list(parts, "readings"))
        options = {reading.code: tuple(reading.options) for reading in readings}
        lines = tuple(
            line
            for entry in optional_list(parts, "lines")
            if (line := self.line(number, entry, options))
        )
        conditions = {line.condition for line in lines if line.condition}
        names, uncited = (
            names_of({line.code: line for line in lines}),
            (Clause("user") if self.basis == "user" else None),
        )
        context = SplitContext(
            self.places,
            names,
            conditions,
            options,
            SPLIT_FIELD,
            self.basis,
            uncited,
            self.kinds,
            self.payers,
        )
        split = read_split(parts["split"], context)
        section = parts["section"].whole() or 0
        if section not in self.sections:
            parts["section"].fault(f"没有第 {section} 节", f"there is no section {section}")
        responsibility = parts["responsibility"].one_of(
            CLASSES, "支出责任类别", "class of responsibility"
        )
        paid_in = self.paid_in(parts["paid_in"]) if "paid_in" in parts else None
        if bool(lines) == bool(paid_in):
            node.fault(
                "应有支出项（lines），或由另一项支付（paid_in），二者取一",
                "an item has lines or is paid in another, one of the two",
            )
        if split is None or len(self.faults.found) > before:
            return None
        return Item(
            number,
            text_of(parts["name"]),
            section,
            tuple(entry.text() for entry in optional_list(parts, "departments")),
            text_of(parts["target"]) if "target" in parts else Text("", ""),
            text_of(parts["service"]) if "service" in parts else Text("", ""),
            responsibility or "",
            lines,
            split,
            readings,
            tuple(entry.text() for entry in optional_list(parts, "documents")),
            tuple(text_of(entry) for entry in optional_list(parts, "notes")),
            paid_in,
            tuple(
                found
                for entry in optional_list(parts, "left_out")
                if (found := self.left_out(entry))
            ),
            tuple(
                count
                for entry in optional_list(parts, "stated_counts")
                if (count := self.stated_count(entry))
            ),
        )

    @staticmethod
    def paid_in(node: Node) -> PaidIn | None:
        parts = node.mapping(("item", "why"))
        number = parts["item"].whole(1, 999) if "item" in parts else None
        return PaidIn(number, text_of(parts["why"])) if number and "why" in parts else None

    @staticmethod
    def left_out(node: Node) -> LeftOut | None:
        parts = node.mapping(("field", "phrase", "why"))
        return (
            LeftOut(parts["field"].text(), parts["phrase"].text(), text_of(parts["why"]))
            if len(parts) == 3
            else None
        )

    @staticmethod
    def stated_count(node: Node) -> StatedCount | None:
        parts = node.mapping(("count", "unit", "what", "field", "phrase", "why"))
        count = parts["count"].number(0, 10**10) if len(parts) == 6 else None
        if count is None:
            return None
        clause = Clause("text", parts["field"].text(), parts["phrase"].text())
        return StatedCount(
            count, text_of(parts["unit"]), text_of(parts["what"]), clause, text_of(parts["why"])
        )

    def reading(self, item: int, node: Node) -> Reading:
        parts = node.mapping(("reading", "question", "options", "why"), ("cite",))
        if not {"reading", "question", "options", "why"} <= set(parts):
            return Reading("", item, Text("", ""), {"": Text("", "")}, Text("", ""), None)
        options = {name: text_of(option) for name, option in parts["options"].entries().items()}
        clause = (
            clause_of(parts, SplitContext(self.places, {}, (), {}, SPLIT_FIELD, self.basis))
            if "cite" in parts
            else None
        )
        return Reading(
            parts["reading"].text(),
            item,
            text_of(parts["question"]),
            options,
            text_of(parts["why"]),
            clause,
        )

    def line(self, item: int, node: Node, readings: Mapping[str, Iterable[str]]) -> Line | None:
        parts = node.mapping(
            ("line", "name", "accrual"),
            (
                "beneficiary",
                "per",
                "times",
                "account",
                "rates",
                "counted",
                "raised",
                "condition",
                "expected_in",
                "outside",
                "limits",
                "note",
            ),
        )
        if not {"line", "name", "accrual"} <= set(parts):
            return None
        code = parts["line"].text()
        if not CODE.fullmatch(code) or code in self.codes:
            parts["line"].fault(
                f"代码“{code}”不合规或重复", f"code '{code}' is malformed or stands twice"
            )
        self.codes.add(code)
        beneficiary = (
            parts["beneficiary"].one_of(self.beneficiaries, "受益对象", "beneficiary")
            if "beneficiary" in parts
            else None
        )
        if beneficiary and "per" not in parts:
            node.fault("有受益对象的支出项须写明“per”", "a line with a beneficiary states 'per'")
        rates = (
            tuple(rate for entry in parts["rates"].items() if (rate := self.rate(entry)))
            if "rates" in parts
            else ()
        )
        return Line(
            code,
            item,
            text_of(parts["name"]),
            beneficiary,
            text_of(parts["per"]) if "per" in parts else Text("", ""),
            (parts["times"].whole(1, 366) or 1) if "times" in parts else 1,
            parts["accrual"].one_of(ACCRUALS, "计提方式", "accrual") or "calendar_year",
            (
                (parts["account"].one_of(ACCOUNTS, "账目", "account") or "general")
                if "account" in parts
                else "general"
            ),
            rates,
            self.read_number(parts["counted"], readings) if "counted" in parts else None,
            self.read_number(parts["raised"], readings) if "raised" in parts else None,
            parts["condition"].text() if "condition" in parts else "",
            (
                (parts["expected_in"].one_of(self.places.among(GROUP), "地区组", "group") or "")
                if "expected_in" in parts
                else ""
            ),
            self.outside(parts["outside"]) if "outside" in parts else None,
            self.limits(parts["limits"]) if "limits" in parts else None,
            text_of(parts["note"]) if "note" in parts else None,
            node.at,
        )

    def rate(self, node: Node) -> Rate | None:
        parts = node.mapping(("rate",), ("from", "of", "cite", "basis", "source"))
        if "rate" not in parts:
            return None
        value = parts["rate"].number(0, 10**9, "yuan")
        start = (
            read_moment(parts["from"].text(), parts["from"].at, self.faults)
            if "from" in parts
            else self.start
        )
        index = parts["of"].one_of(self.indexes, "参照序列", "index") if "of" in parts else None
        clause = clause_of(parts, SplitContext(self.places, {}, (), {}, RATE_FIELD, self.basis))
        if clause is None and self.basis == "user":
            clause = Clause("user")
        if clause is None:
            node.fault(
                "补助标准须注明出处（cite 或 source）", "a rate needs its citation (cite or source)"
            )
        return Rate(value, start, clause, index) if value is not None and start and clause else None

    def outside(self, node: Node) -> Outside | None:
        parts = node.mapping(("group", "cite"))
        group = (
            parts["group"].one_of(self.places.among(GROUP), "地区组", "group")
            if "group" in parts
            else None
        )
        clause = clause_of(parts, SplitContext(self.places, {}, (), {}, TARGET_FIELD, self.basis))
        return Outside(group, clause) if group and clause else None

    def limits(self, node: Node) -> Limits | None:
        parts = node.mapping(("cite",), ("least", "most"))
        least, most = (
            parts[end].number(0, 10**9, "yuan") if end in parts else None
            for end in ("least", "most")
        )
        clause = clause_of(parts, SplitContext(self.places, {}, (), {}, RATE_FIELD, self.basis))
        if least is None and most is None:
            node.fault("应写 least（下限）或 most（上限）", "write least or most, or both")
            return None
        return Limits(least, most, clause) if clause else None

    def read_number(self, node: Node, readings: Mapping[str, Iterable[str]]) -> ReadNumber | None:
        parts = node.mapping(("reading", "options"), ("cite",))
        if not {"reading", "options"} <= set(parts):
            return None
        reading = parts["reading"].one_of(tuple(readings), "口径", "reading")
        numbers = {
            name: option.number(0, 10**9) for name, option in parts["options"].entries().items()
        }
        if not reading or set(numbers) != set(readings[reading]):
            parts["options"].fault(
                "应给出该口径的每个选项", "every option of the reading is needed"
            )
            return None
        clause = clause_of(parts, SplitContext(self.places, {}, (), {}, SPLIT_FIELD, self.basis))
        return ReadNumber(
            reading,
            {name: number for name, number in numbers.items() if number is not None},
            clause,
        )
