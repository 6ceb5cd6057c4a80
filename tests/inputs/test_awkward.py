"""Files as analysts really send them: each is read as meant, with a note at the cell, or refused
with the place and what would be right.
The corpus is made here. Every case goes through ``fiscal-model check`` and is never answered with a
traceback.
"""

from __future__ import annotations

import gc
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from csv import writer as csv_writer
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from fiscal_model.cli import main
from fiscal_model.inputs.read import read_inputs
from fiscal_model.standard.read import load_standard

HEAD = ["beneficiary", "place", "year", "count"]
ROOM = ["reading_room", "昌吉市", 2023, 10]
Row = Sequence[Any]
Sheets = dict[str, list[Row]]
Read = tuple[str, str, int, float]
TEN: list[Read] = [("reading_room", "652301", 2023, 10.0)]


@dataclass(frozen=True)
class Case:
    """A file, and what becomes of it: the rows read with their notes, or the faults; notes and
    faults as (end of the place, word).
    """

    name: str
    build: Callable[[Path], Path]
    read: list[Read] = field(default_factory=list)
    notes: Sequence[tuple[str, str]] = ()
    faults: Sequence[tuple[str, str]] = ()
    table: str = "beneficiaries"


# Builders


def xlsx(sheets: Sheets, change: Callable[[Any], None] | None = None) -> Callable[[Path], Path]:
    """A workbook of rows; ``change`` does the rest to it."""

    def build(folder: Path) -> Path:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        if change:
            change(book)
        book.save(folder / "data.xlsx")
        return folder / "data.xlsx"

    return build


def rows(*body: Row, head: Row = HEAD) -> Sheets:
    return {"beneficiaries": [head, *body]}


def with_part(
    sheets: Sheets, old: bytes, new: bytes, part: str = "xl/worksheets/sheet1.xml"
) -> Callable[[Path], Path]:
    """A workbook with bytes of one part exchanged."""

    def build(folder: Path) -> Path:
        path = xlsx(sheets)(folder)
        out = io.BytesIO()
        with (
            zipfile.ZipFile(path) as source,
            zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
        ):
            for name in source.namelist():
                content = source.read(name)
                assert name != part or old in content
                target.writestr(name, content.replace(old, new, 1) if name == part else content)
        path.write_bytes(out.getvalue())
        return path

    return build


def content(data: bytes | Callable[[bytes], bytes]) -> Callable[[Path], Path]:
    """A file called data.xlsx with these bytes, or with the bytes of a good workbook changed."""

    def build(folder: Path) -> Path:
        path = xlsx(rows(ROOM))(folder)
        path.write_bytes(data if isinstance(data, bytes) else data(path.read_bytes()))
        return path

    return build


def archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, part in parts.items():
            target.writestr(name.replace("__", "/").replace("_dot_", "."), part)
    return out.getvalue()


def csv(
    data: str | bytes, encoding: str = "utf-8", name: str = "beneficiaries"
) -> Callable[[Path], Path]:
    """A folder with one CSV file."""

    def build(folder: Path) -> Path:
        path = folder / "data"
        path.mkdir()
        (path / f"{name}.csv").write_bytes(
            data if isinstance(data, bytes) else data.encode(encoding)
        )
        return path

    return build


def merged(*ranges: str) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        for each in ranges:
            book.worksheets[0].merge_cells(each)

    return change


# Workbooks: one cell at a time. Each stands in the count of ten reading rooms, unless a column says
# otherwise.


def count_cell(name: str, cell: Any, value: float, *words: str) -> Case:
    return Case(
        f"count {name}",
        xlsx(rows(["reading_room", "昌吉市", 2023, cell])),
        [("reading_room", "652301", 2023, value)],
        [("beneficiaries!D2", word) for word in words],
    )


def no_count(name: str, cell: Any, word: str) -> Case:
    return Case(
        f"count {name}",
        xlsx(rows(["reading_room", "昌吉市", 2023, cell])),
        faults=[("beneficiaries!D2", word)],
    )


def year_cell(name: str, cell: Any, word: str) -> Case:
    return Case(
        f"year {name}",
        xlsx(rows(["reading_room", "昌吉市", cell, 10])),
        TEN,
        [("beneficiaries!C2", word)],
    )


def place_cell(name: str, cell: Any, word: str, place: str = "652301") -> Case:
    return Case(
        f"place {name}",
        xlsx(rows(["reading_room", cell, 2023, 10])),
        [("reading_room", place, 2023, 10.0)],
        [("beneficiaries!B2", word)] if word else [],
    )


def bad_place(name: str, cell: Any, *words: str) -> Case:
    return Case(
        f"place {name}",
        xlsx(rows(["reading_room", cell, 2023, 10])),
        faults=[("beneficiaries!B2", word) for word in words],
    )


def amount_cell(name: str, cell: Any, value: float, word: str, head: str = "amount") -> Case:
    sheets = {"amounts": [["line", "place", "year", head], ["hiv_followup", "昌吉市", 2023, cell]]}
    where = "amounts!D2" if head == "amount" else "amounts!D1"
    return Case(
        f"amount {name}",
        xlsx(sheets),
        [("hiv_followup", "652301", 2023, value)],
        [(where, word)] if word else [],
        table="amounts",
    )


