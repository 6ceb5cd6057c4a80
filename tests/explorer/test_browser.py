"""A real browser opens JupyterLab, runs the first notebook and moves a control of the explorer.
Nothing is asked of any other computer.
"""

from __future__ import annotations

import os
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


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """JupyterLab in a fresh folder, as ``fiscal-model lab --no-browser`` runs it."""
    folder, token = tmp_path / "lab", secrets.token_hex(16)
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
        name: str(tmp_path / name.lower())
        for name in (
            "JUPYTER_CONFIG_DIR",
            "JUPYTER_RUNTIME_DIR",
            "JUPYTERLAB_WORKSPACES_DIR",
            "IPYTHONDIR",
        )
    }
    with (tmp_path / "log.txt").open("w", encoding="utf-8") as log:
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


@pytest.fixture
def page(tmp_path: Path) -> Iterator[tuple[Any, Seen]]:
    """A page of the system's chromium, and what is seen of it."""
    api = pytest.importorskip(
        "playwright.sync_api", reason='playwright is not installed: pip install -e ".[browser]"'
    )
    if CHROMIUM is None:
        pytest.skip("chromium is not installed: apt-get install chromium")
    seen = Seen(set(), [])
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        found = browser.new_page(viewport={"width": 1500, "height": 1200})
        found.on("request", lambda request: seen.hosts.add(urlsplit(request.url).hostname or ""))
        found.on("websocket", lambda socket: seen.hosts.add(urlsplit(socket.url).hostname or ""))
        found.on(
            "console",
            lambda message: seen.errors.append(message.text) if message.type == "error" else None,
        )
        found.on("pageerror", lambda error: seen.errors.append(str(error)))
        yield found, seen
        browser.close()


def test_the_first_notebook_and_the_explorer_work_in_a_browser(
    page: tuple[Any, Seen], address: str
) -> None:
    tab, seen = page
    tab.goto(address.format("01_first_run.ipynb"))
    tab.wait_for_function(
        "() => window.jupyterapp && window.jupyterapp.shell.currentWidget?.sessionContext",
        timeout=60_000,
    )
    tab.evaluate(RUN_ALL)
    explorer = tab.locator(".jp-OutputArea-output", has=tab.locator(".widget-image")).last
    explorer.scroll_into_view_if_needed()
    tables, picture = explorer.locator(".fiscal-model"), explorer.locator("img.widget-image")
    before, image = tables.inner_text(), picture.get_attribute("src")
    central = next(line for line in before.splitlines() if line.startswith("中央"))
    assert central.endswith("0.00")
    readout = explorer.locator(
        ".widget-readout", has_text="80.00"
    ).first.element_handle()  # its text is about to change
    readout.fill("90")
    readout.press("Enter")
    tab.wait_for_function(
        "([picture, image]) => picture.src !== image",
        arg=[picture.element_handle(), image],
        timeout=30_000,
    )
    after = next(line for line in tables.inner_text().splitlines() if line.startswith("中央"))
    assert after.split()[1] == central.split()[1]  # the scenario chosen stays as it is
    assert after.split()[2] != central.split()[2]
    assert float(after.split()[3].replace(",", "")) > 0
    page_of_it = tab.locator("div[class^='fiscal-model-']")  # for readers without a kernel
    assert page_of_it.count() == 1
    assert not page_of_it.is_visible()
    if target := os.environ.get("FISCAL_MODEL_SCREENSHOT"):
        explorer.screenshot(path=target)
    assert tab.get_by_text("Jupyter news").count() == 0  # JupyterLab would ask for the network
    assert seen.errors == []
    assert seen.hosts <= {HERE, ""}  # data and blobs of the page itself have no host
