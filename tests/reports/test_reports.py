"""Report runs from outside: what costs nothing, batches, odd environments, pages in a browser."""

import json
import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from perfkit.core.formatting import plain
from tests.reportkit import (
    CHART,
    GLANCE,
    HOSTILE,
    HOSTILE_LOG,
    LOGS,
    OPEN,
    Ran,
    finish,
    notebook,
    pages,
    report,
    start,
    trade,
    tree,
    write_workspace,
)
from tests.terminal import read_to_end

pytestmark = pytest.mark.slow

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)

FAILS_ON_THE_7TH = notebook(OPEN, GLANCE, CHART, "assert date != '2026-04-07'")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_workspace(tmp_path_factory.mktemp("made") / "trading", LOGS)
    for kind in ("weekly", "monthly"):
        body = notebook(OPEN, GLANCE, CHART).replace("daily", kind)
        (root / f"notebooks/{kind}.ipynb").write_text(body)
    assert report(root)[::2] == (0, "")
    return root


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "trading"))


def perfkit(root: Path, *words: object, **settings: Any) -> Ran:
    return finish(start("report", *words, "--root", root, **settings))


def add(root: Path, day: str, line: str) -> None:
    with (root / f"logs/trades/{day}.jsonl").open("a", encoding="utf-8") as log:
        log.write(line)


def paths(root: Path, *names: str) -> str:
    return "".join(f"{root}/reports/{name}/report.md\n" for name in names)


def status(root: Path, name: str) -> dict[str, Any]:
    return dict(json.loads((root / "reports" / name / "status.json").read_text()))


def inodes(root: Path) -> dict[str, int]:
    """Each report folder; one that is made again is another."""
    return {path.name: path.stat().st_ino for path in (root / "reports").glob("*/2*")}


LATE = trade("L1", "2026-04-08T13:00:00", "9")
EARLIER = trade("L2", "2026-04-07T13:00:00", "9")


def touch_notebook(root: Path) -> None:
    path = root / "notebooks/daily.ipynb"
    path.write_text(notebook(OPEN, GLANCE, CHART, "1 + 1"))


def set_target(root: Path) -> None:
    with (root / "config/perfkit.yaml").open("a") as config:
        config.write("\ntargets: {net_pnl: {at_least: 1}}\n")


def lose(root: Path, name: str) -> None:
    (root / "reports/daily/2026-04-08" / name).unlink()


def edit(root: Path, name: str) -> None:
    (root / "reports/daily/2026-04-08" / name).write_text("mine")


