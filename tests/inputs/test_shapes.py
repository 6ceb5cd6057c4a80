"""Tables as people keep them: wide ones, places in two columns, sheets of any name."""

from __future__ import annotations

from pathlib import Path

import pytest

from fiscal_model.errors import FiscalModelError
from fiscal_model.inputs.model import Inputs
from fiscal_model.inputs.read import load_inputs
from fiscal_model.standard.read import load_standard
from tests.inputs.county_workbooks import SHAPES, WRONG, county_workbook

SEEDS = range(40)
FIGURES = {"beneficiaries": ("beneficiary", "count"), "amounts": ("line", "amount")}


def read(path: Path) -> Inputs:
    return load_inputs(path, load_standard())


def figures(inputs: Inputs, table: str) -> dict[tuple[str, str, int], tuple[float, str]]:
    """The figures of a table by series, place and year, with their addresses."""
    rows = inputs.tables[table]
    series, figure = FIGURES[table]
    keys = zip(*(rows.columns[name] for name in (series, "place", "year")), strict=True)
    return {key: (rows.columns[figure][row], rows.at(row, figure)) for row, key in enumerate(keys)}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_county_workbook_is_read_right_or_refused_at_the_cell(seed: int, tmp_path: Path) -> None:
    """Every figure is the one that was written, with its own cell; rows found are rows used,
    refused and told.
    """
    book = county_workbook(seed)
    path = book.save(tmp_path / "上报.xlsx")
    if not book.wrong:
        inputs = read(path)
        found = {
            key: (value, where.removeprefix(f"{path}!"))
            for key, (value, where) in figures(inputs, book.table).items()
        }
        assert found == book.right
        tally = inputs.tables[book.table].tally
        assert (tally.used, tally.refused, tally.skipped) == (book.used, 0, book.told)
        return
    with pytest.raises(FiscalModelError) as error:
        read(path)
    named = [each for each in error.value.faults if each.message.code != "wide-table-unclear"]
    assert {each.where.removeprefix(f"{path}!") for each in named} == book.refused


def test_the_workbooks_meet_every_shape_and_every_fault() -> None:
    books = [county_workbook(seed) for seed in SEEDS]
    assert {book.shape for book in books} == {*SHAPES}
    assert {book.wrong for book in books} == {*WRONG}
    assert {bool(book.wrong) for book in books if book.shape != "long"} == {True, False}


def exported() -> list[int]:
    """Seeds of workbooks of one sheet in which nothing is wrong."""
    books = {seed: county_workbook(seed) for seed in SEEDS}
    return [seed for seed, book in books.items() if not book.wrong and len(book.sheets) == 1]


@pytest.mark.parametrize("seed", exported())
def test_a_county_workbook_saved_as_csv_is_read_alike(seed: int, tmp_path: Path) -> None:
    """Of merged cells only the first is filled there."""
    book = county_workbook(seed)
    inputs = read(book.save_csv(tmp_path / "data"))
    found = {key: value for key, (value, _) in figures(inputs, book.table).items()}
    assert found == {key: value for key, (value, _) in book.right.items()}


def data(folder: Path, **files: str) -> Path:
    """CSV files, word for word."""
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def refused(path: Path) -> list[tuple[str, str]]:
    """Where faults stand within their file, and their codes."""
    with pytest.raises(FiscalModelError) as error:
        read(path)
    return [
        (fault.where.partition(".csv")[2].lstrip(":"), fault.message.code)
        for fault in error.value.faults
    ]


def codes(inputs: Inputs) -> set[str]:
    return {note.message.code for note in inputs.warnings}


@pytest.mark.smoke
def test_the_note_tells_what_the_headings_are_read_as(tmp_path: Path) -> None:
    inputs = read(
        data(tmp_path, beneficiaries="受益对象,县市,2023年,2024年\n小学生,昌吉市,100,110\n")
    )
    [note] = [each for each in inputs.warnings if each.message.code == "wide-table-read"]
    assert note.where.endswith("beneficiaries.csv:1:3")
    assert "“年份”（year）为2023、2024" in note.to("zh")
    assert "'year' as 2023, 2024" in note.to("en")


def test_a_wide_table_that_is_not_clear_is_refused_with_the_shape_of_a_long_one(
    tmp_path: Path,
) -> None:
    """Nobody knows whether 2023-2024学年 is 2023 or 2024."""
    path = data(tmp_path, beneficiaries="受益对象,县市,2022年,2023-2024学年\n小学生,昌吉市,1,2\n")
    with pytest.raises(FiscalModelError) as error:
        read(path)
    whole, heading = error.value.faults
    assert "一年一行" in whole.to("zh")
    assert "受益对象,地区,年份,人数" in whole.to("zh")
    assert "one row a year" in whole.to("en")
    assert "beneficiary,place,year,count" in whole.to("en")
    assert heading.where.endswith(":1:4")
    assert "2023-2024学年" in heading.to("zh")


