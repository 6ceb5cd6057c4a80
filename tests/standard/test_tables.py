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
