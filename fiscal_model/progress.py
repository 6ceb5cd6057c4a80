"""A progress bar on long work, where somebody watches: in a notebook, and where tqdm is installed
in a terminal.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sized
from importlib.util import find_spec
from time import monotonic
from typing import TypeVar

Step = TypeVar("Step")
FEW = 8
"""Work of fewer steps is over before a bar tells anything."""
PAUSE = 0.2
"""Seconds between two pictures of a notebook's bar."""


def watched(steps: Iterable[Step]) -> Iterable[Step]:
    """The steps, with a bar that vanishes at the end; silent when output is neither a terminal nor
    a notebook. What has no length is only counted.
    """
    if isinstance(steps, Sized) and len(steps) < FEW:
        return steps
    if _in_notebook():
        return _shown(steps)
    if sys.stderr is None or not sys.stderr.isatty() or find_spec("tqdm") is None:
        return steps
    from tqdm import tqdm

    bar: Iterable[Step] = tqdm(steps, leave=False)
    return bar


def _in_notebook() -> bool:
    """Whether a notebook's kernel runs this."""
    from_ipython = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return hasattr(from_ipython() if from_ipython else None, "kernel")


def _shown(steps: Iterable[Step]) -> Iterator[Step]:
    """The steps with a bar in a notebook: plain HTML, which is emptied at the end or when the work
    is broken off, so that nothing of it is saved.
    """
    from IPython.display import HTML, display

    total = len(steps) if isinstance(steps, Sized) else 0
    bar, due = display(HTML(""), display_id=True), monotonic() + PAUSE
    try:
        for done, step in enumerate(steps):
            if monotonic() >= due:
                share = f' max="{total}" value="{done}"' if total else ""
                bar.update(HTML(f"<progress{share}></progress> {done}{f'/{total}' * bool(total)}"))
                due = monotonic() + PAUSE
            yield step
    finally:
        bar.update(HTML(""))
