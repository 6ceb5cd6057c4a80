"""Input tables: what is read, what is refused, and where a fault is said to stand."""

from __future__ import annotations

import gc
import io
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import fiscal_model as fm
from fiscal_model.errors import Fault
from fiscal_model.inputs.read import load_inputs
from fiscal_model.inputs.tables import NOTES
from fiscal_model.inputs.tables import TABLES as TABLES_OF_INPUT
from fiscal_model.spelling import squeezed
from fiscal_model.standard.read import SHIPPED, load_standard, read_standard

HEAD = "beneficiary,place,year,count\n"
ROOMS = HEAD + "reading_room,652301,2023,10\n"
"""Ten farm reading rooms in Changji City: 10 × 2,000 = 20,000 yuan, shared by nobody's rule."""

Rows = Sequence[Sequence[Any]]
Folder = Callable[..., Path]
Workbook = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Writes ``beneficiaries="..."`` and so on as CSV files, word for word."""

    def write(**files: str | bytes) -> Path:
        path = tmp_path / "data"
        path.mkdir(exist_ok=True)
        for name, content in files.items():
            (path / f"{name}.csv").write_bytes(
                content if isinstance(content, bytes) else content.encode()
            )
        return path

    return write


@pytest.fixture
def workbook(tmp_path: Path) -> Workbook:
    """Writes sheets of rows, headings included, as one workbook."""

    def write(sheets: Mapping[str, Rows], name: str = "data.xlsx") -> Path:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        book.save(tmp_path / name)
        return tmp_path / name

    return write


@pytest.fixture
def swept() -> Iterator[None]:
    """Sweeps up what a workbook that broke while opening left behind, so that no other test is
    blamed for it.
    """
    yield
    gc.collect()


def broken_workbook(test: Callable[..., None]) -> Callable[..., None]:
    """Marks a test that opens a broken workbook; see ``test_a_broken_workbook_is_let_go`` for what
    it may leave behind.
    """
    return pytest.mark.filterwarnings("ignore::ResourceWarning")(
        pytest.mark.usefixtures("swept")(test)
    )


def patched(path: Path, old: bytes, new: bytes, part: str = "xl/worksheets/sheet1.xml") -> Path:
    """The workbook at ``path`` with bytes of one of its parts exchanged."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            assert name != part or old in content
            target.writestr(name, content.replace(old, new) if name == part else content)
    path.write_bytes(out.getvalue())
    return path


def cost(path: Path, scenario: str = "as_written") -> float:
    return float(fm.simulate(scenario, path).cost.sum())


def refused(path: Path) -> tuple[Fault, ...]:
    with pytest.raises(fm.FiscalModelError) as caught:
        fm.simulate("as_written", path)
    return caught.value.faults


def places_of(path: Path) -> list[str]:
    """Where the faults stand, without the folder, in order."""
    return sorted(fault.where.removeprefix(f"{path.parent}/") for fault in refused(path))


def said(path: Path, *words: str) -> None:
    """The only fault holds every one of the words, in both languages."""
    (fault,) = refused(path)
    for word in words:
        assert word in fault.message.to("zh")
        assert word in fault.message.to("en")


def headed(table: str) -> str:
    columns = {
        "rates": "line,place,year,rate",
        "amounts": "line,place,year,amount",
        "bases_2015": "item,place,amount",
        "minimum_wage": "place,year,wage",
        "local_split": "item,place,county_share",
    }
    return columns[table] + "\n"


# Encodings and shapes


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_a_csv_file_may_be_in_utf_8_or_in_the_encodings_of_chinese_excel(
    folder: Folder, encoding: str
) -> None:
    text = "受益对象,地区,年份,人数,来源\n农家书屋,昌吉市,2023,10,统计\n"
    budget = fm.simulate("as_written", folder(beneficiaries=text.encode(encoding)))
    assert budget.cost.sum() == 10 * 2000
    assert (
        budget.explain(77, "昌吉市", 2023).data["places"][0]["lines"][0]["quantity"]["source"]
        == "统计"
    )


def test_gb18030_holds_characters_that_gbk_has_not(folder: Folder) -> None:
    path = folder(
        beneficiaries=(HEAD.strip() + ",note\nreading_room,652301,2023,10,𠮷\n").encode("gb18030")
    )
    assert (
        fm.simulate("as_written", path)
        .explain(77, "652301", 2023)
        .data["places"][0]["lines"][0]["quantity"]["note"]
        == "𠮷"
    )


def test_any_other_encoding_is_refused_with_the_encodings_that_would_be_right(
    folder: Folder,
) -> None:
    path = folder(beneficiaries=HEAD.encode() + b"\xff\xfe\xff")
    said(path, "UTF-8", "GB18030")
    assert places_of(path) == ["data/beneficiaries.csv"]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_any_line_ending_will_do(folder: Folder, ending: str) -> None:
    assert cost(folder(beneficiaries=ROOMS.replace("\n", ending).encode())) == 20_000


def test_blank_lines_and_empty_rows_are_passed_over_and_keep_the_line_numbers_right(
    folder: Folder,
) -> None:
    path = folder(
        beneficiaries=f"\n{HEAD}\n,,,\nreading_room,652301,2023,10\nreading_room,652302,2023,-1\n"
    )
    assert places_of(path) == ["data/beneficiaries.csv:6:4"]


def test_a_line_break_inside_quotes_does_not_shift_the_line_of_a_fault(folder: Folder) -> None:
    rows = 'reading_room,652301,2023,x,"one\ntwo"\nreading_room,652302,2023,x,\n'
    assert places_of(folder(beneficiaries=HEAD.strip() + ",note\n" + rows)) == [
        "data/beneficiaries.csv:2:4",
        "data/beneficiaries.csv:4:4",
    ]


def test_columns_may_stand_in_any_order_and_case(folder: Folder) -> None:
    assert (
        cost(folder(beneficiaries="Count,YEAR,地区,beneficiary\n10,2023,昌吉市,reading_room\n"))
        == 20_000
    )


def test_full_width_digits_and_surrounding_blanks_are_read_as_meant(folder: Folder) -> None:
    assert cost(folder(beneficiaries=HEAD + " reading_room , 652301 ,２０２３, １０ \n")) == 20_000


TABLES: dict[str, Rows] = {
    "beneficiaries": [
        ["beneficiary", "place", "year", "count", "source", "note", "basis"],
        ["primary_pupil", "653101", 2023, 1000, "年报", "", "reference"],
        ["unemployment_benefit_month", "650100", 2023, 10, "", "暂估", "assumption"],
        ["disability_living_recipient", "653101", 2023, 10, "", "", ""],
        ["family_reward_person", "652301", 2023, 100, "", "", ""],
    ],
    "rates": [["line", "place", "year", "rate"], ["disability_living", "653100", 2023, 130.5]],
    "amounts": [["line", "place", "year", "amount"], ["hiv_followup", "650100", 2023, 120000.25]],
    "bases_2015": [["item", "place", "amount"], [11, "653101", 60000]],
    "minimum_wage": [["place", "year", "wage"], ["650100", 2023, 1900]],
    "local_split": [["item", "place", "county_share"], [None, "653101", 0.25]],
}
# 11: 650,000 = 520,000 + (130,000 with the prefecture's 91,000 held to 60,000): region 70,000; 12:
# 105,000 at 9:1 = 94,500 + 10,500. 29: 1,900 × 90% × 10 = 17,100; 39: 120,000.25; 45: 96,000 open;
# 60: 130.5 × 12 × 10 = 15,660, region.
EXPECTED = {
    "central": 520_000 + 120_000.25,
    "region": 70_000 + 94_500 + 15_660,
    "prefecture_level": (60_000 + 10_500) * 0.75,
    "county_level": (60_000 + 10_500) * 0.25,
    "fund": 17_100,
    "unallocated": 96_000,
}


