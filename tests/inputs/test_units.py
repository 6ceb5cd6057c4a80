"""Units as tables state them: beside a heading, around the table, in a number format. What a person
sees is read exactly, or refused.
"""

from __future__ import annotations

import csv
import random
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import fiscal_model as fm
from fiscal_model.errors import FiscalModelError
from fiscal_model.inputs.formats import shown
from fiscal_model.inputs.read import read_inputs
from fiscal_model.inputs.units import unit_of
from fiscal_model.standard.read import load_standard

Row = Sequence[Any]
FIGURE = {
    "rates": "rate",
    "amounts": "amount",
    "minimum_wage": "wage",
    "beneficiaries": "count",
    "local_split": "county_share",
    "bases_2015": "amount",
    "population": "count",
    "fiscal_capacity": "revenue",
    "overlaps": "count",
    "vital_rates": "value",
    "actuals": "amount",
}
KEYS: dict[str, Row] = {
    "rates": ["line", "place", "year"],
    "amounts": ["line", "place", "year"],
    "minimum_wage": ["place", "year"],
    "beneficiaries": ["beneficiary", "place", "year"],
    "local_split": ["item", "place"],
    "bases_2015": ["item", "place"],
    "population": ["place", "year", "sex", "age"],
    "fiscal_capacity": ["place", "year"],
    "overlaps": ["beneficiary", "other", "place", "year"],
    "vital_rates": ["rate", "place", "year", "sex", "age"],
    "actuals": ["item", "place", "year", "payer", "stage"],
}
KEY: dict[str, Row] = {
    "rates": ["family_reward", "昌吉市", 2023],
    "amounts": ["hiv_followup", "昌吉市", 2023],
    "minimum_wage": ["昌吉市", 2023],
    "beneficiaries": ["family_reward_person", "昌吉市", 2023],
    "local_split": [77, "昌吉市"],
    "bases_2015": [11, "疏附县"],
    "population": ["昌吉市", 2023, "男", "7"],
    "fiscal_capacity": ["昌吉市", 2023],
    "overlaps": ["age_80_89", "disability_care_recipient", "昌吉市", 2023],
    "vital_rates": ["mortality", "昌吉市", 2023, "男", "7"],
    "actuals": [11, "昌吉市", 2023, "central", "final"],
}


@dataclass(frozen=True)
class Case:
    """One figure of a table under a heading, with rows above and below; its value in yuan or heads,
    or the word of its refusal.
    """

    table: str
    heading: str
    figure: Any
    right: float | str
    why: str = ""
    series: str = ""
    above: Sequence[Row] = ()
    below: Sequence[Row] = ()
    keys: Row = field(default=())

    @property
    def rows(self) -> list[Row]:
        """The whole sheet."""
        key = list(KEY[self.table])
        if self.series:
            key[0] = self.series
        head = [*(self.keys or KEYS[self.table]), self.heading]
        return [*self.above, head, [*key, self.figure], *self.below]


def case_id(case: Case) -> str:
    around = [str(cell) for row in (*case.above, *case.below) for cell in row if cell]
    return "_".join((case.table, case.heading, case.series, *around, str(case.figure))).replace(
        " ", ""
    )


def rate(heading: str, figure: float, right: float | str, series: str, why: str = "") -> Case:
    return Case("rates", heading, figure, right, why, series)


def amount(
    heading: str,
    right: float | str,
    *above: str,
    below: str = "",
    figure: float = 80,
    table: str = "amounts",
) -> Case:
    return Case(
        table,
        heading,
        figure,
        right,
        above=[[text] for text in above],
        below=[[below]] if below else [],
    )


def count(
    heading: str,
    right: float | str,
    series: str = "family_reward_person",
    *above: str,
    figure: float = 120,
) -> Case:
    return Case(
        "beneficiaries", heading, figure, right, series=series, above=[[text] for text in above]
    )


