"""The sheet of everything that the scenarios of the chain changed: cell by cell, equal changes of
several years and places taken together.
"""

from __future__ import annotations

from fiscal_model.engine.changes import KINDS, Change, Value, shown
from fiscal_model.standard.words import clause_words
from fiscal_model.vocabulary import Text, listed
from fiscal_model.workbook.columns import Column, Table
from fiscal_model.workbook.context import Report

PLACES_NAMED = 6
WHERES = Text("地区", "Places")


def change_log(report: Report) -> None:
    """One row a change: scenario, kind, name, places, years, before, after, and the entry with its
    basis and source.
    """
    lang, log = report.lang, report.budget.program.applied.log
    rows = log.merged()
    changes = [merged.change for merged in rows]

    def value(name: str, title: Text, values: list[Value]) -> Column:
        found = [shown(each, lang) for each in values]
        looks = ["count" if isinstance(each, float) else "text" for each in found]
        return Column(name, title, found, looks, width=26)

    columns = [
        Column("scenario", Text("情景", "Scenario"), [c.scenario.name for c in changes], width=16),
        Column("kind", Text("类别", "Kind"), [KINDS[c.kind] for c in changes], width=14),
        Column("what", Text("对象", "What"), [_name(report, c) for c in changes], width=30),
        Column("places", WHERES, lambda each: _places(report, each.places), width=34),
        Column("years", Text("年份", "Years"), lambda each: _years(each.years), width=12),
        value("before", Text("原值", "Before"), [c.before for c in changes]),
        value("after", Text("新值", "After"), [c.after for c in changes]),
        Column(
            "entry",
            Text("位置", "Entry"),
            [c.entry.at if c.entry else "" for c in changes],
            width=24,
        ),
        Column(
            "basis",
            Text("依据", "Basis"),
            [clause_words(c.entry.clause, lang) if c.entry else "" for c in changes],
            width=40,
        ),
    ]
    about = report.say(
        f"逐格变更 {len(log)} 处，相同者合并列示",
        f"{len(log)} cells changed; equal changes stand in one row",
    )
    title = Text("情景变更记录", "What the scenarios change")
    table = Table("changes", rows, columns)
    sheet = report.printed("changes", title, table, 0, [about], unit="")
    if not len(log):
        sheet.line(
            report.say(
                "没有变更：测算只依据标准和数据",
                "nothing is changed: the figures rest on the standard and the data alone",
            ),
            "plain",
        )


def _years(ends: tuple[int | None, int | None] | None) -> str:
    if ends is None:
        return ""
    first, last = ends
    return str(first) if first == last else f"{first}–{last}"


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
