"""The report workbook: cover, totals, one table an item, the ledger, sources and checks."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

from fiscal_model.budget import Budget
from fiscal_model.errors import fault
from fiscal_model.files import replacing
from fiscal_model.report import appendix, summaries
from fiscal_model.report.change_log import change_log
from fiscal_model.report.context import Report
from fiscal_model.report.cover import cover
from fiscal_model.report.item_table import item_table
from fiscal_model.report.sheet import Book
from fiscal_model.vocabulary import Lang


def print_date(written: str | None) -> date:
    """The date to print: the one given, else SOURCE_DATE_EPOCH, else today.

    Raises:
        FiscalModelError: it is no date.

    """
    try:
        if written:
            return date.fromisoformat(written)
        epoch = os.environ.get("SOURCE_DATE_EPOCH")
        return datetime.fromtimestamp(int(epoch), UTC).date() if epoch else date.today()
    except (ValueError, OverflowError, OSError):
        raise fault(
            "", f"“{written or os.environ.get('SOURCE_DATE_EPOCH')}”不是日期，应为 2024-01-31", "not a date: write 2024-01-31"
        ) from None


def write_report(budget: Budget, target: Path, lang: Lang = "zh", written_date: str | None = None, others: Sequence[Budget] = ()) -> None:
    """Writes the workbook of ``budget`` to ``target``; ``others`` are set beside it, totals only.

    Raises:
        FiscalModelError: the target cannot be written.

    """
    today = print_date(written_date)
    with replacing(target) as draft:
        content = BytesIO()
        book = Book(content, lang, datetime(today.year, today.month, today.day))
        report = Report(book, budget, today)
        cover(report, others)
        if others:
            summaries.scenarios(report, [budget, *others])
        summaries.payers_by_year(report)
        summaries.items(report)
        summaries.prefectures(report)
        for item in budget.standard.items.values():
            item_table(report, item)
        appendix.ledger(report)
        change_log(report)
        appendix.sources(report)
        appendix.checks(report)
        book.file.close()
        draft.write_bytes(content.getvalue())
