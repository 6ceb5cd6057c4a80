"""Workbooks as counties return them, made from seeds: what stands in each is known, cell by cell.

A workbook has some series (beneficiaries or lines) of some places and years. A shape says which of
the three stand across, down, or in a title; habits are added by chance: titles and headings in
merged cells, running numbers, sums, units, names in use, figures left empty, notes and signatures
below. Some have one thing wrong.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby, product
from pathlib import Path
from random import Random
from typing import Any, Final

import openpyxl
from openpyxl.utils import get_column_letter

PREFECTURES: Final = {
    "喀什地区": {"疏附县": "653121", "叶城县": "653126", "塔什库尔干县": "653131"},
    "阿克苏地区": {"库车县": "652902", "拜城县": "652926", "温宿县": "652922"},
    "塔城地区": {"沙湾县": "654203", "额敏县": "654221", "和布克赛尔县": "654226"},
    "昌吉州": {"昌吉市": "652301", "木垒县": "652328", "玛纳斯县": "652324"},
}
"""Counties by prefecture, some by an old or a short name."""
SERIES: Final = {
    "beneficiaries": {
        "小学生": "primary_pupil",
        "小学在校生": "primary_pupil",
        "初中学生": "junior_pupil",
        "孤儿": "orphan",
        "农村低保人员": "dibao_rural_person",
    },
    "amounts": {
        "地方课程教科书": "local_textbooks",
        "农村留守儿童关爱服务": "left_behind_child_care",
        "劳动保障监察": "labour_inspection",
    },
}
SHAPES: Final = {
    "long": ((), ""),
    "years across": (("year",), ""),
    "series across": (("series",), ""),
    "places across": (("place",), ""),
    "series below years": (("year", "series"), ""),
    "years below series": (("series", "year"), ""),
    "year in the title": (("series",), "year"),
    "place in the title": (("year",), "place"),
    "a sheet a year": (("series",), "year"),
}
"""What stands across, from above, and what in a title."""
WRONG: Final = ("", "", "dash", "words", "growth", "span", "apart", "merged")
"""What is wrong with a workbook: with two of eight nothing."""

Key = tuple[str, str, int]


@dataclass
class Sheet:
    """One sheet: its cells by row and column, both from 1, and which are one."""

    name: str
    cells: dict[tuple[int, int], Any] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)

    def at(self, row: int, column: int) -> str:
        """The address of a cell within the workbook."""
        return f"{self.name}!{get_column_letter(column)}{row}"

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        """Makes some cells one, unless it is one anyway."""
        if (top, left) != (bottom, right):
            self.merged.append((top, left, bottom, right))


@dataclass
class CountyWorkbook:
    """A workbook, the figures that it holds by series, place and year, each with its cell, the
    cells at which it is to be refused, and how many rows of it hold a figure, or none of their own.
    """

    shape: str
    table: str
    sheets: list[Sheet]
    right: dict[Key, tuple[float, str]]
    wrong: str
    refused: set[str]
    used: int
    told: int
    as_csv: str
    """What its only sheet is called as a file."""

    def save(self, path: Path) -> Path:
        """Writes the workbook."""
        book = openpyxl.Workbook()
        book.remove(book.active)
        for sheet in self.sheets:
            page = book.create_sheet(sheet.name)
            for (row, column), value in sheet.cells.items():
                page.cell(row, column, value)
            for top, left, bottom, right in sheet.merged:
                page.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
        book.save(path)
        return path

    def save_csv(self, folder: Path) -> Path:
        """Writes its only sheet as a program exports it: of merged cells only the first is filled."""
        [sheet] = self.sheets
        folder.mkdir(parents=True, exist_ok=True)
        height, width = (max(cell[axis] for cell in sheet.cells) for axis in (0, 1))
        with (folder / f"{self.as_csv}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(
                [sheet.cells.get((row, column), "") for column in range(1, width + 1)]
                for row in range(1, height + 1)
            )
        return folder


def county_workbook(seed: int) -> CountyWorkbook:
    """The workbook of a seed; shapes come in turn, so that forty seeds meet each four times."""
    return _Maker(seed).workbook()


class _Maker:
    def __init__(self, seed: int) -> None:
        chance = self.chance = Random(seed)
        self.shape = [*SHAPES][seed % len(SHAPES)]
        self.across, self.given = SHAPES[self.shape]
        self.table = "amounts" if seed % 3 == 2 else "beneficiaries"
        self.prefecture = chance.choice([*PREFECTURES])
        counties = PREFECTURES[self.prefecture]
        years = chance.sample([2021, 2022, 2023, 2024], chance.choice([2, 3]))
        names = SERIES[self.table]
        chosen = chance.sample([*names], min(chance.choice([2, 3]), len(names)))
        if {"小学生", "小学在校生"} <= {*chosen}:
            chosen.remove("小学生")
        self.codes: Mapping[str, Mapping[Any, Any]] = {
            "series": {name: names[name] for name in chosen},
            "place": counties,
            "year": {year: year for year in sorted(years)},
        }
        if self.given and self.shape != "a sheet a year":
            only = chance.choice([*self.codes[self.given]])
            self.codes = {**self.codes, self.given: {only: self.codes[self.given][only]}}
        self.wrong = WRONG[(seed * 5 + seed // 8) % len(WRONG)]
        self.scaled = chance.random() < 0.5
        money = self.table == "amounts"
        self.unit = ("万元" if self.scaled else "元") if money else "万人" if self.scaled else "人"
        self.unit_in_title = chance.random() < 0.5
        self.numbered, self.summed, self.noted = (chance.random() < 0.4 for _ in range(3))
        self.two_columns = chance.choice(["", "地州", "区划代码"])
        self.place_head = chance.choice(["县（市）", "区划名称", "县市", "单位"])
        if self.wrong in ("growth", "span") and not self.across:
            self.wrong = "dash"
        if self.wrong == "span" and "year" not in self.across:
            self.wrong = "growth"
        if self.wrong == "apart":
            if "place" in (*self.across, self.given):
                self.wrong = "words"
            else:
                self.two_columns = "地州"
        self.right: dict[Key, tuple[float, str]] = {}
        self.refused: set[str] = set()
        self.used = self.told = 0

    def workbook(self) -> CountyWorkbook:
        if self.shape == "a sheet a year":
            years = self.codes["year"]
            sheets = []
            for n, year in enumerate(years):
                self.codes = {**self.codes, "year": {year: year}}
                sheets.append(self._sheet(f"{year}年", first=n == 0))
        else:
            plain = self.table == "beneficiaries" or self.across[-1:] == ("series",)
            name = self.chance.choice(["Sheet1", "表1"]) if plain else "金额"
            sheets = [self._sheet(name, first=True)]
        return CountyWorkbook(
            self.shape,
            self.table,
            sheets,
            self.right,
            self.wrong,
            self.refused,
            self.used,
            self.told,
            sheets[0].name,
        )

    def _sheet(self, name: str, first: bool) -> Sheet:
        sheet = Sheet(name)
        down = [each for each in ("series", "place", "year") if each not in self.across]
        down = [each for each in down if each != self.given]
        across = list(product(*(self.codes[each] for each in self.across)))
        left = self._headings_down(down)
        top = self._titles(sheet, len(left) + len(across))
        levels = max(1, len(self.across))
        self._headings(sheet, top, levels, left, across)
        body = top + levels
        columns = {keys: len(left) + 1 + n for n, keys in enumerate(across)}
        total = len(left) + 1 + len(across) if self.summed and self.across else 0
        if total:
            sheet.cells[top, total] = "合计"
            sheet.merge(top, total, top + levels - 1, total)
        row = body
        for keys in product(*(self.codes[each] for each in down)):
            self._key_cells(sheet, row, left, dict(zip(down, keys, strict=True)), row - body + 1)
            self._figures(sheet, row, dict(zip(down, keys, strict=True)), columns, total)
            row += 1
        if first and self.wrong:
            self._spoil(sheet, top, levels, body, columns, left)
        self._below(sheet, row, left, columns, total)
        return sheet

    def _headings_down(self, down: Sequence[str]) -> list[str]:
        """The headings of the key, by what stands below each."""
        left = ["number"] if self.numbered else []
        for each in down:
            if each == "place" and self.two_columns:
                left.append(self.two_columns)
            left.append(each)
        return left

    def _titles(self, sheet: Sheet, width: int) -> int:
        """What stands above the headings; the row at which these begin."""
        place = next(iter(self.codes["place"])) if self.given == "place" else self.prefecture
        year = next(iter(self.codes["year"])) if self.given == "year" else ""
        dated = f"{year}年" if year else ""
        sheet.cells[1, 1] = f"{place}{dated}基本公共服务情况统计表"
        sheet.merge(1, 1, 1, width)
        sheet.cells[2, 1] = f"填报单位：{place}财政局"
        if self.unit_in_title:
            sheet.cells[2, max(2, width)] = f"单位：{self.unit}"
        return 3

    def _headings(
        self, sheet: Sheet, top: int, levels: int, left: Sequence[str], across: Sequence[Any]
    ) -> None:
        series = "受益对象" if self.table == "beneficiaries" else "支出项目"
        words = {"number": "序号", "series": series, "place": self.place_head, "year": "年度"}
        for n, each in enumerate(left, start=1):
            sheet.cells[top, n] = words.get(each, each)
            sheet.merge(top, n, top + levels - 1, n)
        unit = "" if self.unit_in_title else f"（{self.unit}）"
        if not self.across:
            figure = self.chance.choice(["数量", "在校生数"])
            figure = figure if self.table == "beneficiaries" else "金额"
            sheet.cells[top, len(left) + 1] = f"{figure}{unit}"
            return
        for level, what in enumerate(self.across):
            column = len(left) + 1
            last = level == len(self.across) - 1
            for _, group in groupby(across, key=lambda keys: keys[: level + 1]):
                keys = list(group)
                word = f"{keys[0][level]}年" if what == "year" else str(keys[0][level])
                sheet.cells[top + level, column] = word + (unit if last else "")
                sheet.merge(top + level, column, top + level, column + len(keys) - 1)
                column += len(keys)

    def _key_cells(
        self, sheet: Sheet, row: int, left: Sequence[str], keys: Mapping[str, Any], number: int
    ) -> None:
        for n, each in enumerate(left, start=1):
            sheet.cells[row, n] = {
                "number": number,
                "地州": self.prefecture,
                "区划代码": self.codes["place"].get(keys.get("place")),
            }.get(each, keys.get(each))

    def _figures(
        self,
        sheet: Sheet,
        row: int,
        keys: Mapping[str, Any],
        columns: Mapping[tuple[Any, ...], int],
        total: int,
    ) -> None:
        """The figures of one row, some left empty, and their sum."""
        given = {self.given: next(iter(self.codes[self.given]))} if self.given else {}
        empty = [self.chance.random() < 0.08 for _ in columns]
        for (across, column), left_out in zip(columns.items(), empty, strict=True):
            if left_out:
                continue
            whose = {**keys, **given, **dict(zip(self.across, across, strict=True))}
            figure = 100 * self.chance.randrange(1, 9000)
            written = Decimal(figure) / 10_000 if self.scaled else Decimal(figure)
            sheet.cells[row, column] = float(written) if written % 1 else int(written)
            series, place, year = (
                self.codes[each][whose[each]] for each in ("series", "place", "year")
            )
            self.right[series, place, year] = (float(figure), sheet.at(row, column))
        if all(empty):
            self.told += 1
            return
        self.used += len(empty) - sum(empty)
        self.told += sum(empty) + bool(total)
        if total:
            sheet.cells[row, total] = sum(
                sheet.cells.get((row, column), 0) for column in columns.values()
            )

    def _below(
        self,
        sheet: Sheet,
        row: int,
        left: Sequence[str],
        columns: Mapping[tuple[Any, ...], int],
        total: int,
    ) -> None:
        """A row of sums, and notes and signatures."""
        names = [each for each in left if each in ("place", "series")]
        if self.summed and names:
            sheet.cells[row, left.index(names[0]) + 1] = "合计"
            figures = [*columns.values(), *([total] if total else [])]
            for column in figures:
                sheet.cells[row, column] = 1
            self.told += len(figures)
            row += 1
        if self.noted:
            sheet.cells[row + 1, 1] = "注：本表由教育、民政部门提供。"
            self.told += 2  # the blank row above it too
            if self.across:
                sheet.cells[row + 2, 1] = "填表人：买买提"
                sheet.cells[row + 2, len(left) + 1] = "审核人：张三"
                self.told += 1

    def _spoil(
        self,
        sheet: Sheet,
        top: int,
        levels: int,
        body: int,
        columns: Mapping[tuple[Any, ...], int],
        left: Sequence[str],
    ) -> None:
        """One thing wrong, and where it is to be refused."""
        figures = [
            cell for cell in sheet.cells if cell[0] >= body and cell[1] in {*columns.values()}
        ]
        last = max(row for row, _ in sheet.cells)
        row, column = self.chance.choice([cell for cell in figures if cell[0] < last])
        if self.wrong in ("dash", "words"):
            sheet.cells[row, column] = {"dash": "—", "words": "约1200"}[self.wrong]
        elif self.wrong == "growth":
            column = max(each for _, each in sheet.cells) + 1
            row = top
            sheet.cells[top, column] = "比上年增长"
            sheet.merge(top, column, top + levels - 1, column)
            sheet.cells[body, column] = 0.05
        elif self.wrong == "span":
            level = self.across.index("year")
            row, column = top + level, min(columns.values())
            sheet.cells[row, column] = "2019-2020年"
        elif self.wrong == "apart":
            column = left.index("place") + 1
            others = [each for each in PREFECTURES if each != self.prefecture]
            sheet.cells[row, left.index("地州") + 1] = self.chance.choice(others)
        elif self.wrong == "merged":
            sheet.merge(row, column, row + 1, column)
            sheet.cells.pop((row + 1, column), None)
        self.refused.add(sheet.at(row, column))
