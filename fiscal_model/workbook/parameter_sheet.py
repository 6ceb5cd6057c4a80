"""The sheet of parameters: readings, weights, sums per head, base amounts; every one stands here
once, in a marked cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fiscal_model.engine.every_reading import Share
from fiscal_model.engine.local import CountyKey, supplied_shares
from fiscal_model.engine.splits import chosen_readings
from fiscal_model.standard.kinds.leaf import Parameter
from fiscal_model.standard.kinds.shares import Shares
from fiscal_model.standard.words import clause_words, leaf_clause_words
from fiscal_model.vocabulary import Text
from fiscal_model.workbook.columns import BLANK, Column, Table
from fiscal_model.workbook.context import Report
from fiscal_model.workbook.live_tables import (
    DIGITS,
    NOT_NEGATIVE,
    TOLERANCE,
    TOP_ROWS,
    legend,
    opened,
    origin_words,
    written,
)
from fiscal_model.workbook.model import Model

SHARE, ITEM, SPLIT = Text("分担号", "Share"), Text("项目", "Item"), Text("分担办法", "Split")
NUMBER, BASIS, TIER = Text("行号", "Row"), Text("依据", "Basis"), Text("层次", "Tier")
INPUT = {"money": "input_money", "share": "input_number"}
"""How a parameter looks where it may be changed."""
PLACE, CODE = Text("地区", "Place"), Text("地区编码", "Place code")


def parameter_tables(report: Report) -> list[Table]:
    """Readings, numbers that depend on them, weights, other parameters of splits, base amounts,
    county shares.
    """
    return [
        _constants(),
        _readings(report),
        _numbers(report),
        _weights(report),
        *_stated(report),
        _base_sums(report),
        _county_shares(report),
    ]


def parameters(report: Report, tables: list[Table]) -> None:
    """Writes the sheet."""
    about = Text(
        "改动黄底单元格，全部表随之重算。公式中的 10000 只是元与万元的换算。",
        "Change a yellow cell and every table follows. 10000 in formulas only converts yuan"
        " into 10,000 yuan.",
    )
    sheet = opened(report, "parameters", Text("测算参数", "Parameters"), about, tables)
    legend(report, sheet)
    written(report, sheet, tables)
    sheet.sheet.freeze_panes(TOP_ROWS, 0)


def _constants() -> Table:
    words = [
        Text(
            "显示小数位（表下“尾差”按此取整）",
            "digits shown (the closing difference below tables rounds to them)",
        ),
        Text("核对容差（元）", "tolerance of checks (yuan)"),
    ]
    return Table(
        "constants",
        2,
        [
            Column("no", "", [1, 2], "trace"),
            BLANK,
            Column("what", Text("内容", "What"), words),
            BLANK,
            BLANK,
            BLANK,
            Column(
                "value", Text("数值", "Value"), [2, 0.01], "input_number", names=[DIGITS, TOLERANCE]
            ),
        ],
        Text("显示与核对", "Display and checks"),
    )


def _options(count: int, values: Sequence[Sequence[Any]], look: Any, **more: Any) -> list[Column]:
    """A column for each option of the readings; rows have as many values as their reading has
    options.
    """
    return [
        Column(
            f"option:{k}",
            Text(f"口径{k + 1}", f"Option {k + 1}"),
            [row[k] if k < len(row) else "" for row in values],
            look,
            width=13,
            **more,
        )
        for k in range(count)
    ]


def most_options(report: Report) -> int:
    """The options of the reading that has most, at least two."""
    standard = report.budget.standard
    return max([2, *(len(standard.readings[c].options) for c in report.model.rules.readings)])


def _readings(report: Report) -> Table:
    """One row a reading: the choice, its number, what it means, and all options."""
    standard, codes = report.budget.standard, report.model.rules.readings
    readings = [standard.readings[code] for code in codes]
    chosen = chosen_readings(standard, report.budget.scenario)
    most = most_options(report)
    known = [list(reading.options) for reading in readings]
    choices = [
        {"validate": "list", "source": f"={{option:0..option:{len(each) - 1}@fixed}}"}
        for each in known
    ]
    meanings = [list(reading.options.values()) for reading in readings]
    options = _options(most, known, "text", rows=None if codes else ())
    none = not codes
    columns = [
        Column("code", Text("代号", "Code"), codes or "", "text" if none else "year", width=7),
        Column("item", ITEM, [r.item for r in readings] or "", "text" if none else "year", width=8),
        Column(
            "question",
            Text("问题", "Question"),
            [r.question for r in readings] or [Text("无", "none")],
            width=46,
        ),
        Column(
            "choice",
            Text("采用口径（下拉选择）", "Reading (choose)"),
            [chosen[code] for code in codes] or "",
            "text" if none else "input_text",
            width=18,
            check=choices or None,
            names=[f"reading_{code}" for code in codes],
        ),
        Column(
            "number",
            Text("第几种", "Number"),
            [list(r.options).index(chosen[r.code]) + 1 for r in readings] or [1],
            "year",
            "=MATCH({choice},{option:},0)" if codes else None,
            14,
        ),
        Column(
            "meaning",
            Text("含义", "Meaning"),
            [r.options[chosen[r.code]] for r in readings] or "",
            "text",
            "=INDEX({meaning:},{number})" if codes else None,
            34,
        ),
        *options,
        *(
            Column(
                f"meaning:{k}",
                Text(f"口径{k + 1}含义", f"Option {k + 1}: meaning"),
                [row[k] if k < len(row) else "" for row in meanings],
                width=13,
                rows=each.rows,
            )
            for k, each in enumerate(options)
        ),
    ]
    return Table("readings", len(codes) or 1, columns, Text("文义口径", "Readings"))


def number_rows(model: Model) -> list[tuple[int, str]]:
    """The numbers that depend on a reading: the line and which of its numbers."""
    lines = model.budget.program.lines
    return [
        (i, kind)
        for i in line_rows(model)
        if i >= 0
        for kind in ("counted", "raised")
        if getattr(lines[i], kind)
    ]


def line_rows(model: Model) -> list[int]:
    """The lines with a unit cost, in order; -1 stands for amounts."""
    return list(dict.fromkeys(row.line for row in model.inputs.rates))


FIXED = (
    (Text("没有规定：全部计入", "none stated: all counted"), 1),
    (Text("没有规定：无提高部分", "none stated: no raise"), 0),
)
"""The numbers of lines without one: all is counted, nothing is a raise."""


def _numbers(report: Report) -> Table:
    """Numbers by reading, those of lines without one first."""
    model, options = report.model, most_options(report)
    chosen = chosen_readings(report.budget.standard, report.budget.scenario)
    lines = report.budget.program.lines
    kinds = {
        "counted": report.say("计入部分", "part counted"),
        "raised": report.say("提高部分（元）", "raise (yuan)"),
    }
    found = [(lines[i], kind, getattr(lines[i], kind)) for i, kind in number_rows(model)]
    values: list[Sequence[float]] = [
        *([value] * options for _, value in FIXED),
        *([float(each) for each in number.options.values()] for *_, number in found),
    ]
    at = [0, 0, *(list(n.options).index(chosen[n.reading]) for *_, n in found)]
    columns = [
        Column("no", NUMBER, range(1, len(values) + 1), "trace"),
        Column("item", ITEM, ["", "", *(line.item for line, *_ in found)], "year"),
        Column(
            "what",
            Text("内容", "What"),
            [
                *(words for words, _ in FIXED),
                *(f"{line.name.to(report.lang)} · {kinds[kind]}" for line, kind, _ in found),
            ],
        ),
        Column(
            "reading",
            Text("口径行", "Reading"),
            [0, 0, *(model.rules.readings.index(n.reading) + 1 for *_, n in found)],
            "trace",
        ),
        Column(
            "force",
            Text("采用数", "In force"),
            [row[k] for row, k in zip(values, at, strict=True)],
            "number",
            "=INDEX({option:},IF({reading}>0,INDEX({readings.number},{reading}),1))",
        ),
        Column("basis", BASIS, ["", "", *(clause_words(n.clause, report.lang) for *_, n in found)]),
        *_options(
            options,
            values,
            ["number", "number", *["input_number"] * len(found)],
            check=NOT_NEGATIVE,
        ),
    ]
    return Table(
        "numbers",
        len(values),
        columns,
        Text("随口径而定的数", "Numbers that depend on a reading"),
    )


def share_words(share: Share, report: Report) -> str:
    """A share of the workbook in words."""
    missing = (
        report.say(
            "（补助未填报，其余未明确分担）", " (a grant is not supplied: the rest is unallocated)"
        )
        if share.is_open
        else ""
    )
    return share.leaf.words(report.lang, report.budget.standard.payers) + missing


def share_source(share: Share, report: Report) -> str:
    """Where a share stands: its own citation, or the entry that put it there."""
    entry = report.budget.program.rules.entries[share.source]
    return leaf_clause_words(share.leaf, report.lang, entry.clause if entry else None)


def share_columns(report: Report, numbers: Sequence[int]) -> list[Column]:
    """What a row about a share begins with: its number, item and words."""
    shares = report.model.rules.shares
    return [
        Column("share", SHARE, [n + 1 for n in numbers], "trace"),
        Column("item", ITEM, [shares[n].item for n in numbers], "year"),
        Column("split", SPLIT, [share_words(shares[n], report) for n in numbers]),
    ]


def tier_rows(model: Model) -> list[tuple[int, int, Shares]]:
    """The divisions as written: the share's number from 0, the tier from 1, and its weights."""
    return [
        (n, k + 1, tier)
        for n, share in enumerate(model.rules.shares)
        for k, tier in enumerate(share.tiers)
    ]


