"""The input tables: their columns, what may stand in each, and which columns make a row unique."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fiscal_model.vocabulary import Text


@dataclass(frozen=True)
class Column:
    """One column: ``kind`` names the reader of its cells, ``empty`` whether a cell may be left out; if not, ``needs`` says what should stand there."""

    name: str
    kind: str
    label: Text
    empty: bool = False
    needs: Text | None = None


@dataclass(frozen=True)
class Table:
    """One table; ``key`` are the columns that two rows may not share."""

    name: str
    label: Text
    columns: tuple[Column, ...]
    key: tuple[str, ...]


_BENEFICIARY = Column("beneficiary", "beneficiary", Text("受益对象", "beneficiary"))
_PLACE = Column("place", "place", Text("地区", "place"))
_ANY_PLACE = Column("place", "place", Text("地区", "place"), empty=True)
_YEAR = Column("year", "year", Text("年份", "year"))
_COUNT = Column("count", "count", Text("人数", "count"))
_ITEM = Column("item", "item", Text("服务项目", "item"))
_AMOUNT = Column("amount", "money", Text("金额", "amount"))
_PAYER = Column("payer", "payer", Text("承担主体", "payer"))
_SEX = Column(
    "sex",
    "sex",
    Text("性别", "sex"),
    needs=Text("填男（male）或女（female）；只用于人均时也可填合计（both）", "male or female; for figures per head alone, both will do"),
)
_RATE_SEX = Column(
    "sex",
    "sex",
    Text("性别", "sex"),
    needs=Text(
        "fertility 填女（female）；mortality、net_migration 和各种比率分性别的填男（male）或女（female），不分的填合计（both）；"
        "male_share_at_birth 不分性别，填合计（both）",
        "fertility is female; mortality, net_migration and ratios are male or female where the sexes differ, else both; "
        "male_share_at_birth is of no sex: both",
    ),
)
_AGE = Column("age", "age", Text("年龄", "age"))

NOTES: Final = (
    Column("source", "text", Text("来源", "source"), empty=True),
    Column("note", "text", Text("备注", "note"), empty=True),
    Column("basis", "basis", Text("依据", "basis"), empty=True),
)
"""Columns that every table may have."""

TABLES: Final = {
    table.name: table
    for table in (
        Table(
            "beneficiaries", Text("受益对象人数", "beneficiaries"), (_BENEFICIARY, _PLACE, _YEAR, _COUNT), ("beneficiary", "place", "year")
        ),
        Table(
            "rates",
            Text("地方补助标准", "local rates"),
            (Column("line", "priced_line", Text("支出项", "line")), _ANY_PLACE, _YEAR, Column("rate", "money", Text("补助标准", "rate"))),
            ("line", "place", "year"),
        ),
        Table(
            "amounts",
            Text("金额", "amounts"),
            (Column("line", "amount_line", Text("支出项", "line")), _ANY_PLACE, _YEAR, _AMOUNT),
            ("line", "place", "year"),
        ),
        Table("bases_2015", Text("2015年基数", "2015 base amounts"), (_ITEM, _PLACE, _AMOUNT), ("item", "place")),
        Table(
            "minimum_wage",
            Text("最低工资", "minimum wage"),
            (_ANY_PLACE, _YEAR, Column("wage", "money", Text("月最低工资", "wage a month"))),
            ("place", "year"),
        ),
        Table(
            "local_split",
            Text("地县分担", "local split"),
            (
                Column("item", "item", Text("服务项目", "item"), empty=True),
                _ANY_PLACE,
                Column("county_share", "share", Text("县级比例", "county share")),
            ),
            ("item", "place"),
        ),
        Table("population", Text("人口", "population"), (_PLACE, _YEAR, _SEX, _AGE, _COUNT), ("place", "year", "sex", "age")),
        Table(
            "vital_rates",
            Text("人口变动率", "vital rates"),
            (
                Column("rate", "name", Text("指标", "rate")),
                _ANY_PLACE,
                _YEAR,
                _RATE_SEX,
                _AGE,
                Column("value", "number", Text("数值", "value")),
            ),
            ("rate", "place", "year", "sex", "age"),
        ),
        Table(
            "fiscal_capacity",
            Text("财力", "fiscal capacity"),
            (
                _PLACE,
                _YEAR,
                Column("revenue", "money", Text("一般公共预算收入", "revenue"), empty=True),
                Column("capacity", "money", Text("财力", "capacity"), empty=True),
            ),
            ("place", "year"),
        ),
        Table(
            "advances",
            Text("已下达资金", "advances"),
            (_ITEM, _PLACE, _YEAR, _PAYER, Column("document", "text", Text("文号", "document")), _AMOUNT),
            ("item", "place", "year", "payer", "document"),
        ),
        Table(
            "actuals",
            Text("预算与执行", "actuals"),
            (_ITEM, _PLACE, _YEAR, _PAYER, Column("stage", "stage", Text("阶段", "stage")), _AMOUNT),
            ("item", "place", "year", "payer", "stage"),
        ),
        Table(
            "overlaps",
            Text("重复享受", "overlaps"),
            (_BENEFICIARY, Column("other", "beneficiary", Text("另一受益对象", "other")), _PLACE, _YEAR, _COUNT),
            ("beneficiary", "other", "place", "year"),
        ),
        Table(
            "functions",
            Text("支出功能分类", "functions"),
            (
                _ITEM,
                Column("line", "any_line", Text("支出项", "line"), empty=True),
                Column("function", "text", Text("支出功能分类科目", "function")),
            ),
            ("item", "line"),
        ),
    )
}
"""Every input table by its name."""

TEMPLATE_SHEETS: Final = (Text("填表说明", "Instructions"), Text("下拉选项", "Lists"))
"""Sheets of the input workbook that hold no data."""
