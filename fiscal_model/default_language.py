"""The language in which things print themselves where none is asked for."""

from __future__ import annotations

from fiscal_model.vocabulary import Lang

_default: list[Lang] = ["zh"]


def default_language() -> Lang:
    """The language that is set; Chinese unless another is."""
    return _default[0]


def make_default(lang: Lang) -> None:
    """Sets it; :func:`fiscal_model.language.set_language` checks first what an analyst writes."""
    _default[0] = lang
