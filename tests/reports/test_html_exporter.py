"""The HTML page of a notebook, by nbconvert and by `perfkit report`."""

import json
import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import nbformat
import pytest

from perfkit.core.errors import ReportError
from perfkit.reports.html_exporter import PerfkitExporter, html_of, page_of_markdown
from perfkit.reports.html_page import TEMPLATE
from perfkit.reports.markdown_export import page_of, settled
from tests.reportkit import Texts


def picture(**metadata: Any) -> dict[str, Any]:
    return {
        "output_type": "display_data",
        "data": {"image/png": "UE5H", "text/plain": "A"},
        "metadata": {"alt": "Up <3", "filename": "equity.png", **metadata},
    }


def executed(*outputs: dict[str, Any]) -> Any:
    code = nbformat.v4.new_code_cell("secret = 1", outputs=[nbformat.from_dict(o) for o in outputs])
    text = nbformat.v4.new_markdown_cell("# My <i>report</i> <q>\n\n**Thu**")
    return nbformat.v4.new_notebook(cells=[text, code])


def printed(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


class TestPages:
    def test_page_has_what_a_notebook_shows_and_no_code(self) -> None:
        page = html_of(page_of(settled(executed(printed("<script>1</script>"), picture()))))
        texts = Texts(page)
        assert "<title>My report &lt;q&gt; · Thu</title>" in page
        assert "<script>1</script>" in texts.text
        assert "script" not in texts.tags
        assert "secret" not in page
        assert 'alt="Up &lt;3"' in page
        assert page.startswith("<!doctype html>")
        assert page.rstrip().endswith("</html>")

    def test_colours_of_charts_of_perfkit_alone_suit_a_dark_page(self) -> None:
        shown = page_of(settled(executed(picture(perfkit_digest="x"), picture(filename="a.png"))))
        assert shown.charts == {"equity.png"}
        assert html_of(shown).count('<div class="picture chart">') == 1

    def test_links_come_first(self) -> None:
        links = '<nav class="pages"><a href="x">All</a></nav>'
        page = html_of(page_of_markdown("# Title"), links=links)
        assert page.index(links) < page.index("<h1>Title")

    def test_page_needs_nothing_but_itself(self) -> None:
        page = html_of(page_of(settled(executed(picture()))))
        assert "default-src 'none'" in page
        assert not {"link", "script"} & set(Texts(page).tags)


class TestOwnTemplate:
    def test_template_of_a_workspace_extends_that_of_perfkit(self, tmp_path: Path) -> None:
        own = tmp_path / "report.html.j2"
        own.write_text(
            "{% extends 'perfkit/index.html.j2' %}"
            "{% block style %}{{ super() }}h1 { color: teal }{% endblock %}"
            "{% block links %}<p>Desk 7</p>{{ super() }}{% endblock %}",
            encoding="utf-8",
        )
        page = html_of(page_of_markdown("# Title"), own, "LINKS")
        assert "h1 { color: teal }</style>" in page
        assert "<p>Desk 7</p>LINKS" in page
        assert html_of(page_of_markdown("# Title"), None, "") not in page

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("a\n{% block %}", r"report.html.j2:2: the template cannot be used"),
            ("{% extends 'missing.j2' %}", "the template cannot be used: .*missing.j2"),
            ("{{ nothing.at.all }}", "the template cannot be used: .*undefined"),
        ],
    )
    def test_template_that_is_wrong_is_an_error_with_its_line(
        self, tmp_path: Path, text: str, said: str
    ) -> None:
        own = tmp_path / "report.html.j2"
        own.write_text(text, encoding="utf-8")
        with pytest.raises(ReportError, match=said):
            html_of(page_of_markdown("# Title"), own)

    def test_folder_of_a_user_does_not_change_reports(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = tmp_path / "nbconvert/templates/perfkit"
        folder.mkdir(parents=True)
        (folder / "index.html.j2").write_text("mine")
        monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
        shown = executed(picture())
        exporter = PerfkitExporter()  # type: ignore[no-untyped-call]
        assert exporter.from_notebook_node(shown)[0] == "mine"
        html_of.__globals__["_exporter"].cache_clear()
        assert html_of(page_of(settled(shown))) != "mine"

    @pytest.mark.slow
    @pytest.mark.parametrize("where", ["home", "path"])
    def test_folder_of_a_user_extends_the_template_for_nbconvert(
        self, tmp_path: Path, where: str
    ) -> None:
        home, path = tmp_path / "home", tmp_path / "path"
        root = home / ".local/share/jupyter" if where == "home" else path
        folder = root / "nbconvert/templates/perfkit"
        folder.mkdir(parents=True)
        (folder / "index.html.j2").write_text(
            "{% extends 'perfkit/base.html.j2' %}"
            "{% block style %}{{ super() }}h1 { color: teal }{% endblock %}"
        )
        nbformat.write(executed(picture()), tmp_path / "x.ipynb")
        command = [sys.executable, "-m", "nbconvert", "--to", "perfkit", "x.ipynb"]
        env = os.environ | {"HOME": str(home), "JUPYTER_PATH": str(path)}
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, env=env)
        page = (tmp_path / "x.html").read_text(encoding="utf-8")
        assert page.count("h1 { color: teal }</style>") == 1
        assert page.count("<img ") == 1


class TestNbconvert:
    def test_it_is_known_by_its_name(self) -> None:
        (found,) = entry_points(group="nbconvert.exporters", name="perfkit")
        assert found.load() is PerfkitExporter

    def test_template_is_that_of_jupyter(self) -> None:
        conf = json.loads((TEMPLATE / "conf.json").read_text())
        assert conf["mimetypes"] == {"text/html": True}
        assert TEMPLATE.parts[-3:] == ("nbconvert", "templates", "perfkit")

    @pytest.mark.slow
    def test_nbconvert_makes_the_page_with_pictures_beside_the_notebook(
        self, tmp_path: Path
    ) -> None:
        notebook = executed(picture())
        notebook.cells.append(nbformat.v4.new_markdown_cell("![mine](mine.png)"))
        (tmp_path / "mine.png").write_bytes(b"\x89PNG mine")
        nbformat.write(notebook, tmp_path / "x.ipynb")
        command = [sys.executable, "-m", "nbconvert", "--to", "perfkit", "x.ipynb"]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
        page = (tmp_path / "x.html").read_text(encoding="utf-8")
        assert page.count("<img ") == 2
        assert "<h1>My <em>report</em> &lt;q&gt;</h1>" in page