class TestUnchanged:
    def test_nothing_is_made_and_nothing_heavy_is_imported(self, root: Path) -> None:
        before = tree(root / "reports")
        code = """if True:
            import sys
            from perfkit.cli.main import main
            code = main(["report", "daily", "--root", sys.argv[1]])
            heavy = {"papermill", "nbconvert", "jupyter_client", "matplotlib", "pandas", "zmq"}
            print(code, sorted(heavy & set(sys.modules)))
            """
        command = [sys.executable, "-c", code, str(root)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stdout == paths(root, "daily/2026-04-08") + "0 []\n"
        assert tree(root / "reports") == before

    def test_other_days_do_not_matter(self, root: Path) -> None:
        line = trade("C1", "2026-04-09T10:00:00", "5", timestamp="2026-04-09T09:00:00Z")
        add(root, "2026-04-09", line)  # with it, the 8th no longer holds the newest line
        assert perfkit(root, "daily", "--date", "2026-04-08").code == 0
        before = inodes(root)
        add(root, "2026-04-09", line.replace("C1", "C2"))
        assert perfkit(root, "daily", "--date", "2026-04-08").code == 0
        assert inodes(root) == before

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param(lambda root: add(root, "2026-04-08", LATE), id="the day"),
            pytest.param(lambda root: add(root, "2026-04-07", EARLIER), id="the day before"),
            pytest.param(touch_notebook, id="the notebook"),
            pytest.param(set_target, id="a target"),
            pytest.param(lambda root: lose(root, "pnl_per_trade.png"), id="a lost chart"),
            pytest.param(lambda root: edit(root, "report.md"), id="an edited page"),
        ],
    )
    def test_what_it_shows_does_matter(self, root: Path, change: Any) -> None:
        before = inodes(root)
        change(root)
        assert perfkit(root, "daily", "--date", "2026-04-08").code == 0
        assert inodes(root) != before

    def test_force_makes_the_same_bytes_again(self, root: Path) -> None:
        before, folders = pages(root), inodes(root)
        assert perfkit(root, "daily", "--force").code == 0
        assert pages(root) == before
        assert inodes(root) != folders

    def test_page_comes_by_itself_and_is_added_without_running_the_notebook(
        self, root: Path
    ) -> None:
        whole = pages(root)
        page = "daily/2026-04-08/report.html"
        assert page in whole
        assert perfkit(root, "daily", "--no-html", "--force").code == 0
        without = pages(root)
        assert whole.keys() - without.keys() == {page}
        (root / "notebooks/daily.ipynb").chmod(0o400)
        assert perfkit(root, "daily", "--no-html").code == 0
        assert pages(root) == without
        command = {"PERFKIT_ROOT": str(root), **os.environ}
        assert perfkit(root, "daily", env=command).code == 0
        assert pages(root) == whole
        assert perfkit(root, "daily", "--force").code == 0
        assert pages(root) == whole

    def test_own_template_of_pages_makes_the_report_again(self, root: Path) -> None:
        before = pages(root)
        own = root / "config/report.html.j2"
        own.write_text("{% extends 'perfkit/index.html.j2' %}{% block style %}{% endblock %}")
        assert perfkit(root, "daily").code == 0
        after = pages(root)
        name = "daily/2026-04-08/report.html"
        assert b"<style>\n</style>" in after[name]
        changed = {name for name in after if after[name] != before[name]}
        assert changed == {name, "daily/2026-04-08/status.json"}
        own.write_text("{% block %}")
        ran = perfkit(root, "daily")
        assert ran.code == 3
        assert "report.html.j2:1: the template cannot be used" in ran.err
        assert pages(root) == after


