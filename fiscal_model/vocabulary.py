"""The words of the field, spelt once: bases of a figure, accounts, dimensions and their
Chinese and English labels.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal, NamedTuple, Protocol

Lang = Literal["zh", "en"]
LANGS: Final[tuple[Lang, ...]] = ("zh", "en")
NAMED: Final = 3
"""How many of a kind a message spells out."""


class Text(NamedTuple):
    """One label or message in Chinese and English."""

    zh: str
    en: str

    def to(self, lang: Lang) -> str:
        """The text in ``lang``."""
        return self.zh if lang == "zh" else self.en

    def data(self) -> str | dict[str, str]:
        """As plain data: one string where both languages have the same."""
        return self.zh if self.zh == self.en else self._asdict()


def listed(parts: Iterable[str], lang: Lang) -> str:
    """Words in a row."""
    return ("、" if lang == "zh" else ", ").join(parts)


class Said(Protocol):
    """Anything that is said in both languages."""

    def to(self, lang: Lang) -> str: ...


def in_both(parts: Iterable[Said | str]) -> Text:
    """Words in a row, in both languages; a plain one, a code say, is the same in both."""
    words: list[Said] = [Text(each, each) if isinstance(each, str) else each for each in parts]
    return Text(*(listed((each.to(lang) for each in words), lang) for lang in LANGS))


def first_of(names: Sequence[Text], counter: Text, named: int = NAMED) -> Text:
    """The first of some names, and how many there are; ``counter`` is what they are called."""
    shown, more = in_both(names[:named]), len(names) - named
    if more <= 0:
        return shown
    return Text(
        f"{shown.zh}等 {len(names)} {counter.zh}",
        f"{shown.en} and {more} more {counter.en}".rstrip(),
    )


def spans(numbers: Iterable[int], lang: Lang) -> str:
    """``10–14、20``: numbers that follow one another as their first and last."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return listed(
        (f"{first}–{last}" if first != last else str(first) for first, last in runs), lang
    )


def together(years: Sequence[int], lang: Lang) -> str:
    """Years whose figures are added up."""
    first, last = years[0], years[-1]
    return (
        Text(f"{first}–{last}年合计", f"{first}–{last} together")
        if last > first
        else Text(f"{first}年", str(first))
    ).to(lang)


def noun(number: int, one: str) -> str:
    """An English noun as its number needs it: item, items."""
    return one if number == 1 else f"{one}s"


def joined(parts: Iterable[str], lang: Lang) -> str:
    """Statements in a row."""
    return ("；" if lang == "zh" else "; ").join(parts)


def labelled(label: str, words: str, lang: Lang) -> str:
    """A label and what it says."""
    return f"{label}{'：' if lang == 'zh' else ': '}{words}"


class Named(Protocol):
    """Anything with a name."""

    @property
    def name(self) -> Text: ...


def names_of(records: Mapping[str, Named] | Mapping[int, Named]) -> dict[str, Text]:
    """The names of records by code or number."""
    return {str(code): record.name for code, record in records.items()}


FUND: Final = "fund"
"""The payer of what an insurance fund pays."""
UNALLOCATED: Final = "unallocated"
"""The payer of what nobody has a share in yet."""

BASES: Final[dict[str, Text]] = {
    "text": Text("标准原文", "text of the standard"),
    "reference": Text("其他公开文件", "other public document"),
    "assumption": Text("假设", "assumption"),
    "user": Text("用户数据", "user"),
}
"""Where a figure comes from."""

READING: Final = "reading"
RESTS_ON: Final[dict[str, Text]] = {**BASES, READING: Text("文义口径", "reading")}
"""On what a part of a rule can rest: a basis, or a reading alone, where the text says nothing and
the meaning chosen says who bears it.
"""

FIELDS: Final[dict[str, Text]] = {
    "服务对象": Text("服务对象", "target"),
    "服务内容": Text("服务内容", "service"),
    "服务标准": Text("服务标准", "rate"),
    "支出责任": Text("支出责任", "responsibility"),
}
"""The fields of an item in the text of a standard, by which its phrases are cited."""

