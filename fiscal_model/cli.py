"""The command line. Every command imports what it needs when it runs, so that help comes at once."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fiscal_model.vocabulary import Lang, Text

if TYPE_CHECKING:
    from fiscal_model.budget import Budget
    from fiscal_model.errors import Fault

DONE, FAULTY = 0, 1
REPORT_NAME = "fiscal-report.xlsx"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; 0 done, 1 the input is at fault, 2 the command line is malformed."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    lang: Lang = "en" if _wants_english(words) else "zh"
    options = _parser(lang).parse_args(words)
    from fiscal_model.errors import FiscalModelError

    try:
        code: int = options.run(options, lang)
        sys.stdout.flush()
        return code
    except FiscalModelError as error:
        print(error.text(lang), file=sys.stderr)
        return FAULTY
    except BrokenPipeError:
        sys.stderr.close()
        return DONE


def _wants_english(words: Sequence[str]) -> bool:
    return "--lang=en" in words or ("--lang", "en") in pairwise(words)


def _parser(lang: Lang) -> argparse.ArgumentParser:
    def say(zh: str, en: str) -> str:
        return Text(zh, en).to(lang)

    from fiscal_model import __version__

    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--lang", choices=("zh", "en"), default="zh", help=say("输出语言（默认 zh）", "language of the output (default zh)")
    )
    parser = argparse.ArgumentParser(
        prog="fiscal-model",
        allow_abbrev=False,
        description=say(
            "财政支出责任分担测算：规则 × 人数 × 补助标准 = 各级承担金额",
            "Who pays for public services: rules × beneficiaries × unit rates = the budget of each level",
        ),
        parents=[common],
    )
    parser.add_argument("--version", action="version", version=f"fiscal-model {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar=say("命令", "COMMAND"))

    def command(name: str, run: Callable[[Any, Lang], int], zh: str, en: str) -> argparse.ArgumentParser:
        child = commands.add_parser(name, help=say(zh, en), description=say(zh, en), parents=[common], allow_abbrev=False)
        child.set_defaults(run=run)
        return child

    inputs = say(
        "输入数据：CSV 文件夹或 .xlsx 工作簿（默认：内置示例数据）",
        "inputs: a folder of CSV files or an .xlsx workbook (default: the embedded illustrative data)",
    )
    years = say("年份，如 2022-2030 或 2024", "years, e.g. 2022-2030 or 2024")
    named = say("情景：自带名称或 .yaml 文件", "scenario: a shipped name or a .yaml file")

    report = command("report", _report, "测算并写出工作簿（主要功能）", "simulate and write the workbook (the main job)")
    report.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=f"{named} ({say('默认', 'default')} baseline)")
    report.add_argument("--inputs", metavar="PATH", help=inputs)
    report.add_argument("--years", type=_years, help=years)
    report.add_argument(
        "-o",
        "--output",
        type=_suffix(".xlsx"),
        default=Path(REPORT_NAME),
        metavar="FILE.xlsx",
        help=say("输出文件", "output") + f" ({REPORT_NAME})",
    )
    report.add_argument(
        "--date", type=_date, metavar="YYYY-MM-DD", help=say("表上印的日期（默认今天）", "the date printed (default today)")
    )

    run = command("run", _run, "测算并写出明细结果", "simulate and write tidy results")
    run.add_argument("scenario", metavar="SCENARIO", help=named)
    run.add_argument("--inputs", metavar="PATH", help=inputs)
    run.add_argument("--years", type=_years, help=years)
    run.add_argument(
        "-o",
        "--output",
        type=_suffix(".csv", ".parquet", ".nc"),
        required=True,
        metavar="FILE",
        help=say(".csv、.parquet 或 .nc 文件", "a .csv, .parquet or .nc file"),
    )

    explain = command("explain", _explain, "逐步说明一个数字的由来", "how one figure came about, step by step")
    explain.add_argument("--item", type=int, required=True, metavar="N", help=say("服务项目号", "item number"))
    explain.add_argument("--place", required=True, metavar="PLACE", help=say("地区代码或全称", "place, code or full Chinese name"))
    explain.add_argument("--year", type=int, required=True, metavar="YEAR", help=say("年份", "year"))
    explain.add_argument("--payer", metavar="PAYER", help=say("只看一个承担主体", "one payer only"))
    explain.add_argument("--scenario", default="baseline", metavar="SCENARIO", help=named)
    explain.add_argument("--inputs", metavar="PATH", help=inputs)
    explain.add_argument("--json", action="store_true", help=say("输出 JSON", "print JSON"))

    readings = command(
        "readings",
        _readings,
        "每条有歧义的条文，各种口径下各级承担多少",
        "what each reading of an ambiguous clause would mean for each level",
    )
    readings.add_argument("scenario", nargs="?", default="baseline", metavar="SCENARIO", help=named)
    readings.add_argument("--inputs", metavar="PATH", help=inputs)
    readings.add_argument("--years", type=_years, help=years)
    readings.add_argument("-o", "--output", type=_suffix(".csv"), metavar="FILE.csv", help=say("另存为 CSV", "also write a CSV"))

    ledger = command(
        "ledger", _ledger, "每项是否测算、依据什么、有多少未明确", "per item: whether it is costed, on what it rests, what is unallocated"
    )
    ledger.add_argument("scenario", nargs="?", default="baseline", metavar="SCENARIO", help=named)
    ledger.add_argument("--inputs", metavar="PATH", help=inputs)
    ledger.add_argument("--years", type=_years, help=years)

    audit = command(
        "audit", _audit, "把规则目录与标准文本逐条核对", "hold every figure and phrase of the catalogue against the text of the standard"
    )
    audit.add_argument("--text", required=True, metavar="FILE", help=say("标准文本（UTF-8）", "the text of the standard (UTF-8)"))

    items = command("items", _items, "列出服务项目及其规则", "the catalogue of items and their rules")
    items.add_argument("number", nargs="?", type=int, metavar="N", help=say("只看一项", "one item only"))
    items.add_argument("--json", action="store_true", help=say("输出 JSON", "print JSON"))

    check = command("check", _check, "检查输入数据和情景文件，一次列出全部问题", "validate inputs and scenarios, all faults at once")
    check.add_argument(
        "paths",
        nargs="+",
        metavar="PATH",
        help=say("CSV 文件夹、工作簿或情景文件", "a folder of CSV files, a workbook, or a scenario file"),
    )
    return parser


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


def _simulate(scenario: str, inputs: str | None, years: Sequence[int] | None) -> Budget:
    from fiscal_model.simulation import simulate

    return simulate(scenario, inputs, years)


def _warn(warnings: Sequence[Fault], lang: Lang) -> None:
    label = Text("提示", "warning").to(lang)
    for warning in warnings:
        print(f"{label}: {warning.to(lang)}", file=sys.stderr)


def _report(options: Any, lang: Lang) -> int:
    budgets = [_simulate(name, options.inputs, options.years) for name in options.scenarios or ["baseline"]]
    from fiscal_model.report.workbook import write_report

    write_report(budgets[0], options.output, lang, options.date, budgets[1:])
    for budget in budgets:
        _warn(budget.warnings, lang)
        print(budget.summary(lang))
    print(Text(f"已写出 {options.output}", f"wrote {options.output}").to(lang))
    return DONE


def _run(options: Any, lang: Lang) -> int:
    budget = _simulate(options.scenario, options.inputs, options.years)
    writers: dict[str, Callable[[Path], None]] = {".csv": budget.to_csv, ".parquet": budget.to_parquet, ".nc": budget.to_netcdf}
    writers[options.output.suffix.lower()](options.output)
    _warn(budget.warnings, lang)
    return DONE


def _explain(options: Any, lang: Lang) -> int:
    budget = _simulate(options.scenario, options.inputs, None)
    explanation = budget.explain(options.item, options.place, options.year, options.payer)
    if options.json:
        _print_json(explanation.data)
    else:
        print(explanation.text(lang))
    return DONE


def _readings(options: Any, lang: Lang) -> int:
    from fiscal_model.analysis.readings import reading_spread
    from fiscal_model.files import replacing

    spread = reading_spread(options.scenario, options.inputs, options.years)
    if options.output:
        with replacing(options.output) as draft:
            spread.to_dataframe().to_csv(draft, index=False)
    print(spread.text(lang))
    return DONE


def _ledger(options: Any, lang: Lang) -> int:
    budget = _simulate(options.scenario, options.inputs, options.years)
    _warn(budget.warnings, lang)
    print(budget.ledger.text(lang))
    return DONE


def _audit(options: Any, lang: Lang) -> int:
    from fiscal_model.standard.audit import audit, summary
    from fiscal_model.standard.read import load_standard

    standard = load_standard()
    result = audit(standard, Path(options.text))
    if result.differences:
        print("\n".join(each.to(lang) for each in result.differences), file=sys.stderr)
        return FAULTY
    print(summary(result, standard).to(lang))
    return DONE


def _items(options: Any, lang: Lang) -> int:
    from fiscal_model.standard.catalogue import catalogue_text, selected
    from fiscal_model.standard.read import load_standard
    from fiscal_model.standard.words import item_data

    standard = load_standard()
    chosen = selected(standard, options.number)
    if options.json:
        _print_json([item_data(item, standard) for item in chosen])
    else:
        print(catalogue_text(standard, chosen, lang, full=options.number is not None))
    return DONE


def _check(options: Any, lang: Lang) -> int:
    from fiscal_model.checking import check_paths

    result = check_paths(options.paths)
    _warn(result.warnings, lang)
    if result.faults:
        print("\n".join(fault.to(lang) for fault in result.faults), file=sys.stderr)
        return FAULTY
    for line in result.fine:
        print(line.to(lang))
    return DONE


def _print_json(data: Any) -> None:
    import json

    print(json.dumps(data, ensure_ascii=False, indent=1))