def as_csv(rows: Rows) -> str:
    return "".join(
        ",".join("" if cell is None else str(cell) for cell in row) + "\n" for row in rows
    )


@pytest.mark.smoke
def test_a_workbook_gives_the_same_budget_as_csv_files_of_the_same_names(
    folder: Folder, workbook: Workbook
) -> None:
    csvs = fm.simulate(
        "as_written", folder(**{name: as_csv(rows) for name, rows in TABLES.items()})
    )
    book = fm.simulate("as_written", workbook(TABLES))
    paid = book.by("payer", account="all").to_dict()
    assert {payer: paid[payer] for payer in EXPECTED} == pytest.approx(EXPECTED, abs=1e-6)
    assert csvs.to_dataframe().equals(book.to_dataframe())
    assert csvs.provenance["inputs_digest"] == book.provenance["inputs_digest"]


def test_the_digest_tells_one_changed_cell(workbook: Workbook) -> None:
    one = fm.simulate("as_written", workbook(TABLES)).provenance["inputs_digest"]
    other = {**TABLES, "minimum_wage": [["place", "year", "wage"], ["650100", 2023, 1900.01]]}
    assert (
        fm.simulate("as_written", workbook(other, "other.xlsx")).provenance["inputs_digest"] != one
    )


def test_sheets_and_headings_may_be_chinese_and_start_lower_down(workbook: Workbook) -> None:
    rows = [
        [],
        [],
        [None, "受益对象", "地区", "年份", "人数", "备注"],
        [None, "农家书屋", "昌吉市", "2023", "10", None],
    ]
    path = workbook({"受益对象人数": rows})
    assert cost(path) == 20_000
    rows[3][4] = -1
    assert places_of(workbook({"受益对象人数": rows})) == ["data.xlsx!受益对象人数!E4"]


def test_a_csv_file_may_have_a_chinese_name(tmp_path: Path) -> None:
    (tmp_path / "受益对象人数.csv").write_text(ROOMS, encoding="utf-8")
    assert cost(tmp_path) == 20_000


def test_a_table_that_stands_twice_is_refused(folder: Folder) -> None:
    said(folder(beneficiaries=ROOMS, 受益对象人数=ROOMS), "beneficiaries")


# Names


@pytest.mark.parametrize("beneficiary", ["family_reward_person", "农村计划生育家庭奖励扶助对象"])
@pytest.mark.parametrize("place", ["652301", "昌吉市"])
def test_beneficiaries_and_places_go_by_code_or_chinese_name(
    folder: Folder, beneficiary: str, place: str
) -> None:
    budget = fm.simulate(
        "as_written", folder(beneficiaries=f"{HEAD}{beneficiary},{place},2023,100\n")
    )
    frame = budget.to_dataframe()
    assert frame[["item", "line", "place", "amount"]].to_numpy().tolist() == [
        [45, "family_reward", "652301", 96_000.0]
    ]


@pytest.mark.parametrize("line", ["disability_living", "困难残疾人生活补贴"])
def test_lines_go_by_code_or_chinese_name(folder: Folder, line: str) -> None:
    path = folder(
        beneficiaries=HEAD + "disability_living_recipient,喀什市,2023,10\n",
        rates=headed("rates") + f"{line},喀什市,2023,130\n",
    )
    assert cost(path) == 10 * 130 * 12


@pytest.mark.parametrize("item", ["11", "义务教育阶段免除学杂费"])
def test_items_go_by_number_or_chinese_name(folder: Folder, item: str) -> None:
    path = folder(
        beneficiaries=HEAD + "primary_pupil,喀什市,2023,1000\n",
        bases_2015=headed("bases_2015") + f"{item},喀什市,60000\n",
    )
    assert fm.simulate("as_written", path).by("payer", "item").loc["prefecture", 11] == 60_000


def test_codes_in_a_workbook_may_be_numbers_or_text(workbook: Workbook) -> None:
    rows = [
        ["beneficiary", "place", "year", "count"],
        ["reading_room", 652301, 2023, 10],
        ["reading_room", "652302", "2023", "5"],
    ]
    assert cost(workbook({"beneficiaries": rows})) == 15 * 2000


@pytest.mark.parametrize(
    ("written", "nearest"),
    [
        ("reading_rom,652301,2023,10", "reading_room"),
        ("农家书室,652301,2023,10", "农家书屋"),
        ("reading_room,塔什库尔干自治县,2023,10", "塔什库尔干塔吉克自治县"),
        ("reading_room,巴音国楞蒙古州,2023,10", "巴音郭楞蒙古自治州"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(
    folder: Folder, written: str, nearest: str
) -> None:
    said(folder(beneficiaries=f"{HEAD}{written}\n"), nearest)


def test_an_unknown_place_code_is_answered_with_the_nearest_and_its_name(folder: Folder) -> None:
    (fault,) = refused(folder(beneficiaries=HEAD + "reading_room,653131111,2023,10\n"))
    assert "653131" in fault.message.to("zh")
    assert "塔什库尔干塔吉克自治县" in fault.message.to("zh")


@pytest.mark.parametrize(
    ("table", "row", "nearest"),
    [
        ("rates", "disability_livng,652301,2023,100", "disability_living"),
        ("amounts", "hiv_followups,652301,2023,100", "hiv_followup"),
        ("bases_2015", "义务教育阶段免学杂费,652301,100", "义务教育阶段免除学杂费"),
    ],
)
def test_unknown_lines_and_items_are_answered_with_the_nearest(
    folder: Folder, table: str, row: str, nearest: str
) -> None:
    path = folder(beneficiaries=ROOMS, **{table: f"{headed(table)}{row}\n"})
    said(path, nearest)
    assert places_of(path) == [f"data/{table}.csv:2:1"]


# The words of Chinese tables


def note_at(path: Path, end: str) -> str:
    """What the note at the cell says in Chinese."""
    (note,) = [
        each for each in fm.simulate("as_written", path).warnings if each.where.endswith(end)
    ]
    return note.message.to("zh")


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("昌吉州", "昌吉回族自治州（652300）"),
        ("巴州", "巴音郭楞蒙古自治州（652800）"),
        ("博州", "博尔塔拉蒙古自治州（652700）"),
        ("克州", "克孜勒苏柯尔克孜自治州（653000）"),
        ("克 州", "克孜勒苏柯尔克孜自治州（653000）"),
        ("哈密", "哈密市（650500）"),
        ("吐鲁番地区", "吐鲁番市（650400）"),
        ("伊犁州直属县市", "伊犁州直（654000）"),
        ("木垒县", "木垒哈萨克自治县（652328）"),
        ("昌吉州阜康市", "阜康市（652302）"),
        ("新疆巴州库尔勒市", "库尔勒市（652801）"),
    ],
)
def test_a_name_in_use_for_a_place_is_read_with_a_note_of_the_full_name(
    folder: Folder, written: str, place: str
) -> None:
    path = folder(beneficiaries=f"{HEAD}reading_room,{written},2023,10\n")
    assert place in note_at(path, "beneficiaries.csv:2:2")
    assert place.endswith(f"（{fm.simulate('as_written', path).places[0]}）")


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("喀什", ["653100", "653101"]),
        ("和田", ["653200", "653201", "653221"]),
        ("阿克苏", ["652900", "652901"]),
        ("昌吉", ["652300", "652301"]),
    ],
)
def test_a_name_of_several_places_is_asked_about(
    folder: Folder, written: str, codes: list[str]
) -> None:
    said(folder(beneficiaries=f"{HEAD}reading_room,{written},2023,10\n"), *codes)


