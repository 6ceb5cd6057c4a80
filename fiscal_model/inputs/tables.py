"""The input tables: their columns, what may stand in each, and which columns make a row unique."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from fiscal_model.messages.message import Message, message
from fiscal_model.vocabulary import Text


@dataclass(frozen=True)
class Column:
    """One column: ``kind`` names the reader of its cells, ``empty`` whether a cell may be left out;
    if not, ``needs`` says what should stand there.

    ``others`` are usual headings that mean it: none that could mean another column too, such as
    单位 or 序号. ``per`` is what one figure is for:
    ``line`` (what the row's line is paid by), ``month``, ``year``; of counts ``beneficiary`` (the
    unit of the row's) or ``person``.
    """

    name: str
    kind: str
    label: Text
    empty: bool = False
    others: tuple[str, ...] = ()
    needs: Message | None = None
    per: str = ""

    @property
    def both(self) -> Text:
        """Its Chinese label with the name that stands in files, as messages show it."""
        return _both(self.label, self.name)


@dataclass(frozen=True)
class Table:
    """One table; ``key`` are the columns that two rows may not share, unless they differ in those
    that tell rows ``apart``.
    """

    name: str
    label: Text
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    apart: tuple[str, ...] = ()

    @property
    def both(self) -> Text:
        """Its Chinese label with the name that files have, as messages show it."""
        return _both(self.label, self.name)


def _both(label: Text, name: str) -> Text:
    return Text(f"“{label.zh}”（{name}）", f"'{name}'")


UNITS_OF_KINDS: Final = {
    "count": Text("人、户、个等", "persons, households or the like"),
    "money": Text("元", "yuan"),
    "share": Text("0 至 1", "0 to 1"),
}
"""The unit of the figures of a kind of column."""

_BENEFICIARY = Column(
    "beneficiary",
    "beneficiary",
    Text("受益对象", "beneficiary"),
    others=("受益对象名称", "对象", "补助对象", "保障对象", "服务对象", "受益人群"),
)
_PLACES = (
    *(
        "地区名称",
        "所在地区",
        "行政区划",
        "行政区划代码",
        "区划",
        "区划代码",
        "地区代码",
        "单位名称",
    ),
    *(
        "地州",
        "地州市",
        "地(州、市)",
        "县市",
        "县市区",
        "县(市、区)",
        "区县",
        "县区",
        "市县",
        "地州县市",
        "县(市)",
        "县",
    ),
    *(
        "区划名称",
        "行政区划名称",
        "地州名称",
        "县市名称",
        "县(市)名称",
        "县(市、区)名称",
        "区县名称",
        "县区名称",
    ),
    *("所属地州", "所在地州", "所属县市", "所在县市", "地市", "地(州)", "州市", "市州"),
)
_PLACE = Column("place", "place", Text("地区", "place"), others=_PLACES)
_ANY_PLACE = replace(_PLACE, empty=True)
_YEAR = Column(
    "year",
    "year",
    Text("年份", "year"),
    others=(
        *("年", "年度", "统计年度", "会计年度", "预算年度", "所属年度", "数据年度", "填报年度"),
        *("统计年份", "所属年份", "数据年份"),
    ),
)
_COUNT = Column(
    "count",
    "count",
    Text("人数", "count"),
    others=(
        *("数量", "受益人数", "受益对象人数", "受益对象数量", "享受人数", "补助人数", "对象人数"),
        *("在册人数", "实有人数", "保障人数", "救助人数", "资助人数", "发放人数", "参保人数"),
        *("户数", "学生数", "学生人数", "人口", "人口数"),
        *(
            f"{who}{number}"
            for who in ("在校", "在校生", "在校学生", "在籍学生", "在园", "在园幼儿", "幼儿")
            for number in ("数", "人数")
        ),
    ),
    per="beneficiary",
)
_ITEM = Column(
    "item",
    "item",
    Text("服务项目", "item"),
    others=("项目", "项目名称", "服务项目名称", "项目号", "项目编号"),
)
_LINES = ("支出项目", "支出项名称", "支出事项", "项目", "项目名称", "补助项目")
_AMOUNT = Column(
    "amount",
    "money",
    Text("金额", "amount"),
    others=("数额", "资金", "资金额", "经费", "补助金额", "补助资金", "资金金额", "支出金额"),
    per="year",
)
_BASE = replace(_AMOUNT, others=(*_AMOUNT.others, "基数", "基数金额", "2015年基数"))
_PAYER = Column(
    "payer",
    "payer",
    Text("承担主体", "payer"),
    others=("分担主体", "出资主体", "承担方", "资金级次"),
)
_DOCUMENT = Column(
    "document",
    "document",
    Text("文号", "document"),
    others=("文件号", "文件文号", "资金文号", "下达文号", "指标文号"),
)
_SEX = Column(
    "sex",
    "sex",
    Text("性别", "sex"),
    needs=message("sex-needed"),
)
_RATE_SEX = Column(
    "sex",
    "sex",
    Text("性别", "sex"),
    needs=message("sex-of-rate-needed"),
)
_AGE = Column("age", "age", Text("年龄", "age"), others=("年龄组", "年龄段"))

NOTES: Final = (
    Column(
        "source",
        "text",
        Text("来源", "source"),
        empty=True,
        others=("数据来源", "资料来源", "出处"),
    ),
    Column("note", "text", Text("备注", "note"), empty=True, others=("说明", "备注说明")),
    Column("basis", "basis", Text("依据", "basis"), empty=True, others=("依据类别",)),
)
"""Columns that every table may have."""

TABLES: Final = {
    table.name: table
    for table in (
        Table(
            "beneficiaries",
            Text("受益对象人数", "beneficiaries"),
            (_BENEFICIARY, _PLACE, _YEAR, _COUNT),
            ("beneficiary", "place", "year"),
        ),
        Table(
            "rates",
            Text("地方补助标准", "local rates"),
            (
                Column("line", "priced_line", Text("支出项", "line"), others=_LINES),
                _ANY_PLACE,
                _YEAR,
                Column(
                    "rate",
                    "money",
                    Text("补助标准", "rate"),
                    others=("标准", "单价", "补助单价", "人均标准", "人均补助标准"),
                    per="line",
                ),
            ),
            ("line", "place", "year"),
        ),
        Table(
            "amounts",
            Text("金额", "amounts"),
            (
                Column("line", "amount_line", Text("支出项", "line"), others=_LINES),
                _ANY_PLACE,
                _YEAR,
                _AMOUNT,
            ),
            ("line", "place", "year"),
        ),
        Table(
            "bases_2015",
            Text("2015年基数", "2015 base amounts"),
            (_ITEM, _PLACE, _BASE),
            ("item", "place"),
        ),
        Table(
            "minimum_wage",
            Text("最低工资", "minimum wage"),
            (
                _ANY_PLACE,
                _YEAR,
                Column(
                    "wage",
                    "money",
                    Text("月最低工资", "wage a month"),
                    others=("最低工资", "最低工资标准", "月最低工资标准"),
                    per="month",
                ),
            ),
            ("place", "year"),
        ),
        Table(
            "local_split",
            Text("地县分担", "local split"),
            (
                replace(_ITEM, empty=True),
                _ANY_PLACE,
                Column(
                    "county_share",
                    "share",
                    Text("县级比例", "county share"),
                    others=("县级分担比例", "县级承担比例", "县(市、区)级比例"),
                ),
            ),
            ("item", "place"),
        ),
        Table(
            "population",
            Text("人口", "population"),
            (_PLACE, _YEAR, _SEX, _AGE, replace(_COUNT, per="person")),
            ("place", "year", "sex", "age"),
        ),
        Table(
            "vital_rates",
            Text("人口变动率", "vital rates"),
            (
                Column("rate", "name", Text("指标", "rate"), others=("指标名称",)),
                _ANY_PLACE,
                _YEAR,
                _RATE_SEX,
                _AGE,
                Column("value", "number", Text("数值", "value"), others=("值", "指标值")),
            ),
            ("rate", "place", "year", "sex", "age"),
        ),
        Table(
            "fiscal_capacity",
            Text("财力", "fiscal capacity"),
            (
                _PLACE,
                _YEAR,
                Column(
                    "revenue",
                    "money",
                    Text("一般公共预算收入", "revenue"),
                    empty=True,
                    others=("地方一般公共预算收入",),
                    per="year",
                ),
                Column("capacity", "money", Text("财力", "capacity"), empty=True, per="year"),
            ),
            ("place", "year"),
        ),
        Table(
            "advances",
            Text("已下达资金", "advances"),
            (_ITEM, _PLACE, _YEAR, _PAYER, _DOCUMENT, _AMOUNT),
            ("item", "place", "year", "payer", "document"),
            ("amount",),  # instalments of a document
        ),
        Table(
            "actuals",
            Text("预算与执行", "actuals"),
            (
                _ITEM,
                _PLACE,
                _YEAR,
                _PAYER,
                Column("stage", "stage", Text("阶段", "stage")),
                _AMOUNT,
            ),
            ("item", "place", "year", "payer", "stage"),
        ),
        Table(
            "overlaps",
            Text("重复享受", "overlaps"),
            (
                _BENEFICIARY,
                Column(
                    "other", "beneficiary", Text("另一受益对象", "other"), others=("重复受益对象",)
                ),
                _PLACE,
                _YEAR,
                _COUNT,
            ),
            ("beneficiary", "other", "place", "year"),
        ),
        Table(
            "functions",
            Text("支出功能分类", "functions"),
            (
                _ITEM,
                Column(
                    "line",
                    "any_line",
                    Text("支出项", "line"),
                    empty=True,
                    others=("支出项目", "支出项名称"),
                ),
                Column(
                    "function",
                    "text",
                    Text("支出功能分类科目", "function"),
                    others=("支出功能分类", "功能分类科目", "功能科目"),
                ),
            ),
            ("item", "line"),
        ),
    )
}
"""Every input table by its name."""

RECORD: Final = Text("底稿", "Record")
"""The hidden sheet that says what a workbook held when it was written."""
MISSING: Final = Text("缺填情况", "Missing")
COLLECTED: Final = Text("回收情况", "Collected")
TEMPLATE_SHEETS: Final = (
    Text("填表说明", "Instructions"),
    Text("下拉选项", "Lists"),
    MISSING,
    COLLECTED,
    RECORD,
)
"""Sheets of the input workbook that hold no data."""
NOT_READ: Final = Text("（不读取）", " (not read)")
"""How the heading of a column ends that stands there for the reader alone."""
