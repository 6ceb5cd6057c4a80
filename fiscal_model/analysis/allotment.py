"""What is to be paid out, and what is settled afterwards.
``allotment`` (资金分配表) sets what each payer owes for each item and place in a year against what
documents have paid so far; of a year that is told ahead, a share of it. ``settlement`` (清算表)
sets what the actual numbers come to against all that was allotted. Both are of the general public
budget: insurance funds pay by themselves. Amounts are whole units from :meth:`Budget.settle` on, so
that every column and row adds up exactly.
The centre and the region allot. What prefectures and counties bear is set aside in their own
budgets (地县应安排); others pay by themselves, and for some costs nobody does yet
(``unallocated``): these rows have a due and no instalment. A payment that nothing is due for has no
due. All of them say why in their note and stand outside the totals; with the totals they add up to
the cost of the budget.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np

from fiscal_model.analysis.outlay import outlay
from fiscal_model.analysis.payments import executed, nested, paid, summed
from fiscal_model.analysis.pooling import (
    Pooling,
    Scope,
    meeting_places,
    places_above,
    places_by_item,
    words,
)
from fiscal_model.analysis.statement import (
    Statement,
    by_cell,
    column_of,
    frame_of,
    printing_order,
    ranks_of,
)
from fiscal_model.analysis.statement_blocks import percent
from fiscal_model.analysis.statement_rows import Cell, Missing, Row
from fiscal_model.calls import answered
from fiscal_model.closing import closed
from fiscal_model.errors import FiscalModelError, fault
from fiscal_model.files import Read
from fiscal_model.inputs.written import figure
from fiscal_model.results.result import Result
from fiscal_model.results.settled import settled
from fiscal_model.rounding import FEN, counted
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import Text


@answered
def allotment(
    budget: Result,
    year: int,
    unit: float | None = None,
    wan: bool = False,
    advance: float | str | None = None,
) -> Statement:
    """资金分配表: what each payer owes, what documents of the table ``advances`` have paid of it,
    and what is left to pay.

    ``frame`` has a row for every item, place and payer with a due or a payment in the year: item,
    place, payer; ``due`` (应下达), with an advance ``ahead`` (应提前下达, that share of the due),
    ``advanced`` (已下达, all documents of the year), ``instalment`` (本次下达) and ``carried``
    (结转), in yuan; ``documents`` (文号) and ``note`` (words of
    :data:`~fiscal_model.analysis.statement_rows.NOTES`, a space between). Due, or ahead, less
    advanced is instalment less carried in every row and sum, and none of these is below zero: where
    more was paid than is due by now, nothing is paid and the rest is carried over to the next
    instalment, noted as ``over``; no other row's instalment is made smaller for it. Levels above
    prefectures and counties have these; for all other payers they are missing (NaN), and the note
    says why. ``payments`` are the documents one by one.

    Args:
        budget: a simulated budget; its inputs' advances of other years are left alone.
        year: a year of the budget.
        unit: yuan; amounts are closed to multiples of it (default: 分, of an advance 1 yuan).
        wan: tables are printed in 万元, with as many decimals as ``unit`` needs (100 yuan: two),
            else in yuan.
        advance: the share of the due that is told ahead, such as 0.9 or ``"90%"``; in whole yuan
            that close on the total of each item.

    Raises:
        FiscalModelError: the year is not part of the budget, money was paid to a part of a place
            that is budgeted as a whole, or the advance is no share or not in whole yuan.

    """
    share, unit = _share_and_unit(advance, unit)
    places = budget.standard.places
    scope, due, documents = (
        Scope.of(budget, year),
        _due(budget, year, unit),
        paid(budget.inputs, year, unit, budget.standard),
    )
    scope.refuse_parts(documents)
    advanced, above = summed(documents), places_above(scope.costed, places)
    named = places_by_item(advanced)
    pooling = Pooling.of(
        {item: named[item] & above[item] for item in named}, (due, advanced), budget.standard
    )
    due, advanced = pooling.summed(due), pooling.summed(advanced)
    told = pooling.told(each.told for each in documents)
    ahead, listed = _ahead(due, share, budget.standard), words(told)
    rows = list[Row]()
    for cell in sorted({*due, *advanced}, key=printing_order(budget)):
        owed, missing = scope.owed(cell, due)
        given = advanced.get(cell, 0)
        apart = owed is None or bool(missing)
        target = None if apart else ahead.get(cell, 0)
        now, carried = _more_and_less(target, given)
        notes = (missing, *pooling.notes(cell), "over" if carried else "")
        rows.append(Row(cell, (owed, target, given, now, carried), listed[cell], notes))
    money = ("due", "ahead", "advanced", "instalment", "carried")
    frame = frame_of(rows, money, unit)
    if share is None:
        frame = frame.drop(columns="ahead")
    return Statement(
        Text("资金分配表", "Allotment"),
        None,
        budget,
        year,
        unit,
        wan,
        tuple(name for name in money if name in frame),
        {"instalment": 1},
        frame,
        budget.read,
        told,
        share,
    )


@answered
def settlement(planned: Statement, actual: Result) -> Statement:
    """清算表: what each payer owes by the actual numbers against all that was allotted, for the
    year and unit of an allotment.

    ``frame`` has a row for every item, place and payer of either side: ``planned`` (the due of the
    plan), ``due_actual``, ``allotted``, ``supplement`` (应补, where more is due than was allotted),
    ``deduction`` (应扣, where less is), ``spent`` (决算 in the actual inputs' table ``actuals``,
    where there is none 执行; for information), in yuan; ``documents`` and ``note``. Supplement and
    deduction are of the levels above prefectures and counties, missing (NaN) for all other payers.
    ``payments`` are the documents one by one.

    What was allotted: the plan is taken as carried out, its advances and its instalment. Where the
    actual inputs say anything else of the documents of the year (a document that the plan did not
    know, another amount, a place in parts), the documents are the record instead: each of either
    side counts once, with what the actual inputs say where both tell it. ``remark`` says which.
    ``corrected`` are the documents whose amounts differ, ``missing`` the places that the plan
    counts and the actual inputs do not.

    Args:
        planned: an allotment.
        actual: the same year simulated on actual counts.

    Raises:
        FiscalModelError: the two follow different standards, the year is not part of the actual
            budget, a later document pays a part of a
            place that is budgeted as a whole, or one payment is told for two payers or years.

    """
    if actual.standard.code != planned.budget.standard.code:
        raise fault("", "settlement-standards-differ")
    year, unit, places = planned.year, planned.unit, actual.standard.places
    scope, plan, paid_out = (
        Scope.of(actual, year),
        column_of(planned.frame, "due", unit),
        outlay(planned, actual),
    )
    due, spent = _due(actual, year, unit), executed(actual.inputs, year, unit, actual.standard)
    scope.refuse_parts(paid_out.later)
    allotted = summed(paid_out.told)
    sources = (plan, due, allotted, spent)
    recorded = (allotted if paid_out.recorded else {}, spent)
    pooling = Pooling.of(
        meeting_places(scope.costed, (plan, allotted, spent), recorded, places),
        sources,
        actual.standard,
    )
    plan, due, allotted, spent = (pooling.summed(each) for each in sources)
    told = pooling.told(paid_out.told)
    listed = words(told)
    rows = list[Row]()
    for cell in sorted({*plan, *due, *allotted, *spent}, key=printing_order(actual)):
        owed, missing = scope.owed(cell, due)
        given = allotted.get(cell, 0)
        more, less = _more_and_less(None if missing else owed, given)
        money = (plan.get(cell), owed, given, more, less, spent.get(cell))
        rows.append(Row(cell, money, listed[cell], (missing, *pooling.notes(cell))))
    names = ("planned", "due_actual", "allotted", "supplement", "deduction", "spent")
    remark = (
        Text("已下达数按登记的全部文号计算", "paid so far: every document on record")
        if paid_out.recorded
        else Text("已下达数按原分配表全部下达计算", "paid so far: the plan taken as carried out")
        if planned.advance is None
        else Text(
            f"已下达数按原分配表提前下达 {percent(planned.advance)} 计算",
            f"paid so far: the plan's advance of {percent(planned.advance)} taken as carried out",
        )
    )
    return Statement(
        Text("资金清算表", "Settlement"),
        remark,
        actual,
        year,
        unit,
        planned.wan,
        names,
        {"supplement": 1, "deduction": -1},
        frame_of(rows, names, unit),
        Read.together((planned.read, actual.read)),
        told,
        None,
        tuple(_missing(planned.budget, actual, year, unit)),
        paid_out.corrected,
    )


def _share_and_unit(advance: float | str | None, unit: float | None) -> tuple[float | None, float]:
    """The share that is told ahead, and the unit in yuan."""
    if advance is None:
        return None, FEN if unit is None else unit
    whole = 1.0 if unit is None else unit
    if whole % 1:
        raise fault("", "not-whole-yuan", unit=whole)
    return advance_share(advance), whole


def advance_share(written: float | str) -> float:
    """The share of an advance, as a number or with %.

    Raises:
        FiscalModelError: it is no share.

    """
    try:
        share = figure(written)
    except FiscalModelError:
        share = 0.0
    if not 0 < share <= 1:
        raise fault("", "advance-not-share", written=str(written))
    return share


def _ahead(due: Mapping[Cell, int], share: float | None, standard: Standard) -> Mapping[Cell, int]:
    """The share of the due of levels above the places, closed item by item: the total that is told
    of an item is rounded, and its places and payers add up to it.
    """
    if share is None:
        return due
    by_item, upper, found = places_by_item(due), standard.payers.upper, dict[Cell, int]()
    for item, named in by_item.items():
        where = sorted(named)
        table = np.array([[due.get((item, at, payer), 0) for payer in upper] for at in where])
        units = counted(closed(table * share, 1.0, nested(where, standard.places)), 1.0).tolist()
        for at, row in zip(where, units, strict=True):
            found |= {(item, at, payer): each for payer, each in zip(upper, row, strict=True)}
    return found


def _more_and_less(due: int | None, paid_so_far: int) -> tuple[int | None, int | None]:
    """What is still to be paid, and what was paid too much; none where nothing can be due."""
    if due is None:
        return None, None
    return max(due - paid_so_far, 0), max(paid_so_far - due, 0)


def _missing(planned: Result, actual: Result, year: int, unit: float) -> Iterator[Missing]:
    """The places that the plan costs for an item and the actual budget costs nowhere in, at or
    above: nothing of theirs is in the totals.
    """
    places, due = actual.standard.places, _due(planned, year, unit)
    mine, theirs = (Scope.of(each, year).costed for each in (planned, actual))
    gone = defaultdict[str, list[int]](list)
    for item, codes in sorted(mine.items()):
        known = theirs.get(item, set())
        covered = known | places_above({item: known}, places)[item]
        for code in codes:
            if not {code, *places.ancestors(code)} & known and code not in covered:
                gone[code].append(item)
    for code in sorted(gone, key=ranks_of(actual)["place"]):
        upper = actual.standard.payers.upper
        owed = {
            item: sum(due.get((item, code, payer), 0) for payer in upper) for item in gone[code]
        }
        yield Missing(code, owed)


def _due(budget: Result, year: int, unit: float) -> dict[Cell, int]:
    """What each payer owes in whole units, lines of the general public budget only; zeros are left
    out.
    """
    lines, found = budget.standard.lines, settled(budget, unit, year)
    general = found[found["line"].map(lambda code: lines[code].account == "general").astype(bool)]
    return by_cell(
        general.groupby(["item", "place", "payer"])[["units"]].sum().reset_index(), "units"
    )
