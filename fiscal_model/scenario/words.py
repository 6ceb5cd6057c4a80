"""What an entry does, in words."""

from __future__ import annotations

from decimal import Decimal

from fiscal_model.scenario.entries.count import Cohort, CountEntry
from fiscal_model.scenario.entries.rate import RateEntry
from fiscal_model.vocabulary import Lang, Text, listed


def rate_entry_words(entry: RateEntry, lang: Lang) -> str:
    """How a rate follows growth or an index; empty where it is stated outright."""
    if entry.growth is not None:
        words = Text(
            f"{entry.first_year}年起每年 {_percent(entry.growth)}",
            f"{_percent(entry.growth)} a year from {entry.first_year}",
        )
    elif isinstance(entry.index, str):
        words = Text(
            f"{entry.first_year}年起随 {entry.index} 变动",
            f"moves with {entry.index} from {entry.first_year}",
        )
    elif entry.index:
        points = ", ".join(f"{year}: {value:f}" for year, value in entry.index)
        words = Text(
            f"{entry.first_year}年前标准的倍数 {points}",
            f"multiples of the rate before {entry.first_year}: {points}",
        )
    else:
        return ""
    step = (
        Text(f"，取整到 {entry.step:f}", f", to the nearest {entry.step:f}")
        if entry.step
        else Text("", "")
    )
    return words.to(lang) + step.to(lang)


def count_entry_words(entry: CountEntry, lang: Lang) -> str:
    """How a beneficiary goes on, and the factor on it."""
    parts = []
    if entry.growth is not None:
        parts.append(Text(f"每年 {_percent(entry.growth)}", f"{_percent(entry.growth)} a year"))
    if entry.points:
        points = ", ".join(f"{year}: {total:,f}" for year, total in entry.points)
        parts.append(Text(f"合计 {points}", f"total {points}"))
    if entry.cohort:
        parts.append(_cohort_words(entry.cohort))
    if entry.factor is not None:
        parts.append(Text(f"× {entry.factor:f}", f"× {entry.factor:f}"))
    return listed((part.to(lang) for part in parts), lang)


def _cohort_words(cohort: Cohort) -> Text:
    ages = (
        f"{cohort.first}+"
        if cohort.last is None
        else f"{cohort.first}–{cohort.last}"
        if cohort.last > cohort.first
        else f"{cohort.first}"
    )
    zh, en = {
        "male": ("男性", "males"),
        "female": ("女性", "females"),
        "both": ("人口", "persons"),
    }[cohort.sex]
    by = "".join(f" × {ratio}" for ratio in cohort.ratios)
    return Text(f"按 {ages} 岁{zh}{by or '同比例'}", f"as {en} aged {ages}{by or ' move'}")


def _percent(growth: Decimal) -> str:
    return f"{growth * 100:+f}".rstrip("0").rstrip(".") + "%"
