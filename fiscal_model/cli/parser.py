"""The words of the command line and their help, Chinese or English."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fiscal_model.cli import commands as do
from fiscal_model.cli.arguments import COMMAND, Parser
from fiscal_model.cli.examples import EXAMPLES
from fiscal_model.messages.message import Arg, Message, message
from fiscal_model.standard.payers import PAYERS
from fiscal_model.version import __version__
from fiscal_model.vocabulary import COVERED, DIMENSIONS, Lang, Text, listed

if TYPE_CHECKING:
    from fiscal_model.errors import FiscalModelError

REPORT_NAME = "fiscal-report.xlsx"
LAB_FOLDER = "fiscal-model-lab"

NAMED = Text(
    "情景：自带名称、标题或 .yaml 文件", "scenario: a shipped name or title, or a .yaml file"
)
COMPARED = Text(
    f"{NAMED.zh}，或 run 写出的结果文件（.csv、.parquet、.nc）",
    f"{NAMED.en}, or a file of results that run wrote (.csv, .parquet, .nc)",
)
PLACE = Text(
    "地区：代码、全称或简称，如 653100、喀什地区、新疆", "place: code, English or Chinese name"
)
ITEM = Text("服务项目：项目号或名称，如 11、第11项", "item: number or name, such as 11")
YEAR = Text("年份", "year")
OUTPUT = Text("输出文件", "output")


def parser(lang: Lang) -> Parser:
    """The parser of the whole command line."""
    return _Builder(lang).top


class _Builder:
    def __init__(self, lang: Lang) -> None:
        self.lang = lang
        self.common = Parser(lang, add_help=False)
        self.common.add_argument(
            "--lang",
            choices=("zh", "en"),
            default="zh",
            help=Text("输出语言（默认 zh）", "language of the output (default zh)"),
        )
        self.data = Parser(lang, add_help=False)
        self.data.add_argument(
            "--inputs",
            action="append",
            metavar="PATH",
            help=Text(
                "输入数据：存放 CSV 和工作簿的文件夹，或 .xlsx 工作簿；可写多次，"
                "合并为一份数据（默认：内置示例数据）",
                "inputs: a folder of CSV files and workbooks, or an .xlsx workbook; several times"
                " for one data set out of several (default: the embedded illustrative data)",
            ),
        )
        self.span = Parser(lang, add_help=False)
        self.span.add_argument(
            "--years",
            type=_years,
            metavar="YEARS",
            help=Text("年份，如 2022-2030 或 2024", "years, e.g. 2022-2030 or 2024"),
        )
        self.cut = Parser(lang, add_help=False)
        self.cut.add_argument(
            "--items",
            type=_items,
            metavar="ITEMS",
            help=Text(
                "只列这些服务项目：项目号或名称，如 10-14 或 11,20-22（全部数据照常测算）",
                "these items only: numbers or names, e.g. 10-14 or 11,20-22 (all data are computed"
                " all the same)",
            ),
        )
        self.cut.add_argument(
            "--places",
            type=_listed,
            metavar="PLACES",
            help=Text(
                "只列这些地区（含下级）：代码、名称或地区组，逗号分隔，如 653100,南疆四地州",
                "these places only, with all below them: codes, names or groups with commas"
                " between, e.g. 653100,south4",
            ),
        )
        self.part = Parser(lang, add_help=False, parents=[self.span, self.cut])
        self.top = Parser(
            lang,
            prog="fiscal-model",
            description=Text(
                "财政支出责任分担测算：规则 × 人数 × 补助标准 = 各级承担金额",
                "Who pays for public services: rules × beneficiaries × unit rates = the budget of"
                " each level",
            ).to(lang),
            parents=[self.common],
        )
        self.top.add_argument(
            "--version",
            action="version",
            version=f"fiscal-model {__version__}",
            help=Text("显示版本号后退出", "show the version and exit"),
        )
        self.commands = self.top.add_subparsers(
            dest="command", required=True, metavar=COMMAND.to(lang)
        )
        self.results()
        self.questions()
        self.checks()
        self.what_ifs()
        self.preparation()

    def command(
        self, name: str, run: Callable[[Any, Lang], int], zh: str, en: str, *parents: Parser
    ) -> Parser:
        words = Text(zh, en).to(self.lang)
        child: Parser = self.commands.add_parser(
            name, lang=self.lang, help=words, description=words, parents=[self.common, *parents]
        )
        child.set_defaults(run=run)
        child.examples = EXAMPLES[name]
        return child

    def results(self) -> None:
        """Commands that write results."""
        report = self.command(
            "report",
            do.report,
            "测算并写出工作簿（主要功能）",
            "simulate and write the workbook (the main job)",
            self.data,
            self.part,
        )
        report.add_argument(
            "scenarios",
            nargs="*",
            metavar="SCENARIO",
            help=Text(f"{NAMED.zh}（默认 baseline）", f"{NAMED.en} (default baseline)"),
        )
        report.add_argument(
            "-o",
            "--output",
            type=_suffix(".xlsx"),
            default=Path(REPORT_NAME),
            metavar="FILE.xlsx",
            help=Text(f"{OUTPUT.zh}（默认 {REPORT_NAME}）", f"{OUTPUT.en} (default {REPORT_NAME})"),
        )
        _date_printed(report)
        report.add_argument(
            "--values",
            action="store_true",
            help=Text(
                "数值版：只写数，不写公式（供存档）", "plain numbers, no formulas (for archives)"
            ),
        )
        report.add_argument(
            "--print",
            action="store_true",
            help=Text(
                "打印版：数值，只有封面、各汇总表、分项目、未明确分担、假设和检查"
                "（一个地州一年不超过 12 页 A4）",
                "the edition to be printed: plain numbers; cover, summaries, items, what is"
                " unallocated, what is assumed, checks (a prefecture and a year: at most 12 pages"
                " of A4)",
            ),
        )
        report.only(
            "--print", lambda options: not options.values, message("option-print-or-values")
        )
        report.add_argument(
            "--unit",
            choices=tuple(do.UNITS),
            default="万元",
            metavar=Text("{元,万元,亿元}", "{yuan,wan,yi}"),
            help=Text(
                "数值版的金额单位（默认万元）",
                "the unit of money of the plain numbers (yuan, wan: 10,000, yi: 100 million;"
                " default wan)",
            ),
        )
        _decimals(
            report,
            "数值版金额的小数位数（默认 2）",
            "decimals of money in plain numbers (default 2)",
        )
        report.add_argument(
            "--half-up",
            action="store_true",
            help=Text(
                "数值版逐格四舍五入并显示尾差（默认：表内各数与合计调平）",
                "round every figure alone and show what is left (default: tables add up)",
            ),
        )
        for option in ("--unit", "--decimals", "--half-up"):
            report.only(
                option,
                lambda options: bool(options.values or options.print),
                message("option-needs-values", option=option),
            )
        report.add_argument(
            "--split-by",
            type=_dimension,
            choices=("prefecture",),
            help=Text(
                "每个地州各写一个工作簿，文件名加代码和名称",
                "one workbook a prefecture, code and name added to the file's name",
            ),
        )
        run = self.command(
            "run",
            do.run,
            "测算并写出明细结果",
            "simulate and write tidy results",
            self.data,
            self.part,
        )
        run.add_argument("scenario", metavar="SCENARIO", help=NAMED)
        run.add_argument(
            "-o",
            "--output",
            type=_suffix(".csv", ".parquet", ".nc"),
            required=True,
            metavar="FILE",
            help=Text(".csv、.parquet 或 .nc 文件", "a .csv, .parquet or .nc file"),
        )
        brief = self.command(
            "brief",
            do.brief,
            "写出一页情况说明：问什么、谁多担或少担、为什么、依据什么，附一表一图",
            "one page for the leadership: what is asked, who pays more or less, why, one table, one"
            " picture, on what it rests",
            self.data,
            self.part,
        )
        brief.add_argument(
            "scenarios",
            nargs="+",
            metavar="SCENARIO",
            help=Text(
                f"{NAMED.zh}；写几个时第一个为对照，其余为方案",
                f"{NAMED.en}; of several the first is the reference of the others",
            ),
        )
        brief.add_argument(
            "-o",
            "--output",
            type=_suffix(".docx", ".html"),
            required=True,
            metavar="FILE.docx",
            help=Text(
                ".docx 文件（须装 python-docx）或 .html 文件",
                "a .docx file (needs python-docx) or an .html file",
            ),
        )
        _date_printed(brief)
        allotment = self.command(
            "allotment",
            do.allotment,
            "资金分配表：应下达、已下达、本次下达、结转，另列地县应安排；给出实际人数时为清算表",
            "what upper levels owe to places, paid so far, this instalment, carried over; apart,"
            " what places bear themselves; with actual numbers the settlement",
            self.data,
            self.cut,
        )
        _scenario(allotment)
        allotment.add_argument(
            "--year",
            "--years",
            dest="years",
            type=_years,
            required=True,
            metavar="YEARS",
            help=Text(
                "年份，如 2026；2026-2028 每年各写一个工作簿，文件名加年份",
                "the year, e.g. 2026; 2026-2028 writes a workbook a year, the year added to the"
                " file's name",
            ),
        )
        allotment.add_argument(
            "--actual",
            action="append",
            metavar="PATH",
            help=Text(
                "实际人数等数据：改写清算表（应补、应扣）；可写多次，同 --inputs",
                "the actual numbers: write the settlement instead; several times as --inputs",
            ),
        )
        allotment.add_argument(
            "--advance",
            type=_advance,
            metavar="SHARE",
            help=Text(
                "提前下达应下达数的一部分，如 90%：扣除已下达后为本次下达，各数为整元",
                "allot a share of what is due ahead, e.g. 90%: less what is paid so far it is this"
                " instalment, in whole yuan",
            ),
        )
        allotment.add_argument(
            "--unit",
            choices=("分", "元", "万元", "fen", "yuan", "wan"),
            metavar=Text("{分,元,万元}", "{fen,yuan,wan}"),
            help=Text(
                "金额单位，各数与合计按此调平（默认分，提前下达和分季度默认元）",
                "the unit that amounts are rounded to so that they add up (default fen, of advances"
                " and quarters yuan)",
            ),
        )
        _decimals(allotment, "万元的小数位数（默认 2）", "decimals of wan, 10,000 yuan (default 2)")
        allotment.add_argument(
            "--quarters",
            action="store_true",
            help=Text(
                "另列分季度表：全年数按规则的月份分到四个季度，整元相加等于全年",
                "also a sheet of quarters: the year by the months of the rules, in whole yuan that"
                " add up to it",
            ),
        )
        allotment.only(
            "--quarters", lambda options: not options.actual, message("quarters-need-plan")
        )
        allotment.only(
            "--decimals",
            lambda options: options.unit in do.WAN,
            message("decimals-need-wan"),
        )
        _workbook(allotment)
        _date_printed(allotment)

    def questions(self) -> None:
        """Commands that answer on the screen."""
        explain = self.command(
            "explain",
            do.explain,
            "逐步说明一个数字的由来",
            "how one figure came about, step by step",
            self.data,
        )
        explain.add_argument("--item", required=True, metavar="ITEM", help=ITEM)
        explain.add_argument("--place", required=True, metavar="PLACE", help=PLACE)
        _one_year(explain)
        _one_payer(explain)
        explain.add_argument("--scenario", default="baseline", metavar="SCENARIO", help=NAMED)
        _json(explain)
        compare = self.command(
            "compare",
            do.compare,
            "比较两个或多个情景，或同一情景的两份数据：各级差额及其原因（第一个为基准）",
            "the change per level between scenarios, or between two data sets, and why (from the"
            " first one)",
            self.data,
            self.part,
        )
        compare.add_argument("a", metavar="A", help=COMPARED)
        compare.add_argument("b", metavar="B", help=COMPARED)
        compare.add_argument(
            "more", nargs="*", metavar="C", help=Text("更多情景", "more scenarios")
        )
        compare.add_argument(
            "--against-inputs",
            action="append",
            metavar="PATH",
            help=Text(
                "B、C……用另一份数据（A 用 --inputs 的）：原因中另列“输入数据”，并逐格列出变化；"
                "可写多次，同 --inputs",
                "other data for B, C, … (A keeps those of --inputs): the data are a cause of their"
                " own, and the cells that differ are listed; several times as --inputs",
            ),
        )
        compare.add_argument(
            "--cells",
            type=_suffix(".csv"),
            metavar="FILE.csv",
            help=Text(
                "写出变化的每个数据单元格：表、行、原值、新值、影响金额",
                "every cell of the data that differs: table, row, before, after, and what it makes",
            ),
        )
        compare.only(
            "--cells",
            lambda options: bool(options.against_inputs),
            message("cells-need-other-data"),
        )
        compare.add_argument(
            "--by",
            default="",
            metavar="DIMENSIONS",
            help=Text(
                f"另列一表，如 服务项目 或 地区,承担主体；可用：{_known(DIMENSIONS).zh}",
                f"also a table, by item or place,payer, say; known: {_known(DIMENSIONS).en}",
            ),
        )
        compare.add_argument(
            "--order",
            default="",
            metavar="GROUPS",
            help=Text(
                "按此顺序逐项叠加各原因，如 rates,split（默认：不分先后）",
                "stack the causes in this order, e.g. rates,split (default: order-free)",
            ),
        )
        _account(compare)
        _csv(compare)
        confront = self.command(
            "confront",
            do.confront,
            "对照公布数：按公布的人数，按数据，各测算为多少，为何不同",
            "hold the model against print: what it says on the counts printed, and on the data,"
            " and why figures differ",
            self.data,
        )
        _scenario(confront)
        confront.add_argument(
            "--published",
            metavar="FILE",
            help=Text(
                "自己的公布数表：CSV 或工作簿，列同标准自带的 published.csv（默认用标准自带的）",
                "your own table of printed figures, a CSV or a workbook with the columns of the"
                " published.csv that comes with the standard (which is the default)",
            ),
        )
        confront.add_argument(
            "--strict",
            action="store_true",
            help=Text(
                "按公布人数有不符的，以 1 退出", "exit 1 where a figure differs on printed counts"
            ),
        )
        _csv(confront)
        readings = self.command(
            "readings",
            do.readings,
            "每条有歧义的条文，各种口径下各级承担多少",
            "what each reading of an ambiguous clause would mean for each level",
            self.data,
            self.span,
        )
        _scenario(readings)
        _account(readings)
        _csv(readings)
        ledger = self.command(
            "ledger",
            do.ledger,
            "每项是否测算、依据什么、有多少未明确",
            "per item: whether it is costed, on what it rests, what is unallocated",
            self.data,
            self.span,
        )
        _scenario(ledger)
        items = self.command(
            "items", do.items, "列出服务项目及其规则", "the catalogue of items and their rules"
        )
        items.add_argument(
            "items",
            nargs="?",
            type=_items,
            metavar="ITEMS",
            help=Text(
                "只看这些项目：项目号或名称，如 11、10-14",
                "these items only: numbers or names, such as 11 or 10-14",
            ),
        )
        _adding(items)
        _json(items)
        names = self.command(
            "list",
            do.list_,
            "列出可用的名称：代码、名称、单位",
            "what there is to name: codes, names, units",
        )
        names.add_argument(
            "what",
            metavar="LIST",
            help=Text(
                "列出什么：scenarios 情景、items 服务项目、lines 支出项、beneficiaries 受益对象、"
                "places 地区、groups 地区组、payers 承担主体、tables 输入表",
                "scenarios, items, lines, beneficiaries, places, groups, payers or tables",
            ),
        )
        names.add_argument(
            "word",
            nargs="?",
            metavar="WORD",
            help=Text("只列代码或名称中含有它的", "only those with this in a code or a name"),
        )
        _adding(names)
        _json(names)

    def checks(self) -> None:
        """Commands that say whether something is right."""
        check = self.command(
            "check",
            do.check,
            "检查输入数据和情景文件，一次列出全部问题",
            "validate inputs and scenarios, all faults at once",
        )
        check.add_argument(
            "paths",
            nargs="+",
            metavar="PATH",
            help=Text(
                "CSV 文件夹、工作簿或情景文件",
                "a folder of CSV files, a workbook, or a scenario file",
            ),
        )
        audit = self.command(
            "audit",
            do.audit,
            "把规则目录与标准文本逐条核对",
            "hold every figure and phrase of the catalogue against the text of the standard",
        )
        audit.add_argument(
            "--text",
            required=True,
            metavar="FILE",
            help=Text("标准文本（UTF-8）", "the text of the standard (UTF-8)"),
        )

    def what_ifs(self) -> None:
        """Commands that try other values."""
        sensitivity = self.command(
            "sensitivity",
            do.sensitivity,
            "逐一变动各项假设，按对各级的影响排序",
            "move each assumption over its range and rank them by what each level would pay",
            self.data,
            self.span,
        )
        _scenario(sensitivity)
        _one_payer(sensitivity)
        sensitivity.add_argument(
            "--spread",
            type=_number,
            default=0.1,
            metavar="PART",
            help=Text(
                "没有写明范围的数值上下浮动的比例，如 10%（默认）或 0.1",
                "how far a number without a range moves, 10% (default) or 0.1",
            ),
        )
        _account(sensitivity)
        _csv(sensitivity)
        solve = self.command(
            "solve",
            do.solve,
            "倒推：补助标准、分担比例、基数或增长率取什么值，负担不超过上限",
            "solve backwards: which rate, share, base or growth meets a ceiling",
            self.data,
        )
        solve.add_argument("scenario", metavar="SCENARIO", help=NAMED)
        solve.add_argument(
            "--vary",
            required=True,
            metavar="WHAT",
            help=Text(
                "变动什么：rate:支出项 补助标准；share:项目号:承担主体 分担比例；base:项目号"
                " 2015年基数；growth:受益对象 年增长率。例：--vary share:45:central",
                "what to vary: rate:LINE the unit rate; share:ITEM:PAYER the payer's share;"
                " base:ITEM the base amounts; growth:BENEFICIARY the growth a year. For example"
                " --vary share:45:central",
            ),
        )
        solve.add_argument(
            "--payer",
            required=True,
            metavar="PAYER",
            help=Text(
                f"谁的负担：{_payers().zh}，或 local 地县合计",
                f"whose burden: {_payers().en}, or local (prefecture and county together)",
            ),
        )
        _one_year(solve)
        solve.add_argument(
            "--ceiling",
            type=_money,
            required=True,
            metavar="YUAN",
            help=Text(
                "上限（元），如 1亿、5000万 或 1,000,000",
                "the ceiling in yuan, such as 1,000,000 or 3.8e9",
            ),
        )
        solve.add_argument(
            "--place",
            metavar="PLACE",
            help=Text("只看一个地区（含下级）", "the burden of one place, with all below it"),
        )
        solve.add_argument(
            "--item",
            metavar="ITEM",
            help=Text("只看一个服务项目：项目号或名称", "the burden of one item: number or name"),
        )
        _account(solve)
        solve.add_argument(
            "--where",
            nargs="+",
            metavar="PLACE",
            help=Text("改动适用的地区或地区组", "the places or groups that the change holds for"),
        )
        solve.add_argument(
            "--low",
            type=_number,
            metavar="VALUE",
            help=Text("试算的最小值", "the lowest value tried"),
        )
        solve.add_argument(
            "--high",
            type=_number,
            metavar="VALUE",
            help=Text("试算的最大值", "the highest value tried"),
        )

    def preparation(self) -> None:
        """The commands that prepare inputs and a folder to work in."""
        template = self.command(
            "template",
            do.template,
            "写出供填报的输入工作簿；--split-by prefecture 为每个地州各写一个，供下发",
            "write an input workbook to be filled in, or with --split-by prefecture one for each"
            " prefecture, to be sent out",
            self.span,
        )
        template.add_argument(
            "-o",
            "--output",
            type=Path,
            required=True,
            metavar="FILE.xlsx",
            help=Text(
                "输出文件；与 --split-by 同用时为文件夹，没有则新建",
                "output; with --split-by a folder, which is made where it is missing",
            ),
        )
        template.only(
            "--output",
            lambda options: bool(options.split_by) or options.output.suffix.lower() == ".xlsx",
            message("template-output-ending"),
        )
        template.add_argument(
            "--split-by",
            type=_dimension,
            choices=("prefecture",),
            help=Text(
                "每个地州各写一个工作簿，列出所属县市，文件名为代码和名称",
                "a workbook for each prefecture, with its counties, named by code and name",
            ),
        )
        template.add_argument(
            "--inputs",
            action="append",
            metavar="PATH",
            help=Text(
                "已有数据：其中最近一年的数印在待填单元格旁，供参考；只与 --split-by 同用",
                "data at hand: their latest figure is printed beside each cell to fill in, for"
                " reference; with --split-by only",
            ),
        )
        template.only(
            "--inputs",
            lambda options: bool(options.split_by),
            message("template-inputs-without-split"),
        )
        template.add_argument(
            "--items",
            type=_items,
            metavar="ITEMS",
            help=Text(
                "服务项目：项目号或名称，如 10-14 或 11,20-22（默认全部）",
                "items: numbers or names, e.g. 10-14 or 11,20-22 (default all)",
            ),
        )
        template.add_argument(
            "--places",
            type=_listed,
            metavar="PLACES",
            help=Text(
                "预填的地区：代码、名称或地区组，逗号分隔",
                "places to prepare rows for: codes, names or groups, with commas between",
            ),
        )
        _adding(template)
        _date_printed(template)
        template.add_argument(
            "--force",
            action="store_true",
            help=Text("替换已有的文件", "replace a file that is there"),
        )
        collect = self.command(
            "collect",
            do.collect,
            "把下发后收回的工作簿汇总为一个输入工作簿，列出未交的地州、被改动的预填内容；"
            "同一格填了两次的，全部列出，不汇总",
            "merge the workbooks that came back into one input workbook; say who is missing and"
            " which prepared cells were changed; a cell filled in twice is refused",
        )
        collect.add_argument(
            "folder",
            type=Path,
            metavar="FOLDER",
            help=Text(
                "存放收回的工作簿的文件夹，也可放改过的测算报告",
                "the folder of workbooks that came back; edited reports are read as well",
            ),
        )
        collect.add_argument(
            "--template",
            type=Path,
            metavar="FOLDER",
            help=Text(
                "下发的工作簿所在的文件夹：以此核对预填内容和未交的地州（默认：各工作簿自带的底稿）",
                "the folder of workbooks as they were sent, to hold against what came back"
                " (default: the record that each workbook carries)",
            ),
        )
        _workbook(collect)
        _adding(collect)
        _date_printed(collect)
        lab = self.command(
            "lab",
            do.lab,
            "把示例笔记本和填报模板放入文件夹，并在其中打开 JupyterLab",
            "put the notebooks and an input workbook into a folder and open JupyterLab there",
        )
        lab.add_argument(
            "folder",
            nargs="?",
            type=Path,
            default=Path(LAB_FOLDER),
            metavar="FOLDER",
            help=Text(
                f"文件夹，已有文件不覆盖（默认 {LAB_FOLDER}）",
                f"folder; files that are there stay (default {LAB_FOLDER})",
            ),
        )
        lab.add_argument(
            "--no-browser",
            dest="browser",
            action="store_false",
            help=Text("不打开浏览器", "open no browser"),
        )


# Arguments of several commands


def _scenario(command: Parser) -> None:
    command.add_argument("scenario", nargs="?", default="baseline", metavar="SCENARIO", help=NAMED)


def _one_year(command: Parser) -> None:
    command.add_argument("--year", type=_year, required=True, metavar="YEAR", help=YEAR)


def _one_payer(command: Parser) -> None:
    words = Text(f"只看一个承担主体：{_payers().zh}", f"one payer only: {_payers().en}")
    command.add_argument("--payer", metavar="PAYER", help=words)


def _account(command: Parser) -> None:
    words = Text(
        f"合计哪个账目（默认一般公共预算）：{_known(COVERED).zh}",
        f"the account to sum (default the general public budget): {_known(COVERED).en}",
    )
    command.add_argument("--account", metavar="ACCOUNT", help=words)


def _decimals(command: Parser, zh: str, en: str) -> None:
    command.add_argument(
        "--decimals", type=int, choices=range(7), default=2, metavar="0-6", help=Text(zh, en)
    )


def _workbook(command: Parser) -> None:
    command.add_argument(
        "-o", "--output", type=_suffix(".xlsx"), required=True, metavar="FILE.xlsx", help=OUTPUT
    )


def _csv(command: Parser) -> None:
    words = Text("另存为 CSV", "also write a CSV")
    command.add_argument("-o", "--output", type=_suffix(".csv"), metavar="FILE.csv", help=words)


def _date_printed(command: Parser) -> None:
    words = Text("表上印的日期（默认今天）", "the date printed (default today)")
    command.add_argument("--date", type=_date, metavar="YYYY-MM-DD", help=words)


def _adding(command: Parser) -> None:
    words = Text(
        "连同情景新增的项目、支出项和受益对象",
        "with the items, lines and beneficiaries that a scenario adds",
    )
    command.add_argument("--scenario", metavar="SCENARIO", help=words)


def _json(command: Parser) -> None:
    command.add_argument("--json", action="store_true", help=Text("输出 JSON", "print JSON"))


def _payers() -> Text:
    """Payers as a command line names them."""
    return Text(
        listed((f"{code} {payer.name.zh}" for code, payer in PAYERS.items()), "zh"),
        listed(PAYERS, "en"),
    )


def _known(words: Mapping[str, Text]) -> Text:
    """Dimensions or accounts as a command line names them."""
    return Text(listed((name.zh for name in words.values()), "zh"), listed(words, "en"))


# What a value may look like


def _bad(code: str | Message, /, **args: Arg) -> FiscalModelError:
    """A value that cannot be read, and what would be right."""
    from fiscal_model.errors import fault

    return fault("", code, **args)


def _years(written: str) -> tuple[int, ...]:
    from fiscal_model.errors import Faults
    from fiscal_model.periods import read_years

    faults = Faults()
    years = read_years(written, "", faults)
    faults.raise_if_any()
    return years


def _items(written: str) -> str:
    """Items as they are written; names are known to the standard, what no standard can mean is
    malformed.
    """
    from fiscal_model.spelling import span

    ends = [span(part) for part in _listed(written).split(",")]
    if any(each and int(each[0]) > int(each[1]) for each in ends):
        raise _bad("items-span-backwards", written=written)
    return written


def _dimension(written: str) -> str:
    """A dimension by code or name; what is none stays as it is written."""
    from fiscal_model.names import DIMENSION_NAMES, Unknown

    found = DIMENSION_NAMES.find(written)
    return written if isinstance(found, Unknown) else found.code


def _listed(written: str) -> str:
    """A list with commas between, as it is written, that names something."""
    if not written.strip(" ,，、;；"):
        raise _bad("list-empty", written=written)
    return written


def _year(written: str) -> int:
    from fiscal_model.periods import one_year

    return one_year(written)


def _date(written: str) -> str:
    from datetime import date

    try:
        return date.fromisoformat(written).isoformat()
    except ValueError:
        raise _bad("date-wrong", written=written) from None


def _money(written: str) -> float:
    """Yuan: 5000万, 1亿, 1,000,000."""
    from fiscal_model.inputs.written import money

    return money(written)


def _number(written: str) -> float:
    """A rate, a share or a factor: 603, 1,200元, 0.1, 10%."""
    from fiscal_model.inputs.written import figure

    return figure(written)


def _advance(written: str) -> float:
    from fiscal_model.analysis.allotment import advance_share

    return advance_share(written)


def _suffix(*known: str) -> Callable[[str], Path]:
    def read(written: str) -> Path:
        path = Path(written)
        if path.suffix.lower() not in known:
            endings = Text(" 或 ".join(known), " or ".join(known))
            raise _bad("output-ending", endings=endings, written=written)
        return path

    return read
