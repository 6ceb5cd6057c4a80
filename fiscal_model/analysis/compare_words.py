"""A comparison in words and tables for the screen, in 10,000 yuan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from fiscal_model.analysis.decompose import GROUPS, stacking_order
from fiscal_model.errors import FiscalModelError
from fiscal_model.html import ILLUSTRATIVE, block, heading, line, wan
from fiscal_model.html import table as html_table
from fiscal_model.results.dimensions import label_name
from fiscal_model.standard.payers import Payers
from fiscal_model.standard.rules import Standard
from fiscal_model.text import aligned
from fiscal_model.vocabulary import (
    ALL,
    COVERED,
    DIMENSIONS,
    Lang,
    Text,
    labelled,
    listed,
    together,
)

if TYPE_CHECKING:
    import pandas as pd

    from fiscal_model.analysis.compare import Comparison
    from fiscal_model.results.result import R, of_what

TITLES = {
    **DIMENSIONS,
    **GROUPS,
    "scenario": Text("情景", "scenario"),
    "a": Text("原情景", "from"),
    "b": Text("新情景", "to"),
    "change": Text("差额", "change"),
    "percent": Text("幅度（%）", "percent"),
}
"""What rows and columns of tables are called."""
COLUMNS = (
    Text("原情景", "from"),
    Text("新情景", "to"),
    Text("差额", "change"),
    Text("幅度", "percent"),
)
ALL_ZERO, NOTHING = (
    Text("金额全部为零", "all amounts are zero"),
    Text("没有一项可以测算", "nothing can be costed"),
)
SHOWN = 0.005
"""Yuan below which a change is not worth a word."""


def comparison_words(
    found: Comparison[R],
    lang: Lang,
    order: Sequence[str],
    dimensions: Sequence[str],
    account: str | None,
) -> str:
    """A block for each scenario against the reference: a line a payer, then a table by dimensions;
    at the end why nothing could be taken apart.
    """
    stacking_order(order)
    covered = found.covered(account).account
    try:
        payers, failed = (
            _by_scenario(found, found.to_dataframe("payer", order=order, account=covered)),
            [],
        )
    except FiscalModelError as error:
        payers, failed = _by_scenario(found, found.by("payer", account=covered)), [error.text(lang)]
    shown, of = table_of(found, dimensions, account) if dimensions else ((), None)
    tables = _by_scenario(found, found.by(*shown, account=of)) if shown else [None] * len(payers)
    titles = [each.scenario.title.to(lang) for each in found.budgets]
    blocks, name = [], labelled(COVERED[covered].to(lang), "", lang).rstrip()
    for title, frame, table, apart in zip(
        titles[1:], payers, tables, _apart(found, covered), strict=True
    ):
        lines = [
            _heading(found, titles[0], title, lang),
            name,
            *_payer_lines(frame, found.axes.standard.payers, lang),
            *(each.to(lang) for each in apart),
        ]
        if table is not None:
            cells = _cells(table, found.axes.standard, lang)
            lines += ["", *aligned(cells, range(len(cells[0]) - 4, len(cells[0])))]
        blocks.append("\n".join(lines))
    return "\n\n".join([*blocks, *failed])


def comparison_html(found: Comparison[R], lang: Lang, account: str | None) -> str:
    """A table for each scenario against the reference: a row a payer, a column for each cause."""
    covered = found.covered(account).account
    try:
        payers, failed = _by_scenario(found, found.to_dataframe("payer", account=covered)), []
    except FiscalModelError as error:
        payers, failed = (
            _by_scenario(found, found.by("payer", account=covered)),
            [line(error.text(lang))],
        )
    titles = [each.scenario.title.to(lang) for each in found.budgets]
    table = found.axes.standard.payers
    parts = [line(ILLUSTRATIVE.to(lang))] if found.axes.inputs.illustrative else []
    for title, frame, apart in zip(titles[1:], payers, _apart(found, covered), strict=True):
        groups = [name for name in frame.columns if name in GROUPS]
        names = [TITLES[name] for name in ("payer", "a", "b", "change", *groups)]
        rows = [
            (
                table[str(payer)].name.to(lang),
                wan(row["a"]),
                wan(row["b"]),
                *(wan(row[name], signed=True) for name in ("change", *groups)),
            )
            for payer, row in frame.iterrows()
            if np.nan_to_num(row["a"]) or np.nan_to_num(row["b"])
        ]
        parts += [
            heading(_heading(found, titles[0], title, lang)),
            line(COVERED[covered].to(lang)),
        ]
        parts.append(
            html_table([name.to(lang) for name in names], rows)
            if rows
            else line(_empty(frame).to(lang))
        )
        parts += [line(each.to(lang)) for each in apart]
    return block(*parts, *failed)


def _heading(found: Comparison[R], reference: str, other: str, lang: Lang) -> str:
    """The scenarios compared, of what part, and the years that are added up."""
    part = [of_what(each, lang) for each in found.budgets if each.at]
    about = (f"{reference} → {other}", *(part[0] if part else ()), together(found.years, lang))
    return " · ".join(about) + Text("（万元）", " (10,000 yuan)").to(lang)


def table_of(
    found: Comparison[R], dimensions: Sequence[str], account: str | None
) -> tuple[tuple[str, ...], str | None]:
    """The dimensions of a table for the screen or a file and the account it covers; the account is
    a column where nothing else tells it.
    """
    if "account" in dimensions:
        return tuple(dimensions), account
    covered = found.covered(account).account
    told = covered == ALL or {"line", "payer"}.intersection(dimensions)
    return tuple(dimensions) if told else ("account", *dimensions), covered


def _apart(found: Comparison[R], covered: str) -> list[list[Text]]:
    """For each scenario, what changes in the accounts that its table does not cover: a statement
    each.
    """
    if covered == ALL:
        return [[] for _ in found.names[1:]]
    out = []
    for frame in _by_scenario(found, found.by("account", "payer")):
        changes = frame["change"].unstack("payer", sort=False).drop(index=covered)
        moved = changes[(changes.abs() >= SHOWN).any(axis=1)].sum(axis=1).items()
        out.append(
            [
                Text(
                    f"另有{COVERED[account].zh}变化 {yuan / 1e4:+,.2f}，"
                    f"不计入上列（account={account}）",
                    f"apart from this, {COVERED[account].en} change by {yuan / 1e4:+,.2f}"
                    f" (account={account})",
                )
                for account, yuan in ((str(each), yuan) for each, yuan in moved)
            ]
        )
    return out


def _by_scenario(found: Comparison[R], frame: pd.DataFrame) -> list[pd.DataFrame]:
    if len(found.names) == 2:
        return [frame]
    return [frame.loc[[name]].droplevel("scenario") for name in found.names[1:]]


def _payer_lines(frame: pd.DataFrame, table: Payers, lang: Lang) -> list[str]:
    out = []
    for payer, row in frame.iterrows():
        a, change = np.nan_to_num(row["a"]), np.nan_to_num(row["change"])
        if not a and not change:
            continue
        percent = (
            Text(f"（{row['percent']:+.1f}%）", f" ({row['percent']:+.1f}%)").to(lang) if a else ""
        )
        parts = ((group, row[group]) for group in frame.columns if group in GROUPS)
        why = listed(
            (
                f"{GROUPS[group].to(lang)} {yuan / 1e4:+,.2f}"
                for group, yuan in parts
                if abs(yuan) >= SHOWN
            ),
            lang,
        )
        moved = [f"{a / 1e4:,.2f} → {(a + change) / 1e4:,.2f}", f"{change / 1e4:+,.2f}{percent}"]
        causes = Text(f"［{why}］", f" [{why}]").to(lang) if why else ""
        out.append(
            labelled(
                table[str(payer)].name.to(lang),
                Text("，", ", ").to(lang).join(moved) + causes,
                lang,
            )
        )
    return out or [_empty(frame).to(lang)]


def _empty(frame: pd.DataFrame) -> Text:
    """What a table without an amount comes to: nothing costed is not zero."""
    return ALL_ZERO if frame["change"].notna().any() else NOTHING


def _cells(table: pd.DataFrame, standard: Standard, lang: Lang) -> list[list[str]]:
    """A header and a row for each cell of the table in which anything is costed, as text."""
    rows = [[TITLES[str(name)].to(lang) for name in (*table.index.names, *table.columns)]]
    for key, a, b, change, percent in zip(
        table.index,
        *(table[name].tolist() for name in ("a", "b", "change", "percent")),
        strict=True,
    ):
        if np.isnan(change) or not (np.nan_to_num(a) or np.nan_to_num(b)):
            continue
        labels = key if isinstance(key, tuple) else (key,)
        shown = [
            _label(str(name), label, standard, lang)
            for name, label in zip(table.index.names, labels, strict=True)
        ]
        rows.append(
            [
                *shown,
                wan(a),
                wan(b),
                f"{change / 1e4:+,.2f}",
                "—" if np.isnan(percent) else f"{percent:+.1f}%",
            ]
        )
    return rows


def _label(dimension: str, label: Any, standard: Standard, lang: Lang) -> str:
    """The name, and the code before it where that is what other tables have."""
    name = label_name(standard, dimension, label).to(lang)
    return f"{label} {name}" if dimension in ("line", "place", "prefecture") else name