class TestBatches:
    def test_days_of_a_span_are_made_once_and_in_parallel(self, root: Path) -> None:
        span = ("daily", "--from", "2026-04-06", "--to", "2026-04-08", "--jobs", "2")
        report_ipynb = root / "reports/daily/2026-04-08/report.ipynb"
        made = report_ipynb.read_bytes()
        ran = perfkit(root, *span)
        assert (ran.code, ran.err) == (0, "")
        names = ("daily/2026-04-06", "daily/2026-04-07", "daily/2026-04-08")
        assert sorted(ran.out.splitlines()) == paths(root, *names).splitlines()
        assert report_ipynb.read_bytes() == made
        page = (root / "reports/daily/2026-04-08/report.html").read_text(encoding="utf-8")
        assert '<a rel="prev" href="../2026-04-07/report.html">' in page
        assert status(root, "daily/2026-04-06")["state"] == "no-data"
        folders = inodes(root)
        assert perfkit(root, *span).code == 0
        assert inodes(root) == folders

    def test_a_day_that_fails_does_not_stop_the_others_and_is_made_later(self, root: Path) -> None:
        shutil.rmtree(root / "reports")
        path = root / "notebooks/daily.ipynb"
        good = path.read_text()
        path.write_text(FAILS_ON_THE_7TH)
        span = ("daily", "--from", "2026-04-07", "--to", "2026-04-08")
        ran = perfkit(root, *span)
        assert (ran.code, ran.out) == (3, paths(root, "daily/2026-04-08"))
        assert "daily report 2026-04-07 failed: AssertionError" in ran.err
        assert ran.err.endswith("perfkit: 1 of 2 reports failed\n")
        index = (root / "reports/README.md").read_text(encoding="utf-8")
        assert "- Daily 2026-04-07 [failed](failures/daily/2026-04-07.md), first at " in index
        path.write_text(good)
        ran = perfkit(root, *span)
        assert (ran.code, ran.err) == (0, "")
        assert not list((root / "reports/failures").rglob("*.*"))
        assert "failed]" not in (root / "reports/README.md").read_text(encoding="utf-8")

    def test_weeks_and_months_of_a_span(self, root: Path) -> None:
        assert perfkit(root, "weekly", "--from", "2026-04-01", "--to", "2026-04-08").code == 0
        assert {"2026-W14", "2026-W15"} <= inodes(root).keys()

    def test_all_makes_what_is_due_and_what_was_missed(self, root: Path) -> None:
        add(root, "2026-04-08", trade("N1", "2026-04-11T10:00:00", "3"))
        ran = perfkit(root, "all", "--date", "2026-04-10")
        assert (ran.code, ran.err) == (0, "")
        names = ("daily/2026-04-09", "daily/2026-04-10", "monthly/2026-03", "weekly/2026-W14")
        assert sorted(ran.out.splitlines()) == sorted(paths(root, *names).splitlines())

    def test_all_takes_the_last_day_of_logs_that_ended_long_ago(self, root: Path) -> None:
        shutil.rmtree(root / "reports")
        names = ("daily/2026-04-08", "monthly/2026-03", "weekly/2026-W14")
        made = perfkit(root, "all").out
        assert sorted(made.splitlines()) == sorted(paths(root, *names).splitlines())

    def test_missed_days_are_noticed_by_any_later_run(self, root: Path) -> None:
        add(root, "2026-04-08", trade("N1", "2026-04-11T10:00:00", "3"))
        assert perfkit(root, "daily").out == paths(root, "daily/2026-04-11")
        index = (root / "reports/README.md").read_text(encoding="utf-8")
        assert (
            "- Daily 2026-04-09 to 2026-04-10 have no report. "
            "`perfkit report daily --from 2026-04-09 --to 2026-04-10`" in index
        )
        page = (root / "reports/index.html").read_text(encoding="utf-8")
        assert page.count('class="tile missing"') == 2

    def test_late_trades_are_told_of_an_older_report(self, root: Path) -> None:
        before = pages(root)
        name = "daily/2026-04-08"
        add(root, "2026-04-08", LATE + trade("N1", "2026-04-09T10:00:00", "3"))
        assert perfkit(root, "daily").code == 0
        told = status(root, name)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", told["stale_since"])
        assert told["rerun"] == "perfkit report daily --date 2026-04-08"
        after = pages(root)
        unlike = {one for one, body in before.items() if after[one] != body}
        assert unlike == {f"{name}/status.json", f"{name}/report.html"}  # its link to the next
        index = (root / "reports/README.md").read_text(encoding="utf-8")
        assert f"is stale since {told['stale_since']}: its figures have changed" in index
        assert perfkit(root, *told["rerun"].split()[2:]).code == 0
        assert "stale_since" not in status(root, name)
        assert "stale since" not in (root / "reports/README.md").read_text(encoding="utf-8")

    def test_report_is_not_stale_because_time_went_on(self, root: Path) -> None:
        """A newer day has begun, and a trade that was open at the end of the day has closed."""
        opened = {"timestamp": "2026-04-08T20:00:00Z", "outcome": "open", "order_id": "O1"}
        add(root, "2026-04-08", json.dumps(opened) + "\n")
        assert perfkit(root, "daily").code == 0
        add(root, "2026-04-09", trade("O1", "2026-04-09T01:00:00", "3", outcome="win"))
        assert perfkit(root, "daily").out == paths(root, "daily/2026-04-09")
        assert "stale_since" not in status(root, "daily/2026-04-08")

    def test_progress_bar_is_shown_on_a_terminal_only(self, root: Path) -> None:
        ours, theirs = pty.openpty()
        span = ("daily", "--from", "2026-04-07", "--to", "2026-04-08")
        process = start("report", *span, "--root", root)
        assert finish(process).err == ""
        command = [sys.executable, "-m", "perfkit", "report", *span, "--root", str(root)]
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=theirs, check=True)
        os.close(theirs)
        shown = read_to_end(ours)
        for part in (r"  0%\| +\| 0/2 ", r" 50%\|█+.? +\| 1/2 ", r"100%\|█+\| 2/2 "):
            assert re.search(part, shown)
        assert re.search(r"\r +\r$", shown), "the bar is cleared at the end"


