"""What each command does. Every one imports what it needs when it runs, so that help comes at once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fiscal_model.vocabulary import Lang, Text

if TYPE_CHECKING:
    from fiscal_model.budget import Budget
    from fiscal_model.errors import Fault

DONE, FAULTY = 0, 1


def _not_over(output: Path, inputs: str | None) -> None:
    """Refuses to write over the analyst's own data."""
    if inputs and output.exists() and Path(inputs).exists() and output.samefile(inputs):
        from fiscal_model.errors import fault

        raise fault(str(output), "输出文件就是输入数据，请换一个文件名", "the output is the input itself: choose another name")


def _simulate(scenario: str, inputs: str | None, years: Sequence[int] | None) -> Budget:
    from fiscal_model.simulation import simulate

    return simulate(scenario, inputs, years)


def _warn(warnings: Sequence[Fault], lang: Lang) -> None:
    label = Text("提示", "warning").to(lang)
    for warning in warnings:
        print(f"{label}: {warning.to(lang)}", file=sys.stderr)


def report(options: Any, lang: Lang) -> int:
    """Simulates and writes the workbook."""
    _not_over(options.output, options.inputs)
    budgets = [_simulate(name, options.inputs, options.years) for name in options.scenarios or ["baseline"]]
    from fiscal_model.report.rounding import Printed
    from fiscal_model.report.workbook import write_by_prefecture, write_report

    unit = 1.0 if options.unit in ("元", "yuan") else 10_000.0
    values = Printed(unit, options.decimals, not options.half_up) if options.values else None
    if options.split_by:
        written = write_by_prefecture(budgets[0], options.output, lang, options.date, budgets[1:], values)
    else:
        write_report(budgets[0], options.output, lang, options.date, budgets[1:], values)
        written = (options.output,)
    for budget in budgets:
        _warn(budget.warnings, lang)
        print(budget.summary(lang))
    for path in written:
        print(Text(f"已写出 {path}", f"wrote {path}").to(lang))
    return DONE


def run(options: Any, lang: Lang) -> int:
    """Writes tidy results."""
    budget = _simulate(options.scenario, options.inputs, options.years)
    writers: dict[str, Callable[[Path], None]] = {".csv": budget.to_csv, ".parquet": budget.to_parquet, ".nc": budget.to_netcdf}
    writers[options.output.suffix.lower()](options.output)
    _warn(budget.warnings, lang)
    return DONE


def explain(options: Any, lang: Lang) -> int:
    """Prints the steps to a figure."""
    budget = _simulate(options.scenario, options.inputs, None)
    explanation = budget.explain(options.item, options.place, options.year, options.payer)
    if options.json:
        _print_json(explanation.data)
    else:
        print(explanation.text(lang))
    return DONE


def compare(options: Any, lang: Lang) -> int:
    """Prints the change of each scenario from the first and what it comes from."""
    from fiscal_model.analysis.compare import compare as compared
    from fiscal_model.analysis.compare_words import with_account
    from fiscal_model.files import replacing

    if options.output:
        _not_over(options.output, options.inputs)
    found = compared(options.a, options.b, *options.more, inputs=options.inputs, years=options.years)
    text = found.text(lang, options.order, options.by)
    if options.output:
        with replacing(options.output) as draft:
            shown = with_account(options.by) if options.by else ()
            found.to_dataframe(*shown, order=options.order).dropna(how="all").to_csv(draft, lineterminator="\n")
    _warn(tuple(dict.fromkeys(warning for each in found.budgets for warning in each.warnings)), lang)
    print(text)
    return DONE


def readings(options: Any, lang: Lang) -> int:
    """Prints the spread of readings."""
    from fiscal_model.analysis.readings import reading_spread
    from fiscal_model.files import replacing

    spread = reading_spread(options.scenario, options.inputs, options.years)
    if options.output:
        with replacing(options.output) as draft:
            spread.to_dataframe().to_csv(draft, index=False)
    print(spread.text(lang))
    return DONE


def ledger(options: Any, lang: Lang) -> int:
    """Prints the ledger."""
    budget = _simulate(options.scenario, options.inputs, options.years)
    _warn(budget.warnings, lang)
    print(budget.ledger.text(lang))
    return DONE