def no_amount(
    name: str, cell: Any, word: str, head: str = "amount", where: str = "amounts!D2"
) -> Case:
    sheets = {"amounts": [["line", "place", "year", head], ["hiv_followup", "昌吉市", 2023, cell]]}
    return Case(f"amount {name}", xlsx(sheets), faults=[(where, word)])


def share_cell(name: str, cell: Any, value: float, word: str, head: str = "county_share") -> Case:
    sheets = {**rows(ROOM), "local_split": [["item", "place", head], [77, "昌吉市", cell]]}
    where = "local_split!C2" if head == "county_share" else "local_split!C1"
    return Case(
        f"share {name}",
        xlsx(sheets),
        [("77", "652301", 0, value)],
        [(where, word)],
        table="local_split",
    )


CELLS = [
    count_cell("in full-width digits", "１２３４", 1234, "全角"),
    count_cell("with a comma", "1,234", 1234, "千位分隔符"),
    count_cell("with a full-width comma", "1，234，567", 1234567, "全角", "千位分隔符"),
    count_cell("with spaces between thousands", "1 234 567", 1234567, "千位分隔符"),
    count_cell("with no-break spaces", "1\u00a0234", 1234, "千位分隔符"),
    count_cell("with thin spaces", "1\u202f234", 1234, "千位分隔符"),
    count_cell("as text", "1234", 1234, "文本存储"),
    count_cell("with a leading apostrophe", "'1234", 1234, "撇号"),
    count_cell("in ten thousands", "12万", 120_000, "单位"),
    count_cell("in ten thousands with a unit", "3.5万人", 35_000, "单位"),
    count_cell("with a unit", "1200人", 1200, "单位"),
    count_cell("in hundred millions", "1.2亿", 120_000_000, "单位"),
    count_cell("with a comma and a unit", "1,200 人", 1200, "千位分隔符", "单位"),
    count_cell("between spaces", "  12 ", 12, "空格"),
    count_cell("with a line break", "12\n", 12, "换行"),
    count_cell("with an invisible character", "\u200b12", 12, "不可见"),
    count_cell("negative zero as text", "-0", 0, "负零"),
    count_cell("in Arabic digits", "١٢", 12, "全角"),
    no_count("with commas at odd places", "1,23", "不是数字"),
    no_count("with a comma after four digits", "1234,567", "不是数字"),
    no_count("with a comma after a point", "0.1,234", "不是数字"),
    no_count("with two kinds of separators", "1,234 567", "不是数字"),
    no_count("with a raised digit", "10²", "不是数字"),
    no_count("in yuan", "300元", "不是数字"),
    no_count("in Chinese digits", "十二", "不是数字"),
    no_count("about", "约1200人", "不是数字"),
    no_count("a fraction of a person", "1.23455万", "整数"),
    no_count("a dash", "—", "留空"),
    no_count("the word none", "无", "留空"),
    no_count("N/A as text", "n/a", "留空"),
    no_count("NaN as text", "NaN", "不是数字"),
    no_count("infinity as text", "Infinity", "不是数字"),
    no_count("too large", 1e308, "过大"),
    no_count("too large as text", "1e308", "过大"),
    no_count("beyond floats", "1e999", "有限"),
    no_count("a boolean", True, "逻辑值"),
    no_count("a date", datetime(2023, 1, 1), "不是数字"),
    no_count("very long", "9" * 30_000, "有限"),
    no_count("a broken reference", "#REF!", "#REF!"),
    no_count("not available", "#N/A", "#N/A"),
    no_count("a division by zero", "#DIV/0!", "#DIV/0!"),
    no_count("a formula without a result", "=5+5", "Excel"),
    year_cell("as a date", date(2023, 1, 1), "日期"),
    year_cell("as text of a date", "2023-01-01", "日期"),
    year_cell("as a Chinese date", "2023年1月1日", "日期"),
    year_cell("with the word year", "2023年", "年"),
    year_cell("with the word of a fiscal year", "２０２３年度", "年"),
    year_cell("shown as a date of 1905", date(1905, 7, 15), "日期"),  # serial number 2023
    year_cell("with a decimal point", "2023.0", "文本存储"),
    Case(
        "year of school",
        xlsx(rows(["reading_room", "昌吉市", "2023-2024学年", 10])),
        faults=[("beneficiaries!C2", "年份")],
    ),
    Case(
        "year and month",
        xlsx(rows(["reading_room", "昌吉市", "2023.5", 10])),
        faults=[("beneficiaries!C2", "年份")],
    ),
    place_cell("as a float", 652301.0, ""),
    place_cell("as text of a float", "652301.0", "小数点"),
    place_cell("in full-width digits", "６５２３０１", "全角"),
    place_cell("with blanks inside", "昌 吉　市", "写法"),
    place_cell("by a short name", "疏附", "简称", "653121"),
    place_cell("by a short name with a nation", "巴音郭楞", "简称", "652800"),
    place_cell("with the prefecture before it", "喀什地区疏附县", "上级", "653121"),
    place_cell("by a name in use", "昌吉州", "昌吉回族自治州（652300）", "652300"),
    place_cell("by a name in use with a full-width blank", "巴　州", "惯用名称", "652800"),
    place_cell("by the former name", "库车县", "原名称", "652902"),
    place_cell("by the former code", "652923", "原代码", "652902"),
    place_cell("by the former code as a number", 654223, "原代码", "654203"),
    place_cell("by the former name of a prefecture", "哈密地区", "原名称", "650500"),
    place_cell("by the former code of a prefecture", "652200", "原代码", "650500"),
    bad_place("of the corps that is new", "白杨市", "兵团"),
    bad_place("of which only a part is a place", "伊犁州", "含塔城、阿勒泰", "654000"),
    bad_place("by a name in use of the corps", "兵团", "兵团"),
    bad_place("by a short name of two", "喀什", "喀什地区", "喀什市", "653101"),
    bad_place("by a short name of the corps", "石河子", "兵团"),
    bad_place("by one letter", "昌", "昌"),
    bad_place("as a boolean", False, "FALSE"),
    bad_place("as an error", "#VALUE!", "公式"),
    amount_cell("in ten thousand yuan", "3.5万元", 35_000, "单位"),
    amount_cell("in yuan", "300元", 300, "单位"),
    amount_cell("in hundred million yuan", "1.2亿元", 120_000_000, "单位"),
    amount_cell("with a currency sign", "￥1,234.50", 1234.5, "货币"),
    amount_cell("of a cent", "0.05", 0.05, "文本存储"),
    amount_cell("under a heading in yuan", 12, 12, "", "金额（元）"),
    amount_cell("under a heading in ten thousand yuan", 3.57, 35_700, "万元", "金额（万元）"),
    amount_cell("under a heading in hundred million yuan", 0.000_1, 10_000, "亿元", "金额\n(亿元)"),
    Case(
        "counts under a heading in ten thousands",
        xlsx(rows(["reading_room", "昌吉市", 2023, 1.2], head=[*HEAD[:3], "人数（万人）"])),
        [("reading_room", "652301", 2023, 12_000.0)],
        [("beneficiaries!D1", "万人")],
    ),
    Case(
        "counts under a heading with a remark that begins like a multiplier",
        xlsx(rows(ROOM, head=[*HEAD[:3], "人数（百岁老人）"])),
        faults=[("beneficiaries!D1", "单位")],
    ),
    no_amount("with a unit twice", "3万元", "单位", "金额（万元）"),
    no_amount("in another currency", 5, "单位", "金额（美元）", "amounts!D1"),
    no_amount("of persons", "5人", "不是数字"),
    no_amount("in brackets", "(500)", "不是数字"),
    share_cell("in percent", "30%", 0.3, "百分比"),
    share_cell("in full-width percent", "30％", 0.3, "百分比"),
    share_cell("under a heading in percent", 30, 0.3, "%", "县级比例（%）"),
    Case(
        "share above one",
        xlsx(
            {**rows(ROOM), "local_split": [["item", "place", "county_share"], [77, "昌吉市", 30]]}
        ),
        faults=[("local_split!C2", "30%")],
    ),
    Case(
        "age turned into a date",
        xlsx(
            {
                **rows(ROOM),
                "population": [
                    ["place", "year", "sex", "age", "count"],
                    ["昌吉市", 2023, "男", datetime(2023, 5, 9), 5],
                ],
            }
        ),
        faults=[("population!D2", "文本")],
    ),
    Case(
        "age in words",
        xlsx(
            {
                **rows(ROOM),
                "population": [
                    ["place", "year", "sex", "age", "count"],
                    ["昌吉市", 2023, "男", "85岁以上", 5],
                ],
            }
        ),
        TEN,
        [("population!D2", "85+")],
    ),
    Case(
        "item in Chinese numerals",
        xlsx(
            {
                **rows(ROOM),
                "local_split": [["item", "place", "county_share"], ["第七十七项", "昌吉市", 0.3]],
            }
        ),
        [("77", "652301", 0, 0.3)],
        [("local_split!A2", "中文数字")],
        table="local_split",
    ),
    Case(
        "item with its name",
        xlsx(
            {
                **rows(ROOM),
                "local_split": [["item", "place", "county_share"], ["第77项", "昌吉市", 0.3]],
            }
        ),
        TEN,
    ),
]


