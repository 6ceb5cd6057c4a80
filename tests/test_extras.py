"""The main install is small; what only some outputs need is an extra, named where it is missing."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

import fiscal_model as fm
from fiscal_model import extras, lab
from fiscal_model.extras import EXTRAS

Call = Callable[..., tuple[int, str, str]]
ROOT = Path(__file__).parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LARGEST = 240_000_000
"""Bytes of the main install, as unpacked, compiled files among them."""


def names(requirements: list[str]) -> set[str]:
    return {Requirement(each).name for each in requirements}


def test_an_extra_is_what_pyproject_says_and_no_part_of_the_main_install() -> None:
    optional = PROJECT["optional-dependencies"]
    for name, extra in EXTRAS.items():
        assert set(extra.libraries) <= names(optional[name])
        assert names(optional[name]) <= names(optional["test"])
        assert not set(extra.libraries) & names(PROJECT["dependencies"])


def needed(name: str, found: set[str]) -> set[str]:
    """What is installed with a library, itself among them."""
    if name in found:
        return found
    try:
        there = distribution(name)
    except PackageNotFoundError:
        return found
    found.add(there.metadata["Name"].lower())
    for each in map(Requirement, there.requires or ()):
        if each.marker is None or each.marker.evaluate({"extra": ""}):
            needed(each.name.lower(), found)
    return found


def test_the_main_install_is_small() -> None:
    found: set[str] = set()
    for each in names(PROJECT["dependencies"]):
        needed(each.lower(), found)
    assert {"numpy", "pandas", "xarray"} <= found
    files = [
        Path(str(file.locate())) for name in found for file in distribution(name).files or ()
    ] + [path for path in (ROOT / "fiscal_model").rglob("*") if "__pycache__" not in path.parts]
    assert sum(path.stat().st_size for path in files if path.is_file()) < LARGEST


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda name: None)


@pytest.mark.usefixtures("without")
@pytest.mark.parametrize(
    ("command", "file", "install"),
    [
        ("run", "r.parquet", "pip install pyarrow"),
        ("run", "r.nc", "pip install h5netcdf h5py"),
        ("brief", "n.docx", "pip install python-docx matplotlib"),
        ("brief", "n.html", "pip install matplotlib"),
    ],
)
def test_what_is_missing_is_said_in_one_line_and_nothing_is_written(
    call: Call, tmp_path: Path, command: str, file: str, install: str
) -> None:
    for lang, end in (("zh", "需要"), ("en", "need")):
        code, out, err = call(command, "baseline", "-o", tmp_path / file, "--lang", lang)
        assert (code, out, len(err.splitlines())) == (1, "", 1)
        assert f"python -m {install}" in err
        assert end in err
    assert not list(tmp_path.glob("[rn].*"))


@pytest.mark.parametrize("suffix", ["parquet", "nc"])
def test_a_file_of_results_is_not_read_without_its_library(
    suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    budget = fm.simulate("baseline", years=2022)
    path = tmp_path / f"r.{suffix}"
    write = budget.to_parquet if suffix == "parquet" else budget.to_netcdf
    write(path)
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    for refused in (lambda: fm.read_results(path), lambda: write(tmp_path / f"again.{suffix}")):
        with pytest.raises(fm.FiscalModelError, match="FM-not-installed"):
            refused()
    assert not (tmp_path / f"again.{suffix}").exists()
    budget.to_csv(tmp_path / "r.csv")
    again = fm.read_results(tmp_path / "r.csv")
    assert again.by("payer")["central"] == budget.by("payer")["central"]


@pytest.mark.usefixtures("without")
def test_the_explorer_and_lab_say_what_they_need(call: Call, tmp_path: Path) -> None:
    with pytest.raises(fm.FiscalModelError, match="pip install jupyterlab ipywidgets matplotlib"):
        fm.explore()
    code, _, err = call("lab", tmp_path / "lab")
    assert (code, len(err.splitlines())) == (1, 1)
    assert not (tmp_path / "lab").exists()


def test_jupyterlab_runs_for_root_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It refuses root unless it is told; it listens to this computer only."""
    for user, told in ((0, True), (1000, False)):
        monkeypatch.setattr(lab.os, "geteuid", lambda user=user: user, raising=False)
        assert ("--allow-root" in lab.command(tmp_path)) is told
        assert "--ServerApp.ip=127.0.0.1" in lab.command(tmp_path)


def test_without_any_extra_the_main_job_is_done_and_charts_say_what_they_need(
    tmp_path: Path,
) -> None:
    """In a process of its own, in which no library of an extra can be imported."""
    code = """
import sys
sys.modules.update(dict.fromkeys(sys.argv[1].split(",")))
import fiscal_model as fm
from fiscal_model.cli import main
assert main(["report", "--items", "11", "--years", "2024", "-o", "r.xlsx"]) == 0
assert main(["compare", "baseline", "end_2015_base", "-o", "c.csv"]) == 0
budget = fm.simulate("baseline", years=2024)
for each in (budget, fm.compare("baseline", "central_9_1", years=2024)):
    try:
        each.plot
    except fm.FiscalModelError as error:
        print(error)
"""
    modules = ",".join({name for each in EXTRAS.values() for name in each.libraries.values()})
    done = subprocess.run(
        [sys.executable, "-c", code, modules], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("pip install matplotlib") == 2
    assert {path.name for path in tmp_path.iterdir()} == {"r.xlsx", "c.csv"}
