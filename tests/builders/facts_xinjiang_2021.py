"""The published figures on which the embedded illustrative data rest."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

from fiscal_model.vocabulary import LANGS, Text, joined

FACTS: Final = Path(__file__).parent / "facts_xinjiang_2021.csv"
PYRAMIDS: Final = Path(__file__).parent / "pyramids_xinjiang_2021.csv"
REGION: Final = "650000"
CORPS: Final = "659000"
"""The corps' four cities of the census: a part of the region's figures, paid by another budget."""
SOUTH3: Final = ("653000", "653100", "653200")
SOUTH4: Final = ("652900", *SOUTH3)
CENSUS: Final = 2020
TO_ADD: Final = Text("文号待补", "document number to be added")

Spread = dict[str, float]
Row = tuple[str | int | float | Text, ...]
"""Cells of a row; a source or note is in both languages, of which the table holds the Chinese."""
NONE: Final = Text("", "")


def both(*parts: Text) -> Text:
    """Statements in a row, in both languages; empty ones are left out."""
    zh, en = (joined((part.to(lang) for part in parts if part.zh), lang) for lang in LANGS)
    return Text(zh, en)


def _dated(row: dict[str, str]) -> Text:
    return Text(f"{row['source']}，{row['year']}年", f"{row['source_en']}, {row['year']}")


class Facts:
    """The published figures by (fact, place, year), by (fact, place) too where there is one only,
    and the keys by which regional totals are spread over places.
    """

    def __init__(self) -> None:
        with FACTS.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        keys = [(row["fact"], row["place"]) for row in rows]
        self.value: dict[tuple[str, str] | tuple[str, str, int], float] = {}
        self.source: dict[tuple[str, str] | tuple[str, str, int], Text] = {}
        for key, row in zip(keys, rows, strict=True):
            for each in ((*key, int(row["year"])), *([key] if keys.count(key) == 1 else [])):
                self.value[each] = float(row["value"])
                self.source[each] = _dated(row)
        self.population = {
            place: self.value["population", place, CENSUS]
            for fact, place in keys
            if fact == "population"
            and place != REGION
            and ("population", place, CENSUS) in self.value
        }
        self.population[CORPS] = self.value["population", REGION, CENSUS] - sum(
            self.population.values()
        )

    def by_share(self, total: str, share: str) -> Spread:
        """Persons of 2020 by place: known shares in the south, what is left of the region's total
        spread evenly elsewhere.
        """
        known = {p: self.value[share, "652900" if p == "652900" else "south3"] for p in SOUTH4}
        return self._fill(self.value[total, REGION, CENSUS], known)

    def rural_shares(self) -> Spread:
        """The rural part of persons: 65% in the south assumed, what is left elsewhere."""
        rural = self._fill(self.value["rural", REGION, CENSUS], dict.fromkeys(SOUTH4, 0.65))
        return {place: n / self.population[place] for place, n in rural.items()}

    def _fill(self, total: float, known: Spread) -> Spread:
        south = sum(self.population[p] * share for p, share in known.items())
        elsewhere = (total - south) / sum(
            n for place, n in self.population.items() if place not in known
        )
        return {p: n * known.get(p, elsewhere) for p, n in self.population.items()}


def spread(total: float, key: Spread) -> Spread:
    """A total by a key."""
    whole = sum(key.values())
    return {place: total * part / whole for place, part in key.items()}