# Workbooks: their shape


def hide(row: int = 0, column: str = "", sheet: str = "") -> Callable[[Any], None]:
    def change(book: Any) -> None:
        if row:
            book.worksheets[0].row_dimensions[row].hidden = True
        if column:
            book.worksheets[0].column_dimensions[column].hidden = True
        if sheet:
            book.create_sheet("其他")
            book.worksheets[0].sheet_state = sheet

    return change


def chart(folder: Path) -> Path:
    book = xlsxwriter.Workbook(folder / "data.xlsx")
    sheet = book.add_worksheet("beneficiaries")
    for number, row in enumerate((HEAD, ROOM)):
        sheet.write_row(number, 0, row)
    picture = book.add_chart({"type": "column"})
    picture.add_series({"values": "=beneficiaries!$D$2:$D$2"})
    book.add_chartsheet("图").set_chart(picture)
    book.close()
    return folder / "data.xlsx"


def uncached_place(folder: Path) -> Path:
    """A place as a formula without a result must not become the whole region."""
    return xlsx(
        {
            **rows(ROOM),
            "rates": [["line", "place", "year", "rate"], ["disability_living", "=B1", 2023, 100]],
        }
    )(folder)


SHAPES = [
    Case(
        "title above the headings",
        xlsx({"beneficiaries": [["农家书屋统计表"], [], HEAD, ROOM]}, merged("A1:D1")),
        TEN,
        [("beneficiaries!A1", "标题行上方")],
    ),
    Case(
        "unit stated in a title",
        xlsx(
            {
                "amounts": [
                    ["经费表", None, None, "单位：万元"],
                    ["line", "place", "year", "amount"],
                    ["hiv_followup", "昌吉市", 2023, 5],
                ]
            }
        ),
        [("hiv_followup", "652301", 2023, 50_000.0)],
        [("amounts!D2", "万元")],
        table="amounts",
    ),
    Case(
        "headings over two merged rows",
        xlsx(
            {
                "beneficiaries": [
                    ["受益对象", "地区", "年份", "填报内容", None],
                    [None, None, None, "人数", "来源"],
                    [*ROOM, "年报"],
                ]
            },
            merged("A1:A2", "B1:B2", "C1:C2", "D1:E1"),
        ),
        TEN,
    ),
    Case(
        "headings over two rows that were not merged",
        xlsx(
            {
                "beneficiaries": [
                    ["受益对象", "地区", None, None],
                    [None, None, "年份", "人数"],
                    ROOM,
                ]
            }
        ),
        TEN,
    ),
    Case(
        "units in a row of their own",
        xlsx(
            {
                "amounts": [
                    ["支出项", "地区", "年份", "金额"],
                    [None, None, None, "（万元）"],
                    ["hiv_followup", "昌吉市", 2023, 5],
                ]
            }
        ),
        [("hiv_followup", "652301", 2023, 50_000.0)],
        [("amounts!D1", "万元")],
        table="amounts",
    ),
    Case(
        "headings with units and line breaks",
        xlsx(rows(ROOM, head=["受益对象 ", "地区\n(代码或名称)", "年 份", "人数（人）"])),
        TEN,
    ),
    Case(
        "full-width headings",
        xlsx(rows(ROOM, head=["ｂｅｎｅｆｉｃｉａｒｙ", "ＰＬＡＣＥ", "year", "count"])),
        TEN,
    ),
    Case(
        "headings in other usual words",
        xlsx(rows(ROOM, head=["补助对象", "单位名称", "年度", "人数（人）"])),
        TEN,
        [("beneficiaries!B1", "地区"), ("beneficiaries!C1", "年份")],
    ),
    Case(
        "a heading that could be a unit",
        xlsx(rows(["农家书屋", "间", 2023, 10], head=["受益对象", "单位", "年度", "数量"])),
        faults=[("beneficiaries!A1", "地区"), ("beneficiaries!B1", "可用")],
    ),
    Case(
        "repeated headings in other usual words",
        xlsx(
            rows(
                ROOM,
                ["补助对象", "单位名称", "年度", "数量"],
                head=["补助对象", "单位名称", "年度", "数量"],
            )
        ),
        TEN,
        [("beneficiaries!A3", "重复的标题")],
    ),
    Case(
        "duplicate headings",
        xlsx(rows([*ROOM, 11], head=[*HEAD, "人数"])),
        faults=[("beneficiaries!E1", "重复")],
    ),
    Case(
        "unknown heading",
        xlsx(rows([*ROOM, 1], head=[*HEAD, "备 住"])),
        faults=[("beneficiaries!E1", "备注")],
    ),
    Case(
        "missing heading",
        xlsx(rows(ROOM[:3], head=HEAD[:3])),
        faults=[("beneficiaries!A1", "人数")],
    ),
    Case(
        "figures without a heading", xlsx(rows([*ROOM, 5])), faults=[("beneficiaries!E2", "列标题")]
    ),
    Case(
        "blank rows",
        xlsx(rows([], ROOM, [], ["", " ", None, None], ["reading_room", "昌吉市", 2024, 11])),
        [*TEN, ("reading_room", "652301", 2024, 11.0)],
        [("beneficiaries", "读到 4 行：使用 2、空行 2")],
    ),
    *(
        Case(
            f"total row {word}",
            xlsx(rows(ROOM, total)),
            TEN,
            [("beneficiaries!A3", "合计行"), ("beneficiaries", "合计行 1")],
        )
        for word, total in (
            ("in the place", ["reading_room", "合计", 2023, 10]),
            ("spaced out", ["总  计", None, None, 10]),
            ("小计", ["喀什地区小计", "", "", 10]),
            ("in English", ["Total", None, None, 10]),
            ("grand", ["Grand Total:", "", "", 10]),
        )
    ),
    Case(
        "repeated headings",
        xlsx(rows(ROOM, HEAD, ["reading_room", "昌吉市", 2024, 11])),
        [*TEN, ("reading_room", "652301", 2024, 11.0)],
        [("beneficiaries!A3", "重复的标题")],
    ),
    Case(
        "rows not filled in",
        xlsx(
            rows(
                ROOM, ["reading_room", "阜康市", 2023, None], ["reading_room", "阜康市", 2024, " "]
            )
        ),
        TEN,
        [("beneficiaries!A3", "共 2 处"), ("beneficiaries", "未填数值 2")],
    ),
    Case(
        "a footnote",
        xlsx(rows(ROOM, ["注：数据来自年报"])),
        TEN,
        [("beneficiaries!A3", "未填数值")],
    ),
    Case("hidden row", xlsx(rows(ROOM), hide(row=2)), TEN, [("beneficiaries!A2", "隐藏")]),
    Case("hidden column", xlsx(rows(ROOM), hide(column="D")), TEN, [("beneficiaries!D1", "隐藏")]),
    Case("hidden sheet", xlsx(rows(ROOM), hide(sheet="hidden")), TEN, [("beneficiaries", "隐藏")]),
    Case(
        "very hidden sheet",
        xlsx(rows(ROOM), hide(sheet="veryHidden")),
        TEN,
        [("beneficiaries", "隐藏")],
    ),
    Case("chart sheet", chart, TEN, [("data.xlsx!图", "图表")]),
    Case(
        "formulas with results",
        with_part(rows([*ROOM[:3], 424242]), b"<v>424242</v>", b"<f>5+5</f><v>10</v>"),
        TEN,
    ),
    Case(
        "a formula with an empty text as its result",
        with_part(
            rows([*ROOM, 424242], head=[*HEAD, "note"]),
            b'<c r="E2" t="n"><v>424242</v>',
            b'<c r="E2" t="str"><f>IF(TRUE,"")</f><v></v>',
        ),
        TEN,
    ),
    Case(
        "a formula without a result where empty means everywhere",
        uncached_place,
        faults=[("rates!B2", "Excel")],
    ),
    Case(
        "a sheet of another name",
        xlsx({**rows(ROOM), "封面": [["x"]]}),
        TEN,
        [("data.xlsx!封面", "未使用")],
    ),
    Case(
        "a sheet of a name nearly known",
        xlsx({**rows(ROOM), "金额汇总": [["x"]]}),
        TEN,
        [("data.xlsx!金额汇总", "金额")],
    ),
    Case(
        "a sheet of a misspelt name",
        xlsx({**rows(ROOM), "受益对象人口数": [HEAD]}),
        faults=[("data.xlsx!受益对象人口数", "受益对象人数")],
    ),
    Case(
        "many equal notes",
        xlsx(
            rows(*(["reading_room", "昌吉市", year, f"1,{year}"[:5]] for year in range(2001, 2011)))
        ),
        [("reading_room", "652301", year, float(f"1{year}"[:4])) for year in range(2001, 2011)],
        [("beneficiaries!D2", "共 10 处")],
    ),
    Case(
        "all faults at once",
        xlsx(
            {
                **rows(["reading_rom", "喀什", "x", True]),
                "amounts": [
                    ["line", "place", "year", "amount"],
                    ["hiv_followup", "昌吉市", 2023, "#REF!"],
                ],
            }
        ),
        faults=[
            ("beneficiaries!A2", "reading_room"),
            ("beneficiaries!B2", "喀什市"),
            ("beneficiaries!C2", "年份"),
            ("beneficiaries!D2", "逻辑值"),
            ("amounts!D2", "#REF!"),
        ],
    ),
]


