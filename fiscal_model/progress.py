"""A progress bar on long work, where somebody watches: in a terminal or a notebook, and where tqdm
is installed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sized
from importlib.util import find_spec
from typing import TypeVar

Step = TypeVar("Step")
FEW = 8
"""Work of fewer steps is over before a bar tells anything."""


def watched(steps: Iterable[Step]) -> Iterable[Step]:
    """The steps, with a bar that vanishes at the end; silent when output is neither a terminal nor
    a notebook. What has no length is only counted.
    """
    if (isinstance(steps, Sized) and len(steps) < FEW) or find_spec("tqdm") is None:
        return steps
    if _in_notebook() and find_spec("ipywidgets") is not None:
        from tqdm.notebook import tqdm as bar
    elif sys.stderr is not None and sys.stderr.isatty():
        from tqdm import tqdm as bar
    else:
        return steps
    shown: Iterable[Step] = bar(steps, leave=False)
    return shown


def _in_notebook() -> bool:
    """Whether a notebook's kernel runs this."""
    from_ipython = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return hasattr(from_ipython() if from_ipython else None, "kernel")
