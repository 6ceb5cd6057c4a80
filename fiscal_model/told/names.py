"""How messages call a series, a table and the rows of it."""

from __future__ import annotations

from fiscal_model.inputs.labels import label_of
from fiscal_model.inputs.tables import TABLES
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import Text

_KINDS = {"beneficiaries": "beneficiary", "amounts": "amount_line", "rates": "priced_line"}


def series_label(table: str, series: str, standard: Standard) -> Text:
    """The name of a series of a table: a beneficiary, a line, a grant, two benefits drawn together;
    of a table with one series only, its own.
    """
    if table == "overlaps":
        one, other = (standard.beneficiaries[name].name for name in series.split(":"))
        return Text(f"{one.zh}与{other.zh}重复", f"{one.en} and {other.en} together")
    return label_of(_KINDS[table], series, standard) if table in _KINDS else TABLES[table].label
