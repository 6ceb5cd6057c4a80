"""The edition of plain numbers: no yuan is lost between the engine and a page, and one quantity is
one number wherever it is printed.
"""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import fiscal_model as fm
from fiscal_model.workbook.figures import Money
from fiscal_model.workbook.report import write_by_prefecture, write_report
from fiscal_model.workbook.rounding import Printed

GENERAL = "一般公共预算"
COLUMNS = ("中央", "自治区本级", "地县", "基金及其他", "未明确分担")
MIXED = [
    ["小学生", "昌吉州", 2025, 100_000],
    ["初中生", "昌吉市", 2025, 20_000],
    ["初中生", "阜康市", 2025, 10_000],
]
"""Pupils of a prefecture as a whole beside pupils of two of its counties."""


def budget_of(
    folder: Path, tables: dict[str, list[list[Any]]], scenario: str = "baseline", years: Any = None
) -> fm.Budget:
    heads = {
        "beneficiaries": "beneficiary,place,year,count",
        "amounts": "line,place,year,amount",
        "bases_2015": "item,place,amount",
        "local_split": "item,place,county_share",
    }
    folder.mkdir(exist_ok=True)
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([heads[name].split(","), *rows])
    return fm.simulate(scenario, folder, years)


def rows_of(book: Any, sheet: str) -> Iterator[list[Any]]:
    yield from (list(row) for row in book[sheet].iter_rows(values_only=True))


Printed_ = dict[tuple[Any, ...], dict[str, float]]
"""Figures in 万元 by quantity, and the sheet that each was read from."""


def printed(path: Path) -> Printed_:
    """Every printed quantity of a workbook: (account, year, what it is of, measure), with its
    figure on each sheet that shows it.
    """
    book, found = (
        openpyxl.load_workbook(path, data_only=True),
        defaultdict[tuple[Any, ...], dict[str, float]](dict),
    )

    def put(
        sheet: str,
        key: tuple[Any, ...],
        figures: list[Any],
        measures: tuple[str, ...] = ("资金需求", *COLUMNS),
    ) -> None:
        for measure, figure in zip(measures, figures, strict=True):
            if isinstance(figure, int | float):
                found[*key, measure][sheet] = figure

    heading: list[Any] = []
    for row in rows_of(book, "分级次分年"):
        if row[0] == "账目":
            heading = row
        elif heading and isinstance(row[1], int):
            for year, figure in zip(heading[3:-1], row[3:-1], strict=True):
                put(
                    "分级次分年",
                    (row[0], year, "all", ""),
                    [figure],
                    ("资金需求" if row[2] == "合计" else row[2],),
                )
    for row in rows_of(book, "分项目"):
        if isinstance(row[2], int):
            put(
                "分项目",
                (row[6], row[2], *(("all", "") if row[3] == "合计" else ("item", row[3]))),
                row[7:13],
            )
    for row in rows_of(book, "分地区"):
        if isinstance(row[0], int):
            kind = {"合计": ("all", ""), "小计": ("prefecture", row[1]), "其中": ("place", row[1])}[
                row[4]
            ]
            put("分地区", (row[3], row[0], *kind), row[5:11])
    kind = ""
    for row in rows_of(book, "多年汇总"):
        if row[0] == "账目":
            heading = row
        elif isinstance(row[0], str) and "：按" in row[0]:
            kind = {
                "承担主体": "payer",
                "领域": "domain",
                "服务项目": "item",
                "地（州、市）": "prefecture",
            }[row[0].split("：按")[1]]
        elif heading and kind and row[2]:
            for year, figure in zip(heading[3:-1], row[3:-1], strict=True):
                whole, by_payer = row[2] == "合计", kind == "payer"
                put(
                    "多年汇总",
                    (row[0], year, *(("all", "") if whole or by_payer else (kind, row[1]))),
                    [figure],
                    (row[2] if by_payer and not whole else "资金需求",),
                )
    for row in rows_of(book, "封面"):
        if row[:2] == ["账目", "承担主体"]:
            heading = row
        elif heading and row[0] in (GENERAL, "社会保险基金"):
            for year, figure in zip(heading[2:], row[2:], strict=True):
                put(
                    "封面",
                    (row[0], year, "all", ""),
                    [figure],
                    ("资金需求" if row[1] == "合计" else row[1],),
                )
    for name in book.sheetnames:
        if name.startswith("第") and name.endswith("项"):
            item = int(name[1:-1])
            for row in rows_of(book, name):
                if isinstance(row[2], int) and isinstance(row[8], int | float):
                    kind_ = (
                        ("item", item)
                        if row[4] == "合计"
                        else {
                            "小计": ("item prefecture", (item, row[3])),
                            "其中": ("item place", (item, row[3])),
                        }.get(row[5], ("line", (item, row[3], row[5])))
                    )
                    put(name, (GENERAL, row[2], *kind_), row[8:14])
    return found


