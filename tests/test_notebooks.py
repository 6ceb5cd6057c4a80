"""The notebooks: stripped sources that run from top to bottom without a warning; the folder to work
in; results that print themselves.
"""

from __future__ import annotations

import base64
import csv
import importlib
import inspect
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from html import escape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import build_notebooks
import nbconvert
import nbformat
import pytest
from nbclient import NotebookClient

import fiscal_model as fm
from fiscal_model import lab, progress
from fiscal_model.blocks import Heading, Paragraph
from fiscal_model.cli import main
from fiscal_model.progress import watched

Tables = Callable[..., Path]
TOPICS = (
    "01_first_run",
    "02_one_item_explained",
    "03_your_own_data",
    "04_a_reform",
    "05_projection_2035",
    "06_readings_of_the_law",
    "07_sensitivity",
    "08_allotment",
    "09_options_for_the_leadership",
    "10_counties_and_months",
)
NAMES = tuple(f"{topic}{suffix}" for topic in TOPICS for suffix in ("", "_en"))
WIDGET = "application/vnd.jupyter.widget-view+json"
PRINTED = 90
"""How many letters of a table stand side by side on a printed page."""


def source(name: str) -> dict[str, Any]:
    """A notebook as it is stored."""
    path = next(path for path in lab.shipped_notebooks() if path.stem == name)
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def executed(name: str, folder: Path, after: str = "", allow_errors: bool = False) -> list[Any]:
    """The cells of a notebook, run in a folder with warnings as errors; ``after`` is run in the
    end, and its cell comes last.
    """
    notebook = nbformat.reads(json.dumps(source(name)), 4)
    notebook.cells.insert(
        0, nbformat.v4.new_code_cell("import warnings\nwarnings.simplefilter('error')")
    )
    notebook.cells.append(nbformat.v4.new_code_cell(after))
    NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        allow_errors=allow_errors,
        resources={"metadata": {"path": str(folder)}},
    ).execute()
    return list(notebook.cells[1:])


def outputs(cell: Any) -> list[Any]:
    """The outputs of a cell."""
    return list(cell.get("outputs", []))


def answer(cell: Any) -> Any:
    """What a cell evaluates to, as JSON."""
    return json.loads(outputs(cell)[-1]["data"]["text/plain"].strip("'"))


