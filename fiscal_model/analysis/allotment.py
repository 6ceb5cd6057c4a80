"""What is to be paid out, and what is settled afterwards.
``allotment`` (资金分配表) sets what each payer owes for each item and place in a year against what
documents have paid so far. ``settlement`` (清算表) sets what the actual numbers come to against all
that was allotted. Both are of the general public budget: insurance funds pay by themselves. Amounts
are whole units from :meth:`Budget.settle` on, so that every column and row adds up exactly.
The centre and the region allot. What prefectures and counties bear is set aside in their own
budgets (地县应安排); others pay by themselves, and for some costs nobody does yet
(``unallocated``): these rows have a due and no instalment. A payment that nothing is due for has no
due. All of them say why in their note and stand outside the totals; with the totals they add up to
the cost of the budget.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from fiscal_model.analysis.outlay import outlay
from fiscal_model.analysis.payments import executed, paid, summed
from fiscal_model.analysis.pooling import (
    Pooling,
    Scope,
    meeting_places,
    places_above,
    places_by_item,
)
from fiscal_model.analysis.statement import (
    Statement,
    by_cell,
    column_of,
    frame_of,
    printing_order,
    ranks_of,
)
from fiscal_model.analysis.statement_rows import Cell, Missing, Row
from fiscal_model.errors import fault
from fiscal_model.files import Read
from fiscal_model.results.result import Result
from fiscal_model.results.settled import settled
from fiscal_model.rounding import FEN
from fiscal_model.vocabulary import Text


def allotment(budget: Result, year: int, unit: float = FEN, wan: bool = False) -> Statement:
    """资金分配表: what each payer owes, what documents of the table ``advances`` have paid of it,
    and what is left to pay.

    ``frame`` has a row for every item, place and payer with a due or a payment in the year: item,
    place, payer; ``due`` (应下达), ``advanced`` (已下达, all documents of the year) and
    ``instalment`` (本次下达), in yuan; ``documents`` (文号) and ``note`` (words of
    :data:`~fiscal_model.analysis.statement.NOTES`, a space between). The instalment is always due
    less advanced: below zero it is what was paid too much, noted as ``over``, to be set off or
    returned; no other row's instalment is made smaller for it. Levels above prefectures and
    counties have one; for all other payers it is missing (NaN), and the note says why.

    Args:
        budget: a simulated budget; its inputs' advances of other years are left alone.
        year: a year of the budget.
        unit: yuan; amounts are closed to multiples of it.
        wan: tables are printed in 万元, with as many decimals as ``unit`` needs (100 yuan: two),
            else in yuan.

    Raises:
        FiscalModelError: the year is not part of the budget, or money was paid to a part of a place
            that is budgeted as a whole.

    """
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
    due, advanced, words = (
        pooling.summed(due),
        pooling.summed(advanced),
        pooling.words((each.cell, each.label) for each in documents),
    )
    rows = list[Row]()
    for cell in sorted({*due, *advanced}, key=printing_order(budget)):
        owed, missing = scope.owed(cell, due)
        given = advanced.get(cell, 0)
        left = None if owed is None or missing else owed - given
        notes = (missing, *pooling.notes(cell), "over" if left is not None and left < 0 else "")
        rows.append(Row(cell, (owed, given, left), words[cell], notes))
    money = ("due", "advanced", "instalment")
    frame = frame_of(rows, money, unit)
    return Statement(
        Text("资金分配表", "Allotment"),
        None,
        budget,
        year,
        unit,
        wan,
        money,
        {"instalment": 1},
        frame,
        budget.read,
    )


def settlement(planned: Statement, actual: Result) -> Statement:
    """清算表: what each payer owes by the actual numbers against all that was allotted, for the
    year and unit of an allotment.

    ``frame`` has a row for every item, place and payer of either side: ``planned`` (the due of the
    plan), ``due_actual``, ``allotted``, ``supplement`` (应补, where more is due than was allotted),
    ``deduction`` (应扣, where less is), ``spent`` (决算 in the actual inputs' table ``actuals``,
    where there is none 执行; for information), in yuan; ``documents`` and ``note``. Supplement and
    deduction are of the levels above prefectures and counties, missing (NaN) for all other payers.

    What was allotted: the plan is taken as carried out, its advances and its instalment where that
    is above zero. Where the actual inputs say anything else of the documents of the year (a
    document that the plan did not know, another amount, a place in parts), the documents are the
    record instead: each of either side counts once, with what the actual inputs say where both tell
    it. ``remark`` says which. ``corrected`` are the documents whose amounts differ, ``missing`` the
    places that the plan counts and the actual inputs do not.

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
    sources = (plan, due, paid_out.allotted, spent)
    recorded = (paid_out.allotted if paid_out.recorded else {}, spent)
    pooling = Pooling.of(
        meeting_places(scope.costed, (plan, paid_out.allotted, spent), recorded, places),
        sources,
        actual.standard,
    )
    plan, due, allotted, spent = (pooling.summed(each) for each in sources)
    words = pooling.words(paid_out.documents)
    rows = list[Row]()
    for cell in sorted({*plan, *due, *allotted, *spent}, key=printing_order(actual)):
        owed, missing = scope.owed(cell, due)
        given = allotted.get(cell, 0)
        more, less = (
            (None, None)
            if owed is None or missing
            else (max(owed - given, 0), max(given - owed, 0))
        )
        money = (plan.get(cell), owed, given, more, less, spent.get(cell))
        rows.append(Row(cell, money, words[cell], (missing, *pooling.notes(cell))))
    names = ("planned", "due_actual", "allotted", "supplement", "deduction", "spent")
    remark = (
        Text("已下达数按登记的全部文号计算", "paid so far: every document on record")
        if paid_out.recorded
        else Text("已下达数按原分配表全部下达计算", "paid so far: the plan taken as carried out")
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
        tuple(_missing(planned.budget, actual, year, unit)),
        paid_out.corrected,
    )


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
