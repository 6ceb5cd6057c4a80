"""What a briefing note says: what is asked, who pays how much more or less and when, why, and on
what it rests. Figures are those printed, in 万元.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np

from fiscal_model.analysis.decompose import GROUPS
from fiscal_model.arrays import Floats
from fiscal_model.blocks import ILLUSTRATIVE
from fiscal_model.briefing.figures import agreeing, agrees, unallocated
from fiscal_model.briefing.page import Grid, Page, Section
from fiscal_model.errors import FiscalModelError, shortened
from fiscal_model.results.ledger import shares_words
from fiscal_model.results.result import Result, which_items
from fiscal_model.scenario.model import Scenario
from fiscal_model.standard.words import cost_title
from fiscal_model.told.doubts import shown
from fiscal_model.told.told import together as told_together
from fiscal_model.vocabulary import (
    ACCOUNTS,
    BASES,
    Lang,
    Text,
    joined,
    labelled,
    listed,
    spans,
    together,
)

if TYPE_CHECKING:
    import pandas as pd

    from fiscal_model.briefing.brief import Brief

ORDINALS: Final = "一二三四五六"
LONGEST: Final = 60
"""Characters of a title or a reason that is quoted."""
ALIKE: Final = 0.025
"""万元 by which rounding lets equal years differ."""
LARGEST: Final = 2
"""How many items, and places, are named among what moves."""
YEARS: Final = 12
"""How many years a table has a row for."""
ROOMY: Final = 3
"""Up to how many options it is told from when on each acts, and on which items."""
PICKED: Final = 4
"""How many of the years in which a single option acts; of several options the first and last."""


def page_of(brief: Brief, lang: Lang, today: date) -> Page:
    """The note in a language."""
    return _Writer(brief, lang).page(today)


class _Writer:
    """The note of a brief in one language."""

    def __init__(self, brief: Brief, lang: Lang) -> None:
        self.brief, self.lang = brief, lang
        self.figures, self.budgets = brief.figures, brief.budgets
        self.first: Result = brief.budgets[0]
        self.reforms = len(brief.budgets) - 1
        self.over = together(self.figures.years, lang)
        self.heads = [each.to(lang) for each in self.figures.titles]

    def say(self, zh: str, en: str) -> str:
        return Text(zh, en).to(self.lang)

    def label(self, n: int) -> str:
        """What a budget is called on the page."""
        return called(n, self.reforms, self.lang)

    def quoted(self, budget: Result) -> str:
        """The title of a budget's scenario."""
        return shortened(
            budget.scenario.title.to(self.lang), LONGEST * (1 if self.lang == "zh" else 2)
        )

    def page(self, today: date) -> Page:
        """All of it."""
        numbers = ORDINALS if self.lang == "zh" else "1234"
        heads = (
            self.say("测算事项", "What is asked"),
            self.say("各级承担变化", "Who pays more or less, and when")
            if self.reforms
            else self.say("各级承担情况", "Who pays"),
            self.say("变化原因", "Why")
            if self.reforms or len(self.figures.years) > 1
            else self.say("主要项目", "Largest items"),
            self.say("依据和需要说明的事项", "On what it rests"),
        )
        bodies = (self.asked(), self.who(), self.why(), self.rests())
        point = self.say("、", ". ")
        return Page(
            self.lang,
            self.title(),
            f"{ILLUSTRATIVE.to(self.lang)}" if self.first.inputs.illustrative else "",
            tuple(
                Section(f"{numbers[n]}{point}{head}", tuple(body), n == 1)
                for n, (head, body) in enumerate(zip(heads, bodies, strict=True))
            ),
            self.options() if self.reforms else self.single(),
            self.picture(),
            self.say("编制单位：", "Prepared by:"),
            self.say(f"{today.year}年{today.month}月{today.day}日", today.isoformat()),
        )

    def title(self) -> str:
        """What the note is on."""
        if self.reforms > 1:
            number = "两三四五六"[self.reforms - 2]
            return self.say(
                f"关于{number}个方案各级财政负担的情况说明",
                f"Briefing note: what {self.reforms} options would cost each level",
            )
        of = self.quoted(self.budgets[-1])
        if not self.reforms:
            return self.say(f"关于“{of}”各级财政负担的情况说明", f"Briefing note: who pays – {of}")
        return self.say(f"关于{of}的情况说明", f"Briefing note: {of}")

    # What is asked

    def asked(self) -> Iterator[str]:
        """The question, the options, and what the figures cover."""
        places = self.brief.places
        where = self.first.standard.places.label(self.first.standard.places.common(places))
        place, base = where.to(self.lang), self.quoted(self.first)
        account = ACCOUNTS[self.figures.account].to(self.lang)
        years = spans(self.figures.years, self.lang)
        cover = labelled(
            self.say("测算范围", "Covered"),
            listed(
                [
                    place,
                    *which_items(self.first, self.lang),
                    self.say(f"{years}年", years),
                    account,
                ],
                self.lang,
            ),
            self.lang,
        )
        stop = self.say("。", ".")
        if not self.reforms:
            yield (
                self.say(
                    f"按“{base}”情景测算各级财政承担的支出，现将情况说明如下。",
                    f"What each level bears under '{base}'. ",
                )
                + self.reason(self.first.scenario)
                + cover
                + stop
            )
            return
        if self.reforms == 1:
            option = self.quoted(self.budgets[1])
            yield (
                self.say(
                    f"对“{option}”（本方案）进行了测算，与“{base}”（对照情景）比较各级财政负担的增减，"
                    "现将情况说明如下。",
                    f"How much more or less each level bears under '{option}' (the option) than under"
                    f" '{base}' (the reference). ",
                )
                + self.reason(self.budgets[1].scenario)
                + cover
                + stop
            )
            return
        yield (
            self.say(
                f"对下列方案进行了测算，与“{base}”（对照情景）比较各级财政负担的增减，现将情况说明如下。",
                f"How much more or less each level bears under these options than under '{base}' (the"
                " reference). ",
            )
            + cover
            + stop
        )
        yield (
            joined(
                (
                    labelled(capital(self.label(n)), self.quoted(each), self.lang)
                    for n, each in enumerate(self.budgets[1:], 1)
                ),
                self.lang,
            )
            + stop
        )

    def reason(self, scenario: Scenario) -> str:
        """What the author of a scenario says it is for."""
        if not scenario.reason:
            return ""
        words = shortened(scenario.reason.to(self.lang).rstrip("。."), 2 * LONGEST)
        return self.say(f"背景：{words}。", f"Background: {words}. ")

    # Who pays

    def who(self) -> Iterator[str]:
        """What changes for whom, in all and from when on."""
        if not self.reforms:
            yield self.levels()
            return
        changes, totals = self.figures.total_changes, self.figures.totals
        for n in range(self.reforms):
            every = range(len(self.heads))
            moved = [k for k in every if self.figures.moved[n, :, k].any()]
            told = [self.moved(self.heads[k], changes[n, k], totals[0, k]) for k in moved]
            same = listed((self.heads[k] for k in every if k not in moved), self.lang)
            if same:
                told.append(self.say(f"{same}不变", f"{same} unchanged"))
            name = self.say(
                f"{self.label(n + 1)}：" if self.reforms > 1 else "",
                f"{capital(self.label(n + 1))}: " if self.reforms > 1 else "",
            )
            over = self.say(f"{self.over}，", f"{self.over}: ")
            when = self.when(n) if self.reforms <= ROOMY else ""
            yield name + over + listed_long(told, self.lang) + self.say("。", ". ") + when

    def moved(self, name: str, change: float, before: float) -> str:
        """``地县增加20,091.40万元（0.8%）``."""
        if not np.nan_to_num(change):
            return self.say(f"{name}不变", f"{name} unchanged")
        part = f"{abs(change / before):.1%}" if np.nan_to_num(before) else ""
        zh, en = (f"（{part}）", f" ({part})") if part else ("", "")
        more = change > 0
        figure = f"{abs(change):,.2f}"
        return self.say(
            f"{name}{'增加' if more else '减少'}{figure}万元{zh}",
            f"{name} {'up' if more else 'down'} {figure}{en}",
        )

    def when(self, n: int) -> str:
        """From which year on, and how much then and in the last year, for those moved most."""
        years, moving = self.figures.years, self.figures.moving(n)
        if len(years) == 1 or not moving:
            return ""
        changes = self.figures.changes[n]
        ends = [
            listed_long(
                [self.moved(self.heads[k], changes[y, k], np.nan) for k in self.leading(n)],
                self.lang,
            )
            for y in (moving[0], moving[-1])
        ]
        first, last = years[moving[0]], years[moving[-1]]
        yearly = np.nan_to_num(changes[list(moving)])
        if np.ptp(yearly, axis=0).max() <= ALIKE:
            span = spans([years[y] for y in moving], self.lang)
            about = np.ptp(yearly, axis=0).max() > 0
            each = self.say("每年", " each year") if len(moving) > 1 else ""
            each += self.say("约", ", about") if about else ""
            return self.say(f"{span}年{each}{ends[0]}。", f"{span}{each}: {ends[0]}.")
        return self.say(
            f"变化从{first}年开始：当年{ends[0]}；{last}年{ends[1]}。",
            f"From {first}: {ends[0]} in that year; {ends[1]} in {last}.",
        )

    def leading(self, n: int) -> list[int]:
        """The columns that an option moves most, cost aside: two at most, in the order shown."""
        sizes = np.abs(np.nan_to_num(self.figures.total_changes[n]))
        sizes[0] = 0
        return sorted(k for k in np.argsort(-sizes, kind="stable")[:2].tolist() if sizes[k])

    def levels(self) -> str:
        """What each bears in all, and its part of the cost."""
        totals = self.figures.totals[0]
        parts = []
        for k, name in enumerate(self.heads):
            if np.nan_to_num(totals[k]) or k == 0:
                part = "" if k == 0 else f"{totals[k] / totals[0]:.1%}"
                zh, en = (f"（{part}）", f" ({part})") if part else ("", "")
                figure = f"{totals[k]:,.2f}"
                parts.append(self.say(f"{name}{figure}万元{zh}", f"{name} {figure}{en}"))
        words = self.say(f"{self.over}，", f"{self.over}: ") + listed_long(parts, self.lang)
        words += self.say("。", ". ")
        years, cost = self.figures.years, self.figures.amounts[0, :, 0]
        if len(years) > 1 and not np.isnan(cost[[0, -1]]).any():
            first, last = f"{cost[0]:,.2f}", f"{cost[-1]:,.2f}"
            words += self.say(
                f"{self.heads[0]}{years[0]}年{first}万元，{years[-1]}年{last}万元。",
                f"{self.heads[0]} {first} in {years[0]}, {last} in {years[-1]}.",
            )
        return words

    # Why

    def why(self) -> Iterator[str]:
        """What the change comes from."""
        found = self.brief.comparison
        if found is None:
            yield self.largest()
            return
        try:
            parts = found.parts("payer", account=self.figures.account)
        except FiscalModelError as error:
            yield error.text(self.lang)
            return
        for n in range(self.reforms):
            name = f"{self.label(n + 1)}：" if self.reforms > 1 else ""
            name = self.say(name, f"{capital(self.label(n + 1))}: " if name else "")
            yield name + self.because(n, self.mine(parts, n)) + self.where(n)

    def mine(self, table: pd.DataFrame, n: int) -> pd.DataFrame:
        """The rows of the n-th option."""
        assert self.brief.comparison is not None
        if self.reforms == 1:
            return table
        return table.xs(self.brief.comparison.names[n + 1], level="scenario")  # type: ignore[return-value]

    def because(self, n: int, parts: pd.DataFrame) -> str:
        """The causes of what each bears more or less; one cause for all of it is said once."""
        stop = self.say("。", ". ")
        by_column = self.figures.gathered(parts)
        differ = [g for g in range(parts.shape[1]) if np.abs(by_column[:, g]).max() >= 50]
        names = [GROUPS[str(each)].to(self.lang) for each in parts.columns]
        if not differ:
            return (
                self.say("没有变化", "nothing changes" if self.reforms > 1 else "Nothing changes")
                + stop
            )
        if len(differ) == 1:
            cause = names[differ[0]]
            return (
                self.say(
                    f"变化全部来自{cause}的改动",
                    f"all of it comes from the change of the {cause}"
                    if self.reforms > 1
                    else f"All of it comes from the change of the {cause}",
                )
                + stop
            )
        told = []
        for k, row in enumerate(by_column, 1):
            total = float(np.nan_to_num(self.figures.total_changes[n, k]))
            if total or np.abs(row).max() >= 50:
                shares = agreeing(row, total) if agrees(row, total) else np.round(row / 1e4, 2)
                causes = listed(
                    (self.step(names[g], shares[g]) for g in differ if shares[g]), self.lang
                )
                told.append(self.say(f"{self.heads[k]}（{causes}）", f"{self.heads[k]} ({causes})"))
        return (
            self.say("变化的来源：", "it comes from: " if self.reforms > 1 else "It comes from: ")
            + listed_long(told, self.lang)
            + stop
        )

    def where(self, n: int) -> str:
        """The items and the places that move most for whoever is moved most."""
        if self.reforms > ROOMY:
            return ""
        k = self.most(n)
        total = float(np.nan_to_num(self.figures.total_changes[n, k]))
        if not total:
            return ""
        items = self.ranked("item", n, k, total)
        places = [] if self.reforms > 1 else self.ranked("prefecture", n, k, total)
        told = [
            self.say(f"{of}{listed(each, self.lang)}", f"{of} {listed(each, self.lang)}")
            for of, each in (
                (self.say("按项目是", "by item:"), items),
                (self.say("按地区是", "by place:"), places),
            )
            if each
        ]
        name, stop = self.heads[k], self.say("；", "; ")
        return (
            self.say(f"{name}的变化{stop.join(told)}。", f"{name} {stop.join(told)}.")
            if told
            else ""
        )

    def most(self, n: int) -> int:
        """The column that an option moves most, cost aside."""
        return int(np.abs(np.nan_to_num(self.figures.total_changes[n, 1:])).argmax()) + 1

    def ranked(self, dimension: str, n: int, k: int, total: float) -> list[str]:
        """What moves a column most, with its part of the change."""
        found = self.brief.comparison
        assert found is not None
        table = self.mine(found.by(dimension, "payer", account=self.figures.account), n)
        of = table["change"].unstack("payer", sort=False)
        moved = np.nan_to_num(
            of[[p for p in self.figures.payers[k - 1] if p in of]].to_numpy(np.float64)
        ).sum(axis=1)
        return self.named(dimension, list(of.index), moved, total, signed=True)

    def named(
        self, dimension: str, labels: Sequence[object], yuan: Floats, total: float, signed: bool
    ) -> list[str]:
        """The largest of some parts by name."""
        order = np.argsort(-np.abs(yuan), kind="stable")
        order = order[np.abs(yuan[order]) >= 50]
        parts = (
            agreeing(yuan[order], total) if agrees(yuan, total) else np.round(yuan[order] / 1e4, 2)
        )
        names = [self.name(dimension, labels[n]) for n in order.tolist()]
        if (more := len(names) - LARGEST) > 1:
            names[LARGEST:] = [self.say(f"其余{more}个合计", f"{more} more")]
            parts = np.array([*parts[:LARGEST], np.round(parts[LARGEST:].sum(), 2)])
        return [
            self.step(name, part) if signed else f"{name} {part:,.2f}"
            for name, part in zip(names, parts.tolist(), strict=True)
        ]

    def step(self, name: str, part: float) -> str:
        """A part of a change, without a sign that a line might end with."""
        way = self.say("增" if part > 0 else "减", " up " if part > 0 else " down ")
        return f"{name}{way}{abs(part):,.2f}"

    def name(self, dimension: str, label: object) -> str:
        standard = (
            self.first.standard
            if self.brief.comparison is None
            else self.brief.comparison.axes.standard
        )
        if dimension == "item":
            title = shortened(
                cost_title(standard, int(str(label)), self.lang), 40 if self.lang == "zh" else 80
            )
            return self.say(f"{title.replace(' ', '')}", title[:1].lower() + title[1:])
        return standard.places.label(str(label)).to(self.lang)

    def largest(self) -> str:
        """Of a single scenario the items that grow most from the first to the last year; of one
        year the largest.
        """
        years, amounts = self.figures.years, self.figures.amounts[0, :, 0]
        part = self.brief.of(0)
        labels, table = part.total("item", "year", account=self.figures.account)
        if len(years) == 1:
            told = self.named(
                "item", labels[0], np.nan_to_num(table[:, 0]), float(amounts[0]), False
            )
            return (
                self.say("资金需求按项目为", "By item: ")
                + listed_long(told, self.lang)
                + self.say("。", ".")
            )
        moved = np.nan_to_num(table[:, -1]) - np.nan_to_num(table[:, 0])
        total = round(float(np.nan_to_num(amounts[-1]) - np.nan_to_num(amounts[0])), 2)
        told = self.named("item", labels[0], moved, total, True)
        change = self.moved(self.heads[0], total, float(amounts[0]))
        head = self.say(
            f"{years[-1]}年比{years[0]}年{change}", f"{years[-1]} against {years[0]}: {change}"
        )
        if not told:
            return head + self.say("。", ".")
        return (
            head
            + self.say("，按项目为", "; by item ")
            + listed_long(told, self.lang)
            + self.say("。", ".")
        )

    # On what it rests

    def rests(self) -> Iterator[str]:
        """Data, basis, what is unallocated, not costed or in another account."""
        stop = self.say("。", ". ")
        yield "".join(
            f"{each.rstrip()}{stop}" for each in (*self.data(), *self.basis()) if each
        ).rstrip()
        yield "".join(
            f"{each.rstrip()}{stop}" for each in (*self.open(), *self.apart()) if each
        ).rstrip()

    def data(self) -> Iterator[str]:
        """The data, up to which year they go, and what is projected."""
        inputs = self.first.inputs
        yield labelled(self.say("数据", "Data"), inputs.title.to(self.lang), self.lang) + (
            self.say(
                "，人数、金额、基数多为假设，不得作为实际预算",
                ": most counts and amounts are assumed, no actual budget",
            )
            if inputs.illustrative
            else ""
        )
        last = max(inputs.years, default=0)
        ahead = [year for year in self.figures.years if year > last]
        if ahead and last:
            span = spans(ahead, self.lang)
            yield self.say(
                f"数据到{last}年，{span}年为推算", f"The data end in {last}; {span} are projected"
            )

    def basis(self) -> Iterator[str]:
        """On what the amounts rest, and the changes of each option."""
        shares = [(self.label(n), self.shares(n)) for n in range(len(self.budgets))]
        yield labelled(
            self.say(
                "金额依据（取人数、标准、分担中最弱的一环）",
                "Basis of the amounts (weakest of count, rate, split)",
            ),
            self.grouped(shares),
            self.lang,
        )
        changes = [(self.label(n), self.rests_on(n)) for n in range(1, len(self.budgets))]
        if any(words for _, words in changes):
            yield labelled(
                self.say("方案改动的依据", "Basis of the changes"),
                self.grouped([(name, words or "—") for name, words in changes]),
                self.lang,
            )

    def grouped(self, told: Sequence[tuple[str, str]]) -> str:
        """What is said of each budget, of those alike once."""
        names: dict[str, list[str]] = {}
        for name, words in told:
            names.setdefault(words, []).append(name)
        if len(names) == 1:
            return told[0][1]
        return joined(
            (
                f"{listed(each, self.lang)}{self.say('为', ': ')}{words}"
                for words, each in names.items()
            ),
            self.lang,
        )

    def shares(self, n: int) -> str:
        """Shares of the cost of a budget by basis."""
        account = ACCOUNTS[self.figures.account]
        for each in self.brief.ledgers[n].accounts:
            if each.name == account:
                return shares_words(each.basis, self.lang)
        return "—"

    def rests_on(self, n: int) -> str:
        """The bases of what an option says and the reference does not, and its sources."""
        known = {id(each) for each in self.first.scenario.chain()}
        own = [
            each
            for each in self.budgets[n].scenario.chain()
            if id(each) not in known and not each.below_inputs
        ]
        bases = {entry.clause.basis for each in own for entry in each.entries}
        words = listed((BASES[each].to(self.lang) for each in BASES if each in bases), self.lang)
        sources = listed(
            dict.fromkeys(
                shortened(text.to(self.lang), 30) for each in own for text in each.sources
            ),
            self.lang,
        )
        if words and sources and self.reforms < 3:
            return self.say(f"{words}（{sources}）", f"{words} ({sources})")
        return words

    def open(self) -> Iterator[str]:
        """What nobody has a share in, and what is not costed."""
        money, costs = unallocated(self.figures), self.figures.totals[:, 0]
        account = ACCOUNTS[self.figures.account].to(self.lang)
        if not money.any():
            yield self.say("没有未明确分担的金额", "Nothing is unallocated")
        else:
            told = []
            for n, (amount, cost) in enumerate(zip(money.tolist(), costs.tolist(), strict=True)):
                part = f"{amount / cost:.1%}" if cost else "—"
                words = self.say(
                    f"{amount:,.2f}万元，占{account}的{part}",
                    f"{amount:,.2f}, {part} of the {account}",
                )
                told.append((self.label(n), words))
            yield labelled(
                self.say("未明确分担（没有规定由谁承担）", "Unallocated (nobody is named to pay)"),
                self.grouped(told),
                self.lang,
            )
        missing = self.brief.ledgers[-1].counts()["not_costed"]
        if missing:
            yield self.say(
                f"缺数据未测算{missing}项，不在上列各数之内",
                f"Not costed for want of data: {missing} items, which are in no figure above",
            )

    def apart(self) -> Iterator[str]:
        """What other accounts hold, and that there is more to be told."""
        found = self.brief.others()
        for n, account, change in found:
            name = ACCOUNTS[account].to(self.lang)
            label = self.label(n) if self.reforms > 1 else ""
            yield self.say(
                f"另有{label}{name}变化{change:+,.2f}万元，不计入上列",
                f"Apart from this, {name} change by {change:+,.2f}{f' under {label}' if label else ''}",
            )
        if self.figures.leftovers:
            yield self.say(
                "表中个别0.01万元的变化为取整尾差", "Changes of 0.01 may be what rounding leaves"
            )
        doubts = len(shown(told_together(each.told for each in self.budgets)))
        if doubts:
            yield self.say(
                f"测算时另有提示{doubts}条，见测算报告",
                f"{doubts} warnings of the run stand in the report",
            )

    # Table and picture

    def options(self) -> Grid:
        """The reference, and what each option changes: in all, in percent, and in some years."""
        figures, rows, strong = self.figures, list[Sequence[str]](), {0}
        rows.append((capital(self.label(0)), *(map(money, figures.totals[0]))))
        for n in range(self.reforms):
            strong.add(len(rows))
            changes, yearly = figures.total_changes[n], figures.changes[n]
            if self.reforms == 1:
                rows.append((capital(self.label(1)), *map(money, figures.totals[1])))
                rows.append((self.say("变化", "Change"), *map(signed, changes)))
                strong.add(len(rows) - 1)
            else:
                rows.append(
                    (
                        self.say(
                            f"{self.label(n + 1)}变化", f"{capital(self.label(n + 1))}: change"
                        ),
                        *map(signed, changes),
                    )
                )
            percents = (
                percent(change, before)
                for change, before in zip(changes.tolist(), figures.totals[0].tolist(), strict=True)
            )
            rows.append((self.say("变化率", "Percent"), *percents))
            for which, y in enumerate(self.picked(n)):
                of = self.say("\u3000\u3000\u3000" if which else "其中：", "of which ")
                year = self.say(f"{figures.years[y]}年", str(figures.years[y]))
                rows.append((of + year, *map(signed, yearly[y])))
        return self.grid(self.say("各级承担变化", "What each bears more or less"), rows, strong)

    def picked(self, n: int) -> list[int]:
        """The years of an option that the table shows: of one option several, of few the first
        and the last, of more none.
        """
        moving = self.figures.moving(n)
        if len(self.figures.years) == 1 or not moving or self.reforms > ROOMY:
            return []
        most = PICKED if self.reforms == 1 else 2
        at = np.unique(np.linspace(0, len(moving) - 1, min(most, len(moving))).round().astype(int))
        return [moving[each] for each in at.tolist()]

    def single(self) -> Grid:
        """A row a year, and their sum."""
        figures, years = self.figures, self.figures.years
        at = np.unique(
            np.linspace(0, len(years) - 1, min(YEARS, len(years))).round().astype(int)
        ).tolist()
        rows: list[Sequence[str]] = [
            (self.say(f"{years[y]}年", str(years[y])), *map(money, figures.amounts[0, y]))
            for y in at
        ]
        totals = figures.totals[0]
        strong = set[int]()
        if len(years) > 1:
            strong.add(len(rows))
            rows.append((self.over, *map(money, totals)))
        shares = (percent(each, totals[0], "") for each in totals.tolist())
        rows.append((self.say("占比", "Share"), *shares))
        return self.grid(self.say("各级承担情况", "Who pays"), rows, strong)

    def grid(self, caption: str, rows: Sequence[Sequence[str]], strong: Iterable[int]) -> Grid:
        return Grid(
            self.say(f"表1  {caption}（{self.over}）", f"Table 1. {caption} ({self.over})"),
            self.say("单位：万元", "Unit: 10,000 yuan"),
            ["", *self.heads],
            rows,
            frozenset(strong),
        )

    def picture(self) -> str:
        """The caption of the picture."""
        if not self.reforms:
            return self.say(
                "图1  各承担主体分年支出（万元）", "Figure 1. Who pays, year by year (10,000 yuan)"
            )
        if self.reforms == 1:
            return self.say(
                "图1  各承担主体分年变化（万元）",
                "Figure 1. The change by payer and year (10,000 yuan)",
            )
        return self.say(
            f"图1  各方案{self.over}变化（万元）",
            f"Figure 1. The change by option, {self.over} (10,000 yuan)",
        )


def called(n: int, reforms: int, lang: Lang) -> str:
    """What a budget is called on the page: the reference, then options by number."""
    if n == 0:
        return Text("对照情景", "reference").to(lang)
    if reforms == 1:
        return Text("本方案", "the option").to(lang)
    return Text(f"方案{ORDINALS[n - 1]}", f"option {n}").to(lang)


def capital(words: str) -> str:
    """Words that begin a line."""
    return words[:1].upper() + words[1:]


def listed_long(parts: Sequence[str], lang: Lang) -> str:
    """Statements of a sentence."""
    return ("，" if lang == "zh" else ", ").join(parts)


def money(figure: float) -> str:
    """万元 as printed, a dash where nothing is costed."""
    return "—" if np.isnan(figure) else f"{figure:,.2f}"


def signed(figure: float) -> str:
    """A change as printed."""
    return "—" if np.isnan(figure) else f"{figure:+,.2f}" if figure else "0.00"


def percent(figure: float, of: float, sign: str = "+") -> str:
    """A part of something in percent, a dash where there is nothing to be part of."""
    if np.isnan(figure) or not np.nan_to_num(of):
        return "—"
    return f"{figure / of:{sign}.1%}" if figure else "0.0%"
