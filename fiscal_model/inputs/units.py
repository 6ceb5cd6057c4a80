"""What a unit says, as in 万元/人·年: a scale, what it is a unit of, for whom and for how long.
One grammar serves headings, titles, notes, number formats and the standard's own lines; what it
cannot read is no unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Final, Literal, TypeVar

from fiscal_model.inputs.normal import MULTIPLIERS, TEXT_RULES, plain

Of = Literal["", "money", "heads", "part"]
ANY: Final = "*"
"""Stands among whom for 等: anything that is counted."""


@dataclass(frozen=True)
class Unit:
    """What a unit text says; what it leaves open is empty. ``of`` is money, heads that are counted
    or a part of one; a scale of 1 is said by 元 and 人.
    """

    written: str = ""
    of: Of = ""
    scale: Decimal | None = None
    whom: frozenset[str] = frozenset()
    period: str = ""

    @property
    def times(self) -> Decimal:
        """What numbers in it are multiplied by."""
        return Decimal(1) if self.scale is None else self.scale

    @property
    def says(self) -> bool:
        """Whether it says more than whose or which period's figure this is."""
        return bool(self.of or self.scale or (self.whom and self.period))


NO_UNIT: Final = Unit()
Meaning = TypeVar("Meaning")


def _meant(words: Mapping[Meaning, str]) -> dict[str, Meaning]:
    """The meaning of each word, from the words of each meaning."""
    return {word: meaning for meaning, each in words.items() for word in each.split("|")}


_SIMPLE: Final = str.maketrans("單萬億圓戶個間場對學時貳計為", "单万亿圆户个间场对学时贰计为")
_SCALES: Final[Mapping[str, int]] = {
    **MULTIPLIERS,
    **{
        "十亿": 10**9,
        "百亿": 10**10,
        "千亿": 10**11,
        "wan": 10**4,
        "yi": 10**8,
        "ten": 10,
        "hundred": 100,
    },
    **{
        f"{word}{end}": size
        for word, size in (("thousand", 10**3), ("million", 10**6), ("billion", 10**9))
        for end in ("", "s")
    },
}
_MONEY: Final = ("元", "圆", "yuan", "人民币元")
_CURRENCY: Final = ("人民币", "rmb", "cny", "renminbi", "¥")
_PARTS: Final = _meant(
    {
        Decimal("0.01"): "%|百分比|百分数|百分之|percent|per cent|percentage|pct",
        Decimal("0.001"): "‰|千分比|千分数|千分之|permille|per mille|per thousand",
        Decimal(1): "小数|0-1|0 至 1|0至1|0~1|0到1|0 to 1|decimal|fraction",
    }
)
_WHOM: Final = _meant(
    {
        "人": (
            "人|名|位|口|生|个人|学生|幼儿|儿童|孩子|老人|老年人|对象|居民|职工|患者|病人|残疾人|孤儿|学员|家长|岗位|person|persons|people|capita|head|pupil|pupils|student|students|child|children|patient|patients|trainee|missing"
            " pupil"
        ),
        "人次": (
            "人次|人·次|training|trainings|trainees|appraisal|appraisals|assessment|assessments|grant|grants"
        ),
        "户": "户|家庭|household|households|family|families",
        "对": "对|夫妇|couple|couples",
        "件": "件|例|案|案件|case|cases",
        "场": "场|场次|fair|fairs|performance|performances|showing|showings",
        "间": "间|书屋|房|room|rooms",
        "个": "个|所|处|座|馆|站|村|facility|facilities|venue|venues|village|villages",
    }
)
_PERIODS: Final = _meant(
    {
        "year": "年|年度|全年|year|years|yearly|annual|annually|annum",
        "half": "半年|half-year",
        "quarter": "季|季度|quarter|quarters|quarterly",
        "month": "月|月份|个月|month|months|monthly",
        "week": "周|星期|week|weeks|weekly",
        "day": "天|日|day|days|daily",
        "hour": "小时|时|hour|hours|hourly",
        "term": "学期|term|terms|semester|semesters",
        "school_year": "学年|school-year",
    }
)
_AVERAGES: Final[Mapping[str, str]] = {f"{word}均": word for word in "人户生年月日"}
_JOINTS: Final = (
    *("/", "·", "•", "・", "‧", "∙", "⋅", "×", "*", ".", "-", "每", "按"),
    *("per", "a", "an", "each", "every", "and"),
)
_WORDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(_JOINTS, "joint"),
    "of": "of",
    **dict.fromkeys(_WHOM, "whom"),
    **dict.fromkeys(_PERIODS, "period"),
    **dict.fromkeys(_AVERAGES, "average"),
    **dict.fromkeys(_PARTS, "part"),
    **dict.fromkeys(_SCALES, "scale"),
    **dict.fromkeys(_CURRENCY, "currency"),
    **dict.fromkeys(_MONEY, "money"),
}


