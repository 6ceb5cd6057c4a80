"""Makes the pictures of the README: ``python tests/builders/build_pictures.py``. Needs chromium and
playwright, LibreOffice and poppler.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

import fiscal_model as fm
from fiscal_model.workbook.rounding import Printed

PROJECT = Path(__file__).parents[2]
HERE = PROJECT / "notebooks" / "images"
COVER, ITEMS = 1, 3
"""Pages of the printed report."""
PDF = 'pdf:calc_pdf_Export:{"PageRange":{"type":"string","value":"1-3"}}'


def charts(budget: fm.Budget) -> None:
    """Who pays year by year, and why a reform costs what it costs."""
    budget.plot.payers().save(HERE / "payers.png")
    fm.compare("baseline", "index_2015_base").plot.waterfall("region").save(HERE / "waterfall.png")


def explorer() -> None:
    """The explorer in JupyterLab after a control was moved."""
    command = [sys.executable, "-m", "pytest", "tests/explorer/test_browser.py"]
    subprocess.run(
        command,
        check=True,
        cwd=PROJECT,
        env={**os.environ, "FISCAL_MODEL_SCREENSHOT": str(HERE / "explorer.png")},
    )


def report(budget: fm.Budget) -> None:
    """Two pages of the printed report, one below the other."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        budget.to_excel(folder / "report.xlsx", date="2024-01-31", values=Printed())
        home = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        subprocess.run(
            [
                "soffice",
                home,
                "--headless",
                "--convert-to",
                PDF,
                "--outdir",
                name,
                str(folder / "report.xlsx"),
            ],
            check=True,
        )
        for page in (COVER, ITEMS):
            cut = ["-png", "-singlefile", "-r", "87", "-f", str(page), "-l", str(page)]
            subprocess.run(
                ["pdftoppm", *cut, str(folder / "report.pdf"), str(folder / f"page{page}")],
                check=True,
            )
        pages = [Image.open(folder / f"page{page}.png").convert("RGB") for page in (COVER, ITEMS)]
        whole = Image.new(
            "RGB", (max(page.width for page in pages), sum(page.height for page in pages)), "white"
        )
        for n, page in enumerate(pages):
            whole.paste(page, (0, sum(above.height for above in pages[:n])))
        whole.save(HERE / "report.png", optimize=True)


def main() -> None:
    """Makes all of them."""
    budget = fm.simulate("baseline")
    charts(budget)
    explorer()
    report(budget)


if __name__ == "__main__":
    main()
