"""Faces for charts: the Chinese one of the system where there is one, else the one shipped here.
``FiscalModelSansSC-Regular.otf`` is a subset of Noto Sans CJK SC, © 2014-2021 Adobe, under the SIL
Open Font License 1.1 (``OFL.txt``).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

FAMILY: Final = "Fiscal Model Sans SC"
FILE: Final = Path(__file__).with_name("FiscalModelSansSC-Regular.otf")
SYSTEM: Final = (
    "Microsoft YaHei",
    "DengXian",
    "SimHei",
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "PingFang SC",
    "Hiragino Sans GB",
)
"""Simplified Chinese sans-serif faces of Windows, Linux and macOS. A collection that starts with
its Japanese face is not taken for one of them.
"""
LATIN: Final = "DejaVu Sans"
"""matplotlib's own face, for signs that no Chinese one has."""


@cache
def families() -> tuple[str, ...]:
    """The faces to look for a character in, one after the other. matplotlib is told of the shipped
    one; none of its settings change.
    """
    from matplotlib.font_manager import fontManager

    installed = set(fontManager.get_font_names())
    if FAMILY not in installed:
        fontManager.addfont(FILE)
    return (*[name for name in SYSTEM if name in installed][:1], FAMILY, LATIN)
