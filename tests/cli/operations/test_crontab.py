"""The lines of a crontab, read as cron reads them and run by a shell."""

import re
import shlex
import subprocess
from datetime import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.cli.operations.crontab import crontab
from perfkit.cli.operations.jobs import Job, Schedule

ODD = '/srv/50% of $HOME/it\'s \\% "here" #1; `x` '


def cron_reads(line: str) -> tuple[list[str], str]:
    r"""The five fields and the command of a line: \% becomes %, a bare % would end the command."""
    *fields, command = line.split(" ", 5)
    assert re.search(r"(?<!\\)%", command) is None
    return fields, command.replace(r"\%", "%")


def schedule(*jobs: Job, **more: object) -> Schedule:
    known: dict[str, object] = {"timezone": "UTC", "day_end": time(0), **more}
    return Schedule("/srv/trading", jobs, **known)  # type: ignore[arg-type]


def line_of(job: Job, **more: object) -> str:
    (line,) = (one for one in crontab(schedule(job, **more)).splitlines() if one[0] != "#")
    return line


def test_whole_crontab() -> None:
    alerts = Job("alerts", "evaluate", ("/bin/pa", "--root", "/srv/trading"), 1, prints=False)
    beat = Job("heartbeat", "check", ("/bin/pk", "alerts", "heartbeat"), 5)
    reports = Job("reports", "make", ("/bin/pk", "report"), prints=False)
    found = crontab(schedule(alerts, beat, reports, timezone="Asia/Tokyo", day_end=time(17, 30)))
    expected = r"""# perfkit, for the workspace /srv/trading
# evaluate, every minute
* * * * * /bin/pa --root /srv/trading
# check, every 5 minutes
*/5 * * * * /bin/pk alerts heartbeat >/dev/null
# make, when the trading day has ended, at 17:30 Asia/Tokyo
20 * * * * [ "$(TZ=Asia/Tokyo date +\%H)" != 18 ] || /bin/pk report
"""
    assert found == expected


@given(st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1))
def test_every_path_reaches_the_program_as_it_is(path: str) -> None:
    words = ("/bin/pk", "--root", path)
    fields, command = cron_reads(line_of(Job("alerts", "x", words, 1, prints=False)))
    assert fields == ["*"] * 5
    assert shlex.split(command) == list(words)


def test_shell_that_runs_a_line_passes_an_odd_path_on(tmp_path: Path) -> None:
    printer = tmp_path / "pri nt%er"
    printer.write_text('#!/bin/sh\nprintf "%s\\n" "$PERFKIT_TIMEZONE" "$@" >&2\n')
    printer.chmod(0o755)
    job = Job("alerts", "x", (str(printer), "--root", ODD), 1)
    _, command = cron_reads(line_of(job, override="Asia/Tokyo"))
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr.splitlines()) == ("", ["Asia/Tokyo", "--root", ODD])


@pytest.mark.parametrize(
    ("day_end", "hours"),
    [(time(0), "00"), (time(17), "17"), (time(17, 30), "18"), (time(23, 5), "00")],
)
def test_nightly_line_runs_in_the_hour_after_the_end_of_the_day_and_in_no_other(
    tmp_path: Path, day_end: time, hours: str
) -> None:
    clock = tmp_path / "date"
    clock.write_text('#!/bin/sh\n[ "$TZ $1" = "Asia/Kolkata +%H" ] && echo "$HOUR"\n')
    clock.chmod(0o755)
    line = line_of(
        Job("reports", "x", ("/bin/echo", "made"), prints=False),
        timezone="Asia/Kolkata",
        day_end=day_end,
    )
    fields, command = cron_reads(line)
    assert fields == ["20", "*", "*", "*", "*"]
    ran = {}
    for hour in (f"{n:02d}" for n in range(24)):
        environment = {"HOUR": hour, "PATH": f"{tmp_path}:/bin"}
        done = subprocess.run(
            ["/bin/sh", "-c", command], env=environment, capture_output=True, text=True, check=True
        )
        ran[hour] = done.stdout
    assert [hour for hour, out in ran.items() if out] == [hours]
