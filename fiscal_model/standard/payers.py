"""Who pays, as one table: what payers are called, their colour and order, which of them are levels
of government, and who is pooled with whom. A standard may name others beside these.
"""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from fiscal_model.names import Names
from fiscal_model.vocabulary import UNALLOCATED, Text


@dataclass(frozen=True)
class Payer:
    """One payer. ``parent`` is the payer that it is pooled with where nobody tells them apart.

    An ``upper`` level of government allots to the places below it what it bears, and so does what
    is pooled with one. Of what is
    ``divided`` no rule speaks: county shares that are supplied divide the parent into them.
    ``words`` are other words for it.
    """

    code: str
    name: Text
    colour: str
    parent: str | None = None
    upper: bool = False
    divided: bool = False
    words: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Payers:
    """The payers of a standard by code, in the order of all tables."""

    by_code: Mapping[str, Payer]

    def __getitem__(self, code: str) -> Payer:
        return self.by_code[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_code)

    def __contains__(self, code: object) -> bool:
        return code in self.by_code

    def items(self) -> ItemsView[str, Payer]:
        """The payers with their codes."""
        return self.by_code.items()

    def within(self, code: str) -> tuple[str, ...]:
        """The payer itself and those pooled with it."""
        return tuple(each for each in self if code in self._above(each))

    def _above(self, code: str) -> tuple[str, ...]:
        parent = self[code].parent
        return (code, *(self._above(parent) if parent else ()))

    @cached_property
    def upper(self) -> tuple[str, ...]:
        """Governments above prefectures and counties: they allot to them what they bear. A place's
        own share is set aside in its own budget.
        """
        return tuple(code for code in self if self[self._above(code)[-1]].upper)

    @cached_property
    def divided(self) -> tuple[str, ...]:
        """The levels that supplied county shares divide the pooled local payer into: the share of
        the last is the one supplied.
        """
        return tuple(code for code, payer in self.items() if payer.divided)

    @cached_property
    def pooled(self) -> str:
        """The local payer that they divide: prefecture and county together."""
        return self[self.divided[0]].parent or ""

    @cached_property
    def local(self) -> tuple[str, ...]:
        """Everyone who pays below the upper levels, pooled or divided."""
        return self.within(self.pooled)

    @cached_property
    def governments(self) -> tuple[str, ...]:
        """Levels of government, pooled or not."""
        return (*self.upper, *self.local)

    @cached_property
    def named(self) -> tuple[str, ...]:
        """Payers that a rule may name."""
        return tuple(code for code, payer in self.items() if not payer.divided)

    @cached_property
    def levels(self) -> tuple[str, ...]:
        """Levels of government that a rule may name."""
        return tuple(code for code in self.governments if not self[code].divided)

    @cached_property
    def others(self) -> tuple[str, ...]:
        """Payers that are no government."""
        return tuple(code for code in self if code not in (*self.governments, UNALLOCATED))

    @cached_property
    def names(self) -> Names:
        """What words for payers mean."""
        return Names(
            Text("承担主体", "payer"),
            {code: payer.name for code, payer in self.items()},
            {word: code for code, payer in self.items() for word in payer.words},
            _NEAR,
        )

    def beside(self, added: Mapping[str, Payer]) -> Payers:
        """These and others, each behind those pooled with its parent, or before what nobody has a
        share in; one that there is already is replaced.
        """
        found = Payers({**self.by_code, **{code: added[code] for code in added if code in self}})
        for code, payer in added.items():
            if code not in found:
                order = list(found)
                mates = found.within(payer.parent) if payer.parent else ()
                at = order.index(mates[-1]) + 1 if mates else order.index(UNALLOCATED)
                order.insert(at, code)
                found = Payers({each: found.by_code.get(each, payer) for each in order})
        return found


PAYERS: Final = Payers(
    {
        payer.code: payer
        for payer in (
            Payer(
                "central",
                Text("中央", "Central"),
                "#0072B2",
                upper=True,
                words=("中央财政", "中央级", "中央本级", "中央政府", "central government"),
            ),
            Payer(
                "region",
                Text("自治区本级", "Region"),
                "#E69F00",
                upper=True,
                words=("自治区", "自治区财政", "自治区级", "自治区政府", "autonomous region"),
            ),
            Payer(
                "prefecture",
                Text("地县", "Prefecture and county"),
                "#009E73",
                words=("地县级", "地县两级", "地县财政", "地县合计", "地（州、市）县", "local"),
            ),
            Payer(
                "prefecture_level",
                Text("地（州、市）本级", "Prefecture level"),
                "#00664B",
                "prefecture",
                divided=True,
                words=("地州本级", "地州市本级", "地（州、市）级", "地州市级"),
            ),
            Payer(
                "county_level",
                Text("县（市、区）级", "County level"),
                "#7ED3B6",
                "prefecture",
                divided=True,
                words=("县级", "县市区级", "县市级", "县级财政"),
            ),
            Payer("fund", Text("基金", "Fund"), "#CC79A7"),
            Payer("employer", Text("用人单位", "Employer"), "#56B4E9"),
            Payer("individual", Text("个人", "Individual"), "#F0E442", words=("个人缴费",)),
            Payer("host_unit", Text("见习单位", "Host unit"), "#D55E00"),
            Payer("social", Text("社会资金", "Social funds"), "#000000"),
            Payer(UNALLOCATED, Text("未明确分担", "Unallocated"), "#FFFFFF", words=("未明确",)),
        )
    }
)
"""Every payer in the order of all tables. ``prefecture`` pools prefecture and county, as the
standard does; supplied county shares replace it by ``prefecture_level`` and ``county_level``.

Colours are those of Okabe and Ito (2008), which colour-blind readers can tell apart; a darker and a
lighter green for the two levels that ``prefecture`` divides into, black for social funds.
"""

_NEAR: Final[Mapping[str, tuple[str, ...]]] = {
    "国家": ("central",),
    **dict.fromkeys(("省级", "省", "区级", "区本级"), ("region",)),
    **dict.fromkeys(("地方", "地方财政", "地方政府"), ("region", "prefecture")),
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
}
"""Words that may mean some of them."""
