"""What every sheet of a report shares: the workbook, the budget, the language and the notice on illustrative data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from fiscal_model.budget import Budget
from fiscal_model.report.sheet import Book, Sheet
from fiscal_model.vocabulary import Text

WAN = 10_000.0


class Report:
    """One workbook being written."""

    def __init__(self, book: Book, budget: Budget, today: date) -> None:
        self.book, self.budget, self.lang, self.today = book, budget, book.lang, today
        self.note = self.say("示例数据，非实际预算", "illustrative data, no actual budget") if budget.inputs.illustrative else ""
        self.title = budget.scenario.title.to(self.lang)

    def say(self, zh: str, en: str) -> str:
        """One of two texts, as the language asks."""
        return Text(zh, en).to(self.lang)

    def wan(self) -> str:
        """The unit of summaries."""
        return self.say("万元", "10,000 yuan")

    def sheet(self, name: str, title: str, widths: Sequence[float], unit: str = "") -> Sheet:
        """A new sheet with its title, the scenario, and the unit and date."""
        sheet = self.book.sheet(name, title, widths, self.note)
        about = f"{self.say('情景', 'Scenario')}: {self.title} ({self.budget.scenario.name})"
        if self.note:
            about += f"  【{self.note}】" if self.lang == "zh" else f"  [{self.note}]"
        sheet.line(about)
        if unit:
            sheet.line(f"{self.say('单位：', 'Unit: ')}{unit}    {self.today.isoformat()}", "unit")
        return sheet
