"""A real JupyterLab for tests that drive it through Chromium, with Playwright.

With PERFKIT_SCREENSHOTS=folder the tests leave pictures there, to look at.
"""

from __future__ import annotations

import json
import os
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
IDLE = ".jp-Notebook-ExecutionIndicator[data-status=idle]"
THEMES = ("JupyterLab Light", "JupyterLab Dark")


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
            _wait_for(address + "/api", server)
            yield address
        finally:
            server.terminate()
            server.wait()


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
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


def sample_workspace(root: Path, name: str, *cells: str) -> None:
    """The sample logs with their configuration, and a notebook of these cells."""
    for folder in ("config", "logs/trades"):
        shutil.copytree(ROOT / folder, root / folder)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(one) for one in cells])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, root / name)


@contextmanager
def opened(started: Any, address: str, name: str, errors: list[str]) -> Iterator[Any]:
    """A page with a notebook in it; errors of its JavaScript are added to a list."""
    browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(PATIENCE_SECONDS * 1000)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{address}/lab/tree/{name}")
    page.locator(IDLE).wait_for()
    page.get_by_text("(ipykernel) | Idle").wait_for()  # a cell that runs before is not run at all
    try:
        yield page
    finally:
        browser.close()
