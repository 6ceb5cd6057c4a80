"""The checks of a live workbook can fail: one page of it is broken, a spreadsheet program
recalculates, and the master check says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from edited_workbooks import CHANGJI, DATE, FUKANG, KASHGAR, SHUFU, World, verdict
from spreadsheet import Cells, Value, needs_office, place_of, read, recalculated

from fiscal_model.workbook.report import write_report

CHANGJI_WHOLE = "652300"
WORLD = World(
    {
        "beneficiaries": [
            *(["primary_pupil", CHANGJI_WHOLE, year, 100_000 + year] for year in (2024, 2025)),
            *(
                ["junior_pupil", place, year, 10_000 + year]
                for place in (CHANGJI, FUKANG, KASHGAR, SHUFU)
                for year in (2024, 2025)
            ),
            *(
                ["insured_resident", place, year, 5_000 + year]
                for place in (CHANGJI, KASHGAR)
                for year in (2024, 2025)
            ),
        ],
        "rates": [
            ["resident_medical_subsidy", "650000", 2024, 670],
            ["resident_medical_individual", "650000", 2024, 400],
        ],
        "bases_2015": [[11, "653100", 900_000]],
        "local_split": [[11, KASHGAR, 0.4]],
    },
    {"extends": "baseline", "title": "改革", "years": "2024-2025"},
)
"""A prefecture's own rows beside its counties', a base amount over two counties, a county share,
two accounts and two years.
"""
GENERAL = "一般公共预算"


@dataclass(frozen=True)
class Break:
    """A cell of a page that is overwritten: its column, and the row whose labels (by column) are
    these.
    """

    sheet: str
    column: str
    labels: tuple[tuple[str, Value], ...]

    def row(self, cells: Cells) -> int:
        """The first row of these labels."""
        rows = sorted({place_of(name)[0] for name in cells})
        return next(
            row
            for row in rows
            if all(
                cells.get(f"{column}{row}", (None, None))[1] == value
                for column, value in self.labels
            )
        )


def at(sheet: str, column: str, **labels: Value) -> Break:
    return Break(sheet, column, tuple(labels.items()))


BREAKS = {
    "by payer, a year": at("分级次分年", "D", A=GENERAL, C="中央"),
    "by payer, all years": at("分级次分年", "F", A=GENERAL, C="中央"),
    "by payer, total of a year": at("分级次分年", "D", A=GENERAL, C="合计"),
    "by payer, a payer of an insurance account": at("分级次分年", "D", A="社会保险缴费", C="个人"),
    "by item, cost": at("分项目", "H", C=2025.0, D=11.0),
    "by item, a payer": at("分项目", "I", C=2025.0, D=11.0),
    "by item, total cost": at("分项目", "H", C=2025.0, D="合计", G=GENERAL),
    "by item, total of a payer": at("分项目", "J", C=2025.0, D="合计", G=GENERAL),
    "by place, total cost": at("分地区", "F", A=2025.0, E="合计", D=GENERAL),
    "by place, total of a payer": at("分地区", "G", A=2025.0, E="合计", D=GENERAL),
    "by place, cost of a prefecture": at("分地区", "F", A=2025.0, E="小计", B="653100"),
    "by place, a payer of a prefecture": at("分地区", "G", A=2025.0, E="小计", B="653100"),
    "by place, cost of a county": at("分地区", "F", A=2025.0, E="其中", B=KASHGAR),
    "by place, a payer of a county": at("分地区", "G", A=2025.0, E="其中", B=KASHGAR),
    "over the years, a payer": at("多年汇总", "D", A=GENERAL, C="中央"),
    "over the years, a domain": at("多年汇总", "D", A=GENERAL, C="学有所教"),
    "over the years, an item": at("多年汇总", "D", A=GENERAL, B=11.0),
    "over the years, a prefecture": at("多年汇总", "D", A=GENERAL, B="653100"),
    "over the years, total": at("多年汇总", "D", A=GENERAL, C="合计"),
    "over the years, all years of an item": at("多年汇总", "F", A=GENERAL, B=11.0),
    "item, total cost": at("第11项", "I", C=2025.0, E="合计"),
    "item, total of a payer": at("第11项", "J", C=2025.0, E="合计"),
    "item, cost of a prefecture": at("第11项", "I", C=2025.0, D="653100", F="小计"),
    "item, a payer of a prefecture": at("第11项", "J", C=2025.0, D="653100", F="小计"),
    "item, cost of a county": at("第11项", "I", C=2025.0, D=KASHGAR, F="其中"),
    "item, cost of a line": at("第11项", "I", C=2025.0, D=KASHGAR, F="普通初中公用经费"),
    "item, count of a line": at("第11项", "G", C=2025.0, D=KASHGAR, F="普通初中公用经费"),
    "cover, a payer": at("封面", "C", A=GENERAL, B="中央"),
    "cover, total": at("封面", "C", A=GENERAL, B="合计"),
    "calculation, cost": at("计算", "Q", B=11.0, C=2025.0, D=KASHGAR),
    "calculation, a payer": at("计算", "R", B=11.0, C=2025.0, D=KASHGAR),
    "scenarios, the live one": at("情景对比", "D", A="改革", B=GENERAL, C=2025.0),
    "scenarios, another": at("情景对比", "D", A="标准原文", B=GENERAL, C=2025.0),
    "scenarios, the difference": at("情景对比", "D", A="差额", B=GENERAL, C=2025.0),
    "scenarios, the chart": at("情景对比", "D", A="2025 标准原文"),
    "charts, a prefecture": at("图表", "C", B="653100"),
    "ledger, cost of an item": at("台账", "D", A=11.0),
}

UNNOTICED = {"item, count of a line"}
"""Breaks that no check sees: it is no money."""
AS_INPUT = {"calculation, cost"}
"""Breaks that all tables follow, as they would an input: told as a change since the run."""
QUICK = (
    "by payer, a year",
    "by item, a payer",
    "by place, a payer of a county",
    "over the years, a prefecture",
    "item, cost of a line",
    "calculation, a payer",
)
"""One for every kind of page; the others wait for ``-m slow``."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report beside another scenario."""
    folder = tmp_path_factory.mktemp("checks")
    as_written = World(WORLD.tables, {"years": "2024-2025", "title": "标准原文"}).budget(
        folder / "as_written"
    )
    write_report(WORLD.budget(folder / "reform"), folder / "whole.xlsx", "zh", DATE, [as_written])
    return folder / "whole.xlsx"


