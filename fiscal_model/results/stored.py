"""Results read back from the files that results are written to: amounts and their labels, without
the data and the scenario behind them.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from fiscal_model.arrays import Floats, Ints, Mask
from fiscal_model.blocks import Block, Shown
from fiscal_model.calls import answered
from fiscal_model.errors import Faults, fault, nearest, shortened, unreadable
from fiscal_model.extras import check_suffix
from fiscal_model.files import Read, path_of
from fiscal_model.inputs.delimited import decode
from fiscal_model.inputs.raw import refuse_large
from fiscal_model.messages.message import Arg
from fiscal_model.periods import FIRST_YEAR, LAST_YEAR
from fiscal_model.results.amounts import Amounts
from fiscal_model.results.dimensions import Functions
from fiscal_model.results.summary import totals
from fiscal_model.standard.read import DEFAULT, load_standard
from fiscal_model.standard.rules import Line, Standard
from fiscal_model.vocabulary import DIMENSIONS, TIDY_COLUMNS, Lang, Text, in_both, spans

if TYPE_CHECKING:
    import xarray as xr

SUFFIXES: Final = (".csv", ".parquet", ".nc")
"""Of the files that results are written to."""
CODED: Final = ("payer", "line", "place")
YUAN: Final = "yuan"


@dataclass(frozen=True, eq=False, repr=False)
class StoredResults(Shown, Amounts):
    """Amounts as a file of results has them. On what data and rules they rest is not known, only
    what the file says of it (``provenance``).

    A file of rows leaves zeros out, so that what it does not have counts as not costed.
    """

    path: Path
    standard: Standard
    lines: tuple[Line, ...]
    places: tuple[str, ...]
    years: tuple[int, ...]
    payers: tuple[str, ...]
    amounts: Floats
    costed: Mask
    scenario_name: str
    provenance: Mapping[str, str]
    at: None = None
    """A file is a whole, of whatever it was written."""

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.path.name

    @property
    def called(self) -> Text:
        """The name of the file, and of the scenario whose results these were."""
        name = self.scenario_name
        return (
            Text(f"{self.name}（{name}）", f"{self.name} ({name})")
            if name
            else Text(self.name, self.name)
        )

    @property
    def illustrative(self) -> bool:
        """Whether the file says that its data were illustrative."""
        return self.provenance.get("illustrative") == "yes"

    @property
    def functions(self) -> Functions:
        """None: a file has no 支出功能分类科目."""
        return {}

    @property
    def read(self) -> Read:
        """The file, which no output replaces."""
        return Read.of(self.path)

    def title(self, lang: Lang) -> str:
        """The file and its years."""
        return f"{self.called.to(lang)} · {spans(self.years, lang)}"

    def blocks(self, lang: Lang) -> Iterable[Block]:
        """What it is and totals by payer for the first and last year, an account at a time."""
        return totals(self, lang)

    def only(
        self,
        places: Collection[str] | None = None,
        lines: Collection[str] | None = None,
        years: Collection[int] | None = None,
        payers: Collection[str] | None = None,
    ) -> Self:
        """The part with these labels themselves, None for all; what it does not have is no fault."""
        k, i, p, y = (
            np.flatnonzero([wanted is None or label in wanted for label in self.labels[name]])
            for name, wanted in (
                ("payer", payers),
                ("line", lines),
                ("place", places),
                ("year", years),
            )
        )
        return replace(
            self,
            lines=tuple(self.lines[n] for n in i),
            places=tuple(self.places[n] for n in p),
            years=tuple(self.years[n] for n in y),
            payers=tuple(self.payers[n] for n in k),
            amounts=self.amounts[np.ix_(k, i, p, y)],
            costed=self.costed[np.ix_(i, p, y)],
        )


def is_results_file(given: object) -> bool:
    """Whether a name is that of a file of results, by its suffix."""
    return isinstance(given, str | Path) and Path(given).suffix.lower() in SUFFIXES


@answered
def read_results(path: str | Path, standard: str | Standard = DEFAULT) -> StoredResults:
    """Results that ``run``, ``to_csv``, ``to_parquet`` or ``to_netcdf`` wrote, to be summed and
    compared. They hold no data and no scenario, so that nothing can be said of causes.

    Args:
        path: a ``.csv``, ``.parquet`` or ``.nc`` file of codes and yuan.
        standard: the standard whose codes these are: it says the account of each line.

    Raises:
        FiscalModelError: with every fault of the file, each with its line (of Parquet the number of
            its row, from 1): a line, place, payer or year that is not known, an item that is not
            the line's, an amount that is none, a row that stands twice, another standard or unit.

    """
    path = path_of(path)
    known = load_standard(standard) if isinstance(standard, str) else standard
    readers: dict[str, Callable[[Path, Standard], StoredResults]] = {
        ".csv": _from_csv,
        ".parquet": _from_parquet,
        ".nc": _from_netcdf,
    }
    if path.suffix.lower() not in readers:
        raise fault(str(path), "results-format-unknown", known=in_both(SUFFIXES))
    try:
        if not path.is_file():
            raise fault(str(path), "results-not-there")
        check_suffix(path.suffix)
        refuse_large(path, str(path))
        return readers[path.suffix.lower()](path, known)
    except OSError as error:
        raise unreadable(str(path), error) from None


@dataclass(frozen=True)
class _Table:
    """The columns of a file of rows, and the line that each row stands on."""

    file: str
    heads: Sequence[str]
    columns: Mapping[str, Sequence[Any]]
    lines: Sequence[int]

    def at(self, row: int, column: str) -> str:
        """Where a cell stands."""
        return f"{self.file}:{self.lines[row]}:{self.heads.index(column) + 1}"


def _from_csv(path: Path, standard: Standard) -> StoredResults:
    _, text = decode(path.read_bytes(), str(path))
    faults = Faults()
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        heads = [each.strip() for each in next(reader, [])]
        _check_heads(f"{path}:1", heads)
        for row in reader:
            if len(row) == len(heads):
                rows.append(row)
                lines.append(reader.line_num)
            elif any(row):
                faults.add(
                    f"{path}:{reader.line_num}:{len(row)}",
                    "results-row-cut",
                    cells=len(row),
                    columns=len(heads),
                )
    except csv.Error as error:
        raise fault(f"{path}:{reader.line_num}:1", "csv-malformed", why=str(error)) from None
    if not text.endswith(("\n", "\r")):  # every writer ends its last line
        faults.add(f"{path}:{reader.line_num}:1", "results-cut-off")
    columns = dict(zip(heads, zip(*rows, strict=True), strict=True)) if rows else {}
    return _of_rows(path, standard, _Table(str(path), heads, columns, lines), faults)


def _from_parquet(path: Path, standard: Standard) -> StoredResults:
    import pandas as pd

    try:
        frame = pd.read_parquet(path)
    except (ValueError, KeyError) as error:
        raise fault(str(path), "results-broken", why=shortened(str(error))) from None
    heads = list(map(str, frame.columns))
    _check_heads(str(path), heads)
    columns = {name: frame[name].tolist() for name in heads}
    table = _Table(str(path), heads, columns, range(1, len(frame) + 1))
    return _of_rows(path, standard, table, Faults())


def _check_heads(where: str, heads: Sequence[str]) -> None:
    """The columns of tidy results, in whatever order."""
    if sorted(heads) != sorted(TIDY_COLUMNS):
        raise fault(where, "results-columns", found=in_both(heads), columns=in_both(TIDY_COLUMNS))


def _of_rows(path: Path, standard: Standard, table: _Table, faults: Faults) -> StoredResults:
    """Amounts of tidy rows; what stands in no row is not costed."""
    if not table.lines:
        if not faults.found:
            faults.add(table.file, "results-empty")
        faults.raise_if_any()
    values = {name: _codes(standard, name, table, faults) for name in CODED}
    years = _read(table, "year", _year, lambda at, cell: _year_wrong(at, cell, faults))
    items = _read(table, "item", _whole, lambda at, cell: _item_wrong(at, cell, faults))
    amounts = _read(table, "amount", _amount, lambda at, cell: _amount_wrong(at, cell, faults))
    names = list(dict.fromkeys(table.columns["scenario"]))
    if len(names) > 1:
        row = list(table.columns["scenario"]).index(names[1])
        faults.add(table.at(row, "scenario"), "results-of-several", names=in_both(map(str, names)))
    seen: dict[tuple[Any, ...], int] = {}
    keys = zip(values["line"], values["place"], values["payer"], years, strict=True)
    for row, (key, item) in enumerate(zip(keys, items, strict=True)):
        _check_item(table.at(row, "item"), standard.lines.get(key[0] or ""), item, faults)
        if None not in key and (first := seen.setdefault(key, row)) != row:
            faults.add(table.at(row, "line"), "results-row-twice", first=table.lines[first])
    faults.raise_if_any()
    axes = _Axes.of(standard, values, years)
    payer, *cell = (axes.index(name, labels) for name, labels in {**values, "year": years}.items())
    found, costed = np.zeros(axes.shape), np.zeros(axes.shape[1:], bool)
    found[payer, *cell], costed[*cell] = amounts, True
    return axes.filled(path, found, costed, str(names[0]), {})


@dataclass(frozen=True)
class _Axes:
    """The labels of the four axes in the order of the standard."""

    standard: Standard
    payers: tuple[str, ...]
    lines: tuple[Line, ...]
    places: tuple[str, ...]
    years: tuple[int, ...]

    @staticmethod
    def of(
        standard: Standard, values: Mapping[str, Collection[Any]], years: Iterable[Any]
    ) -> _Axes:
        lines, places = set(values["line"]), set(values["place"])
        bears = {*values["payer"], *standard.payers.levels}
        return _Axes(
            standard,
            tuple(payer for payer in standard.payers if payer in bears),
            tuple(line for code, line in standard.lines.items() if code in lines),
            tuple(code for code in standard.places.codes if code in places),
            tuple(sorted(set(years))),
        )

    @property
    def shape(self) -> tuple[int, int, int, int]:
        return len(self.payers), len(self.lines), len(self.places), len(self.years)

    def index(self, name: str, labels: Iterable[Any]) -> Ints:
        """The positions of labels on an axis."""
        axis = {
            "payer": self.payers,
            "line": [line.code for line in self.lines],
            "place": self.places,
            "year": self.years,
        }[name]
        where = {label: n for n, label in enumerate(axis)}
        return np.array([where[label] for label in labels], np.intp)

    def filled(
        self,
        path: Path,
        amounts: Floats,
        costed: Mask,
        scenario: str,
        provenance: Mapping[str, str],
    ) -> StoredResults:
        """The results over these axes."""
        axes = self.lines, self.places, self.years, self.payers
        return StoredResults(path, self.standard, *axes, amounts, costed, scenario, provenance)


def _codes(standard: Standard, name: str, table: _Table, faults: Faults) -> list[str | None]:
    """A column of codes; None where one is not known."""
    known = _known(standard, name)
    return _read(
        table,
        name,
        lambda cell: code if (code := str(cell).strip()) in known else None,
        lambda at, cell: _unknown(at, name, str(cell), known, faults),
    )


def _known(standard: Standard, name: str) -> Collection[str]:
    return {
        "line": standard.lines.keys(),
        "place": standard.places.index.keys(),
        "payer": standard.payers.by_code.keys(),
    }[name]


def _unknown(at: str, name: str, written: str, known: Iterable[str], faults: Faults) -> None:
    hint: Arg = nearest(written, known)
    what, word = DIMENSIONS[name], shortened(written)
    faults.add(at, "results-code-unknown", what=what, written=word, hint=hint)


def _read(
    table: _Table,
    name: str,
    read: Callable[[Any], Any],
    refuse: Callable[[str, Any], None],
) -> list[Any]:
    """A column of values, equal cells read once; None where one is refused."""
    cells = table.columns[name]
    seen: dict[Hashable, Any] = {cell: read(cell) for cell in dict.fromkeys(cells)}
    if None in seen.values():
        for row, cell in enumerate(cells):
            if seen[cell] is None:
                refuse(table.at(row, name), cell)
    return [seen[cell] for cell in cells]


def _whole(cell: Any) -> int | None:
    try:
        number = float(cell)
    except (TypeError, ValueError):
        return None
    return int(number) if number.is_integer() else None


def _year(cell: Any) -> int | None:
    year = _whole(cell)
    return year if year is not None and FIRST_YEAR <= year <= LAST_YEAR else None


def _amount(cell: Any) -> float | None:
    try:
        yuan = float(cell)
    except (TypeError, ValueError):
        return None
    return yuan if math.isfinite(yuan) else None


def _from_netcdf(path: Path, standard: Standard) -> StoredResults:
    import xarray as xr

    try:
        with xr.open_dataset(path, engine="h5netcdf") as opened:
            dataset = opened.load()
    except (ValueError, KeyError) as error:
        raise fault(str(path), "results-broken", why=shortened(str(error))) from None
    wanted = ("amount", "item", *CODED, "year")
    absent = [name for name in wanted if name not in dataset.variables]
    if absent or set(dataset["amount"].dims) != {*CODED, "year"}:
        raise fault(str(path), "results-lacking", absent=in_both(absent or ["amount"]))
    provenance = {str(name): str(value) for name, value in dataset.attrs.items()}
    faults = Faults()
    _check_netcdf(path, dataset, standard, provenance, faults)
    labels = {name: dataset[name].values.tolist() for name in (*CODED, "year")}
    axes = _Axes.of(standard, labels, labels["year"])
    there = dataset["amount"].transpose(*CODED, "year").to_numpy()
    amounts = np.zeros(axes.shape)
    order = [axes.index(name, labels[name]) for name in (*CODED, "year")]
    amounts[np.ix_(*order)] = np.nan_to_num(there)
    costed = np.zeros(axes.shape[1:], bool)
    costed[np.ix_(*order[1:])] = ~np.isnan(there).all(axis=0)
    scenario = provenance.get("scenario", "").rpartition(" < ")[2]
    return axes.filled(path, amounts, costed, scenario, provenance)


def _check_netcdf(
    path: Path,
    dataset: xr.Dataset,
    standard: Standard,
    provenance: Mapping[str, str],
    faults: Faults,
) -> None:
    """The labels of every axis, the items of the lines, standard and unit; each fault with its
    position on its axis.
    """
    of, unit = provenance.get("standard", standard.code), dataset["amount"].attrs.get("units", "")
    if of != standard.code:
        faults.add(str(path), "results-other-standard", written=of, standard=standard.code)
    if unit != YUAN:
        faults.add(str(path), "results-unit-wrong", unit=str(unit))
    for name in (*CODED, "year"):
        seen = set[Any]()
        for n, label in enumerate(dataset[name].values.tolist()):
            at = f"{path}:{name}[{n}]"
            if name == "year" and _year(label) is None:
                _year_wrong(at, label, faults)
            elif name != "year" and label not in _known(standard, name):
                _unknown(at, name, str(label), _known(standard, name), faults)
            elif label in seen:
                faults.add(at, "results-label-twice", label=str(label))
            seen.add(label)
    for n, (code, item) in enumerate(
        zip(dataset["line"].values.tolist(), dataset["item"].values.tolist(), strict=True)
    ):
        _check_item(f"{path}:item[{n}]", standard.lines.get(code), _whole(item), faults)
    if np.isinf(dataset["amount"].to_numpy()).any():
        _amount_wrong(f"{path}:amount", "inf", faults)
    faults.raise_if_any()


def _check_item(at: str, line: Line | None, item: int | None, faults: Faults) -> None:
    if line and item is not None and line.item != item:
        faults.add(at, "results-item-of-line", line=line.code, item=line.item, written=item)


def _item_wrong(at: str, written: Any, faults: Faults) -> None:
    faults.add(at, "results-item-wrong", written=shortened(str(written)))


def _amount_wrong(at: str, written: Any, faults: Faults) -> None:
    faults.add(at, "results-amount-wrong", written=shortened(str(written)))


def _year_wrong(at: str, written: Any, faults: Faults) -> None:
    word = shortened(str(written))
    faults.add(at, "results-year-wrong", written=word, first=FIRST_YEAR, last=LAST_YEAR)
