"""The explorer in a real JupyterLab in Chromium, in a light and in a dark theme.

Skipped where JupyterLab, Playwright or a Chromium is missing. `make lab` installs JupyterLab;
`pip install playwright` and a package of the system, such as Debian's `chromium`, the others.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.labkit import (
    CHROMIUM,
    THEMES,
    brightness,
    jupyterlab,
    opened,
    sample_workspace,
    screenshot,
)

CELLS = (
    "import perfkit\ndesk = perfkit.open()\ndesk",
    'explorer = desk.explore("weekly", "2025-10-09")\nexplorer',
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium"),
]
pytest.importorskip("jupyterlab", reason="JupyterLab is not installed (extra lab)")
playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")


@pytest.mark.parametrize("theme", THEMES)
def test_a_picker_is_moved_by_keyboard_and_mouse_and_the_figures_follow(
    tmp_path: Path, theme: str
) -> None:
    sample_workspace(tmp_path, "try.ipynb", *CELLS)
    errors: list[str] = []
    with (
        jupyterlab(tmp_path, theme) as address,
        playwright.sync_playwright() as started,
        opened(started, address, "try.ipynb", errors) as page,
    ):
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
    assert errors == []