def _weights(report: Report) -> Table:
    """One row a division, as written: 8:2, then the 2 as 3:7."""
    model, rows = report.model, tier_rows(report.model)
    no, item, split = share_columns(report, [n for n, *_ in rows])
    rest = report.say("　其余部分", "    the rest")
    words = [w if k == 1 else rest for w, (_, k, _) in zip(split.values, rows, strict=True)]
    sources = [share_source(model.rules.shares[n], report) if k == 1 else "" for n, k, _ in rows]
    given = [dict(tier.weights) for *_, tier in rows]
    columns = [
        no,
        item,
        Column("split", SPLIT, words),
        Column("tier", TIER, [k for _, k, _ in rows], "year"),
        BLANK,
        Column("basis", BASIS, sources),
        *(
            Column(
                f"weight:{payer}",
                report.label(payer),
                [each.get(payer, "") for each in given],
                "input_number",
                width=13,
                check=NOT_NEGATIVE,
            )
            for payer in model.payers
        ),
        Column(
            "weight:rest",
            Text("其余（下一层再分）", "Rest (next tier)"),
            [tier.rest_weight if tier.rest else "" for *_, tier in rows],
            "input_number",
            width=13,
            check=NOT_NEGATIVE,
        ),
    ]
    caption = Text(
        "分担权数（按原文写法，如8：2，其余再按3：7）",
        "Weights as written (8:2, then the rest by 3:7)",
    )
    return Table("weights", rows, columns, caption)