def audit(options: Any, lang: Lang) -> int:
    """Prints where the catalogue and the text differ; exit 1 if they do."""
    from fiscal_model.standard.audit import audit as compare
    from fiscal_model.standard.audit import summary
    from fiscal_model.standard.read import load_standard

    standard = load_standard()
    result = compare(standard, Path(options.text))
    if result.differences:
        print("\n".join(each.to(lang) for each in result.differences), file=sys.stderr)
        return FAULTY
    print(summary(result, standard).to(lang))
    return DONE


def items(options: Any, lang: Lang) -> int:
    """Prints the catalogue."""
    from fiscal_model.ledger import rests_on, rests_on_words
    from fiscal_model.scenario.read import load_scenario
    from fiscal_model.standard.catalogue import catalogue_text, selected
    from fiscal_model.standard.read import load_standard
    from fiscal_model.standard.words import item_data

    standard = load_standard()
    chosen = selected(standard, options.number)
    rests = {name: rests_on(standard, load_scenario(name)[0]) for name in ("as_written", "baseline")}
    if options.json:
        _print_json(
            [item_data(item, standard) | {"ledger": {name: found[item.number] for name, found in rests.items()}} for item in chosen]
        )
        return DONE
    print(catalogue_text(standard, chosen, lang, full=options.number is not None))
    if options.number is not None:
        for name, found in rests.items():
            print(f"{Text('台账', 'Ledger').to(lang)} {name}: {rests_on_words(found[options.number], lang)}")
    return DONE


def template(options: Any, lang: Lang) -> int:
    """Writes an input workbook."""
    from fiscal_model.report.template import template as write

    write(options.output, options.items, options.places, options.years, lang, options.date)
    print(Text(f"已写出 {options.output}", f"wrote {options.output}").to(lang))
    return DONE


def lab(options: Any, lang: Lang) -> int:
    """Fills a folder with notebooks and opens JupyterLab there."""
    from fiscal_model.lab import check_installed, fill, open_lab

    check_installed()
    for path in fill(options.folder, lang):
        print(Text(f"已写出 {path}", f"wrote {path}").to(lang))
    sys.stdout.flush()
    return open_lab(options.folder, options.browser)


def check(options: Any, lang: Lang) -> int:
    """Prints every fault of inputs and scenarios; exit 1 if there is any."""
    from fiscal_model.checking import check_paths

    result = check_paths(options.paths)
    _warn(result.warnings, lang)
    if result.faults:
        print("\n".join(fault.to(lang) for fault in result.faults), file=sys.stderr)
        return FAULTY
    for line in result.fine:
        print(line.to(lang))
    return DONE


def allotment(options: Any, lang: Lang) -> int:
    """Writes what upper levels owe to places in a year, what they paid so far, and this instalment; or the settlement by the actual numbers."""
    from fiscal_model.analysis.allotment import allotment as allotted
    from fiscal_model.analysis.allotment import settlement
    from fiscal_model.report.rounding import Printed

    _not_over(options.output, options.inputs)
    budget = _simulate(options.scenario, options.inputs, [options.year])
    wan = options.unit in ("万元", "wan")
    unit = Printed(10_000.0, options.decimals).step if wan else 1.0 if options.unit in ("元", "yuan") else 0.01
    found = allotted(budget, options.year, unit, wan)
    if options.actual:
        _not_over(options.output, options.actual)
        found = settlement(found, _simulate(options.scenario, options.actual, [options.year]))
    found.to_excel(options.output, lang, options.date)
    _warn(budget.warnings, lang)
    print(found.summary(lang))
    print(Text(f"已写出 {options.output}", f"wrote {options.output}").to(lang))
    return DONE


def sensitivity(options: Any, lang: Lang) -> int:
    """Prints which assumptions matter most."""
    from fiscal_model.analysis.sensitivity import sensitivity as moved
    from fiscal_model.files import replacing

    found = moved(options.scenario, options.inputs, options.years, options.spread)
    words = found.text(lang, options.payer)
    if options.output:
        with replacing(options.output) as draft:
            found.to_dataframe().to_csv(draft, index=False)
    _warn(found.base.warnings, lang)
    print(words)
    return DONE


def solve(options: Any, lang: Lang) -> int:
    """Prints the value that meets a ceiling, and the entry for it."""
    from fiscal_model.analysis.solve import solve as solved

    names = ("scenario", "vary", "payer", "ceiling", "year", "place", "item", "inputs", "where", "low", "high")
    print(solved(**{name: getattr(options, name) for name in names}).text(lang))
    return DONE


def _print_json(data: Any) -> None:
    import json

    print(json.dumps(data, ensure_ascii=False, indent=1))
