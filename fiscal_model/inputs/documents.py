"""How the number of a document (文号) is written, and when two ways of writing mean one
document.
"""

from __future__ import annotations

import re
from typing import Final

from fiscal_model.inputs.normal import SPACES, TEXT_RULES, plain

_BRACKETS: Final = ("〔[(【{<〈《「『〖﹝❲⟦", "〕])】}>〉》」』〗﹞❳⟧")
_ALIKE: Final = {ord(sign): alike[0] for alike in _BRACKETS for sign in alike} | {ord("號"): "号"}
_NUMBER: Final = re.compile(r"(.*?)〔(\d{4})年?〕第?0*(\d+)号?")


def official(written: str) -> str:
    """A document in the official way, 新财教〔2022〕150号, where it is a number of this kind; any
    other words without stray blanks.
    """
    parts = _NUMBER.fullmatch(_bare(written))
    return "{}〔{}〕{}号".format(*parts.groups()) if parts else SPACES.rewrite(written)


def document_key(written: str) -> str:
    """The same for all ways of writing one document: whatever its blanks, brackets, widths and
    capitals.
    """
    return _bare(official(written)).casefold()


def _bare(written: str) -> str:
    """Without blanks, in ordinary width and with one kind of brackets."""
    return plain(written, TEXT_RULES, []).replace(" ", "").translate(_ALIKE)
