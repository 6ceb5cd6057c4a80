"""One A4 page for the leadership: what is asked, who pays how much more or less and when, why, one
table, one picture, and on what it rests.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fiscal_model.analysis.compare import Comparison
from fiscal_model.blocks import Block, Heading, Note, Paragraph, Shown, Table, page
from fiscal_model.briefing.figures import Figures, figures_of
from fiscal_model.briefing.page import WIDTH, Page
from fiscal_model.briefing.speaker import called, capital
from fiscal_model.briefing.words import page_of
from fiscal_model.errors import Fault, fault
from fiscal_model.extras import check_extra
from fiscal_model.files import Read, replacing
from fiscal_model.language import spoken
from fiscal_model.messages.message import message
from fiscal_model.results.accounts import account_of, booked_in
from fiscal_model.results.ledger import Ledger, ledger
from fiscal_model.results.result import Result, only
from fiscal_model.vocabulary import ACCOUNTS, Lang
from fiscal_model.workbook.report import print_date

if TYPE_CHECKING:
    import pandas as pd

    from fiscal_model.charts.axes import Chart

SUFFIXES: Final = (".docx", ".html")
SCALE: Final = 0.75
"""A picture is drawn larger than it is printed: the type of charts is that of a screen."""
DPI: Final = 200
MOST: Final = 6
"""Options beside the reference that one page holds."""


@dataclass(frozen=True, eq=False, repr=False)
class Brief(Shown):
    """A briefing note on one result, or on several that are set against the first.

    ``comparison`` is None for one. ``places`` and ``years`` are those that all of it covers.
    """

    budgets: tuple[Result, ...]
    comparison: Comparison[Any] | None
    places: tuple[str, ...]
    years: tuple[int, ...]

    @cached_property
    def figures(self) -> Figures:
        """The money it prints."""
        return figures_of(self.budgets, self.account, self.places, self.years)

    @cached_property
    def account(self) -> str:
        """The account it is of: the one that sums cover, or where nothing of that is costed the
        first that has anything.
        """
        covered = account_of(self.of(0).lines)
        parts = [self.of(n) for n in range(len(self.budgets))]
        costed = (
            account
            for account in dict.fromkeys((covered, *ACCOUNTS))
            if account in ACCOUNTS
            and any(each.costed[booked_in(each.lines, account)].any() for each in parts)
        )
        return next(costed, covered)

    def of(self, n: int) -> Result:
        """The part of a budget that it covers."""
        return only(self.budgets[n], self.places, years=self.years)

    @cached_property
    def ledgers(self) -> tuple[Ledger, ...]:
        """On what each budget rests."""
        return tuple(ledger(self.of(n)) for n in range(len(self.budgets)))

    def others(self) -> list[tuple[int, str, float]]:
        """What changes in other accounts: the number of the option, the account, and 万元."""
        if self.comparison is None:
            return []
        frame, found = self.comparison.by("account", "payer")["change"], []
        for n, name in enumerate(self.comparison.names[1:], 1):
            mine = frame.xs(name, level="scenario") if len(self.budgets) > 2 else frame
            for account, changes in mine.groupby(level="account", sort=False):
                if account != self.account and (changes.abs() >= 50).any():
                    found.append((n, str(account), float(changes.sum()) / 1e4))
        return found

    def page(self, lang: Lang | None = None, date: str | None = None) -> Page:
        """What it says, dated as :meth:`save` dates it."""
        return page_of(self, spoken(lang), print_date(date))

    def picture(self, lang: Lang | None = None, height: float = 210.0) -> Chart:
        """Who pays more or less: by year for one option, by option for several; for a single
        scenario who pays, by year. ``height`` is in points of the printed page.
        """
        from fiscal_model.charts import change, payers
        from fiscal_model.charts.chart import Caption, new_figure
        from fiscal_model.charts.style import WAN, styled

        lang = spoken(lang)
        caption = Caption("", (), lang, payers=self.budgets[0].standard.payers)
        with styled():
            ax = new_figure((WIDTH / 72 / SCALE, height / 72 / SCALE), DPI).add_subplot()
            if self.comparison is None:
                chart = payers.by_year(self._paid(), caption, ax, WAN)
            elif len(self.budgets) == 2:
                chart = change.by_year(self._changes("year").unstack("year"), caption, ax, WAN)
            else:
                reforms = len(self.budgets) - 1
                names = [capital(called(n, reforms, lang)) for n in range(1, reforms + 1)]
                table = self._changes().unstack("scenario")[list(self.comparison.names[1:])]
                chart = change.by_scenario(table, names, caption, ax, WAN)
            ax.set_title("", loc="left")
        return chart

    def _changes(self, *more: str) -> pd.Series[float]:
        """Yuan by payer and further dimensions, with the scenario before them where there are
        several.
        """
        assert self.comparison is not None
        return self.comparison.by("payer", *more, account=self.account)["change"]

    def _paid(self) -> pd.DataFrame:
        """Yuan by payer and year of the first budget."""
        import pandas as pd

        labels, table = self.of(0).total("payer", "year", account=self.account)
        return pd.DataFrame(table, index=labels[0], columns=labels[1])

    def blocks(self, lang: Lang) -> Iterable[Block]:
        """Its sections and its table, as they stand on the page."""
        return self._told(self.page(lang))

    def _told(self, told: Page) -> Iterable[Block]:
        yield Heading(told.title)
        if told.notice:
            yield Note(told.notice)
        for section in told.sections:
            yield Heading(section.heading)
            yield from map(Paragraph, section.paragraphs)
            if section.shown:
                grid = told.grid
                yield Paragraph(f"{grid.caption}  {grid.unit}")
                yield Table(grid.heads, grid.rows, numbers=range(1, len(grid.heads)))
        yield Paragraph(f"{told.signature}    {told.date}")

    def html(self, lang: Lang | None = None) -> str:
        """The same as HTML, with the picture."""
        from fiscal_model.briefing.html import picture_html

        told = self.page(lang)
        return page(self._told(told), picture_html(self, told))

    @property
    def read(self) -> Read:
        """The files that it was made from."""
        return Read.together(each.read for each in self.budgets)

    def save(self, target: str | Path, lang: Lang | None = None, date: str | None = None) -> None:
        """Writes the page as .docx or .html.

        Args:
            target: the file; its ending says what it becomes.
            lang: ``zh`` or ``en``.
            date: the date printed, such as 2024-01-31; SOURCE_DATE_EPOCH or today when left out.
                The same date gives the same bytes.

        Raises:
            FiscalModelError: the file ends otherwise or cannot be written, python-docx is not
                installed, or the date is none.

        """
        path = Path(target)
        check_target(path)
        told = self.page(lang, date)
        if path.suffix.lower() == ".docx":
            from fiscal_model.briefing.word import content
        else:
            from fiscal_model.briefing.html import content
        written = content(self, told, print_date(date))
        with replacing(path, self.read) as draft:
            draft.write_bytes(written)


def check_target(target: Path) -> None:
    """Says before any work that a page cannot be written.

    Raises:
        FiscalModelError: the name ends otherwise than in .docx or .html, or python-docx, which
            .docx needs, is not installed.

    """
    suffix = target.suffix.lower()
    if suffix not in SUFFIXES:
        raise fault(str(target), "brief-file-name")
    check_extra("brief" if suffix == ".docx" else "charts")


def brief_of(
    budgets: Sequence[Result], comparison: Comparison[Any] | None, years: Sequence[int]
) -> Brief:
    """The note on one result, or on those of a comparison, over some years.

    Raises:
        FiscalModelError: there are more options than a page holds, a part has only some payers, or
            nothing is costed.

    """
    if any(each.at and each.at.payers for each in budgets):
        raise fault("", "brief-of-payers")
    if len(budgets) - 1 > MOST:
        raise fault("", "brief-options-many", given=len(budgets) - 1, most=MOST)
    places = comparison.axes.places if comparison else budgets[0].places
    found = Brief(tuple(budgets), comparison, tuple(places), tuple(years))
    if not any(found.of(n).costed.any() for n in range(len(budgets))):
        empty = budgets[0].program.empty or Fault("", message("nothing-of-part"))
        raise fault(empty.where, "brief-of-nothing", why=empty.message)
    return found