def _pattern(words: Iterable[str]) -> str:
    """Any of the words, the longest first; a word in letters stands alone."""
    each = sorted(words, key=len, reverse=True)
    return "|".join(
        (
            rf"(?<![a-z]){re.escape(word)}(?![a-z])"
            if word[0].isascii() and word[0].isalpha()
            else re.escape(word)
        )
        for word in each
    )


_TOKEN: Final = re.compile(
    r" *(?:(?P<digits>10{0,2}(?:[ ,]?000)*)(?![\d,.~至到]|"
    rf" to)|(?P<word>{_pattern(_WORDS)})|(?<=[/每·])(?P<other>[一-鿿]{{1,3}}))"
)
_LABEL: Final = re.compile(
    r"^(?:(?:金额|货币|计量|数量|人数|资金|计价|计算)?单 ?位|units?\b|in\b)[ :/=-]*", re.IGNORECASE
)
_SPLIT: Final = re.compile(r"[、;()\[\]【】]|,(?! ?000)")
_JOINED: Final = re.compile(r"([/·每]) ?\(([^()]*)(?:\)|$)")
"""元/(人·年): the brackets only hold together what follows the stroke."""
_AND_SO_ON: Final = re.compile(r"(?:等| ?or the like| ?etc\.?)$")
_HINT: Final = re.compile(
    r"[元圆¥$€£%‰百千万亿]|yuan|rmb|cny|usd|dollar|cent|thousand|million|billion"
)
SCALED: Final = re.compile(
    r"(?<![\d.一二两三四五六七八九十几数多余])(?:"
    rf" ?(?:{_pattern([*_SCALES, '10,000', '10000', '1,000', '1000'])})(?: of)?)+ ?"
    rf"(?:{_pattern([*_MONEY, *_CURRENCY, *_WHOM])})"
)
"""A multiple of yuan or heads, in the midst of other words; a figure before it makes it an amount
(30万元以上) and no unit.
"""


def simplified(text: str) -> str:
    """A text in ordinary width, small letters and the simplified forms of the letters that units
    use.
    """
    return plain(text, TEXT_RULES, []).translate(_SIMPLE).casefold()


@lru_cache(maxsize=4096)
def unit_of(text: str) -> Unit | None:
    """The one unit that a text is; None where it is anything else."""
    found, remarks = units_in(text)
    return found[0] if len(found) == 1 and not remarks else None


@lru_cache(maxsize=4096)
def units_in(text: str) -> tuple[tuple[Unit, ...], tuple[str, ...]]:
    """The units that a list names, those of one thing put together (元/人、年; 人、户、个等), and
    its parts that are none.
    """
    units: list[Unit] = []
    remarks: list[str] = []
    whole = _JOINED.sub(r"\1\2", _LABEL.sub("", simplified(text).strip("()[]【】 ")))
    for part in filter(None, map(str.strip, _SPLIT.split(whole))):
        unit = _read(part)
        if unit is None:
            remarks.append(part)
            continue
        for at, other in enumerate(units):
            if both := _listed(other, unit):
                units[at] = both
                break
        else:
            units.append(unit)
    return tuple(units), tuple(remarks)


def _listed(one: Unit, other: Unit) -> Unit | None:
    """Two parts of a list as one unit: heads of several sorts, or what the one leaves open and the
    other says.
    """
    if one.of == other.of == "heads" and (one.scale, one.period) == (other.scale, other.period):
        return replace(one, written=f"{one.written}、{other.written}", whom=one.whom | other.whom)
    both = merged(one, other)
    return replace(both, written=f"{one.written}、{other.written}") if both else None


