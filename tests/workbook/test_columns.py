"""Tables as lists of columns: how formulas name columns, and that the room of the workbook writes no
letters of its own.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from fiscal_model.vocabulary import Text
from fiscal_model.workbook.columns import Column, Table, Tables, widths

ROOM = Path(__file__).parents[2] / "fiscal_model/workbook"
LITERAL = re.compile(
    r"""\$[A-Z]{1,3}(?![A-Za-z])          # $A
    | (?<![\w$'"#-])[A-Z]{1,3}\$?\d+\b    # A1
    """,
    re.VERBOSE,
)
AT_END = re.compile(r"(?:^|[^\w'\"&-])[A-Z]{1,3}\$?$")
"""Letters before a number that is put in."""


def literal_letters(source: str) -> Iterator[str]:
    """The texts of a source, but for docstrings and looks, that write the letters of a column."""
    tree = ast.parse(source)
    told = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            for text, after in zip(node.values, [*node.values[1:], None], strict=True):
                if (
                    isinstance(text, ast.Constant)
                    and isinstance(after, ast.FormattedValue)
                    and AT_END.search(str(text.value))
                ):
                    yield str(text.value)
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in told
            and LITERAL.search(node.value)
        ):
            yield node.value


@pytest.mark.parametrize(
    "sample",
    [
        'f"=SUM($A{row})"',
        'f"=SUM(D{row}:D{last})"',
        '"=A1+B2"',
        'f"=IF({held}>0,E{row}/D{row},0)"',
        "\"'Sheet'!$B$5\"",
        'f"=${first}${row}+AB$7"',
    ],
)
def test_a_formula_with_letters_is_found(sample: str) -> None:
    assert list(literal_letters(f'"""Not in $A1 of a docstring."""\nx = {sample}'))


@pytest.mark.parametrize(
    "sample",
    [
        '"={quantity}*{unit}"',
        'f"=INDEX({{calculation.{name}}},{{first}})"',
        '"#,##0.00"',
        '"FM-12"',
    ],
)
def test_a_formula_with_names_is_not(sample: str) -> None:
    assert not list(literal_letters(f"x = {sample}"))


@pytest.mark.parametrize("path", sorted(ROOM.glob("*.py")), ids=lambda path: path.name)
def test_no_formula_of_the_room_has_letters_of_its_own(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not list(literal_letters(source))
    assert path.name == "columns.py" or not re.search(r"\bletters\(|xl_col_to_name", source)


def two_tables() -> tuple[Tables, Table]:
    """Prices of three goods on one sheet, sales of two on another."""
    tables = Tables("en")
    prices = [Column("good", "", ["a", "b", "c"]), Column("price", "", [1, 2, 3], width=9)]
    sales = [
        Column("good", Text("货", "Good"), ["a", "b"], width=20),
        Column("year:2024", 2024, [5, 6]),
        Column("year:2025", 2025, [7, 8]),
        Column("sum", "", [12, 14]),
    ]
    tables.add(Table("prices", 3, prices).place("P", 4))
    sold = Table("sales", 2, sales, marks=[{"other": 1}, {"other": 0}]).place("S", 9)
    tables.add(sold)
    return tables, sold


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("formula", "texts"),
    [
        ("={good}", ["=$A10", "=$A11"]),
        ("={~good}", ["=A10", "=A11"]),
        ("={@above}", ["=$D9", "=$D10"]),
        ("={~year:2024@head}", ["=B$9", "=B$9"]),
        ("=SUM({~year:})", ["=SUM(B10:C10)", "=SUM(B11:C11)"]),
        ("=SUM({~good..year:2024})", ["=SUM(A10:B10)", "=SUM(A11:B11)"]),
        ("={good@fixed}+{good@only}", ["=$A$10+$A$10", "=$A$11+$A$10"]),
        ("={good@other}-{good}", ["=$A11-$A10", "=$A10-$A11"]),
        ("=SUM({prices.price})", ["=SUM('P'!$B$5:$B$7)"] * 2),
        ("=SUM({~prices.price})", ["=SUM('P'!B$5:B$7)"] * 2),
        ("={prices.price@same}", ["='P'!$B5", "='P'!$B6"]),
        ("=1", ["=1", "=1"]),
    ],
)
def test_names_become_letters(formula: str, texts: list[str]) -> None:
    """Prices begin in row 5 of sheet P, sales in row 10 of sheet S below their heading; the column
    with the formula is the fourth, D.
    """
    tables, sold = two_tables()
    pattern = tables.pattern(formula, sold, sold.columns[sold.at["sum"]])
    assert pattern.texts(sold, range(2)) == texts
    assert [pattern.text(sold, n) for n in range(2)] == texts


def test_a_column_of_a_family_says_what_it_is_of() -> None:
    tables, sold = two_tables()
    column = sold.columns[sold.at["year:2025"]]
    assert tables.pattern("={~year:%}", sold, column).text(sold, 0) == "=C10"


@pytest.mark.parametrize("formula", ["={nothing}", "={nowhere.good}", "={month:}"])
def test_a_name_that_is_not_there_is_refused(formula: str) -> None:
    tables, sold = two_tables()
    with pytest.raises(KeyError):
        tables.pattern(formula, sold, sold.columns[0])


def test_words_are_those_of_the_language_and_widths_the_largest() -> None:
    tables, sold = two_tables()
    assert sold.columns[0].title == "Good"
    assert widths(tables["prices"], sold) == [20, 9, 0, 0]