CLASSES: Final[dict[str, Text]] = {
    "quantified": Text("分担比例已明确", "quantified"),
    "partly_quantified": Text("分担比例部分明确", "partly quantified"),
    "by_reference": Text("按其他文件执行", "by reference to another document"),
    "joint_unquantified": Text("共同承担、比例未明确", "joint, no ratio given"),
    "region_levels_unquantified": Text(
        "自治区各级负责、比例未明确", "region's levels, no ratio given"
    ),
    "region_levels_with_central_subsidy": Text(
        "自治区各级负责、中央补助", "region's levels with a central grant"
    ),
    "central_only": Text("中央承担", "central only"),
    "insurance_fund": Text("社会保险基金", "insurance fund"),
    "conditional": Text("按情形分担", "conditional"),
    "mixed": Text("多种方式", "mixed"),
}
"""Classes of expenditure responsibility."""

ACCOUNTS: Final[dict[str, Text]] = {
    "general": Text("一般公共预算", "general public budget"),
    "insurance": Text("社会保险基金支出", "social insurance fund, benefits"),
    "contributions": Text("社会保险缴费", "social insurance contributions"),
}
"""Where a line is booked; totals never mix them. A subsidy that a budget pays to a fund is general
public budget.
"""


class MoneyUnit(NamedTuple):
    """A unit of money: how many yuan it is, and its name."""

    yuan: float
    name: Text


UNITS: Final[dict[str, MoneyUnit]] = {
    "yuan": MoneyUnit(1.0, Text("元", "yuan")),
    "wan": MoneyUnit(1e4, Text("万元", "10,000 yuan")),
    "yi": MoneyUnit(1e8, Text("亿元", "100 million yuan")),
}
"""In what tables of money may be asked for."""

GENERAL: Final = "general"
"""The account of sums that name none."""
ALL: Final = "all"
COVERED: Final[dict[str, Text]] = {**ACCOUNTS, ALL: Text("全部账目", "all accounts")}
"""What a sum can cover."""

DIMENSIONS: Final[dict[str, Text]] = {
    "payer": Text("承担主体", "payer"),
    "line": Text("支出项", "line"),
    "item": Text("服务项目", "item"),
    "domain": Text("领域", "domain"),
    "department": Text("牵头部门", "department"),
    "account": Text("账目", "account"),
    "function": Text("支出功能分类", "function"),
    "place": Text("地区", "place"),
    "prefecture": Text("地（州、市）", "prefecture"),
    "year": Text("年份", "year"),
}
"""What amounts can be shown by."""


DIMENSION_WORDS: Final[tuple[dict[str, str], dict[str, tuple[str, ...]]]] = (
    {
        **dict.fromkeys(("分担主体", "payers"), "payer"),
        "lines": "line",
        **dict.fromkeys(("项目", "items"), "item"),
        **dict.fromkeys(("部门", "departments"), "department"),
        "domains": "domain",
        "accounts": "account",
        **dict.fromkeys(("功能科目", "支出功能分类科目", "functions"), "function"),
        "places": "place",
        **dict.fromkeys(("地州", "地州市", "prefectures"), "prefecture"),
        **dict.fromkeys(("年", "年度", "years"), "year"),
    },
    {
        **dict.fromkeys(("级次", "政府层级", "层级", "level"), ("payer",)),
        **dict.fromkeys(("县", "县市", "县市区", "county"), ("place",)),
        **dict.fromkeys(("科目", "subject"), ("function", "line")),
        "region": ("place", "prefecture"),
        **dict.fromkeys(("资金性质", "fund"), ("account",)),
        **dict.fromkeys(("受益对象", "对象", "beneficiary"), ("line",)),
    },
)
"""Other words for one dimension, and words that may mean some of them."""

TIDY_COLUMNS: Final = ("scenario", "year", "item", "line", "place", "payer", "amount")
"""Columns of a result table: codes, and yuan without rounding."""