class TestEnvironments:
    def again(self, root: Path, **settings: Any) -> None:
        """Makes the report again, which must give the same bytes."""
        before = pages(root)
        ran = perfkit(root, "daily", "--force", **settings)
        assert (ran.code, ran.err) == (0, "")
        assert pages(root) == before

    def test_empty_environment_and_no_home(self, root: Path) -> None:
        self.again(root, env={})
        self.again(root, env={"HOME": "/nonexistent"})

    def test_long_path_for_temporary_files(self, root: Path, tmp_path: Path) -> None:
        long = tmp_path / ("x" * 120)
        long.mkdir()
        self.again(root, env={**os.environ, "TMPDIR": str(long)})
        assert not list(long.iterdir())

    def test_what_takes_long_to_load_and_no_report_needs_is_not_loaded(
        self, root: Path, tmp_path: Path
    ) -> None:
        fake = tmp_path / "fake"
        fake.mkdir()
        for name in ("rfc3987_syntax.py", "debugpy.py", "boto3.py", "gcsfs.py", "github.py"):
            (fake / name).write_text(f"open({str(tmp_path / 'slow')!r}, 'w').close()")
        self.again(root, env={**os.environ, "PYTHONPATH": str(fake)})
        assert not (tmp_path / "slow").exists()

    def test_kernel_of_this_environment_whatever_the_notebook_says(self, root: Path) -> None:
        before = pages(root)["daily/2026-04-08/report.md"]
        path = root / "notebooks/daily.ipynb"
        body = json.loads(path.read_text())
        other = {"name": "julia-1.9", "display_name": "Julia", "language": "julia"}
        for metadata in ({"kernelspec": other}, {}):
            path.write_text(json.dumps(body | {"metadata": metadata}))
            assert perfkit(root, "daily")[::2] == (0, "")
            assert pages(root)["daily/2026-04-08/report.md"] == before

    @pytest.mark.parametrize("chart", [CHART, "desk"], ids=["charts alone", "no figures at all"])
    def test_logs_rewritten_during_the_run_are_noticed(self, root: Path, chart: str) -> None:
        rewrite = """
from pathlib import Path
log = Path("../logs/trades/2026-04-08.jsonl")
log.write_text(log.read_text().replace("-250.5", "-250.7"))
Path("../logs/performance/cache/manifest").unlink()
"""
        (root / "notebooks/daily.ipynb").write_text(notebook(rewrite, OPEN, chart))
        assert perfkit(root, "daily").code == 0
        summary = json.loads((root / "reports/daily/2026-04-08/summary.json").read_bytes())
        assert summary["metrics"]["net_pnl"] == "749.425"


class TestParameters:
    BODY = notebook(OPEN, GLANCE, CHART, "days").replace(
        'date: str = \\"\\"', 'days: int = 7\\ndate: str = \\"\\"'
    )

    def test_value_reaches_the_notebook_as_what_it_takes(self, root: Path) -> None:
        (root / "notebooks/daily.ipynb").write_text(self.BODY)
        assert perfkit(root, "daily", "--param", "days=30").code == 0
        assert "```\n30\n```\n" in (root / "reports/daily/2026-04-08/report.md").read_text()
        assert status(root, "daily/2026-04-08")["parameters"]["days"] == 30

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ("days=x", "--param days: 'x' is not a whole number, as daily.ipynb needs"),
            ("weeks=3", "--param weeks: daily.ipynb has no such parameter; it has days"),
            ("date=2026-04-07", "--param date: use --date instead"),
            ("days", "--param days: write NAME=VALUE, for example --param days=30"),
        ],
    )
    def test_wrong_one_is_refused_before_anything_is_started(
        self, root: Path, given: str, said: str
    ) -> None:
        (root / "notebooks/daily.ipynb").write_text(self.BODY)
        before = tree(root / "reports")
        ran = perfkit(root, "daily", "--param", given)
        assert ran == (3, "", f"perfkit: {said}\n")
        assert tree(root / "reports") == before


