"""The explorer in a real JupyterLab in Chromium, in a light and in a dark theme.

Skipped where JupyterLab, Playwright or a Chromium is missing. `make lab` installs JupyterLab;
`pip install playwright` and a package of the system, such as Debian's `chromium`, the others.
With PERFKIT_SCREENSHOTS=folder it leaves pictures there, to look at.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)
PATIENCE_SECONDS = 60
CELLS = (
    "import perfkit\ndesk = perfkit.open()\ndesk",
    'explorer = desk.explore("weekly", "2025-10-09")\nexplorer',
)
IDLE = ".jp-Notebook-ExecutionIndicator[data-status=idle]"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium"),
]
pytest.importorskip("jupyterlab", reason="JupyterLab is not installed (extra lab)")
playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")


@contextmanager
def jupyterlab(root: Path, theme: str) -> Iterator[str]:
    """JupyterLab on a workspace, in a theme; its address."""
    settings = root / "home/lab/user-settings/@jupyterlab/apputils-extension"
    settings.mkdir(parents=True)
    (settings / "themes.jupyterlab-settings").write_text(json.dumps({"theme": theme}))
    news = {"fetchNews": "false", "checkForUpdates": False}
    (settings / "notification.jupyterlab-settings").write_text(json.dumps(news))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--no-browser", "--allow-root", "--IdentityProvider.token=", f"--port={port}"]
    address = f"http://127.0.0.1:{port}"
    with (root / "lab.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options],
            cwd=root,
            env={**os.environ, "HOME": str(root), "JUPYTER_CONFIG_DIR": str(root / "home")},
            stdout=log,
            stderr=log,
        )
        try:
            wait_for(address + "/api", server)
            yield address
        finally:
            server.terminate()
            server.wait()


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while server.poll() is None and time.monotonic() < end:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail("JupyterLab does not answer; see lab.log")


def screenshot(page: Any, name: str) -> None:
    folder = os.environ.get("PERFKIT_SCREENSHOTS")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png")


def brightness(colour: str) -> float:
    """The mean of `rgb(r, g, b)`, from 0 to 255."""
    parts = colour.partition("(")[2].rstrip(")").split(",")[:3]
    return sum(map(float, parts)) / 3


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_a_picker_is_moved_by_keyboard_and_mouse_and_the_figures_follow(
    tmp_path: Path, theme: str
) -> None:
    for folder in ("config", "logs/trades"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    cells = [nbformat.v4.new_code_cell(code) for code in CELLS]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, tmp_path / "try.ipynb")
    errors: list[str] = []
    with jupyterlab(tmp_path, theme) as address, playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(PATIENCE_SECONDS * 1000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{address}/lab/tree/try.ipynb")
        page.locator(IDLE).wait_for()
        page.locator(".jp-Cell").first.click()
        page.get_by_text("Run", exact=True).click()
        page.get_by_text("Run All Cells", exact=True).click()
        explorer = page.locator(".perfkit-explorer")
        explorer.locator("img").wait_for()

        figures = explorer.locator(".perfkit-figures")
        code = explorer.locator("pre")
        picture = explorer.locator("img")
        assert "+59.82 USD" in figures.inner_text()
        assert "Data up to Thursday, 2025-10-09." in figures.inner_text()
        first = picture.get_attribute("src")
        screenshot(page, f"{theme[11:].lower()}-explorer")

        window = explorer.locator("select").first
        window.focus()
        page.keyboard.press("ArrowUp")
        figures.get_by_text("+126.05 USD").wait_for()
        playwright.expect(code).to_contain_text('desk.summary("daily", "2025-10-09")')
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.type") == "date"

        window.select_option("weekly")
        figures.get_by_text("+59.82 USD").wait_for()
        explorer.get_by_label("Side").select_option("long")
        figures.get_by_text("where side = long").wait_for()
        playwright.expect(picture).to_have_attribute("alt", re.compile("side = long"))
        assert picture.get_attribute("src") != first
        playwright.expect(code).to_contain_text('where={"side": "long"}')
        screenshot(page, f"{theme[11:].lower()}-filtered")

        page_colour, ink = page.evaluate(
            "[getComputedStyle(document.querySelector('.jp-NotebookPanel-notebook'))"
            ".backgroundColor, getComputedStyle(document.querySelector('.perfkit-figures td'))"
            ".color]"
        )
        dark = theme.endswith("Dark")
        assert (brightness(page_colour) < 60, brightness(ink) > 180) == (dark, dark)
        inverted = picture.evaluate("one => getComputedStyle(one).filter")
        assert ("invert" in inverted) == dark
        browser.close()
    assert errors == []
