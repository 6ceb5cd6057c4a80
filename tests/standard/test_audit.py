"""The catalogue against the text of the standard: it agrees, and a change on either side is
seen.
"""

from __future__ import annotations

import os
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from fiscal_model.cli import main
from fiscal_model.standard.audit import audit
from fiscal_model.standard.read import load_standard
from fiscal_model.standard.rules import Standard


@pytest.fixture
def text() -> str:
    path = os.environ.get("FISCAL_MODEL_STANDARD_TEXT")
    if not path:
        pytest.skip(
            "set FISCAL_MODEL_STANDARD_TEXT to a copy of the standard to hold the catalogue"
            " against it"
        )
    return Path(path).read_text(encoding="utf-8")


def differences(standard: Standard, text: str, folder: Path) -> list[str]:
    path = folder / "text.txt"
    path.write_text(text, encoding="utf-8")
    return [fault.to("en") for fault in audit(standard, path).differences]


def test_the_catalogue_agrees_with_the_text_both_ways(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert differences(load_standard(), text, tmp_path) == []
    assert main(["audit", "--text", str(tmp_path / "text.txt"), "--lang", "en"]) == 0
    assert "80 items" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("before", "after", "item"),
    [
        ("每年 650 元", "每年 660 元", "11"),
        ("8 : 2 的比例分担", "7 : 3 的比例分担", "11"),
        ("自治区本级承担年生均 2154 元", "自治区本级承担年生均 2155 元", "10"),
        ("每人每月 80 元", "每人每月 90 元", "45"),
        ("全年800元", "全年900元", "14"),
        ("最低工资标准的90%领取", "最低工资标准的80%领取", "29"),
        ("中央财政承担。", "自治区财政承担。", "39"),
        ("综合接通率达80%以上", "综合接通率达85%以上", "26"),
        ("牵头负责单位：自治区体育局", "牵头负责单位：自治区教育厅", "79"),
        ("新财规〔2020〕10号", "新财规〔2020〕11号", "11"),
        ("30.工伤保险", "30.职业伤害保险", "30"),
    ],
)
def test_a_changed_text_is_seen(
    before: str, after: str, item: str, text: str, tmp_path: Path
) -> None:
    def tight(words: str) -> str:
        return words.replace(" ", "")

    squeezed = "\n".join(tight(line) for line in text.splitlines())
    assert tight(before) in squeezed, before
    found = differences(load_standard(), squeezed.replace(tight(before), tight(after)), tmp_path)
    assert any(line.split()[0].rstrip(":") == item for line in found), found


def test_a_changed_figure_of_the_catalogue_is_seen(text: str, tmp_path: Path) -> None:
    standard = load_standard()
    item = standard.items[48]
    line = item.lines[0]
    wrong = replace(line, rates=(replace(line.rates[0], value=Decimal(55)),))
    changed = replace(
        standard, items={**standard.items, 48: replace(item, lines=(wrong, *item.lines[1:]))}
    )
    assert any("55" in found for found in differences(changed, text, tmp_path))


def test_a_left_out_figure_needs_its_reason(text: str, tmp_path: Path) -> None:
    standard = load_standard()
    changed = replace(
        standard, items={**standard.items, 26: replace(standard.items[26], left_out=())}
    )
    assert any(found.startswith("26") for found in differences(changed, text, tmp_path))


def test_an_item_that_the_text_does_not_have_is_seen(text: str, tmp_path: Path) -> None:
    standard = load_standard()
    changed = replace(
        standard, items={number: item for number, item in standard.items.items() if number != 5}
    )
    assert any("5" in found for found in differences(changed, text, tmp_path))


def test_a_file_that_is_not_the_standard_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "other.txt").write_text("1. nothing", encoding="utf-8")
    assert main(["audit", "--text", str(tmp_path / "other.txt")]) == 1
    assert main(["audit", "--text", str(tmp_path / "missing.txt")]) == 1
    assert "Traceback" not in capsys.readouterr().err
