"""Workbooks are sent to prefectures and collected: what they hold, what is said of what came back,
and what is refused.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import write_tables
from spreadsheet import needs_office, read, recalculated

import fiscal_model as fm
from fiscal_model.errors import FiscalModelError
from fiscal_model.inputs.read import load_inputs
from fiscal_model.standard.read import load_standard

Call = Callable[..., tuple[int, str, str]]
TURPAN = "650400 吐鲁番市.xlsx"
HAMI = "650500 哈密市.xlsx"
DATE = "2026-01-31"
COUNTIES = {"高昌区": "650402", "鄯善县": "650421", "托克逊县": "650422"}
"""Those of Turpan."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the test itself."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def sent(call: Call) -> Call:
    """Workbooks on reading rooms (item 77) for Turpan and Hami in the folder ``sent``."""
    options = ("--split-by", "prefecture", "--items", "77", "--years", "2026", "--date", DATE)
    assert call("template", *options, "--places", "650400,650500", "-o", "sent")[0] == 0
    return call


def fill(name: str, *figures: Any, back: str = "back", **cells: Any) -> Path:
    """Sends a workbook back: the counts from the first row on, and other cells as they are named."""
    Path(back).mkdir(exist_ok=True)
    book = openpyxl.load_workbook(Path("sent") / name)
    sheet = book["受益对象人数"]
    for row, figure in enumerate(figures, start=2):
        sheet.cell(row, 5).value = figure
    for cell, value in cells.items():
        sheet[cell].value = value
    book.save(Path(back) / name)
    return Path(back) / name


def counts(path: str = "all.xlsx") -> dict[tuple[str, str, int], float]:
    """The counts of an input workbook."""
    rows = load_inputs(path, load_standard()).tables["beneficiaries"].columns
    names = ("beneficiary", "place", "year")
    return dict(zip(zip(*(rows[name] for name in names), strict=True), rows["count"], strict=True))


# What is sent


@pytest.mark.smoke
def test_a_prefecture_gets_its_counties_with_their_codes(sent: Call) -> None:
    assert sorted(path.name for path in Path("sent").iterdir()) == [TURPAN, HAMI]
    sheet = openpyxl.load_workbook(f"sent/{TURPAN}")["受益对象人数"]
    rows = list(sheet.iter_rows(min_row=2, max_col=5, values_only=True))
    assert {place: code for _, place, code, _, _ in rows} == COUNTIES
    assert {(year, figure) for *_, year, figure in rows} == {(2026, None)}


def test_what_is_stated_for_a_prefecture_alone_has_a_row_for_it(call: Call) -> None:
    """Base amounts and the split between a prefecture and its counties; a local rate, of which a
    row for the region in every workbook would be filled in many times.
    """
    options = (
        "--split-by",
        "prefecture",
        "--items",
        "7,11",
        "--places",
        "653100",
        "--years",
        "2026",
    )
    assert call("template", *options, "-o", "sent")[0] == 0
    book = openpyxl.load_workbook("sent/653100 喀什地区.xlsx")
    for sheet in ("地方补助标准", "2015年基数", "地县分担"):
        places = {row[1] for row in book[sheet].iter_rows(min_row=2, values_only=True)}
        assert places == {"喀什地区"}, sheet
    counties = {row[1] for row in book["金额"].iter_rows(min_row=2, values_only=True)}
    assert len(counties) == 13  # with 岑岭县, which is there from 2026 on
    assert "喀什地区" not in counties


def test_a_county_alone_may_be_asked(call: Call) -> None:
    options = ("--split-by", "prefecture", "--items", "77", "--places", "鄯善县,哈密市")
    assert call("template", *options, "-o", "sent")[0] == 0
    rows = openpyxl.load_workbook(f"sent/{TURPAN}")["受益对象人数"].iter_rows(min_row=2)
    assert {row[1].value for row in rows} == {"鄯善县"}
    assert Path(f"sent/{HAMI}").exists()