RUN_BELOW = ("01_first_run", "03_your_own_data", "04_a_reform", "08_allotment", "07_sensitivity")
"""Notebooks that other tests run."""


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel has its own files to write."""
    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")


# Sources


def test_the_notebooks_are_these() -> None:
    assert tuple(path.stem for path in lab.shipped_notebooks()) == NAMES
    project = Path(lab.__file__).parents[1]
    shipped = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = shipped["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["force-include"]["notebooks"] == "fiscal_model/notebooks"
    strangers = [path for path in (project / "notebooks").iterdir() if path.suffix != ".ipynb"]
    names = [path.name for path in strangers if not path.name.startswith(".")]
    assert names == ["images"]  # those of the README


def test_every_notebook_is_built_from_the_source_of_both_languages() -> None:
    """So that the two never drift apart: their code is the same but for what stands in ⟦zh|en⟧."""
    built = dict(build_notebooks.build())
    assert {
        path.name: path.read_text(encoding="utf-8") for path in lab.shipped_notebooks()
    } == built
    for topic in TOPICS:
        chinese, english = (source(f"{topic}{suffix}")["cells"] for suffix in ("", "_en"))
        kinds = [[cell["cell_type"] for cell in cells] for cells in (chinese, english)]
        assert kinds[0] == kinds[1]
        for cell in english:
            assert not re.search("[\u4e00-\u9fff⟦]", "".join(cell["source"])), topic
        text = "".join("".join(cell["source"]) for cell in chinese)
        assert "⟦" not in text
        assert "**问题**" in text


@pytest.mark.parametrize("suffix", ["", "_en"])
def test_every_notebook_leads_to_the_next_and_the_last_to_the_first(suffix: str) -> None:
    for topic, other in zip(TOPICS, (*TOPICS[1:], TOPICS[0]), strict=True):
        last = "".join(source(f"{topic}{suffix}")["cells"][-1]["source"])
        title = "".join(source(f"{other}{suffix}")["cells"][0]["source"]).splitlines()[0]
        assert f"[{title.removeprefix('# ')}]({other}{suffix}.ipynb)" in last


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_keeps_to_one_unit(name: str) -> None:
    """Every chart is in 10,000 yuan, as results print themselves; tables are in it or say yuan."""
    code = "\n".join(
        "".join(cell["source"]) for cell in source(name)["cells"] if cell["cell_type"] == "code"
    )
    charts = re.findall(r"\.plot\.\w+\((.*)\)", code)
    assert all('unit="wan"' in arguments for arguments in charts)
    first = "".join(source(name)["cells"][0]["source"])
    assert ("**10,000 yuan**" if name.endswith("_en") else "**万元**") in first


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_is_stored_without_results(name: str) -> None:
    found = source(name)
    nbformat.validate(found)
    assert [cell["id"] for cell in found["cells"]] == [
        f"cell-{number:02}" for number in range(1, len(found["cells"]) + 1)
    ]
    for cell in found["cells"]:
        assert cell["metadata"] == {}
        if cell["cell_type"] == "code":
            assert (cell["outputs"], cell["execution_count"]) == ([], None)
    assert set(found["metadata"]) == {"kernelspec", "language_info"}


# Runs


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.slow] if name.endswith("_en") else [])
        for name in NAMES
        if name not in RUN_BELOW
    ],
)
def test_a_notebook_runs_and_shows_what_it_says(name: str, tmp_path: Path) -> None:
    shown(executed(name, tmp_path), name)


def shown(cells: list[Any], name: str) -> None:
    """That a notebook which ran shows a chart or a table in its last cell of code, each chart with
    dots to spare, tables that fit a printed page, and its own language.
    """
    ran = [cell for cell in cells[:-1] if cell.cell_type == "code"]
    assert {"image/png", "text/html"} & set(outputs(ran[-1])[-1]["data"])
    for output in (each for cell in ran for each in outputs(cell)):
        assert output["output_type"] != "stream" or output["name"] == "stdout"
        data = output.get("data", {})
        if "image/png" in data:
            width = int.from_bytes(base64.b64decode(data["image/png"])[16:20])
            assert width == 2 * output["metadata"]["image/png"]["width"]
        for row in cells_of(data.get("text/html", "")) if "dataframe" in str(data) else ():
            assert sum(map(len, row)) <= PRINTED, row
    if name.endswith("_en"):
        assert "zh" not in "".join("".join(cell["source"]) for cell in ran)


def test_the_first_notebook_gives_the_figures_of_the_command_line(tmp_path: Path) -> None:
    total = "budget.by('payer')[['central', 'region']].round(2).to_json()"
    cells = executed("01_first_run", tmp_path, total)
    shown(cells, "01_first_run")
    assert_read_without_a_kernel(cells)
    said = " ".join(str(each["data"]) for cell in cells for each in outputs(cell))
    for word in ("central_9_1", "喀什地区", "文化", "人口", "人数"):
        assert word in said
    assert main(["run", "baseline", "-o", str(tmp_path / "cli.csv")]) == 0
    assert (tmp_path / "results.csv").read_bytes() == (tmp_path / "cli.csv").read_bytes()
    with (tmp_path / "cli.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for payer, yuan in answer(cells[-1]).items():
        assert yuan == pytest.approx(
            sum(float(row["amount"]) for row in rows if row["payer"] == payer), abs=0.01
        )


def test_own_data_give_what_the_text_says(tmp_path: Path) -> None:
    """1,000 × 650 + 500 × 850 + 200 × 200 = 1,115,000 yuan, of which the centre pays 8/10 (item
    11): 892,000.
    """
    cells = executed("03_your_own_data", tmp_path, "text_only.by('payer').to_json()")
    shown(cells, "03_your_own_data")
    assert answer(cells[-1])["central"] == pytest.approx(892_000)
    assert (
        main(
            [
                "run",
                "as_written",
                "--inputs",
                str(tmp_path / "my-data.xlsx"),
                "-o",
                str(tmp_path / "out.csv"),
            ]
        )
        == 0
    )


def test_the_allotment_gives_what_the_text_says(tmp_path: Path) -> None:
    """Item 11 for 阜康市: 100 × 650 × 2/10 × 3/10 = 3,900 yuan from the region, 5,000 paid: 1,100
    are carried over. 20 pupils more in 昌吉市: 10,400 from the centre.
    """
    carried = "plan.totals('item', 'place', 'payer').loc[(11, '652302', 'region'), 'carried']"
    supplement = "settled.totals('place', 'payer').loc[('652301', 'central'), 'supplement']"
    found = answer(
        executed("08_allotment", tmp_path, f"str([float({carried}), float({supplement})])")[-1]
    )
    assert found == [1_100, 10_400]
    assert (tmp_path / "2024年资金分配表.xlsx").exists()


def test_the_reform_gives_the_change_of_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = executed("04_a_reform", tmp_path, "compared.by('payer')['change'].to_json()")
    shown(cells, "04_a_reform")
    changes = answer(cells[-1])
    assert abs(changes["region"]) > 1e6
    assert main(["compare", "baseline", str(tmp_path / "my_reform.yaml")]) == 0
    assert f"{changes['region'] / 1e4:+,.2f}" in capsys.readouterr().out


def assert_read_without_a_kernel(cells: list[Any]) -> None:
    """A notebook with the explorer, read where no kernel runs: what the widgets showed stands
    below them as a picture and tables, in the notebook as it is saved and in the page that nbconvert
    makes of it, whether the state of widgets was kept or not.
    """
    (live,) = (each for cell in cells for each in outputs(cell) if WIDGET in each.get("data", {}))
    assert live["data"]["text/html"]
    (at,) = (cell for cell in cells if live in outputs(cell))
    still = outputs(at)[-1]["data"]["text/html"]
    assert "data:image/png;base64," in still
    assert "<table" in still
    notebook = nbformat.v4.new_notebook(cells=[at])
    page, _ = nbconvert.HTMLExporter().from_notebook_node(notebook)
    assert "data:image/png;base64," in page
    assert "HBox(" not in page


def test_the_explorer_hides_its_page_while_its_widgets_are_alive() -> None:
    """The style stands in a widget: where none lives, nothing hides the page."""
    explorer = fm.explore()
    page = explorer._page()
    (name,) = re.findall(r'<div class="(fiscal-model-\w+)">', page)
    assert f"<style>.{name} {{display: none}}</style>" in explorer.box.children[0].value
    assert name not in str(explorer._repr_mimebundle_())


def test_long_work_leaves_no_progress_bar_behind(tmp_path: Path) -> None:
    """07 moves some hundred assumptions. Its bar is shown while they move, and is empty in the
    notebook that is saved; so it is when the work is broken off.
    """
    broken = """
