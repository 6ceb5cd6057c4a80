"""The analyst's 支出功能分类科目 of items: table ``functions``, by line or for a whole item."""

from __future__ import annotations

from fiscal_model.results.result import Result
from fiscal_model.vocabulary import Text, in_both

FUNCTION = Text("支出功能分类科目", "Budget function")
NO_FUNCTION = Text("未列科目", "no function given")


def has_functions(result: Result) -> bool:
    """Whether any is supplied."""
    return bool(result.inputs.functions)


def function_of(result: Result, item: int, account: str | None = None) -> Text:
    """The functions of an item's lines (in one account), in the order of the lines; empty where
    none is given.
    """
    given, rule = result.inputs.functions, result.standard.items.get(item)
    names = (
        given.get((item, line.code), given.get((item, ""), ""))
        for line in (rule.lines if rule else ())
        if account in (None, line.account)
    )
    # 科目 are the analyst's own words, the same in both languages
    return in_both([Text(name, name) for name in dict.fromkeys(names) if name])
