"""What came of collecting: the rows taken, who is missing, and what was changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from fiscal_model.blocks import Block, Heading, Paragraph, Shown, Table
from fiscal_model.collecting.changes import Change
from fiscal_model.errors import Fault
from fiscal_model.inputs.tables import COLLECTED, TABLES
from fiscal_model.language import spoken
from fiscal_model.vocabulary import Lang, Text, listed

if TYPE_CHECKING:
    import pandas as pd

MOST_SHOWN = 20
"""Changes that are printed; all of them stand in the workbook."""
CHANGE_COLUMNS = (
    Text("文件", "File"),
    Text("工作表", "Sheet"),
    Text("单元格", "Cell"),
    Text("原为", "Was"),
    Text("现为", "Is"),
    Text("如何处理", "What follows"),
)
ROW_COLUMNS = (
    Text("文件", "File"),
    Text("表", "Table"),
    Text("收下行数", "Rows taken"),
    Text("其中新增", "Of these added"),
    Text("未填行数", "Rows left empty"),
)


class Taken(NamedTuple):
    """How many rows of a table were taken from a file, how many of them are none that were sent,
    and how many wait for their figure still.
    """

    file: str
    table: str
    rows: int
    added: int
    empty: int


@dataclass(frozen=True, repr=False)
class Collected(Shown):
    """What came of collecting. ``expected`` is whether it is known to whom workbooks were sent;
    ``warnings`` are what reading noted.
    """

    taken: Sequence[Taken]
    absent: Sequence[tuple[str, Text]]
    expected: bool
    changed: Sequence[Change]
    warnings: Sequence[Fault]

    @property
    def rows(self) -> pd.DataFrame:
        """Rows by file and table: file, table, rows, added, empty."""
        import pandas as pd

        return pd.DataFrame(list(self.taken), columns=list(Taken._fields))

    @property
    def missing(self) -> pd.DataFrame:
        """Who got a workbook and sent none back: code, name."""
        import pandas as pd

        lang = spoken()
        rows = [(code, name.to(lang)) for code, name in self.absent]
        return pd.DataFrame(rows, columns=["code", "name"])

    @property
    def changes(self) -> pd.DataFrame:
        """Every cell that is not what was sent: file, sheet, cell, was, is, effect."""
        import pandas as pd

        lang = spoken()
        rows = [
            (each.file, each.sheet, each.cell, each.was, each.now, each.effect.to(lang))
            for each in self.changed
        ]
        return pd.DataFrame(rows, columns=["file", "sheet", "cell", "was", "is", "effect"])

    def blocks(self, lang: Lang) -> Iterable[Block]:
        """In a few lines: who is missing, what was changed, what was taken."""
        yield Paragraph(self.missing_words(lang))
        yield Paragraph("")
        yield from self._changed(lang)
        yield Heading(Text("收下的数据", "What was taken").to(lang))
        yield Table([each.to(lang) for each in ROW_COLUMNS], self.row_cells(lang), (2, 3, 4))

    def _changed(self, lang: Lang) -> Iterable[Block]:
        if not self.changed:
            yield Paragraph(Text("预填内容没有改动", "No prepared cell was changed").to(lang))
            yield Paragraph("")
            return
        more = len(self.changed) - MOST_SHOWN
        yield Heading(
            Text(
                f"被改动的预填内容（{len(self.changed)} 处）",
                f"Prepared cells that were changed ({len(self.changed)})",
            ).to(lang)
        )
        cells = self.change_cells(lang)[:MOST_SHOWN]
        yield Table([each.to(lang) for each in CHANGE_COLUMNS], cells)
        if more > 0:
            yield Paragraph(
                Text(
                    f"……另有 {more} 处，全部列在输出文件的“{COLLECTED.zh}”表",
                    f"... and {more} more; all stand on sheet {COLLECTED.en} of the output",
                ).to(lang)
            )
        yield Paragraph("")

    def missing_words(self, lang: Lang) -> str:
        """Who is missing, in a sentence."""
        if not self.expected:
            return Text(
                "不知道下发给了谁（没有底稿，也没有 --template），未判断谁没有交",
                "Who is missing is not known: no record of what was sent, and no --template",
            ).to(lang)
        if not self.absent:
            return Text("下发的都已交回", "All that were sent came back").to(lang)
        names = listed((f"{code} {name.to(lang)}".strip() for code, name in self.absent), lang)
        return Text(
            f"未交（{len(self.absent)}）：{names}", f"Missing ({len(self.absent)}): {names}"
        ).to(lang)

    def row_cells(self, lang: Lang) -> list[list[str]]:
        """What was taken, as words."""
        return [
            [each.file, table_words(each.table, lang), *map(str, each[2:])] for each in self.taken
        ]

    def change_cells(self, lang: Lang) -> list[list[str]]:
        """What was changed, as words."""
        nothing = Text("（空）", "(empty)").to(lang)
        return [
            [c.file, c.sheet, c.cell, c.was or nothing, c.now or nothing, c.effect.to(lang)]
            for c in self.changed
        ]


def table_words(table: str, lang: Lang) -> str:
    """What a table is called."""
    return TABLES[table].label.zh if lang == "zh" else table