from fiscal_model.progress import watched
from time import sleep
for step in watched(range(20)):
    sleep(0.05)
    if step == 15:
        raise KeyError(step)
"""
    cells = executed("07_sensitivity", tmp_path, broken, allow_errors=True)
    shown(cells, "07_sensitivity")
    said = json.dumps([outputs(cell) for cell in cells])
    assert "KeyError" in said
    assert "<progress" not in said
    assert WIDGET not in said
    assert "it/s" not in said


def test_a_bar_is_shown_while_somebody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bar each time that the pause is over, then nothing."""
    from IPython import display

    told: list[str] = []
    bar = SimpleNamespace(update=lambda html: told.append(html.data))
    monkeypatch.setattr(display, "display", lambda html, display_id: bar)
    monkeypatch.setattr(progress, "_in_notebook", lambda: True)
    monkeypatch.setattr(progress, "PAUSE", -1.0)
    assert list(watched(range(9))) == list(range(9))
    assert told[3] == '<progress max="9" value="3"></progress> 3/9'
    assert told[-1] == ""
    assert list(watched(iter(range(9)))) == list(range(9))
    assert told[-2:] == ["<progress></progress> 8", ""]


def test_a_fault_is_a_sentence_in_a_notebook(tmp_path: Path) -> None:
    """Every fault a line, no traceback; what is a fault of the program keeps its own."""
    code = 'import fiscal_model as fm\nfm.simulate("basline", {"persons": []})'
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(code), nbformat.v4.new_code_cell("1 / 0")]
    )
    NotebookClient(notebook, timeout=300, kernel_name="python3", allow_errors=True).execute()
    told, bug = (cell["outputs"][-1] for cell in notebook.cells)
    assert told["ename"] == "FiscalModelError"
    assert told["traceback"]
    assert all(line.startswith("FM-") or ": FM-" in line for line in told["traceback"])
    assert not any("Traceback" in line or ".py" in line for line in told["traceback"])
    assert len(bug["traceback"]) > 1


