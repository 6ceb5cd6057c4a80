"""Where everything stands on the live sheets: known before the first cell is written, since sheets
refer to one another.
"""

from __future__ import annotations

from typing import NamedTuple

from fiscal_model.workbook.calculation import calculation_table
from fiscal_model.workbook.columns import Table
from fiscal_model.workbook.context import NAMES, Report
from fiscal_model.workbook.live_tables import stacked
from fiscal_model.workbook.parameter_sheet import parameter_tables
from fiscal_model.workbook.quantity_sheet import quantity_tables
from fiscal_model.workbook.rule_sheets import cap_tables, rule_tables


class Layout(NamedTuple):
    """The tables of each live sheet."""

    parameters: list[Table]
    quantities: list[Table]
    rules: list[Table]
    caps: list[Table]
    calculation: list[Table]


def laid_out(report: Report) -> Layout:
    """The tables of the live sheets, each with its place."""
    layout = Layout(
        parameter_tables(report),
        quantity_tables(report),
        rule_tables(report),
        cap_tables(report),
        [calculation_table(report)],
    )
    for key, tables in layout._asdict().items():
        stacked(report, NAMES[key], tables)
    return layout
