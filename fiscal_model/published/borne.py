"""What the payers that a printed sum names bear of a cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from fiscal_model.arrays import Floats
from fiscal_model.published.table import Published
from fiscal_model.standard.payers import Payers
from fiscal_model.vocabulary import UNALLOCATED, Text

OPEN: Final = Text("该情景未明确由谁承担", "the scenario does not say who bears it")
UNDIVIDED: Final = Text(
    "地县合并测算，未分本级与县级",
    "prefecture and county are pooled: no county share is supplied",
)
NOTHING: Final = Text(
    "按该情景，所列承担主体不承担", "by the scenario the payers named bear nothing of it"
)


def borne(
    row: Published, cells: Floats, payers: Sequence[str], table: Payers
) -> tuple[float | None, Text | None]:
    """Yuan that the payers of a figure bear of ``cells`` (by payer), all where it names none; and
    why this cannot be told, or is nothing.
    """
    if not row.payers:
        return float(cells.sum()), None
    named = {each for payer in row.payers for each in table.within(payer)}
    left = {payer for payer, yuan in zip(payers, cells, strict=True) if yuan > 0} - named
    if UNALLOCATED in left:
        return None, OPEN
    if table.pooled in left and named & {*table.divided}:
        return None, UNDIVIDED
    value = float(sum(yuan for payer, yuan in zip(payers, cells, strict=True) if payer in named))
    return value, None if value else NOTHING
