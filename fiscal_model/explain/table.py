"""The steps to a figure as rows."""

from __future__ import annotations

from collections.abc import Iterator
from math import nan
from typing import Any

from fiscal_model.explain.paragraphs import (
    LACKS,
    due_label,
    origin_words,
    quantity_label,
    quantity_words,
    rate_source_words,
    split_source_words,
    unit_of,
)
from fiscal_model.results.result import Result
from fiscal_model.vocabulary import Lang, Text

COLUMNS = ("place", "line", "step", "label", "value", "source")
Row = tuple[str, str, str, str, float, str]

GRANT = Text("补助", "grant of")
COST = Text("资金需求（元）", "cost (yuan)")


def rows(budget: Result, data: dict[str, Any], lang: Lang) -> Iterator[Row]:
    """A row a step: see :meth:`fiscal_model.explain.Explanation.to_dataframe`."""
    for place in data["places"]:
        for line in place["lines"]:
            yield from _line_rows(budget, place["place"], line, lang)
        for cap in place["base_amounts"]:
            amount = nan if cap["amount"] is None else cap["amount"]
            source = origin_words(budget, cap, lang) if "at" in cap else ", ".join(cap["entries"])
            yield (
                cap["governs"],
                "",
                "base_amount",
                f"{budget.standard.base_amount.to(lang)}, {budget.standard.payers[cap['payer']].name.to(lang)}",
                amount,
                source,
            )
        for cap in place["grants"]:
            yield (
                cap["governs"],
                "",
                "grant",
                f"{GRANT.to(lang)} {budget.standard.payers[cap['payer']].name.to(lang)}",
                cap["amount"],
                "",
            )


def _line_rows(budget: Result, place: str, step: dict[str, Any], lang: Lang) -> Iterator[Row]:
    line = budget.standard.lines[step["line"]]
    if not step["costed"]:
        yield place, line.code, "not_costed", LACKS[step["missing"]].to(lang), nan, ""
        return
    counted = (
        f"{quantity_label(budget.standard, line).to(lang)}"
        f" ({unit_of(budget.standard, line).to(lang)})"
    )
    source = quantity_words(budget, line, step["quantity"], lang)
    yield (
        place,
        line.code,
        "amount" if line.is_amount else "count",
        counted,
        step["quantity"]["value"],
        source,
    )
    for part in step["rate"]["parts"] if "rate" in step else ():
        yield (
            place,
            line.code,
            "rate",
            line.per.to(lang),
            part["rate"],
            rate_source_words(budget, line, part, lang),
        )
    yield place, line.code, "cost", COST.to(lang), step["cost"], ""
    due = due_label(step["split"]["kind"]).to(lang)
    for payer, yuan in step["by_rule"].items():
        yield (
            place,
            line.code,
            "by_rule",
            f"{due}, {budget.standard.payers[payer].name.to(lang)}",
            yuan,
            split_source_words(line, step["split"], lang),
        )
    for payer, yuan in step["amounts"].items():
        yield place, line.code, "paid", budget.standard.payers[payer].name.to(lang), yuan, ""
