"""A folder to work in with JupyterLab: the notebooks and an empty input workbook, opened in the
browser.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from fiscal_model.errors import fault, why
from fiscal_model.files import NOTHING, replacing
from fiscal_model.language import spoken
from fiscal_model.vocabulary import Lang

WORKBOOK: Final = {"zh": "填报模板.xlsx", "en": "input-template.xlsx"}
QUIET: Final = ("--ServerApp.ip=127.0.0.1", "--LabApp.extension_manager=readonly")
"""JupyterLab listens to this computer only, and lists no extensions from the network."""
SETTINGS: Final = Path(__file__).parent / "jupyter"
"""Settings of JupyterLab: it neither fetches news nor looks for updates, nor asks whether it may.
What the user has set himself beats them.
"""


def shipped_notebooks() -> list[Path]:
    """The notebooks, inside the installed package or beside it in a checkout."""
    inside = Path(__file__).parent / "notebooks"
    folder = inside if inside.is_dir() else Path(__file__).parents[1] / "notebooks"
    return sorted(folder.glob("*.ipynb"))


def fill(folder: Path, lang: Lang | None = None) -> list[Path]:
    """Puts the notebooks and an input workbook into a folder and returns what was written; what is
    there already stays as it is.

    Raises:
        FiscalModelError: the folder or a file cannot be written.

    """
    from fiscal_model.workbook.template import template

    lang = spoken(lang)
    if folder.is_file():
        raise fault(str(folder), "folder-is-file")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise fault(str(folder), "folder-not-made", why=why(error)) from None
    makers: dict[Path, Callable[[Path], object]] = {
        folder / source.name: lambda draft, source=source: draft.write_bytes(source.read_bytes())  # type: ignore[misc]
        for source in shipped_notebooks()
    }
    makers[folder / WORKBOOK[lang]] = lambda draft: template(draft, lang=lang, force=True)
    missing = [path for path in makers if not os.path.lexists(path)]
    for path in missing:
        with replacing(path, NOTHING) as draft:
            makers[path](draft)
    return missing


def command(folder: Path, browser: bool = True) -> list[str]:
    """The command that opens JupyterLab in a folder, on 127.0.0.1."""
    return [
        sys.executable,
        "-m",
        "jupyterlab",
        *QUIET,
        *([] if browser else ["--no-browser"]),
        *(["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
        f"--ServerApp.root_dir={folder.resolve()}",
    ]


def environment() -> dict[str, str]:
    """The environment of JupyterLab, with our settings behind those of the user."""
    paths = [*filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")]), str(SETTINGS)]
    return {**os.environ, "JUPYTER_CONFIG_PATH": os.pathsep.join(paths)}


def open_lab(folder: Path, browser: bool = True) -> int:
    """Runs JupyterLab in a folder until it is stopped; its exit code, 0 after Ctrl-C.

    Ctrl-C reaches JupyterLab too, which asks whether to stop and ends its kernels: it is waited
    for, not killed.
    """
    running, stopped = subprocess.Popen(command(folder, browser), env=environment()), False
    while True:
        try:
            code = running.wait()
            return 0 if stopped else code
        except KeyboardInterrupt:
            stopped = True
