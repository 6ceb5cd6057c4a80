"""Printed figures held against the engine: on the counts printed with them, on the data, and what is
said of a table of an analyst's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

import fiscal_model as fm
from fiscal_model.analysis.confrontation import COLUMNS, Confrontation
from fiscal_model.errors import FiscalModelError
from fiscal_model.published.confront import VERDICTS, Row
from fiscal_model.published.read import published
from fiscal_model.published.words import reason
from fiscal_model.standard.read import load_standard
from fiscal_model.workbook.rounding import Printed

Call = Callable[..., tuple[int, str, str]]
TOY = Path(__file__).parents[1] / "toy"
DATA = {
    "beneficiaries": pd.DataFrame(
        [
            ("primary_pupil", "653100", 2022, 1_000),
            ("primary_pupil", "653200", 2022, 500),
            ("poor_primary_day", "653100", 2022, 10),
            ("nutrition_national_pupil", "653100", 2022, 2_000),
            ("nutrition_national_pupil", "653100", 2023, 3_000),
        ],
        columns=["beneficiary", "place", "year", "count"],
    ),
    "bases_2015": pd.DataFrame(
        [(11, "653100", 1_000), (11, "653200", 1_000), (13, "653100", 1_000)],
        columns=["item", "place", "amount"],
    ),
    "population": pd.DataFrame(
        [
            (place, 2022, sex, "0+", count)
            for place, count in (("653100", 300), ("653200", 200))
            for sex in ("male", "female")
        ],
        columns=["place", "year", "sex", "age", "count"],
    ),
}
"""Small data: the text's rates of 2022 are those of 2021."""


def printed(**cells: Any) -> dict[str, Any]:
    """A printed figure: 10.00亿 for the meals of the national pilot in 2022, but for some cells."""
    return {
        **{"id": "A1", "figure": 10, "unit": "亿元", "digits": 2, "stage": "executed"},
        **{"payer": "", "item": "", "line": "nutrition_national", "place": "653100"},
        **{"year": 2022, "counts": "", "document": "", "seen": "press", "note": ""},
        **cells,
    }


def held(*rows: Mapping[str, Any], scenario: str = "as_written") -> Confrontation:
    """Figures held against the small data."""
    return fm.confront(scenario, pd.DataFrame(rows), DATA)


def alone(scenario: str = "as_written", **cells: Any) -> Row:
    """One figure held against the small data."""
    return held(printed(**cells), scenario=scenario).rows[0]


# The figures that come with the standard


@pytest.fixture(scope="module")
def shipped() -> dict[str, Row]:
    """The shipped figures under the baseline, on the small data."""
    return {row.published.id: row for row in fm.confront(inputs=DATA).rows}


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("figure", "ours", "verdict"),
    [
        ("P01", 1_298_900 * 800, "agrees"),
        ("P02", 136_500 * 800, "agrees"),
        # eight of the ten school months at 3 yuan, two at 4: 3.2 a day on 200 days
        ("P03", 754_000 * 640, "agrees"),
        ("P04", 177_800 * 640, "near"),
        # 1450 + 130 + 1100 + 120 of 2021
        ("P05", 147_600 * 2_800, "differs"),
        ("P06", 450_000 * 2_800, "differs"),
    ],
)
def test_a_printed_sum_is_what_its_counts_come_to(
    shipped: dict[str, Row], figure: str, ours: float, verdict: str
) -> None:
    row = shipped[figure]
    assert row.on_counts == pytest.approx(ours, abs=0.01)
    assert row.verdict == verdict
    assert row.on_data is None


def test_how_far_off_a_sum_is(shipped: dict[str, Row]) -> None:
    """1.137920亿 against 1.11亿 are 0.027920亿 more."""
    assert shipped["P04"].percent == pytest.approx(100 * 0.02792 / 1.11)


def test_a_sum_without_counts_tells_how_many_they_were(shipped: dict[str, Row]) -> None:
    """11.475 to 11.485 million yuan, printed as 1,148 万, at 1,200 are 9,562.5 to 9,570.8 students:
    9,563 to 9,570.
    """
    row = shipped["P08"]
    assert row.verdict == "no counts"
    assert row.implied
    assert all(
        {"9,563", "9,570", "1,200"} <= set(re.findall(r"[\d,]*\d", each)) for each in row.implied
    )


