"""Writes input workbooks to be filled in: one, or one for each prefecture to be sent to it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path

from fiscal_model.calls import answered
from fiscal_model.errors import Faults, fault, why
from fiscal_model.files import NOTHING, Read, path_of, replacing, replacing_all
from fiscal_model.inputs.needed import Needed, needed, needed_by_prefecture
from fiscal_model.inputs.read import load_inputs
from fiscal_model.inputs.source import Source
from fiscal_model.inputs.tables import TABLES
from fiscal_model.language import spoken
from fiscal_model.periods import whole_years
from fiscal_model.scenario.read import ScenarioSource, load_scenario
from fiscal_model.standard.read import load_standard
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import Lang
from fiscal_model.workbook.input_book import Cells, InputBook
from fiscal_model.workbook.report import FORBIDDEN, print_date
from fiscal_model.workbook.sent_book import Sending, SentBook
from fiscal_model.workbook.sheet import Book


@answered
def template(
    target: str | Path,
    items: Iterable[int | str] | int | str | None = None,
    places: Iterable[str] | str | None = None,
    years: Iterable[int] | int | str | None = None,
    lang: Lang | None = None,
    date: str | None = None,
    scenario: ScenarioSource | None = None,
    force: bool = False,
    split_by: str | None = None,
    inputs: Source | None = None,
) -> tuple[Path, ...]:
    """Writes an input workbook for ``items``, ``places`` and ``years`` to ``target``, or one for
    each prefecture into a folder.

    A prefecture's workbook has rows for its counties, or for those among ``places``; what is not to
    be edited is protected, without a password. :func:`fiscal_model.collect` merges what comes back.

    Args:
        target: an .xlsx file; with ``split_by`` a folder, which is made where it is missing.
        items: numbers or names, also as a text such as ``"10-14"``; default all.
        places: codes or names of places or groups, also as a text with commas between, for which
            rows are prepared.
        years: years for which rows are prepared, also as a text such as ``"2024-2026"``.
        lang: language of headings, lists and instructions.
        date: the date to print; default SOURCE_DATE_EPOCH, else today. Same date, same bytes.
        scenario: a shipped scenario's name, or a scenario file: what it adds to the standard is
            asked for as well.
        force: whether files that are there are replaced.
        split_by: ``"prefecture"`` for one workbook each.
        inputs: data whose latest earlier figure stands beside each cell to be filled in, marked and
            not read; only with ``split_by``.

    Returns:
        The files written.

    Raises:
        FiscalModelError: a target exists; unknown items or places, years out of range, too many
            rows, or a target cannot be written; the faults of the scenario and the inputs.

    """
    lang, path = spoken(lang), path_of(target)
    if split_by not in (None, "prefecture"):
        raise fault("", "template-split-unknown", written=str(split_by))
    if split_by is None:
        if inputs is not None:
            raise fault("", "template-inputs-without-split")
        if path.suffix.lower() != ".xlsx":
            raise fault(str(path), "template-not-xlsx")
        _refuse_existing([path], force)
    chosen, standard = load_scenario(scenario) if scenario else (None, load_standard())
    needs = Path(chosen.file).name if chosen and standard is not chosen.written else ""
    asked = None if years is None else whole_years(years)
    today = print_date(date)
    created = datetime(today.year, today.month, today.day)
    read = Read.together(each.read for each in chosen.chain()) if chosen else NOTHING

    def content(kind: type[InputBook], wanted: Needed, **more: Sending) -> bytes:
        written = BytesIO()
        book = Book(written, lang, created, live=True)
        kind(book, standard, wanted, prepared(wanted), today.year, needs, **more).write()
        book.file.close()
        return written.getvalue()

    if split_by is None:
        whole = needed(standard, items, places, asked)
        with replacing(path, read) as draft:
            draft.write_bytes(content(InputBook, whole))
        return (path,)
    parts = needed_by_prefecture(standard, items, places, asked)
    targets = {code: path / sent_name(standard, code, lang) for code in parts}
    _refuse_existing(targets.values(), force)
    earlier = load_inputs(inputs, standard) if inputs is not None else None
    if earlier:
        read = Read.together((read, earlier.read))
    read.refuse(*targets.values())
    _make(path)
    with replacing_all(list(targets.values()), read) as drafts:
        for draft, (code, wanted) in zip(drafts, parts.items(), strict=True):
            sending = Sending(code, tuple(parts), earlier)
            draft.write_bytes(content(SentBook, wanted, sending=sending))
    return tuple(targets.values())


def sent_name(standard: Standard, code: str, lang: Lang) -> str:
    """The file of a prefecture: its code and name."""
    name = FORBIDDEN.sub("_", standard.places.label(code).to(lang))
    return f"{code} {name}.xlsx"


def prepared(wanted: Needed) -> Mapping[str, Sequence[Cells]]:
    """The rows that wait for a figure, by column."""
    return {
        name: [dict(zip(TABLES[name].key, row, strict=True)) for row in rows]
        for name, rows in wanted.rows.items()
    }


def _refuse_existing(paths: Iterable[Path], force: bool) -> None:
    faults = Faults()
    for path in paths:
        if not force and os.path.lexists(path):
            faults.add(str(path), "template-exists")
    faults.raise_if_any()


def _make(folder: Path) -> None:
    """Makes the folder that the workbooks go into.

    Raises:
        FiscalModelError: it is a file, or cannot be made.

    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise fault(str(folder), "unwritable", why=why(error), hint="") from None
