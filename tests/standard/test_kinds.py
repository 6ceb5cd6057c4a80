"""A kind of split is one file: two that exist only here are read, simulated, explained, listed and
shown in a live workbook, or refused where they lose money.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import openpyxl
import pytest
from spreadsheet import OFFICE, differing, read, recalculated

import fiscal_model as fm
from fiscal_model.arrays import Floats
from fiscal_model.engine.simulate import amounts
from fiscal_model.inputs.read import load_inputs
from fiscal_model.records.node import Node
from fiscal_model.run import result_of
from fiscal_model.scenario.read import load_scenario
from fiscal_model.standard.catalogue import catalogue_text
from fiscal_model.standard.clause import Clause
from fiscal_model.standard.kinds import KINDS
from fiscal_model.standard.kinds.leaf import BASE, GRANT, Cells, Hold, Leaf, Live, Parameter
from fiscal_model.standard.kinds.reading import NOTES, SplitContext, clause_of, read_payer
from fiscal_model.standard.payers import Payers
from fiscal_model.standard.words import item_data, split_yaml
from fiscal_model.vocabulary import Lang, Text


@dataclass(frozen=True)
class Stepped(Leaf):
    """``{stepped: central, few: 80, many: 60, above: 150, rest: region}``: a payer bears so many per
    cent of the cost of a place with few beneficiaries, and of one with more than ``above`` so many;
    another bears the rest.
    """

    name = "stepped"
    marks = ("stepped",)
    linear = False
    counts_heads = True
    beside_grants = True

    payer: str
    few: Decimal
    many: Decimal
    above: Decimal
    rest: str
    clause: Clause | None = field(default=None, compare=False)

    @classmethod
    def read(cls, node: Node, context: SplitContext) -> Stepped | None:
        parts = node.mapping(("stepped", "few", "many", "above", "rest"), NOTES)
        if not {"stepped", "few", "many", "above", "rest"} <= set(parts):
            return None
        payer, rest = (read_payer(parts[name], context) for name in ("stepped", "rest"))
        few, many, above = (
            parts[name].number(0, most)
            for name, most in (("few", 100), ("many", 100), ("above", 10**9))
        )
        if payer is None or rest is None or few is None or many is None or above is None:
            return None
        return cls(payer, few, many, above, rest, clause_of(parts, context))

    def data(self) -> dict[str, Any]:
        numbers = {"few": self.few, "many": self.many, "above": self.above}
        return {
            "stepped": self.payer,
            **{name: float(value) for name, value in numbers.items()},
            "rest": self.rest,
        }

    def words(self, lang: Lang, payers: Payers) -> str:
        payer, rest = payers[self.payer].name, payers[self.rest].name
        return Text(
            f"{payer.zh}承担{self.few}%，超过{self.above}人的承担{self.many}%，其余由{rest.zh}承担",
            f"{payer.en} bears {self.few}%, above {self.above} heads {self.many}%, {rest.en} the rest",
        ).to(lang)

    def payers(self) -> frozenset[str]:
        return frozenset({self.payer, self.rest})

    def charges(self, cells: Cells) -> Iterator[tuple[str, Floats]]:
        percent = np.where(cells.quantity > float(self.above), float(self.many), float(self.few))
        own = cells.unit * percent / 100
        yield self.payer, own
        yield self.rest, cells.unit - own

    def live(self) -> Live:
        both = {self.payer: (self.few, self.many), self.rest: (100 - self.few, 100 - self.many)}
        few, many = (
            tuple((payer, float(pair[n]) / 100) for payer, pair in both.items()) for n in (0, 1)
        )
        above = tuple((payer, float(self.above)) for payer in both)
        share, number = Text("比例", "Share"), Text("人数", "Heads")
        return Live(
            "stepped",
            "IF({quantity}>{above},{cost}*{many},{cost}*{few})",
            parameters=(
                Parameter(
                    "few", Text("人少", "Few"), few, (Text("人少", "Few"), share), look="share"
                ),
                Parameter(
                    "many", Text("人多", "Many"), many, (Text("人多", "Many"), share), look="share"
                ),
                Parameter("above", Text("界限", "Limit"), above, (Text("界限", "Limit"), number)),
            ),
        )


@dataclass(frozen=True)
class LosesAYuan(Stepped):
    """As stepped, and a yuan a head is gone."""

    name = "loses"
    marks = ("loses",)

    @classmethod
    def read(cls, node: Node, context: SplitContext) -> LosesAYuan | None:
        node.mapping(("loses",))
        return cls("central", Decimal(80), Decimal(60), Decimal(150), "region")

    def charges(self, cells: Cells) -> Iterator[tuple[str, Floats]]:
        yield "central", cells.unit - 1.0


@dataclass(frozen=True)
class Stated(Leaf):
    """What is charged and held is what a test states, in parts of the unit cost."""

    name = "stated"
    marks = ("stated",)

    clause: Clause | None = field(default=None, compare=False)
    named: ClassVar[frozenset[str]] = frozenset({"central", "region"})
    parts: ClassVar[tuple[tuple[str, float], ...]] = ()
    held_by: ClassVar[tuple[Hold, ...]] = ()

    @classmethod
    def read(cls, node: Node, context: SplitContext) -> Stated:
        node.mapping(("stated",))
        return cls()

    def data(self) -> dict[str, Any]:
        return {"stated": True}

    def words(self, lang: Lang, payers: Payers) -> str:
        return "as stated"

    def payers(self) -> frozenset[str]:
        return self.named

    def charges(self, cells: Cells) -> Iterator[tuple[str, Floats]]:
        yield from ((payer, cells.unit * part) for payer, part in self.parts)

    def live(self) -> Live:
        return Live("stated", "0")

    def holds(self) -> tuple[Hold, ...]:
        return self.held_by


@dataclass(frozen=True)
class Lists(Stepped):
    """As stepped, with nine lists of numbers that an analyst may change."""

    name = "lists"
    marks = ("lists",)

    @classmethod
    def read(cls, node: Node, context: SplitContext) -> Lists | None:
        node.mapping(("lists",))
        return cls("central", Decimal(80), Decimal(60), Decimal(150), "region")

    def live(self) -> Live:
        one = super().live()
        more = tuple(
            replace(one.parameters[0], name=f"few_{letter}", title=Text(letter, letter))
            for letter in "abcdef"
        )
        return replace(one, parameters=(*one.parameters, *more))


TOY = Path(__file__).parents[1] / "toy"
EAST, WEST = "900100", "900200"
KINDS_HERE = (*KINDS, Stepped, LosesAYuan, Lists)


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The toy standard, with a split of item 1 in its own file."""

    def write(split: str) -> Path:
        folder = tmp_path_factory.mktemp("toy")
        shutil.copytree(TOY, folder, dirs_exist_ok=True)
        rules = folder / "toy" / "1_all.yaml"
        text = rules.read_text(encoding="utf-8")
        start, end = text.index("    split:\n      cases:"), text.index("  - item: 2")
        rules.write_text(f"{text[:start]}    split: {split}\n{text[end:]}", encoding="utf-8")
        return folder / "toy.yaml"

    return write


