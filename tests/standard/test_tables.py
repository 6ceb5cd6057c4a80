"""What is wrong with a table of a standard is told where it stands; the toy standard is small enough
to break.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from fiscal_model.errors import FiscalModelError
from fiscal_model.standard.read import load_standard

TOY = Path(__file__).parents[1] / "toy"
PLACES = (TOY / "toy" / "places.csv").read_text(encoding="utf-8")


def faults(folder: Path, table: str, content: str | bytes) -> list[tuple[str, str]]:
    """Where and what the faults are that reading the standard with such a table tells."""
    shutil.copytree(TOY, folder, dirs_exist_ok=True)
    written = content if isinstance(content, bytes) else content.encode()
    (folder / "toy" / table).write_bytes(written)
    with pytest.raises(FiscalModelError) as caught:
        load_standard("toy", folder)
    return [(each.where, each.words("zh")) for each in caught.value.faults]


def changed(rows: str, where: str, said: str) -> tuple[str, str, str, str]:
    """A table of places that changed, with ``code,first,last,out_of`` of each."""
    head = "code,first,last,out_of,status_zh,status_en,note_zh,note_en"
    lines = [head, *(f"{row},定,sure,," for row in rows.split("\n"))]
    return "place_changes.csv", "\n".join(lines) + "\n", where, said


@pytest.mark.parametrize(
    ("table", "content", "where", "said"),
    [
        ("places.csv", "", "places.csv:1", "缺少列 code"),
        ("places.csv", PLACES.replace(",parent", ""), "places.csv:1", "缺少列 parent"),
        ("places.csv", PLACES.encode("gb18030"), "places.csv", "UTF-8"),
        ("places.csv", f"{PLACES}900300\n", "places.csv:5", "名称"),
        ("places.csv", f"{PLACES}900100,东,E,county,900200,,\n", "places.csv:5", "不重复"),
        ("places.csv", f"{PLACES}900300,南,S,county,999999,,\n", "places.csv", "900300"),
        (
            "places.csv",
            f"{PLACES}900300,南,S,county,900400,,\n900400,北,N,county,900300,,\n",
            "places.csv",
            "900300, 900400",
        ),
        ("words.csv", "sort,word\nitem,x\n", "words.csv:1", "缺少列 code、near"),
        ("other_names.csv", "a,b\n1,2\n", "other_names.csv:1", "缺少列 name"),
        ("tiles.csv", "a\n1\n", "tiles.csv:1", "缺少列 code"),
        ("place_changes.csv", "code,first\n", "place_changes.csv:1", "缺少列 last"),
        changed("900300,2023-01,,", "place_changes.csv:2", "地区代码"),
        changed("900200,2023,,", "place_changes.csv:2", "首月或末月"),
        changed("900200,2023-13,,", "place_changes.csv:2", "2023-13"),
        changed("900200,,,", "place_changes.csv:2", "首月或末月"),
        changed("900200,2023-05,2023-04,\n900100,,,900200", "place_changes.csv:2", "末月早于首月"),
        changed("900200,2023-05,,900200", "place_changes.csv:2", "来源"),
        changed("900200,,,900100", "place_changes.csv:2", "900100 没有末月"),
        changed("900200,,2023-04,", "place_changes.csv:2", "并入何处"),
    ],
)
def test_a_table_that_cannot_be_read_is_one_fault(
    tmp_path: Path, table: str, content: str | bytes, where: str, said: str
) -> None:
    ((found, words),) = faults(tmp_path, table, content)
    assert found == where
    assert said in words


def test_a_table_may_be_as_a_spreadsheet_writes_it(tmp_path: Path) -> None:
    shutil.copytree(TOY, tmp_path, dirs_exist_ok=True)
    (tmp_path / "toy" / "places.csv").write_text(PLACES, encoding="utf-8-sig")
    assert list(load_standard("toy", tmp_path).places.by_code) == ["900000", "900100", "900200"]
