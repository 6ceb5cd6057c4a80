"""On what a briefing note rests: data, bases, and what is unallocated, not costed or elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from fiscal_model.briefing.figures import unallocated
from fiscal_model.briefing.speaker import Speaker
from fiscal_model.errors import shortened
from fiscal_model.results.ledger import shares_words
from fiscal_model.told.doubts import shown
from fiscal_model.told.told import together
from fiscal_model.vocabulary import ACCOUNTS, BASES, labelled, listed, spans

LONGEST_SOURCE: Final = 30
"""Characters of a source that is quoted."""
QUOTED: Final = 2
"""Up to how many options have their sources quoted."""


class Rests(Speaker):
    """The section on what the figures rest on."""

    def paragraphs(self) -> Iterator[str]:
        """Data and bases; then what the figures do not hold."""
        yield self.told((*self.data(), *self.basis()))
        yield self.told((*self.open(), *self.apart()))

    def told(self, statements: Iterable[str]) -> str:
        """A sentence each."""
        return "".join(map(self.sentence, statements)).rstrip()

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
                shortened(text.to(self.lang), LONGEST_SOURCE)
                for each in own
                for text in each.sources
            ),
            self.lang,
        )
        if words and sources and self.reforms <= QUOTED:
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
        doubts = len(shown(together(each.told for each in self.budgets)))
        if doubts:
            yield self.say(
                f"测算时另有提示{doubts}条，见测算报告",
                f"{doubts} warnings of the run stand in the report",
            )
