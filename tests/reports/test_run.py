"""Reports: published as a whole or not at all, the same bytes from the same logs, safe to read.

Every report here is made by a process of its own, as cron would. Tests of the mechanism use a
notebook of one figure and one chart, which runs faster than those that ship.
"""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import perfkit
from perfkit.cli.main import main
from perfkit.core.errors import ReportError
from perfkit.core.filters.conditions import quoted
from perfkit.core.formatting import plain
from tests.reportkit import (
    CAMPAIGN,
    CHART,
    GLANCE,
    HOSTILE,
    HOSTILE_LOG,
    LOGS,
    OPEN,
    Ran,
    finish,
    is_clean,
    kernels,
    notebook,
    pages,
    report,
    start,
    tokens,
    trade,
    tree,
    until,
    write_workspace,
)

CHARTS = (
    *("equity.png", "pnl_per_trade.png", "rolling_win_rate.png", "distribution.png"),
    *("r_histogram.png", "by_strategy.png", "by_symbol.png"),
)


@pytest.mark.slow
class TestPublished:
    """The shipped daily notebook, on logs whose every name tries to break out."""

    @pytest.fixture
    def root(self, shipped: tuple[Path, Ran]) -> Path:
        return shipped[0]

    @pytest.fixture
    def folder(self, root: Path) -> Path:
        return root / "reports/daily/2026-04-08"

    @pytest.mark.measured
    def test_path_of_the_report_is_all_that_is_printed_and_nothing_is_left_running(
        self, shipped: tuple[Path, Ran]
    ) -> None:
        root, ran = shipped
        assert ran == (0, f"{root}/reports/daily/2026-04-08/report.md\n", "")
        assert is_clean(root)

    def test_folder_has_the_report_its_charts_and_what_they_rest_on(self, folder: Path) -> None:
        assert tree(folder).keys() == {
            *("report.md", "report.html", "report.ipynb", "summary.json", "status.json"),
            *CHARTS,
        }

    def test_charts_are_png_files_that_the_report_shows_under_stable_names(
        self, folder: Path
    ) -> None:
        page = list(tokens((folder / "report.md").read_text(encoding="utf-8")))
        images = [token for token in page if token.type == "image"]
        assert [image.attrs["src"] for image in images] == list(CHARTS)
        assert all(image.content for image in images)
        for name in CHARTS:
            assert (folder / name).read_bytes().startswith(b"\x89PNG\r\n")

    def test_report_has_headings_and_tables_and_neither_code_nor_html(self, folder: Path) -> None:
        text = (folder / "report.md").read_text(encoding="utf-8")
        page = list(tokens(text))
        kinds = {token.type for token in page}
        assert {"heading_open", "table_open", "image"} <= kinds
        assert not kinds & {"fence", "code_block", "html_block", "html_inline", "link_open"}
        code = [token.content for token in page if token.type == "code_inline"]
        assert code == ["config/perfkit.yaml"]
        assert not re.search(r"<table|import perfkit|desk\.|\x1b|```", text)

    def test_every_table_is_whole(self, folder: Path) -> None:
        text = (folder / "report.md").read_text(encoding="utf-8")
        rows = [line for line in text.splitlines() if line.startswith("|")]
        cells = [len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) - 1 for row in rows]
        kinds = [token.type for token in tokens(text)]
        rules = sum(set(row) <= set("|:- ") and "--" in row for row in rows)
        assert kinds.count("table_open") == rules
        assert kinds.count("tr_open") == len(rows) - rules
        read = kinds.count("td_open") + kinds.count("th_open")
        assert read == sum(
            count
            for count, row in zip(cells, rows, strict=True)
            if not (set(row) <= set("|:- ") and "--" in row)
        )

    @pytest.mark.parametrize("name", HOSTILE)
    def test_hostile_name_is_plain_text(self, folder: Path, name: str) -> None:
        page = tokens((folder / "report.md").read_text(encoding="utf-8"))
        texts = [
            "".join(child.content for child in token.children or () if "text" in child.type)
            for token in page
            if token.type == "inline"
        ]
        assert texts.count(plain(name).strip()) == 5  # breakdowns, and thrice in the list of trades
        raw = (folder / "report.md").read_bytes().decode()
        assert not set("\u200f\u202e\x1b\0") & set(raw)

    def test_figures_are_those_of_the_summary_command(
        self, root: Path, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["summary", "--root", str(root), "--date", "2026-04-08", "--json"]) == 0
        assert (folder / "summary.json").read_text(encoding="utf-8") == capsys.readouterr().out
        desk = perfkit.open(root)
        text = (folder / "report.md").read_text(encoding="utf-8")
        glance = desk.glance(title="Daily report")
        for part in (glance, desk.trade_list(), desk.figures(), desk.targets(), desk.quality()):
            assert str(part).strip() in text

    def test_status_says_what_was_made_of_what(self, folder: Path) -> None:
        status = json.loads((folder / "status.json").read_text(encoding="utf-8"))
        summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
        assert (status["state"], status["kind"], status["label"]) == ("ok", "daily", "2026-04-08")
        assert status["digest"] == summary["data"]["digest"]
        assert sorted(status["images"]) == sorted(CHARTS)

    def test_notebook_is_executed_and_tells_nothing_of_the_machine(
        self, root: Path, folder: Path
    ) -> None:
        text = (folder / "report.ipynb").read_text(encoding="utf-8")
        cells = json.loads(text)["cells"]
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        assert all(cell["execution_count"] for cell in code)
        assert sum("image/png" in str(cell["outputs"]) for cell in code) == len(CHARTS)
        for private in (str(root), str(Path.home()), sys.prefix, "papermill", "duration"):
            assert private not in text

    def test_index_lists_it_with_its_figures(self, root: Path) -> None:
        index = (root / "reports/README.md").read_text(encoding="utf-8")
        net = perfkit.open(root).summary().metrics["net_pnl"]
        assert isinstance(net, Decimal)
        assert f"| [2026-04-08](daily/2026-04-08/report.md) | {net:+,.2f} USD | 8 |" in index

    def test_bad_lines_are_kept(self, root: Path) -> None:
        kept = (root / "logs/performance/quarantine/bot.jsonl").read_text(encoding="utf-8")
        assert json.loads(kept)["text"] == "not JSON"

    def test_the_same_logs_give_the_same_bytes_again_and_elsewhere(
        self, root: Path, folder: Path, tmp_path: Path
    ) -> None:
        first = tree(folder)
        other = tmp_path / "another place"
        shutil.copytree(root, other, ignore=shutil.ignore_patterns("daily", "performance"))
        odd = {"TZ": "Pacific/Apia", "PYTHONHASHSEED": "7", "LC_ALL": "C", "MPLBACKEND": "svg"}
        elsewhere = {**os.environ, **odd, "HOME": str(tmp_path), "COLUMNS": "30"}
        both = [
            start("report", "daily", "--root", root),
            start("report", "daily", "--root", other, env=elsewhere),
        ]
        assert [finish(process).code for process in both] == [0, 0]
        assert tree(folder) == first
        assert tree(other / "reports/daily/2026-04-08") == first


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    """A workspace with hostile names, and the run that made its daily report."""
    root = tmp_path_factory.mktemp("shipped") / "trading"
    logs = {**LOGS, "logs/trades/2026-04-08.jsonl": HOSTILE_LOG}
    write_workspace(root, logs, daily=None)
    return root, report(root)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose small daily report has been published."""
    root = write_workspace(tmp_path_factory.mktemp("small") / "trading", LOGS)
    ran = report(root)
    assert (ran.code, ran.err) == (0, "")
    return root


@pytest.fixture
def again(small: Path, tmp_path: Path) -> Path:
    """A copy of it to do anything with."""
    return Path(shutil.copytree(small, tmp_path / "trading"))


def append(root: Path, line: str) -> None:
    with (root / "logs/trades/2026-04-08.jsonl").open("a", encoding="utf-8") as log:
        log.write(line)


APPEND = """
with open("../logs/trades/2026-04-08.jsonl", "a") as log:
    log.write(LINE)
