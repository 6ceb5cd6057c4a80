"""Payers are data of a standard: the toy standard with a township under the county, pooled with
prefecture and county. What it comes to is worked out on paper.

East County: school meals cost 50,000 yuan for 100 pupils. Central bears 8 of 10, 40,000; of the
other 10,000 the province bears 3 of 10, 3,000, the prefecture level 5, 5,000, the township 2, 2,000.
The county's share of what prefecture and county bear is 0.4: the 5,000 divide into 3,000 and 2,000.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import matplotlib.colors
import matplotlib.text
import openpyxl
import pytest
from spreadsheet import differing, needs_office, read, recalculated

import fiscal_model as fm
from fiscal_model.errors import FiscalModelError
from fiscal_model.standard.catalogue import catalogue_text
from fiscal_model.standard.names import PAYER
from fiscal_model.standard.payers import PAYERS
from fiscal_model.standard.read import load_standard
from fiscal_model.workbook.rounding import Printed

TOY = Path(__file__).parents[1] / "toy"
EAST = "900100"
USUAL = Path(fm.__file__).parent / "standard" / "payers.csv"
TOWNSHIP = "township,乡镇级,Township,#225588,county_level,,乡镇|乡级财政,\n"
LOTTERY = "lottery,彩票公益金,Lottery,#AA3355,,,,\n"
MEALS = {
    "central": 40_000,
    "region": 3_000,
    "prefecture_level": 3_000,
    "county_level": 2_000,
    "township": 2_000,
}


def table(*changes: tuple[str, str]) -> str:
    """The usual table of payers with parts of it replaced."""
    text = USUAL.read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return text


def made(folder: Path, payers: str) -> Path:
    """The toy standard with payers of its own, of which its school meals name the township."""
    shutil.copytree(TOY, folder, dirs_exist_ok=True)
    (folder / "toy" / "payers.csv").write_text(payers, encoding="utf-8")
    rules = folder / "toy" / "1_all.yaml"
    text = rules.read_text(encoding="utf-8")
    shared = "of_rest: {region: 3, prefecture: 7}, cite: 按8:2分担"
    assert text.count(shared) == 1
    named = "of_rest: {region: 3, prefecture: 5, township: 2}, cite: 按8:2分担"
    rules.write_text(text.replace(shared, named), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = made(
        tmp_path_factory.mktemp("township"),
        table(("fund,基金", f"{TOWNSHIP}fund,基金"), ("unallocated,", f"{LOTTERY}unallocated,")),
    )
    rows = "item,place,county_share\n1,900100,0.4\n"
    (path / "inputs" / "local_split.csv").write_text(rows, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def budget(folder: Path) -> fm.Budget:
    return fm.simulate(folder / "toy.yaml", folder / "inputs")


def amounts(of: Any) -> dict[str, float]:
    return {payer: round(yuan, 6) for payer, yuan in of.by("payer").items() if yuan}


def test_the_table_says_what_payers_are(budget: fm.Budget) -> None:
    payers = budget.standard.payers
    assert payers.local == ("prefecture", "prefecture_level", "county_level", "township")
    assert payers.within("county_level") == ("county_level", "township")
    assert payers.pooled == "prefecture"
    assert payers.divided == ("prefecture_level", "county_level")
    assert payers.upper == ("central", "region")
    assert payers.levels == ("central", "region", "prefecture", "township")
    assert payers.others == ("fund", "employer", "individual", "host_unit", "social", "lottery")
    assert list(payers)[5] == "township"


def test_the_standard_of_xinjiang_has_the_usual_table() -> None:
    assert load_standard().payers is PAYERS
    assert PAYERS.names.near("地方") == ("region", "prefecture")


@pytest.mark.smoke
def test_what_it_bears_is_what_its_rule_says_and_sums_pool_it(budget: fm.Budget) -> None:
    meals = budget.sel(item=1, place=EAST)
    assert amounts(meals) == MEALS
    assert amounts(meals.sel(payer="乡镇")) == {"township": 2_000}
    assert amounts(meals.sel(payer="县级")) == {"county_level": 2_000, "township": 2_000}
    pooled = meals.sel(payer="地县")
    assert sum(amounts(pooled).values()) == 3_000 + 2_000 + 2_000
    assert meals.by("payer", lang="zh")["乡镇级"] == 2_000
    settled = budget.settle().query("item == 1 and place == @EAST").set_index("payer")["units"]
    assert settled.to_dict() == {payer: 100 * yuan for payer, yuan in MEALS.items()}


def test_every_word_for_it_is_known_wherever_a_payer_is_named(
    budget: fm.Budget, folder: Path, tmp_path: Path
) -> None:
    for word in ("township", "乡镇级", "Township", "乡级财政", "TOWNSHIP"):
        assert budget.standard.names.code(word, PAYER) == "township"
        explained = budget.explain(1, EAST, 2024, word).data["accounts"]["general"]
        assert explained["amounts"] == {"township": 2_000}
        solved = fm.solve(
            folder / "toy.yaml", "rate:meal", word, 1e9, 2024, inputs=folder / "inputs"
        )
        # West County pays by its base amount, so no township bears anything of its meals
        assert solved.present == pytest.approx(2_000)
    own = folder / "own.yaml"
    own.write_text(
        "name: own\nextends: toy\nstandard: toy\nsplits: [{item: 2, split: {full: 乡镇}}]\n",
        encoding="utf-8",
    )
    assert amounts(fm.simulate(own, folder / "inputs").sel(item=2)) == {"township": 135_000}
    shutil.copytree(folder / "inputs", tmp_path, dirs_exist_ok=True)
    (tmp_path / "advances.csv").write_text(
        f"item,place,year,payer,document,amount\n1,{EAST},2024,乡镇,甲财〔2024〕1号,500\n",
        encoding="utf-8",
    )
    paid = fm.simulate(folder / "toy.yaml", tmp_path)
    assert paid.inputs.tables["advances"].columns["payer"] == ["township"]
    (row,) = [
        row
        for row in fm.allotment(paid, 2024).frame.to_dict("records")
        if row["payer"] == "township"
    ]
    assert (row["due"], row["advanced"], row["note"]) == (2_000, 500, "own")


def test_explained_it_is_named_and_pooled_it_stands_below_the_pool(budget: fm.Budget) -> None:
    words = budget.explain(1, EAST, 2024).text("zh")
    assert "乡镇级：2,000" in words
    assert "自治区本级 : 地县 : 乡镇级 = 3 : 5 : 2" in words
    pooled = budget.explain(1, EAST, 2024, "地县").data["accounts"]["general"]
    assert pooled["amounts"] == {"prefecture": 7_000}
    assert pooled["divided"] == {
        payer: MEALS[payer] for payer in ("prefecture_level", "county_level", "township")
    }
    catalogue = catalogue_text(budget.standard, [budget.standard.items[1]], "en", full=True)
    assert "Prefecture and county : Township = 3 : 5 : 2" in catalogue


def test_charts_have_its_colour_and_its_name(budget: fm.Budget) -> None:
    chart = budget.plot.payers(lang="zh")
    faces = {matplotlib.colors.to_hex(each.get_facecolor()) for each in chart.ax.patches}
    assert "#225588" in faces
    said = {text.get_text() for text in chart.figure.findobj(matplotlib.text.Text)}
    assert "乡镇级" in said
    assert "彩票公益金" not in said


def test_a_comparison_and_the_sensitivity_know_it(budget: fm.Budget, folder: Path) -> None:
    more = folder / "more.yaml"
    more.write_text(
        "name: more\nextends: toy\nstandard: toy\nrates: [{line: meal, from: 2024, rate: 600}]\n",
        encoding="utf-8",
    )
    found = budget.compare(more)
    # a fifth more: 400 yuan
    assert found.by("payer").loc["township", ["a", "b"]].tolist() == pytest.approx([2_000, 2_400])
    assert "乡镇级" in found.text("zh")
    assert found.plot.waterfall(payer="乡镇", lang="zh").figure
    moved = fm.sensitivity(more, folder / "inputs")
    (bar,) = moved.ranked("乡镇", 1)
    assert "乡镇级" in moved.text("zh")
    assert bar.changes("乡镇") == bar.changes("township")


def printed(path: Path, sheet: str, *words: str) -> list[Any]:
    """The only row of a sheet that holds some words, without empty cells."""
    book = openpyxl.load_workbook(path, data_only=True)
    rows = [[cell.value for cell in row] for row in book[sheet].iter_rows()]
    (found,) = [row for row in rows if {*words} <= {*row}]
    return [value for value in found if value not in (None, "")]


def check_printed(path: Path, yuan: float) -> None:
    """The township's 2,000, and the meals of East County: cost 50,000, of which central, region,
    prefecture and county (3,000 + 2,000 + 2,000), others, unallocated.
    """
    assert printed(path, "分级次分年", "乡镇级")[-2:] == pytest.approx([2_000 / yuan] * 2)
    meals = printed(path, "第1项", "东县", "学生餐")[-6:]
    assert [value * yuan for value in meals] == pytest.approx([50_000, 40_000, 3_000, 7_000, 0, 0])


def test_the_workbook_shows_it_by_itself_and_within_prefecture_and_county(
    budget: fm.Budget, tmp_path: Path
) -> None:
    for yuan, values in ((1e4, None), (1.0, Printed(1.0, 0))):
        path = tmp_path / "report.xlsx"
        budget.to_excel(path, "zh", "2024-01-31", values)
        check_printed(path, yuan)


@needs_office
def test_the_formulas_of_the_workbook_come_to_the_same(budget: fm.Budget, tmp_path: Path) -> None:
    path = tmp_path / "report.xlsx"
    budget.to_excel(path, "zh", "2024-01-31")
    (again,) = recalculated([path], tmp_path / "again")
    checked, wrong = differing(read(path), read(again))
    assert checked > 300
    assert not wrong
    check_printed(again, 1e4)


@pytest.mark.parametrize(
    ("change", "where", "said"),
    [
        (("#225588", "blue"), "payers.csv:7", "颜色（#0072B2 之类）"),
        (("#225588,county_level", "#225588,village"), "payers.csv:7", "写在上面的上级"),
        (("township,", "Township,"), "payers.csv:7", "应为代码（不重复）"),
        (("Township,", ","), "payers.csv:7", "名称"),
        (("prefecture,divided,地州", "prefecture,,地州"), "payers.csv", "所分的两级（divided）"),
        (("unallocated,", "nobody,"), "payers.csv", "fund、unallocated"),
        ((",words,near", ",words"), "payers.csv:1", "缺少列 near"),
        (("乡镇|乡级财政", "县级"), "payers.csv:7", "县级 已是 county_level 的名称"),
        (("乡镇级,Township", "中央,Township"), "payers.csv:7", "中央 已是 central 的名称"),
        (("#225588,county_level,,乡镇|乡级财政,", ""), "payers.csv:7", "颜色"),
    ],
)
def test_a_fault_of_the_table_is_told_where_it_stands(
    tmp_path: Path, change: tuple[str, str], where: str, said: str
) -> None:
    text = table(("fund,基金", f"{TOWNSHIP}fund,基金"))
    assert text.count(change[0]) == 1
    with pytest.raises(FiscalModelError) as caught:
        load_standard("toy", made(tmp_path, text.replace(*change)))
    assert any(each.where == where and said in each.words("zh") for each in caught.value.faults)


@pytest.mark.parametrize(
    ("content", "where", "said"),
    [
        (table().encode("gb18030"), "payers.csv", "UTF-8"),
        (b"", "payers.csv:1", "缺少列 code"),
        (table().split("\n")[0].encode(), "payers.csv", "应有两级上级政府"),
        (
            table(("#00664B,prefecture", "#00664B,"), ("#7ED3B6,prefecture", "#7ED3B6,")).encode(),
            "payers.csv",
            "同一主体所分的两级（divided）",
        ),
    ],
)
def test_a_table_that_cannot_be_read_is_one_fault(
    tmp_path: Path, content: bytes, where: str, said: str
) -> None:
    shutil.copytree(TOY, tmp_path, dirs_exist_ok=True)
    (tmp_path / "toy" / "payers.csv").write_bytes(content)
    with pytest.raises(FiscalModelError) as caught:
        load_standard("toy", tmp_path)
    (only,) = caught.value.faults
    assert only.where == where
    assert said in only.words("zh")


def test_a_table_may_be_as_a_spreadsheet_writes_it(tmp_path: Path) -> None:
    """With a mark at the start, and rows that end where nothing more is said."""
    shutil.copytree(TOY, tmp_path, dirs_exist_ok=True)
    text = table(("unallocated,", "lottery,彩票,Lottery,#AA3355\nunallocated,"))
    (tmp_path / "toy" / "payers.csv").write_text(text, encoding="utf-8-sig")
    assert load_standard("toy", tmp_path).payers["lottery"].name.zh == "彩票"


def test_a_standard_may_call_a_usual_payer_otherwise(tmp_path: Path) -> None:
    own = table(("fund,基金", f"{TOWNSHIP}fund,基金"), ("自治区本级,Region", "省级,Province"))
    standard = load_standard("toy", made(tmp_path, own))
    assert standard.payers["region"].name.zh == "省级"
    assert standard.names.code("省级", PAYER) == "region"
