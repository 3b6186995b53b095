"""Which jobs a workspace has."""

from datetime import time
from pathlib import Path

import pytest

from perfkit.cli.schedule.jobs import program, schedule_of
from perfkit.config.settings import load
from perfkit.core.errors import UsageError
from tests.conftest import BOT, WriteWorkspace


def names(root: Path) -> list[str]:
    return [job.name for job in schedule_of(load(root)).jobs]


def test_alerts_and_their_heartbeat_need_a_file_of_rules(workspace: WriteWorkspace) -> None:
    root = workspace()
    assert names(root) == ["reports"]
    (root / "config/alerts.yaml").write_text("rules: []\n")
    assert names(root) == ["alerts", "heartbeat", "reports"]


def test_remote_logs_are_fetched_before_anything_reads_them(workspace: WriteWorkspace) -> None:
    root = workspace("sources:\n  - {name: bot, path: s3://bucket/bot/, currency: USD}\n")
    fetch, *others = schedule_of(load(root)).jobs
    assert [job.name for job in others] == ["reports"]
    assert fetch.command[-3:] == ("fetch", "--root", str(root))
    assert fetch.minutes == 5


def test_old_reports_are_thinned_where_a_report_has_keep(workspace: WriteWorkspace) -> None:
    root = workspace(BOT + "reports: [{name: daily, keep: 400d}]\n")
    assert names(root) == ["reports", "prune"]


def test_each_job_names_the_workspace_and_a_program_by_its_full_path(
    workspace: WriteWorkspace,
) -> None:
    root = workspace()
    (root / "config/alerts.yaml").write_text("rules: []\n")
    for job in schedule_of(load(root)).jobs:
        assert Path(job.command[0]).is_absolute()
        assert job.command[job.command.index("--root") + 1] == str(root)


def test_day_ends_where_the_workspace_says(workspace: WriteWorkspace) -> None:
    root = workspace(BOT + 'timezone: America/New_York\nday_start: "17:00"\n')
    found = schedule_of(load(root))
    assert (found.timezone, found.day_end, found.override) == ("America/New_York", time(17), "")
    found = schedule_of(load(root, "Asia/Tokyo"))
    assert (found.timezone, found.override) == ("Asia/Tokyo", "Asia/Tokyo")


def test_program_is_its_script_or_python_with_its_module(tmp_path: Path) -> None:
    python = str(tmp_path / "python")
    assert program("perfkit", "perfkit", python) == (python, "-m", "perfkit")
    (tmp_path / "perfkit").touch()
    assert program("perfkit", "perfkit", python) == (str(tmp_path / "perfkit"),)


def test_path_with_a_line_break_is_refused(workspace: WriteWorkspace) -> None:
    config = load(workspace())
    with pytest.raises(UsageError, match=r"'/srv/a\\nb' cannot be scheduled"):
        schedule_of(config._replace(folder="/srv/a\nb"))
