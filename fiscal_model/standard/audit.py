"""Holds the catalogue against a copy of the standard's text, both ways.
Every phrase, figure, document, name and department of the catalogue must stand in the right item
and field of the text; and every figure of the text must be inside a phrase or document that the
catalogue cites, or be left out with a reason.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path

from fiscal_model.errors import Fault, Faults, fault
from fiscal_model.standard.clause import Clause
from fiscal_model.standard.kinds.leaf import Leaf
from fiscal_model.standard.rules import Item, Line, Standard, StatedCount
from fiscal_model.standard.splits import cited_leaves
from fiscal_model.vocabulary import Text

FIELDS = ("服务对象", "服务内容", "服务标准", "支出责任", "牵头负责单位")
LEAD = FIELDS[-1]
_HEAD = re.compile(r"^(\d{1,3})\. ?(?=\S)", re.MULTILINE)
_FIELD = re.compile(rf"({'|'.join(FIELDS)})[：:]")
_NUMBER = re.compile(r"\d+(?:\.\d+)?%?")
_COUNT = re.compile(r"(\d+(?:\.\d+)?)(万?)")


@dataclass
class Audit:
    """What was compared, and what does not agree."""

    differences: list[Fault]
    phrases: int
    figures: int
    left_out: int


@dataclass
class _Field:
    """One field of one item, squeezed, and which of its characters are accounted for."""

    text: str
    known: set[int] = field(default_factory=set)

    def mark(self, phrase: str) -> bool:
        """Accounts for every place where the phrase stands; False when it stands nowhere."""
        wanted = squeezed(phrase)
        at = self.text.find(wanted) if wanted else -1
        found = at >= 0
        while at >= 0:
            self.known.update(range(at, at + len(wanted)))
            at = self.text.find(wanted, at + 1)
        return found

    def unknown(self) -> Iterator[str]:
        """The figures that nothing accounts for, with a few letters around them."""
        for number in _NUMBER.finditer(self.text):
            if number.start() not in self.known:
                yield self.text[max(0, number.start() - 8) : number.end() + 6]


def squeezed(text: str) -> str:
    """Without white space, and with one width of every letter and mark."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def audit(standard: Standard, path: Path) -> Audit:
    """Compares the catalogue with the text in ``path``.

    Raises:
        FiscalModelError: the file cannot be read, or holds no items.

    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise fault(str(path), "standard-text-unreadable") from None
    found = _items(text, standard)
    if not found:
        raise fault(str(path), "standard-text-without-items")
    faults = Faults()
    phrases = 0
    for item in standard.items.values():
        if item.number not in found:
            faults.add(str(item.number), "audit-item-not-in-text")
            continue
        heading, fields = found.pop(item.number)
        barred = tuple(rule.clause for rule in standard.higher_of if rule.item == item.number)
        ages = tuple(
            each.ages.clause
            for each in standard.beneficiaries.values()
            if each.ages and each.ages.item == item.number
        )
        phrases += _Comparison(item, heading, fields, (*barred, *ages), faults).run()
    for number in found:
        faults.add("", "audit-item-not-in-catalogue", item=number)
    figures = sum(
        len(_NUMBER.findall(each.text))
        for _, fields in _items(text, standard).values()
        for each in fields.values()
    )
    return Audit(
        faults.found,
        phrases,
        figures,
        sum(len(item.left_out) + len(item.stated_counts) for item in standard.items.values()),
    )


def _items(text: str, standard: Standard) -> dict[int, tuple[str, dict[str, _Field]]]:
    """The heading and the fields of every item; fields of several services under one number are
    joined.
    """
    body = (
        text[max(0, text.rfind(f"一、{standard.domains[1].zh}")) :]
        if 1 in standard.domains
        else text
    )
    heads = list(_HEAD.finditer(body))
    out: dict[int, tuple[str, dict[str, _Field]]] = {}
    for head, after in zip_longest(heads, heads[1:]):
        part = body[head.end() : after.start() if after else None]
        names = list(_FIELD.finditer(part))
        fields: dict[str, _Field] = {}
        for name, following in zip_longest(names, names[1:]):
            content = squeezed(part[name.end() : following.start() if following else None])
            before = fields.get(name[1])
            fields[name[1]] = _Field(before.text + content if before else content)
        if names:
            out[int(head[1])] = squeezed(part[: names[0].start()]), fields
    return out


@dataclass
class _Comparison:
    """One item against its text."""

    item: Item
    heading: str
    fields: dict[str, _Field]
    further: tuple[Clause, ...]
    faults: Faults

    def run(self) -> int:
        """Compares everything; returns how many phrases were looked up."""
        item = self.item
        if squeezed(item.name.zh) not in self.heading:
            self.faults.add(
                self.at(), "audit-name-differs", name=item.name.zh, heading=self.heading
            )
        for department in item.departments:
            self.find(LEAD, department, Text("牵头单位", "lead department"))
        for document in item.documents:
            # every field, so that all places are accounted for
            if not sum(each.mark(document) for each in self.fields.values()):
                self.faults.add(self.at(), "audit-document-not-in-text", document=document)
        cited = [(clause, figures) for clause, figures in citations(item) if clause.basis == "text"]
        for clause, figures in (*cited, *((clause, ()) for clause in self.further)):
            self.cited(clause, figures)
        for left in item.left_out:
            self.find(left.field, left.phrase, Text("不采用的数字", "left-out figure"))
        for stated in item.stated_counts:
            self.stated(stated)
        for line in item.lines:
            self.times(line)
        for leaf in cited_leaves(item.split):
            self.ratios(leaf)
        for name, each in self.fields.items():
            if name != LEAD:
                for figure in each.unknown():
                    self.faults.add(self.at(name), "audit-figure-unexplained", figure=figure)
        return len(cited) + len(self.further)

    def at(self, name: str = "") -> str:
        """Where a difference stands: the item, and the field if it is of one."""
        return f"{self.item.number} {name}".rstrip()

    def find(self, name: str, phrase: str, what: Text) -> bool:
        """Whether a phrase, which is a ``what``, stands in a field; told where it does not."""
        here = self.fields.get(name)
        if here is not None and here.mark(phrase):
            return True
        self.faults.add(self.at(name), "audit-phrase-not-in-text", what=what, phrase=phrase)
        return False

    def cited(self, clause: Clause, figures: Sequence[Decimal]) -> None:
        """The phrase stands in its field, and the figures stand in the phrase."""
        if not self.find(clause.field, clause.phrase, Text("引文", "phrase")):
            return
        stated = {number_of(number) for number in _NUMBER.findall(squeezed(clause.phrase))}
        for figure in figures:
            if figure not in stated:
                self.faults.add(
                    self.at(clause.field),
                    "audit-figure-not-in-phrase",
                    phrase=clause.phrase,
                    figure=f"{figure:f}",
                )

    def stated(self, stated: StatedCount) -> None:
        """A stated count is the figure of its phrase, of which 万 makes ten thousands."""
        clause = stated.clause
        if not self.find(clause.field, clause.phrase, Text("所列数量", "stated count")):
            return
        found = [
            number_of(number) * (10_000 if wan else 1)
            for number, wan in _COUNT.findall(squeezed(clause.phrase))
        ]
        if stated.count not in found:
            self.faults.add(
                self.at(clause.field),
                "audit-count-not-in-phrase",
                phrase=clause.phrase,
                count=f"{stated.count:f}",
            )

    def times(self, line: Line) -> None:
        """Twelve times a year rests on 每月; any other number of times must be stated."""
        whole = "".join(each.text for each in self.fields.values())
        stated = {number_of(number) for number in _NUMBER.findall(whole)}
        monthly = line.times == 12 and (not line.rates or "每月" in whole)
        if (
            line.times != 1
            and not monthly
            and Decimal(line.times) not in stated
            and not (line.times == 12 and "每月" in whole)
        ):
            self.faults.add(self.at(), "audit-times-not-in-text", line=line.code, times=line.times)

    def ratios(self, leaf: Leaf) -> None:
        """Every ratio of a split cited from the text stands in the field on responsibility."""
        if (
            leaf.clause is None
            or leaf.clause.basis != "text"
            or leaf.clause.field not in self.fields
        ):
            return
        text = self.fields[leaf.clause.field].text
        for ratio in ratios_of(leaf):
            stated = ":".join(str(weight) for weight in ratio)
            percent = all(f"{weight}%" in text for weight in ratio) and sum(ratio) == 100
            if not percent and not self.fields[leaf.clause.field].mark(stated):
                self.faults.add(self.at(leaf.clause.field), "audit-ratio-not-in-text", ratio=stated)


def number_of(written: str) -> Decimal:
    """A figure of the text; a percentage as a part of one."""
    return Decimal(written[:-1]) / 100 if written.endswith("%") else Decimal(written)


def citations(item: Item) -> Iterator[tuple[Clause, tuple[Decimal, ...]]]:
    """Every clause of an item, with the figures that its phrase must hold."""
    for line in item.lines:
        for rate in line.rates:
            yield rate.clause, (rate.value,)
        if line.raised and line.raised.clause:
            yield (
                line.raised.clause,
                (
                    max(
                        item_line.raised.options[name]
                        for item_line in item.lines
                        if item_line.raised
                        for name in item_line.raised.options
                    ),
                ),
            )
        if line.counted and line.counted.clause:
            yield line.counted.clause, ()
        if line.limits:
            yield (
                line.limits.clause,
                tuple(each for each in (line.limits.least, line.limits.most) if each is not None),
            )
        if line.outside:
            yield line.outside.clause, ()
    for reading in item.readings:
        if reading.clause:
            yield reading.clause, ()
    for leaf in cited_leaves(item.split):
        if leaf.clause:
            yield leaf.clause, leaf.figures()


def ratios_of(leaf: Leaf) -> Iterator[tuple[int, ...]]:
    """The weights of every division with two parties or more."""
    for tier in (tier for shares in leaf.divisions() for tier in shares.tiers):
        if len(tier.division()) > 1:
            yield tier.division()


def summary(result: Audit, standard: Standard) -> Text:
    """One line: what was compared, when everything agrees."""
    return Text(
        f"{len(standard.items)} 项、{result.phrases} 处引文与文本一致；文本中的 {result.figures}"
        f" 个数字均已采用或注明不采用的理由（{result.left_out} 处）",
        f"{len(standard.items)} items and {result.phrases} phrases agree with the text; each of its"
        f" {result.figures} figures is used or left out with a reason ({result.left_out})",
    )
