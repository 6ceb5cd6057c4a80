"""The language in which results print themselves where none is asked for."""

from __future__ import annotations

from fiscal_model.vocabulary import LANGS, Lang, Text

_chosen: list[Lang] = ["zh"]


def set_language(lang: Lang) -> None:
    """Sets the language of all that prints itself: results, charts, messages. Chinese unless set.

    Args:
        lang: ``zh`` or ``en``.

    Raises:
        FiscalModelError: there is no such language.

    """
    _chosen[0] = spoken(lang)


def spoken(lang: Lang | None = None) -> Lang:
    """The language asked for, or the one that is set.

    Raises:
        FiscalModelError: there is no such language.

    """
    if lang is None:
        return _chosen[0]
    if lang not in LANGS:
        from fiscal_model.errors import Fault, FiscalModelError

        known = ", ".join(LANGS)
        raise FiscalModelError(
            [
                Fault(
                    "",
                    Text(
                        f"没有语言“{lang}”；可用：{known}",
                        f"there is no language '{lang}'; known: {known}",
                    ),
                )
            ]
        )
    return lang
