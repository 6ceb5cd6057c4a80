"""Units as tables state them: beside a heading, around the table, in a number format. What a person sees is read exactly, or refused."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
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
    """One figure of a table under a heading, with rows above and below; its value in yuan or heads, or the word of its refusal."""

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
    return "_".join((case.table, case.heading, case.series, *around, str(case.figure))).replace(" ", "")


def rate(heading: str, figure: float, right: float | str, series: str, why: str = "") -> Case:
    return Case("rates", heading, figure, right, why, series)


def amount(heading: str, right: float | str, *above: str, below: str = "", figure: float = 80, table: str = "amounts") -> Case:
    return Case(table, heading, figure, right, above=[[text] for text in above], below=[[below]] if below else [])


def count(heading: str, right: float | str, series: str = "family_reward_person", *above: str, figure: float = 120) -> Case:
    return Case("beneficiaries", heading, figure, right, series=series, above=[[text] for text in above])


REFUSED = "单位"
MONTHLY, DAILY, SCHOOL, YEARLY = "family_reward", "nutrition_region", "pubfund_primary", "resident_medical_subsidy"
HEADINGS = [
    # A line that is paid by the month: twelve months are a year.
    *(rate(f"rate（{unit}）", 1200, 100, MONTHLY, "1,200 a year are 100 a month") for unit in (
        "元/人·年", "元/人/年", "元/年", "元/人年", "元/人•年", "元/人·年度", "元/(人·年)", "元（每人每年）", "每人每年（元）", "每人每年，元", "元/名·年",
        "yuan per person per year", "yuan/person/year", "yuan a person and year", "人民币元/人·年", "单位：元/人·年", "每人每年")),
    *(rate(f"rate（{unit}）", 100, 100, MONTHLY, "by the month, as it is paid") for unit in (
        "元/人·月", "元/月", "元/人月", "元/月·人", "元/人/月", "元（每人每月）", "每人每月", "元每人每月", "月人均，元", "yuan per person per month", "元/人", "元", "¥")),
    rate("rate（元/季）", 300, 100, MONTHLY, "a quarter is three months"),
    rate("rate（元/半年）", 600, 100, MONTHLY, "half a year is six months"),
    rate("rate（万元/人·年）", 0.12, 100, MONTHLY, "0.12 万元 are 1,200 yuan a year"),
    rate("补助标准（元）（每人每年）", 1200, 100, MONTHLY),
    rate("补助标准 元/人·年", 1200, 100, MONTHLY, "no brackets"),
    rate("补助标准/元/人·年", 1200, 100, MONTHLY),
    *(rate(f"rate（{unit}）", 100, REFUSED, MONTHLY) for unit in (
        "元/人·天", "元/日", "元/小时", "元/周", "元/人·学期", "元/学年", "元/户·月", "元/户", "元/千人", "元/辆·月", "美元", "万美元/年", "人", "%", "万人", "角", "元/人·年·月")),
    # By the day, 200 days a year.
    rate("rate（元/人·年）", 1000, 5, DAILY, "1,000 over 200 days"),
    rate("rate（元/生·年）", 1000, 5, DAILY),
    rate("rate（元/生·学期）", 500, 5, DAILY, "two terms of 500 are 1,000 over 200 days"),
    rate("rate（元/学年）", 1000, 5, DAILY),
    *(rate(f"rate（{unit}）", 5, 5, DAILY) for unit in ("元/人·天", "元/天·人", "元/日", "元/生·天", "元/天", "yuan a pupil and day")),
    *(rate(f"rate（{unit}）", 100, REFUSED, DAILY, "how many months and weeks has a school year?") for unit in ("元/人·月", "元/月", "元/周")),
    # School lines by the year: is a month one of ten or of twelve?
    *(rate(f"rate（{unit}）", 650, 650, SCHOOL) for unit in ("元/人·年", "元/生·年", "元/生/年", "元/生", "元/学年", "元/生·学年")),
    rate("rate（元/生·学期）", 325, 650, SCHOOL, "two terms are the year's money, half each"),
    *(rate(f"rate（{unit}）", 65, REFUSED, SCHOOL) for unit in ("元/生·月", "元/月", "元/天", "元/季", "元/班·年")),
    # Paid once a year, by the rate of 1 January.
    rate("rate（元/人·年）", 610, 610, YEARLY),
    *(rate(f"rate（{unit}）", 50, REFUSED, YEARLY) for unit in ("元/人·月", "元/月", "元/学期", "元/学年", "元/季")),
    # By the year and counted by calendar months: twelve months are a year.
    rate("rate（元/人·月）", 100, 1200, "veteran_living_aid"),
    rate("rate（元/季）", 300, 1200, "veteran_living_aid"),
    # By person-month.
    *(rate(f"rate（{unit}）", 1000, 1000, "internship_stipend") for unit in ("元/人月", "元/人·月", "元/月")),
    rate("rate（元/人·年）", 12000, 1000, "internship_stipend"),
    # Rooms, households, trainings.
    *(rate(f"rate（{unit}）", 2000, 2000, "farm_reading_room") for unit in ("元/间·年", "元/间", "元/年", "yuan a room and year")),
    *(rate(f"rate（{unit}）", 2000, REFUSED, "farm_reading_room") for unit in ("元/人·年", "元/户", "元/间·月")),
    rate("rate（元/户·月）", 500, 500, "public_rental_subsidy"),
    rate("rate（元/户·年）", 6000, 500, "public_rental_subsidy"),
    rate("rate（元/人·月）", 500, REFUSED, "public_rental_subsidy"),
    *(rate(f"rate（{unit}）", 800, 800, "training_subsidy") for unit in ("元/人次", "元/人", "元/人·年")),
    rate("rate（元/村·年）", 2400, REFUSED, "farm_reading_room"),
    # A month's wage.
    *(Case("minimum_wage", f"wage（{unit}）", 19440, 1620, "19,440 over twelve months") for unit in ("元/年", "元/人·年", "每年", "yuan per year")),
    *(Case("minimum_wage", f"wage（{unit}）", 1620, 1620) for unit in ("元/月", "元", "元/人·月", "月", "元/月·人")),
    Case("minimum_wage", "wage（万元/年）", 1.944, 1620),
    *(Case("minimum_wage", f"wage（{unit}）", 16, REFUSED) for unit in ("元/小时", "元/天", "元/日", "元/周", "元/户", "元/学期", "人")),
    # Sums of a year.
    *(amount(f"amount（{unit}）", 80, figure=80) for unit in ("元", "元/年", "yuan", "人民币元", "人民币", "元，含税")),
    *(amount(f"amount（{unit}）", 800_000) for unit in (
        "万元", "万元/年", "万", "人民币万元", "单位：万元", "萬元", "万圆", "10,000 yuan", "10000元", "RMB 10,000", "ten thousand yuan", "万元人民币", " 万 元 ")),
    amount("金额/万元", 800_000),
    amount("金额万元", 800_000),
    amount("金额:万元", 800_000),
    amount("amount（百万元）", 80_000_000),
    amount("amount（亿元）", 8e9),
    amount("amount（thousand yuan）", 80_000),
    amount("amount（million yuan）", 8e7),
    *(amount(f"amount（{unit}）", REFUSED) for unit in (
        "元/人", "元/月", "元/人·年", "万元/户", "元/天", "人", "万人", "户", "%", "美元", "USD", "含税", "元/千人", "元、万元", "元，万元以下不计")),
    amount("amount（元/人）", REFUSED, table="bases_2015"),
    amount("amount（万元/年）", 800_000, table="bases_2015"),
    amount("amount（元/月）", REFUSED, table="actuals"),
    amount("revenue（元/人）", REFUSED, table="fiscal_capacity"),
    amount("revenue（亿元）", 8e9, table="fiscal_capacity"),
    # Heads.
    *(count(f"count（{unit}）", 120) for unit in ("人", "名", "人、户、个等", "个", "年末", "人/年", "persons", "persons, households or the like", "户、人", "2023年")),
    count("count（万人）", 1_200_000),
    count("count（千人）", 120_000),
    count("人数/万人", 1_200_000),
    count("count（万）", 1_200_000),
    count("count（thousand persons）", 120_000),
    *(count(f"count（{unit}）", REFUSED) for unit in ("元", "%", "户", "人月", "人·月", "人次", "万元", "对", "件", "百岁老人", "人/月", "户、件", "万户")),
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
    *(Case("local_split", f"county_share（{unit}）", 30, 0.3) for unit in ("%", "百分比", "percent", "％")),
    Case("local_split", "县级比例%", 30, 0.3),
    Case("local_split", "county_share（‰）", 300, 0.3),
    *(Case("local_split", f"county_share（{unit}）", 0.3, 0.3) for unit in ("0 至 1", "小数", "县级", "0-1")),
    *(Case("local_split", f"county_share（{unit}）", 0.3, REFUSED) for unit in ("元", "万元", "人", "百分之几")),
    Case("vital_rates", "value（‰）", 3, 0.003),
    Case("vital_rates", "value（人）", 3, REFUSED),
]  # fmt: skip

WAN = ("单位万元", "（万元）", "单位（万元）", "(单位/万元)", "计量单位:人民币万元", "单位: 万 元", "单位：万", "以万元为单位", "單位：萬元", "Unit: 10,000 yuan",
       "2023年教材经费（万元）", "单位：万元", "金额单位：万元", "单位:万元、人", "（单位：万元，截至2023年）", "万元", "经费表 单位：万元 日期：2023年12月", "注：金额均以万元计",
       "金额均为万元", "本表按万元填列", "单 位 ： 万 元", "units: ten thousand yuan", "Amounts in 10,000 yuan", "单位：10000元")  # fmt: skip
AROUND = [
    *(amount("amount", 800_000, title) for title in WAN),
    *(amount("金额（万元）", 800_000, title) for title in WAN),
    *(amount("金额（元）", REFUSED, title) for title in WAN),
    *(amount("amount", REFUSED, below=title) for title in WAN),
    *(amount("金额（万元）", 800_000, below=title) for title in WAN),
    *(amount("amount", 80, title) for title in ("单位：元", "（元）", "2023年教材经费（元）", "金额一律以元为单位", "单位：人", "小学在校生（万人）", "填报单位：喀什地区财政局", "教材经费表",
                                                "30万元以上项目", "单笔1万元以上", "填报单位：    年  月  日", "单位见下拉选项")),
    *(amount("amount", 80, below=note) for note in ("单位：元", "单位：万人", "注：30万元以上项目", "填报人：张三")),
    *(amount("amount", REFUSED, title) for title in ("教材经费表 万元", "万元以上项目", "单位：万元日期2023", "单位：元/万元", "教材经费（元）单位：万元", "单位：元/人", "单位：元/月")),
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
]  # fmt: skip


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
            (book["beneficiaries"] if "beneficiaries" in book.sheetnames else book.create_sheet("beneficiaries")).append(row)


def text_files(folder: Path, case: Case) -> Path:
    tables = {case.table: case.rows}
    if case.table not in ("beneficiaries", "amounts"):
        tables["beneficiaries"] = [[*KEYS["beneficiaries"], "count"], ["reading_room", "阜康市", 2023, 10]]
    (folder / "data").mkdir()
    for name, rows in tables.items():
        width = max(map(len, rows))
        with (folder / "data" / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([*row, *[""] * (width - len(row))] for row in rows)
    return folder / "data"


def outcome(path: Path, table: str) -> tuple[list[float], str]:
    """The figures of the table, or what is said against it."""
    try:
        rows = read_inputs(path, load_standard()).tables[table]
    except FiscalModelError as error:
        assert all(fault.message.zh and not any(mark in fault.message.en for mark in "，；：（）") for fault in error.faults)
        return [], "\n".join(fault.to("zh") for fault in error.faults)
    return rows.columns[FIGURE[table]], ""


@pytest.mark.parametrize("write", [workbook, text_files])
@pytest.mark.parametrize("case", [*HEADINGS, *AROUND], ids=case_id)
def test_a_stated_unit_is_read_exactly_or_refused(case: Case, write: Callable[[Path, Case], Path], tmp_path: Path) -> None:
    values, refusal = outcome(write(tmp_path, case), case.table)
    if isinstance(case.right, str):
        assert case.right in refusal, (values, refusal)
        assert len(refusal.splitlines()) == 1
        line, column = len(case.above) + 1, len(KEYS[case.table]) + 1
        where = (line + 2, 1) if case.below else (line, column)
        assert f"{'ABCDEF'[where[1] - 1]}{where[0]}: " in refusal or f".csv:{where[0]}:{where[1]}: " in refusal
    else:
        assert not refusal
        assert values == [pytest.approx(case.right, rel=1e-12)]
