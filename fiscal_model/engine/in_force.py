"""The rules and inputs in force as tidy tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from fiscal_model.inputs import tables
from fiscal_model.language import spoken
from fiscal_model.names import Names
from fiscal_model.vocabulary import Lang, Text

if TYPE_CHECKING:
    import pandas as pd

    from fiscal_model.engine.applied import Applied

Row = tuple[Any, ...]


def table(applied: Applied, kind: str, lang: Lang | None = None) -> pd.DataFrame:
    """See :meth:`Applied.table`."""
    import pandas as pd

    columns, rows = TABLES[TABLE_NAMES.code(kind)]
    return pd.DataFrame(list(rows(applied, spoken(lang))), columns=list(columns))


def _rates(applied: Applied, _: Lang) -> Iterator[Row]:
    for i, line in enumerate(applied.standard.lines.values()):
        if not line.is_amount:
            yield from _cells(applied, line.code, applied.unit[i, applied.speakers])


def _splits(applied: Applied, lang: Lang) -> Iterator[Row]:
    words = [way.leaf.words(lang, applied.standard.payers) for way in applied.rules.ways]
    for i, line in enumerate(applied.standard.lines.values()):
        for code, place, year, way in _cells(
            applied, line.code, applied.rules.way[i, applied.speakers].astype(np.float64)
        ):
            yield code, place, year, words[int(way)]


def _bases(applied: Applied, _: Lang) -> Iterator[Row]:
    keys = applied.base_keys
    amounts, ended = applied.bases(keys)
    for n, (item, place) in enumerate(keys):
        known = (
            (y, year) for y, year in enumerate(applied.span.years) if not np.isnan(amounts[n, y])
        )
        yield from (
            (item, place, year, float(amounts[n, y]), float(ended[n, y])) for y, year in known
        )


def _beneficiaries(applied: Applied, _: Lang) -> Iterator[Row]:
    for name in applied.counts.series:
        yield from _cells(
            applied, name, applied.counts.select((name,), applied.span.years)[0][applied.named]
        )


def _cells(applied: Applied, name: str, values: np.ndarray) -> Iterator[Row]:
    """Known cells (place, year) over the named places."""
    for p, y in np.argwhere(~np.isnan(values)).tolist():
        yield (
            name,
            applied.standard.places.codes[applied.named[p]],
            applied.span.years[y],
            float(values[p, y]),
        )


TABLES: Final[dict[str, tuple[Row, Callable[[Applied, Lang], Iterator[Row]]]]] = {
    "rates": (("line", "place", "year", "rate"), _rates),
    "splits": (("line", "place", "year", "split"), _splits),
    "bases": (("item", "place", "year", "amount", "ended"), _bases),
    "beneficiaries": (("beneficiary", "place", "year", "count"), _beneficiaries),
}
TABLE_NAMES: Final = Names(
    Text("表", "table"),
    {
        "rates": Text("补助标准", "unit rates"),
        "splits": Text("分担办法", "splits"),
        "bases": tables.TABLES["bases_2015"].both,
        "beneficiaries": Text("受益对象人数", "beneficiaries"),
    },
)
