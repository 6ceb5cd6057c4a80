"""What there is to name: scenarios, items, lines, beneficiaries, places, groups, payers and input
tables, with codes, names in both languages and units.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from fiscal_model.calls import answered
from fiscal_model.errors import fault, nearest, shortened
from fiscal_model.inputs.tables import NOTES, TABLES, UNITS_OF_KINDS, Column
from fiscal_model.names import Names
from fiscal_model.scenario.read import (
    FOUNDATION,
    ScenarioSource,
    load_scenario,
    shipped_scenarios,
)
from fiscal_model.spelling import squeezed
from fiscal_model.standard.rules import Standard
from fiscal_model.text import aligned
from fiscal_model.vocabulary import ACCOUNTS, CLASSES, LANGS, UNITS, Lang, Text, listed

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]
"""A column's value by its name: a code, a number, a pair of names, or several codes."""


def _scenarios(standard: Standard) -> Iterator[Row]:
    for name in shipped_scenarios():
        scenario, _ = load_scenario(name)
        parent = scenario.parent.name if scenario.parent else ""
        years, horizon, _ = scenario.nearest_years()
        yield {
            "scenario": name,
            "name": scenario.title,
            "extends": parent,
            "until": horizon or (years[-1] if years else ""),
            "standard": scenario.standard.code,
        }


def _items(standard: Standard) -> Iterator[Row]:
    for number, item in standard.items.items():
        yield {
            "item": number,
            "name": item.name,
            "domain": standard.domains[standard.sections[item.section][0]],
            "class": CLASSES[item.responsibility],
            "lines": [line.code for line in item.lines],
            "paid_in": item.paid_in.item if item.paid_in else "",
        }


def _lines(standard: Standard) -> Iterator[Row]:
    for code, line in standard.lines.items():
        yield {
            "line": code,
            "name": line.name,
            "item": line.item,
            "unit": UNITS["yuan"].name if line.is_amount else line.per,
            "beneficiary": line.beneficiary or "",
            "account": ACCOUNTS[line.account],
        }


def _beneficiaries(standard: Standard) -> Iterator[Row]:
    for code, each in standard.beneficiaries.items():
        fed = [line for line in standard.lines.values() if line.beneficiary == code]
        yield {
            "beneficiary": code,
            "name": each.name,
            "unit": each.unit,
            "items": sorted({line.item for line in fed}),
            "lines": [line.code for line in fed],
        }


def _places(standard: Standard) -> Iterator[Row]:
    for code, place in standard.places.by_code.items():
        yield {
            "place": code,
            "name": place.name,
            "kind": place.kind,
            "above": place.parent or "",
            "elsewhere": place.elsewhere or Text("", ""),
        }


def _groups(standard: Standard) -> Iterator[Row]:
    for code, group in standard.places.groups.items():
        yield {"group": code, "name": group.name, "places": list(group.members)}


def _payers(standard: Standard) -> Iterator[Row]:
    for code, payer in standard.payers.items():
        yield {
            "payer": code,
            "name": payer.name,
            "level": code in standard.payers.governments,
            "pooled_with": payer.parent or "",
            "words": list(payer.words),
        }


def _tables(standard: Standard) -> Iterator[Row]:
    for table in TABLES.values():
        for column in (*table.columns, *NOTES):
            yield {
                "table": table.name,
                "name": table.label,
                "column": column.name,
                "heading": column.label,
                "unit": _unit(column),
                "needed": not column.empty,
            }


def _unit(column: Column) -> Text:
    return UNITS_OF_KINDS.get(column.kind, Text("", ""))


class List(NamedTuple):
    """What can be listed: what it is called, and its rows under a standard."""

    name: Text
    rows: Callable[[Standard], Iterator[Row]]


LISTS: Final[Mapping[str, List]] = {
    "scenarios": List(Text("情景", "scenarios"), _scenarios),
    "items": List(Text("服务项目", "items"), _items),
    "lines": List(Text("支出项", "lines"), _lines),
    "beneficiaries": List(Text("受益对象", "beneficiaries"), _beneficiaries),
    "places": List(Text("地区", "places"), _places),
    "groups": List(Text("地区组", "place groups"), _groups),
    "payers": List(Text("承担主体", "payers"), _payers),
    "tables": List(Text("输入表", "input tables"), _tables),
}
LIST_NAMES: Final = Names(
    Text("清单", "list"),
    {code: each.name for code, each in LISTS.items()},
    {each: f"{each}s" for each in ("scenario", "item", "line", "place", "group", "payer", "table")}
    | {"beneficiary": "beneficiaries", "项目": "items", "人数": "beneficiaries"},
)
HEADINGS: Final[Mapping[str, Text]] = {
    "scenario": Text("情景", "scenario"),
    "name": Text("名称", "name"),
    "extends": Text("基于", "extends"),
    "until": Text("测算到", "until"),
    "standard": Text("标准", "standard"),
    "item": Text("项目号", "item"),
    "domain": Text("领域", "domain"),
    "class": Text("支出责任", "responsibility"),
    "lines": Text("支出项", "lines"),
    "paid_in": Text("并入项目", "paid in"),
    "line": Text("支出项", "line"),
    "unit": Text("单位", "unit"),
    "beneficiary": Text("受益对象", "beneficiary"),
    "account": Text("账目", "account"),
    "items": Text("项目号", "items"),
    "place": Text("代码", "place"),
    "kind": Text("类别", "kind"),
    "above": Text("上级", "above"),
    "elsewhere": Text("不计入的原因", "not counted because"),
    "group": Text("地区组", "group"),
    "places": Text("地区", "places"),
    "payer": Text("承担主体", "payer"),
    "level": Text("政府层级", "level of government"),
    "pooled_with": Text("合并于", "pooled with"),
    "words": Text("其他叫法", "other words"),
    "table": Text("表", "table"),
    "column": Text("列", "column"),
    "heading": Text("列标题", "heading"),
    "needed": Text("必填", "needed"),
}
"""What columns are called on a screen."""


