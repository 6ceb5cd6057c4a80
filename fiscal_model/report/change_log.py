"""The sheet of everything that the scenarios of the chain changed: cell by cell, equal changes of
several years and places taken together.
"""

from __future__ import annotations

from fiscal_model.engine.changes import KINDS, Change, shown
from fiscal_model.report.context import Report
from fiscal_model.standard.words import clause_words
from fiscal_model.vocabulary import listed

PLACES_NAMED = 6


def change_log(report: Report) -> None:
    """One row a change: scenario, kind, name, places, years, before, after, and the entry with its
    basis and source.
    """
    lang, log = report.lang, report.budget.program.applied.log
    sheet = report.open(
        "changes", "情景变更记录", "What the scenarios change", (16, 14, 30, 34, 12, 26, 26, 24, 40)
    )
    sheet.line(
        report.say(
            f"逐格变更 {len(log)} 处，相同者合并列示",
            f"{len(log)} cells changed; equal changes stand in one row",
        )
    )
    titles = (
        ("情景", "Scenario"),
        ("类别", "Kind"),
        ("对象", "What"),
        ("地区", "Places"),
        ("年份", "Years"),
        ("原值", "Before"),
        ("新值", "After"),
        ("位置", "Entry"),
        ("依据", "Basis"),
    )
    sheet.head([report.say(*title) for title in titles], freeze=True)
    for merged in log.merged():
        change = merged.change
        first, last = merged.years or (None, None)
        years = "" if first is None else str(first) if first == last else f"{first}–{last}"
        where = change.entry.at if change.entry else ""
        clause = clause_words(change.entry.clause, lang) if change.entry else ""
        values = [
            change.scenario.name,
            KINDS[change.kind].to(lang),
            _name(report, change),
            _places(report, merged.places),
            years,
            shown(change.before, lang),
            shown(change.after, lang),
            where,
            clause,
        ]
        looks = (
            ["text"] * 5
            + ["count" if isinstance(value, float) else "text" for value in values[5:7]]
            + ["text"] * 2
        )
        sheet.fitted(values, looks)
    if not len(log):
        sheet.line(
            report.say(
                "没有变更：测算只依据标准和数据",
                "nothing is changed: the figures rest on the standard and the data alone",
            ),
            "plain",
        )


def _name(report: Report, change: Change) -> str:
    """The code and what it is called."""
    standard, lang, name = report.budget.standard, report.lang, change.name
    if change.kind == "bases":
        return f"{name} {standard.items[int(name)].name.to(lang)}"
    found = (
        standard.lines.get(name)
        or standard.beneficiaries.get(name)
        or standard.places.groups.get(name)
    )
    return f"{found.name.to(lang)} ({name})" if found else name


def _places(report: Report, codes: list[str]) -> str:
    if codes == [""]:
        return ""
    names = [report.budget.standard.places.label(code).to(report.lang) for code in codes]
    if len(names) == len(report.budget.places):
        return report.say(f"全部{len(names)}个地区", f"all {len(names)} places")
    more = len(names) - PLACES_NAMED
    return listed(names[:PLACES_NAMED], report.lang) + (
        report.say(f"等{len(names)}个地区", f" and {more} more") if more > 0 else ""
    )
