"""The words of the command line and their help, Chinese or English."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fiscal_model.cli import commands as do
from fiscal_model.vocabulary import Lang, Text

REPORT_NAME = "fiscal-report.xlsx"


def parser(lang: Lang) -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    from fiscal_model import __version__

    return _Builder(lang).build(__version__)


class _Builder:
    def __init__(self, lang: Lang) -> None:
        self.lang = lang
        self.common = argparse.ArgumentParser(add_help=False)
        self.common.add_argument(
            "--lang", choices=("zh", "en"), default="zh", help=self.say("输出语言（默认 zh）", "language of the output (default zh)")
        )
        self.named = self.say("情景：自带名称或 .yaml 文件", "scenario: a shipped name or a .yaml file")
        self.data = argparse.ArgumentParser(add_help=False)
        self.data.add_argument(
            "--inputs",
            metavar="PATH",
            help=self.say(
                "输入数据：CSV 文件夹或 .xlsx 工作簿（默认：内置示例数据）",
                "inputs: a folder of CSV files or an .xlsx workbook (default: the embedded illustrative data)",
            ),
        )
        self.span = argparse.ArgumentParser(add_help=False)
        self.span.add_argument("--years", type=_years, help=self.say("年份，如 2022-2030 或 2024", "years, e.g. 2022-2030 or 2024"))

    def say(self, zh: str, en: str) -> str:
        return Text(zh, en).to(self.lang)

    def build(self, version: str) -> argparse.ArgumentParser:
        top = argparse.ArgumentParser(
            prog="fiscal-model",
            allow_abbrev=False,
            description=self.say(
                "财政支出责任分担测算：规则 × 人数 × 补助标准 = 各级承担金额",
                "Who pays for public services: rules × beneficiaries × unit rates = the budget of each level",
            ),
            parents=[self.common],
        )
        top.add_argument("--version", action="version", version=f"fiscal-model {version}")
        self.commands = top.add_subparsers(dest="command", required=True, metavar=self.say("命令", "COMMAND"))
        self.results()
        self.questions()
        self.checks()
        return top

    def command(
        self, name: str, run: Callable[[Any, Lang], int], zh: str, en: str, *parents: argparse.ArgumentParser
    ) -> argparse.ArgumentParser:
        words = self.say(zh, en)
        child: argparse.ArgumentParser = self.commands.add_parser(
            name, help=words, description=words, parents=[self.common, *parents], allow_abbrev=False
        )
        child.set_defaults(run=run)
        return child

    def results(self) -> None:
        """Commands that write results."""
        report = self.command(
            "report", do.report, "测算并写出工作簿（主要功能）", "simulate and write the workbook (the main job)", self.data, self.span
        )
        report.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=f"{self.named} ({self.say('默认', 'default')} baseline)")
        output = f"{self.say('输出文件', 'output')} ({REPORT_NAME})"
        report.add_argument("-o", "--output", type=_suffix(".xlsx"), default=Path(REPORT_NAME), metavar="FILE.xlsx", help=output)
        printed = self.say("表上印的日期（默认今天）", "the date printed (default today)")
        report.add_argument("--date", type=_date, metavar="YYYY-MM-DD", help=printed)
        plain = self.say("数值版：只写数，不写公式（供存档）", "plain numbers, no formulas (for archives)")
        report.add_argument("--values", action="store_true", help=plain)
        parts = self.say("每个地州各写一个工作簿，文件名加代码和名称", "one workbook a prefecture, code and name added to the file's name")
        report.add_argument("--split-by", choices=("prefecture",), help=parts)
        run = self.command("run", do.run, "测算并写出明细结果", "simulate and write tidy results", self.data, self.span)
        run.add_argument("scenario", metavar="SCENARIO", help=self.named)
        kinds = self.say(".csv、.parquet 或 .nc 文件", "a .csv, .parquet or .nc file")
        run.add_argument("-o", "--output", type=_suffix(".csv", ".parquet", ".nc"), required=True, metavar="FILE", help=kinds)

    def questions(self) -> None:
        """Commands that answer on the screen."""
        explain = self.command("explain", do.explain, "逐步说明一个数字的由来", "how one figure came about, step by step", self.data)
        explain.add_argument("--item", type=int, required=True, metavar="N", help=self.say("服务项目号", "item number"))
        explain.add_argument("--place", required=True, metavar="PLACE", help=self.say("地区代码或全称", "place, code or full Chinese name"))
        explain.add_argument("--year", type=int, required=True, metavar="YEAR", help=self.say("年份", "year"))
        explain.add_argument("--payer", metavar="PAYER", help=self.say("只看一个承担主体", "one payer only"))
        explain.add_argument("--scenario", default="baseline", metavar="SCENARIO", help=self.named)
        self.json(explain)
        zh, en = "比较两个情景：各级差额及其原因", "the change per level between two scenarios, and why"
        compare = self.command("compare", do.compare, zh, en, self.data, self.span)
        compare.add_argument("a", metavar="A", help=self.named)
        compare.add_argument("b", metavar="B", help=self.named)
        compare.add_argument("-o", "--output", type=_suffix(".csv"), metavar="FILE.csv", help=self.say("另存为 CSV", "also write a CSV"))
        zh, en = "每条有歧义的条文，各种口径下各级承担多少", "what each reading of an ambiguous clause would mean for each level"
        readings = self.command("readings", do.readings, zh, en, self.data, self.span)
        readings.add_argument("scenario", nargs="?", default="baseline", metavar="SCENARIO", help=self.named)
        readings.add_argument("-o", "--output", type=_suffix(".csv"), metavar="FILE.csv", help=self.say("另存为 CSV", "also write a CSV"))
        zh, en = "每项是否测算、依据什么、有多少未明确", "per item: whether it is costed, on what it rests, what is unallocated"
        ledger = self.command("ledger", do.ledger, zh, en, self.data, self.span)
        ledger.add_argument("scenario", nargs="?", default="baseline", metavar="SCENARIO", help=self.named)
        items = self.command("items", do.items, "列出服务项目及其规则", "the catalogue of items and their rules")
        items.add_argument("number", nargs="?", type=int, metavar="N", help=self.say("只看一项", "one item only"))
        self.json(items)

    def checks(self) -> None:
        """Commands that say whether something is right."""
        zh, en = "检查输入数据和情景文件，一次列出全部问题", "validate inputs and scenarios, all faults at once"
        check = self.command("check", do.check, zh, en)
        paths = self.say("CSV 文件夹、工作簿或情景文件", "a folder of CSV files, a workbook, or a scenario file")
        check.add_argument("paths", nargs="+", metavar="PATH", help=paths)
        zh, en = "把规则目录与标准文本逐条核对", "hold every figure and phrase of the catalogue against the text of the standard"
        audit = self.command("audit", do.audit, zh, en)
        text = self.say("标准文本（UTF-8）", "the text of the standard (UTF-8)")
        audit.add_argument("--text", required=True, metavar="FILE", help=text)

    def json(self, command: argparse.ArgumentParser) -> None:
        command.add_argument("--json", action="store_true", help=self.say("输出 JSON", "print JSON"))


def _years(written: str) -> tuple[int, ...]:
    from fiscal_model.errors import Faults
    from fiscal_model.periods import read_years

    faults = Faults()
    years = read_years(written, "", faults)
    if faults.found:
        raise argparse.ArgumentTypeError(faults.found[0].message.zh + " / " + faults.found[0].message.en)
    return years


def _date(written: str) -> str:
    from datetime import date

    try:
        return date.fromisoformat(written).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{written}': 2024-01-31") from None


def _suffix(*known: str) -> Callable[[str], Path]:
    def read(written: str) -> Path:
        path = Path(written)
        if path.suffix.lower() not in known:
            raise argparse.ArgumentTypeError(f"'{written}': {' / '.join(known)}")
        return path

    return read