@pytest.mark.parametrize(
    ("table", "at", "code"),
    [
        ("受益对象,县市,2022年,2022\n小学生,昌吉市,1,2\n", "1:4", "heading-as-another"),
        ("受益对象,县市,2022年,金额\n小学生,昌吉市,1,2\n", "1:4", "heading-means-nothing"),
        ("受益对象,县市,年度,2022年,2023年\n小学生,昌吉市,2022,1,2\n", "1:3", "heading-across-too"),
        ("受益对象,县市,2022年,小学生\n小学生,昌吉市,1,2\n", "1:4", "heading-unlike-others"),
        ("受益对象,县市,2022年上半年,2023年\n小学生,昌吉市,1,2\n", "1:3", "heading-means-nothing"),
        ("县市,小学生,初中生\n昌吉市,1,2\n", "1:1", "wide-without-column"),
        ("县市,2022年,2023年\n昌吉市,1,2\n", "1:1", "wide-without-column"),
        ("受益对象,县市,2022年,2023年\n小学生,昌吉市,1,2,3\n", "2:5", "cell-without-heading"),
        ("受益对象,县市,2022年,2023年\n小学生,昌吉市,—,2\n", "2:3", "cell-not-number"),
        ("受益对象,县市,2022年（万元）,2023年\n小学生,昌吉市,1,2\n", "1:3", "unit-not-of-column"),
        (
            "受益对象,县市,2022年,2023年\n小学生,昌吉市,1,2\n注：单位万人,,,\n",
            "3:1",
            "unit-below-table",
        ),
        ("受益对象,地州,县市,2022年\n小学生,喀什地区,昌吉市,1\n", "2:3", "places-apart"),
        ("县市,2022年,2023年\n小学生,1,2\n昌吉市,1,2\n", "1:1", "wide-without-column"),
    ],
)
def test_what_is_not_clear_is_refused_at_its_cell(
    table: str, at: str, code: str, tmp_path: Path
) -> None:
    assert (at, code) in refused(data(tmp_path, beneficiaries=table))


def test_each_column_of_a_wide_table_may_have_its_own_unit(tmp_path: Path) -> None:
    """1.5万元 are 15,000 yuan, 20,000元 are what they are."""
    path = data(
        tmp_path, amounts="项目,县市,2023年（万元）,2024年（元）\n劳动保障监察,昌吉市,1.5,20000\n"
    )
    assert {key[2]: value for key, (value, _) in figures(read(path), "amounts").items()} == {
        2023: 15_000,
        2024: 20_000,
    }


def test_a_unit_over_several_columns_serves_all_of_them(tmp_path: Path) -> None:
    """Four counts in 万人: 1.2万人 are 12,000 persons."""
    path = data(
        tmp_path,
        beneficiaries="县市,2023年（万人）,,2024年（万人）,\n,小学生,初中生,小学生,初中生\n"
        "昌吉市,1.2,1.1,1.3,1.4\n",
    )
    found = figures(read(path), "beneficiaries")
    assert [value for value, _ in found.values()] == [12_000, 11_000, 13_000, 14_000]


def test_several_figures_below_one_year_are_one_row(tmp_path: Path) -> None:
    inputs = read(
        data(
            tmp_path,
            fiscal_capacity="单位,2022年,,2023年,\n,一般公共预算收入,财力,一般公共预算收入,财力\n"
            "昌吉市,10,20,11,21\n",
            beneficiaries="受益对象,地区,年份,人数\n小学生,昌吉市,2023,1\n",
        )
    )
    rows = inputs.tables["fiscal_capacity"].columns
    assert list(zip(rows["year"], rows["revenue"], rows["capacity"], strict=True)) == [
        (2022, 10, 20),
        (2023, 11, 21),
    ]


def test_a_sheet_of_any_name_is_found_by_its_headings_but_not_beside_its_own_name(
    tmp_path: Path,
) -> None:
    head = "受益对象,区划名称,年度,学生人数\n"
    one, other = head + "小学生,昌吉市,2023,5\n", head + "小学生,阜康市,2023,7\n"
    alone = read(data(tmp_path, Sheet1=one, Sheet2=other))
    assert [value for value, _ in figures(alone, "beneficiaries").values()] == [5, 7]
    assert "table-by-headings" in codes(alone)
    named = read(data(tmp_path, Sheet2=other, beneficiaries=one))
    assert [value for value, _ in figures(named, "beneficiaries").values()] == [5]
    assert "table-not-used" in codes(named)