REFUSED = "单位"
MONTHLY, DAILY, SCHOOL, YEARLY = (
    "family_reward",
    "nutrition_region",
    "pubfund_primary",
    "resident_medical_subsidy",
)
HEADINGS = [
    # A line that is paid by the month: twelve months are a year.
    *(
        rate(f"rate（{unit}）", 1200, 100, MONTHLY, "1,200 a year are 100 a month")
        for unit in (
            "元/人·年",
            "元/人/年",
            "元/年",
            "元/人年",
            "元/人•年",
            "元/人·年度",
            "元/(人·年)",
            "元（每人每年）",
            "每人每年（元）",
            "每人每年，元",
            "元/名·年",
            "yuan per person per year",
            "yuan/person/year",
            "yuan a person and year",
            "人民币元/人·年",
            "单位：元/人·年",
            "每人每年",
        )
    ),
    *(
        rate(f"rate（{unit}）", 100, 100, MONTHLY, "by the month, as it is paid")
        for unit in (
            "元/人·月",
            "元/月",
            "元/人月",
            "元/月·人",
            "元/人/月",
            "元（每人每月）",
            "每人每月",
            "元每人每月",
            "月人均，元",
            "yuan per person per month",
            "元/人",
            "元",
            "¥",
        )
    ),
    rate("rate（元/季）", 300, 100, MONTHLY, "a quarter is three months"),
    rate("rate（元/半年）", 600, 100, MONTHLY, "half a year is six months"),
    rate("rate（万元/人·年）", 0.12, 100, MONTHLY, "0.12 万元 are 1,200 yuan a year"),
    rate("补助标准（元）（每人每年）", 1200, 100, MONTHLY),
    rate("补助标准 元/人·年", 1200, 100, MONTHLY, "no brackets"),
    rate("补助标准/元/人·年", 1200, 100, MONTHLY),
    *(
        rate(f"rate（{unit}）", 100, REFUSED, MONTHLY)
        for unit in (
            "元/人·天",
            "元/日",
            "元/小时",
            "元/周",
            "元/人·学期",
            "元/学年",
            "元/户·月",
            "元/户",
            "元/千人",
            "元/辆·月",
            "美元",
            "万美元/年",
            "人",
            "%",
            "万人",
            "角",
            "元/人·年·月",
        )
    ),
    # By the day, 200 days a year.
    rate("rate（元/人·年）", 1000, 5, DAILY, "1,000 over 200 days"),
    rate("rate（元/生·年）", 1000, 5, DAILY),
    rate("rate（元/生·学期）", 500, 5, DAILY, "two terms of 500 are 1,000 over 200 days"),
    rate("rate（元/学年）", 1000, 5, DAILY),
    *(
        rate(f"rate（{unit}）", 5, 5, DAILY)
        for unit in ("元/人·天", "元/天·人", "元/日", "元/生·天", "元/天", "yuan a pupil and day")
    ),
    *(
        rate(f"rate（{unit}）", 100, REFUSED, DAILY, "how many months and weeks has a school year?")
        for unit in ("元/人·月", "元/月", "元/周")
    ),
    # School lines by the year: is a month one of ten or of twelve?
    *(
        rate(f"rate（{unit}）", 650, 650, SCHOOL)
        for unit in ("元/人·年", "元/生·年", "元/生/年", "元/生", "元/学年", "元/生·学年")
    ),
    rate("rate（元/生·学期）", 325, 650, SCHOOL, "two terms are the year's money, half each"),
    *(
        rate(f"rate（{unit}）", 65, REFUSED, SCHOOL)
        for unit in ("元/生·月", "元/月", "元/天", "元/季", "元/班·年")
    ),
    # Paid once a year, by the rate of 1 January.
    rate("rate（元/人·年）", 610, 610, YEARLY),
    *(
        rate(f"rate（{unit}）", 50, REFUSED, YEARLY)
        for unit in ("元/人·月", "元/月", "元/学期", "元/学年", "元/季")
    ),
    # By the year and counted by calendar months: twelve months are a year.
    rate("rate（元/人·月）", 100, 1200, "veteran_living_aid"),
    rate("rate（元/季）", 300, 1200, "veteran_living_aid"),
    # By person-month.
    *(
        rate(f"rate（{unit}）", 1000, 1000, "internship_stipend")
        for unit in ("元/人月", "元/人·月", "元/月")
    ),
    rate("rate（元/人·年）", 12000, 1000, "internship_stipend"),
    # Rooms, households, trainings.
    *(
        rate(f"rate（{unit}）", 2000, 2000, "farm_reading_room")
        for unit in ("元/间·年", "元/间", "元/年", "yuan a room and year")
    ),
    *(
        rate(f"rate（{unit}）", 2000, REFUSED, "farm_reading_room")
        for unit in ("元/人·年", "元/户", "元/间·月")
    ),
    rate("rate（元/户·月）", 500, 500, "public_rental_subsidy"),
    rate("rate（元/户·年）", 6000, 500, "public_rental_subsidy"),
    rate("rate（元/人·月）", 500, REFUSED, "public_rental_subsidy"),
    *(
        rate(f"rate（{unit}）", 800, 800, "training_subsidy")
        for unit in ("元/人次", "元/人", "元/人·年")
    ),
    rate("rate（元/村·年）", 2400, REFUSED, "farm_reading_room"),
    # A month's wage.
    *(
        Case("minimum_wage", f"wage（{unit}）", 19440, 1620, "19,440 over twelve months")
        for unit in ("元/年", "元/人·年", "每年", "yuan per year")
    ),
    *(
        Case("minimum_wage", f"wage（{unit}）", 1620, 1620)
        for unit in ("元/月", "元", "元/人·月", "月", "元/月·人")
    ),
    Case("minimum_wage", "wage（万元/年）", 1.944, 1620),
    *(
        Case("minimum_wage", f"wage（{unit}）", 16, REFUSED)
        for unit in ("元/小时", "元/天", "元/日", "元/周", "元/户", "元/学期", "人")
    ),
    # Sums of a year.
    *(
        amount(f"amount（{unit}）", 80, figure=80)
        for unit in ("元", "元/年", "yuan", "人民币元", "人民币", "元，含税")
    ),
    *(
        amount(f"amount（{unit}）", 800_000)
        for unit in (
            "万元",
            "万元/年",
            "万",
            "人民币万元",
            "单位：万元",
            "萬元",
            "万圆",
            "10,000 yuan",
            "10000元",
            "RMB 10,000",
            "ten thousand yuan",
            "万元人民币",
            " 万 元 ",
        )
    ),
    amount("金额/万元", 800_000),
    amount("金额万元", 800_000),
    amount("金额:万元", 800_000),
    amount("amount（百万元）", 80_000_000),
    amount("amount（亿元）", 8e9),
    amount("amount（thousand yuan）", 80_000),
    amount("amount（million yuan）", 8e7),
    *(
        amount(f"amount（{unit}）", REFUSED)
        for unit in (
            "元/人",
            "元/月",
            "元/人·年",
            "万元/户",
            "元/天",
            "人",
            "万人",
            "户",
            "%",
            "美元",
            "USD",
            "含税",
            "元/千人",
            "元、万元",
            "元，万元以下不计",
        )
    ),
    amount("amount（元/人）", REFUSED, table="bases_2015"),
    amount("amount（万元/年）", 800_000, table="bases_2015"),
    amount("amount（元/月）", REFUSED, table="actuals"),
    amount("revenue（元/人）", REFUSED, table="fiscal_capacity"),
    amount("revenue（亿元）", 8e9, table="fiscal_capacity"),
    # Heads.
    *(
        count(f"count（{unit}）", 120)
        for unit in (
            "人",
            "名",
            "人、户、个等",
            "个",
            "年末",
            "人/年",
            "persons",
            "persons, households or the like",
            "户、人",
            "2023年",
        )
    ),
    count("count（万人）", 1_200_000),
    count("count（千人）", 120_000),
    count("人数/万人", 1_200_000),
    count("count（万）", 1_200_000),
    count("count（thousand persons）", 120_000),
    *(
        count(f"count（{unit}）", REFUSED)
        for unit in (
            "元",
            "%",
            "户",
            "人月",
            "人·月",
            "人次",
            "万元",
            "对",
            "件",
            "百岁老人",
            "人/月",
            "户、件",
            "万户",
        )
    ),
    count("户数", REFUSED),
    count("户数", 120, "rent_subsidy_household"),
    count("count（户）", 120, "rent_subsidy_household"),
    count("count（人）", REFUSED, "rent_subsidy_household"),
    count("count（人月）", 120, "internship_month"),
    count("count（人）", REFUSED, "internship_month"),
    count("count（人）", 120, "reading_room"),
    count("count（间）", 120, "reading_room"),
    count("count（人次）", 120, "training_subsidy_person"),
    count("count（人）", 120, "training_subsidy_person"),
    count("count（人）", REFUSED, "prepregnancy_couple"),
    Case("population", "count（万人）", 1.5, 15_000),
    Case("population", "count（户）", 15, REFUSED),
    Case("overlaps", "count（千人）", 2, 2_000),
    Case("overlaps", "count（户）", 2, REFUSED),
    # Parts.
    *(
        Case("local_split", f"county_share（{unit}）", 30, 0.3)
        for unit in ("%", "百分比", "percent", "％")
    ),
    Case("local_split", "县级比例%", 30, 0.3),
    Case("local_split", "county_share（‰）", 300, 0.3),
    *(
        Case("local_split", f"county_share（{unit}）", 0.3, 0.3)
        for unit in ("0 至 1", "小数", "县级", "0-1")
    ),
    *(
        Case("local_split", f"county_share（{unit}）", 0.3, REFUSED)
        for unit in ("元", "万元", "人", "百分之几")
    ),
    Case("vital_rates", "value（‰）", 3, 0.003),
    Case("vital_rates", "value（人）", 3, REFUSED),
]