@pytest.mark.parametrize("written", ["伊犁州", "伊犁哈萨克自治州", "伊犁", "伊 犁 州"])
def test_the_whole_of_ili_is_refused_with_the_part_that_may_be_meant(
    folder: Folder, written: str
) -> None:
    """654000 is the directly administered part, without Tacheng (654200) and Altay (654300)."""
    path = folder(beneficiaries=f"{HEAD}reading_room,{written},2023,10\n")
    (fault,) = refused(path)
    assert all(word in fault.message.to("zh") for word in ("含塔城、阿勒泰", "伊犁州直（654000）"))
    assert all(
        word in fault.message.to("en") for word in ("Tacheng and Altay", "伊犁州直 or 654000")
    )


@pytest.mark.parametrize("written", ["全区", "全疆", "新疆", "自治区"])
def test_the_region_by_a_word_is_an_empty_place_with_a_note(folder: Folder, written: str) -> None:
    """100 yuan × 12 months × 10 persons."""
    path = folder(
        beneficiaries=HEAD + "disability_living_recipient,喀什市,2023,10\n",
        rates=f"{headed('rates')}disability_living,{written},2023,100\n",
    )
    assert cost(path) == 12_000
    assert "新疆维吾尔自治区（650000）" in note_at(path, "rates.csv:2:2")


def test_a_place_is_explained_by_a_name_in_use(folder: Folder) -> None:
    budget = fm.simulate("as_written", folder(beneficiaries=ROOMS))
    assert budget.explain(77, "昌吉州", 2023).data == budget.explain(77, "652300", 2023).data
    with pytest.raises(fm.FiscalModelError, match="含塔城、阿勒泰"):
        budget.explain(77, "伊犁州", 2023)


@pytest.mark.parametrize(
    "row", ["兵团,652300,,", "昌吉市,652300,,", "昌州,652399,,", "昌州,,只有中文,"]
)
def test_a_name_in_use_is_checked_with_its_standard(tmp_path: Path, row: str) -> None:
    """A name that is in use already, that of a place, a code of none, and a refusal in one
    language.
    """
    copy = tmp_path / "region"
    shutil.copytree(SHIPPED / "xinjiang_2021", copy)
    with (copy / "other_names.csv").open("a", encoding="utf-8") as file:
        file.write(f"{row}\n")
    lines = (copy / "other_names.csv").read_text(encoding="utf-8").splitlines()
    with pytest.raises(fm.FiscalModelError, match=f"other_names.csv:{len(lines)}"):
        read_standard(copy)


@pytest.mark.parametrize("payer", ["central", "中央", "Central"])
def test_the_payer_of_a_grant_goes_by_code_or_name(folder: Folder, payer: str) -> None:
    path = folder(
        beneficiaries=ROOMS, amounts=f"{headed('amounts')}grant:54:{payer},652301,2023,100\n"
    )
    assert load_inputs(path, load_standard()).amounts.series == ("grant:54:central",)


@pytest.mark.parametrize(
    ("grant", "zh", "en"),
    [
        ("grant:99:中央", "没有第99项；应为 1–80", "no item 99: items are 1–80"),
        ("grant:54:财政厅", "可用：中央 central、自治区本级 region", "known: central, region"),
        ("grant:54", "grant:54:中央", "grant:54:central"),
    ],
)
def test_a_grant_is_answered_with_what_is_wrong_in_it(
    folder: Folder, grant: str, zh: str, en: str
) -> None:
    (fault,) = refused(folder(amounts=f"{headed('amounts')}{grant},652301,2023,5\n"))
    assert zh in fault.message.to("zh")
    assert en in fault.message.to("en")


USUAL = {
    "beneficiaries": ("补助对象,单位名称,年度,数量", "农家书屋,昌吉市,2023,10"),
    "rates": ("项目名称,县市,统计年度,单价", "困难残疾人生活补贴,昌吉市,2023,100"),
    "amounts": ("支出项目,地州,会计年度,补助资金（万元）", "hiv_followup,昌吉市,2023,1"),
    "bases_2015": ("项目名称,县（市、区）,2015年基数（万元）", "义务教育阶段免除学杂费,喀什市,6"),
    "local_split": ("项目,地州市,县级分担比例（%）", "第11项,昌吉市,30"),
    "minimum_wage": ("地（州、市）,年,最低工资标准", "昌吉市,2023,1700"),
}


@pytest.mark.parametrize("table", USUAL)
def test_usual_headings_are_read_with_a_note(folder: Folder, table: str) -> None:
    head, row = USUAL[table]
    inputs = load_inputs(
        folder(**{"beneficiaries": ROOMS, table: f"{head}\n{row}\n"}), load_standard()
    )
    assert len(inputs.tables[table]) == 1
    noted = [
        note.message.to("zh")
        for note in inputs.warnings
        if f"{table}.csv:1:" in note.where and "读作" in note.message.to("zh")
    ]
    assert [note.split("”")[0].removeprefix("列“") for note in noted] == [
        squeezed(word) for word in head.split(",")
    ]


def test_no_usual_heading_means_two_columns_of_a_table() -> None:
    for table in TABLES_OF_INPUT.values():
        words = [
            word
            for c in (*table.columns, *NOTES)
            for word in {squeezed(each) for each in (*c.label, c.name, *c.others)}
        ]
        assert len(words) == len({*words}), table.name


def test_two_columns_of_one_meaning_are_refused_with_both_names(folder: Folder) -> None:
    (fault,) = refused(
        folder(beneficiaries="受益对象,县市,年度,统计年份,人数\n农家书屋,昌吉市,2023,2023,10\n")
    )
    assert fault.where.endswith(":1:4")
    assert all(word in fault.message.to("zh") for word in ("统计年份", "年度", "年份"))


def test_an_unknown_heading_is_answered_in_the_language_of_the_message(folder: Folder) -> None:
    (fault,) = refused(
        folder(beneficiaries="受益对象,地区,年份,人数,权重\n农家书屋,昌吉市,2023,10,\n")
    )
    assert fault.message.to("zh").endswith("可用：受益对象、地区、年份、人数、来源、备注、依据")
    assert fault.message.to("en").endswith(
        "known: beneficiary, place, year, count, source, note, basis"
    )


def test_messages_call_tables_columns_and_series_by_their_chinese_names(folder: Folder) -> None:
    doubled = folder(
        beneficiaries=HEAD
        + "primary_pupil,昌吉市,2023,10\nprimary_pupil,昌吉州,2023,30\nprimary_pupil,昌吉市,2023,10\n"
    )
    assert all(
        "小学生" in fault.message.to("zh") and "primary_pupil" not in fault.message.to("zh")
        for fault in refused(doubled)
    )
    (unfilled,) = refused(
        folder(
            beneficiaries=ROOMS,
            advances="item,place,year,payer,document,amount\n11,昌吉市,2023,中央,,5\n",
        )
    )
    assert unfilled.message.to("zh") == "“文号”不能为空"


