"""Base amounts and grants as rows of the workbook: which rows of the calculation each governs, and
what it was held against.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from fiscal_model.arrays import Floats, Ints
from fiscal_model.engine.base_amounts import governor
from fiscal_model.engine.every_reading import RuleRows
from fiscal_model.engine.program import Program
from fiscal_model.engine.trace import Held

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


def base_keys(
    program: Program, rules: RuleRows, limited: str, cells: tuple[Ints, Ints, Ints]
) -> list[Key | None]:
    """For each cell the base amount that governs it under any reading: that of its place, else of
    the nearest place above; None without one.
    """
    supplied, places = program.applied.base_amounts, program.standard.places
    has = [
        any(share.base and share.base.payer == limited for share in rules.of(n))
        for n in range(len(rules.rules))
    ]
    governs: dict[tuple[int, int], str] = {}
    out: list[Key | None] = []
    for i, p, y in zip(*(axis.tolist() for axis in cells), strict=True):
        if not has[rules.rule[i, p, y]]:
            out.append(None)
            continue
        item, code = program.lines[i].item, program.places[p]
        if (item, p) not in governs:
            governs[item, p] = governor((item, code), supplied, places)[1]
        out.append((item, governs[item, p], y, limited))
    return out


def grant_keys(
    program: Program, rules: RuleRows, payer: str, cells: tuple[Ints, Ints, Ints]
) -> list[Key | None]:
    """For each cell the grant of a payer that serves it under any reading; None without one."""
    has = [any(payer in share.granters for share in rules.of(n)) for n in range(len(rules.rules))]
    codes = program.standard.places.codes
    return [
        (
            (item, codes[program.givers.giver[item, payer][p, y]], y, payer)
            if has[rules.rule[i, p, y]] and (item := program.lines[i].item)
            else None
        )
        for i, p, y in zip(*(axis.tolist() for axis in cells), strict=True)
    ]


class Sums(NamedTuple):
    """What was held against a cap in the whole budget, what was paid of it, and the part that would
    be without a limit.
    """

    total: float = 0.0
    paid: float = 0.0
    by_ratio: float = 1.0


def sums(program: Program, found: Sequence[Held]) -> dict[Key, Sums]:
    """What the engine's grants or base amounts came to; those that hold nothing are left out."""
    out = {}
    for held in found:
        payer = program.payers[held.groups.payer]
        for n in np.flatnonzero(held.known).tolist():
            (item, code), y = held.groups.key(n), held.groups.year(n)
            total, paid = float(held.payment.total[n]), float(held.payment.paid[n])
            by_ratio = float(held.unlimited[n]) / total if total > 0 else 1.0
            out[item, code, y, payer] = Sums(total, paid, by_ratio)
    return out


def caps(
    keys: Sequence[Key | None],
    held: Floats,
    amounts: Mapping[Key, float],
    whole: Mapping[Key, Sums],
    ended: Mapping[Key, float],
) -> tuple[tuple[Cap, ...], Ints]:
    """The caps of some cells in the order of the cells, and the position of each cell's cap, -1
    without one.

    ``held`` is what each cell holds against its cap, ``whole`` what the whole budget does; a cap
    that acts under other readings only holds nothing.
    """
    order = {key: n for n, key in enumerate(dict.fromkeys(key for key in keys if key))}
    at = np.array([order[key] if key else -1 for key in keys], np.intp)
    mine = np.flatnonzero(at >= 0)
    own = np.bincount(at[mine], held[mine], len(order)) if len(order) else np.zeros(0)
    out = []
    for key, n in order.items():
        rows = mine[at[mine] == n]
        total, paid, by_ratio = whole.get(key, Sums())
        elsewhere = total - float(own[n])
        out.append(
            Cap(
                key,
                amounts[key],
                int(rows[0]),
                int(rows[-1]),
                elsewhere if abs(elsewhere) > 1e-6 else 0.0,
                total,
                paid,
                ended.get(key, 0.0),
                by_ratio,
            )
        )
    return tuple(out), at
