"""Which years of a result rest on data and which on a projection."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fiscal_model.results.result import Result
from fiscal_model.vocabulary import Lang, Text, spans


class DataYears(NamedTuple):
    """The years in which everything costed was supplied, in which all of it is projected, and in
    which some series are supplied and others end before.
    """

    supplied: tuple[int, ...]
    projected: tuple[int, ...]
    mixed: tuple[int, ...]


def data_years(shown: Result) -> DataYears:
    """The years of a result by what its counts and amounts are; those in which nothing is costed
    are left out.
    """
    places, years = shown.standard.places, shown.years
    at = [places.index[code] for code in shown.places]
    supplied = np.zeros(shown.costed.shape, bool)
    for is_amount, cells in ((False, shown.inputs.counts), (True, shown.inputs.amounts)):
        rows = [n for n, line in enumerate(shown.lines) if line.is_amount == is_amount]
        names = [line.code if is_amount else line.beneficiary or "" for line in shown.lines]
        series = list(dict.fromkeys(names[n] for n in rows))  # one may feed several lines
        given = cells.dense(series, len(places), years[0], years[-1])
        known = ~np.isnan(given[:, at][..., [year - years[0] for year in years]])
        supplied[rows] = known[[series.index(names[n]) for n in rows]]
    some, more = (
        {years[y] for y in np.nonzero(cells)[2].tolist()}
        for cells in (shown.costed & supplied, shown.costed & ~supplied)
    )
    kinds = (some - more, more - some, some & more)
    return DataYears(*(tuple(sorted(kind)) for kind in kinds))


def years_words(shown: Result, lang: Lang) -> str:
    """The years, and which of them are data and which are projected."""
    found, last = data_years(shown), max(shown.inputs.years)
    projected = Text("推算", "projected")
    if not found.supplied and not found.mixed:  # none of the years shown says where the data end
        projected = Text(f"推算，数据到 {last} 年", f"projected, data to {last}")
    words = (
        Text("数据", "data"),
        projected,
        Text("部分为数据、部分为推算", "in part data, in part projected"),
    )
    told = [
        Text(f"{spans(each, 'zh')} 年：{name.zh}", f"{spans(each, 'en')}: {name.en}").to(lang)
        for name, each in zip(words, found, strict=True)
        if each
    ]
    every = spans(shown.years, lang)
    about = Text("；", "; ").to(lang).join(told)
    return Text(f"{every}（{about}）", f"{every} ({about})").to(lang) if told else every
