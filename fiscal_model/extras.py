"""What only some outputs need: libraries that the main install leaves out, each set an extra of
the project's ``pyproject.toml``.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Final

from fiscal_model.errors import fault
from fiscal_model.vocabulary import Text, in_both


@dataclass(frozen=True)
class Extra:
    """Libraries by the module that each is imported as, and what does without them."""

    needs: Text
    libraries: dict[str, str]
    otherwise: Text

    @property
    def missing(self) -> list[str]:
        """The libraries that are not installed."""
        return [name for name, module in self.libraries.items() if find_spec(module) is None]


EXTRAS: Final = {
    "parquet": Extra(
        Text("读写 .parquet 文件", "reading and writing .parquet"),
        {"pyarrow": "pyarrow"},
        Text(".csv 不需要", ".csv needs nothing"),
    ),
    "netcdf": Extra(
        Text("读写 .nc 文件", "reading and writing .nc"),
        {"h5netcdf": "h5netcdf", "h5py": "h5py"},
        Text(".csv 不需要", ".csv needs nothing"),
    ),
    "charts": Extra(
        Text("图表", "charts"),
        {"matplotlib": "matplotlib"},
        Text("表格和工作簿不需要", "tables and workbooks need nothing"),
    ),
    "brief": Extra(
        Text("写 .docx 文件", "writing .docx"),
        {"python-docx": "docx", "matplotlib": "matplotlib"},
        Text(".html 只需要 matplotlib", ".html needs matplotlib only"),
    ),
    "notebook": Extra(
        Text("JupyterLab 和交互控件", "JupyterLab with its controls"),
        {"jupyterlab": "jupyterlab", "ipywidgets": "ipywidgets", "matplotlib": "matplotlib"},
        Text("命令和表格不需要", "commands and spreadsheets need nothing"),
    ),
}
OF_SUFFIX: Final = {".parquet": "parquet", ".nc": "netcdf"}


def check_extra(name: str) -> None:
    """Says in one line what to install, before any work is done for it.

    Raises:
        FiscalModelError: a library of the extra is missing.

    """
    extra = EXTRAS[name]
    if missing := extra.missing:
        raise fault(
            "",
            "not-installed",
            what=extra.needs,
            names=in_both(missing),
            command=f"python -m pip install {' '.join(missing)}",
            otherwise=extra.otherwise,
        )


def check_suffix(suffix: str) -> None:
    """The same of a file of results, by the ending of its name."""
    if suffix.lower() in OF_SUFFIX:
        check_extra(OF_SUFFIX[suffix.lower()])