""".replace("LINE", repr(trade("B3", "2026-04-08T12:00:00", "7")))
REWRITE = """
from pathlib import Path
log = Path("../logs/trades/2026-04-08.jsonl")
log.write_text(log.read_text().replace("-250.5", "-250.7"))
"""
FORGET = 'import pathlib; pathlib.Path("../logs/performance/cache/manifest").unlink()'
REWRITE_ALWAYS = """
import re, uuid
from pathlib import Path
log = Path("../logs/trades/2026-04-08.jsonl")
log.write_text(re.sub('"-[0-9.]+"', f'"-{uuid.uuid4().int % 10**9}.5"', log.read_text()))
"""


@pytest.mark.slow
class TestFailing:
    @pytest.mark.parametrize(
        ("cell", "said"),
        [
            pytest.param("1 / 0", "ZeroDivisionError: division by zero", id="raises"),
            pytest.param("import os; os._exit(0)", "died", id="leaves at once"),
            pytest.param("raise SystemExit", "SystemExit", id="leaves as if all were well"),
            pytest.param("desk.chart.equity(date=date); None", "chart", id="shows no chart"),
        ],
    )
    def test_notebook_that_fails_leaves_the_earlier_report_byte_for_byte_and_exits_with_3(
        self, again: Path, cell: str, said: str
    ) -> None:
        before = pages(again)
        (again / "notebooks/daily.ipynb").write_text(notebook(OPEN, GLANCE, cell, CHART))
        append(again, trade("B3", "2026-04-08T12:00:00", "7"))
        ran = report(again)
        assert (ran.code, ran.out) == (3, "")
        assert re.fullmatch(rf"perfkit: .*{said}.*", ran.err.splitlines()[-1])
        assert 'File "' not in ran.err
        assert pages(again) == before
        card = (again / "reports/failures/daily/2026-04-08.md").read_text(encoding="utf-8")
        assert re.search(said, card)
        assert is_clean(again)

    @pytest.mark.measured
    def test_first_report_that_fails_leaves_its_card_and_no_report(self, tmp_path: Path) -> None:
        root = write_workspace(tmp_path / "trading", LOGS, notebook(OPEN, GLANCE, "1 / 0"))
        assert report(root).code == 3
        assert pages(root) == {}
        assert tree(root / "reports").keys() == {
            *("README.md", "index.html"),
            *(f"failures/daily/2026-04-08.{kind}" for kind in ("html", "json", "md")),
        }

    def test_file_that_is_no_notebook_exits_with_3(self, again: Path) -> None:
        before = pages(again)
        (again / "notebooks/daily.ipynb").write_text("{}")
        ran = report(again)
        assert (ran.code, ran.out) == (3, "")
        assert "daily.ipynb cannot be run: it is not a notebook" in ran.err.splitlines()[-1]
        assert pages(again) == before

    def test_full_disk_leaves_the_earlier_report_and_exits_with_3(self, again: Path) -> None:
        before = pages(again)
        append(again, trade("B3", "2026-04-08T12:00:00", "7"))
        size = len(before["daily/2026-04-08/summary.json"]) // 2
        assert size > len(before["daily/2026-04-08/report.md"])
        script = f"""
            import resource, sys
            from perfkit.cli.main import main
            resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))
            sys.exit(main(["report", "daily", "--root", sys.argv[1]]))
            """
        ran = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(script), str(again)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 3
        assert "File too large" in ran.stderr
        assert pages(again) == before
        assert is_clean(again)

    def test_interrupt_leaves_the_earlier_report_and_no_kernel(self, again: Path) -> None:
        before = pages(again)
        (again / "notebooks/daily.ipynb").write_text(
            notebook("open('../running', 'w').close()\nimport time; time.sleep(60)")
        )
        process = start("report", "daily", "--root", again)
        until((again / "running").exists)
        process.send_signal(signal.SIGINT)
        ran = finish(process)
        assert (ran.code, ran.out) == (3, "")
        assert pages(again) == before
        until(lambda: not kernels(again))


class TestRefused:
    """What is wrong before any kernel is started."""

    @pytest.mark.parametrize("path", ["reports/.staging", "logs/performance"])
    def test_file_in_the_way_of_a_folder_is_exit_code_3(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], path: str
    ) -> None:
        root = write_workspace(tmp_path / "trading", LOGS)
        (root / path).write_text("in the way")
        assert main(["report", "daily", "--root", str(root)]) == 3
        assert f"cannot write {root / path}" in capsys.readouterr().err

    def test_missing_notebook_is_exit_code_3_and_says_where_to_get_one(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        root = write_workspace(tmp_path / "trading", LOGS)
        (root / "notebooks/daily.ipynb").unlink()
        assert main(["report", "daily", "--root", str(root)]) == 3
        assert "copy it back from `perfkit init DIR`" in capsys.readouterr().err


@pytest.mark.slow
class TestKilled:
    def test_kill_at_any_moment_leaves_the_old_or_the_new_report_and_the_next_run_works(
        self, again: Path
    ) -> None:
        folder = again / "reports/daily/2026-04-08"
        old = tree(folder)
        append(again, trade("B3", "2026-04-08T12:00:00", "7"))
        started = time.monotonic()
        assert report(again).code == 0
        lasts = time.monotonic() - started
        new = tree(folder)
        assert new != old
        for _ in range(60 if CAMPAIGN else 3):
            shutil.rmtree(folder)
            folder.mkdir()
            for name, content in old.items():
                (folder / name).write_bytes(content)
            with start("report", "daily", "--root", again) as process:
                time.sleep(random.uniform(0.1, 1.05) * lasts)
                process.kill()
            assert tree(folder) in (old, new)
            until(lambda: not kernels(again))
        assert report(again) == (0, f"{folder}/report.md\n", "")
        assert tree(folder) == new
        assert is_clean(again)
        assert [path.name for path in folder.parent.iterdir()] == [folder.name]

    def test_next_run_of_any_day_completes_what_a_kill_between_two_renames_left(
        self, again: Path
    ) -> None:
        """As it is where folders cannot be exchanged."""
        folder = again / "reports/daily/2026-04-08"
        old = tree(folder)
        folder.rename(folder.with_name(".2026-04-08.previous"))
        assert report(again, "--date", "2026-04-07", "--no-html").code == 0
        assert tree(folder) == old
        names = sorted(path.name for path in folder.parent.iterdir())
        assert names == ["2026-04-07", "2026-04-08"]
        index = (again / "reports/README.md").read_text(encoding="utf-8")
        assert re.findall(r"^\| \[.*\]\((.*)\)", index.partition("## Days")[2], re.M) == [
            f"daily/{name}/report.md" for name in names[::-1]
        ]

    def test_two_runs_at_once_both_end_well(self, again: Path) -> None:
        append(again, trade("B3", "2026-04-08T12:00:00", "7"))
        processes = [start("report", "daily", "--root", again) for _ in range(2)]
        assert [finish(process).code for process in processes] == [0, 0]
        summary = json.loads((again / "reports/daily/2026-04-08/summary.json").read_bytes())
        assert summary["metrics"]["closed_trades"] == 3
        assert is_clean(again)


@pytest.mark.slow
class TestRuns:
    def test_shipped_notebook_runs_under_plain_papermill_from_any_folder_of_the_workspace(
        self, shipped: tuple[Path, Ran], tmp_path: Path
    ) -> None:
        root, _ = shipped
        (root / "logs/mine").mkdir()
        done = subprocess.run(
            [
                *(sys.executable, "-m", "papermill", "../../notebooks/daily.ipynb"),
                *(tmp_path / "out.ipynb", "-p", "date", "2026-04-07"),
            ],
            cwd=root / "logs/mine",
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        cells = json.loads((tmp_path / "out.ipynb").read_text(encoding="utf-8"))["cells"]
        assert "Net P&L **+1.50 USD** from 1 trade: 1 won, 0 lost" in str(cells)
        shown = [output for cell in cells for output in cell.get("outputs", ())]
        assert sum("image/png" in output.get("data", {}) for output in shown) == len(CHARTS)

    def test_day_without_trades_is_published_and_says_so(self, shipped: tuple[Path, Ran]) -> None:
        root, _ = shipped
        ran = report(root, "--date", "2026-04-06")
        folder = root / "reports/daily/2026-04-06"
        assert ran == (0, f"{folder}/report.md\n", "")
        text = (folder / "report.md").read_text(encoding="utf-8")
        assert "\nNo trades in window." in text
        assert tree(folder).keys() == {"report.md", "report.html", "summary.json", "status.json"}
        assert json.loads((folder / "status.json").read_text())["state"] == "no-data"
        index = (root / "reports/README.md").read_text(encoding="utf-8")
        row = "| [2026-04-06](daily/2026-04-06/report.md) | 0.00 USD | 0 | – | no data |"
        assert row in index

    def test_root_given_beats_the_environment_in_the_notebook_as_well(
        self, again: Path, small: Path
    ) -> None:
        append(again, trade("B3", "2026-04-08T12:00:00", "7"))
        ran = report(again, env={**os.environ, "PERFKIT_ROOT": str(small)})
        assert (ran.code, ran.err) == (0, "")
        text = (again / "reports/daily/2026-04-08/report.md").read_text(encoding="utf-8")
        assert "from 3 trades" in text

    def test_zone_of_the_environment_counts_in_the_notebook_as_well(self, again: Path) -> None:
        ran = report(again, env={**os.environ, "PERFKIT_TIMEZONE": "Pacific/Kiritimati"})
        assert (ran.code, ran.err) == (0, "")
        assert ran.out == f"{again}/reports/daily/2026-04-09/report.md\n"
        text = (again / "reports/daily/2026-04-09/report.md").read_text(encoding="utf-8")
        assert "**Thursday, 2026-04-09**\n\nNet P&L **+749.62 USD** from 2 trades" in text

    def test_filter_makes_a_report_of_its_own_whatever_is_in_the_name(self, again: Path) -> None:
        name = 'a, side=b "|` {x}\n'
        append(again, trade("B3", "2026-04-08T12:00:00", "7", strategy_name=name))
        before = tree(again / "reports/daily/2026-04-08")
        told = json.loads(before.pop("status.json"))
        assert "stale_since" not in told
        ran = report(again, "--where", f"strategy={quoted(name)}")
        assert (ran.code, ran.err) == (0, "")
        folder = Path(ran.out.strip()).parent
        assert re.fullmatch(r"2026-04-08-strategy--a--side-b-[a-z0-9-]+", folder.name)
        text = (folder / "report.md").read_text(encoding="utf-8")
        assert "Net P&L **+7.00 USD** from 1 trade" in text
        summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
        assert summary["where"] == {"strategy": quoted(name)}
        after = tree(again / "reports/daily/2026-04-08")
        status = json.loads(after.pop("status.json"))
        assert after == before
        assert status.pop("stale_since")
        assert status.pop("rerun") == "perfkit report daily --date 2026-04-08"
        assert status == told

    def test_logs_that_grow_during_a_run_do_not_get_between_its_figures(self, again: Path) -> None:
        before = tree(again / "reports/daily/2026-04-08")
        (again / "notebooks/daily.ipynb").write_text(notebook(APPEND, OPEN, GLANCE, CHART))
        assert report(again).code == 0
        after = tree(again / "reports/daily/2026-04-08")
        assert after["summary.json"] == before["summary.json"]
        assert after["pnl_per_trade.png"] == before["pnl_per_trade.png"]
        assert b"from 2 trades" in after["report.md"]

    def test_logs_rewritten_during_a_run_do_not_get_between_its_figures(self, again: Path) -> None:
        before = tree(again / "reports/daily/2026-04-08")
        (again / "notebooks/daily.ipynb").write_text(notebook(REWRITE, OPEN, GLANCE, CHART))
        assert report(again).code == 0
        after = tree(again / "reports/daily/2026-04-08")
        assert after["summary.json"] == before["summary.json"]
        assert b"from 2 trades" in after["report.md"]

    def test_logs_rewritten_during_a_run_without_a_cache_are_read_anew(self, again: Path) -> None:
        (again / "notebooks/daily.ipynb").write_text(notebook(REWRITE, FORGET, OPEN, GLANCE, CHART))
        assert report(again).code == 0
        text = (again / "reports/daily/2026-04-08/report.md").read_text(encoding="utf-8")
        assert "Net P&L **+749.42 USD**" in text
        summary = json.loads((again / "reports/daily/2026-04-08/summary.json").read_bytes())
        assert summary["metrics"]["net_pnl"] == "749.425"

    def test_logs_rewritten_during_every_run_without_a_cache_fail_the_report(
        self, again: Path
    ) -> None:
        before = pages(again)
        (again / "notebooks/daily.ipynb").write_text(notebook(REWRITE_ALWAYS, FORGET, OPEN, GLANCE))
        ran = report(again)
        assert (ran.code, ran.out) == (3, "")
        assert "the logs changed during each run" in ran.err
        assert pages(again) == before

    def test_notebook_may_show_other_windows_beside_its_own(self, again: Path) -> None:
        month = 'desk.glance("monthly", date, where=where)'
        (again / "notebooks/daily.ipynb").write_text(notebook(OPEN, GLANCE, CHART, month))
        ran = report(again)
        assert (ran.code, ran.err) == (0, "")
        text = (again / "reports/daily/2026-04-08/report.md").read_text(encoding="utf-8")
        assert "**Wednesday, 2026-04-08**" in text
        assert "**Month 2026-04: 2026-04-01 to 2026-04-30 (8 of 30 days so far)**" in text


class TestExporter:
    """What a notebook becomes, without running one."""

    def executed(
        self,
        *outputs: Mapping[str, Any],
        count: int | None = 1,
        source: str = "x",
        tags: Sequence[str] = (),
    ) -> Any:
        import nbformat

        page = json.loads(notebook(source))
        page["cells"] = page["cells"][1:]
        page["cells"][0]["metadata"] = {"tags": list(tags)}
        page["cells"][0] |= {"execution_count": count, "outputs": list(outputs)}
        return nbformat.from_dict(page)

    def picture(self, name: str, alt: str = "") -> Mapping[str, Any]:
        return {
            "output_type": "display_data",
            "data": {"image/png": "aGVsbG8="},
            "metadata": {"filename": name, "alt": alt},
        }

    ERROR: Mapping[str, Any] = {
        "output_type": "error",
        "ename": "SystemExit",
        "evalue": "0",
        "traceback": [],
    }

    def test_cell_that_did_not_run_or_raised_or_a_missing_chart_is_an_error(self) -> None:
        from perfkit.reports.markdown_export import check_executed

        check_executed(self.executed(self.picture("a.png")))
        check_executed(self.executed())
        check_executed(self.executed(self.ERROR, tags=("raises-exception",)))
        for page, said in (
            (self.executed(count=None), "cell 1: it did not run"),
            (self.executed(self.ERROR), "cell 1: SystemExit: 0"),
            (
                self.executed(source="x = 1\ndesk.chart.equity()"),
                "cell 1: its chart is not shown; make it the last line",
            ),
        ):
            with pytest.raises(ReportError, match=said):
                check_executed(page)

    @pytest.mark.parametrize(
        ("source", "shows"),
        [
            ('desk.chart.equity("daily", date)', True),
            ("x = 1\n\nperfkit.open(root).chart.equity()\n", True),
            ("desk.chart.equity();", True),
            ("desk.chart.equity(); None", True),
            ("chart = desk.chart.equity()", False),
            ("desk.chart", False),
            ('print("a.chart.b")', False),
            ("%time desk.chart.equity()", False),
        ],
    )
    def test_cell_that_ends_with_a_chart_shows_one(self, source: str, shows: bool) -> None:
        from perfkit.reports.markdown_export import shows_chart

        assert shows_chart(source) is shows

    def test_description_of_an_image_cannot_become_markup(self) -> None:
        from perfkit.reports.markdown_export import to_markdown

        alt = "x](y) ![z](w)\n\n<script> `c` **b** " + " ".join(HOSTILE[:5])
        text, images = to_markdown(self.executed(self.picture("a.png", alt)))
        assert images == {"a.png": b"hello"}
        found = list(tokens(text))
        (image,) = (token for token in found if token.type == "image")
        assert image.attrs["src"] == "a.png"
        inside = {child.type for child in image.children or ()}
        assert inside <= {"text", "text_special"}
        assert not [one.type for one in found if one.type.startswith(("html", "code", "link"))]

    def test_two_images_of_one_name_are_two_files(self) -> None:
        from perfkit.reports.markdown_export import to_markdown

        other = {**self.picture("a.png"), "data": {"image/png": "b3RoZXI="}}
        page = self.executed(self.picture("a.png"), self.picture("a.png"), other)
        text, images = to_markdown(page)
        assert text == "![](a.png)\n\n![](a.png)\n\n![](a_2.png)\n"
        assert images == {"a.png": b"hello", "a_2.png": b"other"}

    def test_warning_is_published_without_the_path_it_names(self) -> None:
        from perfkit.reports.markdown_export import canonical, settled, stderr_cells, to_markdown

        warned = "/var/ipykernel_47/11.py:2: UserWarning: careful\n"
        stream = {"output_type": "stream", "name": "stderr", "text": warned}
        page = settled(self.executed(stream, self.picture("a.png")))
        text = to_markdown(page)[0]
        assert "\n```\ncell:2: UserWarning: careful\n```\n\n![](a.png)" in text
        assert "ipykernel_" not in canonical(page)
        assert stderr_cells(page) == (1,)

    def test_blank_lines_of_printed_text_stay(self) -> None:
        from perfkit.reports.markdown_export import to_markdown

        stream = {"output_type": "stream", "name": "stdout", "text": "a\n\n\n\nb\n"}
        assert to_markdown(self.executed(stream))[0] == "```\na\n\n\n\nb\n```\n"

    def test_pictures_of_markdown_cells_are_published(self, tmp_path: Path) -> None:
        import nbformat

        from perfkit.reports.markdown_export import to_markdown

        (tmp_path / "logo one.png").write_bytes(b"logo")
        (tmp_path.parent / "secret.png").write_bytes(b"secret")
        text = (
            "![a](attachment:x%20y.png) ![b](<logo one.png>) <img src='logo%20one.png'> "
            "![c](../secret.png) ![d](none.png) ![e](https://x.org/e.png) ![f](config.yaml)"
        )
        cell = nbformat.v4.new_markdown_cell(text)
        cell.attachments = {"x y.png": {"image/png": "aGVsbG8="}}
        page, images = to_markdown(nbformat.v4.new_notebook(cells=[cell]), tmp_path)
        assert images == {"x-y.png": b"hello", "logo-one.png": b"logo"}
        assert page == (
            "![a](x-y.png) ![b](logo-one.png) ![](logo-one.png) "
            "![c](../secret.png) ![d](none.png) ![e](https://x.org/e.png) ![f](config.yaml)\n"
        )

    def test_canonical_notebook_has_no_trace_of_the_run(self) -> None:
        from perfkit.reports.markdown_export import canonical, settled

        one, other = self.executed(self.picture("a.png")), self.executed(self.picture("a.png"))
        other.metadata["papermill"] = {"start_time": "now"}
        other.cells[0].metadata["execution"] = {"iopub.execute_input": "now"}
        other.cells[0].metadata["papermill"] = {"duration": 1}
        assert canonical(settled(other)) == canonical(settled(one))