def test_no_data_and_a_missing_base_name_the_table_in_both_ways(folder: Folder) -> None:
    (empty,) = refused(folder())
    assert (
        empty.message.to("zh")
        == "没有数据：至少需要“受益对象人数”（beneficiaries）或“金额”（amounts）表"
    )
    (missing,) = refused(folder(beneficiaries=HEAD + "primary_pupil,喀什市,2023,1000\n"))
    assert "请在“2015年基数”（bases_2015）表中填报" in missing.message.to("zh")


@pytest.mark.parametrize(
    ("table", "text", "words"),
    [
        (
            "actuals",
            "item,place,year,payer,stage,amount\n11,昌吉市,2023,中央,调整,5\n",
            "预算 budget、执行 executed、决算 final",
        ),
        (
            "advances",
            "item,place,year,payer,document,amount\n11,昌吉市,2023,财政厅,x,5\n",
            "中央 central、自治区本级 region、地县 prefecture",
        ),
        (
            "rates",
            "line,place,year,rate,basis\n困难残疾人生活补贴,昌吉市,2023,5,猜测\n",
            "标准原文 text、其他公开文件 reference、假设 assumption",
        ),
        (
            "population",
            "place,year,sex,age,count\n昌吉市,2023,不详,5,5\n",
            "男 male、女 female、合计 both",
        ),
    ],
)
def test_a_word_outside_a_closed_list_is_answered_with_the_list(
    folder: Folder, table: str, text: str, words: str
) -> None:
    (fault,) = refused(folder(beneficiaries=ROOMS, **{table: text}))
    assert f"；可用：{words}" in fault.message.to("zh")
    assert all(word.split()[1] in fault.message.to("en") for word in words.split("、"))


@pytest.mark.parametrize("stage", ["预算", "执行", "决算"])
def test_the_chinese_words_of_a_closed_list_are_read(folder: Folder, stage: str) -> None:
    head = "服务项目,地区,年度,承担主体,阶段,金额,依据\n"
    assert load_inputs(
        folder(beneficiaries=ROOMS, actuals=f"{head}11,昌吉市,2023,中央,{stage},5,用户数据\n"),
        load_standard(),
    ).tables["actuals"]


@pytest.mark.parametrize(
    ("written", "item"),
    [
        ("第十一项", 11),
        ("第八项", 8),
        ("第十项", 10),
        ("第八十项", 80),
        ("第二十三项", 23),
        ("第 十一 项", 11),
    ],
)
def test_items_go_by_chinese_numerals_with_a_note(folder: Folder, written: str, item: int) -> None:
    inputs = load_inputs(
        folder(beneficiaries=ROOMS, local_split=f"{headed('local_split')}{written},昌吉市,0.3\n"),
        load_standard(),
    )
    assert inputs.county_shares.series == (str(item),)
    assert any(
        note.where.endswith("local_split.csv:2:1") and f"读作 第{item}项" in note.message.to("zh")
        for note in inputs.warnings
    )


@pytest.mark.parametrize("written", ["82", "第82项", "第八十二项", "0", "第九十九项"])
def test_a_number_that_is_no_item_is_answered_with_the_numbers_there_are(
    folder: Folder, written: str
) -> None:
    said(
        folder(beneficiaries=ROOMS, local_split=f"{headed('local_split')}{written},昌吉市,0.3\n"),
        "1–80",
    )


def test_a_name_that_is_no_line_is_answered_with_up_to_three_and_where_all_are_found(
    folder: Folder,
) -> None:
    path = folder(beneficiaries=ROOMS, rates=f"{headed('rates')}义务教育公用经费,昌吉市,2023,5\n")
    said(path, "普通小学公用经费", "普通初中公用经费", "fiscal-model list lines")


def test_a_name_that_is_no_item_is_answered_with_where_all_are_found(folder: Folder) -> None:
    said(
        folder(
            beneficiaries=ROOMS, local_split=f"{headed('local_split')}义务教育免学费,昌吉市,0.3\n"
        ),
        "义务教育",
        "fiscal-model items",
    )


def test_an_implausible_count_is_told_with_its_own_name(folder: Folder) -> None:
    """5,000 boarders against 100 + 100 pupils."""
    rows = "primary_pupil,昌吉市,2023,100\njunior_pupil,昌吉市,2023,100\ncompulsory_boarder,昌吉市,2023,5000\n"
    assert (
        note_at(folder(beneficiaries=HEAD + rows), "beneficiaries.csv:4:4")
        == "义务教育寄宿生 5,000 超过小学生与初中生合计 200"
    )


XPCC = ["659000", *(f"6590{n:02}" for n in range(1, 12)), "石河子市", "新星市"]


@pytest.mark.parametrize("place", XPCC)
def test_a_city_of_the_corps_is_refused_with_the_reason(folder: Folder, place: str) -> None:
    (fault,) = refused(folder(beneficiaries=f"{HEAD}reading_room,{place},2023,10\n"))
    assert "兵团" in fault.message.to("zh")
    assert "XPCC" in fault.message.to("en")
    assert fault.where.endswith("beneficiaries.csv:2:2")


# Columns and tables


def test_the_optional_columns_are_kept_with_the_figure(folder: Folder) -> None:
    head = HEAD.strip() + ",source,备注,basis\n"
    budget = fm.simulate(
        "as_written",
        folder(beneficiaries=head + "reading_room,652301,2023,10,年鉴2023,第3页,其他公开文件\n"),
    )
    quantity = budget.explain(77, "652301", 2023).data["places"][0]["lines"][0]["quantity"]
    assert (quantity["source"], quantity["note"], quantity["basis"]) == (
        "年鉴2023",
        "第3页",
        "reference",
    )
    assert quantity["at"].endswith("data/beneficiaries.csv:2:4")


def test_a_figure_without_a_basis_is_the_users(folder: Folder) -> None:
    explained = fm.simulate("as_written", folder(beneficiaries=ROOMS)).explain(77, "652301", 2023)
    assert explained.data["places"][0]["lines"][0]["quantity"]["basis"] == "user"


def test_an_unknown_basis_is_refused(folder: Folder) -> None:
    assert places_of(
        folder(beneficiaries=HEAD.strip() + ",basis\nreading_room,652301,2023,10,guess\n")
    ) == ["data/beneficiaries.csv:2:5"]


def test_any_other_column_is_refused_with_the_nearest_known(folder: Folder) -> None:
    path = folder(beneficiaries=HEAD.strip() + ",sourc\nreading_room,652301,2023,10,x\n")
    said(path, "sourc", "source")
    assert places_of(path) == ["data/beneficiaries.csv:1:5"]


def test_an_unknown_column_is_refused_even_when_it_is_empty(folder: Folder) -> None:
    assert places_of(
        folder(beneficiaries=HEAD.strip() + ",weight\nreading_room,652301,2023,10,\n")
    ) == ["data/beneficiaries.csv:1:5"]


def test_a_column_that_stands_twice_is_refused(folder: Folder) -> None:
    assert places_of(
        folder(beneficiaries=HEAD.strip() + ",人数\nreading_room,652301,2023,10,11\n")
    ) == ["data/beneficiaries.csv:1:5"]


def test_a_missing_column_is_named(folder: Folder) -> None:
    said(folder(beneficiaries="beneficiary,place,count\nreading_room,652301,10\n"), "year")


