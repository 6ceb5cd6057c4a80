"""Briefing notes: what they say, in figures of the engine, on one page, the same bytes each time."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from docx import Document
from docx.oxml.ns import qn

import fiscal_model as fm
from fiscal_model.briefing.brief import DPI, MOST, Brief
from fiscal_model.briefing.figures import agreeing, agrees
from fiscal_model.briefing.page import HEIGHT, WIDTH, Grid, Page, Section, fit
from fiscal_model.charts.fonts import FILE
from fiscal_model.vocabulary import LANGS, Lang
from fiscal_model.workbook.report import write_report
from fiscal_model.workbook.rounding import Printed

Tables = Callable[..., Path]
Write = Callable[..., Path]
Call = Callable[..., tuple[int, str, str]]
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
NINE_TO_ONE = {"central": 9, "rest": 1, "of_rest": {"region": 3, "prefecture": 7}}
HEADS = ["", "资金需求", "中央", "自治区本级", "地县", "未明确分担"]


def office_writer() -> str | None:
    """LibreOffice, if its part for documents is there too."""
    found = shutil.which("soffice")
    there = found and (Path(found).resolve().parent / "libswlo.so").exists()
    return found if there else None


WRITER = office_writer()


@pytest.fixture
def pupils(tables: Tables) -> Path:
    """1,000 primary pupils in Changji City in each of two years: 650,000 yuan a year at 8:2, 3:7:
    520,000, 39,000 and 91,000; textbooks of 105,000 at 9:1 between region and prefecture: 94,500
    and 10,500.
    """
    rows = [["primary_pupil", "昌吉市", year, 1000] for year in (2023, 2024)]
    return tables(beneficiaries=rows)


@pytest.fixture
def more(scenario: Write) -> Path:
    """From 2024 the centre bears nine tenths of item 11 instead of eight: 585,000, the region
    19,500 and the prefecture 45,500: +65,000, −19,500 and −45,500.
    """
    split = {"item": 11, "from": 2024, "split": NINE_TO_ONE}
    return scenario({"extends": "as_written", "title": "中央承担九成", "splits": [split]}, "more")


@pytest.fixture
def mixed(scenario: Write) -> Path:
    """The same, and 100 yuan a pupil more: cost +100,000. The centre pays 675,000 (+155,000), the
    region 22,500 (−16,500), the prefecture 52,500 (−38,500) of item 11.

    The split alone moves +65,000, −19,500, −45,500, the rate alone +80,000, +6,000, +14,000. In
    either order, the mean: the rate +85,000, +4,500, +10,500; the split +70,000, −21,000, −49,000.
    """
    content = {
        "extends": "as_written",
        "title": {"zh": "九成并提高标准", "en": "nine tenths and 750 yuan"},
        "splits": [{"item": 11, "from": 2024, "split": NINE_TO_ONE}],
        "rates": [{"line": "pubfund_primary", "from": 2024, "rate": 750}],
    }
    return scenario(content, "mixed")


def written() -> list[str]:
    """What the folder at hand holds."""
    return sorted(path.name for path in Path().iterdir())


def document(content: Path | bytes) -> Any:
    """A Word document, to look into."""
    return Document(BytesIO(content) if isinstance(content, bytes) else str(content))


def cells(docx: Any) -> list[list[str]]:
    """Its one table."""
    (table,) = docx.tables
    return [[cell.text for cell in row.cells] for row in table.rows]


def number(text: str) -> float:
    """A figure as it is printed; 0 for a dash."""
    return 0.0 if text == "—" else float(text.replace(",", ""))


# What it says


@pytest.mark.smoke
def test_a_note_says_who_pays_more_from_when_on_and_why(pupils: Path, more: Path) -> None:
    """Two years, the option in the second: the centre 520,000 + 585,000 against 1,040,000."""
    words = fm.brief("as_written", more, inputs=pupils).text("zh")
    for part in (
        "关于中央承担九成的情况说明",
        "一、测算事项",
        "二、各级承担变化",
        "三、变化原因",
        "四、依据和需要说明的事项",
        "单位：万元",
        "2023–2024年合计，中央增加6.50万元（6.2%），自治区本级减少1.95万元（7.3%），"
        "地县减少4.55万元（22.4%），资金需求不变。",
        "2024年中央增加6.50万元，地县减少4.55万元。",
        "变化全部来自分担办法的改动。中央的变化，按项目：第11项义务教育阶段免除学杂费增6.50；"
        "按地区：昌吉回族自治州增6.50。",
        "没有未明确分担的金额",
        "方案改动的依据：用户数据",
    ):
        assert part in words
    assert "示例数据" not in words


def test_a_note_in_english_holds_no_chinese(pupils: Path, mixed: Path) -> None:
    words = fm.brief("as_written", mixed, inputs=pupils).text("en")
    assert not CHINESE.search(words)
    for part in (
        "Briefing note: nine tenths and 750 yuan",
        "Unit: 10,000 yuan",
        "2023–2024 together: Cost up 10.00 (6.6%), Central up 15.50 (14.9%)",
        "It comes from: Central (unit rates up 8.50, split up 7.00), Region (unit rates up 0.45,"
        " split down 2.10), Prefecture and county (unit rates up 1.05, split down 4.90).",
        "user 100%",
    ):
        assert part in words


def test_options_stand_side_by_side_against_the_first(
    pupils: Path, more: Path, mixed: Path
) -> None:
    brief = fm.brief("as_written", more, mixed, inputs=pupils)
    words = brief.text("zh")
    assert "关于两个方案各级财政负担的情况说明" in words
    assert "方案一：中央承担九成；方案二：九成并提高标准。" in words
    rows = {row[0]: row[1:] for row in brief.page("zh").grid.rows}
    assert rows["对照情景"] == ("151.00", "104.00", "26.70", "20.30")
    assert rows["方案一变化"] == ("0.00", "+6.50", "-1.95", "-4.55")
    assert rows["方案二变化"] == ("+10.00", "+15.50", "-1.65", "-3.85")


def test_a_note_on_one_scenario_says_who_pays(pupils: Path) -> None:
    """755,000 a year: of both years the centre bears 1,040,000 of 1,510,000, 68.9%."""
    brief = fm.brief("as_written", inputs=pupils)
    words = brief.text("zh")
    assert "关于“标准原文”各级财政负担的情况说明" in words
    assert "资金需求151.00万元，中央104.00万元（68.9%）" in words
    assert [row[0] for row in brief.page("zh").grid.rows] == [
        "2023年",
        "2024年",
        "2023–2024年合计",
        "占比",
    ]
    one = fm.brief("as_written", inputs=pupils, years=2024)
    assert "资金需求最大的项目：第11项义务教育阶段免除学杂费 65.00" in one.text("zh")
    assert fm.brief(brief.budgets[0], years="2024").years == one.years == (2024,)


def test_a_scenario_against_itself_changes_nothing(pupils: Path) -> None:
    brief = fm.brief("as_written", "as_written", inputs=pupils)
    words = brief.text("zh")
    assert "资金需求、中央、自治区本级、地县不变。" in words
    assert "没有变化" in words
    assert "nothing changes" in brief.text("en").lower()


def test_what_is_unallocated_illustrative_and_elsewhere_is_said(
    tables: Tables, scenario: Write
) -> None:
    """10 reading rooms, 20,000 yuan that nobody is named to pay; the option names the region. Apart
    from the budget 50,000 yuan of an insurance fund are in no figure.
    """
    data = tables(
        beneficiaries=[["reading_room", "昌吉市", 2023, 10]],
        amounts=[["injury_benefits_fund", "昌吉市", 2023, 50_000]],
    )
    named = scenario({"splits": [{"item": 77, "split": {"region": 1}}]})
    brief = fm.brief("as_written", named, inputs=data)
    words = brief.text("zh")
    assert "对照情景为2.00万元，占一般公共预算的100.0%；本方案为0.00万元" in words
    assert [row[-1] for row in brief.page("zh").grid.rows[:3]] == ["2.00", "0.00", "-2.00"]
    assert "5.00" not in words
    assert "不得作为实际预算" in fm.brief("baseline", years=2023).text("zh")


def test_what_changes_in_another_account_is_told_apart(tables: Tables, scenario: Write) -> None:
    """100 months of unemployment benefit at 90% of a minimum wage of 1,500, and twice as many:
    135,000 yuan more of the fund, in no figure of the general public budget.
    """
    data = tables(
        beneficiaries=[
            ["primary_pupil", "昌吉市", 2023, 1000],
            ["unemployment_benefit_month", "昌吉市", 2023, 100],
        ],
        minimum_wage=[["昌吉市", 2023, 1500]],
    )
    twice = {"beneficiary": "unemployment_benefit_month", "factor": 2}
    brief = fm.brief("as_written", scenario({"beneficiaries": [twice]}), inputs=data)
    assert "另有社会保险基金支出变化+13.50万元，不计入上列" in brief.text("zh")
    assert brief.page("zh").grid.rows[2][1:] == ("0.00", "0.00", "0.00", "0.00")


def test_a_note_on_an_insurance_fund_alone_is_of_its_account(tables: Tables) -> None:
    data = tables(amounts=[["injury_benefits_fund", "昌吉市", 2023, 50_000]])
    brief = fm.brief("as_written", inputs=data)
    assert brief.account == "insurance"
    assert "社会保险基金支出" in brief.text("zh")
    assert brief.page("zh").grid.rows[0][1] == "5.00"


def test_a_note_on_a_part_says_of_what(pupils: Path, more: Path) -> None:
    budget = fm.simulate("as_written", pupils)
    words = fm.brief(budget.sel(item=11), more).text("zh")
    assert "测算范围：昌吉市、第11项 义务教育阶段免除学杂费、2023–2024年、一般公共预算" in words
    assert "130.00" in words


def test_a_part_of_the_payers_is_no_note(pupils: Path) -> None:
    budget = fm.simulate("as_written", pupils)
    with pytest.raises(fm.FiscalModelError, match="全部承担主体"):
        fm.brief(budget.sel(payer="central"))


# Figures


@pytest.fixture(scope="module")
def three() -> Brief:
    """Three shipped reforms on the embedded data."""
    return fm.brief("baseline", "end_2015_base", "central_9_1", "public_health_yearly")


def test_every_row_of_the_table_adds_up_and_years_make_the_total(three: Brief) -> None:
    figures = three.figures
    for table in (figures.amounts, figures.changes, figures.totals, figures.total_changes):
        cost, parts = table[..., 0], np.round(table[..., 1:].sum(axis=-1), 2)
        assert np.array_equal(parts + 0.0, cost + 0.0)
    assert np.array_equal(np.round(figures.amounts.sum(axis=1), 2), figures.totals)
    for row in three.page("zh").grid.rows:
        if "率" not in row[0]:
            cost, *parts = map(number, row[1:])
            assert round(sum(parts), 2) == cost, row


def test_printed_figures_are_the_engines_to_the_last_digit(three: Brief) -> None:
    """In every year and column within 0.01 万元 of the unrounded."""
    gathers = {"central": ["central"], "region": ["region"], "local": ["prefecture"]}
    for n, budget in enumerate(three.budgets):
        engine = budget.by("payer", "year") / 1e4
        for column, payers in gathers.items():
            mine = three.figures.amounts[n, :, three.figures.names.index(column)]
            assert np.abs(mine - engine.loc[payers].sum().to_numpy()).max() < 0.01


def test_figures_are_those_of_the_workbook_of_plain_numbers(
    tables: Tables, scenario: Write, tmp_path: Path
) -> None:
    """Counts that leave fractions of 100 yuan everywhere: sheet 情景对比 prints the same totals and
    differences, payer by payer and year by year.
    """
    counties = ("昌吉市", "阜康市", "库尔勒市", "轮台县", "伊宁市")
    rows = [
        ["primary_pupil", place, year, 997 + 131 * n + year % 7]
        for n, place in enumerate(counties)
        for year in (2023, 2024)
    ]
    reform = scenario({"title": "九成", "splits": [{"item": 11, "split": NINE_TO_ONE}]})
    brief = fm.brief("as_written", reform, inputs=tables(beneficiaries=rows))
    write_report(
        brief.budgets[0], tmp_path / "r.xlsx", "zh", None, brief.budgets[1:], values=Printed()
    )
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx")["情景对比"]
    printed: dict[tuple[str, int], list[float]] = {
        (str(row[0]), int(row[2])): [float(each) for each in row[3:7]]
        for row in sheet.iter_rows(values_only=True)
        if isinstance(row[2], int)
    }
    for y, year in enumerate((2023, 2024)):
        for title, mine in (
            ("标准原文", brief.figures.amounts[0, y]),
            ("九成", brief.figures.amounts[1, y]),
            ("差额", brief.figures.changes[0, y]),
        ):
            assert printed[title, year] == pytest.approx(mine.tolist(), abs=1e-9)


def test_parts_come_to_the_printed_total() -> None:
    """1/3, 1/3 and 1/3 of 10,000 yuan are 0.33, 0.33 and 0.34; parts that are not all of a total
    are left alone.
    """
    thirds = np.full(3, 10_000 / 3)
    assert sorted(agreeing(thirds, 1.0).tolist()) == [0.33, 0.33, 0.34]
    assert agrees(thirds, 1.0)
    assert not agrees(thirds[:2], 1.0)
    assert agreeing(np.array([]), 0.0).tolist() == []


def test_what_rounding_leaves_is_no_change() -> None:
    """Each budget is closed by itself: 0.01 between equal amounts is told as what it is."""
    brief = fm.brief("baseline", "central_9_1", years=2026)
    figures = brief.figures
    column = figures.names.index("unallocated")
    assert not figures.moved[0, :, column].any()
    shaken = figures.amounts.copy()
    shaken[1, 0, column] += 0.01
    object.__setattr__(figures, "amounts", shaken)
    words = brief.text("zh")
    assert "资金需求、未明确分担不变" in words
    assert "取整尾差" in words


# The page


def pieces(folder: Path, brief: Brief, lang: Lang, name: str) -> Path:
    target = folder / f"{name}-{lang}.docx"
    brief.save(target, lang, "2026-11-28")
    return target


@pytest.fixture
def note(three: Brief, tmp_path: Path) -> Any:
    """The Word page of three reforms."""
    return document(pieces(tmp_path, three, "zh", "three"))


def test_the_word_page_is_a4_with_one_table_and_one_picture_of_its_width(note: Any) -> None:
    (section,) = note.sections
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    (picture,) = note.inline_shapes
    assert picture.width.pt == pytest.approx(WIDTH, abs=0.1)
    relation = picture._inline.graphic.graphicData.pic.blipFill.blip.embed
    png = note.part.related_parts[relation].blob
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    pixels = int.from_bytes(png[16:20], "big")
    assert pixels / picture.width.inches >= DPI
    assert picture._inline.docPr.get("descr").startswith("图1")
    assert cells(note)[0] == HEADS
    assert [cells(note)[n][0] for n in (1, 2, 6, 10)] == [
        "对照情景",
        "方案一变化",
        "方案二变化",
        "方案三变化",
    ]


def test_every_run_names_a_chinese_face_and_the_file_by_what_to_replace_it(note: Any) -> None:
    runs = [
        run
        for paragraph in note.element.body.iter(qn("w:p"))
        for run in paragraph.iter(qn("w:r"))
        if run.findall(qn("w:t"))
    ]
    faces = {run.rPr.rFonts.get(qn("w:eastAsia")) for run in runs}
    assert faces == {"仿宋", "黑体"}
    assert {run.rPr.rFonts.get(qn("w:ascii")) for run in runs} == {"Times New Roman"}
    headings = [each.text for each in note.paragraphs if each.style.name == "Heading 1"]
    assert [each[:2] for each in headings] == ["一、", "二、", "三、", "四、"]
    fonts = next(
        part.blob.decode()
        for part in note.part.package.iter_parts()
        if str(part.partname) == "/word/fontTable.xml"
    )
    assert re.findall('w:name="([仿宋黑体]+)"><w:altName w:val="(\\w+)', fonts) == [
        ("仿宋", "FangSong"),
        ("黑体", "SimHei"),
    ]


@pytest.mark.parametrize("suffix", [".docx", ".html"])
def test_the_same_note_of_a_day_is_the_same_bytes(
    pupils: Path, more: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    files = []
    for n, epoch in enumerate((None, None, "1795824000")):  # 2026-11-28 in UTC
        files.append(tmp_path / f"{n}{suffix}")
        if epoch:
            monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
        brief = fm.brief("as_written", more, inputs=pupils)
        brief.save(files[-1], date=None if epoch else "2026-11-28")
    first, *others = (each.read_bytes() for each in files)
    assert others == [first, first]
    brief.save(files[1], date="2026-11-29")
    assert files[1].read_bytes() != first
    if suffix == ".docx":
        assert "2026年11月28日" in [each.text for each in document(first).paragraphs]
        with zipfile.ZipFile(files[0]) as parts:
            assert {each.date_time for each in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    else:
        assert "2026年11月28日" in first.decode()


def test_the_html_needs_nothing_else_and_escapes_titles(
    pupils: Path, scenario: Write, tmp_path: Path
) -> None:
    split = {"item": 11, "from": 2024, "split": NINE_TO_ONE}
    sly = scenario({"title": '<b>九成</b> & "更多"', "splits": [split]})
    brief = fm.brief("as_written", sly, inputs=pupils)
    brief.save(tmp_path / "note.html", "zh", "2026-11-28")
    page = (tmp_path / "note.html").read_text("utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert not re.search("<b>|https?://|<script|<link", page)
    assert "&lt;b&gt;九成&lt;/b&gt; &amp; " in page
    assert page.count("<img ") == page.count('src="data:image/svg+xml;base64,') == 1
    assert "<td>+6.50</td>" in page
    assert "<b>" not in brief.html("zh").replace("<div><b>", "").replace("</b></div>", "")
    assert "data:image/svg" in brief._repr_html_()


def long_title(characters: int, lang: Lang) -> str:
    words = "提高义务教育阶段学生人均公用经费标准并调整中央与地方分担比例"
    english = "Higher per-pupil funds in compulsory education with another split "
    return ((words if lang == "zh" else english) * 9)[:characters]


def titled(name: str, title: dict[str, str], share: int, scenario: Write) -> Path:
    """A scenario that moves a share and a rate, so that it has two causes in two items."""
    split = {"central": share, "region": 1, "prefecture": 1}
    content = {
        "extends": "baseline",
        "title": title,
        "reason": title["zh"],
        "splits": [{"item": 11, "from": 2025, "split": split, "source": "假设"}],
        "rates": [
            {"line": "pubfund_primary", "from": 2026, "rate": 700 + share},
            {"line": "nutrition_national", "from": 2026, "rate": 4 + share / 10},
        ],
    }
    return scenario(content, name)


@pytest.fixture
def notes(scenario: Write, tmp_path: Path) -> list[Path]:
    """Pages of one to six options on the embedded data with long titles, causes
    and items, and of the shipped scenario alone; in both languages.
    """
    title: dict[str, str] = {lang: long_title(300, lang) for lang in LANGS}
    options = [titled(f"o{n}", title, 3 + n, scenario) for n in range(MOST)]
    briefs = {"0": fm.brief("baseline")}
    whole = fm.brief("baseline", *options).comparison
    assert whole is not None
    first, *others = whole.budgets
    for n in (1, 2, 3, MOST):
        briefs[str(n)] = fm.brief(first, *others[:n])
    folder = tmp_path / "notes"
    folder.mkdir()
    return [pieces(folder, brief, lang, name) for name, brief in briefs.items() for lang in LANGS]


@pytest.mark.skipif(WRITER is None, reason="LibreOffice Writer is not installed: pages not counted")
def test_a_note_is_one_page_whatever_the_titles_and_options(
    notes: list[Path], tmp_path: Path
) -> None:
    """Counted by LibreOffice, with the Chinese face that is shipped and whatever Latin ones there
    are, all of them wider than Times.
    """
    (tmp_path / "fonts.conf").write_text(
        "<fontconfig><dir>/usr/share/fonts</dir><dir>/usr/local/share/fonts</dir>"
        f"<dir>{FILE.parent}</dir><cachedir>{tmp_path}/fonts</cachedir></fontconfig>"
    )
    profile = (tmp_path / "profile").as_uri()
    command = [str(WRITER), f"-env:UserInstallation={profile}", "--headless", "--norestore"]
    convert = ["--convert-to", "pdf", "--outdir", str(tmp_path), *map(str, notes)]
    done = subprocess.run(
        [*command, *convert],
        capture_output=True,
        timeout=300,
        check=False,
        env={**os.environ, "FONTCONFIG_FILE": str(tmp_path / "fonts.conf")},
    )
    pages = {
        each.stem: len(
            re.findall(rb"/Type\s*/Page\b", (tmp_path / f"{each.stem}.pdf").read_bytes())
        )
        for each in notes
    }
    assert [name for name, n in pages.items() if n != 1] == [], done.stderr


def test_the_type_is_the_largest_that_leaves_room_for_the_picture() -> None:
    """A page with more to say has smaller type, and the picture takes what is left, never more than
    the page.
    """

    def page(paragraphs: int) -> Page:
        rows = [["对照情景", *["1,000,000.00"] * 5]] * 6
        told = Section("一、", ("各级财政负担的变化" * 12,) * paragraphs)
        return Page("zh", "题", "", (told,), Grid("", "", HEADS, rows), "", "", "")

    sizes = [fit(page(n)) for n in (1, 4, 8, 12)]
    for one, other in pairwise(sizes):
        assert other.body <= one.body
    assert sizes[0].body == 12
    assert sizes[-1].body < 12
    assert all(60 <= each.picture < HEIGHT for each in sizes)
    wide = Grid("", "", HEADS, [["", *["123,456,789,012.00"] * 5]])
    assert fit(Page("zh", "题", "", (), wide, "", "", "")).table < sizes[0].table


# The command


def test_the_command_writes_a_word_page_of_the_engines_figures(
    call: Call, pupils: Path, more: Path
) -> None:
    code, out, err = call(
        "brief", "as_written", more, "--inputs", pupils, "-o", "n.docx", "--date", "2026-11-28"
    )
    assert (code, out.strip(), err) == (0, "已写出 n.docx", "")
    assert written() == ["n.docx"]
    docx = document(Path("n.docx"))
    found = {row[0]: row[1:] for row in cells(docx)}
    assert found["对照情景"] == ["151.00", "104.00", "26.70", "20.30"]
    assert found["本方案"] == ["151.00", "110.50", "24.75", "15.75"]
    assert found["变化"] == ["0.00", "+6.50", "-1.95", "-4.55"]
    assert found["变化率"] == ["0.0%", "+6.2%", "-7.3%", "-22.4%"]
    assert found["其中：2024年"] == ["0.00", "+6.50", "-1.95", "-4.55"]
    assert len(docx.inline_shapes) == 1
    assert "2026年11月28日" in [each.text for each in docx.paragraphs]


def test_the_command_speaks_english_and_writes_html(call: Call, pupils: Path, mixed: Path) -> None:
    code, out, err = call(
        "brief",
        "as_written",
        mixed,
        "--inputs",
        pupils,
        "--years",
        "2024",
        "-o",
        "n.html",
        "--lang",
        "en",
    )
    assert (code, out.strip(), err) == (0, "wrote n.html", "")
    page = Path("n.html").read_text("utf-8")
    assert not CHINESE.search(re.sub(r"(?s)<style>.*?</style>", "", page))
    assert "<h2>3. Why</h2>" in page
    assert "<td>+15.50</td>" in page
    assert "2023" not in page


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("as_writen", "-o", "n.docx"), 1, "as_writen"),
        (("as_written", "{data}/none.yaml", "-o", "n.docx"), 1, "none.yaml"),
        (("as_written", "-o", "n.pdf"), 2, ".docx 或 .html"),
        (("as_written",), 2, "-o"),
        (("-o", "n.docx"), 2, "情景"),
        (("as_written", "-o", "none/n.docx"), 1, "none"),
        (("as_written", "-o", "{data}/n.docx"), 1, "FM-output-among-inputs"),
        (("as_written", "--years", "2020", "-o", "n.html"), 1, "2020"),
        (("as_written", "--date", "28.11.2026", "-o", "n.html"), 2, "28.11.2026"),
        (("as_written",) * 8 + ("-o", "n.html"), 1, "一页最多放 6 个方案，这里有 7 个"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_written(
    call: Call, pupils: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    given = [each.format(data=pupils) for each in arguments]
    found, out, err = call("brief", *given, "--inputs", pupils)
    assert (found, out) == (code, "")
    assert words in err
    assert "Traceback" not in err
    assert written() == []
    assert sorted(path.name for path in pupils.iterdir()) == ["beneficiaries.csv"]


def test_a_note_on_nothing_is_refused(call: Call, tables: Tables) -> None:
    """Wages cost nothing by themselves."""
    data = tables(beneficiaries=[["disability_living_recipient", "昌吉市", 2023, 5]])
    code, out, err = call("brief", "as_written", "--inputs", data, "-o", "n.docx")
    assert (code, out) == (1, "")
    assert "FM-brief-of-nothing" in err
    assert "未写出情况说明" in err
    assert written() == []


def test_a_scenario_file_is_never_replaced(pupils: Path, more: Path, tmp_path: Path) -> None:
    brief = fm.brief("as_written", more, inputs=pupils)
    link = tmp_path / "link.html"
    link.symlink_to(more)
    before = more.read_bytes()
    with pytest.raises(fm.FiscalModelError):
        brief.save(link)
    with pytest.raises(fm.FiscalModelError, match=r"\.docx 或 \.html"):
        brief.save(tmp_path / "note.pdf")
    assert more.read_bytes() == before


def test_a_note_on_a_part_is_that_of_the_part(pupils: Path, tmp_path: Path) -> None:
    """Item 11 alone: 650,000 yuan a year, 65.00 in 10,000 yuan; all items 755,000, 75.50."""
    asked = fm.brief("as_written", inputs=pupils, items=11, places="昌吉市")
    part = fm.brief(fm.simulate("as_written", pupils).sel(item=11, place="昌吉市"))
    whole = fm.brief("as_written", inputs=pupils)
    pages = []
    for n, note in enumerate((asked, part, whole)):
        note.save(tmp_path / f"{n}.html", "zh", "2026-01-31")
        pages.append((tmp_path / f"{n}.html").read_text(encoding="utf-8"))
    assert pages[0] == pages[1]
    assert "65.00" in pages[0]
    assert "75.50" not in pages[0]
    assert "75.50" in pages[2]