@pytest.fixture(scope="module")
def stepped(toy: Any) -> fm.Budget:
    path = toy(
        "{stepped: central, few: 80, many: 60, above: 150, rest: region, cite: 超过150人的60%}"
    )
    scenario, standard = load_scenario(path, KINDS_HERE)
    inputs = load_inputs(path.parent / "inputs", standard)
    return fm.Budget.of(result_of(standard, scenario, inputs))


def test_it_is_simulated(stepped: fm.Budget) -> None:
    """100 pupils in the east: 80% of 50,000; 200 in the west: 60% of 100,000."""
    by = stepped.sel(item=1).by("place", "payer")
    assert by.loc[EAST, ["central", "region"]].tolist() == [40_000, 10_000]
    assert by.loc[WEST, ["central", "region"]].tolist() == [60_000, 40_000]


def test_another_quantity_is_shared_by_itself(stepped: fm.Budget) -> None:
    """151 pupils in the east are above the limit: 60% of 75,500."""
    program = stepped.program
    line, place = [each.code for each in program.lines].index("meal"), program.places.index(EAST)
    other = program.quantity.copy()
    other[line, place, 0] = 151
    found = amounts(program, other)[:, line, place, 0]
    borne = {payer: yuan for payer, yuan in zip(program.payers, found, strict=True) if yuan}
    assert borne == pytest.approx({"central": 45_300, "region": 30_200})


