"""What is shown as the basis of every split and rate is what the rule file, or the scenario's entry
in force, says of it.
The rule files and the baseline are read here as plain YAML, resolved by a few lines of their own
that share no code with the program.
"""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from conftest import write_tables

import fiscal_model as fm
from fiscal_model.cli import main

ROOT = Path(__file__).parents[1]
RULES = ROOT / "fiscal_model" / "standard" / "xinjiang_2021"
Node = dict[str, Any]


def plain(path: Path) -> Any:
    """A YAML file with every scalar as text."""
    return yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)


ITEMS: dict[int, Node] = {
    int(item["item"]): item
    for path in sorted(RULES.glob("[0-9]*.yaml"))
    for item in plain(path)["items"]
}
BASELINE: Node = plain(ROOT / "scenarios" / "baseline.yaml")
DEFAULTS = {
    reading["reading"]: next(iter(reading["options"]))
    for item in ITEMS.values()
    for reading in item.get("readings", ())
}
CHOSEN: dict[str, dict[str, str]] = {
    "as_written": DEFAULTS,
    "baseline": {**DEFAULTS, **BASELINE["readings"]},
}
WORDS = {"text": "标准原文", "assumption": "假设", "reading": "口径 10a"}
PLACES = {
    "650100": {"650100"},
    "653101": {"south4", "south3", "nutrition_national_pilot", "653101"},
    "652927": {"south4", "nutrition_national_pilot", "乌什县"},
    "652928": {"south4", "nutrition_national_pilot", "阿瓦提县"},
}
"""Places with the names by which a rule may mean them: Urumqi, a southern county and the two
counties of Aksu that item 60 treats by name.
"""


def entry_of(scenario: str, item: int, line: str) -> Node | None:
    """The entry of the scenario whose split is in force: the line's, else the item's."""
    mine = [
        each
        for each in BASELINE["splits"]
        if each.get("line") == line or each.get("item") == str(item)
    ]
    return (
        sorted(mine, key=lambda each: "line" not in each)[0]
        if mine and scenario == "baseline"
        else None
    )


def leaves_of(split: Node, line: Node, scenario: str, named: set[str] | None) -> Iterator[Node]:
    """The leaves that may apply to a line under a scenario's readings: in every place, or in the
    one of those names.
    """
    if "reading" in split:
        yield from leaves_of(
            split["options"][CHOSEN[scenario][split["reading"]]], line, scenario, named
        )
    elif "cases" in split:
        for branch in split["cases"]:
            where = branch.get("where", [])
            where = [where] if isinstance(where, str) else where
            if line["line"] not in branch.get("lines", [line["line"]]) or branch.get(
                "condition", line.get("condition")
            ) != line.get("condition"):
                continue
            if where and named is not None and not named & set(where):
                continue
            yield from leaves_of(branch["split"], line, scenario, named)
            if not where or named is not None:
                return
    else:
        yield split


def says(node: Node) -> str | None:
    """The basis that a leaf states."""
    return "text" if "cite" in node else node.get("basis")


def rest_says(leaf: Node) -> str | None:
    """The basis of what is left after sums a head or grants, where it is another clause."""
    if "remainder_by" in leaf:
        return "reading"
    return says(leaf["rest"]) if "grants" in leaf else None


def bases_of(leaf: Node) -> set[str]:
    """The bases of a leaf; a cost that it leaves open is said to be that, and on what that rests
    unless it is the text.
    """
    own, rest = says(leaf), rest_says(leaf) or says(leaf)
    if "open" in leaf:
        return {"open", own} - {"text", None} | set()
    if "grants" in leaf and "open" in leaf["rest"]:
        return {own, "open", rest} if rest != "text" else {own, "open"}
    if leaf.get("remainder") == "unallocated":
        return {own, "open", rest}
    return {own, rest}


def lines() -> Iterator[tuple[int, Node, Node]]:
    for number, item in ITEMS.items():
        yield from ((number, item, line) for line in item.get("lines", ()))


