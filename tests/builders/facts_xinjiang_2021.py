"""The published figures on which the embedded illustrative data rest."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

from fiscal_model.vocabulary import LANGS, Text, joined

FACTS: Final = Path(__file__).parent / "facts_xinjiang_2021.csv"
PYRAMIDS: Final = Path(__file__).parent / "pyramids_xinjiang_2021.csv"
SOUTH3: Final = ("653000", "653100", "653200")
SOUTH4: Final = ("652900", *SOUTH3)
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
    """The published figures, and the keys by which regional totals are spread over prefectures."""

    def __init__(self) -> None:
        with FACTS.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        self.value = {(row["fact"], row["place"]): float(row["value"]) for row in rows}
        self.source = {(row["fact"], row["place"]): _dated(row) for row in rows}
        self.population = {
            place: v
            for (fact, place), v in self.value.items()
            if fact == "population" and place != "650000"
        }
        self.region_population = self.value["population", "650000"]

    def by_share(self, region: str, share: str) -> Spread:
        """Persons by prefecture: known shares in the south, what is left of the region's total
        spread evenly elsewhere.
        """
        known = {p: self.value[share, "652900" if p == "652900" else "south3"] for p in SOUTH4}
        return self._fill(self.value[region, "650000"], known)

    def rural(self) -> Spread:
        """Rural persons: 65% in the south assumed, what is left elsewhere."""
        return self._fill(self.value["rural", "650000"], dict.fromkeys(SOUTH4, 0.65))

    def _fill(self, total: float, known: Spread) -> Spread:
        south = sum(self.population[p] * share for p, share in known.items())
        elsewhere = (total - south) / (
            self.region_population - sum(self.population[p] for p in known)
        )
        return {p: n * known.get(p, elsewhere) for p, n in self.population.items()}

    def spread(self, fact: str, key: Spread, key_total: float) -> Spread:
        """A regional figure by ``key``; the part of the corps' cities, which have no row, is left
        out.
        """
        return {p: self.value[fact, "650000"] * k / key_total for p, k in key.items()}