def verdict(path: Path) -> str:
    return next(
        row[1]
        for row in rows_of(openpyxl.load_workbook(path, data_only=True), "封面")
        if row[0] == "总检查"
    )


def check(path: Path, step: float, exact: bool = True) -> Printed_:
    """One number for one quantity; rows add up to what sums them, and columns to the cost of every
    row.
    """
    assert verdict(path) == "通过"
    found = printed(path)
    slack = 1e-6 if exact else 1e9
    for key, sheets in found.items():
        assert max(sheets.values()) - min(sheets.values()) < 1e-9, (key, sheets)
    one = {key: next(iter(sheets.values())) for key, sheets in found.items()}
    below = {"domain": "all", "item": "all", "prefecture": "all"}
    for kind, above in below.items():
        for measure in ("资金需求", *COLUMNS) if kind != "domain" else ("资金需求",):
            sums = defaultdict[Any, float](float)
            for key, figure in one.items():
                if key[2] == kind and key[4] == measure:
                    sums[key[:2]] += figure
            for at, total in sums.items():
                assert abs(total - one[*at, above, "", measure]) < slack, (kind, at, measure)
    for key, figure in one.items():
        if key[4] == "资金需求" and key[2] not in ("all", "domain"):
            assert abs(figure - sum(one[*key[:4], column] for column in COLUMNS)) < slack, key
    return found


def engine(budget: fm.Budget, found: Printed_, step: float) -> None:
    """Every printed figure lies within a unit of the tidy results; ``step`` is the unit in yuan."""
    frame = budget.to_dataframe()
    account = {line.code: line.account for line in budget.lines}
    frame = frame[[account[code] == "general" for code in frame["line"]]]
    top = dict(zip(budget.places, budget.labels["prefecture"], strict=True))
    domain = {
        item.number: budget.standard.sections[item.section][0]
        for item in budget.standard.items.values()
    }
    payers = {
        "中央": ["central"],
        "自治区本级": ["region"],
        "地县": ["prefecture", "prefecture_level", "county_level"],
        "基金及其他": ["fund", "employer", "individual", "host_unit", "social"],
        "未明确分担": ["unallocated"],
        "地（州、市）本级": ["prefecture_level"],
        "县（市、区）级": ["county_level"],
    }
    for key, sheets in found.items():
        if key[0] != GENERAL or key[2] not in ("all", "item", "prefecture", "place", "domain"):
            continue
        rows = frame[frame["year"] == key[1]]
        kind, label, measure = key[2:]
        if kind == "item":
            rows = rows[rows["item"] == label]
        elif kind == "domain":
            rows = rows[rows["item"].map(domain) == label]
        elif kind == "prefecture":
            rows = rows[rows["place"].map(top) == label]
        elif kind == "place":
            rows = rows[rows["place"] == label]
        if measure != "资金需求":
            wanted = payers.get(measure, [])
            rows = rows[rows["payer"].isin(wanted)]
        assert abs(next(iter(sheets.values())) * 10_000 - rows["amount"].sum()) < step + 1e-6, (
            key,
            sheets,
            rows["amount"].sum(),
        )