def parameters_of(model: Model) -> list[tuple[str, Parameter]]:
    """The parameters of all shares, each with the form that it is of."""
    found = {
        (share.live.form, each.name): each
        for share in model.rules.shares
        for each in share.live.parameters
    }
    return [(form, each) for (form, _), each in found.items()]


def _stated(report: Report) -> list[Table]:
    """The parameters that an analyst may change, a list each: in their order, as where sums are
    paid in turn the formula beside each adds up those before it.
    """
    return [
        _stated_in(report, form, each, *each.stated)
        for form, each in parameters_of(report.model)
        if each.stated
    ]


def _stated_in(
    report: Report, form: str, parameter: Parameter, caption: Text, title: Text
) -> Table:
    rows: list[tuple[int, str, float, float]] = []
    for n, share in enumerate(report.model.rules.shares):
        before = 0.0
        for payer, value in share.values(form, parameter.name):
            rows.append((n, payer, before, value))
            before += value
    shares = report.model.rules.shares
    sums = Column(
        "before",
        Text("在前各项之和", "Sums before"),
        [before for *_, before, _ in rows],
        "money",
        "=IF({share}={share@above},{before@above}+{value@above},0)",
    )
    columns = [
        *share_columns(report, [n for n, *_ in rows]),
        Column("payer", Text("承担主体", "Payer"), [report.label(payer) for _, payer, *_ in rows]),
        sums if parameter.before else BLANK,
        Column("basis", BASIS, [share_source(shares[n], report) for n, *_ in rows]),
        Column(
            "value",
            title,
            [value for *_, value in rows],
            INPUT[parameter.look],
            check=NOT_NEGATIVE,
        ),
    ]
    return Table(f"stated:{form}:{parameter.name}", rows, columns, caption)