def test_a_table_that_is_nearly_a_known_one_is_refused_with_the_known(folder: Folder) -> None:
    path = folder(beneficiaries=ROOMS, minimum_wages="place,year,wage\n650100,2023,1900\n")
    said(path, "minimum_wages", "minimum_wage")
    assert places_of(path) == ["data/minimum_wages.csv"]


def test_a_sheet_that_is_nearly_a_known_table_is_refused_with_the_known(workbook: Workbook) -> None:
    path = workbook({"beneficiaries": TABLES["beneficiaries"], "rate": TABLES["rates"]})
    said(path, "rates")
    assert places_of(path) == ["data.xlsx!rate"]


def test_a_table_that_is_nothing_of_ours_is_noted(folder: Folder) -> None:
    budget = fm.simulate("as_written", folder(beneficiaries=ROOMS, 说明="任意\n"))
    assert any("说明" in warning.message.to("zh") for warning in budget.warnings)


@pytest.mark.parametrize(
    ("table", "text"),
    [
        (
            "population",
            "place,year,sex,age,count\n652301,2023,女,85+,10\n652301,2023,male,5-9,10\n",
        ),
        ("vital_rates", "rate,place,year,sex,age,value\nfertility,,2023,female,15-49,0.04\n"),
        ("fiscal_capacity", "place,year,revenue,capacity\n652301,2023,5,\n"),
    ],
)
def test_a_table_beside_the_beneficiaries_is_checked_and_moves_no_figure(
    folder: Folder, table: str, text: str
) -> None:
    budget = fm.simulate("as_written", folder(beneficiaries=ROOMS, **{table: text}))
    assert budget.cost.sum() == 20_000
    assert places_of(folder(**{table: text + "x," * 6 + "\n"}))


@pytest.mark.parametrize("rate", ["fertility", "mortality", "male_share_at_birth", "school_ratio"])
def test_a_rate_without_a_sex_is_told_which_sex_is_right(folder: Folder, rate: str) -> None:
    """What the message calls right is accepted: women for fertility, both for a rate of no sex,
    either for the others.
    """
    text = f"rate,place,year,sex,age,value\n{rate},,2023,{{}},0,0.04\n"
    path = folder(beneficiaries=ROOMS, vital_rates=text.format(""))
    assert places_of(path) == ["data/vital_rates.csv:2:4"]
    said(path, "fertility", "female", "male_share_at_birth", "both", "mortality")
    right = {"fertility": "女", "mortality": "男", "male_share_at_birth": "合计"}.get(rate, "both")
    fm.simulate("as_written", folder(beneficiaries=ROOMS, vital_rates=text.format(right)))


def test_rows_that_are_too_long_or_too_short_are_refused_at_the_cell(folder: Folder) -> None:
    path = folder(
        beneficiaries=HEAD + "reading_room,652302,2023,10,7\n",
        rates=headed("rates").strip() + ",source\ndisability_living,652301\n",
    )
    assert places_of(path) == ["data/beneficiaries.csv:2:5"]
    path = folder(
        rates=headed("rates"), minimum_wage="wage,place,year\n1540,652301\n", beneficiaries=ROOMS
    )
    assert places_of(path) == ["data/minimum_wage.csv:2:3"]


def test_trailing_commas_do_no_harm(folder: Folder) -> None:
    assert (
        cost(
            folder(beneficiaries="beneficiary,place,year,count,,\nreading_room,652301,2023,10,,\n")
        )
        == 20_000
    )


@pytest.mark.parametrize(
    ("rows", "where"),
    [
        ('"reading_room,652301,2023,10\n', "data/beneficiaries.csv:2:1"),
        (
            'reading_room,652301,2023,10\n"reading_room"x,652302,2023,10\n',
            "data/beneficiaries.csv:3:1",
        ),
    ],
)
def test_unbalanced_quotes_are_refused_where_they_open(
    folder: Folder, rows: str, where: str
) -> None:
    assert places_of(folder(beneficiaries=HEAD + rows)) == [where]


def test_a_separator_that_nobody_uses_is_refused(folder: Folder) -> None:
    assert "data/beneficiaries.csv:1:1" in places_of(folder(beneficiaries=ROOMS.replace(",", "~")))


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("reading\0_room,652301,2023,10", 1),
        ("reading_room,652301\0,2023,10", 2),
        ("reading_room,652301,2023,1\0000", 4),
    ],
)
def test_nul_bytes_are_refused_at_their_cell(folder: Folder, row: str, column: int) -> None:
    assert places_of(folder(beneficiaries=f"{HEAD}{row}\n")) == [
        f"data/beneficiaries.csv:2:{column}"
    ]


def test_a_file_of_nul_bytes_is_refused(folder: Folder) -> None:
    assert refused(folder(beneficiaries=b"\0" * 1000))


@pytest.mark.parametrize("length", [50_000, 1_000_000])
def test_a_huge_cell_is_refused_at_its_line(folder: Folder, length: int) -> None:
    (where,) = places_of(folder(beneficiaries=f"{HEAD}reading_room,{'昌' * length},2023,10\n"))
    assert where.startswith("data/beneficiaries.csv:2:")


def test_a_fault_never_quotes_a_huge_cell_in_full(folder: Folder) -> None:
    (fault,) = refused(folder(beneficiaries=f"{HEAD}reading_room,{'昌' * 50_000},2023,10\n"))
    assert len(fault.message.to("zh")) < 1000


# Cells


@pytest.mark.parametrize(
    "year",
    [
        "1989",
        "2101",
        "0",
        "-2023",
        "2023.5",
        "23",
        "2023-2024学年",
        "20233",
        "nan",
        "inf",
        "",
        "2023-13-01",
    ],
)
def test_a_year_outside_1990_to_2100_is_refused_at_its_cell(folder: Folder, year: str) -> None:
    assert places_of(folder(beneficiaries=f"{HEAD}reading_room,652301,{year},10\n")) == [
        "data/beneficiaries.csv:2:3"
    ]


@pytest.mark.parametrize("year", ["1990", "2100"])
def test_the_years_1990_and_2100_are_good(folder: Folder, year: str) -> None:
    path = folder(amounts=f"{headed('amounts')}hiv_followup,652301,{year},10\n")
    assert fm.simulate("as_written", path).years == (int(year),)


BAD_NUMBERS = [
    "-1",
    "NaN",
    "nan",
    "inf",
    "-Infinity",
    "ten",
    "十",
    "1e308",
    "1e999",
    "1,5",
    "5%%",
    "12,34",
    "--1",
    "0x10",
    "1_000",
    "True",
]


@pytest.mark.parametrize("count", [*BAD_NUMBERS, "5.5", "-0.5", "10000000001"])
def test_a_count_that_is_no_whole_number_within_reason_is_refused_at_its_cell(
    folder: Folder, count: str
) -> None:
    assert places_of(folder(beneficiaries=f'{HEAD}reading_room,652301,2023,"{count}"\n')) == [
        "data/beneficiaries.csv:2:4"
    ]


@pytest.mark.parametrize("value", BAD_NUMBERS)
@pytest.mark.parametrize(
    ("table", "row", "column"),
    [
        ("rates", "disability_living,652301,2023,{}", 4),
        ("amounts", "hiv_followup,652301,2023,{}", 4),
        ("bases_2015", "11,653101,{}", 3),
        ("minimum_wage", "652301,2023,{}", 3),
        ("local_split", "11,652301,{}", 3),
    ],
)
def test_a_sum_of_money_or_share_that_is_none_is_refused_at_its_cell(
    folder: Folder, table: str, row: str, column: int, value: str
) -> None:
    path = folder(beneficiaries=ROOMS, **{table: headed(table) + row.format(f'"{value}"') + "\n"})
    assert places_of(path) == [f"data/{table}.csv:2:{column}"]