GRANTED = (
    "{grants: [prefecture], rest: {stepped: central, few: 80, many: 60, above: 150, rest: region}}"
)


def borne(budget: fm.Budget, quantity: float | None, place: str) -> dict[str, float]:
    """What payers bear of school meals in a place if there were so many pupils."""
    program = budget.program
    line, at = [each.code for each in program.lines].index("meal"), program.places.index(place)
    other = program.quantity.copy()
    if quantity is not None:
        other[line, at, 0] = quantity
    found = amounts(program, other)[:, line, at, 0]
    return {payer: yuan for payer, yuan in zip(program.payers, found, strict=True) if yuan}


def test_another_quantity_is_shared_by_itself_beside_grants_too(toy: Any) -> None:
    """A grant of 15,500 in the east leaves 60,000 of 75,500 for 151 pupils: 60% of it. In the west
    none is supplied, so all is open, for 100 pupils as for 200.
    """
    path = toy(GRANTED)
    with (path.parent / "inputs" / "amounts.csv").open("a", encoding="utf-8") as file:
        file.write(f"grant:1:prefecture,{EAST},2024,15500\n")
    scenario, standard = load_scenario(path, KINDS_HERE)
    inputs = load_inputs(path.parent / "inputs", standard)
    budget = fm.Budget.of(result_of(standard, scenario, inputs))
    assert borne(budget, 151, EAST) == pytest.approx(
        {"central": 36_000, "region": 24_000, "prefecture": 15_500}
    )
    assert borne(budget, None, WEST) == {"unallocated": 100_000}
    assert borne(budget, 100, WEST) == {"unallocated": 50_000}


def test_heads_beside_a_grant_to_an_amount_are_refused(toy: Any) -> None:
    path = toy("{full: central}")
    path.with_name("toy.yaml").write_text(
        path.read_text(encoding="utf-8") + f"splits: [{{item: 3, split: {GRANTED}}}]\n",
        encoding="utf-8",
    )
    scenario, standard = load_scenario(path, KINDS_HERE)
    inputs = load_inputs(path.parent / "inputs", standard)
    with pytest.raises(fm.FiscalModelError, match=r"playground.*按金额填报"):
        result_of(standard, scenario, inputs)


def test_it_is_explained(stepped: fm.Budget) -> None:
    words = stepped.explain(1, WEST, 2024).text("zh")
    assert "中央承担80%，超过150人的承担60%，其余由自治区本级承担" in words
    assert "中央 60,000、自治区本级 40,000" in words
    assert "超过150人的60%" in words


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", "超过150人的承担60%"), ("en", "above 150 heads 60%")]
)
def test_the_catalogue_names_it(stepped: fm.Budget, lang: Lang, words: str) -> None:
    item = stepped.standard.items[1]
    assert words in catalogue_text(stepped.standard, [item], lang, full=True)
    assert item_data(item, stepped.standard)["split"]["stepped"] == "central"


def test_it_is_written_as_it_is_read(stepped: fm.Budget) -> None:
    written = split_yaml(stepped.standard.items[1].split)
    assert written == "{stepped: central, few: 80, many: 60, above: 150, rest: region}"