class TestVerify:
    def test_report_that_comes_out_the_same_passes(self, root: Path) -> None:
        before = tree(root / "reports")
        ran = finish(start("report", "--verify", "--root", root))
        assert ran == (0, "daily/2026-04-08: the same, byte by byte\n", "")
        assert tree(root / "reports") == before

    def test_first_cell_and_type_that_differ_are_named(self, root: Path) -> None:
        cell = "import uuid\nfrom IPython.display import Markdown\nMarkdown(uuid.uuid4().hex)"
        body = json.loads(notebook(OPEN, GLANCE, cell, CHART, cell))
        head = {"cell_type": "markdown", "id": "h", "metadata": {}, "source": "## Odd"}
        body["cells"].insert(3, head)
        (root / "notebooks/daily.ipynb").write_text(json.dumps(body))
        assert perfkit(root, "daily").code == 0
        before = tree(root / "reports")
        ran = perfkit(root, "daily", "--verify")
        said = "perfkit: daily/2026-04-08: cell 6 under “Odd”: text/markdown differs\n"
        assert ran == (3, "", said)
        assert tree(root / "reports") == before

    def test_report_of_other_figures_is_to_be_made_again_first(self, root: Path) -> None:
        add(root, "2026-04-08", LATE)
        ran = perfkit(root, "daily", "--verify", "--date", "2026-04-08")
        assert (ran.code, ran.out) == (3, "")
        assert "its figures changed since; make it again first" in ran.err

    def test_page_without_trades_and_edited_files(self, root: Path) -> None:
        assert perfkit(root, "daily", "--date", "2026-04-06").code == 0
        span = ("daily", "--verify", "--from", "2026-04-06", "--to", "2026-04-08")
        assert perfkit(root, *span).code == 0
        (root / "reports/daily/2026-04-06/report.md").write_text("mine")
        ran = perfkit(root, *span)
        assert ran.code == 3
        assert ran.err == "perfkit: daily/2026-04-06: report.md differs\n"

    def test_nothing_to_verify_is_told(self, root: Path) -> None:
        ran = perfkit(root, "weekly", "--verify")
        assert ran == (3, "", "perfkit: there is no published report to verify\n")


