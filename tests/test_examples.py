"""Every example runs: of the READMEs, of the help of each command, of the code in the READMEs."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import openpyxl
import pytest

import fiscal_model as fm
from fiscal_model.cli import main
from fiscal_model.cli.examples import EXAMPLES
from fiscal_model.cli.parser import parser

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh-CN.md")
WRITES = {"-o", "--cells"}
PUBLISHED = """\
编号,公布数,单位,小数位数,支出项,地区,年份,公布人数
一,65,万元,0,普通小学公用经费,喀什地区,2021,1000
"""
"""1,000 pupils at 650 yuan."""


@cache
def words(file: str) -> str:
    return (ROOT / file).read_text(encoding="utf-8")


def blocks(file: str, kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", words(file), re.S | re.M)


def lines(file: str) -> Iterator[str]:
    """The command lines of a README, in its blocks and in its sentences."""
    for block in blocks(file, "sh"):
        yield from (each for each in block.splitlines() if each.startswith("fiscal-model "))
    yield from re.findall(
        r"`(fiscal-model [^`]+)`", re.sub(r"```.*?```", "", words(file), flags=re.S)
    )


def is_pattern(line: str) -> bool:
    """Whether words in capitals or brackets stand for what the reader puts there."""
    return bool(re.search(r"[\[…]|(?<![\w.-])[A-Z]+(\.\w+)?(?![\w-])", line))


def in_help() -> Iterator[str]:
    for each in (example for examples in EXAMPLES.values() for example in examples):
        yield from [each] if isinstance(each, str) else (each.zh, each.en)


WRITTEN = [line.removeprefix("fiscal-model ") for file in READMES for line in lines(file)]
RUN = sorted({line for line in (*WRITTEN, *in_help()) if not is_pattern(line)})
PATTERNS = sorted({line for line in WRITTEN if is_pattern(line)})


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the examples name: the table, the wide table and the scenario of the
    README, the tables again under the names of data sets, workbooks sent out and one that came
    back, results of a run.
    """
    folder = tmp_path_factory.mktemp("examples")
    (table, wide), (reform,) = blocks("README.md", "csv"), blocks("README.md", "yaml")
    tables = dict.fromkeys(("my-data", "old", "上月", "counts-2024", "实际数据"), table)
    tables |= dict.fromkeys(("new", "本月", "counts-2025"), wide)
    for name, content in tables.items():
        (folder / name).mkdir()
        (folder / name / "beneficiaries.csv").write_text(content, encoding="utf-8")
    (folder / "my_reform.yaml").write_text(reform, encoding="utf-8")
    (folder / "my-published.csv").write_text(PUBLISHED, encoding="utf-8")
    fm.template(folder / "my-data.xlsx", items="11", places="昌吉市", years="2024")
    fm.template(folder / "sent", items="77", places="650400", years="2026", split_by="prefecture")
    fill(folder / "my-data.xlsx", folder / "my-data.xlsx")
    (folder / "back").mkdir()
    (workbook,) = (folder / "sent").iterdir()
    fill(workbook, folder / "back" / workbook.name)
    fm.simulate("baseline", folder / "my-data").to_csv(folder / "results.csv")
    text = os.environ.get("FISCAL_MODEL_STANDARD_TEXT")
    if text:
        shutil.copy(text, folder / "standard.txt")
    return folder


def fill(source: Path, target: Path) -> None:
    """A count of 10 in each prepared row of a template."""
    book = openpyxl.load_workbook(source)
    sheet = next(sheet for sheet in book if sheet.title in ("受益对象人数", "beneficiaries"))
    heads = {str(cell.value): cell for row in sheet.iter_rows() for cell in row if cell.value}
    count = next(cell for name, cell in heads.items() if name.startswith("人数"))
    for row in range(count.row + 1, sheet.max_row + 1):
        if sheet.cell(row, 1).value:
            sheet.cell(row, count.column).value = 10
    book.save(target)


@pytest.fixture
def there(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that folder, to work in."""
    shutil.copytree(prepared, tmp_path / "work")
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


@pytest.mark.parametrize("line", RUN)
def test_an_example_runs(
    line: str, there: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = shlex.split(line)
    if "standard.txt" in words and not (there / "standard.txt").exists():
        pytest.skip("the text of the standard is not shipped")
    monkeypatch.setattr("fiscal_model.lab.open_lab", lambda *_: 0)
    written = [there / words[n + 1] for n, word in enumerate(words) if word in WRITES]
    for path in written:
        path.unlink(missing_ok=True) if path.suffix else shutil.rmtree(path, ignore_errors=True)
    assert main(words) == 0, capsys.readouterr().err
    printed = capsys.readouterr().out
    assert printed
    for path in written:
        parts = [path, *there.glob(f"{path.stem}-*{path.suffix}")]
        assert any(each.exists() for each in parts), line


@pytest.mark.parametrize("line", PATTERNS)
def test_a_pattern_names_a_command_and_options_that_it_has(line: str) -> None:
    words = re.sub(r"[\[\]…]", " ", line).split()
    (commands,) = (
        action.choices for action in parser("en")._actions if isinstance(action.choices, dict)
    )
    assert words[0] in commands
    options = {each for each in words if each.startswith("-") and each != "-"}
    assert options <= set(commands[words[0]]._option_string_actions), line


@pytest.mark.parametrize("file", READMES)
def test_the_examples_in_python_run(file: str, there: Path) -> None:
    """1,000 pupils at 700 yuan for school fees and 105 for books, of the block with frames."""
    seen: dict[str, Any] = {}
    try:
        for block in blocks(file, "python"):
            exec(block, seen)
            plt.close("all")
    finally:
        fm.set_language("zh")
    assert seen["reformed"].by("item").dropna().to_dict() == {11: 700_000, 12: 105_000}


def test_the_data_of_the_readme_are_read_as_it_says(there: Path) -> None:
    """1,000 primary pupils at 650 yuan, 500 junior at 850 and 200 boarders at 200 are 1,115,000."""
    budget = fm.simulate("as_written", "my-data", years=2023)
    assert budget.by("item")[11] == 650_000 + 425_000 + 40_000
    wide = fm.simulate("as_written", "new")
    assert wide.sel(line="pubfund_primary").by("year").tolist() == [650_000, 663_000]