WAN = (
    "单位万元",
    "（万元）",
    "单位（万元）",
    "(单位/万元)",
    "计量单位:人民币万元",
    "单位: 万 元",
    "单位：万",
    "以万元为单位",
    "單位：萬元",
    "Unit: 10,000 yuan",
    "2023年教材经费（万元）",
    "单位：万元",
    "金额单位：万元",
    "单位:万元、人",
    "（单位：万元，截至2023年）",
    "万元",
    "经费表 单位：万元 日期：2023年12月",
    "注：金额均以万元计",
    "金额均为万元",
    "本表按万元填列",
    "单 位 ： 万 元",
    "units: ten thousand yuan",
    "Amounts in 10,000 yuan",
    "单位：10000元",
)
AROUND = [
    *(amount("amount", 800_000, title) for title in WAN),
    *(amount("金额（万元）", 800_000, title) for title in WAN),
    *(amount("金额（元）", REFUSED, title) for title in WAN),
    *(amount("amount", REFUSED, below=title) for title in WAN),
    *(amount("金额（万元）", 800_000, below=title) for title in WAN),
    *(
        amount("amount", 80, title)
        for title in (
            "单位：元",
            "（元）",
            "2023年教材经费（元）",
            "金额一律以元为单位",
            "单位：人",
            "小学在校生（万人）",
            "填报单位：喀什地区财政局",
            "教材经费表",
            "30万元以上项目",
            "单笔1万元以上",
            "填报单位：    年  月  日",
            "单位见下拉选项",
        )
    ),
    *(
        amount("amount", 80, below=note)
        for note in ("单位：元", "单位：万人", "注：30万元以上项目", "填报人：张三")
    ),
    *(
        amount("amount", REFUSED, title)
        for title in (
            "教材经费表 万元",
            "万元以上项目",
            "单位：万元日期2023",
            "单位：元/万元",
            "教材经费（元）单位：万元",
            "单位：元/人",
            "单位：元/月",
        )
    ),
    amount("金额（元）", 80, "万元以上项目"),
    Case("amounts", "amount", 80, 800_000, above=[["经费表"], ["", "单位：", "万元"]]),
    Case("amounts", "amount", 80, 800_000, above=[["经费表", "", "", "（万元）"]]),
    Case("amounts", "amount", 80, 800_000, keys=["支出项（万元）", "地区", "年份"]),
    Case("amounts", "金额（元）", 80, REFUSED, keys=["支出项（单位：万元）", "地区", "年份"]),
    Case("bases_2015", "amount", 80, 800_000, above=[["单位：万元"]]),
    Case("bases_2015", "amount", 80, REFUSED, below=[["注：金额均以万元计"]]),
    Case("fiscal_capacity", "revenue", 80, 8e9, above=[["单位：亿元"]]),
    count("count", 1_200_000, "family_reward_person", "小学在校生（万人）"),
    count("count", 1_200_000, "family_reward_person", "单位：万人"),
    count("count", 1_200_000, "family_reward_person", "单位：万"),
    count("count", 120, "family_reward_person", "单位：万元"),
    count("count", 120, "family_reward_person", "单位：万元、人"),
    count("count", REFUSED, "family_reward_person", "单位：户"),
    count("count（人）", REFUSED, "family_reward_person", "单位：万人"),
    count("count", REFUSED, "family_reward_person", "万人以上的县"),
    Case("beneficiaries", "count", 120, REFUSED, below=[["注：人数以万人计"]]),
    Case("rates", "rate", 1200, 100, above=[["单位：元/人·年"]]),
    Case("rates", "rate（元）", 1200, 100, above=[["单位：元/人·年"]]),
    Case("rates", "rate（元/人·月）", 100, REFUSED, above=[["单位：元/人·年"]]),
    Case("rates", "rate", 65, REFUSED, series=SCHOOL, above=[["单位：元/人·月"]]),
    Case("rates", "rate", 100, REFUSED, below=[["注：标准为每人每年，单位：元/人·年"]]),
    Case("local_split", "county_share", 30, 0.3, above=[["单位：%"]]),
    Case("local_split", "county_share", 0.3, 0.3, above=[["单位：万元"]]),
]


