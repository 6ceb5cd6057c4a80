"""Where a figure or a rule stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fiscal_model.vocabulary import Lang, Text


@dataclass(frozen=True)
class Clause:
    """Where a figure or rule stands: the field of its item and the operative phrase, or another
    source.
    """

    basis: str
    field: str = ""
    phrase: str = ""
    source: Text | None = None

    def words(self, lang: Lang) -> str:
        """What to cite: the phrase as the text has it, or the source."""
        return self.phrase or (self.source.to(lang) if self.source else "")

    def data(self) -> dict[str, Any]:
        """As plain data; a source that is written in one language only as it is written."""
        parts = {
            "basis": self.basis,
            "field": self.field,
            "phrase": self.phrase,
            "source": self.source.data() if self.source else "",
        }
        return {name: value for name, value in parts.items() if value}
