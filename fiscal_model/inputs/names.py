"""What a cell means that holds a name, and what the input workbook calls things."""

from __future__ import annotations

from collections.abc import Iterable

from fiscal_model.inputs.normal import TEXT_RULES, WHOLE, Manner, Note, Rule, plain
from fiscal_model.names import Meaning, Names, Unknown
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import Text


def meaning(
    names: Names, text: str, manner: Manner, rules: Iterable[Rule] = ()
) -> Meaning | Unknown:
    """What a cell means; a note says when it is not written exactly so."""
    exact = names.find(text)
    if isinstance(exact, Meaning) and not exact.how and text in names.exact:
        return exact
    notes: list[Note] = []
    found = names.find(plain(text, (*TEXT_RULES, WHOLE, *rules), notes))
    if isinstance(found, Unknown):
        return Unknown(names, text)
    manner.notes += [found.how] if found.how else notes
    return found


def item_labels(standard: Standard) -> dict[int, Text]:
    """Items with number and name, as the input workbook lists them."""
    return {
        n: Text(f"{n} {item.name.zh}", f"{n} {item.name.en}") for n, item in standard.items.items()
    }
