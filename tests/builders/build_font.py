"""Builds the shipped Chinese face: a subset of Noto Sans CJK SC Regular, so that charts can be read
where no Chinese font is installed.
Run as ``python tests/builders/build_font.py NotoSansCJK-Regular.ttc`` with the collection of Noto
Sans CJK 2.004 (OFL 1.1). The file it writes is part of the package; installing or building the
package does not run this. The subset bears a name of its own: it is a modified version.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from fiscal_model.charts.fonts import FAMILY, FILE
from fiscal_model.standard.payers import PAYERS
from fiscal_model.standard.read import load_standard, shipped_standards
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import ACCOUNTS, Text

FACE = "Noto Sans CJK SC"
OUTLINES = ("CFF ", "cmap", "head", "hhea", "hmtx", "maxp", "name", "OS/2", "post")
"""The tables that a chart needs; kerning, vertical setting and variants of a character are left
out.
"""


def build(source: Path, target: Path = FILE) -> None:
    """Writes the subset of the face in the collection ``source``; the same source gives the same
    bytes.
    """
    from fontTools import subset
    from fontTools.ttLib import TTCollection

    font = next(each for each in TTCollection(source) if each["name"].getDebugName(1) == FACE)
    options = subset.Options(
        hinting=False,
        layout_features=[],
        notdef_outline=True,
        name_IDs=[0, 13, 14],
        recalc_timestamp=False,
    )
    options.drop_tables = sorted({*font.keys()} - {*OUTLINES})
    reduced = subset.Subsetter(options)
    reduced.populate(text=characters())
    reduced.subset(font)
    for number, value in (
        (1, FAMILY),
        (2, "Regular"),
        (3, FAMILY),
        (4, FAMILY),
        (6, FAMILY.replace(" ", "") + "-Regular"),
    ):
        font["name"].setName(value, number, 3, 1, 0x409)
    top = font["CFF "].cff
    top.fontNames = [FAMILY.replace(" ", "") + "-Regular"]
    top[0].FullName = top[0].FamilyName = FAMILY
    font.recalcTimestamp = False
    font.save(target)


def characters() -> str:
    """ASCII, Latin-1, all of GB 2312 (its signs and 6,763 characters), 〇, the minus sign, and
    whatever the standards and the vocabulary say.
    """
    pairs = (bytes(pair) for pair in product(range(0xA1, 0xF8), range(0xA1, 0xFF)))
    signs = "".join(pair.decode("gb2312", "ignore") for pair in pairs)
    latin = "".join(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x100))))
    return "".join(sorted({*latin, *signs, *"〇−–—→", *"".join(words())}))


def words() -> Iterator[str]:
    """Every name that a chart may show: payers, accounts, and the places, items, lines and
    beneficiaries of each standard.
    """
    for labels in (PAYERS.names.known, ACCOUNTS):
        for label in labels.values():
            yield from label
    for code in shipped_standards():
        for name in names(load_standard(code)):
            yield from name


def names(standard: Standard) -> Iterator[Text]:
    """The title of a standard and the names of what it lists."""
    yield standard.title
    yield from standard.domains.values()
    yield from (name for _, name in standard.sections.values())
    yield from (place.name for place in standard.places.by_code.values())
    yield from (group.name for group in standard.places.groups.values())
    for listed in (standard.items, standard.lines, standard.beneficiaries):
        yield from (each.name for each in listed.values())


if __name__ == "__main__":
    build(Path(sys.argv[1]))