def test_a_county_share_above_one_is_refused(folder: Folder) -> None:
    assert places_of(
        folder(beneficiaries=ROOMS, local_split=headed("local_split") + ",652301,1.01\n")
    ) == ["data/local_split.csv:2:3"]


def test_fractions_of_a_yuan_are_good(folder: Folder) -> None:
    assert cost(folder(amounts=headed("amounts") + "hiv_followup,652301,2023,0.05\n")) == 0.05


def test_a_count_of_zero_is_supplied_and_a_missing_one_is_not(folder: Folder) -> None:
    path = folder(
        beneficiaries=HEAD
        + "reading_room,652301,2022,0\nreading_room,652302,2022,5\nreading_room,652302,2023,5\n"
    )
    table = fm.simulate("as_written", path).by("place", "year")
    assert table.loc["652301", 2022] == 0
    assert table.isna().loc["652301", 2023]


@pytest.mark.parametrize("cell", [True, False, -1, 5.5, 1e308, "ten", "#DIV/0!", "=1+1"], ids=str)
def test_a_bad_cell_of_a_workbook_is_refused_at_its_cell(workbook: Workbook, cell: Any) -> None:
    rows = [
        ["beneficiary", "place", "year", "count"],
        ["reading_room", "652301", 2022, 10],
        ["reading_room", "652301", 2023, cell],
    ]
    assert places_of(workbook({"beneficiaries": rows})) == ["data.xlsx!beneficiaries!D3"]


@pytest.mark.parametrize(("column", "where"), [(0, "A2"), (1, "B2"), (2, "C2")])
def test_a_boolean_is_no_name_and_no_year(workbook: Workbook, column: int, where: str) -> None:
    row: list[Any] = ["reading_room", "652301", 2023, 10]
    row[column] = True
    path = workbook({"beneficiaries": [["beneficiary", "place", "year", "count"], row]})
    assert places_of(path) == [f"data.xlsx!beneficiaries!{where}"]


def test_a_column_beyond_z_is_named_as_the_workbook_does(workbook: Workbook) -> None:
    blank: list[Any] = [None] * 26
    path = workbook(
        {
            "beneficiaries": [
                [*blank, "beneficiary", "place", "year", "count"],
                [*blank, "reading_room", "652301", 2023, -1],
            ]
        }
    )
    assert places_of(path) == ["data.xlsx!beneficiaries!AD2"]


@pytest.mark.parametrize(
    "digits", [b"1e999", b"1" + b"0" * 5000, b"NaN"], ids=["1e999", "5000 digits", "NaN"]
)
@broken_workbook
def test_a_number_that_no_computer_holds_is_refused(workbook: Workbook, digits: bytes) -> None:
    rows = [["beneficiary", "place", "year", "count"], ["reading_room", "652301", 2023, 424242]]
    assert refused(patched(workbook({"beneficiaries": rows}), b"424242", digits))


@broken_workbook
def test_a_whole_number_of_400_digits_in_a_workbook_is_refused_at_its_cell(
    workbook: Workbook,
) -> None:
    rows = [["beneficiary", "place", "year", "count"], ["reading_room", "652301", 2023, 424242]]
    path = patched(workbook({"beneficiaries": rows}), b"424242", b"1" + b"0" * 400)
    assert places_of(path) == ["data.xlsx!beneficiaries!D2"]


# Rows together


def test_two_rows_for_one_cell_are_refused_with_the_row_they_repeat(folder: Folder) -> None:
    path = folder(
        beneficiaries=HEAD
        + "reading_room,652301,2023,10\nreading_room,652302,2023,1\n农家书屋,昌吉市,2023,10\n"
    )
    assert places_of(path) == ["data/beneficiaries.csv:4:1"]
    said(path, "2", "652301")


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("rates", "disability_living,652301,2023,100"),
        ("amounts", "hiv_followup,652301,2023,100"),
        ("bases_2015", "11,653101,100"),
        ("minimum_wage", "652301,2023,100"),
        ("local_split", ",652301,0.5"),
    ],
)
def test_two_rows_for_one_cell_are_refused_in_every_table(
    folder: Folder, table: str, row: str
) -> None:
    (where,) = places_of(folder(beneficiaries=ROOMS, **{table: f"{headed(table)}{row}\n{row}\n"}))
    assert where.startswith(f"data/{table}.csv:3:")


def test_a_prefecture_and_one_of_its_counties_are_refused_in_one_year(folder: Folder) -> None:
    path = folder(
        beneficiaries=HEAD
        + "reading_room,昌吉市,2023,10\nreading_room,昌吉回族自治州,2023,30\nreading_room,昌吉回族自治州,2022,30\n"
    )
    assert places_of(path) == ["data/beneficiaries.csv:2:2"]
    (fault,) = refused(path)
    assert all(word in fault.message.to("zh") for word in ("昌吉市", "昌吉回族自治州", "2023", "3"))


def test_a_prefecture_and_another_ones_county_are_good(folder: Folder) -> None:
    assert (
        cost(
            folder(
                beneficiaries=HEAD
                + "reading_room,昌吉回族自治州,2023,10\nreading_room,库尔勒市,2023,10\n"
            )
        )
        == 40_000
    )


def test_different_beneficiaries_may_be_given_at_different_levels(folder: Folder) -> None:
    path = folder(
        beneficiaries=HEAD
        + "reading_room,昌吉回族自治州,2023,10\nfamily_reward_person,昌吉市,2023,100\n"
    )
    assert cost(path) == 20_000 + 96_000


def test_base_amounts_for_a_prefecture_and_one_of_its_counties_are_refused(folder: Folder) -> None:
    path = folder(
        beneficiaries=HEAD + "primary_pupil,653101,2023,1000\n",
        bases_2015=headed("bases_2015") + "11,653100,10\n11,653101,10\n",
    )
    assert places_of(path) == ["data/bases_2015.csv:3:2"]


def test_base_amounts_for_counties_are_refused_where_counts_are_given_for_the_prefecture(
    folder: Folder,
) -> None:
    path = folder(
        beneficiaries=HEAD + "primary_pupil,653100,2023,1000\n",
        bases_2015=headed("bases_2015") + "11,653101,10\n",
    )
    said(path, "11", "653100")


def test_a_rate_for_a_prefecture_serves_its_counties_and_the_nearest_row_wins(
    folder: Folder,
) -> None:
    counts = "".join(
        f"disability_living_recipient,{place},2023,10\n" for place in ("喀什市", "疏附县", "和田市")
    )
    rates = "disability_living,,2023,90\ndisability_living,喀什地区,2023,100\ndisability_living,疏附县,2023,110\n"
    table = fm.simulate(
        "as_written", folder(beneficiaries=HEAD + counts, rates=headed("rates") + rates)
    ).by("place")
    assert table.to_dict() == {"653101": 100 * 120, "653121": 110 * 120, "653201": 90 * 120}


def test_a_table_without_a_place_column_serves_every_place(folder: Folder) -> None:
    path = folder(
        beneficiaries=HEAD + "unemployment_benefit_month,昌吉市,2023,10\n",
        minimum_wage="year,wage\n2023,1700\n",
    )
    assert cost(path) == pytest.approx(1700 * 0.9 * 10)


