"""New workspaces: what `perfkit init` and `perfkit demo` make, and the sample logs themselves."""

import errno
import os
import re
import signal
import subprocess
import sys
import time
import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest

import perfkit
from perfkit.cli.main import main
from perfkit.cli.new_workspace import MARK, _new_folder, make_workspace, shipped
from perfkit.config.expressions import Field
from perfkit.core.errors import OutputError, ReportError, UsageError
from perfkit.reports import run
from tests.unmeasured import environment

CHECKOUT = Path(__file__).parents[2]
LOGS = CHECKOUT / "logs/trades"
NOTEBOOKS = ("daily.ipynb", "weekly.ipynb", "monthly.ipynb", "explore.ipynb")


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


class TestInit:
    def test_workspace_has_a_configuration_and_the_notebooks_and_no_logs(
        self, tmp_path: Path
    ) -> None:
        make_workspace(tmp_path / "new")
        found = tree(tmp_path / "new")
        assert found.keys() == {
            "config/perfkit.yaml",
            "config/alerts.yaml",
            *(f"notebooks/{name}" for name in NOTEBOOKS),
        }
        for name in NOTEBOOKS:
            notebook = (CHECKOUT / "notebooks" / name).read_bytes()
            assert found[f"notebooks/{name}"] == notebook
        folders = {path.name for path in (tmp_path / "new").iterdir()}
        assert folders == {"config", "logs", "notebooks", "reports"}

    def test_what_to_do_next_is_printed_and_its_steps_are_there(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        root = tmp_path / "new"
        assert main(["init", str(root)]) == 0
        said = capsys.readouterr().out
        assert f"{root}/config/perfkit.yaml" in said
        for step in (f"summary --root {root} --window all", f"report daily --root {root}"):
            assert f"perfkit {step}" in said

    def test_steps_that_need_an_extra_say_so_where_it_is_not_installed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("perfkit.cli.new_workspace.find_spec", lambda _: object())
        assert "with the extra" not in make_workspace(tmp_path / "with")
        monkeypatch.setattr("perfkit.cli.new_workspace.find_spec", lambda _: None)
        steps = make_workspace(tmp_path / "without").splitlines()
        assert steps[3].endswith("(with the extra `reports`)")
        assert steps[5].endswith("(with the extra `lab`)")

    def test_new_workspace_gives_figures_before_the_first_trade(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        make_workspace(tmp_path / "new")
        assert main(["summary", "--root", str(tmp_path / "new"), "--window", "all"]) == 3
        captured = capsys.readouterr()
        assert "No trades in window" in captured.out
        assert "no file matches" in captured.err

    def test_logs_put_in_it_are_read(self, tmp_path: Path) -> None:
        make_workspace(tmp_path / "new")
        log = CHECKOUT / "logs/trades/2025-10-09.jsonl"
        (tmp_path / "new/logs/trades/2025-10-09.jsonl").write_bytes(log.read_bytes())
        assert perfkit.open(tmp_path / "new").summary().metrics["closed_trades"]

    def test_empty_folder_that_is_there_is_taken(self, tmp_path: Path) -> None:
        make_workspace(tmp_path)
        assert (tmp_path / "config/perfkit.yaml").is_file()

    @pytest.mark.parametrize("command", ["init", "demo"])
    @pytest.mark.parametrize("present", ["notes.txt", ".hidden", "config/perfkit.yaml"])
    def test_folder_that_is_not_empty_is_refused_and_left_as_it_was(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, present: str
    ) -> None:
        path = tmp_path / "taken" / present
        path.parent.mkdir(parents=True)
        path.write_text("mine")
        assert main([command, str(tmp_path / "taken")]) == 3
        said = capsys.readouterr()
        assert said.out == ""
        assert f"{tmp_path / 'taken'} is not an empty folder; name a new one" in said.err
        assert tree(tmp_path / "taken") == {present: b"mine"}

    def test_file_of_that_name_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "taken").write_text("mine")
        with pytest.raises(UsageError, match="name a new one"):
            make_workspace(tmp_path / "taken")

    def test_folder_that_cannot_be_made_is_an_output_error(self, tmp_path: Path) -> None:
        (tmp_path / "taken").write_text("in the way")
        with pytest.raises(OutputError, match="cannot write"):
            make_workspace(tmp_path / "taken/new")


class TestShipped:
    def test_wheel_brings_along_what_a_new_workspace_is_made_of(self) -> None:
        project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
        wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
        for name in ("notebooks", "config"):
            assert wheel["force-include"][name] == f"perfkit/workspace/{name}"
            assert shipped(name) == CHECKOUT / name

    def test_template_of_the_configuration_names_no_key_there_is_not(self, tmp_path: Path) -> None:
        """What is commented out in it is read as well once the comment signs are gone."""
        make_workspace(tmp_path)
        path = tmp_path / "config/perfkit.yaml"
        lines = path.read_text(encoding="utf-8").splitlines()
        dialect = next(n for n, line in enumerate(lines) if line.startswith("    # dialect:"))
        del lines[dialect - 1]
        path.write_text("\n".join(re.sub("^( *)# ", r"\1", line) for line in lines[1:]) + "\n")
        config = perfkit.open(tmp_path).config
        assert config.starting_equity == 10_000
        assert config.sources[0].dialect.identity == (Field(("trade_id",)),)


class TestSampleLogs:
    def test_they_are_small(self) -> None:
        assert sum(path.stat().st_size for path in LOGS.iterdir()) < 1_500_000

    def test_there_is_a_file_a_day_for_five_weeks(self) -> None:
        names = sorted(path.stem for path in LOGS.iterdir())
        first = date.fromisoformat(names[0])
        assert names == [str(first + timedelta(days=n)) for n in range(35)]
        assert names[-1] == "2025-10-09"
        assert all(path.read_bytes().endswith(b"\n") for path in LOGS.iterdir())

    def test_they_hold_what_real_logs_hold(self) -> None:
        summary = perfkit.open(CHECKOUT).summary("all")
        codes = {finding.code for finding in summary.data.findings}
        assert codes == {"bad_lines", "corrections", "mixed_modes"}
        assert summary.data.bad_lines == 1
        assert not summary.data.partial
        assert summary.open.trades > 0
        parts = summary.breakdowns
        assert {part.name for part in parts["side"]} == {"long", "short"}
        assert {part.name for part in parts["execution_mode"]} == {"LIVE", "PAPER"}
        assert len(parts["strategy"]) >= 3
        assert len(parts["symbol"]) >= 3
        assert all(part.metrics["commission"] for part in parts["symbol"])

    def test_nearly_every_metric_is_defined_for_them(self) -> None:
        """The 27 fields have no exit price and no excursions, and nothing is closed in parts."""
        assert perfkit.open(CHECKOUT).summary("all").undefined.keys() <= {
            *("target_hits", "drawdown_recovered_at", "realized_pnl"),
            *("mae", "mfe", "mfe_captured"),
        }


BROKEN_AT_EACH_CALL = """\
import os, shutil, signal, sys
from pathlib import Path

from perfkit.cli.main import main

how, top, present = sys.argv[1], Path(sys.argv[2]), sys.argv[3] == "empty folder"
count, UNBROKEN = 0, 100


def hook(event, arguments):
    global count
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & os.O_WRONLY
    if not target or not (writes or event in ("os.mkdir", "os.rename", "os.rmdir")):
        return
    if str(target) not in os.fsdecode(arguments[0]) and ".new.unfinished" not in str(arguments[0]):
        return
    count += 1
    if count == at:
        if how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        raise KeyboardInterrupt if how == "interrupt" else OSError(28, "No space left on device")


def found():
    return sorted(path.relative_to(top).as_posix() for path in top.rglob("*"))


sys.addaudithook(hook)
target, at = None, 0
while True:
    at += 1
    shutil.rmtree(top, ignore_errors=True)
    (top / "new" if present else top).mkdir(parents=True)
    child = os.fork()
    if not child:
        target, sys.stdout = top / "new", sys.stderr
        code = main(["init", str(target)])
        os._exit(code if count >= at else UNBROKEN)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status == UNBROKEN:
        break
    config = (top / "new/config/perfkit.yaml").exists()
    print(status, int(config), *found(), flush=True)
print("calls", at - 1)
"""


class TestWholeOrNotAtAll:
    @pytest.mark.slow
    @pytest.mark.parametrize("present", ["new", "empty folder"])
    @pytest.mark.parametrize(
        ("how", "status"), [("disk full", 3), ("interrupt", 3), ("kill", -signal.SIGKILL)]
    )
    def test_init_that_breaks_at_any_call_leaves_nothing_or_what_the_next_run_names(
        self, tmp_path: Path, how: str, status: int, present: str
    ) -> None:
        done = subprocess.run(
            [sys.executable, "-c", BROKEN_AT_EACH_CALL, how, str(tmp_path / "top"), present],
            capture_output=True,
            text=True,
            check=True,
            env=environment(),
        )
        *broken, calls = done.stdout.splitlines()
        assert calls == f"calls {len(broken)}"
        assert len(broken) >= 15
        for line in broken:
            ended, whole, *left = line.split()
            if how == "disk full" and ended == "0":  # the call was not needed
                assert (whole, "new/notebooks/daily.ipynb" in left) == ("1", True)
                continue
            assert int(ended) == status
            if how != "kill":
                assert left == (["new"] if present == "empty folder" else [])
            elif whole == "0":  # what is left is hidden, or not yet a workspace
                assert all(".unfinished" in name or "config" not in name for name in left)
            else:
                assert "new/notebooks/daily.ipynb" in left

    @pytest.mark.parametrize("command", ["init", "demo"])
    @pytest.mark.parametrize("present", [True, False])
    def test_folder_in_the_way_that_no_run_made_is_named_and_kept(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, present: bool
    ) -> None:
        left = tmp_path / ("new/.unfinished" if present else ".new.unfinished")
        left.mkdir(parents=True)
        (left / "notes.txt").write_text("mine")
        assert main([command, str(tmp_path / "new")]) == 3
        assert f"{left} is in the way; remove it, then try again" in capsys.readouterr().err
        assert (left / "notes.txt").read_text() == "mine"

    @pytest.mark.parametrize("present", [True, False])
    @pytest.mark.parametrize("files", [(), (MARK, "config/perfkit.yaml", "logs/trades/x.jsonl")])
    def test_what_a_killed_run_left_is_removed_by_the_next(
        self, tmp_path: Path, present: bool, files: tuple[str, ...]
    ) -> None:
        left = tmp_path / ("new/.unfinished" if present else ".new.unfinished")
        left.mkdir(parents=True)
        for name in files:
            (left / name).parent.mkdir(parents=True, exist_ok=True)
            (left / name).touch()
        make_workspace(tmp_path / "new")
        make_workspace(tmp_path / "other")
        assert not left.exists()
        assert tree(tmp_path / "new") == tree(tmp_path / "other")

    @pytest.mark.parametrize("present", [True, False])
    def test_run_under_way_is_left_alone(self, tmp_path: Path, present: bool) -> None:
        if present:
            (tmp_path / "new").mkdir()
        with _new_folder(tmp_path / "new") as unfinished:
            (unfinished / "config").mkdir()
            with pytest.raises(UsageError, match="another run is making this workspace"):
                make_workspace(tmp_path / "new")
            assert (unfinished / "config").is_dir()
        assert [path.name for path in (tmp_path / "new").iterdir()] == ["config"]

    @pytest.mark.parametrize(
        ("error", "said"),
        [
            (ReportError("weekly report: the kernel died"), "the kernel died"),
            (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
            (KeyboardInterrupt(), "interrupted"),
            (ModuleNotFoundError("No module", name="papermill.execute"), "PERFKIT[reports]"),
        ],
        ids=["report", "disk full", "interrupt", "missing extra"],
    )
    @pytest.mark.parametrize("target", ["new", "a/b/new", "empty"])
    def test_demo_whose_report_fails_leaves_nothing(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        target: str,
        error: BaseException,
        said: str,
    ) -> None:
        def fail(*_: object) -> Path:
            raise error

        (tmp_path / "empty").mkdir()
        monkeypatch.setattr(run, "run_report", fail)
        assert main(["demo", str(tmp_path / target)]) == 3
        shown = capsys.readouterr()
        assert shown.out == ""
        assert said in shown.err
        assert [path.name for path in tmp_path.rglob("*")] == ["empty"]

    def test_shell_that_stands_in_the_empty_folder_sees_the_workspace(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        make_workspace(Path("."))
        assert {path.name for path in Path(".").iterdir()} == {
            "config", "logs", "notebooks", "reports"
        }  # fmt: skip

    @pytest.mark.slow
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "terminate"])
    def test_demo_stopped_in_the_middle_of_a_report_leaves_nothing(
        self, tmp_path: Path, number: int
    ) -> None:
        demo = subprocess.Popen(
            [sys.executable, "-m", "perfkit", "demo", str(tmp_path / "new")],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        staging = tmp_path / ".new.unfinished/reports"
        while not (staging.is_dir() and any(staging.iterdir())):
            assert demo.poll() is None
            time.sleep(0.02)
        demo.send_signal(number)
        printed, said = demo.communicate(timeout=60)
        assert (demo.returncode, printed) == (3, "")
        assert re.match("perfkit: (interrupted|stopped by SIGTERM)", said)
        assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
class TestDemo:
    def test_demo_makes_three_reports_and_says_where_to_look(self, tmp_path: Path) -> None:
        root = tmp_path / "trading"
        done = subprocess.run(
            [sys.executable, "-m", "perfkit", "demo", str(root)],
            env={**os.environ, "PERFKIT_ROOT": str(CHECKOUT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        labels = ("daily/2025-10-09", "weekly/2025-W41", "monthly/2025-10")
        for label in labels:
            report = root / "reports" / label / "report.md"
            assert f"\n  {report}\n" in done.stdout
            assert "Net P&L **" in report.read_text(encoding="utf-8")
        index = (root / "reports/README.md").read_text(encoding="utf-8")
        assert all(f"]({label}/report.md)" in index for label in labels)
        assert tree(root / "logs/trades") == tree(LOGS)
        config = (CHECKOUT / "config/perfkit.yaml").read_bytes()
        assert (root / "config/perfkit.yaml").read_bytes() == config
        before = tree(root)
        assert main(["demo", str(root)]) == 3
        assert tree(root) == before
        assert not [name for name, body in before.items() if b"unfinished" in body]
        assert main(["report", "daily", "--root", str(root)]) == 0
        assert tree(root / "reports") == {
            name.removeprefix("reports/"): body
            for name, body in before.items()
            if name.startswith("reports/")
        }