@pytest.mark.skipif(not OFFICE, reason="LibreOffice is not there")
def test_the_live_workbook_goes_on_by_itself(stepped: fm.Budget, tmp_path: Path) -> None:
    """As written every formula comes to its stored value; with 151 pupils in the east central bears
    60% of 75,500 there.
    """
    path, edited = tmp_path / "live.xlsx", tmp_path / "edited.xlsx"
    stepped.to_excel(path)
    book = openpyxl.load_workbook(path)
    inputs = book["人数与标准"]
    (cell,) = [
        each
        for row in inputs.iter_rows()
        for each in row
        if each.value == 100 and "学生" in [other.value for other in row]
    ]
    cell.value = 151
    book.save(edited)
    as_run, after = recalculated([path, edited], tmp_path / "out")
    assert differing(read(path), read(as_run))[1] == []
    sheet = openpyxl.load_workbook(after, data_only=True)["计算"]
    rows = [[each.value for each in row] for row in sheet.iter_rows()]
    head = next(row for row in rows if "资金需求" in row)
    east = next(row for row in rows if "东县" in row and "学生餐" in row)
    found = {name: east[head.index(name)] for name in ("资金需求", "中央", "自治区本级")}
    assert found == pytest.approx({"资金需求": 75_500, "中央": 45_300, "自治区本级": 30_200})


def test_a_kind_that_loses_a_yuan_is_refused(toy: Any) -> None:
    path = toy("{loses: true}")
    scenario, standard = load_scenario(path, KINDS_HERE)
    inputs = load_inputs(path.parent / "inputs", standard)
    with pytest.raises(fm.FiscalModelError, match=r"分出 499 元，而单位成本为 500 元"):
        result_of(standard, scenario, inputs)


@pytest.mark.parametrize(
    ("parts", "holds", "words"),
    [
        ((("central", 1 - 1e-10),), (), "分出 499.99999995 元"),
        ((("central", float("nan")),), (), "分出 nan 元"),
        ((("central", 2.0), ("region", -1.0)), (), "由 region 承担的为负数：-500 元"),
        ((("central", 0.5), ("prefecture", 0.5)), (), "由 prefecture 承担，却没有列出它"),
        ((("central", 0.5), ("mars", 0.5)), (), "由 mars 承担，却没有列出它"),
        ((("central", 1.0),), (Hold(BASE, "central", "social"),), "涉及 social，却没有列出它"),
        ((("central", 1.0),), (Hold(GRANT, "social", "social"),), "涉及 social，却没有列出它"),
    ],
)
def test_a_kind_that_charges_what_it_may_not_is_refused(
    toy: Any, parts: tuple[tuple[str, float], ...], holds: tuple[Hold, ...], words: str
) -> None:
    kind = type("Told", (Stated,), {"parts": parts, "held_by": holds})
    path = toy("{stated: true}")
    scenario, standard = load_scenario(path, (*KINDS, kind))
    inputs = load_inputs(path.parent / "inputs", standard)
    with pytest.raises(fm.FiscalModelError, match=words):
        result_of(standard, scenario, inputs)


def test_no_kind_charges_a_level_that_county_shares_divide(toy: Any) -> None:
    whole = {"parts": (("county_level", 1.0),), "named": frozenset({"county_level"})}
    path = toy("{stated: true}")
    scenario, standard = load_scenario(path, (*KINDS, type("Told", (Stated,), whole)))
    inputs = load_inputs(path.parent / "inputs", standard)
    with pytest.raises(fm.FiscalModelError, match="由 county_level 承担"):
        result_of(standard, scenario, inputs)


def test_a_kind_may_have_many_lists_in_a_live_sheet(toy: Any, tmp_path: Path) -> None:
    """Beside its nine lists stand other tables of rules: their captions are numbered beyond ten."""
    path, book = toy("{lists: true}"), tmp_path / "live.xlsx"
    scenario, standard = load_scenario(path, KINDS_HERE)
    inputs = load_inputs(path.parent / "inputs", standard)
    fm.Budget.of(result_of(standard, scenario, inputs)).to_excel(book)
    sheet = openpyxl.load_workbook(book)["规则"]
    captions = [str(row[0].value) for row in sheet.iter_rows()]
    numbers = [
        found[1] for each in captions if (found := re.match("([一二三四五六七八九十]+)、", each))
    ]
    assert numbers[8:12] == ["九", "十", "十一", "十二"]


def test_a_kind_that_nobody_named_is_not_read(toy: Any) -> None:
    with pytest.raises(fm.FiscalModelError, match="stepped"):
        load_scenario(toy("{stepped: central, few: 80, many: 60, above: 150, rest: region}"))