def test_implausible_counts_warn_at_their_cell_and_are_used(folder: Folder) -> None:
    path = folder(
        beneficiaries=HEAD + "primary_pupil,昌吉市,2023,10\ngrade1_pupil,昌吉市,2023,11\n"
    )
    budget = fm.simulate("as_written", path)
    assert [warning.where for warning in budget.warnings] == [f"{path}/beneficiaries.csv:3:4"]
    assert budget.by("line")["dictionary_grade1"] == 11 * 14


def test_amounts_on_a_priced_line_and_rates_on_an_amount_line_are_refused_with_the_table_they_belong_to(
    folder: Folder,
) -> None:
    path = folder(
        beneficiaries=ROOMS,
        amounts=headed("amounts") + "farm_reading_room,652301,2023,10\n",
        rates=headed("rates") + "hiv_followup,652301,2023,10\n",
    )
    amounts, rates = sorted(refused(path), key=lambda fault: fault.where)
    assert amounts.where.endswith("amounts.csv:2:1")
    assert "beneficiaries" in amounts.message.to("zh")
    assert rates.where.endswith("rates.csv:2:1")
    assert "amounts" in rates.message.to("zh")


@pytest.mark.parametrize(
    "name",
    [
        "grant:45",
        "grant:45:nobody",
        "grant:99:central",
        "grant:45:county_level",
        "grants:45:central",
    ],
)
def test_a_malformed_grant_is_refused(folder: Folder, name: str) -> None:
    assert places_of(folder(amounts=f"{headed('amounts')}{name},652301,2023,5\n")) == [
        "data/amounts.csv:2:1"
    ]


@pytest.mark.smoke
def test_all_faults_of_all_tables_are_reported_at_once(folder: Folder) -> None:
    path = folder(
        beneficiaries=HEAD
        + "reading_rom,652301,1989,-1\nreading_room,石河子市,2023,10\nreading_room,652301,2023,10\nreading_room,652301,2023,11\n",
        rates="line,place,year,rate,colour\ndisability_living,nowhere,2023,x,\n",
        minimum_wage="place,year\n652301,2023\n",
        bases_2015="",
    )
    assert places_of(path) == [
        "data/bases_2015.csv:1:1",
        "data/beneficiaries.csv:2:1",
        "data/beneficiaries.csv:2:3",
        "data/beneficiaries.csv:2:4",
        "data/beneficiaries.csv:3:2",
        "data/beneficiaries.csv:5:1",
        "data/minimum_wage.csv:1:1",
        "data/rates.csv:1:5",
        "data/rates.csv:2:2",
        "data/rates.csv:2:4",
    ]


def test_all_faults_of_all_sheets_are_reported_at_once(workbook: Workbook) -> None:
    path = workbook(
        {
            "beneficiaries": [["beneficiary", "place", "year", "count"], ["x", "y", "z", -1]],
            "local_split": [["item", "place", "county_share"], [11, "652301", 2]],
        }
    )
    assert places_of(path) == [
        f"data.xlsx!beneficiaries!{cell}" for cell in ("A2", "B2", "C2", "D2")
    ] + ["data.xlsx!local_split!C2"]


@pytest.mark.parametrize(
    "broken", [b"line,place,year,amount\n\xff\xff\xff", b"\xff\xfea"], ids=["bytes", "utf-16"]
)
def test_a_file_in_an_unknown_encoding_does_not_hide_the_faults_of_the_others(
    folder: Folder, broken: bytes
) -> None:
    path = folder(amounts=broken, beneficiaries=HEAD + "reading_room,652301,2023,-1\n")
    assert places_of(path) == ["data/amounts.csv", "data/beneficiaries.csv:2:4"]


# Sources that are none


def test_an_empty_folder_is_refused_with_what_is_needed(tmp_path: Path) -> None:
    said(tmp_path, "beneficiaries", "amounts")


def test_a_path_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    (fault,) = refused(tmp_path / "nowhere")
    assert fault.where == str(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("data.xls", [".xls", ".xlsx"]),
        ("data.ods", [".ods", ".xlsx"]),
        ("x.csv", ["x.csv", ".csv"]),
        ("data", ["CSV", ".xlsx"]),
    ],
)
def test_a_file_that_is_no_workbook_by_name_is_refused_with_what_to_do(
    tmp_path: Path, name: str, words: list[str]
) -> None:
    (tmp_path / name).write_text(ROOMS, encoding="utf-8")
    said(tmp_path / name, *words)


def test_a_csv_file_named_by_itself_is_answered_with_the_folder_it_needs(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(ROOMS, encoding="utf-8")
    (fault,) = refused(tmp_path / "x.csv")
    assert fault.message.to("zh").startswith("请把 x.csv 放进一个文件夹")
    assert fault.message.to("en").startswith("put x.csv into a folder")


@pytest.mark.parametrize(
    "data",
    [b"", b"PK\x03\x04", ROOMS.encode(), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)],
    ids=["empty", "zip", "csv", "xls"],
)
@broken_workbook
def test_a_file_that_is_no_workbook_inside_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "data.xlsx").write_bytes(data)
    said(tmp_path / "data.xlsx", ".xlsx")


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"]
)
@broken_workbook
def test_a_workbook_with_a_part_missing_is_refused(workbook: Workbook, part: str) -> None:
    path = workbook({"beneficiaries": TABLES["beneficiaries"]})
    out = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            if name != part:
                target.writestr(name, source.read(name))
    path.write_bytes(out.getvalue())
    assert refused(path)


@broken_workbook
def test_a_workbook_with_an_entity_bomb_is_refused(workbook: Workbook) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet'
    said(
        patched(workbook({"beneficiaries": TABLES["beneficiaries"]}), b"<worksheet", bomb), ".xlsx"
    )


