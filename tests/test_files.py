"""Files: nothing that was read is replaced by what is written, and several files are one data
set.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from conftest import write_tables

import fiscal_model as fm
from fiscal_model.explorer.controls import Choice
from fiscal_model.explorer.study import Study
from fiscal_model.files import PACKAGE
from fiscal_model.inputs.read import EMBEDDED, load_inputs
from fiscal_model.scenario.read import shipped_folder
from fiscal_model.standard.read import load_standard
from fiscal_model.workbook.report import part_paths

Tables = Callable[..., Path]
Call = Callable[..., tuple[int, str, str]]
CITY = ["primary_pupil", "昌吉市", 2024, 1000]
OTHER = ["primary_pupil", "阜康市", 2024, 100]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with inputs ``in`` and ``book.xlsx`` and a scenario ``mine.yaml`` on top
    of ``below.yaml``.
    """
    home = tmp_path / "home"
    write_tables(
        home / "in",
        {"beneficiaries": [CITY], "advances": [[11, "昌吉市", 2024, "central", "D1", 5]]},
    )
    book(home / "book.xlsx", CITY)
    (home / "below.yaml").write_text(
        "name: below\nrates: [{line: pubfund_primary, from: 2024, rate: 700}]\n", encoding="utf-8"
    )
    (home / "mine.yaml").write_text(
        "name: mine\nextends: below\nrates: [{line: textbook_primary, from: 2024, rate: 110}]\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(home)
    return home


def book(path: Path, *rows: Sequence[Any]) -> Path:
    """A workbook of beneficiaries."""
    written = openpyxl.Workbook()
    written.active.title = "beneficiaries"
    for row in (["beneficiary", "place", "year", "count"], *rows):
        written.active.append(row)
    written.save(path)
    return path


def state(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, and what it holds."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# Output over input

COMMANDS = {
    "run": ["run", "as_written", "--inputs", "in", "-o", "in/beneficiaries.csv"],
    "run to Parquet": ["run", "as_written", "--inputs", "in", "-o", "in/new.parquet"],
    "run to netCDF": ["run", "as_written", "--inputs", "in", "-o", "in/new.nc"],
    "compare": [
        "compare",
        "as_written",
        "mine.yaml",
        "--inputs",
        "in",
        "-o",
        "in/beneficiaries.csv",
    ],
    "brief": ["brief", "as_written", "mine.yaml", "--inputs", "in", "-o", "in/note.docx"],
    "readings": ["readings", "as_written", "--inputs", "in", "-o", "in/advances.csv"],
    "sensitivity": ["sensitivity", "as_written", "--inputs", "in", "-o", "in/beneficiaries.csv"],
    "report": ["report", "as_written", "--inputs", "book.xlsx", "-o", "book.xlsx"],
    "report into a folder": ["report", "as_written", "--inputs", "in", "-o", "in/report.xlsx"],
    "report by prefecture into a folder": [
        "report",
        "as_written",
        "--inputs",
        "in",
        "--split-by",
        "prefecture",
        "-o",
        "in/report.xlsx",
    ],
    "allotment": [
        "allotment",
        "as_written",
        "--year",
        "2024",
        "--inputs",
        "book.xlsx",
        "-o",
        "book.xlsx",
    ],
    "settlement": [
        "allotment",
        "as_written",
        "--year",
        "2024",
        "--inputs",
        "in",
        "--actual",
        "book.xlsx",
        "-o",
        "book.xlsx",
    ],
    "settlement into a folder": [
        "allotment",
        "as_written",
        "--year",
        "2024",
        "--inputs",
        "book.xlsx",
        "--actual",
        "in",
        "-o",
        "in/a.xlsx",
    ],
    "the second inputs": [
        "run",
        "as_written",
        "--inputs",
        "book.xlsx",
        "--inputs",
        "in",
        "-o",
        "in/beneficiaries.csv",
    ],
    "a folder below": ["run", "as_written", "--inputs", "in", "-o", "in/sub/new.csv"],
    "another spelling": [
        "run",
        "as_written",
        "--inputs",
        "in",
        "-o",
        "in/sub/../beneficiaries.csv",
    ],
    "inputs by another spelling": [
        "run",
        "as_written",
        "--inputs",
        "in/sub/..",
        "-o",
        "in/beneficiaries.csv",
    ],
    "a symbolic link": ["run", "as_written", "--inputs", "in", "-o", "soft.csv"],
    "a hard link": ["run", "as_written", "--inputs", "in", "-o", "hard.csv"],
    "a link to a folder": ["run", "as_written", "--inputs", "in", "-o", "linked/new.csv"],
    "inputs through a link": ["run", "as_written", "--inputs", "linked", "-o", "in/new.csv"],
    "a link out of a folder": ["run", "as_written", "--inputs", "in", "-o", "in/outward.csv"],
    "where a link in a folder leads": [
        "run",
        "as_written",
        "--inputs",
        "in",
        "-o",
        "rates-elsewhere.csv",
    ],
    "a link to nothing yet": ["run", "as_written", "--inputs", "in", "-o", "dangling.csv"],
}


@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize("absolute", [False, True])
def test_no_command_writes_over_or_beside_its_inputs(
    arguments: Sequence[str],
    absolute: bool,
    call: Call,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Refused before any work: the data stand as they were, nothing is beside them, and no
    simulation was made.
    """
    (home / "in" / "sub").mkdir()
    (home / "soft.csv").symlink_to("in/beneficiaries.csv")
    (home / "hard.csv").hardlink_to("in/beneficiaries.csv")
    (home / "linked").symlink_to("in")
    write_tables(home, {"rates": [["farm_reading_room", "昌吉市", 2024, 1]]})
    (home / "rates.csv").rename(home / "rates-elsewhere.csv")
    (home / "in" / "rates.csv").symlink_to(home / "rates-elsewhere.csv")
    (home / "in" / "outward.csv").symlink_to(home / "nowhere.csv")
    (home / "dangling.csv").symlink_to("in/new.csv")
    before = state(home)
    for user in ("decompose", "partial", "readings"):  # or they keep what is patched here
        import_module(f"fiscal_model.analysis.{user}")
    monkeypatch.setattr(
        "fiscal_model.run.simulated", lambda *_: pytest.fail("simulated before refusing")
    )
    *words, target = arguments
    code, out, err = call(*words, home / target if absolute else target)
    assert (code, out) == (1, "")
    assert Path(target).name.split(".")[0] in err
    assert "Traceback" not in err
    assert state(home) == before
    assert call("--lang", "en", *words, target)[2].isascii()


def test_a_name_in_other_capitals_is_the_same_file_where_the_system_says_so(
    call: Call, home: Path
) -> None:
    """On a system that tells capitals apart it is another file in the folder, and refused as
    that.
    """
    code, _, err = call(
        "run",
        "as_written",
        "--inputs",
        "in",
        "-o",
        "IN/Beneficiaries.csv" if (home / "IN").exists() else "in/Beneficiaries.csv",
    )
    assert code == 1
    assert "eneficiaries.csv" in err
    assert set(state(home / "in")) == {"advances.csv", "beneficiaries.csv"}


@pytest.mark.parametrize("target", ["mine.csv", "below.csv"])
def test_no_scenario_file_of_the_chain_is_replaced(target: str, call: Call, home: Path) -> None:
    """By a link of a name that a command may write to; the file named, and the one that it
    extends.
    """
    (home / target).symlink_to(Path(target).with_suffix(".yaml"))
    before = state(home)
    for words in (
        ["run", "mine.yaml"],
        ["compare", "as_written", "mine.yaml"],
        ["sensitivity", "mine.yaml"],
        ["readings", "mine.yaml"],
    ):
        code, out, err = call(*words, "--inputs", "in", "-o", target)
        assert (code, out) == (1, "")
        assert str(Path(target).with_suffix(".yaml")) in err
    assert state(home) == before


def test_no_file_of_a_standard_beside_a_scenario_is_replaced(call: Call, home: Path) -> None:
    shutil.copytree(Path(__file__).parent / "editions", home / "editions")
    before = state(home)
    data = write_tables(home / "far", {"beneficiaries": [["hostel_pupil", "H11", 2031, 1]]})
    code, _, err = call(
        "run", "editions/highland.yaml", "--inputs", data, "-o", "editions/highland_2030/places.csv"
    )
    assert code == 1
    assert "places.csv" in err
    assert {
        name: content for name, content in state(home).items() if not name.startswith("far")
    } == before


def test_no_workbook_of_a_report_by_prefecture_replaces_what_is_read(
    call: Call, home: Path
) -> None:
    """The inputs have the name that the workbook of 昌吉州 would get; that of the other language is
    free.
    """
    target = next(
        path for path in part_paths(Path("r.xlsx"), load_standard(), "zh") if "652300" in path.name
    )
    shutil.move(home / "book.xlsx", home / target)
    before = state(home)
    words = [
        "report",
        "as_written",
        "--inputs",
        str(target),
        "--split-by",
        "prefecture",
        "-o",
        "r.xlsx",
    ]
    code, out, err = call(*words)
    assert (code, out) == (1, "")
    assert str(target) in err
    assert state(home) == before
    assert call("--lang", "en", *words)[0] == 0


@pytest.mark.parametrize(
    "folder",
    [EMBEDDED / "xinjiang_2021", PACKAGE, shipped_folder()],
    ids=["data", "package", "scenarios"],
)
def test_what_comes_with_the_program_is_never_replaced(
    folder: Path, call: Call, home: Path, tmp_path: Path
) -> None:
    """By a link, so that a failure of this test destroys nothing."""
    (copied := tmp_path / "copy").mkdir()
    name = next(path.name for path in sorted(folder.iterdir()) if path.is_file())
    before = (folder / name).read_bytes()
    (home / "out.csv").symlink_to(folder / name)
    for words in (
        ["run", "as_written", "--inputs", "in"],
        ["run", "as_written", "--years", "2024"],
    ):
        code, _, err = call(*words, "-o", "out.csv")
        assert (code, "out.csv" in err) == (1, True)
    assert (home / "out.csv").is_symlink()
    assert (folder / name).read_bytes() == before
    assert call("run", "as_written", "--inputs", "in", "-o", copied / "out.csv")[0] == 0


def test_nothing_is_written_into_the_package(call: Call) -> None:
    code, _, _ = call(
        "run", "as_written", "--inputs", "in", "-o", PACKAGE / "inputs" / "embedded" / "trial.csv"
    )
    assert code == 1
    assert not (PACKAGE / "inputs" / "embedded" / "trial.csv").exists()


def test_the_methods_of_python_refuse_alike(home: Path) -> None:
    """A budget knows its files wherever the session has moved to since."""
    budget = fm.simulate("mine.yaml", ["in", "book.xlsx"][:1], 2024)
    on_book = fm.simulate("as_written", "book.xlsx", 2024)
    plan = fm.allotment(on_book, 2024)
    before = state(home)
    (home / "away").mkdir()
    os.chdir(home / "away")
    (home / "away" / "x.csv").symlink_to(home / "below.yaml")
    writers: list[Callable[[], object]] = [
        lambda: budget.to_csv(home / "in" / "beneficiaries.csv"),
        lambda: budget.to_csv("x.csv"),
        lambda: budget.sel(item=11).to_csv(home / "in" / "beneficiaries.csv"),
        lambda: budget.to_parquet(home / "in" / "new.parquet"),
        lambda: budget.to_netcdf(home / "in" / "new.nc"),
        lambda: budget.to_excel(home / "in" / "new.xlsx"),
        lambda: on_book.to_excel(home / "book.xlsx"),
        lambda: plan.to_excel(home / "book.xlsx"),
        lambda: fm.settlement(fm.allotment(budget, 2024), on_book).to_excel(
            home / "in" / "new.xlsx"
        ),
        lambda: fm.settlement(fm.allotment(budget, 2024), on_book).to_excel(home / "book.xlsx"),
    ]
    for write in writers:
        with pytest.raises(fm.FiscalModelError):
            write()
    (home / "away" / "x.csv").unlink()
    assert state(home) == before


def test_the_explorer_saves_nothing_into_a_folder_of_inputs(home: Path) -> None:
    study = Study(home / "in")
    changed = Choice("as_written", (11,), 2024, 2024, 2024, moves={"share:11:central": 0.9})
    for write in (study.save, study.workbook):
        with pytest.raises(fm.FiscalModelError, match="in"):
            write(changed, home / "in")
    assert set(state(home / "in")) == {"advances.csv", "beneficiaries.csv"}


def test_what_was_not_read_may_be_replaced(call: Call, home: Path) -> None:
    (home / "out.csv").write_text("old", encoding="utf-8")
    write_tables(home / "other", {"beneficiaries": [OTHER]})
    assert call("run", "as_written", "--inputs", "in", "-o", "out.csv")[0] == 0
    assert call("run", "as_written", "--inputs", "in", "-o", "other/out.csv")[0] == 0
    assert call("run", "as_written", "--inputs", "book.xlsx", "-o", "in/results.csv")[0] == 0


def test_a_filled_template_is_not_replaced_unless_it_is_said(call: Call, home: Path) -> None:
    before = (home / "book.xlsx").read_bytes()
    code, out, err = call("template", "--items", "11", "-o", "book.xlsx")
    assert (code, out) == (1, "")
    assert "--force" in err
    with pytest.raises(fm.FiscalModelError, match="force=True"):
        fm.template("book.xlsx", 11)
    assert (home / "book.xlsx").read_bytes() == before
    assert call("template", "--items", "11", "-o", "book.xlsx", "--force")[0] == 0
    assert (home / "book.xlsx").read_bytes() != before
    (home / "link.xlsx").symlink_to("nowhere.xlsx")
    assert call("template", "--items", "11", "-o", "link.xlsx")[0] == 1


# Several inputs


def cost(*inputs: Path | str) -> float:
    return float(fm.simulate("as_written", list(inputs), 2024).cost.sum())


def test_several_inputs_are_one_data_set(tables: Tables) -> None:
    """1,000 pupils of one file and 100 of the other at 650 + 105 yuan: 755,000 + 75,500 = 830,500,
    in whatever order.
    """
    one, other = tables(beneficiaries=[CITY]), tables(beneficiaries=[OTHER])
    assert cost(one, other) == cost(other, one) == 830_500
    both = tables(beneficiaries=[CITY, OTHER])
    digests = {
        fm.simulate("as_written", each).inputs.digest
        for each in ([one, other], [other, one], both, [both])
    }
    assert len(digests) == 1
    assert fm.simulate("as_written", one).inputs.digest not in digests


def test_the_name_of_several_inputs_holds_them_all(tables: Tables) -> None:
    folders = [
        tables(beneficiaries=[["primary_pupil", place, 2024, 1]])
        for place in ("昌吉市", "阜康市", "呼图壁县", "玛纳斯县")
    ]
    inputs = fm.simulate("as_written", folders[:2]).inputs
    assert (inputs.name, inputs.title.en) == ("inputs1 + inputs2", "inputs1 + inputs2")
    assert fm.simulate("as_written", folders).inputs.title == (
        "inputs1 + inputs2 + inputs3 等 4 份",
        "inputs1 + inputs2 + inputs3 and 1 more",
    )


def test_tables_may_stand_in_different_files(tables: Tables, home: Path) -> None:
    """Counts in a workbook, base amounts in a folder: 100 pupils of 喀什地区, whose prefecture and
    county pay nothing above a base of 0.
    """
    counts = book(home / "counts.xlsx", ["primary_pupil", "喀什地区", 2024, 100])
    budget = fm.simulate("as_written", [counts, tables(bases_2015=[[11, "喀什地区", 0]])])
    assert budget.by("item", "payer").loc[11, "prefecture"] == 0


@pytest.mark.parametrize(
    "words",
    [
        ["run", "as_written", "-o", "out.csv"],
        ["report", "as_written", "-o", "out.xlsx"],
        ["compare", "as_written", "mine.yaml", "-o", "out.csv"],
        [
            "explain",
            "--scenario",
            "as_written",
            "--item",
            "11",
            "--place",
            "阜康市",
            "--year",
            "2024",
        ],
        ["sensitivity", "as_written"],
        [
            "solve",
            "as_written",
            "--vary",
            "rate:pubfund_primary",
            "--payer",
            "central",
            "--year",
            "2024",
            "--ceiling",
            "1",
        ],
        ["readings", "as_written"],
        ["ledger", "as_written"],
        ["allotment", "as_written", "--year", "2024", "-o", "out.xlsx"],
        ["brief", "as_written", "mine.yaml", "-o", "out.docx"],
    ],
    ids=lambda words: words[0],
)
def test_every_command_reads_all_inputs(
    words: Sequence[str], call: Call, home: Path, tables: Tables
) -> None:
    """What is printed for two files is what is printed for one with the rows of both, but for its
    name.
    """
    one, other, both = (tables(beneficiaries=rows) for rows in ([CITY], [OTHER], [CITY, OTHER]))
    together, apart = (
        call(*words, "--inputs", one, "--inputs", other),
        call(*words, "--inputs", both),
    )
    assert together[0] == apart[0] == 0
    told = [
        re.sub(r"[^ ：]*beneficiaries\.csv:\d+:\d+", "…", out) for out in (together[1], apart[1])
    ]
    assert told[0].replace(f"{one.name} + {other.name}", both.name) == told[1]


def test_actual_numbers_may_stand_in_several_files(call: Call, home: Path, tables: Tables) -> None:
    """1,100 pupils in fact, 1,000 by the plan: centre and region owe 100 × (520 + 39 + 94.50) =
    65,350 more.
    """
    plan, one, other = (tables(beneficiaries=[row]) for row in (CITY, CITY, OTHER))
    code, out, _ = call(
        "allotment",
        "as_written",
        "--year",
        "2024",
        "--inputs",
        plan,
        "--actual",
        one,
        "--actual",
        other,
        "-o",
        "a.xlsx",
    )
    assert code == 0
    assert "应补 65,350.00" in out


def test_rows_of_two_files_are_checked_together_and_both_are_named(tables: Tables) -> None:
    """One cell in both; a prefecture in one and its county in the other; a pair of benefits the
    other way round.
    """
    pair = [["age_80_89", "disability_care_recipient", "昌吉市", 2024, 1]]
    one = tables(
        beneficiaries=[
            CITY,
            ["junior_pupil", "昌吉回族自治州", 2024, 7],
            ["age_80_89", "昌吉市", 2024, 2],
        ],
        overlaps=pair,
    )
    other = tables(
        beneficiaries=[
            ["primary_pupil", "652301", 2024, 5],
            ["junior_pupil", "阜康市", 2024, 7],
            ["disability_care_recipient", "昌吉市", 2024, 2],
        ],
        overlaps=[[pair[0][1], pair[0][0], "昌吉市", 2024, 1]],
    )
    with pytest.raises(fm.FiscalModelError) as caught:
        fm.simulate("as_written", [one, other])
    for lang in ("zh", "en"):
        told = sorted(fault.to(lang) for fault in caught.value.faults)
        assert len(told) == 3
        for line, name, first, second in zip(
            told, ("beneficiaries",) * 2 + ("overlaps",), (2, 3, 2), (2, 3, 2), strict=True
        ):
            assert line.startswith(f"{other / name}.csv:{second}:")
            assert f"{one / name}.csv:{first}:" in line


def test_a_base_amount_of_one_file_is_held_against_counts_of_another(tables: Tables) -> None:
    """By county where the counts are for the prefecture: refused, as in one file."""
    counts, bases = (
        tables(beneficiaries=[["primary_pupil", "喀什地区", 2024, 100]]),
        tables(bases_2015=[[11, "喀什市", 5]]),
    )
    with pytest.raises(fm.FiscalModelError, match=r"bases_2015\.csv:2"):
        fm.simulate("as_written", [counts, bases])


def test_a_fault_of_each_file_is_told_with_its_name(tables: Tables) -> None:
    one, other = (
        tables(beneficiaries=[["primary_pupil", place, 2024, -1]]) for place in ("昌吉市", "阜康市")
    )
    with pytest.raises(fm.FiscalModelError) as caught:
        fm.simulate("as_written", [one, other, one.parent / "none"])
    assert {fault.where for fault in caught.value.faults} == {
        f"{one}/beneficiaries.csv:2:4",
        f"{other}/beneficiaries.csv:2:4",
        f"{one.parent}/none",
    }


def test_a_source_of_a_row_stays_its_own(tables: Tables) -> None:
    """Columns that only one of the files has: the other's rows have nothing in them."""
    one = tables(beneficiaries=[CITY])
    (one / "beneficiaries.csv").write_text(
        "beneficiary,place,year,count,source\nprimary_pupil,昌吉市,2024,1000,年报\n",
        encoding="utf-8",
    )
    rows = load_inputs([tables(beneficiaries=[OTHER]), one], load_standard()).tables[
        "beneficiaries"
    ]
    assert [rows.note(row, "source", "none") for row in range(2)] == ["none", "年报"]
    assert rows.at(1, "count") == f"{one}/beneficiaries.csv:2:4"


@pytest.mark.parametrize(
    "spelling", ["twice", "dots", "link", "file after folder", "folder after file", "hard link"]
)
def test_a_file_that_is_given_twice_is_read_once_and_told(spelling: str, home: Path) -> None:
    """1,000 pupils, 755,000 yuan: not 1,510,000, and no fault of double rows."""
    (home / "folder").mkdir()
    shutil.move(home / "book.xlsx", home / "folder" / "book.xlsx")
    (home / "link").symlink_to("folder")
    (home / "hard.xlsx").hardlink_to("folder/book.xlsx")
    pairs = {
        "twice": ["folder", "folder"],
        "dots": ["folder/book.xlsx", "folder/../folder/book.xlsx"],
        "link": ["folder", "link"],
        "file after folder": ["folder", "folder/book.xlsx"],
        "folder after file": ["folder/book.xlsx", "folder"],
        "hard link": ["hard.xlsx", "folder"],
    }
    first = "folder/book.xlsx" if spelling == "file after folder" else pairs[spelling][0]
    budget = fm.simulate("as_written", pairs[spelling])
    assert budget.cost.sum() == 755_000
    assert [
        warning.message.en for warning in budget.warnings if "read once" in warning.message.en
    ] == [f"is the same as {first}: read once"]


def test_a_copy_is_no_second_file_but_double_rows(home: Path) -> None:
    shutil.copy(home / "book.xlsx", home / "copy.xlsx")
    with pytest.raises(fm.FiscalModelError) as caught:
        fm.simulate("as_written", ["book.xlsx", "copy.xlsx"])
    assert "copy.xlsx!beneficiaries!A2" in str(caught.value)
    assert "book.xlsx!beneficiaries!A2" in str(caught.value)


def test_a_folder_may_hold_workbooks(home: Path) -> None:
    """Two workbooks and a CSV file: 1,000, 100 and 10 pupils at 755 yuan; what a program left of an
    open one is no workbook.
    """
    folder = write_tables(
        home / "mixed", {"beneficiaries": [["primary_pupil", "呼图壁县", 2024, 10]]}
    )
    book(folder / "a.xlsx", CITY)
    book(folder / "b.xlsx", OTHER)
    (folder / "~$b.xlsx").write_bytes(b"owner")
    assert cost(folder) == 1110 * 755


def test_no_inputs_are_no_embedded_data() -> None:
    with pytest.raises(fm.FiscalModelError, match="没有指明"):
        fm.simulate("as_written", [])


def test_results_on_several_files_are_those_on_one(tables: Tables) -> None:
    frames = [
        fm.simulate("baseline", inputs, 2024).to_dataframe()
        for inputs in (
            [tables(beneficiaries=[CITY]), tables(beneficiaries=[OTHER])],
            tables(beneficiaries=[CITY, OTHER]),
        )
    ]
    pd.testing.assert_frame_equal(*frames)
