"""New workspaces: what `perfkit init` and `perfkit demo` make, and the sample logs themselves."""

import os
import re
import subprocess
import sys
import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest

import perfkit
from perfkit.cli.main import main
from perfkit.cli.new_workspace import make_workspace, shipped
from perfkit.core.errors import OutputError, UsageError

CHECKOUT = Path(__file__).parents[2]
LOGS = CHECKOUT / "logs/trades"
NOTEBOOKS = ("daily.ipynb", "weekly.ipynb", "monthly.ipynb")


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

    def test_new_workspace_gives_figures_before_the_first_trade(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        make_workspace(tmp_path / "new")
        assert main(["summary", "--root", str(tmp_path / "new"), "--window", "all"]) == 0
        assert "No trades in window" in capsys.readouterr().out

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
        assert config.sources[0].dialect.identity == (("trade_id",),)


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

    def test_every_metric_but_target_hits_is_defined_for_them(self) -> None:
        """The bot logs no exit price, as the 27 fields have none."""
        assert perfkit.open(CHECKOUT).summary("all").undefined.keys() <= {
            "target_hits", "drawdown_recovered_at"
        }  # fmt: skip


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
