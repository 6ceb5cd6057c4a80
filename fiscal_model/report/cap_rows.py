"""Base amounts and grants as rows of the workbook: which rows of the calculation each governs, and
what it was held against.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fiscal_model.arrays import Floats, Ints
from fiscal_model.engine.base_amounts import acting
from fiscal_model.report.grant_rows import Givers
from fiscal_model.report.rule_rows import RuleRows
from fiscal_model.results.result import Result

Key = tuple[int, str, int, str]
"""Item, governing place, position of the year, and the payer that is limited or gives."""


@dataclass(frozen=True, eq=False)
class Cap:
    """One sum that cells are held against, its first and last row in the calculation, and what was
    held against it and paid.

    ``amount`` is the limit or the grant in yuan (infinite without a limit); ``elsewhere`` is what
    rows outside the workbook add to ``total``. A base amount that has ``ended`` leaves ``by_ratio``
    of each yuan due, as far as it has.
    """

    key: Key
    amount: float
    first: int
    last: int
    elsewhere: float
    total: float
    paid: float
    ended: float = 0.0
    by_ratio: float = 1.0

    @property
    def part(self) -> float:
        """What was paid of each yuan held against it."""
        return self.paid / self.total if self.total > 0 else 0.0


@dataclass(frozen=True)
class BaseTerms:
    """How a limit comes from the supplied base amount: a factor on it (None: abolished), or another
    amount stated; and how far it has ended.
    """

    supplied: float | None
    factor: float | None
    stated: float | None
    ended: float

    @property
    def limit(self) -> float:
        """The limit in yuan; infinite where there is none."""
        if self.stated is not None:
            return self.stated
        return (
            self.supplied * self.factor
            if self.supplied is not None and self.factor is not None
            else np.inf
        )


def base_terms(budget: Result, item: int, code: str, y: int) -> BaseTerms:
    """The base amount of an item that governs a place in one year, and what the scenario makes of
    it.
    """
    applied, year = budget.program.applied, budget.years[y]
    supplied = applied.base_amounts.get((item, code))
    limits, ended = applied.bases(((item, code),))
    limit, part = float(limits[0, y]), float(ended[0, y])
    if any(entry.amount is not None for entry in acting(budget.scenario, (item, code), year)):
        return BaseTerms(supplied, None, limit, part)
    factor = (
        None
        if supplied is None or not np.isfinite(limit)
        else limit / supplied
        if supplied > 0
        else 1.0
    )
    return BaseTerms(supplied, factor, None, part)


def base_keys(
    budget: Result, rules: RuleRows, limited: str, cells: tuple[Ints, Ints, Ints]
) -> list[Key | None]:
    """For each cell the base amount that governs it under any reading: that of its place, else of
    the nearest place above; None without one.
    """
    supplied = {
        (int(budget.inputs.bases.series[s]), budget.standard.places.codes[p])
        for s, p in zip(budget.inputs.bases.series_at, budget.inputs.bases.place_at, strict=True)
    }
    has = [
        any(share.base and share.base.limited == limited for share in rules.of(n))
        for n in range(len(rules.rules))
    ]
    governor: dict[tuple[int, int], str] = {}
    out: list[Key | None] = []
    for i, p, y in zip(*(axis.tolist() for axis in cells), strict=True):
        if not has[rules.rule[i, p, y]]:
            out.append(None)
            continue
        item, code = budget.program.lines[i].item, budget.places[p]
        if (item, p) not in governor:
            chain = (code, *budget.standard.places.ancestors(code))
            governor[item, p] = next((above for above in chain if (item, above) in supplied), code)
        out.append((item, governor[item, p], y, limited))
    return out


def grant_keys(
    budget: Result, rules: RuleRows, givers: Givers, payer: str, cells: tuple[Ints, Ints, Ints]
) -> list[Key | None]:
    """For each cell the grant of a payer that serves it under any reading; None without one."""
    has = [any(payer in share.granters for share in rules.of(n)) for n in range(len(rules.rules))]
    codes = budget.standard.places.codes
    return [
        (
            (item, codes[givers.giver[item, payer][p, y]], y, payer)
            if has[rules.rule[i, p, y]] and (item := budget.program.lines[i].item)
            else None
        )
        for i, p, y in zip(*(axis.tolist() for axis in cells), strict=True)
    ]


def caps(
    keys: Sequence[Key | None],
    held: Floats,
    amounts: dict[Key, float],
    whole: dict[Key, float],
    ends: dict[Key, tuple[float, float]],
) -> tuple[tuple[Cap, ...], Ints]:
    """The caps of some cells in the order of the cells, and the position of each cell's cap, -1
    without one.

    ``held`` is what each cell holds against its cap, ``whole`` what all cells of the budget hold
    (this workbook's own cells where it is empty), ``ends`` how far a base amount has ended and the
    part of what is due that then remains.
    """
    order = {key: n for n, key in enumerate(dict.fromkeys(key for key in keys if key))}
    at = np.array([order[key] if key else -1 for key in keys], np.intp)
    mine = np.flatnonzero(at >= 0)
    own = np.bincount(at[mine], held[mine], len(order)) if len(order) else np.zeros(0)
    out = []
    for key, n in order.items():
        rows = mine[at[mine] == n]
        total = whole.get(key, float(own[n]))
        elsewhere = total - float(own[n])
        elsewhere = elsewhere if abs(elsewhere) > 1e-6 else 0.0
        ended, by_ratio = ends.get(key, (0.0, 1.0))
        paid = (1.0 - ended) * min(amounts[key], total) + ended * by_ratio * total
        out.append(
            Cap(
                key,
                amounts[key],
                int(rows[0]),
                int(rows[-1]),
                elsewhere,
                total,
                paid,
                ended,
                by_ratio,
            )
        )
    return tuple(out), at