def test_a_wide_sheet_that_does_not_say_what_it_counts_is_no_table(tmp_path: Path) -> None:
    """Minimum wages would have the same headings."""
    path = data(tmp_path, Sheet1="县市,2022年,2023年\n昌吉市,1,2\n")
    assert ("", "wide-table-unnamed") in refused(path)


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("昌吉州2023年在校生统计表", 2023),
        ("填报日期：2024年1月5日,2023年", 2023),
        ("2022—2023年在校生统计表", None),
        ("2023年上半年在校生统计表", None),
        ("2023-2024学年在校生统计表", None),
        ("2024年预算用2023年在校生统计表", None),
        ("2024年1月5日", None),
    ],
)
def test_a_title_gives_the_year_only_where_it_names_one_whole_year(
    title: str, year: int | None, tmp_path: Path
) -> None:
    path = data(tmp_path, beneficiaries=f"{title},,\n县市,小学生,初中生\n昌吉市,1,2\n")
    if year is None:
        assert [code for _, code in refused(path)].count("wide-without-column") == 1
    else:
        inputs = read(path)
        assert {key[2] for key in figures(inputs, "beneficiaries")} == {year}
        assert "given-by-title" in codes(inputs)


def test_a_title_gives_the_place_but_never_the_region(tmp_path: Path) -> None:
    head = "受益对象,2022年,2023年\n小学生,1,2\n"
    path = data(tmp_path, beneficiaries=f"新疆维吾尔自治区昌吉州昌吉市情况表,,\n{head}")
    assert {key[1] for key in figures(read(path), "beneficiaries")} == {"652301"}
    path = data(tmp_path, beneficiaries=f"新疆维吾尔自治区情况表,,\n{head}")
    assert ("2:1", "wide-without-column") in refused(path)
    path = data(tmp_path, beneficiaries=f"昌吉市、阜康市情况表,,\n{head}")
    assert ("2:1", "wide-without-column") in refused(path)


def test_a_column_called_unit_is_the_place_where_it_holds_places(tmp_path: Path) -> None:
    """A wrong place among others is refused at its cell; a column of units is none of places."""
    head = "受益对象,单位,年度,人数\n小学生,昌吉市,2023,1\n"
    path = data(tmp_path, beneficiaries=head + "初中生,阜康市,2023,2\n")
    assert {key[1] for key in figures(read(path), "beneficiaries")} == {"652301", "652302"}
    path = data(tmp_path, beneficiaries=head + "初中生,阜康市,2023,2\n孤儿,阜康旗,2023,2\n")
    assert refused(path) == [("4:2", "name-unknown")]
    path = data(tmp_path, beneficiaries="受益对象,地区,单位,年度,人数\n小学生,昌吉市,人,2023,1\n")
    assert refused(path) == [("1:3", "column-unknown")]


def test_a_beneficiary_with_its_unit_is_no_unit(tmp_path: Path) -> None:
    path = data(tmp_path, beneficiaries="县市,年度,孤儿（人）,小学生（人）\n昌吉市,2023,1,2\n")
    assert {key[0] for key in figures(read(path), "beneficiaries")} == {"orphan", "primary_pupil"}


def test_a_wide_table_may_have_any_separator(tmp_path: Path) -> None:
    path = data(tmp_path, beneficiaries="受益对象;县市;2022;2023\n小学生;昌吉市;1;2\n")
    assert [value for value, _ in figures(read(path), "beneficiaries").values()] == [1, 2]


def test_an_empty_place_is_not_the_whole_region(tmp_path: Path) -> None:
    """A cell merged over two counties' rows is empty in the second once saved as CSV."""
    path = data(
        tmp_path, amounts="项目,县市,2022年,2023年\n劳动保障监察,昌吉市,1,2\n劳动保障监察,,3,4\n"
    )
    assert ("3:2", "cell-empty") in refused(path)


def test_columns_of_codes_and_names_are_one_place(tmp_path: Path) -> None:
    """A row of the prefecture has no county; the county lies in the prefecture."""
    path = data(
        tmp_path,
        beneficiaries="序号,地州,县市,区划代码,受益对象,年度,人数\n"
        "1,昌吉州,昌吉市,652301,小学生,2023,5\n2,喀什地区,,653100,小学生,2023,7\n",
    )
    found = figures(read(path), "beneficiaries")
    assert {key[1]: value for key, (value, _) in found.items()} == {"652301": 5, "653100": 7}
