"""A first visit: from `import perfkit` to a verdict in six cells, typed in a real JupyterLab.

Whoever types them knows Jupyter and nothing of perfkit: only what tab completion, Shift-Tab, an
output or an error says. Skipped where JupyterLab, Playwright or a Chromium is missing.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.labkit import (
    CHROMIUM,
    IDLE,
    THEMES,
    brightness,
    jupyterlab,
    opened,
    sample_workspace,
    screenshot,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium"),
]
pytest.importorskip("jupyterlab", reason="JupyterLab is not installed (extra lab)")
playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

MOST_CELLS = 6
ATTEMPTS, PAUSE_MS = 10, 2_000


class Visitor:
    """Types into the last cell of a notebook, and reads what it shows."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self.cells = 0
        page.locator(".jp-Cell .cm-content").first.click()

    def type(self, text: str) -> None:
        self._page.keyboard.type(text)

    def is_offered(self, name: str) -> None:
        """Waits until Tab offers a name; a cell that is new may not know the kernel yet."""
        offered = self._page.locator(".jp-Completer-item .jp-Completer-match")
        wanted = offered.filter(has_text=re.compile(f"^{name}$"))
        for _ in range(ATTEMPTS):
            self._page.keyboard.press("Tab")
            self._page.wait_for_timeout(PAUSE_MS)
            if wanted.count():
                return
        pytest.fail(f"Tab does not offer {name}")

    def help(self) -> str:
        """What Shift-Tab shows, as far as it can be seen without scrolling."""
        self._page.keyboard.press("Shift+Tab")
        tooltip = self._page.locator(".jp-Tooltip")
        tooltip.wait_for()
        return str(tooltip.inner_text())

    def run(self, text: str = "") -> str:
        """What the cell shows once it has run."""
        self.type(text)
        self._page.keyboard.press("Shift+Enter")
        self.cells += 1
        cell = self._page.locator(".jp-Notebook .jp-CodeCell").nth(self.cells - 1)
        cell.get_by_text(f"[{self.cells}]:").first.wait_for()
        self._page.locator(IDLE).wait_for()
        return str(cell.inner_text())


@pytest.mark.parametrize("theme", THEMES)
def test_a_verdict_on_two_versions_takes_at_most_six_cells(tmp_path: Path, theme: str) -> None:
    sample_workspace(tmp_path, "first.ipynb", "")
    errors: list[str] = []
    with (
        jupyterlab(tmp_path, theme) as address,
        playwright.sync_playwright() as started,
        opened(started, address, "first.ipynb", errors) as page,
    ):
        visitor = Visitor(page)
        visitor.run("import perfkit")
        visitor.type("desk = perfkit.")
        visitor.is_offered("open")
        visitor.type("open(")
        assert "A workspace is a folder with `config/perfkit.yaml`" in visitor.help()
        visitor.run(")")
        shown = visitor.run("desk")
        asked = "desk.compare('bot_version=2.3.1', 'bot_version=2.4.0')"
        assert asked in shown
        screenshot(page, f"{theme[11:].lower()}-desk")

        visitor.type("desk.")
        visitor.is_offered("compare")
        visitor.type("compare(")
        assert "Whether other trades did better or worse" in visitor.help()
        wrong = visitor.run('"bot_version=2.3", "bot_version=2.4")')
        assert "No trade in the logs has bot_version = 2.4; did you mean 2.4.0?" in wrong
        screenshot(page, f"{theme[11:].lower()}-no-such-version")

        verdict = visitor.run(asked)
        for figure in ("Win rate", "Expectancy", "Average R"):
            assert f"{figure}: other is worse" in verdict
        screenshot(page, f"{theme[11:].lower()}-verdict")
        assert visitor.cells <= MOST_CELLS
        ink = page.locator(".perfkit td").last.evaluate("one => getComputedStyle(one).color")
        assert (brightness(ink) > 180) == theme.endswith("Dark")
    assert errors == []
