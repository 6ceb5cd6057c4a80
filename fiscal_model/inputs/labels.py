"""What messages call a value that was read: its name where the files hold a code."""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import Final

from fiscal_model.inputs.cells import SEX_WORDS, STAGES, quoted
from fiscal_model.standard.names import grant_label
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import BASES, Text

_CLOSED: Final = {"basis": BASES, "stage": STAGES, "sex": SEX_WORDS}


def label_of(kind: str, value: Hashable, standard: Standard) -> Text:
    """The name of a value from a column of some kind, of a place with its code; the value itself
    where it has no name.
    """
    word = str(value)
    if kind == "place":
        return Text(f"{standard.places.label(word).zh}（{word}）", word)
    if kind == "beneficiary":
        return standard.beneficiaries[word].name
    if kind == "item":
        return Text(f"第{word}项", f"item {word}")
    if kind in ("priced_line", "amount_line", "any_line"):
        grant = re.fullmatch(r"grant:(\d+):(\w+)", word)
        if not grant:
            return standard.lines[word].name
        return grant_label(int(grant[1]), standard.payers[grant[2]].name)
    if kind == "payer":
        return standard.payers[word].name
    return _CLOSED.get(kind, {}).get(word, Text(quoted(value), quoted(value)))
