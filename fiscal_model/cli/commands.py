"""What each command does. Every one imports what it needs when it runs, so that help comes at
once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fiscal_model.vocabulary import UNITS as MONEY
from fiscal_model.vocabulary import Lang, Text, labelled, listed

if TYPE_CHECKING:
    import pandas as pd

    from fiscal_model.errors import Fault
    from fiscal_model.face import Budget
    from fiscal_model.files import Read
    from fiscal_model.results.result import Result
    from fiscal_model.standard.rules import Item, Standard

DONE, FAULTY = 0, 1
UNITS = {
    word: unit.yuan
    for words in ([unit.name.zh for unit in MONEY.values()], MONEY)
    for word, unit in zip(words, MONEY.values(), strict=True)
}
"""Yuan in the units that plain numbers are printed in."""
WAN = ("万元", "wan")


def _not_over(output: Path | None, scenarios: Sequence[str], *inputs: Sequence[str] | None) -> Read:
    """What a command will read, after its output has been found to replace none of it: before any
    work.
    """
    from fiscal_model.run import read_by

    read = read_by(scenarios, *inputs)
    read.refuse(*([output] if output else []))
    return read


def _simulate(
    scenario: str,
    inputs: Sequence[str] | None,
    years: Sequence[int] | None,
    items: str | None = None,
    places: str | None = None,
) -> Budget:
    from fiscal_model.face import simulate

    return simulate(scenario, inputs, years, items, places)


def _part(options: Any) -> tuple[Sequence[int] | None, str | None, str | None]:
    """The years, items and places asked for, as simulations take them."""
    return options.years, options.items, options.places


def _warn(warnings: Sequence[Fault], lang: Lang) -> None:
    for warning in warnings:
        print(labelled(Text("提示", "warning").to(lang), warning.to(lang), lang), file=sys.stderr)


def _wrote(path: Path, lang: Lang) -> None:
    print(Text(f"已写出 {path}", f"wrote {path}").to(lang))


def _write_csv(
    frame: pd.DataFrame, target: Path, names: Mapping[str, Callable[[Any], str]], read: Read
) -> None:
    """Writes a table of codes with a column of their names beside each; marked as UTF-8 where it
    holds Chinese, or a spreadsheet garbles it.
    """
    from fiscal_model.files import replacing

    for column, name in names.items():
        if column in frame:
            frame.insert(
                list(frame.columns).index(column) + 1,
                f"{column}_name",
                [name(code) for code in frame[column]],
            )
    text = frame.to_csv(index=False, lineterminator="\n")
    with replacing(target, read) as draft:
        draft.write_text(text, encoding="utf-8" if text.isascii() else "utf-8-sig", newline="")


def _namers(standard: Standard, lang: Lang) -> dict[str, Callable[[Any], str]]:
    """For each dimension of codes, what gives the name of one."""
    from functools import partial

    from fiscal_model.results.dimensions import label_name

    def name(dimension: str, code: Any) -> str:
        return label_name(standard, dimension, code).to(lang)

    return {
        dimension: partial(name, dimension)
        for dimension in ("payer", "line", "item", "domain", "account", "place", "prefecture")
    }


def _warn_of(budgets: Sequence[Result], lang: Lang) -> None:
    """What is told of several budgets, each thing once."""
    from fiscal_model.told.doubts import shown
    from fiscal_model.told.told import together

    _warn(shown(together(each.told for each in budgets)), lang)


def report(options: Any, lang: Lang) -> int:
    """Simulates and writes the workbook."""
    from fiscal_model.analysis.sources import sources_of
    from fiscal_model.face import together
    from fiscal_model.scenario.read import load_scenario
    from fiscal_model.workbook.report import part_paths, write_by_prefecture, write_report
    from fiscal_model.workbook.rounding import Printed

    scenarios = options.scenarios or ["baseline"]
    read = _not_over(options.output, scenarios, options.inputs)
    if options.split_by:
        read.refuse(*part_paths(options.output, load_scenario(scenarios[0])[1], lang))
    budgets = together(scenarios, options.inputs, *_part(options)).results

    values = (
        Printed(UNITS[options.unit], options.decimals, not options.half_up)
        if options.values or options.print
        else None
    )
    how = (
        *(lang, options.date, budgets[1:], values, options.print),
        lambda: sources_of(budgets[0]).gaps,
    )
    if options.split_by:
        written = write_by_prefecture(budgets[0], options.output, *how)
    else:
        write_report(budgets[0], options.output, *how)
        written = (options.output,)
    _warn_of(budgets, lang)
    for budget in budgets:
        print(budget.summary(lang))
    for path in written:
        _wrote(path, lang)
    return DONE


def run(options: Any, lang: Lang) -> int:
    """Writes tidy results."""
    from fiscal_model.extras import check_suffix

    check_suffix(options.output.suffix)
    _not_over(options.output, [options.scenario], options.inputs)
    budget = _simulate(options.scenario, options.inputs, *_part(options))
    writers: dict[str, Callable[[Path], None]] = {
        ".csv": budget.to_csv,
        ".parquet": budget.to_parquet,
        ".nc": budget.to_netcdf,
    }
    writers[options.output.suffix.lower()](options.output)
    _warn(budget.warnings, lang)
    print(
        Text(
            f"已写出 {options.output}（代码，单位元）", f"wrote {options.output} (codes, yuan)"
        ).to(lang)
    )
    return DONE


def explain(options: Any, lang: Lang) -> int:
    """Prints the steps to a figure."""
    from fiscal_model.face import explain as explained

    explanation = explained(
        options.item, options.place, options.year, options.payer, options.scenario, options.inputs
    )
    if options.json:
        _print_json(explanation.data)
    else:
        print(explanation.text(lang))
    return DONE


def compare(options: Any, lang: Lang) -> int:
    """Prints the change of each scenario from the first and what it comes from; where the data
    differ also which cells of them, all of which go into a file that is asked for.
    """
    from fiscal_model.analysis.compare_blocks import table_of
    from fiscal_model.analysis.decompose import GROUP_NAMES, stacking_order
    from fiscal_model.face import Budget
    from fiscal_model.face import compare as compared
    from fiscal_model.names import DIMENSION_NAMES
    from fiscal_model.results.dimensions import check_dimensions
    from fiscal_model.spelling import separate

    data = options.inputs, options.against_inputs
    read = _not_over(options.output, [options.a, options.b, *options.more], *data)
    read.refuse(*([options.cells] if options.cells else []))
    years, items, places = _part(options)
    found = compared(
        options.a,
        options.b,
        *options.more,
        inputs=options.inputs,
        years=years,
        items=items,
        places=places,
        against_inputs=options.against_inputs,
    )
    by = check_dimensions(separate(options.by, DIMENSION_NAMES.__contains__)) if options.by else ()
    order = (
        stacking_order(separate(options.order, GROUP_NAMES.__contains__)) if options.order else ()
    )
    text = found.text(lang, order, by, options.account)
    cells = found.changed_inputs(account=options.account) if options.cells else None
    namers = _namers(found.axes.standard, lang)
    if options.output:
        dimensions, account = table_of(found, by, options.account) if by else ((), options.account)
        table = (
            found.to_dataframe(*dimensions, order=order, account=account)
            .dropna(how="all")
            .reset_index()
        )
        _write_csv(table, options.output, namers, read)
    if cells is not None:
        # of the columns named like dimensions only this one holds codes: the others are payers
        _write_csv(cells, options.cells, {"place": namers["place"]}, read)
    _warn_of([each for each in found.budgets if isinstance(each, Budget)], lang)
    print(text)
    return DONE


def brief(options: Any, lang: Lang) -> int:
    """Writes a briefing note of one page."""
    from fiscal_model.briefing.brief import check_target
    from fiscal_model.face import brief as briefed

    check_target(options.output)
    _not_over(options.output, options.scenarios, options.inputs)
    years, items, places = _part(options)
    found = briefed(
        *options.scenarios, inputs=options.inputs, years=years, items=items, places=places
    )
    found.save(options.output, lang, options.date)
    _warn_of(found.budgets, lang)
    _wrote(options.output, lang)
    return DONE


def confront(options: Any, lang: Lang) -> int:
    """Prints printed figures beside ours; exit 1 if asked to where one differs on the very counts
    printed with it.
    """
    from fiscal_model.face import confront as confronted

    files = [options.published] if options.published else None
    _not_over(options.output, [options.scenario], options.inputs, files)
    found = confronted(options.scenario, options.published, options.inputs)
    if options.output:
        found.to_csv(options.output, lang)
    _warn(found.warnings, lang)
    print(found.text(lang))
    if options.output:
        _wrote(options.output, lang)
    if not options.strict or not found.differing:
        return DONE
    ids = listed(found.differing, lang)
    told = Text(f"按公布人数不符：{ids}", f"differing on printed counts: {ids}").to(lang)
    print(told, file=sys.stderr)
    return FAULTY


def readings(options: Any, lang: Lang) -> int:
    """Prints the spread of readings."""
    from fiscal_model.face import reading_spread

    read = _not_over(options.output, [options.scenario], options.inputs)
    spread = reading_spread(options.scenario, options.inputs, options.years, options.account)
    if options.output:
        table = spread.to_dataframe()
        table.insert(
            3,
            "option_name",
            [
                spread.words(*each).to(lang)
                for each in zip(table["reading"], table["option"], strict=True)
            ],
        )
        names = {
            "reading": lambda code: spread.standard.readings[code].question.to(lang),
            **_namers(spread.standard, lang),
        }
        _write_csv(table, options.output, names, read)
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
    from fiscal_model.results.ledger import rests_on
    from fiscal_model.scenario.read import load_scenario
    from fiscal_model.standard.catalogue import added_words, catalogue_text, selected
    from fiscal_model.standard.words import item_data

    names = (options.scenario,) if options.scenario else ("as_written", "baseline")
    scenarios = [load_scenario(name)[0] for name in names]
    standard = scenarios[0].standard
    chosen = selected(standard, options.items)
    rests = {each.name: rests_on(standard, each) for each in scenarios}
    if options.json:
        _print_json(
            [
                item_data(item, standard)
                | {"ledger": {name: found[item.number] for name, found in rests.items()}}
                for item in chosen
            ]
        )
        return DONE
    if options.items is None:
        print(catalogue_text(standard, chosen, lang, full=False))
    else:
        print("\n\n".join(_item_in_full(item, standard, rests, lang) for item in chosen))
    if added := added_words(scenarios[0].written, standard, chosen, lang):
        print("\n".join(("", *added)))
    return DONE


def _item_in_full(
    item: Item, standard: Standard, rests: Mapping[str, Mapping[int, Any]], lang: Lang
) -> str:
    """The rule of an item, and on what it rests in each scenario."""
    from fiscal_model.results.ledger import rests_on_words
    from fiscal_model.standard.catalogue import catalogue_text

    book = Text("台账", "Ledger").to(lang)
    ledger = [
        labelled(f"{book} {name}", rests_on_words(found[item.number], lang), lang)
        for name, found in rests.items()
    ]
    return "\n".join([catalogue_text(standard, [item], lang, full=True), *ledger])


def list_(options: Any, lang: Lang) -> int:
    """Prints what there is to name."""
    from fiscal_model.listing import data_of, lines_of, rows

    found = rows(options.what, options.word, options.scenario or "as_written")
    if options.json:
        _print_json(data_of(found))
    else:
        print("\n".join(lines_of(found, lang)))
    return DONE


def template(options: Any, lang: Lang) -> int:
    """Writes an input workbook, or one for each prefecture."""
    from fiscal_model.workbook.template import template as write

    for path in write(
        options.output,
        options.items,
        options.places,
        options.years,
        lang,
        options.date,
        options.scenario,
        options.force,
        options.split_by,
        options.inputs,
    ):
        _wrote(path, lang)
    return DONE


def collect(options: Any, lang: Lang) -> int:
    """Merges workbooks that came back into one."""
    from fiscal_model.collecting.collect import collect as merge

    found = merge(
        options.folder, options.output, options.template, lang, options.date, options.scenario
    )
    _warn(found.warnings, lang)
    print(found.text(lang))
    _wrote(options.output, lang)
    return DONE


def lab(options: Any, lang: Lang) -> int:
    """Fills a folder with notebooks and opens JupyterLab there."""
    from fiscal_model.extras import check_extra
    from fiscal_model.lab import fill, open_lab

    check_extra("notebook")
    for path in fill(options.folder, lang):
        _wrote(path, lang)
    sys.stdout.flush()
    return open_lab(options.folder, options.browser)


def check(options: Any, lang: Lang) -> int:
    """Prints every fault of inputs and scenarios; exit 1 if there is any."""
    from fiscal_model.checking import check_paths
    from fiscal_model.errors import told

    result = check_paths(options.paths)
    _warn(result.warnings, lang)
    if result.faults:
        print("\n".join(told(result.faults, lang)), file=sys.stderr)
        return FAULTY
    for line in result.fine:
        print(line.to(lang))
    return DONE


def allotment(options: Any, lang: Lang) -> int:
    """Writes what upper levels owe to places in a year, what they paid so far, and this instalment;
    or the settlement by the actual numbers. A workbook a year.
    """
    from fiscal_model.analysis.allotment import allotment as allotted
    from fiscal_model.analysis.allotment import settlement
    from fiscal_model.rounding import FEN
    from fiscal_model.workbook.rounding import Printed

    output: Path = options.output
    targets = dict.fromkeys(options.years, output)
    if len(targets) > 1:
        targets = {year: output.with_stem(f"{output.stem}-{year}") for year in targets}
    read = _not_over(None, [options.scenario], options.inputs, options.actual)
    read.refuse(*targets.values())
    budgets = [_simulate(options.scenario, options.inputs, options.years)]
    if options.actual:
        budgets.append(_simulate(options.scenario, options.actual, options.years))
    wan = options.unit in WAN
    yuan = {"元": 1.0, "yuan": 1.0, "分": FEN, "fen": FEN, None: 1.0 if options.quarters else None}
    unit = Printed(10_000.0, options.decimals).step if wan else yuan[options.unit]
    statements = []
    for year in targets:
        planned = allotted(budgets[0], year, unit, wan, options.advance)
        whole = settlement(planned, budgets[1]) if options.actual else planned
        statements.append(whole.part(options.items, options.places))
    for found, target in zip(statements, targets.values(), strict=True):
        found.to_excel(target, lang, options.date, options.quarters)
    _warn_of(budgets, lang)
    for found, target in zip(statements, targets.values(), strict=True):
        print(found.summary(lang))
        _wrote(target, lang)
    return DONE


def sensitivity(options: Any, lang: Lang) -> int:
    """Prints which assumptions matter most."""
    from fiscal_model.face import sensitivity as moved

    read = _not_over(options.output, [options.scenario], options.inputs)
    found = moved(options.scenario, options.inputs, options.years, options.spread, options.account)
    words = found.text(lang, options.payer)
    if options.output:
        _write_csv(found.to_dataframe(), options.output, _namers(found.base.standard, lang), read)
    _warn(found.base.warnings, lang)
    print(words)
    return DONE


def solve(options: Any, lang: Lang) -> int:
    """Prints the value that meets a ceiling, and the entry for it."""
    from fiscal_model.analysis.solve import solve as solved

    names = (
        "scenario",
        "vary",
        "payer",
        "ceiling",
        "year",
        "place",
        "item",
        "inputs",
        "where",
        "low",
        "high",
        "account",
    )
    print(solved(**{name: getattr(options, name) for name in names}).text(lang))
    return DONE


def _print_json(data: Any) -> None:
    import json

    print(json.dumps(data, ensure_ascii=False, indent=1))