def broken(whole: Path, folder: Path, names: Sequence[str]) -> list[Path]:
    """A copy of the report for each break, with 12.34 more in one cell."""
    stored, out = read(whole), []
    for name in names:
        each = BREAKS[name]
        cell = f"{each.column}{each.row(stored[each.sheet])}"
        before = stored[each.sheet][cell][1]
        assert isinstance(before, float), name
        book = openpyxl.load_workbook(whole)
        book[each.sheet][cell].value = before + 12.34
        out.append(folder / f"{len(out)}.xlsx")
        book.save(out[-1])
    return out


def judged(whole: Path, folder: Path, names: Sequence[str]) -> dict[str, dict[str, Cells]]:
    """The recalculated cells of every break, and under no name those of the report as it was
    written.
    """
    paths = [whole, *broken(whole, folder, names)]
    return dict(
        zip(
            ["", *names],
            map(read, recalculated(paths, folder / "office", timeout=2000)),
            strict=True,
        )
    )


@pytest.fixture(scope="module")
def quick(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Cells]]:
    return judged(whole, tmp_path_factory.mktemp("quick"), QUICK)


@pytest.fixture(scope="module")
def every(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Cells]]:
    return judged(
        whole, tmp_path_factory.mktemp("every"), [name for name in BREAKS if name not in QUICK]
    )


@needs_office
def test_an_unbroken_report_passes(quick: dict[str, dict[str, Cells]]) -> None:
    assert verdict(quick[""], "总检查") == "通过"


@needs_office
@pytest.mark.parametrize("name", QUICK)
def test_a_broken_page_fails_the_master_check(
    quick: dict[str, dict[str, Cells]], name: str
) -> None:
    assert verdict(quick[name], "总检查") == "不符"


@pytest.mark.slow
@needs_office
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.xfail(strict=True) if name in UNNOTICED else ())
        for name in BREAKS
        if name not in QUICK
    ],
)
def test_every_broken_cell_is_noticed(every: dict[str, dict[str, Cells]], name: str) -> None:
    if name in AS_INPUT:
        assert verdict(every[name], "测算后的输入") == "已改动"
    else:
        assert verdict(every[name], "总检查") == "不符"