def test_figures_of_the_year_before_stand_beside_and_are_not_read(call: Call) -> None:
    """Of 2024 and 2025 the later; the figure of 2026 is none of an earlier year. A figure in the
    column of reference is no input even if that is all there is.
    """
    rows = [["reading_room", "高昌区", year, 100 + year] for year in (2024, 2025, 2026)]
    rows.append(["reading_room", "鄯善县", 2023, 7])
    write_tables(Path("known"), {"beneficiaries": rows})
    options = (
        "--split-by",
        "prefecture",
        "--items",
        "77",
        "--places",
        "吐鲁番市",
        "--years",
        "2026",
    )
    assert call("template", *options, "--inputs", "known", "-o", "sent")[0] == 0
    sheet = openpyxl.load_workbook(f"sent/{TURPAN}")["受益对象人数"]
    heads = [cell.value for cell in sheet[1]]
    year, figure = heads.index("参考年份（不读取）"), heads.index("上年参考数（不读取）")
    found = {
        row[1]: (row[year], row[figure]) for row in sheet.iter_rows(min_row=2, values_only=True)
    }
    assert found == {"高昌区": (2025, 2125), "鄯善县": (2023, 7), "托克逊县": ("—", "—")}
    with pytest.raises(FiscalModelError) as nothing:
        load_inputs(f"sent/{TURPAN}", load_standard())
    assert nothing.value.faults[0].message.code == "no-data-at-all"
    code, _, err = call("check", f"sent/{TURPAN}")
    assert code == 1
    assert "FM-column" not in err


def test_a_rate_in_force_above_is_the_reference_of_a_place_below(call: Call) -> None:
    """A wage of the region holds in its counties; a count of the prefecture is none of a county."""
    tables = {
        "minimum_wage": [["650000", 2021, 1540]],
        "beneficiaries": [["unemployment_benefit_month", "650400", 2025, 900]],
    }
    write_tables(Path("known"), tables)
    options = (
        "--split-by",
        "prefecture",
        "--items",
        "29",
        "--places",
        "吐鲁番市",
        "--years",
        "2026",
    )
    assert call("template", *options, "--inputs", "known", "-o", "sent")[0] == 0
    book = openpyxl.load_workbook(f"sent/{TURPAN}")
    for name, expected in (("最低工资", {1540}), ("受益对象人数", {"—"})):
        heads = [cell.value for cell in book[name][1]]
        at = heads.index("上年参考数（不读取）")
        assert {row[at].value for row in book[name].iter_rows(min_row=2)} == expected


def test_only_what_is_to_be_filled_in_is_open_and_the_lock_has_no_password(sent: Call) -> None:
    book = openpyxl.load_workbook(f"sent/{TURPAN}")
    visible = [sheet for sheet in book if sheet.sheet_state == "visible"]
    assert len(visible) == len(book.worksheets) - 1
    for sheet in visible:
        assert sheet.protection.sheet, sheet.title
        assert not sheet.protection.password, sheet.title
    sheet = book["受益对象人数"]
    locked = [cell.protection.locked for cell in sheet[2][:5]]
    assert locked == [True, True, True, True, False]
    assert all(cell.protection.locked for cell in sheet[1])
    # rows below the prepared ones, and notes, take the look of their column
    columns = {letter: each for letter, each in sheet.column_dimensions.items() if letter != "C"}
    assert len(columns) > 3
    assert not any(each.protection.locked for each in columns.values())
    assert [s.title for s in book if s.sheet_state == "veryHidden"] == ["底稿"]


@needs_office
@pytest.mark.parametrize(
    ("lang", "sheet", "table"),
    [("zh", "缺填情况", "受益对象人数"), ("en", "Missing", "beneficiaries")],
)
def test_the_sheet_of_what_is_missing_counts_in_a_spreadsheet_program(
    call: Call, tmp_path: Path, lang: str, sheet: str, table: str
) -> None:
    """Three counties with two rows of rooms each (2026 and 2027): one fills in both, one one, with
    a blank in the other, one none. The three sums of the item are missing everywhere: 18 cells.
    """
    options = ("--split-by", "prefecture", "--items", "77", "--places", "650400", "--lang", lang)
    assert call("template", *options, "--years", "2026-2027", "-o", "sent")[0] == 0
    (path,) = Path("sent").iterdir()
    book = openpyxl.load_workbook(path)
    assert str(book[sheet]["C5"].value).startswith("=SUMPRODUCT(")
    rows = {}
    for row in book[table].iter_rows(min_row=2):
        rows.setdefault(row[2].value, []).append(row[4])
    for code, figures in zip(COUNTIES.values(), ((5, 0), (3, " "), (None, None)), strict=True):
        for cell, figure in zip(rows[code], figures, strict=True):
            cell.value = figure
    book.save(tmp_path / "filled.xlsx")
    (done,) = recalculated([tmp_path / "filled.xlsx"], tmp_path / "out")
    cells = {name: value for name, (_, value) in read(done)[sheet].items()}
    missing = {cells[f"A{row}"]: cells[f"C{row}"] for row in (5, 6, 7)}
    assert missing == {"650402": 0, "650421": 1, "650422": 2}
    assert [cells[f"{letter}8"] for letter in "CDEFG"] == [3, 18, 21, 24, 1 - 21 / 24]