def workbook(folder: Path, case: Case) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = case.table
    for row in case.rows:
        sheet.append(row)
    with_counts(book, case.table)
    book.save(folder / "data.xlsx")
    return folder / "data.xlsx"


def with_counts(book: Any, table: str) -> None:
    """Another table, where the one tried is none of those of which one at least is needed."""
    if table not in ("beneficiaries", "amounts"):
        for row in ([*KEYS["beneficiaries"], "count"], ["reading_room", "阜康市", 2023, 10]):
            (
                book["beneficiaries"]
                if "beneficiaries" in book.sheetnames
                else book.create_sheet("beneficiaries")
            ).append(row)


def text_files(folder: Path, case: Case) -> Path:
    tables = {case.table: case.rows}
    if case.table not in ("beneficiaries", "amounts"):
        tables["beneficiaries"] = [
            [*KEYS["beneficiaries"], "count"],
            ["reading_room", "阜康市", 2023, 10],
        ]
    (folder / "data").mkdir()
    for name, rows in tables.items():
        width = max(map(len, rows))
        with (folder / "data" / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([*row, *[""] * (width - len(row))] for row in rows)
    return folder / "data"


def outcome(path: Path, table: str) -> tuple[list[float], str]:
    """The figures of the table, or what is said against it."""
    return column_read(path, table, FIGURE[table])


def column_read(path: Path, table: str, column: str) -> tuple[list[Any], str]:
    """One column as it is read, or what is said against the file, in both languages as they should
    be.
    """
    try:
        return read_inputs(path, load_standard()).tables[table].columns[column], ""
    except FiscalModelError as error:
        faults = error.faults
    assert not re.search(
        "[，；、]", " ".join(re.sub("'[^']*'", "", fault.message.to("en")) for fault in faults)
    )
    return [], "\n".join(fault.to("zh") for fault in faults)


@pytest.mark.parametrize("write", [workbook, text_files])
@pytest.mark.parametrize("case", [*HEADINGS, *AROUND], ids=case_id)
def test_a_stated_unit_is_read_exactly_or_refused(
    case: Case, write: Callable[[Path, Case], Path], tmp_path: Path
) -> None:
    values, refusal = outcome(write(tmp_path, case), case.table)
    if isinstance(case.right, str):
        assert case.right in refusal, (values, refusal)
        assert len(refusal.splitlines()) == 1
        line, column = len(case.above) + 1, len(KEYS[case.table]) + 1
        where = (line + 2, 1) if case.below else (line, column)
        assert (
            f"{'ABCDEF'[where[1] - 1]}{where[0]}: " in refusal
            or f".csv:{where[0]}:{where[1]}: " in refusal
        )
    else:
        assert not refusal
        assert values == [pytest.approx(case.right, rel=1e-12)]


@dataclass(frozen=True)
class Formatted:
    """A number that a workbook stores, how it is shown, and what a person reads there."""

    table: str
    heading: str
    stored: float
    code: str
    right: float | str
    series: str = ""


def share(heading: str, stored: float, code: str, right: float | str) -> Formatted:
    return Formatted("local_split", heading, stored, code, right)


def money(heading: str, stored: float, code: str, right: float | str) -> Formatted:
    return Formatted("amounts", heading, stored, code, right)


def heads(
    heading: str, stored: float, code: str, right: float | str, series: str = ""
) -> Formatted:
    return Formatted("beneficiaries", heading, stored, code, right, series)


SEEN, UNCLEAR = "对不上", "看不出单位"
ACCOUNTS = '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ '
FORMATS = [
    share("county_share（%）", 0.3, "0%", 0.3),
    share("county_share（%）", 0.3, "0.00%", 0.3),
    share("county_share", 0.3, "0%", 0.3),
    share("county_share（‰）", 0.3, "0%", SEEN),
    share("county_share（%）", 30, '0"%"', 0.3),
    share("county_share", 30, '0"%"', 0.3),
    share("county_share", 300, "0‰", 0.3),
    share("county_share（%）", 30, "0.00", 0.3),
    share("county_share", 30, "0%", "比例应在"),
    share("county_share", 0.3, '0"元"', UNCLEAR),
    money("amount", 80, '0"万元"', 800_000),
    money("金额（万元）", 80, '0"万元"', 800_000),
    money("金额（元）", 80, '0"万元"', SEEN),
    money("金额（万元）", 80, '0"元"', SEEN),
    money("amount", 80, '0"万"', 800_000),
    money("amount", 80, '"¥"0.00"万"', 800_000),
    money("amount", 80, r"0\万\元", 800_000),
    money("amount", 80, "0万元", 800_000),
    money("amount", 80, 'General"万元"', 800_000),
    money("金额（万元）", 800_000, "0!.0000", 800_000),  # shown 80.0000 万元
    money("金额（万元）", 800_000, r"0\.0000", 800_000),
    money("金额（元）", 800_000, "0!.0000", SEEN),
    money("amount", 800_000, "0!.0000", SEEN),
    money("amount", 800_000, "0!.0,", SEEN),
    money("金额（万元）", 800_000, "0!.0,", 800_000),  # shown 80.0 万元
    money("amount", 800_000, '0!.0,"万元"', 800_000),
    money("金额（万元）", 800_000, '0!.0,"万元"', 800_000),
    money("金额（元）", 800_000, '0!.0,"万元"', SEEN),
    money("amount", 800_000, "#,##0,", SEEN),
    money("金额（元）", 800_000, "#,##0,", SEEN),
    money("金额（万元）", 800_000, "#,##0,", SEEN),
    money("金额（千元）", 800_000, "#,##0,", 800_000),  # shown 800 千元
    money("amount", 800_000, '#,##0,"千元"', 800_000),
    money("amount", 80_000, '0.0,"万元"', SEEN),  # shown 80.0 万元 and stored as 8: which is meant?
    money("amount", 1_234_567, '0.00,,"百万元"', 1_234_567),
    money("金额（百万元）", 1_234_567, "0.00,,", 1_234_567),
    *(
        money("金额（万元）", 80, code, 800_000)
        for code in (
            "General",
            "0",
            "0.00",
            "#,##0.00",
            "[$¥-804]#,##0.00",
            '"￥"#,##0',
            "#,##0.00_ ",
            "0.00E+00",
            "@",
            ACCOUNTS,
            "#,##0.00;[Red]-#,##0.00",
            "# ?/?",
            "#,##0_);(#,##0)",
            "[DBNum1][$-804]General",
            '0","0000',
            "000000",
        )
    ),
    money("amount", 80, '#,##0.00_ "元"', 80),
    money("amount", 80, "[$CNY] #,##0.00", 80),
    money("amount", 80, '"人民币"0"元"', 80),
    *(
        money("amount", 80, code, UNCLEAR)
        for code in (
            "[$$-409]#,##0",
            '"US$"0',
            "[$€-407]0",
            '0"人"',
            '0"美元"',
            '"约"0',
            '0"以上"',
            "0%",
            '0"户"',
            '0"万"0000"元"',
            '0.0"h"',
        )
    ),
    money("amount", 120_000, '[>=10000]0!.0,"万";0', 120_000),  # shown 12.0万
    money("amount", 1_200, '[>=10000]0!.0,"万";0', 1_200),
    # below the limit the figure itself is in 万
    money("amount", 12, '[>=10000]0!.0,"万";0"万"', 120_000),
    money("amount", 12, '[<100]0"万元";0', 120_000),
    money("amount", 120, '[<100]0"万元";0', 120),
    money("amount", 0, ACCOUNTS, 0),
    money("amount", 0, '0;0;"无"', UNCLEAR),
    money("amount", 0, "0;-0;;@", 0),
    money("amount", 5, ";;;", 5),
    money("amount", 80, '0"元/月"', "不符"),
    money("amount", 80, '0"万元/年"', 800_000),
    heads("count", 12, '0"人"', 12),
    heads("count（人）", 12, '0"人"', 12),
    heads("count", 12, '0"万人"', 120_000),
    heads("count（万人）", 12, '0"人"', SEEN),
    heads("count", 12, '0"户"', "不符"),
    heads("count", 12, '0"户"', 12, "rent_subsidy_household"),
    heads("count", 12, '0"人月"', "不符"),
    heads("count", 12, '0"元"', UNCLEAR),
    heads("count", 12, "0%", UNCLEAR),
    heads("count", 12_000, "#,##0,", SEEN),
    heads("count", 1_205_000, '0!.0,"万人"', 1_205_000),
    heads("count", 12, '0"件"', 12, "legal_aid_case"),
    Formatted("rates", "rate", 1200, '0"元/人·年"', 100),
    Formatted("rates", "rate（元）", 1200, '0"元/年"', 100),
    Formatted("rates", "rate（元/人·年）", 100, '0"元/月"', "不符"),
    Formatted("rates", "rate", 65, '0"元/月"', "不符", SCHOOL),
    Formatted("rates", "rate", 100, '0"元"', 100),
    Formatted("minimum_wage", "wage", 19440, '0"元/年"', 1620),
]


@pytest.mark.parametrize(
    "case", FORMATS, ids=lambda case: f"{case.heading} {case.stored} {case.code} {case.series}"
)
def test_a_number_counts_as_its_format_shows_it(case: Formatted, tmp_path: Path) -> None:
    path = workbook(tmp_path, Case(case.table, case.heading, case.stored, 0, series=case.series))
    book = openpyxl.load_workbook(path)
    cell = book[case.table].cell(2, len(KEYS[case.table]) + 1)
    cell.number_format = case.code
    book.save(path)
    values, refusal = outcome(path, case.table)
    if isinstance(case.right, str):
        assert f"{cell.coordinate}: " in refusal
        assert case.right in refusal
    else:
        assert (values, refusal) == ([pytest.approx(case.right, rel=1e-12)], "")


@pytest.mark.parametrize(
    ("value", "code", "seen"),
    [
        (0.3, "0%", "30%"),
        (800_000, "0!.0000", "80"),
        (2023, '0"年"', "2023年"),
        (5, '"第"0"项"', "第5项"),
        (-5, '0;"减"0"元"', "减-5元"),
        (12.5, "0.00", "12.5"),
        (7, '0"岁"', "7岁"),
    ],
)
def test_a_format_shows_a_number_in_its_words(value: float, code: str, seen: str) -> None:
    assert str(shown(value, code)) == seen


KEY_CELLS = [
    ("year", 2023, '0"年"', 2023),
    ("year", 2023, "#,##0", 2023),
    ("year", 2023, '0000"年度"', 2023),
    ("year", 2022.9999999999998, "General", 2023),
    ("year", "2,023", "General", 2023),
    ("year", "2023.0", "General", 2023),
    ("year", "2023 年度", "General", 2023),
    ("year", '="2023"', "@", 2023),
    ("place", 652301, "000000", "652301"),
    ("place", 652301, "0.00E+00", "652301"),
    ("place", 652301.0, "#,##0.00", "652301"),
    ("place", "652301.0", "@", "652301"),
    ("place", "'652301", "@", "652301"),
    ("place", "65 23 01", "@", "652301"),
    ("place", '="652301"', "@", "652301"),
    ("place", 652300.9999999999, "@", "652301"),
    ("place", 652301, '0"号"', "地区"),
    ("place", "6.52301E+05", "@", "科学计数法"),
    ("place", "6.523E+05", "@", "科学计数法"),
    ("place", '="6.52301E+05"', "@", "科学计数法"),
    ("count", 999.9999999999999, "General", 1000),
    ("count", 999.9999999999999, "0", 1000),
    ("count", "999.9999999999999", "General", 1000),
    ("count", '="1000"', "General", 1000),
    ("count", 999.6, "0", "整数"),
    ("count", 999.999999999, "General", "整数"),
]


@pytest.mark.parametrize(("column", "cell", "code", "right"), KEY_CELLS, ids=lambda part: str(part))
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_code_a_year_and_a_count_are_what_the_sheet_shows(
    column: str, cell: Any, code: str, right: float | str, kind: str, tmp_path: Path
) -> None:
    """A spreadsheet shows 15 digits: 999.9999999999999 is 1000 there. A text file holds what is
    written, formats do not matter.
    """
    if kind == "csv" and isinstance(cell, (int, float)) and code not in ("General", "0"):
        pytest.skip("a text file has no formats")
    head = [*KEYS["beneficiaries"], "count"]
    row = ["family_reward_person", "昌吉市", 2023, 10]
    at = head.index(column)
    row[at] = cell
    if kind == "csv":
        path = tmp_path / "data"
        path.mkdir()
        lines = [
            ",".join(map(str, head)),
            ",".join(f'"{part}"' if "," in str(part) else str(part) for part in row),
        ]
        (path / "beneficiaries.csv").write_text("\n".join(lines), encoding="utf-8")
    else:
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.title = "beneficiaries"
        sheet.append(head)
        sheet.append(row)
        sheet.cell(2, at + 1).number_format = code
        if isinstance(cell, str):
            sheet.cell(2, at + 1).data_type = "s"
        path = tmp_path / "data.xlsx"
        book.save(path)
    found, refusal = column_read(path, "beneficiaries", column)
    if refusal:
        assert isinstance(right, str), refusal
        assert right in refusal
    else:
        assert found == [right]


def one_sheet(
    folder: Path, change: Callable[[Any], None], figure: float = 80, heading: str = "amount"
) -> Path:
    """A workbook with one amount, and what ``change`` does to its sheet."""
    path = workbook(folder, Case("amounts", heading, figure, 0))
    book = openpyxl.load_workbook(path)
    change(book["amounts"])
    book.save(path)
    return path


def named(title: str) -> Callable[[Any], None]:
    return lambda sheet: setattr(sheet, "title", title)


def header(text: str) -> Callable[[Any], None]:
    return lambda sheet: setattr(sheet.oddHeader.right, "text", text)


def commented(cell: str, text: str) -> Callable[[Any], None]:
    return lambda sheet: setattr(sheet[cell], "comment", openpyxl.comments.Comment(text, "张三"))


SHEETS: list[tuple[Callable[[Any], None], str, float | str]] = [
    (named("amounts（万元）"), "amount", 800_000),
    (named("金额(万元)"), "amount", 800_000),
    (named("金额（单位：万元）"), "amount", 800_000),
    (named("金额（元）"), "amount", 80),
    (named("金额（万元）"), "金额（元）", "不一致"),
    (header("单位：万元"), "amount", 800_000),
    (header("第1页"), "amount", 80),
    (header("单位：万元"), "金额（元）", "不一致"),
    (commented("D1", "张三:\n单位：万元"), "amount", 800_000),
    (commented("D1", "请据实填写"), "amount", 80),
    (commented("D2", "此处以万元计"), "amount", "批注"),
    (commented("D2", "按决算数"), "amount", 80),
]


@pytest.mark.parametrize(("change", "heading", "right"), SHEETS)
def test_units_in_the_name_the_page_and_the_comments_of_a_sheet(
    change: Callable[[Any], None], heading: str, right: float | str, tmp_path: Path
) -> None:
    values, refusal = outcome(one_sheet(tmp_path, change, heading=heading), "amounts")
    assert (right in refusal) if isinstance(right, str) else (values, refusal) == ([right], "")


def test_a_unit_in_the_name_of_a_text_file(tmp_path: Path) -> None:
    path = text_files(tmp_path, Case("amounts", "amount", 80, 0))
    (path / "amounts.csv").rename(path / "金额（万元）.csv")
    assert outcome(path, "amounts") == ([800_000], "")


def test_headings_over_two_rows_state_the_unit_of_those_below(tmp_path: Path) -> None:
    """资金（万元） over 金额 and 来源: the unit stands in the upper row only."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "amounts"
    for row in (
        ["支出项", "地区", "年份", "资金（万元）", None],
        [None, None, None, "金额", "来源"],
        ["hiv_followup", "昌吉市", 2023, 80, "年报"],
    ):
        sheet.append(row)
    sheet.merge_cells("D1:E1")
    book.save(tmp_path / "data.xlsx")
    assert outcome(tmp_path / "data.xlsx", "amounts") == ([800_000], "")


def test_a_strict_workbook_is_refused_in_words(tmp_path: Path) -> None:
    """As Excel writes 严格 Open XML: other namespaces throughout."""
    path = workbook(tmp_path, Case("amounts", "amount", 80, 0))
    strict = tmp_path / "strict.xlsx"
    old, new = (
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    )
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(strict, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(old, new))
    _, refusal = outcome(strict, "amounts")
    assert "Strict" in refusal
    assert "另存为" in refusal


def test_a_formula_that_only_holds_a_code_needs_its_result(tmp_path: Path) -> None:
    values, refusal = outcome(
        one_sheet(tmp_path, lambda sheet: setattr(sheet["B2"], "value", '="652301"')), "amounts"
    )
    assert not values
    assert "amounts!B2: FM-formula-without-result 公式没有保存计算结果" in refusal


RATES: dict[str, tuple[str, float, int]] = {
    MONTHLY: ("family_reward_person", 100, 12),
    DAILY: ("nutrition_region_pupil", 5, 200),
    SCHOOL: ("primary_pupil", 650, 1),
}


def test_a_column_of_rates_by_the_year_is_read_line_by_line(tables: Callable[..., Path]) -> None:
    """A year's 1,200, 1,000 and 650 yuan of 1,000 persons each are 2,850,000 yuan, whatever the
    lines are paid by.
    """
    path = tables(
        beneficiaries=[[name, "昌吉市", 2023, 1000] for name, _, _ in RATES.values()],
        rates=[[line, "", 2023, rate * times] for line, (_, rate, times) in RATES.items()],
    )
    file = path / "rates.csv"
    file.write_text(
        file.read_text(encoding="utf-8").replace(",rate", ",rate（元/人·年）"), encoding="utf-8"
    )
    budget = fm.simulate("as_written", path, years=2023)
    got = budget.by("line")
    assert {line: got[line] for line in RATES} == pytest.approx(
        {MONTHLY: 1_200_000, DAILY: 1_000_000, SCHOOL: 650_000}
    )
    told = " ".join(fault.message.to("zh") for fault in budget.warnings)
    assert "“元/人·年”按支付的期间换算，数值除以 12：农村部分计划生育家庭奖励扶助" in told
    assert "数值除以 200：营养膳食补助（自治区试点）" in told


def test_a_wage_by_the_year(tables: Callable[..., Path]) -> None:
    """19,440 a year are 1,620 a month; nine tenths of it for 1,000 person-months are 1,458,000
    yuan.
    """
    path = tables(
        beneficiaries=[["unemployment_benefit_month", "昌吉市", 2023, 1000]],
        minimum_wage=[["昌吉市", 2023, 19440]],
    )
    file = path / "minimum_wage.csv"
    file.write_text(
        file.read_text(encoding="utf-8").replace(",wage", ",wage（元/年）"), encoding="utf-8"
    )
    assert fm.simulate("as_written", path, years=2023).sel(item=29).by("line")[
        "unemployment_benefit"
    ] == pytest.approx(1_458_000)


def test_a_refusal_names_the_lines_that_do_not_fit(tables: Callable[..., Path]) -> None:
    path = tables(
        beneficiaries=[[name, "昌吉市", 2023, 1000] for name, _, _ in RATES.values()],
        rates=[[line, "", 2023, rate] for line, (_, rate, _) in RATES.items()],
    )
    file = path / "rates.csv"
    file.write_text(
        file.read_text(encoding="utf-8").replace(",rate", ",rate（元/人·月）"), encoding="utf-8"
    )
    with pytest.raises(FiscalModelError) as error:
        read_inputs(path, load_standard())
    message = error.value.text("zh")
    assert "rates.csv:1:4: " in message
    assert "“普通小学公用经费”（第 4 行）为元/人·年（按十个教学月计）" in message
    assert "“营养膳食补助（自治区试点）”（第 3 行）" in message
    assert "计划生育" not in message


def test_any_unit_of_the_grammar_gives_the_same_figures(tmp_path: Path) -> None:
    """A table written in any unit that it can be converted from is the table in yuan by the line's
    own period.
    """
    draw = random.Random(11)
    scales = {"": 1, "百": 100, "千": 1_000, "万": 10_000, "百万": 1_000_000, "亿": 10**8}
    periods = {
        MONTHLY: {"月": 1, "季": 3, "半年": 6, "年": 12},
        DAILY: {"天": 1, "学期": 100, "学年": 200, "年": 200},
        SCHOOL: {"学期": Fraction(1, 2), "学年": 1, "年": 1},
    }
    for number in range(60):
        line = draw.choice(list(RATES))
        scale, period = draw.choice(list(scales)), draw.choice(list(periods[line]))
        person = draw.choice(["/人", "/生", "/名", ""])
        order = [person, f"/{period}"] if draw.random() < 0.5 else [f"/{period}", person]
        heading = f"补助标准（{scale}元{''.join(order)}）"
        figure = Fraction(draw.randint(1, 4000)) * 200
        written = figure * Fraction(periods[line][period]) / scales[scale]
        folder = tmp_path / str(number)
        folder.mkdir()
        values, refusal = outcome(
            text_files(
                folder,
                Case(
                    "rates",
                    heading,
                    f"{float(written):.12f}".rstrip("0").rstrip("."),
                    0,
                    series=line,
                ),
            ),
            "rates",
        )
        assert (values, refusal) == ([pytest.approx(float(figure), rel=1e-12)], ""), heading


def test_every_line_of_the_standard_and_every_count_has_a_unit_that_is_read() -> None:
    """The template and the reader speak of the same units."""
    standard = load_standard()
    assert all(
        unit_of(line.per.zh) and unit_of(line.per.en)
        for line in standard.lines.values()
        if line.beneficiary
    )
    assert all(unit_of(each.unit.zh) for each in standard.beneficiaries.values())