def test_a_sum_that_a_base_amount_limits_tells_bounds(shipped: dict[str, Row]) -> None:
    """Primary pupils of Taxkorgan in 2024, 720 yuan each: 700,600 yuan are 4,865 where the region
    bears the whole 20%, 16,218 where it bears 6%.
    """
    implied = shipped["P17"].implied
    assert implied
    assert all("4,865" in each and "16,218" in each for each in implied)


def test_the_rates_of_another_year_are_told(shipped: dict[str, Row]) -> None:
    for figure, told in (("P05", True), ("P06", True), ("P03", False), ("P01", False)):
        outcome = shipped[figure].outcome
        assert outcome
        assert outcome.borrowed is told
        assert ("当年标准" in reason(shipped[figure]).zh) is told


def test_nothing_differs_without_a_reason(shipped: dict[str, Row]) -> None:
    assert len(shipped) >= 20
    for row in shipped.values():
        assert row.verdict in VERDICTS
        assert all(reason(row)) is (row.verdict != "agrees")
    assert sum(row.on_counts is not None for row in shipped.values()) >= 6


def test_the_shipped_figures_speak_both_languages() -> None:
    rows = published(None, load_standard()).rows
    for row in rows:
        for text in (row.document, row.note):
            assert text.zh
            assert text.en != text.zh


# How near is near


@pytest.mark.parametrize(
    ("pupils", "verdict"),
    [
        (1_250_000, "agrees"),  # 10.00亿 at 800 yuan
        (1_251_249, "agrees"),  # 800 yuan less than 10.01亿
        (1_251_250, "near"),  # a whole unit of the last digit
        (1_248_750, "near"),
        (1_312_500, "near"),  # 5%
        (1_312_501, "differs"),
        (1_187_500, "near"),
        (1_187_499, "differs"),
    ],
)
def test_where_a_verdict_ends(pupils: int, verdict: str) -> None:
    assert alone(counts=pupils).verdict == verdict


def test_a_figure_without_decimals_is_less_exact() -> None:
    """10亿 may be anything between 9亿 and 11亿."""
    assert alone(counts=1_374_999, digits=0).verdict == "agrees"
    assert alone(counts=1_375_000, digits=0).verdict == "differs"


def test_counts_decide_before_data() -> None:
    """1,250,000 pupils agree; the 2,000 of the data come to 1,600,000 yuan."""
    row = alone(counts=1_250_000)
    assert row.on_data == 1_600_000
    assert row.verdict == "agrees"
    assert alone(figure=160, unit="万元").verdict == "agrees"


# Whose money, and where


@pytest.mark.parametrize(
    ("cells", "yuan"),
    [
        # 916 of the three fees and 130 for readers in the north, 2154 and 130 in the south
        ({"place": "650100", "payer": "region"}, 1_046),
        ({"place": "south4", "payer": "region"}, 2_284),
        ({"place": "south4", "payer": "prefecture"}, 516),
        ({"place": "south4", "payer": "region;prefecture"}, 2_800),
        ({"place": "650000"}, 2_800),
        ({"place": "650000", "payer": "region"}, None),
    ],
)
def test_a_group_is_one_figure_where_its_places_agree(
    cells: dict[str, str], yuan: float | None
) -> None:
    row = alone(item=10, line="", counts=1_000, **cells)
    assert row.on_counts == (None if yuan is None else pytest.approx(1_000 * yuan))
    if yuan is None:
        assert "因地而异" in reason(row).zh
        assert row.verdict == "no counts"


def test_what_rests_on_a_base_amount_is_not_told() -> None:
    """Central pays 8 of 10 whatever the base amount; the rest is not known."""
    of = {"line": "pubfund_primary", "counts": 1_000}
    assert alone(**of).on_counts == 650_000
    assert alone(**of, payer="central").on_counts == 520_000
    assert alone(**of, payer="region;prefecture").on_counts == 130_000
    for payer in ("region", "prefecture"):
        row = alone(**of, payer=payer)
        assert row.on_counts is None
        assert "基数" in reason(row).zh


def test_what_nobody_has_divided_is_not_told() -> None:
    """The text leaves the fee waiver open; the baseline has the region pay it."""
    of = {"line": "senior_waiver_south", "counts": 1_000, "payer": "region"}
    assert alone(**of).on_counts is None
    assert alone("baseline", **of).on_counts == 1_200_000


def test_two_figures_of_one_beneficiary_and_year_do_not_disturb_each_other() -> None:
    rows = held(printed(counts=1_000), printed(id="A2", counts=3_000, place="south4")).rows
    assert [row.on_counts for row in rows] == [800_000, 2_400_000]


