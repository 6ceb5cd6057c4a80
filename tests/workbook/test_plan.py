"""The rolling plan (sheet 分地区分年) and totals by 支出功能分类科目, by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import fiscal_model as fm
from fiscal_model.workbook.rounding import Printed

Tables = Callable[..., Path]
ROWS = [
    ["primary_pupil", "昌吉市", 2023, 100],
    ["primary_pupil", "昌吉市", 2024, 110],
    ["primary_pupil", "阜康市", 2024, 50],
]
"""By the text items 11 and 12 cost 755 yuan a pupil: the centre bears 520, the region 133.50, the
places 101.50.
"""
PEOPLE = [["昌吉市", 2023, "both", "0+", 10_000], ["阜康市", 2023, "both", "0+", 5_000]]
EDITIONS = pytest.mark.parametrize(
    "values", [None, Printed(1.0, 2), Printed(closed=False)], ids=["live", "closed", "half up"]
)


def rows_of(path: Path, sheet: str = "分地区分年") -> tuple[list[Any], dict[Any, list[Any]]]:
    """The headings, and the figures by place, kind of row and payer."""
    values = [*openpyxl.load_workbook(path, data_only=True)[sheet].values]
    top = next(n for n, row in enumerate(values) if row[0] == "账目")
    at = values[top].index("承担主体")
    found = {(row[2], row[3], row[at]): list(row[at + 1 :]) for row in values[top + 2 :] if row[at]}
    return list(values[top]), found


@EDITIONS
def test_a_place_by_payer_and_year_with_growth_and_per_head(
    values: Printed | None, tables: Tables, tmp_path: Path
) -> None:
    """昌吉市 costs 75,500 yuan in 2023 and 83,050 in 2024, a tenth more; a head 7.55 and 8.305 yuan
    of its 10,000 people, who are those of 2023 in 2024 too. 阜康市 costs 37,750 yuan in 2024 only:
    no growth. Both together grow from 75,500 to 120,800 by 60%, for 15,000 people: 5.0333 and
    8.0533 yuan a head.
    """
    path = tmp_path / "plan.xlsx"
    fm.simulate("as_written", tables(beneficiaries=ROWS, population=PEOPLE)).to_excel(
        path, values=values
    )
    heads, found = rows_of(path)
    assert [head for head in heads if head] == [
        *("账目", "地区编码", "地区", "行别", "列号", "人口行", "承担主体"),
        *("金额", "比上年增长", "人均（元）"),
    ]
    unit = values.unit if values else 1e4
    near = 0.005 if values else 1e-9
    city = found["昌吉市", "其中", "资金需求"]
    assert city[:3] == pytest.approx([75_500 / unit, 83_050 / unit, 158_550 / unit], abs=2 * near)
    assert city[3:] == pytest.approx([0.1, 7.55, 8.305], abs=1e-9)
    assert found["昌吉市", "其中", "中央"][3:] == pytest.approx([0.1, 5.2, 5.72], abs=1e-9)
    assert found["昌吉市", "其中", "人口（人）"][:2] == [10_000, 10_000]
    other = found["阜康市", "其中", "资金需求"]
    assert (other[0], other[3], other[4]) == ("—", "—", "—")
    assert other[5] == pytest.approx(7.55)
    for key in (("昌吉回族自治州", "小计"), ("合计", "合计")):
        both = found[*key, "资金需求"]
        assert both[3:] == pytest.approx([0.6, 75_500 / 15_000, 120_800 / 15_000], abs=1e-9)
    checks = {row[0]: row for row in openpyxl.load_workbook(path, data_only=True)["检查"].values}
    assert checks["分地区分年"][3] == "通过"
    assert checks["总检查"][3] == "通过"


def test_without_population_nothing_is_by_head_and_a_single_year_has_no_growth(
    tables: Tables, tmp_path: Path
) -> None:
    path = tmp_path / "plan.xlsx"
    fm.simulate("as_written", tables(beneficiaries=ROWS), 2024).to_excel(path, "zh")
    heads, found = rows_of(path)
    assert [head for head in heads if head][-1] == "金额"
    assert not any(key[2] == "人口（人）" for key in found)


def test_growth_is_over_the_year_before_only(tables: Tables, tmp_path: Path) -> None:
    """2024 stands beside 2022: no growth between them."""
    rows = [["primary_pupil", "昌吉市", year, 100] for year in (2022, 2024)]
    fm.simulate("as_written", tables(beneficiaries=rows)).to_excel(tmp_path / "plan.xlsx")
    assert "比上年增长" not in rows_of(tmp_path / "plan.xlsx")[0]


def test_a_place_counted_as_a_whole_in_one_year_and_by_county_in_the_next(
    tables: Tables, tmp_path: Path
) -> None:
    """What is counted for the prefecture itself in 2023 stands in its subtotal."""
    rows = [["primary_pupil", "昌吉州", 2023, 100], ["primary_pupil", "昌吉市", 2024, 110]]
    path = tmp_path / "plan.xlsx"
    fm.simulate("as_written", tables(beneficiaries=rows)).to_excel(path)
    _, found = rows_of(path)
    assert found["昌吉回族自治州", "小计", "资金需求"][:2] == pytest.approx([7.55, 8.305])
    assert found["昌吉回族自治州", "小计", "资金需求"][3] == pytest.approx(0.1)


def test_a_wrong_growth_or_amount_by_head_does_not_pass(
    tables: Tables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every printed ratio is held against the engine: a growth that is off by a thousandth of
    75,500 yuan is seen.
    """
    from fiscal_model.workbook import plan_sheet

    true = plan_sheet._growth
    monkeypatch.setattr(
        plan_sheet,
        "_growth",
        lambda row, y: found + 0.001 if isinstance(found := true(row, y), float) else found,
    )
    budget = fm.simulate("as_written", tables(beneficiaries=ROWS))
    budget.to_excel(tmp_path / "plan.xlsx")
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx", data_only=True)
    checks = {row[0]: row for row in book["检查"].values}
    assert checks["分地区分年"][3] == "不符"
    assert checks["分地区分年"][1] == pytest.approx(75.5)


