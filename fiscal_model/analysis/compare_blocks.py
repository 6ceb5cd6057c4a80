"""A comparison in words and tables, in 10,000 yuan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from fiscal_model.analysis.changed_inputs import changed_blocks
from fiscal_model.analysis.decompose import DATA, GROUPS, stacking_order
from fiscal_model.blocks import (
    ILLUSTRATIVE,
    IN_WAN,
    Block,
    Heading,
    Note,
    Paragraph,
    Table,
    wan,
)
from fiscal_model.errors import FiscalModelError
from fiscal_model.results.dimensions import label_name
from fiscal_model.results.result import Result, of_what
from fiscal_model.results.stored import StoredResults
from fiscal_model.standard.payers import Payers
from fiscal_model.standard.rules import Standard
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
    from fiscal_model.results.amounts import A

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
ALL_ZERO, NOTHING = (
    Text("金额全部为零", "all amounts are zero"),
    Text("没有一项可以测算", "nothing can be costed"),
)
SHOWN = 0.005
"""Yuan below which a change is not worth a word."""


def blocks_of(
    found: Comparison[A],
    lang: Lang,
    order: Sequence[str],
    dimensions: Sequence[str],
    account: str | None,
) -> Iterator[Block]:
    """For each scenario against the reference a table of payers, told in a line each, then one by
    dimensions; at the end why nothing could be taken apart.
    """
    stacking_order(order)
    covered, payers = found.covered(account).account, found.axes.standard.payers
    failed = ""
    try:
        taken_apart = found.to_dataframe("payer", order=order, account=covered)
    except FiscalModelError as error:
        taken_apart, failed = found.by("payer", account=covered), error.text(lang)
    frames = _by_scenario(found, taken_apart)
    by, of = table_of(found, dimensions, account) if dimensions else ((), None)
    tables = _by_scenario(found, found.by(*by, account=of)) if by else [None] * len(frames)
    if any(each.illustrative for each in found.budgets):
        yield Note(ILLUSTRATIVE.to(lang))
    first, *titles = (each.to(lang) for each in found.titles)
    for n, (title, frame, table, apart, effects) in enumerate(
        zip(titles, frames, tables, _apart(found, covered), found.effects(account), strict=True)
    ):
        if n:
            yield Paragraph("")
        yield Heading(_heading(found, first, title, lang))
        yield Paragraph(labelled(COVERED[covered].to(lang), "", lang).rstrip())
        yield _payers(frame, payers, lang)
        yield from (Paragraph(each.to(lang)) for each in apart)
        if effects is None:
            yield Paragraph(_unknown(found, n + 1).to(lang))
        if table is not None:
            heads, *rows = _cells(table, found.axes.standard, lang)
            yield Paragraph("")
            yield Table(heads, rows, numbers=range(len(heads) - 4, len(heads)))
        if effects and DATA in effects.parts.groups:
            yield from changed_blocks(effects, lang)
    if failed:
        yield Paragraph("")
        yield Paragraph(failed)


def _unknown(found: Comparison[A], n: int) -> Text:
    """That nothing is known of causes, and of which of two that is so."""
    files = listed(
        (
            each.name
            for each in (found.budgets[0], found.budgets[n])
            if isinstance(each, StoredResults)
        ),
        "zh",
    )
    return Text(
        f"{files} 是结果文件，不含数据和情景：只给出差额，不分解原因",
        f"{files.replace('、', ', ')} holds results without data and scenario: the change is given,"
        " not what it comes from",
    )


def _heading(found: Comparison[A], reference: str, other: str, lang: Lang) -> str:
    """The scenarios compared, of what part, and the years that are added up."""
    parts = [each for each in found.budgets if isinstance(each, Result) and each.at]
    widest = max(parts, key=lambda each: len(each.lines), default=None)
    what = of_what(widest, lang) if widest else ()
    about = (f"{reference} → {other}", *what, together(found.years, lang))
    return " · ".join(about) + IN_WAN.to(lang)


def table_of(
    found: Comparison[A], dimensions: Sequence[str], account: str | None
) -> tuple[tuple[str, ...], str | None]:
    """The dimensions of a table for the screen or a file and the account it covers; the account is
    a column where nothing else tells it.
    """
    if "account" in dimensions:
        return tuple(dimensions), account
    covered = found.covered(account).account
    told = covered == ALL or {"line", "payer"}.intersection(dimensions)
    return tuple(dimensions) if told else ("account", *dimensions), covered


def _apart(found: Comparison[A], covered: str) -> list[list[Text]]:
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


def _by_scenario(found: Comparison[A], frame: pd.DataFrame) -> list[pd.DataFrame]:
    if len(found.names) == 2:
        return [frame]
    return [frame.loc[[name]].droplevel("scenario") for name in found.names[1:]]


def _payers(frame: pd.DataFrame, payers: Payers, lang: Lang) -> Table | Paragraph:
    """A row a payer with a column for each cause, told on a screen with those that matter."""
    groups = [name for name in frame.columns if name in GROUPS]
    rows, told = [], []
    for payer, row in frame.iterrows():
        a, change = np.nan_to_num(row["a"]), np.nan_to_num(row["change"])
        if not a and not change:
            continue
        name = payers[str(payer)].name.to(lang)
        causes = (wan(row[each], signed=True) for each in ("change", *groups))
        rows.append((name, wan(row["a"]), wan(row["b"]), *causes))
        percent = (
            Text(f"（{row['percent']:+.1f}%）", f" ({row['percent']:+.1f}%)").to(lang) if a else ""
        )
        why = listed(
            (
                f"{GROUPS[group].to(lang)} {wan(row[group], signed=True)}"
                for group in groups
                if abs(row[group]) >= SHOWN
            ),
            lang,
        )
        moved = [f"{wan(a)} → {wan(a + change)}", f"{wan(change, signed=True)}{percent}"]
        because = Text(f"［{why}］", f" [{why}]").to(lang) if why else ""
        told.append(labelled(name, Text("，", ", ").to(lang).join(moved) + because, lang))
    if not rows:
        return Paragraph(_empty(frame).to(lang))
    heads = [TITLES[each].to(lang) for each in ("payer", "a", "b", "change", *groups)]
    return Table(heads, rows, told=told)


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