def _supplied(
    report: Report,
    rows: Sequence[tuple[object, str]],
    sources: Sequence[str],
    value: Column,
) -> list[Column]:
    """One supplied number for each item and place."""
    labels = report.budget.standard.places.label
    return [
        Column("no", NUMBER, range(1, len(rows) + 1), "trace"),
        Column("item", ITEM, [item for item, _ in rows], "year"),
        Column("source", Text("来源", "Source"), sources),
        Column("code", CODE, [code for _, code in rows]),
        Column("place", PLACE, [labels(code) for _, code in rows]),
        value,
    ]


def base_rows(model: Model) -> list[tuple[int, str]]:
    """The base amounts that govern: item and place."""
    return sorted({cap.key[:2] for each in model.bases for cap in each.caps})


def _base_sums(report: Report) -> Table:
    rows, index = base_rows(report.model), report.budget.standard.places.index
    found = [report.budget.inputs.bases.latest(str(item), [index[code]], 0) for item, code in rows]
    none = report.say("未填报", "not supplied")
    amount = Column(
        "amount",
        Text("基数", "Amount"),
        [each.value if each else "" for each in found],
        "input_money",
        check=NOT_NEGATIVE,
        names=[f"base_{item}_{code}" for item, code in rows],
    )
    sources = [origin_words(each, report) if each else none for each in found]
    title = report.budget.standard.base_amount
    caption = Text(f"{title.zh}（元）", f"{title.en}s (yuan)")
    columns = _supplied(report, rows, sources, amount)
    return Table("base_sums", len(rows), columns, caption, optional=True)


def county_rows(model: Model) -> list[CountyKey]:
    """The county shares that divide any row of the workbook, in the order supplied: item
    (``"None"`` for all) and place.
    """
    used = {*model.county_shares.values()}
    return [
        key
        for key in supplied_shares(model.budget.inputs, model.budget.standard.places)
        if key in used
    ]


def _county_shares(report: Report) -> Table:
    rows, index = county_rows(report.model), report.budget.standard.places.index
    found = [
        report.budget.inputs.county_shares.latest(series, [index[code]], 0) for series, code in rows
    ]
    every = report.say("各项", "all")
    share = Column(
        "county",
        Text("县级比例", "County share"),
        [each.value if each else None for each in found],
        "input_number",
        check={"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1},
    )
    items = [(every if series == "None" else int(series), code) for series, code in rows]
    sources = [origin_words(each, report) for each in found]
    caption = Text("县级分担比例", "County shares")
    columns = _supplied(report, items, sources, share)
    return Table("county_shares", len(rows), columns, caption, optional=True)
