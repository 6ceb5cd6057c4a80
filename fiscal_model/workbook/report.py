"""The report workbook: cover, totals, charts, inputs, one table an item, the calculation, the
ledger, sources and checks.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import numpy as np

from fiscal_model.errors import Fault, fault
from fiscal_model.files import Read, replacing, replacing_all
from fiscal_model.language import spoken
from fiscal_model.messages.message import message
from fiscal_model.progress import watched
from fiscal_model.published.confront import Confronted
from fiscal_model.results.result import Result, only
from fiscal_model.results.sources import Gap
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import Lang
from fiscal_model.workbook import appendix, summaries
from fiscal_model.workbook.against_print import against_print, confronted, of_part
from fiscal_model.workbook.calculation import calculation
from fiscal_model.workbook.change_log import change_log
from fiscal_model.workbook.charts import charts
from fiscal_model.workbook.checks import checks
from fiscal_model.workbook.context import Report
from fiscal_model.workbook.cover import cover, open_cover, verdicts
from fiscal_model.workbook.figures import Money
from fiscal_model.workbook.item_table import costed_items, item_table
from fiscal_model.workbook.layout import Layout, laid_out
from fiscal_model.workbook.live_record import live_record
from fiscal_model.workbook.model import cells_of, model_of
from fiscal_model.workbook.parameter_sheet import parameters
from fiscal_model.workbook.plan_sheet import plan
from fiscal_model.workbook.quantity_sheet import quantities
from fiscal_model.workbook.rounding import Printed
from fiscal_model.workbook.rule_sheets import caps, rules
from fiscal_model.workbook.scenario_sheet import scenarios
from fiscal_model.workbook.sheet import Book
from fiscal_model.workbook.short_sheets import assumptions, unallocated

Gaps = Callable[[], Sequence[Gap]]
"""Asked for when the workbook can be written: it simulates every assumption twice."""
FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
"""What some file system allows in no name."""


def print_date(written: str | None) -> date:
    """The date to print: the one given, else SOURCE_DATE_EPOCH, else today.

    Raises:
        FiscalModelError: it is no date.

    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    try:
        if written:
            return date.fromisoformat(written)
        return datetime.fromtimestamp(int(epoch), UTC).date() if epoch else date.today()
    except (ValueError, OverflowError, OSError):
        raise fault("", "print-date-unreadable", written=written or epoch) from None


def write_report(
    budget: Result,
    target: Path,
    lang: Lang | None = None,
    written_date: str | None = None,
    others: Sequence[Result] = (),
    values: Printed | None = None,
    short: bool = False,
    gaps: Gaps = tuple,
) -> None:
    """Writes the workbook of ``budget`` to ``target``, with live formulas or (``values``) as plain
    numbers; ``others`` are set beside it, totals only. The edition to be printed (``short``) has
    plain numbers and the main tables. ``gaps`` gives the missing figures that weigh most.

    Raises:
        FiscalModelError: the target cannot be written or is no .xlsx file, or nothing is costed.

    """
    lang = spoken(lang)
    today = print_date(written_date)
    check_name(target)
    check_costed(budget)
    check_part(budget)
    with replacing(target, Read.together(each.read for each in (budget, *others))) as draft:
        against, missing = (None, ()) if short else (confronted(budget), gaps())
        draft.write_bytes(
            _content(
                budget, lang, today, others, _edition(values, short), short, None, against, missing
            )
        )


def write_by_prefecture(
    budget: Result,
    target: Path,
    lang: Lang | None = None,
    written_date: str | None = None,
    others: Sequence[Result] = (),
    values: Printed | None = None,
    short: bool = False,
    gaps: Gaps = tuple,
) -> tuple[Path, ...]:
    """Writes one workbook a prefecture beside ``target``, code and name added to its name, and
    returns their paths; all are written or none.

    Raises:
        FiscalModelError: one of them cannot be written, the target is no .xlsx file, or nothing is
            costed.

    """
    lang = spoken(lang)
    today = print_date(written_date)
    check_name(target)
    check_costed(budget)
    check_part(budget)
    parts: dict[str, list[str]] = {}
    costed: list[bool] = np.asarray(budget.costed.any(axis=(0, 2))).tolist()
    for place, above, known in zip(budget.places, budget.labels["prefecture"], costed, strict=True):
        if known:
            parts.setdefault(above, []).append(place)
    values = _edition(values, short)
    whole = _closed(budget, values)
    against, missing = (None, ()) if short else (confronted(budget), gaps())
    paths = part_paths(target, budget.standard, lang, parts)
    with replacing_all(paths, Read.together(each.read for each in (budget, *others))) as drafts:
        for draft, places in watched([*zip(drafts, parts.values(), strict=True)]):
            draft.write_bytes(
                _content(
                    only(budget, places),
                    lang,
                    today,
                    others,
                    values,
                    short,
                    whole,
                    against,
                    missing,
                )
            )
    return paths