def test_several_items_are_a_verdict_with_a_difference() -> None:
    """650 for 1,000 pupils; 10 poor day pupils at half of 1,250: 656,250 yuan."""
    row = alone(item="11;13", line="", figure=65.625, digits=3, unit="万元")
    assert row.verdict == "several items"
    assert row.on_data == 656_250
    assert row.percent == 0
    nameless = alone(line="")
    assert nameless.verdict == "several items"
    assert nameless.on_data is None


def test_a_place_that_the_data_lack_is_no_zero() -> None:
    for place, words in (
        ("south4", "没有该地区的全部"),
        ("653121", "上级地区"),
        ("652900", "全部"),
    ):
        row = alone(place=place)
        assert row.on_data is None
        assert words in reason(row).zh
    assert "不含该年" in reason(alone(year=2019)).zh


def test_a_projected_year_is_told() -> None:
    row = alone("baseline", year=2024, figure=300, unit="万元")
    assert row.on_data == 3_000 * 1_000
    assert row.verdict == "agrees"
    assert "推算" in reason(alone("baseline", year=2024)).zh


# People


@pytest.mark.parametrize(
    ("cells", "ours"),
    [
        ({"line": "pubfund_primary"}, 1_000),
        ({"line": "nutrition_national", "year": 2023}, 3_000),
        ({"item": 14, "line": ""}, 2_000),
        ({"line": ""}, 600),  # everyone
        ({"line": "", "place": "653200"}, 400),
        ({"line": "", "unit": "births"}, None),  # nobody projected the population
        ({"line": "senior_grant"}, None),
    ],
)
def test_persons_are_held_against_their_count(cells: dict[str, Any], ours: float | None) -> None:
    row = alone(**{"unit": "人", "digits": 0, "figure": ours or 1, **cells})
    assert row.on_data == ours
    assert row.on_counts is None
    assert row.verdict == ("no counts" if ours is None else "agrees")


# A table of one's own

HEADS = (
    "编号,公布数,单位,小数位数,阶段,承担主体,服务项目,支出项,地区,年份,公布人数,文件,查见,备注",
    "id,figure,unit,digits,stage,payer,item,line,place,year,counts,document,seen,note",
)
BODIES = (
    "甲,11.48,亿元,2,执行,中央,第14项,营养膳食补助（国家试点）,喀什地区,2022年,1435400,某文件,报刊,",
    "甲,11.48,100 million yuan,2,executed,central,14,nutrition_national,653100,2022,1435400,,press,",
)


@pytest.mark.parametrize("n", [0, 1])
def test_a_table_is_read_in_either_language(n: int, tmp_path: Path) -> None:
    """1,435,400 pupils at 800 are 11.4832亿."""
    path = tmp_path / "own.csv"
    path.write_text(f"{HEADS[n]}\n{BODIES[n]}\n", encoding="utf-8")
    [row] = fm.confront("as_written", path, DATA).rows
    assert row.on_counts == 1_148_320_000
    assert (row.verdict, row.published.stage, row.published.seen) == ("agrees", "executed", "press")
    book = openpyxl.Workbook()
    assert book.active
    book.active.title = "说明"
    sheet = book.create_sheet("公布数")
    for line in (HEADS[n], BODIES[n]):
        sheet.append(line.split(","))
    book.save(tmp_path / "own.xlsx")
    [again] = fm.confront("as_written", tmp_path / "own.xlsx", DATA).rows
    assert again.on_counts == row.on_counts


def test_units_payers_and_ways_of_seeing_are_read_as_english_print_has_them(tmp_path: Path) -> None:
    """1,000 pupils at 800 yuan are 0.008 of 100m; counts beside several items are nobody's."""
    rows = [
        "A,0.008,100m yuan,3,executed,central,14,nutrition_national,653100,2022,10000,,press,",
        "B,80,10000 yuan,0,executed,central,14,nutrition_national,653100,2022,1000,,county website,",
        "C,94.6,100m yuan,1,allotted,central and region,,,650000,2021,1887000,,press,",
        "D,94.6,亿元,1,下达,中央和自治区本级,54;55,,650000,2021,1887000,,mirror,",
        "E,5400,insured persons,0,executed,,50,,650000,2022,,,press,",
        "F,12,10k persons,0,executed,,10,,650000,2022,,,derived,",
    ]
    path = tmp_path / "own.csv"
    path.write_text("\n".join([HEADS[1], *rows]), encoding="utf-8")
    found = [row.published for row in fm.confront("as_written", path, DATA).rows]
    sums = [800_000, 800_000, 9_460_000_000, 9_460_000_000, 5_400, 120_000]
    assert [float(each.printed) for each in found] == sums
    assert [each.payers for each in found[2:4]] == [("central", "region")] * 2
    assert [each.seen for each in found[:2]] == ["press", "county website"]
    assert [each.several for each in found] == [False, False, True, True, False, False]


