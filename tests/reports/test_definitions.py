"""Which reports a workspace has: notebooks by their names, entries of the configuration."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from perfkit.cli.main import main
from perfkit.config.settings import load
from perfkit.core.errors import ConfigError, OutputError, PerfkitError, UsageError
from perfkit.reports.definitions import Definition, Keep, definition_of, definitions, keeps
from perfkit.reports.notebook import checked, read_notebook
from perfkit.reports.published import is_name, kinds_in
from perfkit.reports.template import new_report, notebook_text
from tests.reportkit import LOGS, notebook, write_workspace


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_workspace(tmp_path / "trading", LOGS)


def configure(root: Path, text: str) -> None:
    with (root / "config/perfkit.yaml").open("a") as config:
        config.write(f"\nreports:\n{text}\n")


def write_notebook(root: Path, name: str, **metadata: Any) -> Path:
    body = json.loads(notebook("1"))
    body["metadata"] |= metadata
    path = root / f"notebooks/{name}.ipynb"
    path.write_text(json.dumps(body))
    return path


def found(root: Path, name: str, period: str | None = None) -> Definition:
    return definition_of(load(root), name, period)


class TestNames:
    def test_any_notebook_is_a_report_by_its_name(self, root: Path) -> None:
        for name in ("live", "P&L by hour (v2)", "Büro"):
            write_notebook(root, name)
            assert found(root, name) == Definition(name, name, "daily")

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("livee", "there is no report 'livee'; did you mean live?"),
            ("weekl", "there is no report 'weekl'; did you mean weekly?"),
            ("zzz", "there are daily, live, monthly, weekly"),
            ("notebooks/live.ipynb", "not the name of a report; write `perfkit report live`"),
            ("live.ipynb", "write `perfkit report live`"),
            ("a/b", "'a/b' is not the name of a report; write its name alone"),
            ("..", "write its name alone"),
            ("a\nb", "not the name of a report"),
        ],
    )
    def test_name_that_is_none_is_an_error_with_a_way_out(
        self, root: Path, capsys: pytest.CaptureFixture[str], name: str, said: str
    ) -> None:
        write_notebook(root, "live")
        assert main(["report", name, "--root", str(root)]) == 3
        assert said in capsys.readouterr().err

    @pytest.mark.parametrize("name", ["", "all", "failures", ".x", "-x", " x", "x\u202e", "é" * 51])
    def test_name_that_cannot_be_a_folder_or_an_argument_is_none(self, name: str) -> None:
        assert not is_name(name)

    def test_kinds_are_the_three_and_whatever_has_a_report_or_failed(self, tmp_path: Path) -> None:
        for folder in ("live/x", "weekly", "failures/broken", ".staging", "a:b"):
            (tmp_path / folder).mkdir(parents=True)
        assert kinds_in(tmp_path) == ["daily", "weekly", "monthly", "broken", "live"]


class TestPeriods:
    def test_period_is_that_of_the_command_else_of_the_entry_else_of_the_notebook(
        self, root: Path
    ) -> None:
        write_notebook(root, "live", perfkit={"period": "weekly"})
        assert found(root, "live").period == "weekly"
        assert found(root, "live", "monthly").period == "monthly"
        configure(root, "  - {name: own, notebook: live, period: monthly}\n  - {name: live}")
        assert found(root, "own").period == "monthly"
        assert found(root, "live").period == "weekly"
        assert found(root, "daily").period == "daily"

    def test_period_that_does_not_fit_is_an_error(self, root: Path) -> None:
        with pytest.raises(UsageError, match="daily is a daily report; leave --period out"):
            found(root, "daily", "weekly")
        write_notebook(root, "live", perfkit={"period": "hourly"})
        with pytest.raises(UsageError, match="'hourly'; use one of daily, weekly, monthly"):
            found(root, "live")
        write_notebook(root, "weekly", perfkit={"period": "daily"})
        with pytest.raises(UsageError, match=r"weekly.ipynb is a weekly report, not daily"):
            found(root, "weekly")


class TestEntries:
    def test_entry_has_its_notebook_filter_and_parameters(self, root: Path) -> None:
        configure(
            root,
            "  - name: live-weekly\n    notebook: weekly\n    where: {execution_mode: LIVE}\n"
            "    parameters: {days: 30, share: 0.10, all: true, name: x}\n    html: false",
        )
        given = {"days": "30", "share": "0.10", "all": "true", "name": "x"}
        where = {"execution_mode": "LIVE"}
        wanted = Definition("live-weekly", "weekly", "weekly", where, given, html=False)
        assert found(root, "live-weekly") == wanted

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("  - {notebook: weekly}", "reports.0.name: is missing"),
            ("  - {name: a/b}", "'a/b' is not the name of a report"),
            ("  - {name: a, notebok: b}", "reports.0.notebok: is unknown; did you mean notebook?"),
            ("  - {name: a, notebook: weekly, period: daily}", "weekly.ipynb is a weekly report"),
            ("  - {name: weekly, where: {side: long}}", "'weekly' is the report of every trade"),
            ("  - {name: a, where: {sides: long}}", "reports.0.where.sides: is unknown"),
            (
                "  - {name: a, parameters: {date: x}}",
                "parameters.date: is set by the run",
            ),
            ("  - {name: a, parameters: {x: [1]}}", "is not a value"),
            ("  - {name: a, html: 1}", "write true or false"),
            ("  - {name: a, kept: 400d}", "reports.0.kept: is unknown"),
            ("  - {name: a}\n  - {name: a}", "'a' is given twice"),
            ("  x: 1", "reports: is not a list"),
        ],
    )
    def test_entry_that_is_wrong_is_an_error_with_its_line(
        self, root: Path, text: str, said: str
    ) -> None:
        configure(root, text)
        with pytest.raises(ConfigError, match=r"config/perfkit.yaml:\d+: ") as raised:
            definitions(load(root))
        assert said in str(raised.value)

    def test_other_commands_do_not_mind_a_wrong_entry(self, root: Path) -> None:
        configure(root, "  - {name: a/b}")
        assert main(["summary", "--root", str(root), "--date", "2026-04-08"]) == 0


class TestTemplate:
    def test_notebook_is_a_report_of_its_period(self, root: Path) -> None:
        assert main(["new-report", "live", "--period", "weekly", "--root", str(root)]) == 0
        assert found(root, "live").period == "weekly"
        path = root / "notebooks/live.ipynb"
        assert read_notebook(path).takes == {"date": "str", "root": "str", "where": "str"}
        text = path.read_text()
        assert 'title=\\"Live\\"' in text
        assert not any(word in text for word in ("PERIOD", "TITLE"))

    @pytest.mark.parametrize(
        ("name", "period", "title"),
        [
            ("yearly", "yearly", "Yearly report"),
            ("quarterly", "quarterly", "Quarterly report"),
            ("since-the-start", "monthly", "Since the start"),
            ("live_btc-USDT", "daily", "Live btc USDT"),
        ],
    )
    def test_title_and_period_are_those_of_the_name(
        self, root: Path, name: str, period: str, title: str
    ) -> None:
        assert main(["new-report", name, "--root", str(root)]) == 0
        assert found(root, name).period == period
        text = (root / f"notebooks/{name}.ipynb").read_text()
        assert f'title=\\"{title}\\"' in text
        assert not any(word in text for word in ("PERIOD", "TITLE", "NAME"))

    def test_report_since_the_start_shows_everything_and_compares_with_nothing(self) -> None:
        text = notebook_text("since-the-start", "monthly")
        assert 'desk.drawdowns(\\"all\\", date' in text
        assert "desk.changes" not in text
        assert "desk.changes" in notebook_text("yearly", "yearly")

    def test_notebook_that_is_there_stays(self, root: Path) -> None:
        path = write_notebook(root, "live")
        before = path.read_bytes()
        with pytest.raises(UsageError, match="is there already; choose another name"):
            new_report(root, "live", "daily")
        assert path.read_bytes() == before
        assert [one.name for one in path.parent.iterdir() if one.name.startswith(".")] == []

    @pytest.mark.parametrize("name", ["a/b", "all", "x.ipynb", ""])
    def test_name_that_is_none_makes_nothing(self, root: Path, name: str) -> None:
        before = sorted((root / "notebooks").iterdir())
        with pytest.raises(UsageError, match="is not the name of a report"):
            new_report(root, name, "daily")
        assert sorted((root / "notebooks").iterdir()) == before

    def test_notebook_is_written_whole_or_not_at_all(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "link", full)
        before = sorted((root / "notebooks").iterdir())
        with pytest.raises(OutputError, match="No space left"):
            new_report(root, "live", "daily")
        assert sorted((root / "notebooks").iterdir()) == before

    def test_folder_without_a_workspace_is_an_error(self, tmp_path: Path) -> None:
        assert main(["new-report", "live", "--root", str(tmp_path)]) == 3
        assert not list(tmp_path.iterdir())


class TestNotebooks:
    def test_files_beside_a_notebook_count_if_it_names_them(self, root: Path) -> None:
        path = write_notebook(root, "live")
        path.write_text(notebook("import helpers", "open('prices.csv')"))
        for name in ("helpers.py", "prices.csv", "other.csv", "helpers.txt"):
            (path.parent / name).write_text(name)
        assert [name for name, _ in read_notebook(path).beside] == ["helpers.py", "prices.csv"]

    def test_where_need_not_be_a_parameter_unless_it_is_used(
        self, root: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        text = notebook("1").replace('\\nwhere: str = \\"\\"', "")
        (root / "notebooks/live.ipynb").write_text(text)
        assert read_notebook(root / "notebooks/live.ipynb").takes.keys() == {"date", "root"}
        words = ["report", "live", "--root", str(root), "--where", "source=bot"]
        assert main([*words, "--date", "2026-04-06"]) == 3
        assert "live.ipynb has no parameter where; add" in capsys.readouterr().err

    def test_day_without_trades_is_a_page_without_running_the_notebook(self, root: Path) -> None:
        write_notebook(root, "live")
        assert main(["report", "live", "--root", str(root), "--date", "2026-04-06"]) == 0
        status = json.loads((root / "reports/live/2026-04-06/status.json").read_text())
        assert (status["kind"], status["period"], status["state"]) == ("live", "daily", "no-data")
        index = (root / "reports/README.md").read_text()
        assert "## live\n" in index
        assert "[2026-04-06](live/2026-04-06/report.md)" in index

    def test_report_whose_notebook_is_gone_is_judged_and_stops_no_other(
        self, root: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for name in ("live", "other"):
            write_notebook(root, name)
            assert main(["report", name, "--root", str(root), "--date", "2026-04-06"]) == 0
        (root / "notebooks/live.ipynb").unlink()
        capsys.readouterr()
        assert main(["report", "--verify", "--root", str(root)]) == 3
        printed = capsys.readouterr()
        assert "live/2026-04-06: it cannot be made again: " in printed.err
        assert "run `perfkit new-report live`" in printed.err
        assert printed.out == "other/2026-04-06: the same, byte by byte\n"

    def test_unknown_parameter_is_an_error_with_a_suggestion(self, root: Path) -> None:
        path = write_notebook(root, "live")
        path.write_text(path.read_text().replace("date: str", "days: int = 7\\ndate: str"))
        with pytest.raises(PerfkitError, match="has no such parameter; did you mean days"):
            checked(read_notebook(path), {"dayz": "3"})


class TestKeep:
    """How long a report is kept."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("400d", Keep(400)),
            ("{pictures: 400d}", Keep(400)),
            ("{pictures: 400d, pages: 1200d}", Keep(400, 1200)),
            ("{pages: 1200d}", Keep(1200, 1200)),
        ],
    )
    def test_days_of_pictures_and_pages(self, root: Path, text: str, expected: Keep) -> None:
        configure(root, f"  - {{name: daily, keep: {text}}}")
        assert found(root, "daily").keep == expected
        assert keeps(load(root)) == {"daily": expected}

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("400", "400 is not a number of days; write 400d"),
            ("0d", "'0d' is not a number of days"),
            ("4h", "'4h' is not a number of days"),
            ("", "None is not a number of days"),
            ("{pictures: 9}", "reports.0.keep.pictures: 9 is not a number of days"),
            ("{}", "reports.0.keep.pictures: None is not a number of days"),
            ("{charts: 9d}", "reports.0.keep.charts: is unknown; use one of pictures, pages"),
            ("{pictures: 9d, pages: 8d}", "is shorter than that of pictures; keep pages as long"),
        ],
    )
    def test_anything_else_is_an_error(self, root: Path, text: str, said: str) -> None:
        configure(root, f"  - {{name: daily, keep: {text}}}")
        with pytest.raises(ConfigError, match=re.escape(said)):
            definitions(load(root))
