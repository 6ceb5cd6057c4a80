"""The words of the field, spelt once: payers, levels, bases of a figure, dimensions and their
Chinese and English labels.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal, NamedTuple, Protocol

Lang = Literal["zh", "en"]
LANGS: Final[tuple[Lang, ...]] = ("zh", "en")


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


PAYERS: Final[dict[str, Text]] = {
    "central": Text("中央", "Central"),
    "region": Text("自治区本级", "Region"),
    "prefecture": Text("地县", "Prefecture and county"),
    "prefecture_level": Text("地（州、市）本级", "Prefecture level"),
    "county_level": Text("县（市、区）级", "County level"),
    "fund": Text("基金", "Fund"),
    "employer": Text("用人单位", "Employer"),
    "individual": Text("个人", "Individual"),
    "host_unit": Text("见习单位", "Host unit"),
    "social": Text("社会资金", "Social funds"),
    "unallocated": Text("未明确分担", "Unallocated"),
}
"""Every payer in the order of all tables. ``prefecture`` pools prefecture and county, as the
standard does; supplied county shares replace it by ``prefecture_level`` and ``county_level``.
"""


PAYER_WORDS: Final[tuple[dict[str, str], dict[str, tuple[str, ...]]]] = (
    {
        **dict.fromkeys(
            ("中央财政", "中央级", "中央本级", "中央政府", "central government"), "central"
        ),
        **dict.fromkeys(
            ("自治区", "自治区财政", "自治区级", "自治区政府", "autonomous region"), "region"
        ),
        **dict.fromkeys(
            ("地县级", "地县两级", "地县财政", "地县合计", "地（州、市）县"), "prefecture"
        ),
        **dict.fromkeys(
            ("地州本级", "地州市本级", "地（州、市）级", "地州市级"), "prefecture_level"
        ),
        **dict.fromkeys(("县级", "县市区级", "县市级", "县级财政"), "county_level"),
        "个人缴费": "individual",
        "未明确": "unallocated",
    },
    {
        "国家": ("central",),
        **dict.fromkeys(("省级", "省", "区级", "区本级"), ("region",)),
        **dict.fromkeys(("地方", "地方财政", "地方政府", "local"), ("region", "prefecture")),
        **dict.fromkeys(
            ("地州", "州级", "地级", "市级", "地区", "地州市", "地州级", "州"),
            ("prefecture", "prefecture_level"),
        ),
        **dict.fromkeys(("县", "县市", "区县", "县区", "county"), ("prefecture", "county_level")),
        "市县": ("prefecture", "prefecture_level", "county_level"),
        **dict.fromkeys(("企业", "单位", "company"), ("employer", "host_unit")),
        **dict.fromkeys(("家庭", "本人", "居民", "citizen"), ("individual",)),
        **dict.fromkeys(("医保基金", "社保基金", "保险基金"), ("fund",)),
        **dict.fromkeys(("捐赠", "社会"), ("social",)),
    },
)
"""Other words for one payer, and words that may mean some of them."""


UNALLOCATED: Final = "unallocated"
UPPER_LEVELS: Final = ("central", "region")
"""Governments above prefectures and counties: they allot to them what they bear. A place's own
share is set aside in its own budget.
"""
LEVELS: Final = (*UPPER_LEVELS, "prefecture")
LOCAL_LEVELS: Final = ("prefecture_level", "county_level")
LOCAL: Final = ("prefecture", *LOCAL_LEVELS)
"""Prefecture and county, pooled or divided."""
GOVERNMENTS: Final = (*LEVELS, *LOCAL_LEVELS)
"""Payers that are levels of government, pooled or not."""
RULE_PAYERS: Final = tuple(p for p in PAYERS if p not in LOCAL_LEVELS)
"""Payers that a rule may name: the two local levels come from data only."""

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