def test_every_wrong_cell_is_told_at_once(tmp_path: Path) -> None:
    rows = [
        "A,10,forint,2,executed,central,14,nutrition_national,653100,2022,,,press,",
        "B,-1,亿元,1.5,rumour,nobody,14,nutrition_national,653100,2022,,,press,",
        "C,10,亿元,2,executed,,14,nutrition_natoinal,Atlantis,22,,,hearsay,",
        "D,10,亿元,2,executed,,14,pubfund_primary,653100,2022,,,press,",
        "E,10,亿元,2,executed,,14,,653100,2022,1000,,press,",
        "F,10,人,0,executed,,,,653100,2022,1000,,press,",
        "F,10,人,0,executed,,,,653100,2022,,,press,",
        "G,10,亿元,2,executed,,61,,653100,2022,,,press,",
    ]
    path = tmp_path / "own.csv"
    path.write_text("\n".join([HEADS[1], *rows]), encoding="utf-8")
    with pytest.raises(FiscalModelError) as caught:
        fm.confront("as_written", path, DATA)
    found = {
        (each.where.removeprefix(f"{path}:"), each.message.code) for each in caught.value.faults
    }
    assert found == {
        ("2:3", "published-unit-unknown"),
        ("3:2", "published-negative"),
        ("3:4", "published-not-whole"),
        ("3:5", "name-unknown"),
        ("3:6", "name-unknown"),
        ("4:8", "name-unknown"),
        ("4:9", "name-unknown"),
        ("4:10", "cell-not-year"),
        ("4:13", "name-unknown"),
        ("5:8", "published-line-of-other-item"),
        ("6:11", "published-counts-of-several"),
        ("7:11", "published-counts-of-persons"),
        ("8:1", "row-twice"),
        ("9:7", "item-costed-in-another"),
    }
    for lang in ("zh", "en"):
        assert "Atlantis" in caught.value.text(lang)  # type: ignore[arg-type]


def test_a_file_that_is_no_such_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.xlsx"
    openpyxl.Workbook().save(path)
    for source, code in ((path, "published-no-table"), (tmp_path / "no.csv", "inputs-not-there")):
        with pytest.raises(FiscalModelError) as caught:
            fm.confront("as_written", source, DATA)
        assert [each.message.code for each in caught.value.faults] == [code]


def test_a_standard_without_printed_figures_needs_a_table() -> None:
    with pytest.raises(FiscalModelError) as caught:
        fm.confront(TOY / "toy.yaml", inputs=TOY / "inputs")
    assert [each.message.code for each in caught.value.faults] == ["published-none"]


# On the command line


@pytest.fixture
def files(tmp_path: Path) -> Callable[[int], list[str]]:
    """The options of a command on small data, with one printed figure of so many pupils."""

    def options(pupils: int) -> list[str]:
        (tmp_path / "data").mkdir(exist_ok=True)
        DATA["beneficiaries"].to_csv(tmp_path / "data" / "beneficiaries.csv", index=False)
        DATA["bases_2015"].to_csv(tmp_path / "data" / "bases_2015.csv", index=False)
        rows = [printed(counts=pupils), printed(id="A2", figure=999)]
        pd.DataFrame(rows).to_csv(tmp_path / "own.csv", index=False)
        own, data = str(tmp_path / "own.csv"), str(tmp_path / "data")
        return ["confront", "as_written", "--published", own, "--inputs", data]

    return options


def test_strict_fails_on_printed_counts_alone(
    files: Callable[[int], list[str]], call: Call
) -> None:
    """A2 differs on the data, which is no fault of the rules."""
    assert call(*files(1_250_000), "--strict")[0] == 0
    assert call(*files(1_000_000))[0] == 0
    code, _, told = call(*files(1_000_000), "--strict")
    assert code == 1
    assert "A1" in told.splitlines()[-1]
    assert "A2" not in told.splitlines()[-1]