def _edition(values: Printed | None, short: bool) -> Printed | None:
    """How plain numbers are rounded: what is printed are plain numbers."""
    return Printed() if short and values is None else values


def _closed(budget: Result, values: Printed | None) -> Money | None:
    """The figures of what is written in several workbooks, whose totals the parts keep: none where
    figures are not closed.
    """
    if values is None or not values.closed:
        return None
    return Money(budget.whole, cells_of(budget), values.unit, values)


def part_paths(
    target: Path, standard: Standard, lang: Lang, prefectures: Iterable[str] = ()
) -> tuple[Path, ...]:
    """The workbooks of prefectures, of all that there are if none is named: code and name added to
    the target's name.
    """
    places = standard.places
    codes = tuple(prefectures) or (places.root, *places.children[places.root])
    names = {code: FORBIDDEN.sub("_", places.label(code).to(lang)) for code in codes}
    return tuple(
        target.with_name(f"{target.stem}-{code}-{name}{target.suffix}")
        for code, name in names.items()
    )


def check_name(target: Path) -> None:
    """A spreadsheet program opens a workbook under its own name only.

    Raises:
        FiscalModelError: the target is no .xlsx file.

    """
    if target.suffix.lower() != ".xlsx":
        raise fault(str(target), "workbook-not-xlsx")


def check_costed(budget: Result) -> None:
    """A workbook needs a row to show.

    Raises:
        FiscalModelError: nothing is costed, and why.

    """
    if budget.costed.any():
        return
    empty = budget.program.empty or Fault("", message("nothing-of-part"))
    raise fault(empty.where, "no-workbook-written", why=empty.message)


def check_part(part: Result) -> None:
    """A workbook computes whole items, for every payer; a part of the years is simulated for these
    years before.

    Raises:
        FiscalModelError: it is a part of some payers, or has a part of an item.

    """
    if part.at is None:
        return
    items = {line.item for line in part.lines}
    lines = [line for line in part.program.lines if line.item in items]
    if part.at.payers or len(part.lines) < len(lines):
        raise fault("", "workbook-of-part")


def _content(
    shown: Result,
    lang: Lang,
    today: date,
    others: Sequence[Result],
    values: Printed | None,
    short: bool,
    whole: Money | None = None,
    against: Confronted | None = None,
    gaps: Sequence[Gap] = (),
) -> bytes:
    """The bytes of one workbook, of the whole or a part; ``against`` are the printed figures that
    the whole was held against.
    """
    content = BytesIO()
    book = Book(
        content,
        lang,
        datetime(today.year, today.month, today.day),
        live=values is None,
        decimals=values.decimals if values else 2,
    )
    report = Report(book, model_of(shown), shown, today, values, whole, short)
    layout = laid_out(report)
    front = open_cover(report)
    if others:
        scenarios(report, others)
    summaries.payers_by_year(report)
    summaries.items(report)
    summaries.prefectures(report)
    held = of_part(against, shown) if against else None
    if short:
        _main(report)
    else:
        _all(report, layout, gaps)
        if held and held.rows:
            against_print(report, held)
    verdict_row = cover(report, front, others, held)
    checks(report)
    verdicts(report, front, verdict_row)
    if not short:
        change_log(report)
        appendix.edits(report)
    if book.live:
        live_record(report, layout)
    book.close()
    return content.getvalue()


def _main(report: Report) -> None:
    """The sheets of the edition to be printed, behind the summaries."""
    if len(report.budget.years) > 1:
        summaries.years(report)
    unallocated(report)
    assumptions(report)


def _all(report: Report, layout: Layout, gaps: Sequence[Gap]) -> None:
    """The sheets of any other edition."""
    plan(report)
    summaries.years(report)
    charts(report)
    parameters(report, layout.parameters)
    quantities(report, layout.quantities)
    for number in costed_items(report.model):
        item_table(report, report.shown.standard.items[number])
    calculation(report, *layout.calculation)
    rules(report, layout.rules)
    caps(report, layout.caps)
    appendix.ledger(report)
    appendix.sources(report, gaps)
