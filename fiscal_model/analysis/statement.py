"""A table of amounts by item, place and payer, as it is handed out: its columns, sums and printed form."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from fiscal_model.budget import Budget
from fiscal_model.errors import fault
from fiscal_model.rounding import half_up, yuan
from fiscal_model.standard.words import item_title
from fiscal_model.vocabulary import PAYERS, Lang, Text, joined, listed

if TYPE_CHECKING:
    import pandas as pd

Cell = tuple[int, str, str]
"""An item, a place and a payer."""

LABELS: Final = {
    "item": Text("服务项目", "Item"),
    "place": Text("地区", "Place"),
    "payer": Text("承担主体", "Payer"),
    "due": Text("应下达", "Due"),
    "advanced": Text("已提前下达", "Advanced"),
    "instalment": Text("本次下达", "This instalment"),
    "planned": Text("原测算数", "Planned"),
    "due_actual": Text("按实际数应承担", "Due by actual numbers"),
    "allotted": Text("已下达", "Allotted"),
    "supplement": Text("应补", "To be paid"),
    "deduction": Text("应扣", "To be deducted"),
    "spent": Text("支出数", "Spent"),
    "documents": Text("文号", "Documents"),
    "note": Text("备注", "Note"),
}
"""The columns in the order of print."""

NOTES: Final = {
    "over": Text("超拨", "over-advanced"),
    "places_pooled": Text("下级地区合并计算", "places below are pooled"),
    "levels_pooled": Text("地、县两级合并计算", "prefecture and county levels are pooled"),
    "not_costed": Text("该地区本项目未测算", "the item is not costed here"),
    "paid_in": Text("本项目在其他项目中测算", "the item is costed in another item"),
    "not_general": Text("本项目不由一般公共预算支出", "the item is not paid from the general public budget"),
    "open": Text("分担比例未明确", "the split is open"),
    "no_share": Text("分担办法中没有这一承担主体", "the split names no such payer"),
    "unallocated": Text("分担未明确，不能下达", "nobody's share yet: not allotted"),
    "not_government": Text("不由财政下达", "not paid by a government: not allotted"),
}
"""What a row of a statement may say of itself."""


class Row(NamedTuple):
    """One row: amounts in whole units, None where there is none; words of :data:`NOTES`, empty ones left out."""

    cell: Cell
    units: tuple[int | None, ...]
    documents: str
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Statement:
    """A table of amounts by item, place and payer: ``frame`` holds codes, yuan in multiples of ``unit`` and the notes of every row.

    ``money`` names its columns of amounts, ``result`` the one that a row is there for. A row that has none (NaN), because nothing is due or no
    government pays, has no part in totals: they are of :attr:`counted`. Cells and totals of a payer are closed as :meth:`Budget.settle` says;
    the total of a place too where governments alone pay for the item.
    """

    title: Text
    remark: Text | None
    budget: Budget
    year: int
    unit: float
    result: str
    money: tuple[str, ...]
    frame: pd.DataFrame

    @cached_property
    def counted(self) -> pd.DataFrame:
        """The rows of the totals."""
        return self.frame[self.frame[self.result].notna()]

    @cached_property
    def apart(self) -> pd.DataFrame:
        """The rows outside the totals, each with its reason."""
        return self.frame[self.frame[self.result].isna()]

    def totals(self, *dimensions: str) -> pd.DataFrame:
        """Sums of the counted rows by ``item``, ``place`` or ``payer``, in yuan and in the order of all tables; NaN where a column has nothing."""
        if not dimensions or not {*dimensions} <= {"item", "place", "payer"}:
            raise fault("", "合计维度为 item、place、payer", "totals are by item, place or payer")
        sums = self.counted.groupby(list(dimensions))[list(self.money)].sum(min_count=1)
        order: dict[str, Callable[[Any], int]] = {
            "item": int,
            "place": self.budget.standard.places.index.__getitem__,
            "payer": list(PAYERS).index,
        }
        labels = [label if len(dimensions) > 1 else (label,) for label in sums.index]
        ranks = [tuple(order[name](part) for name, part in zip(dimensions, label, strict=True)) for label in labels]
        sums = sums.iloc[sorted(range(len(sums)), key=ranks.__getitem__)]
        return sums.assign(**{name: half_up(sums[name].to_numpy(), self.unit) for name in self.money})

    def printed(self, lang: Lang) -> pd.DataFrame:
        """The table to print, headings in a language: items with their places and a subtotal, the total, then what is apart.

        The first column, ``kind``, tells ``row``, ``subtotal``, ``total`` and ``heading`` apart.
        """
        return self._print(lang, self._detail(lang))

    def printed_totals(self, lang: Lang) -> pd.DataFrame:
        """The same by place, a row a payer, then the payers of all places."""
        return self._print(lang, self._summary(lang)).drop(columns=[LABELS[name].to(lang) for name in ("item", "documents", "note")])

    def __repr__(self) -> str:
        return self.text("zh")

    def text(self, lang: Lang) -> str:
        """The printed table, a line a row."""
        out = [f"{self.title.to(lang)} ({Text('元', 'yuan').to(lang)})", *self._about(lang)]
        for row in self.printed(lang).to_dict("records"):
            words = [str(row[LABELS[name].to(lang)]) for name in ("item", "place", "payer")]
            figures = [(LABELS[name].to(lang), row[LABELS[name].to(lang)]) for name in self.money]
            told = [row[LABELS[name].to(lang)] for name in ("documents", "note")]
            said = [
                " ".join(word for word in words if word),
                listed((f"{name} {amount:,.2f}" for name, amount in figures if amount == amount), lang),
            ]
            out.append(" · ".join(part for part in (*said, *told) if part))
        return "\n".join(out)

    def to_excel(self, target: str | Path, lang: Lang = "zh", date: str | None = None) -> None:
        """Writes a workbook of the table and of its totals by place and payer; ``date`` is printed on it (default: today).

        Raises:
            FiscalModelError: the target cannot be written, the date is none, or nothing is costed and nothing was paid.

        """
        from fiscal_model.report.allotment_sheets import write_workbook
        from fiscal_model.report.workbook import check_costed

        if self.frame.empty:
            check_costed(self.budget)

        sheets = {"": self.printed(lang), Text("（分地区）", ", by place").to(lang): self.printed_totals(lang)}
        write_workbook(Path(target), self.title.to(lang), self._about(lang), sheets, lang, date)

    def _about(self, lang: Lang) -> list[str]:
        """Year, scenario and data; that the data are illustrative; the remark."""
        budget = self.budget
        notice = Text("示例数据，非实际预算", "illustrative data, no actual budget") if budget.inputs.illustrative else None
        head = f"{self.year} · {budget.scenario.title.to(lang)} · {budget.inputs.title.to(lang)}"
        return [head, *(said.to(lang) for said in (notice, self.remark) if said)]

    def _print(self, lang: Lang, rows: Iterator[Mapping[str, Any]]) -> pd.DataFrame:
        import pandas as pd

        columns = ("item", "place", "payer", *self.money, "documents", "note")
        blank: dict[str, Any] = {name: np.nan if name in self.money else "" for name in columns}
        frame = pd.DataFrame([{"kind": "row", **blank, **row} for row in rows], columns=["kind", *columns])
        return frame.rename(columns={name: LABELS[name].to(lang) for name in columns})

    def _detail(self, lang: Lang) -> Iterator[Mapping[str, Any]]:
        sums = self.totals("item")
        for item, rows in self.counted.groupby("item", sort=False):
            yield from (self._row(row, lang) for row in rows.to_dict("records"))
            yield {"kind": "subtotal", "item": self._item(item, lang), "place": Text("小计", "Subtotal").to(lang), **sums.loc[item]}
        yield from self._whole("item", lang)
        if len(self.apart):
            yield {"kind": "heading", "item": Text("不计入合计的资金", "Money outside the totals").to(lang)}
            yield from (self._row(row, lang) for row in self.apart.to_dict("records"))
            yield {"kind": "total", "item": Text("合计", "Total").to(lang), **self._sum(self.apart)}

    def _summary(self, lang: Lang) -> Iterator[Mapping[str, Any]]:
        places = self.budget.standard.places
        by_payer, by_place = self.totals("place", "payer"), self.totals("place")
        for place in by_place.index:
            label = places.label(place).to(lang)
            for payer in by_payer.loc[place].index:
                yield {"place": label, "payer": PAYERS[payer].to(lang), **by_payer.loc[(place, payer)]}
            yield {"kind": "subtotal", "place": label, "payer": Text("小计", "Subtotal").to(lang), **by_place.loc[place]}
        yield from self._whole("place", lang)

    def _whole(self, column: str, lang: Lang) -> Iterator[Mapping[str, Any]]:
        """The total, a row a payer above it; ``column`` says so."""
        name = Text("合计", "Total").to(lang)
        sums = self.totals("payer")
        for payer in sums.index:
            yield {"kind": "subtotal", column: name, "payer": PAYERS[payer].to(lang), **sums.loc[payer]}
        yield {"kind": "total", column: name, **self._sum(self.counted)}

    def _sum(self, rows: pd.DataFrame) -> dict[str, Any]:
        return {name: float(half_up(rows[name].sum(min_count=1), self.unit)) for name in self.money}

    def _row(self, row: Mapping[Any, Any], lang: Lang) -> Mapping[str, Any]:
        named = {
            "item": self._item(row["item"], lang),
            "place": self.budget.standard.places.label(str(row["place"])).to(lang),
            "payer": PAYERS[str(row["payer"])].to(lang),
            "note": joined((NOTES[code].to(lang) for code in str(row["note"]).split()), lang),
        }
        return {**{name: row[name] for name in (*self.money, "documents")}, **named}

    def _item(self, number: object, lang: Lang) -> str:
        return item_title(self.budget.standard.items[int(str(number))], lang)


def printing_order(budget: Budget) -> Callable[[Cell], tuple[int, int, int]]:
    """The order of rows: items, places and payers as in all tables."""
    places, payers = budget.standard.places.index, list(PAYERS)
    return lambda cell: (cell[0], places[cell[1]], payers.index(cell[2]))


def frame_of(rows: Sequence[Row], money: tuple[str, ...], unit: float) -> pd.DataFrame:
    """Rows as a frame of yuan, what is missing as NaN."""
    import pandas as pd

    frame = pd.DataFrame([row.cell for row in rows], columns=["item", "place", "payer"]).astype({"item": np.int64})
    for at, name in enumerate(money):
        frame[name] = yuan(np.array([row.units[at] for row in rows], np.float64), unit)
    notes = [" ".join(note for note in row.notes if note) for row in rows]
    return frame.assign(documents=[row.documents for row in rows], note=notes)
