"""Command lines to start from, shown under the help of each command; a test runs them all."""

from __future__ import annotations

from typing import Final

from fiscal_model.vocabulary import Text

EXAMPLES: Final[dict[str, tuple[str | Text, ...]]] = {
    "report": (
        "report",
        "report baseline my_reform.yaml --inputs my-data.xlsx",
        "report --inputs my-data.xlsx --values --split-by prefecture",
        "report --print --places 653100 --years 2024 -o print.xlsx",
    ),
    "run": ("run my_reform.yaml --inputs my-data.xlsx -o reform.csv",),
    "compare": (
        "compare baseline end_2015_base",
        "compare baseline my_reform.yaml --by prefecture,payer -o change.csv",
        "compare baseline baseline --inputs old --against-inputs new",
    ),
    "brief": ("brief baseline my_reform.yaml -o brief.docx",),
    "allotment": (
        "allotment --inputs my-data.xlsx --year 2024 -o allotment.xlsx",
        "allotment --inputs my-data.xlsx --year 2024 --advance 90% -o ahead.xlsx",
        "allotment --inputs old --year 2024 --actual new -o settlement.xlsx",
    ),
    "explain": (
        "explain --item 11 --place 653100 --year 2023",
        Text(
            "explain --item 11 --place 昌吉市 --year 2024 --inputs old",
            "explain --item 11 --place 652301 --year 2024 --inputs old",
        ),
    ),
    "confront": (
        "confront",
        "confront my_reform.yaml --inputs my-data.xlsx -o against-print.csv",
        "confront --published my-published.csv --strict",
    ),
    "readings": ("readings --inputs my-data.xlsx",),
    "ledger": ("ledger", "ledger as_written"),
    "items": ("items", "items 11"),
    "list": (
        "list scenarios",
        Text("list 地区 喀什", "list places Kashgar"),
        "list lines textbook --json",
    ),
    "check": ("check my-data.xlsx my_reform.yaml",),
    "audit": ("audit --text standard.txt",),
    "sensitivity": ("sensitivity my_reform.yaml --payer region --years 2026",),
    "solve": (
        Text(
            "solve baseline --vary share:45:central --payer 自治区 --year 2025 --ceiling 30亿",
            "solve baseline --vary share:45:central --payer region --year 2025 --ceiling 3e9",
        ),
    ),
    "template": (
        Text(
            "template -o template.xlsx --items 10-14 --places 昌吉州 --years 2026",
            "template -o template.xlsx --items 10-14 --places 652300 --years 2026",
        ),
        "template --split-by prefecture --items 10-14 --years 2026 -o to-send",
    ),
    "collect": ("collect back --template sent -o collected.xlsx",),
    "lab": ("lab", "lab my-folder --no-browser"),
}
