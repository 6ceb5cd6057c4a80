"""What every sheet of a report shares: the workbook, the budget, its rows, the language and the
notice on illustrative data.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from fiscal_model import vocabulary
from fiscal_model.results.ledger import ledger
from fiscal_model.results.result import Result, which_places
from fiscal_model.vocabulary import Text, listed, spans
from fiscal_model.workbook.columns import Table, widths
from fiscal_model.workbook.figures import Money
from fiscal_model.workbook.model import Model
from fiscal_model.workbook.pages import Pages
from fiscal_model.workbook.rounding import SHOWN, Printed
from fiscal_model.workbook.sheet import CONTENTS, Book, Sheet

WAN = 10_000.0
UNITS = {unit.yuan: unit.name for unit in vocabulary.UNITS.values()}
"""The units of money that summaries are shown in."""

NAMES = {
    "cover": Text("封面", "Cover"),
    "contents": CONTENTS,
    "scenarios": Text("情景对比", "Scenarios"),
    "payers": Text("分级次分年", "By payer"),
    "years": Text("多年汇总", "By year"),
    "charts": Text("图表", "Charts"),
    "items": Text("分项目", "By item"),
    "places": Text("分地区", "By place"),
    "plan": Text("分地区分年", "By place and year"),
    "open": Text("未明确分担", "Unallocated"),
    "assumptions": Text("假设", "Assumptions"),
    "parameters": Text("参数", "Parameters"),
    "quantities": Text("人数与标准", "Counts and rates"),
    "rules": Text("规则", "Rules"),
    "caps": Text("限额", "Bases and grants"),
    "calculation": Text("计算", "Calculation"),
    "ledger": Text("台账", "Ledger"),
    "sources": Text("依据与缺口", "Sources and gaps"),
    "against": Text("对照", "Against print"),
    "checks": Text("检查", "Checks"),
    "changes": Text("情景变更", "Changes"),
    "edits": Text("修改记录", "Edits"),
}
"""The sheets of a report beside those of the items."""
ABOUT = {
    "cover": Text(
        "情景、数据、总检查、各承担主体合计、未明确分担和未测算的项目、依据和口径",
        "scenario, data, master check, totals by payer, what is unallocated or not costed, bases"
        " and readings",
    ),
    "scenarios": Text(
        "各情景分账目、分年的合计，与第一个情景的差额，对比图",
        "totals of every scenario by account and year, what differs from the first, a chart",
    ),
    "payers": Text("各承担主体分年的金额", "what each payer bears, by year"),
    "years": Text(
        "各承担主体、领域、服务项目、地（州、市）分年的金额",
        "payers, domains, items and prefectures over the years",
    ),
    "charts": Text(
        "各承担主体分年图、各地承担主体图", "who pays over the years, and in each prefecture"
    ),
    "items": Text("各服务项目的资金需求和分担", "cost and split of every item"),
    "places": Text("各地（州、市）、县（市、区）的资金需求和分担", "cost and split of every place"),
    "plan": Text(
        "各地各承担主体分年的金额、增长和人均",
        "every place by payer over the years, growth, yuan a head",
    ),
    "open": Text(
        "没有规定由谁承担的金额：分项目、分年，及分担依据",
        "what nobody is named to pay: by item and year, and on what the split rests",
    ),
    "assumptions": Text(
        "测算所用的假设和情景改动，及其来源",
        "what is assumed or changed by the scenarios, and where it comes from",
    ),
    "parameters": Text(
        "口径、分担比例、定额、2015年基数（黄底可改）",
        "readings, weights, sums per head, base amounts (yellow: may be changed)",
    ),
    "quantities": Text(
        "人数、金额、补助标准（黄底可改）",
        "counts, amounts and unit rates (yellow: may be changed)",
    ),
    "rules": Text("每个项目、地区适用的分担规则", "which rule holds for every item and place"),
    "caps": Text("2015年基数和定额补助的限额", "what base amounts and grants limit"),
    "calculation": Text(
        "逐项、逐地、逐年的计算过程", "the calculation line by line, place by place, year by year"
    ),
    "ledger": Text(
        "全部项目的状态、依据和未明确占比",
        "every item: whether it is costed, on what it rests, what part is unallocated",
    ),
    "sources": Text(
        "每份文件、每个假设用于何处、是否可靠、还缺什么、涉及多少资金；每条规则的原文",
        "every document and assumption: what rests on it, how sure it is, what is still sought,"
        " how much money; every rule with its clause",
    ),
    "against": Text(
        "公布数与测算：按公布人数、按数据，相差及原因",
        "printed figures and ours: on printed counts, on the data, and why they differ",
    ),
    "checks": Text("各表勾稽关系、与测算结果的核对", "sums that must agree, and the run"),
    "changes": Text("各情景改动的内容及依据", "what the scenarios change, and why"),
    "edits": Text("手工修改的登记表", "room for a log of edits by hand"),
}
"""What the contents say of them."""
MOST_NAMED = 3
"""Places that a title names."""


def distinct(names: Mapping[str, str]) -> dict[str, str]:
    """Names by code, with the code behind those that several share: a spreadsheet does not tell
    capitals from small letters.
    """
    shared = Counter(name.casefold() for name in names.values())
    return {
        code: f"{name} ({code})" if shared[name.casefold()] > 1 else name
        for code, name in names.items()
    }


class Report:
    """One workbook being written: ``budget`` is the whole, ``shown`` what of it stands in this
    workbook; ``values`` makes it plain numbers, of which the edition to print (``short``) has some
    sheets only.

    ``whole`` are the figures of the whole budget that those of a part must agree with.
    """

    def __init__(
        self,
        book: Book,
        model: Model,
        shown: Result,
        today: date,
        values: Printed | None = None,
        whole: Money | None = None,
        short: bool = False,
    ) -> None:
        self.short = short
        self.values, self.scale = values, values.unit if values else WAN
        self.decimals = values.decimals if values else SHOWN
        self.book, self.model, self.budget, self.lang, self.today = (
            book,
            model,
            model.budget,
            book.lang,
            today,
        )
        self.shown, self.ledger = shown, ledger(shown)
        self.money = Money(self.budget, model.cells, self.scale, values, whole)
        self.pages = Pages()
        self.passed, self.as_run = True, True
        """Whether the checks passed, and whether the pages come to what the run found."""
        self.tables = book.tables
        self.note = (
            self.say("示例数据，非实际预算", "illustrative data, no actual budget")
            if self.budget.inputs.illustrative
            else ""
        )
        self.beneficiaries = distinct(
            {
                code: each.name.to(self.lang)
                for code, each in self.budget.standard.beneficiaries.items()
            }
        )
        """Their names, by which formulas find them again."""
        self.title = self.budget.scenario.title.to(self.lang)
        self.where = self._where()
        self.year_blocks: list[Table] = []
        self.picked: list[int] = []
        """The positions of the years on the cover."""
        self.chart_year = 0
        """The position of the charts' year."""
        self.beside: list[tuple[Result, float]] = []
        """The other scenarios, and the yuan of all their columns in this workbook at the run."""

    def say(self, zh: str, en: str) -> str:
        """One of two texts, as the language asks."""
        return Text(zh, en).to(self.lang)

    def label(self, payer: str) -> str:
        """The name of a payer."""
        return self.budget.standard.payers[payer].name.to(self.lang)

    def wan(self) -> str:
        """The unit of summaries."""
        return UNITS.get(self.scale, Text(f"{self.scale:,g}元", f"{self.scale:,g} yuan")).to(
            self.lang
        )

    def apart(self) -> str:
        """What is said where items were rounded apart from the totals of the whole; empty where
        none was.
        """
        found = spans(sorted({self.budget.years[y] for _, y in self.money.apart}), self.lang)
        zh = f"{found}年合计取自全区测算，各项分别取整，相差的尾数列在“分项目”表的尾差行"
        en = (
            f"{found}: totals are those of the whole region, items are rounded apart; what that"
            " leaves stands in the closing row of the table by item"
        )
        return self.say(zh, en) if found else ""

    def headed(self, title: str) -> str:
        """A title that says of which places and years the figures are."""
        years = spans(self.shown.years, self.lang)
        return self.say(f"{self.where}{years}年{title}", f"{title}: {self.where}, {years}")

    def _where(self) -> str:
        """The places that anything is costed for: the region where they are all, or a prefecture
        for several of its own.
        """
        places, inside = self.budget.standard.places, dict[str, list[str]]()
        for p in sorted({*self.model.cells[1].tolist()}):
            inside.setdefault(self.budget.labels["prefecture"][p], []).append(self.budget.places[p])
        if places.root in inside or {*places.parts(places.root)} <= {*inside}:
            return places.label(places.root).to(self.lang)
        codes = [few[0] if len(few) == 1 else above for above, few in inside.items()]
        named = which_places(self.shown, self.lang) or tuple(
            places.label(code).to(self.lang) for code in codes
        )
        words, more = listed(named[:MOST_NAMED], self.lang), len(named) - MOST_NAMED
        if more <= 0:
            return words
        return words + self.say(f"等{len(named)}个地区", f" and {more} more")

    def open(
        self, key: str, zh: str, en: str, widths: Sequence[float], unit: str = "", over: int = 0
    ) -> Sheet:
        """A new sheet by its key among :data:`NAMES`, with its title."""
        sheet = self.sheet(NAMES[key].to(self.lang), self.say(zh, en), widths, unit, over)
        sheet.about = ABOUT[key].to(self.lang)
        return sheet

    def printed(
        self,
        key: str,
        title: Text,
        table: Table,
        freeze: int | None = None,
        about: Sequence[str] = (),
        unit: str | None = None,
    ) -> Sheet:
        """A new sheet with a table below lines that say what it is; what is no key is a name."""
        unit = self.wan() if unit is None else unit
        if key in NAMES:
            sheet = self.open(key, *title, widths(table), unit)
        else:
            sheet = self.sheet(key, title.to(self.lang), widths(table), unit)
        for line in about:
            if line:
                sheet.line(line)
        sheet.show(table, freeze)
        return sheet

    def sheet(
        self, name: str, title: str, widths: Sequence[float], unit: str = "", over: int = 0
    ) -> Sheet:
        """A new sheet with its title (over the first ``over`` columns), the scenario, and the unit
        and date.
        """
        sheet = self.book.sheet(
            name, self.headed(title), widths, self.note, over, printed=unit.startswith(self.wan())
        )
        sheet.about = title
        about = f"{self.say('情景', 'Scenario')}: {self.title} ({self.budget.scenario.name})"
        if self.note:
            about += f"  【{self.note}】" if self.lang == "zh" else f"  [{self.note}]"
        sheet.line(about)
        if unit:
            sheet.line(f"{self.say('单位：', 'Unit: ')}{unit}    {self.today.isoformat()}", "unit")
        return sheet
