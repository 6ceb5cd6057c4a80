"""A table of amounts by item, place and payer: what is paid to places, and what stands apart from
it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from fiscal_model.analysis import statement_blocks as shown
from fiscal_model.analysis.quarters import quarters as by_quarter
from fiscal_model.analysis.statement_rows import (
    OWN,
    Cell,
    Corrected,
    Missing,
    Part,
    Row,
    Told,
    reason_of,
)
from fiscal_model.blocks import Block, Shown, screen
from fiscal_model.calls import answered
from fiscal_model.errors import fault
from fiscal_model.files import Read, path_of
from fiscal_model.language import spoken
from fiscal_model.results.part import Named
from fiscal_model.results.result import Result, only
from fiscal_model.results.select import meant
from fiscal_model.rounding import counted, half_up, yuan
from fiscal_model.vocabulary import Lang, Text

if TYPE_CHECKING:
    import pandas as pd

    from fiscal_model.workbook.rounding import Printed

_MOST_DECIMALS: Final = 6


@answered
@dataclass(frozen=True, eq=False, repr=False)
class Statement(Shown):
    """A table of amounts by item, place and payer: ``frame`` holds codes, yuan in multiples of
    ``unit`` and the notes of every row.

    ``money`` names its columns of amounts, ``result`` those that a row is there for, with the sign
    that they take in a sum of them. A row that has none (NaN), because no level above the place
    pays it, has no part in totals. :attr:`counted`, :attr:`own` and :attr:`other` are all rows.
    Cells and totals of a payer are closed as :meth:`Budget.settle` says; every other total is their
    sum. ``wan`` prints 万元 instead of yuan. ``read`` is what it was made from, ``told`` the payments
    in the rows that they count in, ``advance`` the share that an allotment tells ahead; ``missing``
    and ``corrected`` are what a settlement has to tell of its two sides.
    """

    title: Text
    remark: Text | None
    budget: Result
    year: int
    unit: float
    wan: bool
    money: tuple[str, ...]
    result: Mapping[str, int]
    frame: pd.DataFrame
    read: Read
    told: tuple[Told, ...] = ()
    advance: float | None = None
    missing: tuple[Missing, ...] = ()
    corrected: tuple[Corrected, ...] = ()

    @cached_property
    def _counts(self) -> pd.Series[bool]:
        return self.frame[list(self.result)].notna().any(axis=1)

    @cached_property
    def _is_own(self) -> pd.Series[bool]:
        return self.frame["note"].map(reason_of) == OWN

    @property
    def counted(self) -> pd.DataFrame:
        """The rows of the totals: what levels above the places pay."""
        return self.frame[self._counts]

    @property
    def own(self) -> pd.DataFrame:
        """地县应安排: what prefectures and counties set aside in their own budgets."""
        return self.frame[self._is_own]

    @property
    def other(self) -> pd.DataFrame:
        """The other rows outside the totals: what nobody bears yet or no government, and payments
        that nothing is due for.
        """
        return self.frame[~self._counts & ~self._is_own]

    @property
    def payments(self) -> pd.DataFrame:
        """Each payment as its document tells it, in yuan: the item, place and payer of its row, the
        place that it was ``paid_to``, the document and the amount. They add up to what was paid so
        far.

        Without a document (empty) is the instalment of a plan that a settlement takes as carried
        out.
        """
        import pandas as pd

        frame = pd.DataFrame(
            [(*each.cell, each.place, each.document, each.units) for each in self.told],
            columns=["item", "place", "payer", "paid_to", "document", "amount"],
        )
        return frame.assign(amount=yuan(frame["amount"].to_numpy(np.float64), self.unit))

    def totals(self, *dimensions: str) -> pd.DataFrame:
        """Sums of the counted rows by ``item``, ``place`` or ``payer``, in yuan and in the order of
        all tables; NaN where a column has nothing.

        A prefecture is the sum of what is costed for it as a whole: its counties stand beside it,
        so that places add up.
        """
        if not dimensions or not {*dimensions} <= {"item", "place", "payer"}:
            raise fault("", "statement-totals-by")
        sums = self.counted.groupby(list(dimensions))[list(self.money)].sum(min_count=1)
        ranks = ranks_of(self.budget)
        labels = [label if len(dimensions) > 1 else (label,) for label in sums.index]
        order = [
            tuple(ranks[name](part) for name, part in zip(dimensions, label, strict=True))
            for label in labels
        ]
        sums = sums.iloc[sorted(range(len(sums)), key=order.__getitem__)]
        return sums.assign(
            **{name: half_up(sums[name].to_numpy(), self.unit) for name in self.money}
        )

    def part(self, items: Named = None, places: Named = None) -> Statement:
        """The rows of some items and places; all money is worked out, then cut, so that no row
        changes.

        Args:
            items: numbers or names, lists and spans (``10-14``).
            places: codes, names or groups; a place stands for all below it.

        Raises:
            FiscalModelError: with every word that no row is of.

        """
        words = {"item": items, "place": places}
        named = {name: each for name, each in words.items() if each is not None}
        if not named:
            return self
        frame = self.frame
        labels = {
            "item": (*frame["item"].tolist(), *(n for each in self.missing for n in each.items)),
            "place": (*frame["place"], *(each.place for each in self.missing)),
        }
        every = {name: {*labels[name]} for name in labels}
        found = every | meant(self.budget.standard, labels, named)
        lacked = (
            Missing(each.place, {n: u for n, u in each.by_item.items() if n in found["item"]})
            for each in self.missing
            if each.place in found["place"]
        )
        lines = {line.code for line in self.budget.lines if line.item in found["item"]}
        return replace(
            self,
            budget=only(
                self.budget,
                found["place"] if places is not None else None,
                lines if items is not None else None,
            ),
            frame=frame[frame["item"].isin(found["item"]) & frame["place"].isin(found["place"])],
            told=tuple(
                each
                for each in self.told
                if each.cell[0] in found["item"] and each.cell[1] in found["place"]
            ),
            missing=tuple(each for each in lacked if each.by_item),
            corrected=tuple(each for each in self.corrected if each.item in found["item"]),
        )

    @property
    def shown(self) -> Printed:
        """How its tables show money: in 万元 or yuan, with the decimals that the unit needs."""
        from fiscal_model.workbook.rounding import Printed

        scale = 10_000.0 if self.wan else 1.0
        steps = ((digits, self.unit * 10.0**digits / scale) for digits in range(_MOST_DECIMALS))
        return Printed(
            scale,
            next(
                (digits for digits, step in steps if step > 0.5 and abs(step - round(step)) < 1e-9),
                _MOST_DECIMALS,
            ),
        )

    def rows(self, part: Part) -> pd.DataFrame:
        """The rows of a part."""
        return {"counted": self.counted, "own": self.own, "other": self.other}[part]

    def printed(self, lang: Lang, part: Part = "counted") -> pd.DataFrame:
        """The table to print, headings in a language: items with their places and a subtotal, then
        the total.

        The first column, ``kind``, tells ``row``, ``within`` (part of the row of the prefecture
        above it), ``subtotal`` and ``total`` apart.

        Args:
            lang: of headings and names.
            part: ``counted``, ``own`` (地县应安排) or ``other``: the rows outside the totals have
                columns and a total of their own.

        """
        return shown.detail(self, part, lang)

    def printed_totals(self, lang: Lang) -> pd.DataFrame:
        """The counted rows by place (rows), and by column of money and level (columns), with sums
        of both.

        A prefecture's row holds its counties, which stand below it.
        """
        return shown.by_place(self, lang)

    def matrix(self, lang: Lang) -> pd.DataFrame:
        """What is paid by place (rows), and by item and level (columns), with sums of both:
        本次下达, or 应补 less 应扣; rows as above.
        """
        return shown.by_item(self, lang)

    def blocks(self, lang: Lang) -> Iterable[Block]:
        """A few lines: what it is, totals by payer, what stands apart and why."""
        return shown.summary(self, lang)

    def summary(self, lang: Lang | None = None) -> str:
        """The few lines that it shows itself with."""
        return screen(self.blocks(spoken(lang)))

    def text(self, lang: Lang | None = None) -> str:
        """All printed tables, a line a row."""
        return shown.text(self, spoken(lang))

    def quarters(self) -> Statement:
        """How the amounts that an allotment tells for the year (due, or ahead) fall to quarters:
        the columns ``first`` to ``fourth``, each place's whole yuan adding up to its year.

        By the months in which the rules count the money, rates that start or end within the year
        included; what has no month in its rule falls evenly. The note of a row says which.

        Raises:
            FiscalModelError: it is a settlement, or the unit is not in whole yuan.

        """
        return by_quarter(self)

    def to_excel(
        self,
        target: str | Path,
        lang: Lang | None = None,
        date: str | None = None,
        quarters: bool = False,
    ) -> None:
        """Writes a workbook: places by items, places by column, all rows, with ``quarters`` these,
        and what stands apart; ``date`` is printed on it (default: today).

        Raises:
            FiscalModelError: the target cannot be written, the date is none, nothing is costed and
                nothing was paid, or quarters are not in whole yuan.

        """
        from fiscal_model.workbook.allotment_sheets import write_workbook
        from fiscal_model.workbook.report import check_costed

        lang = spoken(lang)
        if self.frame.empty:
            check_costed(self.budget)

        write_workbook(
            path_of(target),
            shown.sheets(self, lang, self.quarters() if quarters else None),
            shown.unit_name(self),
            self.shown.decimals,
            lang,
            date,
            self.read,
        )


def ranks_of(budget: Result) -> dict[str, Callable[[Any], int]]:
    """The order of items, places (counties below their prefecture) and payers in all tables."""
    places = budget.standard.places
    at = {code: n for n, code in enumerate(places.below(places.root))}
    return {"item": int, "place": at.__getitem__, "payer": list(budget.standard.payers).index}


def printing_order(budget: Result) -> Callable[[Cell], tuple[int, ...]]:
    """The order of rows: by item, place and payer."""
    ranks = ranks_of(budget)
    return lambda cell: tuple(rank(part) for rank, part in zip(ranks.values(), cell, strict=True))


def frame_of(rows: Sequence[Row], money: tuple[str, ...], unit: float) -> pd.DataFrame:
    """Rows as a frame of yuan, what is missing as NaN."""
    import pandas as pd

    frame = pd.DataFrame([row.cell for row in rows], columns=["item", "place", "payer"]).astype(
        {"item": np.int64}
    )
    for at, name in enumerate(money):
        frame[name] = yuan(np.array([row.units[at] for row in rows], np.float64), unit)
    notes = [" ".join(note for note in row.notes if note) for row in rows]
    return frame.assign(documents=[row.documents for row in rows], note=notes)


def column_of(frame: pd.DataFrame, name: str, unit: float) -> dict[Cell, int]:
    """A column of a statement in whole units, without what is missing."""
    known = frame[frame[name].notna()]
    return by_cell(known.assign(**{name: counted(known[name].to_numpy(), unit)}), name)


def by_cell(frame: pd.DataFrame, name: str) -> dict[Cell, int]:
    """A column of a frame by its cells."""
    return dict(
        zip(
            zip(*(frame[key].tolist() for key in ("item", "place", "payer")), strict=True),
            frame[name].tolist(),
            strict=True,
        )
    )
