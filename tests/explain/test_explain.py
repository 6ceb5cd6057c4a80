"""Explanations in words: zero and missing apart, services paid in another item, what is cited and
in which language, and as a table.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import fiscal_model as fm
from fiscal_model.cli import main
from fiscal_model.inputs.embedded.english import said
from fiscal_model.scenario.read import load_scenario, shipped_scenarios
from fiscal_model.standard.read import load_standard

Tables = Callable[..., Path]
CHINESE = re.compile("[一-鿿]")
NUMBER = re.compile(r"[一-鿿]*〔\d{4}〕\d+号( and \d+号)?")
"""The number of a document, which keeps its name."""
QUOTED = re.compile(r"“.*?”|\(含提高标准的250元\)")


def foreign(text: str) -> str:
    """The Chinese of an English text beside numbers of documents and what is quoted."""
    return "".join(CHINESE.findall(NUMBER.sub("", QUOTED.sub("", text))))


@pytest.fixture(scope="module")
def embedded() -> fm.Budget:
    return fm.simulate(years=[2023, 2026])


def last(explained: Any, lang: fm.vocabulary.Lang) -> str:
    return explained.text(lang).splitlines()[-1]


# Zero and missing


def test_nothing_costed_is_not_zero(tables: Tables) -> None:
    """Item 48 without counts has no total; with nobody of 80 and over, and two older groups
    missing, its total is a zero of what is costed.
    """
    rooms = ["reading_room", "昌吉市", 2023, 10]
    missing = fm.simulate("as_written", tables(beneficiaries=[rooms])).explain(48, "昌吉市", 2023)
    assert last(missing, "zh") == "合计：未测算（缺数据）"
    assert last(missing, "en") == "Total: not costed (no data)"
    assert missing.data["costed"] == "none"
    zero = fm.simulate(
        "as_written", tables(beneficiaries=[rooms, ["age_80_89", "昌吉市", 2023, 0]])
    ).explain(48, "昌吉市", 2023)
    assert last(zero, "zh") == "已测算支出项合计：0 元"
    assert last(zero, "en") == "Total of the costed lines: 0 yuan"
    assert zero.data["costed"] == "some"


def test_what_is_costed_in_full_has_a_plain_total(tables: Tables) -> None:
    """Item 45: 10 persons at 80 a month, 9,600."""
    budget = fm.simulate(
        "as_written", tables(beneficiaries=[["family_reward_person", "昌吉市", 2023, 10]])
    )
    assert "合计：9,600 元" in budget.explain(45, "昌吉市", 2023).text().splitlines()


def test_a_payer_of_what_is_not_costed_pays_no_zero(tables: Tables) -> None:
    budget = fm.simulate("as_written", tables(beneficiaries=[["reading_room", "昌吉市", 2023, 10]]))
    explained = budget.explain(48, "昌吉市", 2023, "central")
    assert explained.data["amounts"] == {}
    assert last(explained, "zh") == "合计：未测算（缺数据）"


# Services paid in another item


@pytest.mark.smoke
def test_a_service_paid_in_another_item_is_shown_with_its_part(tables: Tables) -> None:
    """1,000 residents at 89 yuan are 89,000 for eleven services; an equal eleventh of it is
    8,090.91.
    """
    budget = fm.simulate(
        "baseline", tables(beneficiaries=[["resident", "650100", 2023, 1000]]), years=2023
    )
    explained = budget.explain(2, "650100", 2023)
    assert explained.data["allocated"] == pytest.approx(89_000 / 11)
    assert explained.data["allocated"] == pytest.approx(budget.allocated()[2])
    assert (
        "第31项合计（含其支付的全部服务）：89,000 元；按分解口径列示于第2项的为 8,090.91 元"
        in explained.text().splitlines()
    )
    english = (
        "Total of item 31 (all services paid in it): 89,000 yuan; by the allocation key item 2 is"
        " shown with 8,090.91 yuan"
    )
    assert english in explained.text("en").splitlines()
    assert "\n在第31项中列支：" in explained.text()
    assert "allocated" not in budget.explain(31, "650100", 2023).data


# What is cited


def test_an_explanation_names_the_document_and_where_each_phrase_stands(
    embedded: fm.Budget,
) -> None:
    explained = embedded.explain(12, "653100", 2023)
    assert (
        f"标准文件：{embedded.standard.title.zh}，文号{embedded.standard.document}"
        in explained.text().splitlines()
    )
    assert "补助标准 105：标准原文第12项服务标准“小学每生每年 105 元”" in explained.text()
    assert "rate 105: text of the standard, item 12, rate “小学每生每年 105 元”" in explained.text(
        "en"
    )


@pytest.mark.parametrize("place", ["650100", "652300", "653100", "652928"])
def test_english_explanations_are_english_but_for_quotes(embedded: fm.Budget, place: str) -> None:
    for item in embedded.standard.items if place != "652928" else (60, 61):
        for year in (2023, 2026):
            assert not foreign(embedded.explain(item, place, year).text("en")), (item, year)


def test_every_row_of_the_embedded_data_speaks_english(embedded: fm.Budget) -> None:
    for name, rows in embedded.inputs.tables.items():
        for note in {
            rows.note(n, column) for n in range(len(rows)) for column in ("source", "note")
        }:
            assert not CHINESE.search(said(note, "en")), (name, note)
            assert said(note, "zh") == note


@pytest.mark.parametrize("name", shipped_scenarios())
def test_every_shipped_scenario_speaks_english(name: str) -> None:
    scenario, _ = load_scenario(name)
    texts = [scenario.title, *([scenario.reason] if scenario.reason else []), *scenario.sources]
    for text in (
        *texts,
        *(entry.clause.source for entry in scenario.entries if entry.clause.source),
    ):
        assert not foreign(text.en), text
        assert CHINESE.search(text.zh), text


def test_a_source_may_be_in_both_languages_or_in_one(
    tables: Tables, scenario: Callable[..., Path]
) -> None:
    inputs = tables(beneficiaries=[["reading_room", "昌吉市", 2023, 10]])

    def told(source: str | dict[str, str]) -> tuple[str, str]:
        explained = fm.simulate(
            scenario({"rates": [{"line": "farm_reading_room", "rate": 2500, "source": source}]}),
            inputs,
        ).explain(77, "昌吉市", 2023)
        return explained.text("zh"), explained.text("en")

    zh, en = told({"zh": "新办法", "en": "new rules"})
    assert "新办法" in zh
    assert "new rules" not in zh
    assert "new rules" in en
    assert "新办法" not in en
    assert all("Rules of 2024" in text for text in told("Rules of 2024"))


def test_every_department_has_an_english_name_of_its_own(embedded: fm.Budget) -> None:
    standard = load_standard()
    named = {department for item in standard.items.values() for department in item.departments}
    assert named == set(standard.departments)
    english = [standard.departments[department].en for department in named]
    assert len(set(english)) == len(english)
    table = embedded.by("department", lang="en")
    assert not CHINESE.search("".join(table.index))
    assert list(table) == pytest.approx(list(embedded.by("department")), nan_ok=True)
    assert "牵头部门：自治区教育厅" in embedded.explain(11, "653100", 2023).text()


# What acts


def test_a_reading_is_told_where_it_acts(embedded: fm.Budget) -> None:
    """11a is about base amounts, of which there are none in 昌吉; of item 13 two readings act there
    and three in the south.
    """
    read = {
        place: [set(embedded.explain(item, place, 2023).data["readings"]) for item in (11, 13)]
        for place in ("652300", "653100")
    }
    assert read == {"652300": [set(), {"13a", "13b"}], "653100": [{"11a"}, {"13a", "13b", "13c"}]}
    assert "口径" not in embedded.explain(11, "652300", 2023).text()


def test_a_reading_about_the_raise_is_silent_where_nothing_counts_as_one(
    tables: Tables, scenario: Callable[..., Path]
) -> None:
    inputs = tables(beneficiaries=[["poor_primary_boarder", "昌吉市", 2023, 100]])
    budget = fm.simulate(
        scenario({"extends": "as_written", "readings": {"13a": "whole_rate"}}), inputs
    )
    assert budget.explain(13, "昌吉市", 2023).data["readings"] == {"13a": "whole_rate"}


def test_the_branch_for_all_others_says_others_of_what(embedded: fm.Budget) -> None:
    assert "分担：[其他地区] " in embedded.explain(11, "652300", 2023).text()
    assert "split: [other places] " in embedded.explain(11, "652300", 2023).text("en")
    assert "[南疆四地州 → " in embedded.explain(11, "653100", 2023).text()
    lines = embedded.explain(10, "652300", 2023).data["places"][0]["lines"]
    turns = {line["line"]: line["split"]["path"][0]["branch"]["zh"] for line in lines}
    assert (turns["preschool_meals"], turns["preschool_readers"]) == ("其他地区", "幼儿读本费")


def test_a_count_says_how_it_goes_on(tables: Tables, scenario: Callable[..., Path]) -> None:
    """10 rooms of 2023 held, or grown by a tenth; a factor changes a supplied year itself."""
    data = tables(
        beneficiaries=[
            ["reading_room", "昌吉市", 2023, 10],
            ["family_reward_person", "昌吉市", 2023, 1200],
        ]
    )
    held = fm.simulate("baseline", data)
    assert (
        f"人数：按2023年的 1,200 人保持不变；2023年数据：{data}/beneficiaries.csv:3:4（用户数据）"
        in held.explain(45, "昌吉市", 2025).text()
    )
    assert (
        f"count: held at the 1,200 of 2023; data of 2023: {data}/beneficiaries.csv:3:4 (user)"
        in held.explain(45, "昌吉市", 2025).text("en")
    )
    assert (
        f"数量：{data}/beneficiaries.csv:2:4（用户数据）" in held.explain(77, "昌吉市", 2023).text()
    )
    entries = [
        {"beneficiary": "reading_room", "growth": 0.1},
        {"beneficiary": "family_reward_person", "factor": 2},
    ]
    changed = fm.simulate(scenario({"extends": "baseline", "beneficiaries": entries}), data)
    assert "数量：由2023年的 10 间推算（每年 +10% [" in changed.explain(77, "昌吉市", 2024).text()
    assert "人数：由2023年的 1,200 人调整（× 2 [" in changed.explain(45, "昌吉市", 2023).text()


def test_a_row_of_the_embedded_data_is_named_as_such(embedded: fm.Budget) -> None:
    text = embedded.explain(11, "653100", 2023).text()
    assert re.search(r"人数：内置数据 beneficiaries\.csv 第\d+行（假设；", text)
    assert re.search(r"基数来源 [\d,]+：内置数据 bases_2015\.csv 第\d+行（", text)
    assert re.search(
        r"金额：内置数据 amounts\.csv 第\d+行（", embedded.explain(39, "653100", 2023).text()
    )


def test_what_exceeds_a_base_amount_is_said_in_one_phrase(embedded: fm.Budget) -> None:
    explained = embedded.explain(11, "653100", 2023)
    assert explained.text("en").count("Region bears what exceeds the base amount") == 1 + len(
        explained.data["places"][0]["lines"]
    )
    assert "自治区本级承担超出基数部分" in explained.text()


def test_chinese_labels_end_in_chinese_colons(embedded: fm.Budget) -> None:
    for item in embedded.standard.items:
        text = QUOTED.sub("", embedded.explain(item, "653100", 2026).text())
        assert not re.search(r"[^\d ]: ", text), item


# What may be asked


def test_whole_numbers_of_any_type_are_taken(embedded: fm.Budget) -> None:
    plain = embedded.explain(11, "653100", 2023)
    assert embedded.explain(np.int64(11), 653100, np.int32(2023)).data == plain.data
    assert embedded.explain("11", "653100", "2023年").data == plain.data
    assert type(embedded.explain(np.int64(11), "653100", 2023).data["item"]) is int


@pytest.mark.parametrize(
    ("asked", "zh", "en"),
    [
        (
            (11.5, "653100", 2023),
            "服务项目应为项目号或名称，不是 11.5",
            "an item is given by number or name, not 11.5",
        ),
        (
            (True, "653100", 2023),
            "服务项目应为项目号或名称，不是 True",
            "an item is given by number or name, not True",
        ),
        (
            ("eleven", "653100", 2023),
            "不认识的服务项目“eleven”；全部项目见 fiscal-model items",
            "unknown item 'eleven'; all items: fiscal-model items",
        ),
        (("10-14", "653100", 2023), "不认识的服务项目“10-14”", "unknown item '10-14'"),
        ((81, "653100", 2023), "没有第81项；应为 1–80", "there is no item 81: items are 1–80"),
        ((11, "653100", 2023.5), "年份应为整数：2023.5", "years are whole numbers: 2023.5"),
        ((11, "653100", "2023-2024"), "这里应为一个年份", "one year is expected here"),
        ((11, "653100", True), "这里应为一个年份", "one year is expected here"),
        ((11, 6531, 2023), "不认识的地区“6531”", "unknown place '6531'"),
    ],
)
def test_what_cannot_be_asked_is_told(
    embedded: fm.Budget, asked: tuple[Any, Any, Any], zh: str, en: str
) -> None:
    with pytest.raises(fm.FiscalModelError) as caught:
        embedded.explain(*asked)
    assert zh in caught.value.text("zh")
    assert en in caught.value.text("en")


# The catalogue


def test_the_catalogue_says_who_supplies_what_and_who_is_responsible(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["items"]) == 0
    listed = capsys.readouterr().out
    assert "由使用者填报" in listed
    assert "共同承担、比例未明确" in listed
    assert not re.search("另行提供|未定比例", listed)
    assert main(["items", "2"]) == 0
    assert "\n在第31项中列支：" in capsys.readouterr().out
    assert main(["items", "10", "--lang", "en"]) == 0
    shown = capsys.readouterr().out
    assert "other places: by reading 10a" in shown
    assert "the remainder is unallocated" in shown
    assert "Regional Department of Education" in shown


# As a table


def test_the_table_has_a_row_a_step(tables: Tables) -> None:
    """1,000 primary pupils, 650,000: central 520,000; of 130,000 the ratio asks 91,000 of the
    county, whose base amount is 60,000.
    """
    inputs = tables(
        beneficiaries=[["primary_pupil", "喀什市", 2023, 1000]], bases_2015=[[11, "喀什市", 60_000]]
    )
    table = fm.simulate("as_written", inputs).explain(11, "喀什市", 2023).to_dataframe("en")
    assert list(table.columns) == ["place", "line", "step", "label", "value", "source"]
    costed = table[table["line"] == "pubfund_primary"]
    assert list(costed["step"]) == ["count", "rate", "cost", *["by_rule"] * 3, *["paid"] * 3]
    assert list(costed["value"]) == pytest.approx(
        [1000, 650, 650_000, 520_000, 39_000, 91_000, 520_000, 70_000, 60_000]
    )
    assert list(costed["label"])[-3:] == ["Central", "Region", "Prefecture and county"]
    assert (
        costed["source"].iloc[1] == "text of the standard, item 11, rate “普通小学每生每年 650 元”"
    )
    missing = table[table["step"] == "not_costed"]
    assert missing["value"].isna().all()
    assert set(missing["label"]) == {"no count"}
    assert list(table[table["step"] == "base_amount"]["value"]) == [60_000]
    assert set(table["place"]) == {"653101"}


# A rate for a part of the year


def _from_july(tables: Tables, scenario: Callable[..., Path]) -> fm.Budget:
    """100 pensioners at 60 a month from July 2022: 36,000 in 2022 and 72,000 in 2023."""
    path = scenario({"rates": [{"line": "resident_pension_region", "from": "2022-07", "rate": 60}]})
    return fm.simulate(
        path,
        tables(
            beneficiaries=[["resident_pensioner", "昌吉市", year, 100] for year in (2022, 2023)]
        ),
    )


def test_a_rate_that_starts_within_a_year_says_that_the_months_before_cost_nothing(
    tables: Tables, scenario: Callable[..., Path]
) -> None:
    budget = _from_july(tables, scenario)
    explained = budget.explain(50, "昌吉市", 2022)
    assert "100 人 × 60 × 0.5 元/人·月 × 12 = 36,000 元" in explained.text("zh")
    assert "其余时间没有补助标准，没有费用 (0.5)" in explained.text("zh")
    assert "100 persons × 60 × 0.5 yuan a person and month × 12 = 36,000 yuan" in explained.text(
        "en"
    )
    assert "no rate for the rest of the year, which costs nothing (0.5)" in explained.text("en")
    whole = budget.explain(50, "昌吉市", 2023).text("zh")
    assert "其余时间" not in whole
    assert "100 人 × 60 元/人·月 × 12 = 72,000 元" in whole


def test_a_rate_for_a_part_of_the_year_is_told(
    tables: Tables, scenario: Callable[..., Path]
) -> None:
    told = [
        warning.message
        for warning in _from_july(tables, scenario).warnings
        if "resident_pension_region" in warning.message.to("zh")
    ]
    assert [each.zh for each in told] == [
        "第50项“resident_pension_region”2022 年只在部分时间有补助标准（折合全年的 0.5），"
        "其余时间没有费用：昌吉市"
    ]
    assert "for a part of 2022 only (0.5 of the year's money)" in told[0].en


def test_a_line_by_the_year_without_a_rate_on_1_january_says_so(
    tables: Tables, scenario: Callable[..., Path]
) -> None:
    """It costs nothing in 2022, and that is told with the reason; from 2023 on it has its rate."""
    line = {
        "item": 11,
        "line": "bus",
        "name": "校车",
        "beneficiary": "bus_pupil",
        "per": "元/人·年",
        "accrual": "calendar_year",
        "rates": [{"rate": 500, "from": "2022-07"}],
    }
    path = scenario(
        {
            "new": {
                "beneficiaries": {"bus_pupil": {"zh": "学生", "en": "pupils", "unit": "人"}},
                "lines": [line],
            }
        }
    )
    budget = fm.simulate(
        path, tables(beneficiaries=[["bus_pupil", "昌吉市", year, 1000] for year in (2022, 2023)])
    )
    assert budget.by("year").to_dict() == {2022: pytest.approx(np.nan, nan_ok=True), 2023: 500_000}
    (told,) = (
        warning.message.to("zh")
        for warning in budget.warnings
        if "“bus”" in warning.message.to("zh")
    )
    assert "2022 年" in told
    assert "按每年 1 月 1 日的标准计" in told


# Base amounts that entries of several layers make


def test_every_entry_that_makes_a_base_amount_is_named(
    tables: Tables, scenario: Callable[..., Path]
) -> None:
    """5,000 everywhere, times 1.2 in 喀什市, a quarter of what exceeds 6,000 of 91,000 is 21,250:
    27,250. The abolition below has no say.
    """
    bases = [
        {"item": 11, "from": 2022, "abolish": True},
        {"item": 11, "where": "653100", "from": 2023, "amount": 5000},
        {"item": 11, "where": "喀什市", "from": 2023, "factor": 1.2},
    ]
    scenario({"bases": bases}, "below")
    path = scenario(
        {
            "extends": "below",
            "bases": [{"item": 11, "where": "south4", "from": 2023, "phase_out": 4}],
        }
    )
    data = tables(
        beneficiaries=[["primary_pupil", "喀什市", 2023, 1000]],
        bases_2015=[[11, "喀什市", 1_000_000]],
    )
    budget = fm.simulate(path, data)
    (cap,) = budget.explain(11, "喀什市", 2023).data["places"][0]["base_amounts"]
    assert (cap["amount"], cap["ended"], cap["paid"]) == (6000, 0.25, 27_250)
    assert [Path(at.split(":")[0]).name for at in cap["entries"]] == [
        "below.yaml",
        "below.yaml",
        "trial.yaml",
    ]
    log = fm.apply(path, data).log.to_dataframe("zh")
    changes = log[(log["kind"] == "bases") & (log["place"] == "653101")][
        ["scenario", "before", "after"]
    ]
    assert changes.to_numpy().tolist() == [
        ["below", 1_000_000, 6000],
        ["trial", 6000, "6,000.00，已退出 0.25"],
    ]


def test_an_abolition_names_itself_alone(tables: Tables, scenario: Callable[..., Path]) -> None:
    bases = [
        {"item": 11, "from": 2023, "amount": 5000},
        {"item": 11, "where": "喀什市", "from": 2023, "abolish": True},
    ]
    data = tables(
        beneficiaries=[["primary_pupil", "喀什市", 2023, 1000]],
        bases_2015=[[11, "喀什市", 1_000_000]],
    )
    (cap,) = (
        fm.simulate(scenario({"bases": bases}), data)
        .explain(11, "喀什市", 2023)
        .data["places"][0]["base_amounts"]
    )
    assert (cap["amount"], cap["paid"], len(cap["entries"])) == (None, 91_000, 1)