FUNCTIONS = [
    [11, "", "2050202 小学教育"],
    [12, "", "2050202 小学教育"],
    [48, "", "2081002 老年福利"],
]
OLD = [["age_80_89", "昌吉市", 2024, 10]]


@EDITIONS
def test_totals_by_function(values: Printed | None, tables: Tables, tmp_path: Path) -> None:
    """Items 11 and 12 are of one function: 160 pupils at 755 yuan in 2024, 120,800; and every total
    is what the printed items of its function add up to.
    """
    path = tmp_path / "functions.xlsx"
    data = tables(beneficiaries=[*ROWS, OLD[0]], functions=FUNCTIONS[:2])
    fm.simulate("as_written", data).to_excel(path, values=values)
    book = openpyxl.load_workbook(path, data_only=True)
    values_of = [*book["多年汇总"].values]
    start = next(n for n, row in enumerate(values_of) if str(row[0]).endswith("按支出功能分类科目"))
    found = {row[2]: row[3:5] for row in values_of[start + 1 :] if row[2]}
    assert list(found) == ["合计", "2050202 小学教育", "未列科目"]
    unit = values.unit if values else 1e4
    assert found["2050202 小学教育"] == pytest.approx((75_500 / unit, 120_800 / unit), abs=0.02)
    items = [row for row in book["分项目"].values if row[2] == 2024 and row[3] in (11, 12, 48)]
    assert [row[7] for row in items] == ["2050202 小学教育", "2050202 小学教育", ""]
    assert found["2050202 小学教育"][1] == pytest.approx(sum(row[8] for row in items[:2]), abs=1e-9)
    assert found["未列科目"][1] == pytest.approx(items[2][8], abs=1e-9)
    assert "不符" not in {cell for row in book["检查"].values for cell in row}


def test_an_allotment_has_a_column_of_functions(tables: Tables, tmp_path: Path) -> None:
    data = tables(beneficiaries=ROWS, functions=[FUNCTIONS[0]])
    budget = fm.simulate("as_written", data)
    assert budget.functions == {(11, ""): "2050202 小学教育"}
    found = fm.allotment(budget, 2024)
    frame = found.printed("zh")
    mine = frame[frame["kind"] == "row"].set_index("服务项目")["支出功能分类科目"]
    assert {*mine.filter(like="第11项")} == {"2050202 小学教育"}
    assert {*mine.filter(like="第12项")} == {""}
    assert "2050202 小学教育" in found.text("zh")
    found.to_excel(tmp_path / "due.xlsx")
    (sheet,) = (
        each for each in openpyxl.load_workbook(tmp_path / "due.xlsx") if "明细" in each.title
    )
    assert "2050202 小学教育" in {cell for row in sheet.values for cell in row}
    without = fm.allotment(fm.simulate("as_written", tables(beneficiaries=ROWS)), 2024)
    assert "支出功能分类科目" not in without.printed("zh")