# The folder


def test_the_folder_is_filled_and_what_is_there_stays(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "lab"
    written = lab.fill(folder)
    assert [path.name for path in written] == [
        *(f"{name}.ipynb" for name in NAMES),
        "填报模板.xlsx",
    ]
    mine = folder / "02_one_item_explained.ipynb"
    mine.write_text("mine", encoding="utf-8")
    (folder / "07_sensitivity.ipynb").unlink()
    assert [path.name for path in lab.fill(folder)] == ["07_sensitivity.ipynb"]
    assert mine.read_text(encoding="utf-8") == "mine"


def test_a_file_in_the_way_of_the_folder_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "lab").write_text("", encoding="utf-8")
    with pytest.raises(fm.FiscalModelError, match="不是文件夹"):
        lab.fill(tmp_path / "lab")


def test_lab_opens_the_folder_on_this_computer_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run: list[list[str]] = []

    def running(command: list[str], env: dict[str, str]) -> Any:
        run.append(command)
        assert str(lab.SETTINGS) in env["JUPYTER_CONFIG_PATH"]
        return SimpleNamespace(wait=lambda: 0)

    monkeypatch.setattr(lab.subprocess, "Popen", running)
    assert main(["lab", str(tmp_path), "--no-browser", "--lang", "en"]) == 0
    assert "wrote" in capsys.readouterr().out
    assert {"--no-browser", "--ServerApp.ip=127.0.0.1", f"--ServerApp.root_dir={tmp_path}"} <= set(
        run[0]
    )
    assert (tmp_path / "input-template.xlsx").exists()


# Results print themselves


@pytest.fixture
def small(tables: Tables) -> Path:
    """Changji City: 10 reading rooms are 20,000 yuan unallocated in 2022, 1,000 pupils at 650 and
    105 yuan in 2023.
    """
    return tables(
        beneficiaries=[
            ["reading_room", "昌吉市", 2022, 10],
            ["primary_pupil", "昌吉市", 2023, 1000],
        ]
    )


def cells_of(html: str) -> list[list[str]]:
    """The rows of all tables."""
    return [
        re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall(r"<tr>(.*?)</tr>", html)
    ]


def test_a_budget_shows_its_first_and_last_year(small: Path) -> None:
    """The centre pays 8/10 of 650,000 yuan: 52.00 万元; textbooks (105,000) go 9:1 to region and
    prefecture: 3.9 + 9.45 and 9.1 + 1.05.
    """
    budget = fm.simulate("as_written", small)
    assert budget._repr_html_() == budget.html("zh")
    rows = cells_of(budget.html("en"))
    assert rows[0] == ["general public budget", "2022", "2023"]
    assert ["Central", "0.00", "52.00"] in rows
    assert ["Region", "0.00", "13.35"] in rows
    assert ["Prefecture and county", "0.00", "10.15"] in rows
    assert (
        "Unallocated (over all years, 10,000 yuan): 2.00, 3% of the general public budget"
        in budget.html("en")
    )
    assert "Illustrative" not in budget.html("en")
    assert "示例数据" in fm.simulate("as_written", years=2022).html()