def world(seed: int) -> dict[str, list[list[Any]]]:
    """Counts and amounts of odd sizes, some for prefectures as a whole and some for their counties,
    in the north and the south.
    """
    rng = random.Random(seed)
    prefectures = {
        "652300": ["652301", "652302", "652323"],
        "653100": ["653101", "653121", "653122"],
        "650100": ["650102", "650103"],
        "653200": ["653201"],
    }
    chosen = rng.sample(sorted(prefectures), rng.randint(1, 4))
    names = [
        "primary_pupil",
        "junior_pupil",
        "compulsory_boarder",
        "preschool_child",
        "age_80_89",
        "dibao_urban_person",
        "resident_pensioner",
        "senior_grant_student",
    ]
    rows, south = list[list[Any]](), [code for code in chosen if code in ("653100", "653200")]
    for name in [names[0], *rng.sample(names[1:], rng.randint(0, 5))]:
        for code in chosen:
            by_county = (
                rng.random() < 0.5
                and name not in ("primary_pupil", "junior_pupil", "compulsory_boarder")
            ) or (code not in south and rng.random() < 0.5)
            places = prefectures[code] if by_county else [code]
            rows += [
                [name, place, year, rng.randint(1, 10 ** rng.randint(1, 5))]
                for place in places
                for year in (2023, 2024)
                if rng.random() < 0.9
            ]
    rows.append(["primary_pupil", "654000", 2023, 7])
    bases = [[item, code, rng.randint(1, 10**6)] for code in south for item in (11, 13)]
    return {"beneficiaries": rows, **({"bases_2015": bases} if bases else {})}


def test_a_prefecture_counted_as_a_whole_beside_its_counties_is_not_lost(tmp_path: Path) -> None:
    """In 2025 100,000 primary pupils at 720 yuan are 7,200 万元 and 30,000 junior pupils at 940 are
    2,820, of which central pays 8,016; their books at 105 and 180 are 1,050 and 540, all central.

    The prefecture's own pupils, 昌吉市 and 阜康市 must come to the total of the cover: 11,610 万元,
    9,606 of it central.
    """
    path = tmp_path / "values.xlsx"
    write_report(
        budget_of(tmp_path / "in", {"beneficiaries": MIXED}, years=2025),
        path,
        "zh",
        "2026-01-01",
        values=Printed(),
    )
    found = printed(path)
    assert found[GENERAL, 2025, "all", "", "资金需求"] == dict.fromkeys(
        ("分级次分年", "分项目", "分地区", "多年汇总", "封面"), 11_610
    )
    assert found[GENERAL, 2025, "all", "", "中央"] == dict.fromkeys(
        ("分级次分年", "分项目", "分地区", "多年汇总", "封面"), 9_606
    )
    below = [
        found[GENERAL, 2025, "place", code, "资金需求"]["分地区"]
        for code in ("652300", "652301", "652302")
    ]
    assert (
        sum(below) == found[GENERAL, 2025, "prefecture", "652300", "资金需求"]["分地区"] == 11_610
    )
    assert verdict(path) == "通过"