def test_a_year_left_open_is_missing_too(call: Call) -> None:
    options = ("--split-by", "prefecture", "--items", "77", "--places", "650400")
    assert call("template", *options, "-o", "sent")[0] == 0
    formula = openpyxl.load_workbook(f"sent/{TURPAN}")["缺填情况"]["C5"].value
    assert "$D$2:$D$4" in formula
    assert "$E$2:$E$4" in formula


def test_the_same_date_gives_the_same_bytes(sent: Call) -> None:
    def digest() -> list[str]:
        paths = sorted(Path("sent").iterdir())
        return [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]

    before = digest()
    options = ("--split-by", "prefecture", "--items", "77", "--years", "2026", "--date", DATE)
    code, _, err = sent("template", *options, "--places", "650400,650500", "-o", "sent")
    assert code == 1
    assert err.count("FM-template-exists") == 2
    sent("template", *options, "--places", "650400,650500", "-o", "sent", "--force")
    assert digest() == before


def test_options_that_do_nothing_are_malformed(call: Call) -> None:
    assert call("template", "-o", "x", "--items", "77")[0] == 2
    assert call("template", "-o", "x.xlsx", "--items", "77", "--inputs", "known")[0] == 2
    with pytest.raises(FiscalModelError, match="template-split-unknown"):
        fm.template("x", split_by="county")
    write_tables(Path("known"), {"beneficiaries": [["reading_room", "高昌区", 2025, 1]]})
    options = ("--split-by", "prefecture", "--items", "77", "--inputs", "known")
    code, _, err = call("template", *options, "-o", "known/sent")
    assert code == 1
    assert "FM-output-among-inputs" in err
    assert not Path("known/sent").exists()


# What came back


@pytest.mark.smoke
def test_what_came_back_is_one_input_workbook(sent: Call) -> None:
    fill(TURPAN, 11, 12, 0)
    fill(HAMI, 21, None, 23)
    code, out, err = sent("collect", "back", "-o", "all.xlsx", "--date", DATE)
    assert (code, err) == (0, "")
    assert counts() == {
        ("reading_room", "650402", 2026): 11,
        ("reading_room", "650421", 2026): 12,
        ("reading_room", "650422", 2026): 0,
        ("reading_room", "650502", 2026): 21,
        ("reading_room", "650522", 2026): 23,
    }
    assert "下发的都已交回" in out
    assert "预填内容没有改动" in out
    taken = {
        line.split()[0]: line.split()[-3:] for line in out.splitlines() if "受益对象人数" in line
    }
    assert taken == {"650400": ["3", "0", "0"], "650500": ["2", "0", "1"]}
    # 66 rooms x 2,000 yuan + 0: what the counts cost
    code, _, err = sent("run", "as_written", "--inputs", "all.xlsx", "-o", "out.csv")
    assert code == 0
    assert fm.simulate("as_written", "all.xlsx").by("year").sum() == (11 + 12 + 21 + 23) * 2000


def test_who_is_missing_is_said(sent: Call) -> None:
    fill(TURPAN, 11)
    for more in ((), ("--template", "sent")):
        code, out, _ = sent("collect", "back", "-o", "all.xlsx", *more)
        assert code == 0
        assert "未交（1）：650500 哈密市" in out
    found = fm.collect("back", "all.xlsx")
    assert found.missing.to_dict("records") == [{"code": "650500", "name": "哈密市"}]


def test_changed_cells_are_listed_and_their_rows_count_as_sent(sent: Call) -> None:
    fill(TURPAN, 11, 12, 13, B3="高昌区", D4=2025, C2="650499")
    code, out, _ = sent("collect", "back", "-o", "all.xlsx")
    assert code == 0
    found = fm.collect("back", "all.xlsx").changes
    listed = list(found[["cell", "was", "is"]].itertuples(index=False, name=None))
    assert listed == [
        ("C2", "650402", "650499"),
        ("B3", "鄯善县", "高昌区"),
        ("D4", "2026", "2025"),
    ]
    assert {*found["file"]} == {TURPAN}
    assert {*found["sheet"]} == {"受益对象人数"}
    assert list(found["effect"]) == ["不读取，无影响", "按原内容归入", "按原内容归入"]
    assert [*counts().values()] == [11, 12, 13]
    assert {(place, year) for _, place, year in counts()} == {(c, 2026) for c in COUNTIES.values()}
    assert all(word in out for word in ("B3", "鄯善县", "高昌区", "D4"))
    log = list(openpyxl.load_workbook("all.xlsx")["回收情况"].iter_rows(values_only=True))
    assert any(row[2:5] == ("D4", "2026", "2025") for row in log)


