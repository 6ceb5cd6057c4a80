"""What a briefing note says: what is asked, who pays how much more or less and when, why, and on
what it rests. Figures are those printed, in 万元.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np

from fiscal_model.blocks import ILLUSTRATIVE
from fiscal_model.briefing.grids import Grids, money, percent
from fiscal_model.briefing.page import Page, Section
from fiscal_model.briefing.rests import Rests
from fiscal_model.briefing.speaker import LONGEST, ORDINALS, ROOMY, Speaker, capital
from fiscal_model.briefing.why import Why
from fiscal_model.errors import shortened
from fiscal_model.results.result import which_items
from fiscal_model.scenario.model import Scenario
from fiscal_model.vocabulary import ACCOUNTS, Lang, joined, labelled, listed, spans

if TYPE_CHECKING:
    from fiscal_model.briefing.brief import Brief

ALIKE: Final = 0.025
"""万元 by which rounding lets equal years differ."""


def page_of(brief: Brief, lang: Lang, today: date) -> Page:
    """The note in a language."""
    return _Writer(brief, lang).page(today)


class _Writer(Speaker):
    """The note of a brief in one language."""

    def page(self, today: date) -> Page:
        """All of it."""
        bodies = (
            self.asked(),
            self.who(),
            Why(self.brief, self.lang).paragraphs(),
            Rests(self.brief, self.lang).paragraphs(),
        )
        return Page(
            self.lang,
            self.title(),
            ILLUSTRATIVE.to(self.lang) if self.first.inputs.illustrative else "",
            tuple(
                Section(self.say(f"{ORDINALS[n]}、{head}", f"{n + 1}. {head}"), tuple(body), n == 1)
                for n, (head, body) in enumerate(zip(self.headings(), bodies, strict=True))
            ),
            Grids(self.brief, self.lang).table(),
            self.picture(),
            self.say("编制单位：", "Prepared by:"),
            self.say(f"{today.year}年{today.month}月{today.day}日", today.isoformat()),
        )

    def headings(self) -> tuple[str, ...]:
        """What the sections are called."""
        who = self.say("各级承担情况", "Who pays")
        if self.reforms:
            who = self.say("各级承担变化", "Who pays more or less, and when")
        why = self.say("变化原因", "Why")
        if not self.reforms and len(self.figures.years) == 1:
            why = self.say("主要项目", "Largest items")
        return (
            self.say("测算事项", "What is asked"),
            who,
            why,
            self.say("依据和需要说明的事项", "On what it rests"),
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
        """The question and what the figures cover; of several options their titles below."""
        base, option = self.quoted(self.first), self.quoted(self.budgets[-1])
        if not self.reforms:
            question = self.say(
                f"按“{base}”测算各级财政承担的支出，现将情况说明如下。",
                f"What each level bears under '{base}'. ",
            )
        elif self.reforms == 1:
            question = self.say(
                f"对“{option}”（本方案）进行了测算，与“{base}”（对照情景）比较各级财政负担的增减，"
                "现将情况说明如下。",
                f"How much more or less each level bears under '{option}' (the option) than under"
                f" '{base}' (the reference). ",
            )
        else:
            question = self.say(
                f"对下列方案进行了测算，与“{base}”（对照情景）比较各级财政负担的增减，"
                "现将情况说明如下。",
                f"How much more or less each level bears under these options than under '{base}'"
                " (the reference). ",
            )
        reason = self.reason(self.budgets[-1].scenario) if self.reforms < 2 else ""
        yield question + reason + self.sentence(self.cover()).rstrip()
        if self.reforms > 1:
            titles = (
                labelled(capital(self.label(n)), self.quoted(each), self.lang)
                for n, each in enumerate(self.budgets[1:], 1)
            )
            yield self.sentence(joined(titles, self.lang)).rstrip()

    def cover(self) -> str:
        """The place, the items of a part, the years and the account."""
        places, years = self.first.standard.places, spans(self.figures.years, self.lang)
        parts = (
            places.label(places.common(self.brief.places)).to(self.lang),
            *which_items(self.first, self.lang),
            self.say(f"{years}年", years),
            ACCOUNTS[self.figures.account].to(self.lang),
        )
        return labelled(self.say("测算范围", "Covered"), listed(parts, self.lang), self.lang)

    def reason(self, scenario: Scenario) -> str:
        """What the author of a scenario says it is for."""
        if not scenario.reason:
            return ""
        words = shortened(scenario.reason.to(self.lang).rstrip("。."), 2 * LONGEST)
        return self.sentence(labelled(self.say("背景", "Background"), words, self.lang))

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
            if same := listed((self.heads[k] for k in every if k not in moved), self.lang):
                told.append(self.say(f"{same}不变", f"{same} unchanged"))
            over = self.say(f"{self.over}，", f"{self.over}: ")
            when = self.when(n) if self.reforms <= ROOMY else ""
            yield self.opening(n + 1) + over + self.sentence(self.statements(told)) + when

    def when(self, n: int) -> str:
        """From which year on, and how much then and in the last year, for those moved most."""
        years, moving = self.figures.years, self.figures.moving(n)
        if len(years) == 1 or not moving:
            return ""
        changes, leading = self.figures.changes[n], self.leading(n)
        one, other = (
            self.statements([self.moved(self.heads[k], changes[y, k], np.nan) for k in leading])
            for y in (moving[0], moving[-1])
        )
        first, last = years[moving[0]], years[moving[-1]]
        apart = float(np.ptp(np.nan_to_num(changes[list(moving)]), axis=0).max())
        if apart <= ALIKE:
            span = spans([years[y] for y in moving], self.lang)
            each = self.say("每年", " each year") if len(moving) > 1 else ""
            each += self.say("约", ", about") if apart else ""
            return self.say(f"{span}年{each}{one}。", f"{span}{each}: {one}.")
        return self.say(
            f"变化从{first}年开始：当年{one}；{last}年{other}。",
            f"From {first}: {one} in that year; {other} in {last}.",
        )

    def leading(self, n: int) -> list[int]:
        """The columns that an option moves most, cost aside: two at most, in the order shown."""
        sizes = np.abs(np.nan_to_num(self.figures.total_changes[n]))
        sizes[0] = 0
        return sorted(k for k in np.argsort(-sizes, kind="stable")[:2].tolist() if sizes[k])

    def levels(self) -> str:
        """What each bears in all, and its part of the cost."""
        totals, parts = self.figures.totals[0], list[str]()
        for k, name in enumerate(self.heads):
            figure, part = money(totals[k]), percent(totals[k], totals[0], "")
            if k == 0:
                parts.append(self.say(f"{name}{figure}万元", f"{name} {figure}"))
            elif np.nan_to_num(totals[k]):
                parts.append(self.say(f"{name}{figure}万元（{part}）", f"{name} {figure} ({part})"))
        words = self.say(f"{self.over}，", f"{self.over}: ") + self.statements(parts)
        years, cost = self.figures.years, self.figures.amounts[0, :, 0]
        if len(years) == 1 or np.isnan(cost[[0, -1]]).any():
            return self.sentence(words).rstrip()
        first, last = f"{cost[0]:,.2f}", f"{cost[-1]:,.2f}"
        return self.sentence(words) + self.say(
            f"{self.heads[0]}{years[0]}年{first}万元，{years[-1]}年{last}万元。",
            f"{self.heads[0]} {first} in {years[0]}, {last} in {years[-1]}.",
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