@pytest.fixture(scope="module")
def catalogue() -> dict[int, Node]:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert main(["items", "--json"]) == 0
    return {item["item"]: item for item in json.loads(out.getvalue())}


@pytest.fixture(scope="module")
def budgets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, fm.Budget]:
    """Every line costed in every place: ten of each beneficiary at 100 yuan, amounts and grants of
    1,000 and 1, base amounts of 5.
    """
    counted = dict.fromkeys(line["beneficiary"] for *_, line in lines() if "beneficiary" in line)
    grants = {
        f"grant:{n}:{payer}"
        for n, item in ITEMS.items()
        for leaf in all_leaves(item["split"])
        for payer in leaf.get("grants", ())
    }
    amounts = [line["line"] for *_, line in lines() if "beneficiary" not in line]
    folder = write_tables(
        tmp_path_factory.mktemp("whole"),
        {
            "beneficiaries": [[name, place, 2025, 10] for name in counted for place in PLACES],
            "rates": [
                [line["line"], "", 2025, 100]
                for *_, line in lines()
                if "beneficiary" in line and "rates" not in line
            ],
            "amounts": (
                [[name, place, 2025, 1000] for name in amounts for place in PLACES]
                + [[name, place, 2025, 1] for name in sorted(grants) for place in PLACES]
            ),
            "bases_2015": [
                [item, place, 5] for item in (11, 13) for place in PLACES if place != "650100"
            ],
            "minimum_wage": [["650000", 2025, 1000]],
        },
    )
    return {name: fm.simulate(name, folder, 2025) for name in CHOSEN}


def all_leaves(split: Node) -> Iterator[Node]:
    inner = [branch["split"] for branch in split.get("cases", ())] + list(
        split.get("options", {}).values()
    )
    yield from (leaf for each in inner for leaf in all_leaves(each)) if inner else [split]


def test_every_clause_of_the_catalogue_is_the_one_written(catalogue: dict[int, Node]) -> None:
    """Each leaf of ``items --json``, in the order of the rule file."""
    for number, item in ITEMS.items():
        written, shown = (
            list(all_leaves(item["split"])),
            list(all_leaves(catalogue[number]["split"])),
        )
        assert len(written) == len(shown)
        for leaf, other in zip(written, shown, strict=True):
            assert other["clause"]["basis"] == says(leaf), number
            assert other["clause"].get("phrase", "") == leaf.get("cite", ""), number
            rest = other.get("remainder_clause") or (
                other["rest"].get("clause") if "grants" in other else None
            )
            assert (rest or {}).get("basis") == rest_says(leaf), number


@pytest.mark.parametrize("scenario", CHOSEN)
def test_the_catalogue_says_of_every_item_on_what_its_rates_and_split_rest(
    scenario: str, catalogue: dict[int, Node]
) -> None:
    for number, item in ITEMS.items():
        said = catalogue[number]["ledger"][scenario]
        wanted: set[str | None] = set()
        for line in item.get("lines", ()):
            entry = entry_of(scenario, number, line["line"])
            for leaf in leaves_of(item["split"], line, scenario, None):
                wanted |= {entry["basis"]} if entry else bases_of(leaf)
            rates = [
                each["basis"]
                for each in BASELINE["rates"]
                if each["line"] == line["line"] and scenario == "baseline"
            ]
            stated = "assumption" if rates else "text" if "rates" in line else "supplied"
            assert said["rates"][line["line"]] == stated, line["line"]
        assert set(said["split"]) == wanted, number