def test_a_file_holds_codes_in_either_language(
    files: Callable[[int], list[str]], call: Call, tmp_path: Path
) -> None:
    tables = {}
    for lang in ("zh", "en"):
        target = tmp_path / f"{lang}.csv"
        assert call(*files(1_251_250), "-o", str(target), "--lang", lang)[0] == 0
        tables[lang] = pd.read_csv(target, dtype=str, keep_default_na=False)
    assert tuple(tables["zh"].columns) == COLUMNS
    assert tables["zh"].drop(columns="reason").equals(tables["en"].drop(columns="reason"))
    assert tables["en"].loc[0, list(COLUMNS[:-1])].tolist() == [
        *("A1", "1000000000", "1001000000", "1600000", "0.10", "near")
    ]
    assert tables["zh"]["reason"][1] != tables["en"]["reason"][1]


def test_no_table_replaces_what_it_was_made_of(
    files: Callable[[int], list[str]], call: Call, tmp_path: Path
) -> None:
    options = files(1_250_000)
    before = (tmp_path / "own.csv").read_bytes()
    assert call(*options, "-o", str(tmp_path / "own.csv"))[0] == 1
    assert (tmp_path / "own.csv").read_bytes() == before


# In the report


@pytest.fixture(scope="module")
def budget() -> fm.Budget:
    """The baseline on the small data of a year."""
    return fm.simulate("baseline", DATA, years=2023)


def sheets(budget: fm.Budget, target: Path, **how: Any) -> dict[str, list[tuple[Any, ...]]]:
    budget.to_excel(target, date="2026-01-01", **how)
    return {each.title: [*each.values] for each in openpyxl.load_workbook(target)}


def of(rows: list[tuple[Any, ...]], first: str) -> tuple[Any, ...]:
    return next(row for row in rows if row[0] == first)


def test_a_report_holds_itself_against_print(budget: fm.Budget, tmp_path: Path) -> None:
    """P01 on printed counts: 1,298,900 at 800 are 103,912万元; the live edition and that of plain
    numbers say the same.
    """
    found = [
        sheets(budget, tmp_path / "live.xlsx"),
        sheets(budget, tmp_path / "values.xlsx", values=Printed()),
    ]
    for book in found:
        row = of(book["对照"], "P01")
        assert 103_900 in row
        assert 103_912 in row
        assert "相符" in row
        assert len([row for row in book["对照"] if str(row[0]).startswith("P")]) >= 20
        assert "2023年" in of(book["封面"], "对照公布数")[1]
    assert found[0]["对照"] == found[1]["对照"]
    assert "对照" not in sheets(budget, tmp_path / "print.xlsx", print_edition=True)
    toy = fm.simulate(TOY / "toy.yaml", TOY / "inputs")
    plain = sheets(toy, tmp_path / "toy.xlsx")
    assert "对照" not in plain
    assert not [row for row in plain["封面"] if row[0] == "对照公布数"]


def test_the_part_held_against_print() -> None:
    """Meals in Kashgar are all that is costed in 2023 by the text alone, and central pays them in
    the south, as P01 says: the whole is held. A figure that is far off holds nothing.
    """
    assert fm.confront("as_written", inputs=DATA).held == pytest.approx(1)
    assert held(printed(counts=1)).held == 0


def test_a_workbook_of_a_part_has_the_figures_of_its_places(
    budget: fm.Budget, tmp_path: Path
) -> None:
    """Kashgar lies in the south and the region; the figure of Bayingolin is of others."""
    part = sheets(budget.sel(place="653100"), tmp_path / "part.xlsx")["对照"]
    ids = {row[0] for row in part}
    assert {"P01", "P02", "P05"} <= ids
    assert not {"P27", "P28"} & ids


def test_ours_on_the_data_is_held_against_the_engine(tmp_path: Path) -> None:
    """A printed figure of the region in a year of the data: houses at what a prefecture states."""
    places = load_standard().places
    codes = places.parts(places.root)
    inputs = {
        "beneficiaries": pd.DataFrame(
            [("dangerous_house_household", code, 2024, 10) for code in codes],
            columns=["beneficiary", "place", "year", "count"],
        ),
        "rates": pd.DataFrame(
            [("dangerous_house_renewal", "650000", 2024, 30_000)],
            columns=["line", "place", "year", "rate"],
        ),
    }
    book = sheets(fm.simulate("as_written", inputs), tmp_path / "r.xlsx", values=Printed())
    assert len(codes) * 30 in of(book["对照"], "P13")
    _, difference, figures, verdict = of(book["检查"], "对照")[:4]
    assert (figures, verdict) == (1, "通过")
    assert difference == pytest.approx(0, abs=0.01)
    assert of(book["封面"], "总检查")[1] == "通过"