def test_a_comparison_shows_changes_and_causes(small: Path, scenario: Callable[..., Path]) -> None:
    """A rate of 700 adds 50,000 yuan; the centre's 8/10 of it are 4.00 万元."""
    path = scenario({"title": "<b>涨</b>", "rates": [{"line": "pubfund_primary", "rate": 700}]})
    found = fm.compare("as_written", path, inputs=small)
    assert ["中央", "52.00", "56.00", "+4.00", "+4.00"] in cells_of(found._repr_html_())
    assert "&lt;b&gt;涨" in found.html()
    assert "<b>涨" not in found.html()


def test_a_ledger_and_a_sensitivity_show_themselves(small: Path) -> None:
    ledger = cells_of(fm.simulate("as_written", small).ledger.html("en"))
    assert len(ledger) == 81
    assert [row for row in ledger if row[0].startswith("Item 79")] or ledger[1][1]
    item_11 = next(row for row in ledger if row[0].startswith("Item 11:"))
    assert item_11[2:5] == ["general public budget", "65.00", "0.00"]
    rows = cells_of(fm.sensitivity("as_written", small)._repr_html_())
    assert ["中央", "低值", "", "高值", ""] in rows
    moved = next(row for row in rows if "小学生" in row[0])
    assert moved[1:] == ["×0.9", "-5.20", "×1.1", "+5.20"]


# Progress


RESULTS: dict[str, Callable[[Path], Any]] = {
    "budget": lambda data: fm.simulate("as_written", data),
    "selection": lambda data: fm.simulate("as_written", data).sel(item=11),
    "explanation": lambda data: fm.simulate("as_written", data).explain(11, "昌吉市", 2023),
    "ledger": lambda data: fm.simulate("as_written", data).ledger,
    "comparison": lambda data: fm.compare("as_written", "baseline", inputs=data, years=2023),
    "sensitivity": lambda data: fm.sensitivity("as_written", data),
    "solution": lambda data: fm.solve(
        "as_written", "share:11:central", payer="region", year=2023, ceiling=30_000, inputs=data
    ),
    "implied": lambda data: fm.implied(
        "pubfund_primary", "653131", 2024, "70.06万", "region", count=8000
    ),
    "readings": lambda data: fm.reading_spread("as_written", data),
    "allotment": lambda data: fm.allotment(fm.simulate("as_written", data), 2023),
    "change log": lambda data: fm.apply("baseline", data, 2023).log,
}


@pytest.mark.parametrize("name", RESULTS)
def test_every_result_shows_itself_in_text_and_html_in_the_language_set(
    tables: Tables, name: str
) -> None:
    result = RESULTS[name](tables(beneficiaries=[["primary_pupil", "昌吉市", 2023, 1000]]))
    chinese = re.compile("[\u4e00-\u9fff]")
    assert chinese.search(repr(result))
    assert chinese.search(result._repr_html_())
    fm.set_language("en")
    try:
        text, html = repr(result), result._repr_html_()
    finally:
        fm.set_language("zh")
    assert "<div" in html
    assert text != repr(result)
    words = [each.words for each in result.blocks("en") if type(each) in (Heading, Paragraph)]
    assert words
    assert [each for each in words if each not in text or escape(each) not in html] == []
    # the standard and documents are quoted in their own language
    quotes = re.compile(r"“[^”]*”|\[[^\]]*\]|[\u4e00-\u9fff]*(〔\d{4}〕\d+)?号")
    for shown in (text, html):
        assert not chinese.search(quotes.sub("", shown)), shown


