"""Every caller that takes a name takes the same names: one list of words for each sort of thing,
and all callers of the sort. A word means the same to all of them, what may mean several things is
refused by all with all of them, and what means nothing by all.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import matplotlib.text
import pytest

import fiscal_model as fm
from fiscal_model.cli import main
from fiscal_model.errors import FiscalModelError
from fiscal_model.inputs.model import Inputs
from fiscal_model.inputs.read import load_inputs
from fiscal_model.names import ACCOUNT_NAMES, DIMENSION_NAMES, Meaning, Names
from fiscal_model.scenario.model import Scenario
from fiscal_model.scenario.read import load_scenario, scenario_names
from fiscal_model.standard.names import AREA, BENEFICIARY, GROUP, ITEM, LINE, PAYER, PLACE, QUESTION
from fiscal_model.standard.read import load_standard

NAMES = load_standard().names
QUESTIONS = NAMES.among(QUESTION).known
TABLES = {
    "beneficiaries": ["beneficiary,place,year,count", "primary_pupil,653100,2023,1000"],
    "bases_2015": ["item,place,amount", "11,653100,60000"],
    "local_split": ["item,place,county_share", ",653100,0.4"],
}
"""1,000 pupils of Kashgar prefecture, whose local part is divided."""
ENDLESS = 1e15


@dataclass
class World:
    """What callers are asked in: small data, and a folder to write to."""

    folder: Path

    def inputs(self, **more: str) -> Path:
        """The data; each table of ``more`` has its heading and one row."""
        path = self.folder / "inputs"
        path.mkdir(exist_ok=True)
        for old in path.iterdir():
            old.unlink()
        for table, rows in (
            TABLES | {name: text.split("|") for name, text in more.items()}
        ).items():
            (path / f"{table}.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        return path

    def read(self, **more: str) -> Inputs:
        return load_inputs(self.inputs(**more), load_standard())

    def column(self, table: str, column: str, row: str) -> Any:
        """The only value of a column of a table with one row."""
        (value,) = self.read(**{table: row}).tables[table].columns[column]
        return value

    def scenario(self, text: str) -> Scenario:
        path = self.folder / "own.yaml"
        path.write_text(f"name: own\nextends: baseline\n{text}\n", encoding="utf-8")
        return load_scenario(path)[0]

    def new_line(self, **more: str) -> Any:
        """The line that a scenario adds."""
        parts = {"item": "11", "line": "bus", "name": "车", "beneficiary": "primary_pupil"} | more
        rest = "per: 年, accrual: calendar_year, rates: [{rate: 5, from: 2026}]"
        stated = ", ".join(f"{key}: {quoted(value)}" for key, value in parts.items())
        return self.scenario(f"new: {{lines: [{{{stated}, {rest}}}]}}").standard.lines["bus"]

    @cached_property
    def budget(self) -> fm.Budget:
        return fm.simulate("as_written", self.inputs())

    @cached_property
    def compared(self) -> fm.Comparison:
        return fm.compare("as_written", "end_2015_base", inputs=self.inputs())

    @cached_property
    def moved(self) -> fm.Sensitivity:
        return fm.sensitivity("as_written", self.inputs())

    def solve(
        self,
        vary: str = "rate:pubfund_primary",
        scenario: str = "as_written",
        year: int = 2023,
        payer: str = "region",
        **more: Any,
    ) -> Any:
        return fm.solve(scenario, vary, payer, ENDLESS, year, inputs=self.inputs(), **more)

    def implied(self, line: str = "pubfund_primary", **more: Any) -> Any:
        return fm.implied(
            **{"line": line, "place": "653100", "year": 2023, "amount": "9万", **more}
        ).notice

    def printed(self, *command: str) -> str:
        """What a command that takes the data prints."""
        assert main([*command, "--inputs", str(self.inputs())]) == 0
        return ""

    def printed_alone(self, *command: str) -> str:
        """What a command that takes no data prints."""
        assert main([*command]) == 0
        return ""

    def extending(self, word: str) -> str:
        """The scenario that one extends."""
        path = self.folder / "child.yaml"
        path.write_text(f"name: child\nextends: {quoted(word)}\n", encoding="utf-8")
        parent = load_scenario(path)[0].parent
        assert parent
        return parent.name

    def template(self, **more: str) -> bytes:
        path = self.folder / "t.xlsx"
        fm.template(path, date="2024-01-31", force=True, **more)  # type: ignore[arg-type]
        return path.read_bytes()


def shown(chart: Any) -> list[str]:
    """Every word of a chart."""
    return [text.get_text() for text in chart.figure.findobj(matplotlib.text.Text)]


def quoted(word: str) -> str:
    """A word as YAML quotes it."""
    return json.dumps(word, ensure_ascii=False)


def cells(**branch: str) -> str:
    """A split of item 11 with a branch, as a scenario writes it."""
    when = ", ".join(f"{key}: {value}" for key, value in branch.items())
    return (
        f"splits: [{{item: 11, from: 2026, split: {{cases: [{{{when}, split: {{full: central}}}},"
        " {split: {full: region}}]}}]"
    )


Caller = Callable[[World, str], Any]
AREAS: dict[str, Caller] = {
    "sel place": lambda world, word: world.budget.sel(place=word).places,
    "sel prefecture": lambda world, word: world.budget.sel(prefecture=word).places,
    "where": lambda world, word: (
        world.scenario(f"bases: [{{item: 11, where: {quoted(word)}, factor: 2}}]").entries[0].where
    ),
    "where of a rate": lambda world, word: (
        world.scenario(
            f"rates: [{{line: pubfund_primary, where: [{quoted(word)}], from: 2029, rate: 9}}]"
        )
        .entries[0]
        .where
    ),
    "where of a branch": lambda world, word: (
        world.scenario(cells(where=quoted(word)))
        .entries[0]
        .split.branches[0][0]  # type: ignore[union-attr]
        .where
    ),
    "member of a group": lambda world, word: (
        world.scenario(f"groups: [{{group: south4, add: {quoted(word)}, from: 2026}}]")
        .entries[0]
        .where
    ),
    "solve where": lambda world, word: world.solve(where=word).entry,
    "template": lambda world, word: world.template(items="11", places=word),
}
CALLERS: dict[str, dict[str, Caller]] = {
    "place": {
        "explain": lambda world, word: world.budget.explain(11, word, 2023).data["place"],
        "beneficiaries": lambda world, word: world.column(
            "beneficiaries",
            "place",
            f"beneficiary,place,year,count|primary_pupil,{word},2023,1000",
        ),
        "bases": lambda world, word: world.column(
            "bases_2015", "place", f"item,place,amount|11,{word},5"
        ),
        "solve place": lambda world, word: world.solve(place=word).burden.place,
        "implied": lambda world, word: world.implied(place=word).place,
        "explain --place": lambda world, word: world.printed(
            *("explain", "--item", "11", "--year", "2023", "--place", word)
        ),
        **AREAS,
    },
    "group": {
        **AREAS,
        "group": lambda world, word: (
            world.scenario(f"groups: [{{group: {quoted(word)}, add: 652800, from: 2026}}]")
            .entries[0]
            .group
        ),
        "expected_in": lambda world, word: world.new_line(expected_in=word).expected_in,
    },
    "payer": {
        "sel": lambda world, word: world.budget.sel(payer=word).payers,
        "explain": lambda world, word: world.budget.explain(11, "653100", 2023, word).data[
            "accounts"
        ],
        "weight": lambda world, word: (
            world.scenario(f"splits: [{{item: 45, from: 2026, split: {{{quoted(word)}: 1}}}}]")
            .entries[0]
            .split
        ),
        "full": lambda world, word: (
            world.scenario(f"splits: [{{item: 45, from: 2026, split: {{full: {quoted(word)}}}}}]")
            .entries[0]
            .split
        ),
        "solve": lambda world, word: world.solve(payer=word).burden.payer,
        "implied": lambda world, word: world.implied(payer=word).payers,
        "grant": lambda world, word: world.column(
            "amounts", "line", f"line,place,year,amount|grant:54:{word},653100,2023,5"
        ),
        "advances": lambda world, word: world.column(
            "advances",
            "payer",
            f"item,place,year,payer,document,amount|54,653100,2023,{word},x,5",
        ),
        "actuals": lambda world, word: world.column(
            "actuals", "payer", f"item,place,year,payer,stage,amount|54,653100,2023,{word},预算,5"
        ),
        "waterfall": lambda world, word: shown(world.compared.plot.waterfall(payer=word)),
        "fan": lambda world, word: shown(world.compared.plot.fan(payer=word)),
        "tornado": lambda world, word: shown(world.moved.plot.tornado(payer=word)),
        "sensitivity": lambda world, word: world.moved.text(payer=word),
        "explain --payer": lambda world, word: world.printed(
            *("explain", "--item", "11", "--year", "2023", "--place", "653100", "--payer", word)
        ),
    },
    "item": {
        "explain": lambda world, word: world.budget.explain(word, "653100", 2023).data["item"],
        "sel": lambda world, word: {line.item for line in world.budget.sel(item=word).lines},
        "chart": lambda world, word: shown(world.budget.plot.base_amounts(word)),
        "base": lambda world, word: (
            world.scenario(f"bases: [{{item: {quoted(word)}, factor: 2}}]").entries[0].item
        ),
        "split": lambda world, word: (
            world.scenario(
                f"splits: [{{item: {quoted(word)}, from: 2029, split: {{full: central}}}}]"
            )
            .entries[0]
            .item
        ),
        "bases": lambda world, word: world.column(
            "bases_2015", "item", f"item,place,amount|{word},653100,5"
        ),
        "grant": lambda world, word: world.column(
            "amounts", "line", f"line,place,year,amount|grant:{word}:central,653100,2023,5"
        ),
        "solve": lambda world, word: world.solve(item=word).burden.item,
        "vary": lambda world, word: world.solve(f"base:{word}").entry,
        "vary a share": lambda world, word: world.solve(f"share:{word}:central").entry,
        "item of a new line": lambda world, word: world.new_line(item=word).item,
        "template": lambda world, word: world.template(items=word),
        "explain --item": lambda world, word: world.printed(
            *("explain", "--place", "653100", "--year", "2023", "--item", word)
        ),
    },
    "line": {
        "sel": lambda world, word: [line.code for line in world.budget.sel(line=word).lines],
        "rate": lambda world, word: (
            world.scenario(f"rates: [{{line: {quoted(word)}, from: 2029, rate: 9}}]")
            .entries[0]
            .line
        ),
        "split": lambda world, word: (
            world.scenario(
                f"splits: [{{line: {quoted(word)}, from: 2029, split: {{full: central}}}}]"
            )
            .entries[0]
            .line
        ),
        "branch": lambda world, word: (
            world.scenario(cells(lines=f"[{quoted(word)}]"))
            .entries[0]
            .split.branches[0][0]  # type: ignore[union-attr]
            .lines
        ),
        "rates": lambda world, word: world.column(
            "rates", "line", f"line,place,year,rate|{quoted(word)},653100,2023,700"
        ),
        "functions": lambda world, word: world.column(
            "functions", "line", f"item,line,function|11,{quoted(word)},2050202"
        ),
        "vary": lambda world, word: world.solve(f"rate:{word}").entry,
        "implied": lambda world, word: world.implied(word).line,
    },
    "beneficiary": {
        "scenario": lambda world, word: (
            world.scenario(
                f"beneficiaries: [{{beneficiary: {quoted(word)}, factor: 1.1, from: 2026}}]"
            )
            .entries[0]
            .beneficiary
        ),
        "beneficiaries": lambda world, word: world.column(
            "beneficiaries", "beneficiary", f"beneficiary,place,year,count|{word},653100,2023,1000"
        ),
        "overlaps": lambda world, word: world.column(
            "overlaps",
            "other",
            f"beneficiary,other,place,year,count|orphan,{word},653100,2023,1",
        ),
        "vary": lambda world, word: world.solve(f"growth:{word}", "baseline", 2024).entry,
        "implied": lambda world, word: world.implied(counts={word: 1}).counts,
        "beneficiary of a new line": lambda world, word: (
            world.new_line(beneficiary=word).beneficiary
        ),
        "within": lambda world, word: world.scenario(
            f"new: {{beneficiaries: {{b: {{zh: 车, en: bus, unit: 人, within: [{quoted(word)}]}}}}, lines:"
            " [{item: 11, line: bus, name: 车, beneficiary: b, per: 年, accrual: calendar_year,"
            " rates: [{rate: 5, from: 2026}]}]}"
        ).standard.beneficiaries["b"],
    },
    "reading": {
        "readings": lambda world, word: (
            world.scenario(f"readings: {{{quoted(word)}: unallocated}}").readings
        ),
        "split": lambda world, word: (
            world.scenario(
                "splits: [{item: 10, from: 2026, split: {options: {prefecture: {full: central}, unallocated:"
                f" {{full: region}}}}, reading: {quoted(word)}}}}}]"
            )
            .entries[0]
            .split
        ),
    },
    "dimension": {
        "by": lambda world, word: world.budget.by(word).to_json(),
        "total": lambda world, word: world.budget.total(word)[0],
        "allocated": lambda world, word: world.budget.allocated(word).to_json(),
        "change": lambda world, word: world.compared.by(word).to_json(),
        "causes": lambda world, word: world.compared.parts(word).to_json(),
        "--by": lambda world, word: world.printed(
            *("compare", "as_written", "end_2015_base", "--by", word)
        ),
    },
    "account": {
        "sel": lambda world, word: world.budget.sel(account=word).lines,
        "by": lambda world, word: world.budget.by("year", account=word).attrs,
        "chart": lambda world, word: shown(world.budget.plot.payers(account=word)),
        "solve": lambda world, word: world.solve(payer="fund", account=word).burden.account,
        "account of a new line": lambda world, word: world.new_line(account=word).account,
        "--account": lambda world, word: world.printed("readings", "as_written", "--account", word),
    },
    "scenario": {
        "simulate": lambda world, word: fm.simulate(word, world.inputs()).scenario.name,
        "compare": lambda world, word: fm.compare(word, "as_written", inputs=world.inputs()).names,
        "extends": lambda world, word: world.extending(word),
        "waterfall": lambda world, word: shown(world.compared.plot.waterfall(scenario=word)),
        "run": lambda world, word: world.printed("ledger", word),
        "items --scenario": lambda world, word: world.printed_alone(
            "items", "11", "--scenario", word
        ),
    },
}
"""Who takes names of each sort, and what they make of one."""
KNOWN: dict[str, Names] = {
    "place": NAMES.among(PLACE),
    "group": NAMES.among(GROUP),
    "payer": NAMES.among(PAYER),
    "item": NAMES.among(ITEM),
    "line": NAMES.among(LINE),
    "beneficiary": NAMES.among(BENEFICIARY),
    "reading": NAMES.among(QUESTION),
    "dimension": DIMENSION_NAMES,
    "account": ACCOUNT_NAMES,
    "scenario": scenario_names(),
}
MEANT: dict[str, dict[str, tuple[str, ...]]] = {
    "place": {
        "653100": (
            *("６５３１００", "653100.0", "'653100", "喀什地区", "喀什 地区", "新疆喀什地区"),
            *("Kashgar", "KASHGAR", "kashgar prefecture"),
        ),
    },
    "group": {
        "south4": ("SOUTH4", "南疆四地州", "南疆 四地州", "南疆四", "Four southern prefectures")
    },
    "payer": {
        "region": ("REGION", "自治区", "自治区本级", "自治区财政", "autonomous region"),
        "prefecture": ("地县", "地县级", "地县合计", "Prefecture and county", "local"),
    },
    "item": {
        "11": (
            *("１１", "11.0", "第11项", "11项", "第十一项", "item 11", "义务教育阶段免除学杂费"),
            *("第11项 义务教育阶段免除学杂费", "11 义务教育阶段免除学杂费"),
        ),
    },
    "line": {
        "pubfund_primary": (
            *("PUBFUND_PRIMARY", "普通小学公用经费", "普通小学 公用经费", "Public funds, primary"),
            *("第11项 普通小学公用经费", "Item 11: Public funds, primary"),
        ),
    },
    "beneficiary": {
        "primary_pupil": (
            "小学生",
            "小学 生",
            "小学在校生",
            "primary school pupil",
            "Primary pupil",
        ),
    },
    "reading": {"10a": ("10A", "１０a", *QUESTIONS["10a"])},
    "dimension": {
        "prefecture": ("PREFECTURE", "地（州、市）", "地州", "prefectures"),
        "payer": ("承担主体", "分担主体", "承担 主体"),
    },
    "account": {"insurance": ("INSURANCE", "社会保险基金支出", "Social insurance fund, benefits")},
    "scenario": {
        "end_2015_base": ("END_2015_BASE", *filter(None, scenario_names().known["end_2015_base"])),
    },
}
"""For each code the words that mean it."""
UNCLEAR: dict[str, dict[str, tuple[str, ...]]] = {
    "place": {"和田": ("653200", "653201", "653221"), "喀什": ("653100", "653101")},
    "group": {"南疆": ("south4", "south3")},
    "line": {"Skill training": ("disabled_skill_training", "veteran_skill_training")},
    "reading": {QUESTIONS["11a"].zh: ("11a", "13c")},
}
"""For each word the codes of which it may mean any."""
UNKNOWN: dict[str, tuple[str, ...]] = {
    "place": ("乱写", "小学生", "999999"),
    "group": ("乱写", "北疆"),
    "payer": ("乱写", "地方", "财政部", "11"),
    "item": ("乱写", "高中", "99", "普通小学公用经费"),
    "line": ("乱写", "公用经费", "11"),
    "beneficiary": ("乱写", "高中生", "小学教师"),
    "reading": ("99a",),
    "dimension": ("乱写", "级次", "月份"),
    "account": ("乱写", "一般预算"),
    "scenario": ("乱写", "基准"),
}
"""Words that mean nothing of the sort, or nothing certain."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("world"))


