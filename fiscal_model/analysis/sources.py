"""The page of what everything rests on: the figures whose absence weighs most, by how far the totals
move with what stands in their place, then every source with its use and what is still sought.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from fiscal_model.analysis.sensitivity import NOTHING, Bar, Sensitivity, sensitivity
from fiscal_model.blocks import (
    ILLUSTRATIVE,
    Block,
    Heading,
    Note,
    Paragraph,
    Shown,
    Table,
    markdown,
    wan,
)
from fiscal_model.calls import answered
from fiscal_model.engine.project import Span
from fiscal_model.files import path_of, replacing
from fiscal_model.language import spoken
from fiscal_model.results.result import Result
from fiscal_model.results.sources import (
    COLUMNS,
    GAP_COLUMNS,
    GAPS,
    HOW,
    SURE,
    TOP,
    Gap,
    Source,
    shown,
    sources,
    weighed_by,
)
from fiscal_model.run import simulated
from fiscal_model.standard.words import clause_words
from fiscal_model.vocabulary import GENERAL, LANGS, Lang, Text, labelled, listed

if TYPE_CHECKING:
    import pandas as pd

SPREAD: Final = 0.1
"""How far a number without a range is moved, a part of itself."""


class Missing(NamedTuple):
    """A figure that nobody published: the assumption in its place at both its values, and the payer
    whose total that moves most, in yuan.
    """

    bar: Bar
    payer: str

    @property
    def changes(self) -> tuple[float, float]:
        """The change of the payer's total at the low and at the high value."""
        return self.bar.changes(self.payer)

    @property
    def total(self) -> tuple[float, float]:
        """The change of all payers together: 0 where money only moves between them."""
        low, high = self.bar.change_low, self.bar.change_high
        return sum(low.values()), sum(high.values())

    @property
    def largest(self) -> float:
        """The larger of the two changes, without its sign."""
        return max(map(abs, self.changes))


@answered
@dataclass(frozen=True, repr=False, eq=False)
class Sources(Shown):
    """Everything that a result rests on, what is still sought and bears most money first, and the
    missing figures that would move most money.
    """

    result: Result
    sources: tuple[Source, ...]

    @cached_property
    def year(self) -> int:
        """The year by whose money sources and missing figures are weighed."""
        return weighed_by(self.result)

    @cached_property
    def sensitivity(self) -> Sensitivity[Result]:
        """What is assumed, moved one by one, in the general public budget of that year."""
        whole = self.result.whole
        span = Span((self.year,), asked=False, named=True)
        base = simulated(whole.standard, whole.scenario, whole.inputs, span)
        return sensitivity(base, SPREAD, GENERAL, ("assumption",))

    @cached_property
    def missing(self) -> tuple[Missing, ...]:
        """The missing figures that move any total, the weightiest first; of the options of a
        reading the one that moves most.
        """
        found = self.sensitivity
        weighed = (
            Missing(bar, max(found.payers, key=lambda payer: max(map(abs, bar.changes(payer)))))
            for bar in found.bars
            if found.payers
        )
        ranked = sorted(weighed, key=lambda each: -each.largest)
        once = {each.bar.assumption.partition("=")[0]: each for each in reversed(ranked)}
        return tuple(
            each
            for each in ranked
            if each.largest >= NOTHING and once[each.bar.assumption.partition("=")[0]] is each
        )

    def to_dataframe(self, lang: Lang | None = None) -> pd.DataFrame:
        """A row a source: how sure it is, what it is, used for, in its own words, years, what is
        still sought, and the yuan that rest on it in :attr:`year`.
        """
        import pandas as pd

        lang = spoken(lang)
        rows = [{**shown(each, lang), "money": each.yuan} for each in self.sources]
        return pd.DataFrame(rows, columns=list(COLUMNS))

    def to_markdown(self, target: str | Path, lang: Lang | None = None) -> None:
        """Writes the page as a Markdown file; the same result gives the same bytes.

        Args:
            target: the file.
            lang: ``zh`` or ``en``.

        Raises:
            FiscalModelError: the file cannot be written, or is one that was read.

        """
        written = markdown(self.blocks(spoken(lang)))
        with replacing(path_of(target), self.result.read) as draft:
            draft.write_text(written, encoding="utf-8")

    def blocks(self, lang: Lang) -> Iterator[Block]:
        """The missing figures that weigh most, and a table of sources for each degree of how sure
        they are.
        """
        result = self.result
        title = Text("依据与缺口", "Sources and gaps").to(lang)
        about = f"{result.scenario.title.to(lang)} · {result.inputs.title.to(lang)}"
        yield Heading(f"{title} · {about}")
        if result.inputs.illustrative:
            yield Note(ILLUSTRATIVE.to(lang))
        yield from self._missing_blocks(lang)
        yield Paragraph(labelled(COLUMNS["money"].to(lang), self._weighed(lang), lang))
        for sure, (name, sought) in SURE.items():
            found = [shown(each, lang) for each in self.sources if each.sure == sure]
            if not found:
                continue
            yield Heading(f"{name.to(lang)[:1].upper()}{name.to(lang)[1:]}")
            if sought.zh:
                yield Paragraph(labelled(COLUMNS["sought"].to(lang), sought.to(lang), lang))
            keys = [
                key
                for key in ("name", "used", "years", "money", "words")
                if any(row[key] for row in found)
            ]
            heads = [COLUMNS[key].to(lang) for key in keys]
            right = keys.index("money") if "money" in keys else len(keys)
            yield Table(heads, [[row[key] for key in keys] for row in found], numbers=(right,))

    def _weighed(self, lang: Lang) -> str:
        return Text(
            f"以其为据的支出项和地区{self.year}年一般公共预算合计，万元",
            f"of the lines and places that do, general public budget {self.year}, 10,000 yuan",
        ).to(lang)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """The ten of :attr:`missing` that weigh most, in words."""
        return tuple(
            Gap(
                each.bar.label,
                Text(*(" → ".join(words.to(lang) for words in each.bar.shown) for lang in LANGS)),
                self.result.standard.payers[each.payer].name,
                each.changes,
                each.total[1],
                Text(*(clause_words(each.bar.clause, lang) for lang in LANGS)),
            )
            for each in self.missing[:TOP]
        )

    def _missing_blocks(self, lang: Lang) -> Iterator[Block]:
        year = Text(
            f"（{self.year}年一般公共预算，万元）",
            f" (general public budget {self.year}, 10,000 yuan)",
        )
        yield Heading(GAPS.to(lang) + year.to(lang))
        yield Paragraph(HOW.to(lang))
        heads = (Text("序号", "No."), *GAP_COLUMNS.values())
        rows = [
            (
                str(n),
                *(each.to(lang) for each in (gap.payer, gap.what, gap.moved, gap.stands)),
                *(wan(yuan, signed=True) for yuan in (*gap.changes, gap.together)),
            )
            for n, gap in enumerate(self.gaps, 1)
        ]
        yield Table([each.to(lang) for each in heads], rows, numbers=(0, 5, 6, 7))
        for why in dict.fromkeys(each.why for each in self.sensitivity.not_varied):
            left = [x.label.to(lang) for x in self.sensitivity.not_varied if x.why == why]
            head = Text(f"未变动 {len(left)} 个，{why.zh}", f"{len(left)} not moved, {why.en}")
            yield Paragraph(labelled(head.to(lang), listed(left, lang), lang))


def sources_of(result: Result) -> Sources:
    """See :attr:`fiscal_model.Budget.sources`."""
    return Sources(result, sources(result))
