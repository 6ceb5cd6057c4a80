"""What every sheet of a report shares: the workbook, the budget, its rows, the language and the
notice on illustrative data.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from fiscal_model.results.ledger import ledger
from fiscal_model.results.result import Result
from fiscal_model.vocabulary import Text, spans
from fiscal_model.workbook.columns import Table, widths
from fiscal_model.workbook.figures import Money
from fiscal_model.workbook.model import Model
from fiscal_model.workbook.pages import Pages
from fiscal_model.workbook.rounding import SHOWN, Printed
from fiscal_model.workbook.sheet import Book, Sheet

WAN = 10_000.0
UNITS = {
    1.0: Text("元", "yuan"),
    WAN: Text("万元", "10,000 yuan"),
    1e8: Text("亿元", "100 million yuan"),
}
"""The units of money that summaries are shown in."""

NAMES = {
    "cover": Text("封面", "Cover"),
    "scenarios": Text("情景对比", "Scenarios"),
    "payers": Text("分级次分年", "By payer"),
    "years": Text("多年汇总", "By year"),
    "charts": Text("图表", "Charts"),
    "items": Text("分项目", "By item"),
    "places": Text("分地区", "By place"),
    "plan": Text("分地区分年", "By place and year"),
    "parameters": Text("参数", "Parameters"),
    "quantities": Text("人数与标准", "Counts and rates"),
    "rules": Text("规则", "Rules"),
    "caps": Text("限额", "Base amounts and grants"),
    "calculation": Text("计算", "Calculation"),
    "ledger": Text("台账", "Ledger"),
    "sources": Text("来源", "Sources"),
    "checks": Text("检查", "Checks"),
    "changes": Text("情景变更", "Changes"),
    "edits": Text("修改记录", "Edits"),
}
"""The sheets of a report beside those of the items."""


def distinct(names: Mapping[str, str]) -> dict[str, str]:
    """Names by code, with the code behind those that several share: a spreadsheet does not tell
    capitals from small letters.
    """
    shared = Counter(name.casefold() for name in names.values())
    return {
        code: f"{name} ({code})" if shared[name.casefold()] > 1 else name
        for code, name in names.items()
    }


class Report:
    """One workbook being written: ``budget`` is the whole, ``shown`` what of it stands in this
    workbook; ``values`` makes it plain numbers.

    ``whole`` are the figures of the whole budget that those of a part must agree with.
    """

    def __init__(
        self,
        book: Book,
        model: Model,
        shown: Result,
        today: date,
        values: Printed | None = None,
        whole: Money | None = None,
    ) -> None:
        self.values, self.scale = values, values.unit if values else WAN
        self.decimals = values.decimals if values else SHOWN
        self.book, self.model, self.budget, self.lang, self.today = (
            book,
            model,
            model.budget,
            book.lang,
            today,
        )
        self.shown, self.ledger = shown, ledger(shown)
        self.money = Money(self.budget, model.cells, self.scale, values, whole)
        self.pages = Pages()
        self.passed, self.as_run = True, True
        """Whether the checks passed, and whether the pages come to what the run found."""
        self.tables = book.tables
        self.note = (
            self.say("示例数据，非实际预算", "illustrative data, no actual budget")
            if self.budget.inputs.illustrative
            else ""
        )
        self.beneficiaries = distinct(
            {
                code: each.name.to(self.lang)
                for code, each in self.budget.standard.beneficiaries.items()
            }
        )
        """Their names, by which formulas find them again."""
        self.title = self.budget.scenario.title.to(self.lang)
        self.year_blocks: list[Table] = []
        self.picked: list[int] = []
        """The positions of the years on the cover."""
        self.chart_year = 0
        """The position of the charts' year."""
        self.beside: list[tuple[Result, float]] = []
        """The other scenarios, and the yuan of all their columns in this workbook at the run."""

    def say(self, zh: str, en: str) -> str:
        """One of two texts, as the language asks."""
        return Text(zh, en).to(self.lang)

    def label(self, payer: str) -> str:
        """The name of a payer."""
        return self.budget.standard.payers[payer].name.to(self.lang)

    def wan(self) -> str:
        """The unit of summaries."""
        return UNITS.get(self.scale, Text(f"{self.scale:,g}元", f"{self.scale:,g} yuan")).to(
            self.lang
        )

    def apart(self) -> str:
        """What is said where items were rounded apart from the totals of the whole; empty where
        none was.
        """
        found = spans(sorted({self.budget.years[y] for _, y in self.money.apart}), self.lang)
        zh = f"{found}年合计取自全区测算，各项分别取整，相差的尾数列在“分项目”表的尾差行"
        en = (
            f"{found}: totals are those of the whole region, items are rounded apart; what that"
            " leaves stands in the closing row of the table by item"
        )
        return self.say(zh, en) if found else ""

    def open(
        self, key: str, zh: str, en: str, widths: Sequence[float], unit: str = "", over: int = 0
    ) -> Sheet:
        """A new sheet by its key among :data:`NAMES`, with its title."""
        return self.sheet(NAMES[key].to(self.lang), self.say(zh, en), widths, unit, over)

    def printed(
        self,
        key: str,
        title: Text,
        table: Table,
        freeze: int | None = None,
        about: Sequence[str] = (),
        unit: str | None = None,
    ) -> Sheet:
        """A new sheet with a table below lines that say what it is."""
        name = NAMES[key].to(self.lang) if key in NAMES else key
        unit = self.wan() if unit is None else unit
        sheet = self.sheet(name, title.to(self.lang), widths(table), unit)
        for line in about:
            if line:
                sheet.line(line)
        sheet.show(table, freeze)
        return sheet

    def sheet(
        self, name: str, title: str, widths: Sequence[float], unit: str = "", over: int = 0
    ) -> Sheet:
        """A new sheet with its title (over the first ``over`` columns), the scenario, and the unit
        and date.
        """
        sheet = self.book.sheet(
            name, title, widths, self.note, over, printed=unit.startswith(self.wan())
        )
        about = f"{self.say('情景', 'Scenario')}: {self.title} ({self.budget.scenario.name})"
        if self.note:
            about += f"  【{self.note}】" if self.lang == "zh" else f"  [{self.note}]"
        sheet.line(about)
        if unit:
            sheet.line(f"{self.say('单位：', 'Unit: ')}{unit}    {self.today.isoformat()}", "unit")
        return sheet
