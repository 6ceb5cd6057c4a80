"""Names where codes are accepted, alike for all callers; and what is said of a word that is none.
The right suggestions of a wrong word are worked out by hand from the names, lines and items of the
catalogue. Wrong suggestions are worse than none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

import fiscal_model as fm
from fiscal_model.cli import main
from fiscal_model.errors import MOST_TOLD, Fault, FiscalModelError, told
from fiscal_model.inputs.tables import TABLES
from fiscal_model.likeness import Likeness
from fiscal_model.messages.message import Message, message
from fiscal_model.names import DIMENSION_NAMES, Meaning, Names
from fiscal_model.periods import one_year, whole_years
from fiscal_model.scenario.entries import BaseEntry, CountEntry, GroupEntry, RateEntry, SplitEntry
from fiscal_model.scenario.read import scenario_names
from fiscal_model.spelling import separate
from fiscal_model.standard.names import AREA, BENEFICIARY, ITEM, LINE, PAYER, PLACE, QUESTION
from fiscal_model.standard.read import load_standard
from fiscal_model.vocabulary import LANGS, Text

STANDARD = load_standard()
NAMES = STANDARD.names
SENIOR = "senior_grant_student senior_waiver_south_student senior_waiver_poor_student"
MEALS = "nutrition_national_pupil nutrition_region_pupil nutrition_junior_class_pupil"
SORTS: dict[str, Names] = {
    "beneficiary": NAMES.among(BENEFICIARY),
    "line": NAMES.among(LINE),
    "item": NAMES.among(ITEM),
    "place": NAMES.among(PLACE),
    "area": NAMES.among(AREA),
    "payer": NAMES.among(PAYER),
    "dimension": DIMENSION_NAMES,
    "scenario": scenario_names(),
    "reading": NAMES.among(QUESTION),
    "table": Names(Text("表", "table"), {name: table.label for name, table in TABLES.items()}),
}
"""The words of each sort."""
WRONG = [
    # senior secondary students stand in items 15 and 16; 初中生 is another school
    ("beneficiary", "高中生", SENIOR),
    ("beneficiary", "农村高中生", SENIOR),
    ("beneficiary", "senior_pupil", SENIOR),
    ("beneficiary", "high school student", SENIOR),
    # the only children in kindergarten; 孤儿 shares a character and nothing else
    ("beneficiary", "幼儿", "preschool_child"),
    ("beneficiary", "kindergartn child", "preschool_child"),
    ("beneficiary", "低保对象", "dibao_urban_person dibao_rural_person"),
    ("beneficiary", "dibao", "dibao_urban_person dibao_rural_person"),
    ("beneficiary", "城市低保", "dibao_urban_person"),
    ("beneficiary", "营养餐", MEALS),
    ("beneficiary", "nutriton_pupil", MEALS),
    ("beneficiary", "primay_pupil", "primary_pupil"),
    ("beneficiary", "orphans", "orphan"),
    ("beneficiary", "农家书室", "reading_room"),
    ("beneficiary", "中专生", "vocational_grant_student vocational_waiver_student"),
    ("beneficiary", "五保户", "destitute_scattered_person destitute_institution_person"),
    ("beneficiary", "80岁以上老人", "age_80_89 age_90_99 age_100_plus"),
    ("beneficiary", "重度残疾人", "disability_care_recipient"),
    ("beneficiary", "图书馆", "public_library"),
    # nothing in the catalogue is meant by these
    *(
        ("beneficiary", word, "")
        for word in (
            "大学生",
            "小学教师",
            "高中教师",
            "农村教师",
            "teacher",
            "警察",
            "城市居民",
            "留守儿童",
            "奖学金",
            "学生",
            "x",
        )
    ),
    ("line", "营养餐", "nutrition_national nutrition_region nutrition_junior_class"),
    ("line", "公用经费", "pubfund_primary pubfund_junior pubfund_boarder_add pubfund_special"),
    ("line", "80-89岁高龄津贴", "age_80_89"),
    ("line", "textbook_primry", "textbook_primary"),
    ("line", "取暖费", "preschool_heating"),
    ("line", "助学金", "senior_grant vocational_grant"),
    ("line", "低保", "dibao_urban dibao_rural"),
    ("line", "公务员工资", ""),
    ("line", "高中73", ""),
    ("line", "roads", ""),
    ("item", "营养餐", "14"),
    ("item", "kindergarten", "10"),
    ("item", "高中", "15 16"),
    ("item", "养老保险", "49 50"),
    ("item", "法律援住", "59"),
    ("item", "vaccinations", "5"),
    ("item", "高速公路", ""),
    ("item", "111", ""),
    ("area", "四地州", "south4"),
    ("area", "南疆五地州", "south4 south3"),
    ("area", "south5", "south4 south3"),
    ("place", "喀什币", "653100 653101"),
    ("place", "Kashgr", "653100"),
    ("place", "Hotn", "653200"),
    ("place", "克拉马依市", "650200"),
    ("place", "吐鲁蕃市", "650400"),
    # 阿克苏 or 阿克陶 may be meant: both, or their readers think that it is the one
    ("place", "阿克塞县", "652900 652901 653022"),
    ("place", "653131111", "653131"),
    # 新和县 and 和田县 share characters with it, no more
    *(("place", word, "") for word in ("北京市", "上海", "乌海市", "石河字", "999999")),
    ("payer", "centrl", "central"),
    ("payer", "自治区本集", "region"),
    ("payer", "地方", "region prefecture"),
    ("payer", "企业", "employer host_unit"),
    ("payer", "财政部", ""),
    ("dimension", "prefectur", "prefecture"),
    ("dimension", "级次", "payer"),
    ("dimension", "月份", ""),
    ("scenario", "基准", "baseline"),
    ("scenario", "as_writen", "as_written"),
    ("scenario", "高生育", "births_high"),
    ("scenario", "乱写", ""),
    ("reading", "99a", ""),
    ("table", "beneficaries", "beneficiaries"),
    ("table", "受益对象数", "beneficiaries"),
    ("table", "工资", "minimum_wage"),
    ("table", "天气", ""),
]
"""A wrong word, and all that may be meant by it."""


def both(message: Message) -> list[str]:
    """What is said, in Chinese and in English."""
    return [message.to(lang) for lang in LANGS]


@pytest.mark.parametrize(
    ("sort", "word", "right"), WRONG, ids=[f"{sort} {word}" for sort, word, _ in WRONG]
)
def test_a_wrong_word_is_answered_with_what_may_be_meant_or_with_nothing(
    sort: str, word: str, right: str
) -> None:
    names = SORTS[sort]
    assert not isinstance(names.find(word), Meaning)
    assert set(names.near(word)) == set(right.split())
    zh, en = both(names.refusal(word))
    for code in right.split():
        assert code in zh
        assert code in en
    assert ("最接近的是" in zh) == ("nearest known" in en) == bool(right)
    assert "、" not in re.sub("'[^']*'", "", en)


def test_the_corpus_is_large_enough_and_every_sort_stands_in_it() -> None:
    assert len(WRONG) >= 60
    assert {sort for sort, _, _ in WRONG} == set(SORTS)


@pytest.mark.parametrize("sort", ["beneficiary", "line", "item", "place", "area", "payer"])
def test_every_own_name_of_a_thing_is_the_likeliest_guess_for_itself_but_for_its_last_character(
    sort: str,
) -> None:
    """A name of five characters or more that lost its last one is still answered with the thing."""
    names = SORTS[sort]
    for code, name in names.known.items():
        word = name.zh[:-1]
        if len(word) >= 4 and not names.codes(word) and code not in STANDARD.places.by_code:
            assert code in names.near(word), word


def test_other_words_name_one_thing_and_no_name_of_another() -> None:
    for sort, (others, near) in STANDARD.words.items():
        names = SORTS["area" if sort == "place" else sort]
        for word in (*others, *near):
            exact = names.exact.get(word, ())
            assert not exact, (sort, word)
        for word, code in others.items():
            assert names.code(word) == code


def test_the_south_in_an_input_row_is_answered_with_the_groups_and_with_places() -> None:
    zh, en = both(NAMES.among(PLACE).refusal("南疆"))
    assert all(
        word in zh
        for word in ("南疆四地州 south4", "南疆三地州 south3", "这里应填单个地区", "阿克苏地区")
    )
    assert all(word in en for word in ("south4", "south3", "name one place here"))
    assert "新疆维吾尔自治区" not in zh


@pytest.mark.parametrize(
    ("sort", "command"),
    [
        ("beneficiary", "list lines"),
        ("line", "list lines"),
        ("item", "items"),
        ("place", "list places"),
        ("area", "list places"),
    ],
)
def test_the_command_that_lists_the_names_is_told(sort: str, command: str) -> None:
    for said in both(SORTS[sort].refusal("天气")):
        assert f"fiscal-model {command}" in said


def test_a_name_with_commas_in_it_is_one_word_of_a_list() -> None:
    assert separate("职业技能培训、鉴定和生活费补贴，11、12", NAMES.among(ITEM).__contains__) == (
        "职业技能培训、鉴定和生活费补贴",
        "11",
        "12",
    )
    assert separate("地（州、市），年份", DIMENSION_NAMES.__contains__) == ("地（州、市）", "年份")


def test_a_thing_is_not_guessed_from_a_number_in_its_title() -> None:
    assert Likeness({"a": ("送戏下乡",)}).near("高中73") == []


# One list of words for all callers


WORDS: dict[str, list[tuple[Any, Any]]] = {
    "place": [
        ("653100", "653100"),
        ("喀什地区", "653100"),
        ("６５３１００", "653100"),
        ("喀什 地区", "653100"),
        ("新疆喀什地区", "653100"),
        ("Kashgar", "653100"),
        ("kashgar prefecture", "653100"),
    ],
    "group": [
        ("south4", "south4"),
        ("南疆四地州", "south4"),
        ("南疆 四地州", "south4"),
        ("Four southern prefectures", "south4"),
    ],
    "payer": [
        ("region", "region"),
        ("自治区", "region"),
        ("自治区本级", "region"),
        ("自治区级", "region"),
        ("Region", "region"),
        ("中央财政", "central"),
    ],
    "item": [
        ("11", 11),
        ("第11项", 11),
        ("第十一项", 11),
        ("１１", 11),
        ("item 11", 11),
        ("义务教育阶段免除学杂费", 11),
        ("第11项 义务教育阶段免除学杂费", 11),
        ("Item 11: Tuition-free compulsory education (per-pupil public funds)", 11),
    ],
    "items": (
        [
            (f"10{dash}14", (10, 11, 12, 13, 14))
            for dash in ("-", "－", "–", "—", "~", "～", "至", "到")
        ]
        + [
            ("第10-14项", (10, 11, 12, 13, 14)),
            ("第10项至第14项", (10, 11, 12, 13, 14)),
            ("第十项至第十四项", (10, 11, 12, 13, 14)),
            ("10 - 14", (10, 11, 12, 13, 14)),
            ("10，11、12,13;14", (10, 11, 12, 13, 14)),
            ("学前教育幼儿资助、11－14", (10, 11, 12, 13, 14)),
        ]
    ),
    "line": [
        ("pubfund_primary", "pubfund_primary"),
        ("普通小学公用经费", "pubfund_primary"),
        ("普通小学 公用经费", "pubfund_primary"),
        ("Public funds, primary", "pubfund_primary"),
    ],
    "beneficiary": [
        ("primary_pupil", "primary_pupil"),
        ("小学生", "primary_pupil"),
        ("小学在校生", "primary_pupil"),
        ("Primary pupil", "primary_pupil"),
    ],
    "dimension": [
        ("payer", "payer"),
        ("承担主体", "payer"),
        ("Payer", "payer"),
        ("承担 主体", "payer"),
        ("地（州、市）", "prefecture"),
        ("地州", "prefecture"),
    ],
    "scenario": [
        ("baseline", "baseline"),
        ("基准情景", "baseline"),
        ("Baseline", "baseline"),
        ("标准原文", "as_written"),
        ("The standard as written", "as_written"),
    ],
    "year": [
        (2023, 2023),
        ("2023", 2023),
        ("2023年", 2023),
        ("２０２３", 2023),
        ("2023 年", 2023),
        ("2023年度", 2023),
    ],
    "years": (
        [(f"2023{dash}2025", (2023, 2024, 2025)) for dash in ("-", "－", "–", "~", "至", "到")]
        + [("2023年至2025年", (2023, 2024, 2025))]
    ),
}
"""What each word of a sort means."""


def words(sort: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("word", "meaning"), WORDS[sort], ids=str)


@pytest.fixture(scope="module")
def budget() -> fm.Budget:
    return fm.simulate("baseline", years="2023-2025")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1,000 primary pupils of Kashgar prefecture in 2023, with a base amount of 60,000."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "beneficiaries.csv").write_text(
        "beneficiary,place,year,count\nprimary_pupil,653100,2023,1000\n", encoding="utf-8"
    )
    (folder / "bases_2015.csv").write_text("item,place,amount\n11,653100,60000\n", encoding="utf-8")
    return folder


@pytest.fixture
def scenario(tmp_path: Path) -> Callable[[str], fm.Budget]:
    def write(text: str) -> Any:
        path = tmp_path / "own.yaml"
        path.write_text(f"name: own\nextends: baseline\n{text}", encoding="utf-8")
        return fm.apply(path).scenario

    return write


def refused(call: Callable[[], Any]) -> FiscalModelError:
    with pytest.raises(FiscalModelError) as caught:
        call()
    return caught.value


def same(command: Sequence[Any], word: Any, code: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """A command says with a word what it says with the code."""
    shown = []
    for each in (word, code):
        assert main([str(part).replace("WORD", str(each)) for part in command]) == 0, (
            capsys.readouterr().err
        )
        shown.append(capsys.readouterr().out)
    assert shown[0] == shown[1]


@words("place")
def test_a_place(
    budget: fm.Budget,
    scenario: Callable[[str], Any],
    small: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    word: str,
    meaning: str,
) -> None:
    assert budget.explain(11, word, 2023).data["place"] == meaning
    assert (
        budget.sel(place=word).places
        == budget.sel(prefecture=word).places
        == budget.sel(place=meaning).places
    )
    assert scenario(f"bases:\n  - {{item: 11, where: {word}, from: 2026, factor: 1.1}}\n").of(
        BaseEntry
    )[0].where == (meaning,)
    assert (
        fm.solve("baseline", "base:11", "region", 1e9, 2023, place=word, where=word).burden.place
        == meaning
    )
    (tmp_path / "beneficiaries.csv").write_text(
        f"beneficiary,place,year,count\nprimary_pupil,{word},2023,1000\n", encoding="utf-8"
    )
    (tmp_path / "bases_2015.csv").write_text(
        f"item,place,amount\n11,{word},60000\n", encoding="utf-8"
    )
    assert fm.simulate("as_written", tmp_path).places == (meaning,)
    same(
        ["explain", "--item", "11", "--place", "WORD", "--year", "2023", "--inputs", small],
        word,
        meaning,
        capsys,
    )
    same(
        [
            "template",
            "--items",
            "11",
            "--places",
            "WORD",
            "--date",
            "2024-01-31",
            "--force",
            "-o",
            tmp_path / "t.xlsx",
        ],
        word,
        meaning,
        capsys,
    )


@words("group")
def test_a_group(
    budget: fm.Budget,
    scenario: Callable[[str], Any],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    word: str,
    meaning: str,
) -> None:
    assert budget.sel(place=word).places == budget.sel(place=meaning).places
    assert scenario(f"bases:\n  - {{item: 11, where: {word}, from: 2026, factor: 1.1}}\n").of(
        BaseEntry
    )[0].where == (meaning,)
    assert (
        scenario(f"groups:\n  - {{group: {word}, add: 652800, from: 2026}}\n")
        .of(GroupEntry)[0]
        .group
        == meaning
    )
    solved, everywhere = (
        fm.solve("baseline", "rate:pubfund_primary", "central", 1, 2025, where=where)
        for where in (word, None)
    )
    assert (
        solved.tried
        == fm.solve("baseline", "rate:pubfund_primary", "central", 1, 2025, where=meaning).tried
        != everywhere.tried
    )
    assert "地区组" in str(refused(lambda: budget.explain(11, word, 2023)))
    made = []
    for each in (word, meaning):
        assert (
            main(
                [
                    "template",
                    "--items",
                    "11",
                    "--places",
                    each,
                    "--date",
                    "2024-01-31",
                    "--force",
                    "-o",
                    str(tmp_path / "t.xlsx"),
                ]
            )
            == 0
        )
        made.append((tmp_path / "t.xlsx").read_bytes())
    assert made[0] == made[1]
    capsys.readouterr()


@words("payer")
def test_a_payer(
    budget: fm.Budget,
    scenario: Callable[[str], Any],
    small: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    word: str,
    meaning: str,
) -> None:
    assert budget.sel(payer=word).payers == (meaning,)
    assert list(budget.explain(11, "653100", 2023, word).data["amounts"]) == [meaning]
    (entry,) = scenario(
        f"splits:\n  - {{item: 45, from: 2026, split: {{{word}: 1, prefecture: 1}}}}\n"
    ).of(SplitEntry)
    assert entry.split.weights[0] == (meaning, 1)
    assert scenario(f"splits:\n  - {{item: 45, from: 2026, split: {{full: {word}}}}}\n").of(
        SplitEntry
    )[0].split.weights == ((meaning, 1),)
    assert fm.solve("baseline", f"share:45:{word}", word, 1e12, 2023).burden.payer == meaning
    (tmp_path / "amounts.csv").write_text(
        f"line,place,year,amount\ngrant:54:{word},653100,2023,5\n", encoding="utf-8"
    )
    (tmp_path / "beneficiaries.csv").write_text(
        "beneficiary,place,year,count\ndibao_urban_person,653100,2023,1000\n", encoding="utf-8"
    )
    (tmp_path / "advances.csv").write_text(
        f"item,place,year,payer,document,amount\n54,653100,2023,{word},x,5\n", encoding="utf-8"
    )
    read = fm.simulate("as_written", tmp_path).inputs
    assert read.amounts.series == (f"grant:54:{meaning}",)
    assert read.tables["advances"].columns["payer"] == [meaning]
    same(
        [
            "explain",
            "--item",
            "11",
            "--place",
            "653100",
            "--year",
            "2023",
            "--payer",
            "WORD",
            "--inputs",
            small,
        ],
        word,
        meaning,
        capsys,
    )
    same(
        [
            "solve",
            "as_written",
            "--vary",
            "rate:pubfund_primary",
            "--payer",
            "WORD",
            "--year",
            "2023",
            "--ceiling",
            "1",
            "--inputs",
            small,
        ],
        word,
        meaning,
        capsys,
    )
    same(["sensitivity", "as_written", "--payer", "WORD", "--inputs", small], word, meaning, capsys)


@words("item")
def test_an_item(
    budget: fm.Budget,
    scenario: Callable[[str], Any],
    small: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    word: str,
    meaning: int,
) -> None:
    assert budget.explain(word, "653100", 2023).data["item"] == meaning
    assert {line.item for line in budget.sel(item=word).lines} == {meaning}
    assert budget.plot.base_amounts(word).figure
    assert (
        scenario(f'bases:\n  - {{item: "{word}", where: south4, from: 2026, factor: 1.1}}\n')
        .of(BaseEntry)[0]
        .item
        == meaning
    )
    assert fm.solve("baseline", "base:11", "region", 1e12, 2023, item=word).burden.item == meaning
    (tmp_path / "beneficiaries.csv").write_text(
        "beneficiary,place,year,count\nprimary_pupil,653100,2023,1000\n", encoding="utf-8"
    )
    (tmp_path / "bases_2015.csv").write_text(
        f'item,place,amount\n"{word}",653100,60000\n', encoding="utf-8"
    )
    assert fm.simulate("as_written", tmp_path).inputs.tables["bases_2015"].columns["item"] == [
        meaning
    ]
    same(
        ["explain", "--item", "WORD", "--place", "653100", "--year", "2023", "--inputs", small],
        word,
        meaning,
        capsys,
    )
    same(["items", "WORD", "--json"], word, meaning, capsys)
    same(
        [
            "solve",
            "as_written",
            "--vary",
            "rate:pubfund_primary",
            "--payer",
            "region",
            "--year",
            "2023",
            "--ceiling",
            "1",
            "--item",
            "WORD",
            "--inputs",
            small,
        ],
        word,
        meaning,
        capsys,
    )
    if ":" not in word:
        same(
            [
                "solve",
                "as_written",
                "--vary",
                "base:WORD",
                "--payer",
                "region",
                "--year",
                "2023",
                "--ceiling",
                "1",
                "--inputs",
                small,
            ],
            word,
            meaning,
            capsys,
        )


@words("items")
def test_items(
    budget: fm.Budget,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    word: str,
    meaning: tuple[int, ...],
) -> None:
    assert NAMES.items(word) == meaning
    assert tuple(dict.fromkeys(line.item for line in budget.sel(item=word).lines)) == meaning
    assert main(["items", word, "--json"]) == 0
    assert tuple(each["item"] for each in json.loads(capsys.readouterr().out)) == meaning
    made = []
    for n, items in enumerate((word, meaning)):
        fm.template(tmp_path / f"{n}.xlsx", items=items, date="2024-01-31")
        made.append((tmp_path / f"{n}.xlsx").read_bytes())
    assert (
        main(["template", "--items", word, "--date", "2024-01-31", "-o", str(tmp_path / "c.xlsx")])
        == 0
    )
    assert made[0] == made[1] == (tmp_path / "c.xlsx").read_bytes()


@words("line")
def test_a_line(
    budget: fm.Budget, scenario: Callable[[str], Any], tmp_path: Path, word: str, meaning: str
) -> None:
    assert [line.code for line in budget.sel(line=word).lines] == [meaning]
    assert (
        scenario(f'rates:\n  - {{line: "{word}", from: 2029, rate: 999}}\n').of(RateEntry)[0].line
        == meaning
    )
    assert (
        fm.solve("baseline", f"rate:{word}", "central", 1, 2025).text()
        == fm.solve("baseline", f"rate:{meaning}", "central", 1, 2025).text()
    )
    (tmp_path / "beneficiaries.csv").write_text(
        "beneficiary,place,year,count\nprimary_pupil,653100,2023,1000\n", encoding="utf-8"
    )
    (tmp_path / "bases_2015.csv").write_text(
        "item,place,amount\n11,653100,60000\n", encoding="utf-8"
    )
    (tmp_path / "rates.csv").write_text(
        f'line,place,year,rate\n"{word}",653100,2023,700\n', encoding="utf-8"
    )
    assert fm.simulate("as_written", tmp_path).inputs.tables["rates"].columns["line"] == [meaning]


@words("beneficiary")
def test_a_beneficiary(
    scenario: Callable[[str], Any], small: Path, tmp_path: Path, word: str, meaning: str
) -> None:
    assert (
        scenario(f"beneficiaries:\n  - {{beneficiary: {word}, factor: 1.1, from: 2026}}\n")
        .of(CountEntry)[0]
        .beneficiary
        == meaning
    )
    solved = [
        fm.solve("baseline", f"growth:{each}", "central", 1, 2024, inputs=small).text()
        for each in (word, meaning)
    ]
    assert solved[0] == solved[1]
    (tmp_path / "beneficiaries.csv").write_text(
        f"beneficiary,place,year,count\n{word},653100,2023,1000\n", encoding="utf-8"
    )
    (tmp_path / "bases_2015.csv").write_text(
        "item,place,amount\n11,653100,60000\n", encoding="utf-8"
    )
    assert fm.simulate("as_written", tmp_path).inputs.tables["beneficiaries"].columns[
        "beneficiary"
    ] == [meaning]


@words("dimension")
def test_a_dimension(
    budget: fm.Budget, small: Path, capsys: pytest.CaptureFixture[str], word: str, meaning: str
) -> None:
    assert budget.by(word, "年份").equals(budget.by(meaning, "year"))
    assert budget.allocated(word).equals(budget.allocated(meaning))
    assert budget.total(word)[0] == budget.total(meaning)[0]
    found = fm.compare("as_written", "baseline", inputs=small, years=2023)
    assert found.by(word).equals(found.by(meaning))
    assert found.parts(word).equals(found.parts(meaning))
    assert found.stacked(by=[word]).equals(found.stacked(by=[meaning]))
    assert found.to_dataframe(word).equals(found.to_dataframe(meaning))
    same(
        ["compare", "as_written", "baseline", "--inputs", small, "--years", "2023", "--by", "WORD"],
        word,
        meaning,
        capsys,
    )


@words("scenario")
def test_a_scenario(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], word: str, meaning: str
) -> None:
    assert fm.simulate(word, small, 2023).scenario.name == meaning
    assert fm.compare(word, "end_2015_base", inputs=small, years=2023).names[0] == meaning
    (tmp_path / "own.yaml").write_text(f"name: own\nextends: {word}\n", encoding="utf-8")
    assert [each.name for each in fm.simulate(tmp_path / "own.yaml", small, 2023).scenario.chain()][
        -2
    ] == meaning
    same(
        ["compare", "WORD", "end_2015_base", "--inputs", small, "--years", "2023"],
        word,
        meaning,
        capsys,
    )
    same(
        ["run", "WORD", "--inputs", small, "--years", "2023", "-o", tmp_path / "x.csv"],
        word,
        meaning,
        capsys,
    )
    same(["ledger", "WORD", "--inputs", small, "--years", "2023"], word, meaning, capsys)
    same(
        [
            "explain",
            "--item",
            "11",
            "--place",
            "653100",
            "--year",
            "2023",
            "--inputs",
            small,
            "--scenario",
            "WORD",
        ],
        word,
        meaning,
        capsys,
    )
    same(["items", "11", "--scenario", "WORD"], word, meaning, capsys)


@words("year")
def test_a_year(
    budget: fm.Budget,
    small: Path,
    capsys: pytest.CaptureFixture[str],
    word: int | str,
    meaning: int,
) -> None:
    assert one_year(word) == meaning
    assert budget.explain(11, "653100", word).data["year"] == meaning
    assert budget.sel(year=word).years == fm.simulate("as_written", small, word).years == (meaning,)
    assert (
        fm.solve("as_written", "rate:pubfund_primary", "central", 1, word, inputs=small).burden.year
        == meaning
    )
    same(
        ["explain", "--item", "11", "--place", "653100", "--year", "WORD", "--inputs", small],
        word,
        meaning,
        capsys,
    )
    same(
        ["run", "as_written", "--inputs", small, "--years", "WORD", "-o", small.parent / "x.csv"],
        word,
        meaning,
        capsys,
    )


@words("years")
def test_years(budget: fm.Budget, word: str, meaning: tuple[int, ...]) -> None:
    assert whole_years(word) == budget.sel(year=word).years == meaning


def test_readings_and_their_options_go_by_name(scenario: Callable[[str], Any]) -> None:
    assert scenario("readings: {11A: fixed, 45a: 每对夫妇（每计一人为一半）}\n").readings == {
        "11a": "fixed",
        "45a": "couple",
    }


@pytest.mark.parametrize(
    ("word", "codes"), [("和田", ["653200", "653201", "653221"]), ("南疆", ["south4", "south3"])]
)
def test_a_word_for_several_is_refused_with_all_of_them(
    budget: fm.Budget, word: str, codes: list[str]
) -> None:
    text = refused(lambda: budget.sel(place=word)).text("zh")
    assert all(code in text for code in codes)
    assert "请写全称或代码" in text


# Many faults


def negative(folder: Path, rows: Sequence[str]) -> FiscalModelError:
    (folder / "beneficiaries.csv").write_text(
        "\n".join(["beneficiary,place,year,count", *rows]) + "\n", encoding="utf-8"
    )
    return refused(lambda: fm.simulate("as_written", folder))


def test_equal_faults_are_told_three_times_and_counted(tmp_path: Path) -> None:
    """Rows 2 to 13 name 高中生: 3 are shown, 9 counted from row 5 to row 13; every one stays in
    ``faults``.
    """
    error = negative(tmp_path, [f"高中生,昌吉市,{year},5" for year in range(2010, 2022)])
    zh, en = error.text("zh").splitlines(), error.text("en").splitlines()
    assert [line.count("高中生") for line in zh] == [1, 1, 1, 0]
    assert zh[3].endswith(
        "另有同类问题 9 处（首处 {0}:5:1，末处 {0}:13:1）".format(tmp_path / "beneficiaries.csv")
    )
    assert en[3].endswith(
        "and 9 more of this kind (first at {0}:5:1, last at {0}:13:1)".format(
            tmp_path / "beneficiaries.csv"
        )
    )
    assert len(error.faults) == 12


def test_different_words_are_shown_before_equal_ones(tmp_path: Path) -> None:
    """20 rows of one wrong word and one of another: the other must be seen."""
    text = negative(
        tmp_path,
        [*(f"高中生,昌吉市,{year},5" for year in range(2000, 2020)), "大学生,昌吉市,2020,5"],
    ).text("zh")
    assert "“大学生”" in text
    assert len(text.splitlines()) == 5


def test_faults_of_two_kinds_stay_apart(tmp_path: Path) -> None:
    """Five wrong names and five negative counts: three of either kind of row at least, and two
    lines that count the others.
    """
    rows = [f"高中生,昌吉市,{year},-5" for year in range(2010, 2015)]
    text = negative(tmp_path, rows).text("zh").splitlines()
    assert sum("高中生" in line for line in text) == sum("不能为负数" in line for line in text) == 3
    assert sum("另有同类问题 2 处" in line for line in text) == 2


def test_no_more_than_two_hundred_faults_are_told_and_the_rest_is_counted() -> None:
    """250 kinds: each once, as far as there is room; 50 are counted."""
    lines = told(
        [
            Fault(f"{chr(0x4E00 + n)}.csv:2:1", message("unreadable", why="gone"))
            for n in range(250)
        ],
        "zh",
    )
    assert len(lines) == MOST_TOLD + 1
    assert lines[-1] == "另有其他问题 50 处未列出，属 50 类"


@pytest.mark.parametrize("rows", [2_000, 20_000])
def test_a_message_does_not_grow_with_the_rows(tmp_path: Path, rows: int) -> None:
    error = negative(tmp_path, [f"高中{n}生,和安{n}县,x{n},-{n + 1}" for n in range(rows)])
    assert len(error.faults) == 4 * rows
    for lang in ("zh", "en"):
        assert len(error.text(lang).splitlines()) <= MOST_TOLD  # type: ignore[arg-type]
        assert len(error.text(lang)) < 40_000  # type: ignore[arg-type]
    assert len(str(error)) < 40_000


def test_a_message_does_not_grow_with_a_word(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Words of 100,000 characters, in a cell, a scenario file and on the command line."""
    word = "很" * 100_000
    path = tmp_path / "long.yaml"
    for text in (
        f"rates: [{{line: {word}, rate: 5}}]",
        f"rates: [{{line: pubfund_primary, rate: {word}}}]",
        f"beneficiaries: [{{beneficiary: primary_pupil, from: {word}, factor: 2}}]",
        f"{word}: 1",
        f"beneficiaries: [{{beneficiary: primary_pupil, cohort: {{ages: {word}}}}}]",
        f"readings: {{{word}: fixed}}",
        f"extends: {word}",
        f"years: {word}",
    ):
        path.write_text(f"name: long\n{text}\n", encoding="utf-8")
        assert main(["check", str(path)]) == 1
        assert len(capsys.readouterr().err) < 3_000, text[:40]
    for arguments in (
        ["items", word],
        ["compare", "baseline", word],
        ["run", "baseline", "--years", word, "-o", "x.csv"],
        [word],
    ):
        with pytest.raises(SystemExit) if arguments[0] in ("run", word) else nullcontext():
            assert main(arguments) == 1
        assert len(capsys.readouterr().err) < 4_000, arguments[0][:10]


def test_check_tells_faults_in_the_same_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    error = negative(tmp_path, [f"高中生,昌吉市,{year},5" for year in range(2010, 2022)])
    assert main(["check", str(tmp_path)]) == 1
    shown = capsys.readouterr().err
    assert all(line in shown for line in error.text("zh").splitlines())
    assert shown.count("“高中生”") == 3