def test_a_unit_written_into_a_heading_holds_and_is_listed(sent: Call) -> None:
    """1.5 below 人数（万个） is 15,000: the heading still names its column, so it is read."""
    fill(TURPAN, 1.5, E1="人数（万个）")
    assert sent("collect", "back", "-o", "all.xlsx")[0] == 0
    assert [*counts().values()] == [15_000]
    found = fm.collect("back", "all.xlsx").changes
    assert [*found["cell"]] == ["E1"]
    assert [*found["effect"]] == ["按改后的内容读取"]


def test_rows_may_be_added_below(sent: Call) -> None:
    fill(TURPAN, 1, A5="农家书屋", B5="650402", D5=2027, E5=9)
    sheet = openpyxl.load_workbook(f"sent/{TURPAN}")["受益对象人数"]
    fill(TURPAN, 1, A5=sheet["A2"].value, B5="650402", D5=2027, E5=9)
    assert sent("collect", "back", "-o", "all.xlsx")[0] == 0
    assert counts() == {("reading_room", "650402", 2026): 1, ("reading_room", "650402", 2027): 9}
    found = fm.collect("back", "all.xlsx")
    assert found.changes.empty
    assert found.rows.set_index("table").loc["beneficiaries", ["rows", "added"]].tolist() == [2, 1]


def test_a_deleted_row_is_told_and_its_neighbours_keep_their_figures(sent: Call) -> None:
    path = fill(TURPAN, 11, 12, 13)
    book = openpyxl.load_workbook(path)
    book["受益对象人数"].delete_rows(2)
    book.save(path)
    found = fm.collect("back", "all.xlsx")
    assert {place: n for (_, place, _), n in counts().items()} == {"650421": 12, "650422": 13}
    gone = found.changes[found.changes["effect"] == "没有这一行"]
    assert [*gone["was"]] == ["农家书屋，高昌区，2026".replace("农家书屋", reading_room())]


def reading_room() -> str:
    return load_standard().beneficiaries["reading_room"].name.zh


def test_a_renamed_or_deleted_sheet_is_told(sent: Call) -> None:
    path = fill(TURPAN, 11)
    book = openpyxl.load_workbook(path)
    book["受益对象人数"].title = "Sheet9"
    del book["地县分担"]
    book.save(path)
    found = fm.collect("back", "all.xlsx").changes
    told = {*found[["sheet", "effect"]].itertuples(index=False, name=None)}
    assert told == {
        ("Sheet9", "表名已改，仍按原表读取"),
        ("地县分担", "没有这张表"),
    }
    assert [*counts().values()] == [11]


def test_a_cell_filled_in_twice_is_refused_with_both_values_and_files(sent: Call) -> None:
    """All of them at once; equal values too, since nobody knows that they mean the same."""
    fill(TURPAN, 11, 12, 13)
    second = fill(TURPAN, 99, 12, back="second")
    shutil.copy(second, "back/650400 补报.xlsx")
    code, out, err = sent("collect", "back", "-o", "all.xlsx")
    assert (code, out) == (1, "")
    assert not Path("all.xlsx").exists()
    lines = [line for line in err.splitlines() if "FM-collect-filled-twice" in line]
    assert len(lines) == 2
    assert all("!受益对象人数!E" in line for line in lines)
    assert all(word in lines[0] for word in ("11", "99", TURPAN, "650400 补报.xlsx"))
    assert lines[1].count("12") >= 2


def test_the_same_file_twice_is_told_as_that(sent: Call) -> None:
    fill(TURPAN, 11, 12, 13)
    shutil.copy(f"back/{TURPAN}", "back/650400 copy.xlsx")
    code, _, err = sent("collect", "back", "-o", "all.xlsx", "--lang", "en")
    assert code == 1
    assert not Path("all.xlsx").exists()
    assert err.count("FM-collect-same-file") == 1
    assert "FM-collect-filled-twice" not in err


def test_a_prefecture_and_its_county_are_counted_once(sent: Call) -> None:
    """As in any input: a count of the prefecture, added below, counts its counties again."""
    sheet = openpyxl.load_workbook(f"sent/{TURPAN}")["受益对象人数"]
    fill(TURPAN, 1, A5=sheet["A2"].value, B5="吐鲁番市", D5=2026, E5=9)
    code, _, err = sent("collect", "back", "-o", "all.xlsx")
    assert code == 1
    assert "FM-counted-twice" in err