# Workbooks: what the file really is


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000)
FILES = [
    Case("empty file", content(b""), faults=[("data.xlsx", "空")]),
    Case("old .xls", content(OLE), faults=[("data.xlsx", "另存为 .xlsx")]),
    Case(
        "password",
        content(OLE + "EncryptedPackage".encode("utf-16-le") + bytes(100)),
        faults=[("data.xlsx", "密码")],
    ),
    Case(
        "HTML table",
        content("<html><table><tr><td>人数</td></tr></table></html>".encode()),
        faults=[("data.xlsx", "HTML")],
    ),
    Case(
        "HTML table with a mark",
        content("\ufeff\n<table><tr><td>人数</td></tr></table>".encode()),
        faults=[("data.xlsx", "HTML")],
    ),
    Case(
        "XML Spreadsheet 2003",
        content(
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
        ),
        faults=[("data.xlsx", "2003")],
    ),
    Case("CSV", content(b"beneficiary,place,year,count\n"), faults=[("data.xlsx", ".csv")]),
    Case("PDF", content(b"%PDF-1.7\n%\xe2\xe3"), faults=[("data.xlsx", "PDF")]),
    Case(
        "zip of something else",
        content(archive(readme_dot_txt=b"x")),
        faults=[("data.xlsx", "压缩包")],
    ),
    Case("OpenDocument", content(archive(content_dot_xml=b"<x/>")), faults=[("data.xlsx", ".ods")]),
    Case("Word", content(archive(word__document_dot_xml=b"<x/>")), faults=[("data.xlsx", "Word")]),
    Case(
        "binary workbook",
        content(archive(xl__workbook_dot_bin=b"x")),
        faults=[("data.xlsx", ".xlsb")],
    ),
    Case("cut off", content(lambda data: data[: len(data) // 2]), faults=[("data.xlsx", "不完整")]),
    Case("a few bytes missing", content(lambda data: data[:-30]), faults=[("data.xlsx", "不完整")]),
    Case(
        "damaged inside",
        content(lambda data: data[:200] + bytes(200) + data[400:]),
        faults=[("data.xlsx", "损坏")],
    ),
    Case(
        "entities",
        with_part(
            rows(ROOM),
            b"<worksheet",
            b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet',
        ),
        faults=[("sheet1.xml", "实体")],
    ),
    Case(
        "an external entity",
        with_part(
            rows(ROOM),
            b"<workbook",
            b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><workbook',
            "xl/workbook.xml",
        ),
        faults=[("workbook.xml", "实体")],
    ),
    Case(
        "nested without end",
        with_part(
            rows(ROOM), b"<sheetData>", b"<x>" * 100_000 + b"</x>" * 100_000 + b"<sheetData>"
        ),
        TEN,
    ),
    Case(
        "XML cut off", with_part(rows(ROOM), b"</worksheet>", b""), faults=[("sheet1.xml", "损坏")]
    ),
    Case("zip bomb", content(lambda data: bomb(data)), faults=[("data.xlsx", "600,000,000")]),
    Case(
        "cells far away",
        xlsx(rows(ROOM), lambda book: book.worksheets[0].cell(1_048_576, 16_384, "x")),
        faults=[("beneficiaries!XFD1048576", "删除")],
    ),
    Case(
        "a number of 5,000 digits",
        with_part(rows(["reading_room", "昌吉市", 2023, 424242]), b"424242", b"1" + b"0" * 5000),
        faults=[("data.xlsx", ".xlsx")],
    ),
]


def bomb(data: bytes) -> bytes:
    """A good workbook with a part of zeros that unpacks to more than the limit."""
    out = io.BytesIO(data)
    with (
        zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as target,
        target.open("xl/media/image1.bin", "w", force_zip64=True) as part,
    ):
        for _ in range(61):
            part.write(bytes(10_000_000))
    return out.getvalue()


# CSV files


TEXT = "beneficiary,place,year,count\nreading_room,昌吉市,2023,10\n"
ZH = "受益对象,地区,年份,人数\n农家书屋,昌吉市,2023,10\n"


def csv_count(name: str, cell: str, value: float, word: str) -> Case:
    return Case(
        name,
        csv(f'{TEXT.splitlines()[0]}\nreading_room,昌吉市,2023,"{cell}"\n'),
        [("reading_room", "652301", 2023, value)],
        [("beneficiaries.csv:2:4", word)],
    )


CSVS = [
    *(
        Case(f"in {encoding}", csv(ZH, encoding), TEN)
        for encoding in ("utf-8", "utf-8-sig", "gbk", "gb18030")
    ),
    *(
        Case(f"in {encoding}", csv(ZH, encoding), TEN, [("beneficiaries.csv", "UTF-16")])
        for encoding in ("utf-16", "utf-16-le", "utf-16-be")
    ),
    Case(
        "in utf-16-be with a mark",
        csv(b"\xfe\xff" + ZH.encode("utf-16-be")),
        TEN,
        [("beneficiaries.csv", "UTF-16")],
    ),
    Case("in utf-32", csv(ZH, "utf-32"), TEN, [("beneficiaries.csv", "UTF-32")]),
    Case(
        "code only in utf-16 without a mark",
        csv(TEXT.replace("昌吉市", "652301"), "utf-16-le"),
        TEN,
        [("beneficiaries.csv", "UTF-16")],
    ),
    *(
        Case(
            f"separated by {name}",
            csv(TEXT.replace(",", separator)),
            TEN,
            [("beneficiaries.csv", "分隔符")],
        )
        for name, separator in (
            ("semicolons", ";"),
            ("tabs", "\t"),
            ("bars", "|"),
            ("full-width commas", "，"),
        )
    ),
    Case(
        "tabs in utf-16, as Excel saves Unicode text",
        csv(ZH.replace(",", "\t"), "utf-16"),
        TEN,
        [("beneficiaries.csv", "UTF-16")],
    ),
    Case(
        "a declared separator",
        csv("sep=;\r\n" + TEXT.replace(",", ";").replace("\n", "\r\n")),
        TEN,
        [("beneficiaries.csv", "分隔符")],
    ),
    Case(
        "a declared separator and a fault",
        csv("sep=;\n" + TEXT.replace(",", ";").replace("10", "x")),
        faults=[("beneficiaries.csv:3:4", "数字")],
    ),
    Case("carriage returns", csv(TEXT.replace("\n", "\r")), TEN),
    Case("carriage returns and line feeds", csv(TEXT.replace("\n", "\r\n")), TEN),
    Case("no last line end", csv(TEXT.rstrip()), TEN),
    Case(
        "a quoted line break",
        csv(f'{TEXT.splitlines()[0]},note\nreading_room,"昌吉\n市",2023,10,"a\nb"\n'),
        TEN,
        [("beneficiaries.csv:2:2", "写法")],
    ),
    Case(
        "a fault after a quoted line break",
        csv(
            f'{TEXT.splitlines()[0]},note\nreading_room,昌吉市,2023,10,"a\nb"\nreading_room,昌吉市,2024,x,\n'
        ),
        faults=[("beneficiaries.csv:4:4", "数字")],
    ),
    Case("trailing empty columns", csv(TEXT.replace("\n", ",,,\n")), TEN),
    Case(
        "a title line and a unit",
        csv(
            "经费表,,,单位：万元\nline,place,year,amount\nhiv_followup,昌吉市,2023,5\n",
            name="amounts",
        ),
        [("hiv_followup", "652301", 2023, 50_000.0)],
        [("amounts.csv:2:4", "万元")],
        table="amounts",
    ),
    Case(
        "a unit stated below the table",
        csv("line,place,year,amount\nhiv_followup,昌吉市,2023,5\n单位：万元,,,\n", name="amounts"),
        faults=[("amounts.csv:3:1", "列标题")],
    ),
    Case(
        "the unit of the headings stated again below",
        csv(
            "line,place,year,金额（万元）\nhiv_followup,昌吉市,2023,5\n单位：万元,,,\n",
            name="amounts",
        ),
        [("hiv_followup", "652301", 2023, 50_000.0)],
        [("amounts.csv:3:1", "未填数值")],
        table="amounts",
    ),
    Case(
        "merged headings saved as CSV",
        csv("受益对象,地区,年份,填报内容,\n,,,人数,来源\n农家书屋,昌吉市,2023,10,年报\n"),
        TEN,
    ),
    Case(
        "blank lines and a total",
        csv(TEXT + "\n,,,\n合计,,,10\n"),
        TEN,
        [("beneficiaries.csv:5:1", "合计行")],
    ),
    csv_count("quoted thousands", "1,234", 1234, "千位分隔符"),
    csv_count("full-width thousands", "1，234", 1234, "千位分隔符"),
    csv_count("a leading apostrophe", "'12", 12, "撇号"),
    csv_count("ten thousands", "1.5万", 15_000, "单位"),
    Case(
        "thousands without quotes",
        csv(TEXT.replace(",10", ",1,234")),
        faults=[("beneficiaries.csv:2:5", "须加引号")],
    ),
    Case(
        "thousands without quotes before another column",
        csv(TEXT.replace("count", "count,source").replace(",10", ",1,234,年报")),
        faults=[("beneficiaries.csv:2:6", "须加引号")],
    ),
    Case(
        "a stray word",
        csv(TEXT.replace(",10", ",10,x")),
        faults=[("beneficiaries.csv:2:5", "列标题")],
    ),
    Case(
        "a NUL byte in a cell",
        csv(TEXT.replace("10", "1\x000")),
        faults=[("beneficiaries.csv:2:4", "数字")],
    ),
    Case("nothing but NUL bytes", csv(bytes(1000)), faults=[("beneficiaries.csv:1:1", "缺少")]),
    Case("an empty file", csv(b""), faults=[("beneficiaries.csv:1:1", "空")]),
    Case("a mark and nothing else", csv(b"\xef\xbb\xbf"), faults=[("beneficiaries.csv:1:1", "空")]),
    Case(
        "marked as UTF-8 and cut off inside a letter",
        csv(b"\xef\xbb\xbf" + ZH.encode()[:-10]),
        faults=[("beneficiaries.csv", "UTF-8")],
    ),
    Case("cut off inside a letter", csv(ZH.encode()[:-10]), faults=[("beneficiaries.csv", "断开")]),
    Case(
        "no text at all",
        csv(b"\xff\xfe\xff" + bytes(range(128, 256)) * 3),
        faults=[("beneficiaries.csv", "UTF-16")],
    ),
    Case(
        "an open quote",
        csv(TEXT + '"reading_room,昌吉市,2024,1\n'),
        faults=[("beneficiaries.csv:3:1", "引号")],
    ),
    Case(
        "a cell without end",
        csv(TEXT.replace("昌吉市", "昌" * 200_000)),
        faults=[("beneficiaries.csv:2:1", "过长")],
    ),
    Case(
        "errors of a spreadsheet",
        csv(TEXT.replace(",10", ",#DIV/0!")),
        faults=[("beneficiaries.csv:2:4", "公式")],
    ),
    Case(
        "a code in exponents",
        csv(TEXT.replace("昌吉市", "6.52301E+05")),
        faults=[("beneficiaries.csv:2:2", "地区")],
    ),
    Case(
        "a formula as text",
        csv(TEXT.replace("昌吉市", "=HYPERLINK(1)")),
        faults=[("beneficiaries.csv:2:2", "HYPERLINK")],
    ),
    Case(
        "no column known",
        csv("甲;乙\n1;2\n"),
        faults=[("beneficiaries.csv:1:1", "不认识的列"), ("beneficiaries.csv:1:2", "不认识的列")],
    ),
    Case("17,000 columns", csv("a," * 17_000 + "\n"), faults=[("beneficiaries.csv", "16,384")]),
]
WORKBOOKS = [*CELLS, *SHAPES, *FILES]


def test_the_corpus_is_large_and_no_case_stands_twice() -> None:
    assert len(WORKBOOKS) >= 60
    assert len(CSVS) >= 30
    for cases in (WORKBOOKS, CSVS):
        assert len({case.name for case in cases}) == len(cases)


@pytest.fixture
def swept() -> Iterator[None]:
    """Sweeps up what a broken workbook left behind, so that no other test is blamed for it."""
    yield
    gc.collect()


def check(path: Path, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, list[str]]:
    """The command as it is typed: its exit code and what it says of faults and notes, a line
    each.
    """
    capsys.readouterr()
    code = main(["check", str(path), *options])
    return code, capsys.readouterr().err.splitlines()


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.usefixtures("swept")
@pytest.mark.parametrize("case", [*WORKBOOKS, *CSVS], ids=lambda case: case.name.replace(" ", "_"))
def test_what_becomes_of_an_awkward_file(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = case.build(tmp_path)
    code, lines = check(path, capsys)
    assert not any("Traceback" in line for line in lines)
    found = [line for line in lines if not line.startswith("提示：")]
    if case.faults:
        assert code == 1
        assert {where_of(line) for line in found} == {where for where, _ in case.faults} or all(
            any(where_of(line).endswith(where) for where, _ in case.faults) for line in found
        )
    else:
        assert (code, found) == (0, [])
        assert values(path, case.table) == case.read or (
            case.table == "beneficiaries" and not case.read
        )
    for kind, expected in (
        (found, case.faults),
        ([line for line in lines if line.startswith("提示：")], case.notes),
    ):
        for where, word in expected:
            assert any(
                f"{where}: " in line and word in line.split(f"{where}: ", 1)[1] for line in kind
            ), (where, word, kind)
    english, told = check(path, capsys, "--lang", "en")
    assert (english, len(told)) == (code, len(lines))


def where_of(line: str) -> str:
    return line.split(": ", 1)[0]


def values(path: Path, table: str) -> list[Read]:
    """Series, place, year and value of every row read."""
    inputs = read_inputs(path, load_standard())
    cells = {
        "beneficiaries": inputs.counts,
        "amounts": inputs.amounts,
        "local_split": inputs.county_shares,
    }[table]
    places = list(inputs.place_index)
    rows = zip(cells.series_at, cells.place_at, cells.year_at, cells.value, strict=True)
    return [(cells.series[s], places[p], int(y), float(v)) for s, p, y, v in rows]


MIXED = rows(
    ROOM,
    ["reading_room", "昌吉市", 2024, "1,200"],
    [],
    ["合计", None, None, 1210],
    ["reading_room", "阜康市", 2023, None],
    HEAD,
)


def test_every_row_found_is_used_refused_or_skipped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Six rows below the headings: two used, one blank, one of totals, one without a figure, one of
    headings; then a bad and a double one.
    """
    path = xlsx(MIXED)(tmp_path)
    tally = read_inputs(path, load_standard()).tables["beneficiaries"].tally
    assert (tally.rows, tally.used, tally.blank, tally.totals, tally.unfilled, tally.headings) == (
        6,
        2,
        1,
        1,
        1,
        1,
    )
    assert main(["check", str(path)]) == 0
    assert (
        "读到 6 行：使用 2、空行 1、未填数值 1、合计行 1、重复的标题 1" in capsys.readouterr().out
    )
    path = xlsx(
        {"beneficiaries": [*MIXED["beneficiaries"], ["reading_room", "昌吉市", 2025, -1], ROOM]}
    )(tmp_path)
    code, lines = check(path, capsys)
    assert code == 1
    assert any("读到 8 行：使用 2、有误 2、空行 1" in line for line in lines)


def test_a_run_says_what_it_rewrote_and_what_it_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = xlsx(MIXED)(tmp_path)
    assert main(["run", "as_written", "--inputs", str(path), "-o", str(tmp_path / "out.csv")]) == 0
    err = capsys.readouterr().err
    for where, word in (
        ("D3", "千位分隔符"),
        ("A5", "合计行"),
        ("A6", "未填数值"),
        ("data.xlsx!beneficiaries: ", "使用 2"),
    ):
        assert any(where in line and word in line for line in err.splitlines()), word


def test_equal_notes_become_one_with_their_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = load_standard().places
    counties = [code for code in places.leaves("650000") if code not in places.lives]
    body = [
        ["reading_room", place, year, f"1,{n:03}"]
        for n, (year, place) in enumerate((y, p) for y in range(2021, 2031) for p in counties)
    ]
    assert len(body) == 960
    code, lines = check(xlsx(rows(*body))(tmp_path), capsys)
    assert (code, len([line for line in lines if "千位分隔符" in line])) == (0, 1)
    assert any(
        "共 960 处" in line and "beneficiaries!D2: FM-cell-read-as “1,000”读作 1000" in line
        for line in lines
    )


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("http://x","y")', "+7771+1", "-7772+3", "@SUM(A7773)", "\t=7774+1"]
)
def test_text_of_an_analyst_never_becomes_a_formula(tmp_path: Path, text: str) -> None:
    path = tmp_path / "data"
    path.mkdir()
    with (path / "beneficiaries.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv_writer(file)
        writer.writerows([[*HEAD, "source", "note"], [*ROOM, text, text]])
    assert (
        main(["report", "as_written", "--inputs", str(path), "-o", str(tmp_path / "report.xlsx")])
        == 0
    )
    cells = [
        cell
        for sheet in openpyxl.load_workbook(tmp_path / "report.xlsx")
        for row in sheet.iter_rows()
        for cell in row
    ]
    assert cells
    assert not any(cell.data_type == "f" and text.strip() in str(cell.value) for cell in cells)
    with zipfile.ZipFile(tmp_path / "report.xlsx") as report:
        formulas = [
            part
            for name in report.namelist()
            if name.startswith("xl/worksheets/")
            for part in report.read(name).split(b"<f")[1:]
        ]
    assert not any(text.strip(" \t=").encode() in part.split(b"</f>")[0] for part in formulas)
