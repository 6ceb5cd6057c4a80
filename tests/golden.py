"""Golden outputs: what every command prints and writes, for four scenarios in both languages, on a
small cut of the embedded data.
They are for change detection: they tell that an output has changed, not that it is right; the law's
cases tell that. ``tests/golden.json`` pins a digest of each.
``python tests/golden.py FOLDER`` writes all outputs as files, so that two states of the code can be
compared with ``diff -r``; ``python tests/golden.py --pin`` pins those of this state. Pin again only
together with an entry in the changelog that says why.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl

from fiscal_model.cli import main

PINNED = Path(__file__).with_suffix(".json")
EMBEDDED = Path(__file__).parents[1] / "fiscal_model/inputs/embedded/xinjiang_2021"
SCENARIOS = ("as_written", "baseline", "central_9_1", "south_extended")
PLACES = {"650000", "650100", "652300", "653100"}
YEARS = {"2021", "2022", "2023"}
ADDED = {
    "beneficiaries.csv": [
        ["primary_pupil", county, year, "1000"]
        for county in ("652301", "652302")
        for year in ("2021", "2022")
    ],
    "local_split.csv": [["", "652300", "0.4"], ["11", "653100", "0.25"]],
}
"""What the embedded data do not have: counts of counties, and county shares."""
REPLACED = ["primary_pupil", "652300"]
"""The rows of the prefecture for which those counts stand."""
FAULTY = "beneficiary,place,year,count\nprimary_pupil,653199,2023,12\npupils,653100,2023,-4\nprimary_pupil,653100,20x3,\n"
TEXTS: dict[str, Sequence[str]] = {
    "run": ("run", "{scenario}", "-o", "{out}/run.csv"),
    "ledger": ("ledger", "{scenario}"),
    "explain": (
        "explain",
        "--item",
        "11",
        "--place",
        "653100",
        "--year",
        "2022",
        "--scenario",
        "{scenario}",
    ),
    "explain_open": (
        "explain",
        "--item",
        "45",
        "--place",
        "650100",
        "--year",
        "2022",
        "--scenario",
        "{scenario}",
        "--payer",
        "central",
    ),
    "explain_json": (
        "explain",
        "--item",
        "10",
        "--place",
        "650100",
        "--year",
        "2022",
        "--scenario",
        "{scenario}",
        "--json",
    ),
    "compare": (
        "compare",
        "as_written",
        "{scenario}",
        "--by",
        "item,payer",
        "-o",
        "{out}/compare.csv",
    ),
    "readings": ("readings", "{scenario}", "--years", "2022"),
    "sensitivity": ("sensitivity", "{scenario}", "--years", "2022", "-o", "{out}/sensitivity.csv"),
    "solve": (
        "solve",
        "{scenario}",
        "--vary",
        "rate:pubfund_primary",
        "--payer",
        "region",
        "--year",
        "2022",
        "--ceiling",
        "9,000万",
    ),
}
PLAIN: dict[str, Sequence[str]] = {
    "items": ("items",),
    "items_json": ("items", "--json"),
    "items_some": ("items", "11-14"),
    "check": ("check", "{faulty}"),
    **{
        f"help_{name}": (name, "--help")
        for name in (
            "report",
            "run",
            "allotment",
            "explain",
            "compare",
            "readings",
            "sensitivity",
            "solve",
            "template",
            "check",
            "items",
        )
    },
}
WORKBOOKS: dict[str, Sequence[str]] = {
    "report": ("report", "{scenario}", "--years", "2021-2022", "-o", "{out}/report.xlsx"),
    "values": (
        "report",
        "{scenario}",
        "as_written",
        "--years",
        "2021-2022",
        "--values",
        "-o",
        "{out}/values.xlsx",
    ),
    "half_up": (
        "report",
        "{scenario}",
        "--years",
        "2022",
        "--values",
        "--half-up",
        "--unit",
        "元",
        "-o",
        "{out}/half_up.xlsx",
    ),
    "parts": (
        "report",
        "{scenario}",
        "--years",
        "2022",
        "--split-by",
        "prefecture",
        "-o",
        "{out}/parts.xlsx",
    ),
    "allotment": ("allotment", "{scenario}", "--year", "2022", "-o", "{out}/allotment.xlsx"),
}
WITHOUT_INPUTS = ("items", "check", "template")


def inputs(folder: Path) -> Path:
    """A cut of the embedded data: three prefectures and three years, with what they lack."""
    folder.mkdir(parents=True)
    for path in EMBEDDED.glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            head, *rows = csv.reader(file)
        kept = [
            row
            for row in rows
            if row[head.index("place")] in PLACES
            and row[:2] != REPLACED
            and ("year" not in head or row[head.index("year")] in YEARS)
        ]
        with (folder / path.name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([head, *kept])
    for name, more in ADDED.items():
        path = folder / name
        with path.open("a", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            if not file.tell():
                writer.writerow(["item", "place", "county_share"])
            writer.writerows(more)
    (folder.parent / "faulty").mkdir()
    (folder.parent / "faulty" / "beneficiaries.csv").write_text(FAULTY, encoding="utf-8")
    return folder


def call(words: Sequence[str], base: Path) -> str:
    """What a command prints, its exit code, and the text files it writes; ``base`` left out."""
    printed, told = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(told):
        try:
            code = main(list(words))
        except SystemExit as stop:
            code = int(stop.code or 0)
    parts = [f"exit {code}", "--- printed", printed.getvalue(), "--- told", told.getvalue()]
    for path in sorted(base.joinpath("out").glob("*.csv")):
        parts += [f"--- {path.name}", path.read_text(encoding="utf-8-sig")]
        path.unlink()
    return "\n".join(parts).replace(str(base), "")


def cells(path: Path) -> str:
    """Every cell of a workbook: its formula or text, and the value stored with it to nine
    digits.
    """
    formulas = openpyxl.load_workbook(path, read_only=True)
    values = openpyxl.load_workbook(path, read_only=True, data_only=True)
    lines = []
    for sheet in formulas.sheetnames:
        for n, (row, stored) in enumerate(
            zip(
                formulas[sheet].iter_rows(values_only=True),
                values[sheet].iter_rows(values_only=True),
                strict=True,
            )
        ):
            for k, (cell, value) in enumerate(zip(row, stored, strict=True)):
                if cell is not None:
                    shown = f"{value:.9g}" if isinstance(value, float) else str(value)
                    lines.append(
                        f"{sheet}!{n + 1},{k + 1}\t{shown}"
                        + (f"\t{cell}" if str(cell) != str(value) and str(cell)[0] == "=" else "")
                    )
    return "\n".join(lines)


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    """What every command prints and writes as text, by name."""
    yield from _outputs(folder, TEXTS, "")
    for lang in ("zh", "en"):
        for name, words in PLAIN.items():
            yield f"{name}.{lang}", call([*_filled(words, "", folder), "--lang", lang], folder)


def workbooks(folder: Path) -> Iterator[tuple[str, str]]:
    """The cells of every workbook, by name."""
    for name, printed in _outputs(folder, WORKBOOKS, "date"):
        yield name, printed
        for path in sorted(folder.joinpath("out").glob("*.xlsx")):
            yield f"{name}.{path.stem}", cells(path)
            path.unlink()


def _outputs(
    folder: Path, commands: dict[str, Sequence[str]], dated: str
) -> Iterator[tuple[str, str]]:
    (folder / "out").mkdir(exist_ok=True)
    data = folder / "in"
    if not data.exists():
        inputs(data)
    for scenario in SCENARIOS:
        for lang in ("zh", "en"):
            for name, words in commands.items():
                more = [
                    "--inputs",
                    str(data),
                    "--lang",
                    lang,
                    *(["--date", "2026-01-31"] if dated else []),
                ]
                yield (
                    f"{name}.{scenario}.{lang}",
                    call([*_filled(words, scenario, folder), *more], folder),
                )


def _filled(words: Sequence[str], scenario: str, folder: Path) -> list[str]:
    return [
        word.format(scenario=scenario, out=folder / "out", faulty=folder / "faulty")
        for word in words
    ]


def digest(text: str) -> str:
    """A short fingerprint of an output."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


if __name__ == "__main__":
    os.environ["COLUMNS"] = "120"
    target = Path(sys.argv[1])
    with TemporaryDirectory() as made:
        found = {name: text for outputs in (texts, workbooks) for name, text in outputs(Path(made))}
    if sys.argv[1] == "--pin":
        PINNED.write_text(
            json.dumps({name: digest(text) for name, text in found.items()}, indent=0) + "\n",
            encoding="utf-8",
        )
    else:
        target.mkdir(parents=True, exist_ok=True)
        for name, text in found.items():
            (target / f"{name}.txt").write_text(text, encoding="utf-8")
