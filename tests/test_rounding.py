"""Figures that add up: rounding as a spreadsheet does, what it leaves over, and tables closed so
that nothing is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import product
from typing import Any

import numpy as np
import pytest

import fiscal_model as fm
from fiscal_model.blocks import wan
from fiscal_model.closing import closed
from fiscal_model.rounding import FEN, differences, half_up

WAN = 10_000
UNITS = (FEN, 1.0, 100.0, 10_000.0)

# One figure


@pytest.mark.parametrize("decimals", range(5))
def test_exact_ties_round_as_excel_does(decimals: int) -> None:
    """4,000 ties a number of decimals, 20,000 in all: digits, a last 5, and the expectation worked
    out on the decimal text.
    """
    rng = np.random.default_rng(decimals)
    digits = rng.integers(0, 10 ** rng.integers(1, 10, 4_000))
    texts = [f"{'-' if n % 3 == 0 else ''}{Decimal(int(n)).scaleb(-decimals)}" for n in digits]
    ties = [f"{text}5" if "." in text else f"{text}.5" for text in texts]
    expected = [
        float(Decimal(tie).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)) for tie in ties
    ]
    assert half_up(np.array([float(tie) for tie in ties]), 10.0**-decimals).tolist() == expected


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (0.285, 0.01, 0.29),  # stored as 0.284999…
        (1.005, 0.01, 1.01),
        (2.675, 0.01, 2.68),
        (1234.565, 0.01, 1234.57),
        (1.005 * 100, 1, 101),  # 100.49999999999999
        (-2.5, 1, -3),
        (0.4999, 1, 0),
        (123_456_789.285, 0.01, 123_456_789.29),
        (12_345, 100, 12_300),
        (12_350, 100, 12_400),  # 1.235 万元 is 1.24 万元
        # a spreadsheet keeps 15 digits, and the last 5 is the 16th
        (
            9_999_999_999_999.995,
            0.01,
            9_999_999_999_999.99,
        ),
        (0, 0.01, 0),
    ],
)
def test_a_figure_rounds_on_the_value_that_is_displayed(
    value: float, unit: float, expected: float
) -> None:
    assert float(half_up(value, unit)) == expected


# What plain rounding leaves


def test_plain_rounding_leaves_differences_by_row_column_and_in_all() -> None:
    """In 万元 without decimals: 3,000 + 3,000 + 4,000 is 1 万元, the cells show 0 + 0 + 0: 1 万元
    is left in each row.

    The columns of 6,000, 6,000 and 8,000 show 1 each over cells of 0: 1 万元 is left in each. The
    whole of 2 万元 stands over 0.
    """
    left = differences(np.array([[3_000.0, 3_000, 4_000], [3_000, 3_000, 4_000]]), WAN)
    assert left.rows.tolist() == [WAN, WAN]
    assert left.columns.tolist() == [WAN, WAN, WAN]
    assert left.total == 2 * WAN


def test_what_is_not_costed_leaves_nothing() -> None:
    """0.4 + 0.4 shows 0 + 0 over 1; the missing cell takes no part."""
    left = differences(np.array([[0.4, np.nan, 0.4], [np.nan, np.nan, np.nan]]), 1)
    assert left.rows.tolist() == [1, 0]
    assert left.columns.tolist() == [0, 0, 0]


# Closed tables


def test_a_table_that_plain_rounding_spoils_is_closed() -> None:
    """Every row and column is exactly 1: three ones, one in each row and column, are the only table
    of whole units that adds up.
    """
    table = closed(np.array([[0.3, 0.3, 0.4], [0.3, 0.4, 0.3], [0.4, 0.3, 0.3]]), 1)
    assert table.sum(axis=0).tolist() == table.sum(axis=1).tolist() == [1, 1, 1]
    assert set(table.ravel().tolist()) == {0, 1}


def test_a_table_that_adds_up_when_rounded_stays_as_rounded() -> None:
    """Rows 1.2 + 2.9 = 4.1 and 3.1 + 4.1 = 7.2, columns 4.3 and 7.0, in all 11.3: 1 + 3 = 4, 3 + 4
    = 7, 4 + 7 = 11.
    """
    assert closed(np.array([[1.2, 2.9], [3.1, 4.1]]), 1).tolist() == [[1, 3], [3, 4]]


ONE = 10**40
"""A whole unit where figures are held as whole numbers, far finer than any of them."""


def exact(table: Any, unit: float) -> list[list[int]]:
    """A table in units, on the decimal text of every figure; what is not costed counts nothing."""
    per = Decimal(str(unit))
    return [
        [
            int((Decimal(f"{0 if np.isnan(value) else value:.15g}") / per).scaleb(40))
            for value in row
        ]
        for row in table.tolist()
    ]


def check_closed(table: Any, unit: float, nested: Sequence[Sequence[Any]] = ()) -> Any:
    """Holds a closed table against what it was made from: every cell, every row, column and
    subtotal, and the whole.
    """
    shown = closed(table, unit, nested)
    before, after = exact(table, unit), exact(shown, unit)
    assert all(value % ONE == 0 for row in after for value in row)
    assert np.array_equal(np.isnan(shown), np.isnan(table))
    paths = [tuple(each[row] for each in nested) for row in range(len(before))]
    groups = {path[:depth] for path in paths for depth in range(len(nested) + 1)}
    sets = [
        [row for row, path in enumerate(paths) if path[: len(group)] == group] for group in groups
    ] + [[row] for row in range(len(before))]
    columns = range(table.shape[1])
    for rows, kept in product(sets, [[column] for column in columns] + [list(columns)]):
        old, new = (
            sum(each[row][column] for row in rows for column in kept) for each in (before, after)
        )
        assert abs(new - old) < ONE
        assert old % ONE or new == old, "what is a multiple already does not move"
    return shown


def random_table(seed: int) -> Any:
    """Zeros, what is not costed, ties, negative figures, equal rows, and amounts from a billionth
    of a 分 to 10 trillion yuan.
    """
    rng = np.random.default_rng(seed)
    shape = (int(rng.integers(1, 9)), int(rng.integers(1, 7)))
    size = 10.0 ** rng.integers(-11, 13, shape) if seed % 2 else 10.0 ** rng.integers(0, 6)
    table = np.round(rng.random(shape) * size, 11)
    if seed % 3 == 0:
        table = np.round(table * 2, rng.integers(0, 3)) / 2  # halves: many ties
    if seed % 5 == 0:
        table[:] = table[0]
    table *= rng.choice([1, -1], shape, p=[0.8, 0.2]) if seed % 4 == 0 else 1
    table[rng.random(shape) < 0.2] = 0
    table[rng.random(shape) < 0.15] = np.nan
    return table


@pytest.mark.parametrize("first", range(0, 1000, 100))
def test_random_tables_close_and_nothing_moves_a_unit(first: int) -> None:
    for seed in range(first, first + 100):
        check_closed(random_table(seed), UNITS[seed % len(UNITS)])


@pytest.mark.parametrize("seed", range(100))
def test_counties_under_prefectures_close_together_with_their_subtotals(seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = np.vstack([random_table(seed), random_table(seed)])
    prefecture = rng.integers(0, 3, len(table)).tolist()
    county = rng.integers(0, 2, len(table)).tolist()
    check_closed(table, UNITS[seed % len(UNITS)], [prefecture, county])


def test_parts_of_one_half_in_two_prefectures_close_at_once() -> None:
    """Each county of A has 0.5 in columns 1 and 2, of B in 3 and 4. Rounding the regional row first
    to 1, 1, 0, 0 would leave A with 2 of its 1.

    Closed together, each prefecture shows 1 in all and each column 0 or 1.
    """
    table = np.array([[0.5, 0.5, 0, 0], [0, 0, 0.5, 0.5]])
    shown = check_closed(table, 1, [["A", "B"]])
    assert shown.sum(axis=1).tolist() == [1, 1]


def test_the_grand_total_is_the_rounded_one() -> None:
    """Four times 0.4 is 1.6 and shows 2, twice 0.6 is 1.2 and shows 1."""
    assert closed(np.array([[0.4, 0.4], [0.4, 0.4]]), 1).sum() == 2
    assert closed(np.array([[0.6, 0.6]]), 1).sum() == 1


@pytest.mark.parametrize("total", [1.0, 2.0])
def test_a_total_rounded_elsewhere_is_kept_on_either_side(total: float) -> None:
    """A whole of 1.6 may have to show 1 where another table says so."""
    shown = closed(np.array([[0.4, 0.4], [0.4, 0.4]]), 1, total=total)
    assert shown.sum() == total
    assert set(shown.ravel().tolist()) <= {0, 1}


@pytest.mark.parametrize("total", [0.0, 3.0, 1.5])
def test_a_total_that_is_not_next_to_the_tables_own_is_refused(total: float) -> None:
    with pytest.raises(fm.FiscalModelError, match=str(total)):
        closed(np.array([[0.4, 0.4], [0.4, 0.4]]), 1, total=total)


def test_one_column_closes_as_a_table_of_one_column() -> None:
    """1.4 + 1.4 + 1.4 = 4.2 shows 4: one of the three must show 2."""
    assert sorted(closed(np.array([1.4, 1.4, 1.4]), 1).tolist()) == [1, 1, 2]


def test_a_table_of_nothing_is_closed() -> None:
    assert closed(np.zeros((0, 3)), 1).shape == (0, 3)
    assert closed(np.zeros((3, 0)), 1).shape == (3, 0)
    assert np.isnan(closed(np.full((2, 2), np.nan), 1)).all()


def test_large_tables_close_near_their_figures() -> None:
    """2,000 places by 20 payers: adding up costs less than a tenth of a unit a cell beyond plain
    rounding.
    """
    table = np.random.default_rng(7).random((2_000, 20)) * 1e6
    shown = closed(table, 100)
    assert (np.abs(shown - table) < 100).all()
    assert (np.abs(shown.sum(axis=0) - table.sum(axis=0)) < 100).all()
    assert (np.abs(shown.sum(axis=1) - table.sum(axis=1)) < 100).all()
    assert np.abs(shown - table).mean() < np.abs(half_up(table, 100) - table).mean() + 10


@pytest.mark.parametrize("unit", [0, -1, 1.5, 0.03, float("nan"), float("inf")])
def test_a_unit_is_whole_yuan_or_a_whole_part_of_one(unit: float) -> None:
    with pytest.raises(fm.FiscalModelError, match="单位"):
        closed(np.array([[1.0]]), unit)


@pytest.mark.parametrize("value", [float("inf"), -float("inf"), 1e300, 1.7e308])
def test_what_cannot_be_counted_in_units_is_refused(value: float) -> None:
    with pytest.raises(fm.FiscalModelError, match="过大"):
        closed(np.array([[value, 1.0]]), FEN)


# A budget's own figures


@pytest.fixture(scope="module")
def embedded() -> fm.Budget:
    """The baseline on the embedded data."""
    return fm.simulate()


@pytest.mark.parametrize("unit", [FEN, 10_000.0])
def test_a_settled_budget_adds_up_by_item_place_and_payer(embedded: fm.Budget, unit: float) -> None:
    """Every item, account and year: cells, a place's cost, a payer's sum, a prefecture and the
    whole are within a unit, the whole rounded.
    """
    found = embedded.settle(unit)
    assert found["units"].dtype == np.int64
    exact_frame = embedded.to_dataframe()
    prefecture = dict(zip(embedded.places, embedded.labels["prefecture"], strict=True))
    for frame in (found, exact_frame):
        frame["account"] = [embedded.standard.lines[code].account for code in frame["line"]]
        frame["prefecture"] = [prefecture[place] for place in frame["place"]]
    table = ["year", "item", "account"]
    for within in (
        ["prefecture", "place", "line", "payer"],
        ["place", "line"],
        ["place", "payer"],
        ["place"],
        ["prefecture", "payer"],
        ["payer"],
        [],
    ):
        rounded = found.groupby([*table, *within])["units"].sum()
        yuan = exact_frame.groupby([*table, *within])["amount"].sum()
        apart = rounded.reindex(yuan.index, fill_value=0) - yuan / unit
        assert not set(rounded.index) - set(yuan.index), "zeros stay zeros"
        assert (apart.abs() < 1 + 1e-6).all()
    whole = exact_frame.groupby(table)["amount"].sum()
    assert (half_up(whole.to_numpy(), unit) / unit).round().tolist() == found.groupby(table)[
        "units"
    ].sum().reindex(whole.index, fill_value=0).tolist()


def test_one_year_of_a_settled_budget_is_that_year_of_all(embedded: fm.Budget) -> None:
    year = embedded.settle(year=2024)
    everything = embedded.settle()
    assert year.equals(everything[everything["year"] == 2024].reset_index(drop=True))
    with pytest.raises(fm.FiscalModelError, match="2020"):
        embedded.settle(year=2020)


@pytest.mark.parametrize(
    ("yuan", "printed"),
    [(200_250.0, "20.03"), (-200_250.0, "-20.03"), (10_150.0, "1.02"), (-40.0, "0.00")],
)
def test_a_screen_prints_what_a_spreadsheet_prints(yuan: float, printed: str) -> None:
    """Half away from zero on the decimal figure: 20.025 is a little less as a binary number."""
    assert wan(yuan) == printed
