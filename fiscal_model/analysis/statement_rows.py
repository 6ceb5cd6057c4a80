"""The rows of a statement: what they stand for, the words they may carry, and what is corrected or
missing in one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from fiscal_model.periods import ACCRUALS
from fiscal_model.vocabulary import Text

Cell = tuple[int, str, str]
"""An item, a place and a payer."""
Part = Literal["counted", "own", "other"]
PARTS: Final[tuple[Part, ...]] = ("counted", "own", "other")
"""The rows of a statement: what levels above the places pay, what these set aside themselves
(地县应安排), and what else stands apart.
"""

NOTES: Final = {
    "over": Text("已多下达，结转下次抵扣", "more was paid than is due by now: carried over"),
    "places_pooled": Text("下级地区合并计算", "places below are pooled"),
    "levels_pooled": Text("地、县两级合并计算", "prefecture and county levels are pooled"),
    "own": Text("由本级预算安排，不由上级下达", "from the places' own budgets: not allotted"),
    "not_costed": Text("该地区本项目未测算", "the item is not costed here"),
    "paid_in": Text("本项目在其他项目中测算", "the item is costed in another item"),
    "not_general": Text(
        "本项目不由一般公共预算支出", "the item is not paid from the general public budget"
    ),
    "open": Text("分担比例未明确", "the split is open"),
    "no_share": Text("分担办法中没有这一承担主体", "the split names no such payer"),
    "unallocated": Text("分担未明确，不能下达", "nobody's share yet: not allotted"),
    "not_government": Text("不由财政下达", "not paid by a government: not allotted"),
    "school_months": ACCRUALS["school_months"],
    "calendar_months": ACCRUALS["calendar_months"],
    "calendar_year": Text(
        "规则无月份，按十二个月平均（假设）",
        "no month in the rule: evenly by twelve months (assumed)",
    ),
}
"""What a row of a statement may say of itself; in a row outside the totals the first word is the
reason.
"""

ABOVE: Final = ("ahead", "instalment", "carried", "supplement", "deduction")
"""The columns of money that only what levels above the places pay has."""

OWN: Final = "own"
"""The reason of what prefectures and counties set aside in their own budgets."""


def reason_of(note: str) -> str:
    """Why a row stands outside the totals."""
    return note.split(" ")[0]


class Row(NamedTuple):
    """One row: amounts in whole units, None where there is none; words of :data:`NOTES`, empty ones
    left out.
    """

    cell: Cell
    units: tuple[int | None, ...]
    documents: str
    notes: tuple[str, ...]


class Told(NamedTuple):
    """A payment in the row that it counts in, in whole units; ``place`` is where it was paid to. One
    without a document is the instalment of a plan that is taken as carried out.
    """

    cell: Cell
    place: str
    document: str
    units: int


class Corrected(NamedTuple):
    """A document whose amount is another one in the actual inputs than in the plan, in yuan."""

    item: int
    document: str
    planned: float
    actual: float


class Missing(NamedTuple):
    """A place that the plan counts for some items and the actual inputs do not; what levels above
    it owed by the plan for each, in whole units.
    """

    place: str
    by_item: Mapping[int, int]

    @property
    def items(self) -> tuple[int, ...]:
        """The items."""
        return tuple(self.by_item)

    @property
    def planned(self) -> int:
        """What was owed for all of them."""
        return sum(self.by_item.values())