class TestPlainTools:
    def test_papermill_and_nbconvert_give_the_same_figures(
        self, root: Path, tmp_path: Path
    ) -> None:
        out = tmp_path / "out.ipynb"
        papermill = [sys.executable, "-m", "papermill", "notebooks/daily.ipynb", str(out)]
        subprocess.run(
            [*papermill, "-p", "date", "2026-04-08"], cwd=root, capture_output=True, check=True
        )
        convert = [sys.executable, "-m", "nbconvert", "--to", "markdown", str(out)]
        forms = ["text/markdown", "image/png", "text/plain"]  # as a page has them
        convert.append(f"--NbConvertBase.display_data_priority={forms}")
        subprocess.run(convert, cwd=root, capture_output=True, check=True)
        text = out.with_suffix(".md").read_text(encoding="utf-8")
        page = (root / "reports/daily/2026-04-08/report.md").read_text(encoding="utf-8")
        figures = [line for line in page.splitlines() if line and not line.startswith("![")]
        assert figures
        assert [line for line in figures if line not in text] == []
        picture = root / "reports/daily/2026-04-08/pnl_per_trade.png"
        assert next(tmp_path.glob("out_files/*.png")).read_bytes() == picture.read_bytes()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    logs = {**LOGS, "logs/trades/2026-04-08.jsonl": HOSTILE_LOG}
    root = write_workspace(tmp_path_factory.mktemp("hostile") / "trading", logs, None)
    assert perfkit(root, "daily").code == 0
    ran = perfkit(root, "daily", "--where", f'strategy="{HOSTILE[2]}"')
    assert ran.code == 0
    return root


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
class TestBrowser:
    """The HTML pages as a browser understands them."""

    def dom(self, page: Path, script: str) -> Any:
        """What a script finds in a page; the page's own policy would not let it run there."""
        assert CHROMIUM is not None
        text = page.read_text(encoding="utf-8")
        text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
        probe = page.with_name(f"probe-{page.name}")
        told = "document.documentElement.setAttribute('told', JSON.stringify(found))"
        watch = "<script>window.alerts = 0; window.alert = () => { window.alerts += 1 }</script>"
        text = text.replace("<head>", f"<head>{watch}", 1)
        text = text.replace("</body>", f"<script>const found = {script};\n{told}</script></body>")
        probe.write_text(text, encoding="utf-8")
        options = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--dump-dom",
            "--window-size=500,900",
        ]
        done = subprocess.run(
            [CHROMIUM, *options, probe.as_uri()],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        probe.unlink()
        found = re.search(r'<html[^>]* told="([^"]*)"', done.stdout)
        assert found is not None, done.stdout[:500]
        import html

        return json.loads(html.unescape(found[1]))

    def test_names_of_a_log_are_plain_text(self, hostile: Path) -> None:
        page = hostile / "reports/daily/2026-04-08/report.html"
        cells = self.dom(page, "[...document.querySelectorAll('td')].map(td => td.textContent)")
        for name in HOSTILE:
            # By strategy, and in the lists of trades.
            assert cells.count(" ".join(plain(name).split())) >= 2, name
        script = "[window.alerts, document.querySelectorAll('a, script, iframe, object').length]"
        assert self.dom(page, script) == [0, 3]  # the two scripts of this test, and the index

    def test_page_has_the_headings_figures_and_charts_of_the_markdown(self, hostile: Path) -> None:
        page = hostile / "reports/daily/2026-04-08/report.html"
        text = page.with_suffix(".md").read_text(encoding="utf-8")
        headings = self.dom(page, "[...document.querySelectorAll('h2')].map(h => h.textContent)")
        assert headings == re.findall(r"^## (.*)$", text, re.M)
        script = "[...document.images].map(i => [i.complete && i.naturalWidth > 1000, i.alt])"
        images = self.dom(page, script)
        assert len(images) == text.count("![")
        assert all(drawn and alt for drawn, alt in images)
        assert "http" not in re.sub(r'content="[^"]*"|http-equiv', "", page.read_text())

    def test_nothing_sticks_out_of_a_phone(self, hostile: Path) -> None:
        for name in ("daily/2026-04-08/report.html", "index.html"):
            script = "[document.documentElement.scrollWidth, window.innerWidth]"
            width, screen = self.dom(hostile / "reports" / name, script)
            assert width <= screen

    def test_index_has_a_tile_for_the_day_that_leads_to_its_page(self, hostile: Path) -> None:
        script = "[...document.querySelectorAll('a.tile')].map(a => a.getAttribute('href'))"
        links = self.dom(hostile / "reports/index.html", script)
        assert "daily/2026-04-08/report.html" in links
        assert all((hostile / "reports" / link).is_file() for link in links)
        script = "[window.alerts, document.body.textContent.includes('<scr' + 'ipt>alert(1)')]"
        assert self.dom(hostile / "reports/index.html", script) == [0, True]


def test_every_older_report_is_compared_by_a_run_of_all(root: Path) -> None:
    for n in range(70):
        name = f"daily/2026-06-{n:02d}"  # newer than the report, and nothing that can be made
        shutil.copytree(root / "reports/daily/2026-04-08", root / "reports" / name)
    add(root, "2026-04-08", LATE)
    assert perfkit(root, "weekly", "--date", "2026-04-08").code == 0
    assert "stale_since" not in status(root, "daily/2026-04-08")
    assert perfkit(root, "all", "--date", "2026-04-07").code == 0
    assert "stale_since" in status(root, "daily/2026-04-08")