def test_bad_figures_are_refused_at_their_cells_all_at_once(sent: Call) -> None:
    fill(TURPAN, "约十", 12, -1)
    fill(HAMI, 1.5)
    code, _, err = sent("collect", "back", "-o", "all.xlsx")
    assert code == 1
    assert not Path("all.xlsx").exists()
    for where in (
        f"{TURPAN}!受益对象人数!E2",
        f"{TURPAN}!受益对象人数!E4",
        f"{HAMI}!受益对象人数!E2",
    ):
        assert f"back/{where}: FM-" in err


def test_without_a_record_only_the_workbooks_sent_can_tell(sent: Call) -> None:
    path = fill(TURPAN, 11, B3="高昌区")
    book = openpyxl.load_workbook(path)
    del book["底稿"]
    book.save(path)
    code, out, err = sent("collect", "back", "-o", "all.xlsx")
    assert code == 0
    assert "FM-collect-without-record" in err
    assert "未判断谁没有交" in out
    code, out, err = sent("collect", "back", "-o", "all.xlsx", "--template", "sent")
    assert code == 0
    assert err == ""
    assert "B3" in out
    assert "未交（1）：650500 哈密市" in out


def test_nothing_to_collect_is_said(sent: Call) -> None:
    for folder, code in (("no", "collect-no-folder"), ("empty", "collect-no-workbooks")):
        Path("empty").mkdir(exist_ok=True)
        exit_code, _, err = sent("collect", folder, "-o", "all.xlsx")
        assert exit_code == 1
        assert f"FM-{code}" in err
    shutil.copytree("sent", "back")
    exit_code, _, err = sent("collect", "back", "-o", "all.xlsx")
    assert exit_code == 1
    assert "FM-collect-nothing-filled" in err
    assert sent("collect", "back", "-o", "all.csv")[0] == 2


def test_what_came_back_is_never_replaced(sent: Call) -> None:
    path = fill(TURPAN, 11)
    before = path.read_bytes()
    for target in (str(path), "back/all.xlsx", "sent/all.xlsx"):
        code, _, err = sent("collect", "back", "--template", "sent", "-o", target)
        assert code == 1
        assert "FM-output-" in err
    assert path.read_bytes() == before
    assert len([*Path("back").iterdir()]) == 1


def test_other_files_are_told(sent: Call) -> None:
    fill(TURPAN, 11)
    Path("back/说明.txt").write_text("…", encoding="utf-8")
    code, _, err = sent("collect", "back", "-o", "all.xlsx")
    assert code == 0
    assert "back/说明.txt: FM-collect-not-a-workbook" in err


def test_english_all_the_way(call: Call) -> None:
    options = ("--split-by", "prefecture", "--items", "77", "--years", "2026", "--lang", "en")
    assert call("template", *options, "--places", "650400,650500", "-o", "sent")[0] == 0
    assert {path.name for path in Path("sent").iterdir()} == {
        "650400 Turpan.xlsx",
        "650500 Hami.xlsx",
    }
    Path("back").mkdir()
    book = openpyxl.load_workbook("sent/650400 Turpan.xlsx")
    book["beneficiaries"]["E2"].value = 7
    book["beneficiaries"]["B3"].value = "Hami"
    book.save("back/650400 Turpan.xlsx")
    code, out, err = call("collect", "back", "-o", "all.xlsx", "--lang", "en")
    assert (code, err) == (0, "")
    assert "Missing (1): 650500 Hami" in out
    assert "the row counts for what was sent" in out
    assert counts() == {("reading_room", "650402", 2026): 7}
    assert all(sheet.title.isascii() for sheet in openpyxl.load_workbook("all.xlsx"))


def test_what_a_scenario_adds_is_collected_with_it(call: Call) -> None:
    Path("bus.yaml").write_text(
        "name: bus\n"
        "new:\n"
        "  beneficiaries: {bus_pupil: {zh: 乘校车学生, en: bus pupils, unit: 人}}\n"
        "  items:\n"
        "    - item: 81\n      name: 校车\n      section: 1\n      responsibility: quantified\n"
        "      lines: [{line: bus, name: 校车补助, beneficiary: bus_pupil, per: 元/人·年,"
        " accrual: calendar_year, rates: [{rate: 500}]}]\n"
        "      split: {full: region}\n",
        encoding="utf-8",
    )
    options = (
        "--split-by",
        "prefecture",
        "--scenario",
        "bus.yaml",
        "--items",
        "81",
        "--years",
        "2026",
    )
    assert call("template", *options, "--places", "650400", "-o", "sent")[0] == 0
    fill(TURPAN, 10)
    assert call("collect", "back", "--scenario", "bus.yaml", "-o", "all.xlsx")[0] == 0
    assert fm.simulate("bus.yaml", "all.xlsx").by("year").sum() == 5_000