CASES = [
    pytest.param(sort, name, id=f"{sort} {name}") for sort in CALLERS for name in CALLERS[sort]
]


@pytest.mark.parametrize(("sort", "name"), CASES)
def test_a_word_means_to_every_caller_what_its_code_means(
    world: World, sort: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ask = CALLERS[sort][name]
    for code, words in MEANT[sort].items():
        wanted = ask(world, code), capsys.readouterr().out
        for word in words:
            found = KNOWN[sort].find(word)
            assert isinstance(found, Meaning)
            assert (found.sort, found.code) == (sort, code), word
            assert (ask(world, word), capsys.readouterr().out) == wanted, word


def refused(
    world: World, sort: str, name: str, word: str, capsys: pytest.CaptureFixture[str]
) -> str:
    """What a caller says of a word that it refuses."""
    try:
        CALLERS[sort][name](world, word)
    except FiscalModelError as error:
        return error.text("zh")
    except AssertionError:  # a command, which prints it
        return capsys.readouterr().err
    pytest.fail(f"{word} is taken")


@pytest.mark.parametrize(("sort", "name"), CASES)
def test_what_a_word_may_mean_or_that_it_means_nothing_is_said_by_every_caller(
    world: World, sort: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for word, codes in UNCLEAR.get(sort, {}).items():
        assert not isinstance(KNOWN[sort].find(word), Meaning)
        said = refused(world, sort, name, word, capsys)
        if (sort, name) == ("line", "branch"):  # where only the lines of the item fit
            assert f"这里没有支出项“{word}”；可用：pubfund_primary" in said
            continue
        assert f"“{word}”可能是" in said
        assert all(code in said for code in codes), said
    for word in UNKNOWN[sort]:
        assert not isinstance(KNOWN[sort].find(word), Meaning)
        said = refused(world, sort, name, word, capsys)
        number = f"没有第{word}项" in said
        assert number or f"“{word}”" in said or "不能给补助" in said, said


@pytest.mark.parametrize("name", sorted(CALLERS["place"].keys() - AREAS.keys()))
def test_a_group_is_refused_as_a_group_where_one_place_fits(
    world: World, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for word in ("south4", *MEANT["group"]["south4"]):
        said = refused(world, "place", name, word, capsys)
        assert "指地区组（南疆四地州 south4），这里应填单个地区" in said


@pytest.mark.parametrize("name", ["group", "expected_in"])
def test_a_place_is_refused_as_a_place_where_a_group_fits(
    world: World, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for word in ("653100", *MEANT["place"]["653100"]):
        said = refused(world, "group", name, word, capsys)
        assert "指单个地区（喀什地区 653100），这里应填地区组；可用：south4 南疆四地州" in said


def test_places_and_groups_are_told_apart_where_both_fit() -> None:
    found = [NAMES.find(word, AREA) for word in ("喀什地区", "南疆四地州")]
    assert [(each.sort, each.code) for each in found if isinstance(each, Meaning)] == [
        ("place", "653100"),
        ("group", "south4"),
    ]


def test_a_payer_that_there_is_but_not_here_is_not_called_unknown(world: World) -> None:
    """A rule names no county: county shares come from data."""
    with pytest.raises(FiscalModelError, match="这里没有承担主体“县级”；可用：central 中央、"):
        world.scenario("splits: [{item: 45, split: {full: 县级}}]")
    with pytest.raises(FiscalModelError, match="数据中没有承担主体“县级”"):
        fm.simulate("as_written").sel(payer="县级")


def test_prefecture_and_county_are_one_payer_however_divided_to_every_caller(world: World) -> None:
    """The local part is divided: 60% and 40%; asked for together it is the sum of both."""
    budget = world.budget
    levels = budget.by("payer")
    pooled = levels["prefecture_level"] + levels["county_level"]
    assert pooled > 0
    for word in ("prefecture", *MEANT["payer"]["prefecture"]):
        assert budget.sel(payer=word).by("year").sum() == pytest.approx(pooled)
        assert world.solve(payer=word).present == pytest.approx(pooled)
        of_item = budget.sel(item=11, payer=word).by("year").sum()
        explained = budget.explain(11, "653100", 2023, word).data["accounts"]["general"]
        assert explained["amounts"] == {"prefecture": pytest.approx(of_item)}


def test_all_accounts_are_all_to_a_selection_too(world: World) -> None:
    assert world.budget.sel(account="全部账目").lines == world.budget.lines


@pytest.mark.parametrize("word", ["prefecture", "地州", "地（州、市）"])
def test_a_report_is_divided_by_a_dimension_of_any_name(
    world: World, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    target = str(world.folder / "r.xlsx")
    world.printed("report", "as_written", "--split-by", word, "-o", target)
    assert "653100-喀什地区.xlsx" in capsys.readouterr().out
