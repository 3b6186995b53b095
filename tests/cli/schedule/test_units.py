"""Units of systemd, and what systemd itself says of them."""

import getpass
import shutil
import subprocess
from datetime import time
from pathlib import Path

import pytest

from perfkit.cli.schedule.jobs import Job, Schedule
from perfkit.cli.schedule.units import units
from perfkit.core.errors import UsageError

ANALYZE = shutil.which("systemd-analyze")
needs_systemd = pytest.mark.skipif(ANALYZE is None, reason="there is no systemd-analyze here")

ALERTS = Job("alerts", "evaluate the rules", ("/bin/pa", "--root", "/srv/trading"), 1)


def made(job: Job, root: str = "/srv/trading", **more: object) -> tuple[str, str]:
    """The service and the timer of one job."""
    known: dict[str, object] = {"timezone": "UTC", "day_end": time(0), **more}
    found = units(Schedule(root, (job,), **known), "trading")  # type: ignore[arg-type]
    service, timer = found.values()
    return service, timer


def exec_start(*words: str) -> str:
    service, _ = made(Job("alerts", "x", words, 1))
    (line,) = (one for one in service.splitlines() if one.startswith("ExecStart="))
    return line.removeprefix("ExecStart=")


def test_whole_service_and_timer() -> None:
    service, timer = made(ALERTS, override="Asia/Tokyo")
    assert (
        service
        == """\
[Unit]
Description=perfkit for /srv/trading: evaluate the rules

[Service]
Type=oneshot
User=trading
Environment=PERFKIT_TIMEZONE=Asia/Tokyo
ExecStart=/bin/pa --root /srv/trading
# A rule that fires is not a failure of the service.
SuccessExitStatus=2
# What serves the sinks goes on when the run has ended.
KillMode=process
"""
    )
    assert (
        timer
        == """\
[Unit]
Description=perfkit for /srv/trading: evaluate the rules

[Timer]
OnCalendar=minutely
AccuracySec=1s

[Install]
WantedBy=timers.target
"""
    )


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("/srv/trading", "/srv/trading"),
        ("/srv/my bot", '"/srv/my bot"'),
        ("/srv/50%", "/srv/50%%"),
        ("/srv/$HOME", "/srv/$$HOME"),
        ("/srv/a\\b", '"/srv/a\\\\b"'),
        ('/srv/"a"', '"/srv/\\"a\\""'),
        ("/srv/it's", '"/srv/it\'s"'),
        ("/srv/;", '"/srv/;"'),
    ],
)
def test_word_of_a_command_is_written_so_that_systemd_reads_it(word: str, written: str) -> None:
    assert exec_start("/bin/pk", word) == f"/bin/pk {written}"


def test_dollar_in_the_path_of_the_program_is_none_of_a_variable() -> None:
    assert exec_start("/srv/$x/pk", "$x") == "/srv/$x/pk $$x"


@pytest.mark.parametrize("path", ["/srv/it's/pk", '/srv/"a"/pk', "/srv/a\\b/pk"])
def test_program_that_systemd_would_refuse_is_an_error(path: str) -> None:
    with pytest.raises(UsageError, match="install perfkit in a folder without quotes"):
        exec_start(path)


def test_two_workspaces_have_units_of_different_names() -> None:
    names = [
        next(iter(units(Schedule(root, (ALERTS,), "UTC", time(0)), "x")))
        for root in ("/srv/live bot", "/srv/paper", "/")
    ]
    assert names == [
        "perfkit-live-bot-alerts.service",
        "perfkit-paper-alerts.service",
        "perfkit-workspace-alerts.service",
    ]


@needs_systemd
@pytest.mark.slow
def test_systemd_accepts_units_of_paths_with_odd_characters(tmp_path: Path) -> None:
    root = tmp_path / '50% of it\'s $HOME \\ "x"'
    root.mkdir()
    (tmp_path / "50% $x").mkdir()
    program = tmp_path / "50% $x" / "perf kit"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    job = (str(program), "--root", str(root))
    jobs = (
        Job("alerts", "evaluate", job, 1),
        Job("heartbeat", "check", job, 5),
        Job("reports", "make", job),
    )
    schedule = Schedule(str(root), jobs, "America/New_York", time(17, 50), "Asia/Tokyo")
    found = units(schedule, getpass.getuser())
    for name, text in found.items():
        (tmp_path / name).write_text(text)
    files = [str(tmp_path / name) for name in found]
    done = verify(*files)
    assert (done.returncode, done.stderr) == (0, "")
    program.unlink()
    assert "perf kit is not executable" in verify(*files).stderr


def verify(*files: str) -> "subprocess.CompletedProcess[str]":
    words = [str(ANALYZE), "verify", "--man=no", *files]
    return subprocess.run(words, capture_output=True, text=True, check=False)


@needs_systemd
@pytest.mark.parametrize(
    ("minutes", "day_end", "zone", "form"),
    [
        (1, time(0), "UTC", "*-*-* *:*:00"),
        (5, time(0), "UTC", "*-*-* *:00/5:00"),
        (0, time(17, 50), "America/New_York", "*-*-* 18:10:00 America/New_York"),
        (0, time(23, 45), "Asia/Kolkata", "*-*-* 00:05:00 Asia/Kolkata"),
    ],
)
def test_systemd_reads_the_times(minutes: int, day_end: time, zone: str, form: str) -> None:
    _, timer = made(ALERTS._replace(minutes=minutes), timezone=zone, day_end=day_end)
    (line,) = (one for one in timer.splitlines() if one.startswith("OnCalendar="))
    words = [str(ANALYZE), "calendar", line.removeprefix("OnCalendar=")]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    read = dict(one.strip().split(": ", 1) for one in done.stdout.splitlines() if ": " in one)
    assert read.get("Normalized form", read.get("Original form")) == form
