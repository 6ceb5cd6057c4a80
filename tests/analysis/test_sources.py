"""The page of sources and gaps: what is named, how sure it is, and which missing figure would move
most money; small worlds by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from build_sources import FILES, FOLDER, page

import fiscal_model as fm
from fiscal_model.analysis.sources import Sources
from fiscal_model.inputs.tables import TABLES
from fiscal_model.results.sources import SURE, Source, sureness
from fiscal_model.results.uses import HELD, Use, document_numbers, uses
from fiscal_model.vocabulary import LANGS, Text

Write = Callable[..., Path]
HERE, THERE = "昌吉市", "阜康市"
ASSUMED = "assumption"
SPLIT = {
    "item": 77,
    "split": {"region": 1, "prefecture": 1},
    "range": [{"region": 1, "prefecture": 3}, {"region": 3, "prefecture": 1}],
    "basis": ASSUMED,
    "source": {"zh": "各半为假设", "en": "halves are assumed"},
}
RATE = {
    "line": "farm_reading_room",
    "from": 2024,
    "rate": 3000,
    "basis": ASSUMED,
    "source": {
        "zh": "2024年公布数，文号待补",
        "en": "published for 2024, document number to be added",
    },
}
GIVEN = {
    "line": "senior_grant",
    "from": 2024,
    "rate": 2200,
    "basis": "reference",
    "source": {"zh": "新财教〔2024〕1号", "en": "新财教〔2024〕1号"},
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> fm.Budget:
    """100 reading rooms at 2,000 in 2023, by assumption and in a press report; what the analyst
    counted and what a document states beside it. Of 2024 only the senior grant is counted.
    """
    folder = tmp_path_factory.mktemp("sources")
    heads = "beneficiary,place,year,count,basis,source,note"
    rows = (
        f"reading_room,{HERE},2023,100,assumption,某报报道（转载）,假设全部开放",
        f"senior_grant_student,{HERE},2023,10,user,,",
        f"senior_grant_student,{THERE},2023,5,user,某县年报,",
    )
    (folder / "beneficiaries.csv").write_text("\n".join((heads, *rows)), encoding="utf-8")
    scenario = {
        "name": "own",
        "title": {"zh": "自拟", "en": "own"},
        "extends": "as_written",
        "projection": "hold",
        "horizon": 2024,
        "splits": [SPLIT],
        "rates": [RATE, GIVEN],
    }
    return fm.simulate(scenario, folder)


@pytest.fixture(scope="module")
def baseline() -> fm.Budget:
    return fm.simulate()


def named(sources: Sources, name: str) -> Source:
    """The one source whose Chinese name starts so and that serves something."""
    (found,) = [each for each in sources.sources if each.name.zh.startswith(name)]
    return found


@pytest.mark.smoke
def test_every_document_says_what_it_is_for_and_how_sure_it_is(world: fm.Budget) -> None:
    sources = world.sources
    text = named(sources, "自治区基本公共服务标准（2021年版） 新发改社会〔2021〕587号")
    assert (text.sure, text.items[0], text.items[-1]) == ("text", 1, 80)
    report = named(sources, "某报报道")
    assert (report.sure, report.items, report.years("zh")) == ("mirror", (77,), "2023")
    assert report.used_for("zh") == "受益对象人数：农家书屋（第77项）"
    assert report.words == (Text("假设全部开放", "假设全部开放"),)
    given = named(sources, "新财教〔2024〕1号")
    assert (given.sure, given.years("en")) == ("reference", "from 2024")
    assert named(sources, "2024年公布数").sure == "published"
    assert named(sources, "各半为假设").used_for("en").startswith("splits: Item 77")
    assert named(sources, "使用者提供").items == (15,)


def test_what_the_standard_names_is_there(world: fm.Budget) -> None:
    """Documents of its items, its list of what is sought, groups of places that it does not list,
    and doubts of who pays.
    """
    of = {each.name.zh: each for each in world.sources.sources if each.sure == "cited"}
    standard = world.standard
    assert of.keys() == {name for item in standard.items.values() for name in item.documents}
    missing = {each.name: each for each in world.sources.sources if each.sure == "missing"}
    assert missing.keys() == {each.what for each in standard.sought}
    assert standard.sought
    groups = {each.name for each in standard.places.groups.values()}
    named = {use.subject for each in world.sources.sources for use in each.uses}
    assert groups <= named
    doubt = next(
        each
        for each in world.sources.sources
        if (each.name.zh, each.sure) == ("国办发〔2018〕67号", "confirm")
    )
    assert doubt.items == (1, 3)


@pytest.mark.parametrize(
    ("basis", "words", "sure"),
    [
        ("text", "待核", "text"),
        ("user", "文号待补", "user"),
        ("reference", "国办发〔2018〕6号", "reference"),
        ("reference", "国办发〔2018〕6号，条款待核", "confirm"),
        ("assumption", "中央80%据国办发〔2018〕6号；各半为假设", "partly"),
        ("assumption", "2020年公布数，起始月待核，文号待补", "start"),
        ("assumption", "published for 2020, first month to be confirmed", "start"),
        ("assumption", "财政厅文稿（转载）；文号待补", "mirror"),
        ("assumption", "a published figure, document to be added", "published"),
        ("assumption", "to be confirmed: believed", "confirm"),
        ("assumption", "假设每人100元", "assumption"),
    ],
)
def test_a_source_says_how_sure_it_is(basis: str, words: str, sure: str) -> None:
    assert sureness(Use(Text(words, words), basis, Text("", ""))) == sure


def test_documents_are_found_by_their_numbers() -> None:
    words = "中央80%据国办发〔2018〕6号、67号及新财教〔2017〕19号；其余为假设"
    assert list(document_numbers(words)) == [
        "国办发〔2018〕6号",
        "国办发〔2018〕67号",
        "新财教〔2017〕19号",
    ]
    assert list(document_numbers("2021年公布数，第16号")) == []


def test_missing_figures_are_ranked_by_what_they_move(world: fm.Budget) -> None:
    """200,000 yuan in 2023, the last year of the data: halves; at 1:3 and 3:1 the region bears
    50,000 less or more; a tenth of the rooms moves each half by 10,000 and all by 20,000. The rate
    of 2024 moves nothing in 2023, what a document or the analyst states is not missing.
    """
    sources = world.sources
    assert sources.year == 2023
    first, second = sources.missing
    assert (first.bar.assumption.partition("@")[0], second.bar.assumption) == (
        "split:77",
        "beneficiaries:reading_room",
    )
    assert (first.payer, second.payer) == ("region", "region")
    assert first.changes == pytest.approx((-50_000, 50_000))
    assert first.total == pytest.approx((0, 0))
    assert second.changes == pytest.approx((-10_000, 10_000))
    assert second.total == pytest.approx((-20_000, 20_000))
    assert first.bar.clause.words("en") == "halves are assumed"
    assert second.bar.clause.words("zh") == "某报报道（转载）；假设全部开放"
    assert second.largest == pytest.approx(10_000)


def test_a_source_bears_the_money_of_its_lines_places_and_years(world: fm.Budget) -> None:
    """In 2023 the reading rooms cost 200,000 yuan and fifteen students 2,000 each, five of them of
    another place: the rate of 2024 has not begun. What is sought comes first, the most money on top.
    """
    assert named(world.sources, "某报报道").yuan == pytest.approx(200_000)
    assert named(world.sources, "各半为假设").yuan == pytest.approx(200_000)
    assert named(world.sources, "使用者提供").yuan == pytest.approx(20_000)
    assert named(world.sources, "某县年报").yuan == pytest.approx(10_000)
    assert named(world.sources, "自治区基本公共服务标准").yuan == pytest.approx(230_000)
    assert named(world.sources, "新财教〔2024〕1号").yuan == 0
    order = [(not each.sought.zh, -each.yuan) for each in world.sources.sources]
    assert order == sorted(order)
    for part, yuan in ((world.sel(item=15), 30_000), (world.sel(place=THERE), 10_000)):
        assert named(part.sources, "自治区基本公共服务标准").yuan == pytest.approx(yuan)


def test_a_reading_is_a_source_with_its_option_and_why(baseline: fm.Budget) -> None:
    """A scenario that chooses another option is the reason of it, on the page and in the ranking."""
    chosen, default = (named(baseline.sources, f"口径 {code}") for code in ("12a", "14c"))
    reading = baseline.standard.readings["12a"]
    assert baseline.scenario.reading("12a", reading.default) != reading.default
    told = " ".join(words.zh for words in chosen.words)
    assert (chosen.sure, chosen.items) == ("reading", (12,))
    assert "情景选定" in told
    assert reading.why.zh not in told
    assert baseline.standard.readings["14c"].why.zh in " ".join(each.zh for each in default.words)
    bars = [bar for bar in baseline.sources.sensitivity.bars if "reading:12a" in bar.assumption]
    assert {bar.clause.words("en") for bar in bars} == {"chosen by the scenario"}


def test_printed_figures_are_sources_with_all_their_items(tmp_path: Path, world: fm.Budget) -> None:
    """With every item and in the words of either language; a copy is told as one."""
    head = "id,figure,unit,digits,stage,payer,item,line,place,year,counts,document,seen,note"
    rows = (
        "P1,9.4,亿元,1,allotted,,54;55;57,,650000,2021,,某报报道,press,八个月",
        "P2,7,亿元,0,executed,,,senior_grant,650000,2019,,某网,mirror,",
        "P3,3,万元,0,advance,,11,,653131,2024,,塔财教〔2024〕20号,county website,",
    )
    (tmp_path / "published.csv").write_text("\n".join((head, *rows)), encoding="utf-8")
    english = "zh,en\n某报报道,a report\n八个月,eight months\n"
    (tmp_path / "published_english.csv").write_text(english, encoding="utf-8")
    standard = replace(world.standard, folder=tmp_path)
    report, copy, numbered = (
        use for use in uses(standard, world.scenario, world.inputs) if use.kind == HELD
    )
    assert (report.items, copy.items) == ({54, 55, 57}, {15})
    assert report.document == Text("某报报道", "a report")
    assert report.words == Text(
        "八个月；查见：报刊；文号待补", "eight months; seen: press; document number to be added"
    )
    assert [*map(sureness, (report, copy, numbered))] == ["published", "mirror", "reference"]


def test_the_page_is_one_in_a_notebook_in_markdown_and_on_the_sheet(
    world: fm.Budget, tmp_path: Path
) -> None:
    for lang in LANGS:
        first, again = tmp_path / f"{lang}.md", tmp_path / f"{lang}2.md"
        world.sources.to_markdown(first, lang)
        world.sources.to_markdown(again, lang)
        written = first.read_text(encoding="utf-8")
        assert first.read_bytes() == again.read_bytes()
        assert written.startswith(f"# {Text('依据与缺口', 'Sources and gaps').to(lang)}")
        assert "| -5.00 | +5.00 | 0.00 |" in written
        table = world.sources.to_dataframe(lang)
        shown = re.sub(r"\\(.)", r"\1", written)
        assert [each for each in table["name"] if f"| {each} |" not in shown] == []
    world.to_excel(tmp_path / "report.xlsx", date="2026-01-01")
    sheet = openpyxl.load_workbook(tmp_path / "report.xlsx")["依据与缺口"]
    names = {sure.name.zh for sure in SURE.values()}
    rows = [row[:7] for row in sheet.iter_rows(values_only=True) if row[0] in names]
    yuan = [row[6] * 10_000 if row[6] != "—" else 0 for row in rows]
    printed = [(*(each or "" for each in row[:6]), yuan[n]) for n, row in enumerate(rows)]
    assert printed == [
        tuple(row) for row in world.sources.to_dataframe("zh").itertuples(index=False)
    ]
    assert 0 < len(world.sources.gaps) <= 10
    ranked = [row[:7] for row in sheet.iter_rows(min_row=7, values_only=True)]
    for gap, (_, what, _, _, low, high, _) in zip(world.sources.gaps, ranked, strict=False):
        assert what == gap.what.zh
        assert (low * 10_000, high * 10_000) == pytest.approx(gap.changes)


def test_a_file_that_was_read_is_not_written_over(world: fm.Budget, tmp_path: Path) -> None:
    read, _, _ = world.inputs.tables["beneficiaries"].at(0, "place").rsplit(":", 2)
    with pytest.raises(fm.FiscalModelError):
        world.sources.to_markdown(read)
    with pytest.raises(fm.FiscalModelError):
        world.sources.to_markdown(tmp_path / "nowhere" / "page.md")


def test_the_shipped_pages_are_what_their_script_writes(baseline: fm.Budget) -> None:
    """Run ``python tests/builders/build_sources.py`` where they are not. Every table of the
    embedded data is named.
    """
    for lang, name in FILES.items():
        assert (FOLDER / name).read_text(encoding="utf-8") == page(lang, baseline), name
    kinds = {use.kind for each in baseline.sources.sources for use in each.uses}
    assert {TABLES[name].label for name in baseline.inputs.tables} <= kinds
