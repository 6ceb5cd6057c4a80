"""A real browser opens JupyterLab, runs the first notebook and uses the explorer on a small screen.
Nothing is asked of any other computer.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit

import pytest

from fiscal_model import lab

SCREEN = {"width": 1366, "height": 768}
UNNAMED = re.compile(
    r"^\W*(combobox|listbox|slider|textbox|button|img)( \"\W*\"|:|$)", re.MULTILINE
)
"""A control without a name in what a screen reader is told."""
CELLS = "() => window.jupyterapp.shell.currentWidget.content.widgets.length"
CHROMIUM = shutil.which("chromium")
HERE = "127.0.0.1"
RUN_ALL = """async () => {
    const app = window.jupyterapp
    await app.restored
    const panel = app.shell.currentWidget
    await panel.context.ready
    await panel.sessionContext.ready
    await panel.sessionContext.session.kernel.info
    await app.commands.execute('notebook:run-all-cells')
}"""
"""A notebook that is told to run before its kernel answers loses the run."""


@dataclass
class Seen:
    """What a page asked for and complained of."""

    hosts: set[str]
    errors: list[str]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for all that JupyterLab keeps."""
    return tmp_path_factory.mktemp("jupyter")


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    """JupyterLab in a fresh folder, as ``fiscal-model lab --no-browser`` runs it."""
    folder, token = home / "lab", secrets.token_hex(16)
    lab.fill(folder)
    with socket.socket() as free:
        free.bind((HERE, 0))
        port = free.getsockname()[1]
    more = [
        f"--ServerApp.port={port}",
        f"--IdentityProvider.token={token}",
        "--LabApp.expose_app_in_browser=True",
        "--allow-root",
    ]
    own = {
        name: str(home / name.lower())
        for name in (
            "JUPYTER_CONFIG_DIR",
            "JUPYTER_RUNTIME_DIR",
            "JUPYTERLAB_WORKSPACES_DIR",
            "IPYTHONDIR",
        )
    }
    with (home / "log.txt").open("w", encoding="utf-8") as log:
        server = subprocess.Popen(
            [*lab.command(folder, browser=False), *more],
            env={**lab.environment(), **own},
            stdout=log,
            stderr=log,
        )
        try:
            wait_for(f"http://{HERE}:{port}/api?token={token}", server)
            yield f"http://{HERE}:{port}/lab/tree/{{}}?token={token}"
        finally:
            server.terminate()
            server.wait(30)


def wait_for(url: str, server: subprocess.Popen[bytes], seconds: float = 60) -> None:
    """Waits until a server answers."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except URLError:
            time.sleep(0.2)
    pytest.fail("JupyterLab does not answer")


@pytest.fixture(scope="module")
def page() -> Iterator[tuple[Any, Seen]]:
    """A page of the system's chromium, and what is seen of it."""
    api = pytest.importorskip(
        "playwright.sync_api", reason='playwright is not installed: pip install -e ".[browser]"'
    )
    if CHROMIUM is None:
        pytest.skip("chromium is not installed: apt-get install chromium")
    seen = Seen(set(), [])
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        found = browser.new_page(viewport=SCREEN)
        found.on("request", lambda request: seen.hosts.add(urlsplit(request.url).hostname or ""))
        found.on("websocket", lambda socket: seen.hosts.add(urlsplit(socket.url).hostname or ""))
        found.on(
            "console",
            lambda message: seen.errors.append(message.text) if message.type == "error" else None,
        )
        found.on("pageerror", lambda error: seen.errors.append(str(error)))
        yield found, seen
        browser.close()


@pytest.fixture(scope="module")
def notebook(page: tuple[Any, Seen], address: str) -> tuple[Any, Seen]:
    """The first notebook after a run of all its cells."""
    tab, seen = page
    tab.goto(address.format("01_first_run.ipynb"))
    tab.wait_for_function(
        "() => window.jupyterapp && window.jupyterapp.shell.currentWidget?.sessionContext",
        timeout=60_000,
    )
    tab.evaluate(RUN_ALL)
    tab.locator(".fm-explorer table").first.wait_for(timeout=60_000)
    return tab, seen


@pytest.fixture
def tab(notebook: tuple[Any, Seen]) -> Any:
    """The page with the explorer at its upper edge and nothing moved."""
    page, _ = notebook
    explorer = page.locator(".fm-explorer")
    reset = explorer.get_by_role("button", name="全部复原")
    if reset.is_enabled():
        reset.click()
        page.wait_for_function("() => !document.querySelector('.fm-moved')")
    explorer.evaluate("each => each.scrollIntoView()")
    return page


def typed(tab: Any, name: str, text: str) -> Any:
    """Types into the box of a control and returns it when the explorer has answered."""
    box = tab.get_by_role("textbox", name=name)
    box.fill(text)
    box.press("Enter")
    tab.wait_for_function(
        "([box, text]) => box.value !== text", arg=[box.element_handle(), text], timeout=30_000
    )
    return box