def merged(one: Unit, other: Unit) -> Unit | None:
    """What two texts say together, each filling what the other leaves open; None where they
    differ.
    """
    for name in ("of", "scale", "period"):
        if (
            getattr(one, name)
            and getattr(other, name)
            and getattr(one, name) != getattr(other, name)
        ):
            return None
    if one.whom and other.whom and one.whom != other.whom and "heads" not in (one.of, other.of):
        return None
    return Unit(
        one.written or other.written,
        one.of or other.of,
        one.scale or other.scale,
        one.whom or other.whom,
        one.period or other.period,
    )


def hints_at_a_unit(text: str) -> bool:
    """Whether a remark speaks of money, a multiple or a part, and so could be a unit that was not
    understood.
    """
    return bool(_HINT.search(simplified(text)))


def _read(part: str) -> Unit | None:
    text = _AND_SO_ON.sub("", part)
    tokens = _tokens(text)
    unit = _composed(part, tokens) if tokens else None
    return (
        replace(unit, whom=unit.whom | {ANY})
        if unit and unit.of == "heads" and text != part
        else unit
    )


def _tokens(text: str) -> list[tuple[str, str]] | None:
    """The words of a text with their roles; None where one is unknown."""
    tokens, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if not match:
            return None
        role = match.lastgroup or ""
        tokens.append((_WORDS[match["word"]] if role == "word" else role, match[role]))
        at = match.end()
    return tokens


def _composed(written: str, tokens: list[tuple[str, str]]) -> Unit | None:
    """A scale, what it scales, then for whom and how long in any order; or the latter before the
    yuan (每人每年元).
    """
    roles = [role for role, _ in tokens]
    if "part" in roles:
        return Unit(written, "part", _PARTS[tokens[0][1]]) if len(tokens) == 1 else None
    whom = [_WHOM.get(word, word) for role, word in tokens if role in ("whom", "other")]
    periods = [_PERIODS[word] for role, word in tokens if role == "period"]
    for word in (_AVERAGES[word] for role, word in tokens if role == "average"):
        if word in _PERIODS:
            periods.append(_PERIODS[word])
        else:
            whom.append(_WHOM[word])
    # 村·场: a showing is what a village has many of in a year
    if len(whom) == 2 and "场" in whom and not periods:
        whom.remove("场")
        periods.append("showing")
    money = "money" in roles or "currency" in roles
    of: Of = (
        "money"
        if money
        else "heads"
        if roles[0] in ("whom", "digits", "scale") and "whom" in roles
        else ""
    )
    scale = _scale(tokens, money)
    unjoined = any(
        one in ("money", "currency") and other in ("whom", "period")
        for one, other in pairwise(roles)
    )
    if (
        scale is None
        or unjoined
        or len(whom) > 1
        or len(periods) > 1
        or roles.count("money") > 1
        or roles.count("currency") > 1
    ):
        return None
    said = (
        scale
        if "money" in roles or "digits" in roles or "scale" in roles or of == "heads"
        else None
    )
    return Unit(written, of, said, frozenset(whom), periods[0] if periods else "")


def _scale(tokens: list[tuple[str, str]], money: bool) -> Decimal | None:
    """The product of the multipliers, all of which stand before what they multiply; None for
    元/千人 and a bare number.
    """
    sizes = [at for at, (role, _) in enumerate(tokens) if role in ("digits", "scale")]
    if not sizes:
        return Decimal(1)
    after = tokens[sizes[-1] + 1 :]
    before = tokens[: sizes[0]]
    together = all(role in ("digits", "scale") for role, _ in tokens[sizes[0] : sizes[-1] + 1])
    following = next((role for role, _ in after if role != "of"), "")
    if money:
        right = following in ("money", "currency") or (before[-1:] and before[-1][0] == "currency")
    else:
        right = not before and (
            following == "whom" or (not after and tokens[sizes[-1]][0] == "scale")
        )
    if not together or not right:
        return None
    product = Decimal(1)
    for role, word in tokens[sizes[0] : sizes[-1] + 1]:
        product *= _SCALES[word] if role == "scale" else int(re.sub(r"\D", "", word))
    return product
