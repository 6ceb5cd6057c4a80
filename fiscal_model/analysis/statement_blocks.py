"""A statement as it is printed: its columns, the order and indentation of places, sums, and the few
lines that stand for it on a screen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from fiscal_model.analysis.statement_rows import (
    ABOVE,
    NOTES,
    PARTS,
    Corrected,
    Missing,
    Part,
    Told,
    reason_of,
)
from fiscal_model.arrays import Floats
from fiscal_model.blocks import Block, Heading, Paragraph
from fiscal_model.results.functions import FUNCTION, function_of, has_functions
from fiscal_model.results.result import of_what
from fiscal_model.rounding import half_up
from fiscal_model.standard.places import Places
from fiscal_model.standard.words import item_title
from fiscal_model.vocabulary import (
    GENERAL,
    Lang,
    Text,
    joined,
    labelled,
    listed,
    noun,
    spans,
)

if TYPE_CHECKING:
    import pandas as pd

    from fiscal_model.analysis.statement import Statement
    from fiscal_model.workbook.allotment_sheets import Mark, Table

LABELS: Final[dict[Part, dict[str, Text]]] = {
    "counted": {
        "code": Text("项目代码", "Item code"),
        "item": Text("服务项目", "Item"),
        "place": Text("地区", "Place"),
        "payer": Text("承担主体", "Payer"),
        "due": Text("应下达", "To be allotted"),
        "ahead": Text("应提前下达", "To be allotted ahead"),
        "advanced": Text("已下达", "Paid so far"),
        "instalment": Text("本次下达", "This instalment"),
        "carried": Text("结转", "Carried over"),
        "first": Text("第一季度", "First quarter"),
        "second": Text("第二季度", "Second quarter"),
        "third": Text("第三季度", "Third quarter"),
        "fourth": Text("第四季度", "Fourth quarter"),
        "planned": Text("原测算数", "Planned"),
        "due_actual": Text("按实际数应下达", "To be allotted by actual numbers"),
        "allotted": Text("已下达", "Paid so far"),
        "supplement": Text("应补", "To be paid"),
        "deduction": Text("应扣", "To be deducted"),
        "spent": Text("支出数", "Spent"),
        "documents": Text("文号", "Documents"),
        "note": Text("备注", "Note"),
        "function": FUNCTION,
    },
    "own": {
        "due": Text("应安排", "To be set aside"),
        "due_actual": Text("按实际数应安排", "To be set aside by actual numbers"),
        "advanced": Text("已安排", "Set aside so far"),
        "allotted": Text("已安排", "Set aside so far"),
    },
    "other": {
        "due": Text("应承担", "Due"),
        "due_actual": Text("按实际数应承担", "Due by actual numbers"),
    },
}
"""The columns in the order of print; rows outside the totals have names of their own where the
money is not what levels above pay.
"""

TITLES: Final[dict[Part, Text]] = {
    "counted": Text("上级下达资金", "Money from the levels above"),
    "own": Text("地县应安排", "Own budgets"),
    "other": Text("其他不下达资金", "Other money, not allotted"),
}
SHOWS: Final = {
    "items": Text("各地区、各项目的金额", "Places by items"),
    "places": Text("各地区的各栏金额", "Places by column"),
    "counted": Text("逐行：项目、地区、承担主体、文号", "Every row: item, place, payer, documents"),
    "quarters": Text("各季度的金额", "The money of each quarter"),
    "own": Text(
        "由地县本级预算安排、不由上级下达的资金",
        "What prefectures and counties set aside themselves",
    ),
    "other": Text("其他不下达的资金", "Other money that is not allotted"),
}
"""What each sheet is for."""
_TOTAL, _PART, _OF_WHICH = (
    Text("合计", "Total"),
    Text("小计", "Subtotal"),
    Text("其中：", "of which: "),
)
_PAYER_SUM = Text("小计", "Sum")
_INDENT = Text("　", "    ")
_PLANNED = Text("原分配表本次下达", "the plan's instalment")
_CODES = Text(
    "项目代码是标准文件的服务项目号",
    "Item codes are the numbers of the services in the standard",
)
_QUARTERS = Text(
    "分季度按测算规则的计费月份，不是拨付进度：学年标准按十个教学月（1月、3–7月、9–12月）各十分之一，学期标准按上、下半年，"
    "按月标准各十二分之一；规则没有月份的按十二个月平均，是假设（见备注）",
    "Quarters follow the months in which the rules count the money, they are no calendar of payments:"
    " a tenth for each of the ten school months (January, March to July, September to December), a"
    " term is half a year, a twelfth for each calendar month; where a rule has no month the money"
    " falls evenly on twelve, which is assumed (see the notes)",
)
_CARRIED = Text(
    "橙色格：已下达多于应下达的，不从其他资金中抵扣，多出部分结转下次（见“结转”和批注）",
    "Orange cells: where more was paid than is due by now, it is set off against no other money but"
    " carried over to the next instalment (see Carried over and the notes)",
)
MOST_TOLD: Final = 20
"""Lines that a summary tells of places and documents."""


class PlaceRow(NamedTuple):
    """A row of a place: the places whose amounts it holds, and how many rows it stands below."""

    code: str
    members: tuple[str, ...]
    depth: int
    label: str


def place_rows(places: Places, codes: Iterable[str], lang: Lang) -> list[PlaceRow]:
    """Places in the order of the tree, each that others lie in as their sum, counties indented
    below their prefecture.

    A prefecture that is named itself holds more than its counties, which are then ``of which``. The
    region's own row is what is not told by
    place: the others do not lie in it.
    """
    known = set(codes)
    root = (
        [PlaceRow(places.root, (places.root,), 0, _root_label(places, len(known) > 1).to(lang))]
        if places.root in known
        else []
    )
    return root + [
        row
        for child in places.children[places.root]
        for row in _below(places, child, known, 0, "", lang)
    ]


def _root_label(places: Places, among_others: bool) -> Text:
    name = places.label(places.root)
    return Text(f"{name.zh}（未分地区）", f"{name.en} (not by place)") if among_others else name


def _below(
    places: Places, code: str, known: set[str], depth: int, prefix: str, lang: Lang
) -> Iterator[PlaceRow]:
    members = tuple(each for each in places.below(code) if each in known)
    if not members:
        return
    yield PlaceRow(
        code, members, depth, _INDENT.to(lang) * depth + prefix + places.label(code).to(lang)
    )
    mark = _OF_WHICH.to(lang) if code in known else ""
    for child in places.children[code]:
        found = list(_below(places, child, known, depth + 1, mark, lang))
        yield from found
        if found and mark:
            mark = "　" * len(mark) if lang == "zh" else " " * len(mark)


def columns_of(statement: Statement, part: Part) -> tuple[str, ...]:
    """The columns of money of a part."""
    return tuple(name for name in statement.money if part == "counted" or name not in ABOVE)


def label(part: Part, name: str) -> Text:
    """The heading of a column."""
    return LABELS[part].get(name) or LABELS["counted"][name]


def result_words(statement: Statement, lang: Lang) -> str:
    """What is paid, in a word: of several columns the first, those taken off as negative
    numbers.
    """
    added, *taken = (label("counted", name).to(lang) for name in statement.result)
    return added + "".join(
        Text(f"（{name}以负数列示）", f" ({name.lower()}: negative)").to(lang) for name in taken
    )


def unit_name(statement: Statement) -> Text:
    """The unit of printed money."""
    return Text("万元", "10,000 yuan") if statement.wan else Text("元", "yuan")


def percent(share: float) -> str:
    """A share as it is told."""
    return f"{100 * share:.10g}%"


def figure(statement: Statement, amount: float) -> str:
    """Money in the unit of print."""
    return f"{amount:,.{statement.shown.decimals}f}"


# Tables


def detail(statement: Statement, part: Part, lang: Lang) -> pd.DataFrame:
    """See :meth:`Statement.printed`."""
    import pandas as pd

    money = columns_of(statement, part)
    function = ("function",) if has_functions(statement.budget) else ()
    columns = ("code", "item", "place", "payer", *function, *money, "documents", "note")
    blank: dict[str, Any] = {name: np.nan if name in money else "" for name in columns}
    rows = [{**blank, **row} for row in _detail(statement, statement.rows(part), money, lang)]
    frame = pd.DataFrame(rows, columns=["kind", *columns])
    frame[list(money)] = _in_unit(statement, frame[list(money)].to_numpy(np.float64))
    return frame.rename(columns={name: label(part, name).to(lang) for name in columns})


def _detail(
    statement: Statement, rows: pd.DataFrame, money: Sequence[str], lang: Lang
) -> Iterator[Mapping[str, Any]]:
    places, table = statement.budget.standard.places, statement.budget.standard.payers
    for item, mine in rows.groupby("item"):
        title = _item(statement, int(str(item)), lang)
        names = {"code": str(item), "item": title}
        function = function_of(statement.budget, int(str(item)), GENERAL)
        payments = _payments(statement, int(str(item)))
        cells = dict(
            zip(
                zip(mine["place"], mine["payer"], strict=True),
                mine[list(money)].to_numpy(np.float64),
                strict=True,
            )
        )
        told = {
            (place, payer): each
            for place, payer, *each in mine[["place", "payer", "documents", "note"]].itertuples(
                index=False
            )
        }
        for place, payer in product(place_rows(places, mine["place"], lang), table):
            inside = [cells[each, payer] for each in place.members if (each, payer) in cells]
            if inside:
                documents, note = told.get((place.code, payer), ("", ""))
                yield {
                    "kind": "within" if place.depth else "row",
                    **names,
                    "place": place.label,
                    "function": function.to(lang),
                    "payer": table[payer].name.to(lang),
                    **dict(zip(money, _down(np.array(inside)), strict=True)),
                    "documents": documents if lang == "zh" else listed(documents.split("、"), lang),
                    "note": joined((NOTES[code].to(lang) for code in note.split()), lang),
                }
                for each in payments[place.code, payer]:
                    yield {
                        "kind": "document",
                        **names,
                        "place": _OF_WHICH.to(lang) + places.label(each.place).to(lang),
                        "payer": table[payer].name.to(lang),
                        paid_so_far(statement): each.units * statement.unit,
                        "documents": each.document or _PLANNED.to(lang),
                    }
        yield {"kind": "subtotal", **names, "place": _PART.to(lang), **_sums(mine, money)}
    for payer in (name for name in table if name in set(rows["payer"])):
        sums = _sums(rows[rows["payer"] == payer], money)
        yield {
            "kind": "subtotal",
            "item": _TOTAL.to(lang),
            "payer": table[payer].name.to(lang),
            **sums,
        }
    yield {"kind": "total", "item": _TOTAL.to(lang), **_sums(rows, money)}


def _payments(statement: Statement, item: int) -> Mapping[tuple[str, str], Sequence[Told]]:
    """The payments of each row of an item, where they are more than the row says itself."""
    found = defaultdict[tuple[str, str], list[Told]](list)
    for each in statement.told:
        if each.cell[0] == item:
            found[each.cell[1:]].append(each)
    return defaultdict(list, {row: each for row, each in found.items() if len(each) > 1})


def paid_so_far(statement: Statement) -> str:
    """The column of what documents have paid."""
    return next(name for name in ("advanced", "allotted") if name in statement.money)


def by_place(statement: Statement, lang: Lang) -> pd.DataFrame:
    """See :meth:`Statement.printed_totals`."""
    counted = statement.counted.set_index(["place", "payer"])
    return _grid(
        statement,
        {label("counted", name).to(lang): counted[name] for name in statement.money},
        lang,
    )


def by_item(statement: Statement, lang: Lang) -> pd.DataFrame:
    """See :meth:`Statement.matrix`."""
    counted = statement.counted.set_index(["place", "payer"])
    paid = counted[list(statement.result)].mul(list(statement.result.values())).sum(axis=1)
    total, *items = _whole_and_items(statement, paid, lang).items()
    carried = (
        [(label("counted", "carried").to(lang), counted["carried"])] if _carries(statement) else []
    )
    return _grid(statement, dict([total, *carried, *items]), lang)


def _whole_and_items(
    statement: Statement, amounts: pd.Series[float], lang: Lang
) -> dict[str, pd.Series[float]]:
    """Amounts of the counted rows, all of them and those of each item, under their names."""
    of = statement.counted["item"]
    items = {
        _item(statement, number, lang): amounts[(of == number).to_numpy()]
        for number in of.unique().tolist()
    }
    return {_TOTAL.to(lang): amounts, **items}


def _carries(statement: Statement) -> bool:
    """Whether it carries over what was paid too much."""
    return "carried" in statement.money


def _grid(statement: Statement, groups: Mapping[str, pd.Series[float]], lang: Lang) -> pd.DataFrame:
    """Amounts by (place, payer) of each group in a column a level and their sum; rows: the total,
    then places.
    """
    import pandas as pd

    codes = list(dict.fromkeys(statement.counted["place"]))
    payers = statement.budget.standard.payers
    rows = place_rows(statement.budget.standard.places, codes, lang)
    members = [tuple(codes), *(row.members for row in rows)]
    cells = pd.MultiIndex.from_product([codes, payers.upper])
    columns = [payers[payer].name.to(lang) for payer in payers.upper] + [_PAYER_SUM.to(lang)]
    blocks = []
    for amounts in groups.values():
        table = np.asarray(
            amounts.groupby(level=[0, 1]).sum(min_count=1).reindex(cells), np.float64
        ).reshape(len(codes), len(payers.upper))
        sums = np.array([_down(table[[codes.index(code) for code in each]]) for each in members])
        blocks.append(np.column_stack([sums, _down(sums.T)]))
    labels = pd.Index(
        [_TOTAL.to(lang), *(row.label for row in rows)], name=label("counted", "place").to(lang)
    )
    heads = pd.MultiIndex.from_product([list(groups), columns])
    return pd.DataFrame(_in_unit(statement, np.hstack(blocks)), index=labels, columns=heads)


def _item(statement: Statement, number: int, lang: Lang) -> str:
    # the plan may know an item that the actual budget does not
    rule = statement.budget.standard.items.get(number)
    return item_title(rule, lang) if rule else Text(f"第{number}项", f"Item {number}").to(lang)


def _sums(rows: pd.DataFrame, money: Sequence[str]) -> dict[str, float]:
    return dict(zip(money, _down(rows[list(money)].to_numpy(np.float64)).tolist(), strict=True))


def _down(table: Floats) -> Floats:
    """Sums down the rows, NaN where there is nothing."""
    return np.where(np.isnan(table).all(axis=0), np.nan, np.nansum(table, axis=0))


def _in_unit(statement: Statement, yuan: Floats) -> Floats:
    """Yuan in the unit of print, each the number nearest to its decimal."""
    shown = statement.shown
    return half_up(yuan / shown.unit, 10.0**-shown.decimals)


# Lines


def about(statement: Statement, lang: Lang) -> list[str]:
    """Year, scenario and data; that the data are illustrative; the remark."""
    budget = statement.budget
    notice = (
        Text("示例数据，非实际预算", "illustrative data, no actual budget")
        if budget.inputs.illustrative
        else None
    )
    what = of_what(budget, lang) if budget.at else ()
    titles = (str(statement.year), budget.scenario.title.to(lang), budget.inputs.title.to(lang))
    ahead = (
        Text(
            f"按应下达的 {percent(statement.advance)} 提前下达，各数为整元",
            f"{percent(statement.advance)} of what is due is allotted ahead, in whole yuan",
        )
        if statement.advance is not None
        else None
    )
    return [
        " · ".join((*titles, *what)),
        *(said.to(lang) for said in (notice, statement.remark, ahead) if said),
    ]


def summary(statement: Statement, lang: Lang) -> Iterator[Block]:
    """See :meth:`Statement.blocks`."""
    title, *lines = _head(statement, lang)
    yield Heading(title)
    yield from map(Paragraph, lines)
    counted, table = statement.counted, statement.budget.standard.payers
    for payer in (name for name in table.upper if name in set(counted["payer"])):
        mine = counted[counted["payer"] == payer]
        yield Paragraph(_line(statement, "counted", table[payer].name.to(lang), mine, lang))
    yield Paragraph(_line(statement, "counted", _TOTAL.to(lang), counted, lang))
    apart = [line for part in PARTS[1:] for line in _reasons(statement, part, lang)]
    if apart:
        yield Paragraph(Text("不计入合计：", "Outside the total:").to(lang))
    yield from map(Paragraph, [*apart, *told(statement, lang)])


def told(statement: Statement, lang: Lang) -> list[str]:
    """What the two sides of a settlement do not agree in: places that are missing, documents with
    other amounts.
    """
    lines = [
        *(_missing(statement, each, lang) for each in statement.missing),
        *(_corrected(statement, each, lang) for each in statement.corrected),
    ]
    more = len(lines) - MOST_TOLD
    rest = (
        [Text(f"另有 {more} 条同类提示", f"and {more} more of these").to(lang)] if more > 0 else []
    )
    return lines[:MOST_TOLD] + rest


def _missing(statement: Statement, each: Missing, lang: Lang) -> str:
    owed, where, items = (
        _in_print(statement, each.planned * statement.unit),
        statement.budget.standard.places.label(each.place),
        each.items,
    )
    unit = unit_name(statement)
    return Text(
        f"实际数据中没有{where.zh}（{each.place}）的第{spans(items, 'zh')}项：原测算应下达 {owed}"
        f" {unit.zh}，不计入合计",
        f"the actual numbers lack {where.en} ({each.place}), {noun(len(items), 'item')}"
        f" {spans(items, 'en')}: {owed} {unit.en} were to be allotted by the plan, outside the"
        " total",
    ).to(lang)


def _corrected(statement: Statement, each: Corrected, lang: Lang) -> str:
    before, after, unit = (
        _in_print(statement, each.planned),
        _in_print(statement, each.actual),
        unit_name(statement),
    )
    return Text(
        f"{each.document}（第{each.item}项）：原分配表 {before} {unit.zh}，实际数据 {after}"
        f" {unit.zh}，按实际数据计算",
        f"{each.document} (item {each.item}): {before} {unit.en} in the plan, {after} {unit.en} in"
        " the actual inputs, which count",
    ).to(lang)


def _in_print(statement: Statement, yuan: float) -> str:
    return figure(statement, yuan / statement.shown.unit)


def _reasons(statement: Statement, part: Part, lang: Lang) -> Iterator[str]:
    """What stands apart: a line a payer and reason."""
    rows, table = statement.rows(part), statement.budget.standard.payers
    reason = rows["note"].map(reason_of)
    for payer in (name for name in table if name in set(rows["payer"])):
        for code in (code for code in NOTES if code in set(reason[rows["payer"] == payer])):
            mine = rows[(rows["payer"] == payer) & (reason == code)]
            said, why = _line(statement, part, table[payer].name.to(lang), mine, lang), NOTES[code]
            yield Text(f"  {said}（{why.zh}）", f"  {said} ({why.en})").to(lang)


def _line(statement: Statement, part: Part, name: str, rows: pd.DataFrame, lang: Lang) -> str:
    sums = _sums(rows, columns_of(statement, part))
    shown = dict(
        zip(sums, _in_unit(statement, np.array(list(sums.values()))).tolist(), strict=True)
    )
    return f"{name} · {_figures(statement, part, shown, lang)}"


def _figures(statement: Statement, part: Part, shown: Mapping[str, float], lang: Lang) -> str:
    """Columns of money with their amounts in the unit of print."""
    return listed(
        (
            f"{label(part, name).to(lang)} {figure(statement, each)}"
            for name, each in shown.items()
            if each == each
        ),
        lang,
    )


def text(statement: Statement, lang: Lang) -> str:
    """See :meth:`Statement.text`."""
    out = _head(statement, lang)
    for part in (part for part in PARTS if part == "counted" or len(statement.rows(part))):
        out += [] if part == "counted" else [TITLES[part].to(lang)]
        money = columns_of(statement, part)
        for _, _, *row in detail(statement, part, lang).itertuples(index=False):
            first = len(row) - len(money) - 2  # documents and note stand last
            words, amounts, told = row[:first], row[first:-2], row[-2:]
            figures = _figures(statement, part, dict(zip(money, amounts, strict=True)), lang)
            out.append(
                " · ".join(
                    each
                    for each in (" ".join(word for word in words if word), figures, *told)
                    if each
                )
            )
    return "\n".join(out)


def sheets(statement: Statement, lang: Lang, quarters: Statement | None = None) -> list[Table]:
    """The tables of a workbook: places by items, places by column, all rows, their quarters if
    given, and what stands apart.
    """
    from fiscal_model.workbook.allotment_sheets import Table

    title, lines = statement.title.to(lang), about(statement, lang)
    if _carries(statement) and statement.counted["carried"].any():
        lines = [*lines, _CARRIED.to(lang)]
    apart = [part for part in PARTS[1:] if len(statement.rows(part))]
    amounts = labelled(Text("金额", "Amounts").to(lang), result_words(statement, lang), lang)
    items, places, rows = (
        by_item(statement, lang),
        by_place(statement, lang),
        detail(statement, "counted", lang),
    )
    return [
        Table(
            title,
            SHOWS["items"].to(lang),
            [*lines, amounts, _CODES.to(lang)],
            items.rename(columns=_headings(statement, lang), level=0),
            _marks(statement, items, lang),
        ),
        Table(
            title + Text("（分地区）", ", by place").to(lang),
            SHOWS["places"].to(lang),
            lines,
            places,
            _marks(statement, places, lang),
        ),
        Table(
            title + Text("（明细）", ", all rows").to(lang),
            SHOWS["counted"].to(lang),
            [*lines, _CODES.to(lang), *told(statement, lang)],
            rows,
            _marks(statement, rows, lang),
        ),
        *(_by_quarter(each, lang) for each in (quarters,) if each),
        *(
            Table(
                TITLES[part].to(lang),
                SHOWS[part].to(lang),
                about(statement, lang),
                detail(statement, part, lang),
            )
            for part in apart
        ),
    ]


def _by_quarter(quarters: Statement, lang: Lang) -> Table:
    """The sheet of quarters: no document stands in it."""
    from fiscal_model.workbook.allotment_sheets import Table

    rows = detail(quarters, "counted", lang).drop(columns=label("counted", "documents").to(lang))
    lines = [*about(quarters, lang), _QUARTERS.to(lang)]
    return Table(quarters.title.to(lang), SHOWS["quarters"].to(lang), lines, rows)


def _headings(statement: Statement, lang: Lang) -> dict[str, str]:
    """The name of each item with its code and function, as the head of its columns."""
    return {
        _item(statement, number, lang): "\n".join(
            (
                _item(statement, number, lang),
                labelled(label("counted", "code").to(lang), str(number), lang),
                *(
                    labelled(FUNCTION.to(lang), name.to(lang), lang)
                    for name in (function_of(statement.budget, number, GENERAL),)
                    if name.zh
                ),
            )
        )
        for number in statement.counted["item"].unique().tolist()
    }


def _marks(statement: Statement, printed: pd.DataFrame, lang: Lang) -> list[Mark]:
    """The figures of a printed table that leave out what is carried over, each with how much."""
    from fiscal_model.workbook.allotment_sheets import Mark

    if not _carries(statement):
        return []
    name, now = (label("counted", each).to(lang) for each in ("carried", "instalment"))
    left = statement.counted.set_index(["place", "payer"])["carried"]
    if printed.columns.nlevels == 1:
        over = printed[[name]].rename(columns={name: now})
    elif now in printed:
        over = _grid(statement, {now: left}, lang)
    else:
        over = _grid(statement, _whole_and_items(statement, left, lang), lang)
    at = printed.columns.get_indexer(over.columns).tolist()
    unit, amounts = unit_name(statement).to(lang), over.to_numpy(np.float64)
    return [
        Mark(row, at[column], f"{name} {figure(statement, amounts[row, column])} {unit}")
        for row, column in np.argwhere(amounts > 0).tolist()
    ]


def _head(statement: Statement, lang: Lang) -> list[str]:
    return [
        f"{statement.title.to(lang)} ({unit_name(statement).to(lang)})",
        *about(statement, lang),
    ]