@pytest.mark.parametrize(
    "edition", [Printed(), Printed(unit=1, decimals=0), Printed(closed=False), None], ids=str
)
def test_a_page_that_is_wrong_fails_the_check_of_the_cover(
    edition: Printed | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One unit-and-a-half too much in one figure, or a prefecture that is left out: whatever the
    edition and the table, the cover says so.
    """
    budget = budget_of(tmp_path / "in", {"beneficiaries": MIXED}, years=2025)
    right = Money.at
    broken = (
        ("item", 11),
        ("prefecture", "652300"),
        ("place", budget.places.index("652301")),
        ("row", 1, 1),
        (),
    )
    step = edition.step if edition else 0.04
    for key in broken:

        def wrong(self: Money, *at: object, key: tuple[object, ...] = key) -> Any:
            found = right(self, *at)
            return found + 1.5 * step / self.scale if at[2:] == key else found

        monkeypatch.setattr(Money, "at", wrong)
        path = tmp_path / "broken.xlsx"
        write_report(budget, path, "zh", "2026-01-01", values=edition)
        assert verdict(path) == "不符", key
    monkeypatch.setattr(Money, "at", right)
    write_report(budget, path, "zh", "2026-01-01", values=edition)
    assert verdict(path) == "通过"


@pytest.mark.parametrize("sheet", ["place_rows", "_domain_rows", "_prefecture_rows", "_item_rows"])
def test_a_row_that_is_left_out_fails_the_check_of_the_cover(
    sheet: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fiscal_model.workbook import summaries

    budget = budget_of(tmp_path / "in", {"beneficiaries": MIXED}, years=2025)
    whole = getattr(summaries, sheet)
    for left_out in (-1,) if sheet != "place_rows" else (1, 2, -1):

        def fewer(*args: Any, left_out: int = left_out) -> list[Any]:
            rows = list(whole(*args))
            del rows[left_out]
            return rows

        monkeypatch.setattr(summaries, sheet, fewer)
        for edition in (Printed(), None):
            write_report(budget, tmp_path / "fewer.xlsx", "zh", "2026-01-01", values=edition)
            assert verdict(tmp_path / "fewer.xlsx") == "不符", left_out


@pytest.mark.parametrize("seed", range(12))
def test_every_printed_quantity_is_one_number_and_that_of_the_engine(
    seed: int, tmp_path: Path
) -> None:
    budget = budget_of(
        tmp_path / "in", world(seed), *(("as_written",) if seed % 2 else ("baseline", (2023, 2024)))
    )
    for n, edition in enumerate((Printed(), Printed(decimals=0), Printed(unit=1.0, decimals=0))):
        path = tmp_path / f"{n}.xlsx"
        if edition.unit == 10_000:
            write_report(budget, path, "zh", "2026-01-01", values=edition)
            engine(budget, check(path, edition.step), edition.step)
    path = tmp_path / "half_up.xlsx"
    write_report(budget, path, "zh", "2026-01-01", values=Printed(closed=False))
    engine(budget, check(path, 100, exact=False), 50)
    write_report(budget, tmp_path / "live.xlsx", "zh", "2026-01-01")
    engine(budget, check(tmp_path / "live.xlsx", 0), 0.01)


def test_the_same_inputs_in_two_years_print_the_same(tmp_path: Path) -> None:
    rows = [row for row in world(5)["beneficiaries"] if row[2] == 2023]
    bases = world(5).get("bases_2015", [])
    twice = [[name, place, year, count] for name, place, _, count in rows for year in (2023, 2024)]
    path = tmp_path / "values.xlsx"
    budget = budget_of(
        tmp_path / "in",
        {"beneficiaries": twice, **({"bases_2015": bases} if bases else {})},
        "as_written",
    )
    write_report(budget, path, "zh", "2026-01-01", values=Printed())
    found = printed(path)
    one, other = (
        {(key[0], *key[2:]): each for key, each in found.items() if key[1] == year}
        for year in (2023, 2024)
    )
    assert one == other


@pytest.mark.parametrize("seed", range(6))
def test_the_workbooks_of_prefectures_print_the_totals_of_the_whole(
    seed: int, tmp_path: Path
) -> None:
    """Every payer in every year: the figures of the parts add up to that of the whole; and each
    part is what the whole prints for its prefecture.
    """
    budget = budget_of(
        tmp_path / "in",
        world(100 + seed),
        *(("as_written",) if seed % 2 else ("baseline", (2023, 2024))),
    )
    write_report(budget, tmp_path / "whole.xlsx", "zh", "2026-01-01", values=Printed())
    whole = check(tmp_path / "whole.xlsx", 100)
    sums = defaultdict[tuple[Any, ...], float](float)
    for path in write_by_prefecture(
        budget, tmp_path / "part.xlsx", "zh", "2026-01-01", values=Printed()
    ):
        code, part = path.name.split("-")[1], check(path, 100)
        for key, sheets in part.items():
            figure = next(iter(sheets.values()))
            if key[2] == "all":
                sums[key] += figure
                mine = whole.get((*key[:2], "prefecture", code, key[4]))
                if mine and "分地区" in sheets:
                    assert figure == pytest.approx(mine["分地区"], abs=1e-9), key
            if key[2] in ("prefecture", "place"):
                assert sheets["分地区"] == pytest.approx(whole[key]["分地区"], abs=1e-9), key
    for key, sheets in whole.items():
        if key[2] == "all":
            assert sums[key] == pytest.approx(next(iter(sheets.values())), abs=1e-6), key


def test_decimals_are_those_of_printed_money_only(tmp_path: Path) -> None:
    """Without decimals money is whole; a rate of 52.5 yuan and the sheets in yuan keep two places,
    or they would show what is not so.
    """
    path = tmp_path / "values.xlsx"
    budget = budget_of(tmp_path / "in", {"beneficiaries": MIXED}, years=2025)
    write_report(budget, path, "zh", "2026-01-01", values=Printed(unit=1.0, decimals=0))
    book = openpyxl.load_workbook(path)
    formats = {
        name: {
            cell.number_format
            for row in book[name].iter_rows()
            for cell in row
            if isinstance(cell.value, float)
        }
        for name in book.sheetnames
    }
    row = next(row for row in book["第11项"].iter_rows() if row[5].value == "普通小学公用经费")
    assert (row[7].number_format, row[8].number_format) == ("#,##0.00", "#,##0")
    assert "#,##0.00" not in formats["分项目"] | formats["分地区"] | formats["封面"]