def test_a_moved_control_changes_table_and_picture(tab: Any, notebook: tuple[Any, Seen]) -> None:
    tables, picture = (
        tab.locator(".fm-explorer .fiscal-model").first,
        tab.locator(".fm-explorer img"),
    )
    before, image = tables.inner_text(), picture.get_attribute("src")
    central = next(line for line in before.splitlines() if line.startswith("中央"))
    assert central.endswith("0.00")
    typed(tab, "第11项 中央的分担比例（%）", "９０")
    tab.wait_for_function(
        "image => document.querySelector('.fm-explorer img').src !== image",
        arg=image,
        timeout=30_000,
    )
    tab.wait_for_function("() => !document.querySelector('.fm-answer').innerText", timeout=30_000)
    after = next(line for line in tables.inner_text().splitlines() if line.startswith("中央"))
    assert after.split()[1] == central.split()[1]  # the scenario chosen stays as it is
    assert after.split()[2] != central.split()[2]
    assert float(after.split()[3].replace(",", "")) > 0
    page_of_it = tab.locator("div[class^='fiscal-model-']")  # for readers without a kernel
    assert page_of_it.count() == 1
    assert not page_of_it.is_visible()
    if target := os.environ.get("FISCAL_MODEL_SCREENSHOT"):
        tab.screenshot(path=target)
    _, seen = notebook
    assert tab.get_by_text("Jupyter news").count() == 0  # JupyterLab would ask for the network
    assert seen.errors == []
    assert seen.hosts <= {HERE, ""}  # data and blobs of the page itself have no host


def test_typed_values_are_what_they_say_and_moves_look_moved(tab: Any) -> None:
    box = typed(tab, "特教和随班就读公用经费", "６５００")
    assert box.input_value() == "6,500"
    moved = tab.locator(".fm-row.fm-moved")
    assert moved.count() == 1
    looks = [
        row.evaluate("row => getComputedStyle(row).backgroundColor")
        for row in (moved, tab.locator(".fm-row:not(.fm-moved)").first)
    ]
    assert looks[0] != looks[1]
    assert "6,000 → 6,500" in tab.locator(".fm-moves").inner_text()
    assert typed(tab, "特教和随班就读公用经费", "6,5000").input_value() == "6,500"
    assert "“6,5000”不是数字" in tab.get_by_role("alert").inner_text()
    tab.get_by_role("button", name="复原：特教和随班就读公用经费").click()
    moved.wait_for(state="detached")
    assert box.input_value() == "6,000"


def test_controls_are_in_sight_without_a_scroll_inside_a_scroll(tab: Any) -> None:
    """All controls of the item that is opened, beside the picture, above the status bar."""
    bar = tab.locator("#jp-bottom-panel").bounding_box()["y"]
    explorer = tab.locator(".fm-explorer")
    boxes = [row.bounding_box() for row in explorer.locator(".fm-row").all()]
    assert len(boxes) > 10
    assert all(box["y"] + box["height"] <= bar for box in boxes)
    picture = explorer.locator("img").bounding_box()
    assert picture["y"] + picture["height"] <= bar
    assert picture["x"] + picture["width"] <= SCREEN["width"]
    scrolling = explorer.evaluate(
        """all => [...all.querySelectorAll('div')].filter(each =>
            each.scrollHeight > each.clientHeight + 1
            && ['auto', 'scroll'].includes(getComputedStyle(each).overflowY)
        ).map(each => each.className)"""
    )
    assert scrolling == []


def test_the_answer_stands_beside_the_button(tab: Any, home: Path) -> None:
    """While it works it says so; the file that is saved is offered by its title."""
    tab.evaluate(
        """() => {
            window.said = []
            const answer = document.querySelector('.fm-answer')
            new MutationObserver(() => window.said.push(answer.innerText))
                .observe(answer, {childList: true, subtree: true})
        }"""
    )
    typed(tab, "第11项 中央的分担比例（%）", "85%")
    save = tab.get_by_role("button", name="另存为情景文件")
    save.click()
    answer = tab.get_by_role("status", name="").filter(has_text="my_scenario.yaml")
    answer.wait_for()
    assert any("正在计算" in each for each in tab.evaluate("() => window.said"))
    button, told = save.bounding_box(), answer.bounding_box()
    assert button["y"] <= told["y"] + told["height"] / 2 <= button["y"] + button["height"]
    offered = tab.get_by_role("combobox", name="情景", exact=True).inner_text()
    assert "在“基准情景”上的改动（my_scenario.yaml）" in offered.replace("\xa0", " ")
    written = (home / "lab" / "my_scenario.yaml").read_text(encoding="utf-8")
    assert "central: 17, rest: 3" in written


def test_keys_pressed_in_it_do_not_reach_the_notebook(tab: Any) -> None:
    """In command mode ``a`` and ``b`` add a cell and ``d d`` deletes one; they still do where the
    explorer does not keep them.
    """
    cells = tab.evaluate(CELLS)
    for kind in (".widget-dropdown select", ".widget-select-multiple select", ".noUi-handle"):
        tab.locator(f".fm-explorer {kind}").last.focus()
        for key in ("b", "a", "d", "d", "b"):
            tab.keyboard.press(key)
        assert tab.evaluate(CELLS) == cells, kind
    handle = tab.locator(".fm-explorer .noUi-handle").last
    handle.evaluate("each => each.removeAttribute('data-lm-suppress-shortcuts')")
    tab.keyboard.press("b")
    assert tab.evaluate(CELLS) == cells + 1
    tab.evaluate("() => window.jupyterapp.commands.execute('notebook:undo-cell-action')")


def test_a_screen_reader_is_told_the_name_of_every_control(tab: Any) -> None:
    told = tab.locator(".fm-explorer").aria_snapshot()
    assert "slider" in told
    assert "img" in told
    assert [match[0] for match in UNNAMED.finditer(told)] == []
