"""The language asked for, or the one that is set."""

from __future__ import annotations

from fiscal_model.calls import answered
from fiscal_model.default_language import default_language, make_default
from fiscal_model.errors import fault
from fiscal_model.vocabulary import LANGS, Lang


@answered
def set_language(lang: Lang) -> None:
    """Sets the language of all that prints itself: results, charts, messages. Chinese unless set.

    Args:
        lang: ``zh`` or ``en``.

    Raises:
        FiscalModelError: there is no such language.

    """
    make_default(spoken(lang))


def spoken(lang: Lang | None = None) -> Lang:
    """The language asked for, or the one that is set.

    Raises:
        FiscalModelError: there is no such language.

    """
    if lang is None:
        return default_language()
    if lang not in LANGS:
        raise fault("", "language-unknown", lang=str(lang), known=", ".join(LANGS))
    return lang