def rows(what: str, word: str | None = None, scenario: ScenarioSource = FOUNDATION) -> list[Row]:
    """The rows of a list; with a ``word`` those that hold it in a code or a name of either
    language. ``scenario`` may add items, lines and beneficiaries.

    Raises:
        FiscalModelError: there is no such list, nothing holds the word, or with every fault of the
            scenario.

    """
    asked = LISTS[LIST_NAMES.code(what)]
    every = list(asked.rows(load_scenario(scenario)[1]))
    sought = squeezed(str(word)) if word is not None else ""
    found = [row for row in every if any(sought in squeezed(each) for each in _words(row))]
    if not found:
        named = {each for row in every for each in row["name"]}
        short = shortened(str(word))
        raise fault("", "list-without", what=asked.name, word=short, hint=nearest(short, named))
    return found


def _words(row: Row) -> Iterator[str]:
    """Everything that a row says."""
    for value in row.values():
        yield from map(str, value if isinstance(value, list | tuple) else (value,))


def data_of(found: Sequence[Row]) -> list[Row]:
    """Rows as plain data: a pair of names as two columns."""
    return [
        {
            key: part
            for column, value in row.items()
            for key, part in (
                ((f"{column}_{lang}", value.to(lang)) for lang in LANGS)
                if isinstance(value, Text)
                else ((column, value),)
            )
        }
        for row in found
    ]


def lines_of(found: Sequence[Row], lang: Lang) -> list[str]:
    """Rows for a screen, without columns that say nothing."""
    heads = [HEADINGS[column].to(lang) for column in found[0]]
    table = [heads, *([_said(value, lang) for value in row.values()] for row in found)]
    kept = [n for n in range(len(heads)) if any(row[n] for row in table[1:])]
    return aligned([[row[n] for n in kept] for row in table], ())


def _said(value: Any, lang: Lang) -> str:
    if isinstance(value, bool):
        return (Text("是", "yes") if value else Text("否", "no")).to(lang)
    if isinstance(value, Text):
        return value.to(lang)
    return listed(map(str, value), lang) if isinstance(value, list) else str(value)


def _frame(what: str, word: str | None, scenario: ScenarioSource = FOUNDATION) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(
        [
            {
                column: ", ".join(map(str, value)) if isinstance(value, list) else value
                for column, value in row.items()
            }
            for row in data_of(rows(what, word, scenario))
        ]
    )


@answered
def scenarios(word: str | None = None) -> pd.DataFrame:
    """The shipped scenarios: ``scenario`` (its name), title in both languages, what it extends, the
    last year it asks for, and its standard.

    Args:
        word: those only that hold this word in a code or a name; so in every list.

    Raises:
        FiscalModelError: nothing holds the word; so in every list.

    """
    return _frame("scenarios", word)


@answered
def items(word: str | None = None, scenario: ScenarioSource = FOUNDATION) -> pd.DataFrame:
    """The services: ``item`` (its number), names, domain, class of responsibility, lines, and the
    item in which it is paid where it has no lines.

    Args:
        word: as :func:`scenarios`.
        scenario: as :func:`fiscal_model.simulate`: with what it adds to its standard.

    """
    return _frame("items", word, scenario)


@answered
def lines(word: str | None = None, scenario: ScenarioSource = FOUNDATION) -> pd.DataFrame:
    """The costed parts of items: ``line`` (its code), names, item, the unit of its rate (yuan where
    an amount is supplied), beneficiary and account. Arguments as :func:`items`.
    """
    return _frame("lines", word, scenario)


@answered
def beneficiaries(word: str | None = None, scenario: ScenarioSource = FOUNDATION) -> pd.DataFrame:
    """The counted populations: ``beneficiary`` (its code), names, unit, and the items and lines
    that it feeds. Arguments as :func:`items`.
    """
    return _frame("beneficiaries", word, scenario)


@answered
def places(word: str | None = None, scenario: ScenarioSource = FOUNDATION) -> pd.DataFrame:
    """The places: ``place`` (its code), names, kind, the place above it, and why its counts are
    refused where another budget pays. Arguments as :func:`items`.
    """
    return _frame("places", word, scenario)


@answered
def groups(word: str | None = None, scenario: ScenarioSource = FOUNDATION) -> pd.DataFrame:
    """The place groups: ``group`` (its code), names and members. Arguments as :func:`items`."""
    return _frame("groups", word, scenario)


@answered
def payers(word: str | None = None, scenario: ScenarioSource = FOUNDATION) -> pd.DataFrame:
    """Who pays: ``payer`` (its code), names, whether it is a level of government, with whom it is
    pooled, and other words for it. Arguments as :func:`items`.
    """
    return _frame("payers", word, scenario)


@answered
def tables(word: str | None = None) -> pd.DataFrame:
    """The input tables, a row a column: ``table`` and ``column`` (their names), what both are
    called, the unit of figures, and whether a cell may be left empty.
    """
    return _frame("tables", word)
