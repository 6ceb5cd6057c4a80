"""Blocks of cells on a sheet and the references to them that formulas use."""

from __future__ import annotations

from dataclasses import dataclass

from fiscal_model.report.columns import letters


@dataclass(frozen=True)
class Area:
    """A block of cells: ``top`` and ``left`` count from 0, references are absolute."""

    sheet: str
    top: int
    left: int
    height: int
    width: int

    @property
    def ahead(self) -> str:
        """The sheet's name as it stands before a reference."""
        return f"'{self.sheet}'!"

    def column(self, j: int) -> str:
        """One column of the block."""
        name = letters(self.left + j)
        return f"{self.ahead}${name}${self.top + 1}:${name}${self.top + self.height}"

    def sliding(self, j: int) -> str:
        """One column of the block that moves along when the formula is copied to the right."""
        name = letters(self.left + j)
        return f"{self.ahead}{name}${self.top + 1}:{name}${self.top + self.height}"

    def cell(self, i: int, j: int) -> str:
        """One cell of the block."""
        return f"{self.ahead}${letters(self.left + j)}${self.top + i + 1}"

    def part(self, j: int, width: int) -> Area:
        """The ``width`` columns from ``j`` on."""
        return Area(self.sheet, self.top, self.left + j, self.height, width)

    @property
    def whole(self) -> str:
        """All of the block."""
        corner = f"${letters(self.left + self.width - 1)}${self.top + self.height}"
        return f"{self.ahead}${letters(self.left)}${self.top + 1}:{corner}"