@broken_workbook
def test_a_broken_workbook_is_let_go(workbook: Workbook, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[zipfile.ZipFile] = []

    class Watched(zipfile.ZipFile):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            opened.append(self)

    path = patched(
        workbook({"beneficiaries": [["beneficiary"], [424242]]}), b"424242", b"1" + b"0" * 5000
    )
    monkeypatch.setattr("openpyxl.reader.excel.ZipFile", Watched)
    assert refused(path)
    assert opened
    assert all(archive.fp is None or archive.fp.closed for archive in opened)


@broken_workbook
def test_a_workbook_with_damaged_data_is_refused(workbook: Workbook) -> None:
    path = workbook(
        {
            "beneficiaries": [
                ["beneficiary", "place", "year", "count"],
                *(["reading_room", "652301", y, 10] for y in range(1990, 2100)),
            ]
        }
    )
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as book:
        part = book.getinfo("xl/worksheets/sheet1.xml")
    start = part.header_offset + 30 + len(part.filename)
    for at in range(start, start + 40):
        data[at] ^= 0xFF
    path.write_bytes(data)
    said(path, ".xlsx")


def test_a_path_that_is_too_long_is_refused(tmp_path: Path) -> None:
    with pytest.raises(fm.FiscalModelError):
        fm.simulate("as_written", tmp_path / ("x" * 5000))


def test_a_folder_that_is_called_like_a_workbook_is_read_as_a_folder(tmp_path: Path) -> None:
    path = tmp_path / "data.xlsx"
    path.mkdir()
    (path / "beneficiaries.csv").write_text(ROOMS, encoding="utf-8")
    assert cost(path) == 20_000


@pytest.mark.parametrize("table", ["rates", "bases_2015", "minimum_wage", "local_split"])
def test_a_table_that_costs_nothing_by_itself_is_refused_alone(folder: Folder, table: str) -> None:
    rows = {
        "rates": "disability_living,652301,2023,5",
        "bases_2015": "11,653101,5",
        "minimum_wage": "652301,2023,5",
        "local_split": ",652301,0.5",
    }
    said(folder(**{table: f"{headed(table)}{rows[table]}\n"}), "beneficiaries", "amounts")


def test_headings_without_rows_are_no_data(folder: Folder) -> None:
    said(folder(beneficiaries=HEAD), "beneficiaries", "amounts")


def test_amounts_alone_are_enough(folder: Folder) -> None:
    assert cost(folder(amounts=headed("amounts") + "hiv_followup,652301,2023,10\n")) == 10


def test_supplied_inputs_use_no_embedded_row(folder: Folder) -> None:
    budget = fm.simulate("as_written", folder(beneficiaries=ROOMS))
    assert budget.places == ("652301",)
    assert budget.years == (2023,)
    assert budget.provenance["illustrative"] == "no"


# Nothing is dropped in silence


def test_every_supplied_cell_is_costed_or_listed_as_not_costed(folder: Folder) -> None:
    path = folder(
        beneficiaries=HEAD
        + "reading_room,昌吉市,2022,10\nreading_room,昌吉市,2023,0\ndisability_living_recipient,昌吉市,2022,7\n",
        amounts=headed("amounts") + "hiv_followup,昌吉市,2023,5\n",
    )
    budget = fm.simulate("as_written", path)
    costed = budget.dataset["costed"].to_series()
    assert {key for key, yes in costed.items() if yes} == {
        ("farm_reading_room", "652301", 2022),
        ("farm_reading_room", "652301", 2023),
        ("hiv_followup", "652301", 2023),
    }
    gaps = {(line, place): years for line, place, years in budget.not_costed()}
    assert gaps["disability_living", ""] == (2022, 2023)
    assert gaps["hiv_followup", "652301"] == (2022,)
    assert any("disability_living" in warning.message.to("en") for warning in budget.warnings)


@pytest.mark.parametrize("kind", ["folder", "broken link"])
def test_a_table_that_is_a_folder_or_a_broken_link_is_refused(folder: Folder, kind: str) -> None:
    path = folder(beneficiaries=ROOMS)
    if kind == "folder":
        (path / "rates.csv").mkdir()
    else:
        (path / "rates.csv").symlink_to("nowhere")
    assert places_of(path) == ["data/rates.csv"]


@pytest.mark.parametrize(
    "text",
    [
        "beneficiary,place,year,count,\nreading_room,652301,2023,10,55\n",
        "beneficiary,place,year,,count\nreading_room,652301,2023,55,10\n",
    ],
)
def test_a_figure_under_an_empty_heading_is_refused(folder: Folder, text: str) -> None:
    (where,) = places_of(folder(beneficiaries=text))
    assert where.startswith("data/beneficiaries.csv:")


def test_a_figure_beside_the_table_of_a_workbook_is_refused(workbook: Workbook) -> None:
    rows = [
        ["beneficiary", "place", "year", "count"],
        ["reading_room", "652301", 2023, 10, None, 99],
    ]
    assert places_of(workbook({"beneficiaries": rows})) == ["data.xlsx!beneficiaries!F2"]


def test_a_merged_place_cell_never_turns_into_the_whole_region(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    counts = book.active
    counts.title = "beneficiaries"
    for row in (
        ["beneficiary", "place", "year", "count"],
        ["disability_care_recipient", "和田市", 2023, 10],
    ):
        counts.append(row)
    rates = book.create_sheet("rates")
    for row in (
        ["line", "place", "year", "rate"],
        ["disability_living", "喀什市", 2023, 100],
        ["disability_care", None, 2023, 80],
    ):
        rates.append(row)
    rates.merge_cells("B2:B3")
    book.save(tmp_path / "data.xlsx")
    try:
        budget = fm.simulate("as_written", tmp_path / "data.xlsx")
    except fm.FiscalModelError as error:
        # refusing it is as good as reading it as Kashgar
        assert "data.xlsx!rates!B3" in error.text("en")  # noqa: PT017
    else:
        assert budget.cost.sum() == 0


def test_a_grant_that_no_rule_uses_is_noted(folder: Folder) -> None:
    path = folder(
        beneficiaries=ROOMS, amounts=headed("amounts") + "grant:45:central,652301,2023,100\n"
    )
    try:
        notes = fm.simulate("as_written", path).warnings
    except fm.FiscalModelError as error:
        notes = error.faults
    assert any(
        "grant:45:central" in warning.message.to("en") or "45" in warning.message.to("en")
        for warning in notes
    )


def test_inputs_given_as_a_dot_have_a_name(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder(beneficiaries=ROOMS))
    assert fm.simulate("as_written", ".").provenance["inputs"]


@pytest.mark.parametrize(
    "tables",
    [
        {"beneficiaries": HEAD + "primary_pupil,新疆维吾尔自治区,2023,10\n"},
        {
            "beneficiaries": HEAD + "primary_pupil,喀什地区,2023,10\n",
            "bases_2015": "item,place,amount\n11,喀什市,5\n",
        },
        {
            "beneficiaries": HEAD + "unemployment_benefit_month,喀什地区,2023,10\n",
            "minimum_wage": "place,year,wage\n喀什市,2023,1540\n",
        },
    ],
    ids=[
        "a place too coarse for the rule",
        "base amounts below the counts",
        "rates that differ below the counts",
    ],
)
def test_a_place_that_is_too_coarse_is_refused_at_a_cell(
    folder: Folder, tables: dict[str, str]
) -> None:
    for fault in refused(folder(**tables)):
        file, line, column = fault.where.rsplit(":", 2)
        assert (Path(file).suffix, line, column) == (".csv", "2", "2")


def test_supplied_years_after_the_horizon_are_noted(folder: Folder) -> None:
    budget = fm.simulate(
        "baseline",
        folder(beneficiaries=HEAD + "reading_room,652301,2030,10\nreading_room,652301,2035,12\n"),
    )
    assert 2035 in budget.years or any(
        "2035" in warning.message.to("en") for warning in budget.warnings
    )


def test_a_stray_format_far_away_does_no_harm(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "beneficiaries"
    for row in (["beneficiary", "place", "year", "count"], ["reading_room", "昌吉市", 2023, 10]):
        book.active.append(row)
    book.active["XFD1048576"].font = openpyxl.styles.Font(bold=True)
    book.save(tmp_path / "data.xlsx")
    assert cost(tmp_path / "data.xlsx") == 20_000


def test_base_amounts_that_no_rule_uses_are_noted(folder: Folder) -> None:
    budget = fm.simulate(
        "as_written", folder(beneficiaries=ROOMS, bases_2015="item,place,amount\n48,昌吉市,5\n")
    )
    assert any("48" in warning.message.to("en") for warning in budget.warnings)


def test_a_workbook_beside_the_tables_is_read_and_of_another_format_noted(folder: Folder) -> None:
    path = folder(beneficiaries=ROOMS)
    (path / "rates.xls").write_bytes(b"x")
    assert any("rates.xls" in warning.where for warning in fm.simulate("as_written", path).warnings)
    (path / "rates.xlsx").write_bytes(b"x")
    assert places_of(path) == ["data/rates.xlsx"]