@pytest.mark.parametrize("scenario", CHOSEN)
@pytest.mark.parametrize("place", PLACES)
def test_every_explanation_cites_the_clause_in_force(
    scenario: str, place: str, budgets: dict[str, fm.Budget]
) -> None:
    budget = budgets[scenario]
    for number, item in ITEMS.items():
        if "paid_in" in item:
            continue
        explained = budget.explain(number, place, 2025)
        (here,) = explained.data["places"]
        for line, step in zip(item["lines"], here["lines"], strict=True):
            entry = entry_of(scenario, number, line["line"])
            leaf = next(leaves_of(item["split"], line, scenario, PLACES[place]))
            split = step["split"]
            assert split["clause"]["basis"] == (entry["basis"] if entry else says(leaf)), line[
                "line"
            ]
            assert split["clause"].get("phrase", "") == ("" if entry else leaf.get("cite", "")), (
                line["line"]
            )
            assert split.get("rest_clause", {}).get("basis") == (
                None if entry else rest_says(leaf)
            ), line["line"]
        assert not any(step["costed"] is False for step in here["lines"]), number


@pytest.mark.parametrize("scenario", CHOSEN)
def test_the_ledger_counts_every_yuan_by_the_clause_that_puts_it_there(
    scenario: str, budgets: dict[str, fm.Budget]
) -> None:
    """What a payer bears by a grant or a sum a head rests on its clause, what is left on its own;
    unallocated money stands on the leaf's too.
    """
    budget = budgets[scenario]
    frame = budget.to_dataframe()
    for entry in budget.ledger.items:
        item, yuan = ITEMS[entry.item], dict.fromkeys(("text", "assumption", "reading"), 0.0)
        for row in frame[frame["item"] == entry.item].itertuples():
            # an entry is of one account
            if budget.standard.lines[row.line].account != entry.account:
                continue
            line = next(each for each in item["lines"] if each["line"] == row.line)
            found = entry_of(scenario, entry.item, line["line"])
            leaf = next(leaves_of(item["split"], line, scenario, PLACES[row.place]))
            named = row.payer in {
                **leaf.get("per_head", {}),
                **dict.fromkeys(leaf.get("grants", ())),
            }
            basis = (
                found["basis"] if found else says(leaf) if named else rest_says(leaf) or says(leaf)
            )
            yuan[basis] += row.amount
        total = sum(yuan.values())
        assert entry.split == pytest.approx(
            {name: part / total for name, part in yuan.items() if part}
        ), entry.item


