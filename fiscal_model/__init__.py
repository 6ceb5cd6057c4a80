"""Fiscal burden-sharing simulator: who pays for public services, by level of government, place and
year.

>>> import fiscal_model as fm
>>> budget = fm.simulate("baseline")          # doctest: +SKIP
>>> budget.by("payer", "year")                # doctest: +SKIP
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from fiscal_model.version import __version__

if TYPE_CHECKING:
    from fiscal_model.analysis.allotment import allotment, settlement
    from fiscal_model.analysis.solve import solve
    from fiscal_model.collecting.collect import collect
    from fiscal_model.errors import FiscalModelError
    from fiscal_model.explorer.panel import explore
    from fiscal_model.face import (
        Budget,
        brief,
        compare,
        confront,
        explain,
        ledger,
        reading_spread,
        sensitivity,
        simulate,
    )
    from fiscal_model.language import set_language
    from fiscal_model.listing import (
        beneficiaries,
        groups,
        items,
        lines,
        payers,
        places,
        scenarios,
        tables,
    )
    from fiscal_model.published.implied import implied
    from fiscal_model.results.stored import read_results
    from fiscal_model.run import apply
    from fiscal_model.workbook.template import template

__all__ = [
    "Budget",
    "FiscalModelError",
    "__version__",
    "allotment",
    "apply",
    "beneficiaries",
    "brief",
    "collect",
    "compare",
    "confront",
    "explain",
    "explore",
    "groups",
    "implied",
    "items",
    "ledger",
    "lines",
    "payers",
    "places",
    "read_results",
    "reading_spread",
    "scenarios",
    "sensitivity",
    "set_language",
    "settlement",
    "simulate",
    "solve",
    "tables",
    "template",
]

_HOMES = {
    "Budget": "face",
    "FiscalModelError": "errors",
    "allotment": "analysis.allotment",
    "apply": "run",
    "beneficiaries": "listing",
    "brief": "face",
    "collect": "collecting.collect",
    "compare": "face",
    "confront": "face",
    "explain": "face",
    "explore": "explorer.panel",
    "groups": "listing",
    "implied": "published.implied",
    "items": "listing",
    "ledger": "face",
    "lines": "listing",
    "payers": "listing",
    "places": "listing",
    "read_results": "results.stored",
    "reading_spread": "face",
    "scenarios": "listing",
    "sensitivity": "face",
    "set_language": "language",
    "settlement": "analysis.allotment",
    "simulate": "face",
    "solve": "analysis.solve",
    "tables": "listing",
    "template": "workbook.template",
}


def __getattr__(name: str) -> Any:
    """Loads a public name when it is first used, so that a command pays only for what it needs."""
    if name not in _HOMES:
        raise AttributeError(f"module 'fiscal_model' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(f"fiscal_model.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)


class _Public(ModuleType):
    """The package, in which a public name is never a room of the same name: an import of
    ``fiscal_model.explain`` leaves ``fiscal_model.explain(...)`` a function.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in _HOMES or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Public
