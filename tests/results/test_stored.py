"""Results read back from the files that they were written to."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from conftest import write_tables
from told_worlds import world

import fiscal_model as fm
from fiscal_model.results.stored import SUFFIXES

Tables = Callable[..., Path]
Write = Callable[..., Path]


def written(budget: fm.Budget, path: Path) -> Path:
    {".csv": budget.to_csv, ".parquet": budget.to_parquet, ".nc": budget.to_netcdf}[path.suffix](
        path
    )
    return path


@pytest.fixture
def pupils(tables: Tables) -> fm.Budget:
    """100 primary pupils in Changji City: 65,000 yuan of item 11, of which central pays 52,000."""
    return fm.simulate("as_written", tables(beneficiaries=[["primary_pupil", "652301", 2023, 100]]))


# There and back


@pytest.mark.smoke
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_was_written_is_read(suffix: str, pupils: fm.Budget, tmp_path: Path) -> None:
    found = fm.read_results(written(pupils, tmp_path / f"last{suffix}"))
    assert found.by("item", "payer").loc[11, "central"] == 52_000
    assert (found.places, found.years, found.scenario_name) == (("652301",), (2023,), "as_written")
    assert f"last{suffix}（as_written） · 2023（万元）" in found.text("zh")
    assert "中央：2023年 5.20" in found.text("zh")


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("seed", range(6))
def test_every_amount_of_a_random_world_comes_back(suffix: str, seed: int, tmp_path: Path) -> None:
    """To the last bit, by any dimension and account that a file knows; compared with itself nothing
    changes, and nothing is said of causes.
    """
    data = write_tables(tmp_path / "data", world(3 * seed, follows=True))
    budget = fm.simulate("baseline", data)
    path = written(budget, tmp_path / f"last{suffix}")
    found = fm.read_results(path)
    assert np.abs(found.amounts).sum() > 0
    for account in ("general", "insurance", "all"):
        wanted = budget.by("line", "place", "year", "payer", account=account).stack(
            ["place", "year", "payer"], future_stack=True
        )
        there = found.by("line", "place", "year", "payer", account=account).stack(
            ["place", "year", "payer"], future_stack=True
        )
        both = pd.concat([wanted, there], axis=1).fillna(0.0)
        assert (both[0] == both[1]).all()
    compared = fm.compare(path, budget)
    assert compared.groups == ()
    assert list(compared.to_dataframe("item")) == ["a", "b", "change", "percent"]
    assert not compared.by("payer", "item", "place", "year", account="all")["change"].any()


def test_zeros_are_zeros_where_the_file_has_them(tables: Tables, tmp_path: Path) -> None:
    """No rooms in 2023: the netCDF file says 0, rows leave zeros out and so know nothing of it."""
    data = tables(
        beneficiaries=[["reading_room", "652301", 2022, 10], ["reading_room", "652301", 2023, 0]]
    )
    budget = fm.simulate("as_written", data)
    paths = [written(budget, tmp_path / f"last{suffix}") for suffix in (".nc", ".csv")]
    assert fm.read_results(paths[0]).by("year").to_dict() == {2022: 20_000, 2023: 0}
    assert fm.read_results(paths[1]).by("year").to_dict() == {2022: 20_000}


def test_a_part_is_compared_with_the_same_part_of_a_file(tables: Tables, tmp_path: Path) -> None:
    data = tables(
        beneficiaries=[["primary_pupil", place, 2023, 100] for place in ("652301", "650202")]
    )
    budget = fm.simulate("as_written", data)
    path = written(budget, tmp_path / "last.csv")
    found = fm.compare(budget.sel(item=11, place="652301", payer="central"), path)
    assert (
        found.by("place", "payer").loc[("652301", "central"), ["a", "b"]].tolist() == [52_000] * 2
    )
    assert found.by("payer")["b"].sum() == 52_000


def test_files_among_scenarios_have_no_causes_and_the_others_keep_theirs(
    pupils: fm.Budget, scenario: Write, tmp_path: Path
) -> None:
    """At 720 yuan central pays 57,600, 5,600 more, by the rate; of the file nobody knows why."""
    raised = scenario({"rates": [{"line": "pubfund_primary", "from": 2022, "rate": 720}]})
    found = fm.compare(pupils, written(pupils, tmp_path / "last.csv"), raised)
    assert found.decompositions[0] is None
    parts = found.parts("item", "payer")["rates"]
    assert parts[("trial", 11, "central")] == pytest.approx(5_600)
    assert np.isnan(parts[("last.csv", 11, "central")])
    assert "last.csv 是结果文件" in found.text("zh")
    for ask in (
        lambda: found.changed_inputs(),
        lambda: found.per_head("payer"),
        lambda: found.against("revenue", "place"),
    ):
        with pytest.raises(fm.FiscalModelError, match="FM-results-without-data"):
            ask()
    assert found.plot.fan("central", lang="zh").axes


def test_lines_that_a_scenario_adds_are_known_beside_it(
    tables: Tables, scenario: Write, tmp_path: Path
) -> None:
    """300 pupils in the new bus at 500 yuan cost 150,000. Alone the file has a line that the
    standard does not know.
    """
    bus = scenario(
        {
            "new": {
                "lines": [
                    {
                        "item": 11,
                        "line": "school_bus",
                        "name": "校车补助",
                        "beneficiary": "bus_pupil",
                        "per": "年",
                        "accrual": "calendar_year",
                        "rates": [{"rate": 500, "from": 2021, "source": "方案"}],
                    }
                ],
                "beneficiaries": {
                    "bus_pupil": {"zh": "乘校车学生", "en": "bus pupils", "unit": "人"}
                },
            }
        }
    )
    data = tables(beneficiaries=[["bus_pupil", "652301", 2023, 300]])
    path = written(fm.simulate(bus, data), tmp_path / "last.csv")
    found = fm.compare(path, bus, inputs=data).by("line")
    assert found.loc["school_bus", ["a", "b", "change"]].tolist() == [150_000, 150_000, 0]
    with pytest.raises(
        fm.FiscalModelError, match=r"last\.csv:2:4: FM-results-code-unknown .*school"
    ):
        fm.read_results(path)


# What is refused


ROW = "as_written,2023,11,pubfund_primary,652301,central,52000.0"
HEAD = "scenario,year,item,line,place,payer,amount"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (ROW.replace("2023", "20x3"), ":3:2: FM-results-year-wrong"),
        (ROW.replace("2023", "1889"), ":3:2: FM-results-year-wrong"),
        (ROW.replace(",11,", ",eleven,"), ":3:3: FM-results-item-wrong"),
        (ROW.replace(",11,", ",12,"), ":3:3: FM-results-item-of-line"),
        (ROW.replace("pubfund_primary", "pubfund_primry"), ":3:4: FM-results-code-unknown"),
        (ROW.replace("652301", "652399"), ":3:5: FM-results-code-unknown"),
        (ROW.replace("central", "centre"), ":3:6: FM-results-code-unknown"),
        (ROW.replace("52000.0", "5万"), ":3:7: FM-results-amount-wrong"),
        (ROW.replace("52000.0", "nan"), ":3:7: FM-results-amount-wrong"),
        (ROW.replace("as_written", "baseline"), ":3:1: FM-results-of-several"),
        (ROW.replace("region", "central"), ":3:4: FM-results-row-twice"),
        ("as_written,2023,11", ":3:3: FM-results-row-cut"),
        ('as_written,2023,11,"pubfund', ":3:1: FM-csv-malformed"),
    ],
)
def test_a_row_that_is_not_a_result_is_refused_where_it_stands(
    row: str, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "last.csv"
    path.write_text(f"{HEAD}\n{ROW}\n{row}\n", encoding="utf-8")
    with pytest.raises(fm.FiscalModelError) as refused:
        fm.read_results(path)
    assert f"{path}{said}" in str(refused.value)


def test_all_faults_of_a_file_come_at_once(tmp_path: Path) -> None:
    path = tmp_path / "last.csv"
    rows = [ROW.replace("central", "centre"), ROW.replace("652301", "1"), "cut,off"]
    path.write_text("\n".join([HEAD, *rows, ROW, ""]), encoding="utf-8")
    with pytest.raises(fm.FiscalModelError) as refused:
        fm.read_results(path)
    assert [fault.where for fault in refused.value.faults] == [
        f"{path}:2:6",
        f"{path}:3:5",
        f"{path}:4:2",
    ]


def test_columns_may_stand_in_any_order_and_be_no_others(tmp_path: Path) -> None:
    """As a spreadsheet saves them: with a mark, and in another order."""
    path = tmp_path / "last.csv"
    turned = "\n".join(",".join(line.split(",")[::-1]) for line in (HEAD, ROW))
    path.write_text(f"{turned}\n", encoding="utf-8-sig")
    assert fm.read_results(path).by("payer")["central"] == 52_000
    for heads in (HEAD.replace("payer", "level"), f"{HEAD},note", ""):
        path.write_text(f"{heads}\n{ROW}\n", encoding="utf-8")
        with pytest.raises(fm.FiscalModelError, match=r"last\.csv:1: FM-results-columns"):
            fm.read_results(path)
    path.write_text(f"{HEAD}\n", encoding="utf-8")
    with pytest.raises(fm.FiscalModelError, match="FM-results-empty"):
        fm.read_results(path)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_that_is_cut_off_or_is_none_is_refused(
    suffix: str, pupils: fm.Budget, tmp_path: Path
) -> None:
    """Cut at any of 20 lengths, within its rows: the fault names the file."""
    path = written(pupils, tmp_path / f"last{suffix}")
    whole, rng = path.read_bytes(), random.Random(1)
    for length in rng.sample([n for n in range(len(whole)) if whole[n - 1 : n] != b"\n"], 20):
        path.write_bytes(whole[:length])
        with pytest.raises(fm.FiscalModelError, match=f"last{suffix}"):
            fm.read_results(path)
    with pytest.raises(fm.FiscalModelError, match="FM-results-not-there"):
        fm.read_results(tmp_path / f"none{suffix}")
    with pytest.raises(fm.FiscalModelError, match="FM-results-format-unknown"):
        fm.read_results(tmp_path / "report.xlsx")


def test_rows_of_parquet_are_named_by_number(pupils: fm.Budget, tmp_path: Path) -> None:
    frame = pupils.to_dataframe()
    frame.loc[2, "line"] = "pubfund"
    frame.to_parquet(tmp_path / "last.parquet")
    with pytest.raises(fm.FiscalModelError, match=r"last\.parquet:3:4: FM-results-code-unknown"):
        fm.read_results(tmp_path / "last.parquet")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda data: data.assign_coords(line=["x", *data["line"].values[1:]]),
            "line[0]: FM-results-code",
        ),
        (lambda data: data.assign_coords(year=[1900]), "year[0]: FM-results-year-wrong"),
        (lambda data: data.assign_attrs(standard="hunan_2020"), "FM-results-other-standard"),
        (lambda data: data.drop_vars("item"), "FM-results-lacking"),
        (lambda data: data.isel(place=0), "FM-results-lacking"),
        (lambda data: data.isel(place=[0, 0]), "place[1]: FM-results-label-twice"),
        (
            lambda data: data.assign(amount=data["amount"].assign_attrs(units="万元")),
            "FM-results-unit",
        ),
        (lambda data: data.assign(amount=data["amount"] * np.inf), "FM-results-"),
    ],
)
def test_a_dataset_that_is_not_a_result_is_refused(
    change: Callable[[Any], xr.Dataset], said: str, pupils: fm.Budget, tmp_path: Path
) -> None:
    path = tmp_path / "last.nc"
    change(pupils.dataset).to_netcdf(path, engine="h5netcdf")
    with pytest.raises(fm.FiscalModelError) as refused:
        fm.read_results(path)
    assert said in str(refused.value)


def test_no_output_replaces_a_file_that_was_compared(pupils: fm.Budget, tmp_path: Path) -> None:
    path = written(pupils, tmp_path / "last.csv")
    assert path in fm.read_results(path).read.files