def test_the_sheet_of_sources_cites_every_leaf(
    tmp_path: Path, budgets: dict[str, fm.Budget]
) -> None:
    """A row a leaf, in the order of the rule file, with its basis and its phrase."""
    budgets["as_written"].to_excel(tmp_path / "report.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "report.xlsx")["依据与缺口"]
    rows = [[str(cell.value or "") for cell in row] for row in sheet.iter_rows()]
    for number, item in ITEMS.items():
        cited = [
            row[3] for row in rows if row[0] == str(number) and row[1] == "分担办法" and row[3]
        ]
        written = list(all_leaves(item["split"]))
        assert len(cited) == len(written), number
        for leaf, shown in zip(written, cited, strict=True):
            assert shown.startswith(WORDS[says(leaf) or ""]), number
            assert leaf.get("cite", "") in shown
            assert (
                f"其余部分：{WORDS[rest_says(leaf) or '']}" in shown
                if rest_says(leaf)
                else "其余部分" not in shown
            )


# The cases by name


def test_the_rest_of_item_7_is_an_assumption(
    budgets: dict[str, fm.Budget], capsys: pytest.CaptureFixture[str]
) -> None:
    """Ten orphans at 100 × 12 are 12,000 in each of four places, ten children with HIV as many:
    96,000, of which eight grants of 1 are the text's.
    """
    entry = next(each for each in budgets["as_written"].ledger.items if each.item == 7)
    assert entry.split == pytest.approx({"text": 8 / 96_000, "assumption": 1 - 8 / 96_000})
    text = budgets["as_written"].explain(7, "650100", 2025).text()
    assert "标准原文第7项支出责任“中央及自治区财政适当补助”；其余部分：假设：" in text
    assert main(["items", "7"]) == 0
    assert "其余部分：假设：" in capsys.readouterr().out


def test_what_item_10_leaves_rests_on_its_reading(
    tables: Callable[..., Path], scenario: Callable[..., Path]
) -> None:
    """A child of the south: 130 and 2,154 of the region are the text's, 516 rest on reading 10a;
    elsewhere 130 and 916 against 1,754.
    """
    for place, by_reading in (("喀什市", 516), ("昌吉市", 1754)):
        for option, payer in (("prefecture", "prefecture"), ("unallocated", "unallocated")):
            inputs = tables(beneficiaries=[["preschool_child", place, 2023, 1]])
            budget = fm.simulate(scenario({"readings": {"10a": option}}), inputs)
            entry = next(each for each in budget.ledger.items if each.item == 10)
            assert entry.split == pytest.approx(
                {"text": 1 - by_reading / 2800, "reading": by_reading / 2800}
            )
            # the weakest link is the analyst's count
            assert set(budget.ledger.payers["region"]) == {"user"}
            assert set(budget.ledger.payers[payer]) == {"reading"}
            assert "；其余部分：口径 10a" in budget.explain(10, place, 2023).text()
            assert "; the remainder: reading 10a" in budget.explain(10, place, 2023).text("en")


def test_an_equal_split_of_another_item_lends_no_basis(catalogue: dict[int, Node]) -> None:
    """Full payment by one payer stands in many items; the baseline touches none of these four."""
    for item in (14, 27, 39, 40):
        assert catalogue[item]["ledger"]["baseline"]["split"] == ["text"]
    assert catalogue[50]["ledger"]["as_written"]["split"] == ["assumption", "open", "text"]


def test_a_changed_base_amount_rests_on_the_entry_that_changes_it(
    tables: Callable[..., Path], scenario: Callable[..., Path]
) -> None:
    """1,000 pupils cost 650,000: central's 520,000 stay the text's, what region and prefecture
    divide under the analyst's base amount is the analyst's.
    """
    inputs = tables(
        beneficiaries=[["primary_pupil", "653101", 2023, 1000]], bases_2015=[[11, "653101", 50_000]]
    )
    plain_text = fm.simulate("as_written", inputs)
    assert next(each for each in plain_text.ledger.items if each.item == 11).split == {"text": 1.0}
    changed = fm.simulate(
        scenario({"bases": [{"item": 11, "factor": 1.2, "basis": "assumption"}]}), inputs
    )
    entry = next(each for each in changed.ledger.items if each.item == 11)
    assert entry.split == pytest.approx({"text": 0.8, "assumption": 0.2})


def test_a_new_item_that_cites_nothing_rests_on_its_author(
    tables: Callable[..., Path], scenario: Callable[..., Path]
) -> None:
    added = {
        "items": [
            {
                "item": 81,
                "name": "长者食堂",
                "section": 13,
                "responsibility": "mixed",
                "split": {"region": 1, "prefecture": 1},
                "lines": [{"line": "canteen", "name": "长者食堂", "accrual": "calendar_year"}],
            }
        ]
    }
    budget = fm.simulate(
        scenario({"new": added}), tables(amounts=[["canteen", "昌吉市", 2023, 100]])
    )
    assert next(each for each in budget.ledger.items if each.item == 81).split == {"user": 1.0}
    assert "依据：用户数据" in budget.explain(81, "昌吉市", 2023).text()


def test_the_words_of_a_split_in_force_are_its_own(
    tables: Callable[..., Path], scenario: Callable[..., Path]
) -> None:
    """80:10:10 of one item and 80 with the rest halved of another share alike; each is told as it
    is written.
    """
    nested = {"central": 80, "rest": 20, "of_rest": {"region": 1, "prefecture": 1}}
    flat = {"central": 80, "region": 10, "prefecture": 10}
    path = scenario({"splits": [{"item": 45, "split": nested}, {"item": 46, "split": flat}]})
    inputs = tables(
        beneficiaries=[
            ["family_reward_person", "昌吉市", 2023, 1],
            ["bereaved_parent", "昌吉市", 2023, 1],
        ]
    )
    budget = fm.simulate(path, inputs)
    told = budget.program.applied.table("splits", "en").set_index("line")["split"]
    logged = budget.program.applied.log.to_dataframe("en").set_index("name")["after"]
    for said in (told, logged):
        assert (
            said["family_reward"]
            == "Central : rest = 80 : 20, of the rest Region : Prefecture and county = 1 : 1"
        )
        assert said["child_death"] == "Central : Region : Prefecture and county = 80 : 10 : 10"


# Readings and stated counts


def test_every_reading_cites_the_clause_in_doubt(catalogue: dict[int, Node]) -> None:
    for item in catalogue.values():
        for reading in item["readings"]:
            assert reading["clause"]["basis"] == "text", reading["reading"]
            assert reading["clause"]["phrase"]
            assert reading["default"] == DEFAULTS[reading["reading"]]


def test_the_catalogue_shows_the_counts_and_the_unused_figures_of_the_text(
    catalogue: dict[int, Node], capsys: pytest.CaptureFixture[str]
) -> None:
    """Item 35 states 110.22万 and 44万 persons, item 14 33 and 9 counties, item 78 six
    languages.
    """
    counts = {
        number: [each["count"] for each in item["stated_counts"]]
        for number, item in catalogue.items()
        if item["stated_counts"]
    }
    assert counts == {14: [33, 9], 35: [1_102_200, 440_000], 78: [6]}
    assert main(["items", "35"]) == 0
    out = capsys.readouterr().out
    assert "1,102,200 人 [标准原文：服务标准“管理高血压患者约 110.22 万人”]" in out
    assert "440,000 人 [标准原文：服务标准“糖尿病患者约 44 万人”]" in out
    for number, item in ITEMS.items():
        assert main(["items", str(number)]) == 0
        out = capsys.readouterr().out
        assert all(left["phrase"] in out for left in item.get("left_out", ())), number


def test_a_reading_on_what_may_be_drawn_together_moves_both_items_and_is_told(
    tables: Callable[..., Path],
) -> None:
    """A care subsidy of 40 a month below the allowance of 50: 30 who have both leave its count by
    the default, 30 × 480 = 14,400.
    """
    inputs = tables(
        beneficiaries=[
            ["age_80_89", "喀什市", 2023, 100],
            ["disability_care_recipient", "喀什市", 2023, 60],
        ],
        rates=[["disability_care", "喀什市", 2023, 40]],
        overlaps=[["age_80_89", "disability_care_recipient", "喀什市", 2023, 30]],
    )
    spread = {
        each.option: each.difference
        for each in fm.reading_spread("as_written", inputs).options
        if each.reading == "48a"
    }
    assert {name: moved["region"] for name, moved in spread.items()} == pytest.approx(
        {"all_benefits": 0, "disability_subsidies": 0, "hardship_subsidy": 14_400}
    )
    assert fm.simulate("as_written", inputs).explain(60, "喀什市", 2023).data["readings"] == {
        "48a": "all_benefits"
    }


def test_overlaps_that_a_reading_lets_stand_are_told(
    tables: Callable[..., Path], scenario: Callable[..., Path]
) -> None:
    inputs = tables(
        beneficiaries=[
            ["age_80_89", "喀什市", 2023, 100],
            ["disability_care_recipient", "喀什市", 2023, 60],
        ],
        rates=[["disability_care", "喀什市", 2023, 40]],
        overlaps=[["age_80_89", "disability_care_recipient", "喀什市", 2023, 30]],
    )
    told = [
        warning.to("zh")
        for warning in fm.simulate(
            scenario({"readings": {"48a": "hardship_subsidy"}}), inputs
        ).warnings
    ]
    assert any("按口径 48a = hardship_subsidy" in words and "未扣除" in words for words in told)
    assert not any(
        "48a" in warning.to("zh") for warning in fm.simulate("as_written", inputs).warnings
    )