PUBLIC = {
    "fiscal_model.blocks": ["Shown"],
    "fiscal_model.results.result": ["Result"],
    "fiscal_model.face": ["Budget"],
    "fiscal_model.analysis.compare": ["Comparison"],
    "fiscal_model.analysis.sensitivity": ["Sensitivity"],
    "fiscal_model.analysis.solve": ["Solution"],
    "fiscal_model.published.implied": ["Implied"],
    "fiscal_model.analysis.sources": ["Sources"],
    "fiscal_model.analysis.readings": ["ReadingSpread"],
    "fiscal_model.analysis.statement": ["Statement"],
    "fiscal_model.engine.applied": ["Applied"],
    "fiscal_model.engine.changes": ["ChangeLog"],
    "fiscal_model.explain": ["Explanation"],
    "fiscal_model.results.ledger": ["Ledger"],
    "fiscal_model.charts.of_results": [
        "ResultPlot",
        "ComparisonPlot",
        "SensitivityPlot",
    ],
    "fiscal_model.charts.axes": ["Chart"],
}
"""The classes of what public functions return."""


def test_every_public_function_and_method_is_used_as_a_user_would() -> None:
    used = "".join(
        path.read_text(encoding="utf-8")
        for path in [*lab.shipped_notebooks(), *Path(__file__).parent.rglob("test_*.py")]
    )
    names = {f"fm.{name}" for name in fm.__all__ if name != "__version__"}
    for module, classes in PUBLIC.items():
        for each in classes:
            methods = vars(getattr(importlib.import_module(module), each))
            names |= {
                f".{name}"
                for name, found in methods.items()
                if not name.startswith("_")
                and name != "set"  # matplotlib's, which it makes anew for every kind of axes
                and (callable(found) or isinstance(found, property))
            }
    assert [name for name in sorted(names) if not re.search(rf"{re.escape(name)}\b", used)] == []


@pytest.mark.parametrize(
    ("module", "each"), [(module, each) for module, classes in PUBLIC.items() for each in classes]
)
def test_every_public_method_says_what_it_does_and_its_types(module: str, each: str) -> None:
    for name, found in vars(getattr(importlib.import_module(module), each)).items():
        function = found.fget if isinstance(found, property) else getattr(found, "func", found)
        if not name.startswith("_") and name != "set" and inspect.isfunction(function):
            assert function.__doc__, f"{each}.{name}"
            parameters = [
                one
                for one in inspect.signature(function).parameters.values()
                if one.name not in ("self", "cls")
            ]
            assert all(one.annotation is not one.empty for one in parameters), f"{each}.{name}"
            assert inspect.signature(function).return_annotation is not inspect.Signature.empty, (
                f"{each}.{name}"
            )


def test_progress_is_silent_where_nobody_watches() -> None:
    steps = list(range(20))
    assert watched(steps) is steps


def test_progress_is_shown_in_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert list(watched(range(20))) == list(range(20))
    assert "20" in capsys.readouterr().err
    assert watched([1]) == [1]


def test_a_command_whose_output_is_no_terminal_says_nothing_more() -> None:
    command = [sys.executable, "-m", "fiscal_model", "sensitivity", "baseline", "--years", "2023"]
    done = subprocess.run(
        command, capture_output=True, check=True, env={**os.environ, "PYTHONWARNINGS": "error"}
    )
    told = done.stderr.decode().splitlines()
    assert all(line.startswith("提示：") for line in told), "no progress bar"


def test_after_ctrl_c_jupyterlab_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It asks whether to stop and ends its kernels: it is not killed meanwhile."""
    answers = iter([KeyboardInterrupt(), KeyboardInterrupt(), 0])

    def wait() -> int:
        answer = next(answers)
        if isinstance(answer, KeyboardInterrupt):
            raise answer
        return answer

    monkeypatch.setattr(
        lab.subprocess, "Popen", lambda *args, **options: SimpleNamespace(wait=wait)
    )
    assert lab.open_lab(tmp_path) == 0
    assert next(answers, None) is None
