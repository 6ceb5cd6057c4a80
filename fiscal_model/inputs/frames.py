"""Tables given in Python: pandas frames, and those of Arrow and Polars that can be made one."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from fiscal_model.errors import fault
from fiscal_model.inputs.raw import HEADING, Cell, Grid
from fiscal_model.vocabulary import Text

if TYPE_CHECKING:
    import pandas as pd

Frames = Mapping[str, Any]
"""Frames by the name of the table that each is."""
TITLE: Final = Text("Python 中给出的数据", "data given in Python")


def grid_of(name: str, given: Any) -> Grid:
    """The cells of a frame below its headings. Levels of its index that have a name are columns; a
    row is called by its whole number in an index without one, else counted from 0.

    ``attrs["unit"]`` counts as a unit stated beside the table.

    Raises:
        FiscalModelError: it is no frame, or a library that makes it a pandas one is missing.

    """
    frame = _frame(name, given)
    named = [level for level in frame.index.names if level is not None]
    if named:
        frame = frame.reset_index(level=named, drop=False)
    columns = [_column(frame.iloc[:, n]) for n in range(frame.shape[1])]
    heads = [key if isinstance(key, tuple) else (key,) for key in frame.columns]
    above = [[key[level] for key in heads] for level in range(frame.columns.nlevels)]
    unit = frame.attrs.get("unit")
    return Grid(
        name,
        None,
        [*above, *(list(row) for row in zip(*columns, strict=True))],
        [HEADING] * len(above) + _labels(frame.index),
        around=[f"（{unit}）"] if isinstance(unit, str) else [],
        names=["/".join(map(str, key)) for key in heads],
    )


def _frame(name: str, given: Any) -> pd.DataFrame:
    import pandas as pd

    if isinstance(given, pd.Series):
        return given.to_frame()
    if isinstance(given, pd.DataFrame):
        return given
    try:
        if hasattr(given, "to_pandas"):
            found = given.to_pandas()
        elif hasattr(given, "__dataframe__"):
            with warnings.catch_warnings():  # that there are newer ways
                warnings.simplefilter("ignore")
                found = pd.api.interchange.from_dataframe(given)
        else:
            raise fault(name, "frame-expected", kind=type(given).__name__)
    except ImportError as error:
        library = error.name or str(error)
        raise fault(name, "frame-library-missing", library=library) from None
    return _frame(name, found)


def _labels(index: pd.Index) -> list[int]:
    """What the rows are called."""
    whole = index.dtype.kind in "iu" and index.is_unique and bool((index >= 0).all())
    return list(map(int, index)) if whole else list(range(len(index)))


def _column(values: pd.Series[Any]) -> Sequence[Cell]:
    """The cells of a column; whatever pandas takes for missing is empty."""
    plain = values.astype(object).tolist()
    return [
        None if missing else _cell(cell)
        for cell, missing in zip(plain, values.isna().tolist(), strict=True)
    ]


def _cell(cell: Any) -> Cell:
    """A value as the reader of a workbook gives it."""
    if hasattr(cell, "item"):  # of numpy
        cell = cell.item()
    if isinstance(cell, Decimal):
        return float(cell)
    return cell if isinstance(cell, str | int | float | date) else str(cell)
